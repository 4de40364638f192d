// Package journey tries the whole program as its visitors and attackers do:
// scripts of pages, one test for each row of the list of what has happened to
// other shops, hostile text through every field, and a real browser.
//
// What always holds: a test starts the shop as cmd/aromart does, with routes,
// search, checkout, letters and logs, in a marketplace of its own.
//
// Personal data: none but invented people. Tables: none.
package journey

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/care/privacy"
	"aromart/internal/goods/catalog"
	"aromart/internal/goods/delivery"
	"aromart/internal/goods/inventory"
	"aromart/internal/goods/search"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/money"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/people/notice"
	"aromart/internal/people/seller"
	"aromart/internal/platform/blob"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/platform/job"
	"aromart/internal/platform/mail"
	"aromart/internal/platform/secrets"
	"aromart/internal/platform/telemetry"
	"aromart/internal/trade/checkout"
	"aromart/internal/trade/letter"
	"aromart/internal/trade/order"
	"aromart/internal/web"
	"aromart/internal/web/api"
	"aromart/internal/web/storefront"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
	"aromart/internal/web/webtest"
)

var operator = access.Actor{Kind: access.Operator}

// shop is the running program with what a test needs to look behind it.
type shop struct {
	testing.TB
	*web.Server
	base     string // https://127.0.0.1:port
	dir      string
	db       *db.DB
	market   *market.Profile
	index    *search.Index
	blobs    *blob.Store
	desk     *checkout.Desk
	people   *auth.Desk
	runner   *job.Runner
	gate     *policy.Gate
	log      *logbook
	stores   map[string]seller.Store
	products map[string]*catalog.Product // by the handle of the world
	client   *http.Client

	realLimits bool
	limits     map[string]web.Limit // by key; defaults to some room for a test
	clock      clock.Clock          // defaults to clock.System
	world      func()               // fills the marketplace; defaults to fill
}

// logbook is what the program has logged.
type logbook struct {
	sync.Mutex
	bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.Buffer.Write(p)
}

func (l *logbook) text() string {
	l.Lock()
	defer l.Unlock()
	return l.Buffer.String()
}

// each runs f in a shop on SQLite and in one on PostgreSQL.
func each(t *testing.T, f func(t *testing.T, s *shop), options ...func(*shop)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { f(t, open(t, d, options...)) })
}

// realLimits opens a shop with the limits of the program.
func realLimits(s *shop) { s.realLimits = true }

// open starts a shop with the world on a loopback address with TLS.
func open(t testing.TB, d *db.DB, options ...func(*shop)) *shop {
	t.Helper()
	s := &shop{TB: t, db: d, dir: d.Dir(), index: search.New(), log: &logbook{}}
	s.clock, s.world = clock.System, s.fill
	for _, o := range options {
		o(s)
	}
	s.market, _ = market.ByCode("lk")
	s.must(d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := catalog.SyncCategories(t.Context(), tx, clock.System())
		return err
	}))
	var err error
	s.blobs, err = blob.Open(s.dir)
	s.must(err)
	t.Cleanup(func() { s.blobs.Close() })
	s.gate, err = policy.OpenGate(t.Context(), d, s.facts(), clock.System)
	s.must(err)
	links := order.NewLinks([]byte("any thirty-two bytes for a test!"))
	s.desk = checkout.NewDesk(d, s.market, links, func() (string, string) { return s.gate.Shown().Version, s.gate.Shown().Hash })
	s.world()
	_, err = search.Load(t.Context(), d, s.index)
	s.must(err)
	s.serve(links)
	return s
}

