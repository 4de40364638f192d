package exchange

import (
	"slices"
	"strconv"
	"strings"

	"aromart/internal/goods/catalog"
	"aromart/internal/kit/money"
	"aromart/internal/market"
	"aromart/internal/people/seller"
)

// Change is one difference between the file and the store.
type Change struct {
	Row    int
	Handle string
	Field  string // "title", "price", "stock", …; with the variant's values behind a blank
	Old    string
	New    string
}

// plan is what an import will do with one product.
type plan struct {
	target  *catalog.Product // what the product becomes; nil when it is left as it is
	isNew   bool
	wrong   bool             // the product itself could not be taken
	stock   map[string]int64 // wanted level by the variant's values, where the file says one
	changes []Change
}

// planner compares products of a file with the store.
type planner struct {
	store    seller.Store
	language string
	exponent int
	stock    int64 // of a new variant when the file does not say it
	report   *Report
	pictures pictureSet
	kept     map[string]catalog.Picture // stored in this run, by handle and sum
	told     map[string]bool
}

func (pl *planner) once(key string, row int, column, value string, level Level, id string, args ...any) {
	if !pl.told[id+"\x00"+key] {
		pl.told[id+"\x00"+key] = true
		pl.report.add(row, column, value, level, id, args...)
	}
}

// plan decides what becomes of a product; old is nil when the store does not have it.
func (pl *planner) plan(p *Product, old *catalog.Product) plan {
	if old == nil {
		return pl.create(p)
	}
	if old.Status == catalog.Removed {
		pl.report.add(p.Row, "", p.Handle, Error, "exchange.removed_product")
		return plan{wrong: true}
	}
	return pl.update(p, old)
}

func (pl *planner) create(p *Product) plan {
	if p.Title == "" {
		pl.report.add(p.Row, "", p.Handle, Error, "exchange.title_missing")
		return plan{wrong: true}
	}
	t := &catalog.Product{Seller: pl.store.Seller, Store: pl.store.ID, Handle: p.Handle, Status: string(p.Status), Language: pl.language,
		Title: p.Title, BodyHTML: p.BodyHTML, Brand: p.Vendor, Type: p.ProductType, Tags: p.Tags, Options: p.Options, Category: pl.category(p)}
	if t.Status == "" {
		t.Status = catalog.Live
	}
	out := plan{target: t, isNew: true, stock: map[string]int64{}}
	t.Pictures = pl.pictures.apply(p, nil)
	for i := range p.Variants {
		v := &p.Variants[i]
		nv := catalog.Variant{Options: values(v), SKU: v.SKU, Barcode: v.Barcode, Price: v.Price, CompareAt: v.CompareAt, WeightG: max(v.Weight, 0)}
		if nv.CompareAt <= nv.Price {
			nv.CompareAt = 0
		}
		nv.Picture = place(t.Pictures, v.Picture)
		out.stock[v.key()] = v.Stock
		if !v.HasStock {
			out.stock[v.key()] = pl.stock
			pl.once("", 0, "", "", Note, "exchange.stock_unknown")
		}
		if nv.Price == 0 && t.Status == catalog.Live {
			t.Status = catalog.Draft
			pl.report.add(p.Row, "", p.Title, Warning, "exchange.new_no_price")
		}
		t.Variants = append(t.Variants, nv)
	}
	t.Attributes = mergeAttributes(nil, p.Attributes, t.Category)
	out.changes = []Change{{p.Row, p.Handle, "product", "", p.Title}}
	return out
}

func values(v *Variant) (out [catalog.MaxOptions]string) {
	copy(out[:], v.Values)
	return out
}

// category sorts the product in by what the file calls its category, or its type.
func (pl *planner) category(p *Product) catalog.CategoryID {
	for _, text := range []string{p.Category, p.ProductType} {
		if id, ok := market.MapCategory(text); text != "" && ok {
			return catalog.CategoryID(id)
		}
	}
	if text := p.Category; text != "" {
		pl.once(text, p.Row, "", text, Note, "exchange.category_unknown")
	}
	return 0
}

