package journey

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"aromart/internal/care/policy"
	"aromart/internal/goods/delivery"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/money"
	"aromart/internal/people/access"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/trade/cart"
	"aromart/internal/trade/order"
)

// The tests of this file are named after the rows of the list of faults that
// other shops have had; each does what was done to them.

// victim is an order full of markers that nobody else may see.
type victim struct {
	*visitor
	number, token string
	order         *order.Order
}

// markers are searched for in every answer to somebody else.
var markers = []string{"CANARY-name", "canary-mail@example.com", "705551234", "CANARY-street", "CANARY-landmark", "CANARY-note", "CANARY-recipient"}

func (s *shop) victim(handles ...string) *victim {
	s.Helper()
	v := s.visitor()
	for _, h := range handles {
		v.post("/cart/add", "variant", v.variant(h, 0), "quantity", "1")
	}
	f := v.form()
	for name, value := range map[string]string{"name": "CANARY-name", "email": "canary-mail@example.com", "phone": "0705551234", "street": "CANARY-street",
		"landmark": "CANARY-landmark", "note": "CANARY-note", "recipient": "CANARY-recipient"} {
		f.Set(name, value)
	}
	p := v.do("POST", "/checkout", f)
	m := orderPath.FindStringSubmatch(p.location)
	if m == nil {
		v.Fatalf("%d %.500s", p.code, p.body)
	}
	o, err := order.ByNumber(s.Context(), s.db, order.CleanNumber(m[1]))
	s.must(err)
	return &victim{v, m[1], s.desk.Links.Token(o), o}
}

// shows fails when an answer holds a marker.
func (s *shop) shows(what string, p page) {
	s.Helper()
	for _, m := range markers {
		if strings.Contains(p.body, m) || strings.Contains(fmt.Sprint(p.header), m) {
			s.Errorf("%s shows %s", what, m)
		}
	}
}

// digest is a hash of every row of every table.
func (s *shop) digest() string {
	s.Helper()
	columns := map[string][]string{}
	for _, c := range policy.Columns() {
		columns[c.Table] = append(columns[c.Table], c.Column)
	}
	tables := make([]string, 0, len(columns))
	for table := range columns {
		tables = append(tables, table)
	}
	sort.Strings(tables)
	h := sha256.New()
	for _, table := range tables {
		rows, err := db.All(s.Context(), s.db, db.String, "SELECT concat_ws('|', "+strings.Join(columns[table], ", ")+") FROM "+table)
		s.must(err)
		sort.Strings(rows)
		fmt.Fprintln(h, table, rows)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// unchanged fails when f leaves a trace in the database.
func (s *shop) unchanged(what string, f func()) {
	s.Helper()
	before := s.digest()
	f()
	if s.digest() != before {
		s.Errorf("%s changed the database", what)
	}
}

func TestTrustRow01NumberAloneOpensNothing(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		b := s.victim("lamp")
		if p := b.get("/orders/" + b.number); p.code != 200 || !strings.Contains(p.body, b.number) {
			t.Fatalf("the owner gets %d", p.code)
		}
		other := s.victim("mug")
		for _, who := range []*visitor{s.visitor(), other.visitor} {
			for _, path := range []string{"", "/receipt"} {
				p := who.get("/orders/" + b.number + path)
				if p.code != http.StatusNotFound {
					t.Errorf("%s answers %d", path, p.code)
				}
				s.shows(path, p)
			}
		}
		if code, body := s.api("GET", "/api/v1/orders/"+b.number, "", ""); code != 404 || strings.Contains(body, "CANARY") {
			t.Errorf("the API answers %d %s", code, body)
		}
	})
}

// api calls the JSON API as a program would.
func (s *shop) api(method, path, body, token string) (int, string) {
	s.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = strings.TrimPrefix(s.base, "https://")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", clock.PublicID())
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestTrustRow02EmptyTokensOpenNothing(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		b := s.victim("lamp")
		for _, token := range []string{"", " ", "null", "0", "undefined", "[]", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", b.token[1:], b.token + "A", b.token[:len(b.token)-1] + "_", strings.ToUpper(b.token)} {
			v := s.visitor()
			if token != "" && token != " " {
				v.jar["__Host-g"] = token
			}
			p := v.get("/orders/" + b.number)
			if p.code != 404 {
				t.Errorf("cookie %q: %d", token, p.code)
			}
			s.shows("cookie "+token, p)
			if p := v.get("/o/" + token); p.code != 404 && p.code != 308 {
				t.Errorf("/o/%q: %d", token, p.code)
			}
			for _, query := range []string{"?token=" + url.QueryEscape(token), "?token[]=" + url.QueryEscape(token), "?guest_token=null"} {
				if p := v.get("/orders/" + b.number + query); p.code != 404 {
					t.Errorf("%s: %d", query, p.code)
				}
			}
		}
	})
}

