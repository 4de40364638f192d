package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"aromart/internal/kit/clock"
	"aromart/internal/people/seller"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/job"
	"aromart/internal/trade/fsck"
)

type fsckCmd struct {
	errand
	JSON bool `help:"Print JSON."`
}

func (f *fsckCmd) Run(ctx context.Context, c *console) error {
	return f.with(ctx, c, func(h *house) error {
		res, err := fsck.Run(ctx, h.db, h.auditSound)
		if err != nil {
			return err
		}
		if f.JSON {
			if res.Breaches == nil {
				res.Breaches = []fsck.Breach{}
			}
			if err := json.NewEncoder(c.out).Encode(res); err != nil {
				return err
			}
		} else {
			for _, b := range res.Breaches {
				fmt.Fprintln(c.out, b)
			}
			for _, table := range slices.Sorted(maps.Keys(res.Rows)) {
				fmt.Fprintf(c.err, "%s: %d\n", table, res.Rows[table])
			}
		}
		if !res.Sound() {
			return errFound
		}
		if !f.JSON {
			fmt.Fprintln(c.out, "every invariant holds")
		}
		return nil
	})
}

// auditSound seals what is waiting and checks the whole log against the heads outside the database.
func (h *house) auditSound(ctx context.Context) error {
	report, err := h.verifyAudit(ctx)
	if err != nil {
		return err
	}
	if report.Bad != nil {
		return fmt.Errorf("audit log: %v", *report.Bad)
	}
	return nil
}

func (h *house) verifyAudit(ctx context.Context, outside ...io.Reader) (audit.Report, error) {
	f, err := os.Open(filepath.Join(h.dir, audit.HeadsFile))
	switch {
	case err == nil:
		defer f.Close()
		outside = append(outside, f)
	case !errors.Is(err, os.ErrNotExist): // not there: nothing was sealed yet
		return audit.Report{}, err
	}
	return audit.Verify(ctx, h.db, audit.PublicKey(h.secrets), outside...)
}

type auditCmd struct {
	Verify     auditVerifyCmd     `cmd:"" help:"Check every row against the signed heads; names the first bad row."`
	Checkpoint auditCheckpointCmd `cmd:"" help:"Print a signed head, to be kept elsewhere."`
}

type auditVerifyCmd struct {
	errand
	Checkpoint string `type:"path" help:"A head taken earlier and kept elsewhere: finds a log whose end was cut off."`
	JSON       bool   `help:"Print JSON."`
}

// auditJSON is the state of the audit log as a script reads it.
type auditJSON struct {
	Sealed   int64       `json:"sealed"`
	Unsealed int64       `json:"unsealed"`
	Heads    int         `json:"heads"`
	Outside  int64       `json:"vouched_outside"`
	Bad      *badRowJSON `json:"bad"` // null when all is well
}

type badRowJSON struct {
	Row  int64  `json:"row"`
	UpTo int64  `json:"up_to"`
	What string `json:"what"`
	Note string `json:"note"`
}

func (a *auditVerifyCmd) Run(ctx context.Context, c *console) error {
	var outside []io.Reader
	if a.Checkpoint != "" {
		head, err := c.read(a.Checkpoint)
		if err != nil {
			return usage{"cannot read the checkpoint: " + err.Error()}
		}
		if !bytes.HasPrefix(head, []byte(audit.Origin+"\n")) {
			return usage{a.Checkpoint + " holds no signed head; aromart audit checkpoint prints one"}
		}
		outside = append(outside, bytes.NewReader(head))
	}
	return a.with(ctx, c, func(h *house) error {
		report, err := h.verifyAudit(ctx, outside...)
		if err != nil {
			return err
		}
		if a.JSON {
			out := auditJSON{Sealed: report.Sealed, Unsealed: report.Unsealed, Heads: report.Heads, Outside: report.Outside}
			if bad := report.Bad; bad != nil {
				out.Bad = &badRowJSON{Row: bad.Seq, UpTo: max(bad.UpTo, bad.Seq), What: bad.What, Note: bad.Note}
			}
			err = json.NewEncoder(c.out).Encode(out)
		} else {
			fmt.Fprintf(c.out, "%d rows sealed, %d since; %d heads, %d rows vouched for from outside\n", report.Sealed, report.Unsealed, report.Heads, report.Outside)
			if report.Bad != nil {
				fmt.Fprintln(c.out, *report.Bad)
			}
		}
		if err == nil && report.Bad != nil {
			return errFound
		}
		return err
	})
}

type auditCheckpointCmd struct{ errand }

