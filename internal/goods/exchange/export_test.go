package exchange

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"aromart/internal/goods/catalog"
	"aromart/internal/goods/inventory"
	"aromart/internal/kit/i18n"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/platform/job"
)

// What the store holds, however it came there, reads back unchanged.
func TestExportReadsBackUnchanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		base := func(handle string) *catalog.Product {
			return &catalog.Product{Seller: s.mine.Seller, Store: s.mine.ID, Handle: handle, Slug: "slug-" + handle, Status: catalog.Live, Language: "si", Title: "Thing " + handle,
				Variants: []catalog.Variant{{Price: 12345}}}
		}
		full := base("full")
		full.BodyHTML, full.Brand, full.Type, full.Tags = "<p>=1+1 &amp; more</p>", "@brand", "-type", []string{"a", "'=b"}
		full.Category = 5322
		full.Options = []string{"Size", "Color", "=Fit"}
		full.Variants = []catalog.Variant{
			{Options: [3]string{"S", "Red", "'tight"}, SKU: "+1", Barcode: "00012", Price: 100, CompareAt: 200, WeightG: 250, Picture: 2},
			{Options: [3]string{"S", "Blue", "wide"}, SKU: "+1", Price: 100},
			{Options: [3]string{"M", "Blue", "wide"}, Price: 100, Inactive: true},
		}
		full.Pictures = []catalog.Picture{{Blob: "aaaaaaaaaaaa", Alt: "Front", Width: 10, Height: 10, Color: "#aabbcc", SHA256: "1"}, {Blob: "bbbbbbbbbbbb", Width: 10, Height: 10, Color: "#aabbcc", SHA256: "2", Source: "https://x.example/1.jpg"}}
		full.Attributes = []catalog.Attribute{{Name: "color", Text: "black"}, {Name: "color", Text: "teal"}, {Name: "organic", Text: "true"}, {Name: "net_weight", Number: 1.5, IsNum: true, Unit: "kg"},
			{Name: "Own fact", Text: "x; y"}, {Name: "width", Number: 20, IsNum: true, Unit: "furlong"}}
		draft, hidden, unsorted := base("draft"), base("hidden"), base("sinhala")
		draft.Status, draft.Variants[0].Price = catalog.Draft, 0
		hidden.Status = catalog.Hidden
		unsorted.Title, unsorted.Attributes = "සිංහල නමක්", []catalog.Attribute{{Name: "color", Text: "black"}}
		all := []*catalog.Product{full, draft, hidden, unsorted}
		for i, c := range []catalog.CategoryID{412, 4682, 166} {
			p := base(fmt.Sprint("cat-", i))
			p.Category = c
			all = append(all, p)
		}
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := catalog.Insert(t.Context(), tx, all, now); err != nil {
				return err
			}
			var levels []inventory.Level
			for _, p := range all {
				for i, v := range p.Variants {
					levels = append(levels, inventory.Level{Variant: v.ID, Seller: p.Seller, OnHand: int64(i * 3)})
				}
			}
			return inventory.Open(t.Context(), tx, access.Actor{Kind: access.Operator}, levels, inventory.Opening, now)
		})
		if err != nil {
			t.Fatal(err)
		}
		before, traces := s.product("full"), s.traces()
		text := s.export()
		r := s.importText(text)
		wantCounts(t, r, 0, 0, len(all), 0)
		if len(r.Changes) > 0 || s.traces() != traces || !reflect.DeepEqual(before, s.product("full")) {
			t.Errorf("changes %v", r.Changes)
		}
		if again := s.export(); again != text {
			t.Errorf("a second export differs\n%s\n%s", text, again)
		}
		if strings.Contains(text, "wide,M") || strings.Contains(text, ",=") || strings.Contains(text, ",@") {
			t.Errorf("an inactive variant or a formula is in the file\n%s", text)
		}
	})
}

// An import left to a job is carried to its end by a runner.
func TestJobCarriesTheImport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		id, err := Start(t.Context(), d, s.blobs, s.request(goods))
		if err != nil {
			t.Fatal(err)
		}
		runner := &job.Runner{DB: d, Poll: 5 * time.Millisecond}
		Handle(runner, d, s.blobs)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- runner.Run(ctx) }()
		for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
			if s.count(`SELECT count(*) FROM imports WHERE id = $1 AND status = 'done'`, id) == 1 {
				break
			}
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		r, err := Outcome(t.Context(), d, s.mine.ID, id)
		if err != nil {
			t.Fatal(err)
		}
		wantCounts(t, r, 2, 0, 0, 0)
	})
}

// Every message that this package names exists in every language, and every message is named.
func TestMessagesExist(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	literal := regexp.MustCompile(`"(exchange\.[a-z_]+)"`)
	named := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range literal.FindAllSubmatch(text, -1) {
			named[string(m[1])] = true
		}
	}
	delete(named, JobKind)
	if len(named) < 80 {
		t.Fatalf("only %d ids found", len(named))
	}
	for id := range named {
		for _, lang := range i18n.Languages() {
			if !i18n.For(lang).Has(id) {
				t.Errorf("%s lacks %s", lang, id)
			}
		}
	}
}

// BenchmarkImport brings 5,000 products of two variants into SQLite, then the same again.
func BenchmarkImport(b *testing.B) {
	var text strings.Builder
	text.WriteString("Handle,Title,Body (HTML),Option1 Name,Option1 Value,Variant Price,Variant Inventory Qty\n")
	const products = 5000
	for i := range products {
		fmt.Fprintf(&text, "p-%d,Thing %d,<p>Some words about thing %d</p>,Size,S,%d,3\np-%d,,,,M,%d,4\n", i, i, i, 100+i, i, 100+i)
	}
	for b.Loop() {
		d := dbtest.SQLite(b)
		s := newShopBeside(b, d, "Bench")
		for range 2 {
			r, err := Import(b.Context(), d, s.blobs, s.request(text.String()))
			if err != nil || r.New+r.Same == 0 {
				b.Fatal(r, err)
			}
		}
	}
	b.ReportMetric(float64(2*products*b.N)/b.Elapsed().Seconds(), "products/s")
}
