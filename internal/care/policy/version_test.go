package policy

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"aromart/internal/kit/clock"
	kitcontact "aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/platform/job"
)

var (
	morning = time.Date(2026, 11, 25, 4, 0, 0, 0, time.UTC)
	shell   = By{Kind: "operator"}
)

// desk leads versions through their life in one database.
type desk struct {
	*testing.T
	db    *db.DB
	facts Facts
	now   time.Time
}

func newDesk(t *testing.T, d *db.DB) *desk { return &desk{t, d, facts(t, "lk"), morning} }

func (d *desk) write(f func(context.Context, *db.Tx) (*Version, error)) (v *Version, err error) {
	err = d.db.Write(d.Context(), func(tx *db.Tx) (err error) {
		v, err = f(d.Context(), tx)
		return err
	})
	return v, err
}

func (d *desk) propose() (*Version, error) {
	return d.write(func(ctx context.Context, tx *db.Tx) (*Version, error) { return Propose(ctx, tx, shell, d.facts, d.now) })
}

func (d *desk) sign(role Role, name string) (*Version, error) {
	return d.write(func(ctx context.Context, tx *db.Tx) (*Version, error) {
		return Sign(ctx, tx, shell, role, kitcontact.NewName(name), d.facts, d.now)
	})
}

func (d *desk) publish(at time.Time) (*Version, error) {
	return d.write(func(ctx context.Context, tx *db.Tx) (*Version, error) {
		return Publish(ctx, tx, shell, d.facts, at, d.now)
	})
}

// inForce makes a version of the present facts that holds from now on.
func (d *desk) inForce() *Version {
	d.Helper()
	if _, err := d.propose(); err != nil {
		d.Fatal(err)
	}
	for role, name := range map[Role]string{Business: "Nimal Perera", Legal: "Ruwani Silva"} {
		if _, err := d.sign(role, name); err != nil {
			d.Fatal(err)
		}
	}
	v, err := d.publish(d.now)
	if err != nil {
		d.Fatal(err)
	}
	return v
}

func (d *desk) gate() *Gate {
	d.Helper()
	g, err := OpenGate(d.Context(), d.db, d.facts, func() time.Time { return d.now })
	if err != nil {
		d.Fatal(err)
	}
	return g
}

func (d *desk) audited() string {
	d.Helper()
	list, err := db.All(d.Context(), d.db, db.String, `SELECT action FROM audit_entries WHERE object_kind = 'policy_version' ORDER BY id`)
	if err != nil {
		d.Fatal(err)
	}
	return strings.Join(list, " ")
}

func TestTheLifeOfAVersion(t *testing.T) {
	failOnMissing(t)
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		d := newDesk(t, store)
		draft := d.gate().Shown()
		v, err := d.propose()
		if err != nil || v.Number != 1 || v.Status != InReview || v.Label() != "1-draft" || v.Hash != draft.Hash {
			t.Fatalf("%+v %v, the draft was %+v", v, err, draft)
		}
		if again, err := d.propose(); err != nil || again.ID != v.ID {
			t.Errorf("the same text again: %+v %v", again, err)
		}
		if _, err := d.publish(d.now); !errs.Is(err, "policy.none_approved") {
			t.Errorf("published without signatures: %v", err)
		}
		if v, err = d.sign(Business, "Nimal Perera"); err != nil || v.Status != InReview {
			t.Fatalf("%+v %v", v, err)
		}
		if v, err = d.sign(Legal, "Ruwani Silva"); err != nil || v.Status != Approved || len(v.SignOffs) != 2 {
			t.Fatalf("%+v %v", v, err)
		}
		if g := d.gate(); !errs.Is(g.Ready(), "policy.not_in_force") || !g.Draft() {
			t.Error("a version without a date is in force")
		}
		if _, err := d.publish(d.now.Add(-time.Second)); !errs.Is(err, "policy.date_past") {
			t.Errorf("in force since yesterday: %v", err)
		}
		day := d.now.Add(24 * time.Hour)
		if v, err = d.publish(day); err != nil || v.Status != Approved || !v.EffectiveAt.Equal(day) {
			t.Fatalf("%+v %v", v, err)
		}
		g := d.gate()
		if next, ok := g.Upcoming(); !ok || next.Number != 1 || g.Ready() == nil {
			t.Errorf("upcoming %+v, ready %v", next, g.Ready())
		}
		// To the microsecond, without any job, and nobody has to read again.
		d.now = day.Add(-time.Microsecond)
		turn := g.Turn()
		if g.Shown().InForce || g.Turn() != turn {
			t.Error("in force before its date")
		}
		d.now = day
		if shown := g.Shown(); !shown.InForce || shown.Version != "1" || shown.Hash != draft.Hash || g.Ready() != nil || g.Turn() == turn {
			t.Errorf("%+v %v, turn %d", shown, g.Ready(), g.Turn())
		}
		if err := store.Write(t.Context(), func(tx *db.Tx) error { return Settle(t.Context(), tx, d.now) }); err != nil {
			t.Fatal(err)
		}
		if v, err = ByNumber(t.Context(), store, 1); err != nil || v.Status != Effective {
			t.Errorf("%+v %v", v, err)
		}
		if got, want := d.audited(), "policy.propose policy.sign policy.sign policy.approve policy.publish policy.enter"; got != want {
			t.Errorf("the audit log says %s", got)
		}
		if _, err := d.propose(); !errs.Is(err, "policy.nothing_new") {
			t.Errorf("the text in force was proposed again: %v", err)
		}
		// The next one supersedes it.
		d.now = day.Add(time.Hour)
		d.facts.Operator = "Another (Pvt) Ltd"
		second := d.inForce()
		first, err := ByNumber(t.Context(), store, 1)
		if err != nil || second.Number != 2 || second.Status != Effective || first.Status != Superseded {
			t.Errorf("%+v, then %+v, %v", first, second, err)
		}
		if shown := d.gate().Shown(); shown.Version != "2" || shown.Hash == draft.Hash {
			t.Errorf("%+v", shown)
		}
	})
}

