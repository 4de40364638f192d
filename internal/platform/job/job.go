// Package job is the outbox: work that follows from a transaction (a mail, a
// smaller picture, the tidying of old rows) is a row written in that
// transaction, and workers carry it out afterwards.
//
// What always holds: a job exists exactly when its transaction was committed;
// it is carried out at least once, so a handler must do no harm when it runs
// twice for one job id; a job that panics, hangs or fails for ever is tried
// with growing pauses, then lies dead where staff see it and may retry it, and
// never keeps others waiting. Attempts are the fence: a worker that lost its
// lease cannot mark the job any more.
//
// Personal data: none. A payload holds ids, an error is kept without
// addresses, numbers and quoted words.
//
// Tables: jobs.
package job

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
)

// maxPayload is room for ids and nothing else.
const maxPayload = 2 << 10

// Job is a piece of work as its handler sees it.
type Job struct {
	ID        int64
	Kind      string
	Attempt   int // 1 at the first try
	CreatedAt time.Time

	payload string
}

// Decode reads the payload.
func (j Job) Decode(v any) error {
	if err := json.Unmarshal([]byte(j.payload), v); err != nil {
		return fmt.Errorf("job %d (%s): payload: %w", j.ID, j.Kind, err)
	}
	return nil
}

// Enqueue adds a job to the transaction. The payload holds ids only: the
// handler reads what it needs when it runs, so that a corrected address is
// used and an erased one is gone. A zero runAt means at once.
func Enqueue(ctx context.Context, tx *db.Tx, kind string, payload any, runAt time.Time) error {
	raw, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("job %s: payload: %w", kind, err)
	}
	if len(raw) > maxPayload || strings.ContainsRune(string(raw), '@') {
		return fmt.Errorf("job %s: a payload holds ids, not %d bytes of data or an address", kind, len(raw))
	}
	now := clock.System()
	if runAt.IsZero() {
		runAt = now
	}
	_, err = db.Exec(ctx, tx, insertJob, kind, string(raw), clock.Micros(runAt), clock.Micros(now))
	if err != nil {
		return fmt.Errorf("job %s: %w", kind, err)
	}
	tx.AfterCommit(idle.wake)
	return nil
}

const insertJob = `INSERT INTO jobs (kind, payload, status, run_at, locked_until, attempts, last_error, created_at)
	VALUES ($1, $2, 'pending', $3, 0, 0, '', $4)`

// Permanent marks an error that no further try can mend: the job is dead at
// once. So is one whose error has a method Permanent that reports true, as that
// of package mail for a mailbox that does not exist.
func Permanent(err error) error { return permanent{err} }

type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }
func (permanent) Permanent() bool { return true }

// Dead is a job that was given up.
type Dead struct {
	ID        int64
	Kind      string
	Attempts  int64
	LastError string
	CreatedAt time.Time
}

// ListDead returns the jobs given up, the newest first.
func ListDead(ctx context.Context, r db.Reader, limit int) ([]Dead, error) {
	return db.All(ctx, r, scanDead, `SELECT id, kind, attempts, last_error, created_at FROM jobs WHERE status = 'dead' ORDER BY id DESC LIMIT $1`, limit)
}

func scanDead(rows *db.Rows, d *Dead) error {
	var created int64
	err := rows.Scan(&d.ID, &d.Kind, &d.Attempts, &d.LastError, &created)
	d.CreatedAt = clock.FromMicros(created)
	return err
}

// Retry gives a dead job all its tries again.
func Retry(ctx context.Context, tx *db.Tx, id int64, now time.Time) error {
	err := db.MustChange(ctx, tx, errs.New(errs.NotFound, "error.not_found"),
		`UPDATE jobs SET status = 'pending', run_at = $1, locked_until = 0, attempts = 0 WHERE id = $2 AND status = 'dead'`, clock.Micros(now), id)
	if err == nil {
		tx.AfterCommit(idle.wake)
	}
	return err
}

// DropDead forgets jobs that were made before a time and given up.
func DropDead(ctx context.Context, tx *db.Tx, before time.Time) (int64, error) {
	return db.Exec(ctx, tx, `DELETE FROM jobs WHERE status = 'dead' AND created_at < $1`, clock.Micros(before))
}

// Backlog is what a health page and an alarm need to know.
type Backlog struct {
	Pending int64
	Dead    int64
	Oldest  time.Duration // how long the oldest due job has waited
}

// CountBacklog reads the backlog at the time now.
func CountBacklog(ctx context.Context, r db.Reader, now time.Time) (Backlog, error) {
	return db.One(ctx, r, func(rows *db.Rows, b *Backlog) error {
		var due int64
		err := rows.Scan(&b.Pending, &b.Dead, &due)
		b.Oldest = time.Duration(clock.Micros(now)-due) * time.Microsecond
		return err
	}, `SELECT count(CASE WHEN status = 'pending' THEN 1 END), count(CASE WHEN status = 'dead' THEN 1 END),
		coalesce(min(CASE WHEN status = 'pending' AND run_at <= $1 THEN run_at END), $1) FROM jobs WHERE status <> 'done'`, clock.Micros(now))
}

// idle is who waits for work in this process. It is the one thing shared by
// Enqueue and the runners: a domain function has a transaction and no runner.
// Jobs of other processes are found by polling.
var idle sleepers

type sleepers struct {
	mu   sync.Mutex
	bell map[chan struct{}]bool
}

func (s *sleepers) add() chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bell == nil {
		s.bell = map[chan struct{}]bool{}
	}
	c := make(chan struct{}, 1)
	s.bell[c] = true
	return c
}

func (s *sleepers) remove(c chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.bell, c)
}

func (s *sleepers) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.bell {
		select {
		case c <- struct{}{}:
		default: // it is awake already
		}
	}
}
