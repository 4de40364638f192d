package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"aromart/internal/care/policy"
	"aromart/internal/kit/i18n"
	"aromart/internal/market"
)

// The tables in doc/ are made from the program, so that they cannot say
// anything else. AROMART_UPDATE=1 go test ./cmd/aromart -run Documents writes them.
func TestDocumentsAreCurrent(t *testing.T) {
	for file, parts := range map[string]map[string]string{
		"operate.md": {"settings": settingsTable(t)},
		"privacy.md": {"promises": promisesTable(), "cookies": cookiesTable(), "retention": retentionTable(), "columns": columnsTable()},
	} {
		path := filepath.Join("..", "..", "doc", file)
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want := string(raw)
		for name, table := range parts {
			begin, end := fmt.Sprintf("<!-- %s: made by a test -->\n", name), fmt.Sprintf("<!-- end of %s -->", name)
			head, rest, ok := strings.Cut(want, begin)
			_, tail, closed := strings.Cut(rest, end)
			if !ok || !closed {
				t.Fatalf("%s has no place for %s", file, name)
			}
			want = head + begin + table + end + tail
		}
		if want == string(raw) {
			continue
		}
		if os.Getenv("AROMART_UPDATE") == "" {
			t.Errorf("doc/%s is stale; run AROMART_UPDATE=1 go test ./cmd/aromart -run Documents", file)
		} else if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func settingsTable(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| setting | default | environment | what it does |\n|---|---|---|---|\n")
	for _, n := range grammar(t).Model.Children {
		if n.Name != "serve" {
			continue
		}
		for _, f := range n.Flags {
			if f.Name != "help" {
				env := "AROMART_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
				fmt.Fprintf(&b, "| `%s` | %s | `%s` | %s |\n", f.Name, code(f.Default), env, strings.ReplaceAll(f.Help, "${default}", f.Default))
			}
		}
	}
	return b.String()
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

func promisesTable() string {
	tr := i18n.For("en")
	var b strings.Builder
	b.WriteString("| id | promise | page | carried out in | test |\n|---|---|---|---|---|\n")
	for _, p := range policy.Promises() {
		var places, tests []string
		for _, full := range p.Tests {
			at := strings.LastIndexByte(full, '.')
			if place := code(full[:at]); !slices.Contains(places, place) {
				places = append(places, place)
			}
			tests = append(tests, code(full[at+1:]))
		}
		if len(tests) == 0 {
			places, tests = []string{"not built yet"}, []string{"none yet"}
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", p.ID, tr.T(p.Text), code(p.Path), strings.Join(places, ", "), strings.Join(tests, ", "))
	}
	return b.String()
}

func cookiesTable() string {
	tr := i18n.For("en")
	var b strings.Builder
	b.WriteString("| cookie | what for | set by | lives |\n|---|---|---|---|\n")
	for _, c := range policy.Cookies() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", c.Name, tr.T(c.Purpose), tr.T(c.SetBy), tr.T(c.Purpose+".life"))
	}
	return b.String()
}

func retentionTable() string {
	var b strings.Builder
	b.WriteString("| market | order contact | order books | sent mails | support messages |\n|---|---|---|---|---|\n")
	for _, name := range market.Codes() {
		m, _ := market.ByCode(name)
		r := m.Retention
		fmt.Fprintf(&b, "| `%s` | %d days | %d days | %d days | %d days |\n", name, r.OrderContact, r.OrderBooks, r.SentMail, r.Messages)
	}
	return b.String()
}

// columnsTable is the data map of what says something about a person who buys or works here.
func columnsTable() string {
	var b strings.Builder
	b.WriteString("| category | columns | who may get it | kept | when erased |\n|---|---|---|---|---|\n")
	type row struct{ category, to, kept, erased string }
	names, order := map[row][]string{}, []row{}
	for _, c := range policy.Columns() {
		if !c.Personal() {
			continue
		}
		r := row{string(c.Category), join(c.Recipients), string(c.Retention), string(c.OnErase)}
		if names[r] == nil {
			order = append(order, r)
		}
		names[r] = append(names[r], c.Table+"."+c.Column)
	}
	slices.SortStableFunc(order, func(a, b row) int { return strings.Compare(a.category, b.category) })
	for _, r := range order {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", r.category, strings.Join(names[r], ", "), r.to, r.kept, r.erased)
	}
	return b.String()
}

// What the documents and the examples of --help tell people to type is
// understood by the program.
func TestDocumentedCommandsParse(t *testing.T) {
	texts := map[string]string{}
	for _, file := range []string{"README.md", "doc/operate.md", "doc/privacy.md", "doc/performance.md"} {
		raw, err := os.ReadFile(filepath.Join("..", "..", file))
		if err != nil {
			t.Fatal(err)
		}
		texts[file] = string(raw)
	}
	eachCommand(grammar(t).Model.Node, nil, func(n *kong.Node, words []string) {
		texts["--help of "+strings.Join(words, " ")] = strings.ReplaceAll(n.Detail, "--data DIR", "--data .")
	})
	seen := 0
	for name, text := range texts {
		for line := range strings.Lines(text) {
			words, ok := strings.CutPrefix(strings.TrimLeft(strings.TrimRight(line, "\n"), " "), "aromart ")
			if !ok || !strings.HasPrefix(line, "    ") {
				continue
			}
			for _, end := range []string{"  #", " > ", " && "} {
				words, _, _ = strings.Cut(words, end)
			}
			if _, err := grammar(t).Parse(fields(words)); err != nil {
				t.Errorf("%s: aromart %s: %v", name, words, err)
			}
			seen++
		}
	}
	if seen < 100 {
		t.Errorf("only %d commands found", seen)
	}
}

func grammar(t *testing.T) *kong.Kong {
	t.Helper()
	var commands cli
	app, err := kong.New(&commands, kong.Writers(io.Discard, io.Discard), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// fields splits a command line at spaces outside of quotes.
func fields(line string) []string {
	var out []string
	for i, part := range strings.Split(strings.ReplaceAll(line, "'", `"`), `"`) {
		if i%2 == 1 {
			out = append(out, part)
		} else {
			out = append(out, strings.Fields(part)...)
		}
	}
	return out
}
