package checkout

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"aromart/internal/care/disclosure"
	"aromart/internal/care/policy"
	"aromart/internal/goods/inventory"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
	"aromart/internal/platform/job"
	"aromart/internal/trade/cart"
	"aromart/internal/trade/order"
	"aromart/internal/trade/payment"
)

// Jobs that placing an order leaves for after the commit. Their payload is an id.
const (
	JobCustomerLetter = "letter.order_placed"        // OrderJob
	JobSellerLetter   = "letter.seller_order_placed" // SellerOrderJob
	JobExpire         = "order.expire"               // SellerOrderJob
)

// OrderJob names an order, SellerOrderJob a part of one.
type (
	OrderJob struct {
		Order order.ID `json:"order"`
	}
	SellerOrderJob struct {
		SellerOrder order.SellerOrderID `json:"seller_order"`
	}
)

// write is the one transaction of an order. The stock comes last, so that the
// row of a popular variant is held only briefly.
func (p *placing) write(ctx context.Context, tx *db.Tx) (*order.Order, error) {
	if placed, err := p.earlier(ctx, tx); err != nil || placed != nil {
		if err == nil {
			err = errRepeated
		}
		return nil, err
	}
	q, err := p.Quote(ctx, tx, p.Input, p.now)
	if err != nil {
		return nil, err
	}
	if err := p.admit(ctx, tx, q); err != nil {
		return nil, err
	}
	o := p.record(q)
	if p.customer() != 0 && p.CartToken != "" {
		if err := cart.Clear(ctx, tx, p.By.ID, p.CartToken); err != nil {
			return nil, err
		}
	}
	if err := order.Insert(ctx, tx, o, p.contact, p.By, p.now); err != nil {
		return nil, err
	}
	if err := p.settle(ctx, tx, o, q); err != nil {
		return nil, err
	}
	var items []inventory.Item
	for _, part := range o.Parts {
		for _, l := range part.Lines {
			items = append(items, inventory.Item{Variant: l.Variant, Product: l.Product, Quantity: l.Quantity, OrderLine: int64(l.ID)})
		}
	}
	return o, inventory.Take(ctx, tx, p.By, items, p.now)
}

// admit refuses what the quote says is unmet, and terms or a total that the buyer has not seen.
func (p *placing) admit(ctx context.Context, tx *db.Tx, q *Quote) error {
	faults := q.Requirements
	if p.SkipUnavailable && q.Count > 0 {
		faults = slices.DeleteFunc(slices.Clone(faults), IsLine)
	}
	if err := order.TakeTurn(ctx, tx, p.contact.Phone); err != nil {
		return err
	}
	open, err := order.OpenCash(ctx, tx, p.contact.Phone)
	if err != nil {
		return err
	}
	if open >= int64(p.Market.Cash.MaxOpen) {
		faults = append(faults, &errs.Error{Kind: errs.Conflict, ID: "cod.too_many_open", Field: "phone",
			Args: []errs.Arg{{Name: "n", Value: int(open)}, {Name: "max", Value: p.Market.Cash.MaxOpen}}})
	}
	if err := faults.Err(); err != nil {
		return err
	}
	p.policyVersion, p.policyHash = p.Policy()
	if p.PolicyVersion != p.policyVersion { // another has come into force since the page was made
		return &Changed{errs.New(errs.Conflict, "checkout.policy_changed", "version", p.policyVersion), q}
	}
	if q.Sums.Total != p.ExpectedTotal {
		return &Changed{errs.New(errs.Conflict, "checkout.total_changed", "total", p.Market.Format(q.Sums.Total, p.Language)), q}
	}
	return nil
}

// record turns the quote into the order that will be kept.
func (p *placing) record(q *Quote) *order.Order {
	o := &order.Order{Number: order.NewNumber(), Customer: p.customer(), CartToken: p.cartHash, Market: p.Market.Code, Currency: p.Market.Currency.Code,
		Language: p.Language, Channel: p.Channel, PaymentMethod: p.Payment, Sums: q.Sums, Zone: q.Place.Zone.ID,
		PolicyVersion: p.policyVersion, PolicyHash: p.policyHash, ConfirmRule: "auto"}
	status := order.Confirmed
	if p.Market.Cash.NeedsConfirmation(q.Sums.Total) {
		status, o.ConfirmRule = order.AwaitingConfirmation, "above_amount"
	}
	for i := range q.Parcels {
		part := p.part(&q.Parcels[i])
		part.Status = status
		if status == order.AwaitingConfirmation {
			part.ConfirmBy = p.now.Add(p.Market.Cash.ConfirmIn)
		}
		o.Parts = append(o.Parts, part)
	}
	return o
}

