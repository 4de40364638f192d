package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"regexp"
	"time"
)

// Nullable tells which columns may be NULL, as "table.column", so that an
// erasure knows how to empty each.
func Nullable(ctx context.Context, r Reader) (map[string]bool, error) {
	text := Text{
		SQL: `SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c."notnull" = 0 AND c.pk = 0`,
		PG: `SELECT table_name || '.' || column_name FROM information_schema.columns
			WHERE table_schema = current_schema() AND is_nullable = 'YES'`,
	}.For(r.Dialect())
	names, err := All(ctx, r, String, text)
	out := make(map[string]bool, len(names))
	for _, n := range names {
		out[n] = true
	}
	return out, err
}

// tableName keeps what is no name of a table out of a statement that takes no arguments.
var tableName = regexp.MustCompile(`^[a-z_]+$`)

// Scrub removes what erased rows leave behind on the disk. SQLite overwrites
// them at once (secure_delete); its log, which still holds the former pages, is
// folded into the file and cut to nothing. PostgreSQL vacuums the tables; what
// its archived log and its backups hold is beyond the reach of a program.
func (d *DB) Scrub(ctx context.Context, tables ...string) error {
	if d.dialect == Postgres {
		for _, t := range tables {
			if !tableName.MatchString(t) {
				return fmt.Errorf("db: %q is no table", t)
			}
			if _, err := d.pool.ExecContext(ctx, "VACUUM "+t); err != nil {
				return classify(err)
			}
		}
		return nil
	}
	return d.truncateLog(ctx)
}

// truncateLog tries until no reader needs the log any more, which takes as long
// as the longest page that is being read.
func (d *DB) truncateLog(ctx context.Context) error {
	pool, err := sql.Open("sqlite", sqliteDSN(d.dir+string(os.PathSeparator)+FileName, false, false))
	if err != nil {
		return err
	}
	defer pool.Close()
	const tries = 40
	for try := range tries {
		var busy, pages, done int64
		if err := pool.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &done); err != nil && !classOf(err).retry {
			return classify(err)
		} else if err == nil && busy == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(10*(try+1)) * time.Millisecond):
		}
	}
	return errors.New("db: the log cannot be cut while somebody reads it; it will be tried again")
}
