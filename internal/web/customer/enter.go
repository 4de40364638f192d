package customer

import (
	"errors"
	"net/http"

	"aromart/internal/care/policy"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/account"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
	"aromart/internal/trade/cart"
	"aromart/internal/trade/order"
	"aromart/internal/trade/wishlist"
	"aromart/internal/web"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// entering are the pages by which people prove who they are. Whether an address
// has an account they never tell.
func (p *Pages) entering(srv *web.Server) {
	add := func(method, pattern string, action access.Action, rate access.RateClass, h web.Handler) {
		srv.Handle(access.Route{Method: method, Pattern: pattern, Action: action, Resource: "login", Policy: access.Everyone, Rate: rate,
			Mutates: method == "POST", Personal: true}, h)
	}
	add("GET", "/register", "login.register", access.RateBrowse, p.register)
	add("POST", "/register", "login.register", access.RateLogin, p.registerPost)
	add("GET", "/register/code", "login.confirm", access.RateBrowse, p.registerCode)
	add("POST", "/register/code", "login.confirm", access.RateLogin, p.registerCodePost)
	add("GET", "/login", "session.begin", access.RateBrowse, p.login)
	add("POST", "/login", "session.begin", access.RateLogin, p.loginPost)
	add("GET", "/login/second", "session.second", access.RateBrowse, p.half(p.second))
	add("POST", "/login/second", "session.second", access.RateLogin, p.half(p.secondPost))
	add("POST", "/login/second/set-up", "login.second_on", access.RateLogin, p.half(p.secondSetUp))
	add("GET", "/login/link", "session.send_link", access.RateBrowse, p.link)
	add("POST", "/login/link", "session.send_link", access.RateLogin, p.linkPost)
	add("GET", "/login/link/{token}", "session.open_link", access.RateLogin, p.linkOpen)
	add("POST", "/login/link/{token}", "session.open_link", access.RateLogin, p.linkOpenPost)
	add("GET", "/login/not-me/{token}", "login.not_me", access.RateLogin, p.notMe)
	add("POST", "/login/not-me/{token}", "login.not_me", access.RateLogin, p.notMePost)
	add("GET", "/reset", "login.send_reset", access.RateBrowse, p.reset)
	add("POST", "/reset", "login.send_reset", access.RateLogin, p.resetPost)
	add("GET", "/reset/{token}", "login.reset", access.RateLogin, p.resetOpen)
	add("POST", "/reset/{token}", "login.reset", access.RateLogin, p.resetOpenPost)
	add("GET", "/setup/{token}", "login.first", access.RateLogin, p.first)
	add("POST", "/setup/{token}", "login.first", access.RateLogin, p.firstPost)
	add("POST", "/logout", "session.end", access.RateCart, p.logout)
	p.passing(srv)
}

// contactField is the one field for e-mail or phone.
// Without a sender of text messages it asks for the mailbox alone.
func (p *Pages) contactField(v *visit.Visit, value, problem string) ui.Field {
	label := "account.contact"
	if p.People.MailOnly {
		label = "account.email"
	}
	return ui.Field{Name: "contact", Label: v.T.T(label), Value: value, Error: problem, Autocomplete: "username", Required: true, Max: 254}
}

func passwordField(v *visit.Visit, label, complete, problem string) ui.Field {
	f := ui.Field{Name: "password", Label: v.T.T(label), Error: problem, Type: "password", Autocomplete: complete, Required: true, Show: v.T.T("account.password.show"), Hide: v.T.T("account.password.hide")}
	if complete == "new-password" {
		f.Hint = v.T.T("account.password.hint", "min", auth.MinPassword)
	}
	return f
}

// given wants a password at all. It says nothing of whether one is right.
func given(password string) error {
	if password == "" {
		return errs.Field("password", "error.required").Saying("auth.password_missing")
	}
	return nil
}

func codeField(v *visit.Visit, label, problem string) ui.Field {
	return ui.Field{Name: "code", Label: v.T.T(label), Error: problem, Type: "code", Autocomplete: "one-time-code", Required: true, Max: 20}
}

// faults are what a form that comes back says. ok is false for an error that no
// form can mend.
func faults(err error) (list errs.List, ok bool) {
	if list, ok = errors.AsType[errs.List](err); ok {
		return list, true
	}
	e, isOurs := errors.AsType[*errs.Error](err)
	if !isOurs || e.Kind != errs.Invalid && e.Kind != errs.Conflict {
		return nil, false
	}
	return errs.List{e}, true
}

// wrong is the sentence for a field.
func wrong(v *visit.Visit, list errs.List, field string) string {
	for _, e := range list {
		if e.Field == field {
			return v.T.Error(e)
		}
	}
	return ""
}

// showForm answers with a page, or with the form again and what is wrong with it.
func (p *Pages) showForm(w http.ResponseWriter, r *http.Request, v *visit.Visit, view *ui.AccountView, list errs.List) error {
	title, status := view.Heading, http.StatusOK
	if len(list) > 0 {
		title, status = v.T.T("error.title_prefix")+title, web.Status(list)
		for _, e := range list {
			view.Problems = append(view.Problems, ui.Problem{Field: e.Field, Message: v.T.Error(e)})
		}
	}
	w.Header().Set("Referrer-Policy", "no-referrer") // the address of some pages is a secret
	return web.RenderStatus(w, r, status, ui.Account(p.Private(v, title), view))
}

// next is where a form leads when it is done.
type next struct {
	Next string `form:"next" rules:"max=2000"`
}

func (n next) hidden() []ui.Param {
	if n.Next == "" {
		return nil
	}
	return []ui.Param{{Name: "next", Value: web.Next(n.Next, "/account")}}
}

func (n next) query() string {
	if n.Next == "" {
		return ""
	}
	return "?next=" + ui.EscapeQuery(web.Next(n.Next, "/account"))
}

func (p *Pages) register(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	return p.showRegister(w, r, v, registerForm{next: web.Query[next](r)}, nil)
}

type registerForm struct {
	next
	Name     string `form:"name" rules:"max=400"`
	Contact  string `form:"contact" rules:"max=400"`
	Password string `form:"password" rules:"raw,max=400"`
}

func (p *Pages) showRegister(w http.ResponseWriter, r *http.Request, v *visit.Visit, f registerForm, list errs.List) error {
	form := &ui.AccountForm{Action: v.Link("/register"), Hidden: f.hidden(), Button: v.T.T("account.register.button"), Fields: []ui.Field{
		{Name: "name", Label: v.T.T("buy.name"), Value: f.Name, Error: wrong(v, list, "name"), Autocomplete: "name", Required: true, Max: 100},
		p.contactField(v, f.Contact, wrong(v, list, "contact")), passwordField(v, "account.password", "new-password", wrong(v, list, "password"))}}
	return p.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account.register"), Intro: []string{v.T.T("account.register.intro")}, Panels: []ui.Panel{{Form: form}},
		Links: []ui.Link{{Href: v.Link("/login" + f.query()), Text: v.T.T("account.have_one")}, {Href: v.Link("/privacy"), Text: v.T.T("ui.privacy")}}}, list)
}

