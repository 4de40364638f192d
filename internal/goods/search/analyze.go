package search

import (
	"encoding/binary"
	"iter"
	"math"
	"slices"
	"strings"

	"aromart/internal/kit/money"
)

// entry is one word of one product: how often it stands in each field, and what it is there.
type entry struct {
	word uint32
	bits uint32 // counts by field, then the facts
}

// Counts of a word are kept in 5 bits a field, in 4 where more cannot matter.
var (
	countShift = [fields]uint32{fTitle: 0, fModel: 5, fBrand: 9, fKind: 13, fAttr: 18, fText: 23}
	countMax   = [fields]uint32{fTitle: 31, fModel: 15, fBrand: 15, fKind: 31, fAttr: 31, fText: 31}
)

const factShift = 29 // 3 bits of facts stand above the counts

func (e *entry) tf(field int) uint32 { return e.bits >> countShift[field] & countMax[field] }

func (e *entry) facts() uint16 { return uint16(e.bits >> factShift << factBits) }

func (e *entry) mark(facts uint16) { e.bits |= uint32(facts>>factBits) << factShift }

// part is a batch of analyzed products: columns as in segment, words still with
// the numbers that its analyzer gave them.
type part struct {
	by       *analyzer
	ids      []uint32 // places of the analyzer's words in the segment, once they are known
	entries  []byte   // packed, see pack
	patterns []uint32
	entryEnd []uint32 // end of each product's entries in bytes
	lengths  [fields][]uint16

	products  []int64
	cat       []uint32
	store     []uint32
	kind      []uint32
	created   []int64
	rating    []uint16
	rated     []int32
	popular   []float32
	lowStock  []int32
	size      [][2]int32
	texts     []byte
	textOff   []uint32
	valIDs    []uint32
	valOff    []uint32
	varOff    []uint32
	varID     []int64
	varPrice  []money.Amount
	varCmp    []money.Amount
	varWeight []uint32
	varStock  []bool
	varOpts   [][maxOptions]uint32
}

// analyzer turns products into parts. Each worker has its own.
type analyzer struct {
	tree      *tree
	values    *values
	stores    *storeList
	split     splitter
	valued    map[valueAt]uint32 // values seen before, to spare folding them again
	readings  map[string]reading
	path      map[uint32]*named // names of a category and of those above it
	part      *part
	slots     []uint64  // of a hash table over words: hash of a word and its place, from 1
	words     []written // every word and every stem met
	bits      []uint32  // by word, of the present product: those of its entry, 0 when it is not in it
	present   []uint32  // words that have any
	describe  []uint32  // by word: the last product in which it describes
	product   uint32    // counts the products
	places    []uint32
	lower     []byte   // the text being read
	patterns  []uint32 // sets of bits that entries have
	patternNo map[uint32]uint32
	usual     [512]uint32 // the pattern last found at each place; most entries have one of few
}

type valueAt struct {
	name, text string
	option     bool
}

// written is a word as products spell it, with the place of its stem.
type written struct {
	text string
	stem uint32
	uses int32
}

// named is the searchable text of a category: its own names and those above.
type named struct{ own, above []string }

func newAnalyzer(t *tree, v *values, st *storeList) *analyzer {
	return &analyzer{tree: t, values: v, stores: st, valued: map[valueAt]uint32{}, path: map[uint32]*named{},
		slots: make([]uint64, 1<<12), readings: map[string]reading{}, patternNo: map[uint32]uint32{}}
}

// analyze makes a part of a batch.
func (a *analyzer) analyze(docs []Doc) *part {
	a.part = newPart(a, len(docs))
	for i := range docs {
		a.add(&docs[i])
	}
	a.part.trim()
	return a.part
}

func newPart(by *analyzer, n int) *part {
	p := &part{by: by, entryEnd: make([]uint32, 0, n), products: make([]int64, 0, n), cat: make([]uint32, 0, n), store: make([]uint32, 0, n), kind: make([]uint32, 0, n),
		created: make([]int64, 0, n), rating: make([]uint16, 0, n), rated: make([]int32, 0, n), popular: make([]float32, 0, n), lowStock: make([]int32, 0, n),
		size: make([][2]int32, 0, n), textOff: make([]uint32, 0, n), valOff: make([]uint32, 0, n), varOff: make([]uint32, 0, n)}
	for f := range fields {
		p.lengths[f] = make([]uint16, 0, n)
	}
	return p
}

