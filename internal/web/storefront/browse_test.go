package storefront

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"aromart/internal/goods/catalog"
	"aromart/internal/goods/delivery"
	"aromart/internal/goods/inventory"
	"aromart/internal/goods/search"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/i18n"
	"aromart/internal/kit/money"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/people/seller"
	"aromart/internal/platform/blob"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/platform/picture"
	"aromart/internal/platform/secrets"
	"aromart/internal/trade/checkout"
	"aromart/internal/web"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// shelf is a shop with two stores and forty mugs, on its own server.
type shelf struct {
	testing.TB
	*web.Server
	shop     *Shop
	products []*catalog.Product
}

const host = "shop.test"

// newShelf fills the database; n products, the first of them with awkward texts.
func newShelf(t testing.TB, d *db.DB, n int) *shelf {
	t.Helper()
	ctx := context.Background()
	m, _ := market.ByCode("lk")
	s := &shelf{TB: t}
	err := d.Write(ctx, func(tx *db.Tx) error {
		if _, err := catalog.SyncCategories(ctx, tx, clock.System()); err != nil {
			return err
		}
		s.products = nil
		var levels []inventory.Level
		for i := range 2 {
			st, err := seller.Add(ctx, tx, access.Actor{Kind: access.Operator}, seller.New{Store: seller.Store{Slug: fmt.Sprint("store-", i), Name: fmt.Sprint("Store ", i),
				City: "kandy/kandy", PackDays: 1 + i, ReturnDays: 14, OpenedAt: clock.System(), SellerName: "Seller", LegalName: "Seller (Pvt) Ltd", Commission: 1000}}, clock.System())
			if err != nil {
				return err
			}
			if _, err := delivery.Add(ctx, tx, delivery.Method{Seller: st.Seller, Name: "Courier", Kind: []string{delivery.Flat, delivery.FreeOver}[i], Price: 300_00, FreeAbove: money.Amount(i) * 2000_00}, 1); err != nil {
				return err
			}
			for k := i; k < n; k += 2 {
				s.products = append(s.products, mug(st, k))
			}
		}
		if err := catalog.Insert(ctx, tx, s.products, clock.System()); err != nil {
			return err
		}
		for k, p := range s.products {
			for i, v := range p.Variants {
				levels = append(levels, inventory.Level{Variant: v.ID, Seller: p.Seller, OnHand: int64((k + i + 1) % 4 * 3)})
			}
		}
		return inventory.Open(ctx, tx, access.Actor{Kind: access.Operator}, levels, inventory.Opening, clock.System())
	})
	if err != nil {
		t.Fatal(err)
	}
	index := search.New()
	if _, err := search.Load(ctx, d, index); err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { blobs.Close() })
	s.shop = New(Options{Frame: visit.Frame{DB: d, Market: m, Site: &ui.Site{Name: "aromart", HelpEmail: "help@example.com", ReturnDays: 14}, Clock: clock.System}, Desk: &checkout.Desk{}, People: auth.NewDesk(d, "aromart", secrets.Random().Key), Index: index, Blobs: blobs})
	if s.Server, err = web.New(web.Options{BaseURL: "https://" + host, Log: slog.New(slog.DiscardHandler), ErrorPage: s.shop.ErrorPage, Cache: web.CacheOptions{MaxBytes: -1}}); err != nil {
		t.Fatal(err)
	}
	s.shop.browsing(s.Server)
	return s
}

var kitchen = func() int64 {
	c, known := market.CategoryBySlug("cups-mugs-and-glasses")
	if !known {
		panic("the category of the tests is gone")
	}
	return c.ID
}()

func mug(st seller.Store, k int) *catalog.Product {
	colors := []string{"Blue", "Red", "Green"}
	p := &catalog.Product{Seller: st.Seller, Store: st.ID, Handle: fmt.Sprint("mug-", k), Status: catalog.Live, Language: "en", Title: fmt.Sprintf("Mug number %d", k),
		BodyHTML: "<p>Holds <b>tea</b>.</p>", Brand: "Clay", Category: catalog.CategoryID(kitchen), Options: []string{"Color"},
		Attributes: []catalog.Attribute{{Name: "material", Text: []string{"ceramic", "glass"}[k%2]}}}
	if k == 0 {
		p.Title = `Mug "</script><script>alert(1)</script>`
		p.BodyHTML = `<p onclick="alert(1)">Tea</p><script>alert(2)</script>`
		p.Brand = `Clay & Sons <b>`
	}
	for i := range 1 + k%3 {
		p.Variants = append(p.Variants, catalog.Variant{Options: [3]string{colors[i]}, Price: money.Amount(500_00 + k*100_00 + i*50_00), SKU: fmt.Sprintf("M%d-%d", k, i), WeightG: 340})
	}
	return p
}

