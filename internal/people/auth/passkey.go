package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
)

const (
	challengeLife = 5 * time.Minute
	maxPasskeys   = 20
)

// What a challenge is for. An answer to one serves for nothing else.
const (
	toAdd    = "add"
	toSignIn = "sign_in"
	toFinish = "second"
	toProve  = "prove"
)

// Passkey is a key that a device or a password manager keeps for a login. Its
// public half is here; nothing that is stored opens anything.
type Passkey struct {
	ID        int64
	PublicID  string
	Name      contact.Text
	CreatedAt time.Time
	UsedOn    time.Time // the day of its last use, zero before the first

	login int64
	key   webauthn.Credential
}

// UsePasskeys makes passkeys possible for the marketplace's public address. A
// machine that is reached by a number cannot have any, because a key belongs to a name.
func (d *Desk) UsePasskeys(base string) error {
	u, err := url.Parse(base)
	if err != nil || u.Hostname() == "" {
		return fmt.Errorf("auth: passkeys: %q is no address", base)
	}
	if net.ParseIP(u.Hostname()) != nil {
		return nil
	}
	d.relying, err = webauthn.New(&webauthn.Config{RPID: u.Hostname(), RPDisplayName: d.Site, RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference:             protocol.PreferNoAttestation,
		AuthenticatorSelection:            protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired},
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore})
	return err
}

// HasPasskeys reports whether the marketplace can take passkeys.
func (d *Desk) HasPasskeys() bool { return d.relying != nil }

var (
	errNoPasskeys   = errs.New(errs.NotFound, "error.not_found")
	errPasskey      = errs.Field("passkey", "auth.passkey_wrong")
	errCopied       = errs.Field("passkey", "auth.passkey_copied")
	errManyPasskeys = errs.New(errs.Conflict, "auth.passkey_many", "n", maxPasskeys)
)

// keyParameters are the signatures that a key may use, the best first.
var keyParameters = []protocol.CredentialParameter{
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgES256},
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgEdDSA},
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgRS256},
}

// Ceremony is what the browser is asked to sign.
type Ceremony struct {
	Form    string `json:"form"` // names the challenge when the answer comes
	Options any    `json:"publicKey"`
}

// holder is a login as the library sees it. The handle by which a key names its
// owner is random and says nothing about him.
type holder struct {
	login *Login
	keys  []Passkey
}

func (h *holder) WebAuthnID() []byte          { return []byte(h.login.PublicID) }
func (h *holder) WebAuthnDisplayName() string { return h.login.Name.Reveal() }

// WebAuthnName is what the owner's own device shows beside the key.
func (h *holder) WebAuthnName() string {
	if !h.login.Email.IsZero() {
		return h.login.Email.Reveal()
	}
	return h.login.Phone.Reveal()
}

func (h *holder) WebAuthnCredentials() []webauthn.Credential {
	out := make([]webauthn.Credential, len(h.keys))
	for i := range h.keys {
		out[i] = h.keys[i].key
	}
	return out
}

func (h *holder) find(credential []byte) *Passkey {
	for i := range h.keys {
		if string(h.keys[i].key.ID) == string(credential) {
			return &h.keys[i]
		}
	}
	return nil
}

func (d *Desk) holder(ctx context.Context, r db.Reader, l *Login) (*holder, error) {
	keys, err := Passkeys(ctx, r, l.ID)
	return &holder{l, keys}, err
}

// Passkeys are the passkeys of a login.
func Passkeys(ctx context.Context, r db.Reader, login int64) ([]Passkey, error) {
	return db.All(ctx, r, scanPasskey, `SELECT id, public_id, login_id, name, credential_id, public_key, sign_count, flags, transports, created_at, COALESCE(used_on, 0)
		FROM passkeys WHERE login_id = $1 ORDER BY id`, login)
}

