package auth

import (
	"context"
	"time"

	"aromart/internal/platform/db"
)

// Knock is a sign-in that stops when the password was found right.
type Knock struct{ knock *knock }

// RightPassword is the first half of SignIn.
func (d *Desk) RightPassword(ctx context.Context, a Address, password string, from Origin, now time.Time) (Knock, error) {
	k, err := d.knock(ctx, a, password, from, now)
	return Knock{k}, err
}

// Enter is the second.
func (k Knock) Enter(ctx context.Context, tx *db.Tx, now time.Time) error {
	_, err := k.knock.enter(ctx, tx, now)
	return err
}

// NoteSlow makes a desk note how long it would let guesses wait, and not wait.
func (d *Desk) NoteSlow(f func(long time.Duration)) {
	d.pause = func(_ context.Context, long time.Duration) error {
		f(long)
		return nil
	}
}
