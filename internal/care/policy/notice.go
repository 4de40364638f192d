package policy

import (
	"context"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
	"aromart/internal/platform/job"
)

// JobAnnounce tells the account holders of a published version, some at a
// time; JobNotice writes to one of them. Payloads are ids.
const (
	JobAnnounce = "policy.announce"
	JobNotice   = "policy.notice"
	JobSettle   = "policy.settle"
	JobVerify   = "policy.verify"
)

type announcement struct {
	Version int64 `json:"version"`
}

// Notice is the payload of JobNotice.
type Notice struct {
	Version int64 `json:"version"` // row of policy_versions
	Login   int64 `json:"login"`
}

// Holders returns the next account holders after an id, in the order of
// their ids. Package auth has them; nil where nobody is to be told.
type Holders func(ctx context.Context, r db.Reader, after int64, limit int) ([]int64, error)

// perTurn is how many letters one transaction queues.
const perTurn = 500

// Announce queues a letter to every account holder. How far it came is written
// with the letters, so that one that is run again goes on and tells nobody twice.
func Announce(d *db.DB, holders Holders) func(context.Context, job.Job) error {
	return func(ctx context.Context, j job.Job) error {
		var a announcement
		if err := j.Decode(&a); err != nil || holders == nil {
			return err
		}
		for done := false; !done; {
			if err := d.Write(ctx, func(tx *db.Tx) (err error) {
				done, err = announceSome(ctx, tx, a.Version, holders)
				return err
			}); err != nil {
				return err
			}
		}
		return nil
	}
}

func announceSome(ctx context.Context, tx *db.Tx, version int64, holders Holders) (done bool, err error) {
	reached, err := db.All(ctx, tx, db.Int, `SELECT announced_to FROM policy_versions WHERE id = $1 AND effective_at IS NOT NULL`, version)
	if err != nil || len(reached) == 0 { // taken back meanwhile
		return true, err
	}
	logins, err := holders(ctx, tx, reached[0], perTurn)
	if err != nil || len(logins) == 0 {
		return true, err
	}
	for _, login := range logins {
		if err := job.Enqueue(ctx, tx, JobNotice, Notice{version, login}, clock.System()); err != nil {
			return false, err
		}
	}
	last := logins[len(logins)-1]
	_, err = db.Exec(ctx, tx, `UPDATE policy_versions SET announced_to = $1 WHERE id = $2`, last, version)
	return len(logins) < perTurn, err
}

// News is what a notice says: the version and what it changes against the one
// before it, of which there may be none.
func News(ctx context.Context, r db.Reader, version int64, lang string) (*Version, []Change, error) {
	list, err := All(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	var v, old *Version
	for i := range list {
		if list[i].ID == version && list[i].Published() {
			v = &list[i]
		}
	}
	if v == nil { // taken back since
		return nil, nil, errs.New(errs.NotFound, "error.not_found")
	}
	if old = replacedBy(list, v); old == nil {
		return v, nil, nil
	}
	from, err := BodyOf(ctx, r, old.ID)
	if err != nil {
		return nil, nil, err
	}
	to, err := BodyOf(ctx, r, v.ID)
	if err != nil {
		return nil, nil, err
	}
	changes, err := Compare(from, to, lang)
	return v, changes, err
}
