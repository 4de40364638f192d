package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/care/privacy"
	"aromart/internal/goods/search"
	"aromart/internal/people/access"
	"aromart/internal/people/account"
	"aromart/internal/people/auth"
	"aromart/internal/people/notice"
	"aromart/internal/people/repeat"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
	"aromart/internal/platform/job"
	"aromart/internal/platform/mail"
	"aromart/internal/platform/telemetry"
	"aromart/internal/trade/cart"
	"aromart/internal/trade/checkout"
	"aromart/internal/trade/fulfillment"
	"aromart/internal/trade/letter"
	"aromart/internal/web"
	"aromart/internal/web/api"
	"aromart/internal/web/storefront"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// listen says where a running marketplace is reached.
type listen struct {
	Addr         string         `default:"127.0.0.1:8080" help:"Address of the shop. Not only loopback: needs TLS in front, see --trusted-proxy."`
	OpsAddr      string         `placeholder:"ADDR" help:"Address of /metrics, /healthz and /readyz, e.g. 127.0.0.1:9090; never the public one."`
	BaseURL      string         `placeholder:"URL" help:"Public address, e.g. https://market.example; links in mails use nothing else."`
	TrustedProxy []netip.Prefix `placeholder:"CIDR" help:"Proxies whose X-Forwarded-For is believed."`
	Insecure     bool           `help:"Serve plain HTTP beyond loopback. For trials in a closed network only."`
	Drain        time.Duration  `default:"0s" help:"How long to go on serving with /readyz off before stopping, so that a load balancer looks elsewhere."`
	LogLevel     string         `default:"info" enum:"debug,info,warn,error" help:"debug, info, warn or error."`
	PageCacheMB  int64          `default:"32" help:"Memory for finished public pages; 0 switches the cache off."`
	SMTP         string         `placeholder:"URL" help:"smtp://user@host:587 sends mails; without it they are files in the data directory's outbox."`
	SMTPPassword string         `help:"Better: AROMART_SMTP_PASSWORD_FILE." hidden:""`
	From         string         `default:"orders@localhost" help:"Sender of mails."`
	SiteName     string         `default:"aromart" help:"Name of the marketplace."`
	Operator     string         `help:"Legal name of the operator, for footer and policy."`
	HelpPhone    string         `help:"Help line, for the footer."`
	HelpEmail    string         `help:"Help address, for the footer."`
	HelpHours    string         `help:"When the help line answers."`

	PaymentGateway    string `placeholder:"NAME" help:"Provider of online payment. Refused until a policy in force names it (P12)."`
	PaymentGatewayKey string `help:"Better: AROMART_PAYMENT_GATEWAY_KEY_FILE." hidden:""`
	SMSGateway        string `name:"sms-gateway" placeholder:"HOST" help:"Machine that takes text messages. Refused until a policy in force names it (P17)."`
}

func (l listen) facts() operatorFacts { return operatorFacts{l.Operator, l.HelpEmail} }

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

// workBeside starts what goes on beside the requests.
func (h *house) workBeside(beside context.Context, run func(name string, f func(context.Context) error), l listen, log *slog.Logger, office *letter.Office, ledger *audit.Log) error {
	runner := h.runner(log, office, h.writer(l, office))
	h.keepPromises(runner, office, l, log)
	if err := h.planned.register(beside, h, runner, h.url); err != nil {
		return err
	}
	run("search", func(ctx context.Context) error {
		return search.Follow(ctx, h.db, h.index, h.indexFile())
	})
	run("policy", func(ctx context.Context) error {
		// What was due while the shop stood still goes before anybody looks whether something is late.
		if _, err := h.keeper(log).Retain(ctx); err != nil && ctx.Err() == nil {
			log.Error("the rules of retention could not be carried out", "error", err)
		}
		if err := h.checkAndTell(ctx, l, log); err != nil && ctx.Err() == nil {
			log.Error("the program could not check itself", "error", err)
		}
		h.gate.Follow(ctx, func(err error) { log.Warn("the versions of the policy cannot be read", "error", err) })
		return nil
	})
	run("jobs", runner.Run)
	run("audit", ledger.Run)
	h.takeErrands(log, run)
	return nil
}

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

