package world

import (
	"context"
	"fmt"
	"strings"

	"aromart/internal/goods/catalog"
	"aromart/internal/goods/delivery"
	"aromart/internal/goods/inventory"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/money"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/people/account"
	"aromart/internal/people/auth"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/trade/cart"
	"aromart/internal/trade/checkout"
	"aromart/internal/trade/fulfillment"
	"aromart/internal/trade/order"
	"aromart/internal/trade/wishlist"
)

// Trusted is what a test of trust needs to know of its world: who may sign in,
// which orders there are, and the markers that nobody else may see.
type Trusted struct {
	Logins   []Login  `json:"logins"`
	Stores   []string `json:"stores"` // slugs, of seller 1, 2, 3
	Orders   []Placed `json:"orders"`
	Canaries []Canary `json:"canaries"`

	ids map[string]int64 // of the logins, by who they are, also of the sellers
}

// Login is somebody who may sign in.
type Login struct {
	Who      string `json:"who"`
	Role     string `json:"role"`
	Email    string `json:"email"`
	Password string `json:"password"`
}

// Placed is an order with its secret link.
type Placed struct {
	Who     string `json:"who"`
	Number  string `json:"number"`
	Token   string `json:"token"`
	Sellers []int  `json:"sellers"` // 1, 2, 3
	Status  string `json:"status"`
}

// Canary is a marker with the one it belongs to.
type Canary struct {
	Who   string `json:"who"`
	Field string `json:"field"`
	Value string `json:"value"`
}

// mark makes a marker and notes it. Where a format is needed, it is bent into it.
func (t *Trusted) mark(who, field string) string {
	v := "CANARY-" + who + "-" + field
	if field == "email" {
		v = fmt.Sprintf("canary-%s-email@example.com", who) // addresses are kept in lower case
	}
	t.Canaries = append(t.Canaries, Canary{who, field, v})
	return v
}

// phone cannot hold letters; it is a number that occurs once.
func (t *Trusted) phone(who, field string, n int) string {
	v := fmt.Sprintf("+947055%05d", n)
	t.Canaries = append(t.Canaries, Canary{who, field, v})
	return v
}

// Trust fills an empty database with a small world: three sellers with two
// members each, four customers with accounts and two guests, all with orders,
// support, admin and auditor.
func Trust(ctx context.Context, desk *checkout.Desk) (*Trusted, error) {
	t := &Trusted{}
	var products []*catalog.Product
	logins, err := t.people(ctx)
	if err != nil {
		return nil, err
	}
	sellers, accounts := t.sellers(desk), t.accounts(desk.Market)
	err = desk.DB.Write(ctx, func(tx *db.Tx) error {
		if err := t.addLogins(ctx, tx, logins); err != nil {
			return err
		}
		var stores []seller.Store
		if stores, products, err = openTrustStores(ctx, tx, sellers); err != nil {
			return err
		}
		if err := t.join(ctx, tx, stores); err != nil {
			return err
		}
		return t.fillAccounts(ctx, tx, desk.Market, accounts, products)
	})
	if err != nil {
		return nil, err
	}
	for _, s := range sellers {
		t.Stores = append(t.Stores, s.Slug)
	}
	for i, o := range trustOrders {
		if err := t.place(ctx, desk, i+1, o, products); err != nil {
			return nil, fmt.Errorf("order of %s: %w", o.who, err)
		}
	}
	return t, nil
}

// people names everybody who may sign in.
func (t *Trusted) people(ctx context.Context) ([]auth.New, error) {
	type person struct{ who, role string }
	list := []person{{"support-1", "support"}, {"admin-1", "admin"}, {"auditor-1", "auditor"}}
	for i := 1; i <= 3; i++ { // logins of their own; they become members when there is a store
		list = append(list, person{fmt.Sprintf("owner-%d", i), "seller_owner"}, person{fmt.Sprintf("staff-%d", i), "seller_staff"})
	}
	for i := 1; i <= 4; i++ {
		list = append(list, person{fmt.Sprintf("customer-%d", i), "customer"})
	}
	var out []auth.New
	for _, p := range list {
		l := Login{p.who, p.role, fmt.Sprintf("canary-%s-login@example.com", p.who), "trust fixture " + p.who}
		hash, err := auth.Hash(ctx, l.Password)
		if err != nil {
			return nil, err
		}
		t.Logins = append(t.Logins, l)
		t.Canaries = append(t.Canaries, Canary{p.who, "login", l.Email})
		role := p.role
		if strings.HasPrefix(role, "seller_") {
			role = "customer"
		}
		out = append(out, auth.New{Address: auth.Address{Email: contact.NewEmail(l.Email)}, Name: contact.NewName(t.mark(p.who, "login-name")), Role: role, Hash: hash, Proved: true})
	}
	return out, nil
}

