package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"aromart/internal/kit/errs"
)

const maxTries = 5

// Tx is an open transaction; the only thing that can write.
type Tx struct {
	dialect Dialect
	conn    execer
	after   []func()
}

// execer is a transaction of PostgreSQL or the writing connection of SQLite.
type execer interface {
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error)
}

// Dialect tells which engine this is.
func (tx *Tx) Dialect() Dialect { return tx.dialect }

// AfterCommit runs f once the transaction is durable, for example to wake a
// worker. It is not run when the transaction fails.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

func (tx *Tx) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	if err := checkArgs(text, args); err != nil {
		return nil, err
	}
	beforeStatement(text)
	return tx.conn.QueryContext(ctx, text, args...)
}

func (tx *Tx) exec(ctx context.Context, text string, args []any) (sql.Result, error) {
	if err := checkArgs(text, args); err != nil {
		return nil, err
	}
	beforeStatement(text)
	return tx.conn.ExecContext(ctx, text, args...)
}

// Write runs f in a transaction and returns when it is durable. It runs f again
// when the engine asks for a retry, so f must be safe to run twice and must do
// SQL only: on SQLite all writers of the process wait for it.
//
// When ctx ends, a transaction that waits is not begun. On PostgreSQL, whose
// commit may be under way, the outcome is then unknown to the caller; an
// idempotency key answers it.
func (d *DB) Write(ctx context.Context, f func(tx *Tx) error) error {
	if d.readOnly {
		return errors.New("db: opened for reading only")
	}
	var err error
	for try := range maxTries {
		if try > 0 {
			pause := time.Duration(rand.Int64N(int64(2*time.Millisecond) << try))
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(pause):
			}
		}
		var tx *Tx
		if d.dialect == SQLite {
			tx, err = d.writer.do(ctx, f)
		} else {
			tx, err = d.writePostgres(ctx, f)
		}
		if err == nil {
			for _, after := range tx.after {
				after()
			}
			return nil
		}
		if !classOf(err).retry {
			return classify(err)
		}
	}
	return errs.New(errs.Unavailable, "error.unavailable").Because(fmt.Errorf("db: gave up after %d tries: %w", maxTries, err))
}

// WriteLosable is Write for marks that may be lost, because the work that they
// stand for is then done again. On PostgreSQL it returns when the transaction
// is visible and does not wait until it is durable: a crash of the server may
// take the last fraction of a second of such writes back, whole transactions
// only, and none on which a later durable one was built. On SQLite it is Write,
// whose commit is shared anyway.
//
// Nothing that anybody was told, and nothing that is counted or kept as
// evidence, is written with it: no order, stock, payment, audit entry,
// disclosure or number of a sequence. The architecture test keeps the list of
// its callers.
func (d *DB) WriteLosable(ctx context.Context, f func(tx *Tx) error) error {
	return d.Write(ctx, func(tx *Tx) error {
		if tx.dialect == Postgres {
			if _, err := tx.exec(ctx, `SET LOCAL synchronous_commit = off`, nil); err != nil {
				return err
			}
		}
		return f(tx)
	})
}

func (d *DB) writePostgres(ctx context.Context, f func(tx *Tx) error) (*Tx, error) {
	t, err := d.pool.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer t.Rollback() // does nothing after a commit; undoes everything on a panic
	tx := &Tx{dialect: Postgres, conn: t}
	if err := f(tx); err != nil {
		return nil, err
	}
	return tx, t.Commit()
}
