package auth_test

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
)

// TestAStrangerCannotShutTheOwnerOut: whatever somebody does to an address from
// elsewhere, its owner signs in from where he is, and has a link that serves in
// his mailbox.
func TestAStrangerCannotShutTheOwnerOut(t *testing.T) {
	each(t, func(b *bench) {
		var waits []time.Duration
		b.NoteSlow(func(long time.Duration) { waits = append(waits, long) })
		stranger, owner := auth.Origin{Network: "203.0.113.0/24"}, auth.Origin{Network: "192.0.2.0/24"}
		for range 40 {
			b.SignIn(b.Context(), email("anura@example.com"), "wrong password", stranger, b.now)
		}
		if _, err := b.SignIn(b.Context(), email("anura@example.com"), good, stranger, b.now); !errs.Is(err, "auth.try_later") {
			b.Errorf("the stranger goes on: %v", err)
		}
		if _, err := b.SignIn(b.Context(), email("anura@example.com"), good, owner, b.now); err != nil {
			b.Errorf("the owner elsewhere: %v", err)
		}
		if len(waits) != 1 || waits[0] != 2*time.Second {
			b.Errorf("the sixth guess from anywhere waits %v", waits)
		}
		// Letters: a stranger asks all the time; the mailbox is not flooded, and
		// always has a link that serves for a while.
		for minute := range 60 {
			b.now = noon.Add(time.Duration(minute) * time.Minute)
			for range 5 {
				b.must(b.SendReset(b.Context(), email("anura@example.com"), "en", b.now))
			}
			newest := b.proof()
			if newest.Purpose != "reset" || b.CheckReset(b.Context(), b.Token(newest), b.now.Add(14*time.Minute)) != nil {
				b.Fatalf("after %d minutes no link serves", minute)
			}
		}
		if n := b.count("SELECT count(*) FROM proofs WHERE purpose = 'reset'"); n < 4 || n > 7 {
			b.Errorf("%d letters in an hour", n)
		}
		b.must(b.Reset(b.Context(), b.Token(b.proof()), "eight brown otters", owner, b.now))
		before := b.count("SELECT count(*) FROM proofs WHERE purpose = 'reset'")
		b.must(b.SendReset(b.Context(), email("anura@example.com"), "en", b.now))
		if b.count("SELECT count(*) FROM proofs WHERE purpose = 'reset'") != before+1 {
			b.Error("whoever used the link has to wait for another")
		}
		// Another purpose has letters of its own.
		b.must(b.SendSignIn(b.Context(), email("anura@example.com"), "en", b.now))
		if b.proof().Purpose != "sign_in" {
			b.Error("a reset keeps back a sign-in link")
		}
	})
}

// TestManyNetworksAreBounded: a network of machines does not guess for ever, and
// the mailed link is open all the same.
func TestManyNetworksAreBounded(t *testing.T) {
	each(t, func(b *bench) {
		b.NoteSlow(func(time.Duration) {})
		tested, refused := 0, 0
		for i := range 110 {
			_, err := b.SignIn(b.Context(), email("nobody@example.com"), "wrong password", auth.Origin{Network: fmt.Sprintf("10.0.%d.0/24", i)}, b.now)
			if errs.Is(err, "auth.wrong") {
				tested++
			} else if _, ok := errors.AsType[*auth.TryLater](err); ok {
				refused++
			}
		}
		if tested != 100 || refused != 10 {
			b.Errorf("%d tested, %d refused", tested, refused)
		}
	})
}

