// Package ui is how the shop looks: the templates of all pages, the style
// sheet and the script, on plain view structs that the faces fill.
//
// What always holds: a template reads nothing but its view, so a page never
// causes a query; every amount, date and count in a view is already written in
// the visitor's language; no element has a style attribute and no page needs
// script; every text comes from the catalogs and is escaped, but for a
// description that goods/catalog has cleaned.
//
// After a change of static/ run `go generate`, after a change of a .templ file
// `templ generate`; tests fail when the generated files are not current.
//
// Personal data: passes through in the views of checkout and orders. Tables: none.
package ui

import (
	"strconv"
	"strings"

	"aromart/internal/kit/i18n"
	"aromart/internal/platform/picture"
)

//go:generate go run github.com/a-h/templ/cmd/templ@v0.3.977 generate
//go:generate go test -run ^TestStaticFilesAreCurrent$ -update .

// Site is what every page says about the marketplace itself.
type Site struct {
	Name       string // "aromart"
	Operator   string // legal name; may be empty
	HelpPhone  string // as it is shown; may be empty
	HelpEmail  string // may be empty
	HelpHours  string // may be empty
	ReturnDays int
}

// Page is the frame around every page: what stands in its head, header and footer.
type Page struct {
	Tr     *i18n.Translator
	Site   *Site
	Prefix string // "", "/si", "/ta": what every link to a page begins with

	Title       string // without the site's name
	Description string
	Canonical   string // absolute; empty leaves it out
	Robots      string // "noindex"; empty allows everything
	Alternates  []Alternate
	OpenGraph   *OpenGraph
	JSONLD      []string // complete JSON documents, made by package ui

	Here       string // path and query of this page without prefix, for coming back
	Langs      []Language
	City       string // name of the place that dates and costs assume
	CartCount  int64
	Categories []NavLink
	Query      string // what stands in the search field
	Theme      string // "", "light", "dark"
	Notice     string // a sentence above the page, such as that an order did not change
	Bare       bool   // checkout: no category row, no search
}

// Alternate is the same page in another language.
type Alternate struct{ Lang, Href string }

// Language is one entry of the language menu.
type Language struct {
	Code, Name, Href string
	Current          bool
}

// NavLink is a link that may be where one is.
type NavLink struct {
	Href, Text string
	Current    bool
}

// Link is a link with its text.
type Link struct{ Href, Text string }

// OpenGraph is what other sites show of a link to the page.
type OpenGraph struct{ Type, URL, Image string }

// T renders a message in the page's language.
func (p *Page) T(id string, args ...any) string { return p.Tr.T(id, args...) }

// Href keeps the visitor's language in a path of this site.
func (p *Page) Href(path string) string {
	if p.Prefix == "" {
		return path
	}
	return p.Prefix + path
}

// preferences returns to this page after a form or a choice of city.
func (p *Page) preferences() string {
	return p.Prefix + "/preferences?next=" + EscapeQuery(p.Prefix+p.Here)
}

// before and after are a sentence around a placeholder that becomes a link.
func (p *Page) before(id, name string, args ...any) string {
	s, _ := p.Tr.Around(id, name, args...)
	return s
}

func (p *Page) after(id, name string, args ...any) string {
	_, s := p.Tr.Around(id, name, args...)
	return s
}

// phoneHref turns a shown phone number into a tel: address.
func phoneHref(shown string) string {
	var b strings.Builder
	b.WriteString("tel:")
	for _, c := range shown {
		if c >= '0' && c <= '9' || c == '+' {
			b.WriteRune(c)
		}
	}
	return b.String()
}

const upperHex = "0123456789ABCDEF"

// EscapeQuery escapes a value of a query; the common case allocates nothing.
func EscapeQuery(s string) string {
	n := 0
	for i := range len(s) {
		if !plainQuery(s[i]) {
			n++
		}
	}
	if n == 0 {
		return s
	}
	out := make([]byte, 0, len(s)+2*n)
	for i := range len(s) {
		switch c := s[i]; {
		case plainQuery(c):
			out = append(out, c)
		case c == ' ':
			out = append(out, '+')
		default:
			out = append(out, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return string(out)
}

func plainQuery(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' || c == '~' || c == '/'
}

// Picture is a stored picture, or the tile that stands for one.
type Picture struct {
	Key           string // of the blob, "" when there is no picture
	Width, Height int    // of the original
	Color         string // average color, #rrggbb: the ground while it loads
	Alt           string
	Tile          int64 // top category whose tile is shown without a picture
}

// MediaHref is the address of a stored picture with the long side of size.
func MediaHref(key string, size int) string { return "/media/" + picture.File(key, size) }

// src is the picture with a long side of at least size, or its tile.
func (pic *Picture) src(size int) string {
	if pic.Key == "" {
		return tileHref(pic.Tile)
	}
	return MediaHref(pic.Key, picture.Fit(pic.Width, pic.Height, size))
}

// Source is the address of the picture in its largest size, for other sites.
func (pic *Picture) Source() string { return pic.src(picture.Large) }

// small is the srcset of a card. Pictures of 640 and more, nearly all, have
// the same three sizes.
func (pic *Picture) small() string {
	if max(pic.Width, pic.Height) >= picture.Medium {
		k := "/media/" + pic.Key
		return k + "-160.jpg 160w, " + k + "-320.jpg 320w, " + k + "-640.jpg 640w"
	}
	return pic.srcset()
}

// srcset names every size that is kept.
func (pic *Picture) srcset() string {
	var b strings.Builder
	for i, size := range picture.Sizes(pic.Width, pic.Height) {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(MediaHref(pic.Key, size) + " " + strconv.Itoa(size) + "w")
	}
	return b.String()
}

// class carries the picture's ground: a page may have no style attribute, so
// the color is one of 27 that the style sheet knows.
func (pic *Picture) class() string {
	if pic.Key == "" {
		return "pic"
	}
	return pictureClasses[quantize(pic.Color)+1]
}

// grounds is how many colors the style sheet knows, three levels a channel.
// More would cost the first sight on a slow line more than the eye sees.
const grounds = 27

// pictureClasses are "pic" and "pic p0" to "pic p26".
var pictureClasses = func() (out [grounds + 1]string) {
	out[0] = "pic"
	for i := range grounds {
		out[i+1] = "pic p" + strconv.Itoa(i)
	}
	return out
}()

// quantize maps #rrggbb to one of the grounds; -1 without a color.
func quantize(color string) int {
	if len(color) != 7 || color[0] != '#' {
		return -1
	}
	n, err := strconv.ParseUint(color[1:], 16, 32)
	if err != nil {
		return -1
	}
	level := func(shift int) int { return int(n>>shift&255) * 3 / 256 }
	return 9*level(16) + 3*level(8) + level(0)
}

// paletteCSS is the part of the style sheet that gives the grounds.
func paletteCSS() string {
	levels := [3]string{"4", "9", "e"}
	var b strings.Builder
	for i := range grounds {
		b.WriteString(".p" + strconv.Itoa(i) + "{background-color:#" + levels[i/9] + levels[i/3%3] + levels[i%3] + "}\n")
	}
	return b.String()
}
