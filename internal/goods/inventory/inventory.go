// Package inventory counts what is on hand.
//
// What always holds: a stock level is never negative, and the sum of a
// variant's movements is its level; movements are only appended. Levels change
// by one conditional UPDATE per variant, taken in the order of variant ids so
// that two buyers never wait for each other in a circle.
//
// Personal data: none. Tables: stock_levels, stock_movements.
package inventory

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"aromart/internal/goods/catalog"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
)

// Low is the number from which on a page says how many are left. Changes above
// it are not announced to indexes and caches, because no page shows them.
const Low = 5

// MaxLevel bounds a level, far above any real stock.
const MaxLevel = 1_000_000_000

// Reasons of a movement.
const (
	Opening    = "opening"
	Imported   = "import"
	Sale       = "sale"
	Canceled   = "cancel"
	Restock    = "restock"
	Returned   = "return"
	Correction = "correction"
)

// Item is an amount of a variant, for an order line where there is one.
type Item struct {
	Variant   catalog.VariantID
	Product   catalog.ProductID
	Quantity  int64
	OrderLine int64 // 0 outside orders
}

// Level opens the stock of a variant.
type Level struct {
	Variant catalog.VariantID
	Seller  seller.ID
	OnHand  int64
}

// Open sets the first stock of variants just added.
func Open(ctx context.Context, tx *db.Tx, by access.Actor, levels []Level, reason string, now time.Time) error {
	rows := make([][]any, len(levels))
	var moves [][]any
	for i, l := range levels {
		rows[i] = []any{int64(l.Variant), int64(l.Seller), l.OnHand}
		if l.OnHand != 0 {
			moves = append(moves, movement(int64(l.Variant), l.OnHand, reason, 0, by, now))
		}
	}
	if err := db.Insert(ctx, tx, "stock_levels", "variant_id, seller_id, on_hand", rows); err != nil {
		return err
	}
	return db.Insert(ctx, tx, "stock_movements", movementColumns, moves)
}

// SoldOut is the id of the refusal when less is on hand than asked for.
const SoldOut = "stock.sold_out"

// Take removes what is sold. When any variant has too little, nothing is taken
// and the error names the variant. Call it last in a transaction: a popular
// variant's row is then locked only briefly.
func Take(ctx context.Context, tx *db.Tx, by access.Actor, items []Item, now time.Time) error {
	items = slices.Clone(items)
	slices.SortFunc(items, func(a, b Item) int { return cmp.Compare(a.Variant, b.Variant) })
	moves := make([][]any, len(items))
	for i, it := range items {
		if err := checkQuantity(it.Quantity); err != nil {
			return err
		}
		left, err := take(ctx, tx, it)
		if errors.Is(err, db.ErrNoRows) || db.IsCheck(err) {
			return errs.New(errs.Conflict, SoldOut, "variant", int64(it.Variant)).Because(err)
		}
		if err != nil {
			return err
		}
		if left <= Low {
			if err := catalog.Changed(ctx, tx, "stock", int64(it.Product), now); err != nil {
				return err
			}
		}
		moves[i] = movement(int64(it.Variant), -it.Quantity, Sale, it.OrderLine, by, now)
	}
	return db.Insert(ctx, tx, "stock_movements", movementColumns, moves)
}

// Return puts items back on hand: after a cancellation, a return or a restock.
func Return(ctx context.Context, tx *db.Tx, by access.Actor, items []Item, reason string, now time.Time) error {
	items = slices.Clone(items)
	slices.SortFunc(items, func(a, b Item) int { return cmp.Compare(a.Variant, b.Variant) })
	moves := make([][]any, len(items))
	for i, it := range items {
		if err := checkQuantity(it.Quantity); err != nil {
			return err
		}
		left, err := db.One(ctx, tx, db.Int, `UPDATE stock_levels SET on_hand = on_hand + $1 WHERE variant_id = $2 RETURNING on_hand`, it.Quantity, int64(it.Variant))
		if err != nil {
			return db.NotFound(err)
		}
		if left > MaxLevel {
			return errs.Field("quantity", "stock.bad_quantity")
		}
		if left-it.Quantity <= Low {
			if err := catalog.Changed(ctx, tx, "stock", int64(it.Product), now); err != nil {
				return err
			}
		}
		moves[i] = movement(int64(it.Variant), it.Quantity, reason, it.OrderLine, by, now)
	}
	return db.Insert(ctx, tx, "stock_movements", movementColumns, moves)
}

// checkQuantity refuses an amount that would turn a sale into a gift: a
// negative one, or one that no engine counts exactly.
func checkQuantity(n int64) error {
	if n < 1 || n > MaxLevel {
		return errs.Field("quantity", "stock.bad_quantity")
	}
	return nil
}

// Set corrects a level to what was counted and reports whether it differed. The
// owner's variant without a level gets one; another's is NotFound.
func Set(ctx context.Context, tx *db.Tx, by access.Actor, it Item, owner seller.ID, reason string, now time.Time) (bool, error) {
	if it.Quantity != 0 {
		if err := checkQuantity(it.Quantity); err != nil {
			return false, err
		}
	}
	have, err := db.One(ctx, tx, db.Int, `SELECT on_hand FROM stock_levels WHERE variant_id = $1 AND seller_id = $2`, int64(it.Variant), int64(owner))
	if errors.Is(err, db.ErrNoRows) {
		if _, err := db.One(ctx, tx, db.Int, `SELECT id FROM variants WHERE id = $1 AND seller_id = $2`, int64(it.Variant), int64(owner)); err != nil {
			return false, db.NotFound(err)
		}
		return true, Open(ctx, tx, by, []Level{{it.Variant, owner, it.Quantity}}, reason, now)
	}
	if err != nil || have == it.Quantity {
		return false, err
	}
	moved := errs.New(errs.Conflict, "error.conflict")
	if err := db.MustChange(ctx, tx, moved, `UPDATE stock_levels SET on_hand = $1 WHERE variant_id = $2 AND seller_id = $3 AND on_hand = $4`,
		it.Quantity, int64(it.Variant), int64(owner), have); err != nil {
		return false, err
	}
	if err := db.Insert(ctx, tx, "stock_movements", movementColumns, [][]any{movement(int64(it.Variant), it.Quantity-have, reason, 0, by, now)}); err != nil {
		return false, err
	}
	return true, catalog.Changed(ctx, tx, "stock", int64(it.Product), now)
}

// OnHand returns the level of a variant.
func OnHand(ctx context.Context, r db.Reader, v catalog.VariantID) (int64, error) {
	n, err := db.One(ctx, r, db.Int, `SELECT on_hand FROM stock_levels WHERE variant_id = $1`, int64(v))
	return n, db.NotFound(err)
}

const movementColumns = "variant_id, delta, reason, order_line_id, actor_kind, actor_id, at"

func movement(variant, delta int64, reason string, line int64, by access.Actor, now time.Time) []any {
	var lineOrNull any
	if line != 0 {
		lineOrNull = line
	}
	return []any{variant, delta, reason, lineOrNull, by.Kind.String(), by.ID, clock.Micros(now)}
}
