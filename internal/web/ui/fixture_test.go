package ui

import (
	"strconv"

	"aromart/internal/kit/i18n"
)

// The views that tests, benchmarks and the preview share. They carry the
// awkward cases: long words, markup in names, no picture, sold out.

var testSite = &Site{Name: "aromart", Operator: "Example Traders (Pvt) Ltd, Colombo", HelpPhone: "011 234 5678",
	HelpEmail: "help@example.com", HelpHours: "9:00–18:00", ReturnDays: 14}

var testCategories = []struct {
	id   int64
	name string
}{{222, "Electronics"}, {166, "Apparel & Accessories"}, {536, "Home & Garden"}, {469, "Health & Beauty"}, {412, "Food & Drink"}, {1239, "Toys & Games"},
	{988, "Sporting Goods"}, {436, "Furniture"}, {783, "Media"}, {1, "Animals & Pet Supplies"}, {537, "Baby & Toddler"}, {632, "Hardware"}}

func testPage(lang, title, here string) *Page {
	prefix := ""
	if lang != "en" {
		prefix = "/" + lang
	}
	p := &Page{Tr: i18n.For(lang), Site: testSite, Prefix: prefix, Title: title, Here: here, City: "Colombo 03 (Kollupitiya)",
		Description: "Products of independent sellers, cash on delivery.", Canonical: "https://market.example" + prefix + here, CartCount: 2,
		OpenGraph: &OpenGraph{Type: "website", URL: "https://market.example" + prefix + here}}
	for _, l := range i18n.Languages() {
		href := here
		if l != "en" {
			href = "/" + l + here
		}
		p.Langs = append(p.Langs, Language{Code: l, Name: i18n.Name(l), Href: href, Current: l == lang})
		p.Alternates = append(p.Alternates, Alternate{l, "https://market.example" + href})
	}
	for i, c := range testCategories {
		p.Categories = append(p.Categories, NavLink{Href: prefix + "/c/" + strconv.Itoa(i), Text: c.name, Current: i == 2})
	}
	return p
}

var testTitles = []string{"Ceramic mug, blue, 350 ml", "Cotton sarong with hand block print and a fairly long name that needs two lines", "Brass desk lamp",
	"Mahogany serving board", "Ceylon black tea, BOPF, 400 g", "Leather wallet, slim <script>alert(1)</script>", "Steel water bottle, 1 l", "Handwoven rug, 90 by 150 cm"}
var testStores = []string{"Clay House", "Galle Blockprint", "Lamp & Co", "Kandy Woodworks"}

// testColors are the grounds that the preview's pictures are drawn on.
var testColors = []string{"#dbe8f0", "#f1e2d3", "#e2efdd", "#efe0ea", "#eee9d2", "#dfe3f2"}

func testPicture(i int) Picture {
	if i%9 == 8 {
		return Picture{Tile: testCategories[i%len(testCategories)].id}
	}
	return Picture{Key: "preview" + strconv.Itoa(i), Width: 1200, Height: 1200, Color: testColors[i%6]}
}

func testCards(n int) []Card {
	out := make([]Card, n)
	for i := range out {
		out[i] = Card{Href: "/p/product-" + strconv.Itoa(i), Title: testTitles[i%8], Store: testStores[i%4],
			Price: "Rs " + strconv.Itoa(1+i) + ",250", Arrives: "Arrives 27 to 29 November", Picture: testPicture(i)}
		switch i % 6 {
		case 1:
			out[i].Was = "Rs " + strconv.Itoa(2+i) + ",900"
		case 2:
			out[i].From = true
		case 3:
			out[i].Left = "Only 2 left"
		case 4:
			out[i].SoldOut = i == 4
		}
	}
	return out
}

func testTiles(n int) []Tile {
	out := make([]Tile, n)
	for i := range out {
		c := testCategories[i%len(testCategories)]
		out[i] = Tile{Href: "/c/" + strconv.Itoa(i), Name: c.name, Count: strconv.Itoa(120+31*i) + " products", Picture: Picture{Tile: c.id}}
	}
	return out
}

