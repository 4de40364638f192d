package market

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"aromart/internal/kit/errs"
)

// AddressForm is what an address consists of, in the order of the form.
type AddressForm struct {
	Fields     []AddressField
	PostalCode *regexp.Regexp // nil where any or none will do
}

// FieldKind is how a field is entered.
type FieldKind string

// The kinds of fields.
const (
	TextField     FieldKind = "text"
	CityField     FieldKind = "city"     // chosen from CityGroups
	DistrictField FieldKind = "district" // chosen from Districts
)

// The keys of address fields: names of form fields and of JSON members.
const (
	Street     = "street"
	Landmark   = "landmark"
	CityKey    = "city"
	PostalCode = "postal_code"
	Region     = "region"
)

// AddressField is one field. Its label is the message "address.KEY", its hint
// "address.KEY.hint" where Hint is set.
type AddressField struct {
	Key          string
	Kind         FieldKind
	Required     bool
	Hint         bool
	MaxLength    int    // characters
	Autocomplete string // token of the HTML autocomplete attribute
}

// Address is a checked address: names are spelled out in the customer's
// language so that it stays readable when places change.
//
// It is personal data; market never keeps it.
type Address struct {
	Street     string `json:"street"`
	Landmark   string `json:"landmark,omitempty"`
	PlaceID    string `json:"place"`
	City       string `json:"city"`
	District   string `json:"district,omitempty"`
	Province   string `json:"province,omitempty"`
	PostalCode string `json:"postal_code,omitempty"`
	Country    string `json:"country"` // ISO 3166
}

// CheckAddress reads an address from a form or a JSON body. Every fault is
// returned, in the order of the form, each with its field.
func (p *Profile) CheckAddress(value func(key string) string, lang string) (Address, errs.List) {
	var faults errs.List
	a := Address{Country: p.Country}
	for _, f := range p.Address.Fields {
		v := strings.Join(strings.Fields(value(f.Key)), " ")
		if v == "" {
			if f.Required {
				faults = append(faults, errs.Field(f.Key, "address.missing."+f.Key))
			}
			continue
		}
		if utf8.RuneCountInString(v) > f.MaxLength {
			faults = append(faults, errs.Field(f.Key, "error.too_long", "n", f.MaxLength))
			continue
		}
		if fault := p.setField(&a, f, v, lang); fault != nil {
			faults = append(faults, fault)
		}
	}
	return a, faults
}

func (p *Profile) setField(a *Address, f AddressField, v, lang string) *errs.Error {
	switch f.Key {
	case Street:
		a.Street = v
	case Landmark:
		a.Landmark = v
	case PostalCode:
		if p.Address.PostalCode != nil && !p.Address.PostalCode.MatchString(v) {
			return errs.Field(f.Key, "address.bad_postal_code")
		}
		a.PostalCode = strings.ToUpper(v)
	case CityKey:
		if f.Kind == TextField {
			a.City = v
			return nil
		}
		place, known := p.Place(v)
		if !known || place.City.ID == "" {
			return errs.Field(f.Key, "error.bad_choice")
		}
		a.PlaceID, a.City = place.ID, place.City.Name.In(lang)
		a.District, a.Province = place.District.Name.In(lang), place.Province.Name.In(lang)
	case Region:
		d, known := p.District(v)
		if !known {
			return errs.Field(f.Key, "error.bad_choice")
		}
		a.PlaceID, a.District, a.Country = d.ID, d.Name.In(lang), strings.ToUpper(d.ID)
	}
	return nil
}

// Lines writes an address for a label or a receipt, the most exact line first.
func (a Address) Lines() []string {
	city := a.City
	if a.PostalCode != "" {
		city = a.PostalCode + " " + a.City
	}
	var lines []string
	for _, line := range []string{a.Street, a.Landmark, city, a.District, a.Province} {
		if line != "" && (len(lines) == 0 || lines[len(lines)-1] != line) {
			lines = append(lines, line)
		}
	}
	return lines
}
