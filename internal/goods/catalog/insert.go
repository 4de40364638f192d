package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
	"aromart/internal/platform/db"
)

// Insert adds products with their variants, attributes, pictures and texts, in
// a few statements for all of them, and fills in their ids. A product without a
// slug gets one from its title. Stock is opened by inventory.Open.
func Insert(ctx context.Context, tx *db.Tx, products []*Product, now time.Time) error {
	rows := make([][]any, len(products))
	given := make(map[string]bool, len(products))
	for i, p := range products {
		if err := p.check(); err != nil {
			return err
		}
		if p.Slug == "" {
			slug, err := freeSlug(ctx, tx, p.Title, 0, "")
			if err != nil {
				return err
			}
			if given[slug] { // by a product of the same title in this list
				slug += "-" + strings.ToLower(clock.Readable(5))
			}
			p.Slug = slug
		}
		given[p.Slug] = true
		if p.CreatedAt.IsZero() {
			p.CreatedAt = now
		}
		p.UpdatedAt = now
		p.PublicID = clock.PublicID()
		rows[i] = p.row()
	}
	if err := db.Insert(ctx, tx, "products", productColumns, rows); err != nil {
		return taken(err)
	}
	if err := fillIDs(ctx, tx, "products", products, func(p *Product) (string, func(int64)) {
		return p.PublicID, func(id int64) { p.ID = ProductID(id) }
	}); err != nil {
		return err
	}
	if err := insertPictures(ctx, tx, products); err != nil {
		return err
	}
	if err := insertVariants(ctx, tx, products); err != nil {
		return err
	}
	if err := insertFacts(ctx, tx, products); err != nil {
		return err
	}
	changes := make([][]any, len(products))
	for i, p := range products {
		changes[i] = []any{"product", int64(p.ID), clock.Micros(now)}
	}
	return db.Insert(ctx, tx, "catalog_changes", "kind, object_id, at", changes)
}

const productColumns = `public_id, seller_id, store_id, handle, slug, status, language, title, body_html, brand, product_type, tags,
	category_id, option1, option2, option3, created_at, updated_at`

func (p *Product) row() []any {
	tags := "[]"
	if len(p.Tags) > 0 {
		b, _ := json.Marshal(p.Tags)
		tags = string(b)
	}
	o := p.optionNames()
	return []any{p.PublicID, int64(p.Seller), int64(p.Store), p.Handle, p.Slug, p.Status, p.Language, p.Title, p.BodyHTML, p.Brand, p.Type, tags,
		orNull(int64(p.Category)), o[0], o[1], o[2], clock.Micros(p.CreatedAt), clock.Micros(p.UpdatedAt)}
}

func (p *Product) optionNames() (o [MaxOptions]string) {
	copy(o[:], p.Options)
	return o
}

// orNull binds 0 as NULL, for optional references and prices.
func orNull(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}

