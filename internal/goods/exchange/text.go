package exchange

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"aromart/internal/kit/errs"
)

// MaxFile is how many bytes of text one import may hold, after unpacking.
const MaxFile = 256 << 20

// headSize is how much of a file is looked at before it is read.
const headSize = 64 << 10

// Encodings as File.Encoding names them; an encoding forced by the caller keeps its WHATWG name.
const (
	utf8Name    = "utf-8"
	utf16LEName = "utf-16le"
	utf16BEName = "utf-16be"
	latinName   = "windows-1252"
)

// input is a file whose packing and encoding are off: UTF-8, but for single
// records in Windows-1252, which the table finds when it meets them.
type input struct {
	*bufio.Reader
	head     []byte // the first headSize bytes, still to be read
	whole    bool   // head is the whole file
	encoding string
}

// openInput looks at the first bytes and refuses what can be no table, with a
// sentence that says what was found.
func openInput(r io.Reader, forced string) (*input, error) {
	br := bufio.NewReaderSize(&capped{r: r, left: MaxFile}, headSize)
	head, err := peek(br)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(head, []byte{0x1f, 0x8b}) {
		unpacked, err := gzip.NewReader(br)
		if err != nil {
			return nil, errs.New(errs.Invalid, "exchange.file_archive", "kind", "GZIP").Because(err)
		}
		br = bufio.NewReaderSize(&capped{r: unpacked, left: MaxFile}, headSize)
		if head, err = peek(br); err != nil {
			return nil, err
		}
	}
	if err := refuseForeign(head); err != nil {
		return nil, err
	}
	in := &input{}
	text, err := decodeText(br, head, forced, in)
	if err != nil {
		return nil, err
	}
	in.Reader = bufio.NewReaderSize(text, headSize)
	if in.head, err = peek(in.Reader); err != nil {
		return nil, err
	}
	in.whole = len(in.head) < headSize
	if len(bytes.TrimSpace(in.head)) == 0 {
		return nil, errs.New(errs.Invalid, "exchange.file_empty")
	}
	return in, refuseBinary(in.head)
}

func peek(br *bufio.Reader) ([]byte, error) {
	head, err := br.Peek(headSize)
	if err != nil && err != io.EOF {
		return nil, readError(err)
	}
	return head, nil
}

// readError keeps an error that may be shown and wraps the rest: a truncated
// archive, a disk that fails.
func readError(err error) error {
	if _, shown := errors.AsType[*errs.Error](err); shown {
		return err
	}
	return errs.New(errs.Invalid, "exchange.file_unreadable").Because(err)
}

// decodeText takes off the byte order mark and turns UTF-16 or a forced
// encoding into UTF-8.
func decodeText(br *bufio.Reader, head []byte, forced string, in *input) (io.Reader, error) {
	if forced != "" {
		enc, err := htmlindex.Get(forced)
		if err != nil {
			return nil, errs.New(errs.Invalid, "exchange.encoding_unknown", "name", shorten(forced)).Because(err)
		}
		in.encoding, _ = htmlindex.Name(enc)
		if in.encoding != utf8Name {
			return transform.NewReader(br, enc.NewDecoder()), nil
		}
	}
	var enc encoding.Encoding
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		br.Discard(3)
		in.encoding = utf8Name
		return br, nil
	case bytes.HasPrefix(head, []byte("\xff\xfe")), halfZero(head, 1):
		in.encoding, enc = utf16LEName, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case bytes.HasPrefix(head, []byte("\xfe\xff")), halfZero(head, 0):
		in.encoding, enc = utf16BEName, unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	default:
		in.encoding = utf8Name
		return br, nil
	}
	return transform.NewReader(br, enc.NewDecoder()), nil
}

// halfZero reports whether nearly every second byte, from the given one on, is
// zero and the others are not: UTF-16 of Latin text without a byte order mark.
func halfZero(head []byte, from int) bool {
	if len(head) < 16 {
		return false
	}
	var zero, other int
	for i, b := range head[:len(head)&^1] {
		if b != 0 {
			continue
		}
		if i&1 == from {
			zero++
		} else {
			other++
		}
	}
	return zero > len(head)/2*7/10 && other < len(head)/100+1
}

