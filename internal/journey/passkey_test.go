package journey

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// TestPasskeysInABrowser adds a passkey, signs in by it alone and as the second
// step, and removes it, in a real browser with a key of software.
func TestPasskeysInABrowser(t *testing.T) {
	s := open(t, sqlite(t))
	s.customer("anura@example.com")
	browser := startBrowser(t)
	b := s.tab(t, browser, 360, true)
	_, err := chromedp.Call(b.ctx, webauthn.Enable, webauthn.EnableParams{})
	b.must("keys", err)
	_, err = chromedp.Call(b.ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true, HasUserVerification: true,
		IsUserVerified: true, AutomaticPresenceSimulation: true}})
	b.must("a key", err)
	at := func(path string) string { return strings.Replace(s.base, "127.0.0.1", "localhost", 1) + path }
	byPassword := func() {
		b.fill("#contact", "anura@example.com")
		b.fill("#password", password)
		b.click(`form[action="/login"] button[type=submit]`)
	}
	signOut := func() {
		b.open(at("/account"))
		b.click(`main form[action="/logout"] button`)
	}

	b.open(at("/login"))
	b.tap(`button[aria-controls=password]`)
	if shown := eval[string](b, `document.querySelector("#password").type`); shown != "text" {
		t.Errorf("the password is a field of type %s when it is shown", shown)
	}
	byPassword()
	b.expect("Hello Anura")
	b.open(at("/account/security/passkeys/new"))
	b.fill("#name", "My phone")
	b.click("form[data-passkey] button[type=submit]")
	b.expect("Your recovery codes")
	b.open(at("/account/security"))
	b.expect("My phone", "Not used yet")

	signOut()
	b.click("form[data-passkey] button[type=submit]")
	b.expect("Hello Anura")
	signOut()
	byPassword()
	b.expect("Use a passkey", "One of your recovery codes")
	b.click("form[data-passkey] button[type=submit]")
	b.expect("Hello Anura")
	b.open(at("/account/security"))
	b.expect("Last used on")
	b.click(`form[action="/account/security/passkeys/remove"] button`)
	b.expect("The passkey is removed")
	if n := s.count("SELECT count(*) FROM passkeys") + s.count("SELECT count(*) FROM passkey_challenges"); n != 0 {
		t.Errorf("%d rows are left", n)
	}

	plain := s.tab(t, browser, 360, false)
	plain.open(at("/login"))
	plain.expect("Passkeys need JavaScript")
	if eval[bool](plain, `document.querySelector("form[data-passkey]").checkVisibility()`) {
		t.Error("without script a button is shown that does nothing")
	}
}
