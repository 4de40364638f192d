package search

import (
	"aromart/internal/kit/money"
)

// The fields of a product's text. Their order is the order of weights in tuning.
const (
	fTitle = iota
	fModel
	fBrand
	fKind
	fAttr
	fText
	fields
)

// A posting's impact is a score in its low bits and three facts about the word in that product.
const (
	headOfTitle = 1 << 15 // it names the thing in the title: "bag" in "laptop bag"
	headOfKind  = 1 << 14 // it names the product's type or category
	aside       = 1 << 13 // the product is something else, which the word describes
	factBits    = 13
	impactMask  = 1<<factBits - 1
	impactStep  = 1.0 / 64
	idfStep     = 1.0 / 20
)

// segment is an immutable part of the index: the postings of its words and the
// columns of its products, all in flat arrays that the garbage collector need not walk.
type segment struct {
	n   int
	ord map[int64]uint32 // product id to its place here

	// Words.
	words   *wordList // a word's number is its place there
	postOff []uint32  // postings by word; only stems have any
	postDoc []uint32
	postImp []uint16
	idf     []uint8 // how rare the word is in each field, in steps: word*fields+field
	headed  []uint8 // in what share of the titles with the word, it is the head; 255 is all
	avgLen  [fields]float32

	// Products.
	ids      []int64
	cat      []uint32 // number in the tree
	store    []uint32 // place in stores
	kind     []uint32
	created  []int64
	rating   []uint16 // hundredths of a star
	rated    []int32  // number of ratings
	popular  []float32
	priceMin []money.Amount
	priceMax []money.Amount
	compare  []money.Amount
	cells    []uint64 // price cells of its variants, see priceCell
	stocked  []bool
	lowStock []int32
	cheapest []uint32 // place of the variant behind priceMin

	valOff []uint32 // distinct facet values of a product, options included
	valIDs []uint32

	varOff    []uint32
	varID     []int64
	varPrice  []money.Amount
	varCmp    []money.Amount
	varWeight []uint32 // grams
	varCell   []uint8  // price cell
	varStock  []bool
	varOpts   [][maxOptions]uint32 // value number + 1; 0 is none

	texts   string // card texts of all products, one after another
	textOff []uint32
	size    [][2]int32 // picture width and height

	// Lists of products, for base sets.
	catOff, catDocs     []uint32
	storeOff, storeDocs []uint32

	tallies *tallies          // of frequent stems; made when the segment is first shown
	brought *byZone[*brought] // what it costs to bring the variants; made with them
	offered *byZone[[]uint8]  // the same of the products, by what is in stock
}

// postings of a word of this segment.
func (s *segment) postings(word string) (docs []uint32, imps []uint16, id int, ok bool) {
	id, ok = s.words.find(word)
	if !ok {
		return nil, nil, 0, false
	}
	from, to := s.postOff[id], s.postOff[id+1]
	return s.postDoc[from:to], s.postImp[from:to], id, true
}

// docFreq is in how many products of this segment the word stands.
func (s *segment) docFreq(word string) int {
	id, ok := s.words.find(word)
	if !ok {
		return 0
	}
	return int(s.postOff[id+1] - s.postOff[id])
}

// inCategory lists the products of the tree's interval.
func (s *segment) inCategory(lo, hi uint32) []uint32 {
	last := uint32(len(s.catOff) - 1)
	return s.catDocs[s.catOff[min(lo, last)]:s.catOff[min(hi, last)]]
}

// inStore lists the products of a store.
func (s *segment) inStore(store uint32) []uint32 {
	if int(store)+1 >= len(s.storeOff) {
		return nil
	}
	return s.storeDocs[s.storeOff[store]:s.storeOff[store+1]]
}

// card gathers what a list shows of a product.
func (s *segment) card(d uint32, t *tree, stores []Store) Card {
	text := s.texts[s.textOff[d]:s.textOff[d+1]]
	next := func() (v string) {
		n := int(text[0])<<8 | int(text[1])
		v, text = text[2:2+n], text[2+n:]
		return v
	}
	c := Card{ID: s.ids[d], PublicID: next(), Slug: next(), Title: next(), Brand: next()}
	c.Picture = Picture{Key: next(), Color: next(), Width: s.size[d][0], Height: s.size[d][1]}
	c.CategoryID = t.nodes[s.cat[d]].ID
	c.Store = stores[s.store[d]]
	c.Price, c.PriceMax, c.CompareAt = s.priceMin[d], s.priceMax[d], s.compare[d]
	c.InStock, c.LowStock = s.stocked[d], int(s.lowStock[d])
	if c.Variants = int(s.varOff[d+1] - s.varOff[d]); c.Variants > 0 {
		c.VariantID = s.varID[s.cheapest[d]]
	}
	c.Rating, c.RatingCount, c.CreatedAt = float32(s.rating[d])/100, int(s.rated[d]), s.created[d]
	return c
}

// setPrices derives what a product shows from its variants. The price is the
// lowest of the variants in stock; when none is, the lowest of all.
func (s *segment) setPrices(d uint32) {
	from, to := s.varOff[d], s.varOff[d+1]
	s.stocked[d], s.cells[d] = false, 0
	s.priceMin[d], s.priceMax[d], s.compare[d], s.cheapest[d] = 0, 0, 0, 0
	for i := from; i < to; i++ {
		s.stocked[d] = s.stocked[d] || s.varStock[i]
	}
	first := true
	for i := from; i < to; i++ {
		s.cells[d] |= 1 << s.varCell[i]
		if s.stocked[d] && !s.varStock[i] {
			continue
		}
		p := s.varPrice[i]
		if first || p < s.priceMin[d] {
			s.priceMin[d], s.compare[d], s.cheapest[d] = p, s.varCmp[i], i
		}
		if first || p > s.priceMax[d] {
			s.priceMax[d] = p
		}
		first = false
	}
}
