package market

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/kit/money"
)

func lk(t testing.TB) *Profile { return profile(t, "lk") }
func eu(t testing.TB) *Profile { return profile(t, "eu") }

func profile(t testing.TB, code string) *Profile {
	t.Helper()
	p, ok := ByCode(code)
	if !ok {
		t.Fatalf("no profile %q", code)
	}
	return p
}

func TestProfilesAreComplete(t *testing.T) {
	if _, ok := ByCode("xx"); ok {
		t.Error("an unknown code has a profile")
	}
	for _, code := range Codes() {
		p := profile(t, code)
		if p.Code != code || p.ReturnDays != 14 || p.DefaultCommission <= 0 || p.DefaultDelivery <= 0 || p.Tax.Included <= 0 {
			t.Errorf("%s: %+v", code, p)
		}
		place, known := p.Place(p.DefaultPlace)
		if !known || place.Zone.ID == "" {
			t.Errorf("%s: default place %q is %+v", code, p.DefaultPlace, place)
		}
		if p.PlaceOr("no/such").ID != p.DefaultPlace {
			t.Errorf("%s: an unknown place is not answered with the default one", code)
		}
		if p.Cash.ConfirmAbove >= p.Cash.MaxOrder {
			t.Errorf("%s: no order would ever be confirmed by a code", code)
		}
		for _, lang := range p.Languages {
			tr := i18n.For(lang)
			ids := []string{p.Tax.Name, p.Legal.Law}
			for _, z := range p.Zones() {
				ids = append(ids, z.Name)
			}
			for _, f := range p.Address.Fields {
				ids = append(ids, "address."+f.Key)
				if f.Required {
					ids = append(ids, "address.missing."+f.Key)
				}
				if f.Hint {
					ids = append(ids, "address."+f.Key+".hint")
				}
			}
			for _, id := range ids {
				if !tr.Has(id) {
					t.Errorf("%s: %s lacks %s", code, lang, id)
				}
			}
		}
	}
	if got := eu(t).Language("si"); got != "en" {
		t.Errorf("the Union speaks %q to a Sinhala reader, want en", got)
	}
	if got := lk(t).Language("ta-LK"); got != "ta" {
		t.Errorf("Sri Lanka speaks %q to ta-LK", got)
	}
}

func TestFormat(t *testing.T) {
	tests := []struct {
		market, lang string
		amount       money.Amount
		want         string
		decimal      string
	}{
		{"lk", "en", 1250_00, "Rs 1,250", "1250.00"},
		{"lk", "en", 1250_50, "Rs 1,250.50", "1250.50"},
		{"lk", "en", 0, "Rs 0", "0.00"},
		{"lk", "en", 5, "Rs 0.05", "0.05"},
		{"lk", "en", -99_00, "-Rs 99", "-99.00"},
		{"lk", "si", 1234567_00, "රු. 1,234,567", "1234567.00"},
		{"lk", "ta", 125000_00, "ரூ. 125,000", "125000.00"},
		{"eu", "en", 12_50, "€12.50", "12.50"},
		{"eu", "en", 1000_00, "€1,000.00", "1000.00"},
		{"eu", "en", -1, "-€0.01", "-0.01"},
	}
	for _, tt := range tests {
		p := profile(t, tt.market)
		if got := p.Format(tt.amount, tt.lang); got != tt.want {
			t.Errorf("%s %s Format(%d) = %q, want %q", tt.market, tt.lang, tt.amount, got, tt.want)
		}
		if got := p.Decimal(tt.amount); got != tt.decimal {
			t.Errorf("%s Decimal(%d) = %q, want %q", tt.market, tt.amount, got, tt.decimal)
		}
		if tt.amount >= 0 {
			if got, err := p.Parse(p.Format(tt.amount, tt.lang)); err != nil || got != tt.amount {
				t.Errorf("%s Parse(Format(%d)) = %d, %v", tt.market, tt.amount, got, err)
			}
		}
	}
}

