package search

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"

	"aromart/internal/goods/delivery"
	"aromart/internal/kit/money"
	"aromart/internal/market"
	"aromart/internal/people/seller"
)

// synthetic is a catalog in the manner of a real one: titles from a skewed
// vocabulary, three variants and six attributes a product, 200 categories (20 in a small one).
type synthetic struct {
	r     *rand.Rand
	words []string
	zipf  *rand.Zipf
	cats  []Category
	n     int
}

func newSynthetic(n int) *synthetic {
	s := &synthetic{r: rand.New(rand.NewPCG(7, uint64(n))), n: n}
	const letters = "bcdfghklmnprstvw"
	for i := range 20_000 {
		var b strings.Builder
		for k := i + 17; k > 0; k /= len(letters) * 5 {
			b.WriteByte(letters[k%len(letters)])
			b.WriteByte("aeiou"[k/len(letters)%5])
		}
		s.words = append(s.words, b.String()+"n")
	}
	s.zipf = rand.NewZipf(s.r, 1.1, 8, uint64(len(s.words)-1))
	tops := min(20, max(2, n/5000))
	for i := range tops {
		s.cats = append(s.cats, Category{ID: int64(i + 1), Names: [3]string{"Top " + s.words[i+500]}})
	}
	for i := range tops * 9 {
		s.cats = append(s.cats, Category{ID: int64(1000 + i), ParentID: int64(i%tops + 1), Names: [3]string{s.words[i+600] + " " + s.words[i+900]}})
	}
	return s
}

func (s *synthetic) text(n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(s.words[s.zipf.Uint64()])
		b.WriteByte(' ')
	}
	return b.String()
}

func (s *synthetic) doc(id int64) Doc {
	tops := len(s.cats) / 10
	cat := s.cats[tops+s.r.IntN(len(s.cats)-tops)]
	d := Doc{ID: id, PublicID: fmt.Sprintf("%022d", id), Slug: fmt.Sprint("product-of-the-bench-", id), Title: s.text(4+s.r.IntN(5)) + fmt.Sprint("rare", id/12),
		Brand: s.words[1000+s.r.IntN(3000)], Kind: s.words[s.r.IntN(200)], Text: s.text(40), CategoryID: cat.ID, StoreID: 1 + s.r.Int64N(200),
		CreatedAt: s.r.Int64N(1e15), Popularity: s.r.Float32(), Picture: Picture{Key: fmt.Sprintf("ab/%032d", id), Width: 1200, Height: 1200, Color: "#a0b0c0"}}
	d.StoreName = fmt.Sprint("Store ", d.StoreID)
	for a := range 6 {
		d.Attributes = append(d.Attributes, Attribute{Key: fmt.Sprint("attribute", a), Value: s.words[a*40+s.r.IntN(20)]})
	}
	price := money.Amount(s.r.ExpFloat64()*200_000) + 5000
	for v := range 3 {
		d.Variants = append(d.Variants, Variant{ID: id*3 + int64(v), Price: price + money.Amount(v*1000), InStock: s.r.IntN(5) > 0,
			Options: []Option{{"Size", []string{"S", "M", "L"}[v]}, {"Color", s.words[300+s.r.IntN(10)]}}})
	}
	return d
}

var benchIndexes sync.Map

func benchIndex(b *testing.B, n int) *Index {
	if ix, ok := benchIndexes.Load(n); ok {
		return ix.(*Index)
	}
	s := newSynthetic(n)
	ix := New()
	f := ix.Fill(s.cats)
	for i := range n {
		f.Add(s.doc(int64(i + 1)))
	}
	f.Done()
	benchIndexes.Store(n, ix)
	return ix
}

var sizes = []int{1_000, 100_000}

func BenchmarkSearch(b *testing.B) {
	word := newSynthetic(1000).words
	queries := []struct {
		name string
		q    Query
	}{
		{"common", Query{Text: word[0]}},
		{"mid", Query{Text: word[400]}},
		{"rare", Query{Text: "rare7"}},
		{"two", Query{Text: word[1] + " " + word[30]}},
		{"long", Query{Text: strings.Join([]string{word[0], word[3], word[9], word[50], word[400], "rare7"}, " ")}},
		{"typo", Query{Text: word[400][:3] + "q" + word[400][4:]}},
		{"category", Query{Category: 1000}},
		{"top-category-filters", Query{Category: 1, InStock: true, MaxPrice: 300_000, Attributes: []Filter{{"attribute0", []string{word[3]}}}, Options: []Filter{{"Size", []string{"M"}}}}},
		{"everything", Query{}},
		{"everything-by-price", Query{Sort: ByPrice, InStock: true}},
	}
	for _, n := range sizes {
		for _, c := range queries {
			b.Run(fmt.Sprintf("%s/%d", c.name, n), func(b *testing.B) {
				ix := benchIndex(b, n)
				total := 0
				for b.Loop() {
					r, err := ix.now.Load().search(context.Background(), c.q)
					if err != nil {
						b.Fatal(err)
					}
					total = r.Total
				}
				b.ReportMetric(float64(total), "hits")
			})
		}
	}
}

