package market

import (
	"regexp"
	"strings"
	"testing"

	"aromart/internal/kit/i18n"
)

func TestAttributes(t *testing.T) {
	for _, c := range Children(0) {
		facets := 0
		for _, a := range AttributesOf(c.ID) {
			if a.Facet {
				facets++
			}
		}
		if facets == 0 {
			t.Errorf("the top category %s has no attribute to filter by", c.Slug)
		}
	}
	key := regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)*$`)
	for k, a := range loadAttributes().byKey {
		if !key.MatchString(k) || a.Name.En == "" || a.Name.Si == "" || a.Name.Ta == "" {
			t.Errorf("%+v: bad key, or a name is missing", a)
		}
		switch a.Kind {
		case ChoiceAttribute:
			if len(a.Choices) < 2 {
				t.Errorf("%s has %d choices", k, len(a.Choices))
			}
		case TextAttribute, NumberAttribute, BoolAttribute:
			if len(a.Choices) > 0 {
				t.Errorf("%s is a %s and has choices", k, a.Kind)
			}
		default:
			t.Errorf("%s has the kind %q", k, a.Kind)
		}
		if a.Unit != "" && (a.Kind != NumberAttribute || !i18n.For("en").Has("market.unit."+a.Unit)) {
			t.Errorf("%s: the unit %q has no message, or the attribute is no number", k, a.Unit)
		}
		seen := map[string]bool{}
		for _, c := range a.Choices {
			if !key.MatchString(c.Key) || c.Name.Si == "" || c.Name.Ta == "" {
				t.Errorf("%s: choice %+v", k, c)
			}
			for _, text := range []string{c.Key, c.Name.En, c.Name.Si, c.Name.Ta} {
				if got, ok := a.Choice(text); !ok || got.Key != c.Key {
					t.Errorf("%s: %q finds %q, want %q", k, text, got.Key, c.Key)
				}
			}
			if seen[c.Key] {
				t.Errorf("%s: choice %s twice", k, c.Key)
			}
			seen[c.Key] = true
		}
	}
}

func TestAttributesAreInherited(t *testing.T) {
	laptops, _ := CategoryBySlug("laptops")
	var keys []string
	for _, a := range AttributesOf(laptops.ID) {
		keys = append(keys, a.Key)
	}
	want := "screen_size ram storage processor operating_system color warranty connection"
	if got := strings.Join(keys, " "); got != want {
		t.Errorf("laptops have %s, want %s", got, want)
	}
	ram, _ := AttributeByKey("ram")
	if ram.Kind != NumberAttribute || ram.Unit != "GB" || !ram.Facet {
		t.Errorf("ram is %+v", ram)
	}
	if len(AttributesOf(-1)) != 0 {
		t.Error("an unknown category has attributes")
	}
}
