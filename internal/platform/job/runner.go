package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/platform/db"
)

// Runner carries out the jobs of the kinds it handles. Register handlers before Run.
type Runner struct {
	DB      *db.DB
	Clock   clock.Clock   // Defaults to clock.System
	Workers int           // jobs at the same time. Defaults to 4
	Poll    time.Duration // how often to look for jobs of other processes. Defaults to 1 s
	Grace   time.Duration // how long a stop waits for running jobs. Defaults to 8 s
	Log     *slog.Logger  // Defaults to slog.Default()

	handlers map[string]handler
	mu       sync.Mutex
	hanging  map[int64]bool // jobs whose time was up but whose function has not returned
}

// Limits of one kind of job.
type Limits struct {
	Tries   int           // then it is dead. Defaults to 12, about a day
	Timeout time.Duration // of one try. Defaults to 1 minute
}

type handler struct {
	f     func(context.Context, Job) error
	every time.Duration // 0: on demand
	Limits
}

// leaseMargin is how much longer than its timeout a job stays leased: enough to
// write the result, and for the clocks of two machines to differ.
const leaseMargin = 30 * time.Second

// Handle registers what carries out jobs of a kind. f may run twice for one job.
func (r *Runner) Handle(kind string, f func(context.Context, Job) error, limits ...Limits) {
	h := handler{f: f, Limits: Limits{Tries: 12, Timeout: time.Minute}}
	for _, l := range limits {
		if l.Tries > 0 {
			h.Tries = l.Tries
		}
		if l.Timeout > 0 {
			h.Timeout = l.Timeout
		}
	}
	if r.handlers == nil {
		r.handlers = map[string]handler{}
	}
	if _, twice := r.handlers[kind]; twice {
		panic("job: two handlers for " + kind)
	}
	r.handlers[kind] = h
}

// Every registers a job that comes back: its successor is written with its result.
func (r *Runner) Every(kind string, every time.Duration, f func(context.Context, Job) error, limits ...Limits) {
	r.Handle(kind, f, limits...)
	h := r.handlers[kind]
	h.every = every
	r.handlers[kind] = h
}

