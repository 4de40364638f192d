package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"aromart/internal/kit/i18n"
	"aromart/internal/market"
)

// Facts are what the text of the policy says about this marketplace.
type Facts struct {
	Market   *market.Profile
	Operator string // legal name of whoever runs the marketplace; "" says that it is not set
	Email    string // where questions about data go; "" says that it is not set
}

// State is where a policy version stands.
type State string

// Draft is the only state until sign-offs exist.
const Draft State = "draft"

// DraftVersion is the number of the text in the catalogs. A change of the text
// changes the hash; a change of meaning also needs a new number.
const DraftVersion = "1-draft"

// Version is a version of the policy, as an order remembers it.
type Version struct {
	Version string
	Hash    string // SHA-256 of the canonical text, in hex
	State   State
}

// Current is the version that is shown now. Its canonical text is all pages in
// all languages, so no language can change on its own unnoticed.
func Current(f Facts) Version {
	h := sha256.New()
	for _, lang := range i18n.Languages() {
		tr := i18n.For(lang)
		for _, name := range Pages() {
			h.Write([]byte(Text(tr, name, f).canonical()))
		}
	}
	return Version{DraftVersion, hex.EncodeToString(h.Sum(nil)), Draft}
}

// Document is a policy page in one language.
type Document struct {
	Name     string // path without slash: privacy, cookies, terms, returns
	Title    string
	Version  string // "Version 1-draft", in words
	Draft    bool
	Summary  []string
	Sections []Section
}

// Section is a part of a document.
type Section struct {
	ID         string // anchor
	Title      string
	Paragraphs []string
	List       []string
	Head       []string   // of the table
	Rows       [][]string // nil without a table
	Promises   []string   // ids of the promises that it states
	Path       string     // page that carries it out, "" for none
}

// layout is the order of a page's sections with the promises they state.
type layout struct{ id, promises, path string }

var layouts = map[string][]layout{
	"privacy": {{"who", "P01 P05", ""}, {"collect", "P06", ""}, {"account", "P02 P07 P08", ""}, {"orders", "P03 P09 P10", "/orders/track"},
		{"payment", "P11 P12", ""}, {"cookies", "P13 P14", "/cookies"}, {"use", "P15 P16", ""}, {"share", "P17 P18", ""},
		{"keep", "P21", ""}, {"rights", "P19 P20 P21 P22", ""}, {"security", "P08 P23", ""}, {"contact", "P04", ""}, {"draft", "P24", ""}},
	"cookies": {{"register", "P13", ""}, {"others", "P14", ""}},
	"terms":   {{"parties", "P05", ""}, {"prices", "P03", ""}, {"order", "P11", "/orders/track"}, {"delivery", "P17", ""}, {"conduct", "P15", ""}},
	"returns": {{"how", "P10", ""}, {"door", "P11", ""}, {"money", "P11", ""}},
}

// Pages lists the names of all policy pages.
func Pages() []string { return []string{"privacy", "cookies", "terms", "returns"} }

// Text is a policy page in the translator's language.
func Text(tr *i18n.Translator, name string, f Facts) Document {
	args := f.args(tr)
	base := "policy." + name
	d := Document{Name: name, Title: tr.T(base), Version: tr.T("policy.version", "version", DraftVersion), Draft: true,
		Summary: series(tr, base+".summary.", args, number)}
	for _, l := range layouts[name] {
		at := base + "." + l.id
		s := Section{ID: l.id, Title: tr.T(at), Path: l.path, Promises: strings.Fields(l.promises),
			Paragraphs: series(tr, at+".", args, number), List: series(tr, at+".", args, letter)}
		if at == "policy.cookies.register" {
			s.Head, s.Rows = cookieTable(tr)
		}
		d.Sections = append(d.Sections, s)
	}
	return d
}

func number(i int) string { return strconv.Itoa(i + 1) }
func letter(i int) string { return string(rune('a' + i)) }

// series renders base1, base2, … as far as they exist.
func series(tr *i18n.Translator, base string, args []any, name func(int) string) (out []string) {
	for i := 0; tr.Has(base + name(i)); i++ {
		out = append(out, tr.T(base+name(i), args...))
	}
	return out
}

func (f Facts) args(tr *i18n.Translator) []any {
	deadline := tr.T("policy.deadline.working_days", "n", f.Market.Legal.Deadline.WorkingDays)
	if f.Market.Legal.Deadline.WorkingDays == 0 {
		deadline = tr.T("policy.deadline.months", "n", f.Market.Legal.Deadline.Months)
	}
	keep := f.Market.Retention
	operator, email := f.Operator, f.Email
	if operator == "" {
		operator = tr.T("policy.operator_unset")
	}
	if email == "" {
		email = tr.T("policy.email_unset")
	}
	return []any{"operator", operator, "email", email, "deadline", deadline, "law", tr.T(f.Market.Legal.Law), "n", f.Market.ReturnDays,
		"contact_days", keep.OrderContact, "book_days", keep.OrderBooks, "message_days", keep.Messages, "mail_days", keep.SentMail}
}

// cookieTable is the cookie register in words.
func cookieTable(tr *i18n.Translator) (head []string, rows [][]string) {
	head = []string{tr.T("policy.cookie.name"), tr.T("policy.cookie.purpose"), tr.T("policy.cookie.life"), tr.T("policy.cookie.set_by")}
	for _, c := range Cookies() {
		rows = append(rows, []string{c.Name, tr.T(c.Purpose), tr.T(c.Purpose + ".life"), tr.T(c.SetBy)})
	}
	return head, rows
}

// canonical is the text that the hash covers: words only, one line each.
func (d Document) canonical() string {
	lines := append([]string{d.Name, d.Title, d.Version}, d.Summary...)
	for _, s := range d.Sections {
		lines = append(lines, s.ID, s.Title)
		lines = append(append(lines, s.Paragraphs...), s.List...)
		for _, row := range s.Rows {
			lines = append(lines, strings.Join(row, "\t"))
		}
	}
	return strings.Join(lines, "\n") + "\n"
}
