package storefront

import (
	"net/http"

	"aromart/internal/kit/errs"
	"aromart/internal/market"
	"aromart/internal/people/account"
	"aromart/internal/platform/db"
	"aromart/internal/web"
	"aromart/internal/web/ui"
)

// addressForm is a saved address as it is typed.
type addressForm struct {
	Label      string `form:"label" rules:"max=400"`
	Name       string `form:"name" rules:"max=400"`
	Phone      string `form:"phone" rules:"max=400"`
	Street     string `form:"street" rules:"max=400"`
	Landmark   string `form:"landmark" rules:"max=400"`
	City       string `form:"city" rules:"max=400"`
	PostalCode string `form:"postal_code" rules:"max=400"`
	Region     string `form:"region" rules:"max=400"`
	Preferred  bool   `form:"preferred"`
}

func (f *addressForm) values() map[string]string {
	return map[string]string{market.Street: f.Street, market.Landmark: f.Landmark, market.CityKey: f.City, market.PostalCode: f.PostalCode, market.Region: f.Region}
}

func (f *addressForm) typed() account.Typed {
	return account.Typed{Label: f.Label, Name: f.Name, Phone: f.Phone, Fields: f.values()}
}

func (s *Shop) addresses(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	list, err := account.Addresses(r.Context(), s.DB, v.Actor.ID)
	if err != nil {
		return err
	}
	asked := web.Query[struct {
		Removed string `form:"removed" rules:"max=24"`
	}](r)
	view := &ui.AccountView{Heading: v.T.T("account.addresses"), Crumbs: s.crumb(v), Links: []ui.Link{{Href: v.Link("/account/addresses/new"), Text: v.T.T("account.addresses.new")}}}
	if asked.Removed != "" {
		view.Panels = append(view.Panels, ui.Panel{Entries: []ui.Entry{{Title: v.T.T("account.addresses.removed"),
			Buttons: []ui.Button{{Action: v.Link("/account/addresses/" + asked.Removed + "/restore"), Text: v.T.T("account.addresses.undo")}}}}})
	}
	panel := ui.Panel{}
	if len(list) == 0 {
		panel.Text = []string{v.T.T("account.addresses.none")}
	}
	for _, a := range list {
		at := v.Link("/account/addresses/" + a.PublicID)
		e := ui.Entry{Title: s.addressName(&a), Lines: append(a.Lines(), s.Market.FormatPhone(a.Phone.Reveal())), Links: []ui.Link{{Href: at, Text: v.T.T("account.change")}}}
		if a.Preferred {
			e.Tag, e.Tone = v.T.T("account.addresses.preferred"), "ok"
		} else {
			e.Buttons = append(e.Buttons, ui.Button{Action: at + "/prefer", Text: v.T.T("account.addresses.prefer"), About: e.Title})
		}
		e.Buttons = append(e.Buttons, ui.Button{Action: at + "/remove", Text: v.T.T("ui.cart.remove"), About: e.Title})
		panel.Entries = append(panel.Entries, e)
	}
	view.Panels = append(view.Panels, panel)
	return s.showForm(w, r, v, view, nil)
}

func (s *Shop) addressName(a *account.Address) string {
	if a.Label.IsZero() {
		return a.Name.Reveal()
	}
	return a.Label.Reveal() + ": " + a.Name.Reveal()
}

func (s *Shop) addressNew(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	return s.showAddress(w, r, v, "/account/addresses/new", addressForm{Name: v.Visit.Login.Name.Reveal(), Phone: v.Visit.Login.Phone.Reveal(), City: v.prefs.City}, nil)
}

