// Package ordertest gives tests a small marketplace with two sellers, and
// places orders in it without a checkout: with snapshots, due payments, events
// and the stock taken, so that everything that fsck asks holds.
//
// Personal data: none but invented people. Tables: none of its own.
package ordertest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"aromart/internal/goods/catalog"
	"aromart/internal/goods/inventory"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/money"
	"aromart/internal/people/access"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/trade/order"
	"aromart/internal/trade/payment"
)

// Now is a morning on which everything happens.
var Now = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

// Actors that tests need. Guests and sellers are made by Guest and World.Seller.
var (
	Anybody  = access.Actor{}
	Operator = access.Actor{Kind: access.Operator}
	Support  = access.Actor{Kind: access.Support, ID: 7}
	System   = access.Actor{Kind: access.System}
)

// Guest holds the link of the order.
func Guest(o *order.Order) access.Actor {
	return access.Actor{Kind: access.GuestOrder, Order: int64(o.ID)}
}

// World is two stores, each with two products of two variants.
type World struct {
	DB       *db.DB
	Stores   []seller.Store
	Products []*catalog.Product // the first two are the first seller's
}

// Seller is the owner of a store.
func (w *World) Seller(i int) access.Actor {
	return access.Actor{Kind: access.SellerOwner, ID: int64(100 + i), Seller: int64(w.Stores[i].Seller)}
}

// Write runs f and fails the test when it fails.
func (w *World) Write(t testing.TB, f func(context.Context, *db.Tx) error) {
	t.Helper()
	if err := w.Try(f); err != nil {
		t.Fatal(err)
	}
}

// Try runs f in a transaction.
func (w *World) Try(f func(context.Context, *db.Tx) error) error {
	return w.DB.Write(context.Background(), func(tx *db.Tx) error { return f(context.Background(), tx) })
}

// Exec changes rows behind the program's back.
func (w *World) Exec(t testing.TB, text string, args ...any) {
	t.Helper()
	w.Write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := db.Exec(ctx, tx, text, args...)
		return err
	})
}

