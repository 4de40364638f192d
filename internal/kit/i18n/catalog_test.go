package i18n

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/feature/plural"
)

func TestCatalogFilesAreSound(t *testing.T) {
	for _, p := range load().problems {
		t.Error(p)
	}
}

func TestLanguagesHaveTheSameMessages(t *testing.T) {
	c := load()
	en := c.byLang["en"].messages
	for _, lang := range languages[1:] {
		other := c.byLang[lang].messages
		for _, id := range slices.Sorted(maps.Keys(en)) {
			m := other[id]
			if m == nil {
				t.Errorf("%s lacks %s: %q", lang, id, source(en[id].forms[plural.Other]))
				continue
			}
			if m.plural != en[id].plural {
				t.Errorf("%s %s: plural in one language only", lang, id)
			}
			want, got := arguments(en[id].forms[plural.Other]), arguments(m.forms[plural.Other])
			if !maps.Equal(want, got) {
				t.Errorf("%s %s: placeholders %v, English has %v", lang, id, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
			}
		}
		for _, id := range slices.Sorted(maps.Keys(other)) {
			if en[id] == nil {
				t.Errorf("%s has %s, which English lacks", lang, id)
			}
		}
	}
}

// The Sinhala form "one" serves 0 as well as 1, so it must write the number.
func TestPluralFormsAreComplete(t *testing.T) {
	for lang, tr := range load().byLang {
		for id, m := range tr.messages {
			if !m.plural {
				continue
			}
			if m.forms[plural.One] == nil {
				t.Errorf("%s %s: the form \"one\" is missing", lang, id)
			}
			for _, f := range []plural.Form{plural.Zero, plural.Two, plural.Few, plural.Many} {
				if m.forms[f] != nil {
					t.Errorf("%s %s: form %d is never chosen in this language", lang, id, f)
				}
			}
			one, other := arguments(m.forms[plural.One]), arguments(m.forms[plural.Other])
			if lang == "si" && !maps.Equal(one, other) {
				t.Errorf("si %s: \"one\" also serves 0 and must have the placeholders of \"other\"", id)
			}
			if !other[countArg] && !one[countArg] && lang != "en" {
				t.Logf("%s %s: no {n} in any form", lang, id)
			}
		}
	}
}

// latinWords are words that stay in Latin letters in any language.
var latinWord = regexp.MustCompile(`[A-Za-z]{4,}`)

var latinAllowed = regexp.MustCompile(`(?i)aromart|[a-z0-9._-]+@[a-z.]+|https?://\S+|\b[a-z0-9.-]+\.(com|lk|example|json|csv)\b|` +
	`\b(SMTP|JSON|WhatsApp|Google|Shopify|WooCommerce|PayPal|GDPR|English|Apache|SQLite|PostgreSQL|Cookie|HTTPS?|HTML|EAN|ISBN|Unicode|IBAN|PNG|JPEG|WebP|JavaScript)\b`)

// TestTranslationsAreTranslated fails on English words left in Sinhala or Tamil.
func TestTranslationsAreTranslated(t *testing.T) {
	for _, lang := range []string{"si", "ta"} {
		for id, m := range load().byLang[lang].messages {
			for _, segments := range m.forms {
				for _, s := range segments {
					left := latinAllowed.ReplaceAllString(cookieName.ReplaceAllString(s.text, ""), "")
					if w := latinWord.FindString(left); w != "" {
						t.Errorf("%s %s: %q is left untranslated in %q", lang, id, w, source(segments))
					}
				}
			}
		}
	}
}

var cookieName = regexp.MustCompile(`(__Host-)?[a-z]+_?[a-z]*-[a-z]+|__Host-\w+|-{1,2}[a-z][a-z-]+`)

// TestScripts catches text that was put into the wrong language's file.
func TestScripts(t *testing.T) {
	for lang, foreign := range map[string][]*unicode.RangeTable{
		"en": {unicode.Sinhala, unicode.Tamil}, "si": {unicode.Tamil, unicode.Devanagari}, "ta": {unicode.Sinhala, unicode.Devanagari},
	} {
		for id, m := range load().byLang[lang].messages {
			if strings.HasPrefix(id, "language.") {
				continue // a language's name is written in its own script
			}
			for _, segments := range m.forms {
				if strings.ContainsFunc(source(segments), func(r rune) bool { return unicode.In(r, foreign...) }) {
					t.Errorf("%s %s: letters of another script in %q", lang, id, source(segments))
				}
			}
		}
	}
}

// The places where code names a message by a literal.
var idInCode = []*regexp.Regexp{
	regexp.MustCompile(`\.(?:T|Around)\(\s*"([^"]+)"`),
	regexp.MustCompile(`errs\.New\(\s*[\w.]+,\s*"([^"]+)"`),
	regexp.MustCompile(`errs\.Field\(\s*[^,]+,\s*"([^"]+)"`),
}

// idsInCode finds the ids in Go and templ sources below root, with the file that names each.
func idsInCode(root string) (map[string]string, error) {
	ids := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
				return filepath.SkipDir
			}
			return nil
		}
		isSource := strings.HasSuffix(path, ".templ") || strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go")
		if !isSource {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, pattern := range idInCode {
			for _, found := range pattern.FindAllSubmatch(text, -1) {
				ids[string(found[1])] = path
			}
		}
		return nil
	})
	return ids, err
}

func TestEveryIDInCodeExists(t *testing.T) {
	ids, err := idsInCode("../../..")
	if err != nil {
		t.Fatal(err)
	}
	if ids["error.internal"] == "" {
		t.Fatal("the scan does not even find the ids of this package")
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		for _, lang := range languages {
			if !load().byLang[lang].Has(id) && !strings.HasSuffix(id, ".") {
				t.Errorf("%s: %s lacks %q", ids[id], lang, id)
			}
		}
	}
}
