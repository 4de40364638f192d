package storefront

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"aromart/internal/goods/catalog"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// Structured data of schema.org. It is written by hand because every product
// page carries it; a test reads it back as JSON and looks for the fields that
// search engines demand.

// doc is a JSON document in the making.
type doc struct{ strings.Builder }

// field writes "name":"value" with a comma before it where one is due.
func (d *doc) field(name, value string) {
	d.key(name)
	d.text(value)
}

func (d *doc) number(name string, n int) {
	d.key(name)
	d.WriteString(strconv.Itoa(n))
}

func (d *doc) key(name string) {
	d.comma()
	d.WriteByte('"')
	d.WriteString(name)
	d.WriteString(`":`)
}

func (d *doc) comma() {
	s := d.String()
	if c := s[len(s)-1]; c != '{' && c != '[' && c != ':' {
		d.WriteByte(',')
	}
}

// open begins an object of a type.
func (d *doc) open(kind string) {
	d.WriteString(`{"@type":"`)
	d.WriteString(kind)
	d.WriteByte('"')
}

func (d *doc) close() { d.WriteByte('}') }

// text writes a JSON string that may stand inside a script element.
func (d *doc) text(s string) {
	const hex = "0123456789abcdef"
	d.WriteByte('"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			d.WriteByte('\\')
			d.WriteByte(c)
		case c < ' ' || c == '<' || c == '>' || c == '&' || c == 0x7f:
			d.WriteString(`\u00`)
			d.WriteByte(hex[c>>4])
			d.WriteByte(hex[c&15])
		case c < utf8.RuneSelf:
			d.WriteByte(c)
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == '\u2028' || r == '\u2029' || r == utf8.RuneError {
				r = ' '
			}
			d.WriteRune(r)
			i += size
			continue
		}
		i++
	}
	d.WriteByte('"')
}

func newDoc(kind string) *doc {
	d := &doc{}
	d.Grow(2048)
	d.WriteString(`{"@context":"https://schema.org","@type":"` + kind + `"`)
	return d
}

func (s *Shop) websiteData(v *visit.Visit) string {
	d := newDoc("WebSite")
	d.field("name", s.Site.Name)
	d.field("url", v.Absolute(v.Link("/")))
	d.field("inLanguage", v.Lang)
	d.key("potentialAction")
	d.open("SearchAction")
	d.field("target", v.Absolute(v.Link("/search"))+"?q={q}")
	d.field("query-input", "required name=q")
	d.close()
	d.close()
	return d.String()
}

func crumbData(v *visit.Visit, crumbs []ui.Link) string {
	d := newDoc("BreadcrumbList")
	d.key("itemListElement")
	d.WriteByte('[')
	for i, c := range crumbs {
		d.comma()
		d.open("ListItem")
		d.number("position", i+1)
		d.field("name", c.Text)
		d.field("item", v.Absolute(c.Href))
		d.close()
	}
	d.WriteByte(']')
	d.close()
	return d.String()
}

// productData tells price, stock, delivery and the return rule of the chosen variant.
func (s *Shop) productData(d *productPage, url string) string {
	p, c := d.product, d.chosen
	o := newDoc("Product")
	o.field("name", d.view.Title)
	o.field("url", url)
	o.field("productID", p.PublicID)
	if text := catalog.Plain(firstPart(d.view.Body)); text != "" {
		o.field("description", text)
	}
	if p.Brand != "" {
		o.key("brand")
		o.open("Brand")
		o.field("name", p.Brand)
		o.close()
	}
	if c.SKU != "" {
		o.field("sku", c.SKU)
	}
	if isGTIN(c.Barcode) {
		o.field("gtin", c.Barcode)
	}
	o.key("image")
	o.WriteByte('[')
	for i := range d.view.Pictures {
		o.comma()
		o.text(d.Absolute(d.view.Pictures[i].Source()))
	}
	o.WriteByte(']')
	o.key("offers")
	s.offerData(o, d, url)
	o.close()
	return o.String()
}

// firstPart keeps a description short enough for machines that only glance at it.
func firstPart(body string) string {
	const enough = 2000
	if len(body) <= enough {
		return body
	}
	cut := strings.LastIndexByte(body[:enough], ' ')
	return strings.ToValidUTF8(body[:max(cut, 0)], "")
}

func isGTIN(code string) bool {
	switch len(code) {
	case 8, 12, 13, 14:
		return strings.Trim(code, "0123456789") == ""
	}
	return false
}

func (s *Shop) offerData(o *doc, d *productPage, url string) {
	country := s.Market.Country
	if country == "" { // a union: the country of the place that the page is for
		country = strings.ToUpper(d.Place.District.ID)
	}
	stock := "https://schema.org/InStock"
	if d.chosen.OnHand <= 0 {
		stock = "https://schema.org/OutOfStock"
	}
	o.open("Offer")
	o.field("url", url)
	o.field("price", s.Market.Decimal(d.chosen.Price))
	o.field("priceCurrency", s.Market.Currency.Code)
	o.field("availability", stock)
	o.field("itemCondition", "https://schema.org/NewCondition")
	o.key("seller")
	o.open("Organization")
	o.field("name", d.store.Name)
	o.close()
	if d.delivery != nil {
		s.shippingData(o, d, country)
	}
	o.key("hasMerchantReturnPolicy")
	o.open("MerchantReturnPolicy")
	o.field("applicableCountry", country)
	o.field("returnPolicyCategory", "https://schema.org/MerchantReturnFiniteReturnWindow")
	o.number("merchantReturnDays", s.returnDays(d.store))
	o.close()
	o.close()
}

func (s *Shop) shippingData(o *doc, d *productPage, country string) {
	days := func(name string, from, to int) {
		o.key(name)
		o.open("QuantitativeValue")
		o.number("minValue", from)
		o.number("maxValue", to)
		o.field("unitCode", "DAY")
		o.close()
	}
	o.key("shippingDetails")
	o.open("OfferShippingDetails")
	o.key("shippingRate")
	o.open("MonetaryAmount")
	o.field("value", s.Market.Decimal(d.delivery.Cost))
	o.field("currency", s.Market.Currency.Code)
	o.close()
	o.key("shippingDestination")
	o.open("DefinedRegion")
	o.field("addressCountry", country)
	o.close()
	o.key("deliveryTime")
	o.open("ShippingDeliveryTime")
	days("handlingTime", 0, d.store.PackDays+d.delivery.ExtraDays)
	days("transitTime", d.Place.Zone.TransitMin, d.Place.Zone.TransitMax)
	o.close()
	o.close()
}
