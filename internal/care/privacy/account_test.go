package privacy_test

import (
	"errors"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aromart/internal/care/privacy"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/platform/mail"
)

// login opens an account whose values are markers, and gives it orders.
func (tw *town) login(mark, phone string, orders ...string) int64 {
	tw.Helper()
	var id int64
	tw.write(func(tx *db.Tx) (err error) {
		id, err = auth.Add(tw.Context(), tx, operator, auth.New{Address: auth.Address{Email: contact.NewEmail(strings.ToLower(mark) + "@example.com"), Phone: contact.NewPhone(phone)},
			Name: contact.NewName(mark + "-name"), Role: "customer", Proved: true}, tw.now)
		return err
	})
	for _, who := range orders {
		tw.gives(id, who)
	}
	return id
}

// gives lets an account have the order of somebody of the world.
func (tw *town) gives(login int64, who string) {
	tw.Helper()
	o, _ := tw.of(who)
	tw.write(func(tx *db.Tx) error {
		_, err := db.Exec(tw.Context(), tx, `UPDATE orders SET customer_id = $1 WHERE id = $2`, login, int64(o.ID))
		return err
	})
}

func (tw *town) askAs(login int64, kind, question string) (*privacy.Request, error) {
	tw.Helper()
	s, err := privacy.Account(tw.Context(), tw.db, login)
	tw.must(err)
	var q *privacy.Request
	err = tw.db.Write(tw.Context(), func(tx *db.Tx) (err error) {
		q, err = privacy.Ask(tw.Context(), tx, tw.keeper.Market, privacy.Asked{Kind: kind, Subject: s, Question: question, Channel: "page", Proof: "session", Language: "en",
			By: access.Actor{Kind: access.Customer, ID: login}}, tw.now)
		return err
	})
	return q, err
}

func (tw *town) ledger() (lines []string) {
	tw.Helper()
	raw, err := os.ReadFile(filepath.Join(tw.dir, privacy.LedgerFile))
	tw.must(err)
	return strings.Split(strings.TrimSpace(string(raw)), "\n")
}

// TestAnOrderPlacedWhileADeletionWaitsGoesToo: whom an erasure is about is read
// when it is carried out; what a parcel needs stays until it is closed, the
// account does not wait for it, and the register finds it again.
func TestAnOrderPlacedWhileADeletionWaitsGoesToo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tw := open(t, d)
		login, other := tw.login("CANARY-anura", "+94705559876"), tw.login("CANARY-bimal", "+94705551111", "guest-2")
		q, err := tw.askAs(login, privacy.Erasure, "")
		tw.must(err)
		tw.gives(login, "customer-3") // canceled
		tw.gives(login, "customer-4") // on its way
		others := len(tw.findings([]string{"CANARY-bimal"}))
		tw.now = tw.now.Add(privacy.CoolOff)
		tw.work()
		got := tw.request(q)
		if got.Status != privacy.PartlyDone || got.Reason != "open_parcels" || got.RunAt.IsZero() || len(got.Orders) != 2 {
			t.Fatalf("%s, %s, next %v, orders %v", got.Status, got.Reason, got.RunAt, got.Orders)
		}
		if left := tw.findings(append(tw.marks("customer-3"), "CANARY-anura", "canary-anura", "+94705559876")); len(left) > 0 {
			t.Errorf("left: %q", left)
		}
		open, s := tw.of("customer-4")
		if open.Customer != 0 || len(tw.findings(tw.marks("customer-4"))) == 0 {
			t.Error("the parcel lost its address, or an account that is gone has it")
		}
		tw.sound()
		tw.write(func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `UPDATE fulfillments SET status = 'closed' WHERE order_id IN (`+db.In(tx, 1)+`)`, db.IDs(s.Orders))
			if err == nil {
				_, err = db.Exec(t.Context(), tx, `UPDATE seller_orders SET status = 'undelivered' WHERE order_id IN (`+db.In(tx, 1)+`)`, db.IDs(s.Orders))
			}
			return err
		})
		tw.now = got.RunAt
		tw.work()
		if got = tw.request(q); got.Status != privacy.Done || !got.RunAt.IsZero() {
			t.Errorf("after the parcel the request is %s", got.Status)
		}
		if left := tw.findings(tw.marks("customer-4")); len(left) > 0 {
			t.Errorf("left: %q", left)
		}
		if lines := tw.ledger(); len(lines) != 2 || !strings.Contains(lines[0], `"login"`) {
			t.Errorf("the ledger: %q", lines)
		}
		if got := len(tw.findings([]string{"CANARY-bimal"})); got != others || tw.count(`SELECT count(*) FROM logins WHERE id = $1`, other) != 1 {
			t.Error("somebody else was touched")
		}
	})
}

