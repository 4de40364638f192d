package journey

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"aromart/internal/care/policy"
	"aromart/internal/goods/catalog"
	"aromart/internal/kit/clock"
	"aromart/internal/platform/db"
	"aromart/internal/trade/order"
)

// TestPages runs the scripts of testdata, each in a fresh visit.
func TestPages(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		number, token := s.placed()
		more := s.renamed()
		more["number"], more["token"] = number, token
		for _, name := range []string{"browse", "search", "product", "cart", "checkout", "track", "preferences", "languages", "policy"} {
			t.Run(name, func(t *testing.T) {
				inner := *s
				inner.TB = t
				inner.script(name, more)
			})
		}
	})
}

// placed is an order of somebody else than the visitors of the scripts.
func (s *shop) placed() (number, token string) {
	s.Helper()
	v := s.visitor()
	number = v.buy("cinnamon")
	o, err := order.ByNumber(s.Context(), s.db, order.CleanNumber(number))
	s.must(err)
	return number, s.desk.Links.Token(o)
}

// renamed gives two products a past: one had another name, one is hidden.
func (s *shop) renamed() map[string]string {
	s.Helper()
	s.add(thing{store: "spice-lane", handle: "pepper", title: "Black pepper", category: "herbs-and-spices", price: 300_00, stock: 10},
		thing{store: "spice-lane", handle: "secret", title: "Not for sale yet", category: "herbs-and-spices", price: 300_00, stock: 10})
	old, gone := s.products["pepper"].Slug, s.products["secret"]
	s.write(func(tx *db.Tx) error {
		p, err := catalog.ByID(s.Context(), tx, s.products["pepper"].ID)
		if err != nil {
			return err
		}
		p.Title = "Whole peppercorns"
		if err := catalog.Rename(s.Context(), tx, p, clock.System()); err != nil {
			return err
		}
		s.products["pepper"] = p
		hide, err := catalog.ByID(s.Context(), tx, gone.ID)
		if err != nil {
			return err
		}
		hide.Status = catalog.Hidden
		_, err = catalog.Save(s.Context(), tx, hide, clock.System())
		return err
	})
	s.catchUp()
	return map[string]string{"old_slug": old, "new_slug": s.products["pepper"].Slug, "hidden_slug": gone.Slug}
}

// personalTables are those with at least one column about a person.
func personalTables() (list []string) {
	for _, c := range policy.Columns() {
		if c.Personal() && !slices.Contains(list, c.Table) {
			list = append(list, c.Table)
		}
	}
	return list
}

// TestBrowsingLeavesNothing opens every public page that a visitor can reach,
// at least fifty, in all languages: no cookie, and no row about a person.
func TestBrowsingLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		count := func() (n int64) {
			for _, table := range personalTables() {
				n += s.count("SELECT count(*) FROM " + table)
			}
			return n
		}
		before, v := count(), s.visitor()
		seen := map[string]int{}
		todo := []string{"/", "/si", "/ta", "/search?q=bowl", "/cart", "/orders/track", "/preferences", "/si/cookies"}
		for len(todo) > 0 && len(seen) < 220 {
			path := todo[0]
			todo = todo[1:]
			if _, done := seen[path]; done {
				continue
			}
			p := v.get(path)
			seen[path] = p.code
			// The page of the account asks who is there; that is no dead link.
			if p.code >= 400 && !(p.code == 401 && strings.HasSuffix(path, "/account")) {
				t.Errorf("%s answers %d although a page links to it", path, p.code)
			}
			if len(p.cookies) > 0 {
				t.Errorf("%s sets a cookie: %v", path, p.cookies)
			}
			for _, m := range link.FindAllStringSubmatch(p.body, -1) {
				todo = append(todo, strings.ReplaceAll(m[1], "&amp;", "&"))
			}
		}
		if len(seen) < 50 {
			t.Fatalf("only %d pages were reached", len(seen))
		}
		if after := count(); after != before {
			t.Errorf("browsing %d pages wrote %d personal rows", len(seen), after-before)
		}
	})
}

var link = regexp.MustCompile(`<a [^>]*href="(/[^"#]*)"`)

// TestPersonalTablesAreWatched makes sure that the count above can change.
func TestPersonalTablesAreWatched(t *testing.T) {
	s := open(t, sqlite(t))
	list := personalTables()
	for _, table := range []string{"orders", "order_contacts"} {
		if !slices.Contains(list, table) {
			t.Errorf("%s is not among the personal tables %v", table, list)
		}
	}
	before := s.count("SELECT count(*) FROM orders")
	s.visitor().buy("mug")
	if s.count("SELECT count(*) FROM orders") != before+1 {
		t.Error("an order leaves no row")
	}
}

