package memo

import (
	"sync"
	"testing"
)

func TestMapIsBounded(t *testing.T) {
	m := New[int, int](3)
	for i := range 100 {
		m.Put(i, 2*i)
		if v, ok := m.Get(i); !ok || v != 2*i {
			t.Fatalf("just put %d: %d, %t", i, v, ok)
		}
		if len(m.list) > 3 {
			t.Fatalf("%d values after %d", len(m.list), i)
		}
	}
	last := 0
	for k := range m.list {
		last = k
	}
	m.Put(last, 7)
	if v, _ := m.Get(last); v != 7 || len(m.list) != 3 {
		t.Errorf("put again: %d of %d values", v, len(m.list))
	}
}

func TestMapOfNothing(t *testing.T) {
	m := New[string, int](0)
	m.Put("a", 1)
	if _, ok := m.Get("a"); ok {
		t.Error("a map of nothing remembers")
	}
}

func TestMapAtTheSameTime(t *testing.T) {
	m := New[int, int](8)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 1000 {
				m.Put(i%20+g, i%20+g)
				if v, ok := m.Get(i % 20); ok && v != i%20 {
					t.Errorf("%d under %d", v, i%20)
				}
			}
		})
	}
	wg.Wait()
}
