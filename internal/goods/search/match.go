package search

import (
	"cmp"
	"math"
	"slices"
)

// scratch holds what a query adds up for each product of a segment. It is kept
// between queries; only what was touched is cleared, so that a rare word costs
// the same in a small and in a large catalog.
type scratch struct {
	score   []float32
	current []float32 // what the present word gave
	got     []float32 // weights of the words found
	stamp   []uint16  // the last word found, counted from 1
	touched []uint32
	kept    []uint32 // those of the touched that are still wanted
}

func (c *scratch) fit(n int) {
	if len(c.score) < n {
		*c = scratch{make([]float32, n), make([]float32, n), make([]float32, n), make([]uint16, n), c.touched[:0], c.kept[:0]}
	}
}

// stamped are those of the products that group k found too.
func (c *scratch) stamped(docs []uint32, k uint16) []uint32 {
	c.kept = slices.Grow(c.kept[:0], len(docs)) // docs may be kept itself: it is written behind where it is read
	for _, d := range docs {
		if c.stamp[d] == k {
			c.kept = append(c.kept, d)
		}
	}
	return c.kept
}

func (c *scratch) clear() {
	for _, d := range c.touched {
		c.score[d], c.stamp[d], c.got[d] = 0, 0, 0
	}
	c.touched = c.touched[:0]
}

// add counts a score for group number k (from 1); of several alternatives the best counts.
func (c *scratch) add(d uint32, k uint16, v, weight float32) {
	switch {
	case c.stamp[d] != k:
		if c.stamp[d] == 0 {
			c.touched = append(c.touched, d)
		}
		c.stamp[d], c.current[d] = k, v
		c.score[d] += v
		c.got[d] += weight
	case v > c.current[d]:
		c.score[d] += v - c.current[d]
		c.current[d] = v
	}
}

// factors are what a posting's score is multiplied with, by its facts.
func (g *group) factors(a alt, headed uint8, t *tuning) (f [8]float32) {
	for facts := range f {
		gain := float32(1)
		if g.head && facts<<factBits&headOfTitle != 0 {
			share := float32(headed) / 255
			gain += t.head * share * share
		}
		if g.head && facts<<factBits&headOfKind != 0 {
			gain += t.kindHead
		}
		if g.head && facts<<factBits&aside != 0 {
			gain *= t.aside
		}
		f[facts] = gain * a.weight * impactStep
	}
	return f
}

// freq is how many postings a group has in a segment.
func (g *group) freq(s *segment) (n int) {
	for _, a := range g.alts {
		n += s.docFreq(a.stem)
	}
	return n
}

// matchAll scores the products of a segment that have every required word.
func (p *parsed) matchAll(s *segment, c *scratch, t *tuning) []uint32 {
	var need, may []*group
	for i := range p.groups {
		if g := &p.groups[i]; g.optional {
			may = append(may, g)
		} else {
			need = append(need, g)
		}
	}
	slices.SortStableFunc(need, func(a, b *group) int { return a.freq(s) - b.freq(s) })
	if len(need) == 0 || need[0].freq(s) == 0 {
		return nil
	}
	need[0].scan(s, c, 1, 0, t)
	found := c.touched
	for k, g := range need[1:] {
		if len(found)*8 < g.freq(s) {
			g.look(s, c, uint16(k+2), inOrder(found), t)
		} else {
			g.scan(s, c, uint16(k+2), uint16(k+1), t)
		}
		found = c.stamped(found, uint16(k+2))
	}
	if len(may) > 0 && len(found) > 0 {
		inOrder(found)
		for k, g := range may {
			g.look(s, c, uint16(len(need)+k+1), found, t)
		}
	}
	return found
}

// inOrder sorts products that were found by several stems; those of one are in order.
func inOrder(docs []uint32) []uint32 {
	if !slices.IsSorted(docs) {
		slices.Sort(docs)
	}
	return docs
}

