package customer

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
	"aromart/internal/web/visit"
)

// securing are the pages of the login itself. What matters is asked for the
// password again when that is more than ten minutes ago.
func (p *Pages) securing(srv *web.Server) {
	add := func(method, pattern string, action access.Action, rate access.RateClass, h web.Handler) {
		srv.Handle(access.Route{Method: method, Pattern: pattern, Action: action, Resource: "login", Policy: access.SignedIn, Rate: rate,
			Mutates: method == "POST", Personal: true}, h)
	}
	add("GET", "/account/security", "login.view", access.RateOrder, p.security)
	add("GET", "/account/prove", "session.prove", access.RateOrder, p.proveAgain)
	add("POST", "/account/prove", "session.prove", access.RateLogin, p.provePost)
	add("GET", "/account/security/password", "login.password", access.RateOrder, p.fresh(p.password))
	add("POST", "/account/security/password", "login.password", access.RateLogin, p.passwordPost)
	add("GET", "/account/security/email", "login.email", access.RateOrder, p.fresh(p.email))
	add("POST", "/account/security/email", "login.email", access.RateLogin, p.emailPost)
	add("GET", "/account/security/email/confirm/{token}", "login.email_confirm", access.RateLogin, p.emailConfirm)
	add("POST", "/account/security/email/confirm/{token}", "login.email_confirm", access.RateLogin, p.emailConfirmPost)
	add("GET", "/account/security/phone", "login.phone", access.RateOrder, p.fresh(p.phone))
	add("POST", "/account/security/phone", "login.phone", access.RateLogin, p.phonePost)
	add("GET", "/account/security/phone/code", "login.phone_confirm", access.RateOrder, p.phoneCode)
	add("POST", "/account/security/phone/code", "login.phone_confirm", access.RateLogin, p.phoneCodePost)
	add("GET", "/account/security/second", "login.second_on", access.RateOrder, p.fresh(p.secondOn))
	add("POST", "/account/security/second", "login.second_on", access.RateLogin, p.secondOnPost)
	add("POST", "/account/security/second/remove", "login.second_off", access.RateLogin, p.secondOff)
	add("POST", "/account/security/recovery", "login.recovery", access.RateLogin, p.recovery)
	add("POST", "/account/security/sessions/end", "session.revoke", access.RateCart, p.sessionEnd)
	add("POST", "/account/security/sessions/end-others", "session.revoke", access.RateCart, p.sessionEndOthers)
	add("GET", "/account/security/report", "login.report", access.RateOrder, p.report)
	add("POST", "/account/security/report", "login.report", access.RateMessage, p.reportPost)
	p.keeping(srv)
}

// fresh leads through the password when its last proof is too old.
func (p *Pages) fresh(h web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		q := web.From(r)
		if !q.Actor.Fresh {
			return web.SeeOther(w, r, "/account/prove?next="+ui.EscapeQuery(q.Link(q.Path)))
		}
		return h(w, r)
	}
}

// securityCrumbs is the way back to the page of the login.
func (p *Pages) securityCrumbs(v *visit.Visit) []ui.Link {
	return append(p.crumb(v), ui.Link{Href: v.Link("/account/security"), Text: v.T.T("account.security")})
}

