package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
)

// Restored is what a hook knows of the restore.
type Restored struct {
	Archive string    `json:"archive"`
	TakenAt time.Time `json:"taken_at"` // the moment that the database shows
	At      time.Time `json:"at"`       // when it was restored
	Ledger  string    `json:"ledger"`   // path of the ledger of erasures, "" without one
}

// Hook is something that has to happen after a restore and before the first
// request: ending all sessions, erasing again who was erased since. A hook runs
// again when the process was killed before all were done, so it must be safe
// to run twice.
type Hook struct {
	Name string
	Run  func(ctx context.Context, r Restored) error
}

// Interrupted refuses a data directory in which a restore was cut off before
// its database was there. dir is asked before anything is opened.
func Interrupted(dir string, postgres bool) error {
	if _, err := os.Lstat(filepath.Join(dir, markerFile)); err != nil {
		return nil // what cannot be looked at is refused by opening, which says why
	}
	if _, err := os.Lstat(filepath.Join(dir, db.FileName)); err == nil || postgres {
		return nil
	}
	return fmt.Errorf("a restore into %s was interrupted; run aromart restore again, it begins anew", dir)
}

// Unfinished refuses a database whose restore was cut off, before it is
// brought forward to the present schema.
func Unfinished(ctx context.Context, d *db.DB, dir string) error {
	_, marked, err := d.RestoreMark(ctx)
	if err != nil {
		return err
	}
	empty, err := d.Empty(ctx)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(filepath.Join(dir, markerFile)); empty && (marked || err == nil) {
		return errors.New("a restore into this database was interrupted; run aromart restore again, it begins anew")
	}
	return nil
}

// Finish runs the hooks of a restored database, writes the restore into the
// audit log and takes the mark off. On any other database it does nothing.
func Finish(ctx context.Context, d *db.DB, dir string, now time.Time, hooks []Hook) (*Restored, error) {
	note, marked, err := d.RestoreMark(ctx)
	if err != nil || !marked {
		return nil, err
	}
	var r Restored
	if err := json.Unmarshal([]byte(note), &r); err != nil {
		return nil, fmt.Errorf("the mark of the restore cannot be read: %w; restore again into an empty place", err)
	}
	if r.Ledger != "" {
		r.Ledger = filepath.Join(dir, r.Ledger)
	}
	for _, h := range hooks {
		if err := h.Run(ctx, r); err != nil {
			return nil, fmt.Errorf("the restored marketplace is not opened, because a step is missing (%s): %w", h.Name, err)
		}
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		if err := audit.Record(ctx, tx, audit.Entry{ActorKind: "system", Action: "backup.restore", ObjectKind: "database",
			Reason: "as of " + r.TakenAt.Format(time.RFC3339), At: now}); err != nil {
			return err
		}
		return db.UnmarkRestore(ctx, tx)
	})
	if err != nil {
		return nil, err
	}
	for _, name := range []string{markerFile, stage} {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, name)))
	}
	return &r, err
}
