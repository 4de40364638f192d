package journey

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shared reads a list of hostile strings from the shared data. Without it the
// own list remains, and the log says so.
func shared(t testing.TB, name string) []string {
	t.Helper()
	root := os.Getenv("AROMART_SHARED")
	if root == "" {
		root = "../../../shared"
	}
	f, err := os.Open(filepath.Join(root, "data/badinput", name))
	if err != nil {
		t.Logf("NOT TESTED with %s, only with the own list: %v", name, err)
		return nil
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	if strings.HasSuffix(name, ".json") {
		if err := json.Unmarshal(text, &list); err != nil {
			t.Fatal(err)
		}
		return list
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}
