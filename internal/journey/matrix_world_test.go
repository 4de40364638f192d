package journey

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"aromart/internal/care/policy"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/account"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/trade/cart"
	"aromart/internal/trade/fulfillment"
	"aromart/internal/trade/order"
	"aromart/internal/world"
)

// matrixTime is when everything in the matrix happens: an hour after the
// fixture, and it stands still, so that every session is fresh and no time
// differs from one run to the next.
var matrixTime = time.Date(2026, 1, 5, 5, 30, 0, 0, time.UTC)

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

func eachMatrix(t *testing.T, f func(t *testing.T, m *matrix)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { f(t, openMatrix(t, d)) })
}

// openMatrix is the shop of the trust fixture: everybody is signed in, and for
// customer-1 and guest-1 there is one of everything that a route may ask for.
func openMatrix(t *testing.T, d *db.DB) *matrix {
	t.Helper()
	m := &matrix{paths: map[string]string{}, columns: map[string]string{}, backup: map[string][][]any{}}
	m.shop = open(t, d, func(s *shop) {
		s.clock = func() time.Time { return matrixTime }
		s.world = func() {
			var err error
			m.trusted, err = world.Trust(s.Context(), s.desk)
			s.must(err)
		}
	})
	m.enter()
	m.things()
	for _, c := range policy.Columns() {
		if m.columns[c.Table] != "" {
			m.columns[c.Table] += ", "
		}
		m.columns[c.Table] += c.Column
	}
	m.secrets()
	m.rows = m.state()
	for table, columns := range m.columns {
		rows, err := db.All(m.Context(), m.db, scanAny, "SELECT "+columns+" FROM "+table)
		m.must(err)
		m.backup[table] = rows
	}
	return m
}

// secrets makes markers of whatever opens something, which nobody may ever see:
// hashes of passwords, tokens and recovery codes.
func (m *matrix) secrets() {
	m.Helper()
	list, err := db.All(m.Context(), m.db, db.String, `SELECT password_hash FROM logins UNION ALL SELECT token_hash FROM sessions UNION ALL SELECT code_hash FROM recovery_codes
		UNION ALL SELECT secret_hash FROM privacy_proofs`)
	m.must(err)
	if len(list) < 20 {
		m.Fatalf("only %d secrets", len(list))
	}
	for _, secret := range list {
		m.trusted.Canaries = append(m.trusted.Canaries, world.Canary{Who: "nobody", Field: "secret", Value: secret})
	}
}

func scanAny(rows *db.Rows, row *[]any) error {
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	*row = make([]any, len(columns))
	to := make([]any, len(columns))
	for i := range to {
		to[i] = &(*row)[i]
	}
	return rows.Scan(to...)
}

// enter signs everybody in.
func (m *matrix) enter() {
	m.Helper()
	thing := cart.New()
	m.must(thing.Add(m.thing(1), 1))
	m.actors = []*somebody{{name: "anonymous", jar: map[string]string{"__Host-cart": thing.Encode()}}}
	for _, name := range []string{"guest-1", "guest-1-link", "guest-2"} { // guest-1 has typed the code, guest-1-link holds the link alone
		who := strings.TrimSuffix(name, "-link")
		token := m.placed(who).Token
		m.actors = append(m.actors, &somebody{name, who, map[string]string{"__Host-g": token, "__Host-cart": thing.Encode()}, token})
	}
	for _, who := range []string{"customer-1", "customer-2", "owner-1", "owner-2", "staff-1", "staff-2", "support-1", "admin-1", "auditor-1"} {
		token := m.signedIn(who)
		m.actors = append(m.actors, &somebody{who, who, map[string]string{"__Host-s": token}, token})
	}
}

// actor is one of them by name.
func (m *matrix) actor(name string) *somebody {
	return m.actors[slices.IndexFunc(m.actors, func(a *somebody) bool { return a.name == name })]
}

func (m *matrix) placed(who string) world.Placed {
	return m.trusted.Orders[slices.IndexFunc(m.trusted.Orders, func(o world.Placed) bool { return o.Who == who })]
}

func (m *matrix) login(who string) world.Login {
	return m.trusted.Logins[slices.IndexFunc(m.trusted.Logins, func(l world.Login) bool { return l.Who == who })]
}

