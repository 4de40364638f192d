package privacy

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/kit/clock"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
	"aromart/internal/platform/job"
	"aromart/internal/trade/order"
)

// Rule is one rule of retention and what it does.
type Rule struct {
	Class policy.Retention `json:"class"`
	What  string           `json:"what"` // orders, requests, archives …
	Days  int              `json:"days"`
	Goes  int64            `json:"goes"`
	Held  []Held           `json:"held,omitempty"` // old enough, and still not due
}

// Held is an order that a rule leaves although it was placed long enough ago.
type Held struct {
	Order string    `json:"order"` // number
	Why   string    `json:"why"`   // open: something can still happen to it; closed_later: its days count from its end
	Until time.Time `json:"until"`
}

// maxHeld bounds what a dry run lists by name; the rest is of the same kind.
const maxHeld = 100

// Plan says what would go until a time, and why not more.
func (k *Keeper) Plan(ctx context.Context, until time.Time) ([]Rule, error) {
	return k.retain(ctx, until, false)
}

// Retain deletes and empties what the rules of the market say, and writes the
// counts into the audit log.
func (k *Keeper) Retain(ctx context.Context) ([]Rule, error) {
	now := k.now()
	rules, err := k.retain(ctx, now, true)
	if err != nil {
		return rules, err
	}
	gone := false
	for _, r := range rules {
		gone = gone || r.Goes > 0
	}
	if !gone {
		return rules, nil
	}
	return rules, k.DB.Scrub(ctx, append(touched(), "orders", "order_lines", "order_events")...)
}

func (k *Keeper) retain(ctx context.Context, at time.Time, really bool) ([]Rule, error) {
	keep := k.Market.Retention
	var out []Rule
	for _, step := range []func() (Rule, error){
		func() (Rule, error) {
			return k.orders(ctx, Rule{Class: policy.OrderContactDays, What: "order_contacts", Days: keep.OrderContact}, at, really, order.ClosedBefore, k.blankContacts)
		},
		func() (Rule, error) {
			return k.orders(ctx, Rule{Class: policy.OrderBookDays, What: "orders", Days: keep.OrderBooks}, at, really, order.PlacedBefore, k.deleteBooks)
		},
		func() (Rule, error) {
			return k.rows(ctx, Rule{Class: policy.PrivacyProofDays, What: "privacy_requests", Days: keep.PrivacyProof}, at, really,
				"id", `closed_at < $1 AND run_at IS NULL`, "privacy_request_orders", "privacy_request_sellers", "privacy_request_events", "privacy_exports")
		},
		func() (Rule, error) {
			return k.rows(ctx, Rule{Class: policy.DayAfterUse, What: "idempotency_keys", Days: keepKeys}, at, really, "scope, key", `created_at < $1`)
		},
		func() (Rule, error) {
			return k.rows(ctx, Rule{Class: policy.UntilExpiry, What: "privacy_proofs"}, at, really, "id", `expires_at < $1`)
		},
		func() (Rule, error) { return k.deadJobs(ctx, at, really) },
	} {
		r, err := step()
		if err != nil {
			return out, fmt.Errorf("privacy: retention: %w", err)
		}
		out = append(out, r)
	}
	return out, nil
}

// keepKeys is how long a repeated request still gets the answer of the first.
const keepKeys = 2

func count(ctx context.Context, tx *db.Tx, r Rule, n int64, now time.Time) error {
	if n == 0 {
		return nil
	}
	return audit.Record(ctx, tx, audit.Entry{ActorKind: system.Kind.String(), Action: "privacy.retention", ObjectKind: string(r.Class), ObjectID: n,
		Fields: []string{r.What}, Reason: fmt.Sprintf("%d rows", n), At: now})
}

// orders applies a rule whose days count from the end of an order, in batches
// that do not keep the shop waiting.
func (k *Keeper) orders(ctx context.Context, rule Rule, at time.Time, really bool,
	candidates func(context.Context, db.Reader, time.Time, order.ID, int) ([]int64, error), apply func(context.Context, *db.Tx, []int64, time.Time) error) (Rule, error) {
	now := k.now()
	age := time.Duration(rule.Days) * 24 * time.Hour
	for after := order.ID(0); ; {
		ids, err := candidates(ctx, k.DB, at.Add(-age), after, 200)
		if err != nil || len(ids) == 0 {
			return rule, err
		}
		after = order.ID(slices.Max(ids))
		closings, err := order.Closings(ctx, k.DB, ids, k.window(), now)
		if err != nil {
			return rule, err
		}
		var due []int64
		for _, c := range closings {
			if !c.Open && !c.At.Add(age).After(at) {
				due = append(due, int64(c.Order))
			} else if err := k.hold(ctx, &rule, c, age); err != nil {
				return rule, err
			}
		}
		rule.Goes += int64(len(due))
		if !really || len(due) == 0 {
			continue
		}
		err = k.DB.Write(ctx, func(tx *db.Tx) error {
			if err := apply(ctx, tx, due, now); err != nil {
				return err
			}
			return count(ctx, tx, rule, int64(len(due)), now)
		})
		if err != nil {
			return rule, err
		}
	}
}

