package search

import (
	"strings"
	"testing"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct{ in, primary, extra string }{
		{"HP EliteBook 2540p Notebook PC", "hp elitebook 2540p notebook pc", ""},
		{"Café Crème", "cafe creme", ""},
		{"350ml bottle", "350ml bottle", "350"},
		{"350 ml bottle", "350ml bottle", "350"},
		{"350 ML, glass", "350ml glass", "350"},
		{"B-52x", "b 52x", "b52x"},
		{"Wi-Fi", "wi fi", "wifi"},
		{"women's dress", "women dress", ""},
		{"women’s dress", "women dress", ""},
		{`17" screen`, "17inch screen", ""},
		{"17 inch screen", "17inch screen", "17"},
		{"2.5 GHz", "2.5ghz", "2.5"},
		{"1,000 pieces", "1000 pieces", ""},
		{"USB 2.0", "usb 2.0", ""},
		{"37PFL5522D/05", "37pfl5522d 05", "37pfl5522d05"},
		{"HDD/SSD", "hdd ssd", ""},
		{"a, b. c", "a b c", ""},
		{"ශ්‍රී ලංකා තේ", "ශ්රී ලංකා තේ", ""},
		{"தமிழ் நூல்கள்", "தமிழ் நூல்கள்", ""},
		{"5 m cable", "5 m cable", ""},
		{"", "", ""},
		{"!!! ---", "", ""},
	} {
		var p splitter
		var primary, extra []string
		for _, w := range p.split(fold(c.in), true) {
			if w.extra {
				extra = append(extra, w.text)
			} else {
				primary = append(primary, w.text)
			}
		}
		if got := strings.Join(primary, " "); got != fold(c.primary) {
			t.Errorf("%q: words %q, want %q", c.in, got, c.primary)
		}
		if got := strings.Join(extra, " "); got != c.extra {
			t.Errorf("%q: other forms %q, want %q", c.in, got, c.extra)
		}
	}
}

func TestFoldKeepsSigns(t *testing.T) {
	if fold("කි") == fold("ක") || fold("தி") == fold("த") {
		t.Error("a vowel sign was taken for an accent")
	}
	if fold("ශ්‍රී") != fold("ශ්රී") {
		t.Error("a joiner made another word")
	}
}

func FuzzSplit(f *testing.F) {
	for _, s := range []string{"B-52x 350 ml", "ශ්‍රී", "1,000.5\"", "a''b//c..d", "\xff\xfe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var p splitter
		for _, w := range p.split(fold(s), true) {
			if w.text == "" || strings.ContainsAny(w.text, " \t\n") {
				t.Errorf("%q gave the word %q", s, w.text)
			}
		}
	})
}
