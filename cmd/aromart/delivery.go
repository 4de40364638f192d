package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"aromart/internal/goods/catalog"
	"aromart/internal/goods/delivery"
	"aromart/internal/kit/money"
	"aromart/internal/market"
	"aromart/internal/people/seller"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
)

type storeDeliveryCmd struct {
	errand
	Slug      string   `arg:"" help:"Slug of the store."`
	Price     string   `placeholder:"AMOUNT" help:"Flat price of a parcel."`
	FreeOver  string   `placeholder:"AMOUNT" help:"Free from this sum on."`
	Rate      []string `sep:"none" placeholder:"ZONE:KG=AMOUNT" help:"Instead of a flat price: into this zone, up to this weight. May be repeated."`
	ExtraDays int      `help:"Courier days more than the market's."`
	JSON      bool     `help:"Print JSON."`
}

// Run shows how a store delivers, or replaces it. What was ordered keeps its terms.
func (s *storeDeliveryCmd) Run(ctx context.Context, c *console) error {
	return s.with(ctx, c, func(h *house) error {
		st, err := storeBySlug(ctx, h, s.Slug)
		if err != nil {
			return err
		}
		if s.Price != "" || s.FreeOver != "" || len(s.Rate) > 0 || s.ExtraDays != 0 {
			m, err := s.read(h.market)
			if err != nil {
				return err
			}
			m.Seller = st.Seller
			if err := h.replaceDelivery(ctx, st, m); err != nil {
				return err
			}
		}
		methods, err := delivery.Methods(ctx, h.db, []seller.ID{st.Seller})
		if err != nil {
			return err
		}
		return s.tell(c, h, methods[st.Seller])
	})
}

// read checks everything before anything is written.
func (s *storeDeliveryCmd) read(in *market.Profile) (m delivery.Method, err error) {
	m = delivery.Method{Name: "Courier", Kind: delivery.Flat, ExtraDays: s.ExtraDays}
	switch {
	case (s.Price == "") == (len(s.Rate) == 0):
		return m, usage{"give either --price or --rate"}
	case s.ExtraDays < 0 || s.ExtraDays > 60:
		return m, usage{"--extra-days is 0 to 60"}
	}
	if s.Price != "" {
		if m.Price, err = in.Parse(s.Price); err != nil {
			return m, usage{"--price: " + sentence(err)}
		}
	}
	if s.FreeOver != "" {
		m.Kind = delivery.FreeOver
		if m.FreeAbove, err = in.Parse(s.FreeOver); err != nil {
			return m, usage{"--free-over: " + sentence(err)}
		}
	}
	for _, typed := range s.Rate {
		r, err := readRate(in, typed)
		if err != nil {
			return m, err
		}
		if slices.ContainsFunc(m.Rates, func(o delivery.Rate) bool { return o.Zone == r.Zone && o.MaxWeight == r.MaxWeight }) {
			return m, usage{fmt.Sprintf("--rate %s: this zone and weight are there twice", typed)}
		}
		m.Kind, m.Rates = delivery.ZoneWeight, append(m.Rates, r)
	}
	return m, nil
}

// readRate reads ZONE:KG=AMOUNT.
func readRate(in *market.Profile, typed string) (r delivery.Rate, err error) {
	zone, rest, _ := strings.Cut(typed, ":")
	kg, amount, ok := strings.Cut(rest, "=")
	weight, err := strconv.ParseFloat(kg, 64)
	if !ok || err != nil || !(weight > 0 && weight <= 1000) {
		return r, usage{fmt.Sprintf("--rate %q is not like ZONE:KG=AMOUNT, such as %s:2=350", typed, in.Zones()[0].ID)}
	}
	var zones []string
	for _, z := range in.Zones() {
		zones = append(zones, z.ID)
	}
	if !slices.Contains(zones, zone) {
		return r, usage{fmt.Sprintf("there is no zone %q; there are %s", zone, strings.Join(zones, ", "))}
	}
	r = delivery.Rate{Zone: zone, MaxWeight: int64(math.Round(weight * 1000))}
	if r.Price, err = in.Parse(amount); err != nil {
		return r, usage{fmt.Sprintf("--rate %q: %s", typed, sentence(err))}
	}
	return r, nil
}

func (h *house) replaceDelivery(ctx context.Context, st seller.Store, m delivery.Method) error {
	return h.db.Write(ctx, func(tx *db.Tx) error {
		if err := delivery.Replace(ctx, tx, m); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Entry{ActorKind: operator.Kind.String(), Action: "store.delivery", ObjectKind: "store", ObjectID: int64(st.ID),
			Fields: []string{"delivery"}, At: h.clock()}); err != nil {
			return err
		}
		return catalog.Changed(ctx, tx, "store", int64(st.ID), h.clock())
	})
}

// deliveryJSON is a way of delivery as a script reads it.
type deliveryJSON struct {
	Name      string     `json:"name"`
	Kind      string     `json:"kind"`
	Price     sumJSON    `json:"price"`
	FreeOver  *sumJSON   `json:"free_over"` // null: never free
	ExtraDays int        `json:"extra_days"`
	Rates     []rateJSON `json:"rates"`
}

type rateJSON struct {
	Zone  string  `json:"zone"`
	UpToG int64   `json:"up_to_g"`
	Price sumJSON `json:"price"`
}

func (s *storeDeliveryCmd) tell(c *console, h *house, methods []delivery.Method) error {
	out := []deliveryJSON{}
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "DELIVERY\tZONE\tUP TO\tPRICE\tFREE FROM")
	say := func(a money.Amount) string { return h.market.Format(a, "en") }
	for _, m := range methods {
		j := deliveryJSON{Name: m.Name, Kind: m.Kind, Price: h.sum(m.Price), ExtraDays: m.ExtraDays, Rates: []rateJSON{}}
		free := ""
		if m.FreeAbove > 0 {
			free = say(m.FreeAbove)
			over := h.sum(m.FreeAbove)
			j.FreeOver = &over
		}
		if len(m.Rates) == 0 {
			fmt.Fprintf(w, "%s\teverywhere\t\t%s\t%s\n", m.Name, say(m.Price), free)
		}
		for _, r := range m.Rates {
			j.Rates = append(j.Rates, rateJSON{r.Zone, r.MaxWeight, h.sum(r.Price)})
			fmt.Fprintf(w, "%s\t%s\t%g kg\t%s\t%s\n", m.Name, r.Zone, float64(r.MaxWeight)/1000, say(r.Price), free)
		}
		out = append(out, j)
	}
	if s.JSON {
		return json.NewEncoder(c.out).Encode(out)
	}
	return w.Flush()
}
