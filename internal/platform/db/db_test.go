package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

func set(name, value string) func(*db.Tx) error {
	return func(tx *db.Tx) error {
		_, err := db.Exec(context.Background(), tx, `INSERT INTO settings (name, value) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
		return err
	}
}

func get(t *testing.T, d *db.DB, name string) string {
	t.Helper()
	v, err := db.One(t.Context(), d, db.String, `SELECT value FROM settings WHERE name = $1`, name)
	if errors.Is(err, db.ErrNoRows) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestPlaceholdersBindByNumber(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		got, err := db.One(t.Context(), d, db.String, `SELECT CAST($3 AS TEXT) || CAST($1 AS TEXT) || CAST($2 AS TEXT)`, "a", "b", "c")
		if err != nil || got != "cab" {
			t.Fatalf("got %q, %v; a driver that binds by position would swap values silently", got, err)
		}
	})
}

func TestEveryConnectionIsDurable(t *testing.T) {
	d := dbtest.SQLite(t)
	var wg sync.WaitGroup
	for range 8 { // more than the pool holds, so that each connection answers
		wg.Go(func() {
			v, err := db.One(context.Background(), d, db.Int, `PRAGMA synchronous`)
			if err != nil || v != 2 {
				t.Errorf("reader: synchronous = %d, %v", v, err)
			}
		})
	}
	wg.Wait()
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		for pragma, want := range map[string]int64{"synchronous": 2, "foreign_keys": 1, "secure_delete": 1} {
			if v, err := db.One(t.Context(), tx, db.Int, `PRAGMA `+pragma); err != nil || v != want {
				t.Errorf("writer: %s = %d, want %d (%v)", pragma, v, want, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestReadersCannotWrite(t *testing.T) {
	d := dbtest.SQLite(t)
	if _, err := db.All(t.Context(), d, db.String, `INSERT INTO settings (name, value) VALUES ('a', 'b') RETURNING name`); err == nil {
		t.Fatal("a pooled reader wrote")
	}
}

func TestAFailureUndoesOnlyItself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		boom := errors.New("boom")
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				err := d.Write(context.Background(), func(tx *db.Tx) error {
					if err := set(fmt.Sprint("k", i), "v")(tx); err != nil {
						return err
					}
					if i%4 == 0 {
						return boom
					}
					return nil
				})
				if (i%4 == 0) != errors.Is(err, boom) {
					t.Errorf("%d: %v", i, err)
				}
			})
		}
		wg.Wait()
		for i := range 40 {
			if got := get(t, d, fmt.Sprint("k", i)) != ""; got != (i%4 != 0) {
				t.Errorf("k%d stored: %v", i, got)
			}
		}
	})
}

func TestAPanicReachesItsCallerAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			d.Write(t.Context(), func(tx *db.Tx) error {
				set("lost", "v")(tx)
				panic("at the disco")
			})
		}()
		if err := d.Write(t.Context(), set("kept", "v")); err != nil {
			t.Fatal(err)
		}
		if get(t, d, "lost") != "" || get(t, d, "kept") != "v" {
			t.Error("a panic left a trace, or the writer did not survive it")
		}
	})
}

func TestACanceledCallerIsNotRun(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := d.Write(ctx, set("late", "v")); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		d.Write(t.Context(), set("after", "v"))
		if get(t, d, "late") != "" {
			t.Error("a caller that had gone was served")
		}
	})
}

// TestACallerWhoGoesWaitsForWhatHasBegun lets callers go while their functions
// write into variables of theirs (-race looks at those), and compares what they
// were told with what is kept.
func TestACallerWhoGoesWaitsForWhatHasBegun(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() {
				name := fmt.Sprintf("gone %d", i)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				var seen []string
				err := d.Write(ctx, func(tx *db.Tx) error {
					seen = append(seen, name)
					if err := set(name, "v")(tx); err != nil {
						return err
					}
					cancel()
					time.Sleep(time.Millisecond)
					seen = append(seen, name)
					return nil
				})
				if len(seen) != 2 {
					t.Errorf("%s: came back while its function was at step %d", name, len(seen))
				}
				if kept := get(t, d, name) != ""; kept && err != nil || !kept && err == nil {
					t.Errorf("%s: kept %v, told %v", name, kept, err)
				}
			})
		}
		all.Wait()
	})
}

func TestAfterCommitRunsOnceAndOnlyWhenDurable(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var n atomic.Int32
		d.Write(t.Context(), func(tx *db.Tx) error { tx.AfterCommit(func() { n.Add(1) }); return nil })
		d.Write(t.Context(), func(tx *db.Tx) error { tx.AfterCommit(func() { n.Add(1) }); return errors.New("no") })
		if n.Load() != 1 {
			t.Errorf("ran %d times", n.Load())
		}
	})
}

// TestALosableWriteDoesNotWait looks at what PostgreSQL was asked for: whether
// it waited cannot be seen from outside.
func TestALosableWriteDoesNotWait(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ask, want := `PRAGMA synchronous`, "2" // shares its group's commit
		if d.Dialect() == db.Postgres {
			ask, want = `SHOW synchronous_commit`, "off"
		}
		said := func(write func(context.Context, func(*db.Tx) error) error) (v string) {
			t.Helper()
			err := write(t.Context(), func(tx *db.Tx) (err error) {
				v, err = db.One(t.Context(), tx, db.String, ask)
				return errors.Join(err, set("seen", v)(tx))
			})
			if err != nil || get(t, d, "seen") != v {
				t.Errorf("%q was not kept: %v", v, err)
			}
			return v
		}
		for range 20 { // on whatever connection: the next write waits again
			if got := said(d.WriteLosable); got != want {
				t.Fatalf("a losable write ran with %s, want %s", got, want)
			}
			if got := said(d.Write); got == "off" {
				t.Fatal("a write after it does not wait either")
			}
		}
		boom := errors.New("boom")
		if err := d.WriteLosable(t.Context(), func(tx *db.Tx) error { return errors.Join(set("undone", "v")(tx), boom) }); !errors.Is(err, boom) || get(t, d, "undone") != "" {
			t.Errorf("a failed one was kept: %v", err)
		}
	})
}

func TestErrorsAreClassified(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, tt := range []struct {
			sql string
			is  func(error) bool
		}{
			{`INSERT INTO settings (name, value) VALUES ('x', 'y'), ('x', 'z')`, db.IsUnique},
			{`INSERT INTO jobs (kind, payload, status, run_at, locked_until, attempts, last_error, created_at) VALUES ('', '', 'odd', 0, 0, 0, '', 0)`, db.IsCheck},
			{`INSERT INTO product_slugs (slug, product_id) VALUES ('a', 99)`, db.IsForeignKey},
		} {
			err := d.Write(t.Context(), func(tx *db.Tx) error { _, err := db.Exec(t.Context(), tx, tt.sql); return err })
			if !tt.is(err) {
				t.Errorf("%s: %v is not recognised", tt.sql, err)
			}
		}
	})
}

func TestSequenceNumbersEachRowOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		seq := db.Sequence{Name: "catalog", Table: "catalog_changes"}
		var wg sync.WaitGroup
		for w := range 4 {
			wg.Go(func() {
				for i := range 25 {
					d.Write(context.Background(), func(tx *db.Tx) error {
						_, err := db.Exec(context.Background(), tx, `INSERT INTO catalog_changes (kind, object_id, at) VALUES ('product', $1, 0)`, w*100+i)
						return err
					})
					if _, err := seq.Advance(context.Background(), d, 7); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for range 20 {
			if _, err := seq.Advance(t.Context(), d, 7); err != nil {
				t.Fatal(err)
			}
		}
		got, err := db.One(t.Context(), d, db.Pair, `SELECT count(DISTINCT seq), max(seq) FROM catalog_changes`)
		if err != nil || got != [2]int64{100, 100} {
			t.Errorf("distinct, highest = %v, %v; want 100, 100", got, err)
		}
	})
}

func TestASecondProcessIsRefused(t *testing.T) {
	d := dbtest.SQLite(t)
	_, err := db.Open(t.Context(), db.Options{Dir: d.Dir()})
	if err == nil || !strings.Contains(err.Error(), "in use by another") {
		t.Fatalf("got %v", err)
	}
}

func TestANewerSchemaIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Migrate(t.Context(), d); !errors.Is(err, db.ErrNewer) {
			t.Errorf("got %v", err)
		}
	})
}

// TestSchemasAgree compares the two engines' schemas column by column.
func TestSchemasAgree(t *testing.T) {
	if os.Getenv("AROMART_TEST_QUICK") != "" {
		t.Skip("--quick has no PostgreSQL to compare with")
	}
	lite, err := db.All(t.Context(), dbtest.SQLite(t), db.String, `
		SELECT m.name || '.' || c.name || CASE WHEN c."notnull" = 1 OR c.pk > 0 THEN ' not null' ELSE '' END
		FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'goose_%'`)
	if err != nil {
		t.Fatal(err)
	}
	pg, err := db.All(t.Context(), dbtest.Postgres(t), db.String, `
		SELECT table_name || '.' || column_name || CASE WHEN is_nullable = 'NO' THEN ' not null' ELSE '' END
		FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'goose_%'`)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(lite)
	slices.Sort(pg)
	if a, b := strings.Join(lite, "\n"), strings.Join(pg, "\n"); a != b || len(lite) < 100 {
		t.Errorf("SQLite:\n%s\n\nPostgreSQL:\n%s", a, b)
	}
}

// TestASchemaOfAnotherName: an address may name one, and all that looks at the schema looks there.
func TestASchemaOfAnotherName(t *testing.T) {
	if os.Getenv("AROMART_TEST_QUICK") != "" {
		t.Skip("--quick has no PostgreSQL")
	}
	url := dbtest.PostgresURL(t)
	usual, err := db.Open(t.Context(), db.Options{Dir: t.TempDir(), URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer usual.Close()
	if err := usual.Write(t.Context(), func(tx *db.Tx) error {
		_, err := db.Exec(t.Context(), tx, `CREATE SCHEMA shop`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	other, err := db.Open(t.Context(), db.Options{Dir: t.TempDir(), URL: url + "&search_path=shop"})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if columns, err := db.Columns(t.Context(), other); err != nil || len(columns) != 0 {
		t.Errorf("an empty schema has %d columns, %v", len(columns), err)
	}
	if err := db.Migrate(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	want, _ := db.Columns(t.Context(), usual)
	got, err := db.Columns(t.Context(), other)
	slices.Sort(want)
	slices.Sort(got)
	if err != nil || !slices.Equal(got, want) || len(got) < 100 {
		t.Errorf("%d columns of %d, %v", len(got), len(want), err)
	}
}

func TestInReadsAListOfIDs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		got, err := db.All(t.Context(), d, db.Int, `SELECT v FROM (SELECT 1 AS v UNION SELECT 2 UNION SELECT 3) x WHERE v IN (`+db.In(d, 1)+`) ORDER BY v`, db.IDs([]int64{3, 1, 9}))
		if err != nil || len(got) != 2 || got[0] != 1 || got[1] != 3 {
			t.Errorf("got %v, %v", got, err)
		}
	})
}

func TestOneMarksNothing(t *testing.T) {
	d := dbtest.SQLite(t)
	_, err := db.One(t.Context(), d, db.Int, `SELECT 1 WHERE 1 = 0`)
	if errs.KindOf(db.NotFound(err)) != errs.NotFound {
		t.Errorf("got %v", err)
	}
}

// TestDeleteInTurns: all rows that are named go, few at a time, and no others.
func TestDeleteInTurns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		do(t, d, `CREATE TABLE heap (a BIGINT, b BIGINT, at BIGINT, PRIMARY KEY (a, b))`)
		do(t, d, `INSERT INTO heap (a, b, at) WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1100) SELECT i / 10, i % 10, i FROM n`)
		gone, err := d.DeleteInTurns(t.Context(), "heap", "a, b", `at < $1`, 1000)
		if err != nil || gone != 1000 {
			t.Errorf("%d are gone, %v", gone, err)
		}
		if left, err := db.One(t.Context(), d, db.Pair, `SELECT count(*), min(at) FROM heap`); err != nil || left[0] != 101 || left[1] != 1000 {
			t.Errorf("left %v, %v", left, err)
		}
		if gone, err = d.DeleteInTurns(t.Context(), "heap", "a, b", `at < $1`, 1000); gone != 0 || err != nil {
			t.Errorf("again: %d, %v", gone, err)
		}
	})
}
