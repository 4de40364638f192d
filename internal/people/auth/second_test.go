package auth_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"golang.org/x/crypto/argon2"

	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
)

// weakKey is the key part of a hash with less cost than today's.
func weakKey(t *testing.T, password string) string {
	t.Helper()
	return base64.RawStdEncoding.EncodeToString(argon2.IDKey([]byte(password), []byte("somesaltsomesalt"), 1, 8192, 1, 32))
}

// staff signs somebody in who works here: with a second factor, which the first
// sign-in sets up.
func (b *bench) staff(address string) string {
	b.Helper()
	e, err := b.SignIn(b.Context(), email(address), good, auth.Origin{Device: "Firefox, Linux"}, b.now)
	b.must(err)
	v := b.visit(e.Token)
	if !e.Half || !v.Half || v.Actor().Kind != access.Anonymous {
		b.Fatalf("the password alone makes %+v", v.Actor())
	}
	setup, err := b.BeginTOTP(b.Context(), v)
	b.must(err)
	token, codes, err := b.FinishTOTP(b.Context(), v, b.appCode(setup.Secret), b.now)
	b.must(err)
	if len(codes) != 10 {
		b.Errorf("%d recovery codes", len(codes))
	}
	return token
}

func (b *bench) appCode(secret string) string {
	b.Helper()
	code, err := totp.GenerateCode(secret, b.now)
	b.must(err)
	return code
}

// TestTrustRow23AndCheck21SecondFactor: whoever works here is nobody before the
// second factor, a code serves once, and a finished step cannot be repeated.
func TestTrustRow23AndCheck21SecondFactor(t *testing.T) {
	each(t, func(b *bench) {
		b.add("admin@example.com", "admin")
		token := b.staff("admin@example.com")
		if a := b.visit(token).Actor(); a.Kind != access.Admin || a.Session == 0 {
			b.Fatalf("%+v", a)
		}
		secret, err := b.BeginTOTP(b.Context(), b.visit(token))
		if err != nil || secret.Secret == "" || !strings.HasPrefix(secret.URL, "otpauth://totp/") {
			b.Fatal(secret, err)
		}
		b.now = b.now.Add(time.Minute)
		e, err := b.SignIn(b.Context(), email("admin@example.com"), good, auth.Origin{Device: "x"}, b.now)
		b.must(err)
		half := b.visit(e.Token)
		if must, _ := b.MustSetUp(b.Context(), half); must {
			b.Error("a second app can be set up with the password alone")
		}
		if _, err := b.BeginTOTP(b.Context(), half); !errs.Is(err, "auth.prove_first") {
			b.Errorf("half a sign-in adds an app: %v", err)
		}
		if _, _, err := b.FinishTOTP(b.Context(), half, b.appCode(secret.Secret), b.now); !errs.Is(err, "auth.prove_first") {
			b.Errorf("half a sign-in finishes a setup: %v", err)
		}
		b.now = b.now.Add(10 * time.Minute)
		if b.visit(e.Token) != nil {
			b.Error("half a sign-in lives longer than ten minutes")
		}
	})
}

func TestACodeServesOnce(t *testing.T) {
	each(t, func(b *bench) {
		v, _ := b.in("anura@example.com")
		setup, err := b.BeginTOTP(b.Context(), v)
		b.must(err)
		if _, _, err := b.FinishTOTP(b.Context(), v, "000000", b.now); !errs.Is(err, "auth.code_wrong") {
			b.Errorf("a wrong first code: %v", err)
		}
		first := b.appCode(setup.Secret)
		_, recovery, err := b.FinishTOTP(b.Context(), v, first, b.now)
		b.must(err)
		half := func() *auth.Visit {
			e, err := b.SignIn(b.Context(), email("anura@example.com"), good, auth.Origin{Device: "Firefox, Linux"}, b.now)
			b.must(err)
			return b.visit(e.Token)
		}
		if _, err := b.Second(b.Context(), half(), first, b.now); !errs.Is(err, "auth.code_wrong") {
			b.Errorf("the code that set it up serves again: %v", err)
		}
		b.now = b.now.Add(time.Minute)
		code := b.appCode(setup.Secret)
		w := half()
		token, err := b.Second(b.Context(), w, code[:3]+" "+code[3:], b.now)
		b.must(err)
		if b.visit(token).Actor().Kind != access.Customer {
			b.Error("not signed in")
		}
		if _, err := b.Second(b.Context(), w, code, b.now); err == nil {
			b.Error("the second step works twice")
		}
		if _, err := b.Second(b.Context(), half(), recovery[0], b.now); err != nil {
			b.Errorf("a recovery code: %v", err)
		}
		if _, err := b.Second(b.Context(), half(), recovery[0], b.now); !errs.Is(err, "auth.code_wrong") {
			b.Errorf("a recovery code serves twice: %v", err)
		}
		if n, _ := auth.RecoveryLeft(b.Context(), b.db, b.a); n != 9 {
			b.Errorf("%d recovery codes left", n)
		}
		// Another login's code and recovery code are nothing here.
		other, _ := b.in("bimal@example.com")
		s, err := b.BeginTOTP(b.Context(), other)
		b.must(err)
		_, _, err = b.FinishTOTP(b.Context(), other, b.appCode(s.Secret), b.now)
		b.must(err)
		w = half()
		b.now = b.now.Add(time.Minute)
		for range 3 {
			if _, err := b.Second(b.Context(), w, b.appCode(s.Secret), b.now); !errs.Is(err, "auth.code_wrong") {
				b.Errorf("another login's code: %v", err)
			}
		}
		b.Second(b.Context(), w, "1", b.now)
		b.Second(b.Context(), w, "2", b.now)
		if _, err := b.Second(b.Context(), w, b.appCode(setup.Secret), b.now); !errs.Is(err, "auth.try_later") {
			b.Errorf("after five wrong codes: %v", err)
		}
	})
}

