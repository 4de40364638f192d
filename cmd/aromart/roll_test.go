package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"aromart/internal/platform/db/dbtest"
)

// balancer sends each request to one of the processes that say they are ready,
// as those before a real installation do: it asks /readyz now and then and
// tries nothing twice.
type balancer struct {
	addrs []string
	ready [2]atomic.Bool
	next  atomic.Uint32
	fails atomic.Int32
	first atomic.Value
}

func (b *balancer) watch(stop <-chan struct{}) {
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		for i, addr := range b.addrs {
			res, err := client.Get("http://" + addr + "/readyz")
			b.ready[i].Store(err == nil && res.StatusCode == http.StatusOK)
			if err == nil {
				res.Body.Close()
			}
		}
		select {
		case <-stop:
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (b *balancer) proxy() http.Handler {
	return &httputil.ReverseProxy{
		Transport: &http.Transport{DisableKeepAlives: true},
		ErrorLog:  slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		Rewrite: func(r *httputil.ProxyRequest) {
			at := b.next.Add(1)
			for range b.addrs {
				if i := int(at) % len(b.addrs); b.ready[i].Load() {
					r.SetURL(&url.URL{Scheme: "http", Host: b.addrs[i]})
					return
				}
				at++
			}
		},
	}
}

// load asks for pages and quotes, and counts what a restart must not cause.
func (b *balancer) load(base string, stop <-chan struct{}, answered *atomic.Int32) {
	client := &http.Client{Timeout: 20 * time.Second}
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		case <-time.After(5 * time.Millisecond):
		}
		var res *http.Response
		var err error
		switch n % 3 {
		case 0:
			res, err = client.Get(base + "/")
		case 1:
			res, err = client.Get(base + "/search?q=tea")
		default:
			res, err = client.Post(base+"/api/v1/quotes", "application/json", strings.NewReader(body))
		}
		if err != nil {
			b.failed(err.Error())
			continue
		}
		text, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode >= 500 || len(text) == 0 {
			b.failed(res.Status)
			continue
		}
		answered.Add(1)
	}
}

func (b *balancer) failed(why string) {
	b.fails.Add(1)
	b.first.CompareAndSwap(nil, why)
}

// TestRollingRestartLosesNoRequest restarts one of two processes on PostgreSQL
// after the other, under load, in the way that doc/operate.md describes.
func TestRollingRestartLosesNoRequest(t *testing.T) {
	if os.Getenv("AROMART_TEST_QUICK") != "" {
		t.Skip("./test --quick does without PostgreSQL")
	}
	restarts := 4
	if os.Getenv("AROMART_TEST_FULL") != "" {
		restarts = 10
	}
	env := []string{"AROMART_DATABASE=" + dbtest.PostgresURL(t), "AROMART_DRAIN=1500ms"}
	base := httptest.NewUnstartedServer(nil)
	public := "http://" + base.Listener.Addr().String()
	nodes := make([]*shopProcess, 2)
	nodes[0] = startShop(t, env, "--base-url", public)
	dir := t.TempDir() // the second process has the first one's secrets
	secrets, err := os.ReadFile(filepath.Join(nodes[0].dir, "secrets"))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "secrets"), secrets, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	nodes[1] = startShopAt(t, dir, freeAddress(), freeAddress(), env, "--base-url", public)

	b := &balancer{addrs: []string{nodes[0].addr, nodes[1].addr}}
	base.Config.Handler = b.proxy()
	base.Start()
	defer base.Close()
	stop := make(chan struct{})
	var all sync.WaitGroup
	var answered atomic.Int32
	all.Go(func() { b.watch(stop) })
	for !b.ready[0].Load() || !b.ready[1].Load() {
		time.Sleep(10 * time.Millisecond)
	}
	for range 6 {
		all.Go(func() { b.load(public, stop, &answered) })
	}
	for n := range restarts {
		i, before := n%2, answered.Load()
		old := nodes[i]
		old.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case err := <-old.ended:
			if err != nil {
				t.Errorf("restart %d: %v\n%s", n, err, old.log)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("restart %d: still there 10 s after SIGTERM\n%s", n, old.log)
		}
		nodes[i] = startShopAt(t, old.dir, old.addr, old.ops, env, "--base-url", public)
		for deadline := time.Now().Add(10 * time.Second); !b.ready[i].Load() && time.Now().Before(deadline); {
			time.Sleep(10 * time.Millisecond)
		}
		if answered.Load() == before {
			t.Errorf("restart %d: nothing was answered meanwhile", n)
		}
	}
	close(stop)
	all.Wait()
	if fails := b.fails.Load(); fails > 0 {
		t.Errorf("%d of %d requests failed, the first with %v", fails, fails+answered.Load(), b.first.Load())
	}
	t.Logf("%d requests were answered during %d restarts", answered.Load(), restarts)
}
