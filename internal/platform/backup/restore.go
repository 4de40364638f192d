package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"filippo.io/age"

	"aromart/internal/platform/audit"
	"aromart/internal/platform/blob"
	"aromart/internal/platform/db"
	"aromart/internal/platform/durable"
	"aromart/internal/platform/secrets"
)

// Access is what opens an archive.
type Access struct {
	Identities []age.Identity
	Passphrase func() (string, error)             // asked when keys have to be opened; nil is none
	Progress   func(what string, done, total int) // may be nil
}

// Target is the empty place that an archive is restored into.
type Target struct {
	Dir      string
	URL      string // of an empty database, for an archive of PostgreSQL
	Ledger   string // the ledger of erasures; "" looks for it in Dir and where it lay
	NoLedger bool   // there is none any more: go on without
	Now      time.Time
}

// Check reads the whole archive and compares every sum. It restores nothing.
func Check(ctx context.Context, file string, a Access) (*Manifest, error) {
	r, err := openArchive(ctx, file, a.Identities)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	err = r.each(func(string) error {
		a.tell(r)
		_, err := io.Copy(io.Discard, r)
		if err != nil {
			err = r.damaged(err)
		}
		return err
	})
	return r.manifest, err
}

// tell reports how far the archive was read, in MB.
func (a Access) tell(r *reader) {
	if a.Progress == nil {
		return
	}
	info, err := r.file.Stat()
	at, e := r.file.Seek(0, io.SeekCurrent)
	if err == nil && e == nil {
		a.Progress("MB", int(at>>20)+1, int(info.Size()>>20)+1)
	}
}

// Restore makes a marketplace of the archive in an empty place and marks it:
// the next to open it must call Finish before it serves. When it fails it
// leaves the place as it was.
func Restore(ctx context.Context, file string, t Target, a Access) (*Manifest, error) {
	r, err := openArchive(ctx, file, a.Identities)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if err := r.manifest.suits(file, t.URL); err != nil {
		return nil, err
	}
	lock, err := db.Claim(t.Dir)
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	b := &builder{Target: t, r: r, m: r.manifest, access: a}
	if err := b.vacant(ctx); err != nil {
		return nil, err
	}
	defer b.close()
	if err := b.build(ctx, filepath.Base(file)); err != nil {
		b.undo()
		return nil, err
	}
	return b.m, nil
}

// suits refuses what this program cannot restore there.
func (m *Manifest) suits(file, url string) error {
	switch {
	case m.Schema > db.KnownSchema():
		return fmt.Errorf("%s was made by a newer aromart (%s; its schema is %d, this program knows %d); restore it with that version", file, m.Program, m.Schema, db.KnownSchema())
	case m.Engine == "postgres" && url == "":
		return fmt.Errorf("%s is of PostgreSQL; name an empty database with --database postgres://…", file)
	case m.Engine == "sqlite" && url != "":
		return fmt.Errorf("%s is of the embedded database; restore it without --database", file)
	}
	return nil
}

// markerFile stands in a data directory while files are put there. It lists
// what was there before.
const markerFile = "restore-unfinished"

// stage is the folder in which the archive is unpacked and checked.
const stage = ".restore"

// builder restores one archive.
type builder struct {
	Target
	r      *reader
	m      *Manifest
	access Access
	db     *db.DB   // PostgreSQL
	before []string // files that were there before
	keys   []byte   // the secrets file of the archive
	ledger string   // to be copied into Dir
}

// mine are the files that a restore makes.
var mine = []string{stage, blob.DirName, audit.HeadsFile, secrets.FileName, LedgerFile}

// vacant refuses a place that holds something, and says what. The key and the
// ledger of erasures may lie there already.
func (b *builder) vacant(ctx context.Context) error {
	if err := b.clear(); err != nil {
		return err
	}
	files, err := os.ReadDir(b.Dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		switch name := f.Name(); name {
		case "lock", "lost+found":
		case secrets.FileName, LedgerFile:
			b.before = append(b.before, name)
		default:
			return fmt.Errorf("%s is not empty (it holds %s); a restore goes into an empty directory, choose another with --data", b.Dir, name)
		}
	}
	if err := b.needs(); err != nil {
		return err
	}
	if b.m.Engine != "postgres" {
		return nil
	}
	if b.db, err = db.Open(ctx, db.Options{URL: b.URL, Dir: b.Dir}); err != nil {
		return err
	}
	empty, err := b.db.Empty(ctx)
	if err == nil && !empty {
		err = errors.New("the database of --database is not empty; a restore goes into an empty one")
	}
	if err != nil {
		b.close()
	}
	return err
}

