// Package api is the JSON face for customers and their programs: products,
// quotes and orders, sessions and the account under /api/v1.
//
// What always holds: the OpenAPI document is made from the types that the
// handlers use, and each operation is a route with action, policy and rate
// class like any page; unknown fields are refused; an error is the problem
// that package web makes of it; money is minor units with its currency. Who
// asks says the Authorization header and no cookie, so that no other site can
// make a visitor's browser ask.
//
// Personal data: what belongs to a login is answered to that login only, an
// order also to the bearer of its token. Tables: none.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"aromart/internal/goods/delivery"
	"aromart/internal/goods/search"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
	"aromart/internal/trade/checkout"
	"aromart/internal/web"
)

// Prefix is where this version of the API lives.
const Prefix = "/api/v1"

// API holds what the operations need.
type API struct {
	DB     *db.DB
	Market *market.Profile
	Desk   *checkout.Desk
	People *auth.Desk
	Index  *search.Index
	Base   string      // public address, for the examples of the human page
	Style  string      // address of the shop's style sheet
	Clock  clock.Clock // Defaults to clock.System

	books delivery.Books
}

// Register adds every operation and the OpenAPI document to the server, and
// returns the document.
func (a *API) Register(s *web.Server, version string) *huma.OpenAPI {
	cfg := huma.DefaultConfig("aromart", version)
	cfg.DocsPath, cfg.OpenAPIPath, cfg.SchemasPath = "", "", "" // its own pages load a viewer from another host (P14)
	cfg.CreateHooks = nil                                       // no $schema in bodies
	cfg.Info.Description = "Products, quotes and orders of the marketplace, sign-in and the account. Money is in minor units, times are RFC 3339 in UTC, ids are opaque. " +
		"Errors are RFC 9457 problems with a stable code. Unknown fields are refused. Lists are paged: send next_cursor as cursor. " +
		"Writes that create take an Idempotency-Key."
	cfg.Components.SecuritySchemes = schemes
	cfg.Servers = []*huma.Server{{URL: "/"}}
	a.books.DB, a.books.Market, a.books.Seq = a.DB, a.Market, func() int64 { return a.Index.Seq() }
	h := huma.NewAPI(cfg, &adapter{s})
	a.catalog(h)
	a.orders(h)
	a.sessions(h)
	a.accounts(h)
	doc := h.OpenAPI()
	a.document(s, doc)
	return doc
}

// document serves the OpenAPI text, which never changes while the program runs.
func (a *API) document(s *web.Server, doc *huma.OpenAPI) {
	text, err := json.Marshal(doc)
	if err != nil {
		panic(err)
	}
	page := docsPage(doc, a.Base, a.Style)
	s.Handle(access.Route{Method: "GET", Pattern: Prefix + "/openapi.json", Action: "api.describe", Resource: "api",
		Policy: access.Everyone, Rate: access.RateBrowse}, func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Type", "application/json")
		_, err := w.Write(text)
		return err
	}, web.Cached())
	s.Handle(access.Route{Method: "GET", Pattern: "/api/docs", Action: "api.describe", Resource: "api",
		Policy: access.Everyone, Rate: access.RateBrowse}, func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, err := w.Write(page)
		return err
	}, web.Cached())
}

// routeOf keeps the access route beside huma's operation.
const routeOf = "route"

// guard makes an operation's access route its metadata.
func guard(op huma.Operation, route access.Route) huma.Operation {
	route.Method, route.Pattern = op.Method, op.Path
	op.Metadata = map[string]any{routeOf: route}
	op.Security = security(route.Policy)
	if len(op.Security) > 0 {
		op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden)
	}
	op.Errors = append(op.Errors, http.StatusBadRequest, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusTooManyRequests)
	return op
}

// schemes are the ways to say who asks. None of them is a cookie.
var schemes = map[string]*huma.SecurityScheme{
	"session": {Type: "http", Scheme: "bearer", Description: "Token of a session, from POST /sessions. It may do what its person may."},
	"token":   {Type: "http", Scheme: "bearer", BearerFormat: auth.TokenMark + "…", Description: "Token for a program, made by its owner on /account/security/tokens. It may do what its scopes name, and never what asks for the password."},
	"order":   {Type: "http", Scheme: "bearer", Description: "Token of one order, from the answer to placing it. It opens that order."},
}

