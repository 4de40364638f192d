package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/people/account"
	"aromart/internal/people/repeat"
	"aromart/internal/platform/db"
	"aromart/internal/web"
)

// Address is a saved address. What can be sent has the names of an order's address.
type Address struct {
	ID string `json:"id"`
	NewAddress
	CityName  string    `json:"city_name"`
	Country   string    `json:"country" doc:"ISO 3166-1 alpha-2"`
	UpdatedAt time.Time `json:"updated_at"`
}

// NewAddress is an address as it is sent.
type NewAddress struct {
	Label      string `json:"label,omitempty" maxLength:"40" doc:"in the person's own words"`
	Name       string `json:"name" maxLength:"200"`
	Phone      string `json:"phone" maxLength:"64"`
	Street     string `json:"street" maxLength:"400"`
	Landmark   string `json:"landmark,omitempty" maxLength:"400"`
	City       string `json:"city" maxLength:"80" doc:"place id, or the city's name where the market has no list"`
	PostalCode string `json:"postal_code,omitempty" maxLength:"20"`
	Region     string `json:"region,omitempty" maxLength:"40"`
	Default    bool   `json:"default,omitempty" doc:"chosen first; the first address is it in any case"`
}

// AddressChange is a change of an address; what is not sent stays.
type AddressChange struct {
	Label      *string `json:"label,omitempty" maxLength:"40"`
	Name       *string `json:"name,omitempty" maxLength:"200"`
	Phone      *string `json:"phone,omitempty" maxLength:"64"`
	Street     *string `json:"street,omitempty" maxLength:"400"`
	Landmark   *string `json:"landmark,omitempty" maxLength:"400"`
	City       *string `json:"city,omitempty" maxLength:"80"`
	PostalCode *string `json:"postal_code,omitempty" maxLength:"20"`
	Region     *string `json:"region,omitempty" maxLength:"40"`
	Default    *bool   `json:"default,omitempty" doc:"true makes it the default one; another becomes it by being made it"`
}

// OnceKey is the header of calls that create.
type OnceKey struct {
	Key string `header:"Idempotency-Key" minLength:"8" maxLength:"64" doc:"the same key and body make one thing, and give it again for two days"`
}

type (
	addressesOut struct {
		Body struct {
			Addresses []Address `json:"addresses" doc:"the default one first"`
		}
	}
	addressIn struct {
		OnceKey
		Body NewAddress
	}
	addressChange struct {
		ByID
		Match
		Body AddressChange
	}
	addressGone struct {
		ByID
		Match
	}
	addressOut struct {
		ETag string `header:"ETag"`
		Body Address
	}
)

// Match is the precondition of a change.
type Match struct {
	IfMatch string `header:"If-Match" maxLength:"200" doc:"ETag of what the caller has seen; refused with 412 when it was changed since"`
}

func (m Match) check(etag string) error {
	if m.IfMatch == "" || m.IfMatch == "*" {
		return nil
	}
	for one := range strings.SplitSeq(m.IfMatch, ",") {
		if strings.TrimSpace(one) == etag {
			return nil
		}
	}
	return account.ErrStale
}

func (a *API) addresses(h huma.API) {
	huma.Register(h, mine("listAddresses", "GET", "/account/addresses", "Saved addresses", "address.list", "address", access.ReadAddresses, access.RateOrder), op(a.listAddresses))
	add := mine("addAddress", "POST", "/account/addresses", "Save an address", "address.add", "address", access.ChangeAddresses, access.RateCart)
	add.DefaultStatus = http.StatusCreated
	huma.Register(h, add, op(a.addAddress))
	huma.Register(h, mine("getAddress", "GET", "/account/addresses/{id}", "A saved address", "address.view", "address", access.ReadAddresses, access.RateOrder), op(a.getAddress))
	change := mine("changeAddress", "PATCH", "/account/addresses/{id}", "Change an address", "address.change", "address", access.ChangeAddresses, access.RateCart)
	remove := mine("removeAddress", "DELETE", "/account/addresses/{id}", "Remove an address; for a day it can be brought back", "address.remove", "address", access.ChangeAddresses, access.RateCart)
	for _, o := range []*huma.Operation{&change, &remove} {
		o.Errors = append(o.Errors, http.StatusPreconditionFailed)
	}
	huma.Register(h, change, op(a.changeAddress))
	huma.Register(h, remove, op(a.removeAddress))
	huma.Register(h, mine("restoreAddress", "POST", "/account/addresses/{id}/restore", "Bring a removed address back", "address.restore", "address", access.ChangeAddresses, access.RateCart), op(a.restoreAddress))
}

func (a *API) addressOf(x *account.Address) Address {
	values := x.Values(a.Market)
	return Address{ID: x.PublicID, CityName: x.City, Country: x.Country, UpdatedAt: x.ChangedAt, NewAddress: NewAddress{Label: x.Label.Reveal(), Name: x.Name.Reveal(), Phone: x.Phone.Reveal(),
		Street: values[market.Street], Landmark: values[market.Landmark], City: values[market.CityKey], PostalCode: values[market.PostalCode], Region: values[market.Region], Default: x.Preferred}}
}

