package search

import (
	"context"
	"math"
	"slices"
	"sync"

	"aromart/internal/kit/errs"
)

// Search answers a query from the present snapshot. An unknown category or
// store finds nothing; a cursor of another sort is refused.
func (ix *Index) Search(ctx context.Context, q Query) (*Result, error) {
	s := ix.now.Load()
	if s == nil {
		return nil, errs.New(errs.Unavailable, "search.not_ready")
	}
	key := q.key()
	if known, ok := s.answers.Get(key); ok {
		return known, ctx.Err()
	}
	r, err := s.search(ctx, q)
	if err == nil {
		s.answers.Put(key, r)
	}
	return r, err
}

// maxAnswers is how many results a snapshot remembers. Most of what people ask
// is what others have just asked; a result takes some 10 kB.
const maxAnswers = 128

func (s *snapshot) search(ctx context.Context, q Query) (*Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if sortCodes[q.Sort] == 0 || q.Delivery == nil && (q.Sort == ByTotal || q.Sort == ByArrival) {
		q.Sort = ByRelevance
	}
	switch {
	case q.Limit == 0:
		q.Limit = DefaultLimit
	case q.Limit < 0:
		q.Limit = 0
	}
	q.Limit, q.Offset = min(q.Limit, MaxLimit), max(0, min(q.Offset, MaxOffset))
	r := &Result{}
	w := &walk{s: s, q: &q, plan: s.compile(&q), keep: q.Offset + q.Limit}
	if q.Cursor != "" {
		c, err := parseCursor(q.Cursor, q.Sort)
		if err != nil {
			return nil, err
		}
		w.after, w.keep = &c, q.Limit
		q.Offset = 0
	}
	w.keep++ // one more tells whether there is a next page
	text := s.parse(q.Text, q.prefix, &standard)
	var m *matched
	if len(text.groups)+len(text.said.Dropped) > 0 {
		m = s.match(text, &standard)
		defer m.done()
	}
	browse := m == nil && w.plan.open()
	if f, ok := s.countedBefore(&q); ok && browse && !q.NoFacets {
		r.Facets, q.NoFacets = f, true
	}
	w.start(m)
	if !w.plan.none {
		w.segments()
	}
	r.Total = w.total
	w.hits(r)
	if m != nil {
		r.Text = text.said
		if text.said.Full == 0 && len(w.best) > 0 && q.Sort == ByRelevance && q.Cursor == "" {
			first := w.best[0]
			r.Text.Dropped = append(r.Text.Dropped, text.lacks(s.segs[first.seg], first.doc)...)
		}
	}
	if w.counts != nil {
		w.counts.facets(w, &r.Facets)
		if browse {
			s.keepCounted(&q, r.Facets)
		}
	}
	if r.Total == 0 {
		r.Nearest = s.nearestCategories(m)
	}
	return r, nil
}

// walk goes once over the candidates of each segment: it filters, ranks and counts.
type walk struct {
	s     *snapshot
	q     *Query
	plan  *plan
	text  *matched // nil without a text
	order byte     // code of the sort
	after *cursor
	keep  int
	total int
	best  top
	// least is the score that a product must reach to be among the best.
	least  float32
	counts *counts
	buffer *buffer
	bring  *brought // of the present segment; nil where the query knows no delivery
}

// buffer holds the results of one segment where they are not a list that the index has.
type buffer struct {
	docs []uint32
	imps []uint16
}

var buffers = sync.Pool{New: func() any { return new(buffer) }}

func (w *walk) start(m *matched) {
	w.text, w.order = m, sortCodes[w.q.Sort]
	if !w.q.NoFacets {
		w.counts = newCounts(w)
	}
}

