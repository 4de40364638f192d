// Package checkout prices a cart and places the order.
//
// There are no steps to skip: one quote lists what is missing, and Place checks
// everything again in one transaction: it prices anew, compares with the total
// that the buyer saw, records the order with its snapshots, due payments,
// timeline, audit entry, letters and what they tell the sellers, and takes the stock last. The same key or
// the same cart gives the same order, also after a crash between commit and answer.
//
// Personal data: passes through to package order, is never logged. Tables: idempotency_keys.
package checkout

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/mask"
	"aromart/internal/kit/money"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/trade/order"
)

// Desk is where orders are placed.
type Desk struct {
	DB     *db.DB
	Market *market.Profile
	Links  order.Links
	Policy func() (version, hash string) // the effective privacy policy, or the draft
	gate   chan struct{}
}

// NewDesk opens a desk. On PostgreSQL it lets few buyers at a time into the
// database, because thirty on one popular variant are slower than eight.
func NewDesk(d *db.DB, m *market.Profile, links order.Links, policy func() (version, hash string)) *Desk {
	desk := &Desk{DB: d, Market: m, Links: links, Policy: policy}
	if d.Dialect() == db.Postgres {
		desk.gate = make(chan struct{}, 8)
	}
	return desk
}

// Request is an order as a face received it. Texts are raw; Place checks them.
type Request struct {
	Input
	Name, Phone, Email, Recipient, Note string
	Address                             map[string]string // by market.AddressField key
	ExpectedTotal                       money.Amount
	PolicyVersion                       string // the version the buyer was shown
	Key                                 string // idempotency key
	CartToken                           string // "" for the API
	HeldLink                            string // token of the order that the visitor has open, "" when none
	Channel                             string // web, api
	SkipUnavailable                     bool   // order what can be bought of the cart; ExpectedTotal is without the rest
	By                                  access.Actor
}

// Placed is the answer to a request; Repeated says that the order was there before.
type Placed struct {
	Order    *order.Order
	Token    string // the secret of the order's link
	Repeated bool
	FromCart bool // the order was made of this very cart, which is used up
	Struck   bool // the note held what looked like a password or a card number, which was not kept
}

// Changed is the refusal when the total is no longer what the buyer saw. It carries the new quote.
type Changed struct {
	Refusal *errs.Error
	Quote   *Quote
}

func (c *Changed) Error() string { return c.Refusal.Error() }

// Unwrap lets a face treat it like any other Conflict.
func (c *Changed) Unwrap() error { return c.Refusal }

// maxAttempts bounds how often a request meets another with the same key or cart.
const maxAttempts = 4

