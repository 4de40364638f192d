package search

import (
	"slices"
	"sync"
	"sync/atomic"
)

// Index is the catalog as one process searches it. Searches read the present
// snapshot without a lock; changes are made by one writer at a time and become
// visible at once, as a new snapshot.
//
// A change does not touch what is built: the changed products make a small
// segment of their own, and their old versions are marked dead. A segment that
// is not twice as large as the one after it is merged with it, so there are
// few, and a product is rebuilt few times. When much has changed, the whole
// should be loaded again, see Stale.
type Index struct {
	now  atomic.Pointer[snapshot]
	mu   sync.Mutex // held by the writer
	docs map[int64]Doc
	seq  atomic.Int64 // the last change applied
}

// New returns an index that holds nothing and is not ready.
func New() *Index { return &Index{} }

// Ready reports that the index has been filled.
func (ix *Index) Ready() bool { return ix.now.Load() != nil }

// Len is how many products can be found.
func (ix *Index) Len() int {
	if s := ix.now.Load(); s != nil {
		return s.live
	}
	return 0
}

// Fill is a full build: it takes products one by one and replaces the index's content at Done.
type Fill struct {
	ix *Index
	b  *builder
	t  *tree
}

// Fill begins a full build. Searches go on with the old content until Done.
func (ix *Index) Fill(categories []Category) *Fill {
	t := newTree(categories)
	return &Fill{ix, newBuilder(standard, t, newValues(), newStoreList(), nil), t}
}

// Add takes over a product; its id must not have been added before.
func (f *Fill) Add(d Doc) { f.b.Add(d) }

// Done publishes the build. Changes applied to the old content are gone.
func (f *Fill) Done() {
	base := f.b.Finish()
	f.ix.fill(newSnapshot(f.t, f.b.values, f.b.stores, []*segment{base}, []bitset{nil}), 0)
}

// fill replaces the content by one that holds the changes up to seq.
func (ix *Index) fill(s *snapshot, seq int64) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.docs = map[int64]Doc{}
	ix.seq.Store(seq)
	ix.now.Store(s)
}

// Cancel ends a build that is not wanted any more.
func (f *Fill) Cancel() { f.b.Finish() }

// Apply adds or replaces products and removes others. The index must be filled.
func (ix *Index) Apply(changed []Doc, removed []int64) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	s := ix.now.Load()
	segs, dead := slices.Clone(s.segs), slices.Clone(s.dead)
	owned := make([]bool, len(segs))
	bury := func(id int64) {
		for i, seg := range segs {
			at, ok := seg.ord[id]
			if !ok {
				continue
			}
			if !owned[i] {
				mine := make(bitset, (seg.n+63)/64)
				copy(mine, dead[i])
				dead[i], owned[i] = mine, true
			}
			dead[i].set(at)
		}
	}
	for _, id := range removed {
		bury(id)
		delete(ix.docs, id)
	}
	ids := make([]int64, len(changed))
	for i, d := range changed {
		bury(d.ID)
		d.Text = cut(d.Text)
		ix.docs[d.ID], ids[i] = d, d.ID
	}
	segs, dead = ix.grow(s, segs, dead, ids)
	ix.now.Store(newSnapshot(s.tree, s.values, s.stores, segs, dead))
}

// grow adds a segment of the given products, merged with those before it that
// are not at least twice as large.
func (ix *Index) grow(s *snapshot, segs []*segment, dead []bitset, ids []int64) ([]*segment, []bitset) {
	for last := len(segs) - 1; last > 0; last-- {
		live := segs[last].n - dead[last].count()
		if live >= 2*len(ids) {
			break
		}
		for d, id := range segs[last].ids {
			if dead[last] == nil || !dead[last].has(uint32(d)) {
				ids = append(ids, id)
			}
		}
		segs, dead = segs[:last], dead[:last]
	}
	if len(ids) == 0 {
		return segs, dead
	}
	slices.Sort(ids)
	b := newBuilder(standard, s.tree, s.values, s.stores, segs[0])
	for _, id := range ids {
		b.Add(ix.docs[id])
	}
	return append(segs, b.Finish()), append(dead, nil)
}

// Stale reports that so much has changed since the last full build that another is due.
func (ix *Index) Stale() bool {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	s := ix.now.Load()
	return s == nil || tooFar(max(len(ix.docs), s.dead[0].count()), s.segs[0].n)
}

// tooFar reports that so many changes, of so many products, are better loaded than followed.
func tooFar(changed, of int) bool { return changed > max(4000, of/6) }

// Stock is the present state of a product's variants, all of them.
type Stock struct {
	ProductID int64
	LowStock  int32
	Variants  []VariantState
}

// VariantState is a variant's price and whether it can be bought.
type VariantState struct {
	ID      int64
	InStock bool
}

// SetStock changes what can be bought without building anything: the columns
// concerned are copied, not the words. A product that the index does not hold is passed over.
func (ix *Index) SetStock(list []Stock) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	s := ix.now.Load()
	segs := slices.Clone(s.segs)
	copied := make([]bool, len(segs))
	for _, st := range list {
		for i := range segs {
			d, ok := segs[i].ord[st.ProductID]
			if !ok || s.isDead(i, d) {
				continue
			}
			if !copied[i] {
				segs[i], copied[i] = segs[i].withOwnStock(), true
			}
			segs[i].setStock(d, st)
		}
		if doc, ok := ix.docs[st.ProductID]; ok {
			ix.docs[st.ProductID] = doc.withStock(st)
		}
	}
	ix.now.Store(newSnapshot(s.tree, s.values, s.stores, segs, s.dead))
}

// withOwnStock is a copy of the segment whose stock and price columns may be written.
func (s *segment) withOwnStock() *segment {
	c := *s
	c.varStock, c.stocked, c.lowStock = slices.Clone(s.varStock), slices.Clone(s.stocked), slices.Clone(s.lowStock)
	c.priceMin, c.priceMax, c.compare = slices.Clone(s.priceMin), slices.Clone(s.priceMax), slices.Clone(s.compare)
	c.cheapest, c.cells = slices.Clone(s.cheapest), slices.Clone(s.cells)
	c.offered = nil
	return &c
}

func (s *segment) setStock(d uint32, st Stock) {
	s.lowStock[d] = st.LowStock
	for i := s.varOff[d]; i < s.varOff[d+1]; i++ {
		for _, v := range st.Variants {
			if v.ID == s.varID[i] {
				s.varStock[i] = v.InStock
			}
		}
	}
	s.setPrices(d)
}

func (d Doc) withStock(st Stock) Doc {
	d.LowStock = st.LowStock
	d.Variants = slices.Clone(d.Variants)
	for i := range d.Variants {
		for _, v := range st.Variants {
			if v.ID == d.Variants[i].ID {
				d.Variants[i].InStock = v.InStock
			}
		}
	}
	return d
}
