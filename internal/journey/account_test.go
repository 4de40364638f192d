package journey

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
)

const password = "seven green boats"

// customer is a visitor with an account, signed in.
func (s *shop) customer(address string) *visitor {
	s.Helper()
	v := s.visitor()
	v.register(address)
	return v
}

// register opens an account through the pages, with the code from the letter.
func (v *visitor) register(address string, next ...string) page {
	v.Helper()
	p := v.post("/register", append([]string{"name", "Anura Silva", "contact", address, "password", password}, next...)...)
	if p.code != 303 {
		v.Fatalf("registering: %d %.300s", p.code, p.body)
	}
	u, _ := url.Parse(p.location)
	code := regexp.MustCompile(`\b[0-9]{6}\b`).FindString(v.lastLetter(address))
	p = v.post("/register/code", "form", u.Query().Get("form"), "code", code[:3]+" "+code[3:], "next", u.Query().Get("next"))
	if p.code != 303 || v.jar["__Host-s"] == "" {
		v.Fatalf("the code: %d %.300s", p.code, p.body)
	}
	return p
}

// lastLetter is the newest letter or message to an address.
func (s *shop) lastLetter(address string) (last string) {
	s.Helper()
	for _, mail := range s.letters() {
		if mail = decoded(mail); strings.Contains(mail, "To: <"+address+">") || strings.Contains(mail, "To: "+address) {
			last = mail
		}
	}
	if last == "" {
		s.Fatalf("no letter to %s", address)
	}
	return last
}

func (v *visitor) signIn(address string) page {
	v.Helper()
	return v.post("/login", "contact", address, "password", password)
}

func TestAccountPages(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.script("account", nil)
	})
}

// TestTrustCheck12And25SessionCookie: the session's cookie has every mark, and
// signing out clears what the browser keeps.
func TestTrustCheck12And25SessionCookie(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		v := s.customer("anura@example.com")
		p := v.signIn("anura@example.com")
		line := p.header.Get("Set-Cookie")
		for _, mark := range []string{"__Host-s=", "; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax"} {
			if !strings.Contains(line, mark) || strings.Contains(line, "Domain") {
				t.Errorf("%s lacks %s", line, mark)
			}
		}
		if p := v.get("/account"); p.code != 200 || p.header.Get("Cache-Control") != "private, no-store" {
			t.Errorf("%d, %s", p.code, p.header.Get("Cache-Control"))
		}
		old := v.jar["__Host-s"]
		if p = v.post("/logout"); p.code != 303 || !strings.Contains(p.header.Get("Clear-Site-Data"), `"cache"`) || v.jar["__Host-s"] != "" {
			t.Errorf("signing out: %d %v", p.code, p.header)
		}
		v.jar["__Host-s"] = old
		if p := v.get("/account"); p.code != 401 {
			t.Errorf("the old cookie: %d", p.code)
		}
	})
}

// TestTheCartComesAlong: a guest's cart joins that of the account once, adds up
// as far as there is stock, loses no line, and says what it did.
func TestTheCartComesAlong(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.customer("anura@example.com")
		v := s.visitor()
		v.post("/cart/add", "variant", v.variant("lamp", 0), "quantity", "2")
		p := v.post("/login", "contact", "anura@example.com", "password", password, "next", "/cart")
		if p.location != "/cart?joined=1" || v.jar["__Host-cart"] != "" {
			t.Fatalf("%d to %s", p.code, p.location)
		}
		if p = v.get(p.location); !strings.Contains(p.body, "1 thing from this device is now in the cart of your account.") || !strings.Contains(p.body, "Rs\u00a04,900") {
			t.Errorf("%.600s", p.body)
		}
		s.setStock("mug", 0, 3)
		other := s.visitor()
		other.post("/cart/add", "variant", v.variant("mug", 0), "quantity", "2")
		guest := other.jar["__Host-cart"]
		v.post("/cart/add", "variant", v.variant("mug", 0), "quantity", "2")
		if p = other.signIn("anura@example.com"); p.location != "/account?joined=1&limited=1" {
			t.Errorf("to %s", p.location)
		}
		if n := s.count("SELECT quantity FROM cart_lines WHERE variant = $1", v.variant("mug", 0)); n != 3 {
			t.Errorf("%d mugs of 3", n)
		}
		other.jar["__Host-cart"] = guest // the same cookie again changes nothing
		other.post("/cart/remove", "variant", v.variant("mug", 0))
		if p = other.signIn("anura@example.com"); p.location != "/account" || s.count("SELECT count(*) FROM cart_lines") != 1 {
			t.Errorf("merged twice: %s", p.location)
		}
		// Both devices see one cart; a stranger sees none of it.
		if p = v.get("/cart"); !strings.Contains(p.body, "Walnut desk lamp") || strings.Contains(p.body, "Ceramic tea mug") {
			t.Error("the devices see different carts")
		}
		if b := s.customer("bimal@example.com"); strings.Contains(b.get("/cart").body, "Walnut") {
			t.Error("another account sees it")
		}
	})
}

