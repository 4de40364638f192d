package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/goods/delivery"
	"aromart/internal/goods/search"
	"aromart/internal/kit/clock"
	"aromart/internal/market"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/trade/checkout"
	"aromart/internal/trade/order"
	"aromart/internal/trade/order/ordertest"
	"aromart/internal/web"
	"aromart/internal/web/api"
)

// client calls the API as a program would.
type client struct {
	*testing.T
	server *web.Server
	world  *ordertest.World
	db     *db.DB
	people *auth.Desk
	now    *time.Time
}

func start(t *testing.T, d *db.DB) client {
	t.Helper()
	w := ordertest.New(t, d, 10)
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		for _, st := range w.Stores {
			if _, err := delivery.Add(t.Context(), tx, delivery.Method{Seller: st.Seller, Name: "Courier", Kind: delivery.Flat, Price: 350_00}, 1); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	m, _ := market.ByCode("lk")
	index := search.New()
	if _, err := search.Load(t.Context(), d, index); err != nil {
		t.Fatal(err)
	}
	v := policy.Current(policy.Facts{Market: m})
	desk := checkout.NewDesk(d, m, order.NewLinks([]byte("any thirty-two bytes for a test!")), func() (string, string) { return v.Version, v.Hash })
	people := auth.NewDesk(d, "aromart", func(label string) []byte { return []byte("a key of thirty-two bytes for " + label)[:32] })
	now := new(clock.System())
	at := func() time.Time { return *now }
	classes := web.DefaultClasses()
	for name, c := range classes { // a test is a machine that asks often
		c.Address = web.Limit{}
		classes[name] = c
	}
	s, err := web.New(web.Options{BaseURL: "https://shop.test", Log: slog.New(slog.DiscardHandler), Clock: at, Classes: classes, Actor: web.Sessions(people)})
	if err != nil {
		t.Fatal(err)
	}
	(&api.API{DB: d, Market: m, Desk: desk, People: people, Index: index, Clock: at, Base: "https://market.example", Style: "/static/site.test.css"}).Register(s, "test")
	return client{t, s, w, d, people, now}
}

func (c client) call(method, path string, body any, header ...string) (int, map[string]any) {
	c.Helper()
	var b bytes.Buffer
	if s, ok := body.(string); ok {
		b.WriteString(s)
	} else if body != nil {
		json.NewEncoder(&b).Encode(body)
	}
	r := httptest.NewRequest(method, "https://shop.test"+path, &b)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	c.server.ServeHTTP(w, r)
	out := map[string]any{}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil && w.Body.Len() > 0 {
		c.Fatalf("%s %s: %d, not JSON: %.200s", method, path, w.Code, w.Body)
	}
	if w.Code >= 400 && w.Header().Get("Content-Type") != "application/problem+json" {
		c.Errorf("%s %s: %d as %s", method, path, w.Code, w.Header().Get("Content-Type"))
	}
	return w.Code, out
}

// order is a body that would be taken, for the first product of the list.
func (c client) order() map[string]any {
	c.Helper()
	_, list := c.call("GET", "/api/v1/products?limit=1", nil)
	slug := list["products"].([]any)[0].(map[string]any)["slug"].(string)
	_, p := c.call("GET", "/api/v1/products/"+slug, nil)
	lines := []any{map[string]any{"variant": p["variants"].([]any)[0].(map[string]any)["id"], "quantity": 2}}
	code, q := c.call("POST", "/api/v1/quotes", map[string]any{"lines": lines, "city": "colombo/dehiwala"})
	if code != 200 || len(q["requirements"].([]any)) != 0 {
		c.Fatalf("quote: %d %v", code, q)
	}
	return map[string]any{"lines": lines, "contact": map[string]any{"name": "Nimal Perera", "phone": "077 123 4567"},
		"address": map[string]any{"street": "12 Temple Road", "city": "colombo/dehiwala"}, "payment_method": "cod",
		"expected_total": q["totals"].(map[string]any)["total"], "policy_version": q["policy_version"]}
}

func with(body map[string]any, key string, value any) map[string]any {
	out := map[string]any{key: value}
	for k, v := range body {
		if k != key {
			out[k] = v
		}
	}
	return out
}

// another is a last letter that the token does not have.
func another(last string) string {
	if last == "A" {
		return "Q"
	}
	return "A"
}

func TestAnOrderFromListToToken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := start(t, d)
		body := c.order()
		code, o := c.call("POST", "/api/v1/orders", body, "Idempotency-Key", "key-number-1")
		if code != http.StatusCreated || o["token"] == "" {
			t.Fatalf("%d %v", code, o)
		}
		if again, same := c.call("POST", "/api/v1/orders", body, "Idempotency-Key", "key-number-1"); again != 201 || !reflect.DeepEqual(same, o) {
			t.Errorf("a replay answered %d\n%v\nfirst was\n%v", again, same, o)
		}
		if code, p := c.call("POST", "/api/v1/orders", with(body, "policy_version", "2"), "Idempotency-Key", "key-number-1"); code != 422 || p["code"] != "checkout.key_reused" {
			t.Errorf("another body with the key: %d %v", code, p["code"])
		}
		path, token := "/api/v1/orders/"+o["number"].(string), o["token"].(string)
		if code, got := c.call("GET", path, nil, "Authorization", "Bearer "+token); code != 200 || got["number"] != o["number"] || got["token"] != nil {
			t.Errorf("by token: %d %v", code, got)
		}
		_, foreign := c.call("POST", "/api/v1/orders", with(c.order(), "contact", map[string]any{"name": "Sita", "phone": "077 765 4321"}), "Idempotency-Key", "key-number-2")
		for _, bad := range []string{"", " ", "null", "0", "Bearer", "Bearer ", "Bearer null", "Basic " + token, "Bearer " + token[:43] + another(token[43:]), "Bearer " + token + "A",
			"Bearer " + strings.ToUpper(token), "Bearer " + foreign["token"].(string)} {
			if code, got := c.call("GET", path, nil, "Authorization", bad); code != 404 {
				t.Errorf("%.12q opened the order: %d %v", bad, code, got)
			}
		}
	})
}

func TestNothingIsTakenThatWasNotAskedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := start(t, d)
		body := c.order()
		for _, field := range []string{"price", "total", "status", "paid", "seller_id", "owner_id", "discount", "created_at", "role"} {
			code, p := c.call("POST", "/api/v1/orders", with(body, field, 1), "Idempotency-Key", "key-"+field+"-12345")
			if code != 400 || p["code"] != "web.unknown_field" {
				t.Errorf("%s: %d %v", field, code, p["code"])
			}
		}
		for _, q := range []any{-1, 0, 1.5, 1e3, 9223372036854775807.0, "1", "١", nil, true} {
			lines := []any{map[string]any{"variant": body["lines"].([]any)[0].(map[string]any)["variant"], "quantity": q}}
			if code, p := c.call("POST", "/api/v1/orders", with(body, "lines", lines), "Idempotency-Key", "key-quantity-1"); code != 422 {
				t.Errorf("quantity %v: %d %v", q, code, p["code"])
			}
		}
		for name, raw := range map[string]string{"no JSON": "{", "an array": "[]", "deep": strings.Repeat("[", 10_000), "nothing": " "} {
			if code, _ := c.call("POST", "/api/v1/orders", raw, "Idempotency-Key", "key-raw-123456"); code < 400 || code >= 500 {
				t.Errorf("%s: %d", name, code)
			}
		}
		many := make([]any, 100_000)
		for i := range many {
			many[i] = body["lines"].([]any)[0]
		}
		if code, _ := c.call("POST", "/api/v1/quotes", map[string]any{"lines": many}); code != 413 && code != 422 && code != 400 {
			t.Errorf("a hundred thousand lines: %d", code)
		}
		if n, err := db.One(t.Context(), d, db.Int, `SELECT count(*) FROM orders`); err != nil || n != 0 {
			t.Errorf("%d orders were made of it, %v", n, err)
		}
	})
}