func (w *walk) segments() {
	w.buffer = buffers.Get().(*buffer)
	defer buffers.Put(w.buffer)
	for i, s := range w.s.segs {
		if w.q.Delivery != nil {
			w.bring = s.bring(w.q.Delivery, w.s.shops)
		}
		all := w.candidates(i)
		f := all
		if !w.allPass(i) {
			f = w.filter(i, all)
		}
		w.total += len(f.docs)
		w.rank(i, &f)
		switch {
		case w.counts == nil:
		case len(all.imps) >= tallyFrom && w.plan.open() && w.plan.hi == 0:
			w.counts.stem(w, i, all.word, all.docs, f.docs)
		default:
			w.counts.results(w, s, f.docs)
		}
	}
}

// candidates are the products that the text found, or those of the smallest list that holds all results.
func (w *walk) candidates(i int) found {
	s, p := w.s.segs[i], w.plan
	switch {
	case w.text != nil:
		return w.text.segs[i]
	case p.scope != 0 && (p.hi == 0 || len(s.inStore(p.scope-1)) < len(s.inCategory(p.lo, p.hi))):
		return found{docs: s.inStore(p.scope - 1)}
	case p.hi != 0:
		return found{docs: s.inCategory(p.lo, p.hi)}
	}
	all := slices.Grow(w.buffer.docs[:0], s.n)[:s.n]
	for d := range all {
		all[d] = uint32(d)
	}
	w.buffer.docs = all
	return found{docs: all}
}

// allPass reports that every candidate is a result: none is dead, and nothing
// but the list that they come from bounds the results.
func (w *walk) allPass(seg int) bool {
	p := w.plan
	return w.s.dead[seg] == nil && p.product|p.variant == 0 && (p.hi == 0 && p.scope == 0 || w.text == nil && (p.hi == 0 || p.scope == 0))
}

// filter leaves of the candidates the results.
func (w *walk) filter(seg int, f found) found {
	b := w.buffer
	b.docs, b.imps = slices.Grow(b.docs[:0], len(f.docs)), b.imps[:0] // f.docs may be b.docs: it is written behind where it is read
	for k, d := range f.docs {
		if !w.passes(seg, d) {
			continue
		}
		b.docs = append(b.docs, d)
		if f.imps != nil {
			b.imps = append(b.imps, f.imps[k])
		}
	}
	f.docs = b.docs
	if f.imps != nil {
		f.imps = b.imps
	}
	return f
}

// passes reports that a candidate is a result. A product that fails one filter
// only is none, but counts in that filter's own facet.
func (w *walk) passes(seg int, d uint32) bool {
	p, s := w.plan, w.s.segs[seg]
	if w.s.isDead(seg, d) || !p.inScope(s, d) {
		return false
	}
	fails := p.failsProduct(s, d)
	if fails&(fails-1) != 0 {
		return false
	}
	pass := true
	var single uint32 // variant filters that are the only failure of some variant
	if p.variant != 0 {
		pass = false
		for i := s.varOff[d]; i < s.varOff[d+1]; i++ {
			f := p.failsVariant(s, w.bring, i)
			if f == 0 {
				pass = true
			} else if f&(f-1) == 0 {
				single |= f
			}
		}
	}
	switch {
	case fails == 0 && pass:
		return true
	case w.counts == nil:
	case fails != 0 && pass:
		w.counts.missed(w, s, d, fails)
	case fails == 0 && single != 0:
		w.counts.variants(w, s, d)
	}
	return false
}

// rank keeps of the results the first ones wanted.
func (w *walk) rank(seg int, f *found) {
	s := w.s.segs[seg]
	if w.order == orderArrival && w.text != nil {
		for k, d := range f.docs {
			w.offer(place{w.bring.arrivalKey(s, d, w.text.score(s, f, k)), s.ids[d], seg, d})
		}
		return
	}
	if w.text == nil || w.order != orderRelevance {
		for _, d := range f.docs {
			w.offer(place{w.sortKey(s, d), s.ids[d], seg, d})
		}
		return
	}
	for k, d := range f.docs {
		if w.text.bound(f, k) >= w.least {
			w.offer(place{s.scoreKey(w.text.score(s, f, k), d), s.ids[d], seg, d})
		}
	}
}

