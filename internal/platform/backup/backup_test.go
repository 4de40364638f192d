package backup_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"aromart/internal/kit/clock"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/backup"
	"aromart/internal/platform/blob"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/platform/secrets"
)

func TestMain(m *testing.M) {
	backup.FastPassphrases()
	os.Exit(m.Run())
}

// shop is a marketplace small enough to be looked through.
type shop struct {
	db      *db.DB
	dir     string
	url     string // of PostgreSQL
	picture string
}

// each runs f with a shop on each engine. empty is the address of an empty database, "" on SQLite.
func each(t *testing.T, f func(t *testing.T, s shop, empty func() string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		d := dbtest.SQLite(t)
		f(t, fill(t, d, d.Dir(), ""), func() string { return "" })
	})
	if os.Getenv("AROMART_TEST_QUICK") != "" {
		return
	}
	t.Run("postgres", func(t *testing.T) {
		url, dir := dbtest.PostgresURL(t), t.TempDir()
		d, err := db.Open(t.Context(), db.Options{URL: url, Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		f(t, fill(t, d, dir, url), func() string { return emptyPostgres(t, url) })
	})
}

func emptyPostgres(t *testing.T, url string) string {
	t.Helper()
	address, drop, err := db.Temporary(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { drop() })
	return address
}

func fill(t *testing.T, d *db.DB, dir, url string) shop {
	t.Helper()
	ctx := t.Context()
	m, err := secrets.Open(ctx, d, dir)
	if err != nil {
		t.Fatal(err)
	}
	store, err := blob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	s := shop{db: d, dir: dir, url: url, picture: blob.NewKey() + "-640.jpg"}
	if err := store.Put(ctx, s.picture, bytes.Repeat([]byte("a picture "), 1000)); err != nil {
		t.Fatal(err)
	}
	log, err := audit.Open(d, m, dir, clock.System)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		record(t, d, int64(i+1))
	}
	if err := log.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	if err := d.Set(ctx, "market", "lk"); err != nil {
		t.Fatal(err)
	}
	return s
}

func record(t *testing.T, d *db.DB, id int64) {
	t.Helper()
	if err := d.Write(t.Context(), func(tx *db.Tx) error {
		return audit.Record(t.Context(), tx, audit.Entry{ActorKind: "system", Action: "test.act", ObjectKind: "thing", ObjectID: id})
	}); err != nil {
		t.Fatal(err)
	}
}

func (s shop) backup(t *testing.T, change func(*backup.Options)) (string, *backup.Result) {
	t.Helper()
	o := backup.Options{File: filepath.Join(t.TempDir(), "copy.tar.zst"), Program: "test", Clock: clock.System}
	if change != nil {
		change(&o)
	}
	res, err := backup.Create(t.Context(), backup.Source{DB: s.db, Dir: s.dir}, o)
	if err != nil {
		t.Fatal(err)
	}
	return o.File, res
}

// place is an empty data directory with the shop's key in it.
func (s shop) place(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "new")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(filepath.Join(s.dir, secrets.FileName))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, secrets.FileName), key, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func sound(ctx context.Context, tried backup.Tried) error { return tried.AuditSound(ctx) }

func refused(t *testing.T, err error, words string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("got %v, want a refusal with %q", err, words)
	}
}

