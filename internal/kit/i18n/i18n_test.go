package i18n

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"aromart/internal/kit/errs"
)

// example is a translator over a small catalog of its own.
func example(t testing.TB, lang, catalog string) *Translator {
	t.Helper()
	c := loadCatalogs(fstest.MapFS{"locales/" + lang + "/x.json": {Data: []byte(catalog)}})
	if len(c.problems) > 0 {
		t.Fatal(c.problems)
	}
	return c.byLang[lang]
}

// missed collects what the hook hears during a test.
func missed(t testing.TB) *[]string {
	var got []string
	t.Cleanup(OnMissing(func(lang, id, what string) { got = append(got, lang+" "+id+": "+what) }))
	return &got
}

type store string

func (s store) String() string { return "store " + string(s) }

func TestT(t *testing.T) {
	const catalog = `{
		"plain": "Hello",
		"empty": "",
		"args": "{who} sells {what} since {year}",
		"count": {"one": "{n} item", "other": "{n} items"},
		"braces": "a { b } {Not} {who}"
	}`
	tests := []struct {
		lang, id string
		args     []any
		want     string
	}{
		{"en", "plain", nil, "Hello"},
		{"en", "empty", nil, ""},
		{"en", "args", []any{"year", 2026, "what", "tea", "who", store("A")}, "store A sells tea since 2026"},
		{"en", "count", []any{"n", 1}, "1 item"},
		{"en", "count", []any{"n", 0}, "0 items"},
		{"en", "count", []any{"n", int64(12345)}, "12,345 items"},
		{"en", "count", []any{"n", uint32(2)}, "2 items"},
		{"si", "count", []any{"n", 0}, "0 item"}, // Sinhala: one serves 0 and 1
		{"si", "count", []any{"n", 2}, "2 items"},
		{"ta", "count", []any{"n", 0}, "0 items"},
		{"ta", "count", []any{"n", 1}, "1 item"},
		{"en", "braces", []any{"who", "c"}, "a { b } {Not} c"},
	}
	for _, tt := range tests {
		got := missed(t)
		if s := example(t, tt.lang, catalog).T(tt.id, tt.args...); s != tt.want || len(*got) > 0 {
			t.Errorf("%s %s %v = %q, want %q (missing: %v)", tt.lang, tt.id, tt.args, s, tt.want, *got)
		}
	}
}

func TestMissingMessageAndArgumentAreSeen(t *testing.T) {
	got := missed(t)
	tr := example(t, "en", `{"hi": "Hi {who}"}`)
	if s := tr.T("nowhere.id"); s != "⟦nowhere.id⟧" {
		t.Errorf("missing id renders as %q", s)
	}
	if s := tr.T("hi", "other", 1); s != "Hi ⟦who⟧" {
		t.Errorf("missing argument renders as %q", s)
	}
	want := "en nowhere.id: no such message|en hi: argument who"
	if strings.Join(*got, "|") != want {
		t.Errorf("hook heard %q, want %q", *got, want)
	}
}

type recorder struct {
	failures []string
	cleanups []func()
}

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}
func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

func TestFailOnMissing(t *testing.T) {
	r := &recorder{}
	FailOnMissing(r)
	For("si").T("nowhere.id")
	for _, f := range r.cleanups {
		f()
	}
	For("si").T("nowhere.id")
	if len(r.failures) != 1 || r.failures[0] != "i18n: si nowhere.id: no such message" {
		t.Errorf("failures: %q, want one while the hook is set", r.failures)
	}
}

func TestAround(t *testing.T) {
	tr := example(t, "en", `{"agree": "By ordering from {store} you accept the {policy}."}`)
	before, after := tr.Around("agree", "policy", "store", "A")
	if before != "By ordering from A you accept the " || after != "." {
		t.Errorf("Around = %q, %q", before, after)
	}
}