// TestAnAccountBuysWithOneClick: a saved address is chosen, no field is filled
// in, the order stands in the account as it was bought, and can be bought again.
func TestAnAccountBuysWithOneClick(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		v, b := s.customer("anura@example.com"), s.customer("bimal@example.com")
		if p := v.post("/account/addresses/new", "label", "Home", "name", "Anura Silva", "phone", "077 123 4567", "street", "12 Temple Road", "landmark", "bo tree", "city", "jaffna/jaffna"); p.code != 303 {
			t.Fatalf("%d %.400s", p.code, p.body)
		}
		v.post("/cart/add", "variant", v.variant("mug", 0), "quantity", "1")
		p := v.get("/checkout")
		chosen := regexp.MustCompile(`name="address" value="([^"]+)" checked`).FindStringSubmatch(p.body)
		if chosen == nil || !strings.Contains(p.body, "12 Temple Road") {
			t.Fatalf("no address is chosen: %.400s", p.body)
		}
		f := url.Values{"address": {chosen[1]}}
		for _, m := range hidden.FindAllStringSubmatch(p.body, -1) {
			f.Set(m[1], m[2])
		}
		// Trust row 3: the address of somebody else is none, whoever names it.
		b.post("/cart/add", "variant", v.variant("mug", 0), "quantity", "1")
		foreign := b.form()
		foreign.Set("address", chosen[1])
		if p := b.do("POST", "/checkout", foreign); p.code != 404 || strings.Contains(p.body, "12 Temple Road") {
			t.Errorf("a foreign address: %d", p.code)
		}
		guest := s.visitor()
		guest.post("/cart/add", "variant", v.variant("mug", 0), "quantity", "1")
		foreign = guest.form()
		foreign.Set("address", chosen[1])
		if p := guest.do("POST", "/checkout", foreign); p.code != 404 {
			t.Errorf("a guest with an address: %d", p.code)
		}
		p = v.do("POST", "/checkout", f)
		m := orderPath.FindStringSubmatch(p.location)
		if m == nil {
			t.Fatalf("%d %.600s", p.code, p.body)
		}
		if again := v.do("POST", "/checkout", f); again.location != p.location {
			t.Errorf("sent twice: %d to %s", again.code, again.location)
		}
		if s.count("SELECT count(*) FROM orders") != 1 || s.count("SELECT count(*) FROM cart_lines WHERE login_id = (SELECT id FROM logins WHERE email = 'anura@example.com')") != 0 {
			t.Error("another order, or the cart is not empty")
		}
		p = v.get("/orders/" + m[1])
		if p.code != 200 || !strings.Contains(p.body, "12 Temple Road") || !strings.Contains(p.body, "077 123 4567") || !strings.Contains(p.body, "Order again") {
			t.Errorf("the order: %d", p.code)
		}
		if p = v.get("/account/orders?q=mug"); !strings.Contains(p.body, m[1]) {
			t.Error("the order is not in the list")
		}
		if p = v.get("/account/orders?q=%25"); strings.Contains(p.body, m[1]) {
			t.Error("a pattern finds it")
		}
		// Trust rows 11 to 13: nobody else reads, cancels or repeats it.
		part := v.strings("SELECT public_id FROM seller_orders")[0]
		for _, who := range []*visitor{b, s.visitor()} {
			for _, path := range []string{"/orders/" + m[1], "/orders/" + m[1] + "/receipt"} {
				if p := who.get(path); p.code != 404 || strings.Contains(p.body, "Temple") {
					t.Errorf("%s: %d", path, p.code)
				}
			}
			s.unchanged("a foreign order", func() {
				if p := who.post("/orders/"+m[1]+"/cancel", "part", part); p.code != 404 {
					t.Errorf("canceling: %d", p.code)
				}
				if p := who.post("/account/orders/again", "number", m[1]); p.code != 404 && p.code != 401 {
					t.Errorf("again: %d", p.code)
				}
			})
		}
		if p = v.post("/account/orders/again", "number", m[1]); p.location != "/cart" || !strings.Contains(v.get("/cart").body, "Ceramic tea mug") {
			t.Errorf("again: %d", p.code)
		}
		if p = v.post("/orders/"+m[1]+"/cancel", "part", part); p.location != "/orders/"+m[1]+"?done=canceled" {
			t.Errorf("canceling: %d", p.code)
		}
	})
}

