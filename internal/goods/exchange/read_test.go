package exchange

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"

	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
)

func read(t testing.TB, text string, o Options) *File {
	t.Helper()
	f, err := Read(strings.NewReader(text), o)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return f
}

// issues writes the report shortly: "row ID", in order.
func issues(f *File) []string {
	var out []string
	for _, i := range f.Report.Issues {
		out = append(out, fmt.Sprintf("%d %s %s", i.Row, i.Level, strings.TrimPrefix(i.ID, "exchange.")))
	}
	return out
}

func wantIssues(t *testing.T, f *File, want ...string) {
	t.Helper()
	if got := issues(f); !reflect.DeepEqual(got, want) && len(got)+len(want) > 0 {
		t.Errorf("issues\n  got  %q\n  want %q", got, want)
	}
}

// cells reads a table and returns its records, header first.
func cells(t *testing.T, text string) ([][]string, *Report) {
	t.Helper()
	in, err := openInput(strings.NewReader(text), "")
	if err != nil {
		t.Fatal(err)
	}
	report := &Report{}
	table, err := openTable(in, 0, '"', report)
	if err != nil {
		t.Fatal(err)
	}
	out := [][]string{table.head.names}
	for {
		rec, err := table.next()
		if err == io.EOF {
			return out, report
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, rec.cells)
	}
}

func TestTable(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     [][]string
		issues   []string
	}{
		{"plain", "a,b\n1,2\n", [][]string{{"a", "b"}, {"1", "2"}}, nil},
		{"line ends of three systems", "a,b\r\n1,2\r3,4\n", [][]string{{"a", "b"}, {"1", "2"}, {"3", "4"}}, nil},
		{"line break inside quotes stays", "a,b\r\n\"x\r\ny\",2\r\n", [][]string{{"a", "b"}, {"x\r\ny", "2"}}, nil},
		{"doubled quotes", "a,b\n\"say \"\"hi\"\"\",2", [][]string{{"a", "b"}, {`say "hi"`, "2"}}, nil},
		{"semicolons", "a;b;c\n1,5;2;3\n", [][]string{{"a", "b", "c"}, {"1,5", "2", "3"}}, nil},
		{"tabs", "a\tb\n\"1\"\t2\n", [][]string{{"a", "b"}, {"1", "2"}}, nil},
		{"pipes", "a|b\n1|2\n", [][]string{{"a", "b"}, {"1", "2"}}, nil},
		{"hint of a spreadsheet", "sep=;\r\na;b\r\n1;2\r\n", [][]string{{"a", "b"}, {"1", "2"}}, nil},
		{"byte order mark", "\xef\xbb\xbfa,b\n1,2\n", [][]string{{"a", "b"}, {"1", "2"}}, nil},
		{"blanks around quotes", "a,b\n \"1\"  ,2\n", [][]string{{"a", "b"}, {"1", "2"}}, nil},
		{"blank rows", "a,b\n\n , \n1,2\n\n", [][]string{{"a", "b"}, {"1", "2"}}, nil},
		{"short row", "a,b,c\n1\n", [][]string{{"a", "b", "c"}, {"1"}}, nil},
		{"separators at the line's end", "a,b,,\n1,2,,\n", [][]string{{"a", "b"}, {"1", "2"}}, nil},
		{"quote inside a plain cell", "a,b\n15\" screen,2\n", [][]string{{"a", "b"}, {`15" screen`, "2"}}, nil},
		{"quotes that were not doubled", "a,b\n\"<p class=\"x\">\nhi</p>\",2\n3,4\n", [][]string{{"a", "b"}, {"<p class=\"x\">\nhi</p>", "2"}, {"3", "4"}}, []string{"row_quotes"}},
		{"quote that is never closed", "a,b\n\"open,2\n3,4\n5,6\n", [][]string{{"a", "b"}, {"\"open", "2"}, {"3", "4"}, {"5", "6"}}, []string{"row_quotes"}},
		{"quote that is never closed in a row of the wrong width", "a,b\n\"open,2,3\n3,4\n5,6\n", [][]string{{"a", "b"}, {"3", "4"}, {"5", "6"}}, []string{"row_broken"}},
		{"measure as a cell", "a,b\n1,\" inch\n3,4\n", [][]string{{"a", "b"}, {"1", "\" inch"}, {"3", "4"}}, []string{"row_quotes"}},
		{"too many cells", "a,b\n1,2,3\n4,5\n", [][]string{{"a", "b"}, {"4", "5"}}, []string{"row_wide"}},
		{"NUL bytes", "a,b\nsome more text\x00,2\n", [][]string{{"a", "b"}, {"some more text", "2"}}, []string{"cell_nul"}},
		{"Windows-1252", "a,b\nH\xe4ndler,2 \x80\n", [][]string{{"a", "b"}, {"Händler", "2 €"}}, nil},
		{"Windows-1252 in one row of UTF-8", "a,b\nö,1\n\xf6,2\n", [][]string{{"a", "b"}, {"ö", "1"}, {"ö", "2"}}, nil},
		{"our quoting of formulas", "a,b\n'=1+1,'x\n", [][]string{{"a", "b"}, {"=1+1", "'x"}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, report := cells(t, tt.in)
			for i, row := range got { // a row may be padded by empty cells
				for len(row) > 1 && row[len(row)-1] == "" {
					row = row[:len(row)-1]
				}
				got[i] = row
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			var ids []string
			for _, i := range report.Issues {
				ids = append(ids, strings.TrimPrefix(i.ID, "exchange."))
			}
			if !reflect.DeepEqual(ids, tt.issues) {
				t.Errorf("issues %q, want %q", ids, tt.issues)
			}
		})
	}
}

