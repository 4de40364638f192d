package cart_test

import (
	"fmt"
	"sync"
	"testing"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/trade/cart"
	"aromart/internal/trade/order/ordertest"
)

// owners are two logins with carts.
func owners(t *testing.T, d *db.DB) (out [2]int64) {
	t.Helper()
	for i := range out {
		write(t, d, func(tx *db.Tx) (err error) {
			out[i], err = auth.Add(t.Context(), tx, access.Actor{}, auth.New{Address: auth.Address{Email: contact.NewEmail(fmt.Sprintf("c%d@example.com", i))}, Name: contact.NewName("C"), Role: "customer", Hash: "h"}, ordertest.Now)
			return err
		})
	}
	return out
}

func write(t *testing.T, d *db.DB, f func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func of(t *testing.T, d *db.DB, login int64) cart.Cart {
	t.Helper()
	c, err := cart.Of(t.Context(), d, login)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestTwoDevicesShareACart: what both put in at the same time is all there.
func TestTwoDevicesShareACart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		who := owners(t, d)
		variant := clock.PublicID()
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				err := d.Write(t.Context(), func(tx *db.Tx) error {
					return cart.Change(t.Context(), tx, who[0], ordertest.Now, func(c *cart.Cart) error { return c.Add(variant, 1) })
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if c := of(t, d, who[0]); len(c.Lines) != 1 || c.Lines[0].Quantity != 20 || c.Token == "" {
			t.Errorf("%+v", c)
		}
		if c := of(t, d, who[1]); len(c.Lines) != 0 {
			t.Errorf("somebody else has %+v", c)
		}
	})
}

// TestClearKeepsALaterCart: an order empties the cart it was made of and no other.
func TestClearKeepsALaterCart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		who := owners(t, d)
		for _, login := range who {
			write(t, d, func(tx *db.Tx) error {
				return cart.Change(t.Context(), tx, login, ordertest.Now, func(c *cart.Cart) error { return c.Add(clock.PublicID(), 1) })
			})
		}
		token := of(t, d, who[0]).Token
		write(t, d, func(tx *db.Tx) error { return cart.Clear(t.Context(), tx, who[1], token) })
		write(t, d, func(tx *db.Tx) error { return cart.Clear(t.Context(), tx, who[0], "another") })
		if len(of(t, d, who[0]).Lines) != 1 || len(of(t, d, who[1]).Lines) != 1 {
			t.Error("a cart was emptied that was not ordered")
		}
		write(t, d, func(tx *db.Tx) error { return cart.Clear(t.Context(), tx, who[0], token) })
		if c := of(t, d, who[0]); len(c.Lines) != 0 || c.Token == token || len(of(t, d, who[1]).Lines) != 1 {
			t.Errorf("%+v", c)
		}
	})
}

// TestMerge: quantities add up as far as there is stock, no line is lost, and a
// cart is merged once.
func TestMerge(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		who := owners(t, d)
		w := ordertest.New(t, d, 5)
		variant := func(i int) string { return w.Products[i].Variants[0].PublicID }
		write(t, d, func(tx *db.Tx) error {
			return cart.Change(t.Context(), tx, who[0], ordertest.Now, func(c *cart.Cart) error {
				for i, n := range []int64{2, 4} {
					if err := c.Add(variant(i), n); err != nil {
						return err
					}
				}
				for len(c.Lines) < cart.MaxLines-1 {
					if err := c.Add(clock.PublicID(), 1); err != nil {
						return err
					}
				}
				return nil
			})
		})
		guest := cart.New()
		for i, n := range []int64{2, 4, 1, 3} {
			if err := guest.Add(variant(i), n); err != nil {
				t.Fatal(err)
			}
		}
		var m cart.Merged
		merge := func() {
			write(t, d, func(tx *db.Tx) (err error) {
				m, err = cart.Merge(t.Context(), tx, who[0], guest, ordertest.Now)
				return err
			})
		}
		merge()
		if m.Joined != 3 || len(m.Limited) != 1 || m.Limited[0] != variant(1) || len(m.Over) != 1 || m.Over[0] != (cart.Line{Variant: variant(3), Quantity: 3}) {
			t.Errorf("%+v", m)
		}
		c := of(t, d, who[0])
		if len(c.Lines) != cart.MaxLines || c.Lines[0].Quantity != 4 || c.Lines[1].Quantity != 5 || c.Lines[cart.MaxLines-1] != (cart.Line{Variant: variant(2), Quantity: 1}) {
			t.Errorf("%+v", c.Lines)
		}
		merge()
		if again := of(t, d, who[0]); m.Joined != 0 || again.Lines[0].Quantity != 4 {
			t.Errorf("merged twice: %+v", m)
		}
		if len(of(t, d, who[1]).Lines) != 0 {
			t.Error("somebody else got it")
		}
		if err := cart.Purge(t.Context(), d, ordertest.Now.AddDate(0, 0, 61)); err != nil {
			t.Fatal(err)
		}
	})
}
