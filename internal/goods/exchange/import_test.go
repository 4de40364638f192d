package exchange

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"aromart/internal/goods/catalog"
	"aromart/internal/goods/inventory"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/seller"
	"aromart/internal/platform/blob"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

var now = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

// shop is a store with a neighbor whose goods must stay as they are.
type shop struct {
	t            testing.TB
	d            *db.DB
	blobs        *blob.Store
	mine, theirs seller.Store
}

const neighborsGoods = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty\nshirt,Their shirt,Size,S,A1,900,7\ncup,Their cup,,,A1,5,3\n"

func newShop(t *testing.T, d *db.DB) *shop {
	t.Helper()
	neighbor := newShopBeside(t, d, "Neighbor")
	neighbor.importText(neighborsGoods)
	before := neighbor.export()
	t.Cleanup(func() {
		if after := neighbor.export(); after != before {
			t.Errorf("the neighbor's goods changed\n%s\n%s", before, after)
		}
	})
	s := newShopBeside(t, d, "Mine")
	s.theirs = neighbor.mine
	return s
}

func (s *shop) request(text string) Request {
	return Request{Store: s.mine, By: access.Actor{Kind: access.Operator}, FileName: "goods.csv", File: strings.NewReader(text), Options: Options{Currency: "LKR"}}
}

func (s *shop) run(req Request) *Result {
	s.t.Helper()
	r, err := Import(context.WithoutCancel(s.t.Context()), s.d, s.blobs, req)
	if err != nil {
		s.t.Fatalf("import: %v", err)
	}
	return r
}

func (s *shop) importText(text string) *Result { s.t.Helper(); return s.run(s.request(text)) }

func (s *shop) export() string {
	s.t.Helper()
	var out bytes.Buffer
	if _, err := Export(context.WithoutCancel(s.t.Context()), s.d, s.mine, 2, &out); err != nil {
		s.t.Fatalf("export: %v", err)
	}
	return out.String()
}

func (s *shop) product(handle string) *catalog.Product {
	s.t.Helper()
	p, err := catalog.ByHandle(s.t.Context(), s.d, s.mine.ID, handle)
	if err != nil {
		s.t.Fatalf("%s: %v", handle, err)
	}
	return p
}

func (s *shop) count(query string, args ...any) int64 {
	s.t.Helper()
	n, err := db.One(s.t.Context(), s.d, db.Int, query, args...)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// traces counts the rows that a change would leave behind.
func (s *shop) traces() [2]int64 {
	return [2]int64{s.count(`SELECT count(*) FROM catalog_changes`), s.count(`SELECT count(*) FROM stock_movements`)}
}

func wantCounts(t *testing.T, r *Result, created, changed, same, wrong int) {
	t.Helper()
	if got, want := [4]int{r.New, r.Changed, r.Same, r.Wrong}, [4]int{created, changed, same, wrong}; got != want {
		t.Errorf("new, changed, same, wrong = %v, want %v\n%v", got, want, r.Report.Issues)
	}
}

const goods = `Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price,Variant Compare At Price,Variant Barcode,Image Src,Image Alt Text,Status,Color (product.metafields.shopify.color-pattern)
shirt,Shirt,<p>Soft</p>,Acme,Apparel & Accessories > Clothing > Shirts & Tops,Shirt,"men, cotton",true,Size,S,A1,200,5,1250,1500,'872,https://x.example/1.jpg,Front,active,black; white
shirt,,,,,,,,,M,A1,210,0,1250,,,,,,
cup,Cup,,,,Mug,,true,Title,Default Title,A2,300,-2,0,,,,,active,
`

func TestImportBringsTheStoreToWhatTheFileSays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		traces := s.traces()
		req := s.request(goods)
		req.DryRun = true
		dry := s.run(req)
		wantCounts(t, dry, 2, 0, 0, 0)
		if s.traces() != traces || s.count(`SELECT count(*) FROM imports WHERE store_id = $1`, int64(s.mine.ID)) != 0 {
			t.Error("a dry run wrote something")
		}
		done := 0
		req = s.request(goods)
		req.Progress = func(n, total int) { done = n*100 + total }
		r := s.run(req)
		wantCounts(t, r, 2, 0, 0, 0)
		if done != 202 || r.ID == 0 {
			t.Errorf("progress %d, id %d", done, r.ID)
		}
		if !reflect.DeepEqual(ids(dry.Report), ids(r.Report)) {
			t.Errorf("the dry run said %v, the import %v", ids(dry.Report), ids(r.Report))
		}
		p := s.product("shirt")
		if p.Status != catalog.Live || p.Title != "Shirt" || p.Brand != "Acme" || p.Category == 0 || !reflect.DeepEqual(p.Tags, []string{"men", "cotton"}) {
			t.Errorf("%+v", p)
		}
		if len(p.Variants) != 2 || p.Variants[0].Price != 125000 || p.Variants[0].CompareAt != 150000 || p.Variants[0].OnHand != 5 || p.Variants[0].Barcode != "872" || p.Variants[1].WeightG != 210 {
			t.Errorf("%+v", p.Variants)
		}
		if want := []catalog.Attribute{{Name: "color", Text: "black"}, {Name: "color", Text: "white"}}; !reflect.DeepEqual(p.Attributes, want) {
			t.Errorf("attributes %+v", p.Attributes)
		}
		if cup := s.product("cup"); cup.Status != catalog.Draft || cup.Variants[0].OnHand != 0 || cup.Variants[0].Price != 0 {
			t.Errorf("cup %+v", cup)
		}
		traces = s.traces()
		wantCounts(t, s.importText(goods), 0, 0, 2, 0)
		wantCounts(t, s.importText(s.export()), 0, 0, 2, 0)
		if s.traces() != traces {
			t.Error("importing the same again left traces")
		}
		if n := s.count(`SELECT count(*) FROM audit_entries WHERE action = 'catalog.import' AND object_id = $1`, int64(s.mine.ID)); n != 3 {
			t.Errorf("%d audit entries", n)
		}
	})
}