// security writes a policy for the document.
func security(p access.Policy) (list []map[string][]string) {
	if p.Kinds.Has(access.Anonymous) {
		if p.Scope == 0 {
			return nil
		}
		list = append(list, map[string][]string{}) // nobody in particular
	}
	list = append(list, map[string][]string{"session": {}})
	if p.Scope != 0 {
		list = append(list, map[string][]string{"token": p.Scope.Names()})
	}
	return list
}

// adapter lets huma register its operations as guarded routes.
type adapter struct{ server *web.Server }

func (a *adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.server.ServeHTTP(w, r) }

func (a *adapter) Handle(op *huma.Operation, handle func(huma.Context)) {
	route := op.Metadata[routeOf].(access.Route) // a missing route panics at start, as it should
	var opts []web.Option
	if op.Method == http.MethodGet && !route.Personal {
		opts = append(opts, web.Cached(queryNames(op)...))
	}
	a.server.Handle(route, func(w http.ResponseWriter, r *http.Request) error {
		failed := new(failure)
		r = r.WithContext(context.WithValue(r.Context(), failureKey{}, failed))
		r.Header.Set("Accept", "application/json") // the one answer there is; huma 2.37.2 falls over lists such as "a;b,c"
		handle(humago.NewContext(op, r, w))
		return failed.err
	}, opts...)
}

func queryNames(op *huma.Operation) []string {
	var names []string
	for _, p := range op.Parameters {
		if p.In == "query" {
			names = append(names, p.Name)
		}
	}
	if op.Path == Prefix+"/products" {
		names = append(names, "attr.", "option.")
	}
	return names
}

// failure carries an error past huma to package web, which answers all errors.
type failure struct{ err error }
type failureKey struct{}

// op wraps an operation so that its error reaches package web untouched.
func op[I, O any](f func(context.Context, *I) (*O, error)) func(context.Context, *I) (*O, error) {
	return func(ctx context.Context, in *I) (*O, error) {
		out, err := f(ctx, in)
		if err != nil {
			if failed, ok := ctx.Value(failureKey{}).(*failure); ok {
				failed.err = err
			}
			return nil, problem{http.StatusInternalServerError}
		}
		return out, nil
	}
}

// problem satisfies huma; package web writes the answer.
type problem struct{ status int }

func (p problem) Error() string  { return http.StatusText(p.status) }
func (p problem) GetStatus() int { return p.status }

// Schema shows the problem that package web really writes.
func (problem) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[web.Problem](), true, "Problem")
}

func init() {
	// huma tells its own findings (a wrong type, an unknown field) only through these.
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, found ...error) huma.StatusError {
		if ctx == nil {
			return problem{status}
		}
		if failed, ok := ctx.Context().Value(failureKey{}).(*failure); ok && failed.err == nil {
			failed.err = findings(status, msg, found)
		}
		return problem{status}
	}
	huma.NewError = func(status int, msg string, found ...error) huma.StatusError { return problem{status} }
}

// findings are what huma's validation said, in the words of this program.
func findings(status int, msg string, found []error) error {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return errs.New(errs.TooLarge, "error.too_large")
	case http.StatusUnsupportedMediaType:
		return errs.New(errs.Unsupported, "error.unsupported")
	case http.StatusBadRequest:
		return notJSON(msg)
	}
	var list errs.List
	for _, f := range found {
		d, ok := errors.AsType[*huma.ErrorDetail](f)
		if !ok {
			continue
		}
		field := fieldOf(d.Location)
		switch {
		case strings.Contains(d.Message, "unexpected property"):
			return errs.Field(field, "web.unknown_field", "field", field).Saying("web.unknown_field.json")
		case strings.Contains(d.Message, "required property") || strings.Contains(d.Message, "required"):
			list = append(list, errs.Field(field, "error.required"))
		default:
			list = append(list, errs.Field(field, "error.invalid").Because(errors.New(d.Message)))
		}
	}
	if len(list) == 0 {
		return notJSON(msg)
	}
	return list
}

func notJSON(msg string) error {
	return errs.New(errs.Invalid, "web.malformed").Saying("web.malformed.json").Because(errors.New(msg))
}

// fieldOf is the name of a field as the caller wrote it, without where it stood.
func fieldOf(location string) string {
	for _, where := range []string{"body.", "query.", "header.", "path."} {
		if field, ok := strings.CutPrefix(location, where); ok {
			return field
		}
	}
	return location
}
