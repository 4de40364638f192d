package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"aromart/internal/care/disclosure"
	"aromart/internal/care/policy"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
	"aromart/internal/people/access"
	"aromart/internal/people/seller"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
	"aromart/internal/trade/fulfillment"
	"aromart/internal/trade/order"
	"aromart/internal/trade/payment"
)

// orderCmd is what an operator needs until the portal and the back office stand, and scripts after.
type orderCmd struct {
	List     orderListCmd     `cmd:"" help:"List the newest orders; names and addresses are not shown."`
	Show     orderShowCmd     `cmd:"" help:"Show one order with its parts, lines and timeline."`
	Confirm  orderConfirmCmd  `cmd:"" help:"Confirm an order after a recorded call."`
	Accept   orderAcceptCmd   `cmd:"" help:"Accept an order for its seller."`
	Reject   orderRejectCmd   `cmd:"" help:"Refuse an order for its seller, who cannot send it."`
	HandOver orderHandOverCmd `cmd:"" name:"hand-over" help:"Hand a parcel to the courier."`
	Deliver  orderDeliverCmd  `cmd:"" help:"Record that a parcel arrived and its cash was taken."`
	Resolve  orderResolveCmd  `cmd:"" help:"Record that a difference between cash taken and due is settled."`
	Refuse   orderRefuseCmd   `cmd:"" help:"Record that a parcel was refused and came back."`
	Cancel   orderCancelCmd   `cmd:"" help:"Cancel an order or one part of it; a parcel on its way is called back."`
	Receive  orderReceiveCmd  `cmd:"" help:"Record that a parcel which was called back has come back."`
	Lose     orderLoseCmd     `cmd:"" help:"Record that the courier lost a parcel."`
}

// operator is whoever sits at the machine's shell.
var operator = access.Actor{Kind: access.Operator}

// oneOrder names an order, or one seller's part of it.
type oneOrder struct {
	errand
	Number string `arg:"" help:"Order number, e.g. 7KD-2M9-Q4TX."`
	Part   int    `help:"Only the part with this position, from 1; without it all parts."`
}

// step is what a command does to the parts of a scope; it says in words what was done.
type step func(tx *db.Tx, s order.Scope, now time.Time) (done string, err error)

