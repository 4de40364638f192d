package storefront

import (
	"net/http"
	"strings"

	"aromart/internal/care/policy"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
	"aromart/internal/web"
	"aromart/internal/web/ui"
)

// securing are the pages of the login itself. What matters is asked for the
// password again when that is more than ten minutes ago.
func (s *Shop) securing(srv *web.Server) {
	add := func(method, pattern string, action access.Action, rate access.RateClass, h web.Handler) {
		srv.Handle(access.Route{Method: method, Pattern: pattern, Action: action, Resource: "login", Policy: access.SignedIn, Rate: rate,
			Mutates: method == "POST", Personal: true}, h)
	}
	add("GET", "/account/security", "login.view", access.RateOrder, s.security)
	add("GET", "/account/prove", "session.prove", access.RateOrder, s.proveAgain)
	add("POST", "/account/prove", "session.prove", access.RateLogin, s.provePost)
	add("GET", "/account/security/password", "login.password", access.RateOrder, s.fresh(s.password))
	add("POST", "/account/security/password", "login.password", access.RateLogin, s.passwordPost)
	add("GET", "/account/security/email", "login.email", access.RateOrder, s.fresh(s.email))
	add("POST", "/account/security/email", "login.email", access.RateLogin, s.emailPost)
	add("GET", "/account/security/email/confirm/{token}", "login.email_confirm", access.RateLogin, s.emailConfirm)
	add("POST", "/account/security/email/confirm/{token}", "login.email_confirm", access.RateLogin, s.emailConfirmPost)
	add("GET", "/account/security/phone", "login.phone", access.RateOrder, s.fresh(s.phone))
	add("POST", "/account/security/phone", "login.phone", access.RateLogin, s.phonePost)
	add("GET", "/account/security/phone/code", "login.phone_confirm", access.RateOrder, s.phoneCode)
	add("POST", "/account/security/phone/code", "login.phone_confirm", access.RateLogin, s.phoneCodePost)
	add("GET", "/account/security/second", "login.second_on", access.RateOrder, s.fresh(s.secondOn))
	add("POST", "/account/security/second", "login.second_on", access.RateLogin, s.secondOnPost)
	add("POST", "/account/security/second/remove", "login.second_off", access.RateLogin, s.secondOff)
	add("POST", "/account/security/recovery", "login.recovery", access.RateLogin, s.recovery)
	add("POST", "/account/security/sessions/end", "session.revoke", access.RateCart, s.sessionEnd)
	add("POST", "/account/security/sessions/end-others", "session.revoke", access.RateCart, s.sessionEndOthers)
	add("GET", "/account/security/report", "login.report", access.RateOrder, s.report)
	add("POST", "/account/security/report", "login.report", access.RateMessage, s.reportPost)
}

// fresh leads through the password when its last proof is too old.
func (s *Shop) fresh(h web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		q := web.From(r)
		if !q.Actor.Fresh {
			return web.SeeOther(w, r, "/account/prove?next="+ui.EscapeQuery(q.Link(q.Path)))
		}
		return h(w, r)
	}
}

// securityCrumbs is the way back to the page of the login.
func (s *Shop) securityCrumbs(v *visit) []ui.Link {
	return append(s.crumb(v), ui.Link{Href: v.Link("/account/security"), Text: v.T.T("account.security")})
}

