// Package letter writes what the marketplace says about an order by mail: to
// the customer what was ordered and the secret link, to the seller the number,
// lines and deadline of his part.
//
// What always holds: a letter is written when it is sent, from what is kept
// then, so a corrected address is used and an erased one gets nothing; a
// seller's letter names no buyer; no letter asks for a password (P08).
//
// Personal data: reads the order's contact to address the customer; what a
// letter gives to a seller or a mail provider is recorded as a disclosure. Tables: none.
package letter

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/market"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/platform/job"
	"aromart/internal/platform/mail"
	"aromart/internal/trade/checkout"
	"aromart/internal/trade/fulfillment"
	"aromart/internal/trade/order"
)

// JobOrderLink sends the customer the link of an order again; its payload is a checkout.OrderJob.
const JobOrderLink = "letter.order_link"

// Office writes and sends.
type Office struct {
	DB      *db.DB
	Market  *market.Profile
	Links   order.Links
	Sender  mail.Sender
	Texts   mail.TextSender // for whoever has a phone only; may be nil
	BaseURL string          // public address without a trailing slash: links in letters use nothing else
	Name    string          // of the marketplace
	Help    string          // where to turn with questions; may be empty

	Provider string // host that carries the mails, as disclosures name it; empty when they stay in the outbox
	Operator string // mailbox that hears of deadlines; may be empty
}

// Register makes the office carry out its jobs.
func (o *Office) Register(r *job.Runner) {
	r.Handle(checkout.JobCustomerLetter, o.toCustomer(o.placed))
	r.Handle(JobOrderLink, o.toCustomer(o.link))
	r.Handle(checkout.JobSellerLetter, o.toSeller)
	r.Handle(fulfillment.JobCustomerLetter, o.stepToCustomer)
	r.Handle(fulfillment.JobSellerLetter, o.stepToSeller)
	r.Handle(fulfillment.JobOperatorLetter, o.stepToOperator)
	o.registerPrivacy(r)
}

// text is a letter before it is addressed.
type text struct{ subject, body string }

func (o *Office) toCustomer(write func(*order.Order, order.Contact, *i18n.Translator) text) func(context.Context, job.Job) error {
	return func(ctx context.Context, j job.Job) error {
		var names checkout.OrderJob
		if err := j.Decode(&names); err != nil || names.Order == 0 { // a lookup that found nothing
			return err
		}
		ord, err := order.ByID(ctx, o.DB, names.Order)
		if err != nil {
			return err
		}
		c, err := order.ContactOf(ctx, o.DB, ord.ID)
		if err != nil {
			return err
		}
		if c.Email.IsZero() { // never given, or erased since
			return nil
		}
		t := write(ord, c, i18n.For(ord.Language))
		return o.sendToCustomer(ctx, j, ord, mail.Message{To: c.Email, Subject: t.subject, Text: t.body})
	}
}

func (o *Office) placed(ord *order.Order, c order.Contact, tr *i18n.Translator) text {
	var b strings.Builder
	line := func(s string) { b.WriteString(s + "\n") }
	line(tr.T("letter.hello", "name", c.Name.Reveal()))
	line("")
	line(tr.T("letter.placed", "number", ord.Number, "site", o.Name))
	for i := range ord.Parts {
		o.part(&b, &ord.Parts[i], len(ord.Parts), tr)
	}
	line("")
	line(tr.T("letter.sum.items", "sum", o.sum(ord.Items, tr)))
	line(tr.T("letter.sum.delivery", "sum", o.sum(ord.Delivery, tr)))
	if ord.Fee > 0 {
		line(tr.T("letter.sum.fee", "sum", o.sum(ord.Fee, tr)))
	}
	line(tr.T("letter.sum.total", "sum", o.sum(ord.Total, tr)))
	if ord.Status() == "to_confirm" {
		line("")
		line(tr.T("letter.confirm", "code", o.Links.Code(ord, "confirm"), "until", tr.Date(o.local(ord.Parts[0].ConfirmBy), i18n.Full)))
	}
	line("")
	line(tr.T("letter.follow"))
	line(o.address(ord))
	o.closing(&b, tr)
	return text{tr.T("letter.placed.subject", "number", ord.Number, "site", o.Name), b.String()}
}

