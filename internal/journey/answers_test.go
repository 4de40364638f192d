package journey

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"aromart/internal/people/access"
)

// everyAnswer asks every route in every language, with and without an order,
// and for an error of each kind.
func (s *shop) everyAnswer(t *testing.T, look func(where string, route access.Route, p page)) {
	t.Helper()
	b := s.victim("lamp", "mug")
	b.post("/cart/add", "variant", b.variant("mug", 0), "quantity", "1")
	for _, route := range s.Routes() {
		path := b.fillPath(route.Pattern)
		for _, lang := range []string{"", "/si", "/ta"} {
			if lang != "" && strings.HasPrefix(path, "/api/") {
				continue
			}
			for _, who := range []*visitor{b.visitor, s.visitor()} {
				jar := clone(who.jar)
				if route.Method == "GET" {
					look("GET "+lang+path, route, who.get(lang+path))
				} else {
					look(route.Method+" "+lang+path, route, who.do(route.Method, lang+path, url.Values{"nothing": {"known"}}))
				}
				who.jar = jar
			}
		}
	}
	v := s.visitor()
	for where, p := range map[string]page{
		"not found": v.get("/nowhere"), "a slash too many": v.get("/p//x"), "no such method": v.do("DELETE", "/cart", nil), "another host": v.get("/", func(r *http.Request) { r.Host = "evil.example" }),
		"another site": v.do("POST", "/cart/add", url.Values{}, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }),
		"too large":    v.post("/cart/add", "variant", strings.Repeat("A", 100_000)), "another type": v.do("POST", "/cart/add", url.Values{}, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }),
		"no page of the API": v.get("/api/v1/nothing"),
	} {
		if p.code < 300 {
			t.Errorf("%s: %d", where, p.code)
		}
		look(where, access.Route{}, p)
	}
}

// TestTrustCheck24And25HeadersOfEveryAnswer: the policy of content of every
// page allows own files only and nothing inline, no page has anything that
// would need more, and the other headers stand on every answer.
func TestTrustCheck24And25HeadersOfEveryAnswer(t *testing.T) {
	s := open(t, sqlite(t))
	pages, personal := 0, 0
	s.everyAnswer(t, func(where string, route access.Route, p page) {
		h := p.header
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000; includeSubDomains"} {
			if h.Get(name) != want {
				t.Errorf("%s has %s %q", where, name, h.Get(name))
			}
		}
		if r := h.Get("Referrer-Policy"); r != "same-origin" && r != "no-referrer" {
			t.Errorf("%s has Referrer-Policy %q", where, r)
		}
		csp := directives(h.Get("Content-Security-Policy"))
		if csp["default-src"] != "'none'" {
			t.Errorf("%s has default-src %q", where, csp["default-src"])
		}
		for name, value := range csp {
			if strings.Contains(value, "unsafe") || strings.Contains(value, "*") || strings.Contains(value, "http") || strings.Contains(value, "nonce") || strings.Contains(value, "data:") && name != "img-src" {
				t.Errorf("%s has %s %q", where, name, value)
			}
		}
		if strings.HasPrefix(h.Get("Content-Type"), "text/html") && p.body != "" {
			pages++
			for name, want := range map[string]string{"script-src": "'self'", "style-src": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'", "form-action": "'self'", "object-src": "'none'", "connect-src": "'self'"} {
				// Stricter is as good, and what is left out falls back to default-src; these three do not.
				stricter := csp[name] == "'none'" || csp[name] == "" && name != "base-uri" && name != "frame-ancestors" && name != "form-action"
				if csp[name] != want && !stricter {
					t.Errorf("%s has %s %q", where, name, csp[name])
				}
			}
			if d := dangers(p.body); len(d) > 0 {
				t.Errorf("%s has %q", where, d)
			}
			if strings.Contains(p.body, `rel="stylesheet"`) && csp["style-src"] != "'self'" {
				t.Errorf("%s forbids its own style sheet: %q", where, csp["style-src"])
			}
		}
		if route.Personal || len(p.cookies) > 0 || p.code >= 400 {
			personal++
			if c := h.Get("Cache-Control"); c != "private, no-store" {
				t.Errorf("%s may be kept: %q", where, c)
			}
		}
	})
	if pages < 60 || personal < 40 {
		t.Fatalf("only %d pages and %d personal answers were looked at", pages, personal)
	}
}

