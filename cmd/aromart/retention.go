package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/care/privacy"
	"aromart/internal/people/auth"
)

type retentionCmd struct {
	errand
	DryRun bool `help:"Say what would go until a month from now, and why not more."`
	JSON   bool `help:"Print JSON."`
}

func (r *retentionCmd) Run(ctx context.Context, c *console) error {
	return r.with(ctx, c, func(h *house) error {
		keeper := h.keeper(nil)
		var rules []privacy.Rule
		var err error
		if r.DryRun {
			rules, err = keeper.Plan(ctx, h.clock().AddDate(0, 1, 0))
		} else {
			rules, err = keeper.Retain(ctx)
		}
		if err != nil {
			return err
		}
		if r.DryRun {
			more, err := h.ended(ctx, h.clock().AddDate(0, 1, 0))
			if err != nil {
				return err
			}
			rules = append(rules, more...)
		}
		if r.JSON {
			return json.NewEncoder(c.out).Encode(rules)
		}
		w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "RULE\tWHAT\tDAYS\tGOES\tHELD")
		for _, rule := range rules {
			fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\n", rule.Class, rule.What, rule.Days, rule.Goes, len(rule.Held))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		for _, rule := range rules {
			for _, held := range rule.Held {
				fmt.Fprintf(c.out, "%s stays: %s, until about %s\n", held.Order, held.Why, h.day(held.Until))
			}
		}
		return nil
	})
}

// ended are the sessions, links and codes that will have served by then. Their
// own job deletes them, four times a day.
func (h *house) ended(ctx context.Context, at time.Time) (out []privacy.Rule, err error) {
	counts, err := auth.Outlived(ctx, h.db, at)
	for _, of := range []struct {
		table string
		class policy.Retention
	}{{"sessions", policy.SessionDays}, {"proofs", policy.ProofDays}} {
		out = append(out, privacy.Rule{Class: of.class, What: of.table, Days: auth.KeepEnded, Goes: counts[of.table]})
	}
	return out, err
}
