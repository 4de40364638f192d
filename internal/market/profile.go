// Package market is the market profile: all that differs from one country to
// the next. Currency, phone region, address form, places, delivery zones and
// holidays, tax, cash limits, and the law that privacy requests follow are
// data here, so that no other package names a country. It also holds the
// category tree, whose ids are those of the public Google product taxonomy.
//
// One database has one profile, chosen when it is made. A profile is never
// changed while the program runs, so a *Profile may be shared by everything.
// Deadlines, holidays and rates are the best public knowledge and data for
// review by the operator's lawyer, not legal advice.
//
// Personal data: none is kept. Tables: none.
package market

import (
	"slices"
	"time"
	_ "time/tzdata" // a market's clock must not depend on the files of the machine

	"aromart/internal/kit/i18n"
	"aromart/internal/kit/money"
)

// Profile is one market. Its fields are read-only.
type Profile struct {
	Code         string // "lk", "eu": what the setting names
	Country      string // ISO 3166 of the operator, "" for a union of countries
	Languages    []string
	Location     *time.Location
	PhoneRegion  string // region of a number written without +
	PhoneExample string // as people there write one
	Currency     Currency
	Address      AddressForm
	Tax          Tax
	Legal        Legal
	Cash         CashRules
	Retention    Retention

	ReturnDays        int               // after delivery
	SellerViewDays    int               // after the return window: how long a seller sees personal fields
	DefaultCommission money.BasisPoints // of a new seller
	DefaultDelivery   money.Amount      // flat price of a new seller
	DefaultPlace      string            // place that delivery dates assume until a visitor chooses one
	CutoffHour        int               // orders placed from this hour on are packed the next working day

	courierDays [7]bool // weekdays on which couriers drive
	workDays    [7]bool // weekdays that a legal deadline counts
	holidays    map[day]Holiday
	zones       []Zone
	places      places
}

// Tax is what a receipt says about the tax that prices already include.
type Tax struct {
	Name     string            // message id
	Included money.BasisPoints // on top of the net price
}

// Share is the tax contained in a gross amount.
func (t Tax) Share(gross money.Amount) money.Amount { return t.Included.Included(gross) }

// CashRules bound cash on delivery.
type CashRules struct {
	Fee          money.Amount  // once per order
	MaxOrder     money.Amount  // one order may not be dearer
	MaxOpen      int           // open cash orders of one phone number
	ConfirmAbove money.Amount  // dearer orders wait for a code or a recorded call; the rest is confirmed by rule
	ConfirmIn    time.Duration // after that an unconfirmed order expires and its stock returns
}

// NeedsConfirmation reports whether a cash order of this total waits for a code or a call.
func (c CashRules) NeedsConfirmation(total money.Amount) bool { return total > c.ConfirmAbove }

// Retention is how long personal rows are kept, in days, unless the operator sets otherwise.
type Retention struct {
	GuestCart     int // a stored cart nobody touched
	Session       int // signed in and idle
	FullIP        int // then only the network part
	OrderContact  int // name, phone, address of an order, after it is closed
	OrderBooks    int // the order without the person: what tax law demands
	Messages      int // support conversations, after they are closed
	SentMail      int // body of a mail in the outbox, after it was sent
	SecurityEvent int
	RefusalMemory int // how long refused parcels count against cash on delivery
	PrivacyProof  int // receipts of privacy requests
}

var byCode = map[string]func() *Profile{"lk": sriLanka, "eu": europeanUnion}

// Default is the code of the first market.
const Default = "lk"

// Codes returns the codes of all profiles, the default first.
func Codes() []string { return []string{"lk", "eu"} }

// ByCode returns a profile by its code.
func ByCode(code string) (*Profile, bool) {
	profile, known := byCode[code]
	if !known {
		return nil, false
	}
	return profile(), true
}

// Language returns the market's language that fits a wish such as "si" or
// "ta-LK", or the market's first language.
func (p *Profile) Language(wish string) string {
	if lang := i18n.For(wish).Lang(); slices.Contains(p.Languages, lang) {
		return lang
	}
	return p.Languages[0]
}

// Names is a name in each language of the program.
type Names struct{ En, Si, Ta string }

// In returns the name in a language, in English for an unknown one.
func (n Names) In(lang string) string {
	switch {
	case lang == "si" && n.Si != "":
		return n.Si
	case lang == "ta" && n.Ta != "":
		return n.Ta
	}
	return n.En
}
