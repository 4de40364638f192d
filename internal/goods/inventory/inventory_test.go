package inventory_test

import (
	"context"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"aromart/internal/goods/catalog"
	"aromart/internal/goods/inventory"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

var (
	now      = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)
	operator = access.Actor{Kind: access.Operator}
)

// shelf is a product of each of two sellers, with variants on stock.
type shelf struct {
	db       *db.DB
	products [2]*catalog.Product
}

func open(t *testing.T, d *db.DB, stock ...int64) *shelf {
	t.Helper()
	s := &shelf{db: d}
	s.write(t, func(ctx context.Context, tx *db.Tx) error {
		var levels []inventory.Level
		for i := range 2 {
			st, err := seller.Add(ctx, tx, operator, seller.New{Store: seller.Store{Slug: fmt.Sprint("store-", i), Name: "Store", SellerName: "Seller", OpenedAt: now}}, now)
			if err != nil {
				return err
			}
			p := &catalog.Product{Seller: st.Seller, Store: st.ID, Handle: "p", Title: "Pot", Status: catalog.Live, Language: "en", Options: []string{"Size"}}
			for j := range stock {
				p.Variants = append(p.Variants, catalog.Variant{Options: [3]string{fmt.Sprint(j)}, Price: 100})
			}
			if err := catalog.Insert(ctx, tx, []*catalog.Product{p}, now); err != nil {
				return err
			}
			for j, n := range stock {
				levels = append(levels, inventory.Level{Variant: p.Variants[j].ID, Seller: st.Seller, OnHand: n})
			}
			s.products[i] = p
		}
		return inventory.Open(ctx, tx, operator, levels, inventory.Opening, now)
	})
	return s
}

func (s *shelf) write(t *testing.T, f func(context.Context, *db.Tx) error) {
	t.Helper()
	if err := s.try(f); err != nil {
		t.Fatal(err)
	}
}

func (s *shelf) try(f func(context.Context, *db.Tx) error) error {
	return s.db.Write(context.Background(), func(tx *db.Tx) error { return f(context.Background(), tx) })
}

// item is a quantity of a variant of a product.
func (s *shelf) item(product, variant int, quantity int64) inventory.Item {
	p := s.products[product]
	return inventory.Item{Product: p.ID, Variant: p.Variants[variant].ID, Quantity: quantity}
}

