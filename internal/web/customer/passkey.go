package customer

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/web"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// The pages of passkeys. A form with a passkey asks this site for a challenge by
// script when its button is pressed, has the browser answer it, and is then sent
// as any other form. Without script it stays hidden and a sentence says why.

// keyForm is what a form with a passkey sends.
type keyForm struct {
	next
	Form   string `form:"form" rules:"max=40"`
	Answer string `form:"passkey" rules:"raw,max=8000"`
	Name   string `form:"name" rules:"max=400"`
}

// passing are the routes of passkeys before somebody is signed in.
func (p *Pages) passing(srv *web.Server) {
	add := func(pattern string, action access.Action, h web.Handler) {
		srv.Handle(access.Route{Method: "POST", Pattern: pattern, Action: action, Resource: "login", Policy: access.Everyone, Rate: access.RateLogin, Mutates: true, Personal: true}, h)
	}
	add("/login/passkey/challenge", "session.begin", p.keyChallenge)
	add("/login/passkey", "session.begin", p.keySignIn)
	add("/login/second/passkey/challenge", "session.second", p.half(challenge(p.People.BeginWithPasskey)))
	add("/login/second/passkey", "session.second", p.half(p.secondByKey))
	add("/login/second/passkey/new/challenge", "login.second_on", p.half(challenge(p.People.BeginPasskey)))
	add("/login/second/passkey/new", "login.second_on", p.half(p.keyAdd))
}

// keeping are the routes of passkeys of somebody who is signed in.
func (p *Pages) keeping(srv *web.Server) {
	add := func(method, pattern string, action access.Action, h web.Handler) {
		srv.Handle(access.Route{Method: method, Pattern: pattern, Action: action, Resource: "login", Policy: access.SignedIn, Rate: access.RateLogin,
			Mutates: method == "POST", Personal: true}, h)
	}
	add("POST", "/account/prove/passkey/challenge", "session.prove", challenge(p.People.BeginWithPasskey))
	add("POST", "/account/prove/passkey", "session.prove", p.proveByKey)
	add("GET", "/account/security/passkeys/new", "login.second_on", p.fresh(p.keyNew))
	add("POST", "/account/security/passkeys/new/challenge", "login.second_on", challenge(p.People.BeginPasskey))
	add("POST", "/account/security/passkeys/new", "login.second_on", p.keyAdd)
	add("POST", "/account/security/passkeys/remove", "login.second_off", p.keyRemove)
}

// half lets in only whoever has the second step before him.
func (p *Pages) half(h web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if v := web.From(r).Visit; v == nil || !v.Half {
			return errs.New(errs.SignIn, "error.sign_in")
		}
		return h(w, r)
	}
}

// keyPanel is a form with a passkey that sends to path.
func keyPanel(v *visit.Visit, title, path, button string, n next, list errs.List) ui.Panel {
	form := &ui.AccountForm{Action: v.Link(path), Hidden: append(n.hidden(), ui.Param{Name: "form"}, ui.Param{Name: "passkey"}), Button: v.T.T(button),
		Passkey: &ui.Passkey{Challenge: v.Link(path + "/challenge"), Failed: v.T.T("account.passkeys.failed"), Problem: wrong(v, list, "passkey"), NoScript: v.T.T("account.passkeys.script")}}
	return ui.Panel{Title: v.T.T(title), Form: form}
}

// send answers the page's script.
func send(w http.ResponseWriter, c *auth.Ceremony) error {
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(c)
}

func (p *Pages) keyChallenge(w http.ResponseWriter, r *http.Request) error {
	if _, err := web.Form[struct{}](r); err != nil {
		return err
	}
	c, err := p.People.BeginPasskeySignIn(r.Context(), web.From(r).Now)
	if err != nil {
		return err
	}
	return send(w, c)
}

func (p *Pages) keySignIn(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[keyForm](r)
	if err != nil {
		return err
	}
	in, err := p.People.SignInByPasskey(r.Context(), f.Form, f.Answer, origin(r), v.Now)
	if list, ok := faults(err); ok {
		return p.showForm(w, r, v, p.loginView(v, loginForm{next: f.next}, list), list)
	}
	if err != nil {
		return err
	}
	return p.welcome(w, r, v, in, f.next)
}

// challenge answers with what the device is asked to sign.
func challenge(begin func(context.Context, *auth.Visit, time.Time) (*auth.Ceremony, error)) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if _, err := web.Form[struct{}](r); err != nil {
			return err
		}
		q := web.From(r)
		c, err := begin(r.Context(), q.Visit, q.Now)
		if err != nil {
			return err
		}
		return send(w, c)
	}
}

func (p *Pages) secondByKey(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[keyForm](r)
	if err != nil {
		return err
	}
	token, err := p.People.WithPasskey(r.Context(), v.Visit, f.Form, f.Answer, v.Now)
	if list, ok := faults(err); ok {
		return p.showSecond(w, r, v, f.next, list)
	}
	if err != nil {
		return err
	}
	if err := web.SetCookie(w, r, policy.SessionCookie, token); err != nil {
		return err
	}
	return p.settle(w, r, v, v.Visit.Login.ID, f.next)
}

