package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"

	"aromart/internal/care/privacy"
	"aromart/internal/demo"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/i18n"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/trade/order"
)

// demoCmd starts a filled marketplace. Starting it again keeps what is there.
type demoCmd struct {
	Data    string `default:"aromart-demo" placeholder:"DIR" help:"Where the demo lives."`
	Addr    string `default:"127.0.0.1:8080" help:"Address of the shop, on loopback."`
	OpsAddr string `placeholder:"ADDR" help:"Address of /metrics."`
	Reset   bool   `help:"Begin anew: everything done in this demo is deleted."`
}

// marker is the file by which a directory is known to be a demo, so that
// --reset never deletes anything else.
const marker = "this-is-a-demo"

func (d *demoCmd) Run(ctx context.Context, c *console) error {
	l := listen{Addr: d.Addr, OpsAddr: d.OpsAddr, LogLevel: "warn", PageCacheMB: 32, From: "orders@localhost", SiteName: "aromart",
		Operator: "Aromart Demo (Pvt) Ltd, Colombo", HelpPhone: "+94 70 000 0000", HelpEmail: "help@example.com"}
	if addr, err := net.ResolveTCPAddr("tcp", d.Addr); err == nil && !addr.IP.IsLoopback() {
		return usage{"the demo has a password that everybody knows, so it serves this machine only: --addr 127.0.0.1:PORT"}
	}
	if err := l.check(); err != nil {
		return err
	}
	if d.Reset {
		if err := d.clear(); err != nil {
			return err
		}
	}
	p := place{Data: d.Data}
	return p.withNew(ctx, func(h *house) error {
		if err := h.useGate(ctx, l.facts()); err != nil {
			return err
		}
		if err := d.fill(ctx, c, h); err != nil {
			return err
		}
		h.media = demo.Media
		return h.serve(ctx, c, l, func(base string) { h.welcome(ctx, c, base) })
	})
}

// fill makes the world once.
func (d *demoCmd) fill(ctx context.Context, c *console, h *house) error {
	done, err := h.db.Setting(ctx, "demo")
	if err != nil || done != "" {
		return err
	}
	n, err := db.One(ctx, h.db, db.Int, `SELECT count(*) FROM stores`)
	if err != nil {
		return err
	}
	if n > 0 {
		return fmt.Errorf("%s holds a marketplace that is no demo; choose another directory with --data", d.Data)
	}
	if err := os.WriteFile(filepath.Join(d.Data, marker), nil, 0o600); err != nil {
		return err
	}
	fmt.Fprintln(c.err, "filling the demo, once …")
	if err := demo.Fill(ctx, h.db, h.desk, h.clock()); err != nil {
		return err
	}
	if err := h.addDemoLogins(ctx); err != nil {
		return err
	}
	if err := h.addDemoImport(ctx); err != nil {
		return err
	}
	return h.db.Set(ctx, "demo", version())
}

func (d *demoCmd) isDemo() bool { return exists(filepath.Join(d.Data, marker)) }

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// clear deletes a demo, and nothing that is none.
func (d *demoCmd) clear() error {
	if _, err := os.Stat(d.Data); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if !d.isDemo() {
		return usage{fmt.Sprintf("%s is not a demo, so --reset leaves it alone", d.Data)}
	}
	return os.RemoveAll(d.Data)
}

// demoPassword opens the logins of a demo, which listens on loopback only.
const demoPassword = "three blue bicycles"

// demoLogins are one for each kind of people. The customer has the orders of
// the first customer of the demo, and waits for an answer about his data.
var demoLogins = []struct{ email, name, role string }{
	{"customer@example.com", "Nimali Fernando", "customer"},
	{"seller@example.com", "Ruwan Seller", "seller_owner"},
	{"admin@example.com", "Anoma Admin", "admin"},
}

