package letter_test

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/platform/job"
	"aromart/internal/platform/mail"
	"aromart/internal/trade/fulfillment"
	"aromart/internal/trade/letter"
	"aromart/internal/trade/order"
	"aromart/internal/trade/order/ordertest"
)

// pile collects what is sent.
type pile struct {
	mu   sync.Mutex
	sent []mail.Message
}

func (p *pile) Send(_ context.Context, m mail.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = append(p.sent, m)
	return nil
}

// office works off the jobs of the database into a pile.
func office(t *testing.T, d *db.DB) (p *pile, work func()) {
	t.Helper()
	m, _ := market.ByCode("lk")
	p = &pile{}
	o := &letter.Office{DB: d, Market: m, Links: order.NewLinks([]byte("a key of thirty-two bytes, at last")), Sender: p, BaseURL: "https://shop.example", Name: "Aromart"}
	r := &job.Runner{DB: d, Clock: clock.Fixed(ordertest.Now.Add(30 * 24 * time.Hour))}
	o.Register(r)
	return p, func() {
		t.Helper()
		if _, err := r.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		if dead, err := job.ListDead(t.Context(), d, 10); err != nil || len(dead) > 0 {
			t.Fatalf("dead %+v, %v", dead, err)
		}
		if n, err := db.One(t.Context(), d, db.Int, `SELECT count(*) FROM jobs WHERE status <> 'done'`); err != nil || n > 0 {
			t.Fatalf("%d jobs are not done, %v", n, err)
		}
	}
}

// personal is what a seller must not read: the person of ordertest.
var personal = regexp.MustCompile(`(?i)nimal|perera|077|771234567|temple road|dehiwala|blue gate|nimal@example.com|/o/`)

