package main

import (
	"context"
	"fmt"
	"time"

	"aromart/internal/care/privacy"
	"aromart/internal/kit/clock"
	"aromart/internal/people/auth"
	"aromart/internal/platform/backup"
	"aromart/internal/platform/db"
	"aromart/internal/trade/fsck"
)

type restoreCmd struct {
	File       string `arg:"" help:"The archive."`
	Data       string `placeholder:"DIR" help:"Empty data directory to restore into."`
	Database   string `placeholder:"URL" help:"Empty database, for a backup of PostgreSQL; with --verify the server for a temporary one."`
	Verify     bool   `help:"Restore into a temporary place, check everything there, and remove it."`
	Erasures   string `placeholder:"FILE" help:"The ledger of erasures, erasures.log, unless it lies in DIR or where it lay. It is replayed before anything is served."`
	NoErasures bool   `help:"The ledger of erasures is lost: restore without it, and have erased persons back."`
	Identity   string `name:"backup-identity" aliases:"identity" placeholder:"FILE" help:"Age identity that opens an encrypted archive."`
	Passphrase string `name:"backup-passphrase" hidden:"" help:"Better: AROMART_BACKUP_PASSPHRASE_FILE."`
	JSON       bool   `help:"Print JSON."`
}

func (r *restoreCmd) Run(ctx context.Context, c *console) error {
	ids, err := backup.ReadIdentities(r.Identity)
	if err != nil {
		return usage{err.Error()}
	}
	access := backup.Access{Identities: ids, Progress: c.stages()}
	if r.Verify {
		m, err := backup.Try(ctx, r.File, r.Database, "", access, examineCopy)
		c.progressDone()
		return c.verdict(r.JSON, r.File, m, err, "restored, every invariant holds, the audit log verifies; removed again")
	}
	if r.Data == "" {
		return usage{"restore needs an empty directory: --data DIR; or --verify, which removes what it restored"}
	}
	access.Passphrase = func() (string, error) { return passphrase(c, r.Passphrase, "Passphrase of the master key: ") }
	m, err := backup.Restore(ctx, r.File, backup.Target{Dir: r.Data, URL: r.Database, Ledger: r.Erasures, NoLedger: r.NoErasures, Now: clock.System()}, access)
	c.progressDone()
	if err != nil {
		return err
	}
	// Opening does the rest, as it would for the next command if this one were killed here.
	if err := (place{Data: r.Data, Database: r.Database}).withNew(ctx, func(*house) error { return nil }); err != nil {
		return err
	}
	if err := c.verdict(r.JSON, r.File, m, nil, "restored into "+r.Data); err != nil || r.JSON {
		return err
	}
	fmt.Fprintf(c.err, "Orders after %s are not in it. Look at it with aromart doctor, then start it with aromart serve.\n", m.TakenAt.Format(time.RFC3339))
	return nil
}

// examineCopy asks a restored copy everything that fsck and audit verify ask.
func examineCopy(ctx context.Context, t backup.Tried) error {
	res, err := fsck.Run(ctx, t.DB, t.AuditSound)
	if err == nil && !res.Sound() {
		err = fmt.Errorf("the backup restores, with %s; the first: %s", plural(int64(len(res.Breaches)), "breach of an invariant"), res.Breaches[0])
	}
	return err
}

// afterRestore is what happens to a restored marketplace before anything else
// does. Each step may run twice.
var afterRestore = func(h *house) []backup.Hook {
	return []backup.Hook{
		{Name: "erase again who was erased since", Run: func(ctx context.Context, r backup.Restored) error {
			if r.Ledger == "" {
				return nil
			}
			_, err := privacy.Replay(ctx, h.db, r.Ledger)
			return err
		}},
		{Name: "end all sessions and links", Run: func(ctx context.Context, r backup.Restored) error {
			return h.db.Write(ctx, func(tx *db.Tx) error { return auth.EndAll(ctx, tx, "restored", r.At) })
		}},
	}
}

// finishRestore carries out what a restore has left to the first who opens the marketplace.
func (h *house) finishRestore(ctx context.Context) error {
	_, err := backup.Finish(ctx, h.db, h.dir, h.clock(), afterRestore(h))
	return err
}
