package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
	"aromart/internal/platform/telemetry"
	"aromart/internal/web"
)

const (
	day    = 24 * time.Hour
	minute = time.Minute
)

type serveCmd struct {
	place
	listen
	schedule
	Mode string `default:"preview" enum:"preview,production" help:"production opens only with a reviewed policy (P24); preview shows the draft banner."`
}

func (s *serveCmd) Run(ctx context.Context, c *console) error {
	if err := s.listen.check(); err != nil {
		return err
	}
	if err := s.schedule.check(); err != nil {
		return err
	}
	if s.Mode == "production" {
		if err := s.there(); err != nil {
			return fmt.Errorf("production needs a privacy policy in force with both signatures (P24), and %v", err)
		}
	}
	return s.withNew(ctx, func(h *house) error {
		if err := h.useGate(ctx, s.facts()); err != nil {
			return err
		}
		if err := h.gate.Ready(); err != nil && s.Mode == "production" {
			return fmt.Errorf("%s See: aromart policy status. Until then use --mode preview", sentence(err))
		}
		if os.Getenv("GOGC") == "" {
			debug.SetGCPercent(tightGC)
		}
		if os.Getenv("GOMAXPROCS") == "" {
			runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + listening)
		}
		h.planned, h.url = s.schedule, s.Database
		h.mailOnly = s.Mode == "production" // no provider of text messages is connected; see passGates
		return h.serve(ctx, c, s.listen, func(base string) {
			h.greet(ctx, c, base)
			h.offerFirst(ctx, c, s.listen, base)
		})
	})
}

// serve runs the shop, the ops address and the jobs until ctx ends. ready is
// told the address once the shop answers; it may be nil.
func (h *house) serve(ctx context.Context, c *console, l listen, ready func(base string)) error {
	log := telemetry.Logger(c.err, l.LogLevel)
	slog.SetDefault(log)
	if err := h.passGates(ctx, l); err != nil {
		return err
	}
	helpers, err := hashAside()
	if err != nil {
		return err
	}
	defer helpers.Close()
	shop, base, err := l.open()
	if err != nil {
		return err
	}
	defer shop.Close()
	meters := h.meters()
	var stopping atomic.Bool
	health := h.health(&stopping)
	handler, err := h.faces(l, base, log, meters, health)
	if err != nil {
		return err
	}
	office, err := h.office(l, base)
	if err != nil {
		return err
	}
	ledger, err := audit.Open(h.db, h.secrets, h.dir, h.clock)
	if err != nil {
		return err
	}
	// What runs beside the requests goes on until the last of them is answered.
	beside, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	var work sync.WaitGroup
	run := func(name string, f func(context.Context) error) {
		work.Go(func() {
			if err := f(beside); err != nil && beside.Err() == nil {
				stop(fmt.Errorf("%s: %w", name, err))
			}
		})
	}
	if err := h.workBeside(beside, run, l, log, office, ledger); err != nil {
		return err
	}
	if l.OpsAddr != "" {
		health.Degraded = h.degraded // for the operator's eyes only: the shop's own /readyz was made without
		run("ops", func(ctx context.Context) error { return serveOps(ctx, l.OpsAddr, meters.Handler(health)) })
	}
	server := web.NewHTTPServer(handler, log)
	served := make(chan error, 1)
	go func() { served <- server.Serve(shop) }()
	log.Info("serving", "listen", shop.Addr().String(), "base_url", base, "database", h.db.Dialect().String())
	if ready != nil {
		ready(base)
	}
	select {
	case err = <-served:
	case <-beside.Done():
		err = shutdown(server)
	case <-ctx.Done():
		stopping.Store(true)
		log.Info("stopping", "drain", l.Drain.String())
		select {
		case <-time.After(l.Drain):
		case <-beside.Done():
		}
		err = shutdown(server)
	}
	stop(nil)
	work.Wait()
	if cause := context.Cause(beside); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// tightGC lets the heap grow by 40 % between two collections instead of 100 %.
// Most of a shop's heap is the flat arrays of the search index, which a
// collection does not walk, so it is cheap, and the memory is better left to others.
const tightGC = 40

// listening is how many threads more than cores run Go code. Searches may take
// every core, and a scheduler whose threads all compute looks at the network
// every 10 ms only: a product page, which waits for the database, would wait as
// long at each of its steps. With one thread more the kernel wakes it at once.
const listening = 1

// meters are the figures of this process and of what it keeps.
func (h *house) meters() *telemetry.Meters {
	m := telemetry.New()
	m.Gauge("db_commits_total", "Groups of transactions made durable; 0 on PostgreSQL, which counts its own.", func() float64 { return float64(h.db.Commits()) })
	h.meterBackups(m)
	return m
}

// shutdown lets requests in flight finish, but not for ever.
func shutdown(server *http.Server) error {
	const patience = 8 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.Join(fmt.Errorf("stopped; requests that took longer than %v were cut off", patience), server.Close())
	}
	return err
}

// greet says to a person at a terminal what to do next. A log has its own line.
func (h *house) greet(ctx context.Context, c *console, base string) {
	if !c.isTTY {
		return
	}
	fmt.Fprintf(c.err, "aromart serves %s from %s; Ctrl C stops it.\n", base, h.dir)
	if n, err := db.One(ctx, h.db, db.Int, `SELECT count(*) FROM (SELECT id FROM stores LIMIT 1) x`); err == nil && n == 0 {
		fmt.Fprintln(c.err, "There is no store yet. See: aromart store add --help, or look around with: aromart demo")
	}
}

// offerFirst prints the link that makes the first administrator, while there
// is none. It is no line of the log, which may be sent to many.
func (h *house) offerFirst(ctx context.Context, c *console, l listen, base string) {
	token, err := h.people(l).FirstLink(ctx, h.clock())
	if err != nil {
		fmt.Fprintln(c.err, "aromart: the link for the first administrator could not be made:", sentence(err))
	}
	if token != "" {
		fmt.Fprintf(c.out, "Nobody administers this marketplace yet. This link makes the first administrator, once, within 30 minutes:\n  %s/setup/%s\n", base, token)
	}
}

// health says whether the process lives and whether it can serve.
func (h *house) health(stopping *atomic.Bool) telemetry.Health {
	return telemetry.Health{Ready: func(ctx context.Context) error {
		switch {
		case stopping.Load():
			return errors.New("stopping")
		case !h.index.Ready():
			return errors.New("the search index is not filled")
		}
		return h.db.Ping(ctx)
	}}
}

func serveOps(ctx context.Context, addr string, handler http.Handler) error {
	s := &http.Server{Addr: addr, Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() { s.Close() })
	if err := s.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
