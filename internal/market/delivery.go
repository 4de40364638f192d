package market

import "time"

// Zone is a group of districts that couriers reach in the same time. Delivery
// rates of sellers may differ by zone.
type Zone struct {
	ID         string // "metro"
	Name       string // message id
	TransitMin int    // courier days from hand-over to the door
	TransitMax int
}

// Zones returns the zones, the nearest first.
func (p *Profile) Zones() []Zone { return p.zones }

// Zone returns the zone of a place; an unknown place has the default place's zone.
func (p *Profile) Zone(place string) Zone { return p.PlaceOr(place).Zone }

// HandOver is the day (midnight) by which a seller who packs in packDays
// courier days gives an order placed now to the courier: the promise "hand
// over by". From the cut-off hour on, and on days of rest, the clock starts
// with the next courier day.
func (p *Profile) HandOver(placed time.Time, packDays int) time.Time {
	local := placed.In(p.Location)
	start := p.midnight(local)
	if local.Hour() >= p.CutoffHour || !p.isDay(start, &p.courierDays) {
		start = p.AddCourierDays(start, 1)
	}
	return p.AddCourierDays(start, packDays)
}

// DeliveryWindow is the first and the last day (midnight in the market's zone)
// on which an order placed now arrives at the place.
func (p *Profile) DeliveryWindow(placed time.Time, packDays int, place string) (from, to time.Time) {
	handOver := p.HandOver(placed, packDays)
	zone := p.Zone(place)
	return p.AddCourierDays(handOver, zone.TransitMin), p.AddCourierDays(handOver, zone.TransitMax)
}

// NextCutoff is the next moment at which delivery windows move: the cut-off
// hour of the next courier day. A cached page with a
// delivery date is stale from then on.
func (p *Profile) NextCutoff(now time.Time) time.Time {
	local := now.In(p.Location)
	y, m, d := local.Date()
	cutoff := time.Date(y, m, d, p.CutoffHour, 0, 0, 0, p.Location)
	for !cutoff.After(local) || !p.isDay(cutoff, &p.courierDays) {
		cutoff = cutoff.AddDate(0, 0, 1)
	}
	return cutoff
}
