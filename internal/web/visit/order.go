package visit

import (
	"net/http"
	"strings"

	"aromart/internal/care/policy"
	"aromart/internal/kit/errs"
	"aromart/internal/trade/order"
	"aromart/internal/web"
)

// Held splits the cookie of an order's link: its token, and the secret of a
// proof once a code was typed.
func Held(r *http.Request) (token, secret string) {
	token, secret, _ = strings.Cut(web.Cookie(r, policy.GuestCookie), "~")
	return token, secret
}

// Order returns the order with the number of the address, when it is one of the
// visitor's account or the one that his link opens. Not yours and not there look alike.
func (f *Frame) Order(r *http.Request) (*order.Order, error) {
	number := order.CleanNumber(r.PathValue("number"))
	if q := web.From(r); q.Actor.ID != 0 {
		o, err := order.ByNumberOf(r.Context(), f.DB, q.Actor.ID, number)
		if errs.KindOf(err) != errs.NotFound || err == nil {
			return o, err
		}
	}
	token, _ := Held(r)
	o, err := f.Links.Open(r.Context(), f.DB, token)
	if err != nil {
		return nil, err
	}
	if o.Number != number {
		return nil, errs.New(errs.NotFound, "error.not_found")
	}
	return o, nil
}

// OrderCode returns the visitor's order and the code that he typed for it.
func (f *Frame) OrderCode(r *http.Request) (*order.Order, string, error) {
	o, err := f.Order(r)
	if err != nil {
		return nil, "", err
	}
	typed, err := web.Form[struct {
		Code string `form:"code" rules:"max=20"`
	}](r)
	return o, typed.Code, err
}