// signatures of files that are often uploaded in place of a table.
var signatures = []struct{ prefix, id, kind string }{
	{"\x89PNG", "exchange.file_picture", "PNG"},
	{"\xff\xd8\xff", "exchange.file_picture", "JPEG"},
	{"GIF8", "exchange.file_picture", "GIF"},
	{"BM", "exchange.file_picture", "BMP"},
	{"\x00\x00\x01\x00", "exchange.file_picture", "ICO"},
	{"%PDF", "exchange.file_pdf", "PDF"},
	{"\xd0\xcf\x11\xe0", "exchange.file_spreadsheet", "XLS"},
	{"7z\xbc\xaf", "exchange.file_archive", "7Z"},
	{"Rar!", "exchange.file_archive", "RAR"},
	{"BZh", "exchange.file_archive", "BZIP2"},
	{"\xfd7zXZ", "exchange.file_archive", "XZ"},
	{"SQLite format 3", "exchange.file_binary", "SQLite"},
}

func refuseForeign(head []byte) error {
	if len(head) == 0 {
		return errs.New(errs.Invalid, "exchange.file_empty")
	}
	if bytes.HasPrefix(head, []byte("RIFF")) && len(head) > 12 && string(head[8:12]) == "WEBP" {
		return errs.New(errs.Invalid, "exchange.file_picture", "kind", "WebP")
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) {
		if bytes.Contains(head, []byte("[Content_Types].xml")) || bytes.Contains(head, []byte("xl/")) ||
			bytes.Contains(head, []byte("opendocument.spreadsheet")) {
			return errs.New(errs.Invalid, "exchange.file_spreadsheet", "kind", "XLSX")
		}
		return errs.New(errs.Invalid, "exchange.file_archive", "kind", "ZIP")
	}
	for _, s := range signatures {
		// Two letters alone may begin a header, so BMP also needs its zero bytes.
		if bytes.HasPrefix(head, []byte(s.prefix)) && (s.kind != "BMP" || bytes.IndexByte(head[:min(len(head), 16)], 0) > 0) {
			return errs.New(errs.Invalid, s.id, "kind", s.kind)
		}
	}
	start := strings.ToLower(string(bytes.TrimLeft(bytes.TrimPrefix(head[:min(len(head), 512)], []byte("\xef\xbb\xbf")), " \t\r\n")))
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<script", "<svg"} {
		if strings.HasPrefix(start, tag) {
			return errs.New(errs.Invalid, "exchange.file_html")
		}
	}
	return nil
}

// refuseBinary refuses a file that is no text: more than one byte in twenty is
// a control character. Single ones are cleaned away later.
func refuseBinary(head []byte) error {
	control := 0
	for _, b := range head {
		if b < 0x20 && b != '\n' && b != '\r' && b != '\t' {
			control++
		}
	}
	if control*20 > len(head) {
		return errs.New(errs.Invalid, "exchange.file_binary", "kind", "?")
	}
	return nil
}

// load reads a file as it is. One that is too large, or unpacks to what is, is
// refused before anything of it is kept.
func load(r io.Reader) ([]byte, error) {
	if f, ok := r.(interface{ Stat() (fs.FileInfo, error) }); ok {
		if info, err := f.Stat(); err == nil && info.Size() > MaxFile {
			return nil, tooLarge()
		}
	}
	data, err := io.ReadAll(&capped{r: r, left: MaxFile})
	if err != nil {
		return nil, readError(err)
	}
	if z, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
		if _, err := io.Copy(io.Discard, &capped{r: z, left: MaxFile}); errs.KindOf(err) == errs.TooLarge {
			return nil, err // another fault is told with its row when the table is read
		}
	}
	return data, nil
}

func tooLarge() error {
	return errs.New(errs.TooLarge, "exchange.file_too_large", "limit", MaxFile>>20)
}

// capped refuses to hand out more than left bytes, so that a small packed file
// cannot fill the memory.
type capped struct {
	r    io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left <= 0 {
		var one [1]byte
		if n, err := c.r.Read(one[:]); n == 0 {
			return 0, err
		}
		return 0, tooLarge()
	}
	if int64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.r.Read(p)
	c.left -= int64(n)
	return n, err
}

// latin reads bytes as Windows-1252. The five bytes that the code page leaves
// free become U+FFFD.
func latin(b []byte) string {
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	return string(out)
}

// shorten cuts a value for the report, at a rune.
func shorten(s string) string {
	const limit = 80
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	n := 0
	for i := range s {
		if n == limit-1 {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