// TestTotalChanged: the price rises between the page and the order. The buyer
// is told and must send again; the order has the price that he confirmed.
func TestTotalChanged(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		v := s.visitor()
		v.post("/cart/add", "variant", v.variant("mug", 0), "quantity", "2")
		f := v.form()
		s.setPrice("mug", 950_00)
		p := v.do("POST", "/checkout", f)
		if p.code != http.StatusConflict || !strings.Contains(p.body, "The total has changed to Rs 2,300.") || !strings.Contains(p.body, `value="Nimal Perera"`) {
			t.Fatalf("%d %.800s", p.code, p.body)
		}
		if n := s.count("SELECT count(*) FROM orders"); n != 0 {
			t.Errorf("%d orders", n)
		}
		for _, m := range hidden.FindAllStringSubmatch(p.body, -1) {
			f.Set(m[1], m[2])
		}
		if p = v.do("POST", "/checkout", f); !orderPath.MatchString(p.location) {
			t.Fatalf("the confirmed total was refused: %d", p.code)
		}
		if n := s.count("SELECT total FROM orders"); n != 2300_00 {
			t.Errorf("the order says %d", n)
		}
	})
}

// TestSoldOutMeanwhile: the last piece goes while somebody fills in the form.
func TestSoldOutMeanwhile(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		slow, fast := s.visitor(), s.visitor()
		slow.post("/cart/add", "variant", s.variant("lantern", 0), "quantity", "1")
		slow.post("/cart/add", "variant", s.variant("mug", 0), "quantity", "1")
		f := slow.form()
		fast.buy("lantern")
		if p := slow.do("POST", "/checkout", f); p.code != http.StatusConflict || !strings.Contains(p.body, "The total has changed") {
			t.Fatalf("%d %.600s", p.code, p.body)
		}
		p := slow.get("/cart")
		for _, want := range []string{"Last brass lantern", "Sold out", "Cannot be ordered now"} {
			if !strings.Contains(p.body, want) {
				t.Errorf("the cart lacks %q", want)
			}
		}
		if p := slow.do("POST", "/checkout", slow.form()); !orderPath.MatchString(p.location) {
			t.Errorf("the rest cannot be ordered: %d", p.code)
		}
		if n := s.count("SELECT sum(quantity) FROM order_lines"); n != 2 {
			t.Errorf("%d pieces were ordered, want the lantern and one mug", n)
		}
	})
}

// TestTheSameFormTwice is an impatient buyer: one order, the same answer.
func TestTheSameFormTwice(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		v := s.visitor()
		v.post("/cart/add", "variant", v.variant("mug", 0), "quantity", "1")
		f, jar := v.form(), clone(v.jar)
		first := v.do("POST", "/checkout", f)
		v.jar = clone(jar)
		second := v.do("POST", "/checkout", f)
		if first.location == "" || first.location != second.location || s.count("SELECT count(*) FROM orders") != 1 {
			t.Errorf("%q and %q, %d orders", first.location, second.location, s.count("SELECT count(*) FROM orders"))
		}
	})
}

func clone(m map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range m {
		out[k] = v
	}
	return out
}

// TestLetters: the customer gets the number, the sum and his link; the link
// opens the order; the lookup sends it again to the owner's mailbox only.
func TestLetters(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		v := s.visitor()
		number := v.buy("lamp", "mug")
		all := strings.Join(s.letters(), "\n")
		for _, want := range []string{number, s.base + "/o/", "nimal@example.com", "lanka-lights@example.com", "kandy-clay@example.com"} {
			if !strings.Contains(all, want) {
				t.Errorf("the letters lack %q", want)
			}
		}
		m := regexp.MustCompile(`/o/[A-Za-z0-9_-]{40,}`).FindString(strings.ReplaceAll(all, "=\r\n", ""))
		if p := s.visitor().get(m); p.code != 303 || p.location != "/orders/"+number {
			t.Errorf("the link %q of the letter leads to %d %s", m, p.code, p.location)
		}
		before := len(s.letters())
		stranger := s.visitor()
		stranger.post("/orders/track", "number", number, "contact", "thief@example.com")
		if n := len(s.letters()); n != before {
			t.Errorf("a stranger made the shop send %d letters", n-before)
		}
		stranger.post("/orders/track", "number", strings.ToLower(number), "contact", "Nimal@Example.com")
		if n := len(s.letters()); n != before+1 {
			t.Errorf("the owner got %d letters", n-before)
		}
	})
}

// TestLanguageOfLetters: who orders in Sinhala gets no English letter.
func TestLanguageOfLetters(t *testing.T) {
	s := open(t, sqlite(t))
	v := s.visitor()
	v.post("/si/cart/add", "variant", v.variant("kalaya", 0), "quantity", "1")
	f := v.form()
	if p := v.do("POST", "/si/checkout", f); !strings.HasPrefix(p.location, "/si/orders/") {
		t.Fatalf("%d %s", p.code, p.location)
	}
	for _, mail := range s.letters() {
		if strings.Contains(mail, "nimal@example.com") && !strings.Contains(mail, "/si/o/") {
			t.Errorf("the letter's link is not Sinhala: %.300s", mail)
		}
	}
}
