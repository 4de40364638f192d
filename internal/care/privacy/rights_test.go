package privacy_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aromart/internal/care/disclosure"
	"aromart/internal/care/policy"
	"aromart/internal/care/privacy"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/trade/order"
)

// outbox is the text of the mails whose subject holds the words.
func (tw *town) outbox(words string) (list []string) {
	tw.Helper()
	names, err := filepath.Glob(filepath.Join(tw.dir, "outbox", "*.eml"))
	tw.must(err)
	for _, n := range names {
		raw, err := os.ReadFile(n)
		tw.must(err)
		if text := strings.ReplaceAll(string(raw), "=\r\n", ""); strings.Contains(text, words) {
			list = append(list, text)
		}
	}
	return list
}

func TestACodeShowsWhoAsks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tw := open(t, d)
		o, _ := tw.of("guest-1")
		other, _ := tw.of("guest-2")
		send := func() string {
			tw.write(func(tx *db.Tx) error { return privacy.SendCode(t.Context(), tx, o, tw.now) })
			tw.work()
			mails := tw.outbox("is your code for order " + o.Number)
			_, rest, _ := strings.Cut(mails[len(mails)-1], "type this code there: ")
			return rest[:6]
		}
		prove := func(o *order.Order, code string) (string, error) {
			return privacy.Prove(t.Context(), d, tw.links, o, code, tw.now)
		}
		proven := func(o *order.Order, secret string) bool {
			ok, err := privacy.Proven(t.Context(), d, o, secret, tw.now)
			tw.must(err)
			return ok
		}
		if _, err := prove(o, "000000"); !errs.Is(err, "privacy.code_over") {
			t.Errorf("no code was sent: %v", err)
		}
		first := send()
		code := send()
		if first != code {
			if _, err := prove(o, first); !errs.Is(err, "privacy.code_wrong") {
				t.Errorf("an earlier code: %v", err)
			}
		}
		if _, err := prove(other, code); err == nil {
			t.Error("the code opens another order")
		}
		secret, err := prove(o, code[:3]+" "+code[3:])
		tw.must(err)
		if !proven(o, secret) || proven(other, secret) || proven(o, "") || proven(o, secret+"A") {
			t.Error("the secret proves too much or too little")
		}
		if _, err := prove(o, code); err == nil {
			t.Error("a code works twice")
		}
		for where, text := range tw.everywhere() {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds the secret", where)
			}
		}
		tw.now = tw.now.Add(privacy.ProofLife)
		if proven(o, secret) {
			t.Error("the proof does not end")
		}
		code = send()
		for range privacy.CodeTries {
			if _, err := prove(o, "x"); !errs.Is(err, "privacy.code_wrong") {
				t.Errorf("a wrong code: %v", err)
			}
		}
		if _, err := prove(o, code); !errs.Is(err, "privacy.code_over") {
			t.Errorf("the right code after too many tries: %v", err)
		}
		code = send()
		tw.now = tw.now.Add(privacy.CodeLife)
		if _, err := prove(o, code); !errs.Is(err, "privacy.code_over") {
			t.Errorf("the right code too late: %v", err)
		}
	})
}