// TestStepsAreDeclared tries every event in every status: what is not in the
// table changes nothing and writes no line.
func TestStepsAreDeclared(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t))
	v := d.inForce()
	before := d.audited()
	for _, status := range []Status{Draft, InReview, Approved, Effective, Superseded} {
		for _, event := range []string{"propose", "return", "approve", "enter", "supersede", "nonsense"} {
			if slices.ContainsFunc(Steps, func(s Step) bool { return s.From == status && s.Event == event }) {
				continue
			}
			_, err := d.write(func(ctx context.Context, tx *db.Tx) (*Version, error) {
				c := *v
				c.Status = status
				return nil, c.move(ctx, tx, event, shell, "", d.now)
			})
			if !errs.Is(err, "policy.step_refused") {
				t.Errorf("%s %s: %v", status, event, err)
			}
		}
	}
	// A declared step from a status that the row no longer has is refused too.
	_, err := d.write(func(ctx context.Context, tx *db.Tx) (*Version, error) {
		c := *v
		c.Status = InReview
		return nil, c.move(ctx, tx, "approve", shell, "", d.now)
	})
	if !errs.Is(err, "policy.step_refused") || d.audited() != before {
		t.Errorf("%v, audit %s", err, d.audited())
	}
	if err := d.db.Write(t.Context(), func(tx *db.Tx) error { return Return(t.Context(), tx, shell, 1, "", d.now) }); !errs.Is(err, "policy.step_refused") {
		t.Errorf("a version in force was sent back: %v", err)
	}
}

func TestNobodySignsTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		d := newDesk(t, store)
		if _, err := d.sign(Legal, "Ruwani Silva"); !errs.Is(err, "policy.none_in_review") {
			t.Errorf("signed nothing: %v", err)
		}
		if _, err := d.propose(); err != nil {
			t.Fatal(err)
		}
		if _, err := d.sign("friend", "Ruwani Silva"); errs.KindOf(err) != errs.Invalid {
			t.Errorf("signed as a friend: %v", err)
		}
		if _, err := d.sign(Business, "Nimal Perera"); err != nil {
			t.Fatal(err)
		}
		for _, same := range []string{"Nimal Perera", "nimal  perera", " NIMAL PERERA "} {
			for _, role := range Roles() {
				if _, err := d.sign(role, same); !errs.Is(err, "policy.signed_before") {
					t.Errorf("%s as %s: %v", same, role, err)
				}
			}
		}
		if _, err := d.sign(Business, "Somebody Else"); !errs.Is(err, "policy.role_signed") {
			t.Errorf("two for the business: %v", err)
		}
		v, err := ByNumber(t.Context(), store, 1)
		if err != nil || v.Status != InReview || len(v.SignOffs) != 1 {
			t.Errorf("%+v %v", v, err)
		}
	})
}

