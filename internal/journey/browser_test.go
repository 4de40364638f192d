package journey

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	pages "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// chromium is the browser on this machine. Only a quick run may do without.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("AROMART_TEST_QUICK") != "" {
		t.Skip("THERE IS NO CHROMIUM: the journeys in a real browser are NOT tested")
	}
	t.Fatal("there is no chromium; install it, or run ./test --quick, which leaves out the journeys in a browser")
	return ""
}

// startBrowser starts one browser for a test; tabs of different visitors share nothing.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(chromium(t)), chromedp.Headless, chromedp.NoSandbox, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.IgnoreCertErrors}
	for _, flag := range []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "disable-default-apps", "disable-extensions", "disable-gpu", "disable-dev-shm-usage"} {
		options = append(options, chromedp.Flag(flag, true))
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("chromium does not start: %v", err)
	}
	return ctx
}

// tab is a visitor with a browser of his own.
type tab struct {
	t    *testing.T
	ctx  context.Context
	shop *shop

	mu       sync.Mutex
	requests []string // everything that was asked for
	dialogs  []string
	path     string
	pages    int // how many were opened, redirects apart
}

// stepTime bounds one act of a visitor, so that a page without the element fails soon.
const stepTime = 10 * time.Second

func (s *shop) tab(t *testing.T, browser context.Context, width int64, js bool) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx, shop: s}
	b.must("a tab", chromedp.Do(ctx, chromedp.EmulateViewport(width, 740)))
	b.must("events", chromedp.Listen(ctx, b.note))
	// A page that fades in takes no click for a moment, and a test does not wait as people do.
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}})
	b.must("reduced motion", err)
	if !js {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		b.must("no script", err)
	}
	return b
}

func (b *tab) note(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := ev.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *pages.EventJavascriptDialogOpening:
		b.dialogs = append(b.dialogs, e.Message)
		go chromedp.Call(b.ctx, pages.HandleJavaScriptDialog, pages.HandleJavaScriptDialogParams{Accept: true})
	}
}

func (b *tab) must(what string, err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatalf("%s: %v (at %s)", what, err, b.path)
	}
}

// lead runs an act that leads to another page and waits for that page.
func (b *tab) lead(what string, act chromedp.Action[chromedp.Void]) int {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepTime)
	defer cancel()
	_, err := chromedp.RunResponse(ctx, act) // without a response when the page was fetched ahead
	b.must(what, err)
	b.pages++
	b.path = strings.TrimPrefix(eval[string](b, `location.href`), b.shop.base)
	return eval[int](b, `performance.getEntriesByType("navigation")[0].responseStatus`)
}

func (b *tab) do(what string, act chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepTime)
	defer cancel()
	b.must(what, chromedp.Do(ctx, act))
}

func (b *tab) open(path string) int {
	b.t.Helper()
	if !strings.Contains(path, "://") {
		path = b.shop.base + path
	}
	return b.lead("opening "+path, chromedp.Navigate(path))
}

// click presses what leads to another page; tap presses what does not.
func (b *tab) click(sel string) int {
	b.t.Helper()
	return b.lead("click on "+sel, chromedp.Click(chromedp.CSS(sel)))
}

func (b *tab) tap(sel string) {
	b.t.Helper()
	b.do("tap on "+sel, chromedp.Click(chromedp.CSS(sel)))
}

// fill replaces what stands in a field by typing.
func (b *tab) fill(sel, text string) {
	b.t.Helper()
	eval[string](b, fmt.Sprintf("document.querySelector(%q).value = ''", sel))
	b.do("typing into "+sel, chromedp.SendKeys(chromedp.CSS(sel), text))
}

func (b *tab) choose(sel, value string) {
	b.t.Helper()
	b.do("choosing in "+sel, chromedp.SetValue(chromedp.CSS(sel), value))
}