// thing is the first variant of a store of the fixture.
func (m *matrix) thing(store int) string {
	m.Helper()
	id, err := db.One(m.Context(), m.db, db.String, `SELECT v.public_id FROM variants v JOIN products p ON p.id = v.product_id WHERE p.slug = $1`, fmt.Sprintf("trust-thing-%d-1", store))
	m.must(err)
	return id
}

// signedIn is the token of a session; with a second factor where one is compulsory.
func (m *matrix) signedIn(who string) string {
	m.Helper()
	l := m.login(who)
	e, err := m.people.SignIn(m.Context(), auth.Address{Email: contact.NewEmail(l.Email)}, l.Password, auth.Origin{Device: "Firefox, Linux"}, matrixTime)
	m.must(err)
	if !e.Half {
		return e.Token
	}
	v, err := m.people.Open(m.Context(), e.Token, matrixTime)
	m.must(err)
	setup, err := m.people.BeginTOTP(m.Context(), v)
	m.must(err)
	code, err := totp.GenerateCode(setup.Secret, matrixTime)
	m.must(err)
	token, _, err := m.people.FinishTOTP(m.Context(), v, code, matrixTime)
	m.must(err)
	return token
}

// as is a visitor with the cookies of an actor.
func (m *matrix) as(name string) *visitor { return &visitor{m.shop, m.actor(name).jar} }

// things makes what routes ask for by path, and notes it.
func (m *matrix) things() {
	m.Helper()
	first := m.login("customer-1")
	for _, who := range []string{"customer-1", "guest-1"} {
		m.paths["{number} "+who] = m.placed(who).Number
	}
	m.paths["{token} order.open"] = m.placed("guest-1").Token
	m.paths["{token} login.first"] = "tp1s8z.AAAAAAAAAAAAAAAAAAAAAA" // a marketplace with an administrator has none
	id := func(text string) string {
		m.Helper()
		v, err := db.One(m.Context(), m.db, db.String, text, m.trusted.ID("customer-1"))
		m.must(err)
		return v
	}
	m.paths["{id} address"] = id(`SELECT public_id FROM addresses WHERE login_id = $1`)
	m.paths["{item}"] = id(`SELECT public_id FROM wishlist_items WHERE login_id = $1`)
	m.paths["{id} wishlist.remove"], m.paths["{id} wishlist.move"] = m.paths["{item}"], m.paths["{item}"]

	// Two more addresses: one that is not preferred, and one that was removed.
	more := url.Values{"label": {"Office"}, "name": {"Somebody New"}, "phone": {"077 123 4567"}, "street": {"12 Temple Road"}, "landmark": {"bo tree"}, "city": {m.market.DefaultPlace}}
	for _, action := range []string{"address.prefer", "address.restore"} {
		m.as("customer-1").do("POST", "/account/addresses/new", more)
		m.paths["{id} "+action] = id(`SELECT public_id FROM addresses WHERE login_id = $1 ORDER BY id DESC LIMIT 1`)
	}
	m.as("customer-1").post("/account/addresses/" + m.paths["{id} address.restore"] + "/remove")

	// Another device of customer-1, and links in his letters.
	_, err := m.people.SignIn(m.Context(), auth.Address{Email: contact.NewEmail(first.Email)}, first.Password, auth.Origin{Device: "Safari, iPhone"}, matrixTime)
	m.must(err)
	m.paths["{session}"] = id(`SELECT public_id FROM sessions WHERE login_id = $1 ORDER BY id DESC LIMIT 1`)
	m.paths["{id} session.revoke"] = m.paths["{session}"]
	m.as("customer-1").post("/account/security/email", "email", "new-address@example.com")
	m.visitor().post("/reset", "contact", first.Email)
	m.visitor().post("/login/link", "contact", first.Email)
	register := m.visitor().post("/register", "name", "Somebody New", "contact", "somebody-new@example.com", "password", password)
	form, err := url.Parse(register.location)
	m.must(err)
	m.paths["{form}"] = form.Query().Get("form")
	m.letterLinks()

	// The page of an order's data, behind a code, and a copy that was made there.
	guest := m.as("guest-1")
	page := "/orders/" + m.placed("guest-1").Number + "/data"
	guest.post(page + "/code")
	if p := guest.post(page+"/prove", "code", m.code(m.placed("guest-1").Number)); p.code != 303 {
		m.Fatalf("the code of guest-1: %d", p.code)
	}
	guest.post(page + "/copy")
	m.letters()
	copied := copyLink.FindString(guest.get(page).body)
	m.paths["{id} data.download"] = copied[strings.LastIndex(copied, "/")+1:]

	// Requests of customer-1: a question, and a copy that was made. And a key for a program.
	mine := m.as("customer-1")
	for _, ask := range []struct {
		path, pattern string
		form          []string
	}{{"/account/data/copy", "/copy", nil}, {"/account/data/ask", "", []string{"kind", "question", "question", "Who are you?"}}} {
		if p := mine.post(ask.path, ask.form...); p.code != 303 {
			m.Fatalf("%s of customer-1: %d", ask.path, p.code)
		}
		number := id(`SELECT number FROM privacy_requests WHERE login_id = $1 ORDER BY id DESC LIMIT 1`)
		m.paths["{number} /api/v1/account/data-requests/{number}"+ask.pattern] = number
		m.paths["{number} /api/v1/account/data-requests/{number}/withdraw"] = number
	}
	m.letters()
	mine.post("/account/security/tokens", "name", "Till", "days", "30", "orders", "read")
	m.paths["{key}"] = id(`SELECT public_id FROM api_tokens WHERE login_id = $1`)

	for _, who := range []string{"customer-1", "guest-1"} {
		part, err := db.One(m.Context(), m.db, db.String, `SELECT p.public_id FROM seller_orders p JOIN orders o ON o.id = p.order_id WHERE o.number = $1 ORDER BY p.position LIMIT 1`, m.placed(who).Number)
		m.must(err)
		m.paths["{part} "+who] = part
	}
	for name, value := range map[string]string{"{slug}": "trust-thing-1-1", "{slug} store": "trust-store-1", "{store}": "trust-store-1", "{path...}": "kitchen-and-dining", "{file}": "0",
		"{file} asset.static": "site.css", "{receipt}": "0", "{token} /privacy/keep/{token}": "0", "?/api/v1/suggest": "?q=trust", "?/search": "?q=trust", "?/suggest": "?q=trust"} {
		m.paths[name] = value
	}
}

