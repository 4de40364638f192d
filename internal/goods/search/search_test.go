package search

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"aromart/internal/kit/money"
)

var testCategories = []Category{
	{ID: 1, Slug: "electronics", Names: [3]string{"Electronics", "ඉලෙක්ට්‍රොනික", "மின்னணுவியல்"}},
	{ID: 2, ParentID: 1, Slug: "laptops", Names: [3]string{"Laptops", "ලැප්ටොප්", "மடிக்கணினிகள்"}},
	{ID: 3, ParentID: 1, Slug: "laptop-bags", Names: [3]string{"Laptop Bags", "ලැප්ටොප් බෑග්", "மடிக்கணினி பைகள்"}},
	{ID: 4, Slug: "clothing", Names: [3]string{"Clothing", "ඇඳුම්", "ஆடைகள்"}},
	{ID: 5, ParentID: 4, Slug: "shirts", Names: [3]string{"Shirts", "කමිස", "சட்டைகள்"}},
	{ID: 6, ParentID: 5, Slug: "linen-shirts", Names: [3]string{"Linen Shirts", "ලිනන් කමිස", "லினன் சட்டைகள்"}},
}

// randomDoc draws from few values, so that filters meet and miss often.
func randomDoc(r *rand.Rand, id int64) Doc {
	d := Doc{ID: id, PublicID: fmt.Sprint("p", id), Slug: fmt.Sprint("s", id), CategoryID: r.Int64N(7), StoreID: 1 + r.Int64N(3),
		CreatedAt: r.Int64N(50) * 1e6, Popularity: float32(r.IntN(3))}
	d.StoreName = fmt.Sprint("Store", d.StoreID)
	d.Title = []string{"alpha", "beta", "alpha beta", "gamma delta"}[r.IntN(4)] + fmt.Sprint(" x", id)
	if r.IntN(2) == 0 {
		d.Rating, d.RatingCount = float32(r.IntN(401)+100)/100, int32(1+r.IntN(20))
	}
	for _, key := range []string{"Material", "Weight", "Washable"} {
		if r.IntN(3) > 0 {
			a := Attribute{Key: key}
			switch key {
			case "Material":
				a.Value = []string{"Cotton", "Linen", "Wool"}[r.IntN(3)]
			case "Weight":
				a.Number, a.Unit, a.IsNum = float64(r.IntN(3)), "kg", true
			default:
				a.Value = []string{"true", "false"}[r.IntN(2)]
			}
			d.Attributes = append(d.Attributes, a)
		}
	}
	for i := range 1 + r.IntN(4) {
		d.Variants = append(d.Variants, Variant{ID: id*10 + int64(i), Price: money.Amount(r.IntN(40)+1) * 5000, InStock: r.IntN(3) > 0, WeightG: int64(r.IntN(3)) * 1000,
			Options: []Option{{"Size", []string{"S", "M", "L"}[r.IntN(3)]}, {"Color", []string{"red", "blue"}[r.IntN(2)]}}})
	}
	return d
}

func randomQuery(r *rand.Rand) Query {
	q := Query{Text: []string{"", "", "alpha", "beta", "gammas"}[r.IntN(5)], Limit: 100}
	pick := func(f func()) {
		if r.IntN(3) == 0 {
			f()
		}
	}
	pick(func() { q.Category = 1 + r.Int64N(6) })
	pick(func() { q.Store = 1 + r.Int64N(3) })
	pick(func() { q.Stores = []int64{1 + r.Int64N(3), 1 + r.Int64N(3)} })
	pick(func() { q.MinPrice = money.Amount(r.IntN(20)) * 5000 })
	pick(func() { q.MaxPrice = money.Amount(20+r.IntN(20)) * 5000 })
	pick(func() { q.InStock = true })
	pick(func() { q.MinRating = float32(1 + r.IntN(4)) })
	pick(func() {
		q.Attributes = append(q.Attributes, Filter{"material", []string{"Cotton", "linen"}[:1+r.IntN(2)]})
	})
	pick(func() { q.Attributes = append(q.Attributes, Filter{"Weight", []string{"1 kg", "2 kg"}[r.IntN(2):]}) })
	pick(func() { q.Options = append(q.Options, Filter{"Size", []string{"M", "S"}[:1+r.IntN(2)]}) })
	pick(func() { q.Options = append(q.Options, Filter{"Color", []string{"red", "blue"}[r.IntN(2):]}) })
	pick(func() { q.Free = true })
	pick(func() { q.Within = 1 + r.IntN(7) })
	if r.IntN(4) > 0 { // without it the two have no effect
		q.Delivery = testBoard(r.IntN(6))
	}
	q.Sort = []Sort{ByRelevance, ByPrice, ByPriceDesc, ByNewest, ByRating, ByTotal, ByArrival}[r.IntN(7)]
	return q
}

