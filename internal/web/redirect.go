package web

import (
	"net/http"
	"net/url"
	"strings"

	"aromart/internal/kit/errs"
)

// LocalPath reports whether s names a page of this site and nothing else: no
// scheme, no host, no backslash or control character that a browser would
// read as one.
func LocalPath(s string) bool {
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || len(s) > 2048 {
		return false
	}
	for _, c := range []byte(s) {
		if c < ' ' || c == 0x7f || c == '\\' {
			return false
		}
	}
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "" && u.Host == "" && u.User == nil && !strings.HasPrefix(u.Path, "//")
}

// Next is where to go after a form: the path that the form brought along when
// it is a local one, and otherwise the fallback.
func Next(asked, fallback string) string {
	if LocalPath(asked) {
		return asked
	}
	return fallback
}

// SeeOther answers a form with a redirect to a local path in the same language.
func SeeOther(w http.ResponseWriter, r *http.Request, p string) error {
	return From(r).redirect(w, p, http.StatusSeeOther)
}

// MovedPermanently sends old addresses, such as a former slug, to the present one.
func MovedPermanently(w http.ResponseWriter, r *http.Request, p string) error {
	return From(r).redirect(w, p, http.StatusMovedPermanently)
}

// Redirect answers with another status of redirection to a local path.
func Redirect(w http.ResponseWriter, r *http.Request, p string, status int) error {
	return From(r).redirect(w, p, status)
}

func (q *Request) redirect(w http.ResponseWriter, p string, status int) error {
	if !LocalPath(p) {
		return errs.New(errs.NotFound, "error.not_found")
	}
	u, _ := url.Parse(q.Link(p))
	w.Header().Set("Location", u.String())
	w.WriteHeader(status)
	return nil
}
