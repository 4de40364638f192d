package privacy

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"time"

	"aromart/internal/care/disclosure"
	"aromart/internal/care/policy"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/platform/job"
	"aromart/internal/trade/order"
)

// Jobs of this package.
const (
	JobErase     = "privacy.erase"     // RequestJob
	JobExport    = "privacy.export"    // ExportJob
	JobDeadlines = "privacy.deadlines" // comes back every hour
	JobRetention = "privacy.retention" // comes back every day

	// Letters to a seller who had received data of an order: its person was
	// erased, or corrected something. Their payload is a PartJob.
	JobSellerErased    = "letter.seller_erased"
	JobSellerCorrected = "letter.seller_corrected"
	// JobAlarm tells the operator of a deadline that is near or past; a RequestJob.
	JobAlarm = "letter.privacy_alarm"
)

type (
	// ExportJob names an archive to be built.
	ExportJob struct {
		Export int64 `json:"export"`
	}
	// PartJob names a seller's part of an order.
	PartJob struct {
		SellerOrder int64             `json:"seller_order"`
		Kinds       []policy.Category `json:"kinds,omitempty"` // of what was corrected
	}
)

var system = access.Actor{Kind: access.System}

// Keeper carries out what requests ask for and what the rules of retention say.
type Keeper struct {
	DB     *db.DB
	Market *market.Profile
	Dir    string       // data directory: archives, outbox, ledger
	Clock  clock.Clock  // Defaults to clock.System
	Log    *slog.Logger // Defaults to slog.Default()
}

func (k *Keeper) now() time.Time {
	if k.Clock == nil {
		return clock.System()
	}
	return k.Clock()
}

func (k *Keeper) log() *slog.Logger {
	if k.Log == nil {
		return slog.Default()
	}
	return k.Log
}

// Register makes the keeper carry out its jobs.
func (k *Keeper) Register(r *job.Runner) {
	r.Handle(JobErase, func(ctx context.Context, j job.Job) error {
		var names RequestJob
		if err := j.Decode(&names); err != nil {
			return err
		}
		return k.CarryOut(ctx, names.Request)
	}, job.Limits{Timeout: 10 * time.Minute})
	r.Handle(JobExport, func(ctx context.Context, j job.Job) error {
		var names ExportJob
		if err := j.Decode(&names); err != nil {
			return err
		}
		return k.build(ctx, names.Export)
	}, job.Limits{Timeout: 5 * time.Minute})
	r.Every(JobDeadlines, time.Hour, func(ctx context.Context, _ job.Job) error { return k.Deadlines(ctx) })
	r.Every(JobRetention, 24*time.Hour, func(ctx context.Context, _ job.Job) error {
		_, err := k.Retain(ctx)
		return err
	}, job.Limits{Timeout: 30 * time.Minute})
}

// window is how long a delivered part may come back.
func (k *Keeper) window() time.Duration { return time.Duration(k.Market.ReturnDays) * 24 * time.Hour }

// CarryOut carries a scheduled erasure out as far as it can be: orders that are
// closed are erased now, and open ones, whose parcels still need an address,
// when they are closed. An account does not wait for its parcels: nobody needs
// it to deliver them. A request that was withdrawn or is done is left alone, and
// that of somebody who works here by now is refused.
func (k *Keeper) CarryOut(ctx context.Context, id int64) error {
	now := k.now()
	q, err := byID(ctx, k.DB, id)
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	if err != nil || q.Kind != Erasure || q.RunAt.IsZero() || q.RunAt.After(now) {
		return err
	}
	if refused, err := k.refuseWhoWorksHere(ctx, id, now); refused || err != nil {
		return err
	}
	all, err := SubjectOf(ctx, k.DB, q)
	if err != nil {
		return err
	}
	ready, next, err := k.ready(ctx, all, now)
	if err != nil {
		return err
	}
	whole := next.IsZero()
	if !whole && ready.IsZero() { // the person may still change his mind
		return k.DB.Write(ctx, func(tx *db.Tx) error { return q.schedule(ctx, tx, later(next, now), 0) })
	}
	written, err := k.start(ctx, id, all, ready, now)
	if errs.Is(err, "privacy.step_unknown") { // withdrawn in the last moment
		return nil
	}
	if err == nil {
		err = appendLedger(k.Dir, written)
	}
	if err == nil {
		err = k.erase(ctx, q, all, ready, whole, now)
	}
	if err != nil {
		return err
	}
	// Last, so that a try that failed on the disk or at the ledger is repeated.
	return k.DB.Write(ctx, func(tx *db.Tx) error {
		if whole {
			return q.unschedule(ctx, tx)
		}
		return q.schedule(ctx, tx, later(next, now), 0)
	})
}

