package search

import (
	"sync"

	"aromart/internal/kit/memo"
)

// snapshot is one immutable state of the index.
type snapshot struct {
	tree   *tree
	values *values
	stores *storeList
	segs   []*segment // the base, then deltas, each less than half as large as the one before
	dead   []bitset   // by segment: products that were changed or removed since
	live   int

	keys  []facetKey
	vals  []facetValue
	shops []Store

	named     sync.Once // fills shopTerms when they are first asked for
	shopTerms [][]term

	keyOf    []uint32 // facet value to its key
	optional []bool   // the value is an option's

	counted sync.Map // countedKey -> countedFacets: those of whole categories cost most and are asked most
	answers *memo.Map[string, *Result]
}

// bitset marks products of a segment.
type bitset []uint64

func (b bitset) has(d uint32) bool { return b[d>>6]&(1<<(d&63)) != 0 }
func (b bitset) set(d uint32)      { b[d>>6] |= 1 << (d & 63) }

func newSnapshot(t *tree, v *values, st *storeList, segs []*segment, dead []bitset) *snapshot {
	s := &snapshot{tree: t, values: v, stores: st, segs: segs, dead: dead, shops: st.all(), answers: memo.New[string, *Result](maxAnswers)}
	s.keys, s.vals = v.all()
	s.keyOf, s.optional = make([]uint32, len(s.vals)), make([]bool, len(s.vals))
	for i := range s.vals {
		s.keyOf[i] = s.vals[i].key
		s.optional[i] = s.keys[s.vals[i].key].option
	}
	for i, seg := range segs {
		s.live += seg.n - dead[i].count()
		if seg.tallies == nil {
			seg.tallies, seg.brought = memo.New[int, *tally](maxTallies), &byZone[*brought]{}
		}
		if seg.offered == nil {
			seg.offered = &byZone[[]uint8]{}
		}
	}
	return s
}

func (b bitset) count() (n int) {
	for _, w := range b {
		for ; w != 0; w &= w - 1 {
			n++
		}
	}
	return n
}

// isDead reports that the product has a newer version in a later segment, or none.
func (s *snapshot) isDead(seg int, d uint32) bool { return s.dead[seg] != nil && s.dead[seg].has(d) }

// countLive counts the products that are not dead.
func (s *snapshot) countLive(seg int, docs []uint32) int {
	if s.dead[seg] == nil {
		return len(docs)
	}
	n := 0
	for _, d := range docs {
		if !s.dead[seg].has(d) {
			n++
		}
	}
	return n
}

// scratches are kept between queries.
var scratches = sync.Pool{New: func() any { return new(scratch) }}

func getScratch(n int) *scratch {
	c := scratches.Get().(*scratch)
	c.fit(n)
	return c
}

func putScratch(c *scratch) {
	c.clear()
	scratches.Put(c)
}
