package demo

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"aromart/internal/market"
)

func world(t *testing.T) *World {
	t.Helper()
	w, err := Content()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func lanka(t *testing.T) *market.Profile {
	t.Helper()
	p, ok := market.ByCode("lk")
	if !ok {
		t.Fatal("no market lk")
	}
	return p
}

func TestCounts(t *testing.T) {
	w := world(t)
	tops, translated, own := map[int64]int{}, 0, 0
	for _, p := range w.Products {
		path := market.CategoryPath(p.Category)
		if len(path) == 0 {
			t.Errorf("%s: category %d is not in the tree", p.Slug, p.Category)
			continue
		}
		tops[path[0].ID]++
		if len(p.Translations) > 0 {
			translated++
		}
		if p.Language != "en" {
			own++
		}
	}
	for what, c := range map[string]struct{ got, least int }{
		"sellers": {len(w.Sellers), 24}, "products": {len(w.Products), 480}, "top categories": {len(tops), 18},
		"customers": {len(w.Customers), 12}, "orders": {len(w.Orders), 40},
		"translated products": {translated, 25}, "products without English": {own, 12},
	} {
		if c.got < c.least {
			t.Errorf("%d %s, want at least %d", c.got, what, c.least)
		}
	}
	for id, n := range tops {
		if n < 2 {
			t.Errorf("top category %d has only %d product", id, n)
		}
	}
}

func TestIdentitiesAreUnique(t *testing.T) {
	seen := map[string]string{}
	once := func(kind, value, owner string) {
		t.Helper()
		if other, dup := seen[kind+value]; dup {
			t.Errorf("%s %q belongs to %s and %s", kind, value, other, owner)
		}
		seen[kind+value] = owner
	}
	w := world(t)
	for _, s := range w.Sellers {
		once("store", s.Slug, s.Name)
		once("legal name", s.LegalName, s.Name)
	}
	for _, c := range w.Customers {
		once("customer", c.Key, c.Name)
		once("mail", c.Email, c.Name)
		once("phone", c.Phone, c.Name)
	}
	for _, p := range w.Products {
		once("slug", p.Slug, p.Store)
		once("title", p.Title, p.Slug)
		once("description", p.Description, p.Slug)
		for _, v := range p.Variants {
			once("sku", v.SKU, p.Slug)
			if v.Barcode != "" {
				once("barcode", v.Barcode, v.SKU)
			}
		}
	}
}

var slugShape = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func TestProducts(t *testing.T) {
	w := world(t)
	var reduced, low, out, variants int
	for _, p := range w.Products {
		if !slugShape.MatchString(p.Slug) {
			t.Errorf("slug %q", p.Slug)
		}
		if !slices.ContainsFunc(w.Sellers, func(s Seller) bool { return s.Slug == p.Store }) {
			t.Errorf("%s: no store %q", p.Slug, p.Store)
		}
		if p.Brand == "" || p.Type == "" || p.Title != strings.TrimSpace(p.Title) || len([]rune(p.Title)) > 70 {
			t.Errorf("%s: brand %q, type %q, title %q", p.Slug, p.Brand, p.Type, p.Title)
		}
		if len(p.Attributes) == 0 && p.Type != "Cat Supplies" {
			t.Errorf("%s has no attributes", p.Slug)
		}
		checkTexts(t, p)
		checkOptions(t, p)
		if p.Variants[0].CompareAt > 0 {
			reduced++
		}
		for _, v := range p.Variants {
			variants++
			if v.Price <= 0 || v.Price%100 != 0 || v.Grams <= 0 || v.Stock < 0 {
				t.Errorf("%s: price %d, weight %d, stock %d", v.SKU, v.Price, v.Grams, v.Stock)
			}
			if v.CompareAt != 0 && v.CompareAt <= v.Price {
				t.Errorf("%s: %d is not less than %d", v.SKU, v.Price, v.CompareAt)
			}
			if v.Barcode != "" && !validEAN13(v.Barcode) {
				t.Errorf("%s: barcode %s", v.SKU, v.Barcode)
			}
			switch {
			case v.Stock == 0:
				out++
			case v.Stock <= 3:
				low++
			}
		}
	}
	if share := 100 * reduced / len(w.Products); share < 8 || share > 20 {
		t.Errorf("%d %% of the products are reduced", share)
	}
	if out < 20 || low < 20 || out > variants/5 {
		t.Errorf("of %d variants %d are sold out and %d nearly", variants, out, low)
	}
}

var (
	cleanHTML = regexp.MustCompile(`^(<p>[^<>]+</p>)+$`)
	sentence  = regexp.MustCompile(`[.!?](</p>| |$)`)
	sinhala   = regexp.MustCompile(`\p{Sinhala}`)
	tamil     = regexp.MustCompile(`\p{Tamil}`)
)

func checkTexts(t *testing.T, p Product) {
	t.Helper()
	script := map[string]*regexp.Regexp{"en": regexp.MustCompile(`[a-z]`), "si": sinhala, "ta": tamil}
	if !cleanHTML.MatchString(p.Description) || len(sentence.FindAllString(p.Description, -1)) < 2 {
		t.Errorf("%s: description %q", p.Slug, p.Description)
	}
	texts := append([]Translation{{p.Language, p.Title, p.Description}}, p.Translations...)
	for _, x := range texts {
		if s := script[x.Language]; s == nil || !s.MatchString(x.Title) || !s.MatchString(x.Description) || !cleanHTML.MatchString(x.Description) {
			t.Errorf("%s: %s text %q, %q", p.Slug, x.Language, x.Title, x.Description)
		}
		if x.Language != "si" && sinhala.MatchString(x.Title+x.Description) || x.Language != "ta" && tamil.MatchString(x.Title+x.Description) {
			t.Errorf("%s: the %s text is written in another script", p.Slug, x.Language)
		}
	}
}

func checkOptions(t *testing.T, p Product) {
	t.Helper()
	if len(p.Options) > 3 || len(p.Variants) > 100 {
		t.Errorf("%s: %d options, %d variants", p.Slug, len(p.Options), len(p.Variants))
	}
	combos := map[string]bool{}
	for _, v := range p.Variants {
		if len(v.Values) != len(p.Options) || combos[strings.Join(v.Values, "/")] {
			t.Errorf("%s: variant %v", p.Slug, v.Values)
		}
		combos[strings.Join(v.Values, "/")] = true
	}
	for i, o := range p.Options {
		for _, val := range o.Values {
			if !slices.ContainsFunc(p.Variants, func(v Variant) bool { return v.Values[i] == val.Name }) {
				t.Errorf("%s: no variant has %s %s", p.Slug, o.Name, val.Name)
			}
			if o.Name == "Color" && val.Color == "" {
				t.Errorf("%s: the palette has no color %q", p.Slug, val.Name)
			}
		}
	}
}

func validEAN13(code string) bool {
	if len(code) != 13 {
		return false
	}
	sum := 0
	for i := range code {
		d := int(code[i] - '0')
		if i%2 == 1 {
			d *= 3
		}
		sum += d
	}
	return sum%10 == 0
}

func TestBarcode(t *testing.T) {
	if !validEAN13("4006381333931") || validEAN13("4006381333932") {
		t.Error("the check itself is wrong")
	}
}

func TestSellers(t *testing.T) {
	lk := lanka(t)
	w := world(t)
	kinds := map[string]bool{}
	for _, s := range w.Sellers {
		if p, ok := lk.Place(s.City); !ok || p.City.ID == "" {
			t.Errorf("%s: no town %q", s.Slug, s.City)
		}
		if _, err := time.Parse(time.DateOnly, s.Opened); err != nil {
			t.Errorf("%s: %v", s.Slug, err)
		}
		if s.PackingDays < 0 || s.PackingDays > 3 || s.ReturnDays < 7 || s.CommissionBP <= 0 || len(s.About) < 120 || s.Tagline == "" {
			t.Errorf("%s: %+v", s.Slug, s)
		}
		kinds[s.Delivery.Kind] = true
		if s.Delivery.Kind == "zone_weight" {
			for _, z := range lk.Zones() {
				if !slices.ContainsFunc(s.Delivery.Zones, func(o Zone) bool { return o.Zone == z.ID && o.Base > 0 }) {
					t.Errorf("%s does not deliver to %s", s.Slug, z.ID)
				}
			}
		} else if s.Delivery.Amount <= 0 {
			t.Errorf("%s: delivery %+v", s.Slug, s.Delivery)
		}
		n := 0
		for _, p := range w.Products {
			if p.Store == s.Slug {
				n++
			}
		}
		if n < 4 {
			t.Errorf("%s sells only %d products", s.Slug, n)
		}
	}
	if len(kinds) != 3 {
		t.Errorf("kinds of delivery: %v", kinds)
	}
}

func TestCustomersAreInvented(t *testing.T) {
	lk := lanka(t)
	for _, c := range world(t).Customers {
		if !strings.HasSuffix(c.Email, "@example.com") && !strings.HasSuffix(c.Email, "@example.org") {
			t.Errorf("%s: mail address %s", c.Key, c.Email)
		}
		if !strings.HasPrefix(c.Phone, "+947000001") {
			t.Errorf("%s: phone %s", c.Key, c.Phone)
		}
		if p, ok := lk.Place(c.Address.City); !ok || p.City.ID == "" {
			t.Errorf("%s: no town %q", c.Key, c.Address.City)
		}
	}
}

func TestOrders(t *testing.T) {
	w := world(t)
	products := map[string]Product{}
	for _, p := range w.Products {
		products[p.Slug] = p
	}
	ends := map[End]int{}
	for i, o := range w.Orders {
		if !slices.ContainsFunc(w.Customers, func(c Customer) bool { return c.Key == o.Customer }) {
			t.Errorf("order %d: no customer %q", i, o.Customer)
		}
		if o.HoursAgo <= 0 || len(o.Parts) == 0 {
			t.Errorf("order %d: %+v", i, o)
		}
		for _, part := range o.Parts {
			ends[part.End]++
			for _, l := range part.Lines {
				p, ok := products[l.Product]
				if !ok || p.Store != part.Store || l.Variant >= len(p.Variants) {
					t.Errorf("order %d: %s does not sell %s#%d", i, part.Store, l.Product, l.Variant)
					continue
				}
				if have := p.Variants[l.Variant].Stock; have < l.Quantity {
					t.Errorf("order %d: %d of %s wanted, %d there", i, l.Quantity, p.Variants[l.Variant].SKU, have)
				}
			}
		}
	}
	for _, e := range Ends {
		if ends[e] < 2 {
			t.Errorf("%d seller orders end %s", ends[e], e)
		}
	}
}
