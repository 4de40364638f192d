package exchange

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"strings"

	"aromart/internal/goods/catalog"
	"aromart/internal/kit/errs"
	"aromart/internal/platform/blob"
	"aromart/internal/platform/picture"
)

const (
	maxPictureFiles = 50_000
	maxPackRatio    = 200 // unpacked bytes for a packed one; pictures hardly pack at all
)

// Pictures are picture files that come beside a catalog: a folder or a ZIP
// file. A picture of the catalog is found by the last part of its address.
type Pictures struct {
	files  map[string]string // lower-case base name to the name in src
	src    fs.FS
	sizes  map[string]uint64 // of a ZIP file: what an entry may unpack to
	closer io.Closer
}

// OpenPictures opens a folder or a ZIP file. Names that lead out of it are not
// followed; nothing is unpacked to the disk.
func OpenPictures(name string) (*Pictures, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, errs.New(errs.Invalid, "exchange.pictures_unreadable").Because(err)
	}
	p := &Pictures{files: map[string]string{}}
	if info.IsDir() {
		root, err := os.OpenRoot(name)
		if err != nil {
			return nil, errs.New(errs.Invalid, "exchange.pictures_unreadable").Because(err)
		}
		p.src, p.closer = root.FS(), root
		err = fs.WalkDir(p.src, ".", func(file string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			return p.add(file)
		})
		return p, p.opened(err)
	}
	z, err := zip.OpenReader(name)
	if err != nil {
		return nil, errs.New(errs.Invalid, "exchange.pictures_unreadable").Because(err)
	}
	p.src, p.closer, p.sizes = z, z, map[string]uint64{}
	for _, f := range z.File {
		if f.Mode().IsRegular() && fs.ValidPath(f.Name) && f.UncompressedSize64 <= picture.MaxBytes &&
			f.UncompressedSize64 <= maxPackRatio*(f.CompressedSize64+100) {
			p.sizes[f.Name] = f.UncompressedSize64
			err = errors.Join(err, p.add(f.Name))
		}
	}
	return p, p.opened(err)
}

func (p *Pictures) opened(err error) error {
	if err == nil {
		return nil
	}
	p.Close()
	if _, shown := errors.AsType[*errs.Error](err); shown {
		return err
	}
	return errs.New(errs.Invalid, "exchange.pictures_unreadable").Because(err)
}

func (p *Pictures) add(file string) error {
	if len(p.files) == maxPictureFiles {
		return errs.New(errs.TooLarge, "exchange.pictures_too_many", "limit", maxPictureFiles)
	}
	key := strings.ToLower(path.Base(file))
	if _, taken := p.files[key]; !taken {
		p.files[key] = file
	}
	return nil
}

// Close ends the use of the pictures. It may be called on nil.
func (p *Pictures) Close() error {
	if p == nil || p.closer == nil {
		return nil
	}
	return p.closer.Close()
}

// open finds the file of a picture by its address in the catalog.
func (p *Pictures) open(src string) ([]byte, bool) {
	name := src
	if u, err := url.Parse(src); err == nil && u.Path != "" {
		name = u.Path
	}
	file, ok := p.files[strings.ToLower(path.Base(name))]
	if !ok {
		return nil, false
	}
	f, err := p.src.Open(file)
	if err != nil {
		return nil, false
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, picture.MaxBytes+1))
	return data, err == nil
}

// pictureSet is what became of the pictures of the product at work: by
// address, those that are stored by now.
type pictureSet struct {
	stored map[string]catalog.Picture
}

// prepare stores the pictures of a product that are not stored yet. It is done
// before the transaction, because it decodes. A dry run only looks.
func (pl *planner) prepare(ctx context.Context, blobs *blob.Store, from *Pictures, p *Product, old *catalog.Product, dry bool) error {
	pl.pictures = pictureSet{map[string]catalog.Picture{}}
	if from == nil {
		if len(p.Pictures) > 0 && old == nil {
			pl.once("", 0, "", "", Note, "exchange.pictures_not_fetched")
		}
		return nil
	}
	for _, pic := range p.Pictures {
		data, found := from.open(pic.Src)
		if !found {
			if old == nil || place(old.Pictures, pic.Src) == 0 {
				pl.report.add(p.Row, "", pic.Src, Note, "exchange.picture_missing")
			}
			continue
		}
		sum := sha256.Sum256(data)
		if have, ok := bySum(old, hex.EncodeToString(sum[:])); ok {
			have.Source = pic.Src
			pl.pictures.stored[pic.Src] = have
			continue
		}
		if dry {
			pl.pictures.stored[pic.Src] = catalog.Picture{Source: pic.Src, SHA256: hex.EncodeToString(sum[:])}
			continue
		}
		memo := p.Handle + "\x00" + hex.EncodeToString(sum[:])
		if have, ok := pl.kept[memo]; ok { // stored for a try that did not come through
			pl.pictures.stored[pic.Src] = have
			continue
		}
		s, err := picture.Store(ctx, blobs, bytes.NewReader(data))
		if e, shown := errors.AsType[*errs.Error](err); shown && e.Kind != errs.Unavailable && e.Kind != errs.Internal {
			pl.report.add(p.Row, "", pic.Src, Warning, e.ID, arguments(e)...)
			continue
		}
		if err != nil {
			return err
		}
		pl.pictures.stored[pic.Src] = catalog.Picture{Blob: s.Key, Width: s.Width, Height: s.Height, Color: s.Color, SHA256: s.SHA256, Source: pic.Src}
		pl.kept[memo] = pl.pictures.stored[pic.Src]
	}
	return nil
}

func bySum(p *catalog.Product, sum string) (catalog.Picture, bool) {
	if p != nil {
		for _, pic := range p.Pictures {
			if pic.SHA256 == sum {
				return pic, true
			}
		}
	}
	return catalog.Picture{}, false
}

// arguments are those of an error, for a line of the report.
func arguments(e *errs.Error) []any {
	var out []any
	for _, a := range e.Args {
		out = append(out, a.Name, a.Value)
	}
	return out
}

// sourceOf is the address under which a stored picture stands in a file.
func sourceOf(pic catalog.Picture) string {
	if pic.Source != "" {
		return pic.Source
	}
	return pic.Blob + ".jpg"
}

// apply puts the file's pictures first, in its order, as far as they are
// stored, and keeps all others behind them.
func (s pictureSet) apply(p *Product, old []catalog.Picture) []catalog.Picture {
	var out []catalog.Picture
	used := map[string]bool{}
	for _, pic := range p.Pictures {
		have, ok := s.stored[pic.Src]
		if !ok {
			if n := place(old, pic.Src); n > 0 {
				have, ok = old[n-1], true
			}
		}
		if !ok || used[have.SHA256+have.Blob] {
			continue
		}
		used[have.SHA256+have.Blob] = true
		if pic.Alt != "" {
			have.Alt = pic.Alt
		}
		out = append(out, have)
	}
	for _, pic := range old {
		if now, replaced := s.stored[pic.Source]; replaced && now.SHA256 != pic.SHA256 {
			continue // the file brings a new picture under the same address
		}
		if !used[pic.SHA256+pic.Blob] && len(out) < catalog.MaxPictures {
			out = append(out, pic)
		}
	}
	return out
}
