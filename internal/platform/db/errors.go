package db

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"aromart/internal/kit/errs"
)

// SQLite result codes, of which only these are acted upon.
const (
	sqliteBusy, sqliteLocked, sqliteReadonly, sqliteIOErr, sqliteFull = 5, 6, 8, 10, 13
	sqliteUnique, sqlitePrimaryKey, sqliteCheck, sqliteForeignKey     = 2067, 1555, 275, 787
)

// kind is what this package needs to know of an engine's error.
type kind struct{ retry, unique, check, foreign, broken, text bool }

// classOf is the only place that knows the drivers' errors.
func classOf(err error) (k kind) {
	if pe, ok := errors.AsType[*pgconn.PgError](err); ok {
		k.retry = pe.Code == "40001" || pe.Code == "40P01"
		k.unique, k.check, k.foreign = pe.Code == "23505", pe.Code == "23514", pe.Code == "23503"
		k.text = pe.Code == "22021" || pe.Code == "22P05" // NUL inside a JSON list
		k.broken = pe.Code[:2] == "53" || pe.Code[:2] == "57" || pe.Code[:2] == "08"
	} else if se, ok := errors.AsType[*sqlite.Error](err); ok {
		c := se.Code()
		k.retry = c&0xff == sqliteBusy || c&0xff == sqliteLocked
		k.unique, k.check, k.foreign = c == sqliteUnique || c == sqlitePrimaryKey, c == sqliteCheck, c == sqliteForeignKey
		k.broken = c&0xff == sqliteFull || c&0xff == sqliteIOErr || c&0xff == sqliteReadonly
	} else if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		k.broken = true
	}
	return k
}

// IsUnique reports that a unique index refused the row.
func IsUnique(err error) bool { return classOf(err).unique }

// IsCheck reports that a CHECK refused the row: how stock is kept from falling below zero.
func IsCheck(err error) bool { return classOf(err).check }

// IsForeignKey reports that a referenced row is missing, or still referenced.
func IsForeignKey(err error) bool { return classOf(err).foreign }

// classify marks an error of a full disk, a lost server or a lock held too long
// as Unavailable, and of text that cannot be kept as Invalid, so that a face
// answers and nothing else needs to know drivers.
func classify(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	k := classOf(err)
	if k.text {
		return errs.New(errs.Invalid, "error.bad_text").Because(err)
	}
	if k.broken || errors.Is(err, context.DeadlineExceeded) {
		return errs.New(errs.Unavailable, "error.unavailable").Because(err)
	}
	return err
}