func (s *shelf) onHand(t *testing.T, product, variant int) int64 {
	t.Helper()
	n, err := inventory.OnHand(t.Context(), s.db, s.products[product].Variants[variant].ID)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// balanced fails when a level is not the sum of its movements.
func (s *shelf) balanced(t interface{ Errorf(string, ...any) }) {
	n, err := db.One(context.Background(), s.db, db.Int, `SELECT count(*) FROM stock_levels l
		WHERE on_hand < 0 OR on_hand <> (SELECT COALESCE(sum(delta), 0) FROM stock_movements m WHERE m.variant_id = l.variant_id)`)
	if err != nil || n != 0 {
		t.Errorf("%d levels differ from their movements, %v", n, err)
	}
}

func TestTheLastPiecesAreSoldOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, 3, 10)
		for _, tt := range []struct{ variant, buyers, stock int }{{0, 100, 3}, {1, 200, 10}} {
			var sold, refused atomic.Int64
			var wg sync.WaitGroup
			for range tt.buyers {
				wg.Go(func() {
					err := s.try(func(ctx context.Context, tx *db.Tx) error {
						return inventory.Take(ctx, tx, access.Actor{}, []inventory.Item{s.item(0, tt.variant, 1)}, now)
					})
					switch {
					case err == nil:
						sold.Add(1)
					case errs.Is(err, inventory.SoldOut):
						refused.Add(1)
					default:
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if sold.Load() != int64(tt.stock) || refused.Load() != int64(tt.buyers-tt.stock) || s.onHand(t, 0, tt.variant) != 0 {
				t.Errorf("%d sold, %d refused, %d left of %d", sold.Load(), refused.Load(), s.onHand(t, 0, tt.variant), tt.stock)
			}
			if s.onHand(t, 1, tt.variant) != int64(tt.stock) {
				t.Error("the other seller's stock changed")
			}
		}
		s.balanced(t)
	})
}

// Carts that want the same variants in opposite order must not wait for each other for ever.
func TestBuyersOfSeveralVariantsDoNotDeadlock(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, 1000, 1000, 1000)
		var wg sync.WaitGroup
		for i := range 60 {
			wg.Go(func() {
				items := []inventory.Item{s.item(0, i%3, 1), s.item(0, (i+1)%3, 1), s.item(0, (i+2)%3, 1)}
				err := s.try(func(ctx context.Context, tx *db.Tx) error {
					if i%4 == 0 {
						return inventory.Return(ctx, tx, access.Actor{}, items, inventory.Canceled, now)
					}
					return inventory.Take(ctx, tx, access.Actor{}, items, now)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got := s.onHand(t, 0, 1); got != 1000-45+15 {
			t.Errorf("%d on hand", got)
		}
		s.balanced(t)
	})
}

func TestTakeIsAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, 5, 1)
		err := s.try(func(ctx context.Context, tx *db.Tx) error {
			return inventory.Take(ctx, tx, access.Actor{}, []inventory.Item{s.item(0, 0, 2), s.item(0, 1, 2)}, now)
		})
		if !errs.Is(err, inventory.SoldOut) || errs.KindOf(err) != errs.Conflict || s.onHand(t, 0, 0) != 5 || s.onHand(t, 0, 1) != 1 {
			t.Errorf("%v; %d and %d left", err, s.onHand(t, 0, 0), s.onHand(t, 0, 1))
		}
		for _, bad := range []int64{0, -1, math.MinInt64, math.MaxInt64} {
			err := s.try(func(ctx context.Context, tx *db.Tx) error {
				return inventory.Take(ctx, tx, access.Actor{}, []inventory.Item{s.item(0, 0, bad)}, now)
			})
			if err == nil {
				t.Errorf("%d pieces were taken", bad)
			}
			err = s.try(func(ctx context.Context, tx *db.Tx) error {
				return inventory.Return(ctx, tx, access.Actor{}, []inventory.Item{s.item(0, 0, bad)}, inventory.Returned, now)
			})
			if err == nil {
				t.Errorf("%d pieces were returned", bad)
			}
		}
		unknown := inventory.Item{Variant: 1 << 40, Quantity: 1}
		err = s.try(func(ctx context.Context, tx *db.Tx) error {
			return inventory.Return(ctx, tx, access.Actor{}, []inventory.Item{unknown}, inventory.Returned, now)
		})
		if errs.KindOf(err) != errs.NotFound {
			t.Errorf("a variant without a level: %v", err)
		}
		if s.onHand(t, 0, 0) != 5 {
			t.Errorf("%d left", s.onHand(t, 0, 0))
		}
		s.balanced(t)
	})
}

