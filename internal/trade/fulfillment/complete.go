package fulfillment

import (
	"context"
	"fmt"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/trade/order"
	"aromart/internal/trade/payment"
)

// batch is how many parts one transaction completes; other writers go between two.
const batch = 100

// ripe are the parts whose goods have arrived, whose cash is in and whose time
// to return them, that of the market or a longer one of the store, is over.
const ripe = `SELECT p.id FROM seller_orders p
	JOIN fulfillments f ON f.seller_order_id = p.id AND f.status = '` + Delivered + `'
	JOIN stores st ON st.seller_id = p.seller_id
	WHERE p.status = '` + order.Accepted + `'
		AND f.updated_at <= $1 - $2 * (CASE WHEN st.return_days > $3 THEN st.return_days ELSE $3 END)
		AND NOT EXISTS (SELECT 1 FROM payments m WHERE m.seller_order_id = p.id AND m.status <> '` + payment.Collected + `')
	ORDER BY p.id LIMIT $4`

// Complete ends all parts that nothing can happen to any more and tells how
// many there were. The timer calls it. returnDays is the market's; a store may
// give more.
func Complete(ctx context.Context, d *db.DB, returnDays int, now time.Time) (int, error) {
	const day = int64(24 * time.Hour / time.Microsecond)
	completed := 0
	for {
		ids, err := db.All(ctx, d, db.Int, ripe, clock.Micros(now), day, returnDays, batch)
		if err != nil || len(ids) == 0 {
			return completed, err
		}
		done := 0
		err = d.Write(ctx, func(tx *db.Tx) error {
			done = 0
			for _, id := range ids {
				err := complete(ctx, tx, order.SellerOrderID(id), now)
				if errs.KindOf(err) == errs.Conflict { // another process was faster
					continue
				}
				if err != nil {
					return fmt.Errorf("complete seller order %d: %w", id, err)
				}
				done++
			}
			return nil
		})
		if completed += done; err != nil || done == 0 {
			return completed, err
		}
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
