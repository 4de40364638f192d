package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/kit/contact"
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

// whichText reads the argument of show and diff: a number, or "program" for what the program says today.
func (h *house) whichText(ctx context.Context, which string, f policy.Facts) (policy.Body, string, error) {
	if which == "" || which == "program" {
		f.Names = policy.Default()
		body := policy.Write(f)
		return body, body.Hash(f.Names), nil
	}
	number, err := strconv.ParseInt(which, 10, 64)
	if err != nil {
		return nil, "", usage{fmt.Sprintf("%q is no version; give a number, or program for the text of this program", which)}
	}
	v, err := policy.ByNumber(ctx, h.db, number)
	if err != nil {
		return nil, "", err
	}
	body, err := policy.BodyOf(ctx, h.db, v.ID)
	return body, v.Hash, err
}

type policyShowCmd struct {
	errand
	operatorFacts
	Version string `arg:"" optional:"" help:"Number of the version; the text of this program without it."`
	Lang    string `default:"en" enum:"en,si,ta" help:"en, si or ta."`
	JSON    bool   `help:"Print JSON."`
}

func (p *policyShowCmd) Run(ctx context.Context, c *console) error {
	return p.with(ctx, c, func(h *house) error {
		body, hash, err := h.whichText(ctx, p.Version, h.facts(p.operatorFacts))
		if err != nil {
			return err
		}
		docs, err := body.Read(p.Lang)
		if err != nil {
			return err
		}
		if p.JSON {
			return json.NewEncoder(c.out).Encode(struct {
				Hash     string            `json:"hash"`
				Language string            `json:"language"`
				Pages    []policy.Document `json:"pages"`
			}{hash, p.Lang, docs})
		}
		for _, d := range docs {
			writeDocument(c, d)
		}
		fmt.Fprintln(c.out, hash)
		return nil
	})
}

// writeDocument prints a page as a person would type it.
func writeDocument(c *console, d policy.Document) {
	fmt.Fprintf(c.out, "# %s (/%s)\n\n", d.Title, d.Name)
	for _, s := range d.Summary {
		fmt.Fprintf(c.out, "- %s\n", s)
	}
	for _, s := range d.Sections {
		fmt.Fprintf(c.out, "\n## %s\n\n", s.Title)
		for _, t := range s.Paragraphs {
			fmt.Fprintf(c.out, "%s\n\n", t)
		}
		for _, t := range s.List {
			fmt.Fprintf(c.out, "- %s\n", t)
		}
		for i, row := range append([][]string{s.Head}, s.Rows...) {
			if len(row) > 0 {
				fmt.Fprintf(c.out, "| %s |\n", strings.Join(row, " | "))
			}
			if i == 0 && len(row) > 0 {
				fmt.Fprintln(c.out, "|"+strings.Repeat("---|", len(row)))
			}
		}
	}
	fmt.Fprintln(c.out)
}

type policyDiffCmd struct {
	errand
	operatorFacts
	From string `arg:"" help:"Number of the version, or program for the text of this program."`
	To   string `arg:"" help:"The same."`
	Lang string `default:"en" enum:"en,si,ta" help:"en, si or ta."`
	JSON bool   `help:"Print JSON."`
}

func (p *policyDiffCmd) Run(ctx context.Context, c *console) error {
	return p.with(ctx, c, func(h *house) error {
		f := h.facts(p.operatorFacts)
		from, _, err := h.whichText(ctx, p.From, f)
		if err != nil {
			return err
		}
		to, _, err := h.whichText(ctx, p.To, f)
		if err != nil {
			return err
		}
		changes, err := policy.Compare(from, to, p.Lang)
		if err != nil {
			return err
		}
		p.remark(c, len(changes) > 0 && (p.From == "program" || p.To == "program"))
		if p.JSON {
			if changes == nil {
				changes = []policy.Change{}
			}
			return json.NewEncoder(c.out).Encode(changes)
		}
		if len(changes) == 0 {
			fmt.Fprintln(c.out, "no difference in this language")
		}
		for _, ch := range changes {
			fmt.Fprintf(c.out, "/%s %s\n", ch.Page, ch.Title)
			for _, t := range ch.Removed {
				fmt.Fprintf(c.out, "- %s\n", t)
			}
			for _, t := range ch.Added {
				fmt.Fprintf(c.out, "+ %s\n", t)
			}
			fmt.Fprintln(c.out)
		}
		return nil
	})
}

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
