package storefront

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"aromart/internal/goods/search"
	"aromart/internal/kit/i18n"
	"aromart/internal/kit/money"
	"aromart/internal/market"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// listQuery is the query of a list. What it cannot read is as good as absent.
type listQuery struct {
	Q        string              `form:"q" rules:"max=200"`
	Category string              `form:"category" rules:"max=80"`
	Stores   []string            `form:"store" rules:"count=20"`
	Min      string              `form:"min_price" rules:"max=20"`
	Max      string              `form:"max_price" rules:"max=20"`
	InStock  bool                `form:"in_stock"`
	Free     bool                `form:"free_delivery"`
	Within   int                 `form:"arrives_within" rules:"max=30"`
	Attrs    map[string][]string `form:"attr." rules:"count=20"`
	Options  map[string][]string `form:"option." rules:"count=20"`
	Sort     string              `form:"sort" rules:"max=12"`
	Page     int                 `form:"page" rules:"max=400"`
	All      bool                `form:"all"`
}

// narrows reports whether the query asks for less than the whole page.
func (q *listQuery) narrows() bool {
	return q.Q != "" || q.Category != "" || len(q.Stores)+len(q.Attrs)+len(q.Options) > 0 || q.Min != "" || q.Max != "" || q.InStock || q.Free || q.Within > 0
}

// listPlace is the page on which a list stands.
type listPlace struct {
	path     string // without the language
	category int64
	store    int64
	typed    bool // the page has a text, and the category is a filter of it
	all      bool // the whole of a category that has categories below it
}

// listing is a list while its page is made.
type listing struct {
	s     *Shop
	v     *visit.Visit
	q     listQuery
	at    listPlace
	found *search.Result
	view  *ui.ListView

	params []ui.Param // the query as the links of the page carry it, without the page number
	base   string     // address with all params
	chips  []ui.Link
}

const pageSize = search.DefaultLimit

var sorts = []search.Sort{search.ByRelevance, search.ByTotal, search.ByArrival, search.ByPrice, search.ByPriceDesc, search.ByNewest}

// list searches and fills the view of a list but for its heading.
func (s *Shop) list(ctx context.Context, v *visit.Visit, q listQuery, at listPlace) (*listing, error) {
	l := &listing{s: s, v: v, q: q, at: at, view: &ui.ListView{}}
	b, err := s.book(ctx)
	if err != nil {
		return nil, err
	}
	query := l.query(b)
	if l.found, err = s.Index.Search(ctx, query); err != nil {
		return nil, err
	}
	l.collect()
	l.view.Action, l.view.Chips, l.view.On, l.view.Clear = v.Link(at.path), l.chips, len(l.chips), l.clear()
	if l.found.Total == 0 {
		return l, l.empty(ctx, b)
	}
	l.view.Cards = s.cards(v, l.found.Hits)
	l.numbers()
	l.sorting(query.Sort)
	l.facets()
	l.prices()
	l.pager()
	return l, nil
}

func (l *listing) query(b *book) search.Query {
	q := search.Query{Text: l.q.Q, Category: l.at.category, Store: l.at.store, InStock: l.q.InStock, Limit: pageSize,
		Offset: max(0, l.q.Page-1) * pageSize, Sort: search.ByRelevance, Delivery: b.Board(l.v.Place, l.v.Now), Free: l.q.Free}
	if slices.Contains(search.Arrivals[:], l.q.Within) {
		q.Within = l.q.Within
	} else {
		l.q.Within = 0
	}
	if slices.Contains(sorts, search.Sort(l.q.Sort)) {
		q.Sort = search.Sort(l.q.Sort)
	} else {
		l.q.Sort = ""
	}
	known := l.q.Stores[:0]
	for _, slug := range l.q.Stores {
		if st := b.BySlug[slug]; st != nil && l.at.store == 0 {
			q.Stores, known = append(q.Stores, int64(st.ID)), append(known, slug)
		}
	}
	l.q.Stores = known
	q.MinPrice, l.q.Min = l.amount(l.q.Min)
	q.MaxPrice, l.q.Max = l.amount(l.q.Max)
	q.Attributes, q.Options = wanted(l.q.Attrs), wanted(l.q.Options)
	return q
}

