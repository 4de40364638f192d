package ui

func testLines(n int) []CartLine {
	out := make([]CartLine, n)
	for i := range out {
		out[i] = CartLine{Href: "/p/mug", Title: testTitles[i%8], Options: "Blue / Large", Variant: "variant0000000000000" + string(rune('a'+i)), Price: "Rs 1,250", Total: "Rs 2,500",
			Picture: testPicture(i), Quantity: 2, Max: 9}
	}
	return out
}

func testParcels() []Parcel {
	two := testLines(3)
	return []Parcel{
		{Heading: "Parcel 1 of 2", Store: Link{"/s/clay-house", "Clay House"}, Arrives: "Arrives Friday 27 to Sunday 29 November", Delivery: "Rs 250 delivery", Lines: two[:2],
			Method: "delivery.7", Methods: []Choice{{Value: "a", Text: "Standard, Rs 250", Selected: true}, {Value: "b", Text: "Express, Rs 450"}}},
		{Heading: "Parcel 2 of 2", Store: Link{"/s/lamp", "Lamp & Co"}, Arrives: "Arrives Saturday 28 November to Tuesday 1 December", Delivery: "Free delivery", Lines: two[2:]},
	}
}

var testSums = []Sum{{Text: "Products", Amount: "Rs 7,500"}, {Text: "Delivery, 2 parcels", Amount: "Rs 250"}, {Text: "Cash on delivery fee", Amount: "Rs 50"}, {Text: "VAT 18 % included", Amount: "Rs 1,190", Muted: true}}

func testCart() *CartView {
	off := testLines(1)
	off[0].Off, off[0].Variant = "Sold out", "variant0000000000000z"
	g := testParcels()
	g[0].Lines[0].Note = "The price was Rs 1,150 when you added it."
	return &CartView{Groups: g, Off: off, Sums: testSums, Total: "Rs 7,800", City: "Colombo 03 (Kollupitiya)", Changed: true}
}

func testCheckout(bad bool) *CheckoutView {
	v := &CheckoutView{Hidden: []Param{{"key", "abc"}, {"expected_total", "780000"}},
		Fields: []Field{{Name: "name", Label: "Full name", Autocomplete: "name", Required: true, Max: 80},
			{Name: "phone", Label: "Mobile number", Type: "tel", Autocomplete: "tel", Required: true, Hint: "The rider calls this number about this delivery. It is not used for advertising."},
			{Name: "street", Label: "House, street and area", Autocomplete: "address-line1", Required: true, Hint: "For example 24/1, Temple Road, Nawala"},
			{Name: "landmark", Label: "Landmark", Optional: true, Hint: "What the rider can see from the road"}},
		City: Field{Name: "city", Label: "City or town", Empty: "Choose a city or town", Autocomplete: "address-level2"}, Cities: testPreferences().Groups,
		More: []Field{{Name: "email", Label: "E-mail", Type: "email", Optional: true, Hint: "For your receipt and the link to your order."}, {Name: "note", Label: "Note for the rider", Optional: true, Lines: true}},
		Sums: testSums, Total: "Rs 7,800", Parcels: testParcels(), Sees: "Clay House and Lamp & Co each see your name, address and phone for their own parcel only."}
	if bad {
		v.MoreOpen = true
		v.Fields[0].Value = "Ayesha <b>Perera</b>"
		v.Fields[1].Value, v.Fields[1].Error = "0771", "Please enter a phone number that we can call, such as 077 123 4567."
		v.City.Error = "Please choose a city or town."
		v.Problems = []Problem{{"phone", v.Fields[1].Error}, {"city", v.City.Error}, {"", "The total has changed."}}
	}
	return v
}

func testOrder(placed bool) *OrderView {
	steps := []Step{{Text: "Order placed", When: "23 November, 20:14", Done: true}, {Text: "Being packed", Current: true}, {Text: "On the way"}, {Text: "Delivered"}}
	v := &OrderView{Number: "K7Q2-M4XD-9T", Placed: placed, Name: "Ayesha", Status: "Being packed", Tone: "info", Date: "23 November 2026", Cash: "Rs 7,800", Sums: testSums, Total: "Rs 7,800",
		Contact: []Fact{{"Name", "Ayesha Perera"}, {"Phone", "077 •••• 567"}, {"Address", "24/1 Temple Road, Nawala, Rajagiriya"}}, SentTo: "We sent the confirmation to a•••@example.com.", Receipt: "/orders/K7Q2M4XD9T/receipt"}
	if !placed {
		v.Confirm, v.ConfirmBy = "/orders/K7Q2M4XD9T/confirm", "Please confirm until 24 November, 20:14."
	} else {
		v.Next = []Step{{Text: "The stores pack your parcels", When: "by 25 November", Current: true}, {Text: "The rider calls before coming"}, {Text: "You pay in cash", When: "27 to 29 November"}}
	}
	for i, g := range testParcels() {
		part := OrderPart{Heading: g.Heading, Store: g.Store, Status: "Being packed", Tone: "info", Arrives: g.Arrives, Steps: steps, Lines: g.Lines, Sums: []Sum{{Text: "Delivery", Amount: "Rs 250"}}}
		if i == 0 {
			part.Cancel, part.Until = "/orders/K7Q2M4XD9T/cancel", "You can cancel until the parcel is handed over."
		} else {
			part.Late = "This parcel is late. It should have come by 29 November."
		}
		v.Parts = append(v.Parts, part)
	}
	return v
}

