package web

import (
	"net/http"
	"slices"

	"aromart/internal/care/policy"
	"aromart/internal/kit/errs"
)

var errCookie = errs.New(errs.Internal, "error.internal")

// cookieName is the register's name, without the prefix where browsers refuse
// it: over plain HTTP.
func (q *Request) cookieName(c policy.Cookie) string {
	if q.Secure() {
		return c.Name
	}
	return c.PlainName()
}

// maxCookie keeps a cookie within what every browser stores, name and attributes included.
const maxCookie = 4096

// SetCookie is the only way to set a cookie, and sets only those of the
// register that the policy in force names, for at most the life that it tells visitors. value is
// plain ASCII without spaces, quotes, commas, semicolons and backslashes.
func SetCookie(w http.ResponseWriter, r *http.Request, c policy.Cookie, value string) error {
	return From(r).writeCookie(w, c, value, int(c.Life.Seconds()))
}

// ClearCookie takes a cookie back.
func ClearCookie(w http.ResponseWriter, r *http.Request, c policy.Cookie) error {
	return From(r).writeCookie(w, c, "", -1)
}

// Cookie reads a cookie of the register; "" when the visitor has none. A name
// that comes twice counts as none, because nobody can say which one is ours.
func Cookie(r *http.Request, c policy.Cookie) string {
	if len(r.Header["Cookie"]) == 0 {
		return ""
	}
	found := r.CookiesNamed(From(r).cookieName(c))
	if len(found) != 1 {
		return ""
	}
	return found[0].Value
}

func (q *Request) writeCookie(w http.ResponseWriter, c policy.Cookie, value string, maxAge int) error {
	hc := http.Cookie{Name: q.cookieName(c), Value: value, Path: "/", MaxAge: maxAge,
		Secure: q.Secure(), HttpOnly: true, SameSite: c.SameSite}
	if hc.Valid() != nil || q.out == nil {
		return errCookie
	}
	if err := q.server.opt.Policy.AllowCookie(c); err != nil {
		return errCookie.Because(err)
	}
	line := hc.String()
	if len(line) > maxCookie {
		return errCookie
	}
	// A second value for the same cookie replaces the first.
	h := w.Header()
	name := hc.Name + "="
	mine := func(l string) bool { return len(l) > len(name) && l[:len(name)] == name }
	h["Set-Cookie"] = append(slices.DeleteFunc(h["Set-Cookie"], mine), line)
	q.out.cookies = append(slices.DeleteFunc(q.out.cookies, mine), line)
	return nil
}

// cookiesRegistered reports whether every cookie of the answer came through
// SetCookie. Where one did not, the answer becomes an internal error: the
// promise is kept by the program, not by care.
func (out *response) cookiesRegistered() bool {
	for _, line := range out.Header()["Set-Cookie"] {
		if !slices.Contains(out.cookies, line) {
			out.Header().Del("Set-Cookie")
			out.req.server.logDropped(out, "refused a cookie that is not in the register")
			return false
		}
	}
	return true
}
