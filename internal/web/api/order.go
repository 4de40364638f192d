package api

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
	"aromart/internal/people/access"
	"aromart/internal/trade/cart"
	"aromart/internal/trade/checkout"
	"aromart/internal/trade/order"
	"aromart/internal/web"
)

// Money is an amount in minor units with its currency.
type Money struct {
	Amount   int64  `json:"amount" doc:"minor units, e.g. cents" example:"125000"`
	Currency string `json:"currency" doc:"ISO 4217" example:"LKR"`
}

func (a *API) money(m money.Amount) Money { return Money{int64(m), a.Market.Currency.Code} }

// LineIn is a variant and how many of it.
type LineIn struct {
	Variant  string `json:"variant" minLength:"16" maxLength:"24"`
	Quantity int64  `json:"quantity" minimum:"1" maximum:"99"`
}

// QuoteBody is a request for a price.
type QuoteBody struct {
	Lines         []LineIn          `json:"lines" minItems:"1" maxItems:"50"`
	City          string            `json:"city,omitempty" maxLength:"80" doc:"place id, e.g. colombo/dehiwala; the market's default without it"`
	Delivery      map[string]string `json:"delivery,omitempty" maxProperties:"50" doc:"store slug to method id; the cheapest without it"`
	PaymentMethod string            `json:"payment_method,omitempty" default:"cod" maxLength:"20"`
}

func (b QuoteBody) input(lang string) checkout.Input {
	in := checkout.Input{Place: b.City, Delivery: b.Delivery, Payment: b.PaymentMethod, Language: lang}
	if in.Payment == "" {
		in.Payment = checkout.Cash
	}
	for _, l := range b.Lines {
		in.Lines = append(in.Lines, cart.Line{Variant: l.Variant, Quantity: l.Quantity})
	}
	return in
}

// Totals are the sums of an order, a quote or a part. Tax is included in them.
type Totals struct {
	Items    Money `json:"items"`
	Delivery Money `json:"delivery"`
	Fee      Money `json:"fee" doc:"for paying in cash, once per order"`
	Discount Money `json:"discount"`
	Tax      Money `json:"tax" doc:"contained in the total"`
	Total    Money `json:"total"`
}

func (a *API) totals(s order.Sums) Totals {
	return Totals{a.money(s.Items), a.money(s.Delivery), a.money(s.Fee), a.money(s.Discount), a.money(s.Tax), a.money(s.Total)}
}

// Requirement is what keeps an order from being placed.
type Requirement struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Quote is what an order would cost now.
type Quote struct {
	Parts        []QuotePart   `json:"parts"`
	Totals       Totals        `json:"totals"`
	Requirements []Requirement `json:"requirements" doc:"empty when goods, delivery and payment are in order"`
	Policy       string        `json:"policy_version" doc:"send it with the order"`
}

// QuotePart is one seller's part.
type QuotePart struct {
	Store       string           `json:"store"`
	StoreName   string           `json:"store_name"`
	Lines       []LineOut        `json:"lines"`
	Delivery    []DeliveryOption `json:"delivery_options"`
	Chosen      string           `json:"delivery"`
	ArrivesFrom string           `json:"arrives_from,omitempty" format:"date"`
	ArrivesTo   string           `json:"arrives_to,omitempty" format:"date"`
	Totals      Totals           `json:"totals"`
}

// DeliveryOption is a way to deliver with its price.
type DeliveryOption struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Price Money  `json:"price"`
}

// LineOut is a line of a quote or an order.
type LineOut struct {
	Variant   string         `json:"variant"`
	Product   string         `json:"product" doc:"slug"`
	Title     string         `json:"title"`
	Options   []order.Choice `json:"options,omitempty"`
	SKU       string         `json:"sku,omitempty"`
	Quantity  int64          `json:"quantity"`
	UnitPrice Money          `json:"unit_price"`
	Total     Money          `json:"total"`
}

// OrderBody is an order as it is sent.
type OrderBody struct {
	QuoteBody
	Contact struct {
		Name  string `json:"name" maxLength:"200"`
		Phone string `json:"phone" maxLength:"64"`
		Email string `json:"email,omitempty" maxLength:"320"`
	} `json:"contact"`
	Address struct {
		Street     string `json:"street" maxLength:"400"`
		Landmark   string `json:"landmark,omitempty" maxLength:"400"`
		City       string `json:"city" maxLength:"80" doc:"place id, or the city's name where the market has no list"`
		PostalCode string `json:"postal_code,omitempty" maxLength:"20"`
		Region     string `json:"region,omitempty" maxLength:"40"`
		Recipient  string `json:"recipient,omitempty" maxLength:"200"`
		Note       string `json:"note,omitempty" maxLength:"1000"`
	} `json:"address"`
	ExpectedTotal Money  `json:"expected_total" doc:"the total of the quote that the buyer saw"`
	PolicyVersion string `json:"policy_version" maxLength:"80"`
}

