package exchange

import (
	"reflect"
	"strings"
	"testing"

	"aromart/internal/kit/errs"
)

func mapping(t *testing.T, text string) *Mapping {
	t.Helper()
	m, err := ReadMapping(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestOwnMappingsAreSound(t *testing.T) {
	if len(OwnMappings()) < 10 {
		t.Fatalf("only %v", OwnMappings())
	}
	for _, name := range OwnMappings() {
		if m, err := OwnMapping(name); err != nil || m.Name != name || m.About == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := OwnMapping("../mapping"); !errs.Is(err, "exchange.mapping_unknown") {
		t.Errorf("got %v", err)
	}
}

func TestMappingErrors(t *testing.T) {
	for _, tt := range []struct{ in, id string }{
		{"", "mapping_wrong"},
		{"[]", "mapping_wrong"},
		{`{"tilte": "x"}`, "mapping_wrong"},
		{`{"title": {"colum": "x"}}`, "mapping_wrong"},
		{`{"title": {"column": "x", "match": "("}}`, "mapping_wrong"},
		{`{"title": "x", "separator": ",,"}`, "mapping_wrong"},
		{`{"title": "x", "options": [{"name": "Size"}]}`, "mapping_wrong"},
		{`{"handle": "x"}`, "mapping_no_title"},
	} {
		_, err := ReadMapping(strings.NewReader(tt.in))
		if !errs.Is(err, "exchange."+tt.id) {
			t.Errorf("%s: got %v, want %s", tt.in, err, tt.id)
			continue
		}
		wantSentences(t, err)
	}
	_, err := Read(strings.NewReader("a,b\n1,2\n"), Options{Mapping: mapping(t, `{"title": "name"}`)})
	if !errs.Is(err, "exchange.mapping_column_missing") {
		t.Errorf("got %v", err)
	}
	if _, err = Read(strings.NewReader("a,b\n1,2\n"), Options{Format: Generic}); !errs.Is(err, "exchange.mapping_missing") {
		t.Errorf("got %v", err)
	}
}

func TestGenericTable(t *testing.T) {
	m := mapping(t, `{"separator": "#", "quote": "none", "handle": {"template": "{brand} {name}"}, "title": "name", "body": {"column": "text", "plain": true},
		"vendor": "brand", "category": "cat", "categories": {"fruit": "Food > Fruit"}, "price": "price", "compare_at": "was", "stock": "stock",
		"pictures": {"column": "pics", "split": "|"}, "options": [{"name": "Pack size", "value": "pack"}], "weight": {"column": "w", "unit": "g"},
		"skip": [{"value": "kind", "is": ["service"]}]}`)
	f := read(t, "name#brand#text#cat#price#was#stock#pack#pics#w#kind\n"+
		"5\" Apple#Fresh#Red & round#fruit#1.250,50#2.000#in stock#1 kg#a.jpg|b.jpg#1 kg#\n"+
		"5\" Apple#Fresh###99##out of stock#500 g###\n"+
		"5\" Apple#Fresh###99###1 kg###\n"+
		"Help#Fresh###5###h###service\n", Options{Mapping: m})
	wantIssues(t, f, "2 warning compare_low", "4 error variant_repeated", "5 note row_skipped")
	p := f.Products[0]
	if p.Handle != "fresh-5-apple" || p.Title != `5" Apple` || p.BodyHTML != "<p>Red &amp; round</p>" || p.Category != "Food > Fruit" || len(p.Pictures) != 2 {
		t.Errorf("%+v", p)
	}
	want := []Variant{ // the former price "2.000" is two: a point alone is the decimal mark
		{Row: 2, Values: []string{"1 kg"}, Price: 125050, Weight: 1000, Picture: "a.jpg"},
		{Row: 3, Values: []string{"500 g"}, Price: 9900, Weight: -1, Stock: 0, HasStock: true},
	}
	if !reflect.DeepEqual(p.Variants, want) {
		t.Errorf("got  %+v\nwant %+v", p.Variants, want)
	}
}

func TestGenericJSON(t *testing.T) {
	m := mapping(t, `{"items": "products", "handle": "id", "title": "name", "price": {"first": ["sale", "price"]}, "tags": {"column": "tags", "split": "json"},
		"barcode": "meta.code", "variations": "axes", "attribute_prefixes": ["attr_"], "minor_units": true}`)
	f := read(t, `{"total": {"x": [1]}, "products": [
		{"id": 1, "name": "Cup", "price": 1250, "sale": null, "tags": ["a", "b"], "meta": {"code": "77"}, "attr_in_color": "red", "attr_n": 6.0,
		 "axes": [{"name": "Size", "variations": ["S", "M"]}, {"name": "Size", "variations": ["Red"]}]},
		7, {"id": 2, "price": 5}]}`, Options{Mapping: m})
	wantIssues(t, f, "2 error json_no_object")
	if len(f.Products) != 2 {
		t.Fatalf("%d products", len(f.Products))
	}
	p := f.Products[0]
	if p.Variants[0].Price != 1250 || p.Variants[0].Barcode != "77" || !reflect.DeepEqual(p.Tags, []string{"a", "b"}) || p.attribute("In color") != "red" {
		t.Errorf("%+v", p)
	}
	if !reflect.DeepEqual(p.Options, []string{"Size", "Option 2"}) || len(p.Variants) != 2 || !reflect.DeepEqual(p.Variants[1].Values, []string{"M", "Red"}) {
		t.Errorf("variants %v %+v", p.Options, p.Variants)
	}
}

func TestJSONLines(t *testing.T) {
	m := mapping(t, `{"handle": "id", "title": "name", "price": "price"}`)
	f := read(t, "{\"id\":\"1\",\"name\":\"a\u2028b\",\"price\":\"1.956000000000000e+02\"}\n\n{\"id\":\"2\",\n{\"id\":\"3\",\"name\":\"c\"}\n", Options{Mapping: m})
	wantIssues(t, f, "3 error json_line", "4 warning price_missing")
	if len(f.Products) != 2 || f.Products[0].Title != "a b" || f.Products[0].Variants[0].Price != 19560 {
		t.Errorf("%+v", f.Products)
	}
}

func TestContinuedAndHeadRows(t *testing.T) {
	continued := mapping(t, `{"handle": "slug", "continues": true, "title": "name", "price": "price", "option_list": {"names": {"column": "o", "split": "|"}, "values": {"column": "v", "split": "|"}}}`)
	f := read(t, "name ,slug ,o    ,v      ,price\nLaptop,laptop,s|r  ,13|8  ,10\n      ,      ,     ,15|8  ,12\nCup,cup,,,3\n", Options{Mapping: continued})
	wantIssues(t, f)
	if len(f.Products) != 2 || len(f.Products[0].Variants) != 2 || !reflect.DeepEqual(f.Products[0].Variants[1].Values, []string{"15", "8"}) {
		t.Errorf("%+v", f.Products)
	}
	heads := mapping(t, `{"handle": "slug", "heads": true, "title": "name", "price": "price", "options": [{"name": {"column": "o"}, "value": "v"}]}`)
	f = read(t, "name,slug,o,v,price\nMachine,m,,,0\n,m,Color,Red,10\n,m,Color,Blue,11\nCup,cup,,,3\n", Options{Mapping: heads})
	wantIssues(t, f)
	if len(f.Products) != 2 || len(f.Products[0].Variants) != 2 || len(f.Products[1].Variants) != 1 || f.Products[1].Variants[0].Price != 300 {
		t.Errorf("%+v", f.Products)
	}
}