// scan adds a group's scores to the products that were found by the group
// before it; to all when before is 0.
func (g *group) scan(s *segment, c *scratch, k, before uint16, t *tuning) {
	for _, a := range g.alts {
		docs, imps, id, ok := s.postings(a.stem)
		if !ok {
			continue
		}
		f := g.factors(a, s.headed[id], t)
		if before == 0 {
			for i, d := range docs {
				c.add(d, k, float32(imps[i]&impactMask)*f[imps[i]>>factBits], g.weight)
			}
			continue
		}
		for i, d := range docs {
			if st := c.stamp[d]; st == before || st == k {
				c.add(d, k, float32(imps[i]&impactMask)*f[imps[i]>>factBits], g.weight)
			}
		}
	}
}

// look does the same for a few sorted products, by leaps through the postings.
func (g *group) look(s *segment, c *scratch, k uint16, found []uint32, t *tuning) {
	for _, a := range g.alts {
		docs, imps, id, ok := s.postings(a.stem)
		if !ok {
			continue
		}
		f := g.factors(a, s.headed[id], t)
		at := 0
		for _, d := range found {
			step := 1
			for at+step < len(docs) && docs[at+step] < d {
				step *= 2
			}
			i, ok := slices.BinarySearch(docs[at:min(len(docs), at+step+1)], d)
			if at += i; at >= len(docs) {
				break
			}
			if ok {
				c.add(d, k, float32(imps[at]&impactMask)*f[imps[at]>>factBits], g.weight)
			}
		}
	}
}

// matchSome scores the products that have the telling words, the more the
// better. Words are taken by weight; once those left could not lift a product
// to the share of the best that counts, they only add to products already found.
func (p *parsed) matchSome(s *segment, c *scratch, best float32, t *tuning) float32 {
	groups := make([]*group, len(p.groups))
	left := float32(0)
	for i := range p.groups {
		groups[i] = &p.groups[i]
		left += p.groups[i].weight
	}
	slices.SortStableFunc(groups, func(a, b *group) int { return cmp.Compare(b.weight, a.weight) })
	for k, g := range groups {
		if left >= t.loose*best {
			g.scan(s, c, uint16(k+1), 0, t)
		} else if found := slices.Clone(c.touched); len(found)*8 < g.freq(s) {
			slices.Sort(found)
			g.look(s, c, uint16(k+1), found, t)
		} else {
			g.scanFound(s, c, uint16(k+1), t)
		}
		for _, d := range c.touched {
			best = max(best, c.got[d])
		}
		left -= g.weight
	}
	return best
}

// scanFound adds a group's scores to products that any group before found.
func (g *group) scanFound(s *segment, c *scratch, k uint16, t *tuning) {
	for _, a := range g.alts {
		docs, imps, id, ok := s.postings(a.stem)
		if !ok {
			continue
		}
		f := g.factors(a, s.headed[id], t)
		for i, d := range docs {
			if c.stamp[d] != 0 {
				c.add(d, k, float32(imps[i]&impactMask)*f[imps[i]>>factBits], g.weight)
			}
		}
	}
}

// matched is what a text found in every segment. It holds scratches until done.
type matched struct {
	p     *parsed
	t     *tuning
	whole float32 // weight of all words together
	most  float32 // no score grows by a larger factor in exact
	segs  []found
}

// found is what the text matched in one segment: products with either their
// postings of the only stem sought, or the scores summed up for each.
type found struct {
	docs []uint32
	word int      // number of the stem
	imps []uint16 // by place in docs
	gain [8]float32
	sums *scratch // by product; nil when imps tell
}

