package fulfillment_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/trade/fulfillment"
	"aromart/internal/trade/order"
	"aromart/internal/trade/order/ordertest"
	"aromart/internal/trade/payment"
)

var now = ordertest.Now.Add(time.Hour)

// act is something that somebody does to an order.
type act func(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope) error

var (
	confirm = act(func(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope) error {
		return fulfillment.Confirm(ctx, tx, by, s, "called", now)
	})
	accept = act(func(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope) error {
		return fulfillment.Accept(ctx, tx, by, s, now)
	})
	handOver = act(func(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope) error {
		return fulfillment.HandOver(ctx, tx, by, s, "Pronto", "PX 1", now)
	})
	deliver = act(func(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope) error {
		return fulfillment.Deliver(ctx, tx, by, s, fulfillment.AsDue, now)
	})
	cancel = act(func(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope) error {
		return fulfillment.Cancel(ctx, tx, by, s, "changed my mind", now)
	})
	reject = act(func(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope) error {
		return fulfillment.Reject(ctx, tx, by, s, "broken", now)
	})
	refuse = act(func(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope) error {
		return fulfillment.Refuse(ctx, tx, by, s, "not at home", now)
	})
	receive = act(func(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope) error {
		return fulfillment.Receive(ctx, tx, by, s, now)
	})
	lose = act(func(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope) error {
		return fulfillment.Lose(ctx, tx, by, s, "fire", now)
	})
	expire = act(func(ctx context.Context, tx *db.Tx, _ access.Actor, s order.Scope) error {
		return fulfillment.Expire(ctx, tx, s, ordertest.Now.Add(24*time.Hour))
	})
)

func carry(event string) act {
	return func(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope) error {
		return fulfillment.Carry(ctx, tx, by, s, event, "", now)
	}
}

// Who acts in the tables below.
const (
	guest = iota
	merchant
	support
	operator
	system
)

type doing struct {
	by int
	do act
}

func actor(w *ordertest.World, o *order.Order, by int) access.Actor {
	return []access.Actor{ordertest.Guest(o), w.Seller(0), ordertest.Support, ordertest.Operator, ordertest.System}[by]
}

func TestEveryWayAnOrderGoes(t *testing.T) {
	ways := []struct {
		name    string
		from    string // status in which it was placed
		doings  []doing
		part    string
		parcel  string
		payment string
		sold    int64 // of the 3 ordered
	}{
		{"delivered", order.Confirmed, []doing{{merchant, handOver}, {operator, deliver}}, "accepted", "delivered", "collected", 3},
		{"step by step", order.AwaitingConfirmation, []doing{{guest, confirm}, {merchant, accept}, {merchant, handOver}, {support, carry("scan")},
			{support, carry("send_out")}, {support, carry("fail_attempt")}, {merchant, deliver}}, "accepted", "delivered", "collected", 3},
		{"canceled at once", order.AwaitingConfirmation, []doing{{guest, cancel}}, "canceled", "", "void", 0},
		{"canceled when confirmed", order.Confirmed, []doing{{guest, cancel}}, "canceled", "", "void", 0},
		{"canceled when accepted", order.Confirmed, []doing{{merchant, accept}, {support, cancel}}, "canceled", "", "void", 0},
		{"rejected", order.Confirmed, []doing{{merchant, accept}, {merchant, reject}}, "canceled", "", "void", 0},
		{"expired", order.AwaitingConfirmation, []doing{{system, expire}}, "expired", "", "void", 0},
		{"refused", order.Confirmed, []doing{{merchant, handOver}, {operator, refuse}}, "undelivered", "closed", "void", 0},
		{"recalled", order.Confirmed, []doing{{merchant, handOver}, {support, cancel}}, "canceled", "returning", "void", 3},
		{"recalled and back", order.Confirmed, []doing{{merchant, handOver}, {support, cancel}, {merchant, receive}}, "canceled", "closed", "void", 0},
		{"recalled and lost", order.Confirmed, []doing{{merchant, handOver}, {support, cancel}, {support, lose}}, "canceled", "lost", "void", 3},
		{"given up", order.Confirmed, []doing{{merchant, handOver}, {support, carry("scan")}, {support, carry("send_out")}, {support, carry("fail_attempt")},
			{support, carry("give_up")}, {merchant, receive}}, "undelivered", "closed", "void", 0},
		{"lost", order.Confirmed, []doing{{merchant, handOver}, {support, lose}}, "undelivered", "lost", "void", 3},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 1000)
		for _, tt := range ways {
			t.Run(tt.name, func(t *testing.T) {
				stock := w.Count(t, `SELECT on_hand FROM stock_levels WHERE variant_id = $1`, int64(w.Products[0].Variants[0].ID))
				o := w.Place(t, tt.from, ordertest.Want{0, 0, 3})
				other := w.Place(t, tt.from, ordertest.Want{1, 1, 1})
				before := snapshot(t, w, other)
				for _, a := range tt.doings {
					w.Write(t, func(ctx context.Context, tx *db.Tx) error {
						return a.do(ctx, tx, actor(w, o, a.by), order.Scope{Order: o.ID})
					})
				}
				o, err := order.ByID(t.Context(), d, o.ID)
				if err != nil {
					t.Fatal(err)
				}
				p := o.Parts[0]
				if p.Status != tt.part || p.Fulfillment.Status != tt.parcel || p.Payment.Status != tt.payment {
					t.Errorf("part %s, parcel %s, payment %s", p.Status, p.Fulfillment.Status, p.Payment.Status)
				}
				if got := stock - w.Count(t, `SELECT on_hand FROM stock_levels WHERE variant_id = $1`, int64(p.Lines[0].Variant)); got != tt.sold {
					t.Errorf("%d gone from the stock, want %d", got, tt.sold)
				}
				if n := w.Count(t, `SELECT count(*) FROM audit_entries WHERE object_kind = 'seller_order' AND object_id = $1`, int64(p.ID)); n != int64(len(tt.doings)) {
					t.Errorf("%d audit entries for %d acts", n, len(tt.doings))
				}
				// The last act again: a Conflict that leaves everything as it is.
				last := tt.doings[len(tt.doings)-1]
				was := snapshot(t, w, o)
				err = w.Try(func(ctx context.Context, tx *db.Tx) error {
					return last.do(ctx, tx, actor(w, o, last.by), order.Scope{Order: o.ID})
				})
				if errs.KindOf(err) != errs.Conflict || snapshot(t, w, o) != was {
					t.Errorf("repeated: %v", err)
				}
				if snapshot(t, w, other) != before {
					t.Error("another order changed")
				}
			})
		}
	})
}

