package main

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/care/privacy"
	"aromart/internal/goods/search"
	"aromart/internal/people/account"
	"aromart/internal/people/notice"
	"aromart/internal/people/repeat"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/job"
	"aromart/internal/platform/mail"
	"aromart/internal/trade/cart"
	"aromart/internal/trade/checkout"
	"aromart/internal/trade/fulfillment"
	"aromart/internal/trade/letter"
)

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
