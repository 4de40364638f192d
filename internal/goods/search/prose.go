package search

import "unicode/utf8"

// What a byte of a folded text is to prose.
const (
	gap    = iota // ends a word
	joint         // may hold two words together
	letter        // a to z
	other         // digits and what is beyond ASCII: for the splitter
)

var byteKinds = func() (kinds [256]uint8) {
	for i := range kinds {
		switch r := rune(i); {
		case r >= 'a' && r <= 'z':
			kinds[i] = letter
		case isDigit(r) || r >= utf8.RuneSelf:
			kinds[i] = other
		case isJoint(r) && r != ',': // a comma holds numbers together only
			kinds[i] = joint
		}
	}
	return kinds
}()

// prose adds the words of a description and returns their number. Nearly all
// of them are plain: letters between gaps, which are taken as they are met. A
// stretch with anything else in it goes through the splitter, up to and with
// the next plain word, for what stands before a plain word does not change what comes after it.
func (a *analyzer) prose(text string) (n int) {
	s := a.fold(text)
	for i := 0; i < len(s); {
		switch byteKinds[s[i]] {
		case gap, joint:
			i++
			continue
		case letter:
			if end, h, ok := plainWord(s, i); ok {
				a.count(fText, placeOf(a, s[i:end], h))
				n++
				i = end
				continue
			}
		}
		end := stretch(s, i)
		for _, w := range a.split.split(string(s[i:end]), true) {
			a.count(fText, a.place(w.text))
			if !w.extra {
				n++
			}
		}
		i = end
	}
	return n
}

// fold is the function of that name, into a buffer where it can.
func (a *analyzer) fold(text string) []byte {
	a.lower = append(a.lower[:0], text...)
	for i, c := range a.lower {
		if c >= utf8.RuneSelf {
			a.lower = append(a.lower[:0], foldUnicode(text)...)
			break
		}
		if c >= 'A' && c <= 'Z' {
			a.lower[i] = c + 'a' - 'A'
		}
	}
	return a.lower
}

// plainWord returns the end of the letters that begin at i and their hash, and
// whether they are a word by themselves.
func plainWord(s []byte, i int) (end int, h uint32, ok bool) {
	h = hashSeed
	for end = i; end < len(s) && byteKinds[s[end]] == letter; end++ {
		h = (h ^ uint32(s[end])) * hashPrime
	}
	h ^= h >> 15
	if end-i > maxWord {
		return end, h, false
	}
	if end == len(s) || byteKinds[s[end]] == gap {
		return end, h, true
	}
	return end, h, byteKinds[s[end]] == joint && (end+1 == len(s) || byteKinds[s[end+1]] < letter)
}

// stretch returns the end of the first plain word after what begins at i, or of the text.
func stretch(s []byte, i int) int {
	for i < len(s) {
		for i < len(s) && byteKinds[s[i]] != gap {
			i++
		}
		for i < len(s) && byteKinds[s[i]] < letter {
			i++
		}
		if i < len(s) && byteKinds[s[i]] == letter {
			if end, _, ok := plainWord(s, i); ok {
				return end
			}
		}
	}
	return i
}
