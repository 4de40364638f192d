package db_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

// A snapshot reads, counts and copies one moment, whatever is written meanwhile.
func TestASnapshotStandsStill(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := d.Write(t.Context(), set("before", "v")); err != nil {
			t.Fatal(err)
		}
		s, err := d.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := d.Write(t.Context(), set("after", "v")); err != nil {
			t.Fatal(err)
		}
		count := func(r db.Reader) int64 {
			n, err := db.One(t.Context(), r, db.Int, `SELECT count(*) FROM settings WHERE name IN ('before', 'after')`)
			if err != nil {
				t.Error(err)
			}
			return n
		}
		if count(s) != 1 || count(d) != 2 {
			t.Errorf("the snapshot reads %d, the database %d", count(s), count(d))
		}
		path := filepath.Join(t.TempDir(), db.FileName)
		if _, err := s.Copy(t.Context(), path, nil); err != nil {
			t.Fatal(err)
		}
		if d.Dialect() == db.Postgres {
			return // what it restores to is told by the tests of package backup
		}
		c, err := db.OpenReadOnly(t.Context(), db.Options{Dir: filepath.Dir(path)})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if count(c) != 1 {
			t.Errorf("the copy holds %d", count(c))
		}
	})
}

// Beside the process that serves, another may read and never write.
func TestReadingBesideTheServer(t *testing.T) {
	d := dbtest.SQLite(t)
	if err := d.Write(t.Context(), set("a", "v")); err != nil {
		t.Fatal(err)
	}
	beside, err := db.OpenReadOnly(t.Context(), db.Options{Dir: d.Dir()})
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	if get(t, beside, "a") != "v" {
		t.Error("it reads something else")
	}
	if err := beside.Write(t.Context(), set("b", "v")); err == nil {
		t.Error("it wrote")
	}
	if err := db.Migrate(t.Context(), beside); err == nil {
		t.Error("it migrated")
	}
	if _, err := db.OpenReadOnly(t.Context(), db.Options{Dir: t.TempDir()}); err == nil {
		t.Error("it made a database")
	}
}

func TestADamagedFileIsFound(t *testing.T) {
	d := dbtest.SQLite(t)
	s, err := d.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	path := filepath.Join(t.TempDir(), "copy")
	if _, err := s.Copy(t.Context(), path, nil); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 4096; i < 3*4096; i++ {
		data[i] ^= 0x55
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := db.CheckFile(t.Context(), path); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("got %v", err)
	}
}

// The password of an address is not for everybody who can list processes, and
// PostgreSQL's programs refuse what only our driver knows.
func TestAddressForTools(t *testing.T) {
	address, password, err := db.ForTools("postgres://app:geheim@db.internal:5432/shop?sslmode=require&default_query_exec_mode=exec&pool_max_conns=3")
	if err != nil || password != "geheim" || address != "postgres://app@db.internal:5432/shop?sslmode=require" {
		t.Errorf("%q %q %v", address, password, err)
	}
	address, password, err = db.ForTools("postgres:///shop?host=/run/pg&user=app&password=geheim")
	if err != nil || password != "geheim" || strings.Contains(address, "geheim") || !strings.Contains(address, "user=app") {
		t.Errorf("%q %q %v", address, password, err)
	}
}

// A program of PostgreSQL that is missing or too old is named, with what to do.
func TestToolsAreFoundOrNamed(t *testing.T) {
	if os.Getenv("AROMART_TEST_QUICK") != "" {
		t.Skip("--quick has no PostgreSQL")
	}
	if v, err := db.FindTool(t.Context(), "pg_dump", 1); err != nil || !strings.HasPrefix(v, "pg_dump (PostgreSQL) ") {
		t.Errorf("%q %v", v, err)
	}
	if _, err := db.FindTool(t.Context(), "pg_dump", 999); err == nil || !strings.Contains(err.Error(), "too old for PostgreSQL 999; install") {
		t.Errorf("got %v", err)
	}
	if _, err := db.FindTool(t.Context(), "pg_none", 15); err == nil || !strings.Contains(err.Error(), "pg_none is not installed; install") {
		t.Errorf("got %v", err)
	}
}