func (a *auditCheckpointCmd) Run(ctx context.Context, c *console) error {
	return a.with(ctx, c, func(h *house) error {
		log, err := audit.Open(h.db, h.secrets, h.dir, h.clock)
		if err != nil {
			return err
		}
		head, err := log.Checkpoint(ctx)
		if err == nil {
			fmt.Fprint(c.out, head)
		}
		return err
	})
}

type doctorCmd struct {
	errand
	JSON bool `help:"Print JSON."`
}

// finding is one thing that doctor looked at.
type finding struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Says string `json:"says"`
	Hint string `json:"hint,omitempty"`
}

func (d *doctorCmd) Run(ctx context.Context, c *console) error {
	var list []finding
	note := func(what, says string, err error, hint string) {
		f := finding{What: what, OK: err == nil, Says: says}
		if err != nil {
			f.Says, f.Hint = sentence(err), hint
		}
		list = append(list, f)
	}
	dir, opened := d.Data, func(err error) {
		note("open", "database, secrets and pictures open", err, "the sentence above says what to do; the data directory is "+d.Data)
	}
	err := d.with(ctx, c, func(h *house) error {
		dir = h.dir
		opened(nil)
		h.examine(ctx, note)
		return nil
	})
	if _, elsewhere := errors.AsType[reported](err); elsewhere {
		return err
	}
	if err != nil {
		opened(err)
	}
	lookAtBackups(dir, clock.System(), note)
	for _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) && dir != filepath.Dir(dir); _, err = os.Stat(dir) {
		dir = filepath.Dir(dir) // where the data directory would be made
	}
	free, err := freeSpace(dir)
	note("disk", fmt.Sprintf("%d MB free", free>>20), err, "free some space, or move --data to a larger disk")
	bad := false
	for _, f := range list {
		bad = bad || !f.OK
		if !d.JSON {
			mark := "ok  "
			if !f.OK {
				mark = "BAD "
			}
			fmt.Fprintf(c.out, "%s %-10s %s\n", mark, f.What, f.Says)
			if f.Hint != "" {
				fmt.Fprintf(c.out, "     %-10s %s\n", "", f.Hint)
			}
		}
	}
	if d.JSON {
		if err := json.NewEncoder(c.out).Encode(list); err != nil {
			return err
		}
	}
	if bad {
		return errFound
	}
	return nil
}

func (h *house) examine(ctx context.Context, note func(what, says string, err error, hint string)) {
	st, err := h.db.Status(ctx)
	note("schema", fmt.Sprintf("%d of %d, %s", st.Have, st.Want, h.db.Dialect()), err, "aromart migrate")
	note("integrity", "quick check passed", h.db.QuickCheck(ctx), "restore the last good backup (see below); do not go on with this file")
	note("market", h.market.Code, nil, "")
	until := h.market.HolidaysUntil()
	var stale error
	if until < h.clock().AddDate(0, 2, 0).Year() {
		stale = errors.New("the public holidays end soon: delivery dates and legal deadlines will be wrong")
	}
	note("holidays", fmt.Sprint("known until the end of ", until), stale, "update aromart, or have the calendar reviewed")
	dead, err := job.ListDead(ctx, h.db, 10)
	if err == nil && len(dead) > 0 {
		err = fmt.Errorf("%s gave up; the newest: %s", plural(int64(len(dead)), "job"), dead[0].LastError)
	}
	note("jobs", "none gave up", err, "mend the cause; a mail that cannot be sent is tried for about a day")
	says, err := h.requestsInTime(ctx)
	note("requests", says, err, "aromart privacy requests list")
	lost, never, err := seller.Ownerless(ctx, h.db)
	if err == nil && len(lost) > 0 {
		err = fmt.Errorf("nobody owns any more: %s", strings.Join(lost, ", "))
	}
	note("owners", owned(never), err, "aromart user role ADDRESS seller_owner --seller SLUG")
	note("audit", "log verifies", h.auditSound(ctx), "aromart audit verify")
	res, err := fsck.Run(ctx, h.db, nil)
	if err == nil && !res.Sound() {
		err = fmt.Errorf("%s", plural(int64(len(res.Breaches)), "breach of an invariant"))
	}
	note("books", "every invariant holds", err, "aromart fsck")
}

// owned says of the stores that no login owns that the operator runs them.
func owned(never []string) string {
	if len(never) == 0 {
		return "every store has an owner"
	}
	return plural(int64(len(never)), "store") + " without an owner, run from the shell"
}

// minFree is what a day of orders may need.
const minFree = 200 << 20

func freeSpace(dir string) (uint64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, err
	}
	free := st.Bavail * uint64(st.Bsize)
	if free < minFree {
		return free, fmt.Errorf("only %d MB are free", free>>20)
	}
	return free, nil
}
