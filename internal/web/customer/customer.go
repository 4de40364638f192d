// Package customer is the part of the shop that belongs to one person: signing
// in and registering, the account with its orders, addresses, wishlist and
// preferences, and what keeps the login safe.
//
// Personal data: passes through the forms; every statement behind a page names
// its owner. Tables: none.
package customer

import (
	"aromart/internal/people/auth"
	"aromart/internal/web"
	"aromart/internal/web/visit"
)

// Pages are the pages of a customer.
type Pages struct {
	visit.Frame
	People *auth.Desk // where people sign in
}

// Register adds them to a server.
func (p *Pages) Register(srv *web.Server) {
	p.entering(srv)
	p.accounts(srv)
	p.securing(srv)
	p.tokenPages(srv)
}