func TestADifferentTotalIsRefused(t *testing.T) {
	c := start(t, dbtest.SQLite(t))
	body := with(c.order(), "expected_total", map[string]any{"amount": 1, "currency": "LKR"})
	if code, p := c.call("POST", "/api/v1/orders", body, "Idempotency-Key", "key-total-1234"); code != 409 || p["code"] != "checkout.total_changed" {
		t.Errorf("%d %v", code, p)
	}
	body = with(body, "expected_total", map[string]any{"amount": 1, "currency": "USD"})
	if code, _ := c.call("POST", "/api/v1/orders", body, "Idempotency-Key", "key-total-1234"); code != 422 {
		t.Errorf("another currency: %d", code)
	}
}

// TestTermsAreThoseOfTheQuote: an order names the policy that its quote named.
func TestTermsAreThoseOfTheQuote(t *testing.T) {
	c := start(t, dbtest.SQLite(t))
	body := c.order()
	for version, want := range map[string]string{"": "checkout.policy_missing", "banana": "checkout.policy_changed"} {
		code, p := c.call("POST", "/api/v1/orders", with(body, "policy_version", version), "Idempotency-Key", "key-terms-1234")
		if (code != 409 && code != 422) || p["code"] != want {
			t.Errorf("%q: %d %v", version, code, p["code"])
		}
	}
	if code, p := c.call("POST", "/api/v1/orders", body, "Idempotency-Key", "key-terms-1234"); code != 201 {
		t.Errorf("the quote's own: %d %v", code, p)
	}
}

// TestPlacingIsLimitedByPhone: an eleventh try for one phone within a minute has to wait, whatever its key.
func TestPlacingIsLimitedByPhone(t *testing.T) {
	c := start(t, dbtest.SQLite(t))
	body := with(c.order(), "expected_total", map[string]any{"amount": 1, "currency": "LKR"})
	for i := range 11 {
		phone := []string{"0771234567", "+94 77 123 4567"}[i%2] // one number, however it is written
		code, p := c.call("POST", "/api/v1/orders", with(body, "contact", map[string]any{"name": "Nimal Perera", "phone": phone}), "Idempotency-Key", fmt.Sprint("key-limit-", i))
		if want := map[bool]int{true: 409, false: 429}[i < 10]; code != want {
			t.Errorf("try %d: %d %v, want %d", i+1, code, p["code"], want)
		}
	}
	if code, _ := c.call("POST", "/api/v1/orders", with(body, "contact", map[string]any{"name": "Sita", "phone": "0777654321"}), "Idempotency-Key", "key-limit-sita"); code != 409 {
		t.Errorf("another phone: %d", code)
	}
}

func TestListsArePaged(t *testing.T) {
	c := start(t, dbtest.SQLite(t))
	seen := map[string]bool{}
	cursor := ""
	for range 50 {
		code, page := c.call("GET", "/api/v1/products?limit=1&sort=price&cursor="+cursor, nil)
		if code != 200 {
			t.Fatalf("%d %v", code, page)
		}
		for _, p := range page["products"].([]any) {
			id := p.(map[string]any)["id"].(string)
			if seen[id] {
				t.Fatalf("%s came twice", id)
			}
			seen[id] = true
		}
		next, ok := page["next_cursor"].(string)
		if !ok {
			if int(page["total"].(float64)) != len(seen) {
				t.Errorf("%d of %v came", len(seen), page["total"])
			}
			return
		}
		cursor = next
	}
	t.Error("the list never ends")
}

