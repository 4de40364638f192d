package web

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// header is one preassembled line of an answer.
type header struct {
	name   string
	values []string
}

// headerSets are the security headers of the three kinds of answer. They are
// built once, because every answer carries them.
type headerSets struct {
	page, api, asset []header
	turn             uint64 // of the policy that they were built for
}

const (
	apiCSP   = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
	assetCSP = "default-src 'none'; sandbox"
	// permissions switches off what a shop needs from no device.
	permissions = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"

	speculationPath = "/static/speculation-rules.json"
)

// pageCSP lets a page load from and send to this site, and to the machines that
// the policy in force names (P14): none, unless somebody has signed for one.
func pageCSP(hosts []string) string {
	also := ""
	for _, host := range hosts {
		also += " https://" + host
	}
	return "default-src 'none'; script-src 'self'" + also + "; style-src 'self'; img-src 'self' data:" + also + "; font-src 'self'; connect-src 'self'" + also +
		"; form-action 'self'" + also + "; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
}

func newHeaderSets(tls bool, hosts []string, turn uint64) *headerSets {
	common := []header{
		{"X-Content-Type-Options", []string{"nosniff"}},
		{"Referrer-Policy", []string{"same-origin"}},
		{"Cross-Origin-Opener-Policy", []string{"same-origin"}},
	}
	csp := pageCSP(hosts)
	if tls {
		common = append(common, header{"Strict-Transport-Security", []string{"max-age=31536000; includeSubDomains"}})
		csp += "; upgrade-insecure-requests"
	}
	with := func(more ...header) []header { return append(append([]header(nil), common...), more...) }
	return &headerSets{
		turn: turn,
		page: with(header{"Content-Security-Policy", []string{csp}}, header{"Permissions-Policy", []string{permissions}},
			header{"Speculation-Rules", []string{`"` + speculationPath + `"`}}),
		api: with(header{"Content-Security-Policy", []string{apiCSP}}),
		asset: with(header{"Content-Security-Policy", []string{assetCSP}},
			header{"Cross-Origin-Resource-Policy", []string{"same-origin"}}),
	}
}

var (
	cachePersonal = []string{"private, no-store"}
	cachePrivate  = []string{"private, no-cache"}
	cachePublic   = []string{"public, max-age=0, must-revalidate"}
	noIndex       = []string{"noindex"}
)

// headersNow are the headers under the policy of this moment. They are built
// again only when another version has come into force.
func (s *Server) headersNow() *headerSets {
	sets := s.headers.Load()
	if turn := s.opt.Policy.Turn(); turn != sets.turn {
		sets = newHeaderSets(s.base.Scheme == "https", s.opt.Policy.Names().PageHosts, turn)
		s.headers.Store(sets)
	}
	return sets
}

// setHeaders completes the head of an answer. The policy of content is not the
// handler's to choose; it may only tighten Referrer-Policy and, on a page that
// is not personal, set its own Cache-Control.
func (s *Server) setHeaders(out *response) {
	h := out.Header()
	sets := s.headersNow()
	set := sets.page
	switch {
	case out.route != nil && out.route.asset:
		set = sets.asset
	case out.req.api || !strings.HasPrefix(h.Get("Content-Type"), "text/html"):
		set = sets.api
	}
	for _, line := range set {
		if line.name == "Referrer-Policy" && h["Referrer-Policy"] != nil {
			continue
		}
		h[line.name] = line.values
	}
	h["X-Request-Id"] = []string{out.req.ID}
	switch {
	case out.route != nil && out.route.Personal:
		h["Cache-Control"] = cachePersonal
		h["X-Robots-Tag"] = noIndex
	case out.status >= 400 || len(h["Set-Cookie"]) > 0:
		h["Cache-Control"] = cachePersonal
	case h["Cache-Control"] != nil && (!out.cookied || out.route.asset):
	case out.route != nil && out.route.cached && !out.cookied:
		h["Cache-Control"] = cachePublic
	default:
		h["Cache-Control"] = cachePrivate
	}
}

// serveSpeculationRules let a browser fetch a page when the pointer rests on
// its link. Only public pages: nothing personal is fetched without a click, and
// a browser that saves data ignores the rules.
func serveSpeculationRules(w http.ResponseWriter, r *http.Request) error {
	var kept []string
	for _, path := range From(r).PersonalPaths() {
		kept = append(kept, path+"*")
	}
	type where map[string]any
	public := []where{
		{"href_matches": "/*"},
		{"not": where{"href_matches": kept}},
		{"not": where{"selector_matches": "[rel~=nofollow]"}},
	}
	h := w.Header()
	h.Set("Content-Type", "application/speculationrules+json")
	h.Set("Cache-Control", "public, max-age=86400")
	return json.NewEncoder(w).Encode(where{"prefetch": []where{{"where": where{"and": public}, "eagerness": "moderate"}}})
}

// PersonalPaths are the beginnings of all addresses that show or take something
// personal, in every language, for whoever must keep off them: crawlers, and
// browsers that fetch ahead. "/api/" is among them, because nobody browses it.
func (q *Request) PersonalPaths() []string {
	seen := map[string]bool{"/api/": true}
	for _, r := range q.server.table.Routes() {
		if r.Personal && r.Method == http.MethodGet && !strings.HasPrefix(r.Pattern, "/api/") {
			path, _, _ := strings.Cut(r.Pattern, "{")
			seen[path] = true
			for _, lang := range prefixed {
				seen["/"+lang+path] = true
			}
		}
	}
	var out []string
	for _, path := range slices.Sorted(maps.Keys(seen)) {
		if len(out) == 0 || !strings.HasPrefix(path, out[len(out)-1]) { // one beginning covers all that follow it
			out = append(out, path)
		}
	}
	return out
}
