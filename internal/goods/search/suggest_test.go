package search

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// shop is a small catalog whose products are easily mistaken for each other.
func shop(t testing.TB) *Index {
	t.Helper()
	ix := New()
	fill := ix.Fill(testCategories)
	id := int64(0)
	add := func(category int64, kind, title, brand, model, text string) {
		id++
		fill.Add(Doc{ID: id, Title: title, Brand: brand, Model: model, Kind: kind, Text: text, CategoryID: category, StoreID: 1 + id%2, StoreName: []string{"Lanka Mart", "Kandy Crafts"}[id%2],
			Variants: []Variant{{ID: id, Price: 100_00, InStock: true, Options: []Option{{"Color", "Black"}}}}})
	}
	add(3, "", "Laptop Bag 15.6 inch, black", "Urban", "", "A bag for your laptop. Laptop laptop laptop.")
	add(3, "", "Leather bag for laptop", "Urban", "", "")
	add(3, "", "Laptop sleeve", "Case Logic", "B-52x", "")
	add(2, "Notebook", "EliteBook 2540p Notebook 12 inch 4 GB", "HP", "EN540EA", "business machine")
	add(2, "Notebook", "IdeaPad S340 14 inch with 512GB SSD", "Lenovo", "81N7", "")
	add(1, "TV stand", "Height adjustable TV cart", "V7", "", "")
	add(1, "TV", "Aquos TV 81 cm", "Sharp", "LC-32P50E", "")
	add(1, "", "Smartwatch GT 2e", "Huawei", "", "")
	add(1, "", "Headphones SHP2000", "Philips", "", "")
	add(6, "", "Linen shirt", "Salt & Sea", "", "")
	add(1, "", "ශ්‍රී ලංකා තේ කුප්පිය", "", "", "")
	add(1, "", "கைத்தறி சேலை", "", "", "")
	add(1, "", "Olive oil 350 ml bottle", "", "", "")
	add(1, "", "Café crème", "", "", "")
	fill.Done()
	return ix
}

func TestText(t *testing.T) {
	ix := shop(t)
	for _, c := range []struct {
		query, first string // the first hit's title begins so
		total        int    // -1 is any but none
	}{
		{"laptop bag", "Laptop Bag 15.6", -1},
		{"laptops", "EliteBook", -1}, // the category's name and the type's synonym, not the bag that says "laptop" most
		{"tv", "Aquos TV", -1},
		{"television", "Aquos TV", 2},
		{"smart watch", "Smartwatch", 1},
		{"b52x", "Laptop sleeve", 1},
		{"B-52X", "Laptop sleeve", 1},
		{"b 52x", "Laptop sleeve", 1},
		{"lc32p50e", "Aquos", 1},
		{"350ml", "Olive oil", 1},
		{"350 ML", "Olive oil", 1},
		{"headphone", "Headphones", 1},
		{"cafe creme", "Café", 1},
		{"CAFÉ", "Café", 1},
		{"ලංකා", "ශ්‍රී", 1},
		{"ශ්රී", "ශ්‍රී", 1},
		{"சேலை", "கைத்தறி", 1},
		{"கமிස", "", 0},
		{"කමිස", "Linen shirt", -1},
		{"மடிக்கணினிகள்", "EliteBook", -1},
		{"linen shirt zzzzqqqq", "Linen shirt", -1},
		{"case for the laptop sleeve", "Laptop sleeve", -1},
		{"zzzzqqqq", "", 0},
	} {
		res, err := ix.Search(context.Background(), Query{Text: c.query})
		if err != nil {
			t.Fatal(err)
		}
		if c.total >= 0 && res.Total != c.total || c.total < 0 && res.Total == 0 {
			t.Errorf("%q: %d results, want %d", c.query, res.Total, c.total)
			continue
		}
		if res.Total > 0 && !strings.HasPrefix(res.Hits[0].Title, c.first) {
			t.Errorf("%q: first is %q, want %q", c.query, res.Hits[0].Title, c.first)
		}
	}
}

