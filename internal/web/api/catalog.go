package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aromart/internal/goods/catalog"
	"aromart/internal/goods/search"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/people/seller"
	"aromart/internal/web"
)

// Card is a product in a list.
type Card struct {
	ID        string    `json:"id"`
	Slug      string    `json:"slug"`
	Title     string    `json:"title"`
	Brand     string    `json:"brand,omitempty"`
	Store     string    `json:"store"`
	StoreName string    `json:"store_name"`
	Category  string    `json:"category,omitempty" doc:"id of the public Google product taxonomy"`
	Price     Money     `json:"price" doc:"the lowest of its variants"`
	PriceMax  Money     `json:"price_max"`
	CompareAt *Money    `json:"compare_at,omitempty"`
	InStock   bool      `json:"in_stock"`
	Delivery  *Bringing `json:"delivery,omitempty" doc:"to the city; absent when it is sold out or not delivered there"`
	Picture   *Picture  `json:"picture,omitempty"`
}

// Bringing is what having one piece brought takes: the lowest total and the first arrival of its variants in stock.
type Bringing struct {
	Total       Money  `json:"total" doc:"price and delivery, without the fee of the payment method"`
	ArrivesFrom string `json:"arrives_from" format:"date"`
	ArrivesTo   string `json:"arrives_to" format:"date"`
}

// Picture is a stored picture; put a width of 160, 320, 640 or 1280 for {width}.
type Picture struct {
	URL   string `json:"url" example:"/media/abc-{width}.jpg"`
	Alt   string `json:"alt,omitempty"`
	Color string `json:"color,omitempty"`
}

// Count is a value of a facet with the number of results that choosing it gives.
type Count struct {
	Value    string `json:"value"`
	Name     string `json:"name,omitempty"`
	Count    int    `json:"count"`
	Selected bool   `json:"selected,omitempty"`
}

// Facet is a group of counts. Name is the query parameter that filters by it.
type Facet struct {
	Name   string  `json:"name" example:"attr.color"`
	Values []Count `json:"values"`
}

// PriceRange is a range of prices with its count.
type PriceRange struct {
	Min   Money  `json:"min"`
	Max   *Money `json:"max,omitempty"`
	Count int    `json:"count"`
}

// Products is a page of results.
type Products struct {
	Total       int          `json:"total"`
	City        string       `json:"city" doc:"for which delivery was worked out"`
	Products    []Card       `json:"products"`
	NextCursor  string       `json:"next_cursor,omitempty"`
	Approximate bool         `json:"approximate" doc:"a word was corrected or dropped, or the last results lack a word"`
	Words       []string     `json:"understood,omitempty"`
	Facets      []Facet      `json:"facets"`
	Prices      []PriceRange `json:"prices"`
}

type (
	productsIn struct {
		Q        string   `query:"q" maxLength:"400"`
		Category string   `query:"category" maxLength:"20" doc:"id of a category; those below it are included"`
		Store    []string `query:"store,explode" maxItems:"24" doc:"store slugs; any of them"`
		MinPrice int64    `query:"min_price" minimum:"0" doc:"minor units"`
		MaxPrice int64    `query:"max_price" minimum:"0"`
		InStock  bool     `query:"in_stock"`
		City     string   `query:"city" maxLength:"80" doc:"where delivery leads; without it the market's default city"`
		Free     bool     `query:"free_delivery" doc:"brought there at no cost"`
		Within   int      `query:"arrives_within" minimum:"0" maximum:"30" doc:"days from today within which it surely arrives; 0 is any"`
		Sort     string   `query:"sort" enum:"relevance,total,arrival,price,-price,newest" default:"relevance"`
		Limit    int      `query:"limit" minimum:"1" maximum:"100" default:"24"`
		Cursor   string   `query:"cursor" maxLength:"200"`

		filters
	}
	productsOut struct{ Body Products }
	slugIn      struct {
		Slug string `path:"slug" maxLength:"300"`
	}
	suggestIn struct {
		Q string `query:"q" required:"true" maxLength:"100"`
	}
)

// filters are the parameters attr.NAME and option.NAME, which no list can name in advance.
type filters struct{ attributes, options []search.Filter }

// Resolve is called by huma with the request.
func (f *filters) Resolve(ctx huma.Context) []error {
	url := ctx.URL()
	for name, values := range url.Query() {
		if key, ok := strings.CutPrefix(name, "attr."); ok && key != "" {
			f.attributes = append(f.attributes, search.Filter{Name: key, Values: values})
		} else if key, ok := strings.CutPrefix(name, "option."); ok && key != "" {
			f.options = append(f.options, search.Filter{Name: key, Values: values})
		}
	}
	return nil
}