func (h *house) addDemoLogins(ctx context.Context) error {
	hash, err := auth.Hash(ctx, demoPassword)
	if err != nil {
		return err
	}
	return h.db.Write(ctx, func(tx *db.Tx) error {
		for _, l := range demoLogins {
			own := l.role
			if own == "seller_owner" {
				own = "customer" // what he is besides
			}
			id, err := auth.Add(ctx, tx, operator, auth.New{Address: auth.Address{Email: contact.NewEmail(l.email)}, Name: contact.NewName(l.name), Role: own, Hash: hash, Proved: true}, h.clock())
			if err != nil {
				return err
			}
			if own != l.role {
				stores, err := seller.All(ctx, tx)
				if err != nil || len(stores) == 0 {
					return err
				}
				if err := seller.Join(ctx, tx, operator, seller.Member{Login: id, Seller: stores[0].Seller, Kind: access.SellerOwner}, h.clock()); err != nil {
					return err
				}
			}
			if l.role != "customer" {
				continue
			}
			first, err := order.List(ctx, tx, "", 0, 1)
			if err != nil || len(first) == 0 {
				return err
			}
			c, err := order.ContactOf(ctx, tx, first[0].ID)
			if err != nil {
				return err
			}
			if _, err := order.Claim(ctx, tx, access.Actor{Kind: access.Customer, ID: id}, c.Email, c.Phone, h.clock()); err != nil {
				return err
			}
			if err := demo.OpenRequest(ctx, tx, h.market, id, h.clock()); err != nil {
				return err
			}
		}
		return nil
	})
}

// importReport is the file that tells what was wrong with the demo's import.
const importReport = "import-report.csv"

// addDemoImport lets a seller import a file with mistakes, and keeps the report beside the demo.
func (h *house) addDemoImport(ctx context.Context) error {
	res, err := demo.WrongImport(ctx, h.db, h.blobs, h.market, h.clock())
	if err != nil {
		return err
	}
	var report bytes.Buffer
	if err := res.Report.WriteCSV(&report, i18n.For("en")); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(h.dir, importReport), report.Bytes(), 0o600)
}

// standing are the words under which the demo shows an order: what is worth
// seeing of its parts, else its status.
func standing(o *order.Order, now time.Time) []string {
	var words []string
	for _, p := range o.Parts {
		switch {
		case p.Status == order.Expired, p.Status == order.Undelivered:
			words = append(words, p.Status)
		case p.Status == order.Accepted && p.Fulfillment.Status == "" && now.After(p.HandOverBy.AddDate(0, 0, 1)):
			words = append(words, "late")
		}
	}
	if words == nil {
		words = []string{o.Status()}
	}
	return words
}

// welcome says where to look and how to sign in.
func (h *house) welcome(ctx context.Context, c *console, base string) {
	fmt.Fprintf(c.out, "\n  shop      %s\n  sinhala   %s/si\n  tamil     %s/ta\n  API       %s/api/docs\n\n", base, base, base, base)
	for _, l := range demoLogins {
		fmt.Fprintf(c.out, "  %-15s %s/login as %s with the password: %s\n", l.role, base, l.email, demoPassword)
	}
	fmt.Fprint(c.out, "  Seller and administrator set up an authenticator app at their first sign-in; it takes the key that the page shows.\n\n")
	list, err := order.List(ctx, h.db, "", 0, 200)
	if err != nil {
		return
	}
	shown := map[string]bool{}
	for _, s := range list {
		o, err := order.ByID(ctx, h.db, s.ID)
		if err != nil {
			continue
		}
		for _, word := range standing(o, h.clock()) {
			if !shown[word] {
				shown[word] = true
				fmt.Fprintf(c.out, "  order %-15s %s/o/%s\n", word, base, h.links.Token(o))
			}
		}
	}
	if report := filepath.Join(h.dir, importReport); exists(report) {
		fmt.Fprintf(c.out, "  import with mistakes  %s\n", report)
	}
	if open, err := privacy.List(ctx, h.db, false, 1); err == nil && len(open) > 0 {
		fmt.Fprintf(c.out, "  privacy request, to be answered by %s:  aromart privacy requests show %s --data %s\n", h.day(open[0].DueAt), open[0].Number, h.dir)
	}
	fmt.Fprintf(c.out, "\n  Mails are files in %s. Stop with Ctrl C.\n\n", filepath.Join(h.dir, "outbox"))
}
