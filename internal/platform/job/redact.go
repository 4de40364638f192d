package job

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"aromart/internal/kit/errs"
)

const maxError = 300

// personal is what a foreign error may quote of a person: an address, a number,
// a path segment or word between quotes.
var personal = regexp.MustCompile(`[^\s<>"'(),;:]*@[^\s<>"'(),;]*|"(?:[^"\\]|\\.)*"|'[^']*'|` + "`[^`]*`" + `|\+?\d(?:[ -]?\d){6,}`)

// redact writes an error for the table and the log: its words without what
// could name a person.
func redact(err error) string {
	s := err.Error()
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Cause == nil {
		s = e.Kind.String() + ": " + e.ID
	}
	s = personal.ReplaceAllString(strings.ToValidUTF8(s, "?"), "…")
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	for len(s) > maxError {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	return s
}