func (s *shelf) get(path string, headers ...string) *httptest.ResponseRecorder {
	s.Helper()
	r := httptest.NewRequest("GET", path, nil)
	r.Host = host
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func (s *shelf) page(path string) string {
	s.Helper()
	w := s.get(path)
	if w.Code != http.StatusOK {
		s.Fatalf("%s: %d %s", path, w.Code, w.Body.String()[:min(400, w.Body.Len())])
	}
	if len(w.Header()["Set-Cookie"]) > 0 {
		s.Errorf("%s sets a cookie", path)
	}
	return w.Body.String()
}

var total = regexp.MustCompile(`<b class="num">([\d,]+) products?</b>`)

// count is the number that a list says of itself.
func (s *shelf) count(path string) int {
	s.Helper()
	body := s.page(path)
	found := total.FindStringSubmatch(body)
	if found == nil {
		return 0
	}
	n, _ := strconv.Atoi(strings.ReplaceAll(found[1], ",", ""))
	return n
}

// TestFacetCountsHoldAfterTheClick follows every filter link of a list, and of
// the list behind each, and compares what it promised with what comes.
func TestFacetCountsHoldAfterTheClick(t *testing.T) {
	s := newShelf(t, dbtest.SQLite(t), 40)
	start := categoryPath(kitchen)
	tried := map[string]bool{}
	for _, path := range []string{start, start + "?attr.material=glass", start + "?option.Color=Red&max_price=2000", start + "?in_stock=1&store=store-1", "/s/store-0", "/search?q=mug",
		start + "?free_delivery=1", start + "?arrives_within=7&sort=arrival", start + "?free_delivery=1&option.Color=Red&sort=total"} {
		doc, err := html.Parse(strings.NewReader(s.page(path)))
		if err != nil {
			t.Fatal(err)
		}
		links := 0
		for n := range doc.Descendants() {
			href, promised, ok := filterLink(n)
			if !ok {
				continue
			}
			links++
			if tried[href] {
				continue
			}
			tried[href] = true
			if got := s.count(href); got != promised {
				t.Errorf("%s promises %d behind %s, which has %d", path, promised, href, got)
			}
		}
		if links < 2 {
			t.Errorf("%s has only %d filters", path, links)
		}
	}
	if len(tried) < 20 {
		t.Errorf("only %d links were tried", len(tried))
	}
}

// TestListsSayWhatTheProductPageSays: what a card asks with delivery is what is
// paid at the door but for the fee, the cheapest in sum comes first, and the
// page names the city that this is about.
func TestListsSayWhatTheProductPageSays(t *testing.T) {
	s := newShelf(t, dbtest.SQLite(t), 24)
	place := s.shop.Market.PlaceOr("")
	for _, cookie := range []string{"", "__Host-prefs=city=galle/galle&theme=&lang="} {
		if cookie != "" {
			place = s.shop.Market.PlaceOr("galle/galle")
		}
		body := s.get(categoryPath(kitchen)+"?sort=total&in_stock=1", "Cookie", cookie).Body.String()
		if !strings.Contains(body, "Delivery to "+place.Name("en")) {
			t.Errorf("the list does not name %s", place.Name("en"))
		}
		book, err := s.shop.book(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		found, err := s.shop.Index.Search(t.Context(), search.Query{Category: kitchen, Sort: search.ByTotal, InStock: true, Delivery: book.Board(place, clock.System())})
		if err != nil || len(found.Hits) < 8 {
			t.Fatal(len(found.Hits), err)
		}
		last, free := money.Amount(0), 0
		for _, c := range found.Hits {
			if !c.Delivery.Comes || c.Delivery.Total < last {
				t.Errorf("%s: %+v after %d", c.Title, c.Delivery, last)
			}
			last = c.Delivery.Total
			page := s.get("/p/"+c.Slug, "Cookie", cookie).Body.String()
			words := s.shop.Price(&visit.Visit{Request: &web.Request{Lang: "en"}}, c.Delivery.Total)
			if c.Delivery.Total == c.Price {
				free++
				words = "Free delivery"
			} else {
				words += " with delivery"
			}
			if !strings.Contains(body, words) {
				t.Errorf("%s: the card does not say %q", c.Title, words)
			}
			door := s.shop.Price(&visit.Visit{Request: &web.Request{Lang: "en"}}, c.Delivery.Total+s.shop.Market.Cash.Fee)
			if !strings.Contains(page, door) {
				t.Errorf("%s: the product page does not ask %s at the door", c.Title, door)
			}
			if m := s.shop.Market; !strings.Contains(page, i18n.For("en").DateRange(m.DayAt(c.Delivery.First), m.DayAt(c.Delivery.Last))) {
				t.Errorf("%s: list and product page promise other days", c.Title)
			}
		}
		if free == 0 || free == len(found.Hits) {
			t.Errorf("%d of %d come free", free, len(found.Hits))
		}
	}
}

// filterLink is a link of the filters that would add one, with its number.
func filterLink(n *html.Node) (href string, count int, ok bool) {
	if n.Data != "a" || n.Parent == nil || n.Parent.Data != "li" || n.LastChild == nil || n.LastChild.Data != "span" {
		return "", 0, false
	}
	nofollow := false
	for _, a := range n.Attr {
		switch a.Key {
		case "href":
			href = a.Val
		case "rel":
			nofollow = a.Val == "nofollow"
		case "aria-current":
			return "", 0, false // switches it off
		}
	}
	if n.LastChild.FirstChild == nil || !nofollow {
		return "", 0, false
	}
	count, err := strconv.Atoi(n.LastChild.FirstChild.Data)
	return href, count, err == nil
}

func TestProductPage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d, 4)
		evil := s.products[0]
		body := s.page("/p/" + evil.Slug)
		for _, bad := range []string{"<script>alert", "onclick", "alert(2)"} {
			if strings.Contains(body, bad) {
				t.Errorf("the page carries %q", bad)
			}
		}
		for _, want := range []string{"Rs\u00a0500", "Rs\u00a0300 delivery", "Rs\u00a0850 to pay at your door", "Store 0", "Arrives", `name="variant"`} {
			if !strings.Contains(body, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		for _, doc := range structured(t, body) {
			checkStructured(t, doc)
		}
		if len(structured(t, body)) != 2 {
			t.Errorf("%d documents of structured data", len(structured(t, body)))
		}
	})
}

