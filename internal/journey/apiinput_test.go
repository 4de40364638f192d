package journey

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"aromart/internal/kit/clock"
)

// leaf is one value of a request's body, by the keys that lead to it.
type leaf struct {
	path []string
	kind string
}

// document is what the API says about itself.
func (s *shop) document() map[string]any {
	s.Helper()
	var doc map[string]any
	_, text := s.api("GET", "/api/v1/openapi.json", "", "")
	s.must(json.Unmarshal([]byte(text), &doc))
	return doc
}

// leaves lists the values that a schema takes, in a stable order.
func leaves(doc map[string]any, schema map[string]any, path []string) (list []leaf) {
	if ref, ok := schema["$ref"].(string); ok {
		at := any(doc)
		for key := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
			at = at.(map[string]any)[key]
		}
		schema = at.(map[string]any)
	}
	kind := fmt.Sprint(schema["type"])
	switch properties, _ := schema["properties"].(map[string]any); {
	case properties != nil:
		for _, key := range slices.Sorted(maps.Keys(properties)) {
			if key != "$schema" {
				list = append(list, leaves(doc, properties[key].(map[string]any), append(slices.Clone(path), key))...)
			}
		}
	case strings.Contains(kind, "array"):
		list = leaves(doc, schema["items"].(map[string]any), append(slices.Clone(path), "0"))
	default: // a map takes any name; a text in its place is refused or read
		list = []leaf{{path, kind}}
	}
	return list
}

// put sets the value at a leaf.
func put(v any, path []string, value any) any {
	if len(path) == 0 {
		return value
	}
	if list, ok := v.([]any); ok {
		return []any{put(list[0], path[1:], value)}
	}
	m, _ := v.(map[string]any)
	out := maps.Clone(m)
	if out == nil {
		out = map[string]any{}
	}
	out[path[0]] = put(out[path[0]], path[1:], value)
	return out
}

// orderBody is an order that is taken, for one piece.
func (s *shop) orderBody(handle string) map[string]any {
	s.Helper()
	var quote struct {
		Totals        struct{ Total map[string]any }
		Policy        string `json:"policy_version"`
		PaymentMethod string
	}
	lines := []any{map[string]any{"variant": s.variant(handle, 0), "quantity": 1}}
	text, err := json.Marshal(map[string]any{"lines": lines, "city": "colombo/dehiwala"})
	s.must(err)
	code, answer := s.api("POST", "/api/v1/quotes", string(text), "")
	if code != 200 {
		s.Fatalf("quote: %d %s", code, answer)
	}
	s.must(json.Unmarshal([]byte(answer), &quote))
	return map[string]any{"lines": lines, "payment_method": "cod", "expected_total": quote.Totals.Total, "policy_version": quote.Policy,
		"contact": map[string]any{"name": "Nimal Perera", "phone": "0771234567", "email": "nimal@example.com"},
		"address": map[string]any{"street": "12 Temple Road", "city": "colombo/dehiwala", "landmark": "x", "note": "x", "recipient": "x"}}
}

// sound looks at an answer of the API: no fault of ours, and JSON whatever came.
func sound(t *testing.T, where, text string, code int, body string) {
	t.Helper()
	if code >= 500 {
		t.Errorf("%s with %q: %d", where, text, code)
	}
	if !json.Valid([]byte(body)) {
		t.Errorf("%s with %q: no JSON: %.200s", where, text, body)
	}
}

