package main

import (
	"time"

	"aromart/internal/kit/money"
	"aromart/internal/trade/order"
)

// The types below are orders as a script reads them. Nothing of the person stands in them.

type sumJSON struct {
	Amount   int64  `json:"amount"` // minor units
	Currency string `json:"currency"`
}

func (h *house) sum(a money.Amount) sumJSON {
	return sumJSON{int64(a), h.market.Currency.Code}
}

type summaryJSON struct {
	Number   string    `json:"number"`
	PlacedAt time.Time `json:"placed_at"`
	Status   string    `json:"status"`   // of the order as its buyer sees it; in a list, of its parts when they agree, else "mixed"
	Statuses []string  `json:"statuses"` // of its parts, each once
	Parts    int64     `json:"parts"`
	Total    sumJSON   `json:"total"`
}

func summariesJSON(h *house, list []order.Summary) []summaryJSON {
	out := []summaryJSON{}
	for _, s := range list {
		status := "mixed"
		if len(s.Statuses) == 1 {
			status = s.Statuses[0]
		}
		out = append(out, summaryJSON{s.Number, s.PlacedAt.UTC(), status, s.Statuses, s.Parts, h.sum(s.Total)})
	}
	return out
}

type orderJSON struct {
	summaryJSON
	Language    string      `json:"language"`
	Channel     string      `json:"channel"`
	ConfirmRule string      `json:"confirm_rule"`
	List        []partJSON  `json:"seller_orders"`
	Events      []eventJSON `json:"events"`
}

type partJSON struct {
	Part       int        `json:"part"`
	Store      string     `json:"store"`
	Status     string     `json:"status"`
	Total      sumJSON    `json:"total"`
	HandOverBy time.Time  `json:"hand_over_by"`
	Payment    string     `json:"payment"`
	Parcel     string     `json:"parcel"` // "" before the hand-over
	Carrier    string     `json:"carrier"`
	Tracking   string     `json:"tracking"`
	Lines      []lineJSON `json:"lines"`
}

type lineJSON struct {
	Title    string  `json:"title"`
	Quantity int64   `json:"quantity"`
	Total    sumJSON `json:"total"`
}

type eventJSON struct {
	At     time.Time `json:"at"`
	Object string    `json:"object"`
	Name   string    `json:"name"`
	From   string    `json:"from"`
	To     string    `json:"to"`
	By     string    `json:"by"`
	Reason string    `json:"reason"`
}

func orderToJSON(h *house, o *order.Order) orderJSON {
	out := orderJSON{summaryJSON: summaryJSON{o.Number, o.PlacedAt.UTC(), o.Status(), order.Statuses(o.Parts), int64(len(o.Parts)), h.sum(o.Total)},
		Language: o.Language, Channel: o.Channel, ConfirmRule: o.ConfirmRule, Events: []eventJSON{}}
	for _, p := range o.Parts {
		part := partJSON{Part: p.Position, Store: p.Store.Name, Status: p.Status, Total: h.sum(p.Total), HandOverBy: p.HandOverBy.UTC(), Payment: p.Payment.Status,
			Parcel: p.Fulfillment.Status, Carrier: p.Fulfillment.Carrier, Tracking: p.Fulfillment.TrackingNumber}
		for _, l := range p.Lines {
			part.Lines = append(part.Lines, lineJSON{l.Title, l.Quantity, h.sum(l.Total)})
		}
		out.List = append(out.List, part)
	}
	for _, e := range o.Events {
		out.Events = append(out.Events, eventJSON{e.At.UTC(), e.Object, e.Name, e.From, e.To, e.By.Kind.String(), e.Reason})
	}
	return out
}