func scanPasskey(rows *db.Rows, k *Passkey) error {
	var count, flags, created, used int64
	var transports string
	err := rows.Scan(&k.ID, &k.PublicID, &k.login, &k.Name, &k.key.ID, &k.key.PublicKey, &count, &flags, &transports, &created, &used)
	k.key.Authenticator.SignCount = uint32(count)
	k.key.Flags = webauthn.NewCredentialFlags(protocol.AuthenticatorFlags(flags))
	for t := range strings.FieldsSeq(transports) {
		k.key.Transport = append(k.key.Transport, protocol.AuthenticatorTransport(t))
	}
	k.CreatedAt = clock.FromMicros(created)
	if used > 0 {
		k.UsedOn = clock.FromMicros(used)
	}
	return err
}

// ask stores a challenge. A session has one at a time.
func (d *Desk) ask(ctx context.Context, purpose string, v *Visit, challenge string, now time.Time) (form string, err error) {
	form = clock.PublicID()
	var login, session any
	if v != nil {
		login, session = v.Login.ID, v.Session
	}
	return form, d.DB.Write(ctx, func(tx *db.Tx) error {
		if v != nil {
			if _, err := db.Exec(ctx, tx, `DELETE FROM passkey_challenges WHERE login_id = $1 AND session_id = $2`, login, session); err != nil {
				return err
			}
		}
		return db.Insert(ctx, tx, "passkey_challenges", "public_id, purpose, login_id, session_id, challenge, created_at, expires_at",
			[][]any{{form, purpose, login, session, challenge, clock.Micros(now), clock.Micros(now.Add(challengeLife))}})
	})
}

// answered takes the challenge of a form. It serves once, whatever comes of it,
// and only in the session that asked.
func (d *Desk) answered(ctx context.Context, purpose string, v *Visit, form string, now time.Time) (challenge string, err error) {
	var session int64
	if v != nil {
		session = v.Session
	}
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		challenge, err = db.One(ctx, tx, db.String, `DELETE FROM passkey_challenges WHERE public_id = $1 AND purpose = $2 AND COALESCE(session_id, 0) = $3 AND expires_at > $4 RETURNING challenge`,
			form, purpose, session, clock.Micros(now))
		if errors.Is(err, db.ErrNoRows) {
			challenge, err = "", nil
		}
		return err
	})
	if err == nil && challenge == "" {
		err = errPasskey
	}
	return challenge, err
}

// BeginPasskey asks the browser for a new key of a login that has just proved
// itself, or whose half sign-in cannot be finished otherwise.
func (d *Desk) BeginPasskey(ctx context.Context, v *Visit, now time.Time) (*Ceremony, error) {
	if d.relying == nil {
		return nil, errNoPasskeys
	}
	if err := d.maySetUp(ctx, v); err != nil {
		return nil, err
	}
	h, err := d.holder(ctx, d.DB, &v.Login)
	if err != nil {
		return nil, err
	}
	if len(h.keys) >= maxPasskeys {
		return nil, errManyPasskeys
	}
	known := webauthn.Credentials(h.WebAuthnCredentials()).CredentialDescriptors()
	creation, session, err := d.relying.BeginRegistration(h, webauthn.WithExclusions(known), webauthn.WithCredentialParameters(keyParameters))
	if err != nil {
		return nil, err
	}
	form, err := d.ask(ctx, toAdd, v, session.Challenge, now)
	return &Ceremony{form, creation.Response}, err
}

// AddPasskey takes the new key of the browser. The first second factor of a login comes with
// recovery codes, which are shown once. The session gets a new token.
func (d *Desk) AddPasskey(ctx context.Context, v *Visit, form string, name contact.Text, answer string, now time.Time) (token string, recovery []string, err error) {
	if d.relying == nil {
		return "", nil, errNoPasskeys
	}
	challenge, err := d.answered(ctx, toAdd, v, form, now)
	if err != nil {
		return "", nil, err
	}
	h := &holder{login: &v.Login}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return "", nil, errPasskey.Because(err)
	}
	key, err := d.relying.CreateCredential(h, webauthn.SessionData{Challenge: challenge, UserID: h.WebAuthnID(), UserVerification: protocol.VerificationRequired, CredParams: keyParameters}, parsed)
	if err != nil {
		return "", nil, errPasskey.Because(err)
	}
	err = d.act(ctx, v, setsUp, now, func(tx *db.Tx) error {
		recovery = nil
		first, err := d.storePasskey(ctx, tx, v, name, key, now)
		if err != nil {
			return err
		}
		if first {
			if recovery, err = d.newRecovery(ctx, tx, v.Login.ID); err != nil {
				return err
			}
		}
		if token, err = renew(ctx, tx, v, now); err != nil || !v.Half {
			return err
		}
		return arrived(ctx, tx, &v.Login, v.Session, now)
	})
	if db.IsUnique(err) { // the key is somebody's already
		err = errPasskey
	}
	return token, recovery, err
}

