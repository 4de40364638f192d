package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/care/privacy"
	"aromart/internal/kit/errs"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
	"aromart/internal/platform/job"
	"aromart/internal/platform/telemetry"
	"aromart/internal/trade/letter"
)

// passGates opens the policy as this operator shows it, and asks it whether
// the settings may be.
func (h *house) passGates(ctx context.Context, l listen) error {
	if err := h.useGate(ctx, l.facts()); err != nil {
		return err
	}
	return h.gates(l)
}

// gates refuses to start with anything switched on that the policy does not
// name. Each refusal carries the id of the promise that it would break.
func (h *house) gates(l listen) error {
	for _, c := range policy.Cookies() {
		if err := h.gate.AllowCookie(c); err != nil {
			return err
		}
	}
	if l.SMTP != "" {
		if err := h.gate.Allow(policy.OrderMail); err != nil {
			return err
		}
	}
	if l.PaymentGatewayKey != "" && l.PaymentGateway == "" {
		return usage{"--payment-gateway-key belongs to a gateway; name it with --payment-gateway"}
	}
	if l.PaymentGateway != "" {
		if err := h.gate.AllowPayment(l.PaymentGateway); err != nil {
			return err
		}
		return errs.New(errs.Unsupported, "policy.not_connected", "name", l.PaymentGateway)
	}
	if l.SMSGateway != "" {
		if err := h.gate.Allow(policy.SMS); err != nil {
			return err
		}
		if err := h.gate.AllowHost(l.SMSGateway); err != nil {
			return err
		}
		return errs.New(errs.Unsupported, "policy.not_connected", "name", l.SMSGateway)
	}
	return nil
}

// selfCheck asks the marketplace whether it keeps what the policy promises.
func (h *house) selfCheck(ctx context.Context, l listen) ([]policy.Result, error) {
	base := "http://localhost"
	if l.BaseURL != "" {
		base = strings.TrimSuffix(l.BaseURL, "/")
	}
	l.PageCacheMB = 0
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	face, err := h.faces(l, base, quiet, telemetry.New(), telemetry.Health{})
	if err != nil {
		return nil, err
	}
	checks := append(policy.Checks(h.db, h.gate),
		policy.Known("capabilities", func(context.Context) (string, error) { return "nothing else is on", wordsOf(h.gates(l)) }),
		policy.Known("headers", func(ctx context.Context) (string, error) {
			return checkHeaders(ctx, face, base, h.gate.Names().PageHosts)
		}),
		policy.Known("passwords", h.checkPasswords),
		policy.Known("audit", func(ctx context.Context) (string, error) { return "the log verifies", h.auditSound(ctx) }),
		policy.Known("retention", h.nothingOverstays),
		policy.Known("requests", h.requestsInTime))
	results := policy.RunChecks(ctx, checks, h.clock())
	return results, ctx.Err() // what was cut off has not failed
}

// retentionGrace is how long after its day a value may still wait for the daily job.
const retentionGrace = 48 * time.Hour

// nothingOverstays looks for what is kept longer than its rule says.
func (h *house) nothingOverstays(ctx context.Context) (string, error) {
	at := h.clock().Add(-retentionGrace)
	rules, err := h.keeper(slog.Default()).Plan(ctx, at)
	if err != nil {
		return "", err
	}
	ended, err := auth.Outlived(ctx, h.db, at)
	if err != nil {
		return "", err
	}
	late := int64(0)
	for _, n := range ended {
		late += n
	}
	for _, r := range rules {
		late += r.Goes
	}
	if late > 0 {
		return "", fmt.Errorf("kept longer than the rules allow: %s", plural(late, "record"))
	}
	return "nothing is older than its rule allows", nil
}

// requestsInTime looks for requests that wait longer than the law lets them,
// and for deletions whose day is over.
func (h *house) requestsInTime(ctx context.Context) (string, error) {
	late, err := privacy.Overdue(ctx, h.db, h.clock())
	if err == nil && late > 0 {
		err = fmt.Errorf("overdue: %s", plural(late, "privacy request"))
	}
	if err != nil {
		return "", err
	}
	late, err = privacy.Unserved(ctx, h.db, h.clock().Add(-retentionGrace))
	if err == nil && late > 0 {
		err = fmt.Errorf("not carried out: %s", plural(late, "deletion"))
	}
	return "no request is overdue", err
}

