package letter

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"aromart/internal/care/disclosure"
	"aromart/internal/care/policy"
	"aromart/internal/care/privacy"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/people/account"
	"aromart/internal/people/auth"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/platform/job"
	"aromart/internal/platform/mail"
	"aromart/internal/trade/checkout"
	"aromart/internal/trade/order"
)

// registerPrivacy makes the office write what privacy requests say by mail.
func (o *Office) registerPrivacy(r *job.Runner) {
	r.Handle(privacy.JobCode, o.code)
	r.Handle(privacy.JobLetter, o.request)
	r.Handle(privacy.JobAlarm, o.alarm)
	r.Handle(privacy.JobSellerErased, o.toldSeller("letter.seller.erased"))
	r.Handle(privacy.JobSellerCorrected, o.toldSeller("letter.seller.corrected"))
}

// toldSellerOf makes sure that a letter that gives goods of an order to a seller
// is recorded before it goes. The order did so, unless an older version placed
// it or the seller had no address then.
func (o *Office) toldSellerOf(ctx context.Context, j job.Job, p *order.SellerOrder) error {
	d := checkout.ToldSeller(p.Order, p, j.CreatedAt)
	known, err := disclosure.Recorded(ctx, o.DB, d.Cause)
	if err != nil || known {
		return err
	}
	return o.DB.Write(ctx, func(tx *db.Tx) error { return disclosure.Record(ctx, tx, d) })
}

// disclosed records what a letter to the customer gives to the provider that
// carries it. Whatever happens to the mail, one job is one disclosure.
func (o *Office) disclosed(ctx context.Context, j job.Job, d disclosure.Disclosure) error {
	d.Cause = o.messageID(j)
	d.At = j.CreatedAt
	return o.DB.Write(ctx, func(tx *db.Tx) error { return disclosure.Record(ctx, tx, d) })
}

// sendToCustomer hands a letter over, and notes the provider that will carry it:
// none for a mail that stays in the outbox.
func (o *Office) sendToCustomer(ctx context.Context, j job.Job, ord *order.Order, m mail.Message) error {
	if o.Provider != "" {
		if err := o.disclosed(ctx, j, disclosure.Disclosure{Order: int64(ord.ID), Recipient: disclosure.Provider, Name: o.Provider,
			Act: "mail.letter", Kinds: disclosure.Letter, Purpose: policy.UseMail}); err != nil {
			return err
		}
	}
	m.Language, m.MessageID, m.Date = ord.Language, o.messageID(j), j.CreatedAt
	return o.Sender.Send(ctx, m)
}

// sendToOwner hands a letter to the owner of a login over, and notes the provider that will carry it.
func (o *Office) sendToOwner(ctx context.Context, j job.Job, login int64, m mail.Message) error {
	if o.Provider != "" {
		if err := o.DB.Write(ctx, func(tx *db.Tx) error {
			return disclosure.Carried(ctx, tx, o.Provider, login, disclosure.Notice, o.messageID(j), j.CreatedAt)
		}); err != nil {
			return err
		}
	}
	m.MessageID, m.Date = o.messageID(j), j.CreatedAt
	return o.Sender.Send(ctx, m)
}

// code brings the six digits that open a person's data. A code that ran out
// before it could be sent is not sent.
func (o *Office) code(ctx context.Context, j job.Job) error {
	var names privacy.ProofJob
	if err := j.Decode(&names); err != nil {
		return err
	}
	p, err := privacy.ProofByID(ctx, o.DB, names.Proof)
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	ord, c, err := o.addressee(ctx, p.Order)
	if err != nil || c.Email.IsZero() {
		return err
	}
	tr := i18n.For(ord.Language)
	code := privacy.CodeOf(o.Links, ord, p)
	var b strings.Builder
	b.WriteString(tr.T("letter.privacy.code", "number", ord.Number, "code", code) + "\n\n")
	b.WriteString(tr.T("letter.privacy.code.life") + "\n")
	o.closing(&b, tr)
	return o.sendToCustomer(ctx, j, ord, mail.Message{To: c.Email, Text: b.String(),
		Subject: tr.T("letter.privacy.code.subject", "code", code, "number", ord.Number)})
}

func (o *Office) addressee(ctx context.Context, id order.ID) (*order.Order, order.Contact, error) {
	ord, err := order.ByID(ctx, o.DB, id)
	if err != nil {
		return nil, order.Contact{}, err
	}
	c, err := order.ContactOf(ctx, o.DB, id)
	return ord, c, err
}

// request tells the person what became of a request: whoever has an account at
// the address of his login, a guest at that of the newest of the orders that has
// one. An order without an address that belongs to an account has that one's.
func (o *Office) request(ctx context.Context, j job.Job) error {
	var names privacy.RequestJob
	if err := j.Decode(&names); err != nil {
		return err
	}
	q, err := privacy.ForLetter(ctx, o.DB, names.Request)
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if sent, err := o.requestOfLogin(ctx, j, q, q.Login, names.Event); sent || err != nil {
		return err
	}
	for _, id := range slices.Backward(q.Orders) {
		ord, c, err := o.addressee(ctx, order.ID(id))
		if errs.KindOf(err) == errs.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		if c.Email.IsZero() {
			if sent, err := o.requestOfLogin(ctx, j, q, ord.Customer, names.Event); sent || err != nil {
				return err
			}
			continue
		}
		tr := i18n.For(ord.Language)
		var b strings.Builder
		b.WriteString(tr.T("letter.privacy."+names.Event, "number", ord.Number, "day", o.dayOf(q, names.Event, j.CreatedAt, tr)) + "\n\n")
		o.wayBack(&b, q, names.Event, tr)
		b.WriteString(tr.T("letter.follow") + "\n" + o.address(ord) + "\n")
		o.closing(&b, tr)
		return o.sendToCustomer(ctx, j, ord, mail.Message{To: c.Email, Text: b.String(), Subject: tr.T("letter.privacy."+names.Event+".subject", "number", ord.Number)})
	}
	return nil
}