// TestNobodyAsksTwice: a deletion of an account covers its orders, and one that
// waits is the only one, however many ask at once.
func TestNobodyAsksTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tw := open(t, d)
		login, empty, staff := tw.login("CANARY-anura", "+94705559876", "customer-3"), tw.login("CANARY-bimal", "+94705551111"), tw.login("CANARY-chamara", "+94705552222")
		var all sync.WaitGroup
		var taken, refused int
		var mu sync.Mutex
		for range 8 {
			all.Go(func() {
				_, err := tw.askAs(empty, privacy.Erasure, "") // no order tells the two apart
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					taken++
				case errs.Is(err, "privacy.already_asked"):
					refused++
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if taken != 1 || refused != 7 {
			t.Errorf("%d taken, %d refused", taken, refused)
		}
		first, err := tw.askAs(login, privacy.Erasure, "")
		tw.must(err)
		_, s := tw.of("customer-3")
		err = d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := privacy.Ask(t.Context(), tx, tw.keeper.Market, privacy.Asked{Kind: privacy.Erasure, Subject: s, Channel: "page", Language: "en", By: operator}, tw.now)
			return err
		})
		if !errs.Is(err, "privacy.already_asked") {
			t.Errorf("an order of it: %v", err)
		}
		tw.write(func(tx *db.Tx) error {
			q, err := privacy.ByNumber(t.Context(), tx, first.Number)
			if err != nil {
				return err
			}
			return privacy.Withdraw(t.Context(), tx, q.Person(), q, tw.now)
		})
		if _, err := tw.askAs(login, privacy.Erasure, ""); err != nil {
			t.Errorf("after a change of mind: %v", err)
		}
		tw.write(func(tx *db.Tx) error {
			store, err := db.One(t.Context(), tx, db.Int, `SELECT min(id) FROM sellers`)
			if err != nil {
				return err
			}
			return seller.Join(t.Context(), tx, operator, seller.Member{Login: staff, Seller: seller.ID(store), Kind: access.SellerOwner}, tw.now)
		})
		if _, err := tw.askAs(staff, privacy.Erasure, ""); !errs.Is(err, "privacy.works_here") {
			t.Errorf("who works here: %v", err)
		}
	})
}

