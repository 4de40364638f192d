package i18n

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed locales/*/*.json
var localeFiles embed.FS

// message is a compiled text: segments per plural form, Other always present.
type message struct {
	plural bool
	forms  [6][]segment
}

// segment is literal text, or the place of an argument.
type segment struct {
	text string
	arg  string
}

type catalogs struct {
	byLang   map[string]*Translator
	problems []string // what is wrong with the files; a test demands none
}

var formNames = map[string]plural.Form{
	"zero": plural.Zero, "one": plural.One, "two": plural.Two,
	"few": plural.Few, "many": plural.Many, "other": plural.Other,
}

// loadCatalogs compiles every file of every language. A broken file costs its
// own messages only, so that one mistake does not silence the whole program.
func loadCatalogs(files fs.FS) catalogs {
	c := catalogs{byLang: map[string]*Translator{}}
	for _, lang := range languages {
		tr := &Translator{lang: lang, dir: "ltr", tag: language.Make(lang),
			messages: map[string]*message{}, words: calendars[lang]}
		c.byLang[lang] = tr
		paths, _ := fs.Glob(files, path.Join("locales", lang, "*.json"))
		for _, p := range paths {
			raw, err := fs.ReadFile(files, p)
			if err != nil {
				c.problems = append(c.problems, err.Error())
				continue
			}
			for _, problem := range tr.add(raw) {
				c.problems = append(c.problems, p+": "+problem)
			}
		}
	}
	return c
}

// add compiles one file. It reads token by token because a map would hide a repeated id.
func (tr *Translator) add(raw []byte) (problems []string) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return []string{fmt.Sprintf("no JSON object: %v", err)}
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return append(problems, err.Error())
		}
		id := key.(string)
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return append(problems, fmt.Sprintf("%s: %v", id, err))
		}
		m, err := compile(value)
		switch {
		case err != nil:
			problems = append(problems, fmt.Sprintf("%s: %v", id, err))
		case tr.messages[id] != nil:
			problems = append(problems, id+": defined twice")
		default:
			tr.messages[id] = m
		}
	}
	if _, err := dec.Token(); err != nil {
		problems = append(problems, "the file is cut off: "+err.Error())
	}
	return problems
}

func compile(value json.RawMessage) (*message, error) {
	var text string
	if json.Unmarshal(value, &text) == nil {
		m := &message{}
		m.forms[plural.Other] = split(text)
		return m, nil
	}
	var forms map[string]string
	if err := json.Unmarshal(value, &forms); err != nil {
		return nil, fmt.Errorf("neither a text nor an object of plural forms")
	}
	m := &message{plural: true}
	for name, text := range forms {
		f, known := formNames[name]
		if !known {
			return nil, fmt.Errorf("%q is no plural form", name)
		}
		m.forms[f] = split(text)
	}
	if m.forms[plural.Other] == nil {
		return nil, fmt.Errorf("the form \"other\" is missing")
	}
	return m, nil
}

var placeholder = regexp.MustCompile(`\{[a-z][a-z0-9_]*\}`)

// split cuts a text at its placeholders. An empty text is one empty segment.
func split(text string) []segment {
	var out []segment
	at := 0
	for _, span := range placeholder.FindAllStringIndex(text, -1) {
		if span[0] > at {
			out = append(out, segment{text: text[at:span[0]]})
		}
		out = append(out, segment{arg: text[span[0]+1 : span[1]-1]})
		at = span[1]
	}
	if at < len(text) || len(out) == 0 {
		out = append(out, segment{text: text[at:]})
	}
	return out
}

// arguments returns the names of a form's placeholders.
func arguments(segments []segment) map[string]bool {
	out := map[string]bool{}
	for _, s := range segments {
		if s.arg != "" {
			out[s.arg] = true
		}
	}
	return out
}

// source is the text as it stands in the file.
func source(segments []segment) string {
	var b strings.Builder
	for _, s := range segments {
		if s.arg != "" {
			b.WriteString("{" + s.arg + "}")
			continue
		}
		b.WriteString(s.text)
	}
	return b.String()
}