// letterLinks are the secrets of the links in letters to customer-1.
func (m *matrix) letterLinks() {
	m.Helper()
	for _, mail := range m.letters() {
		mail = decoded(mail)
		for action, pattern := range map[string]string{"login.reset": "/reset/", "session.open_link": "/login/link/", "login.email_confirm": "/account/security/email/confirm/", "login.not_me": "/login/not-me/"} {
			token := regexp.MustCompile(pattern + `([A-Za-z0-9_-]{20,})`).FindStringSubmatch(mail)
			mine := strings.Contains(mail, m.login("customer-1").Email) || strings.Contains(mail, "new-address@example.com")
			if token != nil && mine {
				m.paths["{token} "+action] = token[1]
			}
		}
		if strings.Contains(mail, "somebody-new@example.com") {
			m.paths["{code}"] = regexp.MustCompile(`\b[0-9]{6}\b`).FindString(mail)
		}
	}
}

// formOf is what an actor sends to a page: things of customer-1, in a form that
// he himself could send. A route that is not here gets an empty form.
func (m *matrix) formOf(a *somebody, key, path string) url.Values {
	m.Helper()
	first, thing := m.login("customer-1"), m.thing(1)
	part := m.paths["{part} customer-1"]
	if strings.Contains(path, m.paths["{number} guest-1"]) {
		part = m.paths["{part} guest-1"]
	}
	mine := thing // what lies in the cart of whoever asks
	if c, err := cart.Of(m.Context(), m.db, m.trusted.ID(a.who)); err == nil && len(c.Lines) > 0 {
		mine = c.Lines[0].Variant
	}
	address := url.Values{"label": {"Office"}, "name": {"Somebody New"}, "phone": {"077 123 4567"}, "street": {"12 Temple Road"}, "landmark": {"bo tree"}, "city": {m.market.DefaultPlace}}
	correct := url.Values{"name": {"Somebody New"}, "phone": {"0771234567"}, "street": {"12 Temple Road"}, "area": {"bo tree"}}
	switch key {
	case "POST /checkout":
		return m.checkoutOf(a)
	case "POST /orders/{number}/keep":
		return url.Values{"password": {password}}
	}
	return map[string]url.Values{
		"POST /account/addresses/new":          address,
		"POST /account/addresses/{id}":         address,
		"POST /account/orders/again":           {"number": {m.paths["{number} customer-1"]}},
		"POST /account/preferences":            {"name": {"Somebody New"}, "language": {"en"}, "city": {m.market.DefaultPlace}, "notices": {account.Always}},
		"POST /account/prove":                  {"password": {first.Password}},
		"POST /account/security/email":         {"email": {"another@example.com"}},
		"POST /account/security/password":      {"password": {"nine purple lanterns"}},
		"POST /account/security/phone":         {"phone": {"077 123 4567"}},
		"POST /account/security/phone/code":    {"code": {"000000"}},
		"POST /account/security/report":        {"kind": {"order"}},
		"POST /account/security/second":        {"code": {"000000"}},
		"POST /account/security/sessions/end":  {"session": {m.paths["{session}"]}},
		"POST /account/security/tokens":        {"name": {"Till"}, "days": {"30"}, "orders": {"read"}},
		"POST /account/security/tokens/revoke": {"token": {m.paths["{key}"]}},
		"POST /account/data/ask":               {"kind": {"question"}, "question": {"Who are you?"}},
		"POST /account/data/withdraw":          {"request": {m.paths["{number} /api/v1/account/data-requests/{number}"]}},
		"POST /account/wishlist/add":           {"variant": {thing}, "quantity": {"1"}},
		"POST /account/wishlist/move":          {"item": {m.paths["{item}"]}},
		"POST /account/wishlist/remove":        {"item": {m.paths["{item}"]}},
		"POST /cart/add":                       {"variant": {thing}, "quantity": {"1"}},
		"POST /cart/remove":                    {"variant": {mine}},
		"POST /cart/update":                    {"variant": {mine}, "quantity": {"2"}},
		"POST /login":                          {"contact": {first.Email}, "password": {first.Password}},
		"POST /login/link":                     {"contact": {first.Email}},
		"POST /login/second":                   {"code": {"000000"}},
		"POST /login/second/set-up":            {"code": {"000000"}},
		"POST /orders/track":                   {"number": {m.paths["{number} guest-1"]}, "contact": {"canary-guest-1-email@example.com"}},
		"POST /orders/{number}/cancel":         {"part": {part}},
		"POST /orders/{number}/confirm":        {"code": {"000000"}},
		"POST /orders/{number}/data/ask":       {"kind": {"question"}, "question": {"Who are you?"}},
		"POST /orders/{number}/data/correct":   correct,
		"POST /orders/{number}/data/prove":     {"code": {"000000"}},
		"POST /orders/{number}/data/withdraw":  {"request": {"0"}},
		"POST /preferences":                    {"city": {m.market.DefaultPlace}, "theme": {"dark"}},
		"POST /register":                       {"name": {"Somebody Else"}, "contact": {"somebody-else@example.com"}, "password": {password}},
		"POST /register/code":                  {"form": {m.paths["{form}"]}, "code": {m.paths["{code}"]}},
		"POST /reset":                          {"contact": {first.Email}},
		"POST /reset/{token}":                  {"password": {"nine purple lanterns"}},
	}[key]
}

