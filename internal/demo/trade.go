package demo

import (
	"context"
	"fmt"
	"time"

	"aromart/internal/kit/errs"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/trade/cart"
	"aromart/internal/trade/checkout"
	"aromart/internal/trade/fulfillment"
	"aromart/internal/trade/order"
)

// trade places the orders of the script, the oldest first, and carries each
// part to its end in one transaction after all are placed.
func (f *filling) trade(ctx context.Context, d *db.DB) error {
	type sold struct {
		script Order
		placed *order.Order
	}
	var all []sold
	for i := len(f.world.Orders) - 1; i >= 0; i-- {
		o, err := f.place(ctx, d, i)
		if err != nil {
			return fmt.Errorf("demo: order %d: %w", i, err)
		}
		all = append(all, sold{f.world.Orders[i], o})
	}
	err := d.Write(ctx, func(tx *db.Tx) error {
		for _, s := range all {
			if err := f.carryOn(ctx, tx, s.script, s.placed); err != nil {
				return fmt.Errorf("demo: order %s: %w", s.placed.Number, err)
			}
		}
		return nil
	})
	if err == nil {
		_, err = fulfillment.Complete(ctx, d, f.desk.Market.ReturnDays, f.now)
	}
	return err
}

func (f *filling) place(ctx context.Context, d *db.DB, i int) (*order.Order, error) {
	script := f.world.Orders[i]
	who, err := f.customer(script.Customer)
	if err != nil {
		return nil, err
	}
	in := checkout.Input{Place: who.Address.City, Payment: checkout.Cash, Language: who.Language}
	for _, part := range script.Parts {
		for _, l := range part.Lines {
			in.Lines = append(in.Lines, cart.Line{Variant: f.goods[l.Product].Variants[l.Variant].PublicID, Quantity: l.Quantity})
		}
	}
	at := f.now.Add(-time.Duration(script.HoursAgo) * time.Hour)
	q, err := f.desk.Quote(ctx, d, in, at)
	if err != nil {
		return nil, err
	}
	policy, _ := f.desk.Policy()
	placed, err := f.desk.Place(ctx, checkout.Request{
		Input: in, Name: who.Name, Phone: who.Phone, Email: who.Email, Note: script.Note,
		Address:       map[string]string{market.Street: who.Address.Line1, market.Landmark: who.Address.Landmark, market.CityKey: who.Address.City},
		ExpectedTotal: q.Sums.Total, PolicyVersion: policy, Key: fmt.Sprintf("demo-order-%03d", i), Channel: "web",
	}, at)
	if err != nil {
		return nil, err
	}
	return placed.Order, nil
}

func (f *filling) customer(key string) (Customer, error) {
	for _, c := range f.world.Customers {
		if c.Key == key {
			return c, nil
		}
	}
	return Customer{}, errs.New(errs.NotFound, "error.not_found")
}

// carryOn leads the parts of a placed order to the ends of the script, each
// step some hours after the one before.
func (f *filling) carryOn(ctx context.Context, tx *db.Tx, script Order, o *order.Order) error {
	later := func(hours int) time.Time {
		return o.PlacedAt.Add(time.Duration(min(hours, script.HoursAgo)) * time.Hour)
	}
	if o.Parts[0].Status == order.AwaitingConfirmation && script.Parts[0].End != AwaitingConfirmation && script.Parts[0].End != Expired {
		if err := fulfillment.Confirm(ctx, tx, operator, order.Scope{Order: o.ID}, "called the number, confirmed", later(1)); err != nil {
			return err
		}
	}
	ends := map[order.SellerOrderID]End{}
	for _, p := range o.Parts {
		for _, s := range script.Parts {
			if s.Store == p.Store.Slug {
				ends[p.ID] = s.End
			}
		}
	}
	for _, p := range o.Parts {
		if err := carryPart(ctx, tx, o, p, ends[p.ID], later); err != nil {
			return fmt.Errorf("%s: %w", p.Store.Slug, err)
		}
	}
	return nil
}

func carryPart(ctx context.Context, tx *db.Tx, o *order.Order, p order.SellerOrder, end End, later func(int) time.Time) error {
	part := order.Scope{Order: o.ID, SellerOrder: p.ID}
	merchant := access.Actor{Kind: access.SellerOwner, Seller: int64(p.Seller)}
	switch end {
	case AwaitingConfirmation, Confirmed:
		return nil
	case Expired:
		return fulfillment.Expire(ctx, tx, part, later(25))
	case Canceled:
		return fulfillment.Cancel(ctx, tx, access.Actor{Kind: access.GuestOrder, Order: int64(o.ID)}, part, "ordered twice", later(5))
	}
	if err := fulfillment.Accept(ctx, tx, merchant, part, later(4)); err != nil || end == Accepted || end == Late {
		return err
	}
	if err := fulfillment.HandOver(ctx, tx, merchant, part, "Island Parcel", fmt.Sprintf("IP%08d", hash(o.Number)%1e8), later(22)); err != nil || end == HandedOver {
		return err
	}
	if end == Refused {
		return fulfillment.Refuse(ctx, tx, operator, part, "not taken at the door", later(90))
	}
	return fulfillment.Deliver(ctx, tx, operator, part, fulfillment.AsDue, later(68))
}