var dataBlock = regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`)

func structured(t *testing.T, body string) (out []map[string]any) {
	for _, m := range dataBlock.FindAllStringSubmatch(body, -1) {
		var doc map[string]any
		if err := json.Unmarshal([]byte(m[1]), &doc); err != nil {
			t.Errorf("structured data is no JSON: %v: %s", err, m[1])
		}
		out = append(out, doc)
	}
	return out
}

// checkStructured looks for what search engines demand of a product that is sold.
func checkStructured(t *testing.T, doc map[string]any) {
	need := map[string][]string{
		"Product":        {"name", "image", "offers.price", "offers.priceCurrency", "offers.availability", "offers.shippingDetails.shippingRate.value", "offers.shippingDetails.shippingDestination.addressCountry", "offers.shippingDetails.deliveryTime.transitTime.maxValue", "offers.hasMerchantReturnPolicy.applicableCountry", "offers.hasMerchantReturnPolicy.returnPolicyCategory", "offers.hasMerchantReturnPolicy.merchantReturnDays"},
		"BreadcrumbList": {"itemListElement"},
	}[fmt.Sprint(doc["@type"])]
	if need == nil {
		t.Errorf("unexpected %v", doc["@type"])
	}
	for _, path := range need {
		var at any = doc
		for _, name := range strings.Split(path, ".") {
			m, _ := at.(map[string]any)
			at = m[name]
		}
		if at == nil || at == "" {
			t.Errorf("%v lacks %s", doc["@type"], path)
		}
	}
}

func TestAddresses(t *testing.T) {
	s := newShelf(t, dbtest.SQLite(t), 30)
	path := categoryPath(kitchen)
	leaf := path[strings.LastIndexByte(path, '/')+1:]
	for from, to := range map[string]string{"/c/" + leaf: path, "/c/wrong/" + leaf + "?sort=price": path + "?sort=price"} {
		if from == path {
			continue
		}
		if w := s.get(from); w.Code != http.StatusMovedPermanently || w.Header().Get("Location") != to {
			t.Errorf("%s leads with %d to %q", from, w.Code, w.Header().Get("Location"))
		}
	}
	for _, gone := range []string{"/c/nothing", "/p/nothing", "/s/nothing", "/media/aaaaaaaaaaaaaaaa-320.jpg", "/media/..-320.jpg", "/static/nothing.css", "/sitemaps/products-9.xml", "/sitemaps/x"} {
		if w := s.get(gone); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", gone, w.Code)
		}
	}
	noindex := `<meta name="robots" content="noindex">`
	for path, want := range map[string]bool{path: false, path + "?page=2": false, path + "?attr.material=glass": true, path + "?sort=price": true, "/search?q=mug": false, "/search?q=mug&in_stock=1": true, "/search?q=qqqqzzzz": true, path + "?utm_source=x": false, "/preferences": true} {
		if got := strings.Contains(s.page(path), noindex); got != want {
			t.Errorf("%s: noindex is %v", path, got)
		}
	}
	if body := s.page(path + "?page=2"); !strings.Contains(body, `rel="canonical" href="https://`+host+path+`?page=2"`) || !strings.Contains(body, `hreflang="si" href="https://`+host+`/si`+path+`?page=2"`) {
		t.Error("the second page is not its own canonical address")
	}
	if body := s.page("/search?q=mug"); !strings.Contains(body, `rel="canonical" href="https://`+host+`/search"`) {
		t.Error("what was typed came into the canonical address")
	}
	if body := s.page(path + "?utm_source=x"); !strings.Contains(body, `rel="canonical" href="https://`+host+path+`"`) {
		t.Error("an unknown parameter came into the canonical address")
	}
}

// TestPagesOfAList: together they hold every product once.
func TestPagesOfAList(t *testing.T) {
	s := newShelf(t, dbtest.SQLite(t), 60)
	seen := map[string]int{}
	link := regexp.MustCompile(`href="(/p/[^"]+)"`)
	for page := 1; page <= 3; page++ {
		for _, m := range link.FindAllStringSubmatch(s.page(categoryPath(kitchen)+"?sort=price&page="+strconv.Itoa(page)), -1) {
			seen[m[1]]++
		}
	}
	if len(seen) != 60 {
		t.Errorf("three pages show %d of 60 products", len(seen))
	}
	for href, n := range seen {
		if n != 1 {
			t.Errorf("%s stands %d times", href, n)
		}
	}
}

