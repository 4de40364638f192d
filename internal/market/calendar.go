package market

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"time"
)

//go:embed data
var dataFiles embed.FS

// day is a calendar date of the market: days since 1 January 1970. Counting
// in whole days keeps 24-hour arithmetic away from the days of a clock change.
type day int

const secondsPerDay = 24 * 60 * 60

func (p *Profile) dayOf(t time.Time) day {
	y, m, d := t.In(p.Location).Date()
	return dayFrom(y, m, d)
}

func dayFrom(y int, m time.Month, d int) day {
	return day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// midnight is when the day begins in the market.
func (p *Profile) midnight(d day) time.Time {
	y, m, dd := time.Unix(int64(d)*secondsPerDay, 0).UTC().Date()
	return time.Date(y, m, dd, 0, 0, 0, 0, p.Location)
}

// works reports whether the weekday is one of the week and no holiday falls on it.
func (p *Profile) works(d day, week *[7]bool) bool {
	const firstWeekday = day(time.Thursday) // of 1 January 1970
	if !week[(d+firstWeekday)%7] {
		return false
	}
	_, holiday := p.holidays[d]
	return !holiday
}

// after returns the n-th day of the week's working days after d.
func (p *Profile) after(d day, n int, week *[7]bool) day {
	for n > 0 {
		d++
		if p.works(d, week) {
			n--
		}
	}
	return d
}

// Holiday is a public holiday on which couriers and offices rest.
type Holiday struct {
	Date        time.Time // midnight in the market's zone
	Name        Names
	Provisional bool // not gazetted when this list was made: the day may move
}

// Holidays returns the holidays of a year in order.
func (p *Profile) Holidays(year int) []Holiday {
	var out []Holiday
	for _, h := range p.holidays {
		if h.Date.Year() == year {
			out = append(out, h)
		}
	}
	slices.SortFunc(out, func(a, b Holiday) int { return a.Date.Compare(b.Date) })
	return out
}

// HolidaysUntil is the last year whose holidays are known. Later dates count
// weekends only, so an operator must be warned before that year ends.
func (p *Profile) HolidaysUntil() int {
	last := 0
	for _, h := range p.holidays {
		last = max(last, h.Date.Year())
	}
	return last
}

// IsCourierDay reports whether parcels are picked up and delivered on t's day in the market's zone.
func (p *Profile) IsCourierDay(t time.Time) bool { return p.works(p.dayOf(t), &p.courierDays) }

// IsWorkingDay reports whether t's day in the market's zone counts in a legal deadline.
func (p *Profile) IsWorkingDay(t time.Time) bool { return p.works(p.dayOf(t), &p.workDays) }

// AddWorkingDays returns midnight of the n-th working day after t's day.
func (p *Profile) AddWorkingDays(t time.Time, n int) time.Time {
	return p.midnight(p.after(p.dayOf(t), n, &p.workDays))
}

// AddCourierDays returns midnight of the n-th courier day after t's day.
func (p *Profile) AddCourierDays(t time.Time, n int) time.Time {
	return p.midnight(p.after(p.dayOf(t), n, &p.courierDays))
}

// WorkingDaysBetween counts the working days after from's day up to and
// including to's day; it is 0 when to is not later.
func (p *Profile) WorkingDaysBetween(from, to time.Time) int {
	n := 0
	last := p.dayOf(to)
	for d := p.dayOf(from) + 1; d <= last; d++ {
		if p.works(d, &p.workDays) {
			n++
		}
	}
	return n
}

// readHolidays reads data/holidays_CODE.tsv: date, "provisional" or "", name in three languages.
func readHolidays(code string, zone *time.Location) map[day]Holiday {
	out := map[day]Holiday{}
	for _, f := range table("holidays_"+code+".tsv", 5) {
		t, err := time.ParseInLocation(time.DateOnly, f[0], zone)
		if err != nil {
			panic(fmt.Sprintf("market: holidays of %s: %v", code, err))
		}
		y, m, d := t.Date()
		out[dayFrom(y, m, d)] = Holiday{Date: t, Provisional: f[1] != "", Name: Names{f[2], f[3], f[4]}}
	}
	return out
}

// table reads an embedded tab-separated file. A # starts a comment line. The
// files are part of the program, so a broken one is a mistake of ours.
func table(name string, columns int) [][]string {
	raw, err := dataFiles.ReadFile("data/" + name)
	if err != nil {
		panic("market: " + err.Error())
	}
	var rows [][]string
	for i, line := range strings.Split(string(raw), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		fields := strings.Split(line, "\t")
		if len(fields) != columns {
			panic(fmt.Sprintf("market: %s line %d has %d columns, not %d", name, i+1, len(fields), columns))
		}
		rows = append(rows, fields)
	}
	return rows
}

func weekdays(days ...time.Weekday) (week [7]bool) {
	for _, d := range days {
		week[d] = true
	}
	return week
}

func mustLocation(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic("market: " + err.Error())
	}
	return zone
}
