package catalog

import (
	"html"
	"strings"
	"testing"
)

// TestPlainIsTheSameWithoutTheSlowWay holds the quick way of taking tags out
// against the one that understands any HTML.
func TestPlainIsTheSameWithoutTheSlowWay(t *testing.T) {
	quick := 0
	for _, body := range []string{
		"", "plain", "<p>One</p><p>Two &amp; three</p>", "<ul><li>a</li><li>b</li></ul>", "a<br>b", "<p>1 &lt; 2</p>", "<b>bo</b>ld",
		"<p>x<script>alert(1)</script>y</p>", "<style>p{}</style>z", "<p class=\"a>b\">c</p>", "<!-- hidden --><p>seen</p>", "2 < 3", "<", "<p", "</p>", "<p>සිංහල</p>",
		"&lt;script&gt;alert(1)&lt;/script&gt;",
	} {
		want := strings.Join(strings.Fields(html.UnescapeString(tagless().Sanitize(strings.ReplaceAll(body, "<", " <")))), " ")
		if got := Plain(body); got != want {
			t.Errorf("%q: got %q, want %q", body, got, want)
		}
		if _, ok := untagged(body); ok {
			quick++
		}
	}
	if quick < 8 {
		t.Errorf("only %d bodies went the quick way", quick)
	}
}
