package exchange

import (
	"encoding/xml"
	"io"
	"strings"

	"golang.org/x/text/encoding/htmlindex"

	"aromart/internal/kit/errs"
)

// wxrItem is an <item> of a WordPress export (WXR): a product, a variation or a picture.
type wxrItem struct {
	Title   string `xml:"title"`
	Content string `xml:"http://purl.org/rss/1.0/modules/content/ encoded"`
	Excerpt string `xml:"http://wordpress.org/export/1.2/excerpt/ encoded"`
	ID      string `xml:"post_id"`
	Name    string `xml:"post_name"`
	Status  string `xml:"status"`
	Parent  string `xml:"post_parent"`
	Kind    string `xml:"post_type"`
	File    string `xml:"attachment_url"`
	Terms   []struct {
		Domain string `xml:"domain,attr"`
		Slug   string `xml:"nicename,attr"`
		Name   string `xml:",chardata"`
	} `xml:"category"`
	Meta []struct {
		Key   string `xml:"meta_key"`
		Value string `xml:"meta_value"`
	} `xml:"postmeta"`

	row int
}

func (i *wxrItem) meta(key string) string {
	for _, m := range i.Meta {
		if m.Key == key {
			return m.Value
		}
	}
	return ""
}

// term returns the names of a taxonomy of the item.
func (i *wxrItem) terms(domain string) []string {
	var out []string
	for _, t := range i.Terms {
		if t.Domain == domain {
			out = append(out, tidy(t.Name))
		}
	}
	return out
}

// readXML reads a WordPress export of a WooCommerce shop. Rows of the report
// count its items.
func (f *File) readXML(in *input, b *builder) error {
	if b.opts.Format == Generic || b.opts.Format == Shopify {
		return errs.New(errs.Invalid, "exchange.file_xml")
	}
	f.Format, f.Encoding = WooCommerce, in.encoding
	dec := xml.NewDecoder(in)
	dec.Strict = false
	dec.CharsetReader = func(label string, r io.Reader) (io.Reader, error) {
		if in.encoding != utf8Name { // UTF-16 is off already
			return r, nil
		}
		enc, err := htmlindex.Get(label)
		if err != nil {
			return nil, err
		}
		return enc.NewDecoder().Reader(r), nil
	}
	var items []*wxrItem
	rss := false
	for {
		t, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return errs.New(errs.Invalid, "exchange.xml_broken", "n", len(items)+1).Because(err)
		}
		start, ok := t.(xml.StartElement)
		rss = rss || ok && start.Name.Local == "rss"
		if !ok || start.Name.Local != "item" || !rss {
			continue
		}
		i := &wxrItem{row: len(items) + 1}
		if err := dec.DecodeElement(i, &start); err != nil {
			return errs.New(errs.Invalid, "exchange.xml_broken", "n", i.row).Because(err)
		}
		items = append(items, i)
	}
	f.Rows = len(items)
	return b.wxrProducts(items)
}

func (b *builder) wxrProducts(items []*wxrItem) error {
	files := map[string]string{} // attachment id to address
	labels := map[string]string{}
	products := 0
	for _, i := range items {
		switch i.Kind {
		case "attachment":
			files[i.ID] = i.File
		case "product":
			products++
		}
		for _, t := range i.Terms {
			labels[t.Domain+"\x00"+t.Slug] = tidy(t.Name)
		}
	}
	if products == 0 {
		return errs.New(errs.Invalid, "exchange.file_xml")
	}
	var rows []*wooItem
	for _, i := range items {
		if i.Kind == "product" || i.Kind == "product_variation" {
			rows = append(rows, i.woo(files, labels))
		}
	}
	b.decimal = PointDecimal
	b.wooProducts(rows, HasTitle|HasBody|HasCategory|HasTags|HasStatus|HasSKU|HasPrice|HasCompareAt|HasWeight|HasStock)
	return nil
}

