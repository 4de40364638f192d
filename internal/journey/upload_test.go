package journey

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"aromart/internal/goods/exchange"
	"aromart/internal/kit/errs"
	"aromart/internal/platform/picture"
)

// TestTrustRow39Uploads: only pictures are stored, and what is stored is served as nothing else.
func TestTrustRow39Uploads(t *testing.T) {
	s := open(t, sqlite(t))
	jpg := small(t)
	files := map[string][]byte{"svg": []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="hit()"/>`), "html": []byte(`<!DOCTYPE html><script>hit()</script>`),
		"html after a picture's first bytes": append([]byte("\xff\xd8\xff\xe0"), "<script>hit()</script>"...), "gif and script": []byte("GIF89a/*<svg/onload=hit()>*/=hit()//"), "nothing": nil,
		"text": []byte("hello"), "half a picture": jpg[:len(jpg)/3],
		"a page behind a picture": append(append([]byte(nil), jpg...), "<script>hit()</script>"...)}
	root := sharedRoot()
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

// TestTrustRow48Bombs: a small file that claims to be huge is refused without unfolding it.
func TestTrustRow48Bombs(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		files := map[string][]byte{"20,000 x 20,000": claim(20_000, 20_000), "65,535 x 1": claim(65_535, 1), "2^31-1 wide": claim(1<<31-1, 1), "0 x 0": claim(0, 0)}
		root := sharedRoot()
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
	})
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

// TestTrustRow39And48PicturesOfAnImport brings hostile files as the pictures of
// a catalog, from a folder and from a ZIP file: every product arrives, what is
// no picture is reported, and nothing but a JPEG that we wrote is kept or served.
func TestTrustRow39And48PicturesOfAnImport(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		files := hostilePictures(t)
		folder, packed := filepath.Join(t.TempDir(), "pictures"), filepath.Join(t.TempDir(), "pictures.zip")
		s.must(os.Mkdir(folder, 0o700))
		z, err := os.Create(packed)
		s.must(err)
		w := zip.NewWriter(z)
		var names []string
		for name, data := range files {
			s.must(os.WriteFile(filepath.Join(folder, name), data, 0o600))
			entry, err := w.Create(name)
			s.must(err)
			_, err = entry.Write(data)
			s.must(err)
			names = append(names, name)
		}
		s.must(w.Close())
		s.must(z.Close())
		for n, from := range []string{folder, packed} {
			pictures, err := exchange.OpenPictures(from)
			s.must(err)
			var rows [][]string
			for i, name := range names {
				row := dialects[0].row(fmt.Sprintf("pictured-%d-%d", n, i), fmt.Sprint("Pictured ", n, " ", i))
				row[11] = "https://evil.example/" + name
				rows = append(rows, row)
			}
			r := s.importFile("kandy-clay", dialects[0].file(t, rows), dialects[0], pictures)
			pictures.Close()
			kept := s.count("SELECT count(DISTINCT p.id) FROM products p JOIN pictures x ON x.product_id = p.id WHERE p.title LIKE $1", fmt.Sprint("Pictured ", n, " %"))
			refused := 0
			for _, i := range r.Report.Issues {
				if strings.HasPrefix(i.ID, "picture.") || i.ID == "exchange.picture_missing" {
					refused++
				}
			}
			if r.New != len(files) || kept < 2 || int(kept)+refused != len(files) {
				t.Errorf("%s: %d products of %d, %d with a picture, %d pictures reported", from, r.New, len(files), kept, refused)
			}
		}
		s.onlyPicturesAreKept(t)
	})
}

// hostilePictures are files of this test and of the shared data by name; two are pictures.
func hostilePictures(t *testing.T) map[string][]byte {
	t.Helper()
	jpg := small(t)
	comment := "CANARY hit() and alert(1)"
	files := map[string][]byte{"fine.jpg": jpg, "polyglot.jpg": append(append([]byte{0xff, 0xd8, 0xff, 0xfe, 0, byte(len(comment) + 2)}, comment...), jpg[2:]...),
		"svg.svg": []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="hit()"/>`), "svg.jpg": []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="hit()"/>`), "page.png": []byte(`<!DOCTYPE html><script>hit()</script>`),
		"gif.webp": []byte("GIF89a/*<svg/onload=hit()>*/=hit()//"), "half.jpg": jpg[:len(jpg)/3], "trailer.jpg": append(append([]byte(nil), jpg...), "<script>hit()</script>"...), "empty.png": nil,
		"bomb.png": claim(20_000, 20_000), "flat.png": claim(65_535, 1)}
	for _, pattern := range []string{"svg/*.svg", "images/*"} {
		names, _ := filepath.Glob(filepath.Join(sharedRoot(), "data/badinput", pattern))
		if len(names) == 0 {
			t.Logf("NOT TESTED with the shared %s, only with own files", pattern)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files[filepath.Base(name)] = data
		}
	}
	return files
}

// onlyPicturesAreKept looks at every file of the data directory that is served as a picture.
func (s *shop) onlyPicturesAreKept(t *testing.T) {
	t.Helper()
	seen := 0
	for _, row := range s.strings("SELECT concat_ws(' ', blob, width, height) FROM pictures") {
		var key string
		var width, height int
		fmt.Sscan(row, &key, &width, &height)
		for _, size := range picture.Sizes(width, height) {
			a := s.visitor().get("/media/" + picture.File(key, size))
			seen++
			if _, err := jpeg.Decode(strings.NewReader(a.body)); err != nil || a.header.Get("Content-Type") != "image/jpeg" || a.header.Get("X-Content-Type-Options") != "nosniff" ||
				!strings.Contains(a.header.Get("Content-Security-Policy"), "sandbox") {
				t.Errorf("%s is served as %v: %v", key, a.header, err)
			}
		}
	}
	if seen < 2 {
		t.Errorf("only %d pictures are served", seen)
	}
	s.must(filepath.WalkDir(s.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".jpg") {
			return err
		}
		data, err := os.ReadFile(path)
		for _, bad := range []string{"CANARY", "<script", "<svg", "Exif\x00"} {
			if bytes.Contains(data, []byte(bad)) {
				t.Errorf("%s holds %q", path, bad)
			}
		}
		return err
	}))
}