// Count is the number that a query yields.
func (w *World) Count(t testing.TB, text string, args ...any) int64 {
	t.Helper()
	n, err := db.One(t.Context(), w.DB, db.Int, text, args...)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// New fills the database with the world; every variant has the same stock.
func New(t testing.TB, d *db.DB, stock int64) *World {
	t.Helper()
	w := &World{DB: d}
	w.Write(t, func(ctx context.Context, tx *db.Tx) error {
		w.Stores, w.Products = nil, nil
		for i := range 2 {
			s, err := seller.Add(ctx, tx, Operator, seller.New{Store: seller.Store{Slug: fmt.Sprint("store-", i), Name: fmt.Sprint("Store ", i), City: "colombo/colombo-03",
				PackDays: 1, ReturnDays: 14, OpenedAt: Now, SellerName: fmt.Sprint("Seller ", i), LegalName: fmt.Sprintf("Seller %d (Pvt) Ltd", i), Commission: 1000},
				Email: contact.NewEmail(fmt.Sprintf("seller%d@example.com", i))}, Now)
			if err != nil {
				return err
			}
			w.Stores = append(w.Stores, s)
			for j := range 2 {
				w.Products = append(w.Products, Product(s, fmt.Sprintf("Clay pot %d-%d", i, j)))
			}
		}
		if err := catalog.Insert(ctx, tx, w.Products, Now); err != nil {
			return err
		}
		var levels []inventory.Level
		for _, p := range w.Products {
			for _, v := range p.Variants {
				levels = append(levels, inventory.Level{Variant: v.ID, Seller: p.Seller, OnHand: stock})
			}
		}
		return inventory.Open(ctx, tx, Operator, levels, inventory.Opening, Now)
	})
	return w
}

// Product is a live product of two variants, not yet stored.
func Product(s seller.Store, title string) *catalog.Product {
	return &catalog.Product{Seller: s.Seller, Store: s.ID, Handle: catalog.Slugify(title), Status: catalog.Live, Language: "en", Title: title,
		BodyHTML: "<p>Fired in a wood kiln.</p>", Brand: "Kelaniya", Tags: []string{"clay", "kitchen"}, Options: []string{"Size"},
		Variants: []catalog.Variant{
			{Options: [catalog.MaxOptions]string{"Small"}, SKU: "S", Price: 1234_50, WeightG: 400},
			{Options: [catalog.MaxOptions]string{"Large"}, SKU: "L", Price: 2999_99, CompareAt: 3500_00, WeightG: 900},
		},
		Attributes: []catalog.Attribute{{Name: "material", Text: "clay"}, {Name: "capacity", Number: 1.5, IsNum: true, Unit: "l"}},
		Texts:      map[string]catalog.Text{"si": {Title: "මැටි බඳුන", BodyHTML: "<p>දර උදුනක පුළුස්සන ලදී.</p>"}},
	}
}

// Want is a line of an order to place: the places of product and variant in the world, and the quantity.
type Want [3]int

// Place places an order and fails the test when it cannot.
func (w *World) Place(t testing.TB, status string, wants ...Want) *order.Order {
	t.Helper()
	o, err := w.TryPlace(status, wants...)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TryPlace places an order with its parts in the given status, which is
// awaiting_confirmation or confirmed.
func (w *World) TryPlace(status string, wants ...Want) (o *order.Order, err error) {
	err = w.Try(func(ctx context.Context, tx *db.Tx) error {
		o = w.order(status, wants)
		return Insert(ctx, tx, o)
	})
	return o, err
}

// Fill places n confirmed orders of two parts, many in one transaction.
func (w *World) Fill(n int) error {
	for n > 0 {
		batch := min(n, 200)
		n -= batch
		err := w.Try(func(ctx context.Context, tx *db.Tx) error {
			for i := range batch {
				if err := Insert(ctx, tx, w.order(order.Confirmed, []Want{{0, i % 2, 2}, {1, 0, 1}, {2 + i%2, 0, 1}})); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Insert records an order with its payments and takes the stock.
func Insert(ctx context.Context, tx *db.Tx, o *order.Order) error {
	person := order.Contact{Name: contact.NewName("Nimal Perera"), Phone: contact.NewPhone("+94771234567"), Email: contact.NewEmail("nimal@example.com"),
		Street: contact.NewText("12 Temple Road"), City: "Dehiwala", Region: "Colombo", Country: "LK", Note: contact.NewText("Blue gate")}
	if err := order.Insert(ctx, tx, o, person, Anybody, Now); err != nil {
		return err
	}
	var dues []payment.Due
	var items []inventory.Item
	for _, p := range o.Parts {
		dues = append(dues, payment.Due{Order: o.ID, SellerOrder: p.ID, Kind: payment.COD, Amount: p.Total})
		for _, l := range p.Lines {
			items = append(items, inventory.Item{Variant: l.Variant, Product: l.Product, Quantity: l.Quantity, OrderLine: int64(l.ID)})
		}
	}
	if err := payment.Open(ctx, tx, Anybody, Now, dues); err != nil {
		return err
	}
	return inventory.Take(ctx, tx, Anybody, items, Now)
}

func (w *World) order(status string, wants []Want) *order.Order {
	o := &order.Order{Number: order.NewNumber(), CartToken: clock.PublicID(), Market: "lk", Currency: "LKR", Language: "en", Channel: "web",
		PaymentMethod: payment.COD, Zone: "metro", PolicyVersion: "1-draft", PolicyHash: "hash", ConfirmRule: "auto"}
	for i := range w.Stores {
		part := w.part(i, wants)
		if len(part.Lines) == 0 {
			continue
		}
		if len(o.Parts) == 0 {
			part.Fee = 50_00
			part.Total += part.Fee
		}
		part.Status = status
		if status == order.AwaitingConfirmation {
			part.ConfirmBy = Now.Add(24 * time.Hour)
		}
		o.Items, o.Delivery, o.Fee = o.Items+part.Items, o.Delivery+part.Sums.Delivery, o.Fee+part.Fee
		o.Tax, o.Total = o.Tax+part.Tax, o.Total+part.Total
		o.Parts = append(o.Parts, part)
	}
	return o
}

func (w *World) part(i int, wants []Want) order.SellerOrder {
	s := w.Stores[i]
	part := order.SellerOrder{Seller: s.Seller, HandOverBy: Now.Add(48 * time.Hour), ArrivesFrom: Now.Add(48 * time.Hour), ArrivesTo: Now.Add(96 * time.Hour),
		Store:    order.StoreSnapshot{Name: s.Name, Slug: s.Slug, Seller: s.SellerName, LegalName: s.LegalName, ReturnDays: s.ReturnDays, PackDays: s.PackDays},
		Delivery: order.DeliverySnapshot{Method: clock.PublicID(), Name: "Courier", Kind: "flat", Price: 350_00}}
	for _, want := range wants {
		p := w.Products[want[0]]
		if p.Seller != s.Seller {
			continue
		}
		v := p.Variants[want[1]]
		total, _ := v.Price.Times(int64(want[2]))
		part.Lines = append(part.Lines, order.Line{Product: p.ID, Variant: v.ID, Quantity: int64(want[2]), UnitPrice: v.Price, Total: total,
			TaxBP: 1800, Tax: money.BasisPoints(1800).Included(total), CommissionBP: s.Commission, Commission: s.Commission.Of(total), Title: p.Title,
			Snapshot: order.LineSnapshot{ProductID: p.PublicID, VariantID: v.PublicID, Slug: p.Slug, Language: p.Language, SKU: v.SKU, WeightG: v.WeightG,
				CompareAt: v.CompareAt, Brand: p.Brand, ReturnDays: s.ReturnDays, Options: []order.Choice{{Name: "Size", Value: v.Options[0]}}}})
		part.Items += total
		part.Tax += money.BasisPoints(1800).Included(total)
	}
	if len(part.Lines) > 0 {
		part.Sums.Delivery = 350_00
		part.Tax += money.BasisPoints(1800).Included(350_00)
		part.Total = part.Items + part.Sums.Delivery
	}
	return part
}
