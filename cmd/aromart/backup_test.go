package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/platform/backup"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/world"
)

// A backup made by another process while this one takes orders restores to
// sound books with every order that was acknowledged before it began.
func TestABackupBesideTheShopHasEveryOrder(t *testing.T) {
	exe, err := exec.LookPath("aromart")
	if err != nil {
		t.Fatal(err)
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			p := place{Data: filepath.Join(t.TempDir(), "data")}
			if engine == "postgres" {
				if os.Getenv("AROMART_TEST_QUICK") != "" {
					t.Skip("./test --quick does without PostgreSQL")
				}
				p.Database = dbtest.PostgresURL(t)
			}
			var out, fail bytes.Buffer
			if code := run(t.Context(), []string{"seed", "--fixture", "load", "--products", "40", "--data", p.Data, "--database", p.Database}, &out, &fail); code != 0 {
				t.Fatal(&fail)
			}
			err := p.withNew(t.Context(), func(h *house) error {
				shop := &busyShop{h: h}
				shop.open(t)
				before := shop.wait(t, 20)
				file := filepath.Join(t.TempDir(), "copy.tar.zst")
				said, err := exec.Command(exe, "backup", file, "--data", p.Data, "--database", p.Database).CombinedOutput()
				after := shop.close()
				if err != nil {
					t.Fatalf("%v: %s", err, said)
				}
				if after == len(before) {
					t.Error("no order came while the backup ran: it proves nothing, or keeps buyers waiting")
				}
				_, err = backup.Try(t.Context(), file, p.Database, t.TempDir(), backup.Access{}, func(ctx context.Context, tried backup.Tried) error {
					for _, number := range before {
						if n, err := db.One(ctx, tried.DB, db.Int, `SELECT count(*) FROM orders WHERE number = $1`, number); n != 1 || err != nil {
							t.Errorf("order %s was acknowledged and is %d times in the backup, %v", number, n, err)
						}
					}
					return examineCopy(ctx, tried)
				})
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// busyShop takes orders until it is closed.
type busyShop struct {
	h       *house
	stop    context.CancelFunc
	buyers  sync.WaitGroup
	mu      sync.Mutex
	numbers []string
}

func (s *busyShop) open(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	s.stop = stop
	variants, _, err := world.Sample(ctx, s.h.db, 50)
	if err != nil || len(variants) == 0 {
		t.Fatal("no variants", err)
	}
	for b := range 3 {
		s.buyers.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				q, err := world.Basket(context.Background(), s.h.desk, b*1000+i, variants[(b+i)%len(variants):][:1])
				if err != nil {
					return // sold out
				}
				placed, err := s.h.desk.Place(context.Background(), q, clock.System())
				if err != nil {
					continue
				}
				s.mu.Lock()
				s.numbers = append(s.numbers, placed.Order.Number)
				s.mu.Unlock()
			}
		})
	}
}

// wait returns the orders acknowledged once there are n of them.
func (s *busyShop) wait(t *testing.T, n int) []string {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		s.mu.Lock()
		list := append([]string(nil), s.numbers...)
		s.mu.Unlock()
		if len(list) >= n {
			return list
		}
	}
	t.Fatal("no orders come")
	return nil
}

func (s *busyShop) close() int {
	s.stop()
	s.buyers.Wait()
	return len(s.numbers)
}
