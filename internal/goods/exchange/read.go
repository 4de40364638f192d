package exchange

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"time"

	"aromart/internal/kit/errs"
)

// Format of a file.
type Format string

// The formats. Auto looks at the header.
const (
	Auto        Format = "auto"
	Shopify     Format = "shopify"
	WooCommerce Format = "woocommerce"
	Generic     Format = "generic"
)

// Options of Read. The zero value guesses everything and reads prices of a
// currency with two decimals.
type Options struct {
	Format    Format
	Mapping   *Mapping // required for Generic
	Separator byte     // 0: guess
	Encoding  string   // a WHATWG name; "": guess
	Currency  string   // of the market, "LKR"; another one in a price is reported
	Exponent  int      // decimals of that currency; negative means none, 0 means two
	Now       time.Time
}

// currencySigns are the signs and short forms beside the codes themselves.
var currencySigns = map[string][]string{
	"LKR": {"rs", "slrs", "රු", "ரூ"}, "EUR": {"€"}, "USD": {"$", "us$"}, "GBP": {"£"}, "INR": {"₹", "rs"},
}

func (o *Options) knowsCurrency(unit string) bool {
	unit = strings.ToLower(strings.Trim(unit, ". "))
	return o.Currency == "" || unit == strings.ToLower(o.Currency) || slices.Contains(currencySigns[o.Currency], unit)
}

// File is what was read: the products, and what the reader guessed on the way.
type File struct {
	Format    Format
	Encoding  string
	Separator string // "" for JSON and XML
	Columns   []string
	Rows      int // the last row
	Products  []Product
	Report    Report
}

// Read reads a whole catalog file. An error says that nothing can be made of
// the file; what is wrong with single rows stands in the report.
func Read(r io.Reader, o Options) (*File, error) {
	switch {
	case o.Exponent < 0:
		o.Exponent = 0
	case o.Exponent == 0:
		o.Exponent = 2
	}
	if o.Format == "" {
		o.Format = Auto
	}
	f := &File{}
	if o.Mapping == nil && o.Format == Generic {
		return nil, errs.New(errs.Invalid, "exchange.mapping_missing")
	}
	encoding, separator, quote := o.Encoding, o.Separator, byte('"')
	if m := o.Mapping; m != nil {
		o.Format = Generic
		encoding, separator, quote = m.textRules(encoding, separator)
	}
	in, err := openInput(r, encoding)
	if err != nil {
		return nil, err
	}
	b := newBuilder(o, &f.Report)
	start := bytes.TrimSpace(in.head)
	switch {
	case bytes.HasPrefix(start, []byte("<?xml")) || bytes.HasPrefix(start, []byte("<rss")):
		err = f.readXML(in, b)
	case len(start) > 0 && (start[0] == '{' || start[0] == '['):
		err = f.readJSON(in, b)
	default:
		err = f.readTable(in, b, separator, quote)
	}
	if err != nil {
		return nil, err
	}
	f.Products = b.finish()
	return f, nil
}

func (f *File) readTable(in *input, b *builder, separator, quote byte) error {
	t, err := openTable(in, separator, quote, b.report)
	if err != nil {
		return err
	}
	f.Separator, f.Columns = string(t.sep), t.head.names
	switch o := b.opts; {
	case o.Format == Generic:
		f.Format = Generic
		err = o.Mapping.read(t, b)
	case o.Format == Shopify || o.Format == Auto && isShopify(t.head):
		f.Format = Shopify
		if !isShopify(t.head) {
			return errs.New(errs.Invalid, "exchange.header_not_shopify", "found", columnList(t.head))
		}
		err = readShopify(t, b)
	case o.Format == WooCommerce || o.Format == Auto && isWoo(t.head):
		f.Format = WooCommerce
		if !isWoo(t.head) {
			return errs.New(errs.Invalid, "exchange.header_not_woocommerce", "found", columnList(t.head))
		}
		err = readWoo(t, b)
	case o.Format == Auto:
		return errs.New(errs.Invalid, "exchange.header_unknown", "found", columnList(t.head))
	default:
		return errs.New(errs.Invalid, "exchange.format_unknown", "found", shorten(string(o.Format)))
	}
	f.Rows, f.Encoding = t.row, t.encodingSeen(in.encoding)
	return err
}

// columnList names the first columns of a header in an error.
func columnList(h *header) string {
	names := h.names
	if len(names) > 8 {
		names = append(slices.Clip(names[:8]), "…")
	}
	return shorten(strings.Join(names, ", "))
}

func endOfFile(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}