func TestLongCellIsCutAndReported(t *testing.T) {
	got, report := cells(t, "a,b\n"+strings.Repeat("é", maxCell)+",2\n3,4\n")
	if len(got) != 3 || len(got[1][0]) > maxCell || got[1][1] != "2" || got[2][0] != "3" {
		t.Errorf("%d rows, first cell of %d bytes", len(got), len(got[1][0]))
	}
	if len(report.Issues) != 1 || report.Issues[0].ID != "exchange.cell_long" {
		t.Errorf("issues %v", report.Issues)
	}
}

func TestUnclosedQuoteOfAHugeFileCostsOneRow(t *testing.T) {
	var b strings.Builder
	b.WriteString("a,b\n\"open,2,3\n")
	for range 200_000 {
		b.WriteString("some text of a row that follows the broken one,2\n")
	}
	got, report := cells(t, b.String())
	if len(got) != 200_001 || report.Count(Error) != 1 {
		t.Errorf("%d rows, %d errors", len(got), report.Count(Error))
	}
}

const smallShop = "Handle,Title,Variant Price\ncup,Cup Ö,10.00\n"

func TestEncodings(t *testing.T) {
	units := utf16.Encode([]rune(smallShop))
	wide := func(order binary.ByteOrder, mark bool) string {
		var b bytes.Buffer
		if mark {
			binary.Write(&b, order, uint16(0xfeff))
		}
		binary.Write(&b, order, units)
		return b.String()
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte(smallShop))
	z.Close()
	for _, tt := range []struct{ name, in, forced, want string }{
		{"UTF-8", smallShop, "", "utf-8"},
		{"UTF-8 with mark", "\xef\xbb\xbf" + smallShop, "", "utf-8"},
		{"UTF-16 little with mark", wide(binary.LittleEndian, true), "", "utf-16le"},
		{"UTF-16 big with mark", wide(binary.BigEndian, true), "", "utf-16be"},
		{"UTF-16 little", wide(binary.LittleEndian, false), "", "utf-16le"},
		{"UTF-16 big", wide(binary.BigEndian, false), "", "utf-16be"},
		{"Windows-1252", strings.ReplaceAll(smallShop, "Ö", "\xd6"), "", "windows-1252"},
		{"as told", strings.ReplaceAll(smallShop, "Ö", "\x99"), "ibm866", "ibm866"},
		{"gzip", packed.String(), "", "utf-8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := read(t, tt.in, Options{Encoding: tt.forced})
			if f.Encoding != tt.want || len(f.Products) != 1 {
				t.Fatalf("encoding %q, %d products", f.Encoding, len(f.Products))
			}
			if want := "Cup Ö"; tt.forced == "" && f.Products[0].Title != want {
				t.Errorf("title %q, want %q", f.Products[0].Title, want)
			}
		})
	}
}

