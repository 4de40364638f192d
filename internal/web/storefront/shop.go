// Package storefront is the shop that customers visit: home, categories,
// lists, search, products, stores, cart, checkout, orders, and the pages of the
// policy; those of an account are package customer, those of a person's rights
// package rights.
//
// What always holds: browsing sets no cookie and writes no row (P01); a page
// that shows an order needs the order's link or its customer; a handler reads, calls the
// domain, and fills a view of package ui.
//
// Personal data: passes through the forms of checkout and account; an order page
// that is opened by its link shows a phone number masked, and what the order
// keeps in full only after a code. Tables: none.
package storefront

import (
	"aromart/internal/care/policy"
	"aromart/internal/goods/search"
	"aromart/internal/kit/memo"
	"aromart/internal/people/auth"
	"aromart/internal/platform/blob"
	"aromart/internal/trade/checkout"
	"aromart/internal/web"
	"aromart/internal/web/customer"
	"aromart/internal/web/rights"
	"aromart/internal/web/visit"
)

// Options are what the shop stands on.
type Options struct {
	visit.Frame
	Desk   *checkout.Desk
	People *auth.Desk // where people sign in
	Index  *search.Index
	Blobs  *blob.Store
	Policy *policy.Gate // which policy is shown; nil shows the draft

	// Media answers pictures that lie beside the stored ones, by the file name of
	// a rendition, before Blobs is asked: those of the demo. It may be nil.
	Media func(file string) (data []byte, mediaType string, ok bool)
}

// Shop answers the pages.
type Shop struct {
	Options
	customer *customer.Pages
	rights   *rights.Pages
	memory   memory
}

// New makes a shop; Register puts its pages on a server.
func New(o Options) *Shop {
	if o.Policy == nil {
		o.Policy = policy.Drafting(policy.Facts{Market: o.Market, Operator: o.Site.Operator, Email: o.Site.HelpEmail})
	}
	o.Links = o.Desk.Links
	s := &Shop{Options: o, customer: &customer.Pages{Frame: o.Frame, People: o.People}}
	s.memory.books.DB, s.memory.books.Market, s.memory.books.Seq = o.DB, o.Market, func() int64 { return s.Index.Seq() }
	s.memory.products = memo.New[string, knownProduct](maxProducts)
	s.rights = &rights.Pages{Frame: o.Frame}
	return s
}

// Register adds every page of the shop.
func (s *Shop) Register(srv *web.Server) {
	s.browsing(srv)
	s.buying(srv)
	s.rights.Register(srv)
	s.customer.Register(srv)
}
