package ui

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"

	"aromart/internal/kit/errs"
)

// The minified style sheet and script lie in dist, made from static by `go generate`.
//
//go:embed dist static/favicon.svg static/tiles/*.svg
var files embed.FS

// AssetSet is the static files under names that change with their content, so
// that a browser may keep them for ever.
type AssetSet struct {
	href   map[string]string // "site.css" -> "/static/site.0a1b2c3d4e5f.css"
	hashed map[string]*asset // by the last part of the address
}

type asset struct {
	kind       string
	body, gzip []byte // gzip is nil when it is no smaller
	etag       string
}

// Assets returns the static files, prepared once.
var Assets = sync.OnceValue(func() *AssetSet {
	set := &AssetSet{href: map[string]string{}, hashed: map[string]*asset{}}
	for _, dir := range []string{"dist", "static", "static/tiles"} {
		entries, err := fs.ReadDir(files, dir)
		if err != nil {
			panic(fmt.Errorf("ui: embedded files: %w", err)) // part of the program
		}
		for _, e := range entries {
			if e.IsDir() {
				continue
			}
			body, err := files.ReadFile(dir + "/" + e.Name())
			if err != nil {
				panic(fmt.Errorf("ui: embedded files: %w", err))
			}
			name := strings.TrimPrefix(strings.TrimPrefix(dir+"/"+e.Name(), "static/"), "dist/")
			set.add(name, body)
		}
	}
	return set
})

func (s *AssetSet) add(name string, body []byte) {
	sum := sha256.Sum256(body)
	mark := hex.EncodeToString(sum[:6])
	ext := path.Ext(name)
	file := strings.ReplaceAll(strings.TrimSuffix(name, ext), "/", "-") + "." + mark + ext
	a := &asset{kind: mime.TypeByExtension(ext), body: body, etag: `"` + mark + `"`}
	if ext == ".svg" {
		a.kind = "image/svg+xml"
	}
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	z.Write(body) // a buffer does not fail
	z.Close()
	if b.Len() < len(body) {
		a.gzip = b.Bytes()
	}
	s.href[name], s.hashed[file] = "/static/"+file, a
}

// Href is the address of a static file.
func (s *AssetSet) Href(name string) string { return s.href[name] }

// Serve answers for /static/{file}. What is not there is ErrNotFound.
func (s *AssetSet) Serve(w http.ResponseWriter, r *http.Request, file string) error {
	a := s.hashed[file]
	if a == nil {
		return errs.New(errs.NotFound, "error.not_found")
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", a.etag)
	h.Set("Vary", "Accept-Encoding")
	if r.Header.Get("If-None-Match") == a.etag {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	body := a.body
	if a.gzip != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = a.gzip
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return nil
	}
	_, err := w.Write(body)
	return err
}

// tileHrefs are the tiles by top category; 0 is the one for all others.
var tileHrefs = sync.OnceValue(func() map[int64]string {
	out := map[int64]string{}
	for name, href := range Assets().href {
		if id, isTile := strings.CutPrefix(strings.TrimSuffix(name, ".svg"), "tiles/"); isTile {
			if n, err := strconv.ParseInt(id, 10, 64); err == nil {
				out[n] = href
			}
		}
	}
	return out
})

func tileHref(top int64) string {
	if h := tileHrefs()[top]; h != "" {
		return h
	}
	return tileHrefs()[0]
}
