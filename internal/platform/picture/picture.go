// Package picture turns an uploaded picture into ours: decoded within limits,
// turned upright, written anew as JPEG in a few sizes under a random name.
//
// What always holds: nothing of the uploaded bytes is ever served; EXIF, GPS,
// color profiles and comments are gone; the dimensions are checked before a
// pixel is decoded; one picture is decoded at a time, within a bounded amount
// of memory and time.
//
// Personal data: a picture may show somebody; its position and camera are removed.
//
// Tables: none.
package picture

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"strconv"
	"time"

	"golang.org/x/image/draw"

	"aromart/internal/kit/errs"
	"aromart/internal/platform/blob"
)

// Limits of an upload.
const (
	MaxBytes  = 15 << 20
	MaxPixels = 40_000_000
	MaxSide   = 10_000
)

const (
	maxMemory = 200 << 20        // of the decoder, see estimate
	maxWait   = 20 * time.Second // for one's turn
	maxDecode = 10 * time.Second
	quality   = 80
)

// The long sides of the renditions. A picture is never enlarged: one of 500
// pixels is kept at 160, 320 and 500.
const (
	Thumb  = 160
	Small  = 320
	Medium = 640
	Large  = 1280
)

// Stored is a picture in the store. Width and Height are those of its largest rendition.
type Stored struct {
	Key           string
	Width, Height int
	Color         string // average, "#a0b1c2": the ground while the picture loads
	SHA256        string // of the upload, to know it again
	Sizes         []int
}

// Sizes returns the long sides in which a picture of these dimensions is kept, the smallest first.
func Sizes(width, height int) []int {
	long := min(max(width, height), Large)
	var sizes []int
	for _, s := range []int{Thumb, Small, Medium} {
		if s < long {
			sizes = append(sizes, s)
		}
	}
	return append(sizes, long)
}

// Fit returns the smallest size kept that is no smaller than want, or the largest.
func Fit(width, height, want int) int {
	sizes := Sizes(width, height)
	for _, s := range sizes {
		if s >= want {
			return s
		}
	}
	return sizes[len(sizes)-1]
}

// File is the name of a rendition in the store: "KEY-640.jpg".
func File(key string, size int) string { return key + "-" + strconv.Itoa(size) + ".jpg" }

// ContentType of every rendition.
const ContentType = "image/jpeg"

// Store reads a picture, writes its renditions and returns what the row needs to hold.
func Store(ctx context.Context, blobs *blob.Store, r io.Reader) (Stored, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return Stored{}, err
	}
	if len(data) > MaxBytes {
		return Stored{}, errs.New(errs.TooLarge, "picture.too_large", "mb", MaxBytes>>20)
	}
	sum := sha256.Sum256(data)
	s := Stored{Key: blob.NewKey(), SHA256: hex.EncodeToString(sum[:])}
	renditions, err := render(ctx, data, &s)
	if err != nil {
		return Stored{}, err
	}
	for i, jpg := range renditions {
		if err := blobs.Put(ctx, File(s.Key, s.Sizes[i]), jpg); err != nil {
			Delete(context.WithoutCancel(ctx), blobs, s.Key, s.Width, s.Height)
			return Stored{}, err
		}
	}
	return s, nil
}

// Delete removes every rendition.
func Delete(ctx context.Context, blobs *blob.Store, key string, width, height int) error {
	for _, size := range Sizes(width, height) {
		if err := blobs.Delete(ctx, File(key, size)); err != nil {
			return err
		}
	}
	return nil
}

// turn is held while a picture is in memory: there is one memory, so there is
// one of these.
var turn = make(chan struct{}, 1)

