package auth_test

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
)

var here = virtualwebauthn.RelyingParty{ID: "shop.test", Name: "aromart", Origin: "https://shop.test"}

// device is an authenticator of software with one key in it.
type device struct {
	*bench
	virtualwebauthn.Authenticator
	key virtualwebauthn.Credential
}

func (b *bench) device() *device {
	b.must(b.UsePasskeys(here.Origin))
	return &device{b, virtualwebauthn.NewAuthenticator(), fullKey(b)}
}

// fullKey makes a key whose coordinates fill their bytes: the authenticator of
// software writes shorter ones wrongly, about one in 128.
func fullKey(b *bench) virtualwebauthn.Credential {
	b.Helper()
	for {
		c := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
		parsed, err := x509.ParsePKCS8PrivateKey(c.Key.Data)
		b.must(err)
		key := parsed.(*ecdsa.PrivateKey)
		if point, err := key.PublicKey.Bytes(); err == nil && point[1] != 0 && point[33] != 0 {
			return c
		}
	}
}

func options(b *bench, c *auth.Ceremony) string {
	b.Helper()
	raw, err := json.Marshal(c)
	b.must(err)
	return string(raw)
}

// make answers the question for a new key.
func (d *device) make(c *auth.Ceremony) string {
	d.Helper()
	o, err := virtualwebauthn.ParseAttestationOptions(options(d.bench, c))
	d.must(err)
	return virtualwebauthn.CreateAttestationResponse(here, d.Authenticator, d.key, *o)
}

// sign answers the question for a key that is there, the counter going on.
func (d *device) sign(c *auth.Ceremony) string {
	d.Helper()
	o, err := virtualwebauthn.ParseAssertionOptions(options(d.bench, c))
	d.must(err)
	d.key.Counter++
	return virtualwebauthn.CreateAssertionResponse(here, d.Authenticator, d.key, *o)
}

// add gives the login of a visit this key.
func (d *device) add(v *auth.Visit) (token string, recovery []string) {
	d.Helper()
	c, err := d.BeginPasskey(d.Context(), v, d.now)
	d.must(err)
	token, recovery, err = d.AddPasskey(d.Context(), v, c.Form, contact.NewText("My phone"), d.make(c), d.now)
	d.must(err)
	d.Options.UserHandle = []byte(v.Login.PublicID)
	return token, recovery
}

// signIn signs in by the key alone.
func (d *device) signIn() (*auth.Entered, error) {
	d.Helper()
	c, err := d.BeginPasskeySignIn(d.Context(), d.now)
	d.must(err)
	return d.SignInByPasskey(d.Context(), c.Form, d.sign(c), auth.Origin{Device: "Firefox, Linux"}, d.now)
}

// TestAPasskeySignsInAlone: without the password, on one login only, and the
// answer to a question serves once.
func TestAPasskeySignsInAlone(t *testing.T) {
	each(t, func(b *bench) {
		d := b.device()
		v, old := b.in("anura@example.com")
		token, recovery := d.add(v)
		if len(recovery) != 10 || b.visit(old) != nil || b.visit(token) == nil {
			b.Fatalf("%d recovery codes, or the old token lives", len(recovery))
		}
		in, err := d.signIn()
		b.must(err)
		if a := b.visit(in.Token).Actor(); in.Half || a.Kind != access.Customer || a.ID != b.a {
			b.Errorf("signed in as %+v", a)
		}
		c, err := b.BeginPasskeySignIn(b.Context(), b.now)
		b.must(err)
		answer := d.sign(c)
		_, err = b.SignInByPasskey(b.Context(), c.Form, answer, auth.Origin{}, b.now)
		b.must(err)
		if _, err := b.SignInByPasskey(b.Context(), c.Form, answer, auth.Origin{}, b.now); !errs.Is(err, "auth.passkey_wrong") {
			b.Errorf("the answer serves twice: %v", err)
		}
		if c, err = b.BeginPasskeySignIn(b.Context(), b.now); err != nil {
			b.Fatal(err)
		}
		if _, err := b.SignInByPasskey(b.Context(), c.Form, answer, auth.Origin{}, b.now); !errs.Is(err, "auth.passkey_wrong") {
			b.Errorf("the answer to another question: %v", err)
		}
		if c, err = b.BeginPasskeySignIn(b.Context(), b.now.Add(-5*time.Minute)); err != nil {
			b.Fatal(err)
		}
		if _, err := b.SignInByPasskey(b.Context(), c.Form, d.sign(c), auth.Origin{}, b.now); !errs.Is(err, "auth.passkey_wrong") {
			b.Errorf("after five minutes: %v", err)
		}
		list, err := auth.Passkeys(b.Context(), b.db, b.a)
		if err != nil || len(list) != 1 || list[0].Name.Reveal() != "My phone" || list[0].UsedOn != b.now.Truncate(24*time.Hour) {
			b.Errorf("%+v, %v", list, err)
		}
		b.write(func(tx *db.Tx) error {
			return auth.SetActive(b.Context(), tx, access.Actor{Kind: access.Admin}, b.a, false, b.now)
		})
		if _, err := d.signIn(); !errs.Is(err, "auth.passkey_wrong") {
			b.Errorf("a closed login: %v", err)
		}
	})
}