// directives takes a policy of content apart.
func directives(csp string) map[string]string {
	out := map[string]string{}
	for d := range strings.SplitSeq(csp, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(d), " ")
		out[name] = value
	}
	return out
}

// inside is what an error must not tell: the place in the source, the query,
// the engine, the version, the path.
var inside = regexp.MustCompile(`(?i)goroutine|\.go:\d|runtime error|SELECT |INSERT |UPDATE [a-z]+ SET|sqlite|postgres|pgconn|pgx[:/]|modernc|database is closed|aromart/internal|/tmp/|panic|go1\.\d|stack trace`)

// TestTrustCheck30ErrorsTellTheNumberOnly breaks the database under the shop:
// every error has the number of its request and nothing of the inside.
func TestTrustCheck30ErrorsTellTheNumberOnly(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		codes := map[int]int{}
		look := func(where string, p page) {
			if p.code < 400 {
				return
			}
			codes[p.code]++
			id := p.header.Get("X-Request-Id")
			machine := strings.HasSuffix(where, "/readyz without a database") // one word for machines
			if p.code >= 500 && !machine && (id == "" || p.body != "" && !strings.Contains(p.body, id)) {
				t.Errorf("%s: %d without the number %q of its request", where, p.code, id)
			}
			if m := inside.FindString(p.body + fmt.Sprint(p.header)); m != "" {
				t.Errorf("%s: %d tells %q", where, p.code, m)
			}
		}
		s.everyAnswer(t, func(where string, _ access.Route, p page) { look(where, p) })
		b := s.victim("cinnamon")
		b.post("/cart/add", "variant", b.variant("mug", 0), "quantity", "1")
		f := b.form()
		s.must(s.db.Close())
		for _, route := range s.Routes() {
			form := f
			if route.Method == "GET" {
				form = nil
			}
			jar := clone(b.jar)
			look(route.Method+" "+route.Pattern+" without a database", b.do(route.Method, b.fillPath(route.Pattern), form))
			b.jar = jar
		}
		for _, code := range []int{400, 403, 404, 405, 413, 415, 421} {
			if codes[code] == 0 {
				t.Errorf("no answer was a %d: %v", code, codes)
			}
		}
		if codes[500]+codes[503] < 5 {
			t.Errorf("hardly anything needs the database: %v", codes)
		}
	})
}

