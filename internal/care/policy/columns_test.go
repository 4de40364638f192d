package policy

import (
	"slices"
	"strings"
	"testing"

	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

// schemaColumns reads table.column of the real schema.
func schemaColumns(t *testing.T, d *db.DB) []string {
	query := `SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'goose_%'`
	if d.Dialect() == db.Postgres {
		query = `SELECT table_name || '.' || column_name FROM information_schema.columns
			WHERE table_schema = 'public' AND table_name NOT LIKE 'goose_%'`
	}
	names, err := db.All(t.Context(), d, db.String, query)
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
	uses := []Use{UseService, UseAuthentication, UseSupport, UseMail, UseSecurity, UseFraud, UseLegal, UseSharing}
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
		if c.OnErase == Keep {
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
