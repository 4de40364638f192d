package search

import "aromart/internal/kit/memo"

// tally is what counts of all postings of one stem in one segment, without
// regard to stock: the part of its facets that never changes, however often
// products are replaced or sold. Later versions of products are in other
// segments; the dead ones are taken off again, see counts.stem.
type tally struct {
	cats, stores []int32
	stars        [5]int32
	prices       priceCount
	vals         []valueTally
}

type valueTally struct {
	id    uint32
	count int32
}

// A tally is kept for stems with so many postings, and for so many stems of a
// segment; one takes about 30 kB in a large catalog.
const (
	tallyFrom  = 2000
	maxTallies = 64
)

// tallies are those of a segment and of its copies with other stock, by word.
type tallies = memo.Map[int, *tally]

// stem counts the postings of one stem but for the dead among them. docs are
// the postings, live those of them that are results.
func (c *counts) stem(w *walk, seg, word int, docs, live []uint32) {
	s := w.s.segs[seg]
	y, known := s.tallies.Get(word)
	if !known {
		own := newCounts(w)
		own.columns(w, s, docs)
		y = own.tally()
		own.free()
		s.tallies.Put(word, y)
	}
	c.add(y)
	if len(live) < len(docs) {
		for _, d := range docs {
			if w.s.isDead(seg, d) {
				c.remove(s, d)
			}
		}
		c.forgetZeros()
	}
	c.stock(w, s, live)
}

// tally copies the counts.
func (c *counts) tally() *tally {
	y := &tally{cats: append([]int32(nil), c.cats...), stores: append([]int32(nil), c.stores...), stars: c.stars, prices: c.prices,
		vals: make([]valueTally, len(c.touched))}
	for i, id := range c.touched {
		y.vals[i] = valueTally{id, c.vals[id]}
	}
	return y
}

func (c *counts) add(y *tally) {
	for i, n := range y.cats {
		c.cats[i] += n
	}
	for i, n := range y.stores[:min(len(y.stores), len(c.stores))] { // a later snapshot may know more stores; none of them is of this segment
		c.stores[i] += n
	}
	for i, n := range y.stars {
		c.stars[i] += n
	}
	c.prices.merge(&y.prices)
	for _, v := range y.vals {
		if c.vals[v.id] == 0 {
			c.touched = append(c.touched, v.id)
		}
		c.vals[v.id] += v.count
	}
}

// remove takes off what a product that is dead now added to a tally.
func (c *counts) remove(s *segment, d uint32) {
	c.cats[s.cat[d]]--
	c.stores[s.store[d]]--
	if s.rated[d] != 0 {
		c.stars[starsOf(s, d)]--
	}
	c.prices.count(s.cells[d], -1)
	for _, v := range s.valIDs[s.valOff[d]:s.valOff[d+1]] {
		c.vals[v]--
	}
}

// forgetZeros lets go of values that only dead products had.
func (c *counts) forgetZeros() {
	kept := c.touched[:0]
	for _, id := range c.touched {
		if c.vals[id] != 0 {
			kept = append(kept, id)
		}
	}
	c.touched = kept
}
