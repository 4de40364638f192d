package order

import (
	"context"
	"fmt"
	"slices"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
)

// Step is a declared transition of a status: no status changes outside of one.
type Step struct {
	From, Event, To string
	By              access.Kinds
}

// Machine declares the steps of one kind of record. The package that owns the
// table owns its machine.
type Machine struct {
	Object string // as order_events name it
	Table  string
	Steps  []Step
}

// Statuses of a seller order.
const (
	AwaitingConfirmation = "awaiting_confirmation"
	Confirmed            = "confirmed"
	Accepted             = "accepted"
	Completed            = "completed"
	Undelivered          = "undelivered"
	Canceled             = "canceled"
	Expired              = "expired"
)

var (
	staff    = []access.Kind{access.Support, access.Admin, access.Operator}
	buyer    = []access.Kind{access.Customer, access.GuestOrder}
	merchant = []access.Kind{access.SellerOwner, access.SellerStaff, access.Operator}
	placing  = access.Of(access.Anonymous, access.Customer, access.GuestOrder)
	timer    = access.Of(access.System)
)

func kinds(lists ...[]access.Kind) access.Kinds { return access.Of(slices.Concat(lists...)...) }

// SellerOrders is the life of a seller order. Cancel by the buyer is further
// guarded by fulfillment: nothing may have been handed over.
var SellerOrders = Machine{Object: "seller_order", Table: "seller_orders", Steps: []Step{
	{"", "place", AwaitingConfirmation, placing},
	{AwaitingConfirmation, "confirm", Confirmed, kinds(buyer, staff, []access.Kind{access.System})},
	{AwaitingConfirmation, "cancel", Canceled, kinds(buyer, staff)},
	{AwaitingConfirmation, "expire", Expired, timer},
	{Confirmed, "remind", Confirmed, timer},
	{Confirmed, "escalate", Confirmed, timer},
	{Confirmed, "accept", Accepted, kinds(merchant)},
	{Confirmed, "reject", Canceled, kinds(merchant)},
	{Accepted, "reject", Canceled, kinds(merchant)},
	{Confirmed, "cancel", Canceled, kinds(buyer, staff)},
	{Accepted, "cancel", Canceled, kinds(buyer, staff)},
	{Accepted, "complete", Completed, kinds(staff, []access.Kind{access.System})},
	{Accepted, "close", Undelivered, kinds(staff, []access.Kind{access.System})},
	{Completed, "reopen", Accepted, kinds(staff)},
}}

// Declares reports whether the step exists; fsck asks it for every event.
func (m Machine) Declares(from, event, to string) bool {
	return slices.ContainsFunc(m.Steps, func(s Step) bool { return s.From == from && s.Event == event && s.To == to })
}

// Moved tells what a step did.
type Moved struct{ From, To string }

// Move takes one declared step: it reads the status, changes it only if nobody
// else has, and notes who did it, when and why. An event that the present
// status does not know is a Conflict, one that the actor may not cause is Forbidden.
func (m Machine) Move(ctx context.Context, tx *db.Tx, e Event) (Moved, error) {
	from, err := db.One(ctx, tx, db.String, `SELECT status FROM `+m.Table+` WHERE id = $1`, e.ObjectID)
	if err != nil {
		return Moved{}, db.NotFound(err)
	}
	i := slices.IndexFunc(m.Steps, func(s Step) bool { return s.From == from && s.Event == e.Name })
	if i < 0 {
		return Moved{}, errs.New(errs.Conflict, "order.step_unknown", "event", e.Name, "status", from)
	}
	step := m.Steps[i]
	if !step.By.Has(e.By.Kind) {
		return Moved{}, errs.New(errs.Forbidden, "error.forbidden").Because(fmt.Errorf("%s may not %s a %s", e.By.Kind, e.Name, m.Object))
	}
	raced := errs.New(errs.Conflict, "order.step_unknown", "event", e.Name, "status", from)
	if err := db.MustChange(ctx, tx, raced, `UPDATE `+m.Table+` SET status = $1, updated_at = $2 WHERE id = $3 AND status = $4`,
		step.To, clock.Micros(e.At), e.ObjectID, from); err != nil {
		return Moved{}, err
	}
	e.Object, e.From, e.To = m.Object, from, step.To
	return Moved{from, step.To}, Note(ctx, tx, e)
}

// Event is a line of an order's timeline.
type Event struct {
	ID          int64
	Order       ID
	SellerOrder SellerOrderID // 0 for the order as a whole
	Object      string
	ObjectID    int64
	Name        string
	From, To    string
	By          access.Actor
	Reason      string
	At          time.Time
}

// Note appends events to the timeline.
func Note(ctx context.Context, tx *db.Tx, events ...Event) error {
	rows := make([][]any, len(events))
	for i, e := range events {
		var part any
		if e.SellerOrder != 0 {
			part = int64(e.SellerOrder)
		}
		rows[i] = []any{int64(e.Order), part, e.Object, e.ObjectID, e.Name, e.From, e.To, e.By.Kind.String(), e.By.ID, e.Reason, clock.Micros(e.At)}
	}
	return db.Insert(ctx, tx, "order_events", "order_id, seller_order_id, object, object_id, name, from_status, to_status, actor_kind, actor_id, reason, at", rows)
}

// Allows reports whether the step exists and this kind of actor may take it.
func (m Machine) Allows(from, event, to string, by access.Kind) bool {
	return slices.ContainsFunc(m.Steps, func(s Step) bool { return s.From == from && s.Event == event && s.To == to && s.By.Has(by) })
}
