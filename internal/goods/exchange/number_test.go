package exchange

import (
	"testing"

	"pgregory.net/rapid"
)

func TestQuantity(t *testing.T) {
	for _, tt := range []struct {
		in      string
		decimal Decimal
		places  int
		want    int64
		unit    string
	}{
		{"10", 0, 2, 1000, ""},
		{"9.99", 0, 2, 999, ""},
		{"₹58,990", 0, 2, 5899000, "₹"},
		{"Rs. 1,499.00", 0, 2, 149900, "Rs"},
		{"1,23,456.70", 0, 2, 12345670, ""},
		{"1.234,56 €", 0, 2, 123456, "€"},
		{"12,5", 0, 2, 1250, ""},
		{"1,245", 0, 2, 124500, ""},
		{"1,245", CommaDecimal, 3, 1245, ""},
		{"0,245", 0, 3, 245, ""},
		{"1.234.567", 0, 0, 1234567, ""},
		{"1'234.50", 0, 2, 123450, ""},
		{"1 234,50", 0, 2, 123450, ""},
		{"69.71 gbp", 0, 2, 6971, "gbp"},
		{"USD 5", 0, 2, 500, "USD"},
		{"1.956000000000000e+02", 0, 2, 19560, ""},
		{"5.290700000000001e+02", 0, 2, 52907, ""},
		{"2E3", 0, 0, 2000, ""},
		{"1.360e-1", 0, 3, 136, ""},
		{"-4", 0, 0, -4, ""},
		{"- 4.5", 0, 1, -45, ""},
		{"'007", 0, 0, 7, ""},
		{".5", 0, 1, 5, ""},
		{"1.005", 0, 2, 101, ""},
		{"0.004", 0, 2, 0, ""},
		{"0.00", 0, 2, 0, ""},
	} {
		q, err := parseQuantity(tt.in, tt.decimal)
		if err != nil {
			t.Errorf("%q: %v", tt.in, err)
			continue
		}
		if n, _, err := q.scaled(tt.places); err != nil || n != tt.want || q.unit != tt.unit {
			t.Errorf("%q = %d %q %v, want %d %q", tt.in, n, q.unit, err, tt.want, tt.unit)
		}
	}
	for _, in := range []string{"", "free", "10 - 20", "1e99", "1,2.3,4", "1..2", "12abc34", "3+4"} {
		if q, err := parseQuantity(in, 0); err == nil {
			t.Errorf("%q is read as %+v", in, q)
		}
	}
	if q, _ := parseQuantity("9999999999999999999", 0); true {
		if _, _, err := q.scaled(2); err == nil {
			t.Error("a number out of range is read")
		}
	}
}

func TestAmountsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, places := rapid.Int64Range(-1e14, 1e14).Draw(t, "n"), rapid.IntRange(0, 3).Draw(t, "places")
		q, err := parseQuantity(formatDecimal(n, places), PointDecimal)
		if err != nil {
			t.Fatal(err)
		}
		if got, exact, err := q.scaled(places); got != n || !exact || err != nil {
			t.Fatalf("%s read back as %d", formatDecimal(n, places), got)
		}
	})
}

func TestFormulaQuotingIsReversible(t *testing.T) {
	letters := rapid.SampledFrom([]rune("'=+-@\t\r\nab＝ é"))
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(letters, 0, 5, -1).Draw(t, "s")
		quoted := quoteFormula(s)
		if unquoteFormula(quoted) != s {
			t.Fatalf("%q becomes %q becomes %q", s, quoted, unquoteFormula(quoted))
		}
		if startsFormula(quoted) {
			t.Fatalf("%q would be run as a formula", quoted)
		}
	})
}
