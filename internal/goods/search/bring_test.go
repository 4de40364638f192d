package search

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"aromart/internal/goods/delivery"
	"aromart/internal/market"
	"aromart/internal/people/seller"
)

// Three stores as the random products have them: one free above a sum, one by
// zone and weight that does not go everywhere, one with a slow cheap way and a fast dear one.
var testStores = []seller.Store{{ID: 1, Seller: 11}, {ID: 2, Seller: 12, PackDays: 2}, {ID: 3, Seller: 13, PackDays: 1}}

var testMethods = map[seller.ID][]delivery.Method{
	11: {{Kind: delivery.FreeOver, Price: 20_000, FreeAbove: 100_000}},
	12: {{Kind: delivery.ZoneWeight, Rates: []delivery.Rate{{Zone: "metro", MaxWeight: 1000, Price: 0}, {Zone: "metro", MaxWeight: 2000, Price: 30_000}, {Zone: "main", MaxWeight: 1000, Price: 10_000}}}},
	13: {{Kind: delivery.Flat, Price: 15_000, ExtraDays: 3}, {Kind: delivery.Flat, Price: 40_000}, {Kind: delivery.FreeOver, Price: 15_000, FreeAbove: 150_000, ExtraDays: 1}},
}

// testBoard is one of six: three zones, before and after a cut-off.
func testBoard(n int) *delivery.Board { return testBoards()[n] }

var testBoards = sync.OnceValue(func() (list []*delivery.Board) {
	m, _ := market.ByCode("lk")
	for n := range 6 {
		list = append(list, delivery.NewBook(m, testStores, testMethods).Board(testPlaces[n%3], boardTime(n)))
	}
	return list
})

func boardTime(n int) time.Time { return time.Date(2026, 11, 26, 6+6*(n/3), 0, 0, 0, time.UTC) }

var testPlaces = []market.Place{placeIn("metro"), placeIn("main"), placeIn("outer")}

func placeIn(zone string) market.Place {
	m, _ := market.ByCode("lk")
	for _, d := range m.Districts() {
		if p, known := m.Place(d.ID); known && p.Zone.ID == zone {
			return p
		}
	}
	panic("no place in " + zone)
}

// bringing is the definition: the offer that the checkout begins with, for a variant that is in stock.
func bringing(d *Doc, v *Variant, b *delivery.Board) (cost int64, first, last int, ok bool) {
	if b == nil || !v.InStock {
		return 0, 0, 0, false
	}
	m, _ := market.ByCode("lk")
	st := testStores[d.StoreID-1]
	offers := delivery.Offers(testMethods[st.Seller], b.Zone, v.WeightG, v.Price)
	if len(offers) == 0 {
		return 0, 0, 0, false
	}
	for n := range 6 {
		if testBoard(n).Sum == b.Sum {
			from, to := m.DeliveryWindow(boardTime(n), st.PackDays+offers[0].ExtraDays, testPlaces[n%3].ID)
			return int64(offers[0].Cost), m.DayNumber(from), m.DayNumber(to), true
		}
	}
	panic("unknown board")
}

// TestSortsOfDelivery holds the two orders against the definition.
func TestSortsOfDelivery(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 21))
		ix, docs := changedIndex(r)
		byID := map[int64]*Doc{}
		for i := range docs {
			byID[docs[i].ID] = &docs[i]
		}
		for n := range 6 {
			b := testBoard(n)
			total := func(c Card) (int64, bool) {
				best, found := int64(0), false
				for _, v := range byID[c.ID].Variants {
					if cost, _, _, ok := bringing(byID[c.ID], &v, b); ok && (!found || int64(v.Price)+cost < best) {
						best, found = int64(v.Price)+cost, true
					}
				}
				return best, found
			}
			day := func(c Card) (int64, bool) {
				best, found := int64(0), false
				for _, v := range byID[c.ID].Variants {
					if _, first, last, ok := bringing(byID[c.ID], &v, b); ok && (!found || int64(last)<<32+int64(first) < best) {
						best, found = int64(last)<<32+int64(first), true
					}
				}
				return best, found
			}
			for sort, value := range map[Sort]func(Card) (int64, bool){ByTotal: total, ByArrival: day} {
				res, err := ix.Search(context.Background(), Query{Delivery: b, Sort: sort, Limit: MaxLimit})
				if err != nil || res.Total != len(docs) {
					t.Fatal(res.Total, len(docs), err)
				}
				if !slices.IsSortedFunc(res.Hits, func(x, y Card) int {
					a, comes := value(x)
					b, also := value(y)
					switch {
					case comes && !also:
						return -1
					case !comes && also:
						return 1
					case !comes: // those sold out are the last
						return boolInt(!x.InStock) - boolInt(!y.InStock)
					}
					return int(min(1, max(-1, a-b)))
				}) {
					t.Fatalf("seed %d, board %d: %s is out of order", seed, n, sort)
				}
			}
		}
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestBoardsThatSayTheSameAreOne: a book that is read anew each second costs
// nothing; one with another price is worked out anew.
func TestBoardsThatSayTheSameAreOne(t *testing.T) {
	ix, _ := changedIndex(rand.New(rand.NewPCG(1, 22)))
	s := ix.now.Load()
	first := s.segs[0].bring(testBoard(0), s.shops)
	m, _ := market.ByCode("lk")
	if s.segs[0].bring(delivery.NewBook(m, testStores, testMethods).Board(testPlaces[0], boardTime(0)), s.shops) != first {
		t.Error("a board that says the same is worked out again")
	}
	if s.segs[0].bring(testBoard(3), s.shops) == first {
		t.Error("after the cut-off the old days are still there")
	}
	s.segs[0].bring(testBoard(1), s.shops)
	if n := len(s.segs[0].brought.kept); n != 2 {
		t.Errorf("%d boards are kept for two zones", n)
	}
}
