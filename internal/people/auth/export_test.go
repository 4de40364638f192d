package auth

import (
	"context"
	"time"
)

// NoteSlow makes a desk note how long it would let guesses wait, and not wait.
func (d *Desk) NoteSlow(f func(long time.Duration)) {
	d.pause = func(_ context.Context, long time.Duration) error {
		f(long)
		return nil
	}
}
