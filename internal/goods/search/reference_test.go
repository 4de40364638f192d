package search

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"aromart/internal/kit/money"
)

// The reference answers a query as simply as it can be said: a map of scores,
// every product tested, all results sorted, every facet value counted. It
// shares with the index what it does not test: the postings, the columns and
// how a text is understood.

// at is a product by its segment and place.
type at struct {
	seg int
	doc uint32
}

// sum is what a product got for a text.
type sum struct{ score, got float32 }

// referenceMatch scores what a text finds, and counts what has all words.
func referenceMatch(s *snapshot, p *parsed, t *tuning) (scores map[at]float32, full int) {
	sums := map[at]sum{}
	whole, needed := float32(0), 0
	for _, g := range p.groups {
		whole += g.weight
		if !g.optional {
			needed++
		}
	}
	for i, seg := range s.segs {
		need, may := []*group{}, []*group{}
		for k := range p.groups {
			if p.groups[k].optional {
				may = append(may, &p.groups[k])
			} else {
				need = append(need, &p.groups[k])
			}
		}
		slices.SortStableFunc(need, func(a, b *group) int { return a.freq(seg) - b.freq(seg) })
		for d := range uint32(seg.n) {
			if v, all := referenceSum(seg, d, need, t); all && len(need) > 0 && !s.isDead(i, d) {
				for _, g := range may {
					if more, ok := referenceBest(seg, d, g, v.score, t); ok {
						v = sum{more, v.got + g.weight}
					}
				}
				sums[at{i, d}] = v
			}
		}
	}
	full = len(sums)
	if full < t.enough && needed != 1 {
		sums = referenceLoose(s, p, t)
	}
	scores = map[at]float32{}
	for a, v := range sums {
		seg := s.segs[a.seg]
		score := v.score
		if share := v.got / whole; share < 0.999 {
			score *= float32(math.Pow(float64(share), float64(t.coverage)))
		}
		if p.names(seg, a.doc) {
			score *= 1 + t.kindAll
		}
		if !seg.stocked[a.doc] {
			score *= t.soldOut
		}
		scores[a] = score
	}
	return scores, full
}

// referenceSum adds up the words of a product, and reports whether it has all.
func referenceSum(seg *segment, d uint32, groups []*group, t *tuning) (v sum, all bool) {
	all = true
	for _, g := range groups {
		score, ok := referenceBest(seg, d, g, v.score, t)
		if !ok {
			all = false
			continue
		}
		v.score = score
		v.got += g.weight
	}
	return v, all
}

// referenceBest adds the best of a word's alternatives to a score, as floats are added when each is better than the last.
func referenceBest(seg *segment, d uint32, g *group, score float32, t *tuning) (float32, bool) {
	current, found := float32(0), false
	for _, a := range g.alts {
		docs, imps, id, _ := seg.postings(a.stem)
		n, ok := slices.BinarySearch(docs, d)
		if !ok {
			continue
		}
		f := g.factors(a, seg.headed[id], t)
		v := float32(imps[n]&impactMask) * f[imps[n]>>factBits]
		if !found {
			score += v
			current, found = v, true
		} else if v > current {
			score += v - current
			current = v
		}
	}
	return score, found
}

// referenceLoose takes words by weight. Those that can no longer lift a product
// to the wanted share of the best add only to products with another word.
func referenceLoose(s *snapshot, p *parsed, t *tuning) map[at]sum {
	groups, left := []*group{}, float32(0)
	for k := range p.groups {
		groups = append(groups, &p.groups[k])
		left += p.groups[k].weight
	}
	slices.SortStableFunc(groups, func(a, b *group) int { return cmp.Compare(b.weight, a.weight) })
	whole := left
	sums, best := map[at]sum{}, float32(0)
	for i, seg := range s.segs {
		left = whole
		for _, g := range groups {
			opens := left >= t.loose*best
			for d := range uint32(seg.n) {
				v, known := sums[at{i, d}]
				if score, ok := referenceBest(seg, d, g, v.score, t); ok && (known || opens) {
					v = sum{score, v.got + g.weight}
					sums[at{i, d}] = v
					best = max(best, v.got)
				}
			}
			left -= g.weight
		}
	}
	maps.DeleteFunc(sums, func(a at, v sum) bool { return v.got < t.loose*best || s.isDead(a.seg, a.doc) })
	return sums
}

