// Package clock holds time and randomness, so that a test can hold them too.
package clock

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"time"
)

// Clock tells the time. Domain functions take a time.Time; only faces, jobs
// and commands own a Clock.
type Clock func() time.Time

// System is the machine's clock in UTC, to the microsecond that the database keeps.
func System() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Fixed is a clock that stands still.
func Fixed(t time.Time) Clock {
	t = t.UTC().Truncate(time.Microsecond)
	return func() time.Time { return t }
}

// Micros is how the database keeps t: microseconds since 1970 in UTC.
func Micros(t time.Time) int64 { return t.UnixMicro() }

// FromMicros is the reverse of Micros.
func FromMicros(us int64) time.Time { return time.UnixMicro(us).UTC() }

// Token returns n random bytes as unpadded base64url, for credentials and public ids.
func Token(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// PublicID returns a random 128-bit id for use outside the program.
func PublicID() string { return Token(16) }

// readable has no letter that is read as another: no I, L, O, U.
var readable = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// Readable returns n random characters that survive being read aloud.
func Readable(n int) string {
	b := make([]byte, (n*5+7)/8)
	rand.Read(b)
	return readable.EncodeToString(b)[:n]
}
