package world

import (
	"math/rand/v2"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"aromart/internal/goods/catalog"
	"aromart/internal/kit/money"
	"aromart/internal/market"
)

// products thinks up the products from..to.
func (w *plan) products(from, to int) []*catalog.Product {
	list := make([]*catalog.Product, 0, to-from)
	for i := from; i < to; i++ {
		list = append(list, w.product(i))
	}
	return list
}

func (w *plan) product(i int) *catalog.Product {
	r := seed(seedProduct, i)
	c := w.categoryOf(i)
	st := w.stores[zipf(r, len(w.stores))]
	brand := w.brands[zipf(r, len(w.brands))]
	noun := strings.ToLower(c.Name.En)
	name := strings.Join([]string{brand, title(pick(r, adjectives)), noun, pick(r, extras), "with", w.word(r), w.model(r)}, " ")
	name += w.marks(i)
	id := strconv.FormatInt(int64(i), 36)
	p := &catalog.Product{Seller: st.Seller, Store: st.ID, Handle: "load-" + id, Slug: catalog.Slugify(brand+" "+noun) + "-" + id,
		Status: catalog.Live, Language: "en", Title: name, Brand: brand, Type: c.Name.En, Category: catalog.CategoryID(c.ID),
		Tags: []string{pick(r, adjectives), w.word(r)}, BodyHTML: w.body(r), CreatedAt: epoch.Add(time.Duration(i) * time.Minute),
		Attributes: attributes(r, c)}
	w.variants(r, p, id)
	return p
}

// categoryOf spreads the products evenly, but for the first category, which
// has the same number of products in a world of any size.
func (w *plan) categoryOf(i int) market.Category {
	if every(i, w.size, FixedCategory) {
		return w.categories[0]
	}
	return w.categories[1+i%(len(w.categories)-1)]
}

// marks are the words that a known number of products has.
func (w *plan) marks(i int) string {
	s := ""
	if every(i, w.size, FixedHits) {
		s += " " + FixedWord
	}
	if i%20 == 7 {
		s += " " + ShareWord
	}
	if i%2 == 1 {
		s += " " + HalfWord
	}
	return s
}

// every reports true for n of size numbers, evenly spread.
func every(i, size, n int) bool {
	step := max(1, size/n)
	return i%step == 0 && i/step < n
}

func (w *plan) variants(r *rand.Rand, p *catalog.Product, id string) {
	axis := axes[r.IntN(len(axes))]
	p.Options = []string{axis[0]}
	price := money.Amount(95_00 + 5_00*zipf(r, 4000)) // many cheap things, few dear ones
	for i := range 3 {
		v := catalog.Variant{SKU: "L" + strings.ToUpper(id) + "-" + strconv.Itoa(i+1), Price: price + money.Amount(i)*25_00,
			WeightG: int64(50 + 50*r.IntN(40)), OnHand: stock(r)}
		v.Options[0] = axis[1+i]
		if r.IntN(6) == 0 {
			v.CompareAt = v.Price + v.Price/5
		}
		p.Variants = append(p.Variants, v)
	}
}

// stock: one in thirty sold out, one in thirty low, the rest plentiful, so that a long benchmark does not run dry.
func stock(r *rand.Rand) int64 {
	switch r.IntN(30) {
	case 0:
		return 0
	case 1:
		return int64(1 + r.IntN(5))
	}
	return int64(400 + r.IntN(600))
}