// matches is the definition of a result, as simple as it can be said.
func matches(d *Doc, q *Query, t *tree) bool {
	if w := stem(q.Text); w != "" && !slices.Contains(strings.Fields(d.Title), w) {
		return false
	}
	under := q.Category == 0
	for c := d.CategoryID; c != 0; {
		under = under || c == q.Category
		n, ok := t.byID[c]
		if !ok {
			break
		}
		c = t.nodes[t.nodes[n].parent].ID
	}
	if !under || q.Store != 0 && d.StoreID != q.Store || len(q.Stores) > 0 && !slices.Contains(q.Stores, d.StoreID) {
		return false
	}
	if q.MinRating > 0 && (d.RatingCount == 0 || d.Rating < q.MinRating) {
		return false
	}
	for _, f := range q.Attributes {
		if !slices.ContainsFunc(d.Attributes, func(a Attribute) bool {
			v := a.Value
			if a.IsNum {
				v = number(a.Number, a.Unit)
			}
			return strings.EqualFold(a.Key, f.Name) && slices.ContainsFunc(f.Values, func(w string) bool { return strings.EqualFold(v, w) })
		}) {
			return false
		}
	}
	return slices.ContainsFunc(d.Variants, func(v Variant) bool {
		if cost, _, last, ok := bringing(d, &v, q.Delivery); q.Delivery != nil && (q.Free && (!ok || cost > 0) || q.Within > 0 && (!ok || last > q.Delivery.Today+q.Within)) {
			return false
		}
		if q.InStock && !v.InStock || v.Price < q.MinPrice || q.MaxPrice > 0 && v.Price > q.MaxPrice {
			return false
		}
		for _, f := range q.Options {
			if !slices.ContainsFunc(v.Options, func(o Option) bool { return o.Name == f.Name && slices.Contains(f.Values, o.Value) }) {
				return false
			}
		}
		return true
	})
}

func count(docs []Doc, q Query, t *tree) (n int) {
	for i := range docs {
		if matches(&docs[i], &q, t) {
			n++
		}
	}
	return n
}

// with returns the filters with one replaced.
func with(list []Filter, name, value string) []Filter {
	list = slices.DeleteFunc(slices.Clone(list), func(f Filter) bool { return strings.EqualFold(f.Name, name) })
	return append(list, Filter{name, []string{value}})
}

// TestFacetsEqualResults holds every count against the definition: the number
// of results when that facet's filter is replaced by the value.
func TestFacetsEqualResults(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		ix, docs := changedIndex(r)
		tr := ix.now.Load().tree
		for range 40 {
			q := randomQuery(r)
			res, err := ix.Search(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			if want := count(docs, q, tr); res.Total != want {
				t.Fatalf("seed %d %+v: total %d, want %d", seed, q, res.Total, want)
			}
			checkFacets(t, docs, q, tr, &res.Facets)
			if t.Failed() {
				t.Fatalf("seed %d", seed)
			}
		}
	}
}

func checkFacets(t *testing.T, docs []Doc, q Query, tr *tree, f *Facets) {
	t.Helper()
	check := func(what string, got int, q2 Query) {
		t.Helper()
		if want := count(docs, q2, tr); got != want {
			t.Errorf("%+v: %s counts %d, want %d", q, what, got, want)
		}
	}
	for _, c := range f.Categories {
		q2 := q
		q2.Category = c.ID
		check("category "+c.Slug, c.Count, q2)
	}
	for _, s := range f.Stores {
		q2 := q
		q2.Stores = []int64{s.ID}
		check("store "+s.Name, s.Count, q2)
	}
	for _, b := range f.Prices {
		q2 := q
		q2.MinPrice, q2.MaxPrice = b.Min, b.Max
		check(fmt.Sprintf("price %d-%d", b.Min, b.Max), b.Count, q2)
	}
	for _, s := range f.Ratings {
		q2 := q
		q2.MinRating = float32(s.Stars)
		check("rating", s.Count, q2)
	}
	q2 := q
	q2.InStock = true
	check("in stock", f.InStock, q2)
	if q.Delivery == nil && (f.Free != 0 || f.Arrives != nil) {
		t.Errorf("%+v: counts of delivery without a place", q)
	}
	if q.Delivery != nil {
		q2 := q
		q2.Free = true
		check("free delivery", f.Free, q2)
		counted := map[int]int{}
		for _, a := range f.Arrives {
			counted[a.Within] = a.Count
		}
		for _, days := range Arrivals { // those that are left out are none
			q2 := q
			q2.Within = days
			check(fmt.Sprint("arrives within ", days), counted[days], q2)
		}
	}
	for _, a := range f.Attributes {
		for _, v := range a.Values {
			q2 := q
			q2.Attributes = with(q.Attributes, a.Name, v.Value)
			check(a.Name+"="+v.Value, v.Count, q2)
		}
	}
	for _, o := range f.Options {
		for _, v := range o.Values {
			q2 := q
			q2.Options = with(q.Options, o.Name, v.Value)
			check(o.Name+"="+v.Value, v.Count, q2)
		}
	}
}

