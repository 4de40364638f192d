package search

import (
	"cmp"
	"math"
	"slices"

	"aromart/internal/kit/money"
)

// A filter that a product fails sets its bit. Filters of the product come
// first; from firstVariant on they are those that one variant must pass together.
const (
	bitStore = 1 << iota
	bitRating
	bitPrice
	bitStock
	bitFree
	bitArrives
	firstAttr = 6 // number of the first attribute's or option's bit
)

// plan is a query's filters, compiled for one snapshot.
type plan struct {
	lo, hi   uint32 // category interval; hi 0 is everything
	scope    uint32 // store page + 1; 0 is none
	none     bool   // a filter that nothing can pass
	stores   []bool // by store number
	rating   uint16
	min, max money.Amount
	lastDay  int // by which it must come

	wanted  []bitFor // facet values, by id
	keys    []bitFor // facet keys
	maybe   uint64   // which of 64 classes of values are wanted at all
	product uint32   // bits of the filters on the product
	variant uint32   // bits of the filters on a variant
	attrs   uint32   // bits of attribute filters
	opts    uint32   // bits of option filters
}

// bitFor is a facet value or key with the bit of its filter.
type bitFor struct{ id, bit uint32 }

// wants returns the bit of the filter that the value passes, 0 for none.
func (p *plan) wants(id uint32) uint32 {
	if p.maybe&(1<<(id&63)) == 0 {
		return 0
	}
	i, ok := slices.BinarySearchFunc(p.wanted, id, func(b bitFor, id uint32) int { return cmp.Compare(b.id, id) })
	if !ok {
		return 0
	}
	return p.wanted[i].bit
}

// bitOf returns the bit of a facet key's filter, 0 for none.
func (p *plan) bitOf(key uint32) uint32 {
	for _, k := range p.keys {
		if k.id == key {
			return k.bit
		}
	}
	return 0
}

func (s *snapshot) compile(q *Query) *plan {
	p := &plan{}
	if q.Category != 0 {
		lo, hi, ok := s.tree.interval(q.Category)
		p.lo, p.hi, p.none = lo, hi, !ok
	}
	if q.Store != 0 {
		n, ok := s.stores.find(q.Store)
		p.none = p.none || !ok || int(n) >= len(s.shops)
		p.scope = n + 1
	}
	if len(q.Stores) > 0 {
		p.product |= bitStore
		p.stores = make([]bool, len(s.shops))
		for _, id := range q.Stores {
			if n, ok := s.stores.find(id); ok && int(n) < len(p.stores) {
				p.stores[n] = true
			}
		}
	}
	if q.MinRating > 0 {
		p.product |= bitRating
		p.rating = uint16(math.Round(float64(q.MinRating) * 100))
	}
	p.min, p.max = q.MinPrice, q.MaxPrice
	if p.max == 0 {
		p.max = math.MaxInt64
	}
	if q.MinPrice > 0 || q.MaxPrice > 0 {
		p.variant |= bitPrice
	}
	if q.InStock {
		p.variant |= bitStock
	}
	if q.Delivery != nil && q.Free {
		p.variant |= bitFree
	}
	if q.Delivery != nil && q.Within > 0 {
		p.variant |= bitArrives
		p.lastDay = q.Delivery.Today + q.Within
	}
	bit := uint32(1 << firstAttr)
	for _, f := range q.Attributes {
		if s.addFilter(p, f, false, bit) {
			p.attrs |= bit
			bit <<= 1
		}
	}
	for _, f := range q.Options {
		if s.addFilter(p, f, true, bit) {
			p.opts |= bit
			bit <<= 1
		}
	}
	slices.SortFunc(p.wanted, func(a, b bitFor) int { return cmp.Compare(a.id, b.id) })
	p.product |= p.attrs
	p.variant |= p.opts
	return p
}

// addFilter compiles one attribute or option filter; two of one name are one. It reports whether the bit is used.
func (s *snapshot) addFilter(p *plan, f Filter, option bool, bit uint32) bool {
	if len(f.Values) == 0 || bit >= 1<<(firstAttr+maxFilters) {
		return false
	}
	key, ids, ok := s.values.find(f.Name, option, f.Values)
	if !ok {
		p.none = true
		return false
	}
	used := true
	if old := p.bitOf(key); old != 0 {
		bit, used = old, false
	} else {
		p.keys = append(p.keys, bitFor{key, bit})
	}
	for _, id := range ids {
		p.wanted = append(p.wanted, bitFor{id, bit})
		p.maybe |= 1 << (id & 63)
	}
	return used
}

// failsProduct returns the bits of the product's own filters that it fails.
func (p *plan) failsProduct(s *segment, d uint32) (fails uint32) {
	if p.product == 0 {
		return 0
	}
	if p.product&bitStore != 0 && !p.stores[s.store[d]] {
		fails |= bitStore
	}
	if p.product&bitRating != 0 && (s.rated[d] == 0 || s.rating[d] < p.rating) {
		fails |= bitRating
	}
	if p.attrs != 0 {
		passed := uint32(0)
		for _, v := range s.valIDs[s.valOff[d]:s.valOff[d+1]] {
			passed |= p.wants(v)
		}
		fails |= p.attrs &^ passed
	}
	return fails
}

// failsVariant returns the bits of the variant filters that variant i fails.
func (p *plan) failsVariant(s *segment, b *brought, i uint32) (fails uint32) {
	if p.variant&bitPrice != 0 && (s.varPrice[i] < p.min || s.varPrice[i] > p.max) {
		fails |= bitPrice
	}
	if p.variant&bitStock != 0 && !s.varStock[i] {
		fails |= bitStock
	}
	if p.variant&(bitFree|bitArrives) != 0 {
		t := b.terms(s, i)
		if p.variant&bitFree != 0 && (t == nil || t.Cost != 0) {
			fails |= bitFree
		}
		if p.variant&bitArrives != 0 && (t == nil || t.Last > p.lastDay) {
			fails |= bitArrives
		}
	}
	if p.opts != 0 {
		passed := uint32(0)
		for _, v := range s.varOpts[i] {
			if v != 0 {
				passed |= p.wants(v - 1)
			}
		}
		fails |= p.opts &^ passed
	}
	return fails
}

// open reports that nothing but the category bounds the results.
func (p *plan) open() bool { return p.product|p.variant|p.scope == 0 && !p.none }

// inScope reports that the product is in the query's category and store page.
func (p *plan) inScope(s *segment, d uint32) bool {
	return (p.hi == 0 || s.cat[d] >= p.lo && s.cat[d] < p.hi) && (p.scope == 0 || s.store[d] == p.scope-1)
}