func testHome() *HomeView {
	return &HomeView{Sellers: 18, Tiles: testTiles(12), Popular: testCards(10), Fresh: testCards(6)}
}

func testList() *ListView {
	v := &ListView{Heading: "Mugs & cups", Crumbs: []Link{{"/c/home", "Home & Garden"}, {"/c/kitchen", "Kitchen & Dining"}},
		Total: "143 products", Range: "showing 1 to 24", Action: "/c/home/kitchen/mugs",
		Sort:  []Choice{{Value: "popular", Text: "Popular", Selected: true}, {Value: "price", Text: "Lowest price"}, {Value: "-price", Text: "Highest price"}},
		Price: &PriceFilter{Unit: "Rs", Lowest: "450", Highest: "12,500"},
		On:    2, Chips: []Link{{"/c/home/kitchen/mugs", "Clay House"}, {"/c/home/kitchen/mugs", "Color: Blue"}}, Clear: "/c/home/kitchen/mugs",
		Cards: testCards(24),
		Pager: Pager{Prev: "/c/mugs", Next: "/c/mugs?page=3", Pages: []NavLink{{Href: "/c/mugs", Text: "1"}, {Text: "2", Current: true}, {Href: "/c/mugs?page=3", Text: "3"}, {Text: "…"}, {Href: "/c/mugs?page=6", Text: "6"}}},
	}
	for f, name := range []string{"Store", "Availability", "Color", "Material", "Capacity", "Brand"} {
		facet := Facet{Name: name}
		for i := range 10 {
			facet.Values = append(facet.Values, FacetValue{Href: "/c/home/kitchen/mugs?attr." + name + "=" + strconv.Itoa(i), Text: testStores[i%4] + " " + strconv.Itoa(i),
				Count: strconv.Itoa(40 - 3*i), On: f == 0 && i == 0})
		}
		facet.More = "4 more"
		v.Facets = append(v.Facets, facet)
	}
	return v
}

func testEmpty() *ListView {
	return &ListView{Heading: "Results for “qqqq”", Empty: &EmptyView{Sentence: "Nothing matches “qqqq” yet. Try fewer or other words, or look into one of these categories.", Nearest: testTiles(6)}}
}

func testSearch() *ListView {
	v := testList()
	v.Heading, v.Crumbs = "Results for “mgu”", nil
	v.Understood = []string{"Showing results for “mug”."}
	v.Offer = &Link{"/search?q=mug", "Did you mean “mug”?"}
	v.Below = []Link{{"/c/a", "Mugs (41)"}, {"/c/b", "Travel mugs (12)"}}
	v.Stores = []Link{{"/s/clay", "Clay House"}}
	return v
}

func testStore() *ListView {
	v := testList()
	v.Heading, v.Crumbs, v.SearchIn = "Clay House", nil, "Search in Clay House"
	v.Store = &StoreHead{Name: "Clay House", Tagline: "Stoneware from Kelaniya, thrown by hand", About: "Four potters and one kiln since 1998.", Place: "Kelaniya",
		Since: "On aromart since March 2024", Packs: "Packs within 1 working day", Returns: "Returns within 14 days", LegalName: "Clay House (Pvt) Ltd", Registration: "PV 12345"}
	return v
}

