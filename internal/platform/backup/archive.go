package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"aromart/internal/platform/audit"
	"aromart/internal/platform/blob"
	"aromart/internal/platform/durable"
)

// The parts of an archive, in this order; pictures lie between the last two.
// The sums come last, so that an archive whose end is missing is known as such.
const (
	manifestName = "manifest.json"
	keysName     = "secrets.age"
	sumsName     = "SHA256SUMS"
)

func databaseName(engine string) string {
	if engine == "postgres" {
		return "database.pgdump"
	}
	return "database.sqlite"
}

func mediaPath(key string) string { return path.Join(blob.DirName, key[:2], key) }

// largest is how many bytes a part may have; the database's size is in the manifest.
func largest(name string, m *Manifest) (limit int64, known bool) {
	switch {
	case name == manifestName:
		return 1 << 20, true
	case m == nil:
		return 0, false
	case name == databaseName(m.Engine):
		return m.Bytes, true
	case name == audit.HeadsFile:
		return 1 << 30, true
	case name == keysName:
		return 64 << 10, m.Keys
	case name == sumsName:
		return 1 << 30, true
	case m.Pictures && blob.IsKey(path.Base(name)) && name == mediaPath(path.Base(name)):
		return 256 << 20, true
	}
	return 0, false
}

// writer writes an archive: tar, in zstd, in age when there are recipients.
type writer struct {
	tar    *tar.Writer
	under  []io.Closer // from the inside out
	sums   bytes.Buffer
	buffer []byte
}

func newWriter(out io.Writer, recipients []age.Recipient) (*writer, error) {
	w := &writer{buffer: make([]byte, 256<<10)}
	if len(recipients) > 0 {
		sealed, err := age.Encrypt(out, recipients...)
		if err != nil {
			return nil, err
		}
		out, w.under = sealed, []io.Closer{sealed}
	}
	packed, err := zstd.NewWriter(out, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	w.tar, w.under = tar.NewWriter(packed), append([]io.Closer{packed}, w.under...)
	return w, nil
}

func (w *writer) json(name string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return w.add(context.Background(), name, int64(len(text)), bytes.NewReader(text))
}

func (w *writer) file(ctx context.Context, name, from string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return w.add(ctx, name, info.Size(), f)
}

func (w *writer) add(ctx context.Context, name string, size int64, r io.Reader) error {
	sum := sha256.New()
	if err := w.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, Format: tar.FormatPAX}); err != nil {
		return err
	}
	n, err := io.CopyBuffer(io.MultiWriter(w.tar, sum), &canceling{ctx, io.LimitReader(r, size)}, w.buffer)
	if err == nil && n < size {
		err = fmt.Errorf("%s became shorter while it was read", name)
	}
	if err != nil {
		return fmt.Errorf("cannot write the archive: %w", err)
	}
	fmt.Fprintf(&w.sums, "%x  %s\n", sum.Sum(nil), name)
	return nil
}

// close writes the sums and ends all layers.
func (w *writer) close() error {
	text := bytes.Clone(w.sums.Bytes())
	if err := w.add(context.Background(), sumsName, int64(len(text)), bytes.NewReader(text)); err != nil {
		return err
	}
	err := w.tar.Close()
	for _, c := range w.under {
		err = errors.Join(err, c.Close())
	}
	return err
}

// canceling ends a long copy when the context does.
type canceling struct {
	ctx context.Context
	io.Reader
}

func (c *canceling) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.Reader.Read(p)
}

// reader reads an archive part by part. What it hands out is believed only
// when end has compared all sums.
type reader struct {
	file *os.File
	zstd *zstd.Decoder
	tar  *tar.Reader
	ctx  context.Context
	name string

	manifest *Manifest
	sums     map[string]string // as read
	hash     hash.Hash         // of the present part
	part     string
	listed   map[string]string // as the archive says
}

// damaged says what can be said of any archive that is not whole.
func (r *reader) damaged(why error) error {
	if r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	if errors.Is(why, io.ErrUnexpectedEOF) || errors.Is(why, io.EOF) {
		why = errors.New("its end is missing")
	}
	return fmt.Errorf("%s is damaged: %w; take another backup", r.name, why)
}

const ageMagic = "age-encryption.org/"

// openArchive opens a file and reads its manifest.
func openArchive(ctx context.Context, name string, identities []age.Identity) (*reader, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	r := &reader{file: f, ctx: ctx, name: name, sums: map[string]string{}}
	if err := r.begin(identities); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func (r *reader) begin(identities []age.Identity) error {
	in := bufio.NewReaderSize(&canceling{r.ctx, r.file}, 256<<10)
	head, _ := in.Peek(len(ageMagic))
	var plain io.Reader = in
	if string(head) == ageMagic {
		if len(identities) == 0 {
			return fmt.Errorf("%s is encrypted; name the file of your age identity with --identity", r.name)
		}
		sealed, err := age.Decrypt(in, identities...)
		if none := (*age.NoIdentityMatchError)(nil); errors.As(err, &none) {
			return fmt.Errorf("%s is encrypted to somebody else: none of the identities opens it", r.name)
		}
		if err != nil {
			return r.damaged(err)
		}
		plain = sealed
	} else if len(head) < 4 || string(head[:4]) != "\x28\xb5\x2f\xfd" {
		return fmt.Errorf("%s is no backup of aromart", r.name)
	}
	var err error
	if r.zstd, err = zstd.NewReader(plain, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20)); err != nil {
		return r.damaged(err)
	}
	r.tar = tar.NewReader(r.zstd)
	part, err := r.next()
	if err != nil {
		return err
	}
	if part != manifestName {
		return fmt.Errorf("%s is no backup of aromart", r.name)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return r.damaged(err)
	}
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil || m.Format < 1 {
		return r.damaged(errors.New("its manifest cannot be read"))
	}
	if m.Format > Format {
		return fmt.Errorf("%s was written by a newer aromart (%s, format %d; this program reads up to %d); use that version", r.name, m.Program, m.Format, Format)
	}
	if m.Engine != "sqlite" && m.Engine != "postgres" || m.Bytes < 0 {
		return r.damaged(errors.New("its manifest cannot be read"))
	}
	r.manifest = &m
	return nil
}