// TestTrustRow13And08Accounts: addresses, wishes and sessions of somebody else
// are not there, whatever is done with their ids.
func TestTrustRow13And08Accounts(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		v, b := s.customer("anura@example.com"), s.customer("bimal@example.com")
		v.post("/account/addresses/new", "label", "CANARY-label", "name", "CANARY-name", "phone", "0705551234", "street", "CANARY-street", "landmark", "CANARY-landmark", "city", "jaffna/jaffna")
		v.post("/account/wishlist/add", "variant", v.variant("lamp", 0), "quantity", "1")
		address, wish := s.strings("SELECT public_id FROM addresses")[0], s.strings("SELECT public_id FROM wishlist_items")[0]
		session := s.strings("SELECT s.public_id FROM sessions s JOIN logins l ON l.id = s.login_id WHERE l.email = 'anura@example.com'")[0]
		if p := v.get("/account/addresses"); !strings.Contains(p.body, "CANARY-street") {
			t.Fatal("the owner does not see it")
		}
		form := []string{"label", "", "name", "X", "phone", "0771234567", "street", "X", "landmark", "X", "city", "jaffna/jaffna"}
		for _, who := range []*visitor{b, s.visitor()} {
			s.unchanged("foreign ids", func() {
				for path, fields := range map[string][]string{"/account/addresses/" + address: form, "/account/addresses/" + address + "/prefer": nil, "/account/addresses/" + address + "/remove": nil,
					"/account/addresses/" + address + "/restore": nil, "/account/wishlist/move": {"item", wish}, "/account/wishlist/remove": {"item", wish}, "/account/security/sessions/end": {"session", session}} {
					p := who.post(path, fields...)
					if p.code != 404 && p.code != 401 {
						t.Errorf("%s: %d", path, p.code)
					}
					s.shows(path, p)
				}
				for _, path := range []string{"/account", "/account/addresses", "/account/addresses/" + address, "/account/wishlist", "/account/orders", "/account/security", "/account/preferences", "/checkout"} {
					s.shows(path, who.get(path))
				}
			})
		}
		if p := b.get("/account/addresses/" + address); p.code != 404 {
			t.Errorf("a foreign address: %d", p.code)
		}
	})
}

