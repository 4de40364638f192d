package rights

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"aromart/internal/care/disclosure"
	"aromart/internal/care/policy"
	"aromart/internal/care/privacy"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/trade/order"
	"aromart/internal/web"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// say is the message that says it of an order, or of an account.
func (who *person) say(id string) string {
	if who.order == nil {
		return id + ".account"
	}
	return id
}

// show is the whole page: what is kept and why, who saw it, and every right with its button.
func (p *Pages) show(w http.ResponseWriter, r *http.Request, v *visit.Visit, who *person, status int, fault error) error {
	words := func(id string) string { return v.T.T(who.say(id)) }
	title, back := v.T.T("account.data"), "/account"
	if who.order != nil {
		title, back = v.T.T("privacy.title", "number", who.number), "/orders/"+who.number
	}
	view := &ui.YourDataView{Back: ui.Link{Href: v.Link(back), Text: words("privacy.back")}, CorrectIntro: words("privacy.correct.intro"), EraseNote: words("privacy.delete.link"),
		EraseAsk: words("privacy.delete.ask"), EraseSure: words("privacy.delete.sure"), Copy: v.Link(who.page + "/copy"), Erase: v.Link(who.page + "/erase"),
		Withdraw: v.Link(who.page + "/withdraw"), Ask: v.Link(who.page + "/ask")}
	after := web.Query[said](r)
	if fault == nil && (after.Done == "asked" || after.Done == "withdrawn" || after.Done == "corrected") {
		view.Notice = v.T.T("privacy.done." + after.Done)
		if after.Masked {
			view.Notice += " " + v.T.T("privacy.done.masked")
		}
	}
	if fault != nil {
		e, _ := errors.AsType[*errs.Error](fault)
		view.Problems = []ui.Problem{{Field: e.Field, Message: v.T.Error(fault)}}
	}
	for _, fill := range []func(*http.Request, *visit.Visit, *person, *ui.YourDataView) error{p.fillKept, p.fillSeen, p.fillCopies, p.fillCorrect, p.fillAsk, p.fillRequests} {
		if err := fill(r, v, who, view); err != nil {
			return err
		}
	}
	return web.RenderStatus(w, r, status, ui.YourData(p.Private(v, title), view))
}

// words writes a list of words, each a message below base.
func words[T ~string](v *visit.Visit, base string, list []T) string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = v.T.T(base + string(w))
	}
	return strings.Join(out, ", ")
}

// capital begins a list of words as a sentence begins.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// fillKept tells by the rule that ends it what is kept: one rule is one thing to
// a person, his account or the address on an order. What stays longest is first.
func (p *Pages) fillKept(r *http.Request, v *visit.Visit, who *person, view *ui.YourDataView) error {
	kinds, err := p.keeper().Explain(r.Context(), p.DB, who.Subject)
	if err != nil {
		return err
	}
	var all []policy.Category
	for _, keep := range slices.Backward(policy.Retentions()) {
		of := slices.DeleteFunc(slices.Clone(kinds), func(k privacy.Kind) bool { return k.Keep != keep })
		if len(of) == 0 {
			continue
		}
		var names []policy.Category
		for _, k := range of {
			if !slices.Contains(names, k.Category) {
				names = append(names, k.Category)
			}
		}
		all = append(all, names...)
		title := v.T.T("privacy.group." + string(keep))
		view.Kept = append(view.Kept, ui.DataGroup{Title: title, Lines: []string{capital(words(v, "privacy.kind.", names)), v.T.T("privacy.kept.for", "long", p.keepFor(v, of[0]))},
			More: v.T.T("privacy.kept.more"), Table: ui.Table{Caption: title, Head: []string{v.T.T("privacy.kept.kind"), v.T.T("privacy.kept.why"), v.T.T("privacy.kept.who")}, Rows: treated(v, of)}})
	}
	slices.Sort(all)
	contents(view, "#kept", v.T.T("privacy.kept.count", "n", len(slices.Compact(all))))
	return nil
}

// contents adds a line to the figures at a glance.
func contents(view *ui.YourDataView, to, text string) {
	view.Contents = append(view.Contents, ui.Link{Href: to, Text: text})
}

// treated are the rows of some kinds, one for those that serve the same and go to the same.
func treated(v *visit.Visit, kinds []privacy.Kind) (rows [][]string) {
	for _, k := range kinds {
		name, why, to := v.T.T("privacy.kind."+string(k.Category)), words(v, "privacy.use.", k.Uses), words(v, "privacy.to.", k.To)
		if to == "" {
			to = v.T.T("privacy.kept.nobody")
		}
		i := slices.IndexFunc(rows, func(row []string) bool { return row[1] == why && row[2] == to })
		if i >= 0 {
			rows[i][0] += ", " + name
		} else {
			rows = append(rows, []string{name, why, to})
		}
	}
	return rows
}