// match finds the products for a text in every segment. First those with all
// words; when they are few, also those with the more telling ones.
func (s *snapshot) match(p *parsed, t *tuning) *matched {
	m := &matched{p: p, t: t, most: 1, segs: make([]found, len(s.segs))}
	if len(p.groups) == 0 {
		return m
	}
	if p.lo != 0 || len(p.kinds) > 0 {
		m.most += t.kindAll
	}
	needed := 0
	for _, g := range p.groups {
		m.whole += g.weight
		if !g.optional {
			needed++
		}
	}
	if len(p.groups) == 1 && needed == 1 && len(p.groups[0].alts) == 1 {
		s.matchStem(m)
		return m
	}
	for i, seg := range s.segs {
		f := &m.segs[i]
		f.sums = getScratch(seg.n)
		f.docs = p.matchAll(seg, f.sums, t)
		p.said.Full += s.countLive(i, f.docs)
	}
	if p.said.Full < t.enough && needed != 1 {
		s.matchLoosely(m)
	}
	return m
}

// matchStem is match for a single stem, whose postings are the answer.
func (s *snapshot) matchStem(m *matched) {
	g := &m.p.groups[0]
	for i, seg := range s.segs {
		docs, imps, id, ok := seg.postings(g.alts[0].stem)
		if ok {
			m.segs[i] = found{docs: docs, word: id, imps: imps, gain: g.factors(g.alts[0], seg.headed[id], m.t)}
			m.p.said.Full += s.countLive(i, docs)
		}
	}
}

// matchLoosely finds the products with a good share of the words instead.
func (s *snapshot) matchLoosely(m *matched) {
	var best float32
	for i, seg := range s.segs {
		c := m.segs[i].sums
		c.clear()
		best = m.p.matchSome(seg, c, best, m.t)
	}
	all := 0
	for i := range s.segs {
		c := m.segs[i].sums
		c.kept = c.kept[:0]
		for _, d := range c.touched {
			if c.got[d] >= m.t.loose*best && !s.isDead(i, d) {
				c.kept = append(c.kept, d)
			}
		}
		m.segs[i].docs = c.kept
		all += len(c.kept)
	}
	m.p.said.Approximate = m.p.said.Approximate || all > m.p.said.Full
}

// done gives the scratches back: nothing of m may be used afterwards.
func (m *matched) done() {
	for i := range m.segs {
		if c := m.segs[i].sums; c != nil {
			putScratch(c)
		}
	}
}

// bound is at least the score of the product at place k. It is cheap: most
// products are not among the first, and it is all that is asked of them.
func (m *matched) bound(f *found, k int) float32 {
	if f.sums != nil {
		return f.sums.score[f.docs[k]] * m.most
	}
	imp := f.imps[k]
	return float32(imp&impactMask) * f.gain[imp>>factBits] * m.most
}

// score is the score of the product at place k.
func (m *matched) score(s *segment, f *found, k int) float32 {
	d := f.docs[k]
	var v float32
	if c := f.sums; c != nil {
		v = c.score[d]
		if share := c.got[d] / m.whole; share < 0.999 {
			v *= float32(math.Pow(float64(share), float64(m.t.coverage)))
		}
	} else {
		v = float32(f.imps[k]&impactMask) * f.gain[f.imps[k]>>factBits]
	}
	if m.p.names(s, d) {
		v *= 1 + m.t.kindAll
	}
	if !s.stocked[d] {
		v *= m.t.soldOut
	}
	return v
}

// names reports that the whole text names the product's type or category.
func (p *parsed) names(s *segment, d uint32) bool {
	if k := s.kind[d]; k != 0 && slices.Contains(p.kinds, k) {
		return true
	}
	return p.lo != 0 && s.cat[d] >= p.lo && s.cat[d] < p.hi
}

// lacks names the words that a product was found without.
func (p *parsed) lacks(s *segment, d uint32) (words []string) {
	for _, g := range p.groups {
		if !g.optional && !slices.ContainsFunc(g.alts, func(a alt) bool {
			docs, _, _, _ := s.postings(a.stem)
			_, ok := slices.BinarySearch(docs, d)
			return ok
		}) {
			words = append(words, g.text)
		}
	}
	return words
}
