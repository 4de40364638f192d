// Package web is what all faces share: the router that refuses a route
// without a rule, the one place that turns errors into answers, language
// prefixes, forms, cookies, limits, security headers and the page cache.
//
// What always holds: a handler runs only after host, origin, rate, size, actor
// and policy were checked; an error page shows a sentence and a request id and
// nothing from inside; a cookie outside the register of care/policy never
// leaves; a page with personal data is never stored by a cache; and only
// answers to requests without any cookie enter the page cache.
//
// Personal data: passes through in forms. Logs hold the route's pattern,
// never the path, the query, the address or the form.
//
// Tables: none.
package web

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
)

// Handler answers one request, or returns an error that the server turns into
// the answer. Nothing that it wrote before an error reaches the visitor,
// unless the route is Streamed.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Observer is told about every answer of one route.
type Observer func(status int, took time.Duration)

// Options are what a Server needs from outside.
type Options struct {
	BaseURL        string         // public address without path, "https://market.example"; required
	Hosts          []string       // further Host values to accept: the demo's loopback names
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	Log            *slog.Logger   // defaults to slog.Default()
	Clock          clock.Clock    // defaults to clock.System
	Policy         *policy.Gate   // which cookies and which other machines are allowed. Defaults to what the program itself needs

	// Actor reads who is asking from cookies or the Authorization header. It is
	// called only when the request has one of them. Defaults to nobody.
	Actor func(*http.Request) (access.Actor, error)
	// ErrorPage renders an error in the look of the shop. Defaults to a plain page.
	ErrorPage func(w io.Writer, r *http.Request, p ErrorPage) error
	// Observe gives the observer of a route, called once per route.
	Observe func(access.Route) Observer

	Classes map[access.RateClass]Class // settings that differ from DefaultClasses
	Limits  map[string]Limit           // settings that differ from DefaultLimits
	Cache   CacheOptions
}

// Server is the router of all faces. Routes are added before it serves.
type Server struct {
	mux     *http.ServeMux
	table   access.Table
	opt     Options
	base    *url.URL
	hosts   map[string]bool
	origin  *http.CrossOriginProtection
	limiter *limiter
	cache   *pageCache
	headers atomic.Pointer[headerSets]
}

// New makes a server without routes.
func New(opt Options) (*Server, error) {
	base, err := url.Parse(opt.BaseURL)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") || strings.Trim(base.Path, "/") != "" {
		return nil, fmt.Errorf("web: base URL %q is not scheme://host", opt.BaseURL)
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	if opt.Clock == nil {
		opt.Clock = clock.System
	}
	if opt.Policy == nil {
		opt.Policy = policy.Allowing(policy.Default())
	}
	s := &Server{mux: http.NewServeMux(), opt: opt, base: base, hosts: map[string]bool{base.Host: true},
		origin: http.NewCrossOriginProtection()}
	s.headers.Store(newHeaderSets(base.Scheme == "https", opt.Policy.Names().PageHosts, opt.Policy.Turn()))
	if base.Port() == "" { // a client may spell out the port that the scheme implies
		s.hosts[base.Host+map[string]string{"http": ":80", "https": ":443"}[base.Scheme]] = true
	}
	for _, h := range opt.Hosts {
		s.hosts[h] = true
	}
	if s.limiter, err = newLimiter(opt.Classes, opt.Limits); err != nil {
		return nil, err
	}
	if s.cache, err = newPageCache(opt.Cache, opt.Clock); err != nil {
		return nil, err
	}
	s.Handle(access.Route{Method: "GET", Pattern: speculationPath, Action: "asset.view", Resource: "asset",
		Policy: access.Everyone, Rate: access.RateAsset}, serveSpeculationRules, func(e *endpoint) { e.asset = true }) // not streamed, so that it is compressed
	return s, nil
}

// Option says something about a route that is no matter of access.
type Option func(*endpoint)

// Cached lets the page cache keep the answers to visitors without cookies.
// The handler sees only the named query parameters; a name that ends with a
// dot stands for all that begin with it, "attr." for attr.color.
func Cached(query ...string) Option {
	return func(e *endpoint) { e.cached, e.query = true, query }
}

// Streamed sends the body as it is written: pictures, exports. An error after
// the first byte only cuts the answer.
func Streamed() Option { return func(e *endpoint) { e.streamed = true } }