// expect fails when the page does not show the texts.
func (b *tab) expect(texts ...string) {
	b.t.Helper()
	shown := eval[string](b, `document.body.innerText`)
	for _, text := range texts {
		if !strings.Contains(strings.Join(strings.Fields(shown), " "), text) {
			b.t.Errorf("%s does not show %q: %.700s", b.path, text, strings.Join(strings.Fields(shown), " "))
		}
	}
}

func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, stepTime)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	b.must(expression, err)
	return v
}

// outside are the requests to any other site.
func (b *tab) outside() (list []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, u := range b.requests {
		if !strings.HasPrefix(u, b.shop.base+"/") && !strings.HasPrefix(u, "data:") && u != "about:blank" {
			list = append(list, u)
		}
	}
	return list
}

// visibleFields are the names of the fields of the form that a visitor sees;
// a group of radio buttons is one.
const visibleFields = `[...new Set([...document.querySelectorAll('main form input:not([type=hidden]):not([type=submit]), main form select, main form textarea, main input[form]')]
	.filter(e => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length > 0).map(e => e.name))]`

// TestBuyerTasks walks the nine things that a buyer does on a phone, without
// JavaScript and with it.
func TestBuyerTasks(t *testing.T) {
	s := open(t, sqlite(t))
	browser := startBrowser(t)
	for _, js := range []bool{false, true} {
		t.Run(fmt.Sprint("script ", js), func(t *testing.T) {
			b := s.tab(t, browser, 360, js)
			t.Run("1 search and open", func(t *testing.T) { b.on(t).searchAndOpen() })
			t.Run("2 filter by price and remove the filter", func(t *testing.T) { b.on(t).filterByPrice() })
			t.Run("3 sort and next page", func(t *testing.T) { b.on(t).sortAndNext() })
			t.Run("4 choose a variant and add", func(t *testing.T) { b.on(t).chooseAndAdd() })
			t.Run("5 change quantity and remove", func(t *testing.T) { b.on(t).changeAndRemove() })
			var number string
			t.Run("6 order as guest", func(t *testing.T) { number = b.on(t).orderAsGuest() })
			t.Run("7 correct a wrong phone", func(t *testing.T) { s.tab(t, browser, 360, js).correctPhone() })
			t.Run("8 track", func(t *testing.T) { s.tab(t, browser, 360, js).track(number) })
			t.Run("9 cancel a parcel", func(t *testing.T) { b.on(t).cancelParcel(number) })
			if out := b.outside(); len(out) > 0 {
				t.Errorf("other sites were asked: %q", out)
			}
		})
	}
}

// on is the same tab in another part of the test.
func (b *tab) on(t *testing.T) *tab { b.t = t; return b }

func (b *tab) searchAndOpen() {
	b.open("/")
	b.fill("#q", "walnut")
	b.click("form.find button[type=submit]")
	b.expect("Results for “walnut”", "1 product")
	b.click("main .card a")
	b.expect("Walnut desk lamp", "to pay at your door", "Arrives")
}

func (b *tab) filterByPrice() {
	b.open("/c/kitchen-and-dining/tableware/cups-mugs-and-glasses")
	b.expect("33 products")
	b.tap("details.fold > summary")
	b.fill("#max_price", "900")
	b.click("form.range button")
	b.expect("Up to 900", "9 products")
	b.click("main .chips a.chip")
	b.expect("33 products")
}

func (b *tab) sortAndNext() {
	b.choose("#sort", "price")
	b.click("form:has(#sort) button")
	if first := eval[string](b, `document.querySelector("main .grid .card a").innerText`); first != "Clay bowl number 1" {
		b.t.Errorf("the cheapest is %q", first)
	}
	b.click("a[rel=next]")
	b.expect("showing 25 to 33")
	if !strings.Contains(b.path, "sort=price") {
		b.t.Errorf("the order is lost on the next page: %s", b.path)
	}
}

func (b *tab) chooseAndAdd() {
	b.open("/p/" + b.shop.products["lamp"].Slug)
	b.tap("label.opt:nth-of-type(2)")
	b.click("button.btn-buy")
	b.expect("Your cart", "Walnut desk lamp", "White", "Cash at your door")
}

