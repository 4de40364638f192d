package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/platform/db"
)

// bare is the limit of orders: a loop that writes the rows of an order of two
// lines from two sellers with the statements, the writer, the batching and the
// concurrency of the shop, and does nothing else: it reads nothing, checks
// nothing, prices nothing, and nobody asks it over HTTP.
type bare struct {
	db       *db.DB
	variants [][2]int64 // variant and its seller
	gate     chan struct{}
}

func newBare(ctx context.Context, s *shop) (*bare, error) {
	d, err := db.Open(ctx, db.Options{Dir: s.dir, URL: s.url})
	if err != nil {
		return nil, err
	}
	b := &bare{db: d}
	if d.Dialect() == db.Postgres { // as the checkout desk lets buyers in
		b.gate = make(chan struct{}, 8)
	}
	b.variants, err = db.All(ctx, d, db.Pair, `SELECT variant_id, seller_id FROM stock_levels WHERE on_hand >= 100 ORDER BY variant_id`)
	if err != nil || len(b.variants) < 100 {
		d.Close()
		return nil, fmt.Errorf("the bare loop finds nothing to sell: %w", err)
	}
	return b, nil
}

func (b *bare) close() { b.db.Close() }

// write writes n orders by as many clients as the shop has.
func (b *bare) write(ctx context.Context, n int) (load, error) {
	var next atomic.Int64
	times := make([][]time.Duration, orderClients)
	failed := make([]tally, orderClients)
	var wg sync.WaitGroup
	started := time.Now()
	for i := range orderClients {
		wg.Go(func() {
			for next.Add(1) <= int64(n) && ctx.Err() == nil {
				begin := time.Now()
				if err := b.order(ctx); err != nil {
					failed[i].add(err.Error())
				}
				times[i] = append(times[i], time.Since(begin))
			}
		})
	}
	wg.Wait()
	took := time.Since(started)
	var all []time.Duration
	for i := range times {
		all = append(all, times[i]...)
	}
	out := summary(all, took)
	for _, f := range failed {
		out.note(f)
	}
	if out.errors > 0 {
		return out, fmt.Errorf("the bare loop: %s", out.why)
	}
	return out, nil
}

func (b *bare) order(ctx context.Context) error {
	if b.gate != nil {
		b.gate <- struct{}{}
		defer func() { <-b.gate }()
	}
	first := rand.IntN(len(b.variants))
	second := (first + 1 + rand.IntN(len(b.variants)-1)) % len(b.variants)
	for b.variants[second][1] == b.variants[first][1] || second == first {
		second = (second + 1) % len(b.variants)
	}
	if b.variants[second][0] < b.variants[first][0] {
		first, second = second, first
	}
	lines := [2][2]int64{b.variants[first], b.variants[second]}
	return b.db.Write(ctx, func(tx *db.Tx) error { return writeOrder(ctx, tx, lines) })
}

// blob stands for the snapshots of a line and of a store, in their usual size.
var blob = `{"` + strings.Repeat("snapshot ", 34) + `"}`

// writeOrder is the rows of one order, in the order in which the shop writes them.
func writeOrder(ctx context.Context, tx *db.Tx, lines [2][2]int64) error {
	now, n := clock.Micros(time.Now()), persons.Add(1)
	number := clock.Readable(10)
	id, err := db.One(ctx, tx, db.Int, `INSERT INTO orders (public_id, number, cart_token_hash, link_version, market, currency, language, channel,
		payment_method, items_total, delivery_total, fee_total, discount_total, tax_total, total, zone, policy_version, policy_hash, confirm_rule, placed_at)
		VALUES `+db.Values(1, 20)+` RETURNING id`, clock.PublicID(), number, clock.Token(48), 1, "lk", "LKR", "en", "web", "cod",
		200_00, 50_00, 50_00, 0, 45_00, 300_00, "metro", "1-draft", clock.Token(48), "auto", now)
	if err != nil {
		return err
	}
	if err := db.Insert(ctx, tx, "order_contacts", "order_id, name, phone, email, recipient, street, area, city, region, postal_code, country, note",
		[][]any{{id, "Buyer", fmt.Sprintf("+9477%07d", n), fmt.Sprintf("buyer-%d@example.com", n), "", "12 Lake Road", "near the clock tower", "Dehiwala", "Colombo", "", "LK", ""}}); err != nil {
		return err
	}
	parts, err := writeParts(ctx, tx, id, lines, now)
	if err != nil {
		return err
	}
	if err := writePayments(ctx, tx, id, parts, now); err != nil {
		return err
	}
	if err := db.Insert(ctx, tx, "idempotency_keys", "scope, key, request_hash, order_id, created_at", [][]any{{"web", clock.PublicID(), clock.Token(48), id, now}}); err != nil {
		return err
	}
	if _, err := db.Exec(ctx, tx, `INSERT INTO audit_entries (seq, at, actor_kind, actor_id, action, object_kind, object_id, fields, reason)
		VALUES (NULL, $1, $2, $3, $4, $5, $6, $7, $8)`, now, "anonymous", 0, "order.place", "order", id, "contact,lines", ""); err != nil {
		return err
	}
	var told []any
	for i, part := range parts {
		told = append(told, id, part, "seller", lines[i][1], "", "order.letter", "purchases", "sharing", "", fmt.Sprint("order.letter ", part), now)
	}
	if _, err := db.Exec(ctx, tx, `INSERT INTO disclosures (order_id, seller_order_id, recipient, recipient_id, name, act, fields, purpose, reason, cause, at)
		VALUES `+db.Values(len(parts), 11)+` ON CONFLICT (cause) DO NOTHING`, told...); err != nil {
		return err
	}
	for i, kind := range []string{"letter.order_placed", "letter.seller_order_placed", "letter.seller_order_placed"} {
		// Dated into the future, so that nobody's worker takes them.
		if _, err := db.Exec(ctx, tx, `INSERT INTO jobs (kind, payload, status, run_at, locked_until, attempts, last_error, created_at)
			VALUES ($1, $2, 'pending', $3, 0, 0, '', $4)`, kind, fmt.Sprintf(`{"order":%d}`, id+int64(i)), now+1e15, now); err != nil {
			return err
		}
	}
	return takeStock(ctx, tx, id, lines, now)
}

