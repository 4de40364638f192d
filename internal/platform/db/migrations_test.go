package db_test

import (
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
