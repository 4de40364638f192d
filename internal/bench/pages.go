package bench

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"aromart/internal/market"
	"aromart/internal/world"
)

// rendered is the cookie of a visitor who has chosen a theme: his pages are made for him alone.
const rendered = "prefs=city=&theme=light&lang="

// scene is a kind of page with its bars, as shares of the limit.
type scene struct {
	name          string
	paths         []string
	cached, fresh float64
}

// scenes are the pages that are measured.
func (s *shop) scenes(ctx context.Context) ([]scene, error) {
	var products, searches []string
	for i := 0; i < len(s.slugs); i += 5 {
		products = append(products, "/p/"+s.slugs[i])
	}
	for _, q := range []string{world.ShareWord, world.FixedWord, "classic", "compact", "portable", "durable", world.ShareWord + " set", "light cotton"} {
		searches = append(searches, "/search?q="+url.QueryEscape(q))
	}
	lists, err := s.lists(ctx, 20)
	return []scene{
		{"product page", products, 0.60, 0.12},
		{"listing of 24", lists, 0.50, 0.08},
		{"search with facets", searches, 0.50, 0.08},
	}, err
}

// lists are the addresses of the fullest categories that show products.
func (s *shop) lists(ctx context.Context, n int) (paths []string, err error) {
	for _, c := range market.Categories() {
		if len(market.Children(c.ID)) > 0 || len(paths) == n {
			continue
		}
		path := "/c/" + c.Slug
		a, err := fetch(ctx, s.address, path, rendered)
		for err == nil && a.status >= 300 && a.status < 400 {
			if path = a.location; path == "" {
				break
			}
			a, err = fetch(ctx, s.address, path, rendered)
		}
		if err != nil {
			return nil, err
		}
		if a.status == http.StatusOK && a.length > 4000 { // an empty category is shorter
			paths = append(paths, path)
		}
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("no category shows products")
	}
	return paths, nil
}

