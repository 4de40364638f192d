package storefront

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"

	"aromart/internal/care/policy"
	"aromart/internal/goods/delivery"
	"aromart/internal/goods/search"
	"aromart/internal/kit/errs"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/web"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// browsing are the pages that everybody may see, the same for all who have no cookie.
func (s *Shop) browsing(srv *web.Server) {
	get := func(pattern string, action access.Action, resource string, rate access.RateClass, h web.Handler, opts ...web.Option) {
		srv.Handle(access.Route{Method: "GET", Pattern: pattern, Action: action, Resource: resource, Policy: access.Everyone, Rate: rate}, h, opts...)
	}
	listed := web.Cached("q", "category", "store", "min_price", "max_price", "in_stock", "free_delivery", "arrives_within", "sort", "page", "all", "attr.", "option.")
	get("/", "catalog.view", "catalog", access.RateBrowse, s.home, web.Cached())
	get("/c/{path...}", "category.view", "category", access.RateSearch, s.category, listed)
	get("/search", "product.search", "product", access.RateSearch, s.search, listed)
	get("/s/{store}", "store.view", "store", access.RateSearch, s.store, listed)
	get("/p/{slug}", "product.view", "product", access.RateBrowse, s.product, web.Cached("variant"))
	get("/suggest", "product.suggest", "product", access.RateSearch, s.suggest)
	for _, name := range policy.Pages() {
		get("/"+name, "policy.view", "policy", access.RateBrowse, s.policy(name), web.Cached())
	}
	get("/privacy/promises", "policy.promises", "policy", access.RateBrowse, s.promises)
	get("/privacy/data", "policy.data", "policy", access.RateBrowse, s.dataMap, web.Cached())
	get("/preferences", "preferences.view", "preferences", access.RateBrowse, s.preferences)
	srv.Handle(access.Route{Method: "POST", Pattern: "/preferences", Action: "preferences.choose", Resource: "preferences", Policy: access.Everyone,
		Rate: access.RateCart, Mutates: true}, s.choose)
	get("/media/{file}", "asset.picture", "asset", access.RateAsset, s.media, web.Asset())
	get("/static/{file}", "asset.static", "asset", access.RateAsset, s.static, web.Asset())
	get("/robots.txt", "catalog.robots", "catalog", access.RateBrowse, s.robots)
	get("/sitemap.xml", "catalog.sitemap", "catalog", access.RateBrowse, s.sitemapIndex)
	get("/sitemaps/{file}", "catalog.sitemap_part", "catalog", access.RateBrowse, s.sitemapPart)
	get("/.well-known/security.txt", "policy.security", "policy", access.RateBrowse, s.securityText)
	get("/.well-known/change-password", "policy.password", "policy", access.RateBrowse, s.changePassword)
	get("/.well-known/gpc.json", "policy.gpc", "policy", access.RateBrowse, s.privacyControl)
}

// How many products the parts of a page show: full rows at 2, 5 and 6 columns.
const (
	popularCount = 10
	rowCount     = 6
	homeTiles    = 18
)

func (s *Shop) home(w http.ResponseWriter, r *http.Request) error {
	v := s.Visit(r)
	b, err := s.book(r.Context())
	if err != nil {
		return err
	}
	board := b.Board(v.Place, v.Now)
	found, err := s.Index.Search(r.Context(), search.Query{Limit: popularCount, Delivery: board})
	if err != nil {
		return err
	}
	fresh, err := s.Index.Search(r.Context(), search.Query{Sort: search.ByNewest, InStock: true, Limit: popularCount + rowCount, NoFacets: true, Delivery: board})
	if err != nil {
		return err
	}
	counts := map[int64]int{}
	for _, c := range found.Facets.Categories {
		counts[c.ID] = c.Count
	}
	around, err := s.around(r.Context(), board, counts, found.Hits)
	if err != nil {
		return err
	}
	view := &ui.HomeView{Sellers: len(b.Stores), Popular: s.cards(v, around), Fresh: s.cards(v, without(fresh.Hits, around, rowCount))}
	for _, c := range market.Children(0) { // in the order of the menu, so that it does not jump about
		if n := counts[c.ID]; n > 0 {
			pic, err := s.categoryPicture(r.Context(), b, c.ID)
			if err != nil {
				return err
			}
			view.Tiles = append(view.Tiles, ui.Tile{Href: v.Link("/c/" + c.Slug), Name: c.Name.In(v.Lang), Count: v.T.T("ui.products", "n", n), Picture: pic})
		}
	}
	if more := len(view.Tiles) - homeTiles; more > 0 {
		view.Tiles, view.MoreTiles = view.Tiles[:homeTiles], view.Tiles[homeTiles:]
		view.More = v.T.T("ui.home.more_categories", "n", more)
	}
	p := s.Page(v, v.T.T("ui.home.title_page"))
	p.Description = v.T.T("ui.home.description")
	p.OpenGraph = &ui.OpenGraph{Type: "website", URL: p.Canonical}
	p.JSONLD = []string{s.websiteData(v)}
	return web.Render(w, r, ui.Home(p, view))
}

