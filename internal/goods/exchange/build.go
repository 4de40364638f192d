package exchange

import (
	"slices"
	"strings"

	"aromart/internal/goods/catalog"
	"aromart/internal/kit/money"
)

// builder gathers rows into products and reports every value that it could
// not take as it stands. Products keep the order of their first rows, wherever
// their other rows are.
type builder struct {
	opts     Options
	report   *Report
	decimal  Decimal
	products []*Product
	byHandle map[string]*Product
	places   map[*Product][]int  // position asked for each picture
	heads    map[*Product]func() // adds the variant of a first row that turns out to be the only one
	told     map[string]bool     // what is said once for the file
}

func newBuilder(o Options, report *Report) *builder {
	return &builder{opts: o, report: report, byHandle: map[string]*Product{}, places: map[*Product][]int{}, heads: map[*Product]func(){}, told: map[string]bool{}}
}

// once reports something that holds for the whole file.
func (b *builder) once(key string, row int, column, value string, level Level, id string, args ...any) {
	if !b.told[id+"\x00"+key] {
		b.told[id+"\x00"+key] = true
		b.report.add(row, column, value, level, id, args...)
	}
}

// field is one cell on its way into a product.
type field struct {
	row    int
	column string
	text   string
}

func (b *builder) note(f field, level Level, id string, args ...any) {
	b.report.add(f.row, f.column, f.text, level, id, args...)
}

// line is a tidy text of one line, cut at max runes.
func (b *builder) line(f field, max int) string {
	s, long := limit(tidy(f.text), max)
	if long {
		b.note(f, Warning, "exchange.text_cut", "limit", max)
	}
	return s
}

// product returns the product of a handle and whether this row is its first.
func (b *builder) product(row int, handle string, has Fields) (p *Product, first bool) {
	if p = b.byHandle[handle]; p != nil {
		p.Rows = append(p.Rows, row)
		return p, false
	}
	p = &Product{Row: row, Rows: []int{row}, Handle: handle, Has: has}
	b.byHandle[handle] = p
	b.products = append(b.products, p)
	return p, true
}

func (b *builder) body(f field) string {
	s, removed := cleanBody(f.text)
	if removed {
		b.note(field{f.row, f.column, ""}, Note, "exchange.body_cleaned")
	}
	if len(s) > catalog.MaxBody {
		b.note(field{f.row, f.column, ""}, Warning, "exchange.text_cut", "limit", catalog.MaxBody)
		s = cutBody(s, catalog.MaxBody)
	}
	return s
}

// price reads an amount of the market's currency. 0 means that there is none.
func (b *builder) price(f field) money.Amount {
	text := strings.TrimSpace(f.text)
	if text == "" {
		return 0
	}
	q, err := parseQuantity(text, b.decimal)
	if err != nil {
		b.note(f, Error, "exchange.price_wrong")
		return 0
	}
	n, exact, err := q.scaled(b.opts.Exponent)
	switch {
	case err != nil || money.Amount(n) > money.Max:
		b.note(f, Error, "exchange.price_large")
		return 0
	case n < 0:
		b.note(f, Error, "exchange.price_negative")
		return 0
	case !exact:
		b.note(f, Warning, "exchange.price_rounded", "price", formatDecimal(n, b.opts.Exponent))
	}
	if q.unit != "" && !b.opts.knowsCurrency(q.unit) {
		b.once(strings.ToLower(q.unit), f.row, f.column, f.text, Warning, "exchange.currency_other", "found", q.unit, "currency", b.opts.Currency)
	}
	return money.Amount(n)
}

// prices sets both prices of a variant and reports what will keep it from being sold.
func (b *builder) prices(v *Variant, price, compare field, has Fields) {
	v.Price = b.price(price)
	if v.Price == 0 && has&HasPrice != 0 && price.text != "" && strings.Trim(price.text, "0., ") == "" {
		b.note(price, Warning, "exchange.price_zero")
	} else if v.Price == 0 && has&HasPrice != 0 && strings.TrimSpace(price.text) == "" {
		b.note(price, Warning, "exchange.price_missing")
	}
	v.CompareAt = b.price(compare)
	if v.CompareAt > 0 && v.CompareAt < v.Price {
		b.note(compare, Warning, "exchange.compare_low", "price", formatDecimal(int64(v.Price), b.opts.Exponent))
	}
	if v.CompareAt <= v.Price {
		v.CompareAt = 0
	}
}

// stock reads a number of pieces.
func (b *builder) stock(v *Variant, f field) {
	if strings.TrimSpace(f.text) == "" {
		return
	}
	q, err := parseQuantity(f.text, b.decimal)
	if err != nil {
		b.note(f, Error, "exchange.stock_wrong")
		return
	}
	n, exact, err := q.scaled(0)
	switch {
	case err != nil || n > maxStock:
		n = maxStock
		b.note(f, Warning, "exchange.stock_large", "limit", maxStock)
	case n < 0 || q.negative && !exact:
		n = 0
		b.note(f, Warning, "exchange.stock_negative")
	case !exact:
		whole := q
		whole.digits = whole.digits[:max(0, len(q.digits)-q.scale)]
		whole.scale = 0
		n, _, _ = whole.scaled(0)
		b.note(f, Warning, "exchange.stock_fraction", "n", n)
	}
	v.Stock, v.HasStock = n, true
}

// gramsPer a unit of weight, in thousandths of a gram.
var gramsPer = map[string]int64{
	"g": 1000, "gram": 1000, "grams": 1000, "gr": 1000, "kg": 1_000_000, "kgs": 1_000_000, "lb": 453_592, "lbs": 453_592, "pound": 453_592, "pounds": 453_592, "oz": 28_350, "ounce": 28_350, "ounces": 28_350, "mg": 1,
}