// pages measures each scene from the cache and rendered anew.
func (r *run) pages(ctx context.Context, s *shop) error {
	scenes, err := s.scenes(ctx)
	if err != nil {
		return err
	}
	for _, sc := range scenes {
		if err := r.scene(ctx, s, sc, "cached", "", sc.cached); err != nil {
			return err
		}
		if err := r.scene(ctx, s, sc, "fresh", rendered, sc.fresh); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) scene(ctx context.Context, s *shop, sc scene, how, cookie string, bar float64) error {
	pages, requests, bytes, err := s.warm(ctx, sc.paths, cookie)
	if err != nil {
		return err
	}
	limit, err := r.startLimit(ctx, pages)
	if err != nil {
		return err
	}
	defer limit.stop()
	var lim, got []load
	for range r.Turns {
		l, err := press(ctx, limit, pageClients, r.Turn, requests)
		if err != nil {
			return err
		}
		g, err := press(ctx, s.process, pageClients, r.Turn, requests)
		if err != nil {
			return err
		}
		lim, got = append(lim, l), append(got, g)
	}
	row := Row{Engine: r.engine, Products: s.products, What: sc.name + ", " + how, Unit: "of the limit", Bytes: bytes}
	row.compare(got, lim)
	row.bar(">=", bar)
	r.report.add(row)
	return ctx.Err()
}

// warm asks for every page once, keeps what came, and prepares the requests.
func (s *shop) warm(ctx context.Context, paths []string, cookie string) (pages []page, requests [][]byte, bytes int, err error) {
	c, err := dial(ctx, "", s.address)
	if err != nil {
		return nil, nil, 0, err
	}
	defer c.Close()
	for _, path := range paths {
		p, err := readPage(c, s.address, path, cookie)
		if err != nil {
			return nil, nil, 0, err
		}
		pages = append(pages, p)
		requests = append(requests, get(s.address, path, cookie))
		bytes += len(p.Body)
	}
	return pages, requests, bytes / len(pages), nil
}

// compare fills in the medians of the turns; the value is the median of their ratios.
func (row *Row) compare(got, limit []load) {
	var ratios, rates, limits, costs []float64
	var p50, p95, p99, cpu []time.Duration
	for i, g := range got {
		ratios, rates, limits = append(ratios, g.rate/limit[i].rate), append(rates, g.rate), append(limits, limit[i].rate)
		if g.both > 0 {
			costs, cpu = append(costs, float64(limit[i].both)/float64(g.both)), append(cpu, g.cpu)
		}
		p50, p95, p99 = append(p50, g.p50), append(p95, g.p95), append(p99, g.p99)
		row.Errors += g.errors + limit[i].errors
		if g.why != "" && row.Note == "" {
			row.Note = g.why
		}
	}
	row.Value, row.Rate, row.Limit = median(ratios), median(rates), median(limits)
	row.P50, row.P95, row.P99 = median(p50), median(p95), median(p99)
	if len(costs) > 0 {
		row.ByCPU, row.CPU = median(costs), median(cpu)
	}
}

// equalHits compares the cost of a page that shows the same number of hits in a
// small and in a large world. Cost is the time that the machine needs for one.
func (r *run) equalHits(ctx context.Context, small, large *shop) error {
	for _, sc := range []struct{ name, small, large string }{
		{"product page", "/p/" + small.slugs[1], "/p/" + large.slugs[1]},
		{"listing of 24", "/c/" + firstCategory(), "/c/" + firstCategory()},
		{"search with facets", "/search?q=" + world.FixedWord, "/search?q=" + world.FixedWord},
	} {
		var costs []load
		var base []load
		a, err := small.follow(ctx, sc.small)
		if err != nil {
			return err
		}
		b, err := large.follow(ctx, sc.large)
		if err != nil {
			return err
		}
		for range r.Turns {
			few, err := press(ctx, small.process, pageClients, r.Turn, [][]byte{get(small.address, a, rendered)})
			if err != nil {
				return err
			}
			many, err := press(ctx, large.process, pageClients, r.Turn, [][]byte{get(large.address, b, rendered)})
			if err != nil {
				return err
			}
			base, costs = append(base, few), append(costs, many)
		}
		row := Row{Engine: r.engine, Products: large.products, What: sc.name + ", fresh, cost at equal hits", Unit: fmt.Sprintf("times that at %d", small.products)}
		row.compare(costs, base)
		row.Value, row.ByCPU = 1/row.Value, 1/row.ByCPU
		row.bar("<=", 1.3)
		r.report.add(row)
	}
	return ctx.Err()
}

// firstCategory has the same number of products in a world of any size.
func firstCategory() string {
	for _, c := range market.Categories() {
		if len(market.Children(c.ID)) == 0 {
			return c.Slug
		}
	}
	return ""
}

// follow returns where a path leads.
func (s *shop) follow(ctx context.Context, path string) (string, error) {
	for range 3 {
		a, err := fetch(ctx, s.address, path, rendered)
		if err != nil {
			return "", err
		}
		if a.status == http.StatusOK {
			return path, nil
		}
		if a.location == "" {
			return "", fmt.Errorf("%s answered %d", path, a.status)
		}
		path = a.location
	}
	return path, nil
}

// underSearches measures fresh product pages while four clients keep asking for
// the searches that find most, rank most and count most.
func (r *run) underSearches(ctx context.Context, s *shop) error {
	worst := [][]byte{}
	for _, q := range []string{world.HalfWord, "the and with for of " + world.HalfWord, "clasic compct portble durble", "set pack kit with " + world.ShareWord} {
		worst = append(worst, get(s.address, "/search?q="+url.QueryEscape(q), rendered))
	}
	var products [][]byte
	for _, slug := range s.slugs[:50] {
		products = append(products, get(s.address, "/p/"+slug, rendered))
	}
	turn := r.Turn * time.Duration(r.Turns)
	busy := make(chan load, 1)
	go func() {
		l, err := press(ctx, s.process, 4, turn+time.Second/2, worst)
		if err != nil {
			l.errors, l.why = l.errors+1, err.Error()
		}
		busy <- l
	}()
	time.Sleep(time.Second / 4)
	l, err := press(ctx, s.process, 4, turn, products)
	if err != nil {
		return err
	}
	searches := <-busy
	row := Row{Engine: r.engine, Products: s.products, What: "product page p99 beside 4 worst searches", Value: float64(l.p99) / float64(time.Millisecond), Unit: "ms",
		Rate: l.rate, P50: l.p50, P95: l.p95, P99: l.p99, Errors: l.errors + searches.errors, Note: fmt.Sprintf("%.0f searches/s, p50 %s", searches.rate, ms(searches.p50))}
	row.bar("<=", 50)
	r.report.add(row)
	return nil
}
