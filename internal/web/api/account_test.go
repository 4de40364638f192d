package api_test

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"aromart/internal/care/privacy"
	"aromart/internal/kit/contact"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/platform/job"
	"aromart/internal/trade/cart"
)

const password = "seven green boats"

// person is somebody with a login, as his program knows him.
type person struct {
	client
	id    int64
	email string
	token string // of the session
}

func (c client) person(address string) *person {
	c.Helper()
	hash, err := auth.Hash(c.Context(), password)
	if err != nil {
		c.Fatal(err)
	}
	p := &person{client: c, email: address}
	err = c.db.Write(c.Context(), func(tx *db.Tx) (err error) {
		p.id, err = auth.Add(c.Context(), tx, access.Actor{Kind: access.Operator}, auth.New{Address: auth.Address{Email: contact.NewEmail(address)}, Name: contact.NewName("Anura Silva"),
			Role: "customer", Hash: hash, Proved: true}, *c.now)
		return err
	})
	if err != nil {
		c.Fatal(err)
	}
	p.signIn()
	return p
}

func (p *person) signIn() {
	p.Helper()
	code, in := p.call("POST", "/api/v1/sessions", map[string]any{"contact": p.email, "password": password}, "User-Agent", "Firefox on Android")
	if code != 201 || in["status"] != "active" {
		p.Fatalf("signing in: %d %v", code, in)
	}
	p.token = in["token"].(string)
}

// do calls as the person.
func (p *person) do(method, path string, body any, header ...string) (int, map[string]any) {
	p.Helper()
	return p.call(method, "/api/v1"+path, body, append([]string{"Authorization", "Bearer " + p.token}, header...)...)
}

// issue makes a token for a program.
func (p *person) issue(scopes ...string) string {
	p.Helper()
	v, err := p.people.Open(p.Context(), p.token, *p.now)
	if err != nil {
		p.Fatal(err)
	}
	secret, err := p.people.IssueToken(p.Context(), v, contact.NewText("till"), access.ScopesOf(scopes...), 30, *p.now)
	if err != nil {
		p.Fatal(err)
	}
	return secret
}

func (c client) count(text string, args ...any) int64 {
	c.Helper()
	n, err := db.One(c.Context(), c.db, db.Int, text, args...)
	if err != nil {
		c.Fatal(err)
	}
	return n
}

var home = map[string]any{"label": "Home", "name": "CANARY-name", "phone": "077 123 4567", "street": "CANARY-street", "city": "colombo/dehiwala"}

// TestSessions: sign-in, the list, ending one, all others, and one's own.
func TestSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := start(t, d)
		a, b := c.person("anura@example.com"), c.person("bimal@example.com")
		first := a.token
		a.signIn()
		code, list := a.do("GET", "/sessions", nil)
		sessions := list["sessions"].([]any)
		if code != 200 || len(sessions) != 2 {
			t.Fatalf("%d %v", code, list)
		}
		mine, other := sessions[0].(map[string]any), sessions[1].(map[string]any)
		if mine["current"] != true || other["current"] != false || other["status"] != "active" || mine["device"] != "Firefox, Android" {
			t.Errorf("%v\n%v", mine, other)
		}
		_, foreign := b.do("GET", "/sessions", nil)
		if l := foreign["sessions"].([]any); len(l) != 1 || l[0].(map[string]any)["id"] == mine["id"] {
			t.Errorf("somebody else sees %v", l)
		}
		if code, _ := b.do("DELETE", "/sessions/"+other["id"].(string), nil); code != 404 {
			t.Errorf("somebody else ends it: %d", code)
		}
		if code, _ := c.call("GET", "/api/v1/account", nil, "Authorization", "Bearer "+first); code != 200 {
			t.Errorf("it is ended: %d", code)
		}
		if code, _ := a.do("DELETE", "/sessions/"+other["id"].(string), nil); code != 204 {
			t.Errorf("ending it: %d", code)
		}
		if code, p := c.call("GET", "/api/v1/account", nil, "Authorization", "Bearer "+first); code != 401 || p["code"] != "error.sign_in" {
			t.Errorf("an ended session: %d %v", code, p)
		}
		last := a.token
		a.signIn()
		if code, _ := a.do("DELETE", "/sessions", nil); code != 204 {
			t.Errorf("ending the others: %d", code)
		}
		if code, _ := c.call("GET", "/api/v1/account", nil, "Authorization", "Bearer "+last); code != 401 {
			t.Errorf("another session after that: %d", code)
		}
		if code, _ := a.do("DELETE", "/sessions/current", nil); code != 204 {
			t.Errorf("signing out: %d", code)
		}
		if code, _ := a.do("GET", "/account", nil); code != 401 {
			t.Errorf("after signing out: %d", code)
		}
		if code, _ := b.do("GET", "/account", nil); code != 200 {
			t.Errorf("somebody else was signed out: %d", code)
		}
	})
}

