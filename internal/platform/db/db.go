// Package db is the one door to the database: embedded SQLite by default,
// PostgreSQL by URL, one SQL text for both.
//
// What always holds: only a *Tx can write; every write is retried when the
// engine asks for it, so a function given to Write must be safe to run twice;
// on SQLite one writer commits all waiting transactions as a group with
// synchronous=FULL, so an acknowledged write survives a power cut.
// Placeholders are $1, $2, … on both engines. Times are microseconds in UTC.
//
// Tables: leases, sequences, settings.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	_ "modernc.org/sqlite"             // driver "sqlite"
)

// Dialect is the engine behind a DB.
type Dialect uint8

// The two engines.
const (
	SQLite Dialect = iota
	Postgres
)

func (d Dialect) String() string {
	if d == Postgres {
		return "postgres"
	}
	return "sqlite"
}

// FileName is the name of the embedded database inside the data directory.
const FileName = "aromart.db"

// minSQLite is the first release without the WAL-reset corruption bug.
const minSQLite = "3.51.3"

// Rows is what a scan function reads from.
type Rows = sql.Rows

// ErrNoRows is returned by One when nothing matches.
var ErrNoRows = errors.New("db: no such row")

// Reader is the pool or a transaction. Only this package implements it.
type Reader interface {
	Dialect() Dialect
	query(ctx context.Context, text string, args []any) (*sql.Rows, error)
}

// DB is an open database.
type DB struct {
	dialect Dialect
	pool    *sql.DB // reads; on PostgreSQL also writes
	writer  *writer // SQLite only
	stmts   sync.Map
	lock    *os.File
	dir     string
	url     string // of PostgreSQL

	readOnly bool
}

// Options of Open.
type Options struct {
	Dir     string // data directory; holds the embedded database
	URL     string // postgres://…; empty means SQLite in Dir
	Readers int    // reading connections; defaults to 4 on SQLite, 16 on PostgreSQL
	OneFile bool   // SQLite keeps no log beside its file, which may be moved once it is closed; slow, for a copy
}

// Open opens the database and checks that the engine can keep its promises.
// It does not migrate. A data directory in use by another process is refused.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.URL != "" {
		return openPostgres(ctx, o)
	}
	return openSQLite(ctx, o)
}

func openSQLite(ctx context.Context, o Options) (*DB, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the data directory %s: %w", o.Dir, err)
	}
	lock, err := lockDir(o.Dir)
	if err != nil {
		return nil, err
	}
	d := &DB{dialect: SQLite, lock: lock, dir: o.Dir}
	path := filepath.Join(o.Dir, FileName)
	write, err := sql.Open("sqlite", sqliteDSN(path, false, o.OneFile))
	if err == nil {
		d.writer, err = startWriter(ctx, write)
	}
	if err == nil {
		d.pool, err = sql.Open("sqlite", sqliteDSN(path, true, o.OneFile))
	}
	if err != nil {
		d.Close()
		return nil, fmt.Errorf("cannot open the database %s: %w", path, err)
	}
	n := o.Readers
	if n == 0 {
		n = 4
	}
	d.pool.SetMaxOpenConns(n)
	d.pool.SetMaxIdleConns(n)
	version, err := One(ctx, d, String, `SELECT sqlite_version()`)
	if err == nil && !atLeast(version, minSQLite) {
		err = fmt.Errorf("SQLite %s may corrupt the database; aromart needs %s or newer", version, minSQLite)
	}
	if err != nil {
		d.Close()
		return nil, fmt.Errorf("cannot open the database %s: %w", path, err)
	}
	return d, nil
}

