package bench

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"time"

	"aromart/internal/goods/catalog"
	"aromart/internal/goods/inventory"
	"aromart/internal/people/access"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
)

const (
	rushBuyers = 300
	rushStock  = 100
)

// Rush has 300 buyers order the last 100 pieces of one product at the same
// moment, each from his own machine with his own cart, through the checkout form.
func Rush(ctx context.Context, o Options) (*Report, error) {
	return o.each(func(r *run) error {
		s, err := r.build(ctx, o.Sizes[0])
		if s != nil {
			defer s.close()
		}
		if err != nil {
			return err
		}
		for _, variant := range s.variants[:min(o.Turns, len(s.variants))] {
			if err := r.rush(ctx, s, variant); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
}

// rush adds the figures of one rush: what the buyers were answered, and what the
// books say of it afterwards.
func (r *run) rush(ctx context.Context, s *shop, variant string) error {
	r.Log("%s: %d buyers, %d pieces", r.engine, rushBuyers, rushStock)
	if err := s.fewLeft(ctx, variant); err != nil {
		return err
	}
	if err := s.begin(ctx); err != nil {
		return err
	}
	came, err := s.storm(ctx, variant)
	s.close()
	if err != nil {
		return err
	}
	orders, left, err := s.sold(ctx, variant)
	if err != nil {
		return err
	}
	for _, f := range []struct {
		what string
		n    int64
		want float64
	}{
		{"answered with an order", came.orders, rushStock},
		{"refused clearly", came.refusals, rushBuyers - rushStock},
		{"orders in the books", orders, rushStock},
		{"pieces left", left, 0},
	} {
		row := Row{Engine: r.engine, Products: s.products, What: fmt.Sprintf("%d buyers at once: %s", rushBuyers, f.what), Value: float64(f.n), Note: came.other.why}
		row.bar("=", f.want)
		r.report.add(row)
	}
	row := Row{Engine: r.engine, Products: s.products, What: fmt.Sprintf("%d buyers at once: all answered", rushBuyers), Value: came.took.Seconds(), Unit: "s", Errors: came.other.n}
	row.bar("<=", 3)
	r.report.add(row)
	return s.check(ctx)
}

// fewLeft sets the stock of a variant.
func (s *shop) fewLeft(ctx context.Context, variant string) error {
	type item struct {
		inventory.Item
		owner seller.ID
	}
	return s.open(ctx, func(d *db.DB) error {
		return d.Write(ctx, func(tx *db.Tx) error {
			it, err := db.One(ctx, tx, func(rows *db.Rows, it *item) error { return rows.Scan(&it.Variant, &it.Product, &it.owner) },
				`SELECT id, product_id, seller_id FROM variants WHERE public_id = $1`, variant)
			if err != nil {
				return err
			}
			it.Quantity = rushStock
			_, err = inventory.Set(ctx, tx, access.Actor{Kind: access.Operator}, it.Item, it.owner, inventory.Opening, time.Now())
			return err
		})
	})
}

// sold reads how many orders there are of a variant and how many pieces are left.
func (s *shop) sold(ctx context.Context, variant string) (orders, left int64, err error) {
	err = s.open(ctx, func(d *db.DB) error {
		id, err := db.One(ctx, d, db.Int, `SELECT id FROM variants WHERE public_id = $1`, variant)
		if err != nil {
			return err
		}
		if orders, err = db.One(ctx, d, db.Int, `SELECT count(DISTINCT seller_order_id) FROM order_lines WHERE variant_id = $1`, id); err != nil {
			return err
		}
		left, err = inventory.OnHand(ctx, d, catalog.VariantID(id))
		return err
	})
	return orders, left, err
}

// check has the program's own command look through the books.
func (s *shop) check(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, s.exe, append([]string{"fsck"}, s.place()...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("fsck: %w: %s", err, out)
	}
	return nil
}

// came is what the buyers of a rush were answered.
type came struct {
	orders, refusals int64
	other            tally // neither: an error of the server, or no answer
	took             time.Duration
}

// storm sends every buyer's checkout form at the same moment.
func (s *shop) storm(ctx context.Context, variant string) (came, error) {
	desk, err := dial(ctx, "", s.address)
	if err != nil {
		return came{}, err
	}
	defer desk.Close()
	offer, err := s.price(desk, variant)
	if err != nil {
		return came{}, err
	}
	conns := make([]*conn, rushBuyers)
	for i := range conns {
		if conns[i], err = dial(ctx, neighbor(int(persons.Add(1))), s.address); err != nil {
			return came{}, err
		}
		defer conns[i].Close()
	}
	ordered, errors := make([]bool, rushBuyers), make([]error, rushBuyers)
	var wg sync.WaitGroup
	begin := time.Now()
	for i, c := range conns {
		wg.Go(func() { ordered[i], errors[i] = buy(c, s.address, offer) })
	}
	wg.Wait()
	all := came{took: time.Since(begin)}
	for i, err := range errors {
		switch {
		case err != nil:
			all.other.add(err.Error())
		case ordered[i]:
			all.orders++
		default:
			all.refusals++
		}
	}
	return all, nil
}

// buy sends the form and follows the answer to the cart, as a browser does, when
// there is no order: a refusal is clear when the cart says why.
func buy(c *conn, host string, offer basket) (ordered bool, err error) {
	cart := offer.cart()
	a, err := c.ask(offer.request(host, cart), true)
	if err != nil {
		return false, err
	}
	if a.status == http.StatusSeeOther && strings.Contains(a.location, "/orders/") {
		return true, nil
	}
	if a.status == http.StatusSeeOther && a.location == "/cart" {
		if a, err = c.ask([]byte("GET /cart HTTP/1.1\r\nHost: "+host+"\r\nCookie: "+cart+"\r\n\r\n"), true); err != nil {
			return false, err
		}
	}
	if a.status >= 500 || !bytes.Contains(a.body, []byte(">Sold out<")) {
		return false, fmt.Errorf("answered %d %s without a reason", a.status, a.location)
	}
	return false, nil
}