// TestSignInTellsNothing: for an address without a login the answer has the
// same status, body and headers, and costs the same hashes and statements.
func TestSignInTellsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := start(t, d)
		c.person("anura@example.com")
		try := func(address string) string {
			hashes, statements := auth.Hashes(), db.Statements()
			r := httptest.NewRequest("POST", "https://shop.test/api/v1/sessions", strings.NewReader(`{"contact":"`+address+`","password":"another password"}`))
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			c.server.ServeHTTP(w, r)
			body := strings.ReplaceAll(w.Body.String(), w.Header().Get("X-Request-Id"), "")
			w.Header().Del("X-Request-Id")
			return fmt.Sprint(w.Code, body, w.Header(), auth.Hashes()-hashes, " hashes ", db.Statements()-statements, " statements")
		}
		known, unknown := try("anura@example.com"), try("nobody@example.com")
		if known != unknown || !strings.HasPrefix(known, "422") || !strings.Contains(known, " 1 hashes") {
			t.Errorf("known:   %s\nunknown: %s", known, unknown)
		}
		for range 4 {
			try("anura@example.com")
			try("nobody@example.com")
		}
		for range 2 {
			if known, unknown = try("anura@example.com"), try("nobody@example.com"); known != unknown || !strings.HasPrefix(known, "429") {
				t.Errorf("after five tries:\nknown:   %s\nunknown: %s", known, unknown)
			}
		}
	})
}

// TestTheSecondStep: the password alone opens nothing where a code is asked for.
func TestTheSecondStep(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := start(t, d)
		a := c.person("anura@example.com")
		v, err := c.people.Open(t.Context(), a.token, *c.now)
		if err != nil {
			t.Fatal(err)
		}
		app, err := c.people.BeginTOTP(t.Context(), v)
		if err != nil {
			t.Fatal(err)
		}
		code := func() string {
			text, err := totp.GenerateCode(app.Secret, *c.now)
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
		if _, _, err := c.people.FinishTOTP(t.Context(), v, code(), *c.now); err != nil {
			t.Fatal(err)
		}
		*c.now = c.now.Add(time.Minute)
		status, in := c.call("POST", "/api/v1/sessions", map[string]any{"contact": a.email, "password": password})
		if status != 201 || in["status"] != "second_factor" {
			t.Fatalf("%d %v", status, in)
		}
		half := in["token"].(string)
		for _, path := range []string{"/account", "/sessions", "/account/orders", "/account/data-requests"} {
			if status, _ := c.call("GET", "/api/v1"+path, nil, "Authorization", "Bearer "+half); status != 401 {
				t.Errorf("half a sign-in reads %s: %d", path, status)
			}
		}
		a.token = half
		if status, p := a.do("POST", "/sessions/second", map[string]any{"code": "000000"}); status != 422 || p["code"] != "auth.code_wrong" {
			t.Errorf("a wrong code: %d %v", status, p)
		}
		status, in = a.do("POST", "/sessions/second", map[string]any{"code": code()})
		if status != 200 || in["token"] == half || in["status"] != "active" {
			t.Fatalf("%d %v", status, in)
		}
		if status, _ := a.do("POST", "/sessions/second", map[string]any{"code": code()}); status != 401 {
			t.Errorf("the half token serves again: %d", status)
		}
		a.token = in["token"].(string)
		if status, got := a.do("GET", "/account", nil); status != 200 || got["second_factor"] != true {
			t.Errorf("%d %v", status, got)
		}
		if status, _ := a.do("POST", "/sessions/second", map[string]any{"code": code()}); status != 401 {
			t.Errorf("a whole session is finished once more: %d", status)
		}
	})
}