func (p *Pages) keepFor(v *visit.Visit, k privacy.Kind) string {
	id := "privacy.keep." + string(k.Keep)
	if k.Days == 0 {
		return v.T.T(id)
	}
	return v.T.T(id, "period", v.T.Days(k.Days))
}

// shownSeen is how many disclosures a page lists; the copy has all of them.
const shownSeen = 100

func (p *Pages) fillSeen(r *http.Request, v *visit.Visit, who *person, view *ui.YourDataView) error {
	list, err := disclosure.Of(r.Context(), p.DB, who.Login, who.Orders, shownSeen)
	if err != nil {
		return err
	}
	parts := make([]int64, len(list))
	for i, d := range list {
		parts[i] = d.SellerOrder
	}
	stores, err := order.StoreNames(r.Context(), p.DB, parts)
	if err != nil {
		return err
	}
	at := map[string]int{}
	for _, d := range list {
		to := d.Name
		switch d.Recipient {
		case disclosure.Support:
			to = v.T.T("privacy.seen.operator")
		case disclosure.Seller:
			to = stores[d.SellerOrder]
		}
		why := v.T.T("privacy.act." + d.Act)
		if d.Reason != "" {
			why += ": " + d.Reason
		}
		i, known := at[d.Recipient+to]
		if !known {
			i = len(view.Seen)
			at[d.Recipient+to] = i
			view.Seen = append(view.Seen, ui.DataGroup{More: v.T.Date(p.Local(d.At), i18n.DayMonthYear), Table: ui.Table{Caption: to,
				Head: []string{v.T.T("privacy.seen.when"), v.T.T("privacy.seen.what"), v.T.T("privacy.seen.why")}}})
		}
		rows := &view.Seen[i].Table.Rows
		*rows = append(*rows, []string{v.T.Date(p.Local(d.At), i18n.DateTime), words(v, "privacy.kind.", d.Kinds), why})
	}
	for i := range view.Seen {
		g := &view.Seen[i]
		g.More = v.T.T("privacy.seen.of", "who", g.Table.Caption, "n", len(g.Table.Rows), "day", g.More)
	}
	contents(view, "#seen", v.T.T("privacy.seen.count", "n", len(view.Seen)))
	if len(list) == shownSeen {
		view.SeenMore = v.T.T("privacy.seen.more", "n", shownSeen)
	}
	return nil
}

func (p *Pages) fillCopies(r *http.Request, v *visit.Visit, who *person, view *ui.YourDataView) error {
	list, err := privacy.ExportsOf(r.Context(), p.DB, who.Subject)
	for _, e := range list {
		switch {
		case e.Status == "pending":
			view.Pending = true
		case e.Status == "ready" && v.Now.Before(e.ExpiresAt):
			view.Copies = append(view.Copies, ui.Fact{Name: v.Link(who.page + "/copy/" + e.PublicID),
				Value: v.T.T("privacy.download.get", "day", v.T.Date(p.Local(e.CreatedAt), i18n.DateTime)) + ", " + v.T.T("privacy.download.until", "day", v.T.Date(p.Local(e.ExpiresAt), i18n.DayMonthYear))})
		}
	}
	return err
}

// fillCorrect fills the form that corrects an order, or leads to the pages on
// which what an account keeps is changed.
func (p *Pages) fillCorrect(r *http.Request, v *visit.Visit, who *person, view *ui.YourDataView) error {
	if who.order == nil {
		return p.linkCorrect(r, v, view)
	}
	c, err := order.ContactOf(r.Context(), p.DB, who.order.ID)
	if err != nil {
		return err
	}
	field := func(name, label, value string, limit int) ui.Field {
		return ui.Field{Name: name, Label: v.T.T(label), Value: value, Max: limit, Autocomplete: "off"}
	}
	view.Correct = v.Link(who.page + "/correct")
	view.Fields = []ui.Field{field("name", "buy.name", c.Name.Reveal(), contact.MaxName), field("phone", "buy.phone", c.Phone.Reveal(), 24),
		field("recipient", "buy.recipient", c.Recipient.Reveal(), contact.MaxName), field("street", "address.street", c.Street.Reveal(), 160),
		field("area", "address.landmark", c.Area.Reveal(), 120), field("note", "buy.note", c.Note.Reveal(), 500)}
	view.Fields[5].Lines = true
	return nil
}

// linkedOrders is how many orders the page of an account leads to; the list of orders has all.
const linkedOrders = 10

