package fulfillment_test

import (
	"context"
	"testing"
	"time"

	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/trade/fulfillment"
	"aromart/internal/trade/order"
	"aromart/internal/trade/order/ordertest"
)

// TestComplete: what was delivered, paid and kept ends by itself, and nothing else does.
func TestComplete(t *testing.T) {
	const marketDays = 14
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 1000)
		w.Stores[0].ReturnDays, w.Stores[1].ReturnDays = 0, 30 // as the orders remember them
		do := func(o *order.Order, list ...act) *order.Order {
			for _, do := range list {
				w.Write(t, func(ctx context.Context, tx *db.Tx) error {
					return do(ctx, tx, ordertest.Operator, order.Scope{Order: o.ID})
				})
			}
			return o
		}
		wrongCash := act(func(ctx context.Context, tx *db.Tx, _ access.Actor, s order.Scope) error {
			return fulfillment.Deliver(ctx, tx, ordertest.Operator, s, money.Amount(1), now)
		})
		kept := do(w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1}), handOver, deliver)
		longer := do(w.Place(t, order.Confirmed, ordertest.Want{2, 1, 1}), handOver, deliver)
		underway := do(w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1}), handOver)
		short := do(w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1}), handOver, wrongCash)
		fresh := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1})
		days := func(n int) time.Time { return now.Add(time.Duration(n) * 24 * time.Hour) }

		for _, tt := range []struct {
			name string
			at   time.Time
			want int
			kept string
			long string
		}{
			{"a moment before the market's days are over", days(marketDays).Add(-time.Microsecond), 0, order.Accepted, order.Accepted},
			{"when they are over", days(marketDays), 1, order.Completed, order.Accepted},
			{"again", days(marketDays), 0, order.Completed, order.Accepted},
			{"when the store's own days are over", days(30), 1, order.Completed, order.Completed},
		} {
			n, err := fulfillment.Complete(t.Context(), d, marketDays, tt.at)
			if err != nil || n != tt.want {
				t.Fatalf("%s: %d completed, want %d (%v)", tt.name, n, tt.want, err)
			}
			for o, want := range map[*order.Order]string{kept: tt.kept, longer: tt.long, underway: order.Accepted, short: order.Accepted, fresh: order.Confirmed} {
				if now, err := order.ByID(t.Context(), d, o.ID); err != nil || now.Parts[0].Status != want {
					t.Errorf("%s: order %d is %s, want %s (%v)", tt.name, o.ID, now.Parts[0].Status, want, err)
				}
			}
		}
		if n := w.Count(t, `SELECT count(*) FROM order_events WHERE name = 'complete' AND actor_kind = 'system' AND order_id IN ($1, $2)`, int64(kept.ID), int64(longer.ID)); n != 2 {
			t.Errorf("%d lines of the timeline tell of it", n)
		}
		if n := w.Count(t, `SELECT count(*) FROM audit_entries WHERE action = 'order.complete'`); n != 2 {
			t.Errorf("%d audit entries", n)
		}
	})
}

// TestExpireUnconfirmed: the timer of a part ends what still waits, tries again
// when it comes too early, and has nothing to do for a part that has moved on.
func TestExpireUnconfirmed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 1000)
		late := ordertest.Now.Add(24 * time.Hour)
		for _, tt := range []struct {
			name string
			do   []act
			at   time.Time
			want string // id of the error
			part string
		}{
			{"too early", nil, late.Add(-time.Second), "order.not_yet_late", order.AwaitingConfirmation},
			{"nobody confirmed", nil, late, "", order.Expired},
			{"confirmed meanwhile", []act{confirm}, late, "", order.Confirmed},
			{"canceled meanwhile", []act{cancel}, late, "", order.Canceled},
			{"delivered meanwhile", []act{confirm, handOver, deliver}, late, "", order.Accepted},
		} {
			o := w.Place(t, order.AwaitingConfirmation, ordertest.Want{0, 0, 1})
			for _, do := range tt.do {
				w.Write(t, func(ctx context.Context, tx *db.Tx) error {
					return do(ctx, tx, ordertest.Operator, order.Scope{Order: o.ID})
				})
			}
			err := fulfillment.ExpireUnconfirmed(t.Context(), d, o.Parts[0].ID, tt.at)
			if (err == nil) != (tt.want == "") || err != nil && !errs.Is(err, tt.want) {
				t.Errorf("%s: %v", tt.name, err)
			}
			if now, err := order.ByID(t.Context(), d, o.ID); err != nil || now.Parts[0].Status != tt.part {
				t.Errorf("%s: the part is %s (%v)", tt.name, now.Parts[0].Status, err)
			}
		}
	})
}