// Place places the order, or returns every fault at once as errs.List.
func (d *Desk) Place(ctx context.Context, q Request, now time.Time) (*Placed, error) {
	p := &placing{Desk: d, Request: q, now: now}
	if err := p.identify(); err != nil {
		return nil, err
	}
	if d.gate != nil {
		select {
		case d.gate <- struct{}{}:
			defer func() { <-d.gate }()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	for range maxAttempts {
		placed, err := p.earlier(ctx, d.DB)
		if placed != nil || err != nil {
			return placed, err
		}
		if err := p.check(); err != nil {
			return nil, err
		}
		var o *order.Order
		err = d.DB.Write(ctx, func(tx *db.Tx) error {
			var err error
			o, err = p.write(ctx, tx)
			return err
		})
		if err == nil {
			return &Placed{Order: o, Token: d.Links.Token(o), FromCart: p.cartHash != "", Struck: p.struck}, nil
		}
		// Somebody with the same key or cart was faster: read his order.
		if !db.IsUnique(err) && !errors.Is(err, errRepeated) {
			return nil, err
		}
	}
	return nil, errs.New(errs.Unavailable, "error.unavailable")
}

// placing is one request on its way.
type placing struct {
	*Desk
	Request
	now      time.Time
	hash     string // of the request without its key
	cartHash string
	contact  order.Contact
	address  market.Address
	struck   bool // a secret was taken out of the note

	policyVersion, policyHash string // in force, or the draft, when the order is recorded
}

var errRepeated = errors.New("checkout: placed before")

// identify makes the fingerprints by which a repeated request is known.
func (p *placing) identify() error {
	if len(p.Key) < 8 || len(p.Key) > 64 {
		return errs.Field("idempotency_key", "checkout.key_missing")
	}
	doc, err := json.Marshal(struct {
		Input
		Name, Phone, Email, Recipient, Note string
		Address                             map[string]string
		ExpectedTotal                       money.Amount
		Policy                              string
	}{p.Input, p.Name, p.Phone, p.Email, p.Recipient, p.Note, p.Request.Address, p.ExpectedTotal, p.PolicyVersion})
	if err != nil {
		return err
	}
	p.hash = digest(string(doc))
	if p.CartToken != "" {
		p.cartHash = digest("cart\x00" + p.CartToken)
	}
	return nil
}

func digest(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

// earlier returns the order that this key or cart has given before. The key of
// a form is no credential: the answer opens an order with its person, so a
// visitor shows by the cart or by the order's link that it is his. To the API
// the whole request is that proof.
func (p *placing) earlier(ctx context.Context, r db.Reader) (*Placed, error) {
	type known struct {
		order      order.ID
		hash, cart string
	}
	k, err := db.One(ctx, r, func(rows *db.Rows, k *known) error { return rows.Scan(&k.order, &k.hash, &k.cart) },
		`SELECT k.order_id, k.request_hash, COALESCE(o.cart_token_hash, '') FROM idempotency_keys k JOIN orders o ON o.id = k.order_id
		WHERE k.scope = $1 AND k.key = $2`, p.scope(), p.Key)
	reused := errs.Field("idempotency_key", "checkout.key_reused")
	if err == nil && k.hash != p.hash && p.Channel == "api" {
		return nil, reused
	}
	if errors.Is(err, db.ErrNoRows) && p.cartHash != "" {
		var id int64
		id, err = db.One(ctx, r, db.Int, `SELECT id FROM orders WHERE cart_token_hash = $1`, p.cartHash)
		k.order, k.cart = order.ID(id), p.cartHash
	}
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	o, err := order.ByID(ctx, r, k.order)
	if err != nil {
		return nil, err
	}
	again := &Placed{Order: o, Token: p.Links.Token(o), Repeated: true, FromCart: p.cartHash != "" && p.cartHash == k.cart}
	if p.Channel != "api" && !again.FromCart && (o.Customer == 0 || o.Customer != p.customer()) && !equal(again.Token, p.HeldLink) {
		return nil, reused
	}
	return again, nil
}

// scope keeps the keys of each account apart from those of others and of guests.
func (p *placing) scope() string {
	if id := p.customer(); id != 0 {
		return p.Channel + ":" + strconv.FormatInt(id, 10)
	}
	return p.Channel
}

// equal compares secrets in the same time for every wrong one.
func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// check reads the person and the address. Every fault is told at once, in the order of the form.
func (p *placing) check() error {
	var faults errs.List
	note := func(err error) {
		if e, ok := errors.AsType[*errs.Error](err); ok {
			faults = append(faults, e)
		}
	}
	var err error
	if p.contact.Name, err = contact.ParseName("name", p.Name); err != nil {
		note(err)
	}
	if phone, err := p.Market.ParsePhone(p.Phone); err != nil {
		note(err)
	} else {
		p.contact.Phone = contact.NewPhone(phone)
	}
	var list errs.List
	p.address, list = p.Market.CheckAddress(func(key string) string { return p.Request.Address[key] }, p.Language)
	faults = append(faults, list...)
	if p.Email != "" {
		if p.contact.Email, err = contact.ParseEmail("email", p.Email); err != nil {
			note(err)
		}
	}
	if p.Recipient != "" {
		if p.contact.Recipient, err = contact.ParseName("recipient", p.Recipient); err != nil {
			note(err)
		}
	}
	text, struck := mask.Secrets(p.Note)
	p.struck = struck
	if p.contact.Note, err = contact.ParseText("note", text, 500); err != nil {
		note(err)
	}
	if p.PolicyVersion == "" {
		faults = append(faults, errs.Field("policy_version", "checkout.policy_missing"))
	}
	p.contact.Street, p.contact.Area = contact.NewText(p.address.Street), contact.NewText(p.address.Landmark)
	p.contact.City, p.contact.Region = p.address.City, p.address.District
	p.contact.PostalCode, p.contact.Country = contact.NewText(p.address.PostalCode), p.address.Country
	if p.address.PlaceID != "" {
		p.Input.Place = p.address.PlaceID
	}
	return faults.Err()
}
