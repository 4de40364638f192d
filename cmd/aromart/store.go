package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"aromart/internal/goods/catalog"
	"aromart/internal/goods/delivery"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
)

type storeCmd struct {
	Add      storeAddCmd      `cmd:"" help:"Add an approved seller with its store."`
	List     storeListCmd     `cmd:"" help:"List the stores."`
	Delivery storeDeliveryCmd `cmd:"" help:"Show what a store's delivery costs, or change it."`
	Members  storeMembersCmd  `cmd:"" help:"List who acts for a store; aromart user role changes it."`
}

type storeAddCmd struct {
	errand
	Slug       string `arg:"" help:"Address of the store: /s/SLUG."`
	Name       string `required:"" help:"Name of the store."`
	LegalName  string `required:"" help:"Legal name of the seller."`
	Email      string `required:"" help:"Where the seller gets his orders."`
	Phone      string `required:"" help:"Phone of the seller."`
	City       string `help:"Place id, e.g. colombo/dehiwala; the market's default without it."`
	Tagline    string `help:"One line of the store's own words."`
	PackDays   int    `default:"1" help:"Working days from order to hand-over."`
	Delivery   string `placeholder:"AMOUNT" help:"Flat price of delivery, in the market's currency; the market's default without it."`
	FreeOver   string `placeholder:"AMOUNT" help:"Delivery is free from this sum on."`
	Commission int64  `default:"-1" help:"Commission in basis points; the market's default without it."`
	Owner      string `help:"E-mail address or phone number of the login that owns it; aromart user add --role seller_owner makes one later."`
}

func (s *storeAddCmd) Run(ctx context.Context, c *console) error {
	return s.withNew(ctx, c, func(h *house) error {
		n, method, err := s.read(h)
		if err != nil {
			return err
		}
		var owner *auth.Login
		if s.Owner != "" {
			if owner, err = h.login(ctx, s.Owner); err != nil {
				return err
			}
		}
		err = h.db.Write(ctx, func(tx *db.Tx) error {
			st, err := seller.Add(ctx, tx, operator, n, h.clock())
			if err != nil {
				return err
			}
			method.Seller = st.Seller
			if _, err := delivery.Add(ctx, tx, method, 1); err != nil {
				return err
			}
			if owner != nil {
				if err := seller.Join(ctx, tx, operator, seller.Member{Login: owner.ID, Seller: st.Seller, Kind: access.SellerOwner}, h.clock()); err != nil {
					return err
				}
			}
			return catalog.Changed(ctx, tx, "store", int64(st.ID), h.clock())
		})
		if err == nil {
			fmt.Fprintf(c.out, "added %s; import products with: aromart import products FILE --store %s\n", n.Name, n.Slug)
		}
		return err
	})
}

// read checks everything before anything is written.
func (s *storeAddCmd) read(h *house) (n seller.New, m delivery.Method, err error) {
	if catalog.Slugify(s.Slug) != s.Slug {
		return n, m, usage{fmt.Sprintf("%q is no address of a store; try %q", s.Slug, catalog.Slugify(s.Slug))}
	}
	if s.Name = strings.TrimSpace(s.Name); s.Name == "" || strings.TrimSpace(s.LegalName) == "" {
		return n, m, usage{"--name and --legal-name are not empty"}
	}
	if s.PackDays < 0 || s.PackDays > 60 || s.Commission > 10_000 {
		return n, m, usage{"--pack-days is 0 to 60, --commission 0 to 10000 basis points"}
	}
	if n.Email, err = contact.ParseEmail("email", s.Email); err != nil {
		return n, m, err
	}
	phone, err := h.market.ParsePhone(s.Phone)
	if err != nil {
		return n, m, usage{"--phone: " + sentence(err)}
	}
	n.Phone = contact.NewPhone(phone)
	city := s.City
	if city == "" {
		city = h.market.DefaultPlace
	}
	if _, ok := h.market.Place(city); !ok {
		return n, m, usage{fmt.Sprintf("there is no place %q; places look like %s", city, h.market.DefaultPlace)}
	}
	commission := money.BasisPoints(s.Commission)
	if commission < 0 {
		commission = h.market.DefaultCommission
	}
	n.Store = seller.Store{Slug: s.Slug, Name: s.Name, Tagline: s.Tagline, City: city, PackDays: s.PackDays, ReturnDays: h.market.ReturnDays,
		OpenedAt: h.clock(), SellerName: s.Name, LegalName: s.LegalName, Commission: commission}
	m = delivery.Method{Name: "Courier", Kind: delivery.Flat, Price: h.market.DefaultDelivery}
	if s.Delivery != "" {
		if m.Price, err = h.market.Parse(s.Delivery); err != nil {
			return n, m, usage{"--delivery: " + sentence(err)}
		}
	}
	if s.FreeOver != "" {
		m.Kind = delivery.FreeOver
		if m.FreeAbove, err = h.market.Parse(s.FreeOver); err != nil {
			return n, m, usage{"--free-over: " + sentence(err)}
		}
	}
	return n, m, nil
}

