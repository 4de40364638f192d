package customer

import (
	"net/http"

	"aromart/internal/care/policy"
	"aromart/internal/kit/errs"
	"aromart/internal/people/auth"
	"aromart/internal/web"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// The pages that mail a link, and those that a mailed link opens. Opening one
// changes nothing; only its button does, because mailboxes open links by themselves.

type contactForm struct {
	next
	Contact string `form:"contact" rules:"max=400"`
}

type sent struct {
	Sent bool `form:"sent"`
}

// ask is a page with one field whose answer is always the same.
func (p *Pages) ask(w http.ResponseWriter, r *http.Request, v *visit.Visit, path, id string, f contactForm, list errs.List) error {
	view := &ui.AccountView{Heading: v.T.T("account." + id), Intro: []string{v.T.T("account." + id + ".intro")}, Panels: []ui.Panel{{Form: &ui.AccountForm{Action: v.Link(path),
		Hidden: f.hidden(), Button: v.T.T("account.send"), Fields: []ui.Field{p.contactField(v, f.Contact, wrong(v, list, "contact"))}}}},
		Links: []ui.Link{{Href: v.Link("/login"), Text: v.T.T("account.login")}}}
	if web.Query[sent](r).Sent {
		view.Notice, view.Tone = v.T.T("account.sent"), "ok"
	}
	return p.showForm(w, r, v, view, list)
}

func (p *Pages) link(w http.ResponseWriter, r *http.Request) error {
	return p.ask(w, r, p.Visit(r), "/login/link", "link", contactForm{next: web.Query[next](r)}, nil)
}

func (p *Pages) reset(w http.ResponseWriter, r *http.Request) error {
	return p.ask(w, r, p.Visit(r), "/reset", "reset", contactForm{}, nil)
}

func (p *Pages) linkPost(w http.ResponseWriter, r *http.Request) error {
	return p.sendTo(w, r, "/login/link", "link", func(a auth.Address, v *visit.Visit) error {
		return p.People.SendSignIn(r.Context(), a, v.Lang, v.Now)
	})
}

func (p *Pages) resetPost(w http.ResponseWriter, r *http.Request) error {
	return p.sendTo(w, r, "/reset", "reset", func(a auth.Address, v *visit.Visit) error {
		return p.People.SendReset(r.Context(), a, v.Lang, v.Now)
	})
}

func (p *Pages) sendTo(w http.ResponseWriter, r *http.Request, path, id string, send func(auth.Address, *visit.Visit) error) error {
	defer web.Steady(r)()
	v := p.Visit(r)
	f, err := web.Form[contactForm](r)
	if err != nil {
		return err
	}
	a, err := p.People.ParseReachable(p.Market, "contact", f.Contact)
	if list, ok := faults(err); ok {
		return p.ask(w, r, v, path, id, f, list)
	}
	if err != nil {
		return err
	}
	if err := send(a, v); err != nil {
		return err
	}
	return web.SeeOther(w, r, path+"?sent=1")
}

// press is the page of a link: one sentence and one button.
func (p *Pages) press(w http.ResponseWriter, r *http.Request, v *visit.Visit, action, id string) error {
	return p.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account." + id), Intro: []string{v.T.T("account." + id + ".press")},
		Panels: []ui.Panel{{Form: &ui.AccountForm{Action: v.Link(action), Button: v.T.T("account." + id + ".button")}}}}, nil)
}

func (p *Pages) linkOpen(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	if err := p.People.CheckSignIn(r.Context(), r.PathValue("token"), v.Now); err != nil {
		return err
	}
	return p.press(w, r, v, "/login/link/"+r.PathValue("token"), "link_open")
}

func (p *Pages) linkOpenPost(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	if _, err := web.Form[struct{}](r); err != nil {
		return err
	}
	in, err := p.People.EnterByLink(r.Context(), r.PathValue("token"), origin(r), v.Now)
	if err != nil {
		return err
	}
	return p.welcome(w, r, v, in, next{})
}

func (p *Pages) notMe(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	if err := p.People.CheckNotMe(r.Context(), r.PathValue("token"), v.Now); err != nil {
		return err
	}
	return p.press(w, r, v, "/login/not-me/"+r.PathValue("token"), "not_me")
}

func (p *Pages) notMePost(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	if _, err := web.Form[struct{}](r); err != nil {
		return err
	}
	locked, err := p.People.NotMe(r.Context(), r.PathValue("token"), v.Lang, v.Now)
	if err != nil {
		return err
	}
	if err := web.ClearCookie(w, r, policy.SessionCookie); err != nil {
		return err
	}
	done := "not_me"
	if locked {
		done = "locked"
	}
	return web.SeeOther(w, r, "/login?done="+done)
}

func (p *Pages) resetOpen(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	if err := p.People.CheckReset(r.Context(), r.PathValue("token"), v.Now); err != nil {
		return err
	}
	return p.showReset(w, r, v, nil)
}

func (p *Pages) showReset(w http.ResponseWriter, r *http.Request, v *visit.Visit, list errs.List) error {
	return p.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account.reset"), Intro: []string{v.T.T("account.reset.press")}, Panels: []ui.Panel{{Form: &ui.AccountForm{
		Action: v.Link("/reset/" + r.PathValue("token")), Button: v.T.T("account.password.save"),
		Fields: []ui.Field{passwordField(v, "account.password.new", "new-password", wrong(v, list, "password"))}}}}}, list)
}

