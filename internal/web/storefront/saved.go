package storefront

import (
	"net/http"

	"aromart/internal/kit/errs"
	"aromart/internal/market"
	"aromart/internal/people/account"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// other is the value of the radio button beside the saved addresses.
const other = "other"

// savedAddress chooses the preferred address of an account for the checkout.
func (s *Shop) savedAddress(r *http.Request, v *visit.Visit, f *checkoutForm) error {
	if !v.SignedIn() {
		return nil
	}
	list, err := account.Addresses(r.Context(), s.DB, v.Actor.ID)
	if err != nil {
		return err
	}
	if len(list) > 0 {
		f.Address = list[0].PublicID
		if list[0].Place != "" {
			v.Prefs.City = list[0].Place // costs and dates are those of this address
		}
		return nil
	}
	l := v.Visit.Login
	f.Name, f.Phone, f.Email = l.Name.Reveal(), s.Market.FormatPhone(l.Phone.Reveal()), l.Email.Reveal()
	return nil
}

// fillIn takes person and address from the saved address that was chosen.
func (s *Shop) fillIn(r *http.Request, v *visit.Visit, f *checkoutForm) error {
	if f.Address == "" || f.Address == other && v.SignedIn() {
		return nil
	}
	if !v.SignedIn() {
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
func (s *Shop) choices(r *http.Request, v *visit.Visit, view *ui.CheckoutView, f *checkoutForm) error {
	if !v.SignedIn() {
		return nil
	}
	list, err := account.Addresses(r.Context(), s.DB, v.Actor.ID)
	if err != nil || len(list) == 0 {
		return err
	}
	for _, a := range list {
		text := a.Title()
		for _, l := range a.Lines() {
			text += ", " + l
		}
		view.Addresses = append(view.Addresses, ui.Choice{Value: a.PublicID, Text: text, Selected: a.PublicID == f.Address})
	}
	view.Other = f.Address == other
	view.Addresses = append(view.Addresses, ui.Choice{Value: other, Text: v.T.T("account.checkout.other"), Selected: view.Other})
	return nil
}
