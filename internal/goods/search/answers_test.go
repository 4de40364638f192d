package search

import (
	"reflect"
	"testing"

	"aromart/internal/goods/delivery"
)

// TestKeyHoldsEveryField: two queries that differ anywhere have different keys.
func TestKeyHoldsEveryField(t *testing.T) {
	values := map[string]any{"string": "a", "Sort": ByPrice, "int64": int64(1), "int": 1, "Amount": 1, "bool": true, "float32": float32(1)}
	seen := map[string]string{(&Query{}).key(): "none"}
	for i := range reflect.TypeFor[Query]().NumField() {
		f := reflect.TypeFor[Query]().Field(i)
		var q Query
		switch at := reflect.ValueOf(&q).Elem().Field(i); {
		case f.Name == "prefix":
			q.prefix = true
		case f.Name == "Delivery":
			q.Delivery = &delivery.Board{Sum: [32]byte{1}}
		case f.Type == reflect.TypeFor[[]int64]():
			at.Set(reflect.ValueOf([]int64{1}))
		case f.Type == reflect.TypeFor[[]Filter]():
			at.Set(reflect.ValueOf([]Filter{{"a", []string{"b", "c"}}}))
		default:
			at.Set(reflect.ValueOf(values[f.Type.Name()]).Convert(f.Type))
		}
		if other, twice := seen[q.key()]; twice {
			t.Errorf("%s has the key of %s", f.Name, other)
		}
		seen[q.key()] = f.Name
	}
	a, b := Query{Attributes: []Filter{{"a", []string{"b c"}}}}, Query{Attributes: []Filter{{"a", []string{"b", "c"}}}}
	if a.key() == b.key() {
		t.Error("values run into each other")
	}
}

// TestAnswersAreRememberedUntilTheCatalogChanges compares the lists by identity.
func TestAnswersAreRememberedUntilTheCatalogChanges(t *testing.T) {
	ix := shop(t)
	ask := func() *Result {
		r, err := ix.Search(t.Context(), Query{Text: "laptop"})
		if err != nil || r.Total == 0 {
			t.Fatal(r, err)
		}
		return r
	}
	first := ask()
	if ask() != first {
		t.Error("worked out twice")
	}
	gone := first.Hits[0].ID
	ix.Apply(nil, []int64{gone})
	if again := ask(); again == first || again.Total != first.Total-1 {
		t.Errorf("%d results after one of %d was removed", again.Total, first.Total)
	}
}
