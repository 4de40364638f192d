package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
)

// OpenReadOnly opens a database beside the process that serves it: without the
// lock of the data directory, and without a way to write.
func OpenReadOnly(ctx context.Context, o Options) (*DB, error) {
	if o.URL != "" {
		d, err := openPostgres(ctx, o)
		if err == nil {
			d.readOnly = true
		}
		return d, err
	}
	path := filepath.Join(o.Dir, FileName)
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("cannot open the database %s: %w", path, err)
	}
	q := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(10000)", "query_only(1)", "temp_store(MEMORY)", "cache_size(-8000)"}}
	pool, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, fmt.Errorf("cannot open the database %s: %w", path, err)
	}
	d := &DB{dialect: SQLite, pool: pool, dir: o.Dir, readOnly: true}
	if err := d.Ping(ctx); err != nil {
		d.Close()
		return nil, fmt.Errorf("cannot open the database %s: %w", path, err)
	}
	return d, nil
}

// Claim locks a data directory, which it makes when it is missing, for work on
// its files while no database is open there.
func Claim(dir string) (io.Closer, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the data directory %s: %w", dir, err)
	}
	return lockDir(dir)
}

// Snapshot is one moment of a database. Whatever is written meanwhile, it
// reads, counts and copies that moment; writers are not kept waiting.
type Snapshot struct {
	db   *DB
	conn *sql.Conn
	id   string // by which pg_dump joins the moment
}

// Snapshot begins one. It has to be closed.
func (d *DB) Snapshot(ctx context.Context) (*Snapshot, error) {
	conn, err := d.pool.Conn(ctx)
	if err != nil {
		return nil, classify(err)
	}
	s := &Snapshot{db: d, conn: conn}
	if d.dialect == Postgres {
		if _, err = conn.ExecContext(ctx, `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`); err == nil {
			s.id, err = One(ctx, s, String, `SELECT pg_export_snapshot()`)
		}
	} else if _, err = conn.ExecContext(ctx, `BEGIN`); err == nil {
		_, err = One(ctx, s, Int, `SELECT count(*) FROM sqlite_master`) // the first read fixes the moment
	}
	if err != nil {
		s.Close()
		return nil, classify(err)
	}
	return s, nil
}

// Dialect tells which engine this is.
func (s *Snapshot) Dialect() Dialect { return s.db.dialect }

func (s *Snapshot) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	if err := checkArgs(text, args); err != nil {
		return nil, err
	}
	return s.conn.QueryContext(ctx, text, args...)
}

// Close lets the moment go.
func (s *Snapshot) Close() error {
	_, err := s.conn.ExecContext(context.Background(), `ROLLBACK`)
	return errors.Join(err, s.conn.Close())
}

// Copy writes the whole database as of this moment into a new file: a database
// file on SQLite, whose integrity it checks; the custom format of pg_dump on
// PostgreSQL. made says by which program. progress may be nil.
func (s *Snapshot) Copy(ctx context.Context, path string, progress func(done, total int)) (made string, err error) {
	if s.db.dialect == Postgres {
		return s.dump(ctx, path)
	}
	if err := s.copyPages(ctx, path, progress); err != nil {
		return "", fmt.Errorf("cannot copy the database: %w", err)
	}
	version, err := One(ctx, s, String, `SELECT sqlite_version()`)
	if err == nil {
		err = CheckFile(ctx, path)
	}
	return "SQLite " + version, err
}

// copyPages uses SQLite's online backup. The open transaction of the source
// keeps it at one moment; without it every write of somebody else would make
// the copy begin anew.
func (s *Snapshot) copyPages(ctx context.Context, path string, progress func(done, total int)) error {
	const pages = 1000
	target := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_pragma=synchronous(OFF)"
	return s.conn.Raw(func(driver any) (err error) {
		source, ok := driver.(interface {
			NewBackup(string) (*sqlite.Backup, error)
		})
		if !ok {
			return errors.New("the driver has no online backup")
		}
		b, err := source.NewBackup(target)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, b.Finish()) }()
		for more := true; more; {
			if err := ctx.Err(); err != nil {
				return err
			}
			if more, err = b.Step(pages); err != nil {
				return err
			}
			if progress != nil {
				progress(b.PageCount()-b.Remaining(), b.PageCount())
			}
		}
		return nil
	})
}

// CheckFile asks SQLite whether every page, row and index of a database file is
// right. The file must be nobody else's: its log is folded into it.
func CheckFile(ctx context.Context, path string) error {
	q := url.Values{"mode": {"rw"}, "_pragma": {"journal_mode(DELETE)", "synchronous(OFF)"}}
	pool, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return err
	}
	defer pool.Close()
	var said string
	err = pool.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&said)
	if err == nil && said != "ok" {
		err = errors.New(said)
	}
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("the database file is damaged: %w", err)
	}
	return err
}

// tables lists the program's own tables.
var tables = Text{
	SQL: `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> '` + markTable + `' ORDER BY name`,
	PG: `SELECT table_name FROM information_schema.tables
		WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND table_name <> '` + markTable + `' ORDER BY table_name`,
}

// Counts is the number of rows of each table.
func Counts(ctx context.Context, r Reader) (map[string]int64, error) {
	names, err := All(ctx, r, String, tables.For(r.Dialect()))
	if err != nil {
		return nil, err
	}
	counts := map[string]int64{}
	for _, name := range names {
		if counts[name], err = One(ctx, r, Int, `SELECT count(*) FROM "`+strings.ReplaceAll(name, `"`, `""`)+`"`); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// SchemaOf is the version of a database's schema.
func SchemaOf(ctx context.Context, r Reader) (int64, error) {
	return One(ctx, r, Int, `SELECT max(version_id) FROM goose_db_version WHERE is_applied`)
}

// KnownSchema is the newest schema that this program knows.
func KnownSchema() int64 {
	var newest int64
	names, _ := fs.Glob(migrations, "migrations/*.sql")
	for _, name := range names {
		var n int64
		if _, err := fmt.Sscanf(filepath.Base(name), "%d_", &n); err == nil {
			newest = max(newest, n)
		}
	}
	return newest
}
