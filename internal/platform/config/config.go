// Package config finds the value of a setting: flag before environment before
// file before default, and says where each one came from.
//
// The settings themselves are the flags of the commands. A flag --page-cache-mb
// is AROMART_PAGE_CACHE_MB in the environment and page-cache-mb in the file.
// Any of them may come from a file of its own, named by AROMART_…_FILE, which
// is how secrets should come. A setting that no command knows is refused, so
// that a typing error cannot go unnoticed.
//
// Personal data: none. Secrets pass through and are never printed.
//
// Tables: none.
package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
)

const prefix = "AROMART_"

// Source holds the environment and the settings file. It is a kong.Resolver.
type Source struct {
	path   string // of the settings file, "" without one
	values map[string]entry
	env    map[string]string
}

type entry struct {
	value string
	line  int // 0 in a JSON file
}

// Find returns the settings file that the arguments or the environment name.
func Find(args, environ []string) string {
	for i, a := range args {
		if a == "--" {
			break
		}
		if v, ok := strings.CutPrefix(a, "--config="); ok {
			return v
		}
		if a == "--config" && i+1 < len(args) {
			return args[i+1]
		}
	}
	for _, e := range environ {
		if v, ok := strings.CutPrefix(e, prefix+"CONFIG="); ok {
			return v
		}
	}
	return ""
}

// Load reads the settings file, if one is named, and the environment as os.Environ gives it.
func Load(path string, environ []string) (*Source, error) {
	s := &Source{path: path, values: map[string]entry{}, env: map[string]string{}}
	for _, e := range environ {
		if name, value, ok := strings.Cut(e, "="); ok && strings.HasPrefix(name, prefix) {
			s.env[name] = value
		}
	}
	if path == "" {
		return s, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("settings file: %w", err)
	}
	if strings.HasPrefix(strings.TrimSpace(string(text)), "{") {
		return s, s.readJSON(text)
	}
	return s, s.readLines(string(text))
}

// Given are settings that were found elsewhere, by the names of their flags.
func Given(values map[string]string) *Source {
	s := &Source{path: "the settings that were handed over", values: map[string]entry{}, env: map[string]string{}}
	for name, value := range values {
		s.values[name] = entry{value: value}
	}
	return s
}

func (s *Source) readJSON(text []byte) error {
	var values map[string]any
	if err := json.Unmarshal(text, &values); err != nil {
		return fmt.Errorf("settings file %s: %w", s.path, err)
	}
	for name, v := range values {
		text, err := plain(v)
		if err != nil {
			return fmt.Errorf("settings file %s: %s: %w", s.path, name, err)
		}
		s.values[normal(name)] = entry{value: text}
	}
	return nil
}

// plain is a JSON value as a flag would be written.
func plain(v any) (string, error) {
	switch x := v.(type) {
	case string:
		return x, nil
	case bool:
		return strconv.FormatBool(x), nil
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64), nil
	case []any:
		parts := []string{}
		for _, item := range x {
			p, err := plain(item)
			if err != nil {
				return "", err
			}
			parts = append(parts, p)
		}
		return strings.Join(parts, ","), nil
	}
	return "", fmt.Errorf("neither a text, a number, a yes or no, nor a list")
}

// readLines reads key = value lines: TOML without tables, or plainer.
func (s *Source) readLines(text string) error {
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, raw, ok := strings.Cut(line, "=")
		if !ok {
			return fmt.Errorf("settings file %s, line %d: not of the form name = value", s.path, i+1)
		}
		value, err := unquote(strings.TrimSpace(raw))
		if err != nil {
			return fmt.Errorf("settings file %s, line %d: %w", s.path, i+1, err)
		}
		name = normal(strings.TrimSpace(name))
		if before, twice := s.values[name]; twice {
			return fmt.Errorf("settings file %s, line %d: %s stands already in line %d", s.path, i+1, name, before.line)
		}
		s.values[name] = entry{value, i + 1}
	}
	return nil
}

func unquote(raw string) (string, error) {
	if raw == "" {
		return "", nil
	}
	switch raw[0] {
	case '"', '[':
		// A comment may follow; a decoder stops where the value ends.
		dec := json.NewDecoder(strings.NewReader(raw))
		var v any
		if err := dec.Decode(&v); err != nil {
			return "", fmt.Errorf("the value is not closed rightly")
		}
		rest := strings.TrimSpace(raw[dec.InputOffset():])
		if rest != "" && rest[0] != '#' {
			return "", fmt.Errorf("something follows the value")
		}
		return plain(v)
	case '\'':
		value, rest, ok := strings.Cut(raw[1:], "'")
		if rest = strings.TrimSpace(rest); !ok || (rest != "" && rest[0] != '#') {
			return "", fmt.Errorf("the value is not closed rightly")
		}
		return value, nil
	}
	value, _, _ := strings.Cut(raw, " #")
	return strings.TrimSpace(value), nil
}

func normal(name string) string { return strings.ReplaceAll(strings.ToLower(name), "_", "-") }