// TestAccountOverTheAPI: what is not sent stays, what is not known is refused.
func TestAccountOverTheAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := start(t, d)
		a, b := c.person("anura@example.com"), c.person("bimal@example.com")
		if code, got := a.do("PATCH", "/account", map[string]any{"name": "Anura de Silva", "city": "jaffna/jaffna"}); code != 200 || got["name"] != "Anura de Silva" || got["notices"] != "new_device" {
			t.Errorf("%d %v", code, got)
		}
		code, got := a.do("PATCH", "/account", map[string]any{"language": "ta", "notices": "always"})
		want := map[string]any{"name": "Anura de Silva", "email": "anura@example.com", "email_verified": true, "language": "ta", "city": "jaffna/jaffna", "notices": "always", "second_factor": false, "phone_verified": false, "id": got["id"]}
		if code != 200 || !reflect.DeepEqual(got, want) {
			t.Errorf("%d %v", code, got)
		}
		if _, got := b.do("GET", "/account", nil); got["name"] != "Anura Silva" || got["email"] != "bimal@example.com" || got["language"] != nil {
			t.Errorf("somebody else has %v", got)
		}
		for field, value := range map[string]any{"language": "xx", "city": "atlantis", "notices": "never", "name": "", "role": "admin", "email": "eve@example.com", "email_verified": true, "id": "1"} {
			if code, p := a.do("PATCH", "/account", map[string]any{field: value}); code != 422 && code != 400 {
				t.Errorf("%s: %d %v", field, code, p)
			}
		}
		if _, again := a.do("GET", "/account", nil); !reflect.DeepEqual(again, want) {
			t.Errorf("a refused change left a trace: %v", again)
		}
	})
}

func TestAddressesOverTheAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := start(t, d)
		a, b := c.person("anura@example.com"), c.person("bimal@example.com")
		code, one := a.do("POST", "/account/addresses", home, "Idempotency-Key", "key-address-1")
		if code != 201 || one["default"] != true || one["phone"] != "+94771234567" || one["city"] != "colombo/dehiwala" {
			t.Fatalf("%d %v", code, one)
		}
		if code, again := a.do("POST", "/account/addresses", home, "Idempotency-Key", "key-address-1"); code != 201 || !reflect.DeepEqual(again, one) {
			t.Errorf("a replay: %d %v", code, again)
		}
		if code, p := a.do("POST", "/account/addresses", with(home, "label", "Work"), "Idempotency-Key", "key-address-1"); code != 422 || p["code"] != "checkout.key_reused" {
			t.Errorf("another body under the key: %d %v", code, p)
		}
		if code, of := b.do("POST", "/account/addresses", with(home, "name", "Bimal"), "Idempotency-Key", "key-address-1"); code != 201 || of["name"] != "Bimal" {
			t.Errorf("somebody else's same key: %d %v", code, of)
		}
		_, two := a.do("POST", "/account/addresses", with(with(home, "label", "Work"), "default", true))
		path := "/account/addresses/" + one["id"].(string)
		_, one = a.do("GET", path, nil)
		if one["default"] == true || two["default"] != true {
			t.Errorf("two default addresses: %v %v", one, two)
		}
		// Each state has a name, and a change of another state is refused.
		tag := a.etag(path)
		if code, got := a.do("PATCH", path, map[string]any{"street": "1 New Road"}, "If-Match", tag); code != 200 || got["street"] != "1 New Road" || got["name"] != "CANARY-name" {
			t.Errorf("%d %v", code, got)
		}
		for _, method := range []string{"PATCH", "DELETE"} {
			var body any
			if method == "PATCH" {
				body = map[string]any{"street": "2 Old Road"}
			}
			if code, p := a.do(method, path, body, "If-Match", tag); code != 412 || p["code"] != "account.changed_meanwhile" {
				t.Errorf("%s of an old state: %d %v", method, code, p)
			}
		}
		tag = a.etag(path)
		a.do("PATCH", path, map[string]any{"default": true})
		if now := a.etag(path); now == tag {
			t.Error("being the default one is no change")
		}
		if code, _ := a.do("PATCH", path, map[string]any{"default": false}); code != 422 {
			t.Errorf("no default address: %d", code)
		}
		for field, value := range map[string]any{"phone": "12", "city": "atlantis", "name": "", "owner_id": 1, "country": "US"} {
			if code, _ := a.do("PATCH", path, map[string]any{field: value}); code != 422 && code != 400 {
				t.Errorf("%s: %d", field, code)
			}
		}
		// Whose it is not finds nothing, and changes nothing.
		before := a.etag(path)
		for _, method := range []string{"GET", "PATCH", "DELETE", "POST"} {
			at, body := path, any(nil)
			if method == "PATCH" {
				body = map[string]any{"street": "3 Evil Road"}
			}
			if method == "POST" {
				at += "/restore"
			}
			if code, p := b.do(method, at, body); code != 404 || strings.Contains(fmt.Sprint(p), "CANARY") {
				t.Errorf("somebody else's %s: %d %v", method, code, p)
			}
		}
		if _, list := b.do("GET", "/account/addresses", nil); len(list["addresses"].([]any)) != 1 || strings.Contains(fmt.Sprint(list), "CANARY-name") || a.etag(path) != before {
			t.Errorf("somebody else sees or changed it: %v", list)
		}
		if code, _ := a.do("DELETE", path, nil, "If-Match", before); code != 204 {
			t.Errorf("removing: %d", code)
		}
		if code, _ := a.do("GET", path, nil); code != 404 {
			t.Errorf("removed: %d", code)
		}
		if code, back := a.do("POST", path+"/restore", nil); code != 200 || back["street"] != "1 New Road" {
			t.Errorf("brought back: %d %v", code, back)
		}
	})
}

