package search

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// Bounds of what a list offers, and the share of the results that must have an
// attribute before it is offered without having been asked for.
const (
	maxFacets = 12
	maxValues = 40
	maxStores = 50
	coverage  = 0.15
)

// counts adds up the facets of one walk. It is kept between queries; only what
// was counted is cleared.
type counts struct {
	detail  bool // attributes and options too
	cats    []int
	stores  []int
	ratings [5]int // at least so many stars
	inStock int
	prices  priceCount
	vals    []int32
	touched []uint32
	seen    []uint32 // values of the present product
}

var countsPool = sync.Pool{New: func() any { return new(counts) }}

func newCounts(w *walk) *counts {
	c := countsPool.Get().(*counts)
	c.detail = w.q.Category != 0 || w.q.Store != 0 || w.ranked || w.plan.attrs|w.plan.opts != 0
	c.cats = cleared(c.cats, len(w.s.tree.nodes)+1)
	c.stores = cleared(c.stores, len(w.s.shops))
	if len(c.vals) < len(w.s.vals) {
		c.vals = make([]int32, len(w.s.vals)+len(w.s.vals)/4)
	}
	c.ratings, c.inStock, c.prices = [5]int{}, 0, priceCount{}
	return c
}

func cleared(list []int, n int) []int {
	if cap(list) < n {
		return make([]int, n+n/4)[:n]
	}
	list = list[:n]
	clear(list)
	return list
}

func (c *counts) value(id uint32) {
	if c.vals[id] == 0 {
		c.touched = append(c.touched, id)
	}
	c.vals[id]++
}

// hit counts a result.
func (c *counts) hit(w *walk, s *segment, d uint32) {
	c.cats[s.cat[d]]++
	c.stores[s.store[d]]++
	c.rating(s, d)
	if c.detail {
		for _, v := range s.valIDs[s.valOff[d]:s.valOff[d+1]] {
			if w.plan.variant == 0 || !w.s.optional[v] {
				c.value(v)
			}
		}
	}
	if w.plan.variant != 0 {
		c.variants(w, s, d)
		return
	}
	c.prices.add(s.cells[d])
	if s.stocked[d] {
		c.inStock++
	}
}

func (c *counts) rating(s *segment, d uint32) {
	if s.rated[d] == 0 {
		return
	}
	for stars := range c.ratings {
		if int(s.rating[d]) >= stars*100 {
			c.ratings[stars]++
		}
	}
}

// missed counts a product that fails exactly one of its own filters: it is a
// result when that filter is replaced.
func (c *counts) missed(w *walk, s *segment, d, fails uint32) {
	switch fails {
	case bitStore:
		c.stores[s.store[d]]++
	case bitRating:
		c.rating(s, d)
	default:
		for _, v := range s.valIDs[s.valOff[d]:s.valOff[d+1]] {
			if w.plan.bitOf(w.s.keyOf[v]) == fails {
				c.value(v)
			}
		}
	}
}

// variants counts prices, stock and options of a product by those of its
// variants that fail nothing but the filter in question.
func (c *counts) variants(w *walk, s *segment, d uint32) {
	var cells uint64
	stocked := false
	c.seen = c.seen[:0]
	for i := s.varOff[d]; i < s.varOff[d+1]; i++ {
		fails := w.plan.failsVariant(s, i)
		if fails&^bitPrice == 0 {
			cells |= 1 << s.varCell[i]
		}
		if fails&^bitStock == 0 && s.varStock[i] {
			stocked = true
		}
		if !c.detail {
			continue
		}
		for _, v := range s.varOpts[i] {
			if v != 0 && fails&^w.plan.bitOf(w.s.keyOf[v-1]) == 0 && !slices.Contains(c.seen, v) {
				c.seen = append(c.seen, v)
				c.value(v - 1)
			}
		}
	}
	c.prices.add(cells)
	if stocked {
		c.inStock++
	}
}