func TestUnderstood(t *testing.T) {
	ix := shop(t)
	search := func(text string) *Result {
		res, err := ix.Search(context.Background(), Query{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	for typo, want := range map[string]string{"latop": "laptop", "headfones": "headphones", "smratwatch": "smartwatch", "hedphnes": "headphones", "lapptop": "laptop"} {
		res := search(typo)
		if !slices.Contains(res.Text.Corrected, Correction{typo, want}) || !res.Text.Approximate || res.Total == 0 {
			t.Errorf("%q: %+v with %d results", typo, res.Text, res.Total)
		}
	}
	if res := search("b53x"); len(res.Text.Corrected) > 0 {
		t.Errorf("another model was taken for a typo: %+v", res.Text)
	}
	if res := search("tv zzzzqqqq"); !slices.Contains(res.Text.Dropped, "zzzzqqqq") || !res.Text.Approximate || res.Total == 0 {
		t.Errorf("unknown word: %+v, %d results", res.Text, res.Total)
	}
	if res := search("linen aquos shirt"); !slices.Contains(res.Text.Dropped, "aquos") || !res.Text.Approximate || !strings.HasPrefix(res.Hits[0].Title, "Linen shirt") {
		t.Errorf("words that meet nowhere: %+v", res.Text)
	}
	if res := search("linen shirt"); res.Text.Full != 1 {
		t.Errorf("linen shirt: %+v", res.Text)
	}
	if res := search("laptop"); res.Text.Approximate {
		t.Errorf("an exact word is called approximate: %+v", res.Text)
	}
}

func TestOffer(t *testing.T) {
	ix := New()
	fill := ix.Fill(nil)
	for id := range int64(60) {
		fill.Add(Doc{ID: id + 1, Title: "Wireless headphone", Variants: []Variant{{ID: id, Price: 1}}})
	}
	fill.Add(Doc{ID: 100, Title: "Wireless headphane", Variants: []Variant{{ID: 100, Price: 1}}})
	fill.Done()
	for text, want := range map[string]string{"wireless headphane": "wireless headphone", "wireless headphone": "", "headphone": ""} {
		res, err := ix.Search(context.Background(), Query{Text: text})
		if err != nil || res.Total == 0 {
			t.Fatal(err)
		}
		if res.Text.Offer != want {
			t.Errorf("%q offers %q, want %q", text, res.Text.Offer, want)
		}
	}
}

func TestHead(t *testing.T) {
	for title, want := range map[string]string{
		"Laptop Bag 15.6 inch for women, black": "bag", "HP EliteBook 2540p Notebook 12 inch": "notebook", "Case for iPhone 11": "case",
		"TV": "tv", "Height Adjustable TV Cart": "cart", "Ceylon tea, 100 bags": "tea", "Linen shirt - blue": "shirt", "": "", "12345": "",
	} {
		var p splitter
		words := p.split(fold(title), true)
		got := ""
		if i := headOf(words, nil); i >= 0 {
			got = words[i].text
		}
		if got != want {
			t.Errorf("%q: head %q, want %q", title, got, want)
		}
	}
}

func TestStem(t *testing.T) {
	for a, b := range map[string]string{"batteries": "battery", "laptops": "laptop", "boxes": "box", "watches": "watch", "dresses": "dress", "sleeves": "sleeve",
		"පොත්": "පොත", "පොතක්": "පොත", "දුරකථනය": "දුරකථන", "කමිසයක්": "කමිස", "புத்தகங்கள்": "புத்தகம்", "சட்டைகள்": "சட்டை", "பொருட்கள்": "பொருள்", "நூல்களில்": "நூல்"} {
		if stem(a) != stem(b) {
			t.Errorf("%q and %q differ: %q, %q", a, b, stem(a), stem(b))
		}
	}
	for a, b := range map[string]string{"gaming": "game", "printer": "print", "glass": "glas", "bus": "bu", "b52s": "b52", "කිරි": "කර", "தேன்": "தே"} {
		if stem(a) == stem(b) {
			t.Errorf("%q and %q are one word", a, b)
		}
	}
}

func TestNothingFoundLeadsOn(t *testing.T) {
	ix := shop(t)
	for _, q := range []Query{{Text: "zzzzqqqq"}, {Text: "laptop", MinPrice: 1e9}, {Category: 2, MinPrice: 1e9}} {
		res, err := ix.Search(context.Background(), q)
		if err != nil || res.Total != 0 || len(res.Nearest) == 0 {
			t.Errorf("%+v: %+v, %v", q, res, err)
		}
	}
	res, _ := ix.Search(context.Background(), Query{Text: "elitebook", MinPrice: 1e9})
	if res.Nearest[0].Slug != "laptops" {
		t.Errorf("nearest to elitebook is %+v", res.Nearest)
	}
}

func TestSuggest(t *testing.T) {
	ix := shop(t)
	for _, c := range []struct{ typed, word, category, store, product string }{
		{"lap", "laptop", "laptops", "", "Laptop"},
		{"laptop b", "laptop bag", "laptop-bags", "", "Laptop Bag"},
		{"kan", "kandy", "", "Kandy Crafts", ""},
		{"ලැප්", "ලැප්ටොප්", "laptops", "", ""},
		{"latop", "laptop", "laptops", "", ""},
		{"சட்", "சட்டைகள்", "shirts", "", ""},
	} {
		s, err := ix.Suggest(context.Background(), c.typed)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(s.Words, fold(c.word)) {
			t.Errorf("%q: words %q lack %q", c.typed, s.Words, c.word)
		}
		if c.category != "" && !slices.ContainsFunc(s.Categories, func(x CategoryCount) bool { return x.Slug == c.category }) {
			t.Errorf("%q: categories %+v lack %q", c.typed, s.Categories, c.category)
		}
		if c.store != "" && !slices.ContainsFunc(s.Stores, func(x Store) bool { return x.Name == c.store }) {
			t.Errorf("%q: stores %+v lack %q", c.typed, s.Stores, c.store)
		}
		if c.product != "" && !slices.ContainsFunc(s.Products, func(x Card) bool { return strings.HasPrefix(x.Title, c.product) }) {
			t.Errorf("%q: products lack %q", c.typed, c.product)
		}
	}
	for _, typed := range []string{"", " ", "!!", "zzzzqqqq", "\xff", strings.Repeat("a", 5000)} {
		if _, err := ix.Suggest(context.Background(), typed); err != nil {
			t.Errorf("%.10q: %v", typed, err)
		}
	}
}

// FuzzSearch: no text may break a search.
func FuzzSearch(f *testing.F) {
	for _, s := range []string{"laptop bag", "for the", "\"'`;--", "ශ්‍රී 350 ml", "a-b-c-d", "\xff\x00", "B-52x" + strings.Repeat(" x", 100)} {
		f.Add(s)
	}
	ix := shop(f)
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := ix.Search(context.Background(), Query{Text: s}); err != nil {
			t.Error(err)
		}
		if _, err := ix.Suggest(context.Background(), s); err != nil {
			t.Error(err)
		}
	})
}

// TestEmptyCatalog: a market opens with nothing in it.
func TestEmptyCatalog(t *testing.T) {
	ix := New()
	ix.Fill(testCategories).Done()
	for _, q := range []Query{{}, {Text: "laptop"}, {Category: 1}, {Store: 7}, {Attributes: []Filter{{"a", []string{"b"}}}}} {
		res, err := ix.Search(context.Background(), q)
		if err != nil || res.Total != 0 || len(res.Hits) != 0 {
			t.Errorf("%+v: %+v, %v", q, res, err)
		}
	}
	if _, err := ix.Suggest(context.Background(), "lap"); err != nil {
		t.Error(err)
	}
	ix.Apply([]Doc{{ID: 1, Title: "Laptop", CategoryID: 2, StoreID: 7, StoreName: "New", Variants: []Variant{{ID: 1, Price: 5, InStock: true}}}}, []int64{99})
	for _, q := range []Query{{}, {Text: "laptops"}, {Category: 1}, {Store: 7}, {Text: "lpatop"}} {
		if res, _ := ix.Search(context.Background(), q); res.Total != 1 {
			t.Errorf("%+v finds %d after the first product", q, res.Total)
		}
	}
	ix.Apply(nil, []int64{1})
	if res, _ := ix.Search(context.Background(), Query{}); res.Total != 0 || ix.Len() != 0 {
		t.Errorf("a removed product is still found")
	}
}
