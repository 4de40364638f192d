package exchange

import (
	"io"
	"slices"
	"strconv"
	"strings"
)

// shopifyHeader is what WriteShopify writes before the attributes, in the
// vocabulary of Shopify's own exports, which its importer reads as well.
var shopifyHeader = []string{"Handle", "Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags", "Published",
	"Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value", "Option3 Name", "Option3 Value",
	"Variant SKU", "Variant Grams", "Variant Inventory Tracker", "Variant Inventory Qty", "Variant Inventory Policy",
	"Variant Fulfillment Service", "Variant Price", "Variant Compare At Price", "Variant Requires Shipping", "Variant Taxable",
	"Variant Barcode", "Image Src", "Image Position", "Image Alt Text", "Variant Image", "Variant Weight Unit", "Status"}

// ShopifyWriter writes products as Shopify CSV, one by one.
type ShopifyWriter struct {
	out        *writer
	exponent   int
	attributes []string
	wrote      bool
}

// NewShopifyWriter takes the names of all attributes that will come, because
// each is a column. exponent is the number of decimals of the market's currency.
func NewShopifyWriter(w io.Writer, exponent int, attributes []string) *ShopifyWriter {
	return &ShopifyWriter{out: newWriter(w), exponent: exponent, attributes: attributes}
}

// Write writes the rows of a product: a variant and a picture share a row as
// long as there are both.
func (w *ShopifyWriter) Write(p *Product) error {
	w.header()
	for i := range max(len(p.Variants), len(p.Pictures)) {
		cells := make([]string, len(shopifyHeader), len(shopifyHeader)+len(w.attributes))
		set := func(column, value string) { cells[shopifyColumn[column]] = value }
		set("Handle", p.Handle)
		if i == 0 {
			w.product(p, set)
		}
		if i < len(p.Variants) {
			w.variant(p, &p.Variants[i], set)
		}
		if i < len(p.Pictures) {
			set("Image Src", p.Pictures[i].Src)
			set("Image Position", strconv.Itoa(i+1))
			set("Image Alt Text", p.Pictures[i].Alt)
		}
		for _, name := range w.attributes {
			if i == 0 {
				cells = append(cells, p.attribute(name))
			} else {
				cells = append(cells, "")
			}
		}
		w.out.row(cells...)
	}
	return w.out.err
}

func (w *ShopifyWriter) header() {
	if w.wrote {
		return
	}
	w.wrote = true
	names := slices.Clone(shopifyHeader)
	for _, a := range w.attributes {
		names = append(names, a+" (product.metafields.aromart."+strings.ReplaceAll(slug(a), "-", "_")+")")
	}
	w.out.row(names...)
}

var shopifyColumn = func() map[string]int {
	m := map[string]int{}
	for i, name := range shopifyHeader {
		m[name] = i
	}
	return m
}()

func (w *ShopifyWriter) product(p *Product, set func(column, value string)) {
	set("Title", p.Title)
	set("Body (HTML)", p.BodyHTML)
	set("Vendor", p.Vendor)
	set("Product Category", p.Category)
	set("Type", p.ProductType)
	set("Tags", strings.Join(p.Tags, ", "))
	switch p.Status {
	case Live:
		set("Published", "true")
		set("Status", "active")
	case Draft:
		set("Published", "false")
		set("Status", "draft")
	case Hidden:
		set("Published", "false")
		set("Status", "active")
	}
	for i, name := range p.Options {
		set("Option"+strconv.Itoa(i+1)+" Name", name)
	}
	if len(p.Options) == 0 {
		set("Option1 Name", "Title")
	}
}

func (w *ShopifyWriter) variant(p *Product, v *Variant, set func(column, value string)) {
	for i, value := range v.Values {
		set("Option"+strconv.Itoa(i+1)+" Value", value)
	}
	if len(p.Options) == 0 {
		set("Option1 Value", "Default Title")
	}
	set("Variant SKU", v.SKU)
	set("Variant Barcode", v.Barcode)
	if v.Weight >= 0 {
		set("Variant Grams", strconv.FormatInt(v.Weight, 10))
	}
	set("Variant Weight Unit", "g")
	if v.HasStock {
		set("Variant Inventory Tracker", "shopify")
		set("Variant Inventory Qty", strconv.FormatInt(v.Stock, 10))
	}
	set("Variant Inventory Policy", "deny")
	set("Variant Fulfillment Service", "manual")
	if v.Price > 0 {
		set("Variant Price", formatDecimal(int64(v.Price), w.exponent))
	}
	if v.CompareAt > 0 {
		set("Variant Compare At Price", formatDecimal(int64(v.CompareAt), w.exponent))
	}
	set("Variant Requires Shipping", "true")
	set("Variant Taxable", "true")
	set("Variant Image", v.Picture)
}

// Flush writes what is left; a file without a product still has its header.
func (w *ShopifyWriter) Flush() error {
	w.header()
	return w.out.flush()
}
