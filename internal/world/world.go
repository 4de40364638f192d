// Package world makes marketplaces for tests and benchmarks: `load`, as large
// as wanted, and `trust`, in which every personal value is a marker that can be
// searched for.
//
// What always holds: the same size gives the same products, stores, prices,
// stocks and words; only public ids, which are random by design, differ. Word
// frequencies follow Zipf's law, as those of real catalogs do. Some words are
// given to a fixed number of products, so that a search finds as many at any size.
//
// Personal data: none of a real person; names, numbers and addresses are made
// up. Tables: none (it writes through the packages that own them).
package world

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"aromart/internal/goods/catalog"
	"aromart/internal/goods/delivery"
	"aromart/internal/goods/inventory"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/money"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/trade/checkout"
)

// Size of a load world.
type Size struct {
	Products int
	Orders   int
}

// Words that a load world gives to a known number of products, whatever its size.
const (
	FixedWord = "kestrel" // FixedHits products at any size
	ShareWord = "heron"   // one product in twenty
	HalfWord  = "quartz"  // every second product
	FixedHits = 240
	// FixedCategory is the number of products in the first category at any size.
	FixedCategory = 50
)

// epoch is when a world begins; nothing in it depends on the present.
var epoch = time.Date(2026, 1, 5, 4, 30, 0, 0, time.UTC)

var operator = access.Actor{Kind: access.Operator}

// batch is how many products one transaction adds: large enough to share its
// commit, small enough that a shop in use is not kept waiting.
const batch = 100

// Load fills an empty database. progress is told how many products of how many
// stand, then how many orders; it may be nil.
func Load(ctx context.Context, desk *checkout.Desk, size Size, progress func(what string, done, total int)) error {
	if progress == nil {
		progress = func(string, int, int) {}
	}
	w := newPlan(desk.Market, size.Products)
	if err := w.openStores(ctx, desk.DB); err != nil {
		return err
	}
	if err := w.load(ctx, desk.DB, progress); err != nil {
		return err
	}
	if err := placeOrders(ctx, desk, size.Orders, progress); err != nil {
		return err
	}
	return number(ctx, desk.DB)
}

// load adds the products. PostgreSQL takes several batches at a time; SQLite
// has one writer, and the next batches are thought up while it writes.
func (w *plan) load(ctx context.Context, d *db.DB, progress func(what string, done, total int)) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	var told sync.Mutex // progress is for one goroutine at a time
	done := 0
	var writers sync.WaitGroup
	for range 3 {
		writers.Go(func() {
			for ctx.Err() == nil {
				to := int(next.Add(batch))
				from := to - batch
				if from >= w.size {
					return
				}
				list := w.products(from, min(to, w.size))
				if err := d.Write(ctx, func(tx *db.Tx) error { return w.insert(ctx, tx, list) }); err != nil {
					stop(err)
					return
				}
				told.Lock()
				done += len(list)
				progress("products", done, w.size)
				told.Unlock()
			}
		})
	}
	writers.Wait()
	return context.Cause(ctx)
}

// number gives the changes their place in the sequence that indexes follow, so
// that a shop that starts on this world has nothing to catch up with.
func number(ctx context.Context, d *db.DB) error {
	for before := int64(-1); ; {
		last, err := catalog.Sequence.Advance(ctx, d, 50*batch)
		if err != nil || last == before {
			return err
		}
		before = last
	}
}

// plan is everything that a product's text is drawn from.
type plan struct {
	market     *market.Profile
	size       int
	categories []market.Category
	brands     []string
	words      []string
	stores     []seller.Store
}

// seed makes a generator for one thing of the world, so that it does not
// matter in which order things are made.
func seed(kind, n int) *rand.Rand { return rand.New(rand.NewPCG(uint64(kind)<<32|0x5eed, uint64(n))) }

const (
	seedStore = iota + 1
	seedProduct
	seedWords
)

