package job_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/platform/job"
)

// hands is a clock that a test moves.
type hands struct{ us atomic.Int64 }

func newHands() *hands {
	h := &hands{}
	h.us.Store(time.Now().Add(time.Minute).UnixMicro()) // after whatever Enqueue writes
	return h
}

func (h *hands) now() time.Time          { return time.UnixMicro(h.us.Load()).UTC() }
func (h *hands) forward(d time.Duration) { h.us.Add(d.Microseconds()) }

// forwardToNext moves the clock to the next job's time, unless one is due or
// leased: a lease taken at the old time must not run out by our doing.
func (h *hands) forwardToNext(t testing.TB, d *db.DB) {
	now := h.us.Load()
	next, err := db.One(t.Context(), d, db.Pair, `SELECT count(CASE WHEN run_at <= $1 OR locked_until > $1 THEN 1 END), coalesce(min(run_at), 0)
		FROM jobs WHERE status = 'pending'`, now)
	if err == nil && next[0] == 0 && next[1] > now {
		h.us.Store(next[1])
	}
}

func runner(d *db.DB, h *hands) *job.Runner {
	return &job.Runner{DB: d, Clock: h.now, Poll: 5 * time.Millisecond, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
}

type ids struct{ Order int64 }

func enqueue(t testing.TB, d *db.DB, kind string, n int64, at time.Time) {
	t.Helper()
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return job.Enqueue(t.Context(), tx, kind, ids{n}, at) }); err != nil {
		t.Fatal(err)
	}
}

func statuses(t testing.TB, d *db.DB) string {
	t.Helper()
	rows, err := db.All(t.Context(), d, db.String, `SELECT kind || ' ' || status || ' ' || count(*) FROM jobs WHERE kind <> 'job.purge' GROUP BY kind, status ORDER BY kind, status`)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(rows, ", ")
}

