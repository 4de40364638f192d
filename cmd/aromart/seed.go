package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"aromart/internal/platform/db"
	"aromart/internal/world"
)

type seedCmd struct {
	place
	Fixture  string `required:"" enum:"trust,load" help:"trust: a small world in which every personal value is a marker; load: as many products as wanted."`
	Products int    `default:"1000" help:"Products of load, with three variants each."`
	Orders   int    `help:"Orders of load, placed through the checkout."`
	JSON     bool   `help:"Print JSON. trust always does: its logins, orders and markers."`
}

func (s *seedCmd) Run(ctx context.Context, c *console) error {
	if s.Products < 0 || s.Orders < 0 || s.Products > 10_000_000 {
		return usage{"--products and --orders are numbers from 0 on"}
	}
	return s.withNew(ctx, func(h *house) error {
		n, err := db.One(ctx, h.db, db.Int, `SELECT count(*) FROM (SELECT id FROM sellers LIMIT 1) x`)
		if err != nil {
			return err
		}
		if n > 0 {
			return usage{"this marketplace has sellers already; a fixture needs an empty one, choose another --data or --database"}
		}
		if s.Fixture == "trust" {
			trusted, err := world.Trust(ctx, h.desk)
			if err != nil {
				return err
			}
			out := json.NewEncoder(c.out)
			out.SetIndent("", "  ")
			return out.Encode(trusted)
		}
		return s.load(ctx, c, h)
	})
}

func (s *seedCmd) load(ctx context.Context, c *console, h *house) error {
	begin := time.Now()
	bars := map[string]func(done, total int){}
	err := world.Load(ctx, h.desk, world.Size{Products: s.Products, Orders: s.Orders}, func(what string, done, total int) {
		if bars[what] == nil {
			if bars[what] = c.progress(what); bars[what] == nil {
				bars[what] = func(int, int) {}
			}
		}
		bars[what](done, total)
	})
	c.progressDone()
	if err != nil {
		return err
	}
	h.prepareSearch(ctx, c)
	took := time.Since(begin)
	if s.JSON {
		return json.NewEncoder(c.out).Encode(map[string]any{"products": s.Products, "orders": s.Orders, "seconds": took.Seconds()})
	}
	fmt.Fprintf(c.out, "%s and %s in %s\n", plural(int64(s.Products), "product"), plural(int64(s.Orders), "order"), took.Round(time.Millisecond))
	return nil
}
