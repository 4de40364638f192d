package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
)

// Tried is a restored copy that is looked at and thrown away.
type Tried struct {
	*Manifest
	DB  *db.DB // brought forward to the present schema
	Dir string
}

// AuditSound verifies the copy's audit log with the heads of the archive and
// the public key of its manifest; the master key is not needed.
func (t Tried) AuditSound(ctx context.Context) error {
	if t.AuditKey == "" {
		return nil // it was taken without a key, and said so
	}
	var outside []io.Reader
	f, err := os.Open(filepath.Join(t.Dir, audit.HeadsFile))
	if err == nil {
		defer f.Close()
		outside = append(outside, f)
	} else if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	report, err := audit.Verify(ctx, t.DB, t.AuditKey, outside...)
	if err == nil && report.Bad != nil {
		err = fmt.Errorf("audit log: %v", *report.Bad)
	}
	return err
}

// Try restores the archive into a temporary folder inside scratch, or a
// temporary database on the server of url, brings it forward, lets examine look at it,
// and removes it. No hook is run and nothing of it is ever served.
func Try(ctx context.Context, file, url, scratch string, a Access, examine func(context.Context, Tried) error) (m *Manifest, err error) {
	r, err := openArchive(ctx, file, a.Identities)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if r.manifest.Engine == "sqlite" {
		url = ""
	}
	if err := r.manifest.suits(file, url); err != nil {
		return nil, err
	}
	sweepTrials(scratch)
	dir, err := os.MkdirTemp(scratch, trialPrefix)
	if err != nil {
		return nil, fmt.Errorf("cannot make a folder for the trial: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := &builder{Target: Target{Dir: dir}, r: r, m: r.manifest, access: a}
	if _, err := b.unpack(ctx, dir); err != nil { // the keys stay sealed
		return nil, err
	}
	t := Tried{Manifest: r.manifest, Dir: dir}
	if t.Engine == "sqlite" {
		t.DB, err = t.openFile(ctx)
	} else {
		var drop func() error
		if t.DB, drop, err = t.openTemporary(ctx, url); drop != nil {
			defer func() { err = errors.Join(err, drop()) }()
		}
	}
	if err != nil {
		return nil, err
	}
	defer t.DB.Close()
	if err := t.matches(ctx, t.DB); err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx, t.DB); err != nil {
		return nil, err
	}
	return t.Manifest, examine(ctx, t)
}

const trialPrefix = ".aromart-trial-"

// sweepTrials removes what killed trials left a day ago.
func sweepTrials(scratch string) {
	if scratch == "" {
		scratch = os.TempDir()
	}
	dirs, _ := filepath.Glob(filepath.Join(scratch, trialPrefix+"*"))
	for _, dir := range dirs {
		if info, err := os.Lstat(dir); err == nil && time.Since(info.ModTime()) > 24*time.Hour {
			os.RemoveAll(dir)
		}
	}
}

// Sweep removes copies of the database that a killed backup or drill left in
// the data directory, where nobody would look for them.
func Sweep(dir string) {
	if lock, err := lockWork(dir); err == nil { // else one is running
		os.RemoveAll(filepath.Join(dir, work))
		lock.Close()
	}
	sweepTrials(dir)
}

func (t Tried) openFile(ctx context.Context) (*db.DB, error) {
	if err := db.CheckFile(ctx, filepath.Join(t.Dir, db.FileName)); err != nil {
		return nil, err
	}
	return db.Open(ctx, db.Options{Dir: t.Dir})
}

func (t Tried) openTemporary(ctx context.Context, url string) (*db.DB, func() error, error) {
	address, drop, err := db.Temporary(ctx, url)
	if err != nil {
		return nil, nil, err
	}
	d, err := db.Open(ctx, db.Options{URL: address, Dir: t.Dir})
	if err != nil {
		return nil, drop, err
	}
	if err := d.Load(ctx, filepath.Join(t.Dir, databaseName(t.Engine)), t.Made); err != nil {
		d.Close()
		return nil, drop, err
	}
	return d, drop, nil
}