// TestAForeignOrLazyKeyOpensNothing: a key that nobody has, one of another site
// and one whose device did not ask who holds it.
func TestAForeignOrLazyKeyOpensNothing(t *testing.T) {
	each(t, func(b *bench) {
		d := b.device()
		v, _ := b.in("anura@example.com")
		d.add(v)
		refused := func(what string, d *device) {
			b.Helper()
			before := b.count("SELECT count(*) FROM sessions")
			if _, err := d.signIn(); !errs.Is(err, "auth.passkey_wrong") || b.count("SELECT count(*) FROM sessions") != before {
				b.Errorf("%s: %v", what, err)
			}
		}
		other := b.device()
		other.Options.UserHandle = d.Options.UserHandle
		refused("a key that was never added", other)
		stranger := *d
		stranger.Options.UserHandle = []byte("nobody")
		refused("a handle of nobody", &stranger)
		lazy := *d
		lazy.Options.UserNotVerified = true
		refused("a key that did not ask who holds it", &lazy)
		site := here
		defer func() { here = site }()
		here.Origin = "https://shop.test.evil.example"
		refused("an answer for another site", d)
		here = site
		if in, err := d.signIn(); err != nil || in.Login.ID != b.a {
			b.Errorf("the right key: %v", err)
		}
	})
}

// TestACopiedKeyIsRefused: a counter that goes back means that there are two.
func TestACopiedKeyIsRefused(t *testing.T) {
	each(t, func(b *bench) {
		d := b.device()
		v, _ := b.in("anura@example.com")
		d.add(v)
		copied := *d
		for range 3 {
			_, err := d.signIn()
			b.must(err)
		}
		if _, err := copied.signIn(); !errs.Is(err, "auth.passkey_copied") {
			b.Errorf("the copy: %v", err)
		}
		if _, err := d.signIn(); err != nil {
			b.Errorf("the key itself: %v", err)
		}
	})
}

// TestAPasskeyIsASecondFactor: with it the password alone is half a sign-in; it
// finishes its own login's only, proves again, and staff need nothing else.
func TestAPasskeyIsASecondFactor(t *testing.T) {
	each(t, func(b *bench) {
		d, other := b.device(), b.device()
		v, _ := b.in("anura@example.com")
		_, recovery := d.add(v)
		w, _ := b.in("bimal@example.com")
		other.add(w)
		half := func() *auth.Visit {
			e, err := b.SignIn(b.Context(), email("anura@example.com"), good, auth.Origin{Device: "Firefox, Linux"}, b.now)
			b.must(err)
			if v := b.visit(e.Token); e.Half && v.Half {
				return v
			}
			b.Fatal("the password alone signs in")
			return nil
		}
		finish := func(v, by *auth.Visit, d *device) (string, error) {
			c, err := b.BeginWithPasskey(b.Context(), v, b.now)
			b.must(err)
			return b.WithPasskey(b.Context(), by, c.Form, d.sign(c), b.now)
		}
		if _, err := finish(half(), half(), d); !errs.Is(err, "auth.passkey_wrong") {
			b.Errorf("in another session than the one that asked: %v", err)
		}
		h := half()
		if _, err := finish(h, h, other); !errs.Is(err, "auth.passkey_wrong") {
			b.Errorf("somebody else's key: %v", err)
		}
		token, err := finish(h, h, d)
		b.must(err)
		if b.visit(token).Actor().ID != b.a {
			b.Error("not signed in")
		}
		if _, err := b.Second(b.Context(), half(), recovery[0], b.now); err != nil {
			b.Errorf("a recovery code: %v", err)
		}
		b.now = b.now.Add(20 * time.Minute)
		v = b.visit(token)
		if v.Fresh {
			b.Fatal("still fresh")
		}
		if _, err := b.Prove(b.Context(), v, good, "", b.now); !errs.Is(err, "auth.code_wrong") {
			b.Errorf("the password alone proves: %v", err)
		}
		b.now = b.now.Add(20 * time.Minute)
		if token, err = finish(v, v, d); err != nil || !b.visit(token).Fresh {
			b.Errorf("proving by the key: %v", err)
		}
	})
}

