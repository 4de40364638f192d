package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"aromart/internal/kit/errs"
)

// ErrorPage is what an error page may show, already in the visitor's language.
type ErrorPage struct {
	Status     int
	RequestID  string
	Title      string        // heading
	Message    string        // the sentence of the error
	Hint       string        // what was and was not saved, or how to go on; may be empty
	RetryAfter time.Duration // 0 when trying again is no matter of time
}

// Problem is the RFC 9457 body of an error of the JSON API.
type Problem struct {
	Type      string         `json:"type"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail"`
	Code      string         `json:"code"`
	RequestID string         `json:"request_id"`
	Errors    []ProblemField `json:"errors,omitempty"`
}

// ProblemField is one input error of a Problem.
type ProblemField struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// malformed are the errors of a request that is broken as such, not of a
// value that a person typed: 400 instead of 422.
var malformed = map[string]bool{"web.unknown_field": true, "web.repeated_field": true, "web.malformed": true}

// Status is the HTTP status of an error.
func Status(err error) int {
	if se, ok := errors.AsType[*statusError](err); ok {
		return se.status
	}
	e := public(err)
	switch e.Kind {
	case errs.Invalid:
		if malformed[e.ID] {
			return http.StatusBadRequest
		}
		return http.StatusUnprocessableEntity
	case errs.NotFound:
		return http.StatusNotFound
	case errs.Forbidden:
		return http.StatusForbidden
	case errs.SignIn:
		return http.StatusUnauthorized
	case errs.Conflict:
		return http.StatusConflict
	case errs.Stale:
		return http.StatusPreconditionFailed
	case errs.TooMany:
		return http.StatusTooManyRequests
	case errs.TooLarge:
		return http.StatusRequestEntityTooLarge
	case errs.Unsupported:
		return http.StatusUnsupportedMediaType
	case errs.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// public is the errs.Error that err stands for; an unmarked one is internal.
func public(err error) *errs.Error {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return errs.New(errs.TooLarge, "error.too_large").Because(err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return errs.New(errs.Unavailable, "error.unavailable").Because(err)
	}
	return errs.New(errs.Internal, "error.internal").Because(err)
}

// retryAfter is when the same request may succeed, 0 for never by waiting.
func retryAfter(err error) time.Duration {
	if later, ok := errors.AsType[interface {
		error
		RetryIn() time.Duration
	}](err); ok {
		return later.RetryIn()
	}
	switch public(err).Kind {
	case errs.TooMany:
		return time.Minute
	case errs.Unavailable:
		return 2 * time.Second
	}
	return 0
}

// answer replaces what the handler wrote by the answer for err. It is the only
// place where an error meets a visitor.
func (s *Server) answer(out *response, err error) {
	q, status := out.req, Status(err)
	s.logError(out, err, status)
	out.clear()
	h := out.Header()
	for _, name := range [...]string{"Content-Type", "Content-Disposition", "Content-Encoding", "Content-Length", "Location", "ETag", "Last-Modified", "Cache-Control", "Accept-Ranges"} {
		delete(h, name)
	}
	if after := retryAfter(err); after > 0 {
		h.Set("Retry-After", strconv.Itoa(int((after+time.Second-1)/time.Second)))
	}
	if challenge := challenge(out, err, status); challenge != "" {
		h.Set("WWW-Authenticate", challenge)
	}
	out.status = status
	switch {
	case q.api:
		h.Set("Content-Type", "application/problem+json")
		json.NewEncoder(out.buf).Encode(NewProblem(q, err))
	case out.route != nil && out.route.asset:
		h.Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintf(out.buf, "%d %s\n", status, http.StatusText(status))
	default:
		h.Set("Content-Type", "text/html; charset=utf-8")
		s.errorPage(out, err, status)
	}
}

// challenge says what a program has to bring, in the words of RFC 6750.
func challenge(out *response, err error, status int) string {
	const realm = `Bearer realm="aromart"`
	switch {
	case errs.Is(err, errTokenOver.ID):
		return realm + `, error="invalid_token"`
	case errs.Is(err, errScopeMissing.ID) && out.route != nil:
		return realm + `, error="insufficient_scope", scope="` + strings.Join(out.route.Policy.Scope.Names(), " ") + `"`
	case status == http.StatusUnauthorized:
		return realm
	}
	return ""
}

func (s *Server) errorPage(out *response, err error, status int) {
	q := out.req
	p := ErrorPage{Status: status, RequestID: q.ID, Title: q.T.T(titleID(status)), Message: q.T.Error(public(err)), RetryAfter: retryAfter(err)}
	switch {
	case status == http.StatusInternalServerError && out.method != http.MethodGet && out.method != http.MethodHead:
		p.Hint = q.T.T("web.hint.form_failed")
	case p.RetryAfter > 0:
		p.Hint = q.T.T("web.hint.retry", "n", int((p.RetryAfter+time.Second-1)/time.Second))
	}
	if s.opt.ErrorPage != nil && s.shopPage(out, p) {
		return
	}
	out.buf.Reset()
	plainPage(out.buf, q, p)
}

// shopPage renders the error in the look of the shop. When that fails too, the
// plain page needs nothing that could fail.
func (s *Server) shopPage(out *response, p ErrorPage) (ok bool) {
	defer func() {
		if v := recover(); v != nil {
			s.opt.Log.Error("error page panicked", "request", p.RequestID, "panic", fmt.Sprint(v))
			ok = false
		}
	}()
	// The request's own context may be what failed.
	ctx, cancel := context.WithTimeout(context.WithValue(context.Background(), requestKey{}, out.req), 2*time.Second)
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
	if err := s.opt.ErrorPage(out.buf, r, p); err != nil {
		s.opt.Log.Error("error page failed", "request", p.RequestID, "cause", err.Error())
		return false
	}
	return true
}

func titleID(status int) string {
	switch status {
	case 400, 413, 415, 422:
		return "web.title.invalid"
	case 404, 421:
		return "web.title.not_found"
	case 401:
		return "web.title.sign_in"
	case 403:
		return "web.title.forbidden"
	case 405:
		return "web.title.method"
	case 409, 412:
		return "web.title.conflict"
	case 429:
		return "web.title.too_many"
	case 503:
		return "web.title.unavailable"
	}
	return "web.title.internal"
}

func plainPage(w io.Writer, q *Request, p ErrorPage) {
	fmt.Fprintf(w, "<!doctype html><html lang=\"%s\" dir=\"%s\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>%s</title><main><h1>%s</h1><p>%s</p>",
		q.T.Lang(), q.T.Dir(), html.EscapeString(p.Title), html.EscapeString(p.Title), html.EscapeString(p.Message))
	if p.Hint != "" {
		fmt.Fprintf(w, "<p>%s</p>", html.EscapeString(p.Hint))
	}
	fmt.Fprintf(w, "<p>%s</p><p><a href=\"%s\">%s</a></p></main></html>\n", html.EscapeString(q.T.T("web.request_id", "id", p.RequestID)),
		html.EscapeString(q.Link("/")), html.EscapeString(q.T.T("web.home")))
}

// NewProblem is the JSON body for err.
func NewProblem(q *Request, err error) Problem {
	e, status := public(err), Status(err)
	p := Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: q.T.Error(e), Code: e.ID, RequestID: q.ID}
	if e.Kind == errs.Internal {
		p.Code = "error.internal" // the id of an internal error tells about our inside
	}
	list, ok := errors.AsType[errs.List](err)
	if !ok && e.Field != "" {
		list = errs.List{e}
	}
	for _, fe := range list {
		p.Errors = append(p.Errors, ProblemField{Field: fe.Field, Code: fe.ID, Message: q.T.Error(fe)})
	}
	return p
}

func (s *Server) logError(out *response, err error, status int) {
	level := slog.LevelDebug
	switch {
	case status == http.StatusInternalServerError:
		level = slog.LevelError
	case status == http.StatusServiceUnavailable && !errors.Is(err, context.Canceled):
		level = slog.LevelWarn
	}
	s.opt.Log.LogAttrs(context.Background(), level, "request failed", slog.String("request", out.req.ID),
		slog.String("route", out.pattern()), slog.Int("status", status), slog.String("cause", err.Error()))
}
