package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"aromart/internal/bench"
)

type benchCmd struct {
	Shop      benchShopCmd   `cmd:"" default:"withargs" help:"Speed and memory of the shop; every figure a share of a limit of the same run."`
	SignIn    benchSignInCmd `cmd:"" help:"Whether the time of an answer tells who has an account, and what a flood of sign-ins does to browsing."`
	Rush      benchRushCmd   `cmd:"" help:"300 buyers at the same moment, 100 pieces: who gets one, and how soon everybody knows."`
	Demo      benchDemoCmd   `cmd:"" help:"From an empty directory to the first page of the demo."`
	Relevance relevanceCmd   `cmd:"" help:"How well search finds what people mean: nDCG@10 and known items."`
}

// engines says on which databases something is measured.
type engines struct {
	Postgres string `env:"AROMART_BENCH_POSTGRES" placeholder:"URL" help:"A PostgreSQL server on which databases named aromart_bench_… may be made and dropped; measured too."`
	SQLite   bool   `name:"sqlite" default:"true" negatable:"" help:"Measure on the embedded database."`
}

// figures says where worlds are made and where what was measured goes.
type figures struct {
	Dir  string `placeholder:"DIR" help:"Where the worlds are made; a temporary directory without it, on the disk that TMPDIR names."`
	Keep bool   `help:"Keep the worlds."`
	JSON string `name:"json" placeholder:"FILE" help:"Write the figures as JSON, - for the standard output instead of the table."`
}

// measure runs a bench on this very program, prints its report and fails when a bar was missed.
func (f *figures) measure(ctx context.Context, c *console, o bench.Options, run func(context.Context, bench.Options) (*bench.Report, error)) (err error) {
	if o.Exe, err = os.Executable(); err != nil {
		return err
	}
	if o.Dir = f.Dir; o.Dir == "" {
		if o.Dir, err = os.MkdirTemp("", "aromart-bench"); err != nil {
			return err
		}
	}
	if !f.Keep {
		defer os.RemoveAll(o.Dir)
	}
	o.Log = func(format string, args ...any) { fmt.Fprintf(c.err, format+"\n", args...) }
	report, err := run(ctx, o)
	if err = errors.Join(err, f.write(c, report)); err != nil {
		return err
	}
	if n := report.Missed(); n > 0 {
		fmt.Fprintf(c.err, "%s\n", plural(int64(n), "missed bar"))
		return errFound
	}
	return nil
}

func (f *figures) write(c *console, report *bench.Report) error {
	if f.JSON != "-" {
		if err := report.Write(c.out); err != nil || f.JSON == "" {
			return err
		}
	}
	raw, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	raw = append(raw, '\n')
	if f.JSON == "-" {
		_, err = c.out.Write(raw)
		return err
	}
	return os.WriteFile(f.JSON, raw, 0o644)
}

type benchShopCmd struct {
	engines
	figures
	Sizes  []int         `default:"1000,100000" help:"Products of the worlds: a small and a large one."`
	Turn   time.Duration `default:"2s" help:"How long one turn of a measurement lasts."`
	Turns  int           `default:"3" help:"Turns of limit and shop each; figures are medians."`
	Orders int           `default:"4000" help:"Orders placed per turn."`
	Limit  string        `hidden:"" help:"Serve the pages of this file: the limit that pages are compared with."`
}

func (b *benchShopCmd) Run(ctx context.Context, c *console) error {
	if b.Limit != "" {
		return bench.ServeLimit(b.Limit)
	}
	if len(b.Sizes) == 0 || b.Turns < 1 || b.Orders < 1 || b.Turn <= 0 {
		return usage{"--sizes, --turn, --turns and --orders are greater than 0"}
	}
	return b.measure(ctx, c, bench.Options{Postgres: b.Postgres, SQLite: b.SQLite, Sizes: b.Sizes, Turn: b.Turn, Turns: b.Turns, Orders: b.Orders}, bench.Shop)
}

type benchSignInCmd struct {
	engines
	figures
	Products int           `default:"1000" help:"Products of the world."`
	Turn     time.Duration `default:"5s" help:"How long one turn of browsing lasts."`
	Turns    int           `default:"3" help:"Turns in calm and under the flood each; figures are medians."`
}

func (b *benchSignInCmd) Run(ctx context.Context, c *console) error {
	if b.Products < 1 || b.Turns < 1 || b.Turn <= 0 {
		return usage{"--products, --turn and --turns are greater than 0"}
	}
	return b.measure(ctx, c, bench.Options{Postgres: b.Postgres, SQLite: b.SQLite, Sizes: []int{b.Products}, Turn: b.Turn, Turns: b.Turns}, bench.SignIn)
}

type benchRushCmd struct {
	engines
	figures
	Products int `default:"1000" help:"Products of the world."`
	Turns    int `default:"3" help:"How often they come."`
}

func (b *benchRushCmd) Run(ctx context.Context, c *console) error {
	if b.Products < 1 || b.Turns < 1 {
		return usage{"--products and --turns are greater than 0"}
	}
	return b.measure(ctx, c, bench.Options{Postgres: b.Postgres, SQLite: b.SQLite, Sizes: []int{b.Products}, Turns: b.Turns}, bench.Rush)
}

type benchDemoCmd struct {
	figures
	Turns int `default:"5" help:"How often it is started; the figure is the median."`
}

func (b *benchDemoCmd) Run(ctx context.Context, c *console) error {
	if b.Turns < 1 {
		return usage{"--turns is greater than 0"}
	}
	return b.measure(ctx, c, bench.Options{SQLite: true, Turns: b.Turns}, bench.Demo)
}
