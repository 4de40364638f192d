package web

import (
	"net/http"
	"strings"

	"aromart/internal/care/policy"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
)

var errTokenOver = errs.New(errs.SignIn, "auth.token_over")

// Sessions reads who is asking: on pages from the session cookie, in the JSON
// API from the Authorization header alone, so that no other site can use a
// visitor's cookie there. Whatever opens nothing is nobody, but the token of a
// program that serves no more is refused everywhere: a program that is not told
// would go on as a stranger.
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
				a, err := desk.OpenToken(r.Context(), bearer, q.Now)
				if err == nil && a.ID == 0 {
					err = errTokenOver
				}
				return a, err
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
