package search

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestProseReadsWhatTheSplitterReads puts texts together from pieces that touch
// each other in every way, and reads them both ways.
func TestProseReadsWhatTheSplitterReads(t *testing.T) {
	pieces := []string{" ", " ", " ", "\n", "-", "/", ".", ",", "'", "\"", "_", "&", "(", ")", "…", "—", "’", "•", "™", "\u200d",
		"ml", "inch", "inches", "kg", "a", "m", "s", "5", "350", "1,000", "2.5", "ab", "Red", "SHIRTS", "gloves", "x2", "b-52x", "wi-fi", "women's", "15.6\"",
		"é", "Straße", "කමිසය", "சட்டை", "\xff", "\x00", strings.Repeat("long", 12), strings.Repeat("longer", 9)}
	r := rand.New(rand.NewPCG(1, 2))
	read := func(text string, f func(a *analyzer) int) (words []string, n int) {
		a := newAnalyzer(newTree(nil), newValues(), newStoreList())
		n = f(a)
		for _, w := range a.words {
			if w.uses > 0 {
				words = append(words, strings.Repeat(w.text+" ", int(w.uses)))
			}
		}
		slices.Sort(words)
		return words, n
	}
	for range 10_000 {
		var b strings.Builder
		for range r.IntN(12) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		text := b.String()
		want, n := read(text, func(a *analyzer) int { return a.field(fTitle, text, 0) })
		got, m := read(text, func(a *analyzer) int { return a.prose(text) })
		if !slices.Equal(got, want) || m != n {
			t.Fatalf("%q: %d words %q\nthe splitter: %d words %q", text, m, got, n, want)
		}
	}
}

// TestWordsAreFoundAgain looks for more words than the table began with.
func TestWordsAreFoundAgain(t *testing.T) {
	a := newAnalyzer(newTree(nil), newValues(), newStoreList())
	places := map[string]uint32{}
	word := func(i int) string {
		return strings.Repeat("s", i%3) + string(rune('a'+i%26)) + strings.Repeat("xs", i%5) + number(float64(i), "")
	}
	for i := range 20_000 {
		places[word(i)] = a.place(word(i))
	}
	for w, at := range places {
		if a.words[at].text != w || a.place(w) != at || placeOf(a, []byte(w), hash(w)) != at {
			t.Fatalf("%q is at %d, where %q is", w, at, a.words[at].text)
		}
	}
}
