package policy

import (
	"errors"
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
	Names    Names  // what the text allows
}

// Document is a policy page in one language.
type Document struct {
	Name     string // path without slash: privacy, cookies, terms, returns
	Title    string
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

// layout is the order of a page's sections with the promises they state. A
// table is made from what the program enforces.
type layout struct {
	id, promises, path string
	table              func(*i18n.Translator, Facts) (head []string, rows [][]string)
}

var layouts = map[string][]layout{
	"privacy": {{"who", "P01 P05", "", nil}, {"collect", "P06", "/privacy/data", kindTable}, {"account", "P02 P07 P08", "", nil},
		{"orders", "P03 P09 P10", "/orders/track", nil}, {"payment", "P11 P12", "", paymentTable}, {"cookies", "P13 P14", "/cookies", nil},
		{"use", "P15 P16", "", purposeTable}, {"share", "P17 P18", "", recipientTable}, {"outside", "P12 P14 P17", "/privacy/promises", outsideTable},
		{"keep", "P21", "/privacy/data", retentionTable}, {"rights", "P19 P20 P21 P22", "", nil}, {"consent", "P14", "/cookies", nil},
		{"security", "P08 P23", "", nil}, {"contact", "P04", "", nil}, {"versions", "P24", "/privacy/promises", nil}},
	"cookies": {{"register", "P13", "", cookieTable}, {"others", "P14", "", nil}, {"signal", "P14", "/.well-known/gpc.json", nil}},
	"terms":   {{"parties", "P05", "", nil}, {"prices", "P03", "", nil}, {"order", "P11", "/orders/track", nil}, {"delivery", "P17", "", nil}, {"conduct", "P15", "", nil}},
	"returns": {{"how", "P10", "", nil}, {"door", "P11", "", nil}, {"money", "P11", "", nil}},
}

// Pages lists the names of all policy pages.
func Pages() []string { return []string{"privacy", "cookies", "terms", "returns"} }

// Texts are all policy pages in the translator's language.
func Texts(tr *i18n.Translator, f Facts) []Document {
	out := make([]Document, 0, len(Pages()))
	for _, name := range Pages() {
		out = append(out, Text(tr, name, f))
	}
	return out
}

// Text is a policy page in the translator's language.
func Text(tr *i18n.Translator, name string, f Facts) Document {
	args := f.args(tr)
	base := "policy." + name
	d := Document{Name: name, Title: tr.T(base), Summary: series(tr, base+".summary.", args, number)}
	for _, l := range layouts[name] {
		at := base + "." + l.id
		s := Section{ID: l.id, Title: tr.T(at), Path: l.path, Promises: strings.Fields(l.promises),
			Paragraphs: series(tr, at+".", args, number), List: series(tr, at+".", args, letter)}
		if l.table != nil {
			s.Head, s.Rows = l.table(tr, f)
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
	operator, email := oneLine(f.Operator), oneLine(f.Email)
	if operator == "" {
		operator = tr.T("policy.operator_unset")
	}
	if email == "" {
		email = tr.T("policy.email_unset")
	}
	return append([]any{"operator", operator, "email", email, "deadline", deadline, "law", tr.T(f.Market.Legal.Law), "n", f.Market.ReturnDays,
		"cookies", len(f.Names.Cookies)}, f.periods(tr)...)
}

// periods are the retention of the market, for the words of the rules.
func (f Facts) periods(tr *i18n.Translator) []any {
	keep := f.Market.Retention
	return []any{"contact", tr.Days(keep.OrderContact), "books", tr.Days(keep.OrderBooks), "proof", tr.Days(keep.PrivacyProof),
		"messages", tr.Days(keep.Messages), "mail", tr.Days(keep.SentMail)}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// The canonical text has one line for each title, paragraph, item and row,
// after a mark that says which of them it is. It is what is hashed, stored,
// signed and compared.
const (
	markPage    = "# "
	markSummary = "+ "
	markSection = "## "
	markText    = ". "
	markItem    = "- "
	markHead    = "! "
	markRow     = "| "
)

func canonical(docs []Document) string {
	var b strings.Builder
	line := func(mark string, parts ...string) {
		for i, p := range parts {
			parts[i] = oneLine(p)
		}
		b.WriteString(mark + strings.Join(parts, "\t") + "\n")
	}
	for _, d := range docs {
		line(markPage, d.Name, d.Title)
		for _, s := range d.Summary {
			line(markSummary, s)
		}
		for _, s := range d.Sections {
			line(markSection, s.ID, s.Title)
			for _, p := range s.Paragraphs {
				line(markText, p)
			}
			for _, p := range s.List {
				line(markItem, p)
			}
			if len(s.Head) > 0 {
				line(markHead, append([]string(nil), s.Head...)...)
			}
			for _, row := range s.Rows {
				line(markRow, append([]string(nil), row...)...)
			}
		}
	}
	return b.String()
}

var errText = errors.New("policy: a stored text is not understood")

// parse is the reverse of canonical. Promises and pages come from the layout
// of today, because they are links and no part of what was signed.
func parse(text string) (docs []Document, err error) {
	for line := range strings.Lines(text) {
		mark, rest, found := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		parts := strings.Split(rest, "\t")
		mark += " "
		if !found || len(docs) == 0 && mark != markPage || (mark == markPage || mark == markSection) && len(parts) != 2 {
			return nil, errText
		}
		if mark == markPage {
			docs = append(docs, Document{Name: parts[0], Title: parts[1]})
			continue
		}
		if err := docs[len(docs)-1].read(mark, rest, parts); err != nil {
			return nil, err
		}
	}
	return docs, nil
}

func (d *Document) read(mark, rest string, parts []string) error {
	if mark == markSummary {
		d.Summary = append(d.Summary, rest)
		return nil
	}
	if mark == markSection {
		s := Section{ID: parts[0], Title: parts[1]}
		for _, l := range layouts[d.Name] {
			if l.id == s.ID {
				s.Promises, s.Path = strings.Fields(l.promises), l.path
			}
		}
		d.Sections = append(d.Sections, s)
		return nil
	}
	if len(d.Sections) == 0 {
		return errText
	}
	s := &d.Sections[len(d.Sections)-1]
	switch mark {
	case markText:
		s.Paragraphs = append(s.Paragraphs, rest)
	case markItem:
		s.List = append(s.List, rest)
	case markHead:
		s.Head = parts
	case markRow:
		s.Rows = append(s.Rows, parts)
	default:
		return errText
	}
	return nil
}

// Read turns the text of a language back into pages.
func (b Body) Read(lang string) ([]Document, error) {
	if b[lang] == "" {
		lang = i18n.Languages()[0]
	}
	return parse(b[lang])
}