func (o *Office) part(b *strings.Builder, p *order.SellerOrder, of int, tr *i18n.Translator) {
	fmt.Fprintf(b, "\n%s\n", tr.T("letter.part", "n", p.Position, "of", of, "store", p.Store.Name))
	for _, l := range p.Lines {
		title := l.Title
		if opts := l.Snapshot.OptionText(); opts != "" {
			title += ", " + opts
		}
		fmt.Fprintf(b, "  %d × %s: %s\n", l.Quantity, title, o.sum(l.Total, tr))
	}
	fmt.Fprintf(b, "%s\n", tr.T("letter.arrives", "days", tr.DateRange(o.local(p.ArrivesFrom), o.local(p.ArrivesTo))))
	fmt.Fprintf(b, "%s\n", tr.T("letter.cash", "sum", o.sum(p.Total, tr)))
}

func (o *Office) link(ord *order.Order, c order.Contact, tr *i18n.Translator) text {
	var b strings.Builder
	b.WriteString(tr.T("letter.hello", "name", c.Name.Reveal()) + "\n\n")
	b.WriteString(tr.T("letter.link", "number", ord.Number) + "\n" + o.address(ord) + "\n\n")
	b.WriteString(tr.T("letter.link.unasked") + "\n")
	o.closing(&b, tr)
	return text{tr.T("letter.link.subject", "number", ord.Number, "site", o.Name), b.String()}
}

func (o *Office) toSeller(ctx context.Context, j job.Job) error {
	var names checkout.SellerOrderJob
	if err := j.Decode(&names); err != nil {
		return err
	}
	part, number, err := order.Part(ctx, o.DB, names.SellerOrder)
	if err != nil {
		return err
	}
	to, _, err := seller.Contact(ctx, o.DB, part.Seller)
	if err != nil || to.IsZero() {
		return err
	}
	tr := i18n.For(o.Market.Languages[0])
	var b strings.Builder
	b.WriteString(tr.T("letter.seller.new", "number", number, "store", part.Store.Name) + "\n\n")
	for _, l := range part.Lines {
		fmt.Fprintf(&b, "  %d × %s", l.Quantity, l.Title)
		if opts := l.Snapshot.OptionText(); opts != "" {
			b.WriteString(", " + opts)
		}
		if l.Snapshot.SKU != "" {
			b.WriteString(" (" + l.Snapshot.SKU + ")")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
	if part.Status == order.AwaitingConfirmation {
		b.WriteString(tr.T("letter.seller.wait") + "\n")
	}
	b.WriteString(tr.T("letter.seller.hand_over", "day", tr.Date(o.local(part.HandOverBy), i18n.Full)) + "\n")
	b.WriteString(tr.T("letter.cash", "sum", o.sum(part.Total, tr)) + "\n")
	o.closing(&b, tr)
	if err := o.toldSellerOf(ctx, j, part); err != nil {
		return err
	}
	return o.Sender.Send(ctx, mail.Message{To: to, Language: tr.Lang(), MessageID: o.messageID(j), Date: j.CreatedAt,
		Subject: tr.T("letter.seller.subject", "number", number, "day", tr.Date(o.local(part.HandOverBy), i18n.Full)), Text: b.String()})
}

// messageID is the same at every try of a job, so that a mail sent twice is seen once.
func (o *Office) messageID(j job.Job) string {
	host := "localhost"
	if u, err := url.Parse(o.BaseURL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	return mail.ID(j.ID, j.CreatedAt, host)
}

func (o *Office) closing(b *strings.Builder, tr *i18n.Translator) {
	b.WriteString("\n" + tr.T("letter.safe", "site", o.Name) + "\n")
	if o.Help != "" {
		b.WriteString(tr.T("letter.help", "help", o.Help) + "\n")
	}
	b.WriteString("\n" + o.Name + "\n" + o.BaseURL + "\n")
}

// address is the order's secret link in the language of the order.
func (o *Office) address(ord *order.Order) string {
	prefix := ""
	if ord.Language != i18n.Languages()[0] {
		prefix = "/" + ord.Language
	}
	return o.BaseURL + prefix + "/o/" + o.Links.Token(ord)
}

// SendLink asks for the order's link to be sent again, if number and address
// belong together. It tells the caller nothing either way: a miss leaves a job
// too, for no order, so that both take the same work.
func SendLink(ctx context.Context, d *db.DB, number, address string, m *market.Profile) error {
	return d.Write(ctx, func(tx *db.Tx) error {
		id, c, err := order.ContactByNumber(ctx, tx, order.CleanNumber(number))
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return err
		}
		if !matches(c, address, m) || c.Email.IsZero() {
			id = 0
		}
		return job.Enqueue(ctx, tx, JobOrderLink, checkout.OrderJob{Order: id}, clock.System())
	})
}
