package policy

import "slices"

// Change is what differs in one section of a page, paragraph by paragraph.
type Change struct {
	Page, Section string // name and id
	Title         string // of the section, or of the page for its summary
	Removed       []string
	Added         []string
}

// Compare tells what differs between two texts in a language. Sections are
// matched by their ids, so that one that moved has not changed.
func Compare(from, to Body, lang string) ([]Change, error) {
	old, err := from.Read(lang)
	if err != nil {
		return nil, err
	}
	present, err := to.Read(lang)
	if err != nil {
		return nil, err
	}
	before := parts(old)
	var out []Change
	seen := map[[2]string]bool{}
	for _, p := range parts(present) {
		key := [2]string{p.Page, p.Section}
		seen[key] = true
		i := slices.IndexFunc(before, func(q part) bool { return q.Page == p.Page && q.Section == p.Section })
		var lines []string
		if i >= 0 {
			lines = before[i].lines
		}
		if c := (Change{p.Page, p.Section, p.Title, without(lines, p.lines), without(p.lines, lines)}); len(c.Removed)+len(c.Added) > 0 {
			out = append(out, c)
		}
	}
	for _, p := range before {
		if !seen[[2]string{p.Page, p.Section}] {
			out = append(out, Change{Page: p.Page, Section: p.Section, Title: p.Title, Removed: p.lines})
		}
	}
	return out, nil
}

// part is a section as lines that a person can read.
type part struct {
	Page, Section, Title string
	lines                []string
}

func parts(docs []Document) (out []part) {
	for _, d := range docs {
		out = append(out, part{d.Name, "", d.Title, d.Summary})
		for _, s := range d.Sections {
			p := part{d.Name, s.ID, s.Title, slices.Concat([]string{s.Title}, s.Paragraphs, s.List)}
			for _, row := range s.Rows {
				p.lines = append(p.lines, rowLine(s.Head, row))
			}
			out = append(out, p)
		}
	}
	return out
}

// rowLine writes a row of a table as a sentence: "first (head: cell; head: cell)".
func rowLine(head, row []string) string {
	line := ""
	for i, cell := range row {
		switch {
		case i == 0:
			line = cell
		case i < len(head):
			line += "; " + head[i] + ": " + cell
		default:
			line += "; " + cell
		}
	}
	return line
}

// without are the lines of a that have no equal in b; a line that occurs twice needs two.
func without(a, b []string) (out []string) {
	left := map[string]int{}
	for _, line := range b {
		left[line]++
	}
	for _, line := range a {
		if left[line] > 0 {
			left[line]--
			continue
		}
		out = append(out, line)
	}
	return out
}
