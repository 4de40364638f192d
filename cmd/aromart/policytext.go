package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"aromart/internal/care/policy"
)

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
