package order

import (
	"context"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/platform/db"
)

// Closing says whether something can still happen to an order: a parcel on its
// way, an answer that is awaited, a return.
type Closing struct {
	Order ID
	Open  bool
	At    time.Time // when it was closed; of an open one, when that is expected
}

// Closings judges orders at the time now. window is how long a delivered part may come back.
func Closings(ctx context.Context, r db.Reader, ids []int64, window time.Duration, now time.Time) ([]Closing, error) {
	parts, err := db.All(ctx, r, scanEnding, selectEndings+` WHERE p.order_id IN (`+db.In(r, 1)+`) ORDER BY p.order_id, p.id`, db.IDs(ids))
	var out []Closing
	for _, p := range parts {
		if n := len(out); n == 0 || out[n-1].Order != p.order {
			out = append(out, Closing{Order: p.order})
		}
		c := &out[len(out)-1]
		open, at := p.closing(window, now)
		c.Open = c.Open || open
		if at.After(c.At) {
			c.At = at
		}
	}
	return out, err
}

// ending is what decides whether a part is over.
type ending struct {
	order                       ID
	status, parcel              string
	updated, arrives, delivered time.Time
}

const selectEndings = `
	SELECT p.order_id, p.status, p.updated_at, p.arrives_to, COALESCE(f.status, ''),
		COALESCE((SELECT max(e.at) FROM order_events e WHERE e.object = 'fulfillment' AND e.object_id = f.id AND e.to_status = 'delivered'), 0)
	FROM seller_orders p
	LEFT JOIN fulfillments f ON f.id = (SELECT max(id) FROM fulfillments WHERE seller_order_id = p.id)`

func scanEnding(rows *db.Rows, e *ending) error {
	var updated, arrives, delivered int64
	err := rows.Scan(&e.order, &e.status, &updated, &arrives, &e.parcel, &delivered)
	e.updated, e.arrives = clock.FromMicros(updated), clock.FromMicros(arrives)
	if delivered != 0 {
		e.delivered = clock.FromMicros(delivered)
	}
	return err
}

func (e ending) closing(window time.Duration, now time.Time) (open bool, at time.Time) {
	part := SellerOrder{Status: e.status, Fulfillment: FulfillmentState{Status: e.parcel}}
	switch {
	case part.Moving():
	case e.status == Canceled || e.status == Expired || e.status == Undelivered || e.status == Completed:
		return false, e.updated
	case !e.delivered.IsZero():
		end := e.delivered.Add(window)
		return end.After(now), end
	}
	at = e.arrives.Add(window)
	if at.Before(now) { // late: nobody knows
		at = now.Add(window)
	}
	return true, at
}

// ClosedBefore returns orders that were placed before a time and still hold a
// person, in the order of their ids from after on. Whether each is closed, and
// since when, Closings tells.
func ClosedBefore(ctx context.Context, r db.Reader, placed time.Time, after ID, limit int) ([]int64, error) {
	return db.All(ctx, r, db.Int, `SELECT o.id FROM orders o JOIN order_contacts c ON c.order_id = o.id
		WHERE o.placed_at < $1 AND o.id > $2 AND c.erased_at IS NULL ORDER BY o.id LIMIT $3`, clock.Micros(placed), int64(after), limit)
}

// PlacedBefore is ClosedBefore for all orders, with or without a person.
func PlacedBefore(ctx context.Context, r db.Reader, placed time.Time, after ID, limit int) ([]int64, error) {
	return db.All(ctx, r, db.Int, `SELECT id FROM orders WHERE placed_at < $1 AND id > $2 ORDER BY id LIMIT $3`, clock.Micros(placed), int64(after), limit)
}

// Forgotten notes that the person of the orders was erased, and withdraws
// their secret links: what they opened is gone.
func Forgotten(ctx context.Context, tx *db.Tx, ids []int64, now time.Time) error {
	list := db.IDs(ids)
	_, err := db.Exec(ctx, tx, `UPDATE orders SET link_version = link_version + 1 WHERE id IN (`+db.In(tx, 1)+`)
		AND EXISTS (SELECT 1 FROM order_contacts c WHERE c.order_id = orders.id AND c.erased_at IS NULL)`, list)
	if err == nil {
		_, err = db.Exec(ctx, tx, `UPDATE order_contacts SET erased_at = $1 WHERE erased_at IS NULL AND order_id IN (`+db.In(tx, 2)+`)`, clock.Micros(now), list)
	}
	return err
}
