package checkout_test

import (
	"context"
	"flag"
	"fmt"
	"reflect"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"aromart/internal/goods/catalog"
	"aromart/internal/goods/delivery"
	"aromart/internal/goods/inventory"
	"aromart/internal/kit/money"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/trade/cart"
	"aromart/internal/trade/checkout"
	"aromart/internal/trade/order"
)

// oddPrices are those that rounding and splitting are known to stumble over.
var oddPrices = []money.Amount{1, 2, 3, 7, 33, 99, 101, 118, 999, 1_001, 33_333, 99_999, 100_050, 123_457, 1_000_003}

// addOddities gives the small world four more stores, one per way to deliver, with odd prices.
func (s *shop) addOddities(t *testing.T) {
	t.Helper()
	methods := []delivery.Method{
		{Name: "Flat", Kind: delivery.Flat, Price: 333_33},
		{Name: "Free", Kind: delivery.FreeOver, Price: 199_99, FreeAbove: 777_77},
		{Name: "Weight", Kind: delivery.ZoneWeight, Rates: []delivery.Rate{{Zone: "metro", MaxWeight: 5_000, Price: 111_11}, {Zone: "metro", MaxWeight: 90_000_000, Price: 1_000_01}}},
		{Name: "Nothing", Kind: delivery.Flat, Price: 0},
	}
	err := s.db.Write(t.Context(), func(tx *db.Tx) error {
		for i, m := range methods {
			st, err := seller.Add(t.Context(), tx, operator, seller.New{Store: seller.Store{Slug: fmt.Sprint("odd-", i), Name: fmt.Sprint("Odd ", i),
				City: "colombo/colombo-03", OpenedAt: now, SellerName: "Seller", LegalName: "Seller (Pvt) Ltd", Commission: money.BasisPoints(333 + i)}}, now)
			if err != nil {
				return err
			}
			m.Seller = st.Seller
			if _, err := delivery.Add(t.Context(), tx, m, 1); err != nil {
				return err
			}
			var list []*catalog.Product
			for j, price := range oddPrices {
				if j%len(methods) == i {
					list = append(list, &catalog.Product{Seller: st.Seller, Store: st.ID, Handle: fmt.Sprint("odd", j), Title: fmt.Sprintf("Odd %d", j), Status: catalog.Live,
						Language: "en", Variants: []catalog.Variant{{Price: price, WeightG: int64(j * 137)}}})
				}
			}
			if err := catalog.Insert(t.Context(), tx, list, now); err != nil {
				return err
			}
			var levels []inventory.Level
			for _, p := range list {
				levels = append(levels, inventory.Level{Variant: p.Variants[0].ID, Seller: p.Seller, OnHand: 1_000_000})
			}
			if err := inventory.Open(t.Context(), tx, operator, levels, inventory.Opening, now); err != nil {
				return err
			}
			s.products = append(s.products, list...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestRandomCarts holds for any cart: parts sum to the totals, every line is
// its price times its quantity, tax is a share of what is paid, and the order
// of the lines changes no total. One in twenty is placed, and the books are
// checked at the end.
func TestRandomCarts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, 1_000_000)
		s.addOddities(t)
		checks := rounds(2_000, 10_000)
		ask := checks
		if testing.Short() {
			checks, ask = 200, 1_000 // rapid makes one fifth of what is asked in short runs
		}
		usual := flag.Lookup("rapid.checks").Value.String()
		flag.Set("rapid.checks", strconv.Itoa(ask))
		defer flag.Set("rapid.checks", usual)
		carts := 0
		rapid.Check(t, func(t *rapid.T) {
			carts++
			q := s.randomCart(t)
			quote, err := s.Quote(context.Background(), d, q.Input, now)
			if err != nil {
				t.Fatal(err)
			}
			addsUp(t, quote)
			turned := q.Input
			turned.Lines = rapid.Permutation(q.Lines).Draw(t, "another order")
			other, err := s.Quote(context.Background(), d, turned, now)
			if err != nil {
				t.Fatal(err)
			}
			if quote.Sums != other.Sums || !reflect.DeepEqual(perSeller(quote), perSeller(other)) {
				t.Fatalf("the order of lines changed the totals: %+v and %+v", quote.Sums, other.Sums)
			}
			if carts%20 == 0 && len(quote.Requirements) == 0 {
				q.ExpectedTotal = quote.Sums.Total
				q.Phone = fmt.Sprintf("+9477%07d", 2_000_000+carts)
				placed, err := s.Place(context.Background(), q, now)
				if err != nil {
					t.Fatal(err)
				}
				if placed.Order.Sums != quote.Sums {
					t.Fatalf("quoted %+v, placed %+v", quote.Sums, placed.Order.Sums)
				}
			}
		})
		if carts < checks {
			t.Errorf("only %d carts", carts)
		}
		if n := s.count(t, "orders"); n < int64(checks)/100 {
			t.Errorf("only %d of %d carts were placed", n, checks)
		}
		soundBooks(t, d)
	})
}

func (s *shop) randomCart(t *rapid.T) checkout.Request {
	q := s.ask(1, 1)
	chosen := rapid.SliceOfNDistinct(rapid.IntRange(0, len(s.products)-1), 1, len(s.products), func(i int) int { return i }).Draw(t, "products")
	for _, i := range chosen {
		n := rapid.Int64Range(1, cart.MaxQuantity).Draw(t, "quantity")
		if rapid.Bool().Draw(t, "few") {
			n = 1 + n%3
		}
		q.Lines = append(q.Lines, cart.Line{Variant: s.products[i].Variants[0].PublicID, Quantity: n})
	}
	return q
}

// addsUp checks a quote by adding it up once more, from its lines.
func addsUp(t *rapid.T, q *checkout.Quote) {
	var sum order.Sums
	for i, p := range q.Parcels {
		var items money.Amount
		for _, l := range p.Lines {
			if l.Total != l.UnitPrice*money.Amount(l.Quantity) || l.UnitPrice < 0 {
				t.Fatalf("line: %d times %d is not %d", l.Quantity, l.UnitPrice, l.Total)
			}
			items += l.Total
		}
		if items != p.Items || p.Total != p.Items+p.Sums.Delivery+p.Fee-p.Discount || p.Total < 0 {
			t.Fatalf("part %d does not add up: %+v with items of %d", i, p.Sums, items)
		}
		if (i == 0) != (p.Fee > 0) {
			t.Fatalf("part %d bears a fee of %d", i, p.Fee)
		}
		// 18/118 of what is paid, each amount rounded for itself.
		exact := float64(p.Total) * 18 / 118
		if off := float64(p.Tax) - exact; off > float64(len(p.Lines)+2)/2 || off < -float64(len(p.Lines)+2)/2 {
			t.Fatalf("part %d: tax %d of %d", i, p.Tax, p.Total)
		}
		sum.Items += p.Items
		sum.Delivery += p.Sums.Delivery
		sum.Fee += p.Fee
		sum.Discount += p.Discount
		sum.Tax += p.Tax
		sum.Total += p.Total
	}
	if sum != q.Sums {
		t.Fatalf("parts sum to %+v, the order to %+v", sum, q.Sums)
	}
}

// perSeller are the sums of each seller's part without the cash fee, which the
// first part of the cart bears.
func perSeller(q *checkout.Quote) map[seller.ID]order.Sums {
	out := map[seller.ID]order.Sums{}
	for _, p := range q.Parcels {
		out[p.Seller] = order.Sums{Items: p.Items, Delivery: p.Sums.Delivery, Discount: p.Discount}
	}
	return out
}
