package checkout_test

import (
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/trade/checkout"
)

// TestLostAnswer cuts the connection after the commit: the client never hears
// that its order was placed, asks again, and gets that order.
func TestLostAnswer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, 1000)
		committed := make(chan string, 2)
		var cut atomic.Bool // the handler may still be ending when its client has given up
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var q checkout.Request
			if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
				t.Error(err)
			}
			placed, err := s.Place(r.Context(), q, now)
			if err != nil {
				t.Error(err)
				return
			}
			if committed <- placed.Order.Number; cut.Load() {
				panic(http.ErrAbortHandler) // the connection ends without an answer
			}
			io.WriteString(w, placed.Order.Number)
		}))
		defer server.Close()
		for i, channel := range []string{"web", "api"} {
			cut.Store(true)
			q := s.request(t, i, 0, 1)
			if q.Channel = channel; channel == "api" {
				q.CartToken = ""
			}
			body, _ := json.Marshal(q)
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			if _, err := ask(client, server.URL, string(body)); err == nil {
				t.Fatal("the answer was not lost")
			}
			cut.Store(false)
			answer, err := ask(client, server.URL, string(body))
			if first, again := <-committed, <-committed; err != nil || answer != first || again != first {
				t.Errorf("%s: the client was told %q (%v), the first order is %s, the second %s", channel, answer, err, first, again)
			}
		}
		if n := s.count(t, "orders"); n != 2 || s.onHand(t, 0) != 998 {
			t.Errorf("%d orders, %d on hand", n, s.onHand(t, 0))
		}
		soundBooks(t, d)
	})
}

// TestLostPatience has clients give up at any moment of placing, and ask again
// with the same key: whatever happened to the first request, there is one order.
func TestLostPatience(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, 1000)
		started := time.Now()
		for i := range 10 {
			if _, err := s.Place(t.Context(), s.request(t, 900+i, i%4), now); err != nil {
				t.Fatal(err)
			}
		}
		usual := int64(time.Since(started) / 10)
		const wishes = 60
		unheard := 0
		for i := range wishes {
			q := s.request(t, i, i%4)
			ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rand.Int64N(2*usual)))
			first, err := s.Place(ctx, q, now)
			cancel()
			again, err2 := s.Place(context.Background(), q, now)
			if err2 != nil {
				t.Fatal(err2)
			}
			if err == nil && first.Order.Number != again.Order.Number {
				t.Fatalf("two orders: %s and %s", first.Order.Number, again.Order.Number)
			}
			if err != nil && again.Repeated {
				unheard++
			}
		}
		if n := s.count(t, "orders"); n != wishes+10 {
			t.Errorf("%d orders from %d wishes", n, wishes)
		}
		soundBooks(t, d)
		t.Logf("%d wishes, of which %d were granted unheard", wishes, unheard)
	})
}
