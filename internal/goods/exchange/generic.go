package exchange

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"aromart/internal/goods/catalog"
	"aromart/internal/kit/errs"
)

// read gathers a file by the mapping.
func (m *Mapping) read(src rows, b *builder) error {
	b.decimal = GuessDecimal
	if m.Decimal != "" {
		b.decimal = Decimal(m.Decimal[0])
	}
	if m.Minor {
		b.opts.Exponent = 0
	}
	g := &genericReader{Mapping: m, b: b, h: src.header()}
	if t, isTable := src.(*table); isTable {
		if !m.Title.inFile(g.h) {
			return errs.New(errs.Invalid, "exchange.mapping_column_missing", "column", strings.Join(m.Title.columns(), ", "), "found", columnList(t.head))
		}
		g.missingColumns()
	}
	return each(src, g.row)
}

// genericReader works through a file by a mapping.
type genericReader struct {
	*Mapping
	b    *builder
	h    *header
	last *Product
}

// missingColumns names the mapped columns that the file lacks; their fields stay as they are.
func (g *genericReader) missingColumns() {
	for _, v := range []*Value{g.Handle, g.Body, g.Vendor, g.ProductType, g.Category, g.Tags, g.Status, g.SKU, g.Barcode, g.Price, g.CompareAt,
		g.Stock, g.Weight, g.Pictures} {
		if v != nil && !v.inFile(g.h) {
			g.b.once(strings.Join(v.columns(), ","), 1, strings.Join(v.columns(), ", "), "", Warning, "exchange.column_missing")
		}
	}
}

// has is worked out for each row, because the keys of JSON lines come and go.
func (g *genericReader) has() (has Fields) {
	for f, v := range map[Fields]*Value{HasTitle: g.Title, HasBody: g.Body, HasVendor: g.Vendor, HasType: g.ProductType, HasCategory: g.Category,
		HasTags: g.Tags, HasStatus: g.Status, HasSKU: g.SKU, HasBarcode: g.Barcode, HasPrice: g.Price, HasCompareAt: g.CompareAt,
		HasWeight: g.Weight, HasStock: g.Stock} {
		if v.inFile(g.h) {
			has |= f
		}
	}
	return has
}

func (g *genericReader) field(rec record, v *Value) field {
	if v == nil {
		return field{row: rec.row}
	}
	return field{rec.row, strings.Join(v.columns(), ", "), v.text(g.h, rec)}
}

func (g *genericReader) row(rec record) {
	for _, c := range g.Skip {
		text := tidy(c.Value.text(g.h, rec))
		if len(c.Is) == 0 && text != "" || slices.Contains(c.Is, text) {
			g.b.report.add(rec.row, strings.Join(c.Value.columns(), ", "), text, Note, "exchange.row_skipped")
			return
		}
	}
	title := g.b.line(g.field(rec, g.Title), catalog.MaxTitle)
	handle := slug(g.Handle.text(g.h, rec))
	if handle == "" && g.Handle == nil {
		handle = slug(title)
	}
	p, first := g.last, false
	switch {
	case handle != "":
		p, first = g.b.product(rec.row, g.free(handle, rec), g.has())
	case g.Continues && p != nil:
		p.Rows = append(p.Rows, rec.row)
	case title == "":
		g.b.note(g.field(rec, g.Title), Error, "exchange.title_missing")
		return
	default:
		g.b.note(g.field(rec, g.Handle), Error, "exchange.handle_missing")
		return
	}
	g.last = p
	otherTitle := ""
	if first {
		g.firstRow(p, title, rec)
	} else if title != "" && title != p.Title {
		otherTitle = title
	}
	if first && g.Heads {
		g.b.heads[p] = func() { g.variants(p, rec, "") }
	} else {
		g.variants(p, rec, otherTitle)
	}
	for _, src := range g.Pictures.list(g.h, rec) {
		g.b.picture(p, field{rec.row, strings.Join(g.Pictures.columns(), ", "), src}, g.PictureAlt.text(g.h, rec), 0)
	}
}

