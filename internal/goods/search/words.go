package search

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// wordList is the vocabulary as it was written: sorted for prefixes, with a
// map from every one-letter deletion to its words for typos.
type wordList struct {
	texts string // all words, sorted, one after another
	off   []uint32
	uses  []int32  // how often it is written; 0 for a stem that nobody writes
	slots []uint32 // first entry of each slot of deletions
	dels  []uint64 // hash of a deletion and number of its word, by slot
}

// Typos are sought in words of these lengths without digits: a digit more or
// less makes another model, not a typo.
const (
	oneTypo  = 4
	twoTypos = 8
	maxTypo  = 20
)

func (l *wordList) len() int { return len(l.uses) }

func (l *wordList) word(i int) string { return l.texts[l.off[i]:l.off[i+1]] }

// from is the place of the first word that is not less than w.
func (l *wordList) from(w string) int {
	return sort.Search(l.len(), func(i int) bool { return l.word(i) >= w })
}

// find returns the place of a word.
func (l *wordList) find(w string) (int, bool) {
	i := l.from(w)
	return i, i < l.len() && l.word(i) == w
}

// index makes the map of deletions.
func (l *wordList) index() {
	var buf []byte
	for i := range l.len() {
		if w := l.word(i); l.uses[i] > 0 && correctable(w) {
			eachDeletion(w, &buf, func(h uint32) { l.dels = append(l.dels, uint64(h)<<32|uint64(i)) })
		}
	}
	slices.Sort(l.dels)
	l.dels = slices.Clip(l.dels)
	l.slots = make([]uint32, 1<<16+1)
	for _, d := range l.dels {
		l.slots[d>>48+1]++
	}
	for i := 1; i < len(l.slots); i++ {
		l.slots[i] += l.slots[i-1]
	}
}

func correctable(w string) bool {
	n := utf8.RuneCountInString(w)
	return n >= oneTypo && n <= maxTypo && !hasDigit(w)
}

// eachDeletion hashes the word and the word without each of its letters.
func eachDeletion(w string, buf *[]byte, f func(uint32)) {
	f(hash(w))
	for i, r := range w {
		*buf = append(append((*buf)[:0], w[:i]...), w[i+utf8.RuneLen(r):]...)
		f(hash(*buf))
	}
}

// FNV-1a, with the high bits brought into the low ones.
const (
	hashSeed  = uint32(2166136261)
	hashPrime = 16777619
)

func hash[T string | []byte](s T) uint32 {
	h := hashSeed
	for i := 0; i < len(s); i++ {
		h = (h ^ uint32(s[i])) * hashPrime
	}
	return h ^ h>>15
}

// near is a known word that differs from what was typed.
type near struct {
	word  string
	uses  int32
	edits int
}

// near returns the known words within one edit of w, two for a long word that
// has none within one; the likeliest first.
func (l *wordList) near(w string) []near {
	if !correctable(w) {
		return nil
	}
	found := map[uint32]int{}
	l.collect(w, w, 1, found)
	if len(found) == 0 && utf8.RuneCountInString(w) >= twoTypos && isASCII(w) {
		eachEdit(w, func(edited string) { l.collect(edited, w, 2, found) })
	}
	out := make([]near, 0, len(found))
	for i, edits := range found {
		out = append(out, near{l.word(int(i)), l.uses[i], edits})
	}
	slices.SortFunc(out, func(a, b near) int {
		return cmp.Or(a.edits-b.edits, firstLetter(w, a.word)-firstLetter(w, b.word), int(b.uses)-int(a.uses), strings.Compare(a.word, b.word))
	})
	return out
}

// firstLetter is 0 when both words begin alike: people rarely mistype the first letter.
func firstLetter(a, b string) int {
	if a[0] == b[0] {
		return 0
	}
	return 1
}

// collect finds the words that share a deletion with probe and are within limit edits of typed.
func (l *wordList) collect(probe, typed string, limit int, found map[uint32]int) {
	var buf []byte
	eachDeletion(probe, &buf, func(h uint32) {
		slot := l.dels[l.slots[h>>16]:l.slots[h>>16+1]]
		i := sort.Search(len(slot), func(i int) bool { return uint32(slot[i]>>32) >= h })
		for ; i < len(slot) && uint32(slot[i]>>32) == h; i++ {
			id := uint32(slot[i])
			if _, ok := found[id]; ok {
				continue
			}
			if e := distance(typed, l.word(int(id)), limit); e <= limit {
				found[id] = e
			}
		}
	})
}

// eachEdit yields every string within one edit of w, in letters a to z.
func eachEdit(w string, f func(string)) {
	for i := 0; i <= len(w); i++ {
		for c := byte('a'); c <= 'z'; c++ {
			f(w[:i] + string(c) + w[i:])
			if i < len(w) && w[i] != c {
				f(w[:i] + string(c) + w[i+1:])
			}
		}
		if i < len(w) {
			f(w[:i] + w[i+1:])
		}
		if i+1 < len(w) {
			f(w[:i] + w[i+1:i+2] + w[i:i+1] + w[i+2:])
		}
	}
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// distance counts insertions, deletions, substitutions and swaps of neighbors; above limit it may stop early.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > limit || len(y)-len(x) > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}

// completions returns up to limit words that begin with prefix, the most used first.
func (l *wordList) completions(prefix string, limit int) []near {
	if prefix == "" {
		return nil
	}
	var best []near
	for i := l.from(prefix); i < l.len() && strings.HasPrefix(l.word(i), prefix); i++ {
		if l.uses[i] == 0 || len(best) == limit && l.uses[i] <= best[limit-1].uses {
			continue
		}
		n := near{word: l.word(i), uses: l.uses[i]}
		at, _ := slices.BinarySearchFunc(best, n, func(a, b near) int { return cmp.Or(int(b.uses)-int(a.uses), strings.Compare(a.word, b.word)) })
		best = slices.Insert(best, at, n)
		best = best[:min(limit, len(best))]
	}
	return best
}
