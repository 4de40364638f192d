package repeat_test

import (
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/people/repeat"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

var noon = time.Date(2026, 11, 24, 6, 30, 0, 0, time.UTC)

func TestOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var logins [2]int64
		if err := d.Write(t.Context(), func(tx *db.Tx) (err error) {
			for i := range logins {
				logins[i], err = auth.Add(t.Context(), tx, access.Actor{}, auth.New{Address: auth.Address{Email: contact.NewEmail("c" + strconv.Itoa(i) + "@example.com")}, Role: "customer", Hash: "h"}, noon)
				if err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		made := 0
		once := func(login int64, key, what string, request any, fail error) (id string, err error) {
			err = d.Write(t.Context(), func(tx *db.Tx) error {
				id, err = repeat.Once(t.Context(), tx, login, key, what, request, noon, func() (string, error) {
					mu.Lock()
					defer mu.Unlock()
					made++
					return "thing " + strconv.Itoa(made), fail
				})
				return err
			})
			return id, err
		}
		wrong := errors.New("wrong")
		if _, err := once(logins[0], "key-1", "add", "a", wrong); !errors.Is(err, wrong) {
			t.Errorf("a failed request: %v", err)
		}
		made = 0
		for _, c := range []struct {
			login      int64
			key, what  string
			id, refuse string
		}{
			{logins[0], "key-1", "add", "thing 1", ""}, // the failed one has used nothing up
			{logins[0], "key-1", "add", "thing 1", ""},
			{logins[0], "key-1", "ask", "", "checkout.key_reused"},
			{logins[1], "key-1", "ask", "thing 2", ""}, // the key of somebody else
			{logins[0], "", "add", "thing 3", ""},
			{logins[0], "", "add", "thing 4", ""},
		} {
			id, err := once(c.login, c.key, c.what, "a", nil)
			if c.refuse != "" && !errs.Is(err, c.refuse) || c.refuse == "" && (err != nil || id != c.id) {
				t.Errorf("%+v: %s, %v", c, id, err)
			}
		}
		if _, err := once(logins[0], "key-1", "add", "b", nil); !errs.Is(err, "checkout.key_reused") {
			t.Errorf("another body: %v", err)
		}
		made = 0
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if id, err := once(logins[0], "key-2", "add", "a", nil); err != nil || id == "" {
					t.Errorf("at the same time: %q, %v", id, err)
				}
			})
		}
		wg.Wait()
		if n, err := db.One(t.Context(), d, db.Int, `SELECT count(DISTINCT object) FROM request_keys WHERE key = 'key-2'`); err != nil || n != 1 {
			t.Errorf("%d things under one key, %v", n, err)
		}
		for _, c := range []struct {
			after time.Duration
			left  int64
		}{{47 * time.Hour, 3}, {49 * time.Hour, 0}} {
			if err := repeat.Purge(t.Context(), d, noon.Add(c.after)); err != nil {
				t.Fatal(err)
			}
			if n, err := db.One(t.Context(), d, db.Int, `SELECT count(*) FROM request_keys`); err != nil || n != c.left {
				t.Errorf("%d keys after %v, %v", n, c.after, err)
			}
		}
	})
}
