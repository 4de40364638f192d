package db

import (
	"context"
	"fmt"
)

// turnRows is how many rows a turn of DeleteInTurns takes.
const turnRows = 500

// DeleteInTurns deletes the rows of a table that where names, a few hundred in
// a transaction, so that nobody waits for all of them, and tells how many they
// were. key is the table's key, one column or more. What was deleted before an
// error stays deleted.
func (d *DB) DeleteInTurns(ctx context.Context, table, key, where string, args ...any) (gone int64, err error) {
	text := fmt.Sprintf(`DELETE FROM %s WHERE (%s) IN (SELECT %s FROM %s WHERE %s LIMIT %d)`, table, key, key, table, where, turnRows)
	for {
		var n int64
		err := d.Write(ctx, func(tx *Tx) (err error) {
			n, err = Exec(ctx, tx, text, args...)
			return err
		})
		if err != nil {
			return gone, err
		}
		if gone += n; n < turnRows {
			return gone, nil
		}
	}
}