// trim gives back the room that lists grew into: all parts stay until the last is done.
func (p *part) trim() {
	p.patterns = p.by.patterns // only ever appended to
	p.entries, p.texts, p.valIDs = slices.Clone(p.entries), slices.Clone(p.texts), slices.Clone(p.valIDs)
	p.varID, p.varPrice, p.varCmp = slices.Clone(p.varID), slices.Clone(p.varPrice), slices.Clone(p.varCmp)
	p.varWeight, p.varStock, p.varOpts = slices.Clone(p.varWeight), slices.Clone(p.varStock), slices.Clone(p.varOpts)
}

// add takes a product in.
func (a *analyzer) add(d *Doc) {
	p := a.part
	cat := a.tree.byID[d.CategoryID]
	p.products = append(p.products, d.ID)
	p.cat = append(p.cat, cat)
	p.store = append(p.store, a.stores.add(Store{d.StoreID, d.StoreSlug, d.StoreName}))
	p.created = append(p.created, d.CreatedAt)
	p.rating = append(p.rating, uint16(math.Round(float64(d.Rating)*100)))
	p.rated = append(p.rated, d.RatingCount)
	p.popular = append(p.popular, d.Popularity)
	p.lowStock = append(p.lowStock, d.LowStock)
	p.size = append(p.size, [2]int32{d.Picture.Width, d.Picture.Height})
	for _, s := range [...]string{d.PublicID, d.Slug, d.Title, d.Brand, d.Picture.Key, d.Picture.Color} {
		s = s[:min(len(s), math.MaxUint16)]
		p.texts = append(append(p.texts, byte(len(s)>>8), byte(len(s))), s...)
	}
	p.textOff = append(p.textOff, uint32(len(p.texts)))
	a.facets(d)
	a.text(d, cat)
}

// facets adds the product's attribute and option values and its variants.
func (a *analyzer) facets(d *Doc) {
	p := a.part
	first := len(p.valIDs)
	for _, at := range d.Attributes {
		v := facetValue{text: at.Value, number: at.Number, unit: at.Unit, isNum: at.IsNum}
		if at.IsNum {
			v.text = number(at.Number, at.Unit)
		}
		if v.text != "" && !at.Plain {
			p.valIDs = append(p.valIDs, a.value(at.Key, false, v))
		}
	}
	for _, v := range d.Variants {
		var opts [maxOptions]uint32
		for i, o := range v.Options {
			if i < maxOptions && o.Value != "" {
				id := a.value(o.Name, true, facetValue{text: o.Value})
				opts[i] = id + 1
				p.valIDs = append(p.valIDs, id)
			}
		}
		p.varID = append(p.varID, v.ID)
		p.varPrice = append(p.varPrice, v.Price)
		p.varCmp = append(p.varCmp, v.CompareAt)
		p.varWeight = append(p.varWeight, uint32(max(0, min(v.WeightG, math.MaxUint32))))
		p.varStock = append(p.varStock, v.InStock)
		p.varOpts = append(p.varOpts, opts)
	}
	mine := p.valIDs[first:]
	slices.Sort(mine)
	p.valIDs = p.valIDs[:first+len(slices.Compact(mine))]
	p.valOff = append(p.valOff, uint32(len(p.valIDs)))
	p.varOff = append(p.varOff, uint32(len(p.varID)))
}

func (a *analyzer) value(name string, option bool, v facetValue) uint32 {
	at := valueAt{name, v.text, option}
	id, ok := a.valued[at]
	if !ok {
		id = a.values.add(name, option, v)
		a.valued[at] = id
	}
	return id
}

// text adds the product's words.
func (a *analyzer) text(d *Doc, cat uint32) {
	p := a.part
	var length [fields]int
	a.product++
	for _, v := range d.Variants {
		for _, o := range v.Options {
			a.describes(o.Value)
		}
	}
	for _, at := range d.Attributes {
		if !at.IsNum {
			a.describes(at.Value)
		}
	}
	a.describes(d.Brand)
	length[fTitle] = a.field(fTitle, d.Title, headOfTitle)
	for _, t := range d.Titles {
		a.field(fTitle, t, headOfTitle)
	}
	length[fModel] = a.field(fModel, d.Model, 0)
	length[fBrand] = a.field(fBrand, d.Brand, 0)
	length[fKind] = a.field(fKind, d.Kind, headOfKind)
	p.kind = append(p.kind, a.values.kind(a.phrase(d.Kind), true))
	names := a.categoryNames(cat)
	for i, n := range names.own {
		n := a.field(fKind, n, headOfKind)
		if i == 0 {
			length[fKind] += n // the same name in other languages is no longer text
		}
	}
	for _, n := range names.above {
		a.field(fAttr, n, 0)
	}
	for _, t := range d.Tags {
		length[fAttr] += a.field(fAttr, t, 0)
	}
	for _, at := range d.Attributes {
		if at.IsNum {
			length[fAttr] += a.field(fAttr, number(at.Number, at.Unit), 0)
		} else if at.Value != "true" && at.Value != "false" {
			length[fAttr] += a.field(fAttr, at.Value, 0)
		}
	}
	keys, vals := a.values.all()
	for _, id := range p.valIDs[a.firstValue():] {
		if keys[vals[id].key].option {
			length[fAttr] += a.field(fAttr, vals[id].text, 0)
		}
	}
	a.field(fAttr, d.StoreName, 0)
	length[fText] = a.prose(cut(d.Text))
	for f := range fields {
		p.lengths[f] = append(p.lengths[f], uint16(min(length[f], math.MaxUint16)))
	}
	a.collect(length[fKind] > 0)
}

