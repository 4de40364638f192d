package privacy

import (
	"context"
	"errors"
	"slices"
	"time"

	"aromart/internal/platform/db"
	"aromart/internal/platform/job"
)

// reminders are when the operator is told of an open request: so long before
// its deadline, and when it has passed. Each is noted in the register once.
var reminders = []struct {
	event  string
	before time.Duration
}{{"overdue", 0}, {"remind_2d", 2 * 24 * time.Hour}, {"remind_7d", 7 * 24 * time.Hour}}

// Deadlines notes which open requests are near their deadline or past it, and
// tells the operator.
func (k *Keeper) Deadlines(ctx context.Context) error {
	now := k.now()
	if _, err := k.expire(ctx, now); err != nil {
		return err
	}
	if err := k.catchUp(ctx, now); err != nil {
		return err
	}
	list, err := List(ctx, k.DB, false, 10_000)
	if err != nil {
		return err
	}
	for i := range list {
		q := &list[i]
		event := q.alarm(now)
		if event == "" || slices.ContainsFunc(q.Events, func(e Event) bool { return e.Name == event }) {
			continue
		}
		k.log().Warn("a privacy request needs an answer", "request", q.ID, "kind", q.Kind, "alarm", event, "due", q.DueAt)
		err := k.DB.Write(ctx, func(tx *db.Tx) error {
			if err := q.note(ctx, tx, Event{Name: event, From: q.Status, To: q.Status, By: system, At: now}); err != nil {
				return err
			}
			return job.Enqueue(ctx, tx, JobAlarm, RequestJob{q.ID, event}, now)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// alarm is the most urgent reminder that is due.
func (q *Request) alarm(now time.Time) string {
	for _, r := range reminders {
		if q.Open() && now.After(q.DueAt.Add(-r.before)) {
			return r.event
		}
	}
	return ""
}

// Overdue counts the open requests whose deadline has passed.
func Overdue(ctx context.Context, r db.Reader, now time.Time) (int64, error) {
	return db.One(ctx, r, db.Int, `SELECT count(*) FROM privacy_requests WHERE closed_at IS NULL AND due_at < $1`, now.UnixMicro())
}

// patience is how long an erasure is its job's alone.
const patience = 24 * time.Hour

// catchUp carries out erasures whose own job gave up, for as long as it takes.
func (k *Keeper) catchUp(ctx context.Context, now time.Time) error {
	late, err := db.All(ctx, k.DB, db.Int, `SELECT id FROM privacy_requests WHERE run_at < $1 ORDER BY id`, now.Add(-patience).UnixMicro())
	for _, id := range late {
		err = errors.Join(err, k.CarryOut(ctx, id))
	}
	return err
}

// Unserved counts the erasures that should have been carried out before a time.
func Unserved(ctx context.Context, r db.Reader, before time.Time) (int64, error) {
	return db.One(ctx, r, db.Int, `SELECT count(*) FROM privacy_requests WHERE run_at < $1`, before.UnixMicro())
}
