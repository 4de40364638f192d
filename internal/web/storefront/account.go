package storefront

import (
	"net/http"
	"strconv"

	"aromart/internal/care/policy"
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
)

// accounts are the pages of whoever is signed in. Every statement behind them
// names the owner.
func (s *Shop) accounts(srv *web.Server) {
	add := func(method, pattern string, action access.Action, resource string, rate access.RateClass, h web.Handler) {
		srv.Handle(access.Route{Method: method, Pattern: pattern, Action: action, Resource: resource, Policy: access.SignedIn, Rate: rate,
			Mutates: method == "POST", Personal: true}, h)
	}
	add("GET", "/account", "account.view", "account", access.RateOrder, s.account)
	add("GET", "/account/orders", "order.list", "order", access.RateOrder, s.orders)
	add("POST", "/account/orders/again", "cart.again", "order", access.RateCart, s.orderAgain)
	add("GET", "/account/wishlist", "wishlist.view", "wishlist", access.RateOrder, s.wishlist)
	add("POST", "/account/wishlist/move", "wishlist.move", "wishlist", access.RateCart, s.wishMove)
	add("POST", "/account/wishlist/remove", "wishlist.remove", "wishlist", access.RateCart, s.wishRemove)
	add("GET", "/account/preferences", "account.preferences", "account", access.RateOrder, s.settings)
	add("POST", "/account/preferences", "account.prefer", "account", access.RateCart, s.settingsPost)
	add("GET", "/account/addresses", "address.list", "address", access.RateOrder, s.addresses)
	add("GET", "/account/addresses/new", "address.new", "address", access.RateOrder, s.addressNew)
	add("POST", "/account/addresses/new", "address.add", "address", access.RateCart, s.addressAdd)
	add("GET", "/account/addresses/{id}", "address.view", "address", access.RateOrder, s.addressEdit)
	add("POST", "/account/addresses/{id}", "address.change", "address", access.RateCart, s.addressSave)
	add("POST", "/account/addresses/{id}/prefer", "address.prefer", "address", access.RateCart, s.addressPrefer)
	add("POST", "/account/addresses/{id}/remove", "address.remove", "address", access.RateCart, s.addressRemove)
	add("POST", "/account/addresses/{id}/restore", "address.restore", "address", access.RateCart, s.addressRestore)
	// Noting something leads a visitor without account to sign in first.
	srv.Handle(access.Route{Method: "POST", Pattern: "/account/wishlist/add", Action: "wishlist.add", Resource: "wishlist", Policy: access.Everyone, Rate: access.RateCart, Mutates: true, Personal: true}, s.wishAdd)
	s.securing(srv)
}

// crumb is the way back to the account.
func (s *Shop) crumb(v *visit) []ui.Link {
	return []ui.Link{{Href: v.Link("/account"), Text: v.T.T("ui.account")}}
}

func (s *Shop) account(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	list, err := order.ListOf(r.Context(), s.DB, v.Actor.ID, "", 0, 1)
	if err != nil {
		return err
	}
	view := &ui.AccountView{Heading: v.T.T("account.hello", "name", firstName(v.Visit.Login.Name))}
	latest := ui.Panel{Title: v.T.T("account.latest"), Text: []string{v.T.T("account.orders.none")}}
	if len(list) > 0 {
		latest.Text, latest.Entries = nil, []ui.Entry{s.orderEntry(v, list[0])}
	}
	notes, err := wishlist.Items(r.Context(), s.DB, v.Actor.ID, v.Lang)
	if err != nil {
		return err
	}
	places, err := account.Addresses(r.Context(), s.DB, v.Actor.ID)
	if err != nil {
		return err
	}
	link := func(path, id string, args ...any) ui.Entry {
		return ui.Entry{Href: v.Link(path), Title: v.T.T(id), Lines: []string{v.T.T(id+".about", args...)}}
	}
	view.Panels = []ui.Panel{latest, {Entries: []ui.Entry{link("/account/orders", "account.orders"), link("/account/addresses", "account.addresses", "n", len(places)),
		link("/account/wishlist", "account.wishlist", "n", len(notes)), link("/account/preferences", "account.preferences"), link("/account/security", "account.security")}},
		{Entries: []ui.Entry{{Title: v.T.T("account.signed_in", "address", v.Visit.Login.Address.String()), Buttons: []ui.Button{{Action: v.Link("/logout"), Text: v.T.T("account.logout"), Main: true}}}}}}
	if len(list) > 0 {
		mine := ui.Entry{Href: v.Link("/orders/" + list[0].Number + "/data"), Title: v.T.T("privacy.open"), Lines: []string{v.T.T("ui.order.title", "number", list[0].Number)}}
		view.Panels[1].Entries = append(view.Panels[1].Entries, mine)
	}
	return s.showForm(w, r, v, view, nil)
}