func (p *Pages) proveByKey(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[keyForm](r)
	if err != nil {
		return err
	}
	token, err := p.People.WithPasskey(r.Context(), v.Visit, f.Form, f.Answer, v.Now)
	if list, ok := faults(err); ok {
		return p.showProveAgain(w, r, v, proveForm{next: f.next}, list)
	}
	if err != nil {
		return err
	}
	if err := web.SetCookie(w, r, policy.SessionCookie, token); err != nil {
		return err
	}
	return web.SeeOther(w, r, web.Next(f.Next, "/account/security"))
}

// newKeyPanel is the form that adds a passkey.
func newKeyPanel(v *visit.Visit, path, name string, list errs.List) ui.Panel {
	panel := keyPanel(v, "account.passkeys.add", path, "account.passkeys.add", next{}, list)
	panel.Text = []string{v.T.T("account.passkeys.why"), v.T.T("account.passkeys.add.intro")}
	panel.Form.Fields = []ui.Field{{Name: "name", Label: v.T.T("account.passkeys.name"), Hint: v.T.T("account.passkeys.name.hint"), Value: name, Error: wrong(v, list, "name"), Autocomplete: "off", Optional: true, Max: 60}}
	return panel
}

func (p *Pages) keyNew(w http.ResponseWriter, r *http.Request) error {
	if !p.People.HasPasskeys() {
		return errs.New(errs.NotFound, "error.not_found")
	}
	return p.showKeyNew(w, r, p.Visit(r), "", nil)
}

func (p *Pages) showKeyNew(w http.ResponseWriter, r *http.Request, v *visit.Visit, name string, list errs.List) error {
	panel := newKeyPanel(v, "/account/security/passkeys/new", name, list)
	panel.Title = ""
	return p.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account.passkeys.add"), Crumbs: p.securityCrumbs(v), Panels: []ui.Panel{panel}}, list)
}

// keyAdd takes a new passkey, in the account or at the second step of somebody
// who works here and has none yet.
func (p *Pages) keyAdd(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[keyForm](r)
	if err != nil {
		return err
	}
	name, err := contact.ParseLine("name", f.Name, 60)
	if err == nil && name.IsZero() {
		name = contact.NewText(deviceName(v, device(r)))
	}
	var token string
	var codes []string
	if err == nil {
		token, codes, err = p.People.AddPasskey(r.Context(), v.Visit, f.Form, name, f.Answer, v.Now)
	}
	if list, ok := faults(err); ok {
		if v.Visit.Half {
			return p.showSecond(w, r, v, f.next, list)
		}
		return p.showKeyNew(w, r, v, f.Name, list)
	}
	if err != nil {
		return err
	}
	if err := web.SetCookie(w, r, policy.SessionCookie, token); err != nil {
		return err
	}
	if len(codes) > 0 {
		return p.showRecovery(w, r, v, codes)
	}
	return web.SeeOther(w, r, "/account/security?done=passkey_on")
}

func (p *Pages) keyRemove(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[struct {
		Key string `form:"key" rules:"required,max=24"`
	}](r)
	if err != nil {
		return err
	}
	if err := p.People.RemovePasskey(r.Context(), v.Visit, f.Key, v.Now); err != nil {
		return p.proveFirst(w, r, err)
	}
	return web.SeeOther(w, r, "/account/security?done=passkey_off")
}

// keysPanel lists the passkeys of the login.
func (p *Pages) keysPanel(r *http.Request, v *visit.Visit) (ui.Panel, error) {
	panel := ui.Panel{Title: v.T.T("account.passkeys")}
	list, err := auth.Passkeys(r.Context(), p.DB, v.Actor.ID)
	if err != nil {
		return panel, err
	}
	if len(list) == 0 {
		panel.Text = []string{v.T.T("account.passkeys.why")}
	}
	for _, k := range list {
		used := v.T.T("account.passkeys.unused")
		if !k.UsedOn.IsZero() {
			used = v.T.T("account.passkeys.used", "at", v.T.Date(k.UsedOn, i18n.DayMonthYear))
		}
		panel.Entries = append(panel.Entries, ui.Entry{Title: k.Name.Reveal(), Lines: []string{v.T.T("account.passkeys.added", "at", v.T.Date(p.Local(k.CreatedAt), i18n.DayMonthYear)), used},
			Buttons: []ui.Button{{Action: v.Link("/account/security/passkeys/remove"), Hidden: []ui.Param{{Name: "key", Value: k.PublicID}}, Text: v.T.T("account.passkeys.remove"), About: k.Name.Reveal()}}})
	}
	panel.Links = []ui.Link{{Href: v.Link("/account/security/passkeys/new"), Text: v.T.T("account.passkeys.add")}}
	return panel, nil
}
