package rights

import (
	"errors"
	"net/http"

	"aromart/internal/care/policy"
	"aromart/internal/care/privacy"
	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
	"aromart/internal/trade/order"
	"aromart/internal/web"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

func (p *Pages) showProve(w http.ResponseWriter, r *http.Request, v *visit.Visit, o *order.Order, status int, fault error) error {
	c, err := order.ContactOf(r.Context(), p.DB, o.ID)
	if err != nil {
		return err
	}
	base := "/orders/" + o.Number
	view := &ui.ProveView{Back: v.Link(base), Send: v.Link(base + "/data/code"), Prove: v.Link(base + "/data/prove"), Sent: web.Query[said](r).Sent || fault != nil,
		Code: ui.Field{Name: "code", Label: v.T.T("privacy.prove.code"), Hint: v.T.T("privacy.prove.hint"), Autocomplete: "one-time-code", Max: 7}}
	if c.Email.IsZero() {
		help := p.Site.HelpPhone
		if help == "" {
			help = p.Site.HelpEmail
		}
		if help == "" {
			help = v.T.T("privacy.prove.no_help")
		}
		view.NoEmail = v.T.T("privacy.prove.no_email", "help", help)
	} else {
		view.Intro = v.T.T("privacy.prove.intro", "email", c.Email.String())
	}
	if fault != nil {
		view.Code.Error = v.T.Error(fault)
		view.Problems = []ui.Problem{{Field: "code", Message: view.Code.Error}}
	}
	return web.RenderStatus(w, r, status, ui.ProveData(p.Private(v, v.T.T("privacy.title", "number", o.Number)), view))
}

func (p *Pages) sendCode(w http.ResponseWriter, r *http.Request) error {
	o, err := p.Order(r)
	if err != nil {
		return err
	}
	if _, err := web.Form[struct{}](r); err != nil {
		return err
	}
	v := p.Visit(r)
	if err := v.Limit("lookup.order", "data "+o.Number); err != nil {
		return err
	}
	err = p.DB.Write(r.Context(), func(tx *db.Tx) error { return privacy.SendCode(r.Context(), tx, o, v.Now) })
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/orders/"+o.Number+"/data?sent=1")
}

func (p *Pages) proveCode(w http.ResponseWriter, r *http.Request) error {
	o, typed, err := p.OrderCode(r)
	if err != nil {
		return err
	}
	v := p.Visit(r)
	secret, err := privacy.Prove(r.Context(), p.DB, p.Links, o, typed, v.Now)
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Field == "code" {
		return p.showProve(w, r, v, o, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	if err := web.SetCookie(w, r, policy.GuestCookie, p.Links.Token(o)+"~"+secret); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/orders/"+o.Number+"/data")
}