func TestAChangedTextNeedsNewSignatures(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		d := newDesk(t, store)
		first, err := d.propose()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.sign(Business, "Nimal Perera"); err != nil {
			t.Fatal(err)
		}
		d.facts.Email = "other@shop.example" // stands in the text
		if _, err := d.sign(Legal, "Ruwani Silva"); !errs.Is(err, "policy.text_changed") {
			t.Errorf("signed another text: %v", err)
		}
		v, err := d.propose()
		if err != nil || v.ID != first.ID || v.Number != 1 || v.Hash == first.Hash || len(v.SignOffs) != 0 {
			t.Fatalf("%+v %v", v, err)
		}
		// Even the first text, put back, has lost its signature.
		d.facts.Email = "privacy@shop.example"
		if v, err = d.propose(); err != nil || v.Hash != first.Hash {
			t.Fatalf("%+v %v", v, err)
		}
		if v, err = ByNumber(t.Context(), store, 1); err != nil || len(v.SignOffs) != 0 {
			t.Errorf("an old signature counts again: %+v %v", v, err)
		}
		// Both sign; then the text changes before it is published.
		for role, name := range map[Role]string{Business: "Nimal Perera", Legal: "Ruwani Silva"} {
			if _, err := d.sign(role, name); err != nil {
				t.Fatal(err)
			}
		}
		d.facts.Operator = "Another (Pvt) Ltd"
		if _, err := d.publish(d.now); !errs.Is(err, "policy.text_changed") {
			t.Errorf("published a text that nobody has signed: %v", err)
		}
		if v, err = d.propose(); err != nil || v.Number != 1 || v.Status != InReview || len(v.SignOffs) != 0 {
			t.Errorf("%+v %v", v, err)
		}
		if n, err := db.One(t.Context(), store, db.Int, `SELECT count(*) FROM policy_signoffs`); err != nil || n != 3 {
			t.Errorf("%d signatures are kept as history, %v", n, err)
		}
	})
}

func TestAnOperatorWithoutANameProposesNothing(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t))
	d.facts.Operator = ""
	if _, err := d.propose(); !errs.Is(err, "policy.facts_missing") {
		t.Error(err)
	}
}

// TestTheGateFollowsTheVersionInForce: naming a provider and a machine allows
// them from the date of the version on, and only them.
func TestTheGateFollowsTheVersionInForce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		d := newDesk(t, store)
		g := d.gate()
		names, err := Default().With(Names{Providers: []string{"payhere"}, Hosts: []string{"api.payhere.example"}, PageHosts: []string{"pay.payhere.example"}})
		if err != nil {
			t.Fatal(err)
		}
		d.facts.Names = names
		if _, err := d.propose(); err != nil {
			t.Fatal(err)
		}
		for role, name := range map[Role]string{Business: "Nimal Perera", Legal: "Ruwani Silva"} {
			if _, err := d.sign(role, name); err != nil {
				t.Fatal(err)
			}
			if err := g.Refresh(t.Context()); err != nil || g.AllowPayment("payhere") == nil {
				t.Errorf("a signature alone opens the gate: %v", err)
			}
		}
		if _, err := d.publish(d.now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := g.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, ask := range []func() error{func() error { return g.AllowPayment("payhere") }, func() error { return g.Allow(OnlinePayment) }, func() error { return g.AllowHost("api.payhere.example") }} {
			if errs.KindOf(ask()) != errs.Forbidden {
				t.Error("the gate is open before the date")
			}
		}
		d.now = d.now.Add(time.Hour)
		if err := g.AllowPayment("payhere"); err != nil {
			t.Error(err)
		}
		if err := g.AllowHost("api.payhere.example"); err != nil {
			t.Error(err)
		}
		if g.AllowPayment("stripe") == nil || g.AllowHost("pay.payhere.example") == nil || g.Allow(SMS) == nil || g.Allow(Analytics) == nil {
			t.Error("the version allows more than it names")
		}
		if err := g.Ready(); err != nil {
			t.Error(err)
		}
		text, err := g.Words("en", "privacy", "payment")
		if err != nil || !strings.Contains(text, "payhere") {
			t.Errorf("the text does not say so: %q %v", text, err)
		}
		doc, err := g.Document("ta", "privacy")
		if err != nil || !strings.Contains(canonical([]Document{doc}), "api.payhere.example") {
			t.Errorf("the Tamil text does not name the machine: %v", err)
		}
	})
}