// free numbers a handle that is taken, if the mapping asks for it.
func (g *genericReader) free(handle string, rec record) string {
	if g.Repeated != "number" {
		return handle
	}
	for base, n := handle, 2; g.b.byHandle[handle] != nil; n++ {
		handle = base + "-" + strconv.Itoa(n)
	}
	return handle
}

func (g *genericReader) firstRow(p *Product, title string, rec record) {
	p.Title = title
	body := g.field(rec, g.Body)
	if g.Body != nil && g.Body.Plain {
		body.text = plainBody(body.text)
	}
	p.BodyHTML = g.b.body(body)
	p.Vendor = g.b.line(g.field(rec, g.Vendor), maxName)
	p.ProductType = g.b.line(g.field(rec, g.ProductType), maxName)
	if g.Tags != nil {
		f := g.field(rec, g.Tags)
		f.text = strings.Join(g.Tags.list(g.h, rec), ",")
		p.Tags = g.b.list(f, ",", maxTags)
	}
	p.Category = g.b.line(g.field(rec, g.Category), maxText)
	if ours, ok := g.Categories[p.Category]; ok {
		p.Category = ours
	}
	p.Status = g.status(rec)
	g.attributes(p, rec)
}

func (g *genericReader) status(rec record) Status {
	f := g.field(rec, g.Status)
	switch strings.ToLower(tidy(f.text)) {
	case "":
		return ""
	case "live", "active", "true", "1", "yes", "published", "enabled":
		return Live
	case "hidden", "archived", "false", "0", "no", "disabled":
		return Hidden
	case "draft":
		return Draft
	}
	g.b.note(f, Warning, "exchange.status_unknown")
	return Draft
}

func (g *genericReader) attributes(p *Product, rec record) {
	for _, a := range g.Attributes {
		f := g.field(rec, a.Value)
		if a.Value.Split != "" {
			f.text = strings.Join(a.Value.list(g.h, rec), "; ")
		}
		g.b.attribute(p, a.Name.text(g.h, rec), f)
	}
	if len(g.AttributePrefixes) > 0 {
		g.prefixed(p, rec)
	}
	var pairs []struct {
		Name  string `json:"name"`
		Value any    `json:"value"`
	}
	if g.AttributePairs == nil || json.Unmarshal([]byte(g.AttributePairs.raw(g.h, rec)), &pairs) != nil {
		return
	}
	for _, pair := range pairs {
		if s, ok := pair.Value.(string); ok {
			g.b.attribute(p, pair.Name, field{rec.row, g.AttributePairs.Column, s})
		}
	}
}

// prefixed takes every filled column whose name begins with one of the prefixes.
func (g *genericReader) prefixed(p *Product, rec record) {
	columns := rec.filled
	if columns == nil {
		for i := range rec.cells {
			columns = append(columns, i)
		}
	}
	for _, prefix := range g.AttributePrefixes {
		for _, i := range columns {
			if rest, found := strings.CutPrefix(g.h.names[i], prefix); found {
				g.b.attribute(p, sentence(rest), field{rec.row, g.h.names[i], rec.cell(i)})
			}
		}
	}
}

