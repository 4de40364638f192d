package storefront

import (
	"net/http"
	"strconv"

	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
	"aromart/internal/people/access"
	"aromart/internal/trade/cart"
	"aromart/internal/trade/checkout"
	"aromart/internal/trade/order"
	"aromart/internal/web"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// buying are the pages from the cart to the receipt.
func (s *Shop) buying(srv *web.Server) {
	add := func(method, pattern string, action access.Action, resource string, rate access.RateClass, h web.Handler) {
		srv.Handle(access.Route{Method: method, Pattern: pattern, Action: action, Resource: resource, Policy: access.Everyone, Rate: rate,
			Mutates: method == "POST", Personal: true}, h)
	}
	add("GET", "/cart", "cart.view", "cart", access.RateQuote, s.cart)
	add("POST", "/cart/add", "cart.add", "cart", access.RateCart, s.cartAdd)
	add("POST", "/cart/update", "cart.update", "cart", access.RateCart, s.cartUpdate)
	add("POST", "/cart/remove", "cart.remove", "cart", access.RateCart, s.cartRemove)
	add("POST", "/cart/empty", "cart.empty", "cart", access.RateCart, s.cartEmpty)
	add("GET", "/checkout", "order.quote", "order", access.RateQuote, s.checkout)
	add("POST", "/checkout", "order.place", "order", access.RatePlace, s.place)
	add("GET", "/o/{token}", "order.open", "order", access.RateOrder, s.openOrder)
	add("GET", "/orders/track", "order.track", "order", access.RateBrowse, s.track)
	add("POST", "/orders/track", "order.send_link", "order", access.RateLookup, s.sendLink)
	add("GET", "/orders/{number}", "order.view", "order", access.RateOrder, s.order)
	add("GET", "/orders/{number}/receipt", "order.receipt", "order", access.RateOrder, s.receipt)
	add("POST", "/orders/{number}/cancel", "order.cancel", "order", access.RateCart, s.cancelOrder)
	add("POST", "/orders/{number}/keep", "order.keep", "order", access.RateLogin, s.keepOrder)
	add("POST", "/orders/{number}/confirm", "order.confirm", "order", access.RateLogin, s.confirmOrder)
}

func (s *Shop) cartAdd(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form[visit.Line](r)
	if err != nil {
		return err
	}
	return s.ChangeCart(w, r, func(c *cart.Cart) error { return c.Add(f.Variant, f.Quantity) })
}

func (s *Shop) cartUpdate(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form[visit.Line](r)
	if err != nil {
		return err
	}
	return s.setLine(w, r, f.Variant, f.Quantity)
}

func (s *Shop) cartRemove(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form[struct {
		Variant string `form:"variant" rules:"required,max=24"`
	}](r)
	if err != nil {
		return err
	}
	err = s.setLine(w, r, f.Variant, 0)
	if errs.KindOf(err) == errs.NotFound { // removed already, by a second click
		return web.SeeOther(w, r, "/cart")
	}
	return err
}

func (s *Shop) setLine(w http.ResponseWriter, r *http.Request, variant string, quantity int64) error {
	return s.ChangeCart(w, r, func(c *cart.Cart) error { return c.Set(variant, quantity) })
}

func (s *Shop) cartEmpty(w http.ResponseWriter, r *http.Request) error {
	return s.ChangeCart(w, r, func(c *cart.Cart) error { c.Lines = nil; return nil })
}

func (s *Shop) cart(w http.ResponseWriter, r *http.Request) error {
	v := s.Visit(r)
	if v.Lost != nil {
		return v.Lost
	}
	q, err := s.quote(r, v, nil)
	if err != nil {
		return err
	}
	p := s.Private(v, v.T.T("ui.cart.title"))
	view := &ui.CartView{Groups: s.parcels(v, q), Sums: s.sums(v, q.Sums, len(q.Parcels)), Total: s.Price(v, q.Sums.Total), City: p.City, Stored: v.SignedIn()}
	for _, l := range q.Unavailable {
		view.Off = append(view.Off, s.cartLine(v, l))
		view.Changed = true
	}
	view.Blocked = s.blocked(v, q)
	return web.Render(w, r, ui.Cart(p, view))
}

// blocked says why what can be bought of the cart cannot be ordered now.
func (s *Shop) blocked(v *visit.Visit, q *checkout.Quote) string {
	if len(q.Parcels) == 0 {
		return v.T.T("buy.nothing_left")
	}
	for _, e := range q.Requirements {
		if !checkout.IsLine(e) {
			return v.T.Error(e)
		}
	}
	return ""
}

// quote prices the visitor's cart for the place that he chose.
func (s *Shop) quote(r *http.Request, v *visit.Visit, delivery map[string]string) (*checkout.Quote, error) {
	return s.Desk.Quote(r.Context(), s.DB, checkout.Input{Lines: v.Cart.Lines, Place: v.Prefs.City, Delivery: delivery,
		Payment: checkout.Cash, Language: v.Lang}, v.Now)
}

func (s *Shop) parcels(v *visit.Visit, q *checkout.Quote) []ui.Parcel {
	out := make([]ui.Parcel, len(q.Parcels))
	for i := range q.Parcels {
		p := &q.Parcels[i]
		g := ui.Parcel{Heading: v.T.T("buy.parcel", "i", i+1, "of", len(q.Parcels)), Store: ui.Link{Href: v.Link("/s/" + p.Store.Slug), Text: p.Store.Name}}
		if len(p.Offers) == 0 {
			g.Problem = v.T.T("delivery.not_there", "store", p.Store.Name)
		} else {
			g.Arrives = v.T.T("ui.arrives", "dates", v.T.DateRange(s.Local(p.ArrivesFrom), s.Local(p.ArrivesTo)))
			g.Delivery = s.deliveryCost(v, p.Sums.Delivery)
			g.Method = "delivery." + p.Store.Slug
			for _, o := range p.Offers {
				g.Methods = append(g.Methods, ui.Choice{Value: o.PublicID, Text: o.Name + ", " + s.deliveryCost(v, o.Cost), Selected: o.PublicID == p.Chosen.PublicID})
			}
		}
		for _, l := range p.Lines {
			g.Lines = append(g.Lines, s.cartLine(v, l))
		}
		out[i] = g
	}
	return out
}

func (s *Shop) deliveryCost(v *visit.Visit, cost money.Amount) string {
	if cost == 0 {
		return v.T.T("ui.product.delivery_free")
	}
	return v.T.T("buy.delivery", "amount", s.Price(v, cost))
}

func (s *Shop) cartLine(v *visit.Visit, l checkout.Line) ui.CartLine {
	out := ui.CartLine{Href: v.Link("/p/" + l.Snapshot.Slug), Title: l.Title, Options: l.Snapshot.OptionText(), Variant: l.Variant, Quantity: l.Quantity,
		Max: min(l.OnHand, cart.MaxQuantity), Price: s.Price(v, l.UnitPrice), Total: s.Price(v, l.Total), Picture: s.picture(l.Snapshot)}
	if l.Title == "" {
		out.Title, out.Href = v.T.T("buy.unknown_line"), v.Link("/")
	}
	if l.Problem == "line.not_enough" {
		out.Note = v.T.T("buy.only_left", "n", int(l.OnHand))
	}
	if l.Problem != "" {
		out.Off = v.T.T("buy.off." + l.Problem[len("line."):])
	}
	return out
}

func (s *Shop) picture(snap order.LineSnapshot) ui.Picture {
	return ui.Picture{Key: snap.Picture, Color: snap.PictureColor, Width: 640, Height: 640, Tile: visit.TopCategory(snap.CategoryID)}
}

// sums is the calculation under a cart or an order.
func (s *Shop) sums(v *visit.Visit, sum order.Sums, parcels int) []ui.Sum {
	out := []ui.Sum{{Text: v.T.T("buy.sum.items"), Amount: s.Price(v, sum.Items)},
		{Text: v.T.T("buy.sum.delivery", "n", parcels), Amount: s.Cost(v, sum.Delivery)}}
	if sum.Fee > 0 {
		out = append(out, ui.Sum{Text: v.T.T("buy.sum.fee"), Amount: s.Price(v, sum.Fee)})
	}
	if sum.Discount > 0 {
		out = append(out, ui.Sum{Text: v.T.T("buy.sum.discount"), Amount: "-" + s.Price(v, sum.Discount)})
	}
	percent := strconv.FormatFloat(float64(s.Market.Tax.Included)/100, 'f', -1, 64)
	return append(out, ui.Sum{Text: v.T.T("buy.sum.tax", "tax", v.T.T(s.Market.Tax.Name), "percent", percent), Amount: s.Price(v, sum.Tax), Muted: true})
}