func TestNames(t *testing.T) {
	for _, bad := range []Names{{Capabilities: []Capability{"spying"}}, {Providers: []string{"Pay Here"}}, {Hosts: []string{"*"}}, {PageHosts: []string{"x.example; script-src *"}},
		{Hosts: []string{"https://x.example"}}, {Hosts: []string{"localhost"}}, {Hosts: []string{"127.0.0.1"}}} {
		if _, err := Default().With(bad); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	a, err := Default().With(Names{Hosts: []string{"b.example", "a.example", "b.example"}, Capabilities: []Capability{SMS, OrderMail}})
	if err != nil || !slices.Equal(a.Hosts, []string{"a.example", "b.example"}) || !slices.Equal(a.Capabilities, []Capability{OrderMail, SMS}) {
		t.Errorf("%+v %v", a, err)
	}
	if len(Default().Hosts)+len(Default().PageHosts) != 0 {
		t.Error("the program needs other machines")
	}
}

// TestTextsComeBack: what was frozen is shown as it was written, in every language.
func TestTextsComeBack(t *testing.T) {
	for _, code := range []string{"lk", "eu"} {
		f := facts(t, code)
		f.Operator = "# Odd\t| name\n- Ltd" // whatever an operator is called
		body := Write(f)
		for _, lang := range i18n.Languages() {
			docs, err := body.Read(lang)
			if err != nil || canonical(docs) != body[lang] {
				t.Fatalf("%s %s: %v", code, lang, err)
			}
			for i, d := range Texts(i18n.For(lang), f) {
				for j, s := range d.Sections {
					if got := docs[i].Sections[j]; got.Title != s.Title || len(got.Rows) != len(s.Rows) || got.Path != s.Path || !slices.Equal(got.Promises, s.Promises) {
						t.Errorf("%s %s: %+v came back as %+v", lang, d.Name, s, got)
					}
				}
			}
		}
	}
	for _, bad := range []string{"x", "## a\tb\n", "# a\n", "# a\tb\n. no section\n", "# a\tb\n## c\td\n? what\n"} {
		if _, err := parse(bad); err == nil {
			t.Errorf("%q was understood", bad)
		}
	}
}

func TestCompare(t *testing.T) {
	f := facts(t, "lk")
	from := Write(f)
	if same, err := Compare(from, Write(f), "en"); err != nil || len(same) != 0 {
		t.Errorf("%+v %v", same, err)
	}
	f.Names, _ = f.Names.With(Names{Capabilities: []Capability{SMS}})
	changes, err := Compare(from, Write(f), "en")
	if err != nil || len(changes) != 1 {
		t.Fatalf("%+v %v", changes, err)
	}
	c := changes[0]
	if c.Page != "privacy" || c.Section != "outside" || len(c.Removed) != 1 || len(c.Added) != 1 || !strings.HasSuffix(c.Removed[0], "off") || !strings.HasSuffix(c.Added[0], "on") {
		t.Errorf("%+v", c)
	}
	docs, _ := from.Read("en")
	docs[0].Sections = docs[0].Sections[1:]
	gone, err := Compare(from, Body{"en": canonical(docs)}, "en")
	if err != nil || len(gone) != 1 || gone[0].Section != "who" || len(gone[0].Added) != 0 || len(gone[0].Removed) < 2 {
		t.Errorf("%+v %v", gone, err)
	}
}

// TestChangesAreShown: against the version before, and for one to come against
// the one in force.
func TestChangesAreShown(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t))
	if list, err := d.gate().Changes("en"); err != nil || len(list) != 0 {
		t.Errorf("a draft has changes: %+v %v", list, err)
	}
	d.inForce()
	if list, err := d.gate().Changes("en"); err != nil || len(list) != 0 {
		t.Errorf("the first version has changes: %+v %v", list, err)
	}
	d.now = d.now.Add(time.Hour)
	d.facts.Names, _ = d.facts.Names.With(Names{Capabilities: []Capability{SMS}})
	if _, err := d.propose(); err != nil {
		t.Fatal(err)
	}
	for role, name := range map[Role]string{Business: "Nimal Perera", Legal: "Ruwani Silva"} {
		if _, err := d.sign(role, name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.publish(d.now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	g := d.gate()
	for range 2 { // before the date and after it
		if list, err := g.Changes("si"); err != nil || len(list) != 1 || list[0].Section != "outside" {
			t.Errorf("%+v %v", list, err)
		}
		d.now = d.now.Add(2 * time.Hour)
	}
	if g.Shown().Version != "2" {
		t.Errorf("%+v", g.Shown())
	}
}

// TestAStoredTextCannotBeEdited: the check of the running server recomputes
// what was signed.
func TestAStoredTextCannotBeEdited(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		d := newDesk(t, store)
		d.inForce()
		find := func() Result {
			list := RunChecks(t.Context(), Checks(store, d.gate()), d.now)
			return list[slices.IndexFunc(list, func(r Result) bool { return r.Name == "version" })]
		}
		if r := find(); !r.Passed {
			t.Fatalf("%+v", r)
		}
		for _, edit := range []string{`UPDATE policy_signoffs SET round = 0 WHERE role = 'legal'`, `UPDATE policy_texts SET text = replace(text, 'no data', 'all data') WHERE language = 'en'`} {
			if err := store.Write(t.Context(), func(tx *db.Tx) error {
				n, err := db.Exec(t.Context(), tx, edit)
				if err == nil && n == 0 {
					t.Error("nothing to edit")
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if r := find(); r.Passed || !strings.Contains(r.Detail, "P24") {
				t.Errorf("%s: %+v", edit, r)
			}
		}
	})
}

func TestResultsAreRemembered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		checks := []Check{
			Known("audit", func(context.Context) (string, error) { return "whole", nil }),
			Known("requests", func(context.Context) (string, error) { panic("broken check") }),
		}
		for i := range 2 {
			list := RunChecks(t.Context(), checks, morning.Add(time.Duration(i)*time.Hour))
			if err := store.Write(t.Context(), func(tx *db.Tx) error { return SaveResults(t.Context(), tx, list) }); err != nil {
				t.Fatal(err)
			}
		}
		got, err := LastResults(t.Context(), store)
		if err != nil || len(got) != 2 || !got[0].Passed || got[1].Passed || !strings.Contains(got[1].Detail, "broken check") ||
			!got[0].At.Equal(morning.Add(time.Hour)) || !slices.Contains(got[0].Promises, "P10") {
			t.Errorf("%+v %v", got, err)
		}
	})
}

