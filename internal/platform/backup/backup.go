// Package backup writes a marketplace into one file while it serves, and makes
// a marketplace of such a file again.
//
// What always holds: an archive is one moment of the database, with every
// write acknowledged before it was begun; it appears under its name complete
// and durable, or not at all; each part carries its SHA-256, and nothing of an
// archive is believed before the hash of it was compared. The master key is in
// it only when asked for, under a passphrase. A restore goes into an empty place, and
// marks the database until everything that has to happen before the first
// request has happened: Finish does that, also after a process was killed.
//
// Left out on purpose: the outbox, because its mails are sent or a trial's and
// hold names and addresses for a week only; the ledger of erasures, because a
// restore must replay the newest one and not that of the day of the backup.
//
// Personal data: an archive holds all that the database holds. It is readable
// by its owner only, expires after Keep, and can be encrypted to a recipient.
//
// Tables: none.
package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/blob"
	"aromart/internal/platform/db"
	"aromart/internal/platform/secrets"
)

// Format is the version of archives that this program writes and reads.
const Format = 1

// LedgerFile is the ledger of erasures in the data directory. It is no part of an archive.
const LedgerFile = "erasures.log"

// Manifest is the first part of an archive: what it is and what it holds.
type Manifest struct {
	Format    int              `json:"format"`
	Program   string           `json:"program"` // that wrote it
	Engine    string           `json:"engine"`  // sqlite or postgres
	Schema    int64            `json:"schema"`
	TakenAt   time.Time        `json:"taken_at"`
	Rows      map[string]int64 `json:"rows"` // by table
	Made      string           `json:"made"` // program that copied the database
	Bytes     int64            `json:"database_bytes"`
	Pictures  bool             `json:"pictures"`
	Keys      bool             `json:"keys"`
	KeyID     string           `json:"key_id"`             // of the master key that belongs to it
	AuditKey  string           `json:"audit_key"`          // public; verifies the audit log
	AuditHead string           `json:"audit_head"`         // signed head of the log as of TakenAt
	Ledger    string           `json:"erasures,omitempty"` // where the ledger of erasures lay, if there was one
}

// Source is what is backed up.
type Source struct {
	DB     *db.DB
	Dir    string
	Ledger string // defaults to LedgerFile in Dir
}

// Options of Create.
type Options struct {
	File       string   // the archive; it must not exist
	Program    string   // version of this program
	Recipients []string // of age: the whole archive is encrypted to them
	Passphrase string   // includes the master key, encrypted with it
	NoPictures bool
	Clock      clock.Clock
	Progress   func(what string, done, total int) // may be nil
}

// Result of Create.
type Result struct {
	Manifest
	File      string        `json:"file"`
	Size      int64         `json:"bytes"`
	Files     int           `json:"files"` // pictures and uploads
	Encrypted bool          `json:"encrypted"`
	Took      time.Duration `json:"-"`
	Notes     []string      `json:"notes,omitempty"` // what the operator should know
}

// work is the folder inside the data directory where a copy lies until it is in the archive.
const work = ".backup"

// Create writes an archive. Another one of the same data directory at the same time is refused.
func Create(ctx context.Context, s Source, o Options) (*Result, error) {
	began := time.Now()
	lock, err := lockWork(s.Dir)
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	if err := unfinished(ctx, s); err != nil {
		return nil, err
	}
	recipients, err := parseRecipients(o.Recipients)
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(o.File); err == nil {
		return nil, fmt.Errorf("%s is there already and is not overwritten; give another name", o.File)
	}
	dir := filepath.Join(s.Dir, work)
	if err := remake(dir); err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	res := &Result{File: o.File, Encrypted: len(recipients) > 0}
	parts, err := res.collect(ctx, s, o, dir)
	if err != nil {
		return nil, err
	}
	out, err := createFile(o.File)
	if err != nil {
		return nil, err
	}
	defer out.discard()
	w, err := newWriter(out, recipients)
	if err != nil {
		return nil, err
	}
	if err := res.write(ctx, s, o, w, parts); err != nil {
		return nil, err
	}
	if res.Size, err = out.keep(); err != nil {
		return nil, fmt.Errorf("cannot keep %s: %w", o.File, err)
	}
	res.Took = time.Since(began)
	return res, nil
}

// lockWork keeps a second backup of the data directory out. It locks the
// directory itself, so that no file of another user is left in it.
func lockWork(dir string) (io.Closer, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("the data directory cannot be read: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("another backup of %s is running; wait until it is done", dir)
	}
	return f, nil
}

func remake(dir string) error {
	if err := os.RemoveAll(dir); err != nil { // what a killed process left
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("cannot make room for the copy of the database: %w", err)
	}
	return nil
}

// unfinished refuses a marketplace that is itself just being restored.
func unfinished(ctx context.Context, s Source) error {
	_, marked, err := s.DB.RestoreMark(ctx)
	if err == nil && marked {
		err = fmt.Errorf("a restore into %s is not finished; run any aromart command on it first, for example aromart fsck", s.Dir)
	}
	return err
}

