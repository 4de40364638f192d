package audit_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"aromart/internal/kit/clock"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/platform/secrets"
)

// book is a log under test: database, key, heads file.
type book struct {
	*audit.Log
	d      *db.DB
	dir    string
	master secrets.Master
	now    time.Time
}

func newBook(t testing.TB, d *db.DB) *book {
	t.Helper()
	b := &book{d: d, dir: t.TempDir(), master: secrets.Random(), now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	b.reopen(t)
	return b
}

func (b *book) reopen(t testing.TB) {
	t.Helper()
	log, err := audit.Open(b.d, b.master, b.dir, func() time.Time { return b.now })
	if err != nil {
		t.Fatal(err)
	}
	b.Log = log
}

// fill records and seals n rows; an hour passes, so that its head is kept.
func (b *book) fill(t testing.TB, n int) {
	t.Helper()
	entries := make([]audit.Entry, n)
	for i := range entries {
		entries[i] = act(int64(i))
	}
	if err := record(t, b.d, entries...); err != nil {
		t.Fatal(err)
	}
	if err := b.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(time.Hour)
}

func (b *book) heads(t testing.TB) io.Reader {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(b.dir, audit.HeadsFile))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(data)
}

func (b *book) verify(t testing.TB, outside ...io.Reader) audit.Report {
	t.Helper()
	r, err := audit.Verify(t.Context(), b.d, audit.PublicKey(b.master), outside...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func exec(t testing.TB, d *db.DB, statements ...string) {
	t.Helper()
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		for _, s := range statements {
			if _, err := db.Exec(context.Background(), tx, s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestASoundLog(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBook(t, d)
		if r := b.verify(t); r != (audit.Report{}) {
			t.Errorf("an empty log: %+v", r)
		}
		if err := b.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i, n := range []int{1, 2, 61, 1100, 36} {
			if i%2 == 1 {
				b.reopen(t) // a restart continues from the stored hashes
			}
			b.fill(t, n)
		}
		if err := record(t, d, act(1), act(2)); err != nil {
			t.Fatal(err)
		}
		r := b.verify(t, b.heads(t))
		if r.Bad != nil || r.Sealed != 1200 || r.Unsealed != 2 || r.Outside != 1200 || r.Heads != 10 {
			t.Errorf("%+v, %v", r, r.Bad)
		}
		before := r.Heads
		for range 3 { // within one hour, one head is kept in the database
			if err := record(t, d, act(1)); err != nil {
				t.Fatal(err)
			}
			if err := b.Seal(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if r := b.verify(t); r.Bad != nil || r.Heads != before/2+1 || r.Unsealed != 0 || r.Outside != 0 {
			t.Errorf("%+v, %v", r, r.Bad)
		}
	})
}

// tampering is what somebody with the database, but without the key, may do
// to a log of 150 rows, sealed at 60, 100 and 150.
var tampering = []struct {
	name       string
	statements []string
	want       string // of Bad: seq-upTo what
}{
	{"seq", []string{`UPDATE audit_entries SET seq = 1000 WHERE seq = 37`}, "37-0 missing"},
	{"seq taken away", []string{`UPDATE audit_entries SET seq = NULL WHERE seq = 37`}, "37-0 missing"},
	{"id", []string{`UPDATE audit_entries SET id = id + 1000000 WHERE seq = 37`}, "37-37 changed"},
	{"at", []string{`UPDATE audit_entries SET at = at + 1 WHERE seq = 37`}, "37-37 changed"},
	{"actor_kind", []string{`UPDATE audit_entries SET actor_kind = 'bdmin' WHERE seq = 37`}, "37-37 changed"},
	{"actor_id", []string{`UPDATE audit_entries SET actor_id = actor_id + 1 WHERE seq = 37`}, "37-37 changed"},
	{"action", []string{`UPDATE audit_entries SET action = 'order.cancem' WHERE seq = 37`}, "37-37 changed"},
	{"object_kind", []string{`UPDATE audit_entries SET object_kind = 'ordes' WHERE seq = 37`}, "37-37 changed"},
	{"object_id", []string{`UPDATE audit_entries SET object_id = object_id + 256 WHERE seq = 37`}, "37-37 changed"},
	{"fields", []string{`UPDATE audit_entries SET fields = 'status' WHERE seq = 37`}, "37-37 changed"},
	{"reason", []string{`UPDATE audit_entries SET reason = '' WHERE seq = 37`}, "37-37 changed"},
	{"text moved between columns", []string{`UPDATE audit_entries SET action = 'order.cancelo', object_kind = 'rder' WHERE seq = 37`}, "37-37 changed"},
	{"the first row", []string{`UPDATE audit_entries SET at = at - 1 WHERE seq = 1`}, "1-1 changed"},
	{"the last row", []string{`UPDATE audit_entries SET at = at - 1 WHERE seq = 150`}, "150-150 changed"},
	{"two rows", []string{`UPDATE audit_entries SET at = at - 1 WHERE seq IN (41, 120)`}, "41-41 changed"},
	{"a deletion", []string{`DELETE FROM audit_entries WHERE seq = 37`}, "37-0 missing"},
	{"deletion of the first", []string{`DELETE FROM audit_entries WHERE seq = 1`}, "1-0 missing"},
	{"a deletion closed up", []string{`DELETE FROM audit_entries WHERE seq = 37`, `UPDATE audit_entries SET seq = -seq WHERE seq > 37`, `UPDATE audit_entries SET seq = -seq - 1 WHERE seq < 0`}, "37-37 changed"},
	{"a swap", []string{`UPDATE audit_entries SET seq = -1 WHERE seq = 37`, `UPDATE audit_entries SET seq = 37 WHERE seq = 80`, `UPDATE audit_entries SET seq = 80 WHERE seq = -1`}, "37-37 changed"},
	{"a row put in", []string{`UPDATE audit_entries SET seq = -seq WHERE seq >= 37`, `UPDATE audit_entries SET seq = -seq + 1 WHERE seq < 0`,
		`INSERT INTO audit_entries (seq, at, actor_kind, actor_id, action, object_kind, object_id, fields, reason) VALUES (37, 1, 'admin', 1, 'x', 'y', 1, '', '')`}, "37-37 changed"},
	{"a cut tail", []string{`DELETE FROM audit_entries WHERE seq > 120`}, "121-150 cut"},
	{"a cut tail with its hashes and heads", []string{`DELETE FROM audit_entries WHERE seq > 100`, `DELETE FROM audit_hashes WHERE position >= ` + fmt.Sprint(tlog.StoredHashCount(100)),
		`DELETE FROM audit_heads WHERE size > 100`, `UPDATE sequences SET value = 100 WHERE name = 'audit'`}, "101-150 cut"},
	{"everything", []string{`DELETE FROM audit_entries`, `DELETE FROM audit_hashes`, `DELETE FROM audit_heads`, `UPDATE sequences SET value = 0 WHERE name = 'audit'`}, "1-150 cut"},
	{"a stored hash", []string{`UPDATE audit_hashes SET hash = (SELECT hash FROM audit_hashes WHERE position = 0) WHERE position = ` + fmt.Sprint(tlog.StoredHashIndex(0, 36))}, "37-37 hash"},
	{"a stored hash of four", []string{`DELETE FROM audit_hashes WHERE position = ` + fmt.Sprint(tlog.StoredHashIndex(2, 9))}, "37-40 hash"},
	{"a position", []string{`UPDATE audit_hashes SET position = 5000 WHERE position = ` + fmt.Sprint(tlog.StoredHashIndex(0, 36))}, "37-37 hash"},
	{"an edit with its hash", []string{`UPDATE audit_entries SET at = at + 1 WHERE seq = 37`, `DELETE FROM audit_hashes WHERE position = ` + fmt.Sprint(tlog.StoredHashIndex(0, 36))}, "37-37 changed"},
	{"a hash too many", []string{`INSERT INTO audit_hashes (position, hash) SELECT 5000, hash FROM audit_hashes WHERE position = 0`}, "151-0 head"},
	{"size of a head", []string{`UPDATE audit_heads SET size = 99 WHERE size = 100`}, "99-0 head"},
	{"time of a head", []string{`UPDATE audit_heads SET at = at + 1 WHERE size = 100`}, "100-0 head"},
	{"text of a head", []string{`UPDATE audit_heads SET note = replace(note, '2026', '2025') WHERE size = 100`}, "100-0 head"},
	{"the last head", []string{`DELETE FROM audit_heads WHERE size = 150`}, ""}, // the one outside vouches for the rows
	{"the number of rows", []string{`UPDATE sequences SET value = 152 WHERE name = 'audit'`}, "151-152 cut"},
}

func TestTamperingIsNamed(t *testing.T) {
	tables := []string{"audit_entries", "audit_hashes", "audit_heads", "sequences"}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newBook(t, d)
		for _, n := range []int{60, 40, 50} {
			b.fill(t, n)
		}
		for _, table := range tables {
			exec(t, d, `CREATE TABLE saved_`+table+` AS SELECT * FROM `+table)
		}
		for _, tt := range tampering {
			exec(t, d, tt.statements...)
			r := b.verify(t, b.heads(t))
			got := ""
			if r.Bad != nil {
				got = fmt.Sprintf("%d-%d %s", r.Bad.Seq, r.Bad.UpTo, r.Bad.What)
			}
			if got != tt.want {
				t.Errorf("%s: got %q (%v), want %q", tt.name, got, r.Bad, tt.want)
			}
			for _, table := range tables {
				exec(t, d, `DELETE FROM `+table, `INSERT INTO `+table+` SELECT * FROM saved_`+table)
			}
			if r := b.verify(t, b.heads(t)); r.Bad != nil {
				t.Fatalf("%s: the log put back is not sound: %v", tt.name, r.Bad)
			}
		}
	})
}

// TestEachByteOfEachColumn flips every byte of every text of a row.
func TestEachByteOfEachColumn(t *testing.T) {
	d := dbtest.SQLite(t)
	b := newBook(t, d)
	b.fill(t, 9)
	flipped := 0
	for _, column := range []string{"actor_kind", "action", "object_kind", "fields", "reason", "at", "actor_id", "object_id"} {
		old, err := db.One(t.Context(), d, db.String, `SELECT CAST(`+column+` AS TEXT) FROM audit_entries WHERE seq = 5`)
		if err != nil {
			t.Fatal(err)
		}
		for i := range len(old) {
			changed := []byte(old)
			changed[i] ^= 1
			exec(t, d, fmt.Sprintf(`UPDATE audit_entries SET %s = '%s' WHERE seq = 5`, column, changed))
			if r := b.verify(t); r.Bad == nil || r.Bad.Seq != 5 || r.Bad.What != audit.Changed {
				t.Errorf("%s, byte %d: %v", column, i, r.Bad)
			}
			flipped++
		}
		exec(t, d, fmt.Sprintf(`UPDATE audit_entries SET %s = '%s' WHERE seq = 5`, column, old))
	}
	if r := b.verify(t); r.Bad != nil || flipped < 60 {
		t.Errorf("put back: %v after %d bytes", r.Bad, flipped)
	}
}

// TestRewrittenHashes is an intruder who computes the hashes anew but cannot
// sign: the heads tell between which sizes he was.
func TestRewrittenHashes(t *testing.T) {
	d := dbtest.SQLite(t)
	b := newBook(t, d)
	for _, n := range []int{60, 40, 50} {
		b.fill(t, n)
	}
	other := newBook(t, dbtest.SQLite(t))
	for _, n := range []int{60, 40, 50} {
		other.fill(t, n)
	}
	// The same log with another row 80, sealed honestly elsewhere: its rows and hashes replace ours.
	exec(t, other.d, `UPDATE audit_entries SET actor_id = 99 WHERE seq = 80`, `DELETE FROM audit_hashes`, `DELETE FROM audit_heads`,
		`UPDATE sequences SET value = 150 WHERE name = 'audit'`)
	other.dir = t.TempDir()
	other.reopen(t)
	if err := other.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	type stored struct {
		position int64
		hash     []byte
	}
	hashes, err := db.All(t.Context(), other.d, func(rows *db.Rows, s *stored) error { return rows.Scan(&s.position, &s.hash) }, `SELECT position, hash FROM audit_hashes`)
	if err != nil || len(hashes) == 0 {
		t.Fatal(err)
	}
	err = d.Write(t.Context(), func(tx *db.Tx) error {
		for _, h := range hashes {
			if _, err := db.Exec(t.Context(), tx, `UPDATE audit_hashes SET hash = $1 WHERE position = $2`, h.hash, h.position); err != nil {
				return err
			}
		}
		_, err := db.Exec(t.Context(), tx, `UPDATE audit_entries SET actor_id = 99 WHERE seq = 80`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if r := b.verify(t); r.Bad == nil || r.Bad.Seq != 61 || r.Bad.UpTo != 100 || r.Bad.What != audit.Changed {
		t.Errorf("%v, want rows 61 to 100 changed", r.Bad)
	}
	// His work must not be signed by going on.
	record(t, d, act(1))
	b.reopen(t)
	if err := b.Seal(t.Context()); err == nil || !strings.Contains(err.Error(), "audit verify") {
		t.Errorf("sealing went on: %v", err)
	}
}

func TestWithoutHeadsFromOutsideACutTailIsUnseen(t *testing.T) {
	d := dbtest.SQLite(t)
	b := newBook(t, d)
	b.fill(t, 60)
	b.fill(t, 40)
	checkpoint, err := b.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	exec(t, d, `DELETE FROM audit_entries WHERE seq > 60`, `DELETE FROM audit_hashes WHERE position >= `+fmt.Sprint(tlog.StoredHashCount(60)),
		`DELETE FROM audit_heads WHERE size > 60`, `UPDATE sequences SET value = 60 WHERE name = 'audit'`)
	if r := b.verify(t); r.Bad != nil || r.Outside != 0 {
		t.Errorf("%+v: this limit is written in the package comment", r)
	}
	if r := b.verify(t, strings.NewReader(checkpoint)); r.Bad == nil || r.Bad.String() != "rows 61 to 100: cut: the log had 100 rows and ends after 60" {
		t.Errorf("with the checkpoint: %v", r.Bad)
	}
	record(t, d, act(1))
	if err := b.Seal(t.Context()); err == nil || !strings.Contains(err.Error(), "audit verify") {
		t.Errorf("a head was signed over the loss: %v", err)
	}
}

func TestForeignAndBrokenHeads(t *testing.T) {
	d := dbtest.SQLite(t)
	b := newBook(t, d)
	b.fill(t, 10)
	good, _ := io.ReadAll(b.heads(t))
	other := newBook(t, dbtest.SQLite(t))
	other.fill(t, 10)
	foreign, _ := io.ReadAll(other.heads(t))
	for name, tt := range map[string]struct {
		text string
		bad  bool
	}{
		"ours":                   {string(good), false},
		"ours twice":             {string(good) + string(good), false},
		"half a note behind":     {string(good) + string(good[:40]), false},
		"nothing":                {"", false},
		"of another":             {string(foreign), true},
		"one byte of the root":   {strings.Replace(string(good), "\n10\n", "\n10\nA", 1), true},
		"one digit of the size":  {strings.Replace(string(good), "\n10\n", "\n11\n", 1), true},
		"half a note alone":      {string(good[:60]), true},
		"a text":                 {"hello\n", true},
		"ours behind of another": {string(foreign) + string(good), true},
	} {
		r := b.verify(t, strings.NewReader(tt.text))
		if (r.Bad != nil) != tt.bad || r.Bad != nil && r.Bad.What != audit.Head {
			t.Errorf("%s: %v", name, r.Bad)
		}
	}
	if _, err := audit.Verify(t.Context(), d, "no key"); err == nil {
		t.Error("no key was accepted")
	}
}

// TestAHalfWrittenHead is what a power cut leaves in the heads file.
func TestAHalfWrittenHead(t *testing.T) {
	b := newBook(t, dbtest.SQLite(t))
	b.fill(t, 3)
	path := filepath.Join(b.dir, audit.HeadsFile)
	one, _ := os.ReadFile(path)
	for cut := 1; cut < len(one)-1; cut += 17 {
		os.WriteFile(path, append(bytes.Clone(one), one[:cut]...), 0o600)
		b.reopen(t)
		b.fill(t, 1)
		if r := b.verify(t, b.heads(t)); r.Bad != nil {
			t.Fatalf("cut at %d: %v", cut, r.Bad)
		}
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	os.WriteFile(path, []byte("something else\n— no signature\n"), 0o600)
	if _, err := audit.Open(b.d, b.master, b.dir, clock.System); err == nil {
		t.Error("a heads file that cannot be read was accepted")
	}
}

// TestSealersAndWritersTogether runs three logs against writers.
func TestSealersAndWritersTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		first := newBook(t, d)
		var writers, sealers sync.WaitGroup
		stop := make(chan struct{})
		for range 3 {
			b := &book{d: d, dir: t.TempDir(), master: first.master, now: first.now}
			b.reopen(t)
			sealers.Go(func() {
				for {
					if err := b.Seal(context.Background()); err != nil {
						t.Error(err)
						return
					}
					select {
					case <-stop:
						return
					default:
					}
				}
			})
		}
		for range 4 {
			writers.Go(func() {
				for i := range 50 {
					if err := record(t, d, act(int64(i)), act(int64(i))); err != nil {
						t.Error(err)
					}
				}
			})
		}
		writers.Wait()
		close(stop)
		sealers.Wait()
		if err := first.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r := first.verify(t, first.heads(t)); r.Bad != nil || r.Sealed != 400 || r.Unsealed != 0 {
			t.Errorf("%+v, %v", r, r.Bad)
		}
	})
}

func TestRunSealsWhatIsLeftAtTheEnd(t *testing.T) {
	b := newBook(t, dbtest.SQLite(t))
	record(t, b.d, act(1))
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := b.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if r := b.verify(t, b.heads(t)); r.Bad != nil || r.Outside != 1 {
		t.Errorf("%+v", r)
	}
}

func benchLog(b *testing.B, d *db.DB, rows int) *book {
	bk := newBook(b, d)
	for n := 0; n < rows; n += 500 {
		entries := make([]audit.Entry, min(500, rows-n))
		for i := range entries {
			entries[i] = act(int64(n + i))
		}
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			for _, e := range entries {
				if err := audit.Record(context.Background(), tx, e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return bk
}

func BenchmarkSeal100k(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		bk := benchLog(b, dbtest.SQLite(b), 100_000)
		b.StartTimer()
		if err := bk.Seal(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify100k(b *testing.B) {
	bk := benchLog(b, dbtest.SQLite(b), 100_000)
	if err := bk.Seal(context.Background()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if r := bk.verify(b); r.Bad != nil || r.Sealed != 100_000 {
			b.Fatal(r)
		}
	}
}
