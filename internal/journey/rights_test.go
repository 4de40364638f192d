package journey

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/kit/clock"
	"aromart/internal/platform/db"
	"aromart/internal/web/webtest"
)

// owner is a customer whose every value is a marker.
type owner struct {
	*visitor
	mark, email    string
	number, silent string // an order, and one without an e-mail address
}

// owner opens an account and fills every room of it.
func (s *shop) owner(mark, phone string) *owner {
	s.Helper()
	o := &owner{mark: mark, email: strings.ToLower(mark) + "@example.com"}
	o.visitor = s.customer(o.email)
	o.did(o.post("/account/preferences", "name", mark+"-name", "language", "en", "city", "jaffna/jaffna", "notices", "always"))
	o.did(o.post("/account/addresses/new", "label", mark+"-label", "name", mark+"-name", "phone", phone, "street", mark+"-home", "landmark", mark+"-landmark", "city", "jaffna/jaffna"))
	o.did(o.post("/account/wishlist/add", "variant", o.variant("mug", 0), "quantity", "1"))
	o.number = o.buys(phone, o.email)
	o.silent = o.buys(phone, "")
	o.did(o.post("/cart/add", "variant", o.variant("mug", 0), "quantity", "1"))
	o.letters()
	return o
}

func (o *owner) did(p page) {
	o.Helper()
	if p.code != http.StatusSeeOther {
		o.Fatalf("%d %.400s", p.code, p.body)
	}
}

// buys places an order that is canceled again, so that nothing of it is open.
func (o *owner) buys(phone, email string) string {
	o.Helper()
	o.did(o.post("/cart/add", "variant", o.variant("lamp", 0), "quantity", "1"))
	f := o.form()
	for name, value := range map[string]string{"name": o.mark + "-name", "email": email, "phone": phone, "street": o.mark + "-street", "landmark": o.mark + "-landmark",
		"note": o.mark + "-note", "recipient": o.mark + "-recipient", "address": "other"} {
		f.Set(name, value)
	}
	m := orderPath.FindStringSubmatch(o.do("POST", "/checkout", f).location)
	if m == nil {
		o.Fatal("the order was not taken")
	}
	o.letters()
	part := o.strings("SELECT p.public_id FROM seller_orders p JOIN orders o ON o.id = p.order_id WHERE o.number = '" + m[1] + "'")[0]
	o.did(o.post("/orders/"+m[1]+"/cancel", "part", part))
	return m[1]
}

// later lets so much time pass for deletions that wait.
func (s *shop) later(d time.Duration) {
	s.Helper()
	s.write(func(tx *db.Tx) error {
		_, err := db.Exec(s.Context(), tx, `UPDATE privacy_requests SET run_at = run_at - $1 WHERE run_at IS NOT NULL`, d.Microseconds())
		if err == nil {
			_, err = db.Exec(s.Context(), tx, `UPDATE jobs SET run_at = run_at - $1 WHERE kind = 'privacy.erase' AND status = 'pending'`, d.Microseconds())
		}
		return err
	})
	s.letters()
}

// holding lists every table and file that holds a text.
func (s *shop) holding(texts ...string) (found []string) {
	s.Helper()
	look := func(where, all string) {
		all = strings.ReplaceAll(all, "=\r\n", "")
		for _, text := range texts {
			if strings.Contains(strings.ToLower(all), strings.ToLower(text)) {
				found = append(found, where+" holds "+text)
			}
		}
	}
	columns := map[string][]string{}
	for _, c := range policy.Columns() {
		if c.Table+"."+c.Column != "second_factors.secret" { // bytes, and random
			columns[c.Table] = append(columns[c.Table], c.Column)
		}
	}
	for table, list := range columns {
		rows, err := db.All(s.Context(), s.db, db.String, "SELECT concat_ws('|', "+strings.Join(list, ", ")+") FROM "+table)
		s.must(err)
		look("table "+table, strings.Join(rows, "\n"))
	}
	s.must(filepath.WalkDir(s.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		look("file "+filepath.Base(path), string(data))
		return err
	}))
	return found
}

// TestRightsPages walks the rights of whoever has an account: a copy, a
// correction, a deletion that is withdrawn, and one that is not. Afterwards no
// table and no file holds anything of him, and the other account is whole.
func TestRightsPages(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		a, b := s.owner("CANARY-anura", "0705559876"), s.owner("CANARY-bimal", "0705551111")
		if n := len(s.holding(a.mark, "+94705559876")); n < 8 {
			t.Fatalf("the scan finds only %d places", n)
		}
		others := len(s.holding(b.mark))
		text, err := os.ReadFile("testdata/rights.txt")
		s.must(err)
		serve := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.letters() // what was asked for is made between two pages
			if wait, err := time.ParseDuration(r.Header.Get("Later")); err == nil {
				s.later(wait)
			}
			r.Header.Del("Later")
			s.ServeHTTP(w, r)
		})
		vars := map[string]string{"email": a.email, "password": password, "mark": a.mark, "number": a.number, "silent": a.silent,
			"their_email": b.email, "theirs": b.mark, "their_number": b.number}
		for _, problem := range (webtest.Visit{Handler: serve, Base: s.base, Vars: vars}).Script("rights.txt", string(text)) {
			t.Error(problem)
		}
		for _, left := range s.holding(a.mark, "+94705559876", "0705559876") {
			t.Error(left)
		}
		if got := len(s.holding(b.mark)); got < others {
			t.Errorf("of somebody else %d places are left of %d", got, others)
		}
	})
}