// start takes an erasure up, and says what the ledger is to say of it. From its
// commit on there is no way back: nobody withdraws or refuses the request, and
// nobody gives its owner work. So what the ledger says is carried out, if not
// by this try then by the next.
func (k *Keeper) start(ctx context.Context, id int64, all, ready Subject, now time.Time) (l ledgerLine, err error) {
	err = k.DB.Write(ctx, func(tx *db.Tx) error {
		q, err := byID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := k.mayGo(ctx, tx, q, all); err != nil {
			return err
		}
		switch q.Status {
		case Verified:
			if err := Start(ctx, tx, system, q, now); err != nil {
				return err
			}
		case InProgress, PartlyDone, Done:
		default:
			return errs.New(errs.Conflict, "privacy.step_unknown", "event", "start", "status", q.Status)
		}
		l, err = ledgerEntry(ctx, tx, ready, q.Number, now)
		return err
	})
	return l, err
}

// mayGo holds the login, so that it gets no work, and takes up the orders that it got.
func (k *Keeper) mayGo(ctx context.Context, tx *db.Tx, q *Request, all Subject) error {
	if err := isCustomer(ctx, tx, q.Login); err != nil { // since a moment: the job comes back and refuses
		return err
	}
	return q.takeUp(ctx, tx, all)
}

// refuseWhoWorksHere closes the erasure of a login that was given work while it
// waited, and tells its owner. He asks again when he has given the work up; until
// then nothing of him is touched, the letters and copies in files neither.
func (k *Keeper) refuseWhoWorksHere(ctx context.Context, id int64, now time.Time) (refused bool, err error) {
	err = k.DB.Write(ctx, func(tx *db.Tx) error {
		refused = false
		q, err := byID(ctx, tx, id)
		if err != nil || q.Status != Verified {
			return err
		}
		err = isCustomer(ctx, tx, q.Login)
		if !errs.Is(err, "privacy.works_here") {
			return err
		}
		refused = true
		return Refuse(ctx, tx, system, q, "works_here", "", now)
	})
	return refused, err
}

// ready is the part of a subject that can be erased now, and when more can: zero
// when it is all of it.
func (k *Keeper) ready(ctx context.Context, s Subject, now time.Time) (ready Subject, next time.Time, err error) {
	closings, err := order.Closings(ctx, k.DB, s.Orders, k.window(), now)
	if err != nil {
		return ready, next, err
	}
	ready = Subject{Login: s.Login, Sellers: s.Sellers}
	for _, c := range closings {
		if !c.Open {
			ready.Orders = append(ready.Orders, int64(c.Order))
		} else if next.IsZero() || c.At.Before(next) {
			next = c.At
		}
	}
	if next.IsZero() {
		return s, next, nil
	}
	return ready, next, nil
}

// takeUp notes the orders that an account got since its request was made, so
// that those of them that have to wait are found when the account is gone.
func (q *Request) takeUp(ctx context.Context, tx *db.Tx, all Subject) error {
	now, err := SubjectOf(ctx, tx, q)
	if err != nil {
		return err
	}
	if len(now.Orders) != len(all.Orders) { // one came in this very moment: the job comes back for it
		return errs.New(errs.Conflict, "error.conflict")
	}
	more := slices.DeleteFunc(now.Orders, func(id int64) bool { return slices.Contains(q.Orders, id) })
	return q.covers(ctx, tx, "privacy_request_orders", "order_id", more)
}

