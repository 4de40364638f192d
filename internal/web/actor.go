package web

import (
	"net/http"
	"strings"

	"aromart/internal/care/policy"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
)

// Sessions reads who is asking: on pages from the session cookie, in the JSON
// API from the Authorization header alone, so that no other site can use a
// visitor's cookie there. Whatever opens nothing is nobody.
func Sessions(desk *auth.Desk) func(*http.Request) (access.Actor, error) {
	return func(r *http.Request) (access.Actor, error) {
		q := From(r)
		token := Cookie(r, policy.SessionCookie)
		if q.api {
			bearer, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
			if !found {
				return access.Actor{}, nil
			}
			if token = bearer; strings.HasPrefix(bearer, auth.TokenMark) {
				return desk.OpenToken(r.Context(), bearer, q.Now)
			}
		}
		if token == "" {
			return access.Actor{}, nil
		}
		v, err := desk.Open(r.Context(), token, q.Now)
		if err != nil {
			return access.Actor{}, err
		}
		q.Visit = v
		return v.Actor(), nil
	}
}
