package search

import (
	"strconv"
	"strings"
	"sync"
)

// values gives every facet value ("material: cotton", "size: M") a small number
// that base and delta share. It only grows; a full build starts a new one.
type values struct {
	mu     sync.RWMutex
	keys   []facetKey
	vals   []facetValue
	keyID  map[string]uint32
	valID  map[string]uint32
	kindID map[string]uint32
}

// facetKey is an attribute or the name of an option.
type facetKey struct {
	name   string
	option bool
}

type facetValue struct {
	key    uint32
	text   string // as the first product wrote it
	number float64
	unit   string
	isNum  bool
}

func newValues() *values {
	return &values{keyID: map[string]uint32{}, valID: map[string]uint32{}, kindID: map[string]uint32{}}
}

func keyName(name string, option bool) string {
	if option {
		return "o:" + fold(strings.TrimSpace(name))
	}
	return "a:" + fold(strings.TrimSpace(name))
}

func valueName(key, text string) string { return key + "\x00" + fold(strings.TrimSpace(text)) }

// number writes a measure as a facet value and a filter write it: "5 kg".
func number(n float64, unit string) string {
	s := strconv.FormatFloat(n, 'f', -1, 64)
	if unit != "" {
		s += " " + unit
	}
	return s
}

// add returns the number of a value, giving it one when it is new.
func (v *values) add(name string, option bool, val facetValue) uint32 {
	key := keyName(name, option)
	full := valueName(key, val.text)
	v.mu.RLock()
	id, ok := v.valID[full]
	v.mu.RUnlock()
	if ok {
		return id
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if id, ok := v.valID[full]; ok {
		return id
	}
	k, ok := v.keyID[key]
	if !ok {
		k = uint32(len(v.keys))
		v.keys = append(v.keys, facetKey{name: strings.Clone(strings.TrimSpace(name)), option: option})
		v.keyID[key] = k
	}
	val.key, val.text = k, strings.Clone(strings.TrimSpace(val.text))
	id = uint32(len(v.vals))
	v.vals = append(v.vals, val)
	v.valID[full] = id
	return id
}

// find returns a known key and, of the given texts, the known values.
func (v *values) find(name string, option bool, texts []string) (key uint32, ids []uint32, ok bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	k := keyName(name, option)
	key, ok = v.keyID[k]
	if !ok {
		return 0, nil, false
	}
	for _, t := range texts {
		if id, ok := v.valID[valueName(k, t)]; ok {
			ids = append(ids, id)
		}
	}
	return key, ids, true
}

// kind returns the number of a normalized product type; 0 is none.
func (v *values) kind(phrase string, add bool) uint32 {
	if phrase == "" {
		return 0
	}
	v.mu.RLock()
	id := v.kindID[phrase]
	v.mu.RUnlock()
	if id != 0 || !add {
		return id
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.kindID[phrase] == 0 {
		v.kindID[phrase] = uint32(len(v.kindID) + 1)
	}
	return v.kindID[phrase]
}

// all returns the values and keys known now; the slices are never written below their length.
func (v *values) all() ([]facetKey, []facetValue) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.keys, v.vals
}