func TestEveryStepIsTold(t *testing.T) {
	now := ordertest.Now.Add(25 * time.Hour)
	type doing func(ctx context.Context, tx *db.Tx, w *ordertest.World, o *order.Order, s order.Scope) error
	handOver := doing(func(ctx context.Context, tx *db.Tx, w *ordertest.World, _ *order.Order, s order.Scope) error {
		return fulfillment.HandOver(ctx, tx, w.Seller(0), s, "Pronto", "PX-77", now)
	})
	carry := func(event string) doing {
		return func(ctx context.Context, tx *db.Tx, _ *ordertest.World, _ *order.Order, s order.Scope) error {
			return fulfillment.Carry(ctx, tx, ordertest.Operator, s, event, "", now)
		}
	}
	tests := []struct {
		name   string
		from   string
		doings []doing
		sent   []string // addresses, sorted
	}{
		{"confirm", order.AwaitingConfirmation, []doing{func(ctx context.Context, tx *db.Tx, _ *ordertest.World, o *order.Order, s order.Scope) error {
			return fulfillment.Confirm(ctx, tx, ordertest.Guest(o), s, "code", now)
		}}, []string{"nimal@example.com", "seller0@example.com"}},
		{"hand over", order.Confirmed, []doing{handOver}, []string{"nimal@example.com"}},
		{"deliver", order.Confirmed, []doing{handOver, func(ctx context.Context, tx *db.Tx, _ *ordertest.World, _ *order.Order, s order.Scope) error {
			return fulfillment.Deliver(ctx, tx, ordertest.Operator, s, fulfillment.AsDue, now)
		}}, []string{"nimal@example.com", "nimal@example.com"}},
		{"cancel", order.Confirmed, []doing{func(ctx context.Context, tx *db.Tx, _ *ordertest.World, o *order.Order, s order.Scope) error {
			return fulfillment.Cancel(ctx, tx, ordertest.Guest(o), s, "", now)
		}}, []string{"nimal@example.com", "seller0@example.com"}},
		{"reject", order.Confirmed, []doing{func(ctx context.Context, tx *db.Tx, w *ordertest.World, _ *order.Order, s order.Scope) error {
			return fulfillment.Reject(ctx, tx, w.Seller(0), s, "broken", now)
		}}, []string{"nimal@example.com"}},
		{"expire", order.AwaitingConfirmation, []doing{func(ctx context.Context, tx *db.Tx, _ *ordertest.World, _ *order.Order, s order.Scope) error {
			return fulfillment.Expire(ctx, tx, s, now)
		}}, []string{"nimal@example.com", "seller0@example.com"}},
		{"refuse", order.Confirmed, []doing{handOver, func(ctx context.Context, tx *db.Tx, _ *ordertest.World, _ *order.Order, s order.Scope) error {
			return fulfillment.Refuse(ctx, tx, ordertest.Operator, s, "not at home", now)
		}}, []string{"nimal@example.com", "nimal@example.com"}},
		{"receive", order.Confirmed, []doing{handOver, carry("scan"), carry("send_out"), carry("fail_attempt"), carry("give_up"),
			func(ctx context.Context, tx *db.Tx, _ *ordertest.World, _ *order.Order, s order.Scope) error {
				return fulfillment.Receive(ctx, tx, ordertest.Operator, s, now)
			}}, []string{"nimal@example.com", "nimal@example.com"}},
		{"lose", order.Confirmed, []doing{handOver, func(ctx context.Context, tx *db.Tx, _ *ordertest.World, _ *order.Order, s order.Scope) error {
			return fulfillment.Lose(ctx, tx, ordertest.Operator, s, "fire", now)
		}}, []string{"nimal@example.com", "nimal@example.com"}},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 1000)
		p, work := office(t, d)
		for _, tt := range tests {
			for _, lang := range []string{"en", "si", "ta"} {
				o := w.Place(t, tt.from, ordertest.Want{0, 0, 1})
				w.Exec(t, `UPDATE orders SET language = $1 WHERE id = $2`, lang, int64(o.ID))
				for _, do := range tt.doings {
					w.Write(t, func(ctx context.Context, tx *db.Tx) error { return do(ctx, tx, w, o, order.Scope{Order: o.ID}) })
				}
				p.sent = nil
				work()
				var to []string
				for _, m := range p.sent {
					to = append(to, m.To.Reveal())
					check(t, tt.name, lang, o, m)
				}
				slices.Sort(to)
				if !slices.Equal(to, tt.sent) {
					t.Errorf("%s in %s: letters to %v, want %v", tt.name, lang, to, tt.sent)
				}
			}
		}
		// A person who is erased gets nothing any more.
		o := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1})
		w.Write(t, func(ctx context.Context, tx *db.Tx) error { return handOver(ctx, tx, w, o, order.Scope{Order: o.ID}) })
		w.Exec(t, `UPDATE order_contacts SET email = ''`)
		p.sent = nil
		if work(); len(p.sent) != 0 {
			t.Errorf("a letter to nobody: %v", p.sent)
		}
	})
}

func check(t *testing.T, name, lang string, o *order.Order, m mail.Message) {
	t.Helper()
	text := m.Subject + "\n" + m.Text
	if !strings.Contains(m.Subject, o.Number) || !strings.Contains(m.Text, o.Number) {
		t.Errorf("%s in %s does not name the order: %s", name, lang, text)
	}
	if strings.Contains(text, "letter.") || strings.Contains(text, "{") {
		t.Errorf("%s in %s lacks a text: %s", name, lang, text)
	}
	if strings.HasPrefix(m.To.Reveal(), "seller") {
		if personal.MatchString(text) {
			t.Errorf("%s tells the seller who buys: %s", name, text)
		}
		return
	}
	prefix := map[string]string{"en": "", "si": "/si", "ta": "/ta"}[lang]
	if m.Language != lang || !strings.Contains(m.Text, "https://shop.example"+prefix+"/o/") || !strings.Contains(m.Text, "Nimal Perera") {
		t.Errorf("%s in %s: %s", name, lang, text)
	}
}