func (s *Shop) addressEdit(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	a, err := account.AddressOf(r.Context(), s.DB, v.Actor.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	values := a.Values(s.Market)
	return s.showAddress(w, r, v, "/account/addresses/"+a.PublicID, addressForm{Label: a.Label.Reveal(), Name: a.Name.Reveal(), Phone: s.Market.FormatPhone(a.Phone.Reveal()),
		Street: values[market.Street], Landmark: values[market.Landmark], City: values[market.CityKey], PostalCode: values[market.PostalCode], Region: values[market.Region], Preferred: a.Preferred}, nil)
}

func (s *Shop) showAddress(w http.ResponseWriter, r *http.Request, v *visit, action string, f addressForm, list errs.List) error {
	t := v.T
	form := &ui.AccountForm{Action: v.Link(action), Button: t.T("account.addresses.save"), Checks: []ui.Check{{Name: "preferred", Value: "1", Text: t.T("account.addresses.prefer_this"), On: f.Preferred}},
		Fields: []ui.Field{{Name: "label", Label: t.T("account.addresses.label"), Hint: t.T("account.addresses.label.hint"), Value: f.Label, Error: wrong(v, list, "label"), Optional: true, Max: 40, Autocomplete: "off"},
			{Name: "name", Label: t.T("buy.name"), Value: f.Name, Error: wrong(v, list, "name"), Autocomplete: "name", Required: true, Max: 100},
			{Name: "phone", Label: t.T("buy.phone"), Hint: t.T("buy.phone.hint"), Value: f.Phone, Error: wrong(v, list, "phone"), Type: "tel", Autocomplete: "tel", Required: true, Max: 40}}}
	errors := map[string]string{}
	for _, e := range list {
		errors[e.Field] = t.Error(e)
	}
	s.addressFields(v, f.values(), errors, func(text ui.Field) { form.Fields = append(form.Fields, text) },
		func(choice ui.Field, groups []ui.ChoiceGroup) { form.Select, form.Groups = &choice, groups })
	return s.showForm(w, r, v, &ui.AccountView{Heading: t.T("account.addresses.one"), Panels: []ui.Panel{{Form: form}},
		Crumbs: append(s.crumb(v), ui.Link{Href: v.Link("/account/addresses"), Text: t.T("account.addresses")})}, list)
}

func (s *Shop) addressAdd(w http.ResponseWriter, r *http.Request) error {
	return s.keepAddress(w, r, "/account/addresses/new", func(tx *db.Tx, v *visit, a account.Address) error {
		_, err := account.AddAddress(r.Context(), tx, v.Actor, a, v.Now)
		return err
	})
}

func (s *Shop) addressSave(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if _, err := account.AddressOf(r.Context(), s.DB, web.From(r).Actor.ID, id); err != nil {
		return err
	}
	return s.keepAddress(w, r, "/account/addresses/"+id, func(tx *db.Tx, v *visit, a account.Address) error {
		a.PublicID = id
		return account.SaveAddress(r.Context(), tx, v.Actor, a, v.Now)
	})
}

func (s *Shop) keepAddress(w http.ResponseWriter, r *http.Request, action string, keep func(*db.Tx, *visit, account.Address) error) error {
	v := s.visit(r)
	f, err := web.Form[addressForm](r)
	if err != nil {
		return err
	}
	a, err := account.Check(s.Market, f.typed(), v.Lang)
	if err == nil {
		a.Preferred = f.Preferred
		err = s.DB.Write(r.Context(), func(tx *db.Tx) error { return keep(tx, v, a) })
	}
	if list, ok := faults(err); ok {
		return s.showAddress(w, r, v, action, f, list)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/addresses")
}

// addressDo does one thing with the address of the path.
func (s *Shop) addressDo(w http.ResponseWriter, r *http.Request, to string, do func(*db.Tx, *visit, string) error) error {
	v := s.visit(r)
	if _, err := web.Form[struct{}](r); err != nil {
		return err
	}
	if err := s.DB.Write(r.Context(), func(tx *db.Tx) error { return do(tx, v, r.PathValue("id")) }); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/addresses"+to)
}

func (s *Shop) addressPrefer(w http.ResponseWriter, r *http.Request) error {
	return s.addressDo(w, r, "", func(tx *db.Tx, v *visit, id string) error { return account.Prefer(r.Context(), tx, v.Actor, id) })
}

func (s *Shop) addressRemove(w http.ResponseWriter, r *http.Request) error {
	return s.addressDo(w, r, "?removed="+ui.EscapeQuery(r.PathValue("id")), func(tx *db.Tx, v *visit, id string) error {
		return account.RemoveAddress(r.Context(), tx, v.Actor, id, v.Now)
	})
}

func (s *Shop) addressRestore(w http.ResponseWriter, r *http.Request) error {
	return s.addressDo(w, r, "", func(tx *db.Tx, v *visit, id string) error {
		return account.RestoreAddress(r.Context(), tx, v.Actor, id, v.Now)
	})
}

// other is the value of the radio button beside the saved addresses.
const other = "other"

// savedAddress chooses the preferred address of an account for the checkout.
func (s *Shop) savedAddress(r *http.Request, v *visit, f *checkoutForm) error {
	if !v.signedIn() {
		return nil
	}
	list, err := account.Addresses(r.Context(), s.DB, v.Actor.ID)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		f.Address = list[0].PublicID
		if list[0].Place != "" {
			v.prefs.City = list[0].Place // costs and dates are those of this address
		}
		return nil
	}
	l := v.Visit.Login
	f.Name, f.Phone, f.Email = l.Name.Reveal(), s.Market.FormatPhone(l.Phone.Reveal()), l.Email.Reveal()
	return nil
}

// fillIn takes person and address from the saved address that was chosen.
func (s *Shop) fillIn(r *http.Request, v *visit, f *checkoutForm) error {
	if f.Address == "" || f.Address == other && v.signedIn() {
		return nil
	}
	if !v.signedIn() {
		return errs.New(errs.NotFound, "error.not_found")
	}
	a, err := account.AddressOf(r.Context(), s.DB, v.Actor.ID, f.Address)
	if err != nil {
		return err
	}
	values := a.Values(s.Market)
	f.Name, f.Phone, f.Street, f.Landmark = a.Name.Reveal(), a.Phone.Reveal(), values[market.Street], values[market.Landmark]
	f.City, f.PostalCode, f.Region = values[market.CityKey], values[market.PostalCode], values[market.Region]
	if f.Email == "" {
		f.Email = v.Visit.Login.Email.Reveal()
	}
	return nil
}

// choices are the saved addresses as radio buttons, and another one.
func (s *Shop) choices(r *http.Request, v *visit, view *ui.CheckoutView, f *checkoutForm) error {
	if !v.signedIn() {
		return nil
	}
	list, err := account.Addresses(r.Context(), s.DB, v.Actor.ID)
	if err != nil || len(list) == 0 {
		return err
	}
	for _, a := range list {
		text := s.addressName(&a)
		for _, l := range a.Lines() {
			text += ", " + l
		}
		view.Addresses = append(view.Addresses, ui.Choice{Value: a.PublicID, Text: text, Selected: a.PublicID == f.Address})
	}
	view.Other = f.Address == other
	view.Addresses = append(view.Addresses, ui.Choice{Value: other, Text: v.T.T("account.checkout.other"), Selected: view.Other})
	return nil
}
