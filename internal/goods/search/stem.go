package search

import (
	"bufio"
	_ "embed"
	"strings"
)

// stem brings the plural and the singular of an English word together. It is
// light on purpose: stemmers that also cut -ing and -er make one word of
// "gaming" and "games", "printer" and "print", which are different goods.
// Words with digits and words of other scripts stay as they are; for Sinhala and
// Tamil see stemIndic.
func stem(w string) string {
	n := len(w)
	if n > 0 && w[0] == 0xe0 { // the first byte of Sinhala and Tamil letters, among others
		return stemIndic(w)
	}
	if n < 4 || w[n-1] != 's' {
		return w
	}
	for i := 0; i < n; i++ {
		if w[i] < 'a' || w[i] > 'z' {
			return w
		}
	}
	switch {
	case strings.HasSuffix(w, "ss"), strings.HasSuffix(w, "us"), strings.HasSuffix(w, "is"):
		return w
	case strings.HasSuffix(w, "ies") && n > 4:
		return w[:n-3] + "y"
	case strings.HasSuffix(w, "xes"), strings.HasSuffix(w, "sses"), strings.HasSuffix(w, "ches"), strings.HasSuffix(w, "shes"), strings.HasSuffix(w, "zzes"):
		return w[:n-2]
	case strings.HasSuffix(w, "ves") && n > 5:
		return w[:n-1] // "gloves", "sleeves"; "knives" is left to the typo search
	}
	return w[:n-1]
}

// indicEndings bring together the forms in which Sinhala and Tamil nouns stand
// in names of categories and in what people type: singular and plural, definite
// and indefinite, a few cases. The first that fits is replaced.
var indicEndings = []struct{ ending, by string }{
	{"වලින්", ""}, {"වලට", ""}, {"වල", ""}, {"යක්", ""}, {"යේ", ""}, {"ය", ""}, {"ක්", ""}, {"්", ""},
	{"ங்களுக்கு", "ம்"}, {"ங்களின்", "ம்"}, {"ங்களில்", "ம்"}, {"ங்களை", "ம்"}, {"ங்கள்", "ம்"}, {"ட்கள்", "ள்"}, {"ற்கள்", "ல்"},
	{"களுக்கு", ""}, {"களின்", ""}, {"களில்", ""}, {"களை", ""}, {"கள்", ""},
}

// stemIndic takes an ending off when at least two letters are left.
func stemIndic(w string) string {
	const letter = 3 // bytes
	for _, e := range indicEndings {
		if rest, ok := strings.CutSuffix(w, e.ending); ok && len(rest) >= 2*letter {
			return rest + e.by
		}
	}
	return w
}

// small words say how others belong together; a query need not find them.
var small = set("a an and at by de des du for from in is la le of on or the to und with without mit für pour && & w")

// cuts end the phrase that names a thing: "case for iPhone", "cart with wheels".
var cuts = set("for with without from to of by in on at compatible supports supporting fits fit includes including incl w mit für pour")

func set(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// headOf returns the index of the word that says what the thing is: the last
// plain word of the first phrase, so "bag" in "Laptop Bag 15.6 inch for women,
// black". skip, which may be nil, tells of a word whether it only describes (colors,
// option values). -1 if there is none.
func headOf(words []word, skip func(i int) bool) int {
	head, seen := -1, 0
	for i, w := range words {
		if w.extra {
			continue
		}
		measure := len(w.text) > 0 && isDigit(rune(w.text[0])) && !isNumber(w.text) && numberPrefix(w.text) < len(w.text) && units[w.text[numberPrefix(w.text):]] != ""
		if head >= 0 && (cuts[w.text] || measure) {
			break
		}
		seen++
		if len(w.text) > 1 && !hasDigit(w.text) && !small[w.text] && (skip == nil || !skip(i)) {
			head = i
		}
		if w.after != ' ' && w.after != '/' && w.after != '&' && w.after != '\'' && head >= 0 && seen > 1 {
			break
		}
	}
	return head
}

//go:embed synonyms.txt
var synonymText string

// synonyms maps the stem of a word to the stems of words that shops use for the same thing.
var synonyms = readSynonyms(synonymText)

func readSynonyms(text string) map[string][]string {
	m := map[string][]string{}
	lines := bufio.NewScanner(strings.NewReader(text))
	var p splitter
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "#") {
			continue
		}
		var group []string
		for _, w := range p.split(fold(line), false) {
			group = append(group, stem(w.text))
		}
		for i, a := range group {
			for j, b := range group {
				if i != j && a != b {
					m[a] = append(m[a], b)
				}
			}
		}
	}
	return m
}