func TestTrustRow03ForeignAddressIds(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		b := s.victim("lamp")
		for _, field := range []string{"address_id", "ship_address_id", "ship_address[id]", "address", "contact_id", "customer_id"} {
			a := s.visitor()
			a.post("/cart/add", "variant", a.variant("mug", 0), "quantity", "1")
			f := a.form()
			f.Set(field, fmt.Sprint(b.order.ID))
			s.unchanged(field, func() {
				p := a.do("POST", "/checkout", f)
				if p.code < 400 || p.code > 422 {
					t.Errorf("%s: %d %s", field, p.code, p.location)
				}
				s.shows(field, p)
			})
		}
	})
}

// TestTrustRow07And09ForeignCarts: the cart is the visitor's own cookie, so
// nothing in a form, a query or a body names another one.
func TestTrustRow07And09ForeignCarts(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		b, a := s.visitor(), s.visitor()
		b.post("/cart/add", "variant", b.variant("lamp", 0), "quantity", "3")
		a.post("/cart/add", "variant", a.variant("mug", 0), "quantity", "1")
		foreign, before := cart.Parse(b.jar["__Host-cart"]).Token, b.get("/cart").body
		for _, field := range []string{"cart", "cart_id", "cart_token", "token"} {
			if p := a.post("/cart/add", "variant", a.variant("mug", 0), "quantity", "1", field, foreign); p.code != 400 {
				t.Errorf("cart/add with %s: %d", field, p.code)
			}
			f := a.form()
			f.Set(field, foreign)
			if p := a.do("POST", "/checkout", f); p.code < 400 || p.code > 422 {
				t.Errorf("checkout with %s: %d", field, p.code)
			}
			if p := a.get("/checkout?" + field + "=" + foreign); !strings.Contains(p.body, "Ceramic tea mug") || strings.Contains(p.body, "Walnut desk lamp") {
				t.Errorf("the query %s shows another cart", field)
			}
		}
		if b.get("/cart").body != before {
			t.Error("the other cart changed")
		}
		if code, _ := s.api("POST", "/api/v1/quotes", `{"lines":[{"variant":"`+s.variant("mug", 0)+`","quantity":1}],"cart_id":"`+foreign+`"}`, ""); code != 400 && code != 422 {
			t.Errorf("the API takes a cart: %d", code)
		}
	})
}

// fillPath puts the victim's ids into a route.
func (b *victim) fillPath(pattern string) string {
	for name, value := range map[string]string{"{number}": b.number, "{token}": b.token[1:] + "A", "{slug}": b.products["lamp"].Slug, "{store}": "kandy-clay",
		"{path...}": "kitchen-and-dining", "{file}": "site.css", "{id}": fmt.Sprint(b.order.ID)} {
		pattern = strings.ReplaceAll(pattern, name, value)
	}
	return regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(pattern, "1")
}