// firstValue is where the present product's values begin.
func (a *analyzer) firstValue() uint32 {
	if n := len(a.part.valOff); n > 1 {
		return a.part.valOff[n-2]
	}
	return 0
}

// reading is a short text as its words; values, brands and names of categories
// and stores return in product after product.
type reading struct {
	words  []word
	places []uint32
}

const (
	shortText   = 160 // bytes: a name in Tamil takes three for a letter
	shortValue  = 40
	maxReadings = 20_000
)

// read is readNew for texts that return, which it remembers.
func (a *analyzer) read(text string) reading {
	r, ok := a.readings[text]
	if ok {
		return r
	}
	r = a.readNew(text)
	if len(text) <= shortText && len(a.readings) < maxReadings {
		kept := reading{make([]word, len(r.words)), slices.Clone(r.places)}
		for i, w := range r.words {
			kept.words[i] = w
			kept.words[i].text = a.words[r.places[i]].text
		}
		a.readings[strings.Clone(text)] = kept
	}
	return r
}

// readNew splits a text into words and their places; the result is valid until the next call.
func (a *analyzer) readNew(text string) reading {
	r := reading{a.split.split(fold(text), true), a.places[:0]}
	for _, w := range r.words {
		r.places = append(r.places, a.place(w.text))
	}
	a.places = r.places
	return r
}

// describes notes the words of a short value, for they do not name the thing.
func (a *analyzer) describes(value string) {
	if len(value) > shortValue || value == "" {
		return
	}
	for _, place := range a.read(value).places {
		a.describe[place] = a.product
	}
}

// field adds the words of one text; with a fact it marks the head. It returns the number of words.
func (a *analyzer) field(f int, text string, fact uint16) int {
	if text == "" {
		return 0
	}
	var r reading
	if f == fTitle || f == fModel {
		r = a.readNew(text)
	} else {
		r = a.read(text)
	}
	n := 0
	for i, w := range r.words {
		a.count(f, r.places[i])
		if !w.extra {
			n++
		}
	}
	switch fact {
	case headOfTitle:
		head := headOf(r.words, func(i int) bool { return a.describe[r.places[i]] == a.product })
		for i := range head {
			a.learn(r.places[i], beforeHead)
		}
		if head >= 0 {
			a.learn(r.places[head], headOfTitle)
		}
	case headOfKind: // "case" describes in an attribute and names in a product type
		if head := headOf(r.words, nil); head >= 0 {
			a.learn(r.places[head], headOfKind)
		}
	}
	return n
}

// count adds a token of a field to the present product.
func (a *analyzer) count(f int, place uint32) {
	w := &a.words[place]
	w.uses++
	b := &a.bits[w.stem]
	if *b == 0 {
		a.present = append(a.present, w.stem)
	}
	if full := countMax[f] << countShift[f]; *b&full != full {
		*b += 1 << countShift[f]
	}
}

// beforeHead marks a word that stands before the head of the title. Until
// collect, it has the bit of aside.
const beforeHead = aside

// learn notes a fact about a word that was counted.
func (a *analyzer) learn(place uint32, fact uint16) {
	a.bits[a.words[place].stem] |= uint32(fact>>factBits) << factShift
}

// place returns the number of a word.
func (a *analyzer) place(w string) uint32 { return placeOf(a, w, hash(w)) }

// placeOf is place for a word whose hash is known. Words are found by a table of
// our own: a map would hash and compare what is a few bytes long once more.
func placeOf[T string | []byte](a *analyzer, w T, h uint32) uint32 {
	mask := uint32(len(a.slots) - 1)
	for at := h & mask; ; at = (at + 1) & mask {
		slot := a.slots[at]
		if slot == 0 {
			return a.addWord(string(w), h) // a copy, else the whole text would stay in memory
		}
		if n := uint32(slot) - 1; uint32(slot>>32) == h && a.words[n].text == string(w) {
			return n
		}
	}
}

