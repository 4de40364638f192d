package blob_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"net/http"

	"aromart/internal/kit/errs"
	"aromart/internal/platform/blob"
)

func open(t *testing.T) (*blob.Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	s, err := blob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, filepath.Join(dir, blob.DirName)
}

func TestAFilesLife(t *testing.T) {
	s, dir := open(t)
	ctx := t.Context()
	key := blob.NewKey() + "-640.jpg"
	if ok, err := s.Exists(ctx, key); ok || err != nil {
		t.Fatalf("exists before: %v, %v", ok, err)
	}
	for _, data := range []string{"first", "second, which replaces it"} {
		if err := s.Put(ctx, key, []byte(data)); err != nil {
			t.Fatal(err)
		}
		got, err := s.Get(ctx, key)
		if err != nil || string(got) != data {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if ok, err := s.Exists(ctx, key); !ok || err != nil {
		t.Errorf("exists: %v, %v", ok, err)
	}
	files, _ := filepath.Glob(dir + "/*/*")
	if want := filepath.Join(dir, key[:2], key); !slices.Equal(files, []string{want}) {
		t.Errorf("on disk: %v, want %s alone", files, want)
	}
	if info, _ := os.Stat(files[0]); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	for range 2 { // deleting twice is no error
		if err := s.Delete(ctx, key); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Get(ctx, key); errs.KindOf(err) != errs.NotFound {
		t.Errorf("after deleting: %v", err)
	}
}

func TestServing(t *testing.T) {
	s, _ := open(t)
	key := blob.NewKey()
	s.Put(t.Context(), key, []byte("0123456789"))
	f, err := s.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Range", "bytes=2-4")
	w := httptest.NewRecorder()
	http.ServeContent(w, r, "", f.ModTime, f)
	if w.Code != http.StatusPartialContent || w.Body.String() != "234" || f.Size != 10 {
		t.Errorf("%d %q, size %d", w.Code, w.Body, f.Size)
	}
}

func TestNoNameLeadsOut(t *testing.T) {
	s, dir := open(t)
	ctx := t.Context()
	outside := filepath.Join(filepath.Dir(dir), "secrets")
	os.WriteFile(outside, []byte("CANARY"), 0o600)
	link := "aalinkedaway"
	os.Mkdir(filepath.Join(dir, "aa"), 0o700)
	os.Symlink(outside, filepath.Join(dir, "aa", link))
	os.Symlink(filepath.Dir(outside), filepath.Join(dir, "bb"))
	os.WriteFile(filepath.Join(filepath.Dir(outside), "bblinkedaway"), []byte("CANARY"), 0o600)
	keys := []string{"", ".", "..", "../secrets", "aa/../../secrets", "/etc/passwd", "aa\x00bbbbbbb", "AAAAAAAAAA", `aa\..\secrets`,
		"short", "..aaaaaaaa", ".new-aaaaaaaa", "aaaaaaaa..b", strings.Repeat("a", 65), "ආආආආආආආආ", link, "bblinkedaway"}
	for _, key := range keys {
		if got, err := s.Get(ctx, key); err == nil || bytes.Contains(got, []byte("CANARY")) {
			t.Errorf("Get(%q) = %q, %v", key, got, err)
		}
		if ok, _ := s.Exists(ctx, key); ok {
			t.Errorf("%q exists", key)
		}
		if key == link {
			continue // a write replaces the link itself
		}
		if err := s.Put(ctx, key, []byte("x")); err == nil {
			t.Errorf("Put(%q) succeeded", key)
		}
		s.Delete(ctx, key)
	}
	if got, _ := os.ReadFile(outside); string(got) != "CANARY" {
		t.Error("the file outside was changed")
	}
}

func TestKeysAreRandomAndOurs(t *testing.T) {
	seen := map[string]bool{}
	for range 10_000 {
		k := blob.NewKey()
		if seen[k] || len(k) != 26 || !blob.IsKey(k) || !blob.IsKey(k+"-1280.webp") {
			t.Fatalf("key %q", k)
		}
		seen[k] = true
	}
}

// TestAReaderNeverSeesHalfAFile replaces a file under its readers.
func TestAReaderNeverSeesHalfAFile(t *testing.T) {
	s, dir := open(t)
	key := blob.NewKey()
	a, b := bytes.Repeat([]byte("a"), 1<<20), bytes.Repeat([]byte("b"), 1<<19)
	s.Put(t.Context(), key, a)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for i := range 20 {
				s.Put(context.Background(), key, [][]byte{a, b}[i%2])
			}
		})
		wg.Go(func() {
			for range 40 {
				got, err := s.Get(context.Background(), key)
				if err != nil || !bytes.Equal(got, a) && !bytes.Equal(got, b) {
					t.Errorf("read %d bytes, %v", len(got), err)
				}
			}
		})
	}
	wg.Wait()
	if left, _ := filepath.Glob(dir + "/*/.new-*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestEachAndSweep(t *testing.T) {
	s, dir := open(t)
	ctx := t.Context()
	var want []string
	for i := range 5 {
		want = append(want, fmt.Sprintf("%s-%d.jpg", blob.NewKey(), i))
		s.Put(ctx, want[i], []byte("x"))
	}
	old, young := filepath.Join(dir, want[0][:2], ".new-old"), filepath.Join(dir, want[0][:2], ".new-young")
	os.WriteFile(old, nil, 0o600)
	os.WriteFile(young, nil, 0o600)
	os.Chtimes(old, time.Time{}, time.Now().Add(-2*time.Hour))
	if err := s.Sweep(ctx, time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Error("an old half file is still there")
	}
	if _, err := os.Stat(young); err != nil {
		t.Error("a write under way was swept")
	}
	var got []string
	if err := s.Each(ctx, func(key string) error { got = append(got, key); return nil }); err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

func TestACanceledCallerChangesNothing(t *testing.T) {
	s, _ := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	key := blob.NewKey()
	if err := s.Put(ctx, key, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if ok, _ := s.Exists(t.Context(), key); ok {
		t.Error("it was written")
	}
}
