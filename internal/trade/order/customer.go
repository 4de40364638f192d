package order

import (
	"context"
	"encoding/json"
	"time"

	"aromart/internal/kit/contact"
	"aromart/internal/people/access"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
)

// ByNumberOf finds an order of a customer by its number. Not his and not there look alike.
func ByNumberOf(ctx context.Context, r db.Reader, customer int64, number string) (*Order, error) {
	return read(ctx, r, ` WHERE number = $1 AND customer_id = $2`, number, customer)
}

// IDOf is the id of a customer's order by its number, where a page of his list goes on.
func IDOf(ctx context.Context, r db.Reader, customer int64, number string) (ID, error) {
	id, err := db.One(ctx, r, db.Int, `SELECT id FROM orders WHERE number = $1 AND customer_id = $2`, number, customer)
	return ID(id), db.NotFound(err)
}

// PageSize is how many orders a page of a customer's list has.
const PageSize = 20

// ListOf returns up to limit orders of a customer that are older than before,
// newest first; before 0 begins with the newest. words narrow the list to orders
// with such a product; "" does not.
func ListOf(ctx context.Context, r db.Reader, customer int64, words string, before ID, limit int) ([]*Order, error) {
	w := db.NewWhere()
	w.And("customer_id = ?", customer)
	if before > 0 {
		w.And("id < ?", int64(before))
	}
	if words != "" {
		w.And("EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = orders.id AND lower(l.title) LIKE lower(?) ESCAPE '!')", like(words))
	}
	where := w.SQL()
	return readAll(ctx, r, where+` ORDER BY id DESC LIMIT `+w.Next(limit), w.Args()...)
}

// like makes a pattern that finds the words anywhere, and nothing else.
func like(words string) string {
	out := []rune{'%'}
	for _, c := range words {
		if c == '%' || c == '_' || c == '!' {
			out = append(out, '!')
		}
		out = append(out, c)
	}
	return string(append(out, '%'))
}

// Claim gives a customer the orders that were placed without an account under
// an address that he has proved to be his, and returns how many. An address
// that is not proved is passed empty and claims nothing.
func Claim(ctx context.Context, tx *db.Tx, by access.Actor, email contact.Email, phone contact.Phone, now time.Time) (int, error) {
	ids, err := db.All(ctx, tx, db.Int, `UPDATE orders SET customer_id = $1 WHERE customer_id IS NULL AND id IN (SELECT order_id FROM order_contacts
		WHERE (email <> '' AND email = $2) OR (phone <> '' AND phone = $3)) RETURNING id`, by.ID, email, phone)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if err := audit.Record(ctx, tx, audit.Entry{ActorKind: by.Kind.String(), ActorID: by.ID, Action: "order.claim", ObjectKind: "order", ObjectID: id, Fields: []string{"customer"}, At: now}); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

// Detach takes every order from a customer who gives his account up. Whoever
// holds an order's link follows its parcel as before.
func Detach(ctx context.Context, tx *db.Tx, customer int64) error {
	_, err := db.Exec(ctx, tx, `UPDATE orders SET customer_id = NULL WHERE customer_id = $1`, customer)
	return err
}

// StoreNames are the stores that parts of orders were bought from, as they were called then.
func StoreNames(ctx context.Context, r db.Reader, parts []int64) (map[int64]string, error) {
	out := map[int64]string{}
	type named struct {
		part  int64
		store string
	}
	err := db.Each(ctx, r, func(rows *db.Rows, n *named) error { return rows.Scan(&n.part, &n.store) }, func(n *named) error {
		var s StoreSnapshot
		err := json.Unmarshal([]byte(n.store), &s)
		out[n.part] = s.Name
		return err
	}, `SELECT id, store FROM seller_orders WHERE id IN (`+db.In(r, 1)+`)`, db.IDs(parts))
	return out, err
}
