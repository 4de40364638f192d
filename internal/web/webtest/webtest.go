// Package webtest runs page tests that are written as text, so that a test
// reads like the visit it describes.
//
// A script is a list of requests, parted by blank lines. Lines that begin with
// # are comments.
//
//	# A guest puts two into the cart.
//	POST /cart
//		variant=17
//		quantity=2
//	redirect /cart
//	cookie __Host-cart
//
//	GET /cart
//	body 2 parcels
//	!body sold out
//	set key name="idempotency_key" value="([^"]+)"
//
//	POST /checkout as other
//		idempotency_key=${key}
//	code 422
//
// Cookies are kept between the requests of one script, for each actor apart;
// "forget" drops those of the actor. Without "as" the actor is a visitor.
// Request lines: an indented name=value is a form field (\n is a line break), json {…} a
// JSON body, > Name: value a header. Checks: code, body, !body, match (a
// regular expression), header Name: text, !header Name, cookie NAME, !cookie
// [NAME], redirect PATH (a trailing * takes any end), set NAME REGEXP, and
// follow, which goes on to where the answer redirects. A text is found in the page as it
// is written or as it is read, with tags dropped and spaces joined. Without a
// code line an answer of 400 or more fails.
//
// Personal data: none. Tables: none.
package webtest

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Visit is a set of scripts against one handler.
type Visit struct {
	Handler http.Handler
	Base    string                                    // scheme and host, defaults to https://shop.test
	As      func(actor string, r *http.Request) error // signs a request in; nil when actors only keep their cookies apart
	Vars    map[string]string                         // what ${name} stands for at the beginning
}

// Run runs each file that matches the pattern as a subtest.
func (v Visit) Run(t *testing.T, pattern string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("webtest: no script matches %s", pattern)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, problem := range v.Script(file, string(text)) {
				t.Error(problem)
			}
		})
	}
}

// Script runs one script and returns what did not hold, as file:line: text.
func (v Visit) Script(name, text string) []string {
	s := &script{Visit: v, jars: map[string]map[string]string{}, vars: map[string]string{}, name: name}
	for k, value := range v.Vars {
		s.vars[k] = value
	}
	if s.Base == "" {
		s.Base = "https://shop.test"
	}
	lines := strings.Split(text, "\n")
	for at := 0; at < len(lines); {
		end := at
		for end < len(lines) && strings.TrimSpace(lines[end]) != "" {
			end++
		}
		s.block(lines[at:end], at+1)
		at = end + 1
	}
	return s.problems
}

type script struct {
	Visit
	name     string
	jars     map[string]map[string]string // actor -> cookie -> value
	vars     map[string]string
	problems []string
}

// answer is a response with its text read.
type answer struct {
	*http.Response
	raw, text string
	path      string
}

func (s *script) failf(line int, format string, args ...any) {
	s.problems = append(s.problems, fmt.Sprintf("%s:%d: %s", s.name, line, fmt.Sprintf(format, args...)))
}

// call is a request as the script describes it.
type call struct {
	method, target, actor string
	form                  url.Values
	json                  string
	header                http.Header
}

func (s *script) block(lines []string, first int) {
	var c *call
	var a *answer
	coded := false
	for i, line := range lines {
		at := first + i
		if strings.HasPrefix(line, "#") {
			continue
		}
		line = s.expand(line)
		switch {
		case c == nil:
			if c = s.start(line, at); c == nil {
				return
			}
		case a == nil && s.describe(c, line):
		default:
			if a == nil {
				if a = s.send(c, at); a == nil {
					return
				}
			}
			coded = coded || strings.HasPrefix(line, "code ")
			a = s.check(c, a, line, at)
		}
	}
	if c == nil {
		return
	}
	if a == nil {
		a = s.send(c, first)
	}
	if a != nil && !coded && a.StatusCode >= 400 {
		s.failf(first, "%s %s answers %d: %s", c.method, c.target, a.StatusCode, short(a.text))
	}
}

var variable = regexp.MustCompile(`\$\{(\w+)\}`)

func (s *script) expand(line string) string {
	return variable.ReplaceAllStringFunc(line, func(m string) string {
		if v, ok := s.vars[m[2:len(m)-1]]; ok {
			return v
		}
		return m
	})
}

func (s *script) start(line string, at int) *call {
	words := strings.Fields(line)
	if len(words) == 1 && words[0] == "forget" || len(words) == 3 && words[0] == "forget" && words[1] == "as" {
		delete(s.jars, strings.Join(words[min(2, len(words)):], ""))
		return nil
	}
	if len(words) != 2 && (len(words) != 4 || words[2] != "as") {
		s.failf(at, "not a request: %q", line)
		return nil
	}
	c := &call{method: words[0], target: words[1], form: url.Values{}, header: http.Header{}}
	if len(words) == 4 {
		c.actor = words[3]
	}
	return c
}

// describe takes a line that belongs to the request.
func (s *script) describe(c *call, line string) bool {
	switch {
	case line[0] == ' ' || line[0] == '\t':
		name, value, _ := strings.Cut(strings.TrimLeft(line, " \t"), "=")
		c.form.Add(name, strings.ReplaceAll(value, `\n`, "\n"))
	case strings.HasPrefix(line, "json "):
		c.json = line[len("json "):]
	case strings.HasPrefix(line, "> "):
		name, value, _ := strings.Cut(line[2:], ":")
		c.header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	default:
		return false
	}
	return true
}