// snapshot is everything that an act may change.
func snapshot(t *testing.T, w *ordertest.World, o *order.Order) string {
	t.Helper()
	rows, err := db.All(t.Context(), w.DB, db.String, `
		SELECT 'p' || id || status || cancel_reason || updated_at FROM seller_orders WHERE order_id = $1 UNION ALL
		SELECT 'f' || id || status || carrier || tracking_number || updated_at FROM fulfillments WHERE order_id = $1 UNION ALL
		SELECT 'l' || f.id || l.order_line_id || l.quantity FROM fulfillment_lines l JOIN fulfillments f ON f.id = l.fulfillment_id WHERE f.order_id = $1 UNION ALL
		SELECT 'm' || id || status || amount || COALESCE(collected_amount, -1) || updated_at FROM payments WHERE order_id = $1 UNION ALL
		SELECT 'e' || id || object || name || from_status || to_status || actor_kind || at FROM order_events WHERE order_id = $1 UNION ALL
		SELECT 's' || m.id || m.delta || m.reason FROM stock_movements m JOIN order_lines l ON l.id = m.order_line_id WHERE l.order_id = $1 UNION ALL
		SELECT 'a' || count(*) FROM audit_entries WHERE object_kind = 'seller_order' AND object_id IN (SELECT id FROM seller_orders WHERE order_id = $1) UNION ALL
		SELECT 'j' || count(*) FROM jobs WHERE payload LIKE '%' || (SELECT '"seller_order":' || min(id) || ',' FROM seller_orders WHERE order_id = $1) || '%'
		ORDER BY 1`, int64(o.ID))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(rows, "\n")
}

