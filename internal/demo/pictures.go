package demo

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed pictures/manifest.json pictures/webp
var pictureFiles embed.FS

// Sizes are the widths in pixels in which every picture exists.
var Sizes = []int{160, 320, largest}

// Picture returns an embedded picture and its media type. Names are those of
// Product.Pictures, Seller.Mark and TilePicture.
func Picture(name string, size int) ([]byte, string, error) {
	if !slices.Contains(Sizes, size) {
		return nil, "", fmt.Errorf("demo: no pictures of %d pixels", size)
	}
	b, err := pictureFiles.ReadFile(fmt.Sprintf("pictures/webp/%d/%s.webp", size, name))
	if err != nil {
		return nil, "", fmt.Errorf("demo: picture %q: %w", name, err)
	}
	return b, "image/webp", nil
}

const largest = 640

// Key is the name by which rows of the database call a picture: like that of a
// stored one, a short word without the product in it.
func Key(name string) string {
	if name == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(name))
	return "demo" + hex.EncodeToString(sum[:11])
}

// Media answers a rendition's file name as pages ask for it, "KEY-320.jpg", and
// false for every other name. The bytes are WebP whatever the name ends in.
func Media(file string) (data []byte, mediaType string, ok bool) {
	base, _, _ := strings.Cut(file, ".")
	key, size, _ := strings.Cut(base, "-")
	px, err := strconv.Atoi(size)
	name := keys()[key]
	if err != nil || name == "" {
		return nil, "", false
	}
	data, mediaType, err = Picture(name, px)
	return data, mediaType, err == nil
}

var keys = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	for _, shots := range pictures() {
		for _, s := range shots {
			names[Key(s.Name)] = s.Name
		}
	}
	return names
})

// TilePicture returns the picture of a top category, and false when it has none.
func TilePicture(category int64) (Image, bool) {
	p := pictures().one(fmt.Sprintf("tile-%d", category))
	return p, p.Name != ""
}

// manifest is what pictures/build.mjs records beside the pictures.
type manifest map[string][]shot

// shot is one picture of a product, or the only one of a store or a tile.
type shot struct {
	Name  string `json:"name"`
	Alt   string `json:"alt"`
	Color string `json:"color"`
	Value string `json:"value,omitempty"` // the option value it shows
}

var pictures = sync.OnceValue(func() manifest {
	m := manifest{}
	b, err := pictureFiles.ReadFile("pictures/manifest.json")
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil {
		panic("demo: pictures/manifest.json: " + err.Error()) // embedded, so only a broken build gets here
	}
	return m
})

func (m manifest) one(key string) Image {
	if len(m[key]) == 0 {
		return Image{}
	}
	return m[key][0].picture()
}

func (m manifest) of(slug string) []Image {
	var list []Image
	for _, s := range m[slug] {
		list = append(list, s.picture())
	}
	return list
}

// showing returns the name of the product's picture for a variant with these values, or "".
func (m manifest) showing(slug string, values []string) string {
	for _, s := range m[slug] {
		if s.Value != "" && slices.Contains(values, s.Value) {
			return s.Name
		}
	}
	return ""
}

func (s shot) picture() Image { return Image{Name: s.Name, Alt: s.Alt, Color: s.Color} }