func (b *tab) changeAndRemove() {
	b.open("/p/" + b.shop.products["mug"].Slug)
	b.click("button.btn-buy")
	b.expect("Parcel 2 of 2")
	b.fill("#q-"+b.shop.variant("lamp", 1), "3")
	b.click(`form:has(#q-` + b.shop.variant("lamp", 1) + `) button`)
	b.expect("Rs 7,350 together")
	b.click(`form[action="/cart/remove"]:has(input[value="` + b.shop.variant("mug", 0) + `"]) button`)
	b.expect("Parcel 1 of 1")
	if eval[bool](b, `document.body.innerText.includes("Ceramic tea mug")`) {
		b.t.Error("the removed line is still there")
	}
}

// orderAsGuest counts what the buyer needs: three pages from the cart to the confirmation, six fields.
func (b *tab) orderAsGuest() string {
	b.open("/cart")
	before := b.pages
	b.click(`main a[href="/checkout"]`)
	if fields := eval[[]string](b, visibleFields); len(fields) > 6 || len(fields) < 4 {
		b.t.Errorf("the checkout shows %d fields: %q", len(fields), fields)
	}
	b.fillCheckout("077 123 4567")
	b.click("form#checkout button.btn-buy")
	b.expect("Thank you, Nimal", "What happens next", "Keep Rs 7,750 in cash ready")
	if n := 1 + b.pages - before; n != 3 {
		b.t.Errorf("%d pages from the cart to the confirmation", n)
	}
	return eval[string](b, `document.querySelector("main .notice b.num").innerText`)
}

func (b *tab) fillCheckout(phone string) {
	b.fill("#name", "Nimal Perera")
	b.fill("#phone", phone)
	b.fill("#street", "12 Temple Road")
	b.fill("#landmark", "near the bo tree")
	b.choose("#city", "colombo/dehiwala")
	if !eval[bool](b, `document.querySelector("#email").checkVisibility()`) {
		b.tap("form#checkout details summary")
	}
	b.fill("#email", "nimal@example.com")
}

func (b *tab) correctPhone() {
	b.open("/p/" + b.shop.products["cinnamon"].Slug)
	b.click("button.btn-buy")
	b.click(`main a[href="/checkout"]`)
	b.fillCheckout("12")
	if code := b.click("form#checkout button.btn-buy"); code != 422 {
		b.t.Errorf("a wrong phone: %d", code)
	}
	b.expect("There is a problem", "such as 077 123 4567")
	b.tap(`#problems a[href="#phone"]`)
	if at := eval[string](b, `location.hash`); at != "#phone" {
		b.t.Errorf("the summary leads to %q", at)
	}
	kept := eval[string](b, `[...document.querySelectorAll("#name, #phone, #street, #landmark, #city, #email")].map(e => e.value).join("|")`)
	if kept != "Nimal Perera|12|12 Temple Road|near the bo tree|colombo/dehiwala|nimal@example.com" {
		b.t.Errorf("what was typed is %q", kept)
	}
	b.fill("#phone", "077 765 4321")
	b.click("form#checkout button.btn-buy")
	b.expect("Thank you, Nimal")
}

func (b *tab) track(number string) {
	b.open("/")
	b.click(`header a[href="/orders/track"]`)
	b.fill("#number", number)
	b.fill("#contact", "nimal@example.com")
	before := len(b.shop.letters())
	b.click("main form button")
	b.expect("If there is such an order, its link is on the way to you.")
	letters := b.shop.letters()
	if len(letters) != before+1 {
		b.t.Fatalf("%d letters were sent", len(letters)-before)
	}
	b.open(b.shop.linkFor(b.t, number))
	b.expect("Order "+number, "Being packed", "Arrives")
}

func (b *tab) cancelParcel(number string) {
	b.open("/orders/" + number)
	b.tap("main details.noprint summary")
	b.click(`form[action="/orders/` + number + `/cancel"] button`)
	b.expect("The parcel is canceled. You pay nothing for it.", "Canceled")
}

