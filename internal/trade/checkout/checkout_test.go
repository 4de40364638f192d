package checkout_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aromart/internal/goods/catalog"
	"aromart/internal/goods/delivery"
	"aromart/internal/goods/inventory"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
	"aromart/internal/market"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/trade/cart"
	"aromart/internal/trade/checkout"
	"aromart/internal/trade/order"
)

var now = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

// shop is a small world: two sellers with two products each.
type shop struct {
	*checkout.Desk
	db       *db.DB
	products []*catalog.Product
}

func open(t testing.TB, d *db.DB, stock int64) *shop {
	t.Helper()
	m, _ := market.ByCode("lk")
	s := &shop{db: d, Desk: checkout.NewDesk(d, m, order.NewLinks([]byte("a key of thirty-two bytes, at last")), func() (string, string) { return "1-draft", "hash" })}
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		s.products = nil
		for i := range 2 {
			st, err := seller.Add(t.Context(), tx, operator, seller.New{Store: seller.Store{Slug: fmt.Sprint("store-", i), Name: fmt.Sprint("Store ", i),
				City: "colombo/colombo-03", PackDays: i, ReturnDays: 14, OpenedAt: now, SellerName: "Seller", LegalName: "Seller (Pvt) Ltd", Commission: 1000}}, now)
			if err != nil {
				return err
			}
			if _, err := delivery.Add(t.Context(), tx, delivery.Method{Seller: st.Seller, Name: "Courier", Kind: delivery.FreeOver, Price: 350_00, FreeAbove: 10_000_00}, 1); err != nil {
				return err
			}
			for j := range 2 {
				p := &catalog.Product{Seller: st.Seller, Store: st.ID, Handle: fmt.Sprint("p", j), Title: fmt.Sprintf("Product %d of %d", j, i), Status: catalog.Live,
					Language: "en", Variants: []catalog.Variant{{Price: money.Amount(1000_00 + i*50 + j), WeightG: 300}}}
				s.products = append(s.products, p)
			}
		}
		if err := catalog.Insert(t.Context(), tx, s.products, now); err != nil {
			return err
		}
		var levels []inventory.Level
		for _, p := range s.products {
			levels = append(levels, inventory.Level{Variant: p.Variants[0].ID, Seller: p.Seller, OnHand: stock})
		}
		return inventory.Open(t.Context(), tx, operator, levels, inventory.Opening, now)
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// request asks for one piece of each of the products, by an invented person,
// with the total that he was shown.
func (s *shop) request(t testing.TB, person int, products ...int) checkout.Request {
	t.Helper()
	q := s.ask(person, 1, products...)
	quote, err := s.Quote(context.Background(), s.db, q.Input, now)
	if err != nil {
		t.Fatal(err)
	}
	q.ExpectedTotal = quote.Sums.Total
	return q
}

// ask is a request for so many of each of the products, without a total.
func (s *shop) ask(person int, quantity int64, products ...int) checkout.Request {
	q := checkout.Request{Name: "Nimal Perera", Phone: fmt.Sprintf("+9477%07d", 1000000+person), Email: "nimal@example.com", Note: "Blue gate",
		Address: map[string]string{"street": "12 Temple Road", "landmark": "near the bo tree", "city": "colombo/dehiwala"},
		Key:     clock.PublicID(), CartToken: clock.PublicID(), Channel: "web", PolicyVersion: "1-draft"}
	q.Payment, q.Language, q.Input.Place = checkout.Cash, "en", "colombo/dehiwala"
	for _, p := range products {
		q.Lines = append(q.Lines, cart.Line{Variant: s.products[p].Variants[0].PublicID, Quantity: quantity})
	}
	return q
}

func (s *shop) onHand(t testing.TB, product int) int64 {
	t.Helper()
	n, err := inventory.OnHand(context.Background(), s.db, s.products[product].Variants[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (s *shop) count(t testing.TB, table string) int64 {
	t.Helper()
	n, err := db.One(context.Background(), s.db, db.Int, `SELECT count(*) FROM `+table)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAnOrderHoldsEverything(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, 10)
		placed, err := s.Place(t.Context(), s.request(t, 1, 0, 2, 1), now)
		if err != nil {
			t.Fatal(err)
		}
		o, err := s.Links.Open(t.Context(), d, placed.Token)
		if err != nil {
			t.Fatal(err)
		}
		if len(o.Parts) != 2 || len(o.Parts[0].Lines) != 2 || len(o.Parts[1].Lines) != 1 {
			t.Fatalf("parts are cut wrong: %+v", o.Parts)
		}
		// Items 100000+100001+100050, two parcels at 35000, one cash fee of 5000.
		if o.Total != 300051+70000+5000 || o.Parts[0].Fee != 5000 || o.Parts[1].Fee != 0 {
			t.Errorf("total %d, fees %d and %d", o.Total, o.Parts[0].Fee, o.Parts[1].Fee)
		}
		var sum money.Amount
		for _, p := range o.Parts {
			sum += p.Total
			if p.Payment.Status != "due" || p.Payment.Amount != p.Total || p.Status != order.Confirmed {
				t.Errorf("part %d: %s, %+v", p.Position, p.Status, p.Payment)
			}
			if p.Lines[0].Commission != p.Lines[0].CommissionBP.Of(p.Lines[0].Total) || p.Lines[0].Commission == 0 {
				t.Errorf("commission is not frozen: %+v", p.Lines[0])
			}
		}
		if sum != o.Total || s.onHand(t, 0) != 9 || s.onHand(t, 3) != 10 {
			t.Errorf("parts sum to %d of %d, stock %d", sum, o.Total, s.onHand(t, 0))
		}
		c, err := order.ContactOf(t.Context(), d, o.ID)
		if err != nil || c.Phone.Reveal() != "+94771000001" || c.City != "Dehiwala" {
			t.Errorf("contact: %v %s %s", err, c.Phone.Reveal(), c.City)
		}
		if jobs, audits := s.count(t, "jobs"), s.count(t, "audit_entries WHERE action = 'order.place'"); jobs != 3 || audits != 1 {
			t.Errorf("%d letters, %d audit entries", jobs, audits)
		}
		if o.PolicyVersion != "1-draft" || o.PolicyHash != "hash" {
			t.Error("the order does not name its policy")
		}
	})
}

func TestTheSameRequestGivesTheSameOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, 100)
		for _, channel := range []string{"web", "api"} {
			q := s.request(t, 1, 0)
			q.Channel = channel
			if channel == "api" {
				q.CartToken = ""
			}
			var wg sync.WaitGroup
			numbers := make([]string, 20)
			for i := range numbers {
				wg.Go(func() {
					placed, err := s.Place(context.Background(), q, now)
					if err != nil {
						t.Error(err)
						return
					}
					numbers[i] = placed.Order.Number + " " + placed.Token
				})
			}
			wg.Wait()
			for _, n := range numbers {
				if n != numbers[0] || n == "" {
					t.Fatalf("%s: %q and %q", channel, n, numbers[0])
				}
			}
		}
		if n := s.count(t, "orders"); n != 2 || s.onHand(t, 0) != 98 {
			t.Errorf("%d orders, %d on hand", n, s.onHand(t, 0))
		}
	})
}

