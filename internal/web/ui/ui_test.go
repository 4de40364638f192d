package ui

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"aromart/internal/kit/i18n"
)

func render(t testing.TB, c templ.Component) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPages holds what is true of every page in every language.
func TestPages(t *testing.T) {
	defer i18n.OnMissing(func(lang, id, what string) { t.Errorf("%s: %s: %s", lang, id, what) })()
	for _, lang := range i18n.Languages() {
		for path, page := range testPages(lang) {
			t.Run(lang+path, func(t *testing.T) {
				doc, err := html.Parse(bytes.NewReader(render(t, page)))
				if err != nil {
					t.Fatal(err)
				}
				for _, fault := range faultsOf(doc) {
					t.Error(fault)
				}
			})
		}
	}
}

// faultsOf lists what no page may have.
func faultsOf(doc *html.Node) (faults []string) {
	found := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	ids, labels, needLabel, headings := map[string]bool{}, map[string]bool{}, map[string]bool{}, 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				found("<%s> has the attribute %s, which the content policy refuses", n.Data, a.Key)
			}
			if (a.Key == "href" || a.Key == "src" || a.Key == "action") && (a.Val == "" || strings.HasPrefix(a.Val, "about:")) {
				found("<%s> leads nowhere: %s=%q", n.Data, a.Key, a.Val)
			}
		}
		if id := attr["id"]; id != "" {
			if ids[id] {
				found("the id %s stands twice", id)
			}
			ids[id] = true
		}
		switch n.Data {
		case "h1":
			headings++
		case "script":
			if attr["src"] == "" && attr["type"] != "application/ld+json" {
				found("an inline script")
			}
		case "img":
			if attr["width"] == "" || attr["height"] == "" {
				found("a picture without its size: %s", attr["src"])
			}
			if _, has := attr["alt"]; !has {
				found("a picture without alt: %s", attr["src"])
			}
		case "label":
			labels[attr["for"]] = true
		case "input", "select", "textarea":
			if attr["type"] != "hidden" && attr["type"] != "radio" && attr["type"] != "checkbox" {
				needLabel[attr["id"]] = true
			}
		case "form":
			if attr["action"] == "" {
				found("a form without action")
			}
		}
	}
	for id := range needLabel {
		if !labels[id] {
			found("the field %q has no label", id)
		}
	}
	if headings != 1 {
		found("%d first headings", headings)
	}
	return faults
}

func TestFaultsAreFound(t *testing.T) {
	doc, err := html.Parse(strings.NewReader(`<h1>a</h1><h1 id=x style="color:red">b</h1><p id=x><a href="">c</a><img src=a><input id=q><form></form><script>alert(1)</script>`))
	if err != nil {
		t.Fatal(err)
	}
	if faults := faultsOf(doc); len(faults) != 9 {
		t.Errorf("found %d faults of 9: %v", len(faults), faults)
	}
}

// TestTextIsEscaped: whatever a seller or a buyer writes stays text.
func TestTextIsEscaped(t *testing.T) {
	const evil = `"><script>alert(1)</script>'`
	p := testPage("en", evil, "/p/x")
	p.Query, p.City, p.Description = evil, evil, evil
	v := testProduct()
	v.Title, v.Brand, v.Variants[0].Text, v.Variants[0].ID, v.Store.Name = evil, evil, evil, evil, evil
	v.Pictures[0].Alt, v.Facts[0] = evil, Fact{evil, evil}
	bad := testCheckout(true)
	bad.Fields[0].Value, bad.Parcels[0].Store.Text = evil, evil
	list := testList()
	list.Cards[0] = Card{Href: evil, Title: evil, Lang: evil, Store: evil, Price: evil, From: true, Was: evil, Arrives: evil, Left: evil, Picture: Picture{Key: evil, Color: evil, Alt: evil}}
	list.Facets[0] = Facet{Name: evil, More: evil, Values: []FacetValue{{evil, evil, evil, true}, {}, {}, {}, {}, {}, {}}}
	p.Categories[0] = NavLink{Href: evil, Text: evil}
	home := testHome()
	home.Tiles[0] = Tile{Href: evil, Name: evil, Count: evil}
	bad.Cities[0] = ChoiceGroup{Name: evil, Choices: []Choice{{Value: evil, Text: evil}}}
	for name, page := range map[string]templ.Component{"product": Product(p, v), "checkout": Checkout(p, bad), "list": List(p, list), "home": Home(p, home)} {
		if out := render(t, page); bytes.Contains(out, []byte("<script>alert")) {
			t.Errorf("%s: the text became markup: %s", name, out[bytes.Index(out, []byte("<script>alert")):][:60])
		}
	}
}

