package exchange

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"aromart/internal/goods/catalog"
)

// wooItem is one row of a WooCommerce export, or one item of a WordPress
// export: a product, or a variation of one.
type wooItem struct {
	row                                                      int
	id, sku, parent, slug                                    field
	kinds                                                    []string // simple, variable, variation, grouped, external, virtual, downloadable
	name, short, body, brand, tags                           field
	published, visibility, categories, images                field
	regular, sale, saleFrom, saleTo, stock, inStock, barcode field
	weight                                                   field
	weightUnit                                               string
	attributes                                               []wooAttribute
	facts                                                    []field // further facts; column is the attribute's name
}

// wooAttribute is a choice when a variation names it, else a fact.
type wooAttribute struct {
	name   field
	values []string
}

func (i *wooItem) is(kind string) bool { return slices.Contains(i.kinds, kind) }

func isWoo(h *header) bool {
	return h.at("type") >= 0 && h.at("name") >= 0 && (h.at("regular price") >= 0 || h.at("parent") >= 0 && h.at("sku") >= 0)
}

var (
	wooWeight    = regexp.MustCompile(`(?i)^weight \((\w+)\)$`)
	wooSize      = regexp.MustCompile(`(?i)^(length|width|height) \((\w+)\)$`)
	wooAttrName  = regexp.MustCompile(`(?i)^attribute (\d+) name$`)
	wooAside     = regexp.MustCompile(`(?i)^(id|is featured\?|tax status|tax class|low stock amount|backorders allowed\?|sold individually\?|allow customer reviews\?|purchase note|shipping class|download .*|grouped products|upsells|cross-sells|external url|button text|position|meta: .*|attribute \d+ .*|swatches.*)$`)
	wooEscape    = strings.NewReplacer(`\n`, "\n", `\r`, "", `\t`, " ")
	wooSplit     = regexp.MustCompile(`\s*,\s*`)
	wooEscapeSep = strings.NewReplacer(`\,`, "\x00")
)

// readWoo gathers a WooCommerce CSV. Variations may stand before or after
// their parents, so all rows are read before products are made.
func readWoo(src rows, b *builder) error {
	h := src.header()
	c := newWooColumns(h, b)
	var items []*wooItem
	err := each(src, func(rec record) { items = append(items, c.item(rec)) })
	if err != nil {
		return err
	}
	b.wooProducts(items, c.has)
	return nil
}

type wooColumns struct {
	h          *header
	weightAt   int
	weightUnit string
	sizes      []attributeColumn // name with the unit in brackets
	attributes [][2]int          // name, values
	has        Fields
}

func newWooColumns(h *header, b *builder) *wooColumns {
	c := &wooColumns{h: h, weightAt: -1}
	known := []string{"type", "sku", "name", "published", "visibility in catalog", "short description", "description", "date sale price starts",
		"date sale price ends", "in stock?", "stock", "sale price", "regular price", "categories", "tags", "images", "parent", "brands", "brand",
		"gtin, upc, ean, or isbn", "slug", blankColumn}
	for i, name := range h.names {
		lower := strings.ToLower(name)
		if m := wooWeight.FindStringSubmatch(name); m != nil {
			c.weightAt, c.weightUnit = i, m[1]
		} else if m := wooSize.FindStringSubmatch(name); m != nil {
			c.sizes = append(c.sizes, attributeColumn{i, m[1] + "\x00" + m[2]})
		} else if m := wooAttrName.FindStringSubmatch(name); m != nil {
			c.attributes = append(c.attributes, [2]int{i, h.at("attribute " + m[1] + " value(s)")})
		} else if !slices.Contains(known, lower) && !wooAside.MatchString(name) {
			b.once(lower, 1, name, "", Note, "exchange.column_unused")
		}
	}
	for f, names := range map[Fields][]string{HasTitle: {"name"}, HasBody: {"description", "short description"}, HasVendor: {"brands", "brand"},
		HasCategory: {"categories"}, HasTags: {"tags"}, HasStatus: {"published"}, HasSKU: {"sku"}, HasBarcode: {"gtin, upc, ean, or isbn"},
		HasPrice: {"regular price", "sale price"}, HasCompareAt: {"regular price"}, HasStock: {"stock", "in stock?"}} {
		for _, name := range names {
			if h.at(name) >= 0 {
				c.has |= f
			}
		}
	}
	if c.weightAt >= 0 {
		c.has |= HasWeight
	}
	return c
}

