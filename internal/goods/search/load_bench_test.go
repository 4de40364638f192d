package search

import (
	"fmt"
	"testing"

	"aromart/internal/goods/catalog"
	"aromart/internal/goods/inventory"
	"aromart/internal/kit/contact"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

// storeDoc writes a synthetic product as the catalog keeps it.
func storeDoc(d Doc, st seller.Store) *catalog.Product {
	p := &catalog.Product{Seller: st.Seller, Store: st.ID, Handle: fmt.Sprint(d.ID), Slug: d.Slug, Status: catalog.Live, Language: "en", Title: d.Title, BodyHTML: "<p>" + d.Text + "</p>",
		Brand: d.Brand, Type: d.Kind, Category: catalog.CategoryID(d.CategoryID), Options: []string{"Size", "Color"},
		Pictures: []catalog.Picture{{Blob: d.Picture.Key, Width: 1200, Height: 1200, Color: d.Picture.Color}}}
	for i, v := range d.Variants {
		p.Variants = append(p.Variants, catalog.Variant{Options: [3]string{v.Options[0].Value, fmt.Sprint(v.Options[1].Value, i)}, SKU: fmt.Sprint("SKU", v.ID), Price: v.Price})
	}
	for _, a := range d.Attributes {
		p.Attributes = append(p.Attributes, catalog.Attribute{Name: a.Key, Text: a.Value})
	}
	return p
}

// seed fills a database with n synthetic products.
func seed(b *testing.B, d *db.DB, n int) {
	s := newSynthetic(n)
	write := func(f func(tx *db.Tx) error) {
		if err := d.Write(b.Context(), f); err != nil {
			b.Fatal(err)
		}
	}
	var st seller.Store
	write(func(tx *db.Tx) (err error) {
		for i, c := range s.cats {
			var parent any
			if c.ParentID != 0 {
				parent = c.ParentID
			}
			if _, err := db.Exec(b.Context(), tx, `INSERT INTO categories (id, parent_id, slug, depth, position, name_en, name_si, name_ta, picture_blob, picture_color)
				VALUES ($1, $2, $3, $4, $5, $6, '', '', '', '')`, c.ID, parent, fmt.Sprint("bench-", c.ID), min(1, c.ParentID), i, c.Names[0]); err != nil {
				return err
			}
		}
		st, err = seller.Add(b.Context(), tx, operator, seller.New{Store: seller.Store{Slug: "s", Name: "S", OpenedAt: now}, Email: contact.NewEmail("s@example.com"), Phone: contact.NewPhone("+94771234567")}, now)
		return err
	})
	for from := 0; from < n; from += 500 {
		var list []*catalog.Product
		for i := from; i < min(n, from+500); i++ {
			list = append(list, storeDoc(s.doc(int64(i+1)), st))
		}
		write(func(tx *db.Tx) error {
			if err := catalog.Insert(b.Context(), tx, list, now); err != nil {
				return err
			}
			var levels []inventory.Level
			for _, p := range list {
				for i, v := range p.Variants {
					levels = append(levels, inventory.Level{Variant: v.ID, Seller: st.Seller, OnHand: int64(i * 10)})
				}
			}
			return inventory.Open(b.Context(), tx, operator, levels, inventory.Opening, now)
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	engines := map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres}
	for name, open := range engines {
		b.Run(name, func(b *testing.B) {
			d := open(b)
			seed(b, d, 100_000)
			for b.Loop() {
				ix := New()
				if _, err := Load(b.Context(), d, ix); err != nil {
					b.Fatal(err)
				}
				if ix.Len() != 100_000 {
					b.Fatal(ix.Len())
				}
			}
		})
	}
}
