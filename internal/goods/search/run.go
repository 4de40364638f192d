package search

import (
	"container/heap"
	"context"
	"math"
	"slices"

	"aromart/internal/kit/errs"
)

// Search answers a query from the present snapshot. An unknown category or
// store finds nothing; a cursor of another sort is refused.
func (ix *Index) Search(ctx context.Context, q Query) (*Result, error) {
	s := ix.now.Load()
	if s == nil {
		return nil, errs.New(errs.Unavailable, "search.not_ready")
	}
	return s.search(ctx, q)
}

func (s *snapshot) search(ctx context.Context, q Query) (*Result, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if sortCodes[q.Sort] == 0 {
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
	var text *parsed
	if text = s.parse(q.Text, q.prefix, &standard); len(text.groups)+len(text.said.Dropped) == 0 {
		text = nil
	}
	w.ranked = text != nil
	browse := !w.ranked && w.plan.open()
	if f, ok := s.counted.Load(q.Category); ok && browse && !q.NoFacets {
		r.Facets, q.NoFacets = *f.(*Facets), true
	}
	w.start(!q.NoFacets)
	if !w.plan.none {
		s.walkBase(w, text)
	}
	r.Total = w.total
	w.hits(r)
	if text != nil {
		r.Text = text.said
		if text.said.Full == 0 && len(w.best) > 0 && q.Sort == ByRelevance && q.Cursor == "" {
			first := w.best[0]
			r.Text.Dropped = append(r.Text.Dropped, text.lacks(s.segs[first.seg], first.doc)...)
		}
	}
	if w.counts != nil {
		w.counts.facets(w, &r.Facets)
		if browse {
			s.counted.Store(q.Category, new(r.Facets))
		}
	}
	if r.Total == 0 {
		r.Nearest = s.nearestCategories(text)
	}
	return r, nil
}

// walkBase visits the products that the text found, or those of the smallest list that holds all candidates.
func (s *snapshot) walkBase(w *walk, text *parsed) {
	if text != nil {
		for i, f := range s.match(text, &standard) {
			for k, d := range f.docs {
				w.visit(i, d, f.scores[k])
			}
		}
		return
	}
	for i, seg := range s.segs {
		switch {
		case w.plan.scope != 0 && (w.plan.hi == 0 || len(seg.inStore(w.plan.scope-1)) < len(seg.inCategory(w.plan.lo, w.plan.hi))):
			for _, d := range seg.inStore(w.plan.scope - 1) {
				w.visit(i, d, 0)
			}
		case w.plan.hi != 0:
			for _, d := range seg.inCategory(w.plan.lo, w.plan.hi) {
				w.visit(i, d, 0)
			}
		default:
			for d := range uint32(seg.n) {
				w.visit(i, d, 0)
			}
		}
	}
}

// walk goes once over the candidates: it filters, counts and keeps the first results.
type walk struct {
	s      *snapshot
	q      *Query
	plan   *plan
	after  *cursor
	keep   int
	ranked bool // by a text
	total  int
	best   hitHeap
	counts *counts
}

func (w *walk) start(facets bool) {
	if facets {
		w.counts = newCounts(w)
	}
}

// visit handles one candidate. A product that fails one filter only is no
// result, but counts in that filter's own facet.
func (w *walk) visit(seg int, d uint32, score float32) {
	p, s := w.plan, w.s.segs[seg]
	if w.s.isDead(seg, d) || !p.inScope(s, d) {
		return
	}
	fails := p.failsProduct(s, d)
	if fails&(fails-1) != 0 {
		return
	}
	pass := true
	var single uint32 // variant filters that are the only failure of some variant
	if p.variant != 0 {
		pass = false
		for i := s.varOff[d]; i < s.varOff[d+1]; i++ {
			f := p.failsVariant(s, i)
			if f == 0 {
				pass = true
			} else if f&(f-1) == 0 {
				single |= f
			}
		}
	}
	switch {
	case fails != 0:
		if pass && w.counts != nil {
			w.counts.missed(w, s, d, fails)
		}
	case pass:
		w.total++
		w.rank(seg, d, score)
		if w.counts != nil {
			w.counts.hit(w, s, d)
		}
	case single != 0 && w.counts != nil:
		w.counts.variants(w, s, d)
	}
}

// place is a result with its place in the order.
type place struct {
	key uint64
	id  int64
	seg int
	doc uint32
}

func (a place) before(b place) bool { return a.key < b.key || a.key == b.key && a.id < b.id }

// hitHeap keeps the worst of the best results on top.
type hitHeap []place

func (h hitHeap) Len() int           { return len(h) }
func (h hitHeap) Less(i, j int) bool { return h[j].before(h[i]) }
func (h hitHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *hitHeap) Push(x any)        { *h = append(*h, x.(place)) }
func (h *hitHeap) Pop() any          { panic("never popped") }

// rank keeps a result when it is among the first ones wanted.
func (w *walk) rank(seg int, d uint32, score float32) {
	s := w.s.segs[seg]
	p := place{w.q.Sort.key(s, d, score, w.ranked), s.ids[d], seg, d}
	if w.after != nil && !(place{key: w.after.key, id: w.after.id}).before(p) {
		return
	}
	switch {
	case len(w.best) < w.keep:
		if w.best = append(w.best, p); len(w.best) == w.keep {
			heap.Init(&w.best)
		}
	case p.before(w.best[0]):
		w.best[0] = p
		heap.Fix(&w.best, 0)
	}
}

// key is a product's place in an order: the smaller the earlier.
func (o Sort) key(s *segment, d uint32, score float32, text bool) uint64 {
	switch o {
	case ByPrice:
		return uint64(s.priceMin[d])
	case ByPriceDesc:
		return math.MaxUint64 - uint64(s.priceMin[d])
	case ByNewest:
		return math.MaxUint64 - uint64(s.created[d])
	case ByRating:
		n := float64(s.rated[d])
		damped := (float64(s.rating[d])*n + 350*5) / (n + 5)
		if n == 0 {
			damped = 0
		}
		return math.MaxUint64 - uint64(damped*1e6)
	}
	popular := uint64(math.MaxUint32 - math.Float32bits(max(0, s.popular[d])))
	if text {
		return uint64(math.MaxUint32-math.Float32bits(max(0, score)))<<32 | popular
	}
	key := popular>>1<<32 | uint64(math.MaxUint32-uint32(s.created[d]/1e6))
	if !s.stocked[d] {
		key |= 1 << 63
	}
	return key
}

// hits writes the wanted page of results.
func (w *walk) hits(r *Result) {
	slices.SortFunc(w.best, func(a, b place) int {
		if a.before(b) {
			return -1
		}
		return 1
	})
	more := len(w.best) == w.keep
	if more {
		w.best = w.best[:w.keep-1]
	}
	list := w.best[min(w.q.Offset, len(w.best)):]
	r.Hits = make([]Card, len(list))
	for i, p := range list {
		r.Hits[i] = w.s.segs[p.seg].card(p.doc, w.s.tree, w.s.shops)
	}
	if more && len(list) > 0 {
		last := list[len(list)-1]
		r.Next = cursor{sortCodes[w.q.Sort], last.key, last.id}.String()
	}
}

// nearestCategories are where to go on when nothing was found: the categories
// in which the text alone is found most, else those with the most products.
func (s *snapshot) nearestCategories(text *parsed) []CategoryCount {
	count := make([]int, len(s.tree.nodes))
	any := false
	if text != nil {
		for i, f := range s.match(text, &standard) {
			for _, d := range f.docs {
				if c := s.segs[i].cat[d]; c != 0 {
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