// answer is what the test compares.
type answer struct {
	Total  int
	Hits   []int64
	Facets Facets
	Full   int
}

func referenceSearch(s *snapshot, q Query) answer {
	w := &walk{s: s, q: &q, plan: s.compile(&q)}
	if q.Delivery == nil && (q.Sort == ByTotal || q.Sort == ByArrival) {
		q.Sort = ByRelevance
	}
	text := s.parse(q.Text, false, &standard)
	ranked := len(text.groups)+len(text.said.Dropped) > 0
	var candidates map[at]float32
	full := 0
	if ranked {
		candidates, full = referenceMatch(s, text, &standard)
	} else {
		candidates = map[at]float32{}
		for i, seg := range s.segs {
			for d := range uint32(seg.n) {
				if !s.isDead(i, d) {
					candidates[at{i, d}] = 0
				}
			}
		}
	}
	type result struct {
		key uint64
		id  int64
		at  at
	}
	var results []result
	c := newReferenceCounts()
	bring := map[*segment]*brought{}
	for _, seg := range s.segs {
		if q.Delivery != nil {
			bring[seg] = seg.bring(q.Delivery, s.shops)
		}
	}
	for a, score := range candidates {
		seg := s.segs[a.seg]
		if w.plan.none || !w.plan.inScope(seg, a.doc) {
			continue
		}
		w.bring = bring[seg]
		if c.add(w, seg, a.doc) {
			w.order = sortCodes[q.Sort]
			key := w.sortKey(seg, a.doc)
			if ranked && q.Sort == ByArrival {
				key = w.bring.arrivalKey(seg, a.doc, score)
			}
			if ranked && q.Sort == ByRelevance {
				key = seg.scoreKey(score, a.doc)
			}
			results = append(results, result{key, seg.ids[a.doc], a})
		}
	}
	slices.SortFunc(results, func(a, b result) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.id, b.id)) })
	out := answer{Total: len(results), Full: full}
	for _, r := range results[min(q.Offset, len(results)):min(q.Offset+q.Limit, len(results))] {
		out.Hits = append(out.Hits, r.id)
	}
	if !q.NoFacets {
		out.Facets = c.facets(w, ranked, len(results))
	}
	return out
}

// referenceCounts counts for every value of every facet.
type referenceCounts struct {
	cats, stores, vals map[uint32]int
	cells              []uint64
	stars              map[int]int
	rated, stocked     int
	free               int
	soon               [len(Arrivals)]int
}

func newReferenceCounts() *referenceCounts {
	return &referenceCounts{cats: map[uint32]int{}, stores: map[uint32]int{}, vals: map[uint32]int{}, stars: map[int]int{}}
}

