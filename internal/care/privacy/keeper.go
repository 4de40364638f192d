package privacy

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
// when they are closed. A request that was withdrawn or is done is left alone.
func (k *Keeper) CarryOut(ctx context.Context, id int64) error {
	now := k.now()
	q, err := byID(ctx, k.DB, id)
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	if err != nil || q.Kind != Erasure || q.RunAt.IsZero() || q.RunAt.After(now) {
		return err
	}
	closings, err := order.Closings(ctx, k.DB, q.Orders, k.window(), now)
	if err != nil {
		return err
	}
	var ready []int64
	var next time.Time
	for _, c := range closings {
		if !c.Open {
			ready = append(ready, int64(c.Order))
		} else if next.IsZero() || c.At.Before(next) {
			next = c.At
		}
	}
	whole := next.IsZero()
	if !whole && len(ready) == 0 { // the person may still change his mind
		return k.DB.Write(ctx, func(tx *db.Tx) error { return q.schedule(ctx, tx, later(next, now)) })
	}
	s := Subject{Orders: ready}
	if whole {
		s = q.Subject()
	}
	_, err = k.erase(ctx, s, q.Number, now, func(tx *db.Tx, receipt *Receipt) error {
		fresh, err := byID(ctx, tx, id) // the person may just have withdrawn
		if err != nil {
			return err
		}
		return k.conclude(ctx, tx, fresh, s, receipt, whole, now)
	})
	if errs.Is(err, "privacy.step_unknown") { // withdrawn in the last moment
		return nil
	}
	if err != nil {
		return err
	}
	// Last, so that a try that failed on the disk or at the ledger is repeated.
	return k.DB.Write(ctx, func(tx *db.Tx) error {
		if whole {
			return q.unschedule(ctx, tx)
		}
		return q.schedule(ctx, tx, later(next, now))
	})
}

