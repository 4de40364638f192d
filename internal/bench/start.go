package bench

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"aromart/internal/goods/search"
)

// patience is how long a start may take before it counts as failed.
const patience = 60 * time.Second

// startUp starts the shop three times: as the command that filled the catalog
// left it, without the file of the search index, which is then made of the
// database, and again, as after an upgrade. The last process goes on, so its
// memory is that of a shop that was restarted.
func (r *run) startUp(ctx context.Context, s *shop) error {
	if err := r.start(ctx, s, "first start after seeding"); err != nil {
		return err
	}
	s.close()
	if err := os.Remove(filepath.Join(s.dir, search.FileName)); err != nil {
		return fmt.Errorf("seeding left no index: %w", err)
	}
	if err := r.start(ctx, s, "start without the index file"); err != nil {
		return err
	}
	mb, err := s.process.peak()
	if err != nil {
		return err
	}
	r.report.add(Row{Engine: r.engine, Products: s.products, What: "peak RSS of the start without the index file", Value: mb, Unit: "MB"})
	s.close()
	return r.start(ctx, s, "restart")
}

// start measures when the shop first answers with a correct product page, when
// its search is ready, and whether it says that it is not ready before.
// PostgreSQL runs already, as it does for everybody.
func (r *run) start(ctx context.Context, s *shop, how string) error {
	begin := time.Now()
	if err := s.serve(ctx); err != nil {
		return err
	}
	page, err := s.first(ctx, begin, "/p/"+s.slugs[0], func(a answer) error {
		if a.status != http.StatusOK || !bytes.Contains(a.body, []byte(s.slugs[0])) {
			return fmt.Errorf("the first product page is %d", a.status)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%w; see %s/serve.log", err, s.dir)
	}
	ready, refusals, err := s.ready(ctx, begin)
	if err != nil {
		return err
	}
	first := Row{Engine: r.engine, Products: s.products, What: how + " to first product page", Value: page.Seconds(), Unit: "s"}
	search := Row{Engine: r.engine, Products: s.products, What: how + " to search ready", Value: ready.Seconds(), Unit: "s",
		Note: fmt.Sprintf("/readyz said 503 %d times before", refusals)}
	if s.products >= 100_000 {
		first.bar("<=", 0.5)
		search.bar("<=", 3)
	}
	r.report.add(first)
	r.report.add(search)
	return nil
}

// first waits for a page that is right.
func (s *shop) first(ctx context.Context, begin time.Time, path string, right func(answer) error) (time.Duration, error) {
	last := error(nil)
	for time.Since(begin) < patience && ctx.Err() == nil {
		a, err := fetchPlain(ctx, s.address, path)
		if err == nil {
			err = right(a)
		}
		if err == nil {
			return time.Since(begin), nil
		}
		last = err
		select {
		case err := <-s.process.ended:
			s.process.ended <- err
			return 0, fmt.Errorf("the shop ended: %v", err)
		case <-time.After(2 * time.Millisecond):
		}
	}
	return 0, last
}

// fetchPlain is fetch without compression, to look at the text.
func fetchPlain(ctx context.Context, address, path string) (answer, error) {
	c, err := dial(ctx, "", address)
	if err != nil {
		return answer{}, err
	}
	defer c.Close()
	return c.ask([]byte("GET "+path+" HTTP/1.1\r\nHost: "+address+"\r\n\r\n"), true)
}

// ready waits for /readyz and counts how often it refused.
func (s *shop) ready(ctx context.Context, begin time.Time) (time.Duration, int, error) {
	refusals := 0
	for time.Since(begin) < patience && ctx.Err() == nil {
		a, err := fetchPlain(ctx, s.ops, "/readyz")
		switch {
		case err == nil && a.status == http.StatusOK:
			return time.Since(begin), refusals, nil
		case err == nil && a.status == http.StatusServiceUnavailable:
			refusals++
		}
		time.Sleep(5 * time.Millisecond)
	}
	return 0, refusals, fmt.Errorf("the shop did not get ready")
}

// memory reports the most memory that the shop has had.
func (r *run) memory(s *shop) {
	mb, err := s.process.peak()
	row := Row{Engine: r.engine, Products: s.products, What: "peak RSS after the bench", Value: mb, Unit: "MB"}
	if err != nil {
		row.Errors, row.Note = 1, err.Error()
	}
	if s.products >= 100_000 {
		row.bar("<=", 300)
	}
	r.report.add(row)
}

// metric reads one counter from the shop's ops address.
func (s *shop) metric(ctx context.Context, name string) (int64, error) {
	a, err := fetchPlain(ctx, s.ops, "/metrics")
	if err != nil {
		return 0, err
	}
	for line := range strings.SplitSeq(string(a.body), "\n") {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			f, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			return int64(f), err
		}
	}
	return 0, fmt.Errorf("the shop does not tell %s", name)
}