// TestTrustCheck35StepsAreNotSkippedOrReplayed: without a cart, a form, a total
// or a policy there is no order, and a form that has made its order makes no other.
func TestTrustCheck35StepsAreNotSkippedOrReplayed(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		a := s.visitor()
		a.post("/cart/add", "variant", a.variant("mug", 0), "quantity", "1")
		f := a.form()
		skipped := map[string]func(v *visitor, f url.Values){
			"no cart":         func(v *visitor, f url.Values) { delete(v.jar, "__Host-cart") },
			"no key":          func(v *visitor, f url.Values) { f.Del("key") },
			"no total":        func(v *visitor, f url.Values) { f.Del("total") },
			"total 0":         func(v *visitor, f url.Values) { f.Set("total", "0") },
			"no policy":       func(v *visitor, f url.Values) { f.Del("policy") },
			"an older policy": func(v *visitor, f url.Values) { f.Set("policy", "0-draft") },
			"a foreign way":   func(v *visitor, f url.Values) { f.Set("delivery.kandy-clay", s.deliveryOf("spice-lane")) },
			"a made-up way":   func(v *visitor, f url.Values) { f.Set("delivery.kandy-clay", "AAAAAAAAAAAAAAAAAAAAAA") },
		}
		for name, skip := range skipped {
			v := &visitor{s, clone(a.jar)}
			g := url.Values{}
			for k, list := range f {
				g[k] = list
			}
			skip(v, g)
			s.unchanged(name, func() {
				if p := v.do("POST", "/checkout", g); p.code < 400 && p.location != "/cart" || p.code >= 500 {
					t.Errorf("%s: %d to %q", name, p.code, p.location)
				}
			})
		}
		before := clone(a.jar)
		first := a.do("POST", "/checkout", f)
		if !orderPath.MatchString(first.location) {
			t.Fatalf("the whole form is refused: %d", first.code)
		}
		// Back, another address, and sent again: the order that was made, as it was made.
		contacts := s.strings("SELECT concat_ws('|', street, city, phone) FROM order_contacts")
		f.Set("street", "99 Other Road")
		f.Set("city", "jaffna/jaffna")
		v := &visitor{s, before}
		p := v.do("POST", "/checkout", f)
		if n := s.count("SELECT count(*) FROM orders"); n != 1 || p.code >= 500 {
			t.Errorf("an old form with another address: %d, %d orders", p.code, n)
		}
		if after := s.strings("SELECT concat_ws('|', street, city, phone) FROM order_contacts"); fmt.Sprint(after) != fmt.Sprint(contacts) {
			t.Errorf("the address of the order became %q", after)
		}
	})
}

// deliveryOf is the id of a way to deliver of a store.
func (s *shop) deliveryOf(store string) string {
	s.Helper()
	return s.strings(fmt.Sprintf("SELECT public_id FROM delivery_methods WHERE seller_id = %d ORDER BY id", int64(s.stores[store].Seller)))[0]
}

// TestTrustR06TheSameKeyOverHTTP sends one order twenty times at once, then
// another body with its key, then the same to a process that started later.
func TestTrustR06TheSameKeyOverHTTP(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		raw, err := json.Marshal(s.orderBody("mug"))
		s.must(err)
		send := func(h http.Handler, key, body string) (int, string) {
			r := httptest.NewRequest("POST", "/api/v1/orders", strings.NewReader(body))
			r.Host = strings.TrimPrefix(s.base, "https://")
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Idempotency-Key", key)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w.Code, w.Body.String()
		}
		stock := s.count("SELECT on_hand FROM stock_levels WHERE variant_id = $1", int64(s.products["mug"].Variants[0].ID))
		answers := make([]string, 20)
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() {
				code, body := send(s.Server, "one-key-for-all", string(raw))
				answers[i] = fmt.Sprint(code, " ", body)
			})
		}
		wg.Wait()
		for _, a := range answers {
			if a != answers[0] || !strings.HasPrefix(a, "201 ") {
				t.Errorf("%s\nand %s", a, answers[0])
			}
		}
		other := strings.Replace(string(raw), "12 Temple Road", "13 Temple Road", 1)
		if code, body := send(s.Server, "one-key-for-all", other); code != 422 || strings.Contains(body, "token") {
			t.Errorf("another body: %d %s", code, body)
		}
		later := *s // a process that starts later knows the database only
		later.serve(s.desk.Links)
		s.base = later.base
		if code, body := send(later.Server, "one-key-for-all", string(raw)); strings.ReplaceAll(fmt.Sprint(code, " ", body), later.base, "") != regexp.MustCompile(`https://127\.0\.0\.1:\d+`).ReplaceAllString(answers[0], "") {
			t.Errorf("after a restart: %d %s", code, body)
		}
		if n := s.count("SELECT count(*) FROM orders"); n != 1 {
			t.Errorf("%d orders", n)
		}
		if left := s.count("SELECT on_hand FROM stock_levels WHERE variant_id = $1", int64(s.products["mug"].Variants[0].ID)); left != stock-1 {
			t.Errorf("%d pieces went", stock-left)
		}
	})
}
