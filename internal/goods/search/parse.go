package search

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// group is one word of the query with all that may stand for it.
type group struct {
	text     string
	alts     []alt
	weight   float32 // how much the word tells: rare words tell more
	optional bool
	head     bool // it names the thing that is looked for
}

// alt is a stem that stands for a word, worth a share of it.
type alt struct {
	stem   string
	weight float32
}

// parsed is a query's text as understood.
type parsed struct {
	groups []group
	kinds  []uint32 // product types that the whole text names
	lo, hi uint32   // the category that the text, or else its head alone, names
	said   Understood

	rare, offered string // a word with the more usual spelling offered instead
}

// inverse is the usual inverse document frequency.
func inverse(df, n int) float32 {
	return float32(math.Log(1 + (float64(n-df)+0.5)/(float64(df)+0.5)))
}

// docFreq is in how many products a stem stands.
func (s *snapshot) docFreq(stem string) (n int) {
	for _, seg := range s.segs {
		n += seg.docFreq(stem)
	}
	return n
}

// parse reads a query's text.
func (s *snapshot) parse(text string, unfinished bool, t *tuning) *parsed {
	var split splitter
	words := slices.Clone(split.split(fold(text[:min(len(text), 1000)]), false))
	words = words[:min(len(words), maxWords)]
	p := &parsed{}
	head := headOf(words, nil)
	plain := 0
	for i, w := range words {
		g := group{text: w.text, head: i == head, optional: small[w.text]}
		joins := i > 0 && s.docFreq(stem(words[i-1].text+w.text)) > 0 || i+1 < len(words) && s.docFreq(stem(w.text+words[i+1].text)) > 0
		s.alternatives(p, &g, unfinished && i == len(words)-1, joins, t)
		p.groups = append(p.groups, g)
		if !g.optional {
			plain++
		}
	}
	s.joinPairs(p, t)
	s.whole(p, words)
	known := p.groups[:0]
	for _, g := range p.groups {
		if len(g.alts) == 0 {
			if !g.optional {
				p.said.Dropped = append(p.said.Dropped, g.text)
			}
			continue
		}
		g.optional = g.optional && plain > 0
		p.said.Words = append(p.said.Words, g.text)
		known = append(known, g)
	}
	p.groups = known
	if p.offered != "" {
		offer := slices.Clone(p.said.Words)
		offer[slices.Index(offer, p.rare)] = p.offered
		p.said.Offer = strings.Join(offer, " ")
	}
	p.said.Approximate = len(p.said.Corrected)+len(p.said.Dropped) > 0
	return p
}

// alternatives finds what may stand for a word: its stem, synonyms, and when it
// is unknown the nearest spelling or longer words that begin with it. A word
// that is known when joined with its neighbor is no typo.
func (s *snapshot) alternatives(p *parsed, g *group, unfinished, joins bool, t *tuning) {
	st := stem(g.text)
	df := s.docFreq(st)
	add := func(stem string, weight float32) {
		n := s.docFreq(stem)
		if n == 0 {
			return
		}
		if i := slices.IndexFunc(g.alts, func(a alt) bool { return a.stem == stem }); i >= 0 {
			g.alts[i].weight = max(g.alts[i].weight, weight)
			return
		}
		g.alts = append(g.alts, alt{stem, weight})
		g.weight = max(g.weight, inverse(n, s.live))
	}
	if isCode(g.text) {
		add(st, t.code)
	}
	add(st, 1)
	if df > 0 {
		g.weight = inverse(df, s.live)
	}
	for _, other := range synonyms[st] {
		w := g.weight
		if s.trusts(st, other) {
			add(other, t.synonym)
		} else if df < t.few {
			add(other, t.doubted)
		}
		if df > 0 {
			g.weight = w
		}
	}
	if unfinished && !g.optional {
		for _, c := range s.completions(g.text, 8) {
			add(stem(c.word), t.prefix)
		}
		if len(g.alts) > 0 {
			return
		}
	}
	if g.optional || len(g.alts) > 0 {
		if !g.optional {
			s.offer(p, g.text, df)
		}
		return
	}
	if joins {
		return
	}
	if best, ok := s.nearest(g.text); ok {
		add(stem(best.word), t.typo)
		p.said.Corrected = append(p.said.Corrected, Correction{g.text, best.word})
		g.text = best.word
		return
	}
	if utf8.RuneCountInString(g.text) >= 3 {
		for _, c := range s.completions(g.text, 5) {
			add(stem(c.word), t.prefix)
		}
	}
}