func (p *Pages) linkCorrect(r *http.Request, v *visit.Visit, view *ui.YourDataView) error {
	link := func(path, text string) {
		view.CorrectAt = append(view.CorrectAt, ui.Link{Href: v.Link(path), Text: text})
	}
	link("/account/preferences", v.T.T("account.preferences.about"))
	link("/account/addresses", v.T.T("account.addresses"))
	link("/account/security", v.T.T("account.security.about"))
	list, err := order.ListOf(r.Context(), p.DB, v.Actor.ID, "", 0, linkedOrders)
	for _, o := range list {
		link("/orders/"+o.Number+"/data#correct", v.T.T("ui.order.title", "number", o.Number))
	}
	return err
}

// fillAsk fills the form for questions and what a deletion would do.
func (p *Pages) fillAsk(r *http.Request, v *visit.Visit, who *person, view *ui.YourDataView) error {
	for _, kind := range []string{privacy.Question, privacy.Objection, privacy.Correction} {
		view.Kinds = append(view.Kinds, ui.Choice{Value: kind, Text: v.T.T("privacy.request." + kind)})
	}
	view.Question = ui.Field{Name: "question", Label: v.T.T("privacy.ask.text"), Lines: true, Max: privacy.MaxQuestion, Value: web.Kept(r, "question"),
		Hint: v.T.T("privacy.ask.hint", "day", v.T.Date(p.Local(p.Market.PrivacyDue(v.Now)), i18n.DayMonthYear))}
	look, err := p.keeper().Outlook(r.Context(), p.DB, who.Subject)
	if err != nil {
		return err
	}
	view.GoesOn = v.T.T("privacy.delete.goes", "day", v.T.Date(p.Local(look.At), i18n.DayMonthYear))
	view.Goes = capital(words(v, "privacy.kind.", look.Goes))
	if who.order == nil && v.Visit.Login.Staff() {
		view.Refused = v.T.T("privacy.works_here")
	}
	view.Stays = p.stays(v, look.Kept)
	if len(look.Wait) > 0 {
		view.Wait = v.T.T(who.say("privacy.delete.wait"), "day", v.T.Date(p.Local(look.Wait[0].At), i18n.DayMonthYear))
	}
	return nil
}

// stays says what stays and until when.
func (p *Pages) stays(v *visit.Visit, list []privacy.Kept) (out []string) {
	for _, k := range list {
		line := capital(v.T.T("privacy.kind." + string(k.Kind)))
		if !k.Until.IsZero() {
			line += ", " + v.T.T("privacy.delete.until", "day", v.T.Date(p.Local(k.Until), i18n.DayMonthYear))
		}
		out = append(out, line)
	}
	return out
}

func (p *Pages) fillRequests(r *http.Request, v *visit.Visit, who *person, view *ui.YourDataView) error {
	list, err := privacy.Of(r.Context(), p.DB, who.Subject)
	if err != nil {
		return err
	}
	view.Requests = ui.Table{Caption: v.T.T("privacy.list.title"), Head: []string{v.T.T("privacy.list.number"), v.T.T("privacy.list.kind"), v.T.T("privacy.list.state"), v.T.T("privacy.list.due")}}
	contents(view, "#copy", v.T.T("privacy.download.title"))
	contents(view, "#correct", v.T.T("privacy.correct.title"))
	contents(view, "#delete", v.T.T("privacy.delete.title"))
	contents(view, "#ask", v.T.T("privacy.ask.title"))
	contents(view, "#requests", v.T.T("privacy.list.count", "n", len(list)))
	for _, q := range list {
		state := v.T.T("privacy.status." + q.Status)
		if q.Reason != "" {
			state += ". " + v.T.T("privacy.list.reason", "reason", v.T.T("privacy.reason."+q.Reason))
		}
		if !q.Answer.IsZero() {
			state += ". " + v.T.T("privacy.list.answer", "answer", q.Answer.Reveal())
		}
		view.Requests.Rows = append(view.Requests.Rows, []string{q.Number, v.T.T("privacy.request." + q.Kind), state, v.T.Date(p.Local(q.DueAt), i18n.DayMonthYear)})
		if q.Kind == privacy.Erasure && !q.RunAt.IsZero() && q.CanWithdraw() {
			view.Scheduled = v.T.T("privacy.delete.scheduled", "day", v.T.Date(p.Local(q.RunAt), i18n.DayMonthYear))
			view.Keep = v.T.T("privacy.delete.keep_number", "number", q.Number, "address", v.Absolute(v.Link("/privacy/receipt/"+q.Number)))
			view.Hidden = []ui.Param{{Name: "request", Value: q.Number}}
		}
	}
	return nil
}