func ids(r Report) []string {
	var out []string
	for _, i := range r.Issues {
		out = append(out, fmt.Sprint(i.Row, " ", i.ID))
	}
	slices.Sort(out)
	return out
}

func TestImportChangesOnlyWhatTheFileNames(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		s.importText(goods)
		before := s.product("shirt")

		// Only a stock column: everything else stays, the variant that is not named too.
		r := s.importText("Handle,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty\nshirt,Size,S,B1,9\n")
		wantCounts(t, r, 0, 1, 0, 0)
		after := s.product("shirt")
		if after.Variants[0].OnHand != 9 || after.Variants[0].SKU != "B1" {
			t.Errorf("%+v", after.Variants[0])
		}
		after.Variants[0].OnHand, after.Variants[0].SKU, after.UpdatedAt = 5, "A1", before.UpdatedAt
		if !reflect.DeepEqual(before, after) {
			t.Errorf("more changed than the file names\n%+v\n%+v", before, after)
		}
		var fields []string
		for _, c := range r.Changes {
			fields = append(fields, c.Field+": "+c.Old+" > "+c.New)
		}
		if want := []string{"sku S: A1 > B1", "stock S: 5 > 9"}; !reflect.DeepEqual(fields, want) {
			t.Errorf("changes %q", fields)
		}

		// No price becomes 0, no former price outlives a higher price.
		s.importText("Handle,Title,Option1 Name,Option1 Value,Variant Price\nshirt,Better shirt,Size,S,0\nshirt,,,M,1600\n")
		after = s.product("shirt")
		if after.Variants[0].Price != 125000 || after.Variants[1].Price != 160000 || after.Title != "Better shirt" || after.Slug != before.Slug || after.Status != catalog.Live {
			t.Errorf("%+v", after)
		}

		// A new variant arrives; one without a price does not go on sale.
		r = s.importText("Handle,Title,Option1 Name,Option1 Value,Variant Price,Variant Inventory Qty\nshirt,Better shirt,Size,L,1700,4\nshirt,,,XL,,4\n")
		if got := ids(r.Report); !reflect.DeepEqual(got, []string{"3 exchange.price_missing", "3 exchange.variant_no_price"}) {
			t.Errorf("report %q", got)
		}
		after = s.product("shirt")
		if len(after.Variants) != 3 || after.Variants[2].OnHand != 4 {
			t.Errorf("%+v", after.Variants)
		}
		if n, err := inventory.OnHand(t.Context(), d, after.Variants[2].ID); n != 4 || err != nil {
			t.Errorf("%d, %v", n, err)
		}

		// Other choices than the store has: nothing is guessed.
		r = s.importText("Handle,Title,Variant SKU,Variant Inventory Qty\nshirt,Better shirt,X,1\n")
		wantCounts(t, r, 0, 0, 1, 1)
		if got := s.product("shirt"); got.Variants[0].SKU != "B1" || len(got.Variants) != 3 {
			t.Errorf("%+v", got.Variants)
		}
	})
}