// TestPress: a seller who does not take an order on is reminded once and, when
// he is late, reported once; whoever answered, and whoever is not concerned, hears nothing.
func TestPress(t *testing.T) {
	m, _ := market.ByCode("lk")
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 1000)
		do := func(o *order.Order, list ...act) *order.Order {
			for _, do := range list {
				w.Write(t, func(ctx context.Context, tx *db.Tx) error {
					return do(ctx, tx, ordertest.Operator, order.Scope{Order: o.ID})
				})
			}
			return o
		}
		silent := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1})
		confirmed := do(w.Place(t, order.AwaitingConfirmation, ordertest.Want{0, 0, 1}), confirm)
		for _, others := range [][]act{{accept}, {handOver}, {cancel}} {
			do(w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1}), others...)
		}
		w.Place(t, order.AwaitingConfirmation, ordertest.Want{0, 0, 1})
		remind, late := m.AcceptBy(ordertest.Now)
		if again, _ := m.AcceptBy(now); !again.Equal(remind) {
			t.Fatal("the two orders of this test have different deadlines")
		}
		for _, tt := range []struct {
			name                       string
			at                         time.Time
			want                       int
			seller, customer, operator int64
		}{
			{"before the morning", remind.Add(-time.Second), 0, 0, 0, 0},
			{"in the morning", remind, 2, 2, 0, 0},
			{"again", remind.Add(time.Hour), 0, 2, 0, 0},
			{"when the day is over", late, 2, 4, 2, 2},
			{"days later", late.AddDate(0, 0, 3), 0, 4, 2, 2},
		} {
			n, err := fulfillment.Press(t.Context(), d, m, tt.at)
			if err != nil || n != tt.want {
				t.Errorf("%s: %d, want %d (%v)", tt.name, n, tt.want, err)
			}
			for kind, want := range map[string]int64{fulfillment.JobSellerLetter: tt.seller, fulfillment.JobCustomerLetter: tt.customer, fulfillment.JobOperatorLetter: tt.operator} {
				if got := w.Count(t, `SELECT count(*) FROM jobs WHERE kind = $1 AND (payload LIKE '%"remind"%' OR payload LIKE '%"escalate"%')`, kind); got != want {
					t.Errorf("%s: %d %s, want %d", tt.name, got, kind, want)
				}
			}
		}
		for _, o := range []*order.Order{silent, confirmed} {
			if now, err := order.ByID(t.Context(), d, o.ID); err != nil || now.Parts[0].Status != order.Confirmed {
				t.Errorf("order %d is %s (%v)", o.ID, now.Parts[0].Status, err)
			}
			if n := w.Count(t, `SELECT count(*) FROM order_events WHERE order_id = $1 AND name IN ('remind', 'escalate') AND actor_kind = 'system'`, int64(o.ID)); n != 2 {
				t.Errorf("%d lines of the timeline of order %d tell of it", n, o.ID)
			}
		}
		// A seller who is found late at once, after the server stood still, is not reminded first.
		w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1})
		if n, err := fulfillment.Press(t.Context(), d, m, late); err != nil || n != 1 || w.Count(t, `SELECT count(*) FROM order_events WHERE name = 'remind'`) != 2 {
			t.Errorf("%d pressed (%v)", n, err)
		}
		do(silent, accept) // late is better than never
	})
}
