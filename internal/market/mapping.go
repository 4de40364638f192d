package market

import (
	"strconv"
	"strings"
	"unicode"
)

// notSold are the branches of the taxonomy that no category takes: adult goods
// and weapons, tobacco, alcohol, live animals.
var notSold = []string{
	"Mature", "Food, Beverages & Tobacco > Tobacco Products",
	"Food, Beverages & Tobacco > Beverages > Alcoholic Beverages", "Animals & Pet Supplies > Live Animals",
}

// MapGoogle returns the category that an id of the Google product taxonomy
// falls under: itself, or the nearest ancestor that the tree has. It is false
// for an unknown id and for what the marketplace does not sell.
func MapGoogle(id int64) (category int64, ok bool) {
	category = loadTree().ofGoogle[id]
	return category, category != 0
}

// MapCategory finds the category for what an import calls one: an id of the
// Google taxonomy ("2271"), a path ("Apparel & Accessories > Clothing >
// Dresses", also of Shopify's taxonomy, which differs below the second level),
// or words ("Cotton sarees", "Men/Shirts"). The last words decide; the known
// beginning of a path bounds where they may lead. It is false when nothing fits.
func MapCategory(text string) (category int64, ok bool) {
	text = strings.TrimSpace(text)
	if id, err := strconv.ParseInt(text, 10, 64); err == nil {
		return MapGoogle(id)
	}
	t := loadTree()
	segments := pathSegments(text)
	base, rest := t.knownPrefix(segments)
	if rest < 0 {
		return 0, false
	}
	for i := len(segments) - 1; i >= rest; i-- {
		if id, found := t.lookup(segments[i], base == 0); found && t.isWithin(id, base) {
			return id, true
		}
	}
	return base, base != 0
}

// pathSegments cuts a path at > where it has one, else at the other marks that shops use.
func pathSegments(text string) []string {
	marks := ">›»"
	if !strings.ContainsAny(text, marks) {
		marks = `|/\`
	}
	var out []string
	for s := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(marks, r) }) {
		if n := normalize(s); n != "" {
			out = append(out, n)
		}
	}
	return out
}

// knownPrefix returns the category of the longest beginning of the path that
// the taxonomy has, and how many segments it covers; -1 for what is not sold.
func (t *tree) knownPrefix(segments []string) (category int64, n int) {
	const deepest = 7 // levels of the taxonomy
	for n = min(len(segments), deepest); n > 0; n-- {
		if id, known := t.byPath[strings.Join(segments[:n], " > ")]; known {
			if id == 0 {
				return 0, -1
			}
			return id, n
		}
	}
	return 0, 0
}

// lookup finds words: all of them, or the last ones, because those name the
// thing ("cotton sarees"); what follows "for", "with" or "in" describes it. Of
// several things ("Mops, wipers") the last known one counts; a guess may also
// take an earlier one, or "kitchen" for "kitchen accessories".
func (t *tree) lookup(words string, guess bool) (int64, bool) {
	if id, known := t.byWords[words]; known {
		return id, true
	}
	for _, mark := range []string{" for ", " with ", " in ", " of "} {
		if before, _, found := strings.Cut(words, mark); found {
			words = before
		}
	}
	if id, known := t.lastWords(words, guess); known || !guess {
		return id, known
	}
	for before, _, found := cutLast(words, " and "); found; before, _, found = cutLast(before, " and ") {
		if id, known := t.lastWords(before, guess); known {
			return id, true
		}
	}
	return 0, false
}

// lastWords finds the longest known ending of words; a guess may also take that
// of what stands before a word that names nothing by itself.
func (t *tree) lastWords(words string, guess bool) (int64, bool) {
	for rest := words; rest != ""; _, rest, _ = strings.Cut(rest, " ") {
		if id, known := t.byWords[rest]; known {
			return id, true
		}
	}
	if before, last, found := cutLast(words, " "); found && guess && generic[last] {
		return t.lastWords(before, guess)
	}
	return 0, false
}

var generic = map[string]bool{"accessory": true, "supply": true, "product": true, "item": true, "set": true, "kit": true,
	"need": true, "store": true, "care": true, "equipment": true, "part": true, "gear": true, "collection": true, "good": true}

func cutLast(s, sep string) (before, after string, found bool) {
	at := strings.LastIndex(s, sep)
	if at < 0 {
		return s, "", false
	}
	return s[:at], s[at+len(sep):], true
}

// isWithin reports whether a category is base or stands below it in our tree;
// everything is within 0.
func (t *tree) isWithin(id, base int64) bool {
	for at := id; at != 0 && base != 0; at = t.list[t.byID[at]].Parent {
		if at == base {
			return true
		}
	}
	return base == 0
}

// learnWords fills the paths and the words: what the list names explicitly
// comes first, then names, then parts of names ("Hats & caps" is also "caps").
func (t *tree) learnWords(rows [][]string) {
	learn := func(words string, id int64) {
		if n := normalize(words); n != "" && t.byWords[n] == 0 {
			t.byWords[n] = id
		}
	}
	for _, path := range notSold {
		t.byPath[strings.Join(pathSegments(path), " > ")] = 0
	}
	for _, f := range rows {
		id := mustInt(f[0], 10)
		t.byPath[strings.Join(pathSegments(f[6]), " > ")] = id
		for words := range strings.SplitSeq(f[7], ",") {
			learn(words, id)
		}
	}
	for _, f := range rows {
		id := mustInt(f[0], 10)
		for _, name := range f[3:6] {
			learn(name, id)
		}
		learn(f[6][strings.LastIndex(f[6], ">")+1:], id)
	}
	for _, f := range rows {
		for part := range strings.FieldsFuncSeq(f[3], func(r rune) bool { return r == '&' || r == ',' }) {
			learn(part, mustInt(f[0], 10))
		}
	}
}

var spellings = strings.NewReplacer("&", " and ", ",", " and ", "+", " and ", "'", "", "’", "", "é", "e", "è", "e", "ê", "e")

// normalize makes different ways of writing equal: lowercase, "&" and commas
// as "and", no punctuation, English words in the singular.
func normalize(text string) string {
	text = spellings.Replace(strings.ToLower(text))
	words := strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '\u200d'
	})
	out := words[:0]
	for _, w := range words {
		if w = singular(w); w != "and" || len(out) > 0 && out[len(out)-1] != "and" {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

// singular is right often enough to compare words with each other; it need not be a word.
func singular(w string) string {
	switch {
	case len(w) < 4 || strings.HasSuffix(w, "ss") || strings.HasSuffix(w, "us"):
		return w
	case strings.HasSuffix(w, "ies"):
		return w[:len(w)-3] + "y"
	case strings.HasSuffix(w, "ie"): // hoodie, which the case above makes of hoodies
		return w[:len(w)-2] + "y"
	case strings.HasSuffix(w, "shes"), strings.HasSuffix(w, "ches"), strings.HasSuffix(w, "sses"), strings.HasSuffix(w, "xes"):
		return w[:len(w)-2]
	case strings.HasSuffix(w, "s"):
		return w[:len(w)-1]
	}
	return w
}
