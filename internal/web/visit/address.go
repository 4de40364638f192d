package visit

import (
	"aromart/internal/market"
	"aromart/internal/web/ui"
)

// AddressFields lays an address out as the market writes them: text takes each
// field that is typed, choice the one that is chosen from a list.
func (f *Frame) AddressFields(v *Visit, values, wrong map[string]string, text func(ui.Field), choice func(ui.Field, []ui.ChoiceGroup)) {
	for _, a := range f.Market.Address.Fields {
		field := ui.Field{Name: a.Key, Label: v.T.T("address." + a.Key), Value: values[a.Key], Error: wrong[a.Key], Autocomplete: a.Autocomplete,
			Required: a.Required, Optional: !a.Required, Max: a.MaxLength}
		if a.Hint {
			field.Hint = v.T.T("address." + a.Key + ".hint")
		}
		if a.Autocomplete == "street-address" { // not for a field of one line
			field.Autocomplete = "address-line1"
		}
		switch a.Kind {
		case market.CityField:
			field.Empty = v.T.T("address.choose_city")
			choice(field, f.Cities(v, field.Value))
		case market.DistrictField:
			field.Empty = v.T.T("address.choose_region")
			choice(field, f.Districts(v, field.Value))
		default:
			text(field)
		}
	}
}

// Cities are the cities of the market to choose from, by district.
func (f *Frame) Cities(v *Visit, chosen string) []ui.ChoiceGroup {
	var out []ui.ChoiceGroup
	for _, g := range f.Market.CityGroups(v.Lang) {
		group := ui.ChoiceGroup{Name: g.District.Name.In(v.Lang)}
		for _, c := range g.Cities {
			group.Choices = append(group.Choices, ui.Choice{Value: c.ID, Text: c.Name.In(v.Lang), Selected: c.ID == chosen})
		}
		out = append(out, group)
	}
	return out
}

// Districts are the districts of the market to choose from.
func (f *Frame) Districts(v *Visit, chosen string) []ui.ChoiceGroup {
	group := ui.ChoiceGroup{Name: v.T.T("address.region")}
	for _, d := range f.Market.Districts() {
		group.Choices = append(group.Choices, ui.Choice{Value: d.ID, Text: d.Name.In(v.Lang), Selected: d.ID == chosen})
	}
	return []ui.ChoiceGroup{group}
}