func newPlan(m *market.Profile, size int) *plan {
	w := &plan{market: m, size: size}
	number := 20
	if size > 20_000 {
		number = 200
	}
	var leaves []market.Category
	for _, c := range market.Categories() {
		if len(market.Children(c.ID)) == 0 {
			leaves = append(leaves, c)
		}
	}
	number = min(number, len(leaves))
	for i := range number {
		w.categories = append(w.categories, leaves[i*len(leaves)/number])
	}
	r := seed(seedWords, 0)
	w.brands = invent(r, 400, 2)
	for i := range w.brands {
		w.brands[i] = title(w.brands[i])
	}
	w.words = append(append([]string(nil), common...), invent(r, 4000, 3)...)
	return w
}

// openStores adds the sellers with their stores and ways to deliver.
func (w *plan) openStores(ctx context.Context, d *db.DB) error {
	number := max(20, min(300, w.size/300))
	districts := w.market.CityGroups("en")
	return d.Write(ctx, func(tx *db.Tx) error {
		w.stores = w.stores[:0]
		for i := range number {
			r := seed(seedStore, i)
			name := w.brands[i%len(w.brands)] + " " + storeKinds[r.IntN(len(storeKinds))]
			group := districts[r.IntN(len(districts))]
			st, err := seller.Add(ctx, tx, operator, seller.New{
				Store: seller.Store{Slug: fmt.Sprintf("store-%03d", i), Name: name, Tagline: title(w.sentence(r, 6)), About: w.sentence(r, 40),
					City: placeOf(group), PackDays: r.IntN(3), ReturnDays: 14, OpenedAt: epoch, SellerName: name, LegalName: name + " (Pvt) Ltd",
					Registration: fmt.Sprintf("PV %06d", 100000+i), Commission: money.BasisPoints(800 + 100*r.IntN(6))},
				Email: contact.NewEmail(fmt.Sprintf("seller-%d@example.com", i)), Phone: contact.NewPhone(fmt.Sprintf("+9411%07d", 2000000+i))}, epoch)
			if err != nil {
				return err
			}
			w.stores = append(w.stores, st)
			for position, m := range methods(r, w.market) {
				m.Seller = st.Seller
				if _, err := delivery.Add(ctx, tx, m, position+1); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func placeOf(g market.CityGroup) string {
	if len(g.Cities) > 0 {
		return g.Cities[0].ID
	}
	return g.District.ID
}

// methods are the ways one seller delivers: all kinds occur in a world.
func methods(r *rand.Rand, m *market.Profile) []delivery.Method {
	flat := delivery.Method{Name: "Courier", Kind: delivery.Flat, Price: money.Amount(200_00 + 50_00*r.IntN(6))}
	switch r.IntN(3) {
	case 0:
		return []delivery.Method{flat}
	case 1:
		free := flat
		free.Kind, free.FreeAbove = delivery.FreeOver, money.Amount(5000_00+1000_00*r.IntN(10))
		return []delivery.Method{free}
	}
	zoned := delivery.Method{Name: "By weight", Kind: delivery.ZoneWeight, ExtraDays: 1}
	for i, z := range m.Zones() {
		for _, kg := range []int64{1, 5, 30} {
			zoned.Rates = append(zoned.Rates, delivery.Rate{Zone: z.ID, MaxWeight: kg * 1000, Price: money.Amount(150_00*(int64(i)+1) + 60_00*kg)})
		}
	}
	return []delivery.Method{flat, zoned}
}

func (w *plan) insert(ctx context.Context, tx *db.Tx, list []*catalog.Product) error {
	for _, p := range list { // a transaction may run twice
		p.ID = 0
	}
	if err := catalog.Insert(ctx, tx, list, epoch); err != nil {
		return err
	}
	var levels []inventory.Level
	for _, p := range list {
		for _, v := range p.Variants {
			levels = append(levels, inventory.Level{Variant: v.ID, Seller: p.Seller, OnHand: v.OnHand})
		}
	}
	return inventory.Open(ctx, tx, operator, levels, inventory.Opening, epoch)
}