// TestTrustRow08And10EveryRouteWithForeignIds asks every route for the
// victim's things, with further filters, as a stranger and as another guest.
func TestTrustRow08And10EveryRouteWithForeignIds(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		b, other := s.victim("lamp", "mug"), s.visitor()
		own := other.buy("cinnamon")
		for _, route := range s.Routes() {
			path := b.fillPath(route.Pattern)
			for _, query := range []string{"", "?filter[id]=" + fmt.Sprint(b.order.ID) + "&order_id=" + fmt.Sprint(b.order.ID) + "&q=CANARY&associations=contact&limit=1000&number=" + b.number} {
				for _, who := range []*visitor{s.visitor(), other} {
					var form url.Values
					if route.Method != "GET" {
						form = url.Values{"part": {b.order.Parts[0].PublicID}, "number": {b.number}, "code": {"123456"}}
					}
					p := who.do(route.Method, path+query, form)
					if p.code >= 500 {
						t.Errorf("%s %s: %d", route.Method, path, p.code)
					}
					if strings.HasPrefix(route.Pattern, "/api/v1/") && route.Method != "GET" {
						if p.code != 415 && p.code != 401 {
							t.Errorf("%s %s takes a form: %d", route.Method, path, p.code)
						}
						p.code, p.body = s.api(route.Method, path, "{}", "")
					}
					want := 404
					if !route.Policy.Kinds.Has(access.Anonymous) {
						want = 401
					}
					if strings.Contains(route.Pattern, "{number}") && p.code != want {
						t.Errorf("%s %s: %d, want %d", route.Method, path, p.code, want)
					}
					s.shows(route.Method+" "+path, p)
				}
			}
		}
		p := other.get("/orders/" + own + "?filter[]=x&order_id=" + fmt.Sprint(b.order.ID) + "&q=x")
		if p.code != 200 || !strings.Contains(p.body, own) || strings.Contains(p.body, b.number) {
			t.Errorf("the own link with filters: %d", p.code)
		}
	})
}

// TestTrustRow29ParallelBuyers: a hundred guests send their forms for three pieces at once.
func TestTrustRow29ParallelBuyers(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.setStock("lantern", 0, 3)
		forms, buyers := make([]url.Values, 100), make([]*visitor, 100)
		for i := range buyers {
			buyers[i] = s.visitor()
			buyers[i].post("/cart/add", "variant", s.variant("lantern", 0), "quantity", "1")
			forms[i] = buyers[i].form()
			forms[i].Set("phone", fmt.Sprintf("07712%05d", i))
		}
		answers := make([]page, len(buyers))
		var wg sync.WaitGroup
		for i := range buyers {
			wg.Go(func() { answers[i] = buyers[i].do("POST", "/checkout", forms[i]) })
		}
		wg.Wait()
		sold := 0
		for _, p := range answers {
			switch {
			case orderPath.MatchString(p.location):
				sold++
			case p.code != http.StatusConflict && p.location != "/cart":
				t.Errorf("a refusal is %d to %q", p.code, p.location)
			}
		}
		if sold != 3 || s.count("SELECT count(*) FROM orders") != 3 || s.count("SELECT on_hand FROM stock_levels WHERE variant_id = $1", int64(s.products["lantern"].Variants[0].ID)) != 0 {
			t.Errorf("%d were told that they bought, %d orders", sold, s.count("SELECT count(*) FROM orders"))
		}
	})
}

var badQuantities = []string{"-1", "1.5", "1e3", "9223372036854775807", "10000000000000000000", "١", "0x10", "two", " ", "+1", "1,0", "NaN", "100"}

func TestTrustRow32Quantities(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		v := s.visitor()
		v.post("/cart/add", "variant", v.variant("lamp", 0), "quantity", "2")
		before := v.jar["__Host-cart"]
		for _, q := range append(badQuantities, "0") {
			if p := v.post("/cart/add", "variant", v.variant("mug", 0), "quantity", q); p.code != 422 {
				t.Errorf("adding %q: %d", q, p.code)
			}
			if p := v.post("/cart/update", "variant", v.variant("lamp", 0), "quantity", q); p.code != 422 && strings.TrimSpace(q) != "" && q != "0" {
				t.Errorf("setting %q: %d", q, p.code)
			}
			v.jar["__Host-cart"] = before
			for _, lines := range []string{`[{"variant":"%s","quantity":%s}]`, `[{"variant":"%s","quantity":1},{"variant":"` + v.variant("mug", 0) + `","quantity":%s}]`} {
				if code, body := s.api("POST", "/api/v1/quotes", `{"lines":`+fmt.Sprintf(lines, v.variant("lamp", 0), q)+`}`, ""); code != 422 && code != 400 {
					t.Errorf("the API with %q: %d %.100s", q, code, body)
				}
			}
		}
		if !strings.Contains(v.get("/cart").body, "Rs\u00a04,900") {
			t.Error("the cart changed")
		}
		// A cookie is written by whoever holds it.
		for _, q := range badQuantities {
			v.jar["__Host-cart"] = "1~" + clock.Token(16) + "~" + v.variant("lamp", 0) + "*" + url.QueryEscape(q)
			if p := v.get("/cart"); p.code != 200 || !strings.Contains(p.body, "Your cart is empty") {
				t.Errorf("a cookie with %q: %d", q, p.code)
			}
		}
	})
}