// TestDeadlinesToTheDay holds the law of two markets against the clock.
func TestDeadlinesToTheDay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tw := open(t, d)
		lk := tw.keeper.Market
		q := tw.ask("guest-1", privacy.Objection, "I do not want this.")
		if want := lk.AddWorkingDays(tw.now, 22).Add(-time.Microsecond); q.DueAt.After(want) || lk.WorkingDaysBetween(tw.now, q.DueAt) != 21 {
			t.Errorf("due %v", q.DueAt)
		}
		alarms := func() (list []string) {
			for _, e := range tw.request(q).Events {
				if e.Name == "overdue" || strings.HasPrefix(e.Name, "remind") {
					list = append(list, e.Name)
				}
			}
			return list
		}
		for _, step := range []struct {
			at   time.Time
			want string
		}{
			{q.DueAt.Add(-7 * 24 * time.Hour), ""},
			{q.DueAt.Add(-7*24*time.Hour + time.Microsecond), "remind_7d"},
			{q.DueAt.Add(-2*24*time.Hour + time.Microsecond), "remind_7d remind_2d"},
			{q.DueAt, "remind_7d remind_2d"},
			{q.DueAt.Add(time.Microsecond), "remind_7d remind_2d overdue"},
			{q.DueAt.Add(time.Hour), "remind_7d remind_2d overdue"},
		} {
			tw.now = step.at
			tw.must(tw.keeper.Deadlines(t.Context()))
			if got := strings.Join(alarms(), " "); got != step.want {
				t.Errorf("at %v: %q, want %q", step.at, got, step.want)
			}
		}
		tw.work()
		if n := len(tw.outbox("A privacy request is overdue")); n != 1 {
			t.Errorf("%d alarms were mailed", n)
		}
		if n, err := privacy.Overdue(t.Context(), d, tw.now); err != nil || n != 1 {
			t.Errorf("%d are overdue, %v", n, err)
		}
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			return privacy.Extend(t.Context(), tx, lk, operator, tw.request(q), tw.now)
		})
		if !errs.Is(err, "privacy.no_extension") {
			t.Errorf("this law knows no extension: %v", err)
		}
		eu, _ := market.ByCode("eu")
		tw.now = time.Date(2026, 1, 30, 10, 0, 0, 0, time.UTC)
		_, s := tw.of("guest-2")
		tw.write(func(tx *db.Tx) (err error) {
			q, err = privacy.Ask(t.Context(), tx, eu, privacy.Asked{Kind: privacy.Question, Subject: s, Channel: "shell", Language: "en", By: operator}, tw.now)
			return err
		})
		if got := q.DueAt.In(eu.Location).Format(time.DateOnly); got != "2026-03-02" { // 28 February is a Saturday
			t.Errorf("one month after 30 January: %s", got)
		}
		extend := func() error {
			return d.Write(t.Context(), func(tx *db.Tx) error { return privacy.Extend(t.Context(), tx, eu, operator, tw.request(q), tw.now) })
		}
		tw.must(extend())
		if got := tw.request(q).DueAt.In(eu.Location).Format(time.DateOnly); got != "2026-04-30" {
			t.Errorf("extended to %s", got)
		}
		if err := extend(); errs.KindOf(err) != errs.Conflict {
			t.Errorf("a second extension: %v", err)
		}
	})
}

func TestOnlyDeclaredStepsAreTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tw := open(t, d)
		q := tw.ask("guest-1", privacy.Objection, "Please stop.")
		guest := access.Actor{Kind: access.GuestOrder}
		try := func(f func(tx *db.Tx, q *privacy.Request) error) error {
			return d.Write(t.Context(), func(tx *db.Tx) error {
				fresh, err := privacy.ByNumber(t.Context(), tx, q.Number)
				if err != nil {
					return err
				}
				return f(tx, fresh)
			})
		}
		refuse := func(by access.Actor, reason string) error {
			return try(func(tx *db.Tx, q *privacy.Request) error {
				return privacy.Refuse(t.Context(), tx, by, q, reason, "", tw.now)
			})
		}
		if err := try(func(tx *db.Tx, q *privacy.Request) error {
			return privacy.Finish(t.Context(), tx, operator, q, "", tw.now)
		}); errs.KindOf(err) != errs.Conflict {
			t.Errorf("finished before it was started: %v", err)
		}
		if err := refuse(guest, "books_by_law"); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("a guest refuses: %v", err)
		}
		if err := refuse(operator, "no time"); errs.KindOf(err) != errs.Invalid {
			t.Errorf("a reason that no law knows: %v", err)
		}
		if got := tw.request(q); got.Status != privacy.Verified || len(got.Events) != 2 {
			t.Errorf("refused acts left a trace: %+v", got)
		}
		tw.must(try(func(tx *db.Tx, q *privacy.Request) error { return privacy.Start(t.Context(), tx, operator, q, tw.now) }))
		tw.must(try(func(tx *db.Tx, q *privacy.Request) error {
			return privacy.FinishPartly(t.Context(), tx, operator, q, "books_by_law", "We stopped the rest.", tw.now)
		}))
		got := tw.request(q)
		if got.Status != privacy.PartlyDone || got.Reason != "books_by_law" || got.Answer.Reveal() != "We stopped the rest." || got.Open() {
			t.Errorf("%+v", got)
		}
		for _, e := range got.Events {
			if !privacy.Machine.Declares(e.From, e.Name, e.To) || e.At.IsZero() {
				t.Errorf("undeclared: %+v", e)
			}
		}
		tw.sound()
	})
}

