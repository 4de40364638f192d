// Package visit is a request to the shop with what the visitor's cookies say of
// him, and the frame that every page of the shop is put in.
//
// Personal data: passes through; nothing is kept. Tables: none.
package visit

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/i18n"
	"aromart/internal/kit/money"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/trade/cart"
	"aromart/internal/trade/order"
	"aromart/internal/web"
	"aromart/internal/web/ui"
)

// Frame is what the pages of the shop have in common.
type Frame struct {
	DB     *db.DB
	Market *market.Profile
	Site   *ui.Site
	Clock  clock.Clock
	Links  order.Links // which order a visitor's link opens
}

// Visit is a request with what the visitor brought.
type Visit struct {
	*web.Request
	Cart  cart.Cart
	Prefs Prefs
	Place market.Place
	Lost  error // why the cart of an account could not be read; only what changes or shows the cart minds
	said  Said
}

// SignedIn reports that the visit has an account and not half of a sign-in only.
func (v *Visit) SignedIn() bool { return v.Actor.ID != 0 && v.Request.Visit != nil }

// AsCustomer is the visitor as a buyer, whatever else he does here.
func (v *Visit) AsCustomer() access.Actor {
	if v.Actor.ID == 0 {
		return v.Actor
	}
	return access.Actor{Kind: access.Customer, ID: v.Actor.ID, Session: v.Actor.Session, Fresh: v.Actor.Fresh}
}

// Prefs is what a visitor chose by an explicit act; see policy.PrefsCookie.
type Prefs struct{ City, Theme, Language string }

// ParsePrefs reads the value of the cookie. What it does not know it leaves out.
func ParsePrefs(value string) (p Prefs) {
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

func (p Prefs) String() string {
	return "city=" + p.City + "&theme=" + p.Theme + "&lang=" + p.Language
}

// Visit reads the cookies. Whatever is in them only chooses among what is
// public; a signed-in visitor brings the cart of his account.
func (f *Frame) Visit(r *http.Request) *Visit {
	v := &Visit{Request: web.From(r)}
	if v.SignedIn() {
		v.Cart, v.Lost = cart.Of(r.Context(), f.DB, v.Actor.ID)
		v.said = web.Query[Said](r)
	} else if value := web.Cookie(r, policy.CartCookie); value != "" {
		v.Cart = cart.Parse(value)
	}
	v.Prefs = ParsePrefs(web.Cookie(r, policy.PrefsCookie))
	v.Place = f.Market.PlaceOr(v.Prefs.City)
	return v
}

// Price writes an amount in the visitor's language.
// No line breaks inside of it.
func (f *Frame) Price(v *Visit, a money.Amount) string {
	return strings.ReplaceAll(f.Market.Format(a, v.Lang), " ", "\u00a0")
}

// Cost is the price of a service, in words when it is none.
func (f *Frame) Cost(v *Visit, a money.Amount) string {
	if a == 0 {
		return v.T.T("ui.price.free")
	}
	return f.Price(v, a)
}

// Local is a time on the market's clocks.
func (f *Frame) Local(t time.Time) time.Time { return t.In(f.Market.Location) }

// Page is the frame of a page; title and robots are the caller's.
func (f *Frame) Page(v *Visit, title string) *ui.Page {
	p := &ui.Page{Tr: v.T, Site: f.Site, Prefix: v.Prefix, Title: title, Here: v.Path, City: v.Place.Name(v.Lang),
		CartCount: v.Cart.Count(), Theme: v.Prefs.Theme, Notice: v.said.words(v.T), Canonical: v.Absolute(v.Link(v.Path))}
	for _, code := range f.Market.Languages {
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

// Private is the frame of a page that belongs to one visitor.
func (f *Frame) Private(v *Visit, title string) *ui.Page {
	p := f.Page(v, title)
	p.Robots, p.Canonical, p.Alternates = "noindex", "", nil
	p.Description = v.T.T("ui.private.description")
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

// TopCategory is the top of the tree above a category, whose tile stands for a missing picture.
func TopCategory(id int64) int64 { return topCategories()[id] }

var topCategories = sync.OnceValue(func() map[int64]int64 {
	out := map[int64]int64{}
	for _, c := range market.Categories() {
		out[c.ID] = market.CategoryPath(c.ID)[0].ID
	}
	return out
})

// FirstName is what a greeting says.
func FirstName(n contact.Name) string {
	first, _, _ := strings.Cut(n.Reveal(), " ")
	return first
}

// Tone is the color in which the state of an order or of a parcel is shown.
func Tone(status string) string {
	switch status {
	case "delivered", "completed":
		return "ok"
	case "canceled":
		return "bad"
	case "to_confirm":
		return "warn"
	}
	return "info"
}