// TestPagesAreSmall: a page fits into the first round trip of a connection.
func TestPagesAreSmall(t *testing.T) {
	for path, page := range testPages("en") {
		limit := 14 << 10
		if path == "/c/1" || path == "/search" || path == "/s/clay" {
			limit = 20 << 10
		}
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
		z.Write(render(t, page))
		z.Close()
		if b.Len() > limit {
			t.Errorf("%s has %d bytes compressed, more than %d", path, b.Len(), limit)
		}
	}
}

func TestQuantize(t *testing.T) {
	for color, want := range map[string]int{"#000000": 0, "#ffffff": 26, "#ff0000": 18, "#00ff00": 6, "#0000ff": 2, "#7f7f7f": 13, "": -1, "red": -1, "#zzzzzz": -1} {
		if got := quantize(color); got != want {
			t.Errorf("%s: class %d, not %d", color, got, want)
		}
	}
}

func benchmark(b *testing.B, page func() templ.Component) {
	var out bytes.Buffer
	if err := page().Render(context.Background(), &out); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(out.Len()))
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		if err := page().Render(context.Background(), &out); err != nil {
			b.Fatal(err)
		}
	}
	io.Discard.Write(out.Bytes())
}

func BenchmarkList(b *testing.B) {
	p, v := testPage("en", "Mugs", "/c/1"), testList()
	benchmark(b, func() templ.Component { return List(p, v) })
}

func BenchmarkProduct(b *testing.B) {
	p, v := testPage("en", "Mug", "/p/mug"), testProduct()
	benchmark(b, func() templ.Component { return Product(p, v) })
}

func BenchmarkHome(b *testing.B) {
	p, v := testPage("si", "Home", "/"), testHome()
	benchmark(b, func() templ.Component { return Home(p, v) })
}

// TestVariantsStandInRows: a row of buttons for each value of the first option,
// and each button says its whole name to who does not see the row.
func TestVariantsStandInRows(t *testing.T) {
	v := testProduct()
	v.Variants = []VariantChoice{{ID: "1", Group: "Sand", Text: "S"}, {ID: "2", Group: "Ink", Text: "S"}, {ID: "3", Group: "Sand", Text: "M", SoldOut: true}}
	page := string(render(t, variantRows(testPage("en", "Dress", "/p/dress"), v.Variants)))
	rows := strings.Split(page, `<div class="opts">`)
	if len(rows) != 3 || strings.Count(rows[1], "<input") != 2 || strings.Count(rows[2], "<input") != 1 {
		t.Errorf("the rows are %q", rows)
	}
	if n := strings.Count(page, `<span class="vh">Sand</span>`); n != 2 {
		t.Errorf("%d buttons say Sand", n)
	}
	list := []VariantChoice{{ID: "1", Text: "Red"}, {ID: "2", Text: "Blue"}}
	if page := string(render(t, variantRows(testPage("en", "Dress", "/p/dress"), list))); strings.Count(page, `class="opts"`) != 1 || strings.Contains(page, "<b") {
		t.Errorf("one option makes one row without a name: %s", page)
	}
	if text := variantText(nil, &VariantChoice{Group: "Sand", Text: "M"}); text != "Sand / M" {
		t.Errorf("in a select it is %q", text)
	}
}

// TestSoldOutPointsOnlyToWhatIsThere: a product without neighbors promises none.
func TestSoldOutPointsOnlyToWhatIsThere(t *testing.T) {
	const below = "Similar products are listed below."
	v := testProduct()
	v.SoldOut = true
	if !strings.Contains(string(render(t, Product(testPage("en", "Mug", "/p/mug"), v))), below) {
		t.Error("the similar products are not mentioned")
	}
	v.Similar = nil
	if page := string(render(t, Product(testPage("en", "Mug", "/p/mug"), v))); strings.Contains(page, below) || !strings.Contains(page, "none left") {
		t.Error("products are promised that are not there")
	}
}