// entries lists a directory, without the lock.
func entries(t *testing.T, dir string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if e.Name() != "lock" {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestABackupRestoresWhole(t *testing.T) {
	each(t, func(t *testing.T, s shop, empty func() string) {
		file, res := s.backup(t, nil)
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 || info.Size() != res.Size {
			t.Errorf("%v %v", info, err)
		}
		if res.Files != 1 || res.Rows["audit_entries"] != 3 || res.KeyID == "" || res.Keys || len(res.Notes) > 0 {
			t.Errorf("%+v", res)
		}
		if names := entries(t, s.dir); slices.Contains(names, ".backup") {
			t.Errorf("a copy of the database was left: %v", names)
		}
		if _, err := backup.Check(t.Context(), file, backup.Access{}); err != nil {
			t.Error(err)
		}
		scratch := t.TempDir()
		for range 3 { // a drill each day, in one process
			if _, err := backup.Try(t.Context(), file, s.url, scratch, backup.Access{}, sound); err != nil {
				t.Error(err)
			}
		}
		if names := entries(t, scratch); len(names) > 0 {
			t.Errorf("the trial left %v", names)
		}

		dir, url := s.place(t), empty()
		if _, err := backup.Restore(t.Context(), file, backup.Target{Dir: dir, URL: url, Now: clock.System()}, backup.Access{}); err != nil {
			t.Fatal(err)
		}
		d, err := db.Open(t.Context(), db.Options{Dir: dir, URL: url})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if v, err := d.Setting(t.Context(), "market"); v != "lk" {
			t.Errorf("%q %v", v, err)
		}
		record(t, d, 99) // identities go on where they were
		store, err := blob.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		if data, err := store.Get(t.Context(), s.picture); len(data) != 10_000 {
			t.Errorf("picture: %d bytes, %v", len(data), err)
		}
		if _, err := secrets.Open(t.Context(), d, dir); err != nil {
			t.Error(err)
		}
	})
}

// Every write that was acknowledged before the backup began is in it, and none of its transactions is half there.
func TestABackupUnderLoadLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, s shop, _ func() string) {
		ctx, stop := context.WithCancel(t.Context())
		var acknowledged atomic.Int64
		var writers sync.WaitGroup
		for w := range 4 {
			writers.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					err := s.db.Write(context.Background(), func(tx *db.Tx) error {
						for _, half := range []string{"a", "b"} {
							if _, err := db.Exec(ctx, tx, `INSERT INTO settings (name, value) VALUES ($1, $2)`, fmt.Sprintf("load.%s.%d.%d", half, w, i), strings.Repeat("x", 500)); err != nil {
								return err
							}
						}
						return nil
					})
					if err == nil {
						acknowledged.Add(1)
					}
				}
			})
		}
		for acknowledged.Load() < 200 {
			time.Sleep(time.Millisecond)
		}
		before := acknowledged.Load()
		file, res := s.backup(t, nil)
		after := acknowledged.Load()
		stop()
		writers.Wait()
		if after == before {
			t.Error("nothing was written while the backup ran: it proves nothing, or keeps writers waiting")
		}
		_, err := backup.Try(t.Context(), file, s.url, t.TempDir(), backup.Access{}, func(ctx context.Context, tried backup.Tried) error {
			a, err := db.One(ctx, tried.DB, db.Int, `SELECT count(*) FROM settings WHERE name LIKE 'load.a.%'`)
			if err != nil {
				return err
			}
			b, err := db.One(ctx, tried.DB, db.Int, `SELECT count(*) FROM settings WHERE name LIKE 'load.b.%'`)
			if a != b || a < before {
				t.Errorf("%d and %d in the copy, %d acknowledged before it", a, b, before)
			}
			return errors.Join(err, tried.AuditSound(ctx))
		})
		if err != nil {
			t.Error(err)
		}
		if res.Rows["settings"] < 2*before {
			t.Errorf("the manifest counts %d", res.Rows["settings"])
		}
	})
}