// requestOfLogin writes to the owner of a login: a mail, or a short message where
// there is only a phone. It sends nothing when the login is gone.
func (o *Office) requestOfLogin(ctx context.Context, j job.Job, q *privacy.Request, login int64, event string) (sent bool, err error) {
	if login == 0 {
		return false, nil
	}
	l, err := auth.ByID(ctx, o.DB, login)
	if errs.KindOf(err) == errs.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	set, err := account.SettingsOf(ctx, o.DB, login)
	if err != nil {
		return false, err
	}
	if set.Language == "" {
		set.Language = q.Language
	}
	tr := i18n.For(set.Language)
	id := "letter.privacy.account." + event
	var b strings.Builder
	b.WriteString(tr.T(id, "day", o.dayOf(q, event, j.CreatedAt, tr)) + "\n\n")
	o.wayBack(&b, q, event, tr)
	if l.Email.IsZero() {
		if o.Texts == nil {
			return true, nil
		}
		return true, o.Texts.SendText(ctx, mail.TextMessage{To: l.Phone, Text: strings.TrimSpace(b.String()), ID: "request-" + strconv.FormatInt(j.ID, 10)})
	}
	b.WriteString(o.page(tr, "/account/data") + "\n")
	o.closing(&b, tr)
	return true, o.sendToOwner(ctx, j, login, mail.Message{To: l.Email, Language: tr.Lang(),
		Subject: tr.T(id+".subject", "site", o.Name), Text: tr.T("letter.hello", "name", l.Name.Reveal()) + "\n\n" + b.String()})
}

// wayBack says, of a deletion that waits, how it is withdrawn and where its receipt will be.
func (o *Office) wayBack(b *strings.Builder, q *privacy.Request, event string, tr *i18n.Translator) {
	if event != "scheduled" {
		return
	}
	b.WriteString(tr.T("letter.privacy.keep") + "\n" + o.page(tr, "/privacy/keep/"+privacy.KeepToken(o.Links, q)) + "\n\n")
	b.WriteString(tr.T("letter.privacy.receipt", "number", q.Number, "address", o.BaseURL+"/privacy/receipt/"+q.Number) + "\n\n")
}

// page is the address of a page in the language of a letter.
func (o *Office) page(tr *i18n.Translator, path string) string {
	if tr.Lang() != i18n.Languages()[0] {
		path = "/" + tr.Lang() + path
	}
	return o.BaseURL + path
}

// dayOf is the day that a letter about a request names.
func (o *Office) dayOf(q *privacy.Request, event string, sent time.Time, tr *i18n.Translator) string {
	day := sent
	switch {
	case event == "scheduled" && !q.RunAt.IsZero():
		day = q.RunAt
	case event == "extend":
		day = q.DueAt
	case !q.ClosedAt.IsZero():
		day = q.ClosedAt
	}
	return tr.Date(o.local(day), i18n.Full)
}

// alarm tells whoever runs the marketplace of a deadline.
func (o *Office) alarm(ctx context.Context, j job.Job) error {
	var names privacy.RequestJob
	if err := j.Decode(&names); err != nil {
		return err
	}
	to, err := contact.ParseEmail("to", o.Operator)
	if err != nil { // nobody is named: the log and `aromart doctor` say it
		return nil
	}
	q, err := privacy.ForLetter(ctx, o.DB, names.Request)
	if err != nil || !q.Open() {
		return err
	}
	tr := i18n.For(o.Market.Languages[0])
	text := tr.T("letter.alarm", "number", q.Number, "kind", tr.T("privacy.request."+q.Kind), "state", tr.T("privacy.status."+q.Status),
		"day", tr.Date(o.local(q.DueAt), i18n.Full), "command", "aromart privacy requests")
	return o.Sender.Send(ctx, mail.Message{To: to, Language: tr.Lang(), MessageID: o.messageID(j), Date: j.CreatedAt,
		Subject: tr.T("letter.alarm." + names.Event), Text: text + "\n"})
}

// toldSeller writes to a seller who has received data of an order. The letter
// says what to do and names nobody.
func (o *Office) toldSeller(id string) func(context.Context, job.Job) error {
	return func(ctx context.Context, j job.Job) error {
		var names privacy.PartJob
		if err := j.Decode(&names); err != nil {
			return err
		}
		part, number, err := order.Part(ctx, o.DB, order.SellerOrderID(names.SellerOrder))
		if err != nil {
			return err
		}
		to, _, err := seller.Contact(ctx, o.DB, part.Seller)
		if err != nil || to.IsZero() {
			return err
		}
		tr := i18n.For(o.Market.Languages[0])
		args := []any{"number", number}
		if len(names.Kinds) > 0 {
			what := make([]string, len(names.Kinds))
			for i, k := range names.Kinds {
				what[i] = tr.T("privacy.kind." + string(k))
			}
			args = append(args, "what", strings.Join(what, ", "))
		}
		var b strings.Builder
		b.WriteString(tr.T(id, args...) + "\n")
		o.closing(&b, tr)
		return o.Sender.Send(ctx, mail.Message{To: to, Language: tr.Lang(), MessageID: o.messageID(j), Date: j.CreatedAt,
			Subject: tr.T(id+".subject", "number", number), Text: b.String()})
	}
}
