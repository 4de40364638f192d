package letter

import (
	"context"
	"strings"
	"time"

	"aromart/internal/care/disclosure"
	"aromart/internal/care/policy"
	"aromart/internal/care/privacy"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/platform/job"
	"aromart/internal/platform/mail"
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

// disclosed records that a letter gives data of an order away: the goods to a
// seller, and to the provider that carries a letter to the customer what stands
// in it. A mail that stays in the outbox reaches no provider. Whatever happens
// to the mail, one job is one disclosure.
func (o *Office) disclosed(ctx context.Context, j job.Job, d disclosure.Disclosure) error {
	d.Cause = o.messageID(j)
	d.At = j.CreatedAt
	return o.DB.Write(ctx, func(tx *db.Tx) error { return disclosure.Record(ctx, tx, d) })
}

func (o *Office) toSellerOf(ctx context.Context, j job.Job, p *order.SellerOrder, act string) error {
	return o.disclosed(ctx, j, disclosure.Disclosure{Order: int64(p.Order), SellerOrder: int64(p.ID), Recipient: disclosure.Seller, RecipientID: int64(p.Seller),
		Act: act, Kinds: disclosure.Goods, Purpose: policy.UseSharing})
}

// sendToCustomer hands a letter over, and notes the provider that will carry it.
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

// request tells the person what became of a request. It is written to the
// newest of its orders that has an address.
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
	for i := len(q.Orders) - 1; i >= 0; i-- {
		ord, c, err := o.addressee(ctx, order.ID(q.Orders[i]))
		if errs.KindOf(err) == errs.NotFound || err == nil && c.Email.IsZero() {
			continue
		}
		if err != nil {
			return err
		}
		tr := i18n.For(ord.Language)
		args := []any{"number", ord.Number, "day", tr.Date(o.local(o.dayOf(q, names.Event, j.CreatedAt)), i18n.Full)}
		var b strings.Builder
		b.WriteString(tr.T("letter.privacy."+names.Event, args...) + "\n\n")
		if names.Event == "scheduled" {
			b.WriteString(tr.T("letter.privacy.receipt", "number", q.Number, "address", o.BaseURL+"/privacy/receipt/"+q.Number) + "\n\n")
		}
		b.WriteString(tr.T("letter.follow") + "\n" + o.address(ord) + "\n")
		o.closing(&b, tr)
		return o.sendToCustomer(ctx, j, ord, mail.Message{To: c.Email, Text: b.String(), Subject: tr.T("letter.privacy."+names.Event+".subject", "number", ord.Number)})
	}
	return nil
}

// dayOf is the day that a letter about a request names.
func (o *Office) dayOf(q *privacy.Request, event string, sent time.Time) time.Time {
	switch {
	case event == "scheduled" && !q.RunAt.IsZero():
		return q.RunAt
	case event == "extend":
		return q.DueAt
	case !q.ClosedAt.IsZero():
		return q.ClosedAt
	}
	return sent
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
		part, number, err := order.PartForSeller(ctx, o.DB, order.SellerOrderID(names.SellerOrder))
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
