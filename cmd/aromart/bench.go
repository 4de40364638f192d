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
	Relevance relevanceCmd   `cmd:"" help:"How well search finds what people mean: nDCG@10 and known items."`
}

type benchShopCmd struct {
	Sizes    []int         `default:"1000,100000" help:"Products of the worlds: a small and a large one."`
	Postgres string        `env:"AROMART_BENCH_POSTGRES" placeholder:"URL" help:"A PostgreSQL server on which databases named aromart_bench_… may be made and dropped; measured too."`
	SQLite   bool          `name:"sqlite" default:"true" negatable:"" help:"Measure on the embedded database."`
	Turn     time.Duration `default:"2s" help:"How long one turn of a measurement lasts."`
	Turns    int           `default:"3" help:"Turns of limit and shop each; figures are medians."`
	Orders   int           `default:"4000" help:"Orders placed per turn."`
	Dir      string        `placeholder:"DIR" help:"Where the worlds are made; a temporary directory without it, on the disk that TMPDIR names."`
	Keep     bool          `help:"Keep the worlds."`
	JSON     string        `name:"json" placeholder:"FILE" help:"Write the figures as JSON, - for the standard output instead of the table."`
	Limit    string        `hidden:"" help:"Serve the pages of this file: the limit that pages are compared with."`
}

func (b *benchShopCmd) Run(ctx context.Context, c *console) error {
	if b.Limit != "" {
		return bench.ServeLimit(b.Limit)
	}
	if len(b.Sizes) == 0 || b.Turns < 1 || b.Orders < 1 || b.Turn <= 0 {
		return usage{"--sizes, --turn, --turns and --orders are greater than 0"}
	}
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	dir := b.Dir
	if dir == "" {
		if dir, err = os.MkdirTemp("", "aromart-bench"); err != nil {
			return err
		}
	}
	if !b.Keep {
		defer os.RemoveAll(dir)
	}
	report, err := bench.Run(ctx, bench.Options{Exe: exe, Dir: dir, Postgres: b.Postgres, SQLite: b.SQLite, Sizes: b.Sizes, Turn: b.Turn, Turns: b.Turns, Orders: b.Orders,
		Log: func(format string, args ...any) { fmt.Fprintf(c.err, format+"\n", args...) }})
	if report != nil {
		err = errors.Join(err, b.write(c, report))
	}
	if err == nil && report.Missed() > 0 {
		fmt.Fprintf(c.err, "%s\n", plural(int64(report.Missed()), "missed bar"))
		return errFound
	}
	return err
}

type benchSignInCmd struct {
	Products int           `default:"1000" help:"Products of the world."`
	Postgres string        `env:"AROMART_BENCH_POSTGRES" placeholder:"URL" help:"Measure on a database of this PostgreSQL server, which is made and dropped, instead of the embedded one."`
	Turn     time.Duration `default:"5s" help:"How long one turn of browsing lasts."`
	Turns    int           `default:"3" help:"Turns in calm and under the flood each; figures are medians."`
	JSON     string        `name:"json" placeholder:"FILE" help:"Write the figures as JSON, - for the standard output instead of the table."`
}

func (b *benchSignInCmd) Run(ctx context.Context, c *console) error {
	if b.Products < 1 || b.Turns < 1 || b.Turn <= 0 {
		return usage{"--products, --turn and --turns are greater than 0"}
	}
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "aromart-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	report, err := bench.SignIn(ctx, bench.Options{Exe: exe, Dir: dir, Postgres: b.Postgres, Sizes: []int{b.Products}, Turn: b.Turn, Turns: b.Turns,
		Log: func(format string, args ...any) { fmt.Fprintf(c.err, format+"\n", args...) }})
	if err = errors.Join(err, (&benchShopCmd{JSON: b.JSON}).write(c, report)); err != nil {
		return err
	}
	if report.Missed() > 0 {
		fmt.Fprintf(c.err, "%s\n", plural(int64(report.Missed()), "missed bar"))
		return errFound
	}
	return nil
}

func (b *benchShopCmd) write(c *console, report *bench.Report) error {
	if b.JSON != "-" {
		if err := report.Write(c.out); err != nil || b.JSON == "" {
			return err
		}
	}
	raw, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	raw = append(raw, '\n')
	if b.JSON == "-" {
		_, err = c.out.Write(raw)
		return err
	}
	return os.WriteFile(b.JSON, raw, 0o644)
}
