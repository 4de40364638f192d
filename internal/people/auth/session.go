package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
)

// life is how long a session lasts: without use, and at all.
type life struct{ idle, absolute time.Duration }

const day = 24 * time.Hour

// lives are stricter for whoever sees more.
var lives = map[string]life{
	"customer":     {14 * day, 30 * day},
	"seller_owner": {time.Hour, day},
	"seller_staff": {time.Hour, day},
	"support":      {time.Hour, day},
	"auditor":      {time.Hour, day},
	"admin":        {30 * time.Minute, 12 * time.Hour},
}

const (
	// HalfLife is the time between password and second factor.
	HalfLife = 10 * time.Minute

	freshFor   = 10 * time.Minute // how long a proof serves for sensitive changes
	tokenBytes = 32
)

// Session is a device that is signed in.
type Session struct {
	ID        int64
	PublicID  string
	Device    string
	CreatedAt time.Time
	SeenAt    time.Time
	EndedAt   time.Time // zero while it lives
	EndReason string
}

// Visit is a session as a request brings it: who it is and how far he has proved it.
type Visit struct {
	Login   Login
	Session int64
	Half    bool      // the password was right, the second factor is missing
	Fresh   bool      // proved within the last ten minutes
	Until   time.Time // when it ends at the latest

	token string
}

// digest is how a token is kept.
func digest(token string) string {
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:])
}

// Open returns the visit that a token opens, or nil: an unknown, ended or
// expired one is as good as none. Every limit and the role are read now.
func (d *Desk) Open(ctx context.Context, token string, now time.Time) (*Visit, error) {
	if len(token) != 43 {
		return nil, nil
	}
	v := &Visit{token: token}
	var level string
	var seen, proved, expires int64
	_, err := db.One(ctx, d.DB, func(rows *db.Rows, _ *struct{}) error {
		var status, rights string
		err := rows.Scan(&v.Session, &level, &seen, &proved, &expires, &v.Login.ID, &v.Login.PublicID, &v.Login.Email, &v.Login.Phone, &v.Login.Name,
			&v.Login.Role, &v.Login.Seller, &rights, &status)
		v.Login.Active, v.Login.Rights = status == "active", access.RightsOf(strings.Fields(rights)...)
		return err
	}, `SELECT s.id, s.level, s.seen_at, s.proved_at, s.expires_at, l.id, l.public_id, l.email, l.phone, l.name, `+roleColumns+`, l.status
		FROM sessions s JOIN logins l ON l.id = s.login_id`+joinMember+` WHERE s.token_hash = $1 AND s.ended_at IS NULL`, digest(token))
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	limits := lives[v.Login.Role]
	lastSeen := clock.FromMicros(seen)
	if !v.Login.Active || clock.Micros(now) >= expires || now.Sub(lastSeen) >= limits.idle {
		return nil, nil
	}
	v.Half, v.Until = level == "half", clock.FromMicros(expires)
	v.Fresh = !v.Half && now.Sub(clock.FromMicros(proved)) < freshFor
	if now.Sub(lastSeen) >= limits.seenEvery() {
		d.noteSeen(ctx, v, now)
	}
	return v, nil
}

// seenEvery is how often the use of a session is noted: a sixtieth of the time
// for which it may lie unused, and each hour where that is long.
func (l life) seenEvery() time.Duration { return min(l.idle/60, time.Hour) }

// noteSeen writes down that the session is used. It is the one thing that
// reading a page writes, seldom, and a page is shown without it: a database that
// takes no writes only ends the session earlier.
func (d *Desk) noteSeen(ctx context.Context, v *Visit, now time.Time) {
	_ = d.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := db.Exec(ctx, tx, `UPDATE sessions SET seen_at = $1 WHERE id = $2 AND seen_at < $1`, clock.Micros(now), v.Session)
		return err
	})
}

// Actor is the visit as the choke point sees it. Half a sign-in is nobody.
func (v *Visit) Actor() access.Actor {
	if v == nil {
		return access.Actor{}
	}
	if v.Half {
		return access.Actor{Session: v.Session}
	}
	return access.Actor{Kind: access.KindOf(v.Login.Role), ID: v.Login.ID, Seller: v.Login.Seller, Rights: v.Login.Rights, Session: v.Session, Fresh: v.Fresh}
}

