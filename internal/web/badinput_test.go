package web

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// badInput reads a list of hostile strings from the shared data.
func badInput(t *testing.T, name string) []string {
	t.Helper()
	root := os.Getenv("AROMART_SHARED")
	if root == "" {
		root = "../../../shared"
	}
	f, err := os.Open(filepath.Join(root, "data/badinput", name))
	if err != nil {
		t.Skipf("the shared data is not there, hostile input is NOT tested: %v", err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	if strings.HasSuffix(name, ".json") {
		if err := json.Unmarshal(text, &list); err != nil {
			t.Fatal(err)
		}
		return list
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// TestBadInput sends hostile strings through path, query, form and redirect:
// no 5xx, no header of theirs, no way out of the site, nothing unescaped.
func TestBadInput(t *testing.T) {
	s := newWorld(t, Options{})
	echo := func(w http.ResponseWriter, r *http.Request) error {
		f, err := Form[testForm](r)
		if err != nil {
			return err
		}
		return SeeOther(w, r, Next(f.Name, "/"))
	}
	s.Handle(route("POST", "/form"), echo)
	s.Handle(route("GET", "/find"), func(w http.ResponseWriter, r *http.Request) error {
		Query[testForm](r)
		return SeeOther(w, r, Next(r.URL.Query().Get("next"), "/"))
	}, Uncompressed())
	check := func(t *testing.T, what, text string, r *http.Response) {
		t.Helper()
		if r.StatusCode >= 500 {
			t.Errorf("%s %q: %d", what, text, r.StatusCode)
		}
		if l := r.Header.Get("Location"); l != "" && !LocalPath(l) {
			t.Errorf("%s %q leads to %q", what, text, l)
		}
		if len(r.Header["Set-Cookie"]) > 0 || r.Header.Get("Crlf") != "" {
			t.Errorf("%s %q sets headers: %v", what, text, r.Header)
		}
		if page := body(r); strings.Contains(page, "<script") || strings.Contains(page, "<img") {
			t.Errorf("%s %q comes back: %s", what, text, page)
		}
	}
	for _, name := range []string{"blns.json", "xss_patt.txt.gz", "sqli_patt.txt.gz", "ssti_patt.txt", "crlf_patt.txt", "open_redirect_patt.txt"} {
		t.Run(name, func(t *testing.T) {
			for _, text := range badInput(t, name) {
				values := url.Values{"name": {text}, "note": {text}}.Encode()
				check(t, "form", text, s.do("POST", "/form", form(values)))
				check(t, "raw form", text, s.do("POST", "/form", form(text)))
				check(t, "query", text, s.do("GET", "/find", func(r *http.Request) { r.URL.RawQuery = "next=" + url.QueryEscape(text) }))
				check(t, "raw query", text, s.do("GET", "/find", func(r *http.Request) { r.URL.RawQuery = "next=" + text }))
				check(t, "path", text, s.do("GET", "/nowhere", func(r *http.Request) { r.URL.Path, r.URL.RawPath = "/nowhere/"+text, "" }))
				if u, err := url.Parse("/" + text); err == nil {
					check(t, "raw path", text, s.do("GET", "/", func(r *http.Request) { r.URL.Path, r.URL.RawPath = u.Path, u.RawPath }))
				}
			}
		})
	}
}