func (p *Pages) security(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	l, err := auth.ByID(r.Context(), p.DB, v.Actor.ID)
	if err != nil {
		return err
	}
	ways := ui.Panel{Entries: []ui.Entry{
		{Title: v.T.T("account.password"), Links: []ui.Link{{Href: v.Link("/account/security/password"), Text: v.T.T("account.change")}}},
		{Title: v.T.T("account.email"), Lines: lines(l.Email.Reveal()), Links: []ui.Link{{Href: v.Link("/account/security/email"), Text: v.T.T("account.change")}}},
	}}
	if !p.People.MailOnly || !l.Phone.IsZero() {
		phone := ui.Entry{Title: v.T.T("account.phone"), Lines: lines(p.Market.FormatPhone(l.Phone.Reveal()))}
		if !p.People.MailOnly {
			does := "account.change"
			if l.Phone.IsZero() {
				does = "account.add"
			}
			phone.Links = []ui.Link{{Href: v.Link("/account/security/phone"), Text: v.T.T(does)}}
		}
		ways.Entries = append(ways.Entries, phone)
	}
	second, err := p.secondEntry(r, v)
	if err != nil {
		return err
	}
	tokens := ui.Entry{Title: v.T.T("account.tokens"), Lines: []string{v.T.T("account.tokens.about")}, Links: []ui.Link{{Href: v.Link("/account/security/tokens"), Text: v.T.T("account.change")}}}
	ways.Entries = append(ways.Entries, second, tokens)
	panels := []ui.Panel{ways}
	if p.People.HasPasskeys() {
		keys, err := p.keysPanel(r, v)
		if err != nil {
			return err
		}
		panels = append(panels, keys)
	}
	devices, err := p.devices(r, v)
	if err != nil {
		return err
	}
	view := &ui.AccountView{Heading: v.T.T("account.security"), Crumbs: p.crumb(v), Panels: append(panels, devices),
		Links: []ui.Link{{Href: v.Link("/account/security/report"), Text: v.T.T("account.report")}, {Href: v.Link("/account/data"), Text: v.T.T("account.data.about")}}}
	q := web.Query[struct {
		Done string `form:"done" rules:"max=20"`
	}](r)
	switch q.Done {
	case "password", "email", "email_half", "email_sent", "phone", "second_off", "passkey_on", "passkey_off", "ended", "report":
		view.Notice, view.Tone = v.T.T("account.done."+q.Done), "ok"
	}
	return p.showForm(w, r, v, view, nil)
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

func (p *Pages) secondEntry(r *http.Request, v *visit.Visit) (ui.Entry, error) {
	e := ui.Entry{Title: v.T.T("account.second")}
	apps, err := auth.Factors(r.Context(), p.DB, v.Actor.ID)
	if err != nil {
		return e, err
	}
	keys, err := auth.Passkeys(r.Context(), p.DB, v.Actor.ID)
	if err != nil {
		return e, err
	}
	if len(apps) == 0 {
		e.Links = []ui.Link{{Href: v.Link("/account/security/second"), Text: v.T.T("account.second.set_up")}}
	}
	if len(apps)+len(keys) == 0 {
		e.Lines = []string{v.T.T("account.second.why")}
		return e, nil
	}
	left, err := auth.RecoveryLeft(r.Context(), p.DB, v.Actor.ID)
	e.Tag, e.Tone, e.Lines = v.T.T("account.second.is_on"), "ok", []string{v.T.T("account.recovery.left", "n", left)}
	e.Buttons = []ui.Button{{Action: v.Link("/account/security/recovery"), Text: v.T.T("account.recovery.new")}}
	if len(apps) > 0 && (len(keys) > 0 || !v.Visit.Login.Staff()) {
		e.Buttons = append(e.Buttons, ui.Button{Action: v.Link("/account/security/second/remove"), Text: v.T.T("account.second.off")})
	}
	return e, err
}

// devices are where the login is signed in, and was lately.
func (p *Pages) devices(r *http.Request, v *visit.Visit) (ui.Panel, error) {
	panel := ui.Panel{Title: v.T.T("account.devices")}
	list, err := auth.Sessions(r.Context(), p.DB, v.Actor.ID, v.Now)
	if err != nil {
		return panel, err
	}
	others := false
	for _, d := range list {
		if d.EndReason == "half" {
			continue
		}
		e := ui.Entry{Title: deviceName(v, d.Device), Lines: []string{v.T.T("account.devices.since", "at", v.T.Date(p.Local(d.CreatedAt), i18n.DateTime)), v.T.T("account.devices.seen", "at", v.T.Date(p.Local(d.SeenAt), i18n.DateTime))}}
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
func deviceName(v *visit.Visit, device string) string {
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

func (p *Pages) proveAgain(w http.ResponseWriter, r *http.Request) error {
	return p.showProveAgain(w, r, p.Visit(r), proveForm{next: web.Query[next](r)}, nil)
}

func (p *Pages) showProveAgain(w http.ResponseWriter, r *http.Request, v *visit.Visit, f proveForm, list errs.List) error {
	apps, err := auth.Factors(r.Context(), p.DB, v.Actor.ID)
	if err != nil {
		return err
	}
	keys, err := auth.Passkeys(r.Context(), p.DB, v.Actor.ID)
	if err != nil {
		return err
	}
	form := &ui.AccountForm{Action: v.Link("/account/prove"), Hidden: f.hidden(), Button: v.T.T("account.go_on"), Fields: []ui.Field{passwordField(v, "account.password", "current-password", wrong(v, list, "password"))}}
	if len(apps)+len(keys) > 0 {
		form.Fields = append(form.Fields, secondField(v, len(apps) > 0, wrong(v, list, "code")))
	}
	panels := []ui.Panel{{Form: form}}
	if len(keys) > 0 && p.People.HasPasskeys() {
		panels = append(panels, keyPanel(v, "account.passkeys.instead", "/account/prove/passkey", "account.passkeys.use", f.next, list))
	}
	return p.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account.prove"), Intro: []string{v.T.T("account.prove.why")}, Crumbs: p.crumb(v), Panels: panels,
		Links: []ui.Link{{Href: v.Link("/reset"), Text: v.T.T("account.forgot")}}}, list)
}

func (p *Pages) provePost(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[proveForm](r)
	if err != nil {
		return err
	}
	token, err := "", given(f.Password)
	if err == nil {
		token, err = p.People.Prove(r.Context(), v.Visit, f.Password, f.Code, v.Now)
	}
	if list, ok := faults(err); ok {
		return p.showProveAgain(w, r, v, f, list)
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
func (p *Pages) one(w http.ResponseWriter, r *http.Request, v *visit.Visit, id, action string, fields []ui.Field, hidden []ui.Param, list errs.List) error {
	return p.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account." + id + ".title"), Intro: []string{v.T.T("account." + id + ".intro")}, Crumbs: p.securityCrumbs(v),
		Panels: []ui.Panel{{Form: &ui.AccountForm{Action: v.Link(action), Hidden: hidden, Fields: fields, Button: v.T.T("account." + id + ".save")}}}}, list)
}

func (p *Pages) password(w http.ResponseWriter, r *http.Request) error {
	return p.showPassword(w, r, p.Visit(r), nil)
}

func (p *Pages) showPassword(w http.ResponseWriter, r *http.Request, v *visit.Visit, list errs.List) error {
	return p.one(w, r, v, "password", "/account/security/password", []ui.Field{passwordField(v, "account.password.new", "new-password", wrong(v, list, "password"))}, nil, list)
}

func (p *Pages) passwordPost(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[struct {
		Password string `form:"password" rules:"raw,max=400"`
	}](r)
	if err != nil {
		return err
	}
	token, err := p.People.ChangePassword(r.Context(), v.Visit, f.Password, v.Now)
	if list, ok := faults(err); ok {
		return p.showPassword(w, r, v, list)
	}
	if err != nil {
		return err
	}
	if err := web.SetCookie(w, r, policy.SessionCookie, token); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/security?done=password")
}

func (p *Pages) email(w http.ResponseWriter, r *http.Request) error {
	return p.showEmail(w, r, p.Visit(r), "", nil)
}

func (p *Pages) showEmail(w http.ResponseWriter, r *http.Request, v *visit.Visit, value string, list errs.List) error {
	return p.one(w, r, v, "email", "/account/security/email", []ui.Field{{Name: "email", Label: v.T.T("account.email.new"), Value: value, Error: wrong(v, list, "email"), Type: "email", Autocomplete: "email", Required: true, Max: 254}}, nil, list)
}

func (p *Pages) emailPost(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[struct {
		Email string `form:"email" rules:"max=400"`
	}](r)
	if err != nil {
		return err
	}
	email, err := contact.ParseEmail("email", f.Email)
	if err == nil {
		err = p.People.ChangeEmail(r.Context(), v.Visit, email, v.Lang, v.Now)
	}
	if list, ok := faults(err); ok {
		return p.showEmail(w, r, v, f.Email, list)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/security?done=email_sent")
}

func (p *Pages) emailConfirm(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	if err := p.People.CheckEmail(r.Context(), v.Visit, r.PathValue("token"), v.Now); err != nil {
		return err
	}
	return p.press(w, r, v, "/account/security/email/confirm/"+r.PathValue("token"), "email_confirm")
}

func (p *Pages) emailConfirmPost(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	if _, err := web.Form[struct{}](r); err != nil {
		return err
	}
	done, err := p.People.ConfirmEmail(r.Context(), v.Visit, r.PathValue("token"), v.Now)
	if err != nil {
		return err
	}
	if !done {
		return web.SeeOther(w, r, "/account/security?done=email_half")
	}
	if err := p.claimProved(r, v); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/security?done=email")
}

// claimProved joins the orders of an address that has just been proved.
func (p *Pages) claimProved(r *http.Request, v *visit.Visit) error {
	return p.DB.Write(r.Context(), func(tx *db.Tx) error {
		l, err := auth.ByID(r.Context(), tx, v.Actor.ID)
		if err != nil {
			return err
		}
		_, err = claim(r, tx, l, v)
		return err
	})
}

func (p *Pages) phone(w http.ResponseWriter, r *http.Request) error {
	return p.showPhone(w, r, p.Visit(r), "", nil)
}

func (p *Pages) showPhone(w http.ResponseWriter, r *http.Request, v *visit.Visit, value string, list errs.List) error {
	return p.one(w, r, v, "phone", "/account/security/phone", []ui.Field{{Name: "phone", Label: v.T.T("account.phone.new"), Value: value, Error: wrong(v, list, "phone"), Type: "tel", Autocomplete: "tel", Required: true, Max: 40}}, nil, list)
}

func (p *Pages) phonePost(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[struct {
		Phone string `form:"phone" rules:"max=400"`
	}](r)
	if err != nil {
		return err
	}
	number, err := p.Market.ParsePhone(f.Phone)
	form := ""
	if err == nil {
		form, err = p.People.ChangePhone(r.Context(), v.Visit, contact.NewPhone(number), v.Lang, v.Now)
	}
	if list, ok := faults(err); ok {
		return p.showPhone(w, r, v, f.Phone, list)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/security/phone/code?form="+ui.EscapeQuery(form))
}

func (p *Pages) phoneCode(w http.ResponseWriter, r *http.Request) error {
	return p.showPhoneCode(w, r, p.Visit(r), web.Query[codeForm](r), nil)
}

func (p *Pages) showPhoneCode(w http.ResponseWriter, r *http.Request, v *visit.Visit, f codeForm, list errs.List) error {
	return p.one(w, r, v, "phone_code", "/account/security/phone/code", []ui.Field{codeField(v, "account.code", wrong(v, list, "code"))}, []ui.Param{{Name: "form", Value: f.Form}}, list)
}

func (p *Pages) phoneCodePost(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[codeForm](r)
	if err != nil {
		return err
	}
	err = p.People.ConfirmPhone(r.Context(), v.Visit, f.Form, digits(f.Code), v.Now)
	if list, ok := faults(err); ok {
		return p.showPhoneCode(w, r, v, f, list)
	}
	if err != nil {
		return err
	}
	if err := p.claimProved(r, v); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/security?done=phone")
}

func (p *Pages) secondOn(w http.ResponseWriter, r *http.Request) error {
	return p.showSetUp(w, r, p.Visit(r), "/account/security/second", nil)
}

func (p *Pages) secondOnPost(w http.ResponseWriter, r *http.Request) error {
	return p.setUpPost(w, r, p.Visit(r), "/account/security/second")
}

// proveFirst leads a button that needs a fresh proof through the password.
func (p *Pages) proveFirst(w http.ResponseWriter, r *http.Request, err error) error {
	if errs.Is(err, "auth.prove_first") {
		return web.SeeOther(w, r, "/account/prove?next="+ui.EscapeQuery(web.From(r).Link("/account/security")))
	}
	return err
}

func (p *Pages) secondOff(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	if _, err := web.Form[struct{}](r); err != nil {
		return err
	}
	if err := p.People.RemoveSecond(r.Context(), v.Visit, v.Now); err != nil {
		return p.proveFirst(w, r, err)
	}
	return web.SeeOther(w, r, "/account/security?done=second_off")
}

func (p *Pages) recovery(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	if _, err := web.Form[struct{}](r); err != nil {
		return err
	}
	codes, err := p.People.RenewRecovery(r.Context(), v.Visit, v.Now)
	if err != nil {
		return p.proveFirst(w, r, err)
	}
	return p.showRecovery(w, r, v, codes)
}

func (p *Pages) sessionEnd(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[struct {
		Session string `form:"session" rules:"required,max=24"`
	}](r)
	if err != nil {
		return err
	}
	if err := p.People.Revoke(r.Context(), v.Visit, f.Session, v.Now); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/security?done=ended")
}

func (p *Pages) sessionEndOthers(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	if _, err := web.Form[struct{}](r); err != nil {
		return err
	}
	if err := p.People.RevokeOthers(r.Context(), v.Visit, v.Now); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/security?done=ended")
}

func (p *Pages) report(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	kinds := ui.Radio{Name: "kind", Legend: v.T.T("account.report.kind")}
	for i, k := range auth.Suspicions() {
		kinds.Choices = append(kinds.Choices, ui.Choice{Value: k, Text: v.T.T("account.report." + k), Selected: i == 0})
	}
	return p.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account.report"), Intro: []string{v.T.T("account.report.intro")}, Crumbs: p.securityCrumbs(v), Panels: []ui.Panel{{Form: &ui.AccountForm{
		Action: v.Link("/account/security/report"), Radios: []ui.Radio{kinds}, Button: v.T.T("account.report.button"), Checks: []ui.Check{{Name: "sign_out", Value: "1", Text: v.T.T("account.report.sign_out"), On: true}}}}}}, nil)
}

func (p *Pages) reportPost(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[struct {
		Kind    string `form:"kind" rules:"required,max=20"`
		SignOut bool   `form:"sign_out"`
	}](r)
	if err != nil {
		return err
	}
	if err := p.People.Report(r.Context(), v.Visit, f.Kind, f.SignOut, v.Now); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/security?done=report")
}