// clear removes what a restore that was killed has left in the directory. Once
// the database is there it is none of that: only Finish is missing then.
func (b *builder) clear() error {
	text, err := os.ReadFile(filepath.Join(b.Dir, markerFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Lstat(filepath.Join(b.Dir, db.FileName)); err == nil {
		return nil // not empty: refused
	}
	if err := json.Unmarshal(text, &b.before); err != nil {
		return fmt.Errorf("%s cannot be read; empty the directory and try again", filepath.Join(b.Dir, markerFile))
	}
	b.undo()
	b.before = nil
	return nil
}

// undo leaves the place as it was.
func (b *builder) undo() {
	for _, name := range mine {
		if !slices.Contains(b.before, name) {
			os.RemoveAll(filepath.Join(b.Dir, name))
		}
	}
	if b.db != nil {
		b.unmark(context.Background())
	}
	os.Remove(filepath.Join(b.Dir, markerFile))
}

// unmark makes an empty database free again. One that was filled and is not
// right keeps a mark that Finish refuses.
func (b *builder) unmark(ctx context.Context) {
	if empty, err := b.db.Empty(ctx); err != nil || !empty {
		b.db.MarkRestore(ctx, "")
		return
	}
	b.db.Write(ctx, func(tx *db.Tx) error { return db.UnmarkRestore(ctx, tx) })
}

func (b *builder) close() {
	if b.db != nil {
		b.db.Close()
		b.db = nil
	}
}

// needs says before anything is done what the restored marketplace would lack.
func (b *builder) needs() error {
	path := filepath.Join(b.Dir, secrets.FileName)
	if slices.Contains(b.before, secrets.FileName) {
		key, err := secrets.Load(b.Dir)
		if err == nil && b.m.KeyID != "" && key.ID() != b.m.KeyID {
			err = fmt.Errorf("%s holds the key %s, but this backup needs the key %s. Put the right file in its place", path, key.ID(), b.m.KeyID)
		}
		if err != nil {
			return err
		}
	} else if b.m.KeyID != "" && !b.m.Keys {
		return fmt.Errorf("this backup was made without --with-keys and needs the key %s. Put the file secrets of that installation into %s and run the command again; "+
			"without it, links in mails no longer open and the audit log cannot be continued", b.m.KeyID, b.Dir)
	}
	return b.findLedger()
}

// findLedger looks for the ledger of erasures. Without it, persons who were
// erased after the backup would be back.
func (b *builder) findLedger() error {
	here := slices.Contains(b.before, LedgerFile)
	switch {
	case b.Ledger != "" && here:
		return fmt.Errorf("there are two ledgers of erasures, %s and %s; keep the newer one", b.Ledger, filepath.Join(b.Dir, LedgerFile))
	case b.Ledger != "":
		if _, err := os.Stat(b.Ledger); err != nil {
			return fmt.Errorf("the ledger of erasures cannot be read: %w", err)
		}
		b.ledger = b.Ledger
	case here || b.m.Ledger == "" || b.NoLedger:
	case isRegular(b.m.Ledger):
		b.ledger = b.m.Ledger
	default:
		return fmt.Errorf("the ledger of erasures is not at %s any more. Without it, whoever was erased after %s is back. "+
			"Name it with --erasures FILE; if it is lost, --no-erasures goes on without", b.m.Ledger, b.m.TakenAt.Format(time.RFC3339))
	}
	return nil
}

func isRegular(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && filepath.Base(path) == LedgerFile
}

func (b *builder) build(ctx context.Context, archive string) error {
	marker, err := json.Marshal(b.before)
	if err != nil {
		return err
	}
	if err := durable.WriteFile(filepath.Join(b.Dir, markerFile), marker); err != nil {
		return err
	}
	dir := filepath.Join(b.Dir, stage)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	sealed, err := b.unpack(ctx, dir)
	if err != nil {
		return err
	}
	if sealed != nil && !slices.Contains(b.before, secrets.FileName) {
		if err := b.openKeys(sealed); err != nil {
			return err
		}
	}
	note := Restored{Archive: archive, TakenAt: b.m.TakenAt, At: b.Now.UTC()}
	if b.ledger != "" || slices.Contains(b.before, LedgerFile) {
		note.Ledger = LedgerFile
	}
	text, err := json.Marshal(note)
	if err != nil {
		return err
	}
	if b.m.Engine == "sqlite" {
		if err := b.m.proveFile(ctx, dir, string(text)); err != nil {
			return err
		}
	}
	if err := b.place(dir); err != nil {
		return err
	}
	if b.m.Engine == "sqlite" {
		err = os.Rename(filepath.Join(dir, db.FileName), filepath.Join(b.Dir, db.FileName))
	} else {
		err = b.m.load(ctx, b.db, filepath.Join(dir, databaseName(b.m.Engine)), string(text))
	}
	if err = errors.Join(err, durable.SyncDir(b.Dir)); err != nil {
		return err
	}
	return errors.Join(os.RemoveAll(dir), os.Remove(filepath.Join(b.Dir, markerFile)))
}

// unpack writes all parts into dir and compares all sums. The keys stay in
// memory, sealed.
func (b *builder) unpack(ctx context.Context, dir string) (sealed []byte, err error) {
	if err := roomFor(dir, b.m.Bytes); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	err = b.r.each(func(name string) error {
		b.access.tell(b.r)
		switch {
		case name == keysName:
			sealed, err = io.ReadAll(b.r)
			return err
		case name == databaseName("sqlite"):
			return b.extract(root, db.FileName)
		case strings.HasPrefix(name, blob.DirName+"/"):
			if err := root.MkdirAll(path.Dir(name), 0o700); err != nil {
				return err
			}
		}
		return b.extract(root, name)
	})
	syscall.Sync() // thousands of pictures, at once
	return sealed, err
}

func (b *builder) openKeys(sealed []byte) error {
	if b.access.Passphrase == nil {
		return errors.New("the keys of this backup are under a passphrase, and none was given")
	}
	passphrase, err := b.access.Passphrase()
	if err == nil {
		b.keys, err = openKeys(sealed, passphrase)
	}
	return err
}

func (b *builder) extract(root *os.Root, name string) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, b.r)
	if err = errors.Join(err, f.Close()); err != nil && b.r.ctx.Err() == nil && !errors.Is(err, syscall.ENOSPC) {
		err = b.r.damaged(err)
	}
	return err
}

