// Package search finds products: an index of the whole catalog in memory, with
// ranked text search, filters that match within one variant, facets, sorts and
// suggestions. No request reads the database to answer a search.
//
// What always holds: a search sees one immutable snapshot; the total, the hits
// and every facet count of one answer come from it; a facet's count is the
// number of results that the same query has with that facet's own filter
// replaced by the value. The order of hits is total (key, then product id), so
// a cursor never repeats or skips a product that did not change.
//
// An index is made of a base segment and a small delta segment that holds the
// products changed since, see Index. It follows the change sequence of the
// catalog, see Follow, so every process holds its own replica. A full build is
// kept in a file beside the database, from which the next start takes it.
//
// Personal data: none. What a visitor typed is used for the answer and
// forgotten: it is neither logged nor stored here.
//
// Tables: none (it reads those of goods/catalog and goods/inventory).
package search

import "aromart/internal/kit/money"

// Doc is what one product contributes to the index. Only ID is required.
type Doc struct {
	ID       int64
	PublicID string
	Slug     string
	Title    string
	Titles   []string // the title in other languages
	Model    string   // the maker's name or number for it, SKUs, barcodes
	Brand    string
	Kind     string // product type in the seller's or maker's words: "notebook case"
	Tags     []string
	Text     string // description without markup; the first textLimit bytes are searched
	Language string

	CategoryID int64
	StoreID    int64
	StoreSlug  string
	StoreName  string

	Variants   []Variant
	Attributes []Attribute

	CreatedAt   int64 // microseconds
	Rating      float32
	RatingCount int32
	Popularity  float32 // any scale; orders, say
	LowStock    int32   // how many are left when that is worth saying, else 0
	Picture     Picture
}

// Variant is one thing that can be bought.
type Variant struct {
	ID        int64
	Price     money.Amount
	CompareAt money.Amount // 0 without
	InStock   bool
	WeightG   int64
	Options   []Option // at most maxOptions
}

// Option is one choice of a variant, for example Size: M.
type Option struct{ Name, Value string }

// Attribute is a typed fact of a product. Number and Unit stand for a number,
// Value for text; a yes-or-no fact has the value "true" or "false".
type Attribute struct {
	Key    string
	Value  string
	Number float64
	Unit   string
	IsNum  bool
	Plain  bool // searched, but no facet of its category
}

// Picture is what a card needs to draw a product's first picture.
type Picture struct {
	Key           string
	Width, Height int32
	Color         string // average color, "#rrggbb"
}

// Category is a node of the category tree. Names are English, Sinhala, Tamil.
type Category struct {
	ID, ParentID int64
	Slug         string
	Names        [3]string
}

// Store is a store as a facet, card or suggestion shows it.
type Store struct {
	ID         int64
	Slug, Name string
}

// Card is a found product with all that a list shows of it.
type Card struct {
	ID          int64
	PublicID    string
	Slug        string
	Title       string
	Brand       string
	CategoryID  int64
	Store       Store
	Price       money.Amount // the lowest of its variants, of those in stock when there are any
	PriceMax    money.Amount
	CompareAt   money.Amount // of the variant with the lowest price, 0 without
	InStock     bool
	LowStock    int
	Variants    int
	VariantID   int64 // the variant with the lowest price: what a single-variant product adds to the cart
	Rating      float32
	RatingCount int
	CreatedAt   int64
	Picture     Picture
	Delivery    Bringing
}

// Bringing says what it takes to have one piece of a product brought, whichever
// of its variants in stock that is. It is empty without a board in the query.
type Bringing struct {
	Comes       bool         // some variant in stock is brought there
	Total       money.Amount // the lowest sum of price and delivery
	First, Last int          // numbers of the days of the one that comes first
}

const (
	maxOptions = 3
	textLimit  = 1200 // bytes of a description that are searched
)
