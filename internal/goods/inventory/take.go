//go:build !plantedbug

package inventory

import (
	"context"

	"aromart/internal/platform/db"
)

// take is one conditional UPDATE: the check and the change cannot be told
// apart by anybody else. It returns what is left, or db.ErrNoRows.
func take(ctx context.Context, tx *db.Tx, it Item) (left int64, err error) {
	pause("inventory.take")
	return db.One(ctx, tx, db.Int, `UPDATE stock_levels SET on_hand = on_hand - $1 WHERE variant_id = $2 AND on_hand >= $1 RETURNING on_hand`,
		it.Quantity, int64(it.Variant))
}
