package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"aromart/internal/care/disclosure"
	"aromart/internal/care/policy"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
	"aromart/internal/people/access"
	"aromart/internal/people/seller"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
	"aromart/internal/trade/order"
	"aromart/internal/trade/payment"
)

type orderListCmd struct {
	errand
	Status string `help:"Only orders with a part in this status, e.g. confirmed."`
	Limit  int    `default:"50" help:"How many."`
	JSON   bool   `help:"Print JSON."`
}

func (o *orderListCmd) Run(ctx context.Context, c *console) error {
	if o.Limit < 1 {
		return usage{"--limit is 1 or more"}
	}
	if known := statuses(); o.Status != "" && !slices.Contains(known, o.Status) {
		return usage{fmt.Sprintf("there is no status %q; there are %s", o.Status, strings.Join(known, ", "))}
	}
	return o.with(ctx, c, func(h *house) error {
		list, err := order.List(ctx, h.db, o.Status, 0, o.Limit+1)
		if err != nil {
			return err
		}
		if len(list) > o.Limit {
			list = list[:o.Limit]
			fmt.Fprintf(c.err, "only the newest %d are shown; --limit shows more\n", o.Limit)
		}
		if o.JSON {
			return json.NewEncoder(c.out).Encode(summariesJSON(h, list))
		}
		w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "NUMBER\tPLACED\tSTATUS\tPARTS\tTOTAL")
		for _, s := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\n", s.Number, s.PlacedAt.In(h.market.Location).Format("2006-01-02 15:04"), strings.Join(s.Statuses, ", "), s.Parts, h.market.Format(s.Total, "en"))
		}
		return w.Flush()
	})
}

// statuses are those that a part of an order can have.
func statuses() []string {
	var list []string
	for _, s := range order.SellerOrders.Steps {
		for _, status := range []string{s.From, s.To} {
			if status != "" && !slices.Contains(list, status) {
				list = append(list, status)
			}
		}
	}
	return list
}

type orderShowCmd struct {
	errand
	Number  string `arg:"" help:"Order number."`
	Link    bool   `help:"Also print the customer's secret link."`
	Contact bool   `help:"Also print name, phone and address; needs --reason."`
	Reason  string `help:"Why the order is opened: a ticket or words that name nobody. The customer sees it."`
	As      string `placeholder:"SLUG" help:"Show the part of this store as its owner sees it now; needs --reason."`
	JSON    bool   `help:"Print JSON."`
}

func (o *orderShowCmd) Run(ctx context.Context, c *console) error {
	return o.with(ctx, c, func(h *house) error {
		ord, err := order.ByNumber(ctx, h.db, order.CleanNumber(o.Number))
		if errs.KindOf(err) == errs.NotFound {
			return fmt.Errorf("there is no order %s", o.Number)
		}
		if err != nil {
			return err
		}
		if err := o.record(ctx, h, ord); err != nil {
			return err
		}
		if o.JSON {
			return json.NewEncoder(c.out).Encode(orderToJSON(h, ord))
		}
		if o.As != "" {
			return o.asSeller(ctx, c, h, ord)
		}
		h.printOrder(c, ord)
		if o.Contact {
			person, err := order.ContactOf(ctx, h.db, ord.ID)
			if err != nil {
				return err
			}
			printContact(c, person)
		}
		if o.Link {
			fmt.Fprintf(c.out, "\nlink: /o/%s\n", h.links.Token(ord))
		}
		return nil
	})
}

// record notes that somebody at the shell opened the order, before anything is shown.
func (o *orderShowCmd) record(ctx context.Context, h *house, ord *order.Order) error {
	opens := o.Contact || o.As != ""
	if opens && o.JSON {
		return usage{"--contact and --as are for a person at the shell; JSON holds nothing of the customer"}
	}
	if o.As != "" && (o.Contact || o.Link) {
		return usage{"--as shows what the seller sees, and he sees neither contact nor link"}
	}
	if _, ok := access.Permit(operator, "order.contact", access.Resource{Order: int64(ord.ID), Reason: o.Reason != ""}); opens && !ok {
		return usage{"--contact and --as open a person's data: say why with --reason; the customer sees it"}
	}
	d := disclosure.Disclosure{Order: int64(ord.ID), Recipient: disclosure.Support, Act: "order.show", Kinds: disclosure.Goods,
		Purpose: policy.UseSupport, Reason: o.Reason, At: h.clock()}
	fields := []string{"lines"}
	if opens {
		d.Act, d.Kinds, fields = "order.contact", disclosure.Contact, []string{"contact"}
	}
	return h.db.Write(ctx, func(tx *db.Tx) error {
		if err := disclosure.Record(ctx, tx, d); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{ActorKind: operator.Kind.String(), Action: d.Act, ObjectKind: "order", ObjectID: int64(ord.ID),
			Fields: fields, Reason: o.Reason, At: d.At})
	})
}

