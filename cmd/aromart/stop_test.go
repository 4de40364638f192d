package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"aromart/internal/platform/db/dbtest"
)

// A server that is asked to stop answers what it has begun, and then is gone,
// whatever hangs on its idle connections.
func TestStopLosesNoRequest(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			var env, on []string
			if engine == "postgres" {
				if os.Getenv("AROMART_TEST_QUICK") != "" {
					t.Skip("./test --quick does without PostgreSQL")
				}
				url := dbtest.PostgresURL(t)
				env, on = []string{"AROMART_DATABASE=" + url}, []string{"--database", url}
			}
			t.Parallel()
			p := startShop(t, env, "--drain", "1500ms")
			begun, idle := 50, 20
			held := p.hold(t, begun)
			for range idle {
				c := p.dial(t)
				fmt.Fprintf(c, "GET /healthz HTTP/1.1\r\nHost: %s\r\n\r\n", p.addr)
				if res, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil || res.StatusCode != 200 {
					t.Fatal(res, err)
				}
			}
			p.dial(t) // says nothing at all

			asked := time.Now()
			if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			p.readyGoesOff(t)
			p.finish(t, held)
			select {
			case err := <-p.ended:
				if err != nil {
					t.Errorf("exit: %v\n%s", err, p.log)
				}
			case <-time.After(10*time.Second - time.Since(asked)):
				t.Fatalf("still there 10 s after SIGTERM\n%s", p.log)
			}
			if strings.Contains(p.log.String(), `"level":"ERROR"`) {
				t.Errorf("%s", p.log)
			}
			if _, err := net.Dial("tcp", p.addr); err == nil {
				t.Error("somebody still listens")
			}
			var out, fail bytes.Buffer
			if code := run(t.Context(), append([]string{"fsck", "--data", p.dir}, on...), &out, &fail); code != 0 {
				t.Errorf("fsck %d: %s%s", code, &out, &fail)
			}
		})
	}
}

// One that never ends its request is cut off in time.
func TestStopDoesNotWaitForever(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 8 seconds")
	}
	t.Parallel()
	p := startShop(t, nil)
	p.hold(t, 1)
	p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-p.ended:
		if err == nil || !strings.Contains(p.log.String(), "cut off") {
			t.Errorf("exit: %v\n%s", err, p.log)
		}
	case <-time.After(15 * time.Second): // 8, and what a busy machine adds
		t.Fatal("still there 15 s after SIGTERM")
	}
}

// shopProcess is the program in a process of its own.
type shopProcess struct {
	dir, addr, ops string
	cmd            *exec.Cmd
	log            *lockedBuffer
	ended          chan error
}

func startShop(t *testing.T, env []string, args ...string) *shopProcess {
	t.Helper()
	return startShopAt(t, t.TempDir(), freeAddress(), freeAddress(), env, args...)
}

func startShopAt(t *testing.T, dir, addr, ops string, env []string, args ...string) *shopProcess {
	t.Helper()
	exe, err := exec.LookPath("aromart")
	if err != nil {
		t.Fatal(err)
	}
	p := &shopProcess{dir: dir, addr: addr, ops: ops, log: &lockedBuffer{}, ended: make(chan error, 1)}
	p.cmd = exec.Command(exe, append([]string{"serve", "--data", p.dir, "--addr", p.addr, "--ops-addr", p.ops}, args...)...)
	p.cmd.Env, p.cmd.Stderr = append(os.Environ(), env...), p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Kill() })
	go func() { p.ended <- p.cmd.Wait() }()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if res, err := http.Get("http://" + p.ops + "/readyz"); err == nil {
			res.Body.Close()
			if res.StatusCode == 200 {
				return p
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("not ready\n%s", p.log)
		}
	}
}

func (p *shopProcess) dial(t *testing.T) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

const body = `{"lines":[{"variant":"none","quantity":1}],"payment_method":"cod"}`

// hold begins n requests whose handler runs and waits for the rest of the body.
func (p *shopProcess) hold(t *testing.T, n int) []net.Conn {
	t.Helper()
	var held []net.Conn
	for range n {
		c := p.dial(t)
		fmt.Fprintf(c, "POST /api/v1/quotes HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", p.addr, len(body), body[:10])
		held = append(held, c)
	}
	time.Sleep(200 * time.Millisecond) // for the server to have read the heads; more is not needed, less would only ease the test
	return held
}

// readyGoesOff: whoever asks is told before the door closes.
func (p *shopProcess) readyGoesOff(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		for _, addr := range []string{p.ops, p.addr} {
			res, err := http.Get("http://" + addr + "/readyz")
			if err != nil {
				t.Fatalf("the door of %s closed before readiness went off: %v", addr, err)
			}
			res.Body.Close()
			if res.StatusCode == http.StatusServiceUnavailable && addr == p.addr {
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatal("readiness stays on")
		}
	}
}

// finish sends what is missing and expects an answer to each.
func (p *shopProcess) finish(t *testing.T, held []net.Conn) {
	t.Helper()
	var all sync.WaitGroup
	for i, c := range held {
		all.Go(func() {
			io.WriteString(c, body[10:])
			res, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Errorf("request %d: %v", i, err)
				return
			}
			text, err := io.ReadAll(res.Body)
			if err != nil || res.StatusCode >= 500 || len(text) == 0 {
				t.Errorf("request %d: %s %v %s", i, res.Status, err, text)
			}
		})
	}
	all.Wait()
}

type lockedBuffer struct {
	sync.Mutex
	b bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.Lock()
	defer l.Unlock()
	return l.b.String()
}

// On a terminal the first start says where it serves and what comes next.
func TestFirstStartSpeaksToAPerson(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	var out, log lockedBuffer
	c := &console{out: &out, err: &log, isTTY: true}
	l := listen{Addr: "127.0.0.1:0", LogLevel: "error", From: "orders@localhost", SiteName: "aromart"}
	err := place{Data: t.TempDir()}.withNew(ctx, func(h *house) error {
		return h.serve(ctx, c, l, func(base string) {
			h.greet(ctx, c, base)
			stop()
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"aromart serves http://localhost:", "Ctrl C", "aromart store add --help"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%q is missing in %q", want, log.String())
		}
	}
}
