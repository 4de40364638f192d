package auth_test

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
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

// TestAWaitingSecretBelongsToItsSession: somebody else's session, or a later
// one, is offered another secret, and the first no longer serves.
func TestAWaitingSecretBelongsToItsSession(t *testing.T) {
	each(t, func(b *bench) {
		one, _ := b.in("anura@example.com")
		two, _ := b.in("anura@example.com")
		begin := func(v *auth.Visit) string {
			b.Helper()
			s, err := b.BeginTOTP(b.Context(), v, b.now)
			b.must(err)
			return s.Secret
		}
		first := begin(one)
		if begin(one) != first {
			b.Error("the same session is offered another secret")
		}
		if _, _, err := b.FinishTOTP(b.Context(), two, b.appCode(first), b.now); errs.KindOf(err) != errs.NotFound {
			b.Errorf("another session finishes it: %v", err)
		}
		second := begin(two)
		if second == first {
			b.Error("two sessions share a secret")
		}
		if _, _, err := b.FinishTOTP(b.Context(), one, b.appCode(first), b.now); errs.KindOf(err) != errs.NotFound {
			b.Errorf("the first still serves: %v", err)
		}
		if n := b.count("SELECT count(*) FROM second_factors WHERE login_id = $1", b.a); n != 1 {
			b.Errorf("%d secrets wait", n)
		}
		later := noon.Add(15 * time.Minute)
		if _, _, err := b.FinishTOTP(b.Context(), two, b.appCode(second), later); err == nil {
			b.Error("a secret waits for ever")
		}
		_, _, err := b.FinishTOTP(b.Context(), two, b.appCode(second), b.now)
		b.must(err)
	})
}

// TestNotMeTakesAChangeBack: the old address is told of a change and its link
// brings the login back to its owner, without what was set up since.
func TestNotMeTakesAChangeBack(t *testing.T) {
	each(t, func(b *bench) {
		d := b.device()
		v, _ := b.in("anura@example.com")
		b.must(b.ChangeEmail(b.Context(), v, contact.NewEmail("thief@example.com"), "en", b.now))
		last := b.count("SELECT max(id) FROM proofs")
		for _, id := range []int64{last, last - 1} {
			p, err := auth.ProofByID(b.Context(), b.db, id, b.now)
			b.must(err)
			_, err = b.ConfirmEmail(b.Context(), v, b.Token(p), b.now)
			b.must(err)
		}
		link := b.proof()
		if link.Purpose != "not_me" || link.Email.Reveal() != "anura@example.com" {
			b.Fatalf("the link of the notice goes to %s", link.Email.Reveal())
		}
		b.now = b.now.Add(time.Minute)
		thief, session := b.in("thief@example.com")
		d.add(thief)
		late := b.proof() // of the notice that went to the thief
		_, foreign := b.in("bimal@example.com")
		b.must(b.NotMe(b.Context(), b.Token(link), "en", b.now))
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
		if err := b.NotMe(b.Context(), b.Token(late), "en", b.now); !errs.Is(err, "auth.link_over") {
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
		b.must(b.NotMe(b.Context(), b.Token(b.proof()), "en", b.now))
		if l, err := auth.ByID(b.Context(), b.db, b.a); err != nil || !l.Phone.IsZero() {
			b.Errorf("the number stays: %v", err)
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
