package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
)

// Limits that are counted in the database, because they must survive a restart
// and hold for all processes and addresses of the network.
var (
	failedSignIns = limit{"sign_in", 5, 15 * time.Minute}
	mailedProofs  = limit{"mail", 3, time.Hour}
	registrations = limit{"register", 3, time.Hour}
	wrongCodes    = limit{"code", 5, 15 * time.Minute}
)

// limit allows so many times within a while; then each further one doubles the pause.
type limit struct {
	name  string
	times int64
	per   time.Duration
}

// longestPause keeps the owner of an attacked login from being locked out for
// longer than he will wait.
const longestPause = 15 * time.Minute

// TryLater is the refusal of a throttle.
type TryLater struct{ after time.Duration }

var errThrottled = errs.New(errs.TooMany, "auth.try_later")

func (t *TryLater) Error() string { return errThrottled.Error() }

// Unwrap lets a face treat it like any other TooMany.
func (t *TryLater) Unwrap() error { return errThrottled }

// RetryIn is when the same request may succeed.
func (t *TryLater) RetryIn() time.Duration { return t.after }

// throttleKey names who is counted without saying who it is.
func (d *Desk) throttleKey(l limit, who string) string {
	m := hmac.New(sha256.New, d.keys.throttle)
	m.Write([]byte(l.name + "\x00" + who))
	return l.name + ":" + base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:16])
}

// open refuses when the pause is not over.
func (d *Desk) open(ctx context.Context, r db.Reader, key string, now time.Time) error {
	until, err := db.One(ctx, r, db.Int, `SELECT until FROM throttles WHERE key = $1`, key)
	if errors.Is(err, db.ErrNoRows) {
		return nil
	}
	if err == nil && until > clock.Micros(now) {
		return &TryLater{clock.FromMicros(until).Sub(now)}
	}
	return err
}

// reserve counts a try before it is made, so that many at once are not each the
// first. Whoever proves himself is forgiven.
func (d *Desk) reserve(ctx context.Context, key string, l limit, now time.Time) error {
	return d.DB.Write(ctx, func(tx *db.Tx) error { return count(ctx, tx, key, l, now) })
}

// count notes one more time, in one statement that does not depend on whether
// there was one before, and refuses it while the pause is not over.
func count(ctx context.Context, tx *db.Tx, key string, l limit, now time.Time) error {
	at, forget := clock.Micros(now), clock.Micros(now.Add(-l.per))
	seen, err := db.One(ctx, tx, db.Pair, `INSERT INTO throttles (key, times, since, until) VALUES ($1, 1, $2, 0)
		ON CONFLICT (key) DO UPDATE SET times = CASE WHEN throttles.since < $3 AND throttles.until < $2 THEN 1 ELSE throttles.times + 1 END,
			since = CASE WHEN throttles.since < $3 AND throttles.until < $2 THEN $2 ELSE throttles.since END RETURNING times, until`, key, at, forget)
	if err != nil {
		return err
	}
	times, until := seen[0], seen[1]
	if until > at {
		return &TryLater{clock.FromMicros(until).Sub(now)}
	}
	until = 0
	if over := times - l.times; over >= 0 {
		until = clock.Micros(now.Add(min(time.Minute<<min(over, 10), longestPause)))
	}
	_, err = db.Exec(ctx, tx, `UPDATE throttles SET until = $1 WHERE key = $2`, until, key)
	return err
}

// forgive forgets the count of somebody who has proved himself.
func forgive(ctx context.Context, tx *db.Tx, key string) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM throttles WHERE key = $1`, key)
	return err
}