// etag is the name of the present state.
func (p *person) etag(path string) string {
	p.Helper()
	r := httptest.NewRequest("GET", "https://shop.test/api/v1"+path, nil)
	r.Header.Set("Authorization", "Bearer "+p.token)
	w := httptest.NewRecorder()
	p.server.ServeHTTP(w, r)
	if w.Code != 200 || w.Header().Get("ETag") == "" || w.Header().Get("Cache-Control") != "private, no-store" {
		p.Fatalf("%d %v", w.Code, w.Header())
	}
	return w.Header().Get("ETag")
}

func TestWishlistOverTheAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := start(t, d)
		a, b := c.person("anura@example.com"), c.person("bimal@example.com")
		var ids []string
		for _, p := range c.world.Products {
			code, w := a.do("POST", "/account/wishlist", map[string]any{"variant": p.Variants[0].PublicID})
			if code != 201 || w["product"] != p.Slug || !reflect.DeepEqual(w["price"], w["price_then"]) {
				t.Fatalf("%d %v", code, w)
			}
			if code, again := a.do("POST", "/account/wishlist", map[string]any{"variant": p.Variants[0].PublicID}); code != 201 || again["id"] != w["id"] {
				t.Errorf("again: %d %v", code, again)
			}
			ids = append(ids, w["id"].(string))
		}
		slices.Reverse(ids)
		if got := a.walk("/account/wishlist?limit=1", "items", "id"); !slices.Equal(got, ids) || len(ids) < 2 {
			t.Errorf("%v, want %v", got, ids)
		}
		if code, p := a.do("POST", "/account/wishlist", map[string]any{"variant": "nothing"}); code != 404 {
			t.Errorf("what is not there: %d %v", code, p)
		}
		if code, _ := b.do("DELETE", "/account/wishlist/"+ids[0], nil); code != 404 {
			t.Errorf("somebody else removes: %d", code)
		}
		if got := b.walk("/account/wishlist?limit=1", "items", "id"); len(got) != 0 {
			t.Errorf("somebody else sees %v", got)
		}
		if code, p := b.do("GET", "/account/wishlist?cursor="+ids[0], nil); code != 422 || p["code"] != "search.bad_cursor" {
			t.Errorf("somebody else's cursor: %d %v", code, p)
		}
		// Moved into the cart of its owner, once, and by nobody else.
		wished := func() int { return len(a.walk("/account/wishlist?limit=1", "items", "id")) }
		inCart := func(p *person) int64 {
			held, err := cart.Of(t.Context(), d, p.id)
			if err != nil {
				t.Fatal(err)
			}
			return held.Count()
		}
		if code, _ := b.do("POST", "/account/wishlist/"+ids[1]+"/move", nil); code != 404 || inCart(b) != 0 || wished() != len(ids) {
			t.Errorf("somebody else moves: %d", code)
		}
		if code, p := a.do("POST", "/account/wishlist/"+ids[1]+"/move", nil); code != 204 || inCart(a) != 1 || inCart(b) != 0 || wished() != len(ids)-1 {
			t.Errorf("moving: %d %v, %d in the cart, %d wished", code, p, inCart(a), wished())
		}
		if code, _ := a.do("POST", "/account/wishlist/"+ids[1]+"/move", nil); code != 404 || inCart(a) != 1 {
			t.Errorf("moving it again: %d, %d in the cart", code, inCart(a))
		}
		if code, _ := a.do("DELETE", "/account/wishlist/"+ids[0], nil); code != 204 {
			t.Errorf("removing: %d", code)
		}
		if code, _ := a.do("DELETE", "/account/wishlist/"+ids[0], nil); code != 404 {
			t.Errorf("removing it again: %d", code)
		}
	})
}

// walk reads a list page by page.
func (p *person) walk(path, list, key string) (got []string) {
	p.Helper()
	next := ""
	for range 50 {
		code, page := p.do("GET", path+"&cursor="+next, nil)
		if code != 200 {
			p.Fatalf("%s: %d %v", path, code, page)
		}
		for _, one := range page[list].([]any) {
			got = append(got, one.(map[string]any)[key].(string))
		}
		more, ok := page["next_cursor"].(string)
		if !ok {
			return got
		}
		next = more
	}
	p.Error("the list never ends")
	return got
}