func TestParse(t *testing.T) {
	good := map[string]map[string]money.Amount{
		"lk": {"1250": 1250_00, "Rs. 1,250": 1250_00, "rs1,250.5": 1250_50, "LKR 1,25,000/-": 125000_00, "1,250 /=": 1250_00,
			" 1 250.00 ": 1250_00, "0": 0, ".5": 50, "රු. 1,250": 1250_00, "1,000,000": 1000000_00, "1250 LKR": 1250_00},
		"eu": {"12,50": 12_50, "12.50 €": 12_50, "1.250,50": 1250_50, "1,250.50": 1250_50, "1,250": 1250_00, "1.250": 1250_00, "€ 5": 5_00, "EUR 5,5": 5_50},
	}
	for code, cases := range good {
		for text, want := range cases {
			if got, err := profile(t, code).Parse(text); err != nil || got != want {
				t.Errorf("%s Parse(%q) = %d, %v, want %d", code, text, got, err, want)
			}
		}
	}
	for _, text := range []string{"", "free", "-5", "1,25", "12,50", "1.255", "1,2345", ",125", "1..5", "5.", "1e3", "NaN", "٣", "99999999999999999999", "Rs", "1,250,", "1000000000001", "$5"} {
		if got, err := lk(t).Parse(text); !errs.Is(err, "error.bad_amount") {
			t.Errorf("Parse(%q) = %d, %v, want a bad amount", text, got, err)
		}
	}
}

func TestParsePhone(t *testing.T) {
	p := lk(t)
	for raw, want := range map[string]string{
		"077 123 4567": "+94771234567", "0771234567": "+94771234567", "771234567": "+94771234567",
		"(077) 123-4567": "+94771234567", "+94 77 123 4567": "+94771234567", "0094771234567": "+94771234567",
		"94771234567": "+94771234567", "+94 (0)77 1234567": "+94771234567", " 077.123.4567 ": "+94771234567",
		"011 234 5678": "+94112345678", "+44 20 7946 0958": "+442079460958", "+91 98765 43210": "+919876543210",
	} {
		got, err := p.ParsePhone(raw)
		if err != nil || got != want {
			t.Errorf("ParsePhone(%q) = %q, %v, want %q", raw, got, err, want)
		}
	}
	for _, raw := range []string{"", "123", "077 123", "abc", "0771234567890123", "+1", "119", strings.Repeat("7", 300), "077 123 4567 ext 5", "<script>"} {
		if got, err := p.ParsePhone(raw); !errs.Is(err, "error.bad_phone") {
			t.Errorf("ParsePhone(%q) = %q, %v, want a bad phone", raw, got, err)
		}
	}
	for _, code := range Codes() {
		m, _ := ByCode(code)
		if e164, err := m.ParsePhone(m.PhoneExample); err != nil || m.FormatPhone(e164) != m.PhoneExample || !m.IsMobile(e164) {
			t.Errorf("%s: the example %q is no number as people write it there: %v", code, m.PhoneExample, err)
		}
	}
	if !p.IsMobile("+94771234567") || p.IsMobile("+94112345678") {
		t.Error("mobile and fixed lines are mixed up")
	}
	for e164, want := range map[string]string{"+94771234567": "077 123 4567", "+94112345678": "0112 345 678", "+442079460958": "+44 20 7946 0958", "junk": "junk"} {
		if got := p.FormatPhone(e164); got != want {
			t.Errorf("FormatPhone(%q) = %q, want %q", e164, got, want)
		}
	}
}

func TestPlacesOfSriLanka(t *testing.T) {
	p := lk(t)
	if len(p.Provinces()) != 9 || len(p.Districts()) != 25 || len(p.Cities()) < 400 {
		t.Errorf("%d provinces, %d districts, %d cities", len(p.Provinces()), len(p.Districts()), len(p.Cities()))
	}
	slug := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	inScript := func(s string, script *unicode.RangeTable) bool {
		for _, r := range s {
			if unicode.IsLetter(r) && !unicode.In(r, script) {
				return false
			}
		}
		return s != ""
	}
	check := func(id string, n Names) {
		if !slug.MatchString(id) || !inScript(n.En, unicode.Latin) || !inScript(n.Si, unicode.Sinhala) || !inScript(n.Ta, unicode.Tamil) {
			t.Errorf("%s: %+v", id, n)
		}
	}
	for _, pr := range p.Provinces() {
		check(pr.ID, pr.Name)
	}
	for _, d := range p.Districts() {
		check(d.ID, d.Name)
	}
	seen := map[string]bool{}
	for _, c := range p.Cities() {
		district, name, _ := strings.Cut(c.ID, "/")
		check(name, c.Name)
		if district != c.District || seen[c.District+c.Name.Si] || seen[c.District+c.Name.Ta] {
			t.Errorf("%+v: wrong district, or a name repeated in its district", c)
		}
		seen[c.District+c.Name.Si], seen[c.District+c.Name.Ta] = true, true
	}
	for _, lang := range i18n.Languages() {
		groups, n := p.CityGroups(lang), 0
		for _, g := range groups {
			if len(g.Cities) < 8 {
				t.Errorf("%s has %d cities only", g.District.ID, len(g.Cities))
			}
			n += len(g.Cities)
		}
		if len(groups) != 25 || n != len(p.Cities()) {
			t.Errorf("%s: %d groups with %d of %d cities", lang, len(groups), n, len(p.Cities()))
		}
	}
	place, ok := p.Place("colombo/dehiwala")
	if !ok || place.Name("si") != "දෙහිවල" || place.District.Name.En != "Colombo" || place.Province.ID != "western" || place.Zone.ID != "metro" {
		t.Errorf("colombo/dehiwala is %+v, %v", place, ok)
	}
	if _, ok := p.City("colombo"); ok {
		t.Error("a district passes as a city")
	}
	if c, ok := p.FindCity("யாழ்ப்பாணம்", ""); !ok || c.ID != "jaffna/jaffna" {
		t.Errorf("Jaffna by its Tamil name is %+v, %v", c, ok)
	}
	if _, ok := p.FindCity("Atlantis", ""); ok {
		t.Error("Atlantis was found")
	}
}