// Asset marks pictures and static files: streamed, locked into a sandbox, and
// for this site only.
func Asset() Option { return func(e *endpoint) { e.streamed, e.asset = true, true } }

// Uncompressed keeps the body as it is, whatever the browser accepts.
func Uncompressed() Option { return func(e *endpoint) { e.plain = true } }

// endpoint is a route with its handler, ready to run.
type endpoint struct {
	access.Route
	server   *Server
	handle   Handler
	observe  Observer
	class    *class
	query    []string
	cached   bool
	streamed bool
	asset    bool
	plain    bool
}

// Handle adds a route. It panics when the route is not complete, so that a
// program with an unguarded address never starts.
func (s *Server) Handle(route access.Route, h Handler, opts ...Option) {
	if err := s.table.Add(route); err != nil {
		panic(err)
	}
	e := &endpoint{Route: route, server: s, handle: h, class: s.limiter.classes[route.Rate]}
	for _, o := range opts {
		o(e)
	}
	if e.cached && (route.Personal || route.Mutates || route.Method != "GET" || e.streamed) {
		panic(fmt.Errorf("web: %s %s cannot be cached", route.Method, route.Pattern))
	}
	if s.opt.Observe != nil {
		e.observe = s.opt.Observe(route)
	}
	s.cache.allow(e.query)
	pattern := route.Pattern
	if pattern == "/" {
		pattern = "/{$}" // the home page is not the answer to every unknown path
	}
	s.mux.Handle(route.Method+" "+pattern, e)
}

// Routes lists what the server serves.
func (s *Server) Routes() []access.Route { return s.table.Routes() }

// ServeHTTP answers from the page cache where it may, and otherwise runs the
// checks and the handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.cache.serve(w, r, s.hosts) {
		return
	}
	started := time.Now()
	ctx, cancel := context.WithTimeout(r.Context(), requestDeadline)
	defer cancel()
	q := s.newRequest(r)
	r = r.WithContext(context.WithValue(ctx, requestKey{}, q))
	q.enter(r)
	out := newResponse(w, r, q)
	defer out.release()
	defer func() {
		if p := recover(); p != nil {
			s.panicked(out, p)
		}
		s.finish(out, time.Since(started))
	}()
	if err := s.route(out, r); err != nil {
		out.fail(err)
	}
}

// requestDeadline bounds the work for one request; uploads and exports answer
// early and work in a job.
const requestDeadline = 30 * time.Second

// route checks what needs no route, and hands over to the mux.
func (s *Server) route(out *response, r *http.Request) error {
	q := out.req
	if !s.hosts[r.Host] && q.Path != "/healthz" && q.Path != "/readyz" {
		return errMisdirected
	}
	if err := checkPath(q.Path); err != nil {
		return err
	}
	if clean := cleanPath(q.Path); clean != q.Path {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			return errs.New(errs.NotFound, "error.not_found")
		}
		return q.redirect(out, clean, http.StatusPermanentRedirect)
	}
	if err := s.origin.Check(r); err != nil {
		return errs.New(errs.Forbidden, "error.cross_origin").Because(err)
	}
	s.mux.ServeHTTP(out, r)
	return out.unrouted()
}

// ServeHTTP runs the route's own checks and its handler. The mux calls it with
// the server's response.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	out := w.(*response)
	out.begin(e)
	if err := e.run(out, r); err != nil {
		out.fail(err)
	}
}

func (e *endpoint) run(out *response, r *http.Request) error {
	s, q := e.server, out.req
	if err := s.limiter.address(e.Rate, e.class, q, time.Now()); err != nil {
		return err
	}
	leave, err := e.class.group.enter(r.Context())
	if err != nil {
		return err
	}
	defer leave()
	if err := q.identify(r); err != nil {
		return err
	}
	if !access.Allow(q.Actor, e.Policy) {
		return refusal(q.Actor, e.Policy)
	}
	if err := e.checkBody(out, r); err != nil {
		return err
	}
	if e.cached {
		r = s.cache.prepare(out, r, e.query)
	}
	return e.handle(out, r)
}

var (
	errScopeMissing = errs.New(errs.Forbidden, "auth.scope_missing")
	errPeopleOnly   = errs.New(errs.Forbidden, "auth.people_only")
)