// Run works until ctx ends, then waits for the jobs that are running, at most Grace.
func (r *Runner) Run(ctx context.Context) error {
	r.defaults()
	if err := r.begin(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	bell := idle.add()
	defer idle.remove(bell)
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var running sync.WaitGroup
	slots := make(chan struct{}, r.Workers)
	tick := time.NewTicker(r.Poll)
	defer tick.Stop()
	for ctx.Err() == nil {
		more := r.dispatch(ctx, work, slots, &running)
		if more {
			continue
		}
		select {
		case <-ctx.Done():
		case <-bell:
		case <-tick.C:
		}
	}
	ended := make(chan struct{})
	go func() { running.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(r.Grace):
		stop() // the rest is leased again by the next process
	}
	return nil
}

// dispatch waits for free workers and gives them what is due. It reports
// whether there may be more.
func (r *Runner) dispatch(ctx, work context.Context, slots chan struct{}, running *sync.WaitGroup) (more bool) {
	free := 0
	select { // one at least, and all that are free just now
	case slots <- struct{}{}:
		free++
	case <-ctx.Done():
		return false
	}
	for free < r.Workers {
		select {
		case slots <- struct{}{}:
			free++
			continue
		default:
		}
		break
	}
	jobs, err := r.lease(ctx, free)
	if err != nil && ctx.Err() == nil {
		r.Log.Error("jobs cannot be leased", "error", redact(err))
	}
	for range free - len(jobs) {
		<-slots
	}
	for _, j := range jobs {
		running.Go(func() {
			defer func() { <-slots }()
			r.do(work, j)
		})
	}
	return err == nil && len(jobs) == free
}

// RunDue carries out what is due, one after the other, and what becomes due by
// it; it returns how many. Commands and tests use it in place of Run.
func (r *Runner) RunDue(ctx context.Context) (n int, err error) {
	r.defaults()
	for ctx.Err() == nil {
		jobs, err := r.lease(ctx, 1)
		if err != nil || len(jobs) == 0 {
			return n, err
		}
		r.do(ctx, jobs[0])
		n++
	}
	return n, ctx.Err()
}

func (r *Runner) defaults() {
	if r.Clock == nil {
		r.Clock = clock.System
	}
	if r.Workers <= 0 {
		r.Workers = 4
	}
	if r.Poll <= 0 {
		r.Poll = time.Second
	}
	if r.Grace <= 0 {
		r.Grace = 8 * time.Second
	}
	if r.Log == nil {
		r.Log = slog.Default()
	}
	if r.hanging == nil {
		r.hanging = map[int64]bool{}
	}
	if _, known := r.handlers[purgeKind]; !known {
		r.Every(purgeKind, 6*time.Hour, r.purge)
	}
}

// begin frees what a former process left leased, and plants the jobs that come back.
func (r *Runner) begin(ctx context.Context) error {
	return r.DB.Write(ctx, func(tx *db.Tx) error {
		if tx.Dialect() == db.SQLite { // one process per data directory: every lease is a dead one's
			if _, err := db.Exec(ctx, tx, `UPDATE jobs SET locked_until = 0 WHERE status = 'pending' AND locked_until > 0`); err != nil {
				return err
			}
		}
		for kind, h := range r.handlers {
			if h.every == 0 {
				continue
			}
			now := clock.Micros(r.Clock())
			if _, err := db.Exec(ctx, tx, plantJob, kind, now); err != nil {
				return err
			}
			// One that was planted when the interval was longer comes by the new one.
			if _, err := db.Exec(ctx, tx, `UPDATE jobs SET run_at = $1 WHERE kind = $2 AND status = 'pending' AND attempts = 0 AND run_at > $1`,
				now+h.every.Microseconds(), kind); err != nil {
				return err
			}
		}
		return nil
	})
}

const plantJob = `INSERT INTO jobs (kind, payload, status, run_at, locked_until, attempts, last_error, created_at)
	SELECT CAST($1 AS TEXT), 'null', 'pending', CAST($2 AS BIGINT), 0, 0, '', CAST($2 AS BIGINT)
	WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE kind = $1 AND status = 'pending')`

// leased is a job with the handler that was found for it.
type leased struct {
	Job
	handler
}

// lease takes up to limit due jobs. Taking one counts as an attempt, so that a
// job that kills the process does not do so for ever. A lease or a result that
// the database loses in a crash costs a second run of a job that may run twice.
func (r *Runner) lease(ctx context.Context, limit int) ([]leased, error) {
	now := clock.Micros(r.Clock())
	// Look first: the writer is not disturbed every second for nothing.
	_, err := db.One(ctx, r.DB, db.Int, `SELECT 1 FROM jobs WHERE status = 'pending' AND run_at <= $1 AND locked_until <= $1
		AND kind IN (`+r.kinds()+`) LIMIT 1`, now)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var jobs []leased
	err = r.DB.WriteLosable(ctx, func(tx *db.Tx) (err error) {
		text := strings.NewReplacer("KINDS", r.kinds(), "LONGER", r.longer()).Replace(leaseJobs.For(tx.Dialect()))
		jobs, err = db.All(ctx, tx, r.scanLeased, text, now+leaseMargin.Microseconds(), now, limit)
		return err
	})
	slices.SortFunc(jobs, func(a, b leased) int { return int(a.ID - b.ID) }) // RETURNING keeps no order
	return jobs, err
}

// leaseJobs has two texts: PostgreSQL must skip rows that another process is
// just taking, SQLite has one writer and knows no such clause.
var leaseJobs = db.Text{
	SQL: `UPDATE jobs SET locked_until = CAST($1 AS BIGINT) + LONGER, attempts = attempts + 1 WHERE id IN (
		SELECT id FROM jobs WHERE status = 'pending' AND run_at <= $2 AND locked_until <= $2 AND kind IN (KINDS)
		ORDER BY run_at, id LIMIT $3) RETURNING id, kind, payload, attempts, created_at`,
	PG: `UPDATE jobs SET locked_until = CAST($1 AS BIGINT) + LONGER, attempts = attempts + 1 WHERE id IN (
		SELECT id FROM jobs WHERE status = 'pending' AND run_at <= $2 AND locked_until <= $2 AND kind IN (KINDS)
		ORDER BY run_at, id LIMIT $3 FOR UPDATE SKIP LOCKED) RETURNING id, kind, payload, attempts, created_at`,
}

func (r *Runner) scanLeased(rows *db.Rows, l *leased) error {
	var created int64
	err := rows.Scan(&l.ID, &l.Kind, &l.payload, &l.Attempt, &created)
	l.CreatedAt = clock.FromMicros(created)
	l.handler = r.handlers[l.Kind]
	return err
}

// kinds are constants of the code, written into the statement so that its text
// stays the same and a process leaves alone what only another one handles.
func (r *Runner) kinds() string {
	var b strings.Builder
	for _, kind := range slices.Sorted(maps.Keys(r.handlers)) {
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString("'" + strings.ReplaceAll(kind, "'", "''") + "'")
	}
	return b.String()
}

// longer is how many microseconds beyond the margin a job of each kind is
// leased: its own timeout, so that the hour of a backup is not waited for when
// a process dies with a mail in its hands.
func (r *Runner) longer() string {
	var b strings.Builder
	b.WriteString("CASE kind")
	for _, kind := range slices.Sorted(maps.Keys(r.handlers)) {
		fmt.Fprintf(&b, " WHEN '%s' THEN %d", strings.ReplaceAll(kind, "'", "''"), r.handlers[kind].Timeout.Microseconds())
	}
	return b.String() + " ELSE 0 END"
}

// do carries out one job and writes down how it ended.
func (r *Runner) do(ctx context.Context, l leased) {
	err := r.try(ctx, l)
	if err != nil && ctx.Err() != nil {
		return // the process stops; the lease runs out
	}
	if err := r.finish(context.WithoutCancel(ctx), l, err); err != nil {
		r.Log.Error("a job's end cannot be written; it will run again", "kind", l.Kind, "job", l.ID, "error", redact(err))
	}
}

// errHangs is why a job is not tried: its last try is still running.
var errHangs = errors.New("the last try has not returned")

// try runs the handler in a goroutine of its own, because a function that
// hangs can only be left behind. A job left behind is not started again
// beside itself; that counts as a failed try.
func (r *Runner) try(ctx context.Context, l leased) error {
	if l.Attempt > l.Tries {
		return errors.New("the process ended while the job ran")
	}
	r.mu.Lock()
	hangs := r.hanging[l.ID]
	r.hanging[l.ID] = true
	r.mu.Unlock()
	if hangs {
		return errHangs
	}
	ctx, cancel := context.WithTimeout(ctx, l.Timeout)
	defer cancel()
	result := make(chan error, 1)
	go func() {
		defer func() {
			r.mu.Lock()
			delete(r.hanging, l.ID)
			r.mu.Unlock()
			if v := recover(); v != nil {
				result <- fmt.Errorf("panic: %s", place(v))
			}
		}()
		err := l.f(ctx, l.Job)
		result <- err
	}()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		select {
		case err := <-result: // it heeded the deadline
			return err
		case <-time.After(50 * time.Millisecond):
			return ctx.Err()
		}
	}
}

