package market

import (
	"strings"
	"testing"
	"time"
)

func at(t testing.TB, p *Profile, text string) time.Time {
	t.Helper()
	layout := "2006-01-02 15:04"
	if len(text) == len(time.DateOnly) {
		layout = time.DateOnly
	}
	tm, err := time.ParseInLocation(layout, text, p.Location)
	if err != nil {
		t.Fatal(err)
	}
	return tm
}

func TestWorkingDays(t *testing.T) {
	p := lk(t)
	tests := []struct {
		from string
		n    int
		want string
	}{
		{"2026-11-20", 1, "2026-11-23"},  // Friday to Monday
		{"2026-11-23", 1, "2026-11-25"},  // over Il Poya, Tuesday the 24th
		{"2026-04-09", 2, "2026-04-15"},  // over the Sinhala and Tamil New Year
		{"2026-04-12", 1, "2026-04-15"},  // from the Sunday before it
		{"2026-12-22", 2, "2026-12-28"},  // over Unduvap Poya and Christmas
		{"2026-12-31", 1, "2027-01-01"},  // New Year's Day is no public holiday
		{"2026-02-14", 0, "2026-02-14"},  // no day to add
		{"2026-01-14", 21, "2026-02-16"}, // Thai Pongal and Independence Day lie between
		{"2027-04-12", 5, "2027-04-22"},  // New Year and Bak Poya of 2027
		{"2027-05-19", 1, "2027-05-24"},  // Vesak and the day after, then a weekend
	}
	for _, tt := range tests {
		got := p.AddWorkingDays(at(t, p, tt.from+" 15:30"), tt.n)
		if want := at(t, p, tt.want); !got.Equal(want) {
			t.Errorf("%s + %d working days = %s, want %s", tt.from, tt.n, got.Format(time.DateOnly), tt.want)
		}
		if n := p.WorkingDaysBetween(at(t, p, tt.from), got); n != tt.n {
			t.Errorf("%d working days between %s and %s, want %d", n, tt.from, got.Format(time.DateOnly), tt.n)
		}
	}
	if n := p.WorkingDaysBetween(at(t, p, "2026-11-25"), at(t, p, "2026-11-20")); n != 0 {
		t.Errorf("%d working days backwards", n)
	}
}

// The market's day begins at its own midnight: 19:00 UTC is already tomorrow in Colombo.
func TestDaysBelongToTheMarketsZone(t *testing.T) {
	p := lk(t)
	utc := time.Date(2026, 11, 22, 19, 0, 0, 0, time.UTC) // Monday 00:30 in Colombo
	if !p.IsWorkingDay(utc) || p.IsWorkingDay(utc.Add(-time.Hour)) {
		t.Error("Monday does not begin at midnight in Colombo")
	}
	if got := p.AddWorkingDays(utc, 1); !got.Equal(at(t, p, "2026-11-25")) {
		t.Errorf("one working day on is %s", got)
	}
}

func TestHolidays(t *testing.T) {
	for code, want := range map[string]map[int]int{"lk": {2026: 25, 2027: 25}, "eu": {2026: 6, 2027: 6}} {
		p := profile(t, code)
		for year, n := range want {
			got := p.Holidays(year)
			if len(got) != n {
				t.Errorf("%s %d has %d holidays, want %d", code, year, len(got), n)
			}
			for _, h := range got {
				if h.Name.En == "" || code == "lk" && (h.Name.Si == "" || h.Name.Ta == "") {
					t.Errorf("%s: %+v has no name", code, h)
				}
				if p.IsCourierDay(h.Date) || p.IsWorkingDay(h.Date.Add(12*time.Hour)) {
					t.Errorf("%s: %s is a working day", code, h.Date.Format(time.DateOnly))
				}
			}
		}
		if p.HolidaysUntil() != 2027 {
			t.Errorf("%s: holidays are known until %d", code, p.HolidaysUntil())
		}
	}
	// Each full moon of both years is a Poya day: 13 in 2026, with Adhi Poson, and 12 in 2027.
	poya := map[int]int{}
	for _, year := range []int{2026, 2027} {
		for _, h := range lk(t).Holidays(year) {
			if strings.Contains(h.Name.En, "Poya") && !strings.HasPrefix(h.Name.En, "Day after") {
				poya[year]++
			}
		}
	}
	if poya[2026] != 13 || poya[2027] != 12 {
		t.Errorf("Poya days: %v", poya)
	}
}

