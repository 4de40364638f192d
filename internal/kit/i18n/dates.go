package i18n

import (
	"strconv"
	"strings"
	"time"
)

// Style says how much of a time is written.
type Style uint8

// The styles, with the English shape. The caller passes the time in the zone
// of the market; it is written as it stands.
const (
	DayMonth        Style = iota // 27 November
	DayMonthYear                 // 27 November 2026
	DayMonthShort                // 27 Nov
	WeekdayDayMonth              // Friday 27 November
	Full                         // Friday 27 November 2026
	DateTime                     // 27 November 2026, 14:30
	TimeOfDay                    // 14:30
)

type calendarWords struct {
	months, short [12]string
	weekdays      [7]string
	monthFirst    bool // November 27, as Sinhala and Tamil do; the year stands before the month
	to, toMonth   string
}

var calendars = map[string]*calendarWords{
	"en": {
		months:   [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
		short:    [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
		weekdays: [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		to:       " to ", toMonth: " to ",
	},
	"si": {
		months:     [12]string{"ජනවාරි", "පෙබරවාරි", "මාර්තු", "අප්‍රේල්", "මැයි", "ජූනි", "ජූලි", "අගෝස්තු", "සැප්තැම්බර්", "ඔක්තෝබර්", "නොවැම්බර්", "දෙසැම්බර්"},
		short:      [12]string{"ජන", "පෙබ", "මාර්තු", "අප්‍රේල්", "මැයි", "ජූනි", "ජූලි", "අගෝ", "සැප්", "ඔක්", "නොවැ", "දෙසැ"},
		weekdays:   [7]string{"ඉරිදා", "සඳුදා", "අඟහරුවාදා", "බදාදා", "බ්‍රහස්පතින්දා", "සිකුරාදා", "සෙනසුරාදා"},
		monthFirst: true, to: "–", toMonth: " – ",
	},
	"ta": {
		months:     [12]string{"ஜனவரி", "பெப்ரவரி", "மார்ச்", "ஏப்ரல்", "மே", "ஜூன்", "ஜூலை", "ஓகஸ்ட்", "செப்டெம்பர்", "ஒக்டோபர்", "நவம்பர்", "டிசம்பர்"},
		short:      [12]string{"ஜன.", "பெப்.", "மார்.", "ஏப்.", "மே", "ஜூன்", "ஜூலை", "ஓக.", "செப்.", "ஒக்.", "நவ.", "டிச."},
		weekdays:   [7]string{"ஞாயிறு", "திங்கள்", "செவ்வாய்", "புதன்", "வியாழன்", "வெள்ளி", "சனி"},
		monthFirst: true, to: "–", toMonth: " – ",
	},
}

func (w *calendarWords) mirrored() *calendarWords {
	out := *w
	for i := range out.months {
		out.months[i], out.short[i] = mirror(w.months[i]), mirror(w.short[i])
	}
	for i := range out.weekdays {
		out.weekdays[i] = mirror(w.weekdays[i])
	}
	out.to, out.toMonth = mirror(w.to), mirror(w.toMonth)
	return &out
}

// Month returns a month's name.
func (tr *Translator) Month(m time.Month) string { return tr.words.months[m-1] }

// Weekday returns a weekday's name.
func (tr *Translator) Weekday(d time.Weekday) string { return tr.words.weekdays[d] }

// Date writes t in the style, in t's own time zone.
func (tr *Translator) Date(t time.Time, style Style) string {
	w := tr.words
	day, year, month := strconv.Itoa(t.Day()), strconv.Itoa(t.Year()), w.months[t.Month()-1]
	switch style {
	case DayMonthYear:
		return w.withYear(day, month, year)
	case DayMonthShort:
		return w.dayMonth(day, w.short[t.Month()-1])
	case WeekdayDayMonth:
		return w.withWeekday(t, w.dayMonth(day, month))
	case Full:
		return w.withWeekday(t, w.withYear(day, month, year))
	case DateTime:
		return w.withYear(day, month, year) + ", " + t.Format("15:04")
	case TimeOfDay:
		return t.Format("15:04")
	}
	return w.dayMonth(day, month)
}

func (w *calendarWords) dayMonth(day, month string) string {
	if w.monthFirst {
		return month + " " + day
	}
	return day + " " + month
}

func (w *calendarWords) withYear(day, month, year string) string {
	if w.monthFirst {
		return year + " " + month + " " + day
	}
	return day + " " + month + " " + year
}

func (w *calendarWords) withWeekday(t time.Time, date string) string {
	if w.monthFirst {
		return date + ", " + w.weekdays[t.Weekday()]
	}
	return w.weekdays[t.Weekday()] + " " + date
}

// DateRange writes two dates the way a person says them: what both share is
// said once. "27 November", "27 to 29 November", "28 November to 2 December",
// "30 December 2026 to 2 January 2027".
func (tr *Translator) DateRange(from, to time.Time) string {
	return tr.words.between(&tr.words.months, from, to)
}

// ShortDateRange is DateRange with short months, for a place that has no room
// for them: "30 Nov to 1 Dec". It goes to the next line as a whole.
func (tr *Translator) ShortDateRange(from, to time.Time) string {
	return strings.ReplaceAll(tr.words.between(&tr.words.short, from, to), " ", "\u00a0")
}

func (w *calendarWords) between(months *[12]string, from, to time.Time) string {
	fromDay, toDay := strconv.Itoa(from.Day()), strconv.Itoa(to.Day())
	fromMonth, toMonth := months[from.Month()-1], months[to.Month()-1]
	switch {
	case from.Year() != to.Year():
		return w.withYear(fromDay, fromMonth, strconv.Itoa(from.Year())) + w.toMonth +
			w.withYear(toDay, toMonth, strconv.Itoa(to.Year()))
	case from.Month() != to.Month():
		return w.dayMonth(fromDay, fromMonth) + w.toMonth + w.dayMonth(toDay, toMonth)
	case from.Day() != to.Day():
		return w.dayMonth(fromDay+w.to+toDay, fromMonth)
	}
	return w.dayMonth(fromDay, fromMonth)
}

// Days writes a number of days the way a person says it: nobody reads 2190
// days as six years. What is no whole number of years stays days, because a
// promise must not be rounded.
func (tr *Translator) Days(n int) string {
	const year = 365
	if n >= year && n%year == 0 {
		return tr.T("time.years", "n", n/year)
	}
	return tr.T("time.days", "n", n)
}

// Number writes n with digit groups. All three languages group by thousands
// with a comma: Tamil in India groups by lakhs, but an amount must read the
// same on a Sri Lankan receipt whatever its language.
func (tr *Translator) Number(n int64) string {
	var space [32]byte
	return string(appendInt(space[:0], n, true))
}

func appendInt(out []byte, n int64, grouped bool) []byte {
	if !grouped || (n > -1000 && n < 1000) {
		return strconv.AppendInt(out, n, 10)
	}
	var space [24]byte
	digits := strconv.AppendInt(space[:0], n, 10)
	if digits[0] == '-' {
		out, digits = append(out, '-'), digits[1:]
	}
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out = append(out, ',')
		}
		out = append(out, d)
	}
	return out
}