// etag names a state of an address.
func etag(x *account.Address) string {
	return `"` + strconv.FormatInt(clock.Micros(x.ChangedAt), 36) + `"`
}

// read checks an address as it was sent.
func (a *API) read(n NewAddress, lang string) (account.Address, error) {
	x, err := account.Check(a.Market, account.Typed{Label: n.Label, Name: n.Name, Phone: n.Phone, Fields: map[string]string{market.Street: n.Street,
		market.Landmark: n.Landmark, market.CityKey: n.City, market.PostalCode: n.PostalCode, market.Region: n.Region}}, lang)
	x.Preferred = n.Default
	return x, err
}

func (a *API) showAddress(ctx context.Context, r db.Reader, login int64, id string) (*addressOut, error) {
	x, err := account.AddressOf(ctx, r, login, id)
	if err != nil {
		return nil, err
	}
	return &addressOut{etag(x), a.addressOf(x)}, nil
}

func (a *API) listAddresses(ctx context.Context, _ *struct{}) (*addressesOut, error) {
	list, err := account.Addresses(ctx, a.DB, web.FromContext(ctx).Actor.ID)
	out := &addressesOut{}
	out.Body.Addresses = []Address{}
	for i := range list {
		out.Body.Addresses = append(out.Body.Addresses, a.addressOf(&list[i]))
	}
	return out, err
}

func (a *API) getAddress(ctx context.Context, in *ByID) (*addressOut, error) {
	return a.showAddress(ctx, a.DB, web.FromContext(ctx).Actor.ID, in.ID)
}

func (a *API) addAddress(ctx context.Context, in *addressIn) (*addressOut, error) {
	q, by := owner(ctx)
	x, err := a.read(in.Body, q.Lang)
	if err != nil {
		return nil, err
	}
	id := ""
	err = a.DB.Write(ctx, func(tx *db.Tx) (err error) {
		id, err = repeat.Once(ctx, tx, by.ID, in.Key, "addAddress", in.Body, q.Now, func() (string, error) { return account.AddAddress(ctx, tx, by, x, q.Now) })
		return err
	})
	if err != nil {
		return nil, err
	}
	return a.showAddress(ctx, a.DB, by.ID, id)
}

// changeAddress lays what was sent over what is there, and checks the whole.
func (a *API) changeAddress(ctx context.Context, in *addressChange) (out *addressOut, err error) {
	q, by := owner(ctx)
	err = a.DB.Write(ctx, func(tx *db.Tx) error {
		have, err := account.AddressOf(ctx, tx, by.ID, in.ID)
		if err != nil {
			return err
		}
		if err := in.check(etag(have)); err != nil {
			return err
		}
		n := a.addressOf(have).NewAddress
		for _, f := range []struct {
			field *string
			sent  *string
		}{{&n.Label, in.Body.Label}, {&n.Name, in.Body.Name}, {&n.Phone, in.Body.Phone}, {&n.Street, in.Body.Street}, {&n.Landmark, in.Body.Landmark},
			{&n.City, in.Body.City}, {&n.PostalCode, in.Body.PostalCode}, {&n.Region, in.Body.Region}} {
			set(f.field, f.sent)
		}
		if have.Preferred && in.Body.Default != nil && !*in.Body.Default {
			return errs.Field("default", "error.bad_choice")
		}
		set(&n.Default, in.Body.Default)
		x, err := a.read(n, q.Lang)
		if err != nil {
			return err
		}
		x.PublicID, x.ChangedAt = have.PublicID, have.ChangedAt
		if err := account.SaveAddress(ctx, tx, by, x, q.Now); err != nil {
			return err
		}
		out, err = a.showAddress(ctx, tx, by.ID, in.ID)
		return err
	})
	return out, err
}

func (a *API) removeAddress(ctx context.Context, in *addressGone) (*struct{}, error) {
	q, by := owner(ctx)
	return nil, a.DB.Write(ctx, func(tx *db.Tx) error {
		have, err := account.AddressOf(ctx, tx, by.ID, in.ID)
		if err == nil {
			err = in.check(etag(have))
		}
		if err != nil {
			return err
		}
		return account.RemoveAddress(ctx, tx, by, in.ID, q.Now)
	})
}

func (a *API) restoreAddress(ctx context.Context, in *ByID) (*addressOut, error) {
	q, by := owner(ctx)
	err := a.DB.Write(ctx, func(tx *db.Tx) error { return account.RestoreAddress(ctx, tx, by, in.ID, q.Now) })
	if err != nil {
		return nil, err
	}
	return a.showAddress(ctx, a.DB, by.ID, in.ID)
}
