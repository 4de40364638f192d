package secrets_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/platform/secrets"
)

func TestTheKeyIsMadeOnceAndKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := filepath.Join(t.TempDir(), "data")
		var mu sync.Mutex
		ids := map[string]bool{}
		var wg sync.WaitGroup
		for range 8 { // several processes of one installation start at once
			wg.Go(func() {
				m, err := secrets.Open(t.Context(), d, dir)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				ids[string(m.Key("test"))] = true
				mu.Unlock()
			})
		}
		wg.Wait()
		if len(ids) != 1 {
			t.Errorf("%d keys were made", len(ids))
		}
		names, _ := filepath.Glob(dir + "/*")
		info, err := os.Stat(filepath.Join(dir, secrets.FileName))
		if err != nil || info.Mode().Perm() != 0o600 || len(names) != 1 {
			t.Errorf("files %v, mode %v, %v", names, info.Mode(), err)
		}
	})
}

func TestKeysDifferByPurposeAndInstallation(t *testing.T) {
	a, b := secrets.Random(), secrets.Random()
	seen := map[string]string{}
	for name, key := range map[string][]byte{"a link": a.Key("order link"), "a audit": a.Key("audit"), "a id": a.Key("key id"), "b link": b.Key("order link")} {
		if other, twice := seen[string(key)]; twice || len(key) != 32 {
			t.Errorf("%s has the key of %s, or one of %d bytes", name, other, len(key))
		}
		seen[string(key)] = name
	}
	if !bytes.Equal(a.Key("audit"), a.Key("audit")) {
		t.Error("a key changes")
	}
}

func TestAKeyDoesNotPrint(t *testing.T) {
	d := dbtest.SQLite(t)
	dir := t.TempDir()
	m, err := secrets.Open(t.Context(), d, dir)
	if err != nil {
		t.Fatal(err)
	}
	file, _ := os.ReadFile(filepath.Join(dir, secrets.FileName))
	encoded := strings.TrimSpace(string(file[bytes.LastIndex(file, []byte("master "))+7:]))
	raw, _ := base64.StdEncoding.DecodeString(encoded)
	text, _ := json.Marshal(struct{ M secrets.Master }{m})
	type hides struct{ m secrets.Master }
	out := string(text) + fmt.Sprintf("%v %+v %#v %s %x %d %v %+v %#v", m, m, m, m, m, m, hides{m}, &hides{m}, []any{m})
	for _, secret := range []string{encoded, string(raw), fmt.Sprintf("%x", raw), fmt.Sprint(raw)[1:20]} {
		if strings.Contains(out, secret) {
			t.Errorf("the key is printed: %s", out)
		}
	}
	for _, table := range []string{`SELECT value FROM settings`} {
		rows, _ := db.All(t.Context(), d, db.String, table)
		if len(rows) != 1 || rows[0] != m.ID() {
			t.Errorf("the database knows %q, want the id alone", rows)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(t *testing.T, path string)
		want  string
	}{
		{"readable by the group", func(t *testing.T, p string) { os.Chmod(p, 0o640) }, "chmod 600"},
		{"readable by all", func(t *testing.T, p string) { os.Chmod(p, 0o604) }, "chmod 600"},
		{"missing", func(t *testing.T, p string) { os.Remove(p) }, "is missing"},
		{"cut off", func(t *testing.T, p string) { os.Truncate(p, 40) }, "is damaged"},
		{"empty", func(t *testing.T, p string) { os.Truncate(p, 0) }, "is damaged"},
		{"a link", func(t *testing.T, p string) { os.Rename(p, p+"2"); os.Symlink(p+"2", p) }, "no regular file"},
		{"one letter changed", func(t *testing.T, p string) {
			b, _ := os.ReadFile(p)
			at := bytes.LastIndex(b, []byte("master ")) + 9
			b[at] ^= 3
			os.WriteFile(p, b, 0o600)
		}, "is damaged"},
		{"of another installation", func(t *testing.T, p string) {
			other := t.TempDir()
			if _, err := secrets.Open(t.Context(), dbtest.SQLite(t), other); err != nil {
				t.Fatal(err)
			}
			b, _ := os.ReadFile(filepath.Join(other, secrets.FileName))
			os.WriteFile(p, b, 0o600)
		}, "was made with the key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := dbtest.SQLite(t)
			dir := t.TempDir()
			path := filepath.Join(dir, secrets.FileName)
			first, err := secrets.Open(t.Context(), d, dir)
			if err != nil {
				t.Fatal(err)
			}
			if again, err := secrets.Open(t.Context(), d, dir); err != nil || again.ID() != first.ID() {
				t.Fatalf("the sound file: %v", err)
			}
			tt.spoil(t, path)
			before, _ := os.ReadFile(path)
			_, err = secrets.Open(t.Context(), d, dir)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("the file was touched")
			}
		})
	}
}