// buy places an order for the account and returns it.
func (p *person) buy(key string) map[string]any {
	p.Helper()
	body := with(p.order(), "contact", map[string]any{"name": "CANARY-name", "phone": "0705551234", "email": p.email})
	body = with(body, "address", map[string]any{"street": "CANARY-street", "city": "colombo/dehiwala"})
	code, o := p.do("POST", "/orders", body, "Idempotency-Key", key)
	if code != 201 {
		p.Fatalf("placing: %d %v", code, o)
	}
	return o
}

// TestANoteHoldsNoSecret: what looks like a password or a card number in the note
// of an order is not kept, and the program that sent it is told once.
func TestANoteHoldsNoSecret(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := start(t, d)
		a := c.person("anura@example.com")
		for key, tt := range map[string]struct {
			note   string
			masked bool
		}{
			"key-note-1": {"Card 4111 1111 1111 1111, password: hunter2", true},
			"key-note-2": {"Ring twice, please", false},
		} {
			body := with(a.order(), "contact", map[string]any{"name": "Anura", "phone": "0705551234", "email": a.email})
			body = with(body, "address", map[string]any{"street": "Lake Road 1", "city": "colombo/dehiwala", "note": tt.note})
			code, o := a.do("POST", "/orders", body, "Idempotency-Key", key)
			if masked, _ := o["note_masked"].(bool); code != 201 || masked != tt.masked {
				t.Errorf("%q: %d, masked %v, %v", tt.note, code, o["note_masked"], o)
			}
		}
		notes, err := db.All(t.Context(), d, db.String, `SELECT note FROM order_contacts`)
		all := strings.Join(notes, "|")
		if err != nil || len(notes) != 2 || strings.Contains(all, "4111") || strings.Contains(all, "hunter2") || !strings.Contains(all, "Ring twice, please") {
			t.Errorf("kept: %q, %v", notes, err)
		}
	})
}

// TestOrdersOfAnAccount: placed for the account, listed, read whole, canceled;
// nobody else finds them, whoever bears the token sees no person.
func TestOrdersOfAnAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := start(t, d)
		a, b := c.person("anura@example.com"), c.person("bimal@example.com")
		var numbers []string
		var link string
		for i := range 3 {
			o := a.buy(fmt.Sprint("key-order-", i))
			numbers = append(numbers, o["number"].(string))
			link = o["token"].(string)
		}
		slices.Reverse(numbers)
		if got := a.walk("/account/orders?limit=2", "orders", "number"); !slices.Equal(got, numbers) {
			t.Errorf("%v, want %v", got, numbers)
		}
		path := "/orders/" + numbers[0]
		if code, o := a.do("GET", path, nil); code != 200 || o["contact"].(map[string]any)["street"] != "CANARY-street" {
			t.Errorf("%d %v", code, o)
		}
		if code, o := c.call("GET", "/api/v1"+path, nil, "Authorization", "Bearer "+link); code != 200 || strings.Contains(fmt.Sprint(o), "CANARY") {
			t.Errorf("by its token: %d %v", code, o)
		}
		for name, try := range map[string]func() (int, map[string]any){
			"reads":    func() (int, map[string]any) { return b.do("GET", path, nil) },
			"cancels":  func() (int, map[string]any) { return b.do("POST", path+"/cancel", map[string]any{}) },
			"corrects": func() (int, map[string]any) { return b.do("PATCH", path+"/contact", map[string]any{"name": "Eve"}) },
		} {
			if code, p := try(); code != 404 || strings.Contains(fmt.Sprint(p), "CANARY") {
				t.Errorf("somebody else %s: %d %v", name, code, p)
			}
		}
		if got := b.walk("/account/orders?limit=2", "orders", "number"); len(got) != 0 {
			t.Errorf("somebody else sees %v", got)
		}
		if code, p := b.do("GET", "/account/orders?cursor="+numbers[0], nil); code != 422 {
			t.Errorf("somebody else's cursor: %d %v", code, p)
		}
		if code, o := a.do("PATCH", path+"/contact", map[string]any{"name": "Anura", "phone": "077 123 4567"}); code != 200 || o["contact"].(map[string]any)["name"] != "Anura" {
			t.Errorf("a correction: %d %v", code, o)
		}
		*c.now = c.now.Add(11 * time.Minute)
		if code, p := a.do("PATCH", path+"/contact", map[string]any{"name": "Eve"}); code != 403 || p["code"] != "auth.prove_first" {
			t.Errorf("a correction without a proof: %d %v", code, p)
		}
		if code, p := a.do("POST", path+"/cancel", map[string]any{"part": "nothing"}); code != 422 {
			t.Errorf("no part of it: %d %v", code, p)
		}
		code, o := a.do("POST", path+"/cancel", map[string]any{})
		if code != 200 || o["status"] != "canceled" {
			t.Errorf("canceling: %d %v", code, o)
		}
		if code, _ := a.do("POST", path+"/cancel", map[string]any{}); code != 409 {
			t.Errorf("canceling again: %d", code)
		}
		// The token of an order cancels it as its link does, and no other one.
		if code, _ := c.call("POST", "/api/v1/orders/"+numbers[1]+"/cancel", map[string]any{}, "Authorization", "Bearer "+link); code != 404 {
			t.Errorf("another order's token: %d", code)
		}
		// A session that is over does not become a guest who orders.
		if code, p := c.call("POST", "/api/v1/orders", c.order(), "Idempotency-Key", "key-order-over", "Authorization", "Bearer "+strings.Repeat("x", 43)); code != 401 {
			t.Errorf("a session that is over: %d %v", code, p)
		}
		if n := c.count(`SELECT count(*) FROM orders WHERE customer_id = $1`, a.id); n != 3 || c.count(`SELECT count(*) FROM orders`) != 3 {
			t.Errorf("%d orders are the account's", n)
		}
	})
}

