package journey

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/html"

	"aromart/internal/goods/exchange"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
	"aromart/internal/platform/picture"
)

// own are hostile strings of every kind that is tried here; more come from the shared data.
var own = []string{
	`<script>hit()</script>`, `"><script>hit()</script>`, `'><img src=x onerror=hit()>`, `<svg/onload=hit()>`, `</title><script>hit()</script>`, `</textarea><script>hit()</script>`,
	`</script><script>hit()</script>`, `" onmouseover="hit()" x="`, `javascript:hit()`, `<a href="javascript:hit()">x</a>`, `<a href="data:text/html,<script>hit()</script>">x</a>`,
	`<base href="//evil.example/">`, `<form action="//evil.example"><input name=q>`, `<iframe srcdoc="<script>hit()</script>">`, `<meta http-equiv=refresh content="0;url=//evil.example">`,
	`<style>@import "//evil.example";*{background:url(//evil.example)}</style>`, `<p style="background:url(//evil.example)">x</p>`, `<math><mi xlink:href="javascript:hit()">`, `<details open ontoggle=hit()>`,
	`]]><script>hit()</script>`, `--><script>hit()</script>`, `\u003cscript\u003ehit()\u003c/script\u003e`, "`${hit()}`", `<IMG """><SCRIPT>hit()</SCRIPT>">`, `<template><script>hit()</script>`,
	`{{7*7}}`, `${7*7}`, `<%= 7*7 %>`, `#{7*7}`, `{{.}}`, `{{printf "%s" .}}`, `{name}`, `{n}`, `{`, `}`, `%s%n%d`, `$1`, `${PATH}`,
	`' OR '1'='1`, `'; DROP TABLE orders; --`, `" OR 1=1 --`, `1; SELECT pg_sleep(9)`, `\'; --`, `%' OR '%'='`, `_%`, `$$x$$`, `:name`, `?`,
	"a\r\nX-Injected: 1", "a\nBcc: thief@example.com", "a\x00b", "a\u2028b", "\u202eevil", "\ufeffa", "\xff\xfe", "a\tb", "\u200b", "Ω≈ç√∫˜µ≤≥÷", "👩‍👩‍👧‍👦", "田中さんにあげて下さい", "نص عربي", "ශ්‍රී", "ﷺ",
	`=HYPERLINK("http://evil.example","x")`, `+1+1`, `-1+1`, `@SUM(1)`, "\t=1", "\r=1", `"quoted"`, `null`, `undefined`, `NaN`, `true`, `-0`, `0x7f`, `../../etc/passwd`, `\\evil\share`, `file:///etc/passwd`,
}

// hostile is the own list and, of each shared list, every tenth string: all of them with AROMART_TEST_FULL.
func hostile(t testing.TB) []string {
	t.Helper()
	list := append([]string(nil), own...)
	every := 10
	switch {
	case os.Getenv("AROMART_TEST_FULL") != "":
		every = 1
	case testing.Short():
		every = 50
	}
	for _, name := range []string{"blns.json", "xss_patt.txt.gz", "sqli_patt.txt.gz", "ssti_patt.txt", "crlf_patt.txt"} {
		for i, s := range shared(t, name) {
			if i%every == 0 {
				list = append(list, s)
			}
		}
	}
	return list
}

// dangers are the places of a page where something could run, leave the site
// or change its look, other than what every page of the shop has.
func dangers(body string) (found []string) {
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return []string{err.Error()}
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		at := map[string]string{}
		for _, a := range n.Attr {
			at[a.Key] = a.Val
			value := strings.ToLower(strings.Map(func(c rune) rune {
				if c <= ' ' {
					return -1
				}
				return c
			}, a.Val))
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc", a.Key == "formaction", a.Key == "background":
				found = append(found, n.Data+" has "+a.Key)
			case a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "xlink:href":
				if strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "vbscript:") || strings.HasPrefix(value, "data:") || (a.Key == "action" && (!strings.HasPrefix(value, "/") || strings.HasPrefix(value, "//"))) {
					found = append(found, n.Data+" "+a.Key+"="+a.Val)
				}
			}
		}
		switch n.Data {
		case "iframe", "object", "embed", "base", "style", "applet", "frame", "math", "template", "portal":
			found = append(found, n.Data)
		case "meta":
			if at["http-equiv"] != "" {
				found = append(found, "meta http-equiv")
			}
		case "script":
			found = append(found, script(n, at)...)
		}
	}
	return found
}

