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
}

func (c *scratch) fit(n int) {
	if len(c.score) < n {
		*c = scratch{make([]float32, n), make([]float32, n), make([]float32, n), make([]uint16, n), c.touched[:0]}
	}
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
		if len(g.alts) > 1 || k == 0 && len(need[0].alts) > 1 {
			slices.Sort(found)
		}
		if len(found)*8 < g.freq(s) {
			g.look(s, c, uint16(k+2), found, t)
		} else {
			g.scan(s, c, uint16(k+2), uint16(k+1), t)
		}
		kept := make([]uint32, 0, len(found))
		for _, d := range found {
			if c.stamp[d] == uint16(k+2) {
				kept = append(kept, d)
			}
		}
		found = kept
	}
	if len(may) > 0 && len(found) > 0 {
		found = slices.Clone(found)
		slices.Sort(found)
		for k, g := range may {
			g.look(s, c, uint16(len(need)+k+1), found, t)
		}
	}
	return found
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

// found is what the text matched in one segment, with a score each.
type found struct {
	docs   []uint32
	scores []float32
}

// match finds the products for a text in every segment. First those with all
// words; when they are few, also those with the more telling ones.
func (s *snapshot) match(p *parsed, t *tuning) []found {
	out := make([]found, len(s.segs))
	if len(p.groups) == 0 {
		return out
	}
	pool := make([]*scratch, len(s.segs))
	for i, seg := range s.segs {
		pool[i] = getScratch(seg.n)
		defer putScratch(pool[i])
		docs := p.matchAll(seg, pool[i], t)
		for _, d := range docs {
			if !s.isDead(i, d) {
				p.said.Full++
			}
		}
		out[i].docs = docs
	}
	whole := float32(0)
	needed := 0
	for _, g := range p.groups {
		whole += g.weight
		if !g.optional {
			needed++
		}
	}
	if p.said.Full < t.enough && needed != 1 {
		var best float32
		for i, seg := range s.segs {
			pool[i].clear()
			best = p.matchSome(seg, pool[i], best, t)
			out[i].docs = pool[i].touched
		}
		all := 0
		for i := range s.segs {
			kept := make([]uint32, 0, len(out[i].docs))
			for _, d := range out[i].docs {
				if pool[i].got[d] >= t.loose*best && !s.isDead(i, d) {
					kept = append(kept, d)
				}
			}
			out[i].docs = kept
			all += len(kept)
		}
		p.said.Approximate = p.said.Approximate || all > p.said.Full
	}
	for i, seg := range s.segs {
		out[i].scores = make([]float32, len(out[i].docs))
		c := pool[i]
		for k, d := range out[i].docs {
			v := c.score[d]
			if share := c.got[d] / whole; share < 0.999 {
				v *= float32(math.Pow(float64(share), float64(t.coverage)))
			}
			if p.names(seg, d) {
				v *= 1 + t.kindAll
			}
			if !seg.stocked[d] {
				v *= t.soldOut
			}
			out[i].scores[k] = v
		}
		out[i].docs = slices.Clone(out[i].docs)
	}
	return out
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