func TestKeysAreBoundToTheirRequest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, 100)
		q := s.request(t, 1, 0)
		q.Channel, q.CartToken = "api", ""
		if _, err := s.Place(t.Context(), q, now); err != nil {
			t.Fatal(err)
		}
		other := s.request(t, 2, 1)
		other.Channel, other.CartToken, other.Key = "api", "", q.Key
		if _, err := s.Place(t.Context(), other, now); !errs.Is(err, "checkout.key_reused") {
			t.Errorf("another request with the key: %v", err)
		}
		// One cart gives one order, whatever the key.
		web := s.request(t, 3, 0)
		first, err := s.Place(t.Context(), web, now)
		if err != nil || !first.FromCart {
			t.Fatal(first, err)
		}
		formKey := web.Key
		web.Key = clock.PublicID()
		again, err := s.Place(t.Context(), web, now)
		if err != nil || again.Order.ID != first.Order.ID || !again.Repeated {
			t.Errorf("the same cart gave another order: %v", err)
		}
		// The key of a form is no credential: with it alone nobody sees the order behind it.
		thief := s.request(t, 4, 1)
		thief.Key = formKey
		for _, token := range []string{thief.CartToken, ""} {
			thief.CartToken = token
			for _, link := range []string{"", again.Token[:len(again.Token)-1] + "?"} {
				thief.HeldLink = link
				if placed, err := s.Place(t.Context(), thief, now); !errs.Is(err, "checkout.key_reused") {
					t.Errorf("the key of another's form gave %+v, %v", placed, err)
				}
			}
		}
		// Who has the order open may send its form again, after his cart was renewed.
		thief.CartToken, thief.HeldLink = clock.PublicID(), first.Token
		if placed, err := s.Place(t.Context(), thief, now); err != nil || placed.Order.ID != first.Order.ID || placed.FromCart {
			t.Errorf("going back and sending again: %+v, %v", placed, err)
		}
	})
}

