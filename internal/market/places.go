package market

import (
	"fmt"
	"slices"
	"strings"
)

// Province is the first level of places. A market may have none.
type Province struct {
	ID   string // "western"
	Name Names
}

// District is the level that delivery zones follow: a district of Sri Lanka, a country of the Union.
type District struct {
	ID       string // "colombo", "de"
	Province string // "" where the market has no provinces
	Zone     string
	Name     Names
}

// City is a town that an address names by choosing it from a list.
type City struct {
	ID       string // "colombo/dehiwala": stable, kept in cookies and addresses
	District string
	Name     Names
}

// CityGroup is a district with its cities, as an <optgroup> shows them.
type CityGroup struct {
	District District
	Cities   []City
}

// Place is where a parcel goes, as exactly as the id that named it: City is
// empty when only the district is known.
type Place struct {
	ID       string
	City     City
	District District
	Province Province
	Zone     Zone
}

// Name is the shortest name of the place: the city's, else the district's.
func (pl Place) Name(lang string) string {
	if pl.City.ID != "" {
		return pl.City.Name.In(lang)
	}
	return pl.District.Name.In(lang)
}

type places struct {
	provinces []Province
	districts []District
	cities    []City
	byID      map[string]Place
	groups    map[string][]CityGroup // by language
}

// Provinces returns the provinces in the market's usual order.
func (p *Profile) Provinces() []Province { return p.places.provinces }

// Districts returns the districts, those of a province together.
func (p *Profile) Districts() []District { return p.places.districts }

// Cities returns all cities, those of a district together; none where the address form takes the city as text.
func (p *Profile) Cities() []City { return p.places.cities }

// CityGroups returns the cities by district, sorted by their names in lang.
// Callers share the result and must not change it.
func (p *Profile) CityGroups(lang string) []CityGroup {
	if groups := p.places.groups[lang]; groups != nil {
		return groups
	}
	return p.places.groups["en"]
}

// District returns a district by its id.
func (p *Profile) District(id string) (District, bool) {
	place, known := p.places.byID[id]
	return place.District, known && place.City.ID == ""
}

// City returns a city by its id.
func (p *Profile) City(id string) (City, bool) {
	place, known := p.places.byID[id]
	return place.City, known && place.City.ID != ""
}

// Place returns a city or a district by its id.
func (p *Profile) Place(id string) (Place, bool) {
	place, known := p.places.byID[id]
	return place, known
}

// PlaceOr returns the place, or the market's default place for an unknown id,
// so that a stale cookie still gets a delivery date.
func (p *Profile) PlaceOr(id string) Place {
	if place, known := p.places.byID[id]; known {
		return place
	}
	return p.places.byID[p.DefaultPlace]
}

// FindCity finds a city by its name in any language, for imports and typed
// addresses; a district may narrow it. It is false when no city or more than
// one city has the name.
func (p *Profile) FindCity(name, district string) (City, bool) {
	var found []City
	for _, c := range p.places.cities {
		if district != "" && c.District != district {
			continue
		}
		if c.ID == name || strings.EqualFold(c.Name.En, name) || c.Name.Si == name || c.Name.Ta == name {
			found = append(found, c)
		}
	}
	if len(found) != 1 {
		return City{}, false
	}
	return found[0], true
}

// readPlaces reads data/places_CODE.tsv: kind, slug, zone, name in three
// languages. A district belongs to the province above it, a city to the district above it.
func readPlaces(code string, zones []Zone) places {
	out := places{byID: map[string]Place{}, groups: map[string][]CityGroup{}}
	var province Province
	var district Place
	for _, f := range table("places_"+code+".tsv", 6) {
		name := Names{f[3], f[4], f[5]}
		switch f[0] {
		case "province":
			province = Province{f[1], name}
			out.provinces = append(out.provinces, province)
		case "district":
			d := District{ID: f[1], Province: province.ID, Zone: f[2], Name: name}
			i := slices.IndexFunc(zones, func(z Zone) bool { return z.ID == d.Zone })
			if i < 0 {
				panic(fmt.Sprintf("market: district %s has no zone %q", d.ID, d.Zone))
			}
			district = Place{ID: d.ID, District: d, Province: province, Zone: zones[i]}
			out.districts = append(out.districts, d)
			out.add(district)
		case "city":
			place := district
			place.ID = district.ID + "/" + f[1]
			place.City = City{ID: place.ID, District: district.ID, Name: name}
			out.cities = append(out.cities, place.City)
			out.add(place)
		default:
			panic("market: places of " + code + ": unknown kind " + f[0])
		}
	}
	for _, lang := range []string{"en", "si", "ta"} {
		out.groups[lang] = out.grouped(lang)
	}
	return out
}

func (ps *places) add(place Place) {
	if _, twice := ps.byID[place.ID]; twice {
		panic("market: place " + place.ID + " is listed twice")
	}
	ps.byID[place.ID] = place
}

func (ps *places) grouped(lang string) []CityGroup {
	var groups []CityGroup
	for _, d := range ps.districts {
		g := CityGroup{District: d}
		for _, c := range ps.cities {
			if c.District == d.ID {
				g.Cities = append(g.Cities, c)
			}
		}
		slices.SortStableFunc(g.Cities, func(a, b City) int { return strings.Compare(a.Name.In(lang), b.Name.In(lang)) })
		groups = append(groups, g)
	}
	return groups
}
