package fulfillment_test

import (
	"context"
	"testing"
	"time"

	"aromart/internal/care/disclosure"
	"aromart/internal/care/policy"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/trade/fulfillment"
	"aromart/internal/trade/order"
	"aromart/internal/trade/order/ordertest"
)

const viewDays = 7

// seen opens the first part of an order for a member of a seller.
func seen(t *testing.T, w *ordertest.World, by access.Actor, part order.SellerOrderID, at time.Time) (v *order.ForSeller, err error) {
	t.Helper()
	err = w.Try(func(ctx context.Context, tx *db.Tx) (err error) {
		v, err = order.Fulfill(ctx, tx, by, part, viewDays, at)
		return err
	})
	return v, err
}

// TestTrustCheck05AndCheck58SellerSeesHisPartWhileHeNeedsIt follows an order of
// two sellers from the confirmation to long after the parcel came.
func TestTrustCheck05AndCheck58SellerSeesHisPartWhileHeNeedsIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 10)
		o := w.Place(t, order.AwaitingConfirmation, ordertest.Want{0, 0, 2}, ordertest.Want{2, 0, 1})
		mine, other := o.Parts[0].ID, o.Parts[1].ID
		owner := w.Seller(0)
		look := func(what string, at time.Time, stage access.Stage, name, street, city bool) {
			t.Helper()
			v, err := seen(t, w, owner, mine, at)
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			c := v.Contact
			if v.Stage != stage || (c.Name.Reveal() == "Nimal Perera") != name || (c.Street.Reveal() == "12 Temple Road") != street || (c.City != "") != city {
				t.Errorf("%s: stage %d, %q %q %q", what, v.Stage, c.Name.Reveal(), c.Street.Reveal(), c.City)
			}
			if !name && c.Name.Reveal() != "" && c.Name.Reveal() != "N. P." {
				t.Errorf("%s: the name is %q", what, c.Name.Reveal())
			}
			if !c.Phone.IsZero() || !c.Email.IsZero() {
				t.Errorf("%s: phone %q, e-mail %q", what, c.Phone.Reveal(), c.Email.Reveal())
			}
			if v.Number != o.Number || len(v.Part.Lines) != 1 || v.Part.Lines[0].Quantity != 2 || v.Part.Total != o.Parts[0].Total {
				t.Errorf("%s: part %+v", what, v.Part)
			}
		}
		step := func(a act, by access.Actor) {
			t.Helper()
			w.Write(t, func(ctx context.Context, tx *db.Tx) error { return a(ctx, tx, by, order.Scope{Order: o.ID}) })
		}
		look("before the confirmation", now, access.Waiting, false, false, true)
		step(confirm, ordertest.Support)
		look("confirmed", now, access.Preparing, true, true, true)
		step(handOver, ordertest.Operator)
		look("on the way", now, access.Moving, true, true, true)
		step(deliver, ordertest.Support)
		returns := now.AddDate(0, 0, 14)
		look("arrived", returns.Add(-time.Second), access.Arrived, false, false, true)
		look("the time for returns is over", returns, access.Over, false, false, true)
		look("and the days after it", returns.AddDate(0, 0, viewDays), access.Past, false, false, false)

		for what, by := range map[string]access.Actor{"another seller": w.Seller(1), "a customer": {Kind: access.Customer, ID: 1, Seller: owner.Seller}, "nobody": {},
			"staff without orders": {Kind: access.SellerStaff, ID: 5, Seller: owner.Seller, Rights: access.RightMoney}, "support": ordertest.Support} {
			if _, err := seen(t, w, by, mine, now); errs.KindOf(err) != errs.NotFound {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, err := seen(t, w, owner, other, now); errs.KindOf(err) != errs.NotFound {
			t.Errorf("the part of the other: %v", err)
		}
		list, err := disclosure.Of(t.Context(), d, 0, []int64{int64(o.ID)}, 100)
		if err != nil {
			t.Fatal(err)
		}
		var told int
		for _, l := range list {
			if l.Act == "order.show" && l.Recipient == disclosure.Seller {
				told++
				if l.RecipientID != owner.Seller || l.SellerOrder != int64(mine) || l.Kinds[0] != policy.Name || l.Kinds[1] != policy.Street {
					t.Errorf("told of %+v", l)
				}
			}
		}
		if told != 2 { // while it was prepared and while it was on the way
			t.Errorf("the person is told of %d looks", told)
		}
	})
}

// TestTrustCheck06StaffWithoutMoneySeeNoSums: with the right to orders alone no
// amount is in what staff get, and an act of staff without orders is not there.
func TestTrustCheck06StaffWithoutMoneySeeNoSums(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 10)
		o := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 2})
		staff := access.Actor{Kind: access.SellerStaff, ID: 5, Seller: w.Seller(0).Seller, Rights: access.RightOrders}
		v, err := seen(t, w, staff, o.Parts[0].ID, now)
		if err != nil {
			t.Fatal(err)
		}
		p, l := v.Part, v.Part.Lines[0]
		if (p.Sums != order.Sums{}) || p.Payment.Amount != 0 || p.Delivery.Price != 0 || l.UnitPrice != 0 || l.Total != 0 || l.Commission != 0 || l.Tax != 0 {
			t.Errorf("sums: %+v %+v", p.Sums, l)
		}
		if v.Contact.Street.IsZero() || l.Quantity != 2 || l.Title == "" {
			t.Error("what packing needs is missing")
		}
		staff.Rights |= access.RightMoney
		if v, err = seen(t, w, staff, o.Parts[0].ID, now); err != nil || v.Part.Total != o.Parts[0].Total {
			t.Errorf("with the right: %v", err)
		}
		staff.Rights = access.RightMoney | access.RightCatalog
		err = w.Try(func(ctx context.Context, tx *db.Tx) error {
			return fulfillment.Accept(ctx, tx, staff, order.Scope{Order: o.ID}, now)
		})
		if errs.KindOf(err) != errs.NotFound {
			t.Errorf("accepting without the right: %v", err)
		}
	})
}

// TestTrustRow14ForeignSellersChangeNothing: a seller takes every step on an
// order that has only another seller's things. It is not there, and no letter goes out.
func TestTrustRow14ForeignSellersChangeNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 10)
		o := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 2})
		trace := func() int64 {
			return w.Count(t, `SELECT (SELECT count(*) FROM jobs) + (SELECT count(*) FROM order_events) + (SELECT count(*) FROM audit_entries) + (SELECT count(*) FROM fulfillments)`)
		}
		before := trace()
		for what, a := range map[string]act{"accept": accept, "hand over": handOver, "deliver": deliver, "cancel": cancel, "reject": reject, "refuse": refuse,
			"receive": receive, "lose": lose, "confirm": confirm, "scan": carry("scan")} {
			for _, s := range []order.Scope{{Order: o.ID}, {SellerOrder: o.Parts[0].ID}, {Order: o.ID, SellerOrder: o.Parts[0].ID}} {
				err := w.Try(func(ctx context.Context, tx *db.Tx) error { return a(ctx, tx, w.Seller(1), s) })
				if errs.KindOf(err) != errs.NotFound {
					t.Errorf("%s: %v", what, err)
				}
			}
		}
		if after := trace(); after != before {
			t.Errorf("%d rows are new", after-before)
		}
	})
}