// TestTrustCheck22SensitiveChangesNeedAProof: what matters needs a fresh proof, and
// ten minutes later another one.
func TestTrustCheck22SensitiveChangesNeedAProof(t *testing.T) {
	each(t, func(b *bench) {
		_, token := b.in("anura@example.com")
		b.now = b.now.Add(10 * time.Minute)
		v := b.visit(token)
		for name, f := range map[string]func(v *auth.Visit) error{
			"password": func(v *auth.Visit) error {
				_, err := b.ChangePassword(b.Context(), v, "nine yellow kites", b.now)
				return err
			},
			"email": func(v *auth.Visit) error {
				return b.ChangeEmail(b.Context(), v, contact.NewEmail("x@example.com"), "en", b.now)
			},
			"phone": func(v *auth.Visit) error {
				_, err := b.ChangePhone(b.Context(), v, contact.NewPhone("+94771234567"), "en", b.now)
				return err
			},
			"app":      func(v *auth.Visit) error { _, err := b.BeginTOTP(b.Context(), v); return err },
			"recovery": func(v *auth.Visit) error { _, err := b.RenewRecovery(b.Context(), v, b.now); return err },
			"remove":   func(v *auth.Visit) error { return b.RemoveSecond(b.Context(), v, b.now) },
			"token": func(v *auth.Visit) error {
				_, err := b.IssueToken(b.Context(), v, contact.NewText("till"), access.ReadOrders, 30, b.now)
				return err
			},
		} {
			if err := f(v); !errs.Is(err, "auth.prove_first") {
				b.Errorf("%s without a fresh proof: %v", name, err)
			}
			if _, err := b.Prove(b.Context(), v, "wrong password", "", b.now); !errs.Is(err, "auth.wrong_password") && !errs.Is(err, "auth.try_later") {
				b.Errorf("a wrong password proves: %v", err)
			}
		}
		b.now = b.now.Add(15 * time.Minute)
		token, err := b.Prove(b.Context(), b.visit(token), good, "", b.now)
		b.must(err)
		if err := b.ChangeEmail(b.Context(), b.visit(token), contact.NewEmail("x@example.com"), "en", b.now); err != nil {
			b.Errorf("with a fresh proof: %v", err)
		}
	})
}

