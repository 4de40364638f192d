package customer

import (
	"net/http"

	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/web"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// The page by which the operator of a new marketplace becomes its first
// administrator; the serving process prints its address.

type firstForm struct {
	Name     string `form:"name" rules:"max=400"`
	Email    string `form:"email" rules:"max=400"`
	Password string `form:"password" rules:"raw,max=400"`
}

func (p *Pages) first(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	if err := p.People.CheckFirst(r.Context(), r.PathValue("token"), v.Now); err != nil {
		return err
	}
	return p.showFirst(w, r, v, firstForm{}, nil)
}

func (p *Pages) showFirst(w http.ResponseWriter, r *http.Request, v *visit.Visit, f firstForm, list errs.List) error {
	form := &ui.AccountForm{Action: v.Link("/setup/" + r.PathValue("token")), Button: v.T.T("account.first.button"), Fields: []ui.Field{
		{Name: "name", Label: v.T.T("buy.name"), Value: f.Name, Error: wrong(v, list, "name"), Autocomplete: "name", Required: true, Max: 100},
		{Name: "email", Label: v.T.T("account.email"), Value: f.Email, Error: wrong(v, list, "email"), Type: "email", Autocomplete: "username", Required: true, Max: 254},
		passwordField(v, "account.password", "new-password", wrong(v, list, "password"))}}
	return p.showForm(w, r, v, &ui.AccountView{Heading: v.T.T("account.first"), Intro: []string{v.T.T("account.first.intro")}, Panels: []ui.Panel{{Form: form}}}, list)
}

func (p *Pages) firstPost(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	f, err := web.Form[firstForm](r)
	if err != nil {
		return err
	}
	name, nameErr := contact.ParseName("name", f.Name)
	email, emailErr := contact.ParseEmail("email", f.Email)
	var list errs.List
	for _, err := range []error{nameErr, emailErr} {
		if bad, ok := faults(err); ok {
			list = append(list, bad...)
		}
	}
	if len(list) > 0 {
		if err := p.People.CheckFirst(r.Context(), r.PathValue("token"), v.Now); err != nil {
			return err
		}
		return p.showFirst(w, r, v, f, list)
	}
	in, err := p.People.BecomeFirst(r.Context(), r.PathValue("token"), name, email, f.Password, origin(r), v.Now)
	if list, ok := faults(err); ok {
		return p.showFirst(w, r, v, f, list)
	}
	if err != nil {
		return err
	}
	return p.welcome(w, r, v, in, next{})
}