// update lays what the file says over what the store has. What the file does
// not say stays.
func (pl *planner) update(p *Product, old *catalog.Product) plan {
	t := *old
	t.Variants, t.Pictures = slices.Clone(old.Variants), slices.Clone(old.Pictures)
	set := func(has Fields, to *string, value string) {
		if p.Has&has != 0 {
			*to = value
		}
	}
	if p.Title != "" {
		t.Title = p.Title
	}
	set(HasBody, &t.BodyHTML, p.BodyHTML)
	set(HasVendor, &t.Brand, p.Vendor)
	set(HasType, &t.Type, p.ProductType)
	if p.Has&HasTags != 0 {
		t.Tags = p.Tags
	}
	if p.Has&HasCategory != 0 && p.Category != "" {
		if id := pl.category(p); id != 0 {
			t.Category = id
		}
	}
	if p.Status != "" {
		t.Status = string(p.Status)
	}
	t.Pictures = pl.pictures.apply(p, old.Pictures)
	moveVariantPictures(&t, old)
	out := plan{target: &t, stock: map[string]int64{}}
	pl.variants(p, old, &t, &out)
	t.Attributes = mergeAttributes(old.Attributes, p.Attributes, t.Category)
	if t.Status == catalog.Live && slices.ContainsFunc(t.Variants, func(v catalog.Variant) bool { return v.Price == 0 }) {
		t.Status = catalog.Draft
		if old.Status == catalog.Live {
			pl.report.add(p.Row, "", p.Title, Warning, "exchange.live_no_price")
		}
	}
	out.changes = append(pl.differences(p, old, &t), out.changes...)
	if len(out.changes) == 0 {
		out.target = nil
	}
	return out
}

// moveVariantPictures keeps each variant at its picture when the order of pictures changed.
func moveVariantPictures(t, old *catalog.Product) {
	for i := range t.Variants {
		v := &t.Variants[i]
		if v.Picture < 1 || v.Picture > len(old.Pictures) {
			continue
		}
		blob := old.Pictures[v.Picture-1].Blob
		v.Picture = slices.IndexFunc(t.Pictures, func(pic catalog.Picture) bool { return pic.Blob == blob }) + 1
	}
}

// place is the 1-based place of a picture by the address that the file gives it.
func place(pictures []catalog.Picture, src string) int {
	if src == "" {
		return 0
	}
	return slices.IndexFunc(pictures, func(pic catalog.Picture) bool { return sourceOf(pic) == src }) + 1
}

func (pl *planner) variants(p *Product, old, t *catalog.Product, out *plan) {
	if len(p.Options) != len(old.Options) {
		pl.report.add(p.Row, "", p.Handle, Error, "exchange.options_changed", "found", names(p.Options), "stored", names(old.Options))
		return
	}
	t.Options = p.Options
	for i := range p.Variants {
		v := &p.Variants[i]
		at := slices.IndexFunc(t.Variants, func(have catalog.Variant) bool { return have.Options == values(v) })
		if at < 0 {
			if at = pl.addVariant(p, v, t); at < 0 {
				continue
			}
		}
		tv := &t.Variants[at]
		if p.Has&HasSKU != 0 {
			tv.SKU = v.SKU
		}
		if p.Has&HasBarcode != 0 {
			tv.Barcode = v.Barcode
		}
		if v.Price > 0 {
			tv.Price = v.Price
		}
		if p.Has&HasCompareAt != 0 {
			tv.CompareAt = v.CompareAt
		}
		if tv.CompareAt <= tv.Price {
			tv.CompareAt = 0
		}
		if v.Weight >= 0 {
			tv.WeightG = v.Weight
		}
		if n := place(t.Pictures, v.Picture); n > 0 {
			tv.Picture = n
		}
		if v.HasStock {
			out.stock[v.key()] = v.Stock
			if tv.ID != 0 && tv.OnHand != v.Stock {
				out.changes = append(out.changes, Change{v.Row, p.Handle, label("stock", v), strconv.FormatInt(tv.OnHand, 10), strconv.FormatInt(v.Stock, 10)})
			}
		}
	}
}

func names(options []string) string {
	if len(options) == 0 {
		return "–"
	}
	return strings.Join(options, ", ")
}

