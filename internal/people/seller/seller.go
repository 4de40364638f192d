// Package seller holds the parties that sell and their stores.
//
// A seller has exactly one store. Its name, legal name and store page are
// public; its e-mail and phone are for the marketplace alone and mask
// themselves. A buyer's data never passes through here. Members act for a
// seller: whoever has some has an owner among them, a login acts for one seller
// at most, and package auth reads the table at every request, so that a change
// holds at once.
//
// Personal data: contact of the seller, ids of members. Tables: sellers, stores, seller_members.
package seller

import (
	"context"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
	"aromart/internal/people/access"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
)

// ID names a seller, StoreID a store.
type (
	ID      int64
	StoreID int64
)

// Statuses of a seller. Only an approved seller's products are for sale.
const (
	Approved  = "approved"
	Suspended = "suspended"
)

// Store is the public page of a seller.
type Store struct {
	ID           StoreID
	PublicID     string
	Seller       ID
	Slug         string
	Name         string
	Tagline      string
	About        string
	City         string // city code of the market profile
	PackDays     int    // working days from order to hand-over
	ReturnDays   int
	PictureBlob  string
	PictureColor string
	OpenedAt     time.Time

	SellerName   string
	LegalName    string
	Registration string
	Commission   money.BasisPoints
	HasEmail     bool // letters reach the seller
}

// New is what it takes to add a seller with a store.
type New struct {
	Store // Seller and ID are given back
	Email contact.Email
	Phone contact.Phone
}

// Add makes an approved seller with its store.
func Add(ctx context.Context, tx *db.Tx, by access.Actor, n New, now time.Time) (Store, error) {
	s := n.Store
	id, err := db.One(ctx, tx, db.Int, `INSERT INTO sellers (public_id, status, name, legal_name, registration, email, phone, commission_bp, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
		clock.PublicID(), Approved, s.SellerName, s.LegalName, s.Registration, n.Email.Reveal(), n.Phone.Reveal(), int64(s.Commission), clock.Micros(now))
	if err != nil {
		return s, err
	}
	s.Seller, s.HasEmail = ID(id), !n.Email.IsZero()
	s.PublicID = clock.PublicID()
	id, err = db.One(ctx, tx, db.Int, `INSERT INTO stores (public_id, seller_id, slug, name, tagline, about, city, pack_days, return_days, picture_blob, picture_color, opened_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`,
		s.PublicID, id, s.Slug, s.Name, s.Tagline, s.About, s.City, s.PackDays, s.ReturnDays, s.PictureBlob, s.PictureColor, clock.Micros(s.OpenedAt))
	if db.IsUnique(err) {
		return s, errs.Field("slug", "seller.slug_taken", "slug", s.Slug).Because(err)
	}
	if err != nil {
		return s, err
	}
	s.ID = StoreID(id)
	return s, audit.Record(ctx, tx, audit.Entry{ActorKind: by.Kind.String(), ActorID: by.ID, Action: "seller.add", ObjectKind: "seller", ObjectID: int64(s.Seller), Fields: []string{"name", "slug"}, At: now})
}

// BySlug returns the store of an approved seller.
func BySlug(ctx context.Context, r db.Reader, slug string) (Store, error) {
	s, err := db.One(ctx, r, scanStore, selectStore+` WHERE st.slug = $1 AND se.status = 'approved'`, slug)
	return s, db.NotFound(err)
}

// All returns every store of an approved seller, by name.
func All(ctx context.Context, r db.Reader) ([]Store, error) {
	return db.All(ctx, r, scanStore, selectStore+` WHERE se.status = 'approved' ORDER BY st.name, st.id`)
}

// ByIDs returns the stores of these sellers, in no order. A suspended seller is left out.
func ByIDs(ctx context.Context, r db.Reader, sellers []ID) ([]Store, error) {
	return db.All(ctx, r, scanStore, selectStore+` WHERE se.status = 'approved' AND se.id IN (`+db.In(r, 1)+`)`, db.IDs(sellers))
}

// Contact returns where the marketplace reaches a seller.
func Contact(ctx context.Context, r db.Reader, id ID) (contact.Email, contact.Phone, error) {
	type both struct {
		email contact.Email
		phone contact.Phone
	}
	b, err := db.One(ctx, r, func(rows *db.Rows, b *both) error { return rows.Scan(&b.email, &b.phone) },
		`SELECT email, phone FROM sellers WHERE id = $1`, int64(id))
	return b.email, b.phone, db.NotFound(err)
}

const selectStore = `
	SELECT st.id, st.public_id, st.seller_id, st.slug, st.name, st.tagline, st.about, st.city, st.pack_days, st.return_days,
		st.picture_blob, st.picture_color, st.opened_at, se.name, se.legal_name, se.registration, se.commission_bp, se.email <> ''
	FROM stores st JOIN sellers se ON se.id = st.seller_id`

func scanStore(rows *db.Rows, s *Store) error {
	var opened int64
	err := rows.Scan(&s.ID, &s.PublicID, &s.Seller, &s.Slug, &s.Name, &s.Tagline, &s.About, &s.City, &s.PackDays, &s.ReturnDays,
		&s.PictureBlob, &s.PictureColor, &opened, &s.SellerName, &s.LegalName, &s.Registration, &s.Commission, &s.HasEmail)
	s.OpenedAt = clock.FromMicros(opened)
	return err
}
