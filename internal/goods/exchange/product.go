package exchange

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"aromart/internal/kit/money"
)

// Bounds of a product in runes, beside those of the catalog. What is longer is cut and reported.
const (
	maxHandle     = 200
	maxName       = 120  // vendor, type, tag, option name, attribute name
	maxValue      = 250  // option value, alternative text, SKU, barcode
	maxText       = 1000 // attribute value, category, address of a picture
	maxTags       = 50
	maxAttributes = 200
	maxStock      = 10_000_000
)

// Status of a product as the file wishes it.
type Status string

// The statuses that a file can ask for; "" is not said.
const (
	Live   Status = "live"
	Draft  Status = "draft"
	Hidden Status = "hidden"
)

// Fields says which columns a file has. What is not there is left as it is in the store.
type Fields uint16

// The fields of a product and of its variants.
const (
	HasTitle Fields = 1 << iota
	HasBody
	HasVendor
	HasType
	HasCategory
	HasTags
	HasStatus
	HasSKU
	HasBarcode
	HasPrice
	HasCompareAt
	HasWeight
	HasStock
)

// Product is what a file says about one product, whatever the file's format.
// All texts are trimmed, in Unicode NFC, without NUL and within their bounds.
type Product struct {
	Row         int    // the first row; other rows stand at the variants and in Rows
	Rows        []int  // every row that belongs to it
	Handle      string // the product's name for programs, unique in the store
	Title       string
	BodyHTML    string // cleaned
	Vendor      string // brand
	ProductType string
	Category    string // a path "A > B > C", or an id of the Google product taxonomy
	Tags        []string
	Options     []string // names, at most catalog.MaxOptions; none for a product with a single variant
	Variants    []Variant
	Pictures    []Picture
	Attributes  []Attribute
	Status      Status
	Has         Fields
}

// Variant is what can be bought: one value per option of the product.
type Variant struct {
	Row       int
	Values    []string
	SKU       string
	Barcode   string
	Price     money.Amount // 0: none was given, an existing price stays
	CompareAt money.Amount // 0: none; always above Price
	Weight    int64        // grams; negative: none was given
	Stock     int64        // never negative
	HasStock  bool         // a number was given for this variant
	Picture   string       // Src of its picture
}

// Picture is named by the file; its address is never fetched.
type Picture struct {
	Src string
	Alt string
}

// Attribute is a fact that is not a choice.
type Attribute struct{ Name, Value string }

// attribute returns the value of an attribute, whatever its case.
func (p *Product) attribute(name string) string {
	for _, a := range p.Attributes {
		if strings.EqualFold(a.Name, name) {
			return a.Value
		}
	}
	return ""
}

// tidy brings a one-line text into the form in which it is kept: NFC, valid,
// control characters and runs of blanks as one blank, trimmed.
func tidy(s string) string {
	if s == "" {
		return ""
	}
	s = norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))
	clean := true
	last := ' '
	for _, r := range s {
		if unicode.IsControl(r) || r == '\ufeff' || unicode.IsSpace(r) && (r != ' ' || last == ' ') {
			clean = false
			break
		}
		last = r
	}
	if clean && last != ' ' {
		return s
	}
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case r == '\ufeff':
		case unicode.IsControl(r) || unicode.IsSpace(r):
			space = b.Len() > 0
		default:
			if space {
				b.WriteByte(' ')
				space = false
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// limit cuts s to n runes; cut tells whether it had to.
func limit(s string, n int) (out string, cut bool) {
	if len(s) <= n || utf8.RuneCountInString(s) <= n {
		return s, false
	}
	i, count := 0, 0
	for i = range s {
		if count == n {
			break
		}
		count++
	}
	return strings.TrimRightFunc(s[:i], unicode.IsSpace), true
}

// slug makes a handle of a text: letters and digits of any script, lower case, hyphens between.
func slug(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(norm.NFC.String(s)) {
		// Vowel signs of Sinhala and Tamil are marks, and so are joiners between letters.
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) && b.Len() > 0 && !gap {
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
			continue
		}
		if r != '\'' && r != '’' && r != '\u200d' {
			gap = true
		}
	}
	out, long := limit(b.String(), maxHandle-9)
	if long { // two long names may differ behind the cut
		sum := sha256.Sum256([]byte(b.String()))
		out += "-" + hex.EncodeToString(sum[:4])
	}
	return strings.Trim(out, "-")
}

// key is what makes a variant the same variant: its option values.
func (v *Variant) key() string { return strings.Join(v.Values, "\x1f") }