func (s *Shop) security(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	l, err := auth.ByID(r.Context(), s.DB, v.Actor.ID)
	if err != nil {
		return err
	}
	ways := ui.Panel{Entries: []ui.Entry{
		{Title: v.T.T("account.password"), Links: []ui.Link{{Href: v.Link("/account/security/password"), Text: v.T.T("account.change")}}},
		{Title: v.T.T("account.email"), Lines: lines(l.Email.Reveal()), Links: []ui.Link{{Href: v.Link("/account/security/email"), Text: v.T.T("account.change")}}},
		{Title: v.T.T("account.phone"), Lines: lines(s.Market.FormatPhone(l.Phone.Reveal())), Links: []ui.Link{{Href: v.Link("/account/security/phone"), Text: v.T.T("account.change")}}},
	}}
	second, err := s.secondEntry(r, v)
	if err != nil {
		return err
	}
	ways.Entries = append(ways.Entries, second)
	devices, err := s.devices(r, v)
	if err != nil {
		return err
	}
	view := &ui.AccountView{Heading: v.T.T("account.security"), Crumbs: s.crumb(v), Panels: []ui.Panel{ways, devices},
		Links: []ui.Link{{Href: v.Link("/account/security/report"), Text: v.T.T("account.report")}}}
	q := web.Query[struct {
		Done string `form:"done" rules:"max=20"`
	}](r)
	switch q.Done {
	case "password", "email", "email_half", "email_sent", "phone", "second_off", "ended", "report":
		view.Notice, view.Tone = v.T.T("account.done."+q.Done), "ok"
	}
	return s.showForm(w, r, v, view, nil)
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func (s *Shop) secondEntry(r *http.Request, v *visit) (ui.Entry, error) {
	e := ui.Entry{Title: v.T.T("account.second")}
	list, err := auth.Factors(r.Context(), s.DB, v.Actor.ID)
	if err != nil {
		return e, err
	}
	if len(list) == 0 {
		e.Lines = []string{v.T.T("account.second.why")}
		e.Links = []ui.Link{{Href: v.Link("/account/security/second"), Text: v.T.T("account.second.set_up")}}
		return e, nil
	}
	left, err := auth.RecoveryLeft(r.Context(), s.DB, v.Actor.ID)
	e.Tag, e.Tone, e.Lines = v.T.T("account.second.is_on"), "ok", []string{v.T.T("account.recovery.left", "n", left)}
	e.Buttons = []ui.Button{{Action: v.Link("/account/security/recovery"), Text: v.T.T("account.recovery.new")}}
	if !v.Visit.Login.Staff() {
		e.Buttons = append(e.Buttons, ui.Button{Action: v.Link("/account/security/second/remove"), Text: v.T.T("account.second.off")})
	}
	return e, err
}

// devices are where the login is signed in, and was lately.
func (s *Shop) devices(r *http.Request, v *visit) (ui.Panel, error) {
	panel := ui.Panel{Title: v.T.T("account.devices")}
	list, err := auth.Sessions(r.Context(), s.DB, v.Actor.ID, v.Now)
	if err != nil {
		return panel, err
	}
	others := false
	for _, d := range list {
		if d.EndReason == "half" {
			continue
		}
		e := ui.Entry{Title: deviceName(v, d.Device), Lines: []string{v.T.T("account.devices.since", "at", v.T.Date(s.local(d.CreatedAt), i18n.DateTime)), v.T.T("account.devices.seen", "at", v.T.Date(s.local(d.SeenAt), i18n.DateTime))}}
		switch {
		case d.ID == v.Actor.Session:
			e.Tag, e.Tone = v.T.T("account.devices.this"), "ok"
		case d.Live(v.Visit.Login.Role, v.Now):
			others = true
			e.Buttons = []ui.Button{{Action: v.Link("/account/security/sessions/end"), Hidden: []ui.Param{{Name: "session", Value: d.PublicID}}, Text: v.T.T("account.devices.end"), About: e.Title}}
		default:
			e.Tag = v.T.T("account.devices.ended")
		}
		panel.Entries = append(panel.Entries, e)
	}
	if others {
		panel.Entries = append(panel.Entries, ui.Entry{Title: v.T.T("account.devices.others"), Buttons: []ui.Button{{Action: v.Link("/account/security/sessions/end-others"), Text: v.T.T("account.devices.end_others"), Main: true}}})
	}
	return panel, nil
}

// deviceName leaves out what the browser did not tell of itself.
func deviceName(v *visit, device string) string {
	if known := strings.Trim(strings.ReplaceAll(device, "?", ""), ", "); known != "" {
		return known
	}
	return v.T.T("account.devices.unknown")
}

type proveForm struct {
	next
	Password string `form:"password" rules:"raw,max=400"`
	Code     string `form:"code" rules:"max=40"`
}

func (s *Shop) proveAgain(w http.ResponseWriter, r *http.Request) error {
	return s.showProveAgain(w, r, s.visit(r), proveForm{next: web.Query[next](r)}, nil)
}

func (s *Shop) showProveAgain(w http.ResponseWriter, r *http.Request, v *visit, f proveForm, list errs.List) error {
	factors, err := auth.Factors(r.Context(), s.DB, v.Actor.ID)
	if err != nil {
		return err
	}
	form := &ui.AccountForm{Action: v.Link("/account/prove"), Hidden: f.hidden(), Button: v.T.T("account.go_on"), Fields: []ui.Field{passwordField(v, "account.password", "current-password", wrong(v, list, "password"))}}
	if len(factors) > 0 {
		form.Fields = append(form.Fields, codeField(v, "account.second.code", wrong(v, list, "code")))
	}
	return s.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account.prove"), Intro: []string{v.T.T("account.prove.why")}, Crumbs: s.crumb(v), Panels: []ui.Panel{{Form: form}},
		Links: []ui.Link{{Href: v.Link("/reset"), Text: v.T.T("account.forgot")}}}, list)
}

