package market

import (
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Category is a node of the category tree. Its id is that of the public Google
// product taxonomy, so that imports can map; name and place in the tree are
// ours.
type Category struct {
	ID       int64
	Parent   int64 // 0 at the top
	Slug     string
	Name     Names
	Position int // order of the menu over the whole tree: parents before children
	Level    int // 1 at the top, at most 3
}

type tree struct {
	list     []Category
	byID     map[int64]int
	bySlug   map[string]int
	children map[int64][]Category
	ofGoogle map[int64]int64  // each id of the taxonomy to our nearest; 0: not sold here
	byPath   map[string]int64 // normalized path of the taxonomy
	byWords  map[string]int64 // normalized words that people use
}

// Categories returns the whole tree, parents before children, in the order of
// the menu. Callers share the result and must not change it.
func Categories() []Category { return loadTree().list }

// Children returns the direct children of a category; of 0, the top categories.
func Children(id int64) []Category { return loadTree().children[id] }

// CategoryByID returns a category.
func CategoryByID(id int64) (Category, bool) {
	t := loadTree()
	i, known := t.byID[id]
	if !known {
		return Category{}, false
	}
	return t.list[i], true
}

// CategoryBySlug returns a category.
func CategoryBySlug(slug string) (Category, bool) {
	t := loadTree()
	i, known := t.bySlug[slug]
	if !known {
		return Category{}, false
	}
	return t.list[i], true
}

// CategoryPath returns a category with its ancestors, the top one first.
func CategoryPath(id int64) []Category {
	var path []Category
	for c, known := CategoryByID(id); known; c, known = CategoryByID(c.Parent) {
		path = append(path, c)
	}
	slices.Reverse(path)
	return path
}

var loadTree = sync.OnceValue(buildTree)

func buildTree() *tree {
	t := &tree{byID: map[int64]int{}, bySlug: map[string]int{}, children: map[int64][]Category{},
		ofGoogle: map[int64]int64{}, byPath: map[string]int64{}, byWords: map[string]int64{}}
	rows := table("categories.tsv", 8)
	for i, f := range rows {
		c := Category{ID: mustInt(f[0], 10), Slug: f[2], Name: Names{f[3], f[4], f[5]}, Position: i + 1, Level: 1}
		if f[1] != "" {
			c.Parent = mustInt(f[1], 10)
			c.Level = t.list[t.byID[c.Parent]].Level + 1
		}
		t.byID[c.ID], t.bySlug[c.Slug] = i, i
		t.list = append(t.list, c)
		t.children[c.Parent] = append(t.children[c.Parent], c)
	}
	t.learnWords(rows)
	for _, f := range table("taxonomy.tsv", 2) {
		ours := mustInt(f[0], 10)
		for _, id := range strings.Fields(f[1]) {
			t.ofGoogle[mustInt(id, 36)] = ours
		}
	}
	return t
}

func mustInt(text string, base int) int64 {
	n, err := strconv.ParseInt(text, base, 64)
	if err != nil {
		panic("market: " + err.Error())
	}
	return n
}
