package journey

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"

	"aromart/internal/kit/mask"
	"aromart/internal/platform/db"
	"aromart/internal/web"
)

// hands are so many that texts are tried at once. Much of a trial waits:
// sign-in and lookup take their time on purpose, a commit takes that of the disk.
const hands = 8

// atOnce does n pieces of work with all hands.
func atOnce(n int, do func(hand, i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for h := range hands {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(h, i)
			}
		})
	}
	wg.Wait()
}

// noLimits opens a shop that never says "too often": a trial that it refused
// would hide the one that was meant.
func noLimits(s *shop) {
	s.limits = map[string]web.Limit{}
	for name := range web.DefaultLimits() {
		s.limits[name] = web.Limit{Times: 1e6, Per: 1}
	}
}

// hand tries texts as one person: an account, orders and every form are his
// own, so that no trial meets what that of another left behind.
type hand struct {
	*shop
	email string
	forms []shownForm
	cart  map[string]*visitor // by the page of a checkout: with something in the cart
	lone  map[string]bool     // form and field: refused without being named
	tried map[string]int      // form and field: how many texts
}

func (s *shop) hand(n int) *hand {
	h := &hand{shop: s, email: fmt.Sprintf("forms-%d@example.com", n), cart: map[string]*visitor{}, lone: map[string]bool{}, tried: map[string]int{}}
	h.forms = h.everyForm(fmt.Sprint("vase-", n))
	return h
}

// everyForm collects the forms of all kinds of pages, each kind once. The
// visitor has a cart, an order and an order that waits for a code.
func (h *hand) everyForm(vase string) []shownForm {
	s := h.shop
	s.Helper()
	s.add(thing{store: "kandy-clay", handle: vase, title: "Very dear vase", category: "lamps", price: 80_000_00, stock: 10})
	v := s.visitor()
	number := v.buy(vase, "mug")
	paths := []string{"/", "/search?q=bowl&store=kandy-clay&in_stock=1&min_price=1", "/search?q=bowl&category=kitchen-and-dining", "/search?q=mug&option.Color=Blue", "/search?q=mug&attr.color=blue", "/c/kitchen-and-dining/tableware/cups-mugs-and-glasses?max_price=900",
		"/s/kandy-clay", "/p/" + s.products["lamp"].Slug, "/preferences", "/orders/track", "/orders/" + number}
	v.post("/cart/add", "variant", v.variant("mug", 0), "quantity", "1")
	paths = append(paths, "/cart", "/checkout")
	var list []shownForm
	seen := map[string]bool{}
	collect := func(v *visitor, path string) {
		for _, f := range formsOf(path, v.get(path).body) {
			f.by = v
			key := f.kind() + " " + strings.Join(f.names(), " ")
			if !seen[key] {
				seen[key] = true
				list = append(list, f)
			}
		}
	}
	for _, path := range paths {
		collect(v, path)
	}
	for _, path := range []string{"/register", "/login", "/login/link", "/reset"} {
		collect(s.visitor(), path)
	}
	b := s.victim("lamp")
	data := "/orders/" + b.number + "/data"
	b.post(data + "/code")
	collect(b.visitor, data)
	b.post(data+"/prove", "code", s.code(b.number))
	b.post(data+"/ask", "kind", "question", "question", "what for?")
	b.post(data + "/erase")
	collect(b.visitor, data)
	c := s.customer(h.email)
	c.post("/account/wishlist/add", "variant", c.variant("mug", 0), "quantity", "1")
	collect(c, "/account/addresses/new")
	c.post("/account/addresses/new", "label", "Home", "name", "Anura Silva", "phone", "077 123 4567", "street", "12 Temple Road", "landmark", "near the bo tree", "city", "colombo/dehiwala")
	s.visitor().signIn(h.email) // another device, which can be signed out
	newcomer := s.visitor()
	collect(newcomer, newcomer.post("/register", "name", "Sita", "contact", "new-"+h.email, "password", password).location)
	c.post("/cart/add", "variant", c.variant("mug", 0), "quantity", "1")
	c.post("/account/security/tokens", "name", "till", "days", "30", "orders", "read")
	for _, path := range []string{"/checkout", "/account", "/account/orders", "/account/addresses", "/account/wishlist", "/account/preferences", "/account/security", "/account/security/tokens", "/account/security/second", "/account/security/report"} {
		collect(c, path)
	}
	// A phone has few open orders at a time; this one serves the next hand as well.
	s.write(func(tx *db.Tx) error {
		_, err := db.Exec(s.Context(), tx, `UPDATE order_contacts SET phone = '+947' || (10000000 + order_id) WHERE phone IN ('+94705551234', '+94771234567')`)
		return err
	})
	return list
}