func (c *wooColumns) item(rec record) *wooItem {
	at := func(i int) field {
		if i < 0 {
			return field{row: rec.row}
		}
		return field{rec.row, c.h.names[i], rec.cell(i)}
	}
	get := func(names ...string) field {
		for _, name := range names {
			if f := at(c.h.at(name)); f.text != "" {
				return f
			}
		}
		return at(c.h.at(names[0]))
	}
	i := &wooItem{row: rec.row, id: get("id"), sku: get("sku"), parent: get("parent"), slug: get("slug"), name: get("name"),
		short: get("short description"), body: get("description"), brand: get("brands", "brand"), tags: get("tags"), published: get("published"),
		visibility: get("visibility in catalog"), categories: get("categories"), images: get("images"), regular: get("regular price"),
		sale: get("sale price"), saleFrom: get("date sale price starts"), saleTo: get("date sale price ends"), stock: get("stock"),
		inStock: get("in stock?"), barcode: get("gtin, upc, ean, or isbn"), weight: at(c.weightAt), weightUnit: c.weightUnit}
	i.short.text, i.body.text = wooEscape.Replace(i.short.text), wooEscape.Replace(i.body.text)
	i.kinds = wooList(strings.ToLower(get("type").text))
	for _, a := range c.attributes {
		if name := at(a[0]); tidy(name.text) != "" {
			i.attributes = append(i.attributes, wooAttribute{name, wooList(at(a[1]).text)})
		}
	}
	for _, size := range c.sizes {
		name, unit, _ := strings.Cut(size.name, "\x00")
		if f := at(size.at); tidy(f.text) != "" {
			i.facts = append(i.facts, field{rec.row, name, tidy(f.text) + " " + unit})
		}
	}
	return i
}

