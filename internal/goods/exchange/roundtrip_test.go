package exchange

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"aromart/internal/goods/catalog"
	"aromart/internal/kit/money"
)

// text draws what a seller may write, with everything that troubles CSV.
func text(t *rapid.T, label string, min int) string {
	letters := rapid.SampledFrom([]rune("ab Z09,;\"'=+-@|\té€සිதமி中🎁<>&"))
	return rapid.Custom(func(t *rapid.T) string {
		s, _ := limit(tidy(rapid.StringOfN(letters, min, 12, -1).Draw(t, "s")), 60)
		return s
	}).Filter(func(s string) bool { return len(s) >= min }).Draw(t, label)
}

func drawProduct(t *rapid.T, handle string, attributes []string) Product {
	p := Product{Handle: handle, Title: text(t, "title", 1), Vendor: text(t, "vendor", 0), ProductType: text(t, "type", 0), Category: text(t, "category", 0),
		Status: rapid.SampledFrom([]Status{Live, Draft, Hidden}).Draw(t, "status")}
	if strings.EqualFold(p.Category, "uncategorized") {
		p.Category = ""
	}
	p.BodyHTML, _ = cleanBody(text(t, "body", 0) + "\n" + text(t, "more", 0))
	for range rapid.IntRange(0, 3).Draw(t, "tags") {
		if tag := tidy(strings.ReplaceAll(text(t, "tag", 0), ",", "")); tag != "" && !slices.Contains(p.Tags, tag) {
			p.Tags = append(p.Tags, tag)
		}
	}
	for range rapid.IntRange(0, 3).Draw(t, "options") {
		p.Options = append(p.Options, text(t, "option", 1))
	}
	seen := map[string]bool{}
	for range rapid.IntRange(1, 5).Draw(t, "variants") {
		v := drawVariant(t, len(p.Options))
		if !seen[v.key()] {
			seen[v.key()] = true
			p.Variants = append(p.Variants, v)
		}
	}
	for i := range rapid.IntRange(0, 6).Draw(t, "pictures") {
		p.Pictures = append(p.Pictures, Picture{fmt.Sprintf("https://x.example/%d,%s.jpg", i, text(t, "src", 1)), text(t, "alt", 0)})
	}
	for i := range p.Variants {
		if len(p.Pictures) > 0 && rapid.Bool().Draw(t, "own picture") {
			p.Variants[i].Picture = rapid.SampledFrom(p.Pictures).Draw(t, "picture").Src
		}
	}
	for _, name := range attributes {
		if value := text(t, "value", 0); value != "" {
			p.Attributes = append(p.Attributes, Attribute{name, value})
		}
	}
	p.settleOptions()
	return p
}

func drawVariant(t *rapid.T, options int) Variant {
	v := Variant{SKU: text(t, "sku", 0), Weight: rapid.Int64Range(-1, 1e7).Draw(t, "weight"), Price: money.Amount(rapid.Int64Range(0, int64(money.Max)).Draw(t, "price"))}
	v.Barcode = new(builder).barcode(field{text: rapid.StringMatching(`['’ 0-9A-F]{0,13}`).Draw(t, "barcode")})
	for range options {
		v.Values = append(v.Values, text(t, "option value", 1))
	}
	if rapid.Bool().Draw(t, "was dearer") && v.Price < money.Max {
		v.CompareAt = money.Amount(rapid.Int64Range(int64(v.Price)+1, int64(money.Max)).Draw(t, "compare"))
	}
	if v.HasStock = rapid.Bool().Draw(t, "counted"); v.HasStock {
		v.Stock = rapid.Int64Range(0, maxStock).Draw(t, "stock")
	}
	return v
}

