package exchange

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"aromart/internal/kit/errs"
)

// TestWhatUnpacksTooFarIsRefusedWhileUnpacking: a few hundred kilobytes that
// become more than the limit cost no memory.
func TestWhatUnpacksTooFarIsRefusedWhileUnpacking(t *testing.T) {
	pack := func(text string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write([]byte(text))
		z.Close()
		return b.Bytes()
	}
	rows := pack(strings.Repeat("pot,Clay pot,950.00,active\n", 8<<20/27))
	packed := append(pack("Handle,Title,Variant Price,Status\n"), bytes.Repeat(rows, MaxFile/(8<<20)+1)...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Import(t.Context(), nil, nil, Request{File: bytes.NewReader(packed), DryRun: true})
	runtime.ReadMemStats(&after)
	if !errs.Is(err, "exchange.file_too_large") {
		t.Fatal(err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
		t.Errorf("%d MB were allocated for %d KB", used>>20, len(packed)>>10)
	}
}

// TestALargeFileIsRefusedUnread: its size tells.
func TestALargeFileIsRefusedUnread(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "large.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(MaxFile + 1); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = Start(t.Context(), nil, nil, Request{File: f})
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; !errs.Is(err, "exchange.file_too_large") || used > 1<<20 {
		t.Errorf("%v, %d bytes allocated", err, used)
	}
}
