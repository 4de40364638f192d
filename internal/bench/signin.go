package bench

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"aromart/internal/kit/contact"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
)

const (
	signInTries = 200 // with known addresses, and as many with unknown ones
	floodRate   = 200 // sign-ins a second
	browseRate  = 100 // pages a second while that goes on, which one core carries
)

// SignIn measures whether the time of an answer tells who has an account, and
// what a flood of sign-ins does to those who only look. Everything happens on
// this machine, to a shop that the bench has made.
func SignIn(ctx context.Context, o Options) (*Report, error) {
	return o.each(func(r *run) error {
		s, err := r.build(ctx, o.Sizes[0])
		if s != nil {
			defer s.close()
		}
		if err != nil {
			return err
		}
		orders, err := r.people(ctx, s)
		if err != nil {
			return err
		}
		if err := s.begin(ctx); err != nil {
			return err
		}
		if err := r.sameTime(ctx, s, orders); err != nil {
			return err
		}
		return r.flood(ctx, s)
	})
}

// begin serves and waits until the shop answers.
func (s *shop) begin(ctx context.Context) error {
	if err := s.serve(ctx); err != nil {
		return err
	}
	_, _, err := s.ready(ctx, time.Now())
	return err
}

// known is an order with the address that its customer gave.
type known struct{ number, email string }

// people gives the shop customers with accounts, and orders to look up.
func (r *run) people(ctx context.Context, s *shop) ([]known, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	baskets, err := s.baskets(ctx, 8)
	if err != nil {
		return nil, err
	}
	if l := s.placeOrders(ctx, baskets, signInTries); l.errors > 0 {
		return nil, fmt.Errorf("placing orders: %s", l.why)
	}
	s.close()
	hash, err := auth.Hash(ctx, "seven green boats")
	if err != nil {
		return nil, err
	}
	var orders []known
	err = s.open(ctx, func(d *db.DB) error {
		if err := d.Write(ctx, func(tx *db.Tx) error { return addMembers(ctx, tx, hash) }); err != nil {
			return err
		}
		orders, err = db.All(ctx, d, func(rows *db.Rows, k *known) error { return rows.Scan(&k.number, &k.email) },
			`SELECT o.number, c.email FROM orders o JOIN order_contacts c ON c.order_id = o.id WHERE c.email <> '' ORDER BY o.id DESC LIMIT $1`, signInTries)
		return err
	})
	return orders, err
}

func addMembers(ctx context.Context, tx *db.Tx, hash string) error {
	for i := range signInTries {
		if _, err := auth.Add(ctx, tx, access.Actor{Kind: access.Operator}, auth.New{Address: auth.Address{Email: contact.NewEmail(member(i))},
			Name: contact.NewName("Member"), Role: "customer", Hash: hash, Proved: true}, time.Now()); err != nil {
			return err
		}
	}
	return nil
}

func member(i int) string { return fmt.Sprintf("member-%d@example.com", i) }

func stranger(i int) string { return fmt.Sprintf("nobody-%d@example.com", i) }

// neighbor is an address of this machine for the i-th visitor: each comes from a
// network of his own, as the limits count by it.
func neighbor(i int) string { return fmt.Sprintf("127.%d.%d.%d", 10+i/62500, i/250%250, 1+i%250) }

// post is a form as a browser sends it.
func post(host, path string, form url.Values) []byte {
	body := form.Encode()
	return []byte("POST " + path + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: aromart-bench\r\nAccept-Encoding: gzip\r\n" +
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body)
}

// sameTime compares the answers to known and unknown addresses, in turn.
func (r *run) sameTime(ctx context.Context, s *shop, orders []known) error {
	if len(orders) < signInTries {
		return fmt.Errorf("only %d orders can be looked up", len(orders))
	}
	for _, way := range []struct {
		name, path string
		status     int
		form       func(i int, known bool) url.Values
	}{
		{"sign-in", "/login", 422, func(i int, known bool) url.Values {
			return url.Values{"contact": {who(i, known)}, "password": {"not the password"}}
		}},
		{"register", "/register", 303, func(i int, known bool) url.Values {
			return url.Values{"name": {"Nimal Perera"}, "contact": {who(i, known)}, "password": {"seven green boats"}}
		}},
		{"reset", "/reset", 303, func(i int, known bool) url.Values { return url.Values{"contact": {who(i, known)}} }},
		{"lookup", "/orders/track", 303, func(i int, known bool) url.Values {
			email := orders[i].email
			if !known {
				email = stranger(i)
			}
			return url.Values{"number": {orders[i].number}, "contact": {email}}
		}},
	} {
		r.Log("%s: %s, %d known and unknown addresses", r.engine, way.name, signInTries)
		var times [2][]time.Duration
		row := Row{Engine: r.engine, Products: s.products, What: way.name + ", known against unknown addresses", Unit: "apart"}
		for i := range 2 * signInTries {
			isKnown := (i+i/2)%2 == 0 // which of a pair comes first alternates too
			took, status, err := s.once(ctx, neighbor(int(persons.Add(1))), post(s.address, way.path, way.form(i/2, isKnown)))
			if err != nil {
				return err
			}
			if status != way.status {
				row.Errors++
				row.Note = fmt.Sprintf("answered %d", status)
			}
			side := 0
			if isKnown {
				side = 1
			}
			times[side] = append(times[side], took)
		}
		unknown, known := median(times[0]), median(times[1])
		row.Value = float64(max(unknown, known))/float64(min(unknown, known)) - 1
		row.P50 = known
		row.bar("<=", 0.05)
		r.report.add(row)
	}
	return ctx.Err()
}