// TestPagesFit: at 320 px and with text of twice the size nothing needs
// sideways scrolling, in any language.
func TestPagesFit(t *testing.T) {
	s := open(t, sqlite(t))
	b := s.tab(t, startBrowser(t), 320, true)
	b.open("/p/" + s.products["lamp"].Slug)
	b.click("button.btn-buy")
	for _, lang := range []string{"", "/si", "/ta"} {
		for _, path := range []string{"/", "/c/kitchen-and-dining/tableware/cups-mugs-and-glasses", "/search?q=bowl&max_price=900", "/p/" + s.products["lamp"].Slug, "/s/kandy-clay", "/cart", "/checkout",
			"/orders/track", "/privacy", "/cookies", "/preferences", "/search?q=xqzjvw", "/nowhere"} {
			b.do("width", chromedp.EmulateViewport(320, 640))
			b.open(lang + path)
			b.fits("at 320 px")
			b.do("width", chromedp.EmulateViewport(360, 740))
			eval[bool](b, `document.documentElement.style.setProperty("font-size", "200%", "important") === undefined`)
			b.fits("with text of 200 %")
		}
	}
}

func (b *tab) fits(how string) {
	b.t.Helper()
	if over := eval[string](b, sideways); over != "" {
		b.t.Errorf("%s %s scrolls sideways: %s", b.path, how, over)
	}
}

// sideways names what is wider than the window.
const sideways = `(() => { const d = document.documentElement; if (d.scrollWidth <= d.clientWidth + 1) return "";
	return [...document.querySelectorAll("main *, header *, footer *")].filter(e => { if (e.getBoundingClientRect().right <= d.clientWidth + 1) return false;
		for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) if (getComputedStyle(p).overflowX !== "visible") return false; return true; })
		.slice(0, 4).map(e => e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 40)).join("; ") || d.scrollWidth + " px"; })()`

// TestABrowserKeepsNothing opens all public pages: nothing is stored on the
// device, and nobody else is asked for anything.
func TestABrowserKeepsNothing(t *testing.T) {
	s := open(t, sqlite(t))
	b := s.tab(t, startBrowser(t), 1280, true)
	for _, path := range []string{"/", "/c/kitchen-and-dining/tableware/cups-mugs-and-glasses", "/search?q=walnut", "/p/" + s.products["lamp"].Slug, "/p/" + s.products["kalaya"].Slug, "/s/kandy-clay", "/cart",
		"/orders/track", "/privacy", "/cookies", "/terms", "/returns", "/preferences", "/nowhere", "/si", "/ta", "/si/privacy", "/ta/search?q=bowl", "/search?q=xqzjvw", "/api/docs"} {
		b.open(path)
		var kept map[string]any
		b.must("storage", json.Unmarshal([]byte(eval[string](b, stored)), &kept))
		if len(kept) > 0 {
			t.Errorf("%s keeps %v", path, kept)
		}
	}
	b.open("/")
	b.fill("#q", "cinn") // the suggestions ask the shop, and nobody else
	time.Sleep(400 * time.Millisecond)
	r, err := chromedp.Call(b.ctx, network.GetCookies, network.GetCookiesParams{})
	b.must("cookies", err)
	if len(r.Cookies) > 0 {
		t.Errorf("cookies after browsing: %v", r.Cookies)
	}
	if out := b.outside(); len(out) > 0 {
		t.Errorf("other sites were asked: %q", out)
	}
	if len(b.requests) < 30 {
		t.Fatalf("only %d requests were seen", len(b.requests))
	}
}

// stored is everything that a page can keep on the device.
const stored = `(() => { const out = {}; if (document.cookie) out.cookie = document.cookie;
	if (localStorage.length) out.local = {...localStorage}; if (sessionStorage.length) out.session = {...sessionStorage};
	return JSON.stringify(out); })()`
