package customer

import (
	"net/http"

	"aromart/internal/kit/errs"
	"aromart/internal/people/auth"
	"aromart/internal/trade/order"
	"aromart/internal/web"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// KeepForm offers a guest to keep the order: everything but a password is known.
func (p *Pages) KeepForm(v *visit.Visit, o *order.Order, c order.Contact) *ui.AccountForm {
	if v.SignedIn() || o.Customer != 0 || c.Email.IsZero() && (p.People.MailOnly || !p.Market.IsMobile(c.Phone.Reveal())) {
		return nil
	}
	return &ui.AccountForm{Action: v.Link("/orders/" + o.Number + "/keep"), Button: v.T.T("account.keep.button"), Fields: []ui.Field{passwordField(v, "account.password", "new-password", "")}}
}

// Keep begins the registration of the guest who placed the order.
func (p *Pages) Keep(w http.ResponseWriter, r *http.Request, o *order.Order) error {
	v := p.Visit(r)
	f, err := web.Form[struct {
		Password string `form:"password" rules:"raw,max=400"`
	}](r)
	if err != nil {
		return err
	}
	c, err := order.ContactOf(r.Context(), p.DB, o.ID)
	if err != nil {
		return err
	}
	n := auth.Registration{Name: c.Name, Password: f.Password, Language: v.Lang, Network: origin(r).Network, Address: auth.Address{Email: c.Email}}
	if c.Email.IsZero() {
		n.Address = auth.Address{Phone: c.Phone}
	}
	form, err := p.People.Register(r.Context(), n, v.Now)
	if list, ok := faults(err); ok {
		again := p.KeepForm(v, o, c)
		if again == nil {
			return errs.New(errs.NotFound, "error.not_found")
		}
		again.Fields[0].Error = wrong(v, list, "password")
		return p.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account.keep.title"), Intro: []string{v.T.T("account.keep.text")}, Panels: []ui.Panel{{Form: again}}}, list)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/register/code?form="+ui.EscapeQuery(form)+"&next="+ui.EscapeQuery("/orders/"+o.Number))
}