// work runs r until done reports true, and gives up after a minute.
func work(t testing.TB, r *job.Runner, done func() bool) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- r.Run(ctx) }()
	deadline := time.Now().Add(time.Minute)
	for !done() && time.Now().Before(deadline) {
		time.Sleep(2 * time.Millisecond)
	}
	if !done() {
		t.Error("the work did not come to its end")
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestOnlyMarksMayBeLost asks PostgreSQL how each write to the table of jobs was
// made: a job is as durable as its transaction, the marks on it need not be.
func TestOnlyMarksMayBeLost(t *testing.T) {
	if os.Getenv("AROMART_TEST_QUICK") != "" {
		t.Skip("on SQLite all writes share commits")
	}
	d := dbtest.Postgres(t)
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		for _, text := range []string{
			`CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
				INSERT INTO settings (name, value) VALUES (TG_OP || ' ' || current_setting('synchronous_commit'), '') ON CONFLICT DO NOTHING; RETURN NEW; END $$`,
			`CREATE TRIGGER note AFTER INSERT OR UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION note()`,
		} {
			if _, err := db.Exec(t.Context(), tx, text); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	h := newHands()
	r := runner(d, h)
	r.Handle("good", func(context.Context, job.Job) error { return nil })
	enqueue(t, d, "good", 1, time.Time{})
	if n, err := r.RunDue(t.Context()); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	got, err := db.All(t.Context(), d, db.String, `SELECT name FROM settings WHERE name LIKE 'INSERT %' OR name LIKE 'UPDATE %' ORDER BY name`)
	if err != nil || strings.Join(got, ", ") != "INSERT on, UPDATE off" {
		t.Errorf("got %q, %v", got, err)
	}
}

// TestPoisonIsIsolated is the bar R15: a thousand good jobs, one that panics, one
// that hangs, one that fails for ever.
func TestPoisonIsIsolated(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHands()
		const good = 1000
		var seen sync.Map
		var tries [3]atomic.Int32
		r := runner(d, h)
		few := job.Limits{Tries: 3, Timeout: 20 * time.Millisecond}
		hang := make(chan struct{})
		defer close(hang)
		r.Handle("bad.panics", func(context.Context, job.Job) error { tries[0].Add(1); panic("nimal@example.com") }, few)
		r.Handle("bad.hangs", func(context.Context, job.Job) error { tries[1].Add(1); <-hang; return nil }, few)
		r.Handle("bad.fails", func(context.Context, job.Job) error {
			tries[2].Add(1)
			return errors.New(`no mailbox <nimal@example.com> for "Nimal Perera", call +94 77 123 4567`)
		}, few)
		r.Handle("good", func(_ context.Context, j job.Job) error {
			var p ids
			if err := j.Decode(&p); err != nil {
				return err
			}
			n, _ := seen.LoadOrStore(p.Order, new(atomic.Int32))
			n.(*atomic.Int32).Add(1)
			return nil
		})
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			for i := range int64(good) {
				if kind := map[int64]string{1: "bad.panics", 2: "bad.hangs", 3: "bad.fails"}[i]; kind != "" {
					if err := job.Enqueue(t.Context(), tx, kind, nil, time.Time{}); err != nil {
						return err
					}
				}
				if err := job.Enqueue(t.Context(), tx, "good", ids{i}, time.Time{}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("bad.fails dead 1, bad.hangs dead 1, bad.panics dead 1, good done %d", good)
		work(t, r, func() bool {
			h.forwardToNext(t, d)
			return statuses(t, d) == want
		})
		if got := statuses(t, d); got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
		for i := range int64(good) {
			if n, ok := seen.Load(i); !ok || n.(*atomic.Int32).Load() != 1 {
				t.Errorf("job %d ran %v times", i, n)
			}
		}
		// What hangs is started once and waited for, the others are tried three times.
		if got := fmt.Sprint(tries[0].Load(), tries[1].Load(), tries[2].Load()); got != "3 1 3" {
			t.Errorf("tries %s, want 3 1 3", got)
		}
		checkDead(t, d, h)
	})
}

func checkDead(t *testing.T, d *db.DB, h *hands) {
	t.Helper()
	dead, err := job.ListDead(t.Context(), d, 10)
	if err != nil || len(dead) != 3 {
		t.Fatalf("dead %v, %v", dead, err)
	}
	for _, j := range dead {
		want := map[string]string{"bad.panics": "panic: string at job_test.go:", "bad.hangs": "the last try has not returned", "bad.fails": "no mailbox <…> for …, call …"}[j.Kind]
		if !strings.HasPrefix(j.LastError, want) || j.Attempts != 3 {
			t.Errorf("%s: %q after %d tries, want %q", j.Kind, j.LastError, j.Attempts, want)
		}
		retry := func(tx *db.Tx) error { return job.Retry(t.Context(), tx, j.ID, h.now()) }
		if err := d.Write(t.Context(), retry); err != nil {
			t.Error(err)
		}
		if err := d.Write(t.Context(), retry); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a second retry: %v", err)
		}
	}
	b, err := job.CountBacklog(t.Context(), d, h.now().Add(time.Second))
	if err != nil || b.Pending != 4 || b.Dead != 0 || b.Oldest < time.Second { // three, and the purge that comes back
		t.Errorf("backlog %+v, %v", b, err)
	}
}

func TestAJobLivesAndDiesWithItsTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHands()
		r := runner(d, h)
		var ran atomic.Int32
		r.Handle("mail", func(context.Context, job.Job) error { ran.Add(1); return nil })
		boom := errors.New("boom")
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := job.Enqueue(t.Context(), tx, "mail", ids{1}, time.Time{}); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		enqueue(t, d, "mail", 2, h.now().Add(time.Hour))
		enqueue(t, d, "of another program", 3, time.Time{})
		if n, err := r.RunDue(t.Context()); n != 0 || err != nil {
			t.Errorf("%d jobs ran, %v", n, err)
		}
		h.forward(time.Hour)
		if n, err := r.RunDue(t.Context()); n != 1 || err != nil || ran.Load() != 1 {
			t.Errorf("%d jobs ran an hour later, %v", n, err)
		}
		if got := statuses(t, d); got != "mail done 1, of another program pending 1" {
			t.Error(got)
		}
	})
}