// TestAGuestAsksOnce: of many who ask for the deletion of one order at the same
// moment, one is taken down, also where the order belongs to an account.
func TestAGuestAsksOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tw := open(t, d)
		tw.login("CANARY-anura", "+94705559876", "customer-3")
		for _, who := range []string{"guest-1", "customer-3"} {
			_, s := tw.of(who)
			var all sync.WaitGroup
			var taken atomic.Int64
			for range 8 {
				all.Go(func() {
					err := d.Write(t.Context(), func(tx *db.Tx) error {
						_, err := privacy.Ask(t.Context(), tx, tw.keeper.Market, privacy.Asked{Kind: privacy.Erasure, Subject: s, Channel: "page", Proof: "code", Language: "en",
							By: access.Actor{Kind: access.GuestOrder, Order: s.Orders[0]}}, tw.now)
						return err
					})
					if err == nil {
						taken.Add(1)
					} else if !errs.Is(err, "privacy.already_asked") {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if n := tw.count(`SELECT count(*) FROM privacy_request_orders WHERE order_id = $1`, s.Orders[0]); n != 1 || taken.Load() != 1 {
				t.Errorf("%s: %d stand, %d were taken", who, n, taken.Load())
			}
		}
	})
}

// store opens one that nobody owns.
func (tw *town) store() (s seller.Store) {
	tw.Helper()
	tw.write(func(tx *db.Tx) (err error) {
		s, err = seller.Add(tw.Context(), tx, operator, seller.New{Store: seller.Store{Slug: "corner-shop", Name: "Corner shop", City: "colombo/colombo-03"}}, tw.now)
		return err
	})
	return s
}

// TestNobodyIsErasedWhoWorksHereByThen: a deletion waits for days. Who was given
// work meanwhile keeps everything, is told why, and may ask again afterwards;
// whose deletion waits is given none.
func TestNobodyIsErasedWhoWorksHereByThen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tw := open(t, d)
		member, admin, other := tw.login("CANARY-anura", "+94705559876", "customer-3"), tw.login("CANARY-bimal", "+94705551111"), tw.login("CANARY-chamara", "+94705552222")
		store := tw.store().Seller
		joins := func(login int64) error {
			return d.Write(t.Context(), func(tx *db.Tx) error {
				return seller.Join(t.Context(), tx, operator, seller.Member{Login: login, Seller: store, Kind: access.SellerOwner}, tw.now)
			})
		}
		becomes := func(login int64, role string) error {
			return d.Write(t.Context(), func(tx *db.Tx) error { return auth.SetRole(t.Context(), tx, operator, login, role, tw.now) })
		}
		asked := map[int64]*privacy.Request{}
		for _, login := range []int64{member, admin, other} {
			q, err := tw.askAs(login, privacy.Erasure, "")
			tw.must(err)
			asked[login] = q
			if err := errors.Join(joins(login), becomes(login, "admin")); strings.Count(fmt.Sprint(err), "auth.leaving") != 2 {
				t.Errorf("whose deletion waits is given work: %v", err)
			}
		}
		if err := becomes(other, "customer"); err != nil {
			t.Errorf("to be a customer is no work: %v", err)
		}
		// By another way than those that refuse: an older program, or hands at the database.
		tw.write(func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `INSERT INTO seller_members (login_id, seller_id, role, rights, joined_at) VALUES ($1, $2, 'seller_owner', '', 1)`, member, int64(store))
			if err == nil {
				_, err = db.Exec(t.Context(), tx, `UPDATE logins SET role = 'admin' WHERE id = $1`, admin)
			}
			return err
		})
		had := len(tw.findings([]string{"CANARY-anura", "CANARY-bimal"}))
		tw.now = tw.now.Add(privacy.CoolOff)
		tw.work()
		for _, login := range []int64{member, admin} {
			if q := tw.request(asked[login]); q.Status != privacy.Refused || q.Reason != "works_here" || !q.RunAt.IsZero() || q.Receipt != nil {
				t.Errorf("login %d: %s, %s, next %v", login, q.Status, q.Reason, q.RunAt)
			}
		}
		if q := tw.request(asked[other]); q.Status != privacy.Done || tw.count(`SELECT count(*) FROM logins WHERE id = $1`, other) != 0 {
			t.Errorf("a customer beside them: %s", q.Status)
		}
		if now := len(tw.findings([]string{"CANARY-anura", "CANARY-bimal"})); now < had || tw.count(`SELECT count(*) FROM seller_members WHERE login_id = $1`, member) != 1 {
			t.Errorf("something of who works here is gone: %d places, now %d", had, now)
		}
		if len(tw.outbox("Your request is refused")) != 2 {
			t.Error("nobody was told")
		}
		tw.sound()
		tw.must(becomes(admin, "customer"))
		if q, err := tw.askAs(admin, privacy.Erasure, ""); err != nil || q.Status != privacy.Verified {
			t.Errorf("asked again afterwards: %v", err)
		}
	})
}

// TestOfWorkAndDeletionAtOnceOneIsRefused: nobody becomes an owner while his
// deletion is taken down.
func TestOfWorkAndDeletionAtOnceOneIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tw := open(t, d)
		store := seller.ID(tw.count(`SELECT max(id) FROM sellers`))
		for i := range 6 {
			login := tw.login(fmt.Sprint("CANARY-", i), fmt.Sprint("+9470555000", i))
			var all sync.WaitGroup
			var asked, joined error
			all.Go(func() { _, asked = tw.askAs(login, privacy.Erasure, "") })
			all.Go(func() {
				joined = d.Write(t.Context(), func(tx *db.Tx) error {
					return seller.Join(t.Context(), tx, operator, seller.Member{Login: login, Seller: store, Kind: access.SellerOwner}, tw.now)
				})
			})
			all.Wait()
			if (asked == nil) == (joined == nil) || asked != nil && !errs.Is(asked, "privacy.works_here") || joined != nil && !errs.Is(joined, "auth.leaving") {
				t.Errorf("asked: %v, joined: %v", asked, joined)
			}
		}
	})
}

