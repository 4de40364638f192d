package journey

import (
	"strings"
	"testing"

	"aromart/internal/kit/clock"
)

// TestTheFirstAdministratorByTheLink: the link of a new marketplace takes name,
// address and password once, leads to the second step, and is over then.
func TestTheFirstAdministratorByTheLink(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		token, err := s.people.FirstLink(t.Context(), clock.System())
		s.must(err)
		page := "/setup/" + token
		v := s.visitor()
		if p := v.get(page); p.code != 200 || p.header.Get("Cache-Control") != "private, no-store" || p.header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("the page: %d %v", p.code, p.header)
		}
		for _, path := range []string{"/setup/x", "/setup/" + token[1:], "/si/setup/z" + token[1:]} {
			if p := v.get(path); p.code != 404 {
				t.Errorf("%s: %d", path, p.code)
			}
		}
		if p := v.post(page, "name", "", "email", "nobody", "password", "short"); p.code != 422 || !strings.Contains(p.body, `value="nobody"`) {
			t.Errorf("a wrong form: %d", p.code)
		}
		if p := v.post(page, "name", "Chitra Perera", "email", "chitra@example.com", "password", "chitra@example.com"); p.code != 422 {
			t.Errorf("a weak password: %d", p.code)
		}
		p := v.post(page, "name", "Chitra Perera", "email", "chitra@example.com", "password", password)
		if p.code != 303 || p.location != "/login/second" {
			t.Fatalf("the form: %d %s", p.code, p.location)
		}
		if p := v.get("/login/second"); p.code != 200 || !strings.Contains(p.body, "authenticator app") {
			t.Errorf("the second step: %d", p.code)
		}
		if p := v.get("/account"); p.code == 200 {
			t.Error("the account opens before the second step")
		}
		if got := s.strings(`SELECT role FROM logins WHERE email = 'chitra@example.com'`); len(got) != 1 || got[0] != "admin" {
			t.Errorf("the login: %q", got)
		}
		if p := s.visitor().post(page, "name", "Eve", "email", "eve@example.com", "password", password); p.code != 404 {
			t.Errorf("the link once more: %d", p.code)
		}
	})
}
