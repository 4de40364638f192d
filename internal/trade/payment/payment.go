// Package payment keeps what customers owe and what was taken from them.
//
// What always holds: every seller order has payments whose amounts sum to its
// total, opened in the transaction that placed it; a status moves only by a
// declared step, with actor and time; an amount that was collected is noted
// beside the amount that was due and never replaces it. Money after the sale
// is appended, never a change of the past. No card data exists here: the one
// kind that is taken is cash on delivery. An online provider comes through the
// policy gate (P12), which is why any other kind is refused.
//
// Personal data: none. Tables: payments.
package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/trade/order"
)

// Kinds of payment.
const (
	COD      = "cod"
	Transfer = "transfer" // known to the books; no market offers it yet
)

// Statuses of a payment.
const (
	StatusDue  = "due"
	Collected  = "collected"
	Difference = "difference" // more or less than due was taken; a person has to say why
	Voided     = "void"
)

var (
	placing = access.Of(access.Anonymous, access.Customer, access.GuestOrder)
	// Whoever brings the parcel takes the cash: a seller with his own rider, or staff for the courier.
	collecting = access.Of(access.SellerOwner, access.SellerStaff, access.Support, access.Admin, access.Operator, access.System)
	// A payment is void because its seller order ends, so whoever may end that voids this.
	ending    = access.Of(access.Customer, access.GuestOrder, access.SellerOwner, access.SellerStaff, access.Support, access.Admin, access.Operator, access.System)
	resolving = access.Of(access.Support, access.Admin, access.Operator)
)

// Machine is the life of a payment. What comes after the collection
// (remittance, reconciliation) belongs to the settlement of sellers.
var Machine = order.Machine{Object: "payment", Table: "payments", Steps: []order.Step{
	{From: "", Event: "place", To: StatusDue, By: placing},
	{From: StatusDue, Event: "collect", To: Collected, By: collecting},
	{From: StatusDue, Event: "void", To: Voided, By: ending},
	{From: Collected, Event: "differ", To: Difference, By: collecting},
	{From: Difference, Event: "resolve", To: Collected, By: resolving},
}}

// Due is an amount that a seller order owes.
type Due struct {
	Order       order.ID
	SellerOrder order.SellerOrderID
	Kind        string
	Amount      money.Amount
}

// CheckKind refuses what this marketplace cannot take. The form and the API ask
// it before an order is placed, Open asks it again.
func CheckKind(kind string) error {
	switch kind {
	case COD:
		return nil
	case Transfer:
		return errs.Field("payment_method", "payment.not_offered")
	}
	return errs.Field("payment_method", "payment.kind_unknown", "promise", "P12").
		Because(fmt.Errorf("payment: kind %q is outside the gate of P12", kind))
}

// Open records what is owed, one payment per seller order, with its first event.
func Open(ctx context.Context, tx *db.Tx, by access.Actor, now time.Time, dues []Due) error {
	events := make([]order.Event, len(dues))
	for i, d := range dues {
		if err := CheckKind(d.Kind); err != nil {
			return err
		}
		id, err := db.One(ctx, tx, db.Int, `INSERT INTO payments (public_id, order_id, seller_order_id, kind, status, amount, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
			clock.PublicID(), int64(d.Order), int64(d.SellerOrder), d.Kind, StatusDue, int64(d.Amount), clock.Micros(now))
		if err != nil {
			return fmt.Errorf("payment: open for seller order %d: %w", d.SellerOrder, err)
		}
		events[i] = order.Event{Order: d.Order, SellerOrder: d.SellerOrder, Object: Machine.Object, ObjectID: id, Name: "place", To: StatusDue, By: by, At: now}
	}
	return order.Note(ctx, tx, events...)
}

// Payment is one amount owed or taken.
type Payment struct {
	ID          int64
	PublicID    string
	Order       order.ID
	SellerOrder order.SellerOrderID
	Kind        string
	Status      string
	Amount      money.Amount
	Collected   money.Amount // what was taken; 0 before that
}

// Of returns the payments of a seller order.
func Of(ctx context.Context, r db.Reader, part order.SellerOrderID) ([]Payment, error) {
	return db.All(ctx, r, scan, `SELECT id, public_id, order_id, seller_order_id, kind, status, amount, COALESCE(collected_amount, 0)
		FROM payments WHERE seller_order_id = $1 ORDER BY id`, int64(part))
}

func scan(rows *db.Rows, p *Payment) error {
	return rows.Scan(&p.ID, &p.PublicID, &p.Order, &p.SellerOrder, &p.Kind, &p.Status, &p.Amount, &p.Collected)
}

// only returns the one payment of a seller order: while a part travels in one
// parcel its cash is one amount.
func only(ctx context.Context, r db.Reader, part order.SellerOrderID) (Payment, error) {
	list, err := Of(ctx, r, part)
	switch {
	case err != nil:
		return Payment{}, err
	case len(list) == 0:
		return Payment{}, db.NotFound(db.ErrNoRows)
	case len(list) > 1:
		return Payment{}, errors.New("payment: a seller order with several payments needs to say which")
	}
	return list[0], nil
}

// Collect notes the cash that was taken for a seller order. Another amount than
// the due one leaves a Difference, which Resolve settles. Whoever calls it has
// scoped the seller order to its owner.
func Collect(ctx context.Context, tx *db.Tx, by access.Actor, part order.SellerOrderID, amount money.Amount, now time.Time) error {
	if amount < 0 || amount > money.Max {
		return errs.Field("amount", "payment.amount_bad")
	}
	p, err := only(ctx, tx, part)
	if err != nil {
		return err
	}
	if err := p.move(ctx, tx, by, "collect", "", now); err != nil {
		return err
	}
	if _, err := db.Exec(ctx, tx, `UPDATE payments SET collected_amount = $1 WHERE id = $2`, int64(amount), p.ID); err != nil {
		return err
	}
	if amount == p.Amount {
		return nil
	}
	return p.move(ctx, tx, by, "differ", "", now)
}

// Resolve settles a difference; the reason says how.
func Resolve(ctx context.Context, tx *db.Tx, by access.Actor, part order.SellerOrderID, reason string, now time.Time) error {
	if reason == "" {
		return errs.Field("reason", "order.reason_missing")
	}
	p, err := only(ctx, tx, part)
	if err != nil {
		return err
	}
	return p.move(ctx, tx, by, "resolve", reason, now)
}

// Void ends what was due and will not be paid, because the seller order ends.
func Void(ctx context.Context, tx *db.Tx, by access.Actor, part order.SellerOrderID, reason string, now time.Time) error {
	p, err := only(ctx, tx, part)
	if err != nil {
		return err
	}
	return p.move(ctx, tx, by, "void", reason, now)
}

func (p Payment) move(ctx context.Context, tx *db.Tx, by access.Actor, event, reason string, now time.Time) error {
	_, err := Machine.Move(ctx, tx, order.Event{Order: p.Order, SellerOrder: p.SellerOrder, ObjectID: p.ID, Name: event, By: by, Reason: reason, At: now})
	return err
}

// DueOf is the amount that is due for a seller order.
func DueOf(ctx context.Context, r db.Reader, part order.SellerOrderID) (money.Amount, error) {
	p, err := only(ctx, r, part)
	return p.Amount, err
}