func (a *API) catalog(h huma.API) {
	get := func(id, path, summary string, action access.Action, resource string, rate access.RateClass) huma.Operation {
		return guard(huma.Operation{OperationID: id, Method: http.MethodGet, Path: Prefix + path, Summary: summary},
			access.Route{Action: action, Resource: resource, Policy: access.Everyone, Rate: rate})
	}
	huma.Register(h, get("listProducts", "/products", "Search and browse, with facets", "product.list", "product", access.RateSearch), op(a.products))
	huma.Register(h, get("getProduct", "/products/{slug}", "A product with its variants", "product.view", "product", access.RateBrowse), op(a.product))
	huma.Register(h, get("suggest", "/suggest", "Completions while typing", "product.suggest", "product", access.RateSearch), op(a.suggest))
	huma.Register(h, get("listCategories", "/categories", "The category tree", "category.list", "category", access.RateBrowse), op(a.categories))
	huma.Register(h, get("getStore", "/stores/{slug}", "A store", "store.view", "store", access.RateBrowse), op(a.store))
}

func (a *API) products(ctx context.Context, in *productsIn) (*productsOut, error) {
	category, err := readCategory(in.Category)
	if err != nil {
		return nil, err
	}
	q := search.Query{Text: in.Q, Category: category, MinPrice: money.Amount(in.MinPrice), MaxPrice: money.Amount(in.MaxPrice),
		InStock: in.InStock, Sort: search.Sort(in.Sort), Limit: in.Limit, Cursor: in.Cursor, Attributes: in.attributes, Options: in.options}
	book, err := a.books.Now(ctx)
	if err != nil {
		return nil, err
	}
	for _, slug := range in.Store {
		store := book.BySlug[slug]
		if store == nil {
			return nil, errs.Field("store", "error.bad_choice")
		}
		q.Stores = append(q.Stores, int64(store.ID))
	}
	place := a.Market.PlaceOr(in.City)
	if in.City != "" && place.ID != in.City {
		return nil, errs.Field("city", "error.bad_choice")
	}
	q.Delivery, q.Free, q.Within = book.Board(place, web.FromContext(ctx).Now), in.Free, in.Within
	found, err := a.Index.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	out := Products{Total: found.Total, City: place.ID, NextCursor: found.Next, Approximate: found.Text.Approximate, Words: found.Text.Words,
		Products: make([]Card, len(found.Hits)), Facets: a.facets(&found.Facets, web.FromContext(ctx).Lang), Prices: []PriceRange{}}
	for i := range found.Hits {
		out.Products[i] = a.card(&found.Hits[i])
	}
	for _, p := range found.Facets.Prices {
		r := PriceRange{Min: a.money(p.Min), Count: p.Count}
		if p.Max > 0 {
			upper := a.money(p.Max)
			r.Max = &upper
		}
		out.Prices = append(out.Prices, r)
	}
	return &productsOut{out}, nil
}

func (a *API) card(c *search.Card) Card {
	out := Card{ID: c.PublicID, Slug: c.Slug, Title: c.Title, Brand: c.Brand, Store: c.Store.Slug, StoreName: c.Store.Name,
		Category: categoryID(c.CategoryID), Price: a.money(c.Price), PriceMax: a.money(c.PriceMax), InStock: c.InStock}
	if c.CompareAt > 0 {
		was := a.money(c.CompareAt)
		out.CompareAt = &was
	}
	if way := c.Delivery; way.Comes {
		out.Delivery = &Bringing{a.money(way.Total), a.day(a.Market.DayAt(way.First)), a.day(a.Market.DayAt(way.Last))}
	}
	if c.Picture.Key != "" {
		out.Picture = &Picture{URL: "/media/" + c.Picture.Key + "-{width}.jpg", Color: c.Picture.Color}
	}
	return out
}

func (a *API) facets(f *search.Facets, lang string) []Facet {
	out := []Facet{}
	add := func(name string, values []Count) {
		if len(values) > 0 {
			out = append(out, Facet{name, values})
		}
	}
	var list []Count
	for _, c := range f.Categories {
		list = append(list, Count{Value: itoa(c.ID), Name: market.Names{En: c.Names[0], Si: c.Names[1], Ta: c.Names[2]}.In(lang), Count: c.Count})
	}
	add("category", list)
	list = nil
	for _, s := range f.Stores {
		list = append(list, Count{Value: s.Slug, Name: s.Name, Count: s.Count, Selected: s.Selected})
	}
	add("store", list)
	add("in_stock", []Count{{Value: "true", Count: f.InStock}})
	add("free_delivery", []Count{{Value: "true", Count: f.Free}})
	list = nil
	for _, d := range f.Arrives {
		list = append(list, Count{Value: strconv.Itoa(d.Within), Count: d.Count, Selected: d.Selected})
	}
	add("arrives_within", list)
	for prefix, facets := range map[string][]search.ValueFacet{"attr.": f.Attributes, "option.": f.Options} {
		for _, v := range facets {
			list = nil
			for _, c := range v.Values {
				list = append(list, Count{Value: c.Value, Count: c.Count, Selected: c.Selected})
			}
			add(prefix+v.Name, list)
		}
	}
	slices.SortStableFunc(out[min(2, len(out)):], func(x, y Facet) int { return strings.Compare(x.Name, y.Name) })
	return out
}