// script: the shop has its own file and data that is no program.
func script(n *html.Node, at map[string]string) []string {
	switch {
	case strings.HasPrefix(at["src"], "/static/") && n.FirstChild == nil:
		return nil
	case at["type"] == "application/ld+json" && n.FirstChild != nil && json.Valid([]byte(n.FirstChild.Data)):
		return nil
	}
	return []string{"a script of another kind"}
}

// TestDangersAreSeen makes sure that the check can fail.
func TestDangersAreSeen(t *testing.T) {
	for _, s := range []string{`<script>x()</script>`, `<p onclick=x>`, `<a href=" java&#10;script:x()">`, `<iframe>`, `<base href=/>`, `<p style=x>`, `<form action=//evil>`, `<meta http-equiv=refresh>`,
		`<script type="application/ld+json">{"a":</script>`, `<script src=//evil/x.js></script>`, `<svg><script>x()</script></svg>`} {
		if len(dangers(s)) == 0 {
			t.Errorf("%s is not seen", s)
		}
	}
}

// judge looks at one answer to a hostile text.
func judge(t *testing.T, where, text string, p page) {
	t.Helper()
	if p.code >= 500 {
		t.Errorf("%s with %q: %d", where, text, p.code)
	}
	if strings.HasPrefix(p.header.Get("Content-Type"), "text/html") {
		if d := dangers(p.body); len(d) > 0 {
			t.Errorf("%s with %q: %q", where, text, d)
		}
	}
	if p.header.Get("X-Injected") != "" || strings.ContainsAny(p.location, "\r\n") {
		t.Errorf("%s with %q: a header was injected", where, text)
	}
}

// TestBadInputThroughEveryForm sends the strings through search, suggestions,
// filters, the cart, the track form, preferences, the checkout with faults and
// without, the order page, the receipt, and the cookies. On PostgreSQL the own
// list shows that both databases take the same texts.
func TestBadInputThroughEveryForm(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		list := own
		if s.db.Dialect() == db.SQLite {
			list = hostile(t)
		}
		for i, text := range list {
			s.browseWith(t, text)
			s.orderWith(t, i, text)
		}
		if n := s.count("SELECT count(*) FROM orders"); n < int64(len(list))/3 {
			t.Errorf("only %d of %d hostile orders were taken: pages of orders were hardly tried", n, len(list))
		}
	})
}

func (s *shop) browseWith(t *testing.T, text string) {
	v, q := s.visitor(), url.QueryEscape(text)
	for _, path := range []string{"/search?q=" + q, "/si/search?q=" + q + "&category=" + q + "&store=" + q, "/suggest?q=" + q, "/s/kandy-clay?q=" + q + "&attr.x=" + q + "&option.Color=" + q,
		"/c/kitchen-and-dining/tableware/cups-mugs-and-glasses?min_price=" + q + "&max_price=" + q + "&sort=" + q + "&page=" + q, "/p/" + v.products["lamp"].Slug + "?variant=" + q,
		"/preferences?next=" + q, "/orders/track?sent=" + q, "/api/v1/products?q=" + q} {
		judge(t, path[:8], text, v.get(path))
	}
	judge(t, "a path", text, v.get("/p/"+text))
	judge(t, "a path", text, v.get("/orders/"+text))
	judge(t, "track", text, v.post("/orders/track", "number", text, "contact", text))
	judge(t, "preferences", text, v.post("/preferences", "city", text, "theme", text, "next", text))
	judge(t, "cart", text, v.post("/cart/add", "variant", text, "quantity", text))
	judge(t, "a field's name", text, v.post("/cart/add", text, text))
	if c := (&http.Cookie{Name: "__Host-cart", Value: text}); c.Valid() == nil {
		for _, name := range []string{"__Host-cart", "__Host-g", "__Host-prefs"} {
			w := s.visitor()
			w.jar[name] = text
			judge(t, name, text, w.get("/cart"))
		}
	}
}

