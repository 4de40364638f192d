package market

import (
	"strings"

	"github.com/nyaruka/phonenumbers"

	"aromart/internal/kit/errs"
)

// ParsePhone reads a phone number in any form people write it and returns it
// as E.164 ("+94771234567"). A number without + belongs to the market's
// region; with + any country's number is right, because relatives abroad
// order too. Mobile and fixed lines both serve a rider's call.
func (p *Profile) ParsePhone(raw string) (string, error) {
	bad := errs.Field("phone", "error.bad_phone", "example", strings.ReplaceAll(p.PhoneExample, " ", "\u00a0"))
	if len(raw) > 64 {
		return "", bad
	}
	n, err := phonenumbers.Parse(strings.TrimSpace(raw), p.PhoneRegion)
	if err != nil || n.GetExtension() != "" || !phonenumbers.IsValidNumber(n) {
		return "", bad
	}
	switch phonenumbers.GetNumberType(n) {
	case phonenumbers.PREMIUM_RATE, phonenumbers.SHARED_COST, phonenumbers.TOLL_FREE, phonenumbers.UAN, phonenumbers.PAGER, phonenumbers.VOICEMAIL:
		return "", bad
	}
	return phonenumbers.Format(n, phonenumbers.E164), nil
}

// IsMobile reports whether a stored number can receive text messages.
func (p *Profile) IsMobile(e164 string) bool {
	n, err := phonenumbers.Parse(e164, p.PhoneRegion)
	if err != nil {
		return false
	}
	t := phonenumbers.GetNumberType(n)
	return t == phonenumbers.MOBILE || t == phonenumbers.FIXED_LINE_OR_MOBILE
}

// FormatPhone writes a stored number the way the market's people do: without
// the country code at home ("077 123 4567"), with it elsewhere.
func (p *Profile) FormatPhone(e164 string) string {
	n, err := phonenumbers.Parse(e164, p.PhoneRegion)
	if err != nil {
		return e164
	}
	if phonenumbers.GetRegionCodeForNumber(n) == p.PhoneRegion {
		return phonenumbers.Format(n, phonenumbers.NATIONAL)
	}
	return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
}