// TestTrustRow40And42BadInputThroughTheAPI puts each text into each value that
// the API's own description names: bodies, queries, paths. What is taken is
// stored as it was sent, at the server's price.
func TestTrustRow40And42BadInputThroughTheAPI(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		list := texts(t, s)
		s.setStock("cinnamon", 0, 500_000)
		doc, tried, crew := s.document(), 0, make([]*program, hands)
		for n := range crew {
			crew[n] = s.program(n)
		}
		for path, item := range doc["paths"].(map[string]any) {
			for method, operation := range item.(map[string]any) {
				op, ok := operation.(map[string]any)
				if !ok {
					continue
				}
				tried += crew[0].parameters(t, strings.ToUpper(method), path, op, list)
				if content, ok := op["requestBody"].(map[string]any); ok {
					schema := content["content"].(map[string]any)["application/json"].(map[string]any)["schema"].(map[string]any)
					tried += bodies(t, crew, strings.ToUpper(method), path, leaves(doc, schema, nil), list)
				}
			}
		}
		if tried < 90 {
			t.Errorf("only %d values of the API were tried", tried)
		}
		s.storedAsSent(t)
	}, noLimits)
}

const freePhone = "one that has no order"

// program is somebody who is signed in at the API, with an address and an order.
type program struct {
	*shop
	email, token, address, number string
}

func (s *shop) program(n int) *program {
	s.Helper()
	m := &program{shop: s, email: fmt.Sprintf("program-%d@example.com", n)}
	s.customer(m.email)
	m.signIn()
	m.address = m.made("/account/addresses", addressBody).ID
	m.number = m.made("/orders", put(s.orderBody("bowl-1"), []string{"contact", "phone"}, fmt.Sprintf("070123450%d", n)).(map[string]any)).Number
	return m
}

func (m *program) signIn() {
	m.Helper()
	m.token = ""
	m.token = m.made("/sessions", map[string]any{"contact": m.email, "password": password}).Token
}

// made makes something by the API.
func (m *program) made(path string, body map[string]any) (out struct{ Token, ID, Number string }) {
	m.Helper()
	raw, err := json.Marshal(body)
	m.must(err)
	code, answer := m.api("POST", "/api/v1"+path, string(raw), m.token)
	if code != http.StatusCreated {
		m.Fatalf("%s: %d %s", path, code, answer)
	}
	m.must(json.Unmarshal([]byte(answer), &out))
	return out
}

var addressBody = map[string]any{"label": "Home", "name": "Nimal Perera", "phone": "0771234567", "street": "12 Temple Road", "landmark": "x", "city": "colombo/dehiwala"}

// good is a body that the call takes.
func (m *program) good(call string) map[string]any {
	switch call {
	case "POST /quotes":
		return map[string]any{"lines": m.orderBody("cinnamon")["lines"], "city": "colombo/dehiwala"}
	case "POST /orders":
		return put(m.orderBody("cinnamon"), []string{"contact", "phone"}, freePhone).(map[string]any)
	case "POST /sessions":
		return map[string]any{"contact": m.email, "password": password}
	case "POST /sessions/passkey":
		return map[string]any{"form": "none", "credential": map[string]any{"id": "none", "type": "public-key"}}
	case "POST /sessions/second":
		return map[string]any{"code": "123456"}
	case "POST /sessions/proof":
		return map[string]any{"password": password, "code": ""}
	case "PATCH /account":
		return map[string]any{"name": "Nimal Perera"}
	case "POST /account/addresses":
		return addressBody
	case "PATCH /account/addresses/{id}":
		return map[string]any{"street": "14 Temple Road"}
	case "POST /account/wishlist":
		return map[string]any{"variant": m.variant("mug", 0)}
	case "POST /account/data-requests":
		return map[string]any{"kind": "question", "question": "What for?"}
	case "PATCH /orders/{number}/contact":
		return map[string]any{"street": "14 Temple Road"}
	case "POST /orders/{number}/cancel":
		return map[string]any{"part": "x"}
	}
	return nil
}

// ofAccount reports calls that want to know who asks.
func ofAccount(path string) bool {
	return strings.HasPrefix(path, "/api/v1/account") || strings.HasPrefix(path, "/api/v1/sessions") || strings.HasPrefix(path, "/api/v1/orders/")
}

