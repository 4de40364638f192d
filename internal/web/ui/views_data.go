package ui

// ProveView asks for the code that shows whose order it is.
type ProveView struct {
	Problems    []Problem
	Intro       string // where the code goes
	NoEmail     string // how else, when no mail can bring one
	Sent        bool
	Send, Prove string // addresses of the forms
	Code        Field
	Back        string
}

// YourDataView is what is kept of a person, with every right and its form.
type YourDataView struct {
	Problems []Problem
	Notice   string
	Back     Link

	Contents []Link // the figures at a glance, each leading to its section
	Kept     []DataGroup
	Seen     []DataGroup // by recipient
	SeenMore string      // that the list has an end before the data has
	Requests Table

	Copy    string // where the form goes that makes a copy
	Copies  []Fact // address and text of a download
	Pending bool

	Correct      string
	CorrectIntro string
	Fields       []Field
	CorrectAt    []Link // instead of a form: the pages on which it is changed

	Erase     string
	EraseNote string
	EraseAsk  string
	EraseSure string
	Refused   string // why it cannot be asked for
	GoesOn    string // the day, in words
	Goes      string
	Stays     []string
	Wait      string // why it may take longer
	Scheduled string // an erasure that can still be withdrawn
	Keep      string // the number of its receipt
	Withdraw  string
	Hidden    []Param

	Ask      string
	Kinds    []Choice
	Question Field
}

// DataGroup is what belongs together: what is kept under one rule, or what one
// recipient got. Its details are folded away.
type DataGroup struct {
	Title string
	Lines []string
	More  string // opens the details
	Table Table
}

// DataReceiptView is what became of a request, without a person.
type DataReceiptView struct {
	Number string
	Lines  []string
	Keep   *Link // how a deletion that waits is withdrawn
	Erased Table
	Stays  []string
}