// TestTrustRow19And20EmailChange: an address changes when both mailboxes say yes, in
// the session of the login that asked, and stays as it is until then.
func TestTrustRow19And20EmailChange(t *testing.T) {
	each(t, func(b *bench) {
		v, _ := b.in("anura@example.com")
		other, _ := b.in("bimal@example.com")
		b.must(b.ChangeEmail(b.Context(), v, contact.NewEmail("new@example.com"), "en", b.now))
		last := b.count("SELECT max(id) FROM proofs")
		oldProof, err := auth.ProofByID(b.Context(), b.db, last, b.now)
		b.must(err)
		newProof, err := auth.ProofByID(b.Context(), b.db, last-1, b.now)
		b.must(err)
		if newProof.Email.Reveal() != "new@example.com" || oldProof.Email.Reveal() != "anura@example.com" {
			b.Fatalf("sent to %v and %v", newProof.Email.Reveal(), oldProof.Email.Reveal())
		}
		for _, p := range []*auth.Proof{newProof, oldProof} {
			if _, err := b.ConfirmEmail(b.Context(), other, b.Token(p), b.now); !errs.Is(err, "auth.link_over") {
				b.Errorf("in another session: %v", err)
			}
		}
		address := func(id int64) string {
			l, err := auth.ByID(b.Context(), b.db, id)
			b.must(err)
			return l.Email.Reveal()
		}
		if done, err := b.ConfirmEmail(b.Context(), v, b.Token(newProof), b.now); done || err != nil || address(b.a) != "anura@example.com" {
			b.Errorf("after one link: %v, %v, %s", done, err, address(b.a))
		}
		if done, err := b.ConfirmEmail(b.Context(), v, b.Token(oldProof), b.now); !done || err != nil || address(b.a) != "new@example.com" || address(b.b) != "bimal@example.com" {
			b.Errorf("after both links: %v, %v, %s", done, err, address(b.a))
		}
		// An address that has a login stays with it.
		v, _ = b.in("new@example.com")
		b.must(b.ChangeEmail(b.Context(), v, contact.NewEmail("bimal@example.com"), "en", b.now))
		last = b.count("SELECT max(id) FROM proofs")
		taken, err := auth.ProofByID(b.Context(), b.db, last-1, b.now)
		b.must(err)
		if is, err := auth.Taken(b.Context(), b.db, taken); !is || err != nil {
			b.Errorf("the letter would carry the link: %v", err)
		}
		old, _ := auth.ProofByID(b.Context(), b.db, last, b.now)
		b.ConfirmEmail(b.Context(), v, b.Token(old), b.now)
		if done, err := b.ConfirmEmail(b.Context(), v, b.Token(taken), b.now); done || !errs.Is(err, "auth.link_over") || address(b.a) != "new@example.com" {
			b.Errorf("another login's address was taken: %v, %v", done, err)
		}
	})
}

func TestPhoneChange(t *testing.T) {
	each(t, func(b *bench) {
		v, _ := b.in("anura@example.com")
		other, _ := b.in("bimal@example.com")
		phone := contact.NewPhone("+94771234567")
		form, err := b.ChangePhone(b.Context(), v, phone, "en", b.now)
		b.must(err)
		code := b.Code(b.proof())
		if err := b.ConfirmPhone(b.Context(), other, form, code, b.now); !errs.Is(err, "auth.code_wrong") {
			b.Errorf("in another session: %v", err)
		}
		b.must(b.ConfirmPhone(b.Context(), v, form, code, b.now))
		in, err := b.SignIn(b.Context(), auth.Address{Phone: phone}, good, auth.Origin{Device: "x"}, b.now)
		if err != nil || in.Login.ID != b.a {
			b.Errorf("signing in by phone: %v", err)
		}
		form, err = b.ChangePhone(b.Context(), other, phone, "en", b.now)
		b.must(err)
		if err := b.ConfirmPhone(b.Context(), other, form, b.Code(b.proof()), b.now); !errs.Is(err, "auth.code_wrong") {
			b.Errorf("another login's number: %v", err)
		}
	})
}

// TestSignInNoticesAndNotMe: the first device is no news, a new kind of device is,
// and the letter's link ends everything.
func TestSignInNoticesAndNotMe(t *testing.T) {
	each(t, func(b *bench) {
		_, first := b.in("anura@example.com")
		b.in("anura@example.com")
		if n := b.count("SELECT count(*) FROM jobs WHERE kind = 'account.notice'"); n != 0 {
			b.Errorf("%d notices about the known device", n)
		}
		_, err := b.SignIn(b.Context(), email("anura@example.com"), good, auth.Origin{Device: "Chrome, Windows"}, b.now)
		b.must(err)
		if n := b.count("SELECT count(*) FROM jobs WHERE kind = 'account.notice'"); n != 1 {
			b.Errorf("%d notices about a new device", n)
		}
		p := b.proof()
		_, foreign := b.in("bimal@example.com")
		b.notMe(p)
		if b.visit(first) != nil || b.visit(foreign) == nil {
			b.Error("the wrong sessions ended")
		}
		if reset := b.proof(); reset.Purpose != "reset" || reset.Login != b.a || reset.Email.Reveal() != "anura@example.com" {
			b.Errorf("%+v", reset)
		}
		if _, err := b.NotMe(b.Context(), b.Token(p), "en", b.now); !errs.Is(err, "auth.link_over") {
			b.Errorf("twice: %v", err)
		}
	})
}

