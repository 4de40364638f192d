package exchange

import (
	"errors"
	"strconv"
	"strings"
	"unicode"
)

// Decimal says which character separates the fraction.
type Decimal byte

// A point or a comma as given, or guessed from each value on its own.
const (
	GuessDecimal Decimal = 0
	PointDecimal Decimal = '.'
	CommaDecimal Decimal = ','
)

var (
	errNoNumber = errors.New("no number")
	errTooLarge = errors.New("number out of range")
)

// quantity is a decimal number taken out of a text, with what stood around it.
type quantity struct {
	negative bool
	digits   string // without leading zeros; "" is zero
	scale    int    // how many of the digits stand behind the point
	unit     string // a currency sign or name, a unit of weight; "" for a bare number
}

// parseQuantity reads "₹58,990", "Rs. 1,499.00", "1.234,56 €", "69.71 gbp",
// "1.956000000000000e+02", "-3". A range or a second number is no number.
func parseQuantity(s string, decimal Decimal) (quantity, error) {
	s = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(s), "'"))
	from := strings.IndexFunc(s, isDigit)
	if from < 0 {
		return quantity{}, errNoNumber
	}
	to := strings.LastIndexFunc(s, isDigit) + 1
	before, number, after := s[:from], s[from:to], strings.TrimSpace(s[to:])
	var q quantity
	if strings.HasSuffix(before, ".") && !strings.HasSuffix(before, "Rs.") && !endsInLetter(strings.TrimSuffix(before, ".")) {
		before, number = strings.TrimSuffix(before, "."), "0."+number
	}
	before = strings.TrimSpace(before)
	if b, found := cutMinus(before); found {
		q.negative, before = true, b
	}
	exponent := 0
	if m, e, found := strings.Cut(strings.ToLower(number), "e"); found {
		n, err := strconv.Atoi(strings.TrimPrefix(e, "+"))
		if err != nil || n < -40 || n > 40 {
			return quantity{}, errNoNumber
		}
		number, exponent = m, n
	}
	whole, fraction, err := splitNumber(number, decimal)
	if err != nil {
		return quantity{}, err
	}
	q.digits, q.scale = whole+fraction, len(fraction)-exponent
	if q.scale < 0 {
		q.digits += strings.Repeat("0", -q.scale)
		q.scale = 0
	}
	q.digits = strings.TrimLeft(q.digits, "0")
	q.unit = strings.Trim(strings.TrimSpace(before+" "+after), ".:-/= ")
	return q, nil
}

func cutMinus(s string) (string, bool) {
	for _, minus := range []string{"-", "−", "–"} {
		if strings.HasSuffix(s, minus) {
			return strings.TrimSpace(strings.TrimSuffix(s, minus)), true
		}
		if strings.HasPrefix(s, minus) {
			return strings.TrimSpace(strings.TrimPrefix(s, minus)), true
		}
	}
	return s, false
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func endsInLetter(s string) bool {
	r := []rune(s)
	return len(r) > 0 && unicode.IsLetter(r[len(r)-1])
}

// splitNumber takes thousands separators out and returns the digits before and
// after the decimal separator.
func splitNumber(s string, decimal Decimal) (whole, fraction string, err error) {
	for _, space := range []string{" ", "\u00a0", "\u202f", "\u2009", "'", "’", "_"} {
		s = strings.ReplaceAll(s, space, "")
	}
	mark := byte(decimal)
	if decimal == GuessDecimal {
		mark = guessDecimal(s)
	}
	for i := 0; i < len(s); i++ {
		if !isDigit(rune(s[i])) && s[i] != '.' && s[i] != ',' {
			return "", "", errNoNumber
		}
	}
	other := "."
	if mark == '.' {
		other = ","
	} else if mark == 0 && strings.Contains(s, ",") {
		other = ","
	}
	at := strings.IndexByte(s, mark)
	if mark == 0 || at < 0 {
		at = len(s)
	}
	groups := strings.Split(s[:at], other)
	for _, g := range groups[1:] {
		if len(g) != 3 && len(g) != 2 { // 1,234,567 and 12,34,567
			return "", "", errNoNumber
		}
	}
	whole = strings.Join(groups, "")
	if at < len(s) {
		fraction = s[at+1:]
	}
	if strings.ContainsAny(fraction, ".,") || strings.ContainsAny(whole, ".,") {
		return "", "", errNoNumber
	}
	return whole, fraction, nil
}

// guessDecimal: of both marks the last one is the decimal mark; a mark that
// repeats groups thousands; a single comma before exactly three digits groups
// thousands; a single point is always the decimal mark.
func guessDecimal(s string) byte {
	points, commas := strings.Count(s, "."), strings.Count(s, ",")
	switch {
	case points > 0 && commas > 0:
		if strings.LastIndexByte(s, '.') > strings.LastIndexByte(s, ',') {
			return '.'
		}
		return ','
	case points == 1:
		return '.'
	case commas == 1 && (len(s)-strings.IndexByte(s, ',') != 4 || strings.HasPrefix(s, "0,")):
		return ','
	}
	return 0
}

// scaled returns the number times 10^places, rounded half away from zero;
// exact is false when digits were lost.
func (q quantity) scaled(places int) (n int64, exact bool, err error) {
	digits := q.digits
	exact = true
	if missing := places - q.scale; missing >= 0 {
		digits += strings.Repeat("0", missing)
	} else {
		lost := ""
		if keep := len(digits) + missing; keep > 0 {
			digits, lost = digits[:keep], digits[keep:]
		} else {
			digits, lost = "", strings.Repeat("0", -keep)+digits
		}
		// A far digit is the noise of a binary fraction, not a price.
		exact = strings.Trim(lost, "0") == "" || strings.HasPrefix(lost, "000000") || strings.HasPrefix(lost, "999999")
		if digits == "" {
			digits = "0"
		}
		if lost[0] >= '5' {
			defer func() { n = roundUp(n, q.negative) }()
		}
	}
	if digits == "" {
		return 0, exact, nil
	}
	if len(digits) > 18 {
		return 0, false, errTooLarge
	}
	n, err = strconv.ParseInt(digits, 10, 64)
	if q.negative {
		n = -n
	}
	return n, exact, err
}

func roundUp(n int64, negative bool) int64 {
	if negative {
		return n - 1
	}
	return n + 1
}

// formatDecimal writes an amount of minor units with a point, "1234.50".
func formatDecimal(n int64, places int) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	if places == 0 {
		return sign + s
	}
	for len(s) <= places {
		s = "0" + s
	}
	return sign + s[:len(s)-places] + "." + s[len(s)-places:]
}
