package policy

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/market"
)

func facts(t *testing.T, code string) Facts {
	p, ok := market.ByCode(code)
	if !ok {
		t.Fatal("no market", code)
	}
	return Facts{Market: p, Operator: "Example Ltd", Email: "privacy@shop.example", Names: Default()}
}

// failOnMissing turns a missing message or argument into a failure.
func failOnMissing(t *testing.T) {
	t.Cleanup(i18n.OnMissing(func(lang, id, what string) { t.Errorf("%s %s: %s", lang, id, what) }))
}

func TestPromises(t *testing.T) {
	failOnMissing(t)
	all := Promises()
	if len(all) != 24 {
		t.Fatalf("%d promises", len(all))
	}
	for i, p := range all {
		if p.ID != fmt.Sprintf("P%02d", i+1) {
			t.Errorf("promise %d is %s", i+1, p.ID)
		}
		for _, lang := range i18n.Languages() {
			i18n.For(lang).T(p.Text)
		}
		for _, name := range p.Tests {
			if !testExists(t, name) {
				t.Errorf("%s: there is no test %s", p.ID, name)
			}
		}
	}
}

func testExists(t *testing.T, name string) bool {
	dir, test, _ := strings.Cut(name, ".")
	files, err := filepath.Glob(filepath.Join("../../..", dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	re := regexp.MustCompile(`(?m)^func ` + test + `\(t \*testing\.T\)`)
	return slices.ContainsFunc(files, func(f string) bool {
		text, err := os.ReadFile(f)
		return err == nil && re.Match(text)
	})
}

func TestEveryPromiseStandsInThePolicy(t *testing.T) {
	stated := map[string]bool{}
	for _, s := range Text(i18n.For("en"), "privacy", facts(t, "lk")).Sections {
		for _, id := range s.Promises {
			stated[id] = true
		}
	}
	for _, p := range Promises() {
		if !stated[p.ID] {
			t.Errorf("%s stands in no section of the privacy policy", p.ID)
		}
	}
}

func TestTextIsCompleteInEveryLanguageAndMarket(t *testing.T) {
	failOnMissing(t)
	for _, code := range market.Codes() {
		for _, lang := range i18n.Languages() {
			for _, name := range Pages() {
				d := Text(i18n.For(lang), name, facts(t, code))
				if d.Title == "" || len(d.Sections) != len(layouts[name]) {
					t.Errorf("%s %s %s: %+v", code, lang, name, d)
				}
				for _, s := range d.Sections {
					if len(s.Paragraphs) == 0 {
						t.Errorf("%s %s: section %s says nothing", lang, name, s.ID)
					}
				}
			}
		}
	}
	privacy := Text(i18n.For("en"), "privacy", facts(t, "lk"))
	if len(privacy.Summary) != 10 || !strings.Contains(canonical([]Document{privacy}), "21 working days") {
		t.Errorf("the summary: %q", privacy.Summary)
	}
	if eu := Text(i18n.For("en"), "privacy", facts(t, "eu")); !strings.Contains(canonical([]Document{eu}), "1 month") {
		t.Error("the other market has the first one's deadline")
	}
	if bare := Text(i18n.For("si"), "privacy", Facts{Market: facts(t, "lk").Market, Names: Default()}); strings.Contains(canonical([]Document{bare}), "  ") {
		t.Error("an operator that is not set leaves a hole")
	}
	if rows := Text(i18n.For("ta"), "cookies", facts(t, "lk")).Sections[0].Rows; len(rows) != len(Cookies()) {
		t.Errorf("cookie table: %q", rows)
	}
}

func TestDraft(t *testing.T) {
	a, b := Current(facts(t, "lk")), Current(facts(t, "lk"))
	if a != b || a.InForce || len(a.Hash) != 64 || !strings.HasSuffix(a.Version, "-draft") {
		t.Errorf("%+v then %+v", a, b)
	}
	other := facts(t, "lk")
	other.Operator = "Somebody else"
	if Current(other).Hash == a.Hash {
		t.Error("another text has the same hash")
	}
}

func TestPaymentGate(t *testing.T) {
	failOnMissing(t)
	for _, ok := range []string{"cod", "transfer"} {
		if err := Default().AllowPayment(ok); err != nil {
			t.Errorf("%s: %v", ok, err)
		}
	}
	for _, no := range []string{"", "stripe", "COD", "card", "cod "} {
		err := Default().AllowPayment(no)
		if errs.KindOf(err) != errs.Forbidden || !strings.Contains(i18n.For("en").Error(err), "P12") {
			t.Errorf("%q: %v", no, err)
		}
	}
}

func TestCapabilityGate(t *testing.T) {
	if err := Default().Allow(OrderMail); err != nil {
		t.Error(err)
	}
	for _, no := range []Capability{OnlinePayment, SMS, Analytics, Advertising, RemotePicture, "new idea"} {
		if errs.KindOf(Default().Allow(no)) != errs.Forbidden {
			t.Errorf("%s is allowed", no)
		}
	}
}

func TestCookieRegister(t *testing.T) {
	failOnMissing(t)
	seen := map[string]bool{}
	for _, c := range Cookies() {
		if !strings.HasPrefix(c.Name, "__Host-") || seen[c.PlainName()] || c.Life <= 0 || c.SameSite == 0 {
			t.Errorf("%+v", c)
		}
		seen[c.PlainName()] = true
	}
}
