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
)

var totpOptions = totp.ValidateOpts{Period: totpPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}

var unpadded = base32.StdEncoding.WithPadding(base32.NoPadding)

// Factor is an authenticator app of a login.
type Factor struct {
	ID        int64
	PublicID  string
	CreatedAt time.Time

	login  int64
	secret []byte // sealed
}

func scanFactor(rows *db.Rows, f *Factor) error {
	var created int64
	err := rows.Scan(&f.ID, &f.PublicID, &f.login, &f.secret, &created)
	f.CreatedAt = clock.FromMicros(created)
	return err
}

// Factors are the authenticator apps of a login.
func Factors(ctx context.Context, r db.Reader, login int64) ([]Factor, error) {
	return db.All(ctx, r, scanFactor, `SELECT id, public_id, login_id, secret, created_at FROM second_factors WHERE login_id = $1 ORDER BY id`, login)
}

// HasSecond reports that the login has an app or a passkey.
func HasSecond(ctx context.Context, r db.Reader, login int64) (bool, error) {
	n, err := db.One(ctx, r, db.Int, `SELECT (SELECT count(*) FROM second_factors WHERE login_id = $1) + (SELECT count(*) FROM passkeys WHERE login_id = $1)`, login)
	return n > 0, err
}

// needsSecond reports that the password is not enough for this login: it has a
// second factor, or must set one up because it works here.
func needsSecond(ctx context.Context, r db.Reader, l *Login) (bool, error) {
	has, err := HasSecond(ctx, r, l.ID)
	return has || l.Staff(), err
}

// keepSecond refuses to leave somebody who works here without a second factor.
func keepSecond(ctx context.Context, tx *db.Tx, l *Login) error {
	if has, err := HasSecond(ctx, tx, l.ID); err != nil || has || !l.Staff() {
		return err
	}
	return errs.New(errs.Conflict, "auth.second_compulsory")
}

// dropRecovery deletes the recovery codes of a login that has nothing left to recover.
func dropRecovery(ctx context.Context, tx *db.Tx, login int64) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM recovery_codes WHERE login_id = $1 AND NOT EXISTS (SELECT 1 FROM second_factors f WHERE f.login_id = $1)
		AND NOT EXISTS (SELECT 1 FROM passkeys k WHERE k.login_id = $1)`, login)
	return err
}

// MustSetUp reports that half a sign-in waits for its first second factor.
func (d *Desk) MustSetUp(ctx context.Context, v *Visit) (bool, error) {
	has, err := HasSecond(ctx, d.DB, v.Login.ID)
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

func (d *Desk) unseal(f *Factor) ([]byte, error) {
	aead := d.sealer()
	if len(f.secret) < aead.NonceSize() {
		return nil, errors.New("auth: a sealed secret is cut")
	}
	return aead.Open(nil, f.secret[:aead.NonceSize()], f.secret[aead.NonceSize():], strconv.AppendInt(nil, f.login, 10))
}

// Setup is what an authenticator app is given.
type Setup struct {
	Secret string // to be typed
	URL    string // to be scanned
}

// offer is the secret that an app is offered in a session. It is derived from
// the session's token under a key of its own, so that showing it writes nothing:
// the session is offered the same one until it proves itself anew, another
// session is offered another, and whoever reads the database has none of them.
func (d *Desk) offer(v *Visit) []byte {
	m := hmac.New(sha256.New, d.keys.offer)
	m.Write([]byte(digest(v.token)))
	return m.Sum(nil)[:totpSecret]
}

// BeginTOTP offers a secret for an authenticator app. It serves from the first
// right code on; see FinishTOTP.
func (d *Desk) BeginTOTP(ctx context.Context, v *Visit) (*Setup, error) {
	if err := d.maySetUp(ctx, v); err != nil {
		return nil, err
	}
	secret := d.offer(v)
	key, err := totp.Generate(totp.GenerateOpts{Issuer: d.Site, AccountName: v.Login.Address.String(), Secret: secret, Period: totpPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		return nil, err
	}
	return &Setup{Secret: unpadded.EncodeToString(secret), URL: key.URL()}, nil
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

// FinishTOTP takes the first code of an app into use and returns the recovery
// codes, which are shown once, and the new token of the session.
func (d *Desk) FinishTOTP(ctx context.Context, v *Visit, code string, now time.Time) (token string, recovery []string, err error) {
	secret := d.offer(v)
	by := access.Actor{Kind: access.KindOf(v.Login.Role), ID: v.Login.ID} // also of half a sign-in
	err = d.act(ctx, v, setsUp, now, func(tx *db.Tx) error {
		step, err := stepOf(secret, code, now)
		if err != nil {
			return err
		}
		if step == 0 {
			return errCode
		}
		if err := db.Insert(ctx, tx, "second_factors", "public_id, login_id, kind, name, secret, last_step, created_at",
			[][]any{{clock.PublicID(), v.Login.ID, "totp", "", d.seal(v.Login.ID, secret), step, clock.Micros(now)}}); err != nil {
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

// stepOf is the time step whose code this is, 0 when it is none. A clock may be
// one step off.
func stepOf(secret []byte, code string, now time.Time) (int64, error) {
	text := unpadded.EncodeToString(secret)
	for _, off := range []int64{0, -1, 1} {
		at := now.Unix() + off*totpPeriod
		want, err := totp.GenerateCodeCustom(text, time.Unix(at, 0), totpOptions)
		if err != nil {
			return 0, err
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return at / totpPeriod, nil
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
	return d.act(ctx, v, living, now, func(tx *db.Tx) error {
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
		secret, err := d.unseal(&list[i])
		if err != nil {
			return false, err
		}
		step, err := stepOf(secret, code, now)
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
	err = d.act(ctx, v, fresh, now, func(tx *db.Tx) error {
		if codes, err = d.newRecovery(ctx, tx, v.Login.ID); err != nil {
			return err
		}
		return record(ctx, tx, v.Actor(), "login.recovery_codes", v.Login.ID, now, "recovery_codes")
	})
	return codes, err
}

// RemoveSecond takes the app away. Whoever works here keeps one second factor.
func (d *Desk) RemoveSecond(ctx context.Context, v *Visit, now time.Time) error {
	return d.act(ctx, v, fresh, now, func(tx *db.Tx) error {
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