// orderEntry is an order in a list.
func (s *Shop) orderEntry(v *visit, o *order.Order) ui.Entry {
	e := ui.Entry{Href: v.Link("/orders/" + o.Number), Title: v.T.T("ui.order.title", "number", o.Number), Tag: v.T.T("buy.status." + o.Status()), Tone: tone(o.Status()),
		Lines: []string{v.T.Date(s.local(o.PlacedAt), i18n.DayMonthYear) + ", " + s.price(v, o.Total)}}
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

func (s *Shop) orders(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	asked := web.Query[struct {
		Q      string `form:"q" rules:"max=100"`
		Before int64  `form:"before"`
	}](r)
	list, err := order.ListOf(r.Context(), s.DB, v.Actor.ID, asked.Q, order.ID(asked.Before), order.PageSize+1)
	if err != nil {
		return err
	}
	more := len(list) > order.PageSize
	list = list[:min(len(list), order.PageSize)]
	panel := ui.Panel{}
	for _, o := range list {
		panel.Entries = append(panel.Entries, s.orderEntry(v, o))
	}
	if len(list) == 0 {
		panel.Text = []string{v.T.T("account.orders.none")}
	}
	view := &ui.AccountView{Heading: v.T.T("account.orders"), Crumbs: s.crumb(v), Panels: []ui.Panel{panel}, Find: &ui.Find{Action: v.Link("/account/orders"), Label: v.T.T("account.orders.find"), Value: asked.Q}}
	if more {
		q := "?before=" + strconv.FormatInt(int64(list[len(list)-1].ID), 10)
		if asked.Q != "" {
			q += "&q=" + ui.EscapeQuery(asked.Q)
		}
		view.Links = []ui.Link{{Href: v.Link("/account/orders" + q), Text: v.T.T("account.orders.older")}}
	}
	return s.showForm(w, r, v, view, nil)
}

// orderAgain puts everything of an order into the cart that is still there.
func (s *Shop) orderAgain(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	f, err := web.Form[struct {
		Number string `form:"number" rules:"required,max=20"`
	}](r)
	if err != nil {
		return err
	}
	o, err := order.ByNumberOf(r.Context(), s.DB, v.Actor.ID, order.CleanNumber(f.Number))
	if err != nil {
		return err
	}
	return s.changeCart(w, r, func(c *cart.Cart) error {
		for _, p := range o.Parts {
			for _, l := range p.Lines {
				err := c.Add(l.Snapshot.VariantID, min(l.Quantity, cart.MaxQuantity))
				if err != nil && errs.KindOf(err) != errs.Invalid { // a cart that is full keeps what it has
					return err
				}
			}
		}
		return nil
	})
}

// ofAccount shows an order to its customer: whole, and with a way to buy the same again.
func (s *Shop) ofAccount(v *visit, view *ui.OrderView, o *order.Order, c order.Contact) {
	view.Back = &ui.Link{Href: v.Link("/account/orders"), Text: v.T.T("account.orders")}
	view.Again = []ui.Param{{Name: "number", Value: o.Number}}
	for _, line := range []string{c.Street.Reveal(), c.Area.Reveal(), c.PostalCode.Reveal(), c.Note.Reveal()} {
		if line != "" {
			view.Lines = append(view.Lines, line)
		}
	}
	view.Contact[1].Value = s.Market.FormatPhone(c.Phone.Reveal())
}

// keepForm offers a guest to keep the order: everything but a password is known.
func (s *Shop) keepForm(v *visit, o *order.Order, c order.Contact) *ui.AccountForm {
	if v.signedIn() || o.Customer != 0 || c.Email.IsZero() && !s.Market.IsMobile(c.Phone.Reveal()) {
		return nil
	}
	return &ui.AccountForm{Action: v.Link("/orders/" + o.Number + "/keep"), Button: v.T.T("account.keep.button"), Fields: []ui.Field{passwordField(v, "account.password", "new-password", "")}}
}

// keepOrder begins the registration of the guest who placed the order.
func (s *Shop) keepOrder(w http.ResponseWriter, r *http.Request) error {
	o, err := s.mine(r)
	if err != nil {
		return err
	}
	v := s.visit(r)
	f, err := web.Form[struct {
		Password string `form:"password" rules:"raw,max=400"`
	}](r)
	if err != nil {
		return err
	}
	c, err := order.ContactOf(r.Context(), s.DB, o.ID)
	if err != nil {
		return err
	}
	n := auth.Registration{Name: c.Name, Password: f.Password, Language: v.Lang, Address: auth.Address{Email: c.Email}}
	if c.Email.IsZero() {
		n.Address = auth.Address{Phone: c.Phone}
	}
	form, err := s.People.Register(r.Context(), n, v.Now)
	if list, ok := faults(err); ok {
		again := s.keepForm(v, o, c)
		if again == nil {
			return errs.New(errs.NotFound, "error.not_found")
		}
		again.Fields[0].Error = wrong(v, list, "password")
		return s.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account.keep.title"), Intro: []string{v.T.T("account.keep.text")}, Panels: []ui.Panel{{Form: again}}}, list)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/register/code?form="+ui.EscapeQuery(form)+"&next="+ui.EscapeQuery("/orders/"+o.Number))
}

func (s *Shop) wishlist(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	list, err := wishlist.Items(r.Context(), s.DB, v.Actor.ID, v.Lang)
	if err != nil {
		return err
	}
	panel := ui.Panel{}
	if len(list) == 0 {
		panel.Text = []string{v.T.T("account.wishlist.none")}
	}
	for _, i := range list {
		panel.Entries = append(panel.Entries, s.wish(v, &i))
	}
	return s.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account.wishlist"), Crumbs: s.crumb(v), Intro: []string{v.T.T("account.wishlist.private")}, Panels: []ui.Panel{panel}}, nil)
}

// wish is an item with its price then and now.
func (s *Shop) wish(v *visit, i *wishlist.Item) ui.Entry {
	e := ui.Entry{Href: v.Link("/p/" + i.Slug), Title: i.Title, Picture: &ui.Picture{Key: i.Picture, Color: i.PictureColor, Width: 640, Height: 640, Tile: topCategory(i.Category)}}
	if i.Options != "" {
		e.Lines = append(e.Lines, i.Options)
	}
	price := s.price(v, i.PriceNow)
	switch {
	case i.PriceNow < i.PriceThen:
		price = v.T.T("account.wishlist.cheaper", "now", price, "then", s.price(v, i.PriceThen))
	case i.PriceNow > i.PriceThen:
		price = v.T.T("account.wishlist.dearer", "now", price, "then", s.price(v, i.PriceThen))
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
func (s *Shop) wishAdd(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	f, err := web.Form[cartForm](r)
	if err != nil {
		return err
	}
	if !v.signedIn() {
		return web.SeeOther(w, r, "/login?next="+ui.EscapeQuery(v.Link("/account/wishlist")))
	}
	if err := s.DB.Write(r.Context(), func(tx *db.Tx) error { return wishlist.Add(r.Context(), tx, v.Actor.ID, f.Variant, v.Now) }); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/wishlist")
}

type itemForm struct {
	Item string `form:"item" rules:"required,max=24"`
}

// wishMove puts an item into the cart and takes it off the list, or does neither.
func (s *Shop) wishMove(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	f, err := web.Form[itemForm](r)
	if err != nil {
		return err
	}
	err = s.DB.Write(r.Context(), func(tx *db.Tx) error {
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

func (s *Shop) wishRemove(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	f, err := web.Form[itemForm](r)
	if err != nil {
		return err
	}
	err = s.DB.Write(r.Context(), func(tx *db.Tx) error {
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

func (s *Shop) settings(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	have, err := account.SettingsOf(r.Context(), s.DB, v.Actor.ID)
	if err != nil {
		return err
	}
	return s.showSettings(w, r, v, settingsForm{Name: v.Visit.Login.Name.Reveal(), Language: have.Language, City: have.City, Notices: have.Notices}, nil)
}

func (s *Shop) showSettings(w http.ResponseWriter, r *http.Request, v *visit, f settingsForm, list errs.List) error {
	if f.City == "" {
		f.City = v.place.ID
	}
	language := ui.Radio{Name: "language", Legend: v.T.T("account.preferences.language"), Hint: v.T.T("account.preferences.language.hint")}
	for _, code := range s.Market.Languages {
		language.Choices = append(language.Choices, ui.Choice{Value: code, Text: i18n.Name(code), Selected: code == f.Language || f.Language == "" && code == v.Lang})
	}
	notices := ui.Radio{Name: "notices", Legend: v.T.T("account.preferences.notices"), Choices: []ui.Choice{
		{Value: account.NewDevice, Text: v.T.T("account.preferences.new_device"), Selected: f.Notices != account.Always}, {Value: account.Always, Text: v.T.T("account.preferences.always"), Selected: f.Notices == account.Always}}}
	form := &ui.AccountForm{Action: v.Link("/account/preferences"), Button: v.T.T("ui.preferences.save"), Radios: []ui.Radio{language, notices},
		Fields: []ui.Field{{Name: "name", Label: v.T.T("buy.name"), Value: f.Name, Error: wrong(v, list, "name"), Autocomplete: "name", Required: true, Max: 100}},
		Select: &ui.Field{Name: "city", Label: v.T.T("ui.preferences.city"), Hint: v.T.T("ui.preferences.city.hint"), Error: wrong(v, list, "city")}}
	if len(s.Market.Cities()) > 0 {
		form.Groups = s.cities(v, f.City)
	} else {
		form.Groups = s.districts(v, f.City)
	}
	view := &ui.AccountView{Heading: v.T.T("account.preferences"), Crumbs: s.crumb(v), Panels: []ui.Panel{{Form: form},
		{Title: v.T.T("account.preferences.orders"), Text: []string{v.T.T("account.preferences.orders.why")}}}}
	if web.Query[sent](r).Sent {
		view.Notice, view.Tone = v.T.T("account.saved"), "ok"
	}
	return s.showForm(w, r, v, view, list)
}

func (s *Shop) settingsPost(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	f, err := web.Form[settingsForm](r)
	if err != nil {
		return err
	}
	name, err := contact.ParseName("name", f.Name)
	place, known := s.Market.Place(f.City)
	if err == nil && !known {
		err = errs.Field("city", "error.bad_choice")
	}
	if i18n.Name(f.Language) == "" && err == nil {
		err = errs.Field("language", "error.bad_choice")
	}
	if err == nil {
		err = s.DB.Write(r.Context(), func(tx *db.Tx) error {
			if name != v.Visit.Login.Name {
				if err := auth.Rename(r.Context(), tx, v.Actor, v.Actor.ID, name, v.Now); err != nil {
					return err
				}
			}
			return account.SaveSettings(r.Context(), tx, v.Actor, account.Settings{Language: f.Language, City: place.ID, Notices: f.Notices}, v.Now)
		})
	}
	if list, ok := faults(err); ok {
		return s.showSettings(w, r, v, f, list)
	}
	if err != nil {
		return err
	}
	p := v.prefs
	p.City, p.Language = place.ID, f.Language
	if err := web.SetCookie(w, r, policy.PrefsCookie, p.String()); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/preferences?sent=1")
}
