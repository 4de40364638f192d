// Package blob keeps files that the database only names: pictures and uploads.
//
// What always holds: a file appears under its name complete and durable, or
// not at all; it never changes afterwards; names are random and made here, so
// that nothing of an upload's own name reaches the disk; nothing outside the
// directory can be named, not through links either.
//
// Personal data: what is uploaded may hold some; whoever stores a file deletes it.
//
// Tables: none.
package blob

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"aromart/internal/kit/errs"
	"aromart/internal/platform/durable"
)

// DirName is the folder inside the data directory.
const DirName = "media"

// Store is a directory of files.
type Store struct{ root *os.Root }

// Open opens the store of a data directory, which it makes when it is missing.
func Open(dir string) (*Store, error) {
	media := filepath.Join(dir, DirName)
	if err := os.MkdirAll(media, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the folder for pictures: %w", err)
	}
	root, err := os.OpenRoot(media)
	if err != nil {
		return nil, fmt.Errorf("cannot open the folder for pictures: %w", err)
	}
	return &Store{root}, nil
}

// Close ends the use of the store.
func (s *Store) Close() error { return s.root.Close() }

var lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// NewKey returns a random name of 128 bits in 26 letters and digits, which is
// safe in addresses and on file systems that do not tell case apart.
func NewKey() string {
	var b [16]byte
	rand.Read(b[:])
	return lower.EncodeToString(b[:])
}

// IsKey reports whether a name may be one of ours: NewKey, and what is
// appended to tell renditions apart ("-640.jpg").
func IsKey(key string) bool {
	return len(key) >= 8 && len(key) <= 64 && !strings.ContainsFunc(key, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '.'
	}) && key[0] != '.' && key[0] != '-' && !strings.Contains(key, "..")
}

// file is the place of a key. Two letters of folder keep a directory at a thousandth of the files.
func file(key string) string { return path.Join(key[:2], key) }

// notThere is the same for a name that cannot be and a name that is not.
func notThere(key string, cause error) error {
	return errs.New(errs.NotFound, "error.not_found").Because(fmt.Errorf("blob %q: %w", key, cause))
}

// Put writes a file. Writing the same key again replaces it as a whole.
func (s *Store) Put(ctx context.Context, key string, data []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !IsKey(key) {
		return fmt.Errorf("blob: %q is no key", key)
	}
	if err := s.makeDir(key[:2]); err != nil {
		return full(err)
	}
	return full(durable.Write(s.root, file(key), data))
}

func (s *Store) makeDir(name string) error {
	err := s.root.Mkdir(name, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err == nil {
		err = durable.SyncFolder(s.root, ".")
	}
	return err
}

// full marks errors of a full or lost disk, so that a face answers 503.
func full(err error) error {
	if err == nil {
		return nil
	}
	return errs.New(errs.Unavailable, "error.unavailable").Because(fmt.Errorf("blob: %w", err))
}

// File is an open file; it fits http.ServeContent.
type File struct {
	io.ReadSeekCloser
	Size    int64
	ModTime time.Time
}

// Open opens a file for reading.
func (s *Store) Open(ctx context.Context, key string) (*File, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !IsKey(key) {
		return nil, notThere(key, fs.ErrNotExist)
	}
	f, err := s.root.Open(file(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notThere(key, err)
	}
	if err != nil {
		return nil, full(err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("no regular file")
	}
	if err != nil {
		f.Close()
		return nil, full(err)
	}
	return &File{f, info.Size(), info.ModTime()}, nil
}

// Get reads a whole file.
func (s *Store) Get(ctx context.Context, key string) ([]byte, error) {
	f, err := s.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	return data, full(err)
}

// Exists reports whether the file is there.
func (s *Store) Exists(ctx context.Context, key string) (bool, error) {
	f, err := s.Open(ctx, key)
	if errs.KindOf(err) == errs.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, f.Close()
}

// Delete removes a file. One that is not there is no error: a job may run twice.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !IsKey(key) {
		return nil
	}
	if err := s.root.Remove(file(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return full(err)
	}
	return nil
}

// Each calls f with the key of every file, in no order: for fsck and backup.
func (s *Store) Each(ctx context.Context, f func(key string) error) error {
	return fs.WalkDir(s.root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || !d.Type().IsRegular() || !IsKey(d.Name()) {
			return err
		}
		return f(d.Name())
	})
}

// Sweep removes what writes that were cut off an hour ago left behind.
func (s *Store) Sweep(ctx context.Context, now time.Time) error {
	return fs.WalkDir(s.root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || !d.Type().IsRegular() || !strings.HasPrefix(d.Name(), durable.HalfPrefix) {
			return err
		}
		if info, err := d.Info(); err != nil || now.Sub(info.ModTime()) < time.Hour {
			return nil
		}
		return s.root.Remove(p)
	})
}
