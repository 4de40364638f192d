package policy

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
)

// Shown is the version that a page shows and an order remembers.
type Shown struct {
	Version string // "3", or "4-draft" while none is in force
	Hash    string
	InForce bool
	Since   time.Time // zero for a draft
}

// Current is the draft of a marketplace that has no versions: what the program
// says with the names that it needs.
func Current(f Facts) Shown { return Drafting(f).Shown() }

// Gate answers what the policy that is in force allows, and shows its text. It
// reads the versions from time to time, so that asking it costs nothing; it
// asks the clock each time, so that a version is in force from its date on.
type Gate struct {
	facts Facts
	clock clock.Clock
	db    *db.DB // nil: there are no versions

	reading sync.Mutex
	shelf   atomic.Pointer[shelf]
	seen    atomic.Pointer[standing]
	turns   atomic.Uint64
}

// standing is what was last seen to hold.
type standing struct {
	shelf   *shelf
	version *Version
}

// shelf is what the gate has read. Whatever is on it never changes.
type shelf struct {
	mark     [2]int64 // tells whether the tables have changed
	versions []Version
	bodies   map[int64]Body // of the published versions
	draft    Shown          // the text of the program, while nothing is in force
	names    Names          // of the draft
	writing  Body
}

// OpenGate reads the versions. facts are those of the running program; their Names are not used.
func OpenGate(ctx context.Context, d *db.DB, facts Facts, now clock.Clock) (*Gate, error) {
	g := &Gate{facts: facts, clock: now, db: d}
	return g, g.Refresh(ctx)
}

// Drafting is the gate of a marketplace without versions.
func Drafting(f Facts) *Gate {
	g := &Gate{facts: f, clock: clock.System}
	g.shelf.Store(g.fill(nil, nil, [2]int64{}))
	return g
}

// Allowing is the gate of a program that shows no policy and allows the names.
func Allowing(n Names) *Gate {
	g := &Gate{clock: clock.System}
	g.shelf.Store(&shelf{names: n})
	return g
}

func (g *Gate) fill(versions []Version, bodies map[int64]Body, mark [2]int64) *shelf {
	s := &shelf{mark: mark, versions: versions, bodies: bodies, names: Default()}
	f := g.facts
	f.Names = s.names
	s.writing = Write(f)
	s.draft = Shown{Version: draftLabel(nextNumber(versions)), Hash: s.writing.Hash(s.names)}
	return s
}

// Refresh reads the versions again if they have changed.
func (g *Gate) Refresh(ctx context.Context) error {
	if g.db == nil {
		return nil
	}
	g.reading.Lock()
	defer g.reading.Unlock()
	mark, err := db.One(ctx, g.db, db.Pair, `SELECT count(*), COALESCE(sum(revision), 0) FROM policy_versions`)
	if err != nil {
		return err
	}
	if s := g.shelf.Load(); s != nil && s.mark == mark {
		return nil
	}
	versions, err := All(ctx, g.db)
	if err != nil {
		return err
	}
	bodies := map[int64]Body{}
	for _, v := range versions {
		if v.Published() {
			if bodies[v.ID], err = BodyOf(ctx, g.db, v.ID); err != nil {
				return err
			}
		}
	}
	g.shelf.Store(g.fill(versions, bodies, mark))
	return nil
}

// Follow keeps the gate up to date until ctx ends. While the versions cannot be
// read, what was read before holds; failed is told so.
func (g *Gate) Follow(ctx context.Context, failed func(error)) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
		if err := g.Refresh(ctx); err != nil && ctx.Err() == nil {
			failed(err)
		}
	}
}

// version is the one in force; nil while there is none.
func (g *Gate) version() (*shelf, *Version) {
	s := g.shelf.Load()
	return s, inForce(s.versions, g.clock())
}

// Shown is the version that pages show and orders remember now.
func (g *Gate) Shown() Shown {
	s, v := g.version()
	if v == nil {
		return s.draft
	}
	return Shown{Version: draftless(v), Hash: v.Hash, InForce: true, Since: v.EffectiveAt}
}

// draftless is the label of a version in force, whatever its row says yet.
func draftless(v *Version) string { return (&Version{Number: v.Number, Status: Effective}).Label() }

// Turn changes whenever another text is shown or allowed: caches of pages
// follow it, and ask for every page, so it makes no garbage.
func (g *Gate) Turn() uint64 {
	s, v := g.version()
	if last := g.seen.Load(); last == nil || last.shelf != s || last.version != v {
		if g.seen.CompareAndSwap(last, &standing{s, v}) {
			g.turns.Add(1)
		}
	}
	return g.turns.Load()
}