// orderWith orders with the text in every field, then only in those that take free text.
func (s *shop) orderWith(t *testing.T, i int, text string) {
	v := s.visitor()
	v.post("/cart/add", "variant", v.variant("cinnamon", 0), "quantity", "1")
	f := v.form()
	all := url.Values{"key": f["key"], "total": f["total"], "policy": f["policy"]}
	for _, name := range []string{"name", "phone", "street", "landmark", "city", "email", "note", "recipient", "postal_code", "region"} {
		all.Set(name, text)
	}
	judge(t, "checkout, all fields", text, v.do("POST", "/checkout", all))
	for _, name := range []string{"name", "street", "landmark", "note", "recipient"} {
		f.Set(name, text)
	}
	f.Set("phone", fmt.Sprintf("0712%06d", i))
	p := v.do("POST", "/checkout", f)
	judge(t, "checkout", text, p)
	if m := orderPath.FindStringSubmatch(p.location); m != nil {
		judge(t, "order", text, v.get(p.location))
		judge(t, "receipt", text, v.get("/orders/"+m[1]+"/receipt"))
	}
}

// TestTrustRow42TemplatesStayText: what looks like a template is text on pages and in letters.
func TestTrustRow42TemplatesStayText(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		for i, text := range []string{`{{7*7}}`, `${7*7}`, `<%= 7*7 %>`, `#{7*7}`, `{name}`, `{{.Site}}`, `{number}`, `%d%s`} {
			v := s.visitor()
			v.post("/cart/add", "variant", v.variant("cinnamon", 0), "quantity", "1")
			f := v.form()
			f.Set("name", text+" Perera")
			f.Set("phone", fmt.Sprintf("0712%06d", i))
			f.Set("email", fmt.Sprintf("buyer-%d@example.com", i))
			p := v.do("POST", "/checkout", f)
			m := orderPath.FindStringSubmatch(p.location)
			if m == nil {
				t.Fatalf("%q: %d", text, p.code)
			}
			for _, path := range []string{p.location, "/orders/" + m[1] + "/receipt"} {
				if body := html.UnescapeString(v.get(path).body); !strings.Contains(body, text) {
					t.Errorf("%q does not stand on %s as it was typed", text, path)
				}
			}
			found := false
			for _, letter := range s.letters() {
				found = found || strings.Contains(letter, fmt.Sprintf("buyer-%d@", i)) && strings.Contains(decoded(letter), text)
			}
			if !found {
				t.Errorf("%q does not stand in the letter as it was typed", text)
			}
		}
	})
}

// decoded undoes quoted-printable well enough to search in it.
func decoded(letter string) string {
	letter = strings.ReplaceAll(strings.ReplaceAll(letter, "=\r\n", ""), "=\n", "")
	return regexp.MustCompile(`=[0-9A-F]{2}`).ReplaceAllStringFunc(letter, func(s string) string {
		var b byte
		fmt.Sscanf(s[1:], "%02X", &b)
		return string(rune(b))
	})
}

// importRows brings rows into a store as Shopify CSV and lets the search see them.
func (s *shop) importRows(t *testing.T, store string, rows [][]string) *exchange.Result {
	t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	s.must(w.WriteAll(append([][]string{{"Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Option1 Name", "Option1 Value", "Variant SKU", "Variant Price", "Variant Inventory Qty", "Image Src", "Published"}}, rows...)))
	r, err := exchange.Import(s.Context(), s.db, s.blobs, exchange.Request{Store: s.stores[store], By: operator, FileName: "goods.csv", File: &b,
		Options: exchange.Options{Currency: "LKR", Exponent: 2, Now: clock.System()}})
	s.must(err)
	s.catchUp()
	return r
}

