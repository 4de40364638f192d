// Package dbtest gives tests an empty, migrated database on each engine.
//
// PostgreSQL is the server named by AROMART_TEST_POSTGRES, which ./test
// starts; without it the package starts a private one that ends with the test
// process. A machine without PostgreSQL's programs fails the test unless
// AROMART_TEST_QUICK is set, which ./test --quick does: a silent skip would hide
// that half of the promise was not tested.
package dbtest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"aromart/internal/kit/clock"
	"aromart/internal/platform/db"
)

func init() { db.Strict() }

// Each runs f as a subtest on SQLite and on PostgreSQL.
func Each(t *testing.T, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t)) })
	if os.Getenv("AROMART_TEST_QUICK") != "" {
		return
	}
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t)) })
}

// template is a migrated SQLite file, made once per test process.
var template struct {
	sync.Once
	file []byte
	err  error
}

// SQLite returns an empty database in a directory of the test's own.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	template.Do(func() { template.file, template.err = migratedFile() })
	if template.err != nil {
		t.Fatal(template.err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/"+db.FileName, template.file, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(context.Background(), db.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func migratedFile() ([]byte, error) {
	dir, err := os.MkdirTemp("", "aromart-dbtest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	d, err := db.Open(ctx, db.Options{Dir: dir})
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx, d); err != nil {
		return nil, err
	}
	if err := d.Close(); err != nil { // the last close folds the log into the file
		return nil, err
	}
	return os.ReadFile(dir + "/" + db.FileName)
}

// Postgres returns an empty database of the test's own.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), db.Options{Dir: t.TempDir(), URL: PostgresURL(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// PostgresURL is the address of an empty, migrated database that is dropped when the test ends.
func PostgresURL(t testing.TB) string {
	t.Helper()
	server, err := serverURL()
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	admin.SetMaxOpenConns(1)
	if err := makeTemplate(ctx, admin, server); err != nil {
		t.Fatal(err)
	}
	name := "t_" + strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(clock.Token(12)))
	if _, err := admin.ExecContext(ctx, fmt.Sprintf(`CREATE DATABASE %s TEMPLATE %s STRATEGY file_copy`, name, templateName)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if admin, err := sql.Open("pgx", server); err == nil {
			defer admin.Close()
			admin.Exec(fmt.Sprintf(`DROP DATABASE IF EXISTS %s WITH (FORCE)`, name))
		}
	})
	return withDatabase(server, name)
}

func withDatabase(server, name string) string {
	u, _ := url.Parse(server)
	u.Path = "/" + name
	return u.String()
}
