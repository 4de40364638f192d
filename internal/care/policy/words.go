package policy

import (
	"slices"
	"strings"

	"aromart/internal/kit/i18n"
)

// The tables of the policy are made from the map of the columns, so that the
// text cannot say less than what is kept, nor more.

// Fact is what the data map says about one kind of personal data.
type Fact struct {
	Category   Category
	Uses       []Use
	Recipients []Recipient
	Retention  []Retention
	OnErase    []Erasure
	Columns    []string // table.column
}

// Kinds are the kinds of personal data that exist here, each with all that
// happens to it somewhere. Those who sign a policy are not among them: their
// names are part of it.
func Kinds() []Fact { return kindsOf(Columns()) }

func kindsOf(columns []Column) []Fact {
	var out []Fact
	for _, category := range personal {
		f := Fact{Category: category}
		for _, c := range columns {
			if c.Category != category || c.Table == "policy_signoffs" {
				continue
			}
			f.Columns = append(f.Columns, c.Table+"."+c.Column)
			f.Uses = append(f.Uses, c.Uses...)
			f.Recipients = append(f.Recipients, c.Recipients...)
			f.Retention = append(f.Retention, c.Retention)
			f.OnErase = append(f.OnErase, c.OnErase)
		}
		if len(f.Columns) == 0 {
			continue
		}
		f.Uses, f.Recipients = known(Uses(), f.Uses), known(Recipients(), f.Recipients)
		f.Retention, f.OnErase = known(Retentions(), f.Retention), known(Erasures(), f.OnErase)
		out = append(out, f)
	}
	return out
}

// known is the part of all that occurs, in the order of all.
func known[T comparable](all, occurring []T) []T {
	return slices.DeleteFunc(all, func(v T) bool { return !slices.Contains(occurring, v) })
}

// words are the names of a list in a language, joined as the language does it.
func words[T ~string](tr *i18n.Translator, base string, list []T, args ...any) string {
	if len(list) == 0 {
		return tr.T("policy.none")
	}
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = tr.T(base+string(v), args...)
	}
	return strings.Join(out, tr.T("policy.and"))
}

// KindTable is the data map in words: kind, purposes, recipients, how long, and what erasing does.
func KindTable(tr *i18n.Translator, f Facts) (head []string, rows [][]string) {
	head, rows = kindTable(tr, f)
	head = append(head, tr.T("policy.head.erase"))
	for i, k := range Kinds() {
		rows[i] = append(rows[i], words(tr, "policy.erase.", k.OnErase))
	}
	return head, rows
}

func kindTable(tr *i18n.Translator, f Facts) (head []string, rows [][]string) {
	head = []string{tr.T("policy.head.kind"), tr.T("policy.head.use"), tr.T("policy.head.recipient"), tr.T("policy.head.kept")}
	for _, k := range Kinds() {
		rows = append(rows, []string{tr.T("policy.kind." + string(k.Category)), words(tr, "policy.use.", k.Uses),
			words(tr, "policy.recipient.", k.Recipients), words(tr, "policy.kept.", k.Retention, f.periods(tr)...)})
	}
	return head, rows
}

// purposeTable says for each purpose which kinds of data serve it.
func purposeTable(tr *i18n.Translator, _ Facts) (head []string, rows [][]string) {
	head = []string{tr.T("policy.head.use"), tr.T("policy.head.kind")}
	for _, u := range Uses() {
		rows = append(rows, kindsWith(tr, "policy.use."+string(u), func(k Fact) bool { return slices.Contains(k.Uses, u) })...)
	}
	return head, rows
}

// recipientTable says for each recipient which kinds of data he may get.
func recipientTable(tr *i18n.Translator, _ Facts) (head []string, rows [][]string) {
	head = []string{tr.T("policy.head.recipient"), tr.T("policy.head.kind")}
	for _, to := range Recipients() {
		if to != ToPerson { // it is his anyway
			rows = append(rows, kindsWith(tr, "policy.recipient."+string(to), func(k Fact) bool { return slices.Contains(k.Recipients, to) })...)
		}
	}
	return head, rows
}

// kindsWith is the row with the kinds that match, or none.
func kindsWith(tr *i18n.Translator, id string, match func(Fact) bool) [][]string {
	var list []Category
	for _, k := range Kinds() {
		if match(k) {
			list = append(list, k.Category)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return [][]string{{tr.T(id), words(tr, "policy.kind.", list)}}
}

// retentionTable says for each rule what falls under it.
func retentionTable(tr *i18n.Translator, f Facts) (head []string, rows [][]string) {
	head = []string{tr.T("policy.head.kept"), tr.T("policy.head.kind")}
	args := f.periods(tr)
	for _, rule := range Retentions() {
		for _, row := range kindsWith(tr, "policy.none", func(k Fact) bool { return slices.Contains(k.Retention, rule) }) {
			rows = append(rows, []string{tr.T("policy.kept."+string(rule), args...), row[1]})
		}
	}
	return head, rows
}

// paymentTable lists the ways to pay.
func paymentTable(tr *i18n.Translator, f Facts) (head []string, rows [][]string) {
	head = []string{tr.T("policy.head.payment"), tr.T("policy.head.learns")}
	for _, p := range f.Names.Providers {
		if online(p) {
			rows = append(rows, []string{p, tr.T("policy.payment.online")})
		} else {
			rows = append(rows, []string{tr.T("policy.payment." + p), tr.T("policy.payment.nobody")})
		}
	}
	return head, rows
}

// outsideTable says of everything that could send or collect data in a new
// way whether it is on, and names each machine outside.
func outsideTable(tr *i18n.Translator, f Facts) (head []string, rows [][]string) {
	head = []string{tr.T("policy.head.capability"), tr.T("policy.head.state")}
	for _, c := range Capabilities() {
		state := "policy.state.off"
		if slices.Contains(f.Names.Capabilities, c) {
			state = "policy.state.on"
		}
		rows = append(rows, []string{tr.T("policy.capability." + string(c)), tr.T(state)})
	}
	list := func(id string, hosts []string) {
		text := tr.T("policy.none")
		if len(hosts) > 0 {
			text = strings.Join(hosts, ", ")
		}
		rows = append(rows, []string{tr.T(id), text})
	}
	list("policy.hosts.server", f.Names.Hosts)
	list("policy.hosts.page", f.Names.PageHosts)
	return head, rows
}

// cookieTable is the part of the cookie register that is named, in words.
func cookieTable(tr *i18n.Translator, f Facts) (head []string, rows [][]string) {
	head = []string{tr.T("policy.cookie.name"), tr.T("policy.cookie.purpose"), tr.T("policy.cookie.life"), tr.T("policy.cookie.set_by")}
	for _, c := range Cookies() {
		if slices.Contains(f.Names.Cookies, c.Name) {
			rows = append(rows, []string{c.Name, tr.T(c.Purpose), tr.T(c.Purpose + ".life"), tr.T(c.SetBy)})
		}
	}
	return head, rows
}
