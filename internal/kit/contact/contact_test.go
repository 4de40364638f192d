package contact_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
)

// person hides its values in private fields, where fmt does not ask for methods.
type person struct {
	name  contact.Name
	email *contact.Email
	phone contact.Phone
	note  any
	lines []contact.Text
	byKey map[string]contact.Text
	home  contact.Address
}

func TestNothingPrintsAPersonalValue(t *testing.T) {
	mail := contact.NewEmail("canary@canary.example")
	p := person{contact.NewName("CANARY"), &mail, contact.NewPhone("+94771CANARY567"), contact.NewText("CANARY"),
		[]contact.Text{contact.NewText("CANARY")}, map[string]contact.Text{"a": contact.NewText("CANARY")},
		contact.Address{Street: contact.NewText("CANARY")}}
	values := map[string]any{"private fields": p, "pointer": &p, "name": p.name, "email": mail, "email pointer": &mail,
		"phone": p.phone, "address": p.home, "list": p.lines, "map": p.byKey, "address pointer": &p.home,
		"error": fmt.Errorf("cannot reach %v: %w", mail, errs.New(errs.Invalid, "error.bad_email", "email", mail)),
		"key":   map[contact.Text]int{contact.NewText("CANARY"): 1}}
	var out bytes.Buffer
	for name, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p", "%T", "%c", "%40s", "%-3v"} {
			fmt.Fprintf(&out, name+" "+verb+" "+verb+"\n", v, []any{v})
		}
		fmt.Fprintln(&out, v)
		if b, err := json.Marshal(v); err == nil {
			out.Write(b)
		}
		if b, err := xml.Marshal(v); err == nil {
			out.Write(b)
		}
		for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(h).Info(name, "value", v, "group", slog.GroupValue(slog.Any("inner", v)))
		}
	}
	for _, canary := range []string{"CANARY", "anary", fmt.Sprintf("%x", "CANARY"), fmt.Sprintf("%X", "anary"), "[67 65 78"} {
		if at := strings.Index(out.String(), canary); at >= 0 {
			t.Errorf("%q is printed: …%s", canary, out.String()[max(0, at-60):at+20])
		}
	}
	if !strings.Contains(out.String(), "c***@c***") || !strings.Contains(out.String(), "***567") {
		t.Error("the masks are not printed either: the test looks at nothing")
	}
}

func TestMasks(t *testing.T) {
	for want, v := range map[string]fmt.Stringer{
		"***":                 contact.NewName("Nimal"),
		"n***@e***":           contact.NewEmail("nimal@example.com"),
		"නි"[:3] + "***@e***": contact.NewEmail("නිමල්@example.com"),
		"***@e***":            contact.NewEmail("\n@example.com"),
		"***567":              contact.NewPhone("+94771234567"),
		"":                    contact.Email{},
	} {
		if v.String() != want {
			t.Errorf("mask %q, want %q", v.String(), want)
		}
	}
	if got := contact.NewEmail("no address").String() + contact.NewPhone("1234567").String(); got != "******" {
		t.Errorf("odd values are masked as %q", got)
	}
}

func TestValuesScanBindAndCompare(t *testing.T) {
	var a, b contact.Email
	for _, column := range []any{"a@b.lk", []byte("a@b.lk")} {
		if err := b.Scan(column); err != nil || b != contact.NewEmail("a@b.lk") || b.Reveal() != "a@b.lk" || b.IsZero() {
			t.Errorf("Scan(%T) = %v, %v", column, b.Reveal(), err)
		}
	}
	if v, err := b.Value(); v != "a@b.lk" || err != nil {
		t.Errorf("bound as %v, %v; a mask would be stored", v, err)
	}
	if err := b.Scan(nil); err != nil || b != a || !b.IsZero() || b.Reveal() != "" {
		t.Error("NULL is not the zero value")
	}
	if b.Scan(7) == nil {
		t.Error("a number was scanned")
	}
	if contact.NewText("") != (contact.Text{}) || !(contact.Address{}).IsZero() || (contact.Address{City: contact.NewText("Galle")}).IsZero() {
		t.Error("emptiness is not told rightly")
	}
}

