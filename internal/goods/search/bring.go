package search

import (
	"math"
	"sync"

	"aromart/internal/goods/delivery"
	"aromart/internal/people/seller"
)

// What it costs to bring a variant to a visitor, and when it comes, follows
// from its store, weight and price. There are few zones and few different
// answers, so a segment works them out once for a zone, for as long as the
// stores ask the same there: a search then reads columns as it does for prices.

// brought are the terms of a segment's variants in one zone.
type brought struct {
	list []delivery.Terms // the different ones; the first stands for "nobody brings it"
	of   []uint32         // variant to its place in list
	soon [len(Arrivals)]int
}

// byZone keeps one thing for each zone.
type byZone[T any] struct {
	mu   sync.Mutex
	kept map[string]keptFor[T]
}

type keptFor[T any] struct {
	board *delivery.Board
	thing T
}

// get returns what is kept for a board or one that says the same; others of its zone are let go.
func (k *byZone[T]) get(b *delivery.Board, make func() T) T {
	k.mu.Lock()
	defer k.mu.Unlock()
	if have, ok := k.kept[b.Zone]; ok && have.board.Sum == b.Sum {
		return have.thing
	}
	if k.kept == nil {
		k.kept = map[string]keptFor[T]{}
	}
	thing := make()
	k.kept[b.Zone] = keptFor[T]{b, thing}
	return thing
}

// bring returns the terms of the variants.
func (s *segment) bring(b *delivery.Board, shops []Store) *brought {
	return s.brought.get(b, func() *brought {
		r := &brought{list: make([]delivery.Terms, 1), of: make([]uint32, len(s.varID))}
		for i, days := range Arrivals {
			r.soon[i] = b.Today + days
		}
		known := map[delivery.Terms]uint32{}
		for d := range s.n {
			store := seller.StoreID(shops[s.store[d]].ID)
			for i := s.varOff[d]; i < s.varOff[d+1]; i++ {
				t, ok := b.Terms(store, int64(s.varWeight[i]), s.varPrice[i])
				if !ok {
					continue
				}
				at, seen := known[t]
				if !seen {
					at = uint32(len(r.list))
					known[t], r.list = at, append(r.list, t)
				}
				r.of[i] = at
			}
		}
		return r
	})
}

// terms are those of a variant; nil when it is sold out or nobody brings it.
func (r *brought) terms(s *segment, i uint32) *delivery.Terms {
	if r.of[i] == 0 || !s.varStock[i] {
		return nil
	}
	return &r.list[r.of[i]]
}

// A mask says of a variant, or of the variants of a product together, whether
// it is brought free, and which of the Arrivals it keeps.
const (
	maskFree  = 1
	firstSoon = 1 // number of the bit of Arrivals[0]
	masks     = 1 << (firstSoon + len(Arrivals))
)

func (r *brought) mask(s *segment, i uint32) (m uint8) {
	t := r.terms(s, i)
	if t == nil {
		return 0
	}
	if t.Cost == 0 {
		m |= maskFree
	}
	for k, day := range r.soon {
		if t.Last <= day {
			m |= 1 << (firstSoon + k)
		}
	}
	return m
}

// masks returns the masks of the products.
func (s *segment) masks(b *delivery.Board, r *brought) []uint8 {
	return s.offered.get(b, func() []uint8 {
		list := make([]uint8, s.n)
		for d := range list {
			for i := s.varOff[d]; i < s.varOff[d+1]; i++ {
				list[d] |= r.mask(s, i)
			}
		}
		return list
	})
}

// arrivalCount counts products by their masks.
type arrivalCount [masks]int32

func (c *arrivalCount) products(column []uint8, docs []uint32) {
	for _, d := range docs {
		c[column[d]&(masks-1)]++
	}
}

// counting is the part of a variant's mask that counts when it fails certain
// filters: one that comes too late is a result of another day's filter.
func counting(fails uint32) uint8 {
	switch fails {
	case 0:
		return masks - 1
	case bitArrives:
		return masks - 1 - maskFree
	}
	return 0
}

func (c *arrivalCount) facets(q *Query, f *Facets) {
	for m, n := range c {
		if m&maskFree != 0 {
			f.Free += int(n)
		}
	}
	for k, days := range Arrivals {
		a := ArrivalCount{Within: days, Selected: q.Within == days}
		for m, n := range c {
			if m&(1<<(firstSoon+k)) != 0 {
				a.Count += int(n)
			}
		}
		if a.Count > 0 || a.Selected {
			f.Arrives = append(f.Arrives, a)
		}
	}
}

// Products that do not come stand behind all that do, those sold out last.
const (
	keyNotThere = 1 << 62
	keySoldOut  = 1 << 63
)

func (s *segment) absentKey(d uint32) uint64 {
	if s.stocked[d] {
		return keyNotThere | uint64(s.priceMin[d])
	}
	return keySoldOut | uint64(s.priceMin[d])
}

// totalKey is a product's place by the lowest sum of price and delivery.
func (r *brought) totalKey(s *segment, d uint32) uint64 {
	least := s.absentKey(d)
	for i := s.varOff[d]; i < s.varOff[d+1]; i++ {
		if t := r.terms(s, i); t != nil {
			least = min(least, uint64(s.varPrice[i]+t.Cost))
		}
	}
	return least
}

// arrivalKey is a product's place by when it surely comes, then by when it may
// come. Many come at once, so those that the tie speaks for go first.
func (r *brought) arrivalKey(s *segment, d uint32, tie float32) uint64 {
	first := s.absentKey(d)
	rest := uint64(math.MaxUint32-math.Float32bits(max(0, tie))) >> 2
	for i := s.varOff[d]; i < s.varOff[d+1]; i++ {
		if t := r.terms(s, i); t != nil {
			first = min(first, uint64(t.Last)<<46|uint64(t.First)<<30|rest)
		}
	}
	return first
}

// card is what a list says of a product: the same that the two sorts go by.
func (r *brought) card(s *segment, d uint32) (c Bringing) {
	for i := s.varOff[d]; i < s.varOff[d+1]; i++ {
		t := r.terms(s, i)
		if t == nil {
			continue
		}
		if total := s.varPrice[i] + t.Cost; !c.Comes || total < c.Total {
			c.Total = total
		}
		if !c.Comes || t.Last < c.Last || t.Last == c.Last && t.First < c.First {
			c.First, c.Last = t.First, t.Last
		}
		c.Comes = true
	}
	return c
}

// countedKey names the facets of a whole category, countedFacets are those for one board.
type countedKey struct {
	category int64
	zone     string
}

type countedFacets struct {
	board  *delivery.Board
	facets *Facets
}

func (q *Query) countedKey() countedKey {
	if q.Delivery == nil {
		return countedKey{category: q.Category}
	}
	return countedKey{q.Category, q.Delivery.Zone}
}

// countedBefore returns the facets of the query's category, when they were counted and still hold.
func (s *snapshot) countedBefore(q *Query) (Facets, bool) {
	f, ok := s.counted.Load(q.countedKey())
	if !ok {
		return Facets{}, false
	}
	known := f.(countedFacets)
	if q.Delivery != nil && known.board.Sum != q.Delivery.Sum {
		return Facets{}, false
	}
	return *known.facets, true
}

func (s *snapshot) keepCounted(q *Query, f Facets) {
	s.counted.Store(q.countedKey(), countedFacets{q.Delivery, &f})
}