func (t *Trusted) addLogins(ctx context.Context, tx *db.Tx, list []auth.New) (err error) {
	t.ids = map[string]int64{}
	for i, n := range list {
		if t.ids[t.Logins[i].Who], err = auth.Add(ctx, tx, operator, n, epoch); err != nil {
			return err
		}
	}
	return nil
}

// sellers are public by name; their e-mail and phone are not.
func (t *Trusted) sellers(desk *checkout.Desk) (out []seller.New) {
	for i := 1; i <= 3; i++ {
		who := fmt.Sprintf("seller-%d", i)
		out = append(out, seller.New{
			Store: seller.Store{Slug: fmt.Sprintf("trust-store-%d", i), Name: fmt.Sprintf("Trust Store %d", i), City: desk.Market.DefaultPlace,
				PackDays: 1, ReturnDays: 14, OpenedAt: epoch, SellerName: fmt.Sprintf("Trust Seller %d", i),
				LegalName: fmt.Sprintf("Trust Seller %d (Pvt) Ltd", i), Commission: 1000},
			Email: contact.NewEmail(t.mark(who, "email")), Phone: contact.NewPhone(t.phone(who, "phone", 90+i))})
	}
	return out
}

func openTrustStores(ctx context.Context, tx *db.Tx, sellers []seller.New) ([]seller.Store, []*catalog.Product, error) {
	var stores []seller.Store
	var products []*catalog.Product
	var levels []inventory.Level
	for i, n := range sellers {
		st, err := seller.Add(ctx, tx, operator, n, epoch)
		if err != nil {
			return nil, nil, err
		}
		stores = append(stores, st)
		if _, err := delivery.Add(ctx, tx, delivery.Method{Seller: st.Seller, Name: "Courier", Kind: delivery.Flat, Price: 350_00}, 1); err != nil {
			return nil, nil, err
		}
		for j := 1; j <= 3; j++ {
			products = append(products, &catalog.Product{Seller: st.Seller, Store: st.ID, Handle: fmt.Sprintf("thing-%d", j), Status: catalog.Live, Language: "en",
				Title: fmt.Sprintf("Trust thing %d of store %d", j, i+1), Slug: fmt.Sprintf("trust-thing-%d-%d", i+1, j),
				Variants: []catalog.Variant{{SKU: fmt.Sprintf("T%d%d", i+1, j), Price: money.Amount(1000_00 * j), WeightG: 500, OnHand: 50}}})
		}
	}
	if err := catalog.Insert(ctx, tx, products, epoch); err != nil {
		return nil, nil, err
	}
	for _, p := range products {
		levels = append(levels, inventory.Level{Variant: p.Variants[0].ID, Seller: p.Seller, OnHand: p.Variants[0].OnHand})
	}
	return stores, products, inventory.Open(ctx, tx, operator, levels, inventory.Opening, epoch)
}

// join makes owner-1 and staff-1 act for seller 1, and so on. Staff may work on
// orders and see no sums.
func (t *Trusted) join(ctx context.Context, tx *db.Tx, stores []seller.Store) error {
	for i, st := range stores {
		t.ids[fmt.Sprintf("seller-%d", i+1)] = int64(st.Seller)
		for _, m := range []seller.Member{
			{Login: t.ids[fmt.Sprintf("owner-%d", i+1)], Seller: st.Seller, Kind: access.SellerOwner},
			{Login: t.ids[fmt.Sprintf("staff-%d", i+1)], Seller: st.Seller, Kind: access.SellerStaff, Rights: access.RightOrders},
		} {
			if err := seller.Join(ctx, tx, operator, m, epoch); err != nil {
				return err
			}
		}
	}
	return nil
}

// ID is the id of a login by who it is, or of a seller.
func (t *Trusted) ID(who string) int64 { return t.ids[who] }

