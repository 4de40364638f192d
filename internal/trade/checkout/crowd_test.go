package checkout_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/trade/checkout"
	"aromart/internal/trade/fsck"
)

// crowd lets all buyers ask for the first product at once. Everybody has seen
// it in stock before anybody asks.
func (s *shop) crowd(t *testing.T, buyers int) (orders, refused int32) {
	t.Helper()
	requests := make([]checkout.Request, buyers)
	for i := range requests {
		requests[i] = s.request(t, i, 0)
	}
	var granted, sorry atomic.Int32
	var wg sync.WaitGroup
	barrier := make(chan struct{})
	for _, q := range requests {
		wg.Go(func() {
			<-barrier
			_, err := s.Place(context.Background(), q, now)
			switch {
			case err == nil:
				granted.Add(1)
			case errs.KindOf(err) == errs.Conflict:
				sorry.Add(1)
			default:
				t.Errorf("not a clear refusal: %v", err)
			}
		})
	}
	close(barrier)
	wg.Wait()
	return granted.Load(), sorry.Load()
}

// again opens a further small world in the same database.
func again(t *testing.T, d *db.DB, stock int64) *shop {
	t.Helper()
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := db.Exec(t.Context(), tx, `UPDATE stores SET slug = slug || $1`, fmt.Sprint("-", worlds.Add(1)))
		if err == nil { // persons of earlier rounds have no open orders that would count
			_, err = db.Exec(t.Context(), tx, `UPDATE order_contacts SET phone = ''`)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return open(t, d, stock)
}

var worlds atomic.Int32

func Test200Buyers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for round := range rounds(5, 20) {
			s := again(t, d, 10)
			orders, refused := s.crowd(t, 200)
			if orders != 10 || refused != 190 || s.onHand(t, 0) != 0 {
				t.Fatalf("round %d: %d orders, %d refusals, %d left of 10", round, orders, refused, s.onHand(t, 0))
			}
		}
		soundBooks(t, d)
	})
}

func Test300On100(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, 100)
		orders, refused := s.crowd(t, 300)
		if orders != 100 || refused != 200 || s.onHand(t, 0) != 0 {
			t.Errorf("%d orders, %d refusals, %d left of 100", orders, refused, s.onHand(t, 0))
		}
		soundBooks(t, d)
	})
}

// soundBooks runs the invariants of aromart fsck, and what it need not ask of
// a database that lives longer than its jobs, keys and log.
func soundBooks(t testing.TB, d *db.DB) {
	t.Helper()
	if err := checkBooks(context.Background(), d); err != nil {
		t.Error(err)
	}
}

// left are queries that return the orders that lack what placing leaves behind.
var left = map[string]string{
	"an order has no key": `SELECT o.id FROM orders o WHERE (SELECT count(*) FROM idempotency_keys k WHERE k.order_id = o.id) <> 1`,
	"an order left no audit entry": `SELECT o.id FROM orders o
		WHERE (SELECT count(*) FROM audit_entries a WHERE a.object_kind = 'order' AND a.object_id = o.id AND a.action = 'order.place') <> 1`,
	"an order left no letter": `SELECT p.id FROM seller_orders p
		WHERE (SELECT count(*) FROM jobs j WHERE j.kind = 'letter.seller_order_placed' AND j.payload LIKE '%:' || CAST(p.id AS TEXT) || '}') <> 1`,
	"stock was taken for no line": `SELECT m.id FROM stock_movements m WHERE m.reason = 'sale' AND NOT EXISTS (SELECT 1 FROM order_lines l WHERE l.id = m.order_line_id)`,
	"a cart became two orders":    `SELECT min(id) FROM orders WHERE cart_token_hash IS NOT NULL GROUP BY cart_token_hash HAVING count(*) > 1`,
}

// checkBooks returns the first breach.
func checkBooks(ctx context.Context, d *db.DB) error {
	res, err := fsck.Run(ctx, d, nil)
	if err != nil {
		return err
	}
	if !res.Sound() {
		return fmt.Errorf("fsck: %d breaches, the first is %+v", len(res.Breaches), res.Breaches[0])
	}
	for name, query := range left {
		ids, err := db.All(ctx, d, db.Int, query+` LIMIT 3`)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if len(ids) > 0 {
			return fmt.Errorf("%s: %v", name, ids)
		}
	}
	return nil
}