// changedIndex fills an index and changes it by all ways there are; it returns what it must now hold.
func changedIndex(r *rand.Rand) (*Index, []Doc) {
	ix := New()
	fill := ix.Fill(testCategories)
	live := map[int64]Doc{}
	for id := range int64(80) {
		d := randomDoc(r, id+1)
		live[d.ID] = d
		fill.Add(d)
	}
	fill.Done()
	for range r.IntN(8) {
		var changed []Doc
		var removed []int64
		for range 8 {
			id := 1 + r.Int64N(100)
			switch _, ok := live[id]; {
			case ok && r.IntN(3) == 0:
				delete(live, id)
				removed = append(removed, id)
			case !slices.Contains(removed, id) && !slices.ContainsFunc(changed, func(d Doc) bool { return d.ID == id }):
				d := randomDoc(r, id)
				live[id] = d
				changed = append(changed, d)
			}
		}
		changed = slices.DeleteFunc(changed, func(d Doc) bool { return slices.Contains(removed, d.ID) })
		ix.Apply(changed, removed)
		for range 5 {
			d, ok := live[1+r.Int64N(100)]
			if !ok {
				continue
			}
			st := Stock{ProductID: d.ID}
			for _, v := range d.Variants {
				st.Variants = append(st.Variants, VariantState{v.ID, r.IntN(2) == 0})
			}
			live[d.ID] = d.withStock(st)
			ix.SetStock([]Stock{st})
		}
	}
	var docs []Doc
	for _, d := range live {
		docs = append(docs, d)
	}
	return ix, docs
}

// TestPages: pages by offset and by cursor give the same products, each once, in the order of the sort.
func TestPages(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 2))
		ix, docs := changedIndex(r)
		q := randomQuery(r)
		all, err := ix.Search(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		if want := min(100, count(docs, q, ix.now.Load().tree)); len(all.Hits) != want {
			t.Fatalf("seed %d: %d hits, want %d", seed, len(all.Hits), want)
		}
		var byCursor, byOffset []int64
		page := q
		page.Limit = 7
		for {
			res, err := ix.Search(context.Background(), page)
			if err != nil {
				t.Fatal(err)
			}
			byCursor = append(byCursor, ids(res)...)
			if page.Cursor = res.Next; page.Cursor == "" {
				break
			}
		}
		for page.Cursor = ""; page.Offset < all.Total; page.Offset += 7 {
			res, _ := ix.Search(context.Background(), page)
			byOffset = append(byOffset, ids(res)...)
		}
		if !slices.Equal(byCursor, ids(all)) || !slices.Equal(byOffset, ids(all)) {
			t.Fatalf("seed %d %+v:\nall    %v\ncursor %v\noffset %v", seed, q, ids(all), byCursor, byOffset)
		}
		for i := 1; i < len(all.Hits); i++ {
			a, b := all.Hits[i-1], all.Hits[i]
			if q.Sort == ByPrice && a.Price > b.Price || q.Sort == ByPriceDesc && a.Price < b.Price || q.Sort == ByNewest && a.CreatedAt < b.CreatedAt {
				t.Fatalf("seed %d: out of order: %+v before %+v", seed, a, b)
			}
		}
	}
}

func ids(r *Result) (out []int64) {
	for _, h := range r.Hits {
		out = append(out, h.ID)
	}
	return out
}

func TestCursorOfOtherSortIsRefused(t *testing.T) {
	ix, _ := changedIndex(rand.New(rand.NewPCG(1, 3)))
	res, err := ix.Search(context.Background(), Query{Sort: ByPrice, Limit: 3})
	if err != nil || res.Next == "" {
		t.Fatal(res, err)
	}
	for _, q := range []Query{{Sort: ByNewest, Cursor: res.Next}, {Cursor: "nonsense"}, {Cursor: "!!"}} {
		if _, err := ix.Search(context.Background(), q); err == nil {
			t.Errorf("%+v was taken", q)
		}
	}
}

// TestSearchWhileChanging lets searches run while the catalog changes; the race detector judges.
func TestSearchWhileChanging(t *testing.T) {
	ix, _ := changedIndex(rand.New(rand.NewPCG(4, 4)))
	var wg sync.WaitGroup
	for worker := range uint64(3) {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(worker, 5))
			for range 100 {
				q := randomQuery(r)
				res, err := ix.Search(context.Background(), q)
				if err != nil || len(res.Hits) > res.Total {
					t.Error(len(res.Hits), res.Total, err)
				}
				ix.Suggest(context.Background(), "al")
			}
		})
	}
	r := rand.New(rand.NewPCG(9, 9))
	for range 60 {
		d := randomDoc(r, 1+r.Int64N(100))
		d.StoreID, d.StoreName = 1+r.Int64N(9), fmt.Sprint("Shop ", r.IntN(3))
		ix.Apply([]Doc{d}, []int64{101 + r.Int64N(9)})
		ix.SetStock([]Stock{{ProductID: d.ID, Variants: []VariantState{{d.Variants[0].ID, false}}}})
	}
	wg.Wait()
}