// checkoutOf is the actor's own checkout, to be sent to the address of customer-1.
func (m *matrix) checkoutOf(a *somebody) url.Values {
	m.Helper()
	f := url.Values{"address": {m.paths["{id} address"]}}
	v := &visitor{m.shop, clone(a.jar)}
	for _, h := range hidden.FindAllStringSubmatch(v.get("/checkout").body, -1) {
		f.Set(h[1], h[2])
	}
	return f
}

// bodyOf is what an actor sends to the JSON API. A route that is not here gets
// an empty object.
func (m *matrix) bodyOf(key string) string {
	m.Helper()
	lines := `"lines":[{"variant":"` + m.thing(1) + `","quantity":1}]`
	switch key {
	case "POST /api/v1/quotes":
		return `{` + lines + `}`
	case "POST /api/v1/orders":
		_, quote := m.api("POST", "/api/v1/quotes", `{`+lines+`}`, "")
		var q struct {
			Totals        struct{ Total json.RawMessage }
			PolicyVersion string `json:"policy_version"`
		}
		m.must(json.Unmarshal([]byte(quote), &q))
		return `{` + lines + `,"contact":{"name":"Somebody New","phone":"0771234567"},"address":{"street":"12 Temple Road","landmark":"bo tree","city":"` + m.market.DefaultPlace +
			`"},"expected_total":` + string(q.Totals.Total) + `,"policy_version":"` + q.PolicyVersion + `"}`
	}
	first := m.login("customer-1")
	return cmp.Or(map[string]string{
		"POST /api/v1/sessions":                 `{"contact":"` + first.Email + `","password":"` + first.Password + `"}`,
		"POST /api/v1/sessions/second":          `{"code":"000000"}`,
		"POST /api/v1/sessions/passkey":         `{"form":"none","credential":{}}`,
		"POST /api/v1/sessions/proof":           `{"password":"` + first.Password + `"}`,
		"PATCH /api/v1/account":                 `{"language":"si"}`,
		"POST /api/v1/account/addresses":        `{"name":"Somebody New","phone":"077 123 4567","street":"12 Temple Road","landmark":"bo tree","city":"` + m.market.DefaultPlace + `"}`,
		"PATCH /api/v1/account/addresses/{id}":  `{"street":"14 Temple Road"}`,
		"POST /api/v1/account/wishlist":         `{"variant":"` + m.thing(1) + `"}`,
		"POST /api/v1/account/data-requests":    `{"kind":"question","question":"Who are you?"}`,
		"PATCH /api/v1/orders/{number}/contact": `{"phone":"077 123 4568"}`,
	}[key], "{}")
}

