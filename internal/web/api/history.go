package api

import (
	"context"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"aromart/internal/care/privacy"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/mask"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/trade/fulfillment"
	"aromart/internal/trade/order"
	"aromart/internal/web"
)

// OrderContact is the person and place of an order, for its customer alone.
type OrderContact struct {
	Name       string `json:"name"`
	Phone      string `json:"phone"`
	Email      string `json:"email,omitempty"`
	Recipient  string `json:"recipient,omitempty"`
	Street     string `json:"street"`
	Landmark   string `json:"landmark,omitempty"`
	City       string `json:"city"`
	Region     string `json:"region,omitempty"`
	PostalCode string `json:"postal_code,omitempty"`
	Country    string `json:"country"`
	Note       string `json:"note,omitempty"`
}

// ContactChange is what of an order can be corrected without another price; what is not sent stays.
type ContactChange struct {
	Name       string `json:"name,omitempty" maxLength:"200"`
	Phone      string `json:"phone,omitempty" maxLength:"64"`
	Recipient  string `json:"recipient,omitempty" maxLength:"200"`
	Street     string `json:"street,omitempty" maxLength:"400"`
	Landmark   string `json:"landmark,omitempty" maxLength:"400"`
	PostalCode string `json:"postal_code,omitempty" maxLength:"20"`
	Note       string `json:"note,omitempty" maxLength:"1000"`
}

// Cancellation names what to cancel.
type Cancellation struct {
	Part string `json:"part,omitempty" maxLength:"24" doc:"id of a part; without it every part that can still be canceled"`
}

type (
	historyIn struct {
		Page
		Q string `query:"q" maxLength:"100" doc:"only orders with such a product"`
	}
	historyOut struct {
		Body struct {
			Orders     []Order `json:"orders" doc:"the newest first"`
			NextCursor string  `json:"next_cursor,omitempty"`
		}
	}
	cancelIn struct {
		ByNumber
		Body Cancellation
	}
	contactIn struct {
		Number string `path:"number" maxLength:"20"`
		Body   ContactChange
	}
)

func (a *API) history(h huma.API) {
	huma.Register(h, mine("listOrders", "GET", "/account/orders", "The orders of the login", "order.list", "order", access.ReadOrders, access.RateOrder), op(a.listOrders))
	cancel := guard(huma.Operation{OperationID: "cancelOrder", Method: "POST", Path: Prefix + "/orders/{number}/cancel", Summary: "Cancel an order, or a part of it, before it is handed over", Errors: []int{409}},
		access.Route{Action: "order.cancel", Resource: "order", Policy: access.Everyone.WithScope(access.ChangeOrders), Rate: access.RateCart, Mutates: true, Personal: true})
	huma.Register(h, bearerOfOrder(cancel), op(a.cancel))
	huma.Register(h, mine("correctOrder", "PATCH", "/orders/{number}/contact", "Correct name, phone or street of an order; needs a fresh proof", "order.correct", "order", 0, access.RateMessage), op(a.correct))
}

// asked returns an order to its customer, or to whoever bears its token, and
// who that is. Not his and not there look alike.
func (a *API) asked(ctx context.Context, in *ByNumber) (*order.Order, access.Actor, error) {
	q, by := owner(ctx)
	number := order.CleanNumber(in.Number)
	if by.ID != 0 {
		o, err := order.ByNumberOf(ctx, a.DB, by.ID, number)
		return o, by, err
	}
	notFound := errs.New(errs.NotFound, "error.not_found")
	token, ok := strings.CutPrefix(in.Bearer, "Bearer ")
	if !ok {
		return nil, q.Actor, notFound
	}
	o, err := a.Desk.Links.Open(ctx, a.DB, token)
	if err != nil {
		return nil, q.Actor, err
	}
	if o.Number != number {
		return nil, q.Actor, notFound
	}
	return o, access.Actor{Kind: access.GuestOrder, Order: int64(o.ID)}, nil
}

// order shows an order, the person and place to whom the policy shows them.
func (a *API) order(ctx context.Context, in *ByNumber) (*orderOut, error) {
	o, by, err := a.asked(ctx, in)
	if err != nil {
		return nil, err
	}
	return a.showOrder(ctx, o, by)
}