// What is no catalog is refused with a sentence that exists in every language.
func TestForeignFiles(t *testing.T) {
	var cutOff bytes.Buffer
	z := gzip.NewWriter(&cutOff)
	z.Write([]byte(smallShop))
	z.Close()
	for _, tt := range []struct{ name, in, id string }{
		{"nothing", "", "file_empty"},
		{"blanks", " \r\n\t ", "file_empty"},
		{"only a mark", "\xef\xbb\xbf", "file_empty"},
		{"PNG", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "file_picture"},
		{"JPEG", "\xff\xd8\xff\xe0\x00\x10JFIF", "file_picture"},
		{"WebP", "RIFF\x10\x00\x00\x00WEBPVP8 ", "file_picture"},
		{"workbook", "PK\x03\x04\x14\x00\x00\x00[Content_Types].xml", "file_spreadsheet"},
		{"old workbook", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file_spreadsheet"},
		{"ZIP", "PK\x03\x04\x14\x00\x00\x00photo.jpg", "file_archive"},
		{"PDF", "%PDF-1.7\n", "file_pdf"},
		{"web page", "\n<!DOCTYPE html><html><body>Sign in</body></html>", "file_html"},
		{"XML", "<?xml version=\"1.0\"?><a><item/></a>", "file_xml"},
		{"broken XML", "<?xml version=\"1.0\"?><rss><item><title>a</item>", "xml_broken"},
		{"JSON", `[{"title":"a"}]`, "file_json"},
		{"noise", "\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f,\x01\x02\n", "file_binary"},
		{"one column", "Handle\ncup\n", "file_one_column"},
		{"prose", "Dear seller, please find\nthe list, as agreed\n", "header_unknown"},
		{"table of something else", "Row ID,Order ID,Sales\n1,2,3\n", "header_unknown"},
		{"cut gzip", cutOff.String()[:20], "file_unreadable"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read(strings.NewReader(tt.in), Options{})
			if !errs.Is(err, "exchange."+tt.id) {
				t.Fatalf("got %v, want %s", err, tt.id)
			}
			wantSentences(t, err)
		})
	}
}

func wantSentences(t *testing.T, err error) {
	t.Helper()
	restore := i18n.OnMissing(func(lang, id, what string) { t.Errorf("%s lacks %s: %s", lang, id, what) })
	defer restore()
	for _, lang := range i18n.Languages() {
		i18n.For(lang).Error(err)
	}
}

func TestTooManyBrokenRowsRefuseTheFile(t *testing.T) {
	_, err := Read(strings.NewReader("Handle,Title\n"+strings.Repeat("\"a\"b,c,\n", maxBroken+5)), Options{})
	if !errs.Is(err, "exchange.file_broken") {
		t.Fatalf("got %v", err)
	}
	wantSentences(t, err)
}

func TestSizeLimitHoldsAfterUnpacking(t *testing.T) {
	r := &capped{r: strings.NewReader("12345"), left: 3}
	got, err := io.ReadAll(r)
	if string(got) != "123" || !errs.Is(err, "exchange.file_too_large") {
		t.Errorf("read %q, %v", got, err)
	}
	if _, err := io.ReadAll(&capped{r: strings.NewReader("123"), left: 3}); err != nil {
		t.Errorf("a file of exactly the limit: %v", err)
	}
}

// Each message that code can put into a report exists, with its arguments, in every language.
func TestReportIsTranslated(t *testing.T) {
	f := read(t, oddShop, Options{Currency: "LKR"})
	if len(f.Report.Issues) < 10 {
		t.Fatalf("only %d issues", len(f.Report.Issues))
	}
	for _, lang := range i18n.Languages() {
		restore := i18n.OnMissing(func(lang, id, what string) { t.Errorf("%s lacks %s: %s", lang, id, what) })
		var csv, js bytes.Buffer
		if err := f.Report.WriteCSV(&csv, i18n.For(lang)); err != nil {
			t.Fatal(err)
		}
		if err := f.Report.WriteJSON(&js, i18n.For(lang)); err != nil {
			t.Fatal(err)
		}
		restore()
		rows, report := cells(t, csv.String())
		if len(rows) != len(f.Report.Issues)+1 || len(report.Issues) > 0 {
			t.Errorf("%s: %d lines of %d issues read back", lang, len(rows)-1, len(f.Report.Issues))
		}
		if strings.Contains(csv.String(), "\n=") || strings.Contains(csv.String(), ",=") {
			t.Error("the report holds a formula")
		}
	}
}
