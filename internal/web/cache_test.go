package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/people/access"
)

// shopWorld is a server whose one page counts how often it is made.
type shopWorld struct {
	world
	made    atomic.Int64
	version atomic.Uint64
	now     atomic.Int64
}

func newShop(t testing.TB, opt Options) *shopWorld {
	s := new(shopWorld)
	s.now.Store(time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC).UnixNano())
	opt.Clock = func() time.Time { return time.Unix(0, s.now.Load()).UTC() }
	opt.Cache.Version = s.version.Load
	opt.Cache.Until = func(now time.Time) time.Time { return now.Add(time.Hour) }
	s.world = newWorld(t, opt)
	s.Handle(route("GET", "/p/{slug}"), func(w http.ResponseWriter, r *http.Request) error {
		n := s.made.Add(1)
		w.Header()["Content-Type"] = htmlType
		if r.PathValue("slug") == "sets" {
			if err := SetCookie(w, r, policy.PrefsCookie, "x"); err != nil {
				return err
			}
		}
		if r.PathValue("slug") == "gone" {
			w.WriteHeader(http.StatusGone)
		}
		_, err := fmt.Fprintf(w, "made %d %s %s %s", n, From(r).Lang, r.URL.RawQuery, strings.Repeat("page ", 400))
		return err
	}, Cached("q", "page", "attr."))
	return s
}

func (s *shopWorld) get(target string, change ...func(*http.Request)) (string, *http.Response) {
	r := s.do("GET", target, change...)
	text := body(r)
	return strings.Split(text, " page")[0], r
}

func TestPageCache(t *testing.T) {
	s := newShop(t, Options{})
	first, r1 := s.get("/p/tea")
	again, r2 := s.get("/p/tea")
	if first != again || s.made.Load() != 1 {
		t.Fatalf("%q then %q", first, again)
	}
	if r1.Header.Get("Cache-Control") != "public, max-age=0, must-revalidate" || r1.Header.Get("Vary") != "Accept-Encoding, Cookie" || r1.Header.Get("ETag") == "" {
		t.Errorf("headers: %v", r1.Header)
	}
	r1.Header.Del("X-Request-Id")
	for name := range r1.Header {
		if r1.Header.Get(name) != r2.Header.Get(name) {
			t.Errorf("%s: fresh %q, cached %q", name, r1.Header.Get(name), r2.Header.Get(name))
		}
	}
	for what, tt := range map[string]struct {
		target string
		change func(*http.Request)
	}{
		"another language": {"/si/p/tea", nil},
		"a query":          {"/p/tea?q=x", nil},
		"another host":     {"/p/tea", func(r *http.Request) { r.Host = "evil.example" }},
		"a cookie":         {"/p/tea", set("Cookie", "cart=1")},
		"a foreign cookie": {"/p/tea", set("Cookie", "x=y")},
		"authorization":    {"/p/tea", set("Authorization", "Bearer customer")},
		"gzip":             {"/p/tea", set("Accept-Encoding", "br, gzip;q=0.8")},
	} {
		if tt.change == nil {
			tt.change = func(*http.Request) {}
		}
		if got, r := s.get(tt.target, tt.change); got == first {
			t.Errorf("%s: the cached page %v", what, r.Header)
		}
	}
	if _, r := s.get("/p/tea", set("Cookie", "cart=1")); r.Header.Get("Cache-Control") != "private, no-cache" || r.Header.Get("ETag") != "" {
		t.Errorf("with a cookie: %v", r.Header)
	}
	if got, _ := s.get("/p/tea"); got != first {
		t.Errorf("a page made for a cookie came into the cache: %q", got)
	}
}

func TestPageCacheQuery(t *testing.T) {
	s := newShop(t, Options{})
	first, _ := s.get("/p/tea?page=2&q=a+b&attr.color=red")
	for _, same := range []string{"/p/tea?q=a%20b&attr.color=red&page=2", "/p/tea?page=2&q=a+b&attr.color=red&utm_source=x&sort=", "/p/tea?page=2&q=a+b&attr.color=red&secret=1"} {
		if got, _ := s.get(same); got != first {
			t.Errorf("%s: %q", same, got)
		}
	}
	if !strings.Contains(first, "attr.color=red&page=2&q=a+b") {
		t.Errorf("the handler sees %q", first)
	}
	if got, _ := s.get("/p/tea?secret=1", set("Cookie", "cart=1")); strings.Contains(got, "secret") {
		t.Errorf("the handler sees a parameter that is not declared: %q", got)
	}
	before := s.made.Load()
	s.get("/p/tea?q=" + strings.Repeat("x", 600))
	s.get("/p/tea?q=" + strings.Repeat("x", 600))
	if s.made.Load() != before+2 {
		t.Error("a very long query was kept")
	}
}