// TestRightsNeedAFreshPassword: a session that was proved a while ago shows
// nothing and does nothing before the password is given again.
func TestRightsNeedAFreshPassword(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		a := s.owner("CANARY-anura", "0705559876")
		s.write(func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `UPDATE sessions SET proved_at = $1`, clock.Micros(clock.System().Add(-11*time.Minute)))
			return err
		})
		for _, page := range []string{"/account/data", "/orders/" + a.silent + "/data"} {
			prove := "/account/prove?next=" + page
			s.unchanged(page, func() {
				if p := a.get(page); p.location != prove || strings.Contains(p.body, a.mark) {
					t.Errorf("%s: %d to %s", page, p.code, p.location)
				}
				for _, act := range []string{"copy", "erase", "ask", "withdraw"} {
					if p := a.post(page+"/"+act, "kind", "question", "question", "x"); p.location != prove {
						t.Errorf("%s/%s: %d to %s", page, act, p.code, p.location)
					}
				}
				if p := a.get(page + "/copy/AAAAAAAAAAAAAAAAAAAAAA"); p.location != prove {
					t.Errorf("a copy: %d to %s", p.code, p.location)
				}
			})
			if p := a.post("/account/prove", "password", password, "next", page); p.location != page {
				t.Errorf("the password: %d to %s", p.code, p.location)
			}
			if p := a.get(page); p.code != 200 || !strings.Contains(p.body, "Lanka Lights") {
				t.Errorf("%s: %d", page, p.code)
			}
			s.write(func(tx *db.Tx) error {
				_, err := db.Exec(t.Context(), tx, `UPDATE sessions SET proved_at = $1`, clock.Micros(clock.System().Add(-11*time.Minute)))
				return err
			})
		}
	})
}

// TestBothDoorsCountCopiesTogether: the page and the API share one limit, and
// nobody uses up that of somebody else.
func TestBothDoorsCountCopiesTogether(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		token := func(email string) string {
			_, answer := s.api("POST", "/api/v1/sessions", `{"contact":"`+email+`","password":"`+password+`"}`, "")
			var in struct{ Token string }
			s.must(json.Unmarshal([]byte(answer), &in))
			return in.Token
		}
		a, b := s.customer("anura@example.com"), s.customer("bimal@example.com")
		keyA, keyB := token("anura@example.com"), token("bimal@example.com")
		ask := func(key string) int {
			code, _ := s.api("POST", "/api/v1/account/data-requests", `{"kind":"access"}`, key)
			return code
		}
		if p := a.post("/account/data/copy"); p.location != "/account/data?done=asked" {
			t.Fatalf("the page: %d to %s", p.code, p.location)
		}
		if first, second := ask(keyA), ask(keyA); first != 201 || second != http.StatusTooManyRequests {
			t.Errorf("then the API: %d, %d", first, second)
		}
		if p := a.post("/account/data/copy"); p.code != http.StatusTooManyRequests {
			t.Errorf("the page again: %d", p.code)
		}
		if first, second := ask(keyB), b.post("/account/data/copy"); first != 201 || second.code != http.StatusSeeOther {
			t.Errorf("somebody else: %d, %d", first, second.code)
		}
	})
}

var keepLink = regexp.MustCompile(`https://[^/\s]+(/privacy/keep/[\w-]+)`)

// TestTheLetterKeepsAnAccount: its link withdraws the deletion, with one press,
// once, and nobody can make up another; the same for the guest of an order.
func TestTheLetterKeepsAnAccount(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		a, b := s.owner("CANARY-anura", "0705559876"), s.owner("CANARY-bimal", "0705551111")
		keep := func(v *visitor) string {
			m := keepLink.FindStringSubmatch(v.lastLetter(a.email))
			if m == nil {
				t.Fatal("no link")
			}
			return m[1]
		}
		receipt := a.post("/account/data/erase").location
		link := keep(a.visitor)
		foreign := strings.TrimPrefix(b.post("/account/data/erase").location, "/privacy/receipt/")
		mac := link[len(link)-22:]
		stranger := s.visitor()
		s.unchanged("wrong links", func() {
			for _, wrong := range []string{"/privacy/keep/" + foreign + mac, link[:len(link)-1], link[:len(link)-1] + "_", "/privacy/keep/x", "/privacy/keep/" + foreign} {
				if p := stranger.post(wrong); p.code != 404 {
					t.Errorf("%s: %d", wrong, p.code)
				}
			}
			if p := stranger.get(link); p.code != 200 || !strings.Contains(p.body, "Do not delete, keep my data") || p.header.Get("Referrer-Policy") != "no-referrer" || strings.Contains(p.body, a.mark) {
				t.Errorf("the link: %d", p.code)
			}
		})
		if p := stranger.post(link); p.location != receipt {
			t.Errorf("the button: %d to %s", p.code, p.location)
		}
		if p := stranger.get(receipt); !strings.Contains(p.body, "withdrawn by you") {
			t.Errorf("the receipt: %.300s", p.body)
		}
		if p := stranger.post(link); p.code != 404 || !strings.Contains(p.body, "This link has served") {
			t.Errorf("twice: %d", p.code)
		}
		s.later(200 * time.Hour)
		if p := a.signIn(a.email); p.location != "/account" {
			t.Errorf("the account: %d", p.code)
		}
		if p := b.signIn(b.email); p.code != 422 {
			t.Errorf("the other deletion: %d", p.code)
		}
	})
}
