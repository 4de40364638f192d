package main

import (
	"slices"
	"strings"
	"testing"
)

func TestAsTyped(t *testing.T) {
	for typed, want := range map[string]string{
		"":                             "--help",
		"help":                         "--help",
		"help order list":              "order list --help",
		"help --help":                  "help --help",
		"order list --limit -5":        "order list --limit=-5",
		"order list --limit=3 -5":      "order list --limit=3 -5",
		"store add x --delivery -1.50": "store add x --delivery=-1.50",
		"export products -o -":         "export products -o -",
		"order show -- -5":             "order show -- -5",
	} {
		if got := asTyped(strings.Fields(typed)); !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%q becomes %q, want %q", typed, got, want)
		}
	}
}