// What WriteShopify writes, Read reads back: every field of every product.
func TestShopifyReadsBackWhatWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		attributes := []string{"Color", "Height, net", "ප්‍රමාණය"}
		var products []Product
		for i := range rapid.IntRange(1, 4).Draw(t, "products") {
			products = append(products, drawProduct(t, fmt.Sprintf("p-%d", i), attributes))
		}
		exponent := rapid.SampledFrom([]int{-1, 2, 3}).Draw(t, "decimals")
		var out bytes.Buffer
		w := NewShopifyWriter(&out, max(exponent, 0), attributes)
		for i := range products {
			if err := w.Write(&products[i]); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		f, err := Read(&out, Options{Exponent: exponent})
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Report.Issues {
			if i.Level == Error || i.ID != "exchange.price_missing" {
				t.Fatalf("row %d: %s %q", i.Row, i.ID, i.Value)
			}
		}
		if len(f.Products) != len(products) {
			t.Fatalf("%d products read, %d written", len(f.Products), len(products))
		}
		for i := range products {
			got := f.Products[i]
			got.Row, got.Rows, got.Has = 0, nil, 0
			for n := range got.Variants {
				got.Variants[n].Row = 0
			}
			if !reflect.DeepEqual(got, products[i]) {
				t.Fatalf("\n got  %#v\n want %#v\n%s", got, products[i], out.String())
			}
		}
	})
}

func TestEmptyExportHasAHeader(t *testing.T) {
	var out bytes.Buffer
	if err := NewShopifyWriter(&out, 2, nil).Flush(); err != nil {
		t.Fatal(err)
	}
	f, err := Read(&out, Options{})
	if err != nil || len(f.Products) != 0 || f.Format != Shopify {
		t.Errorf("%+v, %v", f, err)
	}
}

// FuzzRead: no file makes the reader fall, and what it returns keeps its promises.
func FuzzRead(f *testing.F) {
	for _, s := range []string{oddShop, wooShop, wordpress, smallShop, "sep=;\nHandle;Title\n\"a\";\"b\n", "\xff\xfeH\x00a\x00", "Handle\tTitle\n\"\"\"\tx\n", "PK\x03\x04", "[{\"title\":1}]"} {
		f.Add([]byte(s))
	}
	m := &Mapping{Title: &Value{Column: "title"}, Price: &Value{Column: "price"}, Variations: &Value{Column: "v"}}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, o := range []Options{{}, {Mapping: m}} {
			file, err := Read(bytes.NewReader(raw), o)
			if err != nil {
				continue
			}
			seen := map[string]bool{}
			for _, p := range file.Products {
				checkProduct(t, &p)
				if seen[p.Handle] {
					t.Errorf("two products with the handle %q", p.Handle)
				}
				seen[p.Handle] = true
			}
		}
	})
}

// checkProduct demands what Product promises.
func checkProduct(t testing.TB, p *Product) {
	t.Helper()
	keys := map[string]bool{}
	for _, v := range p.Variants {
		if v.Price < 0 || v.CompareAt != 0 && v.CompareAt <= v.Price || v.Stock < 0 || len(v.Values) != len(p.Options) || keys[v.key()] {
			t.Errorf("%s: variant %+v", p.Handle, v)
		}
		keys[v.key()] = true
	}
	if p.Handle == "" || len(p.Variants) == 0 || len(p.Variants) > catalog.MaxVariants || len(p.Options) > catalog.MaxOptions || len(p.Pictures) > catalog.MaxPictures {
		t.Errorf("%q: %d variants, %d options, %d pictures", p.Handle, len(p.Variants), len(p.Options), len(p.Pictures))
	}
	if unsafeBody.MatchString(p.BodyHTML) || len(p.BodyHTML) > catalog.MaxBody || catalog.Clean(p.BodyHTML) != p.BodyHTML {
		t.Errorf("%s: body %q", p.Handle, p.BodyHTML)
	}
	for _, s := range append([]string{p.Handle, p.Title, p.Vendor, p.ProductType, p.Category}, p.Tags...) {
		if s != tidy(s) || strings.ContainsRune(s, 0) {
			t.Errorf("%s: %q is not tidy", p.Handle, s)
		}
	}
}