// facets writes what was counted and gives the counters back.
func (c *counts) facets(w *walk, f *Facets) {
	f.InStock = c.inStock
	f.Prices = c.prices.buckets()
	c.categories(w, f)
	for n, k := range c.stores {
		if k > 0 || w.plan.stores != nil && w.plan.stores[n] {
			f.Stores = append(f.Stores, StoreCount{w.s.shops[n], k, w.plan.stores != nil && w.plan.stores[n]})
		}
	}
	slices.SortFunc(f.Stores, func(a, b StoreCount) int {
		return cmp.Or(rankSelected(a.Selected, b.Selected), b.Count-a.Count, cmp.Compare(a.ID, b.ID))
	})
	f.Stores = f.Stores[:min(len(f.Stores), maxStores)]
	for stars := 4; stars >= 1 && c.ratings[0] > 0; stars-- {
		f.Ratings = append(f.Ratings, RatingCount{stars, c.ratings[stars], int(w.q.MinRating) == stars})
	}
	c.attributes(w, f)
	for _, v := range c.touched {
		c.vals[v] = 0
	}
	c.touched = c.touched[:0]
	countsPool.Put(c)
}

func rankSelected(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// categories counts the children of the query's category with all below them.
func (c *counts) categories(w *walk, f *Facets) {
	list := w.s.tree.roots
	if w.plan.hi != 0 {
		list = w.s.tree.nodes[w.plan.lo].children
	}
	for _, child := range list {
		n := 0
		for i := child; i < w.s.tree.nodes[child].end; i++ {
			n += c.cats[i]
		}
		if n > 0 {
			f.Categories = append(f.Categories, w.s.categoryCount(child, n))
		}
	}
	slices.SortStableFunc(f.Categories, func(a, b CategoryCount) int { return b.Count - a.Count })
}

// attributes groups the counted values by attribute and option, the most widespread first.
func (c *counts) attributes(w *walk, f *Facets) {
	type spread struct {
		key    uint32
		total  int
		values []ValueCount
	}
	byKey := map[uint32]*spread{}
	for _, chosen := range w.plan.wanted {
		if c.vals[chosen.id] == 0 {
			c.touched = append(c.touched, chosen.id) // shown even when nothing is left of it
		}
	}
	for _, id := range c.touched {
		v := &w.s.vals[id]
		k := byKey[v.key]
		if k == nil {
			k = &spread{key: v.key}
			byKey[v.key] = k
		}
		k.total += int(c.vals[id])
		k.values = append(k.values, ValueCount{Value: v.text, Count: int(c.vals[id]), Selected: w.plan.wants(id) != 0, number: v.number, isNum: v.isNum})
	}
	list := make([]*spread, 0, len(byKey))
	for _, k := range byKey {
		chosen := w.plan.bitOf(k.key) != 0
		if chosen || len(k.values) > 1 && float64(k.total) >= coverage*float64(w.total) {
			list = append(list, k)
		}
	}
	slices.SortFunc(list, func(a, b *spread) int {
		return cmp.Or(rankSelected(w.plan.bitOf(a.key) != 0, w.plan.bitOf(b.key) != 0), b.total-a.total, cmp.Compare(a.key, b.key))
	})
	for _, k := range list {
		out := &f.Attributes
		if w.s.keys[k.key].option {
			out = &f.Options
		}
		if len(*out) < maxFacets || w.plan.bitOf(k.key) != 0 {
			*out = append(*out, ValueFacet{Name: w.s.keys[k.key].name, Values: sortValues(k.values)})
		}
	}
}

// sortValues keeps the chosen and the most frequent values; numbers then go by size.
func sortValues(list []ValueCount) []ValueCount {
	slices.SortFunc(list, func(a, b ValueCount) int {
		return cmp.Or(rankSelected(a.Selected, b.Selected), b.Count-a.Count, strings.Compare(a.Value, b.Value))
	})
	list = list[:min(len(list), maxValues)]
	numbers := true
	for _, v := range list {
		numbers = numbers && v.isNum
	}
	slices.SortStableFunc(list, func(a, b ValueCount) int {
		if numbers {
			return cmp.Compare(a.number, b.number)
		}
		return cmp.Or(b.Count-a.Count, strings.Compare(a.Value, b.Value))
	})
	return list
}
