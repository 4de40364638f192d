// Package access is the authorization choke point: who acts, what can be
// done, and which pure rule decides.
//
// Every address that the program serves is a Route, and a Route without
// action, policy and rate class cannot be registered. The same table drives
// the router, `aromart routes`, the OpenAPI document and the test that tries
// every route as every actor. A rule says whether an actor may ask at all;
// whose record it is stands in the SQL of the domain, so that not yours and
// not there look alike.
//
// Personal data: an Actor holds ids only, never a name or an address.
//
// Tables: none.
package access

import (
	"fmt"
	"strings"
)

// Kind says in which role somebody acts.
type Kind uint8

// The kinds of actor. Anonymous is the zero value: nobody is ever more than
// that by accident.
const (
	Anonymous   Kind = iota
	GuestOrder       // holds the link of one order
	Customer         // signed in to buy
	SellerOwner      // owns a store
	SellerStaff      // works for a store, with Rights
	Support          // helps customers, opens personal data with a reason
	Admin            // runs the marketplace
	Auditor          // reads the books and logs, no personal data in clear
	Operator         // a person at the machine's shell
	System           // a timer or rule of the program itself
	kinds
)

var kindNames = [kinds]string{"anonymous", "guest_order", "customer", "seller_owner", "seller_staff", "support", "admin", "auditor", "operator", "system"}