func TestCorrectionsReachTheSellersOfOpenOrders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tw := open(t, d)
		c := order.Correction{Phone: contact.NewPhone("+94770000001"), Street: contact.NewText("CANARY-corrected street")}
		correct := func(who string) error {
			o, _ := tw.of(who)
			return d.Write(t.Context(), func(tx *db.Tx) error {
				return tw.keeper.Correct(t.Context(), tx, o.ID, c, access.Actor{Kind: access.GuestOrder}, tw.now)
			})
		}
		tw.must(correct("customer-2")) // of two sellers, open
		tw.must(correct("customer-3")) // canceled
		tw.work()
		mails := tw.outbox("corrected something")
		if len(mails) != 2 {
			t.Errorf("%d letters to sellers", len(mails))
		}
		for _, m := range mails {
			if !strings.Contains(m, "corrected: phone number, street and landmark") || strings.Contains(m, "CANARY-customer") || strings.Contains(m, "CANARY-corrected") || strings.Contains(m, "770000001") {
				t.Errorf("letter: %s", m)
			}
		}
		o, s := tw.of("customer-2")
		now, err := order.ContactOf(t.Context(), d, o.ID)
		if err != nil || now.Phone != c.Phone || now.Street != c.Street || now.Name.Reveal() != "CANARY-customer-2-name" {
			t.Errorf("contact: %v", err)
		}
		if n := tw.count(`SELECT count(*) FROM order_contacts WHERE order_id = $1 AND street = 'CANARY-customer-2-street'`, int64(o.ID)); n != 1 {
			t.Error("the first value is gone")
		}
		if err := correct("customer-2"); !errs.Is(err, "privacy.nothing_corrected") {
			t.Errorf("the same again: %v", err)
		}
		seen, err := disclosure.Of(t.Context(), d, 0, s.Orders, 100)
		if err != nil || len(seen) != 4 { // two letters about the order, two about the correction
			t.Errorf("%d disclosures, %v", len(seen), err)
		}
		parcel, _ := tw.of("customer-4")
		seen, err = disclosure.Of(t.Context(), d, 0, []int64{int64(parcel.ID)}, 100)
		tw.must(err)
		courier := 0
		for _, s := range seen {
			if s.Recipient == disclosure.Courier && s.Name == "Courier" && len(s.Kinds) == len(disclosure.Label) && s.Purpose == policy.UseSharing {
				courier++
			}
		}
		if courier != 1 {
			t.Errorf("the label of the parcel: %+v", seen)
		}
	})
}