// NeedFresh refuses what is asked of a visit whose last proof is too old, and of
// nobody and of a program altogether.
func (v *Visit) NeedFresh() error {
	if v == nil || !v.Fresh {
		return errProve
	}
	return nil
}

// SessionLife is how long a session of this login lasts at most.
func (l *Login) SessionLife() time.Duration { return lives[l.Role].absolute }

// begin makes a session and returns its token, which nobody can read again.
func begin(ctx context.Context, tx *db.Tx, l *Login, half bool, device string, now time.Time) (token string, id int64, err error) {
	token = clock.Token(tokenBytes)
	level, until := "full", lives[l.Role].absolute
	if half {
		level, until = "half", HalfLife
	}
	id, err = db.One(ctx, tx, db.Int, `INSERT INTO sessions (public_id, login_id, token_hash, level, device, created_at, seen_at, proved_at, expires_at, end_reason)
		VALUES ($1, $2, $3, $4, $5, $6, $6, $6, $7, '') RETURNING id`,
		clock.PublicID(), l.ID, digest(token), level, device, clock.Micros(now), clock.Micros(now.Add(until)))
	return token, id, err
}

// renew gives a session another token and notes that its holder has just proved
// himself. The old token opens nothing from now on.
func renew(ctx context.Context, tx *db.Tx, v *Visit, now time.Time) (string, error) {
	token := clock.Token(tokenBytes)
	expires := now.Add(lives[v.Login.Role].absolute)
	text := `UPDATE sessions SET token_hash = $1, level = 'full', seen_at = $2, proved_at = $2 WHERE id = $3 AND token_hash = $4 AND ended_at IS NULL`
	args := []any{digest(token), clock.Micros(now), v.Session, digest(v.token)}
	if v.Half { // now it is a whole one, with a whole life
		text = `UPDATE sessions SET token_hash = $1, level = 'full', seen_at = $2, proved_at = $2, expires_at = $5 WHERE id = $3 AND token_hash = $4 AND ended_at IS NULL`
		args = append(args, clock.Micros(expires))
	}
	return token, db.MustChange(ctx, tx, errOver, text, args...)
}

// SignOut ends the session.
func (d *Desk) SignOut(ctx context.Context, v *Visit, now time.Time) error {
	return d.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := db.Exec(ctx, tx, endOne, clock.Micros(now), "sign_out", v.Session, v.Login.ID); err != nil {
			return err
		}
		return record(ctx, tx, v.Actor(), "session.sign_out", v.Login.ID, now)
	})
}

const endOne = `UPDATE sessions SET ended_at = $1, end_reason = $2 WHERE id = $3 AND login_id = $4 AND ended_at IS NULL`

// endSessions ends every session of a login but one; keep 0 keeps none. All
// tokens for programs go with them.
func endSessions(ctx context.Context, tx *db.Tx, login, keep int64, reason string, now time.Time) error {
	if _, err := db.Exec(ctx, tx, `UPDATE sessions SET ended_at = $1, end_reason = $2 WHERE login_id = $3 AND id <> $4 AND ended_at IS NULL`,
		clock.Micros(now), reason, login, keep); err != nil {
		return err
	}
	_, err := db.Exec(ctx, tx, `UPDATE api_tokens SET revoked_at = $1 WHERE login_id = $2 AND revoked_at IS NULL`, clock.Micros(now), login)
	return err
}

// SignOutEverywhere ends every session and every token of a login, as part of
// an act that is more than that.
func SignOutEverywhere(ctx context.Context, tx *db.Tx, by access.Actor, login int64, reason string, now time.Time) error {
	if err := endSessions(ctx, tx, login, 0, reason, now); err != nil {
		return err
	}
	return record(ctx, tx, by, "session.revoke", login, now)
}

