package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"aromart/internal/care/policy"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
)

func route(method, pattern string) access.Route {
	return access.Route{Method: method, Pattern: pattern, Action: "cart.update", Resource: "test", Policy: access.Everyone,
		Rate: access.RateBrowse, Mutates: method != "GET"}
}

type world struct {
	*Server
	log *bytes.Buffer
}

// newWorld is a server with one route for each thing that can happen.
func newWorld(t testing.TB, opt Options) world {
	t.Helper()
	log := new(bytes.Buffer)
	if opt.BaseURL == "" {
		opt.BaseURL = "http://localhost"
	}
	opt.Log = slog.New(slog.NewJSONHandler(log, nil))
	opt.Actor = func(r *http.Request) (access.Actor, error) {
		if r.Header.Get("Authorization") == "Bearer customer" {
			return access.Actor{Kind: access.Customer, ID: 7}, nil
		}
		return access.Actor{}, nil
	}
	s, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	text := func(text string) Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, err := io.WriteString(w, text)
			return err
		}
	}
	failing := func(err error) Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			io.WriteString(w, "half a page")
			return err
		}
	}
	s.Handle(route("GET", "/"), text("home"))
	s.Handle(route("GET", "/hello"), func(w http.ResponseWriter, r *http.Request) error {
		q := From(r)
		return text(fmt.Sprintf("%s %s %s %s", q.Lang, r.URL.Path, q.Link("/cart"), q.T.T("web.home")))(w, r)
	})
	s.Handle(route("GET", "/c/{path...}"), func(w http.ResponseWriter, r *http.Request) error { return text("cat "+r.PathValue("path"))(w, r) })
	s.Handle(route("GET", "/fails/secret"), failing(fmt.Errorf("db: password=hunter2: %w", errors.New("SELECT * FROM x"))))
	s.Handle(route("POST", "/fails/secret"), failing(errors.New("db: hunter2")))
	s.Handle(route("GET", "/fails/conflict"), failing(errs.New(errs.Conflict, "error.conflict")))
	s.Handle(route("GET", "/fails/list"), failing(errs.List{errs.Field("name", "error.required"), errs.Field("age", "error.bad_number")}))
	s.Handle(route("GET", "/api/v1/fails"), failing(errs.List{errs.Field("name", "error.required"), errs.Field("age", "error.bad_number")}))
	s.Handle(route("GET", "/api/v1/breaks"), failing(errors.New("hunter2")))
	s.Handle(route("POST", "/api/v1/things"), text("made"))
	s.Handle(route("GET", "/panics"), func(http.ResponseWriter, *http.Request) error { panic("hunter2") })
	s.Handle(route("GET", "/cookie/foreign"), func(w http.ResponseWriter, r *http.Request) error {
		http.SetCookie(w, &http.Cookie{Name: "tracker", Value: "1"})
		return text("tracked")(w, r)
	})
	s.Handle(route("GET", "/cookie/streamed"), func(w http.ResponseWriter, r *http.Request) error {
		http.SetCookie(w, &http.Cookie{Name: "cart", Value: "1"})
		return text("tracked")(w, r)
	}, Streamed())
	s.Handle(route("POST", "/cookie/cart"), func(w http.ResponseWriter, r *http.Request) error {
		if err := SetCookie(w, r, policy.CartCookie, "1.2x3"); err != nil {
			return err
		}
		return SeeOther(w, r, "/cart")
	})
	s.Handle(route("GET", "/away"), func(w http.ResponseWriter, r *http.Request) error { return SeeOther(w, r, r.URL.Query().Get("next")) })
	personal := route("GET", "/mine")
	personal.Personal, personal.Policy = true, access.Only(access.Customer)
	s.Handle(personal, text("mine"))
	staff := route("GET", "/admin")
	staff.Policy = access.Only(access.Admin)
	s.Handle(staff, text("admin"))
	login := route("POST", "/login")
	login.Rate = access.RateLookup
	s.Handle(login, text("in"))
	s.Handle(route("GET", "/media/1"), text("<svg>"), Asset())
	return world{s, log}
}