// roomFor refuses a database that does not fit, before the disk is full of it.
func roomFor(dir string, bytes int64) error {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return err
	}
	if free := int64(st.Bavail) * int64(st.Bsize); free < bytes+bytes/10 {
		return fmt.Errorf("the database needs %d MB in %s, and %d MB are free", bytes>>20, dir, free>>20)
	}
	return nil
}

// proveFile checks the unpacked database file and marks it.
func (m *Manifest) proveFile(ctx context.Context, dir, note string) (err error) {
	if err := db.CheckFile(ctx, filepath.Join(dir, db.FileName)); err != nil {
		return err
	}
	d, err := db.Open(ctx, db.Options{Dir: dir, Readers: 1, OneFile: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := m.matches(ctx, d); err != nil {
		return err
	}
	return d.MarkRestore(ctx, note)
}

// load fills the database of PostgreSQL; it is marked before the first table is there.
func (m *Manifest) load(ctx context.Context, d *db.DB, path, note string) error {
	if err := d.MarkRestore(ctx, note); err != nil {
		return err
	}
	if err := d.Load(ctx, path, m.Made); err != nil {
		return err
	}
	return m.matches(ctx, d)
}

// matches compares a restored database with what the manifest says of it. Leases
// belong to processes, and are let go.
func (m *Manifest) matches(ctx context.Context, d *db.DB) error {
	schema, err := db.SchemaOf(ctx, d)
	if err != nil {
		return err
	}
	if schema != m.Schema {
		return fmt.Errorf("the restored schema is %d, but the backup says %d", schema, m.Schema)
	}
	rows, err := db.Counts(ctx, d)
	if err != nil {
		return err
	}
	for table, n := range m.Rows {
		if rows[table] != n && table != "leases" {
			return fmt.Errorf("the restored table %s has %d rows, but the backup says %d", table, rows[table], n)
		}
	}
	return nil
}

// place moves everything but the database to where it belongs.
func (b *builder) place(dir string) error {
	for _, name := range []string{blob.DirName, audit.HeadsFile} {
		err := os.Rename(filepath.Join(dir, name), filepath.Join(b.Dir, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if b.keys != nil {
		if err := durable.WriteFile(filepath.Join(b.Dir, secrets.FileName), b.keys); err != nil {
			return err
		}
		key, err := secrets.Load(b.Dir)
		if err == nil && key.ID() != b.m.KeyID {
			err = fmt.Errorf("the keys of this backup are %s, but its database was made with the key %s", key.ID(), b.m.KeyID)
		}
		if err != nil {
			return err
		}
	}
	if b.ledger != "" {
		return copyFile(b.ledger, filepath.Join(b.Dir, LedgerFile))
	}
	return nil
}
