package exchange

import (
	"encoding/json"
	"io"
	"strconv"

	"aromart/internal/kit/i18n"
)

// Level is how much an issue matters.
type Level string

// The levels. An error means that this row, or this value of it, did not
// arrive; a warning that it arrived changed or needs the seller's eye; a note
// that something was left aside that is not missed.
const (
	Error   Level = "error"
	Warning Level = "warning"
	Note    Level = "note"
)

var levelName = map[Level]string{Error: "exchange.level_error", Warning: "exchange.level_warning", Note: "exchange.level_note"}

// Issue is one line of the report: where, what, and by its message what to do.
type Issue struct {
	Row    int    // as a spreadsheet numbers it, the header is row 1; 0 when it concerns the whole file
	Column string // as the file names it; "" when it concerns the whole row
	Value  string // what stood there, shortened
	Level  Level
	ID     string // message id
	Args   []any  // name, value pairs of the message; strings and whole numbers
}

// Text is the issue as a sentence in the reader's language.
func (i Issue) Text(tr *i18n.Translator) string { return tr.T(i.ID, i.Args...) }

// maxNotes bounds the notes of one kind, so that a file with an unused column
// or 50,000 repeated hints does not drown what matters.
const maxNotes = 1000

// Report collects the issues of a file in the order in which they were found.
type Report struct {
	Issues []Issue
	notes  map[string]int
}

func (r *Report) add(row int, column, value string, level Level, id string, args ...any) {
	if level == Note {
		if r.notes == nil {
			r.notes = map[string]int{}
		}
		if r.notes[id]++; r.notes[id] > maxNotes {
			return
		}
	}
	r.Issues = append(r.Issues, Issue{row, column, shorten(value), level, id, args})
}

// Count returns how many issues have the level.
func (r *Report) Count(level Level) int {
	n := 0
	for _, i := range r.Issues {
		if i.Level == level {
			n++
		}
	}
	return n
}

// Rows returns the rows that have an error.
func (r *Report) Rows() map[int]bool {
	rows := map[int]bool{}
	for _, i := range r.Issues {
		if i.Level == Error {
			rows[i.Row] = true
		}
	}
	return rows
}

// WriteCSV writes the report as a table that a spreadsheet opens safely.
func (r *Report) WriteCSV(w io.Writer, tr *i18n.Translator) error {
	out := newWriter(w)
	out.row(tr.T("exchange.report_row"), tr.T("exchange.report_column"), tr.T("exchange.report_value"),
		tr.T("exchange.report_level"), tr.T("exchange.report_message"))
	for _, i := range r.Issues {
		row := ""
		if i.Row > 0 {
			row = strconv.Itoa(i.Row)
		}
		out.row(row, i.Column, i.Value, tr.T(levelName[i.Level]), i.Text(tr))
	}
	return out.flush()
}

// WriteJSON writes the report as one JSON array, for programs.
func (r *Report) WriteJSON(w io.Writer, tr *i18n.Translator) error {
	type line struct {
		Row     int    `json:"row,omitempty"`
		Column  string `json:"column,omitempty"`
		Value   string `json:"value,omitempty"`
		Level   Level  `json:"level"`
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	lines := make([]line, len(r.Issues))
	for n, i := range r.Issues {
		lines[n] = line{i.Row, i.Column, i.Value, i.Level, i.ID, i.Text(tr)}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(lines)
}