func writeParts(ctx context.Context, tx *db.Tx, id int64, lines [2][2]int64, now int64) (parts [2]int64, err error) {
	var rows, events [][]any
	for i, l := range lines {
		parts[i], err = db.One(ctx, tx, db.Int, `INSERT INTO seller_orders (public_id, order_id, seller_id, position, status, store, delivery,
			items_total, delivery_total, fee_total, discount_total, tax_total, total, arrives_from, arrives_to, confirm_by, hand_over_by, cancel_reason, updated_at)
			VALUES `+db.Values(1, 19)+` RETURNING id`, clock.PublicID(), id, l[1], i+1, "confirmed", blob[:180], blob[:90], 100_00, 25_00, 25_00, 0, 22_00, 150_00, now, now, nil, now, "", now)
		if err != nil {
			return parts, err
		}
		rows = append(rows, []any{clock.PublicID(), id, parts[i], l[1], l[0], l[0], 1, 1, 100_00, 100_00, 1800, 15_00, 1000, 10_00, "Brand classic thing set with word AB123", blob})
		for _, name := range []string{"place", "confirm"} {
			events = append(events, []any{id, parts[i], "seller_order", parts[i], name, "", "confirmed", "anonymous", 0, "", now})
		}
	}
	if err := db.Insert(ctx, tx, "order_lines", `public_id, order_id, seller_order_id, seller_id, product_id, variant_id, position, quantity, unit_price, line_total,
	tax_bp, tax, commission_bp, commission, title, snapshot`, rows); err != nil {
		return parts, err
	}
	return parts, db.Insert(ctx, tx, "order_events", eventColumns, events)
}

const eventColumns = "order_id, seller_order_id, object, object_id, name, from_status, to_status, actor_kind, actor_id, reason, at"

func writePayments(ctx context.Context, tx *db.Tx, id int64, parts [2]int64, now int64) error {
	var events [][]any
	for _, part := range parts {
		pay, err := db.One(ctx, tx, db.Int, `INSERT INTO payments (public_id, order_id, seller_order_id, kind, status, amount, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`, clock.PublicID(), id, part, "cod", "due", 150_00, now)
		if err != nil {
			return err
		}
		events = append(events, []any{id, part, "payment", pay, "place", "", "due", "anonymous", 0, "", now})
	}
	return db.Insert(ctx, tx, "order_events", eventColumns, events)
}

func takeStock(ctx context.Context, tx *db.Tx, id int64, lines [2][2]int64, now int64) error {
	var moves [][]any
	for _, l := range lines {
		if _, err := db.One(ctx, tx, db.Int, `UPDATE stock_levels SET on_hand = on_hand - $1 WHERE variant_id = $2 AND on_hand >= $1 RETURNING on_hand`, 1, l[0]); err != nil {
			return err
		}
		moves = append(moves, []any{l[0], -1, "sale", id, "anonymous", 0, now})
	}
	return db.Insert(ctx, tx, "stock_movements", "variant_id, delta, reason, order_line_id, actor_kind, actor_id, at", moves)
}
