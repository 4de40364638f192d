package fulfillment

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"aromart/internal/care/disclosure"
	"aromart/internal/care/policy"
	"aromart/internal/goods/inventory"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/trade/order"
	"aromart/internal/trade/payment"
)

// parcel is a fulfillment as its machine needs it; the zero value is none.
type parcel struct {
	ID     int64
	Order  order.ID
	Part   order.SellerOrderID
	Status string
}

// beforeHandOver reports that nothing has left the seller yet.
func (f parcel) beforeHandOver() bool {
	return f.ID == 0 || f.Status == Planned || f.Status == Packed
}

// newest returns the parcel of a part. A part travels in one parcel.
func newest(ctx context.Context, r db.Reader, part order.SellerOrderID) (parcel, error) {
	f, err := db.One(ctx, r, func(rows *db.Rows, f *parcel) error { return rows.Scan(&f.ID, &f.Order, &f.Part, &f.Status) },
		`SELECT id, order_id, seller_order_id, status FROM fulfillments WHERE seller_order_id = $1 ORDER BY id DESC LIMIT 1`, int64(part))
	if errors.Is(err, db.ErrNoRows) {
		return parcel{}, nil
	}
	return f, err
}

func (a *act) parcelStep(ctx context.Context, tx *db.Tx, f *parcel, event string) error {
	moved, err := Machine.Move(ctx, tx, order.Event{Order: f.Order, SellerOrder: f.Part, ObjectID: f.ID, Name: event, By: a.by, Reason: a.reason, At: a.now})
	if err == nil {
		f.Status = moved.To
	}
	return err
}

// walk takes the steps that lie between the hand-over and the event.
func (a *act) walk(ctx context.Context, tx *db.Tx, f *parcel, event string) error {
	for _, s := range path {
		if f.Status == s.From {
			if err := a.parcelStep(ctx, tx, f, s.Event); err != nil {
				return err
			}
		}
	}
	return a.parcelStep(ctx, tx, f, event)
}

// HandOver gives the parcels of the scope to a carrier: a confirmed part is
// accepted with it, and a parcel that was not planned or packed is.
func HandOver(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope, carrier, tracking string, now time.Time) error {
	carrier, tracking = strings.TrimSpace(carrier), strings.TrimSpace(tracking)
	if carrier == "" {
		return errs.Field("carrier", "fulfillment.carrier_missing")
	}
	if err := errors.Join(checkName("carrier", carrier), checkName("tracking", tracking)); err != nil {
		return err
	}
	a := act{by: by, now: now}
	held, err := a.hold(ctx, tx, s, "hand_over", order.Confirmed, order.Accepted)
	if err != nil {
		return err
	}
	done := 0
	for _, h := range held {
		f, err := newest(ctx, tx, h.ID)
		if err != nil {
			return err
		}
		if !f.beforeHandOver() {
			continue
		}
		if err := a.handOver(ctx, tx, h, f, carrier, tracking); err != nil {
			return err
		}
		done++
	}
	if done == 0 {
		return outOfPlace("hand_over", HandedOver)
	}
	return nil
}

func (a *act) handOver(ctx context.Context, tx *db.Tx, h order.Held, f parcel, carrier, tracking string) error {
	if h.Status == order.Confirmed {
		if err := a.step(ctx, tx, h, "accept"); err != nil {
			return err
		}
	}
	if f.ID == 0 {
		planned, err := a.plan(ctx, tx, h)
		if err != nil {
			return err
		}
		f = planned
	}
	for _, event := range []string{"pack", "hand_over"} {
		if Machine.Knows(f.Status, event) {
			if err := a.parcelStep(ctx, tx, &f, event); err != nil {
				return err
			}
		}
	}
	if _, err := db.Exec(ctx, tx, `UPDATE fulfillments SET carrier = $1, tracking_number = $2 WHERE id = $3`, carrier, tracking, f.ID); err != nil {
		return err
	}
	// The label goes with the parcel.
	if err := disclosure.Record(ctx, tx, disclosure.Disclosure{Order: int64(h.Order), SellerOrder: int64(h.ID), Recipient: disclosure.Courier, Name: carrier,
		Act: "order.hand_over", Kinds: disclosure.Label, Purpose: policy.UseSharing, At: a.now}); err != nil {
		return err
	}
	return a.record(ctx, tx, h, "hand_over", JobCustomerLetter)
}

