package auth

import (
	"context"
	"errors"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
)

// claim is what a session must have for what it asks.
type claim int

const (
	living claim = iota // whole or half, because it is about to prove something
	whole               // nothing of the sign-in is missing
	fresh               // whole, and proved within the last ten minutes
	setsUp              // fresh, or half of a login that cannot finish it without a second factor
)

var (
	errOver  = errs.New(errs.SignIn, "error.sign_in")
	errProve = errs.New(errs.Forbidden, "auth.prove_first") // asks for the password again
)

// act does something for a session in one transaction, which looks again
// whether the session may; see hold.
func (d *Desk) act(ctx context.Context, v *Visit, need claim, now time.Time, f func(tx *db.Tx) error) error {
	return d.DB.Write(ctx, func(tx *db.Tx) error {
		if err := v.hold(ctx, tx, need, now); err != nil {
			return err
		}
		return f(tx)
	})
}

// HoldFresh is NeedFresh inside the transaction that does what needs it.
func (v *Visit) HoldFresh(ctx context.Context, tx *db.Tx, now time.Time) error {
	if v == nil {
		return errProve
	}
	return v.hold(ctx, tx, fresh, now)
}

// hold looks again at what was true when the request came in: the login is
// open, the session lives under the same token, and it has what it needs. It
// locks the login and then the session, so that two acts of one login follow
// each other, and whatever ends the session comes before, and refuses this, or
// after, and ends what this has made.
func (v *Visit) hold(ctx context.Context, tx *db.Tx, need claim, now time.Time) error {
	if err := db.MustChange(ctx, tx, errOver, `UPDATE logins SET status = status WHERE id = $1 AND status = 'active'`, v.Login.ID); err != nil {
		return err
	}
	seen, err := db.One(ctx, tx, db.Pair, `UPDATE sessions SET seen_at = seen_at WHERE id = $1 AND login_id = $2 AND token_hash = $3 AND ended_at IS NULL AND expires_at > $4
		RETURNING CASE WHEN level = 'full' THEN 1 ELSE 0 END, proved_at`, v.Session, v.Login.ID, digest(v.token), clock.Micros(now))
	if errors.Is(err, db.ErrNoRows) {
		return errOver
	}
	if err != nil {
		return err
	}
	full, proved := seen[0] == 1, now.Sub(clock.FromMicros(seen[1])) < freshFor
	switch {
	case need == living, need == whole && full, full && proved:
		return nil
	case need == whole:
		return errOver
	case need == setsUp && !full:
		if has, err := HasSecond(ctx, tx, v.Login.ID); err != nil || !has {
			return err
		}
	}
	return errProve
}