// offer keeps a result when it is among the first ones wanted.
func (w *walk) offer(p place) {
	if w.after != nil && !(place{key: w.after.key, id: w.after.id}).before(p) {
		return
	}
	if w.best.offer(p, w.keep) && len(w.best) == w.keep && w.text != nil {
		w.least = scoreOf(w.best[0].key)
	}
}

// sortKey is a product's place in the walk's order.
func (w *walk) sortKey(s *segment, d uint32) uint64 {
	switch w.order {
	case orderTotal:
		return w.bring.totalKey(s, d)
	case orderArrival:
		return w.bring.arrivalKey(s, d, s.popular[d])
	}
	return s.sortKey(w.order, d)
}

// sortKey is a product's place in an order without regard to a text: the smaller the earlier.
func (s *segment) sortKey(order byte, d uint32) uint64 {
	switch order {
	case orderPrice:
		return uint64(s.priceMin[d])
	case orderPriceDesc:
		return math.MaxUint64 - uint64(s.priceMin[d])
	case orderNewest:
		return math.MaxUint64 - uint64(s.created[d])
	case orderRating:
		n := float64(s.rated[d])
		damped := (float64(s.rating[d])*n + 350*5) / (n + 5)
		if n == 0 {
			damped = 0
		}
		return math.MaxUint64 - uint64(damped*1e6)
	}
	key := s.unpopular(d)>>1<<32 | uint64(math.MaxUint32-uint32(s.created[d]/1e6))
	if !s.stocked[d] {
		key |= 1 << 63
	}
	return key
}

// scoreKey is a product's place by how well a text describes it; of equal ones the popular come first.
func (s *segment) scoreKey(score float32, d uint32) uint64 {
	return uint64(math.MaxUint32-math.Float32bits(max(0, score)))<<32 | s.unpopular(d)
}

// scoreOf is the score that a key of scoreKey was made of.
func scoreOf(key uint64) float32 { return math.Float32frombits(math.MaxUint32 - uint32(key>>32)) }

func (s *segment) unpopular(d uint32) uint64 {
	return uint64(math.MaxUint32 - math.Float32bits(max(0, s.popular[d])))
}

// hits writes the wanted page of results.
func (w *walk) hits(r *Result) {
	w.best.sort()
	more := len(w.best) == w.keep
	if more {
		w.best = w.best[:w.keep-1]
	}
	list := w.best[min(w.q.Offset, len(w.best)):]
	r.Hits = make([]Card, len(list))
	for i, p := range list {
		s := w.s.segs[p.seg]
		r.Hits[i] = s.card(p.doc, w.s.tree, w.s.shops)
		if w.q.Delivery != nil {
			r.Hits[i].Delivery = s.bring(w.q.Delivery, w.s.shops).card(s, p.doc)
		}
	}
	if more && len(list) > 0 {
		last := list[len(list)-1]
		r.Next = cursor{w.order, last.key, last.id}.String()
	}
}

// nearestCategories are where to go on when nothing was found: the categories
// in which the text alone is found most, else those with the most products.
func (s *snapshot) nearestCategories(m *matched) []CategoryCount {
	count := make([]int, len(s.tree.nodes))
	any := false
	if m != nil {
		for i, f := range m.segs {
			for _, d := range f.docs {
				if c := s.segs[i].cat[d]; c != 0 && !s.isDead(i, d) {
					count[c]++
					any = true
				}
			}
		}
	}
	if !any {
		for i, seg := range s.segs {
			for _, top := range s.tree.roots {
				if i == 0 || seg.n > 0 {
					count[top] += len(seg.inCategory(top, s.tree.nodes[top].end))
				}
			}
		}
	}
	var out []CategoryCount
	for c, n := range count {
		if n > 0 {
			out = append(out, s.categoryCount(uint32(c), n))
		}
	}
	slices.SortStableFunc(out, func(a, b CategoryCount) int { return b.Count - a.Count })
	return out[:min(3, len(out))]
}

func (s *snapshot) categoryCount(c uint32, n int) CategoryCount {
	node := &s.tree.nodes[c]
	return CategoryCount{ID: node.ID, Slug: node.Slug, Names: node.Names, Count: n}
}