// parameters tries queries and paths.
func (s *program) parameters(t *testing.T, method, path string, op map[string]any, list []string) int {
	all, _ := op["parameters"].([]any)
	if len(all) == 0 {
		return 0
	}
	atOnce(len(list), func(_, i int) {
		if i >= len(own) && i%4 != 0 && os.Getenv("AROMART_TEST_FULL") == "" {
			return
		}
		text := list[i]
		q, filled := url.Values{}, path
		for _, p := range all {
			p := p.(map[string]any)
			name := p["name"].(string)
			switch p["in"] {
			case "query":
				q.Set(name, text)
				s.ask(t, method, path, url.Values{name: {text}}, text) // each alone, so that no other refuses first
			case "path":
				filled = strings.ReplaceAll(filled, "{"+name+"}", text)
			}
		}
		s.ask(t, method, filled, q, text)
	})
	return len(all)
}

func (s *program) ask(t *testing.T, method, path string, q url.Values, text string) {
	if method != "GET" && !strings.Contains(path, text) {
		return // bodies are tried apart
	}
	if ofAccount(path) {
		sent := ""
		if method == "POST" || method == "PATCH" {
			sent = "{}"
		}
		at := (&url.URL{Path: path, RawQuery: q.Encode()}).String() // the text is one part of the path or several
		if code, body := s.api(method, at, sent, s.token); body != "" {
			sound(t, method+" "+path, text, code, body)
		}
		return
	}
	p := s.visitor().get(path + "?" + q.Encode())
	if p.location == "" {
		sound(t, method+" "+path, text, p.code, p.body)
	}
}

// send sends a body, and once more after signing in again: some calls end sessions.
func (m *program) send(call string, body map[string]any) (int, string) {
	method, path, _ := strings.Cut(call, " ")
	path = "/api/v1" + strings.NewReplacer("{id}", m.address, "{number}", m.number).Replace(path)
	raw, err := json.Marshal(body)
	m.must(err)
	if call == "POST /quotes" || call == "POST /orders" {
		return m.api(method, path, string(raw), "")
	}
	code, answer := m.api(method, path, string(raw), m.token)
	if code == http.StatusUnauthorized && call != "POST /sessions" {
		m.signIn()
		code, answer = m.api(method, path, string(raw), m.token)
	}
	return code, answer
}

// notTaken are the calls whose good body is refused all the same: a code that
// nobody was sent, a passkey that nobody has, a part that is none.
var notTaken = []string{"POST /sessions/second", "POST /sessions/proof", "POST /sessions/passkey", "POST /orders/{number}/cancel"}

// bodies tries one value after the other in a body that is taken, from the first
// text to the last, and compares what is stored with what was sent.
func bodies(t *testing.T, crew []*program, method, path string, all []leaf, list []string) int {
	call := method + " " + strings.TrimPrefix(path, "/api/v1")
	good := make([]map[string]any, len(crew))
	for n, m := range crew {
		good[n] = m.good(call)
	}
	if good[0] == nil {
		t.Errorf("%s has no body here", call)
		return 0
	}
	send := func(n int, body map[string]any) (int, string) {
		if contact, ok := body["contact"].(map[string]any); ok && contact["phone"] == freePhone {
			body["contact"] = put(contact, []string{"phone"}, fmt.Sprintf("071%07d", serial.Add(1))) // a phone has few open orders
		}
		return crew[n].send(call, body)
	}
	ready := func(_, n int) {
		code, answer := send(n, maps.Clone(good[n]))
		if code >= 400 && !slices.Contains(notTaken, call) {
			t.Errorf("%s is not taken: %d %s", call, code, answer)
		}
		crew[n].forget(method+" "+path, crew[n].whose(call, answer))
	}
	atOnce(len(crew), ready)
	atOnce(len(list), func(n, i int) {
		for k, l := range all {
			if i >= len(own) && (i+k)%8 != 0 && os.Getenv("AROMART_TEST_FULL") == "" {
				continue
			}
			name, text := strings.Join(l.path, "."), list[i]
			code, answer := send(n, put(good[n], l.path, text).(map[string]any))
			sound(t, call+" "+name, text, code, answer)
			if !strings.Contains(l.kind, "string") && !strings.Contains(l.kind, "object") && code < 400 {
				t.Errorf("%s takes %q for a number", name, text)
			}
			if code == http.StatusTooManyRequests || code == http.StatusUnauthorized && !strings.HasPrefix(call, "POST /sessions") {
				t.Errorf("%s %s with %q is hidden behind a %d", call, name, text, code)
			}
			if code < 300 {
				for _, problem := range crew[n].altered(method+" "+path, crew[n].whose(call, answer), map[string]string{l.path[len(l.path)-1]: text}) {
					t.Errorf("%s %s with %q: %s", call, name, text, problem)
				}
			}
			crew[n].forget(method+" "+path, crew[n].whose(call, answer))
		}
	})
	atOnce(len(crew), ready)
	return len(all)
}

