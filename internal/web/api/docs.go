package api

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// manual writes the human page of the OpenAPI document: plain HTML without
// script, because the usual viewers are half a megabyte from another host.
type manual struct {
	bytes.Buffer
	doc   *huma.OpenAPI
	base  string          // where the API is reached, without a slash at the end
	named map[string]bool // types that a table has pointed to
}

func docsPage(doc *huma.OpenAPI, base, style string) []byte {
	m := &manual{doc: doc, base: base, named: map[string]bool{}}
	m.write(`<!doctype html><html lang="en" dir="ltr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`+
		`<title>API of aromart</title><meta name="description" content="The JSON API of the marketplace: calls, fields and examples."><link rel="stylesheet" href="%s"></head>`+
		`<body><main id="main" class="wrap main"><h1>API of aromart</h1><p>%s</p><p><a href="%s">OpenAPI 3.1 document</a> &#183; <a href="/">Shop</a></p>`, style, doc.Info.Description, Prefix+"/openapi.json")
	m.asking()
	calls := m.calls()
	m.write(`<h2>Calls</h2><ul>`)
	for _, c := range calls {
		m.write(`<li><a href="#%s">%s %s</a> %s</li>`, c.op.OperationID, c.method, c.path, c.op.Summary)
	}
	m.write(`</ul>`)
	for _, c := range calls {
		m.call(c)
	}
	m.write(`<h2 id="types">Types</h2>`)
	for done := map[string]bool{}; len(done) < len(m.named); { // a type may name further ones
		for _, name := range slices.Sorted(maps.Keys(m.named)) {
			if !done[name] {
				done[name] = true
				m.write(`<h3 id="type-%s">%s</h3>`, name, name)
				m.fields("Fields", doc.Components.Schemas.Map()[name])
			}
		}
	}
	m.WriteString("</main></body></html>\n")
	return m.Bytes()
}

// asking tells how a program says who it is.
func (m *manual) asking() {
	m.WriteString(`<h2 id="asking">Who asks</h2><p>Everything stands in the header <code>Authorization: Bearer</code>. Cookies are not read here, so that no other site can use a visitor&#39;s browser; ` +
		`answers carry no header that would let a script of another site read them.</p><ul>`)
	for _, name := range slices.Sorted(maps.Keys(m.doc.Components.SecuritySchemes)) {
		m.write(`<li><strong>%s</strong>: %s</li>`, name, m.doc.Components.SecuritySchemes[name].Description)
	}
	m.WriteString(`</ul>`)
	m.write(`<p>A scope that ends with :write includes the one that ends with :read. What a token lacks is answered with 403 and auth.scope_missing, a token that serves no more with 401 and auth.token_over on every call. `+
		`Some calls want the password again within the last ten minutes: 403 and auth.prove_first until POST %s.</p>`, Prefix+"/sessions/proof")
}

// needs says who may make a call.
func needs(op *huma.Operation) string {
	var list []string
	for _, way := range op.Security {
		for name, scopes := range way {
			switch {
			case name == "token":
				list = append(list, "a token with "+strings.Join(scopes, " "))
			case name == "order":
				list = append(list, "the order's token")
			default:
				list = append(list, "a "+name)
			}
		}
		if len(way) == 0 {
			list = append(list, "nothing")
		}
	}
	if len(list) == 0 {
		return ""
	}
	return " Needs " + strings.Join(list, ", or ") + "."
}

// write formats HTML; the values are text.
func (m *manual) write(format string, values ...string) {
	escaped := make([]any, len(values))
	for i, v := range values {
		escaped[i] = html.EscapeString(v)
	}
	fmt.Fprintf(m, format, escaped...)
}

type call struct {
	method, path string
	op           *huma.Operation
}

func (m *manual) calls() []call {
	var list []call
	for path, item := range m.doc.Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete} {
			if op != nil {
				list = append(list, call{method, path, op})
			}
		}
	}
	slices.SortFunc(list, func(a, b call) int { return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.method, b.method)) })
	return list
}

