package journey

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// The forms of this file are those that the pages show, so that a field which
// is added later is tried without anybody thinking of it.

// field is one field of a form with what stands in it. An off one is a box or
// choice that is not ticked: a browser does not send it.
type field struct {
	name, value string
	off         bool
}

// shownForm is a form as a browser would send it.
type shownForm struct {
	page, method, action string
	fields               []field
	by                   *visitor // who is shown it
}

// values are what the browser would send.
func (f shownForm) values() url.Values {
	out := url.Values{}
	for _, x := range f.fields {
		if !x.off {
			out.Add(x.name, x.value)
		}
	}
	return out
}

// names are the names of all fields, each once.
func (f shownForm) names() (list []string) {
	for _, x := range f.fields {
		if !slices.Contains(list, x.name) {
			list = append(list, x.name)
		}
	}
	return list
}

// formsOf reads the forms of a page.
func formsOf(path, body string) (list []shownForm) {
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return nil
	}
	at := map[*html.Node]int{}
	byID := map[string]int{}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "form" {
			f := shownForm{page: path, method: strings.ToUpper(attr(n, "method")), action: attr(n, "action")}
			if f.method == "" {
				f.method = "GET"
			}
			if f.action == "" {
				f.action, _, _ = strings.Cut(path, "?")
			}
			at[n], byID[attr(n, "id")] = len(list), len(list)
			list = append(list, f)
		}
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || attr(n, "name") == "" || !slices.Contains([]string{"input", "select", "textarea", "button"}, n.Data) {
			continue
		}
		i, known := byID[attr(n, "form")]
		for p := n.Parent; p != nil && attr(n, "form") == ""; p = p.Parent {
			if i, known = at[p]; known {
				break
			}
		}
		if known {
			box := attr(n, "type") == "checkbox" || attr(n, "type") == "radio"
			list[i].fields = append(list[i].fields, field{attr(n, "name"), valueOf(n), box && !has(n, "checked")})
		}
	}
	return list
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func valueOf(n *html.Node) string {
	switch n.Data {
	case "textarea":
		if n.FirstChild != nil {
			return n.FirstChild.Data
		}
	case "select":
		for o := range n.Descendants() {
			if o.Data == "option" && attr(o, "value") != "" {
				return attr(o, "value")
			}
		}
	}
	return attr(n, "value")
}

// TestFormsAreRead makes sure that no kind of field is overlooked.
func TestFormsAreRead(t *testing.T) {
	list := formsOf("/here?x=1", `<form id=a><input name=q value=1><textarea name=t>2</textarea></form>
		<form method=post action=/there><select name=s><option value=""><option value=3></select><button name=b value=4></form><input form=a name=far value=5>
		<input form=a type=radio name=r value=6><input form=a type=radio name=r value=7 checked><input form=a type=checkbox name=c value=8>`)
	if len(list) != 2 || list[0].values().Encode() != "far=5&q=1&r=7&t=2" || strings.Join(list[0].names(), " ") != "q t far r c" || list[0].action != "/here" || list[1].method != "POST" || list[1].values().Encode() != "b=4&s=3" {
		t.Errorf("%+v", list)
	}
}

// formTags are the names of all fields that the pages take, from their source.
func formTags(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	files, _ := filepath.Glob("../web/storefront/*.go")
	for _, room := range []string{"customer", "rights", "visit"} {
		more, _ := filepath.Glob("../web/" + room + "/*.go")
		files = append(files, more...)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile("`form:\"([^\"]+)\"|Query\\(\\)\\.Get\\(\"([^\"]+)\"").FindAllStringSubmatch(string(text), -1) {
			out[m[1]+m[2]] = true
		}
	}
	if len(out) < 25 {
		t.Fatalf("only %d fields were found in the source", len(out))
	}
	return out
}

// TestBadInputThroughEveryQuery sends each text under every name that any page
// reads, to every page, in one address and in the path.
func TestBadInputThroughEveryQuery(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		v := s.visitor()
		number := v.buy("mug")
		list := texts(t, s)
		names := formTags(t)
		for _, route := range s.Routes() {
			if route.Method != "GET" || strings.HasPrefix(route.Pattern, "/static") {
				continue
			}
			path := strings.NewReplacer("{number}", number, "{slug}", s.products["lamp"].Slug, "{store}", "kandy-clay", "{path...}", "kitchen-and-dining").Replace(route.Pattern)
			atOnce(len(list), func(_, i int) {
				if i >= len(own) && i%4 != 0 && os.Getenv("AROMART_TEST_FULL") == "" {
					return
				}
				text, v := list[i], &visitor{s, clone(v.jar)}
				q := url.Values{text: {text}}
				for name := range names {
					if strings.HasSuffix(name, ".") {
						q.Set(name+text, text)
						name += "color"
					}
					q.Set(name, text)
				}
				judge(t, route.Pattern+" by query", text, v.get(path+"?"+q.Encode()))
				if strings.Contains(path, "{") {
					judge(t, route.Pattern+" by path", text, v.get(regexp.MustCompile(`\{[^}]*\}`).ReplaceAllLiteralString(path, text)))
				}
			})
		}
	})
}

// TestBadInputThroughHeaders sends each text in every header that anything may look at.
func TestBadInputThroughHeaders(t *testing.T) {
	s := open(t, sqlite(t))
	v := s.visitor()
	number := v.buy("mug")
	names := []string{"User-Agent", "Accept", "Accept-Language", "Accept-Encoding", "Referer", "Origin", "Sec-Fetch-Site", "Content-Type", "Cookie", "Authorization", "Idempotency-Key", "If-None-Match",
		"If-Modified-Since", "Range", "X-Forwarded-For", "X-Forwarded-Proto", "X-Request-Id", "Forwarded", "Sec-GPC", "Save-Data"}
	for _, text := range hostile(t) {
		for _, path := range []string{"/", "/orders/" + number, "/api/v1/products", "/media/x.jpg", "/static/site.css"} {
			judge(t, path+" by header", text, v.get(path, func(r *http.Request) {
				for _, name := range names {
					r.Header.Set(name, text)
				}
			}))
		}
		for _, name := range names {
			p := v.do("POST", "/cart/add", url.Values{"variant": {v.variant("mug", 0)}, "quantity": {"1"}}, func(r *http.Request) { r.Header.Set(name, text) })
			judge(t, name, text, p)
		}
	}
	if strings.Contains(s.log.text(), "panic") {
		t.Error("a header made a handler fall")
	}
}
