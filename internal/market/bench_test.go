package market

import (
	"testing"
	"time"
)

// A listing page asks for 24 of each of the first two.

func BenchmarkFormat(b *testing.B) {
	p := lk(b)
	b.ReportAllocs()
	for b.Loop() {
		text = p.Format(1250_00, "si")
	}
}

func BenchmarkDeliveryWindow(b *testing.B) {
	p := lk(b)
	now := time.Date(2026, 11, 25, 4, 30, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		first, last = p.DeliveryWindow(now, 2, "jaffna/jaffna")
	}
}

func BenchmarkMapCategory(b *testing.B) {
	MapCategory("Sarees")
	b.ReportAllocs()
	for b.Loop() {
		id, _ = MapCategory("Apparel & Accessories > Clothing > Clothing Tops > T-Shirts")
	}
}

var (
	text        string
	first, last time.Time
	id          int64
)

// BenchmarkStart is what the first request of a process pays for the tree and its words.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		buildTree()
	}
}
