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

// day is a calendar date without a zone.
type day struct {
	year  int
	month time.Month
	day   int
}

func dayOf(t time.Time) day {
	y, m, d := t.Date()
	return day{y, m, d}
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
	for d, h := range p.holidays {
		if d.year == year {
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
	for d := range p.holidays {
		last = max(last, d.year)
	}
	return last
}

// IsCourierDay reports whether parcels are picked up and delivered on t's day in the market's zone.
func (p *Profile) IsCourierDay(t time.Time) bool { return p.isDay(t.In(p.Location), &p.courierDays) }

// IsWorkingDay reports whether t's day in the market's zone counts in a legal deadline.
func (p *Profile) IsWorkingDay(t time.Time) bool { return p.isDay(t.In(p.Location), &p.workDays) }

func (p *Profile) isDay(local time.Time, week *[7]bool) bool {
	_, holiday := p.holidays[dayOf(local)]
	return week[local.Weekday()] && !holiday
}

// AddWorkingDays returns midnight of the n-th working day after t's day.
func (p *Profile) AddWorkingDays(t time.Time, n int) time.Time { return p.addDays(t, n, &p.workDays) }

// AddCourierDays returns midnight of the n-th courier day after t's day.
func (p *Profile) AddCourierDays(t time.Time, n int) time.Time {
	return p.addDays(t, n, &p.courierDays)
}

func (p *Profile) addDays(t time.Time, n int, week *[7]bool) time.Time {
	d := p.midnight(t)
	for n > 0 {
		d = nextDay(d)
		if p.isDay(d, week) {
			n--
		}
	}
	return d
}

// WorkingDaysBetween counts the working days after from's day up to and
// including to's day; it is 0 when to is not later.
func (p *Profile) WorkingDaysBetween(from, to time.Time) int {
	n := 0
	last := p.midnight(to)
	for d := nextDay(p.midnight(from)); !d.After(last); d = nextDay(d) {
		if p.isDay(d, &p.workDays) {
			n++
		}
	}
	return n
}

func (p *Profile) midnight(t time.Time) time.Time {
	y, m, d := t.In(p.Location).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, p.Location)
}

// nextDay goes through the calendar, not 24 hours on: days of a clock change are shorter or longer.
func nextDay(d time.Time) time.Time { return d.AddDate(0, 0, 1) }

// readHolidays reads data/holidays_CODE.tsv: date, "provisional" or "", name in three languages.
func readHolidays(code string, zone *time.Location) map[day]Holiday {
	out := map[day]Holiday{}
	for _, f := range table("holidays_"+code+".tsv", 5) {
		t, err := time.ParseInLocation(time.DateOnly, f[0], zone)
		if err != nil {
			panic(fmt.Sprintf("market: holidays of %s: %v", code, err))
		}
		out[dayOf(t)] = Holiday{Date: t, Provisional: f[1] != "", Name: Names{f[2], f[3], f[4]}}
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
