// Package order keeps what customers placed: the order, each seller's part of
// it, its lines with snapshots, and its timeline.
//
// What always holds: goods snapshots (product, variant, price, seller, store,
// terms) never change; name, phone, address and note live apart in
// order_contacts, which can be erased; the customer's status is derived from
// the seller orders and never stored; a status moves only by a declared Step
// and leaves an event with actor and time. An order number is no credential:
// the link token is an HMAC of the order and a version, and only the version
// is stored.
//
// Personal data: Contact. A seller reads it through Fulfill alone, which gives
// what his part needs at its stage and records what it gave. Tables: orders,
// order_contacts, order_corrections, seller_orders, order_lines, order_events, cash_turns.
package order

import (
	"time"

	"aromart/internal/goods/catalog"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/money"
	"aromart/internal/people/seller"
)

// Ids of orders.
type (
	ID            int64
	SellerOrderID int64
	LineID        int64
)

// Order is what a customer placed.
type Order struct {
	ID            ID
	PublicID      string
	Number        string
	Customer      int64  // login of the customer, 0 for a guest
	CartToken     string // hash; "" where there was none
	LinkVersion   int64
	Market        string
	Currency      string
	Language      string
	Channel       string
	PaymentMethod string
	Sums
	Zone          string
	PolicyVersion string
	PolicyHash    string
	ConfirmRule   string // why it was confirmed, or waits
	PlacedAt      time.Time

	Parts  []SellerOrder
	Events []Event
}

// Sums are the totals of an order or of a part: Total = Items + Delivery + Fee - Discount. Tax is included in them.
type Sums struct {
	Items, Delivery, Fee, Discount, Tax, Total money.Amount
}

// Plus adds the sums of another part.
func (s Sums) Plus(o Sums) Sums {
	return Sums{s.Items + o.Items, s.Delivery + o.Delivery, s.Fee + o.Fee, s.Discount + o.Discount, s.Tax + o.Tax, s.Total + o.Total}
}

// SellerOrder is one seller's part: his unit of permission.
type SellerOrder struct {
	ID       SellerOrderID
	PublicID string
	Order    ID
	Seller   seller.ID
	Position int
	Status   string
	Store    StoreSnapshot
	Delivery DeliverySnapshot
	Sums
	ArrivesFrom, ArrivesTo time.Time // days, midnight in the market's zone
	ConfirmBy              time.Time // zero when nothing waits
	HandOverBy             time.Time
	CancelReason           string

	Lines       []Line
	Payment     PaymentState
	Fulfillment FulfillmentState
}

// StoreSnapshot is the store as it was when the order was placed.
type StoreSnapshot struct {
	Name         string `json:"name"`
	Slug         string `json:"slug"`
	Seller       string `json:"seller"`
	LegalName    string `json:"legal_name"`
	Registration string `json:"registration,omitempty"`
	ReturnDays   int    `json:"return_days"`
	PackDays     int    `json:"pack_days"`
}

// DeliverySnapshot is the chosen method as it was.
type DeliverySnapshot struct {
	Method string       `json:"method"` // public id
	Name   string       `json:"name"`
	Kind   string       `json:"kind"`
	Price  money.Amount `json:"price"`
}

// Line is what was bought, as it was.
type Line struct {
	ID           LineID
	PublicID     string
	Product      catalog.ProductID
	Variant      catalog.VariantID
	Position     int
	Quantity     int64
	UnitPrice    money.Amount
	Total        money.Amount
	TaxBP        money.BasisPoints
	Tax          money.Amount
	CommissionBP money.BasisPoints
	Commission   money.Amount
	Title        string
	Snapshot     LineSnapshot
}

// LineSnapshot is the product and variant as they were.
type LineSnapshot struct {
	ProductID    string       `json:"product_id"` // public ids
	VariantID    string       `json:"variant_id"`
	Slug         string       `json:"slug"`
	Language     string       `json:"language"`
	Options      []Choice     `json:"options,omitempty"`
	SKU          string       `json:"sku,omitempty"`
	Barcode      string       `json:"barcode,omitempty"`
	Brand        string       `json:"brand,omitempty"`
	CategoryID   int64        `json:"category_id,omitempty"`
	CompareAt    money.Amount `json:"compare_at,omitempty"`
	WeightG      int64        `json:"weight_g,omitempty"`
	Picture      string       `json:"picture,omitempty"` // blob key
	PictureColor string       `json:"picture_color,omitempty"`
	ReturnDays   int          `json:"return_days"`
}

// Choice is a chosen option.
type Choice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Options is the choice in words: "Blue, M".
func (s LineSnapshot) OptionText() string {
	out := ""
	for i, c := range s.Options {
		if i > 0 {
			out += ", "
		}
		out += c.Value
	}
	return out
}

// Contact is the person and the place of an order. Sellers see what Fulfill grants.
type Contact struct {
	Name       contact.Name
	Phone      contact.Phone
	Email      contact.Email
	Recipient  contact.Name // somebody else who receives; empty: the buyer
	Street     contact.Text
	Area       contact.Text
	City       string // code or name of the place
	Region     string
	PostalCode contact.Text
	Country    string
	Note       contact.Text
}

// PaymentState and FulfillmentState are read beside a part; their packages change them.
type PaymentState struct {
	Kind, Status string
	Amount       money.Amount
	Collected    money.Amount // what was taken; 0 before that
}

// FulfillmentState is the newest fulfillment of a part; Status is empty before one is planned.
type FulfillmentState struct {
	Status, Carrier, TrackingNumber string
}

// Status is the order as its customer sees it, worst first.
func (o *Order) Status() string {
	var waiting, moving, open, delivered, done, dead int
	for i := range o.Parts {
		p := &o.Parts[i]
		switch {
		case p.Status == AwaitingConfirmation:
			waiting++
		case p.Status == Canceled || p.Status == Expired || p.Status == Undelivered:
			dead++
		case p.Status == Completed:
			done++
		case p.Fulfillment.Status == "delivered" || p.Fulfillment.Status == "closed":
			delivered++
		case p.Moving():
			moving++
		default:
			open++
		}
	}
	switch {
	case waiting > 0:
		return "to_confirm"
	case dead == len(o.Parts):
		return "canceled"
	case moving > 0:
		return "on_the_way"
	case open > 0:
		return "being_prepared"
	case delivered > 0:
		return "delivered"
	}
	return "completed"
}

// Moving reports that the part has been handed over and has not arrived.
func (p *SellerOrder) Moving() bool {
	switch p.Fulfillment.Status {
	case "handed_over", "in_transit", "out_for_delivery", "attempt_failed", "returning":
		return true
	}
	return false
}

// CanCancel reports whether the customer may still cancel the part.
func (p *SellerOrder) CanCancel() bool {
	switch p.Status {
	case AwaitingConfirmation, Confirmed, Accepted:
		return p.Fulfillment.Status == "" || p.Fulfillment.Status == "planned" || p.Fulfillment.Status == "packed" || p.Fulfillment.Status == "canceled"
	}
	return false
}