func TestARestoreGoesIntoAnEmptyPlaceOnly(t *testing.T) {
	each(t, func(t *testing.T, s shop, empty func() string) {
		file, _ := s.backup(t, nil)
		restore := func(dir, url string) error {
			_, err := backup.Restore(t.Context(), file, backup.Target{Dir: dir, URL: url, Now: clock.System()}, backup.Access{})
			return err
		}
		dir := s.place(t)
		if err := os.WriteFile(filepath.Join(dir, "letter"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, restore(dir, empty()), "is not empty (it holds letter)")
		if names := entries(t, dir); !slices.Equal(names, []string{"letter", "secrets"}) {
			t.Errorf("a refused restore left %v", names)
		}
		if s.url != "" {
			dir := s.place(t)
			refused(t, restore(dir, s.url), "database is not empty")
			if names := entries(t, dir); !slices.Equal(names, []string{"secrets"}) {
				t.Errorf("a refused restore left %v", names)
			}
			refused(t, restore(s.place(t), ""), "--database")
		} else {
			refused(t, restore(s.place(t), "postgres://127.0.0.1:1/x"), "without --database")
			refused(t, restore(s.dir, ""), "in use by another")
		}
	})
}

func TestTheMasterKeyIsApart(t *testing.T) {
	each(t, func(t *testing.T, s shop, empty func() string) {
		key, err := os.ReadFile(filepath.Join(s.dir, secrets.FileName))
		if err != nil {
			t.Fatal(err)
		}
		master := bytes.Fields(key)[6] // aromart secrets 1, id ID, master KEY
		plain, _ := s.backup(t, nil)
		if bytes.Contains(unpacked(t, plain), master) {
			t.Error("the master key is in the archive")
		}
		target := func() backup.Target {
			return backup.Target{Dir: filepath.Join(t.TempDir(), "new"), URL: empty(), Now: clock.System()}
		}
		_, err = backup.Restore(t.Context(), plain, target(), backup.Access{})
		refused(t, err, "Put the file secrets of that installation into")

		const passphrase = "four plain words of course"
		locked, res := s.backup(t, func(o *backup.Options) { o.Passphrase = passphrase })
		if !res.Keys || bytes.Contains(unpacked(t, locked), master) {
			t.Error("the master key is not in the archive, or in clear")
		}
		with := func(p string) backup.Access {
			return backup.Access{Passphrase: func() (string, error) { return p, nil }}
		}
		at := target()
		_, err = backup.Restore(t.Context(), locked, at, with("four other words of course"))
		if !errors.Is(err, backup.ErrPassphrase) {
			t.Errorf("got %v", err)
		}
		if names := entries(t, at.Dir); len(names) > 0 {
			t.Errorf("a failed restore left %v", names)
		}
		if _, err := backup.Restore(t.Context(), locked, at, with(passphrase)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(at.Dir, secrets.FileName)); err != nil || !bytes.Equal(got, key) {
			t.Errorf("the key came back as %q, %v", got, err)
		}
		if _, err := secrets.Load(at.Dir); err != nil {
			t.Error(err)
		}

		// Without its file a backup is made all the same, and says what is missing.
		if err := os.Rename(filepath.Join(s.dir, secrets.FileName), filepath.Join(t.TempDir(), "x")); err != nil {
			t.Fatal(err)
		}
		_, res = s.backup(t, nil)
		if len(res.Notes) != 1 || !strings.Contains(res.Notes[0], "Put it back") {
			t.Errorf("notes: %q", res.Notes)
		}
		_, err = backup.Create(t.Context(), backup.Source{DB: s.db, Dir: s.dir}, backup.Options{File: filepath.Join(t.TempDir(), "x"), Clock: clock.System, Passphrase: passphrase})
		refused(t, err, "master key cannot be added")
	})
}

// unpacked is everything in an archive, without its compression.
func unpacked(t *testing.T, file string) []byte {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestAnArchiveForARecipientOpensForNobodyElse(t *testing.T) {
	s := fillSQLite(t)
	mine, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	other, _ := age.GenerateX25519Identity()
	file, res := s.backup(t, func(o *backup.Options) { o.Recipients = []string{mine.Recipient().String()} })
	if raw, _ := os.ReadFile(file); !res.Encrypted || bytes.Contains(raw, []byte("manifest")) {
		t.Error("not encrypted")
	}
	check := func(ids ...age.Identity) error {
		_, err := backup.Check(t.Context(), file, backup.Access{Identities: ids})
		return err
	}
	refused(t, check(), "--identity")
	refused(t, check(other), "somebody else")
	if err := check(mine); err != nil {
		t.Error(err)
	}
	raw, _ := os.ReadFile(file)
	os.WriteFile(file, raw[:len(raw)-40], 0o600)
	refused(t, check(mine), "damaged")
}

func fillSQLite(t *testing.T) shop {
	d := dbtest.SQLite(t)
	return fill(t, d, d.Dir(), "")
}

// Whatever happened to the file, nothing of it becomes a marketplace.
func TestADamagedArchiveIsRefused(t *testing.T) {
	s := fillSQLite(t)
	file, _ := s.backup(t, nil)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	refusedBoth := func(t *testing.T, data []byte, words string) {
		t.Helper()
		bad := filepath.Join(t.TempDir(), "bad.tar.zst")
		if err := os.WriteFile(bad, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := backup.Check(t.Context(), bad, backup.Access{})
		refused(t, err, words)
		dir := s.place(t)
		_, err = backup.Restore(t.Context(), bad, backup.Target{Dir: dir, Now: clock.System()}, backup.Access{})
		refused(t, err, words)
		if names := entries(t, dir); !slices.Equal(names, []string{"secrets"}) {
			t.Errorf("a damaged archive left %v", names)
		}
	}
	t.Run("a flipped byte", func(t *testing.T) {
		content, noticed := unpacked(t, file), 0
		for at := 6; at < len(good); at += 1 + len(good)/40 {
			data := bytes.Clone(good)
			data[at] ^= 0x20
			bad := filepath.Join(t.TempDir(), "bad.tar.zst")
			if err := os.WriteFile(bad, data, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := backup.Check(t.Context(), bad, backup.Access{}); err != nil {
				noticed++
				refusedBoth(t, data, "")
			} else if !bytes.Equal(unpacked(t, bad), content) { // a bit of padding changes nothing
				t.Errorf("byte %d flipped unseen", at)
			}
		}
		if noticed < 30 {
			t.Errorf("only %d flipped bytes were noticed", noticed)
		}
	})
	t.Run("cut", func(t *testing.T) {
		for _, n := range []int{4, 100, len(good) / 2, len(good) - 1} {
			refusedBoth(t, good[:n], "damaged")
		}
		refusedBoth(t, nil, "no backup of aromart")
		refusedBoth(t, []byte("PK\x03\x04 a zip"), "no backup of aromart")
	})
	for name, tt := range map[string]struct {
		change func(h *tar.Header, body []byte) ([]*tar.Header, []byte)
		words  string
	}{
		"a path that leads elsewhere": {rename("../../etc/cron.d/x"), "which no backup holds"},
		"an absolute path":            {rename("/etc/cron.d/x"), "which no backup holds"},
		"a path below the pictures":   {rename("media/../../x"), "which no backup holds"},
		"a link": {func(h *tar.Header, b []byte) ([]*tar.Header, []byte) {
			h.Typeflag, h.Linkname = tar.TypeSymlink, "/etc"
			return []*tar.Header{h}, nil
		}, "which no backup holds"},
		"a foreign file":  {rename("secrets"), "which no backup holds"},
		"a part twice":    {func(h *tar.Header, b []byte) ([]*tar.Header, []byte) { again := *h; return []*tar.Header{h, &again}, b }, "twice"},
		"a part left out": {func(h *tar.Header, b []byte) ([]*tar.Header, []byte) { return nil, nil }, "damaged"},
		"another content": {func(h *tar.Header, b []byte) ([]*tar.Header, []byte) { b[0] ^= 1; return []*tar.Header{h}, b }, "not what was written"},
	} {
		t.Run(name, func(t *testing.T) {
			target := audit.HeadsFile
			if strings.Contains(name, "pictures") {
				target = "media/"
			}
			refusedBoth(t, rewrite(t, file, func(h *tar.Header, b []byte) ([]*tar.Header, []byte) {
				if !strings.HasPrefix(h.Name, target) {
					return []*tar.Header{h}, b
				}
				return tt.change(h, b)
			}), tt.words)
		})
	}
	t.Run("a part that is too large", func(t *testing.T) {
		refusedBoth(t, rewrite(t, file, func(h *tar.Header, b []byte) ([]*tar.Header, []byte) {
			if h.Name == "database.sqlite" {
				b = append(b, make([]byte, 4096)...)
				h.Size = int64(len(b))
			}
			return []*tar.Header{h}, b
		}), "more than the")
	})
	for words, change := range map[string][2]string{
		"written by a newer aromart": {`"format": 1`, `"format": 2`},
		"its manifest":               {`"engine": "sqlite"`, `"engine": "oracle"`},
		"damaged":                    {`"database_bytes": `, `"database_bytes": -`},
	} {
		t.Run(words, func(t *testing.T) {
			refusedBoth(t, rewriteManifest(t, file, change[0], change[1]), words)
		})
	}
}

func rename(to string) func(h *tar.Header, b []byte) ([]*tar.Header, []byte) {
	return func(h *tar.Header, b []byte) ([]*tar.Header, []byte) {
		h.Name = to
		return []*tar.Header{h}, b
	}
}

// rewrite makes another archive of one, as somebody would who knows the format.
func rewrite(t *testing.T, file string, change func(h *tar.Header, body []byte) ([]*tar.Header, []byte)) []byte {
	t.Helper()
	var out bytes.Buffer
	z, err := zstd.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(z)
	for r := tar.NewReader(bytes.NewReader(unpacked(t, file))); ; {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		body, e := io.ReadAll(r)
		if err = errors.Join(err, e); err != nil {
			t.Fatal(err)
		}
		headers, body := change(&tar.Header{Typeflag: tar.TypeReg, Name: h.Name, Size: h.Size, Mode: 0o600}, body)
		for _, h := range headers {
			h.Size = int64(len(body))
			if err := w.WriteHeader(h); err != nil {
				t.Fatal(err)
			}
			w.Write(body)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func rewriteManifest(t *testing.T, file, from, to string) []byte {
	t.Helper()
	return rewrite(t, file, func(h *tar.Header, b []byte) ([]*tar.Header, []byte) {
		if h.Name == "manifest.json" {
			if !bytes.Contains(b, []byte(from)) {
				t.Fatalf("no %s in %s", from, b)
			}
			b = bytes.Replace(b, []byte(from), []byte(to), 1)
		}
		return []*tar.Header{h}, b
	})
}

func TestANewerDatabaseIsRefused(t *testing.T) {
	each(t, func(t *testing.T, s shop, empty func() string) {
		if err := s.db.Write(t.Context(), func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		file, res := s.backup(t, nil) // an older program may still copy it
		if res.Schema != 9999 {
			t.Errorf("schema %d", res.Schema)
		}
		dir := s.place(t)
		_, err := backup.Restore(t.Context(), file, backup.Target{Dir: dir, URL: empty(), Now: clock.System()}, backup.Access{})
		refused(t, err, "made by a newer aromart")
		_, err = backup.Try(t.Context(), file, s.url, t.TempDir(), backup.Access{}, sound)
		refused(t, err, "made by a newer aromart")
		if names := entries(t, dir); !slices.Equal(names, []string{"secrets"}) {
			t.Errorf("a refused restore left %v", names)
		}
	})
}