// storePasskey writes a key down and reports whether it is the login's first second factor.
func (d *Desk) storePasskey(ctx context.Context, tx *db.Tx, v *Visit, name contact.Text, key *webauthn.Credential, now time.Time) (first bool, err error) {
	has, err := HasSecond(ctx, tx, v.Login.ID)
	if err != nil {
		return false, err
	}
	if keys, err := Passkeys(ctx, tx, v.Login.ID); err != nil || len(keys) >= maxPasskeys {
		return false, cmp.Or(err, error(errManyPasskeys))
	}
	var transports []string
	for _, t := range key.Transport {
		transports = append(transports, string(t))
	}
	if err := db.Insert(ctx, tx, "passkeys", "public_id, login_id, name, credential_id, public_key, sign_count, flags, transports, created_at", [][]any{{clock.PublicID(), v.Login.ID, name,
		key.ID, key.PublicKey, int64(key.Authenticator.SignCount), int64(key.Flags.ProtocolValue()), strings.Join(transports, " "), clock.Micros(now)}}); err != nil {
		return false, err
	}
	by := access.Actor{Kind: access.KindOf(v.Login.Role), ID: v.Login.ID} // also of half a sign-in
	if err := record(ctx, tx, by, "login.passkey_on", v.Login.ID, now, "passkey"); err != nil {
		return false, err
	}
	return !has, notify(ctx, tx, &v.Login, "passkey_on", now)
}

// BeginPasskeySignIn asks any browser for any key of this marketplace. Nothing
// in it depends on who has an account.
func (d *Desk) BeginPasskeySignIn(ctx context.Context, now time.Time) (*Ceremony, error) {
	if d.relying == nil {
		return nil, errNoPasskeys
	}
	request, session, err := d.relying.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, err
	}
	form, err := d.ask(ctx, toSignIn, nil, session.Challenge, now)
	return &Ceremony{form, request.Response}, err
}

// SignInByPasskey signs in by a key alone. The device has asked for a finger, a
// face or its own code, so possession and person are proved, and no second step follows.
func (d *Desk) SignInByPasskey(ctx context.Context, form, answer string, from Origin, now time.Time) (*Entered, error) {
	if d.relying == nil {
		return nil, errNoPasskeys
	}
	challenge, err := d.answered(ctx, toSignIn, nil, form, now)
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return nil, errPasskey.Because(err)
	}
	var h *holder
	_, used, err := d.relying.ValidatePasskeyLogin(func(raw, handle []byte) (webauthn.User, error) {
		l, err := db.One(ctx, d.DB, scanLogin, selectLogins+` WHERE public_id = $1`, string(handle))
		if err != nil {
			return nil, err
		}
		h, err = d.holder(ctx, d.DB, &l)
		return h, err
	}, webauthn.SessionData{Challenge: challenge, UserVerification: protocol.VerificationRequired}, parsed)
	if err != nil {
		return nil, errPasskey.Because(err)
	}
	if !h.login.Active {
		return nil, errPasskey
	}
	var in *Entered
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		if err := usePasskey(ctx, tx, h, used, now); err != nil {
			return err
		}
		in = &Entered{Login: *h.login}
		var session int64
		if in.Token, session, err = begin(ctx, tx, h.login, false, from.Device, now); err != nil {
			return err
		}
		return arrived(ctx, tx, h.login, session, now)
	})
	return in, err
}