// domainActor is the actor as the domain sees him, without any page between.
func (m *matrix) domainActor(a *somebody) access.Actor {
	m.Helper()
	kind, number, _ := strings.Cut(a.name, "-")
	by := access.Actor{ID: m.trusted.ID(a.name), Kind: map[string]access.Kind{"customer": access.Customer, "owner": access.SellerOwner, "staff": access.SellerStaff,
		"support": access.Support, "admin": access.Admin, "auditor": access.Auditor}[kind]}
	switch kind {
	case "guest":
		o, err := order.ByNumber(m.Context(), m.db, m.placed(a.who).Number)
		m.must(err)
		by.Kind, by.Order = access.GuestOrder, int64(o.ID)
	case "owner", "staff":
		by.Seller, by.Rights = m.trusted.ID("seller-"+number), access.RightOrders
	}
	return by
}

// errUndo ends a transaction that was only tried.
var errUndo = errs.New(errs.Conflict, "error.undo")

// ready brings a part to where the act fits, so that only who asks decides.
func (m *matrix) ready(tx *db.Tx, action access.Action, s order.Scope) error {
	switch action {
	case "order.confirm":
		_, err := db.Exec(m.Context(), tx, `UPDATE seller_orders SET status = 'awaiting_confirmation' WHERE id = $1`, int64(s.SellerOrder))
		return err
	case "order.deliver", "order.refuse":
		return fulfillment.HandOver(m.Context(), tx, operator, s, "Courier", "T1", matrixTime)
	}
	return nil
}

// agrees says where what happened differs from the policy: an act that is
// permitted is done, one that is not is refused, and to whoever may not even
// see the part it is not there.
func agrees(by access.Actor, action access.Action, r access.Resource, failed error) string {
	_, may := access.Permit(by, action, r)
	_, buyer := access.Permit(by, "order.view", r)
	_, member := access.Permit(by, "order.fulfill", r)
	staff := access.Of(access.Support, access.Admin).Has(by.Kind)
	switch {
	case may && failed != nil:
		return "the policy permits it"
	case !may && failed == nil:
		return "the policy does not permit it"
	case !may && !buyer && !member && !staff && errs.KindOf(failed) != errs.NotFound:
		return "it tells that there is such a part"
	}
	return ""
}