func (p *Pages) registerPost(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[registerForm](r)
	if err != nil {
		return err
	}
	n := auth.Registration{Password: f.Password, Language: v.Lang, Network: origin(r).Network}
	var list errs.List
	if n.Name, err = contact.ParseName("name", f.Name); err != nil {
		list = append(list, err.(*errs.Error))
	}
	if n.Address, err = p.People.ParseReachable(p.Market, "contact", f.Contact); err != nil {
		list = append(list, err.(*errs.Error))
	}
	if len(list) > 0 {
		if bad, ok := faults(auth.CheckPassword("password", f.Password)); ok { // all at once
			list = append(list, bad...)
		}
		return p.showRegister(w, r, v, f, list)
	}
	form, err := p.People.Register(r.Context(), n, v.Now)
	if list, ok := faults(err); ok {
		return p.showRegister(w, r, v, f, list)
	}
	if err != nil {
		return err
	}
	q := "?form=" + ui.EscapeQuery(form)
	if f.Next != "" {
		q += "&next=" + ui.EscapeQuery(web.Next(f.Next, "/account"))
	}
	return web.SeeOther(w, r, "/register/code"+q)
}

type codeForm struct {
	next
	Form string `form:"form" rules:"max=40"`
	Code string `form:"code" rules:"max=40"`
}

