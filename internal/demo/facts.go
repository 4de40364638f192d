package demo

import (
	"slices"
	"strings"

	"aromart/internal/goods/catalog"
	"aromart/internal/market"
)

// facts turns a product's attributes into those that its category filters by,
// where it has one of that name and measure; the others stay as they are
// written. A material in more words than the filter knows stands beside it.
func facts(p Product) []catalog.Attribute {
	known := market.AttributesOf(p.Category)
	var out []catalog.Attribute
	add := func(a catalog.Attribute) {
		if !slices.ContainsFunc(out, func(b catalog.Attribute) bool { return a.Name == b.Name }) {
			out = append(out, a)
		}
	}
	for _, a := range p.Attributes {
		m, fact, ok := fit(known, a)
		if ok {
			add(fact)
		}
		if !ok {
			add(a.free(a.Name))
		} else if m.Kind == market.ChoiceAttribute && !strings.EqualFold(a.Text, choiceName(m, fact.Text)) {
			add(a.free(details[a.Name]))
		}
	}
	return out
}

// details names the longer form of an attribute whose short form is a filter.
var details = map[string]string{"Material": "Made of", "Pattern": "Design", "Stone": "Set with", "Resolution": "Pixels", "Finish": "Surface"}

func choiceName(m market.Attribute, key string) string {
	c, _ := m.Choice(key)
	return c.Name.En
}

// free writes an attribute as a fact that no filter knows.
func (a Attribute) free(name string) catalog.Attribute {
	if name == "" {
		name = a.Name
	}
	switch {
	case a.Kind == "number":
		return catalog.Attribute{Name: name, Number: a.Number, Unit: a.Unit, IsNum: true}
	case a.Kind == "bool" && a.Bool:
		return catalog.Attribute{Name: name, Text: "yes"}
	case a.Kind == "bool":
		return catalog.Attribute{Name: name, Text: "no"}
	}
	return catalog.Attribute{Name: name, Text: a.Text}
}

// fit finds the category's attribute for one of ours.
func fit(known []market.Attribute, a Attribute) (market.Attribute, catalog.Attribute, bool) {
	for _, m := range known {
		if m.Name.En != a.Name && m.Key != aliases[a.Name] {
			continue
		}
		fact := catalog.Attribute{Name: m.Key}
		switch {
		case m.Kind == market.BoolAttribute && a.Kind == "bool":
			fact.Text = a.free("").Text
			return m, fact, true
		case m.Kind == market.NumberAttribute && a.Kind == "number":
			if n, ok := convert(a.Number, a.Unit, m.Unit); ok {
				fact.Number, fact.Unit, fact.IsNum = n, m.Unit, true
				return m, fact, true
			}
		case m.Kind == market.ChoiceAttribute && a.Kind == "text":
			if c, ok := choose(m, a.Text); ok {
				fact.Text = c
				return m, fact, true
			}
		case m.Kind == market.TextAttribute && a.Kind == "text":
			fact.Text = a.Text
			return m, fact, true
		}
	}
	return market.Attribute{}, catalog.Attribute{}, false
}

var aliases = map[string]string{"Induction": "induction", "Age from": "age_from", "Capacity": "volume"}

// convert brings a number into the unit of the market's attribute.
func convert(n float64, from, to string) (float64, bool) {
	if strings.EqualFold(from, to) {
		return n, true
	}
	factor, ok := map[string]float64{"cm>m": 0.01, "mm>m": 0.001, "l>ml": 1000, "ml>L": 0.001, "kg>g": 1000, "years>months": 12, "TB>GB": 1000}[from+">"+to]
	return n * factor, ok
}

// choose finds the choice for a text of several words by the words that name one.
func choose(m market.Attribute, text string) (string, bool) {
	if c, ok := m.Choice(text); ok {
		return c.Key, true
	}
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r == ' ' || r == ',' || r == '-' })
	for _, w := range words {
		if s, ok := kinds[w]; ok {
			w = s
		}
		if c, ok := m.Choice(w); ok {
			return c.Key, true
		}
	}
	return "", false
}

// kinds says what a shopkeeper's material is in the words of the filter.
var kinds = map[string]string{
	"stoneware": "ceramic", "porcelain": "ceramic", "terracotta": "clay", "granite": "stone",
	"teak": "wood", "jak": "wood", "acacia": "wood", "mahogany": "wood", "rubberwood": "wood", "kumbuk": "wood", "kaduru": "wood", "beech": "wood",
	"neem": "wood", "pine": "wood", "ehela": "wood", "kithul": "wood", "willow": "wood", "spruce": "wood", "mango": "wood", "oak": "wood", "plywood": "wood", "coconut": "wood",
	"steel": "metal", "iron": "metal", "tinplate": "metal", "bronze": "metal", "copper": "metal", "enameled": "metal", "chrome": "metal", "zinc": "metal", "galvanized": "metal", "carbon": "metal",
	"borosilicate": "glass", "tempered": "glass", "canvas": "cotton", "organic": "cotton", "waxed": "cotton", "muslin": "cotton", "rayon": "viscose",
	"cane": "rattan", "recycled": "polyester", "polyamide": "polyester", "polypropylene": "plastic", "polycarbonate": "plastic", "abs": "plastic", "sterling": "silver",
	"board": "paper", "natural": "rubber", "synthetic": "imitation_leather", "plain": "plain", "stripes": "striped", "checks": "checked", "woven": "handloom", "diamond": "handloom",
	"lotus": "floral", "leaves": "floral", "fern": "floral", "birds": "printed", "fish": "printed", "palms": "printed", "temple": "handloom", "topaz": "other",
}
