package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/market"
	"aromart/internal/platform/db"
	"aromart/internal/platform/job"
	"aromart/internal/world"
)

// basket is what some buyers order: its price has been asked for before.
type basket struct {
	variants []string
	total    int64
	policy   string
}

// perAddress is how many orders come from one address, below the limit as
// shipped: a neighborhood behind one router is many of them.
const perAddress = 400

// orders places orders through the checkout form, each by another buyer with
// another cart, against a bare loop that writes the same rows.
func (r *run) orders(ctx context.Context, s *shop) error {
	baskets, err := s.baskets(ctx, 64)
	if err != nil {
		return err
	}
	bare, err := r.openBare(ctx, s)
	if err != nil {
		return err
	}
	defer bare.close()
	var got, limit []load
	var placed, syncs int64
	for range r.Turns {
		l, err := bare.write(ctx, r.Orders)
		if err != nil {
			return err
		}
		before, err := r.syncs(ctx, s) // a server counts those of the bare loop too
		if err != nil {
			return err
		}
		g := s.placeOrders(ctx, baskets, r.Orders)
		if err := r.settle(ctx, s); err != nil {
			return err
		}
		after, err := r.syncs(ctx, s)
		if err != nil {
			return err
		}
		placed, syncs = placed+int64(r.Orders), syncs+after-before
		limit, got = append(limit, l), append(got, g)
	}
	row := Row{Engine: r.engine, Products: s.products, What: fmt.Sprintf("orders, %d clients", orderClients), Unit: "of the bare loop"}
	row.compare(got, limit)
	row.bar(">=", 0.30)
	r.report.add(row)
	row = Row{Engine: r.engine, Products: s.products, What: "fsyncs per order", Value: float64(syncs) / float64(placed), Unit: "", Note: r.syncNote()}
	row.bar("<=", 3)
	r.report.add(row)
	return ctx.Err()
}

