package market

import (
	"strconv"
	"strings"
	"unicode"

	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
)

// Currency is a market's money and how people write it.
type Currency struct {
	Code     string // ISO 4217
	Exponent int    // digits of the minor unit
	Symbol   Names  // "Rs"
	Spaced   bool   // a space between symbol and number

	trimZero     bool   // cents are written only when they are not zero
	decimalComma bool   // people also write 12,50
	written      string // other ways people write the symbol, separated by spaces
}

// Format writes an amount for people: "Rs 1,250", "Rs 1,250.50", "€12.50".
func (p *Profile) Format(a money.Amount, lang string) string {
	c := &p.Currency
	var space [48]byte
	out := space[:0]
	u := uint64(a)
	if a < 0 {
		out, u = append(out, '-'), -u
	}
	out = append(out, c.Symbol.In(lang)...)
	if c.Spaced {
		out = append(out, ' ')
	}
	unit := c.unit()
	out = appendGrouped(out, u/unit)
	if cents := u % unit; cents != 0 || !c.trimZero && c.Exponent > 0 {
		out = append(out, '.')
		for rest := unit / 10; rest > 0; rest /= 10 {
			out = append(out, byte('0'+cents/rest%10))
		}
	}
	return string(out)
}

// Decimal writes an amount for machines: "1250.00", without symbol and groups.
func (p *Profile) Decimal(a money.Amount) string {
	unit := p.Currency.unit()
	u, sign := uint64(a), ""
	if a < 0 {
		u, sign = -u, "-"
	}
	if p.Currency.Exponent == 0 {
		return sign + strconv.FormatUint(u, 10)
	}
	cents := strconv.FormatUint(u%unit+unit, 10)[1:]
	return sign + strconv.FormatUint(u/unit, 10) + "." + cents
}

// unit is the number of minor units in one major unit.
func (c *Currency) unit() uint64 {
	unit := uint64(1)
	for range c.Exponent {
		unit *= 10
	}
	return unit
}

func appendGrouped(out []byte, n uint64) []byte {
	var space [24]byte
	digits := strconv.AppendUint(space[:0], n, 10)
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out = append(out, ',')
		}
		out = append(out, d)
	}
	return out
}

var errAmount = errs.New(errs.Invalid, "error.bad_amount")

// Parse reads what a person types as an amount: "Rs. 1,250", "1250.50",
// "LKR 1,25,000/-", in a market with decimal commas also "1.250,50". An
// amount that is not exact in minor units, negative or above money.Max is
// refused rather than rounded.
func (p *Profile) Parse(text string) (money.Amount, error) {
	c := &p.Currency
	number := c.bare(text)
	whole, fraction, ok := c.cut(number)
	if !ok || len(whole) > 15 || len(fraction) > c.Exponent || whole == "" && fraction == "" {
		return 0, errAmount
	}
	fraction += strings.Repeat("0", c.Exponent-len(fraction))
	n, err := strconv.ParseInt(whole+fraction, 10, 64)
	if err != nil || money.Amount(n) > money.Max {
		return 0, errAmount
	}
	return money.Amount(n), nil
}

// bare removes spaces, the currency's symbol or code, and the "/-" that closes a rupee amount.
func (c *Currency) bare(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, strings.ToLower(text))
	text = strings.TrimSuffix(strings.TrimSuffix(text, "/="), "/-")
	for _, mark := range strings.Fields(strings.ToLower(c.Code + " " + c.written)) {
		if rest, found := strings.CutPrefix(text, mark); found {
			return rest
		}
		if rest, found := strings.CutSuffix(text, mark); found {
			return rest
		}
	}
	return text
}

// cut splits a number at its decimal mark and removes the group marks, which
// must stand where people put them: three digits last, two (lakhs) or three before.
func (c *Currency) cut(number string) (whole, fraction string, ok bool) {
	mark, group := ".", ","
	if at := strings.LastIndexAny(number, ",."); c.decimalComma && at >= 0 && number[at] == ',' && len(number)-at-1 != 3 {
		mark, group = ",", "."
	} else if c.decimalComma && at >= 0 && number[at] == '.' && len(number)-at-1 == 3 {
		mark, group = ",", "."
	}
	whole, fraction, found := strings.Cut(number, mark)
	if found && fraction == "" || strings.ContainsFunc(fraction, notDigit) {
		return "", "", false
	}
	groups := strings.Split(whole, group)
	for i, g := range groups {
		if strings.ContainsFunc(g, notDigit) {
			return "", "", false
		}
		switch {
		case len(groups) == 1:
		case i == 0 && (g == "" || len(g) > 3),
			i == len(groups)-1 && len(g) != 3,
			i > 0 && i < len(groups)-1 && len(g) != 2 && len(g) != 3:
			return "", "", false
		}
	}
	return strings.Join(groups, ""), fraction, true
}

func notDigit(r rune) bool { return r < '0' || r > '9' }
