package ui

// The views of a person's data that tests and the preview share.

func testProve() *ProveView {
	return &ProveView{Intro: "We send a code of six digits to n***@e***.", Sent: true, Back: "/orders/K7Q2",
		Send: "/orders/K7Q2/data/code", Prove: "/orders/K7Q2/data/prove",
		Code: Field{Name: "code", Label: "Code", Hint: "It works for 10 minutes and 5 tries.", Error: "This code is not right, or it is over."}}
}

func testYourData(scheduled bool) *YourDataView {
	table := Table{Caption: "Your account", Head: []string{"What", "Why", "Who may get it"}, Rows: [][]string{
		{"name, e-mail address", "carrying out your order, knowing that it is you", "seller of the item, courier"},
		{"language and settings", "helping you", "nobody"}}}
	seen := table
	seen.Caption = "Clay House"
	v := &YourDataView{Back: Link{"/account", "Back to the account"},
		Contents: []Link{{"#kept", "What we keep: 13 kinds of data"}, {"#seen", "Who saw it: 1"}, {"#delete", "Delete"}},
		Kept: []DataGroup{{Title: "Your account", More: "What for, and who may get it", Table: table,
			Lines: []string{"Name, e-mail address, language and settings", "Kept: as long as the account exists"}}},
		Seen: []DataGroup{{More: "Clay House (2), last on 26 November 2026", Table: seen}}, SeenMore: "The copy has all of them.",
		Copy: "/account/data/copy", Copies: []Fact{{"/account/data/copy/1", "Download the copy of 26 November"}}, Pending: true,
		Correct: "/account/data/correct", CorrectIntro: "What is wrong?", CorrectAt: []Link{{"/account/addresses", "Addresses"}},
		Fields: []Field{{Name: "name", Label: "Full name", Value: "Nimal Perera"}},
		Ask:    "/account/data/ask", Kinds: []Choice{{Value: "question", Text: "Question"}},
		Question: Field{Name: "question", Label: "Your words", Hint: "Never write a password.", Lines: true},
		Requests: Table{Caption: "Your requests", Head: []string{"Number", "Kind", "State", "Answer by"},
			Rows: [][]string{{"2QQW-WNAC-4GSS-SH3A-Y2SX", "Question", "confirmed, waiting", "24 December 2026"}}}}
	if scheduled {
		v.Scheduled, v.Keep = "Your data will be deleted on 4 December 2026.", "Write down this number: 2QQW-WNAC-4GSS-SH3A-Y2SX."
		v.Withdraw = "/account/data/withdraw"
		return v
	}
	v.Erase, v.GoesOn, v.Goes = "/account/data/erase", "This goes on 4 December 2026", "Name, phone number"
	v.EraseNote, v.EraseAsk, v.EraseSure = "You are signed out everywhere.", "Delete my account", "Yes, delete it"
	v.Stays, v.Wait = []string{"What you ordered, until 24 November 2032"}, "A parcel can still arrive."
	return v
}

func testDataReceipt() *DataReceiptView {
	return &DataReceiptView{Number: "2QQW-WNAC-4GSS-SH3A-Y2SX", Lines: []string{"Deletion: carried out.", "Received on 27 November 2026."},
		Keep:   &Link{"/login", "Sign in and keep the account"},
		Erased: Table{Caption: "What was deleted", Head: []string{"What", "Entries"}, Rows: [][]string{{"name, phone number", "3"}}},
		Stays:  []string{"What you ordered, until 24 November 2032"}}
}