// whose is the order or the person that an answer is about.
func (m *program) whose(call, answer string) string {
	var o struct{ Number string }
	switch {
	case call == "POST /orders":
		_ = json.Unmarshal([]byte(answer), &o) // a refusal names none
		return o.Number
	case strings.Contains(call, "{number}"):
		return m.number
	}
	return m.email
}

// storedAsSent orders with texts that look like something else and reads them back.
func (s *shop) storedAsSent(t *testing.T) {
	for i, text := range []string{`<script>hit()</script>`, `{{7*7}}`, `${7*7}`, `'; DROP TABLE orders; --`, `=HYPERLINK("http://evil.example","x")`, `"quoted"`} {
		body := put(s.orderBody("mug"), []string{"address", "note"}, text)
		body = put(body, []string{"contact", "name"}, text)
		body = put(body, []string{"contact", "phone"}, fmt.Sprintf("0761%06d", i))
		raw, err := json.Marshal(body)
		s.must(err)
		code, answer := s.api("POST", "/api/v1/orders", string(raw), "")
		var o struct{ Token, Number string }
		s.must(json.Unmarshal([]byte(answer), &o))
		if code != http.StatusCreated {
			t.Errorf("%q was not taken: %d %s", text, code, answer)
			continue
		}
		if n := s.count("SELECT count(*) FROM order_contacts c JOIN orders o ON o.id = c.order_id WHERE o.number = $1 AND c.name = $2 AND c.note = $2", o.Number, text); n != 1 {
			t.Errorf("%q is not stored as it was sent", text)
		}
		v := s.visitor()
		v.jar["__Host-g"] = o.Token
		judge(t, "the order's page", text, v.get("/orders/"+o.Number))
		judge(t, "the receipt", text, v.get("/orders/"+o.Number+"/receipt"))
	}
	if wrong := s.count("SELECT count(*) FROM orders o WHERE total <> (SELECT sum(total) FROM seller_orders p WHERE p.order_id = o.id)"); wrong != 0 {
		t.Errorf("%d orders do not add up", wrong)
	}
}