// next goes to the next part and returns its name, io.EOF after the last. It
// refuses everything that an archive of ours cannot hold: other names, links,
// paths that lead elsewhere, a part that comes twice or is too large.
func (r *reader) next() (string, error) {
	r.settle()
	h, err := r.tar.Next()
	if errors.Is(err, io.EOF) {
		return "", io.EOF
	}
	if err != nil {
		return "", r.damaged(err)
	}
	limit, known := largest(h.Name, r.manifest)
	switch _, twice := r.sums[h.Name]; {
	case !known || h.Typeflag != tar.TypeReg:
		return "", r.damaged(fmt.Errorf("it holds %q, which no backup holds", h.Name))
	case twice:
		return "", r.damaged(fmt.Errorf("it holds %s twice", h.Name))
	case h.Size < 0 || h.Size > limit:
		return "", r.damaged(fmt.Errorf("its part %s has %d bytes, more than the %d allowed", h.Name, h.Size, limit))
	}
	r.part, r.hash = h.Name, sha256.New()
	return h.Name, nil
}

// settle notes the hash of the part that was read.
func (r *reader) settle() {
	if r.hash != nil {
		r.sums[r.part] = hex.EncodeToString(r.hash.Sum(nil))
		r.hash = nil
	}
}

// Read reads the present part.
func (r *reader) Read(p []byte) (int, error) {
	n, err := r.tar.Read(p)
	r.hash.Write(p[:n])
	return n, err
}

// readSums reads the present part as the list of sums.
func (r *reader) readSums() error {
	r.listed = map[string]string{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		sum, name, ok := strings.Cut(lines.Text(), "  ")
		if !ok || len(sum) != 2*sha256.Size {
			return r.damaged(errors.New("its list of sums cannot be read"))
		}
		r.listed[name] = sum
	}
	if err := lines.Err(); err != nil {
		return r.damaged(err)
	}
	return nil
}

// end compares the sums once every part was read to its end.
func (r *reader) end() error {
	if _, err := io.Copy(io.Discard, r.zstd); err != nil { // the frame's own check, and age's
		return r.damaged(err)
	}
	delete(r.sums, sumsName)
	if r.listed == nil || len(r.listed) != len(r.sums) {
		return r.damaged(errors.New("parts are missing"))
	}
	for name, sum := range r.sums {
		if r.listed[name] != sum {
			return r.damaged(fmt.Errorf("its part %s is not what was written", name))
		}
	}
	if _, there := r.sums[databaseName(r.manifest.Engine)]; !there {
		return r.damaged(errors.New("it holds no database"))
	}
	return nil
}

// each hands every part behind the manifest to f and then compares all sums.
func (r *reader) each(f func(name string) error) error {
	for {
		name, err := r.next()
		if errors.Is(err, io.EOF) {
			return r.end()
		}
		switch {
		case err != nil:
			return err
		case r.listed != nil:
			return r.damaged(errors.New("something follows its sums"))
		case name == sumsName:
			err = r.readSums()
		default:
			err = f(name)
		}
		if err != nil {
			return err
		}
	}
}

func (r *reader) Close() error {
	if r.zstd != nil {
		r.zstd.Close()
	}
	return r.file.Close()
}

// newFile is an archive that has its name when it is complete.
type newFile struct {
	*os.File
	name string
}

func createFile(name string) (*newFile, error) {
	dir, base := filepath.Split(name)
	removeHalves(dir)
	f, err := os.CreateTemp(filepath.Clean(dir+"."), "."+base+halfMark+"*")
	if err != nil {
		return nil, fmt.Errorf("cannot write %s: %w", name, err)
	}
	return &newFile{f, name}, nil
}

const halfMark = ".part-"

// removeHalves deletes what a killed backup left a day ago.
func removeHalves(dir string) {
	halves, _ := filepath.Glob(filepath.Join(dir, ".aromart-*"+halfMark+"*"))
	for _, h := range halves {
		if info, err := os.Lstat(h); err == nil && time.Since(info.ModTime()) > 24*time.Hour {
			os.Remove(h)
		}
	}
}

func (f *newFile) keep() (size int64, err error) {
	info, err := f.Stat()
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		if _, there := os.Lstat(f.name); there == nil {
			return 0, errors.New("somebody else made it meanwhile")
		}
		err = os.Rename(f.Name(), f.name)
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), durable.SyncDir(filepath.Dir(f.name))
}

func (f *newFile) discard() {
	f.Close()
	os.Remove(f.Name()) // not there any more once it was kept
}
