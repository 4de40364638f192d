package auth

import (
	"strings"

	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/market"
)

// Address is what a login is found by: an e-mail address or a phone number.
type Address struct {
	Email contact.Email
	Phone contact.Phone
}

// ParseAddress reads an address as people type it into one field.
func ParseAddress(m *market.Profile, field, typed string) (Address, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return Address{}, errs.Field(field, "error.required").Saying("auth.bad_address")
	}
	if strings.Contains(typed, "@") {
		email, err := contact.ParseEmail(field, typed)
		return Address{Email: email}, err
	}
	number, err := m.ParsePhone(typed)
	if err != nil {
		return Address{}, errs.Field(field, "auth.bad_address").Because(err)
	}
	return Address{Phone: contact.NewPhone(number)}, nil
}

// ParseReachable reads an address that something is going to be sent to.
func (d *Desk) ParseReachable(m *market.Profile, field, typed string) (Address, error) {
	if d.MailOnly {
		email, err := contact.ParseEmail(field, typed)
		return Address{Email: email}, err
	}
	return ParseAddress(m, field, typed)
}

// IsZero reports that there is no address.
func (a Address) IsZero() bool { return a == Address{} }

// String is the mask.
func (a Address) String() string {
	if !a.Email.IsZero() {
		return a.Email.String()
	}
	return a.Phone.String()
}

// key is what throttles count by; it goes through a keyed hash before it is stored.
func (a Address) key() string { return a.Email.Reveal() + "\x00" + a.Phone.Reveal() }

// words are what a password must not consist of.
func (a Address) words() []string {
	local, _, _ := strings.Cut(a.Email.Reveal(), "@")
	return []string{a.Email.Reveal(), local, strings.TrimPrefix(a.Phone.Reveal(), "+")}
}