var orderNumber = regexp.MustCompile(`/orders/[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{4}`)

// kind names a form without the order that it is about.
func (f shownForm) kind() string {
	return f.method + " " + orderNumber.ReplaceAllString(f.action, "/orders/{number}")
}

var serial atomic.Int64

// filled are the values of the form with what a person would type where the
// page left a field empty, so that no other field is refused than the one that is tried.
func (h *hand) filled(f shownForm) url.Values {
	n := serial.Add(1)
	values := f.values()
	for _, name := range f.names() {
		if values.Get(name) != "" && name != "phone" {
			continue
		}
		typed := map[string]string{"name": "Nimal Perera", "contact": fmt.Sprintf("person-%d@example.com", n), "email": fmt.Sprintf("person-%d@example.com", n), "phone": fmt.Sprintf("071%07d", n),
			"password": password, "street": "12 Temple Road", "question": "What for?", "label": "Home", "number": "7KD-2M9-Q4TX", "code": "123456"}[name]
		if typed != "" {
			values.Set(name, typed)
		}
	}
	if values.Has("address") {
		values.Set("address", "other")
	}
	return values
}

// unready are the forms that refuse what filled types, whatever stands there:
// codes that nobody was sent, people who have no account, and what can be taken away once.
var unready = []string{"POST /orders/{number}/cancel", "POST /account/wishlist/move", "POST /account/wishlist/remove", "POST /account/security/tokens/revoke",
	"POST /orders/{number}/confirm", "POST /login", "POST /login/passkey", "POST /register/code", "POST /account/security/second"}

// ready makes sure that the form is taken as a person fills it in, so that
// nothing is hidden behind a refusal that is none of the text's.
func (h *hand) ready(t *testing.T, f shownForm) {
	if p := h.send(t, f, nil); p.code >= 400 && !slices.Contains(unready, f.kind()) {
		t.Errorf("%s is refused with %d as a person fills it in", f.kind(), p.code)
	}
}

// learn finds out which fields are refused without being named.
func (h *hand) learn(t *testing.T, f shownForm) {
	for _, name := range f.names() {
		p := h.send(t, f, map[string]string{name: "<b>"})
		if p.code >= 400 && !slices.Contains(refused(p.body), name) {
			h.lone[f.kind()+" "+name] = true
		}
	}
}

// settle sees each text to an end: it is stored as it was typed, refused at its
// field, or it was tried with nothing else that could be refused before it.
func (h *hand) settle(t *testing.T, f shownForm, texts map[string]string) {
	together := maps.Clone(texts)
	for name := range texts {
		h.tried[f.kind()+" "+name]++
		if h.lone[f.kind()+" "+name] {
			h.alone(t, f, name, texts[name])
			delete(together, name)
		}
	}
	for len(together) > 0 {
		p := h.send(t, f, together)
		if p.code < 400 || len(together) == 1 {
			return
		}
		before := len(together)
		for _, name := range refused(p.body) {
			delete(together, name)
		}
		if len(together) == before {
			break
		}
	}
	for name, text := range together {
		h.alone(t, f, name, text)
	}
}