func TestError(t *testing.T) {
	tests := []struct {
		err  error
		want string
	}{
		{errors.New("disk on fire"), For("en").T("error.internal")},
		{errs.New(errs.Internal, "error.not_found"), For("en").T("error.internal")},
		{errs.New(errs.NotFound, "error.not_found").Because(errors.New("id 7")), For("en").T("error.not_found")},
		{fmt.Errorf("place: %w", errs.Field("name", "error.too_long", "n", 80)), "Please use at most 80 characters."},
		{errs.List{errs.Field("qty", "error.bad_range", "min", 1, "max", 99)}.Err(), "Please enter a number from 1 to 99."},
	}
	for _, tt := range tests {
		if got := For("en").Error(tt.err); got != tt.want {
			t.Errorf("Error(%v) = %q, want %q", tt.err, got, tt.want)
		}
	}
	got := missed(t)
	if s := For("en").Error(errs.New(errs.Conflict, "no.such.id")); s != For("en").T("error.conflict") || len(*got) != 1 {
		t.Errorf("an unknown id gives %q, hook heard %v", s, *got)
	}
}

func TestFor(t *testing.T) {
	for lang, want := range map[string]string{"en": "en", "si": "si", "ta-LK": "ta", "fr": "en", "": "en", "ar-XB": "en"} {
		if got := For(lang).Lang(); got != want {
			t.Errorf("For(%q) = %q, want %q", lang, got, want)
		}
	}
	tr := Pseudo()
	if tr.Dir() != "rtl" || tr.T("error.bad_range", "min", 1, "max", 2) == For("en").T("error.bad_range", "min", 1, "max", 2) {
		t.Error("the pseudo language is not mirrored")
	}
	for _, lang := range Languages() {
		if For(lang).Dir() != "ltr" || Name(lang) == "" {
			t.Errorf("%s: dir %q, name %q", lang, For(lang).Dir(), Name(lang))
		}
	}
}

func TestBrokenCatalogsAreReported(t *testing.T) {
	for name, raw := range map[string]string{
		"no object":     `["a"]`,
		"cut off":       `{"a": "b"`,
		"twice":         `{"a": "b", "a": "c"}`,
		"no other":      `{"a": {"one": "x"}}`,
		"unknown form":  `{"a": {"single": "x", "other": "y"}}`,
		"not a message": `{"a": 3}`,
	} {
		c := loadCatalogs(fstest.MapFS{"locales/si/x.json": {Data: []byte(raw)}})
		if len(c.problems) != 1 {
			t.Errorf("%s: problems %v, want one", name, c.problems)
		}
	}
}

func TestDates(t *testing.T) {
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 14, 30, 0, 0, time.UTC) }
	nov27 := day(2026, 11, 27)
	for style, want := range map[Style][3]string{
		DayMonth:        {"27 November", "නොවැම්බර් 27", "நவம்பர் 27"},
		DayMonthShort:   {"27 Nov", "නොවැ 27", "நவ. 27"},
		DayMonthYear:    {"27 November 2026", "2026 නොවැම්බර් 27", "2026 நவம்பர் 27"},
		WeekdayDayMonth: {"Friday 27 November", "නොවැම්බර් 27, සිකුරාදා", "நவம்பர் 27, வெள்ளி"},
		Full:            {"Friday 27 November 2026", "2026 නොවැම්බර් 27, සිකුරාදා", "2026 நவம்பர் 27, வெள்ளி"},
		DateTime:        {"27 November 2026, 14:30", "2026 නොවැම්බර් 27, 14:30", "2026 நவம்பர் 27, 14:30"},
		TimeOfDay:       {"14:30", "14:30", "14:30"},
	} {
		for i, lang := range Languages() {
			if got := For(lang).Date(nov27, style); got != want[i] {
				t.Errorf("%s style %d = %q, want %q", lang, style, got, want[i])
			}
		}
	}
	ranges := []struct {
		from, to time.Time
		want     [3]string
	}{
		{nov27, nov27, [3]string{"27 November", "නොවැම්බර් 27", "நவம்பர் 27"}},
		{nov27, day(2026, 11, 29), [3]string{"27 to 29 November", "නොවැම්බර් 27–29", "நவம்பர் 27–29"}},
		{nov27, day(2026, 12, 2), [3]string{"27 November to 2 December", "නොවැම්බර් 27 – දෙසැම්බර් 2", "நவம்பர் 27 – டிசம்பர் 2"}},
		{day(2026, 12, 30), day(2027, 1, 2), [3]string{"30 December 2026 to 2 January 2027", "2026 දෙසැම්බර් 30 – 2027 ජනවාරි 2", "2026 டிசம்பர் 30 – 2027 ஜனவரி 2"}},
	}
	for _, r := range ranges {
		for i, lang := range Languages() {
			if got := For(lang).DateRange(r.from, r.to); got != r.want[i] {
				t.Errorf("%s %v to %v = %q, want %q", lang, r.from, r.to, got, r.want[i])
			}
		}
	}
	for i, want := range []string{"27 Nov to 2 Dec", "නොවැ 27 – දෙසැ 2", "நவ. 27 – டிச. 2"} {
		if got := For(Languages()[i]).ShortDateRange(nov27, day(2026, 12, 2)); got != strings.ReplaceAll(want, " ", "\u00a0") {
			t.Errorf("%s = %q, want %q", Languages()[i], got, want)
		}
	}
}

