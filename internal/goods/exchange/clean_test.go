package exchange

import (
	"regexp"
	"strings"
	"testing"

	"aromart/internal/goods/catalog"
)

var unsafeBody = regexp.MustCompile(`(?i)<script|<iframe|<style|<img|<a\b|<[^>]*\son\w+\s*=|<[^>]*javascript:|<[^>]*\sstyle\s*=`)

func TestCleanBody(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		removed  bool
	}{
		{"", "", false},
		{"  \n ", "", false},
		{"Just text", "<p>Just text</p>", false},
		{"One\r\ntwo\r\n\r\nthree", "<p>One<br/>two</p>\n<p>three</p>", false},
		{"<meta charset=\"utf-8\">\n<p class=\"p1\" data-x=\"1\">Hoops</p>", "<p>Hoops</p>", false},
		{"<p onclick=\"x()\">a</p><script>alert(1)</script>", "<p>a</p>", true},
		{"<div><style>p{}</style><p>a</p><iframe src=x>b</iframe></div>", "<p>a</p>", true},
		{"<h1>Top</h1><h2>Sub</h2>", "<h3>Top</h3><h3>Sub</h3>", false},
		{"<p><br></p><p>&nbsp;</p><p>a</p><p> </p>", "<p>a</p>", false},
		{"<p><img src=https://x.example/a.png></p>", "", true},
		{"<ul><li>a</li><li></li></ul>", "<ul><li>a</li></ul>", false},
		{"a<br><br><br><br>b<br>", "a<br/><br/>b", false},
		{"<a href=\"javascript:x()\">a</a><p>b</p>", "a<p>b</p>", true},
		{"<p>5 < 6 & 7</p>", "<p>5 &lt; 6 &amp; 7</p>", false},
	} {
		got, removed := cleanBody(tt.in)
		if got != tt.want || removed != tt.removed {
			t.Errorf("cleanBody(%q)\n  got  %q %v\n  want %q %v", tt.in, got, removed, tt.want, tt.removed)
		}
	}
}

func TestCutBodyStaysValid(t *testing.T) {
	body, _ := cleanBody("<ul>" + strings.Repeat("<li><b>word</b> and more</li>", 8000) + "</ul>")
	cut := cutBody(body, catalog.MaxBody)
	if len(cut) > catalog.MaxBody || len(cut) < catalog.MaxBody/2 || !strings.HasSuffix(cut, "</ul>") {
		t.Errorf("%d bytes, ends with %q", len(cut), cut[len(cut)-20:])
	}
}

// FuzzCleanBody: nothing active survives, and what is clean stays as it is.
func FuzzCleanBody(f *testing.F) {
	for _, s := range []string{"<p>a</p>", "<scr<script>ipt>x</script>", "<p><b><i> </i></b></p>", "<svg><style><img src=x onerror=y>", "a\n\nb", "<br><br/> <br>", "&lt;script&gt;", "<h1><h1>", "\u00a0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once, _ := cleanBody(s)
		if unsafeBody.MatchString(once) {
			t.Errorf("%q leaves %q", s, once)
		}
		if twice, _ := cleanBody(once); twice != once {
			t.Errorf("%q\n once  %q\n twice %q", s, once, twice)
		}
		if catalog.Clean(once) != once {
			t.Errorf("the catalog would clean %q again", once)
		}
	})
}
