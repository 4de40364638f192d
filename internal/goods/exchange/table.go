package exchange

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"aromart/internal/kit/errs"
)

// Bounds of a table. They are far above what a real file holds.
const (
	maxColumns  = 16_384  // what spreadsheets hold
	maxCell     = 1 << 20 // bytes of one cell; the rest is cut and reported
	maxRecord   = 8 << 20 // bytes of one row; a quote that is never closed is given up here
	maxBroken   = 1000    // broken rows after which the file as a whole is refused
	blankColumn = ""      // a column without a name is not read
)

// record is one row: cells by the position of their column.
type record struct {
	row    int // as a spreadsheet numbers it; the header is row 1
	cells  []string
	filled []int // where something stands, for sources with thousands of columns; nil: anywhere
}

// rows is a source of records. next returns io.EOF at the end; a row that
// cannot be read is put into the report and passed over.
type rows interface {
	header() *header
	next() (record, error)
}

// header knows the columns by name, whatever their case and the blanks around.
type header struct {
	names []string
	index map[string]int
}

func newHeader(names []string) *header {
	h := &header{index: make(map[string]int, len(names))}
	for _, name := range names {
		h.add(name)
	}
	return h
}

// add gives a column its place. Of two columns of one name the first is read.
func (h *header) add(name string) int {
	name = strings.TrimSpace(name)
	h.names = append(h.names, name)
	at := len(h.names) - 1
	key := strings.ToLower(name)
	if _, taken := h.index[key]; !taken && key != blankColumn {
		h.index[key] = at
	}
	return at
}

// at is the position of a column, -1 when the file does not have it.
func (h *header) at(name string) int {
	if i, ok := h.index[strings.ToLower(name)]; ok {
		return i
	}
	return -1
}

// cell is the value at a position, "" when the row is short or the column is missing.
func (r record) cell(at int) string {
	if at < 0 || at >= len(r.cells) {
		return ""
	}
	return r.cells[at]
}

// table reads separated text record by record. It keeps line breaks inside
// quotes as they are, allows blanks around quoted cells, and after a row with
// broken quotes goes on with the next line.
type table struct {
	src        io.Reader
	sep, quote byte // quote 0: the file has no quoting, a quote is data
	report     *Report
	head       *header

	buf   []byte
	start int // of the current record in buf
	fault error
	row   int

	broken       int
	sawLatin     bool // a record was Windows-1252
	sawMultibyte bool // a record held UTF-8 beyond ASCII
	scratch      []byte
}

func newTable(src io.Reader, sep, quote byte, report *Report) *table {
	return &table{src: src, sep: sep, quote: quote, report: report}
}

func (t *table) header() *header { return t.head }

// byteAt returns the byte at offset i of the current record, -1 at the end of the file.
func (t *table) byteAt(i int) int {
	for t.start+i >= len(t.buf) {
		if t.fault != nil {
			return -1
		}
		t.fill()
	}
	return int(t.buf[t.start+i])
}

func (t *table) fill() {
	if t.start > headSize && t.start > len(t.buf)/2 {
		t.buf = t.buf[:copy(t.buf, t.buf[t.start:])]
		t.start = 0
	}
	if cap(t.buf)-len(t.buf) < headSize {
		t.buf = append(make([]byte, 0, 2*cap(t.buf)+2*headSize), t.buf...)
	}
	n, err := t.src.Read(t.buf[len(t.buf) : len(t.buf)+headSize])
	t.buf = t.buf[:len(t.buf)+n]
	t.fault = err
}

// How a record is scanned, from the rule to the rescue.
type scanMode int

const (
	strict  scanMode = iota // a quote closes a cell only before a separator or line end
	lenient                 // any other quote inside a quoted cell is data
	oneLine                 // no cell goes past the line end; an unclosed quote is data
)

// scan cuts the current record into cells. It returns the length of the record
// with its line end; ok is false when the quotes do not fit the mode.
func (t *table) scan(mode scanMode) (cells [][]byte, size int, ok bool) {
	t.scratch = t.scratch[:0]
	var ends []int // of each cell in scratch
	i := 0
	for {
		next, closed := t.quoted(i, mode)
		if !closed {
			return nil, 0, false
		}
		if next < 0 {
			next = t.plain(i)
		}
		ends = append(ends, len(t.scratch))
		if next > maxRecord || len(ends) > maxColumns {
			return nil, 0, false
		}
		c := t.byteAt(next)
		if c == int(t.sep) {
			i = next + 1
			continue
		}
		size = next
		if c == '\r' {
			size++
			c = t.byteAt(size)
		}
		if c == '\n' {
			size++
		}
		break
	}
	from := 0
	for _, end := range ends {
		cells = append(cells, t.scratch[from:end])
		from = end
	}
	return cells, size, true
}

