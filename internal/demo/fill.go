package demo

import (
	"context"
	_ "embed" // a spreadsheet with mistakes
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"aromart/internal/goods/catalog"
	"aromart/internal/goods/delivery"
	"aromart/internal/goods/exchange"
	"aromart/internal/goods/inventory"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/money"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/people/seller"
	"aromart/internal/platform/blob"
	"aromart/internal/platform/db"
	"aromart/internal/trade/checkout"
)

// operator is who builds the world: the person at the shell.
var operator = access.Actor{Kind: access.Operator}

// Fill writes the world into an empty database whose category tree is in
// place. Goods go in by bulk inserts; orders are placed and carried on by the
// functions that real ones go through, at times before now.
//
// It stores no picture: rows name pictures by keys that Media answers.
func Fill(ctx context.Context, d *db.DB, desk *checkout.Desk, now time.Time) error {
	w, err := Content()
	if err != nil {
		return err
	}
	var f *filling
	err = d.Write(ctx, func(tx *db.Tx) error {
		f = &filling{world: w, desk: desk, now: now, stores: map[string]seller.Store{}, goods: map[string]*catalog.Product{}}
		for _, step := range []func(context.Context, *db.Tx) error{f.openStores, f.stockShelves} {
			if err := step(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return f.trade(ctx, d)
}

// wrongCatalog is what a seller's first spreadsheet looks like.
//
//go:embed content/wrong.csv
var wrongCatalog string

// WrongImport is a seller's import of which little is right; its report says
// what to do about the rest.
func WrongImport(ctx context.Context, d *db.DB, blobs *blob.Store, m *market.Profile, now time.Time) (*exchange.Result, error) {
	st, err := seller.BySlug(ctx, d, "hanthana-clay")
	if err != nil {
		return nil, err
	}
	return exchange.Import(ctx, d, blobs, exchange.Request{Store: st, By: access.Actor{Kind: access.SellerOwner, Seller: int64(st.Seller)}, FileName: "new-clay.csv",
		File: strings.NewReader(wrongCatalog), Options: exchange.Options{Format: exchange.Auto, Currency: m.Currency.Code, Exponent: m.Currency.Exponent, Now: now}})
}

// filling is a world on its way into a database.
type filling struct {
	world  *World
	desk   *checkout.Desk
	now    time.Time
	stores map[string]seller.Store
	goods  map[string]*catalog.Product // by slug, in the order of World.Products
}

func (f *filling) openStores(ctx context.Context, tx *db.Tx) error {
	for i, s := range f.world.Sellers {
		opened, err := time.ParseInLocation(time.DateOnly, s.Opened, f.desk.Market.Location)
		if err != nil {
			return err
		}
		st, err := seller.Add(ctx, tx, operator, seller.New{
			Store: seller.Store{Slug: s.Slug, Name: s.Name, Tagline: s.Tagline, About: s.About, City: s.City,
				PackDays: s.PackingDays, ReturnDays: s.ReturnDays, OpenedAt: opened, SellerName: s.Name, LegalName: s.LegalName,
				PictureBlob: Key(s.Mark.Name), PictureColor: s.Mark.Color, Commission: money.BasisPoints(s.CommissionBP)},
			Email: contact.NewEmail(s.Slug + "@example.com"),
			Phone: contact.NewPhone(fmt.Sprintf("+947000002%02d", i+1)),
		}, f.now)
		if err != nil {
			return err
		}
		f.stores[s.Slug] = st
		if _, err := delivery.Add(ctx, tx, s.Delivery.method(st.Seller), 1); err != nil {
			return err
		}
		if err := catalog.Changed(ctx, tx, "store", int64(st.ID), f.now); err != nil {
			return err
		}
	}
	return nil
}

// weights are the steps of a delivery table, in grams.
var weights = []int64{1000, 2000, 3000, 5000, 8000, 12_000, 20_000, 35_000, 60_000, 100_000, 200_000}

func (o Delivery) method(to seller.ID) delivery.Method {
	m := delivery.Method{Seller: to, Name: "Courier", Kind: o.Kind, Price: o.Amount, FreeAbove: o.FreeOver}
	for _, z := range o.Zones {
		for _, g := range weights {
			extra := int64(math.Ceil(float64(max(g-z.IncludedGrams, 0)) / 1000))
			m.Rates = append(m.Rates, delivery.Rate{Zone: z.Zone, MaxWeight: g, Price: z.Base + z.PerKg*money.Amount(extra)})
		}
	}
	return m
}

func (f *filling) stockShelves(ctx context.Context, tx *db.Tx) error {
	var list []*catalog.Product
	for _, p := range f.world.Products {
		c := f.product(p)
		f.goods[p.Slug] = c
		list = append(list, c)
	}
	if err := catalog.Insert(ctx, tx, list, f.now); err != nil {
		return err
	}
	var levels []inventory.Level
	for i, c := range list {
		for k, v := range c.Variants {
			levels = append(levels, inventory.Level{Variant: v.ID, Seller: c.Seller, OnHand: f.world.Products[i].Variants[k].Stock})
		}
	}
	return inventory.Open(ctx, tx, operator, levels, inventory.Opening, f.now)
}

func (f *filling) product(p Product) *catalog.Product {
	st := f.stores[p.Store]
	c := &catalog.Product{
		Seller: st.Seller, Store: st.ID, Handle: p.Slug, Slug: p.Slug, Status: catalog.Live, Language: p.Language,
		Title: p.Title, BodyHTML: p.Description, Brand: p.Brand, Type: p.Type, Category: catalog.CategoryID(p.Category),
		Attributes: facts(p), CreatedAt: f.now.Add(-time.Duration(30+hash(p.Slug)%300) * 24 * time.Hour),
	}
	for _, o := range p.Options {
		c.Options = append(c.Options, o.Name)
	}
	for _, pic := range p.Pictures {
		c.Pictures = append(c.Pictures, catalog.Picture{Blob: Key(pic.Name), Alt: pic.Alt, Width: largest, Height: largest, Color: pic.Color})
	}
	for _, v := range p.Variants {
		cv := catalog.Variant{SKU: v.SKU, Barcode: v.Barcode, Price: v.Price, CompareAt: v.CompareAt, WeightG: v.Grams,
			Picture: 1 + slices.IndexFunc(p.Pictures, func(i Image) bool { return i.Name == v.Picture })}
		copy(cv.Options[:], v.Values)
		c.Variants = append(c.Variants, cv)
	}
	for _, t := range p.Translations {
		if c.Texts == nil {
			c.Texts = map[string]catalog.Text{}
		}
		c.Texts[t.Language] = catalog.Text{Title: t.Title, BodyHTML: t.Description}
	}
	return c
}
