package storefront

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"aromart/internal/goods/catalog"
	"aromart/internal/goods/delivery"
	"aromart/internal/goods/search"
	"aromart/internal/kit/i18n"
	"aromart/internal/kit/memo"
	"aromart/internal/market"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/platform/picture"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// book is what pages say about every store, how it delivers, and the pictures
// of categories.
type book struct {
	*delivery.Book
	tiles map[int64]ui.Picture // of the categories that have a picture of their own
}

// memory is what the shop remembers between requests; nothing of it is about a visitor.
type memory struct {
	books    delivery.Books
	book     atomic.Pointer[book]
	arrivals sync.Map                        // arrivalKey -> arrival
	pictures sync.Map                        // category id -> categoryPicture
	products *memo.Map[string, knownProduct] // by slug
}

// knownProduct is a product as it was when the index stood at the change seq.
type knownProduct struct {
	product *catalog.Product
	seq     int64
}

// maxProducts bounds the products that are remembered; one takes some 5 kB.
const maxProducts = 500

// liveBySlug reads a product unless that was done since the last change of the
// catalog. It may be as old as the lists are, and is shared: it is only read.
func (s *Shop) liveBySlug(ctx context.Context, slug string) (*catalog.Product, error) {
	if !s.Index.Ready() {
		return catalog.LiveBySlug(ctx, s.DB, slug)
	}
	seq := s.Index.Seq()
	if known, ok := s.memory.products.Get(slug); ok && known.seq == seq {
		return known.product, nil
	}
	p, err := catalog.LiveBySlug(ctx, s.DB, slug)
	if err == nil {
		s.memory.products.Put(slug, knownProduct{p, seq})
	}
	return p, err
}

// book returns the stores as they are now.
func (s *Shop) book(ctx context.Context) (*book, error) {
	stores, err := s.memory.books.Now(ctx)
	if err != nil {
		return nil, err
	}
	if b := s.memory.book.Load(); b != nil && b.Book == stores {
		return b, nil
	}
	b := &book{Book: stores, tiles: map[int64]ui.Picture{}}
	type tile struct {
		id         int64
		key, color string
	}
	err = db.Each(ctx, s.DB, func(rows *db.Rows, t *tile) error { return rows.Scan(&t.id, &t.key, &t.color) },
		func(t *tile) error {
			b.tiles[t.id] = ui.Picture{Key: t.key, Width: picture.Medium, Height: picture.Medium, Color: t.color}
			return nil
		}, `SELECT id, picture_blob, picture_color FROM categories WHERE picture_blob <> ''`)
	if err != nil {
		return nil, err
	}
	s.memory.book.Store(b)
	return b, nil
}

// arrivalKey names a promise by the days until it is kept, so that there are few.
type arrivalKey struct {
	lang      string
	in, takes int
}

type arrival struct {
	text  string
	first int // number of the day that it begins with
}

// arrives is a delivery promise in the words of a card. It is the same for many
// products, so it is written once for the days it names.
func (s *Shop) arrives(v *visit.Visit, first, last int) string {
	key := arrivalKey{v.Lang, first - s.Market.DayNumber(v.Now), last - first}
	if known, ok := s.memory.arrivals.Load(key); ok && known.(arrival).first == first {
		return known.(arrival).text
	}
	a := arrival{v.T.T("ui.arrives", "dates", v.T.ShortDateRange(s.Market.DayAt(first), s.Market.DayAt(last))), first}
	s.memory.arrivals.Store(key, a)
	return a.text
}

// cards are products as a list shows them.
func (s *Shop) cards(v *visit.Visit, hits []search.Card) []ui.Card {
	out := make([]ui.Card, len(hits))
	for i := range hits {
		s.card(v, &hits[i], &out[i])
	}
	return out
}

