package api_test

import (
	"fmt"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/platform/db/dbtest"
)

// TestChoicesThatChooseNothingAreTold: what a program mistyped is not passed over.
func TestChoicesThatChooseNothingAreTold(t *testing.T) {
	c := start(t, dbtest.SQLite(t))
	order := c.order()
	quote := func(key string, value any) map[string]any { return map[string]any{"lines": order["lines"], key: value} }
	gone := []any{map[string]any{"variant": "AAAAAAAAAAAAAAAAAAAAAA", "quantity": 1}}
	for name, tt := range map[string]struct {
		body map[string]any
		want string // field code message
	}{
		"city":    {quote("city", "atlantis"), "city error.bad_choice Please choose one of the options in the list."},
		"store":   {quote("delivery", map[string]any{"nobody": "x"}), "delivery.nobody delivery.unknown_method None of the products in this order comes from a store of this name."},
		"coupon":  {quote("coupon", "SAVE10"), "coupon coupon.unknown There is no such coupon, so nothing was taken off."},
		"variant": {map[string]any{"lines": gone}, "line-AAAAAAAAAAAAAAAAAAAAAA line.gone This product is no longer for sale."},
	} {
		code, q := c.call("POST", "/api/v1/quotes", tt.body)
		var got []string
		if list, ok := q["requirements"].([]any); ok {
			for _, r := range list {
				m := r.(map[string]any)
				got = append(got, fmt.Sprint(m["field"], " ", m["code"], " ", m["message"]))
			}
		}
		if code != 200 || len(got) != 1 || got[0] != tt.want {
			t.Errorf("%s: %d %q, want %q", name, code, got, tt.want)
		}
	}
	for field, tt := range map[string]struct {
		value  any
		status int
		code   string
	}{
		"city":     {"atlantis", 422, "error.bad_choice"},
		"delivery": {map[string]any{"nobody": "x"}, 422, "delivery.unknown_method"},
		"coupon":   {"SAVE10", 400, "web.unknown_field"}, // an order has the total of its quote, and no coupon of its own
	} {
		if code, p := c.call("POST", "/api/v1/orders", with(order, field, tt.value), "Idempotency-Key", "key-choice-"+field); code != tt.status || p["code"] != tt.code {
			t.Errorf("order with %s: %d %v", field, code, p["code"])
		}
	}
	many := map[string]any{}
	for i := range 51 {
		many[fmt.Sprint("store-", i)] = "x"
	}
	if code, p := c.call("POST", "/api/v1/orders", with(order, "delivery", many), "Idempotency-Key", "key-choice-many"); code != 422 || p["code"] == "delivery.unknown_method" {
		t.Errorf("an order of 51 stores: %d %v", code, p["code"])
	}
	for _, lang := range []string{"si", "ta"} {
		e := errs.New(errs.Conflict, "line.gone", "title", "").Saying("line.gone.unnamed")
		if text := i18n.For(lang).Error(e); text == "" || strings.HasPrefix(text, " ") || text == i18n.For("en").Error(e) {
			t.Errorf("%s: %q", lang, text)
		}
	}
}

// TestFaultsSpeakToPrograms: no form, no page, and the field as the caller wrote it.
func TestFaultsSpeakToPrograms(t *testing.T) {
	c := start(t, dbtest.SQLite(t))
	order := c.order()
	for name, tt := range map[string]struct {
		body   any
		header []string
		field  string
		detail string
	}{
		"unknown field": {with(order, "price", 1), []string{"Idempotency-Key", "key-words-1"}, "price", "There is no field named price here."},
		"no JSON":       {"{", []string{"Idempotency-Key", "key-words-1"}, "", "What was sent is not JSON of the form that this address takes."},
		"no key":        {order, nil, "Idempotency-Key", "Please fill in this field."},
		"short key":     {order, []string{"Idempotency-Key", "k"}, "Idempotency-Key", "Please check what you entered."},
	} {
		code, p := c.call("POST", "/api/v1/orders", tt.body, tt.header...)
		field := ""
		if list, ok := p["errors"].([]any); ok {
			field = list[0].(map[string]any)["field"].(string)
		}
		if code < 400 || code > 422 || field != tt.field || p["detail"] != tt.detail {
			t.Errorf("%s: %d %q %q", name, code, field, p["detail"])
		}
	}
	if code, p := c.call("GET", "/api/v1/products/"+strings.Repeat("x", 301), nil); code != 422 || p["errors"].([]any)[0].(map[string]any)["field"] != "slug" {
		t.Errorf("path: %d %v", code, p["errors"])
	}
}

