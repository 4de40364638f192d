package visit

import (
	"net/http"

	"aromart/internal/care/policy"
	"aromart/internal/platform/db"
	"aromart/internal/trade/cart"
	"aromart/internal/web"
)

// Line is the form by which a variant goes from its page into the cart or on the wishlist.
type Line struct {
	Variant  string `form:"variant" rules:"required,max=24"`
	Quantity int64  `form:"quantity" rules:"min=0,max=999"`
}

// ChangeCart changes the visitor's cart, where it is: in the account or in the
// visitor's own cookie.
func (f *Frame) ChangeCart(w http.ResponseWriter, r *http.Request, change func(*cart.Cart) error) error {
	v := f.Visit(r)
	if v.SignedIn() {
		err := f.DB.Write(r.Context(), func(tx *db.Tx) error { return cart.Change(r.Context(), tx, v.Actor.ID, v.Now, change) })
		if err != nil {
			return err
		}
		return web.SeeOther(w, r, "/cart")
	}
	c := v.Cart
	if c.Token == "" {
		c = cart.New()
	}
	if err := change(&c); err != nil {
		return err
	}
	if err := KeepCart(w, r, c); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/cart")
}

// KeepCart sends the cart back to the visitor's own cookie; an empty cart leaves none.
func KeepCart(w http.ResponseWriter, r *http.Request, c cart.Cart) error {
	if len(c.Lines) == 0 {
		return web.ClearCookie(w, r, policy.CartCookie)
	}
	return web.SetCookie(w, r, policy.CartCookie, c.Encode())
}