// baskets asks the API for the price of two pieces of different products each.
func (s *shop) baskets(ctx context.Context, n int) ([]basket, error) {
	c, err := dial(ctx, "127.0.1.1", s.address)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	var list []basket
	for i := range n {
		b, err := s.price(c, s.variants[2*i%len(s.variants)], s.variants[(2*i+1)%len(s.variants)])
		if err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	return list, nil
}

// price asks the API what a piece of each variant costs together.
func (s *shop) price(c *conn, variants ...string) (basket, error) {
	type line struct {
		Variant  string `json:"variant"`
		Quantity int    `json:"quantity"`
	}
	var lines []line
	for _, v := range variants {
		lines = append(lines, line{v, 1})
	}
	body, err := json.Marshal(map[string]any{"lines": lines, "city": city(), "payment_method": "cod"})
	if err != nil {
		return basket{}, err
	}
	a, err := c.ask([]byte("POST /api/v1/quotes HTTP/1.1\r\nHost: "+s.address+"\r\nContent-Type: application/json\r\nContent-Length: "+
		strconv.Itoa(len(body))+"\r\n\r\n"+string(body)), true)
	if err != nil {
		return basket{}, err
	}
	var quote struct {
		Totals       struct{ Total struct{ Amount int64 } }
		Requirements []any
		Policy       string `json:"policy_version"`
	}
	if err := json.Unmarshal(a.body, &quote); err != nil || a.status != 200 || len(quote.Requirements) > 0 {
		return basket{}, fmt.Errorf("a quote answered %d (%v): %.300s", a.status, err, a.body)
	}
	return basket{variants, quote.Totals.Total.Amount, quote.Policy}, nil
}

func city() string {
	m, _ := market.ByCode(market.Default)
	return m.DefaultPlace
}

// persons numbers all buyers of this process: no two share a phone.
var persons atomic.Int64

// cart is the cookie of a new visitor with the basket in it.
func (b basket) cart() string {
	cart := "cart=1~" + clock.Token(16)
	for _, v := range b.variants {
		cart += "~" + v + "*1"
	}
	return cart
}

// request is the checkout form as a browser sends it.
func (b basket) request(host, cart string) []byte {
	n := persons.Add(1)
	form := url.Values{"name": {fmt.Sprintf("Buyer %d", n)}, "phone": {world.Phone(int(n))}, "street": {fmt.Sprintf("%d Lake Road", n)}, "landmark": {"near the clock tower"},
		"city": {city()}, "email": {fmt.Sprintf("buyer-%d@example.com", n)}, "key": {clock.PublicID()}, "total": {strconv.FormatInt(b.total, 10)}, "policy": {b.policy}}.Encode()
	return []byte("POST /checkout HTTP/1.1\r\nHost: " + host + "\r\nCookie: " + cart + "\r\nAccept-Encoding: gzip\r\n" +
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + strconv.Itoa(len(form)) + "\r\n\r\n" + form)
}

// placeOrders places n orders by 32 clients at once.
func (s *shop) placeOrders(ctx context.Context, baskets []basket, n int) load {
	var next atomic.Int64
	times := make([][]time.Duration, orderClients)
	failed := make([]tally, orderClients)
	var wg sync.WaitGroup
	started := time.Now()
	for i := range orderClients {
		wg.Go(func() {
			var c *conn
			var err error
			defer func() {
				if c != nil {
					c.Close()
				}
			}()
			for mine := 0; ctx.Err() == nil; mine++ {
				k := next.Add(1)
				if k > int64(n) {
					return
				}
				if c == nil || mine%perAddress == 0 {
					if c != nil {
						c.Close()
					}
					if c, err = dial(ctx, address(), s.address); err != nil {
						failed[i].add(err.Error())
						return
					}
				}
				b := baskets[int(k)%len(baskets)]
				request := b.request(s.address, b.cart())
				begin := time.Now()
				a, err := c.ask(request, false)
				times[i] = append(times[i], time.Since(begin))
				if err != nil || a.status != 303 {
					failed[i].add(fmt.Sprint(a.status, " ", err))
				}
				if err != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(started)
	var all []time.Duration
	var out load
	for i := range times {
		all = append(all, times[i]...)
	}
	out = summary(all, took)
	for _, f := range failed {
		out.note(f)
	}
	return out
}

// addresses counts the loopback addresses that buyers came from.
var addresses atomic.Int64

func address() string {
	n := addresses.Add(1)
	return fmt.Sprintf("127.1.%d.%d", n/250%250, 1+n%250)
}

// settle waits until the jobs that the orders left are done: they are part of
// an order's price, and not of the next turn of the bare loop. On the embedded
// database nobody else can look, and its count is the shop's own.
func (r *run) settle(ctx context.Context, s *shop) error {
	if r.engine != "postgres" {
		return nil
	}
	d, err := db.Open(ctx, db.Options{URL: s.url})
	if err != nil {
		return err
	}
	defer d.Close()
	for begin := time.Now(); time.Since(begin) < patience; {
		left, err := job.CountBacklog(ctx, d, time.Now())
		if err != nil || left.Oldest <= 0 {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
	return fmt.Errorf("the jobs of the orders are not done after %v", patience)
}

// syncs is how often the database has been made durable so far.
func (r *run) syncs(ctx context.Context, s *shop) (int64, error) {
	if r.engine == "postgres" {
		d, err := db.Open(ctx, db.Options{URL: s.url})
		if err != nil {
			return 0, err
		}
		defer d.Close()
		return db.One(ctx, d, db.Int, `SELECT wal_sync FROM pg_stat_wal`)
	}
	return s.metric(ctx, "aromart_db_commits_total")
}

func (r *run) syncNote() string {
	if r.engine == "postgres" {
		return "pg_stat_wal.wal_sync of the whole server, jobs included"
	}
	return "commits of the grouped writer, jobs included; one fsync each, checkpoints aside"
}

// openBare makes the database of the bare loop: a small world, because it only writes.
func (r *run) openBare(ctx context.Context, s *shop) (*bare, error) {
	b := &shop{exe: r.Exe, products: 1000, dir: filepath.Join(r.Dir, fmt.Sprintf("%s-bare-%d", r.engine, s.products))}
	if r.engine == "postgres" {
		var err error
		if b.url, err = makeDatabase(ctx, r.Postgres, fmt.Sprintf("aromart_bench_bare_%d", s.products)); err != nil {
			return nil, err
		}
	}
	if _, err := b.seed(ctx); err != nil {
		return nil, err
	}
	return newBare(ctx, b)
}
