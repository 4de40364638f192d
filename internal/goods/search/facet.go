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
	cats    []int32
	stores  []int32
	stars   [5]int32 // rated results by whole stars, 4 and more in the last
	inStock int
	arrive  arrivalCount
	prices  priceCount
	vals    []int32
	touched []uint32
	seen    []uint32 // values of the present product
	keys    []keyCount
}

var countsPool = sync.Pool{New: func() any { return new(counts) }}

func newCounts(w *walk) *counts {
	c := countsPool.Get().(*counts)
	c.detail = w.q.Category != 0 || w.q.Store != 0 || w.text != nil || w.plan.attrs|w.plan.opts != 0
	c.cats = cleared(c.cats, len(w.s.tree.nodes)+1)
	c.stores = cleared(c.stores, len(w.s.shops))
	if len(c.vals) < len(w.s.vals) {
		c.vals = make([]int32, len(w.s.vals)+len(w.s.vals)/4)
	}
	c.stars, c.inStock, c.arrive, c.prices = [5]int32{}, 0, arrivalCount{}, priceCount{}
	return c
}

func cleared[T any](list []T, n int) []T {
	if cap(list) < n {
		return make([]T, n+n/4)[:n]
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

// results counts the results of a segment, column by column: so each loop stays
// small, and goes through one array in the order of the products.
func (c *counts) results(w *walk, s *segment, docs []uint32) {
	c.columns(w, s, docs)
	if w.plan.variant == 0 {
		c.stock(w, s, docs)
		return
	}
	for _, d := range docs {
		c.variants(w, s, d)
	}
}

// columns counts all that is no matter of stock, nor of some variants only.
func (c *counts) columns(w *walk, s *segment, docs []uint32) {
	countBy(c.cats, s.cat, docs)
	countBy(c.stores, s.store, docs)
	for _, d := range docs {
		c.rating(s, d)
	}
	if c.detail {
		c.values(w, s, docs)
	}
	if w.plan.variant == 0 {
		for _, d := range docs {
			c.prices.add(s.cells[d])
		}
	}
}

// stock counts what depends on it: what can be bought, and what comes when.
func (c *counts) stock(w *walk, s *segment, docs []uint32) {
	if w.bring != nil {
		c.arrive.products(s.masks(w.q.Delivery, w.bring), docs)
	}
	for _, d := range docs {
		if s.stocked[d] {
			c.inStock++
		}
	}
}

// countBy counts the products by a column.
func countBy(counts []int32, column, docs []uint32) {
	for _, d := range docs {
		counts[column[d]]++
	}
}

// values counts attributes and options; the latter not where filters may hold
// for some variants only.
func (c *counts) values(w *walk, s *segment, docs []uint32) {
	for _, d := range docs {
		for _, v := range s.valIDs[s.valOff[d]:s.valOff[d+1]] {
			if w.plan.variant == 0 || !w.s.optional[v] {
				c.value(v)
			}
		}
	}
}

func (c *counts) rating(s *segment, d uint32) {
	if s.rated[d] != 0 {
		c.stars[starsOf(s, d)]++
	}
}

// starsOf is the place of a product among the counts by whole stars.
func starsOf(s *segment, d uint32) uint16 { return min(s.rating[d]/100, 4) }

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
	stocked, mask := false, uint8(0)
	c.seen = c.seen[:0]
	for i := s.varOff[d]; i < s.varOff[d+1]; i++ {
		fails := w.plan.failsVariant(s, w.bring, i)
		if fails&^bitPrice == 0 {
			cells |= 1 << s.varCell[i]
		}
		if fails&^bitStock == 0 && s.varStock[i] {
			stocked = true
		}
		if w.bring != nil && fails&^(bitFree|bitArrives) == 0 {
			mask |= w.bring.mask(s, i) & counting(fails)
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
	c.arrive[mask]++
}

// facets writes what was counted and gives the counters back.
func (c *counts) facets(w *walk, f *Facets) {
	f.InStock = c.inStock
	if w.q.Delivery != nil {
		c.arrive.facets(w.q, f)
	}
	f.Prices = c.prices.buckets()
	c.categories(w, f)
	c.shops(w, f)
	c.ratings(w, f)
	c.attributes(w, f)
	c.free()
}

// free gives the counters back, those of values cleared.
func (c *counts) free() {
	for _, v := range c.touched {
		c.vals[v] = 0
	}
	c.touched = c.touched[:0]
	countsPool.Put(c)
}

// shops lists the stores with the most results, the chosen ones before them.
func (c *counts) shops(w *walk, f *Facets) {
	type shop struct {
		place    int
		count    int32
		selected bool
	}
	var list []shop
	for n, k := range c.stores {
		selected := w.plan.stores != nil && w.plan.stores[n]
		if k > 0 || selected {
			list = append(list, shop{n, k, selected})
		}
	}
	slices.SortFunc(list, func(a, b shop) int {
		return cmp.Or(rankSelected(a.selected, b.selected), cmp.Compare(b.count, a.count), cmp.Compare(w.s.shops[a.place].ID, w.s.shops[b.place].ID))
	})
	list = list[:min(len(list), maxStores)]
	for _, sh := range list {
		f.Stores = append(f.Stores, StoreCount{w.s.shops[sh.place], int(sh.count), sh.selected})
	}
}

// ratings counts the results with so many stars or more, when any is rated.
func (c *counts) ratings(w *walk, f *Facets) {
	n := int(c.stars[4])
	var list []RatingCount
	for stars := 4; stars >= 1; stars-- {
		list = append(list, RatingCount{stars, n, int(w.q.MinRating) == stars})
		n += int(c.stars[stars-1])
	}
	if n > 0 {
		f.Ratings = list
	}
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
	type child struct{ node, count uint32 }
	found := make([]child, 0, len(list))
	for _, n := range list {
		sum := int32(0)
		for _, k := range c.cats[n:w.s.tree.nodes[n].end] {
			sum += k
		}
		if sum > 0 {
			found = append(found, child{n, uint32(sum)})
		}
	}
	slices.SortStableFunc(found, func(a, b child) int { return cmp.Compare(b.count, a.count) })
	for _, k := range found {
		f.Categories = append(f.Categories, w.s.categoryCount(k.node, int(k.count)))
	}
}

// keyCount adds up the values of one attribute or option.
type keyCount struct {
	total  int
	values int      // how many different ones
	ids    []uint32 // the values, once the key is found worth showing
}

// attributes groups the counted values by attribute and option, the most widespread first.
func (c *counts) attributes(w *walk, f *Facets) {
	for _, chosen := range w.plan.wanted {
		if c.vals[chosen.id] == 0 {
			c.touched = append(c.touched, chosen.id) // shown even when nothing is left of it
		}
	}
	list := c.shownKeys(w)
	for _, id := range c.touched {
		if k := &c.keys[w.s.keyOf[id]]; k.ids != nil {
			k.ids = append(k.ids, id)
		}
	}
	for _, k := range list {
		out := &f.Attributes
		if w.s.keys[k].option {
			out = &f.Options
		}
		*out = append(*out, ValueFacet{Name: w.s.keys[k].name, Values: c.valueCounts(w, c.keys[k].ids)})
	}
}

// shownKeys chooses the keys that are offered, before any list of values is
// made: in a large catalog most are of a few results only.
func (c *counts) shownKeys(w *walk) []uint32 {
	c.keys = cleared(c.keys, len(w.s.keys))
	for _, id := range c.touched {
		k := &c.keys[w.s.keyOf[id]]
		k.total += int(c.vals[id])
		k.values++
	}
	var list []uint32
	for n := range c.keys {
		k := &c.keys[n]
		if k.values > 0 && (w.plan.bitOf(uint32(n)) != 0 || k.values > 1 && float64(k.total) >= coverage*float64(w.total)) {
			list = append(list, uint32(n))
		}
	}
	slices.SortFunc(list, func(a, b uint32) int {
		return cmp.Or(rankSelected(w.plan.bitOf(a) != 0, w.plan.bitOf(b) != 0), c.keys[b].total-c.keys[a].total, cmp.Compare(a, b))
	})
	var attributes, options int
	return slices.DeleteFunc(list, func(n uint32) bool {
		shown := &attributes
		if w.s.keys[n].option {
			shown = &options
		}
		if *shown >= maxFacets && w.plan.bitOf(n) == 0 {
			return true
		}
		*shown++
		c.keys[n].ids = make([]uint32, 0, c.keys[n].values)
		return false
	})
}

// valueCounts keeps the chosen and the most frequent values; numbers then go by size.
func (c *counts) valueCounts(w *walk, ids []uint32) []ValueCount {
	slices.SortFunc(ids, func(a, b uint32) int {
		return cmp.Or(rankSelected(w.plan.wants(a) != 0, w.plan.wants(b) != 0), cmp.Compare(c.vals[b], c.vals[a]), strings.Compare(w.s.vals[a].text, w.s.vals[b].text))
	})
	ids = ids[:min(len(ids), maxValues)]
	list := make([]ValueCount, len(ids))
	numbers := true
	for i, id := range ids {
		v := &w.s.vals[id]
		list[i] = ValueCount{Value: v.text, Count: int(c.vals[id]), Selected: w.plan.wants(id) != 0, number: v.number, isNum: v.isNum}
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
