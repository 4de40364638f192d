package search

import (
	"maps"
	"strings"
)

// tree is the category tree numbered in pre-order, so that a category with all
// below it is one interval of numbers. Number 0 is "no category".
type tree struct {
	nodes []node
	byID  map[int64]uint32
	roots []uint32
	terms [][3][]term       // the words of each node's names
	named map[string]uint32 // by normalized name in any language; of equal names the highest category
}

// term is a word of a name with its stem.
type term struct{ text, stem string }

// termsOf are the words of a name.
func termsOf(p *splitter, name string) []term {
	var out []term
	for _, w := range p.split(fold(name), false) {
		out = append(out, term{w.text, stem(w.text)})
	}
	return out
}

type node struct {
	Category
	parent   uint32   // 0 for a root
	end      uint32   // one past the last number below this node
	children []uint32 // in the order given
}

// newTree numbers the categories. A category whose parent is missing is a root.
func newTree(categories []Category) *tree {
	t := &tree{nodes: make([]node, 1, len(categories)+1), byID: make(map[int64]uint32, len(categories)), named: map[string]uint32{}}
	known := make(map[int64]bool, len(categories))
	for _, c := range categories {
		known[c.ID] = true
	}
	below := map[int64][]Category{}
	for _, c := range categories {
		parent := c.ParentID
		if !known[parent] || parent == c.ID {
			parent = 0
		}
		below[parent] = append(below[parent], c)
	}
	var add func(parent uint32, list []Category) []uint32
	add = func(parent uint32, list []Category) []uint32 {
		out := make([]uint32, 0, len(list))
		for _, c := range list {
			n := uint32(len(t.nodes))
			t.nodes = append(t.nodes, node{Category: c, parent: parent})
			t.byID[c.ID] = n
			out = append(out, n)
			children := add(n, below[c.ID])
			t.nodes[n].children, t.nodes[n].end = children, uint32(len(t.nodes))
		}
		return out
	}
	t.roots = add(0, below[0])
	var p splitter
	t.terms = make([][3][]term, len(t.nodes))
	for i := len(t.nodes) - 1; i > 0; i-- {
		for k, name := range t.nodes[i].Names {
			t.terms[i][k] = termsOf(&p, name)
			t.named[phrase(&p, name)] = uint32(i)
		}
	}
	t.nameParts()
	delete(t.named, "")
	return t
}

// nameParts lets "shirts" name the category "Shirts & Tops", where no category has that name alone.
func (t *tree) nameParts() {
	var p splitter
	whole := maps.Clone(t.named)
	for i := len(t.nodes) - 1; i > 0; i-- {
		for _, name := range t.nodes[i].Names {
			for part := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '&' || r == ',' || r == '/' }) {
				if part = phrase(&p, part); whole[part] == 0 {
					t.named[part] = uint32(i)
				}
			}
		}
	}
}

// interval returns the numbers of a category and all below it.
func (t *tree) interval(id int64) (lo, hi uint32, ok bool) {
	n, ok := t.byID[id]
	if !ok {
		return 0, 0, false
	}
	return n, t.nodes[n].end, true
}
