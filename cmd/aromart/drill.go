package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"aromart/internal/platform/backup"
	"aromart/internal/platform/db"
	"aromart/internal/platform/job"
	"aromart/internal/platform/telemetry"
)

// schedule is what a running marketplace backs up by itself.
type schedule struct {
	BackupEvery     time.Duration `placeholder:"DURATION" help:"How often to back up into --backup-dir, e.g. 24h. Each day the newest is restored for a trial."`
	BackupDir       string        `placeholder:"DIR" help:"Where backups go; best another disk."`
	BackupKeep      time.Duration `default:"840h" help:"How long a backup is kept, at most 35 days as the policy says; the newest stays in any case."`
	BackupRecipient []string      `placeholder:"AGE1…" help:"Encrypt backups to an age recipient."`
	BackupIdentity  string        `placeholder:"FILE" help:"Age identity for the trial of encrypted backups; without it the trial is made elsewhere."`
}

// check refuses what could not be done at night.
func (s schedule) check() error {
	switch {
	case s.BackupEvery == 0:
		return nil
	case s.BackupEvery < time.Minute:
		return usage{"--backup-every is at least a minute, e.g. 24h"}
	case s.BackupDir == "":
		return usage{"--backup-every needs --backup-dir DIR, where the backups go"}
	case s.BackupKeep < 24*time.Hour || s.BackupKeep > backup.Keep:
		return usage{"--backup-keep is between 24h and 840h: the policy promises that a backup is gone after 35 days"}
	}
	if err := backup.CheckRecipients(s.BackupRecipient); err != nil {
		return usage{err.Error()}
	}
	if _, err := backup.ReadIdentities(s.BackupIdentity); err != nil {
		return usage{err.Error()}
	}
	if err := os.MkdirAll(s.BackupDir, 0o700); err != nil {
		return usage{"cannot make --backup-dir: " + err.Error()}
	}
	return nil
}

// drills reports whether the trial is made on this machine.
func (s schedule) drills() bool { return len(s.BackupRecipient) == 0 || s.BackupIdentity != "" }

const (
	jobBackup = "backup.make"
	jobDrill  = "backup.drill"
)

// register plans backups and drills. stopping ends them when the shop does:
// they are made again, and nobody waits for them.
func (s schedule) register(stopping context.Context, h *house, r *job.Runner, url string) error {
	backup.Sweep(h.dir)
	if s.BackupEvery == 0 {
		return backup.Plan(h.dir, 0, 0)
	}
	drills := backup.DrillEvery
	if !s.drills() {
		drills = 0
	}
	if err := backup.Plan(h.dir, s.BackupEvery, drills); err != nil {
		return err
	}
	until := func(f func(context.Context) error) func(context.Context, job.Job) error {
		return func(ctx context.Context, _ job.Job) error {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			defer context.AfterFunc(stopping, cancel)()
			return f(ctx)
		}
	}
	long := job.Limits{Tries: 4, Timeout: 2 * time.Hour}
	r.Every(jobBackup, s.BackupEvery, until(func(ctx context.Context) error { return s.make(ctx, h) }), long)
	if drills > 0 {
		r.Every(jobDrill, backup.DrillEvery, until(func(ctx context.Context) error { return s.drill(ctx, h, url) }), long)
	}
	return nil
}

// make takes a backup, lets the old ones go, and has the first one tried at once.
func (s schedule) make(ctx context.Context, h *house) error {
	file := filepath.Join(s.BackupDir, backup.FileName(h.clock(), len(s.BackupRecipient) > 0))
	res, err := backup.Create(ctx, backup.Source{DB: h.db, Dir: h.dir}, backup.Options{File: file, Program: version(), Recipients: s.BackupRecipient, Clock: h.clock})
	if noted := remember(h.dir, file, err); noted != nil {
		slog.Error("the backup cannot be noted", "error", noted)
	}
	if err != nil {
		return err
	}
	for _, n := range res.Notes {
		slog.Warn("backup", "note", n)
	}
	gone, err := backup.Expire(s.BackupDir, s.BackupKeep, h.clock())
	slog.Info("backup", "file", file, "bytes", res.Size, "took", res.Took, "expired", gone)
	if err != nil {
		return err
	}
	state, err := backup.ReadState(h.dir)
	if err != nil || !s.drills() || !state.Drill.At.IsZero() {
		return err
	}
	return h.db.Write(ctx, func(tx *db.Tx) error { return job.Enqueue(ctx, tx, jobDrill, nil, time.Time{}) })
}

