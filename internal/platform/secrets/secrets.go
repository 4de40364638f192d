// Package secrets keeps the one master key of an installation, in a file of
// its own beside the database, and derives from it the key for each purpose.
//
// What always holds: the key is made once, never replaced by accident and
// never in the database or its backup; the database remembers the key's id
// and does not start with another key, because links in mails would die and
// the audit log could not be continued. The file is readable by its owner only.
//
// Personal data: none. Tables: none; the key's id is the setting "secrets.key_id".
package secrets

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"aromart/internal/platform/db"
	"aromart/internal/platform/durable"
)

// FileName is the name of the secrets file inside the data directory.
const FileName = "secrets"

const (
	header  = "aromart secrets 1"
	size    = 32
	setting = "secrets.key_id"
)

// Master is the key from which all others are derived. It prints as its id.
type Master struct{ key *[size]byte }

// Open reads the secrets file of the data directory dir, or makes it when
// neither the file nor a database that needs one exists.
func Open(ctx context.Context, d *db.DB, dir string) (Master, error) {
	known, err := KeyID(ctx, d)
	if err != nil {
		return Master{}, fmt.Errorf("secrets: %w", err)
	}
	path := filepath.Join(dir, FileName)
	m, err := read(path)
	if errors.Is(err, fs.ErrNotExist) && known == "" {
		m, err = create(dir, path)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Master{}, fmt.Errorf("%s is missing, and this database was made with the key %s. Put the file back from where you keep it; without it, links in mails no longer open and the audit log cannot be continued", path, known)
	case err != nil:
		return Master{}, err
	case known == "":
		return m, remember(ctx, d, m.ID())
	case known != m.ID():
		return Master{}, fmt.Errorf("%s holds the key %s, but this database was made with the key %s. Put the right file in its place", path, m.ID(), known)
	}
	return m, nil
}

// Load reads the secrets file of a data directory and makes none.
func Load(dir string) (Master, error) { return read(filepath.Join(dir, FileName)) }

// KeyID is the id of the key that the database was made with, "" for a new one.
func KeyID(ctx context.Context, r db.Reader) (string, error) {
	id, err := db.One(ctx, r, db.String, `SELECT value FROM settings WHERE name = $1`, setting)
	if errors.Is(err, db.ErrNoRows) {
		err = nil
	}
	return id, err
}

// remember binds the database to the key. Of two processes that start at once,
// the second finds what the first wrote.
func remember(ctx context.Context, d *db.DB, id string) error {
	return d.Write(ctx, func(tx *db.Tx) error {
		stored, err := db.One(ctx, tx, db.String, `INSERT INTO settings (name, value) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET value = settings.value RETURNING value`, setting, id)
		if err == nil && stored != id {
			err = fmt.Errorf("another process has just given this database the key %s; this one holds %s. Let both use one secrets file", stored, id)
		}
		return err
	})
}

// Key derives the key for a purpose. A label is never changed and never used for two purposes.
func (m Master) Key(label string) []byte {
	key, err := hkdf.Key(sha256.New, m.key[:], nil, "aromart "+label, size)
	if err != nil {
		panic(err) // only for lengths that SHA-256 cannot give
	}
	return key
}

// ID names the key without telling anything about it.
func (m Master) ID() string { return hex.EncodeToString(m.Key("key id")[:8]) }

func (m Master) String() string               { return "key " + m.ID() }
func (m Master) Format(s fmt.State, _ rune)   { io.WriteString(s, m.String()) }
func (m Master) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// Random returns a key for tests and for demonstrations that keep nothing.
func Random() Master {
	m := Master{new([size]byte)}
	rand.Read(m.key[:])
	return m
}

func (m Master) file() []byte {
	return fmt.Appendf(nil, "%s\nid %s\nmaster %s\n", header, m.ID(), base64.StdEncoding.EncodeToString(m.key[:]))
}

// create writes the file under another name and links it into place, which
// fails when the file exists: a crash leaves no half file, a race no second key.
func create(dir, path string) (Master, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Master{}, err
	}
	m := Random()
	half := path + ".new-" + m.ID()
	f, err := os.OpenFile(half, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return Master{}, fmt.Errorf("cannot make the secrets file: %w", err)
	}
	defer os.Remove(half)
	_, err = f.Write(m.file())
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return Master{}, fmt.Errorf("cannot write the secrets file: %w", err)
	}
	if err := os.Link(half, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return Master{}, fmt.Errorf("cannot make the secrets file: %w", err)
	}
	if err := durable.SyncDir(dir); err != nil {
		return Master{}, fmt.Errorf("cannot keep the secrets file: %w", err)
	}
	return read(path)
}

func read(path string) (Master, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return Master{}, err
	}
	if !info.Mode().IsRegular() {
		return Master{}, fmt.Errorf("%s is no regular file", path)
	}
	if open := info.Mode().Perm() & 0o077; open != 0 {
		return Master{}, fmt.Errorf("%s can be read by others (mode %04o). Run: chmod 600 %s", path, info.Mode().Perm(), path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Master{}, err
	}
	damaged := fmt.Errorf("%s is damaged. Put the file back from where you keep it", path)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != 3 || lines[0] != header {
		return Master{}, damaged
	}
	id, _ := strings.CutPrefix(lines[1], "id ")
	encoded, _ := strings.CutPrefix(lines[2], "master ")
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(key) != size {
		return Master{}, damaged
	}
	m := Master{(*[size]byte)(key)}
	if m.ID() != id {
		return Master{}, damaged
	}
	return m, nil
}