// TestAnOfferedSecretBelongsToItsSession: it is shown as often as one likes and
// nothing is written; another session, and the same one after a new proof, is
// offered another, and no code of a secret that was offered elsewhere serves.
func TestAnOfferedSecretBelongsToItsSession(t *testing.T) {
	each(t, func(b *bench) {
		one, _ := b.in("anura@example.com")
		two, token := b.in("anura@example.com")
		other, _ := b.in("bimal@example.com")
		begin := func(v *auth.Visit) string {
			b.Helper()
			s, err := b.BeginTOTP(b.Context(), v)
			b.must(err)
			return s.Secret
		}
		first := begin(one)
		if begin(one) != first {
			b.Error("the same session is offered another secret")
		}
		for _, v := range []*auth.Visit{two, other} {
			if begin(v) == first {
				b.Error("two sessions share a secret")
			}
			if _, _, err := b.FinishTOTP(b.Context(), v, b.appCode(first), b.now); !errs.Is(err, "auth.code_wrong") {
				b.Errorf("another session finishes it: %v", err)
			}
		}
		if n := b.count("SELECT count(*) FROM second_factors"); n != 0 {
			b.Errorf("%d secrets wait", n)
		}
		before := begin(b.visit(token))
		token, err := b.Prove(b.Context(), b.visit(token), good, "", b.now)
		b.must(err)
		if begin(b.visit(token)) == before {
			b.Error("a new proof is offered the secret of the last one")
		}
		if _, _, err := b.FinishTOTP(b.Context(), two, b.appCode(before), b.now); errs.KindOf(err) != errs.SignIn {
			b.Errorf("the token before the proof finishes it: %v", err)
		}
		if _, _, err := b.FinishTOTP(b.Context(), one, b.appCode(first), noon.Add(10*time.Minute)); err == nil {
			b.Error("a secret waits for ever")
		}
		_, _, err = b.FinishTOTP(b.Context(), one, b.appCode(first), b.now)
		b.must(err)
		if apps, err := auth.Factors(b.Context(), b.db, b.b); err != nil || len(apps) != 0 {
			b.Errorf("the other login has %d apps, %v", len(apps), err)
		}
	})
}

// move gives a login another address, both mailboxes saying yes, and returns the
// link that takes it back.
func (b *bench) move(v *auth.Visit, to string) *auth.Proof {
	b.Helper()
	b.must(b.ChangeEmail(b.Context(), v, contact.NewEmail(to), "en", b.now))
	last := b.count("SELECT max(id) FROM proofs")
	for _, id := range []int64{last, last - 1} {
		p, err := auth.ProofByID(b.Context(), b.db, id, b.now)
		b.must(err)
		_, err = b.ConfirmEmail(b.Context(), v, b.Token(p), b.now)
		b.must(err)
	}
	return b.proof()
}

// TestNotMeTakesAChangeBack: the old address is told of a change and its link
// brings the login back to its owner, without what was set up since.
func TestNotMeTakesAChangeBack(t *testing.T) {
	each(t, func(b *bench) {
		d := b.device()
		v, _ := b.in("anura@example.com")
		link := b.move(v, "thief@example.com")
		if link.Purpose != "not_me" || link.Email.Reveal() != "anura@example.com" {
			b.Fatalf("the link of the notice goes to %s", link.Email.Reveal())
		}
		b.now = b.now.Add(time.Minute)
		thief, session := b.in("thief@example.com")
		d.add(thief)
		late := b.proof() // of the notice that went to the thief
		_, foreign := b.in("bimal@example.com")
		b.notMe(link)
		l, err := auth.ByID(b.Context(), b.db, b.a)
		if err != nil || l.Email.Reveal() != "anura@example.com" || b.visit(session) != nil || b.visit(foreign) == nil {
			b.Errorf("it belongs to %s, %v", l.Email.Reveal(), err)
		}
		if _, err := d.signIn(); err == nil || len(b.keys(b.a)) != 0 {
			b.Error("the thief's key signs in")
		}
		reset := b.proof()
		if reset.Purpose != "reset" || reset.Email.Reveal() != "anura@example.com" {
			b.Errorf("the link for a new password goes to %s", reset.Email.Reveal())
		}
		b.must(b.Reset(b.Context(), b.Token(reset), "eight brown otters", auth.Origin{}, b.now))
		if in, err := b.SignIn(b.Context(), email("anura@example.com"), "eight brown otters", auth.Origin{}, b.now); err != nil || in.Half {
			b.Errorf("the owner: %v", err)
		}
		if late.Purpose != "not_me" || late.Email.Reveal() != "thief@example.com" {
			b.Fatalf("the notice of the key went to %s", late.Email.Reveal())
		}
		if _, err := b.NotMe(b.Context(), b.Token(late), "en", b.now); !errs.Is(err, "auth.link_over") {
			b.Errorf("the thief's own link: %v", err)
		}
	})
}

