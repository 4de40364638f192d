package web

import (
	"context"
	"encoding/base32"
	"encoding/binary"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
)

// Request is what the server found out about a request before its handler runs.
type Request struct {
	ID     string // quoted on error pages and in the log
	Lang   string // "en", "si", "ta"
	Prefix string // "", "/si", "/ta": what every link begins with
	Path   string // the path without the prefix
	T      *i18n.Translator
	Actor  access.Actor
	Visit  *auth.Visit // the session that the request came with, nil without one
	Addr   netip.Addr  // the client, seen through trusted proxies
	Now    time.Time   // when the request arrived, by the server's clock
	GPC    bool        // the browser signals that nothing may be sold or shared; whatever would share has to obey

	query  string
	api    bool
	server *Server
	out    *response
}

type requestKey struct{}

// From returns the Request of r. Outside of a Server it is an anonymous one in English.
func From(r *http.Request) *Request { return FromContext(r.Context()) }

// FromContext is From for templates, which have the context only.
func FromContext(ctx context.Context) *Request {
	if q, ok := ctx.Value(requestKey{}).(*Request); ok {
		return q
	}
	return &Request{ID: "none", Lang: "en", Path: "/", T: i18n.For("en")}
}

func (s *Server) newRequest(r *http.Request) *Request {
	q := &Request{ID: newRequestID(), server: s, Now: s.opt.Clock(), query: r.URL.RawQuery, GPC: wantsNoSharing(r.Header["Sec-Gpc"])}
	q.Prefix, q.Path = splitPrefix(r.URL.Path)
	q.Lang = "en"
	if q.Prefix != "" {
		q.Lang = q.Prefix[1:]
	}
	q.T = i18n.For(q.Lang)
	q.api = strings.HasPrefix(q.Path, "/api/") && q.Path != apiDocs
	q.Addr = clientAddr(r, s.opt.TrustedProxies)
	return q
}

// apiDocs is the page about the JSON API: a page like others, with a style sheet.
const apiDocs = "/api/docs"

// wantsNoSharing reads Global Privacy Control, whose only value is 1.
func wantsNoSharing(lines []string) bool { return len(lines) == 1 && lines[0] == "1" }

// enter gives the request, which is already our copy, the path without the prefix.
func (q *Request) enter(r *http.Request) {
	if q.Prefix == "" {
		return
	}
	u := *r.URL
	u.Path = q.Path
	if u.RawPath != "" {
		u.RawPath = strings.TrimPrefix(u.RawPath, q.Prefix)
		if u.RawPath == "" {
			u.RawPath = "/"
		}
	}
	r.URL = &u
}

// splitPrefix takes the language off a path. Addresses that are the same in
// every language keep the prefix, and so do not exist under one.
func splitPrefix(p string) (prefix, rest string) {
	for _, lang := range prefixed {
		prefix := "/" + lang
		rest, found := strings.CutPrefix(p, prefix)
		if !found || (rest != "" && rest[0] != '/') {
			continue
		}
		if rest == "" {
			rest = "/"
		}
		if !pageLike(rest) {
			return "", p
		}
		return prefix, rest
	}
	return "", p
}

// prefixed are the languages that stand in the path: all but the first, English.
var prefixed = i18n.Languages()[1:]

func pageLike(p string) bool {
	for _, fixed := range [...]string{"/api/", "/static/", "/media/", "/.well-known/", "/healthz", "/readyz", "/robots.txt", "/sitemap"} {
		if strings.HasPrefix(p, fixed) {
			return false
		}
	}
	return true
}

// Link keeps the visitor's language: a local path with the prefix of this request.
func (q *Request) Link(p string) string {
	if q.Prefix == "" || !strings.HasPrefix(p, "/") || !pageLike(p) {
		return p
	}
	if prefix, _ := splitPrefix(p); prefix != "" {
		return p
	}
	if p == "/" {
		return q.Prefix + "/"
	}
	return q.Prefix + p
}

// Link is Request.Link for templates.
func Link(ctx context.Context, p string) string { return FromContext(ctx).Link(p) }

// T renders a message in the language of the request, for templates.
func T(ctx context.Context, id string, args ...any) string { return FromContext(ctx).T.T(id, args...) }

// In is this page in another language, for the language menu and hreflang.
func (q *Request) In(lang string) string {
	prefix := ""
	for _, l := range prefixed {
		if l == lang {
			prefix = "/" + l
		}
	}
	u := url.URL{Path: prefix + q.Path, RawQuery: q.query}
	return u.String()
}

// Absolute is a local path with the public address in front, for mails and canonical links.
func (q *Request) Absolute(p string) string {
	if q.server == nil {
		return p
	}
	return q.server.base.Scheme + "://" + q.server.base.Host + p
}

// Secure reports whether the public address is TLS.
func (q *Request) Secure() bool { return q.server != nil && q.server.base.Scheme == "https" }

// identify asks for the actor, only where something could name one.
func (q *Request) identify(r *http.Request) error {
	h := r.Header
	if q.server.opt.Actor == nil || (len(h["Cookie"]) == 0 && len(h["Authorization"]) == 0) {
		return nil
	}
	a, err := q.server.opt.Actor(r)
	if err != nil {
		return err
	}
	q.Actor = a
	return nil
}

var idEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// newRequestID names a request for the log; it is no secret.
func newRequestID() string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], rand.Uint64())
	var out [13]byte
	idEncoding.Encode(out[:], b[:])
	return string(out[:])
}

// clientAddr is the address of the client: the rightmost one that is no
// trusted proxy. Without trusted proxies nobody can choose it.
func clientAddr(r *http.Request, trusted []netip.Prefix) netip.Addr {
	peer := parseAddr(r.RemoteAddr)
	if len(trusted) == 0 || !contains(trusted, peer) {
		return peer
	}
	hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop := parseAddr(strings.TrimSpace(hops[i]))
		if !hop.IsValid() {
			return peer
		}
		peer = hop
		if !contains(trusted, hop) {
			return hop
		}
	}
	return peer
}

func parseAddr(s string) netip.Addr {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap()
	}
	a, _ := netip.ParseAddr(s)
	return a.Unmap()
}

func contains(list []netip.Prefix, a netip.Addr) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// limitKey is the address that limits count: a whole /64 of IPv6 is one house.
func (q *Request) limitKey() string {
	if q.Addr.Is6() {
		p, _ := q.Addr.WithZone("").Prefix(64)
		return p.String()
	}
	return q.Addr.String()
}

// checkPath refuses what can name nothing here.
func checkPath(p string) error {
	if !strings.HasPrefix(p, "/") || !utf8.ValidString(p) || strings.ContainsAny(p, "\x00\\\r\n") {
		return errs.New(errs.NotFound, "error.not_found")
	}
	return nil
}

func cleanPath(p string) string {
	clean := path.Clean(p)
	if clean != "/" && strings.HasSuffix(p, "/") {
		clean += "/"
	}
	return clean
}

// PathID reads a numeric id out of the path. What is no id is not there.
func PathID[T ~int64](r *http.Request, name string) (T, error) {
	n, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil || n <= 0 || strconv.FormatInt(n, 10) != r.PathValue(name) {
		return 0, errs.New(errs.NotFound, "error.not_found")
	}
	return T(n), nil
}
