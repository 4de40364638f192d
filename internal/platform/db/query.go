package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"aromart/internal/kit/errs"
)

// Scan reads the present row into v. A type names its columns once.
type Scan[T any] func(rows *Rows, v *T) error

// All returns every row of the query. It closes the rows and reports their error.
func All[T any](ctx context.Context, r Reader, scan Scan[T], text string, args ...any) ([]T, error) {
	var out []T
	err := Each(ctx, r, scan, func(v *T) error { out = append(out, *v); return nil }, text, args...)
	return out, err
}

// Each calls f for every row, for results too large to hold.
func Each[T any](ctx context.Context, r Reader, scan Scan[T], f func(*T) error, text string, args ...any) error {
	rows, err := r.query(ctx, text, args)
	if err != nil {
		return classify(err)
	}
	defer rows.Close()
	for rows.Next() {
		var v T
		if err := scan(rows, &v); err != nil {
			return err
		}
		if err := f(&v); err != nil {
			return err
		}
	}
	return classify(rows.Err())
}

// One returns the first row, or ErrNoRows.
func One[T any](ctx context.Context, r Reader, scan Scan[T], text string, args ...any) (T, error) {
	var v T
	rows, err := r.query(ctx, text, args)
	if err != nil {
		return v, classify(err)
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return v, classify(err)
		}
		return v, ErrNoRows
	}
	if err := scan(rows, &v); err != nil {
		return v, err
	}
	// A statement with RETURNING runs to its end only when its rows are read to the end.
	for rows.Next() {
	}
	return v, classify(rows.Err())
}

// Exec runs a statement and returns how many rows it changed.
func Exec(ctx context.Context, tx *Tx, text string, args ...any) (int64, error) {
	res, err := tx.exec(ctx, text, args)
	if err != nil {
		return 0, classify(err)
	}
	return res.RowsAffected()
}

// MustChange runs a statement that has to change exactly one row; ifNone is
// returned when it changed nothing. It is how a status moves: UPDATE … WHERE status = $2.
func MustChange(ctx context.Context, tx *Tx, ifNone error, text string, args ...any) error {
	n, err := Exec(ctx, tx, text, args...)
	if err != nil {
		return err
	}
	if n != 1 {
		return ifNone
	}
	return nil
}

// Int scans a row of one number, String a row of one text.
func Int(rows *Rows, v *int64) error             { return rows.Scan(v) }
func String(rows *Rows, v *string) error         { return rows.Scan(v) }
func Bytes(rows *Rows, v *[]byte) error          { return rows.Scan(v) }
func Float(rows *Rows, v *float64) error         { return rows.Scan(v) }
func Pair(rows *Rows, v *[2]int64) error         { return rows.Scan(&v[0], &v[1]) }
func NullInt(rows *Rows, v *sql.NullInt64) error { return rows.Scan(v) }

// Text is a statement with a second form, for the few places (db, search, job)
// where the engines really differ.
type Text struct{ SQL, PG string }

// For returns the form for the engine.
func (t Text) For(d Dialect) string {
	if d == Postgres && t.PG != "" {
		return t.PG
	}
	return t.SQL
}

// In returns a subquery that yields the ids held by the JSON array in
// placeholder $n, so that a list of any length is one parameter and one
// statement: `WHERE id IN (` + db.In(r, 1) + `)` with db.IDs(ids).
func In(r Reader, n int) string {
	if r.Dialect() == Postgres {
		return fmt.Sprintf(`SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($%d AS json))`, n)
	}
	return fmt.Sprintf(`SELECT value FROM json_each($%d)`, n)
}

// IDs writes ids as the JSON array that In reads.
func IDs[T ~int64](ids []T) string {
	if len(ids) == 0 {
		return "[]"
	}
	b, _ := json.Marshal(ids)
	return string(b)
}

// Where collects conditions that may or may not apply.
type Where struct {
	conds []string
	args  []any
}

// NewWhere begins with arguments already used by the statement before its WHERE.
func NewWhere(args ...any) *Where { return &Where{args: args} }

// And adds a condition; each ? in it becomes the next $N.
func (w *Where) And(cond string, args ...any) {
	for _, a := range args {
		w.args = append(w.args, a)
		cond = strings.Replace(cond, "?", "$"+strconv.Itoa(len(w.args)), 1)
	}
	w.conds = append(w.conds, cond)
}

