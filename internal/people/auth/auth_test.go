package auth_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/platform/secrets"
)

var noon = time.Date(2026, 11, 24, 6, 30, 0, 0, time.UTC)

const good = "seven green boats"

// bench is a desk with two customers and an admin.
type bench struct {
	*testing.T
	*auth.Desk
	db   *db.DB
	now  time.Time
	a, b int64
	hash string // of the password good
}

func email(s string) auth.Address { return auth.Address{Email: contact.NewEmail(s)} }

func open(t *testing.T, d *db.DB) *bench {
	t.Helper()
	b := &bench{T: t, Desk: auth.NewDesk(d, "aromart", secrets.Random().Key), db: d, now: noon}
	b.NoteSlow(func(time.Duration) {}) // a test does not wait
	b.a, b.b = b.add("anura@example.com", "customer"), b.add("bimal@example.com", "customer")
	return b
}

func (b *bench) add(address, role string) (id int64) {
	b.Helper()
	var err error
	if b.hash == "" {
		b.hash, err = auth.Hash(b.Context(), good)
		b.must(err)
	}
	b.write(func(tx *db.Tx) error {
		id, err = auth.Add(b.Context(), tx, access.Actor{Kind: access.Operator}, auth.New{Address: email(address), Name: contact.NewName("Anura Silva"), Role: role, Hash: b.hash, Proved: true}, b.now)
		return err
	})
	return id
}

// owner adds a customer who owns a store.
func (b *bench) owner(address string) {
	b.Helper()
	id := b.add(address, "customer")
	b.write(func(tx *db.Tx) error {
		by := access.Actor{Kind: access.Operator}
		st, err := seller.Add(b.Context(), tx, by, seller.New{Store: seller.Store{Slug: "potter", Name: "Potter"}}, b.now)
		if err != nil {
			return err
		}
		return seller.Join(b.Context(), tx, by, seller.Member{Login: id, Seller: st.Seller, Kind: access.SellerOwner}, b.now)
	})
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) write(f func(tx *db.Tx) error) {
	b.Helper()
	b.must(b.db.Write(b.Context(), f))
}

func (b *bench) count(text string, args ...any) int64 {
	b.Helper()
	n, err := db.One(b.Context(), b.db, db.Int, text, args...)
	b.must(err)
	return n
}

// in signs in and returns the visit of the next request.
func (b *bench) in(address string) (*auth.Visit, string) {
	b.Helper()
	e, err := b.SignIn(b.Context(), email(address), good, auth.Origin{Device: "Firefox, Linux"}, b.now)
	b.must(err)
	return b.visit(e.Token), e.Token
}

func (b *bench) visit(token string) *auth.Visit {
	b.Helper()
	v, err := b.Open(b.Context(), token, b.now)
	b.must(err)
	return v
}

// proof is the newest proof, as the letter that carries it reads it.
func (b *bench) proof() *auth.Proof {
	b.Helper()
	p, err := auth.ProofByID(b.Context(), b.db, b.count("SELECT max(id) FROM proofs"), b.now)
	b.must(err)
	return p
}

func each(t *testing.T, f func(b *bench)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { f(open(t, d)) })
}