// TestTrustRow33ManyLines: the same thing as many lines is one line.
func TestTrustRow33ManyLines(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		v := s.visitor()
		for range 11 {
			v.post("/cart/add", "variant", v.variant("mug", 0), "quantity", "9")
		}
		if p := v.post("/cart/add", "variant", v.variant("mug", 0), "quantity", "1"); p.code != 422 {
			t.Errorf("the hundredth piece: %d", p.code)
		}
		line := "~" + v.variant("lantern", 0) + "*1"
		v.jar["__Host-cart"] = "1~" + clock.Token(16) + strings.Repeat(line, 5)
		p := v.do("POST", "/checkout", v.form())
		if !orderPath.MatchString(p.location) || s.count("SELECT sum(quantity) FROM order_lines") != 1 {
			t.Errorf("five lines of the last piece: %d, %d sold", p.code, s.count("SELECT sum(quantity) FROM order_lines"))
		}
		body := `{"variant":"` + v.variant("mug", 0) + `","quantity":1}`
		if code, _ := s.api("POST", "/api/v1/quotes", `{"lines":[`+body+","+body+`]}`, ""); code != 422 && code != 400 {
			t.Errorf("repeated lines in the API: %d", code)
		}
	})
}

// TestTrustRow34And35ClientSetsNothing sends what only the server decides.
func TestTrustRow34And35ClientSetsNothing(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		v := s.visitor()
		v.post("/cart/add", "variant", v.variant("mug", 0), "quantity", "1")
		for _, field := range []string{"price", "unit_price", "currency", "seller_id", "tax", "discount", "status", "paid", "role", "verified", "owner_id", "created_at", "items[0][price]"} {
			f := v.form()
			f.Set(field, "1")
			s.unchanged(field, func() {
				for _, route := range s.Routes() {
					if route.Method == "GET" || strings.HasPrefix(route.Pattern, "/api/") {
						continue
					}
					form := url.Values{"variant": {v.variant("mug", 0)}, "quantity": {"1"}, field: {"1"}}
					if route.Pattern == "/checkout" {
						form = f
					}
					jar := clone(v.jar)
					if p := v.do("POST", b0(route.Pattern), form); p.code < 400 || p.code >= 500 {
						if route.Pattern != "/cart/empty" {
							t.Errorf("%s with %s: %d", route.Pattern, field, p.code)
						}
					}
					v.jar = jar
				}
				for path, body := range map[string]string{"quotes": `{"lines":[{"variant":"%[1]s","quantity":1}],"%[2]s":1}`, "orders": `{"lines":[{"variant":"%[1]s","quantity":1,"%[2]s":1}]}`} {
					if code, _ := s.api("POST", "/api/v1/"+path, fmt.Sprintf(body, v.variant("mug", 0), field), ""); code != 400 && code != 422 {
						t.Errorf("API %s with %s: %d", path, field, code)
					}
				}
			})
		}
		f := v.form()
		f.Set("total", "1")
		if p := v.do("POST", "/checkout", f); p.code != http.StatusConflict || s.count("SELECT count(*) FROM orders") != 0 {
			t.Errorf("an own total: %d", p.code)
		}
	})
}

// b0 fills a route with something that names nothing.
func b0(pattern string) string { return regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(pattern, "0") }

