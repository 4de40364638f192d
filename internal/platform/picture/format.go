package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"aromart/internal/kit/errs"
)

// format is one of the three kinds accepted. Their decoders are called by
// name; TIFF, BMP and GIF are not linked, so that a flaw in one of them is none of ours.
type format struct {
	config      func(io.Reader) (image.Config, error)
	decode      func(io.Reader) (image.Image, error)
	memory      func(data []byte, c image.Config) int // bytes for a pixel while decoding
	orientation func(data []byte) int                 // of EXIF, 1 to 8
}

var (
	jpegFormat = format{jpeg.DecodeConfig, jpeg.Decode, jpegMemory, func(d []byte) int { return orientation(jpegEXIF(d)) }}
	pngFormat  = format{png.DecodeConfig, png.Decode, pngMemory, func(d []byte) int { return orientation(pngEXIF(d)) }}
	webpFormat = format{webp.DecodeConfig, webp.Decode, func([]byte, image.Config) int { return 8 }, func(d []byte) int { return orientation(webpEXIF(d)) }}
)

const pngMagic = "\x89PNG\r\n\x1a\n"

// inspect tells what a file is by its first bytes, never by its name, and
// checks its dimensions before any pixel is decoded.
func inspect(data []byte) (f format, width, height int, err error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		f = jpegFormat
	case bytes.HasPrefix(data, []byte(pngMagic)):
		f = pngFormat
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		f = webpFormat
	default:
		return f, 0, 0, errs.New(errs.Unsupported, "picture.unsupported")
	}
	if isPage(data) {
		return f, 0, 0, errs.New(errs.Unsupported, "picture.unsupported")
	}
	c, err := f.config(bytes.NewReader(data))
	if err != nil || c.Width <= 0 || c.Height <= 0 {
		return f, 0, 0, broken(err)
	}
	pixels := int64(c.Width) * int64(c.Height)
	if c.Width > MaxSide || c.Height > MaxSide || pixels > MaxPixels || pixels*int64(f.memory(data, c)) > maxMemory {
		return f, 0, 0, errs.New(errs.TooLarge, "picture.too_many_pixels", "side", MaxSide, "megapixels", MaxPixels/1_000_000)
	}
	return f, c.Width, c.Height, nil
}

// isPage reports a picture that is a web page or a program as well. Writing it
// anew would make it harmless; who sends one means no picture.
func isPage(data []byte) bool {
	const window = 64 << 10
	head, tail := data[:min(len(data), window)], data[max(0, len(data)-window):]
	for _, part := range [][]byte{head, tail} {
		lower := bytes.ToLower(part)
		for _, mark := range []string{"<script", "<html", "<!doctype", "<iframe", "<?php", "javascript:"} {
			if bytes.Contains(lower, []byte(mark)) {
				return true
			}
		}
	}
	return false
}

// jpegMemory: a plane for each component; a progressive picture also keeps
// four bytes for each coefficient until its last scan.
func jpegMemory(data []byte, _ image.Config) int {
	bytesPerPixel := 3
	eachSegment(data, func(marker byte, body []byte) bool {
		if marker < 0xc0 || marker > 0xcf || marker == 0xc4 || marker == 0xc8 || marker == 0xcc || len(body) < 6 {
			return true
		}
		components := int(body[5])
		luma := 1
		if len(body) >= 9 && components == 3 {
			luma = max(1, int(body[7]>>4)*int(body[7]&15))
		}
		bytesPerPixel = components
		if luma >= 4 {
			bytesPerPixel = 2 // 1.5, rounded up
		}
		if marker == 0xc2 {
			bytesPerPixel *= 5
		}
		return false
	})
	return bytesPerPixel
}

func pngMemory(data []byte, c image.Config) int {
	n := 4
	switch c.ColorModel {
	case color.GrayModel:
		n = 1
	case color.Gray16Model:
		n = 2
	case color.RGBA64Model, color.NRGBA64Model:
		n = 8
	}
	if _, paletted := c.ColorModel.(color.Palette); paletted {
		n = 1
	}
	if len(data) > 28 && data[28] == 1 { // interlaced: the passes are kept beside the whole
		n *= 2
	}
	return n
}

// eachSegment walks the segments of a JPEG up to the first scan.
func eachSegment(data []byte, f func(marker byte, body []byte) (more bool)) {
	for p := 2; p+4 <= len(data) && data[p] == 0xff; {
		marker := data[p+1]
		if marker == 0xff { // a fill byte
			p++
			continue
		}
		n := int(binary.BigEndian.Uint16(data[p+2:]))
		if marker == 0xda || n < 2 || p+2+n > len(data) || !f(marker, data[p+4:p+2+n]) {
			return
		}
		p += 2 + n
	}
}

func jpegEXIF(data []byte) (exif []byte) {
	eachSegment(data, func(marker byte, body []byte) bool {
		if marker == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			exif = body[6:]
		}
		return exif == nil
	})
	return exif
}

func pngEXIF(data []byte) []byte {
	for p := len(pngMagic); p+8 <= len(data); {
		n := int(binary.BigEndian.Uint32(data[p:]))
		if n < 0 || p+8+n > len(data) {
			return nil
		}
		if string(data[p+4:p+8]) == "eXIf" {
			return data[p+8 : p+8+n]
		}
		p += 12 + n
	}
	return nil
}

func webpEXIF(data []byte) []byte {
	for p := 12; p+8 <= len(data); {
		n := int(binary.LittleEndian.Uint32(data[p+4:]))
		if n < 0 || p+8+n > len(data) {
			return nil
		}
		if string(data[p:p+4]) == "EXIF" {
			return bytes.TrimPrefix(data[p+8:p+8+n], []byte("Exif\x00\x00"))
		}
		p += 8 + n + n&1
	}
	return nil
}

// orientation reads one tag of the first directory; 1, upright, when there is
// none or it makes no sense. It is all that is ever read of EXIF.
func orientation(exif []byte) int {
	if len(exif) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(exif[:2]) == "MM" {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(exif[4:]))
	if at+2 > int64(len(exif)) {
		return 1
	}
	entries := exif[at+2:]
	for range order.Uint16(exif[at:]) {
		if len(entries) < 12 {
			return 1
		}
		if order.Uint16(entries) == 0x0112 && order.Uint16(entries[2:]) == 3 {
			if o := int(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			return 1
		}
		entries = entries[12:]
	}
	return 1
}

// upright turns and mirrors a picture as EXIF says it was taken.
func upright(m *image.RGBA, orientation int) *image.RGBA {
	if orientation == 1 {
		return m
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	if orientation >= 5 {
		w, h = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	lastX, lastY := m.Rect.Dx()-1, m.Rect.Dy()-1
	for y := range h {
		for x := range w {
			var fromX, fromY int
			switch orientation {
			case 2:
				fromX, fromY = lastX-x, y
			case 3:
				fromX, fromY = lastX-x, lastY-y
			case 4:
				fromX, fromY = x, lastY-y
			case 5:
				fromX, fromY = y, x
			case 6:
				fromX, fromY = y, lastY-x
			case 7:
				fromX, fromY = lastX-y, lastY-x
			case 8:
				fromX, fromY = lastX-y, x
			}
			copy(out.Pix[out.PixOffset(x, y):][:4], m.Pix[m.PixOffset(fromX, fromY):][:4])
		}
	}
	return out
}
