package exchange

import (
	"regexp"
	"strconv"
	"strings"

	"aromart/internal/goods/catalog"
)

// newShopifyNames maps the header vocabulary that Shopify's samples have used
// since 2024 to the older one, which its exports still have.
var newShopifyNames = map[string]string{
	"url handle": "handle", "description": "body (html)", "product type": "type", "published on online store": "published",
	"sku": "variant sku", "barcode": "variant barcode", "price": "variant price", "compare-at price": "variant compare at price",
	"inventory tracker": "variant inventory tracker", "inventory quantity": "variant inventory qty",
	"continue selling when out of stock": "variant inventory policy", "weight value (grams)": "variant grams",
	"weight unit for display": "variant weight unit", "requires shipping": "variant requires shipping",
	"fulfillment service": "variant fulfillment service", "charge tax": "variant taxable", "tax code": "variant tax code",
	"product image url": "image src", "variant image url": "variant image",
	"google shopping / google product category":        "google shopping / google product category",
	"google shopping / manufacturer part number (mpn)": "google shopping / mpn",
	"google shopping / ad group name":                  "google shopping / adwords grouping",
	"google shopping / ads labels":                     "google shopping / adwords labels",
}

// shopifyAside are columns that a catalog of ours has no place for, by design
// or because the market decides it (tax, delivery). They are passed over silently.
var shopifyAside = regexp.MustCompile(`^(variant (inventory tracker|inventory policy|fulfillment service|requires shipping|taxable|tax code|weight unit)|` +
	`cost per item|seo (title|description)|option[123] linked to|unit price .*|included / .*|(price|compare.at price) / .*|` +
	`google shopping / (adwords.*|custom.*)|collection|published scope|template suffix|image (width|height))$`)

var metafield = regexp.MustCompile(`^(.*?)\s*\((product\.metafields\.([^.)]+)[^)]*)\)$`)

// metafieldsAside are namespaces that hold no fact about the goods.
var metafieldsAside = map[string]bool{"shopify--discovery--product_recommendation": true, "shopify--discovery--product_search_boost": true, "mm-google-shopping": true, "reviews": true}

// shopifyColumns is where the fields stand in this file, -1 where they do not.
type shopifyColumns struct {
	handle, title, body, vendor, category, google, kind, tags, published, status, gift  int
	optionName, optionValue                                                             [catalog.MaxOptions]int
	sku, barcode, price, compare, grams, stock, image, imagePlace, imageAlt, variantPic int
	attributes                                                                          []attributeColumn
	has                                                                                 Fields
}

type attributeColumn struct {
	at   int
	name string
}

// isShopify reports whether the header is Shopify's, in either vocabulary.
func isShopify(h *header) bool {
	return h.at("handle") >= 0 && (h.at("title") >= 0 || h.at("variant sku") >= 0 || h.at("body (html)") >= 0 || h.at("variant price") >= 0) ||
		h.at("url handle") >= 0 && h.at("title") >= 0
}

