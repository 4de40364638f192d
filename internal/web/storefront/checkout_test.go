package storefront

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"aromart/internal/kit/i18n"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/trade/checkout"
	"aromart/internal/trade/order"
)

// buyer is a visitor with cookies at a shelf that also sells.
type buyer struct {
	*shelf
	cookies map[string]string
}

func (s *shelf) sell(d *db.DB) {
	s.shop.Desk = checkout.NewDesk(d, s.shop.Market, order.NewLinks([]byte("a key of thirty-two bytes, at last")), func() (string, string) { return "1-draft", "hash" })
	s.shop.Links = s.shop.Desk.Links
	s.shop.buying(s.Server)
}

func (b *buyer) ask(method, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "https://"+host+path, strings.NewReader(form.Encode()))
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if b.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return w
}

var hidden = regexp.MustCompile(`<input type="hidden" name="(key|total|policy)" value="([^"]*)"`)

// form puts a piece into the cart and fills in the checkout.
func (b *buyer) form(variant, name, phone string) url.Values {
	b.Helper()
	if w := b.ask("POST", "/cart/add", url.Values{"variant": {variant}, "quantity": {"1"}}); w.Code != http.StatusSeeOther {
		b.Fatalf("the cart answers %d", w.Code)
	}
	f := url.Values{"name": {name}, "phone": {phone}, "street": {"12 Temple Road"}, "landmark": {"near the bo tree"}, "city": {"colombo/dehiwala"}}
	for _, m := range hidden.FindAllStringSubmatch(b.ask("GET", "/checkout", nil).Body.String(), -1) {
		f.Set(m[1], m[2])
	}
	return f
}

// place sends the form until its total is that of the address.
func (b *buyer) place(f url.Values) *httptest.ResponseRecorder {
	w := b.ask("POST", "/checkout", f)
	if w.Code == http.StatusConflict {
		for _, m := range hidden.FindAllStringSubmatch(w.Body.String(), -1) {
			f.Set(m[1], m[2])
		}
		w = b.ask("POST", "/checkout", f)
	}
	return w
}

func TestAFormSentAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d, 8)
		s.sell(d)
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `UPDATE stock_levels SET on_hand = 10`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		variant := func(i int) string { return s.products[i].Variants[0].PublicID }
		first := &buyer{s, map[string]string{}}
		f := first.form(variant(2), "Nimal Perera", "077 123 4567")
		w := first.place(f)
		page := w.Header().Get("Location")
		if w.Code != http.StatusSeeOther || !strings.HasPrefix(page, "/orders/") || first.cookies["__Host-cart"] != "" {
			t.Fatalf("placing answers %d, to %q, cookies %v", w.Code, page, first.cookies)
		}
		// Going back and sending it again leads to the same order, and leaves a new cart alone.
		first.ask("POST", "/cart/add", url.Values{"variant": {variant(3)}, "quantity": {"1"}})
		kept := first.cookies["__Host-cart"]
		if w := first.place(f); w.Header().Get("Location") != page || kept == "" || first.cookies["__Host-cart"] != kept {
			t.Errorf("sent again: %d, to %q, cookies %v", w.Code, w.Header().Get("Location"), first.cookies)
		}
		// Another visitor with the key of that form sees nothing of the order, and gets a key of his own.
		other := &buyer{s, map[string]string{}}
		g := other.form(variant(3), "Kamala Silva", "077 765 4321")
		g.Set("key", f.Get("key"))
		w = other.ask("POST", "/checkout", g)
		if w.Code != http.StatusUnprocessableEntity || other.cookies["__Host-g"] != "" || strings.Contains(w.Body.String(), "Nimal") || strings.Contains(w.Body.String(), f.Get("key")) {
			t.Errorf("with the key of another: %d, cookies %v", w.Code, other.cookies)
		}
		for _, m := range hidden.FindAllStringSubmatch(w.Body.String(), -1) {
			g.Set(m[1], m[2])
		}
		if w := other.place(g); w.Code != http.StatusSeeOther || w.Header().Get("Location") == page {
			t.Errorf("with his own key: %d, to %q", w.Code, w.Header().Get("Location"))
		}
	})
}