// storeJSON is a store as a script reads it.
type storeJSON struct {
	Slug       string `json:"slug"`
	Name       string `json:"name"`
	LegalName  string `json:"legal_name"`
	City       string `json:"city"`
	PackDays   int    `json:"pack_days"`
	Commission int64  `json:"commission"` // basis points
}

type storeListCmd struct {
	errand
	JSON bool `help:"Print JSON."`
}

func (s *storeListCmd) Run(ctx context.Context, c *console) error {
	return s.with(ctx, c, func(h *house) error {
		stores, err := seller.All(ctx, h.db)
		if err != nil {
			return err
		}
		if s.JSON {
			out := []storeJSON{}
			for _, st := range stores {
				out = append(out, storeJSON{st.Slug, st.Name, st.LegalName, st.City, st.PackDays, int64(st.Commission)})
			}
			return json.NewEncoder(c.out).Encode(out)
		}
		w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "SLUG\tNAME\tCITY\tPACKS IN")
		for _, st := range stores {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", st.Slug, st.Name, h.market.PlaceOr(st.City).Name("en"), plural(int64(st.PackDays), "day"))
		}
		return w.Flush()
	})
}

// memberJSON is a member of a store as a script reads it.
type memberJSON struct {
	Login  string   `json:"login"` // public id
	Role   string   `json:"role"`
	Rights []string `json:"rights"` // of staff; an owner has all
}

type storeMembersCmd struct {
	errand
	Slug string `arg:"" help:"Address of the store."`
	JSON bool   `help:"Print JSON."`
}

func (s *storeMembersCmd) Run(ctx context.Context, c *console) error {
	return s.with(ctx, c, func(h *house) error {
		st, err := seller.BySlug(ctx, h.db, s.Slug)
		if errs.KindOf(err) == errs.NotFound {
			return fmt.Errorf("there is no store %s", s.Slug)
		}
		if err != nil {
			return err
		}
		members, err := seller.Members(ctx, h.db, st.Seller)
		if err != nil {
			return err
		}
		if len(members) == 0 && !s.JSON {
			fmt.Fprintf(c.err, "nobody acts for %s; it is run from the shell. See: aromart user add --help\n", s.Slug)
			return nil
		}
		out := []memberJSON{}
		w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "LOGIN\tROLE\tRIGHTS")
		for _, m := range members {
			l, err := auth.ByID(ctx, h.db, m.Login)
			if err != nil {
				return err
			}
			out = append(out, memberJSON{l.PublicID, m.Kind.String(), m.Rights.Names()})
			rights := strings.Join(m.Rights.Names(), ", ")
			if m.Kind == access.SellerOwner {
				rights = "all"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\n", l.Address, m.Kind, rights) // masked
		}
		if s.JSON {
			return json.NewEncoder(c.out).Encode(out)
		}
		return w.Flush()
	})
}