// TestDataRequestsOverTheAPI: a copy, a question, a deletion and its withdrawal,
// with a fresh proof where the page asks for one, for the person alone.
func TestDataRequestsOverTheAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := start(t, d)
		a, b := c.person("anura@example.com"), c.person("bimal@example.com")
		a.buy("key-order-1")
		const path = "/account/data-requests"
		*c.now = c.now.Add(11 * time.Minute)
		for _, kind := range []string{privacy.Access, privacy.Erasure} {
			if code, p := a.do("POST", path, map[string]any{"kind": kind}); code != 403 || p["code"] != "auth.prove_first" {
				t.Errorf("%s without a proof: %d %v", kind, code, p)
			}
		}
		if code, p := a.do("POST", "/sessions/proof", map[string]any{"password": "another password"}); code != 422 || p["code"] != "auth.wrong_password" {
			t.Errorf("a wrong proof: %d %v", code, p)
		}
		code, in := a.do("POST", "/sessions/proof", map[string]any{"password": password})
		if code != 200 || in["token"] == a.token {
			t.Fatalf("a proof: %d %v", code, in)
		}
		if code, _ := c.call("GET", "/api/v1/account", nil, "Authorization", "Bearer "+a.token); code != 401 {
			t.Errorf("the token before the proof: %d", code)
		}
		a.token = in["token"].(string)
		code, made := a.do("POST", path, map[string]any{"kind": "access"}, "Idempotency-Key", "key-copy-1")
		if code != 201 || made["status"] != "in_progress" || made["copy"].(map[string]any)["status"] != "pending" {
			t.Fatalf("a copy: %d %v", code, made)
		}
		if code, again := a.do("POST", path, map[string]any{"kind": "access"}, "Idempotency-Key", "key-copy-1"); code != 201 || again["number"] != made["number"] {
			t.Errorf("a replay: %d %v", code, again)
		}
		one := path + "/" + made["number"].(string)
		if code, _ := a.do("GET", one+"/copy", nil); code != 404 {
			t.Errorf("a copy that is not ready: %d", code)
		}
		if code, q := a.do("POST", path, map[string]any{"kind": "question", "question": "Who saw 4111 1111 1111 1111?"}); code != 201 || q["masked"] != true || strings.Contains(fmt.Sprint(q), "4111 1111") {
			t.Errorf("a question: %d %v", code, q)
		}
		if code, p := a.do("POST", path, map[string]any{"kind": "question"}); code != 422 {
			t.Errorf("a question without one: %d %v", code, p)
		}
		code, gone := a.do("POST", path, map[string]any{"kind": "erasure"})
		if code != 201 || gone["run_at"] == nil || gone["can_withdraw"] != true {
			t.Fatalf("a deletion: %d %v", code, gone)
		}
		if code, _ := a.do("GET", path, nil); code != 401 {
			t.Errorf("the session after asking for the deletion: %d", code)
		}
		a.signIn()
		if code, p := a.do("POST", path, map[string]any{"kind": "erasure"}); code != 409 || p["code"] != "privacy.already_asked" {
			t.Errorf("a second deletion: %d %v", code, p)
		}
		withdrawal := path + "/" + gone["number"].(string) + "/withdraw"
		for method, at := range map[string]string{"GET": one, "POST": withdrawal} {
			if code, p := b.do(method, at, nil); code != 404 {
				t.Errorf("somebody else's %s: %d %v", method, code, p)
			}
		}
		if code, p := b.do("GET", one+"/copy", nil); code != 404 && code != 403 {
			t.Errorf("somebody else's copy: %d %v", code, p)
		}
		if got := b.walk(path+"?limit=1", "requests", "number"); len(got) != 0 {
			t.Errorf("somebody else sees %v", got)
		}
		if code, q := a.do("POST", withdrawal, nil); code != 200 || q["status"] != "withdrawn" {
			t.Errorf("a withdrawal: %d %v", code, q)
		}
		if code, _ := a.do("POST", withdrawal, nil); code != 409 {
			t.Errorf("a second withdrawal: %d", code)
		}
		if got := a.walk(path+"?limit=1", "requests", "number"); len(got) != 3 || got[0] != gone["number"] {
			t.Errorf("%v", got)
		}
		a.download(one)
		// Sent again under its key it is the copy that was counted; two are made a day.
		again := func(key string, want int) {
			t.Helper()
			if code, p := a.do("POST", path, map[string]any{"kind": "access"}, "Idempotency-Key", key); code != want {
				t.Errorf("%s: %d %v", key, code, p)
			}
		}
		again("key-copy-1", 201)
		again("key-copy-2", 201)
		again("key-copy-2", 201)
		again("key-copy-3", 429)
		if by, err := db.All(t.Context(), d, db.String, `SELECT DISTINCT channel FROM privacy_requests`); err != nil || len(by) != 1 || by[0] != "api" {
			t.Errorf("they came by %q, %v", by, err)
		}
	})
}