func TestNobodyTouchesWhatIsNotHis(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 10)
		waiting := w.Place(t, order.AwaitingConfirmation, ordertest.Want{0, 0, 1})
		fresh := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1})
		sent := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1})
		stranger := w.Place(t, order.Confirmed, ordertest.Want{2, 0, 1})
		w.Write(t, func(ctx context.Context, tx *db.Tx) error {
			return handOver(ctx, tx, w.Seller(0), order.Scope{Order: sent.ID})
		})
		acts := map[string]act{"confirm": confirm, "accept": accept, "hand over": handOver, "deliver": deliver, "cancel": cancel, "reject": reject,
			"refuse": refuse, "receive": receive, "lose": lose, "scan": carry("scan")}
		for name, do := range acts {
			for _, o := range []*order.Order{waiting, fresh, sent} {
				was := snapshot(t, w, o)
				for _, by := range []access.Actor{ordertest.Guest(stranger), w.Seller(1), {Kind: access.Customer, ID: 1}, {}, {Kind: access.Auditor, ID: 1},
					{Kind: access.SellerOwner}, {Kind: access.GuestOrder}} {
					for _, s := range []order.Scope{{Order: o.ID}, {SellerOrder: o.Parts[0].ID}, {Order: stranger.ID, SellerOrder: o.Parts[0].ID}} {
						err := w.Try(func(ctx context.Context, tx *db.Tx) error { return do(ctx, tx, by, s) })
						if errs.KindOf(err) != errs.NotFound {
							t.Errorf("%s by %+v of %+v: %v", name, by, s, err)
						}
					}
				}
				if snapshot(t, w, o) != was {
					t.Errorf("%s by a stranger changed the order", name)
				}
			}
		}
		if err := w.Try(func(ctx context.Context, tx *db.Tx) error { return cancel(ctx, tx, ordertest.Operator, order.Scope{}) }); errs.KindOf(err) != errs.NotFound {
			t.Errorf("an empty scope: %v", err)
		}
	})
}

func TestEveryoneKeepsToHisSteps(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 30)
		waiting := w.Place(t, order.AwaitingConfirmation, ordertest.Want{0, 0, 1})
		fresh := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1})
		sent := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1})
		w.Write(t, func(ctx context.Context, tx *db.Tx) error {
			return handOver(ctx, tx, w.Seller(0), order.Scope{Order: sent.ID})
		})
		for _, tt := range []struct {
			name string
			o    *order.Order
			by   int
			do   act
			kind errs.Kind
			id   string
		}{
			{"a seller confirms", waiting, merchant, confirm, errs.Forbidden, ""},
			{"a seller cancels", fresh, merchant, cancel, errs.Forbidden, ""},
			{"a buyer accepts", fresh, guest, accept, errs.Forbidden, ""},
			{"a buyer hands over", fresh, guest, handOver, errs.Forbidden, ""},
			{"support hands over", fresh, support, handOver, errs.Forbidden, ""},
			{"a buyer rejects", fresh, guest, reject, errs.Forbidden, ""},
			{"a buyer delivers", sent, guest, deliver, errs.Forbidden, ""},
			{"a buyer refuses", sent, guest, refuse, errs.Forbidden, ""},
			{"a buyer cancels too late", sent, guest, cancel, errs.Conflict, "order.too_late_to_cancel"},
			{"a seller rejects too late", sent, merchant, reject, errs.Conflict, "order.too_late_to_cancel"},
			{"delivered before the hand-over", fresh, operator, deliver, errs.Conflict, "fulfillment.not_handed_over"},
			{"delivered before it is confirmed", waiting, operator, deliver, errs.Conflict, "order.step_unknown"},
			{"handed over before it is confirmed", waiting, merchant, handOver, errs.Conflict, "order.step_unknown"},
			{"expired too early", waiting, system, func(ctx context.Context, tx *db.Tx, _ access.Actor, s order.Scope) error {
				return fulfillment.Expire(ctx, tx, s, ordertest.Now.Add(24*time.Hour-1))
			}, errs.Conflict, "order.not_yet_late"},
			{"expired when confirmed", fresh, system, expire, errs.Conflict, "order.step_unknown"},
			{"canceled by staff without a reason", fresh, support, func(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope) error {
				return fulfillment.Cancel(ctx, tx, by, s, "", now)
			}, errs.Invalid, "order.reason_missing"},
			{"a reason with a phone number", fresh, support, func(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope) error {
				return fulfillment.Cancel(ctx, tx, by, s, "call 077 123 4567", now)
			}, errs.Invalid, "audit.reason_names_somebody"},
			{"no carrier", fresh, merchant, func(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope) error {
				return fulfillment.HandOver(ctx, tx, by, s, " ", "", now)
			}, errs.Invalid, "fulfillment.carrier_missing"},
			{"a tracking number with a line break", fresh, merchant, func(ctx context.Context, tx *db.Tx, by access.Actor, s order.Scope) error {
				return fulfillment.HandOver(ctx, tx, by, s, "Pronto", "1\n2", now)
			}, errs.Invalid, "error.bad_text"},
			{"an unknown fact", sent, operator, carry("deliver"), errs.Conflict, "order.step_unknown"},
			{"received what was never called back", sent, merchant, receive, errs.Conflict, "order.step_unknown"},
		} {
			was := snapshot(t, w, tt.o)
			err := w.Try(func(ctx context.Context, tx *db.Tx) error {
				return tt.do(ctx, tx, actor(w, tt.o, tt.by), order.Scope{Order: tt.o.ID})
			})
			if errs.KindOf(err) != tt.kind || tt.id != "" && !errs.Is(err, tt.id) {
				t.Errorf("%s: %v", tt.name, err)
			}
			if snapshot(t, w, tt.o) != was {
				t.Errorf("%s: something changed", tt.name)
			}
		}
	})
}