// asSeller prints the part of a store with the fields that its owner is granted at this stage.
func (o *orderShowCmd) asSeller(ctx context.Context, c *console, h *house, ord *order.Order) error {
	st, err := seller.BySlug(ctx, h.db, o.As)
	if errs.KindOf(err) == errs.NotFound {
		return fmt.Errorf("there is no store %s", o.As)
	}
	if err != nil {
		return err
	}
	owner := access.Actor{Kind: access.SellerOwner, Seller: int64(st.Seller)}
	for i := range ord.Parts {
		if ord.Parts[i].Seller != st.Seller {
			continue
		}
		v, err := order.SeenBySeller(ctx, h.db, owner, ord.Parts[i].ID, h.market.SellerViewDays, h.clock())
		if err != nil {
			return err
		}
		h.printOrder(c, &order.Order{Number: v.Number, PlacedAt: ord.PlacedAt, Sums: v.Part.Sums, Parts: []order.SellerOrder{v.Part}})
		fmt.Fprintf(c.out, "the seller sees: %s\n", v.Fields)
		printContact(c, v.Contact)
		return nil
	}
	return fmt.Errorf("order %s has nothing of %s", ord.Number, o.As)
}

func printContact(c *console, p order.Contact) {
	for _, f := range []struct{ name, text string }{
		{"name", p.Name.Reveal()}, {"phone", p.Phone.Reveal()}, {"e-mail", p.Email.Reveal()}, {"recipient", p.Recipient.Reveal()}, {"street", p.Street.Reveal()},
		{"landmark", p.Area.Reveal()}, {"city", p.City}, {"region", p.Region}, {"postal code", p.PostalCode.Reveal()}, {"note", p.Note.Reveal()},
	} {
		if f.text != "" {
			fmt.Fprintf(c.out, "%s: %s\n", f.name, f.text)
		}
	}
}

func (h *house) printOrder(c *console, o *order.Order) {
	sum := func(a money.Amount) string { return h.market.Format(a, "en") }
	when := func(t time.Time) string { return t.In(h.market.Location).Format("2006-01-02 15:04") }
	fmt.Fprintf(c.out, "%s  placed %s  %s  %s\n", o.Number, when(o.PlacedAt), o.Status(), sum(o.Total))
	for _, p := range o.Parts {
		fmt.Fprintf(c.out, "\npart %d  %s  %s  payment %s %s\n", p.Position, p.Store.Name, p.Status, p.Payment.Status, sum(p.Payment.Amount))
		if p.Payment.Status != payment.StatusDue && p.Payment.Status != payment.Voided && p.Payment.Collected != p.Payment.Amount {
			fmt.Fprintf(c.out, "  taken %s\n", sum(p.Payment.Collected))
		}
		if p.Fulfillment.Status != "" {
			fmt.Fprintf(c.out, "  parcel %s  %s %s\n", p.Fulfillment.Status, p.Fulfillment.Carrier, p.Fulfillment.TrackingNumber)
		}
		for _, l := range p.Lines {
			fmt.Fprintf(c.out, "  %d x %s  %s\n", l.Quantity, l.Title, sum(l.Total))
		}
	}
	fmt.Fprintln(c.out)
	for _, e := range o.Events {
		about := "order" // as a whole
		for _, p := range o.Parts {
			if p.ID == e.SellerOrder {
				about = fmt.Sprint("part ", p.Position)
			}
		}
		fmt.Fprintf(c.out, "%s  %s  %s %s: %s -> %s  by %s %s\n", when(e.At), about, e.Object, e.Name, e.From, e.To, e.By.Kind, e.Reason)
	}
}