func who(i int, known bool) string {
	if known {
		return member(i)
	}
	return stranger(i)
}

// once asks on a connection of its own and measures the answer alone.
func (s *shop) once(ctx context.Context, from string, request []byte) (time.Duration, int, error) {
	c, err := dial(ctx, from, s.address)
	if err != nil {
		return 0, 0, err
	}
	defer c.Close()
	begin := time.Now()
	a, err := c.ask(request, false)
	return time.Since(begin), a.status, err
}

// flood compares the slowest product pages in calm and while sign-ins pour in,
// and while as many forms pour in that are refused before anything is hashed:
// what those do is the load of the requests and not of the passwords.
func (r *run) flood(ctx context.Context, s *shop) error {
	var calm, unhashed, hashed []load
	for range r.Turns {
		r.Log("%s: browsing in calm, then under floods of forms and of sign-ins", r.engine)
		quiet, err := s.browse(ctx, r.Turn)
		if err != nil {
			return err
		}
		forms, err := s.browseUnder(ctx, r.Turn, func(int, int) string { return "no address" })
		if err != nil {
			return err
		}
		signIns, err := s.browseUnder(ctx, r.Turn, func(machine, n int) string { return fmt.Sprintf("flood-%d-%d@example.com", machine, n) })
		if err != nil {
			return err
		}
		calm, unhashed, hashed = append(calm, quiet), append(unhashed, forms), append(hashed, signIns)
	}
	r.report.add(r.against(s, "forms/s without a hash", calm, unhashed))
	row := r.against(s, "sign-ins/s", calm, hashed)
	row.bar("<=", 2)
	r.report.add(row)
	return ctx.Err()
}

// against sets the product pages under a flood against those in calm.
func (r *run) against(s *shop, flood string, calm, under []load) Row {
	row := Row{Engine: r.engine, Products: s.products, What: fmt.Sprintf("product page p99 while %d %s come, against calm", floodRate, flood), Unit: "times"}
	var before, now []time.Duration
	for i, l := range under {
		row.Errors += calm[i].errors + l.errors
		row.Rate, row.P50, row.P95 = l.rate, l.p50, l.p95
		before, now = append(before, calm[i].p99), append(now, l.p99)
	}
	row.P99 = median(now)
	row.Value = float64(row.P99) / float64(median(before))
	row.Note = fmt.Sprintf("p99 in calm %v", median(before).Round(time.Microsecond))
	return row
}

// browseUnder opens product pages while sign-ins pour in.
func (s *shop) browseUnder(ctx context.Context, turn time.Duration, contact func(machine, n int) string) (load, error) {
	under, cancel := context.WithCancel(ctx)
	var attackers sync.WaitGroup
	attackers.Go(func() { s.pour(under, contact) })
	defer attackers.Wait()
	defer cancel()
	return s.browse(ctx, turn)
}

// pour sends sign-ins at an even rate, from as many machines, until ctx ends.
// A machine's n-th is for contact(machine, n).
func (s *shop) pour(ctx context.Context, contact func(machine, n int) string) {
	var wg sync.WaitGroup
	for i := range floodRate {
		wg.Go(func() {
			machine := int(persons.Add(1))
			c, err := dial(ctx, neighbor(machine), s.address)
			if err != nil {
				return
			}
			defer c.Close()
			time.Sleep(time.Duration(i) * time.Second / floodRate)
			every := time.NewTicker(time.Second)
			defer every.Stop()
			for n := 0; ; n++ {
				if _, err := c.ask(post(s.address, "/login", url.Values{"contact": {contact(machine, n)}, "password": {"not the password"}}), false); err != nil {
					return
				}
				select {
				case <-ctx.Done():
					return
				case <-every.C:
				}
			}
		})
	}
	wg.Wait()
}

// browse opens product pages at an even rate, each made anew, by visitors that
// do not wait for each other.
func (s *shop) browse(ctx context.Context, turn time.Duration) (load, error) {
	const visitors = 20
	times, failed := make([][]time.Duration, visitors), make([]tally, visitors)
	var wg sync.WaitGroup
	started := time.Now()
	for i := range visitors {
		c, err := dial(ctx, "", s.address)
		if err != nil {
			return load{}, err
		}
		defer c.Close()
		wg.Go(func() {
			time.Sleep(time.Duration(i) * time.Second / browseRate)
			every := time.NewTicker(visitors * time.Second / browseRate)
			defer every.Stop()
			for n := i; time.Since(started) < turn; n += visitors {
				begin := time.Now()
				a, err := c.ask(get(s.address, "/p/"+s.slugs[n%len(s.slugs)], rendered), false)
				times[i] = append(times[i], time.Since(begin))
				if err != nil || a.status != 200 {
					failed[i].add(fmt.Sprint(a.status, " ", err))
				}
				if err != nil {
					return
				}
				<-every.C
			}
		})
	}
	wg.Wait()
	out := summary(slices.Concat(times...), time.Since(started))
	for _, f := range failed {
		out.note(f)
	}
	return out, nil
}