func (h *hand) alone(t *testing.T, f shownForm, name, text string) {
	h.send(t, f, map[string]string{name: text})
}

// send sends a form with these texts in its fields and looks at the answer, at
// what it leads to and at what is stored. If something is wrong, each text goes alone.
func (h *hand) send(t *testing.T, f shownForm, texts map[string]string) page {
	p, problems := h.trial(f, texts)
	if len(problems) == 0 {
		return p
	}
	named := false
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		if _, problems := h.trial(f, map[string]string{name: texts[name]}); len(problems) > 0 {
			t.Errorf("%s, field %s with %q: %q", f.kind(), name, texts[name], problems)
			named = true
		}
	}
	if !named {
		t.Errorf("%s with %q together: %q", f.kind(), texts, problems)
	}
	return p
}

func (h *hand) trial(f shownForm, texts map[string]string) (page, []string) {
	v := &visitor{h.shop, clone(f.by.jar)}
	if strings.HasSuffix(f.kind(), "POST /checkout") {
		v, f = h.atCheckout(f)
	}
	values := h.filled(f)
	for name, text := range texts {
		values.Set(name, text)
	}
	path, body := f.action, values
	if f.method == "GET" {
		path, body = path+"?"+values.Encode(), nil
	}
	p := v.do(f.method, path, body)
	if f.by.jar["__Host-s"] != "" && (p.code == http.StatusUnauthorized || strings.Contains(p.location, "/login") || strings.Contains(p.location, "/account/prove")) {
		f.by.signIn(h.email) // an earlier trial signed him out
		v.jar = clone(f.by.jar)
		p = v.do(f.method, path, body)
	}
	problems := look(p)
	if p.code == http.StatusTooManyRequests || p.code == http.StatusUnauthorized && f.by.jar["__Host-s"] != "" {
		problems = append(problems, fmt.Sprint("hidden behind a ", p.code))
	}
	if p.code < 400 && f.method == "POST" {
		problems = append(problems, h.altered(f.kind(), h.whose(f, p, values), texts)...)
		if m := orderPath.FindStringSubmatch(p.location); m != nil {
			problems = append(problems, look(v.get(p.location))...)
			problems = append(problems, look(v.get("/orders/"+m[1]+"/receipt"))...)
			delete(h.cart, f.page+f.by.jar["__Host-s"])
		}
	}
	h.forget(f.kind(), h.whose(f, p, values))
	return p, problems
}

// atCheckout is the visitor with something in the cart and the form that he is
// shown. An order ends its cart; until then the form serves again.
func (h *hand) atCheckout(f shownForm) (*visitor, shownForm) {
	key := f.page + f.by.jar["__Host-s"]
	v := h.cart[key]
	if v == nil {
		v = h.visitor()
		if f.by.jar["__Host-s"] != "" {
			v = f.by
		}
		v.post("/cart/add", "variant", v.variant("cinnamon", 0), "quantity", "1")
		h.cart[key] = v
	}
	for _, now := range formsOf("/checkout", v.get("/checkout").body) {
		if now.kind() == f.kind() {
			f.fields = now.fields
		}
	}
	return &visitor{h.shop, clone(v.jar)}, f
}

// look says what is wrong with an answer to a hostile text.
func look(p page) (problems []string) {
	if p.code >= 500 {
		problems = append(problems, fmt.Sprint("answer ", p.code))
	}
	if strings.HasPrefix(p.header.Get("Content-Type"), "text/html") {
		problems = append(problems, dangers(p.body)...)
	}
	if p.header.Get("X-Injected") != "" || strings.ContainsAny(p.location, "\r\n") {
		problems = append(problems, "a header was injected")
	}
	return problems
}

// refused are the fields that a form names as wrong when it is shown again.
func refused(body string) (names []string) {
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return nil
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && attr(n, "aria-invalid") == "true" {
			names = append(names, attr(n, "name"))
		}
	}
	return names
}

