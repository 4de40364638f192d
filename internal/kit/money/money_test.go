package money

import (
	"testing"

	"pgregory.net/rapid"
)

func TestSplitSumsToTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := Amount(rapid.Int64Range(-1e14, 1e14).Draw(t, "total"))
		weights := rapid.SliceOfN(rapid.Int64Range(0, 1e9), 1, 20).Draw(t, "weights")
		var sum Amount
		for _, p := range Split(total, weights) {
			sum += p
		}
		if sum != total {
			t.Fatalf("parts sum to %d, want %d", sum, total)
		}
	})
}

func TestSplitTable(t *testing.T) {
	for _, tt := range []struct {
		total   Amount
		weights []int64
		want    []Amount
	}{
		{100, []int64{1, 1, 1}, []Amount{34, 33, 33}},
		{-100, []int64{1, 1, 1}, []Amount{-34, -33, -33}},
		{10, []int64{0, 0}, []Amount{10, 0}},
		{7, []int64{0, 3, 0}, []Amount{0, 7, 0}},
	} {
		got := Split(tt.total, tt.weights)
		for i := range tt.want {
			if got[i] != tt.want[i] {
				t.Errorf("Split(%d, %v) = %v, want %v", tt.total, tt.weights, got, tt.want)
				break
			}
		}
	}
}

func TestShares(t *testing.T) {
	if got := BasisPoints(1500).Of(999); got != 150 {
		t.Errorf("15 %% of 999 = %d, want 150", got)
	}
	if got := BasisPoints(1800).Included(11800); got != 1800 {
		t.Errorf("18 %% inside 11800 = %d, want 1800", got)
	}
	if got := BasisPoints(1500).Of(-999); got != -150 {
		t.Errorf("15 %% of -999 = %d, want -150", got)
	}
}

func TestOverflowIsRefused(t *testing.T) {
	if _, err := Add(1<<62, 1<<62); err == nil {
		t.Error("Add overflowed silently")
	}
	if _, err := Amount(1 << 62).Times(4); err == nil {
		t.Error("Times overflowed silently")
	}
	if got, err := Amount(250).Times(3); err != nil || got != 750 {
		t.Errorf("250*3 = %d, %v", got, err)
	}
}