func TestRetention(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tw := open(t, d)
		keep := tw.keeper.Market.Retention
		canceled, _ := tw.of("customer-3")
		rule := func(rules []privacy.Rule, class policy.Retention) privacy.Rule {
			for _, r := range rules {
				if r.Class == class {
					return r
				}
			}
			t.Fatal("no rule", class)
			return privacy.Rule{}
		}
		end := canceled.PlacedAt.AddDate(0, 0, keep.OrderContact)
		plan, err := tw.keeper.Plan(t.Context(), end.Add(-time.Hour))
		tw.must(err)
		if r := rule(plan, policy.OrderContactDays); r.Goes != 0 || len(r.Held) != 0 {
			t.Errorf("an hour before: %+v", r)
		}
		tw.now = end.AddDate(0, 0, -20)
		plan, err = tw.keeper.Plan(t.Context(), tw.now.AddDate(0, 1, 0))
		tw.must(err)
		if r := rule(plan, policy.OrderContactDays); r.Goes != 1 || len(r.Held) != 5 || r.Held[0].Why != "open" {
			t.Errorf("next month: %+v", r)
		}
		if tw.count(`SELECT count(*) FROM order_contacts WHERE erased_at IS NOT NULL`) != 0 {
			t.Error("a dry run changed something")
		}
		tw.now = end.Add(time.Hour)
		_, err = tw.keeper.Retain(t.Context())
		tw.must(err)
		for _, left := range tw.findings(tw.marks("customer-3")) {
			if !strings.Contains(left, "outbox") { // the purge of the outbox goes by the files' own time
				t.Error(left)
			}
		}
		if len(tw.findings(tw.marks("guest-1"))) < 8 || tw.count(`SELECT count(*) FROM idempotency_keys`) != 0 {
			t.Error("an open order was touched, or keys stay")
		}
		if tw.count(`SELECT count(*) FROM audit_entries WHERE action = 'privacy.retention' AND object_kind = 'order_contact_days' AND object_id = 1`) != 1 {
			t.Error("the count is not in the audit log")
		}
		tw.sound()
		// Somebody asks about the order just before its books go: the register stays.
		tw.now = canceled.PlacedAt.AddDate(0, 0, keep.OrderBooks).Add(-time.Hour)
		asked := tw.ask("customer-3", privacy.Question, "Why?")
		tw.now = tw.now.Add(2 * time.Hour)
		_, err = tw.keeper.Retain(t.Context())
		tw.must(err)
		if tw.count(`SELECT count(*) FROM orders WHERE id = $1`, int64(canceled.ID)) != 0 || tw.count(`SELECT count(*) FROM orders`) != 5 {
			t.Error("the books are not kept as long as the law says")
		}
		if tw.request(asked).Status != privacy.Verified {
			t.Error("the request is gone with the books")
		}
		tw.sound()
	})
}

// TestRetentionOfTheRegister: a request of the register goes whole when its days
// are over, also that of a trader and also when many do; a younger one stays.
func TestRetentionOfTheRegister(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tw := open(t, d)
		store := tw.count(`SELECT min(id) FROM sellers`)
		ask := func(n int, s privacy.Subject) {
			tw.write(func(tx *db.Tx) error {
				for range n {
					q, err := privacy.Ask(t.Context(), tx, tw.keeper.Market, privacy.Asked{Kind: privacy.Question, Subject: s, Question: "Why?", Channel: "page", Proof: "call", Language: "en", By: operator}, tw.now)
					if err == nil {
						err = privacy.Refuse(t.Context(), tx, operator, q, "excessive", "", tw.now)
					}
					if err != nil {
						return err
					}
				}
				return nil
			})
		}
		_, guest := tw.of("guest-1")
		ask(450, privacy.Subject{Sellers: []int64{store}, Orders: guest.Orders})
		tw.now = tw.now.AddDate(0, 0, tw.keeper.Market.Retention.PrivacyProof-1)
		ask(1, guest)
		tw.now = tw.now.AddDate(0, 0, 2)
		rules, err := tw.keeper.Retain(t.Context())
		tw.must(err)
		if i := slices.IndexFunc(rules, func(r privacy.Rule) bool { return r.What == "privacy_requests" }); rules[i].Goes != 450 {
			t.Errorf("%+v", rules[i])
		}
		for _, table := range []string{"privacy_requests", "privacy_request_orders"} {
			if n := tw.count(`SELECT count(*) FROM ` + table); n != 1 {
				t.Errorf("%s keeps %d rows", table, n)
			}
		}
		if n := tw.count(`SELECT count(*) FROM privacy_request_sellers`); n != 0 {
			t.Errorf("%d rows of traders are left", n)
		}
		tw.sound()
	})
}