// shelf is where the texts of a form are kept: the newest row of its person.
type shelf struct {
	row     string // FROM and WHERE, with the person or the order as $1
	columns map[string]string
}

var (
	ofOrder = shelf{"FROM order_contacts c JOIN orders o ON o.id = c.order_id WHERE o.number = $1",
		map[string]string{"name": "c.name", "recipient": "c.recipient", "street": "c.street", "landmark": "c.area", "note": "c.note"}}
	ofCorrection = shelf{"FROM order_corrections c JOIN orders o ON o.id = c.order_id WHERE o.number = $1 ORDER BY c.id DESC LIMIT 1",
		map[string]string{"name": "c.name", "recipient": "c.recipient", "street": "c.street", "area": "c.area", "note": "c.note"}}
	ofAddress = shelf{"FROM addresses a JOIN logins l ON l.id = a.login_id WHERE l.email = $1 ORDER BY a.id DESC LIMIT 1",
		map[string]string{"label": "a.label", "name": "a.name", "street": "a.street", "landmark": "a.area"}}
	ofLogin = shelf{"FROM logins l WHERE l.email = $1", map[string]string{"name": "l.name"}}
)

var shelves = map[string]shelf{
	"POST /checkout":                     ofOrder,
	"POST /orders/{number}/data/correct": ofCorrection,
	"POST /orders/{number}/data/ask": {"FROM privacy_requests q JOIN privacy_request_orders r ON r.request_id = q.id JOIN orders o ON o.id = r.order_id WHERE o.number = $1 ORDER BY q.id DESC LIMIT 1",
		map[string]string{"question": "q.question"}},
	"POST /account/addresses/new": ofAddress,
	"POST /account/preferences":   ofLogin,
	"POST /account/security/tokens": {"FROM api_tokens k JOIN logins l ON l.id = k.login_id WHERE l.email = $1 ORDER BY k.id DESC LIMIT 1",
		map[string]string{"name": "k.name"}},
	"POST /register": {"FROM registrations r JOIN proofs p ON p.id = r.proof_id WHERE p.email = $1", map[string]string{"name": "r.name"}},

	"POST /api/v1/orders":                   ofOrder,
	"POST /api/v1/account/addresses":        ofAddress,
	"PATCH /api/v1/account":                 ofLogin,
	"PATCH /api/v1/orders/{number}/contact": ofCorrection,
	"POST /api/v1/account/data-requests": {"FROM privacy_requests q JOIN logins l ON l.id = q.login_id WHERE l.email = $1 ORDER BY q.id DESC LIMIT 1",
		map[string]string{"question": "q.question"}},
}

// whose is the order or the person that a form was about.
func (h *hand) whose(f shownForm, p page, sent url.Values) string {
	switch {
	case f.kind() == "POST /register":
		return sent.Get("contact")
	case orderPath.MatchString(p.location):
		return orderPath.FindStringSubmatch(p.location)[1]
	case orderNumber.MatchString(f.action):
		return strings.TrimPrefix(orderNumber.FindString(f.action), "/orders/")
	}
	return h.email
}

// altered are the texts that are not stored as they came.
func (s *shop) altered(kind, whose string, texts map[string]string) (problems []string) {
	for name, text := range texts {
		column := shelves[kind].columns[name]
		if column == "" {
			continue
		}
		if name == "note" || name == "question" {
			text, _ = mask.Secrets(text)
		}
		stored, err := db.One(s.Context(), s.db, db.String, "SELECT "+column+" "+shelves[kind].row, whose)
		if err != nil || seen(stored) != seen(text) {
			problems = append(problems, fmt.Sprintf("%s holds %q (%v)", column, stored, err))
		}
	}
	return problems
}

