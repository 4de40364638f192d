package storefront

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"aromart/internal/care/policy"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
	"aromart/internal/market"
	"aromart/internal/trade/checkout"
	"aromart/internal/web"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// checkoutForm is the one form between cart and order. Its texts are checked
// by package checkout, which tells every fault at once; here they are only bounded.
type checkoutForm struct {
	Name       string            `form:"name" rules:"max=400"`
	Phone      string            `form:"phone" rules:"max=400"`
	Street     string            `form:"street" rules:"max=400"`
	Landmark   string            `form:"landmark" rules:"max=400"`
	City       string            `form:"city" rules:"max=400"`
	PostalCode string            `form:"postal_code" rules:"max=400"`
	Region     string            `form:"region" rules:"max=400"`
	Email      string            `form:"email" rules:"max=400"`
	Note       string            `form:"note" rules:"lines,max=2000"`
	Recipient  string            `form:"recipient" rules:"max=400"`
	Delivery   map[string]string `form:"delivery." rules:"max=40"`
	Key        string            `form:"key" rules:"required,max=64"`
	Total      int64             `form:"total"`
	Policy     string            `form:"policy" rules:"max=80"`
	Address    string            `form:"address" rules:"max=24"` // a saved address of the account, "other" for the fields
}

func (f *checkoutForm) address() map[string]string {
	return map[string]string{market.Street: f.Street, market.Landmark: f.Landmark, market.CityKey: f.City, market.PostalCode: f.PostalCode, market.Region: f.Region}
}

func (s *Shop) checkout(w http.ResponseWriter, r *http.Request) error {
	v := s.Visit(r)
	if v.Lost != nil {
		return v.Lost
	}
	f := checkoutForm{Key: clock.PublicID(), City: v.Prefs.City}
	if err := s.savedAddress(r, v, &f); err != nil {
		return err
	}
	q, err := s.quote(r, v, nil)
	if err != nil {
		return err
	}
	if s.blocked(v, q) != "" { // the cart says why
		return web.SeeOther(w, r, "/cart")
	}
	return s.showCheckout(w, r, v, http.StatusOK, f, q, nil)
}

// place takes the order, or shows the form again with every fault and all that was typed.
func (s *Shop) place(w http.ResponseWriter, r *http.Request) error {
	v := s.Visit(r)
	f, err := web.Form[checkoutForm](r)
	if err != nil && f.Key == "" {
		return err // not our form
	}
	if v.Lost != nil {
		return v.Lost
	}
	typed := f
	if err == nil {
		err = s.fillIn(r, v, &f)
	}
	if err == nil {
		if limited := s.limitPlacing(v, f.Phone); limited != nil {
			return limited
		}
		q := s.request(v, f)
		q.HeldLink, _ = visit.Held(r)
		var placed *checkout.Placed
		if placed, err = s.Desk.Place(r.Context(), q, v.Now); err == nil {
			return s.thank(w, r, placed)
		}
		if errs.Is(err, "checkout.key_reused") { // the form comes back with one of its own
			f.Key = clock.PublicID()
		}
	}
	typed.Key = f.Key
	return s.again(w, r, v, typed, err)
}

// limitPlacing counts the cart and the phone each for itself, so that renewing
// one of them does not help.
func (s *Shop) limitPlacing(v *visit.Visit, phone string) error {
	if err := v.Limit("place", "cart "+v.Cart.Token); err != nil && v.Cart.Token != "" {
		return err
	}
	if number, err := s.Market.ParsePhone(phone); err == nil {
		return v.Limit("place", "phone "+number)
	}
	return nil
}

// request leaves out lines that cannot be bought: the form showed the total
// without them, and another total is refused.
func (s *Shop) request(v *visit.Visit, f checkoutForm) checkout.Request {
	return checkout.Request{
		Input: checkout.Input{Lines: v.Cart.Lines, Place: f.City, Delivery: f.Delivery, Payment: checkout.Cash, Language: v.Lang},
		Name:  f.Name, Phone: f.Phone, Email: f.Email, Recipient: f.Recipient, Note: f.Note, Address: f.address(),
		ExpectedTotal: money.Amount(f.Total), PolicyVersion: f.Policy, Key: f.Key, CartToken: v.Cart.Token, Channel: "web", By: v.AsCustomer(),
		SkipUnavailable: true,
	}
}

// thank gives the visitor the order's page and a new cart. A form that was sent
// again later leaves alone what has been put into the new one since.
func (s *Shop) thank(w http.ResponseWriter, r *http.Request, placed *checkout.Placed) error {
	at := "/orders/" + placed.Order.Number + "?placed=1"
	if placed.Struck {
		at += "&masked=1"
	}
	if placed.Order.Customer != 0 { // it stands in the account, whose cart is empty already
		return web.SeeOther(w, r, at)
	}
	if placed.FromCart {
		if err := web.ClearCookie(w, r, policy.CartCookie); err != nil {
			return err
		}
	}
	if err := web.SetCookie(w, r, policy.GuestCookie, placed.Token); err != nil {
		return err
	}
	return web.SeeOther(w, r, at)
}