func testTrack(bad bool) *TrackView {
	v := &TrackView{Fields: []Field{{Name: "number", Label: "Order number", Autocomplete: "off"}, {Name: "email", Label: "E-mail", Type: "email", Autocomplete: "email"}}, Sent: !bad}
	if bad {
		v.Fields[0].Error = "Please fill in this field."
		v.Problems = []Problem{{"number", v.Fields[0].Error}}
	}
	return v
}

func testReceipt() *ReceiptView {
	return &ReceiptView{Number: "K7Q2-M4XD-9T", Date: "23 November 2026", Operator: []string{"Example Traders (Pvt) Ltd", "Colombo"}, To: []string{"Ayesha Perera", "24/1 Temple Road", "Rajagiriya"},
		Parts: []ReceiptPart{{Seller: "Clay House (Clay House Pvt Ltd, PV 12345)", Lines: []ReceiptLine{{"Ceramic mug", "Blue", "2", "Rs 1,250", "Rs 2,500"}}, Sums: []Sum{{Text: "Delivery", Amount: "Rs 250"}}, Total: "Rs 2,750"}},
		Sums:  testSums, Total: "Rs 7,800", Paid: "Cash on delivery, due on arrival", Back: "/orders/K7Q2M4XD9T"}
}

// testAccount is a page with every kind of panel.
func testAccount(bad bool) *AccountView {
	pic := testPicture(1)
	v := &AccountView{Heading: "Hello Nimali", Intro: []string{"Everything about your account."}, Notice: "Saved.", Tone: "ok", Crumbs: []Link{{"/account", "Account"}},
		Find: &Find{Action: "/account/orders", Label: "Search by product"}, Links: []Link{{"/reset", "I forgot my password"}},
		Panels: []Panel{
			{Title: "Orders", Text: []string{"The latest."}, Entries: []Entry{
				{Title: "Order K7Q-2ZX-9ABC", Href: "/orders/K7Q-2ZX-9ABC", Tag: "On the way", Tone: "info", Lines: []string{"24 November 2026, Rs 2,180", "Clay House: 1 × Ceramic mug <b>"},
					Buttons: []Button{{Action: "/account/orders/again", Hidden: []Param{{"number", "K7Q-2ZX-9ABC"}}, Text: "Order again", About: "K7Q-2ZX-9ABC"}}},
				{Title: "Ceramic mug", Href: "/p/mug", Picture: &pic, Lines: []string{"Rs 790 now, Rs 890 when you saved it: cheaper"}, Buttons: []Button{{Action: "/account/wishlist/move", Text: "Move to the cart", Main: true}}},
				{Title: "Home", Links: []Link{{"/account/addresses/1", "Change"}}}}},
			{Title: "Second step", QR: "otpauth://totp/aromart:x?secret=ABC", Codes: []string{"ABCD EFGH"}, Facts: []Fact{{"Phone", "077 123 4567"}}},
			{Form: &AccountForm{Action: "/login", Hidden: []Param{{"next", "/cart"}}, Button: "Sign in",
				Fields: []Field{{Name: "contact", Label: "E-mail or phone", Autocomplete: "username", Required: true}, {Name: "password", Label: "Password", Type: "password", Autocomplete: "current-password", Hint: "At least 10 characters."},
					{Name: "code", Label: "Code", Type: "code", Autocomplete: "one-time-code"}},
				Select: &Field{Name: "city", Label: "City"}, Groups: []ChoiceGroup{{Name: "Galle", Choices: []Choice{{Value: "galle/galle", Text: "Galle"}}}},
				Radios: []Radio{{Name: "language", Legend: "Language", Hint: "Of messages.", Choices: []Choice{{Value: "en", Text: "English", Selected: true}, {Value: "si", Text: "සිංහල"}}}},
				Checks: []Check{{Name: "sign_out", Value: "1", Text: "Sign out all other devices", On: true}}}},
		}}
	if bad {
		v.Problems = []Problem{{"contact", "Please enter an e-mail address or a phone number."}, {"", "Something else."}}
		v.Panels[2].Form.Fields[0].Error = "Please enter an e-mail address or a phone number."
	}
	return v
}
