package exchange

import (
	"encoding/csv"
	"io"
	"strings"
)

// formulaStarts are the characters that make a spreadsheet read a cell as a formula or a command.
const formulaStarts = "=+-@\t\r\n＝＋－＠"

// quoteFormula puts an apostrophe before a cell that a spreadsheet would run,
// and before one that already looks like that, so that unquoteFormula is its
// exact reverse.
func quoteFormula(s string) string {
	if startsFormula(s) || quotedFormula(s) {
		return "'" + s
	}
	return s
}

func unquoteFormula(s string) string {
	if quotedFormula(s) {
		return s[1:]
	}
	return s
}

func startsFormula(s string) bool {
	for _, r := range s {
		return strings.ContainsRune(formulaStarts, r)
	}
	return false
}

// quotedFormula: an apostrophe, then a formula or another apostrophe.
func quotedFormula(s string) bool {
	return len(s) > 1 && s[0] == '\'' && (s[1] == '\'' || startsFormula(s[1:]))
}

// writer writes CSV that a spreadsheet opens without running anything.
type writer struct {
	out *csv.Writer
	err error
}

func newWriter(w io.Writer) *writer { return &writer{out: csv.NewWriter(w)} }

func (w *writer) row(cells ...string) {
	if w.err != nil {
		return
	}
	safe := make([]string, len(cells))
	for i, c := range cells {
		safe[i] = quoteFormula(c)
	}
	w.err = w.out.Write(safe)
}

func (w *writer) flush() error {
	w.out.Flush()
	if w.err != nil {
		return w.err
	}
	return w.out.Error()
}
