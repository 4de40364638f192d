// Package fsck asks the database whether everything that must always hold
// does hold: sums, stock, statuses and their events, payments, jobs, ownership.
//
// What always holds: it only reads; every invariant is one statement, so that
// one moment is judged even while orders are placed; a breach names its table,
// its row and in a sentence what is wrong. An invariant that a CHECK of the
// schema also keeps is asked all the same, because a database can be restored
// or edited by other means.
//
// Personal data: none; breaches hold ids and amounts. Tables: none.
package fsck

import (
	"context"
	"fmt"

	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/trade/fulfillment"
	"aromart/internal/trade/order"
	"aromart/internal/trade/payment"
)

// Breach is one row that breaks an invariant.
type Breach struct {
	Invariant string `json:"invariant"` // "order.total"
	Table     string `json:"table"`
	ID        int64  `json:"id"`
	Message   string `json:"message"`
}

func (b Breach) String() string {
	return fmt.Sprintf("%s: %s %d: %s", b.Invariant, b.Table, b.ID, b.Message)
}

// Asked is an invariant and how many rows break it.
type Asked struct {
	Invariant string `json:"invariant"`
	Breaches  int    `json:"breaches"`
}

// Result is what was asked, what was found, and how much there was to look at.
type Result struct {
	Asked    []Asked          `json:"asked"`
	Breaches []Breach         `json:"breaches"` // of each invariant at most MaxListed
	Rows     map[string]int64 `json:"rows"`     // by table
}

// MaxListed bounds the breaches that are listed of one invariant; all are counted.
const MaxListed = 100

// Sound reports that nothing is broken.
func (r *Result) Sound() bool { return len(r.Breaches) == 0 }

// Run asks every invariant. verifyAudit says whether the audit log verifies;
// nil leaves that out.
func Run(ctx context.Context, r db.Reader, verifyAudit func(context.Context) error) (*Result, error) {
	res := &Result{Rows: map[string]int64{}}
	for _, table := range []string{"orders", "seller_orders", "order_lines", "order_events", "payments", "fulfillments", "stock_levels", "stock_movements", "jobs"} {
		n, err := db.One(ctx, r, db.Int, `SELECT count(*) FROM `+table)
		if err != nil {
			return nil, err
		}
		res.Rows[table] = n
	}
	for _, inv := range invariants {
		if err := res.ask(ctx, r, inv); err != nil {
			return nil, fmt.Errorf("fsck: %s: %w", inv.name, err)
		}
	}
	if err := res.askSteps(ctx, r); err != nil {
		return nil, fmt.Errorf("fsck: %s: %w", stepDeclared, err)
	}
	if verifyAudit != nil {
		n := 0
		if err := verifyAudit(ctx); err != nil {
			n = 1
			res.Breaches = append(res.Breaches, Breach{"audit.verifies", "audit_entries", 0, err.Error()})
		}
		res.Asked = append(res.Asked, Asked{"audit.verifies", n})
	}
	return res, nil
}

// invariant is a question whose answer has to be empty: sql yields the id and
// a detail of every row that breaks it.
type invariant struct {
	name, table string
	says        string // what is wrong, before the detail
	sql         string
}

type finding struct {
	id     int64
	detail string
}

func scanFinding(rows *db.Rows, f *finding) error { return rows.Scan(&f.id, &f.detail) }

func (res *Result) ask(ctx context.Context, r db.Reader, inv invariant) error {
	n := 0
	err := db.Each(ctx, r, scanFinding, func(f *finding) error {
		if n++; n <= MaxListed {
			message := inv.says
			if f.detail != "" {
				message += ": " + f.detail
			}
			res.Breaches = append(res.Breaches, Breach{inv.name, inv.table, f.id, message})
		}
		return nil
	}, inv.sql)
	res.Asked = append(res.Asked, Asked{inv.name, n})
	return err
}

// machines are all that have steps, by the name that events give them.
var machines = map[string]order.Machine{
	order.SellerOrders.Object:  order.SellerOrders,
	payment.Machine.Object:     payment.Machine,
	fulfillment.Machine.Object: fulfillment.Machine,
}

const stepDeclared = "event.declared"

// step is a kind of event that occurs.
type step struct {
	object, from, name, to, actor string
	first                         int64
	times                         int
}

// askSteps compares the kinds of events that occur, which are few, with the
// declared steps. An event of the order as a whole tells a fact and moves nothing.
func (res *Result) askSteps(ctx context.Context, r db.Reader) error {
	n := 0
	err := db.Each(ctx, r, func(rows *db.Rows, s *step) error {
		return rows.Scan(&s.object, &s.from, &s.name, &s.to, &s.actor, &s.first, &s.times)
	}, func(s *step) error {
		if s.object == "order" && s.from == "" && s.to == "" {
			return nil
		}
		if m, known := machines[s.object]; known && m.Allows(s.from, s.name, s.to, access.KindOf(s.actor)) {
			return nil
		}
		n += s.times
		res.Breaches = append(res.Breaches, Breach{stepDeclared, "order_events", s.first,
			fmt.Sprintf("no step of a %s leads by %q from %q to %q when %s acts (%d times)", s.object, s.name, s.from, s.to, s.actor, s.times)})
		return nil
	}, `SELECT object, from_status, name, to_status, actor_kind, min(id), count(*) FROM order_events
		GROUP BY object, from_status, name, to_status, actor_kind ORDER BY min(id)`)
	res.Asked = append(res.Asked, Asked{stepDeclared, n})
	return err
}
