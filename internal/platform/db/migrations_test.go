package db_test

import (
	"slices"
	"strings"
	"testing"

	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

// older gives a database of an older version on each engine.
func older(t *testing.T, version int64, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if d.Dialect() == db.SQLite {
			var err error
			if d, err = db.Open(t.Context(), db.Options{Dir: t.TempDir()}); err != nil {
				t.Fatal(err)
			}
			defer d.Close()
		} else {
			do(t, d, `DROP SCHEMA public CASCADE`)
			do(t, d, `CREATE SCHEMA public`)
		}
		if err := db.MigrateTo(t.Context(), d, version); err != nil {
			t.Fatal(err)
		}
		f(t, d)
	})
}

func do(t *testing.T, d *db.DB, text string, args ...any) {
	t.Helper()
	if err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := db.Exec(t.Context(), tx, text, args...)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

const addLogin = `INSERT INTO logins (public_id, email, phone, name, role, password_hash, status, password_at, created_at)
	VALUES ($1, $1, '', 'Anura', 'customer', '', 'active', 1, 1) RETURNING id`

// TestAnIdThatWasEverGivenIsNotGivenAgain: version 9 numbers logins on after all
// that the audit log names, also after those that were erased before it.
func TestAnIdThatWasEverGivenIsNotGivenAgain(t *testing.T) {
	older(t, 8, func(t *testing.T, d *db.DB) {
		login := func(address string) (id int64) {
			t.Helper()
			if err := d.Write(t.Context(), func(tx *db.Tx) (err error) {
				id, err = db.One(t.Context(), tx, db.Int, addLogin, address)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return id
		}
		first := login("first@example.com")
		const entry = `INSERT INTO audit_entries (at, actor_kind, actor_id, action, object_kind, object_id, fields, reason) VALUES (1, 'system', 0, 'x', $1, $2, '', '')`
		do(t, d, entry, "login", first+40) // a login that is gone
		do(t, d, entry, "order", 9000)     // no login
		if err := db.Migrate(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		if next := login("next@example.com"); next != first+41 {
			t.Errorf("login %d follows %d, and the audit log names %d", next, first, first+40)
		}
	})
}

// TestRequestsKeepTheWayTheyCame: version 14 makes the column anew, with what was
// in it and with one more way.
func TestRequestsKeepTheWayTheyCame(t *testing.T) {
	older(t, 13, func(t *testing.T, d *db.DB) {
		const add = `INSERT INTO privacy_requests (number, kind, status, channel, proof, language, question, answer, reason, receipt, received_at, due_at)
			VALUES ($1, 'question', 'received', $1, '', 'en', '', '', '', '', 1, 1)`
		do(t, d, add, "page")
		do(t, d, add, "shell")
		do(t, d, `INSERT INTO privacy_request_events (request_id, name, from_status, to_status, actor_kind, actor_id, reason, at) VALUES (1, 'receive', '', 'received', 'operator', 0, '', 1)`)
		if err := db.Migrate(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		do(t, d, add, "api")
		kept, err := db.All(t.Context(), d, db.String, `SELECT channel FROM privacy_requests WHERE channel = number ORDER BY id`)
		if err != nil || len(kept) != 3 {
			t.Errorf("kept: %q, %v", kept, err)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, add, "letter")
			return err
		}); err == nil {
			t.Error("a way that nobody knows was taken")
		}
	})
}

// TestOneAddressIsPreferred: version 16 leaves one preferred address of those
// that two changes at once had made, and lets there be no second one.
func TestOneAddressIsPreferred(t *testing.T) {
	older(t, 15, func(t *testing.T, d *db.DB) {
		do(t, d, strings.ReplaceAll(addLogin, "RETURNING id", ""), "first@example.com")
		do(t, d, strings.ReplaceAll(addLogin, "RETURNING id", ""), "second@example.com")
		const add = `INSERT INTO addresses (public_id, login_id, label, name, phone, street, area, place, city, region, postal_code, country, preferred, created_at, updated_at, removed_at)
			VALUES ($1, (SELECT id FROM logins WHERE public_id = $2), '', '', '', '', '', '', '', '', '', 'LK', $3, 1, 1, $4)`
		for _, a := range [][]any{{"gone", "first@example.com", true, 1}, {"a", "first@example.com", false, nil}, {"b", "first@example.com", true, nil},
			{"c", "first@example.com", true, nil}, {"d", "second@example.com", true, nil}} {
			do(t, d, add, a...)
		}
		if err := db.Migrate(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		left, err := db.All(t.Context(), d, db.String, `SELECT public_id FROM addresses WHERE preferred ORDER BY id`)
		if err != nil || !slices.Equal(left, []string{"b", "d"}) {
			t.Errorf("preferred: %q, %v", left, err)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `UPDATE addresses SET preferred = true WHERE public_id = 'a'`)
			return err
		}); err == nil {
			t.Error("a second preferred address was taken")
		}
	})
}