func TestParseEmail(t *testing.T) {
	long := strings.Repeat("a", 64) + "@" + strings.Repeat(strings.Repeat("b", 63)+".", 3)[:183] + ".com"
	for _, tt := range []struct{ raw, want, id string }{
		{"nimal@example.com", "nimal@example.com", ""},
		{"  Nimal.Perera+shop@Example.COM\n", "nimal.perera+shop@example.com", ""},
		{"o'brien@x-y.example", "o'brien@x-y.example", ""},
		{"Å@Å.lk", "å@å.lk", ""},
		{"A\u030a@example.lk", "å@example.lk", ""}, // NFC
		{"නිමල්@උදාහරණය.ලංකා", "නිමල්@උදාහරණය.ලංකා", ""},
		{long, long, ""},
		{"a" + long, "", "error.bad_email"},
		{"", "", "error.required"},
		{"   ", "", "error.required"},
		{"nimal.example.com", "", "contact.email_no_at"},
		{"nimal@", "", "contact.email_domain"},
		{"nimal@example", "", "contact.email_domain"},
		{"nimal@example.", "", "contact.email_domain"},
		{"nimal@.com", "", "contact.email_domain"},
		{"nimal@exa_mple.com", "", "contact.email_domain"},
		{"nimal@-a.com", "", "contact.email_domain"},
		{"nimal@a-.com", "", "contact.email_domain"},
		{"nimal@[127.0.0.1]", "", "contact.email_domain"},
		{"nimal@127.0.0.1", "", "contact.email_domain"},
		{"nimal@" + strings.Repeat("a", 64) + ".com", "", "contact.email_domain"},
		{"@example.com", "", "error.bad_email"},
		{".a@example.com", "", "error.bad_email"},
		{"a..b@example.com", "", "error.bad_email"},
		{"a b@example.com", "", "error.bad_email"},
		{`"a b"@example.com`, "", "error.bad_email"},
		{"Nimal <nimal@example.com>", "", "error.bad_email"},
		{"a@example.com,b@example.com", "", "error.bad_email"},
		{"a@b@example.com", "", "error.bad_email"},
		{"a\r\nBcc: x@y.zz@example.com", "", "error.bad_email"},
		{"a@example.com\r\nBcc: x@y.zz", "", "error.bad_email"},
		{"a\u202e@example.com", "", "error.bad_email"},
		{"a\x00@example.com", "", "error.bad_text"},
		{"a\xff@example.com", "", "error.bad_text"},
		{strings.Repeat("a", 255) + "@example.com", "", "error.too_long"},
	} {
		got, err := contact.ParseEmail("email", tt.raw)
		check(t, tt.raw, "email", got.Reveal(), tt.want, err, tt.id)
	}
}

// The bar of 50 ms is watched by the benchmark; here only work is counted.
func TestAHugeEmailCostsNothing(t *testing.T) {
	raw := strings.Repeat("a@a.a.a", 15_000)
	n := testing.AllocsPerRun(10, func() {
		if _, err := contact.ParseEmail("email", raw); !errs.Is(err, "error.too_long") {
			t.Error(err)
		}
	})
	if n > 5 {
		t.Errorf("%v allocations: something looked at the text", n)
	}
}