// An import that is cut off at any batch goes on where it stood and does nothing twice.
func TestImportGoesOnAfterAnInterruption(t *testing.T) {
	var b strings.Builder
	b.WriteString("Handle,Title,Variant Price,Variant Inventory Qty\n")
	const products = 700
	for i := range products {
		fmt.Fprintf(&b, "p-%d,Same title,%d,3\n", i, 100+i%7)
	}
	b.WriteString("p-1,Other,5,1\n") // an error that must be reported once
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		stops := 0
		var r *Result
		for r == nil {
			ctx, stop := context.WithCancel(t.Context())
			req := s.request(b.String())
			req.Progress = func(done, total int) {
				if done < total {
					stop()
				}
			}
			var err error
			r, err = Import(ctx, d, s.blobs, req)
			stop()
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			if stops++; stops > 50 {
				t.Fatal("it never ends")
			}
		}
		if stops < 3 {
			t.Errorf("only %d turns: batches are too large", stops)
		}
		wantCounts(t, r, products, 0, 0, 1)
		if n := s.count(`SELECT count(*) FROM products WHERE store_id = $1`, int64(s.mine.ID)); n != products {
			t.Errorf("%d products", n)
		}
		if n := s.count(`SELECT count(*) FROM stock_movements m JOIN variants v ON v.id = m.variant_id WHERE v.seller_id = $1`, int64(s.mine.Seller)); n != products {
			t.Errorf("%d movements", n)
		}
		if n := s.count(`SELECT count(*) FROM imports WHERE store_id = $1`, int64(s.mine.ID)); n != 1 {
			t.Errorf("%d imports", n)
		}
		if got := ids(r.Report); !reflect.DeepEqual(got, []string{"702 exchange.handle_repeated"}) {
			t.Errorf("report %q", got)
		}
		past, err := List(t.Context(), d, s.mine.ID, 10)
		if err != nil || len(past) != 1 || past[0].Status != "done" || past[0].New != products || past[0].Wrong != 1 {
			t.Errorf("%+v, %v", past, err)
		}
		if _, err := Outcome(t.Context(), d, s.theirs.ID, past[0].ID); !errs.Is(err, "exchange.import_unknown") {
			t.Errorf("the neighbor sees the import: %v", err)
		}
		wantCounts(t, s.importText(b.String()), 0, 0, products, 1)
	})
}

// A job carries on from the kept upload alone.
func TestResumeFromTheKeptUpload(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		m := mapping(t, `{"handle": "id", "title": "name", "price": {"column": "price", "match": "([0-9]+)"}}`)
		req := s.request("id;name;price\n1;Cup;Rs 20\n2;Mug;Rs 30\n")
		req.Options.Mapping = m
		data := "id;name;price\n1;Cup;Rs 20\n2;Mug;Rs 30\n"
		begun, err := begin(t.Context(), d, s.blobs, req, []byte(data))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Resume(t.Context(), d, s.blobs, begun.id, Request{Store: s.theirs}); !errs.Is(err, "exchange.import_unknown") {
			t.Errorf("the neighbor resumes the import: %v", err)
		}
		again := Request{Store: s.mine, By: req.By}
		r, err := Resume(t.Context(), d, s.blobs, begun.id, again)
		if err != nil {
			t.Fatal(err)
		}
		wantCounts(t, r, 2, 0, 0, 0)
		if p := s.product("1"); p.Variants[0].Price != 2000 {
			t.Errorf("%+v", p)
		}
		if r, err = Resume(t.Context(), d, s.blobs, begun.id, again); err != nil || r.New != 2 {
			t.Errorf("an ended import again: %+v, %v", r, err)
		}
	})
}

func TestUnreadableFileIsAFailedImport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		_, err := Import(t.Context(), d, s.blobs, s.request("\x89PNG\r\n\x1a\n"))
		if !errs.Is(err, "exchange.file_picture") {
			t.Fatal(err)
		}
		past, err := List(t.Context(), d, s.mine.ID, 10)
		if err != nil || len(past) != 1 || past[0].Status != "failed" || past[0].LastError != "exchange.file_picture" {
			t.Errorf("%+v, %v", past, err)
		}
	})
}

// A product that the catalog refuses costs itself, not its batch.
func TestOneRefusedProductDoesNotStopTheOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		s.importText("Handle,Title,Variant Price\na,A,1\nb,B,1\nc,C,1\n")
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `UPDATE products SET status = 'removed' WHERE store_id = $1 AND handle = 'b'`, int64(s.mine.ID))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		r := s.importText("Handle,Title,Variant Price\na,A,2\nb,B,2\nc,C,2\n")
		wantCounts(t, r, 0, 2, 0, 1)
		if got := ids(r.Report); !reflect.DeepEqual(got, []string{"3 exchange.removed_product"}) {
			t.Errorf("report %q", got)
		}
	})
}