func insertPictures(ctx context.Context, tx *db.Tx, products []*Product) error {
	var rows [][]any
	owners := map[int64][]*Picture{}
	for _, p := range products {
		for i := range p.Pictures {
			pic := &p.Pictures[i]
			rows = append(rows, []any{int64(p.ID), i + 1, pic.Blob, pic.Alt, pic.Width, pic.Height, pic.Color, pic.SHA256, pic.Source})
			owners[int64(p.ID)] = append(owners[int64(p.ID)], pic)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := db.Insert(ctx, tx, "pictures", "product_id, position, blob, alt, width, height, color, sha256, source", rows); err != nil {
		return err
	}
	ids := make([]int64, 0, len(owners))
	for id := range owners {
		ids = append(ids, id)
	}
	type place struct{ id, product, position int64 }
	return db.Each(ctx, tx, func(rows *db.Rows, p *place) error { return rows.Scan(&p.id, &p.product, &p.position) },
		func(p *place) error { owners[p.product][p.position-1].ID = p.id; return nil },
		`SELECT id, product_id, position FROM pictures WHERE product_id IN (`+db.In(tx, 1)+`)`, db.IDs(ids))
}

func insertVariants(ctx context.Context, tx *db.Tx, products []*Product) error {
	var rows [][]any
	var all []*Variant
	for _, p := range products {
		for i := range p.Variants {
			v := &p.Variants[i]
			v.PublicID = clock.PublicID()
			rows = append(rows, p.variantRow(i))
			all = append(all, v)
		}
	}
	if err := db.Insert(ctx, tx, "variants", variantColumns, rows); err != nil {
		return taken(err)
	}
	return fillIDs(ctx, tx, "variants", all, func(v *Variant) (string, func(int64)) {
		return v.PublicID, func(id int64) { v.ID = VariantID(id) }
	})
}

const variantColumns = `public_id, product_id, seller_id, position, option1, option2, option3, sku, barcode, price, compare_at, weight_g, picture_id, active`

func (p *Product) variantRow(i int) []any {
	v := &p.Variants[i]
	return []any{v.PublicID, int64(p.ID), int64(p.Seller), i + 1, v.Options[0], v.Options[1], v.Options[2], v.SKU, v.Barcode,
		int64(v.Price), orNull(int64(v.CompareAt)), v.WeightG, orNull(p.pictureID(v)), !v.Inactive}
}

func (p *Product) pictureID(v *Variant) int64 {
	if v.Picture < 1 || v.Picture > len(p.Pictures) {
		return 0
	}
	return p.Pictures[v.Picture-1].ID
}

func insertFacts(ctx context.Context, tx *db.Tx, products []*Product) error {
	var facts, texts [][]any
	for _, p := range products {
		facts = append(facts, p.attributeRows()...)
		for lang, t := range p.Texts {
			texts = append(texts, []any{int64(p.ID), lang, t.Title, t.BodyHTML})
		}
	}
	if err := db.Insert(ctx, tx, "product_attributes", attributeColumns, facts); err != nil {
		return err
	}
	return db.Insert(ctx, tx, "product_texts", "product_id, language, title, body_html", texts)
}

const attributeColumns = "product_id, attribute, position, text, number, unit"

func (p *Product) attributeRows() (rows [][]any) {
	for i, a := range p.Attributes {
		var number any
		if a.IsNum {
			number = a.Number
		}
		rows = append(rows, []any{int64(p.ID), a.Name, i + 1, a.Text, number, a.Unit})
	}
	return rows
}

// fillIDs reads the ids that the database gave to rows just added, by their
// public ids, because the rows that RETURNING yields have no promised order.
func fillIDs[T any](ctx context.Context, tx *db.Tx, table string, list []T, key func(T) (string, func(int64))) error {
	set := make(map[string]func(int64), len(list))
	keys := make([]string, 0, len(list))
	for _, v := range list {
		k, f := key(v)
		set[k] = f
		keys = append(keys, k)
	}
	doc, _ := json.Marshal(keys)
	type row struct {
		id  int64
		key string
	}
	return db.Each(ctx, tx, func(rows *db.Rows, v *row) error { return rows.Scan(&v.id, &v.key) },
		func(v *row) error { set[v.key](v.id); return nil },
		`SELECT id, public_id FROM `+table+` WHERE public_id IN (`+db.InText(tx, 1)+`)`, string(doc))
}

// check refuses what the database or a page could not hold.
func (p *Product) check() error {
	switch {
	case p.Title == "":
		return errs.Field("title", "catalog.title_missing")
	case len([]rune(p.Title)) > MaxTitle:
		return errs.Field("title", "catalog.title_long", "max", MaxTitle)
	case len(p.BodyHTML) > MaxBody:
		return errs.Field("body", "catalog.body_long", "max", MaxBody)
	case len(p.Options) > MaxOptions:
		return errs.Field("options", "catalog.options_many", "max", MaxOptions)
	case len(p.Variants) == 0:
		return errs.Field("variants", "catalog.variants_none")
	case len(p.Variants) > MaxVariants:
		return errs.Field("variants", "catalog.variants_many", "max", MaxVariants)
	case len(p.Pictures) > MaxPictures:
		return errs.Field("pictures", "catalog.pictures_many", "max", MaxPictures)
	}
	for _, v := range p.Variants {
		switch {
		case v.Price < 0 || (v.Price == 0 && p.Status == Live):
			return errs.Field("price", "catalog.price_missing")
		case v.Price > money.Max || v.CompareAt < 0 || v.CompareAt > money.Max:
			return errs.Field("price", "catalog.out_of_range")
		case v.WeightG < 0 || v.WeightG > MaxWeight:
			return errs.Field("weight", "catalog.out_of_range")
		}
	}
	return p.checkTexts()
}

// checkTexts refuses NUL and what is no UTF-8 before an engine does.
func (p *Product) checkTexts() error {
	texts := append([]string{p.Handle, p.Title, p.BodyHTML, p.Brand, p.Type}, append(p.Tags, p.Options...)...)
	for _, v := range p.Variants {
		texts = append(append(texts, v.SKU, v.Barcode), v.Options[:]...)
	}
	for _, a := range p.Attributes {
		texts = append(texts, a.Name, a.Text, a.Unit)
	}
	for _, t := range p.Texts {
		texts = append(texts, t.Title, t.BodyHTML)
	}
	for _, pic := range p.Pictures {
		texts = append(texts, pic.Alt, pic.Source)
	}
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
			return errs.New(errs.Invalid, "error.bad_text")
		}
	}
	return nil
}

// taken says which name was already given away.
func taken(err error) error {
	if db.IsUnique(err) {
		return errs.New(errs.Conflict, "catalog.taken").Because(err)
	}
	if err != nil {
		return fmt.Errorf("catalog: insert: %w", err)
	}
	return nil
}
