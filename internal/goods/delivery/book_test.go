package delivery_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"aromart/internal/goods/delivery"
	"aromart/internal/kit/money"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

// TestCheapestIsTheFirstOffer: lists say what the checkout begins with.
func TestCheapestIsTheFirstOffer(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		var methods []delivery.Method
		for range r.IntN(4) {
			m := delivery.Method{Kind: []string{delivery.Flat, delivery.FreeOver, delivery.ZoneWeight}[r.IntN(3)], Price: money.Amount(r.IntN(3)) * 100,
				FreeAbove: money.Amount(r.IntN(3)) * 500, ExtraDays: r.IntN(3)}
			if m.Kind == delivery.ZoneWeight {
				m.Rates = []delivery.Rate{{Zone: "metro", MaxWeight: 1000, Price: money.Amount(r.IntN(3)) * 100}}
			}
			methods = append(methods, m)
		}
		zone, weight, items := []string{"metro", "outer"}[r.IntN(2)], int64(r.IntN(2))*1500, money.Amount(r.IntN(4))*300
		at, cost := delivery.Cheapest(methods, zone, weight, items)
		offers := delivery.Offers(methods, zone, weight, items)
		if at < 0 != (len(offers) == 0) || at >= 0 && (cost != offers[0].Cost || methods[at].ExtraDays != offers[0].ExtraDays) {
			t.Fatalf("%+v: %d at %d, but the offers are %+v", methods, at, cost, offers)
		}
	}
}

// TestBooksFollowTheCatalog: a book is kept for a second, but never beyond a
// change of the catalog; a board says something new from the cut-off on.
func TestBooksFollowTheCatalog(t *testing.T) {
	m, _ := market.ByCode("lk")
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var st seller.Store
		write := func(f func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Write(t.Context(), f); err != nil {
				t.Fatal(err)
			}
		}
		morning := time.Date(2026, 11, 26, 4, 0, 0, 0, time.UTC)
		write(func(tx *db.Tx) (err error) {
			st, err = seller.Add(t.Context(), tx, access.Actor{Kind: access.Operator}, seller.New{Store: seller.Store{Slug: "s", OpenedAt: morning}}, morning)
			if err == nil {
				_, err = delivery.Add(t.Context(), tx, delivery.Method{Seller: st.Seller, Name: "Courier", Kind: delivery.Flat, Price: 300_00}, 1)
			}
			return err
		})
		seq := int64(1)
		books := &delivery.Books{DB: d, Market: m, Seq: func() int64 { return seq }}
		terms := func(at time.Time) delivery.Terms {
			t.Helper()
			b, err := books.Now(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			out, ok := b.Board(m.PlaceOr(""), at).Terms(st.ID, 100, 1000_00)
			if !ok {
				t.Fatal("nobody delivers")
			}
			return out
		}
		before := terms(morning)
		from, to := m.DeliveryWindow(morning, 0, m.DefaultPlace)
		if before != (delivery.Terms{Cost: 300_00, First: m.DayNumber(from), Last: m.DayNumber(to)}) {
			t.Errorf("%+v", before)
		}
		if after := terms(m.NextCutoff(morning)); after.First <= before.First {
			t.Errorf("after the cut-off still %+v", after)
		}
		write(func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `UPDATE delivery_methods SET price = 0`)
			return err
		})
		seq++
		if now := terms(morning); now.Cost != 0 {
			t.Errorf("after a change of the catalog still %+v", now)
		}
		b, _ := books.Now(t.Context())
		if _, ok := b.Board(m.PlaceOr(""), morning).Terms(st.ID+1, 100, 1); ok {
			t.Error("an unknown store delivers")
		}
	})
}
