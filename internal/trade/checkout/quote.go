package checkout

import (
	"context"
	"time"

	"aromart/internal/goods/delivery"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
	"aromart/internal/market"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/trade/cart"
	"aromart/internal/trade/order"
)

// Cash is the payment method at launch. Others need a reviewed policy (P12).
const Cash = "cod"

// Input is what a quote depends on.
type Input struct {
	Lines    []cart.Line
	Place    string            // place id; "" means the market's default, for dates and prices before an address is known
	Delivery map[string]string // store slug -> public id of the chosen method; absent: the cheapest
	Payment  string            // Cash
	Language string
}

// Quote is what an order would cost now, and what keeps it from being placed.
type Quote struct {
	Parcels      []Parcel // one per seller
	Unavailable  []Line   // gone or sold out: shown, never charged
	Sums         order.Sums
	Count        int64 // pieces that would be bought
	Place        market.Place
	Requirements errs.List // empty when everything about goods, delivery and payment is met
}

// Parcel is one seller's part of a quote.
type Parcel struct {
	Seller  seller.ID
	Store   seller.Store
	Lines   []Line
	Offers  []delivery.Offer // cheapest first
	Chosen  delivery.Offer
	WeightG int64
	order.Sums
	ArrivesFrom, ArrivesTo, HandOverBy time.Time
}

// Line is one variant in a quote.
type Line struct {
	Variant   string // public id
	Title     string
	Snapshot  order.LineSnapshot
	StoreName string
	StoreSlug string
	UnitPrice money.Amount
	Quantity  int64
	OnHand    int64
	Total     money.Amount
	Problem   string // message id: line.gone, line.sold_out, line.not_enough; "" when it can be bought

	offer *offer
}

// Quote prices the lines. It stores nothing, and everything it reads is read now.
func (d *Desk) Quote(ctx context.Context, r db.Reader, in Input, now time.Time) (*Quote, error) {
	if len(in.Lines) > cart.MaxLines {
		return nil, errs.New(errs.Invalid, "cart.too_many_lines", "max", cart.MaxLines)
	}
	ids := make([]string, len(in.Lines))
	for i, l := range in.Lines {
		ids[i] = l.Variant
	}
	sold, err := offers(ctx, r, ids, in.Language)
	if err != nil {
		return nil, err
	}
	var sellers []seller.ID
	for _, o := range sold {
		sellers = append(sellers, o.seller)
	}
	stores, err := seller.ByIDs(ctx, r, sellers)
	if err != nil {
		return nil, err
	}
	methods, err := delivery.Methods(ctx, r, sellers)
	if err != nil {
		return nil, err
	}
	q := &Quote{Place: d.Market.PlaceOr(in.Place)}
	if err := q.gather(in.Lines, sold, stores); err != nil {
		return nil, err
	}
	for i := range q.Parcels {
		q.carry(d.Market, &q.Parcels[i], methods[q.Parcels[i].Seller], in.Delivery, now)
	}
	q.charge(d.Market, in)
	return q, nil
}

// gather sorts the lines into parcels by seller, in the order of the cart, and
// sets aside what cannot be bought.
func (q *Quote) gather(lines []cart.Line, sold map[string]*offer, stores []seller.Store) error {
	byID := map[seller.ID]seller.Store{}
	for _, s := range stores {
		byID[s.Seller] = s
	}
	seen := map[string]bool{}
	for _, l := range lines {
		if err := cart.CheckQuantity(l.Quantity); err != nil {
			return err
		}
		if seen[l.Variant] {
			return errs.Field("lines", "cart.repeated_line")
		}
		seen[l.Variant] = true
		line, err := priced(l, sold[l.Variant])
		if err != nil {
			return err
		}
		if line.Problem != "" {
			q.Unavailable = append(q.Unavailable, line)
			problem := &errs.Error{Kind: errs.Conflict, ID: line.Problem, Field: "line-" + l.Variant,
				Args: []errs.Arg{{Name: "title", Value: line.Title}, {Name: "left", Value: line.OnHand}}}
			if line.Title == "" { // unknown, so it has no name to say
				problem = problem.Saying("line.gone.unnamed")
			}
			q.Requirements = append(q.Requirements, problem)
			continue
		}
		p := q.parcel(line.offer.seller)
		p.Store = byID[p.Seller]
		p.Lines = append(p.Lines, line)
		q.Count += line.Quantity
	}
	if q.Count == 0 && len(q.Unavailable) == 0 {
		q.Requirements = append(q.Requirements, errs.New(errs.Invalid, "cart.empty"))
	}
	return nil
}