func TestSmallPictureAnswersForLargeSizes(t *testing.T) {
	s := newShelf(t, dbtest.SQLite(t), 2)
	img := image.NewRGBA(image.Rect(0, 0, 400, 300))
	img.Set(1, 1, color.White)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	pic, err := picture.Store(t.Context(), s.shop.Blobs, &b)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{160, 320, 400, 640, 1280} {
		w := s.get("/media/" + picture.File(pic.Key, size))
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/jpeg" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("size %d: %d %v", size, w.Code, w.Header())
		}
	}
	if w := s.get("/media/" + picture.File(pic.Key, 100)); w.Code != http.StatusNotFound {
		t.Errorf("a size below all: %d", w.Code)
	}
}

func TestPreferencesAreKeptByChoiceOnly(t *testing.T) {
	s := newShelf(t, dbtest.SQLite(t), 2)
	send := func(form url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/preferences", strings.NewReader(form.Encode()))
		r.Host = host
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	w := send(url.Values{"city": {"galle/galle"}, "theme": {"dark"}, "next": {"//evil.example/"}})
	cookie, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/" || !strings.HasPrefix(cookie, "__Host-prefs=") {
		t.Fatalf("%d to %q with %q", w.Code, w.Header().Get("Location"), cookie)
	}
	if body := s.get("/p/"+s.products[1].Slug, "Cookie", cookie).Body.String(); !strings.Contains(body, `class="dark"`) || !strings.Contains(body, "Galle") {
		t.Error("the choice does not show")
	}
	if w := send(url.Values{"city": {"atlantis"}}); w.Code != http.StatusUnprocessableEntity || w.Header().Get("Set-Cookie") != "" {
		t.Errorf("an unknown city: %d %q", w.Code, w.Header().Get("Set-Cookie"))
	}
}

