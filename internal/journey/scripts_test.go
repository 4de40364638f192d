package journey

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	pages "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"aromart/internal/goods/delivery"
	"aromart/internal/kit/clock"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
)

const evilMarkup = `"><img src=x onerror=hit()><script>hit()</script>{{7*7}}`

// evilStore opens a store whose own texts are scripts.
func (s *shop) evilStore() {
	s.Helper()
	s.write(func(tx *db.Tx) error {
		st, err := seller.Add(s.Context(), tx, operator, seller.New{Store: seller.Store{Slug: "evil-store", Name: "Evil " + evilMarkup, Tagline: evilMarkup, City: "colombo/colombo-03",
			ReturnDays: 14, OpenedAt: clock.System(), SellerName: "Evil " + evilMarkup, LegalName: "Evil " + evilMarkup, Registration: evilMarkup, Commission: 1000}}, clock.System())
		if err != nil {
			return err
		}
		s.stores[st.Slug] = st
		_, err = delivery.Add(s.Context(), tx, delivery.Method{Seller: st.Seller, Name: "By " + evilMarkup, Kind: delivery.Flat, Price: 100_00}, 1)
		return err
	})
}

// TestNoScriptRuns stores hostile text everywhere that text can be stored, by
// an import of each kind and by an order, and opens the pages that show it in a
// real browser: home, category, list, search, store, product, cart, checkout,
// order and receipt.
func TestNoScriptRuns(t *testing.T) {
	s := open(t, sqlite(t))
	browser := startBrowser(t)
	s.evilStore()
	list := append(slices.Clone(own), scripts(t)...)
	for n, d := range dialects {
		var rows [][]string
		for i, text := range list {
			if n > 0 && i >= len(own) {
				break // all kinds go through the same cleaning; the long list once
			}
			if i%24 == 0 { // one page with many
				text = strings.Join(list[i:min(i+24, len(list))], "\n")
			}
			rows = append(rows, d.row(fmt.Sprintf("evil-%d", (n+1)*10_000+i), text))
		}
		s.importFile("evil-store", d.file(t, rows), d, nil)
	}
	b := s.tab(t, browser, 360, true)
	_, err := chromedp.Call(b.ctx, pages.AddScriptToEvaluateOnNewDocument, pages.AddScriptToEvaluateOnNewDocumentParams{Source: detector})
	b.must("the detector", err)
	b.open("/")
	if eval[bool](b, `hit() === undefined`); !b.wasHit() {
		t.Fatal("the detector does not see a script that runs")
	}
	b.requests = nil
	slugs := s.strings("SELECT slug FROM products WHERE store_id = (SELECT id FROM stores WHERE slug = 'evil-store') AND status = 'live' ORDER BY id")
	if len(slugs) < len(list)/2 {
		t.Fatalf("only %d hostile products are for sale", len(slugs))
	}
	for page := 1; (page-1)*24 < len(slugs); page++ {
		b.harmless(fmt.Sprintf("/s/evil-store?page=%d", page))
	}
	every := max(1, len(slugs)/40) // each 24th page has the texts of 24 products
	if os.Getenv("AROMART_TEST_FULL") != "" {
		every = 1
	}
	for i := 0; i < len(slugs); i += every {
		b.harmless("/p/" + slugs[i])
	}
	for _, path := range []string{"/", "/si", "/search?sort=newest", "/search?q=script", "/ta/search?q=hit&store=evil-store", "/search?q=%3Cscript%3Ehit()%3C/script%3E", "/search?q=%22%20onfocus%3Dhit()%20autofocus%20x%3D%22",
		"/preferences?next=javascript:hit()", "/nowhere/%3Cscript%3Ehit()%3C/script%3E", "/orders/track?sent=%3Cscript%3E", "/suggest?q=%3Cscript", "/api/v1/products?q=script", "/sitemap.xml"} {
		b.harmless(path)
	}
	b.hostileOrder(slugs)
	if out := b.outside(); len(out) > 0 {
		t.Errorf("other sites were asked: %q", out)
	}
}

// detector marks the document when a hostile text runs.
const detector = `window.hit = window.alert = window.prompt = window.confirm = function() { document.documentElement.setAttribute("data-hit", "1"); };`

func (b *tab) wasHit() bool {
	b.t.Helper()
	b.mu.Lock()
	dialogs := len(b.dialogs)
	b.mu.Unlock()
	return eval[bool](b, `document.documentElement.hasAttribute("data-hit")`) || dialogs > 0
}

func (b *tab) harmless(path string) {
	b.t.Helper()
	if code := b.open(path); code >= 500 {
		b.t.Errorf("%s: %d", path, code)
	}
	if b.wasHit() {
		b.t.Errorf("a script of a stored text ran on %s", path)
	}
	if !strings.HasPrefix(eval[string](b, `location.href`), b.shop.base) {
		b.t.Errorf("%s led away to %s", path, eval[string](b, `location.href`))
	}
}

// hostileOrder buys hostile products, puts scripts into the texts of the order and reads its pages.
func (b *tab) hostileOrder(slugs []string) {
	b.t.Helper()
	bought := 0
	for _, slug := range slugs {
		b.harmless("/p/" + slug)
		if !eval[bool](b, `!!document.querySelector("button.btn-buy:not([disabled])")`) {
			continue
		}
		b.click("button.btn-buy")
		if b.wasHit() {
			b.t.Errorf("a script ran in the cart with %s", slug)
		}
		if bought++; bought == 6 {
			break
		}
	}
	if bought < 6 {
		b.t.Fatalf("only %d hostile products could be put into the cart", bought)
	}
	b.harmless("/cart")
	b.expect("Evil \"><img src=x onerror=hit()>") // the store's name is text
	b.click(`main a[href="/checkout"]`)
	b.fillCheckout("077 123 4567")
	for _, field := range []string{"#name", "#street", "#landmark", "#note", "#recipient"} {
		b.do("typing", chromedp.SetValue(chromedp.CSS(field), evilMarkup))
	}
	b.fill("#phone", "12")
	b.click("form#checkout button.btn-buy")
	if b.wasHit() {
		b.t.Error("a script ran on the checkout with errors")
	}
	b.fill("#phone", "077 123 4567")
	b.click("form#checkout button.btn-buy")
	if !strings.HasPrefix(b.path, "/orders/") {
		b.t.Fatalf("the order was not taken: %s", b.path)
	}
	path, _, _ := strings.Cut(b.path, "?")
	b.harmless(path)
	b.expect("{{7*7}}")
	b.harmless(path + "/receipt")
	b.expect("{{7*7}}")
}