// drill restores the newest backup inside the data directory, where what it
// holds lies anyway, asks it everything, and removes it.
func (s schedule) drill(ctx context.Context, h *house, url string) error {
	list, err := backup.List(s.BackupDir)
	if err != nil || len(list) == 0 {
		return err // the first backup asks for its drill itself
	}
	ids, err := backup.ReadIdentities(s.BackupIdentity)
	if err != nil {
		return err
	}
	_, err = backup.Try(ctx, list[0].Path, url, h.dir, backup.Access{Identities: ids}, examineCopy)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	d := backup.Drill{At: h.clock(), File: list[0].Path, Passed: err == nil, Says: "every invariant holds", Planned: backup.DrillEvery}
	if err != nil {
		d.Says = sentence(err)
		slog.Error("the restore drill failed", "file", list[0].Path, "error", d.Says)
	} else {
		slog.Info("restore drill", "file", list[0].Path, "result", d.Says)
	}
	return backup.NoteDrill(h.dir, d)
}

// degraded says what is wrong with backups and drills, for /readyz on the ops
// address. The shop goes on serving: taking it off the net mends no backup.
func (h *house) degraded() []string {
	state, err := backup.ReadState(h.dir)
	if err != nil {
		return []string{"backup: the state cannot be read"}
	}
	var list []string
	if problem := state.MadeProblem(h.clock()); problem != "" {
		list = append(list, "backup: "+problem)
	}
	if problem := state.DrillProblem(h.clock()); problem != "" {
		list = append(list, "restore drill: "+problem)
	}
	return list
}

// meterBackups adds the figures that an alarm needs.
func (h *house) meterBackups(meters *telemetry.Meters) {
	read := func(f func(backup.State) time.Time) func() float64 {
		return func() float64 {
			state, err := backup.ReadState(h.dir)
			if at := f(state); err == nil && !at.IsZero() {
				return float64(at.Unix())
			}
			return 0
		}
	}
	meters.Gauge("backup_last_timestamp_seconds", "When the last backup was made; 0 is never.", read(func(s backup.State) time.Time { return s.Made.At }))
	meters.Gauge("restore_drill_passed_timestamp_seconds", "When a backup was last restored for a trial, if that passed; 0 is never.", read(func(s backup.State) time.Time {
		if !s.Drill.Passed {
			return time.Time{}
		}
		return s.Drill.At
	}))
}

// lookAtBackups tells doctor how things stand. It needs no database, so that
// whoever has lost his can still read which file to restore.
func lookAtBackups(dir string, now time.Time, note func(what, says string, err error, hint string)) {
	state, err := backup.ReadState(dir)
	if err != nil {
		note("backup", "", err, "remove the file; the next backup writes it anew")
		return
	}
	report := func(what, says, problem, hint string) {
		if problem != "" {
			err = fmt.Errorf("%s", problem)
		}
		note(what, says, err, hint)
		err = nil
	}
	hint := "aromart backup"
	if state.Made.File != "" {
		hint += "; the last good one is " + state.Made.File
	}
	says := state.Made.Line(now)
	if state.Made.At.IsZero() {
		says += "; aromart backup makes one, aromart serve --backup-every 24h --backup-dir DIR does by itself"
	}
	report("backup", says, state.MadeProblem(now), hint)
	report("drill", state.Drill.Line(now), state.DrillProblem(now), "aromart restore FILE --verify says more; keep an older backup until one passes")
}
