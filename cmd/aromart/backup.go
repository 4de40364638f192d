package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"aromart/internal/kit/clock"
	"aromart/internal/platform/backup"
	"aromart/internal/platform/db"
)

type backupCmd struct {
	place
	File       string   `arg:"" optional:"" help:"The archive. Named by the time unless given, in --backup-dir or here."`
	Verify     bool     `help:"Read the archive FILE and compare every sum; makes no backup."`
	WithKeys   bool     `help:"Add the master key, under a passphrase (asked for, or AROMART_BACKUP_PASSPHRASE_FILE)."`
	NoPictures bool     `help:"Leave the pictures out; copy the folder media by other means."`
	Recipient  []string `name:"backup-recipient" aliases:"recipient" placeholder:"AGE1…" help:"Encrypt the archive to an age recipient. May be repeated."`
	Identity   string   `name:"backup-identity" aliases:"identity" placeholder:"FILE" help:"With --verify: age identity that opens an encrypted archive."`
	Dir        string   `name:"backup-dir" placeholder:"DIR" help:"Where archives lie."`
	Passphrase string   `name:"backup-passphrase" hidden:"" help:"Better: AROMART_BACKUP_PASSPHRASE_FILE."`
	JSON       bool     `help:"Print JSON."`
}

// madeJSON is a backup as a script reads it.
type madeJSON struct {
	*backup.Result
	Seconds float64 `json:"seconds"`
}

func (b *backupCmd) Run(ctx context.Context, c *console) error {
	if b.Verify {
		return b.check(ctx, c)
	}
	if err := b.there(); err != nil {
		return err
	}
	if err := backup.CheckRecipients(b.Recipient); err != nil {
		return usage{err.Error()}
	}
	file, err := b.name()
	if err != nil {
		return err
	}
	passphrase := ""
	if b.WithKeys {
		if passphrase, err = newPassphrase(c, b.Passphrase); err != nil {
			return err
		}
	}
	d, err := db.OpenReadOnly(ctx, db.Options{Dir: b.Data, URL: b.Database})
	if err != nil {
		return err
	}
	defer d.Close()
	res, err := backup.Create(ctx, backup.Source{DB: d, Dir: b.Data}, backup.Options{File: file, Program: version(), Recipients: b.Recipient,
		Passphrase: passphrase, NoPictures: b.NoPictures, Clock: clock.System, Progress: c.stages()})
	c.progressDone()
	if err = errors.Join(err, remember(b.Data, file, err)); err != nil {
		return err
	}
	return b.tell(c, res)
}

// name is the archive's place; a new folder for archives is made.
func (b *backupCmd) name() (string, error) {
	if b.File == "" {
		if b.Dir != "" {
			if err := os.MkdirAll(b.Dir, 0o700); err != nil {
				return "", usage{"cannot make --backup-dir: " + err.Error()}
			}
		}
		b.File = filepath.Join(b.Dir, backup.FileName(clock.System(), len(b.Recipient) > 0))
	}
	if info, err := os.Stat(b.File); err == nil && info.IsDir() {
		return "", usage{b.File + " is a directory; give the name of a file, or --backup-dir"}
	}
	return b.File, nil
}

// remember notes for doctor how a backup ended. One that somebody stopped did not fail.
func remember(dir, file string, failure error) error {
	if errors.Is(failure, context.Canceled) {
		return nil
	}
	m := backup.Made{At: clock.System(), File: file}
	if abs, err := filepath.Abs(file); err == nil {
		m.File = abs
	}
	if failure != nil {
		m.FailedAt, m.Failure = m.At, sentence(failure)
	}
	return backup.NoteMade(dir, m)
}

