package payment_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/trade/order"
	"aromart/internal/trade/order/ordertest"
	"aromart/internal/trade/payment"
)

func TestOnlyCashIsTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 10)
		o := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1})
		for _, kind := range []string{"card", "stripe", "paypal", "online", "", "COD", "cod ", "cod\x00", "transfer"} {
			err := w.Try(func(ctx context.Context, tx *db.Tx) error {
				return payment.Open(ctx, tx, ordertest.Anybody, ordertest.Now, []payment.Due{{Order: o.ID, SellerOrder: o.Parts[0].ID, Kind: kind, Amount: 1}})
			})
			e, ok := errors.AsType[*errs.Error](err)
			if !ok || e.Kind != errs.Invalid || e.Field != "payment_method" {
				t.Errorf("%q: %v", kind, err)
				continue
			}
			if kind != payment.Transfer && (e.Args[0].Value != "P12" || !strings.Contains(err.Error(), "P12")) {
				t.Errorf("%q: the refusal does not name its promise: %v", kind, err)
			}
		}
		if n := w.Count(t, `SELECT count(*) FROM payments`); n != 1 {
			t.Errorf("%d payments", n)
		}
		if err := payment.CheckKind(payment.COD); err != nil {
			t.Error(err)
		}
	})
}

func TestAPaymentIsCollectedOrVoidOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 10)
		o := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1}, ordertest.Want{2, 0, 1})
		first, second := o.Parts[0].ID, o.Parts[1].ID
		collect := func(by access.Actor, part order.SellerOrderID, amount money.Amount) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error {
				return payment.Collect(ctx, tx, by, part, amount, ordertest.Now)
			})
		}
		void := func(by access.Actor, part order.SellerOrderID) error {
			return w.Try(func(ctx context.Context, tx *db.Tx) error { return payment.Void(ctx, tx, by, part, "", ordertest.Now) })
		}
		if due, err := payment.DueOf(t.Context(), d, first); err != nil || due != o.Parts[0].Total {
			t.Errorf("due %d, %v", due, err)
		}
		for _, tt := range []struct {
			name string
			err  error
			kind errs.Kind
		}{
			{"a buyer collects", collect(ordertest.Guest(o), first, 1), errs.Forbidden},
			{"nobody collects", collect(access.Actor{}, first, 1), errs.Forbidden},
			{"an auditor voids", void(access.Actor{Kind: access.Auditor}, first), errs.Forbidden},
			{"a part that does not exist", collect(ordertest.Operator, 1<<40, 1), errs.NotFound},
			{"a negative amount", collect(ordertest.Operator, first, -1), errs.Invalid},
			{"too much to be true", collect(ordertest.Operator, first, money.Max+1), errs.Invalid},
		} {
			if errs.KindOf(tt.err) != tt.kind {
				t.Errorf("%s: %v", tt.name, tt.err)
			}
		}
		if err := collect(w.Seller(0), first, o.Parts[0].Total); err != nil {
			t.Fatal(err)
		}
		if err := void(ordertest.Support, second); err != nil {
			t.Fatal(err)
		}
		for name, err := range map[string]error{"collected twice": collect(w.Seller(0), first, 1), "void after the collection": void(ordertest.Support, first),
			"collected when void": collect(w.Seller(0), second, 1), "void twice": void(ordertest.Support, second)} {
			if errs.KindOf(err) != errs.Conflict {
				t.Errorf("%s: %v", name, err)
			}
		}
		a, _ := payment.Of(t.Context(), d, first)
		b, _ := payment.Of(t.Context(), d, second)
		if len(a) != 1 || a[0].Status != payment.Collected || a[0].Collected != a[0].Amount || len(b) != 1 || b[0].Status != payment.Voided || b[0].Collected != 0 {
			t.Errorf("%+v and %+v", a, b)
		}
		if n := w.Count(t, `SELECT count(*) FROM order_events WHERE object = 'payment' AND order_id = $1`, int64(o.ID)); n != 4 {
			t.Errorf("%d events", n)
		}
	})
}
