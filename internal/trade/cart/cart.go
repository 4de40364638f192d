// Package cart is what somebody wants to buy: variants and quantities, with a
// random token that makes one order of it. A guest's cart is in the visitor's
// own cookie and nowhere else; that of a login is kept, and takes the guest's in
// once at sign-in.
//
// What always holds: at most MaxLines lines and MaxBytes bytes, no price and
// no person in it, one line per variant. Everything read from it is priced anew.
//
// Personal data: what a signed-in customer has put in. Tables: carts,
// cart_lines, cart_merges.
package cart

import (
	"slices"
	"strconv"
	"strings"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
)

// Bounds of a cart.
const (
	MaxLines    = 50
	MaxQuantity = 99
	MaxBytes    = 2048
)

// Line is a variant, by its public id, and how many of it.
type Line struct {
	Variant  string
	Quantity int64
}

// Cart is what the cookie holds.
type Cart struct {
	Token string // random; renewed after an order
	Lines []Line
}

// New is an empty cart.
func New() Cart { return Cart{Token: clock.Token(16)} }

// Parse reads a cookie's value. Whatever is not a cart is an empty one: a
// cookie is written by whoever holds it.
func Parse(value string) Cart {
	parts := strings.Split(value, "~")
	if len(value) > MaxBytes || len(parts) < 2 || parts[0] != "1" || !isID(parts[1]) {
		return New()
	}
	c := Cart{Token: parts[1]}
	for _, p := range parts[2:] {
		id, n, ok := strings.Cut(p, "*")
		q, err := strconv.ParseInt(n, 10, 64)
		if !ok || err != nil || q < 1 || q > MaxQuantity || !isID(id) || len(c.Lines) == MaxLines || c.find(id) >= 0 {
			continue
		}
		c.Lines = append(c.Lines, Line{id, q})
	}
	return c
}

// Encode is the cookie's value.
func (c Cart) Encode() string {
	var b strings.Builder
	b.WriteString("1~" + c.Token)
	for _, l := range c.Lines {
		b.WriteString("~" + l.Variant + "*" + strconv.FormatInt(l.Quantity, 10))
	}
	return b.String()
}

// Count is the number of pieces, for the header of a page.
func (c Cart) Count() (n int64) {
	for _, l := range c.Lines {
		n += l.Quantity
	}
	return n
}

// Add puts more of a variant into the cart.
func (c *Cart) Add(variant string, quantity int64) error {
	i := c.find(variant)
	if i < 0 {
		if len(c.Lines) == MaxLines {
			return errs.New(errs.Invalid, "cart.too_many_lines", "max", MaxLines)
		}
		if !isID(variant) {
			return errs.New(errs.NotFound, "error.not_found")
		}
		if err := CheckQuantity(quantity); err != nil {
			return err
		}
		c.Lines = append(c.Lines, Line{variant, quantity})
		return nil
	}
	if err := CheckQuantity(quantity); err != nil {
		return err
	}
	if err := CheckQuantity(c.Lines[i].Quantity + quantity); err != nil {
		return err
	}
	c.Lines[i].Quantity += quantity
	return nil
}

// Set changes the quantity of a line; 0 removes it.
func (c *Cart) Set(variant string, quantity int64) error {
	i := c.find(variant)
	if i < 0 {
		return errs.New(errs.NotFound, "error.not_found")
	}
	if quantity == 0 {
		c.Lines = slices.Delete(c.Lines, i, i+1)
		return nil
	}
	if err := CheckQuantity(quantity); err != nil {
		return err
	}
	c.Lines[i].Quantity = quantity
	return nil
}

// CheckQuantity refuses what cannot be bought at once.
func CheckQuantity(n int64) error {
	if n < 1 || n > MaxQuantity {
		return errs.Field("quantity", "cart.bad_quantity", "max", MaxQuantity)
	}
	return nil
}

func (c *Cart) find(variant string) int {
	return slices.IndexFunc(c.Lines, func(l Line) bool { return l.Variant == variant })
}

// isID accepts what clock.PublicID makes.
func isID(s string) bool {
	if len(s) < 16 || len(s) > 24 {
		return false
	}
	for _, r := range []byte(s) {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_') {
			return false
		}
	}
	return true
}
