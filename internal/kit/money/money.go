// Package money counts amounts in minor units (cents) as integers.
//
// An Amount never carries a fraction: shares are split so that the parts sum
// to the whole. One database holds one currency, so an Amount does not repeat
// it; market.Profile knows the currency and how to write it.
package money

import (
	"errors"
	"math"
	"math/bits"
)

// Amount is a sum in minor units of the market's currency.
type Amount int64

// ErrOverflow is returned when a sum or product leaves the range of Amount.
var ErrOverflow = errors.New("money: amount out of range")

// Max bounds what any price or total may be, so that sums of orders cannot overflow.
const Max Amount = 1e14

// Add returns a+b.
func Add(a, b Amount) (Amount, error) {
	s := a + b
	if (s > a) != (b > 0) && b != 0 {
		return 0, ErrOverflow
	}
	return s, nil
}

// Times returns a*n.
func (a Amount) Times(n int64) (Amount, error) {
	if a == 0 || n == 0 {
		return 0, nil
	}
	p := int64(a) * n
	if p/n != int64(a) || (int64(a) == math.MinInt64 && n == -1) || (n == math.MinInt64 && a == -1) {
		return 0, ErrOverflow
	}
	return Amount(p), nil
}

// BasisPoints is a share in hundredths of a percent: 1500 is 15 %.
type BasisPoints int64

// Of returns the share of a, rounded half away from zero. It is exact for any amount.
func (b BasisPoints) Of(a Amount) Amount { return mulDiv(a, int64(b), 10_000) }

// Included returns the share that is contained in a when a is a gross amount
// that already includes b on top of its net part: gross*b/(10000+b).
func (b BasisPoints) Included(gross Amount) Amount { return mulDiv(gross, int64(b), 10_000+int64(b)) }

// mulDiv returns a*m/d rounded half away from zero, through 128 bits. m and d are not negative.
func mulDiv(a Amount, m, d int64) Amount {
	neg := a < 0
	u := uint64(a)
	if neg {
		u = -u
	}
	hi, lo := bits.Mul64(u, uint64(m))
	lo, carry := bits.Add64(lo, uint64(d)/2, 0)
	hi += carry
	q, _ := bits.Div64(hi, lo, uint64(d))
	if neg {
		return -Amount(q)
	}
	return Amount(q)
}

// Split divides total over the weights so that the parts sum to total and each
// part differs from its exact share by less than one minor unit. Leftover
// units go to the largest remainders, the earlier part first on a tie. Without
// any positive weight everything goes to the first part.
func Split(total Amount, weights []int64) []Amount {
	parts := make([]Amount, len(weights))
	if len(weights) == 0 {
		return parts
	}
	var sum uint64
	for _, w := range weights {
		if w > 0 {
			sum += uint64(w)
		}
	}
	if sum == 0 {
		parts[0] = total
		return parts
	}
	neg := total < 0
	rest := uint64(total)
	if neg {
		rest = -rest
	}
	whole, left := rest, rest
	remainders := make([]uint64, len(weights))
	for i, w := range weights {
		if w <= 0 {
			continue
		}
		hi, lo := bits.Mul64(whole, uint64(w))
		q, r := bits.Div64(hi, lo, sum)
		parts[i], remainders[i] = Amount(q), r
		left -= q
	}
	for ; left > 0; left-- {
		best := -1
		for i, w := range weights {
			if w > 0 && (best < 0 || remainders[i] > remainders[best]) {
				best = i
			}
		}
		parts[best]++
		remainders[best] = 0
	}
	if neg {
		for i := range parts {
			parts[i] = -parts[i]
		}
	}
	return parts
}
