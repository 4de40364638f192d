package web

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/maypok86/otter/v2"

	"aromart/internal/kit/clock"
)

// CacheOptions bound the page cache and say when its pages are old.
type CacheOptions struct {
	MaxBytes int64                         // memory for pages; 0 is 32 MB, negative switches the cache off
	Version  func() uint64                 // changes whenever a public page may; nil never changes
	Until    func(now time.Time) time.Time // how long a page made now may be shown; nil is five minutes
}

// pageCache keeps the bytes of public pages as they go over the wire. Only
// requests without any cookie look into it and only they fill it, so that
// nothing about a person can be in it.
type pageCache struct {
	pages   *otter.Cache[pageKey, *cachedPage] // nil when switched off
	now     clock.Clock
	version func() uint64
	until   func(time.Time) time.Time
	names   map[string]bool // query parameters that a page may depend on
	prefix  []string        // beginnings of such parameters
}

// pageKey is the path as it was sent, language included, with the normalised query.
type pageKey struct {
	target string
	gzip   bool
}

type cachedPage struct {
	body    []byte
	headers []header
	etag    []string
	version uint64
	expires time.Time
	observe Observer
}

// pendingPage is a page that is being made and may be kept.
type pendingPage struct {
	key     pageKey
	version uint64
	made    time.Time
}

// maxQuery is the longest query that is worth remembering.
const maxQuery = 512

func newPageCache(o CacheOptions, now clock.Clock) (*pageCache, error) {
	c := &pageCache{now: now, version: o.Version, until: o.Until, names: map[string]bool{}}
	if c.version == nil {
		c.version = func() uint64 { return 0 }
	}
	if c.until == nil {
		c.until = func(now time.Time) time.Time { return now.Add(5 * time.Minute) }
	}
	if o.MaxBytes < 0 {
		return c, nil
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = 32 << 20
	}
	var err error
	c.pages, err = otter.New(&otter.Options[pageKey, *cachedPage]{
		MaximumWeight: uint64(o.MaxBytes),
		Weigher: func(k pageKey, p *cachedPage) uint32 {
			return uint32(len(p.body) + len(k.target) + 1024) // headers and bookkeeping
		},
	})
	if err != nil {
		return nil, fmt.Errorf("web: page cache: %w", err)
	}
	return c, nil
}

// allow adds the query parameters of a route to those that make a page another page.
func (c *pageCache) allow(names []string) {
	for _, n := range names {
		if strings.HasSuffix(n, ".") {
			c.prefix = append(c.prefix, n)
		} else {
			c.names[n] = true
		}
	}
}

// known reports whether pages may depend on the parameter.
func (c *pageCache) known(name string) bool {
	if c.names[name] {
		return true
	}
	for _, p := range c.prefix {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// target is the key of a request, or "" when it cannot have one.
func (c *pageCache) target(r *http.Request) string {
	uri := r.RequestURI
	if len(uri) == 0 || uri[0] != '/' {
		return ""
	}
	path, query, found := strings.Cut(uri, "?")
	if !found || query == "" {
		return path
	}
	if len(query) > maxQuery {
		return ""
	}
	query, ok := normalize(query, c.known)
	if !ok {
		return ""
	}
	if query == "" {
		return path
	}
	return path + "?" + query
}

// normalize sorts a query and drops parameters that are empty or not known.
func normalize(query string, known func(string) bool) (string, bool) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return "", false
	}
	for name, list := range values {
		kept := list[:0]
		for _, v := range list {
			if v != "" {
				kept = append(kept, v)
			}
		}
		if len(kept) == 0 || !known(name) {
			delete(values, name)
		} else {
			values[name] = kept
		}
	}
	return values.Encode(), true
}

// serve answers from memory, before any other work is done for the request.
func (c *pageCache) serve(w http.ResponseWriter, r *http.Request, hosts map[string]bool) bool {
	if c.pages == nil || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
		return false
	}
	in := r.Header
	if len(in["Cookie"]) != 0 || len(in["Authorization"]) != 0 || !hosts[r.Host] {
		return false
	}
	target := c.target(r)
	if target == "" {
		return false
	}
	p, ok := c.pages.GetIfPresent(pageKey{target, acceptsGzip(in["Accept-Encoding"])})
	if !ok || p.version != c.version() {
		return false
	}
	started := c.now()
	if !started.Before(p.expires) {
		return false
	}
	h := w.Header()
	for i := range p.headers {
		h[p.headers[i].name] = p.headers[i].values
	}
	status := http.StatusOK
	if asked := in["If-None-Match"]; len(asked) > 0 && matchesETag(asked, p.etag[0]) {
		status = http.StatusNotModified
		delete(h, "Content-Length")
		delete(h, "Content-Encoding")
		w.WriteHeader(status)
	} else if r.Method == http.MethodGet {
		w.Write(p.body) // a client that has gone needs no answer
	}
	if p.observe != nil {
		p.observe(status, c.now().Sub(started))
	}
	return true
}

func matchesETag(asked []string, etag string) bool {
	for _, line := range asked {
		for one := range strings.SplitSeq(line, ",") {
			if one = strings.TrimSpace(one); one == etag || one == "*" {
				return true
			}
		}
	}
	return false
}

// prepare notes that the answer may be kept, and hides from the handler what
// is no part of the key, so that nothing else can change the page.
func (c *pageCache) prepare(out *response, r *http.Request, names []string) *http.Request {
	mine := pageCache{names: map[string]bool{}}
	mine.allow(names)
	query, _ := normalize(r.URL.RawQuery, mine.known)
	if query != r.URL.RawQuery {
		u := *r.URL
		u.RawQuery = query
		r2 := *r
		r2.URL, r = &u, &r2
		out.req.query = query
	}
	if c.pages == nil || out.cookied || len(r.Header["Authorization"]) != 0 || r.Method != http.MethodGet {
		return r
	}
	if target := c.target(r); target != "" {
		out.page = &pendingPage{pageKey{target, out.zips}, c.version(), out.req.Now}
	}
	return r
}

// keep stores the answer that is about to be sent. body belongs to a pool, so
// it is copied.
func (c *pageCache) keep(out *response, body []byte) {
	p, h := out.page, out.Header()
	if len(h["Set-Cookie"]) != 0 || c.version() != p.version {
		return
	}
	sum := sha256.Sum256(body)
	etag := []string{`"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}
	h["Etag"] = etag
	page := &cachedPage{body: append([]byte(nil), body...), etag: etag, version: p.version, expires: c.until(p.made), observe: out.route.observe}
	for name, values := range h {
		if name != "X-Request-Id" {
			page.headers = append(page.headers, header{name, append([]string(nil), values...)})
		}
	}
	c.pages.Set(p.key, page)
}
