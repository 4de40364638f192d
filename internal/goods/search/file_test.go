package search

import (
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"testing"

	"aromart/internal/goods/catalog"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

// same compares two structs field by field; nil and empty columns are alike.
func same(t *testing.T, name string, a, b any) {
	t.Helper()
	x, y := reflect.Indirect(reflect.ValueOf(a)), reflect.Indirect(reflect.ValueOf(b))
	for i := range x.NumField() {
		f, g := x.Field(i), y.Field(i)
		field := x.Type().Field(i).Name
		switch {
		case field == "mu":
		case f.Kind() == reflect.Slice && f.Len() == 0 && g.Len() == 0:
		case f.Kind() == reflect.Pointer:
			same(t, name+"."+field, reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem().Interface(), reflect.NewAt(g.Type(), g.Addr().UnsafePointer()).Elem().Interface())
		case !reflect.DeepEqual(reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem().Interface(), reflect.NewAt(g.Type(), g.Addr().UnsafePointer()).Elem().Interface()):
			t.Errorf("%s.%s is not what was kept", name, field)
		}
	}
}

// kept loads an index of a small catalog and keeps it in a file.
func kept(t *testing.T, d *db.DB) (ix *Index, file string) {
	t.Helper()
	stores := newMarket(t, d)
	for i := range 30 {
		put(t, d, stores[i%2], fmt.Sprint("p", i), fmt.Sprint("Linen shirt ", i), int64(i%4))
	}
	ix, file = New(), filepath.Join(t.TempDir(), FileName)
	if err := load(t.Context(), d, ix, file); err != nil {
		t.Fatal(err)
	}
	return ix, file
}

func TestFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ix, file := kept(t, d)
		again := New()
		if err := restore(t.Context(), d, again, file); err != nil {
			t.Fatal(err)
		}
		a, b := ix.now.Load(), again.now.Load()
		same(t, "segment", a.segs[0], b.segs[0])
		same(t, "values", a.values, b.values)
		same(t, "stores", a.stores, b.stores)
		if ix.Seq() == 0 || ix.Seq() != again.Seq() {
			t.Errorf("it holds the changes up to %d, and up to %d from the file", ix.Seq(), again.Seq())
		}
		for _, q := range []Query{{}, {Text: "linen"}, {Text: "shrt"}, {Category: 4}, {InStock: true, Sort: ByPrice}, {Attributes: []Filter{{"material", []string{"linen"}}}}} {
			if x, y := find(t, ix, q), find(t, again, q); !reflect.DeepEqual(x, y) || x.Total == 0 {
				t.Errorf("%+v: %d results, %d from the file", q, x.Total, y.Total)
			}
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the file is %v (%v)", info.Mode(), err)
		}
	})
}

// TestFileIsCaughtUp: what changed after the file was made is there when the index gets ready.
func TestFileIsCaughtUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		_, file := kept(t, d)
		before, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		store, err := db.One(t.Context(), d, db.Int, `SELECT min(id) FROM stores`)
		if err != nil {
			t.Fatal(err)
		}
		write(t, d, func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `UPDATE products SET title = 'Silken robe' WHERE id = (SELECT min(id) FROM products WHERE store_id = $1)`, store)
			if err != nil {
				return err
			}
			id, err := db.One(t.Context(), tx, db.Int, `SELECT min(id) FROM products WHERE store_id = $1`, store)
			if err != nil {
				return err
			}
			return catalog.Changed(t.Context(), tx, "product", id, now)
		})
		ix := New()
		if err := begin(t.Context(), d, ix, file); err != nil {
			t.Fatal(err)
		}
		if n := find(t, ix, Query{Text: "silken"}).Total; n != 1 {
			t.Errorf("the change since is found %d times", n)
		}
		if after, err := os.ReadFile(file); err != nil || string(after) != string(before) {
			t.Error("the file was made anew, though it fits")
		}
	})
}

// TestUnfitFiles: whatever is wrong with a file, the index is what the database says, and the file is made anew.
func TestUnfitFiles(t *testing.T) {
	d := dbtest.SQLite(t)
	_, file := kept(t, d)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	bad := map[string][]byte{"nothing": {}, "a text": []byte("aromart index 1\nhello"), "cut": good[:len(good)/2], "longer": append(append([]byte{}, good...), 0), "a huge length": append([]byte{255, 255, 255, 255, 255, 255, 255, 127}, good[8:]...)}
	for range 200 {
		i := r.IntN(len(good))
		flipped := append([]byte{}, good...)
		flipped[i] ^= 1 << r.IntN(8)
		bad[fmt.Sprint("flipped at ", i)] = flipped
	}
	for name, data := range bad {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := restore(t.Context(), d, New(), file); name != "longer" && !errors.Is(err, errUnfit) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ix := New()
	if err := begin(t.Context(), d, ix, file); err != nil || find(t, ix, Query{Text: "linen"}).Total != 30 {
		t.Errorf("beside a bad file: %v, %d products", err, ix.Len())
	}
	if err := restore(t.Context(), d, New(), file); err != nil {
		t.Errorf("the file was not made anew: %v", err)
	}
	exec(t, d, `UPDATE categories SET name_en = 'Flaxen Wear' WHERE id = 6`) // as a new version of the program does
	if err := restore(t.Context(), d, New(), file); !errors.Is(err, errUnfit) {
		t.Errorf("with another category tree: %v", err)
	}
	other := dbtest.SQLite(t)
	kept(t, other)
	if err := restore(t.Context(), other, New(), file); !errors.Is(err, errUnfit) {
		t.Errorf("for another database: %v", err)
	}
}

// fileSum is the sum of an index of fixed products, in fileFormat.
const fileSum = 0xac879812

// TestFileFormat guards the promise of fileFormat's number: when the same
// products give another file, files of older programs must not be read.
func TestFileFormat(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("scores are rounded otherwise on this processor; the sum was taken on amd64")
	}
	f := New().Fill(testCategories)
	r := rand.New(rand.NewPCG(7, 7))
	for i := range 500 {
		d := randomDoc(r, int64(i+1))
		d.Text, d.Brand, d.Kind = "Washable cotton, 5 kg; කමිසය and சட்டைகள் for the running men's", "Salt & Co", "linen shirts"
		f.Add(d)
	}
	f.Done()
	s := f.ix.now.Load()
	out, err := os.Create(filepath.Join(t.TempDir(), "index"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	c := newCodec(out)
	c.index(s.values, s.stores, s.segs[0])
	if err := c.finish(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	if sum := crc32.ChecksumIEEE(data); sum != fileSum {
		t.Errorf("the same products now give %#x: give fileFormat a new number, and take this sum over", sum)
	}
}
