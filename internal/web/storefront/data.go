package storefront

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"aromart/internal/care/disclosure"
	"aromart/internal/care/policy"
	"aromart/internal/care/privacy"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/kit/mask"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/trade/order"
	"aromart/internal/web"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// dataPages are what a guest may see and do with his data: the order's link
// and a code from its mailbox show that it is he.
func (s *Shop) dataPages(srv *web.Server) {
	add := func(method, pattern string, action access.Action, rate access.RateClass, h web.Handler) {
		srv.Handle(access.Route{Method: method, Pattern: pattern, Action: action, Resource: "privacy_request", Policy: access.Everyone, Rate: rate,
			Mutates: method == "POST", Personal: true}, h)
	}
	add("GET", "/orders/{number}/data", "data.view", access.RateOrder, s.data)
	add("POST", "/orders/{number}/data/code", "data.send_code", access.RateLogin, s.sendCode)
	add("POST", "/orders/{number}/data/prove", "data.prove", access.RateLogin, s.prove)
	add("POST", "/orders/{number}/data/copy", "data.export", access.RateExport, s.askCopy)
	add("GET", "/orders/{number}/data/copy/{id}", "data.download", access.RateExport, s.downloadCopy)
	add("POST", "/orders/{number}/data/correct", "data.correct", access.RateMessage, s.correct)
	add("POST", "/orders/{number}/data/erase", "data.erase", access.RateMessage, s.erase)
	add("POST", "/orders/{number}/data/withdraw", "data.withdraw", access.RateMessage, s.withdraw)
	add("POST", "/orders/{number}/data/ask", "data.ask", access.RateMessage, s.askData)
	add("GET", "/privacy/receipt/{receipt}", "data.receipt", access.RateOrder, s.dataReceipt)
}

func (s *Shop) keeper() *privacy.Keeper {
	return &privacy.Keeper{DB: s.DB, Market: s.Market, Dir: s.DB.Dir(), Clock: s.Clock}
}

// held splits the cookie of an order's link: its token, and the secret of a
// proof once a code was typed.
func held(r *http.Request) (token, secret string) {
	token, secret, _ = strings.Cut(web.Cookie(r, policy.GuestCookie), "~")
	return token, secret
}

// proven returns the visitor's order when he has shown by a code that it is his; else ok is false.
func (s *Shop) proven(r *http.Request) (o *order.Order, ok bool, err error) {
	if o, err = s.mine(r); err != nil {
		return nil, false, err
	}
	_, secret := held(r)
	ok, err = privacy.Proven(r.Context(), s.DB, o, secret, s.Visit(r).Now)
	return o, ok, err
}

func (s *Shop) data(w http.ResponseWriter, r *http.Request) error {
	o, ok, err := s.proven(r)
	if err != nil {
		return err
	}
	if !ok {
		return s.showProve(w, r, o, http.StatusOK, nil)
	}
	return s.showData(w, r, o, http.StatusOK, nil)
}

// dataQuery is what a redirect says.
type dataQuery struct {
	Sent   bool   `form:"sent"`
	Done   string `form:"done"`
	Masked bool   `form:"masked"`
}

func (s *Shop) showProve(w http.ResponseWriter, r *http.Request, o *order.Order, status int, fault error) error {
	v := s.Visit(r)
	c, err := order.ContactOf(r.Context(), s.DB, o.ID)
	if err != nil {
		return err
	}
	base := "/orders/" + o.Number
	view := &ui.ProveView{Back: v.Link(base), Send: v.Link(base + "/data/code"), Prove: v.Link(base + "/data/prove"), Sent: web.Query[dataQuery](r).Sent || fault != nil,
		Code: ui.Field{Name: "code", Label: v.T.T("privacy.prove.code"), Hint: v.T.T("privacy.prove.hint"), Autocomplete: "one-time-code", Max: 7}}
	if c.Email.IsZero() {
		help := s.Site.HelpPhone
		if help == "" {
			help = s.Site.HelpEmail
		}
		if help == "" {
			help = v.T.T("privacy.prove.no_help")
		}
		view.NoEmail = v.T.T("privacy.prove.no_email", "help", help)
	} else {
		view.Intro = v.T.T("privacy.prove.intro", "email", c.Email.String())
	}
	if fault != nil {
		view.Code.Error = v.T.Error(fault)
		view.Problems = []ui.Problem{{Field: "code", Message: view.Code.Error}}
	}
	return web.RenderStatus(w, r, status, ui.ProveData(s.Private(v, v.T.T("privacy.title", "number", o.Number)), view))
}

