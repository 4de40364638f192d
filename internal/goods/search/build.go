package search

import (
	"runtime"
	"slices"
	"strings"
	"sync"

	"aromart/internal/kit/money"
)

// batchSize is how many products one worker takes at a time.
const batchSize = 1000

// builder makes a segment. Products are analyzed in parallel while they are
// still arriving; the order of Add is the order in the segment.
type builder struct {
	tune   tuning
	tree   *tree
	values *values
	stores *storeList
	base   *segment // for a delta: statistics of the catalog that it is added to

	batch   []Doc
	jobs    chan job
	workers sync.WaitGroup
	mu      sync.Mutex
	done    []*part
	sent    int
}

type job struct {
	seq  int
	docs []Doc
}

func newBuilder(t tuning, tr *tree, v *values, st *storeList, base *segment) *builder {
	b := &builder{tune: t, tree: tr, values: v, stores: st, base: base, jobs: make(chan job, 1)}
	n := max(2, runtime.NumCPU())
	if base != nil {
		n = 1
	}
	for range n {
		b.workers.Go(func() {
			a := newAnalyzer(tr, v, st)
			for j := range b.jobs {
				p := a.analyze(j.docs)
				b.mu.Lock()
				for len(b.done) <= j.seq {
					b.done = append(b.done, nil)
				}
				b.done[j.seq] = p
				b.mu.Unlock()
			}
		})
	}
	return b
}

// Add takes over the product.
func (b *builder) Add(d Doc) {
	if b.batch = append(b.batch, d); len(b.batch) == batchSize {
		b.flush()
	}
}

func (b *builder) flush() {
	b.jobs <- job{b.sent, b.batch}
	b.sent++
	b.batch = make([]Doc, 0, batchSize)
}

// Finish waits for the workers and returns the segment.
func (b *builder) Finish() *segment {
	if len(b.batch) > 0 {
		b.flush()
	}
	close(b.jobs)
	b.workers.Wait()
	parts := b.done
	b.done, b.batch = nil, nil
	s := &segment{}
	var both sync.WaitGroup
	both.Go(func() { s.words = joinWords(parts) })
	joinColumns(s, parts)
	both.Wait()
	both.Go(func() {
		s.words.index()
		s.makePrices()
		s.catOff, s.catDocs = listBy(s.cat, len(b.tree.nodes))
		s.storeOff, s.storeDocs = listBy(s.store, b.stores.len())
	})
	list := shares(parts)
	b.countFields(s, list)
	b.fillPostings(s, list)
	both.Wait()
	return s
}

// joinColumns concatenates the parts' columns, in order.
func joinColumns(s *segment, parts []*part) {
	var nTexts, nVals, nVars int
	for _, p := range parts {
		s.n += len(p.products)
		nTexts += len(p.texts)
		nVals += len(p.valIDs)
		nVars += len(p.varID)
	}
	s.ord = make(map[int64]uint32, s.n)
	var texts strings.Builder
	texts.Grow(nTexts)
	s.valIDs = make([]uint32, 0, nVals)
	s.varID, s.varPrice, s.varCmp = make([]int64, 0, nVars), make([]money.Amount, 0, nVars), make([]money.Amount, 0, nVars)
	s.varWeight = make([]uint32, 0, nVars)
	s.varStock, s.varOpts = make([]bool, 0, nVars), make([][maxOptions]uint32, 0, nVars)
	s.textOff, s.valOff, s.varOff = make([]uint32, 1, s.n+1), make([]uint32, 1, s.n+1), make([]uint32, 1, s.n+1)
	for _, p := range parts {
		for _, id := range p.products {
			s.ord[id] = uint32(len(s.ord))
		}
		s.textOff = appendOffsets(s.textOff, p.textOff)
		s.valOff = appendOffsets(s.valOff, p.valOff)
		s.varOff = appendOffsets(s.varOff, p.varOff)
		texts.Write(p.texts)
		s.valIDs = append(s.valIDs, p.valIDs...)
		s.varID, s.varPrice, s.varCmp = append(s.varID, p.varID...), append(s.varPrice, p.varPrice...), append(s.varCmp, p.varCmp...)
		s.varStock, s.varOpts = append(s.varStock, p.varStock...), append(s.varOpts, p.varOpts...)
		s.varWeight = append(s.varWeight, p.varWeight...)
		p.texts = nil
		p.valIDs, p.varID, p.varPrice, p.varCmp, p.varWeight, p.varStock, p.varOpts = nil, nil, nil, nil, nil, nil, nil
	}
	s.texts = texts.String()
	s.ids = join(s.n, parts, func(p *part) *[]int64 { return &p.products })
	s.cat = join(s.n, parts, func(p *part) *[]uint32 { return &p.cat })
	s.store = join(s.n, parts, func(p *part) *[]uint32 { return &p.store })
	s.kind = join(s.n, parts, func(p *part) *[]uint32 { return &p.kind })
	s.created = join(s.n, parts, func(p *part) *[]int64 { return &p.created })
	s.rating = join(s.n, parts, func(p *part) *[]uint16 { return &p.rating })
	s.rated = join(s.n, parts, func(p *part) *[]int32 { return &p.rated })
	s.popular = join(s.n, parts, func(p *part) *[]float32 { return &p.popular })
	s.lowStock = join(s.n, parts, func(p *part) *[]int32 { return &p.lowStock })
	s.size = join(s.n, parts, func(p *part) *[][2]int32 { return &p.size })
}

