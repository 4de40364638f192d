package ui

import (
	"strconv"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// AccountView fills the pages of an account and of signing in: panels with
// facts, lists and forms.
type AccountView struct {
	Heading  string
	Intro    []string
	Notice   string // what the last act did
	Tone     string // "ok", "warn"
	Problems []Problem
	Crumbs   []Link
	Panels   []Panel
	Links    []Link // other ways on
	Find     *Find  // a search in what the page lists
}

// Find is a search field of its own.
type Find struct{ Action, Label, Value string }

// Panel is a part of an account page.
type Panel struct {
	Title   string
	Text    []string
	Facts   []Fact
	Codes   []string // to be written down
	QR      string   // a text to be scanned
	Entries []Entry
	Form    *AccountForm
	Links   []Link
}

// Entry is one thing of a list with what can be done with it.
type Entry struct {
	Title, Href string
	Lines       []string
	Tag, Tone   string
	Picture     *Picture
	Links       []Link
	Buttons     []Button
}

// Button is a form that only its hidden fields fill.
type Button struct {
	Action string
	Hidden []Param
	Text   string
	About  string // read out after the text, to tell buttons apart
	Main   bool   // looks like a button, not like a link
}

// AccountForm is a form of an account page.
type AccountForm struct {
	Action string
	Hidden []Param
	Fields []Field
	Select *Field // shown after the fields
	Groups []ChoiceGroup
	Radios []Radio
	Checks []Check
	Button string

	Passkey *Passkey // the browser answers a challenge before the form is sent
}

// Passkey is what a form needs whose button asks the browser for a passkey.
// It has hidden fields named form and passkey for the script to fill.
type Passkey struct {
	Challenge string // the address that gives one
	Failed    string // what is said when the browser gives no answer
	Problem   string // what is wrong with the answer that was sent
	NoScript  string // what is said where there is no script
}

// Radio is a group of choices of which one is taken.
type Radio struct {
	Name, Legend, Hint string
	Choices            []Choice
}

// Check is a box to tick.
type Check struct {
	Name, Value, Text string
	On                bool
}

// qrPath draws a text as the path of a picture, one unit a module, and returns
// the length of its side.
func qrPath(text string) (path string, side int) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", 0
	}
	side = code.Bounds().Dx()
	var b strings.Builder
	for y := range side {
		for x := range side {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				b.WriteString("M" + strconv.Itoa(x) + " " + strconv.Itoa(y) + "h1v1h-1z")
			}
		}
	}
	return b.String(), side
}

// qrSVG is the picture with its white border. Its texts are digits of ours.
func qrSVG(text, label string) string {
	path, side := qrPath(text)
	box := strconv.Itoa(side + 8)
	return `<svg class="qr" role="img" aria-label="` + label + `" width="232" height="232" viewBox="-4 -4 ` + box + ` ` + box + `"><path fill="#fff" d="M-4-4h` + box + `v` + box + `h-` + box + `z"/><path fill="#000" d="` + path + `"/></svg>`
}
