package journey

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"aromart/internal/goods/exchange"
	"aromart/internal/kit/clock"
)

// dialect is a kind of catalog file: its columns, and the row of a product
// which has the text in every cell that takes one.
type dialect struct {
	name    string
	header  []string
	row     func(handle, text string) []string
	mapping string
}

var dialects = []dialect{
	{"shopify", []string{"Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Option1 Name", "Option1 Value", "Variant SKU", "Variant Price", "Variant Inventory Qty", "Image Src", "Image Alt Text", "Published", "Variant Barcode"},
		func(handle, text string) []string {
			return []string{handle, text, "<p>" + text + "</p>" + text, text, text, text, text, text, text, "100.00", "5", text, text, "TRUE", text}
		}, ""},
	{"woocommerce", []string{"ID", "Type", "SKU", "Name", "Published", "Short description", "Description", "In stock?", "Stock", "Regular price", "Categories", "Tags", "Images", "Attribute 1 name", "Attribute 1 value(s)", "Meta: note"},
		func(handle, text string) []string {
			return []string{strings.TrimLeft(handle, "abcdefghijklmnopqrstuvwxyz-"), "simple", text, text, "1", text, "<p>" + text + "</p>" + text, "1", "5", "100.00", text, text, text, text, text, text}
		}, ""},
	{"generic", []string{"key", "name", "text", "brand", "kind", "group", "labels", "number", "bars", "cost", "left", "pics", "alt", "axis", "choice", "attr_color"},
		func(handle, text string) []string {
			return []string{handle, text, "<p>" + text + "</p>" + text, text, text, text, text, text, text, "100.00", "5", text, text, text, text, text}
		},
		`{"handle": "key", "title": "name", "body": "text", "vendor": "brand", "type": "kind", "category": "group", "tags": {"column": "labels", "split": ","}, "sku": "number", "barcode": "bars", "price": "cost",
			"stock": "left", "pictures": "pics", "picture_alt": "alt", "options": [{"name": {"column": "axis"}, "value": "choice"}], "attribute_prefixes": ["attr_"]}`},
}

func (d dialect) file(t testing.TB, rows [][]string) string {
	t.Helper()
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(append([][]string{d.header}, rows...)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// importFile brings a file into a store and lets the search see it.
func (s *shop) importFile(store, text string, d dialect, pictures *exchange.Pictures) *exchange.Result {
	s.Helper()
	o := exchange.Options{Currency: "LKR", Exponent: 2, Now: clock.System()}
	if d.mapping != "" {
		m, err := exchange.ReadMapping(strings.NewReader(d.mapping))
		s.must(err)
		o.Mapping = m
	}
	r, err := exchange.Import(s.Context(), s.db, s.blobs, exchange.Request{Store: s.stores[store], By: operator, FileName: "goods.csv", File: strings.NewReader(text), Options: o, Pictures: pictures})
	s.must(err)
	s.catchUp()
	return r
}

// TestTrustRow40And41And43CSVCells: every string in every cell of an import of
// each kind, then on the pages, in the search, in the API and in the export,
// which is safe and reads back unchanged.
func TestTrustRow40And41And43CSVCells(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		list := texts(t, s)
		for n, d := range dialects {
			t.Run(d.name, func(t *testing.T) {
				before := s.count("SELECT max(id) FROM products")
				var rows [][]string
				for i, text := range list {
					rows = append(rows, d.row(fmt.Sprintf("evil-%d", (n+1)*10_000+i), text))
				}
				r := s.importFile("spice-lane", d.file(t, rows), d, nil)
				if r.New+len(r.Report.Rows()) < len(list) {
					t.Errorf("%d products are new and %d rows are reported of %d", r.New, len(r.Report.Rows()), len(list))
				}
				v, seen := s.visitor(), 0
				for _, slug := range s.strings(fmt.Sprintf("SELECT slug FROM products WHERE id > %d AND status = 'live'", before)) {
					seen++
					judge(t, "product", slug, v.get("/p/"+slug))
					code, body := s.api("GET", "/api/v1/products/"+slug, "", "")
					sound(t, "the API's product", slug, code, body)
				}
				if seen < len(list)/2 {
					t.Errorf("only %d of %d hostile products have a page", seen, len(list))
				}
				for _, path := range []string{"/", "/s/spice-lane", "/s/spice-lane?page=2", "/search?q=script", "/search?sort=newest", "/si/s/spice-lane?q=hit", "/sitemap.xml", "/suggest?q=script"} {
					judge(t, path, "the imported products", v.get(path))
				}
			})
		}
		s.exportIsSafe(t)
	})
}

func (s *shop) exportIsSafe(t *testing.T) {
	t.Helper()
	var first bytes.Buffer
	_, err := exchange.Export(s.Context(), s.db, s.stores["spice-lane"], 2, &first)
	s.must(err)
	rows, err := csv.NewReader(bytes.NewReader(first.Bytes())).ReadAll()
	if err != nil {
		t.Fatalf("the export cannot be parsed: %v", err)
	}
	if len(rows) < 2*len(own) {
		t.Errorf("the export has only %d rows", len(rows))
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("a spreadsheet would run %q", cell)
			}
		}
	}
	r := s.importFile("spice-lane", first.String(), dialects[0], nil)
	if r.New+r.Changed > 0 {
		t.Errorf("the export reads back with %d new and %d changed products: %+v", r.New, r.Changed, r.Changes[:min(3, len(r.Changes))])
	}
}

// TestTrustRow47NothingIsFetched: addresses in an import of any kind are kept
// as text; nobody connects to them, with a folder of pictures or without.
func TestTrustRow47NothingIsFetched(t *testing.T) {
	s := open(t, sqlite(t))
	var hits atomic.Int32
	canary := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer canary.Close()
	port := canary.URL[strings.LastIndexByte(canary.URL, ':'):]
	pictures, err := exchange.OpenPictures(t.TempDir())
	s.must(err)
	defer pictures.Close()
	total := 0
	for n, d := range dialects {
		var rows [][]string
		for i, host := range []string{"127.0.0.1", "[::1]", "0.0.0.0", "localhost", "localhost.", "2130706433", "0177.0.0.1", "127.1", "0x7f.1", "169.254.169.254"} {
			for j, scheme := range []string{"http://", "https://", "//", "file://", "gopher://"} {
				address := scheme + host + port + "/a.png"
				row := d.row(fmt.Sprintf("fetch-%d", (n+1)*1000+i*10+j), address)
				for c, column := range d.header {
					switch column {
					case "Title", "Name", "name":
						row[c] = fmt.Sprint("Thing ", n, i, j)
					case "Body (HTML)", "Description", "text":
						row[c] = `<p><img src="` + address + `"><a href="` + address + `">x</a></p>`
					}
				}
				rows = append(rows, row)
			}
		}
		total += len(rows)
		for _, p := range []*exchange.Pictures{nil, pictures} {
			s.importFile("spice-lane", d.file(t, rows), d, p)
		}
	}
	s.letters()
	v := s.visitor()
	for _, slug := range []string{"/s/spice-lane", "/search?q=thing"} {
		v.get(slug)
	}
	if hits.Load() != 0 {
		t.Errorf("%d connections were made", hits.Load())
	}
	if n := s.count("SELECT count(*) FROM products WHERE title LIKE 'Thing %'"); n != int64(total) {
		t.Errorf("only %d of %d products arrived", n, total)
	}
	// The canary does listen: the test can fail.
	if _, err := http.Get(canary.URL); err != nil || hits.Load() != 1 {
		t.Error("the canary hears nothing")
	}
}