// download builds the copy as the job does and reads it.
func (p *person) download(path string) {
	p.Helper()
	m, _ := market.ByCode("lk")
	at := func() time.Time { return *p.now }
	runner := &job.Runner{DB: p.db, Clock: at, Log: slog.New(slog.DiscardHandler)}
	(&privacy.Keeper{DB: p.db, Market: m, Dir: p.db.Dir(), Clock: at}).Register(runner)
	if _, err := runner.RunDue(p.Context()); err != nil {
		p.Fatal(err)
	}
	_, q := p.do("GET", path, nil)
	if q["status"] != "done" || q["copy"].(map[string]any)["status"] != "ready" {
		p.Fatalf("after the job: %v", q)
	}
	r := httptest.NewRequest("GET", "https://shop.test/api/v1"+path+"/copy", nil)
	r.Header.Set("Authorization", "Bearer "+p.token)
	w := httptest.NewRecorder()
	p.server.ServeHTTP(w, r)
	if w.Code != 200 || w.Header().Get("Content-Type") != "application/zip" || !strings.HasPrefix(w.Body.String(), "PK") || w.Header().Get("Cache-Control") != "private, no-store" {
		p.Errorf("the copy: %d %v", w.Code, w.Header())
	}
}

// TestTokensKeepToTheirScopes tries every operation with a token of every scope
// alone: it is let in exactly where the document says so, and told what it lacks.
func TestTokensKeepToTheirScopes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := start(t, d)
		a := c.person("anura@example.com")
		tokens := map[string]string{}
		for _, scope := range access.Scopes(255).Names() {
			tokens[scope] = a.issue(scope)
		}
		all := a.issue(access.Scopes(255).Names()...)
		tried := 0
		for _, r := range c.server.Routes() {
			if !strings.HasPrefix(r.Pattern, "/api/v1/") || r.Policy.Kinds == access.Everyone.Kinds && r.Policy.Scope == 0 {
				continue
			}
			path := strings.NewReplacer("{id}", "nothing", "{number}", "nothing").Replace(r.Pattern)
			ask := func(token string) (int, map[string]any) {
				return c.call(r.Method, path, nil, "Authorization", "Bearer "+token)
			}
			if r.Policy.Scope == 0 {
				tried++
				if code, p := ask(all); code != 403 || p["code"] != "auth.people_only" {
					t.Errorf("%s %s lets a program in: %d %v", r.Method, r.Pattern, code, p["code"])
				}
				continue
			}
			for scope, token := range tokens {
				tried++
				code, p := ask(token)
				if granted := access.ScopesOf(scope)&r.Policy.Scope == r.Policy.Scope; granted == (p["code"] == "auth.scope_missing") || granted == (code == 403) {
					t.Errorf("%s %s with %s: %d %v", r.Method, r.Pattern, scope, code, p["code"])
				}
			}
		}
		if tried < 100 {
			t.Errorf("only %d calls were tried", tried)
		}
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "https://shop.test/api/v1/account/orders", nil)
		r.Header.Set("Authorization", "Bearer "+tokens["wishlist:read"])
		c.server.ServeHTTP(w, r)
		if got := w.Header().Get("WWW-Authenticate"); !strings.Contains(got, `error="insufficient_scope", scope="orders:read"`) {
			t.Errorf("the challenge: %s", got)
		}
	})
}