func (p *Pages) registerCode(w http.ResponseWriter, r *http.Request) error {
	return p.showCode(w, r, p.Visit(r), web.Query[codeForm](r), nil)
}

func (p *Pages) showCode(w http.ResponseWriter, r *http.Request, v *visit.Visit, f codeForm, list errs.List) error {
	form := &ui.AccountForm{Action: v.Link("/register/code"), Hidden: append(f.hidden(), ui.Param{Name: "form", Value: f.Form}), Button: v.T.T("account.code.button"),
		Fields: []ui.Field{codeField(v, "account.code", wrong(v, list, "code"))}}
	return p.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account.code.title"), Intro: []string{v.T.T("account.code.intro")}, Panels: []ui.Panel{{Form: form}},
		Links: []ui.Link{{Href: v.Link("/register" + f.query()), Text: v.T.T("account.code.again")}}}, list)
}

func (p *Pages) registerCodePost(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[codeForm](r)
	if err != nil {
		return err
	}
	in, err := p.People.FinishRegistration(r.Context(), f.Form, digits(f.Code), origin(r), v.Now)
	if list, ok := faults(err); ok {
		return p.showCode(w, r, v, f, list)
	}
	if err != nil {
		return err
	}
	return p.welcome(w, r, v, in, f.next)
}

// digits drops the blanks that people type between digits.
func digits(code string) string {
	out := make([]byte, 0, 8)
	for _, c := range []byte(code) {
		if c != ' ' && c != '-' {
			out = append(out, c)
		}
	}
	return string(out)
}

func device(r *http.Request) string { return auth.Device(r.UserAgent()) }

// origin is where somebody signs in from.
func origin(r *http.Request) auth.Origin {
	return auth.Origin{Device: device(r), Network: auth.Network(web.From(r).Addr)}
}

type loginForm struct {
	next
	Contact  string `form:"contact" rules:"max=400"`
	Password string `form:"password" rules:"raw,max=400"`
}

func (p *Pages) login(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	q := web.Query[struct {
		next
		Done string `form:"done" rules:"max=20"`
	}](r)
	view := p.loginView(v, loginForm{next: q.next}, nil)
	switch q.Done {
	case "reset", "out", "not_me", "locked":
		view.Notice, view.Tone = v.T.T("account.done."+q.Done), "ok"
	}
	return p.showForm(w, r, v, view, nil)
}

// SignInView is the sign-in form in place of a page that needs it; it leads back.
func (p *Pages) SignInView(v *visit.Visit) *ui.AccountView {
	return p.loginView(v, loginForm{next: next{v.Link(v.Path)}}, nil)
}

func (p *Pages) loginView(v *visit.Visit, f loginForm, list errs.List) *ui.AccountView {
	form := &ui.AccountForm{Action: v.Link("/login"), Hidden: f.hidden(), Button: v.T.T("account.login"), Fields: []ui.Field{
		p.contactField(v, f.Contact, wrong(v, list, "contact")), passwordField(v, "account.password", "current-password", wrong(v, list, "password"))}}
	panels := []ui.Panel{{Form: form}}
	if p.People.HasPasskeys() {
		panels = append(panels, keyPanel(v, "account.passkeys.or", "/login/passkey", "account.passkeys.sign_in", f.next, list))
	}
	return &ui.AccountView{Heading: v.T.T("account.login"), Panels: panels, Links: []ui.Link{
		{Href: v.Link("/login/link" + f.query()), Text: v.T.T("account.link")}, {Href: v.Link("/reset"), Text: v.T.T("account.forgot")}, {Href: v.Link("/register" + f.query()), Text: v.T.T("account.register")}}}
}