// TestTrustRow36AddressAfterDelivery: the cheap city is quoted, the far one is
// typed. The order is refused with the new total, and costs what its own address costs.
func TestTrustRow36AddressAfterDelivery(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.openZoneStore()
		s.add(thing{store: "far-and-near", handle: "chair", title: "Cane chair", category: "lamps", price: 1000_00, stock: 10})
		v := s.visitor()
		v.post("/cart/add", "variant", v.variant("chair", 0), "quantity", "1")
		f := v.form()
		near := f.Get("total")
		f.Set("city", "jaffna/jaffna")
		p := v.do("POST", "/checkout", f)
		if p.code != http.StatusConflict || !strings.Contains(p.body, "The total has changed") || s.count("SELECT count(*) FROM orders") != 0 {
			t.Fatalf("%d", p.code)
		}
		for _, m := range hidden.FindAllStringSubmatch(p.body, -1) {
			f.Set(m[1], m[2])
		}
		if f.Get("total") == near {
			t.Fatal("near and far cost the same: the test cannot fail")
		}
		if p := v.do("POST", "/checkout", f); !orderPath.MatchString(p.location) {
			t.Fatalf("the new total was refused: %d", p.code)
		}
		if got := fmt.Sprint(s.count("SELECT total FROM orders")); got != f.Get("total") {
			t.Errorf("the order costs %s, its address costs %s", got, f.Get("total"))
		}
	})
}

// openZoneStore adds a store whose delivery depends on the place.
func (s *shop) openZoneStore() {
	s.write(func(tx *db.Tx) error {
		st, err := seller.Add(s.Context(), tx, operator, seller.New{Store: seller.Store{Slug: "far-and-near", Name: "Far and Near", City: "colombo/colombo-03",
			ReturnDays: 14, OpenedAt: clock.System(), SellerName: "Far", LegalName: "Far (Pvt) Ltd", Commission: 1000}}, clock.System())
		if err != nil {
			return err
		}
		s.stores[st.Slug] = st
		m := delivery.Method{Seller: st.Seller, Name: "By place", Kind: delivery.ZoneWeight}
		for i, z := range s.market.Zones() {
			m.Rates = append(m.Rates, delivery.Rate{Zone: z.ID, MaxWeight: 30_000, Price: money.Amount(200_00 * (i + 1))})
		}
		_, err = delivery.Add(s.Context(), tx, m, 1)
		return err
	})
}

// TestTrustRow38GuessingCodes: links hold at least 128 bits, and the sixth
// guess at a mailed code is refused for a while.
func TestTrustRow38GuessingCodes(t *testing.T) {
	s := open(t, sqlite(t), realLimits)
	s.add(thing{store: "kandy-clay", handle: "vase", title: "Very dear vase", category: "lamps", price: 80_000_00, stock: 10})
	v := s.visitor()
	number := v.buy("vase")
	if len(v.jar["__Host-g"]) < 22 {
		t.Errorf("the link's secret has %d characters", len(v.jar["__Host-g"]))
	}
	codes := map[int]int{}
	for i := range 11 {
		codes[v.post("/orders/"+number+"/confirm", "code", fmt.Sprintf("%06d", 111111*(i%10))).code]++
	}
	if codes[422] == 0 || codes[422] > 10 || codes[429] != 11-codes[422] {
		t.Errorf("guesses were answered %v", codes)
	}
	if s.count("SELECT count(*) FROM seller_orders WHERE status = 'confirmed'") != 0 {
		t.Error("a guess confirmed the order")
	}
}

// TestTrustRow44ReadingChangesNothing crawls every GET and HEAD twice.
func TestTrustRow44ReadingChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		b := s.victim("lamp", "mug")
		v := b.visitor
		v.post("/cart/add", "variant", v.variant("mug", 0), "quantity", "1")
		s.unchanged("reading", func() {
			for range 2 {
				for _, route := range s.Routes() {
					if route.Method != "GET" {
						continue
					}
					for _, method := range []string{"GET", "HEAD"} {
						if p := v.do(method, b.fillPath(route.Pattern), nil); p.code >= 500 {
							t.Errorf("%s %s: %d", method, route.Pattern, p.code)
						}
					}
				}
			}
		})
	})
}

// TestTrustRow45ForgedWrites: a write that another site sends is refused, whatever it is.
func TestTrustRow45ForgedWrites(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		b := s.victim("lamp")
		b.post("/cart/add", "variant", b.variant("mug", 0), "quantity", "1")
		f := b.form()
		f.Set("part", b.order.Parts[0].PublicID)
		from := map[string]func(*http.Request){
			"cross-site":  func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
			"same-site":   func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
			"only Origin": func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", "https://evil.example") },
			"null Origin": func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", "null") },
		}
		s.unchanged("a forged write", func() {
			for _, route := range s.Routes() {
				if route.Method == "GET" {
					continue
				}
				for name, change := range from {
					p := b.do(route.Method, b.fillPath(route.Pattern), f, change)
					if p.code != http.StatusForbidden || len(p.cookies) > 0 {
						t.Errorf("%s %s from %s: %d", route.Method, route.Pattern, name, p.code)
					}
				}
			}
		})
		if p := b.do("POST", "/orders/"+b.number+"/cancel", url.Values{"part": f["part"]}); p.code != 303 {
			t.Errorf("the same write from the own page: %d", p.code)
		}
	})
}

