package storefront

import (
	"net/http"

	"aromart/internal/care/policy"
	"aromart/internal/kit/errs"
	"aromart/internal/people/auth"
	"aromart/internal/web"
	"aromart/internal/web/ui"
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
func (s *Shop) ask(w http.ResponseWriter, r *http.Request, v *visit, path, id string, f contactForm, list errs.List) error {
	view := &ui.AccountView{Heading: v.T.T("account." + id), Intro: []string{v.T.T("account." + id + ".intro")}, Panels: []ui.Panel{{Form: &ui.AccountForm{Action: v.Link(path),
		Hidden: f.hidden(), Button: v.T.T("account.send"), Fields: []ui.Field{contactField(v, f.Contact, wrong(v, list, "contact"))}}}},
		Links: []ui.Link{{Href: v.Link("/login"), Text: v.T.T("account.login")}}}
	if web.Query[sent](r).Sent {
		view.Notice, view.Tone = v.T.T("account.sent"), "ok"
	}
	return s.showForm(w, r, v, view, list)
}

func (s *Shop) link(w http.ResponseWriter, r *http.Request) error {
	return s.ask(w, r, s.visit(r), "/login/link", "link", contactForm{next: web.Query[next](r)}, nil)
}

func (s *Shop) reset(w http.ResponseWriter, r *http.Request) error {
	return s.ask(w, r, s.visit(r), "/reset", "reset", contactForm{}, nil)
}

func (s *Shop) linkPost(w http.ResponseWriter, r *http.Request) error {
	return s.sendTo(w, r, "/login/link", "link", func(a auth.Address, v *visit) error {
		return s.People.SendSignIn(r.Context(), a, v.Lang, v.Now)
	})
}

func (s *Shop) resetPost(w http.ResponseWriter, r *http.Request) error {
	return s.sendTo(w, r, "/reset", "reset", func(a auth.Address, v *visit) error {
		return s.People.SendReset(r.Context(), a, v.Lang, v.Now)
	})
}

func (s *Shop) sendTo(w http.ResponseWriter, r *http.Request, path, id string, send func(auth.Address, *visit) error) error {
	v := s.visit(r)
	f, err := web.Form[contactForm](r)
	if err != nil {
		return err
	}
	a, err := auth.ParseAddress(s.Market, "contact", f.Contact)
	if list, ok := faults(err); ok {
		return s.ask(w, r, v, path, id, f, list)
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
func (s *Shop) press(w http.ResponseWriter, r *http.Request, v *visit, action, id string) error {
	return s.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account." + id), Intro: []string{v.T.T("account." + id + ".press")},
		Panels: []ui.Panel{{Form: &ui.AccountForm{Action: v.Link(action), Button: v.T.T("account." + id + ".button")}}}}, nil)
}

func (s *Shop) linkOpen(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	if err := s.People.CheckSignIn(r.Context(), r.PathValue("token"), v.Now); err != nil {
		return err
	}
	return s.press(w, r, v, "/login/link/"+r.PathValue("token"), "link_open")
}

func (s *Shop) linkOpenPost(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	if _, err := web.Form[struct{}](r); err != nil {
		return err
	}
	in, err := s.People.EnterByLink(r.Context(), r.PathValue("token"), device(r), v.Now)
	if err != nil {
		return err
	}
	return s.welcome(w, r, v, in, next{})
}

func (s *Shop) notMe(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	if err := s.People.CheckNotMe(r.Context(), r.PathValue("token"), v.Now); err != nil {
		return err
	}
	return s.press(w, r, v, "/login/not-me/"+r.PathValue("token"), "not_me")
}

func (s *Shop) notMePost(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	if _, err := web.Form[struct{}](r); err != nil {
		return err
	}
	if err := s.People.NotMe(r.Context(), r.PathValue("token"), v.Lang, v.Now); err != nil {
		return err
	}
	if err := web.ClearCookie(w, r, policy.SessionCookie); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/login?done=not_me")
}

func (s *Shop) resetOpen(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	if err := s.People.CheckReset(r.Context(), r.PathValue("token"), v.Now); err != nil {
		return err
	}
	return s.showReset(w, r, v, nil)
}

func (s *Shop) showReset(w http.ResponseWriter, r *http.Request, v *visit, list errs.List) error {
	return s.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account.reset"), Intro: []string{v.T.T("account.reset.press")}, Panels: []ui.Panel{{Form: &ui.AccountForm{
		Action: v.Link("/reset/" + r.PathValue("token")), Button: v.T.T("account.password.save"),
		Fields: []ui.Field{passwordField(v, "account.password.new", "new-password", wrong(v, list, "password"))}}}}}, list)
}