// envName is the environment variable of a flag.
func envName(flag string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// Lookup finds a setting by the name of its flag. from says where it stands.
func (s *Source) Lookup(flag string) (value, from string, found bool, err error) {
	name := envName(flag)
	direct, isSet := s.env[name]
	file, byFile := s.env[name+"_FILE"]
	switch {
	case isSet && byFile:
		return "", "", false, fmt.Errorf("%s and %s_FILE are both set; keep one", name, name)
	case isSet:
		return direct, name, true, nil
	case byFile:
		text, err := os.ReadFile(file)
		if err != nil {
			return "", "", false, fmt.Errorf("%s_FILE: %w", name, err)
		}
		return strings.TrimRight(string(text), "\r\n"), name + "_FILE", true, nil
	}
	e, ok := s.values[normal(flag)]
	if !ok {
		return "", "", false, nil
	}
	if e.line == 0 {
		return e.value, s.path, true, nil
	}
	return e.value, fmt.Sprintf("%s line %d", s.path, e.line), true, nil
}

// Resolve gives a flag that is not on the command line its value.
func (s *Source) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	value, _, found, err := s.Lookup(flag.Name)
	if err != nil || !found {
		return nil, err
	}
	return value, nil
}

// Validate refuses settings of the file that no flag of any command knows.
func (s *Source) Validate(app *kong.Application) error {
	known := map[string]bool{}
	var collect func(n *kong.Node)
	collect = func(n *kong.Node) {
		for _, f := range n.Flags {
			known[f.Name] = true
		}
		for _, c := range n.Children {
			collect(c)
		}
	}
	collect(app.Node)
	for _, name := range slices.Sorted(maps.Keys(s.values)) {
		if known[name] {
			continue
		}
		hint := ""
		if near := nearest(name, known); near != "" {
			hint = fmt.Sprintf("; did you mean %s?", near)
		}
		return fmt.Errorf("settings file %s: there is no setting %q%s", s.path, name, hint)
	}
	return nil
}

// Unknown are hints about variables of the environment that look like settings
// and are none. They are no fault: another version may know them.
func (s *Source) Unknown(app *kong.Application) (hints []string) {
	known := map[string]bool{}
	var collect func(n *kong.Node)
	collect = func(n *kong.Node) {
		for _, f := range n.Flags {
			known[envName(f.Name)], known[envName(f.Name)+"_FILE"] = true, true
			for _, env := range f.Envs {
				known[env] = true
			}
		}
		for _, c := range n.Children {
			collect(c)
		}
	}
	collect(app.Node)
	for _, name := range slices.Sorted(maps.Keys(s.env)) {
		if known[name] || slices.ContainsFunc(forTests, func(p string) bool { return strings.HasPrefix(name, prefix+p) }) {
			continue
		}
		hint := "there is no setting " + name + ", so it is ignored"
		if near := nearest(name, known); near != "" {
			hint += "; did you mean " + near + "?"
		}
		hints = append(hints, hint)
	}
	return hints
}

// forTests are the beginnings of variables that only tests and scripts read.
var forTests = []string{"TEST_", "BENCH_", "SHARED", "UPDATE"}

// nearest is the known name that differs by at most two letters.
func nearest(name string, known map[string]bool) (best string) {
	limit := 3
	for _, k := range slices.Sorted(maps.Keys(known)) {
		if d := distance(name, k); d < limit {
			best, limit = k, d
		}
	}
	return best
}

// distance counts the letters to change, add or drop.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before = row[j+1]
			row[j+1] = min(cost, row[j]+1, before+1)
		}
	}
	return row[len(b)]
}

// Setting is one line of `aromart config`.
type Setting struct {
	Name   string `json:"name"`
	Value  string `json:"value"` // stars for a secret that is set
	From   string `json:"from"`  // "flag", a variable, a file with its line, or "default"
	Env    string `json:"env"`
	Help   string `json:"help"`
	Secret bool   `json:"secret"`
}

// Describe lists the settings of the flags. given tells which stand on the command line.
func (s *Source) Describe(flags []*kong.Flag, given func(*kong.Flag) bool) ([]Setting, error) {
	out := []Setting{}
	for _, f := range flags {
		if f.Name == "help" || f.Name == "config" {
			continue
		}
		value, from, found, err := s.Lookup(f.Name)
		if err != nil {
			return nil, err
		}
		switch {
		case given != nil && given(f):
			value, from = fmt.Sprint(f.Target.Interface()), "flag"
		case !found:
			value, from = f.Default, "default"
		}
		one := Setting{Name: f.Name, Value: value, From: from, Env: envName(f.Name), Help: f.Help, Secret: secret(f)}
		if one.Value != "" {
			one.Value = hide(one.Value, one.Secret)
		}
		out = append(out, one)
	}
	return out, nil
}

// secret reports whether the flag's value must not be shown.
func secret(f *kong.Flag) bool {
	if f.Tag != nil && f.Tag.Has("secret") {
		return true
	}
	for _, word := range []string{"password", "passphrase", "secret", "token", "key"} {
		if strings.Contains(f.Name, word) {
			return true
		}
	}
	return false
}

// hide puts stars for a secret, and for the password inside of a URL.
func hide(value string, whole bool) string {
	if whole {
		return "***"
	}
	scheme, rest, ok := strings.Cut(value, "://")
	if !ok {
		return value
	}
	end := len(rest)
	if at := strings.IndexAny(rest, "/?#"); at >= 0 {
		end = at
	}
	at := strings.LastIndexByte(rest[:end], '@')
	user, _, hasPassword := strings.Cut(rest[:max(at, 0)], ":")
	if at < 0 || !hasPassword {
		if strings.Contains(rest, "password=") {
			return scheme + "://***"
		}
		return value
	}
	return scheme + "://" + user + ":***" + rest[at:]
}