// Product is a product with everything that belongs to it.
type Product struct {
	ID          string      `json:"id"`
	Slug        string      `json:"slug"`
	Title       string      `json:"title"`
	Language    string      `json:"language"`
	Description string      `json:"description_html" doc:"cleaned: no script, style, link or picture"`
	Brand       string      `json:"brand,omitempty"`
	Type        string      `json:"product_type,omitempty"`
	Category    string      `json:"category,omitempty"`
	Store       StoreOut    `json:"store"`
	Options     []string    `json:"options"`
	Variants    []Variant   `json:"variants"`
	Attributes  []Attribute `json:"attributes"`
	Pictures    []Picture   `json:"pictures"`
	Delivery    Estimate    `json:"delivery"`
	UpdatedAt   time.Time   `json:"updated_at"`
}

// Variant is what is bought.
type Variant struct {
	ID        string   `json:"id" doc:"send it as variant in quotes and orders"`
	Options   []string `json:"options"`
	SKU       string   `json:"sku,omitempty"`
	Price     Money    `json:"price"`
	CompareAt *Money   `json:"compare_at,omitempty"`
	InStock   bool     `json:"in_stock"`
}

// Attribute is a fact.
type Attribute struct {
	Name   string   `json:"name"`
	Text   string   `json:"text,omitempty"`
	Number *float64 `json:"number,omitempty"`
	Unit   string   `json:"unit,omitempty"`
}

// Estimate is when an order placed now arrives at the market's default place.
type Estimate struct {
	City        string `json:"city"`
	ArrivesFrom string `json:"arrives_from" format:"date"`
	ArrivesTo   string `json:"arrives_to" format:"date"`
}

// StoreOut is a store.
type StoreOut struct {
	Slug       string `json:"slug"`
	Name       string `json:"name"`
	Tagline    string `json:"tagline,omitempty"`
	About      string `json:"about,omitempty"`
	City       string `json:"city"`
	LegalName  string `json:"legal_name"`
	PackDays   int    `json:"pack_days"`
	ReturnDays int    `json:"return_days"`
}

func storeOut(s seller.Store) StoreOut {
	return StoreOut{s.Slug, s.Name, s.Tagline, s.About, s.City, s.LegalName, s.PackDays, s.ReturnDays}
}

type (
	productOut struct{ Body Product }
	storeBody  struct{ Body StoreOut }
)

func (a *API) product(ctx context.Context, in *slugIn) (*productOut, error) {
	q := web.FromContext(ctx)
	p, err := catalog.LiveBySlug(ctx, a.DB, in.Slug)
	if errs.KindOf(err) == errs.NotFound {
		var slug string
		if slug, err = catalog.Moved(ctx, a.DB, in.Slug); err == nil {
			p, err = catalog.LiveBySlug(ctx, a.DB, slug)
		}
	}
	if err != nil {
		return nil, err
	}
	stores, err := seller.ByIDs(ctx, a.DB, []seller.ID{p.Seller})
	if err != nil || len(stores) == 0 {
		return nil, errors.Join(err, errs.New(errs.NotFound, "error.not_found"))
	}
	title, lang := p.TitleIn(q.Lang)
	body, _ := p.BodyIn(q.Lang)
	from, to := a.Market.DeliveryWindow(q.Now, stores[0].PackDays, a.Market.DefaultPlace)
	out := Product{ID: p.PublicID, Slug: p.Slug, Title: title, Language: lang, Description: body, Brand: p.Brand, Type: p.Type,
		Category: categoryID(int64(p.Category)), Store: storeOut(stores[0]), Options: append([]string{}, p.Options...), UpdatedAt: p.UpdatedAt,
		Variants: []Variant{}, Attributes: []Attribute{}, Pictures: []Picture{},
		Delivery: Estimate{a.Market.DefaultPlace, a.day(from), a.day(to)}}
	for _, v := range p.Variants {
		if !v.Inactive {
			out.Variants = append(out.Variants, a.variant(p, v))
		}
	}
	for _, f := range p.Attributes {
		fact := Attribute{Name: f.Name, Text: f.Text, Unit: f.Unit}
		if f.IsNum {
			fact.Number = &f.Number
		}
		out.Attributes = append(out.Attributes, fact)
	}
	for _, pic := range p.Pictures {
		out.Pictures = append(out.Pictures, Picture{"/media/" + pic.Blob + "-{width}.jpg", pic.Alt, pic.Color})
	}
	return &productOut{out}, nil
}

func (a *API) variant(p *catalog.Product, v catalog.Variant) Variant {
	out := Variant{ID: v.PublicID, Options: append([]string{}, v.Options[:len(p.Options)]...), SKU: v.SKU, Price: a.money(v.Price), InStock: v.OnHand > 0}
	if v.CompareAt > v.Price {
		was := a.money(v.CompareAt)
		out.CompareAt = &was
	}
	return out
}

func (a *API) store(ctx context.Context, in *slugIn) (*storeBody, error) {
	s, err := seller.BySlug(ctx, a.DB, in.Slug)
	return &storeBody{storeOut(s)}, err
}