// attributes are up to six facts of the category.
func attributes(r *rand.Rand, c market.Category) []catalog.Attribute {
	var out []catalog.Attribute
	for _, a := range market.AttributesOf(c.ID) {
		if len(out) == 6 {
			break
		}
		switch a.Kind {
		case market.ChoiceAttribute:
			out = append(out, catalog.Attribute{Name: a.Key, Text: a.Choices[zipf(r, len(a.Choices))].Key})
		case market.NumberAttribute:
			n := float64(1 + zipf(r, 40))
			out = append(out, catalog.Attribute{Name: a.Key, Text: strconv.FormatFloat(n, 'f', -1, 64), Number: n, IsNum: true, Unit: a.Unit})
		case market.BoolAttribute:
			out = append(out, catalog.Attribute{Name: a.Key, Text: strconv.FormatBool(r.IntN(3) > 0)})
		}
	}
	for _, name := range []string{"Series", "Finish", "Made for", "Set", "Care", "Line"} {
		if len(out) == 6 {
			break
		}
		out = append(out, catalog.Attribute{Name: name, Text: title(adjectives[zipf(r, len(adjectives))])})
	}
	return out
}

func (w *plan) body(r *rand.Rand) string {
	var b strings.Builder
	for range 2 {
		b.WriteString("<p>")
		for range 2 + r.IntN(2) {
			b.WriteString(title(w.sentence(r, 8+r.IntN(10))))
			b.WriteString(". ")
		}
		b.WriteString("</p>")
	}
	b.WriteString("<ul>")
	for range 3 {
		b.WriteString("<li>" + title(w.sentence(r, 4)) + "</li>")
	}
	b.WriteString("</ul>")
	return b.String()
}

func (w *plan) sentence(r *rand.Rand, n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = w.word(r)
	}
	return strings.Join(words, " ")
}

func (w *plan) word(r *rand.Rand) string { return w.words[zipf(r, len(w.words))] }

func (w *plan) model(r *rand.Rand) string {
	return string(rune('A'+r.IntN(26))) + string(rune('A'+r.IntN(26))) + strconv.Itoa(10+r.IntN(990))
}

func pick(r *rand.Rand, list []string) string { return list[zipf(r, len(list))] }

// zipf draws from 0..n-1, the first ones most often.
func zipf(r *rand.Rand, n int) int {
	if n < 2 {
		return 0
	}
	table, ok := zipfTables.Load(n)
	if !ok {
		sums := make([]float64, n)
		total := 0.0
		for i := range sums {
			total += 1 / (4 + float64(i))
			sums[i] = total
		}
		table, _ = zipfTables.LoadOrStore(n, sums)
	}
	sums := table.([]float64)
	return sort.SearchFloat64s(sums, r.Float64()*sums[n-1])
}

var zipfTables sync.Map // of n: cumulated weights

func title(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// invent makes n words that nobody uses, of up to that many syllables.
func invent(r *rand.Rand, n, syllables int) []string {
	const first, second = "bdfgklmnprstvz", "aeiou"
	seen := map[string]bool{}
	out := make([]string, 0, n)
	for len(out) < n {
		var b strings.Builder
		for range 2 + r.IntN(syllables) {
			b.WriteByte(first[r.IntN(len(first))])
			b.WriteByte(second[r.IntN(len(second))])
		}
		b.WriteByte("lnrst"[r.IntN(5)])
		if s := b.String(); !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

var (
	storeKinds = []string{"Stores", "Trading", "Mart", "House", "Collective", "Works", "Imports", "Crafts"}
	adjectives = strings.Fields(`classic everyday compact light strong soft large small natural modern handmade slim wide double
		portable foldable quiet bright organic durable smooth warm cool fresh simple deep round square tall low rapid gentle`)
	extras = strings.Fields(`set pack kit pair bundle edition series range model unit piece box roll case frame`)
	axes   = [][4]string{{"Size", "Small", "Medium", "Large"}, {"Color", "Black", "White", "Blue"}, {"Pack", "1", "3", "6"}, {"Color", "Red", "Green", "Gray"}}
	common = strings.Fields(`the and with for of in a to is from it on that by as made use home your can be this are one two
		all easy clean water good long day hand each time work best keep holds after before under over near fits every
		cotton steel wood glass paper leather rubber plastic kitchen garden office travel school child family gift
		color size weight cover handle base top side inside outside wash dry open close carry store place table wall floor door
		morning night summer rain sun green blue red white black brown yellow island village town city sea river mountain`)
)
