// Package contact holds what is known of a person: names, e-mail addresses,
// phone numbers, street addresses, and free text that may say anything.
//
// A personal value prints as a mask, whatever prints it: fmt, log/slog, JSON,
// even a dump of a struct that hides it in a private field. Reveal is the one
// way to the text, so that `grep Reveal` lists every place where personal data
// is read. Binding a value to a statement writes the text, never the mask.
//
// What Parse… returns is valid UTF-8 in NFC, without NUL and other control
// characters, and no longer than its limit.
//
// Personal data: all of it; nothing is kept here.
package contact

import (
	"database/sql/driver" // for the type driver.Value alone
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"unicode/utf8"
	"unique"
)

// Kind of a personal value: how it is masked.
type Kind interface{ mask(text string) string }

// Personal is a personal value. The zero value is the empty text. Values are
// compared with ==.
//
// The text lies behind a handle because fmt reads private fields by reflection
// without asking their methods: it finds a pointer there.
type Personal[K Kind] struct{ text unique.Handle[string] }

// The kinds of personal values.
type (
	Text  = Personal[hidden] // free text, parts of an address
	Name  = Personal[hidden] // of a person
	Email = Personal[email]  // folded: lower case, NFC
	Phone = Personal[phone]  // E.164, "+94771234567"
)

// Address of a person. A label is written by package market.
type Address struct {
	Street     Text
	Area       Text // landmark, village, building: what a rider asks for
	City       Text
	Region     Text // district, province or state
	PostalCode Text
	Country    Text // ISO 3166
}

// IsZero reports that nothing of the address is known.
func (a Address) IsZero() bool { return a == Address{} }

// NewText wraps a text that is already checked. So do NewName, NewEmail and NewPhone.
func NewText(text string) Text   { return personal[hidden](text) }
func NewName(text string) Name   { return personal[hidden](text) }
func NewEmail(text string) Email { return personal[email](text) }
func NewPhone(e164 string) Phone { return personal[phone](e164) }

func personal[K Kind](text string) (p Personal[K]) {
	if text != "" {
		p.text = unique.Make(text)
	}
	return p
}

// Reveal returns the text itself, for the person, the database or the courier.
func (p Personal[K]) Reveal() string {
	if p.IsZero() {
		return ""
	}
	return p.text.Value()
}

// IsZero reports that the value is empty: never given, or erased.
func (p Personal[K]) IsZero() bool { return p == Personal[K]{} }

// String is the mask; so is everything below that prints.
func (p Personal[K]) String() string {
	if p.IsZero() {
		return ""
	}
	var k K
	return k.mask(p.Reveal())
}

func (p Personal[K]) GoString() string             { return strconv.Quote(p.String()) }
func (p Personal[K]) LogValue() slog.Value         { return slog.StringValue(p.String()) }
func (p Personal[K]) MarshalJSON() ([]byte, error) { return []byte(strconv.Quote(p.String())), nil }
func (p Personal[K]) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Format serves every verb, so that none of them reaches past the mask.
func (p Personal[K]) Format(s fmt.State, verb rune) {
	if verb == 'q' || verb == 'v' && s.Flag('#') {
		io.WriteString(s, p.GoString())
		return
	}
	io.WriteString(s, p.String())
}

// Value is the text for the database, so that a value bound without Reveal
// cannot store its mask.
func (p Personal[K]) Value() (driver.Value, error) { return p.Reveal(), nil }

// Scan reads a column.
func (p *Personal[K]) Scan(column any) error {
	switch v := column.(type) {
	case nil:
		*p = Personal[K]{}
	case string:
		*p = personal[K](v)
	case []byte:
		*p = personal[K](string(v))
	default:
		return fmt.Errorf("contact: a column of type %T is no text", column)
	}
	return nil
}

const stars = "***"

type hidden struct{}

func (hidden) mask(string) string { return stars }

type phone struct{}

// mask keeps three digits: enough to tell two numbers of one order apart.
func (phone) mask(text string) string {
	if len(text) < 8 {
		return stars
	}
	return stars + text[len(text)-3:]
}

type email struct{}

func (email) mask(text string) string {
	local, domain, found := strings.Cut(text, "@")
	if !found || local == "" || domain == "" {
		return stars
	}
	return first(local) + stars + "@" + first(domain) + stars
}

// first is the first character, or nothing where it could break a line of a log.
func first(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if !strconv.IsPrint(r) || r == '"' || r == '\\' {
		return ""
	}
	return s[:n]
}