// plain takes an unquoted cell into scratch and returns where it ends.
func (t *table) plain(i int) int {
	for {
		c := t.byteAt(i)
		if c < 0 || c == int(t.sep) || c == '\n' || c == '\r' || i > maxRecord {
			return i
		}
		t.scratch = append(t.scratch, byte(c))
		i++
	}
}

// quoted takes a quoted cell into scratch and returns where it ends, -1 when
// the cell is not quoted; closed is false when its quotes are broken.
func (t *table) quoted(i int, mode scanMode) (next int, closed bool) {
	if t.quote == 0 {
		return -1, true
	}
	for c := t.byteAt(i); c == ' ' && t.sep != ' '; c = t.byteAt(i) {
		i++
	}
	if t.byteAt(i) != int(t.quote) {
		return -1, true
	}
	mark := len(t.scratch)
	for i++; ; i++ {
		c := t.byteAt(i)
		if c < 0 || i > maxRecord || (mode == oneLine && (c == '\n' || c == '\r')) {
			t.scratch = t.scratch[:mark]
			return -1, mode == oneLine
		}
		if c != int(t.quote) {
			t.scratch = append(t.scratch, byte(c))
			continue
		}
		if t.byteAt(i+1) == int(t.quote) {
			t.scratch = append(t.scratch, t.quote)
			i++
			continue
		}
		if end, ok := t.cellEnd(i + 1); ok {
			return end, true
		}
		if mode == strict {
			return 0, false
		}
		t.scratch = append(t.scratch, t.quote)
	}
}

// cellEnd skips blanks after a closing quote; ok when the cell ends there.
func (t *table) cellEnd(i int) (int, bool) {
	for {
		switch c := t.byteAt(i); {
		case c < 0 || c == int(t.sep) || c == '\n' || c == '\r':
			return i, true
		case c != ' ' && c != '\t':
			return i, false
		}
		i++
	}
}

// next returns the next row that has something in it.
func (t *table) next() (record, error) {
	for {
		if t.byteAt(0) < 0 {
			if t.fault != io.EOF {
				return record{}, readError(t.fault)
			}
			return record{}, io.EOF
		}
		t.row++
		cells, size, ok := t.record()
		if size == 0 { // no progress can be made
			return record{}, io.EOF
		}
		rec := record{row: t.row}
		if ok {
			rec.cells = t.texts(cells)
		}
		t.start += size
		if !ok {
			if t.broken++; t.broken > maxBroken {
				return record{}, errs.New(errs.Invalid, "exchange.file_broken", "n", maxBroken)
			}
			continue
		}
		if blank(rec.cells) {
			continue
		}
		if t.head != nil && !t.fits(&rec) {
			continue
		}
		return rec, nil
	}
}

// record scans by the rule and, if the quotes are broken, tries to save the
// row: as one whose quotes were not doubled, then as a single line. What comes
// out must have as many cells as the header, else only this line is given up.
func (t *table) record() (cells [][]byte, size int, ok bool) {
	cells, size, ok = t.scan(strict)
	if ok {
		return cells, size, true
	}
	for _, mode := range []scanMode{lenient, oneLine} {
		cells, size, ok = t.scan(mode)
		if ok && (t.head == nil && mode == oneLine || t.head != nil && len(cells) == len(t.head.names)) {
			t.report.add(t.row, "", "", Warning, "exchange.row_quotes")
			return cells, size, true
		}
	}
	size = 0
	for c := t.byteAt(size); c >= 0 && c != '\n' && c != '\r'; c = t.byteAt(size) {
		size++
	}
	line := string(t.buf[t.start : t.start+min(size, 400)])
	if t.byteAt(size) == '\r' {
		size++
	}
	if t.byteAt(size) == '\n' {
		size++
	}
	t.report.add(t.row, "", strings.ToValidUTF8(line, "?"), Error, "exchange.row_broken")
	return nil, size, false
}

