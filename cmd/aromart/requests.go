package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/care/privacy"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/platform/db"
)

type requestsCmd struct {
	List   requestListCmd   `cmd:"" default:"withargs" help:"List open requests, the most urgent first."`
	Add    requestAddCmd    `cmd:"" help:"Take down a request that came by phone or letter."`
	Show   requestShowCmd   `cmd:"" help:"Show one request with question, answer, receipt and steps."`
	Verify requestVerifyCmd `cmd:"" help:"Note that the person has shown who asks."`
	Start  requestStartCmd  `cmd:"" help:"Take a verified request up."`
	Extend requestExtendCmd `cmd:"" help:"Extend the deadline as far as the law allows, and tell the person."`
	Finish requestFinishCmd `cmd:"" help:"Close a request with an answer; with --partly name the legal reason of the rest."`
	Refuse requestRefuseCmd `cmd:"" help:"Refuse a request for a legal reason."`
}

type requestListCmd struct {
	errand
	All   bool `help:"Closed ones too."`
	Limit int  `default:"100" help:"How many."`
	JSON  bool `help:"Print JSON."`
}

func (r *requestListCmd) Run(ctx context.Context, c *console) error {
	if r.Limit < 1 {
		return usage{"--limit is 1 or more"}
	}
	return r.with(ctx, c, func(h *house) error {
		list, err := privacy.List(ctx, h.db, r.All, r.Limit)
		if err != nil {
			return err
		}
		if r.JSON {
			out := []requestJSON{}
			for i := range list {
				out = append(out, h.requestJSON(&list[i]))
			}
			return json.NewEncoder(c.out).Encode(out)
		}
		w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "NUMBER\tKIND\tSTATUS\tPROOF\tRECEIVED\tDUE\tDAYS LEFT")
		for i := range list {
			q := &list[i]
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", q.Number, q.Kind, q.Status, q.Proof, h.day(q.ReceivedAt), h.day(q.DueAt), h.daysLeft(q))
		}
		return w.Flush()
	})
}

func (h *house) daysLeft(q *privacy.Request) string {
	if !q.Open() {
		return "-"
	}
	left := q.DueAt.Sub(h.clock())
	if left < 0 {
		return "overdue"
	}
	return fmt.Sprint(int(left.Hours() / 24))
}

type requestAddCmd struct {
	onePerson
	Kind     string `required:"" enum:"access,correction,erasure,objection,question" help:"access, correction, erasure, objection or question."`
	Question string `help:"What the person wants, in short."`
}

func (r *requestAddCmd) Run(ctx context.Context, c *console) error {
	return r.of(ctx, c, func(h *house, s privacy.Subject) error {
		var q *privacy.Request
		err := h.db.Write(ctx, func(tx *db.Tx) (err error) {
			q, err = privacy.Ask(ctx, tx, h.market, privacy.Asked{Kind: r.Kind, Subject: s, Question: r.Question, Channel: "shell",
				Language: h.market.Languages[0], By: operator}, h.clock())
			return err
		})
		if err != nil {
			return err
		}
		if r.JSON {
			return json.NewEncoder(c.out).Encode(h.requestJSON(q))
		}
		fmt.Fprintf(c.out, "%s received, due %s\n%s", q.Number, h.day(q.DueAt), struck(q))
		return nil
	})
}

// oneRequest names a request of the register.
type oneRequest struct {
	errand
	Number string `arg:"" help:"Number of the request."`
	JSON   bool   `help:"Print JSON."`
}

func (o oneRequest) read(ctx context.Context, r db.Reader) (*privacy.Request, error) {
	q, err := privacy.ByNumber(ctx, r, privacy.CleanRequestNumber(o.Number))
	if errs.KindOf(err) == errs.NotFound {
		return nil, fmt.Errorf("there is no request %s", o.Number)
	}
	return q, err
}

