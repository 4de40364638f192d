package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"
	"time"
)

// Demo measures how long `aromart demo` takes from an empty directory to the
// first home page with products, once the program is built.
func Demo(ctx context.Context, o Options) (*Report, error) {
	r := &run{Options: o, report: newReport(o), engine: "sqlite"}
	var times []time.Duration
	for i := range o.Turns {
		took, err := r.demo(ctx, filepath.Join(o.Dir, "demo-"+strconv.Itoa(i)))
		if err != nil {
			return r.report, err
		}
		times = append(times, took)
	}
	row := Row{Engine: r.engine, What: "demo in an empty directory to the first home page with products", Value: median(times).Seconds(), Unit: "s",
		Note: fmt.Sprintf("the slowest %.2f s", times[len(times)-1].Seconds())} // median has sorted them
	row.bar("<=", 3)
	r.report.add(row)
	return r.report, nil
}

func (r *run) demo(ctx context.Context, dir string) (time.Duration, error) {
	s := &shop{exe: r.Exe, dir: dir}
	begin := time.Now()
	if err := s.run(ctx, filepath.Join(r.Dir, "demo.log"), "demo", "--data", dir); err != nil {
		return 0, err
	}
	defer s.close()
	return s.first(ctx, begin, "/", func(a answer) error {
		if a.status != http.StatusOK {
			return fmt.Errorf("the first home page is %d", a.status)
		}
		if !bytes.Contains(a.body, []byte(`href="/p/`)) {
			return errors.New("the first home page shows no product")
		}
		return nil
	})
}