// EraseNow takes down an erasure that somebody asked for outside the pages and
// carries it out at once, as far as parcels allow. Whoever calls it knows that
// the person asked.
func (k *Keeper) EraseNow(ctx context.Context, s Subject, by access.Actor) (*Request, error) {
	now := k.now()
	var q *Request
	err := k.DB.Write(ctx, func(tx *db.Tx) (err error) {
		// Who works here gives that up first: an erasure must not leave a store or the marketplace without its owner.
		staff, err := db.One(ctx, tx, db.Int, `SELECT count(*) FROM logins l LEFT JOIN seller_members m ON m.login_id = l.id
			WHERE l.id = $1 AND (l.role <> 'customer' OR m.login_id IS NOT NULL)`, s.Login)
		if err == nil && staff > 0 {
			err = errs.New(errs.Conflict, "privacy.works_here")
		}
		if err != nil {
			return err
		}
		q, err = Ask(ctx, tx, k.Market, Asked{Kind: Erasure, Subject: s, Channel: "shell", Proof: "call", Language: k.Market.Languages[0], By: by}, now)
		if err != nil {
			return err
		}
		return q.schedule(ctx, tx, now)
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
	switch q.Status {
	case Verified:
		if err := Start(ctx, tx, system, q, now); err != nil {
			return err
		}
	case PartlyDone, Done:
	default:
		return errs.New(errs.Conflict, "privacy.step_unknown", "event", "start", "status", q.Status)
	}
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

// Export is an archive of somebody's data.
type Export struct {
	ID        int64
	PublicID  string
	Request   int64
	Status    string // pending, ready, expired
	Size      int64
	CreatedAt time.Time
	ExpiresAt time.Time

	key string
}

// ExportLife is how long a finished archive can be downloaded.
const ExportLife = 7 * 24 * time.Hour

// AskExport takes a verified access request up and plants the job that builds its archive.
func AskExport(ctx context.Context, tx *db.Tx, q *Request, now time.Time) (*Export, error) {
	if q.Kind != Access || q.Status != Verified {
		return nil, errs.New(errs.Conflict, "privacy.step_unknown", "event", "export", "status", q.Status)
	}
	if err := Start(ctx, tx, system, q, now); err != nil {
		return nil, err
	}
	e := &Export{PublicID: clock.PublicID(), Request: q.ID, Status: "pending", CreatedAt: now, ExpiresAt: now.Add(ExportLife)}
	var err error
	e.ID, err = db.One(ctx, tx, db.Int, `INSERT INTO privacy_exports (public_id, request_id, status, file_key, size, created_at, expires_at)
		VALUES ($1, $2, 'pending', '', 0, $3, $4) RETURNING id`, e.PublicID, q.ID, clock.Micros(now), clock.Micros(e.ExpiresAt))
	if err != nil {
		return nil, err
	}
	return e, job.Enqueue(ctx, tx, JobExport, ExportJob{e.ID}, now)
}

// build makes the archive of an export and closes its request.
func (k *Keeper) build(ctx context.Context, id int64) error {
	now := k.now()
	e, err := db.One(ctx, k.DB, scanExport, selectExports+` WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) || err == nil && e.Status != "pending" {
		return nil // erased meanwhile, or built by an earlier try
	}
	if err != nil {
		return err
	}
	q, err := byID(ctx, k.DB, e.Request)
	if err != nil {
		return err
	}
	data, err := Archive(ctx, k.DB, k.Market, q.Subject(), q.Language, now)
	if err != nil {
		return err
	}
	key, err := seal(k.Dir, e.PublicID, data)
	if err != nil {
		return err
	}
	err = k.DB.Write(ctx, func(tx *db.Tx) error {
		gone := errs.New(errs.NotFound, "error.not_found")
		if err := db.MustChange(ctx, tx, gone, `UPDATE privacy_exports SET status = 'ready', file_key = $1, size = $2, expires_at = $3 WHERE id = $4 AND status = 'pending'`,
			key, int64(len(data)), clock.Micros(now.Add(ExportLife)), id); err != nil {
			return err
		}
		fresh, err := byID(ctx, tx, e.Request)
		if err != nil {
			return err
		}
		if err := fresh.step(ctx, tx, Event{Name: "finish", By: system, At: now}); err != nil {
			return err
		}
		return fresh.tell(ctx, tx, "ready", now)
	})
	if errs.KindOf(err) == errs.NotFound {
		return removeArchive(k.Dir, e.PublicID)
	}
	return err
}

const selectExports = `SELECT id, public_id, request_id, status, file_key, size, created_at, expires_at FROM privacy_exports`

func scanExport(rows *db.Rows, e *Export) error {
	var created, expires int64
	err := rows.Scan(&e.ID, &e.PublicID, &e.Request, &e.Status, &e.key, &e.Size, &created, &expires)
	e.CreatedAt, e.ExpiresAt = clock.FromMicros(created), clock.FromMicros(expires)
	return err
}

// ExportsOf lists the archives of a subject, the newest first.
func ExportsOf(ctx context.Context, r db.Reader, s Subject) ([]Export, error) {
	where, args := s.bind(r, "request_id IN ("+requestsOf+")", 1)
	return db.All(ctx, r, scanExport, selectExports+` WHERE `+where+` ORDER BY id DESC`, args...)
}

// Open returns an archive of the subject. One of somebody else, one that is not
// ready and one that has expired are NotFound.
func (k *Keeper) Open(ctx context.Context, s Subject, publicID string) ([]byte, error) {
	list, err := ExportsOf(ctx, k.DB, s)
	if err != nil {
		return nil, err
	}
	for _, e := range list {
		if e.PublicID == publicID && e.Status == "ready" && k.now().Before(e.ExpiresAt) {
			return unseal(k.Dir, e.PublicID, e.key)
		}
	}
	return nil, errs.New(errs.NotFound, "error.not_found")
}

// expire deletes archives whose time is over, with the keys that open them, and
// files that no row knows.
func (k *Keeper) expire(ctx context.Context, now time.Time) (int64, error) {
	list, err := db.All(ctx, k.DB, scanExport, selectExports+` WHERE status <> 'expired'`)
	if err != nil {
		return 0, err
	}
	var n int64
	known := map[string]bool{}
	for _, e := range list {
		if now.Before(e.ExpiresAt) {
			known[e.PublicID] = true
			continue
		}
		err := k.DB.Write(ctx, func(tx *db.Tx) error {
			_, err := db.Exec(ctx, tx, `UPDATE privacy_exports SET status = 'expired', file_key = '' WHERE id = $1`, e.ID)
			return err
		})
		if err == nil {
			err = removeArchive(k.Dir, e.PublicID)
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, k.sweep(known, now)
}

// sweep deletes files of archives that a crash or an erasure left without a row.
func (k *Keeper) sweep(known map[string]bool, now time.Time) error {
	files, err := os.ReadDir(filepath.Join(k.Dir, DirName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, f := range files {
		id := strings.TrimSuffix(strings.TrimPrefix(f.Name(), ".new-"), ".zip.sealed")
		info, e := f.Info()
		if e != nil || known[id] || time.Since(info.ModTime()) < time.Hour { // one that is just being made
			continue
		}
		err = errors.Join(err, removeArchive(k.Dir, id))
	}
	return err
}