// TestTokensForPrograms: scoped, hashed, revocable, and gone with the password.
func TestTokensForPrograms(t *testing.T) {
	each(t, func(b *bench) {
		v, _ := b.in("anura@example.com")
		other, _ := b.in("bimal@example.com")
		secret, err := b.IssueToken(b.Context(), v, contact.NewText("till"), access.ReadOrders, 30, b.now)
		b.must(err)
		actor := func(secret string) access.Actor {
			a, err := b.OpenToken(b.Context(), secret, b.now)
			b.must(err)
			return a
		}
		if a := actor(secret); a.Kind != access.Customer || a.ID != b.a || !a.Limited || a.Scopes != access.ReadOrders {
			b.Errorf("%+v", a)
		}
		for _, bad := range []string{"", secret[4:], secret + "A", secret[:len(secret)-1] + "!"} {
			if a := actor(bad); a.Kind != access.Anonymous {
				b.Errorf("%q is %+v", bad, a)
			}
		}
		if n := b.count("SELECT count(*) FROM api_tokens WHERE token_hash = $1", secret); n != 0 {
			b.Error("the secret is stored")
		}
		list, err := auth.Tokens(b.Context(), b.db, b.a, b.now)
		if err != nil || len(list) != 1 {
			b.Fatal(list, err)
		}
		if err := b.RevokeToken(b.Context(), other, list[0].PublicID, b.now); errs.KindOf(err) != errs.NotFound || actor(secret).ID == 0 {
			b.Errorf("somebody else revoked it: %v", err)
		}
		if !list[0].UsedOn.Equal(b.now.UTC().Truncate(24 * time.Hour)) {
			b.Errorf("used on %v", list[0].UsedOn)
		}
		b.must(b.RevokeToken(b.Context(), v, list[0].PublicID, b.now))
		if actor(secret).ID != 0 {
			b.Error("a revoked token serves")
		}
		secret, err = b.IssueToken(b.Context(), v, contact.NewText("till"), access.ReadOrders, 1, b.now)
		b.must(err)
		b.now = b.now.Add(24 * time.Hour)
		if actor(secret).ID != 0 {
			b.Error("a token serves after its day")
		}
		v, _ = b.in("anura@example.com")
		for range auth.MaxTokens {
			_, err = b.IssueToken(b.Context(), v, contact.NewText("till"), access.ReadOrders, 1, b.now)
			b.must(err)
		}
		if _, err = b.IssueToken(b.Context(), v, contact.NewText("till"), access.ReadOrders, 1, b.now); !errs.Is(err, "auth.token_many") {
			b.Errorf("one more than there may be: %v", err)
		}
	})
}

func TestPurgeKeepsWhatLives(t *testing.T) {
	each(t, func(b *bench) {
		b.in("anura@example.com")
		b.must(b.SendReset(b.Context(), email("anura@example.com"), "en", b.now))
		_, err := b.Register(b.Context(), auth.Registration{Address: email("new@example.com"), Name: contact.NewName("Nimal"), Password: good, Language: "en"}, b.now)
		b.must(err)
		b.must(b.Purge(b.Context(), b.now))
		if b.count("SELECT count(*) FROM proofs") != 2 || b.count("SELECT count(*) FROM registrations") != 1 || b.count("SELECT count(*) FROM sessions") != 1 {
			b.Error("something that serves is gone")
		}
		b.must(b.Purge(b.Context(), b.now.Add(40*24*time.Hour)))
		for _, table := range []string{"proofs", "registrations", "sessions", "throttles"} {
			if n := b.count("SELECT count(*) FROM " + table); n != 0 {
				b.Errorf("%s keeps %d rows", table, n)
			}
		}
		if b.count("SELECT count(*) FROM logins") != 2 {
			b.Error("a login is gone")
		}
	})
}

// TestEndAllForARestore: what was open before a restore opens nothing after it.
func TestEndAllForARestore(t *testing.T) {
	each(t, func(b *bench) {
		_, token := b.in("anura@example.com")
		b.must(b.SendReset(b.Context(), email("anura@example.com"), "en", b.now))
		link := b.Token(b.proof())
		b.write(func(tx *db.Tx) error { return auth.EndAll(b.Context(), tx, "restore", b.now) })
		if b.visit(token) != nil || !errs.Is(b.CheckReset(b.Context(), link, b.now), "auth.link_over") {
			b.Error("something lives on")
		}
	})
}
