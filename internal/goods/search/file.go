package search

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unsafe"

	"aromart/internal/kit/money"
	"aromart/internal/platform/db"
)

// A built index can be kept in a file, so that a process that starts again
// reads it in a fraction of a second and follows the changes since, instead of
// reading and analyzing the whole catalog. The file is a cache: one that was
// made by another version of this package, for another catalog or category
// tree, or that is damaged, is passed over and made anew. It holds what the
// public pages show and nothing else.

// fileFormat names the layout and what the words in it mean. TestFileFormat
// fails when either changes without a new number here.
const fileFormat = "aromart index 2\n"

// errUnfit says that a file cannot be used; the index is loaded from the database instead.
var errUnfit = errors.New("search: the index file does not fit")

// FileName is the index's file in a data directory.
const FileName = "search.index"

// mark tells of which state of which catalog an index was made: the change it
// was made after, as the database keeps it, and the catalog's first product.
type mark struct {
	Seq, ID, At, Object int64
	Kind                string
	First               string // public id, which is random: another database has another
	Tree                string // digest of the categories and of what their lists filter by
}

func (r *reader) mark(ctx context.Context, seq int64) (mark, error) {
	m, err := db.One(ctx, r.db, func(rows *db.Rows, m *mark) error {
		return rows.Scan(&m.Seq, &m.ID, &m.At, &m.Object, &m.Kind, &m.First)
	},
		`SELECT seq, id, at, object_id, kind, (SELECT public_id FROM products ORDER BY id LIMIT 1) FROM catalog_changes
		WHERE seq = $1 AND EXISTS (SELECT 1 FROM products)`, seq)
	if errors.Is(err, db.ErrNoRows) {
		return m, errUnfit
	}
	tree, err2 := json.Marshal([]any{r.categories, r.facets})
	m.Tree = fmt.Sprintf("%x", sha256.Sum256(tree))
	return m, errors.Join(err, err2)
}

// save keeps the base of the index as it was after the change seq.
func (ix *Index) save(ctx context.Context, d *db.DB, s *snapshot, seq int64, path string) error {
	r, err := newReader(ctx, d)
	if err != nil {
		return err
	}
	m, err := r.mark(ctx, seq)
	if errors.Is(err, errUnfit) { // an empty catalog
		return nil
	}
	if err != nil {
		return err
	}
	head, err := json.Marshal(m)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), FileName+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	c := newCodec(f)
	text := string(head)
	c.text(&text)
	c.index(s.values, s.stores, s.segs[0])
	if err := errors.Join(c.finish(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// restore fills an empty index from the file, or returns errUnfit.
func restore(ctx context.Context, d *db.DB, ix *Index, path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return errUnfit
	}
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := newReader(ctx, d)
	if err != nil {
		return err
	}
	c := newCodec(f)
	made, err := c.head(ctx, r)
	if err != nil {
		return err
	}
	v, st, s := newValues(), newStoreList(), &segment{words: &wordList{}}
	c.index(v, st, s)
	if err := c.finish(); err != nil {
		return fmt.Errorf("%w: %w", errUnfit, err)
	}
	s.derive()
	ix.fill(newSnapshot(newTree(r.categories), v, st, []*segment{s}, []bitset{nil}), made.Seq)
	return nil
}

// head reads for which state of the catalog a file was made, and returns
// errUnfit when that is none of this one.
func (c *codec) head(ctx context.Context, r *reader) (made mark, err error) {
	c.reading = true
	var head string
	if c.text(&head); c.err != nil || json.Unmarshal([]byte(head), &made) != nil {
		return made, errUnfit
	}
	now, err := r.mark(ctx, made.Seq)
	if err != nil || now != made {
		return made, errors.Join(errUnfit, err)
	}
	return made, nil
}

// derive makes what follows from the columns.
func (s *segment) derive() {
	s.n = len(s.ids)
	s.ord = make(map[int64]uint32, s.n)
	for d, id := range s.ids {
		s.ord[id] = uint32(d)
	}
	s.makePrices()
}

// codec writes the parts of an index to a file or reads them from it: the same
// calls in the same order do both, so that the two cannot differ. Columns are
// stored as they lie in memory; the file never leaves the machine that made it,
// and one of a machine with other numbers fails its check.
type codec struct {
	reading bool
	f       *os.File
	r       *bufio.Reader
	w       *bufio.Writer
	sum     uint32
	left    int64 // bytes of the file not yet read: no length in it can ask for more
	err     error
}

func newCodec(f *os.File) *codec {
	c := &codec{f: f, r: bufio.NewReaderSize(f, 1<<20), w: bufio.NewWriterSize(f, 1<<20), sum: crc32.Checksum([]byte(fileFormat), castagnoli)}
	if info, err := f.Stat(); err == nil {
		c.left = info.Size()
	}
	return c
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli) // processors have an instruction for it

// bytes moves p to or from the file.
func (c *codec) bytes(p []byte) {
	if c.err != nil {
		return
	}
	if c.reading {
		if c.left -= int64(len(p)); c.left < 0 {
			c.err = io.ErrUnexpectedEOF
			return
		}
		_, c.err = io.ReadFull(c.r, p)
	} else {
		_, c.err = c.w.Write(p)
	}
	c.sum = crc32.Update(c.sum, castagnoli, p)
}

// finish checks, or writes, the sum over everything before it.
func (c *codec) finish() error {
	sum := []uint32{c.sum}
	want := c.sum
	c.bytes(raw(sum))
	if c.reading {
		if c.err == nil && sum[0] != want {
			c.err = errors.New("its sum is wrong")
		}
		return c.err
	}
	return errors.Join(c.err, c.w.Flush())
}

// raw is the memory of a column.
func raw[T any](column []T) []byte {
	var one T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(column))), len(column)*int(unsafe.Sizeof(one)))
}

