// Package delivery holds how sellers bring goods to the door and what it costs.
//
// Prices include tax. A method is flat, free over an amount, or by zone and
// weight; a seller may offer several, the cheapest that can carry the parcel is
// the one that pages show.
//
// Personal data: none. Tables: delivery_methods, delivery_rates.
package delivery

import (
	"cmp"
	"context"
	"slices"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
)

// Kinds of a method.
const (
	Flat       = "flat"
	FreeOver   = "free_over"
	ZoneWeight = "zone_weight"
)

// Method is one way a seller delivers.
type Method struct {
	ID        int64
	PublicID  string
	Seller    seller.ID
	Name      string
	Kind      string
	Price     money.Amount
	FreeAbove money.Amount // items from this sum on travel free; 0: never
	ExtraDays int
	Rates     []Rate // of ZoneWeight, by zone and rising weight
}

// Rate is the price into a zone up to a weight.
type Rate struct {
	Zone      string
	MaxWeight int64 // grams
	Price     money.Amount
}

// Cost is the price of a parcel, or false when the method cannot carry it
// there: nothing travels free to where nothing travels.
func (m *Method) Cost(zone string, weightG int64, items money.Amount) (money.Amount, bool) {
	price, ok := m.Price, true
	if m.Kind == ZoneWeight {
		price, ok = m.rate(zone, weightG)
	}
	if ok && m.FreeAbove > 0 && items >= m.FreeAbove {
		return 0, true
	}
	return price, ok
}

func (m *Method) rate(zone string, weightG int64) (money.Amount, bool) {
	for _, r := range m.Rates {
		if r.Zone == zone && weightG <= r.MaxWeight {
			return r.Price, true
		}
	}
	return 0, false
}

// Offer is a method with its cost for one parcel.
type Offer struct {
	Method
	Cost money.Amount
}

// Offers returns the methods that can carry the parcel, cheapest first.
func Offers(methods []Method, zone string, weightG int64, items money.Amount) []Offer {
	var out []Offer
	for _, m := range methods {
		if c, ok := m.Cost(zone, weightG, items); ok {
			out = append(out, Offer{m, c})
		}
	}
	slices.SortStableFunc(out, func(a, b Offer) int {
		return cmp.Or(cmp.Compare(a.Cost, b.Cost), cmp.Compare(a.ExtraDays, b.ExtraDays))
	})
	return out
}

// Cheapest is the first of Offers, found without making the list: how a parcel
// travels unless its buyer chooses. It returns -1 when no method can carry it.
func Cheapest(methods []Method, zone string, weightG int64, items money.Amount) (at int, cost money.Amount) {
	at = -1
	for i := range methods {
		c, ok := methods[i].Cost(zone, weightG, items)
		if ok && (at < 0 || c < cost || c == cost && methods[i].ExtraDays < methods[at].ExtraDays) {
			at, cost = i, c
		}
	}
	return at, cost
}

// Add gives a seller a method.
func Add(ctx context.Context, tx *db.Tx, m Method, position int) (Method, error) {
	if m.Kind != Flat && m.Kind != FreeOver && m.Kind != ZoneWeight {
		return m, errs.Field("kind", "delivery.kind_unknown", "kind", m.Kind)
	}
	if err := m.checkPrices(); err != nil {
		return m, err
	}
	m.PublicID = clock.PublicID()
	id, err := db.One(ctx, tx, db.Int, `INSERT INTO delivery_methods (public_id, seller_id, name, kind, price, free_over, extra_days, position, active)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
		m.PublicID, int64(m.Seller), m.Name, m.Kind, int64(m.Price), int64(m.FreeAbove), m.ExtraDays, position, true)
	if err != nil {
		return m, err
	}
	m.ID = id
	rows := make([][]any, len(m.Rates))
	for i, r := range m.Rates {
		rows[i] = []any{id, r.Zone, r.MaxWeight, int64(r.Price)}
	}
	return m, db.Insert(ctx, tx, "delivery_rates", "method_id, zone, max_weight_g, price", rows)
}

// Replace gives a seller a method in place of those that he had. Orders keep
// the terms under which they were placed.
func Replace(ctx context.Context, tx *db.Tx, m Method) error {
	if _, err := db.Exec(ctx, tx, `UPDATE delivery_methods SET active = $1 WHERE seller_id = $2`, false, int64(m.Seller)); err != nil {
		return err
	}
	_, err := Add(ctx, tx, m, 1)
	return err
}

func (m *Method) checkPrices() error {
	prices := []money.Amount{m.Price, m.FreeAbove}
	for _, r := range m.Rates {
		prices = append(prices, r.Price)
	}
	for _, p := range prices {
		if p < 0 || p > money.Max {
			return errs.Field("price", "delivery.price_bad")
		}
	}
	return nil
}

// Methods returns the active methods of sellers, by seller, in their order.
func Methods(ctx context.Context, r db.Reader, sellers []seller.ID) (map[seller.ID][]Method, error) {
	list, err := db.All(ctx, r, scanMethod, `SELECT id, public_id, seller_id, name, kind, price, free_over, extra_days
		FROM delivery_methods WHERE active AND seller_id IN (`+db.In(r, 1)+`) ORDER BY seller_id, position, id`, db.IDs(sellers))
	if err != nil {
		return nil, err
	}
	byID := map[int64]*Method{}
	var zoned []int64
	for i := range list {
		byID[list[i].ID] = &list[i]
		if list[i].Kind == ZoneWeight {
			zoned = append(zoned, list[i].ID)
		}
	}
	if len(zoned) > 0 {
		type row struct {
			method int64
			Rate
		}
		err := db.Each(ctx, r, func(rows *db.Rows, v *row) error { return rows.Scan(&v.method, &v.Zone, &v.MaxWeight, &v.Price) },
			func(v *row) error { byID[v.method].Rates = append(byID[v.method].Rates, v.Rate); return nil },
			`SELECT method_id, zone, max_weight_g, price FROM delivery_rates WHERE method_id IN (`+db.In(r, 1)+`) ORDER BY method_id, zone, max_weight_g`, db.IDs(zoned))
		if err != nil {
			return nil, err
		}
	}
	out := map[seller.ID][]Method{}
	for _, m := range list {
		out[m.Seller] = append(out[m.Seller], m)
	}
	return out, nil
}

func scanMethod(rows *db.Rows, m *Method) error {
	return rows.Scan(&m.ID, &m.PublicID, &m.Seller, &m.Name, &m.Kind, &m.Price, &m.FreeAbove, &m.ExtraDays)
}