// serve puts all faces on one address. The limits against machines that guess
// are wider than in the program unless realLimits is set, because a test is
// such a machine.
func (s *shop) serve(links order.Links) {
	front := httptest.NewUnstartedServer(nil)
	s.base = "https://" + front.Listener.Addr().String()
	log := telemetry.Logger(s.log, "debug")
	site := &ui.Site{Name: "aromart", Operator: "Journey (Pvt) Ltd", HelpPhone: "+94 11 200 0000", HelpEmail: "help@example.com", ReturnDays: s.market.ReturnDays}
	s.people = auth.NewDesk(s.db, "aromart", secrets.Random().Key)
	named := strings.Replace(s.base, "127.0.0.1", "localhost", 1) // a passkey belongs to a name
	s.must(s.people.UsePasskeys(named))
	pages := storefront.New(storefront.Options{Frame: visit.Frame{DB: s.db, Market: s.market, Site: site, Clock: s.clock}, Desk: s.desk, People: s.people, Index: s.index, Blobs: s.blobs, Policy: s.gate})
	classes, limits := web.DefaultClasses(), s.limits
	if limits == nil {
		limits = map[string]web.Limit{"place": {Times: 1e6, Per: time.Second}, "lookup.order": {Times: 1e6, Per: time.Second}}
	}
	for name, c := range classes {
		c.Address = web.Limit{}
		classes[name] = c
	}
	if s.realLimits {
		classes, limits = nil, nil
	}
	var err error
	s.Server, err = web.New(web.Options{BaseURL: s.base, Hosts: []string{strings.TrimPrefix(named, "https://")}, Log: log, Clock: s.clock, ErrorPage: pages.ErrorPage, Classes: classes, Limits: limits, Policy: s.gate, Actor: web.Sessions(s.people),
		Cache: web.CacheOptions{MaxBytes: 8 << 20, Version: func() uint64 { return uint64(s.index.Seq())<<16 | s.gate.Turn() }, Until: s.market.NextCutoff}})
	s.must(err)
	pages.Register(s.Server)
	health := telemetry.Health{Ready: s.db.Ping}
	for pattern, handle := range map[string]web.Handler{"/healthz": health.Healthz, "/readyz": health.Readyz} {
		s.Handle(access.Route{Method: "GET", Pattern: pattern, Action: "health.view", Resource: "health", Policy: access.Everyone, Rate: access.RateHealth}, handle)
	}
	(&api.API{DB: s.db, Market: s.market, Desk: s.desk, People: s.people, Index: s.index, Clock: s.clock}).Register(s.Server, "test")
	front.Config = web.NewHTTPServer(s.Server, log)
	front.StartTLS()
	s.Cleanup(front.Close)
	s.client = front.Client()
	s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

	sender, err := mail.Open(mail.Options{From: "orders@example.com", Dir: s.dir})
	s.must(err)
	s.runner = &job.Runner{DB: s.db, Clock: s.clock, Log: log}
	texts, err := mail.OpenTexts(s.dir)
	s.must(err)
	(&notice.Writer{DB: s.db, Market: s.market, Desk: s.people, Mails: sender, Texts: texts, Clock: s.clock, BaseURL: s.base, Name: "aromart", Help: "+94 11 200 0000"}).Register(s.runner)
	(&letter.Office{DB: s.db, Market: s.market, Links: links, Sender: sender, Texts: texts, BaseURL: s.base, Name: "aromart", Help: "+94 11 200 0000"}).Register(s.runner)
	(&privacy.Keeper{DB: s.db, Market: s.market, Dir: s.db.Dir(), Clock: s.clock}).Register(s.runner)
}

// facts are what the policy says about this shop.
func (s *shop) facts() policy.Facts {
	return policy.Facts{Market: s.market, Operator: "Journey (Pvt) Ltd", Email: "help@example.com", Names: policy.Default()}
}

func (s *shop) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// thing is a product of the world in short.
type thing struct {
	store, handle, title, category, language string
	body                                     string
	price                                    money.Amount
	options                                  []string // values of one option, named Color
	stock                                    int64    // of each variant; -1: the last is sold out
}

// fill makes the world: three stores, about forty products.
func (s *shop) fill() {
	things := []thing{
		{store: "lanka-lights", handle: "lamp", title: "Walnut desk lamp", category: "lamps", price: 2450_00, options: []string{"Black", "White", "Brass"}, stock: -1,
			body: `<p>Turned from <strong>walnut</strong>, with a brass neck.</p><ul><li>Takes E14 bulbs</li></ul>`},
		{store: "kandy-clay", handle: "mug", title: "Ceramic tea mug", category: "cups-mugs-and-glasses", price: 890_00, options: []string{"Blue", "Green"}, stock: 500},
		{store: "lanka-lights", handle: "lantern", title: "Last brass lantern", category: "lamps", price: 5200_00, stock: 1},
		{store: "spice-lane", handle: "kettle", title: "Copper kettle", category: "cups-mugs-and-glasses", price: 7800_00, stock: 0},
		{store: "spice-lane", handle: "cinnamon", title: "Ceylon cinnamon sticks", category: "herbs-and-spices", price: 450_00, stock: 5000},
		{store: "spice-lane", handle: "kalaya", title: "මැටි වතුර කළය", category: "cups-mugs-and-glasses", language: "si", price: 1500_00, stock: 100, body: "<p>දර උදුනක පුළුස්සන ලදී.</p>"},
	}
	for i := 1; i <= 30; i++ {
		things = append(things, thing{store: "kandy-clay", handle: fmt.Sprint("bowl-", i), title: fmt.Sprintf("Clay bowl number %d", i), category: "cups-mugs-and-glasses",
			price: money.Amount(500_00 + 50_00*i), stock: 300})
	}
	now := clock.System()
	s.must(s.db.Write(s.Context(), func(tx *db.Tx) error {
		s.stores, s.products = map[string]seller.Store{}, map[string]*catalog.Product{}
		if err := s.openStores(tx, now); err != nil {
			return err
		}
		return s.insert(tx, things, now)
	}))
}

