package backup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"aromart/internal/platform/durable"
)

// Keep is how long an archive may be kept: the answer to an erased person says so.
const Keep = 35 * 24 * time.Hour

// DrillEvery is how often the newest archive is restored for a trial.
const DrillEvery = 24 * time.Hour

const stamp = "20060102T150405Z"

// FileName is the name of an archive of a moment.
func FileName(at time.Time, encrypted bool) string {
	name := "aromart-" + at.UTC().Format(stamp) + ".tar.zst"
	if encrypted {
		name += ".age"
	}
	return name
}

var ours = regexp.MustCompile(`^aromart-(\d{8}T\d{6}Z)\.tar\.zst(?:\.age)?$`)

// File is an archive in a directory of archives.
type File struct {
	Path    string
	TakenAt time.Time
}

// List returns the archives of a directory by the time in their names, the newest first.
func List(dir string) ([]File, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []File
	for _, e := range entries {
		m := ours.FindStringSubmatch(e.Name())
		if m == nil || !e.Type().IsRegular() {
			continue
		}
		if at, err := time.Parse(stamp, m[1]); err == nil {
			list = append(list, File{filepath.Join(dir, e.Name()), at})
		}
	}
	slices.SortFunc(list, func(a, b File) int { return b.TakenAt.Compare(a.TakenAt) })
	return list, nil
}

// Expire deletes the archives of a directory that are older than keep. The
// newest stays in any case: an old copy is better than none, and doctor says how old it is.
func Expire(dir string, keep time.Duration, now time.Time) (gone int, err error) {
	list, err := List(dir)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	for _, f := range list[1:] {
		if now.Sub(f.TakenAt) <= keep {
			continue
		}
		if e := os.Remove(f.Path); e != nil {
			err = errors.Join(err, e)
		} else {
			gone++
		}
	}
	return gone, err
}

// State is what is known of backups and drills. It lies in files of the data
// directory, so that it can be read when the database cannot.
type State struct {
	Made  Made
	Drill Drill
}

// Made is the last backup.
type Made struct {
	At       time.Time     `json:"at"` // zero: none yet
	File     string        `json:"file"`
	Every    time.Duration `json:"every"` // planned; 0 by hand
	FailedAt time.Time     `json:"failed_at"`
	Failure  string        `json:"failure,omitempty"` // of the last try, when it failed
}

// Drill is the last trial restore.
type Drill struct {
	At      time.Time     `json:"at"` // zero: none yet
	File    string        `json:"file"`
	Passed  bool          `json:"passed"`
	Says    string        `json:"says"`
	Planned time.Duration `json:"planned"` // 0 by hand
}

const (
	madeFile  = "backup-made.json"
	drillFile = "backup-drill.json"
)

// ReadState reads the state of a data directory. What was never written is zero.
func ReadState(dir string) (s State, err error) {
	return s, errors.Join(readJSON(filepath.Join(dir, madeFile), &s.Made), readJSON(filepath.Join(dir, drillFile), &s.Drill))
}

// NoteMade remembers a backup, or that it failed; the last good one stays known.
func NoteMade(dir string, m Made) error {
	var before Made
	readJSON(filepath.Join(dir, madeFile), &before) // damaged: this one replaces it
	if m.Failure != "" {
		m.At, m.File = before.At, before.File
	}
	if m.Every == 0 {
		m.Every = before.Every
	}
	return writeJSON(dir, madeFile, m)
}

// NoteDrill remembers a drill.
func NoteDrill(dir string, d Drill) error { return writeJSON(dir, drillFile, d) }

// Plan remembers what the running program will do by itself; zero is nothing.
func Plan(dir string, every, drills time.Duration) error {
	s, err := ReadState(dir)
	if err != nil {
		return err
	}
	if s.Made.Every != every {
		s.Made.Every = every
		err = writeJSON(dir, madeFile, s.Made)
	}
	if s.Drill.Planned != drills {
		s.Drill.Planned = drills
		err = errors.Join(err, writeJSON(dir, drillFile, s.Drill))
	}
	return err
}

func readJSON(path string, v any) error {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(text, v)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func writeJSON(dir, name string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return durable.WriteFile(filepath.Join(dir, name), text)
}

// MadeProblem says what is wrong with the backups, "" when nothing is.
func (s State) MadeProblem(now time.Time) string {
	m := s.Made
	switch age := now.Sub(m.At); {
	case m.Failure != "":
		return "the last one failed " + ago(now.Sub(m.FailedAt)) + ": " + m.Failure
	case m.At.IsZero():
		return ""
	case m.Every > 0 && age > 2*m.Every+time.Hour:
		return "the last one was made " + ago(age) + ", and one is planned every " + plain(m.Every)
	case age > Keep:
		return "the last one was made " + ago(age) + "; a backup is kept for " + plain(Keep)
	}
	return ""
}

// DrillProblem says what is wrong with the drills, "" when nothing is.
func (s State) DrillProblem(now time.Time) string {
	d := s.Drill
	switch age := now.Sub(d.At); {
	case d.At.IsZero():
		return ""
	case !d.Passed:
		return "the last one failed " + ago(age) + ": " + d.Says
	case d.Planned > 0 && age > 2*d.Planned+time.Hour:
		return "the last one was " + ago(age) + ", and one is planned every " + plain(d.Planned)
	}
	return ""
}

// ago writes an age as a person says it.
func ago(d time.Duration) string { return plain(d) + " ago" }

// plain writes a duration in its largest unit.
func plain(d time.Duration) string {
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if n := d / u.unit; n == 1 {
			return "1 " + u.name
		} else if n > 1 {
			return fmt.Sprintf("%d %ss", n, u.name)
		}
	}
	return "less than a minute"
}

// Line says how things stand, for doctor.
func (m Made) Line(now time.Time) string {
	if m.At.IsZero() {
		return "none yet"
	}
	return fmt.Sprintf("the last one was made %s: %s", ago(now.Sub(m.At)), m.File)
}

// Line says how things stand, for doctor.
func (d Drill) Line(now time.Time) string {
	if d.At.IsZero() {
		return "none yet"
	}
	return fmt.Sprintf("%s was restored %s, %s", filepath.Base(d.File), ago(now.Sub(d.At)), d.Says)
}
