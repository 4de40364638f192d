package web

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"aromart/internal/kit/errs"
)

// Text cleans a line that a person typed: valid UTF-8 without control
// characters, NFC, trimmed, at most max characters. The error has no field yet.
func Text(s string, max int) (string, *errs.Error) { return cleanText(s, max, false) }

// Lines is Text for several lines: it keeps line breaks, as \n.
func Lines(s string, max int) (string, *errs.Error) { return cleanText(s, max, true) }

func cleanText(s string, max int, lines bool) (string, *errs.Error) {
	if !utf8.ValidString(s) {
		return "", errs.New(errs.Invalid, "error.bad_text")
	}
	if strings.ContainsFunc(s, isControl) {
		s = strings.ReplaceAll(s, "\r\n", "\n")
		s = strings.ReplaceAll(s, "\r", "\n")
		if !lines {
			s = strings.Map(breakToSpace, s)
		}
		if strings.ContainsFunc(s, func(c rune) bool { return isControl(c) && c != '\n' && c != '\t' }) {
			return "", errs.New(errs.Invalid, "error.bad_text")
		}
	}
	s = strings.TrimFunc(norm.NFC.String(s), isBlank)
	if len(s) > max && utf8.RuneCountInString(s) > max {
		return s, errs.New(errs.Invalid, "error.too_long", "n", max)
	}
	return s, nil
}

func breakToSpace(c rune) rune {
	if c == '\n' || c == '\t' {
		return ' '
	}
	return c
}

// isControl: C0 and C1, and the code points that no text may hold.
func isControl(c rune) bool {
	return c < ' ' || (c >= 0x7f && c < 0xa0) || c&0xfffe == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef)
}

// isBlank is what the ends of a text lose. Joiners inside Sinhala and Tamil words stay.
func isBlank(c rune) bool {
	return unicode.IsSpace(c) || c == 0x200b || c == 0xfeff || c == 0x2060
}

// Integer reads a whole number in ASCII digits and nothing else: no sign but
// a minus, no exponent, no other script, no point.
func Integer(s string, min, max int64) (int64, *errs.Error) {
	digits, negative := strings.CutPrefix(s, "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, errs.New(errs.Invalid, "error.bad_number")
	}
	digits = strings.TrimLeft(digits, "0")
	outside := errs.New(errs.Invalid, "error.bad_range", "min", min, "max", max)
	if len(digits) > 18 {
		return 0, outside
	}
	var n int64
	for _, d := range []byte(digits) {
		n = n*10 + int64(d-'0')
	}
	if negative {
		n = -n
	}
	if n < min || n > max {
		return 0, outside
	}
	return n, nil
}