// act runs a step on the parts that were named, in one transaction.
func (o oneOrder) act(ctx context.Context, c *console, do func(h *house) (step, error)) error {
	return o.with(ctx, c, func(h *house) error {
		ord, err := order.ByNumber(ctx, h.db, order.CleanNumber(o.Number))
		if errs.KindOf(err) == errs.NotFound {
			return fmt.Errorf("there is no order %s", o.Number)
		}
		if err != nil {
			return err
		}
		scope := order.Scope{Order: ord.ID}
		if o.Part != 0 {
			if o.Part < 1 || o.Part > len(ord.Parts) {
				return usage{fmt.Sprintf("order %s has %s", ord.Number, plural(int64(len(ord.Parts)), "part"))}
			}
			scope.SellerOrder = ord.Parts[o.Part-1].ID
		}
		take, err := do(h)
		if err != nil {
			return err
		}
		var done string
		err = h.db.Write(ctx, func(tx *db.Tx) error {
			var err error
			done, err = take(tx, scope, h.clock())
			return err
		})
		if errs.KindOf(err) == errs.Conflict {
			return h.outOfPlace(ctx, ord.ID, scope)
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s %s\n", ord.Number, done)
		return nil
	})
}

// plainly is a step that needs nothing of the house and has nothing more to say.
func plainly(done string, take func(tx *db.Tx, s order.Scope, now time.Time) error) func(*house) (step, error) {
	return func(*house) (step, error) {
		return func(tx *db.Tx, s order.Scope, now time.Time) (string, error) { return done, take(tx, s, now) }, nil
	}
}

// outOfPlace says where the parts of an order stand that a step did not fit,
// and which steps do: an operator has no page to look at.
func (h *house) outOfPlace(ctx context.Context, id order.ID, s order.Scope) error {
	o, err := order.ByID(ctx, h.db, id)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("order %s does not allow this step now, and nothing was changed", o.Number)
	for _, p := range o.Parts {
		if s.SellerOrder != 0 && s.SellerOrder != p.ID {
			continue
		}
		text += fmt.Sprintf("\n  part %d is %s", p.Position, p.Status)
		if p.Fulfillment.Status != "" {
			text += ", its parcel " + p.Fulfillment.Status
		}
		if next := nextCommands(&p); len(next) > 0 {
			text += "; what can be done: " + strings.Join(next, ", ")
		} else {
			text += "; nothing more is to be done"
		}
	}
	return errors.New(text)
}

// nextCommands are the subcommands of order that fit where a part and its parcel stand.
func nextCommands(p *order.SellerOrder) []string {
	switch p.Fulfillment.Status {
	case fulfillment.HandedOver, fulfillment.InTransit, fulfillment.OutForDelivery, fulfillment.AttemptFailed:
		return []string{"deliver", "refuse", "lose", "cancel"}
	case fulfillment.Returning: // also when the part was canceled
		return []string{"receive", "lose"}
	case fulfillment.Delivered:
		if p.Payment.Status == payment.Difference {
			return []string{"resolve"}
		}
		return nil
	}
	switch p.Status {
	case order.AwaitingConfirmation:
		return []string{"confirm", "cancel"}
	case order.Confirmed:
		return []string{"accept", "reject", "hand-over", "cancel"}
	case order.Accepted:
		return []string{"hand-over", "reject", "cancel"}
	}
	return nil
}

type orderConfirmCmd struct {
	oneOrder
	Reason string `default:"call" help:"What was recorded: call, code or a ticket."`
}

func (o *orderConfirmCmd) Run(ctx context.Context, c *console) error {
	return o.act(ctx, c, plainly("confirmed", func(tx *db.Tx, s order.Scope, now time.Time) error {
		return fulfillment.Confirm(ctx, tx, operator, s, o.Reason, now)
	}))
}

type orderAcceptCmd struct{ oneOrder }

func (o *orderAcceptCmd) Run(ctx context.Context, c *console) error {
	return o.act(ctx, c, plainly("accepted", func(tx *db.Tx, s order.Scope, now time.Time) error {
		return fulfillment.Accept(ctx, tx, operator, s, now)
	}))
}

type orderHandOverCmd struct {
	oneOrder
	Carrier  string `required:"" help:"Name of the courier."`
	Tracking string `help:"Tracking number."`
}

func (o *orderHandOverCmd) Run(ctx context.Context, c *console) error {
	return o.act(ctx, c, plainly("handed over", func(tx *db.Tx, s order.Scope, now time.Time) error {
		return fulfillment.HandOver(ctx, tx, operator, s, o.Carrier, o.Tracking, now)
	}))
}

type orderDeliverCmd struct {
	oneOrder
	Cash string `placeholder:"AMOUNT" help:"Cash that was taken, e.g. \"12,500.00\", when it is not what was due; an order of several parts needs --part."`
}

func (o *orderDeliverCmd) Run(ctx context.Context, c *console) error {
	return o.act(ctx, c, func(h *house) (step, error) {
		cash := fulfillment.AsDue
		if o.Cash != "" {
			var err error
			if cash, err = h.market.Parse(o.Cash); err != nil {
				return nil, usage{fmt.Sprintf("--cash %q is no amount in %s; write it like %s", o.Cash, h.market.Currency.Code, h.market.Decimal(1250000))}
			}
		}
		return func(tx *db.Tx, s order.Scope, now time.Time) (string, error) {
			err := fulfillment.Deliver(ctx, tx, operator, s, cash, now)
			if errs.Is(err, "payment.amount_bad") {
				return "", usage{"--cash is what was taken for one part: say which with --part"}
			}
			if err != nil || cash == fulfillment.AsDue {
				return "delivered", err
			}
			return h.taken(ctx, tx, s, cash)
		}, nil
	})
}

// taken says how the cash that was taken for a delivered part compares with what was due.
func (h *house) taken(ctx context.Context, tx *db.Tx, s order.Scope, cash money.Amount) (string, error) {
	o, err := order.ByID(ctx, tx, s.Order)
	if err != nil {
		return "", err
	}
	due := cash
	for _, p := range o.Parts {
		if (s.SellerOrder == 0 || s.SellerOrder == p.ID) && p.Payment.Status == payment.Difference {
			due = p.Payment.Amount
		}
	}
	sum := func(a money.Amount) string { return h.market.Format(a, "en") }
	text := fmt.Sprintf("delivered, %s taken", sum(cash))
	switch {
	case cash < due:
		text += fmt.Sprintf(": %s less than the %s that were due", sum(due-cash), sum(due))
	case cash > due:
		text += fmt.Sprintf(": %s more than the %s that were due", sum(cash-due), sum(due))
	default:
		return text + ", as was due", nil
	}
	return text + fmt.Sprintf("\n  when it is settled: aromart order resolve %s --reason TEXT", o.Number), nil
}

type orderResolveCmd struct {
	oneOrder
	Reason string `required:"" help:"How it was settled, in words that name nobody."`
}

func (o *orderResolveCmd) Run(ctx context.Context, c *console) error {
	return o.act(ctx, c, plainly("has its cash settled", func(tx *db.Tx, s order.Scope, now time.Time) error {
		return fulfillment.Resolve(ctx, tx, operator, s, o.Reason, now)
	}))
}

type orderRefuseCmd struct {
	oneOrder
	Reason string `required:"" help:"Why it was refused."`
}

func (o *orderRefuseCmd) Run(ctx context.Context, c *console) error {
	return o.act(ctx, c, plainly("refused and back in stock", func(tx *db.Tx, s order.Scope, now time.Time) error {
		return fulfillment.Refuse(ctx, tx, operator, s, o.Reason, now)
	}))
}

type orderCancelCmd struct {
	oneOrder
	Reason string `required:"" help:"Why it is canceled."`
}

func (o *orderCancelCmd) Run(ctx context.Context, c *console) error {
	return o.act(ctx, c, func(*house) (step, error) {
		return func(tx *db.Tx, s order.Scope, now time.Time) (string, error) {
			if err := fulfillment.Cancel(ctx, tx, operator, s, o.Reason, now); err != nil {
				return "", err
			}
			return canceled(ctx, tx, s)
		}, nil
	})
}

// canceled says what is still to be done when a parcel was called back.
func canceled(ctx context.Context, tx *db.Tx, s order.Scope) (string, error) {
	o, err := order.ByID(ctx, tx, s.Order)
	if err != nil {
		return "", err
	}
	text := "canceled"
	for _, p := range o.Parts {
		if (s.SellerOrder == 0 || s.SellerOrder == p.ID) && p.Fulfillment.Status == fulfillment.Returning {
			text += fmt.Sprintf("\n  part %d is called back; when it is here: aromart order receive %s --part %d", p.Position, o.Number, p.Position)
		}
	}
	return text, nil
}

type orderRejectCmd struct {
	oneOrder
	Reason string `required:"" help:"Why the seller cannot send it."`
}

func (o *orderRejectCmd) Run(ctx context.Context, c *console) error {
	return o.act(ctx, c, plainly("refused by its seller", func(tx *db.Tx, s order.Scope, now time.Time) error {
		return fulfillment.Reject(ctx, tx, operator, s, o.Reason, now)
	}))
}

type orderReceiveCmd struct{ oneOrder }

func (o *orderReceiveCmd) Run(ctx context.Context, c *console) error {
	return o.act(ctx, c, plainly("received and back in stock", func(tx *db.Tx, s order.Scope, now time.Time) error {
		return fulfillment.Receive(ctx, tx, operator, s, now)
	}))
}

type orderLoseCmd struct {
	oneOrder
	Reason string `required:"" help:"What the courier said, in words that name nobody."`
}

func (o *orderLoseCmd) Run(ctx context.Context, c *console) error {
	return o.act(ctx, c, plainly("lost: nothing is owed, nothing comes back", func(tx *db.Tx, s order.Scope, now time.Time) error {
		return fulfillment.Lose(ctx, tx, operator, s, o.Reason, now)
	}))
}

type orderListCmd struct {
	errand
	Status string `help:"Only orders with a part in this status, e.g. confirmed."`
	Limit  int    `default:"50" help:"How many."`
	JSON   bool   `help:"Print JSON."`
}

func (o *orderListCmd) Run(ctx context.Context, c *console) error {
	if o.Limit < 1 {
		return usage{"--limit is 1 or more"}
	}
	if known := statuses(); o.Status != "" && !slices.Contains(known, o.Status) {
		return usage{fmt.Sprintf("there is no status %q; there are %s", o.Status, strings.Join(known, ", "))}
	}
	return o.with(ctx, c, func(h *house) error {
		list, err := order.List(ctx, h.db, o.Status, 0, o.Limit+1)
		if err != nil {
			return err
		}
		if len(list) > o.Limit {
			list = list[:o.Limit]
			fmt.Fprintf(c.err, "only the newest %d are shown; --limit shows more\n", o.Limit)
		}
		if o.JSON {
			return json.NewEncoder(c.out).Encode(summariesJSON(h, list))
		}
		w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "NUMBER\tPLACED\tSTATUS\tPARTS\tTOTAL")
		for _, s := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\n", s.Number, s.PlacedAt.In(h.market.Location).Format("2006-01-02 15:04"), strings.Join(s.Statuses, ", "), s.Parts, h.market.Format(s.Total, "en"))
		}
		return w.Flush()
	})
}

