package picture_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/platform/blob"
	"aromart/internal/platform/picture"
)

func open(t testing.TB) *blob.Store {
	t.Helper()
	b, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

var red, blue = color.RGBA{220, 30, 30, 255}, color.RGBA{20, 40, 200, 255}

// halves is red on the left and blue on the right, the upper edge white.
func halves(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := red
			if x >= w/2 {
				c = blue
			}
			if y < h/8 {
				c = color.RGBA{255, 255, 255, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func asJPEG(m image.Image) []byte {
	var b bytes.Buffer
	jpeg.Encode(&b, m, &jpeg.Options{Quality: 90})
	return b.Bytes()
}

func asPNG(m image.Image) []byte {
	var b bytes.Buffer
	png.Encode(&b, m)
	return b.Bytes()
}

// exif is a TIFF block with an orientation and a canary in the place of a GPS position.
func exif(order binary.ByteOrder, orientation int) []byte {
	b := []byte("II*\x00")
	if order == binary.BigEndian {
		b = []byte("MM\x00*")
	}
	put := func(v any) { b, _ = binary.Append(b, order, v) }
	put(uint32(8))
	put(uint16(2))
	put([]uint16{0x010e, 2}) // description
	put([]uint32{16, 38})
	put([]uint16{0x0112, 3})
	put(uint32(1))
	put([]uint16{uint16(orientation), 0})
	put(uint32(0))
	return append(b, "CANARY-GPS-6.9N\x00"...)
}

func withSegment(jpg []byte, marker byte, body []byte) []byte {
	head := []byte{0xff, 0xd8, 0xff, marker, 0, 0}
	binary.BigEndian.PutUint16(head[4:], uint16(len(body)+2))
	return slices.Concat(head, body, jpg[2:])
}

func chunk(kind string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// rawPNG is a PNG of one gray tone, whose rows are never in memory at once.
func rawPNG(w, h, depth, interlace int) []byte {
	head := binary.BigEndian.AppendUint32(nil, uint32(w))
	head = binary.BigEndian.AppendUint32(head, uint32(h))
	head = append(head, byte(depth), 0, 0, 0, byte(interlace))
	var z bytes.Buffer
	zw, _ := zlib.NewWriterLevel(&z, zlib.BestSpeed)
	row := make([]byte, 1+(w*depth+7)/8)
	for range h {
		zw.Write(row)
	}
	zw.Close()
	return slices.Concat([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", head), chunk("IDAT", z.Bytes()), chunk("IEND", nil))
}

func fixture(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// webpWith wraps a simple WebP into the extended form, with flags and a chunk.
func webpWith(simple []byte, flags byte, kind string, body []byte) []byte {
	head := append([]byte{flags, 0, 0, 0}, 59, 0, 0, 39, 0, 0)
	return riff("RIFF", slices.Concat([]byte("WEBP"), riff("VP8X", head), simple[12:], riff(kind, body)))
}

// animatedWebP has its picture in frames.
func animatedWebP(simple []byte, frames int) []byte {
	frame := riff("ANMF", append(make([]byte, 16), simple[12:]...))
	return riff("RIFF", slices.Concat([]byte("WEBP"), riff("VP8X", []byte{2, 0, 0, 0, 59, 0, 0, 39, 0, 0}),
		riff("ANIM", make([]byte, 6)), bytes.Repeat(frame, frames)))
}

func riff(kind string, body []byte) []byte {
	b := append([]byte(kind), binary.LittleEndian.AppendUint32(nil, uint32(len(body)))...)
	b = append(b, body...)
	return append(b, make([]byte, len(body)%2)...)
}

func load(t *testing.T, b *blob.Store, s picture.Stored) []image.Image {
	t.Helper()
	var out []image.Image
	for _, size := range s.Sizes {
		data, err := b.Get(t.Context(), picture.File(s.Key, size))
		if err != nil {
			t.Fatal(err)
		}
		for _, mark := range []string{"Exif", "CANARY", "http://ns.adobe.com", "ICC_PROFILE"} {
			if bytes.Contains(data, []byte(mark)) {
				t.Errorf("%q is in the rendition of %d", mark, size)
			}
		}
		m, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, m)
	}
	return out
}

func near(c color.Color, want color.RGBA) bool {
	r, g, b, _ := c.RGBA()
	far := func(a uint32, b uint8) bool { d := int(a>>8) - int(b); return d > 24 || d < -24 }
	return !far(r, want.R) && !far(g, want.G) && !far(b, want.B)
}

func TestRenditions(t *testing.T) {
	b := open(t)
	for _, tt := range []struct {
		w, h  int
		sizes []int
		dims  image.Point
	}{
		{4000, 3000, []int{160, 320, 640, 1280}, image.Pt(1280, 960)},
		{900, 1400, []int{160, 320, 640, 1280}, image.Pt(823, 1280)},
		{1280, 1280, []int{160, 320, 640, 1280}, image.Pt(1280, 1280)},
		{500, 300, []int{160, 320, 500}, image.Pt(500, 300)},
		{160, 90, []int{160}, image.Pt(160, 90)},
		{24, 32, []int{32}, image.Pt(24, 32)},
		{9000, 1, []int{160, 320, 640, 1280}, image.Pt(1280, 1)},
	} {
		upload := asJPEG(halves(tt.w, tt.h))
		s, err := picture.Store(t.Context(), b, bytes.NewReader(upload))
		if err != nil {
			t.Errorf("%dx%d: %v", tt.w, tt.h, err)
			continue
		}
		if !slices.Equal(s.Sizes, tt.sizes) || s.Width != tt.dims.X || s.Height != tt.dims.Y || !slices.Equal(picture.Sizes(s.Width, s.Height), s.Sizes) {
			t.Errorf("%dx%d: %+v, want sizes %v of %v", tt.w, tt.h, s, tt.sizes, tt.dims)
		}
		for i, m := range load(t, b, s) {
			d := m.Bounds().Size()
			if max(d.X, d.Y) != tt.sizes[i] || min(d.X, d.Y) < 1 {
				t.Errorf("%dx%d at %d: %v", tt.w, tt.h, tt.sizes[i], d)
			}
			if tt.h > 1 && (!near(m.At(d.X/8, d.Y*3/4), red) || !near(m.At(d.X*7/8, d.Y*3/4), blue)) {
				t.Errorf("%dx%d at %d: the colors are wrong", tt.w, tt.h, tt.sizes[i])
			}
		}
		if err := picture.Delete(t.Context(), b, s.Key, s.Width, s.Height); err != nil {
			t.Error(err)
		}
	}
	b.Each(t.Context(), func(key string) error { t.Errorf("left behind: %s", key); return nil })
}

func TestFit(t *testing.T) {
	for _, tt := range [][4]int{{1280, 960, 320, 320}, {1280, 960, 321, 640}, {1280, 960, 5000, 1280}, {500, 300, 640, 500}, {500, 300, 200, 320}, {24, 32, 160, 32}} {
		if got := picture.Fit(tt[0], tt[1], tt[2]); got != tt[3] {
			t.Errorf("Fit(%d, %d, %d) = %d, want %d", tt[0], tt[1], tt[2], got, tt[3])
		}
	}
	if picture.File("abc", 640) != "abc-640.jpg" || !blob.IsKey(picture.File(blob.NewKey(), picture.Large)) {
		t.Error("a rendition has no name that the store takes")
	}
}

// TestUprightAndAnonymous stores a picture as each of the eight ways to hold a
// camera would: the result is the same upright picture, without its EXIF.
func TestUprightAndAnonymous(t *testing.T) {
	b := open(t)
	upright := halves(80, 40)
	for o := 1; o <= 8; o++ {
		held := hold(upright, o)
		for name, upload := range map[string][]byte{
			"jpeg little": withSegment(asJPEG(held), 0xe1, append([]byte("Exif\x00\x00"), exif(binary.LittleEndian, o)...)),
			"jpeg big":    withSegment(asJPEG(held), 0xe1, append([]byte("Exif\x00\x00"), exif(binary.BigEndian, o)...)),
			"png":         bytes.Replace(asPNG(held), chunk("IEND", nil), append(chunk("eXIf", exif(binary.BigEndian, o)), chunk("IEND", nil)...), 1),
		} {
			s, err := picture.Store(t.Context(), b, bytes.NewReader(upload))
			if err != nil || s.Width != 80 || s.Height != 40 {
				t.Errorf("%s, orientation %d: %dx%d, %v", name, o, s.Width, s.Height, err)
				continue
			}
			m := load(t, b, s)[0]
			if !near(m.At(10, 30), red) || !near(m.At(70, 30), blue) || !near(m.At(10, 1), color.RGBA{255, 255, 255, 255}) {
				t.Errorf("%s, orientation %d: the picture does not stand upright", name, o)
			}
		}
	}
}

// hold is how a camera held in this orientation records the picture.
func hold(m *image.RGBA, o int) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	if o >= 5 {
		w, h = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			lx, ly := m.Rect.Dx()-1-x, m.Rect.Dy()-1-y
			// Row and column that the EXIF standard names for the picture's own top and left.
			at := map[int]image.Point{1: {x, y}, 2: {lx, y}, 3: {lx, ly}, 4: {x, ly}, 5: {y, x}, 6: {y, lx}, 7: {ly, lx}, 8: {ly, x}}[o]
			out.SetRGBA(at.X, at.Y, m.RGBAAt(x, y))
		}
	}
	return out
}

func TestWhatIsAccepted(t *testing.T) {
	b := open(t)
	webp := fixture(t, "halves.webp")
	transparent := image.NewNRGBA(image.Rect(0, 0, 40, 40))
	paletted := image.NewPaletted(image.Rect(0, 0, 40, 40), color.Palette{red, blue})
	deep := image.NewNRGBA64(image.Rect(0, 0, 40, 40))
	for i := range deep.Pix {
		deep.Pix[i] = 0xff
	}
	for name, tt := range map[string]struct {
		upload []byte
		color  string // average
	}{
		"webp":                 {webp, ""},
		"webp with EXIF":       {webpWith(webp, 8, "EXIF", exif(binary.LittleEndian, 6)), ""},
		"transparent PNG":      {asPNG(transparent), "#ffffff"},
		"paletted PNG":         {asPNG(paletted), "#dc1e1e"},
		"16 bit PNG":           {asPNG(deep), "#ffffff"},
		"interlaced PNG":       {asPNG(halves(40, 40)), ""},
		"gray JPEG":            {asJPEG(image.NewGray(image.Rect(0, 0, 40, 40))), "#000000"},
		"JPEG with a comment":  {withSegment(asJPEG(halves(40, 40)), 0xfe, []byte("CANARY taken at home")), ""},
		"JPEG with odd EXIF":   {withSegment(asJPEG(halves(40, 40)), 0xe1, []byte("Exif\x00\x00II*\x00\xff\xff\xff\xff")), ""},
		"JPEG with short EXIF": {withSegment(asJPEG(halves(40, 40)), 0xe1, []byte("Exif\x00\x00II*\x00\x08\x00\x00\x00\xff\xff")), ""},
		"PNG with frames":      {bytes.Replace(asPNG(halves(40, 40)), chunk("IEND", nil), append(bytes.Repeat(chunk("fdAT", []byte("\x00\x00\x00\x01x")), 10_000), chunk("IEND", nil)...), 1), ""},
	} {
		s, err := picture.Store(t.Context(), b, bytes.NewReader(tt.upload))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		load(t, b, s)
		if tt.color != "" && s.Color != tt.color || len(s.Color) != 7 || len(s.SHA256) != 64 {
			t.Errorf("%s: %+v, want color %s", name, s, tt.color)
		}
		if name == "webp with EXIF" && (s.Width != 40 || s.Height != 60) {
			t.Errorf("%s: %dx%d does not stand upright", name, s.Width, s.Height)
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	b := open(t)
	good := asJPEG(halves(200, 200))
	webp := fixture(t, "halves.webp")
	for name, tt := range map[string]struct {
		upload []byte
		kind   errs.Kind
	}{
		"nothing":               {nil, errs.Unsupported},
		"SVG":                   {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), errs.Unsupported},
		"HTML":                  {[]byte("<!doctype html><html><body>"), errs.Unsupported},
		"GIF":                   {[]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"), errs.Unsupported},
		"BMP":                   {append([]byte("BM"), make([]byte, 200)...), errs.Unsupported},
		"TIFF":                  {exif(binary.LittleEndian, 1), errs.Unsupported},
		"PDF":                   {[]byte("%PDF-1.7\n"), errs.Unsupported},
		"blank before a JPEG":   {append([]byte(" "), good...), errs.Unsupported},
		"page in a comment":     {withSegment(good, 0xfe, []byte("*/=1;</style><SCRIPT>alert(1)</script>")), errs.Unsupported},
		"page behind a JPEG":    {append(bytes.Clone(good), "<html><body onload=alert(1)>"...), errs.Unsupported},
		"JPEG cut off":          {good[:len(good)/2], errs.Invalid},
		"JPEG header alone":     {good[:3], errs.Invalid},
		"PNG cut off":           {asPNG(halves(200, 200))[:300], errs.Invalid},
		"PNG with a wrong sum":  {bytes.Replace(asPNG(halves(20, 20)), []byte("IEND\xaeB"), []byte("IEND\x00\x00"), 1), errs.Invalid},
		"WebP cut off":          {webp[:len(webp)-20], errs.Invalid},
		"animated WebP":         {animatedWebP(webp, 10_000), errs.Invalid},
		"RIFF of another kind":  {[]byte("RIFF\x00\x00\x00\x00WAVEfmt "), errs.Unsupported},
		"20000 x 20000":         {rawPNG(20000, 20000, 1, 0), errs.TooLarge},
		"one byte tall":         {rawPNG(65535, 1, 8, 0), errs.TooLarge},
		"one byte wide":         {rawPNG(1, 65535, 8, 0), errs.TooLarge},
		"41 megapixels":         {rawPNG(8200, 5000, 1, 0), errs.TooLarge},
		"deep and interlaced":   {slices.Concat([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", []byte("\x00\x00\x17\x70\x00\x00\x17\x70\x10\x06\x00\x00\x01"))), errs.TooLarge},
		"huge JPEG":             {bytes.Replace(good, []byte{0xff, 0xc0, 0, 17, 8, 0, 200, 0, 200}, []byte{0xff, 0xc0, 0, 17, 8, 0xff, 0xff, 0xff, 0xff}, 1), errs.TooLarge},
		"large progressive":     {bytes.Replace(good, []byte{0xff, 0xc0, 0, 17, 8, 0, 200, 0, 200}, []byte{0xff, 0xc2, 0, 17, 8, 0x13, 0x88, 0x13, 0x88}, 1), errs.TooLarge},
		"JPEG of no pixels":     {bytes.Replace(good, []byte{0xff, 0xc0, 0, 17, 8, 0, 200, 0, 200}, []byte{0xff, 0xc0, 0, 17, 8, 0, 0, 0, 0}, 1), errs.Invalid},
		"more bytes than taken": {append(bytes.Clone(good), make([]byte, picture.MaxBytes)...), errs.TooLarge},
		"50 MB":                 {make([]byte, 50<<20), errs.TooLarge},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		s, err := picture.Store(t.Context(), b, bytes.NewReader(tt.upload))
		runtime.ReadMemStats(&after)
		if err == nil || errs.KindOf(err) != tt.kind || s.Key != "" {
			t.Errorf("%s: %+v, %v; want %v", name, s, err, tt.kind)
		}
		for _, lang := range i18n.Languages() {
			if text := i18n.For(lang).Error(err); strings.Contains(text, "⟦") || text == i18n.For(lang).T("error.internal") {
				t.Errorf("%s, %s: %q", name, lang, text)
			}
		}
		// What was sent is held while it grows; beyond that there is next to nothing.
		if grown, allowed := int64(after.TotalAlloc-before.TotalAlloc), 8*min(int64(len(tt.upload)), picture.MaxBytes)+4<<20; grown > allowed {
			t.Errorf("%s: %d bytes were allocated for %d", name, grown, len(tt.upload))
		}
	}
	b.Each(t.Context(), func(key string) error { t.Errorf("stored: %s", key); return nil })
}

// TestOtherDecodersAreNotLinked would see a decoder that registers itself.
func TestOtherDecodersAreNotLinked(t *testing.T) {
	for name, head := range map[string]string{"GIF": "GIF89a\x01\x00\x01\x00\x00\x00\x00", "BMP": "BM????\x00\x00\x00\x00", "TIFF": "II*\x00\x08\x00\x00\x00", "TIFF, big": "MM\x00*\x00\x00\x00\x08"} {
		if _, _, err := image.DecodeConfig(strings.NewReader(head + strings.Repeat("\x00", 64))); err != image.ErrFormat {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	b := open(t)
	upload := asJPEG(halves(800, 600))
	keys := sync.Map{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			s, err := picture.Store(context.Background(), b, bytes.NewReader(upload))
			if err != nil {
				t.Error(err)
			}
			if _, twice := keys.LoadOrStore(s.Key, true); twice {
				t.Error("a name was given twice")
			}
		})
	}
	wg.Wait()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := picture.Store(ctx, b, bytes.NewReader(upload)); err == nil {
		t.Error("a caller that had gone was served")
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestAnUploadThatBreaksOff(t *testing.T) {
	if _, err := picture.Store(t.Context(), open(t), failing{}); err == nil {
		t.Error("half an upload was stored")
	}
}

// TestForeignPictures reads broken and odd pictures collected by others.
func TestForeignPictures(t *testing.T) {
	shared := os.Getenv("AROMART_SHARED")
	if shared == "" {
		shared = "../../../../shared"
	}
	files, _ := filepath.Glob(filepath.Join(shared, "data/badinput/images/*"))
	more, _ := filepath.Glob(filepath.Join(shared, "data/badinput/svg/*"))
	if len(files) == 0 {
		t.Skip("SKIPPED: the collection of broken pictures is not here; name its folder in AROMART_SHARED")
	}
	b := open(t)
	stored := 0
	for _, name := range append(files, more...) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		s, err := picture.Store(t.Context(), b, bytes.NewReader(data))
		if err == nil {
			stored++
			load(t, b, s)
			continue
		}
		if errs.KindOf(err) == errs.Internal {
			t.Errorf("%s: %v is no answer to a person", filepath.Base(name), err)
		}
		t.Logf("%s: %v", filepath.Base(name), err)
	}
	if stored < 3 {
		t.Errorf("only %d of the pictures with odd EXIF were stored", stored)
	}
}

func FuzzStore(f *testing.F) {
	webp, _ := os.ReadFile("testdata/halves.webp")
	for _, seed := range [][]byte{asJPEG(halves(20, 20)), asPNG(halves(20, 20)), webp, withSegment(asJPEG(halves(9, 9)), 0xe1, append([]byte("Exif\x00\x00"), exif(binary.BigEndian, 6)...))} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		s, err := picture.Store(t.Context(), open(t), bytes.NewReader(data))
		if err != nil && errs.KindOf(err) == errs.Internal {
			t.Errorf("%v", err)
		}
		if err == nil && (s.Width < 1 || s.Height < 1 || len(s.Sizes) == 0) {
			t.Errorf("%+v", s)
		}
	})
}

func BenchmarkStore(b *testing.B) {
	store := open(b)
	for _, size := range []image.Point{{800, 800}, {2000, 2000}, {4000, 3000}, {8000, 5000}} {
		upload := asJPEG(halves(size.X, size.Y))
		b.Run(fmt.Sprintf("%dx%d", size.X, size.Y), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := picture.Store(b.Context(), store, bytes.NewReader(upload)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRefuse(b *testing.B) {
	store := open(b)
	for name, upload := range map[string][]byte{"20000x20000": rawPNG(20000, 20000, 1, 0), "65535x1": rawPNG(65535, 1, 8, 0), "cut off": asJPEG(halves(2000, 2000))[:30000]} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := picture.Store(b.Context(), store, bytes.NewReader(upload)); err == nil {
					b.Fatal("it was stored")
				}
			}
		})
	}
}
