package consent

import (
	"context"
	"testing"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/market"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

var now = time.Date(2026, 11, 25, 4, 0, 0, 0, time.UTC)

// publish puts a version in force that names the capabilities.
func publish(t *testing.T, d *db.DB, f policy.Facts, at time.Time) {
	t.Helper()
	by := policy.By{Kind: "operator"}
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		if _, err := policy.Propose(t.Context(), tx, by, f, at); err != nil {
			return err
		}
		for role, name := range map[policy.Role]string{policy.Business: "Nimal Perera", policy.Legal: "Ruwani Silva"} {
			if _, err := policy.Sign(t.Context(), tx, by, role, contact.NewName(name), f, at); err != nil {
				return err
			}
		}
		_, err := policy.Publish(t.Context(), tx, by, f, at, at)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestConsent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m, _ := market.ByCode("lk")
		f := policy.Facts{Market: m, Operator: "Example Ltd", Email: "privacy@shop.example", Names: policy.Default()}
		today := now
		g, err := policy.OpenGate(t.Context(), d, f, func() time.Time { return today })
		if err != nil {
			t.Fatal(err)
		}
		nimal, kamala := Subject{"login", 1}, Subject{"login", 2}
		do := func(act func(context.Context, *db.Tx, *policy.Gate, Act, time.Time) error, s Subject) error {
			return d.Write(t.Context(), func(tx *db.Tx) error {
				return act(t.Context(), tx, g, Act{Subject: s, Purpose: policy.Analytics, Language: "ta", How: "account"}, today)
			})
		}
		has := func(s Subject, gpc bool) bool {
			ok, err := Has(t.Context(), d, g, s, policy.Analytics, gpc)
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		// Today there is nothing to agree to, so nobody can be made to.
		if len(Purposes(g)) != 0 || !errs.Is(do(Give, nimal), "consent.not_asked") || has(nimal, false) {
			t.Error("there is something to agree to")
		}
		if err := do(Withdraw, nimal); err != nil {
			t.Errorf("nothing could be taken back: %v", err)
		}
		f.Names, _ = f.Names.With(policy.Names{Capabilities: []policy.Capability{policy.Analytics}})
		publish(t, d, f, today)
		if err := g.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if has(nimal, false) {
			t.Error("a policy alone is no consent")
		}
		if err := do(Give, nimal); err != nil {
			t.Fatal(err)
		}
		if !has(nimal, false) || has(kamala, false) {
			t.Error("the consent is not his who gave it")
		}
		if has(nimal, true) {
			t.Error("the signal of the browser is not heeded")
		}
		if err := do(Withdraw, nimal); err != nil || has(nimal, false) {
			t.Errorf("taken back: %v", err)
		}
		if err := do(Give, nimal); err != nil || !has(nimal, false) {
			t.Errorf("given again: %v", err)
		}
		list, err := History(t.Context(), d, nimal)
		if err != nil || len(list) != 4 || !list[0].Given || list[1].Given || !list[2].Given || list[0].Version != "1" || list[3].Version != "1-draft" ||
			list[0].Hash != g.Shown().Hash || list[0].How != "account" || len(list[0].WordsHash) != 64 || !list[0].At.Equal(now) {
			t.Errorf("%+v %v", list, err)
		}
		if other, err := History(t.Context(), d, kamala); err != nil || len(other) != 0 {
			t.Errorf("another one sees %+v %v", other, err)
		}
		// The words change: what he agreed to is not what it says now.
		today = today.Add(time.Hour)
		f.Names, _ = f.Names.With(policy.Names{Hosts: []string{"count.example"}})
		publish(t, d, f, today)
		if err := g.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if has(nimal, false) {
			t.Error("consent to other words counts")
		}
	})
}