func (m *manual) call(c call) {
	m.write(`<section id="%s"><h2>%s %s</h2><p>%s.%s</p>`, c.op.OperationID, c.method, c.path, strings.TrimSuffix(c.op.Summary, "."), needs(c.op))
	if len(c.op.Parameters) > 0 {
		m.head("Parameters")
		for _, p := range c.op.Parameters {
			m.row(p.Name, p.Schema, p.Required, "in the "+p.In, p.Description)
		}
		m.WriteString(`</tbody></table></div>`)
	}
	if c.op.RequestBody != nil {
		m.body("Request", c.op.RequestBody.Content)
	}
	for _, status := range slices.Sorted(maps.Keys(c.op.Responses)) {
		if status < "300" {
			m.body("Answer "+status, c.op.Responses[status].Content)
		}
	}
	var refused []string
	for _, status := range slices.Sorted(maps.Keys(c.op.Responses)) {
		if status >= "400" {
			refused = append(refused, status)
		}
	}
	if len(refused) > 0 {
		m.named["Problem"] = true
		m.write(`<p>Refused with %s and a <a href="#type-Problem">Problem</a>.</p>`, strings.Join(refused, ", "))
	}
	m.write(`<pre>%s</pre></section>`, m.curl(c.method, c.path))
}

func (m *manual) body(title string, content map[string]*huma.MediaType) {
	for _, kind := range slices.Sorted(maps.Keys(content)) {
		if s := content[kind].Schema; s != nil {
			m.fields(title+", "+kind, m.resolve(s))
		}
	}
}

func (m *manual) resolve(s *huma.Schema) *huma.Schema {
	if s.Ref != "" {
		return m.doc.Components.Schemas.SchemaFromRef(s.Ref)
	}
	return s
}

func (m *manual) head(caption string) {
	m.write(`<div class="tbl"><table><caption>%s</caption><thead><tr><th scope="col">Name</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead><tbody>`, caption)
}

// fields is the table of an object; an object inside without a name of its own follows with dots.
func (m *manual) fields(caption string, s *huma.Schema) {
	if s == nil {
		return
	}
	m.head(caption)
	m.object("", s)
	m.WriteString(`</tbody></table></div>`)
}

func (m *manual) object(before string, s *huma.Schema) {
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		m.row(before+name, p, slices.Contains(s.Required, name), "", p.Description)
		if inside := m.resolve(p); unnamed(p) && len(inside.Properties) > 0 {
			m.object(before+name+".", inside)
		}
	}
}

func (m *manual) row(name string, s *huma.Schema, required bool, where, meaning string) {
	m.write(`<tr><th scope="row">%s</th><td>`, name)
	m.kind(s)
	m.write(`</td><td>`)
	notes := []string{}
	if required {
		notes = append(notes, "required")
	}
	if where != "" {
		notes = append(notes, where)
	}
	if meaning == "" && s != nil {
		meaning = s.Description
	}
	if meaning != "" {
		notes = append(notes, meaning)
	}
	m.write(`%s</td></tr>`, strings.Join(append(notes, limits(s)...), "; "))
}

// unnamed reports whether a schema belongs to one field only: huma makes such a name for a struct without one.
func unnamed(s *huma.Schema) bool { return s.Ref == "" || strings.HasSuffix(s.Ref, "Struct") }

// kind writes the type of a value, with a link where it has a name.
func (m *manual) kind(s *huma.Schema) {
	switch {
	case s == nil:
	case s.Ref != "" && unnamed(s):
		m.write("%s", huma.TypeObject)
	case s.Ref != "":
		name := s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
		m.named[name] = true
		m.write(`<a href="#type-%s">%s</a>`, name, name)
	case s.Type == huma.TypeArray:
		m.WriteString("list of ")
		m.kind(s.Items)
	case s.Format != "" && s.Type == huma.TypeString:
		m.write("%s, %s", s.Type, s.Format)
	default:
		m.write("%s", s.Type)
	}
}

