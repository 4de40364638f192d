package market

import (
	"regexp"
	"sync"
	"time"
)

// europeanUnion shows that nothing is tied to the first market: another
// currency, postal codes, countries in place of districts, cities as text,
// months in place of working days. Holidays are the six days on which the
// Union's payment system rests; an operator adds those of his country.
var europeanUnion = sync.OnceValue(func() *Profile {
	zone := mustLocation("Europe/Brussels")
	zones := []Zone{
		{ID: "core", Name: "market.zone.core", TransitMin: 2, TransitMax: 4},
		{ID: "wide", Name: "market.zone.wide", TransitMin: 3, TransitMax: 6},
		{ID: "islands", Name: "market.zone.islands", TransitMin: 5, TransitMax: 9},
	}
	return &Profile{
		Code: "eu", Languages: []string{"en"}, Location: zone, PhoneRegion: "BE", PhoneExample: "0470 12 34 56",
		Currency: Currency{Code: "EUR", Exponent: 2, Symbol: Names{En: "€"}, decimalComma: true, written: "€"},
		Address: AddressForm{
			Fields: []AddressField{
				{Key: Street, Kind: TextField, Required: true, MaxLength: 160, Autocomplete: "street-address"},
				{Key: PostalCode, Kind: TextField, Required: true, MaxLength: 12, Autocomplete: "postal-code"},
				{Key: CityKey, Kind: TextField, Required: true, MaxLength: 80, Autocomplete: "address-level2"},
				{Key: Region, Kind: DistrictField, Required: true, MaxLength: 40, Autocomplete: "country"},
			},
			PostalCode: regexp.MustCompile(`^(?i:[a-z]{0,3}[- ]?)[0-9][0-9A-Za-z -]{1,8}$`),
		},
		Tax:   Tax{Name: "market.tax.vat", Included: 2100},
		Legal: Legal{Law: "market.law.eu", Deadline: Deadline{Months: 1, ExtendedMonths: 3}},
		Cash: CashRules{Fee: 0, MaxOrder: 1_000_00, MaxOpen: 5,
			ConfirmAbove: 300_00, ConfirmIn: 24 * time.Hour},
		Retention: defaultRetention, ReturnDays: 14, SellerViewDays: 7, DefaultCommission: 1000, DefaultDelivery: 5_90,
		DefaultPlace: "be", CutoffHour: 14,
		courierDays: weekdays(time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday),
		workDays:    weekdays(time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday),
		holidays:    readHolidays("eu", zone), zones: zones, places: readPlaces("eu", zones),
	}
})