// SQL is the WHERE clause, empty without conditions.
func (w *Where) SQL() string {
	if len(w.conds) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conds, " AND ")
}

// Args are the arguments of the whole statement; Next adds one and returns its placeholder.
func (w *Where) Args() []any { return w.args }

// Next adds an argument outside a condition and returns its placeholder.
func (w *Where) Next(arg any) string {
	w.args = append(w.args, arg)
	return "$" + strconv.Itoa(len(w.args))
}

// NotFound turns ErrNoRows into the public error, so that not yours and not there look alike.
func NotFound(err error) error {
	if errors.Is(err, ErrNoRows) {
		return errs.New(errs.NotFound, "error.not_found").Because(err)
	}
	return err
}

// checkArgs refuses text that one of the engines would refuse and the other
// would keep: NUL, and bytes that are no UTF-8. Under Strict it also fails a
// statement that gets more or fewer arguments than it names, because one of the
// engines accepts that silently.
func checkArgs(text string, args []any) error {
	for _, a := range args {
		if s, ok := a.(string); ok && (!utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0) {
			return errs.New(errs.Invalid, "error.bad_text")
		}
	}
	if strict.Load() {
		statements.Add(1)
		countArgs(text, args)
	}
	return nil
}

var (
	strict     atomic.Bool
	statements atomic.Int64
)

// Strict makes this process count its statements and the arguments of each.
// Package dbtest calls it; a release never does.
func Strict() { strict.Store(true) }

// Statements is how many statements have run since Strict: a test compares what
// a question about an unknown address costs with one about a known one.
func Statements() int64 { return statements.Load() }

func countArgs(text string, args []any) {
	highest := 0
	for i := 0; i < len(text); i++ {
		if text[i] != '$' {
			continue
		}
		n := 0
		for i++; i < len(text) && text[i] >= '0' && text[i] <= '9'; i++ {
			n = n*10 + int(text[i]-'0')
		}
		highest = max(highest, n)
	}
	if highest == 0 { // nameless: the rows of Insert
		highest = strings.Count(text, "?")
	}
	if highest != len(args) {
		panic(fmt.Sprintf("db: statement names $%d but has %d arguments: %s", highest, len(args), text))
	}
}

// Insert adds rows to a table in few statements: columns is "a, b, c", each row
// holds their values. Statements hold a power of two of rows, so that their
// texts are few and stay prepared.
func Insert(ctx context.Context, tx *Tx, table, columns string, rows [][]any) error {
	width := strings.Count(columns, ",") + 1
	for len(rows) > 0 {
		n := 64
		for n > len(rows) {
			n /= 2
		}
		args := make([]any, 0, n*width)
		for _, row := range rows[:n] {
			if len(row) != width {
				return fmt.Errorf("db: insert into %s: %d values for %d columns", table, len(row), width)
			}
			args = append(args, row...)
		}
		if _, err := Exec(ctx, tx, "INSERT INTO "+table+" ("+columns+") VALUES "+tx.values(n, width), args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// values is Values for Insert. SQLite searches the list of names for each named
// placeholder that it binds, which for a thousand of them costs more than the
// insert itself; nameless ones it does not search for.
func (tx *Tx) values(n, width int) string {
	if tx.dialect == Postgres {
		return Values(n, width)
	}
	row := "(?" + strings.Repeat(", ?", width-1) + ")"
	return row + strings.Repeat(", "+row, n-1)
}

// Values writes n rows of width placeholders: ($1, $2), ($3, $4).
func Values(n, width int) string {
	var b strings.Builder
	for i := range n * width {
		switch {
		case i%width != 0:
			b.WriteString(", $")
		case i == 0:
			b.WriteString("($")
		default:
			b.WriteString("), ($")
		}
		b.WriteString(strconv.Itoa(i + 1))
	}
	b.WriteByte(')')
	return b.String()
}

// InText is In for a JSON array of texts.
func InText(r Reader, n int) string {
	if r.Dialect() == Postgres {
		return fmt.Sprintf(`SELECT value FROM json_array_elements_text(CAST($%d AS json))`, n)
	}
	return fmt.Sprintf(`SELECT value FROM json_each($%d)`, n)
}