func (s *Shop) again(w http.ResponseWriter, r *http.Request, v *visit.Visit, f checkoutForm, err error) error {
	list, ok := errors.AsType[errs.List](err)
	if !ok {
		e, isOurs := errors.AsType[*errs.Error](err)
		if !isOurs || (e.Kind != errs.Conflict && e.Kind != errs.Invalid) {
			return err
		}
		list = errs.List{e}
	}
	if saved := f; s.fillIn(r, v, &saved) == nil && saved.City != "" {
		if place, known := s.Market.Place(saved.City); known {
			v.Prefs.City = place.ID
		}
	} else if place, known := s.Market.Place(f.City); known {
		v.Prefs.City = place.ID // costs and dates follow the address, for this page only
	} else if place, known := s.Market.Place(f.Region); known {
		v.Prefs.City = place.ID
	}
	q, err := s.quote(r, v, f.Delivery)
	if err != nil {
		return err
	}
	if s.blocked(v, q) != "" && len(q.Parcels) == 0 {
		return web.SeeOther(w, r, "/cart")
	}
	return s.showCheckout(w, r, v, web.Status(list), f, q, list)
}

func (s *Shop) showCheckout(w http.ResponseWriter, r *http.Request, v *visit.Visit, status int, f checkoutForm, q *checkout.Quote, faults errs.List) error {
	title := v.T.T("ui.checkout.title")
	if len(faults) > 0 {
		title = v.T.T("error.title_prefix") + title
	}
	p := s.Private(v, title)
	p.Bare = true
	version, _ := s.Desk.Policy()
	view := &ui.CheckoutView{Parcels: s.parcels(v, q), Sums: s.sums(v, q.Sums, len(q.Parcels)), Total: s.Price(v, q.Sums.Total), Sees: s.sees(v, q),
		Hidden: []ui.Param{{Name: "key", Value: f.Key}, {Name: "total", Value: strconv.FormatInt(int64(q.Sums.Total), 10)}, {Name: "policy", Value: version}}}
	if s.Market.Cash.NeedsConfirmation(q.Sums.Total) {
		view.Confirm = v.T.T("buy.will_confirm", "amount", s.Price(v, s.Market.Cash.ConfirmAbove))
	}
	wrong := map[string]string{}
	for _, e := range faults {
		switch {
		case e.ID == "checkout.total_changed":
			view.Changed = v.T.Error(e)
			continue
		case wrong[e.Field] == "" && e.Field != "":
			wrong[e.Field] = v.T.Error(e)
		}
		view.Problems = append(view.Problems, ui.Problem{Field: anchor(e.Field), Message: v.T.Error(e)})
	}
	s.fields(v, view, &f, wrong)
	if err := s.choices(r, v, view, &f); err != nil {
		return err
	}
	return web.RenderStatus(w, r, status, ui.Checkout(p, view))
}

// anchor is the id of the field that a problem leads to; a fault of the goods leads to none.
func anchor(field string) string {
	switch field {
	case "name", "phone", "street", "landmark", "city", "postal_code", "region", "email", "note", "recipient":
		return field
	}
	return ""
}

// fields lays the form out as the market writes addresses.
func (s *Shop) fields(v *visit.Visit, view *ui.CheckoutView, f *checkoutForm, wrong map[string]string) {
	t := v.T
	view.Fields = []ui.Field{
		{Name: "name", Label: t.T("buy.name"), Value: f.Name, Error: wrong["name"], Autocomplete: "name", Required: true, Max: 120},
		{Name: "phone", Label: t.T("buy.phone"), Hint: t.T("buy.phone.hint"), Value: f.Phone, Error: wrong["phone"], Type: "tel", Autocomplete: "tel", Required: true, Max: 40},
	}
	s.AddressFields(v, f.address(), wrong, func(text ui.Field) { view.Fields = append(view.Fields, text) },
		func(choice ui.Field, groups []ui.ChoiceGroup) { view.City, view.Cities = choice, groups })
	view.More = []ui.Field{
		{Name: "email", Label: t.T("buy.email"), Hint: t.T("buy.email.hint"), Value: f.Email, Error: wrong["email"], Type: "email", Autocomplete: "email", Optional: true, Max: 254},
		{Name: "note", Label: t.T("buy.note"), Value: f.Note, Error: wrong["note"], Lines: true, Optional: true, Max: 500, Autocomplete: "off"},
		{Name: "recipient", Label: t.T("buy.recipient"), Hint: t.T("buy.recipient.hint"), Value: f.Recipient, Error: wrong["recipient"], Optional: true, Max: 120, Autocomplete: "off"},
	}
	view.MoreOpen = f.Email+f.Note+f.Recipient != "" || wrong["email"]+wrong["note"]+wrong["recipient"] != ""
}

// sees says who will see the address: the stores of this cart, each for its own parcel.
func (s *Shop) sees(v *visit.Visit, q *checkout.Quote) string {
	names := make([]string, len(q.Parcels))
	for i, p := range q.Parcels {
		names[i] = p.Store.Name
	}
	stores := strings.Join(names, ", ")
	if last := len(names) - 1; last > 0 {
		stores = v.T.T("buy.stores_and", "list", strings.Join(names[:last], ", "), "last", names[last])
	}
	return v.T.T("buy.sees", "n", len(names), "stores", stores)
}
