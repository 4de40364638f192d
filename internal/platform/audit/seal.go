package audit

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/mod/sumdb/note"

	"aromart/internal/kit/clock"
	"aromart/internal/platform/db"
	"aromart/internal/platform/secrets"
)

const (
	sealBatch    = 500
	sealEvery    = time.Second
	outsideEvery = 10 * time.Second // the outside file grows by at most some 2 MB a day
)

var sequence = db.Sequence{Name: "audit", Table: "audit_entries"}

// Log seals what Record wrote. Several processes may run one each.
type Log struct {
	db       *db.DB
	clock    clock.Clock
	signer   note.Signer
	verifier note.Verifier
	outside  *outside
	written  time.Time // when a head was last written outside
	logged   time.Time // when one was last written into the program's log
	tree     *tree     // as this process sealed it last; nil before
}

// Open prepares the sealing of the database's entries with a key derived from
// the master; heads are also written into the data directory dir.
func Open(d *db.DB, m secrets.Master, dir string, now clock.Clock) (*Log, error) {
	signer, verifier, err := keys(m)
	if err != nil {
		return nil, err
	}
	o, err := openOutside(dir, verifier)
	if err != nil {
		return nil, err
	}
	return &Log{db: d, clock: now, signer: signer, verifier: verifier, outside: o}, nil
}

// Run seals every second until ctx ends, and once more then.
func (l *Log) Run(ctx context.Context) error {
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	var told time.Time
	for ended := false; !ended; {
		select {
		case <-ctx.Done():
			ended = true
		case <-tick.C:
		}
		if err := l.seal(context.WithoutCancel(ctx), ended); err != nil && l.clock().Sub(told) > time.Minute {
			slog.Error("the audit log cannot be sealed", "error", err)
			told = l.clock()
		}
	}
	return nil
}

// Seal numbers and seals everything that was recorded, and writes the head outside.
func (l *Log) Seal(ctx context.Context) error { return l.seal(ctx, true) }

// Checkpoint seals everything and returns the signed head, to be kept where
// nobody who can write here can write: `audit verify --checkpoint` takes it.
func (l *Log) Checkpoint(ctx context.Context) (string, error) {
	if err := l.Seal(ctx); err != nil {
		return "", err
	}
	h, err := lastHead(ctx, l.db, l.verifier)
	return h.text, err
}

func (l *Log) seal(ctx context.Context, outside bool) error {
	for {
		last, err := sequence.Advance(ctx, l.db, sealBatch)
		if err != nil {
			return err
		}
		h, err := lastHead(ctx, l.db, l.verifier)
		if err != nil {
			return err
		}
		if err := l.continues(h); err != nil {
			return err
		}
		if h.size < last {
			if err := l.sealBatch(ctx, h); err != nil {
				return err
			}
			continue
		}
		if h.size > l.outside.last.size && (outside || l.clock().Sub(l.written) >= outsideEvery) {
			if err := l.outside.append(h); err != nil {
				return fmt.Errorf("audit: head outside the database: %w", err)
			}
			l.written = l.clock()
			if l.written.Sub(l.logged) >= time.Hour { // logs are shipped elsewhere: a third place for heads
				slog.Info("audit head", "rows", h.size, "root", h.root.String())
				l.logged = l.written
			}
		}
		return nil
	}
}

// continues refuses to sign a log that has lost what was signed before: a new
// head would make the loss look right.
func (l *Log) continues(h head) error {
	o := l.outside.last
	if h.size < o.size || h.size == o.size && h.root != o.root {
		return fmt.Errorf("audit: %s holds a head of %d rows, the database one of %d: run `aromart audit verify`. "+
			"After a restore from a backup, move the file to a safe place and start again", l.outside.path, o.size, h.size)
	}
	return nil
}

// sealBatch appends the rows after the head h to the tree, in one transaction
// with the new head. Of two processes, one stores the hashes and the other
// finds them stored.
func (l *Log) sealBatch(ctx context.Context, h head) error {
	t, err := l.treeAt(ctx, h)
	if err != nil {
		return err
	}
	rows, err := db.All(ctx, l.db, scanRow, selectRows, h.size, sealBatch)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fmt.Errorf("audit: row %d is numbered but not there: run `aromart audit verify`", h.size+1)
	}
	position := storedCount(t.size)
	var hashes [][]any
	for _, r := range rows {
		if r.seq != t.size+1 {
			return fmt.Errorf("audit: row %d is numbered but not there: run `aromart audit verify`", t.size+1)
		}
		for _, hash := range t.add(r.leaf()) {
			hashes = append(hashes, []any{position, hash[:]})
			position++
		}
	}
	now := l.clock()
	next, err := sign(head{size: t.size, root: t.root(), at: now}, l.signer)
	if err != nil {
		return err
	}
	err = l.db.Write(ctx, func(tx *db.Tx) error {
		if err := db.Insert(ctx, tx, "audit_hashes", "position, hash", hashes); err != nil {
			return err
		}
		// One head an hour is kept: the newest replaces the one before it.
		if _, err := db.Exec(ctx, tx, `DELETE FROM audit_heads WHERE at >= $1 AND size < $2`, clock.Micros(now.Truncate(time.Hour)), next.size); err != nil {
			return err
		}
		_, err := db.Exec(ctx, tx, `INSERT INTO audit_heads (size, note, at) VALUES ($1, $2, $3)`, next.size, next.text, clock.Micros(now))
		return err
	})
	l.tree = t
	if err != nil {
		l.tree = nil
	}
	if db.IsUnique(err) {
		return nil // another process was faster
	}
	return err
}

// treeAt returns the tree of the head: the one in memory when it is of that
// size, else from the stored hashes. Either must have the root that was
// signed; otherwise somebody rewrote the hashes, and must not get them signed.
func (l *Log) treeAt(ctx context.Context, h head) (t *tree, err error) {
	if t = l.tree; t == nil || t.size != h.size {
		if t, err = loadTree(ctx, l.db, h.size); err != nil {
			return nil, err
		}
	}
	if t.root() != h.root {
		return nil, fmt.Errorf("audit: the stored hashes do not belong to the head of %d rows: run `aromart audit verify`", h.size)
	}
	return t, nil
}
