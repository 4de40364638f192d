package relevance

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// shared finds the judged data, which is no part of the project.
func shared(t *testing.T) string {
	dir := os.Getenv("AROMART_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "..", "shared")
	}
	dir = filepath.Join(dir, "data")
	if _, err := os.Stat(filepath.Join(dir, "icecat", "judgements.csv")); err != nil {
		t.Skipf("NOT TESTED: no judged data in %s; set AROMART_SHARED", dir)
	}
	return dir
}

func TestBars(t *testing.T) {
	r, err := Run(context.Background(), shared(t), t.Output(), Options{Verbose: testing.Verbose()})
	if err != nil {
		t.Fatal(err)
	}
	if r.NDCG < 0.80 {
		t.Errorf("nDCG@10 is %.4f, must be 0.80", r.NDCG)
	}
	for _, q := range []string{"laptop", "tv", "ssd"} {
		if r.Of(q) < 0.5 {
			t.Errorf("%q reaches %.3f, must be 0.5", q, r.Of(q))
		}
	}
	if len(r.Empty) > 0 {
		t.Errorf("queries without a result: %q", r.Empty)
	}
	if r.Hit1 < 0.82 || r.Hit10 < 0.97 {
		t.Errorf("known items: hit@1 %.4f (must be 0.82), hit@10 %.4f (must be 0.97)", r.Hit1, r.Hit10)
	}
}

func TestIdeal(t *testing.T) {
	q := judgedQuery{rating: map[int64]int{1: 3, 2: 0, 3: 1}}
	if got, want := q.ideal(), 7+1/1.5849625007211562; got-want > 1e-9 || want-got > 1e-9 {
		t.Errorf("ideal %v, want %v", got, want)
	}
}