// TestIDsAreText: also those of categories, in answers, in queries and in the document.
func TestIDsAreText(t *testing.T) {
	c := start(t, dbtest.SQLite(t))
	_, tree := c.call("GET", "/api/v1/categories", nil)
	for _, x := range tree["categories"].([]any) {
		node := x.(map[string]any)
		if id, ok := node["id"].(string); !ok || id == "" {
			t.Fatalf("%v", node)
		}
		if parent, there := node["parent"]; there {
			if _, ok := parent.(string); !ok {
				t.Fatalf("%v", node)
			}
		}
	}
	_, list := c.call("GET", "/api/v1/products?limit=1", nil)
	card := list["products"].([]any)[0].(map[string]any)
	_, product := c.call("GET", "/api/v1/products/"+card["slug"].(string), nil)
	if card["category"] != product["category"] { // absent in both, or text in both: the document below says so
		t.Errorf("card %v, product %v", card["category"], product["category"])
	}
	if code, none := c.call("GET", "/api/v1/products?category=999999999", nil); code != 200 || none["total"].(float64) != 0 {
		t.Errorf("unknown category: %d %v", code, none["total"])
	}
	for _, bad := range []string{"x", "-1", "1.5"} {
		if code, p := c.call("GET", "/api/v1/products?category="+bad, nil); code != 422 || p["code"] != "error.bad_choice" {
			t.Errorf("%s: %d %v", bad, code, p["code"])
		}
	}
	_, doc := c.call("GET", "/api/v1/openapi.json", nil)
	schemas := doc["components"].(map[string]any)["schemas"].(map[string]any)
	for schema, fields := range map[string][]string{"Category": {"id", "parent"}, "Card": {"id", "category"}, "Product": {"id", "category"}} {
		for _, f := range fields {
			if got := schemas[schema].(map[string]any)["properties"].(map[string]any)[f].(map[string]any)["type"]; got != "string" {
				t.Errorf("%s.%s is %v", schema, f, got)
			}
		}
	}
}

// TestTheManualShowsFieldsAndExamples: a reader needs no other tool, and no script runs.
func TestTheManualShowsFieldsAndExamples(t *testing.T) {
	c := start(t, dbtest.SQLite(t))
	w := httptest.NewRecorder()
	c.server.ServeHTTP(w, httptest.NewRequest("GET", "https://shop.test/api/docs", nil))
	page := w.Body.String()
	for _, want := range []string{`<link rel="stylesheet" href="/static/site.test.css">`, "curl https://market.example/api/v1/categories", `<a href="#type-Money">Money</a>`, `<h3 id="type-Money">`,
		`<th scope="row">contact.phone</th>`, `<th scope="row">next_cursor</th>`, `<th scope="row">Idempotency-Key</th>`, "required; in the header", "Answer 201, application/json", "ISO 4217",
		`<h3 id="type-Problem">`, `<th scope="row">coupon</th>`} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is missing", want)
		}
	}
	for _, never := range []string{"<script", "localhost", " style=", "%!"} {
		if strings.Contains(page, never) {
			t.Errorf("there is %s", never)
		}
	}
	for _, link := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(page, `id="`+link[1]+`"`) {
			t.Errorf("%s leads nowhere", link[0])
		}
	}
}
