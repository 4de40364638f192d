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
	return p.midnight(p.handOver(placed, packDays))
}

func (p *Profile) handOver(placed time.Time, packDays int) day {
	start := p.dayOf(placed)
	if !p.works(start, &p.courierDays) || placed.In(p.Location).Hour() >= p.CutoffHour {
		start = p.after(start, 1, &p.courierDays)
	}
	return p.after(start, packDays, &p.courierDays)
}

// DeliveryWindow is the first and the last day (midnight in the market's zone)
// on which an order placed now arrives at the place.
func (p *Profile) DeliveryWindow(placed time.Time, packDays int, place string) (from, to time.Time) {
	handOver := p.handOver(placed, packDays)
	zone := p.Zone(place)
	return p.midnight(p.after(handOver, zone.TransitMin, &p.courierDays)),
		p.midnight(p.after(handOver, zone.TransitMax, &p.courierDays))
}

// DayNumber counts the days of the market's calendar from 1 January 1970, so
// that days compare and subtract as numbers.
func (p *Profile) DayNumber(t time.Time) int { return int(p.dayOf(t)) }

// DayAt is midnight of a numbered day in the market's zone.
func (p *Profile) DayAt(number int) time.Time { return p.midnight(day(number)) }

// AcceptBy says until when a seller has to take on an order that was confirmed
// now: he is reminded on the morning of the next courier day, and late when
// that day is over.
func (p *Profile) AcceptBy(confirmed time.Time) (remind, late time.Time) {
	day := p.after(p.dayOf(confirmed), 1, &p.courierDays)
	y, m, d := p.midnight(day).Date()
	return time.Date(y, m, d, morning, 0, 0, 0, p.Location), p.midnight(day + 1)
}

const morning = 9 // o'clock

// NextTurn is the next moment at which what pages say of delivery is out of
// date: dates move at the cut-off, and "tomorrow" at midnight.
func (p *Profile) NextTurn(now time.Time) time.Time {
	midnight, cutoff := p.midnight(p.dayOf(now)+1), p.NextCutoff(now)
	if midnight.Before(cutoff) {
		return midnight
	}
	return cutoff
}

// NextCutoff is the next moment at which delivery windows move: the cut-off
// hour of the next courier day. A cached page with a
// delivery date is stale from then on.
func (p *Profile) NextCutoff(now time.Time) time.Time {
	d := p.dayOf(now)
	for ; ; d++ {
		y, m, dd := p.midnight(d).Date()
		cutoff := time.Date(y, m, dd, p.CutoffHour, 0, 0, 0, p.Location)
		if p.works(d, &p.courierDays) && cutoff.After(now) {
			return cutoff
		}
	}
}