// TestACartFindsItsOrderWithoutTheKey: keys are kept for two days of repeating, the order for ever.
func TestACartFindsItsOrderWithoutTheKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, 10)
		q := s.request(t, 1, 0)
		placed, err := s.Place(t.Context(), q, now)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			n, err := db.Exec(t.Context(), tx, `DELETE FROM idempotency_keys`)
			if err == nil && n != 1 {
				t.Errorf("%d keys of one order", n)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		again, err := s.Place(t.Context(), q, now.Add(72*time.Hour))
		if err != nil || !again.Repeated || again.Order.Number != placed.Order.Number {
			t.Errorf("the cart does not find its order any more: %v", err)
		}
	})
}

func TestAChangedTotalIsRefusedWithTheNewOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, 10)
		q := s.request(t, 1, 0)
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			p := *s.products[0]
			p.Variants = append([]catalog.Variant(nil), p.Variants...)
			p.Variants[0].Price = 1234_00
			_, err := catalog.Save(t.Context(), tx, &p, now)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Place(t.Context(), q, now)
		changed, ok := errors.AsType[*checkout.Changed](err)
		if !ok || changed.Quote.Sums.Total != 1234_00+350_00+50_00 {
			t.Fatalf("got %v", err)
		}
		q.ExpectedTotal = changed.Quote.Sums.Total
		if _, err := s.Place(t.Context(), q, now); err != nil {
			t.Errorf("the confirmed total was refused: %v", err)
		}
	})
}

// TestOtherTermsAreShownFirst: who filled in the form under another policy is
// asked again, and the order remembers the one he has seen then.
func TestOtherTermsAreShownFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, 10)
		q := s.request(t, 1, 0)
		s.Policy = func() (string, string) { return "2", "hash of 2" }
		_, err := s.Place(t.Context(), q, now)
		if _, ok := errors.AsType[*checkout.Changed](err); !ok || !errs.Is(err, "checkout.policy_changed") {
			t.Fatalf("got %v", err)
		}
		q.PolicyVersion = "2"
		placed, err := s.Place(t.Context(), q, now)
		if err != nil || placed.Order.PolicyVersion != "2" || placed.Order.PolicyHash != "hash of 2" {
			t.Errorf("%+v %v", placed, err)
		}
	})
}

func TestEveryFaultIsTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, 10)
		q := s.request(t, 1, 0)
		q.Name, q.Phone, q.Email, q.Address = "", "12", "nobody", map[string]string{"city": "atlantis"}
		_, err := s.Place(t.Context(), q, now)
		list, ok := err.(errs.List)
		if !ok {
			t.Fatalf("got %v", err)
		}
		fields := map[string]bool{}
		for _, e := range list {
			fields[e.Field] = true
		}
		for _, f := range []string{"name", "phone", "email", "street", "city"} {
			if !fields[f] {
				t.Errorf("no fault for %s: %v", f, fields)
			}
		}
		if s.count(t, "orders") != 0 || s.onHand(t, 0) != 10 {
			t.Error("a refused request left a trace")
		}
	})
}

