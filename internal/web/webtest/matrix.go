package webtest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"

	"aromart/internal/people/access"
)

// Served is a server with its list of routes.
type Served interface {
	http.Handler
	Routes() []access.Route
}

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

// Matrix tries every route as every kind of actor and returns what does not
// agree with the route's policy: somebody denied who gets anything but 401 or
// 404, somebody allowed who is told to sign in, and any 5xx. sign makes a
// request that of an actor; value fills a wildcard of a pattern with something
// that names nothing.
func Matrix(s Served, host string, sign func(r *http.Request, k access.Kind)) []string {
	var problems []string
	for _, route := range s.Routes() {
		for k := access.Anonymous; k <= access.Auditor; k++ {
			r := httptest.NewRequest(route.Method, placeholder.ReplaceAllString(route.Pattern, "0"), strings.NewReader(""))
			r.Host = host
			sign(r, k)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if p := judge(access.Allow(access.Actor{Kind: k}, access.Policy{Kinds: route.Policy.Kinds}), w.Code); p != "" {
				problems = append(problems, fmt.Sprintf("%s %s as %s: %d: %s", route.Method, route.Pattern, k, w.Code, p))
			}
		}
	}
	return problems
}

func judge(allowed bool, code int) string {
	switch {
	case code >= 500:
		return "an error of ours"
	case !allowed && code != http.StatusUnauthorized && code != http.StatusNotFound:
		return "not refused"
	case allowed && code == http.StatusUnauthorized:
		return "refused although the policy allows"
	}
	return ""
}