// check refuses what cannot be served before anything is made or opened.
func (l listen) check() error {
	addr, err := net.ResolveTCPAddr("tcp", l.Addr)
	if err != nil {
		return usage{fmt.Sprintf("--addr %s is not HOST:PORT: %v", l.Addr, err)}
	}
	if l.Drain < 0 || l.PageCacheMB < 0 {
		return usage{"--drain and --page-cache-mb are not below 0"}
	}
	if _, err := net.ResolveTCPAddr("tcp", l.OpsAddr); l.OpsAddr != "" && err != nil {
		return usage{fmt.Sprintf("--ops-addr %s is not HOST:PORT: %v", l.OpsAddr, err)}
	}
	if err := (mail.Options{URL: l.SMTP, From: l.From}).Check(); err != nil {
		return usage{"--smtp or --from: " + err.Error()}
	}
	_, err = l.base(addr)
	return err
}

// open begins to listen and returns the public address.
func (l listen) open() (shop net.Listener, base string, err error) {
	if shop, err = net.Listen("tcp", l.Addr); err != nil {
		return nil, "", fmt.Errorf("cannot listen on %s: %w; choose another with --addr", l.Addr, err)
	}
	if base, err = l.base(shop.Addr().(*net.TCPAddr)); err != nil {
		shop.Close()
	}
	return shop, base, err
}

