package wishlist_test

import (
	"fmt"
	"testing"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/trade/order/ordertest"
	"aromart/internal/trade/wishlist"
)

func TestAWishlistIsItsOwnersAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 5)
		var who [2]int64
		for i := range who {
			if err := d.Write(t.Context(), func(tx *db.Tx) (err error) {
				who[i], err = auth.Add(t.Context(), tx, access.Actor{}, auth.New{Address: auth.Address{Email: contact.NewEmail(fmt.Sprintf("c%d@example.com", i))}, Name: contact.NewName("C"), Role: "customer", Hash: "h"}, ordertest.Now)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		variant := w.Products[0].Variants[1].PublicID
		add := func(login int64, variant string) error {
			return d.Write(t.Context(), func(tx *db.Tx) error { return wishlist.Add(t.Context(), tx, login, variant, ordertest.Now) })
		}
		for range 2 {
			if err := add(who[0], variant); err != nil {
				t.Fatal(err)
			}
		}
		if err := add(who[0], clock.PublicID()); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a variant that is not there: %v", err)
		}
		price := w.Products[0].Variants[1].Price
		w.Exec(t, "UPDATE variants SET price = price + 100 WHERE public_id = $1", variant)
		list, err := wishlist.Items(t.Context(), d, who[0], "en")
		if err != nil || len(list) != 1 || list[0].Variant != variant || list[0].PriceThen != price || list[0].PriceNow != price+100 || !list[0].ForSale || list[0].OnHand != 5 || list[0].Options == "" {
			t.Fatalf("%+v, %v", list, err)
		}
		if foreign, err := wishlist.Items(t.Context(), d, who[1], "en"); len(foreign) != 0 || err != nil {
			t.Errorf("somebody else sees %+v, %v", foreign, err)
		}
		remove := func(login int64) error {
			return d.Write(t.Context(), func(tx *db.Tx) error {
				_, err := wishlist.Remove(t.Context(), tx, login, list[0].PublicID)
				return err
			})
		}
		if err := remove(who[1]); errs.KindOf(err) != errs.NotFound {
			t.Errorf("somebody else removes it: %v", err)
		}
		if err := remove(who[0]); err != nil {
			t.Error(err)
		}
		w.Exec(t, "UPDATE products SET status = 'removed' WHERE id = $1", int64(w.Products[0].ID))
		if err := add(who[0], variant); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a removed product: %v", err)
		}
	})
}

// A full list takes nothing new, and is not upset by what it has. Two devices never take its last place both.
func TestAFullList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 5)
		var login int64
		if err := d.Write(t.Context(), func(tx *db.Tx) (err error) {
			login, err = auth.Add(t.Context(), tx, access.Actor{}, auth.New{Address: auth.Address{Email: contact.NewEmail("c@example.com")}, Name: contact.NewName("C"), Role: "customer", Hash: "h"}, ordertest.Now)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		add := func(variant string) error {
			return d.Write(t.Context(), func(tx *db.Tx) error { return wishlist.Add(t.Context(), tx, login, variant, ordertest.Now) })
		}
		first, second, third := w.Products[0].Variants[0], w.Products[0].Variants[1], w.Products[1].Variants[0]
		w.Exec(t, `INSERT INTO variants (public_id, product_id, seller_id, position, option1, option2, option3, sku, barcode, price, compare_at, weight_g, active)
			WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)
			SELECT 'filler' || i, product_id, seller_id, 100 + i, 'filler' || i, '', '', '', '', price, compare_at, weight_g, active FROM variants, n WHERE id = $1`,
			int64(first.ID), wishlist.MaxItems-1)
		w.Exec(t, `INSERT INTO wishlist_items (public_id, login_id, variant_id, price, added_at) SELECT 'w' || public_id, $1, id, price, 1 FROM variants WHERE public_id LIKE 'filler%'`, login)
		got := make(chan error)
		for _, v := range []string{second.PublicID, third.PublicID} {
			go func() { got <- add(v) }()
		}
		one, two := <-got, <-got
		if (one == nil) == (two == nil) || !errs.Is(one, "wishlist.full") && !errs.Is(two, "wishlist.full") {
			t.Errorf("two devices for the last place: %v and %v", one, two)
		}
		if err := add(first.PublicID); !errs.Is(err, "wishlist.full") {
			t.Errorf("a full list takes more: %v", err)
		}
		if err := add("filler1"); err != nil {
			t.Errorf("what it has is noted again: %v", err)
		}
		if n, err := wishlist.Count(t.Context(), d, login); err != nil || n != wishlist.MaxItems {
			t.Errorf("%d things, %v", n, err)
		}
	})
}