func (k *Keeper) hold(ctx context.Context, rule *Rule, c order.Closing, age time.Duration) error {
	if len(rule.Held) >= maxHeld {
		return nil
	}
	number, err := db.One(ctx, k.DB, db.String, `SELECT number FROM orders WHERE id = $1`, int64(c.Order))
	h := Held{number, "closed_later", c.At.Add(age)}
	if c.Open {
		h.Why = "open"
	}
	rule.Held = append(rule.Held, h)
	return err
}

func (k *Keeper) blankContacts(ctx context.Context, tx *db.Tx, ids []int64, now time.Time) error {
	_, err := Subject{Orders: ids}.apply(ctx, tx, func(c policy.Column) bool { return c.Retention == policy.OrderContactDays })
	if err != nil {
		return err
	}
	return order.Forgotten(ctx, tx, ids, now)
}

// deleteBooks removes orders whose legal period is over, with everything that
// hangs on them. The stock keeps its movements: they say nothing of a person.
func (k *Keeper) deleteBooks(ctx context.Context, tx *db.Tx, ids []int64, _ time.Time) error {
	s := Subject{Orders: ids}
	for _, p := range slices.Backward(paths) {
		if !strings.Contains(p.where, "{orders}") || strings.Contains(p.where, requestsOf) {
			continue
		}
		where, args := s.bind(tx, p.where, 1)
		if _, err := db.Exec(ctx, tx, "DELETE FROM "+p.table+" WHERE "+where, args...); err != nil {
			return fmt.Errorf("delete %s: %w", p.table, err)
		}
	}
	return nil
}

// rowsAtOnce is how many rows a rule deletes in one transaction.
const rowsAtOnce = 200

// rows applies a rule to the rows of one table and to those that hang on them by
// request_id, in turns that do not keep the shop waiting. key is the table's own.
func (k *Keeper) rows(ctx context.Context, rule Rule, at time.Time, really bool, key, where string, hanging ...string) (Rule, error) {
	limit := clock.Micros(at.AddDate(0, 0, -rule.Days))
	n, err := db.One(ctx, k.DB, db.Int, `SELECT count(*) FROM `+rule.What+` WHERE `+where, limit)
	if rule.Goes = n; err != nil || !really || n == 0 {
		return rule, err
	}
	rule.Goes = 0
	due := fmt.Sprintf(" IN (SELECT %s FROM %s WHERE %s ORDER BY %s LIMIT %d)", key, rule.What, where, key, rowsAtOnce)
	for {
		err := k.DB.Write(ctx, func(tx *db.Tx) error {
			for _, table := range hanging {
				if _, err := db.Exec(ctx, tx, "DELETE FROM "+table+" WHERE request_id"+due, limit); err != nil {
					return err
				}
			}
			if n, err = db.Exec(ctx, tx, "DELETE FROM "+rule.What+" WHERE ("+key+")"+due, limit); err != nil {
				return err
			}
			return count(ctx, tx, rule, n, k.now())
		})
		if err != nil {
			return rule, err
		}
		if rule.Goes += n; n < rowsAtOnce {
			return rule, nil
		}
	}
}

// deadJobs forgets mails and other work that was given up long ago.
func (k *Keeper) deadJobs(ctx context.Context, at time.Time, really bool) (Rule, error) {
	rule := Rule{Class: policy.SentMailDays, What: "jobs", Days: k.Market.Retention.SentMail}
	limit := at.AddDate(0, 0, -rule.Days)
	n, err := db.One(ctx, k.DB, db.Int, `SELECT count(*) FROM jobs WHERE status = 'dead' AND created_at < $1`, clock.Micros(limit))
	rule.Goes = n
	if err != nil || !really || n == 0 {
		return rule, err
	}
	return rule, k.DB.Write(ctx, func(tx *db.Tx) error {
		n, err := job.DropDead(ctx, tx, limit)
		if err != nil {
			return err
		}
		return count(ctx, tx, rule, n, k.now())
	})
}