// plainColumn are the types whose memory holds their value and no pointer.
type plainColumn interface {
	bool | uint8 | uint16 | uint32 | uint64 | int32 | int64 | float32 | float64 | money.Amount | [2]int32 | [maxOptions]uint32
}

func column[T plainColumn](c *codec, list *[]T) {
	n := []int64{int64(len(*list))}
	c.bytes(raw(n))
	if c.err != nil {
		return
	}
	if c.reading {
		var one T
		if n[0] < 0 || n[0] > c.left/int64(unsafe.Sizeof(one)) {
			c.err = io.ErrUnexpectedEOF
			return
		}
		*list = make([]T, n[0])
	}
	c.bytes(raw(*list))
}

func (c *codec) text(s *string) {
	p := unsafe.Slice(unsafe.StringData(*s), len(*s)) // only read, for a string does not change
	column(c, &p)
	if c.reading {
		*s = unsafe.String(unsafe.SliceData(p), len(p)) // p is not written any more
	}
}

func (c *codec) texts(list *[]string) {
	all := strings.Join(*list, "")
	ends := make([]uint32, len(*list))
	at := 0
	for i, s := range *list {
		at += len(s)
		ends[i] = uint32(at)
	}
	c.text(&all)
	column(c, &ends)
	if !c.reading || c.err != nil {
		return
	}
	*list = make([]string, len(ends))
	from := uint32(0)
	for i, end := range ends {
		if end < from || int(end) > len(all) {
			c.err = io.ErrUnexpectedEOF
			return
		}
		(*list)[i], from = all[from:end], end
	}
}

func (c *codec) index(v *values, st *storeList, s *segment) {
	c.values(v)
	c.stores(st)
	c.segment(s)
}

// segment moves the columns of a segment; one that is written is in use and not touched.
func (c *codec) segment(s *segment) {
	w := s.words
	c.text(&w.texts)
	column(c, &w.off)
	column(c, &w.uses)
	column(c, &w.slots)
	column(c, &w.dels)
	column(c, &s.postOff)
	column(c, &s.postDoc)
	column(c, &s.postImp)
	column(c, &s.idf)
	column(c, &s.headed)
	c.bytes(raw(s.avgLen[:]))
	column(c, &s.ids)
	column(c, &s.cat)
	column(c, &s.store)
	column(c, &s.kind)
	column(c, &s.created)
	column(c, &s.rating)
	column(c, &s.rated)
	column(c, &s.popular)
	column(c, &s.lowStock)
	column(c, &s.valOff)
	column(c, &s.valIDs)
	column(c, &s.varOff)
	column(c, &s.varID)
	column(c, &s.varPrice)
	column(c, &s.varCmp)
	column(c, &s.varWeight)
	column(c, &s.varStock)
	column(c, &s.varOpts)
	c.text(&s.texts)
	column(c, &s.textOff)
	column(c, &s.size)
	column(c, &s.catOff)
	column(c, &s.catDocs)
	column(c, &s.storeOff)
	column(c, &s.storeDocs)
}

// values are written as columns of their own, the numbers of names by place.
func (c *codec) values(v *values) {
	v.mu.RLock()
	names, options := make([]string, len(v.keys)), make([]bool, len(v.keys))
	for i, k := range v.keys {
		names[i], options[i] = k.name, k.option
	}
	n := len(v.vals)
	texts, units := make([]string, n), make([]string, n)
	keys, numbers, isNum := make([]uint32, n), make([]float64, n), make([]bool, n)
	for i, f := range v.vals {
		texts[i], units[i], keys[i], numbers[i], isNum[i] = f.text, f.unit, f.key, f.number, f.isNum
	}
	kinds := make([]string, len(v.kindID))
	for name, id := range v.kindID {
		kinds[id-1] = name
	}
	v.mu.RUnlock()
	c.texts(&names)
	column(c, &options)
	c.texts(&texts)
	c.texts(&units)
	column(c, &keys)
	column(c, &numbers)
	column(c, &isNum)
	c.texts(&kinds)
	if !c.reading || c.err != nil {
		return
	}
	if len(options) != len(names) || slices.ContainsFunc([]int{len(units), len(keys), len(numbers), len(isNum)}, func(k int) bool { return k != len(texts) }) ||
		slices.ContainsFunc(keys, func(k uint32) bool { return int(k) >= len(names) }) {
		c.err = io.ErrUnexpectedEOF
		return
	}
	for i, name := range names {
		v.keys = append(v.keys, facetKey{name: name, option: options[i]})
		v.keyID[keyName(name, options[i])] = uint32(i)
	}
	for i, text := range texts {
		v.vals = append(v.vals, facetValue{key: keys[i], text: text, number: numbers[i], unit: units[i], isNum: isNum[i]})
		k := v.keys[keys[i]]
		v.valID[valueName(keyName(k.name, k.option), text)] = uint32(i)
	}
	for i, name := range kinds {
		v.kindID[name] = uint32(i + 1)
	}
}

func (c *codec) stores(l *storeList) {
	list := l.all()
	ids, slugs, names := make([]int64, len(list)), make([]string, len(list)), make([]string, len(list))
	for i, st := range list {
		ids[i], slugs[i], names[i] = st.ID, st.Slug, st.Name
	}
	column(c, &ids)
	c.texts(&slugs)
	c.texts(&names)
	if !c.reading || c.err != nil {
		return
	}
	if len(slugs) != len(ids) || len(names) != len(ids) {
		c.err = io.ErrUnexpectedEOF
		return
	}
	for i, id := range ids {
		l.add(Store{id, slugs[i], names[i]})
	}
}
