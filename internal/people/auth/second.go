package auth

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
)

// Parameters of codes from an authenticator app: those that every app knows.
const (
	totpPeriod    = 30
	totpSecret    = 20
	recoveryCodes = 10
	setUpLife     = 15 * time.Minute // how long an offered secret waits for its first code
)

var totpOptions = totp.ValidateOpts{Period: totpPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

var unpadded = base32.StdEncoding.WithPadding(base32.NoPadding)

// Factor is a second factor of a login.
type Factor struct {
	ID        int64
	PublicID  string
	Kind      string // totp
	Ready     bool   // its first code was right
	CreatedAt time.Time

	login    int64
	secret   []byte // sealed
	lastStep int64
}

func scanFactor(rows *db.Rows, f *Factor) error {
	var created int64
	err := rows.Scan(&f.ID, &f.PublicID, &f.login, &f.Kind, &f.secret, &f.lastStep, &f.Ready, &created)
	f.CreatedAt = clock.FromMicros(created)
	return err
}

const selectFactors = `SELECT id, public_id, login_id, kind, secret, last_step, ready_at IS NOT NULL, created_at FROM second_factors`

// Factors are the second factors of a login that are in use.
func Factors(ctx context.Context, r db.Reader, login int64) ([]Factor, error) {
	return db.All(ctx, r, scanFactor, selectFactors+` WHERE login_id = $1 AND ready_at IS NOT NULL ORDER BY id`, login)
}

// hasSecond reports that the login has an app or a passkey.
func hasSecond(ctx context.Context, r db.Reader, login int64) (bool, error) {
	n, err := db.One(ctx, r, db.Int, `SELECT (SELECT count(*) FROM second_factors WHERE login_id = $1 AND ready_at IS NOT NULL) + (SELECT count(*) FROM passkeys WHERE login_id = $1)`, login)
	return n > 0, err
}

// needsSecond reports that the password is not enough for this login: it has a
// second factor, or must set one up because it works here.
func needsSecond(ctx context.Context, r db.Reader, l *Login) (bool, error) {
	has, err := hasSecond(ctx, r, l.ID)
	return has || l.Staff(), err
}

// keepSecond refuses to leave somebody who works here without a second factor.
func keepSecond(ctx context.Context, tx *db.Tx, l *Login) error {
	if has, err := hasSecond(ctx, tx, l.ID); err != nil || has || !l.Staff() {
		return err
	}
	return errs.New(errs.Conflict, "auth.second_compulsory")
}

// dropRecovery deletes the recovery codes of a login that has nothing left to recover.
func dropRecovery(ctx context.Context, tx *db.Tx, login int64) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM recovery_codes WHERE login_id = $1 AND NOT EXISTS (SELECT 1 FROM second_factors f WHERE f.login_id = $1 AND f.ready_at IS NOT NULL)
		AND NOT EXISTS (SELECT 1 FROM passkeys k WHERE k.login_id = $1)`, login)
	return err
}

// MustSetUp reports that half a sign-in waits for its first second factor.
func (d *Desk) MustSetUp(ctx context.Context, v *Visit) (bool, error) {
	has, err := hasSecond(ctx, d.DB, v.Login.ID)
	return !has, err
}

// seal and unseal keep the secrets of apps, which must be read again to check a
// code, under a key that is not in the database.
func (d *Desk) sealer() cipher.AEAD {
	block, err := aes.NewCipher(d.keys.seal)
	if err != nil {
		panic(err) // the key has 32 bytes
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}

func (d *Desk) seal(login int64, secret []byte) []byte {
	aead := d.sealer()
	nonce := make([]byte, aead.NonceSize())
	rand.Read(nonce)
	return aead.Seal(nonce, nonce, secret, strconv.AppendInt(nil, login, 10))
}

func (d *Desk) unseal(f *Factor) (string, error) {
	aead := d.sealer()
	if len(f.secret) < aead.NonceSize() {
		return "", errors.New("auth: a sealed secret is cut")
	}
	secret, err := aead.Open(nil, f.secret[:aead.NonceSize()], f.secret[aead.NonceSize():], strconv.AppendInt(nil, f.login, 10))
	return unpadded.EncodeToString(secret), err
}

// Setup is what an authenticator app is given.
type Setup struct {
	Secret string // to be typed
	URL    string // to be scanned
}

// BeginTOTP offers a secret for an authenticator app. It serves from the first
// right code on. Asking again in the same session before that offers the same
// one for a while; in another session the secret is another, and the first is
// no longer offered, so that nobody finishes what somebody else has seen.
func (d *Desk) BeginTOTP(ctx context.Context, v *Visit, now time.Time) (*Setup, error) {
	if err := d.maySetUp(ctx, v); err != nil {
		return nil, err
	}
	secret := make([]byte, totpSecret)
	rand.Read(secret)
	sealed := d.seal(v.Login.ID, secret)
	var f Factor
	err := d.DB.Write(ctx, func(tx *db.Tx) error {
		var err error
		f, err = db.One(ctx, tx, scanFactor, `INSERT INTO second_factors (public_id, login_id, session_id, kind, name, secret, last_step, created_at) VALUES ($1, $2, $3, 'totp', '', $4, 0, $5)
			ON CONFLICT (login_id) WHERE ready_at IS NULL DO UPDATE SET
				secret = CASE WHEN `+sameOffer+` THEN second_factors.secret ELSE excluded.secret END,
				created_at = CASE WHEN `+sameOffer+` THEN second_factors.created_at ELSE excluded.created_at END,
				session_id = excluded.session_id
			RETURNING id, public_id, login_id, kind, secret, last_step, ready_at IS NOT NULL, created_at`,
			clock.PublicID(), v.Login.ID, v.Session, sealed, clock.Micros(now), clock.Micros(now.Add(-setUpLife)))
		return err
	})
	if err != nil {
		return nil, err
	}
	text, err := d.unseal(&f)
	if err != nil {
		return nil, err
	}
	raw, err := unpadded.DecodeString(text)
	if err != nil {
		return nil, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: d.Site, AccountName: v.Login.Address.String(), Secret: raw, Period: totpPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		return nil, err
	}
	return &Setup{Secret: text, URL: key.URL()}, nil
}

// sameOffer tells that the waiting secret was offered in this session, lately.
const sameOffer = `second_factors.session_id = excluded.session_id AND second_factors.created_at > $6`

// waiting is the secret that was offered in this session and still serves.
func waiting(ctx context.Context, r db.Reader, v *Visit, now time.Time) (Factor, error) {
	return db.One(ctx, r, scanFactor, selectFactors+` WHERE login_id = $1 AND session_id = $2 AND kind = 'totp' AND ready_at IS NULL AND created_at > $3`,
		v.Login.ID, v.Session, clock.Micros(now.Add(-setUpLife)))
}

// maySetUp lets in whoever has just proved himself, and half a sign-in that
// could not be finished otherwise. Half a sign-in of a login that has a factor
// must not add another one.
func (d *Desk) maySetUp(ctx context.Context, v *Visit) error {
	if v.Fresh {
		return nil
	}
	if must, err := d.MustSetUp(ctx, v); err != nil || v.Half && must {
		return err
	}
	return errProve
}

// errProve asks for the password again before a sensitive change.
var errProve = errs.New(errs.Forbidden, "auth.prove_first")

// FinishTOTP takes the first code of an app into use and returns the recovery
// codes, which are shown once, and the new token of the session.
func (d *Desk) FinishTOTP(ctx context.Context, v *Visit, code string, now time.Time) (token string, recovery []string, err error) {
	if err := d.maySetUp(ctx, v); err != nil {
		return "", nil, err
	}
	f, err := waiting(ctx, d.DB, v, now)
	if err != nil {
		return "", nil, db.NotFound(err)
	}
	step, err := d.stepOf(&f, code, now)
	if err != nil {
		return "", nil, err
	}
	if step == 0 {
		return "", nil, errCode
	}
	by := access.Actor{Kind: access.KindOf(v.Login.Role), ID: v.Login.ID}
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		if err := db.MustChange(ctx, tx, errCode, `UPDATE second_factors SET ready_at = $1, last_step = $2, created_at = $1 WHERE id = $3 AND session_id = $4 AND secret = $5 AND ready_at IS NULL`,
			clock.Micros(now), step, f.ID, v.Session, f.secret); err != nil {
			return err
		}
		if recovery, err = d.newRecovery(ctx, tx, v.Login.ID); err != nil {
			return err
		}
		if err := record(ctx, tx, by, "login.second_on", v.Login.ID, now, "second_factor"); err != nil {
			return err
		}
		if err := notify(ctx, tx, &v.Login, "second_on", now); err != nil {
			return err
		}
		if token, err = renew(ctx, tx, v, now); err != nil || !v.Half {
			return err
		}
		return arrived(ctx, tx, &v.Login, v.Session, now)
	})
	return token, recovery, err
}

// stepOf is the time step whose code this is, 0 when it is none that may still
// be used. A clock may be one step off.
func (d *Desk) stepOf(f *Factor, code string, now time.Time) (int64, error) {
	secret, err := d.unseal(f)
	if err != nil {
		return 0, err
	}
	for _, off := range []int64{0, -1, 1} {
		at := now.Unix() + off*totpPeriod
		want, err := totp.GenerateCodeCustom(secret, time.Unix(at, 0), totpOptions)
		if err != nil {
			return 0, err
		}
		if step := at / totpPeriod; subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && step > f.lastStep {
			return step, nil
		}
	}
	return 0, nil
}

// Second finishes half a sign-in by a code of the app or a recovery code.
func (d *Desk) Second(ctx context.Context, v *Visit, code string, now time.Time) (token string, err error) {
	if err := d.checkSecond(ctx, v, code, now, func(tx *db.Tx) error {
		if token, err = renew(ctx, tx, v, now); err != nil {
			return err
		}
		return arrived(ctx, tx, &v.Login, v.Session, now)
	}); err != nil {
		return "", err
	}
	return token, nil
}

// checkSecond uses up a code and does then in the same transaction. Each code
// serves once; wrong ones are counted for the login, wherever they come from.
func (d *Desk) checkSecond(ctx context.Context, v *Visit, code string, now time.Time, then func(tx *db.Tx) error) error {
	key := d.throttleKey(wrongCodes, strconv.FormatInt(v.Login.ID, 10))
	if err := d.reserve(ctx, key, wrongCodes, now); err != nil {
		return err
	}
	return d.DB.Write(ctx, func(tx *db.Tx) error {
		used, err := d.useCode(ctx, tx, v.Login.ID, clean(code), now)
		if err != nil {
			return err
		}
		if !used {
			return errCode
		}
		if err := forgive(ctx, tx, key); err != nil {
			return err
		}
		return then(tx)
	})
}

// clean drops what people put between the characters of a code.
func clean(code string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(code))
}

func (d *Desk) useCode(ctx context.Context, tx *db.Tx, login int64, code string, now time.Time) (bool, error) {
	list, err := Factors(ctx, tx, login)
	if err != nil {
		return false, err
	}
	for i := range list {
		step, err := d.stepOf(&list[i], code, now)
		if err != nil {
			return false, err
		}
		if step == 0 {
			continue
		}
		n, err := db.Exec(ctx, tx, `UPDATE second_factors SET last_step = $1 WHERE id = $2 AND last_step < $1`, step, list[i].ID)
		return n == 1, err
	}
	n, err := db.Exec(ctx, tx, `UPDATE recovery_codes SET used_at = $1 WHERE login_id = $2 AND code_hash = $3 AND used_at IS NULL`,
		clock.Micros(now), login, d.recoveryHash(login, code))
	return n == 1, err
}

// recoveryHash is keyed, because a code has fewer than 112 bits.
func (d *Desk) recoveryHash(login int64, code string) string {
	m := hmac.New(sha256.New, d.keys.code)
	m.Write([]byte("recovery\x00" + strconv.FormatInt(login, 10) + "\x00" + code))
	return hex.EncodeToString(m.Sum(nil))
}

// newRecovery replaces the recovery codes of a login.
func (d *Desk) newRecovery(ctx context.Context, tx *db.Tx, login int64) ([]string, error) {
	if _, err := db.Exec(ctx, tx, `DELETE FROM recovery_codes WHERE login_id = $1`, login); err != nil {
		return nil, err
	}
	var shown []string
	var rows [][]any
	for range recoveryCodes {
		code := clock.Readable(10)
		shown = append(shown, code[:5]+"-"+code[5:])
		rows = append(rows, []any{login, d.recoveryHash(login, code)})
	}
	return shown, db.Insert(ctx, tx, "recovery_codes", "login_id, code_hash", rows)
}

// RecoveryLeft is how many recovery codes are unused.
func RecoveryLeft(ctx context.Context, r db.Reader, login int64) (int64, error) {
	return db.One(ctx, r, db.Int, `SELECT count(*) FROM recovery_codes WHERE login_id = $1 AND used_at IS NULL`, login)
}

// RenewRecovery gives a login new recovery codes in place of the old ones.
func (d *Desk) RenewRecovery(ctx context.Context, v *Visit, now time.Time) (codes []string, err error) {
	if !v.Fresh {
		return nil, errProve
	}
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		if codes, err = d.newRecovery(ctx, tx, v.Login.ID); err != nil {
			return err
		}
		return record(ctx, tx, v.Actor(), "login.recovery_codes", v.Login.ID, now, "recovery_codes")
	})
	return codes, err
}

// RemoveSecond takes the app away. Whoever works here keeps one second factor.
func (d *Desk) RemoveSecond(ctx context.Context, v *Visit, now time.Time) error {
	if !v.Fresh {
		return errProve
	}
	return d.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := db.Exec(ctx, tx, `DELETE FROM second_factors WHERE login_id = $1`, v.Login.ID); err != nil {
			return err
		}
		if err := keepSecond(ctx, tx, &v.Login); err != nil {
			return err
		}
		if err := dropRecovery(ctx, tx, v.Login.ID); err != nil {
			return err
		}
		if err := record(ctx, tx, v.Actor(), "login.second_off", v.Login.ID, now, "second_factor"); err != nil {
			return err
		}
		return notify(ctx, tx, &v.Login, "second_off", now)
	})
}

// ResetSecond takes every second factor from a login whose owner has lost them.
// Only somebody at the machine's shell can.
func ResetSecond(ctx context.Context, tx *db.Tx, by access.Actor, login int64, now time.Time) error {
	for _, text := range []string{`DELETE FROM second_factors WHERE login_id = $1`, `DELETE FROM passkeys WHERE login_id = $1`, `DELETE FROM recovery_codes WHERE login_id = $1`} {
		if _, err := db.Exec(ctx, tx, text, login); err != nil {
			return err
		}
	}
	if err := endSessions(ctx, tx, login, 0, "second_off", now); err != nil {
		return err
	}
	return record(ctx, tx, by, "login.second_off", login, now, "second_factor")
}