// acts tries what can be done to a part of an order without any page, on the
// part of seller 1 in the orders of customer-2 and guest-1. What happens must
// agree with access.Permit.
func (m *matrix) acts() (text string, problems []string) {
	m.Helper()
	type act func(tx *db.Tx, by access.Actor, s order.Scope) (string, error)
	plain := func(f func(tx *db.Tx, by access.Actor, s order.Scope) error) act {
		return func(tx *db.Tx, by access.Actor, s order.Scope) (string, error) { return "", f(tx, by, s) }
	}
	ctx, now := m.Context(), matrixTime
	acts := map[access.Action]act{
		"order.accept": plain(func(tx *db.Tx, by access.Actor, s order.Scope) error { return fulfillment.Accept(ctx, tx, by, s, now) }),
		"order.cancel": plain(func(tx *db.Tx, by access.Actor, s order.Scope) error {
			return fulfillment.Cancel(ctx, tx, by, s, "why", now)
		}),
		"order.confirm": plain(func(tx *db.Tx, by access.Actor, s order.Scope) error {
			return fulfillment.Confirm(ctx, tx, by, s, "call", now)
		}),
		"order.reject": plain(func(tx *db.Tx, by access.Actor, s order.Scope) error {
			return fulfillment.Reject(ctx, tx, by, s, "why", now)
		}),
		"order.refuse": plain(func(tx *db.Tx, by access.Actor, s order.Scope) error {
			return fulfillment.Refuse(ctx, tx, by, s, "why", now)
		}),
		"order.deliver": plain(func(tx *db.Tx, by access.Actor, s order.Scope) error {
			return fulfillment.Deliver(ctx, tx, by, s, 0, now)
		}),
		"order.hand_over": plain(func(tx *db.Tx, by access.Actor, s order.Scope) error {
			return fulfillment.HandOver(ctx, tx, by, s, "Courier", "T1", now)
		}),
		"order.fulfill": func(tx *db.Tx, by access.Actor, s order.Scope) (string, error) {
			v, err := order.Fulfill(ctx, tx, by, s.SellerOrder, m.market.SellerViewDays, now)
			if err != nil {
				return "", err
			}
			if !v.Contact.Phone.IsZero() || !v.Contact.Email.IsZero() || !v.Contact.Recipient.IsZero() || len(v.Part.Lines) != 1 {
				problems = append(problems, fmt.Sprintf("%s sees more than a label: %+v", by.Kind, v.Contact))
			}
			if (v.Part.Total == 0) == v.Fields.Has(access.ShowSums) {
				problems = append(problems, fmt.Sprintf("%s with %s sees the total %d", by.Kind, v.Fields, v.Part.Total))
			}
			return v.Fields.String(), nil
		},
	}
	var b strings.Builder
	for _, owner := range []string{"customer-2", "guest-1"} {
		o, err := order.ByNumber(ctx, m.db, m.placed(owner).Number)
		m.must(err)
		s := order.Scope{Order: o.ID, SellerOrder: o.Parts[0].ID}
		if int64(o.Parts[0].Seller) != m.trusted.ID("seller-1") {
			m.Fatal("the first part is not that of seller 1")
		}
		for _, action := range slices.Sorted(maps.Keys(acts)) {
			who := map[string][]string{}
			for _, a := range m.actors {
				by := m.domainActor(a)
				var saw string
				var failed error
				m.db.Write(ctx, func(tx *db.Tx) error {
					m.must(m.ready(tx, action, s))
					saw, failed = acts[action](tx, by, s)
					return errUndo
				})
				r := access.Resource{Login: o.Customer, Order: int64(o.ID), Seller: int64(o.Parts[0].Seller), Stage: access.Preparing}
				if problem := agrees(by, action, r, failed); problem != "" {
					problems = append(problems, fmt.Sprintf("%s of %s as %s: %v: %s", action, owner, a.name, failed, problem))
				}
				cell := strings.TrimSpace("done " + saw)
				if failed != nil {
					cell = errs.KindOf(failed).String()
				}
				who[cell] = append(who[cell], a.name)
			}
			b.WriteString(lines(fmt.Sprintf("act %s  (part of seller 1, order of %s)", action, owner), who) + "\n")
		}
	}
	if changed := m.changed(); len(changed) > 0 {
		problems = append(problems, fmt.Sprintf("acts that were undone changed %v", changed))
	}
	return b.String(), problems
}
