// Package demo holds a made-up marketplace in Sri Lanka: stores, products with
// pictures, customers and a script of orders, embedded in the program so that
// `aromart demo` fills an empty database without a network.
//
// The world is the same on every call: nothing in it depends on the clock, a
// random number or the machine. Prices are in cents of the rupee. Every slug,
// SKU and barcode occurs once, every product has at least one picture of its
// own, and every value of an option is used by a variant.
//
// Personal data: none of a real person. Customers and makers are invented,
// mail addresses end in example.com or example.org, telephone numbers run from
// +94 70 000 0101 upward. Tables: none.
package demo

import (
	"sync"

	"aromart/internal/kit/money"
)

// World is the whole demo marketplace.
type World struct {
	Sellers    []Seller
	Products   []Product
	Categories []int64 // ids of the Google product taxonomy that products use, ascending
	Customers  []Customer
	Orders     []Order
}

// Seller is a legal person with one store.
type Seller struct {
	Slug         string
	Name         string
	LegalName    string
	Tagline      string
	About        string
	City         string // code of the market profile, district/town
	Opened       string // date, YYYY-MM-DD
	PackingDays  int
	ReturnDays   int
	CommissionBP int64
	Delivery     Delivery
	Mark         Image
}

// Delivery is a seller's offer. Kind decides which of the other fields count.
type Delivery struct {
	Kind     string // flat, free_over or zone_weight
	Amount   money.Amount
	FreeOver money.Amount // subtotal from which delivery is free
	Zones    []Zone
}

// Zone prices delivery to a zone of the market profile by weight.
type Zone struct {
	Zone          string
	Base          money.Amount
	IncludedGrams int64
	PerKg         money.Amount
}

// Product is one article of a store.
type Product struct {
	Slug         string
	Store        string
	Title        string
	Description  string // clean HTML: p, ul, li
	Language     string // of Title and Description
	Brand        string
	Type         string
	Category     int64
	Attributes   []Attribute
	Options      []Option
	Variants     []Variant
	Pictures     []Image
	Translations []Translation
}

// Attribute is one typed property. Kind decides which value field counts.
type Attribute struct {
	Name   string
	Kind   string // text, number or bool
	Text   string
	Number float64
	Unit   string
	Bool   bool
}

// Option is a choice between variants.
type Option struct {
	Name   string
	Values []OptionValue
}

// OptionValue is one answer to an option; Color is its hex value for swatches, empty when it is no color.
type OptionValue struct {
	Name  string
	Color string
}

// Variant is what is bought: one value of each option. A product without options has exactly one.
type Variant struct {
	Values    []string
	SKU       string
	Barcode   string // EAN-13 from the range for use inside a shop, or empty
	Price     money.Amount
	CompareAt money.Amount // zero when the price is not reduced
	Grams     int64
	Stock     int64
	Picture   string // name of the product's picture that shows it, or empty
}

// Image names an embedded square picture; Picture returns its bytes.
type Image struct {
	Name  string
	Alt   string
	Color string // average color, hex
}

// Translation is a product's text in another language, beside its own.
type Translation struct {
	Language    string
	Title       string
	Description string
}

// Customer is an invented person who buys.
type Customer struct {
	Key      string
	Name     string
	Email    string
	Phone    string
	Language string
	Account  bool // has a login; others order as guests
	Address  Address
}

// Address is a customer's place of delivery.
type Address struct {
	Line1    string
	Landmark string
	City     string // code of the market profile
}

// Order is one line of the script: who bought what, how long ago, and where each seller's part ends.
type Order struct {
	Customer string
	HoursAgo int
	Note     string
	Parts    []Part
}

// Part is the share of an order that one seller fulfills.
type Part struct {
	Store string
	End   End
	Lines []Line
}

// Line is a quantity of one variant.
type Line struct {
	Product  string
	Variant  int // index in Product.Variants
	Quantity int64
}

// End is the state in which the script leaves a seller order.
type End string

// The states that the script knows. Late is accepted and past its hand-over
// time; Refused is a fulfillment that the customer did not take at the door;
// Expired was never confirmed. What was delivered long enough ago is completed.
const (
	AwaitingConfirmation End = "awaiting_confirmation"
	Confirmed            End = "confirmed"
	Accepted             End = "accepted"
	HandedOver           End = "handed_over"
	Delivered            End = "delivered"
	Canceled             End = "canceled"
	Late                 End = "late"
	Refused              End = "refused"
	Expired              End = "expired"
)

// Ends lists every state of the script.
var Ends = []End{AwaitingConfirmation, Confirmed, Accepted, HandedOver, Delivered, Canceled, Late, Refused, Expired}

// Content returns the demo marketplace. It is read once; callers must not change it.
func Content() (*World, error) { return content() }

var content = sync.OnceValues(func() (*World, error) {
	w := &World{}
	for _, read := range []func(*World) error{readStores, readProducts, readCustomers, readOrders} {
		if err := read(w); err != nil {
			return nil, err
		}
	}
	return w, nil
})
