// Package bench measures how fast the shop is, as ratios against limits that
// are measured in the same run, on the same machine, by the same clients.
//
// The program under test is a process of its own, started as an operator
// starts it, with its limits as shipped; so its memory is its own and the
// clients pay for themselves. A page's limit is a minimal net/http server, also
// a process of its own, that writes the same bytes from memory. An order's
// limit is a bare loop that writes the same rows through the same writer.
// Limit and shop take turns, and a figure is the median of the turns: a machine
// that slows down slows both.
//
// Personal data: none; buyers are invented. Tables: none (the bare loop writes
// order rows into a database that the bench makes and removes).
package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Options of a run.
type Options struct {
	Exe      string        // the program under test
	Dir      string        // for data directories; removed by the caller
	Postgres string        // URL of a server on which databases may be made and dropped; "" leaves PostgreSQL out
	SQLite   bool          // measure on the embedded database
	Sizes    []int         // products: a small and a large world
	Turn     time.Duration // how long one turn of a measurement lasts
	Turns    int           // of limit and shop each
	Orders   int           // orders placed per turn
	Log      func(format string, args ...any)
}

// pageClients and orderClients are how many clients ask at the same time.
const (
	pageClients  = 8
	orderClients = 32
)

// Shop measures the whole shop and returns the report. It fails only when something
// cannot be measured; a missed bar is in the report.
func Shop(ctx context.Context, o Options) (*Report, error) {
	return o.each(func(r *run) error { return r.all(ctx) })
}

// each measures on every engine that is asked for, into one report.
func (o Options) each(measure func(*run) error) (*Report, error) {
	engines := []string{}
	if o.SQLite {
		engines = append(engines, "sqlite")
	}
	if o.Postgres != "" {
		engines = append(engines, "postgres")
	}
	report := newReport(o)
	for _, engine := range engines {
		if err := measure(&run{Options: o, report: report, engine: engine}); err != nil {
			return report, fmt.Errorf("bench: %s: %w", engine, err)
		}
	}
	return report, nil
}

// run is a run on one engine.
type run struct {
	Options
	report *Report
	engine string
	shops  []*shop // one per size, the largest last
}

func (r *run) all(ctx context.Context) error {
	defer func() {
		for _, s := range r.shops {
			s.close()
		}
	}()
	for _, size := range r.Sizes {
		s, err := r.build(ctx, size)
		if s != nil {
			r.shops = append(r.shops, s)
		}
		if err != nil {
			return err
		}
	}
	for _, s := range r.shops {
		if err := r.startUp(ctx, s); err != nil {
			return err
		}
		r.Log("%s: pages of %d products", r.engine, s.products)
		if err := r.pages(ctx, s); err != nil {
			return err
		}
	}
	if len(r.shops) > 1 {
		if err := r.equalHits(ctx, r.shops[0], r.shops[len(r.shops)-1]); err != nil {
			return err
		}
	}
	for _, s := range r.shops {
		if err := r.underSearches(ctx, s); err != nil {
			return err
		}
	}
	for _, s := range r.shops {
		r.Log("%s: orders among %d products", r.engine, s.products)
		if err := r.orders(ctx, s); err != nil {
			return err
		}
		r.memory(s)
		s.close() // its letters would be written beside the next one's orders
	}
	return nil
}

// build seeds a world with the program's own command and reads what the
// clients need to know of it.
func (r *run) build(ctx context.Context, size int) (*shop, error) {
	s := &shop{exe: r.Exe, products: size, dir: filepath.Join(r.Dir, fmt.Sprintf("%s-%d", r.engine, size))}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, err
	}
	if r.engine == "postgres" {
		var err error
		if s.url, err = makeDatabase(ctx, r.Postgres, fmt.Sprintf("aromart_bench_%d", size)); err != nil {
			return nil, err
		}
	}
	r.Log("%s: seeding %d products", r.engine, size)
	took, err := s.seed(ctx)
	if err != nil {
		return s, err
	}
	row := Row{Engine: r.engine, Products: size, What: "seeding", Value: took.Seconds(), Unit: "s"}
	if size >= 100_000 {
		row.bar("<=", 60)
	}
	r.report.add(row)
	return s, s.look(ctx)
}