func newShopifyColumns(h *header, b *builder) *shopifyColumns {
	at := func(name string) int {
		if i := h.at(name); i >= 0 {
			return i
		}
		for modern, old := range newShopifyNames {
			if old == name && h.at(modern) >= 0 {
				return h.at(modern)
			}
		}
		return -1
	}
	c := &shopifyColumns{
		handle: at("handle"), title: at("title"), body: at("body (html)"), vendor: at("vendor"), category: at("product category"),
		google: at("google shopping / google product category"), kind: at("type"), tags: at("tags"), published: at("published"),
		status: at("status"), gift: at("gift card"), sku: at("variant sku"), barcode: at("variant barcode"), price: at("variant price"),
		compare: at("variant compare at price"), grams: at("variant grams"), stock: at("variant inventory qty"), image: at("image src"),
		imagePlace: at("image position"), imageAlt: at("image alt text"), variantPic: at("variant image"),
	}
	known := map[int]bool{}
	for _, i := range []int{c.handle, c.title, c.body, c.vendor, c.category, c.google, c.kind, c.tags, c.published, c.status, c.gift, c.sku,
		c.barcode, c.price, c.compare, c.grams, c.stock, c.image, c.imagePlace, c.imageAlt, c.variantPic} {
		known[i] = true
	}
	for i := range c.optionName {
		n := strconv.Itoa(i + 1)
		c.optionName[i], c.optionValue[i] = at("option"+n+" name"), at("option"+n+" value")
		known[c.optionName[i]], known[c.optionValue[i]] = true, true
	}
	for f, i := range map[Fields]int{HasTitle: c.title, HasBody: c.body, HasVendor: c.vendor, HasType: c.kind, HasTags: c.tags, HasSKU: c.sku,
		HasBarcode: c.barcode, HasPrice: c.price, HasCompareAt: c.compare, HasWeight: c.grams, HasStock: c.stock,
		HasCategory: max(c.category, c.google), HasStatus: max(c.status, c.published)} {
		if i >= 0 {
			c.has |= f
		}
	}
	for i, name := range h.names {
		if !known[i] {
			c.other(i, name, b)
		}
	}
	return c
}

// other finds attributes among the remaining columns and names those that are not used.
func (c *shopifyColumns) other(i int, name string, b *builder) {
	lower := strings.ToLower(name)
	if old, ok := newShopifyNames[lower]; ok {
		lower = old
	}
	if m := metafield.FindStringSubmatch(name); m != nil {
		if !metafieldsAside[m[3]] && tidy(m[1]) != "" {
			c.attributes = append(c.attributes, attributeColumn{i, tidy(m[1])})
		}
		return
	}
	switch lower {
	case "google shopping / gender":
		c.attributes = append(c.attributes, attributeColumn{i, "Gender"})
	case "google shopping / age group":
		c.attributes = append(c.attributes, attributeColumn{i, "Age group"})
	case "google shopping / condition":
		c.attributes = append(c.attributes, attributeColumn{i, "Condition"})
	case "google shopping / mpn":
		c.attributes = append(c.attributes, attributeColumn{i, "MPN"})
	case blankColumn:
	default:
		if !shopifyAside.MatchString(lower) {
			b.once(lower, 1, name, "", Note, "exchange.column_unused")
		}
	}
}

// readShopify gathers a Shopify file: the first row of a handle holds the
// product and its first variant, later ones more variants or only a picture.
func readShopify(src rows, b *builder) error {
	b.decimal = PointDecimal
	c := newShopifyColumns(src.header(), b)
	if c.price < 0 {
		b.once("", 1, "", "", Note, "exchange.no_price_column")
	}
	return each(src, func(rec record) { c.row(rec, b, src.header()) })
}

func each(src rows, f func(record)) error {
	for {
		rec, err := src.next()
		if err != nil {
			return endOfFile(err)
		}
		f(rec)
	}
}

func (c *shopifyColumns) row(rec record, b *builder, h *header) {
	get := func(at int) field {
		if at < 0 {
			return field{row: rec.row}
		}
		return field{rec.row, h.names[at], rec.cell(at)}
	}
	title := b.line(get(c.title), catalog.MaxTitle)
	handle := b.line(get(c.handle), maxHandle)
	if handle == "" {
		if handle = slug(title); handle == "" {
			b.report.add(rec.row, h.names[c.handle], "", Error, "exchange.handle_missing")
			return
		}
		b.report.add(rec.row, h.names[c.handle], title, Warning, "exchange.handle_made", "handle", handle)
	}
	p, first := b.product(rec.row, handle, c.has)
	otherTitle := ""
	if first {
		c.firstRow(p, title, get, b)
	} else if title != "" && title != p.Title {
		otherTitle = title
	}
	if first || c.hasVariant(rec) {
		v, ok := c.variant(p, get, b)
		if !ok || !b.variant(p, v, otherTitle) {
			return
		}
	}
	place, _ := strconv.Atoi(strings.TrimSuffix(tidy(get(c.imagePlace).text), ".0"))
	b.picture(p, get(c.image), get(c.imageAlt).text, min(max(place, 0), 1<<20))
	b.picture(p, get(c.variantPic), "", 0)
}