// statuses are those that a part of an order can have.
func statuses() []string {
	var list []string
	for _, s := range order.SellerOrders.Steps {
		for _, status := range []string{s.From, s.To} {
			if status != "" && !slices.Contains(list, status) {
				list = append(list, status)
			}
		}
	}
	return list
}

type orderShowCmd struct {
	errand
	Number  string `arg:"" help:"Order number."`
	Link    bool   `help:"Also print the customer's secret link."`
	Contact bool   `help:"Also print name, phone and address; needs --reason."`
	Reason  string `help:"Why the order is opened: a ticket or words that name nobody. The customer sees it."`
	As      string `placeholder:"SLUG" help:"Show the part of this store as its owner sees it now; needs --reason."`
	JSON    bool   `help:"Print JSON."`
}

func (o *orderShowCmd) Run(ctx context.Context, c *console) error {
	return o.with(ctx, c, func(h *house) error {
		ord, err := order.ByNumber(ctx, h.db, order.CleanNumber(o.Number))
		if errs.KindOf(err) == errs.NotFound {
			return fmt.Errorf("there is no order %s", o.Number)
		}
		if err != nil {
			return err
		}
		if err := o.record(ctx, h, ord); err != nil {
			return err
		}
		if o.JSON {
			return json.NewEncoder(c.out).Encode(orderToJSON(h, ord))
		}
		if o.As != "" {
			return o.asSeller(ctx, c, h, ord)
		}
		h.printOrder(c, ord)
		if o.Contact {
			person, err := order.ContactOf(ctx, h.db, ord.ID)
			if err != nil {
				return err
			}
			printContact(c, person)
		}
		if o.Link {
			fmt.Fprintf(c.out, "\nlink: /o/%s\n", h.links.Token(ord))
		}
		return nil
	})
}

