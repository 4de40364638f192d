package order_test

import (
	"context"
	"encoding/base64"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"aromart/internal/goods/catalog"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/trade/order"
	"aromart/internal/trade/order/ordertest"
)

var links = order.NewLinks([]byte("a key of thirty-two bytes, at last"))

func TestAnOrderComesBackAsItWasPlaced(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 10)
		placed := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 2}, ordertest.Want{3, 1, 1}, ordertest.Want{1, 1, 1})
		w.Place(t, order.Confirmed, ordertest.Want{2, 0, 5})
		for name, read := range map[string]func() (*order.Order, error){
			"by id":        func() (*order.Order, error) { return order.ByID(t.Context(), d, placed.ID) },
			"by number":    func() (*order.Order, error) { return order.ByNumber(t.Context(), d, placed.Number) },
			"by public id": func() (*order.Order, error) { return order.ByPublicID(t.Context(), d, placed.PublicID) },
		} {
			got, err := read()
			if err != nil {
				t.Fatal(name, err)
			}
			if len(got.Events) != 6 { // placed and confirmed, twice, and two payments
				t.Errorf("%s: %d events", name, len(got.Events))
			}
			for i := range got.Parts {
				if p := got.Parts[i].Payment; p.Kind != "cod" || p.Status != "due" || p.Amount != got.Parts[i].Total {
					t.Errorf("%s: payment %+v", name, p)
				}
				got.Parts[i].Payment = order.PaymentState{}
			}
			got.Events = nil
			want := *placed
			want.CartToken = "" // a hash that nobody needs back
			if !reflect.DeepEqual(got, &want) {
				t.Errorf("%s:\ngot  %+v\nwant %+v", name, got, &want)
			}
		}
		c, err := order.ContactOf(t.Context(), d, placed.ID)
		if err != nil || c.Name.Reveal() != "Nimal Perera" || c.Street.Reveal() != "12 Temple Road" || c.Note.Reveal() != "Blue gate" || !c.Area.IsZero() {
			t.Errorf("contact: %v", err)
		}
		for _, number := range []string{"", "AAA-AAA-AAAA", placed.Number + " ", strings.ToLower(placed.Number), "' OR 1=1 --"} {
			if _, err := order.ByNumber(t.Context(), d, number); errs.KindOf(err) != errs.NotFound {
				t.Errorf("%q: %v", number, err)
			}
		}
		if _, err := order.ContactOf(t.Context(), d, 1<<40); errs.KindOf(err) != errs.NotFound {
			t.Errorf("contact of no order: %v", err)
		}
	})
}

func TestSnapshotsDoNotFollowTheGoods(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 10)
		placed := w.Place(t, order.Confirmed, ordertest.Want{0, 1, 2})
		before, err := order.ByID(t.Context(), d, placed.ID)
		if err != nil {
			t.Fatal(err)
		}
		p := w.Products[0]
		p.Title, p.Brand, p.Options, p.Status = "Quite another thing", "Nobody", []string{"Weight"}, catalog.Hidden
		p.Variants[1].Price, p.Variants[1].SKU = 1, "X"
		w.Write(t, func(ctx context.Context, tx *db.Tx) error {
			if _, err := catalog.Save(ctx, tx, p, ordertest.Now); err != nil {
				return err
			}
			return catalog.Rename(ctx, tx, p, ordertest.Now)
		})
		w.Exec(t, `UPDATE stores SET name = 'Another store', slug = 'another-' || slug, return_days = 0`)
		w.Exec(t, `UPDATE sellers SET name = 'X', legal_name = 'Y', commission_bp = 9999`)
		w.Exec(t, `DELETE FROM stock_movements`)
		after, err := order.ByID(t.Context(), d, placed.ID)
		if err != nil || !reflect.DeepEqual(before, after) {
			t.Errorf("%v\nbefore %+v\nafter  %+v", err, before, after)
		}
		l := after.Parts[0].Lines[0]
		if l.Title != "Clay pot 0-0" || l.UnitPrice != 2999_99 || l.CommissionBP != 1000 || l.Snapshot.OptionText() != "Large" || l.Snapshot.SKU != "L" {
			t.Errorf("line %+v", l)
		}
	})
}

func TestOnlyTheRightLinkOpensAnOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 10)
		alice, bob := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1}), w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1})
		token := links.Token(alice)
		if o, err := links.Open(t.Context(), d, token); err != nil || o.ID != alice.ID {
			t.Fatalf("the right link: %v", err)
		}
		mac := func(o *order.Order) string { return links.Token(o)[len(o.PublicID):] }
		wrong := []string{"", " ", "null", "[]", "[object Object]", alice.PublicID, mac(alice), alice.Number,
			alice.PublicID + mac(bob), bob.PublicID + mac(alice), token + "A", token[1:], token[:len(token)-1], " " + token[1:], token + token,
			strings.ToUpper(token), strings.ToLower(token), token[:len(token)-2] + "==", strings.Replace(token, token[:1], "\x00", 1),
			alice.PublicID + strings.Repeat("A", 22), alice.PublicID + base64.RawURLEncoding.EncodeToString(make([]byte, 16)),
			clock.PublicID() + mac(alice), strings.Repeat("%", len(token)), strings.Repeat("ක", len(token)/3+1), token + "\n", "token[]=" + token, `["` + token + `"]`}
		for i := range token { // every letter altered
			c := byte('A')
			if token[i] == 'A' {
				c = 'B'
			}
			wrong = append(wrong, token[:i]+string(c)+token[i+1:])
		}
		for _, bad := range wrong {
			if o, err := links.Open(t.Context(), d, bad); errs.KindOf(err) != errs.NotFound || o != nil {
				t.Errorf("%q opened %v, %v", bad, o, err)
			}
		}
		if _, err := order.NewLinks([]byte("another key")).Open(t.Context(), d, token); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a link made with another key: %v", err)
		}
		w.Exec(t, `UPDATE orders SET link_version = 2 WHERE id = $1`, int64(alice.ID))
		if _, err := links.Open(t.Context(), d, token); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a withdrawn link: %v", err)
		}
		if _, err := links.Open(t.Context(), d, links.Token(bob)); err != nil {
			t.Errorf("another order's link: %v", err)
		}
	})
}

func TestCodesAreSixDigitsPerPurpose(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		o := &order.Order{PublicID: clock.PublicID()}
		code := links.Code(o, "confirm")
		if len(code) != 6 || strings.Trim(code, "0123456789") != "" || links.Code(o, "confirm") != code {
			t.Fatalf("code %q", code)
		}
		seen[code] = true
		if links.Code(o, "erase") == code && links.Code(o, "access") == code {
			t.Errorf("one code for every purpose: %s", code)
		}
	}
	if len(seen) < 190 {
		t.Errorf("%d codes for 200 orders", len(seen))
	}
}

func TestNumbersSurviveBeingReadAloud(t *testing.T) {
	for range 1000 {
		n := order.NewNumber()
		for _, typed := range []string{n, strings.ToLower(n), strings.ReplaceAll(n, "-", ""), strings.ReplaceAll(n, "-", " "), strings.ReplaceAll(n, "0", "O"),
			strings.ReplaceAll(n, "1", "l"), strings.ReplaceAll(n, "1", "I"), strings.ReplaceAll(n, "-", "\u2011")} {
			if got := order.CleanNumber(typed); got != n {
				t.Fatalf("CleanNumber(%q) = %q, want %q", typed, got, n)
			}
		}
	}
	for _, bad := range []string{"", "12", "123456789012", "ABC-DEF-GHJKM", "ශ්‍රී"} {
		if got := order.CleanNumber(bad); got != "" {
			t.Errorf("CleanNumber(%q) = %q", bad, got)
		}
	}
}

