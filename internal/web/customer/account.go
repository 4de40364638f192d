package customer

import (
	"net/http"

	"aromart/internal/care/policy"
	"aromart/internal/care/privacy"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/people/access"
	"aromart/internal/people/account"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
	"aromart/internal/trade/cart"
	"aromart/internal/trade/order"
	"aromart/internal/trade/wishlist"
	"aromart/internal/web"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// accounts are the pages of whoever is signed in. Every statement behind them
// names the owner.
func (p *Pages) accounts(srv *web.Server) {
	add := func(method, pattern string, action access.Action, resource string, rate access.RateClass, h web.Handler) {
		srv.Handle(access.Route{Method: method, Pattern: pattern, Action: action, Resource: resource, Policy: access.SignedIn, Rate: rate,
			Mutates: method == "POST", Personal: true}, h)
	}
	add("GET", "/account", "account.view", "account", access.RateOrder, p.account)
	add("GET", "/account/orders", "order.list", "order", access.RateOrder, p.orders)
	add("POST", "/account/orders/again", "cart.again", "order", access.RateCart, p.orderAgain)
	add("GET", "/account/wishlist", "wishlist.view", "wishlist", access.RateOrder, p.wishlist)
	add("POST", "/account/wishlist/move", "wishlist.move", "wishlist", access.RateCart, p.wishMove)
	add("POST", "/account/wishlist/remove", "wishlist.remove", "wishlist", access.RateCart, p.wishRemove)
	add("GET", "/account/preferences", "account.preferences", "account", access.RateOrder, p.settings)
	add("POST", "/account/preferences", "account.prefer", "account", access.RateCart, p.settingsPost)
	add("GET", "/account/addresses", "address.list", "address", access.RateOrder, p.addresses)
	add("GET", "/account/addresses/new", "address.new", "address", access.RateOrder, p.addressNew)
	add("POST", "/account/addresses/new", "address.add", "address", access.RateCart, p.addressAdd)
	add("GET", "/account/addresses/{id}", "address.view", "address", access.RateOrder, p.addressEdit)
	add("POST", "/account/addresses/{id}", "address.change", "address", access.RateCart, p.addressSave)
	add("POST", "/account/addresses/{id}/prefer", "address.prefer", "address", access.RateCart, p.addressPrefer)
	add("POST", "/account/addresses/{id}/remove", "address.remove", "address", access.RateCart, p.addressRemove)
	add("POST", "/account/addresses/{id}/restore", "address.restore", "address", access.RateCart, p.addressRestore)
	// Noting something leads a visitor without account to sign in first.
	srv.Handle(access.Route{Method: "POST", Pattern: "/account/wishlist/add", Action: "wishlist.add", Resource: "wishlist", Policy: access.Everyone, Rate: access.RateCart, Mutates: true, Personal: true}, p.wishAdd)
}

// crumb is the way back to the account.
func (p *Pages) crumb(v *visit.Visit) []ui.Link {
	return []ui.Link{{Href: v.Link("/account"), Text: v.T.T("ui.account")}}
}

func (p *Pages) account(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	list, err := order.ListOf(r.Context(), p.DB, v.Actor.ID, "", 0, 1)
	if err != nil {
		return err
	}
	view := &ui.AccountView{Heading: v.T.T("account.hello", "name", visit.FirstName(v.Visit.Login.Name))}
	latest := nothing(v, "account.orders.none")
	if len(list) > 0 {
		latest = ui.Panel{Entries: []ui.Entry{p.orderEntry(v, list[0])}}
	}
	latest.Title = v.T.T("account.latest")
	notes, err := wishlist.Count(r.Context(), p.DB, v.Actor.ID)
	if err != nil {
		return err
	}
	places, err := account.CountAddresses(r.Context(), p.DB, v.Actor.ID)
	if err != nil {
		return err
	}
	link := func(path, id string, args ...any) ui.Entry {
		return ui.Entry{Href: v.Link(path), Title: v.T.T(id), Lines: []string{v.T.T(id+".about", args...)}}
	}
	saved := func(path, id string, n int64) ui.Entry {
		e := link(path, id, "n", n)
		if n == 0 {
			e.Lines = []string{v.T.T("account.nothing_saved")}
		}
		return e
	}
	view.Panels = []ui.Panel{latest, {Entries: []ui.Entry{link("/account/orders", "account.orders"), saved("/account/addresses", "account.addresses", places),
		saved("/account/wishlist", "account.wishlist", notes), link("/account/preferences", "account.preferences"), link("/account/security", "account.security"),
		link("/account/data", "account.data")}},
		{Entries: []ui.Entry{{Title: v.T.T("account.signed_in", "address", v.Visit.Login.Address.String()), Buttons: []ui.Button{{Action: v.Link("/logout"), Text: v.T.T("account.logout"), Main: true}}}}}}
	waits, err := privacy.Waiting(r.Context(), p.DB, v.Actor.ID)
	if err != nil {
		return err
	}
	if waits != nil {
		view.Notice, view.Tone = v.T.T("privacy.delete.scheduled", "day", v.T.Date(p.Local(waits.RunAt), i18n.DayMonthYear)), "warn"
		view.Links = []ui.Link{{Href: v.Link("/account/data#delete"), Text: v.T.T("privacy.delete.withdraw")}}
	}
	return p.showForm(w, r, v, view, nil)
}

// nothing says that a list is empty, and leads to where it fills.
func nothing(v *visit.Visit, id string) ui.Panel {
	return ui.Panel{Text: []string{v.T.T(id)}, Links: []ui.Link{{Href: v.Link("/"), Text: v.T.T("ui.cart.browse")}}}
}

// orderEntry is an order in a list.
func (p *Pages) orderEntry(v *visit.Visit, o *order.Order) ui.Entry {
	e := ui.Entry{Href: v.Link("/orders/" + o.Number), Title: v.T.T("ui.order.title", "number", o.Number), Tag: v.T.T("buy.status." + o.Status()), Tone: visit.Tone(o.Status()),
		Lines: []string{v.T.Date(p.Local(o.PlacedAt), i18n.DayMonthYear) + ", " + p.Price(v, o.Total)}}
	for i := range o.Parts {
		line := o.Parts[i].Store.Name + ": "
		for j, l := range o.Parts[i].Lines {
			if j > 0 {
				line += ", "
			}
			line += v.T.Number(l.Quantity) + " × " + l.Title
		}
		e.Lines = append(e.Lines, line)
	}
	e.Buttons = []ui.Button{{Action: v.Link("/account/orders/again"), Hidden: []ui.Param{{Name: "number", Value: o.Number}}, Text: v.T.T("account.orders.again"), About: o.Number}}
	return e
}

func (p *Pages) orders(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	asked := web.Query[struct {
		Q      string `form:"q" rules:"max=100"`
		Before string `form:"before" rules:"max=20"` // number of the last order of the page before
	}](r)
	var before order.ID
	if asked.Before != "" {
		var err error
		if before, err = order.IDOf(r.Context(), p.DB, v.Actor.ID, order.CleanNumber(asked.Before)); err != nil {
			return err
		}
	}
	list, err := order.ListOf(r.Context(), p.DB, v.Actor.ID, asked.Q, before, order.PageSize+1)
	if err != nil {
		return err
	}
	more := len(list) > order.PageSize
	list = list[:min(len(list), order.PageSize)]
	panel := ui.Panel{}
	for _, o := range list {
		panel.Entries = append(panel.Entries, p.orderEntry(v, o))
	}
	switch {
	case len(list) == 0 && asked.Q != "":
		panel = ui.Panel{Text: []string{v.T.T("account.orders.not_found")}, Links: []ui.Link{{Href: v.Link("/account/orders"), Text: v.T.T("account.orders.all")}}}
	case len(list) == 0:
		panel = nothing(v, "account.orders.none")
	}
	view := &ui.AccountView{Heading: v.T.T("account.orders"), Crumbs: p.crumb(v), Panels: []ui.Panel{panel}, Find: &ui.Find{Action: v.Link("/account/orders"), Label: v.T.T("account.orders.find"), Value: asked.Q}}
	if more {
		q := "?before=" + list[len(list)-1].Number
		if asked.Q != "" {
			q += "&q=" + ui.EscapeQuery(asked.Q)
		}
		view.Links = []ui.Link{{Href: v.Link("/account/orders" + q), Text: v.T.T("account.orders.older")}}
	}
	return p.showForm(w, r, v, view, nil)
}

// orderAgain puts everything of an order into the cart that is still there.
func (p *Pages) orderAgain(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[struct {
		Number string `form:"number" rules:"required,max=20"`
	}](r)
	if err != nil {
		return err
	}
	o, err := order.ByNumberOf(r.Context(), p.DB, v.Actor.ID, order.CleanNumber(f.Number))
	if err != nil {
		return err
	}
	return p.ChangeCart(w, r, func(c *cart.Cart) error {
		for _, part := range o.Parts {
			for _, l := range part.Lines {
				err := c.Add(l.Snapshot.VariantID, min(l.Quantity, cart.MaxQuantity))
				if err != nil && errs.KindOf(err) != errs.Invalid { // a cart that is full keeps what it has
					return err
				}
			}
		}
		return nil
	})
}

func (p *Pages) wishlist(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	list, err := wishlist.Items(r.Context(), p.DB, v.Actor.ID, v.Lang)
	if err != nil {
		return err
	}
	panel := ui.Panel{}
	if len(list) == 0 {
		panel = nothing(v, "account.wishlist.none")
	}
	for _, i := range list {
		panel.Entries = append(panel.Entries, p.wish(v, &i))
	}
	return p.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account.wishlist"), Crumbs: p.crumb(v), Intro: []string{v.T.T("account.wishlist.private")}, Panels: []ui.Panel{panel}}, nil)
}

// wish is an item with its price then and now.
func (p *Pages) wish(v *visit.Visit, i *wishlist.Item) ui.Entry {
	e := ui.Entry{Href: v.Link("/p/" + i.Slug), Title: i.Title, Picture: &ui.Picture{Key: i.Picture, Color: i.PictureColor, Width: 640, Height: 640, Tile: visit.TopCategory(i.Category)}}
	if i.Options != "" {
		e.Lines = append(e.Lines, i.Options)
	}
	price := p.Price(v, i.PriceNow)
	switch {
	case i.PriceNow < i.PriceThen:
		price = v.T.T("account.wishlist.cheaper", "now", price, "then", p.Price(v, i.PriceThen))
	case i.PriceNow > i.PriceThen:
		price = v.T.T("account.wishlist.dearer", "now", price, "then", p.Price(v, i.PriceThen))
	}
	hidden := []ui.Param{{Name: "item", Value: i.PublicID}}
	switch {
	case !i.ForSale:
		e.Href, e.Tag, e.Tone = "", v.T.T("buy.off.gone"), "bad"
	case i.OnHand == 0:
		e.Lines = append(e.Lines, price)
		e.Tag, e.Tone = v.T.T("ui.sold_out"), "warn"
	default:
		e.Lines = append(e.Lines, price)
		e.Tag, e.Tone = v.T.T("ui.filter.in_stock"), "ok"
		e.Buttons = append(e.Buttons, ui.Button{Action: v.Link("/account/wishlist/move"), Hidden: hidden, Text: v.T.T("account.wishlist.move"), About: i.Title, Main: true})
	}
	e.Buttons = append(e.Buttons, ui.Button{Action: v.Link("/account/wishlist/remove"), Hidden: hidden, Text: v.T.T("ui.cart.remove"), About: i.Title})
	return e
}

// wishAdd takes the form of a product page.
func (p *Pages) wishAdd(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[visit.Line](r)
	if err != nil {
		return err
	}
	if !v.SignedIn() {
		return web.SeeOther(w, r, "/login?next="+ui.EscapeQuery(v.Link("/account/wishlist")))
	}
	if err := p.DB.Write(r.Context(), func(tx *db.Tx) error { return wishlist.Add(r.Context(), tx, v.Actor.ID, f.Variant, v.Now) }); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/wishlist")
}

type itemForm struct {
	Item string `form:"item" rules:"required,max=24"`
}

// wishMove puts an item into the cart and takes it off the list, or does neither.
func (p *Pages) wishMove(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[itemForm](r)
	if err != nil {
		return err
	}
	err = p.DB.Write(r.Context(), func(tx *db.Tx) error {
		variant, err := wishlist.Remove(r.Context(), tx, v.Actor.ID, f.Item)
		if err != nil {
			return err
		}
		return cart.Change(r.Context(), tx, v.Actor.ID, v.Now, func(c *cart.Cart) error { return c.Add(variant, 1) })
	})
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/cart")
}

func (p *Pages) wishRemove(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[itemForm](r)
	if err != nil {
		return err
	}
	err = p.DB.Write(r.Context(), func(tx *db.Tx) error {
		_, err := wishlist.Remove(r.Context(), tx, v.Actor.ID, f.Item)
		return err
	})
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/wishlist")
}

type settingsForm struct {
	Name     string `form:"name" rules:"max=400"`
	Language string `form:"language" rules:"max=8"`
	City     string `form:"city" rules:"max=80"`
	Notices  string `form:"notices" rules:"max=20"`
}

func (p *Pages) settings(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	have, err := account.SettingsOf(r.Context(), p.DB, v.Actor.ID)
	if err != nil {
		return err
	}
	return p.showSettings(w, r, v, settingsForm{Name: v.Visit.Login.Name.Reveal(), Language: have.Language, City: have.City, Notices: have.Notices}, nil)
}

func (p *Pages) showSettings(w http.ResponseWriter, r *http.Request, v *visit.Visit, f settingsForm, list errs.List) error {
	if f.City == "" {
		f.City = v.Place.ID
	}
	language := ui.Radio{Name: "language", Legend: v.T.T("account.preferences.language"), Hint: v.T.T("account.preferences.language.hint")}
	for _, code := range p.Market.Languages {
		language.Choices = append(language.Choices, ui.Choice{Value: code, Text: i18n.Name(code), Selected: code == f.Language || f.Language == "" && code == v.Lang})
	}
	notices := ui.Radio{Name: "notices", Legend: v.T.T("account.preferences.notices"), Choices: []ui.Choice{
		{Value: account.NewDevice, Text: v.T.T("account.preferences.new_device"), Selected: f.Notices != account.Always}, {Value: account.Always, Text: v.T.T("account.preferences.always"), Selected: f.Notices == account.Always}}}
	form := &ui.AccountForm{Action: v.Link("/account/preferences"), Button: v.T.T("ui.preferences.save"), Radios: []ui.Radio{language, notices},
		Fields: []ui.Field{{Name: "name", Label: v.T.T("buy.name"), Value: f.Name, Error: wrong(v, list, "name"), Autocomplete: "name", Required: true, Max: 100}},
		Select: &ui.Field{Name: "city", Label: v.T.T("ui.preferences.city"), Hint: v.T.T("ui.preferences.city.hint"), Error: wrong(v, list, "city")}}
	if len(p.Market.Cities()) > 0 {
		form.Groups = p.Cities(v, f.City)
	} else {
		form.Groups = p.Districts(v, f.City)
	}
	view := &ui.AccountView{Heading: v.T.T("account.preferences"), Crumbs: p.crumb(v), Panels: []ui.Panel{{Form: form},
		{Title: v.T.T("account.preferences.orders"), Text: []string{v.T.T("account.preferences.orders.why")}}},
		Links: []ui.Link{{Href: v.Link("/account/data"), Text: v.T.T("account.data.about")}}}
	if web.Query[sent](r).Sent {
		view.Notice, view.Tone = v.T.T("account.saved"), "ok"
	}
	return p.showForm(w, r, v, view, list)
}

func (p *Pages) settingsPost(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[settingsForm](r)
	if err != nil {
		return err
	}
	name, err := contact.ParseName("name", f.Name)
	place, known := p.Market.Place(f.City)
	if err == nil && !known {
		err = errs.Field("city", "error.bad_choice")
	}
	if i18n.Name(f.Language) == "" && err == nil {
		err = errs.Field("language", "error.bad_choice")
	}
	if err == nil {
		err = p.DB.Write(r.Context(), func(tx *db.Tx) error {
			if name != v.Visit.Login.Name {
				if err := auth.Rename(r.Context(), tx, v.Actor, v.Actor.ID, name, v.Now); err != nil {
					return err
				}
			}
			return account.SaveSettings(r.Context(), tx, v.Actor, account.Settings{Language: f.Language, City: place.ID, Notices: f.Notices}, v.Now)
		})
	}
	if list, ok := faults(err); ok {
		return p.showSettings(w, r, v, f, list)
	}
	if err != nil {
		return err
	}
	prefs := v.Prefs
	prefs.City, prefs.Language = place.ID, f.Language
	if err := web.SetCookie(w, r, policy.PrefsCookie, prefs.String()); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/preferences?sent=1")
}
