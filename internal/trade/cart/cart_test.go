package cart

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"aromart/internal/kit/clock"
)

func TestACartSurvivesItsCookie(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := New()
		for range rapid.IntRange(0, MaxLines).Draw(t, "lines") {
			if err := c.Add(clock.PublicID(), rapid.Int64Range(1, MaxQuantity).Draw(t, "quantity")); err != nil {
				t.Fatal(err)
			}
		}
		value := c.Encode()
		if len(value) > MaxBytes {
			t.Fatalf("%d bytes", len(value))
		}
		if got := Parse(value).Encode(); got != value {
			t.Fatalf("got %s, want %s", got, value)
		}
	})
}

func TestForgedCookiesGiveNothingAway(t *testing.T) {
	id := clock.PublicID()
	for _, tt := range []struct {
		value string
		lines int
	}{
		{"", 0}, {"1", 0}, {"2~" + id, 0}, {"1~short", 0},
		{"1~" + id + "~" + id + "*-1", 0},
		{"1~" + id + "~" + id + "*0", 0},
		{"1~" + id + "~" + id + "*9223372036854775808", 0},
		{"1~" + id + "~" + id + "*1.5", 0},
		{"1~" + id + "~" + id + "*0x10", 0},
		{"1~" + id + "~" + id + "*١", 0},
		{"1~" + id + "~" + id + "*2~" + id + "*3", 1},
		{"1~" + id + "~<script>*1", 0},
		{"1~" + id + "~" + strings.Repeat(id+"*1~", 200), 0},
	} {
		if got := Parse(tt.value); len(got.Lines) != tt.lines || got.Token == "" {
			t.Errorf("Parse(%.40q) has %d lines, want %d", tt.value, len(got.Lines), tt.lines)
		}
	}
}

func TestQuantitiesAreBounded(t *testing.T) {
	c, id := New(), clock.PublicID()
	for _, bad := range []int64{-1, 0, MaxQuantity + 1, 1 << 62} {
		if c.Add(id, bad) == nil {
			t.Errorf("Add(%d) was taken", bad)
		}
	}
	if err := c.Add(id, MaxQuantity); err != nil {
		t.Fatal(err)
	}
	if c.Add(id, 1) == nil {
		t.Error("two additions went over the limit")
	}
	if err := c.Set(id, 0); err != nil || len(c.Lines) != 0 {
		t.Errorf("removing: %v, %v", c.Lines, err)
	}
	if c.Set(id, 1) == nil {
		t.Error("a line that is not there was changed")
	}
}