// wooList splits at commas that are not escaped.
func wooList(s string) []string {
	var out []string
	for _, v := range wooSplit.Split(wooEscapeSep.Replace(s), -1) {
		if v = tidy(strings.ReplaceAll(v, "\x00", ",")); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// wooProducts makes products of the items, variations joined to their parents.
func (b *builder) wooProducts(items []*wooItem, has Fields) {
	children := map[*wooItem][]*wooItem{}
	parents := map[string]*wooItem{}
	for _, i := range items {
		if !i.is("variation") {
			parents["id:"+tidy(i.id.text)] = i
			if sku := tidy(i.sku.text); sku != "" && parents[sku] == nil {
				parents[sku] = i
			}
		}
	}
	for _, i := range items {
		if !i.is("variation") {
			continue
		}
		parent := parents[strings.ReplaceAll(tidy(i.parent.text), "id: ", "id:")]
		if tidy(i.parent.text) == "" || parent == nil {
			b.note(i.parent, Error, "exchange.parent_missing", "parent", shorten(i.parent.text))
			continue
		}
		children[parent] = append(children[parent], i)
	}
	for _, i := range items {
		if !i.is("variation") {
			b.wooProduct(i, children[i], has)
		}
	}
}

func (b *builder) wooProduct(i *wooItem, children []*wooItem, has Fields) {
	title := b.line(i.name, catalog.MaxTitle)
	if title == "" {
		b.note(i.name, Error, "exchange.title_missing")
		for _, c := range children {
			b.note(c.name, Error, "exchange.parent_missing", "parent", shorten(c.parent.text))
		}
		return
	}
	p, _ := b.product(i.row, b.wooHandle(i, title), has)
	p.Title = title
	p.BodyHTML = b.body(i.wooBody())
	p.Vendor = b.line(i.brand, maxName)
	p.Tags = b.list(i.tags, ",", maxTags)
	p.Category = b.wooCategory(i)
	p.Status = b.wooStatus(i)
	for _, src := range strings.FieldsFunc(i.images.text, func(r rune) bool { return r == ',' || r == '\n' }) {
		b.picture(p, field{i.row, i.images.column, src}, "", 0)
	}
	for _, f := range i.facts {
		b.attribute(p, f.column, f)
	}
	if len(children) == 0 {
		b.wooFacts(p, i, nil)
		v := b.wooVariant(i, i, has)
		if i.is("variable") {
			b.note(i.name, Warning, "exchange.variations_none")
			p.Status = Draft
		}
		b.variant(p, v, "")
		return
	}
	options := b.wooOptions(i, children)
	b.wooFacts(p, i, options)
	if len(options) > catalog.MaxOptions {
		b.report.add(i.row, "", strings.Join(options, ", "), Error, "exchange.options_many", "limit", catalog.MaxOptions)
		p.Options, options = nil, nil
		p.Status, children = Draft, children[:1]
	}
	p.Options = options
	for _, c := range children {
		p.Rows = append(p.Rows, c.row)
		b.wooVariation(p, i, c, has)
	}
	if len(p.Variants) == 0 { // each was wrong; the product itself still arrives, as a draft
		p.Options, p.Status = nil, Draft
		b.variant(p, b.wooVariant(i, i, has), "")
	}
}

// wooHandle: the address of the product if the file has it, else its name; the
// second product of a name gets its id behind it.
func (b *builder) wooHandle(i *wooItem, title string) string {
	handle := b.line(i.slug, maxHandle)
	if handle == "" {
		handle = slug(title)
	}
	if handle == "" || b.byHandle[handle] != nil {
		id := slug(i.id.text)
		if id == "" {
			id = slug(i.sku.text)
		}
		handle = strings.Trim(handle+"-"+id, "-")
	}
	for base, n := handle, 2; handle == "" || b.byHandle[handle] != nil; n++ {
		handle = strings.Trim(base+"-"+strconv.Itoa(n), "-")
	}
	return handle
}

// wooBody sets the short description before the long one, as a product page does.
func (i *wooItem) wooBody() field {
	short, long := strings.TrimSpace(i.short.text), strings.TrimSpace(i.body.text)
	if short == "" || long == "" {
		return field{i.row, i.body.column, short + long}
	}
	return field{i.row, i.body.column, asBlocks(short) + "\n" + asBlocks(long)}
}

func asBlocks(s string) string {
	if blockTag.MatchString(s) {
		return s
	}
	return paragraphs(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s))
}

// wooCategory takes the deepest of the categories, the first of equals.
func (b *builder) wooCategory(i *wooItem) string {
	best, depth := "", 0
	for _, path := range wooList(i.categories.text) {
		if d := strings.Count(path, ">") + 1; d > depth && !strings.EqualFold(path, "Uncategorized") {
			best, depth = path, d
		}
	}
	return b.line(field{i.row, i.categories.column, best}, maxText)
}

func (b *builder) wooStatus(i *wooItem) Status {
	status := Status("")
	switch tidy(i.published.text) {
	case "":
	case "1":
		status = Live
	case "0":
		status = Hidden
	default:
		status = Draft
	}
	if strings.EqualFold(tidy(i.visibility.text), "hidden") && status != Draft {
		status = Hidden
	}
	for _, not := range [][2]string{{"grouped", "exchange.woo_grouped"}, {"external", "exchange.woo_external"}, {"downloadable", "exchange.woo_digital"}} {
		if i.is(not[0]) {
			b.report.add(i.row, "Type", strings.Join(i.kinds, ", "), Warning, not[1])
			status = Draft
		}
	}
	return status
}

// wooOptions are the attributes that at least one variation names, in the parent's order.
func (b *builder) wooOptions(parent *wooItem, children []*wooItem) []string {
	var names []string
	used := map[string]bool{}
	for _, c := range children {
		for _, a := range c.attributes {
			used[strings.ToLower(tidy(a.name.text))] = true
		}
	}
	for _, item := range append([]*wooItem{parent}, children...) {
		for _, a := range item.attributes {
			name := b.line(a.name, maxName)
			if used[strings.ToLower(name)] && !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) {
				names = append(names, name)
			}
		}
	}
	return names
}

