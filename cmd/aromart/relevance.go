package main

import (
	"context"
	"encoding/json"
	"fmt"

	"aromart/internal/goods/search/relevance"
)

// relevanceCmd measures how well search finds what people mean, on judged
// queries and known items that lie in a folder beside the program.
type relevanceCmd struct {
	Data    string `required:"" type:"existingdir" placeholder:"DIR" help:"Folder with icecat and product_matching."`
	Verbose bool   `help:"Print every query."`
	JSON    bool   `help:"Print JSON."`
}

// The bars of relevance; see doc/performance.md.
const (
	minNDCG  = 0.80
	minHit1  = 0.82
	minHit10 = 0.97
)

func (r *relevanceCmd) Run(ctx context.Context, c *console) error {
	out := c.out
	if r.JSON {
		out = c.err
	}
	report, err := relevance.Run(ctx, r.Data, out, relevance.Options{Verbose: r.Verbose})
	if err != nil {
		return err
	}
	if r.JSON {
		if err := json.NewEncoder(c.out).Encode(report); err != nil {
			return err
		}
	}
	if report.NDCG < minNDCG || report.Hit1 < minHit1 || report.Hit10 < minHit10 {
		fmt.Fprintf(c.err, "below a bar: nDCG@10 %.2f, hit@1 %.2f, hit@10 %.2f are asked for\n", minNDCG, minHit1, minHit10)
		return errFound
	}
	return nil
}
