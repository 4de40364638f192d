package contact_test

import (
	"testing"

	"aromart/internal/kit/contact"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

// TestNoMaskIsStored binds values as they are: pgx would write what String
// returns if it found nothing better.
func TestNoMaskIsStored(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		mail := contact.NewEmail("nimal@example.com")
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `INSERT INTO settings (name, value) VALUES ($1, $2), ($3, $4)`, "a", mail, "b", &mail)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := db.All(t.Context(), d, func(rows *db.Rows, e *contact.Email) error { return rows.Scan(e) },
			`SELECT value FROM settings WHERE value = $1 ORDER BY name`, mail)
		if err != nil || len(got) != 2 || got[0] != mail || got[1] != mail {
			t.Errorf("stored %d, %v", len(got), err)
		}
	})
}