// TestTrustRow03And34And35TheAPITakesNothingElse adds what only the server
// decides, and the ids of somebody else, to every object of an order's body.
func TestTrustRow03And34And35TheAPITakesNothingElse(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		b := s.victim("lamp")
		good := s.orderBody("mug")
		refuse := func(what string, body any) {
			raw, err := json.Marshal(body)
			s.must(err)
			s.unchanged(what, func() {
				code, answer := s.api("POST", "/api/v1/orders", string(raw), "")
				if code != 400 && code != 409 && code != 422 || strings.Contains(answer, "CANARY") {
					t.Errorf("%s: %d %s", what, code, answer)
				}
			})
		}
		for _, at := range []string{"", "lines.0", "contact", "address", "expected_total"} {
			for _, name := range []string{"id", "address_id", "ship_address_id", "contact_id", "customer_id", "order_id", "cart_id", "price", "unit_price", "seller_id", "tax", "discount", "status", "paid", "role", "verified", "created_at"} {
				path := []string{name}
				if at != "" {
					path = append(strings.Split(at, "."), name)
				}
				refuse(strings.Join(path, "."), put(good, path, int64(b.order.ID)))
			}
		}
		refuse("another total", put(good, []string{"expected_total", "amount"}, 1))
		refuse("another currency", put(good, []string{"expected_total", "currency"}, "USD"))
		refuse("a negative total", put(good, []string{"expected_total", "amount"}, -1))
		raw, err := json.Marshal(good)
		s.must(err)
		if code, answer := s.api("POST", "/api/v1/orders", string(raw), ""); code != http.StatusCreated {
			t.Fatalf("the order itself is refused: %d %s", code, answer)
		}
		want := int64(good["expected_total"].(map[string]any)["amount"].(float64))
		if got := s.count("SELECT total FROM orders ORDER BY id DESC LIMIT 1"); got != want || got != 890_00+350_00+50_00 { // the mug, its way, the fee for cash
			t.Errorf("the order costs %d, its quote %d", got, want)
		}
	})
}

// brokenJSON must not be read by anything, whatever surrounds it.
var brokenJSON = []string{``, `{`, `}`, `[`, `{"lines"`, `{"lines":}`, `{"lines":[}`, `{"lines":[{]}`, `{'lines':[]}`, `{"lines":[],}`, "\ufeff{}", `{"lines":[]}{}`, `nul`, `NaN`, `Infinity`, `"\x"`, "\"\x00\"", "\xff\xfe{\x00}\x00", `{"lines":[] // c`,
	`{"lines":[{"variant":"` + "\xff" + `"}]}`}

// TestBadJSONThroughTheAPI sends what is no JSON, and JSON of every odd shape.
func TestBadJSONThroughTheAPI(t *testing.T) {
	s := open(t, sqlite(t))
	before := s.digest()
	send := func(name string, raw []byte, broken bool) {
		for _, path := range []string{"/api/v1/quotes", "/api/v1/orders"} {
			for _, body := range [][]byte{raw, slices.Concat([]byte(`{"lines":`), raw, []byte(`}`))} {
				r := httptest.NewRequest("POST", path, bytes.NewReader(body))
				r.Host = strings.TrimPrefix(s.base, "https://")
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("Idempotency-Key", clock.PublicID())
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				sound(t, path, name, w.Code, w.Body.String())
				if broken && w.Code < 400 {
					t.Errorf("%s with %s: %d", path, name, w.Code)
				}
			}
		}
	}
	for _, text := range brokenJSON {
		send(text, []byte(text), true)
	}
	for name, raw := range jsonSuite(t) {
		send(name, raw, true) // even what is JSON is no order
	}
	if s.digest() != before {
		t.Error("what is no order left a trace")
	}
}

// jsonSuite is a public collection of JSON for trials.
func jsonSuite(t *testing.T) map[string][]byte {
	t.Helper()
	f, err := os.Open(filepath.Join(sharedRoot(), "data/badinput/json_test_suite.jsonl.gz"))
	if err != nil {
		t.Logf("NOT TESTED with the JSON suite, only with the own list: %v", err)
		return nil
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var item struct{ Name, Base64 string }
		if err := json.Unmarshal(lines.Bytes(), &item); err != nil {
			t.Fatal(err)
		}
		if out[item.Name], err = base64.StdEncoding.DecodeString(item.Base64); err != nil {
			t.Fatal(err)
		}
	}
	if lines.Err() != nil || len(out) < 300 {
		t.Fatalf("%d files of the suite: %v", len(out), lines.Err())
	}
	return out
}

func sharedRoot() string {
	if root := os.Getenv("AROMART_SHARED"); root != "" {
		return root
	}
	return "../../../shared"
}