// BenchmarkMix asks what the benchmark of whole pages asks: a word of one
// product in twenty, a rare one, words that describe a third of the catalog,
// and two words together.
func BenchmarkMix(b *testing.B) {
	described := []string{"classic", "everyday", "compact", "light", "strong", "soft", "large", "small", "natural", "modern", "portable", "foldable", "quiet", "bright", "organic", "durable"}
	s := newSynthetic(100_000)
	often := rand.NewZipf(s.r, 1.2, 4, uint64(len(described)-1))
	ix := New()
	f := ix.Fill(s.cats)
	for i := range 100_000 {
		d := s.doc(int64(i + 1))
		d.Title += " " + described[often.Uint64()]
		d.Tags = []string{described[often.Uint64()]}
		d.Attributes = append(d.Attributes, Attribute{Key: "Finish", Value: described[often.Uint64()]})
		if i%20 == 7 {
			d.Title += " heron"
		}
		if i%417 == 0 {
			d.Title += " kestrel"
		}
		f.Add(d)
	}
	f.Done()
	for _, text := range []string{"heron", "kestrel", "classic", "compact", "portable", "durable", "heron soft", "light modern"} {
		for _, c := range []struct {
			name string
			q    Query
		}{{"", Query{Text: text}}, {"/delivery", Query{Text: text, Delivery: benchBoard()}}, {"/arrival", Query{Text: text, Delivery: benchBoard(), Within: 3, Sort: ByArrival}}} {
			b.Run(strings.ReplaceAll(text, " ", "+")+c.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := ix.now.Load().search(b.Context(), c.q); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// benchBoard has two hundred stores that deliver in the ways of the tests.
var benchBoard = sync.OnceValue(func() *delivery.Board {
	var stores []seller.Store
	methods := map[seller.ID][]delivery.Method{}
	for id := range 200 {
		stores = append(stores, seller.Store{ID: seller.StoreID(id + 1), Seller: seller.ID(id + 1), PackDays: id % 3})
		methods[seller.ID(id+1)] = testMethods[seller.ID(11+id%3)]
	}
	m, _ := market.ByCode("lk")
	return delivery.NewBook(m, stores, methods).Board(testPlaces[0], boardTime(0))
})

// BenchmarkEqualHits asks for what a small and a large catalog have the same number of.
func BenchmarkEqualHits(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprintf("rare/%d", n), func(b *testing.B) {
			ix := benchIndex(b, n)
			for i := 0; b.Loop(); i++ {
				ix.now.Load().search(context.Background(), Query{Text: fmt.Sprint("rare", 1+i%80)})
			}
		})
	}
}

func BenchmarkSuggest(b *testing.B) {
	word := newSynthetic(1000).words
	for _, n := range sizes {
		for _, typed := range []string{word[0][:1], word[0][:2], word[1] + " " + word[40][:2], word[400][:3] + "q" + word[400][4:]} {
			b.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(typed, " ", "+"), n), func(b *testing.B) {
				ix := benchIndex(b, n)
				for b.Loop() {
					ix.Suggest(context.Background(), typed)
				}
			})
		}
	}
}

func BenchmarkFill(b *testing.B) {
	s := newSynthetic(100_000)
	docs := make([]Doc, 100_000)
	for i := range docs {
		docs[i] = s.doc(int64(i + 1))
	}
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		b.StartTimer()
		ix := New()
		f := ix.Fill(s.cats)
		for _, d := range docs {
			f.Add(d)
		}
		f.Done()
		b.StopTimer()
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
		runtime.KeepAlive(ix)
		b.StartTimer()
	}
}

func BenchmarkChange(b *testing.B) {
	ix := benchIndex(b, 100_000)
	s := newSynthetic(100_001)
	b.Run("one product", func(b *testing.B) {
		for b.Loop() {
			ix.Apply([]Doc{s.doc(5)}, nil)
		}
	})
	b.Run("stock of 100", func(b *testing.B) {
		list := make([]Stock, 100)
		for i := range list {
			id := int64(i*700 + 10)
			list[i] = Stock{ProductID: id, Variants: []VariantState{{ID: id * 3}}}
		}
		for b.Loop() {
			ix.SetStock(list)
		}
	})
}
