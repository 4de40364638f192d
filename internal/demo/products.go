package demo

import (
	"bufio"
	"bytes"
	"fmt"
	"html"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"aromart/internal/kit/money"
)

// The files under content/products are written by hand, one per part of the
// catalog. A line that starts with
//
//	##   opens a family: store, category id, product type
//	*    opens a product: title, and after " | " a slug when the title has no Latin letters
//	c    is the category id, when it is not the family's
//	b    is the brand, when it is not the store's own
//	lang is the language of the text, when it is not English
//	$    holds price in rupees, <price before, w grams, s stock
//	a    holds attributes: Name=Value; Name=Value
//	o    is an option: Name: Value, Value +extra rupees/extra grams g, ...
//	p    describes the pictures, see pictures/build.mjs
//	si, ta hold a translation: title | text
//
// and every other line is a paragraph of the description.

func readProducts(w *World) error {
	brands := map[string]string{}
	for _, s := range w.Sellers {
		brands[s.Slug] = s.Name
	}
	palette, err := readPalette()
	if err != nil {
		return err
	}
	names, err := fs.Glob(files, "content/products/*.txt")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	r := productReader{world: w, brands: brands, palette: palette, count: map[string]int{}}
	for _, name := range names {
		if err := r.file(name); err != nil {
			return err
		}
	}
	for _, p := range w.Products {
		if !slices.Contains(w.Categories, p.Category) {
			w.Categories = append(w.Categories, p.Category)
		}
	}
	slices.Sort(w.Categories)
	return nil
}

type productReader struct {
	world   *World
	brands  map[string]string // store to the brand of its own goods
	palette map[string]string
	count   map[string]int // products read, by store

	store, kind string
	category    int64
	p           *draft
}

// draft is a product while its lines are being read.
type draft struct {
	Product
	price, compare money.Amount
	grams, stock   int64
	extras         [][]extra
}

type extra struct {
	price money.Amount
	grams int64
}

func (r *productReader) file(name string) error {
	b, err := files.ReadFile(name)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	sc := bufio.NewScanner(bytes.NewReader(b))
	for n := 1; sc.Scan(); n++ {
		if err := r.line(sc.Text()); err != nil {
			return fmt.Errorf("demo: %s:%d: %w", path.Base(name), n, err)
		}
	}
	r.close()
	return nil
}

func (r *productReader) line(s string) error {
	key, rest, _ := strings.Cut(s, " ")
	if strings.HasPrefix(s, "$") {
		return r.p.prices(s)
	}
	switch key {
	case "":
		return nil
	case "##":
		return r.family(rest)
	case "*":
		r.open(rest)
	case "c":
		id, err := strconv.ParseInt(rest, 10, 64)
		r.p.Category = id
		return err
	case "b":
		r.p.Brand = rest
	case "lang":
		r.p.Language = rest
	case "a":
		return r.p.attributes(rest)
	case "o":
		return r.option(rest)
	case "p": // read by the picture builder; its results are in the manifest
	case "si", "ta":
		title, text, ok := strings.Cut(rest, " | ")
		if !ok {
			return fmt.Errorf("translation %q wants a title and a text", rest)
		}
		r.p.Translations = append(r.p.Translations, Translation{Language: key, Title: title, Description: paragraph(text)})
	default:
		r.p.Description += paragraph(s)
	}
	return nil
}

func (r *productReader) family(s string) error {
	r.close()
	f := strings.SplitN(s, " ", 3)
	if len(f) != 3 {
		return fmt.Errorf("family %q wants a store, a category and a type", s)
	}
	id, err := strconv.ParseInt(f[1], 10, 64)
	if err != nil {
		return err
	}
	r.store, r.category, r.kind = f[0], id, f[2]
	return nil
}

func (r *productReader) open(s string) {
	r.close()
	title, slug, ok := strings.Cut(s, " | ")
	if !ok {
		slug = slugOf(title)
	}
	r.p = &draft{Product: Product{
		Slug: slug, Store: r.store, Title: title, Language: "en",
		Brand: r.brands[r.store], Type: r.kind, Category: r.category,
	}}
}

func (r *productReader) close() {
	if r.p == nil {
		return
	}
	r.count[r.p.Store]++
	r.p.Pictures = pictures().of(r.p.Slug)
	r.p.variants(r.count[r.p.Store])
	r.world.Products = append(r.world.Products, r.p.Product)
	r.p = nil
}

func (r *productReader) option(s string) error {
	name, list, ok := strings.Cut(s, ": ")
	if !ok {
		return fmt.Errorf("option %q wants a name", s)
	}
	o := Option{Name: name}
	var extras []extra
	for _, v := range strings.Split(list, ", ") {
		m := valuePattern.FindStringSubmatch(v)
		val := OptionValue{Name: m[1]}
		if name == "Color" || name == "Finish" {
			val.Color = colorOf(r.palette, m[1])
		}
		o.Values = append(o.Values, val)
		extras = append(extras, extra{price: money.Amount(whole(m[2]) * 100), grams: whole(m[3])})
	}
	r.p.Options = append(r.p.Options, o)
	r.p.extras = append(r.p.extras, extras)
	return nil
}

// valuePattern splits "1 liter -450/-600g" into the value, what it adds to the price and to the weight.
var valuePattern = regexp.MustCompile(`^(.*?)(?: ([+-]\d+))?(?:/(-?\d+)g)?$`)

// whole reads an integer with an optional sign; an absent one is zero.
func whole(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

func (d *draft) prices(s string) error {
	d.stock = -1
	for _, f := range strings.Fields(s) {
		n, err := strconv.ParseInt(f[1:], 10, 64)
		if err != nil {
			return err
		}
		switch f[0] {
		case '$':
			d.price = money.Amount(n * 100)
		case '<':
			d.compare = money.Amount(n * 100)
		case 'w':
			d.grams = n
		case 's':
			d.stock = n
		default:
			return fmt.Errorf("unknown figure %q", f)
		}
	}
	return nil
}

func (d *draft) attributes(s string) error {
	for _, pair := range strings.Split(s, "; ") {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			return fmt.Errorf("attribute %q wants a value", pair)
		}
		d.Attributes = append(d.Attributes, attribute(name, value))
	}
	return nil
}

// attribute types a value: "yes" and "no" are booleans, "27 cm" and "4" are numbers, all else is text.
func attribute(name, value string) Attribute {
	if value == "yes" || value == "no" {
		return Attribute{Name: name, Kind: "bool", Bool: value == "yes"}
	}
	num, unit, _ := strings.Cut(value, " ")
	if f, err := strconv.ParseFloat(num, 64); err == nil && !strings.Contains(unit, " ") {
		return Attribute{Name: name, Kind: "number", Number: f, Unit: unit}
	}
	return Attribute{Name: name, Kind: "text", Text: value}
}

func paragraph(s string) string { return "<p>" + html.EscapeString(s) + "</p>" }

// slugOf makes a slug of a title's ASCII letters and digits.
func slugOf(title string) string {
	title = strings.NewReplacer("'", "", "é", "e").Replace(title)
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool {
		return r > unicode.MaxASCII || !(unicode.IsLetter(r) || unicode.IsDigit(r))
	})
	return strings.Join(words, "-")
}