// add counts a product where it is a result once that facet's own filter is left out, and reports whether it is one with all filters.
func (c *referenceCounts) add(w *walk, s *segment, d uint32) bool {
	p := w.plan
	without := func(bit uint32, holds func(variant uint32) bool) bool {
		if p.failsProduct(s, d)&^bit != 0 {
			return false
		}
		if p.variant == 0 && s.varOff[d] == s.varOff[d+1] {
			return false // none of these tests has a product without variants
		}
		for i := s.varOff[d]; i < s.varOff[d+1]; i++ {
			if p.failsVariant(s, w.bring, i)&^bit == 0 && holds(i) {
				return true
			}
		}
		return false
	}
	always := func(uint32) bool { return true }
	if without(0, always) {
		c.cats[s.cat[d]]++
	}
	if without(bitStore, always) {
		c.stores[s.store[d]]++
	}
	if without(bitRating, always) && s.rated[d] > 0 {
		c.rated++
		for stars := 1; stars <= 4; stars++ {
			if int(s.rating[d]) >= 100*stars {
				c.stars[stars]++
			}
		}
	}
	if without(bitStock, func(i uint32) bool { return s.varStock[i] }) {
		c.stocked++
	}
	if w.bring != nil {
		if without(bitFree, func(i uint32) bool { t := w.bring.terms(s, i); return t != nil && t.Cost == 0 }) {
			c.free++
		}
		for k, days := range Arrivals {
			if without(bitArrives, func(i uint32) bool { t := w.bring.terms(s, i); return t != nil && t.Last <= w.q.Delivery.Today+days }) {
				c.soon[k]++
			}
		}
	}
	cells := uint64(0)
	without(bitPrice, func(i uint32) bool { cells |= 1 << s.varCell[i]; return false })
	c.cells = append(c.cells, cells)
	for _, v := range s.valIDs[s.valOff[d]:s.valOff[d+1]] {
		holds := always
		if w.s.optional[v] {
			holds = func(i uint32) bool { return slices.Contains(s.varOpts[i][:], v+1) }
		}
		if without(p.bitOf(w.s.keyOf[v]), holds) {
			c.vals[v]++
		}
	}
	return without(0, always)
}

func (c *referenceCounts) facets(w *walk, ranked bool, total int) (f Facets) {
	s, q := w.s, w.q
	f.InStock, f.Free = c.stocked, c.free
	for k, days := range Arrivals {
		if chosen := q.Delivery != nil && q.Within == days; chosen || c.soon[k] > 0 {
			f.Arrives = append(f.Arrives, ArrivalCount{days, c.soon[k], chosen})
		}
	}
	var prices priceCount
	for _, cells := range c.cells {
		prices.add(cells)
	}
	f.Prices = prices.buckets() // TestFacetsEqualResults holds them against the products
	for n := uint32(1); n < uint32(len(s.tree.nodes)); n++ {
		if parent := s.tree.nodes[n].parent; parent != w.plan.lo && w.plan.hi != 0 || parent != 0 && w.plan.hi == 0 {
			continue
		}
		sum := 0
		for k := n; k < s.tree.nodes[n].end; k++ {
			sum += c.cats[k]
		}
		if sum > 0 {
			f.Categories = append(f.Categories, s.categoryCount(n, sum))
		}
	}
	slices.SortStableFunc(f.Categories, func(a, b CategoryCount) int { return b.Count - a.Count })
	for n, shop := range s.shops {
		if chosen := slices.Contains(q.Stores, shop.ID); chosen || c.stores[uint32(n)] > 0 {
			f.Stores = append(f.Stores, StoreCount{shop, c.stores[uint32(n)], chosen})
		}
	}
	slices.SortFunc(f.Stores, func(a, b StoreCount) int {
		return cmp.Or(rankSelected(a.Selected, b.Selected), b.Count-a.Count, cmp.Compare(a.ID, b.ID))
	})
	f.Stores = f.Stores[:min(len(f.Stores), maxStores)]
	for stars := 4; stars >= 1 && c.rated > 0; stars-- {
		f.Ratings = append(f.Ratings, RatingCount{stars, c.stars[stars], int(q.MinRating) == stars})
	}
	if q.Category != 0 || q.Store != 0 || ranked || len(q.Attributes)+len(q.Options) > 0 {
		c.values(w, total, &f)
	} else {
		clear(c.vals)
	}
	return f
}