// makePrices sets the price columns of all products.
func (s *segment) makePrices() {
	s.priceMin, s.priceMax, s.compare = make([]money.Amount, s.n), make([]money.Amount, s.n), make([]money.Amount, s.n)
	s.cells, s.stocked, s.cheapest = make([]uint64, s.n), make([]bool, s.n), make([]uint32, s.n)
	s.varCell = make([]uint8, len(s.varPrice))
	for i, p := range s.varPrice {
		s.varCell[i] = uint8(priceCell(p))
	}
	for d := range s.n {
		s.setPrices(uint32(d))
	}
}

// join concatenates one column and lets go of the parts' pieces.
func join[T any](n int, parts []*part, column func(*part) *[]T) []T {
	out := make([]T, 0, n)
	for _, p := range parts {
		piece := column(p)
		out = append(out, *piece...)
		*piece = nil
	}
	return out
}

// appendOffsets appends the ends of a part's rows, moved behind those already there.
func appendOffsets(to, ends []uint32) []uint32 {
	shift := to[len(to)-1]
	for _, e := range ends {
		to = append(to, e+shift)
	}
	return to
}

// listBy groups the products by a column, as offsets into one list.
func listBy(column []uint32, groups int) (off, docs []uint32) {
	off = make([]uint32, groups+1)
	for _, g := range column {
		off[g+1]++
	}
	for i := 1; i < len(off); i++ {
		off[i] += off[i-1]
	}
	docs = make([]uint32, len(column))
	next := slices.Clone(off)
	for d, g := range column {
		docs[next[g]] = uint32(d)
		next[g]++
	}
	return off, docs
}

// joinWords merges the words of all analyzers into one sorted list and tells
// the parts the places of their words in it.
func joinWords(parts []*part) *wordList {
	var by []*analyzer
	for _, p := range parts {
		if !slices.Contains(by, p.by) {
			by = append(by, p.by)
		}
	}
	var wg sync.WaitGroup
	order := make([][]uint32, len(by))
	place := make([][]uint32, len(by))
	for i, a := range by {
		wg.Go(func() {
			a.slots, a.readings, a.path = nil, nil, nil
			order[i], place[i] = make([]uint32, len(a.words)), make([]uint32, len(a.words))
			for n := range order[i] {
				order[i][n] = uint32(n)
			}
			slices.SortFunc(order[i], func(x, y uint32) int { return strings.Compare(a.words[x].text, a.words[y].text) })
		})
	}
	wg.Wait()
	l := &wordList{off: []uint32{0}}
	var texts []byte
	next := make([]int, len(by))
	for {
		least, found := "", false
		for i, a := range by {
			if next[i] < len(order[i]) {
				if w := a.words[order[i][next[i]]].text; !found || w < least {
					least, found = w, true
				}
			}
		}
		if !found {
			break
		}
		uses := int32(0)
		for i, a := range by {
			if next[i] < len(order[i]) {
				if n := order[i][next[i]]; a.words[n].text == least {
					uses += a.words[n].uses
					place[i][n] = uint32(len(l.uses))
					next[i]++
				}
			}
		}
		texts = append(texts, least...)
		l.off = append(l.off, uint32(len(texts)))
		l.uses = append(l.uses, uses)
	}
	l.texts = string(texts)
	for _, p := range parts {
		p.ids, p.by = place[slices.Index(by, p.by)], nil
	}
	return l
}

// share is a run of parts that one goroutine counts and writes.
type share struct {
	parts         []*part
	first         uint32      // place of its first product in the segment
	next          []uint32    // by word: how many postings it adds, then where the next one goes
	df            []uint32    // by word and field: in how many products it stands
	headed        []uint32    // by word: of how many products it is the head
	total, filled [fields]int // lengths of the fields, and how many have any
}

// shares cuts the parts into two runs. More would only wait for memory.
func shares(parts []*part) []*share {
	if len(parts) < 2 {
		return []*share{{parts: parts}}
	}
	a, b := parts[:len(parts)/2], parts[len(parts)/2:]
	first := 0
	for _, p := range a {
		first += len(p.entryEnd)
	}
	return []*share{{parts: a}, {parts: b, first: uint32(first)}}
}

// together runs f for every share at the same time.
func together(list []*share, f func(*share)) {
	var wg sync.WaitGroup
	for _, sh := range list {
		wg.Go(func() { f(sh) })
	}
	wg.Wait()
}

