package order

import (
	"context"
	"fmt"
	"strings"
	"time"

	"aromart/internal/care/disclosure"
	"aromart/internal/care/policy"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
)

// ForSeller is a part of an order as its seller may see it now: Fields says
// what that is, everything else is empty.
type ForSeller struct {
	Number  string
	Part    SellerOrder
	Contact Contact
	Stage   access.Stage
	Fields  access.Fields
}

// Fulfill opens a part for a member of its seller and records in the same
// transaction what of the person he gets to see. A part of another seller is
// not there. viewDays is how long after the time for returns a seller sees
// where the parcel went; see market.Profile.
func Fulfill(ctx context.Context, tx *db.Tx, by access.Actor, id SellerOrderID, viewDays int, now time.Time) (*ForSeller, error) {
	v, err := SeenBySeller(ctx, tx, by, id, viewDays, now)
	if err != nil {
		return nil, err
	}
	kinds := shared(v.Fields)
	if len(kinds) == 0 {
		return v, nil
	}
	return v, disclosure.Record(ctx, tx, disclosure.Disclosure{Order: int64(v.Part.Order), SellerOrder: int64(id), Recipient: disclosure.Seller, RecipientID: by.Seller,
		Act: "order.show", Kinds: kinds, Purpose: policy.UseSharing, Cause: fmt.Sprintf("fulfill:%d:%d:%d", id, by.ID, v.Stage), At: now})
}

// SeenBySeller reads what Fulfill shows and records nothing, for one who has
// said elsewhere why he looks.
func SeenBySeller(ctx context.Context, r db.Reader, by access.Actor, id SellerOrderID, viewDays int, now time.Time) (*ForSeller, error) {
	part, number, err := PartOf(ctx, r, id, by.Seller)
	if err != nil {
		return nil, err
	}
	arrived, err := db.One(ctx, r, db.Int, `SELECT COALESCE(max(at), 0) FROM order_events WHERE order_id = $1 AND seller_order_id = $2 AND name = 'deliver'`, int64(part.Order), int64(id))
	if err != nil {
		return nil, err
	}
	v := &ForSeller{Number: number, Part: *part, Stage: part.stage(clock.FromMicros(arrived), viewDays, now)}
	var ok bool
	v.Fields, ok = access.Permit(by, "order.fulfill", access.Resource{Order: int64(part.Order), Seller: int64(part.Seller), Stage: v.Stage})
	if !ok {
		return nil, errs.New(errs.NotFound, "error.not_found")
	}
	if !v.Fields.Has(access.ShowSums) {
		v.Part.hideSums()
	}
	c, err := ContactOf(ctx, r, part.Order)
	v.Contact = c.label().only(v.Fields)
	return v, err
}

// stage is how far the part is. One that ended without arriving needs nobody any more.
func (p *SellerOrder) stage(arrived time.Time, viewDays int, now time.Time) access.Stage {
	returns := arrived.AddDate(0, 0, p.Store.ReturnDays)
	switch {
	case p.Status == AwaitingConfirmation:
		return access.Waiting
	case p.Status == Canceled || p.Status == Expired || p.Status == Undelivered:
		return access.Past
	case p.Moving():
		return access.Moving
	case p.Status != Completed && p.Fulfillment.Status != "delivered" && p.Fulfillment.Status != "closed":
		return access.Preparing
	case now.Before(returns):
		return access.Arrived
	case now.Before(returns.AddDate(0, 0, viewDays)):
		return access.Over
	}
	return access.Past
}

// hideSums takes every amount of money out of a part.
func (p *SellerOrder) hideSums() {
	p.Sums, p.Delivery.Price, p.Payment.Amount, p.Payment.Collected = Sums{}, 0, 0, 0
	for i := range p.Lines {
		l := &p.Lines[i]
		l.UnitPrice, l.Total, l.Tax, l.Commission, l.Snapshot.CompareAt = 0, 0, 0, 0, 0
	}
}

// label is the person whose name stands on the parcel: the recipient where the
// buyer named one, so that a seller never learns both.
func (c Contact) label() Contact {
	if !c.Recipient.IsZero() {
		c.Name, c.Recipient = c.Recipient, contact.Name{}
	}
	return c
}

// only leaves what the fields grant.
func (c Contact) only(f access.Fields) Contact {
	var out Contact
	if f.Has(access.ShowName) {
		out.Name, out.Recipient = c.Name, c.Recipient
	} else if f.Has(access.ShowInitials) {
		out.Name = initials(c.Name)
	}
	if f.Has(access.ShowArea) {
		out.City, out.Region, out.Country = c.City, c.Region, c.Country
	}
	if f.Has(access.ShowStreet) {
		out.Street, out.Area, out.PostalCode = c.Street, c.Area, c.PostalCode
	}
	if f.Has(access.ShowPhone) {
		out.Phone = c.Phone
	}
	if f.Has(access.ShowEmail) {
		out.Email = c.Email
	}
	if f.Has(access.ShowNote) {
		out.Note = c.Note
	}
	return out
}

// initials are the first letters of the words of a name.
func initials(n contact.Name) contact.Name {
	var out []string
	for word := range strings.FieldsSeq(n.Reveal()) {
		first := []rune(word)[0]
		out = append(out, string(first)+".")
	}
	return contact.NewName(strings.Join(out, " "))
}

// shared names the kinds of personal data among the fields, as a disclosure
// lists them. Initials and a city tell nobody who it is.
func shared(f access.Fields) []policy.Category {
	var kinds []policy.Category
	for _, k := range []struct {
		field access.Fields
		kinds []policy.Category
	}{
		{access.ShowName, []policy.Category{policy.Name}},
		{access.ShowStreet, []policy.Category{policy.Street, policy.City, policy.Region, policy.PostalCode, policy.Country}},
		{access.ShowPhone, []policy.Category{policy.Phone}},
		{access.ShowEmail, []policy.Category{policy.Email}},
	} {
		if f.Has(k.field) {
			kinds = append(kinds, k.kinds...)
		}
	}
	return kinds
}