func (s *script) send(c *call, at int) *answer {
	body, kind := io.Reader(nil), ""
	switch {
	case c.json != "":
		body, kind = strings.NewReader(c.json), "application/json"
	case len(c.form) > 0:
		body, kind = strings.NewReader(c.form.Encode()), "application/x-www-form-urlencoded"
	}
	if !strings.HasPrefix(c.target, "/") {
		s.failf(at, "%q is no path", c.target)
		return nil
	}
	r := httptest.NewRequest(c.method, c.target, body)
	base, _ := url.Parse(s.Base)
	r.Host = base.Host
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for name, value := range s.jars[c.actor] {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	if c.actor != "" && s.As != nil {
		if err := s.As(c.actor, r); err != nil {
			s.failf(at, "as %s: %v", c.actor, err)
			return nil
		}
	}
	for name, values := range c.header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	s.Handler.ServeHTTP(w, r)
	a := &answer{Response: w.Result(), raw: w.Body.String(), path: c.target}
	a.text = read(a.raw)
	s.keep(c.actor, a)
	return a
}

// keep stores the cookies of an answer as a browser would.
func (s *script) keep(actor string, a *answer) {
	if s.jars[actor] == nil {
		s.jars[actor] = map[string]string{}
	}
	for _, c := range a.Cookies() {
		if c.MaxAge < 0 {
			delete(s.jars[actor], c.Name)
		} else {
			s.jars[actor][c.Name] = c.Value
		}
	}
}

func (s *script) check(c *call, a *answer, line string, at int) *answer {
	word, arg, _ := strings.Cut(line, " ")
	arg = strings.TrimSpace(arg)
	switch word {
	case "code":
		if strconv.Itoa(a.StatusCode) != arg {
			s.failf(at, "code is %d, want %s: %s", a.StatusCode, arg, short(a.text))
		}
	case "body":
		if !a.has(arg) {
			s.failf(at, "the page lacks %q: %s", arg, short(a.text))
		}
	case "!body":
		if a.has(arg) {
			s.failf(at, "the page has %q", arg)
		}
	case "match", "set":
		s.match(a, word, arg, at)
	case "header":
		name, want, _ := strings.Cut(arg, ":")
		if got := strings.Join(a.Header.Values(name), ", "); got == "" || !strings.Contains(got, strings.TrimSpace(want)) {
			s.failf(at, "header %s is %q", name, got)
		}
	case "!header":
		if a.Header.Get(arg) != "" {
			s.failf(at, "header %s is %q", arg, a.Header.Get(arg))
		}
	case "cookie", "!cookie":
		s.cookie(a, word == "cookie", arg, at)
	case "redirect":
		got := a.Header.Get("Location")
		if begin, open := strings.CutSuffix(arg, "*"); got != arg && !(open && strings.HasPrefix(got, begin)) || a.StatusCode < 300 || a.StatusCode > 399 {
			s.failf(at, "%d leads to %q, want %q: %s", a.StatusCode, got, arg, short(a.text))
		}
	case "follow":
		return s.follow(c, a, at)
	default:
		s.failf(at, "not a check: %q", line)
	}
	return a
}

func (s *script) match(a *answer, word, arg string, at int) {
	name, pattern := "", arg
	if word == "set" {
		name, pattern, _ = strings.Cut(arg, " ")
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		s.failf(at, "%v", err)
		return
	}
	found := re.FindStringSubmatch(a.raw)
	switch {
	case found == nil:
		s.failf(at, "the page does not match %q: %s", pattern, short(a.text))
	case word == "set" && len(found) < 2:
		s.failf(at, "set needs a group in %q", pattern)
	case word == "set":
		s.vars[name] = html.UnescapeString(found[1])
	}
}

func (s *script) cookie(a *answer, want bool, name string, at int) {
	found := false
	for _, c := range a.Cookies() {
		found = found || name == "" || c.Name == name
	}
	if found != want {
		s.failf(at, "cookie %q: %v", name, a.Header["Set-Cookie"])
	}
}

func (s *script) follow(c *call, a *answer, at int) *answer {
	for range 5 {
		to := a.Header.Get("Location")
		if a.StatusCode < 300 || a.StatusCode > 399 || to == "" {
			return a
		}
		next := s.send(&call{method: http.MethodGet, target: to, actor: c.actor, header: http.Header{}}, at)
		if next == nil {
			return a
		}
		a = next
	}
	s.failf(at, "more than five redirects")
	return a
}

func (a *answer) has(text string) bool {
	return strings.Contains(a.raw, text) || strings.Contains(a.text, text)
}

var (
	unread = regexp.MustCompile(`(?s)<(script|style|head)[ >].*?</(script|style|head)>`)
	tag    = regexp.MustCompile(`(?s)<[^>]*>`)
)

// read is the text of a page as a person reads it.
func read(page string) string {
	page = tag.ReplaceAllString(unread.ReplaceAllString(page, " "), " ")
	return strings.Join(strings.Fields(html.UnescapeString(page)), " ")
}

func short(text string) string {
	if len(text) > 400 {
		return text[:400] + "…"
	}
	return text
}
