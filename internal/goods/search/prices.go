package search

import (
	"math/bits"
	"slices"
	"sort"

	"aromart/internal/kit/money"
)

// grid holds the round prices, in minor units, at which price buckets may
// begin: 1, 1.5, 2, 3, 5 and 7 times a power of ten. Cell i holds the prices
// from grid[i-1] to just below grid[i].
var grid = makeGrid()

func makeGrid() (g [60]money.Amount) {
	power, i := money.Amount(100), 0
	for i < len(g) {
		for _, m := range []money.Amount{10, 15, 20, 30, 50, 70} {
			g[i] = power * m / 10
			i++
		}
		power *= 10
	}
	return g
}

// priceCell is the cell of a price, 0 to 60.
func priceCell(p money.Amount) uint {
	return uint(sort.Search(len(grid), func(i int) bool { return grid[i] > p }))
}

// priceCount counts products by the cells that their prices lie in. Most
// products have prices in neighboring cells: they meet a range unless they end
// below it or begin above it, so two counts by cell answer for any range.
type priceCount struct {
	first, last [len(grid) + 1]int32
	gaps        map[uint64]int32 // the few products with cells left out in between
}

func (c *priceCount) add(cells uint64) { c.count(cells, 1) }

// count adds n products, or takes them off, whose prices lie in the same cells.
func (c *priceCount) count(cells uint64, n int32) {
	if cells == 0 {
		return
	}
	lo, hi := bits.TrailingZeros64(cells), 63-bits.LeadingZeros64(cells)
	if bits.OnesCount64(cells) == hi-lo+1 {
		c.first[lo] += n
		c.last[hi] += n
		return
	}
	if c.gaps == nil {
		c.gaps = map[uint64]int32{}
	}
	c.gaps[cells] += n
}

// merge adds another count.
func (c *priceCount) merge(o *priceCount) {
	for i := range o.first {
		c.first[i] += o.first[i]
		c.last[i] += o.last[i]
	}
	for cells, n := range o.gaps {
		c.count(cells, n)
	}
}

// maxBuckets is how many price ranges a list offers.
const maxBuckets = 6

// buckets joins cells into a few ranges of about equal numbers of products.
func (c *priceCount) buckets() []PriceBucket {
	weight := c.first
	for cells, n := range c.gaps {
		weight[bits.TrailingZeros64(cells)] += n
	}
	total := 0
	for _, n := range weight {
		total += int(n)
	}
	if total == 0 {
		return nil
	}
	var out []PriceBucket
	from, sum, left := 0, 0, total
	for i := range weight {
		sum += int(weight[i])
		rest := maxBuckets - len(out)
		if sum*rest < left && i < len(weight)-1 || sum == 0 {
			continue
		}
		if left -= sum; left == 0 {
			i = len(weight) - 1
		}
		b := PriceBucket{Count: c.within(from, i)}
		if from > 0 {
			b.Min = grid[from-1]
		}
		if i < len(grid) {
			b.Max = grid[i] - 1
		}
		if b.Count > 0 {
			out = append(out, b)
		}
		from, sum = i+1, 0
		if left == 0 {
			break
		}
	}
	return slices.Clip(out)
}

// within counts the products with a price in the cells from lo to hi.
func (c *priceCount) within(lo, hi int) (n int) {
	for i := 0; i <= hi; i++ {
		n += int(c.first[i])
	}
	for i := 0; i < lo; i++ {
		n -= int(c.last[i])
	}
	want := (uint64(1)<<(hi-lo+1) - 1) << lo
	for cells, k := range c.gaps {
		if cells&want != 0 {
			n += int(k)
		}
	}
	return n
}