// sqliteDSN carries every setting in the address, because a setting made by
// statement would hold for one pooled connection only.
func sqliteDSN(path string, readOnly, oneFile bool) string {
	q, journal := url.Values{}, "journal_mode(WAL)"
	if oneFile {
		journal = "journal_mode(DELETE)"
	}
	for _, p := range []string{"busy_timeout(10000)", journal, "synchronous(FULL)", "foreign_keys(1)", "secure_delete(1)", "temp_store(MEMORY)"} {
		q.Add("_pragma", p)
	}
	if readOnly {
		q.Add("_pragma", "query_only(1)")
		q.Add("_pragma", "cache_size(-8000)")
		q.Add("_pragma", "mmap_size(67108864)")
	} else {
		q.Add("_pragma", "cache_size(-16000)")
		q.Add("_pragma", "wal_autocheckpoint(4000)")
		q.Set("_txlock", "immediate")
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func openPostgres(ctx context.Context, o Options) (*DB, error) {
	pool, err := sql.Open("pgx", o.URL)
	if err != nil {
		return nil, fmt.Errorf("the database URL is not understood: %w", hideURL(err, o.URL))
	}
	n := o.Readers
	if n == 0 {
		n = 16
	}
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	if err := pool.PingContext(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("cannot reach PostgreSQL: %w; is --database right, and does the server run?", oneLine{hideURL(err, o.URL)})
	}
	return &DB{dialect: Postgres, pool: pool, dir: o.Dir, url: o.URL}, nil
}

// hideURL keeps the password of a database URL out of messages and logs.
func hideURL(err error, raw string) error {
	if u, e := url.Parse(raw); e == nil && u.User != nil {
		if p, ok := u.User.Password(); ok && p != "" {
			return errors.New(strings.ReplaceAll(err.Error(), p, "xxxxx"))
		}
	}
	return err
}

// oneLine tells of the attempts to connect, one of which the driver puts on each line, in one sentence.
type oneLine struct{ error }

func (e oneLine) Unwrap() error { return e.error }

func (e oneLine) Error() string {
	var attempts []string
	for line := range strings.Lines(e.error.Error()) {
		if line = strings.TrimSpace(line); !slices.Contains(attempts, line) {
			attempts = append(attempts, line)
		}
	}
	return strings.Replace(strings.Join(attempts, "; "), ":;", ":", 1)
}

// Dialect tells which engine this is.
func (d *DB) Dialect() Dialect { return d.dialect }

// Dir is the data directory.
func (d *DB) Dir() string { return d.dir }

// Close ends the writer after the transactions it has begun.
func (d *DB) Close() error {
	var errList []error
	d.stmts.Range(func(_, s any) bool { s.(*sql.Stmt).Close(); return true })
	if d.pool != nil {
		errList = append(errList, d.pool.Close())
	}
	if d.writer != nil {
		errList = append(errList, d.writer.close())
	}
	if d.lock != nil {
		errList = append(errList, d.lock.Close())
	}
	return errors.Join(errList...)
}

// Ping checks that the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.pool.PingContext(ctx) }

func (d *DB) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	if err := checkArgs(text, args); err != nil {
		return nil, err
	}
	if d.dialect == Postgres { // pgx keeps its own statement cache
		return d.pool.QueryContext(ctx, text, args...)
	}
	s, ok := d.stmts.Load(text)
	if !ok {
		fresh, err := d.pool.PrepareContext(ctx, text)
		if err != nil {
			return nil, err
		}
		var loaded bool
		if s, loaded = d.stmts.LoadOrStore(text, fresh); loaded {
			fresh.Close()
		}
	}
	return s.(*sql.Stmt).QueryContext(ctx, args...)
}

// atLeast compares dotted version numbers.
func atLeast(have, want string) bool {
	var h, w [3]int
	fmt.Sscanf(have, "%d.%d.%d", &h[0], &h[1], &h[2])
	fmt.Sscanf(want, "%d.%d.%d", &w[0], &w[1], &w[2])
	for i := range h {
		if h[i] != w[i] {
			return h[i] > w[i]
		}
	}
	return true
}

// QuickCheck asks SQLite whether its file is whole; PostgreSQL looks after itself.
func (d *DB) QuickCheck(ctx context.Context) error {
	if d.dialect == Postgres {
		return d.Ping(ctx)
	}
	said, err := One(ctx, d, String, `PRAGMA quick_check(1)`)
	if err == nil && said != "ok" {
		err = fmt.Errorf("the database file is damaged: %s", said)
	}
	return err
}