// BeginWithPasskey asks for a key of the login that is signing in or signed in.
func (d *Desk) BeginWithPasskey(ctx context.Context, v *Visit, now time.Time) (*Ceremony, error) {
	if d.relying == nil {
		return nil, errNoPasskeys
	}
	h, err := d.holder(ctx, d.DB, &v.Login)
	if err != nil {
		return nil, err
	}
	if len(h.keys) == 0 {
		return nil, errNoPasskeys
	}
	purpose, verify := keyPurpose(v)
	request, session, err := d.relying.BeginLogin(h, webauthn.WithUserVerification(verify))
	if err != nil {
		return nil, err
	}
	form, err := d.ask(ctx, purpose, v, session.Challenge, now)
	return &Ceremony{form, request.Response}, err
}

// keyPurpose is what a key does for a session: beside a password that was right
// it need not know who holds it, alone it must.
func keyPurpose(v *Visit) (purpose string, verify protocol.UserVerificationRequirement) {
	if v.Half {
		return toFinish, protocol.VerificationPreferred
	}
	return toProve, protocol.VerificationRequired
}

// WithPasskey finishes half a sign-in by a key, or proves anew who is signed in.
func (d *Desk) WithPasskey(ctx context.Context, v *Visit, form, answer string, now time.Time) (token string, err error) {
	if d.relying == nil {
		return "", errNoPasskeys
	}
	purpose, verify := keyPurpose(v)
	challenge, err := d.answered(ctx, purpose, v, form, now)
	if err != nil {
		return "", err
	}
	h, err := d.holder(ctx, d.DB, &v.Login)
	if err != nil {
		return "", err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return "", errPasskey.Because(err)
	}
	used, err := d.relying.ValidateLogin(h, webauthn.SessionData{Challenge: challenge, UserID: h.WebAuthnID(), UserVerification: verify}, parsed)
	if err != nil {
		return "", errPasskey.Because(err)
	}
	err = d.act(ctx, v, living, now, func(tx *db.Tx) error {
		if err := usePasskey(ctx, tx, h, used, now); err != nil {
			return err
		}
		if token, err = renew(ctx, tx, v, now); err != nil {
			return err
		}
		if v.Half {
			return arrived(ctx, tx, &v.Login, v.Session, now)
		}
		return record(ctx, tx, v.Actor(), "session.prove", v.Login.ID, now)
	})
	return token, err
}

// usePasskey notes a use. A counter that did not go on means that there are two
// of the key, and then neither is believed.
func usePasskey(ctx context.Context, tx *db.Tx, h *holder, used *webauthn.Credential, now time.Time) error {
	key := h.find(used.ID)
	if key == nil || used.Authenticator.CloneWarning {
		return errCopied
	}
	return db.MustChange(ctx, tx, errCopied, `UPDATE passkeys SET sign_count = $1, used_on = $2 WHERE id = $3 AND login_id = $4 AND (sign_count < $1 OR sign_count = 0 AND $1 = 0)`,
		int64(used.Authenticator.SignCount), clock.Micros(now.UTC().Truncate(day)), key.ID, h.login.ID)
}

// RemovePasskey takes a key from the login. Somebody else's is not there, and
// whoever works here keeps one second factor.
func (d *Desk) RemovePasskey(ctx context.Context, v *Visit, publicID string, now time.Time) error {
	return d.act(ctx, v, fresh, now, func(tx *db.Tx) error {
		if err := db.MustChange(ctx, tx, errs.New(errs.NotFound, "error.not_found"), `DELETE FROM passkeys WHERE public_id = $1 AND login_id = $2`, publicID, v.Login.ID); err != nil {
			return err
		}
		if err := keepSecond(ctx, tx, &v.Login); err != nil {
			return err
		}
		if err := dropRecovery(ctx, tx, v.Login.ID); err != nil {
			return err
		}
		if err := record(ctx, tx, v.Actor(), "login.passkey_off", v.Login.ID, now, "passkey"); err != nil {
			return err
		}
		return notify(ctx, tx, &v.Login, "passkey_off", now)
	})
}
