package exchange

import (
	"bytes"
	"encoding/json"
	"io"
	"sort"
	"strings"

	"aromart/internal/kit/errs"
)

// readJSON reads a JSON list, an object that holds one, or one object per line.
func (f *File) readJSON(in *input, b *builder) error {
	if b.opts.Mapping == nil {
		return errs.New(errs.Invalid, "exchange.file_json")
	}
	f.Format, f.Encoding = Generic, in.encoding
	src := &jsonRows{in: in, report: b.report, head: newHeader(nil)}
	if err := src.open(b.opts.Mapping.Items); err != nil {
		return err
	}
	err := b.opts.Mapping.read(src, b)
	f.Rows, f.Columns = src.row, src.head.names
	return err
}

// jsonRows turns objects into records. A nested object becomes columns
// "outer.inner"; a list stays JSON, for Value.Split "json". Columns join the
// header as they are met.
type jsonRows struct {
	in     *input
	dec    *json.Decoder // of a list; nil for one object per line
	report *Report
	head   *header
	row    int
	broken int
	last   record // its cells are used again: a record is read before the next one
}

func (j *jsonRows) header() *header { return j.head }

// open finds the list: the file itself, the value of a key, or the lines.
func (j *jsonRows) open(key string) error {
	start := bytes.TrimSpace(j.in.head)
	if start[0] == '{' && key == "" {
		return nil
	}
	j.dec = json.NewDecoder(j.in)
	j.dec.UseNumber()
	for key != "" {
		t, err := j.dec.Token()
		if err != nil {
			return errs.New(errs.Invalid, "exchange.json_no_list", "key", shorten(key)).Because(err)
		}
		if t == key {
			break
		}
		if name, isText := t.(string); isText && name != key { // another member: step over its value
			var skip json.RawMessage
			if err := j.dec.Decode(&skip); err != nil {
				return errs.New(errs.Invalid, "exchange.json_broken", "n", 1).Because(err)
			}
		}
	}
	if t, err := j.dec.Token(); err != nil || t != json.Delim('[') {
		return errs.New(errs.Invalid, "exchange.json_no_list", "key", shorten(key)).Because(err)
	}
	return nil
}

func (j *jsonRows) next() (record, error) {
	if j.dec == nil {
		return j.nextLine()
	}
	for j.dec.More() {
		j.row++
		var item any
		if err := j.dec.Decode(&item); err != nil {
			return record{}, errs.New(errs.Invalid, "exchange.json_broken", "n", j.row).Because(err)
		}
		if object, ok := item.(map[string]any); ok {
			return j.record(object), nil
		}
		j.report.add(j.row, "", "", Error, "exchange.json_no_object")
	}
	if _, err := j.dec.Token(); err != nil {
		return record{}, errs.New(errs.Invalid, "exchange.json_broken", "n", j.row+1).Because(err)
	}
	return record{}, io.EOF
}

func (j *jsonRows) nextLine() (record, error) {
	for {
		line, err := readLine(j.in, maxRecord)
		if err != nil && (err != io.EOF || len(line) == 0) {
			return record{}, err
		}
		j.row++
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		dec := json.NewDecoder(bytes.NewReader(line))
		dec.UseNumber()
		var object map[string]any
		if dec.Decode(&object) == nil && object != nil && len(line) <= maxRecord {
			return j.record(object), nil
		}
		j.report.add(j.row, "", strings.ToValidUTF8(string(line[:min(len(line), 400)]), "?"), Error, "exchange.json_line")
		if j.broken++; j.broken > maxBroken {
			return record{}, errs.New(errs.Invalid, "exchange.file_broken", "n", maxBroken)
		}
	}
}

// readLine reads up to a line feed, the only end of a line in JSON lines. Of a
// longer line it keeps one byte more than max, so that the caller sees it.
func readLine(in *input, max int) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		if len(line)+len(part) <= max {
			line = append(line, part...)
		} else {
			line = append(line, part[:min(len(part), max-len(line)+1)]...)
		}
		switch {
		case err == nil:
			return line, nil
		case err != io.EOF && err.Error() != "bufio: buffer full":
			return line, readError(err)
		case err == io.EOF:
			return line, io.EOF
		}
	}
}

func (j *jsonRows) record(object map[string]any) record {
	for _, at := range j.last.filled {
		j.last.cells[at] = ""
	}
	j.last.row, j.last.filled = j.row, j.last.filled[:0]
	j.flatten(&j.last, "", object)
	return j.last
}

func (j *jsonRows) flatten(rec *record, prefix string, object map[string]any) {
	keys := make([]string, 0, len(object))
	for k := range object {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		switch v := object[k].(type) {
		case nil:
		case map[string]any:
			j.flatten(rec, prefix+k+".", v)
		case string:
			j.set(rec, prefix+k, v)
		case json.Number:
			j.set(rec, prefix+k, v.String())
		case bool:
			j.set(rec, prefix+k, map[bool]string{true: "true", false: "false"}[v])
		default:
			raw, _ := json.Marshal(v)
			j.set(rec, prefix+k, string(raw))
		}
	}
}

func (j *jsonRows) set(rec *record, name, value string) {
	at := j.head.at(name)
	if at < 0 {
		if len(j.head.names) >= maxColumns {
			return
		}
		at = j.head.add(name)
	}
	for len(rec.cells) <= at {
		rec.cells = append(rec.cells, "")
	}
	rec.cells[at] = strings.ReplaceAll(value, "\x00", "")
	rec.filled = append(rec.filled, at)
}
