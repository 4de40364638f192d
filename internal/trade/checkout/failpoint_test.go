//go:build failpoint

package checkout_test

import (
	"errors"
	"testing"

	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/trade/checkout"
)

// TestFailpointsLeaveNoTrace breaks placing off at each of its statements, by
// a panic: nothing of the order stays, others go on, and the same request
// then gives one order.
func TestFailpointsLeaveNoTrace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, 1000)
		total := countStatements(t, s)
		if total < 15 {
			t.Fatalf("placing has only %d statements", total)
		}
		tables := []string{"orders", "order_contacts", "seller_orders", "order_lines", "order_events", "payments", "idempotency_keys", "audit_entries", "jobs", "stock_movements"}
		for at := 1; at <= total; at++ {
			before := map[string]int64{}
			for _, table := range tables {
				before[table] = s.count(t, table)
			}
			q := s.request(t, at, 0, 2, 1)
			if text := breakAt(t, s, q, at); text == "" {
				t.Fatalf("statement %d did not come", at)
			} else {
				for _, table := range tables {
					if n := s.count(t, table); n != before[table] {
						t.Errorf("a panic before statement %d (%.40s) left %d rows in %s", at, text, n-before[table], table)
					}
				}
			}
			if placed, err := s.Place(t.Context(), q, now); err != nil || placed.Repeated {
				t.Fatalf("after a panic at statement %d: %+v, %v", at, placed, err)
			}
		}
		if n := s.count(t, "orders"); n != int64(total)+1 || s.onHand(t, 0) != 1000-n {
			t.Errorf("%d orders after %d panics, %d on hand", n, total, s.onHand(t, 0))
		}
		soundBooks(t, d)
	})
}

func countStatements(t *testing.T, s *shop) (n int) {
	q := s.request(t, 0, 0, 2, 1)
	count := func(string) { n++ }
	db.BeforeStatement.Store(&count)
	defer db.BeforeStatement.Store(nil)
	if _, err := s.Place(t.Context(), q, now); err != nil {
		t.Fatal(err)
	}
	return n
}

var errBroken = errors.New("broken off")

// breakAt returns the statement that was not run.
func breakAt(t *testing.T, s *shop, q checkout.Request, at int) (text string) {
	n := 0
	fail := func(statement string) {
		if n++; n == at {
			text = statement
			panic(errBroken)
		}
	}
	db.BeforeStatement.Store(&fail)
	defer db.BeforeStatement.Store(nil)
	defer func() {
		if p := recover(); p != errBroken {
			t.Errorf("the panic at statement %d became %v", at, p)
		}
	}()
	s.Place(t.Context(), q, now)
	return text
}