func TestIsPlainHTML(t *testing.T) {
	for body, want := range map[string]bool{
		"": true, "text": true, "<p>a<br/>b</p>": true, "<ul><li>a</li></ul>": true, "a &lt; b": true,
		"<p class=x>": false, "<script>": false, "<img src=x>": false, "<": false, "<p": false, "a <b": false, "<a href=x>": false, "< p>": false, "<svg/onload=1>": false,
	} {
		if got := isPlainHTML(body); got != want {
			t.Errorf("%q: %v", body, got)
		}
		if cleaned := catalog.Clean(body); !isPlainHTML(cleaned) {
			t.Errorf("what Clean makes of %q does not pass: %q", body, cleaned)
		}
	}
}

func FuzzStructuredText(f *testing.F) {
	for _, s := range []string{"a", `"`, "</script>", "\u2028", "\xff", "\x00", "සිංහල", `\`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := newDoc("Thing")
		d.field("name", s)
		d.close()
		var back map[string]string
		if err := json.Unmarshal([]byte(d.String()), &back); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if strings.ContainsAny(d.String(), "<>") {
			t.Errorf("%q leaves a bracket in %s", s, d.String())
		}
	})
}

func benchmarkPage(b *testing.B, path func(s *shelf) string) {
	s := newShelf(b, dbtest.SQLite(b), 200)
	url := path(s)
	b.ReportAllocs()
	for b.Loop() {
		if w := s.get(url); w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}

func BenchmarkProductPage(b *testing.B) {
	benchmarkPage(b, func(s *shelf) string { return "/p/" + s.products[7].Slug })
}

func BenchmarkListPage(b *testing.B) {
	benchmarkPage(b, func(s *shelf) string { return categoryPath(kitchen) })
}

func TestGroups(t *testing.T) {
	variants := func(values ...[2]string) *catalog.Product {
		p := &catalog.Product{Options: []string{"Color", "Size"}}
		for _, v := range values {
			p.Variants = append(p.Variants, catalog.Variant{Options: [3]string{v[0], v[1]}})
		}
		return p
	}
	if !groups(variants([2]string{"Sand", "S"}, [2]string{"Sand", "M"}, [2]string{"Ink", "S"})) {
		t.Error("sizes of a color are no rows")
	}
	if groups(variants([2]string{"Sand", "S"}, [2]string{"Ink", "M"})) {
		t.Error("every row would have one button")
	}
	if groups(variants([2]string{"Sand", "S"}, [2]string{"Sand", ""})) {
		t.Error("a button would have no text")
	}
	if one := variants([2]string{"S", ""}, [2]string{"S", ""}); groups(&catalog.Product{Options: one.Options[:1], Variants: one.Variants}) {
		t.Error("one option makes rows")
	}
}

// TestTheHomeLooksIntoEveryDepartment: forty mugs do not hide the one shoe.
func TestTheHomeLooksIntoEveryDepartment(t *testing.T) {
	d := dbtest.SQLite(t)
	s := newShelf(t, d, 40)
	shoe := s.products[35]
	shoes, _ := market.CategoryBySlug("shoes")
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		shoe.Category = catalog.CategoryID(shoes.ID)
		_, err := catalog.Save(t.Context(), tx, shoe, clock.System())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	s.shop.Index = search.New()
	if _, err := search.Load(t.Context(), d, s.shop.Index); err != nil {
		t.Fatal(err)
	}
	page, _, _ := strings.Cut(s.get("/").Body.String(), "See all new products")
	if !strings.Contains(page, "/p/"+shoe.Slug) {
		t.Error("the shoe is not on the home page")
	}
	if n := strings.Count(page, `class="card"`); n < popularCount {
		t.Errorf("%d products around the market, want %d at least", n, popularCount)
	}
}

// TestAProductIsReadAgainAfterAChange by those whose pages are their own too,
// and not for each of them in between.
func TestAProductIsReadAgainAfterAChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d, 10)
		p := s.products[3]
		see := func(title string) {
			t.Helper()
			if body := s.get("/p/"+p.Slug, "Cookie", "prefs=city=&theme=light&lang=").Body.String(); !strings.Contains(body, title+"</h1>") {
				t.Errorf("the page does not say %q", title)
			}
		}
		see(p.Title)
		old, _ := s.shop.memory.products.Get(p.Slug)
		see(p.Title)
		if again, _ := s.shop.memory.products.Get(p.Slug); old.product == nil || again.product != old.product {
			t.Error("the product was not remembered")
		}
		p.Title = "Cup with another name"
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := catalog.Save(t.Context(), tx, p, clock.System())
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := search.CatchUp(t.Context(), d, s.shop.Index); err != nil {
			t.Fatal(err)
		}
		see(p.Title)
	})
}