// hasVariant: a row without option value, code and price only carries a picture.
func (c *shopifyColumns) hasVariant(rec record) bool {
	for _, at := range []int{c.optionValue[0], c.optionValue[1], c.optionValue[2], c.sku, c.price, c.barcode} {
		if tidy(rec.cell(at)) != "" {
			return true
		}
	}
	return false
}

func (c *shopifyColumns) firstRow(p *Product, title string, get func(int) field, b *builder) {
	p.Title = title
	p.BodyHTML = b.body(get(c.body))
	p.Vendor = b.line(get(c.vendor), maxName)
	p.ProductType = b.line(get(c.kind), maxName)
	p.Tags = b.list(get(c.tags), ",", maxTags)
	p.Category = b.line(get(c.category), maxText)
	if p.Category == "" || strings.EqualFold(p.Category, "Uncategorized") {
		p.Category = b.line(get(c.google), maxText)
	}
	p.Status = c.statusOf(get, b)
	for i := range c.optionName {
		name := b.line(get(c.optionName[i]), maxName)
		if name == "" && tidy(get(c.optionValue[i]).text) != "" {
			name = "Option " + strconv.Itoa(i+1)
		}
		if name == "" {
			break
		}
		p.Options = append(p.Options, name)
	}
	for _, a := range c.attributes {
		b.attribute(p, a.name, get(a.at))
	}
}

func (c *shopifyColumns) statusOf(get func(int) field, b *builder) Status {
	status := Status("")
	switch f := get(c.status); strings.ToLower(tidy(f.text)) {
	case "":
	case "active":
		status = Live
	case "draft":
		status = Draft
	case "archived", "unlisted":
		status = Hidden
	default:
		status = Draft
		b.note(f, Warning, "exchange.status_unknown")
	}
	switch strings.ToLower(tidy(get(c.published).text)) {
	case "false", "no", "0":
		if status != Draft {
			status = Hidden
		}
	case "true", "yes", "1":
		if status == "" {
			status = Live
		}
	}
	if f := get(c.gift); strings.EqualFold(tidy(f.text), "true") {
		b.note(f, Warning, "exchange.gift_card")
		status = Draft
	}
	return status
}

// variant reads the variant of a row; it fails when a named option has no value.
func (c *shopifyColumns) variant(p *Product, get func(int) field, b *builder) (v Variant, ok bool) {
	v.Row = get(-1).row
	for i := range p.Options {
		f := get(c.optionValue[i])
		value := b.line(f, maxValue)
		if value == "" {
			if len(p.Variants) > 0 || len(p.Options) > 1 {
				b.note(f, Error, "exchange.option_empty", "option", p.Options[i])
				return v, false
			}
			value = "Default Title"
		}
		v.Values = append(v.Values, value)
	}
	for i := len(p.Options); i < len(c.optionValue); i++ {
		if f := get(c.optionValue[i]); tidy(f.text) != "" {
			b.note(f, Error, "exchange.option_unnamed", "n", i+1)
			return v, false
		}
	}
	v.SKU = b.line(get(c.sku), maxValue)
	v.Barcode = b.barcode(get(c.barcode))
	b.prices(&v, get(c.price), get(c.compare), c.has)
	v.Weight = b.weight(get(c.grams), "g")
	b.stock(&v, get(c.stock))
	v.Picture = b.address(get(c.variantPic))
	return v, true
}

// address is the address of a picture as Product.Pictures keeps it.
func (b *builder) address(f field) string {
	if s := tidy(f.text); len(s) <= maxText {
		return s
	}
	return ""
}
