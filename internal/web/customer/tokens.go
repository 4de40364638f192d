package customer

import (
	"net/http"
	"strconv"
	"strings"

	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/web"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// tokenPages are where a person makes and revokes keys for programs.
func (p *Pages) tokenPages(srv *web.Server) {
	const path = "/account/security/tokens"
	add := func(method, pattern string, action access.Action, rate access.RateClass, h web.Handler) {
		srv.Handle(access.Route{Method: method, Pattern: pattern, Action: action, Resource: "token", Policy: access.SignedIn, Rate: rate,
			Mutates: method == "POST", Personal: true}, h)
	}
	add("GET", path, "token.list", access.RateOrder, p.fresh(p.tokens))
	add("POST", path, "token.issue", access.RateLogin, p.tokenIssue)
	add("POST", path+"/revoke", "token.revoke", access.RateCart, p.tokenRevoke)
}

// tokenForm is a key as it is asked for: each thing not at all, to be read, or to be changed.
type tokenForm struct {
	Name      string `form:"name" rules:"max=400"`
	Days      int64  `form:"days"`
	Orders    string `form:"orders" rules:"max=10"`
	Wishlist  string `form:"wishlist" rules:"max=10"`
	Addresses string `form:"addresses" rules:"max=10"`
	Account   string `form:"account" rules:"max=10"`
}

// things are what a key can open, in the order of the form.
func (f *tokenForm) things() [][2]string {
	return [][2]string{{"orders", f.Orders}, {"wishlist", f.Wishlist}, {"addresses", f.Addresses}, {"account", f.Account}}
}

func (f *tokenForm) scopes() access.Scopes {
	var names []string
	for _, t := range f.things() {
		names = append(names, t[0]+":"+t[1])
	}
	return access.ScopesOf(names...)
}

// tokenDays are how long a key may serve.
var tokenDays = []int64{7, 30, 90, 365}

func (p *Pages) tokens(w http.ResponseWriter, r *http.Request) error {
	return p.showTokens(w, r, p.Visit(r), tokenForm{Days: 90, Orders: "read"}, nil)
}

func (p *Pages) showTokens(w http.ResponseWriter, r *http.Request, v *visit.Visit, f tokenForm, list errs.List) error {
	have, err := auth.Tokens(r.Context(), p.DB, v.Actor.ID, v.Now)
	if err != nil {
		return err
	}
	present := ui.Panel{Title: v.T.T("account.tokens.have")}
	for _, t := range have {
		present.Entries = append(present.Entries, p.tokenEntry(v, &t))
	}
	if len(have) == 0 {
		present.Text = []string{v.T.T("account.tokens.none")}
	}
	view := &ui.AccountView{Heading: v.T.T("account.tokens"), Intro: []string{v.T.T("account.tokens.intro"), v.T.T("account.tokens.end")}, Crumbs: p.securityCrumbs(v),
		Panels: []ui.Panel{present, {Title: v.T.T("account.tokens.new"), Form: p.tokenNew(v, f, list)}}, Links: []ui.Link{{Href: "/api/docs", Text: v.T.T("account.tokens.docs")}}}
	if v.Visit.Login.Staff() {
		view.Panels = []ui.Panel{{Text: []string{v.T.T("auth.token_staff")}}}
	}
	if q := web.Query[struct {
		Done string `form:"done" rules:"max=20"`
	}](r); q.Done == "revoked" {
		view.Notice, view.Tone = v.T.T("account.tokens.revoked"), "ok"
	}
	return p.showForm(w, r, v, view, list)
}

func (p *Pages) tokenNew(v *visit.Visit, f tokenForm, list errs.List) *ui.AccountForm {
	form := &ui.AccountForm{Action: v.Link("/account/security/tokens"), Button: v.T.T("account.tokens.make"),
		Fields: []ui.Field{{Name: "name", Label: v.T.T("account.tokens.name"), Hint: v.T.T("account.tokens.name.hint"), Value: f.Name, Error: wrong(v, list, "name"), Required: true, Max: 60, Autocomplete: "off"}},
		Select: &ui.Field{Name: "days", Label: v.T.T("account.tokens.days"), Error: wrong(v, list, "days")}}
	group := ui.ChoiceGroup{}
	for _, n := range tokenDays {
		group.Choices = append(group.Choices, ui.Choice{Value: strconv.FormatInt(n, 10), Text: v.T.Days(int(n)), Selected: n == f.Days})
	}
	form.Groups = []ui.ChoiceGroup{group}
	for _, t := range f.things() {
		radio := ui.Radio{Name: t[0], Legend: v.T.T("account.tokens.what." + t[0])}
		for _, level := range []string{"", "read", "write"} {
			id := "account.tokens.may.no"
			if level != "" {
				id = "account.tokens.may." + level
			}
			if t[0] == "orders" && level == "write" {
				id = "account.tokens.may.order"
			}
			radio.Choices = append(radio.Choices, ui.Choice{Value: level, Text: v.T.T(id), Selected: t[1] == level})
		}
		form.Radios = append(form.Radios, radio)
	}
	return form
}

// tokenEntry says what a key may do, until when, and when it was last used.
func (p *Pages) tokenEntry(v *visit.Visit, t *auth.Token) ui.Entry {
	day := i18n.DayMonthYear
	var may []string
	names := strings.Join(t.Scopes.Names(), " ")
	for _, thing := range (&tokenForm{}).things() {
		id := "account.tokens.may.read"
		switch {
		case strings.Contains(names, thing[0]+":write") && thing[0] == "orders":
			id = "account.tokens.may.order"
		case strings.Contains(names, thing[0]+":write"):
			id = "account.tokens.may.write"
		case !strings.Contains(names, thing[0]+":read"):
			continue
		}
		may = append(may, v.T.T("account.tokens.what."+thing[0])+": "+v.T.T(id))
	}
	used := v.T.T("account.tokens.never")
	if !t.UsedOn.IsZero() {
		used = v.T.T("account.tokens.used", "day", v.T.Date(t.UsedOn, day)) // a day of UTC has no other zone
	}
	return ui.Entry{Title: t.Name.Reveal(), Lines: append(may, v.T.T("account.tokens.since", "from", v.T.Date(p.Local(t.CreatedAt), day), "to", v.T.Date(p.Local(t.ExpiresAt), day)), used),
		Buttons: []ui.Button{{Action: v.Link("/account/security/tokens/revoke"), Hidden: []ui.Param{{Name: "token", Value: t.PublicID}}, Text: v.T.T("account.tokens.revoke"), About: t.Name.Reveal()}}}
}

func (p *Pages) tokenIssue(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[tokenForm](r)
	if err != nil {
		return err
	}
	name, err := contact.ParseLine("name", f.Name, 60)
	secret := ""
	if err == nil {
		secret, err = p.People.IssueToken(r.Context(), v.Visit, name, f.scopes(), int(min(max(f.Days, 0), 1000)), v.Now)
	}
	if errs.Is(err, "auth.prove_first") {
		return web.SeeOther(w, r, "/account/prove?next="+ui.EscapeQuery(v.Link("/account/security/tokens")))
	}
	if list, ok := faults(err); ok {
		for i, e := range list {
			if e.Field == "scope" { // the form has four fields for it
				list[i] = errs.New(errs.Invalid, e.ID)
			}
		}
		return p.showTokens(w, r, v, f, list)
	}
	if err != nil {
		return err
	}
	return p.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account.tokens.made"), Notice: v.T.T("account.tokens.made.intro"), Tone: "warn", Crumbs: p.securityCrumbs(v),
		Panels: []ui.Panel{{Title: name.Reveal(), Codes: []string{secret}}}, Links: []ui.Link{{Href: v.Link("/account/security/tokens"), Text: v.T.T("account.tokens.kept")}, {Href: "/api/docs", Text: v.T.T("account.tokens.docs")}}}, nil)
}

func (p *Pages) tokenRevoke(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[struct {
		Token string `form:"token" rules:"required,max=24"`
	}](r)
	if err != nil {
		return err
	}
	if err := p.People.RevokeToken(r.Context(), v.Visit, f.Token, v.Now); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/account/security/tokens?done=revoked")
}
