package search

// tuning holds the numbers of the ranking. They are the same for every query;
// what they were measured on stands in package relevance.
type tuning struct {
	weight   [fields]float32 // how much a word counts in each field
	k1       float32         // how soon a repeated word stops counting
	b        float32         // how much a long field dilutes its words
	tie      float32         // how much of the weaker fields' scores is added to the best field's
	head     float32         // gain of the word that names the thing, when it does so in the title
	kindHead float32         // the same for the product type and the category
	kindAll  float32         // gain when the query is the whole product type or a category's name
	aside    float32         // factor on a word that only describes something else
	synonym  float32
	doubted  float32 // the same, where the catalog uses the two words for different things
	few      int     // words in fewer products also take doubted synonyms
	joined   float32 // share for each of two words that are found written as one
	code     float32 // gain of a maker's number, which leaves little doubt
	prefix   float32
	typo     float32
	coverage float32 // power with which missing words cost
	loose    float32 // share of the best coverage that a result must reach when words are missing
	enough   int     // with so many results of all words, nothing looser is looked for
	soldOut  float32 // factor on the score of what cannot be bought
}

var standard = tuning{
	weight:   [fields]float32{fTitle: 1.5, fModel: 0.7, fBrand: 2, fKind: 2, fAttr: 1, fText: 1.3},
	k1:       2.5,
	b:        0.75,
	tie:      0.3,
	head:     3,
	kindHead: 0.5,
	aside:    0.7,
	kindAll:  1,
	synonym:  0.9,
	doubted:  0.1,
	few:      3,
	joined:   0.4,
	code:     2.5,
	prefix:   0.7,
	typo:     0.8,
	coverage: 3,
	loose:    0.5,
	enough:   10,
	soldOut:  0.8,
}
