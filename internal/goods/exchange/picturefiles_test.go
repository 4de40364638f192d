package exchange

import (
	"archive/zip"
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/platform/picture"
)

func drawn(t *testing.T, c color.Color) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for i := range 40 * 30 {
		m.Set(i%40, i/40, c)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipped(t *testing.T, files map[string][]byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "pictures.zip")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for name, data := range files {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

const pictured = `Handle,Title,Option1 Name,Option1 Value,Variant Price,Image Src,Image Alt Text,Variant Image
cup,Cup,Color,Red,10,https://x.example/a/red.png?v=1,A red cup,https://x.example/a/red.png?v=1
cup,,,Blue,11,https://x.example/a/Blue.PNG,,https://x.example/a/Blue.PNG
cup,,,,,https://x.example/a/none.png,,
cup,,,,,https://x.example/a/page.png,,
`

func TestPicturesComeFromAFolderOrAZip(t *testing.T) {
	files := map[string][]byte{"red.png": drawn(t, color.RGBA{200, 0, 0, 255}), "deep/blue.png": drawn(t, color.RGBA{0, 0, 200, 255}), "page.png": []byte("<html>no picture</html>")}
	folder := t.TempDir()
	for name, data := range files {
		os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755)
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, from := range map[string]string{"folder": folder, "zip": zipped(t, files)} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				s := newShop(t, d)
				with := func() *Result {
					pictures, err := OpenPictures(from)
					if err != nil {
						t.Fatal(err)
					}
					defer pictures.Close()
					req := s.request(pictured)
					req.Pictures = pictures
					return s.run(req)
				}
				r := with()
				if got := ids(r.Report); !reflect.DeepEqual(got, []string{"0 exchange.stock_unknown", "2 exchange.picture_missing", "2 picture.unsupported"}) {
					t.Errorf("report %q", got)
				}
				p := s.product("cup")
				if len(p.Pictures) != 2 || p.Pictures[0].Alt != "A red cup" || p.Pictures[0].Width != 40 || p.Variants[0].Picture != 1 || p.Variants[1].Picture != 2 {
					t.Fatalf("%+v", p)
				}
				if ok, err := s.blobs.Exists(t.Context(), picture.File(p.Pictures[1].Blob, 40)); !ok || err != nil {
					t.Errorf("no file for the picture: %v", err)
				}
				traces := s.traces()
				wantCounts(t, with(), 0, 0, 1, 0)
				wantCounts(t, s.importText(pictured), 0, 0, 1, 0) // without pictures: those stored stay
				wantCounts(t, s.importText(s.export()), 0, 0, 1, 0)
				if s.traces() != traces {
					t.Error("the same pictures left traces")
				}
			})
		})
	}
}

func TestPicturesOutsideAreNotReached(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "secret.png"), []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, "pictures")
	os.Mkdir(folder, 0o755)
	if err := os.Symlink(filepath.Join(dir, "secret.png"), filepath.Join(folder, "secret.png")); err != nil {
		t.Fatal(err)
	}
	p, err := OpenPictures(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for _, src := range []string{"secret.png", "../secret.png", "https://x.example/../secret.png", "file:///" + dir + "/secret.png"} {
		if data, ok := p.open(src); ok {
			t.Errorf("%s is reached: %q", src, data)
		}
	}
	z, err := OpenPictures(zipped(t, map[string][]byte{"../secret.png": []byte("x"), "/etc/abs.png": []byte("x"), "bomb.png": make([]byte, 8<<20), "fine.png": []byte("x")}))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if len(z.files) != 1 || z.files["fine.png"] == "" {
		t.Errorf("a ZIP file offers %v", z.files)
	}
}

func TestPicturesThatAreNone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(file, []byte("a,b\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file, file + ".none"} {
		if _, err := OpenPictures(name); !errs.Is(err, "exchange.pictures_unreadable") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
