package letter_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/i18n"
	"aromart/internal/market"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/platform/job"
	"aromart/internal/trade/letter"
)

// TestAccountHoldersAreTold of a new policy with what it changes, each in his
// language and once; who has no address any more gets nothing.
func TestAccountHoldersAreTold(t *testing.T) {
	i18n.FailOnMissing(t)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m, _ := market.ByCode("lk")
		f := policy.Facts{Market: m, Operator: "Example Ltd", Email: "privacy@shop.example", Names: policy.Default()}
		now := clock.System()
		enact := func() {
			t.Helper()
			now = now.Add(time.Hour)
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				by := policy.By{Kind: "operator"}
				if _, err := policy.Propose(t.Context(), tx, by, f, now); err != nil {
					return err
				}
				for role, name := range map[policy.Role]string{policy.Business: "Nimal Perera", policy.Legal: "Ruwani Silva"} {
					if _, err := policy.Sign(t.Context(), tx, by, role, contact.NewName(name), f, now); err != nil {
						return err
					}
				}
				_, err := policy.Publish(t.Context(), tx, by, f, now, now)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		p := &pile{}
		o := &letter.Office{DB: d, Market: m, Sender: p, BaseURL: "https://shop.example", Name: "Aromart"}
		r := &job.Runner{DB: d, Clock: func() time.Time { return now.Add(24 * time.Hour) }}
		r.Handle(policy.JobAnnounce, policy.Announce(d, func(_ context.Context, _ db.Reader, after int64, _ int) (ids []int64, err error) {
			for id := after + 1; id <= 3; id++ {
				ids = append(ids, id)
			}
			return ids, nil
		}))
		r.Handle(policy.JobNotice, o.PolicyNotice(func(_ context.Context, login int64) (to contact.Email, name contact.Name, lang string, err error) {
			if login == 3 { // erased since
				return to, name, "", nil
			}
			return contact.NewEmail([]string{"kamala@example.com", "siva@example.com"}[login-1]), contact.NewName("Kamala"), []string{"en", "ta"}[login-1], nil
		}))
		work := func() {
			t.Helper()
			for range 3 { // one job makes the next
				if _, err := r.RunDue(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if dead, err := job.ListDead(t.Context(), d, 10); err != nil || len(dead) > 0 {
				t.Fatalf("dead %+v, %v", dead, err)
			}
		}
		enact()
		work()
		f.Names, _ = f.Names.With(policy.Names{Capabilities: []policy.Capability{policy.SMS}})
		enact()
		work()
		if len(p.sent) != 4 {
			t.Fatalf("%d letters, want two for each version", len(p.sent))
		}
		for _, msg := range p.sent {
			second := strings.Contains(msg.Text, "  + ")
			tamil := msg.To.Reveal() == "siva@example.com"
			if tamil != strings.Contains(msg.Text, "https://shop.example/ta/privacy") || tamil != (msg.Language == "ta") {
				t.Errorf("the letter to %s: %s", msg.To.Reveal(), msg.Text)
			}
			if second && !tamil && !strings.Contains(msg.Text, "  - text messages to your phone through a provider; State: off\n  + text messages to your phone through a provider; State: on\n") {
				t.Errorf("the change is not told: %s", msg.Text)
			}
		}
	})
}
