//go:build plantedbug

package inventory

import (
	"context"

	"aromart/internal/platform/db"
)

// take reads and then writes what it read: the classic lost update. It is
// never in a release; with it the linearizability test has to fail, which
// proves that the test can.
func take(ctx context.Context, tx *db.Tx, it Item) (left int64, err error) {
	have, err := db.One(ctx, tx, db.Int, `SELECT on_hand FROM stock_levels WHERE variant_id = $1 AND on_hand >= $2`, int64(it.Variant), it.Quantity)
	if err != nil {
		return 0, err
	}
	pause("inventory.take")
	left = have - it.Quantity
	return left, db.MustChange(ctx, tx, db.ErrNoRows, `UPDATE stock_levels SET on_hand = $1 WHERE variant_id = $2`, left, int64(it.Variant))
}