// base is the public address. Plain HTTP is for loopback; anything else has TLS in front.
func (l listen) base(addr *net.TCPAddr) (string, error) {
	base := strings.TrimSuffix(l.BaseURL, "/")
	if base == "" {
		base = fmt.Sprintf("http://localhost:%d", addr.Port)
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.Path+u.RawQuery+u.Fragment != "" || u.User != nil {
		return "", usage{fmt.Sprintf("--base-url %q is not scheme://host, such as https://market.example", l.BaseURL)}
	}
	if !addr.IP.IsLoopback() && u.Scheme != "https" && !l.Insecure {
		return "", usage{"beyond loopback the shop needs TLS: give --base-url https://… and a proxy that ends TLS (--trusted-proxy), or --insecure for a trial"}
	}
	return base, nil
}

// faces puts all routes on one server.
func (h *house) faces(l listen, base string, log *slog.Logger, meters *telemetry.Meters, health telemetry.Health) (*web.Server, error) {
	site := &ui.Site{Name: l.SiteName, Operator: l.Operator, HelpPhone: l.HelpPhone, HelpEmail: l.HelpEmail, HelpHours: l.HelpHours, ReturnDays: h.market.ReturnDays}
	people := h.people(l)
	people.MailOnly = h.mailOnly
	if err := people.UsePasskeys(base); err != nil {
		return nil, err
	}
	shop := storefront.New(storefront.Options{Frame: visit.Frame{DB: h.db, Market: h.market, Site: site, Clock: h.clock}, Desk: h.desk, People: people, Index: h.index, Blobs: h.blobs, Media: h.media, Policy: h.gate})
	cache := web.CacheOptions{MaxBytes: l.PageCacheMB << 20, Version: h.pagesVersion, Until: h.market.NextTurn}
	if l.PageCacheMB == 0 {
		cache.MaxBytes = -1
	}
	u, _ := url.Parse(base)
	s, err := web.New(web.Options{BaseURL: base, Hosts: loopbackNames(u), TrustedProxies: l.TrustedProxy, Log: log, Clock: h.clock, Policy: h.gate, Actor: web.Sessions(people),
		ErrorPage: shop.ErrorPage, Observe: func(r access.Route) web.Observer { return meters.Observe(r.Method, r.Pattern) }, Cache: cache})
	if err != nil {
		return nil, err
	}
	shop.Register(s)
	for pattern, handle := range map[string]web.Handler{"/healthz": health.Healthz, "/readyz": health.Readyz} {
		s.Handle(access.Route{Method: "GET", Pattern: pattern, Action: "health.view", Resource: "health", Policy: access.Everyone, Rate: access.RateHealth}, handle)
	}
	(&api.API{DB: h.db, Market: h.market, Desk: h.desk, People: people, Index: h.index, Clock: h.clock, Base: base, Style: ui.Assets().Href("site.css")}).Register(s, version())
	return s, nil
}

// pagesVersion changes when the catalog does, or the policy.
func (h *house) pagesVersion() uint64 {
	version := uint64(h.index.Seq()) << 16
	if h.gate != nil {
		version |= h.gate.Turn() & 0xffff
	}
	return version
}

// loopbackNames are the other names of a shop that is reached on this machine only.
func loopbackNames(base *url.URL) []string {
	if base.Scheme == "https" {
		return nil
	}
	switch base.Hostname() {
	case "localhost", "127.0.0.1", "::1":
		return []string{net.JoinHostPort("localhost", base.Port()), net.JoinHostPort("127.0.0.1", base.Port()), net.JoinHostPort("::1", base.Port())}
	}
	return nil
}

func (h *house) office(l listen, base string) (*letter.Office, error) {
	sender, err := mail.Open(mail.Options{URL: l.smtp(), From: l.From, Dir: h.dir, Allow: h.mailDoor(l)})
	if err != nil {
		return nil, err
	}
	texts, err := mail.OpenTexts(h.dir)
	if err != nil {
		return nil, err
	}
	help := l.HelpPhone
	if help == "" {
		help = l.HelpEmail
	}
	return &letter.Office{DB: h.db, Market: h.market, Links: h.links, Sender: sender, Texts: texts, BaseURL: base, Name: l.SiteName, Help: help,
		Provider: l.mailHost(), Operator: l.HelpEmail}, nil
}

// mailHost is who carries the mails, "" when they stay in the outbox.
func (l listen) mailHost() string {
	u, err := url.Parse(l.SMTP)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// keeper carries out what privacy requests and the rules of retention want.
func (h *house) keeper(log *slog.Logger) *privacy.Keeper {
	return &privacy.Keeper{DB: h.db, Market: h.market, Dir: h.dir, Clock: h.clock, Log: log}
}

// mailDoor opens to the operator's own mail server and to nobody else, as long
// as the policy speaks of mails at all.
func (h *house) mailDoor(l listen) func(host string) error {
	u, err := url.Parse(l.SMTP)
	return func(host string) error {
		if err != nil || host != u.Hostname() {
			return h.gate.AllowHost(host)
		}
		return h.gate.Allow(policy.OrderMail)
	}
}

// people is where logins are kept and sessions begin.
func (h *house) people(l listen) *auth.Desk {
	desk := auth.NewDesk(h.db, l.SiteName, h.secrets.Key)
	desk.Provider = l.mailHost()
	return desk
}

// writer writes to the owners of logins.
func (h *house) writer(l listen, office *letter.Office) *notice.Writer {
	return &notice.Writer{DB: h.db, Market: h.market, Desk: h.people(l), Mails: office.Sender, Texts: office.Texts, Clock: h.clock,
		BaseURL: office.BaseURL, Name: l.SiteName, Help: office.Help, Provider: office.Provider}
}

// runner knows who does which job.
func (h *house) runner(log *slog.Logger, office *letter.Office, writer *notice.Writer) *job.Runner {
	r := &job.Runner{DB: h.db, Clock: h.clock, Log: log}
	office.Register(r)
	h.keeper(log).Register(r)
	writer.Register(r)
	r.Handle(checkout.JobExpire, func(ctx context.Context, j job.Job) error {
		var part checkout.SellerOrderJob
		if err := j.Decode(&part); err != nil {
			return err
		}
		return fulfillment.ExpireUnconfirmed(ctx, h.db, part.SellerOrder, h.clock())
	})
	r.Every("order.press", 15*time.Minute, func(ctx context.Context, _ job.Job) error {
		_, err := fulfillment.Press(ctx, h.db, h.market, h.clock())
		return err
	})
	r.Every("order.complete", time.Hour, func(ctx context.Context, _ job.Job) error {
		_, err := fulfillment.Complete(ctx, h.db, h.market.ReturnDays, h.clock())
		return err
	})
	r.Every("mail.purge", 10*time.Minute, func(ctx context.Context, _ job.Job) error { // a code in it serves no longer
		return mail.PurgeOutbox(ctx, h.dir, time.Duration(h.market.Retention.SentMail)*24*time.Hour, h.clock())
	})
	r.Every("account.purge", 6*time.Hour, func(ctx context.Context, _ job.Job) error {
		return errors.Join(writer.Desk.Purge(ctx, h.clock()), account.Purge(ctx, h.db, h.clock()), repeat.Purge(ctx, h.db, h.clock()), cart.Purge(ctx, h.db, h.clock()))
	})
	r.Every("blob.sweep", 6*time.Hour, func(ctx context.Context, _ job.Job) error { return h.blobs.Sweep(ctx, h.clock()) })
	return r
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

// smtp is the mail server's address with its password, which comes from a file or the environment.
func (l listen) smtp() string {
	u, err := url.Parse(l.SMTP)
	if l.SMTPPassword == "" || err != nil || u.User == nil {
		return l.SMTP
	}
	u.User = url.UserPassword(u.User.Username(), l.SMTPPassword)
	return u.String()
}

func serveOps(ctx context.Context, addr string, handler http.Handler) error {
	s := &http.Server{Addr: addr, Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() { s.Close() })
	if err := s.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