// TestNotMeTakesAPhoneOff: a number that was added by somebody else goes with
// the link in the mailbox, and an old number is told of a new one.
func TestNotMeTakesAPhoneOff(t *testing.T) {
	each(t, func(b *bench) {
		v, token := b.in("anura@example.com")
		change := func(number string) {
			b.Helper()
			form, err := b.ChangePhone(b.Context(), v, contact.NewPhone(number), "en", b.now)
			b.must(err)
			b.must(b.ConfirmPhone(b.Context(), v, form, b.Code(b.proof()), b.now))
			v = b.visit(token)
		}
		change("+94771234567")
		b.now = b.now.Add(time.Minute)
		change("+94777654321")
		told, err := db.All(b.Context(), b.db, db.String, "SELECT email || phone FROM proofs WHERE purpose = 'not_me' ORDER BY id")
		if err != nil || fmt.Sprint(told) != "[anura@example.com +94771234567 anura@example.com]" {
			b.Errorf("told: %v, %v", told, err)
		}
		b.notMe(b.proof())
		if l, err := auth.ByID(b.Context(), b.db, b.a); err != nil || !l.Phone.IsZero() {
			b.Errorf("the number stays: %v", err)
		}
	})
}

// notMe opens the link of a notice, which must not lock the login.
func (b *bench) notMe(p *auth.Proof) {
	b.Helper()
	if locked, err := b.NotMe(b.Context(), b.Token(p), "en", b.now); locked || err != nil {
		b.Fatalf("locked %v, %v", locked, err)
	}
}

// TestNotMeLeavesAnAddressToItsLogin: the old address has a login of its own by
// now. Everything else is undone, both logins keep their addresses, the one in
// question is locked, no letter to the new address opens it, and a letter says so.
func TestNotMeLeavesAnAddressToItsLogin(t *testing.T) {
	each(t, func(b *bench) {
		d := b.device()
		v, _ := b.in("anura@example.com")
		link := b.move(v, "thief@example.com")
		thief, session := b.in("thief@example.com")
		d.add(thief)
		b.must(b.SendReset(b.Context(), email("thief@example.com"), "en", b.now))
		reset := b.proof()
		other := b.add("anura@example.com", "customer")
		_, foreign := b.in("anura@example.com")
		locked, err := b.NotMe(b.Context(), b.Token(link), "en", b.now)
		if b.must(err); !locked || b.visit(session) != nil || b.visit(foreign) == nil || len(b.keys(b.a)) != 0 {
			b.Errorf("locked %v, or the wrong sessions or keys are left", locked)
		}
		for id, want := range map[int64]string{b.a: "thief@example.com", other: "anura@example.com"} {
			if l, err := auth.ByID(b.Context(), b.db, id); err != nil || l.Email.Reveal() != want || l.Active != (id == other) {
				b.Errorf("%s, active %v, %v", l.Email.Reveal(), l.Active, err)
			}
		}
		if err := b.Reset(b.Context(), b.Token(reset), "eight brown otters", auth.Origin{}, b.now); !errs.Is(err, "auth.link_over") {
			b.Errorf("a link from before: %v", err)
		}
		b.must(b.SendReset(b.Context(), email("thief@example.com"), "en", b.now.Add(time.Hour)))
		if p := b.proof(); p.Login != 0 {
			b.Error("a locked login is sent a link")
		}
		if !strings.Contains(b.events(), "locked_address") {
			b.Errorf("told: %s", b.events())
		}
		if _, err := b.NotMe(b.Context(), b.Token(link), "en", b.now); !errs.Is(err, "auth.link_over") {
			b.Errorf("twice: %v", err)
		}
		// A person opens it again and gives it an address that is nobody else's.
		by := access.Actor{Kind: access.Operator}
		err = b.db.Write(b.Context(), func(tx *db.Tx) error {
			return auth.SetEmail(b.Context(), tx, by, b.a, contact.NewEmail("anura@example.com"), b.now)
		})
		if !errs.Is(err, "auth.email_taken") {
			b.Errorf("another login's address: %v", err)
		}
		b.write(func(tx *db.Tx) error {
			return errors.Join(auth.SetActive(b.Context(), tx, by, b.a, true, b.now), auth.SetEmail(b.Context(), tx, by, b.a, contact.NewEmail("new@example.com"), b.now),
				auth.SetPassword(b.Context(), tx, by, b.a, b.hash, 0, b.now))
		})
		if v, _ := b.in("new@example.com"); v.Login.ID != b.a {
			b.Errorf("opened again as %d", v.Login.ID)
		}
	})
}