// TestADeadTokenIsRefused: wrong, revoked, over, or of a login that changed its
// password; also where nobody is asked who he is.
func TestADeadTokenIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := start(t, d)
		a := c.person("anura@example.com")
		refused := func(what, token string) {
			t.Helper()
			for _, path := range []string{"/account/orders", "/products", "/categories"} {
				if code, p := c.call("GET", "/api/v1"+path, nil, "Authorization", "Bearer "+token); code != 401 || p["code"] != "auth.token_over" {
					t.Errorf("%s at %s: %d %v", what, path, code, p["code"])
				}
			}
			if code, _ := c.call("POST", "/api/v1/orders", c.order(), "Authorization", "Bearer "+token, "Idempotency-Key", "key-dead-token"); code != 401 {
				t.Errorf("%s orders: %d", what, code)
			}
		}
		refused("no token", auth.TokenMark)
		refused("a wrong token", auth.TokenMark+strings.Repeat("x", 43))
		token := a.issue("orders:write")
		if code, _ := c.call("GET", "/api/v1/account/orders", nil, "Authorization", "Bearer "+token); code != 200 {
			t.Fatalf("the token itself: %d", code)
		}
		v, err := c.people.Open(t.Context(), a.token, *c.now)
		if err != nil {
			t.Fatal(err)
		}
		list, err := auth.Tokens(t.Context(), d, a.id, *c.now)
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		if err := c.people.RevokeToken(t.Context(), v, list[0].PublicID, *c.now); err != nil {
			t.Fatal(err)
		}
		refused("a revoked token", token)
		token = a.issue("orders:write")
		if _, err := c.people.ChangePassword(t.Context(), v, "eight blue boats!", *c.now); err != nil {
			t.Fatal(err)
		}
		refused("a token after another password", token)
		b := c.person("bimal@example.com")
		token = b.issue("orders:write")
		*c.now = c.now.AddDate(0, 0, 30)
		refused("a token whose days are over", token)
		if n := c.count(`SELECT count(*) FROM orders`); n != 0 {
			t.Errorf("%d orders", n)
		}
	})
}

// TestNoCookieOpensTheAPI: a browser cannot be made to ask by another site,
// because its cookie is nobody here, on every route and for every method.
func TestNoCookieOpensTheAPI(t *testing.T) {
	c := start(t, dbtest.SQLite(t))
	a := c.person("anura@example.com")
	tried := 0
	for _, r := range c.server.Routes() {
		if !strings.HasPrefix(r.Pattern, "/api/v1/") || r.Policy.Kinds.Has(access.Anonymous) {
			continue
		}
		tried++
		path := strings.NewReplacer("{id}", "nothing", "{number}", "nothing").Replace(r.Pattern)
		if code, p := c.call(r.Method, path, nil, "Cookie", "__Host-s="+a.token); code != http.StatusUnauthorized {
			t.Errorf("%s %s: %d %v", r.Method, r.Pattern, code, p)
		}
	}
	if tried < 20 {
		t.Errorf("only %d routes were tried", tried)
	}
}

// TestTheDocumentNamesWhoMayAsk: what the document says of sessions, tokens and
// scopes is what the routes ask for.
func TestTheDocumentNamesWhoMayAsk(t *testing.T) {
	c := start(t, dbtest.SQLite(t))
	_, doc := c.call("GET", "/api/v1/openapi.json", nil)
	schemes := doc["components"].(map[string]any)["securitySchemes"].(map[string]any)
	if got := slices.Sorted(maps.Keys(schemes)); !slices.Equal(got, []string{"order", "session", "token"}) || strings.Contains(fmt.Sprint(schemes), "cookie") {
		t.Errorf("%v", schemes)
	}
	for _, r := range c.server.Routes() {
		item, ok := doc["paths"].(map[string]any)[r.Pattern].(map[string]any)
		if !ok {
			continue
		}
		said := fmt.Sprint(item[strings.ToLower(r.Method)].(map[string]any)["security"])
		for _, scope := range r.Policy.Scope.Names() {
			if !strings.Contains(said, scope) {
				t.Errorf("%s %s does not say that it needs %s: %s", r.Method, r.Pattern, scope, said)
			}
		}
		if open := r.Policy.Kinds.Has(access.Anonymous); !open && !strings.Contains(said, "session") {
			t.Errorf("%s %s does not say that it needs a session: %s", r.Method, r.Pattern, said)
		}
	}
}