func TestPartsOfTwoSellersGoTheirOwnWays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 10)
		o := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1}, ordertest.Want{2, 0, 1})
		w.Write(t, func(ctx context.Context, tx *db.Tx) error {
			return handOver(ctx, tx, w.Seller(0), order.Scope{Order: o.ID})
		})
		// The buyer cancels the order: what has not left is canceled, the rest travels on.
		w.Write(t, func(ctx context.Context, tx *db.Tx) error {
			return cancel(ctx, tx, ordertest.Guest(o), order.Scope{Order: o.ID})
		})
		o, _ = order.ByID(t.Context(), d, o.ID)
		if o.Parts[0].Status != order.Accepted || o.Parts[1].Status != order.Canceled || o.Status() != "on_the_way" {
			t.Errorf("parts %s and %s, order %s", o.Parts[0].Status, o.Parts[1].Status, o.Status())
		}
		if o.Parts[1].CancelReason != "changed my mind" || o.Parts[0].CancelReason != "" {
			t.Errorf("reasons %q and %q", o.Parts[0].CancelReason, o.Parts[1].CancelReason)
		}
		w.Write(t, func(ctx context.Context, tx *db.Tx) error {
			return deliver(ctx, tx, ordertest.Operator, order.Scope{Order: o.ID})
		})
		o, _ = order.ByID(t.Context(), d, o.ID)
		if o.Status() != "delivered" || o.Parts[1].Payment.Status != payment.Voided {
			t.Errorf("order %s, payments %+v", o.Status(), o.Parts[1].Payment)
		}
	})
}

func TestADifferentAmountIsADifference(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 10)
		o := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1})
		s := order.Scope{SellerOrder: o.Parts[0].ID}
		w.Write(t, func(ctx context.Context, tx *db.Tx) error { return handOver(ctx, tx, w.Seller(0), s) })
		for _, bad := range []money.Amount{-2, money.Max + 1} {
			err := w.Try(func(ctx context.Context, tx *db.Tx) error {
				return fulfillment.Deliver(ctx, tx, w.Seller(0), s, bad, now)
			})
			if !errs.Is(err, "payment.amount_bad") {
				t.Errorf("%d was taken: %v", bad, err)
			}
		}
		w.Write(t, func(ctx context.Context, tx *db.Tx) error {
			return fulfillment.Deliver(ctx, tx, w.Seller(0), s, o.Total-1, now)
		})
		got, err := payment.Of(t.Context(), d, o.Parts[0].ID)
		if err != nil || got[0].Status != payment.Difference || got[0].Collected != o.Total-1 || got[0].Amount != o.Total {
			t.Errorf("%+v, %v", got, err)
		}
		err = w.Try(func(ctx context.Context, tx *db.Tx) error {
			return payment.Resolve(ctx, tx, w.Seller(0), o.Parts[0].ID, "a gift", now)
		})
		if errs.KindOf(err) != errs.Forbidden {
			t.Errorf("a seller resolved his own difference: %v", err)
		}
		w.Write(t, func(ctx context.Context, tx *db.Tx) error {
			return payment.Resolve(ctx, tx, ordertest.Support, o.Parts[0].ID, "no change at the door", now)
		})
		if got, _ := payment.Of(t.Context(), d, o.Parts[0].ID); got[0].Status != payment.Collected {
			t.Errorf("%+v", got)
		}
	})
}

