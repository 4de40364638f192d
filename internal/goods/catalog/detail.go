package catalog

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/money"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
)

// Kinds of a row of a product.
const (
	aProduct = iota + 1
	itsTexts // the rest of the product's own columns
	aPicture
	aVariant
	anAttribute
	aText
)

// detail is a row of a product or of one of the tables below it. They are read
// by one statement, because asking five times costs a page more than drawing it.
type detail struct {
	kind, position, id int64
	t                  [7]string
	n                  [5]int64
	f                  float64
}

const selectDetails = `
	SELECT 1 AS kind, CAST(0 AS BIGINT) AS position, id, public_id, handle, slug, status, language, title, brand,
		seller_id, store_id, COALESCE(category_id, 0), created_at, updated_at, CAST(0 AS DOUBLE PRECISION)
		FROM p
	UNION ALL
	SELECT 2, 0, 0, body_html, product_type, tags, option1, option2, option3, '', 0, 0, 0, 0, 0, 0
		FROM p
	UNION ALL
	SELECT 3, position, id, blob, alt, color, sha256, source, '', '', width, height, 0, 0, 0, 0
		FROM pictures WHERE product_id = (SELECT id FROM p)
	UNION ALL
	SELECT 4, v.position, v.id, v.public_id, v.option1, v.option2, v.option3, v.sku, v.barcode, CASE WHEN v.active THEN 'active' ELSE '' END,
		v.price, COALESCE(v.compare_at, 0), v.weight_g, COALESCE(v.picture_id, 0), COALESCE(s.on_hand, 0), 0
		FROM variants v LEFT JOIN stock_levels s ON s.variant_id = v.id WHERE v.product_id = (SELECT id FROM p)
	UNION ALL
	SELECT 5, position, 0, attribute, text, unit, '', '', '', '', CASE WHEN number IS NULL THEN 0 ELSE 1 END, 0, 0, 0, 0, COALESCE(number, 0)
		FROM product_attributes WHERE product_id = (SELECT id FROM p)
	UNION ALL
	SELECT 6, 0, 0, language, title, body_html, '', '', '', '', 0, 0, 0, 0, 0, 0
		FROM product_texts WHERE product_id = (SELECT id FROM p)`

// complete reads the product that meets the condition, with everything below it.
func complete(ctx context.Context, r db.Reader, cond string, args ...any) (*Product, error) {
	list, err := db.All(ctx, r, scanDetail, `WITH p AS (SELECT p.* FROM products p `+cond+`)`+selectDetails, args...)
	if err == nil && len(list) == 0 {
		err = db.ErrNoRows
	}
	if err != nil {
		return nil, db.NotFound(err)
	}
	var p Product
	return &p, p.fill(list)
}

func scanDetail(rows *db.Rows, d *detail) error {
	return rows.Scan(&d.kind, &d.position, &d.id, &d.t[0], &d.t[1], &d.t[2], &d.t[3], &d.t[4], &d.t[5], &d.t[6], &d.n[0], &d.n[1], &d.n[2], &d.n[3], &d.n[4], &d.f)
}

// fill makes the product of its rows.
func (p *Product) fill(list []detail) error {
	slices.SortFunc(list, func(a, b detail) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.position, b.position), cmp.Compare(a.id, b.id), cmp.Compare(a.t[0], b.t[0]))
	})
	place := map[int64]int{} // of a picture, from 1
	for _, d := range list {
		switch d.kind {
		case aProduct:
			p.ID, p.PublicID, p.Handle, p.Slug, p.Status, p.Language, p.Title, p.Brand = ProductID(d.id), d.t[0], d.t[1], d.t[2], d.t[3], d.t[4], d.t[5], d.t[6]
			p.Seller, p.Store, p.Category = seller.ID(d.n[0]), seller.StoreID(d.n[1]), CategoryID(d.n[2])
			p.CreatedAt, p.UpdatedAt = clock.FromMicros(d.n[3]), clock.FromMicros(d.n[4])
		case itsTexts:
			if err := p.fillTexts(&d); err != nil {
				return err
			}
		case aPicture:
			p.Pictures = append(p.Pictures, Picture{ID: d.id, Blob: d.t[0], Alt: d.t[1], Color: d.t[2], SHA256: d.t[3], Source: d.t[4], Width: int(d.n[0]), Height: int(d.n[1])})
			place[d.id] = len(p.Pictures)
		case aVariant:
			p.Variants = append(p.Variants, Variant{ID: VariantID(d.id), PublicID: d.t[0], Options: [MaxOptions]string(d.t[1:4]), SKU: d.t[4], Barcode: d.t[5],
				Price: money.Amount(d.n[0]), CompareAt: money.Amount(d.n[1]), WeightG: d.n[2], Picture: place[d.n[3]], Inactive: d.t[6] == "", OnHand: d.n[4]})
		case anAttribute:
			p.Attributes = append(p.Attributes, Attribute{Name: d.t[0], Text: d.t[1], Unit: d.t[2], IsNum: d.n[0] != 0, Number: d.f})
		case aText:
			if p.Texts == nil {
				p.Texts = map[string]Text{}
			}
			p.Texts[d.t[0]] = Text{Title: d.t[1], BodyHTML: d.t[2]}
		}
	}
	return nil
}

func (p *Product) fillTexts(d *detail) error {
	p.BodyHTML, p.Type = d.t[0], d.t[1]
	for _, name := range d.t[3:6] {
		if name != "" {
			p.Options = append(p.Options, name)
		}
	}
	if tags := d.t[2]; tags != "" && tags != "[]" {
		return json.Unmarshal([]byte(tags), &p.Tags)
	}
	return nil
}
