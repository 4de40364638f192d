package checkout

import (
	"context"
	"encoding/json"

	"aromart/internal/goods/catalog"
	"aromart/internal/kit/money"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/trade/order"
)

// offer is a variant as it is sold at this moment, with all that an order line remembers of it.
type offer struct {
	id        catalog.VariantID
	product   catalog.ProductID
	seller    seller.ID
	onHand    int64
	price     money.Amount
	title     string
	forSale   bool // live, active, with a price, of an approved seller
	snapshot  order.LineSnapshot
	storeName string
	storeSlug string
}

// offers reads the variants by their public ids; unknown ones are absent.
func offers(ctx context.Context, r db.Reader, variants []string, lang string) (map[string]*offer, error) {
	ids, err := json.Marshal(variants)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*offer, len(variants))
	err = db.Each(ctx, r, scanOffer, func(o *offer) error {
		o.snapshot.ReturnDays = max(o.snapshot.ReturnDays, 0)
		out[o.snapshot.VariantID] = o
		return nil
	}, `SELECT v.id, v.public_id, v.product_id, v.seller_id, v.option1, v.option2, v.option3, v.sku, v.barcode, v.price, COALESCE(v.compare_at, 0), v.weight_g,
			COALESCE(s.on_hand, 0), COALESCE(t.title, p.title), CASE WHEN t.title IS NULL THEN p.language ELSE t.language END, p.public_id, p.slug, p.brand, COALESCE(p.category_id, 0),
			p.option1, p.option2, p.option3, v.active AND v.price > 0 AND p.status = 'live' AND se.status = 'approved',
			st.return_days, st.name, st.slug, COALESCE(pic.blob, ''), COALESCE(pic.color, '')
		FROM variants v
		JOIN products p ON p.id = v.product_id
		JOIN sellers se ON se.id = v.seller_id
		JOIN stores st ON st.seller_id = v.seller_id
		LEFT JOIN stock_levels s ON s.variant_id = v.id
		LEFT JOIN product_texts t ON t.product_id = p.id AND t.language = $2
		LEFT JOIN pictures pic ON pic.id = COALESCE(v.picture_id, (SELECT min(id) FROM pictures WHERE product_id = p.id AND position = 1))
		WHERE v.public_id IN (`+db.InText(r, 1)+`)`, string(ids), lang)
	return out, err
}

func scanOffer(rows *db.Rows, o *offer) error {
	var values, names [catalog.MaxOptions]string
	s := &o.snapshot
	if err := rows.Scan(&o.id, &s.VariantID, &o.product, &o.seller, &values[0], &values[1], &values[2], &s.SKU, &s.Barcode, &o.price, &s.CompareAt, &s.WeightG,
		&o.onHand, &o.title, &s.Language, &s.ProductID, &s.Slug, &s.Brand, &s.CategoryID,
		&names[0], &names[1], &names[2], &o.forSale, &s.ReturnDays, &o.storeName, &o.storeSlug, &s.Picture, &s.PictureColor); err != nil {
		return err
	}
	for i, name := range names {
		if name != "" && values[i] != "" {
			s.Options = append(s.Options, order.Choice{Name: name, Value: values[i]})
		}
	}
	return nil
}