func (a *API) showOrder(ctx context.Context, o *order.Order, by access.Actor) (*orderOut, error) {
	sees, ok := access.Permit(by, "order.view", access.Resource{Login: o.Customer, Order: int64(o.ID)})
	if !ok {
		return nil, errs.New(errs.NotFound, "error.not_found")
	}
	out := &orderOut{a.view(o)}
	if !sees.Has(access.ShowPhone | access.ShowEmail | access.ShowStreet | access.ShowNote) {
		return out, nil
	}
	c, err := order.ContactOf(ctx, a.DB, o.ID)
	out.Body.Contact = &OrderContact{Name: c.Name.Reveal(), Phone: c.Phone.Reveal(), Email: c.Email.Reveal(), Recipient: c.Recipient.Reveal(), Street: c.Street.Reveal(),
		Landmark: c.Area.Reveal(), City: c.City, Region: c.Region, PostalCode: c.PostalCode.Reveal(), Country: c.Country, Note: c.Note.Reveal()}
	return out, err
}

func (a *API) listOrders(ctx context.Context, in *historyIn) (*historyOut, error) {
	id := web.FromContext(ctx).Actor.ID
	var before order.ID
	if in.Cursor != "" { // the last order of the page before, which never leaves the list
		var err error
		if before, err = order.IDOf(ctx, a.DB, id, in.Cursor); err != nil {
			return nil, errCursor(err)
		}
	}
	list, err := order.ListOf(ctx, a.DB, id, in.Q, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	out := &historyOut{}
	out.Body.Orders = []Order{}
	if len(list) > in.Limit {
		list = list[:in.Limit]
		out.Body.NextCursor = list[in.Limit-1].Number
	}
	for _, o := range list {
		out.Body.Orders = append(out.Body.Orders, a.view(o))
	}
	return out, nil
}

func (a *API) cancel(ctx context.Context, in *cancelIn) (*orderOut, error) {
	o, by, err := a.asked(ctx, &in.ByNumber)
	if err != nil {
		return nil, err
	}
	scope := order.Scope{Order: o.ID}
	if in.Body.Part != "" {
		i := slices.IndexFunc(o.Parts, func(p order.SellerOrder) bool { return p.PublicID == in.Body.Part })
		if i < 0 {
			return nil, errs.Field("part", "error.bad_choice")
		}
		scope.SellerOrder = o.Parts[i].ID
	}
	err = a.DB.Write(ctx, func(tx *db.Tx) error {
		return fulfillment.Cancel(ctx, tx, by, scope, "customer", web.FromContext(ctx).Now)
	})
	if err != nil {
		return nil, err
	}
	if o, err = order.ByID(ctx, a.DB, o.ID); err != nil {
		return nil, err
	}
	return a.showOrder(ctx, o, by)
}

// read checks a correction; every fault is told at once.
func (c ContactChange) read(parsePhone func(string) (string, error)) (order.Correction, error) {
	var out order.Correction
	var faults errs.List
	note := func(err error) {
		if e, ok := err.(*errs.Error); ok {
			faults = append(faults, e)
		}
	}
	var err error
	if c.Name != "" {
		out.Name, err = contact.ParseName("name", c.Name)
		note(err)
	}
	if c.Phone != "" {
		phone, err := parsePhone(c.Phone)
		note(err)
		out.Phone = contact.NewPhone(phone)
	}
	text, _ := mask.Secrets(c.Note)
	for _, f := range []struct {
		name, value string
		limit       int
		to          *contact.Text
	}{{"street", c.Street, 160, &out.Street}, {"landmark", c.Landmark, 120, &out.Area}, {"postal_code", c.PostalCode, 20, &out.PostalCode}} {
		*f.to, err = contact.ParseLine(f.name, f.value, f.limit)
		note(err)
	}
	if c.Recipient != "" {
		out.Recipient, err = contact.ParseName("recipient", c.Recipient)
		note(err)
	}
	out.Note, err = contact.ParseText("note", text, 500)
	note(err)
	return out, faults.Err()
}

// correct changes where a parcel goes and to whom, so the customer proves first that it is he.
func (a *API) correct(ctx context.Context, in *contactIn) (*orderOut, error) {
	q, by := owner(ctx)
	if err := q.Visit.NeedFresh(); err != nil {
		return nil, err
	}
	o, err := order.ByNumberOf(ctx, a.DB, by.ID, order.CleanNumber(in.Number))
	if err != nil {
		return nil, err
	}
	c, err := in.Body.read(a.Market.ParsePhone)
	if err != nil {
		return nil, err
	}
	keeper := a.keeper()
	err = a.DB.Write(ctx, func(tx *db.Tx) error {
		if err := q.Visit.HoldFresh(ctx, tx, q.Now); err != nil {
			return err
		}
		return keeper.Correct(ctx, tx, o.ID, c, by, q.Now)
	})
	if err != nil {
		return nil, err
	}
	return a.showOrder(ctx, o, by)
}

func (a *API) keeper() *privacy.Keeper {
	return &privacy.Keeper{DB: a.DB, Market: a.Market, Dir: a.DB.Dir(), Clock: a.Clock}
}
