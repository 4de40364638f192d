package search

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

func TestPrepare(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stores := newMarket(t, d)
		file := filepath.Join(t.TempDir(), FileName)
		read := func() string {
			t.Helper()
			if err := Prepare(t.Context(), d, file); err != nil {
				t.Fatal(err)
			}
			raw, err := os.ReadFile(file)
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			return string(raw)
		}
		if read() != "" {
			t.Error("an empty catalog got a file")
		}
		for i := range 20 {
			put(t, d, stores[i%2], fmt.Sprint("p", i), fmt.Sprint("Linen shirt ", i), 3)
		}
		first := read()
		ix := New()
		if err := restore(t.Context(), d, ix, file); err != nil || find(t, ix, Query{Text: "linen"}).Total != 20 {
			t.Fatalf("a start cannot use the file: %v", err)
		}
		put(t, d, stores[0], "late", "Silken robe", 3)
		if read() != first {
			t.Error("the file was made anew for one product")
		}
		other := New()
		if err := begin(t.Context(), d, other, file); err != nil || find(t, other, Query{Text: "silken"}).Total != 1 {
			t.Errorf("the start did not catch up: %v", err)
		}
		write(t, d, func(tx *db.Tx) error { // more than a start would follow
			var flood [][]any
			for i := range 4001 {
				flood = append(flood, []any{"product", 1_000_000 + i, 1})
			}
			return db.Insert(t.Context(), tx, "catalog_changes", "kind, object_id, at", flood)
		})
		second := read()
		if second == first {
			t.Error("the file was left far behind")
		}
		if err := os.WriteFile(file, []byte(second[:100]), 0o600); err != nil {
			t.Fatal(err)
		}
		if again := read(); len(again) != len(second) {
			t.Error("a damaged file was left")
		}
	})
}
