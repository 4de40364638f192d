package contact

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"aromart/internal/kit/errs"
)

// Limits of what is accepted.
const (
	MaxName  = 100 // characters
	MaxEmail = 254 // bytes, RFC 5321
)

const (
	maxLocal = 64 // bytes, RFC 5321
	maxLabel = 63 // bytes, RFC 1035
)

// ParseName reads the name of a person: 1 to MaxName characters on one line,
// of any script. field names the form field in errors.
func ParseName(field, raw string) (Name, error) {
	s, err := ParseLine(field, raw, MaxName)
	if err == nil && s.IsZero() {
		err = errs.Field(field, "error.required").Saying("contact.name_missing")
	}
	return s, err
}

// ParseLine reads a free text of one line and at most limit characters, with single
// spaces. An empty text is no error.
func ParseLine(field, raw string, limit int) (Text, error) {
	s, err := clean(field, raw, limit)
	if err != nil {
		return Text{}, err
	}
	if strings.ContainsFunc(s, isBreak) {
		return Text{}, errs.Field(field, "contact.one_line")
	}
	return shortText(field, strings.Join(strings.Fields(s), " "), limit)
}

// ParseText reads a free text of at most limit characters, line breaks
// included. An empty text is no error.
func ParseText(field, raw string, limit int) (Text, error) {
	s, err := clean(field, raw, limit)
	if err != nil {
		return Text{}, err
	}
	return shortText(field, s, limit)
}

// ParseEmail reads an e-mail address as people have them: dot-atom @ domain of
// two labels or more, letters of any script. It folds case, because no provider in
// use tells addresses apart by case and people do not write theirs alike.
//
// It looks at each byte a fixed number of times, and at no more than MaxEmail of them.
func ParseEmail(field, raw string) (Email, error) {
	s := strings.TrimSpace(raw)
	if s == "" {
		return Email{}, errs.Field(field, "error.required").Saying("error.bad_email")
	}
	if len(s) > MaxEmail {
		return Email{}, errs.Field(field, "error.too_long", "n", MaxEmail)
	}
	if !storable(s) {
		return Email{}, errs.Field(field, "error.bad_text")
	}
	s = norm.NFC.String(strings.ToLower(norm.NFC.String(s)))
	at := strings.LastIndexByte(s, '@')
	switch {
	case at < 0:
		return Email{}, errs.Field(field, "contact.email_no_at")
	case len(s) > MaxEmail || !isDotAtom(s[:at]):
		return Email{}, errs.Field(field, "error.bad_email")
	case !isDomain(s[at+1:]):
		return Email{}, errs.Field(field, "contact.email_domain")
	}
	return NewEmail(s), nil
}

// isDotAtom checks the part before the @. Quoted forms are refused: nobody
// has one, and they are how headers and commands are smuggled into a mail.
func isDotAtom(s string) bool {
	if s == "" || len(s) > maxLocal {
		return false
	}
	for part := range strings.SplitSeq(s, ".") {
		if part == "" || strings.ContainsFunc(part, func(r rune) bool {
			return !isWord(r) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
		}) {
			return false
		}
	}
	return true
}

func isDomain(s string) bool {
	labels := strings.Split(s, ".")
	for _, label := range labels {
		if label == "" || len(label) > maxLabel || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.ContainsFunc(label, func(r rune) bool { return !isWord(r) && r != '-' }) {
			return false
		}
	}
	last := labels[len(labels)-1]
	return len(labels) >= 2 && len(last) >= 2 && strings.ContainsFunc(last, func(r rune) bool { return r < '0' || r > '9' })
}

// isWord reports letters, marks and digits of any script. The joiners belong to
// the spelling of Sinhala words.
func isWord(r rune) bool {
	return r < utf8.RuneSelf && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9') ||
		r >= utf8.RuneSelf && (unicode.In(r, unicode.L, unicode.M, unicode.Nd) || r == '\u200c' || r == '\u200d')
}

// clean does what every text needs. It looks at the length first, so that a
// megabyte costs nothing.
func clean(field, raw string, limit int) (string, error) {
	if len(raw) > 8*limit+1024 {
		return "", errs.Field(field, "error.too_long", "n", limit)
	}
	if !storable(raw) {
		return "", errs.Field(field, "error.bad_text")
	}
	s := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(raw)
	s = strings.TrimSpace(norm.NFC.String(strings.Map(visible, s)))
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
		return "", errs.Field(field, "error.bad_text")
	}
	if !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }) {
		return "", nil // joiners and blanks alone say nothing
	}
	return s, nil
}

// shortText checks the length last: of the text as it would be kept.
func shortText(field, s string, limit int) (Text, error) {
	if utf8.RuneCountInString(s) > limit {
		return Text{}, errs.Field(field, "error.too_long", "n", limit)
	}
	return NewText(s), nil
}

// storable reports what both databases keep unchanged.
func storable(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// visible drops what would make a text look other than it is: direction
// overrides, which address books add around names and numbers, and byte order marks.
func visible(r rune) rune {
	if r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\ufeff' {
		return -1
	}
	return r
}

func isBreak(r rune) bool {
	return r == '\n' || r == '\t' || r == '\u0085' || r == '\u2028' || r == '\u2029'
}
