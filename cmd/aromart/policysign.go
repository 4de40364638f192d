package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
)

type policyProposeCmd struct {
	errand
	operatorFacts
	Capability []policy.Capability `help:"Something new that this version allows: sms, analytics, advertising, remote_picture."`
	Provider   []string            `help:"A provider of online payment that this version allows."`
	Host       []string            `help:"A machine that the server may speak to."`
	PageHost   []string            `help:"A machine that a page may load from or send to."`
	JSON       bool                `help:"Print JSON."`
}

func (p *policyProposeCmd) Run(ctx context.Context, c *console) error {
	names, err := policy.Default().With(policy.Names{Capabilities: p.Capability, Providers: p.Provider, Hosts: p.Host, PageHosts: p.PageHost})
	if err != nil {
		return err
	}
	return p.with(ctx, c, func(h *house) error {
		f := h.facts(p.operatorFacts)
		f.Names = names
		v, err := h.write(ctx, func(tx *db.Tx) (*policy.Version, error) { return policy.Propose(ctx, tx, byOperator, f, h.clock()) })
		if errs.Is(err, "policy.facts_missing") {
			return usage{sentence(err) + " Give --operator and --help-email, or put them into the settings that serve has too."}
		}
		if err != nil {
			return err
		}
		return h.tell(c, v, f, p.JSON, "proposed; it needs: aromart policy sign --as business --by NAME, and --as legal by somebody else")
	})
}

func (h *house) write(ctx context.Context, f func(tx *db.Tx) (*policy.Version, error)) (v *policy.Version, err error) {
	err = h.db.Write(ctx, func(tx *db.Tx) (err error) {
		v, err = f(tx)
		return err
	})
	return v, err
}

// tell prints what became of a version.
func (h *house) tell(c *console, v *policy.Version, f policy.Facts, asJSON bool, next string) error {
	if asJSON {
		return json.NewEncoder(c.out).Encode(h.versionJSON(v, f))
	}
	fmt.Fprintf(c.out, "version %d is %s, %s\n%s\n", v.Number, v.Status, v.Hash, next)
	return nil
}

type policySignCmd struct {
	errand
	operatorFacts
	As   policy.Role `required:"" enum:"business,legal" help:"business or legal."`
	By   string      `required:"" placeholder:"NAME" help:"Name of the person who signs; each signs once."`
	JSON bool        `help:"Print JSON."`
}

func (p *policySignCmd) Run(ctx context.Context, c *console) error {
	signer, err := contact.ParseName("by", p.By)
	if err != nil {
		return err
	}
	return p.with(ctx, c, func(h *house) error {
		f := h.facts(p.operatorFacts)
		v, err := h.write(ctx, func(tx *db.Tx) (*policy.Version, error) {
			return policy.Sign(ctx, tx, byOperator, p.As, signer, f, h.clock())
		})
		if err != nil {
			return p.compared(err)
		}
		next := "the other signature is missing"
		if v.Signed() {
			next = "both signatures are there; it needs its date: aromart policy publish --at 2027-01-01"
		}
		return h.tell(c, v, f, p.JSON, next)
	})
}

type policyReturnCmd struct {
	errand
	Version int64  `arg:"" help:"Number of the version."`
	Reason  string `help:"Why, for the audit log; no names."`
}

func (p *policyReturnCmd) Run(ctx context.Context, c *console) error {
	return p.with(ctx, c, func(h *house) error {
		err := h.db.Write(ctx, func(tx *db.Tx) error { return policy.Return(ctx, tx, byOperator, p.Version, p.Reason, h.clock()) })
		if err == nil {
			fmt.Fprintf(c.out, "version %d is a draft again, without signatures\n", p.Version)
		}
		return err
	})
}

type policyPublishCmd struct {
	errand
	operatorFacts
	At   string `required:"" placeholder:"DATE" help:"now, a day such as 2027-01-01 (its beginning in the market's time), or 2027-01-01T09:00:00+05:30."`
	JSON bool   `help:"Print JSON."`
}

func (p *policyPublishCmd) Run(ctx context.Context, c *console) error {
	return p.with(ctx, c, func(h *house) error {
		now := h.clock()
		at, err := h.moment(p.At, now)
		if err != nil {
			return err
		}
		f := h.facts(p.operatorFacts)
		v, err := h.write(ctx, func(tx *db.Tx) (*policy.Version, error) { return policy.Publish(ctx, tx, byOperator, f, at, now) })
		if err != nil {
			return p.compared(err)
		}
		return h.tell(c, v, f, p.JSON, "in force from "+v.EffectiveAt.In(h.market.Location).Format(time.RFC1123Z)+"; account holders are told by mail")
	})
}

// moment reads a date as a person types it.
func (h *house) moment(text string, now time.Time) (time.Time, error) {
	if text == "now" {
		return now, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.UTC(), nil
	}
	at, err := time.ParseInLocation(time.DateOnly, text, h.market.Location)
	if err != nil {
		return at, usage{fmt.Sprintf("--at %q is no date; write now, 2027-01-01 or 2027-01-01T09:00:00+05:30", text)}
	}
	return at.UTC(), nil
}
