// Package mask strikes passwords and card numbers out of texts that people
// type, before they are stored: nobody here needs one, so nobody shall have one.
//
// What always holds: a number is taken for a card's only when its length, the
// prefix of its issuer and its check digit fit; a word is taken for a password
// when the text says that it is one, in English, Sinhala or Tamil. A wrong
// strike costs a word that can be written again; a missed one is a secret on
// somebody's disk.
//
// Personal data: passes through; nothing is kept.
package mask

import (
	"regexp"
	"strings"
	"unicode"
)

// Struck stands in the place of what was taken out.
const Struck = "•••"

// Secrets strikes out what looks like a password or a card number and reports
// whether there was any.
func Secrets(text string) (clean string, struck bool) {
	clean = cards(text)
	clean = passwords(clean)
	return clean, clean != text
}

// groups are runs of digits with a blank, dot or dash or two between them.
var (
	run   = regexp.MustCompile(`\p{Nd}+(?:[ \x{00a0}.\-]{1,2}\p{Nd}+)*`)
	group = regexp.MustCompile(`\p{Nd}+`)
)

// cards strikes out numbers that begin and end where a group does, so that a
// part of a longer number is none.
func cards(text string) string {
	return run.ReplaceAllStringFunc(text, func(found string) string {
		at := group.FindAllStringIndex(found, -1)
		var out strings.Builder
		done := 0
		for i := 0; i < len(at); i++ {
			if last := cardAt(found, at[i:]); last >= 0 {
				out.WriteString(found[done:at[i][0]] + Struck)
				i += last
				done = at[i][1]
			}
		}
		out.WriteString(found[done:])
		return out.String()
	})
}

// cardAt returns the last of the groups that make a card's number together, -1 when they make none.
func cardAt(text string, groups [][]int) int {
	var number []byte
	for i, g := range groups {
		for _, r := range text[g[0]:g[1]] {
			if d, ok := digit(r); ok {
				number = append(number, '0'+d)
			}
		}
		switch {
		case len(number) > 19:
			return -1
		case len(number) >= 13 && issued(string(number)) && luhn(number):
			return i
		}
	}
	return -1
}

// digit is the value of a decimal digit of any script: their blocks begin at a zero.
func digit(r rune) (byte, bool) {
	if r >= '0' && r <= '9' {
		return byte(r - '0'), true
	}
	if !unicode.Is(unicode.Nd, r) {
		return 0, false
	}
	zero := r
	for zero > 0 && unicode.Is(unicode.Nd, zero-1) && r-zero < 9 {
		zero--
	}
	return byte(r - zero), true
}

// issued reports a prefix and length that card issuers use.
func issued(n string) bool {
	within := func(width int, low, high string) bool { return n[:width] >= low && n[:width] <= high }
	switch len(n) {
	case 13, 18, 19:
		return n[0] == '4' || within(2, "62", "62") || within(2, "50", "69")
	case 14:
		return within(2, "36", "36") || within(2, "38", "39") || within(3, "300", "305")
	case 15:
		return within(2, "34", "34") || within(2, "37", "37")
	case 16, 17:
		return n[0] == '4' || within(2, "51", "55") || within(4, "2221", "2720") || within(2, "50", "69") || within(4, "3528", "3589") || within(2, "81", "82")
	}
	return false
}

func luhn(n []byte) bool {
	sum := 0
	for i := range n {
		d := int(n[len(n)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// announced is a word that says a secret follows, what may stand between, and the secret.
var announced = regexp.MustCompile(`(?i)((?:\b(?:pass ?words?|passwd|passcode|pass ?phrase|pwd|pin(?: ?(?:code|number|no\.?))?|otp|cvv|cvc)\b|` +
	`මුර ?පද(?:ය|යක්)?|රහස් ?පද(?:ය|යක්)?|රහස් ?අංක(?:ය|යක්)?|පින් ?අංක(?:ය|යක්)?|` +
	`கடவு ?ச்?சொல்(?:லை|லின்|லானது)?|இரகசிய ?(?:எண்|சொல்|குறியீடு)|ரகசிய ?(?:எண்|சொல்)|பின் ?(?:எண்|நம்பர்)))` +
	`((?:\s*(?:[:=\x{2192}]|-+>?)\s*|\s+(?:is|was|are|to|වන්නේ|යනු|තමයි|என்பது|ஆவது)\s*:?\s+)|\s+)(["'“‘]?)([^\s"'”’]{3,})`)

// ordinary are words that follow without being a secret.
var ordinary = map[string]bool{"not": true, "wrong": true, "lost": true, "the": true, "same": true, "reset": true, "please": true, "and": true, "forgotten": true, "required": true, "needed": true}

func passwords(text string) string {
	return announced.ReplaceAllStringFunc(text, func(found string) string {
		m := announced.FindStringSubmatch(found)
		word, between, quote, secret := m[1], m[2], m[3], m[4]
		bare := strings.ToLower(strings.TrimRight(secret, ".,;!?)"))
		said := strings.TrimSpace(between) != "" || quote != ""
		if ordinary[bare] || !said && !mixed(secret) {
			return found
		}
		return word + between + quote + Struck
	})
}

// mixed reports a word that nobody writes in a sentence: with a digit or a sign in it.
func mixed(s string) bool {
	return strings.ContainsFunc(strings.TrimRight(s, ".,;:!?)"), func(r rune) bool {
		return unicode.IsDigit(r) || unicode.IsPunct(r) && r != '-' && r != '\'' || unicode.IsSymbol(r)
	})
}
