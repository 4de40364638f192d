package delivery_test

import (
	"fmt"
	"testing"
	"time"

	"aromart/internal/goods/delivery"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
	"aromart/internal/people/access"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

var zoned = delivery.Method{Name: "Courier", Kind: delivery.ZoneWeight, Rates: []delivery.Rate{
	{Zone: "metro", MaxWeight: 1000, Price: 300_00}, {Zone: "metro", MaxWeight: 5000, Price: 500_00}, {Zone: "outer", MaxWeight: 1000, Price: 450_00}}}

func TestCost(t *testing.T) {
	flat := delivery.Method{Kind: delivery.Flat, Price: 350_00}
	over := delivery.Method{Kind: delivery.FreeOver, Price: 350_00, FreeAbove: 5000_00}
	both := zoned
	both.FreeAbove = 10_000_00
	for _, tt := range []struct {
		name   string
		m      delivery.Method
		zone   string
		weight int64
		items  money.Amount
		cost   money.Amount
		ok     bool
	}{
		{"flat", flat, "metro", 1, 1, 350_00, true},
		{"flat is for any zone and weight", flat, "moon", 1 << 40, 1 << 40, 350_00, true},
		{"just below", over, "metro", 1, 4999_99, 350_00, true},
		{"just at", over, "metro", 1, 5000_00, 0, true},
		{"a flat method has no limit", flat, "metro", 1, 5000_00, 350_00, true},
		{"light", zoned, "metro", 1000, 1, 300_00, true},
		{"one gram more", zoned, "metro", 1001, 1, 500_00, true},
		{"no weight known", zoned, "metro", 0, 1, 300_00, true},
		{"the heaviest", zoned, "metro", 5000, 1, 500_00, true},
		{"too heavy", zoned, "metro", 5001, 1, 0, false},
		{"far", zoned, "outer", 1000, 1, 450_00, true},
		{"far and too heavy", zoned, "outer", 1001, 1, 0, false},
		{"an unknown zone", zoned, "moon", 1, 1, 0, false},
		{"no zone", zoned, "", 1, 1, 0, false},
		{"zoned and free", both, "metro", 4000, 10_000_00, 0, true},
		{"zoned and not free", both, "metro", 4000, 9_999_99, 500_00, true},
		{"free does not carry what cannot be carried", both, "metro", 5001, 10_000_00, 0, false},
		{"free does not go where nobody goes", both, "moon", 1, 10_000_00, 0, false},
	} {
		if cost, ok := tt.m.Cost(tt.zone, tt.weight, tt.items); cost != tt.cost || ok != tt.ok {
			t.Errorf("%s: %d, %v; want %d, %v", tt.name, cost, ok, tt.cost, tt.ok)
		}
	}
}

func TestOffersAreSortedByCost(t *testing.T) {
	methods := []delivery.Method{
		{Name: "dear", Kind: delivery.Flat, Price: 900},
		{Name: "slow", Kind: delivery.Flat, Price: 100, ExtraDays: 3},
		{Name: "first", Kind: delivery.Flat, Price: 100, ExtraDays: 1},
		{Name: "second", Kind: delivery.Flat, Price: 100, ExtraDays: 1},
		{Name: "elsewhere", Kind: delivery.ZoneWeight},
	}
	var got []string
	for _, o := range delivery.Offers(methods, "metro", 1, 1) {
		got = append(got, o.Name)
	}
	if fmt.Sprint(got) != "[first second slow dear]" {
		t.Errorf("offers %v", got)
	}
	if got := delivery.Offers(nil, "metro", 1, 1); len(got) != 0 {
		t.Errorf("no method offers %v", got)
	}
}

func TestMethodsBelongToTheirSellers(t *testing.T) {
	now := time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var sellers []seller.ID
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			sellers = nil
			for i := range 2 {
				s, err := seller.Add(t.Context(), tx, access.Actor{Kind: access.Operator}, seller.New{Store: seller.Store{Slug: fmt.Sprint("s", i), OpenedAt: now}}, now)
				if err != nil {
					return err
				}
				sellers = append(sellers, s.Seller)
				m := zoned
				m.Seller = s.Seller
				if _, err := delivery.Add(t.Context(), tx, m, 2); err != nil {
					return err
				}
				if _, err := delivery.Add(t.Context(), tx, delivery.Method{Seller: s.Seller, Name: fmt.Sprint("Rider ", i), Kind: delivery.Flat, Price: money.Amount(100 + i)}, 1); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := delivery.Methods(t.Context(), d, sellers[1:])
		if err != nil || len(got) != 1 || len(got[sellers[1]]) != 2 {
			t.Fatalf("%+v, %v", got, err)
		}
		m := got[sellers[1]]
		if m[0].Name != "Rider 1" || m[0].Price != 101 || len(m[1].Rates) != 3 || m[1].Rates[1] != zoned.Rates[1] || m[0].PublicID == m[1].PublicID {
			t.Errorf("%+v", m)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `UPDATE delivery_methods SET active = $1 WHERE kind = 'flat'`, false)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if got, _ := delivery.Methods(t.Context(), d, sellers); len(got[sellers[0]]) != 1 || len(got[sellers[1]]) != 1 {
			t.Errorf("methods that are not active: %+v", got)
		}
		if got, err := delivery.Methods(t.Context(), d, nil); err != nil || len(got) != 0 {
			t.Errorf("of nobody: %+v, %v", got, err)
		}
		for _, tt := range []struct {
			m  delivery.Method
			id string
		}{
			{delivery.Method{Kind: "drone"}, "delivery.kind_unknown"},
			{delivery.Method{Kind: delivery.Flat, Price: -1}, "delivery.price_bad"},
			{delivery.Method{Kind: delivery.Flat, Price: money.Max + 1}, "delivery.price_bad"},
			{delivery.Method{Kind: delivery.FreeOver, FreeAbove: -1}, "delivery.price_bad"},
			{delivery.Method{Kind: delivery.ZoneWeight, Rates: []delivery.Rate{{Zone: "metro", MaxWeight: 1, Price: -1}}}, "delivery.price_bad"},
		} {
			tt.m.Seller = sellers[0]
			err := d.Write(t.Context(), func(tx *db.Tx) error { _, err := delivery.Add(t.Context(), tx, tt.m, 1); return err })
			if !errs.Is(err, tt.id) {
				t.Errorf("%+v: %v", tt.m, err)
			}
		}
	})
}
