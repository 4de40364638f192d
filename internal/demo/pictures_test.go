package demo

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"regexp"
	"testing"

	"golang.org/x/image/webp"

	"aromart/internal/market"
)

const maxEmbedded = 12 << 20

var hexColor = regexp.MustCompile(`^#[0-9a-f]{6}$`)

func TestEveryProductStoreAndTileHasPictures(t *testing.T) {
	w := world(t)
	seen := map[[32]byte]string{}
	check := func(owner string, pics ...Image) {
		t.Helper()
		if len(pics) == 0 || len(pics) > 3 {
			t.Errorf("%s has %d pictures", owner, len(pics))
		}
		for _, p := range pics {
			if p.Name == "" || len(p.Alt) < 12 || !hexColor.MatchString(p.Color) {
				t.Errorf("%s: %+v", owner, p)
				continue
			}
			b, _, err := Picture(p.Name, 640)
			if err != nil {
				t.Error(err)
				continue
			}
			sum := sha256.Sum256(b)
			if other := seen[sum]; other != "" {
				t.Errorf("%s looks like %s", p.Name, other)
			}
			seen[sum] = p.Name
		}
	}
	for _, p := range w.Products {
		check(p.Slug, p.Pictures...)
		for _, v := range p.Variants {
			if v.Picture == "" {
				continue
			}
			if _, _, err := Picture(v.Picture, 160); err != nil {
				t.Error(err)
			}
		}
	}
	for _, s := range w.Sellers {
		check(s.Slug, s.Mark)
	}
	for _, c := range market.Children(0) {
		tile, _ := TilePicture(c.ID)
		check(fmt.Sprint("category ", c.ID), tile)
	}
}

func TestPicturesHaveTheirSizes(t *testing.T) {
	total := 0
	for _, size := range Sizes {
		entries, err := fs.ReadDir(pictureFiles, fmt.Sprint("pictures/webp/", size))
		if err != nil {
			t.Fatal(err)
		}
		if want := len(keys()); len(entries) != want {
			t.Errorf("%d files of %d pixels for %d pictures", len(entries), size, want)
		}
		sum := 0
		for _, e := range entries {
			b, err := pictureFiles.ReadFile(fmt.Sprintf("pictures/webp/%d/%s", size, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			c, err := webp.DecodeConfig(bytes.NewReader(b))
			if err != nil || c.Width != size || c.Height != size {
				t.Errorf("%d/%s: %d x %d, %v", size, e.Name(), c.Width, c.Height, err)
			}
			sum += len(b)
		}
		t.Logf("%d pixels: %d files, %d bytes on average", size, len(entries), sum/max(len(entries), 1))
		total += sum
	}
	if total > maxEmbedded {
		t.Errorf("%d bytes of pictures, want at most %d", total, maxEmbedded)
	}
	if _, _, err := Picture("tile-1", 333); err == nil {
		t.Error("a size that does not exist is answered")
	}
}

func TestKeysAreDistinct(t *testing.T) {
	names := 0
	for _, shots := range pictures() {
		names += len(shots)
	}
	if len(keys()) != names {
		t.Errorf("%d keys for %d pictures", len(keys()), names)
	}
}