// woo brings an item into the form of a row of WooCommerce CSV.
func (i *wxrItem) woo(files, labels map[string]string) *wooItem {
	at := func(column, text string) field { return field{i.row, column, text} }
	w := &wooItem{row: i.row, id: at("wp:post_id", i.ID), sku: at("_sku", i.meta("_sku")), slug: at("wp:post_name", i.Name), name: at("title", i.Title),
		short: at("excerpt:encoded", i.Excerpt), body: at("content:encoded", i.Content), categories: at("product_cat", wooJoin(i.terms("product_cat"))),
		tags: at("product_tag", strings.Join(i.terms("product_tag"), ",")), regular: at("_regular_price", i.meta("_regular_price")),
		sale: at("_sale_price", i.meta("_sale_price")), weight: at("_weight", i.meta("_weight")), weightUnit: "kg",
		barcode: at("_global_unique_id", i.meta("_global_unique_id"))}
	if i.meta("_manage_stock") == "yes" {
		w.stock = at("_stock", i.meta("_stock"))
	}
	if i.meta("_stock_status") == "outofstock" {
		w.inStock = at("_stock_status", "0")
	}
	w.published = at("wp:status", map[string]string{"publish": "1", "private": "0"}[i.Status])
	if w.published.text == "" {
		w.published.text = "-1"
	}
	for _, id := range append([]string{i.meta("_thumbnail_id")}, strings.Split(i.meta("_product_image_gallery"), ",")...) {
		if src := files[strings.TrimSpace(id)]; src != "" {
			w.images.text = strings.TrimPrefix(w.images.text+","+src, ",")
		}
	}
	if i.Kind == "product_variation" {
		w.kinds, w.parent = []string{"variation"}, at("wp:post_parent", "id:"+i.Parent)
		i.wooChoices(w, labels)
		return w
	}
	w.kinds = i.terms("product_type")
	for _, flag := range []string{"virtual", "downloadable"} {
		if i.meta("_"+flag) == "yes" {
			w.kinds = append(w.kinds, flag)
		}
	}
	i.wooFacts(w)
	return w
}

// wooChoices: a variation keeps its values as attribute_pa_color = blue.
func (i *wxrItem) wooChoices(w *wooItem, labels map[string]string) {
	for _, m := range i.Meta {
		key, found := strings.CutPrefix(m.Key, "attribute_")
		if !found {
			continue
		}
		value := labels[key+"\x00"+m.Value]
		if value == "" {
			value = m.Value
		}
		a := wooAttribute{name: field{i.row, m.Key, sentence(strings.TrimPrefix(key, "pa_"))}}
		if value != "" {
			a.values = []string{value}
		}
		w.attributes = append(w.attributes, a)
	}
}

func (i *wxrItem) wooFacts(w *wooItem) {
	seen := map[string]bool{}
	for _, t := range i.Terms {
		if key, found := strings.CutPrefix(t.Domain, "pa_"); found && !seen[key] {
			seen[key] = true
			w.attributes = append(w.attributes, wooAttribute{field{i.row, t.Domain, sentence(key)}, i.terms(t.Domain)})
		}
	}
	for _, m := range i.Meta {
		if m.Key == "_product_attributes" {
			w.attributes = append(w.attributes, phpAttributes(m.Value, i.row, seen)...)
		}
	}
}

// phpAttributes takes the product's own attributes, with values "Yes | No",
// out of the serialized form in which WordPress keeps them.
func phpAttributes(s string, row int, seen map[string]bool) []wooAttribute {
	var out []wooAttribute
	words := phpStrings(s)
	for n := 0; n+3 < len(words); n++ {
		if words[n] != "name" || words[n+2] != "value" || seen[strings.ToLower(words[n+1])] || strings.HasPrefix(words[n+1], "pa_") {
			continue
		}
		a := wooAttribute{name: field{row, "_product_attributes", words[n+1]}}
		for _, v := range strings.Split(words[n+3], "|") {
			if v = tidy(v); v != "" {
				a.values = append(a.values, v)
			}
		}
		out = append(out, a)
	}
	return out
}

// phpStrings returns the texts of a serialized value: s:5:"value";
func phpStrings(s string) []string {
	var out []string
	for {
		at := strings.Index(s, `:"`)
		if at < 0 {
			return out
		}
		s = s[at+2:]
		end := strings.Index(s, `";`)
		if end < 0 {
			return out
		}
		out = append(out, s[:end])
		s = s[end+2:]
	}
}

func wooJoin(list []string) string {
	for i, v := range list {
		list[i] = strings.ReplaceAll(v, ",", `\,`)
	}
	return strings.Join(list, ", ")
}