// Order is an order as its buyer may see it.
type Order struct {
	Number   string      `json:"number"`
	Token    string      `json:"token,omitempty" doc:"secret of the order's link; only in the answer to placing it"`
	Link     string      `json:"link,omitempty"`
	Status   string      `json:"status"`
	PlacedAt time.Time   `json:"placed_at"`
	Totals   Totals      `json:"totals"`
	Parts    []OrderPart `json:"parts"`

	Contact    *OrderContact `json:"contact,omitempty" doc:"to the customer only"`
	NoteMasked bool          `json:"note_masked,omitempty" doc:"what looked like a password or a card number in the note was struck out and not kept; only in the answer to placing it"`
}

// OrderPart is one seller's part of an order.
type OrderPart struct {
	ID             string    `json:"id"`
	StoreName      string    `json:"store_name"`
	Status         string    `json:"status"`
	Fulfillment    string    `json:"fulfillment,omitempty"`
	TrackingNumber string    `json:"tracking_number,omitempty"`
	Payment        string    `json:"payment"`
	ArrivesFrom    string    `json:"arrives_from,omitempty" format:"date"`
	ArrivesTo      string    `json:"arrives_to,omitempty" format:"date"`
	Lines          []LineOut `json:"lines"`
	Totals         Totals    `json:"totals"`
}

// QuoteRequest is a request for a price with a coupon.
type QuoteRequest struct {
	QuoteBody
	Coupon string `json:"coupon,omitempty" maxLength:"80" doc:"no coupons are given out yet: a requirement says that it is unknown"`
}

type (
	quoteIn  struct{ Body QuoteRequest }
	quoteOut struct{ Body Quote }
	orderIn  struct {
		Key   string `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"64" doc:"the same key and body give the same order"`
		Given string `header:"Authorization" hidden:"true"`
		Body  OrderBody
	}
	orderOut struct {
		Body Order
	}
)

// ByNumber names an order in the path; its token may come in the header.
type ByNumber struct {
	Number string `path:"number" maxLength:"20"`
	Bearer string `header:"Authorization" hidden:"true"`
}

func (a *API) orders(h huma.API) {
	huma.Register(h, guard(huma.Operation{OperationID: "quote", Method: http.MethodPost, Path: Prefix + "/quotes", Summary: "Price a cart; stores nothing"},
		access.Route{Action: "order.quote", Resource: "order", Policy: access.Everyone, Rate: access.RateQuote}), op(a.quote))
	huma.Register(h, guard(huma.Operation{OperationID: "placeOrder", Method: http.MethodPost, Path: Prefix + "/orders", DefaultStatus: http.StatusCreated,
		Summary: "Place an order, cash on delivery; as a guest, or for the account", Errors: []int{http.StatusConflict}},
		access.Route{Action: "order.place", Resource: "order", Policy: access.Everyone.WithScope(access.ChangeOrders), Rate: access.RatePlace, Mutates: true, Personal: true}), op(a.place))
	get := guard(huma.Operation{OperationID: "getOrder", Method: http.MethodGet, Path: Prefix + "/orders/{number}", Summary: "An order, for its customer or by its token"},
		access.Route{Action: "order.view", Resource: "order", Policy: access.Everyone.WithScope(access.ReadOrders), Rate: access.RateOrder, Personal: true})
	huma.Register(h, bearerOfOrder(get), op(a.order))
}

// bearerOfOrder says that the order's own token opens a call, too.
func bearerOfOrder(op huma.Operation) huma.Operation {
	op.Security = append([]map[string][]string{{"order": {}}}, op.Security[1:]...)
	return op
}

func (a *API) quote(ctx context.Context, in *quoteIn) (*quoteOut, error) {
	if len(in.Body.Lines) == 0 { // the body null passes the schema
		return nil, errs.Field("lines", "error.required")
	}
	q := web.FromContext(ctx)
	quote, err := a.Desk.Quote(ctx, a.DB, in.Body.input(q.Lang), q.Now)
	if err != nil {
		return nil, err
	}
	version, _ := a.Desk.Policy()
	out := Quote{Totals: a.totals(quote.Sums), Policy: version, Parts: []QuotePart{}, Requirements: []Requirement{}}
	for _, e := range append(quote.Requirements, a.unknown(&in.Body, quote)...) {
		out.Requirements = append(out.Requirements, Requirement{e.Field, e.ID, q.T.Error(e)})
	}
	for _, p := range quote.Parcels {
		part := QuotePart{Store: p.Store.Slug, StoreName: p.Store.Name, Delivery: []DeliveryOption{}, Chosen: p.Chosen.PublicID, Totals: a.totals(p.Sums),
			ArrivesFrom: a.day(p.ArrivesFrom), ArrivesTo: a.day(p.ArrivesTo)}
		for _, l := range p.Lines {
			part.Lines = append(part.Lines, a.line(l.Title, l.Snapshot, l.Quantity, l.UnitPrice, l.Total))
		}
		for _, o := range p.Offers {
			part.Delivery = append(part.Delivery, DeliveryOption{o.PublicID, o.Name, a.money(o.Cost)})
		}
		out.Parts = append(out.Parts, part)
	}
	return &quoteOut{out}, nil
}

