package audit

import (
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// TestTreeIsThatOfTlog compares roots and stored hashes with the library's own.
func TestTreeIsThatOfTlog(t *testing.T) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, at := range indexes {
			out[i] = stored[at]
		}
		return out, nil
	})
	var tr tree
	for n := range int64(300) {
		leaf := tlog.RecordHash(fmt.Append(nil, n))
		want, err := tlog.StoredHashesForRecordHash(n, leaf, reader)
		if err != nil {
			t.Fatal(err)
		}
		got := tr.add(leaf)
		if fmt.Sprint(got) != fmt.Sprint(want) || storedCount(n) != int64(len(stored)) {
			t.Fatalf("row %d: stored hashes differ", n)
		}
		stored = append(stored, got...)
		root, err := tlog.TreeHash(n+1, reader)
		if err != nil || root != tr.root() {
			t.Fatalf("%d rows: root %v, want %v", n+1, tr.root(), root)
		}
	}
}

// TestCanonicalBytesStay pins the hash of a row: logs written today are verified by it in ten years.
func TestCanonicalBytesStay(t *testing.T) {
	r := row{id: 1, seq: 2, at: 3, actorKind: "admin", actorID: 4, action: "order.cancel", objectKind: "order", objectID: 5, fields: "status", reason: "ticket 12"}
	const want = "IeLI86pZ8qR1uBsiB1tWXcgL0NM5JsUSbSR+gqJSoKw="
	if got := r.leaf().String(); got != want {
		t.Errorf("leaf %s, want %s", got, want)
	}
}
