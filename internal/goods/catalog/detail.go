package catalog

import (
	"cmp"
	"context"
	"slices"

	"aromart/internal/kit/money"
	"aromart/internal/platform/db"
)

// Kinds of a detail.
const (
	aPicture = iota + 1
	aVariant
	anAttribute
	aText
)

// detail is a row of one of the tables below a product. They are read by one
// statement, because asking four times costs a page more than drawing it.
type detail struct {
	kind, position, id int64
	t                  [6]string
	n                  [6]int64
	f                  float64
}

const selectDetails = `
	SELECT 1, position, id, blob, alt, color, sha256, source, '', width, height, CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS DOUBLE PRECISION)
		FROM pictures WHERE product_id = $1
	UNION ALL
	SELECT 2, v.position, v.id, v.public_id, v.option1, v.option2, v.option3, v.sku, v.barcode, v.price, COALESCE(v.compare_at, 0), v.weight_g,
		COALESCE(v.picture_id, 0), CASE WHEN v.active THEN 1 ELSE 0 END, COALESCE(s.on_hand, 0), 0
		FROM variants v LEFT JOIN stock_levels s ON s.variant_id = v.id WHERE v.product_id = $1
	UNION ALL
	SELECT 3, position, 0, attribute, text, unit, '', '', '', CASE WHEN number IS NULL THEN 0 ELSE 1 END, 0, 0, 0, 0, 0, COALESCE(number, 0)
		FROM product_attributes WHERE product_id = $1
	UNION ALL
	SELECT 4, 0, 0, language, title, body_html, '', '', '', 0, 0, 0, 0, 0, 0, 0
		FROM product_texts WHERE product_id = $1`

func scanDetail(rows *db.Rows, d *detail) error {
	return rows.Scan(&d.kind, &d.position, &d.id, &d.t[0], &d.t[1], &d.t[2], &d.t[3], &d.t[4], &d.t[5], &d.n[0], &d.n[1], &d.n[2], &d.n[3], &d.n[4], &d.n[5], &d.f)
}

// readDetails fills in pictures, variants, attributes and translations.
func (p *Product) readDetails(ctx context.Context, r db.Reader) error {
	list, err := db.All(ctx, r, scanDetail, selectDetails, int64(p.ID))
	if err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b detail) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.position, b.position), cmp.Compare(a.id, b.id), cmp.Compare(a.t[0], b.t[0]))
	})
	place := map[int64]int{} // of a picture, from 1
	for _, d := range list {
		switch d.kind {
		case aPicture:
			p.Pictures = append(p.Pictures, Picture{ID: d.id, Blob: d.t[0], Alt: d.t[1], Color: d.t[2], SHA256: d.t[3], Source: d.t[4], Width: int(d.n[0]), Height: int(d.n[1])})
			place[d.id] = len(p.Pictures)
		case aVariant:
			p.Variants = append(p.Variants, Variant{ID: VariantID(d.id), PublicID: d.t[0], Options: [MaxOptions]string(d.t[1:4]), SKU: d.t[4], Barcode: d.t[5],
				Price: money.Amount(d.n[0]), CompareAt: money.Amount(d.n[1]), WeightG: d.n[2], Picture: place[d.n[3]], Inactive: d.n[4] == 0, OnHand: d.n[5]})
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