// render fills s and returns the renditions in the order of s.Sizes.
func render(ctx context.Context, data []byte, s *Stored) ([][]byte, error) {
	format, width, height, err := inspect(data)
	if err != nil {
		return nil, err
	}
	wait, cancel := context.WithTimeout(ctx, maxWait)
	defer cancel()
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
	case <-wait.Done():
		return nil, errs.New(errs.Unavailable, "error.unavailable").Because(context.Cause(wait))
	}
	decoding, cancel := context.WithTimeout(ctx, maxDecode)
	defer cancel()
	decoded, err := format.decode(&unhurried{ctx: decoding, data: data})
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, broken(err)
	}
	if b := decoded.Bounds(); b.Dx() != width || b.Dy() != height {
		return nil, broken(fmt.Errorf("%v announced as %d x %d", b, width, height))
	}
	base := upright(shrink(decoded, max(1, max(width, height)/Large)), format.orientation(data))
	decoded = nil // the largest thing in memory is not needed while the rest is made

	s.Sizes = Sizes(base.Rect.Dx(), base.Rect.Dy())
	out := make([][]byte, len(s.Sizes))
	for i := len(s.Sizes) - 1; i >= 0; i-- { // each from the next larger one
		base = scale(base, s.Sizes[i])
		if i == len(s.Sizes)-1 {
			s.Width, s.Height = base.Rect.Dx(), base.Rect.Dy()
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, base, &jpeg.Options{Quality: quality}); err != nil {
			return nil, err
		}
		out[i] = b.Bytes()
	}
	s.Color = average(base)
	return out, nil
}

func broken(cause error) error {
	return errs.New(errs.Invalid, "picture.broken").Because(cause)
}

// unhurried gives the decoder little at a time and nothing after the deadline:
// a picture made to be slow is given up.
type unhurried struct {
	ctx  context.Context
	data []byte
}

func (u *unhurried) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	if len(u.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), 2048)], u.data)
	u.data = u.data[n:]
	return n, nil
}

// shrink brings a picture near the largest rendition by averaging squares of f
// by f pixels, on white where it is transparent. It works in strips: scaling a
// large picture at once would take 32 bytes for each of its rows and our columns.
func shrink(src image.Image, f int) *image.RGBA {
	b := src.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, (b.Dx()+f-1)/f, (b.Dy()+f-1)/f))
	strip := out
	if f > 1 {
		strip = image.NewRGBA(image.Rect(0, 0, b.Dx(), f))
	}
	for y := 0; y < b.Dy(); y += strip.Rect.Dy() {
		area := image.Rect(0, 0, b.Dx(), min(strip.Rect.Dy(), b.Dy()-y))
		draw.Draw(strip, area, image.White, image.Point{}, draw.Src)
		draw.Draw(strip, area, src, image.Pt(b.Min.X, b.Min.Y+y), draw.Over)
		if f > 1 {
			squares(out.Pix[y/f*out.Stride:][:out.Stride], strip, area, f)
		}
	}
	return out
}

// squares averages a strip into one row of pixels.
func squares(row []byte, strip *image.RGBA, area image.Rectangle, f int) {
	for x := 0; x < area.Dx(); x += f {
		columns := min(f, area.Dx()-x)
		var r, g, b uint32
		for y := range area.Dy() {
			px := strip.Pix[y*strip.Stride+4*x:][:4*columns]
			for i := 0; i < len(px); i += 4 {
				r += uint32(px[i])
				g += uint32(px[i+1])
				b += uint32(px[i+2])
			}
		}
		n := uint32(columns * area.Dy())
		to := row[4*(x/f):][:4]
		to[0], to[1], to[2], to[3] = byte((r+n/2)/n), byte((g+n/2)/n), byte((b+n/2)/n), 255
	}
}

// scale makes the long side size pixels.
func scale(m *image.RGBA, size int) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	if max(w, h) <= size {
		return m
	}
	to := func(side int) int { return max(1, (side*size+max(w, h)/2)/max(w, h)) }
	out := image.NewRGBA(image.Rect(0, 0, to(w), to(h)))
	draw.CatmullRom.Scale(out, out.Rect, m, m.Rect, draw.Src, nil)
	return out
}

func average(m *image.RGBA) string {
	var sum [3]int
	for i := 0; i < len(m.Pix); i += 4 {
		for c := range sum {
			sum[c] += int(m.Pix[i+c])
		}
	}
	n := max(1, len(m.Pix)/4)
	return fmt.Sprintf("#%02x%02x%02x", sum[0]/n, sum[1]/n, sum[2]/n)
}