// fits pads a short row and refuses one that has more filled cells than there
// are columns, because a separator that was not quoted has shifted it.
func (t *table) fits(rec *record) bool {
	want := len(t.head.names)
	if len(rec.cells) > want && !blank(rec.cells[want:]) {
		t.report.add(rec.row, "", strings.Join(rec.cells[want:], " "), Error, "exchange.row_wide", "n", len(rec.cells), "columns", want)
		return false
	}
	rec.cells = rec.cells[:min(len(rec.cells), want)]
	return true
}

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// texts turns the bytes of a record into strings: one encoding per record,
// long cells cut, NUL bytes out, the quoting of formulas undone.
func (t *table) texts(cells [][]byte) []string {
	isLatin := false
	for _, c := range cells {
		if !utf8.Valid(c) {
			isLatin = true
		} else if !t.sawMultibyte && !ascii(c) {
			t.sawMultibyte = true
		}
	}
	t.sawLatin = t.sawLatin || isLatin
	out := make([]string, len(cells))
	for i, c := range cells {
		if len(c) > maxCell {
			t.report.add(t.row, t.columnName(i), string(c[:80]), Warning, "exchange.cell_long", "limit", maxCell>>10)
			c = cut(c, maxCell)
		}
		if bytes.IndexByte(c, 0) >= 0 {
			c = bytes.ReplaceAll(c, []byte{0}, nil)
			t.report.add(t.row, t.columnName(i), strings.ToValidUTF8(string(c), "?"), Note, "exchange.cell_nul")
		}
		if isLatin {
			out[i] = unquoteFormula(latin(c))
		} else {
			out[i] = unquoteFormula(string(c))
		}
	}
	return out
}

// cut shortens b to at most n bytes without splitting a UTF-8 sequence.
func cut(b []byte, n int) []byte {
	for n > 0 && !utf8.RuneStart(b[n]) && n > len(b)-utf8.UTFMax-maxCell {
		n--
	}
	return b[:n]
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func (t *table) columnName(i int) string {
	if t.head == nil || i >= len(t.head.names) {
		return ""
	}
	return t.head.names[i]
}

// encodingSeen names the encoding after the rows were read. A UTF-8 file with
// single Windows-1252 rows is worth a note: somebody pasted from elsewhere.
func (t *table) encodingSeen(declared string) string {
	if !t.sawLatin || declared != utf8Name {
		return declared
	}
	if t.sawMultibyte {
		t.report.add(0, "", "", Note, "exchange.encoding_mixed")
		return utf8Name
	}
	return latinName
}

var separators = []byte{',', ';', '\t', '|'}

// openTable guesses the separator, unless it is given, and reads the header.
func openTable(in *input, sep byte, quote byte, report *Report) (*table, error) {
	skip := 0
	if line, rest, found := bytes.Cut(in.head, []byte("\n")); found && bytes.HasPrefix(line, []byte("sep=")) && len(bytes.TrimRight(line, "\r")) == 5 {
		if sep == 0 {
			sep = line[4] // the hint that spreadsheets write for one another
		}
		skip = len(in.head) - len(rest)
	}
	if sep == 0 {
		sep = guessSeparator(in.head[skip:], quote, in.whole)
	}
	if sep == 0 {
		return nil, errs.New(errs.Invalid, "exchange.file_one_column", "found", shorten(firstLine(in.head[skip:])))
	}
	t := newTable(in, sep, quote, report)
	if skip > 0 {
		in.Discard(skip)
		t.row++
	}
	first, err := t.next()
	if err == io.EOF {
		return nil, errs.New(errs.Invalid, "exchange.file_empty")
	}
	if err != nil {
		return nil, err
	}
	for len(first.cells) > 1 && strings.TrimSpace(first.cells[len(first.cells)-1]) == "" {
		first.cells = first.cells[:len(first.cells)-1] // a separator at the end of each line
	}
	t.head = newHeader(first.cells)
	return t, nil
}

// guessSeparator takes the one that cuts the header into the most columns; on
// a tie, the one by which more of the following rows have as many.
func guessSeparator(head []byte, quote byte, whole bool) byte {
	var best byte
	bestWidth, bestAgree := 1, -1
	for _, sep := range separators {
		t := newTable(bytes.NewReader(head), sep, quote, &Report{})
		width, agree := 0, 0
		for n := 0; n < 20 && t.byteAt(0) >= 0; n++ {
			cells, size, ok := t.record()
			if !ok || size == 0 || (!whole && t.start+size >= len(head) && n > 0) {
				break
			}
			t.start += size
			if n == 0 {
				width = len(cells)
			} else if len(cells) == width {
				agree++
			}
		}
		if width > bestWidth || width == bestWidth && width > 1 && agree > bestAgree {
			best, bestWidth, bestAgree = sep, width, agree
		}
	}
	return best
}

func firstLine(b []byte) string {
	line, _, _ := bytes.Cut(b[:min(len(b), 400)], []byte("\n"))
	return strings.ToValidUTF8(string(line), "?")
}
