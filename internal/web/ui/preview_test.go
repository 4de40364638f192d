package ui

import (
	"flag"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"aromart/internal/kit/i18n"
)

var preview = flag.String("preview", "", "serve the pages with made-up contents on this address")

// testPages are all pages with made-up contents, by path.
func testPages(lang string) map[string]templ.Component {
	page := func(title, here string) *Page { return testPage(lang, title, here) }
	bare := page("Checkout", "/checkout")
	bare.Bare = true
	return map[string]templ.Component{
		"/":                 Home(page("Shop from independent sellers", "/"), testHome()),
		"/c/0":              Category(page("Home & Garden", "/c/0"), &CategoryView{Name: "Home & Garden", Crumbs: nil, Intro: "For kitchen, bath and balcony.", Tiles: testTiles(9), Popular: testCards(8), All: Link{"/c/0?all=1", "See all 412 products"}}),
		"/c/1":              List(page("Mugs & cups", "/c/1"), testList()),
		"/search":           List(page("mgu", "/search"), testSearch()),
		"/search/none":      List(page("qqqq", "/search/none"), testEmpty()),
		"/s/clay":           List(page("Clay House", "/s/clay"), testStore()),
		"/p/mug":            Product(page("Ceramic mug", "/p/mug"), testProduct()),
		"/privacy":          Policy(page("Privacy policy", "/privacy"), testPolicy()),
		"/privacy/promises": Promises(page("Our promises", "/privacy/promises"), testPromises()),
		"/privacy/data":     Data(page("What we keep", "/privacy/data"), testData()),
		"/preferences":      Preferences(page("City and display", "/preferences"), testPreferences()),
		"/cart":             Cart(page("Cart", "/cart"), testCart()),
		"/cart/none":        Cart(page("Cart", "/cart/none"), &CartView{}),
		"/checkout":         Checkout(bare, testCheckout(false)),
		"/checkout/errors":  Checkout(bare, testCheckout(true)),
		"/o/placed":         Order(page("Thank you", "/o/placed"), testOrder(true)),
		"/orders/K7Q2":      Order(page("Order", "/orders/K7Q2"), testOrder(false)),
		"/orders/track":     Track(page("Track an order", "/orders/track"), testTrack(false)),
		"/orders/track/bad": Track(page("Track an order", "/orders/track/bad"), testTrack(true)),
		"/account":          Account(page("Account", "/account"), testAccount(false)),
		"/account/bad":      Account(page("Account", "/account/bad"), testAccount(true)),
		"/receipt":          Receipt(page("Receipt", "/receipt"), testReceipt()),
		"/data":             YourData(page("Your data", "/data"), testYourData(false)),
		"/data/waiting":     YourData(page("Your data", "/data/waiting"), testYourData(true)),
		"/data/prove":       ProveData(page("Your data", "/data/prove"), testProve()),
		"/data/receipt":     DataReceipt(page("Receipt of a request", "/data/receipt"), testDataReceipt()),
		"/404":              Error(page("This page does not exist", "/404"), &ErrorView{Status: 404, Title: "This page does not exist", Message: "We could not find what you are looking for.", Tiles: testTiles(12)}),
		"/500":              Error(page("Something went wrong", "/500"), &ErrorView{Status: 500, Title: "Something went wrong", Message: "Something went wrong on our side.", Hint: "Nothing was saved.", RequestID: "abc123"}),
	}
}

// TestPreview serves the pages for a look: go test -run TestPreview -preview 127.0.0.1:21080 -timeout 0
func TestPreview(t *testing.T) {
	if *preview == "" {
		t.Skip("only with -preview ADDRESS")
	}
	mux := http.NewServeMux()
	i18n.EnablePseudo() // English from right to left
	for _, lang := range append(i18n.Languages(), i18n.Pseudo().Lang()) {
		for path, page := range testPages(lang) {
			if lang != "en" {
				path = "/" + lang + path
			}
			if strings.HasSuffix(path, "/") {
				path += "{$}"
			}
			mux.Handle("GET "+path, templ.Handler(page))
		}
	}
	mux.HandleFunc("GET /static/{file}", func(w http.ResponseWriter, r *http.Request) {
		if Assets().Serve(w, r, r.PathValue("file")) != nil {
			http.NotFound(w, r)
		}
	})
	mux.HandleFunc("GET /media/{file}", func(w http.ResponseWriter, r *http.Request) {
		n := 0
		fmt.Sscanf(r.PathValue("file"), "preview%d", &n)
		shapes := []string{`<circle cx="160" cy="160" r="90"/>`, `<rect x="80" y="70" width="160" height="190" rx="18"/>`, `<path d="M160 60 260 250H60z"/>`, `<path d="M90 110h140v120a30 30 0 0 1-30 30h-80a30 30 0 0 1-30-30z"/>`}
		w.Header().Set("Content-Type", "image/svg+xml")
		fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 320" width="320" height="320"><path fill="%s" d="M0 0h320v320H0z"/><g fill="#355c6b">%s</g></svg>`, testColors[n%6], shapes[n%4])
	})
	t.Log("http://" + *preview)
	t.Fatal(http.ListenAndServe(*preview, mux))
}
