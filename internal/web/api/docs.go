package api

import (
	"cmp"
	"context"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/danielgtaylor/huma/v2"
)

// docsPage is the human page of the OpenAPI document: plain HTML without
// script, because the usual viewers are half a megabyte from another host.
func docsPage(doc *huma.OpenAPI) templ.Component {
	type entry struct {
		method, path string
		op           *huma.Operation
	}
	var list []entry
	for path, item := range doc.Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete} {
			if op != nil {
				list = append(list, entry{method, path, op})
			}
		}
	}
	slices.SortFunc(list, func(a, b entry) int { return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.method, b.method)) })
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		b.WriteString(`<!doctype html><html lang="en" dir="ltr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">` +
			`<title>API of aromart</title><meta name="description" content="The JSON API of the marketplace."></head><body><main><h1>API of aromart</h1><p>` +
			html.EscapeString(doc.Info.Description) + `</p><p><a href="` + Prefix + `/openapi.json">OpenAPI 3.1 document</a></p>`)
		for _, e := range list {
			fmt.Fprintf(&b, `<section><h2>%s %s</h2><p>%s</p>`, e.method, html.EscapeString(e.path), html.EscapeString(e.op.Summary))
			parameters(&b, e.op)
			fmt.Fprintf(&b, `<pre>%s</pre></section>`, html.EscapeString(curl(e.method, e.path)))
		}
		b.WriteString("</main></body></html>\n")
		_, err := io.WriteString(w, b.String())
		return err
	})
}

func parameters(b *strings.Builder, op *huma.Operation) {
	if len(op.Parameters) == 0 {
		return
	}
	b.WriteString(`<table><caption>Parameters</caption><thead><tr><th scope="col">Name</th><th scope="col">In</th><th scope="col">Meaning</th></tr></thead><tbody>`)
	for _, p := range op.Parameters {
		meaning := p.Description
		if meaning == "" && p.Schema != nil {
			meaning = p.Schema.Description
		}
		fmt.Fprintf(b, `<tr><th scope="row">%s</th><td>%s</td><td>%s</td></tr>`, html.EscapeString(p.Name), html.EscapeString(p.In), html.EscapeString(meaning))
	}
	b.WriteString(`</tbody></table>`)
}

// curl is an example call that works on the demo.
func curl(method, path string) string {
	const base = "http://localhost:8080"
	switch method + " " + strings.TrimPrefix(path, Prefix) {
	case "POST /quotes":
		return `curl -H 'Content-Type: application/json' -d '{"lines":[{"variant":"VARIANT","quantity":1}],"city":"colombo/dehiwala"}' ` + base + path
	case "POST /orders":
		return `curl -H 'Content-Type: application/json' -H "Idempotency-Key: $(uuidgen)" -d @order.json ` + base + path
	case "GET /orders/{number}":
		return `curl -H "Authorization: Bearer $TOKEN" ` + base + path
	case "GET /products":
		return `curl '` + base + path + `?q=lamp&in_stock=true&sort=price'`
	case "GET /suggest":
		return `curl '` + base + path + `?q=lam'`
	}
	return "curl " + base + path
}