func (c *referenceCounts) values(w *walk, total int, f *Facets) {
	s, p := w.s, w.plan
	byKey := map[uint32][]ValueCount{}
	totals := map[uint32]int{}
	for id, v := range s.vals {
		if n, wanted := c.vals[uint32(id)], p.wants(uint32(id)) != 0; n > 0 || wanted {
			byKey[v.key] = append(byKey[v.key], ValueCount{v.text, n, wanted, v.number, v.isNum})
			totals[v.key] += n
		}
	}
	keys := slices.SortedFunc(maps.Keys(byKey), func(a, b uint32) int {
		return cmp.Or(rankSelected(p.bitOf(a) != 0, p.bitOf(b) != 0), totals[b]-totals[a], cmp.Compare(a, b))
	})
	for _, k := range keys {
		list, chosen := byKey[k], p.bitOf(k) != 0
		if !chosen && (len(list) < 2 || float64(totals[k]) < coverage*float64(total)) {
			continue
		}
		out := &f.Attributes
		if s.keys[k].option {
			out = &f.Options
		}
		if len(*out) >= maxFacets && !chosen {
			continue
		}
		byCount := func(a, b ValueCount) int { return cmp.Or(b.Count-a.Count, strings.Compare(a.Value, b.Value)) }
		slices.SortFunc(list, func(a, b ValueCount) int { return cmp.Or(rankSelected(a.Selected, b.Selected), byCount(a, b)) })
		list = list[:min(len(list), maxValues)]
		if slices.ContainsFunc(list, func(v ValueCount) bool { return !v.isNum }) {
			slices.SortFunc(list, byCount)
		} else {
			slices.SortStableFunc(list, func(a, b ValueCount) int { return cmp.Compare(a.number, b.number) })
		}
		*out = append(*out, ValueFacet{Name: s.keys[k].name, Values: list})
	}
}

// wordyDoc is a random product with more text than randomDoc has: synonyms,
// plurals, names of categories and types, words in titles and bodies.
func wordyDoc(r *rand.Rand, id int64) Doc {
	words := strings.Fields("laptop notebook bag bags shirt tshirt linen blue heron classic compact case cover sofa couch set for with black x200 phone")
	pick := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteString(words[min(r.IntN(len(words)), r.IntN(len(words)))])
			b.WriteByte(' ')
		}
		return b.String()
	}
	d := randomDoc(r, id)
	d.Title, d.Text, d.Tags = pick(2+r.IntN(4)), pick(r.IntN(12)), []string{pick(1)}
	d.Kind = []string{"", "laptop bag", "linen shirt", "sofa"}[r.IntN(4)]
	d.Brand = []string{"", "Blue Heron", "Classic"}[r.IntN(3)]
	for k := range r.IntN(4) {
		d.Attributes = append(d.Attributes, Attribute{Key: fmt.Sprint("Fact", (id+int64(k))%20), Value: fmt.Sprint("v", r.IntN(60))})
	}
	if r.IntN(6) == 0 { // prices far apart leave cells out in between
		d.Variants = append(d.Variants, Variant{ID: id*10 + 9, Price: money.Amount(1+r.IntN(9)) * 10_000_000, InStock: r.IntN(2) == 0})
	}
	return d
}

// wordyIndex is filled and then changed, so that it has several segments and dead products.
func wordyIndex(r *rand.Rand) *Index {
	ix := New()
	fill := ix.Fill(testCategories)
	n := int64(20 + r.IntN(400))
	for id := range n {
		fill.Add(wordyDoc(r, id+1))
	}
	fill.Done()
	for range r.IntN(4) {
		var changed []Doc
		for id := range int64(1 + r.IntN(20)) {
			changed = append(changed, wordyDoc(r, 1+(id*7+r.Int64N(7))%(n+50)))
		}
		slices.SortFunc(changed, func(a, b Doc) int { return cmp.Compare(a.ID, b.ID) })
		changed = slices.CompactFunc(changed, func(a, b Doc) bool { return a.ID == b.ID })
		ix.Apply(changed, []int64{n + 60})
		d := wordyDoc(r, 1+r.Int64N(n))
		ix.Apply(nil, []int64{d.ID})
		ix.SetStock([]Stock{{ProductID: 1, Variants: []VariantState{{10, r.IntN(2) == 0}, {11, false}}}})
	}
	return ix
}