// TestTrustRow40And41And43CSVCells: every string as title, body, brand, type,
// tag, option and article number of an import, then on the pages, in the
// search, in the API and in the export, which is safe and reads back unchanged.
func TestTrustRow40And41And43CSVCells(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		list := own
		if s.db.Dialect() == db.SQLite {
			list = hostile(t)
		}
		var rows [][]string
		for i, text := range list {
			rows = append(rows, []string{fmt.Sprint("evil-", i), text, "<p>" + text + "</p>" + text, text, text, text, text, text, text, "100.00", "5", "", "TRUE"})
		}
		s.importRows(t, "spice-lane", rows)
		v, seen := s.visitor(), 0
		slugs, err := db.All(s.Context(), s.db, db.String, "SELECT slug FROM products WHERE handle LIKE 'evil-%' AND status = 'live'")
		s.must(err)
		for _, slug := range slugs {
			p := v.get("/p/" + slug)
			seen++
			judge(t, "product", slug, p)
		}
		if seen < len(list)/2 {
			t.Errorf("only %d of %d hostile products have a page", seen, len(list))
		}
		for _, path := range []string{"/", "/s/spice-lane", "/s/spice-lane?page=2", "/search?q=script", "/search?sort=newest", "/si/s/spice-lane?q=hit"} {
			judge(t, path, "the imported products", v.get(path))
		}
		s.exportIsSafe(t)
	})
}

func (s *shop) exportIsSafe(t *testing.T) {
	t.Helper()
	var first bytes.Buffer
	_, err := exchange.Export(s.Context(), s.db, s.stores["spice-lane"], 2, &first)
	s.must(err)
	rows, err := csv.NewReader(bytes.NewReader(first.Bytes())).ReadAll()
	if err != nil {
		t.Fatalf("the export cannot be parsed: %v", err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("a spreadsheet would run %q", cell)
			}
		}
	}
	r, err := exchange.Import(s.Context(), s.db, s.blobs, exchange.Request{Store: s.stores["spice-lane"], By: operator, FileName: "back.csv", File: bytes.NewReader(first.Bytes()),
		Options: exchange.Options{Currency: "LKR", Exponent: 2, Now: clock.System()}})
	s.must(err)
	if r.New+r.Changed > 0 {
		t.Errorf("the export reads back with %d new and %d changed products: %+v", r.New, r.Changed, r.Changes[:min(3, len(r.Changes))])
	}
}