func TestAHopelessJobIsDeadAtOnce(t *testing.T) {
	d := dbtest.SQLite(t)
	r := runner(d, newHands())
	r.Handle("mail", func(context.Context, job.Job) error {
		return fmt.Errorf("send: %w", job.Permanent(errors.New("no such mailbox")))
	})
	enqueue(t, d, "mail", 1, time.Time{})
	if n, err := r.RunDue(t.Context()); n != 1 || err != nil || statuses(t, d) != "mail dead 1" {
		t.Errorf("%d, %v, %s", n, err, statuses(t, d))
	}
}

func TestPayloadsHoldNoPerson(t *testing.T) {
	d := dbtest.SQLite(t)
	for name, payload := range map[string]any{"address": map[string]string{"to": "nimal@example.com"}, "long": strings.Repeat("x", 3000), "no JSON": func() {}} {
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return job.Enqueue(t.Context(), tx, "mail", payload, time.Time{}) }); err == nil {
			t.Errorf("%s: was accepted", name)
		}
	}
	personal := map[string]any{"phone": contact.NewPhone("+94771234567"), "name": contact.NewName("Nimal")}
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return job.Enqueue(t.Context(), tx, "mail", personal, time.Time{}) }); err != nil {
		t.Fatal(err)
	}
	if got, _ := db.One(t.Context(), d, db.String, `SELECT payload FROM jobs`); got != `{"name":"***","phone":"***567"}` {
		t.Errorf("stored %s", got)
	}
}

// TestTwoProcessesShareTheWork lets runners compete for the rows.
func TestTwoProcessesShareTheWork(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHands()
		const jobs = 200
		var ran [jobs]atomic.Int32
		var done atomic.Int32
		for i := range int64(jobs) {
			enqueue(t, d, "count", i, time.Time{})
		}
		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		for range 3 {
			r := runner(d, h)
			r.Handle("count", func(_ context.Context, j job.Job) error {
				var p ids
				j.Decode(&p)
				ran[p.Order].Add(1)
				done.Add(1)
				return nil
			})
			if d.Dialect() == db.SQLite { // one process per database: its runner is alone
				r.Workers = 8
				all.Go(func() { r.Run(ctx) })
				break
			}
			all.Go(func() { r.Run(ctx) })
		}
		for wait := time.Now().Add(time.Minute); done.Load() < jobs && time.Now().Before(wait); {
			time.Sleep(time.Millisecond)
		}
		stop()
		all.Wait()
		for i := range ran {
			if n := ran[i].Load(); n != 1 {
				t.Errorf("job %d ran %d times", i, n)
			}
		}
	})
}

// TestAJobOfAnotherProgramIsLeftAlone: its row costs a look and no write.
func TestAJobOfAnotherProgramIsLeftAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHands()
		enqueue(t, d, "of a newer version", 1, time.Time{})
		r := runner(d, h)
		if n, err := r.RunDue(t.Context()); n != 0 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		before := d.Commits()
		if n, err := r.RunDue(t.Context()); n != 0 || err != nil || d.Commits() != before {
			t.Errorf("%d, %v, %d commits", n, err, d.Commits()-before)
		}
		if got := statuses(t, d); got != "of a newer version pending 1" {
			t.Error(got)
		}
	})
}

// TestALostLeaseMarksNothing lets a try outlive its lease.
func TestALostLeaseMarksNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHands()
		enqueue(t, d, "slow", 1, time.Time{})
		started, release := make(chan struct{}, 2), make(chan struct{})
		slow := runner(d, h)
		slow.Handle("slow", func(context.Context, job.Job) error { started <- struct{}{}; <-release; return errors.New("too late") })
		first := make(chan struct{})
		go func() { slow.RunDue(context.Background()); close(first) }()
		<-started
		h.forward(time.Hour) // the lease is over
		quick := runner(d, h)
		quick.Handle("slow", func(_ context.Context, j job.Job) error {
			if j.Attempt != 2 {
				t.Errorf("attempt %d", j.Attempt)
			}
			return nil
		})
		if n, err := quick.RunDue(t.Context()); n != 1 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		close(release)
		<-first
		if got := statuses(t, d); got != "slow done 1" {
			t.Errorf("the late one wrote: %s", got)
		}
	})
}

