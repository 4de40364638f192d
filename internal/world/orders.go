package world

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
	"aromart/internal/trade/cart"
	"aromart/internal/trade/checkout"
)

// placers is how many orders are placed at the same time, so that they share commits.
const placers = 32

// Basket is a request for an order that would be granted now, by a person of
// that number. Its lines are the variants.
func Basket(ctx context.Context, desk *checkout.Desk, person int, variants []string) (checkout.Request, error) {
	place := placeOf(desk.Market.CityGroups("en")[0])
	policy, _ := desk.Policy()
	q := checkout.Request{Name: fmt.Sprintf("Buyer %d", person), Phone: Phone(person), Email: fmt.Sprintf("buyer-%d@example.com", person),
		Address: map[string]string{"street": fmt.Sprintf("%d Lake Road", 1+person%400), "landmark": "near the clock tower", "city": place},
		Key:     clock.PublicID(), CartToken: clock.Token(16), Channel: "web", PolicyVersion: policy}
	q.Payment, q.Language, q.Input.Place = checkout.Cash, "en", place
	for _, v := range variants {
		q.Lines = append(q.Lines, cart.Line{Variant: v, Quantity: 1})
	}
	quote, err := desk.Quote(ctx, desk.DB, q.Input, clock.System())
	if err != nil {
		return q, err
	}
	q.ExpectedTotal = quote.Sums.Total
	return q, quote.Requirements.Err()
}

// Phone is the number of an invented person; no two persons below ten million share one.
func Phone(person int) string { return fmt.Sprintf("+9477%07d", person%10_000_000) }

// Sample returns the public ids of up to n plentiful variants, spread over the
// products, and the slugs of their products.
func Sample(ctx context.Context, r db.Reader, n int) (variants, slugs []string, err error) {
	type row struct{ variant, slug string }
	list, err := db.All(ctx, r, func(rows *db.Rows, v *row) error { return rows.Scan(&v.variant, &v.slug) },
		`SELECT v.public_id, p.slug FROM stock_levels s JOIN variants v ON v.id = s.variant_id JOIN products p ON p.id = v.product_id
			WHERE s.on_hand >= 100 AND v.position = 1 AND p.status = 'live' ORDER BY p.id`)
	if err != nil {
		return nil, nil, err
	}
	step := max(1, len(list)/max(1, n))
	for i := 0; i < len(list) && len(variants) < n; i += step {
		variants, slugs = append(variants, list[i].variant), append(slugs, list[i].slug)
	}
	return variants, slugs, nil
}

// placeOrders places orders of one to three lines through the checkout.
func placeOrders(ctx context.Context, desk *checkout.Desk, number int, progress func(string, int, int)) error {
	if number == 0 {
		return nil
	}
	variants, _, err := Sample(ctx, desk.DB, 20_000)
	if err != nil {
		return err
	}
	if len(variants) == 0 {
		return errs.New(errs.Invalid, "cart.empty")
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next, done atomic.Int64
	var workers sync.WaitGroup
	for range placers {
		workers.Go(func() {
			for i := next.Add(1); i <= int64(number) && ctx.Err() == nil; i = next.Add(1) {
				r := rand.New(rand.NewPCG(0x0dde5, uint64(i)))
				lines := map[string]bool{}
				for range 1 + r.IntN(3) {
					lines[variants[r.IntN(len(variants))]] = true
				}
				var list []string
				for v := range lines {
					list = append(list, v)
				}
				q, err := Basket(ctx, desk, int(i), list)
				if err == nil {
					_, err = desk.Place(ctx, q, clock.System())
				}
				if err != nil {
					stop(fmt.Errorf("order %d: %w", i, err))
					return
				}
				if n := done.Add(1); n%500 == 0 || n == int64(number) {
					progress("orders", int(n), number)
				}
			}
		})
	}
	workers.Wait()
	return context.Cause(ctx)
}