// TestTrustRow39Uploads: only pictures are stored, and what is stored is served as nothing else.
func TestTrustRow39Uploads(t *testing.T) {
	s := open(t, sqlite(t))
	jpg := small(t)
	files := map[string][]byte{"svg": []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="hit()"/>`), "html": []byte(`<!DOCTYPE html><script>hit()</script>`),
		"html after a picture's first bytes": append([]byte("\xff\xd8\xff\xe0"), "<script>hit()</script>"...), "gif and script": []byte("GIF89a/*<svg/onload=hit()>*/=hit()//"), "nothing": nil,
		"text": []byte("hello"), "half a picture": jpg[:len(jpg)/3],
		"a page behind a picture": append(append([]byte(nil), jpg...), "<script>hit()</script>"...)}
	root := os.Getenv("AROMART_SHARED")
	if root == "" {
		root = "../../../shared"
	}
	names, _ := filepath.Glob(filepath.Join(root, "data/badinput/svg/*.svg"))
	for _, name := range names {
		files[filepath.Base(name)], _ = os.ReadFile(name)
	}
	for name, data := range files {
		if _, err := picture.Store(s.Context(), s.blobs, bytes.NewReader(data)); errs.KindOf(err) != errs.Unsupported && errs.KindOf(err) != errs.Invalid && errs.KindOf(err) != errs.TooLarge {
			t.Errorf("%s: %v", name, err)
		}
	}
	comment := "CANARY hit() and alert(1)"
	polyglot := append(append([]byte{0xff, 0xd8, 0xff, 0xfe, 0, byte(len(comment) + 2)}, comment...), jpg[2:]...)
	stored, err := picture.Store(s.Context(), s.blobs, bytes.NewReader(polyglot))
	s.must(err)
	p := s.visitor().get("/media/" + picture.File(stored.Key, stored.Sizes[0]))
	if p.code != 200 || p.header.Get("Content-Type") != "image/jpeg" || !strings.Contains(p.header.Get("Content-Security-Policy"), "sandbox") || p.header.Get("X-Content-Type-Options") != "nosniff" || strings.Contains(p.body, "CANARY") {
		t.Errorf("a polyglot is served as %d %v", p.code, p.header)
	}
	for _, file := range []string{"..%2f..%2faromart.db", "x.svg", "x.html", stored.Key + "-1.jpg", stored.Key + ".jpg", stored.Key + "-160.html"} {
		if p := s.visitor().get("/media/" + file); p.code != 404 && p.code != 400 {
			t.Errorf("/media/%s: %d", file, p.code)
		}
	}
}

// small is a valid little JPEG.
func small(t *testing.T) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := range m.Pix {
		m.Pix[i] = byte(i * 7)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestTrustRow46LongAddresses: 100 KB where an e-mail belongs is refused, as is what fits into a form and no mailbox.
func TestTrustRow46LongAddresses(t *testing.T) {
	s := open(t, sqlite(t))
	v := s.visitor()
	v.post("/cart/add", "variant", v.variant("mug", 0), "quantity", "1")
	f := v.form()
	for length, want := range map[int]int{100_000: 413, 30_000: 422, 390: 422} {
		address := "a@" + strings.Repeat("a.", length/2) + "a"
		f.Set("email", address)
		if p := v.do("POST", "/checkout", f); p.code != want {
			t.Errorf("%d bytes of e-mail: %d, want %d", length, p.code, want)
		}
		for _, path := range []string{"/orders/track", "/preferences"} {
			if p := v.post(path, "number", "7KD-2M9-Q4TX", "contact", address, "city", address); p.code < 400 || p.code > 422 {
				t.Errorf("%s with %d bytes: %d", path, length, p.code)
			}
		}
		for _, path := range []string{"/search?q=", "/p/", "/s/", "/suggest?q=", "/c/"} {
			if p := v.get(path + strings.Repeat("a.", length/2)); p.code >= 500 {
				t.Errorf("%s with %d bytes: %d", path, length, p.code)
			}
		}
	}
}

// TestTrustRow47NothingIsFetched: addresses in an import are kept as text; nobody connects to them.
func TestTrustRow47NothingIsFetched(t *testing.T) {
	s := open(t, sqlite(t))
	var hits atomic.Int32
	canary := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer canary.Close()
	port := canary.URL[strings.LastIndexByte(canary.URL, ':'):]
	var rows [][]string
	for i, host := range []string{"127.0.0.1", "[::1]", "0.0.0.0", "localhost", "localhost.", "2130706433", "0177.0.0.1", "127.1", "0x7f.1"} {
		for _, scheme := range []string{"http://", "https://", "//", "file://", "gopher://"} {
			rows = append(rows, []string{fmt.Sprintf("fetch-%d-%d", i, len(rows)), "Thing", `<p><img src="` + scheme + host + port + `/b.png"></p>`, "", "", "", "", "", "", "100", "1", scheme + host + port + "/a.png", "TRUE"})
		}
	}
	s.importRows(t, "spice-lane", rows)
	s.letters()
	v := s.visitor()
	for _, slug := range []string{"/s/spice-lane", "/search?q=thing"} {
		v.get(slug)
	}
	if hits.Load() != 0 {
		t.Errorf("%d connections were made", hits.Load())
	}
	if n := s.count("SELECT count(*) FROM products WHERE handle LIKE 'fetch-%'"); n != int64(len(rows)) {
		t.Errorf("only %d of %d products arrived", n, len(rows))
	}
}

// TestTrustRow48Bombs: a small file that claims to be huge is refused without unfolding it.
func TestTrustRow48Bombs(t *testing.T) {
	s := open(t, sqlite(t))
	files := map[string][]byte{"20,000 x 20,000": claim(20_000, 20_000), "65,535 x 1": claim(65_535, 1), "2^31-1 wide": claim(1<<31-1, 1), "0 x 0": claim(0, 0)}
	root := os.Getenv("AROMART_SHARED")
	if root == "" {
		root = "../../../shared"
	}
	names, _ := filepath.Glob(filepath.Join(root, "data/badinput/images/*bomb*"))
	for _, name := range append(names, filepath.Join(root, "data/badinput/images/lottapixel.jpg")) {
		if data, err := os.ReadFile(name); err == nil {
			files[filepath.Base(name)] = data
		}
	}
	for name, data := range files {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := picture.Store(s.Context(), s.blobs, bytes.NewReader(data))
		runtime.ReadMemStats(&after)
		if k := errs.KindOf(err); k != errs.TooLarge && k != errs.Invalid && k != errs.Unsupported {
			t.Errorf("%s: %v", name, err)
		}
		if grown := (after.TotalAlloc - before.TotalAlloc) >> 20; grown > 64 {
			t.Errorf("%s takes %d MB", name, grown)
		}
	}
}

// claim is a PNG that says how large it is and has almost no data.
func claim(w, h uint32) []byte {
	b := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, body []byte) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(body)))
		b = append(append(b, kind...), body...)
		b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(append([]byte(kind), body...)))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	chunk("IHDR", append(head, 8, 2, 0, 0, 0))
	chunk("IDAT", []byte{0x78, 0x9c, 3, 0, 0, 0, 0, 1})
	chunk("IEND", nil)
	return b
}

// TestTrustRow59LogsHoldNobody buys, fails, tracks, cancels and breaks with
// markers in every field; no marker, secret or address is in the log, which is
// written at the most talkative level.
func TestTrustRow59LogsHoldNobody(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		b := s.victim("lamp")
		secrets := append([]string{b.token, b.jar["__Host-g"], b.number + "?"}, markers...)
		b.get("/o/" + b.token)
		b.get("/search?q=CANARY-note")
		b.get("/p/CANARY-name")
		b.post("/orders/track", "number", b.number, "contact", "canary-mail@example.com")
		b.post("/cart/add", "variant", b.variant("mug", 0), "quantity", "1")
		secrets = append(secrets, b.jar["__Host-cart"])
		f := b.form()
		secrets = append(secrets, f.Get("key"))
		for _, name := range []string{"name", "phone", "street", "landmark", "city", "email", "note", "recipient"} {
			f.Set(name, "CANARY-"+name)
		}
		b.do("POST", "/checkout", f)
		b.post("/orders/"+b.number+"/cancel", "part", b.order.Parts[0].PublicID)
		s.api("GET", "/api/v1/orders/"+b.number, "", b.token)
		s.letters()
		s.must(s.db.Close())
		for _, p := range []page{b.do("POST", "/checkout", f), b.get("/orders/" + b.number), b.post("/orders/track", "number", b.number, "contact", "canary-mail@example.com")} {
			if p.code < 500 {
				t.Errorf("with a broken database: %d", p.code)
			}
			if strings.Contains(p.body, "closed") || strings.Contains(p.body, "SELECT") || strings.Contains(p.body, "goroutine") {
				t.Errorf("an error page shows the inside: %.300s", p.body)
			}
		}
		text := s.log.text()
		if strings.Count(text, "\n") < 10 {
			t.Fatalf("the log has only %d bytes", len(text))
		}
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("the log holds %q", secret)
			}
		}
	})
}

// shared reads a list of hostile strings from the shared data. Without it the
// own list remains, and the log says so.
func shared(t testing.TB, name string) []string {
	t.Helper()
	root := os.Getenv("AROMART_SHARED")
	if root == "" {
		root = "../../../shared"
	}
	f, err := os.Open(filepath.Join(root, "data/badinput", name))
	if err != nil {
		t.Logf("NOT TESTED with %s, only with the own list: %v", name, err)
		return nil
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	if strings.HasSuffix(name, ".json") {
		if err := json.Unmarshal(text, &list); err != nil {
			t.Fatal(err)
		}
		return list
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// scripts are the strings of the list of scripts, fewer in a short run.
func scripts(t testing.TB) (list []string) {
	every := 8
	if os.Getenv("AROMART_TEST_FULL") != "" {
		every = 1
	}
	for i, s := range shared(t, "xss_patt.txt.gz") {
		if i%every == 0 {
			list = append(list, s)
		}
	}
	return list
}