// TestAStoreThatARestoreLeavesWithoutOwnerIsNamed: the backup knows an owner who
// handed over and was erased after it. He stays erased; the store says so.
func TestAStoreThatARestoreLeavesWithoutOwnerIsNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tw := open(t, d)
		login := tw.login("CANARY-anura", "+94705559876")
		store := tw.store()
		tw.write(func(tx *db.Tx) error {
			return seller.Join(t.Context(), tx, operator, seller.Member{Login: login, Seller: store.Seller, Kind: access.SellerOwner}, tw.now)
		})
		id, err := db.One(t.Context(), d, db.String, `SELECT public_id FROM logins WHERE id = $1`, login)
		tw.must(err)
		tw.must(os.WriteFile(filepath.Join(tw.dir, privacy.LedgerFile), []byte(fmt.Sprintf(`{"number":"AAAA-BBBB-CCCC-DDDD-EEEE","at":"2026-01-06T06:00:00Z","login":%q}`+"\n", id)), 0o600))
		lost, never, err := seller.Ownerless(t.Context(), d)
		if err != nil || len(lost)+len(never) != 0 {
			t.Errorf("before: %q, %q, %v", lost, never, err)
		}
		for range 2 {
			if _, err := privacy.Replay(t.Context(), d, filepath.Join(tw.dir, privacy.LedgerFile)); err != nil {
				t.Fatal(err)
			}
		}
		if lost, _, err = seller.Ownerless(t.Context(), d); err != nil || !slices.Equal(lost, []string{store.Slug}) {
			t.Errorf("nobody is told: %q, %v", lost, err)
		}
		if tw.count(`SELECT count(*) FROM audit_entries WHERE action = 'seller.ownerless' AND object_id = $1`, int64(store.Seller)) != 1 || tw.count(`SELECT count(*) FROM logins WHERE id = $1`, login) != 0 {
			t.Error("the audit log does not say it once, or the login is there")
		}
		tw.sound()
	})
}

// TestAnErasureIsWrittenDownOnce: by hand while its job waits, tried again, and
// with a trader.
func TestAnErasureIsWrittenDownOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tw := open(t, d)
		login := tw.login("CANARY-anura", "+94705559876", "customer-3")
		tw.write(func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `UPDATE sellers SET email = 'canary-anura@example.com', status = 'closed' WHERE id = (SELECT min(id) FROM sellers)`)
			return err
		})
		s, err := privacy.Find(t.Context(), d, tw.keeper.Market, "canary-anura@example.com")
		if err != nil || s.Login != login || len(s.Orders) != 1 || len(s.Sellers) != 1 {
			t.Fatalf("found %+v, %v", s, err)
		}
		q, err := tw.keeper.EraseNow(t.Context(), s, operator)
		if err != nil || q.Status != privacy.Done || len(q.Sellers) != 1 {
			t.Fatalf("%+v, %v", q, err)
		}
		tw.now = tw.now.Add(time.Hour)
		tw.work()
		// The first try committed and could not finish.
		tw.write(func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `UPDATE privacy_requests SET run_at = 1 WHERE number = $1`, q.Number)
			return err
		})
		tw.must(tw.keeper.Deadlines(t.Context()))
		if again := tw.request(q); !again.RunAt.IsZero() || again.Receipt.Orders != 1 {
			t.Errorf("tried again: %+v", again)
		}
		if lines := tw.ledger(); len(lines) != 1 || strings.Contains(lines[0], "CANARY") || !strings.Contains(lines[0], `"sellers"`) {
			t.Errorf("the ledger: %q", lines)
		}
		if left := tw.findings([]string{"CANARY-anura", "canary-anura"}); len(left) > 0 {
			t.Errorf("left: %q", left)
		}
	})
}

