package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"aromart/internal/care/disclosure"
	"aromart/internal/care/policy"
	"aromart/internal/care/privacy"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/people/auth"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
)

// onePerson names somebody whose rights are served from the shell.
type onePerson struct {
	errand
	Subject string `required:"" placeholder:"E-MAIL|PHONE|ORDER" help:"Whose data: an e-mail address, a phone number, or one order's number."`
	JSON    bool   `help:"Print JSON."`
}

func (o onePerson) of(ctx context.Context, c *console, f func(*house, privacy.Subject) error) error {
	return o.with(ctx, c, func(h *house) error {
		s, err := privacy.Find(ctx, h.db, h.market, o.Subject)
		if err != nil {
			return err
		}
		return f(h, s)
	})
}

// opened notes that the operator opened what the disclosures say and why, of an
// account or of an order each.
func (h *house) opened(ctx context.Context, act, reason string, list ...disclosure.Disclosure) error {
	return h.db.Write(ctx, func(tx *db.Tx) error {
		for _, d := range list {
			d.Recipient, d.Act, d.Purpose, d.Reason, d.At = disclosure.Support, act, policy.UseSupport, reason, h.clock()
			if err := disclosure.Record(ctx, tx, d); err != nil {
				return err
			}
			of, id := "order", d.Order
			if d.Login != 0 {
				of, id = "login", d.Login
			}
			if err := audit.Record(ctx, tx, audit.Entry{ActorKind: operator.Kind.String(), Action: act, ObjectKind: of, ObjectID: id, Fields: []string{"contact"},
				Reason: reason, At: d.At}); err != nil {
				return err
			}
		}
		return nil
	})
}

// parts are the account and the orders of a subject, each with what is opened of it.
func parts(s privacy.Subject, account, order []policy.Category) (list []disclosure.Disclosure) {
	if s.Login != 0 {
		list = append(list, disclosure.Disclosure{Login: s.Login, Kinds: account})
	}
	for _, id := range s.Orders {
		list = append(list, disclosure.Disclosure{Order: id, Kinds: order})
	}
	return list
}

type exportDataCmd struct {
	onePerson
	Out    string `type:"path" help:"Where the ZIP goes; without it data.json is printed."`
	Reason string `required:"" help:"Why the data are opened: a ticket or words that name nobody. The person sees it."`
}

func (e *exportDataCmd) Run(ctx context.Context, c *console) error {
	if strings.TrimSpace(e.Reason) == "" {
		return usage{"a copy opens a person's data: say why with --reason; the person sees it"}
	}
	if _, err := os.Lstat(e.Out); err == nil && e.Out != "" && c.call == nil {
		return usage{e.Out + " is there already; give another name"}
	}
	out, err := c.create(e.Out)
	if err != nil {
		return err
	}
	defer out.discard()
	return e.of(ctx, c, func(h *house, s privacy.Subject) error {
		if err := h.opened(ctx, "privacy.export", e.Reason, parts(s, disclosure.Account, disclosure.Contact)...); err != nil {
			return err
		}
		archive, err := privacy.Archive(ctx, h.db, h.market, s, h.market.Languages[0], h.clock())
		if err != nil {
			return err
		}
		if out != nil {
			if _, err := out.Write(archive); err != nil {
				return err
			}
			return out.keep()
		}
		z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
		if err != nil {
			return err
		}
		f, err := z.Open("data.json")
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(c.out, f)
		return err
	})
}

type eraseDataCmd struct {
	onePerson
	Yes bool `help:"Do it. It cannot be taken back."`
}

func (e *eraseDataCmd) Run(ctx context.Context, c *console) error {
	return e.of(ctx, c, func(h *house, s privacy.Subject) error {
		keeper := h.keeper(nil)
		if !e.Yes {
			look, err := keeper.Outlook(ctx, h.db, s)
			if err != nil {
				return err
			}
			if e.JSON {
				return json.NewEncoder(c.out).Encode(look)
			}
			h.printOutlook(c, s, look)
			return nil
		}
		q, err := keeper.EraseNow(ctx, s, operator)
		if err != nil {
			return err
		}
		if e.JSON {
			return json.NewEncoder(c.out).Encode(h.requestJSON(q))
		}
		h.printRequest(c, q)
		return nil
	})
}

func (h *house) day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(h.market.Location).Format(time.DateOnly)
}

func (h *house) printOutlook(c *console, s privacy.Subject, look *privacy.Outlook) {
	en := i18n.For("en")
	fmt.Fprintf(c.out, "%s would be erased:\n", plural(int64(len(s.Orders)), "order"))
	for _, k := range look.Goes {
		fmt.Fprintf(c.out, "  goes   %s\n", en.T("privacy.kind."+string(k)))
	}
	for _, k := range look.Kept {
		fmt.Fprintf(c.out, "  stays  %s  until %s (%s)\n", en.T("privacy.kind."+string(k.Kind)), h.day(k.Until), k.Why)
	}
	if len(look.Wait) > 0 {
		fmt.Fprintf(c.out, "%s can still move; their part waits until %s\n", plural(int64(len(look.Wait)), "order"), h.day(look.Wait[0].At))
	}
	fmt.Fprintln(c.out, "Nothing was changed. To do it: --yes")
}

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
	out := requestJSON{Number: q.Number, Kind: q.Kind, Status: q.Status, Channel: q.Channel, Proof: q.Proof, Orders: len(q.Orders),
		Reason: q.Reason, Masked: q.Struck,
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
	fmt.Fprintf(c.out, "%s  %s  %s  received %s  due %s  %s\n", q.Number, q.Kind, q.Status, h.day(q.ReceivedAt), h.day(q.DueAt),
		plural(int64(len(q.Orders)), "order"))
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