// trusts reports whether the catalog itself uses two words for the same
// things: some of the products with the rarer one have the other too. A
// notebook is a laptop in a computer shop, and not in a bookshop. A word that
// the catalog does not know trusts any.
func (s *snapshot) trusts(word, other string) bool {
	const enough, few, sample = 0.05, 3, 3000
	a, _, _, _ := s.segs[0].postings(word)
	b, _, _, _ := s.segs[0].postings(other)
	if len(a) == 0 || len(b) == 0 {
		return true
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	a = a[:min(len(a), sample)]
	both := 0
	for _, d := range a {
		if _, ok := slices.BinarySearch(b, d); ok {
			both++
		}
	}
	return both >= few && float64(both) >= enough*float64(len(a))
}

// isCode reports a maker's number such as "q6511a": letters and digits that are no measure.
func isCode(w string) bool {
	n := numberPrefix(w)
	return len(w) >= 4 && hasDigit(w) && !isNumber(w) && (n == 0 || units[w[n:]] == "")
}

// nearest is the likeliest known word for an unknown one.
func (s *snapshot) nearest(w string) (near, bool) {
	for _, seg := range s.segs {
		if list := seg.words.near(w); len(list) > 0 {
			return list[0], true
		}
	}
	return near{}, false
}

// offer proposes another spelling of a word that is known but rare, when a neighbor is far more usual.
func (s *snapshot) offer(p *parsed, w string, df int) {
	const rare, usual = 3, 50
	if p.offered != "" || df == 0 || df >= rare || hasDigit(w) || utf8.RuneCountInString(w) < oneTypo+1 {
		return
	}
	for _, n := range s.segs[0].words.near(w) {
		if n.word != w && int(n.uses) >= usual*df && stem(n.word) != stem(w) && n.edits == 1 {
			p.rare, p.offered = w, n.word
			return
		}
	}
}

// completions of a beginning over all segments.
func (s *snapshot) completions(prefix string, limit int) []near {
	list := s.segs[0].words.completions(prefix, limit)
	for _, seg := range s.segs[1:] {
		for _, n := range seg.words.completions(prefix, limit) {
			if !slices.ContainsFunc(list, func(o near) bool { return o.word == n.word }) {
				list = append(list, n)
			}
		}
	}
	return list[:min(limit, len(list))]
}

// joinPairs lets "smart watch" find "smartwatch" and "b 52x" find "b52x".
func (s *snapshot) joinPairs(p *parsed, t *tuning) {
	for i := 0; i+1 < len(p.groups); i++ {
		a, b := &p.groups[i], &p.groups[i+1]
		if a.optional || b.optional {
			continue
		}
		joined := stem(a.text + b.text)
		df := s.docFreq(joined)
		if df == 0 {
			continue
		}
		share := t.joined
		if isCode(joined) {
			share *= t.code
		}
		for _, g := range []*group{a, b} {
			g.alts = append(g.alts, alt{joined, share})
			if g.weight == 0 {
				g.weight = inverse(df, s.live)
			}
		}
	}
}

// whole looks whether the text as a whole names a product type or a category.
func (s *snapshot) whole(p *parsed, words []word) {
	var names []string
	for i, g := range p.groups {
		list := []string{stem(g.text)}
		if i == len(p.groups)-1 || len(p.groups) <= 3 {
			for _, other := range synonyms[list[0]] {
				if s.trusts(list[0], other) {
					list = append(list, other)
				}
			}
		}
		if i == 0 {
			names = list
			continue
		}
		var longer []string
		for _, n := range names {
			for _, w := range list {
				longer = append(longer, n+" "+w)
			}
		}
		if names = longer; len(names) > 64 {
			names = names[:64]
		}
	}
	for _, n := range names {
		if id := s.values.kind(n, false); id != 0 {
			p.kinds = append(p.kinds, id)
		}
		if c, ok := s.tree.named[n]; ok && p.lo == 0 {
			p.lo, p.hi = c, s.tree.nodes[c].end
		}
	}
	for _, g := range p.groups {
		if c, ok := s.tree.named[stem(g.text)]; ok && g.head && p.lo == 0 {
			p.lo, p.hi = c, s.tree.nodes[c].end // "kids toy" is about toys
		}
	}
}