// TestAnExportOfAnAccountIsItsOwn: what a stranger typed under the address is
// not in it, the guest of one order does not get it, and nobody else does.
func TestAnExportOfAnAccountIsItsOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tw := open(t, d)
		login, other := tw.login("CANARY-anura", "+94705559876", "customer-3"), tw.login("CANARY-bimal", "+94705551111", "guest-2")
		desk := auth.NewDesk(d, "aromart", tw.master.Key)
		strange := auth.Registration{Address: auth.Address{Email: contact.NewEmail("canary-anura@example.com")}, Name: contact.NewName("CANARY-typed by a stranger"), Password: "seven green boats", Language: "en"}
		_, err := desk.Register(t.Context(), strange, tw.now)
		tw.must(err)
		q, err := tw.askAs(login, privacy.Access, "")
		tw.must(err)
		var e *privacy.Export
		tw.write(func(tx *db.Tx) (err error) {
			fresh, err := privacy.ByNumber(t.Context(), tx, q.Number)
			if err == nil {
				e, err = privacy.AskExport(t.Context(), tx, fresh, tw.now)
			}
			return err
		})
		tw.work()
		s, err := privacy.Account(t.Context(), d, login)
		tw.must(err)
		archive, err := tw.keeper.Open(t.Context(), s, e.PublicID)
		tw.must(err)
		for name, text := range unzip(t, archive) {
			text = html.UnescapeString(text)
			for _, mark := range append(tw.marks("customer-3"), "CANARY-anura-name", "canary-anura@example.com", "+94705559876") {
				if !strings.Contains(text, mark) {
					t.Errorf("%s lacks %s", name, mark)
				}
			}
			for _, c := range tw.Canaries {
				if c.Who != "customer-3" && strings.Contains(text, c.Value) {
					t.Errorf("%s holds %s of somebody else", name, c.Value)
				}
			}
			if strings.Contains(text, "stranger") || strings.Contains(text, "CANARY-bimal") {
				t.Errorf("%s holds what somebody else typed or is", name)
			}
		}
		if len(tw.outbox("The copy of your data is ready")) != 1 {
			t.Error("the letter did not go to the login")
		}
		_, guest := tw.of("customer-3")
		foreign, err := privacy.Account(t.Context(), d, other)
		tw.must(err)
		for name, who := range map[string]privacy.Subject{"the guest of one of its orders": guest, "another account": foreign} {
			if _, err := tw.keeper.Open(t.Context(), who, e.PublicID); errs.KindOf(err) != errs.NotFound {
				t.Errorf("%s opens it: %v", name, err)
			}
			if list, err := privacy.Of(t.Context(), d, who); err != nil || len(list) != 0 {
				t.Errorf("%s sees %d requests, %v", name, len(list), err)
			}
		}
		// Everything that was typed under the address goes with its owner.
		if _, err := tw.keeper.EraseNow(t.Context(), s, operator); err != nil {
			t.Fatal(err)
		}
		if left := tw.findings([]string{"CANARY-anura", "canary-anura", "CANARY-typed", "+94705559876"}); len(left) > 0 {
			t.Errorf("left: %q", left)
		}
	})
}

// TestLettersReachAnOwnerWithoutMailbox: an account that has a phone only gets
// short messages, also about an order without an e-mail address; they go with it.
func TestLettersReachAnOwnerWithoutMailbox(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tw := open(t, d)
		login := tw.login("CANARY-anura", "+94705559876", "customer-3")
		tw.write(func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `UPDATE logins SET email = '' WHERE id = $1`, login)
			if err == nil {
				_, err = db.Exec(t.Context(), tx, `UPDATE order_contacts SET email = '' WHERE order_id = (SELECT id FROM orders WHERE customer_id = $1)`, login)
			}
			return err
		})
		texts := func() (list []string) {
			names, err := filepath.Glob(filepath.Join(tw.dir, mail.OutboxName, "request-*.txt"))
			tw.must(err)
			for _, n := range names {
				raw, err := os.ReadFile(n)
				tw.must(err)
				list = append(list, string(raw))
			}
			return list
		}
		_, guest := tw.of("customer-3")
		tw.write(func(tx *db.Tx) error { // taken down on the phone for the order
			q, err := privacy.Ask(t.Context(), tx, tw.keeper.Market, privacy.Asked{Kind: privacy.Question, Subject: guest, Question: "card 4111 1111 1111 1111?", Channel: "shell", Proof: "call", Language: "en", By: operator}, tw.now)
			if err != nil {
				return err
			}
			if !q.Struck || strings.Contains(q.Question.Reveal(), "4111") {
				t.Errorf("kept: %s", q.Question.Reveal())
			}
			if err := privacy.Start(t.Context(), tx, operator, q, tw.now); err != nil {
				return err
			}
			if err := privacy.Finish(t.Context(), tx, operator, q, "No. Your password: hunter2", tw.now); err != nil {
				return err
			}
			if !q.Struck || strings.Contains(q.Answer.Reveal(), "hunter2") {
				t.Errorf("answered: %s", q.Answer.Reveal())
			}
			return nil
		})
		tw.work()
		if list := texts(); len(list) != 1 || !strings.HasPrefix(list[0], "To: +94705559876\n\nWe answered your request") {
			t.Errorf("short messages: %q", list)
		}
		_, err := tw.askAs(login, privacy.Erasure, "")
		tw.must(err)
		tw.work()
		if list := texts(); len(list) != 2 || !slices.ContainsFunc(list, func(s string) bool { return strings.Contains(s, "https://shop.example/privacy/keep/") }) {
			t.Errorf("short messages: %q", list)
		}
		tw.now = tw.now.Add(privacy.CoolOff)
		tw.work()
		if list := texts(); len(list) != 0 {
			t.Errorf("left: %q", list)
		}
	})
}

