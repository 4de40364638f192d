package letter

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"aromart/internal/kit/contact"
	"aromart/internal/kit/i18n"
	"aromart/internal/people/seller"
	"aromart/internal/platform/job"
	"aromart/internal/platform/mail"
	"aromart/internal/trade/fulfillment"
	"aromart/internal/trade/order"
)

// Steps that a letter is written about: message ids are "letter.step." and the
// name, for the seller "letter.seller.step." and the name.
var (
	customerSteps = []string{"confirm", "escalate", "hand_over", "deliver", "cancel", "reject", "expire", "refuse", "receive", "lose"}
	sellerSteps   = []string{"confirm", "remind", "escalate", "cancel", "expire"}
)

// stepToCustomer tells the customer what happened to a part of the order.
func (o *Office) stepToCustomer(ctx context.Context, j job.Job) error {
	part, ord, event, err := o.step(ctx, j, customerSteps)
	if err != nil {
		return err
	}
	c, err := order.ContactOf(ctx, o.DB, ord.ID)
	if err != nil || c.Email.IsZero() { // never given, or erased since
		return err
	}
	tr := i18n.For(ord.Language)
	var b strings.Builder
	b.WriteString(tr.T("letter.hello", "name", c.Name.Reveal()) + "\n\n")
	b.WriteString(tr.T("letter.step."+event, "number", ord.Number, "store", part.Store.Name) + "\n")
	switch event {
	case "hand_over":
		f := part.Fulfillment
		b.WriteString(tr.T("letter.step.carrier", "carrier", strings.TrimSpace(f.Carrier+" "+f.TrackingNumber)) + "\n")
		b.WriteString(tr.T("letter.arrives", "days", tr.DateRange(o.local(part.ArrivesFrom), o.local(part.ArrivesTo))) + "\n")
		b.WriteString(tr.T("letter.cash", "sum", o.sum(part.Total, tr)) + "\n")
	case "cancel", "reject", "expire", "refuse", "receive", "lose":
		b.WriteString(tr.T("letter.step.nothing_to_pay") + "\n")
	}
	b.WriteString("\n" + tr.T("letter.follow") + "\n" + o.address(ord) + "\n")
	o.closing(&b, tr)
	return o.sendToCustomer(ctx, j, ord, mail.Message{To: c.Email, Text: b.String(), Subject: tr.T("letter.step."+event+".subject", "number", ord.Number, "site", o.Name)})
}

// stepToSeller tells a seller what somebody else did to his part.
func (o *Office) stepToSeller(ctx context.Context, j job.Job) error {
	part, ord, event, err := o.step(ctx, j, sellerSteps)
	if err != nil {
		return err
	}
	to, _, err := seller.Contact(ctx, o.DB, part.Seller)
	if err != nil || to.IsZero() {
		return err
	}
	tr := i18n.For(o.Market.Languages[0])
	day := tr.Date(o.local(part.HandOverBy), i18n.Full)
	var b strings.Builder
	b.WriteString(tr.T("letter.seller.step."+event, "number", ord.Number, "day", day) + "\n")
	o.closing(&b, tr)
	return o.Sender.Send(ctx, mail.Message{To: to, Language: tr.Lang(), MessageID: o.messageID(j), Date: j.CreatedAt,
		Subject: tr.T("letter.seller.step."+event+".subject", "number", ord.Number), Text: b.String()})
}

// stepToOperator tells whoever runs the marketplace that a seller has not taken
// an order on in time. It names nobody who bought.
func (o *Office) stepToOperator(ctx context.Context, j job.Job) error {
	to, err := contact.ParseEmail("to", o.Operator)
	if err != nil { // nobody is named: the timeline of the order and the log of acts say it
		return nil
	}
	part, ord, event, err := o.step(ctx, j, []string{"escalate"})
	if err != nil {
		return err
	}
	_, phone, err := seller.Contact(ctx, o.DB, part.Seller)
	if err != nil {
		return err
	}
	tr := i18n.For(o.Market.Languages[0])
	text := tr.T("letter.operator.step."+event, "number", ord.Number, "store", part.Store.Name, "phone", phone.Reveal(),
		"day", tr.Date(o.local(part.HandOverBy), i18n.Full), "command", "aromart order show "+ord.Number)
	return o.Sender.Send(ctx, mail.Message{To: to, Language: tr.Lang(), MessageID: o.messageID(j), Date: j.CreatedAt,
		Subject: tr.T("letter.operator.step."+event+".subject", "number", ord.Number, "store", part.Store.Name), Text: text + "\n"})
}

// step reads what a letter is about.
func (o *Office) step(ctx context.Context, j job.Job, known []string) (*order.SellerOrder, *order.Order, string, error) {
	var l fulfillment.Letter
	if err := j.Decode(&l); err != nil {
		return nil, nil, "", err
	}
	if !slices.Contains(known, l.Event) {
		return nil, nil, "", fmt.Errorf("letter: no text for the step %q", l.Event)
	}
	part, _, err := order.Part(ctx, o.DB, l.SellerOrder)
	if err != nil {
		return nil, nil, "", err
	}
	ord, err := order.ByID(ctx, o.DB, part.Order)
	return part, ord, l.Event, err
}