func TestPageCacheForgets(t *testing.T) {
	s := newShop(t, Options{})
	first, _ := s.get("/p/tea")
	s.version.Add(1)
	second, _ := s.get("/p/tea")
	s.now.Add(int64(time.Hour))
	third, _ := s.get("/p/tea")
	if first == second || second == third {
		t.Errorf("%q %q %q", first, second, third)
	}
	for _, never := range []string{"/p/sets", "/p/gone"} {
		a, _ := s.get(never)
		b, _ := s.get(never)
		if a == b {
			t.Errorf("%s was kept", never)
		}
	}
	off := newShop(t, Options{Cache: CacheOptions{MaxBytes: -1}})
	off.get("/p/tea")
	off.get("/p/tea")
	if off.made.Load() != 2 {
		t.Error("a cache that is switched off answered")
	}
}

func TestPageCacheConditional(t *testing.T) {
	s := newShop(t, Options{})
	_, r := s.get("/p/tea")
	etag := r.Header.Get("ETag")
	got, r := s.get("/p/tea", set("If-None-Match", `"other", W/`+etag+`, `+etag))
	if r.StatusCode != 304 || got != "" || r.Header.Get("ETag") != etag || r.Header.Get("Content-Length") != "" {
		t.Errorf("%d %q %v", r.StatusCode, got, r.Header)
	}
	if _, r := s.get("/p/tea", set("If-None-Match", `"other"`)); r.StatusCode != 200 {
		t.Errorf("another tag: %d", r.StatusCode)
	}
	head := s.do("HEAD", "/p/tea")
	if head.StatusCode != 200 || body(head) != "" || head.Header.Get("Content-Length") == "" {
		t.Errorf("HEAD: %d %v", head.StatusCode, head.Header)
	}
}

func TestPageCacheGzip(t *testing.T) {
	s := newShop(t, Options{})
	plain := body(s.do("GET", "/p/tea"))
	for range 2 {
		r := s.do("GET", "/p/tea", set("Accept-Encoding", "gzip"))
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(z)
		if r.Header.Get("Content-Encoding") != "gzip" || err != nil || strings.Replace(string(text), "made 2", "made 1", 1) != plain {
			t.Errorf("%v %v %q", r.Header, err, text)
		}
	}
	if r := s.do("GET", "/p/tea", set("Accept-Encoding", "gzip;q=0, br")); r.Header.Get("Content-Encoding") != "" {
		t.Error("gzip to a client that refuses it")
	}
}

// A page that is kept goes over the wire many times, so it is compressed more thoroughly than one that is sent once.
func TestKeptPagesAreSmaller(t *testing.T) {
	s := newShop(t, Options{})
	show := func(w http.ResponseWriter, r *http.Request) error {
		w.Header()["Content-Type"] = htmlType
		_, err := w.Write(samplePage(14 << 10))
		return err
	}
	s.Handle(route("GET", "/kept/{slug}"), show, Cached())
	s.Handle(route("GET", "/fresh/{slug}"), show)
	kept, fresh := len(body(s.do("GET", "/kept/tea", set("Accept-Encoding", "gzip")))), len(body(s.do("GET", "/fresh/tea", set("Accept-Encoding", "gzip"))))
	if kept > fresh*95/100 {
		t.Errorf("a kept page has %d bytes, a fresh one %d", kept, fresh)
	}
}

// TestCachedHitAllocates holds the price of a hit: a header map and little else.
func TestCachedHitAllocates(t *testing.T) {
	s := newShop(t, Options{})
	r := cachedRequest(s.world)
	w := &sink{header: http.Header{}}
	s.ServeHTTP(w, r)
	if n := testing.AllocsPerRun(100, func() { clear(w.header); s.ServeHTTP(w, r) }); n > 1 || s.made.Load() != 1 {
		t.Errorf("%v allocations, made %d", n, s.made.Load())
	}
}

func cachedRequest(s world) *http.Request {
	r, _ := http.NewRequest("GET", "http://localhost/p/tea", nil)
	r.RequestURI, r.Host, r.RemoteAddr = "/p/tea", "localhost", "127.0.0.1:5"
	r.Header.Set("Accept-Encoding", "gzip")
	return r
}

// sink swallows an answer.
type sink struct {
	header http.Header
	status int
	bytes.Buffer
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(status int)      { s.status = status }
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }

func TestPersonalPagesAreNeverKept(t *testing.T) {
	s := newWorld(t, Options{})
	r := route("GET", "/orders/{number}")
	r.Personal = true
	s.Handle(r, func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Cache-Control", "public, max-age=600")
		w.Header()["Content-Type"] = htmlType
		_, err := io.WriteString(w, "CANARY")
		return err
	})
	if got := s.do("GET", "/orders/1").Header; got.Get("Cache-Control") != "private, no-store" || got.Get("X-Robots-Tag") != "noindex" {
		t.Errorf("got %v", got)
	}
	if access.Allow(access.Actor{}, r.Policy) != true {
		t.Fatal("the page was not even shown")
	}
}