func TestPlacesOfTheUnion(t *testing.T) {
	p := eu(t)
	if len(p.Districts()) != 27 || len(p.Cities()) != 0 {
		t.Errorf("%d countries, %d cities", len(p.Districts()), len(p.Cities()))
	}
	if z := p.Zone("mt"); z.ID != "islands" {
		t.Errorf("Malta lies in zone %q", z.ID)
	}
}

func TestCheckAddress(t *testing.T) {
	tests := []struct {
		market string
		in     map[string]string
		faults string
		lines  string
	}{
		{"lk", map[string]string{"street": " 24/1,  Temple Road ", "landmark": "opposite the post office", "city": "colombo/dehiwala"},
			"", "24/1, Temple Road|opposite the post office|Dehiwala|Colombo|Western Province"},
		{"lk", map[string]string{"street": "1 Fort", "city": "galle/galle"}, "", "1 Fort|Galle|Southern Province"},
		{"lk", map[string]string{}, "street address.missing.street, city address.missing.city", ""},
		{"lk", map[string]string{"street": strings.Repeat("ක", 161), "city": "galle"}, "street error.too_long, city error.bad_choice", ""},
		{"eu", map[string]string{"street": "Rue 1", "postal_code": "1000", "city": "Brussels", "region": "be"}, "", "Rue 1|1000 Brussels|Belgium"},
		{"eu", map[string]string{"street": "Rue 1", "postal_code": "!", "city": "B", "region": "us"}, "postal_code address.bad_postal_code, region error.bad_choice", ""},
		{"eu", map[string]string{"street": "Rue 1", "city": "B", "region": "de"}, "postal_code address.missing.postal_code", ""},
	}
	for _, tt := range tests {
		a, faults := profile(t, tt.market).CheckAddress(func(key string) string { return tt.in[key] }, "en")
		var got []string
		for _, f := range faults {
			got = append(got, f.Field+" "+f.ID)
		}
		if strings.Join(got, ", ") != tt.faults {
			t.Errorf("%v: faults %q, want %q", tt.in, got, tt.faults)
		}
		if lines := strings.Join(a.Lines(), "|"); len(faults) == 0 && lines != tt.lines {
			t.Errorf("%v: lines %q, want %q", tt.in, lines, tt.lines)
		}
	}
	a, _ := lk(t).CheckAddress(func(key string) string {
		return map[string]string{"street": "1", "city": "kandy/kandy"}[key]
	}, "ta")
	if a.City != "கண்டி" || a.District != "கண்டி" || a.Country != "LK" || a.PlaceID != "kandy/kandy" {
		t.Errorf("in Tamil: %+v", a)
	}
	for _, postal := range []string{"1000", "75001", "1012 AB", "110 00", "LV-1010", "D02 X285", "VLT 1117", "00-950", "12345"} {
		if !eu(t).Address.PostalCode.MatchString(postal) {
			t.Errorf("postal code %q is refused", postal)
		}
	}
}

func TestTaxShareIsIncluded(t *testing.T) {
	if got := lk(t).Tax.Share(118_00); got != 18_00 {
		t.Errorf("18 %% VAT in Rs 118 is %d", got)
	}
}
