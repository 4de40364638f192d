// Package storefront is the shop that customers visit: home, categories,
// lists, search, products, stores, cart, checkout, orders, accounts, and the
// pages of the policy.
//
// What always holds: browsing sets no cookie and writes no row (P01); a page
// that shows an order needs the order's link or its customer; a handler reads, calls the
// domain, and fills a view of package ui.
//
// Personal data: passes through the forms of checkout and account; an order page
// that is opened by its link shows a phone number masked, and what the order
// keeps in full only after a code. Tables: none.
package storefront

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"aromart/internal/care/policy"
	"aromart/internal/goods/search"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/i18n"
	"aromart/internal/kit/money"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/platform/blob"
	"aromart/internal/platform/db"
	"aromart/internal/trade/cart"
	"aromart/internal/trade/checkout"
	"aromart/internal/web"
	"aromart/internal/web/ui"
)

// Options are what the shop stands on.
type Options struct {
	DB     *db.DB
	Market *market.Profile
	Desk   *checkout.Desk
	People *auth.Desk // where people sign in
	Index  *search.Index
	Blobs  *blob.Store
	Site   *ui.Site
	Clock  clock.Clock
	Policy *policy.Gate // which policy is shown; nil shows the draft

	// Media answers pictures that lie beside the stored ones, by the file name of
	// a rendition, before Blobs is asked: those of the demo. It may be nil.
	Media func(file string) (data []byte, mediaType string, ok bool)
}

// Shop answers the pages.
type Shop struct {
	Options
	memory memory
}

// New makes a shop; Register puts its pages on a server.
func New(o Options) *Shop {
	if o.Policy == nil {
		o.Policy = policy.Drafting(policy.Facts{Market: o.Market, Operator: o.Site.Operator, Email: o.Site.HelpEmail})
	}
	return &Shop{Options: o}
}

// Register adds every page of the shop.
func (s *Shop) Register(srv *web.Server) {
	s.browsing(srv)
	s.buying(srv)
	s.dataPages(srv)
	s.entering(srv)
	s.accounts(srv)
}

// visit is a request to the shop with what the visitor's cookies say.
type visit struct {
	*web.Request
	cart  cart.Cart
	prefs prefs
	place market.Place
	lost  error // why the cart of an account could not be read; only what changes or shows the cart minds
	said  said  // what signing in did, for the next page
}

// signedIn reports that the visit has an account and not half of a sign-in only.
func (v *visit) signedIn() bool { return v.Actor.ID != 0 && v.Visit != nil }

// asCustomer is the visitor as a buyer, whatever else he does here.
func (v *visit) asCustomer() access.Actor {
	if v.Actor.ID == 0 {
		return v.Actor
	}
	return access.Actor{Kind: access.Customer, ID: v.Actor.ID, Session: v.Actor.Session, Fresh: v.Actor.Fresh}
}

// prefs is what a visitor chose by an explicit act; see policy.PrefsCookie.
type prefs struct{ City, Theme, Language string }

func parsePrefs(value string) (p prefs) {
	for part := range strings.SplitSeq(value, "&") {
		switch key, v, _ := strings.Cut(part, "="); key {
		case "city":
			p.City = v
		case "theme":
			if v == "light" || v == "dark" {
				p.Theme = v
			}
		case "lang":
			p.Language = v
		}
	}
	return p
}

func (p prefs) String() string {
	return "city=" + p.City + "&theme=" + p.Theme + "&lang=" + p.Language
}

// visit reads the cookies. Whatever is in them only chooses among what is
// public; a signed-in visitor brings the cart of his account.
func (s *Shop) visit(r *http.Request) *visit {
	v := &visit{Request: web.From(r)}
	if v.signedIn() {
		v.cart, v.lost = cart.Of(r.Context(), s.DB, v.Actor.ID)
		v.said = web.Query[said](r)
	} else if value := web.Cookie(r, policy.CartCookie); value != "" {
		v.cart = cart.Parse(value)
	}
	v.prefs = parsePrefs(web.Cookie(r, policy.PrefsCookie))
	v.place = s.Market.PlaceOr(v.prefs.City)
	return v
}

// price writes an amount in the visitor's language.
// No line breaks inside of it.
func (s *Shop) price(v *visit, a money.Amount) string {
	return strings.ReplaceAll(s.Market.Format(a, v.Lang), " ", "\u00a0")
}

// cost is the price of a service, in words when it is none.
func (s *Shop) cost(v *visit, a money.Amount) string {
	if a == 0 {
		return v.T.T("ui.price.free")
	}
	return s.price(v, a)
}

// page is the frame of a page; title and robots are the caller's.
func (s *Shop) page(v *visit, title string) *ui.Page {
	p := &ui.Page{Tr: v.T, Site: s.Site, Prefix: v.Prefix, Title: title, Here: v.Path, City: v.place.Name(v.Lang),
		CartCount: v.cart.Count(), Theme: v.prefs.Theme, Notice: s.merged(v), Canonical: v.Absolute(v.Link(v.Path))}
	for _, code := range s.Market.Languages {
		p.Langs = append(p.Langs, ui.Language{Code: code, Name: i18n.Name(code), Href: v.In(code), Current: code == v.Lang})
		p.Alternates = append(p.Alternates, ui.Alternate{Lang: code, Href: v.Absolute(v.In(code))})
	}
	p.Categories = slices.Clone(menus()[v.Lang])
	at, _, _ := strings.Cut(strings.TrimPrefix(v.Path, "/c/"), "/")
	for i := range p.Categories {
		p.Categories[i].Current = at != "" && strings.HasSuffix(p.Categories[i].Href, "/c/"+at)
	}
	return p
}

// menus are the links to the top categories by language; the tree is part of the program.
var menus = sync.OnceValue(func() map[string][]ui.NavLink {
	out := map[string][]ui.NavLink{}
	for i, lang := range i18n.Languages() {
		prefix := ""
		if i > 0 { // the first language has no prefix
			prefix = "/" + lang
		}
		for _, c := range market.Children(0) {
			out[lang] = append(out[lang], ui.NavLink{Href: prefix + "/c/" + c.Slug, Text: c.Name.In(lang)})
		}
	}
	return out
})

// private is the frame of a page that belongs to one visitor.
func (s *Shop) private(v *visit, title string) *ui.Page {
	p := s.page(v, title)
	p.Robots, p.Canonical, p.Alternates = "noindex", "", nil
	return p
}