// act takes one step of the request and says how it stands then.
func (o oneRequest) act(ctx context.Context, c *console, step func(h *house, tx *db.Tx, q *privacy.Request, now time.Time) error) error {
	return o.with(ctx, c, func(h *house) error {
		var q *privacy.Request
		err := h.db.Write(ctx, func(tx *db.Tx) (err error) {
			if q, err = o.read(ctx, tx); err != nil {
				return err
			}
			return step(h, tx, q, h.clock())
		})
		if err != nil {
			return err
		}
		if o.JSON {
			return json.NewEncoder(c.out).Encode(h.requestJSON(q))
		}
		fmt.Fprintf(c.out, "%s %s, due %s\n%s", q.Number, q.Status, h.day(q.DueAt), struck(q))
		return nil
	})
}

// struck tells who typed a secret into a text that it was not kept.
func struck(q *privacy.Request) string {
	if !q.Struck {
		return ""
	}
	return i18n.For("en").T("privacy.done.masked") + "\n"
}

type requestShowCmd struct{ oneRequest }

func (r *requestShowCmd) Run(ctx context.Context, c *console) error {
	return r.with(ctx, c, func(h *house) error {
		q, err := r.read(ctx, h.db)
		if err != nil {
			return err
		}
		of := privacy.Subject{Login: q.Login}
		if q.Login == 0 { // whoever has an account reads it there, once
			of.Orders = q.Orders
		}
		text := []policy.Category{policy.PrivateText}
		if err := h.opened(ctx, "privacy.request", q.Number, parts(of, text, text)...); err != nil {
			return err
		}
		if r.JSON {
			return json.NewEncoder(c.out).Encode(h.requestJSON(q))
		}
		h.printRequest(c, q)
		return nil
	})
}

type requestVerifyCmd struct {
	oneRequest
	Proof string `default:"call" enum:"call,code,session" help:"How it was shown: call, code or session."`
}

func (r *requestVerifyCmd) Run(ctx context.Context, c *console) error {
	return r.act(ctx, c, func(_ *house, tx *db.Tx, q *privacy.Request, now time.Time) error {
		return privacy.Verify(ctx, tx, operator, q, r.Proof, now)
	})
}

type requestStartCmd struct{ oneRequest }

func (r *requestStartCmd) Run(ctx context.Context, c *console) error {
	return r.act(ctx, c, func(_ *house, tx *db.Tx, q *privacy.Request, now time.Time) error {
		return privacy.Start(ctx, tx, operator, q, now)
	})
}

type requestExtendCmd struct{ oneRequest }

func (r *requestExtendCmd) Run(ctx context.Context, c *console) error {
	return r.act(ctx, c, func(h *house, tx *db.Tx, q *privacy.Request, now time.Time) error {
		return privacy.Extend(ctx, tx, h.market, operator, q, now)
	})
}

type requestFinishCmd struct {
	oneRequest
	Answer string `help:"What the person is told."`
	Partly string `placeholder:"REASON" help:"The legal reason why something stays undone."`
}

func (r *requestFinishCmd) Run(ctx context.Context, c *console) error {
	return r.act(ctx, c, func(_ *house, tx *db.Tx, q *privacy.Request, now time.Time) error {
		if r.Partly != "" {
			return reasons(privacy.FinishPartly(ctx, tx, operator, q, r.Partly, r.Answer, now))
		}
		return privacy.Finish(ctx, tx, operator, q, r.Answer, now)
	})
}

type requestRefuseCmd struct {
	oneRequest
	Reason string `required:"" help:"The legal reason."`
	Answer string `help:"What the person is told besides."`
}

func (r *requestRefuseCmd) Run(ctx context.Context, c *console) error {
	return r.act(ctx, c, func(_ *house, tx *db.Tx, q *privacy.Request, now time.Time) error {
		return reasons(privacy.Refuse(ctx, tx, operator, q, r.Reason, r.Answer, now))
	})
}

