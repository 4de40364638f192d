package webtest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func shop() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /page", func(w http.ResponseWriter, r *http.Request) {
		c, _ := r.Cookie("cart")
		in := ""
		if c != nil {
			in = c.Value
		}
		fmt.Fprintf(w, "<head><title>t</title></head><p>Tom &amp;\n <b>Ann</b> bought %s</p><input value=\"k-1\"> %s", in, r.Header.Get("X-Actor"))
	})
	mux.HandleFunc("POST /cart", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "cart", Value: r.FormValue("variant") + "x" + r.FormValue("key")})
		http.Redirect(w, r, "/page?done", http.StatusSeeOther)
	})
	return mux
}

const good = `# A visit.
GET /page
code 200
body Tom & Ann bought
!body Bob
!cookie
set key value="(k-\d)"

POST /cart
	variant=17
	key=${key}
redirect /page*
cookie cart
follow
body bought 17xk-1

# Somebody else has a jar of his own.
GET /page as bob
!body 17
body I am bob

forget

GET /page
!body 17
header Content-Type: text/html

GET /none
code 404
`

func visit() Visit {
	return Visit{Handler: shop(), As: func(actor string, r *http.Request) error {
		r.Header.Set("X-Actor", "I am "+actor)
		return nil
	}}
}

func TestScript(t *testing.T) {
	for _, p := range visit().Script("good.txt", good) {
		t.Error(p)
	}
}

// TestScriptFinds makes sure that every check can fail.
func TestScriptFinds(t *testing.T) {
	for script, want := range map[string]string{
		"GET /none":                           "answers 404",
		"GET /page\ncode 404":                 "code is 200",
		"GET /page\nbody Bob":                 "lacks",
		"GET /page\n!body Ann":                "has",
		"GET /page\nmatch ^x":                 "does not match",
		"GET /page\nset a Ann":                "needs a group",
		"GET /page\nheader X-None: a":         "header",
		"GET /page\n!header Content-Type":     "header",
		"GET /page\ncookie cart":              "cookie",
		"POST /cart\n\tvariant=1\n!cookie":    "cookie",
		"POST /cart\n\tvariant=1\nredirect /": "leads to",
		"GET /page\nredirect /page":           "leads to",
		"GET /page\nfrobnicate":               "not a check",
		"visit the page please":               "not a request",
	} {
		got := visit().Script("s", script)
		if len(got) == 0 || !strings.Contains(got[0], want) {
			t.Errorf("%q: %q", script, got)
		}
	}
}