func (s *shop) openStores(tx *db.Tx, now time.Time) error {
	for slug, name := range map[string]string{"lanka-lights": "Lanka Lights", "kandy-clay": "Kandy Clay", "spice-lane": "Spice Lane"} {
		st, err := seller.Add(s.Context(), tx, operator, seller.New{Store: seller.Store{Slug: slug, Name: name, Tagline: "Made by hand", City: "colombo/colombo-03",
			PackDays: 1, ReturnDays: 14, OpenedAt: now, SellerName: name, LegalName: name + " (Pvt) Ltd", Registration: "PV 1", Commission: 1000},
			Email: contact.NewEmail(slug + "@example.com"), Phone: contact.NewPhone("+94112000000")}, now)
		if err != nil {
			return err
		}
		s.stores[slug] = st
		for i, m := range []delivery.Method{{Name: "Courier", Kind: delivery.FreeOver, Price: 350_00, FreeAbove: 10_000_00}, {Name: "Express", Kind: delivery.Flat, Price: 900_00}} {
			m.Seller = st.Seller
			if _, err := delivery.Add(s.Context(), tx, m, i+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *shop) insert(tx *db.Tx, things []thing, now time.Time) error {
	var list []*catalog.Product
	for _, th := range things {
		st := s.stores[th.store]
		c, known := market.CategoryBySlug(th.category)
		if !known {
			return fmt.Errorf("there is no category %s", th.category)
		}
		p := &catalog.Product{Seller: st.Seller, Store: st.ID, Handle: th.handle, Status: catalog.Live, Language: th.language, Title: th.title,
			BodyHTML: catalog.Clean(th.body), Category: catalog.CategoryID(c.ID), CreatedAt: now}
		if p.Language == "" {
			p.Language = "en"
		}
		values := th.options
		if len(values) == 0 {
			values = []string{""}
		} else {
			p.Options = []string{"Color"}
		}
		for i, value := range values {
			v := catalog.Variant{SKU: fmt.Sprint(th.handle, "-", i), Price: th.price, WeightG: 400, OnHand: max(th.stock, 0)}
			if th.stock < 0 && i < len(values)-1 {
				v.OnHand = 400
			}
			v.Options[0] = value
			p.Variants = append(p.Variants, v)
		}
		list = append(list, p)
		s.products[th.handle] = p
	}
	if err := catalog.Insert(s.Context(), tx, list, now); err != nil {
		return err
	}
	var levels []inventory.Level
	for _, p := range list {
		for _, v := range p.Variants {
			levels = append(levels, inventory.Level{Variant: v.ID, Seller: p.Seller, OnHand: v.OnHand})
		}
	}
	return inventory.Open(s.Context(), tx, operator, levels, inventory.Opening, now)
}

// add puts further products into the running shop and lets the search see them.
func (s *shop) add(things ...thing) {
	s.Helper()
	s.write(func(tx *db.Tx) error { return s.insert(tx, things, clock.System()) })
	s.catchUp()
}

func (s *shop) catchUp() {
	s.Helper()
	for {
		more, err := search.CatchUp(s.Context(), s.db, s.index)
		s.must(err)
		if !more {
			return
		}
	}
}

func (s *shop) write(f func(tx *db.Tx) error) {
	s.Helper()
	s.must(s.db.Write(s.Context(), f))
}

// variant is the public id of a variant of the world.
func (s *shop) variant(handle string, i int) string { return s.products[handle].Variants[i].PublicID }

// setStock changes what is on hand, as a seller would.
func (s *shop) setStock(handle string, i int, n int64) {
	s.Helper()
	p := s.products[handle]
	s.write(func(tx *db.Tx) error {
		_, err := inventory.Set(s.Context(), tx, operator, inventory.Item{Variant: p.Variants[i].ID, Product: p.ID, Quantity: n}, p.Seller, inventory.Correction, clock.System())
		return err
	})
	s.catchUp()
}

// setPrice changes the price of every variant, as an import would.
func (s *shop) setPrice(handle string, price money.Amount) {
	s.Helper()
	s.write(func(tx *db.Tx) error {
		p, err := catalog.ByID(s.Context(), tx, s.products[handle].ID)
		if err != nil {
			return err
		}
		for i := range p.Variants {
			p.Variants[i].Price = price
		}
		_, err = catalog.Save(s.Context(), tx, p, clock.System())
		return err
	})
	s.catchUp()
}

// script runs a file of testdata.
func (s *shop) script(name string, more map[string]string) {
	s.Helper()
	vars := map[string]string{}
	for handle, p := range s.products {
		key := strings.NewReplacer("-", "_").Replace(handle)
		vars[key] = p.Slug
		for i, v := range p.Variants {
			vars[fmt.Sprint(key, "_", i)] = v.PublicID
		}
	}
	for k, v := range more {
		vars[k] = v
	}
	text, err := os.ReadFile("testdata/" + name + ".txt")
	s.must(err)
	for _, problem := range (webtest.Visit{Handler: s.Server, Base: s.base, Vars: vars}).Script(name+".txt", string(text)) {
		s.Error(problem)
	}
}

// letters carries out the waiting jobs and returns the mails, newest last.
func (s *shop) letters() []string {
	s.Helper()
	for {
		n, err := s.runner.RunDue(s.Context())
		s.must(err)
		if n == 0 {
			break
		}
	}
	var out []string
	s.must(filepath.WalkDir(filepath.Join(s.dir, "outbox"), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		out = append(out, string(text))
		return err
	}))
	return out
}

// visitor is a browser without a screen: it keeps cookies and follows nothing.
type visitor struct {
	*shop
	jar map[string]string
}

func (s *shop) visitor() *visitor { return &visitor{s, map[string]string{}} }

// page is an answer that was read.
type page struct {
	code     int
	body     string
	header   http.Header
	location string
	cookies  []*http.Cookie
}

func (v *visitor) do(method, path string, form url.Values, change ...func(*http.Request)) page {
	v.Helper()
	var body *strings.Reader
	if form == nil {
		body = strings.NewReader("")
	} else {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequestWithContext(context.Background(), method, "/", body)
	path, query, _ := strings.Cut(path, "?")
	r.URL.Path, r.URL.RawQuery = path, query
	r.RequestURI = ""
	r.Host = strings.TrimPrefix(v.base, "https://")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range v.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	for _, f := range change {
		f(r)
	}
	w := httptest.NewRecorder()
	v.ServeHTTP(w, r)
	p := page{code: w.Code, body: w.Body.String(), header: w.Header(), location: w.Header().Get("Location"), cookies: w.Result().Cookies()}
	for _, c := range p.cookies {
		if c.MaxAge < 0 {
			delete(v.jar, c.Name)
		} else {
			v.jar[c.Name] = c.Value
		}
	}
	return p
}

func (v *visitor) get(path string, change ...func(*http.Request)) page {
	v.Helper()
	return v.do("GET", path, nil, change...)
}

// post sends a form of name, value, name, value.
func (v *visitor) post(path string, fields ...string) page {
	v.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return v.do("POST", path, form)
}

var hidden = regexp.MustCompile(`<input type="hidden" name="(key|total|policy)" value="([^"]*)"`)

// form is the checkout form as the page shows it, filled in by an invented person.
func (v *visitor) form() url.Values {
	v.Helper()
	p := v.get("/checkout")
	if p.code != 200 {
		v.Fatalf("the checkout answers %d: %.300s", p.code, p.body)
	}
	f := url.Values{"name": {"Nimal Perera"}, "phone": {"077 123 4567"}, "street": {"12 Temple Road"}, "landmark": {"near the bo tree"},
		"city": {"colombo/dehiwala"}, "email": {"nimal@example.com"}}
	for _, m := range hidden.FindAllStringSubmatch(p.body, -1) {
		f.Set(m[1], m[2])
	}
	return f
}

var orderPath = regexp.MustCompile(`^/orders/([0-9A-Z-]+)\?placed=1$`)

// buy orders one piece of each handle and returns the order's number.
func (v *visitor) buy(handles ...string) string {
	v.Helper()
	for _, h := range handles {
		if p := v.post("/cart/add", "variant", v.variant(h, 0), "quantity", "1"); p.code != 303 {
			v.Fatalf("adding %s: %d", h, p.code)
		}
	}
	p := v.do("POST", "/checkout", v.form())
	m := orderPath.FindStringSubmatch(p.location)
	if m == nil {
		v.Fatalf("the order was not taken: %d %.600s", p.code, p.body)
	}
	return m[1]
}

// count is the number that a query yields.
func (s *shop) count(text string, args ...any) int64 {
	s.Helper()
	n, err := db.One(s.Context(), s.db, db.Int, text, args...)
	s.must(err)
	return n
}

// strings is a list that a query yields.
func (s *shop) strings(text string) []string {
	s.Helper()
	list, err := db.All(s.Context(), s.db, db.String, text)
	s.must(err)
	return list
}

func sqlite(t testing.TB) *db.DB { return dbtest.SQLite(t) }

// linkFor is the link of an order in the last letter that names the order.
func (s *shop) linkFor(t *testing.T, number string) (link string) {
	t.Helper()
	for _, mail := range s.letters() {
		mail = decoded(mail)
		if !strings.Contains(mail, number) {
			continue
		}
		if m := regexp.MustCompile(`/o/[A-Za-z0-9_-]{40,}`).FindString(mail); m != "" {
			link = m
		}
	}
	if link == "" {
		t.Fatalf("no letter has the link of %s", number)
	}
	return link
}