// unknown are the choices of a request that choose nothing. A page that is asked
// the same passes over them, because there a cookie may be stale.
func (a *API) unknown(b *QuoteRequest, quote *checkout.Quote) (list errs.List) {
	if _, ok := a.Market.Place(b.City); !ok && b.City != "" {
		list = append(list, errs.Field("city", "error.bad_choice"))
	}
	asked := map[string]bool{}
	for _, p := range quote.Parcels {
		asked[p.Store.Slug] = true
	}
	for _, l := range quote.Unavailable {
		asked[l.StoreSlug] = true
	}
	for _, slug := range slices.Sorted(maps.Keys(b.Delivery)) {
		if !asked[slug] {
			list = append(list, errs.Field("delivery."+slug, "delivery.unknown_method").Saying("delivery.unknown_store"))
		}
	}
	if b.Coupon != "" {
		list = append(list, errs.Field("coupon", "coupon.unknown"))
	}
	return list
}

func (a *API) line(title string, s order.LineSnapshot, quantity int64, unit, total money.Amount) LineOut {
	return LineOut{Variant: s.VariantID, Product: s.Slug, Title: title, Options: s.Options, SKU: s.SKU, Quantity: quantity,
		UnitPrice: a.money(unit), Total: a.money(total)}
}

// day writes a delivery day, which is a date of the market's calendar.
func (a *API) day(t time.Time) string {
	if t.IsZero() { // it cannot be delivered
		return ""
	}
	return t.In(a.Market.Location).Format(time.DateOnly)
}

func (a *API) place(ctx context.Context, in *orderIn) (*orderOut, error) {
	q, b := web.FromContext(ctx), &in.Body
	by := q.Actor
	switch {
	case by.ID != 0: // whoever is signed in buys as a customer, whatever else he does here
		_, by = owner(ctx)
	case in.Given != "": // a session that is over must not become a guest's order
		return nil, errs.New(errs.SignIn, "error.sign_in")
	}
	if b.ExpectedTotal.Currency != a.Market.Currency.Code {
		return nil, errs.Field("expected_total", "error.invalid")
	}
	if _, ok := a.Market.Place(b.City); !ok && b.City != "" {
		return nil, errs.Field("city", "error.bad_choice")
	}
	book, err := a.books.Now(ctx)
	if err != nil {
		return nil, err
	}
	for _, slug := range slices.Sorted(maps.Keys(b.Delivery)) { // one that has nothing in the order is no fault: goods may have gone since
		if book.BySlug[slug] == nil {
			return nil, errs.Field("delivery."+slug, "delivery.unknown_method").Saying("delivery.unknown_store")
		}
	}
	if number, err := a.Market.ParsePhone(b.Contact.Phone); err == nil {
		if err := q.Limit("place", "phone "+number); err != nil {
			return nil, err
		}
	}
	placed, err := a.Desk.Place(ctx, checkout.Request{
		Input: b.input(q.Lang), Name: b.Contact.Name, Phone: b.Contact.Phone, Email: b.Contact.Email,
		Recipient: b.Address.Recipient, Note: b.Address.Note,
		Address: map[string]string{"street": b.Address.Street, "landmark": b.Address.Landmark, "city": b.Address.City,
			"postal_code": b.Address.PostalCode, "region": b.Address.Region},
		ExpectedTotal: money.Amount(b.ExpectedTotal.Amount), PolicyVersion: b.PolicyVersion, Key: in.Key, Channel: "api", By: by,
	}, q.Now)
	if err != nil {
		return nil, err
	}
	out := a.view(placed.Order)
	out.Token, out.Link = placed.Token, q.Absolute("/o/"+placed.Token)
	out.NoteMasked = placed.Struck
	return &orderOut{out}, nil
}

func (a *API) view(o *order.Order) Order {
	out := Order{Number: o.Number, Status: o.Status(), PlacedAt: o.PlacedAt, Totals: a.totals(o.Sums)}
	for _, p := range o.Parts {
		part := OrderPart{ID: p.PublicID, StoreName: p.Store.Name, Status: p.Status, Fulfillment: p.Fulfillment.Status,
			TrackingNumber: p.Fulfillment.TrackingNumber, Payment: p.Payment.Status, Totals: a.totals(p.Sums),
			ArrivesFrom: a.day(p.ArrivesFrom), ArrivesTo: a.day(p.ArrivesTo)}
		for _, l := range p.Lines {
			part.Lines = append(part.Lines, a.line(l.Title, l.Snapshot, l.Quantity, l.UnitPrice, l.Total))
		}
		out.Parts = append(out.Parts, part)
	}
	return out
}
