package exchange

import (
	"context"
	"io"
	"strings"

	"aromart/internal/goods/catalog"
	"aromart/internal/market"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
)

// exportPage is how many products are looked up at a time.
const exportPage = 200

// Export writes a store's products as Shopify CSV, which Import reads back
// unchanged. exponent is the number of decimals of the market's currency.
// Products removed by the marketplace and variants no longer offered are left
// out. It returns how many products it wrote.
func Export(ctx context.Context, r db.Reader, store seller.Store, exponent int, w io.Writer) (int, error) {
	attributes, err := exportAttributes(ctx, r, store.ID)
	if err != nil {
		return 0, err
	}
	out := NewShopifyWriter(w, exponent, attributes)
	n := 0
	for after := catalog.ProductID(0); ; {
		ids, err := catalog.IDs(ctx, r, store.ID, after, exportPage)
		if err != nil {
			return n, err
		}
		for _, id := range ids {
			p, err := catalog.ByID(ctx, r, id)
			if err != nil {
				return n, err
			}
			if err := out.Write(fileProduct(p)); err != nil {
				return n, err
			}
			n++
		}
		if len(ids) < exportPage {
			return n, out.Flush()
		}
		after = ids[len(ids)-1]
	}
}

// exportAttributes are the columns for all attributes that the store's products have.
func exportAttributes(ctx context.Context, r db.Reader, store seller.StoreID) ([]string, error) {
	names, err := db.All(ctx, r, db.String, `SELECT DISTINCT a.attribute FROM product_attributes a JOIN products p ON p.id = a.product_id
		WHERE p.store_id = $1 AND p.status <> 'removed' ORDER BY a.attribute`, int64(store))
	if err != nil {
		return nil, err
	}
	var labels []string
	seen := map[string]bool{}
	for _, name := range names {
		if label := attributeLabel(name); !seen[strings.ToLower(label)] {
			seen[strings.ToLower(label)] = true
			labels = append(labels, label)
		}
	}
	return labels, nil
}

// fileProduct is a stored product in the form of a file.
func fileProduct(p *catalog.Product) *Product {
	out := &Product{Handle: p.Handle, Title: p.Title, BodyHTML: p.BodyHTML, Vendor: p.Brand, ProductType: p.Type, Category: categoryText(p),
		Tags: p.Tags, Options: p.Options, Status: Status(p.Status), Attributes: fileAttributes(p.Attributes)}
	for _, pic := range p.Pictures {
		out.Pictures = append(out.Pictures, Picture{sourceOf(pic), pic.Alt})
	}
	for _, v := range p.Variants {
		if v.Inactive {
			continue
		}
		fv := Variant{SKU: v.SKU, Barcode: v.Barcode, Price: v.Price, CompareAt: v.CompareAt, Weight: v.WeightG, Stock: v.OnHand, HasStock: true}
		fv.Values = append(fv.Values, v.Options[:len(p.Options)]...)
		if v.Picture > 0 && v.Picture <= len(p.Pictures) {
			fv.Picture = sourceOf(p.Pictures[v.Picture-1])
		}
		out.Variants = append(out.Variants, fv)
	}
	return out
}

// categoryText names a category by its path where that leads back to it, else by its id.
func categoryText(p *catalog.Product) string {
	if p.Category == 0 {
		return ""
	}
	var path []string
	for _, c := range market.CategoryPath(int64(p.Category)) {
		path = append(path, c.Name.En)
	}
	text := strings.Join(path, " > ")
	if id, ok := market.MapCategory(text); ok && id == int64(p.Category) {
		return text
	}
	return formatDecimal(int64(p.Category), 0)
}