func TestSetCorrectsOnlyTheOwnersLevel(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, 5)
		set := func(owner int, it inventory.Item) (differed bool, err error) {
			err = s.try(func(ctx context.Context, tx *db.Tx) (err error) {
				differed, err = inventory.Set(ctx, tx, operator, it, s.products[owner].Seller, inventory.Correction, now)
				return err
			})
			return differed, err
		}
		changes := func() int64 {
			n, err := db.One(t.Context(), d, db.Int, `SELECT count(*) FROM catalog_changes WHERE kind = 'stock'`)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		was := changes()
		if differed, err := set(0, s.item(0, 0, 5)); differed || err != nil || changes() != was {
			t.Errorf("the same level: %v, %v", differed, err)
		}
		if differed, err := set(0, s.item(0, 0, 50)); !differed || err != nil || s.onHand(t, 0, 0) != 50 || changes() != was+1 {
			t.Errorf("another level: %v, %v, %d on hand", differed, err, s.onHand(t, 0, 0))
		}
		if _, err := set(1, s.item(0, 0, 7)); errs.KindOf(err) != errs.NotFound || s.onHand(t, 0, 0) != 50 {
			t.Errorf("by another seller: %v, %d on hand", err, s.onHand(t, 0, 0))
		}
		if _, err := set(0, s.item(0, 0, -1)); err == nil {
			t.Error("a negative level was set")
		}
		exec(t, s, `DELETE FROM stock_movements`)
		exec(t, s, `DELETE FROM stock_levels`)
		if _, err := set(1, s.item(0, 0, 7)); errs.KindOf(err) != errs.NotFound {
			t.Errorf("another seller opened a level: %v", err)
		}
		if differed, err := set(0, s.item(0, 0, 7)); !differed || err != nil || s.onHand(t, 0, 0) != 7 {
			t.Errorf("a variant without a level: %v, %v", differed, err)
		}
		s.balanced(t)
	})
}

func exec(t *testing.T, s *shelf, text string) {
	t.Helper()
	s.write(t, func(ctx context.Context, tx *db.Tx) error { _, err := db.Exec(ctx, tx, text); return err })
}

func TestOnlyLowStockIsAnnounced(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, inventory.Low+2)
		changes := func() int64 {
			n, err := db.One(t.Context(), d, db.Int, `SELECT count(*) FROM catalog_changes WHERE kind = 'stock'`)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		var got []int64
		for range 2 {
			s.write(t, func(ctx context.Context, tx *db.Tx) error {
				return inventory.Take(ctx, tx, access.Actor{}, []inventory.Item{s.item(0, 0, 1)}, now)
			})
			got = append(got, changes())
		}
		s.write(t, func(ctx context.Context, tx *db.Tx) error {
			return inventory.Return(ctx, tx, access.Actor{}, []inventory.Item{s.item(0, 0, 5)}, inventory.Returned, now)
		})
		got = append(got, changes())
		s.write(t, func(ctx context.Context, tx *db.Tx) error {
			return inventory.Return(ctx, tx, access.Actor{}, []inventory.Item{s.item(0, 0, 5)}, inventory.Returned, now)
		})
		got = append(got, changes())
		if fmt.Sprint(got) != "[0 1 2 2]" {
			t.Errorf("announced after each step: %v", got)
		}
	})
}

func TestLevelsAreTheSumOfTheirMovements(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, 4, 4)
		model := [2]int64{4, 4}
		rapid.Check(t, func(rt *rapid.T) {
			v := rapid.IntRange(0, 1).Draw(rt, "variant")
			n := rapid.Int64Range(1, 6).Draw(rt, "quantity")
			act := rapid.SampledFrom([]string{"take", "return", "set"}).Draw(rt, "act")
			err := s.try(func(ctx context.Context, tx *db.Tx) (err error) {
				switch act {
				case "take":
					return inventory.Take(ctx, tx, access.Actor{}, []inventory.Item{s.item(0, v, n)}, now)
				case "return":
					return inventory.Return(ctx, tx, access.Actor{}, []inventory.Item{s.item(0, v, n)}, inventory.Canceled, now)
				}
				_, err = inventory.Set(ctx, tx, operator, s.item(0, v, n), s.products[0].Seller, inventory.Correction, now)
				return err
			})
			switch {
			case act == "take" && n > model[v]:
				if !errs.Is(err, inventory.SoldOut) {
					rt.Fatalf("took %d of %d: %v", n, model[v], err)
				}
			case err != nil:
				rt.Fatal(err)
			case act == "take":
				model[v] -= n
			case act == "return":
				model[v] += n
			default:
				model[v] = n
			}
			if got := s.onHand(t, 0, v); got != model[v] {
				rt.Fatalf("%d on hand, want %d", got, model[v])
			}
		})
		s.balanced(t)
	})
}