func (sh *share) count(words int) {
	sh.next, sh.df, sh.headed = make([]uint32, words), make([]uint32, words*fields), make([]uint32, words)
	for _, p := range sh.parts {
		for e := range p.all() {
			sh.next[e.word]++
			for f := range fields {
				if e.tf(f) > 0 {
					sh.df[e.word*fields+uint32(f)]++
				}
			}
			if e.facts()&(headOfTitle|headOfKind) != 0 {
				sh.headed[e.word]++
			}
		}
		for f := range fields {
			for _, l := range p.lengths[f] {
				if l > 0 {
					sh.total[f] += int(l)
					sh.filled[f]++
				}
			}
		}
	}
}

// take adds what another share counted.
func (sh *share) take(other *share) {
	for i, n := range other.df {
		sh.df[i] += n
	}
	for i, n := range other.headed {
		sh.headed[i] += n
	}
	for f := range fields {
		sh.total[f] += other.total[f]
		sh.filled[f] += other.filled[f]
	}
	other.df, other.headed = nil, nil
}

// countFields counts in how many products each word stands, by field, and the
// average lengths. A delta takes the catalog's figures for the words that the
// catalog knows, so that its scores compare with those of the base.
func (b *builder) countFields(s *segment, list []*share) {
	n := s.words.len()
	together(list, func(sh *share) { sh.count(n) })
	all := list[0]
	for _, sh := range list[1:] {
		all.take(sh)
	}
	df, headed := all.df, all.headed
	s.postOff = make([]uint32, n+1)
	for i := range n {
		at := s.postOff[i]
		for _, sh := range list {
			at, sh.next[i] = at+sh.next[i], at
		}
		s.postOff[i+1] = at
	}
	s.idf, s.headed = make([]uint8, n*fields), make([]uint8, n)
	for i := range n {
		s.headed[i] = uint8(255 * min(headed[i], df[i*fields+fTitle]) / max(1, df[i*fields+fTitle]))
	}
	for i, k := range df {
		if k > 0 {
			s.idf[i] = uint8(min(255, inverse(int(k), s.n)/idfStep))
		}
	}
	for f := range fields {
		s.avgLen[f] = float32(all.total[f]) / float32(max(1, all.filled[f]))
	}
	if b.base != nil && b.base.n > 0 {
		s.takeFigures(b.base)
	}
}

// takeFigures makes the scores of a delta compare with those of the base: its
// words count as rare as they are there, and fields as long as they are there.
func (s *segment) takeFigures(base *segment) {
	s.avgLen = base.avgLen
	unknown := uint8(min(255, inverse(1, base.n)/idfStep))
	for i := range s.words.len() {
		idf := s.idf[i*fields : (i+1)*fields]
		at, ok := base.words.find(s.words.word(i))
		if ok {
			s.headed[i] = base.headed[at]
		}
		for f := range idf {
			if ok && base.idf[at*fields+f] > 0 {
				idf[f] = base.idf[at*fields+f]
			} else if idf[f] > 0 {
				idf[f] = unknown
			}
		}
	}
}

// fillPostings writes the postings in the order of the products.
func (b *builder) fillPostings(s *segment, list []*share) {
	s.postDoc = make([]uint32, s.postOff[len(s.postOff)-1])
	s.postImp = make([]uint16, len(s.postDoc))
	together(list, func(sh *share) {
		doc := sh.first
		for i, p := range sh.parts {
			b.tune.fill(s, p, doc, sh.next)
			doc += uint32(len(p.entryEnd))
			sh.parts[i] = nil // the entries are the largest part of a build's memory
		}
	})
}

// fill writes the postings of a part whose first product has the number first.
func (t *tuning) fill(s *segment, p *part, first uint32, next []uint32) {
	var dilute [fields]float32
	last := -1
	for e, d := range p.all() {
		if d != last {
			for f := range fields {
				dilute[f] = t.k1 * (1 - t.b + t.b*float32(p.lengths[f][d])/max(1, s.avgLen[f]))
			}
			last = d
		}
		at := next[e.word]
		next[e.word]++
		s.postDoc[at] = first + uint32(d)
		s.postImp[at] = t.impact(e, s.idf[e.word*fields:], &dilute) | e.facts()
	}
}

// impact is the BM25 score of a word in a product: the best field's, and a share of the others'.
func (t *tuning) impact(e entry, idf []uint8, dilute *[fields]float32) uint16 {
	var best, sum float32
	for f := range fields {
		n := e.tf(f)
		if n == 0 {
			continue
		}
		tf := float32(n)
		v := t.weight[f] * idfStep * float32(idf[f]) * tf * (t.k1 + 1) / (tf + dilute[f])
		sum += v
		best = max(best, v)
	}
	v := (best + t.tie*(sum-best)) / impactStep
	return uint16(max(1, min(impactMask, v)))
}