func TestTheCodeConfirms(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 10)
		links := order.NewLinks([]byte("a key of thirty-two bytes, at last"))
		o := w.Place(t, order.AwaitingConfirmation, ordertest.Want{0, 0, 1}, ordertest.Want{2, 0, 1})
		other := w.Place(t, order.AwaitingConfirmation, ordertest.Want{0, 0, 1})
		try := func(code string, by access.Actor) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				return fulfillment.ConfirmByCode(ctx, tx, links, o, code, by, now)
			})
		}
		right := links.Code(o, fulfillment.CodePurpose)
		for _, wrong := range []string{"", "0", right[:5], right + "0", links.Code(other, fulfillment.CodePurpose), links.Code(o, "erase"), strings.Repeat("0", 1000)} {
			if err := try(wrong, ordertest.Guest(o)); !errs.Is(err, "order.code_wrong") {
				t.Errorf("%.20q: %v", wrong, err)
			}
		}
		if err := try(right, ordertest.Guest(other)); errs.KindOf(err) != errs.NotFound {
			t.Errorf("by the holder of another link: %v", err)
		}
		if err := try(right[:3]+" "+right[3:], ordertest.Guest(o)); err != nil {
			t.Fatal(err)
		}
		if err := try(right, ordertest.Guest(o)); errs.KindOf(err) != errs.Conflict {
			t.Errorf("again: %v", err)
		}
		o, _ = order.ByID(t.Context(), d, o.ID)
		other, _ = order.ByID(t.Context(), d, other.ID)
		if o.Parts[0].Status != order.Confirmed || o.Parts[1].Status != order.Confirmed || other.Parts[0].Status != order.AwaitingConfirmation {
			t.Error("the wrong parts were confirmed")
		}
	})
}

// A cancellation and a hand-over at the same time: whoever comes second waits
// for the first and is refused. The first commits only when the second had time
// to slip past it.
func TestCancelAndHandOverNeverBothSucceed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 100)
		for _, turns := range [][2]doing{{{merchant, handOver}, {guest, cancel}}, {{guest, cancel}, {merchant, handOver}}, {{guest, cancel}, {support, cancel}}} {
			o := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1})
			s := order.Scope{Order: o.ID}
			w.Write(t, func(ctx context.Context, tx *db.Tx) error { return accept(ctx, tx, w.Seller(0), s) })
			first, second := turns[0], turns[1]
			begun, ended := make(chan bool), make(chan error, 1)
			begin := sync.OnceFunc(func() { close(begun) }) // a transaction may be run again
			go func() {
				<-begun
				ended <- w.Try(func(ctx context.Context, tx *db.Tx) error { return second.do(ctx, tx, actor(w, o, second.by), s) })
			}()
			var late error
			waited := false
			err := w.Try(func(ctx context.Context, tx *db.Tx) error {
				err := first.do(ctx, tx, actor(w, o, first.by), s)
				begin()
				select {
				case late = <-ended:
				case <-time.After(300 * time.Millisecond):
					waited = true
				}
				return err
			})
			if waited {
				late = <-ended
			}
			if err != nil || errs.KindOf(late) != errs.Conflict {
				t.Errorf("first: %v, second: %v", err, late)
			}
		}
		if n := w.Count(t, `SELECT count(*) FROM seller_orders p JOIN fulfillments f ON f.seller_order_id = p.id WHERE p.status = 'canceled' AND f.status <> 'canceled'`); n != 0 {
			t.Errorf("%d canceled parts travel", n)
		}
	})
}

// A parcel that was called back keeps its order open until it has come back or is lost.
func TestACalledBackParcelEndsItsOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 100)
		for name, end := range map[string]act{"received": receive, "lost": lose} {
			o := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 3})
			s := order.Scope{Order: o.ID}
			for _, do := range []act{handOver, cancel} {
				w.Write(t, func(ctx context.Context, tx *db.Tx) error { return do(ctx, tx, ordertest.Operator, s) })
			}
			const window = 14 * 24 * time.Hour
			later := now.AddDate(1, 0, 0)
			open := func() bool {
				list, err := order.Closings(t.Context(), d, []int64{int64(o.ID)}, window, later)
				if err != nil || len(list) != 1 {
					t.Fatalf("%v, %v", list, err)
				}
				return list[0].Open
			}
			if !open() {
				t.Errorf("%s: closed while its parcel is under way", name)
			}
			w.Write(t, func(ctx context.Context, tx *db.Tx) error { return end(ctx, tx, ordertest.Operator, s) })
			if open() {
				t.Errorf("%s: still open a year later", name)
			}
			if n := w.Count(t, `SELECT count(*) FROM jobs WHERE payload LIKE $1`, `%"event":"`+map[string]string{"received": "receive", "lost": "lose"}[name]+`"%`); n != 0 {
				t.Errorf("%s: %d letters about an order that was canceled before", name, n)
			}
		}
	})
}
