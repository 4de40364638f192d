// Package i18n turns message ids into sentences in the visitor's language.
//
// The catalogs are flat JSON files, one per room and language, embedded in the
// binary and compiled into segments once, so that a page with 150 sentences
// costs microseconds. Every id exists in every language with the same
// placeholders; the tests of this package keep that, and also that every id
// named in the code exists. A missing message never stops a page: it renders
// as ⟦id⟧ and calls the hook that tests turn into a failure.
//
// Personal data: none is kept; arguments pass through.
package i18n

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"aromart/internal/kit/errs"
)

// languages in the order in which a language menu shows them; the first is the fallback.
var languages = []string{"en", "si", "ta"}

var names = map[string]string{"en": "English", "si": "සිංහල", "ta": "தமிழ்", pseudoLang: "Pseudo"}

// Languages returns the languages with a complete catalog, the fallback first.
func Languages() []string { return append([]string(nil), languages...) }

// Name returns a language's name in that language.
func Name(lang string) string { return names[lang] }

// Translator renders messages in one language. It is immutable and safe for concurrent use.
type Translator struct {
	lang     string
	dir      string
	tag      language.Tag
	messages map[string]*message
	words    *calendarWords
}

var load = sync.OnceValue(func() catalogs { return loadCatalogs(localeFiles) })

// For returns the translator of a language, "si" or "si-LK". An unknown
// language gets English.
func For(lang string) *Translator {
	c := load()
	if tr := c.byLang[lang]; tr != nil {
		return tr
	}
	if base, _, found := strings.Cut(lang, "-"); found && c.byLang[base] != nil {
		return c.byLang[base]
	}
	if lang == pseudoLang && pseudoEnabled.Load() {
		return Pseudo()
	}
	return c.byLang[languages[0]]
}

// Lang is the language tag for the lang attribute.
func (tr *Translator) Lang() string { return tr.lang }

// Dir is "ltr" or "rtl", for the dir attribute.
func (tr *Translator) Dir() string { return tr.dir }

// Has reports whether the language has the message.
func (tr *Translator) Has(id string) bool { return tr.messages[id] != nil }

// T renders a message. args are name, value pairs: strings, integers,
// fmt.Stringer. The argument n chooses the plural form and is written with
// digit groups; other integers are written plain (a year is no quantity).
func (tr *Translator) T(id string, args ...any) string {
	m := tr.messages[id]
	if m == nil {
		reportMissing(tr.lang, id, "no such message")
		return "⟦" + id + "⟧"
	}
	segments := m.forms[plural.Other]
	if m.plural {
		segments = m.forms[tr.form(m, args)]
	}
	if len(segments) == 1 && segments[0].arg == "" {
		return segments[0].text
	}
	var space [256]byte
	out := space[:0]
	for i := range segments {
		s := &segments[i]
		if s.arg == "" {
			out = append(out, s.text...)
			continue
		}
		v, found := lookup(args, s.arg)
		if !found {
			reportMissing(tr.lang, id, "argument "+s.arg)
			out = append(out, "⟦"+s.arg+"⟧"...)
			continue
		}
		out = tr.appendValue(out, v, s.arg == countArg)
	}
	return string(out)
}

// Around renders a message in two halves, before and after the placeholder
// name, so that a template can set a link or a field in its place.
func (tr *Translator) Around(id, name string, args ...any) (before, after string) {
	const mark = "\x00"
	whole := tr.T(id, append([]any{name, mark}, args...)...)
	before, after, _ = strings.Cut(whole, mark)
	return before, after
}

// Error renders what a person may know about err: the message of an
// errs.Error (the first of an errs.List), or the sentence for an internal
// error, whatever the cause.
func (tr *Translator) Error(err error) string {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || e.Kind == errs.Internal {
		return tr.T("error.internal")
	}
	id := e.ID
	if e.Text != "" {
		id = e.Text
	}
	if !tr.Has(id) {
		reportMissing(tr.lang, id, "no such message")
		return tr.T("error." + e.Kind.String())
	}
	args := make([]any, 0, 2*len(e.Args))
	for _, a := range e.Args {
		args = append(args, a.Name, a.Value)
	}
	return tr.T(id, args...)
}

// countArg is the argument that chooses the plural form.
const countArg = "n"

func (tr *Translator) form(m *message, args []any) plural.Form {
	v, _ := lookup(args, countArg)
	n, ok := integer(v)
	if !ok {
		return plural.Other
	}
	if n < 0 {
		n = -n
	}
	// MatchPlural looks at the last digits only; the reduction keeps its int argument small.
	f := plural.Cardinal.MatchPlural(tr.tag, int(n%10_000_000), 0, 0, 0, 0)
	if m.forms[f] == nil {
		return plural.Other
	}
	return f
}

func lookup(args []any, name string) (any, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if s, ok := args[i].(string); ok && s == name {
			return args[i+1], true
		}
	}
	return nil, false
}

func integer(v any) (int64, bool) {
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case int32:
		return int64(n), true
	case uint32:
		return int64(n), true
	case uint64:
		return int64(n), true
	}
	return 0, false
}

func (tr *Translator) appendValue(out []byte, v any, grouped bool) []byte {
	if n, ok := integer(v); ok {
		return appendInt(out, n, grouped)
	}
	switch x := v.(type) {
	case string:
		return append(out, x...)
	case fmt.Stringer:
		return append(out, x.String()...)
	}
	return fmt.Append(out, v)
}

var missing atomic.Pointer[func(lang, id, what string)]

// OnMissing sets the hook that is called for a message or an argument that is
// not there, and returns a function that puts the former hook back.
func OnMissing(hook func(lang, id, what string)) (restore func()) {
	before := missing.Swap(&hook)
	return func() { missing.Store(before) }
}

// FailOnMissing makes a test fail for every message or argument that is
// missing while it runs. t is a *testing.T; tests that use it do not run in parallel.
func FailOnMissing(t interface {
	Errorf(format string, args ...any)
	Cleanup(func())
}) {
	t.Cleanup(OnMissing(func(lang, id, what string) { t.Errorf("i18n: %s %s: %s", lang, id, what) }))
}

func reportMissing(lang, id, what string) {
	if hook := missing.Load(); hook != nil && *hook != nil {
		(*hook)(lang, id, what)
	}
}
