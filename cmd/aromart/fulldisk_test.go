package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"aromart/internal/platform/audit"
)

// TestFullDiskAndBack fills the disk under a running shop and frees it again:
// writing is refused as unavailable, reading goes on, the log stays quiet, and
// the same process then takes orders again and has lost none.
func TestFullDiskAndBack(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("NOT TESTED: a full disk under a running shop needs the right to mount one: %v", err)
	}
	p := startShop(t, nil, "--data", stocked(t, filepath.Join(disk, "data")))
	t.Cleanup(func() { // before the directory is removed, after the process has ended
		p.cmd.Process.Kill()
		<-p.ended
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	b := &burst{t: t, base: "http://" + p.addr, tokens: map[string]string{}}
	b.learn()
	b.run(4, 5)
	if b.taken.Load() != 20 {
		t.Fatalf("only %d of 20 orders were taken before the disk is full", b.taken.Load())
	}
	lines := strings.Count(p.log.String(), "\n")
	ballast := fillDisk(t, disk)
	b.run(8, 10)
	if b.refused.Load() == 0 {
		t.Fatal("nothing was refused: the disk was never full")
	}
	for _, path := range []string{"/", "/p/" + b.slug, "/s/lanka", "/search?q=pot", "/healthz", "/readyz"} {
		if code, _ := b.get(path, ""); code != http.StatusOK {
			t.Errorf("reading %s on a full disk: %d", path, code)
		}
	}
	asked := int(b.refused.Load())
	if n := strings.Count(p.log.String(), "\n") - lines; n > 3*asked+20 {
		t.Errorf("%d lines of log for %d refusals:\n%.2000s", n, asked, p.log)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	before := b.taken.Load()
	for deadline := time.Now().Add(10 * time.Second); b.taken.Load() == before; time.Sleep(100 * time.Millisecond) {
		b.run(1, 1)
		if time.Now().After(deadline) {
			t.Fatalf("no order 10 s after there is room again\n%s", p.log)
		}
	}
	b.run(4, 5)
	if b.taken.Load() < before+21 {
		t.Errorf("with room again only %d orders of 21 were taken", b.taken.Load()-before)
	}
	for number, token := range b.tokens {
		if code, body := b.get("/api/v1/orders/"+number, token); code != 200 || !strings.Contains(body, number) {
			t.Errorf("the acknowledged order %s is gone: %d", number, code)
		}
	}
	p.cmd.Process.Signal(syscall.SIGTERM)
	if err := <-p.ended; err != nil {
		t.Errorf("it does not stop in peace: %v\n%s", err, p.log)
	}
	p.ended <- nil
	var out, fail bytes.Buffer
	for _, check := range [][]string{{"fsck"}, {"audit", "verify"}} {
		if code := run(t.Context(), append(check, "--data", filepath.Join(disk, "data")), &out, &fail); code != 0 {
			t.Errorf("%v: %d %s%s", check, code, &out, &fail)
		}
	}
}

// TestALostWriteAheadLogIsNamed kills a shop, takes away what was not yet
// moved into the database's file, and has the audit log say so: its heads
// stand outside.
func TestALostWriteAheadLogIsNamed(t *testing.T) {
	p := startShop(t, nil, "--data", stocked(t, filepath.Join(t.TempDir(), "data")))
	dir := p.cmd.Args[len(p.cmd.Args)-1]
	b := &burst{t: t, base: "http://" + p.addr, tokens: map[string]string{}}
	b.learn()
	b.run(2, 2)
	heads := filepath.Join(dir, audit.HeadsFile)
	was, _ := os.ReadFile(heads)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if is, err := os.ReadFile(heads); err == nil && len(is) > len(was) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the acts were not sealed\n%s", p.log)
		}
	}
	p.cmd.Process.Kill()
	<-p.ended
	p.ended <- nil
	for _, name := range []string{"aromart.db-wal", "aromart.db-shm"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	var out, fail bytes.Buffer
	if code := run(t.Context(), []string{"audit", "verify", "--data", dir}, &out, &fail); code == 0 {
		t.Errorf("four orders are gone and nobody says so: %s%s", &out, &fail)
	}
}

// stocked makes a data directory with a store and something to sell.
func stocked(t *testing.T, dir string) string {
	t.Helper()
	csv := filepath.Join(t.TempDir(), "goods.csv")
	if err := os.WriteFile(csv, []byte("Handle,Title,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price,Status\npot,Clay pot,POT,900,1000,950.00,active\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"store", "add", "lanka", "--name", "Lanka", "--legal-name", "Lanka Ltd", "--email", "a@example.com", "--phone", "0771234567"}, {"import", "products", csv, "--store", "lanka"}} {
		var out, fail bytes.Buffer
		if code := run(t.Context(), append(args, "--data", dir), &out, &fail); code != 0 {
			t.Fatalf("%v: %d %s%s", args, code, &out, &fail)
		}
	}
	return dir
}

// fillDisk leaves no room on a disk.
func fillDisk(t *testing.T, disk string) string {
	t.Helper()
	name := filepath.Join(disk, "ballast")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for chunk := 1 << 20; chunk >= 512; {
		if _, err := f.Write(make([]byte, chunk)); err != nil {
			chunk /= 2
		}
	}
	return name
}

// burst orders over the JSON API and remembers what was acknowledged.
type burst struct {
	t              *testing.T
	base, slug     string
	body           string // with a place for the phone
	next           atomic.Int64
	taken, refused atomic.Int64

	mu     sync.Mutex
	tokens map[string]string // by number
}

// learn asks for the only product and what it costs.
func (b *burst) learn() {
	b.t.Helper()
	var list struct{ Products []struct{ Slug string } }
	var product struct{ Variants []struct{ ID string } }
	var quote struct {
		Totals struct{ Total json.RawMessage }
		Policy string `json:"policy_version"`
	}
	b.read("GET", "/api/v1/products", "", &list)
	b.slug = list.Products[0].Slug
	b.read("GET", "/api/v1/products/"+b.slug, "", &product)
	lines := fmt.Sprintf(`"lines":[{"variant":%q,"quantity":1}]`, product.Variants[0].ID)
	b.read("POST", "/api/v1/quotes", "{"+lines+`,"city":"colombo/dehiwala"}`, &quote)
	b.body = `{` + lines + `,"payment_method":"cod","contact":{"name":"Nimal","phone":"%s"},"address":{"street":"12 Temple Road","landmark":"bo tree","city":"colombo/dehiwala"},` +
		fmt.Sprintf(`"expected_total":%s,"policy_version":%q}`, quote.Totals.Total, quote.Policy)
}

func (b *burst) read(method, path, body string, into any) {
	b.t.Helper()
	code, text := b.ask(method, path, body, "")
	if err := json.Unmarshal([]byte(text), into); err != nil || code != 200 {
		b.t.Fatalf("%s %s: %d %v %s", method, path, code, err, text)
	}
}

func (b *burst) get(path, token string) (int, string) { return b.ask("GET", path, "", token) }

func (b *burst) ask(method, path, body, token string) (int, string) {
	b.t.Helper()
	r, err := http.NewRequest(method, b.base+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", fmt.Sprintf("burst-%08d", b.next.Add(1)))
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err.Error()
	}
	return res.StatusCode, string(text)
}

// run has clients order, each so many times.
func (b *burst) run(clients, times int) {
	b.t.Helper()
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for range times {
				code, text := b.ask("POST", "/api/v1/orders", fmt.Sprintf(b.body, fmt.Sprintf("07%08d", 10_000_000+b.next.Add(1))), "")
				switch code {
				case http.StatusCreated:
					var o struct{ Number, Token string }
					if err := json.Unmarshal([]byte(text), &o); err != nil {
						b.t.Error(err)
					}
					b.taken.Add(1)
					b.mu.Lock()
					b.tokens[o.Number] = o.Token
					b.mu.Unlock()
				case http.StatusServiceUnavailable, http.StatusInsufficientStorage:
					b.refused.Add(1)
				default:
					b.t.Errorf("an order is answered %d %s", code, text)
				}
			}
		})
	}
	all.Wait()
}