// TestTrustRow49RedirectsStayHere: next= leads to pages of this site only, and
// the Host header decides nothing.
func TestTrustRow49RedirectsStayHere(t *testing.T) {
	s := open(t, sqlite(t))
	evil := []string{"//evil.example", `/\evil.example`, "https:evil.example", "https://evil.example", "%2f%2fevil.example", "javascript:alert(1)", "/%09/evil.example", "/\t/evil.example",
		"/%5cevil.example", "///evil.example", "/.//evil.example", "/..//evil.example", "data:text/html,x", "//evil.example/%2f..", "/\r\nX-Injected: 1", " //evil.example", "@evil.example"}
	evil = append(evil, shared(t, "open_redirect_patt.txt")...)
	base, _ := url.Parse(s.base)
	for _, next := range evil {
		v := s.visitor()
		p := v.post("/preferences", "city", "colombo/dehiwala", "theme", "", "next", next)
		if p.code >= 500 {
			t.Errorf("next=%q: %d", next, p.code)
		}
		if p.location == "" {
			continue // refused as a text
		}
		to, err := base.Parse(p.location)
		if err != nil || to.Host != base.Host || to.Scheme != "https" || strings.HasPrefix(p.location, "//") || strings.ContainsAny(p.location, "\\\t\r\n") {
			t.Errorf("next=%q leads to %q", next, p.location)
		}
		shown := v.get("/preferences?next=" + url.QueryEscape(next)).body
		if m := regexp.MustCompile(`name="next" value="([^"]*)"`).FindStringSubmatch(shown); m == nil || !strings.HasPrefix(m[1], "/") || strings.HasPrefix(m[1], "//") {
			t.Errorf("next=%q stands in the form as %q", next, m)
		}
	}
	for _, host := range []string{"evil.example", "evil.example:443", base.Host + ".evil.example", "", "127.0.0.1"} {
		p := s.visitor().get("/", func(r *http.Request) { r.Host = host })
		if p.code != http.StatusMisdirectedRequest || strings.Contains(p.body, "evil.example") {
			t.Errorf("Host %q: %d", host, p.code)
		}
	}
	v := s.visitor()
	number := v.buy("mug")
	v.do("POST", "/orders/track", url.Values{"number": {number}, "contact": {"nimal@example.com"}},
		func(r *http.Request) {
			r.Header.Set("X-Forwarded-Host", "evil.example")
			r.Header.Set("Forwarded", "host=evil.example")
		})
	for _, mail := range s.letters() {
		if strings.Contains(mail, "evil.example") {
			t.Error("a letter names the host of a request")
		}
	}
}

// TestTrustRow50LargeBodies: too many, too deep, too long are refused before work is done.
func TestTrustRow50LargeBodies(t *testing.T) {
	s := open(t, sqlite(t))
	line := `{"variant":"` + s.variant("mug", 0) + `","quantity":1}`
	for name, body := range map[string]string{"100,000 lines": `{"lines":[` + strings.Repeat(line+",", 99_999) + line + `]}`, "51 lines": `{"lines":[` + strings.Repeat(line+",", 50) + line + `]}`,
		"10,000 deep": `{"lines":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`} {
		if code, _ := s.api("POST", "/api/v1/quotes", body, ""); code != 413 && code != 400 && code != 422 {
			t.Errorf("%s: %d", name, code)
		}
	}
	if p := s.visitor().post("/cart/add", "variant", strings.Repeat("A", 100_000), "quantity", "1"); p.code != 413 {
		t.Errorf("100 KB in a form: %d", p.code)
	}
	v := s.visitor()
	v.buy("mug")
	v.post("/cart/add", "variant", v.variant("mug", 0), "quantity", "1")
	for _, path := range []string{"/cart", "/checkout", "/orders/track"} {
		if c := v.get(path).header.Get("Cache-Control"); !strings.Contains(c, "private") || !strings.Contains(c, "no-store") {
			t.Errorf("%s may be stored: %q", path, c)
		}
	}
}

