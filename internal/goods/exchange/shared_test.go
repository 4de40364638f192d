package exchange

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

// sharedDir finds the catalogs for trials, which are no part of the repository.
func sharedDir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("AROMART_SHARED")
	if dir == "" {
		wd, _ := os.Getwd()
		dir = filepath.Join(wd, "../../../../shared")
	}
	dir = filepath.Join(dir, "data")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("SKIPPED: no real catalogs here; set AROMART_SHARED to the directory that holds data/")
	}
	return dir
}

func readFile(t testing.TB, path string, o Options) *File {
	t.Helper()
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	f, err := Read(in, o)
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	return f
}

// realCatalogs: pattern below the data directory, mapping, and for each file
// the products that arrive and the rows that do not.
var realCatalogs = []struct{ pattern, mapping string }{
	{"shopify/*.csv*", ""},
	{"platform_samples/woocommerce_sample_products.*", ""},
	{"platform_samples/dummyjson_products.json.gz", "dummyjson"},
	{"platform_samples/vendure_products.csv", "vendure"},
	{"platform_samples/bagisto_products.csv", "bagisto"},
	{"platform_samples/spree_products.csv", "spree"},
	{"platform_samples/magento_configurable_products.csv.gz", "magento"},
	{"platform_samples/magento_gear_bags.csv", "magento-list"},
	{"icecat/products.jsonl.gz", "icecat"},
	{"bigbasket/bigbasket_27k.csv.gz", "bigbasket"},
	{"bigbasket/bigbasket_8k_images.csv.gz", "bigbasket-images"},
	{"amazon_in/amazon_in_11k.csv.gz", "amazon-in"},
	{"marketplaces/shopee_1000.csv.gz", "shopee"},
	{"marketplaces/shein_1000.csv.gz", "shein"},
	{"product_matching/*_1k.psv.gz", "abt-buy"},
	{"product_matching/*_electronics_*.psv.gz", "electronics"},
	{"product_matching/*software*", "software"},
}

// Every row of every real catalog is in a product, or in the report as an error or as left out on purpose.
func TestEveryRowOfRealCatalogsArrivesOrIsReported(t *testing.T) {
	dir := sharedDir(t)
	for _, tt := range realCatalogs {
		files, _ := filepath.Glob(filepath.Join(dir, tt.pattern))
		if len(files) == 0 {
			t.Errorf("no file %s", tt.pattern)
		}
		for _, path := range files {
			t.Run(filepath.Base(path), func(t *testing.T) {
				o := Options{Currency: "LKR"}
				if tt.mapping != "" {
					var err error
					if o.Mapping, err = OwnMapping(tt.mapping); err != nil {
						t.Fatal(err)
					}
				}
				f := readFile(t, path, o)
				accounted := f.Report.Rows()
				for _, i := range f.Report.Issues {
					if i.ID == "exchange.row_skipped" {
						accounted[i.Row] = true
					}
				}
				left := len(accounted)
				variants := 0
				for _, p := range f.Products {
					variants += len(p.Variants)
					checkProduct(t, &p)
					for _, row := range p.Rows {
						accounted[row] = true
					}
				}
				first := 2
				if f.Separator == "" { // JSON and XML have no header
					first = 1
				}
				for row := first; row <= f.Rows && !strings.HasSuffix(path, ".xml"); row++ {
					if !accounted[row] {
						t.Errorf("row %d is neither in a product nor in the report", row)
					}
				}
				t.Logf("%s, %s: %d rows, %d products, %d variants, %d rows reported, %d errors, %d warnings", f.Format, f.Encoding,
					f.Rows-first+1, len(f.Products), variants, left, f.Report.Count(Error), f.Report.Count(Warning))
			})
		}
	}
}

// What the README of the catalogs counts, the report counts too.
func TestKnownOdditiesAreReported(t *testing.T) {
	dir := sharedDir(t)
	for _, tt := range []struct {
		file, id string
		want     int
	}{
		{"store-jewellery-en.csv.gz", "price_zero", 9},
		{"store-jewellery-en.csv.gz", "stock_negative", 11},
		{"store-hair-76variants.csv.gz", "price_zero", 17},
		{"store-hair-76variants.csv.gz", "compare_low", 79},
		{"store-inventory-nl-7col.csv", "no_price_column", 1},
		{"store-parts-nl.csv", "stock_negative", 6},
	} {
		f := readFile(t, filepath.Join(dir, "shopify", tt.file), Options{})
		n := 0
		for _, i := range f.Report.Issues {
			if i.ID == "exchange."+tt.id {
				n++
			}
		}
		if n != tt.want {
			t.Errorf("%s: %s %d times, want %d", tt.file, tt.id, n, tt.want)
		}
	}
	f := readFile(t, filepath.Join(dir, "shopify/store-inventory-nl-7col.csv"), Options{})
	if got := f.Products[0].Variants[0].Barcode; got != "8720602828605" {
		t.Errorf("barcode %q", got)
	}
}

