package search

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"aromart/internal/goods/delivery"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
)

// Sort is the order of results. Products that are equal in it follow their id.
type Sort string

// The sorts.
const (
	ByRelevance Sort = "relevance" // without text: what can be bought, popular, new
	ByPrice     Sort = "price"
	ByPriceDesc Sort = "-price"
	ByNewest    Sort = "newest"
	ByRating    Sort = "rating" // the average, damped while there are few ratings
	ByTotal     Sort = "total"  // price and delivery of one piece
	ByArrival   Sort = "arrival"
)

// Query is one search. The zero value is the whole catalog.
type Query struct {
	Text     string
	Category int64 // with all below it; 0 is everything
	Store    int64 // search inside one store's page; 0 is all stores

	Stores    []int64 // filter: any of these
	MinPrice  money.Amount
	MaxPrice  money.Amount // inclusive; 0 is no limit
	InStock   bool
	MinRating float32
	// Attributes and Options: any of the values of one name, all of the names.
	// Options, price and stock must hold for one and the same variant.
	Attributes []Filter
	Options    []Filter

	// Delivery is what the stores ask at the visitor's place. What follows, the
	// counts of it, and the sorts by total and arrival need it; without it they
	// are as good as absent. A variant that is sold out does not come at all.
	Delivery *delivery.Board
	Free     bool // brought at no cost
	Within   int  // days from today within which it surely comes; 0 is any. Holds for the same variant as price and stock

	Sort   Sort
	Limit  int    // defaults to 24, at most 100; -1 asks for counts only
	Offset int    // at most 10,000
	Cursor string // continues after the last hit of an earlier result; Offset is then ignored

	NoFacets bool
	prefix   bool // the last word may be unfinished
}

// key tells queries apart that may have different answers. It holds every field; a test looks after that.
func (q *Query) key() string {
	var board [len(delivery.Board{}.Sum)]byte
	if q.Delivery != nil {
		board = q.Delivery.Sum
	}
	return fmt.Sprintf("%q %d %d %d %d %d %t %g %q %q %x %t %d %q %d %d %q %t %t", q.Text, q.Category, q.Store, q.Stores, q.MinPrice, q.MaxPrice, q.InStock, q.MinRating,
		q.Attributes, q.Options, board, q.Free, q.Within, q.Sort, q.Limit, q.Offset, q.Cursor, q.NoFacets, q.prefix)
}

// Filter is one attribute's or option's wanted values, written as its facet writes them.
type Filter struct {
	Name   string
	Values []string
}

// Limits of a query; longer ones are cut, not refused.
const (
	DefaultLimit = 24
	MaxLimit     = 100
	MaxOffset    = 10_000
	maxWords     = 32
	maxFilters   = 24
)

// Arrivals are the days for which arriving in time is counted.
var Arrivals = [...]int{1, 3, 7}

// Result is the answer to a query. It shares its lists with other answers: they are only read.
type Result struct {
	Total  int
	Hits   []Card
	Next   string // cursor of the following hits, "" after the last
	Text   Understood
	Facets Facets
	// Nearest are categories to go on with when nothing was found.
	Nearest []CategoryCount
}

// Understood says how the text was read.
type Understood struct {
	Words     []string     // the words as understood
	Corrected []Correction // words that are unknown, with what was sought instead
	Dropped   []string     // words that are unknown, or that the best result does not have
	// Approximate: corrected, dropped, or too few results had every word, so that others follow them.
	Approximate bool
	Full        int    // products that have every word, before filters
	Offer       string // "did you mean": the whole query in a spelling that finds more, "" without
}

// Correction is one typo.
type Correction struct{ From, To string }

// Facets are the counts beside a result. Every count is the number of results of
// the same query with that facet's filter replaced by the value.
type Facets struct {
	Categories []CategoryCount // the children of the query's category
	Stores     []StoreCount
	Prices     []PriceBucket
	Ratings    []RatingCount // only when there are ratings
	InStock    int
	Free       int
	Arrives    []ArrivalCount // by the Arrivals; those that say no more than the one before are left out
	Attributes []ValueFacet
	Options    []ValueFacet
}

// CategoryCount is a category with how many results lie in or below it.
type CategoryCount struct {
	ID    int64
	Slug  string
	Names [3]string
	Count int
}

// StoreCount is a store with its results.
type StoreCount struct {
	Store
	Count    int
	Selected bool
}

// PriceBucket is a range of prices, both ends inclusive; Max 0 has no upper end.
type PriceBucket struct {
	Min, Max money.Amount
	Count    int
}

// RatingCount counts the results rated Stars or better.
type RatingCount struct {
	Stars    int
	Count    int
	Selected bool
}

// ArrivalCount counts the results that surely come within so many days.
type ArrivalCount struct {
	Within   int
	Count    int
	Selected bool
}

// ValueFacet is an attribute or option with its values, the most frequent first.
type ValueFacet struct {
	Name   string
	Values []ValueCount
}

// ValueCount is one value of a facet.
type ValueCount struct {
	Value    string
	Count    int
	Selected bool
	number   float64
	isNum    bool
}

// cursor is a place in an order: the last hit's key and product.
type cursor struct {
	sort byte
	key  uint64
	id   int64
}

// Codes of the sorts in a cursor.
const (
	orderRelevance = 'r'
	orderPrice     = 'p'
	orderPriceDesc = 'P'
	orderNewest    = 'n'
	orderRating    = 's'
	orderTotal     = 't'
	orderArrival   = 'a'
)

var sortCodes = map[Sort]byte{ByRelevance: orderRelevance, ByPrice: orderPrice, ByPriceDesc: orderPriceDesc, ByNewest: orderNewest, ByRating: orderRating,
	ByTotal: orderTotal, ByArrival: orderArrival}

// String is opaque to callers.
func (c cursor) String() string {
	b := binary.BigEndian.AppendUint64([]byte{c.sort}, c.key)
	b = binary.BigEndian.AppendUint64(b, uint64(c.id))
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseCursor(s string, sort Sort) (cursor, error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != 17 || b[0] != sortCodes[sort] {
		return cursor{}, errs.Field("cursor", "search.bad_cursor")
	}
	return cursor{b[0], binary.BigEndian.Uint64(b[1:]), int64(binary.BigEndian.Uint64(b[9:]))}, nil
}