// Names are what is allowed now.
func (g *Gate) Names() Names {
	s, v := g.version()
	if v == nil {
		return s.names
	}
	return v.Names
}

// Documents are the pages as they hold now: the stored text of the version in
// force, or the draft.
func (g *Gate) Documents(lang string) ([]Document, error) {
	s, v := g.version()
	if v == nil {
		return s.writing.Read(lang)
	}
	return s.bodies[v.ID].Read(lang)
}

// Document is one of the pages.
func (g *Gate) Document(lang, name string) (Document, error) {
	docs, err := g.Documents(lang)
	if err != nil {
		return Document{}, err
	}
	for _, d := range docs {
		if d.Name == name {
			return d, nil
		}
	}
	return Document{}, errs.New(errs.NotFound, "error.not_found")
}

// Upcoming is the version that has a date to come; ok is false without one.
func (g *Gate) Upcoming() (v Version, ok bool) {
	now := g.clock()
	for _, v := range g.shelf.Load().versions {
		if v.Status == Approved && v.Published() && v.EffectiveAt.After(now) {
			return v, true
		}
	}
	return Version{}, false
}

// Changes is what is new: in the version to come against the one in force, or
// in the one in force against the one before it. It is empty without two.
func (g *Gate) Changes(lang string) ([]Change, error) {
	s, v := g.version()
	if v == nil {
		return nil, nil
	}
	from, to := replacedBy(s.versions, v), v
	if next, ok := g.Upcoming(); ok {
		from, to = v, &next
	}
	if from == nil {
		return nil, nil
	}
	return Compare(s.bodies[from.ID], s.bodies[to.ID], lang)
}

// replacedBy is the version that v has replaced, or will.
func replacedBy(list []Version, v *Version) (found *Version) {
	for i := range list {
		old := &list[i]
		if old.Published() && old.EffectiveAt.Before(v.EffectiveAt) && (found == nil || old.EffectiveAt.After(found.EffectiveAt)) {
			found = old
		}
	}
	return found
}

// Allow refuses a capability that no policy in force names.
func (g *Gate) Allow(c Capability) error { return g.Names().Allow(c) }

// AllowPayment is the Allow function of the door to payment.
func (g *Gate) AllowPayment(provider string) error { return g.Names().AllowPayment(provider) }

// AllowHost is the Allow function of the doors to the outside.
func (g *Gate) AllowHost(host string) error { return g.Names().AllowHost(host) }

// AllowCookie is the Allow function of the cookie writer.
func (g *Gate) AllowCookie(c Cookie) error { return g.Names().AllowCookie(c) }

// Ready refuses to open for business: only with a version in force that two
// people have signed and whose text is what this program says (P24). A program
// that already says what the next published version says may open, so that it
// can be put in place before the date.
func (g *Gate) Ready() error {
	s, v := g.version()
	switch {
	case v == nil:
		return errs.New(errs.Conflict, "policy.not_in_force", "promise", "P24")
	case !v.Signed():
		return errs.New(errs.Conflict, "policy.not_signed", "version", v.Number, "promise", "P24")
	case v.presentHash(g.facts) == v.Hash:
		return nil
	}
	for i := range s.versions {
		next := &s.versions[i]
		if next.Status == Approved && next.Published() && next.Signed() && next.EffectiveAt.After(v.EffectiveAt) && next.presentHash(g.facts) == next.Hash {
			return nil
		}
	}
	return errs.New(errs.Conflict, "policy.program_differs", "version", v.Number, "promise", "P24")
}

// Draft reports whether pages have to say that the policy is a draft.
func (g *Gate) Draft() bool { return !g.Shown().InForce }

// Words are the sentences of a section, for a record of what somebody agreed to.
func (g *Gate) Words(lang, page, section string) (string, error) {
	d, err := g.Document(lang, page)
	if err != nil {
		return "", err
	}
	for _, s := range d.Sections {
		if s.ID == section {
			return canonical([]Document{{Name: page, Title: d.Title, Sections: []Section{s}}}), nil
		}
	}
	return "", errs.New(errs.NotFound, "error.not_found")
}

// Facts are those of the program, with the names that hold now.
func (g *Gate) Facts() Facts {
	f := g.facts
	f.Names = g.Names()
	return f
}