// TestStaffMayUseAPasskey: whoever works here sets it up at the first sign-in
// and cannot give the last factor away.
func TestStaffMayUseAPasskey(t *testing.T) {
	each(t, func(b *bench) {
		b.add("admin@example.com", "admin")
		d := b.device()
		e, err := b.SignIn(b.Context(), email("admin@example.com"), good, auth.Origin{}, b.now)
		b.must(err)
		token, recovery := d.add(b.visit(e.Token))
		v := b.visit(token)
		if len(recovery) != 10 || v.Actor().Kind != access.Admin {
			b.Fatalf("%+v", v.Actor())
		}
		key := b.keys(v.Login.ID)[0]
		if err := b.RemovePasskey(b.Context(), v, key, b.now); !errs.Is(err, "auth.second_compulsory") || len(b.keys(v.Login.ID)) != 1 {
			b.Errorf("the last factor: %v", err)
		}
		if in, err := d.signIn(); err != nil || in.Half {
			b.Errorf("signing in: %v", err)
		}
		e, err = b.SignIn(b.Context(), email("admin@example.com"), good, auth.Origin{}, b.now)
		b.must(err)
		if _, err := b.BeginPasskey(b.Context(), b.visit(e.Token), b.now); !errs.Is(err, "auth.prove_first") {
			b.Errorf("half a sign-in adds another: %v", err)
		}
	})
}

func (b *bench) keys(login int64) (list []string) {
	b.Helper()
	keys, err := auth.Passkeys(b.Context(), b.db, login)
	b.must(err)
	for _, k := range keys {
		list = append(list, k.PublicID)
	}
	return list
}

// TestPasskeysAreKeptByTheirOwner: nobody adds or removes one without a fresh
// proof or for somebody else; the owner is told; a key belongs to one login.
func TestPasskeysAreKeptByTheirOwner(t *testing.T) {
	each(t, func(b *bench) {
		d := b.device()
		_, first := b.in("anura@example.com")
		b.now = b.now.Add(time.Hour)
		if _, err := b.BeginPasskey(b.Context(), b.visit(first), b.now); !errs.Is(err, "auth.prove_first") {
			b.Errorf("without a fresh proof: %v", err)
		}
		v, _ := b.in("anura@example.com")
		token, _ := d.add(v)
		other, _ := b.in("bimal@example.com")
		c, err := b.BeginPasskey(b.Context(), other, b.now)
		b.must(err)
		if _, _, err := b.AddPasskey(b.Context(), other, c.Form, contact.NewText("x"), d.make(c), b.now); !errs.Is(err, "auth.passkey_wrong") {
			b.Errorf("the same key for another login: %v", err)
		}
		key := b.keys(b.a)[0]
		if err := b.RemovePasskey(b.Context(), other, key, b.now); errs.KindOf(err) != errs.NotFound {
			b.Errorf("somebody else removes it: %v", err)
		}
		v = b.visit(token)
		b.must(b.RemovePasskey(b.Context(), v, key, b.now))
		if left, _ := auth.RecoveryLeft(b.Context(), b.db, b.a); left != 0 || len(b.keys(b.a)) != 0 {
			b.Errorf("%d recovery codes of nothing", left)
		}
		if _, err := d.signIn(); !errs.Is(err, "auth.passkey_wrong") {
			b.Errorf("a removed key signs in: %v", err)
		}
		events := b.events()
		if !strings.Contains(events, "passkey_on") || !strings.Contains(events, "passkey_off") {
			b.Errorf("told: %s", events)
		}
	})
}

// events are the payloads of all notices.
func (b *bench) events() string {
	b.Helper()
	list, err := db.All(b.Context(), b.db, db.String, "SELECT payload FROM jobs WHERE kind = 'account.notice' ORDER BY id")
	b.must(err)
	return strings.Join(list, "\n")
}

// TestNoPasskeysByNumber: a shop without a name has none and says so.
func TestNoPasskeysByNumber(t *testing.T) {
	each(t, func(b *bench) {
		b.must(b.UsePasskeys("http://127.0.0.1:8080"))
		if _, err := b.BeginPasskeySignIn(b.Context(), b.now); b.HasPasskeys() || errs.KindOf(err) != errs.NotFound {
			b.Errorf("%v", err)
		}
	})
}
