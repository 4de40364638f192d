package journey

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"aromart/internal/care/policy"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/platform/db"
)

// enact puts a version of the policy in force, with two signatures.
func (s *shop) enact(f policy.Facts) {
	s.Helper()
	by := policy.By{Kind: "operator"}
	s.write(func(tx *db.Tx) error {
		now := clock.System()
		if _, err := policy.Propose(s.Context(), tx, by, f, now); err != nil {
			return err
		}
		for role, name := range map[policy.Role]string{policy.Business: "Nimal Perera", policy.Legal: "Ruwani Silva"} {
			if _, err := policy.Sign(s.Context(), tx, by, role, contact.NewName(name), f, now); err != nil {
				return err
			}
		}
		_, err := policy.Publish(s.Context(), tx, by, f, now, now)
		return err
	})
	s.must(s.gate.Refresh(s.Context()))
}

// TestAPolicyInForce: the draft banner goes from every page and every cache,
// orders remember the version, and who filled in the form under another text
// is asked again.
func TestAPolicyInForce(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		early := s.visitor()
		if p := early.get("/privacy"); !strings.Contains(p.body, "This is a draft.") || !strings.Contains(p.body, "Version 1-draft, not in force") {
			t.Fatalf("the draft: %.600s", p.body)
		}
		early.get("/terms") // into the cache
		early.post("/cart/add", "variant", early.variant("mug", 0), "quantity", "1")
		form := early.form()

		draft := s.gate.Shown()
		s.enact(s.facts())
		in := s.gate.Shown()
		if !in.InForce || in.Version != "1" || in.Hash != draft.Hash {
			t.Fatalf("%+v after %+v", in, draft)
		}
		for _, path := range []string{"/privacy", "/cookies", "/terms", "/returns", "/privacy/promises", "/privacy/data"} {
			p := s.visitor().get(path)
			if strings.Contains(p.body, "This is a draft.") || !strings.Contains(p.body, "Version 1, in force since ") {
				t.Errorf("%s still shows the draft", path)
			}
		}
		if p := s.visitor().get("/si/privacy"); !strings.Contains(p.body, in.Hash) || strings.Contains(p.body, "ui.policy.") {
			t.Error("the Sinhala page does not show the checksum")
		}

		p := early.do("POST", "/checkout", form)
		if p.code != http.StatusConflict || !strings.Contains(p.body, "The terms have changed to version 1") || s.count(`SELECT count(*) FROM orders`) != 0 {
			t.Fatalf("ordered under the old text: %d %.400s", p.code, p.body)
		}
		for _, m := range hidden.FindAllStringSubmatch(p.body, -1) {
			form.Set(m[1], m[2])
		}
		if p = early.do("POST", "/checkout", form); !orderPath.MatchString(p.location) {
			t.Fatalf("and again: %d", p.code)
		}
		if got := s.strings(`SELECT policy_version || ' ' || policy_hash FROM orders`); len(got) != 1 || got[0] != "1 "+in.Hash {
			t.Errorf("the order remembers %q", got)
		}

		f := s.facts()
		f.Names, _ = f.Names.With(policy.Names{Capabilities: []policy.Capability{policy.SMS}})
		s.enact(f)
		if p := s.visitor().get("/privacy"); !strings.Contains(p.body, "Version 2, in force") || !strings.Contains(p.body, `id="changes"`) || !strings.Contains(p.body, "<ins>text messages to your phone") {
			t.Error("the changes are not shown")
		}
		if p := s.visitor().get("/terms"); strings.Contains(p.body, `id="changes"`) {
			t.Error("terms have not changed")
		}
	})
}

// outside is whatever makes a browser ask another machine by itself.
var outside = regexp.MustCompile(`(?i)<(?:script|img|iframe|frame|embed|object|audio|video|source|track|input)\b[^>]*\s(?:src|srcset|data|poster)\s*=\s*["']?(?:https?:)?//[^\s"'>]+|` +
	`<link\b[^>]*rel=["']?(?:stylesheet|preload|prefetch|preconnect|dns-prefetch|icon|modulepreload|manifest)["']?[^>]*href=["']?(?:https?:)?//[^\s"'>]+|@import|url\(\s*["']?(?:https?:)?//`)

// TestNoPageAsksAnotherSite visits pages in all languages, the style sheet and
// the script: nothing loads from elsewhere, and each page forbids it (P14).
func TestNoPageAsksAnotherSite(t *testing.T) {
	s := open(t, sqlite(t))
	v, seen := s.visitor(), map[string]bool{}
	todo := []string{"/", "/si", "/ta", "/privacy", "/privacy/promises", "/privacy/data", "/cookies", "/cart", "/checkout", "/orders/track", "/search?q=mug", "/no-such-page"}
	for len(todo) > 0 && len(seen) < 150 {
		path := todo[0]
		todo = todo[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		p := v.get(path)
		if found := outside.FindString(strings.ReplaceAll(p.body, s.base, "")); found != "" {
			t.Errorf("%s asks another machine: %s", path, found)
		}
		csp := p.header.Get("Content-Security-Policy")
		if csp == "" || strings.Contains(strings.ReplaceAll(csp, "upgrade-insecure-requests", ""), "http") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
			t.Errorf("%s has the content policy %q", path, csp)
		}
		for _, m := range link.FindAllStringSubmatch(p.body, -1) {
			todo = append(todo, strings.ReplaceAll(m[1], "&amp;", "&"))
		}
		for _, m := range regexp.MustCompile(`(?:src|href)="(/static/[^"]+\.(?:css|js))"`).FindAllStringSubmatch(p.body, -1) {
			todo = append(todo, m[1])
		}
	}
	if len(seen) < 50 {
		t.Errorf("only %d pages were seen", len(seen))
	}
	for bad, want := range map[string]bool{`<script defer src="https://cdn.example/x.js">`: true, `<img alt="" src=//x.example/p.gif>`: true,
		`<link rel="stylesheet" href="https://fonts.example/a">`: true, `<iframe src='http://x.example'>`: true, `<a href="https://x.example">`: false,
		`<link rel="canonical" href="https://x.example/">`: false, `<img src="/media/1.jpg">`: false} {
		if got := outside.MatchString(bad); got != want {
			t.Errorf("%s: found %v", bad, got)
		}
	}
}

// TestPromisesPage shows each promise with its proofs and what the server
// found, and tells a broken one.
func TestPromisesPage(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		if p := s.visitor().get("/privacy/promises"); !strings.Contains(p.body, "This server has not checked itself yet.") || strings.Count(p.body, `<h2 id="P`) != 24 {
			t.Errorf("%.400s", p.body)
		}
		run := func() {
			list := policy.RunChecks(s.Context(), policy.Checks(s.db, s.gate), clock.System())
			s.write(func(tx *db.Tx) error { return policy.SaveResults(s.Context(), tx, list) })
		}
		run()
		if p := s.visitor().get("/privacy/promises"); !strings.Contains(p.body, "All 3 checks of this server passed") || len(p.cookies) > 0 {
			t.Errorf("%.600s", p.body)
		}
		s.write(func(tx *db.Tx) error {
			_, err := db.Exec(s.Context(), tx, `ALTER TABLE orders ADD COLUMN birthday TEXT`)
			return err
		})
		run()
		p := s.visitor().get("/ta/privacy/promises")
		if !strings.Contains(p.body, "notice bad") || strings.Contains(p.body, "birthday") {
			t.Errorf("the broken promise is not told, or its details are: %.600s", p.body)
		}
	})
}