// weight reads a weight; the cell's own unit goes before the column's. -1: none was given.
func (b *builder) weight(f field, unit string) int64 {
	if strings.TrimSpace(f.text) == "" {
		return -1
	}
	q, err := parseQuantity(f.text, b.decimal)
	if u := strings.ToLower(q.unit); gramsPer[u] > 0 {
		unit = u
	}
	per := gramsPer[strings.ToLower(unit)]
	n, _, scaledErr := q.scaled(3)
	if err != nil || scaledErr != nil || n < 0 || n > 1e10 || per == 0 {
		b.note(f, Warning, "exchange.weight_wrong")
		return -1
	}
	return (n*per + 500_000) / 1_000_000
}

// barcode takes off the apostrophes that keep a spreadsheet from counting with
// it, all of them and the spaces between, so that a second reading finds none.
func (b *builder) barcode(f field) string {
	s := strings.TrimLeft(tidy(f.text), "'’ ")
	if lower := strings.ToLower(s); strings.Contains(lower, "e+") && strings.Trim(lower, "0123456789.e+") == "" {
		b.note(f, Warning, "exchange.barcode_damaged")
		return ""
	}
	s, _ = limit(s, maxValue)
	return s
}

// list splits a text at a separator into tidy, different, non-empty values.
func (b *builder) list(f field, sep string, max int) []string {
	var out []string
	for _, part := range strings.Split(f.text, sep) {
		part = b.line(field{f.row, f.column, part}, maxName)
		if part == "" || slices.Contains(out, part) {
			continue
		}
		if len(out) == max {
			b.note(f, Warning, "exchange.list_cut", "limit", max)
			break
		}
		out = append(out, part)
	}
	return out
}

// picture adds a picture once; place 0 keeps the order of the file. A variant
// may name its picture before the row that says the place and the text of it.
func (b *builder) picture(p *Product, f field, alt string, place int) {
	const last = 1 << 20
	src := tidy(f.text)
	if src == "" {
		return
	}
	alt, _ = limit(tidy(alt), maxValue)
	if at := slices.IndexFunc(p.Pictures, func(pic Picture) bool { return pic.Src == src }); at >= 0 {
		if place > 0 && b.places[p][at] == last {
			p.Pictures[at].Alt, b.places[p][at] = alt, place
		}
		return
	}
	if len(src) > maxText {
		b.note(f, Warning, "exchange.picture_address_long", "limit", maxText)
		return
	}
	if len(p.Pictures) == catalog.MaxPictures {
		b.note(f, Warning, "exchange.list_cut", "limit", catalog.MaxPictures)
		return
	}
	p.Pictures = append(p.Pictures, Picture{src, alt})
	if place == 0 {
		place = last
	}
	b.places[p] = append(b.places[p], place)
}

func (b *builder) attribute(p *Product, name string, f field) {
	name, value := b.line(field{f.row, f.column, name}, maxName), b.line(f, maxText)
	if name == "" || value == "" || p.attribute(name) != "" {
		return
	}
	if len(p.Attributes) == maxAttributes {
		b.once(p.Handle, f.row, f.column, f.text, Warning, "exchange.list_cut", "limit", maxAttributes)
		return
	}
	p.Attributes = append(p.Attributes, Attribute{name, value})
}

// variant adds a variant unless its option values stand there already or the
// product is full; both are errors of that row. otherTitle is the title of the
// row when it differs from the product's.
func (b *builder) variant(p *Product, v Variant, otherTitle string) bool {
	for _, have := range p.Variants {
		if have.key() != v.key() {
			continue
		}
		if otherTitle != "" {
			b.report.add(v.Row, "", otherTitle, Error, "exchange.handle_repeated", "handle", p.Handle, "first", p.Row)
		} else {
			b.report.add(v.Row, "", strings.Join(v.Values, " / "), Error, "exchange.variant_repeated", "first", have.Row)
		}
		return false
	}
	if len(p.Variants) == catalog.MaxVariants {
		b.report.add(v.Row, "", strings.Join(v.Values, " / "), Error, "exchange.variants_many", "limit", catalog.MaxVariants)
		return false
	}
	if otherTitle != "" {
		b.report.add(v.Row, "", otherTitle, Warning, "exchange.title_differs", "handle", p.Handle, "first", p.Row)
	}
	p.Variants = append(p.Variants, v)
	return true
}

// finish brings the products into their last form.
func (b *builder) finish() []Product {
	out := make([]Product, 0, len(b.products))
	for _, p := range b.products {
		if head := b.heads[p]; head != nil && len(p.Variants) == 0 {
			head()
		}
		b.sortPictures(p)
		p.settleOptions()
		if len(p.Variants) > 0 {
			out = append(out, *p)
		}
	}
	return out
}

func (b *builder) sortPictures(p *Product) {
	places := b.places[p]
	order := make([]int, len(p.Pictures))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return places[i] - places[j] })
	sorted := make([]Picture, len(order))
	for to, from := range order {
		sorted[to] = p.Pictures[from]
	}
	if len(sorted) > 0 {
		p.Pictures = sorted
	}
}

// settleOptions takes off the option that Shopify gives to a product without
// any choice.
func (p *Product) settleOptions() {
	if len(p.Options) == 1 && len(p.Variants) == 1 && strings.EqualFold(p.Options[0], "Title") &&
		strings.EqualFold(p.Variants[0].Values[0], "Default Title") {
		p.Options, p.Variants[0].Values = nil, nil
	}
}