// part is a file that goes into the archive.
type part struct{ name, path string }

// collect copies what changes while the shop serves. The heads of the audit log
// come before the database: the other way round the copy would look like a log
// whose end was cut off.
func (res *Result) collect(ctx context.Context, s Source, o Options, dir string) ([]part, error) {
	var parts []part
	heads := filepath.Join(dir, audit.HeadsFile)
	err := copyFile(filepath.Join(s.Dir, audit.HeadsFile), heads)
	if err == nil {
		parts = append(parts, part{audit.HeadsFile, heads})
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	res.Format, res.Program, res.Engine, res.Pictures = Format, o.Program, s.DB.Dialect().String(), !o.NoPictures
	res.TakenAt = o.Clock().UTC().Truncate(time.Second)
	snapshot, err := s.DB.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer snapshot.Close()
	if err := res.describe(ctx, snapshot, s); err != nil {
		return nil, err
	}
	copied := filepath.Join(dir, databaseName(res.Engine))
	res.Made, err = snapshot.Copy(ctx, copied, func(done, total int) { o.tell("database pages", done, total) })
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(copied)
	if err != nil {
		return nil, err
	}
	res.Bytes = info.Size()
	parts = append([]part{{databaseName(res.Engine), copied}}, parts...)
	keys, err := res.keys(s.Dir, o.Passphrase, dir)
	return append(parts, keys...), err
}

func (o Options) tell(what string, done, total int) {
	if o.Progress != nil {
		o.Progress(what, done, total)
	}
}

// describe fills in what the manifest says of the snapshot.
func (res *Result) describe(ctx context.Context, r db.Reader, s Source) (err error) {
	if res.Schema, err = db.SchemaOf(ctx, r); err != nil {
		return fmt.Errorf("this is no database of aromart: %w", err)
	}
	if res.Rows, err = db.Counts(ctx, r); err != nil {
		return err
	}
	if res.KeyID, err = secrets.KeyID(ctx, r); err != nil {
		return err
	}
	res.AuditHead, err = db.One(ctx, r, db.String, `SELECT note FROM audit_heads ORDER BY size DESC LIMIT 1`)
	if errors.Is(err, db.ErrNoRows) {
		err = nil
	}
	ledger := s.Ledger
	if ledger == "" {
		ledger = filepath.Join(s.Dir, LedgerFile)
	}
	if _, e := os.Stat(ledger); e == nil {
		res.Ledger, e = filepath.Abs(ledger)
		err = errors.Join(err, e)
	}
	return err
}

// keys adds the master key when a passphrase is given. Without its file a
// backup is still worth having, but somebody has to be told.
func (res *Result) keys(dir, passphrase, work string) ([]part, error) {
	m, err := secrets.Load(dir)
	if err == nil && res.KeyID != "" && m.ID() != res.KeyID {
		err = fmt.Errorf("%s holds the key %s, but this database was made with the key %s", filepath.Join(dir, secrets.FileName), m.ID(), res.KeyID)
	}
	if err != nil && passphrase != "" {
		return nil, fmt.Errorf("the master key cannot be added: %w", err)
	}
	if err != nil {
		res.Notes = append(res.Notes, fmt.Sprintf("the master key %s is not where it belongs (%v). Put it back from where you keep it: a restore needs it", res.KeyID, err))
		return nil, nil
	}
	res.AuditKey = audit.PublicKey(m)
	if passphrase == "" {
		return nil, nil
	}
	path := filepath.Join(work, keysName)
	if err := sealKeys(filepath.Join(dir, secrets.FileName), path, passphrase); err != nil {
		return nil, err
	}
	res.Keys = true
	return []part{{keysName, path}}, nil
}

func (res *Result) write(ctx context.Context, s Source, o Options, w *writer, parts []part) error {
	if err := w.json(manifestName, res.Manifest); err != nil {
		return err
	}
	for i, p := range parts {
		o.tell("parts", i, len(parts))
		if err := w.file(ctx, p.name, p.path); err != nil {
			return err
		}
	}
	o.tell("parts", len(parts), len(parts))
	if res.Pictures {
		if err := res.pictures(ctx, s, o, w); err != nil {
			return err
		}
	}
	return w.close()
}

// pictures adds every stored file. They never change; one that is deleted
// meanwhile is one that nothing names any more.
func (res *Result) pictures(ctx context.Context, s Source, o Options, w *writer) error {
	media := filepath.Join(s.Dir, blob.DirName)
	if _, err := os.Stat(media); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	store, err := blob.Open(s.Dir)
	if err != nil {
		return err
	}
	defer store.Close()
	var keys []string
	if err := store.Each(ctx, func(key string) error { keys = append(keys, key); return nil }); err != nil {
		return err
	}
	for i, key := range keys {
		err := w.file(ctx, mediaPath(key), filepath.Join(s.Dir, filepath.FromSlash(mediaPath(key))))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		res.Files++
		o.tell("pictures", i+1, len(keys))
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}
