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
// and hold for all processes.
//
// Nobody but the owner may shut the owner out, so what anybody can do to an
// address is counted by the network from which it comes. Guesses from everywhere
// are counted too: after a few each waits a little, and after as many as a
// network of machines makes the password alone is refused for a while. A
// mailed link and a passkey open the login all the same.
var (
	failedSignIns = limit{"sign_in", 5, 15 * time.Minute} // of one network
	guesses       = limit{"guess", 100, time.Hour}        // of all networks
	registrations = limit{"register", 3, time.Hour}       // of one network
	manyRegister  = limit{"registers", 20, time.Hour}     // of all networks
	changes       = limit{"change", 5, time.Hour}         // of a login's own address
	wrongCodes    = limit{"code", 5, 15 * time.Minute}
)

// After freeGuesses an hour each further guess at an address waits, wherever it
// comes from. Few wait at once, because whoever waits holds a place of all sign-ins.
const (
	freeGuesses = 5
	guessPause  = 2 * time.Second
	maxSlowed   = 8
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
	return d.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := count(ctx, tx, key, l, now)
		return err
	})
}

// guessKeys are the two counts of wrong passwords for an address.
func (d *Desk) guessKeys(a Address, network string) (near, everywhere string) {
	return d.throttleKey(failedSignIns, a.key()+"\x00"+network), d.throttleKey(guesses, a.key())
}

// reserveGuess counts a try of a password for an address, and slows it down when
// many have been made.
func (d *Desk) reserveGuess(ctx context.Context, a Address, network string, now time.Time) error {
	near, everywhere := d.guessKeys(a, network)
	var times int64
	err := d.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := count(ctx, tx, near, failedSignIns, now); err != nil {
			return err
		}
		var err error
		times, err = count(ctx, tx, everywhere, guesses, now)
		return err
	})
	if err != nil || times <= freeGuesses {
		return err
	}
	return d.slowDown(ctx)
}

// slowed are the guesses of this process that wait.
var slowed = make(chan struct{}, maxSlowed)

// slowDown lets a guess wait, or sends it away when enough of them do.
func (d *Desk) slowDown(ctx context.Context) error {
	select {
	case slowed <- struct{}{}:
		defer func() { <-slowed }()
		return d.pause(ctx, guessPause)
	default:
		return &TryLater{guessPause}
	}
}

// pause waits, but not longer than whoever asked.
func pause(ctx context.Context, long time.Duration) error {
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Letters to one address: the next may go a minute after the last, and when
// several went within an hour, a quarter of an hour after it. A link serves for
// half an hour, so whoever has to wait has one that serves in the mailbox.
const (
	lettersAtOnce = 3
	nextLetter    = time.Minute
	slowLetter    = 15 * time.Minute
)

func (d *Desk) letterKey(purpose string, a Address) string {
	return d.throttleKey(limit{name: "letter"}, purpose+"\x00"+a.key())
}

// mayWrite reports whether another letter goes to an address now. Nobody who
// asks is refused or told: one more letter would be of no use to the owner, and
// a stranger must not be able to use up what the owner needs.
func mayWrite(ctx context.Context, tx *db.Tx, key string, now time.Time) (bool, error) {
	at, forget := clock.Micros(now), clock.Micros(now.Add(-time.Hour))
	seen, err := db.One(ctx, tx, db.Pair, `INSERT INTO throttles (key, times, since, until) VALUES ($1, 0, $2, 0)
		ON CONFLICT (key) DO UPDATE SET times = CASE WHEN throttles.since < $3 THEN 0 ELSE throttles.times END,
			since = CASE WHEN throttles.since < $3 THEN $2 ELSE throttles.since END RETURNING times, until`, key, at, forget)
	if err != nil {
		return false, err
	}
	times, until := seen[0], seen[1]
	may := until <= at
	if may {
		times++
		wait := nextLetter
		if times >= lettersAtOnce {
			wait = slowLetter
		}
		until = clock.Micros(now.Add(wait))
	}
	_, err = db.Exec(ctx, tx, `UPDATE throttles SET times = $1, until = $2 WHERE key = $3`, times, until, key)
	return may, err
}

// count notes one more time, in one statement that does not depend on whether
// there was one before, and refuses it while the pause is not over. It returns
// how often it has counted.
func count(ctx context.Context, tx *db.Tx, key string, l limit, now time.Time) (int64, error) {
	at, forget := clock.Micros(now), clock.Micros(now.Add(-l.per))
	seen, err := db.One(ctx, tx, db.Pair, `INSERT INTO throttles (key, times, since, until) VALUES ($1, 1, $2, 0)
		ON CONFLICT (key) DO UPDATE SET times = CASE WHEN throttles.since < $3 AND throttles.until < $2 THEN 1 ELSE throttles.times + 1 END,
			since = CASE WHEN throttles.since < $3 AND throttles.until < $2 THEN $2 ELSE throttles.since END RETURNING times, until`, key, at, forget)
	if err != nil {
		return 0, err
	}
	times, until := seen[0], seen[1]
	if until > at {
		return times, &TryLater{clock.FromMicros(until).Sub(now)}
	}
	until = 0
	if over := times - l.times; over >= 0 {
		until = clock.Micros(now.Add(min(time.Minute<<min(over, 10), longestPause)))
	}
	_, err = db.Exec(ctx, tx, `UPDATE throttles SET until = $1 WHERE key = $2`, until, key)
	return times, err
}

// forgive forgets the counts of somebody who has proved himself.
func forgive(ctx context.Context, tx *db.Tx, keys ...string) error {
	for _, key := range keys {
		if _, err := db.Exec(ctx, tx, `DELETE FROM throttles WHERE key = $1`, key); err != nil {
			return err
		}
	}
	return nil
}