// seen is what a person sees of a text: it may lose blanks and marks that are
// not seen, and nothing else.
func seen(text string) string {
	return norm.NFC.String(strings.Map(func(c rune) rune {
		if !unicode.IsGraphic(c) || unicode.IsSpace(c) {
			return -1
		}
		return c
	}, text))
}

// forget takes away what a trial left where a person may have only so much, and
// what counts his attempts, so that the next trial is not refused for it.
func (s *shop) forget(kind, whose string) {
	const mine = `(SELECT id FROM logins WHERE email = $1)`
	var text string
	switch kind {
	case "POST /account/addresses/new", "POST /api/v1/account/addresses":
		text = `DELETE FROM addresses WHERE login_id = ` + mine + ` AND id > (SELECT min(id) FROM addresses WHERE login_id = ` + mine + `)`
	case "POST /account/security/tokens":
		text = `DELETE FROM api_tokens WHERE login_id = ` + mine + ` AND id > (SELECT min(id) FROM api_tokens WHERE login_id = ` + mine + `)`
	case "POST /register/code":
		text = `UPDATE proofs SET tries = 0 WHERE email = 'new-' || $1`
	case "POST /account/security/second", "POST /login", "POST /api/v1/sessions", "POST /api/v1/sessions/second", "POST /api/v1/sessions/proof":
		text = `DELETE FROM throttles WHERE $1 <> ''`
	case "POST /orders/{number}/data/correct", "PATCH /api/v1/orders/{number}/contact":
		text = `DELETE FROM order_corrections WHERE order_id = (SELECT id FROM orders WHERE number = $1)`
	default:
		return
	}
	s.write(func(tx *db.Tx) error {
		_, err := db.Exec(s.Context(), tx, text, whose)
		return err
	})
}

// TestBadInputThroughEveryFieldOfEveryForm brings each text into each field of
// each form. All fields of a form hold another text at once, as long as none of
// them is refused without being named; see settle.
func TestBadInputThroughEveryFieldOfEveryForm(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		s.setStock("cinnamon", 0, 500_000)
		all, list := make([]*hand, hands), texts(t, s)
		for i := range all {
			all[i] = s.hand(i)
		}
		for i := range all[0].forms {
			// All the texts of the own list, and of the long lists those that fall to this form.
			var mine []string
			for j, text := range list {
				if j < len(own) || (j+i)%24 == 0 || os.Getenv("AROMART_TEST_FULL") != "" {
					mine = append(mine, text)
				}
			}
			atOnce(len(all), func(_, n int) { all[n].learn(t, all[n].forms[i]) })
			atOnce(len(mine), func(n, j int) {
				f, typed := all[n].forms[i], map[string]string{}
				for k, name := range f.names() {
					typed[name] = mine[(j+k)%len(mine)]
				}
				all[n].settle(t, f, typed)
			})
			atOnce(len(all), func(_, n int) { all[n].ready(t, all[n].forms[i]) }) // to the end
			for _, name := range all[0].forms[i].names() {
				n := 0
				for _, h := range all {
					n += h.tried[all[0].forms[i].kind()+" "+name]
				}
				if n < len(mine) {
					t.Errorf("%s, field %s: only %d of %d texts were tried", all[0].forms[i].kind(), name, n, len(mine))
				}
			}
		}
		asked := formTags(t)
		// These stand in addresses only, and two in the forms of other markets; see TestBadInputThroughEveryQuery and orderWith.
		for _, name := range []string{"all", "placed", "done", "sent", "page", "attr.", "postal_code", "region", "joined", "claimed", "limited", "over", "removed", "masked", "before", "free_delivery", "arrives_within"} {
			delete(asked, name)
		}
		for _, f := range all[0].forms {
			for _, name := range f.names() {
				prefix, _, _ := strings.Cut(name, ".")
				delete(asked, name)
				delete(asked, prefix+".")
			}
		}
		for name := range asked {
			t.Errorf("the field %s was never tried: no page of everyForm shows it", name)
		}
	}, noLimits)
}