func (s *Shop) provePost(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	f, err := web.Form[proveForm](r)
	if err != nil {
		return err
	}
	token, err := s.People.Prove(r.Context(), v.Visit, f.Password, f.Code, v.Now)
	if list, ok := faults(err); ok {
		return s.showProveAgain(w, r, v, f, list)
	}
	if err != nil {
		return err
	}
	if err := web.SetCookie(w, r, policy.SessionCookie, token); err != nil {
		return err
	}
	return web.SeeOther(w, r, web.Next(f.Next, "/account/security"))
}

// one is a page with a single form of the login.
func (s *Shop) one(w http.ResponseWriter, r *http.Request, v *visit, id, action string, fields []ui.Field, hidden []ui.Param, list errs.List) error {
	return s.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account." + id + ".title"), Intro: []string{v.T.T("account." + id + ".intro")}, Crumbs: s.securityCrumbs(v),
		Panels: []ui.Panel{{Form: &ui.AccountForm{Action: v.Link(action), Hidden: hidden, Fields: fields, Button: v.T.T("account." + id + ".save")}}}}, list)
}

func (s *Shop) password(w http.ResponseWriter, r *http.Request) error {
	return s.showPassword(w, r, s.visit(r), nil)
}

func (s *Shop) showPassword(w http.ResponseWriter, r *http.Request, v *visit, list errs.List) error {
	return s.one(w, r, v, "password", "/account/security/password", []ui.Field{passwordField(v, "account.password.new", "new-password", wrong(v, list, "password"))}, nil, list)
}

func (s *Shop) passwordPost(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	f, err := web.Form[struct {
		Password string `form:"password" rules:"raw,max=400"`
	}](r)
	if err != nil {
		return err
	}
	token, err := s.People.ChangePassword(r.Context(), v.Visit, f.Password, v.Now)
	if list, ok := faults(err); ok {
		return s.showPassword(w, r, v, list)
	}
	if err != nil {
		return err
	}
	if err := web.SetCookie(w, r, policy.SessionCookie, token); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/security?done=password")
}

func (s *Shop) email(w http.ResponseWriter, r *http.Request) error {
	return s.showEmail(w, r, s.visit(r), "", nil)
}

func (s *Shop) showEmail(w http.ResponseWriter, r *http.Request, v *visit, value string, list errs.List) error {
	return s.one(w, r, v, "email", "/account/security/email", []ui.Field{{Name: "email", Label: v.T.T("account.email.new"), Value: value, Error: wrong(v, list, "email"), Type: "email", Autocomplete: "email", Required: true, Max: 254}}, nil, list)
}

