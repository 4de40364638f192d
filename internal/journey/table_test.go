package journey

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestTrustTableNamesTests keeps doc/trust.md true: each test that it names
// exists, and each test of this package that is named after a row stands in it.
func TestTrustTableNamesTests(t *testing.T) {
	text, err := os.ReadFile("../../doc/trust.md")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, m := range regexp.MustCompile("`((?:cmd|internal)/[a-z/]+)\\.(Test[A-Za-z0-9]+)`").FindAllStringSubmatch(string(text), -1) {
		named[m[1]+"."+m[2]] = true
	}
	exist := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9]+)\(t \*testing\.T\)`)
	for _, pattern := range []string{"../../cmd/*/*_test.go", "../../internal/*/*_test.go", "../../internal/*/*/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no tests at %s: %v", pattern, err)
		}
		for _, name := range files {
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			dir, err := filepath.Rel("../..", filepath.Dir(name))
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range declared.FindAllSubmatch(source, -1) {
				exist[filepath.ToSlash(dir)+"."+string(m[1])] = true
			}
		}
	}
	for name := range named {
		if !exist[name] {
			t.Errorf("doc/trust.md names %s, which is no test", name)
		}
	}
	ours := regexp.MustCompile(`^internal/journey\.TestTrust(Row|Check|R)\d`)
	for name := range exist {
		if ours.MatchString(name) && !named[name] {
			t.Errorf("%s stands in no row of doc/trust.md", name)
		}
	}
	for _, row := range append(numbers(1, 3), append(numbers(7, 10), append(numbers(29, 29), append(numbers(32, 36), numbers(38, 49)...)...)...)...) {
		if !regexp.MustCompile(fmt.Sprintf("(?m)^\\| %d \\|.*Test", row)).Match(text) {
			t.Errorf("row %d has no test", row)
		}
	}
	if len(named) < 50 {
		t.Errorf("only %d tests are named", len(named))
	}
}

func numbers(from, to int) (list []int) {
	for i := from; i <= to; i++ {
		list = append(list, i)
	}
	return list
}