func wordyQuery(r *rand.Rand) Query {
	texts := []string{"", "heron", "laptop", "notebook bags", "linen shirt", "classic compact set", "compatc", "bag for the laptop", "sofa with blue cover", "x200",
		"clas", "note book", "shirts", "for with", "unknownword", "laptop bag blue heron classic compact x200 couch", "heron unknownword", "couch set"}
	q := randomQuery(r)
	if r.IntN(2) == 0 {
		q = Query{Sort: q.Sort}
	}
	q.Text = texts[r.IntN(len(texts))]
	if r.IntN(2) == 0 {
		q.Sort = ByRelevance
	}
	q.Limit, q.Offset = 1+r.IntN(30), []int{0, 0, r.IntN(40)}[r.IntN(3)]
	return q
}

// TestEqualsReference holds hits, their order, totals and facets against the reference.
func TestEqualsReference(t *testing.T) {
	for seed := range uint64(80) {
		r := rand.New(rand.NewPCG(seed, 11))
		ix := wordyIndex(r)
		for range 40 {
			q := wordyQuery(r)
			res, err := ix.now.Load().search(context.Background(), q) // worked out anew
			if err != nil {
				t.Fatal(err)
			}
			got := answer{res.Total, ids(res), res.Facets, res.Text.Full}
			if want := referenceSearch(ix.now.Load(), q); !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d %+v:\ngot  %+v\nwant %+v", seed, q, got, want)
			}
		}
	}
}

// TestTalliesEqualReference asks for frequent words again and again while
// products are replaced, removed and sold out: what is kept of them must follow.
func TestTalliesEqualReference(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 12))
	ix := New()
	fill := ix.Fill(testCategories)
	const n, alone = tallyFrom + 500, 9 // the only product with one of the values, which goes
	for id := range int64(n) {
		d := wordyDoc(r, id+1)
		d.Title += " heron" + fmt.Sprint(" kestrel", id/(n-3)) // few products have no "kestrel0"
		mark := fmt.Sprint(id % 3)
		if id+1 == alone {
			mark = "alone"
		}
		d.Attributes = append(d.Attributes, Attribute{Key: "Mark", Value: mark})
		fill.Add(d)
	}
	fill.Done()
	for round := range 8 {
		for _, q := range []Query{{Text: "heron", Limit: 24}, {Text: "kestrel0", Sort: ByPrice, Limit: 5}, {Text: "heron", Category: 4, Limit: 5}, {Text: "heron", InStock: true, Limit: 5}} {
			q.Sort = cmp.Or(q.Sort, ByRelevance)
			res, err := ix.now.Load().search(context.Background(), q) // worked out anew
			if err != nil {
				t.Fatal(err)
			}
			got := answer{res.Total, ids(res), res.Facets, res.Text.Full}
			if want := referenceSearch(ix.now.Load(), q); !reflect.DeepEqual(got, want) {
				t.Fatalf("round %d %+v:\ngot  %+v\nwant %+v", round, q, got, want)
			}
		}
		if kept := ix.now.Load().segs[0].tallies.Len(); kept != 2 {
			t.Fatalf("round %d: %d tallies", round, kept)
		}
		d := wordyDoc(r, 1+r.Int64N(n))
		d.Title += " heron"
		d.Attributes = append(d.Attributes, Attribute{Key: "Round", Value: fmt.Sprint(round)})
		ix.Apply([]Doc{d}, []int64{1 + r.Int64N(n), alone})
		sold := 1 + r.Int64N(n)
		ix.SetStock([]Stock{{ProductID: sold, Variants: []VariantState{{ID: sold * 10}, {ID: sold*10 + 1}}}})
	}
}
