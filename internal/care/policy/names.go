package policy

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"aromart/internal/kit/errs"
)

// Capability is something that would send or collect data in a new way.
type Capability string

// The capabilities that the policy decides about.
const (
	OrderMail     Capability = "order_mail"     // mails about an order or an account, through the operator's own mail server
	OnlinePayment Capability = "online_payment" // sending a buyer or his data to somebody who takes money
	SMS           Capability = "sms"            // giving a phone number to somebody who sends messages to it
	Analytics     Capability = "analytics"      // counting visitors, by us or others
	Advertising   Capability = "advertising"    // any
	RemotePicture Capability = "remote_picture" // fetching an address that a file names
)

// Capabilities lists all of them, in the order in which the policy speaks of them.
func Capabilities() []Capability {
	return []Capability{OrderMail, OnlinePayment, SMS, Analytics, Advertising, RemotePicture}
}

// governs is the promise that a capability touches.
var governs = map[Capability]string{
	OrderMail: "P03", OnlinePayment: "P12", SMS: "P17", Analytics: "P14", Advertising: "P14", RemotePicture: "P23",
}

// The ways to pay that need no policy of their own, because nobody outside learns of them.
var cashProviders = []string{"cod", "transfer"}

// Names is what a version of the policy names, and so allows. What stands in
// no list is refused.
type Names struct {
	Capabilities []Capability `json:"capabilities"`
	Providers    []string     `json:"providers"`  // ways to pay
	Hosts        []string     `json:"hosts"`      // machines that the server speaks to, besides the operator's own
	PageHosts    []string     `json:"page_hosts"` // machines that a page loads from or sends to
	Cookies      []string     `json:"cookies"`
}

// Default is what the program needs as it is: cash, mails about orders, its
// own cookies, and no other machine.
func Default() Names {
	n := Names{Capabilities: []Capability{OrderMail}, Providers: slices.Clone(cashProviders), Hosts: []string{}, PageHosts: []string{}}
	for _, c := range Cookies() {
		n.Cookies = append(n.Cookies, c.Name)
	}
	return n
}

// With adds what a proposal names besides the default. A provider of online
// payment brings that capability with it.
func (n Names) With(more Names) (Names, error) {
	for _, c := range more.Capabilities {
		if !slices.Contains(Capabilities(), c) {
			return n, errs.Field("capability", "policy.unknown_capability", "capability", string(c))
		}
	}
	for _, p := range more.Providers {
		if !providerName.MatchString(p) {
			return n, errs.Field("provider", "policy.bad_name", "name", p)
		}
	}
	for _, h := range slices.Concat(more.Hosts, more.PageHosts) {
		if !hostName.MatchString(h) {
			return n, errs.Field("host", "policy.bad_name", "name", h)
		}
	}
	n.Capabilities = slices.Concat(n.Capabilities, more.Capabilities)
	if slices.ContainsFunc(more.Providers, online) {
		n.Capabilities = append(n.Capabilities, OnlinePayment)
	}
	n.Capabilities = slices.DeleteFunc(Capabilities(), func(c Capability) bool { return !slices.Contains(n.Capabilities, c) })
	n.Providers = once(n.Providers, more.Providers)
	n.Hosts, n.PageHosts = once(n.Hosts, more.Hosts), once(n.PageHosts, more.PageHosts)
	return n, nil
}

var (
	providerName = regexp.MustCompile(`^[a-z][a-z0-9_-]{1,39}$`)
	hostName     = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)
)

func online(provider string) bool { return !slices.Contains(cashProviders, provider) }

// once joins two lists without doubles; what was added stands in the order of
// the alphabet, so that it does not matter how it was typed.
func once(own, more []string) []string {
	more = slices.DeleteFunc(slices.Clone(more), func(s string) bool { return slices.Contains(own, s) })
	slices.Sort(more)
	return slices.Concat(own, slices.Compact(more))
}

// withOwnCookies names the cookies of the program as it is, to see what it would say today.
func (n Names) withOwnCookies() Names {
	n.Cookies = Default().Cookies
	return n
}

func (n Names) encode() string {
	raw, err := json.Marshal(n)
	if err != nil {
		panic(err) // lists of strings
	}
	return string(raw)
}

func decodeNames(text string) (n Names, err error) {
	if err = json.Unmarshal([]byte(text), &n); err != nil {
		err = fmt.Errorf("policy: the names of a version: %w", err)
	}
	return n, err
}

// Allow refuses a capability that is not named, and every one that nobody has
// decided about.
func (n Names) Allow(c Capability) error {
	if slices.Contains(n.Capabilities, c) && governs[c] != "" {
		return nil
	}
	promise := governs[c]
	if promise == "" {
		promise = "P16"
	}
	return errs.New(errs.Forbidden, "policy.capability_refused", "capability", string(c), "promise", promise)
}

// AllowPayment refuses every way to pay that is not named.
func (n Names) AllowPayment(provider string) error {
	if slices.Contains(n.Providers, provider) && (!online(provider) || n.Allow(OnlinePayment) == nil) {
		return nil
	}
	return errs.New(errs.Forbidden, "policy.payment_refused", "provider", provider, "promise", "P12")
}

// AllowHost refuses a connection to a machine that is not named.
func (n Names) AllowHost(host string) error {
	if slices.Contains(n.Hosts, host) {
		return nil
	}
	return errs.New(errs.Forbidden, "policy.host_refused", "host", host, "promise", "P17")
}

// AllowCookie refuses a cookie that is not named.
func (n Names) AllowCookie(c Cookie) error {
	if slices.Contains(n.Cookies, c.Name) && slices.Contains(Cookies(), c) {
		return nil
	}
	return errs.New(errs.Forbidden, "policy.cookie_refused", "cookie", c.Name, "promise", "P13")
}