// TestTrustRow21AndCheck18SameAnswers: status, headers and page are the same for
// a known and an unknown address, and so is the work: hashes and statements.
func TestTrustRow21AndCheck18SameAnswers(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.customer("known@example.com")
		s.customer("bimal@example.com")
		number := s.visitor().buy("mug")
		secret := regexp.MustCompile(`form=[\w-]{22}|value="[\w-]{22}"|(known|other)@example.com`)
		answer := func(method, path string, fields ...string) string {
			v, hashes, statements := s.visitor(), auth.Hashes(), db.Statements()
			p := v.post(path, fields...)
			hashes, statements = auth.Hashes()-hashes, db.Statements()-statements
			p.header.Del("X-Request-Id")
			return secret.ReplaceAllString(fmt.Sprint(hashes, " hashes, ", statements, " statements, ", p.code, p.header, p.body), "…")
		}
		for name, ask := range map[string]func(address string) string{
			"sign in": func(a string) string { return answer("POST", "/login", "contact", a, "password", "wrong password") },
			"register": func(a string) string {
				return answer("POST", "/register", "name", "N", "contact", a, "password", "nine yellow kites")
			},
			"reset":  func(a string) string { return answer("POST", "/reset", "contact", a) },
			"link":   func(a string) string { return answer("POST", "/login/link", "contact", a) },
			"lookup": func(a string) string { return answer("POST", "/orders/track", "number", number, "contact", a) },
		} {
			if a, b := ask("known@example.com"), ask("other@example.com"); a != b {
				t.Errorf("%s tells them apart:\n%.500s\n%.500s", name, a, b)
			}
		}
		lookup := func(number, address string) string {
			return answer("POST", "/orders/track", "number", number, "contact", address)
		}
		if a, b := lookup(number, "nimal@example.com"), lookup("AAA-AAA-AAAA", "nobody@example.com"); a != b || !strings.Contains(a, "303") {
			t.Errorf("a known order and an unknown one are told apart:\n%.500s\n%.500s", a, b)
		}
	})
}

// TestTrustRow17ResetLinkIsOnlyInTheLetter: a reset link stands in the letter and
// nowhere else.
func TestTrustRow17ResetLinkIsOnlyInTheLetter(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.customer("anura@example.com")
		v := s.visitor()
		// Row 49: the host of the request decides nothing.
		p := v.do("POST", "/reset", url.Values{"contact": {"anura@example.com"}}, func(r *http.Request) { r.Header.Set("X-Forwarded-Host", "evil.example") })
		letter := s.lastLetter("anura@example.com")
		link := regexp.MustCompile(`(https://[^/\s]+)(/reset/([\w-]{44}))`).FindStringSubmatch(letter)
		if link == nil || link[1] != s.base {
			t.Fatalf("the letter: %s", letter)
		}
		secret := link[3][22:]
		if strings.Contains(p.body+fmt.Sprint(p.header)+s.log.text(), secret) {
			t.Error("the secret is in the answer or the log")
		}
		if got := v.get(link[2]); got.code != 200 || got.header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%d %v", got.code, got.header)
		}
		if got := v.post(link[2], "password", "short"); got.code != 422 {
			t.Errorf("a short password: %d", got.code)
		}
		if got := v.post(link[2], "password", "nine yellow kites"); got.location != "/login?done=reset" || v.jar["__Host-s"] != "" {
			t.Errorf("%d to %s", got.code, got.location)
		}
		if got := v.get(link[2]); got.code != 404 {
			t.Errorf("used: %d", got.code)
		}
		if got := v.post("/login", "contact", "anura@example.com", "password", "nine yellow kites"); got.location != "/account" {
			t.Errorf("signing in: %d", got.code)
		}
	})
}

// TestGuestOrdersJoinByProof: orders of a guest come into the account when their
// e-mail or phone is proved, and never before.
func TestGuestOrdersJoinByProof(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		guest := s.visitor()
		number := guest.buy("mug") // by nimal@example.com, 077 123 4567
		other := s.customer("bimal@example.com")
		if p := other.get("/account/orders"); strings.Contains(p.body, number) {
			t.Error("somebody else has it")
		}
		// An account that only claims the address by typing it has nothing.
		v := s.visitor()
		v.post("/register", "name", "N", "contact", "nimal@example.com", "password", password)
		if s.count("SELECT count(*) FROM orders WHERE customer_id IS NOT NULL") != 0 {
			t.Error("joined without a proof")
		}
		// The confirmation page offers to keep it: everything but the password is known.
		p := guest.get("/orders/" + number + "?placed=1")
		if !strings.Contains(p.body, "/orders/"+number+"/keep") {
			t.Fatal("no offer to keep the order")
		}
		if p := s.visitor().post("/orders/"+number+"/keep", "password", password); p.code != 404 {
			t.Errorf("a stranger keeps it: %d", p.code)
		}
		p = guest.post("/orders/"+number+"/keep", "password", password)
		u, _ := url.Parse(p.location)
		code := regexp.MustCompile(`\b[0-9]{6}\b`).FindString(s.lastLetter("nimal@example.com"))
		p = guest.post("/register/code", "form", u.Query().Get("form"), "code", code, "next", u.Query().Get("next"))
		if p.location != "/orders/"+number+"?claimed=1" {
			t.Fatalf("%d to %s", p.code, p.location)
		}
		if p = guest.get("/account/orders"); !strings.Contains(p.body, number) {
			t.Error("it is not in the account")
		}
		if p = other.get("/orders/" + number); p.code != 404 {
			t.Errorf("somebody else opens it: %d", p.code)
		}
	})
}