// plan makes a parcel of everything in the part.
func (a *act) plan(ctx context.Context, tx *db.Tx, h order.Held) (parcel, error) {
	if !packing.Has(a.by.Kind) {
		return parcel{}, errs.New(errs.Forbidden, "error.forbidden")
	}
	f := parcel{Order: h.Order, Part: h.ID, Status: Planned}
	id, err := db.One(ctx, tx, db.Int, `INSERT INTO fulfillments (public_id, order_id, seller_order_id, seller_id, status, carrier, tracking_number, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, '', '', $6, $6) RETURNING id`, clock.PublicID(), int64(h.Order), int64(h.ID), int64(h.Seller), Planned, clock.Micros(a.now))
	if err != nil {
		return f, err
	}
	f.ID = id
	if _, err := db.Exec(ctx, tx, `INSERT INTO fulfillment_lines (fulfillment_id, order_line_id, quantity)
		SELECT $1, id, quantity FROM order_lines WHERE seller_order_id = $2`, id, int64(h.ID)); err != nil {
		return f, err
	}
	return f, order.Note(ctx, tx, order.Event{Order: h.Order, SellerOrder: h.ID, Object: Machine.Object, ObjectID: id, Name: "plan", To: Planned, By: a.by, At: a.now})
}

// checkName refuses what cannot be the name of a carrier or a tracking number.
func checkName(field, text string) error {
	switch {
	case utf8.RuneCountInString(text) > 80:
		return errs.Field(field, "error.too_long", "n", 80)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return errs.Field(field, "error.bad_text")
	}
	return nil
}

// AsDue says that exactly the due amount was taken.
const AsDue money.Amount = -1

// Deliver says that the parcels of the scope have arrived, and how much cash
// was taken at the door. An amount can be given for one part only.
func Deliver(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope, cash money.Amount, now time.Time) error {
	a := act{by: by, now: now}
	moving, err := a.traveling(ctx, tx, s, "deliver", onTheWay...)
	if err != nil {
		return err
	}
	if cash != AsDue && len(moving) > 1 {
		return errs.Field("amount", "payment.amount_bad")
	}
	for _, m := range moving {
		if err := a.walk(ctx, tx, &m.parcel, "deliver"); err != nil {
			return err
		}
		taken := cash
		if cash == AsDue {
			if taken, err = payment.DueOf(ctx, tx, m.ID); err != nil {
				return err
			}
		}
		if err := payment.Collect(ctx, tx, by, m.ID, taken, now); err != nil {
			return err
		}
		if err := a.record(ctx, tx, m.Held, "deliver", JobCustomerLetter); err != nil {
			return err
		}
	}
	return nil
}

// Resolve says that a difference between the cash taken and the cash due is
// settled, and how.
func Resolve(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope, reason string, now time.Time) error {
	if reason == "" {
		return errs.Field("reason", "order.reason_missing")
	}
	a := act{by: by, now: now, reason: reason}
	held, err := order.Hold(ctx, tx, by, s)
	if err != nil {
		return err
	}
	resolved := 0
	for _, h := range held {
		list, err := payment.Of(ctx, tx, h.ID)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, func(p payment.Payment) bool { return p.Status == payment.Difference }) {
			continue
		}
		if err := payment.Resolve(ctx, tx, by, h.ID, reason, now); err != nil {
			return err
		}
		if err := a.record(ctx, tx, h, "resolve"); err != nil {
			return err
		}
		resolved++
	}
	if resolved == 0 {
		return outOfPlace("resolve", held[0].Status)
	}
	return nil
}

// traveling is a part with its parcel.
type traveling struct {
	order.Held
	parcel parcel
}

// onTheWay are the statuses of a parcel between the hand-over and the door.
var onTheWay = []string{HandedOver, InTransit, OutForDelivery, AttemptFailed}

// traveling returns the parts of the scope whose parcels have one of the statuses.
func (a *act) traveling(ctx context.Context, tx *db.Tx, s order.Scope, event string, statuses ...string) ([]traveling, error) {
	held, err := order.Hold(ctx, tx, a.by, s)
	if err != nil {
		return nil, err
	}
	var out []traveling
	refusal := outOfPlace(event, held[0].Status)
	for _, h := range held {
		f, err := newest(ctx, tx, h.ID)
		if err != nil {
			return nil, err
		}
		switch {
		case slices.Contains(statuses, f.Status):
			out = append(out, traveling{h, f})
		case !f.beforeHandOver():
			refusal = outOfPlace(event, f.Status)
		case h.Status == order.Confirmed || h.Status == order.Accepted:
			refusal = errs.New(errs.Conflict, "fulfillment.not_handed_over")
		}
	}
	if len(out) == 0 {
		return nil, refusal
	}
	return out, nil
}