func TestCSVSpectrum(t *testing.T) {
	dir := filepath.Join(sharedDir(t), "badinput/csv_spectrum")
	files, _ := filepath.Glob(filepath.Join(dir, "csvs/*.csv"))
	if len(files) < 11 {
		t.Fatalf("only %d files", len(files))
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".csv")
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		wantRaw, err := os.ReadFile(filepath.Join(dir, "json", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var want []map[string]string
		if !bytes.Contains(raw, []byte("\r")) { // this copy lost its carriage returns on the way
			wantRaw = bytes.ReplaceAll(wantRaw, []byte(`\r`), nil)
		}
		if err := json.Unmarshal(wantRaw, &want); err != nil {
			t.Fatal(err)
		}
		rows, report := cells(t, string(raw))
		var got []map[string]string
		for _, row := range rows[1:] {
			m := map[string]string{}
			for i, column := range rows[0] {
				m[column] = row[i]
			}
			got = append(got, m)
		}
		if !reflect.DeepEqual(got, want) || len(report.Issues) > 0 {
			t.Errorf("%s\n got  %q\n want %q", name, got, want)
		}
	}
}

// Pictures, orders in Windows-1252, JSON that must not parse: each is refused or read, nothing falls.
func TestBadInput(t *testing.T) {
	dir := filepath.Join(sharedDir(t), "badinput")
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	more, _ := filepath.Glob(filepath.Join(dir, "*/*.*"))
	m := mapping(t, `{"title": "Product ID", "price": "Sales"}`)
	for _, path := range append(files, more...) {
		raw, err := os.ReadFile(path)
		if err != nil {
			continue // a folder
		}
		_, err = Read(strings.NewReader(string(raw)), Options{})
		if err == nil {
			t.Errorf("%s is taken for a catalog", filepath.Base(path))
		} else if e, ok := err.(*errs.Error); !ok || e.Kind == errs.Internal {
			t.Errorf("%s: %v", filepath.Base(path), err)
		} else {
			wantSentences(t, err)
		}
		if strings.Contains(path, "/images/") && !errs.Is(err, "exchange.file_picture") && !errs.Is(err, "exchange.file_binary") {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
	}
	f := readFile(t, filepath.Join(dir, "windows1252_orders.csv"), Options{Mapping: m})
	if f.Encoding != latinName || f.Rows != 90 {
		t.Errorf("Windows-1252 is read as %s, %d rows", f.Encoding, f.Rows)
	}
}

// Every naughty string goes through each text field and comes back harmless.
func TestNaughtyStringsInEveryCell(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(sharedDir(t), "badinput/blns.json"))
	if err != nil {
		t.Fatal(err)
	}
	var naughty []string
	if err := json.Unmarshal(raw, &naughty); err != nil {
		t.Fatal(err)
	}
	header := strings.Split("Title,Body (HTML),Vendor,Type,Tags,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty,Variant Grams,Variant Barcode,Image Src,Image Position,Status", ",")
	for _, s := range naughty {
		var b strings.Builder
		w := csv.NewWriter(&b)
		w.Write(append([]string{"Handle"}, header...))
		row := []string{"thing"}
		for range header {
			row = append(row, s)
		}
		w.Write(row)
		w.Flush()
		f, err := Read(strings.NewReader(b.String()), Options{})
		if errs.Is(err, "exchange.file_binary") && strings.ContainsFunc(s, unicode.IsControl) {
			continue // a file of nothing but control characters is no table
		}
		if err != nil {
			t.Errorf("%q: %v", s, err)
			continue
		}
		if len(f.Products) == 0 && len(f.Report.Rows()) == 0 {
			t.Errorf("%q: the product is lost", s)
		}
		for _, p := range f.Products {
			checkProduct(t, &p)
		}
	}
}

// evil returns the naughty strings and attack patterns of the trial data.
func evil(t *testing.T) []string {
	t.Helper()
	dir := filepath.Join(sharedDir(t), "badinput")
	var out []string
	raw, err := os.ReadFile(filepath.Join(dir, "blns.json"))
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"xss_patt.txt.gz", "sqli_patt.txt.gz"} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if i%5 == 0 { // a fifth is enough for both databases
				out = append(out, line)
			}
		}
	}
	return out
}

// Evil text is stored harmless on both databases, and what was stored reads back unchanged.
func TestEvilTextIsStoredHarmless(t *testing.T) {
	strs := evil(t)
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Write(strings.Split("Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Option1 Name,Option1 Value,Variant SKU,Variant Barcode,Variant Price,Image Src,Image Alt Text,Note (product.metafields.custom.note)", ","))
	for i, s := range strs {
		w.Write([]string{"thing-" + strconv.Itoa(i), s + " x", s, s, s, s, s, s, s + " y", s, s, "10", s, s, s})
	}
	w.Flush()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		r := s.importText(b.String())
		if r.New+len(r.Report.Rows()) < len(strs) {
			t.Errorf("%d new, %d rows reported of %d", r.New, len(r.Report.Rows()), len(strs))
		}
		bodies, err := db.All(t.Context(), d, db.String, `SELECT body_html FROM products WHERE store_id = $1`, int64(s.mine.ID))
		if err != nil {
			t.Fatal(err)
		}
		for _, body := range bodies {
			if unsafeBody.MatchString(body) {
				t.Errorf("body %q", body)
			}
		}
		traces := s.traces()
		for name, text := range map[string]string{"again": b.String(), "back": s.export()} {
			if again := s.importText(text); again.New+again.Changed > 0 || again.Same != r.New {
				t.Errorf("%s: %d new, %d changed, %d same of %d: %v", name, again.New, again.Changed, again.Same, r.New, again.Changes)
			}
		}
		if s.traces() != traces {
			t.Error("the same evil left traces")
		}
	})
}
