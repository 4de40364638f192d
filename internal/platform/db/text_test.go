package db_test

import (
	"testing"

	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

// What one engine would keep and the other refuse is refused on both.
func TestTextThatCannotBeKeptIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, bad := range []string{"a\x00b", "a\xffb", "\xed\xa0\x80"} {
			_, err := db.One(t.Context(), d, db.Int, `SELECT count(*) FROM settings WHERE name = $1`, bad)
			if !errs.Is(err, "error.bad_text") {
				t.Errorf("read %q: %v", bad, err)
			}
			err = d.Write(t.Context(), func(tx *db.Tx) error {
				_, err := db.Exec(t.Context(), tx, `INSERT INTO settings (name, value) VALUES ('a', $1)`, bad)
				return err
			})
			if !errs.Is(err, "error.bad_text") {
				t.Errorf("write %q: %v", bad, err)
			}
		}
		_, err := db.One(t.Context(), d, db.Int, `SELECT count(*) FROM settings WHERE name IN (`+db.InText(d, 1)+`)`, `["a\u0000b"]`)
		if err != nil && errs.KindOf(err) != errs.Invalid {
			t.Errorf("in a list: %v", err)
		}
		if n, _ := db.One(t.Context(), d, db.Int, `SELECT count(*) FROM settings`); n != 0 {
			t.Errorf("%d rows", n)
		}
	})
}
