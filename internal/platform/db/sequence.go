package db

import (
	"context"
	"fmt"

	"aromart/internal/kit/errs"
)

// Sequence numbers the rows of a table that others follow in order. A row is
// inserted with seq NULL; Advance gives the committed rows their numbers,
// because the order of identities is not the order of commits: a reader that
// followed ids could step over a row that commits late.
type Sequence struct {
	Name  string // row in sequences
	Table string // has id and seq
}

// Advance numbers up to limit waiting rows and returns the last number given.
// Any process may call it: the head row is moved by compare-and-set, so of two
// callers one does the work and the other sees a conflict and leaves.
func (s Sequence) Advance(ctx context.Context, d *DB, limit int) (last int64, err error) {
	waiting, err := One(ctx, d, Int, `SELECT count(*) FROM (SELECT 1 FROM `+s.Table+` WHERE seq IS NULL LIMIT $1) w`, limit)
	if err != nil {
		return 0, err
	}
	if waiting == 0 {
		return s.Last(ctx, d)
	}
	err = d.Write(ctx, func(tx *Tx) error {
		head, err := One(ctx, tx, Int, `SELECT value FROM sequences WHERE name = $1`, s.Name)
		if err != nil {
			return fmt.Errorf("sequence %s: %w", s.Name, err)
		}
		ids, err := One(ctx, tx, Int, `SELECT count(*) FROM (SELECT 1 FROM `+s.Table+` WHERE seq IS NULL LIMIT $1) w`, limit)
		if err != nil {
			return err
		}
		last = head + ids
		// The head first: its row lock lets one sequencer at a time past this line.
		busy := errs.New(errs.Conflict, "error.conflict")
		if err := MustChange(ctx, tx, busy, `UPDATE sequences SET value = $1 WHERE name = $2 AND value = $3`, last, s.Name, head); err != nil {
			return err
		}
		n, err := Exec(ctx, tx, `UPDATE `+s.Table+` SET seq = $1 + w.n FROM (
			SELECT id, row_number() OVER (ORDER BY id) AS n FROM (SELECT id FROM `+s.Table+` WHERE seq IS NULL ORDER BY id LIMIT $2) u
		) w WHERE `+s.Table+`.id = w.id`, head, ids)
		if err == nil && n != ids {
			return busy // another sequencer was faster: leave everything to it
		}
		return err
	})
	if errs.Is(err, "error.conflict") {
		return s.Last(ctx, d)
	}
	return last, err
}

// Last is the highest number given so far.
func (s Sequence) Last(ctx context.Context, r Reader) (int64, error) {
	return One(ctx, r, Int, `SELECT value FROM sequences WHERE name = $1`, s.Name)
}
