package storefront

import (
	"net/http"
	"strconv"
	"strings"

	"aromart/internal/goods/catalog"
	"aromart/internal/goods/delivery"
	"aromart/internal/goods/inventory"
	"aromart/internal/goods/search"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
	"aromart/internal/market"
	"aromart/internal/people/seller"
	"aromart/internal/trade/cart"
	"aromart/internal/web"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// productPage is a product page while it is made.
type productPage struct {
	*visit.Visit
	product  *catalog.Product
	store    *seller.Store
	chosen   *catalog.Variant // what is bought unless another is picked
	delivery *delivery.Offer  // the cheapest to the visitor's place; nil when there is none
	view     *ui.ProductView
}

// buttonVariants is how many choices are shown as buttons; more go into a select.
const buttonVariants = 24

func (s *Shop) product(w http.ResponseWriter, r *http.Request) error {
	v, slug := s.Visit(r), r.PathValue("slug")
	p, err := s.liveBySlug(r.Context(), slug)
	if errs.KindOf(err) == errs.NotFound {
		now, moved := catalog.Moved(r.Context(), s.DB, slug)
		if moved != nil {
			return moved
		}
		return web.MovedPermanently(w, r, "/p/"+now)
	}
	if err != nil {
		return err
	}
	b, err := s.book(r.Context())
	if err != nil {
		return err
	}
	d := &productPage{Visit: v, product: p, store: b.ByID[p.Store]}
	if d.store == nil { // approved less than a second ago
		return errs.New(errs.NotFound, "error.not_found")
	}
	d.choose(r.URL.Query().Get("variant"))
	if d.chosen == nil {
		return errs.New(errs.NotFound, "error.not_found")
	}
	if offers := delivery.Offers(b.Methods[p.Seller], v.Place.Zone.ID, d.chosen.WeightG, d.chosen.Price); len(offers) > 0 {
		d.delivery = &offers[0]
	}
	s.fill(d)
	if err := s.similar(r, d, b); err != nil {
		return err
	}
	frame := s.Page(v, d.view.Title)
	frame.Description = v.T.T("ui.product.description", "title", d.view.Title, "store", d.store.Name, "price", d.view.Price)
	frame.OpenGraph = &ui.OpenGraph{Type: "product", URL: frame.Canonical}
	if len(p.Pictures) > 0 {
		frame.OpenGraph.Image = v.Absolute(d.view.Pictures[0].Source())
	}
	frame.JSONLD = []string{s.productData(d, frame.Canonical), crumbData(v, d.view.Crumbs)}
	if len(d.view.Crumbs) > 0 {
		for i := range frame.Categories {
			frame.Categories[i].Current = frame.Categories[i].Href == d.view.Crumbs[0].Href
		}
	}
	return web.Render(w, r, ui.Product(frame, d.view))
}

// choose takes the variant that was asked for, else the first that can be bought.
func (d *productPage) choose(asked string) {
	var first, stocked *catalog.Variant
	for i := range d.product.Variants {
		c := &d.product.Variants[i]
		if c.Inactive || c.Price <= 0 {
			continue
		}
		if first == nil {
			first = c
		}
		if stocked == nil && c.OnHand > 0 {
			stocked = c
		}
		if c.PublicID == asked && c.OnHand > 0 {
			d.chosen = c
			return
		}
	}
	if d.chosen = stocked; stocked == nil {
		d.chosen = first
	}
}

func (s *Shop) fill(d *productPage) {
	p, v := d.product, &ui.ProductView{Brand: d.product.Brand, City: d.Place.Name(d.Lang), Crumbs: s.crumbs(d.Visit, int64(d.product.Category))}
	d.view = v
	var in string
	if v.Title, in = p.TitleIn(d.Lang); in != d.Lang {
		v.Lang = in
	}
	if v.Body, in = p.BodyIn(d.Lang); in != d.Lang {
		v.BodyLang = in
	}
	if !isPlainHTML(v.Body) {
		v.Body = catalog.Clean(v.Body)
	}
	v.Body = oneHeadingLevel(v.Body)
	for _, pic := range p.Pictures {
		alt := pic.Alt
		if alt == "" {
			alt = v.Title
		}
		v.Pictures = append(v.Pictures, ui.Picture{Key: pic.Blob, Width: pic.Width, Height: pic.Height, Color: pic.Color, Alt: alt})
	}
	if at := d.chosen.Picture; at > 1 && at <= len(v.Pictures) {
		v.Pictures[0], v.Pictures[at-1] = v.Pictures[at-1], v.Pictures[0]
	}
	if len(v.Pictures) == 0 {
		v.Pictures = []ui.Picture{{Tile: visit.TopCategory(int64(p.Category))}}
	}
	s.fillPrice(d)
	s.fillVariants(d)
	s.fillFacts(d)
	v.Returns = d.T.T("ui.product.returns", "n", s.returnDays(d.store))
	v.Store = &ui.SellerLine{Href: d.Link("/s/" + d.store.Slug), Name: d.store.Name, Place: s.placeName(d.Visit, d.store.City), Since: s.since(d.Visit, d.store), Packs: packs(d.Visit, d.store.PackDays)}
}

// fillPrice says what one piece costs at the door, and when it comes.
func (s *Shop) fillPrice(d *productPage) {
	v, c := d.view, d.chosen
	v.Price = s.Price(d.Visit, c.Price)
	if c.CompareAt > c.Price {
		v.Was, v.Save = s.Price(d.Visit, c.CompareAt), d.T.T("ui.product.save", "amount", s.Price(d.Visit, c.CompareAt-c.Price))
	}
	if d.delivery == nil {
		v.NoWay = d.T.T("ui.product.no_way", "city", v.City)
		return
	}
	v.Delivery = d.T.T("ui.product.delivery_free")
	if d.delivery.Cost > 0 {
		v.Delivery = d.T.T("ui.product.delivery", "amount", s.Price(d.Visit, d.delivery.Cost))
	}
	fee := s.Market.Cash.Fee
	if fee > 0 {
		v.Fee = d.T.T("ui.product.fee", "amount", s.Price(d.Visit, fee))
	}
	v.Door = d.T.T("ui.product.door", "amount", s.Price(d.Visit, c.Price+d.delivery.Cost+fee))
	from, to := s.Market.DeliveryWindow(d.Now, d.store.PackDays+d.delivery.ExtraDays, d.Place.ID)
	v.Arrives = d.T.T("ui.arrives", "dates", d.T.DateRange(s.Local(from), s.Local(to)))
}

func (s *Shop) fillVariants(d *productPage) {
	p, v := d.product, d.view
	v.Choice = strings.Join(p.Options, " / ")
	if v.Choice == "" {
		v.Choice = d.T.T("ui.product.choose")
	}
	v.SoldOut, v.MaxQty = true, 1
	grouped := groups(p)
	var lowest, highest money.Amount
	for i := range p.Variants {
		c := &p.Variants[i]
		if c.Inactive || c.Price <= 0 {
			continue
		}
		if c.OnHand > 0 {
			v.SoldOut = false
			v.MaxQty = max(v.MaxQty, min(c.OnHand, cart.MaxQuantity))
		}
		if lowest == 0 || c.Price < lowest {
			lowest = c.Price
		}
		highest = max(highest, c.Price)
		choice := ui.VariantChoice{ID: c.PublicID, Text: optionText(c, 0, len(p.Options)), Price: s.Price(d.Visit, c.Price),
			SoldOut: c.OnHand <= 0, Chosen: c == d.chosen && c.OnHand > 0}
		if grouped {
			choice.Group, choice.Text = c.Options[0], optionText(c, 1, len(p.Options))
		}
		v.Variants = append(v.Variants, choice)
	}
	if lowest == highest { // then the price above says it
		for i := range v.Variants {
			v.Variants[i].Price = ""
		}
	}
	v.Select = len(v.Variants) > buttonVariants
	if n := d.chosen.OnHand; n > 0 && n <= inventory.Low && len(v.Variants) == 1 {
		v.Left = d.T.T("ui.left", "n", n)
	}
}

// groups reports whether the values of the first option make rows of the others.
func groups(p *catalog.Product) bool {
	if len(p.Options) < 2 {
		return false
	}
	seen, again := map[string]bool{}, false
	for i := range p.Variants {
		o := &p.Variants[i].Options
		if o[0] == "" || o[1] == "" {
			return false
		}
		again = again || seen[o[0]]
		seen[o[0]] = true
	}
	return again
}

// optionText are the values of the options in the range from, to.
func optionText(c *catalog.Variant, from, to int) string {
	if to == 0 {
		return c.SKU
	}
	return strings.Join(c.Options[from:to], " / ")
}

func (s *Shop) fillFacts(d *productPage) {
	v := d.view
	add := func(name, value string) {
		if n := len(v.Facts); n > 0 && v.Facts[n-1].Name == name { // several values of one attribute
			v.Facts[n-1].Value += ", " + value
			return
		}
		v.Facts = append(v.Facts, ui.Fact{Name: name, Value: value})
	}
	for _, a := range d.product.Attributes {
		value := a.Text
		if a.IsNum {
			value = strconv.FormatFloat(a.Number, 'f', -1, 64)
		}
		name, text := attributeWords(d.Visit, a.Name, value)
		if a.IsNum && a.Unit != "" {
			text += " " + a.Unit
		}
		if text != "" {
			add(name, text)
		}
	}
	if g := d.chosen.WeightG; g > 0 {
		add(d.T.T("ui.product.weight"), weight(d.Visit, g))
	}
	if len(v.Variants) == 1 && d.chosen.SKU != "" {
		add(d.T.T("ui.product.sku"), d.chosen.SKU)
	}
}

// weight is in grams below a kilogram.
func weight(v *visit.Visit, grams int64) string {
	if grams < 1000 {
		return v.T.Number(grams) + " g"
	}
	return strconv.FormatFloat(float64(grams)/1000, 'f', -1, 64) + " kg"
}

// similar are the first products of the same category.
func (s *Shop) similar(r *http.Request, d *productPage, b *book) error {
	category := int64(d.product.Category)
	c, known := market.CategoryByID(category)
	if !known || !s.Index.Ready() {
		return nil // the page does not wait for the index
	}
	found, err := s.Index.Search(r.Context(), search.Query{Category: category, InStock: true, Limit: rowCount + 1, NoFacets: true, Delivery: b.Board(d.Place, d.Now)})
	if err != nil {
		return err
	}
	self := []search.Card{{ID: int64(d.product.ID)}}
	d.view.Similar = s.cards(d.Visit, without(found.Hits, self, rowCount))
	d.view.More = ui.Link{Href: d.Link(categoryPath(category)), Text: d.T.T("ui.product.more", "name", c.Name.In(d.Lang))}
	return nil
}

// oneHeadingLevel makes every heading of a description one step below that of
// its section, because sellers choose headings by their size.
func oneHeadingLevel(body string) string {
	if !strings.Contains(body, "<h4>") {
		return body
	}
	return strings.ReplaceAll(strings.ReplaceAll(body, "<h4>", "<h3>"), "</h4>", "</h3>")
}

// isPlainHTML reports whether a description holds bare tags of the kind that
// catalog.Clean leaves and nothing else. It costs a hundredth of cleaning, so
// every page can afford not to trust what is stored.
func isPlainHTML(body string) bool {
	for {
		at := strings.IndexByte(body, '<')
		if at < 0 {
			return true
		}
		end := strings.IndexByte(body[at:], '>')
		if end < 0 {
			return false
		}
		name := strings.TrimSuffix(strings.TrimPrefix(body[at+1:at+end], "/"), "/")
		if !plainTags[name] {
			return false
		}
		body = body[at+end+1:]
	}
}

var plainTags = func() map[string]bool {
	out := map[string]bool{}
	for _, name := range strings.Fields("p br b strong i em u ul ol li h3 h4 blockquote table thead tbody tr th td caption dl dt dd sub sup hr") {
		out[name] = true
	}
	return out
}()
