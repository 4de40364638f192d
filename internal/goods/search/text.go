package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold is the form in which words are compared: NFC, lower case, no accents on
// Latin, Greek and Cyrillic letters. The vowel signs of Sinhala and Tamil stay,
// because there they make another word; joiners go, because typists differ in
// setting them.
func fold(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return foldUnicode(s)
		}
	}
	return strings.ToLower(s)
}

// signs would otherwise become letters of the word before them.
var signs = strings.NewReplacer("™", " ", "®", " ", "©", " ", "℠", " ", "º", " ", "ª", " ")

func foldUnicode(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	simple := false // the last base letter belongs to a script whose marks are accents
	for _, r := range norm.NFKD.String(signs.Replace(s)) {
		r = unicode.ToLower(r)
		switch {
		case r == '\u200d' || r == '\u200c' || r == '\u00ad' || r == '\ufeff':
			continue
		case unicode.Is(unicode.Mn, r) && simple:
			continue
		case r == 'ß':
			b.WriteString("ss")
			continue
		case r == 'ø':
			r = 'o'
		case r == 'ı':
			r = 'i'
		case r == '’' || r == '‘' || r == 'ʼ':
			r = '\''
		case r == '”' || r == '“' || r == '″':
			r = '"'
		case r == '–' || r == '—' || r == '‑' || r == '‐':
			r = '-'
		}
		if !unicode.Is(unicode.M, r) {
			simple = unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic)
		}
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String())
}

// units are the words that, after a number, make one word with it, so that
// "350 ml", "350ml" and "350 ML" are the same word. The value is the one spelling kept.
var units = map[string]string{
	"ml": "ml", "cl": "cl", "l": "l", "ltr": "l", "litre": "l", "litres": "l", "liter": "l", "liters": "l",
	"mg": "mg", "g": "g", "gm": "g", "gms": "g", "gr": "g", "gram": "g", "grams": "g", "kg": "kg", "kgs": "kg", "oz": "oz", "lb": "lb", "lbs": "lb",
	"mm": "mm", "cm": "cm", "m": "m", "mtr": "m", "meter": "m", "metre": "m", "meters": "m", "metres": "m", "ft": "ft", "feet": "ft", "foot": "ft",
	"inch": "inch", "inches": "inch", "kb": "kb", "mb": "mb", "gb": "gb", "tb": "tb", "w": "w", "watt": "w", "watts": "w", "kw": "kw", "v": "v", "volt": "v", "volts": "v",
	"a": "a", "ah": "ah", "mah": "mah", "wh": "wh", "hz": "hz", "khz": "khz", "mhz": "mhz", "ghz": "ghz", "mp": "mp", "megapixel": "mp", "megapixels": "mp",
	"mbps": "mbps", "gbps": "gbps", "dpi": "dpi", "rpm": "rpm", "btu": "btu",
}

// spacedUnits are too often words of their own to be taken as a unit after a space.
var spacedUnits = map[string]bool{"a": true, "l": true, "m": true, "v": true, "w": true}

// word is one token of a folded text.
type word struct {
	text  string
	extra bool // another form of a word beside it: counts for finding, not for length
	after byte // what stands between this word and the next: a space, or the last mark of the gap
	start int  // where it begins in the folded text
}

// splitter cuts folded text into words. It is reused between texts; not safe for concurrent use.
type splitter struct {
	words []word
	parts []string
}

// maxWord bounds a word; longer runs are noise (keys, encoded data).
const maxWord = 48

// split returns the words of a folded text. With forms it adds the other
// forms under which a word may be looked for: "b-52x" also as "b52x", "350ml" also as "350".
// The result is valid until the next call.
func (p *splitter) split(s string, forms bool) []word {
	p.words = p.words[:0]
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		if !isWordRune(r) {
			if n := len(p.words); n > 0 && r != ' ' {
				p.mark(byte(min(r, 0x7f)), s, i)
			}
			i += size
			continue
		}
		end := chunkEnd(s, i)
		p.chunk(s[i:end], i, forms)
		i = end
	}
	return p.words
}

// mark notes a punctuation mark after the last word; an inch mark after a number becomes its unit.
func (p *splitter) mark(r byte, s string, at int) {
	k := len(p.words) - 1
	for k > 0 && p.words[k].extra {
		k--
	}
	w := &p.words[k]
	if r == '"' && w.start+len(w.text) == at && isNumber(w.text) {
		w.text += "inch"
		return
	}
	w.after = r
}