// retryAfter is when the job sees to an erasure that its caller could not carry out.
const retryAfter = 15 * time.Minute

// EraseNow takes down an erasure that somebody asked for outside the pages and
// carries it out at once, as far as parcels allow. Whoever calls it knows that
// the person asked.
func (k *Keeper) EraseNow(ctx context.Context, s Subject, by access.Actor) (*Request, error) {
	now := k.now()
	var q *Request
	err := k.DB.Write(ctx, func(tx *db.Tx) (err error) {
		q, err = Ask(ctx, tx, k.Market, Asked{Kind: Erasure, Subject: s, Channel: "shell", Language: k.Market.Languages[0], By: by}, now)
		if err == nil {
			err = q.verify(ctx, tx, by, "call", now)
		}
		if err != nil {
			return err
		}
		return q.schedule(ctx, tx, now, retryAfter)
	})
	if err != nil {
		return nil, err
	}
	if err := k.CarryOut(ctx, q.ID); err != nil {
		return nil, err
	}
	return byID(ctx, k.DB, q.ID)
}

// later keeps a job from coming back at once.
func later(at, now time.Time) time.Time {
	if soonest := now.Add(24 * time.Hour); at.Before(soonest) {
		return soonest
	}
	return at
}

// conclude writes the receipt, tells the sellers, and closes the request as far as it was served.
func (k *Keeper) conclude(ctx context.Context, tx *db.Tx, q *Request, s Subject, receipt *Receipt, whole bool, now time.Time) error {
	if len(receipt.Erased) > 0 {
		if err := k.keepReceipt(ctx, tx, q, s, receipt, now); err != nil {
			return err
		}
	}
	switch {
	case whole && Machine.Knows(q.Status, "finish"):
		return q.step(ctx, tx, Event{Name: "finish", By: system, At: now})
	case !whole && q.Status == InProgress:
		return FinishPartly(ctx, tx, system, q, "open_parcels", "", now)
	}
	return nil
}

func (k *Keeper) keepReceipt(ctx context.Context, tx *db.Tx, q *Request, s Subject, receipt *Receipt, now time.Time) error {
	if q.Receipt != nil { // the orders that were erased before
		receipt.Files += q.Receipt.Files
		receipt.Erased = append(slices.Clone(q.Receipt.Erased), receipt.Erased...)
	}
	raw, err := json.Marshal(receipt)
	if err != nil {
		return err
	}
	if _, err := db.Exec(ctx, tx, `UPDATE privacy_requests SET receipt = $1 WHERE id = $2`, string(raw), q.ID); err != nil {
		return err
	}
	parts, err := disclosure.SellersOf(ctx, tx, s.Orders)
	if err != nil {
		return err
	}
	for _, part := range parts {
		if err := job.Enqueue(ctx, tx, JobSellerErased, PartJob{SellerOrder: part}, now); err != nil {
			return err
		}
	}
	return nil
}

// replayed closes the request of a ledger line, which a restored backup may know as open.
func replayed(ctx context.Context, tx *db.Tx, l ledgerLine) error {
	q, err := ByNumber(ctx, tx, l.Number)
	if errs.KindOf(err) == errs.NotFound {
		return nil // made after the backup
	}
	if err != nil || q.Status == Done || q.Status == Withdrawn || q.Status == Refused || len(l.Orders) < len(q.Orders) {
		return err
	}
	if q.Status == Received {
		if err := q.step(ctx, tx, Event{Name: "verify", By: access.Actor{Kind: access.Operator}, Reason: "replay", At: l.At}); err != nil {
			return err
		}
	}
	for _, step := range []string{"start", "finish"} {
		if Machine.Knows(q.Status, step) {
			if err := q.step(ctx, tx, Event{Name: step, By: system, Reason: "replay", At: l.At}); err != nil {
				return err
			}
		}
	}
	return q.unschedule(ctx, tx)
}
