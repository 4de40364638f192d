// Package memo remembers answers that are asked for again and again.
//
// Personal data: none; what is remembered is the same for everybody. Tables: none.
package memo

import "sync"

// Map remembers a bounded number of values; when there are too many, any other
// makes room, because what is asked for often comes back soon. Safe for
// concurrent use; made by New.
type Map[K comparable, V any] struct {
	mu   sync.Mutex
	max  int
	list map[K]V
}

// New makes a map of at most max values.
func New[K comparable, V any](max int) *Map[K, V] {
	return &Map[K, V]{max: max, list: map[K]V{}}
}

// Get returns the value that was put under the key, and whether it is still there.
func (m *Map[K, V]) Get(key K) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.list[key]
	return v, ok
}

// Len is how many values are there.
func (m *Map[K, V]) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.list)
}

// Put remembers the value. What it holds is shared with everybody who gets it: it is only read.
func (m *Map[K, V]) Put(key K, v V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, there := m.list[key]; !there {
		for other := range m.list {
			if len(m.list) < m.max {
				break
			}
			delete(m.list, other)
		}
	}
	if m.max > 0 {
		m.list[key] = v
	}
}