// reasons names the list that a reason has to be of.
func reasons(err error) error {
	if errs.Is(err, "privacy.reason_unknown") {
		return usage{"the legal reasons are " + strings.Join(privacy.Reasons(), ", ")}
	}
	return err
}

// requestJSON is a request as a script reads it.
type requestJSON struct {
	Number     string           `json:"number"`
	Masked     bool             `json:"masked,omitempty"` // what looked like a secret in the text just given was not kept
	Kind       string           `json:"kind"`
	Status     string           `json:"status"`
	Channel    string           `json:"channel"`
	Proof      string           `json:"proof"`
	Orders     int              `json:"orders"`
	Reason     string           `json:"reason"`
	ReceivedAt time.Time        `json:"received_at"`
	DueAt      time.Time        `json:"due_at"`
	Extended   bool             `json:"extended"`
	RunAt      *time.Time       `json:"run_at"` // null when nothing waits
	ClosedAt   *time.Time       `json:"closed_at"`
	Receipt    *privacy.Receipt `json:"receipt"`
	Events     []requestStep    `json:"events"`
}

type requestStep struct {
	At     time.Time `json:"at"`
	Name   string    `json:"name"`
	To     string    `json:"to"`
	By     string    `json:"by"`
	Reason string    `json:"reason"`
}

func (h *house) requestJSON(q *privacy.Request) requestJSON {
	out := requestJSON{Number: q.Number, Kind: q.Kind, Status: q.Status, Channel: q.Channel, Proof: q.Proof, Orders: len(q.Orders), Reason: q.Reason, Masked: q.Struck,
		ReceivedAt: q.ReceivedAt, DueAt: q.DueAt, Extended: !q.ExtendedAt.IsZero(), Receipt: q.Receipt, Events: []requestStep{}}
	if !q.RunAt.IsZero() {
		out.RunAt = &q.RunAt
	}
	if !q.ClosedAt.IsZero() {
		out.ClosedAt = &q.ClosedAt
	}
	for _, e := range q.Events {
		out.Events = append(out.Events, requestStep{e.At, e.Name, e.To, e.By.Kind.String(), e.Reason})
	}
	return out
}

func (h *house) printRequest(c *console, q *privacy.Request) {
	en := i18n.For("en")
	fmt.Fprintf(c.out, "%s  %s  %s  received %s  due %s  %s\n", q.Number, q.Kind, q.Status, h.day(q.ReceivedAt), h.day(q.DueAt), plural(int64(len(q.Orders)), "order"))
	if !q.RunAt.IsZero() {
		fmt.Fprintf(c.out, "carried out on %s, or when the last parcel can no longer come back\n", h.day(q.RunAt))
	}
	for _, part := range []struct{ name, text string }{{"question", q.Question.Reveal()}, {"answer", q.Answer.Reveal()}, {"reason", q.Reason}} {
		if part.text != "" {
			fmt.Fprintf(c.out, "%s: %s\n", part.name, part.text)
		}
	}
	if r := q.Receipt; r != nil {
		fmt.Fprintf(c.out, "\nreceipt %s, %s\n", r.Number, h.day(r.At))
		for _, e := range r.Erased {
			fmt.Fprintf(c.out, "  erased  %s: %s\n", e.Table, plural(e.Rows, "row"))
		}
		fmt.Fprintf(c.out, "  erased  %s\n", plural(int64(r.Files), "file"))
		for _, k := range r.Kept {
			fmt.Fprintf(c.out, "  kept    %s until %s (%s)\n", en.T("privacy.kind."+string(k.Kind)), h.day(k.Until), k.Why)
		}
		fmt.Fprintln(c.out, "  "+en.T("privacy.log."+r.Log))
	}
	fmt.Fprintln(c.out)
	for _, e := range q.Events {
		fmt.Fprintf(c.out, "%s  %s -> %s  by %s %s\n", h.day(e.At), e.Name, e.To, e.By.Kind, e.Reason)
	}
}