// chunkEnd returns the end of the run of word runes and inner joints that begins at i.
func chunkEnd(s string, i int) int {
	last := rune(0)
	for i < len(s) {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		if !isWordRune(r) {
			if !isJoint(r) || !isWordRune(last) || i+size >= len(s) {
				return i
			}
			next, _ := utf8.DecodeRuneInString(s[i+size:])
			if !isWordRune(next) || r == ',' && !(isDigit(last) && isDigit(next)) {
				return i
			}
		}
		last = r
		i += size
	}
	return i
}

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
}

func isJoint(r rune) bool {
	return r == '-' || r == '/' || r == '.' || r == ',' || r == '\'' || r == '_'
}
func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// chunk adds the words of one run such as "b-52x", "15.6", "wi-fi", "women's", "350ml".
func (p *splitter) chunk(s string, start int, forms bool) {
	if isNumber(s) {
		p.number(strings.ReplaceAll(s, ",", ""), start)
		return
	}
	first := len(p.words)
	p.parts = p.parts[:0]
	from := 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && !isJoint(rune(s[i])) {
			continue
		}
		if i < len(s) && s[i] == '.' && i > from && isNumber(s[from:i]) && i+1 < len(s) && isDigit(rune(s[i+1])) {
			continue // a decimal point: "2.5ghz"
		}
		part := s[from:i]
		if part == "s" && from > 0 && s[from-1] == '\'' {
			part = ""
		}
		if part != "" && len(part) <= maxWord {
			p.parts = append(p.parts, part)
			p.one(part, start+from, forms)
		}
		from = i + 1
	}
	if !forms || len(p.parts) < 2 || len(p.parts) > 4 || len(s) > 24 {
		return
	}
	if joined := strings.Join(p.parts, ""); strings.Contains(s, "-") || hasDigit(joined) && len(joined) > 3 {
		p.words = append(p.words, word{text: joined, extra: true, after: ' ', start: p.words[first].start})
	}
}

// one adds a word without joints, or a number with its unit.
func (p *splitter) one(s string, start int, forms bool) {
	if n := numberPrefix(s); n > 0 && n < len(s) {
		if unit, ok := units[s[n:]]; ok {
			p.words = append(p.words, word{text: s[:n] + unit, after: ' ', start: start})
			if forms {
				p.words = append(p.words, word{text: s[:n], extra: true, after: ' ', start: start})
			}
			return
		}
	}
	if n := len(p.words); n > 0 && len(s) > 0 && !isDigit(rune(s[0])) {
		if unit, ok := units[s]; ok && !spacedUnits[s] && p.words[n-1].after == ' ' && isNumber(p.words[n-1].text) {
			bare := p.words[n-1]
			p.words[n-1].text += unit
			if forms {
				bare.extra = true
				p.words = append(p.words, bare)
			}
			return
		}
	}
	p.words = append(p.words, word{text: s, after: ' ', start: start})
}

func (p *splitter) number(s string, start int) {
	if len(s) <= maxWord {
		p.words = append(p.words, word{text: s, after: ' ', start: start})
	}
}

// numberPrefix is the length of the decimal number that s begins with.
func numberPrefix(s string) int {
	i := 0
	for i < len(s) && (isDigit(rune(s[i])) || s[i] == '.' && i > 0 && i+1 < len(s) && isDigit(rune(s[i+1]))) {
		i++
	}
	return i
}

// isNumber reports a plain number: digits with an optional point or thousands commas.
func isNumber(s string) bool {
	digits, dots := 0, 0
	for i := 0; i < len(s); i++ {
		switch {
		case isDigit(rune(s[i])):
			digits++
		case s[i] == '.' && dots == 0 && i > 0 && i+1 < len(s):
			dots++
		case s[i] == ',' && dots == 0 && i > 0 && len(s)-i >= 4 && (len(s) == i+4 || s[i+4] == ',' || s[i+4] == '.'):
		default:
			return false
		}
	}
	return digits > 0
}

func hasDigit(s string) bool {
	for i := 0; i < len(s); i++ {
		if isDigit(rune(s[i])) {
			return true
		}
	}
	return false
}