// TestPlacingIsLimitedByCartAndPhone renews one of the two each time.
func TestPlacingIsLimitedByCartAndPhone(t *testing.T) {
	d := dbtest.SQLite(t)
	s := newShelf(t, d, 8)
	s.sell(d)
	f := url.Values{"key": {"a-key-of-a-form"}, "phone": {"077 123 4567"}}
	const times = 10
	for i := range times + 1 { // another cart each time
		b := &buyer{s, map[string]string{}}
		f.Set("phone", []string{"077 123 4567", "+94 77 123 4567"}[i%2])
		if w := b.ask("POST", "/checkout", f); (w.Code == http.StatusTooManyRequests) != (i == times) {
			t.Errorf("%d by one phone: %d", i+1, w.Code)
		}
	}
	b := &buyer{s, map[string]string{}}
	b.ask("POST", "/cart/add", url.Values{"variant": {s.products[0].Variants[0].PublicID}, "quantity": {"1"}})
	for i := range times + 1 { // another phone each time
		f.Set("phone", "077 222 33"+string(rune('0'+i%10))+"0")
		if w := b.ask("POST", "/checkout", f); (w.Code == http.StatusTooManyRequests) != (i == times) {
			t.Errorf("%d by one cart: %d", i+1, w.Code)
		}
	}
}

// TestNobodyIsAskedForACodeThatNoMailBrought orders above the amount that a rule confirms.
func TestNobodyIsAskedForACodeThatNoMailBrought(t *testing.T) {
	d := dbtest.SQLite(t)
	s := newShelf(t, d, 8)
	s.sell(d)
	if err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := db.Exec(t.Context(), tx, `UPDATE variants SET price = $1`, int64(s.shop.Market.Cash.ConfirmAbove)+1)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for lang, prefix := range map[string]string{"en": "", "si": "/si", "ta": "/ta"} {
		for _, email := range []string{"", "nimal@example.com"} {
			b := &buyer{s, map[string]string{}}
			f := b.form(s.products[1].Variants[0].PublicID, "Nimal Perera", "077 123 45"+strconv.Itoa(len(email)+len(lang)+10))
			f.Set("email", email)
			w := b.place(f)
			if w.Code != http.StatusSeeOther {
				t.Fatalf("placing answers %d", w.Code)
			}
			page := b.ask("GET", prefix+w.Header().Get("Location"), nil).Body.String()
			call, _, _ := strings.Cut(i18n.For(lang).T("buy.confirm_call", "day", "|"), "|")
			if asked := strings.Contains(page, `name="code"`); asked != (email != "") || strings.Contains(page, call) == asked {
				t.Errorf("%s, e-mail %q: asked for a code: %v", lang, email, asked)
			}
		}
	}
}

// TestStrangersDoNotUseUpTheCode: whoever knows a number can ask for its link
// five times an hour, and the holder of the link still has his own five tries
// at the code that confirms the order.
func TestStrangersDoNotUseUpTheCode(t *testing.T) {
	d := dbtest.SQLite(t)
	s := newShelf(t, d, 8)
	s.sell(d)
	if err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := db.Exec(t.Context(), tx, `UPDATE variants SET price = $1`, int64(s.shop.Market.Cash.ConfirmAbove)+1)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	owner, stranger := &buyer{s, map[string]string{}}, &buyer{s, map[string]string{}}
	f := owner.form(s.products[1].Variants[0].PublicID, "Nimal Perera", "077 123 4567")
	f.Set("email", "nimal@example.com")
	path, _, _ := strings.Cut(owner.place(f).Header().Get("Location"), "?")
	number := strings.TrimPrefix(path, "/orders/")
	for i := range 6 {
		want := map[bool]int{true: http.StatusSeeOther, false: http.StatusTooManyRequests}[i < 5]
		if w := stranger.ask("POST", "/orders/track", url.Values{"number": {number}, "contact": {"x@example.com"}}); w.Code != want {
			t.Errorf("lookup %d answers %d, want %d", i+1, w.Code, want)
		}
	}
	o, err := order.ByNumber(t.Context(), d, number)
	if err != nil {
		t.Fatal(err)
	}
	wrong := "000000"
	if s.shop.Desk.Links.Code(o, "confirm") == wrong {
		wrong = "000001"
	}
	for i := range 6 {
		want := map[bool]int{true: http.StatusUnprocessableEntity, false: http.StatusTooManyRequests}[i < 5]
		if w := owner.ask("POST", path+"/confirm", url.Values{"code": {wrong}}); w.Code != want {
			t.Errorf("code %d answers %d, want %d", i+1, w.Code, want)
		}
	}
}