func (b *backupCmd) tell(c *console, res *backup.Result) error {
	for _, n := range res.Notes {
		fmt.Fprintln(c.err, "aromart: note:", n)
	}
	if b.JSON {
		return json.NewEncoder(c.out).Encode(madeJSON{res, res.Took.Seconds()})
	}
	holds := plural(res.Rows["orders"], "order") + ", " + plural(int64(res.Files), "stored file")
	if res.Keys {
		holds += ", the master key"
	}
	if res.Encrypted {
		holds += ", encrypted"
	}
	fmt.Fprintf(c.out, "%s: %s, %s, as of %s, in %s\n", res.File, size(res.Size), holds, res.TakenAt.Format(time.RFC3339), res.Took.Round(time.Millisecond))
	if !res.Keys {
		fmt.Fprintf(c.err, "The master key is not in it: keep a copy of %s elsewhere, or add --with-keys.\n", filepath.Join(b.Data, "secrets"))
	}
	return nil
}

func (b *backupCmd) check(ctx context.Context, c *console) error {
	if b.File == "" {
		return usage{"--verify needs the name of an archive: aromart backup --verify FILE"}
	}
	ids, err := backup.ReadIdentities(b.Identity)
	if err != nil {
		return usage{err.Error()}
	}
	m, err := backup.Check(ctx, b.File, backup.Access{Identities: ids, Progress: c.stages()})
	c.progressDone()
	return c.verdict(b.JSON, b.File, m, err, "every sum is right")
}

// verdictJSON is what verifying an archive found.
type verdictJSON struct {
	File    string           `json:"file"`
	OK      bool             `json:"ok"`
	Says    string           `json:"says"`
	Archive *backup.Manifest `json:"archive"` // null when it cannot be read
}

// verdict reports on an archive.
func (c *console) verdict(asJSON bool, file string, m *backup.Manifest, problem error, fine string) error {
	if errors.Is(problem, context.Canceled) {
		return problem
	}
	if asJSON {
		v := verdictJSON{File: file, OK: problem == nil, Says: fine, Archive: m}
		if problem != nil {
			v.Says = sentence(problem)
		}
		if err := json.NewEncoder(c.out).Encode(v); err != nil {
			return err
		}
		if problem != nil {
			return errFound
		}
		return nil
	}
	if problem != nil {
		return problem
	}
	fmt.Fprintf(c.out, "%s: %s; %s, as of %s, schema %d, %s\n", file, fine, plural(m.Rows["orders"], "order"), m.TakenAt.Format(time.RFC3339), m.Schema, m.Engine)
	return nil
}

// newPassphrase is the one that was configured, or is asked for twice.
func newPassphrase(c *console, given string) (string, error) {
	first, err := passphrase(c, given, "Passphrase for the master key: ")
	if err != nil || given != "" {
		return first, err
	}
	again, err := passphrase(c, "", "Once more: ")
	if err == nil && again != first {
		err = usage{"the two passphrases differ"}
	}
	return first, err
}

const minPassphrase = 12

// passphrase is the one that was configured, or is read from the terminal without echo.
func passphrase(c *console, given, prompt string) (string, error) {
	if given == "" {
		in := int(os.Stdin.Fd())
		if !term.IsTerminal(in) {
			return "", usage{"the master key needs a passphrase: set AROMART_BACKUP_PASSPHRASE_FILE to the name of a file that holds it, or run the command on a terminal"}
		}
		fmt.Fprint(c.err, prompt)
		typed, err := term.ReadPassword(in)
		fmt.Fprintln(c.err)
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		given = string(typed)
	}
	if len([]rune(given)) < minPassphrase {
		return "", usage{fmt.Sprintf("the passphrase has fewer than %d characters; whoever finds the archive may guess for ever, so take four words or more", minPassphrase)}
	}
	return given, nil
}

// stages returns a function that draws a bar for each stage of a long work; nil in a pipe.
func (c *console) stages() func(what string, done, total int) {
	if !c.isTTY {
		return nil
	}
	last, bar := "", func(int, int) {}
	return func(what string, done, total int) {
		if what != last {
			if last != "" {
				fmt.Fprintln(c.err)
			}
			last, bar = what, c.progress(what)
		}
		bar(done, total)
	}
}

func size(bytes int64) string {
	if bytes < 1<<20 {
		return fmt.Sprintf("%d KB", (bytes+1023)>>10)
	}
	return strings.Replace(fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20)), ".0 ", " ", 1)
}
