// Package catalog holds what is sold: categories, products, their variants,
// attributes, pictures and texts.
//
// What always holds: a product belongs to one store; its identity for an
// import is (store, handle), that of a variant its option values, a SKU is no
// key; the body is cleaned HTML; an address (slug) once given redirects for
// ever; every change leaves a row in catalog_changes, in the same transaction,
// so that each process's search index and page cache follow.
//
// Personal data: none. Tables: categories, category_attributes, products,
// product_slugs, product_texts, product_attributes, pictures, variants, catalog_changes.
package catalog

import (
	"context"
	"time"

	"aromart/internal/kit/money"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
)

// Ids of the catalog.
type (
	ProductID  int64
	VariantID  int64
	CategoryID int64 // id of the public Google product taxonomy
)

// Statuses of a product. Only a live one is seen by customers.
const (
	Draft   = "draft"
	Live    = "live"
	Hidden  = "hidden"
	Removed = "removed"
)

// Bounds of a product.
const (
	MaxOptions  = 3
	MaxVariants = 100
	MaxTitle    = 255     // runes
	MaxBody     = 100_000 // bytes
	MaxPictures = 50
	MaxWeight   = 100_000_000 // grams
)

// Product is a product with everything that belongs to it.
type Product struct {
	ID         ProductID
	PublicID   string
	Seller     seller.ID
	Store      seller.StoreID
	Handle     string
	Slug       string
	Status     string
	Language   string // of Title and BodyHTML
	Title      string
	BodyHTML   string // cleaned by Clean
	Brand      string
	Type       string
	Tags       []string
	Category   CategoryID // 0 when not sorted in
	Options    []string   // names of the choices, at most MaxOptions
	Variants   []Variant  // at least one, in order
	Attributes []Attribute
	Pictures   []Picture
	Texts      map[string]Text // translations, by language
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// Variant is what is bought.
type Variant struct {
	ID        VariantID
	PublicID  string
	Options   [MaxOptions]string // values, in the order of Product.Options
	SKU       string
	Barcode   string
	Price     money.Amount
	CompareAt money.Amount // 0 when there is none
	WeightG   int64
	Picture   int  // 1-based place in Product.Pictures, 0 when it has none of its own
	Inactive  bool // no longer offered; kept for its orders
	OnHand    int64
}

// Attribute is a fact that is not a choice.
type Attribute struct {
	Name   string // key of the category's attribute, or a free name
	Text   string
	Number float64 // with Unit, when IsNumber
	IsNum  bool
	Unit   string
}

// Picture is a stored picture in several sizes.
type Picture struct {
	ID     int64
	Blob   string // key in the blob store, without size and type
	Alt    string
	Width  int
	Height int
	Color  string // average color, #rrggbb
	SHA256 string
	Source string // where an import said it comes from; never fetched
}

// Text is a translation.
type Text struct{ Title, BodyHTML string }

// Title in the language asked for, or as it was written.
func (p *Product) TitleIn(lang string) (title, in string) {
	if t, ok := p.Texts[lang]; ok && t.Title != "" {
		return t.Title, lang
	}
	return p.Title, p.Language
}

// BodyIn is the description in the language asked for, or as it was written.
func (p *Product) BodyIn(lang string) (body, in string) {
	if t, ok := p.Texts[lang]; ok && t.BodyHTML != "" {
		return t.BodyHTML, lang
	}
	return p.BodyHTML, p.Language
}

// LiveBySlug returns a live product of an approved seller, complete.
func LiveBySlug(ctx context.Context, r db.Reader, slug string) (*Product, error) {
	return complete(ctx, r, `JOIN sellers se ON se.id = p.seller_id
		WHERE p.slug = $1 AND p.status = 'live' AND se.status = 'approved'`, slug)
}

// Moved returns the present slug of a live product that once had this one.
func Moved(ctx context.Context, r db.Reader, old string) (string, error) {
	s, err := db.One(ctx, r, db.String, `SELECT p.slug FROM product_slugs o JOIN products p ON p.id = o.product_id
		WHERE o.slug = $1 AND p.status = 'live'`, old)
	return s, db.NotFound(err)
}

// ByID returns a product in any status, complete.
func ByID(ctx context.Context, r db.Reader, id ProductID) (*Product, error) {
	return complete(ctx, r, `WHERE p.id = $1`, int64(id))
}

// ByHandle returns a store's product in any status, complete.
func ByHandle(ctx context.Context, r db.Reader, store seller.StoreID, handle string) (*Product, error) {
	return complete(ctx, r, `WHERE p.store_id = $1 AND p.handle = $2`, int64(store), handle)
}

// IDs returns a page of a store's products in any status, by id.
func IDs(ctx context.Context, r db.Reader, store seller.StoreID, after ProductID, limit int) ([]ProductID, error) {
	return db.All(ctx, r, func(rows *db.Rows, id *ProductID) error { return rows.Scan(id) },
		`SELECT id FROM products WHERE store_id = $1 AND id > $2 AND status <> 'removed' ORDER BY id LIMIT $3`, int64(store), int64(after), limit)
}
