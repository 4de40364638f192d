// Package fulfillment is what happens to a seller order after it was placed:
// confirming, packing, handing over, delivering, and every way it can end.
//
// What always holds: each act is one transaction over the order, its payment,
// its parcel, the stock, the timeline, the audit log and the letters that
// follow; it first holds the parts that it is about, so that a cancellation and
// a hand-over can never both succeed; goods return to the stock exactly once,
// when a part ends before its hand-over or when its parcel has come back; a
// payment that will not be paid is void. An act that does not fit the present
// status is a Conflict and changes nothing, so repeating one does no harm. A
// part of another customer or seller is NotFound.
//
// Personal data: none; a parcel names its carrier and tracking number.
// Tables: fulfillments, fulfillment_lines.
package fulfillment

import (
	"context"
	"slices"
	"time"

	"aromart/internal/goods/inventory"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
	"aromart/internal/platform/job"
	"aromart/internal/trade/order"
	"aromart/internal/trade/payment"
)

// Jobs that an act leaves for after the commit: a letter to the customer, to the
// seller or to the operator about a step of a part. Their payload is a Letter.
const (
	JobCustomerLetter = "letter.step_customer"
	JobSellerLetter   = "letter.step_seller"
	JobOperatorLetter = "letter.step_operator"
)

// Letter says which step a letter is about.
type Letter struct {
	SellerOrder order.SellerOrderID `json:"seller_order"`
	Event       string              `json:"event"` // confirm, remind, escalate, hand_over, deliver, cancel, reject, expire, refuse, receive, lose
}

// act is one thing that somebody does to the parts of a scope.
type act struct {
	by     access.Actor
	now    time.Time
	reason string
	back   []inventory.Item // goods that return to the stock when the act ends
}

// hold returns the parts of the scope that have one of the statuses; without
// any named, those whose status knows the event. When there is none, the act is
// out of place.
func (a *act) hold(ctx context.Context, tx *db.Tx, s order.Scope, event string, statuses ...string) ([]order.Held, error) {
	held, err := order.Hold(ctx, tx, a.by, s)
	if err != nil {
		return nil, err
	}
	status := held[0].Status
	held = slices.DeleteFunc(held, func(h order.Held) bool {
		if len(statuses) == 0 {
			return !order.SellerOrders.Knows(h.Status, event)
		}
		return !slices.Contains(statuses, h.Status)
	})
	if len(held) == 0 {
		return nil, outOfPlace(event, status)
	}
	return held, nil
}

func outOfPlace(event, status string) error {
	return errs.New(errs.Conflict, "order.step_unknown", "event", event, "status", status)
}

// step moves the part itself.
func (a *act) step(ctx context.Context, tx *db.Tx, h order.Held, event string) error {
	_, err := order.SellerOrders.Move(ctx, tx, order.Event{Order: h.Order, SellerOrder: h.ID, ObjectID: int64(h.ID), Name: event, By: a.by, Reason: a.reason, At: a.now})
	return err
}

// record leaves the audit entry and the letters.
func (a *act) record(ctx context.Context, tx *db.Tx, h order.Held, event string, letters ...string) error {
	err := audit.Record(ctx, tx, audit.Entry{ActorKind: a.by.Kind.String(), ActorID: a.by.ID, Action: "order." + event, ObjectKind: "seller_order",
		ObjectID: int64(h.ID), Fields: []string{"status"}, Reason: a.reason, At: a.now})
	for _, kind := range letters {
		if err == nil {
			err = job.Enqueue(ctx, tx, kind, Letter{h.ID, event}, a.now)
		}
	}
	return err
}

// finish puts back what returns to the stock: last and in one go, because the
// row of a popular variant is locked until the commit.
func (a *act) finish(ctx context.Context, tx *db.Tx, reason string) error {
	if len(a.back) == 0 {
		return nil
	}
	return inventory.Return(ctx, tx, a.by, a.back, reason, a.now)
}

// goods are the items of a part.
func goods(ctx context.Context, r db.Reader, part order.SellerOrderID) ([]inventory.Item, error) {
	return db.All(ctx, r, func(rows *db.Rows, i *inventory.Item) error {
		return rows.Scan(&i.Variant, &i.Product, &i.Quantity, &i.OrderLine)
	}, `SELECT variant_id, product_id, quantity, id FROM order_lines WHERE seller_order_id = $1 ORDER BY id`, int64(part))
}

// Confirm says that the customer means it: by a code, by a call that staff
// made and note in the reason, or by a rule.
func Confirm(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope, reason string, now time.Time) error {
	a := act{by: by, now: now, reason: reason}
	held, err := a.hold(ctx, tx, s, "confirm")
	if err != nil {
		return err
	}
	for i, h := range held {
		if err := a.step(ctx, tx, h, "confirm"); err != nil {
			return err
		}
		letters := []string{JobSellerLetter}
		if i == 0 { // one for the customer, however many sellers there are
			letters = append(letters, JobCustomerLetter)
		}
		if err := a.record(ctx, tx, h, "confirm", letters...); err != nil {
			return err
		}
	}
	return nil
}