// EndAll ends every session of every login, revokes every token of a program
// and uses up every proof, for a restored backup: what was ended since must not live again.
func EndAll(ctx context.Context, tx *db.Tx, reason string, now time.Time) error {
	if _, err := db.Exec(ctx, tx, `UPDATE sessions SET ended_at = $1, end_reason = $2 WHERE ended_at IS NULL`, clock.Micros(now), reason); err != nil {
		return err
	}
	if _, err := db.Exec(ctx, tx, `UPDATE api_tokens SET revoked_at = $1 WHERE revoked_at IS NULL`, clock.Micros(now)); err != nil {
		return err
	}
	_, err := db.Exec(ctx, tx, `UPDATE proofs SET used_at = $1 WHERE used_at IS NULL`, clock.Micros(now))
	return err
}

// Sessions are the devices of the login that are signed in, and those that were
// within the last ninety days, newest first.
func Sessions(ctx context.Context, r db.Reader, login int64, now time.Time) ([]Session, error) {
	return db.All(ctx, r, scanSession, `SELECT id, public_id, device, created_at, seen_at, COALESCE(ended_at, 0), end_reason, expires_at, level FROM sessions
		WHERE login_id = $1 AND created_at > $2 ORDER BY id DESC LIMIT 100`, login, clock.Micros(now.Add(-90*day)))
}

func scanSession(rows *db.Rows, s *Session) error {
	var created, seen, ended, expires int64
	var level string
	err := rows.Scan(&s.ID, &s.PublicID, &s.Device, &created, &seen, &ended, &s.EndReason, &expires, &level)
	s.CreatedAt, s.SeenAt = clock.FromMicros(created), clock.FromMicros(seen)
	if ended > 0 {
		s.EndedAt = clock.FromMicros(ended)
	}
	if level == "half" {
		s.EndReason = "half"
	}
	return err
}

// Live reports that the session still opens something.
func (s *Session) Live(role string, now time.Time) bool {
	limits := lives[role]
	return s.EndedAt.IsZero() && s.EndReason == "" && now.Sub(s.SeenAt) < limits.idle && now.Sub(s.CreatedAt) < limits.absolute
}

// Revoke ends one session of the login. Somebody else's is not there.
func (d *Desk) Revoke(ctx context.Context, v *Visit, publicID string, now time.Time) error {
	return d.act(ctx, v, whole, now, func(tx *db.Tx) error {
		id, err := db.One(ctx, tx, db.Int, `SELECT id FROM sessions WHERE public_id = $1 AND login_id = $2`, publicID, v.Login.ID)
		if err != nil {
			return db.NotFound(err)
		}
		if _, err := db.Exec(ctx, tx, endOne, clock.Micros(now), "revoked", id, v.Login.ID); err != nil {
			return err
		}
		return record(ctx, tx, v.Actor(), "session.revoke", v.Login.ID, now)
	})
}

// RevokeOthers ends every session of the login but this one.
func (d *Desk) RevokeOthers(ctx context.Context, v *Visit, now time.Time) error {
	return d.act(ctx, v, whole, now, func(tx *db.Tx) error {
		if err := endSessions(ctx, tx, v.Login.ID, v.Session, "revoked", now); err != nil {
			return err
		}
		return record(ctx, tx, v.Actor(), "session.revoke", v.Login.ID, now)
	})
}

// Device is what a list of devices says of a browser: its name and the kind of
// machine, and nothing that could tell two of them apart.
func Device(userAgent string) string {
	pick := func(names ...string) string {
		for i := 0; i+1 < len(names); i += 2 {
			if strings.Contains(userAgent, names[i]) {
				return names[i+1]
			}
		}
		return "?"
	}
	browser := pick("Edg", "Edge", "OPR/", "Opera", "SamsungBrowser", "Samsung Internet", "Firefox", "Firefox", "FxiOS", "Firefox", "CriOS", "Chrome", "Chrome", "Chrome", "Safari", "Safari", "curl", "curl")
	machine := pick("Android", "Android", "iPhone", "iPhone", "iPad", "iPad", "Windows", "Windows", "CrOS", "ChromeOS", "Mac OS", "Mac", "Linux", "Linux")
	return browser + ", " + machine
}
