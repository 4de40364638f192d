package search

import (
	"cmp"
	"slices"
)

// place is a result with its place in the order.
type place struct {
	key uint64
	id  int64
	seg int
	doc uint32
}

func (a place) before(b place) bool { return a.key < b.key || a.key == b.key && a.id < b.id }

// top keeps the first of the places offered; once full, it is a heap with the last of them in front.
type top []place

// offer takes a place in when it is among the first n, and reports whether it was.
func (t *top) offer(p place, n int) bool {
	h := *t
	switch {
	case len(h) < n:
		if h = append(h, p); len(h) == n {
			for i := n/2 - 1; i >= 0; i-- {
				h.sink(i)
			}
		}
		*t = h
		return true
	case p.before(h[0]):
		h[0] = p
		h.sink(0)
		return true
	}
	return false
}

// sink moves the place at i below those that come after it.
func (t top) sink(i int) {
	for {
		last := 2*i + 1
		if last >= len(t) {
			return
		}
		if last+1 < len(t) && t[last].before(t[last+1]) {
			last++
		}
		if !t[i].before(t[last]) {
			return
		}
		t[i], t[last] = t[last], t[i]
		i = last
	}
}

// sort puts the places in their order.
func (t top) sort() {
	slices.SortFunc(t, func(a, b place) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.id, b.id)) })
}