// TestDeliveryOfLists: a list knows what delivery to a city takes, and its counts are those of the filtered lists.
func TestDeliveryOfLists(t *testing.T) {
	c := start(t, dbtest.SQLite(t))
	code, page := c.call("GET", "/api/v1/products?city=galle/galle&sort=total", nil)
	if code != 200 || page["city"] != "galle/galle" {
		t.Fatalf("%d %v", code, page)
	}
	last := 0.0
	for _, p := range page["products"].([]any) {
		p := p.(map[string]any)
		way, comes := p["delivery"].(map[string]any)
		if !comes {
			t.Fatalf("%v is not brought", p)
		}
		total := way["total"].(map[string]any)["amount"].(float64)
		if total != p["price"].(map[string]any)["amount"].(float64)+350_00 || total < last || way["arrives_to"].(string) < way["arrives_from"].(string) {
			t.Errorf("%v after %v", p, last)
		}
		last = total
	}
	for _, f := range page["facets"].([]any) {
		f := f.(map[string]any)
		if name := f["name"].(string); name == "free_delivery" || name == "arrives_within" {
			for _, v := range f["values"].([]any) {
				v := v.(map[string]any)
				if _, got := c.call("GET", "/api/v1/products?city=galle/galle&"+name+"="+v["value"].(string), nil); got["total"] != v["count"] {
					t.Errorf("%s=%v: %v, but %v come", name, v["value"], v["count"], got["total"])
				}
			}
		}
	}
	if code, p := c.call("GET", "/api/v1/products?city=atlantis", nil); code != 422 || p["code"] != "error.bad_choice" {
		t.Errorf("an unknown city: %d %v", code, p)
	}
	if code, _ := c.call("GET", "/api/v1/products?arrives_within=31", nil); code != 422 {
		t.Errorf("31 days: %d", code)
	}
}

// TestTheDocumentIsWhatIsServed compares OpenAPI with the routes of the server, both ways.
func TestTheDocumentIsWhatIsServed(t *testing.T) {
	c := start(t, dbtest.SQLite(t))
	code, doc := c.call("GET", "/api/v1/openapi.json", nil)
	if code != 200 || !strings.HasPrefix(doc["openapi"].(string), "3.1") {
		t.Fatalf("%d %v", code, doc["openapi"])
	}
	var described, served []string
	for path, item := range doc["paths"].(map[string]any) {
		for method := range item.(map[string]any) {
			described = append(described, strings.ToUpper(method)+" "+path)
		}
	}
	for _, r := range c.server.Routes() {
		if strings.HasPrefix(r.Pattern, "/api/v1/") && r.Action != "api.describe" {
			served = append(served, r.Method+" "+r.Pattern)
		}
	}
	slices.Sort(described)
	slices.Sort(served)
	if !slices.Equal(described, served) || len(served) < 8 {
		t.Errorf("described %v\nserved %v", described, served)
	}
	w := httptest.NewRecorder()
	c.server.ServeHTTP(w, httptest.NewRequest("GET", "https://shop.test/api/docs", nil))
	if page := w.Body.String(); w.Code != 200 || strings.Contains(page, "<script") || !strings.Contains(page, "/api/v1/orders") {
		t.Errorf("the page of the API: %d %.200s", w.Code, page)
	}
}

func TestSlugsRedirectAndUnknownIsNotThere(t *testing.T) {
	c := start(t, dbtest.SQLite(t))
	for _, path := range []string{"/api/v1/products/nothing", "/api/v1/stores/nobody", "/api/v1/orders/AAA-AAA-AAAA", "/api/v1/nothing"} {
		if code, p := c.call("GET", path, nil); code != 404 || p["status"] != 404.0 {
			t.Errorf("%s: %d %v", path, code, p)
		}
	}
	if code, _ := c.call("GET", "/api/v1/products?sort=best", nil); code != 422 {
		t.Errorf("an unknown sort: %d", code)
	}
	if code, p := c.call("GET", "/api/v1/suggest?q=pro", nil); code != 200 || p["products"] == nil {
		t.Errorf("suggest: %d %v", code, p)
	}
	if code, p := c.call("GET", "/api/v1/categories", nil); code != 200 || len(p["categories"].([]any)) < 250 {
		t.Errorf("categories: %d", code)
	}
}
