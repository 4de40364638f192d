package ui

import (
	"context"
	"io"
	"strconv"
	"sync"

	"github.com/a-h/templ"
)

// The parts of which a list has dozens are written by hand: a template costs
// some 100 ns for each expression, which for 24 cards and 60 filters is more
// than all the rest of the page. Everything that is not a literal here goes
// through esc; the tests of this package hold hostile text against it.

var scratch = sync.Pool{New: func() any { b := make([]byte, 0, 32<<10); return &b }}

// written is a component that appends its HTML to a buffer.
func written(f func(b []byte) []byte) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		buf := scratch.Get().(*[]byte)
		*buf = f((*buf)[:0])
		_, err := w.Write(*buf)
		scratch.Put(buf)
		return err
	})
}

// esc appends text for an element or a quoted attribute.
func esc(b []byte, s string) []byte {
	from := 0
	for i := range len(s) {
		var to string
		switch s[i] {
		case '&':
			to = "&amp;"
		case '<':
			to = "&lt;"
		case '>':
			to = "&gt;"
		case '"':
			to = "&#34;"
		case '\'':
			to = "&#39;"
		default:
			continue
		}
		b = append(append(b, s[from:i]...), to...)
		from = i + 1
	}
	return append(b, s[from:]...)
}

// attr appends a quoted attribute.
func attr(b []byte, name, value string) []byte {
	b = append(append(append(b, ' '), name...), `="`...)
	return append(esc(b, value), '"')
}

// The sizes are those of the style sheet to the pixel: one pixel more and a phone
// of 360 takes the next larger file, which has twice the bytes.
const (
	cardSizes = "(min-width: 48rem) 14rem, calc(50vw - 22px)"
	tileSizes = "(min-width: 48rem) 10rem, 30vw"
	lineSizes = "4.5rem"
	// A phone of 360 px with two pixels to each takes 640 and not 1280, which shows no better there.
	largeSizes = "(min-width: 60rem) 41rem, calc(100vw - 40px)"
)

// thumbnail is a card's picture. The first of a page loads at once; the others
// wait until the style sheet has come, because on a slow line each picture before
// it holds back the first sight of the page.
func thumbnail(pic *Picture, place int, sizes string) templ.Component {
	return written(func(b []byte) []byte { return pic.thumbnail(b, place, sizes) })
}

func (pic *Picture) thumbnail(b []byte, place int, sizes string) []byte {
	b = attr(append(b, "<img"...), "class", pic.class())
	if pic.Key == "" {
		b = attr(b, "src", pic.src(320))
	} else {
		b = attr(b, "src", pic.src(320))
		b = attr(b, "srcset", pic.small())
		b = attr(b, "sizes", sizes)
	}
	b = append(b, ` width="320" height="320"`...)
	b = attr(b, "alt", pic.Alt)
	if place > 0 {
		b = append(b, ` loading="lazy"`...)
	}
	return append(b, ` decoding="async">`...)
}

// cards is a grid of products; first counts the pictures above it.
func cards(p *Page, list []Card, first int) templ.Component { return cardGrid(p, list, first, "grid") }

// cardRow is one row of six on a wide screen.
func cardRow(p *Page, list []Card, first int) templ.Component {
	return cardGrid(p, list, first, "grid six")
}

func cardGrid(p *Page, list []Card, first int, class string) templ.Component {
	return written(func(b []byte) []byte {
		w := cardWords{p.T("ui.price.from"), p.T("ui.price.was"), p.T("ui.sold_out")}
		b = append(attr(append(b, "<ul"...), "class", class), '>')
		for i := range list {
			b = list[i].html(b, &w, first+i)
		}
		return append(b, "</ul>"...)
	})
}

// cardWords are looked up once for all cards of a page.
type cardWords struct{ from, was, soldOut string }