// TestRoutesAreAllKnownHere reminds whoever adds a writing route to look at the rows above.
func TestRoutesAreAllKnownHere(t *testing.T) {
	s := open(t, sqlite(t))
	var writes []string
	for _, r := range s.Routes() {
		if r.Method != "GET" {
			writes = append(writes, r.Method+" "+r.Pattern)
			if !r.Mutates && r.Rate != access.RateQuote {
				t.Errorf("%s %s says that it changes nothing", r.Method, r.Pattern)
			}
		}
	}
	slices.Sort(writes)
	known := []string{
		"DELETE /api/v1/account/addresses/{id}", "DELETE /api/v1/account/wishlist/{id}", "DELETE /api/v1/sessions", "DELETE /api/v1/sessions/current", "DELETE /api/v1/sessions/{id}",
		"PATCH /api/v1/account", "PATCH /api/v1/account/addresses/{id}", "PATCH /api/v1/orders/{number}/contact",
		"POST /account/addresses/new", "POST /account/addresses/{id}", "POST /account/addresses/{id}/prefer", "POST /account/addresses/{id}/remove",
		"POST /account/addresses/{id}/restore", "POST /account/data/ask", "POST /account/data/copy", "POST /account/data/erase",
		"POST /account/data/withdraw", "POST /account/orders/again", "POST /account/preferences", "POST /account/prove", "POST /account/prove/passkey",
		"POST /account/prove/passkey/challenge", "POST /account/security/email", "POST /account/security/email/confirm/{token}",
		"POST /account/security/passkeys/new", "POST /account/security/passkeys/new/challenge", "POST /account/security/passkeys/remove",
		"POST /account/security/password", "POST /account/security/phone", "POST /account/security/phone/code", "POST /account/security/recovery",
		"POST /account/security/report", "POST /account/security/second", "POST /account/security/second/remove", "POST /account/security/sessions/end",
		"POST /account/security/sessions/end-others", "POST /account/security/tokens", "POST /account/security/tokens/revoke",
		"POST /account/wishlist/add", "POST /account/wishlist/move", "POST /account/wishlist/remove", "POST /api/v1/account/addresses",
		"POST /api/v1/account/addresses/{id}/restore", "POST /api/v1/account/data-requests", "POST /api/v1/account/data-requests/{number}/withdraw",
		"POST /api/v1/account/wishlist", "POST /api/v1/account/wishlist/{id}/move", "POST /api/v1/orders", "POST /api/v1/orders/{number}/cancel", "POST /api/v1/quotes", "POST /api/v1/sessions",
		"POST /api/v1/sessions/passkey", "POST /api/v1/sessions/passkey/challenge", "POST /api/v1/sessions/proof", "POST /api/v1/sessions/second", "POST /cart/add", "POST /cart/empty", "POST /cart/remove", "POST /cart/update",
		"POST /checkout", "POST /login", "POST /login/link", "POST /login/link/{token}", "POST /login/not-me/{token}", "POST /login/passkey",
		"POST /login/passkey/challenge", "POST /login/second", "POST /login/second/passkey", "POST /login/second/passkey/challenge",
		"POST /login/second/passkey/new", "POST /login/second/passkey/new/challenge", "POST /login/second/set-up", "POST /logout", "POST /orders/track",
		"POST /orders/{number}/cancel", "POST /orders/{number}/confirm", "POST /orders/{number}/data/ask", "POST /orders/{number}/data/code",
		"POST /orders/{number}/data/copy", "POST /orders/{number}/data/correct", "POST /orders/{number}/data/erase", "POST /orders/{number}/data/prove",
		"POST /orders/{number}/data/withdraw", "POST /orders/{number}/keep", "POST /preferences", "POST /privacy/keep/{token}", "POST /register", "POST /register/code", "POST /reset",
		"POST /reset/{token}", "POST /setup/{token}",
	}
	if !slices.Equal(writes, known) {
		t.Errorf("the writing routes are %q: give the new ones their tests here", writes)
	}
}
