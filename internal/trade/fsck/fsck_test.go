package fsck_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"aromart/internal/goods/inventory"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/trade/fsck"
	"aromart/internal/trade/fulfillment"
	"aromart/internal/trade/order"
	"aromart/internal/trade/order/ordertest"
)

func run(t interface{ Fatal(...any) }, d *db.DB) *fsck.Result {
	res, err := fsck.Run(context.Background(), d, nil)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// village is a world with an order in every situation.
func village(t *testing.T, d *db.DB) *ordertest.World {
	t.Helper()
	w := ordertest.New(t, d, 100)
	w.Place(t, order.AwaitingConfirmation, ordertest.Want{0, 0, 1}, ordertest.Want{3, 1, 2})
	w.Place(t, order.Confirmed, ordertest.Want{0, 0, 3})
	delivered := w.Place(t, order.Confirmed, ordertest.Want{0, 1, 1}, ordertest.Want{1, 0, 1})
	canceled, refused := w.Place(t, order.Confirmed, ordertest.Want{2, 0, 1}), w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1})
	w.Write(t, func(ctx context.Context, tx *db.Tx) error {
		now := ordertest.Now.Add(time.Hour)
		for _, o := range []*order.Order{delivered, refused} {
			if err := fulfillment.HandOver(ctx, tx, ordertest.Operator, order.Scope{Order: o.ID}, "Pronto", "", now); err != nil {
				return err
			}
		}
		return errors.Join(
			fulfillment.Deliver(ctx, tx, ordertest.Operator, order.Scope{Order: delivered.ID}, fulfillment.AsDue, now),
			fulfillment.Refuse(ctx, tx, ordertest.Operator, order.Scope{Order: refused.ID}, "not at home", now),
			fulfillment.Cancel(ctx, tx, ordertest.Guest(canceled), order.Scope{Order: canceled.ID}, "", now),
			addKey(ctx, tx, delivered),
			addOwner(ctx, tx))
	})
	return w
}

// addOwner gives the first seller an owner; the others are run from the shell.
func addOwner(ctx context.Context, tx *db.Tx) error {
	login, err := auth.Add(ctx, tx, ordertest.Operator, auth.New{Address: auth.Address{Email: contact.NewEmail("owner@example.com")}, Name: contact.NewName("Owner"), Role: "customer"}, ordertest.Now)
	if err != nil {
		return err
	}
	return seller.Join(ctx, tx, ordertest.Operator, seller.Member{Login: login, Seller: 1, Kind: access.SellerOwner}, ordertest.Now)
}