func TestMoveTakesOnlyDeclaredSteps(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 100)
		o, other := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1}), w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1})
		move := func(o *order.Order, event string, by access.Actor) (moved order.Moved, err error) {
			err = w.Try(func(ctx context.Context, tx *db.Tx) (err error) {
				moved, err = order.SellerOrders.Move(ctx, tx, order.Event{Order: o.ID, SellerOrder: o.Parts[0].ID, ObjectID: int64(o.Parts[0].ID), Name: event, By: by, At: ordertest.Now})
				return err
			})
			return moved, err
		}
		events := w.Count(t, `SELECT count(*) FROM order_events`)
		for _, tt := range []struct {
			event string
			by    access.Actor
			kind  errs.Kind
		}{
			{"confirm", ordertest.Support, errs.Conflict}, {"place", ordertest.Anybody, errs.Conflict}, {"", ordertest.Support, errs.Conflict},
			{"complete", ordertest.System, errs.Conflict}, {"delete", ordertest.Operator, errs.Conflict},
			{"accept", ordertest.Guest(o), errs.Forbidden}, {"accept", access.Actor{}, errs.Forbidden}, {"cancel", w.Seller(0), errs.Forbidden},
			{"accept", access.Actor{Kind: access.Auditor}, errs.Forbidden}, {"cancel", access.Actor{Kind: 99}, errs.Forbidden},
		} {
			if _, err := move(o, tt.event, tt.by); errs.KindOf(err) != tt.kind {
				t.Errorf("%s by %s: %v", tt.event, tt.by.Kind, err)
			}
		}
		nobody := *o
		nobody.Parts = []order.SellerOrder{{ID: 1 << 40}}
		if _, err := move(&nobody, "accept", w.Seller(0)); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a part that does not exist: %v", err)
		}
		if n := w.Count(t, `SELECT count(*) FROM order_events`); n != events {
			t.Errorf("%d events after refusals, %d before", n, events)
		}
		if moved, err := move(o, "accept", w.Seller(0)); err != nil || moved != (order.Moved{From: order.Confirmed, To: order.Accepted}) {
			t.Errorf("%+v, %v", moved, err)
		}
		if got, _ := order.ByID(t.Context(), d, other.ID); got.Parts[0].Status != order.Confirmed {
			t.Error("another order moved")
		}
		got, _ := order.ByID(t.Context(), d, o.ID)
		last := got.Events[len(got.Events)-1]
		if last.Name != "accept" || last.By.Kind != access.SellerOwner || last.By.ID != 100 || !last.At.Equal(ordertest.Now) || last.To != order.Accepted {
			t.Errorf("event %+v", last)
		}
	})
}

func TestHoldGivesEveryoneHisOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 100)
		o := w.Place(t, order.AwaitingConfirmation, ordertest.Want{2, 0, 1}, ordertest.Want{0, 0, 1})
		other := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1})
		hold := func(by access.Actor, s order.Scope) (ids []order.SellerOrderID) {
			err := w.Try(func(ctx context.Context, tx *db.Tx) error {
				held, err := order.Hold(ctx, tx, by, s)
				for _, h := range held {
					ids = append(ids, h.ID)
				}
				return err
			})
			if (err != nil) != (len(ids) == 0) || err != nil && errs.KindOf(err) != errs.NotFound {
				t.Errorf("%+v of %+v: %v, %v", by, s, ids, err)
			}
			return ids
		}
		both := []order.SellerOrderID{o.Parts[0].ID, o.Parts[1].ID}
		all, second := order.Scope{Order: o.ID}, order.Scope{SellerOrder: o.Parts[1].ID}
		for _, tt := range []struct {
			by    access.Actor
			scope order.Scope
			want  []order.SellerOrderID
		}{
			{ordertest.Guest(o), all, both}, {ordertest.Support, all, both}, {ordertest.System, all, both}, {ordertest.Operator, second, both[1:]},
			{w.Seller(0), all, both[:1]}, {w.Seller(1), all, both[1:]}, {w.Seller(0), second, nil}, {ordertest.Guest(o), second, both[1:]},
			{ordertest.Guest(other), all, nil}, {ordertest.Guest(other), second, nil}, {access.Actor{}, all, nil}, {access.Actor{Kind: access.Auditor}, all, nil},
			{access.Actor{Kind: access.Customer, ID: 5}, all, nil}, {ordertest.Support, order.Scope{}, nil}, {ordertest.Support, order.Scope{Order: other.ID, SellerOrder: both[0]}, nil},
		} {
			if got := hold(tt.by, tt.scope); !slices.Equal(got, tt.want) {
				t.Errorf("%+v of %+v holds %v, want %v", tt.by, tt.scope, got, tt.want)
			}
		}
		w.Exec(t, `UPDATE orders SET customer_id = 5 WHERE id = $1`, int64(o.ID))
		if got := hold(access.Actor{Kind: access.Customer, ID: 5}, all); !slices.Equal(got, both) {
			t.Errorf("the customer holds %v", got)
		}
	})
}

