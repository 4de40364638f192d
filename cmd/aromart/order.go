package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
	"aromart/internal/people/access"
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