// Every real Shopify and WooCommerce file goes in: each product arrives or its
// row is in the report; the second import and that of the export change nothing.
func TestRealShopsGoIn(t *testing.T) {
	dir := sharedDir(t)
	files, _ := filepath.Glob(filepath.Join(dir, "shopify/*.csv*"))
	more, _ := filepath.Glob(filepath.Join(dir, "platform_samples/woocommerce_sample_products.*"))
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for i, path := range append(files, more...) {
			if d.Dialect() == db.Postgres && i%3 != 0 {
				continue // each file on one engine, every third on both
			}
			t.Run(filepath.Base(path), func(t *testing.T) {
				s := newShopBeside(t, d, filepath.Base(path))
				f := readFile(t, path, Options{Currency: "LKR"})
				r := s.importFile(path)
				reported := r.Report.Rows()
				for _, p := range f.Products {
					got, err := catalog.ByHandle(t.Context(), d, s.mine.ID, p.Handle)
					if err != nil {
						if !reported[p.Row] {
							t.Errorf("row %d: %s neither arrived nor is it reported", p.Row, p.Handle)
						}
						continue
					}
					if unsafeBody.MatchString(got.BodyHTML) || strings.Contains(strings.ToLower(got.BodyHTML), "javascript:") {
						t.Errorf("%s: body %q", p.Handle, got.BodyHTML)
					}
					if len(got.Variants) != len(p.Variants) {
						t.Errorf("%s: %d variants of %d", p.Handle, len(got.Variants), len(p.Variants))
					}
				}
				if r.New != len(f.Products) {
					t.Errorf("%d new of %d", r.New, len(f.Products))
				}
				traces := s.traces()
				again := s.importFile(path)
				wantCounts(t, again, 0, 0, len(f.Products), r.Wrong)
				back := s.importText(s.export())
				wantCounts(t, back, 0, 0, len(f.Products), 0)
				if len(again.Changes)+len(back.Changes) > 0 {
					t.Errorf("changes %v %v", again.Changes, back.Changes)
				}
				if s.traces() != traces {
					t.Error("importing the same again left traces")
				}
			})
		}
	})
}

// newShopBeside adds one more store to a database that may have some.
func newShopBeside(t testing.TB, d *db.DB, name string) *shop {
	t.Helper()
	s := &shop{t: t, d: d}
	var err error
	if s.blobs, err = blob.Open(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.blobs.Close() })
	err = d.Write(t.Context(), func(tx *db.Tx) error {
		n := seller.New{Store: seller.Store{Slug: slug(name), Name: name, SellerName: name, OpenedAt: now}}
		if s.mine, err = seller.Add(t.Context(), tx, access.Actor{Kind: access.Operator}, n, now); err != nil {
			return err
		}
		_, err = catalog.SyncCategories(t.Context(), tx, now)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *shop) importFile(path string) *Result {
	s.t.Helper()
	in, err := os.Open(path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer in.Close()
	req := s.request("")
	req.File = in
	return s.run(req)
}

// The same file sent twice at once ends as if it had been sent once.
func TestTwoImportsAtOnce(t *testing.T) {
	var b strings.Builder
	b.WriteString("Handle,Title,Variant Price,Variant Inventory Qty\n")
	const products = 400
	for i := range products {
		fmt.Fprintf(&b, "p-%d,Thing %d,%d,3\n", i, i, 100+i%7)
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShop(t, d)
		ended := make(chan error, 3)
		for range cap(ended) {
			go func() {
				_, err := Import(t.Context(), d, s.blobs, s.request(b.String()))
				ended <- err
			}()
		}
		through := 0
		for range cap(ended) {
			if err := <-ended; err == nil {
				through++
			} else if !errs.Is(err, "exchange.import_running") {
				t.Error(err)
			}
		}
		if through == 0 {
			t.Error("none came through")
		}
		if n := s.count(`SELECT count(*) FROM products WHERE store_id = $1`, int64(s.mine.ID)); n != products {
			t.Errorf("%d products", n)
		}
		if n := s.count(`SELECT count(*) FROM stock_movements m JOIN variants v ON v.id = m.variant_id WHERE v.seller_id = $1`, int64(s.mine.Seller)); n != products {
			t.Errorf("%d movements", n)
		}
		if n := s.count(`SELECT count(*) FROM import_issues i JOIN imports m ON m.id = i.import_id WHERE m.store_id = $1 AND i.level = 'error'`, int64(s.mine.ID)); n != 0 {
			t.Errorf("%d errors reported", n)
		}
		wantCounts(t, s.importText(b.String()), 0, 0, products, 0)
	})
}
