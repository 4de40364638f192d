package auth_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"aromart/internal/kit/contact"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

// TestManyGuessesAtOnceAreFew: the limit on wrong passwords holds for guesses
// that arrive together, on both databases.
func TestManyGuessesAtOnceAreFew(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		desk, now := guessDesk(t, d)
		at := auth.Address{Email: contact.NewEmail("anura@example.com")}
		var wg sync.WaitGroup
		var mu sync.Mutex
		tested := 0
		for range 20 {
			wg.Go(func() {
				_, err := desk.SignIn(t.Context(), at, "a wrong password", auth.Origin{Device: ""}, now)
				if err != nil && !strings.Contains(err.Error(), "try_later") && !strings.Contains(err.Error(), "later") {
					mu.Lock()
					tested++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if tested > 5 {
			t.Errorf("%d guesses were tested", tested)
		}
	})
}

// TestAChangedPasswordEndsEveryLink: what was mailed before the password was
// changed lets nobody in after it.
func TestAChangedPasswordEndsEveryLink(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		desk, now := guessDesk(t, d)
		at := auth.Address{Email: contact.NewEmail("anura@example.com")}
		for _, send := range []func() error{
			func() error { return desk.SendReset(t.Context(), at, "en", now) },
			func() error { return desk.SendSignIn(t.Context(), at, "en", now) },
		} {
			if err := send(); err != nil {
				t.Fatal(err)
			}
		}
		open := func() int64 {
			n, err := db.One(t.Context(), d, db.Int, `SELECT count(*) FROM proofs WHERE login_id IS NOT NULL AND used_at IS NULL`)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if open() != 2 {
			t.Fatalf("%d links are open", open())
		}
		login, err := db.One(t.Context(), d, db.Int, `SELECT id FROM logins`)
		if err != nil {
			t.Fatal(err)
		}
		err = d.Write(t.Context(), func(tx *db.Tx) error {
			return auth.SetPassword(t.Context(), tx, access.Actor{Kind: access.Operator}, login, "another hash", 0, now)
		})
		if err != nil || open() != 0 {
			t.Errorf("%d links still serve (%v)", open(), err)
		}
	})
}

// guessDesk is a desk with one login.
func guessDesk(t *testing.T, d *db.DB) (*auth.Desk, time.Time) {
	t.Helper()
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	hash, err := auth.Hash(t.Context(), "seven green boats")
	if err != nil {
		t.Fatal(err)
	}
	err = d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := auth.Add(t.Context(), tx, access.Actor{Kind: access.Operator}, auth.New{Address: auth.Address{Email: contact.NewEmail("anura@example.com")},
			Name: contact.NewName("Anura"), Role: "customer", Hash: hash, Proved: true}, now)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return auth.NewDesk(d, "aromart", func(label string) []byte { return []byte("a key of thirty-two bytes for " + label) }), now
}
