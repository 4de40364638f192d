package db

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"aromart/internal/kit/clock"
)

// markTable marks a database that was restored and not yet made ready to serve.
// It is a table and not a row, because on PostgreSQL it has to stand before
// anything else does: a process that dies at any moment leaves it behind.
const markTable = "restore_unfinished"

// Empty reports whether the database holds no table.
func (d *DB) Empty(ctx context.Context) (bool, error) {
	names, err := All(ctx, d, String, tables.For(d.dialect))
	return len(names) == 0, err
}

// MarkRestore marks the database; note is what FinishRestore needs to know.
func (d *DB) MarkRestore(ctx context.Context, note string) error {
	return d.Write(ctx, func(tx *Tx) error {
		_, err := Exec(ctx, tx, `CREATE TABLE IF NOT EXISTS `+markTable+` (note TEXT NOT NULL)`)
		if err == nil {
			_, err = Exec(ctx, tx, `DELETE FROM `+markTable)
		}
		if err == nil {
			_, err = Exec(ctx, tx, `INSERT INTO `+markTable+` (note) VALUES ($1)`, note)
		}
		return err
	})
}

// RestoreMark returns the note of a marked database.
func (d *DB) RestoreMark(ctx context.Context) (note string, marked bool, err error) {
	find := Text{SQL: `SELECT count(*) FROM sqlite_master WHERE name = '` + markTable + `'`,
		PG: `SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = '` + markTable + `'`}
	n, err := One(ctx, d, Int, find.For(d.dialect))
	if err != nil || n == 0 {
		return "", false, err
	}
	note, err = One(ctx, d, String, `SELECT note FROM `+markTable)
	if errors.Is(err, ErrNoRows) {
		err = nil
	}
	return note, true, err
}

// UnmarkRestore takes the mark off, in the transaction of whatever comes last.
func UnmarkRestore(ctx context.Context, tx *Tx) error {
	_, err := Exec(ctx, tx, `DROP TABLE IF EXISTS `+markTable)
	return err
}

// Load fills an empty PostgreSQL database from a file that Snapshot.Copy made,
// all or nothing. Leases of processes that held them then are forgotten.
func (d *DB) Load(ctx context.Context, path, made string) error {
	if d.dialect != Postgres {
		return errors.New("db: only PostgreSQL is loaded from a dump")
	}
	if err := d.loadDump(ctx, path, made); err != nil {
		return err
	}
	return d.Write(ctx, func(tx *Tx) error {
		_, err := Exec(ctx, tx, `DELETE FROM leases`)
		return err
	})
}

const temporaryPrefix = "aromart_trial_"

// Temporary makes an empty database on the server of a PostgreSQL URL. drop
// removes it again; one that a killed process left behind is removed by a later call.
func Temporary(ctx context.Context, url string) (address string, drop func() error, err error) {
	d, err := openPostgres(ctx, Options{URL: url, Readers: 1})
	if err != nil {
		return "", nil, err
	}
	defer d.Close()
	d.dropStale(ctx)
	name := fmt.Sprintf("%s%d_%s", temporaryPrefix, time.Now().Unix(), strings.ToLower(clock.PublicID()))
	if address, err = withDatabase(url, name); err != nil {
		return "", nil, err
	}
	if _, err := d.pool.ExecContext(ctx, `CREATE DATABASE `+quoteName(name)); err != nil {
		return "", nil, fmt.Errorf("cannot make a temporary database: %w; allow it with: ALTER ROLE … CREATEDB", hideURL(err, url))
	}
	return address, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		d, err := openPostgres(ctx, Options{URL: url, Readers: 1})
		if err != nil {
			return err
		}
		defer d.Close()
		_, err = d.pool.ExecContext(ctx, `DROP DATABASE IF EXISTS `+quoteName(name)+` WITH (FORCE)`)
		return err
	}, nil
}

// dropStale removes temporary databases that nobody has removed for a day.
func (d *DB) dropStale(ctx context.Context) {
	names, _ := All(ctx, d, String, `SELECT datname FROM pg_database WHERE datname LIKE $1`, temporaryPrefix+"%")
	for _, name := range names {
		stamp, _, _ := strings.Cut(strings.TrimPrefix(name, temporaryPrefix), "_")
		made, err := strconv.ParseInt(stamp, 10, 64)
		if err == nil && time.Since(time.Unix(made, 0)) > 24*time.Hour {
			d.pool.ExecContext(ctx, `DROP DATABASE IF EXISTS `+quoteName(name)) // another's is refused by the server
		}
	}
}

func quoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