// TestTrustRow23AndCheck21StaffPages: after the password alone every page of an
// account sends to the second step.
func TestTrustRow23AndCheck21StaffPages(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		hash, err := auth.Hash(t.Context(), password)
		s.must(err)
		s.write(func(tx *db.Tx) error {
			_, err := auth.Add(t.Context(), tx, access.Actor{Kind: access.Operator}, auth.New{Address: auth.Address{Email: contact.NewEmail("admin@example.com")}, Name: contact.NewName("Admin"), Role: "admin", Hash: hash}, clock.System())
			return err
		})
		v := s.visitor()
		if p := v.signIn("admin@example.com"); p.location != "/login/second" {
			t.Fatalf("%d to %s", p.code, p.location)
		}
		for _, route := range s.Routes() {
			if route.Policy.Kinds.Has(access.Anonymous) {
				continue
			}
			if p := v.do(route.Method, b0(route.Pattern), url.Values{}); p.code != 401 {
				t.Errorf("%s %s with half a sign-in: %d", route.Method, route.Pattern, p.code)
			}
		}
		p := v.get("/login/second")
		if p.code != 200 || !strings.Contains(p.body, "authenticator app") || !strings.Contains(p.body, "<svg class=\"qr\"") {
			t.Fatalf("%d %.400s", p.code, p.body)
		}
		if p = v.post("/login/second/set-up", "code", "000000"); p.code != 422 {
			t.Errorf("a wrong code: %d", p.code)
		}
		if p = v.post("/login/second", "code", "000000"); p.code == 303 {
			t.Error("the second step was skipped")
		}
	})
}

// TestTrustRow49SignInStaysHere: signing in leads to pages of this site only.
func TestTrustRow49SignInStaysHere(t *testing.T) {
	s := open(t, sqlite(t))
	s.customer("anura@example.com")
	for _, next := range []string{"//evil.example", `/\evil.example`, "https:evil.example", "%2f%2fevil.example", "javascript:alert(1)", "/\t/evil.example", "///evil.example"} {
		v := s.visitor()
		p := v.post("/login", "contact", "anura@example.com", "password", password, "next", next)
		to, err := url.Parse(p.location)
		if p.code != 303 || err != nil || to.Host != "" || to.Scheme != "" || !strings.HasPrefix(p.location, "/") || strings.HasPrefix(p.location, "//") || strings.ContainsAny(p.location, "\\\t") {
			t.Errorf("%q leads to %q, %d", next, p.location, p.code)
		}
		for _, m := range regexp.MustCompile(`name="next" value="([^"]*)"`).FindAllStringSubmatch(v.get("/login?next="+url.QueryEscape(next)).body, -1) {
			if !strings.HasPrefix(m[1], "/") || strings.HasPrefix(m[1], "//") || strings.Contains(m[1], "\\") {
				t.Errorf("%q stands in the form as %q", next, m[1])
			}
		}
	}
}