func (s *Shop) sendCode(w http.ResponseWriter, r *http.Request) error {
	o, err := s.mine(r)
	if err != nil {
		return err
	}
	if _, err := web.Form[struct{}](r); err != nil {
		return err
	}
	v := s.Visit(r)
	if err := v.Limit("lookup.order", "data "+o.Number); err != nil {
		return err
	}
	err = s.DB.Write(r.Context(), func(tx *db.Tx) error { return privacy.SendCode(r.Context(), tx, o, v.Now) })
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/orders/"+o.Number+"/data?sent=1")
}

func (s *Shop) prove(w http.ResponseWriter, r *http.Request) error {
	o, err := s.mine(r)
	if err != nil {
		return err
	}
	f, err := web.Form[struct {
		Code string `form:"code" rules:"max=20"`
	}](r)
	if err != nil {
		return err
	}
	secret, err := privacy.Prove(r.Context(), s.DB, s.Desk.Links, o, f.Code, s.Visit(r).Now)
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Field == "code" {
		return s.showProve(w, r, o, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	if err := web.SetCookie(w, r, policy.GuestCookie, s.Desk.Links.Token(o)+"~"+secret); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/orders/"+o.Number+"/data")
}

// act runs something that only the customer himself may do. Who has not shown
// that yet is led to the code.
func (s *Shop) act(w http.ResponseWriter, r *http.Request, done string, f func(v *visit.Visit, o *order.Order) (struck bool, err error)) error {
	o, ok, err := s.proven(r)
	if err != nil {
		return err
	}
	page := "/orders/" + o.Number + "/data"
	if !ok {
		return web.SeeOther(w, r, page)
	}
	struck, err := f(s.Visit(r), o)
	if e, isOurs := errors.AsType[*errs.Error](err); isOurs && (e.Kind == errs.Invalid && e.ID != "web.unknown_field" || e.Kind == errs.Conflict) {
		return s.showData(w, r, o, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	if struck {
		done += "&masked=1"
	}
	return web.SeeOther(w, r, page+"?done="+done)
}

// asked takes a request of the page down; it is proven by the code.
func (s *Shop) asked(r *http.Request, tx *db.Tx, v *visit.Visit, o *order.Order, kind, question string) (*privacy.Request, error) {
	return privacy.Ask(r.Context(), tx, s.Market, privacy.Asked{Kind: kind, Subject: privacy.Guest(o.ID), Question: question, Channel: "page", Proof: "code",
		Language: v.Lang, By: guest(o)}, v.Now)
}

func (s *Shop) askCopy(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "asked", func(v *visit.Visit, o *order.Order) (struck bool, err error) {
		if _, err := web.Form[struct{}](r); err != nil {
			return false, err
		}
		if err := v.Limit("export", o.Number); err != nil {
			return false, err
		}
		return false, s.DB.Write(r.Context(), func(tx *db.Tx) error {
			q, err := s.asked(r, tx, v, o, privacy.Access, "")
			if err == nil {
				_, err = privacy.AskExport(r.Context(), tx, q, v.Now)
			}
			return err
		})
	})
}

func (s *Shop) downloadCopy(w http.ResponseWriter, r *http.Request) error {
	o, ok, err := s.proven(r)
	if err != nil {
		return err
	}
	if !ok {
		return web.SeeOther(w, r, "/orders/"+o.Number+"/data")
	}
	archive, err := s.keeper().Open(r.Context(), privacy.Guest(o.ID), r.PathValue("id"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="data-`+o.Number+`.zip"`)
	_, err = w.Write(archive)
	return err
}

func (s *Shop) erase(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "asked", func(v *visit.Visit, o *order.Order) (struck bool, err error) {
		if _, err := web.Form[struct{}](r); err != nil {
			return false, err
		}
		return false, s.DB.Write(r.Context(), func(tx *db.Tx) error {
			_, err := s.asked(r, tx, v, o, privacy.Erasure, "")
			return err
		})
	})
}

func (s *Shop) withdraw(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "withdrawn", func(v *visit.Visit, o *order.Order) (struck bool, err error) {
		f, err := web.Form[struct {
			Request string `form:"request" rules:"required,max=40"`
		}](r)
		if err != nil {
			return false, err
		}
		return false, s.DB.Write(r.Context(), func(tx *db.Tx) error {
			list, err := privacy.Of(r.Context(), tx, privacy.Guest(o.ID))
			if err != nil {
				return err
			}
			i := slices.IndexFunc(list, func(q privacy.Request) bool { return q.Number == f.Request })
			if i < 0 {
				return errs.New(errs.NotFound, "error.not_found")
			}
			return privacy.Withdraw(r.Context(), tx, guest(o), &list[i], v.Now)
		})
	})
}

func (s *Shop) askData(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "asked", func(v *visit.Visit, o *order.Order) (struck bool, err error) {
		f, err := web.Form[struct {
			Kind     string `form:"kind" rules:"max=20"`
			Question string `form:"question" rules:"lines,max=8000"`
		}](r)
		if err != nil {
			return false, err
		}
		if f.Kind != privacy.Question && f.Kind != privacy.Objection && f.Kind != privacy.Correction {
			return false, errs.Field("kind", "error.bad_choice")
		}
		if err := v.Limit("message", "data "+o.Number); err != nil {
			return false, err
		}
		f.Question, struck = mask.Secrets(f.Question)
		return struck, s.DB.Write(r.Context(), func(tx *db.Tx) error {
			_, err := s.asked(r, tx, v, o, f.Kind, f.Question)
			return err
		})
	})
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

func (s *Shop) correct(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "corrected", func(v *visit.Visit, o *order.Order) (struck bool, err error) {
		f, err := web.Form[correctionForm](r)
		if err != nil {
			return false, err
		}
		c, struck, err := f.read(s.Market.ParsePhone)
		if err != nil {
			return false, err
		}
		return struck, s.DB.Write(r.Context(), func(tx *db.Tx) error {
			return s.keeper().Correct(r.Context(), tx, o.ID, c, guest(o), v.Now)
		})
	})
}

// showData is the whole page: what is kept and why, who saw it, and every right with its button.
func (s *Shop) showData(w http.ResponseWriter, r *http.Request, o *order.Order, status int, fault error) error {
	v := s.Visit(r)
	base := "/orders/" + o.Number
	view := &ui.YourDataView{Back: v.Link(base), Copy: v.Link(base + "/data/copy"), Correct: v.Link(base + "/data/correct"), Erase: v.Link(base + "/data/erase"),
		Withdraw: v.Link(base + "/data/withdraw"), Ask: v.Link(base + "/data/ask")}
	said := web.Query[dataQuery](r)
	if fault == nil && (said.Done == "asked" || said.Done == "withdrawn" || said.Done == "corrected") {
		view.Notice = v.T.T("privacy.done." + said.Done)
		if said.Masked {
			view.Notice += " " + v.T.T("privacy.done.masked")
		}
	}
	if fault != nil {
		e, _ := errors.AsType[*errs.Error](fault)
		view.Problems = []ui.Problem{{Field: e.Field, Message: v.T.Error(fault)}}
	}
	for _, fill := range []func(*http.Request, *visit.Visit, *order.Order, *ui.YourDataView) error{s.fillKept, s.fillSeen, s.fillCopies, s.fillForms, s.fillRequests} {
		if err := fill(r, v, o, view); err != nil {
			return err
		}
	}
	return web.RenderStatus(w, r, status, ui.YourData(s.Private(v, v.T.T("privacy.title", "number", o.Number)), view))
}

// words writes a list of words, each a message below base.
func words[T ~string](v *visit.Visit, base string, list []T) string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = v.T.T(base + string(w))
	}
	return strings.Join(out, ", ")
}

func (s *Shop) fillKept(r *http.Request, v *visit.Visit, o *order.Order, view *ui.YourDataView) error {
	kinds, err := s.keeper().Explain(r.Context(), s.DB, privacy.Guest(o.ID))
	if err != nil {
		return err
	}
	view.Kept = ui.Table{Caption: v.T.T("privacy.kept.title"), Head: []string{v.T.T("privacy.kept.kind"), v.T.T("privacy.kept.why"), v.T.T("privacy.kept.who"), v.T.T("privacy.kept.long")}}
	for _, k := range kinds {
		who := words(v, "privacy.to.", k.To)
		if who == "" {
			who = v.T.T("privacy.kept.nobody")
		}
		view.Kept.Rows = append(view.Kept.Rows, []string{v.T.T("privacy.kind." + string(k.Category)), words(v, "privacy.use.", k.Uses), who, s.keepFor(v, k)})
	}
	return nil
}

func (s *Shop) keepFor(v *visit.Visit, k privacy.Kind) string {
	id := "privacy.keep." + string(k.Keep)
	if k.Days > 0 {
		return v.T.T(id, "days", k.Days)
	}
	return v.T.T(id)
}

func (s *Shop) fillSeen(r *http.Request, v *visit.Visit, o *order.Order, view *ui.YourDataView) error {
	list, err := disclosure.Of(r.Context(), s.DB, []int64{int64(o.ID)})
	if err != nil {
		return err
	}
	view.Seen = ui.Table{Caption: v.T.T("privacy.seen.title"), Head: []string{v.T.T("privacy.seen.when"), v.T.T("privacy.seen.who"), v.T.T("privacy.seen.what"), v.T.T("privacy.seen.why")}}
	for _, d := range list {
		who := d.Name
		if d.Recipient == disclosure.Support {
			who = v.T.T("privacy.seen.operator")
		}
		for i := range o.Parts {
			if int64(o.Parts[i].ID) == d.SellerOrder && d.Recipient == disclosure.Seller {
				who = o.Parts[i].Store.Name
			}
		}
		why := v.T.T("privacy.act." + d.Act)
		if d.Reason != "" {
			why += ": " + d.Reason
		}
		view.Seen.Rows = append(view.Seen.Rows, []string{v.T.Date(s.Local(d.At), i18n.DateTime), who, words(v, "privacy.kind.", d.Kinds), why})
	}
	return nil
}

func (s *Shop) fillCopies(r *http.Request, v *visit.Visit, o *order.Order, view *ui.YourDataView) error {
	list, err := privacy.ExportsOf(r.Context(), s.DB, privacy.Guest(o.ID))
	for _, e := range list {
		switch {
		case e.Status == "pending":
			view.Pending = true
		case e.Status == "ready" && v.Now.Before(e.ExpiresAt):
			view.Copies = append(view.Copies, ui.Fact{Name: v.Link("/orders/" + o.Number + "/data/copy/" + e.PublicID),
				Value: v.T.T("privacy.download.get", "day", v.T.Date(s.Local(e.CreatedAt), i18n.DateTime)) + ", " + v.T.T("privacy.download.until", "day", v.T.Date(s.Local(e.ExpiresAt), i18n.DayMonthYear))})
		}
	}
	return err
}

// fillForms fills the forms of correction, deletion and question.
func (s *Shop) fillForms(r *http.Request, v *visit.Visit, o *order.Order, view *ui.YourDataView) error {
	c, err := order.ContactOf(r.Context(), s.DB, o.ID)
	if err != nil {
		return err
	}
	field := func(name, label, value string, limit int) ui.Field {
		return ui.Field{Name: name, Label: v.T.T(label), Value: value, Max: limit, Autocomplete: "off"}
	}
	view.Fields = []ui.Field{field("name", "buy.name", c.Name.Reveal(), contact.MaxName), field("phone", "buy.phone", c.Phone.Reveal(), 24),
		field("recipient", "buy.recipient", c.Recipient.Reveal(), contact.MaxName), field("street", "address.street", c.Street.Reveal(), 160),
		field("area", "address.landmark", c.Area.Reveal(), 120), field("note", "buy.note", c.Note.Reveal(), 500)}
	view.Fields[5].Lines = true
	for _, kind := range []string{privacy.Question, privacy.Objection, privacy.Correction} {
		view.Kinds = append(view.Kinds, ui.Choice{Value: kind, Text: v.T.T("privacy.request." + kind)})
	}
	view.Question = ui.Field{Name: "question", Label: v.T.T("privacy.ask.text"), Lines: true, Max: privacy.MaxQuestion, Value: web.Kept(r, "question"),
		Hint: v.T.T("privacy.ask.hint", "day", v.T.Date(s.Local(s.Market.PrivacyDue(v.Now)), i18n.DayMonthYear))}
	look, err := s.keeper().Outlook(r.Context(), s.DB, privacy.Guest(o.ID))
	if err != nil {
		return err
	}
	view.GoesOn = v.T.T("privacy.delete.goes", "day", v.T.Date(s.Local(look.At), i18n.DayMonthYear))
	for _, k := range look.Goes {
		view.Goes = append(view.Goes, v.T.T("privacy.kind."+string(k)))
	}
	view.Stays = s.kept(v, look.Kept)
	if len(look.Wait) > 0 {
		view.Wait = v.T.T("privacy.delete.wait", "day", v.T.Date(s.Local(look.Wait[0].At), i18n.DayMonthYear))
	}
	return nil
}

// kept says what stays and until when.
func (s *Shop) kept(v *visit.Visit, list []privacy.Kept) (out []string) {
	for _, k := range list {
		line := v.T.T("privacy.kind." + string(k.Kind))
		if !k.Until.IsZero() {
			line += ", " + v.T.T("privacy.delete.until", "day", v.T.Date(s.Local(k.Until), i18n.DayMonthYear))
		}
		out = append(out, line)
	}
	return out
}

func (s *Shop) fillRequests(r *http.Request, v *visit.Visit, o *order.Order, view *ui.YourDataView) error {
	list, err := privacy.Of(r.Context(), s.DB, privacy.Guest(o.ID))
	if err != nil {
		return err
	}
	view.Requests = ui.Table{Caption: v.T.T("privacy.list.title"), Head: []string{v.T.T("privacy.list.number"), v.T.T("privacy.list.kind"), v.T.T("privacy.list.state"), v.T.T("privacy.list.due")}}
	for _, q := range list {
		state := v.T.T("privacy.status." + q.Status)
		if q.Reason != "" {
			state += ". " + v.T.T("privacy.list.reason", "reason", v.T.T("privacy.reason."+q.Reason))
		}
		if !q.Answer.IsZero() {
			state += ". " + v.T.T("privacy.list.answer", "answer", q.Answer.Reveal())
		}
		view.Requests.Rows = append(view.Requests.Rows, []string{q.Number, v.T.T("privacy.request." + q.Kind), state, v.T.Date(s.Local(q.DueAt), i18n.DayMonthYear)})
		if q.Kind == privacy.Erasure && !q.RunAt.IsZero() && q.CanWithdraw() {
			view.Scheduled = v.T.T("privacy.delete.scheduled", "day", v.T.Date(s.Local(q.RunAt), i18n.DayMonthYear))
			view.Keep = v.T.T("privacy.delete.keep_number", "number", q.Number, "address", v.Absolute(v.Link("/privacy/receipt/"+q.Number)))
			view.Hidden = []ui.Param{{Name: "request", Value: q.Number}}
		}
	}
	return nil
}

// dataReceipt shows what became of a request to whoever has its long random
// number: kind, state and dates, and after an erasure its receipt. It names nobody.
func (s *Shop) dataReceipt(w http.ResponseWriter, r *http.Request) error {
	v := s.Visit(r)
	number := privacy.CleanRequestNumber(r.PathValue("receipt"))
	if number == "" {
		return errs.New(errs.NotFound, "error.not_found")
	}
	q, err := privacy.ByNumber(r.Context(), s.DB, number)
	if err != nil {
		return err
	}
	day := func(id string, t time.Time) string { return v.T.T(id, "day", v.T.Date(s.Local(t), i18n.DayMonthYear)) }
	view := &ui.DataReceiptView{Number: q.Number, Lines: []string{
		v.T.T("privacy.receipt.state", "kind", v.T.T("privacy.request."+q.Kind), "state", v.T.T("privacy.status."+q.Status)),
		day("privacy.receipt.received", q.ReceivedAt), day("privacy.receipt.due", q.DueAt)}}
	if !q.RunAt.IsZero() {
		view.Lines = append(view.Lines, day("privacy.receipt.run", q.RunAt))
	}
	if q.Reason != "" {
		view.Lines = append(view.Lines, v.T.T("privacy.list.reason", "reason", v.T.T("privacy.reason."+q.Reason)))
	}
	if rec := q.Receipt; rec != nil {
		view.Erased = ui.Table{Caption: v.T.T("privacy.receipt.erased"), Head: []string{v.T.T("privacy.kept.kind"), v.T.T("privacy.receipt.rows")}}
		for _, e := range rec.Erased {
			view.Erased.Rows = append(view.Erased.Rows, []string{words(v, "privacy.kind.", e.Kinds), v.T.Number(e.Rows)})
		}
		view.Stays = s.kept(v, rec.Kept)
		view.Lines = append(view.Lines, v.T.T("privacy.receipt.files", "n", rec.Files), v.T.T("privacy.log."+rec.Log))
	}
	return web.Render(w, r, ui.DataReceipt(s.Private(v, v.T.T("privacy.receipt.title")), view))
}

// guest is the actor that the order's link makes of a visitor. The rights of a
// person in one order are his, whether or not he has an account.
func guest(o *order.Order) access.Actor {
	return access.Actor{Kind: access.GuestOrder, Order: int64(o.ID)}
}
