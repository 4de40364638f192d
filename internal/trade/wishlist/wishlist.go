// Package wishlist keeps what somebody may want later, with the price on the
// day he noted it.
//
// What always holds: a list is read and changed by its owner alone; the price
// then never changes, the price now is read when it is shown.
//
// Personal data: what a customer has noted. Tables: wishlist_items.
package wishlist

import (
	"context"
	"math"
	"time"

	"aromart/internal/goods/catalog"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
)

// MaxItems is how many things a list holds.
const MaxItems = 200

// Item is a variant that somebody noted.
type Item struct {
	PublicID     string
	Variant      string // public id
	Slug         string
	Title        string
	Options      string // "Blue, M"
	Store        string
	PriceThen    money.Amount
	PriceNow     money.Amount
	OnHand       int64
	ForSale      bool
	Picture      string
	PictureColor string
	Category     int64
	AddedAt      time.Time
}

// Add notes a variant. Noting it again changes nothing, also on a full list.
func Add(ctx context.Context, tx *db.Tx, login int64, variant string, now time.Time) error {
	type row struct{ id, price int64 }
	v, err := db.One(ctx, tx, func(rows *db.Rows, v *row) error { return rows.Scan(&v.id, &v.price) },
		`SELECT v.id, v.price FROM variants v JOIN products p ON p.id = v.product_id WHERE v.public_id = $1 AND p.status = 'live'`, variant)
	if err != nil {
		return db.NotFound(err)
	}
	if err := auth.Hold(ctx, tx, login); err != nil { // two devices must not both take the last place
		return err
	}
	added, err := db.Exec(ctx, tx, `INSERT INTO wishlist_items (public_id, login_id, variant_id, price, added_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (login_id, variant_id) DO NOTHING`, clock.PublicID(), login, v.id, v.price, clock.Micros(now))
	if err != nil || added == 0 {
		return err
	}
	n, err := Count(ctx, tx, login)
	if err == nil && n > MaxItems {
		err = errs.New(errs.Conflict, "wishlist.full", "n", MaxItems)
	}
	return err
}

// Count is how many things a login has noted.
func Count(ctx context.Context, r db.Reader, login int64) (int64, error) {
	return db.One(ctx, r, db.Int, `SELECT count(*) FROM wishlist_items WHERE login_id = $1`, login)
}

// Remove takes an item off the list of its owner and returns its variant.
func Remove(ctx context.Context, tx *db.Tx, login int64, publicID string) (variant string, err error) {
	id, err := db.One(ctx, tx, db.Int, `DELETE FROM wishlist_items WHERE login_id = $1 AND public_id = $2 RETURNING variant_id`, login, publicID)
	if err != nil {
		return "", db.NotFound(err)
	}
	variant, err = db.One(ctx, tx, db.String, `SELECT public_id FROM variants WHERE id = $1`, id)
	return variant, db.NotFound(err)
}

// Items are the list of a login, newest first, in the words of a language.
func Items(ctx context.Context, r db.Reader, login int64, lang string) ([]Item, error) {
	return Page(ctx, r, login, lang, "", MaxItems)
}

// Page returns up to limit items of a login that were noted before the item
// with the public id; "" begins with the newest. An item that is not there is
// NotFound.
func Page(ctx context.Context, r db.Reader, login int64, lang, before string, limit int) ([]Item, error) {
	last := int64(math.MaxInt64)
	if before != "" {
		var err error
		if last, err = db.One(ctx, r, db.Int, `SELECT id FROM wishlist_items WHERE login_id = $1 AND public_id = $2`, login, before); err != nil {
			return nil, db.NotFound(err)
		}
	}
	return db.All(ctx, r, scanItem, selectItems+` AND w.id < $3 ORDER BY w.id DESC LIMIT $4`, login, lang, last, limit)
}

// ItemOf is what a login has noted of a variant.
func ItemOf(ctx context.Context, r db.Reader, login int64, lang, variant string) (*Item, error) {
	i, err := db.One(ctx, r, scanItem, selectItems+` AND v.public_id = $3`, login, lang, variant)
	return &i, db.NotFound(err)
}

// selectItems are the things that login $1 noted, in the words of language $2.
const selectItems = `
	SELECT w.public_id, v.public_id, p.slug, COALESCE(t.title, p.title), v.option1, v.option2, v.option3, st.name, w.price, v.price,
		COALESCE(s.on_hand, 0), v.active AND v.price > 0 AND p.status = 'live' AND se.status = 'approved',
		COALESCE(pic.blob, ''), COALESCE(pic.color, ''), COALESCE(p.category_id, 0), w.added_at
	FROM wishlist_items w
	JOIN variants v ON v.id = w.variant_id
	JOIN products p ON p.id = v.product_id
	JOIN sellers se ON se.id = p.seller_id
	JOIN stores st ON st.id = p.store_id
	LEFT JOIN stock_levels s ON s.variant_id = v.id
	LEFT JOIN product_texts t ON t.product_id = p.id AND t.language = $2
	LEFT JOIN pictures pic ON pic.id = COALESCE(v.picture_id, (SELECT min(id) FROM pictures WHERE product_id = p.id AND position = 1))
	WHERE w.login_id = $1`

func scanItem(rows *db.Rows, i *Item) error {
	var options [catalog.MaxOptions]string
	var added int64
	err := rows.Scan(&i.PublicID, &i.Variant, &i.Slug, &i.Title, &options[0], &options[1], &options[2], &i.Store, &i.PriceThen, &i.PriceNow,
		&i.OnHand, &i.ForSale, &i.Picture, &i.PictureColor, &i.Category, &added)
	for _, o := range options {
		if o != "" && i.Options != "" {
			i.Options += ", "
		}
		i.Options += o
	}
	i.AddedAt = clock.FromMicros(added)
	return err
}