// wordsOf is an error with the sentence that people read.
func wordsOf(err error) error {
	if err == nil {
		return nil
	}
	return errors.New(sentence(err))
}

// checkHeaders visits pages as a stranger does: none sets a cookie, and each
// tells the browser to load from nowhere else.
func checkHeaders(ctx context.Context, face http.Handler, base string, hosts []string) (string, error) {
	pages := []string{"/", "/privacy", "/cookies", "/si/terms", "/privacy/data", "/search?q=a", "/cart", "/no-such-page"}
	for _, path := range pages {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
		if err != nil {
			return "", err
		}
		r.RequestURI, r.RemoteAddr = path, "127.0.0.1:1"
		w := unread{}
		face.ServeHTTP(w, r)
		csp := w.Header().Get("Content-Security-Policy")
		switch {
		case len(w.Header()["Set-Cookie"]) > 0:
			return "", fmt.Errorf("P01: %s sets a cookie", path)
		case !strings.HasPrefix(csp, "default-src 'none'; script-src 'self'"):
			return "", fmt.Errorf("P14: %s has the content policy %q", path, csp)
		case w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Referrer-Policy") == "":
			return "", fmt.Errorf("P23: %s lacks a security header", path)
		}
		for source := range strings.FieldsSeq(csp) {
			if host, outside := strings.CutPrefix(strings.Trim(source, ";"), "https://"); outside && !slices.Contains(hosts, host) {
				return "", fmt.Errorf("P14: %s may load from %s", path, host)
			}
		}
	}
	return fmt.Sprint(len(pages), " pages"), nil
}

// unread is an answer of which only the head is looked at.
type unread http.Header

func (u unread) Header() http.Header         { return http.Header(u) }
func (u unread) Write(b []byte) (int, error) { return len(b), nil }
func (u unread) WriteHeader(int)             {}

// hashCost is what every stored password has to cost at least; signing in
// renews an older one.
const hashCost = "$argon2id$v=19$m=19456,t=2,p=1$"

func (h *house) checkPasswords(ctx context.Context) (string, error) {
	count := func(where string) (int64, error) {
		return db.One(ctx, h.db, db.Int, `SELECT count(*) FROM logins WHERE password_hash <> ''`+where, hashCost)
	}
	all, err := count(` AND $1 = $1`)
	if err != nil {
		return "", err
	}
	weak, err := count(` AND substr(password_hash, 1, length($1)) <> $1`)
	if err != nil {
		return "", err
	}
	if weak > 0 {
		return "", fmt.Errorf("P08: %s of %d cost less than promised", plural(weak, "password"), all)
	}
	return plural(all, "password"), nil
}

// keepPromises lets the server check itself at every start and once a day, and
// lets versions come into force in the database too.
func (h *house) keepPromises(r *job.Runner, office *letter.Office, l listen, log *slog.Logger) {
	r.Every(policy.JobVerify, day, func(ctx context.Context, _ job.Job) error { return h.checkAndTell(ctx, l, log) })
	r.Every(policy.JobSettle, minute, func(ctx context.Context, _ job.Job) error {
		return h.db.Write(ctx, func(tx *db.Tx) error { return policy.Settle(ctx, tx, h.clock()) })
	})
	r.Handle(policy.JobAnnounce, policy.Announce(h.db, auth.Holders))
	r.Handle(policy.JobNotice, office.PolicyNotice(h.holder))
}

func (h *house) checkAndTell(ctx context.Context, l listen, log *slog.Logger) error {
	results, err := h.selfCheck(ctx, l)
	if err != nil {
		return err
	}
	for _, r := range results {
		if !r.Passed {
			log.Error("a promise is not kept", "check", r.Name, "detail", r.Detail)
		}
	}
	return h.db.Write(ctx, func(tx *db.Tx) error { return policy.SaveResults(ctx, tx, results) })
}