// CodePurpose is the purpose of the code that confirms an order, see order.Links.Code.
const CodePurpose = "confirm"

// ConfirmByCode confirms an order by the code that was mailed to its customer.
// The comparison takes the same time for every wrong code.
func ConfirmByCode(ctx context.Context, tx *db.Tx, links order.Links, o *order.Order, code string, by access.Actor, now time.Time) error {
	if !links.Typed(o, CodePurpose, code) {
		return errs.Field("code", "order.code_wrong")
	}
	return Confirm(ctx, tx, by, order.Scope{Order: o.ID}, "code", now)
}

// Accept says that the seller takes the order on.
func Accept(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope, now time.Time) error {
	a := act{by: by, now: now}
	held, err := a.hold(ctx, tx, s, "accept")
	if err != nil {
		return err
	}
	for _, h := range held {
		if err := a.step(ctx, tx, h, "accept"); err != nil {
			return err
		}
		if err := a.record(ctx, tx, h, "accept"); err != nil {
			return err
		}
	}
	return nil
}

// Cancel ends parts before they arrive. The buyer may do it until the
// hand-over. Staff give a reason, and call back a parcel that is on its way:
// its goods return to the stock when Receive says that they have come back.
func Cancel(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope, reason string, now time.Time) error {
	if by.Kind != access.Customer && by.Kind != access.GuestOrder && reason == "" {
		return errs.Field("reason", "order.reason_missing")
	}
	return end(ctx, tx, by, s, "cancel", reason, now)
}

// Reject is the seller's refusal before the hand-over, with a reason.
func Reject(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope, reason string, now time.Time) error {
	if reason == "" {
		return errs.Field("reason", "order.reason_missing")
	}
	return end(ctx, tx, by, s, "reject", reason, now)
}

// Expire ends parts that nobody confirmed in time. The timer calls it.
func Expire(ctx context.Context, tx *db.Tx, s order.Scope, now time.Time) error {
	return end(ctx, tx, access.Actor{Kind: access.System}, s, "expire", "not_confirmed", now)
}

func end(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope, event, reason string, now time.Time) error {
	a := act{by: by, now: now, reason: reason}
	held, err := a.hold(ctx, tx, s, event)
	if err != nil {
		return err
	}
	var refusals []error
	for _, h := range held {
		f, err := newest(ctx, tx, h.ID)
		if err != nil {
			return err
		}
		if refusal := a.mayEnd(h, f, event); refusal != nil {
			refusals = append(refusals, refusal)
			continue
		}
		if err := a.endPart(ctx, tx, h, f, event); err != nil {
			return err
		}
	}
	if len(refusals) == len(held) {
		return refusals[len(refusals)-1]
	}
	return a.finish(ctx, tx, inventory.Canceled)
}

// mayEnd guards what the machine of seller orders cannot see: the clock and the parcel.
func (a *act) mayEnd(h order.Held, f parcel, event string) error {
	switch {
	case event == "expire" && (h.ConfirmBy.IsZero() || h.ConfirmBy.After(a.now)):
		return errs.New(errs.Conflict, "order.not_yet_late")
	case f.beforeHandOver():
		return nil
	case f.Status == Delivered || f.Status == Closed || f.Status == Lost:
		return outOfPlace(event, f.Status)
	case event == "cancel" && recalling.Has(a.by.Kind):
		return nil
	}
	return errs.New(errs.Conflict, "order.too_late_to_cancel")
}

func (a *act) endPart(ctx context.Context, tx *db.Tx, h order.Held, f parcel, event string) error {
	if err := a.step(ctx, tx, h, event); err != nil {
		return err
	}
	if err := order.KeepReason(ctx, tx, h.ID, a.reason); err != nil {
		return err
	}
	if err := payment.Void(ctx, tx, a.by, h.ID, a.reason, a.now); err != nil {
		return err
	}
	switch {
	case f.ID != 0 && !f.beforeHandOver() && f.Status != Returning:
		if err := a.parcelStep(ctx, tx, &f, "recall"); err != nil {
			return err
		}
	case f.ID != 0 && f.beforeHandOver():
		if err := a.parcelStep(ctx, tx, &f, "cancel"); err != nil {
			return err
		}
	}
	if f.ID == 0 || f.Status == Canceled {
		items, err := goods(ctx, tx, h.ID)
		if err != nil {
			return err
		}
		a.back = append(a.back, items...)
	}
	letters := []string{JobCustomerLetter, JobSellerLetter}
	if event == "reject" {
		letters = letters[:1] // the seller knows
	}
	return a.record(ctx, tx, h, event, letters...)
}
