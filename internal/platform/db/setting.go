package db

import (
	"context"
	"errors"
)

// Setting returns a stored setting, "" when it was never set.
func (d *DB) Setting(ctx context.Context, name string) (string, error) {
	v, err := One(ctx, d, String, `SELECT value FROM settings WHERE name = $1`, name)
	if errors.Is(err, ErrNoRows) {
		return "", nil
	}
	return v, err
}

// Set stores a setting that belongs to the database rather than to the process.
func (d *DB) Set(ctx context.Context, name, value string) error {
	return d.Write(ctx, func(tx *Tx) error {
		_, err := Exec(ctx, tx, `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
		return err
	})
}

// Once stores a setting that is made once for ever; first is false when it was
// there already. Of two transactions that try, one is first.
func Once(ctx context.Context, tx *Tx, name, value string) (first bool, err error) {
	n, err := Exec(ctx, tx, `INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, name, value)
	return n == 1, err
}
