package backup_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/platform/backup"
	"aromart/internal/platform/db"
)

// What has to happen before the first request happens, also when the process
// that restored was killed, and only once it has all happened.
func TestARestoreIsFinishedByWhoeverComesNext(t *testing.T) {
	each(t, func(t *testing.T, s shop, empty func() string) {
		file, res := s.backup(t, nil)
		ledger := filepath.Join(t.TempDir(), "kept-elsewhere")
		if err := os.WriteFile(ledger, []byte("erased: 4711\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		dir, url := s.place(t), empty()
		if _, err := backup.Restore(t.Context(), file, backup.Target{Dir: dir, URL: url, Ledger: ledger, Now: clock.System()}, backup.Access{}); err != nil {
			t.Fatal(err)
		}
		if err := backup.Interrupted(dir, url != ""); err != nil {
			t.Error(err)
		}
		finish := func(hooks ...backup.Hook) (*backup.Restored, error) {
			d, err := db.Open(t.Context(), db.Options{Dir: dir, URL: url}) // another process
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			if err := backup.Unfinished(t.Context(), d, dir); err != nil {
				t.Error(err)
			}
			return backup.Finish(t.Context(), d, dir, clock.System(), hooks)
		}
		var ran []string
		hook := func(name string, result error) backup.Hook {
			return backup.Hook{Name: name, Run: func(_ context.Context, r backup.Restored) error {
				if text, err := os.ReadFile(r.Ledger); string(text) != "erased: 4711\n" {
					t.Errorf("ledger %q: %q %v", r.Ledger, text, err)
				}
				if !r.TakenAt.Equal(res.TakenAt) {
					t.Errorf("taken at %v", r.TakenAt)
				}
				ran = append(ran, name)
				return result
			}}
		}
		_, err := finish(hook("sessions", nil), hook("erasures", errors.New("killed")))
		refused(t, err, "a step is missing (erasures)")
		done, err := finish(hook("sessions", nil), hook("erasures", nil))
		if err != nil || done == nil {
			t.Fatal(done, err)
		}
		if again, err := finish(hook("never", nil)); err != nil || again != nil {
			t.Errorf("%v %v", again, err)
		}
		if want := []string{"sessions", "erasures", "sessions", "erasures"}; !slices.Equal(ran, want) {
			t.Errorf("ran %v, want %v", ran, want)
		}
		d, err := db.Open(t.Context(), db.Options{Dir: dir, URL: url})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		n, err := db.One(t.Context(), d, db.Int, `SELECT count(*) FROM audit_entries WHERE action = 'backup.restore'`)
		if n != 1 {
			t.Errorf("%d entries in the audit log, %v", n, err)
		}
	})
}

// A backup of what is half restored would lose the mark.
func TestAnUnfinishedRestoreIsNotBackedUp(t *testing.T) {
	each(t, func(t *testing.T, s shop, _ func() string) {
		if err := s.db.MarkRestore(t.Context(), "{}"); err != nil {
			t.Fatal(err)
		}
		_, err := backup.Create(t.Context(), backup.Source{DB: s.db, Dir: s.dir}, backup.Options{File: filepath.Join(t.TempDir(), "x"), Clock: clock.System})
		refused(t, err, "is not finished")
	})
}

func TestOneBackupAtATime(t *testing.T) {
	s := fillSQLite(t)
	var second error
	s.backup(t, func(o *backup.Options) {
		o.Progress = func(string, int, int) {
			_, second = backup.Create(t.Context(), backup.Source{DB: s.db, Dir: s.dir}, backup.Options{File: filepath.Join(t.TempDir(), "x"), Clock: clock.System})
		}
	})
	refused(t, second, "another backup of")
	s.backup(t, nil)
}

// A process that was killed while it unpacked leaves a place that nobody
// serves and that a second try clears.
func TestAnInterruptedRestoreBeginsAnew(t *testing.T) {
	each(t, func(t *testing.T, s shop, empty func() string) {
		file, _ := s.backup(t, nil)
		dir, url := s.place(t), empty()
		for name, text := range map[string]string{"restore-unfinished": `["secrets"]`, ".restore/aromart.db": "half", "media/ab/half": "x", "audit-heads.log": "x"} {
			path := filepath.Join(dir, name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
		if url == "" {
			refused(t, backup.Interrupted(dir, false), "was interrupted")
		} else {
			d, err := db.Open(t.Context(), db.Options{Dir: dir, URL: url})
			if err != nil {
				t.Fatal(err)
			}
			refused(t, backup.Unfinished(t.Context(), d, dir), "was interrupted")
			if err := d.MarkRestore(t.Context(), "{}"); err != nil { // it came as far as that
				t.Fatal(err)
			}
			refused(t, backup.Unfinished(t.Context(), d, t.TempDir()), "was interrupted")
			d.Close()
		}
		if _, err := backup.Restore(t.Context(), file, backup.Target{Dir: dir, URL: url, Now: clock.System()}, backup.Access{}); err != nil {
			t.Fatal(err)
		}
		if names := entries(t, dir); slices.Contains(names, "restore-unfinished") || slices.Contains(names, ".restore") {
			t.Errorf("left %v", names)
		}
		if _, err := os.Stat(filepath.Join(dir, "media", "ab", "half")); err == nil {
			t.Error("a file of the interrupted restore is served")
		}
	})
}

// Who was erased must not come back because nobody thought of the ledger.
func TestTheLedgerOfErasuresIsNotForgotten(t *testing.T) {
	s := fillSQLite(t)
	ledger := filepath.Join(s.dir, backup.LedgerFile)
	if err := os.WriteFile(ledger, []byte("first\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, _ := s.backup(t, nil)
	if strings.Contains(string(unpacked(t, file)), "first\n") {
		t.Error("the ledger is in the archive: it would be restored as old as that")
	}
	if err := os.WriteFile(ledger, []byte("first\nsecond\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	restore := func(dir string, change func(*backup.Target)) error {
		target := backup.Target{Dir: dir, Now: clock.System()}
		if change != nil {
			change(&target)
		}
		_, err := backup.Restore(t.Context(), file, target, backup.Access{})
		return err
	}
	dir := s.place(t)
	if err := restore(dir, nil); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(filepath.Join(dir, backup.LedgerFile)); string(text) != "first\nsecond\n" {
		t.Errorf("where it lay: %q", text)
	}
	lost := filepath.Join(t.TempDir(), "erasures.log")
	if err := os.Rename(ledger, lost); err != nil {
		t.Fatal(err)
	}
	dir = s.place(t)
	refused(t, restore(dir, nil), "Name it with --erasures FILE")
	refused(t, restore(dir, func(t *backup.Target) { t.Ledger = lost + ".not" }), "cannot be read")
	if err := restore(dir, func(t *backup.Target) { t.Ledger = lost }); err != nil {
		t.Error(err)
	}
	if err := restore(s.place(t), func(t *backup.Target) { t.NoLedger = true }); err != nil {
		t.Error(err)
	}
}

func TestBackupsExpire(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)
	touch := func(name string) string {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	day := 24 * time.Hour
	old, older := touch(backup.FileName(now.Add(-36*day), false)), touch(backup.FileName(now.Add(-50*day), true))
	foreign := touch("aromart-notes.txt")
	if gone, err := backup.Expire(dir, backup.Keep, now); gone != 1 || err != nil {
		t.Errorf("%d %v", gone, err)
	}
	if names := entries(t, dir); !slices.Equal(names, []string{old, foreign}) {
		t.Errorf("the newest does not stay, or another goes: %v without %s", names, older)
	}
	fresh, edge := touch(backup.FileName(now, false)), touch(backup.FileName(now.Add(-35*day), false))
	if gone, err := backup.Expire(dir, backup.Keep, now); gone != 1 || err != nil {
		t.Errorf("%d %v", gone, err)
	}
	if names := entries(t, dir); !slices.Equal(names, []string{edge, fresh, foreign}) {
		t.Errorf("got %v", names)
	}
	list, err := backup.List(dir)
	if err != nil || len(list) != 2 || filepath.Base(list[0].Path) != fresh {
		t.Errorf("%v %v", list, err)
	}
}

func TestTheStateSaysWhatIsWrong(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)
	state := func() backup.State {
		s, err := backup.ReadState(dir)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	problems := func(later time.Duration) [2]string {
		return [2]string{state().MadeProblem(now.Add(later)), state().DrillProblem(now.Add(later))}
	}
	if problems(0) != [2]string{} || state().Made.Line(now) != "none yet" {
		t.Errorf("a new marketplace: %q", problems(0))
	}
	if err := errors.Join(backup.Plan(dir, 24*time.Hour, 24*time.Hour), backup.NoteMade(dir, backup.Made{At: now, File: "/b/one"}),
		backup.NoteDrill(dir, backup.Drill{At: now, File: "/b/one", Passed: true, Says: "fine", Planned: 24 * time.Hour})); err != nil {
		t.Fatal(err)
	}
	if problems(48*time.Hour) != [2]string{} {
		t.Errorf("two days later: %q", problems(48*time.Hour))
	}
	for i, p := range problems(72 * time.Hour) {
		if !strings.Contains(p, "3 days ago") || !strings.Contains(p, "planned every 1 day") {
			t.Errorf("three days later, %d: %q", i, p)
		}
	}
	if err := backup.NoteMade(dir, backup.Made{At: now, FailedAt: now, Failure: "disk full"}); err != nil {
		t.Fatal(err)
	}
	if p := problems(time.Hour)[0]; !strings.Contains(p, "failed 1 hour ago: disk full") || state().Made.File != "/b/one" {
		t.Errorf("%q; the last good one is %q", p, state().Made.File)
	}
	if err := backup.NoteDrill(dir, backup.Drill{At: now, Says: "a table is short"}); err != nil {
		t.Fatal(err)
	}
	if p := problems(time.Hour)[1]; !strings.Contains(p, "a table is short") {
		t.Errorf("%q", p)
	}
}
