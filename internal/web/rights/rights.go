// Package rights are the pages on which a person sees what is kept of him, and
// uses his rights: the guest of one order by its link and a code from its
// mailbox, and whoever has an account, for everything in it, by signing in and
// giving the password again.
//
// What always holds: both see the same rooms, made by the same handlers, which
// know only whose data they serve; without a fresh proof nothing is shown and
// nothing is done; not yours and not there look alike.
//
// Personal data: passes through, to the person it is about. Tables: none.
package rights

import (
	"errors"
	"net/http"

	"aromart/internal/care/privacy"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/trade/order"
	"aromart/internal/web"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// Pages are the pages of a person's rights.
type Pages struct{ visit.Frame }

// person is whose data a page is about.
type person struct {
	privacy.Subject
	order  *order.Order // of a guest; nil for an account
	by     access.Actor
	proof  string // how he has shown who he is: code, session; "" when he has not
	page   string // path of the page
	prove  string // where he shows it, when that is another page
	number string // of the order; "account" for an account
}

// whose finds out who asks, and how far he has shown it.
type whose func(*http.Request, *visit.Visit) (*person, error)

// handler is what a page does for somebody who has shown who he is.
type handler func(http.ResponseWriter, *http.Request, *visit.Visit, *person) error

// Register adds the pages to a server.
func (p *Pages) Register(srv *web.Server) {
	route := func(method, pattern string, action access.Action, policy access.Policy, rate access.RateClass, h web.Handler) {
		srv.Handle(access.Route{Method: method, Pattern: pattern, Action: action, Resource: "privacy_request", Policy: policy, Rate: rate,
			Mutates: method == "POST", Personal: true}, h)
	}
	for _, of := range []struct {
		page   string
		policy access.Policy
		whose  whose
	}{{"/orders/{number}/data", access.Everyone, p.ofOrder}, {"/account/data", access.SignedIn, p.ofAccount}} {
		route("GET", of.page, "data.view", of.policy, access.RateOrder, p.shown(of.whose))
		for _, act := range []struct {
			path   string
			action access.Action
			rate   access.RateClass
			h      handler
		}{
			{"/copy", "data.export", access.RateExport, p.askCopy},
			{"/erase", "data.erase", access.RateMessage, p.erase},
			{"/withdraw", "data.withdraw", access.RateMessage, p.withdraw},
			{"/ask", "data.ask", access.RateMessage, p.ask},
		} {
			route("POST", of.page+act.path, act.action, of.policy, act.rate, p.proven(of.whose, act.action, act.h))
		}
		route("GET", of.page+"/copy/{id}", "data.download", of.policy, access.RateExport, p.proven(of.whose, "data.download", p.download))
	}
	// What an account keeps by itself is corrected on pages of its own.
	route("POST", "/orders/{number}/data/correct", "data.correct", access.Everyone, access.RateMessage, p.proven(p.ofOrder, "data.correct", p.correct))
	route("POST", "/orders/{number}/data/code", "data.send_code", access.Everyone, access.RateLogin, p.sendCode)
	route("POST", "/orders/{number}/data/prove", "data.prove", access.Everyone, access.RateLogin, p.proveCode)
	route("GET", "/privacy/receipt/{receipt}", "data.receipt", access.Everyone, access.RateOrder, p.receipt)
	route("GET", "/privacy/keep/{token}", "data.keep", access.Everyone, access.RateLogin, p.keep)
	route("POST", "/privacy/keep/{token}", "data.keep", access.Everyone, access.RateLogin, p.keepPost)
}

func (p *Pages) keeper() *privacy.Keeper {
	return &privacy.Keeper{DB: p.DB, Market: p.Market, Dir: p.DB.Dir(), Clock: p.Clock}
}

// ofOrder is the person of one order. A code from its mailbox shows that it is
// he; to whoever has it in his account, his password does, which an order
// without a mailbox has no other way for.
func (p *Pages) ofOrder(r *http.Request, v *visit.Visit) (*person, error) {
	o, err := p.Order(r)
	if err != nil {
		return nil, err
	}
	w := &person{Subject: privacy.Guest(o.ID), order: o, by: access.Actor{Kind: access.GuestOrder, Order: int64(o.ID)}, page: "/orders/" + o.Number + "/data", number: o.Number}
	own := v.SignedIn() && o.Customer == v.Actor.ID
	if own && v.Actor.Fresh {
		w.by, w.proof = v.AsCustomer(), "session"
		return w, nil
	}
	_, secret := visit.Held(r)
	ok, err := privacy.Proven(r.Context(), p.DB, o, secret, v.Now)
	switch {
	case ok:
		w.proof = "code"
	case own:
		w.prove = prove(v, w.page)
	}
	return w, err
}

// ofAccount is whoever is signed in, with everything in his account.
func (p *Pages) ofAccount(r *http.Request, v *visit.Visit) (*person, error) {
	s, err := privacy.Account(r.Context(), p.DB, v.Actor.ID)
	w := &person{Subject: s, by: v.AsCustomer(), page: "/account/data", number: "account"}
	if v.Actor.Fresh {
		w.proof = "session"
	} else {
		w.prove = prove(v, w.page)
	}
	return w, err
}

// prove is where the password is given again.
func prove(v *visit.Visit, page string) string {
	return "/account/prove?next=" + ui.EscapeQuery(v.Link(page))
}

// shown is the page itself, or what comes before it.
func (p *Pages) shown(of whose) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v := p.Visit(r)
		who, err := of(r, v)
		switch {
		case err != nil:
			return err
		case who.proof != "" && who.may("data.view"):
			return p.show(w, r, v, who, http.StatusOK, nil)
		case who.prove != "":
			return web.SeeOther(w, r, who.prove)
		}
		if who.order == nil {
			return errs.New(errs.NotFound, "error.not_found")
		}
		return p.showProve(w, r, v, who.order, http.StatusOK, nil)
	}
}

// may reports whether the policy lets the person do it with everything that is his.
func (w *person) may(action access.Action) bool {
	of := access.Resource{Login: w.Login, Proved: w.proof != ""}
	if w.order != nil {
		of.Login, of.Order = w.order.Customer, int64(w.order.ID)
	}
	sees, _ := access.Permit(w.by, action, of)
	return sees.Has(access.ShowPhone | access.ShowEmail | access.ShowStreet | access.ShowNote)
}

// proven runs something that only the person himself may do. Who has not shown
// that he is it is led to where he can; what was wrong is told on the page.
func (p *Pages) proven(of whose, action access.Action, h handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v := p.Visit(r)
		who, err := of(r, v)
		if err != nil {
			return err
		}
		if who.proof == "" {
			if who.prove != "" {
				return web.SeeOther(w, r, who.prove)
			}
			return web.SeeOther(w, r, who.page)
		}
		if !who.may(action) {
			return errs.New(errs.NotFound, "error.not_found")
		}
		err = h(w, r, v, who)
		if e, ours := errors.AsType[*errs.Error](err); ours && (e.Kind == errs.Invalid && e.ID != "web.unknown_field" || e.Kind == errs.Conflict) {
			return p.show(w, r, v, who, http.StatusUnprocessableEntity, err)
		}
		return err
	}
}

// said is what the page says after an act.
type said struct {
	Sent   bool   `form:"sent"`
	Done   string `form:"done"`
	Masked bool   `form:"masked"`
}

// done leads back to the page, which says what happened.
func done(w http.ResponseWriter, r *http.Request, who *person, what string, struck bool) error {
	if struck {
		what += "&masked=1"
	}
	return web.SeeOther(w, r, who.page+"?done="+what)
}
