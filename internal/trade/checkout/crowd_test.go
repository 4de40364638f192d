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

// soundBooks holds what every order must satisfy against the tables. It is
// short on purpose: aromart fsck checks more, and is tested where it stands.
func soundBooks(t testing.TB, d *db.DB) {
	t.Helper()
	if err := checkBooks(context.Background(), d); err != nil {
		t.Error(err)
	}
}

// breaches are queries that return nothing in a sound database.
var breaches = map[string]string{
	"parts do not sum to the order": `SELECT o.id FROM orders o JOIN seller_orders p ON p.order_id = o.id GROUP BY o.id, o.total, o.items_total, o.delivery_total, o.fee_total, o.tax_total
		HAVING sum(p.total) <> o.total OR sum(p.items_total) <> o.items_total OR sum(p.delivery_total) <> o.delivery_total OR sum(p.fee_total) <> o.fee_total OR sum(p.tax_total) <> o.tax_total`,
	"an order has no part":           `SELECT o.id FROM orders o WHERE NOT EXISTS (SELECT 1 FROM seller_orders p WHERE p.order_id = o.id)`,
	"lines do not sum to the part":   `SELECT p.id FROM seller_orders p LEFT JOIN order_lines l ON l.seller_order_id = p.id GROUP BY p.id, p.items_total HAVING COALESCE(sum(l.line_total), -1) <> p.items_total`,
	"the due payment is another sum": `SELECT p.id FROM seller_orders p LEFT JOIN payments d ON d.seller_order_id = p.id GROUP BY p.id, p.total HAVING COALESCE(sum(d.amount), -1) <> p.total OR count(d.id) <> 1`,
	"movements do not sum to stock":  `SELECT s.variant_id FROM stock_levels s LEFT JOIN stock_movements m ON m.variant_id = s.variant_id GROUP BY s.variant_id, s.on_hand HAVING COALESCE(sum(m.delta), 0) <> s.on_hand`,
	"a line took no stock": `SELECT l.id FROM order_lines l LEFT JOIN stock_movements m ON m.order_line_id = l.id AND m.reason = 'sale'
		GROUP BY l.id, l.quantity HAVING COALESCE(sum(m.delta), 0) <> -l.quantity`,
	"stock was taken for no line":  `SELECT m.id FROM stock_movements m WHERE m.reason = 'sale' AND NOT EXISTS (SELECT 1 FROM order_lines l WHERE l.id = m.order_line_id)`,
	"an order has no contact":      `SELECT o.id FROM orders o WHERE NOT EXISTS (SELECT 1 FROM order_contacts c WHERE c.order_id = o.id)`,
	"an order has no key":          `SELECT o.id FROM orders o WHERE (SELECT count(*) FROM idempotency_keys k WHERE k.order_id = o.id) <> 1`,
	"an order left no audit entry": `SELECT o.id FROM orders o WHERE (SELECT count(*) FROM audit_entries a WHERE a.object_kind = 'order' AND a.object_id = o.id AND a.action = 'order.place') <> 1`,
	"an order left no letter":      `SELECT p.id FROM seller_orders p WHERE NOT EXISTS (SELECT 1 FROM jobs j WHERE j.kind = 'letter.seller_order_placed' AND j.payload LIKE '%:' || CAST(p.id AS TEXT) || '}')`,
	"an order has no timeline":     `SELECT o.id FROM orders o WHERE NOT EXISTS (SELECT 1 FROM order_events e WHERE e.order_id = o.id AND e.name = 'place')`,
	"one order per cart":           `SELECT min(id) FROM orders WHERE cart_token_hash IS NOT NULL GROUP BY cart_token_hash HAVING count(*) > 1`,
}

// checkBooks returns the first breach.
func checkBooks(ctx context.Context, d *db.DB) error {
	for name, query := range breaches {
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