// amount reads a typed price; what is no price is no filter.
func (l *listing) amount(typed string) (money.Amount, string) {
	if typed == "" {
		return 0, ""
	}
	a, err := l.s.Market.Parse(typed)
	if err != nil || a == 0 {
		return 0, ""
	}
	return a, typed
}

func wanted(m map[string][]string) (out []search.Filter) {
	for _, name := range sortedKeys(m) {
		out = append(out, search.Filter{Name: name, Values: m[name]})
	}
	return out
}

func sortedKeys(m map[string][]string) []string {
	if len(m) == 0 {
		return nil
	}
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// collect writes down the parameters that links carry on, and a chip for each filter.
func (l *listing) collect() {
	add := func(name, value string) {
		if value != "" {
			l.params = append(l.params, ui.Param{Name: name, Value: value})
		}
	}
	add("q", l.q.Q)
	if l.at.typed {
		add("category", l.q.Category)
	}
	if l.at.all {
		add("all", "1")
	}
	for _, slug := range l.q.Stores {
		add("store", slug)
	}
	add("min_price", l.q.Min)
	add("max_price", l.q.Max)
	if l.q.InStock {
		add("in_stock", "1")
	}
	if l.q.Free {
		add("free_delivery", "1")
	}
	if l.q.Within > 0 {
		add("arrives_within", strconv.Itoa(l.q.Within))
	}
	for _, name := range sortedKeys(l.q.Attrs) {
		for _, value := range l.q.Attrs[name] {
			add("attr."+name, value)
		}
	}
	for _, name := range sortedKeys(l.q.Options) {
		for _, value := range l.q.Options[name] {
			add("option."+name, value)
		}
	}
	add("sort", l.q.Sort)
	l.base = l.address(l.params)
	for i, p := range l.params {
		if text := l.chip(p); text != "" {
			l.chips = append(l.chips, ui.Link{Href: l.address(slices.Delete(slices.Clone(l.params), i, i+1)), Text: text})
		}
	}
}

// chip is a filter in words, "" for a parameter that is none.
func (l *listing) chip(p ui.Param) string {
	t := l.v.T
	switch p.Name {
	case "category":
		if c, known := market.CategoryBySlug(p.Value); known {
			return c.Name.In(l.v.Lang)
		}
	case "store":
		if b := l.s.memory.books.Last(); b != nil && b.BySlug[p.Value] != nil {
			return b.BySlug[p.Value].Name
		}
	case "min_price":
		return t.T("ui.filter.price_from", "price", p.Value)
	case "max_price":
		return t.T("ui.filter.price_to", "price", p.Value)
	case "in_stock":
		return t.T("ui.filter.in_stock")
	case "free_delivery":
		return t.T("ui.product.delivery_free")
	case "arrives_within":
		return l.arrivesBy(l.q.Within)
	}
	if key, isAttr := strings.CutPrefix(p.Name, "attr."); isAttr {
		name, value := attributeWords(l.v, key, p.Value)
		return name + ": " + value
	}
	if name, isOption := strings.CutPrefix(p.Name, "option."); isOption {
		return name + ": " + p.Value
	}
	return ""
}

// address is the page with parameters, always in the same order, so that one list has one address.
func (l *listing) address(params []ui.Param) string {
	if len(params) == 0 {
		return l.v.Link(l.at.path)
	}
	var b strings.Builder
	b.WriteString(l.v.Link(l.at.path))
	for i, p := range params {
		if i == 0 {
			b.WriteByte('?')
		} else {
			b.WriteByte('&')
		}
		b.WriteString(ui.EscapeQuery(p.Name))
		b.WriteByte('=')
		b.WriteString(ui.EscapeQuery(p.Value))
	}
	return b.String()
}

// clear is the address without filters; text and order stay.
func (l *listing) clear() string {
	if len(l.chips) == 0 {
		return ""
	}
	kept := []ui.Param{}
	for _, p := range l.params {
		if p.Name == "q" || p.Name == "sort" || p.Name == "all" {
			kept = append(kept, p)
		}
	}
	return l.address(kept)
}

// toggle is the address with this value as the facet's only filter, or without
// it. A value takes the place of the one before, so that the number beside a
// link is what one gets; several at once can be asked for by address.
func (l *listing) toggle(name, escaped, value string, on bool) string {
	if on || slices.ContainsFunc(l.params, func(p ui.Param) bool { return p.Name == name }) {
		rest := slices.DeleteFunc(slices.Clone(l.params), func(p ui.Param) bool { return p.Name == name && (!on || p.Value == value) })
		if !on {
			rest = append(rest, ui.Param{Name: name, Value: value})
		}
		return l.address(rest)
	}
	sep := "&"
	if len(l.params) == 0 {
		sep = "?"
	}
	return l.base + sep + escaped + "=" + ui.EscapeQuery(value)
}

func (l *listing) empty(ctx context.Context, b *book) error {
	v, t := l.v, l.v.T
	l.view.Empty = &ui.EmptyView{Sentence: t.T("ui.empty.filters"), Clear: l.view.Clear}
	nearest := l.found.Nearest
	if len(nearest) == 0 { // then the greatest ones
		all, err := l.s.Index.Search(ctx, search.Query{Limit: -1})
		if err != nil {
			return err
		}
		nearest = all.Facets.Categories
	}
	for _, c := range nearest[:min(len(nearest), rowCount)] {
		pic, err := l.s.categoryPicture(ctx, b, c.ID)
		if err != nil {
			return err
		}
		l.view.Empty.Nearest = append(l.view.Empty.Nearest, ui.Tile{Href: v.Link(categoryPath(c.ID)), Name: categoryName(c, v.Lang),
			Count: t.T("ui.products", "n", c.Count), Picture: pic})
	}
	return nil
}

func (l *listing) numbers() {
	t, page := l.v.T, max(1, l.q.Page)
	first := (page-1)*pageSize + 1
	l.view.Total = t.T("ui.products", "n", l.found.Total)
	if len(l.found.Hits) > 0 {
		l.view.Range = t.T("ui.list.range", "from", t.Number(int64(first)), "to", t.Number(int64(first+len(l.found.Hits)-1)))
	}
}

func (l *listing) sorting(by search.Sort) {
	for _, s := range sorts {
		id := "ui.sort." + string(s)
		if s == search.ByRelevance && l.q.Q == "" {
			id = "ui.sort.popular"
		}
		value := string(s)
		if s == search.ByRelevance {
			value = ""
		}
		l.view.Sort = append(l.view.Sort, ui.Choice{Value: value, Text: l.v.T.T(id), Selected: s == by})
	}
	for _, p := range l.params {
		if p.Name != "sort" {
			l.view.Keep = append(l.view.Keep, p)
		}
	}
}

// facets are the filters beside the list, as links with their counts.
func (l *listing) facets() {
	f, t := &l.found.Facets, l.v.T
	l.categories(f.Categories)
	if len(f.Stores) > 1 || len(l.q.Stores) > 0 {
		facet := ui.Facet{Name: t.T("ui.filter.store")}
		for _, st := range f.Stores {
			facet.Values = append(facet.Values, l.value("store", "store", st.Slug, st.Name, st.Count, st.Selected))
		}
		l.add(facet)
	}
	if f.InStock > 0 && (l.q.InStock || f.InStock < l.found.Total) {
		l.add(ui.Facet{Name: t.T("ui.filter.stock"), Values: []ui.FacetValue{l.value("in_stock", "in_stock", "1", t.T("ui.filter.in_stock"), f.InStock, l.q.InStock)}})
	}
	l.delivery(f)
	for i := range f.Options {
		o := &f.Options[i]
		facet := ui.Facet{Name: o.Name}
		name := "option." + o.Name
		escaped := ui.EscapeQuery(name)
		for _, val := range o.Values {
			facet.Values = append(facet.Values, l.value(name, escaped, val.Value, val.Value, val.Count, val.Selected))
		}
		l.add(facet)
	}
	for i := range f.Attributes {
		a := &f.Attributes[i]
		name := "attr." + a.Name
		escaped := ui.EscapeQuery(name)
		facet := ui.Facet{Values: make([]ui.FacetValue, 0, len(a.Values))}
		known, isKnown := market.AttributeByKey(a.Name)
		facet.Name = attributeName(l.v, known, isKnown, a.Name)
		for _, val := range a.Values {
			facet.Values = append(facet.Values, l.value(name, escaped, val.Value, attributeValue(l.v, known, isKnown, val.Value), val.Count, val.Selected))
		}
		l.add(facet)
	}
}

// delivery are the filters of what it costs to bring a thing to the visitor's
// city and of when it comes. A day that leaves out nothing, or no more than the
// one before, is not offered.
func (l *listing) delivery(f *search.Facets) {
	facet := ui.Facet{Name: l.v.T.T("ui.filter.delivery", "city", l.v.Place.Name(l.v.Lang))}
	if f.Free > 0 && (l.q.Free || f.Free < l.found.Total) {
		facet.Values = append(facet.Values, l.value("free_delivery", "free_delivery", "1", l.v.T.T("ui.product.delivery_free"), f.Free, l.q.Free))
	}
	before := 0
	for _, a := range f.Arrives {
		if a.Selected || a.Count > before && (l.q.Within > 0 || a.Count < l.found.Total) {
			facet.Values = append(facet.Values, l.value("arrives_within", "arrives_within", strconv.Itoa(a.Within), l.arrivesBy(a.Within), a.Count, a.Selected))
		}
		before = a.Count
	}
	l.add(facet)
}

// arrivesBy names the last day on which a thing that is wanted in time comes.
func (l *listing) arrivesBy(days int) string {
	if days == 1 {
		return l.v.T.T("ui.filter.tomorrow")
	}
	m := l.s.Market
	return l.v.T.T("ui.filter.arrives_by", "date", l.v.T.Date(m.DayAt(m.DayNumber(l.v.Now)+days), i18n.WeekdayDayMonth))
}

func (l *listing) value(name, escaped, value, text string, count int, on bool) ui.FacetValue {
	return ui.FacetValue{Href: l.toggle(name, escaped, value, on), Text: text, Count: strconv.Itoa(count), On: on}
}

func (l *listing) add(f ui.Facet) {
	if len(f.Values) == 0 {
		return
	}
	if more := len(f.Values) - ui.FacetOpen; more > 0 {
		f.More = l.v.T.T("ui.filter.more", "n", more)
	}
	l.view.Facets = append(l.view.Facets, f)
}

// categories are links to the categories below; in a search they narrow it.
func (l *listing) categories(list []search.CategoryCount) {
	for _, c := range list[:min(len(list), 12)] {
		link := ui.Link{Text: categoryName(c, l.v.Lang) + " (" + strconv.Itoa(c.Count) + ")"}
		if l.at.typed {
			rest := slices.DeleteFunc(slices.Clone(l.params), func(p ui.Param) bool { return p.Name == "category" })
			link.Href = l.address(append(rest, ui.Param{Name: "category", Value: c.Slug}))
		} else {
			link.Href = l.v.Link(categoryPath(c.ID))
		}
		l.view.Below = append(l.view.Below, link)
	}
}

func (l *listing) prices() {
	p := &ui.PriceFilter{Unit: l.s.Market.Currency.Symbol.In(l.v.Lang), Min: l.q.Min, Max: l.q.Max}
	if buckets := l.found.Facets.Prices; len(buckets) > 0 {
		if buckets[0].Min > 0 {
			p.Lowest = l.plainPrice(buckets[0].Min)
		}
		if last := buckets[len(buckets)-1].Max; last > 0 && last < math.MaxInt64/2 {
			p.Highest = l.plainPrice(last)
		}
	}
	for _, param := range l.params {
		if param.Name != "min_price" && param.Name != "max_price" {
			p.KeepWithoutPrice = append(p.KeepWithoutPrice, param)
		}
	}
	l.view.Price = p
}

// plainPrice is an amount in whole units, as one would type it.
func (l *listing) plainPrice(a money.Amount) string {
	whole, _, _ := strings.Cut(l.s.Market.Decimal(a), ".")
	return whole
}

// pager links the first page, those around the present one, and the last.
func (l *listing) pager() {
	page, last := max(1, l.q.Page), (l.found.Total+pageSize-1)/pageSize
	last = min(last, search.MaxOffset/pageSize)
	if last <= 1 {
		return
	}
	at := func(n int) string {
		if n == 1 {
			return l.base
		}
		return l.address(append(slices.Clone(l.params), ui.Param{Name: "page", Value: strconv.Itoa(n)}))
	}
	p := &l.view.Pager
	if page > 1 {
		p.Prev = at(min(page-1, last))
	}
	if page < last {
		p.Next = at(page + 1)
	}
	shown := 0
	for _, n := range []int{1, page - 2, page - 1, page, page + 1, page + 2, last} {
		if n <= shown || n < 1 || n > last {
			continue
		}
		if n > shown+1 {
			p.Pages = append(p.Pages, ui.NavLink{Text: "…"})
		}
		link := ui.NavLink{Text: strconv.Itoa(n), Current: n == page}
		if n != page {
			link.Href = at(n)
		}
		p.Pages = append(p.Pages, link)
		shown = n
	}
}

// title tells the pages of a list apart.
func (l *listing) title(v *visit.Visit, name string) string {
	if l.q.Page > 1 {
		return name + ", " + v.T.T("ui.list.page", "n", l.q.Page)
	}
	return name
}

// listFrame completes the frame of a list. Filtered and empty lists are not for
// search engines, and what was typed never becomes part of an address of ours.
func (s *Shop) listFrame(v *visit.Visit, p *ui.Page, l *listing) {
	p.OpenGraph = &ui.OpenGraph{Type: "website", URL: p.Canonical}
	if len(l.chips) > 0 || l.q.Sort != "" || l.found.Total == 0 {
		p.Robots = "noindex"
	}
	query := ""
	if l.q.Page > 1 && l.q.Q == "" {
		query = "?page=" + strconv.Itoa(l.q.Page)
	}
	p.Here = l.base[len(v.Prefix):]
	p.Canonical += query
	for i := range p.Alternates {
		if path, _, cut := strings.Cut(p.Alternates[i].Href, "?"); cut {
			p.Alternates[i].Href = path + query
		}
	}
}

// attributeWords are an attribute and one of its values in the visitor's language.
func attributeWords(v *visit.Visit, key, value string) (name, text string) {
	a, known := market.AttributeByKey(key)
	return attributeName(v, a, known, key), attributeValue(v, a, known, value)
}

func attributeName(v *visit.Visit, a market.Attribute, known bool, key string) string {
	if known {
		return a.Name.In(v.Lang)
	}
	return key
}

func attributeValue(v *visit.Visit, a market.Attribute, known bool, value string) string {
	switch {
	case value == "true":
		return v.T.T("ui.filter.yes")
	case value == "false":
		return v.T.T("ui.filter.no")
	case !known:
		return value
	case a.Kind == market.ChoiceAttribute:
		if c, ok := a.Choice(value); ok {
			return c.Name.In(v.Lang)
		}
	}
	return value
}
