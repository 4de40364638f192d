package web

import (
	"context"
	"io"
	"net/http"
)

// Page is what a template compiles to.
type Page interface {
	Render(ctx context.Context, w io.Writer) error
}

var htmlType = []string{"text/html; charset=utf-8"}

// Render answers with a page.
func Render(w http.ResponseWriter, r *http.Request, p Page) error {
	return RenderStatus(w, r, http.StatusOK, p)
}

// RenderStatus answers with a page and a status, 422 for a form that comes back.
func RenderStatus(w http.ResponseWriter, r *http.Request, status int, p Page) error {
	w.Header()["Content-Type"] = htmlType
	var to io.Writer = w
	if out, ok := w.(*response); ok && !out.streams() {
		to = out.buf // saves templates one call per fragment
	}
	if err := p.Render(r.Context(), to); err != nil {
		return err
	}
	w.WriteHeader(status)
	return nil
}
