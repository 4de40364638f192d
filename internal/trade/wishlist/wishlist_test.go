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