func (c *Card) html(b []byte, w *cardWords, place int) []byte {
	b = append(b, `<li class="card">`...)
	b = c.Picture.thumbnail(b, place, cardSizes)
	b = attr(append(b, "<a"...), "href", c.Href)
	if c.Lang != "" {
		b = attr(b, "lang", c.Lang)
	}
	b = append(esc(append(b, '>'), c.Title), `</a><p class="price">`...)
	if c.From {
		b = append(esc(append(b, `<span class="from">`...), w.from), "</span> "...)
	}
	b = esc(b, c.Price)
	if c.Was != "" {
		b = append(esc(append(b, ` <s class="was"><span class="vh">`...), w.was), "</span> "...)
		b = append(esc(b, c.Was), "</s>"...)
	}
	b = append(b, "</p>"...)
	if c.Store != "" {
		b = append(esc(append(b, `<p class="small muted">`...), c.Store), "</p>"...)
	}
	if c.SoldOut {
		return append(esc(append(b, `<p><span class="tag">`...), w.soldOut), "</span></p></li>"...)
	}
	b = append(b, `<p class="small">`...)
	if c.Delivery != "" {
		b = append(esc(b, c.Delivery), "<br>"...)
	}
	b = append(esc(b, c.Arrives), "</p>"...)
	if c.Left != "" {
		b = append(esc(append(b, `<p class="small left">`...), c.Left), "</p>"...)
	}
	return append(b, "</li>"...)
}

// tiles is a grid of categories.
func tiles(list []Tile, first int) templ.Component {
	return written(func(b []byte) []byte {
		b = append(b, `<ul class="tiles">`...)
		for i := range list {
			t := &list[i]
			b = t.Picture.thumbnail(append(b, `<li class="card tile">`...), first+i, tileSizes)
			b = append(attr(append(b, "<a"...), "href", t.Href), '>')
			b = append(esc(b, t.Name), "</a>"...)
			if t.Count != "" {
				b = append(esc(append(b, `<p class="small muted">`...), t.Count), "</p>"...)
			}
			b = append(b, "</li>"...)
		}
		return append(b, "</ul>"...)
	})
}

// facets are the filter links, with those beyond FacetOpen folded away.
func facets(list []Facet) templ.Component {
	return written(func(b []byte) []byte {
		for i := range list {
			f := &list[i]
			b = append(esc(append(b, "<h3>"...), f.Name), "</h3>"...)
			b = facetValues(b, f.Values[:min(len(f.Values), FacetOpen)])
			if len(f.Values) > FacetOpen {
				b = append(esc(append(b, "<details><summary>"...), f.More), "</summary>"...)
				b = append(facetValues(b, f.Values[FacetOpen:]), "</details>"...)
			}
		}
		return b
	})
}

func facetValues(b []byte, list []FacetValue) []byte {
	b = append(b, "<ul>"...)
	for i := range list {
		v := &list[i]
		b = append(attr(append(b, "<li><a"...), "href", v.Href), ` rel="nofollow"`...)
		if v.On {
			b = append(b, ` aria-current="true"`...)
		}
		b = append(esc(append(b, '>'), v.Text), ` <span class="num">`...)
		b = append(esc(b, v.Count), "</span></a></li>"...)
	}
	return append(b, "</ul>"...)
}

// menu is the row of top categories, which stands on every page.
func menu(p *Page) templ.Component {
	return written(func(b []byte) []byte {
		b = append(attr(append(b, `<nav class="nav"`...), "aria-label", p.T("ui.categories")), '>')
		for i := range p.Categories {
			l := &p.Categories[i]
			b = attr(append(b, "<a"...), "href", l.Href)
			if l.Current {
				b = append(b, ` aria-current="true"`...)
			}
			b = append(esc(append(b, '>'), l.Text), "</a>"...)
		}
		return append(b, "</nav>"...)
	})
}

// optgroups are the choices of a select; a list of towns has hundreds.
func optgroups(groups []ChoiceGroup) templ.Component {
	return written(func(b []byte) []byte {
		for i := range groups {
			if groups[i].Name != "" {
				b = append(attr(append(b, "<optgroup"...), "label", groups[i].Name), '>')
			}
			for k := range groups[i].Choices {
				b = groups[i].Choices[k].option(b)
			}
			if groups[i].Name != "" {
				b = append(b, "</optgroup>"...)
			}
		}
		return b
	})
}

func (c *Choice) option(b []byte) []byte {
	b = attr(append(b, "<option"...), "value", c.Value)
	if c.Selected {
		b = append(b, " selected"...)
	}
	if c.Disabled {
		b = append(b, " disabled"...)
	}
	return append(esc(append(b, '>'), c.Text), "</option>"...)
}

// number writes a count that needs no words.
func number(n int64) string { return strconv.FormatInt(n, 10) }
