package search

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"aromart/internal/goods/catalog"
	"aromart/internal/goods/inventory"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/people/access"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

var now = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

var operator = access.Actor{Kind: access.Operator}

// exec runs a statement of the test's own.
func exec(t *testing.T, d *db.DB, text string, args ...any) {
	t.Helper()
	write(t, d, func(tx *db.Tx) error { _, err := db.Exec(t.Context(), tx, text, args...); return err })
}

func write(t *testing.T, d *db.DB, f func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// newMarket is a database with two sellers and a small category tree.
func newMarket(t *testing.T, d *db.DB) (stores [2]seller.Store) {
	exec(t, d, `DELETE FROM category_attributes`)
	exec(t, d, `DELETE FROM categories`)
	for i, c := range testCategories {
		depth := 0
		var parent any
		if c.ParentID != 0 {
			depth, parent = 1, c.ParentID
		}
		if c.ID == 6 {
			depth = 2
		}
		exec(t, d, `INSERT INTO categories (id, parent_id, slug, depth, position, name_en, name_si, name_ta, picture_blob, picture_color)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', '')`, c.ID, parent, c.Slug, depth, i, c.Names[0], c.Names[1], c.Names[2])
	}
	exec(t, d, `INSERT INTO category_attributes (category_id, attribute, kind, unit, name_en, name_si, name_ta, facet, position) VALUES (4, 'material', 'text', '', 'Material', 'ද්‍රව්‍යය', 'பொருள்', $1, 1)`, true)
	for i := range stores {
		write(t, d, func(tx *db.Tx) error {
			st, err := seller.Add(t.Context(), tx, operator, seller.New{Store: seller.Store{Slug: fmt.Sprint("store-", i), Name: fmt.Sprint("Store ", i), SellerName: "S", LegalName: "S", OpenedAt: now},
				Email: contact.NewEmail("s@example.com"), Phone: contact.NewPhone("+94771234567")}, now)
			stores[i] = st
			return err
		})
	}
	return stores
}

// put adds a product with two sizes.
func put(t *testing.T, d *db.DB, st seller.Store, handle, title string, onHand int64) *catalog.Product {
	t.Helper()
	p := &catalog.Product{Seller: st.Seller, Store: st.ID, Handle: handle, Status: catalog.Live, Language: "en", Title: title, BodyHTML: "<p>Soft &amp; breathable</p>",
		Brand: "Salt", Tags: []string{"summer"}, Category: 6, Options: []string{"Size"},
		Variants:   []catalog.Variant{{Options: [3]string{"M"}, SKU: "SKU-" + handle, Price: 4_500_00, CompareAt: 5_000_00}, {Options: [3]string{"L"}, Price: 4_700_00}},
		Attributes: []catalog.Attribute{{Name: "material", Text: "Linen"}, {Name: "laundry", Text: "handwash"}},
		Pictures:   []catalog.Picture{{Blob: "pic/" + handle, Width: 800, Height: 600, Color: "#aabbcc", Alt: "a"}},
		Texts:      map[string]catalog.Text{"si": {Title: "ලිනන් කමිසය"}}}
	write(t, d, func(tx *db.Tx) error {
		if err := catalog.Insert(t.Context(), tx, []*catalog.Product{p}, now); err != nil {
			return err
		}
		return inventory.Open(t.Context(), tx, operator, []inventory.Level{{Variant: p.Variants[0].ID, Seller: st.Seller, OnHand: onHand}, {Variant: p.Variants[1].ID, Seller: st.Seller}}, inventory.Opening, now)
	})
	return p
}

func find(t *testing.T, ix *Index, q Query) *Result {
	t.Helper()
	r, err := ix.Search(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestLoad(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stores := newMarket(t, d)
		mine := put(t, d, stores[0], "linen", "Linen shirt", 2)
		other := put(t, d, stores[1], "linen", "Linen shirt of another", 0)
		draft := put(t, d, stores[0], "draft", "Linen draft", 1)
		exec(t, d, `UPDATE products SET status = 'draft' WHERE id = $1`, int64(draft.ID))
		ix := New()
		if ix.Ready() {
			t.Error("ready before it was loaded")
		}
		if _, err := ix.Search(t.Context(), Query{}); err == nil {
			t.Error("an empty index answered")
		}
		if _, err := Load(t.Context(), d, ix); err != nil {
			t.Fatal(err)
		}
		if r := find(t, ix, Query{Text: "linen shirt"}); r.Total != 2 || !ix.Ready() {
			t.Fatalf("%d results, want the two live products", r.Total)
		}
		r := find(t, ix, Query{Store: int64(stores[0].ID)})
		if r.Total != 1 {
			t.Fatalf("store page: %d", r.Total)
		}
		c := r.Hits[0]
		want := Card{ID: int64(mine.ID), PublicID: mine.PublicID, Slug: mine.Slug, Title: "Linen shirt", Brand: "Salt", CategoryID: 6,
			Store: Store{int64(stores[0].ID), "store-0", "Store 0"}, Price: 4_500_00, PriceMax: 4_500_00, CompareAt: 5_000_00, InStock: true, LowStock: 2,
			Variants: 2, VariantID: int64(mine.Variants[0].ID), CreatedAt: clock.Micros(now), Picture: Picture{"pic/linen", 800, 600, "#aabbcc"}}
		if c != want {
			t.Errorf("card\n%+v, want\n%+v", c, want)
		}
		for _, text := range []string{"SKU-linen", "breathable", "summer", "handwash", "කමිසය", "கமிச", "சட்டைகள்", "clothing"} {
			if n := find(t, ix, Query{Text: text}).Total; n != 2 && text != "SKU-linen" && text != "கமிச" || n == 0 && text != "கமிச" {
				t.Errorf("%q finds %d", text, n)
			}
		}
		r = find(t, ix, Query{Category: 4, Attributes: []Filter{{"material", []string{"linen"}}}, Options: []Filter{{"Size", []string{"M"}}}, InStock: true})
		if r.Total != 1 || len(r.Facets.Attributes) != 1 || len(r.Facets.Options) != 1 {
			t.Errorf("filters: %d, facets %+v %+v", r.Total, r.Facets.Attributes, r.Facets.Options)
		}
		if r := find(t, ix, Query{Options: []Filter{{"Size", []string{"L"}}}, InStock: true}); r.Total != 0 {
			t.Error("a size that is sold out was found because another is in stock")
		}
		if other.ID == 0 {
			t.Error("no product")
		}
	})
}

func TestFollow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stores := newMarket(t, d)
		p := put(t, d, stores[0], "one", "Linen shirt", 1)
		ctx, cancel := context.WithCancel(t.Context())
		var replicas [2]*Index // two processes on one database
		done := make(chan error, 2)
		for i := range replicas {
			replicas[i] = New()
			file := ""
			if i == 0 {
				file = filepath.Join(t.TempDir(), FileName)
			}
			go func() { done <- Follow(ctx, d, replicas[i], file) }()
		}
		defer func() { cancel(); <-done; <-done }()
		eventually := func(what string, ok func(ix *Index) bool) {
			t.Helper()
			for i, ix := range replicas {
				for n := 0; !ix.Ready() || !ok(ix); n++ {
					if n == 1000 {
						t.Fatalf("replica %d never saw: %s", i, what)
					}
					time.Sleep(10 * time.Millisecond)
				}
			}
		}
		total := func(q Query, want int) func(*Index) bool {
			return func(ix *Index) bool { return find(t, ix, q).Total == want }
		}
		eventually("the first product", total(Query{Text: "linen"}, 1))

		q := put(t, d, stores[1], "two", "Cotton shirt", 3)
		eventually("a new product", total(Query{Text: "cotton"}, 1))

		write(t, d, func(tx *db.Tx) error {
			return inventory.Take(t.Context(), tx, operator, []inventory.Item{{Variant: p.Variants[0].ID, Product: p.ID, Quantity: 1}}, now)
		})
		eventually("the last unit sold", total(Query{InStock: true}, 1))

		write(t, d, func(tx *db.Tx) error {
			q.Title, q.Variants[0].Price = "Silk shirt", 9_000_00
			_, err := catalog.Save(t.Context(), tx, q, now)
			return err
		})
		eventually("a new title", total(Query{Text: "silk"}, 1))
		eventually("the old title gone", total(Query{Text: "cotton"}, 0))
		eventually("a new price", total(Query{MinPrice: 9_000_00}, 1))

		exec(t, d, `UPDATE stores SET name = 'Renamed' WHERE id = $1`, int64(stores[1].ID))
		write(t, d, func(tx *db.Tx) error { return catalog.Changed(t.Context(), tx, "store", int64(stores[1].ID), now) })
		eventually("a store's new name", func(ix *Index) bool { return find(t, ix, Query{Text: "silk"}).Hits[0].Store.Name == "Renamed" })

		write(t, d, func(tx *db.Tx) error {
			q.Status = catalog.Hidden
			_, err := catalog.Save(t.Context(), tx, q, now)
			return err
		})
		eventually("a hidden product gone", total(Query{}, 1))

		exec(t, d, `UPDATE categories SET name_en = 'Flaxen Wear' WHERE id = 6`)
		write(t, d, func(tx *db.Tx) error { return catalog.Changed(t.Context(), tx, "category", 6, now) })
		eventually("a category's new name", total(Query{Text: "flaxen"}, 1))
		if replicas[0].Seq() == 0 || replicas[0].Seq() != replicas[1].Seq() {
			t.Errorf("sequence numbers %d and %d", replicas[0].Seq(), replicas[1].Seq())
		}
	})
}
