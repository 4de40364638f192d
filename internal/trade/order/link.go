package order

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"strings"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
)

// NewNumber returns an order number: ten random characters in groups that are
// easily read aloud. It names an order and proves nothing.
func NewNumber() string {
	s := clock.Readable(10)
	return s[:3] + "-" + s[3:6] + "-" + s[6:]
}

// CleanNumber brings a typed number into the stored form.
func CleanNumber(typed string) string {
	s := strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\u2011", "").Replace(typed))
	s = strings.NewReplacer("I", "1", "L", "1", "O", "0", "U", "V").Replace(s)
	if len(s) != 10 {
		return ""
	}
	return s[:3] + "-" + s[3:6] + "-" + s[6:]
}

// Links makes and checks the secret link of an order under a sub-key.
type Links struct{ key []byte }

// NewLinks takes the sub-key for order links.
func NewLinks(key []byte) Links { return Links{key} }

// Token is the order's secret: its public id and an HMAC over it and the link's
// version. The same order gives the same token, so a repeated request gets the
// same answer and nothing secret is stored.
func (l Links) Token(o *Order) string {
	return o.PublicID + base64.RawURLEncoding.EncodeToString(l.mac(o.PublicID, o.LinkVersion))
}

func (l Links) mac(publicID string, version int64) []byte {
	m := hmac.New(sha256.New, l.key)
	m.Write([]byte("order link\x00" + publicID))
	binary.Write(m, binary.BigEndian, version)
	return m.Sum(nil)[:16]
}

// idLength is the length of clock.PublicID.
const idLength = 22

// Open returns the order that a token opens. A wrong, altered or withdrawn
// token is NotFound, like an order that does not exist.
func (l Links) Open(ctx context.Context, r db.Reader, token string) (*Order, error) {
	notFound := errs.New(errs.NotFound, "error.not_found")
	if len(token) != idLength+22 {
		return nil, notFound
	}
	given, err := base64.RawURLEncoding.Strict().DecodeString(token[idLength:])
	if err != nil {
		return nil, notFound
	}
	if _, err := base64.RawURLEncoding.DecodeString(token[:idLength]); err != nil {
		return nil, notFound
	}
	o, err := ByPublicID(ctx, r, token[:idLength])
	if errs.KindOf(err) == errs.NotFound {
		l.mac(token[:idLength], 0) // the same work as for an order that exists
		return nil, notFound
	}
	if err != nil {
		return nil, err
	}
	if !hmac.Equal(given, l.mac(o.PublicID, o.LinkVersion)) {
		return nil, notFound
	}
	return o, nil
}

// Code is a six-digit code that the program can make again and need not store:
// for a purpose and an order, as mailed to its customer.
func (l Links) Code(o *Order, purpose string) string {
	m := hmac.New(sha256.New, l.key)
	m.Write([]byte("order code\x00" + purpose + "\x00" + o.PublicID))
	n := binary.BigEndian.Uint64(m.Sum(nil)) % 1_000_000
	digits := []byte("000000")
	for i := 5; n > 0; i-- {
		digits[i] = byte('0' + n%10)
		n /= 10
	}
	return string(digits)
}

// Typed reports that somebody typed the code, in whatever groups.
func (l Links) Typed(o *Order, purpose, typed string) bool {
	typed = strings.NewReplacer(" ", "", "-", "").Replace(typed)
	return subtle.ConstantTimeCompare([]byte(typed), []byte(l.Code(o, purpose))) == 1
}

// Mark is a secret for a purpose and a text that can be made again and is not
// stored, for links of letters that are not about one order.
func (l Links) Mark(purpose, text string) string {
	m := hmac.New(sha256.New, l.key)
	m.Write([]byte("mark\x00" + purpose + "\x00" + text))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:16])
}

// Marked reports that mark is that of the text.
func (l Links) Marked(purpose, text, mark string) bool {
	return hmac.Equal([]byte(mark), []byte(l.Mark(purpose, text)))
}
