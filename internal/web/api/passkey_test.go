package api_test

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/json"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"aromart/internal/kit/contact"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

// device is an authenticator of software with one key.
type device struct {
	virtualwebauthn.Authenticator
	site virtualwebauthn.RelyingParty
	key  virtualwebauthn.Credential
}

// device gives the person a passkey, and nothing else beside the password.
func (p *person) device() *device {
	p.Helper()
	must := func(err error) {
		p.Helper()
		if err != nil {
			p.Fatal(err)
		}
	}
	must(p.people.UsePasskeys("https://shop.test"))
	d := &device{virtualwebauthn.NewAuthenticator(), virtualwebauthn.RelyingParty{ID: "shop.test", Name: "aromart", Origin: "https://shop.test"}, virtualwebauthn.Credential{}}
	for { // the authenticator writes a key with a short coordinate wrongly, about one in 128
		d.key = virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
		parsed, err := x509.ParsePKCS8PrivateKey(d.key.Key.Data)
		must(err)
		if point, err := parsed.(*ecdsa.PrivateKey).PublicKey.Bytes(); err == nil && point[1] != 0 && point[33] != 0 {
			break
		}
	}
	v, err := p.people.Open(p.Context(), p.token, *p.now)
	must(err)
	c, err := p.people.BeginPasskey(p.Context(), v, *p.now)
	must(err)
	asked, err := json.Marshal(c)
	must(err)
	options, err := virtualwebauthn.ParseAttestationOptions(string(asked))
	must(err)
	p.token, _, err = p.people.AddPasskey(p.Context(), v, c.Form, contact.NewText("Phone"), virtualwebauthn.CreateAttestationResponse(d.site, d.Authenticator, d.key, *options), *p.now)
	must(err)
	d.Options.UserHandle = []byte(v.Login.PublicID)
	return d
}

// sign asks for a challenge with a token, or with none, and answers it.
func (d *device) sign(c client, bearer ...string) map[string]any {
	c.Helper()
	status, asked := c.call("POST", "/api/v1/sessions/passkey/challenge", nil, bearer...)
	if status != 200 {
		c.Fatalf("%d %v", status, asked)
	}
	text, _ := json.Marshal(asked)
	options, err := virtualwebauthn.ParseAssertionOptions(string(text))
	if err != nil {
		c.Fatal(err)
	}
	d.key.Counter++
	var credential map[string]any
	if err := json.Unmarshal([]byte(virtualwebauthn.CreateAssertionResponse(d.site, d.Authenticator, d.key, *options)), &credential); err != nil {
		c.Fatal(err)
	}
	return map[string]any{"form": asked["form"], "credential": credential}
}

// TestPasskeysOverTheAPI: a login that has nothing but a passkey signs in by it
// alone, finishes by it what the password began, and proves by it who holds a
// session; an answer serves once, and with the token that asked for it.
func TestPasskeysOverTheAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := start(t, d)
		a, b := c.person("anura@example.com"), c.person("bimal@example.com")
		key, other := a.device(), b.device()
		const path = "/api/v1/sessions/passkey"
		whose := func(in map[string]any) int64 {
			token, _ := in["token"].(string)
			v, err := c.people.Open(t.Context(), token, *c.now)
			if err != nil || v == nil || v.Half || !v.Fresh {
				t.Fatalf("%v opens %+v, %v", in, v, err)
			}
			return v.Login.ID
		}
		signed := key.sign(c)
		if status, in := c.call("POST", path, signed); status != 200 || in["status"] != "active" || whose(in) != a.id {
			t.Errorf("by the key alone: %d %v", status, in)
		}
		if status, p := c.call("POST", path, signed); status != 422 || p["code"] != "auth.passkey_wrong" {
			t.Errorf("twice: %d %v", status, p)
		}
		begin := func() []string {
			status, in := c.call("POST", "/api/v1/sessions", map[string]any{"contact": a.email, "password": password})
			if status != 201 || in["status"] != "second_factor" {
				t.Fatalf("%d %v", status, in)
			}
			return []string{"Authorization", "Bearer " + in["token"].(string)}
		}
		half := begin()
		if status, p := c.call("POST", path, other.sign(c, half...), half...); status != 422 || p["code"] != "auth.passkey_wrong" {
			t.Errorf("somebody else's key: %d %v", status, p)
		}
		if status, p := c.call("POST", path, key.sign(c, half...)); status != 422 || p["code"] != "auth.passkey_wrong" {
			t.Errorf("without the token that asked: %d %v", status, p)
		}
		status, in := c.call("POST", path, key.sign(c, half...), half...)
		if status != 200 || in["status"] != "active" || whose(in) != a.id {
			t.Fatalf("after the password: %d %v", status, in)
		}
		whole := []string{"Authorization", "Bearer " + in["token"].(string)}
		if status, got := c.call("GET", "/api/v1/account", nil, whole...); status != 200 || got["second_factor"] != true {
			t.Errorf("the account says of its passkey: %d %v", status, got)
		}
		*c.now = c.now.Add(20 * time.Minute)
		if status, in := c.call("POST", path, key.sign(c, whole...), whole...); status != 200 || whose(in) != a.id {
			t.Errorf("proving anew: %d %v", status, in)
		}
		if keys, err := auth.Passkeys(t.Context(), d, b.id); err != nil || len(keys) != 1 {
			t.Errorf("the other login has %d keys, %v", len(keys), err)
		}
	})
}