func (s *Shop) emailPost(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	f, err := web.Form[struct {
		Email string `form:"email" rules:"max=400"`
	}](r)
	if err != nil {
		return err
	}
	email, err := contact.ParseEmail("email", f.Email)
	if err == nil {
		err = s.People.ChangeEmail(r.Context(), v.Visit, email, v.Lang, v.Now)
	}
	if list, ok := faults(err); ok {
		return s.showEmail(w, r, v, f.Email, list)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/security?done=email_sent")
}

func (s *Shop) emailConfirm(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	if err := s.People.CheckEmail(r.Context(), v.Visit, r.PathValue("token"), v.Now); err != nil {
		return err
	}
	return s.press(w, r, v, "/account/security/email/confirm/"+r.PathValue("token"), "email_confirm")
}

func (s *Shop) emailConfirmPost(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	if _, err := web.Form[struct{}](r); err != nil {
		return err
	}
	done, err := s.People.ConfirmEmail(r.Context(), v.Visit, r.PathValue("token"), v.Now)
	if err != nil {
		return err
	}
	if !done {
		return web.SeeOther(w, r, "/account/security?done=email_half")
	}
	if err := s.claimProved(r, v); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/security?done=email")
}

// claimProved joins the orders of an address that has just been proved.
func (s *Shop) claimProved(r *http.Request, v *visit) error {
	return s.DB.Write(r.Context(), func(tx *db.Tx) error {
		l, err := auth.ByID(r.Context(), tx, v.Actor.ID)
		if err != nil {
			return err
		}
		_, err = claim(r, tx, l, v)
		return err
	})
}

func (s *Shop) phone(w http.ResponseWriter, r *http.Request) error {
	return s.showPhone(w, r, s.visit(r), "", nil)
}

func (s *Shop) showPhone(w http.ResponseWriter, r *http.Request, v *visit, value string, list errs.List) error {
	return s.one(w, r, v, "phone", "/account/security/phone", []ui.Field{{Name: "phone", Label: v.T.T("account.phone.new"), Value: value, Error: wrong(v, list, "phone"), Type: "tel", Autocomplete: "tel", Required: true, Max: 40}}, nil, list)
}

func (s *Shop) phonePost(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	f, err := web.Form[struct {
		Phone string `form:"phone" rules:"max=400"`
	}](r)
	if err != nil {
		return err
	}
	number, err := s.Market.ParsePhone(f.Phone)
	form := ""
	if err == nil {
		form, err = s.People.ChangePhone(r.Context(), v.Visit, contact.NewPhone(number), v.Lang, v.Now)
	}
	if list, ok := faults(err); ok {
		return s.showPhone(w, r, v, f.Phone, list)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/security/phone/code?form="+ui.EscapeQuery(form))
}

func (s *Shop) phoneCode(w http.ResponseWriter, r *http.Request) error {
	return s.showPhoneCode(w, r, s.visit(r), web.Query[codeForm](r), nil)
}

func (s *Shop) showPhoneCode(w http.ResponseWriter, r *http.Request, v *visit, f codeForm, list errs.List) error {
	return s.one(w, r, v, "phone_code", "/account/security/phone/code", []ui.Field{codeField(v, "account.code", wrong(v, list, "code"))}, []ui.Param{{Name: "form", Value: f.Form}}, list)
}

func (s *Shop) phoneCodePost(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	f, err := web.Form[codeForm](r)
	if err != nil {
		return err
	}
	err = s.People.ConfirmPhone(r.Context(), v.Visit, f.Form, digits(f.Code), v.Now)
	if list, ok := faults(err); ok {
		return s.showPhoneCode(w, r, v, f, list)
	}
	if err != nil {
		return err
	}
	if err := s.claimProved(r, v); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/security?done=phone")
}

func (s *Shop) secondOn(w http.ResponseWriter, r *http.Request) error {
	return s.showSetUp(w, r, s.visit(r), "/account/security/second", nil)
}

func (s *Shop) secondOnPost(w http.ResponseWriter, r *http.Request) error {
	return s.setUpPost(w, r, s.visit(r), "/account/security/second")
}

// proveFirst leads a button that needs a fresh proof through the password.
func (s *Shop) proveFirst(w http.ResponseWriter, r *http.Request, err error) error {
	if errs.Is(err, "auth.prove_first") {
		return web.SeeOther(w, r, "/account/prove?next="+ui.EscapeQuery(web.From(r).Link("/account/security")))
	}
	return err
}

func (s *Shop) secondOff(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	if _, err := web.Form[struct{}](r); err != nil {
		return err
	}
	if err := s.People.RemoveSecond(r.Context(), v.Visit, v.Now); err != nil {
		return s.proveFirst(w, r, err)
	}
	return web.SeeOther(w, r, "/account/security?done=second_off")
}

func (s *Shop) recovery(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	if _, err := web.Form[struct{}](r); err != nil {
		return err
	}
	codes, err := s.People.RenewRecovery(r.Context(), v.Visit, v.Now)
	if err != nil {
		return s.proveFirst(w, r, err)
	}
	return s.showRecovery(w, r, v, codes)
}

func (s *Shop) sessionEnd(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	f, err := web.Form[struct {
		Session string `form:"session" rules:"required,max=24"`
	}](r)
	if err != nil {
		return err
	}
	if err := s.People.Revoke(r.Context(), v.Visit, f.Session, v.Now); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/security?done=ended")
}

func (s *Shop) sessionEndOthers(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	if _, err := web.Form[struct{}](r); err != nil {
		return err
	}
	if err := s.People.RevokeOthers(r.Context(), v.Visit, v.Now); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/security?done=ended")
}

func (s *Shop) report(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	kinds := ui.Radio{Name: "kind", Legend: v.T.T("account.report.kind")}
	for i, k := range auth.Suspicions() {
		kinds.Choices = append(kinds.Choices, ui.Choice{Value: k, Text: v.T.T("account.report." + k), Selected: i == 0})
	}
	return s.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account.report"), Intro: []string{v.T.T("account.report.intro")}, Crumbs: s.securityCrumbs(v), Panels: []ui.Panel{{Form: &ui.AccountForm{
		Action: v.Link("/account/security/report"), Radios: []ui.Radio{kinds}, Button: v.T.T("account.report.button"), Checks: []ui.Check{{Name: "sign_out", Value: "1", Text: v.T.T("account.report.sign_out"), On: true}}}}}}, nil)
}

func (s *Shop) reportPost(w http.ResponseWriter, r *http.Request) error {
	v := s.visit(r)
	f, err := web.Form[struct {
		Kind    string `form:"kind" rules:"required,max=20"`
		SignOut bool   `form:"sign_out"`
	}](r)
	if err != nil {
		return err
	}
	if err := s.People.Report(r.Context(), v.Visit, f.Kind, f.SignOut, v.Now); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/security?done=report")
}
