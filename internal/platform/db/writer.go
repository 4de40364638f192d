package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// maxGroup bounds how many transactions share one commit, so that nobody waits long.
const maxGroup = 128

// writer owns SQLite's one writing connection. It commits all transactions
// that wait as one group, each in its own savepoint, so that a hundred orders
// cost one fsync. Statements run under the writer's own context: an
// interrupted statement would roll back the whole group.
type writer struct {
	pool  *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	queue chan *task
	quit  chan struct{}
	ended chan struct{}
	once  sync.Once

	commits    atomic.Int64
	schemaOnce sync.Once
	schema     *sql.DB
	schemaErr  error
}

// task is one waiting transaction.
type task struct {
	ctx      context.Context
	claimed  atomic.Bool // by the writer, who will finish it, or by a caller who gave up waiting
	f        func(*Tx) error
	tx       *Tx
	err      error
	panicked any
	done     chan struct{}
}

func startWriter(ctx context.Context, pool *sql.DB) (*writer, error) {
	pool.SetMaxOpenConns(1)
	conn, err := pool.Conn(ctx)
	if err != nil {
		pool.Close()
		return nil, err
	}
	w := &writer{pool: pool, conn: conn, stmts: map[string]*sql.Stmt{}, queue: make(chan *task, maxGroup), quit: make(chan struct{}), ended: make(chan struct{})}
	go w.run()
	return w, nil
}

func (w *writer) close() error {
	w.once.Do(func() { close(w.quit) })
	<-w.ended
	err := errors.Join(w.conn.Close(), w.pool.Close())
	if w.schema != nil {
		err = errors.Join(err, w.schema.Close())
	}
	return err
}

// do hands f to the writer and waits until it is committed. A caller whose ctx
// ends takes back what waits; what the writer has begun is waited for, because
// f writes into the caller's variables and the outcome is known in a moment.
func (w *writer) do(ctx context.Context, f func(*Tx) error) (*Tx, error) {
	t := &task{ctx: ctx, f: f, done: make(chan struct{})}
	select {
	case w.queue <- t:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-w.quit:
		return nil, errors.New("db: closed")
	}
	var gaveUp error
	select {
	case <-t.done:
	case <-ctx.Done():
		gaveUp = ctx.Err()
	case <-w.ended:
		gaveUp = errors.New("db: closed")
	}
	if gaveUp != nil {
		if t.claimed.CompareAndSwap(false, true) {
			return nil, gaveUp
		}
		<-t.done // the writer ends only after a group
	}
	if t.panicked != nil {
		panic(t.panicked)
	}
	return t.tx, t.err
}

// Commits is how many groups of transactions SQLite has made durable in this
// process. Each of them is one fsync of the log; PostgreSQL counts its own.
func (d *DB) Commits() int64 {
	if d.writer == nil {
		return 0
	}
	return d.writer.commits.Load()
}

func (w *writer) run() {
	defer close(w.ended)
	for {
		select {
		case <-w.quit:
			return
		case t := <-w.queue:
			if group := w.gather(t); len(group) > 0 {
				w.commit(group)
			}
		}
	}
}

// gather claims t and what waits behind it.
func (w *writer) gather(t *task) (group []*task) {
	for {
		if t.claimed.CompareAndSwap(false, true) {
			group = append(group, t)
		}
		if len(group) == maxGroup {
			return group
		}
		select {
		case t = <-w.queue:
		default:
			return group
		}
	}
}

// commit runs the group in one transaction. When the group cannot be committed
// (disk full, I/O error), each function runs again alone, so that one large
// transaction does not fail the small ones beside it.
func (w *writer) commit(group []*task) {
	err := w.together(group)
	if err != nil && len(group) > 1 {
		for _, t := range group {
			if e := w.together([]*task{t}); e != nil {
				t.err = e
			}
		}
	} else if err != nil {
		group[0].err = err
	}
	for _, t := range group {
		close(t.done)
	}
}

// together returns an error when the transaction as a whole failed; the error
// of a function is kept in its task.
func (w *writer) together(group []*task) error {
	ctx := context.Background()
	if _, err := w.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	for _, t := range group {
		t.tx, t.err, t.panicked = nil, t.ctx.Err(), nil
		if t.err != nil {
			continue
		}
		if err := w.one(ctx, t); err != nil {
			w.ExecContext(ctx, "ROLLBACK")
			return err
		}
	}
	if _, err := w.ExecContext(ctx, "COMMIT"); err != nil {
		w.ExecContext(ctx, "ROLLBACK") // a failed commit may leave the transaction open
		return err
	}
	w.commits.Add(1)
	return nil
}

// one runs a task in its savepoint. Its result is an error only when the whole
// group has to be given up.
func (w *writer) one(ctx context.Context, t *task) error {
	if _, err := w.ExecContext(ctx, "SAVEPOINT one"); err != nil {
		return err
	}
	t.tx = &Tx{dialect: SQLite, conn: w}
	func() {
		defer func() { t.panicked = recover() }()
		t.err = t.f(t.tx)
	}()
	if t.panicked == nil && t.err == nil {
		_, err := w.ExecContext(ctx, "RELEASE one")
		return err
	}
	if k := classOf(t.err); k.broken {
		return t.err // the engine may have rolled everything back already
	}
	if _, err := w.ExecContext(ctx, "ROLLBACK TO one"); err != nil {
		return fmt.Errorf("db: undo: %w", err)
	}
	_, err := w.ExecContext(ctx, "RELEASE one")
	return err
}

// maxStmts bounds the prepared statements that the writer keeps.
const maxStmts = 400

func (w *writer) prepared(text string) (*sql.Stmt, error) {
	if s, ok := w.stmts[text]; ok {
		return s, nil
	}
	if len(w.stmts) >= maxStmts {
		for k, s := range w.stmts {
			s.Close()
			delete(w.stmts, k)
		}
	}
	s, err := w.conn.PrepareContext(context.Background(), text)
	if err == nil {
		w.stmts[text] = s
	}
	return s, err
}

// QueryContext and ExecContext let a Tx use the writer's statements. The
// caller's context is left out on purpose; see the comment of writer.
func (w *writer) QueryContext(_ context.Context, text string, args ...any) (*sql.Rows, error) {
	s, err := w.prepared(text)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(context.Background(), args...)
}

func (w *writer) ExecContext(_ context.Context, text string, args ...any) (sql.Result, error) {
	s, err := w.prepared(text)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(context.Background(), args...)
}