func TestDeliveryWindow(t *testing.T) {
	p := lk(t)
	tests := []struct {
		placed   string
		pack     int
		place    string
		from, to string
	}{
		{"2026-11-25 10:00", 1, "colombo/dehiwala", "2026-11-27", "2026-11-28"}, // Wednesday: packed Thursday
		{"2026-11-25 13:59", 0, "colombo/dehiwala", "2026-11-26", "2026-11-27"},
		{"2026-11-25 14:00", 0, "colombo/dehiwala", "2026-11-27", "2026-11-28"}, // the cut-off hour itself is too late
		{"2026-11-25 10:00", 1, "kandy/kandy", "2026-11-28", "2026-11-30"},      // over Sunday the 29th
		{"2026-11-25 10:00", 1, "jaffna/jaffna", "2026-11-30", "2026-12-02"},
		{"2026-11-25 10:00", 1, "jaffna", "2026-11-30", "2026-12-02"}, // a district is enough
		{"2026-11-29 09:00", 1, "galle/galle", "2026-12-03", "2026-12-04"},
		{"2026-11-24 09:00", 0, "gampaha/negombo", "2026-11-26", "2026-11-27"},   // placed on Il Poya
		{"2026-04-11 15:00", 1, "colombo/malabe", "2026-04-17", "2026-04-18"},    // Saturday afternoon before the New Year
		{"2026-12-22 09:00", 1, "gampaha/gampaha", "2026-12-26", "2026-12-28"},   // over Poya, Christmas and a Sunday
		{"2026-11-25 10:00", 1, "no/such/place", "2026-11-27", "2026-11-28"},     // the default place
		{"2026-11-25 10:00", 3, "monaragala/bibile", "2026-12-02", "2026-12-04"}, // a slow seller, a far district
	}
	for _, tt := range tests {
		from, to := p.DeliveryWindow(at(t, p, tt.placed), tt.pack, tt.place)
		if !from.Equal(at(t, p, tt.from)) || !to.Equal(at(t, p, tt.to)) {
			t.Errorf("placed %s, %d days to pack, to %s: %s to %s, want %s to %s", tt.placed, tt.pack, tt.place,
				from.Format(time.DateOnly), to.Format(time.DateOnly), tt.from, tt.to)
		}
	}
	e := eu(t)
	from, to := e.DeliveryWindow(at(t, e, "2026-03-27 10:00"), 1, "de") // Friday before Easter week
	if !from.Equal(at(t, e, "2026-04-01")) || !to.Equal(at(t, e, "2026-04-07")) {
		t.Errorf("Germany: %s to %s", from, to)
	}
}

// The window may only move at a cut-off: a page cached until then stays right.
func TestNextCutoff(t *testing.T) {
	p := lk(t)
	for now, want := range map[string]string{
		"2026-11-25 10:00": "2026-11-25 14:00",
		"2026-11-25 14:00": "2026-11-26 14:00",
		"2026-11-28 20:00": "2026-11-30 14:00", // Saturday evening, Sunday does not count
		"2026-11-23 15:00": "2026-11-25 14:00", // Il Poya on the 24th
	} {
		if got := p.NextCutoff(at(t, p, now)); !got.Equal(at(t, p, want)) {
			t.Errorf("NextCutoff(%s) = %s, want %s", now, got, want)
		}
	}
	end := at(t, p, "2027-06-01")
	for now := at(t, p, "2026-11-01"); now.Before(end); {
		cutoff := p.NextCutoff(now)
		first, _ := p.DeliveryWindow(now, 1, "colombo")
		for _, later := range []time.Time{now.Add(cutoff.Sub(now) / 3), now.Add(cutoff.Sub(now) / 2), cutoff.Add(-time.Microsecond)} {
			if from, _ := p.DeliveryWindow(later, 1, "colombo"); !from.Equal(first) {
				t.Fatalf("the window of %s has moved at %s, before the cut-off %s", now, later, cutoff)
			}
		}
		if from, _ := p.DeliveryWindow(cutoff, 1, "colombo"); from.Equal(first) {
			t.Fatalf("the window does not move at the cut-off %s", cutoff)
		}
		now = cutoff
	}
}

func TestPrivacyDue(t *testing.T) {
	tests := []struct{ market, received, due, extended string }{
		{"lk", "2026-11-23 09:00", "2026-12-24", ""}, // 21 working days over two Poya days
		{"lk", "2026-04-01 09:00", "2026-05-06", ""}, // Good Friday, New Year, Vesak
		{"eu", "2026-01-31 09:00", "2026-03-02", "2026-04-30"},
		{"eu", "2026-11-24 23:59", "2026-12-24", "2027-02-24"},
		{"eu", "2026-11-25 00:00", "2026-12-28", "2027-02-25"}, // the 25th and 26th are holidays, then Sunday
	}
	for _, tt := range tests {
		p := profile(t, tt.market)
		received := at(t, p, tt.received)
		due := p.PrivacyDue(received)
		if got := due.Format("2006-01-02 15:04:05.999999"); got != tt.due+" 23:59:59.999999" {
			t.Errorf("%s %s: due %s, want the end of %s", tt.market, tt.received, got, tt.due)
		}
		extended, ok := p.PrivacyDueExtended(received)
		if ok != (tt.extended != "") || ok && extended.Format(time.DateOnly) != tt.extended {
			t.Errorf("%s %s: extended to %s, %v, want %q", tt.market, tt.received, extended, ok, tt.extended)
		}
	}
}

// TestTurnsAndAnswers: what pages say of delivery turns at the cut-off and at
// midnight; a seller has until the end of the next courier day to answer.
func TestTurnsAndAnswers(t *testing.T) {
	m, _ := ByCode("lk")
	at := func(text string) time.Time { return at(t, m, text) }
	for _, tt := range []struct{ now, turn, remind, late string }{
		{"2026-11-26 09:00", "2026-11-26 14:00", "2026-11-27 09:00", "2026-11-28 00:00"},
		{"2026-11-26 14:00", "2026-11-27 00:00", "2026-11-27 09:00", "2026-11-28 00:00"},
		{"2026-11-28 15:00", "2026-11-29 00:00", "2026-11-30 09:00", "2026-12-01 00:00"}, // Saturday: nobody drives on Sunday
	} {
		remind, late := m.AcceptBy(at(tt.now))
		if turn := m.NextTurn(at(tt.now)); !turn.Equal(at(tt.turn)) || !remind.Equal(at(tt.remind)) || !late.Equal(at(tt.late)) {
			t.Errorf("%s: turns %v, reminds %v, late %v", tt.now, turn, remind, late)
		}
	}
	now := at("2026-11-26 23:59")
	if n := m.DayNumber(now); m.DayNumber(now.Add(time.Minute)) != n+1 || !m.DayAt(n).Equal(at("2026-11-26 00:00")) {
		t.Errorf("day %d", n)
	}
}
