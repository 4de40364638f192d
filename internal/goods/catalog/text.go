package catalog

import (
	"context"
	"html"
	"strings"
	"sync"
	"unicode"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/text/unicode/norm"

	"aromart/internal/kit/clock"
	"aromart/internal/platform/db"
)

// bodyPolicy keeps what a description needs. Addresses of pictures and links
// go, because a page must make no request to anywhere else (P14).
var bodyPolicy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "b", "strong", "i", "em", "u", "ul", "ol", "li", "h2", "h3", "h4", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "caption", "dl", "dt", "dd", "sub", "sup", "hr")
	return p
})

// Clean returns the description with everything but plain structure taken out:
// no script, style, link, picture or attribute survives. Headings start at h3,
// because the page has its own.
func Clean(body string) string {
	s := bodyPolicy().Sanitize(storable(body))
	s = strings.NewReplacer("<h2>", "<h3>", "</h2>", "</h3>").Replace(s)
	return strings.TrimSpace(norm.NFC.String(s))
}

var tagless = sync.OnceValue(bluemonday.StrictPolicy)

// Plain is the text of a description, for search, mails and descriptions of pages.
func Plain(body string) string {
	body = storable(body)
	text, ok := untagged(body)
	if !ok {
		text = tagless().Sanitize(strings.ReplaceAll(body, "<", " <"))
	}
	return strings.Join(strings.Fields(html.UnescapeString(text)), " ")
}

// untagged takes the tags out of a description that has none but bare ones of
// the kind that Clean leaves: nearly every one that is stored, at a tenth of the cost.
func untagged(body string) (text string, ok bool) {
	var b strings.Builder
	b.Grow(len(body))
	for {
		at := strings.IndexByte(body, '<')
		if at < 0 {
			b.WriteString(body)
			return b.String(), true
		}
		end := strings.IndexByte(body[at:], '>')
		if end < 0 || !bareTags[strings.TrimPrefix(body[at+1:at+end], "/")] {
			return "", false
		}
		b.WriteString(body[:at])
		b.WriteByte(' ')
		body = body[at+end+1:]
	}
}

var bareTags = map[string]bool{"p": true, "br": true, "b": true, "strong": true, "i": true, "em": true, "u": true, "ul": true, "ol": true, "li": true,
	"h3": true, "h4": true, "blockquote": true, "table": true, "thead": true, "tbody": true, "tr": true, "th": true, "td": true}

// storable takes out what no database keeps: NUL, and bytes that are no UTF-8.
func storable(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD")
}

// Slugify makes a readable address of a title: letters and digits of any
// script, joined by hyphens, at most 80 bytes.
func Slugify(title string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(strings.ToLower(title)) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r), unicode.Is(unicode.Mn, r) && r > 0x036f, unicode.Is(unicode.Mc, r), r == '\u200d' && b.Len() > 0:
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r): // an accent that NFKD set apart from its letter
		case r == '\'' || r == '’':
		default:
			gap = true
		}
		if b.Len() > 76 {
			break
		}
	}
	s := strings.Trim(norm.NFC.String(b.String()), "-\u200d")
	if s == "" {
		return "product"
	}
	return s
}

// freeSlug returns an address for the title that no other product has or had.
// A product that already has one for the same title keeps it.
func freeSlug(ctx context.Context, tx *db.Tx, title string, own ProductID, present string) (string, error) {
	base := Slugify(title)
	for slug := base; ; slug = base + "-" + strings.ToLower(clock.Readable(5)) {
		n, err := db.One(ctx, tx, db.Int, `SELECT (SELECT count(*) FROM products WHERE slug = $1 AND id <> $2)
			+ (SELECT count(*) FROM product_slugs WHERE slug = $1 AND product_id <> $2)`, slug, int64(own))
		if err != nil || n == 0 {
			return slug, err
		}
		if strings.HasPrefix(present, base+"-") {
			return present, nil
		}
	}
}