func TestPasswordsAreHashedWhole(t *testing.T) {
	long := strings.Repeat("x", auth.MaxPassword)
	for _, p := range []string{"a good pass", "ප්‍රතිදානය හොඳයි", long} {
		h, err := auth.Hash(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(h, p) || !strings.HasPrefix(h, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("stored as %s", h)
		}
		verify := func(stored, p string) bool {
			ok, err := auth.Verify(t.Context(), stored, p)
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		if !verify(h, p) || verify(h, p+"x") || verify(h, p[:len(p)-1]) {
			t.Errorf("%.12s…: another password opens it, or its own does not", p)
		}
	}
	for _, p := range []string{"short", long + "x", ""} {
		if _, err := auth.Hash(t.Context(), p); err == nil {
			t.Errorf("%d characters were taken", len(p))
		}
	}
	for _, h := range []string{"", "x", "$argon2id$v=19$m=99999999,t=2,p=1$a$b", "$md5$"} {
		before := auth.Hashes()
		if ok, err := auth.Verify(t.Context(), h, "a good pass"); ok || err != nil || auth.Hashes() != before+1 {
			t.Errorf("%q opened, or cost another number of hashes", h)
		}
	}
}

// TestTrustCheck17CommonPasswords refuses what many people use and what anybody can
// guess, and asks for no kinds of characters.
func TestTrustCheck17CommonPasswords(t *testing.T) {
	words := []string{"nimal.perera@example.com", "aromart", "Nimal Perera"}
	for p, id := range map[string]string{
		"password123": "auth.password_common", "1234567890": "auth.password_common", "Password123!": "auth.password_common", "qwertyuiop": "auth.password_common",
		"aaaaaaaaaaaa": "auth.password_common", "elephant2026": "auth.password_common",
		"aromart2026!": "auth.password_guessable", "aromartaromart": "auth.password_guessable", "nimal.perera@example.com": "auth.password_guessable", "NimalPerera1": "auth.password_guessable",
		"short": "auth.password_length", "": "auth.password_length",
		"seven green boats": "", "aaaaaaaaaaaab c": "", "nimal likes cold rain": "", "ප්‍රතිදානය හොඳයි": "", strings.Repeat("ab c", 32): "",
	} {
		err := auth.CheckPassword("password", p, words...)
		if id == "" && err != nil || id != "" && !errs.Is(err, id) {
			t.Errorf("%q: %v, want %q", p, err, id)
		}
	}
}

// TestTrustCheck16RehashAtSignIn checks that a weak hash is replaced at the next
// sign-in.
func TestTrustCheck16RehashAtSignIn(t *testing.T) {
	each(t, func(b *bench) {
		// argon2id with t=1, m=8 MiB of the password below.
		weak := "$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$" + weakKey(b.T, good)
		b.write(func(tx *db.Tx) error {
			_, err := db.Exec(b.Context(), tx, "UPDATE logins SET password_hash = $1 WHERE id = $2", weak, b.a)
			return err
		})
		b.in("anura@example.com")
		got, err := db.One(b.Context(), b.db, db.String, "SELECT password_hash FROM logins WHERE id = $1", b.a)
		if err != nil || !strings.HasPrefix(got, "$argon2id$v=19$m=19456,t=2,p=1$") {
			b.Errorf("stored as %.40s, %v", got, err)
		}
		b.in("anura@example.com")
	})
}

func TestAnAddressHasOneLogin(t *testing.T) {
	each(t, func(b *bench) {
		add := func(email, role string) error {
			return b.db.Write(b.Context(), func(tx *db.Tx) error {
				_, err := auth.Add(b.Context(), tx, access.Actor{Kind: access.Operator}, auth.New{Address: auth.Address{Email: contact.NewEmail(email)}, Name: contact.NewName("Anura"), Role: role, Hash: "h"}, b.now)
				return err
			})
		}
		if err := add("a@example.com", "support"); err != nil {
			b.Fatal(err)
		}
		if err := add("a@example.com", "admin"); !errs.Is(err, "auth.email_taken") {
			b.Errorf("a second login: %v", err)
		}
		if err := add("b@example.com", "god"); err == nil {
			b.Error("an unknown role was given")
		}
	})
}

// TestTrustCheck12NothingUsableIsStored looks for usable secrets in the database.
func TestTrustCheck12NothingUsableIsStored(t *testing.T) {
	each(t, func(b *bench) {
		_, token := b.in("anura@example.com")
		b.must(b.SendReset(b.Context(), email("anura@example.com"), "en", b.now))
		p := b.proof()
		for what, secret := range map[string]string{"the session's token": token, "the link's secret": b.Token(p)[22:], "the code": b.Code(p)} {
			for _, table := range []string{"SELECT token_hash FROM sessions", "SELECT public_id || purpose || email FROM proofs", "SELECT payload FROM jobs", "SELECT fields || reason FROM audit_entries"} {
				rows, err := db.All(b.Context(), b.db, db.String, table)
				b.must(err)
				if strings.Contains(strings.Join(rows, "\n"), secret) {
					b.Errorf("%s stands in %q", what, table)
				}
			}
		}
	})
}

// TestTrustRow24AndCheck13TokensChange: a token that was chosen beforehand is never
// taken, and each proof gives a new one.
func TestTrustRow24AndCheck13TokensChange(t *testing.T) {
	each(t, func(b *bench) {
		if b.visit(strings.Repeat("A", 43)) != nil || b.visit("") != nil {
			b.Error("a chosen token opens a session")
		}
		v, first := b.in("anura@example.com")
		second, err := b.Prove(b.Context(), v, good, "", b.now)
		b.must(err)
		third, err := b.ChangePassword(b.Context(), b.visit(second), "eight brown otters", b.now)
		b.must(err)
		if first == second || second == third || b.visit(first) != nil || b.visit(second) != nil || b.visit(third) == nil {
			b.Error("an old token opens something, or the new one nothing")
		}
		b.must(b.SignOut(b.Context(), b.visit(third), b.now))
		if b.visit(third) != nil {
			b.Error("the token works after signing out")
		}
	})
}

// TestTrustRow25AndCheck14SessionsEnd: limits of each role to the second.
func TestTrustRow25AndCheck14SessionsEnd(t *testing.T) {
	const day = 24 * time.Hour
	each(t, func(b *bench) {
		v, token := b.in("anura@example.com")
		b.now = noon.Add(14*day - time.Second)
		if b.visit(token) == nil {
			b.Error("a customer's session ended before 14 days without use")
		}
		b.now = b.now.Add(14 * day)
		if b.visit(token) != nil {
			b.Error("a customer's session lives after 14 days without use")
		}
		b.now = noon
		_, token = b.in("anura@example.com")
		for b.now.Before(noon.Add(30*day - 2*time.Second)) {
			if b.now = b.now.Add(10 * day); !b.now.Before(noon.Add(30 * day)) {
				b.now = noon.Add(30*day - time.Second)
			}
			if b.visit(token) == nil {
				b.Fatalf("a used session ended after %v", b.now.Sub(noon))
			}
		}
		b.now = noon.Add(30 * day)
		if b.visit(token) != nil {
			b.Error("a used session lives longer than 30 days")
		}
		_ = v
		b.now = noon
		for role, limit := range map[string][2]time.Duration{"admin": {30 * time.Minute, 12 * time.Hour}, "support": {time.Hour, day}, "seller_owner": {time.Hour, day}} {
			if role == "seller_owner" {
				b.owner(role + "@example.com")
			} else {
				b.add(role+"@example.com", role)
			}
			token := b.staff(role + "@example.com")
			b.now = noon.Add(limit[0] - time.Second)
			if b.visit(token) == nil {
				b.Errorf("%s: ended before its idle limit", role)
			}
			for b.now = noon; b.now.Before(noon.Add(limit[1] - limit[0])); b.now = b.now.Add(limit[0] - time.Second) {
				if b.visit(token) == nil {
					b.Fatalf("%s: ended while used, after %v", role, b.now.Sub(noon))
				}
			}
			b.now = noon.Add(limit[1])
			if b.visit(token) != nil {
				b.Errorf("%s: lives longer than %v", role, limit[1])
			}
			b.now = noon
		}
	})
}

// TestLastSeenIsWrittenSeldom: reading pages does not write for each of them; of
// who may stay away for days it is noted each hour, of staff each minute.
func TestLastSeenIsWrittenSeldom(t *testing.T) {
	each(t, func(b *bench) {
		_, token := b.in("anura@example.com")
		seen := func() int64 { return b.count("SELECT max(seen_at) FROM sessions") }
		before := seen()
		b.now = noon.Add(time.Hour - time.Second)
		if b.visit(token); seen() != before {
			b.Error("written within an hour")
		}
		b.now = noon.Add(time.Hour)
		if b.visit(token); seen() == before {
			b.Error("not written after an hour")
		}
		b.now = noon.Add(2 * time.Hour)
		b.add("support@example.com", "support")
		token = b.staff("support@example.com")
		before = seen()
		b.now = b.now.Add(time.Minute)
		if b.visit(token); seen() == before {
			b.Error("not written after a minute of staff")
		}
	})
}

// TestTrustCheck11ClosedLoginsStopAtOnce: a role and a closed login are looked up at
// every request.
func TestTrustCheck11ClosedLoginsStopAtOnce(t *testing.T) {
	each(t, func(b *bench) {
		_, token := b.in("anura@example.com")
		_, other := b.in("bimal@example.com")
		b.write(func(tx *db.Tx) error {
			return auth.SetActive(b.Context(), tx, access.Actor{Kind: access.Admin}, b.a, false, b.now)
		})
		if b.visit(token) != nil || b.visit(other) == nil {
			b.Error("the closed login goes on, or the other one does not")
		}
		if _, err := b.SignIn(b.Context(), email("anura@example.com"), good, auth.Origin{Device: "x"}, b.now); !errs.Is(err, "auth.wrong") {
			b.Errorf("signing in to a closed login: %v", err)
		}
	})
}

// TestTrustCheck15SessionsAreListedAndEnded: a changed password ends the other
// sessions; one can be ended alone, and nobody ends those of others.
func TestTrustCheck15SessionsAreListedAndEnded(t *testing.T) {
	each(t, func(b *bench) {
		v, here := b.in("anura@example.com")
		_, there := b.in("anura@example.com")
		mine, foreign := b.in("bimal@example.com")
		list, err := auth.Sessions(b.Context(), b.db, b.a, b.now)
		if err != nil || len(list) != 2 || !list[0].Live("customer", b.now) || list[0].Device != "Firefox, Linux" {
			b.Fatalf("%+v, %v", list, err)
		}
		if err := b.Revoke(b.Context(), mine, list[0].PublicID, b.now); errs.KindOf(err) != errs.NotFound {
			b.Errorf("somebody else ended it: %v", err)
		}
		if b.must(b.Revoke(b.Context(), v, list[0].PublicID, b.now)); b.visit(there) != nil || b.visit(here) == nil {
			b.Error("another session than the named one ended")
		}
		_, there = b.in("anura@example.com")
		token, err := b.ChangePassword(b.Context(), v, "eight brown otters", b.now)
		if b.must(err); b.visit(there) != nil || b.visit(token) == nil || b.visit(foreign) == nil {
			b.Error("after a change of password the wrong sessions live")
		}
	})
}

// TestTrustCheck19WrongPasswordsWait: the sixth wrong password waits, from wherever
// it comes, and the owner gets in by a reset all the same.
func TestTrustCheck19WrongPasswordsWait(t *testing.T) {
	each(t, func(b *bench) {
		try := func(address, password string) error {
			_, err := b.SignIn(b.Context(), email(address), password, auth.Origin{Device: "x"}, b.now)
			return err
		}
		for _, who := range []string{"anura@example.com", "nobody@example.com"} {
			for range 5 {
				if err := try(who, "wrong password"); !errs.Is(err, "auth.wrong") {
					b.Fatalf("%s: %v", who, err)
				}
			}
			later, ok := errors.AsType[*auth.TryLater](try(who, good))
			if !ok || later.RetryIn() != time.Minute {
				b.Errorf("%s: the sixth try: %v", who, later)
			}
		}
		if err := try("bimal@example.com", good); err != nil {
			b.Errorf("somebody else has to wait: %v", err)
		}
		b.must(b.SendReset(b.Context(), email("anura@example.com"), "en", b.now))
		b.must(b.Reset(b.Context(), b.Token(b.proof()), "eight brown otters", auth.Origin{}, b.now))
		if err := try("anura@example.com", "eight brown otters"); err != nil {
			b.Errorf("after a reset: %v", err)
		}
		for i := range 3 { // each further wrong one doubles the pause
			b.now = b.now.Add(15 * time.Minute)
			try("nobody@example.com", "wrong password")
			later, ok := errors.AsType[*auth.TryLater](try("nobody@example.com", "wrong password"))
			if i > 0 && !ok {
				b.Logf("forgotten after the window: %d", i)
			} else if ok && later.RetryIn() < time.Minute {
				b.Errorf("pause %v", later.RetryIn())
			}
		}
	})
}

// TestTrustRow26AndCheck20Reset: a link serves once, for 30 minutes, for its own
// login and purpose, and ends the sessions.
func TestTrustRow26AndCheck20Reset(t *testing.T) {
	each(t, func(b *bench) {
		send := func(address string) string {
			b.must(b.SendReset(b.Context(), email(address), "en", b.now))
			return b.Token(b.proof())
		}
		_, session := b.in("anura@example.com")
		link := send("anura@example.com")
		for _, bad := range []string{"", "null", link[1:], link + "A", strings.ToUpper(link), link[:43] + "!", send("nobody@example.com")} {
			if err := b.Reset(b.Context(), bad, "eight brown otters", auth.Origin{}, b.now); !errs.Is(err, "auth.link_over") {
				b.Errorf("%q: %v", bad, err)
			}
		}
		if _, err := b.EnterByLink(b.Context(), link, auth.Origin{Device: "x"}, b.now); !errs.Is(err, "auth.link_over") {
			b.Errorf("a reset link signs in: %v", err)
		}
		if err := b.Reset(b.Context(), link, "password123", auth.Origin{}, b.now); !errs.Is(err, "auth.password_common") {
			b.Errorf("a common password: %v", err)
		}
		b.must(b.Reset(b.Context(), link, "eight brown otters", auth.Origin{}, b.now))
		if b.visit(session) != nil {
			b.Error("a session outlives the reset")
		}
		if err := b.Reset(b.Context(), link, "nine yellow kites", auth.Origin{}, b.now); !errs.Is(err, "auth.link_over") {
			b.Errorf("used twice: %v", err)
		}
		link = send("anura@example.com")
		b.now = b.now.Add(30 * time.Minute)
		if err := b.Reset(b.Context(), link, "nine yellow kites", auth.Origin{}, b.now); !errs.Is(err, "auth.link_over") {
			b.Errorf("after 30 minutes: %v", err)
		}
		if _, err := b.SignIn(b.Context(), email("bimal@example.com"), good, auth.Origin{Device: "x"}, b.now); err != nil {
			b.Errorf("the other login: %v", err)
		}
	})
}

// TestTrustRow21AndCheck18SameWorkForEverybody: a known and an unknown address cost
// the same statements and hashes and get the same answer.
func TestTrustRow21AndCheck18SameWorkForEverybody(t *testing.T) {
	each(t, func(b *bench) {
		work := func(f func(address string) error, address string) string {
			statements, hashes := db.Statements(), auth.Hashes()
			err := f(address)
			return fmt.Sprintf("%v, %d statements, %d hashes", err, db.Statements()-statements, auth.Hashes()-hashes)
		}
		n := 0
		for name, f := range map[string]func(address string) error{
			"sign in": func(a string) error {
				_, err := b.SignIn(b.Context(), email(a), "wrong password", auth.Origin{Device: "x"}, b.now)
				return err
			},
			"register": func(a string) error {
				form, err := b.Register(b.Context(), auth.Registration{Address: email(a), Name: contact.NewName("Nimal"), Password: good, Language: "en"}, b.now)
				if len(form) != 22 {
					b.Errorf("form %q", form)
				}
				return err
			},
			"finish": func(a string) error {
				form, err := b.Register(b.Context(), auth.Registration{Address: email(a), Name: contact.NewName("Nimal"), Password: good, Language: "en"}, b.now)
				b.must(err)
				_, err = b.FinishRegistration(b.Context(), form, "000000", auth.Origin{Device: "x"}, b.now)
				return err
			},
			"reset":   func(a string) error { return b.SendReset(b.Context(), email(a), "en", b.now) },
			"sign_in": func(a string) error { return b.SendSignIn(b.Context(), email(a), "en", b.now) },
		} {
			n++
			known, unknown := fmt.Sprintf("known-%d@example.com", n), fmt.Sprintf("unknown-%d@example.com", n)
			b.add(known, "customer")
			if k, u := work(f, known), work(f, unknown); k != u {
				b.Errorf("%s: known %s; unknown %s", name, k, u)
			}
		}
	})
}

// TestTrustRow37RegisteringGivesACustomer: whoever registers is a customer.
func TestTrustRow37RegisteringGivesACustomer(t *testing.T) {
	each(t, func(b *bench) {
		form, err := b.Register(b.Context(), auth.Registration{Address: email("new@example.com"), Name: contact.NewName("Nimal"), Password: good, Language: "si"}, b.now)
		b.must(err)
		p := b.proof()
		if p.Language != "si" || p.Purpose != "register" || p.Email.Reveal() != "new@example.com" {
			b.Errorf("%+v", p)
		}
		code := b.Code(p)
		for _, bad := range []string{"", "1", code + "0", "٠٠٠٠٠٠"} {
			if _, err := b.FinishRegistration(b.Context(), form, bad, auth.Origin{Device: "x"}, b.now); !errs.Is(err, "auth.code_wrong") {
				b.Errorf("%q: %v", bad, err)
			}
		}
		in, err := b.FinishRegistration(b.Context(), form, code, auth.Origin{Device: "x"}, b.now)
		b.must(err)
		v := b.visit(in.Token)
		if v.Actor().Kind != access.Customer || b.count("SELECT count(*) FROM registrations") != 0 {
			b.Errorf("%+v", v.Actor())
		}
		if _, err := b.FinishRegistration(b.Context(), form, code, auth.Origin{Device: "x"}, b.now); !errs.Is(err, "auth.code_wrong") {
			b.Errorf("the code serves twice: %v", err)
		}
	})
}

// TestCodesAreTriedFiveTimes: the sixth try is refused even when it is right,
// and so is one that is over.
func TestCodesAreTriedFiveTimes(t *testing.T) {
	each(t, func(b *bench) {
		ask := func(address string) (string, string) {
			form, err := b.Register(b.Context(), auth.Registration{Address: email(address), Name: contact.NewName("Nimal"), Password: good, Language: "en"}, b.now)
			b.must(err)
			return form, b.Code(b.proof())
		}
		form, code := ask("five@example.com")
		for range 5 {
			b.FinishRegistration(b.Context(), form, "abcdef", auth.Origin{Device: "x"}, b.now)
		}
		if _, err := b.FinishRegistration(b.Context(), form, code, auth.Origin{Device: "x"}, b.now); !errs.Is(err, "auth.code_wrong") {
			b.Errorf("the sixth try: %v", err)
		}
		form, code = ask("late@example.com")
		b.now = b.now.Add(10 * time.Minute)
		if _, err := b.FinishRegistration(b.Context(), form, code, auth.Origin{Device: "x"}, b.now); !errs.Is(err, "auth.code_wrong") {
			b.Errorf("after ten minutes: %v", err)
		}
		// A registration for an address that has a login is never finished.
		form, code = ask("anura@example.com")
		if _, err := b.FinishRegistration(b.Context(), form, code, auth.Origin{Device: "x"}, b.now); !errs.Is(err, "auth.code_wrong") {
			b.Errorf("a login was taken over: %v", err)
		}
	})
}

// TestABusyDeskSaysSo: more hashes than can wait are refused, not queued.
func TestABusyDeskSaysSo(t *testing.T) {
	const many = 200
	results := make(chan error, many)
	for range many {
		go func() {
			_, err := auth.Verify(context.Background(), "", "a password")
			results <- err
		}()
	}
	busy := 0
	for range many {
		if err := <-results; errs.Is(err, "auth.busy") {
			busy++
		} else if err != nil {
			t.Error(err)
		}
	}
	if busy == 0 || busy == many {
		t.Errorf("%d of %d were sent away", busy, many)
	}
}