func priced(l cart.Line, o *offer) (Line, error) {
	out := Line{Variant: l.Variant, Quantity: l.Quantity, offer: o}
	if o == nil {
		out.Problem = "line.gone"
		return out, nil
	}
	out.Title, out.Snapshot, out.OnHand, out.UnitPrice = o.title, o.snapshot, o.onHand, o.price
	out.StoreName, out.StoreSlug = o.storeName, o.storeSlug
	switch {
	case !o.forSale:
		out.Problem = "line.gone"
	case o.onHand == 0:
		out.Problem = "line.sold_out"
	case o.onHand < l.Quantity:
		out.Problem = "line.not_enough"
	}
	// A price and a quantity have bounds, so this and the sum of all lines fit an
	// Amount; that it is too much to be ordered the rules of payment say.
	var err error
	out.Total, err = o.price.Times(l.Quantity)
	return out, err
}

func (q *Quote) parcel(s seller.ID) *Parcel {
	for i := range q.Parcels {
		if q.Parcels[i].Seller == s {
			return &q.Parcels[i]
		}
	}
	q.Parcels = append(q.Parcels, Parcel{Seller: s})
	return &q.Parcels[len(q.Parcels)-1]
}

// carry chooses how a parcel travels and says when it arrives.
func (q *Quote) carry(m *market.Profile, p *Parcel, methods []delivery.Method, chosen map[string]string, now time.Time) {
	for _, l := range p.Lines {
		p.Items += l.Total
		p.WeightG += l.Snapshot.WeightG * l.Quantity
	}
	p.Offers = delivery.Offers(methods, q.Place.Zone.ID, p.WeightG, p.Items)
	if len(p.Offers) == 0 {
		q.Requirements = append(q.Requirements, &errs.Error{Kind: errs.Conflict, ID: "delivery.not_there", Field: "city",
			Args: []errs.Arg{{Name: "store", Value: p.Store.Name}}})
		return
	}
	p.Chosen = p.Offers[0]
	if want := chosen[p.Store.Slug]; want != "" {
		known := false
		for _, o := range p.Offers {
			if o.PublicID == want {
				p.Chosen, known = o, true
			}
		}
		if !known {
			q.Requirements = append(q.Requirements, errs.Field("delivery", "delivery.unknown_method"))
		}
	}
	p.Sums.Delivery = p.Chosen.Cost
	p.HandOverBy = m.HandOver(now, p.Store.PackDays)
	p.ArrivesFrom, p.ArrivesTo = m.DeliveryWindow(now, p.Store.PackDays+p.Chosen.ExtraDays, q.Place.ID)
}

// charge adds up. The cash fee is charged once, on the first parcel; tax is
// included in every price and only told.
func (q *Quote) charge(m *market.Profile, in Input) {
	for i := range q.Parcels {
		p := &q.Parcels[i]
		if i == 0 && in.Payment == Cash {
			p.Fee = m.Cash.Fee
		}
		for _, l := range p.Lines {
			p.Tax += m.Tax.Share(l.Total)
		}
		p.Tax += m.Tax.Share(p.Sums.Delivery) + m.Tax.Share(p.Fee)
		p.Total = p.Items + p.Sums.Delivery + p.Fee - p.Discount
		q.Sums.Items += p.Items
		q.Sums.Delivery += p.Sums.Delivery
		q.Sums.Fee += p.Fee
		q.Sums.Discount += p.Discount
		q.Sums.Tax += p.Tax
		q.Sums.Total += p.Total
	}
	if in.Payment != Cash {
		q.Requirements = append(q.Requirements, errs.Field("payment_method", "payment.not_offered"))
	} else if q.Sums.Total > m.Cash.MaxOrder {
		q.Requirements = append(q.Requirements, &errs.Error{Kind: errs.Conflict, ID: "cod.over_limit", Field: "payment_method",
			Args: []errs.Arg{{Name: "max", Value: m.Format(m.Cash.MaxOrder, in.Language)}}})
	}
}