func TestRulesOfCash(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, 1000)
		for range s.Market.Cash.MaxOpen {
			if _, err := s.Place(t.Context(), s.request(t, 7, 0), now); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Place(t.Context(), s.request(t, 7, 0), now); !errs.Is(err, "cod.too_many_open") {
			t.Errorf("one more open order: %v", err)
		}
		q := s.request(t, 8, 0)
		q.Payment = "card"
		if _, err := s.Place(t.Context(), q, now); !errs.Is(err, "payment.not_offered") {
			t.Errorf("a card: %v", err)
		}
		q = s.request(t, 9, 0)
		q.Lines[0].Quantity = 60 // 60,000 rupees: above the amount that a rule confirms
		quote, _ := s.Quote(t.Context(), d, q.Input, now)
		q.ExpectedTotal = quote.Sums.Total
		placed, err := s.Place(t.Context(), q, now)
		if err != nil || placed.Order.Parts[0].Status != order.AwaitingConfirmation || placed.Order.Parts[0].ConfirmBy.IsZero() {
			t.Errorf("a dear order: %v", err)
		}
		// The dearest cart there can be is priced, so that its buyer can take something out again.
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `UPDATE variants SET price = $1`, int64(money.Max))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		q.Lines[0].Quantity = cart.MaxQuantity
		if quote, err := s.Quote(t.Context(), d, q.Input, now); err != nil || quote.Sums.Items != money.Max*cart.MaxQuantity || !errs.Is(quote.Requirements.Err(), "cod.over_limit") {
			t.Errorf("the dearest cart: %+v, %v", quote, err)
		}
	})
}

// TestOpenOrdersAreLimitedAlsoAtOnce: twenty orders of one phone number at the
// same moment, through two processes that know nothing of each other.
func TestOpenOrdersAreLimitedAlsoAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for round := range rounds(3, 20) {
			s := again(t, d, 100)
			other := checkout.NewDesk(d, s.Market, s.Links, s.Policy)
			var placed, refused atomic.Int32
			var wg sync.WaitGroup
			start := make(chan struct{})
			for i := range 20 {
				q := s.request(t, i, 0)
				q.Phone = "071 234 56 78"
				desk := []*checkout.Desk{s.Desk, other}[i%2]
				wg.Go(func() {
					<-start
					switch _, err := desk.Place(context.Background(), q, now); {
					case err == nil:
						placed.Add(1)
					case errs.Is(err, "cod.too_many_open"):
						refused.Add(1)
					default:
						t.Error(err)
					}
				})
			}
			close(start)
			wg.Wait()
			if limit := int32(s.Market.Cash.MaxOpen); placed.Load() != limit || refused.Load() != 20-limit {
				t.Fatalf("round %d: %d orders and %d refusals, of which %d and %d are right", round, placed.Load(), refused.Load(), limit, 20-limit)
			}
		}
	})
}

func TestNothingIsSoldThatIsNotForSale(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, 5)
		q := s.request(t, 1, 0)
		for name, change := range map[string]string{
			"hidden":    `UPDATE products SET status = 'hidden'`,
			"suspended": `UPDATE sellers SET status = 'suspended'`,
			"inactive":  `UPDATE variants SET active = false`,
			"sold out":  `UPDATE stock_levels SET on_hand = 0`,
		} {
			back := map[string]string{"hidden": `UPDATE products SET status = 'live'`, "suspended": `UPDATE sellers SET status = 'approved'`,
				"inactive": `UPDATE variants SET active = true`, "sold out": `UPDATE stock_levels SET on_hand = 5`}[name]
			exec(t, d, change)
			if _, err := s.Place(t.Context(), q, now); errs.KindOf(err) != errs.Conflict {
				t.Errorf("%s: %v", name, err)
			}
			exec(t, d, back)
		}
		if s.count(t, "orders") != 0 {
			t.Error("an order was placed")
		}
	})
}

func exec(t *testing.T, d *db.DB, text string) {
	t.Helper()
	if err := d.Write(t.Context(), func(tx *db.Tx) error { _, err := db.Exec(t.Context(), tx, text); return err }); err != nil {
		t.Fatal(err)
	}
}
