package checkout_test

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/trade/order"
)

// TestFullDisk fills the database's file under load: placing is refused as
// Unavailable, reading goes on, and once there is room again everything works
// and nothing acknowledged is lost. The limit of pages gives the engine the
// same answer as a full disk does.
func TestFullDisk(t *testing.T) {
	d := dbtest.SQLite(t)
	s := open(t, d, 1000)
	pages := func(limit int64) int64 {
		var now int64
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			n, err := db.One(t.Context(), tx, db.Int, `PRAGMA page_count`)
			if err != nil {
				return err
			}
			now = n
			if limit >= 0 {
				n += limit
			} else {
				n = 1 << 30
			}
			_, err = db.One(t.Context(), tx, db.Int, `PRAGMA max_page_count = `+strconv.FormatInt(n, 10))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return now
	}
	pages(20)
	var mu sync.Mutex
	tokens := map[string]order.ID{}
	var refused atomic.Int32
	var wg sync.WaitGroup
	for client := range 8 {
		wg.Go(func() {
			for i := range 40 {
				placed, err := s.Place(context.Background(), s.request(t, client*100+i, (client+i)%4), now)
				switch {
				case err == nil:
					mu.Lock()
					tokens[placed.Token] = placed.Order.ID
					mu.Unlock()
				case errs.KindOf(err) == errs.Unavailable:
					refused.Add(1)
				default:
					t.Errorf("a full disk is told as %v", err)
				}
			}
		})
	}
	wg.Wait()
	if len(tokens) == 0 || refused.Load() == 0 {
		t.Fatalf("%d placed, %d refused: the disk was never full, or always", len(tokens), refused.Load())
	}
	if s.onHand(t, 0) <= 0 { // reading goes on
		t.Error("stock cannot be read")
	}
	soundBooks(t, d)
	pages(-1)
	for i := range 20 {
		if _, err := s.Place(t.Context(), s.request(t, 5000+i, i%4), now); err != nil {
			t.Fatalf("with room again: %v", err)
		}
	}
	for token, id := range tokens {
		if o, err := s.Links.Open(t.Context(), d, token); err != nil || o.ID != id {
			t.Errorf("an acknowledged order is gone: %v", err)
		}
	}
	if n := s.count(t, "orders"); n != int64(len(tokens))+20 {
		t.Errorf("%d orders, %d were acknowledged", n, len(tokens)+20)
	}
	soundBooks(t, d)
}
