package fulfillment

import (
	"slices"

	"aromart/internal/people/access"
	"aromart/internal/trade/order"
)

// Statuses of a fulfillment.
const (
	Planned          = "planned"
	Packed           = "packed"
	HandedOver       = "handed_over"
	InTransit        = "in_transit"
	OutForDelivery   = "out_for_delivery"
	AttemptFailed    = "attempt_failed"
	Delivered        = "delivered"
	Returning        = "returning"
	ReturnedToSender = "returned_to_sender"
	Lost             = "lost"
	Closed           = "closed"
	Canceled         = "canceled"
)

var (
	staff    = []access.Kind{access.Support, access.Admin, access.Operator}
	merchant = []access.Kind{access.SellerOwner, access.SellerStaff}
	buyer    = []access.Kind{access.Customer, access.GuestOrder}

	packing = kinds(merchant, []access.Kind{access.Operator})
	// A carrier has no actor of his own yet: his facts are entered by staff, by
	// the seller who drives himself, or by a rule.
	carrying  = kinds(merchant, staff, []access.Kind{access.System})
	receiving = kinds(merchant, staff)
	recalling = kinds(staff)
	canceling = kinds(buyer, merchant, staff, []access.Kind{access.System})
)

func kinds(lists ...[]access.Kind) access.Kinds { return access.Of(slices.Concat(lists...)...) }

// Machine is the life of a parcel.
var Machine = order.Machine{Object: "fulfillment", Table: "fulfillments", Steps: []order.Step{
	{From: "", Event: "plan", To: Planned, By: packing},
	{From: Planned, Event: "pack", To: Packed, By: packing},
	{From: Packed, Event: "hand_over", To: HandedOver, By: packing},
	{From: Planned, Event: "cancel", To: Canceled, By: canceling},
	{From: Packed, Event: "cancel", To: Canceled, By: canceling},

	{From: HandedOver, Event: "scan", To: InTransit, By: carrying},
	{From: InTransit, Event: "send_out", To: OutForDelivery, By: carrying},
	{From: OutForDelivery, Event: "deliver", To: Delivered, By: carrying},
	{From: OutForDelivery, Event: "fail_attempt", To: AttemptFailed, By: carrying},
	{From: AttemptFailed, Event: "retry", To: OutForDelivery, By: carrying},
	{From: AttemptFailed, Event: "give_up", To: Returning, By: carrying},
	{From: OutForDelivery, Event: "refuse", To: Returning, By: carrying},

	{From: HandedOver, Event: "recall", To: Returning, By: recalling},
	{From: InTransit, Event: "recall", To: Returning, By: recalling},
	{From: OutForDelivery, Event: "recall", To: Returning, By: recalling},
	{From: AttemptFailed, Event: "recall", To: Returning, By: recalling},

	{From: InTransit, Event: "lose", To: Lost, By: carrying},
	{From: Returning, Event: "lose", To: Lost, By: carrying},
	{From: Returning, Event: "receive", To: ReturnedToSender, By: receiving},
	{From: ReturnedToSender, Event: "restock", To: Closed, By: receiving},
	{From: ReturnedToSender, Event: "write_off", To: Closed, By: receiving},
}}

// path leads from the hand-over to the door. Whoever enters a fact late enters
// the steps before it as well, so that no status is reached by a leap.
var path = []order.Step{
	{From: HandedOver, Event: "scan"},
	{From: InTransit, Event: "send_out"},
	{From: AttemptFailed, Event: "retry"},
}