// TestAnErasedLoginsIdIsNeverGivenAgain: the register and the audit log go on
// naming it, and must not come to mean somebody else.
func TestAnErasedLoginsIdIsNeverGivenAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tw := open(t, d)
		login := tw.login("CANARY-anura", "+94705559876")
		q, err := tw.keeper.EraseNow(t.Context(), privacy.Subject{Login: login}, operator)
		tw.must(err)
		next := tw.login("CANARY-bimal", "+94705551111")
		s, err := privacy.Account(t.Context(), d, next)
		tw.must(err)
		if list, err := privacy.Of(t.Context(), d, s); next == login || err != nil || len(list) != 0 {
			t.Errorf("login %d after %d sees %d requests, %v", next, login, len(list), err)
		}
		if q.Status != privacy.Done {
			t.Errorf("the request is %s", q.Status)
		}
	})
}

// BenchmarkExport prints how long a copy takes for a person with 1,000 orders,
// which should be ready within 5 seconds.
func BenchmarkExport(b *testing.B) {
	tw := open(b, dbtest.SQLite(b))
	login := tw.login("CANARY-anura", "+94705559876")
	o, _ := tw.of("customer-2")
	tw.write(func(tx *db.Tx) error { return manifold(b, tx, int64(o.ID), login, 1000) })
	s, err := privacy.Account(b.Context(), tw.db, login)
	tw.must(err)
	if len(s.Orders) != 1000 {
		b.Fatalf("%d orders", len(s.Orders))
	}
	size := 0
	for b.Loop() {
		archive, err := privacy.Archive(b.Context(), tw.db, tw.keeper.Market, s, "en", tw.now)
		if err != nil {
			b.Fatal(err)
		}
		size = len(archive)
	}
	b.ReportMetric(float64(len(s.Orders)), "orders")
	b.ReportMetric(float64(size)/1e6, "MB")
}

// manifold copies an order with all that hangs on it, again and again.
func manifold(b *testing.B, tx *db.Tx, from, login int64, times int) error {
	b.Helper()
	columns, err := db.Columns(b.Context(), tx)
	if err != nil {
		return err
	}
	list := func(table string, put map[string]string) (names, values string) {
		for _, c := range columns {
			t, name, _ := strings.Cut(c, ".")
			if t != table || name == "id" {
				continue
			}
			value, given := put[name]
			if !given {
				value = name
			}
			names, values = names+", "+name, values+", "+value
		}
		return names[2:], values[2:]
	}
	for i := range times {
		key := fmt.Sprintf("'copy %d ' || ", i)
		names, values := list("orders", map[string]string{"public_id": key + "public_id", "number": key + "number", "customer_id": fmt.Sprint(login), "cart_token_hash": key + "cart_token_hash"})
		order, err := db.One(b.Context(), tx, db.Int, "INSERT INTO orders ("+names+") SELECT "+values+" FROM orders WHERE id = $1 RETURNING id", from)
		if err != nil {
			return err
		}
		to := map[string]string{"order_id": fmt.Sprint(order), "public_id": key + "public_id", "cause": "NULL"}
		for _, table := range []string{"order_contacts", "seller_orders", "order_events", "disclosures"} {
			names, values := list(table, to)
			if _, err := db.Exec(b.Context(), tx, "INSERT INTO "+table+" ("+names+") SELECT "+values+" FROM "+table+" WHERE order_id = $1", from); err != nil {
				return err
			}
		}
		to["seller_order_id"] = fmt.Sprintf("(SELECT min(id) FROM seller_orders WHERE order_id = %d)", order)
		for _, table := range []string{"order_lines", "payments"} {
			names, values := list(table, to)
			if _, err := db.Exec(b.Context(), tx, "INSERT INTO "+table+" ("+names+") SELECT "+values+" FROM "+table+" WHERE order_id = $1 LIMIT 1", from); err != nil {
				return err
			}
		}
	}
	return nil
}

