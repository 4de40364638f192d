package customer

import (
	"net/http"

	"aromart/internal/kit/errs"
	"aromart/internal/market"
	"aromart/internal/people/account"
	"aromart/internal/platform/db"
	"aromart/internal/web"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
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

func (p *Pages) addresses(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	list, err := account.Addresses(r.Context(), p.DB, v.Actor.ID)
	if err != nil {
		return err
	}
	asked := web.Query[struct {
		Removed string `form:"removed" rules:"max=24"`
	}](r)
	view := &ui.AccountView{Heading: v.T.T("account.addresses"), Crumbs: p.crumb(v), Links: []ui.Link{{Href: v.Link("/account/addresses/new"), Text: v.T.T("account.addresses.new")}}}
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
		e := ui.Entry{Title: a.Title(), Lines: append(a.Lines(), p.Market.FormatPhone(a.Phone.Reveal())), Links: []ui.Link{{Href: at, Text: v.T.T("account.change")}}}
		if a.Preferred {
			e.Tag, e.Tone = v.T.T("account.addresses.preferred"), "ok"
		} else {
			e.Buttons = append(e.Buttons, ui.Button{Action: at + "/prefer", Text: v.T.T("account.addresses.prefer"), About: e.Title})
		}
		e.Buttons = append(e.Buttons, ui.Button{Action: at + "/remove", Text: v.T.T("ui.cart.remove"), About: e.Title})
		panel.Entries = append(panel.Entries, e)
	}
	view.Panels = append(view.Panels, panel)
	return p.showForm(w, r, v, view, nil)
}

func (p *Pages) addressNew(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	return p.showAddress(w, r, v, "/account/addresses/new", addressForm{Name: v.Visit.Login.Name.Reveal(), Phone: v.Visit.Login.Phone.Reveal(), City: v.Prefs.City}, nil)
}

func (p *Pages) addressEdit(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	a, err := account.AddressOf(r.Context(), p.DB, v.Actor.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	values := a.Values(p.Market)
	return p.showAddress(w, r, v, "/account/addresses/"+a.PublicID, addressForm{Label: a.Label.Reveal(), Name: a.Name.Reveal(), Phone: p.Market.FormatPhone(a.Phone.Reveal()),
		Street: values[market.Street], Landmark: values[market.Landmark], City: values[market.CityKey], PostalCode: values[market.PostalCode], Region: values[market.Region], Preferred: a.Preferred}, nil)
}

func (p *Pages) showAddress(w http.ResponseWriter, r *http.Request, v *visit.Visit, action string, f addressForm, list errs.List) error {
	t := v.T
	form := &ui.AccountForm{Action: v.Link(action), Button: t.T("account.addresses.save"), Checks: []ui.Check{{Name: "preferred", Value: "1", Text: t.T("account.addresses.prefer_this"), On: f.Preferred}},
		Fields: []ui.Field{{Name: "label", Label: t.T("account.addresses.label"), Hint: t.T("account.addresses.label.hint"), Value: f.Label, Error: wrong(v, list, "label"), Optional: true, Max: 40, Autocomplete: "off"},
			{Name: "name", Label: t.T("buy.name"), Value: f.Name, Error: wrong(v, list, "name"), Autocomplete: "name", Required: true, Max: 100},
			{Name: "phone", Label: t.T("buy.phone"), Hint: t.T("buy.phone.hint"), Value: f.Phone, Error: wrong(v, list, "phone"), Type: "tel", Autocomplete: "tel", Required: true, Max: 40}}}
	errors := map[string]string{}
	for _, e := range list {
		errors[e.Field] = t.Error(e)
	}
	p.AddressFields(v, f.values(), errors, func(text ui.Field) { form.Fields = append(form.Fields, text) },
		func(choice ui.Field, groups []ui.ChoiceGroup) { form.Select, form.Groups = &choice, groups })
	return p.showForm(w, r, v, &ui.AccountView{Heading: t.T("account.addresses.one"), Panels: []ui.Panel{{Form: form}},
		Crumbs: append(p.crumb(v), ui.Link{Href: v.Link("/account/addresses"), Text: t.T("account.addresses")})}, list)
}

func (p *Pages) addressAdd(w http.ResponseWriter, r *http.Request) error {
	return p.keepAddress(w, r, "/account/addresses/new", func(tx *db.Tx, v *visit.Visit, a account.Address) error {
		_, err := account.AddAddress(r.Context(), tx, v.Actor, a, v.Now)
		return err
	})
}

func (p *Pages) addressSave(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if _, err := account.AddressOf(r.Context(), p.DB, web.From(r).Actor.ID, id); err != nil {
		return err
	}
	return p.keepAddress(w, r, "/account/addresses/"+id, func(tx *db.Tx, v *visit.Visit, a account.Address) error {
		a.PublicID = id
		return account.SaveAddress(r.Context(), tx, v.Actor, a, v.Now)
	})
}

func (p *Pages) keepAddress(w http.ResponseWriter, r *http.Request, action string, keep func(*db.Tx, *visit.Visit, account.Address) error) error {
	v := p.Visit(r)
	f, err := web.Form[addressForm](r)
	if err != nil {
		return err
	}
	a, err := account.Check(p.Market, f.typed(), v.Lang)
	if err == nil {
		a.Preferred = f.Preferred
		err = p.DB.Write(r.Context(), func(tx *db.Tx) error { return keep(tx, v, a) })
	}
	if list, ok := faults(err); ok {
		return p.showAddress(w, r, v, action, f, list)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/addresses")
}

// addressDo does one thing with the address of the path.
func (p *Pages) addressDo(w http.ResponseWriter, r *http.Request, to string, do func(*db.Tx, *visit.Visit, string) error) error {
	v := p.Visit(r)
	if _, err := web.Form[struct{}](r); err != nil {
		return err
	}
	if err := p.DB.Write(r.Context(), func(tx *db.Tx) error { return do(tx, v, r.PathValue("id")) }); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/addresses"+to)
}

func (p *Pages) addressPrefer(w http.ResponseWriter, r *http.Request) error {
	return p.addressDo(w, r, "", func(tx *db.Tx, v *visit.Visit, id string) error { return account.Prefer(r.Context(), tx, v.Actor, id) })
}

func (p *Pages) addressRemove(w http.ResponseWriter, r *http.Request) error {
	return p.addressDo(w, r, "?removed="+ui.EscapeQuery(r.PathValue("id")), func(tx *db.Tx, v *visit.Visit, id string) error {
		return account.RemoveAddress(r.Context(), tx, v.Actor, id, v.Now)
	})
}

func (p *Pages) addressRestore(w http.ResponseWriter, r *http.Request) error {
	return p.addressDo(w, r, "", func(tx *db.Tx, v *visit.Visit, id string) error {
		return account.RestoreAddress(r.Context(), tx, v.Actor, id, v.Now)
	})
}
