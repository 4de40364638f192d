package checkout_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"aromart/internal/goods/catalog"
	"aromart/internal/goods/inventory"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/trade/fulfillment"
	"aromart/internal/trade/order"
)

// rounds is how often a proof is repeated: all of them with
// AROMART_TEST_FULL, fewer otherwise, fewest with -short.
func rounds(usual, full int) int {
	switch {
	case os.Getenv("AROMART_TEST_FULL") != "":
		return full
	case testing.Short():
		return 1
	}
	return usual
}

// stockInput is one act on the stock of a variant.
type stockInput struct {
	act     string // buy, cancel, restock, read
	variant int
	n       int64
}

// stockOutput is what its caller was told.
type stockOutput struct {
	granted bool
	left    int64 // of a read
}

// stockModel is a counter per variant: a purchase is granted exactly when
// enough is there, and a read tells the present number.
func stockModel(opening []int64) porcupine.Model {
	return porcupine.Model{
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			byVariant := make([][]porcupine.Operation, len(opening))
			for _, op := range history {
				v := op.Input.(stockInput).variant
				byVariant[v] = append(byVariant[v], op)
			}
			return byVariant
		},
		Init: func() any { return int64(-1) }, // the opening stock is known once the variant is
		Step: func(state, input, output any) (bool, any) {
			in, out, have := input.(stockInput), output.(stockOutput), state.(int64)
			if have < 0 {
				have = opening[in.variant]
			}
			switch in.act {
			case "buy":
				if out.granted {
					return have >= in.n, have - in.n
				}
				return have < in.n, have
			case "cancel", "restock":
				return true, have + in.n
			}
			return out.left == have, have
		},
		DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v %+v", input, output) },
	}
}

// TestLinearizable has eight clients buy, cancel, restock and read five
// variants at once, and asks whether some order of these acts, one at a time,
// explains everything that the clients were told. Built with the tags failpoint
// and plantedbug it has to fail: see goods/inventory.
func TestLinearizable(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, 12)
		s.addProduct(t, 12)
		for round := range rounds(5, 50) {
			opening := make([]int64, len(s.products))
			for i := range opening {
				opening[i] = s.onHand(t, i)
			}
			history := s.shopAround(t, round, 8, 24)
			if t.Failed() {
				return
			}
			switch result := porcupine.CheckOperationsTimeout(stockModel(opening), history, time.Minute); result {
			case porcupine.Ok:
			case porcupine.Illegal:
				t.Fatalf("round %d: the stock is not linearizable: no order of these %d acts explains their answers", round, len(history))
			default:
				t.Fatalf("round %d: the checker did not finish", round)
			}
		}
	})
}

// addProduct adds a fifth product to the small world.
func (s *shop) addProduct(t *testing.T, stock int64) {
	t.Helper()
	first := s.products[0]
	p := &catalog.Product{Seller: first.Seller, Store: first.Store, Handle: "fifth", Title: "Fifth product", Status: catalog.Live, Language: "en",
		Variants: []catalog.Variant{{Price: 990_00, WeightG: 100}}}
	err := s.db.Write(t.Context(), func(tx *db.Tx) error {
		if err := catalog.Insert(t.Context(), tx, []*catalog.Product{p}, now); err != nil {
			return err
		}
		return inventory.Open(t.Context(), tx, operator, []inventory.Level{{Variant: p.Variants[0].ID, Seller: p.Seller, OnHand: stock}}, inventory.Opening, now)
	})
	if err != nil {
		t.Fatal(err)
	}
	s.products = append(s.products, p)
}

var operator = access.Actor{Kind: access.Operator}

// shopAround runs the clients and returns everything they did, ended by a read
// of every variant after all of them have gone.
func (s *shop) shopAround(t *testing.T, round, clients, acts int) []porcupine.Operation {
	var mu sync.Mutex
	var history []porcupine.Operation
	start := time.Now()
	record := func(client int, in stockInput, act func() stockOutput) {
		op := porcupine.Operation{ClientId: client, Input: in, Call: time.Since(start).Nanoseconds()}
		op.Output = act()
		op.Return = time.Since(start).Nanoseconds()
		mu.Lock()
		history = append(history, op)
		mu.Unlock()
	}
	var wg sync.WaitGroup
	for client := range clients {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(round), uint64(client)))
			var mine []bought
			for i := range acts {
				v := r.IntN(len(s.products))
				switch n := r.IntN(10); {
				case n < 5:
					in := stockInput{"buy", v, 1 + r.Int64N(3)}
					record(client, in, func() stockOutput {
						id, ok := s.buy(t, round<<16+client<<8+i, in)
						if ok {
							mine = append(mine, bought{id, in})
						}
						return stockOutput{granted: ok}
					})
				case n < 7 && len(mine) > 0:
					b := mine[0]
					mine = mine[1:]
					record(client, stockInput{"cancel", b.in.variant, b.in.n}, func() stockOutput { return s.cancel(t, b.id) })
				case n < 8:
					in := stockInput{"restock", v, 1 + r.Int64N(2)}
					record(client, in, func() stockOutput { return s.restock(t, in) })
				default:
					record(client, stockInput{"read", v, 0}, func() stockOutput { return stockOutput{left: s.onHand(t, v)} })
				}
			}
		})
	}
	wg.Wait()
	for v := range s.products {
		record(0, stockInput{"read", v, 0}, func() stockOutput { return stockOutput{left: s.onHand(t, v)} })
	}
	return history
}

// bought is an order that its buyer may still cancel.
type bought struct {
	id order.ID
	in stockInput
}

func (s *shop) buy(t *testing.T, person int, in stockInput) (order.ID, bool) {
	q := s.ask(person, in.n, in.variant)
	quote, err := s.Quote(context.Background(), s.db, q.Input, now)
	if err != nil {
		t.Error(err)
		return 0, false
	}
	if len(quote.Requirements) > 0 { // the cart page says so before anything is asked for
		return 0, false
	}
	q.ExpectedTotal = quote.Sums.Total
	placed, err := s.Place(context.Background(), q, now)
	if errs.KindOf(err) == errs.Conflict {
		return 0, false
	}
	if err != nil {
		t.Error(err)
		return 0, false
	}
	return placed.Order.ID, true
}

func (s *shop) cancel(t *testing.T, id order.ID) stockOutput {
	buyer := access.Actor{Kind: access.GuestOrder, Order: int64(id)}
	err := s.db.Write(context.Background(), func(tx *db.Tx) error {
		return fulfillment.Cancel(context.Background(), tx, buyer, order.Scope{Order: id}, "", now)
	})
	if err != nil {
		t.Error(err)
	}
	return stockOutput{granted: err == nil}
}

func (s *shop) restock(t *testing.T, in stockInput) stockOutput {
	p := s.products[in.variant]
	err := s.db.Write(context.Background(), func(tx *db.Tx) error {
		return inventory.Return(context.Background(), tx, operator, []inventory.Item{{Variant: p.Variants[0].ID, Product: p.ID, Quantity: in.n}}, inventory.Restock, now)
	})
	if err != nil {
		t.Error(err)
	}
	return stockOutput{granted: err == nil}
}
