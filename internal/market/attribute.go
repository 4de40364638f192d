package market

import (
	"slices"
	"strings"
	"sync"
)

// AttributeKind says what values an attribute takes.
type AttributeKind string

// The kinds of attributes.
const (
	TextAttribute   AttributeKind = "text"
	ChoiceAttribute AttributeKind = "choice" // the key of one of Choices
	NumberAttribute AttributeKind = "number" // in Unit, with at most Decimals digits
	BoolAttribute   AttributeKind = "bool"
)

// Attribute is a fact that products of a category have. It is no choice of the
// buyer: those are options of the product.
type Attribute struct {
	Key      string
	Kind     AttributeKind
	Unit     string // "GB", "ml"; "" where the number counts things
	Decimals int
	Facet    bool // offered as a filter
	Name     Names
	Choices  []Choice

	words map[string]int // place of a choice by its key and its normalized names
}

// Choice is one value of a choice attribute.
type Choice struct {
	Key  string
	Name Names
}

// Choice finds a value by its key or its name in any language, for imports.
func (a Attribute) Choice(text string) (Choice, bool) {
	i, known := a.words[text]
	if !known {
		i, known = a.words[normalize(text)]
	}
	if !known {
		return Choice{}, false
	}
	return a.Choices[i], true
}

// index remembers what each choice is called, because pages ask for many.
func (a *Attribute) index() {
	a.words = map[string]int{}
	for i, c := range a.Choices {
		for _, name := range []string{c.Key, c.Name.En, c.Name.Si, c.Name.Ta} {
			for _, name := range []string{name, normalize(name)} {
				if _, taken := a.words[name]; !taken && name != "" {
					a.words[name] = i
				}
			}
		}
	}
}

// AttributeByKey returns an attribute.
func AttributeByKey(key string) (Attribute, bool) {
	a, known := loadAttributes().byKey[key]
	return a, known
}

// AttributesOf returns the attributes of a category: its own first, then those
// of its ancestors. Callers share the result and must not change it.
func AttributesOf(category int64) []Attribute { return loadAttributes().of[category] }

type attributes struct {
	byKey map[string]Attribute
	of    map[int64][]Attribute
}

var loadAttributes = sync.OnceValue(func() attributes {
	out := attributes{byKey: map[string]Attribute{}, of: map[int64][]Attribute{}}
	for _, f := range table("attributes.tsv", 9) {
		a := Attribute{Key: f[0], Kind: AttributeKind(f[1]), Unit: f[2], Decimals: int(mustInt(f[3], 10)),
			Facet: f[4] == "1", Name: Names{f[5], f[6], f[7]}, Choices: choices(f[8])}
		a.index()
		out.byKey[f[0]] = a
	}
	own := map[string][]string{}
	for _, f := range table("category_attributes.tsv", 2) {
		own[f[0]] = strings.Fields(f[1])
	}
	for _, c := range Categories() { // parents come first
		var list []Attribute
		for _, key := range own[c.Slug] {
			a, known := out.byKey[key]
			if !known {
				panic("market: " + c.Slug + " has an unknown attribute " + key)
			}
			list = append(list, a)
		}
		for _, a := range out.of[c.Parent] {
			if !slices.ContainsFunc(list, func(b Attribute) bool { return b.Key == a.Key }) {
				list = append(list, a)
			}
		}
		out.of[c.ID] = list
	}
	return out
})

func choices(text string) []Choice {
	var out []Choice
	for entry := range strings.SplitSeq(text, ",") {
		if f := strings.Split(entry, ":"); len(f) == 4 {
			out = append(out, Choice{f[0], Names{f[1], f[2], f[3]}})
		} else if entry != "" {
			panic("market: bad choice " + entry)
		}
	}
	return out
}
