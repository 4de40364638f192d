package exchange

import (
	"html"
	"regexp"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"aromart/internal/goods/catalog"
)

var (
	heading     = regexp.MustCompile(`(?i)<(/?)h[125-6]\b[^>]*>`)
	activeParts = regexp.MustCompile(`(?i)<\s*(script|style|iframe|object|embed|form|svg|math|template|video|audio|img|input|button|link|base|frame)\b|<[^>]*\son[a-z]+\s*=|javascript\s*:`)
	emptyBlock  = regexp.MustCompile(`<(p|h[2-6]|li|ul|ol|b|strong|em|i|u)>(\s|&nbsp;|&#160;|\x{a0}|<br/?>)*</(p|h[2-6]|li|ul|ol|b|strong|em|i|u)>`)
	manyBreaks  = regexp.MustCompile(`(\s*<br/?>\s*){3,}`)
	blankLines  = regexp.MustCompile(`[ \t\x{a0}]*\n\s*`)
	blockTag    = regexp.MustCompile(`(?i)<(p|br|ul|ol|li|h[1-6]|table|div|section|blockquote|dl)\b`)
	dropped     = regexp.MustCompile(`(?is)<(svg|math|template|form|select|textarea|video|audio|title|head|noscript)\b.*?</(svg|math|template|form|select|textarea|video|audio|title|head|noscript)\s*>`)
	divider     = regexp.MustCompile(`(?i)</?(div|section|article|header|footer|main|center)\b[^>]*>`)
)

// cleanBody returns the HTML that may be kept; removed tells that something
// active or a picture was taken out. Every tag in it is closed, and it stays
// the same when it is cleaned again. A text without any block gets paragraphs.
func cleanBody(s string) (out string, removed bool) {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\ufeff", "", "\x00", "").Replace(s)
	if strings.TrimSpace(s) == "" {
		return "", false
	}
	removed = activeParts.MatchString(s)
	s = dropped.ReplaceAllString(s, " ")
	if blockTag.MatchString(s) {
		s = divider.ReplaceAllString(s, "<br>")
	}
	for range 8 { // closing a tag or taking out an empty block can make the next one empty
		before := s
		if !blockTag.MatchString(s) {
			s = paragraphs(s)
		}
		s = catalog.Clean(balance(heading.ReplaceAllString(s, "<${1}h3>")))
		s = emptyBlock.ReplaceAllString(s, "")
		s = manyBreaks.ReplaceAllString(s, "<br/><br/>")
		s = trimBreaks(strings.TrimSpace(blankLines.ReplaceAllString(s, "\n")))
		if catalog.Plain(s) == "" {
			return "", removed
		}
		if s == before {
			return s, removed
		}
	}
	// It never settles: such a tangle of tags is worth only its words.
	return "<p>" + html.EscapeString(catalog.Plain(s)) + "</p>", removed
}

// balance closes what is open and drops closing tags of nothing, as a browser would.
func balance(s string) string {
	body := &nethtml.Node{Type: nethtml.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := nethtml.ParseFragment(strings.NewReader(s), body)
	if err != nil {
		return html.EscapeString(s)
	}
	var b strings.Builder
	for _, n := range nodes {
		if err := nethtml.Render(&b, n); err != nil {
			return html.EscapeString(s)
		}
	}
	return b.String()
}

// trimBreaks takes line breaks off both ends.
func trimBreaks(s string) string {
	for {
		t := s
		for _, br := range []string{"<br>", "<br/>"} {
			t = strings.TrimSpace(strings.TrimPrefix(strings.TrimSuffix(t, br), br))
		}
		if t == s {
			return s
		}
		s = t
	}
}

// cutBody shortens a body that is too long at a tag, so that cleaning closes what stays open.
func cutBody(s string, limit int) string {
	for at := limit; len(s) > limit; at = at * 9 / 10 {
		head := s[:min(at, len(s))]
		if tag := strings.LastIndexByte(head, '<'); tag > 0 {
			head = head[:tag]
		}
		s, _ = cleanBody(strings.ToValidUTF8(head, ""))
	}
	return s
}

// paragraphs sets a text that has line breaks but no blocks as paragraphs.
func paragraphs(s string) string {
	var b strings.Builder
	for _, part := range strings.Split(s, "\n\n") {
		if part = strings.TrimSpace(part); part != "" {
			b.WriteString("<p>" + strings.ReplaceAll(part, "\n", "<br/>") + "</p>\n")
		}
	}
	return b.String()
}

// plainBody makes HTML of a text that is no HTML.
func plainBody(s string) string {
	return paragraphs(html.EscapeString(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)))
}