// sentence makes "Quantity per pack" of "quantity_per_pack".
func sentence(key string) string {
	s := tidy(strings.ReplaceAll(key, "_", " "))
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// variants adds the variant of the row, or every combination that it lists.
func (g *genericReader) variants(p *Product, rec record, otherTitle string) {
	v := Variant{Row: rec.row}
	v.SKU = g.b.line(g.field(rec, g.SKU), maxValue)
	v.Barcode = g.b.barcode(g.field(rec, g.Barcode))
	names, combos := g.options(rec)
	if len(p.Variants) == 0 {
		p.Options = names
	}
	if len(names) > catalog.MaxOptions {
		g.b.report.add(rec.row, "", strings.Join(names, ", "), Error, "exchange.options_many", "limit", catalog.MaxOptions)
		p.Options, combos, p.Status = nil, [][]string{nil}, Draft
	}
	has := p.Has
	if g.Continues && len(combos) > 0 && len(combos[0]) == 0 && len(p.Variants) > 0 && g.field(rec, g.Price).text == "" {
		return // a row that only carries a picture
	}
	g.b.prices(&v, g.field(rec, g.Price), g.field(rec, g.CompareAt), has)
	unit := "kg"
	if g.Weight != nil && g.Weight.Unit != "" {
		unit = g.Weight.Unit
	}
	v.Weight = g.b.weight(g.field(rec, g.Weight), unit)
	g.b.stock(&v, g.stockField(rec))
	if list := g.Pictures.list(g.h, rec); len(list) > 0 && len(p.Options) > 0 {
		v.Picture = g.b.address(field{text: list[0]})
	}
	for _, combo := range combos {
		if len(combo) != len(p.Options) {
			g.b.report.add(rec.row, "", strings.Join(combo, " / "), Error, "exchange.options_differ", "first", p.Row)
			return
		}
		v.Values = combo
		if !g.b.variant(p, v, otherTitle) {
			return
		}
		otherTitle = ""
	}
}

// stockField reads words for a number: a shop that only says "in stock" has no count.
func (g *genericReader) stockField(rec record) field {
	f := g.field(rec, g.Stock)
	switch strings.ToLower(tidy(f.text)) {
	case "true", "yes", "in stock", "instock":
		f.text = ""
	case "false", "no", "out of stock", "outofstock", "sold out":
		f.text = "0"
	}
	return f
}

// options are the names of the choices and the combinations of values that the row stands for.
func (g *genericReader) options(rec record) (names []string, combos [][]string) {
	combos = [][]string{nil}
	if g.Variations != nil {
		return g.variations(rec)
	}
	var pairs [][2]string
	for _, o := range g.Options {
		pairs = append(pairs, [2]string{o.Name.text(g.h, rec), o.Value.text(g.h, rec)})
	}
	if g.OptionList != nil {
		n, v := g.OptionList.Names.list(g.h, rec), g.OptionList.Values.list(g.h, rec)
		if len(n) == 0 && g.last != nil {
			n = g.last.Options // a continuation row repeats the values only
		}
		for i := range min(len(n), len(v)) {
			pairs = append(pairs, [2]string{n[i], v[i]})
		}
	}
	for _, pair := range pairs {
		name, value := g.b.line(field{rec.row, "", pair[0]}, maxName), g.b.line(field{rec.row, pair[0], pair[1]}, maxValue)
		if name != "" && value != "" {
			names = append(names, name)
			combos[0] = append(combos[0], value)
		}
	}
	return names, combos
}

func (g *genericReader) variations(rec record) (names []string, combos [][]string) {
	combos = [][]string{nil}
	var axes []struct {
		Name       string   `json:"name"`
		Variations []string `json:"variations"`
	}
	text := g.Variations.raw(g.h, rec)
	if strings.TrimSpace(text) == "" || json.Unmarshal([]byte(text), &axes) != nil {
		return nil, combos
	}
	for _, axis := range axes {
		var next [][]string
		name := g.b.line(field{rec.row, "", axis.Name}, maxName)
		if name == "" || slices.Contains(names, name) {
			name = "Option " + strconv.Itoa(len(names)+1)
		}
		for _, combo := range combos {
			for _, value := range axis.Variations {
				if value = g.b.line(field{rec.row, name, value}, maxValue); value != "" && len(next) <= catalog.MaxVariants {
					next = append(next, append(slices.Clip(combo), value))
				}
			}
		}
		if len(next) > 0 {
			names, combos = append(names, name), next
		}
	}
	return names, combos
}
