package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
)

// policyCmd leads a version of the privacy policy from the text of the program
// to the day on which it is in force.
type policyCmd struct {
	Status  policyStatusCmd  `cmd:"" help:"Which version is in force, which one waits, and for what."`
	Show    policyShowCmd    `cmd:"" help:"Print the text of a version, or the one of this program."`
	Diff    policyDiffCmd    `cmd:"" help:"What differs between two versions, section by section."`
	Propose policyProposeCmd `cmd:"" help:"Freeze the text of this program for review."`
	Sign    policySignCmd    `cmd:"" help:"Sign the version in review, for the business or for the law."`
	Return  policyReturnCmd  `cmd:"" help:"Send a version that is not in force back to be written anew."`
	Publish policyPublishCmd `cmd:"" help:"Give the version with both signatures its date."`
	Verify  policyVerifyCmd  `cmd:"" help:"Check what the policy promises on the live marketplace; exit 1 on any breach."`
}

// operatorFacts are the settings that the text of the policy names; they have to be those of serve.
type operatorFacts struct {
	Operator  string `help:"Legal name of the operator, as serve has it."`
	HelpEmail string `help:"Where questions about data go, as serve has it."`
}

func (h *house) facts(o operatorFacts) policy.Facts {
	return policy.Facts{Market: h.market, Operator: o.Operator, Email: o.HelpEmail}
}

// noFacts is what to do about a text that was compared without what it names.
const noFacts = "the text names the operator and the address for questions, and this command was given neither: " +
	"add --config FILE with the settings that serve has, or --operator and --help-email"

// compared tells a text that differs only because the command was given no facts from one that has changed.
func (o operatorFacts) compared(err error) error {
	if errs.Is(err, "policy.text_changed") && o == (operatorFacts{}) {
		return usage{noFacts}
	}
	return err
}

// remark says on standard error why a text differs that was compared without facts.
func (o operatorFacts) remark(c *console, differs bool) {
	if differs && o == (operatorFacts{}) {
		fmt.Fprintln(c.err, noFacts)
	}
}

var byOperator = policy.By{Kind: access.Operator.String()}

// versionJSON is a version as a script reads it.
type versionJSON struct {
	Version     int64         `json:"version"`
	Label       string        `json:"label"`
	Status      policy.Status `json:"status"`
	Hash        string        `json:"hash"`
	InForce     bool          `json:"in_force"`
	Current     bool          `json:"current"` // this program says the same
	ProposedAt  time.Time     `json:"proposed_at"`
	EffectiveAt *time.Time    `json:"effective_at"`
	Names       policy.Names  `json:"names"`
	SignOffs    []signJSON    `json:"sign_offs"`
}

type signJSON struct {
	Role policy.Role `json:"role"`
	By   string      `json:"by"`
	At   time.Time   `json:"at"`
}

func (h *house) versionJSON(v *policy.Version, f policy.Facts) versionJSON {
	out := versionJSON{Version: v.Number, Label: v.Label(), Status: v.Status, Hash: v.Hash, Current: v.Unchanged(f) == nil,
		ProposedAt: v.ProposedAt, Names: v.Names, SignOffs: []signJSON{}}
	if v.Published() {
		out.EffectiveAt = &v.EffectiveAt
	}
	for _, s := range v.SignOffs {
		if v.Status != policy.Draft { // what was signed before it was sent back counts no more
			out.SignOffs = append(out.SignOffs, signJSON{s.Role, s.Signer.Reveal(), s.At})
		}
	}
	return out
}

type policyStatusCmd struct {
	errand
	operatorFacts
	JSON bool `help:"Print JSON."`
}

func (p *policyStatusCmd) Run(ctx context.Context, c *console) error {
	return p.with(ctx, c, func(h *house) error {
		f := h.facts(p.operatorFacts)
		gate, err := policy.OpenGate(ctx, h.db, f, h.clock)
		if err != nil {
			return err
		}
		list, err := policy.All(ctx, h.db)
		if err != nil {
			return err
		}
		shown, ready := gate.Shown(), gate.Ready()
		out := struct {
			Shown    string        `json:"shown"`
			Hash     string        `json:"hash"`
			InForce  bool          `json:"in_force"`
			Ready    bool          `json:"production_ready"`
			Why      string        `json:"why_not,omitempty"`
			Versions []versionJSON `json:"versions"`
		}{shown.Version, shown.Hash, shown.InForce, ready == nil, "", []versionJSON{}}
		if ready != nil {
			out.Why = sentence(ready)
		}
		for i := range list {
			v := h.versionJSON(&list[i], f)
			v.InForce = shown.InForce && shown.Hash == v.Hash && v.EffectiveAt != nil && v.EffectiveAt.Equal(shown.Since)
			out.Versions = append(out.Versions, v)
		}
		p.remark(c, slices.ContainsFunc(out.Versions, func(v versionJSON) bool { return !v.Current }))
		if p.JSON {
			return json.NewEncoder(c.out).Encode(out)
		}
		return writeStatus(c, shown, ready, out.Versions)
	})
}

func writeStatus(c *console, shown policy.Shown, ready error, list []versionJSON) error {
	state := "a draft, not in force"
	if shown.InForce {
		state = "in force since " + shown.Since.Format(time.RFC3339)
	}
	fmt.Fprintf(c.out, "pages show version %s, %s\n%s\n", shown.Version, state, shown.Hash)
	if ready != nil {
		fmt.Fprintf(c.out, "--mode production is refused: %s\n", sentence(ready))
	} else {
		fmt.Fprintln(c.out, "--mode production may open")
	}
	if len(list) == 0 {
		fmt.Fprintln(c.out, "no version was proposed yet; see: aromart policy propose --help")
		return nil
	}
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "VERSION\tSTATUS\tFROM\tSIGNED BY\tTHIS PROGRAM\tHASH")
	for _, v := range list {
		from, same, signed := "", "says the same", []string{}
		if v.EffectiveAt != nil {
			from = v.EffectiveAt.Format(time.RFC3339)
		}
		if !v.Current {
			same = "differs"
		}
		for _, s := range v.SignOffs {
			signed = append(signed, s.By+" ("+string(s.Role)+")")
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%.12s\n", v.Version, v.Status, from, strings.Join(signed, ", "), same, v.Hash)
	}
	return w.Flush()
}

type policyVerifyCmd struct {
	errand
	listen
	JSON bool `help:"Print JSON."`
}

func (p *policyVerifyCmd) Run(ctx context.Context, c *console) error {
	return p.with(ctx, c, func(h *house) error {
		if err := h.useGate(ctx, p.facts()); err != nil {
			return err
		}
		results, err := h.selfCheck(ctx, p.listen)
		if err != nil {
			return err
		}
		if err := h.db.Write(ctx, func(tx *db.Tx) error { return policy.SaveResults(ctx, tx, results) }); err != nil {
			return err
		}
		bad := false
		tr := i18n.For("en")
		for _, r := range results {
			bad = bad || !r.Passed
			if !p.JSON {
				mark := "ok  "
				if !r.Passed {
					mark = "BAD "
				}
				fmt.Fprintf(c.out, "%s %-12s %s: %s\n", mark, r.Name, tr.T("policy.check."+r.Name), r.Detail)
			}
		}
		if p.JSON {
			if err := json.NewEncoder(c.out).Encode(results); err != nil {
				return err
			}
		}
		if bad {
			return errFound
		}
		return nil
	})
}