func (s world) do(method, target string, change ...func(*http.Request)) *http.Response {
	r := httptest.NewRequest(method, target, nil)
	if !strings.HasPrefix(target, "http") {
		r.Host = "localhost"
	}
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func body(r *http.Response) string { b, _ := io.ReadAll(r.Body); return string(b) }

func set(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func form(values string) func(*http.Request) {
	return func(r *http.Request) {
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(values)), int64(len(values))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
}

func TestErrorsBecomeAnswers(t *testing.T) {
	s := newWorld(t, Options{})
	for _, tt := range []struct {
		method, target string
		status         int
		contains       string
		change         func(*http.Request)
	}{
		{"GET", "/", 200, "home", nil},
		{"GET", "/nothing", 404, "This page does not exist", nil},
		{"GET", "/si/nothing", 404, "මෙම පිටුව නොමැත", nil},
		{"GET", "/fails/conflict", 409, "Something has changed", nil},
		{"GET", "/fails/list", 422, "Please fill in this field", nil},
		{"GET", "/fails/secret", 500, "please quote the number", nil},
		{"POST", "/fails/secret", 500, "not placed twice", nil},
		{"GET", "/panics", 500, "please quote the number", nil},
		{"POST", "/hello", 405, "", nil},
		{"GET", "/mine", 401, "", nil},
		{"GET", "/admin", 401, "", nil},
		{"GET", "/admin", 404, "", set("Authorization", "Bearer customer")},
		{"GET", "/mine", 200, "mine", set("Authorization", "Bearer customer")},
		{"POST", "/login", 415, "", func(r *http.Request) { form("a=b")(r); r.Header.Set("Content-Type", "text/plain") }},
		{"POST", "/api/v1/things", 415, "error.unsupported", form("a=b")},
		{"POST", "/api/v1/things", 200, "made", func(r *http.Request) { form("{}")(r); r.Header.Set("Content-Type", "application/json") }},
		{"POST", "/login", 413, "", form(strings.Repeat("a", 65<<10))},
		{"POST", "/login", 403, "another site", set("Sec-Fetch-Site", "cross-site")},
		{"POST", "/login", 403, "another site", set("Sec-Fetch-Site", "same-site")},
		{"POST", "/login", 403, "another site", set("Origin", "https://evil.example")},
		{"GET", "/", 421, "", func(r *http.Request) { r.Host = "evil.example" }},
		{"GET", "/c//a", 308, "", nil},
		{"GET", "/c/a%00b", 404, "", nil},
		{"TRACE", "/", 405, "", nil},
	} {
		change := tt.change
		if change == nil {
			change = func(*http.Request) {}
		}
		r := s.do(tt.method, tt.target, change)
		text := body(r)
		if r.StatusCode != tt.status || !strings.Contains(text, tt.contains) {
			t.Errorf("%s %s: %d %s", tt.method, tt.target, r.StatusCode, text)
		}
		if strings.Contains(text, "hunter2") || strings.Contains(text, "half a page") || strings.Contains(text, "SELECT") {
			t.Errorf("%s %s shows our inside: %s", tt.method, tt.target, text)
		}
	}
	if !strings.Contains(s.log.String(), "hunter2") {
		t.Error("the cause is not in the log")
	}
	if strings.Contains(s.log.String(), "/c/a") {
		t.Error("the log holds a path")
	}
}

func TestProblem(t *testing.T) {
	s := newWorld(t, Options{})
	r := s.do("GET", "/api/v1/fails")
	var p Problem
	if err := json.Unmarshal([]byte(body(r)), &p); err != nil {
		t.Fatal(err)
	}
	if r.Header.Get("Content-Type") != "application/problem+json" || p.Status != 422 || p.Code != "error.required" ||
		len(p.Errors) != 2 || p.Errors[1] != (ProblemField{"age", "error.bad_number", "Please enter a whole number, such as 12."}) {
		t.Errorf("got %+v", p)
	}
	for target, status := range map[string]int{"/api/v1/breaks": 500, "/api/v1/none": 404, "/si/api/v1/things": 404} {
		if r := s.do("GET", target); r.StatusCode != status {
			t.Errorf("%s: %d", target, r.StatusCode)
		}
	}
}

func TestLanguagePrefix(t *testing.T) {
	s := newWorld(t, Options{})
	for target, want := range map[string]string{
		"/hello":    "en /hello /cart To the home page",
		"/si/hello": "si /hello /si/cart මුල් පිටුවට",
		"/ta/hello": "ta /hello /ta/cart முகப்புப் பக்கத்திற்கு",
		"/si":       "home",
		"/si/c/x/y": "cat x/y",
	} {
		if r := s.do("GET", target); body(r) != want || r.StatusCode != 200 {
			t.Errorf("%s: %d", target, r.StatusCode)
		}
	}
	for target, want := range map[string]string{
		"/si/c//a?x=1": "/si/c/a", "/si/away?next=/si/cart": "/si/cart", "/si/away?next=/cart": "/si/cart",
		"/ta/c": "/ta/c/", "/away?next=/cart%3Fa=b": "/cart?a=b",
	} {
		if r := s.do("GET", target); r.Header.Get("Location") != want {
			t.Errorf("%s leads to %q", target, r.Header.Get("Location"))
		}
	}
	q := &Request{Prefix: "/si", Path: "/search", query: "q=tea"}
	if q.In("en") != "/search?q=tea" || q.In("ta") != "/ta/search?q=tea" || q.Link("/static/a.css") != "/static/a.css" {
		t.Errorf("got %s %s", q.In("en"), q.In("ta"))
	}
}

func TestRedirectsStayHere(t *testing.T) {
	s := newWorld(t, Options{})
	for _, next := range []string{"//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example", "javascript:alert(1)",
		"%2f%2fevil.example", "\\\\evil", "/%09/evil.example", "/\n/evil", "", "evil", "///evil"} {
		if LocalPath(next) && next != "/%09/evil.example" {
			t.Errorf("%q passes", next)
		}
		r := s.do("GET", "/away", func(r *http.Request) { r.URL.RawQuery = "next=" + strings.ReplaceAll(next, "\n", "%0a") })
		if l := r.Header.Get("Location"); l != "" {
			t.Errorf("%q leads to %q", next, l)
		}
	}
	if Next("//evil", "/cart") != "/cart" || Next("/p/x?a=b", "/cart") != "/p/x?a=b" {
		t.Error("Next")
	}
}

func TestSecurityHeaders(t *testing.T) {
	const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
	plain, tls := newWorld(t, Options{}), newWorld(t, Options{BaseURL: "https://localhost"})
	for _, target := range []string{"/", "/nothing", "/panics"} {
		h := plain.do("GET", target).Header
		if h.Get("Content-Security-Policy") != csp || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "same-origin" ||
			h.Get("Cross-Origin-Opener-Policy") != "same-origin" || h.Get("Permissions-Policy") == "" || h.Get("Strict-Transport-Security") != "" ||
			h.Get("Speculation-Rules") != `"/static/speculation-rules.json"` || h.Get("X-Request-Id") == "" {
			t.Errorf("%s: %v", target, h)
		}
	}
	h := tls.do("GET", "/").Header
	if h.Get("Content-Security-Policy") != csp+"; upgrade-insecure-requests" || !strings.HasPrefix(h.Get("Strict-Transport-Security"), "max-age=31536000") {
		t.Errorf("TLS: %v", h)
	}
	h = plain.do("GET", "/media/1").Header
	if h.Get("Content-Security-Policy") != "default-src 'none'; sandbox" || h.Get("Cross-Origin-Resource-Policy") != "same-origin" {
		t.Errorf("media: %v", h)
	}
}

// TestNothingPersonalIsFetchedAhead reads the rules as a browser does.
func TestNothingPersonalIsFetchedAhead(t *testing.T) {
	s := newWorld(t, Options{})
	personal := route("GET", "/private/{id}")
	personal.Personal = true
	s.Handle(personal, func(http.ResponseWriter, *http.Request) error { return nil })
	r := s.do("GET", speculationPath)
	var rules struct {
		Prefetch []struct {
			Where struct {
				And []struct {
					Not struct {
						Href []string `json:"href_matches"`
					}
				}
			}
		}
	}
	// One text stands where the others have a list.
	text := strings.Replace(body(r), `"href_matches":"/*"`, `"href_matches":["/*"]`, 1)
	if err := json.Unmarshal([]byte(text), &rules); err != nil || r.Header.Get("Content-Type") != "application/speculationrules+json" || len(rules.Prefetch) != 1 {
		t.Fatalf("%v: %s", err, text)
	}
	kept := rules.Prefetch[0].Where.And[1].Not.Href
	for _, want := range []string{"/api/*", "/private/*", "/si/private/*", "/ta/private/*"} {
		if !slices.Contains(kept, want) {
			t.Errorf("%s is not kept from being fetched ahead: %q", want, kept)
		}
	}
	if slices.Contains(kept, "/hello*") || slices.Contains(kept, "/*") {
		t.Errorf("public pages are kept back: %q", kept)
	}
}

func TestCacheControl(t *testing.T) {
	s := newWorld(t, Options{})
	for _, tt := range []struct {
		target, want string
		change       func(*http.Request)
	}{
		{"/", "private, no-cache", nil},
		{"/mine", "private, no-store", set("Authorization", "Bearer customer")},
		{"/mine", "private, no-store", nil},
		{"/nothing", "private, no-store", nil},
	} {
		var changes []func(*http.Request)
		if tt.change != nil {
			changes = append(changes, tt.change)
		}
		if got := s.do("GET", tt.target, changes...).Header.Get("Cache-Control"); got != tt.want {
			t.Errorf("%s: %s", tt.target, got)
		}
	}
}

func TestCookies(t *testing.T) {
	plain, tls := newWorld(t, Options{}), newWorld(t, Options{BaseURL: "https://localhost"})
	for s, want := range map[*world]string{
		&plain: "cart=1.2x3; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax",
		&tls:   "__Host-cart=1.2x3; Path=/; Max-Age=2592000; HttpOnly; Secure; SameSite=Lax",
	} {
		if got := s.do("POST", "/cookie/cart").Header["Set-Cookie"]; len(got) != 1 || got[0] != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	// Even a registered name is refused when it did not come through SetCookie.
	for _, target := range []string{"/cookie/foreign", "/cookie/streamed"} {
		r := plain.do("GET", target)
		if text := body(r); r.StatusCode != 500 || len(r.Header["Set-Cookie"]) != 0 || strings.Contains(text, "tracked") {
			t.Errorf("%s: %d %v %s", target, r.StatusCode, r.Header, text)
		}
	}
	if !strings.Contains(plain.log.String(), "not in the register") {
		t.Error("the refusal is not logged")
	}
}

func TestSetCookieRefuses(t *testing.T) {
	s := newWorld(t, Options{})
	q := s.newRequest(httptest.NewRequest("GET", "http://localhost/", nil))
	r := httptest.NewRequest("GET", "/", nil)
	r = r.WithContext(context.WithValue(r.Context(), requestKey{}, q))
	w := newResponse(httptest.NewRecorder(), r, q)
	foreign := policy.CartCookie
	foreign.Name = "__Host-tracker"
	long := policy.CartCookie
	long.Life *= 100
	if SetCookie(w, r, foreign, "x") == nil || SetCookie(w, r, long, "x") == nil || SetCookie(w, r, policy.CartCookie, "a;b") == nil ||
		SetCookie(w, r, policy.CartCookie, strings.Repeat("x", 4096)) == nil || len(w.Header()["Set-Cookie"]) != 0 {
		t.Error("a cookie outside the register was set")
	}
	if SetCookie(w, r, policy.CartCookie, "a") != nil || SetCookie(w, r, policy.CartCookie, "b") != nil || len(w.Header()["Set-Cookie"]) != 1 {
		t.Errorf("got %v", w.Header())
	}
	r.Header.Set("Cookie", "cart=x; cart=y; g=z")
	if Cookie(r, policy.CartCookie) != "" || Cookie(r, policy.GuestCookie) != "z" {
		t.Error("Cookie")
	}
}

func TestRateLimits(t *testing.T) {
	s := newWorld(t, Options{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}})
	from := func(xff string) func(*http.Request) { return set("X-Forwarded-For", xff) }
	for i := range 10 {
		if r := s.do("POST", "/login", from("203.0.113.9")); r.StatusCode != 200 {
			t.Fatalf("try %d: %d", i, r.StatusCode)
		}
	}
	r := s.do("POST", "/login", from("198.51.100.1, 203.0.113.9")) // what the client wrote in front counts for nothing
	if r.StatusCode != 429 || r.Header.Get("Retry-After") == "" {
		t.Errorf("11th try: %d %v", r.StatusCode, r.Header)
	}
	if r := s.do("POST", "/login", from("203.0.113.10")); r.StatusCode != 200 {
		t.Errorf("another address: %d", r.StatusCode)
	}
	q := &Request{server: s.Server}
	for range 10 {
		if err := q.Limit("place", "token"); err != nil {
			t.Fatal(err)
		}
	}
	if errs.KindOf(q.Limit("place", "token")) != errs.TooMany || q.Limit("place", "other") != nil || q.Limit("nonsense", "x") == nil {
		t.Error("Limit")
	}
}

func TestClientAddr(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.1/32")}
	for _, tt := range []struct {
		remote, xff string
		trusted     []netip.Prefix
		want        string
	}{
		{"198.51.100.1:5", "6.6.6.6", proxies, "198.51.100.1"},
		{"10.0.0.1:5", "6.6.6.6", nil, "10.0.0.1"},
		{"10.0.0.1:5", "6.6.6.6, 198.51.100.1", proxies, "198.51.100.1"},
		{"10.0.0.1:5", "198.51.100.1, 10.0.0.2, 127.0.0.1", proxies, "198.51.100.1"},
		{"10.0.0.1:5", "198.51.100.1, junk", proxies, "10.0.0.1"},
		{"10.0.0.1:5", "", proxies, "10.0.0.1"},
		{"[2001:db8:1:2:3::4]:5", "", nil, "2001:db8:1:2::/64"},
		{"[::ffff:198.51.100.1]:5", "", nil, "198.51.100.1"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = tt.remote
		if tt.xff != "" {
			r.Header.Set("X-Forwarded-For", tt.xff)
		}
		q := Request{Addr: clientAddr(r, tt.trusted)}
		if got := q.limitKey(); got != tt.want {
			t.Errorf("%s %q: %s", tt.remote, tt.xff, got)
		}
	}
}

func TestHandleRefusesUnguardedRoutes(t *testing.T) {
	s := newWorld(t, Options{})
	ok := func(http.ResponseWriter, *http.Request) error { return nil }
	for name, add := range map[string]func(){
		"no policy": func() {
			s.Handle(access.Route{Method: "GET", Pattern: "/x", Action: "cart.view", Resource: "r", Rate: "browse"}, ok)
		},
		"twice": func() { s.Handle(route("GET", "/hello"), ok) },
		"a personal page in the cache": func() {
			r := route("GET", "/y")
			r.Personal = true
			s.Handle(r, ok, Cached())
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: the program would start", name)
				}
			}()
			add()
		}()
	}
	for _, bad := range []string{"", "localhost:8080", "ftp://x", "https://x/shop"} {
		if _, err := New(Options{BaseURL: bad}); err == nil {
			t.Errorf("base URL %q accepted", bad)
		}
	}
}

func TestInFlightLimit(t *testing.T) {
	g := &group{slots: make(chan struct{}, 1), maxWaiting: 0}
	leave, err := g.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.enter(t.Context()); errs.KindOf(err) != errs.Unavailable || retryAfter(err) == 0 {
		t.Errorf("a full house: %v", err)
	}
	leave()
	if _, err := g.enter(t.Context()); err != nil {
		t.Errorf("after one left: %v", err)
	}
}