func TestParseName(t *testing.T) {
	for _, tt := range []struct{ raw, want, id string }{
		{" Nimal   Perera ", "Nimal Perera", ""},
		{"ශ්‍රී ලාල්", "ශ්‍රී ලාල්", ""}, // the joiner is part of the spelling
		{"முருகன்", "முருகன்", ""},
		{"Zoe\u0308", "Zoë", ""},
		{"\u202aNimal\u202c", "Nimal", ""},
		{"{{7*7}} <script>", "{{7*7}} <script>", ""}, // text is text; whoever prints it escapes it
		{strings.Repeat("අ", 100), strings.Repeat("අ", 100), ""},
		{strings.Repeat("අ", 101), "", "error.too_long"},
		{strings.Repeat("a", 1<<20), "", "error.too_long"},
		{"", "", "error.required"},
		{" \u200d\u3000 ", "", "error.required"},
		{"a\nb", "", "contact.one_line"},
		{"a\r\nb", "", "contact.one_line"},
		{"a\u2028b", "", "contact.one_line"},
		{"a\x00b", "", "error.bad_text"},
		{"a\x1b[31mb", "", "error.bad_text"},
		{"a\xc3", "", "error.bad_text"},
	} {
		got, err := contact.ParseName("recipient", tt.raw)
		check(t, tt.raw, "recipient", got.Reveal(), tt.want, err, tt.id)
	}
}

func TestParseText(t *testing.T) {
	for _, tt := range []struct{ raw, want, id string }{
		{"", "", ""},
		{" leave at the gate\r\ncall first\r", "leave at the gate\ncall first", ""},
		{"\ufefftab\there", "tab\there", ""},
		{strings.Repeat("x", 40), strings.Repeat("x", 40), ""},
		{"  " + strings.Repeat("x", 40) + "\n", strings.Repeat("x", 40), ""},
		{strings.Repeat("x", 41), "", "error.too_long"},
		{"a\x00", "", "error.bad_text"},
		{"a\x08b", "", "error.bad_text"},
	} {
		got, err := contact.ParseText("note", tt.raw, 40)
		check(t, tt.raw, "note", got.Reveal(), tt.want, err, tt.id)
	}
	if got, err := contact.ParseLine("street", " 12,  Temple\u00a0Road ", 20); err != nil || got.Reveal() != "12, Temple Road" {
		t.Errorf("line = %q, %v", got.Reveal(), err)
	}
}

func check(t *testing.T, raw, field, got, want string, err error, id string) {
	t.Helper()
	if got != want || (err != nil) != (id != "") {
		t.Errorf("%.60q: %q, %v; want %q, %s", raw, got, err, want, id)
	}
	if e, ok := err.(*errs.Error); err != nil && (!ok || e.ID != id || e.Field != field || e.Kind != errs.Invalid) {
		t.Errorf("%.60q: %v, want %s on %s", raw, err, id, field)
	}
	if err != nil && got != "" {
		t.Errorf("%.60q: a refused value is returned", raw)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"a@b.lk", "A\u030a@x.lk", "\u0130@x.lk", "a\u202eb", "ශ්‍රී", "a\r\nb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if e, err := contact.ParseEmail("email", raw); err == nil {
			again, err := contact.ParseEmail("email", e.Reveal())
			if err != nil || again != e || strings.ContainsAny(e.Reveal(), " \r\n\t\x00<>,;:\"()[]\\") || len(e.Reveal()) > contact.MaxEmail {
				t.Errorf("%q is accepted as %q, then %q, %v", raw, e.Reveal(), again.Reveal(), err)
			}
		}
		if n, err := contact.ParseName("name", raw); err == nil {
			again, err := contact.ParseName("name", n.Reveal())
			if err != nil || again != n || strings.ContainsAny(n.Reveal(), "\r\n\t\x00") {
				t.Errorf("%q is accepted as %q, then %q, %v", raw, n.Reveal(), again.Reveal(), err)
			}
		}
	})
}

func BenchmarkParseEmail(b *testing.B) {
	for name, raw := range map[string]string{"usual": "nimal.perera@example.com", "longest": strings.Repeat("a.", 31) + "a@" + strings.Repeat("a.", 94) + "aa", "100KB": strings.Repeat("a@a.a.a", 15_000)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				contact.ParseEmail("email", raw)
			}
		})
	}
}
