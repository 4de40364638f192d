package search

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// Index is the catalog as one process searches it. Searches read the present
// snapshot without a lock; changes are made by one writer at a time and become
// visible at once, as a new snapshot.
//
// A change does not touch the base: the changed products go into a delta that
// is built anew with every batch, and their old versions in the base are marked
// dead. When the delta has grown, the base should be loaded again, see Stale.
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
	f.ix.mu.Lock()
	defer f.ix.mu.Unlock()
	f.ix.docs = map[int64]Doc{}
	f.ix.now.Store(newSnapshot(f.t, f.b.values, f.b.stores, []*segment{base}, nil))
}

// Cancel ends a build that is not wanted any more.
func (f *Fill) Cancel() { f.b.Finish() }

// Apply adds or replaces products and removes others. The index must be filled.
func (ix *Index) Apply(changed []Doc, removed []int64) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	s := ix.now.Load()
	base := s.segs[0]
	dead := make(bitset, (base.n+63)/64)
	copy(dead, s.dead)
	for _, d := range changed {
		ix.docs[d.ID] = d
		if at, ok := base.ord[d.ID]; ok {
			dead.set(at)
		}
	}
	for _, id := range removed {
		delete(ix.docs, id)
		if at, ok := base.ord[id]; ok {
			dead.set(at)
		}
	}
	segs := []*segment{base}
	if len(ix.docs) > 0 {
		b := newBuilder(standard, s.tree, s.values, s.stores, base)
		for _, id := range slices.Sorted(maps.Keys(ix.docs)) {
			b.Add(ix.docs[id])
		}
		segs = append(segs, b.Finish())
	}
	ix.now.Store(newSnapshot(s.tree, s.values, s.stores, segs, dead))
}

// Stale reports that so much has changed since the last full build that another is due.
func (ix *Index) Stale() bool {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	s := ix.now.Load()
	return s == nil || len(ix.docs) > max(2000, s.segs[0].n/10) || s.dead.count() > max(2000, s.segs[0].n/4)
}

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
