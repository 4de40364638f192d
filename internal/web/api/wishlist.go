package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/trade/cart"
	"aromart/internal/trade/wishlist"
	"aromart/internal/web"
)

// Wish is a variant that somebody noted.
type Wish struct {
	ID        string    `json:"id"`
	Variant   string    `json:"variant"`
	Product   string    `json:"product" doc:"slug"`
	Title     string    `json:"title"`
	Options   string    `json:"options,omitempty" doc:"in words"`
	StoreName string    `json:"store_name"`
	PriceThen Money     `json:"price_then" doc:"on the day it was noted"`
	Price     Money     `json:"price"`
	ForSale   bool      `json:"for_sale"`
	InStock   bool      `json:"in_stock"`
	Picture   *Picture  `json:"picture,omitempty"`
	AddedAt   time.Time `json:"added_at"`
}

// NewWish is what to note.
type NewWish struct {
	Variant string `json:"variant" maxLength:"24"`
}

// Page is where a list goes on.
type Page struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
	Cursor string `query:"cursor" maxLength:"60" doc:"next_cursor of the page before"`
}

type (
	wishesOut struct {
		Body struct {
			Items      []Wish `json:"items" doc:"the newest first"`
			NextCursor string `json:"next_cursor,omitempty"`
		}
	}
	wishIn  struct{ Body NewWish }
	wishOut struct{ Body Wish }
)

func (a *API) wishes(h huma.API) {
	huma.Register(h, mine("listWishlist", "GET", "/account/wishlist", "What was noted for later", "wishlist.view", "wishlist", access.ReadWishlist, access.RateOrder), op(a.listWishes))
	add := mine("addToWishlist", "POST", "/account/wishlist", "Note a variant; noting it again changes nothing, with or without a key", "wishlist.add", "wishlist", access.ChangeWishlist, access.RateCart)
	add.DefaultStatus = http.StatusCreated
	huma.Register(h, add, op(a.addWish))
	move := mine("moveToCart", "POST", "/account/wishlist/{id}/move", "Put one of an item into the cart of the login and take it off the list", "wishlist.move", "wishlist", access.ChangeWishlist, access.RateCart)
	move.Errors = append(move.Errors, http.StatusConflict)
	huma.Register(h, move, op(a.moveWish))
	huma.Register(h, mine("removeFromWishlist", "DELETE", "/account/wishlist/{id}", "Take an item off the list", "wishlist.remove", "wishlist", access.ChangeWishlist, access.RateCart), op(a.removeWish))
}

// errCursor refuses a cursor that leads nowhere in the list of whoever asks.
func errCursor(err error) error {
	if errs.KindOf(err) == errs.NotFound {
		return errs.Field("cursor", "search.bad_cursor")
	}
	return err
}

func (a *API) listWishes(ctx context.Context, in *Page) (*wishesOut, error) {
	q := web.FromContext(ctx)
	list, err := wishlist.Page(ctx, a.DB, q.Actor.ID, q.Lang, in.Cursor, in.Limit+1)
	if err != nil {
		return nil, errCursor(err)
	}
	out := &wishesOut{}
	out.Body.Items = []Wish{}
	if len(list) > in.Limit {
		list = list[:in.Limit]
		out.Body.NextCursor = list[in.Limit-1].PublicID
	}
	for i := range list {
		out.Body.Items = append(out.Body.Items, a.wish(&list[i]))
	}
	return out, nil
}

func (a *API) wish(i *wishlist.Item) Wish {
	out := Wish{ID: i.PublicID, Variant: i.Variant, Product: i.Slug, Title: i.Title, Options: i.Options, StoreName: i.Store, PriceThen: a.money(i.PriceThen),
		Price: a.money(i.PriceNow), ForSale: i.ForSale, InStock: i.ForSale && i.OnHand > 0, AddedAt: i.AddedAt}
	if i.Picture != "" {
		out.Picture = &Picture{URL: "/media/" + i.Picture + "-{width}.jpg", Color: i.PictureColor}
	}
	return out
}

func (a *API) addWish(ctx context.Context, in *wishIn) (*wishOut, error) {
	q := web.FromContext(ctx)
	if err := a.DB.Write(ctx, func(tx *db.Tx) error { return wishlist.Add(ctx, tx, q.Actor.ID, in.Body.Variant, q.Now) }); err != nil {
		return nil, err
	}
	item, err := wishlist.ItemOf(ctx, a.DB, q.Actor.ID, q.Lang, in.Body.Variant)
	if err != nil { // taken off again at this moment
		return nil, err
	}
	return &wishOut{a.wish(item)}, nil
}

// moveWish does both or neither. The cart is the one that the login's own pages show.
func (a *API) moveWish(ctx context.Context, in *ByID) (*struct{}, error) {
	q := web.FromContext(ctx)
	return nil, a.DB.Write(ctx, func(tx *db.Tx) error {
		variant, err := wishlist.Remove(ctx, tx, q.Actor.ID, in.ID)
		if err != nil {
			return err
		}
		return cart.Change(ctx, tx, q.Actor.ID, q.Now, func(c *cart.Cart) error { return c.Add(variant, 1) })
	})
}

func (a *API) removeWish(ctx context.Context, in *ByID) (*struct{}, error) {
	q := web.FromContext(ctx)
	return nil, a.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := wishlist.Remove(ctx, tx, q.Actor.ID, in.ID)
		return err
	})
}