// record notes that somebody at the shell opened the order, before anything is shown.
func (o *orderShowCmd) record(ctx context.Context, h *house, ord *order.Order) error {
	opens := o.Contact || o.As != ""
	if opens && o.JSON {
		return usage{"--contact and --as are for a person at the shell; JSON holds nothing of the customer"}
	}
	if o.As != "" && (o.Contact || o.Link) {
		return usage{"--as shows what the seller sees, and he sees neither contact nor link"}
	}
	if _, ok := access.Permit(operator, "order.contact", access.Resource{Order: int64(ord.ID), Reason: o.Reason != ""}); opens && !ok {
		return usage{"--contact and --as open a person's data: say why with --reason; the customer sees it"}
	}
	d := disclosure.Disclosure{Order: int64(ord.ID), Recipient: disclosure.Support, Act: "order.show", Kinds: disclosure.Goods,
		Purpose: policy.UseSupport, Reason: o.Reason, At: h.clock()}
	fields := []string{"lines"}
	if opens {
		d.Act, d.Kinds, fields = "order.contact", disclosure.Contact, []string{"contact"}
	}
	return h.db.Write(ctx, func(tx *db.Tx) error {
		if err := disclosure.Record(ctx, tx, d); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{ActorKind: operator.Kind.String(), Action: d.Act, ObjectKind: "order", ObjectID: int64(ord.ID),
			Fields: fields, Reason: o.Reason, At: d.At})
	})
}