// TestPublicPagesAreTheSameForEverybody: without a cookie a page is the same
// bytes, and a signed-in visitor fills no cache.
func TestPublicPagesAreTheSameForEverybody(t *testing.T) {
	s := open(t, sqlite(t))
	v := s.customer("anura@example.com")
	v.post("/cart/add", "variant", v.variant("lamp", 0), "quantity", "3")
	for _, path := range []string{"/", "/p/" + s.products["mug"].Slug, "/s/kandy-clay"} {
		first := s.visitor().get(path)
		mine := v.get(path)
		second := s.visitor().get(path)
		if first.body != second.body || strings.Contains(first.body, `class="count num"`) || !strings.Contains(first.body, `href="/account"`) {
			t.Errorf("%s differs from visitor to visitor", path)
		}
		if !strings.Contains(mine.body, `class="count num">3<`) || !strings.Contains(mine.header.Get("Cache-Control"), "private") {
			t.Errorf("%s of a customer: %s", path, mine.header.Get("Cache-Control"))
		}
	}
}

// TestWishlist: the price then and now, and the way into the cart.
func TestWishlist(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		v := s.customer("anura@example.com")
		if p := s.visitor().post("/account/wishlist/add", "variant", v.variant("mug", 0), "quantity", "1"); !strings.HasPrefix(p.location, "/login?next=") {
			t.Errorf("a visitor: %d to %s", p.code, p.location)
		}
		for range 2 {
			if p := v.post("/account/wishlist/add", "variant", v.variant("mug", 0), "quantity", "1"); p.location != "/account/wishlist" {
				t.Fatalf("%d", p.code)
			}
		}
		s.setPrice("mug", 790_00)
		p := v.get("/account/wishlist")
		if !strings.Contains(p.body, "Rs\u00a0790 now, Rs\u00a0890 when you saved it: cheaper") || s.count("SELECT count(*) FROM wishlist_items") != 1 {
			t.Errorf("%.800s", p.body)
		}
		item := s.strings("SELECT public_id FROM wishlist_items")[0]
		if p = v.post("/account/wishlist/move", "item", item); p.location != "/cart" || s.count("SELECT count(*) FROM wishlist_items") != 0 || s.count("SELECT count(*) FROM cart_lines") != 1 {
			t.Errorf("moving: %d", p.code)
		}
	})
}

// TestTheOrderListNamesNoRows: what leads to older orders is the number that the customer knows, of his orders only.
func TestTheOrderListNamesNoRows(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		v, b := s.customer("anura@example.com"), s.customer("bimal@example.com")
		v.post("/cart/add", "variant", v.variant("mug", 0), "quantity", "1")
		if p := v.do("POST", "/checkout", v.form()); p.code != 303 {
			t.Fatalf("%d %.400s", p.code, p.body)
		}
		s.write(func(tx *db.Tx) error {
			_, err := db.Exec(s.Context(), tx, `INSERT INTO orders (id, public_id, number, customer_id, link_version, market, currency, language, channel, payment_method,
					items_total, delivery_total, fee_total, discount_total, tax_total, total, zone, policy_version, policy_hash, confirm_rule, placed_at)
				WITH RECURSIVE n (i) AS (SELECT 71111101 UNION ALL SELECT i + 1 FROM n WHERE i < 71111130)
				SELECT i, 'copy' || i, 'CCC-CCC-C' || (i - 71111000), customer_id, link_version, market, currency, language, channel, payment_method,
					items_total, delivery_total, fee_total, discount_total, tax_total, total, zone, policy_version, policy_hash, confirm_rule, placed_at
				FROM orders, n`)
			return err
		})
		p := v.get("/account/orders")
		if strings.Contains(p.body, "711111") || !strings.Contains(p.body, "/account/orders?before=CCC-CCC-C111") {
			t.Errorf("%d: a row is named, or nothing leads on: %v", p.code, regexp.MustCompile(`href="/account/orders[^"]*"`).FindAllString(p.body, -1))
		}
		p = v.get("/account/orders?before=CCC-CCC-C111")
		if !strings.Contains(p.body, "/orders/CCC-CCC-C110\"") || strings.Contains(p.body, "/orders/CCC-CCC-C111\"") || strings.Contains(strings.ReplaceAll(p.body, "before=CCC-CCC-C111", ""), "before=") {
			t.Errorf("the next page: %d", p.code)
		}
		if p := b.get("/account/orders?before=CCC-CCC-C111"); p.code != 404 {
			t.Errorf("after somebody else's order: %d", p.code)
		}
	})
}