func (p *Pages) loginPost(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[loginForm](r)
	if err != nil {
		return err
	}
	a, err := auth.ParseAddress(p.Market, "contact", f.Contact)
	var in *auth.Entered
	if missing := given(f.Password); missing != nil {
		list, _ := faults(err)
		rest, _ := faults(missing)
		err = append(list, rest...)
	}
	if err == nil {
		in, err = p.People.SignIn(r.Context(), a, f.Password, origin(r), v.Now)
	}
	if list, ok := faults(err); ok {
		return p.showForm(w, r, v, p.loginView(v, f, list), list)
	}
	if err != nil {
		return err
	}
	return p.welcome(w, r, v, in, f.next)
}

// welcome gives the visitor his session. A finished sign-in takes the guest's
// cart and proved orders into the account and leads back to where he was.
func (p *Pages) welcome(w http.ResponseWriter, r *http.Request, v *visit.Visit, in *auth.Entered, n next) error {
	if err := web.SetCookie(w, r, policy.SessionCookie, in.Token); err != nil {
		return err
	}
	if in.Half {
		return web.SeeOther(w, r, "/login/second"+n.query())
	}
	return p.settle(w, r, v, in.Login.ID, n)
}

// settle brings home what the visitor had as a guest.
func (p *Pages) settle(w http.ResponseWriter, r *http.Request, v *visit.Visit, login int64, n next) error {
	guest := cart.Cart{}
	if value := web.Cookie(r, policy.CartCookie); value != "" {
		guest = cart.Parse(value)
	}
	var d visit.Said
	var chosen account.Settings
	err := p.DB.Write(r.Context(), func(tx *db.Tx) error {
		m, err := cart.Merge(r.Context(), tx, login, guest, v.Now)
		if err != nil {
			return err
		}
		for _, l := range m.Over { // no line is lost: what the cart has no room for is noted
			if err := wishlist.Add(r.Context(), tx, login, l.Variant, v.Now); err != nil && errs.KindOf(err) != errs.NotFound && errs.KindOf(err) != errs.Conflict {
				return err
			}
		}
		d = visit.Said{Joined: int64(m.Joined), Limited: int64(len(m.Limited)), Over: int64(len(m.Over))}
		if chosen, err = account.SettingsOf(r.Context(), tx, login); err != nil {
			return err
		}
		l, err := auth.ByID(r.Context(), tx, login)
		if err != nil {
			return err
		}
		claimed, err := claim(r, tx, l, v)
		d.Claimed = int64(claimed)
		return err
	})
	if err != nil {
		return err
	}
	if len(guest.Lines) > 0 {
		if err := web.ClearCookie(w, r, policy.CartCookie); err != nil {
			return err
		}
	}
	if chosen.City != "" {
		prefs := v.Prefs
		prefs.City = chosen.City
		if err := web.SetCookie(w, r, policy.PrefsCookie, prefs.String()); err != nil {
			return err
		}
	}
	return web.SeeOther(w, r, visit.WithSaid(web.Next(n.Next, "/account"), d))
}

// claim joins the orders that a guest has placed under an address that the
// login has proved.
func claim(r *http.Request, tx *db.Tx, l *auth.Login, v *visit.Visit) (int, error) {
	var email contact.Email
	var phone contact.Phone
	if !l.EmailAt.IsZero() {
		email = l.Email
	}
	if !l.PhoneAt.IsZero() {
		phone = l.Phone
	}
	return order.Claim(r.Context(), tx, access.Actor{Kind: access.KindOf(l.Role), ID: l.ID}, email, phone, v.Now)
}

func (p *Pages) logout(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	if _, err := web.Form[struct{}](r); err != nil {
		return err
	}
	if v.Visit != nil {
		if err := p.People.SignOut(r.Context(), v.Visit, v.Now); err != nil {
			return err
		}
	}
	for _, c := range []policy.Cookie{policy.SessionCookie, policy.GuestCookie} {
		if err := web.ClearCookie(w, r, c); err != nil {
			return err
		}
	}
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return web.SeeOther(w, r, "/login?done=out")
}
