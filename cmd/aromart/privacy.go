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
	"time"

	"aromart/internal/care/disclosure"
	"aromart/internal/care/policy"
	"aromart/internal/care/privacy"
	"aromart/internal/kit/i18n"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
)

// privacyCmd is what a person has a right to, from the shell, and what is kept at all.
type privacyCmd struct {
	Inventory inventoryCmd  `cmd:"" help:"Every column with category, uses, recipients, retention and what erasure does."`
	Export    exportDataCmd `cmd:"" help:"Write the copy of everything that is kept about a person."`
	Erase     eraseDataCmd  `cmd:"" help:"Erase a person; without --yes only say what would go and what has to stay."`
	Requests  requestsCmd   `cmd:"" help:"The register of privacy requests with their deadlines."`
	Retention retentionCmd  `cmd:"" help:"Delete what has been kept long enough, or with --dry-run say what would go next month."`
}

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