func (b *builder) wooFacts(p *Product, i *wooItem, options []string) {
	for _, a := range i.attributes {
		name := tidy(a.name.text)
		if !slices.ContainsFunc(options, func(n string) bool { return strings.EqualFold(n, name) }) {
			b.attribute(p, name, field{i.row, a.name.column, strings.Join(a.values, "; ")})
		}
	}
}

// wooVariation adds a variation. One that leaves an option open ("any size")
// stands for each of the parent's values, because a buyer has to choose one.
func (b *builder) wooVariation(p *Product, parent, c *wooItem, has Fields) {
	combos := [][]string{nil}
	for _, option := range p.Options {
		values := c.values(option)
		if len(values) == 0 {
			values = parent.values(option)
		}
		if len(values) == 0 {
			b.report.add(c.row, "", "", Error, "exchange.option_empty", "option", option)
			return
		}
		var next [][]string
		for _, combo := range combos {
			for _, v := range values {
				v = b.line(field{c.row, option, v}, maxValue)
				next = append(next, append(slices.Clip(combo), v))
			}
		}
		combos = next
		if len(combos) > 10*catalog.MaxVariants {
			break
		}
	}
	before := len(p.Pictures)
	for _, src := range strings.FieldsFunc(c.images.text, func(r rune) bool { return r == ',' }) {
		b.picture(p, field{c.row, c.images.column, src}, "", 0)
	}
	v := b.wooVariant(c, parent, has)
	if first, _, _ := strings.Cut(c.images.text, ","); tidy(first) != "" && len(p.Pictures) >= before {
		v.Picture = b.address(field{text: first})
	}
	if strings.TrimSpace(c.published.text) == "0" {
		b.note(c.published, Warning, "exchange.variation_hidden")
	}
	if len(combos) > 1 {
		b.report.add(c.row, "", "", Note, "exchange.variation_any", "n", len(combos))
	}
	for _, combo := range combos {
		v.Values = combo
		if len(combo) < len(p.Options) || !b.variant(p, v, "") {
			break
		}
	}
}

func (i *wooItem) values(option string) []string {
	for _, a := range i.attributes {
		if strings.EqualFold(tidy(a.name.text), option) {
			return a.values
		}
	}
	return nil
}

// wooVariant reads price, stock and weight; a variation without a weight has its parent's.
func (b *builder) wooVariant(i, parent *wooItem, has Fields) Variant {
	v := Variant{Row: i.row, SKU: b.line(i.sku, maxValue), Barcode: b.barcode(i.barcode)}
	price, compare := i.regular, field{row: i.row}
	if strings.TrimSpace(i.sale.text) != "" && i.onSale(b.opts.Now) {
		price, compare = i.sale, i.regular
	}
	b.prices(&v, price, compare, has)
	v.Weight = b.weight(i.weight, i.weightUnit)
	if v.Weight < 0 {
		v.Weight = b.weight(parent.weight, parent.weightUnit)
	}
	stock := i.stock
	if strings.EqualFold(tidy(stock.text), "parent") {
		stock = parent.stock
	}
	b.stock(&v, stock)
	if tidy(i.inStock.text) == "0" {
		v.Stock, v.HasStock = 0, true
	}
	return v
}

// onSale: a sale without dates holds; one with dates holds between them.
func (i *wooItem) onSale(now time.Time) bool {
	day := func(f field) (time.Time, bool) {
		s := tidy(f.text)
		t, err := time.Parse("2006-01-02", s[:min(len(s), 10)])
		return t, err == nil
	}
	if now.IsZero() {
		return true
	}
	if t, ok := day(i.saleFrom); ok && now.Before(t) {
		return false
	}
	if t, ok := day(i.saleTo); ok && now.After(t.AddDate(0, 0, 1)) {
		return false
	}
	return true
}
