package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"text/tabwriter"

	"aromart/internal/care/policy"
	"aromart/internal/goods/search"
	"aromart/internal/kit/clock"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/platform/secrets"
	"aromart/internal/platform/telemetry"
	"aromart/internal/trade/checkout"
)

type routesCmd struct {
	JSON bool `help:"Print JSON."`
}

func (r *routesCmd) Run(ctx context.Context, c *console) error {
	h := (&house{}).forRoutes()
	s, err := h.faces(listen{}, "http://localhost", slog.New(slog.NewTextHandler(io.Discard, nil)), telemetry.New(), telemetry.Health{})
	if err != nil {
		return err
	}
	routes := s.Routes()
	if r.JSON {
		return json.NewEncoder(c.out).Encode(routes)
	}
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "METHOD\tPATTERN\tACTION\tROLES\tRATE\tMUTATES")
	for _, x := range routes {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%v\n", x.Method, x.Pattern, x.Action, roles(x), x.Rate, x.Mutates)
	}
	return w.Flush()
}

// roles are who may ask; with a star, a check of rights follows.
func roles(r access.Route) string {
	list := strings.Join(r.Policy.Kinds.Names(), ",")
	if names := access.Everyone.Kinds.Names(); len(names) > 1 && list == strings.Join(names, ",") {
		list = "everyone"
	}
	if r.Policy.Check != nil {
		list += "*"
	}
	return list
}

type inventoryCmd struct {
	Personal bool `help:"Only personal columns."`
	JSON     bool `help:"Print JSON."`
}

func (i *inventoryCmd) Run(c *console) error {
	columns := policy.Columns()
	if i.Personal {
		kept := columns[:0]
		for _, col := range columns {
			if col.Personal() {
				kept = append(kept, col)
			}
		}
		columns = kept
	}
	if i.JSON {
		return json.NewEncoder(c.out).Encode(columns)
	}
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "COLUMN\tCATEGORY\tUSES\tRECIPIENTS\tRETENTION\tON ERASE")
	for _, col := range columns {
		fmt.Fprintf(w, "%s.%s\t%s\t%s\t%s\t%s\t%s\n", col.Table, col.Column, col.Category, join(col.Uses), join(col.Recipients), col.Retention, col.OnErase)
	}
	return w.Flush()
}

func join[T ~string](list []T) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return strings.Join(out, " ")
}

// forRoutes is a house without a database, enough to list what would be served.
func (h *house) forRoutes() *house {
	h.market, _ = market.ByCode(market.Default)
	h.index, h.clock = search.New(), clock.System
	h.desk = &checkout.Desk{Market: h.market}
	h.secrets = secrets.Random() // nothing is signed with it
	return h
}