// TestEveryPromiseOfACheckExists keeps the conformance page honest.
func TestEveryPromiseOfACheckExists(t *testing.T) {
	failOnMissing(t)
	for _, name := range CheckNames() {
		for _, lang := range i18n.Languages() {
			i18n.For(lang).T("policy.check." + name)
		}
		for _, id := range CheckedBy(name) {
			if !slices.ContainsFunc(Promises(), func(p Promise) bool { return p.ID == id }) {
				t.Errorf("%s looks after %s", name, id)
			}
		}
	}
}

// TestAnnounce tells every account holder once, even when the job is cut off
// and runs again.
func TestAnnounce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store *db.DB) {
		d := newDesk(t, store)
		v := d.inForce()
		const people = perTurn + 7
		calls := 0
		holders := func(_ context.Context, _ db.Reader, after int64, limit int) (out []int64, err error) {
			if calls++; calls == 2 {
				return nil, errs.New(errs.Unavailable, "error.internal")
			}
			for id := after + 1; id <= people && len(out) < limit; id++ {
				out = append(out, id)
			}
			return out, nil
		}
		r := &job.Runner{DB: store, Clock: func() time.Time { return clock.System().Add(time.Hour) }}
		r.Handle(JobAnnounce, Announce(store, holders))
		count := func() int64 {
			n, err := db.One(t.Context(), store, db.Int, `SELECT count(*) FROM jobs WHERE kind = 'policy.notice'`)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if _, err := r.RunDue(t.Context()); err != nil || count() != perTurn {
			t.Fatalf("%d letters, %v", count(), err)
		}
		r.Clock = func() time.Time { return clock.System().Add(48 * time.Hour) }
		if _, err := r.RunDue(t.Context()); err != nil || count() != people {
			t.Errorf("%d letters, want %d, %v", count(), people, err)
		}
		if err := store.Write(t.Context(), func(tx *db.Tx) error {
			done, err := announceSome(t.Context(), tx, v.ID, holders)
			if !done {
				t.Error("there is nobody left")
			}
			return err
		}); err != nil || count() != people {
			t.Errorf("%d letters after another run, %v", count(), err)
		}
	})
}