// limits are what a value must keep to.
func limits(s *huma.Schema) (list []string) {
	if s == nil {
		return nil
	}
	if len(s.Enum) > 0 {
		list = append(list, fmt.Sprint("one of ", s.Enum))
	}
	if s.Default != nil {
		list = append(list, fmt.Sprint(s.Default, " unless given"))
	}
	for _, bound := range []struct {
		word string
		n    *int
	}{{"at least %d characters", s.MinLength}, {"at most %d characters", s.MaxLength}, {"at least %d items", s.MinItems}, {"at most %d items", s.MaxItems}} {
		if bound.n != nil {
			list = append(list, fmt.Sprintf(bound.word, *bound.n))
		}
	}
	number := func(f *float64, word string) {
		if f != nil {
			list = append(list, word+" "+strconv.FormatFloat(*f, 'f', -1, 64))
		}
	}
	number(s.Minimum, "from")
	number(s.Maximum, "to")
	if len(s.Examples) > 0 {
		list = append(list, fmt.Sprint("e.g. ", s.Examples[0]))
	}
	return list
}

// exampleOrder is a body of POST /orders; the words in capitals come from the lists and the quote.
const exampleOrder = `{
  "lines": [{"variant": "VARIANT", "quantity": 1}],
  "contact": {"name": "Nimal Perera", "phone": "077 123 4567"},
  "address": {"street": "12 Temple Road", "city": "colombo/dehiwala"},
  "payment_method": "cod",
  "expected_total": {"amount": TOTAL, "currency": "LKR"},
  "policy_version": "POLICY"
}`

// curl is an example call at the address of this shop.
func (m *manual) curl(method, path string) string {
	at := m.base + path
	switch method + " " + strings.TrimPrefix(path, Prefix) {
	case "POST /quotes":
		return `curl -H 'Content-Type: application/json' -d '{"lines": [{"variant": "VARIANT", "quantity": 1}], "city": "colombo/dehiwala"}' ` + at
	case "POST /orders":
		return `curl -H 'Content-Type: application/json' -H "Idempotency-Key: $(uuidgen)" -d '` + exampleOrder + `' ` + at
	case "GET /orders/{number}":
		return `curl -H "Authorization: Bearer $TOKEN" ` + strings.Replace(at, "{number}", "NUMBER", 1)
	case "GET /products":
		return `curl '` + at + `?q=lamp&in_stock=true&sort=price'`
	case "GET /suggest":
		return `curl '` + at + `?q=lam'`
	}
	at = strings.NewReplacer("{slug}", "SLUG", "{id}", "ID", "{number}", "NUMBER").Replace(at)
	sent := ""
	if strings.Contains(path, "/account") || strings.Contains(path, "/sessions/") || strings.Contains(path, "/contact") || strings.Contains(path, "/cancel") || strings.HasSuffix(path, "/sessions") && method != "POST" {
		sent = `-H "Authorization: Bearer $TOKEN" `
	}
	if method != "GET" {
		sent = "-X " + method + " " + sent
	}
	if body := exampleBodies[method+" "+strings.TrimPrefix(path, Prefix)]; body != "" {
		sent += `-H 'Content-Type: application/json' -d '` + body + `' `
	}
	return "curl " + sent + at
}

// exampleBodies are what the calls of an account can be sent.
var exampleBodies = map[string]string{
	"POST /sessions":                 `{"contact": "nimal@example.com", "password": "PASSWORD"}`,
	"POST /sessions/second":          `{"code": "123456"}`,
	"POST /sessions/proof":           `{"password": "PASSWORD"}`,
	"PATCH /account":                 `{"language": "si"}`,
	"POST /account/addresses":        `{"name": "Nimal Perera", "phone": "077 123 4567", "street": "12 Temple Road", "city": "colombo/dehiwala"}`,
	"PATCH /account/addresses/{id}":  `{"street": "14 Temple Road"}`,
	"POST /account/wishlist":         `{"variant": "VARIANT"}`,
	"POST /account/data-requests":    `{"kind": "access"}`,
	"POST /orders/{number}/cancel":   `{}`,
	"PATCH /orders/{number}/contact": `{"phone": "077 123 4568"}`,
}
