package rights

import (
	"net/http"
	"slices"

	"aromart/internal/care/policy"
	"aromart/internal/care/privacy"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/mask"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
	"aromart/internal/trade/order"
	"aromart/internal/web"
	"aromart/internal/web/visit"
)

// write does what the person asks, if the session that showed who he is may still ask it then.
func (p *Pages) write(r *http.Request, v *visit.Visit, who *person, f func(tx *db.Tx) error) error {
	return p.DB.Write(r.Context(), func(tx *db.Tx) error {
		if who.proof == "session" {
			if err := v.Visit.HoldFresh(r.Context(), tx, v.Now); err != nil {
				return err
			}
		}
		return f(tx)
	})
}

// take takes a request of the page down; it is proven already.
func (p *Pages) take(r *http.Request, tx *db.Tx, v *visit.Visit, who *person, kind, question string) (*privacy.Request, error) {
	return privacy.Ask(r.Context(), tx, p.Market, privacy.Asked{Kind: kind, Subject: who.Subject, Question: question, Channel: "page", Proof: who.proof,
		Language: v.Lang, By: who.by}, v.Now)
}

func (p *Pages) askCopy(w http.ResponseWriter, r *http.Request, v *visit.Visit, who *person) error {
	if _, err := web.Form[struct{}](r); err != nil {
		return err
	}
	if err := v.Limit("export", who.Key()); err != nil {
		return err
	}
	err := p.write(r, v, who, func(tx *db.Tx) error {
		q, err := p.take(r, tx, v, who, privacy.Access, "")
		if err == nil {
			_, err = privacy.AskExport(r.Context(), tx, q, v.Now)
		}
		return err
	})
	if err != nil {
		return err
	}
	return done(w, r, who, "asked", false)
}

func (p *Pages) download(w http.ResponseWriter, r *http.Request, _ *visit.Visit, who *person) error {
	archive, err := p.keeper().Open(r.Context(), who.Subject, r.PathValue("id"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="data-`+who.number+`.zip"`)
	_, err = w.Write(archive)
	return err
}

// erase takes a deletion down. That of an account signs out everywhere, and its
// receipt is a page that needs no account.
func (p *Pages) erase(w http.ResponseWriter, r *http.Request, v *visit.Visit, who *person) error {
	if _, err := web.Form[struct{}](r); err != nil {
		return err
	}
	var q *privacy.Request
	err := p.write(r, v, who, func(tx *db.Tx) (err error) {
		if q, err = p.take(r, tx, v, who, privacy.Erasure, ""); err != nil || who.Login == 0 {
			return err
		}
		return auth.SignOutEverywhere(r.Context(), tx, who.by, who.Login, "erasure", v.Now)
	})
	if err != nil {
		return err
	}
	if who.Login == 0 {
		return done(w, r, who, "asked", false)
	}
	if err := web.ClearCookie(w, r, policy.SessionCookie); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/privacy/receipt/"+q.Number)
}

func (p *Pages) withdraw(w http.ResponseWriter, r *http.Request, v *visit.Visit, who *person) error {
	f, err := web.Form[struct {
		Request string `form:"request" rules:"required,max=40"`
	}](r)
	if err != nil {
		return err
	}
	err = p.write(r, v, who, func(tx *db.Tx) error {
		list, err := privacy.Of(r.Context(), tx, who.Subject)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(q privacy.Request) bool { return q.Number == f.Request })
		if i < 0 {
			return errs.New(errs.NotFound, "error.not_found")
		}
		return privacy.Withdraw(r.Context(), tx, who.by, &list[i], v.Now)
	})
	if err != nil {
		return err
	}
	return done(w, r, who, "withdrawn", false)
}

func (p *Pages) ask(w http.ResponseWriter, r *http.Request, v *visit.Visit, who *person) error {
	f, err := web.Form[struct {
		Kind     string `form:"kind" rules:"max=20"`
		Question string `form:"question" rules:"lines,max=8000"`
	}](r)
	if err != nil {
		return err
	}
	if f.Kind != privacy.Question && f.Kind != privacy.Objection && f.Kind != privacy.Correction {
		return errs.Field("kind", "error.bad_choice")
	}
	if err := v.Limit("message", who.Key()); err != nil {
		return err
	}
	var q *privacy.Request
	err = p.write(r, v, who, func(tx *db.Tx) (err error) {
		q, err = p.take(r, tx, v, who, f.Kind, f.Question)
		return err
	})
	if err != nil {
		return err
	}
	return done(w, r, who, "asked", q.Struck)
}

// correctionForm is what of an order can be corrected without another price.
type correctionForm struct {
	Name      string `form:"name" rules:"max=400"`
	Phone     string `form:"phone" rules:"max=400"`
	Recipient string `form:"recipient" rules:"max=400"`
	Street    string `form:"street" rules:"max=400"`
	Area      string `form:"area" rules:"max=400"`
	Note      string `form:"note" rules:"lines,max=2000"`
}

// read checks the form; the first fault is told.
func (f correctionForm) read(parsePhone func(string) (string, error)) (c order.Correction, struck bool, err error) {
	var faults [6]error
	if f.Name != "" {
		c.Name, faults[0] = contact.ParseName("name", f.Name)
	}
	if f.Phone != "" {
		var phone string
		phone, faults[1] = parsePhone(f.Phone)
		c.Phone = contact.NewPhone(phone)
	}
	f.Note, struck = mask.Secrets(f.Note)
	c.Recipient, faults[2] = contact.ParseLine("recipient", f.Recipient, contact.MaxName)
	c.Street, faults[3] = contact.ParseLine("street", f.Street, 160)
	c.Area, faults[4] = contact.ParseLine("area", f.Area, 120)
	c.Note, faults[5] = contact.ParseText("note", f.Note, 500)
	for _, fault := range faults {
		if fault != nil {
			return c, struck, fault
		}
	}
	return c, struck, nil
}

func (p *Pages) correct(w http.ResponseWriter, r *http.Request, v *visit.Visit, who *person) error {
	f, err := web.Form[correctionForm](r)
	if err != nil {
		return err
	}
	c, struck, err := f.read(p.Market.ParsePhone)
	if err != nil {
		return err
	}
	err = p.write(r, v, who, func(tx *db.Tx) error {
		return p.keeper().Correct(r.Context(), tx, who.order.ID, c, who.by, v.Now)
	})
	if err != nil {
		return err
	}
	return done(w, r, who, "corrected", struck)
}