func (k Kind) String() string {
	if k < kinds {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// Rights are what a member of a store may see and do there.
type Rights uint8

// The rights of seller staff; an owner has all of them.
const (
	RightOrders Rights = 1 << iota
	RightCatalog
	RightMoney
)

// rightNames are how rights are stored and shown.
var rightNames = []string{"orders", "catalog", "money"}

// RightsOf reads names of rights; an unknown one is none.
func RightsOf(names ...string) (r Rights) {
	for _, name := range names {
		for i, known := range rightNames {
			if name == known {
				r |= 1 << i
			}
		}
	}
	return r
}

// Names lists the rights in their declared order.
func (r Rights) Names() []string {
	out := []string{}
	for i, name := range rightNames {
		if r&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return out
}

// KindOf is the reverse of String; an unknown name is Anonymous.
func KindOf(name string) Kind {
	for k, n := range kindNames {
		if n == name {
			return Kind(k)
		}
	}
	return Anonymous
}

// Actor is whoever is asking. Only the session layer makes one that is not
// anonymous, from rows read in the same request.
type Actor struct {
	Kind   Kind
	ID     int64  // account of a customer, member or staff; 0 for anonymous and guests
	Seller int64  // the seller that a member acts for
	Order  int64  // the one order that a guest link opens
	Rights Rights // of seller staff

	Session int64  // the session that the request came with; also of one who has not given the second factor and is nobody yet
	Fresh   bool   // proved himself within the last ten minutes, so that sensitive changes are open
	Limited bool   // a program with a token: Scopes are all it may do
	Scopes  Scopes // of a Limited actor
}

// Scopes are what a token for a program was given.
type Scopes uint8

// The scopes of a token. There is none for what asks a person to prove himself:
// password, addresses of the login, tokens, copies and deletion of the data.
const (
	ReadAccount Scopes = 1 << iota // name, language, notices
	ChangeAccount
	ReadAddresses
	ChangeAddresses
	ReadWishlist
	ChangeWishlist
	ReadOrders
	ChangeOrders // place and cancel
)

// scopeNames are how scopes are stored and shown.
var scopeNames = []string{"account:read", "account:write", "addresses:read", "addresses:write", "wishlist:read", "wishlist:write", "orders:read", "orders:write"}

// ScopesOf reads names of scopes; an unknown one is none. Whoever may change
// something may read it too.
func ScopesOf(names ...string) (s Scopes) {
	for _, name := range names {
		for i, known := range scopeNames {
			if name == known {
				s |= 1 << i
			}
		}
	}
	return s | s&(ChangeAccount|ChangeAddresses|ChangeWishlist|ChangeOrders)>>1
}

// Names lists the scopes in their declared order.
func (s Scopes) Names() []string {
	out := []string{}
	for i, name := range scopeNames {
		if s&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return out
}

// SignedIn is the policy of the pages of an account: everybody with a login has one.
var SignedIn = Only(Customer, SellerOwner, SellerStaff, Support, Admin, Auditor)

// Kinds is a set of actor kinds.
type Kinds uint16

// Of makes a set of kinds.
func Of(list ...Kind) Kinds {
	var s Kinds
	for _, k := range list {
		s |= 1 << k
	}
	return s
}

// Has reports whether the set holds k.
func (s Kinds) Has(k Kind) bool { return k < kinds && s&(1<<k) != 0 }

// Names lists the kinds of the set in their declared order.
func (s Kinds) Names() []string {
	out := []string{}
	for k := Kind(0); k < kinds; k++ {
		if s.Has(k) {
			out = append(out, k.String())
		}
	}
	return out
}

// Policy is a pure rule: the kinds that may ask, and where kinds are not
// enough a check of the actor alone.
type Policy struct {
	Kinds Kinds
	Scope Scopes           // what a program with a token must have been given; 0 lets it in only where everybody is
	Check func(Actor) bool // nil when the kinds are the whole rule
}

// WithScope is the policy for programs with the scope, too.
func (p Policy) WithScope(s Scopes) Policy {
	p.Scope = s
	return p
}

// Everyone is the policy of public pages.
var Everyone = Policy{Kinds: 1<<kinds - 1}

// Only is the policy that names its kinds.
func Only(list ...Kind) Policy { return Policy{Kinds: Of(list...)} }

// WithRight narrows a policy to owners and to staff that hold the right.
func WithRight(r Rights) Policy {
	return Policy{Kinds: Of(SellerOwner, SellerStaff), Check: func(a Actor) bool {
		return a.HasRight(r)
	}}
}

// HasRight reports that the actor owns a store, or works for one with the right.
func (a Actor) HasRight(r Rights) bool {
	return a.Kind == SellerOwner || a.Kind == SellerStaff && a.Rights&r == r
}

// Allow decides. It reads nothing but its arguments.
func Allow(a Actor, p Policy) bool {
	if !p.Kinds.Has(a.Kind) || a.Limited && !p.admits(a.Scopes) {
		return false
	}
	return p.Check == nil || p.Check(a)
}

// admits reports whether a program with the scopes may ask: what names no scope
// is for people, so that a forgotten one opens nothing.
func (p Policy) admits(s Scopes) bool {
	if p.Scope == 0 {
		return p.Kinds.Has(Anonymous)
	}
	return s&p.Scope == p.Scope
}

// Action names what a route does, as `noun.verb`: product.view, order.place.
type Action string

// valid reports whether the action is lowercase noun.verb.
func (a Action) valid() bool {
	noun, verb, ok := strings.Cut(string(a), ".")
	return ok && word(noun) && word(verb)
}

func word(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && c != '_' {
			return false
		}
	}
	return s != ""
}

// RateClass groups routes that share limits of speed, size and concurrency.
type RateClass string

// The rate classes; their limits are settings of package web.
const (
	RateBrowse  RateClass = "browse"  // public pages
	RateSearch  RateClass = "search"  // listings, search, suggestions
	RateAsset   RateClass = "asset"   // pictures, style sheet, script
	RateCart    RateClass = "cart"    // changes of the cart and of preferences
	RateQuote   RateClass = "quote"   // checkout page and quotes
	RatePlace   RateClass = "place"   // placing an order
	RateOrder   RateClass = "order"   // an order as its buyer sees it
	RateLookup  RateClass = "lookup"  // forms that could tell whether something exists
	RateLogin   RateClass = "login"   // forms that check a secret
	RateMessage RateClass = "message" // text that a person will read
	RateUpload  RateClass = "upload"  // files
	RateStaff   RateClass = "staff"   // portal and back office
	RateExport  RateClass = "export"  // large answers
	RateHealth  RateClass = "health"  // probes
)

// RateClasses lists every class, for the settings and their test.
func RateClasses() []RateClass {
	return []RateClass{RateBrowse, RateSearch, RateAsset, RateCart, RateQuote, RatePlace, RateOrder, RateLookup,
		RateLogin, RateMessage, RateUpload, RateStaff, RateExport, RateHealth}
}