func addKey(ctx context.Context, tx *db.Tx, o *order.Order) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO idempotency_keys (scope, key, request_hash, order_id, created_at) VALUES ('web', 'k', 'h', $1, 1)`, int64(o.ID))
	return err
}

func TestASoundDatabaseHasNoBreach(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		empty := run(t, d)
		village(t, d)
		full := run(t, d)
		if !empty.Sound() || !full.Sound() {
			t.Errorf("breaches %v and %v", empty.Breaches, full.Breaches)
		}
		if full.Rows["orders"] != 5 || full.Rows["seller_orders"] != 6 || full.Rows["order_events"] == 0 || len(full.Asked) < 25 {
			t.Errorf("looked at %v with %d questions", full.Rows, len(full.Asked))
		}
	})
}

func TestEveryBreachIsFoundAndNamed(t *testing.T) {
	cases := []struct {
		invariant string
		breach    string // a change behind the program's back
		lift      string // constraint of PostgreSQL that would refuse it, as table.constraint
		only      string // engine
		more      string // other invariants that the same change breaks, too
	}{
		{"order.parts", `INSERT INTO orders SELECT 999, 'p', 'n', NULL, 1, NULL, market, currency, language, channel, payment_method, 0, 0, 0, 0, 0, 0, zone, policy_version, policy_hash, confirm_rule, placed_at FROM orders WHERE id = 1`, "", "", "order.contact"},
		{"order.contact", `DELETE FROM order_contacts WHERE order_id = 2`, "", "", ""},
		{"order.total", `UPDATE orders SET items_total = items_total + 1, total = total + 1 WHERE id = 2`, "", "", ""},
		{"order.total", `UPDATE orders SET tax_total = tax_total + 1 WHERE id = 2`, "", "", ""},
		{"order.total", `UPDATE orders SET items_total = items_total + 1, fee_total = fee_total - 1 WHERE id = 2`, "", "", ""},
		{"order.total", `UPDATE orders SET total = total + 1 WHERE id = 2`, "orders.orders_check", "", ""},
		{"seller_order.lines", `DELETE FROM order_lines WHERE seller_order_id = 1`, "", "", ""},
		{"seller_order.total", `UPDATE seller_orders SET items_total = items_total + 1, fee_total = fee_total - 1 WHERE id = 1`, "", "", "order.total"},
		{"seller_order.total", `UPDATE seller_orders SET tax_total = 0 WHERE id = 1`, "", "", "order.total"},
		{"line.total", `UPDATE order_lines SET line_total = line_total + 1 WHERE id = 1`, "order_lines.order_lines_check", "", "seller_order.total line.tax"},
		{"line.tax", `UPDATE order_lines SET tax = tax - 1 WHERE id = 1`, "", "", ""},
		{"line.commission", `UPDATE order_lines SET commission = commission + 1 WHERE id = 1`, "", "", ""},
		{"line.commission", `UPDATE order_lines SET commission_bp = 900 WHERE id = 1`, "", "", ""},
		{"line.owner", `UPDATE order_lines SET seller_id = 2 WHERE id = 1`, "", "", ""},
		{"money.integer", `UPDATE order_lines SET commission = commission + 0.5 WHERE id = 1`, "", "sqlite", "line.commission"},
		{"payment.total", `UPDATE payments SET amount = amount - 1 WHERE id = 1`, "", "", ""},
		{"payment.total", `DELETE FROM payments WHERE id = 1`, "", "", ""},
		{"payment.fits", `UPDATE payments SET status = 'void' WHERE id = 1`, "", "", "event.last"},
		{"payment.fits", `UPDATE payments SET status = 'due' WHERE status = 'void'`, "", "", "event.last"},
		{"payment.collected", `UPDATE payments SET collected_amount = NULL WHERE status = 'collected'`, "", "", ""},
		{"payment.collected", `UPDATE payments SET collected_amount = 5 WHERE status = 'due'`, "", "", ""},
		{"stock.level", `UPDATE stock_levels SET on_hand = on_hand + 1 WHERE variant_id = 1`, "", "", ""},
		{"stock.level", `UPDATE stock_movements SET delta = delta + 1 WHERE reason = 'opening' AND variant_id = 1`, "", "", ""},
		{"stock.level", `UPDATE stock_levels SET on_hand = -1 WHERE variant_id = 1`, "stock_levels.stock_not_negative", "", ""},
		{"stock.moved", `DELETE FROM stock_levels WHERE variant_id = 1`, "", "", ""},
		{"stock.line", `UPDATE stock_movements SET order_line_id = NULL WHERE reason = 'sale'`, "", "", ""},
		{"stock.line", `DELETE FROM stock_movements WHERE reason = 'cancel'`, "", "", "stock.level"},
		{"stock.owner", `UPDATE variants SET seller_id = 2 WHERE id = 1`, "", "", ""},
		{"stock.owner", `UPDATE stock_levels SET seller_id = 2 WHERE variant_id = 1`, "", "", ""},
		{"event.declared", `UPDATE order_events SET name = 'leap' WHERE name = 'accept'`, "", "", ""},
		{"event.declared", `UPDATE order_events SET actor_kind = 'guest_order' WHERE name = 'accept'`, "", "", ""},
		{"event.declared", `UPDATE order_events SET actor_kind = 'nobody' WHERE name = 'deliver'`, "", "", ""},
		{"event.chain", `DELETE FROM order_events WHERE name = 'pack'`, "", "", ""},
		{"event.chain", `UPDATE order_events SET from_status = 'planned' WHERE name = 'hand_over'`, "", "", "event.declared"},
		{"event.last", `UPDATE seller_orders SET status = 'accepted' WHERE id = 2`, "", "", ""},
		{"event.last", `UPDATE seller_orders SET status = 'completed' WHERE status = 'accepted'`, "", "", ""},
		{"event.last", `UPDATE fulfillments SET status = 'handed_over' WHERE status = 'delivered'`, "", "", ""},
		{"event.last", `DELETE FROM order_events WHERE object = 'payment'`, "", "", ""},
		{"event.owner", `UPDATE order_events SET order_id = 2 WHERE id = 1`, "", "", ""},
		{"event.owner", `UPDATE order_events SET at = 0 WHERE id = 1`, "", "", ""},
		{"fulfillment.lines", `DELETE FROM fulfillment_lines WHERE fulfillment_id = 1`, "", "", ""},
		{"fulfillment.lines", `UPDATE fulfillment_lines SET quantity = quantity + 1 WHERE fulfillment_id = 1`, "", "", ""},
		{"fulfillment.fits", `UPDATE fulfillments SET seller_id = 2 WHERE id = 1`, "", "", ""},
		{"fulfillment.fits", `UPDATE fulfillments SET status = 'in_transit' WHERE status = 'closed'`, "", "", "event.last stock.line"},
		{"seller.owner", `DELETE FROM seller_members`, "", "", ""},
		{"seller.owner", `UPDATE seller_members SET role = 'seller_staff'`, "", "", ""},
		{"job.status", `UPDATE jobs SET status = 'lost' WHERE id = (SELECT min(id) FROM jobs)`, "jobs.jobs_status_check", "", ""},
		{"job.status", `UPDATE jobs SET status = 'done' WHERE id = (SELECT min(id) FROM jobs)`, "", "", ""},
		{"key.order", `UPDATE idempotency_keys SET scope = 'api'`, "", "", ""},
		{"contact.erased", `UPDATE order_contacts SET erased_at = 1 WHERE order_id = 1`, "", "", ""},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := village(t, d)
		broken := map[string]bool{}
		for _, tt := range cases {
			if tt.only == "sqlite" && d.Dialect() != db.SQLite {
				continue
			}
			found := map[string]bool{}
			for _, b := range breakAndAsk(t, w, tt.breach, tt.lift) {
				found[b.Invariant] = true
				if b.Table == "" || b.Message == "" || b.String() == "" {
					t.Errorf("%s: a breach that says nothing: %+v", tt.invariant, b)
				}
			}
			broken[tt.invariant] = true
			for _, want := range strings.Fields(tt.invariant + " " + tt.more) {
				if !found[want] {
					t.Errorf("%s: %s was not found", tt.breach, want)
				}
				delete(found, want)
			}
			for other := range found {
				t.Errorf("%s: also %s", tt.breach, other)
			}
		}
		res := run(t, d)
		if !res.Sound() {
			t.Errorf("the trials left something: %v", res.Breaches)
		}
		for _, a := range res.Asked {
			if !broken[a.Invariant] && !(a.Invariant == "money.integer" && d.Dialect() == db.Postgres) {
				t.Errorf("%s is asked and was never broken by a test", a.Invariant)
			}
		}
	})
}

// breakAndAsk asks inside a transaction that is undone.
func breakAndAsk(t *testing.T, w *ordertest.World, breach, lift string) (found []fsck.Breach) {
	t.Helper()
	undo := errors.New("undo")
	err := w.Try(func(ctx context.Context, tx *db.Tx) error {
		if lift != "" {
			table, constraint, _ := strings.Cut(lift, ".")
			off := `ALTER TABLE ` + table + ` DROP CONSTRAINT ` + constraint
			if tx.Dialect() == db.SQLite {
				off = `PRAGMA ignore_check_constraints = ON`
				defer db.Exec(ctx, tx, `PRAGMA ignore_check_constraints = OFF`)
			}
			if _, err := db.Exec(ctx, tx, off); err != nil {
				return err
			}
		}
		n, err := db.Exec(ctx, tx, breach)
		if err != nil {
			return err
		}
		if n == 0 {
			return errors.New("nothing was broken")
		}
		res, err := fsck.Run(ctx, tx, nil)
		if err != nil {
			return err
		}
		found = res.Breaches
		return undo
	})
	if !errors.Is(err, undo) {
		t.Errorf("%s: %v", breach, err)
	}
	return found
}

func TestTheAuditLogIsAskedToo(t *testing.T) {
	d := dbtest.SQLite(t)
	res, err := fsck.Run(t.Context(), d, func(context.Context) error { return errors.New("row 7 was edited") })
	if err != nil || res.Sound() || res.Breaches[0].Invariant != "audit.verifies" || !strings.Contains(res.Breaches[0].Message, "row 7") {
		t.Errorf("%v, %v", res, err)
	}
	res, err = fsck.Run(t.Context(), d, func(context.Context) error { return nil })
	if err != nil || !res.Sound() || !slices.Contains(res.Asked, fsck.Asked{Invariant: "audit.verifies"}) {
		t.Errorf("%v, %v", res, err)
	}
}

func TestManyBreachesAreCountedAndSomeListed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 1000)
		for range fsck.MaxListed + 20 {
			w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1})
		}
		w.Exec(t, `UPDATE order_lines SET commission = commission + 1`)
		res := run(t, d)
		if len(res.Breaches) != fsck.MaxListed || !slices.Contains(res.Asked, fsck.Asked{Invariant: "line.commission", Breaches: fsck.MaxListed + 20}) {
			t.Errorf("%d listed, asked %v", len(res.Breaches), res.Asked)
		}
	})
}

// Whatever is done to orders, by whomever and in whatever order, nothing breaks.
func TestNoSequenceOfActsBreaksAnything(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 1_000_000)
		acts := []string{"confirm", "confirm", "accept", "hand over", "hand over", "hand over", "deliver", "deliver short", "cancel", "reject", "refuse", "receive", "receive",
			"lose", "expire", "scan", "scan", "send_out", "send_out", "fail_attempt", "fail_attempt", "retry", "give_up", "give_up"}
		var orders []*order.Order
		done := map[string]int{}
		rapid.Check(t, func(rt *rapid.T) {
			status := rapid.SampledFrom([]string{order.AwaitingConfirmation, order.Confirmed}).Draw(rt, "status")
			wants := []ordertest.Want{{0, 0, 2}, {2, 1, 1}, {1, 1, 1}}[:rapid.IntRange(1, 3).Draw(rt, "lines")]
			o, err := w.TryPlace(status, wants...)
			if err != nil {
				rt.Fatal(err)
			}
			orders = append(orders, o)
			actors := []access.Actor{ordertest.Guest(o), w.Seller(0), w.Seller(1), ordertest.Support, ordertest.Operator, ordertest.System, ordertest.Guest(orders[0]), {}}
			for range rapid.IntRange(12, 40).Draw(rt, "acts") {
				name, by := rapid.SampledFrom(acts).Draw(rt, "act"), ordertest.Operator // who may do most
				if rapid.IntRange(0, 2).Draw(rt, "anybody") == 0 {
					by = rapid.SampledFrom(actors).Draw(rt, "by")
				}
				scope := order.Scope{Order: o.ID}
				if rapid.Bool().Draw(rt, "one part") {
					scope.SellerOrder = o.Parts[rapid.IntRange(0, len(o.Parts)-1).Draw(rt, "part")].ID
				}
				err := w.Try(func(ctx context.Context, tx *db.Tx) error { return doAct(ctx, tx, name, by, scope) })
				if err == nil {
					done[name]++
				} else if errs.KindOf(err) == errs.Internal || errs.KindOf(err) == errs.Unavailable {
					rt.Fatalf("%s by %s: %v", name, by.Kind, err)
				}
			}
		})
		if res := run(t, d); !res.Sound() {
			t.Errorf("%d orders, breaches: %v", len(orders), res.Breaches)
		}
		if done["hand over"] == 0 || done["cancel"] == 0 || done["deliver"]+done["refuse"]+done["lose"] == 0 {
			t.Errorf("the sequences lead nowhere: %v", done)
		}
		t.Logf("acts that succeeded: %v", done)
	})
}

func doAct(ctx context.Context, tx *db.Tx, name string, by access.Actor, s order.Scope) error {
	now := ordertest.Now.Add(25 * time.Hour)
	switch name {
	case "confirm":
		return fulfillment.Confirm(ctx, tx, by, s, "", now)
	case "accept":
		return fulfillment.Accept(ctx, tx, by, s, now)
	case "hand over":
		return fulfillment.HandOver(ctx, tx, by, s, "Pronto", "", now)
	case "deliver":
		return fulfillment.Deliver(ctx, tx, by, s, fulfillment.AsDue, now)
	case "deliver short":
		return fulfillment.Deliver(ctx, tx, by, s, 1, now)
	case "cancel":
		return fulfillment.Cancel(ctx, tx, by, s, "changed", now)
	case "reject":
		return fulfillment.Reject(ctx, tx, by, s, "broken", now)
	case "refuse":
		return fulfillment.Refuse(ctx, tx, by, s, "not at home", now)
	case "receive":
		return fulfillment.Receive(ctx, tx, by, s, now)
	case "lose":
		return fulfillment.Lose(ctx, tx, by, s, "fire", now)
	case "expire":
		return fulfillment.Expire(ctx, tx, s, now)
	}
	return fulfillment.Carry(ctx, tx, by, s, name, "", now)
}

// BenchmarkRun asks about AROMART_FSCK_ORDERS orders, 1,000 without.
func BenchmarkRun(b *testing.B) {
	n, _ := strconv.Atoi(os.Getenv("AROMART_FSCK_ORDERS"))
	if n == 0 {
		n = 1000
	}
	for name, d := range map[string]*db.DB{"sqlite": dbtest.SQLite(b), "postgres": dbtest.Postgres(b)} {
		w := ordertest.New(b, d, inventory.MaxLevel)
		if err := w.Fill(n); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("%s-%d", name, n), func(b *testing.B) {
			for b.Loop() {
				if res := run(b, d); !res.Sound() {
					b.Fatal(res.Breaches)
				}
			}
		})
	}
}
