package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"aromart/internal/care/policy"
	"aromart/internal/goods/catalog"
	"aromart/internal/goods/search"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/market"
	"aromart/internal/people/account"
	"aromart/internal/people/auth"
	"aromart/internal/platform/backup"
	"aromart/internal/platform/blob"
	"aromart/internal/platform/db"
	"aromart/internal/platform/secrets"
	"aromart/internal/trade/checkout"
	"aromart/internal/trade/order"
)

// place says where a marketplace lives.
type place struct {
	Data     string `default:"aromart-data" placeholder:"DIR" help:"Data directory, ${default} unless given: embedded database, pictures, secrets, outbox."`
	Database string `placeholder:"URL" help:"postgres://… instead of the embedded database."`
	Market   string `placeholder:"CODE" help:"Market profile of a new database: lk (default) or eu."`
}

// house is what the commands need, opened in the order in which it stands.
type house struct {
	dir     string
	db      *db.DB
	secrets secrets.Master
	blobs   *blob.Store
	market  *market.Profile
	links   order.Links
	desk    *checkout.Desk
	gate    *policy.Gate  // what the privacy policy allows
	index   *search.Index // empty until somebody fills it
	clock   clock.Clock

	// Of a house that serves; empty in others.
	url      string                                                     // of PostgreSQL
	planned  schedule                                                   // backups that it makes by itself
	mailOnly bool                                                       // no text message reaches anybody
	media    func(file string) (data []byte, mediaType string, ok bool) // pictures beside the stored ones; nil: none
}

// open opens the database and brings it forward. A database that is missing is made.
func (p place) open(ctx context.Context) (*house, error) {
	h := &house{dir: p.Data, clock: clock.System, index: search.New()}
	err := h.build(ctx, p)
	if err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

func (h *house) build(ctx context.Context, p place) (err error) {
	if p.Database != "" && !strings.HasPrefix(p.Database, "postgres://") && !strings.HasPrefix(p.Database, "postgresql://") {
		return usage{"--database is not of the form postgres://USER@HOST:5432/NAME; without it the embedded database is used"}
	}
	if _, ok := market.ByCode(p.Market); p.Market != "" && !ok {
		return usage{fmt.Sprintf("there is no market profile %q; there are %s", p.Market, strings.Join(market.Codes(), ", "))}
	}
	makeDir := func() error {
		if err := os.MkdirAll(p.Data, 0o700); err != nil {
			return fmt.Errorf("cannot make the data directory %s: %w; choose another with --data", p.Data, err)
		}
		return nil
	}
	if err := backup.Interrupted(p.Data, p.Database != ""); err != nil {
		return err
	}
	if p.Database == "" {
		if err = makeDir(); err != nil {
			return err
		}
	}
	if h.db, err = db.Open(ctx, db.Options{Dir: p.Data, URL: p.Database}); err != nil {
		return err
	}
	if err = makeDir(); err != nil { // beside PostgreSQL only once that is there
		return err
	}
	if err = backup.Unfinished(ctx, h.db, p.Data); err != nil {
		return err
	}
	if err = db.Migrate(ctx, h.db); err != nil {
		return err
	}
	if h.market, err = h.profile(ctx, p.Market); err != nil {
		return err
	}
	if err := h.db.Write(ctx, func(tx *db.Tx) error {
		_, err := catalog.SyncCategories(ctx, tx, h.clock())
		return err
	}); err != nil {
		return err
	}
	if h.secrets, err = secrets.Open(ctx, h.db, p.Data); err != nil {
		return err
	}
	if h.blobs, err = blob.Open(p.Data); err != nil {
		return err
	}
	h.links = order.NewLinks(h.secrets.Key("order links"))
	h.desk = checkout.NewDesk(h.db, h.market, h.links, h.shown)
	if err := h.useGate(ctx, operatorFacts{}); err != nil {
		return err
	}
	return h.finishRestore(ctx)
}

// useGate opens the policy as an operator with these facts shows it.
func (h *house) useGate(ctx context.Context, o operatorFacts) (err error) {
	h.gate, err = policy.OpenGate(ctx, h.db, h.facts(o), h.clock)
	return err
}

// shown is the policy that an order remembers.
func (h *house) shown() (version, hash string) {
	now := h.gate.Shown()
	return now.Version, now.Hash
}

// holder is where a letter to the owner of a login goes: nowhere for one that
// is closed or has no e-mail address.
func (h *house) holder(ctx context.Context, login int64) (to contact.Email, name contact.Name, language string, err error) {
	l, err := auth.ByID(ctx, h.db, login)
	if errs.KindOf(err) == errs.NotFound || err == nil && !l.Active {
		return to, name, "", nil
	}
	if err != nil {
		return to, name, "", err
	}
	set, err := account.SettingsOf(ctx, h.db, login)
	return l.Email, l.Name, set.Language, err
}

// profile returns the market of the database; it is chosen once, when the database is new.
func (h *house) profile(ctx context.Context, wish string) (*market.Profile, error) {
	have, err := h.db.Setting(ctx, "market")
	if err != nil {
		return nil, err
	}
	if have == "" {
		have = wish
		if have == "" {
			have = market.Default
		}
		if err := h.db.Set(ctx, "market", have); err != nil {
			return nil, err
		}
	}
	if wish != "" && wish != have {
		return nil, usage{fmt.Sprintf("this database belongs to the market %q; a database keeps the market it was made for", have)}
	}
	m, ok := market.ByCode(have)
	if !ok {
		return nil, fmt.Errorf("the database belongs to the market %q, which this program does not know", have)
	}
	return m, nil
}

// prepareSearch spares the next start the making of the search index, when a
// command has changed much of the catalog.
func (h *house) prepareSearch(ctx context.Context, c *console) {
	if err := search.Prepare(ctx, h.db, h.indexFile()); err != nil {
		fmt.Fprintf(c.err, "the search index could not be kept in a file, so the next start takes longer: %v\n", err)
	}
}

func (h *house) indexFile() string { return filepath.Join(h.dir, search.FileName) }

func (h *house) close() error {
	var list []error
	if h.blobs != nil {
		list = append(list, h.blobs.Close())
	}
	if h.db != nil {
		list = append(list, h.db.Close())
	}
	return errors.Join(list...)
}

// there refuses a data directory without a marketplace, so that a mistyped
// name is not answered by an empty one.
func (p place) there() error {
	if p.Database != "" {
		return nil
	}
	if err := backup.Interrupted(p.Data, false); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(p.Data, db.FileName)); !errors.Is(err, fs.ErrNotExist) {
		return nil // also what cannot be looked at: opening says why
	}
	hint := "aromart store add and aromart serve make one; --data DIR names another directory"
	demo := demoCmd{Data: "aromart-demo"}
	if demo.isDemo() && p.Data != demo.Data {
		hint += "; that of the demo is --data " + demo.Data
	}
	return usage{fmt.Sprintf("there is no marketplace in %s: %s", p.Data, hint)}
}

// withNew opens a marketplace for one command and makes it when it is not there.
func (p place) withNew(ctx context.Context, f func(*house) error) error {
	h, err := p.open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(f(h), h.close())
}

// sentence is what a command says of an error: the public sentence where there is one, with its cause for the operator.
func sentence(err error) string {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		return err.Error()
	}
	s := i18n.For("en").Error(e)
	if e.Cause != nil && e.Kind != errs.Conflict && e.Field == "" && !strings.Contains(s, e.Cause.Error()) { // of those, the sentence says it all
		s += " (" + e.Cause.Error() + ")"
	}
	return s
}