// Carry enters one fact of the carrier: scan, send_out, fail_attempt, retry, or
// give_up, after which the parcel comes back and Receive ends the part.
func Carry(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope, event, reason string, now time.Time) error {
	a := act{by: by, now: now, reason: reason}
	switch event {
	case "scan", "send_out", "fail_attempt", "retry", "give_up":
	default:
		return outOfPlace(event, "")
	}
	moving, err := a.traveling(ctx, tx, s, event, onTheWay...)
	if err != nil {
		return err
	}
	for _, m := range moving {
		if err := a.parcelStep(ctx, tx, &m.parcel, event); err != nil {
			return err
		}
		if err := a.record(ctx, tx, m.Held, event); err != nil {
			return err
		}
	}
	return nil
}

// Refuse says that the customer did not take the parcels and that they are back
// with the seller: the goods return to the stock, nothing is owed any more.
func Refuse(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope, reason string, now time.Time) error {
	if reason == "" {
		return errs.Field("reason", "order.reason_missing")
	}
	a := act{by: by, now: now, reason: reason}
	moving, err := a.traveling(ctx, tx, s, "refuse", onTheWay...)
	if err != nil {
		return err
	}
	for _, m := range moving {
		if err := a.walk(ctx, tx, &m.parcel, "refuse"); err != nil {
			return err
		}
		if err := a.putBack(ctx, tx, m); err != nil {
			return err
		}
		if err := a.closePart(ctx, tx, m.Held, "refuse"); err != nil {
			return err
		}
	}
	return a.finish(ctx, tx, inventory.Restock)
}

// Receive says that a parcel which was called back or given up has come back:
// its goods return to the stock.
func Receive(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope, now time.Time) error {
	a := act{by: by, now: now}
	returning, err := a.traveling(ctx, tx, s, "receive", Returning)
	if err != nil {
		return err
	}
	for _, m := range returning {
		if err := a.putBack(ctx, tx, m); err != nil {
			return err
		}
		if err := a.over(ctx, tx, m.Held, "receive"); err != nil {
			return err
		}
	}
	return a.finish(ctx, tx, inventory.Restock)
}

// Lose says that the carrier lost the parcels, on the way to the door or back:
// nothing is owed, nothing comes back.
func Lose(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope, reason string, now time.Time) error {
	if reason == "" {
		return errs.Field("reason", "order.reason_missing")
	}
	a := act{by: by, now: now, reason: reason}
	lost, err := a.traveling(ctx, tx, s, "lose", slices.Concat(onTheWay, []string{Returning})...)
	if err != nil {
		return err
	}
	for _, m := range lost {
		if m.parcel.Status == HandedOver {
			if err := a.parcelStep(ctx, tx, &m.parcel, "scan"); err != nil {
				return err
			}
		}
		if err := a.parcelStep(ctx, tx, &m.parcel, "lose"); err != nil {
			return err
		}
		if err := a.over(ctx, tx, m.Held, "lose"); err != nil {
			return err
		}
	}
	return nil
}

// putBack ends the way back of a parcel.
func (a *act) putBack(ctx context.Context, tx *db.Tx, m traveling) error {
	for _, event := range []string{"receive", "restock"} {
		if err := a.parcelStep(ctx, tx, &m.parcel, event); err != nil {
			return err
		}
	}
	items, err := goods(ctx, tx, m.ID)
	a.back = append(a.back, items...)
	return err
}

// over ends a part whose parcel came to nothing; one that was canceled has ended before.
func (a *act) over(ctx context.Context, tx *db.Tx, h order.Held, event string) error {
	if h.Status != order.Accepted {
		return a.record(ctx, tx, h, event)
	}
	return a.closePart(ctx, tx, h, event)
}

// closePart ends a part of which nothing arrived. The rule does it, whoever brought the news.
func (a *act) closePart(ctx context.Context, tx *db.Tx, h order.Held, event string) error {
	rule := act{by: access.Actor{Kind: access.System}, now: a.now, reason: a.reason}
	if err := rule.step(ctx, tx, h, "close"); err != nil {
		return err
	}
	if err := order.KeepReason(ctx, tx, h.ID, a.reason); err != nil {
		return err
	}
	if err := payment.Void(ctx, tx, rule.by, h.ID, a.reason, a.now); err != nil {
		return err
	}
	return a.record(ctx, tx, h, event, JobCustomerLetter)
}