// addVariant adds a variant to a stored product; -1 when it must not.
func (pl *planner) addVariant(p *Product, v *Variant, t *catalog.Product) int {
	if len(t.Variants) == catalog.MaxVariants {
		pl.report.add(v.Row, "", strings.Join(v.Values, " / "), Error, "exchange.variants_full", "limit", catalog.MaxVariants)
		return -1
	}
	if v.Price == 0 && t.Status == catalog.Live && !slices.ContainsFunc(t.Variants, func(v catalog.Variant) bool { return v.Price == 0 }) {
		pl.report.add(v.Row, "", strings.Join(v.Values, " / "), Error, "exchange.variant_no_price")
		return -1
	}
	t.Variants = append(t.Variants, catalog.Variant{Options: values(v)})
	return len(t.Variants) - 1
}

func label(field string, v *Variant) string {
	if len(v.Values) == 0 {
		return field
	}
	return field + " " + strings.Join(v.Values, " / ")
}

// differences are the changes that saving t over old would make, but for stock.
func (pl *planner) differences(p *Product, old, t *catalog.Product) []Change {
	var out []Change
	add := func(row int, field, was, is string) {
		if was != is {
			out = append(out, Change{row, p.Handle, field, shorten(was), shorten(is)})
		}
	}
	category := func(c catalog.CategoryID) string {
		if c == 0 {
			return ""
		}
		return strconv.FormatInt(int64(c), 10)
	}
	add(p.Row, "title", old.Title, t.Title)
	if old.BodyHTML != t.BodyHTML {
		out = append(out, Change{p.Row, p.Handle, "description", shorten(catalog.Plain(old.BodyHTML)), shorten(catalog.Plain(t.BodyHTML))})
	}
	add(p.Row, "vendor", old.Brand, t.Brand)
	add(p.Row, "type", old.Type, t.Type)
	add(p.Row, "category", category(old.Category), category(t.Category))
	add(p.Row, "status", old.Status, t.Status)
	add(p.Row, "tags", strings.Join(old.Tags, ", "), strings.Join(t.Tags, ", "))
	add(p.Row, "options", strings.Join(old.Options, ", "), strings.Join(t.Options, ", "))
	if !slices.Equal(old.Attributes, t.Attributes) {
		out = append(out, Change{p.Row, p.Handle, "attributes", shorten(attributeText(old.Attributes)), shorten(attributeText(t.Attributes))})
	}
	if !slices.Equal(old.Pictures, t.Pictures) {
		out = append(out, Change{p.Row, p.Handle, "pictures", strconv.Itoa(len(old.Pictures)), strconv.Itoa(len(t.Pictures))})
	}
	for i := range t.Variants {
		tv := &t.Variants[i]
		v := p.variantOf(tv)
		if i >= len(old.Variants) {
			out = append(out, Change{v.Row, p.Handle, label("variant", v), "", pl.amount(tv.Price)})
			continue
		}
		was := &old.Variants[i]
		add(v.Row, label("price", v), pl.amount(was.Price), pl.amount(tv.Price))
		add(v.Row, label("compare_at", v), pl.amount(was.CompareAt), pl.amount(tv.CompareAt))
		add(v.Row, label("sku", v), was.SKU, tv.SKU)
		add(v.Row, label("barcode", v), was.Barcode, tv.Barcode)
		add(v.Row, label("weight", v), strconv.FormatInt(was.WeightG, 10), strconv.FormatInt(tv.WeightG, 10))
		if was.Picture != tv.Picture && slices.Equal(old.Pictures, t.Pictures) {
			add(v.Row, label("picture", v), strconv.Itoa(was.Picture), strconv.Itoa(tv.Picture))
		}
	}
	return out
}

// variantOf finds the file's variant for a stored one; a variant that the file
// does not name stands for itself.
func (p *Product) variantOf(tv *catalog.Variant) *Variant {
	for i := range p.Variants {
		if values(&p.Variants[i]) == tv.Options {
			return &p.Variants[i]
		}
	}
	var own []string
	for _, o := range tv.Options {
		if o != "" {
			own = append(own, o)
		}
	}
	return &Variant{Row: p.Row, Values: own}
}

func (pl *planner) amount(a money.Amount) string {
	if a == 0 {
		return ""
	}
	return formatDecimal(int64(a), pl.exponent)
}
