package fulfillment

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/trade/order"
	"aromart/internal/trade/payment"
)

// ExpireUnconfirmed ends a part that nobody confirmed in time. The timer of the
// part calls it; whatever was confirmed or ended meanwhile is left alone.
func ExpireUnconfirmed(ctx context.Context, d *db.DB, part order.SellerOrderID, now time.Time) error {
	err := d.Write(ctx, func(tx *db.Tx) error {
		return Expire(ctx, tx, order.Scope{SellerOrder: part}, now)
	})
	if errs.Is(err, "order.step_unknown") {
		return nil
	}
	return err
}

// batch is how many parts one transaction completes; other writers go between two.
const batch = 100

// settled are the parts whose goods arrived before a time and whose cash is in.
const settled = `SELECT p.id, p.store, f.updated_at FROM seller_orders p
	JOIN fulfillments f ON f.seller_order_id = p.id AND f.status = '` + Delivered + `'
	WHERE p.status = '` + order.Accepted + `' AND p.id > $1 AND f.updated_at <= $2
		AND NOT EXISTS (SELECT 1 FROM payments m WHERE m.seller_order_id = p.id AND m.status <> '` + payment.Collected + `')
	ORDER BY p.id LIMIT $3`

// arrived is a part whose goods are at the customer's.
type arrived struct {
	id         order.SellerOrderID
	returnDays int // that the store gave when the order was placed
	at         time.Time
}

func scanArrived(rows *db.Rows, a *arrived) error {
	var store []byte
	var at int64
	if err := rows.Scan(&a.id, &store, &at); err != nil {
		return err
	}
	var terms order.StoreSnapshot
	err := json.Unmarshal(store, &terms)
	a.returnDays, a.at = terms.ReturnDays, clock.FromMicros(at)
	return err
}

// Complete ends all parts that nothing can happen to any more and tells how
// many there were: the goods arrived, the cash is in, and the time to return
// them is over, which is the market's or the longer one that the store gave.
// The timer calls it.
func Complete(ctx context.Context, d *db.DB, returnDays int, now time.Time) (int, error) {
	completed := 0
	for last := order.SellerOrderID(0); ; {
		list, err := db.All(ctx, d, scanArrived, settled, int64(last), clock.Micros(now.AddDate(0, 0, -returnDays)), batch)
		if err != nil || len(list) == 0 {
			return completed, err
		}
		last = list[len(list)-1].id
		done := 0
		err = d.Write(ctx, func(tx *db.Tx) error {
			done = 0
			for _, a := range list {
				if a.at.AddDate(0, 0, max(a.returnDays, returnDays)).After(now) {
					continue
				}
				err := complete(ctx, tx, a.id, now)
				if errs.KindOf(err) == errs.Conflict { // another process was faster
					continue
				}
				if err != nil {
					return fmt.Errorf("complete seller order %d: %w", a.id, err)
				}
				done++
			}
			return nil
		})
		if err != nil {
			return completed, err
		}
		completed += done
	}
}

func complete(ctx context.Context, tx *db.Tx, part order.SellerOrderID, now time.Time) error {
	a := act{by: access.Actor{Kind: access.System}, now: now, reason: "return_window_over"}
	held, err := a.hold(ctx, tx, order.Scope{SellerOrder: part}, "complete")
	if err != nil {
		return err
	}
	if err := a.step(ctx, tx, held[0], "complete"); err != nil {
		return err
	}
	return a.record(ctx, tx, held[0], "complete")
}

// unanswered are the confirmed parts with the time of their confirmation and
// what was done about them since.
const unanswered = `SELECT p.id,
		(SELECT max(e.at) FROM order_events e WHERE e.order_id = p.order_id AND e.seller_order_id = p.id AND e.object = 'seller_order' AND e.name = 'confirm'),
		EXISTS (SELECT 1 FROM order_events e WHERE e.order_id = p.order_id AND e.seller_order_id = p.id AND e.name = 'remind'),
		EXISTS (SELECT 1 FROM order_events e WHERE e.order_id = p.order_id AND e.seller_order_id = p.id AND e.name = 'escalate')
	FROM seller_orders p WHERE p.status = '` + order.Confirmed + `' AND p.id > $1 ORDER BY p.id LIMIT $2`

// waiting is a part that its seller has not taken on.
type waiting struct {
	id                  order.SellerOrderID
	confirmed           time.Time
	reminded, escalated bool
}

func scanWaiting(rows *db.Rows, w *waiting) error {
	var at int64
	err := rows.Scan(&w.id, &at, &w.reminded, &w.escalated)
	w.confirmed = clock.FromMicros(at)
	return err
}

// due is what is to be done about the part now, "" when nothing. A seller who
// is late already is not reminded first.
func (w *waiting) due(m *market.Profile, now time.Time) string {
	remind, late := m.AcceptBy(w.confirmed)
	switch {
	case !late.After(now) && !w.escalated:
		return "escalate"
	case late.After(now) && !remind.After(now) && !w.reminded:
		return "remind"
	}
	return ""
}

// Press sees to the parts that their sellers do not take on: the seller is
// reminded, and when he is late the operator hears of it and the customer is
// told, who may cancel as before. Nothing ends by itself: goods that a seller
// is about to send are better than none. The timer calls it; it tells how often it
// had to.
func Press(ctx context.Context, d *db.DB, m *market.Profile, now time.Time) (int, error) {
	pressed := 0
	for last := order.SellerOrderID(0); ; {
		list, err := db.All(ctx, d, scanWaiting, unanswered, int64(last), batch)
		if err != nil || len(list) == 0 {
			return pressed, err
		}
		last = list[len(list)-1].id
		for _, w := range list {
			event := w.due(m, now)
			if event == "" {
				continue
			}
			err := d.Write(ctx, func(tx *db.Tx) error { return press(ctx, tx, w.id, event, now) })
			if errs.KindOf(err) == errs.Conflict { // the seller, or another process, was faster
				continue
			}
			if err != nil {
				return pressed, fmt.Errorf("%s seller order %d: %w", event, w.id, err)
			}
			pressed++
		}
	}
}

func press(ctx context.Context, tx *db.Tx, part order.SellerOrderID, event string, now time.Time) error {
	a := act{by: access.Actor{Kind: access.System}, now: now, reason: "not_accepted"}
	held, err := a.hold(ctx, tx, order.Scope{SellerOrder: part}, event)
	if err != nil {
		return err
	}
	h := held[0]
	before, err := db.One(ctx, tx, db.Int, `SELECT count(*) FROM order_events WHERE order_id = $1 AND seller_order_id = $2 AND name = $3`,
		int64(h.Order), int64(h.ID), event)
	if err != nil {
		return err
	}
	if before > 0 {
		return outOfPlace(event, h.Status)
	}
	if err := a.step(ctx, tx, h, event); err != nil {
		return err
	}
	letters := []string{JobSellerLetter}
	if event == "escalate" {
		letters = append(letters, JobCustomerLetter, JobOperatorLetter)
	}
	return a.record(ctx, tx, h, event, letters...)
}
