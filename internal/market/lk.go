package market

import (
	"sync"
	"time"
)

// sriLanka is the first market. Sources: public holidays as gazetted for 2026
// (2027 is provisional), the Value Added Tax rate of 18 % since 2024, the
// Personal Data Protection Act No. 9 of 2022 as amended by No. 22 of 2025, ISO
// 3166-2 for the districts.
var sriLanka = sync.OnceValue(func() *Profile {
	zone := mustLocation("Asia/Colombo")
	zones := []Zone{
		{ID: "metro", Name: "market.zone.metro", TransitMin: 1, TransitMax: 2},
		{ID: "main", Name: "market.zone.main", TransitMin: 2, TransitMax: 3},
		{ID: "outer", Name: "market.zone.outer", TransitMin: 3, TransitMax: 5},
	}
	return &Profile{
		Code: "lk", Country: "LK", Languages: []string{"en", "si", "ta"},
		Location: zone, PhoneRegion: "LK", PhoneExample: "077 123 4567",
		Currency: Currency{Code: "LKR", Exponent: 2, Symbol: Names{"Rs", "රු.", "ரூ."}, Spaced: true,
			trimZero: true, written: "rs. rs රු. රු ரூ. ரூ ₨"},
		// A landmark finds a house that has no number; few people know their postal code.
		Address: AddressForm{
			Fields: []AddressField{
				{Key: Street, Kind: TextField, Required: true, Hint: true, MaxLength: 160, Autocomplete: "street-address"},
				{Key: Landmark, Kind: TextField, Hint: true, MaxLength: 120, Autocomplete: "address-line2"},
				{Key: CityKey, Kind: CityField, Required: true, MaxLength: 80},
			},
		},
		Tax:   Tax{Name: "market.tax.vat", Included: 1800},
		Legal: Legal{Law: "market.law.lk", Deadline: Deadline{WorkingDays: 21}},
		Cash: CashRules{Fee: 50_00, MaxOrder: 500_000_00, MaxOpen: 5,
			ConfirmAbove: 50_000_00, ConfirmIn: 24 * time.Hour},
		Retention: defaultRetention, ReturnDays: 14, SellerViewDays: 7, DefaultCommission: 1000, DefaultDelivery: 350_00,
		DefaultPlace: "colombo/colombo-03", CutoffHour: 14,
		courierDays: weekdays(time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday),
		workDays:    weekdays(time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday),
		holidays:    readHolidays("lk", zone), zones: zones, places: readPlaces("lk", zones),
	}
})

var defaultRetention = Retention{
	GuestCart: 30, Session: 30, FullIP: 30, OrderContact: 730, OrderBooks: 2190, Messages: 730,
	SentMail: 7, SecurityEvent: 365, RefusalMemory: 365, PrivacyProof: 1095,
}
