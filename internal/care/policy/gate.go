package policy

import (
	"slices"

	"aromart/internal/kit/errs"
)

// Provider is a way to pay that the program knows about.
type Provider struct {
	Name    string // as stored with an order
	Online  bool   // sends the buyer or his data to somebody else
	Promise string // the promise that governs it
}

// Providers are the ways to pay that the present policy allows: cash and
// manual transfer. An online provider enters only with a policy version that
// is in force, names it and carries both signatures (P12); none is.
func Providers() []Provider {
	return []Provider{{Name: "cod", Promise: "P11"}, {Name: "transfer", Promise: "P11"}}
}

// AllowPayment refuses every way to pay but those of Providers. It is the
// Allow function of the door to payment.
func AllowPayment(name string) error {
	if slices.ContainsFunc(Providers(), func(p Provider) bool { return p.Name == name && !p.Online }) {
		return nil
	}
	return errs.New(errs.Forbidden, "policy.payment_refused", "provider", name, "promise", "P12")
}

// Capability is something that would send or collect data in a new way.
type Capability string

// The capabilities that the policy decides about.
const (
	OrderMail     Capability = "order_mail"     // mails about an order, to those who asked for them
	Analytics     Capability = "analytics"      // counting visitors, by us or others
	Advertising   Capability = "advertising"    // any
	RemotePicture Capability = "remote_picture" // fetching an address that a file names
)

var capabilities = map[Capability]struct {
	allowed bool
	promise string
}{
	OrderMail:     {true, "P03"},
	Analytics:     {false, "P14"},
	Advertising:   {false, "P14"},
	RemotePicture: {false, "P23"},
}

// Allow refuses a capability that the policy does not grant, and every one
// that nobody has decided about.
func Allow(c Capability) error {
	state, known := capabilities[c]
	if known && state.allowed {
		return nil
	}
	if !known {
		state.promise = "P16"
	}
	return errs.New(errs.Forbidden, "policy.capability_refused", "capability", string(c), "promise", state.promise)
}