func TestDays(t *testing.T) {
	for n, want := range map[int][3]string{
		1: {"1 day", "දින 1ක්", "1 நாள்"}, 30: {"30 days", "දින 30ක්", "30 நாட்கள்"}, 364: {"364 days", "දින 364ක්", "364 நாட்கள்"},
		365: {"1 year", "වසර 1ක්", "1 ஆண்டு"}, 400: {"400 days", "දින 400ක්", "400 நாட்கள்"}, 2190: {"6 years", "වසර 6ක්", "6 ஆண்டுகள்"},
		0: {"0 days", "දින 0ක්", "0 நாட்கள்"},
	} {
		for i, lang := range Languages() {
			if got := For(lang).Days(n); got != want[i] {
				t.Errorf("%s Days(%d) = %q, want %q", lang, n, got, want[i])
			}
		}
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", -1000: "-1,000", 123456: "123,456", -9223372036854775808: "-9,223,372,036,854,775,808"} {
		for _, lang := range Languages() {
			if got := For(lang).Number(n); got != want {
				t.Errorf("%s Number(%d) = %q, want %q", lang, n, got, want)
			}
		}
	}
}

func TestOneAllocation(t *testing.T) {
	tr := For("en")
	for name, f := range map[string]func(){
		"argument": func() { sink = tr.T("error.bad_range", "min", 1, "max", 99) },
		"plural":   func() { sink = tr.T("error.too_long", "n", 80) },
	} {
		if n := testing.AllocsPerRun(200, f); n > 1 {
			t.Errorf("%s: %v allocations, want 1", name, n)
		}
	}
	if n := testing.AllocsPerRun(200, func() { sink = tr.T("error.required") }); n != 0 {
		t.Errorf("plain text: %v allocations, want none", n)
	}
}

var sink string

func BenchmarkT(b *testing.B) {
	tr, count, name := For("en"), 12345, strings.Repeat("x", 8)
	for what, f := range map[string]func(){
		"plain":  func() { sink = tr.T("error.required") },
		"ints":   func() { sink = tr.T("error.bad_range", "min", 1, "max", 99) },
		"string": func() { sink = tr.T("error.bad_range", "min", "one", "max", name) },
		"plural": func() { sink = tr.T("error.too_long", "n", count) },
	} {
		b.Run(what, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f()
			}
		})
	}
}

func TestPseudoMustBeEnabled(t *testing.T) {
	EnablePseudo()
	t.Cleanup(func() { pseudoEnabled.Store(false) })
	tr := For("ar-XB")
	if tr.Lang() != "ar-XB" || tr.T("error.required") == For("en").T("error.required") {
		t.Errorf("For(ar-XB) answers in %s", tr.Lang())
	}
	if len(Languages()) != 3 {
		t.Errorf("the pseudo language is listed: %v", Languages())
	}
}