// refusal tells only somebody unknown that signing in may help, and a program
// what its owner did not grant it; for everybody else the address does not exist.
func refusal(a access.Actor, p access.Policy) error {
	owner := a
	owner.Limited = false
	switch {
	case a.Kind == access.Anonymous || a.Kind == access.GuestOrder:
		return errs.New(errs.SignIn, "error.sign_in")
	case a.Limited && access.Allow(owner, p) && p.Scope == 0:
		return errPeopleOnly
	case a.Limited && access.Allow(owner, p):
		return errs.New(errs.Forbidden, errScopeMissing.ID, "scope", strings.Join(p.Scope.Names(), " "))
	}
	return errs.New(errs.NotFound, "error.not_found")
}

// checkBody bounds the body and refuses a content type that the face does not
// read; a JSON type cannot be sent by a form of another site.
func (e *endpoint) checkBody(out *response, r *http.Request) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil
	}
	if r.ContentLength > e.class.MaxBody {
		return errs.New(errs.TooLarge, "error.too_large")
	}
	r.Body = http.MaxBytesReader(out.ResponseWriter, r.Body, e.class.MaxBody)
	if r.ContentLength == 0 {
		return nil
	}
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	switch {
	case out.req.api && (kind == "application/json" || e.Rate == access.RateUpload):
	case !out.req.api && (kind == "application/x-www-form-urlencoded" || kind == "multipart/form-data"):
	default:
		return errs.New(errs.Unsupported, "error.unsupported")
	}
	return nil
}

// panicked turns a panic into the answer for an internal error. The stack goes
// to the log; it holds addresses of values, not the values.
func (s *Server) panicked(out *response, p any) {
	if p == http.ErrAbortHandler {
		panic(p)
	}
	cause, ok := p.(error)
	if !ok {
		cause = fmt.Errorf("%v", p)
	}
	s.opt.Log.Error("panic", "request", out.req.ID, "route", out.pattern(), "stack", string(debug.Stack()))
	out.fail(fmt.Errorf("panic: %w", cause))
}

// finish sends the answer and tells log and metrics.
func (s *Server) finish(out *response, took time.Duration) {
	switch {
	case out.err != nil && !out.sent:
		s.answer(out, out.err)
	case out.err != nil:
		s.logError(out, out.err, Status(out.err)) // a streamed answer that broke off
	}
	out.send(s)
	if out.route != nil && out.route.observe != nil {
		out.route.observe(out.status, took)
	}
	level := slog.LevelInfo
	if out.route != nil && (out.route.asset || out.route.Rate == access.RateHealth) {
		level = slog.LevelDebug
	}
	if !s.opt.Log.Enabled(context.Background(), level) {
		return
	}
	s.opt.Log.LogAttrs(context.Background(), level, "request",
		slog.String("request", out.req.ID), slog.String("method", methodName(out.method)), slog.String("route", out.pattern()),
		slog.Int("status", out.status), slog.Duration("took", took), slog.Int64("bytes", out.bytes),
		slog.String("actor", out.req.Actor.Kind.String()), slog.String("lang", out.req.Lang))
}

// methodName keeps free text of a request line out of the log.
func methodName(m string) string {
	switch m {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return m
	}
	return "OTHER"
}

// NewHTTPServer wraps a handler with timeouts that a slow or silent client cannot stretch.
func NewHTTPServer(h http.Handler, log *slog.Logger) *http.Server {
	hs := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: time.Minute,
		WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10}
	if log != nil {
		hs.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelDebug)
	}
	return hs
}

var errMisdirected = &statusError{http.StatusMisdirectedRequest, errs.New(errs.NotFound, "web.misdirected")}

// statusError is an error whose status its kind cannot tell.
type statusError struct {
	status int
	cause  *errs.Error
}

func (e *statusError) Error() string { return e.cause.Error() }
func (e *statusError) Unwrap() error { return e.cause }

// retryError is a refusal that tells when to come back.
type retryError struct {
	after time.Duration
	cause *errs.Error
}

func (e *retryError) Error() string          { return e.cause.Error() }
func (e *retryError) Unwrap() error          { return e.cause }
func (e *retryError) RetryIn() time.Duration { return e.after }

// RetryAfter attaches to a TooMany or Unavailable error when to try again.
func RetryAfter(e *errs.Error, after time.Duration) error { return &retryError{after, e} }