// TestAMailboxDoesNotOpenStaff: the only second factor of somebody who works
// here is not taken away by a link in a mailbox, however new it is; with an older
// one, what was added since goes as for everybody.
func TestAMailboxDoesNotOpenStaff(t *testing.T) {
	each(t, func(b *bench) {
		id := b.add("admin@example.com", "admin")
		session := b.staff("admin@example.com")
		_, other := b.in("anura@example.com")
		link := b.proof() // of the notice that the second step is on
		locked, err := b.NotMe(b.Context(), b.Token(link), "en", b.now)
		l, _ := auth.ByID(b.Context(), b.db, id)
		if b.must(err); !locked || l.Active || b.visit(session) != nil || b.visit(other) == nil {
			b.Errorf("locked %v, active %v, or the wrong sessions live", locked, l.Active)
		}
		if apps, err := auth.Factors(b.Context(), b.db, id); err != nil || len(apps) != 1 {
			b.Errorf("%d apps, %v", len(apps), err)
		}
		if p := b.proof(); p.Purpose == "reset" || !strings.Contains(b.events(), "locked_second") {
			b.Errorf("a link for a %s goes to the mailbox; told: %s", p.Purpose, b.events())
		}
		// A person opens it again; eight days later the app is old, and a new key is not.
		b.write(func(tx *db.Tx) error {
			by := access.Actor{Kind: access.Operator}
			return errors.Join(auth.SetActive(b.Context(), tx, by, id, true, b.now), auth.SetPassword(b.Context(), tx, by, id, b.hash, 0, b.now),
				auth.ResetSecond(b.Context(), tx, by, id, b.now))
		})
		session = b.staff("admin@example.com")
		b.now = b.now.Add(8 * 24 * time.Hour)
		b.write(func(tx *db.Tx) error { // the session of a week ago is over; here it is not the point
			_, err := db.Exec(b.Context(), tx, "UPDATE sessions SET seen_at = $1, proved_at = $1, expires_at = $2 WHERE ended_at IS NULL", b.now.UnixMicro(), b.now.Add(time.Hour).UnixMicro())
			return err
		})
		d := b.device()
		d.add(b.visit(session))
		b.notMe(b.proof())
		if apps, _ := auth.Factors(b.Context(), b.db, id); len(apps) != 1 || len(b.keys(id)) != 0 {
			b.Errorf("%d apps and %d keys are left", len(apps), len(b.keys(id)))
		}
		if reset := b.proof(); reset.Purpose != "reset" {
			b.Errorf("no link for a new password: %s", reset.Purpose)
		}
	})
}

// TestMailOnly: without a provider of text messages nothing is promised to a phone.
func TestMailOnly(t *testing.T) {
	each(t, func(b *bench) {
		v, _ := b.in("anura@example.com")
		b.MailOnly = true
		if _, err := b.ChangePhone(b.Context(), v, contact.NewPhone("+94771234567"), "en", b.now); errs.KindOf(err) != errs.NotFound {
			b.Errorf("a code by phone: %v", err)
		}
		if _, err := b.ParseReachable(nil, "contact", "077 123 4567"); !errs.Is(err, "contact.email_no_at") {
			b.Errorf("a phone: %v", err)
		}
		if a, err := b.ParseReachable(nil, "contact", " New@Example.com"); err != nil || a.Email.IsZero() {
			b.Errorf("a mailbox: %v, %v", a.Email.Reveal(), err)
		}
	})
}

// TestNetwork: neighbors are one network, and nobody is none.
func TestNetwork(t *testing.T) {
	for from, want := range map[string]string{"203.0.113.9": "203.0.113.0/24", "203.0.113.200": "203.0.113.0/24", "2001:db8:1:2::7": "2001:db8:1::/48",
		"fe80::1%eth0": "fe80::/48", "": ""} {
		a, _ := netip.ParseAddr(from)
		if got := auth.Network(a); got != want {
			t.Errorf("%q is of %q, want %q", from, got, want)
		}
	}
}
