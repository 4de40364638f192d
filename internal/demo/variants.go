package demo

import (
	"bufio"
	"bytes"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
)

// scanned names the brands whose goods carry a barcode; the others are made by hand and carry none.
var scanned = []string{
	"Serendib Volt", "Kohomba Audio", "Lanternfish", "Clearbay", "Nightfold", "Kalapaint", "Ola Leaf Press",
	"Terrace Roasters", "Lane Wicket", "Honeyfold", "Hill Line Tea & Coffee", "Matale Spice Yard",
	"Coconut Row", "Jaffna Pantry", "Soapnut & Sons",
}

// variants makes one variant for each combination of option values. n is the product's number in its store.
func (d *draft) variants(n int) {
	picks := combinations(d.Options)
	for i, pick := range picks {
		v := Variant{
			SKU:   fmt.Sprintf("%s-%d-%d", storeCode(d.Store), 100+n, i+1),
			Price: d.price, CompareAt: d.compare, Grams: d.grams,
		}
		for o, k := range pick {
			v.Values = append(v.Values, d.Options[o].Values[k].Name)
			v.Price += d.extras[o][k].price
			v.Grams += d.extras[o][k].grams
			if v.CompareAt > 0 {
				v.CompareAt += d.extras[o][k].price
			}
		}
		v.Stock = stock(d.stock, i, v.SKU)
		v.Picture = pictures().showing(d.Slug, v.Values)
		if slices.Contains(scanned, d.Brand) {
			v.Barcode = barcode(v.SKU)
		}
		d.Variants = append(d.Variants, v)
	}
}

// combinations counts through the options like an odometer, the last one fastest.
func combinations(options []Option) [][]int {
	all := [][]int{nil}
	for _, o := range options {
		var next [][]int
		for _, head := range all {
			for k := range o.Values {
				next = append(next, append(slices.Clone(head), k))
			}
		}
		all = next
	}
	return all
}

// stock spreads a product's level over its variants: the first one keeps it, about one in twelve of the others is sold out.
func stock(level int64, i int, sku string) int64 {
	h := int64(hash(sku) % 120)
	switch {
	case level < 0:
		return 5 + h%30
	case i == 0 || level == 0:
		return level
	case h < 10:
		return 0
	default:
		return level * (h + 20) / 100
	}
}

// barcode makes an EAN-13 that starts with 20: numbers which GS1 leaves to
// shops for their own use, so that no demo product carries a real one's.
func barcode(sku string) string {
	code := fmt.Sprintf("20%010d", hash(sku)%1e10)
	sum := 0
	for i, c := range code {
		sum += int(c-'0') * (1 + 2*(i%2))
	}
	return code + string(rune('0'+(10-sum%10)%10))
}

func storeCode(slug string) string { return strings.ToUpper(slug[:3]) }

func hash(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

// readPalette reads the names of colors that goods come in.
func readPalette() (map[string]string, error) {
	b, err := files.ReadFile("content/colors.txt")
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	palette := map[string]string{}
	sc := bufio.NewScanner(bytes.NewReader(b))
	for sc.Scan() {
		if f := strings.Fields(sc.Text()); len(f) == 2 {
			palette[f[0]] = f[1]
		}
	}
	return palette, nil
}

// colorOf finds the hex value of a color's name by its first word in the palette: "Leaf green" is leaf.
func colorOf(palette map[string]string, name string) string {
	for _, w := range strings.Fields(strings.ToLower(name)) {
		if hex, ok := palette[w]; ok {
			return hex
		}
	}
	return ""
}