func TestAStopWaitsForRunningJobs(t *testing.T) {
	d := dbtest.SQLite(t)
	h := newHands()
	r := runner(d, h)
	started, release := make(chan struct{}), make(chan struct{})
	r.Handle("slow", func(ctx context.Context, _ job.Job) error {
		close(started)
		<-release
		return ctx.Err() // not canceled while the stop waits
	})
	enqueue(t, d, "slow", 1, time.Time{})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- r.Run(ctx) }()
	<-started
	stop()
	select {
	case <-ended:
		t.Fatal("the runner left a job behind")
	case <-time.After(20 * time.Millisecond):
	}
	close(release)
	if err := <-ended; err != nil || statuses(t, d) != "slow done 1" {
		t.Errorf("%v, %s", err, statuses(t, d))
	}
}

// TestAKilledProcess leaves a lease behind, which the next process on the same
// data does not wait for.
func TestAKilledProcess(t *testing.T) {
	d := dbtest.SQLite(t)
	h := newHands()
	enqueue(t, d, "mail", 1, time.Time{})
	killed := runner(d, h)
	ctx, kill := context.WithCancel(t.Context())
	killed.Handle("mail", func(context.Context, job.Job) error { kill(); return errors.New("cut off") })
	killed.RunDue(ctx)
	next := runner(d, h)
	var attempt atomic.Int32
	next.Handle("mail", func(_ context.Context, j job.Job) error { attempt.Store(int32(j.Attempt)); return nil })
	work(t, next, func() bool { return attempt.Load() == 2 && statuses(t, d) == "mail done 1" })
}

func TestWhatComesBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHands()
		var n atomic.Int32
		make := func() *job.Runner {
			r := runner(d, h)
			r.Every("tick", time.Hour, func(context.Context, job.Job) error {
				if n.Add(1) == 2 {
					return errors.New("once")
				}
				return nil
			}, job.Limits{Tries: 1})
			return r
		}
		work(t, make(), func() bool { return n.Load() == 1 })
		work(t, make(), func() bool { return true }) // a second start plants no second one
		if got := statuses(t, d); got != "tick done 1, tick pending 1" {
			t.Fatal(got)
		}
		h.forward(time.Hour)
		work(t, make(), func() bool { return n.Load() == 2 && strings.Contains(statuses(t, d), "pending") })
		h.forward(time.Hour)
		work(t, make(), func() bool { return n.Load() == 3 && strings.Contains(statuses(t, d), "done 2") })
		if got := statuses(t, d); got != "tick dead 1, tick done 2, tick pending 1" {
			t.Error(got)
		}
	})
}

func TestDoneJobsAreDeletedAfterAWeek(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHands()
		r := runner(d, h)
		r.Handle("good", func(context.Context, job.Job) error { return nil })
		r.Handle("bad", func(context.Context, job.Job) error { return errors.New("no") }, job.Limits{Tries: 1})
		enqueue(t, d, "good", 1, time.Time{})
		enqueue(t, d, "bad", 1, time.Time{})
		work(t, r, func() bool { return statuses(t, d) == "bad dead 1, good done 1" })
		h.forward(6*24*time.Hour + 23*time.Hour)
		enqueue(t, d, "good", 2, time.Time{})
		work(t, r, func() bool { return statuses(t, d) == "bad dead 1, good done 2" })
		h.forward(2 * time.Hour)
		h.forward(6 * time.Hour) // the purge comes every six hours
		work(t, r, func() bool { return statuses(t, d) == "bad dead 1, good done 1" })
	})
}

func BenchmarkThousandJobs(b *testing.B) {
	d := dbtest.SQLite(b)
	for b.Loop() {
		h := newHands()
		r := runner(d, h)
		var n atomic.Int32
		r.Handle("good", func(context.Context, job.Job) error { n.Add(1); return nil })
		d.Write(context.Background(), func(tx *db.Tx) error {
			for i := range int64(1000) {
				if err := job.Enqueue(context.Background(), tx, "good", ids{i}, time.Time{}); err != nil {
					return err
				}
			}
			return nil
		})
		work(b, r, func() bool { return n.Load() == 1000 })
	}
}
