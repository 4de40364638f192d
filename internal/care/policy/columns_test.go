package policy

import (
	"slices"
	"strings"
	"testing"

	"aromart/internal/kit/clock"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

// schemaColumns reads table.column of the real schema.
func schemaColumns(t *testing.T, d *db.DB) []string {
	names, err := db.Columns(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 100 {
		t.Fatalf("the schema has only %d columns: the query is wrong", len(names))
	}
	return names
}

func TestEveryColumnIsClassified(t *testing.T) {
	classified := map[string]int{}
	for _, c := range Columns() {
		classified[c.Table+"."+c.Column]++
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		real := schemaColumns(t, d)
		for _, name := range real {
			if classified[name] == 0 {
				t.Errorf("%s has no class: say in schema.go what it holds about whom", name)
			}
		}
		for name, times := range classified {
			if times > 1 {
				t.Errorf("%s is classified twice", name)
			}
			if !slices.Contains(real, name) {
				t.Errorf("%s is classified but does not exist", name)
			}
		}
	})
}

func TestUsesAreThoseOfThePolicy(t *testing.T) {
	uses := Uses()
	for _, c := range Columns() {
		if len(c.Uses) == 0 {
			t.Errorf("%s.%s has no use", c.Table, c.Column)
		}
		for _, u := range c.Uses {
			if !slices.Contains(uses, u) {
				t.Errorf("%s.%s: use %q is not in the policy", c.Table, c.Column, u)
			}
		}
	}
	for _, u := range uses {
		for _, word := range []string{"marketing", "advertising", "train", "profil", "personalize"} {
			if strings.Contains(string(u), word) {
				t.Errorf("use %q", u)
			}
		}
	}
}

func TestPersonalColumnsAreGuarded(t *testing.T) {
	direct := []Category{Name, Email, Phone, Street, City, PostalCode, Password, PrivateText}
	for _, c := range Columns() {
		at := c.Table + "." + c.Column
		if c.Retention == "" || c.OnErase == "" || c.Category == "" {
			t.Errorf("%s is not complete: %+v", at, c)
		}
		if !slices.Contains(direct, c.Category) {
			continue
		}
		if c.InLogs {
			t.Errorf("%s may stand in a log", at)
		}
		if c.OnErase == Keep && c.Table != "policy_signoffs" { // who signed a policy answers for it
			t.Errorf("%s outlives its erasure", at)
		}
		if c.Category != Password && !c.InExport {
			t.Errorf("%s is kept from the person it is about", at)
		}
		if c.Category == Password && (len(c.Recipients) > 0 || c.InExport) {
			t.Errorf("%s goes to somebody", at)
		}
		if slices.Contains(c.Recipients, ToPublic) {
			t.Errorf("%s is public", at)
		}
		if c.Category == Email && slices.Contains(c.Recipients, ToSeller) {
			t.Errorf("%s goes to sellers", at)
		}
		if slices.Contains(c.Recipients, ToSeller) && !slices.Contains(c.Uses, UseSharing) && c.Category != PrivateText {
			t.Errorf("%s goes to sellers without that use", at)
		}
	}
}

// TestAColumnWithoutClassIsFound adds a personal column to a schema: the check
// that the build and the running server make names it, with the promise.
func TestAColumnWithoutClassIsFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := CheckColumns(schemaColumns(t, d), Columns()); err != nil {
			t.Fatal(err)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `ALTER TABLE orders ADD COLUMN birthday TEXT`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		err := CheckColumns(schemaColumns(t, d), Columns())
		if err == nil || err.Error() != "P06: orders.birthday has no class" {
			t.Errorf("the column was not found: %v", err)
		}
		gate, err := OpenGate(t.Context(), d, facts(t, "lk"), clock.System)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range RunChecks(t.Context(), Checks(d, gate), clock.System()) {
			if r.Passed == (r.Name == "columns") {
				t.Errorf("the check %s: %+v", r.Name, r)
			}
		}
	})
}
