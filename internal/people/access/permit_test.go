package access

import (
	"strings"
	"testing"
)

var (
	buyerA = Actor{Kind: Customer, ID: 7}
	linkA  = Actor{Kind: GuestOrder, Order: 70}
	owner  = Actor{Kind: SellerOwner, ID: 8, Seller: 3}
	packer = Actor{Kind: SellerStaff, ID: 9, Seller: 3, Rights: RightOrders}
	clerk  = Actor{Kind: SellerStaff, ID: 9, Seller: 3, Rights: RightMoney | RightCatalog}
	helper = Actor{Kind: Support, ID: 10}
	reader = Actor{Kind: Auditor, ID: 11}
)

func TestPermit(t *testing.T) {
	own := Resource{Login: 7, Order: 70}
	part := Resource{Login: 7, Order: 70, Seller: 3, Stage: Preparing}
	all := whole.String()
	for _, tt := range []struct {
		what   string
		actor  Actor
		action Action
		r      Resource
		want   string // "" for refused
	}{
		{"a product to nobody", Actor{}, "product.view", Resource{}, "public"},
		{"an account to its holder", buyerA, "address.view", own, "own"},
		{"an account to another customer", Actor{Kind: Customer, ID: 6}, "address.view", own, ""},
		{"an account to an admin", Actor{Kind: Admin, ID: 1}, "address.view", own, ""},
		{"an account to a program in that name", Actor{}, "address.view", Resource{}, ""},
		{"a guest's order to a customer without an id", Actor{Kind: Customer}, "order.view", Resource{Order: 70}, ""},
		{"an order to its customer", buyerA, "order.view", own, all},
		{"an order to a store's owner who bought it", Actor{Kind: SellerOwner, ID: 7, Seller: 3}, "order.view", own, all},
		{"an order to another customer", Actor{Kind: Customer, ID: 6}, "order.view", own, ""},
		{"an order to its link", linkA, "order.view", own, "goods sums order name area"},
		{"an order to its link with the code", linkA, "order.view", Resource{Order: 70, Proved: true}, all},
		{"an order to another link, even with a code", Actor{Kind: GuestOrder, Order: 71}, "order.view", Resource{Order: 70, Proved: true}, ""},
		{"an order to a link of nothing", Actor{Kind: GuestOrder}, "order.view", Resource{}, ""},
		{"an order to its seller, as a buyer's page", owner, "order.view", part, ""},
		{"a part to its owner", owner, "order.fulfill", part, "goods sums name area street note"},
		{"a part to staff without money", packer, "order.fulfill", part, "goods name area street note"},
		{"a part to staff without orders", clerk, "order.fulfill", part, ""},
		{"a part to another seller", Actor{Kind: SellerOwner, ID: 8, Seller: 4}, "order.fulfill", part, ""},
		{"a part to a customer who calls himself a member", Actor{Kind: Customer, ID: 8, Seller: 3, Rights: RightOrders}, "order.fulfill", part, ""},
		{"no part at all", Actor{Kind: SellerOwner, ID: 8}, "order.fulfill", Resource{Stage: Preparing}, ""},
		{"a part at no stage", owner, "order.fulfill", Resource{Seller: 3}, ""},
		{"a part at a stage that does not exist", owner, "order.fulfill", Resource{Seller: 3, Stage: Past + 1}, ""},
		{"accepting by staff with orders", packer, "order.accept", part, "goods name area street note"},
		{"accepting by support", helper, "order.accept", part, ""},
		{"canceling by support", helper, "order.cancel", part, "books"},
		{"canceling by the seller", owner, "order.cancel", part, ""},
		{"a person to support without a reason", helper, "order.contact", own, ""},
		{"a person to support with a reason", helper, "order.contact", Resource{Login: 7, Order: 70, Reason: true}, all},
		{"a person to an auditor with a reason", reader, "order.contact", Resource{Login: 7, Order: 70, Reason: true}, ""},
		{"the books to an auditor", reader, "order.show", own, "books"},
		{"the books to a customer", buyerA, "order.show", own, ""},
		{"an action without a rule", Actor{Kind: Admin, ID: 1}, "order.forge", own, ""},
	} {
		got, ok := Permit(tt.actor, tt.action, tt.r)
		if got.String() != tt.want || ok != (tt.want != "") {
			t.Errorf("%s: got %q, %v; want %q", tt.what, got, ok, tt.want)
		}
	}
}

// TestTrustCheck58WhatASellerSeesAtEachStage is the table of field grants. Never
// is there a phone number, an e-mail address or the order as a whole in it.
func TestTrustCheck58WhatASellerSeesAtEachStage(t *testing.T) {
	want := map[Stage]string{
		Waiting:   "goods sums initials area note",
		Preparing: "goods sums name area street note",
		Moving:    "goods sums name area street note",
		Arrived:   "goods sums initials area note",
		Over:      "goods sums area",
		Past:      "goods sums",
	}
	for stage := Waiting; stage <= Past; stage++ {
		f, ok := Permit(owner, "order.fulfill", Resource{Seller: 3, Stage: stage})
		if !ok || f.String() != want[stage] {
			t.Errorf("stage %d shows %q, want %q", stage, f, want[stage])
		}
		if f&(ShowPhone|ShowEmail|ShowOrder|ShowOwn|ShowBooks) != 0 {
			t.Errorf("stage %d shows %q", stage, f)
		}
	}
}

// TestTrustCheck08AuditorsSeeNobody: no action shows an auditor a person, whatever the record.
func TestTrustCheck08AuditorsSeeNobody(t *testing.T) {
	for action := range rules {
		for _, r := range []Resource{{}, {Login: 7, Order: 70, Seller: 3, Stage: Preparing, Proved: true, Reason: true}} {
			if f, _ := Permit(reader, action, r); f&^(ShowPublic|ShowOwn|ShowBooks) != 0 || f&ShowOwn != 0 && !ownerless(action) {
				t.Errorf("%s shows an auditor %q", action, f)
			}
		}
	}
}

// ownerless are the actions about the asker's own browser.
func ownerless(action Action) bool {
	f, _ := Permit(Actor{}, action, Resource{})
	return f == ShowOwn
}

func TestNamesOfFieldsAndRights(t *testing.T) {
	if fieldsEnd != 1<<len(fieldNames) {
		t.Error("a class of fields has no name")
	}
	for action := range rules {
		if !action.valid() || rules[action] == nil {
			t.Errorf("%q is no action", action)
		}
	}
	all := RightsOf(rightNames...)
	if strings.Join(all.Names(), " ") != "orders catalog money" || RightsOf("orders", "kingship") != RightOrders {
		t.Errorf("rights: %v", all.Names())
	}
}
