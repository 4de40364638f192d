package market

import "time"

// Legal is the privacy law of the market, as data for legal review.
type Legal struct {
	Law      string // message id of its name
	Deadline Deadline
}

// Deadline is the time to answer a privacy request: working days where
// WorkingDays is set, else calendar months.
type Deadline struct {
	WorkingDays    int
	Months         int
	ExtendedMonths int // in all, when the person was told of the extension in time; 0: none is allowed
}

// PrivacyDue is the last moment to answer a privacy request received at t. The
// day of receipt does not count. A deadline in months that ends on a day of
// rest ends with the next working day (for the Union: Regulation 1182/71, article 3).
func (p *Profile) PrivacyDue(received time.Time) time.Time {
	if n := p.Legal.Deadline.WorkingDays; n > 0 {
		return p.endOf(p.after(p.dayOf(received), n, &p.workDays))
	}
	return p.monthsOn(received, p.Legal.Deadline.Months)
}

// PrivacyDueExtended is the last moment after an extension; ok is false where
// the law knows none.
func (p *Profile) PrivacyDueExtended(received time.Time) (due time.Time, ok bool) {
	n := p.Legal.Deadline.ExtendedMonths
	if n == 0 {
		return time.Time{}, false
	}
	return p.monthsOn(received, n), true
}

// monthsOn is the end of the same day n months on; where that month is
// shorter, of its last day (31 January and one month: 28 February).
func (p *Profile) monthsOn(t time.Time, n int) time.Time {
	y, m, d := t.In(p.Location).Date()
	due := min(dayFrom(y, m+time.Month(n), d), dayFrom(y, m+time.Month(n)+1, 0))
	for !p.works(due, &p.workDays) {
		due++
	}
	return p.endOf(due)
}

func (p *Profile) endOf(d day) time.Time { return p.midnight(d + 1).Add(-time.Microsecond) }
