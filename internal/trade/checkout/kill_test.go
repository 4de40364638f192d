package checkout_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	process "os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/market"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/platform/secrets"
	"aromart/internal/trade/cart"
	"aromart/internal/trade/checkout"
	"aromart/internal/trade/order"
)

// The test binary starts itself as the program that is killed.
const killDir, killURL = "AROMART_KILL_DIR", "AROMART_KILL_URL"

func TestMain(m *testing.M) {
	if dir := os.Getenv(killDir); dir != "" {
		if err := placeUntilKilled(dir, os.Getenv(killURL)); err != nil {
			fmt.Println("breach:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// wish is what a client of the killed program sends; the same wish is sent
// again until there is an answer.
type wish struct {
	Key, Channel, Variant string
	Person                int
}

// placeUntilKilled checks the books and the audit log, tells its address, and
// places orders. It waits for a moment between commit and answer, and seals all
// the time, so that kills fall there too.
func placeUntilKilled(dir, url string) error {
	ctx := context.Background()
	d, err := db.Open(ctx, db.Options{Dir: dir, URL: url})
	if err != nil {
		return err
	}
	if err := checkBooks(ctx, d); err != nil {
		return err
	}
	if err := checkAudit(ctx, d, dir); err != nil {
		return err
	}
	go sealWithoutRest(ctx, d, dir)
	desk := newDesk(d)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("ready", l.Addr())
	return http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var one wish
		if err := json.NewDecoder(r.Body).Decode(&one); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		q := (&shop{}).ask(one.Person, 1)
		q.Key, q.Channel, q.CartToken = one.Key, one.Channel, ""
		if one.Channel == "web" {
			q.CartToken = one.Key
		}
		q.Lines = []cart.Line{{Variant: one.Variant, Quantity: 1}}
		quote, err := desk.Quote(r.Context(), d, q.Input, now)
		if err == nil {
			q.ExpectedTotal = quote.Sums.Total
			var placed *checkout.Placed
			if placed, err = desk.Place(r.Context(), q, now); err == nil {
				time.Sleep(time.Duration(rand.IntN(2000)) * time.Microsecond)
				io.WriteString(w, placed.Order.Number+" "+placed.Token)
				return
			}
		}
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}))
}

// checkAudit verifies the audit log against its heads in the database and outside.
func checkAudit(ctx context.Context, d *db.DB, dir string) error {
	master, err := secrets.Open(ctx, d, dir)
	if err != nil {
		return err
	}
	heads, err := os.ReadFile(filepath.Join(dir, audit.HeadsFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	report, err := audit.Verify(ctx, d, audit.PublicKey(master), bytes.NewReader(heads))
	if err == nil && report.Bad != nil {
		err = fmt.Errorf("the audit log: %v", *report.Bad)
	}
	return err
}

func sealWithoutRest(ctx context.Context, d *db.DB, dir string) {
	master, err := secrets.Open(ctx, d, dir)
	if err != nil {
		fmt.Println("breach:", err)
		os.Exit(1)
	}
	log, err := audit.Open(d, master, dir, clock.System)
	for err == nil {
		err = log.Seal(ctx)
		time.Sleep(5 * time.Millisecond)
	}
	fmt.Println("breach:", err)
	os.Exit(1)
}

func newDesk(d *db.DB) *checkout.Desk {
	m, _ := market.ByCode("lk")
	return checkout.NewDesk(d, m, order.NewLinks([]byte("a key of thirty-two bytes, at last")), func() (string, string) { return "1-draft", "hash" })
}

// TestKill9 kills the program again and again while eight clients order and
// repeat what was not answered. After every start the books are sound and the
// audit log verifies; at the end each answered order is there, and each wish has become one order.
func TestKill9(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		d := dbtest.SQLite(t)
		killAndCount(t, d, d.Dir(), "")
	})
	if os.Getenv("AROMART_TEST_QUICK") != "" {
		return
	}
	t.Run("postgres", func(t *testing.T) {
		url, dir := dbtest.PostgresURL(t), t.TempDir()
		d, err := db.Open(t.Context(), db.Options{Dir: dir, URL: url})
		if err != nil {
			t.Fatal(err)
		}
		killAndCount(t, d, dir, url)
	})
}

func killAndCount(t *testing.T, d *db.DB, dir, url string) {
	s := open(t, d, 1_000_000)
	d.Close() // the killed program owns the data directory
	c := &clients{shop: s, answers: map[string]string{}}
	child := startChild(t, dir, url)
	c.address.Store(&child.address)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { c.order(t) })
	}
	for range rounds(5, 50) {
		c.waitFor(10)
		time.Sleep(time.Duration(rand.IntN(20_000)) * time.Microsecond)
		child.kill(t)
		child = startChild(t, dir, url)
		c.address.Store(&child.address)
	}
	c.waitFor(10)
	c.enough.Store(true)
	wg.Wait()
	child.kill(t)

	d, err := db.Open(t.Context(), db.Options{Dir: dir, URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	soundBooks(t, d)
	if err := checkAudit(t.Context(), d, dir); err != nil {
		t.Error(err)
	}
	if n, err := db.One(t.Context(), d, db.Int, `SELECT COALESCE(max(size), 0) FROM audit_heads`); err != nil || n < int64(len(c.answers)/2) {
		t.Errorf("between the kills only %d rows were sealed of %d orders, %v", n, len(c.answers), err)
	}
	s.db = d
	links := newDesk(d).Links
	for key, answer := range c.answers {
		number, token, _ := strings.Cut(answer, " ")
		if o, err := links.Open(t.Context(), d, token); err != nil || o.Number != number {
			t.Errorf("an acknowledged order is lost: %s: %v", key, err)
		}
	}
	if n := s.count(t, "orders"); n != int64(len(c.answers)) {
		t.Errorf("%d orders from %d wishes", n, len(c.answers))
	}
	if n := c.repeated.Load(); n == 0 {
		t.Error("no wish was repeated: the kills met nothing")
	}
	t.Logf("%d orders, %d repeated wishes", len(c.answers), c.repeated.Load())
}

// clients order until it is enough.
type clients struct {
	*shop
	address  atomic.Pointer[string]
	persons  atomic.Int64
	repeated atomic.Int64
	enough   atomic.Bool
	mu       sync.Mutex
	answers  map[string]string // by key
}

// waitFor waits for so many more answers.
func (c *clients) waitFor(n int) {
	have := func() int { c.mu.Lock(); defer c.mu.Unlock(); return len(c.answers) }
	for want, patience := have()+n, 5000; have() < want && patience > 0; patience-- {
		time.Sleep(time.Millisecond)
	}
}

func (c *clients) order(t *testing.T) {
	client := &http.Client{Transport: &http.Transport{}, Timeout: 10 * time.Second}
	for !c.enough.Load() {
		n := c.persons.Add(1)
		one := wish{Key: clock.PublicID(), Channel: []string{"web", "api"}[n%2], Person: int(n), Variant: c.products[n%4].Variants[0].PublicID}
		body, _ := json.Marshal(one)
		for try := 0; ; try++ {
			answer, err := ask(client, "http://"+*c.address.Load(), string(body))
			if err == nil {
				c.mu.Lock()
				c.answers[one.Key] = answer
				c.mu.Unlock()
				break
			}
			if errors.Is(err, errRefused) || try > 5000 {
				t.Error(err)
				return
			}
			c.repeated.Add(1)
			time.Sleep(2 * time.Millisecond)
		}
	}
}

var errRefused = errors.New("refused")

func ask(client *http.Client, address, body string) (string, error) {
	resp, err := client.Post(address, "application/json", strings.NewReader(body))
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%w: %d %s", errRefused, resp.StatusCode, text)
	}
	return string(text), nil
}

type child struct {
	cmd     *process.Cmd
	address string
}

// startChild starts the program and waits until it has checked its books.
func startChild(t *testing.T, dir, url string) *child {
	t.Helper()
	cmd := process.Command(os.Args[0])
	cmd.Env = append(os.Environ(), killDir+"="+dir, killURL+"="+url)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "ready ")
	if err != nil || !ok {
		t.Fatalf("after a kill the program says %q (%v)", line, err)
	}
	return &child{cmd, address}
}

func (c *child) kill(t *testing.T) {
	t.Helper()
	if err := c.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	c.cmd.Wait()
}