// TestNoCrashLosesAnErasure: an erasure that fails at any of its steps has
// either touched nothing, or is in the ledger; it is never withdrawn, refused or
// given work once it may be there; and the next try finishes it.
func TestNoCrashLosesAnErasure(t *testing.T) {
	renames := func(table string) func(*town) func() {
		return func(tw *town) func() {
			rename := func(from, to string) {
				tw.write(func(tx *db.Tx) error {
					_, err := db.Exec(tw.Context(), tx, `ALTER TABLE `+from+` RENAME TO `+to)
					return err
				})
			}
			rename(table, "away")
			return func() { rename("away", table) }
		}
	}
	for _, c := range []struct {
		step    string
		fail    func(*town) (mend func())
		written bool // in the ledger when it failed
	}{
		{"taking it up", renames("privacy_request_events"), false},
		{"ledger", func(tw *town) func() {
			path := filepath.Join(tw.dir, privacy.LedgerFile)
			tw.must(os.Mkdir(path, 0o700))
			return func() { tw.must(os.Remove(path)) }
		}, false},
		{"files", func(tw *town) func() {
			outbox := filepath.Join(tw.dir, "outbox")
			tw.must(os.Rename(outbox, outbox+".away"))
			tw.must(os.WriteFile(outbox, nil, 0o600))
			return func() { tw.must(errors.Join(os.Remove(outbox), os.Rename(outbox+".away", outbox))) }
		}, true},
		{"rows", renames("order_corrections"), true},
		{"conclusion", renames("disclosures"), true},
	} {
		t.Run(c.step, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				tw := open(t, d)
				login := tw.login("CANARY-anura", "+94705559876", "customer-3")
				q, err := tw.askAs(login, privacy.Erasure, "")
				tw.must(err)
				tw.work()
				tw.now = tw.now.Add(privacy.CoolOff)
				mend := c.fail(tw)
				failed := tw.keeper.CarryOut(t.Context(), q.ID)
				mend()
				if failed == nil {
					t.Fatal("nothing failed")
				}
				raw, err := os.ReadFile(filepath.Join(tw.dir, privacy.LedgerFile))
				if written := strings.Contains(string(raw), q.Number); written != c.written || err != nil && c.written {
					t.Errorf("in the ledger: %v, %v", written, err)
				}
				rows := tw.count(`SELECT count(*) FROM logins WHERE id = $1`, login)
				if rows != 1 && !c.written {
					t.Error("rows are gone of which the ledger says nothing")
				}
				if c.step != "taking it up" {
					now := tw.request(q)
					for what, f := range map[string]func(tx *db.Tx) error{
						"withdraw": func(tx *db.Tx) error { return privacy.Withdraw(t.Context(), tx, q.Person(), now, tw.now) },
						"refuse":   func(tx *db.Tx) error { return privacy.Refuse(t.Context(), tx, operator, now, "excessive", "", tw.now) },
						"work":     func(tx *db.Tx) error { return auth.SetRole(t.Context(), tx, operator, login, "admin", tw.now) },
					} {
						if err := d.Write(t.Context(), f); errs.KindOf(err) != errs.Conflict {
							t.Errorf("%s: %v", what, err)
						}
					}
				}
				tw.must(tw.keeper.CarryOut(t.Context(), q.ID))
				tw.work()
				if got := tw.request(q); got.Status != privacy.Done || !got.RunAt.IsZero() || got.Receipt == nil {
					t.Errorf("after the next try: %s, %v", got.Status, got.Receipt)
				}
				if left := tw.findings([]string{"CANARY-anura", "canary-anura"}); len(left) > 0 {
					t.Errorf("left: %q", left)
				}
				if lines := tw.ledger(); len(lines) != 1 || !strings.Contains(lines[0], `"login"`) || !strings.Contains(lines[0], `"orders":["`) {
					t.Errorf("the ledger: %q", lines)
				}
				tw.sound()
			})
		})
	}
}