func TestOneLetterConfirmsAnOrderOfTwoSellers(t *testing.T) {
	d := dbtest.SQLite(t)
	w := ordertest.New(t, d, 10)
	p, work := office(t, d)
	o := w.Place(t, order.AwaitingConfirmation, ordertest.Want{0, 0, 1}, ordertest.Want{2, 0, 1})
	w.Write(t, func(ctx context.Context, tx *db.Tx) error {
		return fulfillment.Confirm(ctx, tx, access.Actor{Kind: access.System}, order.Scope{Order: o.ID}, "rule", ordertest.Now)
	})
	work()
	var to []string
	for _, m := range p.sent {
		to = append(to, m.To.Reveal())
	}
	slices.Sort(to)
	if strings.Join(to, " ") != "nimal@example.com seller0@example.com seller1@example.com" {
		t.Errorf("letters to %v", to)
	}
}

// TestALookupTellsNothingByItsWork: right, wrong and unknown leave one job each,
// and only the right one becomes a letter.
func TestALookupTellsNothingByItsWork(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 10)
		o := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1})
		m, _ := market.ByCode("lk")
		for i, typed := range [][2]string{{o.Number, "077 123 4567"}, {o.Number, "somebody@example.com"}, {o.Number, "071 999 9999"}, {"ZZZ-ZZZ-ZZZZ", "077 123 4567"}, {"1", ""}} {
			if err := letter.SendLink(t.Context(), d, typed[0], typed[1], m); err != nil {
				t.Fatal(err)
			}
			if n := w.Count(t, `SELECT count(*) FROM jobs WHERE kind = $1`, letter.JobOrderLink); n != int64(i+1) {
				t.Errorf("lookup %d left %d jobs in all", i+1, n)
			}
		}
		p, work := office(t, d)
		work()
		if len(p.sent) != 1 || p.sent[0].To.Reveal() != "nimal@example.com" {
			t.Errorf("%d letters came of it", len(p.sent))
		}
	})
}

// TestALateAnswerIsToldToAllThree: seller, customer and operator hear that an
// order was not taken on, in the customer's language; only the customer's letter names him.
func TestALateAnswerIsToldToAllThree(t *testing.T) {
	m, _ := market.ByCode("lk")
	_, late := m.AcceptBy(ordertest.Now)
	buyer := regexp.MustCompile(`(?i)nimal|perera|temple road|dehiwala|blue gate|/o/`)
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 1000)
		for _, lang := range []string{"en", "si", "ta"} {
			o := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1})
			w.Exec(t, `UPDATE orders SET language = $1 WHERE id = $2`, lang, int64(o.ID))
			if _, err := fulfillment.Press(t.Context(), d, m, late); err != nil {
				t.Fatal(err)
			}
			p := &pile{}
			office := &letter.Office{DB: d, Market: m, Links: order.NewLinks([]byte("a key of thirty-two bytes, at last")), Sender: p, BaseURL: "https://shop.example", Name: "Aromart", Operator: "ops@example.com"}
			r := &job.Runner{DB: d, Clock: clock.Fixed(ordertest.Now.Add(30 * 24 * time.Hour))}
			office.Register(r)
			if _, err := r.RunDue(t.Context()); err != nil {
				t.Fatal(err)
			}
			sent := map[string]mail.Message{}
			for _, m := range p.sent {
				sent[m.To.Reveal()] = m
			}
			if len(p.sent) != 3 || len(sent) != 3 {
				t.Fatalf("%s: %d letters to %d persons", lang, len(p.sent), len(sent))
			}
			check(t, "escalate", lang, o, sent["nimal@example.com"])
			for _, to := range []string{"seller0@example.com", "ops@example.com"} {
				if text := sent[to].Subject + sent[to].Text; !strings.Contains(text, o.Number) || buyer.MatchString(text) {
					t.Errorf("to %s: %s", to, text)
				}
			}
		}
	})
}