// customer is the login whose order it is. Staff at a shell or desk buy for nobody.
func (p *placing) customer() int64 {
	if p.By.Kind == access.Customer {
		return p.By.ID
	}
	return 0
}

func (p *placing) part(q *Parcel) order.SellerOrder {
	part := order.SellerOrder{
		Seller: q.Seller, Sums: q.Sums,
		Store: order.StoreSnapshot{Name: q.Store.Name, Slug: q.Store.Slug, Seller: q.Store.SellerName, LegalName: q.Store.LegalName,
			Registration: q.Store.Registration, ReturnDays: q.Store.ReturnDays, PackDays: q.Store.PackDays},
		Delivery:    order.DeliverySnapshot{Method: q.Chosen.PublicID, Name: q.Chosen.Name, Kind: q.Chosen.Kind, Price: q.Chosen.Cost},
		ArrivesFrom: q.ArrivesFrom, ArrivesTo: q.ArrivesTo, HandOverBy: q.HandOverBy,
	}
	for _, l := range q.Lines {
		part.Lines = append(part.Lines, order.Line{
			Product: l.offer.product, Variant: l.offer.id, Quantity: l.Quantity, UnitPrice: l.UnitPrice, Total: l.Total,
			TaxBP: p.Market.Tax.Included, Tax: p.Market.Tax.Share(l.Total),
			CommissionBP: q.Store.Commission, Commission: q.Store.Commission.Of(l.Total),
			Title: l.Title, Snapshot: l.Snapshot,
		})
	}
	return part
}

// settle writes what belongs to the order beside itself: due payments, key,
// audit entry, letters and timers.
func (p *placing) settle(ctx context.Context, tx *db.Tx, o *order.Order, q *Quote) error {
	dues := make([]payment.Due, len(o.Parts))
	for i, part := range o.Parts {
		dues[i] = payment.Due{Order: o.ID, SellerOrder: part.ID, Kind: o.PaymentMethod, Amount: part.Total}
		o.Parts[i].Payment = order.PaymentState{Kind: o.PaymentMethod, Status: payment.StatusDue, Amount: part.Total}
	}
	if err := payment.Open(ctx, tx, p.By, p.now, dues); err != nil {
		return err
	}
	if err := db.Insert(ctx, tx, "idempotency_keys", "scope, key, request_hash, order_id, created_at",
		[][]any{{p.scope(), p.Key, p.hash, int64(o.ID), clock.Micros(p.now)}}); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, audit.Entry{ActorKind: p.By.Kind.String(), ActorID: p.By.ID, Action: "order.place",
		ObjectKind: "order", ObjectID: int64(o.ID), Fields: []string{"contact", "lines"}, At: p.now}); err != nil {
		return err
	}
	if !p.contact.Email.IsZero() {
		if err := job.Enqueue(ctx, tx, JobCustomerLetter, OrderJob{o.ID}, p.now); err != nil {
			return err
		}
	}
	if err := tellSellers(ctx, tx, o, q, p.now); err != nil {
		return err
	}
	for _, part := range o.Parts {
		if err := job.Enqueue(ctx, tx, JobSellerLetter, SellerOrderJob{part.ID}, p.now); err != nil {
			return err
		}
		if !part.ConfirmBy.IsZero() {
			if err := job.Enqueue(ctx, tx, JobExpire, SellerOrderJob{part.ID}, part.ConfirmBy); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellSellers records what the sellers' letters will give away: with the order
// they are sure to go, so their evidence is durable with it.
func tellSellers(ctx context.Context, tx *db.Tx, o *order.Order, q *Quote, now time.Time) error {
	var told []disclosure.Disclosure
	for i := range o.Parts {
		if q.Parcels[i].Store.HasEmail {
			told = append(told, ToldSeller(o.ID, &o.Parts[i], now))
		}
	}
	return disclosure.Record(ctx, tx, told...)
}

// ToldSeller is the disclosure of a part of an order to its seller by letter; a
// part has one, whoever records it.
func ToldSeller(o order.ID, part *order.SellerOrder, at time.Time) disclosure.Disclosure {
	return disclosure.Disclosure{Order: int64(o), SellerOrder: int64(part.ID), Recipient: disclosure.Seller, RecipientID: int64(part.Seller),
		Act: "order.letter", Kinds: disclosure.Goods, Purpose: policy.UseSharing, Cause: "order.letter " + strconv.FormatInt(int64(part.ID), 10), At: at}
}

// IsLine tells a fault of one line from one of the whole order.
func IsLine(e *errs.Error) bool { return strings.HasPrefix(e.Field, "line-") }