// asSeller prints the part of a store with the fields that its owner is granted at this stage.
func (o *orderShowCmd) asSeller(ctx context.Context, c *console, h *house, ord *order.Order) error {
	st, err := seller.BySlug(ctx, h.db, o.As)
	if errs.KindOf(err) == errs.NotFound {
		return fmt.Errorf("there is no store %s", o.As)
	}
	if err != nil {
		return err
	}
	owner := access.Actor{Kind: access.SellerOwner, Seller: int64(st.Seller)}
	for i := range ord.Parts {
		if ord.Parts[i].Seller != st.Seller {
			continue
		}
		v, err := order.SeenBySeller(ctx, h.db, owner, ord.Parts[i].ID, h.market.SellerViewDays, h.clock())
		if err != nil {
			return err
		}
		h.printOrder(c, &order.Order{Number: v.Number, PlacedAt: ord.PlacedAt, Sums: v.Part.Sums, Parts: []order.SellerOrder{v.Part}})
		fmt.Fprintf(c.out, "the seller sees: %s\n", v.Fields)
		printContact(c, v.Contact)
		return nil
	}
	return fmt.Errorf("order %s has nothing of %s", ord.Number, o.As)
}

func printContact(c *console, p order.Contact) {
	for _, f := range []struct{ name, text string }{
		{"name", p.Name.Reveal()}, {"phone", p.Phone.Reveal()}, {"e-mail", p.Email.Reveal()}, {"recipient", p.Recipient.Reveal()}, {"street", p.Street.Reveal()},
		{"landmark", p.Area.Reveal()}, {"city", p.City}, {"region", p.Region}, {"postal code", p.PostalCode.Reveal()}, {"note", p.Note.Reveal()},
	} {
		if f.text != "" {
			fmt.Fprintf(c.out, "%s: %s\n", f.name, f.text)
		}
	}
}

func (h *house) printOrder(c *console, o *order.Order) {
	sum := func(a money.Amount) string { return h.market.Format(a, "en") }
	when := func(t time.Time) string { return t.In(h.market.Location).Format("2006-01-02 15:04") }
	fmt.Fprintf(c.out, "%s  placed %s  %s  %s\n", o.Number, when(o.PlacedAt), o.Status(), sum(o.Total))
	for _, p := range o.Parts {
		fmt.Fprintf(c.out, "\npart %d  %s  %s  payment %s %s\n", p.Position, p.Store.Name, p.Status, p.Payment.Status, sum(p.Payment.Amount))
		if p.Payment.Status != payment.StatusDue && p.Payment.Status != payment.Voided && p.Payment.Collected != p.Payment.Amount {
			fmt.Fprintf(c.out, "  taken %s\n", sum(p.Payment.Collected))
		}
		if p.Fulfillment.Status != "" {
			fmt.Fprintf(c.out, "  parcel %s  %s %s\n", p.Fulfillment.Status, p.Fulfillment.Carrier, p.Fulfillment.TrackingNumber)
		}
		for _, l := range p.Lines {
			fmt.Fprintf(c.out, "  %d x %s  %s\n", l.Quantity, l.Title, sum(l.Total))
		}
	}
	fmt.Fprintln(c.out)
	for _, e := range o.Events {
		about := "order" // as a whole
		for _, p := range o.Parts {
			if p.ID == e.SellerOrder {
				about = fmt.Sprint("part ", p.Position)
			}
		}
		fmt.Fprintf(c.out, "%s  %s  %s %s: %s -> %s  by %s %s\n", when(e.At), about, e.Object, e.Name, e.From, e.To, e.By.Kind, e.Reason)
	}
}