func (s *Shop) resetOpenPost(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	f, err := web.Form[struct {
		Password string `form:"password" rules:"raw,max=400"`
	}](r)
	if err != nil {
		return err
	}
	err = s.People.Reset(r.Context(), r.PathValue("token"), f.Password, v.Now)
	if list, ok := faults(err); ok {
		return s.showReset(w, r, v, list)
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
func (s *Shop) second(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	if v.Visit == nil || !v.Visit.Half {
		return errs.New(errs.SignIn, "error.sign_in")
	}
	return s.showSecond(w, r, v, web.Query[next](r), nil)
}

func (s *Shop) showSecond(w http.ResponseWriter, r *http.Request, v *visit, n next, list errs.List) error {
	must, err := s.People.MustSetUp(r.Context(), v.Visit)
	if err != nil {
		return err
	}
	if must {
		return s.showSetUp(w, r, v, "/login/second/set-up", list)
	}
	return s.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account.second"), Intro: []string{v.T.T("account.second.intro")}, Panels: []ui.Panel{{Form: &ui.AccountForm{
		Action: v.Link("/login/second"), Hidden: n.hidden(), Button: v.T.T("account.login"), Fields: []ui.Field{codeField(v, "account.second.code", wrong(v, list, "code"))}}}}}, list)
}

func (s *Shop) secondPost(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	f, err := web.Form[struct {
		next
		Code string `form:"code" rules:"max=40"`
	}](r)
	if err != nil {
		return err
	}
	if v.Visit == nil || !v.Visit.Half {
		return errs.New(errs.SignIn, "error.sign_in")
	}
	token, err := s.People.Second(r.Context(), v.Visit, f.Code, v.Now)
	if list, ok := faults(err); ok {
		return s.showSecond(w, r, v, f.next, list)
	}
	if err != nil {
		return err
	}
	if err := web.SetCookie(w, r, policy.SessionCookie, token); err != nil {
		return err
	}
	return s.settle(w, r, v, v.Visit.Login.ID, f.next)
}

// showSetUp offers the secret for an authenticator app.
func (s *Shop) showSetUp(w http.ResponseWriter, r *http.Request, v *visit, action string, list errs.List) error {
	setup, err := s.People.BeginTOTP(r.Context(), v.Visit, v.Now)
	if err != nil {
		return err
	}
	return s.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account.second.set_up"), Intro: []string{v.T.T("account.second.why")}, Panels: []ui.Panel{
		{Title: v.T.T("account.second.scan"), Text: []string{v.T.T("account.second.type")}, QR: setup.URL, Codes: []string{inFours(setup.Secret)}},
		{Title: v.T.T("account.second.first"), Form: &ui.AccountForm{Action: v.Link(action), Button: v.T.T("account.second.on"), Fields: []ui.Field{codeField(v, "account.second.code", wrong(v, list, "code"))}}},
	}}, list)
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

func (s *Shop) secondSetUp(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	if v.Visit == nil || !v.Visit.Half {
		return errs.New(errs.SignIn, "error.sign_in")
	}
	return s.setUpPost(w, r, v, "/login/second/set-up")
}

// setUpPost takes the first code and shows the recovery codes, once.
func (s *Shop) setUpPost(w http.ResponseWriter, r *http.Request, v *visit, action string) error {
	f, err := web.Form[struct {
		Code string `form:"code" rules:"max=40"`
	}](r)
	if err != nil {
		return err
	}
	token, codes, err := s.People.FinishTOTP(r.Context(), v.Visit, digits(f.Code), v.Now)
	if list, ok := faults(err); ok {
		return s.showSetUp(w, r, v, action, list)
	}
	if err != nil {
		return err
	}
	if err := web.SetCookie(w, r, policy.SessionCookie, token); err != nil {
		return err
	}
	return s.showRecovery(w, r, v, codes)
}

func (s *Shop) showRecovery(w http.ResponseWriter, r *http.Request, v *visit, codes []string) error {
	return s.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account.recovery"), Intro: []string{v.T.T("account.recovery.intro")}, Panels: []ui.Panel{{Codes: codes}},
		Links: []ui.Link{{Href: v.Link("/account"), Text: v.T.T("account.recovery.kept")}}}, nil)
}
