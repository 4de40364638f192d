package storefront

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"aromart/internal/goods/delivery"
	"aromart/internal/goods/search"
	"aromart/internal/kit/i18n"
	"aromart/internal/market"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/platform/picture"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// book is what pages say about every store and how it delivers. It is read
// from the database at most once a second, because a list would otherwise ask
// for the same few stores again and again, and anew after every change of the
// catalog, because the page cache keeps what is made after one until the next.
// The checkout does not use it.
type book struct {
	at      time.Time
	seq     int64 // of the change of the catalog before which it was not read
	stores  []seller.Store
	byID    map[int64]*seller.Store
	bySlug  map[string]*seller.Store
	methods map[seller.ID][]delivery.Method
	tiles   map[int64]ui.Picture // of the categories that have a picture of their own
}

const bookLife = time.Second

// memory is what the shop remembers between requests; nothing of it is about a visitor.
type memory struct {
	book     atomic.Pointer[book]
	reading  sync.Mutex
	arrivals sync.Map // arrivalKey -> arrival
	pictures sync.Map // category id -> categoryPicture
}

// book returns the stores. While one request reads them anew because of their
// age the others go on with what there is.
func (s *Shop) book(ctx context.Context) (*book, error) {
	seq := s.Index.Seq()
	b := s.memory.book.Load()
	if b != nil && b.seq >= seq && time.Since(b.at) < bookLife {
		return b, nil
	}
	if b == nil || b.seq < seq {
		s.memory.reading.Lock()
	} else if !s.memory.reading.TryLock() {
		return b, nil
	}
	defer s.memory.reading.Unlock()
	if b = s.memory.book.Load(); b != nil && b.seq >= seq && time.Since(b.at) < bookLife {
		return b, nil
	}
	seq = s.Index.Seq()
	b, err := s.readBook(ctx)
	if err != nil {
		return nil, err
	}
	b.seq = seq
	s.memory.book.Store(b)
	return b, nil
}

func (s *Shop) readBook(ctx context.Context) (*book, error) {
	b := &book{at: time.Now(), byID: map[int64]*seller.Store{}, bySlug: map[string]*seller.Store{}}
	var err error
	if b.stores, err = seller.All(ctx, s.DB); err != nil {
		return nil, err
	}
	ids := make([]seller.ID, len(b.stores))
	for i := range b.stores {
		st := &b.stores[i]
		ids[i], b.byID[int64(st.ID)], b.bySlug[st.Slug] = st.Seller, st, st
	}
	if b.methods, err = delivery.Methods(ctx, s.DB, ids); err != nil {
		return nil, err
	}
	b.tiles = map[int64]ui.Picture{}
	type tile struct {
		id         int64
		key, color string
	}
	return b, db.Each(ctx, s.DB, func(rows *db.Rows, t *tile) error { return rows.Scan(&t.id, &t.key, &t.color) },
		func(t *tile) error {
			b.tiles[t.id] = ui.Picture{Key: t.key, Width: picture.Medium, Height: picture.Medium, Color: t.color}
			return nil
		}, `SELECT id, picture_blob, picture_color FROM categories WHERE picture_blob <> ''`)
}

type arrivalKey struct {
	lang, zone string
	pack       int
}

type arrival struct {
	text  string
	until time.Time
}

// arrives is the delivery promise of a store for the visitor's place, in
// words. It holds until the next cut-off, so it is worked out once.
func (s *Shop) arrives(v *visit.Visit, packDays int) string {
	key := arrivalKey{v.Lang, v.Place.Zone.ID, packDays}
	if known, ok := s.memory.arrivals.Load(key); ok && v.Now.Before(known.(arrival).until) {
		return known.(arrival).text
	}
	from, to := s.Market.DeliveryWindow(v.Now, packDays, v.Place.ID)
	a := arrival{v.T.T("ui.arrives", "dates", v.T.DateRange(from, to)), s.Market.NextCutoff(v.Now)}
	s.memory.arrivals.Store(key, a)
	return a.text
}

// cards are products as a list shows them.
func (s *Shop) cards(v *visit.Visit, b *book, hits []search.Card) []ui.Card {
	out := make([]ui.Card, len(hits))
	for i := range hits {
		s.card(v, b, &hits[i], &out[i])
	}
	return out
}

func (s *Shop) card(v *visit.Visit, b *book, c *search.Card, out *ui.Card) {
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
	if st := b.byID[c.Store.ID]; st != nil {
		out.Arrives = s.arrives(v, st.PackDays)
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