// around is a look around the market: the first product of each of the fullest
// departments, so that one large import does not fill the page, and what is
// first of all where there are fewer departments than places.
func (s *Shop) around(ctx context.Context, board *delivery.Board, counts map[int64]int, first []search.Card) ([]search.Card, error) {
	var tops []int64
	for _, c := range market.Children(0) {
		if counts[c.ID] > 0 {
			tops = append(tops, c.ID)
		}
	}
	slices.SortStableFunc(tops, func(x, y int64) int { return cmp.Compare(counts[y], counts[x]) })
	var out []search.Card
	for _, id := range tops[:min(len(tops), popularCount)] {
		best, err := s.Index.Search(ctx, search.Query{Category: id, InStock: true, Limit: 1, NoFacets: true, Delivery: board})
		if err != nil {
			return nil, err
		}
		out = append(out, best.Hits...)
	}
	return append(out, without(first, out, popularCount-len(out))...), nil
}

// without is the first of a list that do not stand in another.
func without(list, other []search.Card, limit int) []search.Card {
	out := make([]search.Card, 0, limit)
	for _, c := range list {
		if len(out) < limit && !slices.ContainsFunc(other, func(o search.Card) bool { return o.ID == c.ID }) {
			out = append(out, c)
		}
	}
	return out
}

// category shows the categories below one that has some, and otherwise a list.
func (s *Shop) category(w http.ResponseWriter, r *http.Request) error {
	v := s.Visit(r)
	path := strings.Trim(r.PathValue("path"), "/")
	c, known := market.CategoryBySlug(path[strings.LastIndexByte(path, '/')+1:])
	if !known {
		return errs.New(errs.NotFound, "error.not_found")
	}
	if at := categoryPath(c.ID); at != r.URL.Path {
		if r.URL.RawQuery != "" {
			at += "?" + r.URL.RawQuery
		}
		return web.MovedPermanently(w, r, at)
	}
	q := web.Query[listQuery](r)
	if c.Level <= 2 && !q.All && !q.narrows() && q.Page <= 1 && q.Sort == "" {
		done, err := s.between(w, r, v, c)
		if done || err != nil {
			return err
		}
	}
	l, err := s.list(r.Context(), v, q, listPlace{path: r.URL.Path, category: c.ID, all: q.All && c.Level <= 2})
	if err != nil {
		return err
	}
	l.view.Heading, l.view.Crumbs = c.Name.In(v.Lang), s.crumbs(v, c.Parent)
	if l.view.Empty != nil && l.view.Empty.Clear == "" {
		l.view.Empty.Sentence = v.T.T("ui.empty.category")
	}
	p := s.Page(v, l.title(v, c.Name.In(v.Lang)))
	p.Description = v.T.T("ui.category.description", "name", c.Name.In(v.Lang))
	s.listFrame(v, p, l)
	p.JSONLD = []string{crumbData(v, append(l.view.Crumbs, ui.Link{Href: v.Link(r.URL.Path), Text: c.Name.In(v.Lang)}))}
	return web.Render(w, r, ui.List(p, l.view))
}

// between renders the page of a category that has at least two categories with products below it.
func (s *Shop) between(w http.ResponseWriter, r *http.Request, v *visit.Visit, c market.Category) (done bool, err error) {
	if len(market.Children(c.ID)) < 2 {
		return false, nil
	}
	b, err := s.book(r.Context())
	if err != nil {
		return false, err
	}
	found, err := s.Index.Search(r.Context(), search.Query{Category: c.ID, Limit: popularCount, Delivery: b.Board(v.Place, v.Now)})
	if err != nil || len(found.Facets.Categories) < 2 {
		return false, err
	}
	name := c.Name.In(v.Lang)
	view := &ui.CategoryView{Name: name, Crumbs: s.crumbs(v, c.Parent), Popular: s.cards(v, found.Hits),
		All: ui.Link{Href: v.Link(r.URL.Path + "?all=1"), Text: v.T.T("ui.category.all", "n", found.Total)}}
	for _, f := range found.Facets.Categories {
		pic, err := s.categoryPicture(r.Context(), b, f.ID)
		if err != nil {
			return false, err
		}
		view.Tiles = append(view.Tiles, ui.Tile{Href: v.Link(categoryPath(f.ID)), Name: categoryName(f, v.Lang), Count: v.T.T("ui.products", "n", f.Count), Picture: pic})
	}
	p := s.Page(v, name)
	p.Description = v.T.T("ui.category.description", "name", name)
	p.OpenGraph = &ui.OpenGraph{Type: "website", URL: p.Canonical}
	p.JSONLD = []string{crumbData(v, append(view.Crumbs, ui.Link{Href: v.Link(r.URL.Path), Text: name}))}
	return true, web.Render(w, r, ui.Category(p, view))
}