func testProduct() *ProductView {
	v := &ProductView{Crumbs: []Link{{"/c/home", "Home & Garden"}, {"/c/kitchen", "Kitchen & Dining"}, {"/c/mugs", "Mugs"}},
		Title: "Ceramic mug, blue, 350 ml", Brand: "Clay House", Price: "Rs 1,250", Was: "Rs 1,550", Save: "You save Rs 300",
		Delivery: "plus Rs 250 delivery", Fee: "and a Rs 50 cash fee per order", Door: "Rs 1,550 to pay at your door",
		Arrives: "Arrives Friday 27 to Sunday 29 November", City: "Colombo 03 (Kollupitiya)", Choice: "Color", MaxQty: 9, Left: "Only 3 left",
		Store:   &SellerLine{Href: "/s/clay-house", Name: "Clay House", Place: "Kelaniya", Since: "On aromart since March 2024", Packs: "Packs within 1 working day"},
		Returns: "Return it within 14 days after delivery.",
		Facts:   []Fact{{"Capacity", "350 ml"}, {"Material", "Stoneware"}, {"Dishwasher safe", "Yes"}, {"Weight", "340 g"}},
		Body:    "<p>Thrown by hand in Kelaniya and fired twice. The glaze is <b>free of lead</b>.</p><ul><li>Holds 350 ml</li><li>Dishwasher safe</li></ul>",
		Similar: testCards(6), More: Link{"/c/mugs", "More in Mugs"}}
	for i := range 3 {
		pic := testPicture(i)
		pic.Alt = "Blue ceramic mug"
		v.Pictures = append(v.Pictures, pic)
	}
	for i, c := range []string{"Blue", "Sand", "Green", "Extra long color name"} {
		v.Variants = append(v.Variants, VariantChoice{ID: "variant0000000000000" + strconv.Itoa(i), Text: c, SoldOut: i == 2, Chosen: i == 0, Price: []string{"", "", "", "Rs 1,450"}[i]})
	}
	return v
}

func testPolicy() *PolicyView {
	return &PolicyView{Title: "Privacy policy", Draft: true, Version: "Version 1, 23 November 2026",
		Summary: []string{"We ask only for what a delivery needs.", "A seller sees your address for your parcel and no longer than needed."},
		Sections: []PolicySection{
			{ID: "what", Title: "What we keep", Paragraphs: []string{"Name, phone and address of an order."}, List: []string{"Name", "Phone"}},
			{ID: "cookies", Title: "Cookies", Table: &Table{Caption: "Cookies", Head: []string{"Name", "Purpose", "Life"}, Rows: [][]string{{"__Host-cart", "Keeps your cart", "30 days"}}}},
			{ID: "rights", Title: "Your rights", Paragraphs: []string{"You can ask for a copy."}, Link: &Link{"/orders/track", "Track an order"}},
			{ID: "contact", Title: "Contact", Paragraphs: []string{"Write to us."}},
		}, Hash: "Checksum of the text: 4f2a", Upcoming: "Version 2 comes into force on 1 December 2026.",
		Changes: []PolicyChange{{Href: "#cookies", Title: "Cookies", Removed: []string{"Life: 20 days"}, Added: []string{"Life: 30 days"}}}}
}

func testPromises() *PromisesView {
	return &PromisesView{Version: "Version 1, in force since 23 November 2026", Failed: true, Run: "1 of 9 checks of this server failed, 23 November 2026 04:00.",
		Promises: []PromiseView{{ID: "P01", Text: "Anyone can browse.", Kept: &Link{"/", "/"}, Tests: []string{"internal/web.TestPageCache"},
			Checks: []CheckView{{Text: "pages set no cookie", State: "failed", Failed: true}}}, {ID: "P02", Text: "You can make an account."}}}
}

func testData() *DataView {
	return &DataView{Draft: true, Version: "Version 1-draft, not in force",
		Kinds:   &Table{Caption: "Kinds", Head: []string{"Kind", "What for"}, Rows: [][]string{{"name", "delivery"}}},
		Columns: &Table{Caption: "Columns", Head: []string{"Kind", "Column"}, Rows: [][]string{{"name", "order_contacts.name"}}}}
}

func testPreferences() *PreferencesView {
	return &PreferencesView{Next: "/p/mug", Groups: []ChoiceGroup{{Name: "Colombo", Choices: []Choice{{Value: "colombo/colombo-03", Text: "Colombo 03 (Kollupitiya)", Selected: true}}}, {Name: "Galle", Choices: []Choice{{Value: "galle/galle", Text: "Galle"}}}},
		Themes: []Choice{{Value: "", Text: "As my device", Selected: true}, {Value: "light", Text: "Light"}, {Value: "dark", Text: "Dark"}}}
}
