package journey

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"aromart/internal/platform/db"
)

// TestKeysForPrograms: a person makes a key on the page, is shown it once and
// told by letter; the program can do what was ticked until it is revoked.
func TestKeysForPrograms(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		v, b := s.customer("anura@example.com"), s.customer("bimal@example.com")
		const keys = "/account/security/tokens"
		if p := v.get(keys); p.code != 200 || !strings.Contains(p.body, "There is no key.") {
			t.Fatalf("%d %.300s", p.code, p.body)
		}
		for _, wrong := range [][]string{{"name", "", "days", "30", "orders", "read"}, {"name", "till", "days", "30"}, {"name", "till", "days", "0", "orders", "read"},
			{"name", "till", "days", "366", "orders", "read"}, {"name", "till", "days", "30", "orders", "all"}} {
			if p := v.post(keys, wrong...); p.code != 422 || strings.Contains(p.body, "amt_") {
				t.Errorf("%v: %d", wrong, p.code)
			}
		}
		if p := v.post(keys, "name", "till", "days", "30", "orders", "read", "scope", "password"); p.code != 400 {
			t.Errorf("a scope of one's own: %d", p.code)
		}
		made := v.post(keys, "name", "CANARY-name", "days", "30", "orders", "write", "wishlist", "read")
		secret := regexp.MustCompile(`amt_[\w-]{43}`).FindString(made.body)
		if made.code != 200 || secret == "" || made.header.Get("Cache-Control") != "private, no-store" {
			t.Fatalf("%d %.500s", made.code, made.body)
		}
		p := v.get(keys)
		for _, want := range []string{"CANARY-name", "Orders: read, place and cancel", "Wishlist: read", "Not used yet"} {
			if !strings.Contains(p.body, want) {
				t.Errorf("the list lacks %q", want)
			}
		}
		if strings.Contains(p.body, secret) || strings.Contains(s.log.text(), secret) || s.count("SELECT count(*) FROM api_tokens WHERE token_hash LIKE '%' || $1 || '%'", secret[4:]) != 0 {
			t.Error("the key stands somewhere")
		}
		if letter := s.lastLetter("anura@example.com"); !strings.Contains(letter, "A program") {
			t.Errorf("no letter tells of it: %s", letter)
		}
		ask := func(method, path, body string, want int) {
			t.Helper()
			if code, answer := s.api(method, "/api/v1"+path, body, secret); code != want {
				t.Errorf("%s %s: %d %s", method, path, code, answer)
			}
		}
		ask("GET", "/account/orders", "", 200)
		ask("GET", "/account/wishlist", "", 200)
		ask("POST", "/account/wishlist", `{"variant":"x"}`, 403)
		ask("GET", "/account", "", 403)
		ask("GET", "/sessions", "", 403)
		ask("POST", "/account/data-requests", `{"kind":"access"}`, 403)
		if p := v.get(keys); !strings.Contains(p.body, "Last used on") {
			t.Error("the list does not say when it was used")
		}
		// A key is no cookie, and opens no page.
		x := s.visitor()
		x.jar["__Host-s"] = secret
		if p := x.get("/account"); p.code != http.StatusUnauthorized {
			t.Errorf("the key as a cookie: %d", p.code)
		}
		id := s.strings("SELECT public_id FROM api_tokens")[0]
		for _, who := range []*visitor{b, s.visitor()} {
			s.shows("the keys", who.get(keys))
			if p := who.post(keys+"/revoke", "token", id); p.code != 404 && p.code != 401 {
				t.Errorf("somebody else revokes: %d", p.code)
			}
		}
		ask("GET", "/account/orders", "", 200)
		if p := v.post(keys+"/revoke", "token", id); p.location != keys+"?done=revoked" {
			t.Errorf("revoking: %d to %s", p.code, p.location)
		}
		ask("GET", "/account/orders", "", 401)
		ask("GET", "/categories", "", 401)
		if p := v.get(keys + "?done=revoked"); !strings.Contains(p.body, "It opens nothing any more.") || strings.Contains(p.body, "CANARY-name") {
			t.Errorf("%.300s", p.body)
		}
		// Ten minutes after the password was given, it is asked for again.
		s.write(func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, "UPDATE sessions SET proved_at = proved_at - 601000000")
			return err
		})
		for name, p := range map[string]page{"the page": v.get(keys), "the form": v.post(keys, "name", "till", "days", "30", "orders", "read")} {
			if p.code != 303 || !strings.HasPrefix(p.location, "/account/prove?next=") {
				t.Errorf("%s without a proof: %d to %s", name, p.code, p.location)
			}
		}
	})
}