func (s *Shop) search(w http.ResponseWriter, r *http.Request) error {
	v := s.Visit(r)
	q := web.Query[listQuery](r)
	c, _ := market.CategoryBySlug(q.Category)
	l, err := s.list(r.Context(), v, q, listPlace{path: "/search", category: c.ID, typed: true})
	if err != nil {
		return err
	}
	view := l.view
	view.Heading = v.T.T("ui.list.all")
	if q.Q != "" {
		view.Heading = v.T.T("ui.list.results_for", "q", q.Q)
		s.understood(v, l)
		view.Stores = s.matchingStores(v, q.Q)
	}
	p := s.Page(v, l.title(v, view.Heading))
	p.Query = q.Q
	p.Description = v.T.T("ui.home.description")
	s.listFrame(v, p, l)
	return web.Render(w, r, ui.List(p, view))
}

// understood says where the results are not those of exactly what was typed.
func (s *Shop) understood(v *visit.Visit, l *listing) {
	text := l.found.Text
	switch {
	case l.found.Total == 0:
		l.view.Empty.Sentence = v.T.T("ui.empty.search", "q", l.q.Q)
		if l.view.Empty.Clear != "" {
			l.view.Empty.Sentence = v.T.T("ui.empty.filters")
		}
	case len(text.Dropped) > 0 || text.Approximate && len(text.Corrected) == 0:
		l.view.Understood = []string{v.T.T("ui.list.dropped", "q", strings.Join(text.Words, " "))}
	case len(text.Corrected) > 0:
		l.view.Understood = []string{v.T.T("ui.list.corrected", "q", strings.Join(text.Words, " "))}
	}
	if text.Offer != "" {
		l.view.Offer = &ui.Link{Href: v.Link("/search?q=" + ui.EscapeQuery(text.Offer)), Text: v.T.T("ui.list.offer", "q", text.Offer)}
	}
}

// matchingStores are the stores whose name was typed.
func (s *Shop) matchingStores(v *visit.Visit, typed string) []ui.Link {
	var out []ui.Link
	for _, st := range s.Index.StoresNamed(typed) {
		out = append(out, ui.Link{Href: v.Link("/s/" + st.Slug), Text: st.Name})
	}
	return out
}

func (s *Shop) store(w http.ResponseWriter, r *http.Request) error {
	v := s.Visit(r)
	b, err := s.book(r.Context())
	if err != nil {
		return err
	}
	st := b.BySlug[r.PathValue("store")]
	if st == nil {
		return errs.New(errs.NotFound, "error.not_found")
	}
	q := web.Query[listQuery](r)
	c, _ := market.CategoryBySlug(q.Category)
	l, err := s.list(r.Context(), v, q, listPlace{path: "/s/" + st.Slug, store: int64(st.ID), category: c.ID, typed: true})
	if err != nil {
		return err
	}
	view := l.view
	view.Heading, view.Typed = st.Name, q.Q
	if view.Empty == nil || q.narrows() {
		view.SearchIn = v.T.T("ui.store.search", "name", st.Name)
	}
	if q.Q != "" {
		s.understood(v, l)
	}
	if view.Offer != nil { // the offer leads to the whole market, not into the store
		view.Offer = nil
	}
	view.Store = s.storeHead(v, st)
	for i := range view.Cards { // the heading says it for all of them
		view.Cards[i].Store = ""
	}
	p := s.Page(v, l.title(v, st.Name))
	p.Description = v.T.T("ui.store.description", "name", st.Name)
	s.listFrame(v, p, l)
	return web.Render(w, r, ui.List(p, view))
}

// crumbs are the links to a category and those above it.
func (s *Shop) crumbs(v *visit.Visit, category int64) []ui.Link {
	var out []ui.Link
	path := ""
	for _, c := range market.CategoryPath(category) {
		path += "/" + c.Slug
		out = append(out, ui.Link{Href: v.Link("/c" + path), Text: c.Name.In(v.Lang)})
	}
	return slices.Clip(out)
}

func categoryName(c search.CategoryCount, lang string) string {
	return market.Names{En: c.Names[0], Si: c.Names[1], Ta: c.Names[2]}.In(lang)
}

// ErrorPage renders an error in the look of the shop.
func (s *Shop) ErrorPage(w io.Writer, r *http.Request, e web.ErrorPage) error {
	v := s.Visit(r)
	if e.Status == http.StatusUnauthorized { // where to sign in, and back
		view := s.customer.SignInView(v)
		view.Notice = e.Message
		return ui.Account(s.Private(v, view.Heading), view).Render(r.Context(), w)
	}
	p := s.Private(v, e.Title)
	p.Here = "/"
	view := &ui.ErrorView{Status: e.Status, Title: e.Title, Message: e.Message, Hint: e.Hint, RequestID: e.RequestID}
	if e.Status == http.StatusNotFound {
		for _, c := range market.Children(0) {
			if len(view.Tiles) < homeTiles {
				view.Tiles = append(view.Tiles, ui.Tile{Href: v.Link("/c/" + c.Slug), Name: c.Name.In(v.Lang), Picture: ui.Picture{Tile: c.ID}})
			}
		}
	}
	return ui.Error(p, view).Render(r.Context(), w)
}