// accounts are the addresses that customers have saved.
func (t *Trusted) accounts(m *market.Profile) map[string]account.Address {
	place := m.PlaceOr(m.DefaultPlace)
	out := map[string]account.Address{}
	for i := 1; i <= 4; i++ {
		who := fmt.Sprintf("customer-%d", i)
		out[who] = account.Address{Label: contact.NewText(t.mark(who, "login-label")), Name: contact.NewName(t.mark(who, "login-home-name")), Phone: contact.NewPhone(t.phone(who, "login-phone", 50+i)),
			Street: contact.NewText(t.mark(who, "login-home-street")), Area: contact.NewText(t.mark(who, "login-home-landmark")),
			Place: m.DefaultPlace, City: place.Name("en"), Country: m.Country}
	}
	return out
}

// fillAccounts gives each customer an address, something in the cart and something on the wishlist.
func (t *Trusted) fillAccounts(ctx context.Context, tx *db.Tx, m *market.Profile, addresses map[string]account.Address, products []*catalog.Product) error {
	for i := 1; i <= 4; i++ {
		who := fmt.Sprintf("customer-%d", i)
		by := access.Actor{Kind: access.Customer, ID: t.ids[who]}
		if _, err := account.AddAddress(ctx, tx, by, addresses[who], epoch); err != nil {
			return err
		}
		thing := products[2*i].Variants[0].PublicID
		if err := wishlist.Add(ctx, tx, by.ID, thing, epoch); err != nil {
			return err
		}
		if err := cart.Change(ctx, tx, by.ID, epoch, func(c *cart.Cart) error { return c.Add(thing, 1) }); err != nil {
			return err
		}
	}
	return nil
}

// trustOrder is one order of the script: who buys the first thing of which
// sellers, and what became of it.
type trustOrder struct {
	who     string
	sellers []int
	then    func(ctx context.Context, tx *db.Tx, s order.Scope) error
}

var trustOrders = []trustOrder{
	{"customer-1", []int{1}, nil},
	{"customer-2", []int{1, 2}, nil}, // each of two sellers must see his part only
	{"customer-3", []int{2}, func(ctx context.Context, tx *db.Tx, s order.Scope) error {
		return fulfillment.Cancel(ctx, tx, operator, s, "call", epoch)
	}},
	{"customer-4", []int{3}, func(ctx context.Context, tx *db.Tx, s order.Scope) error {
		return fulfillment.HandOver(ctx, tx, operator, s, "Courier", "TRUST-TRACKING-4", epoch)
	}},
	{"guest-1", []int{1, 3}, nil},
	{"guest-2", []int{2}, nil},
}

func (t *Trusted) place(ctx context.Context, desk *checkout.Desk, n int, o trustOrder, products []*catalog.Product) error {
	policy, _ := desk.Policy()
	q := checkout.Request{Name: t.mark(o.who, "name"), Phone: t.phone(o.who, "phone", n), Email: t.mark(o.who, "email"),
		Recipient: t.mark(o.who, "recipient"), Note: t.mark(o.who, "note"),
		Address: map[string]string{"street": t.mark(o.who, "street"), "landmark": t.mark(o.who, "landmark"), "city": desk.Market.DefaultPlace},
		Key:     clock.PublicID(), CartToken: clock.Token(16), Channel: "web", PolicyVersion: policy}
	q.Payment, q.Language, q.Input.Place = checkout.Cash, "en", desk.Market.DefaultPlace
	if id := t.ids[o.who]; id != 0 {
		q.By = access.Actor{Kind: access.Customer, ID: id}
	}
	for _, s := range o.sellers {
		q.Lines = append(q.Lines, cart.Line{Variant: products[3*(s-1)].Variants[0].PublicID, Quantity: 1})
	}
	quote, err := desk.Quote(ctx, desk.DB, q.Input, epoch)
	if err != nil {
		return err
	}
	q.ExpectedTotal = quote.Sums.Total
	placed, err := desk.Place(ctx, q, epoch)
	if err != nil {
		return err
	}
	if o.then != nil {
		err := desk.DB.Write(ctx, func(tx *db.Tx) error { return o.then(ctx, tx, order.Scope{Order: placed.Order.ID}) })
		if err != nil {
			return err
		}
	}
	now, err := order.ByID(ctx, desk.DB, placed.Order.ID)
	if err == nil {
		t.Orders = append(t.Orders, Placed{o.who, now.Number, placed.Token, o.sellers, now.Status()})
	}
	return err
}