func TestTheCustomersStatusIsTheWorstOfTheParts(t *testing.T) {
	part := func(text string) order.SellerOrder {
		status, parcel, _ := strings.Cut(text, "/")
		return order.SellerOrder{Status: status, Fulfillment: order.FulfillmentState{Status: parcel}}
	}
	for _, tt := range []struct{ parts, want string }{
		{"awaiting_confirmation", "to_confirm"}, {"awaiting_confirmation accepted/delivered", "to_confirm"},
		{"confirmed", "being_prepared"}, {"accepted/packed", "being_prepared"}, {"accepted/handed_over confirmed", "on_the_way"}, {"accepted/returning", "on_the_way"},
		{"accepted/delivered confirmed", "being_prepared"}, {"accepted/delivered", "delivered"}, {"accepted/delivered canceled", "delivered"}, {"completed accepted/delivered", "delivered"},
		{"canceled", "canceled"}, {"canceled expired undelivered/closed", "canceled"}, {"completed", "completed"}, {"completed canceled/canceled", "completed"},
	} {
		o := &order.Order{}
		for _, p := range strings.Fields(tt.parts) {
			o.Parts = append(o.Parts, part(p))
		}
		if got := o.Status(); got != tt.want {
			t.Errorf("%s is %s, want %s", tt.parts, got, tt.want)
		}
	}
}

func TestOpenCashCountsWhatIsNotFinished(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 100)
		first := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1}, ordertest.Want{2, 0, 1})
		w.Place(t, order.AwaitingConfirmation, ordertest.Want{0, 0, 1})
		c, _ := order.ContactOf(t.Context(), d, first.ID)
		open := func() int64 {
			n, err := order.OpenCash(t.Context(), d, c.Phone)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := open(); n != 2 {
			t.Errorf("%d open orders, want 2", n)
		}
		w.Exec(t, `UPDATE seller_orders SET status = 'canceled' WHERE order_id = $1 AND position = 1`, int64(first.ID))
		if n := open(); n != 2 {
			t.Errorf("%d open orders with a part canceled, want 2", n)
		}
		w.Exec(t, `UPDATE seller_orders SET status = 'canceled' WHERE order_id = $1`, int64(first.ID))
		if n := open(); n != 1 {
			t.Errorf("%d open orders, want 1", n)
		}
		w.Exec(t, `UPDATE order_contacts SET phone = ''`)
		if n := open(); n != 0 {
			t.Errorf("%d open orders of an erased phone", n)
		}
	})
}

// Whatever a machine is told, it only ever stands in a status that it declares.
func TestMachinesNeverLeaveTheirDeclaration(t *testing.T) {
	d := dbtest.SQLite(t)
	w := ordertest.New(t, d, 100_000)
	events, statuses := []string{"", "nonsense"}, []string{}
	for _, s := range order.SellerOrders.Steps {
		events, statuses = append(events, s.Event), append(statuses, s.To)
	}
	rapid.Check(t, func(rt *rapid.T) {
		o, err := w.TryPlace(order.AwaitingConfirmation, ordertest.Want{0, 0, 1})
		if err != nil {
			rt.Fatal(err)
		}
		status, count := order.AwaitingConfirmation, 0
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			e := order.Event{Order: o.ID, SellerOrder: o.Parts[0].ID, ObjectID: int64(o.Parts[0].ID), Name: rapid.SampledFrom(events).Draw(rt, "event"),
				By: access.Actor{Kind: access.Kind(rapid.IntRange(0, 10).Draw(rt, "by"))}, At: ordertest.Now.Add(time.Duration(count))}
			var moved order.Moved
			err := w.Try(func(ctx context.Context, tx *db.Tx) (err error) {
				moved, err = order.SellerOrders.Move(ctx, tx, e)
				return err
			})
			if err == nil {
				if moved.From != status || !order.SellerOrders.Declares(status, e.Name, moved.To) {
					rt.Fatalf("%s led from %s to %s", e.Name, moved.From, moved.To)
				}
				status, count = moved.To, count+1
			} else if k := errs.KindOf(err); k != errs.Conflict && k != errs.Forbidden {
				rt.Fatal(err)
			}
		}
		got, err := order.ByID(context.Background(), d, o.ID)
		if err != nil || got.Parts[0].Status != status || !slices.Contains(statuses, status) || len(got.Events) != 2+count {
			rt.Fatalf("%v: %s, want %s; %d events, want %d", err, got.Parts[0].Status, status, len(got.Events), 2+count)
		}
	})
}