// addWord gives a word and its stem numbers.
func (a *analyzer) addWord(w string, h uint32) uint32 {
	w = strings.Clone(w)
	n := a.number(w, h)
	if st := stem(w); st != w {
		before := len(a.words)
		at := a.place(st)
		if int(at) == before { // a stem may have a stem of its own, which is not followed
			a.words[at].stem = at
		}
		a.words[n].stem = at
	}
	return n
}

// number puts a word that is not there into the table, as its own stem.
func (a *analyzer) number(w string, h uint32) uint32 {
	n := uint32(len(a.words))
	a.words = append(a.words, written{text: w, stem: n})
	a.bits, a.describe = append(a.bits, 0), append(a.describe, 0)
	if 2*len(a.words) > len(a.slots) {
		old := a.slots
		a.slots = make([]uint64, 2*len(old))
		for _, slot := range old {
			if slot != 0 {
				a.put(slot)
			}
		}
	}
	a.put(uint64(h)<<32 | uint64(n+1))
	return n
}

// put fills the first free place for a slot.
func (a *analyzer) put(slot uint64) {
	mask := uint32(len(a.slots) - 1)
	at := uint32(slot>>32) & mask
	for a.slots[at] != 0 {
		at = (at + 1) & mask
	}
	a.slots[at] = slot
}

// collect turns the product's tokens into entries, one for each word. A word
// is aside when the product is known to be something else: in "TV wall mount"
// and in what is of the type "TV stand" it is "tv".
func (a *analyzer) collect(typed bool) {
	slices.Sort(a.present)
	last := uint32(0)
	p := a.part
	for _, word := range a.present {
		e := entry{word, a.bits[word]}
		a.bits[word] = 0
		before := e.facts()&beforeHead != 0
		e.bits &^= uint32(beforeHead>>factBits) << factShift
		if e.facts() == 0 && e.tf(fBrand) == 0 && (typed || before) {
			e.mark(aside)
		}
		p.entries = a.pack(p.entries, e, last)
		last = word
	}
	a.present = a.present[:0]
	p.entryEnd = append(p.entryEnd, uint32(len(p.entries)))
}

// pack appends an entry in about three bytes: how far its word is from the last
// one, and which of the few usual sets of bits it has.
func (a *analyzer) pack(to []byte, e entry, last uint32) []byte {
	n := a.pattern(e.bits)
	if step := e.word - last; step < 0x80 && n < 0x80 {
		return append(to, byte(step), byte(n))
	}
	to = binary.AppendUvarint(to, uint64(e.word-last))
	return binary.AppendUvarint(to, uint64(n))
}

// pattern is the number of a set of bits.
func (a *analyzer) pattern(bits uint32) uint32 {
	usual := &a.usual[bits*0x9e3779b1>>(32-9)]
	if n := *usual; int(n) < len(a.patterns) && a.patterns[n] == bits {
		return n
	}
	n, ok := a.patternNo[bits]
	if !ok {
		n = uint32(len(a.patterns))
		a.patterns = append(a.patterns, bits)
		a.patternNo[bits] = n
	}
	*usual = n
	return n
}

// all yields the entries, with words numbered as in the segment, and the
// number of the product within the part.
func (p *part) all() iter.Seq2[entry, int] {
	return func(yield func(entry, int) bool) {
		at := 0
		for d, end := range p.entryEnd {
			word := uint32(0)
			for at < int(end) {
				step, n := binary.Uvarint(p.entries[at:])
				pattern, m := binary.Uvarint(p.entries[at+n:])
				at += n + m
				word += uint32(step)
				if !yield(entry{p.ids[word], p.patterns[pattern]}, d) {
					return
				}
			}
		}
	}
}

// phrase is a text as its stems, to compare whole names.
func (a *analyzer) phrase(s string) string { return phrase(&a.split, s) }

func phrase(p *splitter, s string) string {
	var b strings.Builder
	for _, w := range p.split(fold(s), false) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(stem(w.text))
	}
	return b.String()
}

// categoryNames are the names of a category and of those above it, in all languages.
func (a *analyzer) categoryNames(cat uint32) *named {
	if n, ok := a.path[cat]; ok {
		return n
	}
	n := &named{}
	for c := cat; c != 0; c = a.tree.nodes[c].parent {
		for _, name := range a.tree.nodes[c].Names {
			switch {
			case name == "":
			case c == cat:
				n.own = append(n.own, name)
			default:
				n.above = append(n.above, name)
			}
		}
	}
	a.path[cat] = n
	return n
}

// cut bounds a long text at a word.
func cut(s string) string {
	if len(s) <= textLimit {
		return s
	}
	if i := strings.LastIndexByte(s[:textLimit], ' '); i > 0 {
		return s[:i]
	}
	return strings.ToValidUTF8(s[:textLimit], "")
}
