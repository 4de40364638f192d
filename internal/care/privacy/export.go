package privacy

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
	"aromart/internal/platform/durable"
	"aromart/internal/platform/job"
)

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
	s, err := SubjectOf(ctx, k.DB, q)
	if err != nil {
		return err
	}
	data, err := Archive(ctx, k.DB, k.Market, s, q.Language, now)
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
		id := strings.TrimSuffix(strings.TrimPrefix(f.Name(), durable.HalfPrefix), ".zip.sealed")
		info, e := f.Info()
		if e != nil || known[id] || time.Since(info.ModTime()) < time.Hour { // one that is just being made
			continue
		}
		err = errors.Join(err, removeArchive(k.Dir, id))
	}
	return err
}