func (p *Pages) resetOpenPost(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[struct {
		Password string `form:"password" rules:"raw,max=400"`
	}](r)
	if err != nil {
		return err
	}
	err = p.People.Reset(r.Context(), r.PathValue("token"), f.Password, origin(r), v.Now)
	if list, ok := faults(err); ok {
		return p.showReset(w, r, v, list)
	}
	if err != nil {
		return err
	}
	if err := web.ClearCookie(w, r, policy.SessionCookie); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/login?done=reset")
}

// second is the second step of signing in: the code of an app, or setting one
// up where it is compulsory and there is none.
func (p *Pages) second(w http.ResponseWriter, r *http.Request) error {
	return p.showSecond(w, r, p.Visit(r), web.Query[next](r), nil)
}

func (p *Pages) showSecond(w http.ResponseWriter, r *http.Request, v *visit.Visit, n next, list errs.List) error {
	must, err := p.People.MustSetUp(r.Context(), v.Visit)
	if err != nil {
		return err
	}
	if must {
		return p.showSetUp(w, r, v, "/login/second/set-up", list)
	}
	keys, err := auth.Passkeys(r.Context(), p.DB, v.Visit.Login.ID)
	if err != nil {
		return err
	}
	apps, err := auth.Factors(r.Context(), p.DB, v.Visit.Login.ID)
	if err != nil {
		return err
	}
	code := ui.Panel{Form: &ui.AccountForm{Action: v.Link("/login/second"), Hidden: n.hidden(), Button: v.T.T("account.login"), Fields: []ui.Field{secondField(v, len(apps) > 0, wrong(v, list, "code"))}}}
	view := &ui.AccountView{Heading: v.T.T("account.second"), Panels: []ui.Panel{code}}
	if len(apps) > 0 {
		view.Intro = []string{v.T.T("account.second.intro")}
	}
	if len(keys) > 0 && p.People.HasPasskeys() {
		view.Panels[0].Title = v.T.T("account.second.also")
		view.Panels = append([]ui.Panel{keyPanel(v, "account.passkeys.use", "/login/second/passkey", "account.passkeys.use", n, list)}, view.Panels...)
	}
	return p.showForm(w, r, v, view, list)
}

// secondField asks for a code of the app, or for a recovery code where there is no app.
func secondField(v *visit.Visit, app bool, problem string) ui.Field {
	if app {
		return codeField(v, "account.second.code", problem)
	}
	f := codeField(v, "account.second.recovery", problem)
	f.Type, f.Autocomplete = "text", "off"
	return f
}

func (p *Pages) secondPost(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[struct {
		next
		Code string `form:"code" rules:"max=40"`
	}](r)
	if err != nil {
		return err
	}
	token, err := p.People.Second(r.Context(), v.Visit, f.Code, v.Now)
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

// showSetUp offers the secret for an authenticator app.
func (p *Pages) showSetUp(w http.ResponseWriter, r *http.Request, v *visit.Visit, action string, list errs.List) error {
	setup, err := p.People.BeginTOTP(r.Context(), v.Visit)
	if err != nil {
		return err
	}
	view := &ui.AccountView{Heading: v.T.T("account.second.set_up"), Intro: []string{v.T.T("account.second.why")}, Panels: []ui.Panel{
		{Title: v.T.T("account.second.scan"), Text: []string{v.T.T("account.second.type")}, QR: setup.URL, Codes: []string{inFours(setup.Secret)}},
		{Title: v.T.T("account.second.first"), Form: &ui.AccountForm{Action: v.Link(action), Button: v.T.T("account.second.on"), Fields: []ui.Field{codeField(v, "account.second.code", wrong(v, list, "code"))}}},
	}}
	if v.Visit.Half && p.People.HasPasskeys() {
		view.Panels = append(view.Panels, newKeyPanel(v, "/login/second/passkey/new", "", list))
		view.Panels[2].Title = v.T.T("account.passkeys.instead")
	}
	return p.showForm(w, r, v, view, list)
}

// inFours writes a secret in groups of four, to be typed.
func inFours(secret string) string {
	out := ""
	for i, c := range secret {
		if i > 0 && i%4 == 0 {
			out += " "
		}
		out += string(c)
	}
	return out
}

func (p *Pages) secondSetUp(w http.ResponseWriter, r *http.Request) error {
	return p.setUpPost(w, r, p.Visit(r), "/login/second/set-up")
}

// setUpPost takes the first code and shows the recovery codes, once.
func (p *Pages) setUpPost(w http.ResponseWriter, r *http.Request, v *visit.Visit, action string) error {
	f, err := web.Form[struct {
		Code string `form:"code" rules:"max=40"`
	}](r)
	if err != nil {
		return err
	}
	token, codes, err := p.People.FinishTOTP(r.Context(), v.Visit, digits(f.Code), v.Now)
	if list, ok := faults(err); ok {
		return p.showSetUp(w, r, v, action, list)
	}
	if err != nil {
		return p.proveFirst(w, r, err)
	}
	if err := web.SetCookie(w, r, policy.SessionCookie, token); err != nil {
		return err
	}
	return p.showRecovery(w, r, v, codes)
}

func (p *Pages) showRecovery(w http.ResponseWriter, r *http.Request, v *visit.Visit, codes []string) error {
	return p.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account.recovery"), Intro: []string{v.T.T("account.recovery.intro")}, Panels: []ui.Panel{{Codes: codes}},
		Links: []ui.Link{{Href: v.Link("/account"), Text: v.T.T("account.recovery.kept")}}}, nil)
}
