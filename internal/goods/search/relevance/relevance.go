// Package relevance measures how good the search's ranking is, on judged
// queries and on products known to be the same in two shops.
//
// The figures are those that were agreed on: nDCG@10 with gain 2^rating-1 and
// discount log2(rank+1), the ideal taken from all judged products, unjudged
// ones counting 0, averaged over the queries that have a relevant product; and
// the share of known items that come first, or among the first ten.
//
// Personal data: none. Tables: none.
package relevance

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"sort"

	"aromart/internal/goods/search"
)

// Options of Run.
type Options struct {
	Verbose bool // a line for each judged query
}

// Report is what Run measured.
type Report struct {
	NDCG    float64 // mean over the judged queries
	Halves  [2]float64
	Queries []QueryScore
	Empty   []string // judged queries, relevant product or not, that found nothing
	Known   int
	Hit1    float64
	Hit10   float64
	Hits1   [2]float64 // by half
}

// QueryScore is one judged query.
type QueryScore struct {
	Query string
	NDCG  float64
	Total int
}

// Run measures with the data in dir (icecat and product_matching) and writes what it found.
func Run(ctx context.Context, dir string, out io.Writer, o Options) (*Report, error) {
	r := &Report{}
	if err := r.judged(ctx, dir); err != nil {
		return nil, err
	}
	if err := r.known(ctx, dir); err != nil {
		return nil, err
	}
	if o.Verbose {
		list := slices.Clone(r.Queries)
		sort.SliceStable(list, func(i, j int) bool { return list[i].NDCG < list[j].NDCG })
		for _, q := range list {
			fmt.Fprintf(out, "%.3f  %-26s %6d results\n", q.NDCG, q.Query, q.Total)
		}
	}
	fmt.Fprintf(out, "judged queries      %d with a relevant product\n", len(r.Queries))
	fmt.Fprintf(out, "nDCG@10             %.4f (every other query: %.4f and %.4f)\n", r.NDCG, r.Halves[0], r.Halves[1])
	for _, name := range []string{"laptop", "tv", "ssd"} {
		fmt.Fprintf(out, "  %-8s          %.3f\n", name, r.Of(name))
	}
	fmt.Fprintf(out, "without a result    %d %q\n", len(r.Empty), r.Empty)
	fmt.Fprintf(out, "known items         %d\n", r.Known)
	fmt.Fprintf(out, "hit@1               %.4f (every other item: %.4f and %.4f)\n", r.Hit1, r.Hits1[0], r.Hits1[1])
	fmt.Fprintf(out, "hit@10              %.4f\n", r.Hit10)
	return r, nil
}

// Of is the score of one judged query.
func (r *Report) Of(query string) float64 {
	for _, q := range r.Queries {
		if q.Query == query {
			return q.NDCG
		}
	}
	return 0
}

// judged measures the judged queries.
func (r *Report) judged(ctx context.Context, dir string) error {
	queries, err := readJudgements(dir)
	if err != nil {
		return err
	}
	ix, err := icecat(ctx, dir)
	if err != nil {
		return err
	}
	var sum [2]float64
	var n [2]int
	for _, q := range queries {
		res, err := ix.Search(ctx, search.Query{Text: q.text, Limit: 10, NoFacets: true})
		if err != nil {
			return err
		}
		if res.Total == 0 {
			r.Empty = append(r.Empty, q.text)
		}
		ideal := q.ideal()
		if ideal == 0 {
			continue
		}
		got := 0.0
		for i, h := range res.Hits {
			got += gain(q.rating[h.ID], i)
		}
		half := len(r.Queries) % 2
		sum[half] += got / ideal
		n[half]++
		r.Queries = append(r.Queries, QueryScore{Query: q.text, NDCG: got / ideal, Total: res.Total})
	}
	r.NDCG = (sum[0] + sum[1]) / float64(n[0]+n[1])
	r.Halves = [2]float64{sum[0] / float64(n[0]), sum[1] / float64(n[1])}
	return nil
}

func gain(rating, index int) float64 {
	return (math.Pow(2, float64(rating)) - 1) / math.Log2(float64(index+2))
}

// judgedQuery is a query with the ratings of its judged products.
type judgedQuery struct {
	text   string
	rating map[int64]int
}

// ideal is the gain of the best order of all judged products.
func (q *judgedQuery) ideal() (sum float64) {
	var all []int
	for _, r := range q.rating {
		all = append(all, r)
	}
	slices.Sort(all)
	slices.Reverse(all)
	for i, r := range all[:min(10, len(all))] {
		sum += gain(r, i)
	}
	return sum
}

// known measures the known items: the title in one shop must find the product of the other.
func (r *Report) known(ctx context.Context, dir string) error {
	left, right, pairs, err := readPairs(dir)
	if err != nil {
		return err
	}
	ix := search.New()
	fill := ix.Fill(nil)
	for _, d := range right {
		fill.Add(d)
	}
	fill.Done()
	var first, ten int
	var half, halfFirst [2]int
	for i, p := range pairs {
		res, err := ix.Search(ctx, search.Query{Text: left[p[0]], Limit: 10, NoFacets: true})
		if err != nil {
			return err
		}
		at := slices.IndexFunc(res.Hits, func(c search.Card) bool { return c.ID == p[1] })
		half[i%2]++
		if at == 0 {
			first++
			halfFirst[i%2]++
		}
		if at >= 0 {
			ten++
		}
	}
	r.Known = len(pairs)
	r.Hit1, r.Hit10 = float64(first)/float64(len(pairs)), float64(ten)/float64(len(pairs))
	for i := range half {
		r.Hits1[i] = float64(halfFirst[i]) / float64(max(1, half[i]))
	}
	return nil
}