func (s *Shop) card(v *visit.Visit, c *search.Card, out *ui.Card) {
	*out = ui.Card{Href: v.Link("/p/" + c.Slug), Title: c.Title, Store: c.Store.Name, Price: s.Price(v, c.Price), From: c.PriceMax > c.Price,
		SoldOut: !c.InStock, Picture: ui.Picture{Key: c.Picture.Key, Width: int(c.Picture.Width), Height: int(c.Picture.Height), Color: c.Picture.Color}}
	if c.Picture.Key == "" {
		out.Picture.Tile = visit.TopCategory(c.CategoryID)
	}
	if c.CompareAt > c.Price {
		out.Was = s.Price(v, c.CompareAt)
	}
	if c.LowStock > 0 {
		out.Left = v.T.T("ui.left", "n", c.LowStock)
	}
	switch way := &c.Delivery; {
	case !c.InStock:
	case !way.Comes:
		out.Arrives = v.T.T("ui.card.no_way", "city", v.Place.Name(v.Lang))
	default:
		out.Arrives = s.arrives(v, way.First, way.Last)
		if out.Delivery = v.T.T("ui.product.delivery_free"); way.Total > c.Price {
			out.Delivery = v.T.T("ui.card.total", "amount", s.Price(v, way.Total))
		}
	}
}

type categoryPicture struct {
	picture ui.Picture
	at      time.Time
}

// pictureLife is how long a category keeps the picture of the product that was its best.
const pictureLife = 10 * time.Minute

// categoryPicture is the category's own picture, else that of its first product, else its tile.
func (s *Shop) categoryPicture(ctx context.Context, b *book, id int64) (ui.Picture, error) {
	if own, has := b.tiles[id]; has {
		return own, nil
	}
	if known, ok := s.memory.pictures.Load(id); ok && time.Since(known.(categoryPicture).at) < pictureLife {
		return known.(categoryPicture).picture, nil
	}
	found, err := s.Index.Search(ctx, search.Query{Category: id, Limit: 4, NoFacets: true})
	if err != nil {
		return ui.Picture{}, err
	}
	pic := ui.Picture{Tile: visit.TopCategory(id)}
	for _, c := range found.Hits {
		if c.Picture.Key != "" {
			pic = ui.Picture{Key: c.Picture.Key, Width: int(c.Picture.Width), Height: int(c.Picture.Height), Color: c.Picture.Color}
			break
		}
	}
	s.memory.pictures.Store(id, categoryPicture{pic, time.Now()})
	return pic, nil
}

// categoryPaths are the addresses of all categories; the tree is part of the program.
var categoryPaths = sync.OnceValue(func() map[int64]string {
	out := map[int64]string{}
	for _, c := range market.Categories() {
		var slugs []string
		for _, up := range market.CategoryPath(c.ID) {
			slugs = append(slugs, up.Slug)
		}
		out[c.ID] = "/c/" + strings.Join(slugs, "/")
	}
	return out
})

func categoryPath(id int64) string { return categoryPaths()[id] }

// storeHead is what a store page says about its store.
func (s *Shop) storeHead(v *visit.Visit, st *seller.Store) *ui.StoreHead {
	return &ui.StoreHead{Name: st.Name, Tagline: st.Tagline, About: st.About, Place: s.placeName(v, st.City), Since: s.since(v, st), Packs: packs(v, st.PackDays),
		Returns: v.T.T("ui.store.returns", "n", s.returnDays(st)), LegalName: st.LegalName, Registration: st.Registration}
}

func (s *Shop) placeName(v *visit.Visit, id string) string {
	if place, known := s.Market.Place(id); known {
		return place.Name(v.Lang)
	}
	return ""
}

func (s *Shop) since(v *visit.Visit, st *seller.Store) string {
	if st.OpenedAt.IsZero() || st.OpenedAt.Year() < 2000 {
		return ""
	}
	return v.T.T("ui.store.since", "date", v.T.Date(s.Local(st.OpenedAt), i18n.DayMonthYear))
}

func packs(v *visit.Visit, days int) string {
	if days == 0 {
		return v.T.T("ui.store.packs_today")
	}
	return v.T.T("ui.store.packs", "n", days)
}

// returnDays is never less than what the market promises.
func (s *Shop) returnDays(st *seller.Store) int { return max(st.ReturnDays, s.Market.ReturnDays) }