// place says where a panic happened, not with which value.
func place(v any) string {
	lines := strings.Split(string(debug.Stack()), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "panic(") && i+3 < len(lines) {
			at, _, _ := strings.Cut(strings.TrimSpace(lines[i+3]), " +")
			return fmt.Sprintf("%T at %s", v, at[strings.LastIndexByte(at, '/')+1:])
		}
	}
	return fmt.Sprintf("%T", v)
}

// finish marks the job done, due again later, or dead; and plants its successor.
func (r *Runner) finish(ctx context.Context, l leased, failure error) error {
	now := r.Clock()
	status, runAt, doneAt, message := "done", now, any(clock.Micros(now)), ""
	if failure != nil {
		status, message = "pending", redact(failure)
		runAt, doneAt = now.Add(backOff(l.Attempt)), nil
		var last interface{ Permanent() bool }
		if l.Attempt >= l.Tries || errors.As(failure, &last) && last.Permanent() {
			status, runAt = "dead", now
		}
		r.Log.Warn("a job failed", "kind", l.Kind, "job", l.ID, "attempt", l.Attempt, "status", status, "error", message)
	}
	return r.DB.WriteLosable(ctx, func(tx *db.Tx) error {
		// A worker whose lease ran out finds another number of attempts and changes nothing.
		n, err := db.Exec(ctx, tx, `UPDATE jobs SET status = $1, run_at = $2, done_at = $3, last_error = $4, locked_until = 0
			WHERE id = $5 AND status = 'pending' AND attempts = $6`, status, clock.Micros(runAt), doneAt, message, l.ID, l.Attempt)
		if err != nil || n == 0 || l.every == 0 || status == "pending" {
			return err
		}
		_, err = db.Exec(ctx, tx, plantJob, l.Kind, clock.Micros(now.Add(l.every)))
		return err
	})
}

// backOff is 5 s, 15 s, 45 s … up to 6 h, a quarter more or less, so that what
// failed together does not come back together.
func backOff(attempt int) time.Duration {
	d := 5 * time.Second
	for range attempt - 1 {
		d = min(3*d, 6*time.Hour)
	}
	return d*3/4 + rand.N(d/2)
}

const (
	purgeKind = "job.purge"
	keepDone  = 7 * 24 * time.Hour
)

// purge deletes what was done a week ago.
func (r *Runner) purge(ctx context.Context, _ Job) error {
	_, err := r.DB.DeleteInTurns(ctx, "jobs", "id", `status = 'done' AND done_at < $1`, clock.Micros(r.Clock().Add(-keepDone)))
	return err
}
