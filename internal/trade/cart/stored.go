package cart

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/platform/db"
)

// Of is the cart of a login, an empty one where it has put nothing in yet.
func Of(ctx context.Context, r db.Reader, login int64) (Cart, error) {
	c := Cart{}
	var err error
	c.Token, err = db.One(ctx, r, db.String, `SELECT token FROM carts WHERE login_id = $1`, login)
	if errors.Is(err, db.ErrNoRows) {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	c.Lines, err = db.All(ctx, r, func(rows *db.Rows, l *Line) error { return rows.Scan(&l.Variant, &l.Quantity) },
		`SELECT variant, quantity FROM cart_lines WHERE login_id = $1 ORDER BY position`, login)
	return c, err
}

// Change lets f change the cart of a login. Two devices that change it at the
// same time do so one after the other.
func Change(ctx context.Context, tx *db.Tx, login int64, now time.Time, f func(*Cart) error) error {
	// The first statement takes the row, or makes it, so that the second device waits here.
	if _, err := db.Exec(ctx, tx, `INSERT INTO carts (login_id, token, updated_at) VALUES ($1, $2, $3)
		ON CONFLICT (login_id) DO UPDATE SET updated_at = excluded.updated_at`, login, clock.Token(16), clock.Micros(now)); err != nil {
		return err
	}
	c, err := Of(ctx, tx, login)
	if err != nil {
		return err
	}
	if err := f(&c); err != nil {
		return err
	}
	return write(ctx, tx, login, c)
}

func write(ctx context.Context, tx *db.Tx, login int64, c Cart) error {
	if _, err := db.Exec(ctx, tx, `DELETE FROM cart_lines WHERE login_id = $1`, login); err != nil {
		return err
	}
	rows := make([][]any, len(c.Lines))
	for i, l := range c.Lines {
		rows[i] = []any{login, l.Variant, l.Quantity, i}
	}
	return db.Insert(ctx, tx, "cart_lines", "login_id, variant, quantity, position", rows)
}

// Clear empties the cart of which an order was made and gives it another token.
// What has been put into a later cart stays.
func Clear(ctx context.Context, tx *db.Tx, login int64, token string) error {
	n, err := db.Exec(ctx, tx, `UPDATE carts SET token = $1 WHERE login_id = $2 AND token = $3`, clock.Token(16), login, token)
	if err != nil || n == 0 {
		return err
	}
	_, err = db.Exec(ctx, tx, `DELETE FROM cart_lines WHERE login_id = $1`, login)
	return err
}

// Merged says what came of two carts.
type Merged struct {
	Joined  int      // lines of the guest's cart that are in the cart now
	Limited []string // variants of which there is less than both carts together wanted
	Over    []Line   // lines for which the cart has no room
}

// Merge takes the guest's cart into that of the login: quantities of the same
// thing add up as far as there is stock, and no line is lost. The same guest's
// cart is merged once, however often its cookie comes back.
func Merge(ctx context.Context, tx *db.Tx, login int64, guest Cart, now time.Time) (Merged, error) {
	var m Merged
	if guest.Token == "" || len(guest.Lines) == 0 {
		return m, nil
	}
	h := sha256.Sum256([]byte("cart\x00" + guest.Token))
	n, err := db.Exec(ctx, tx, `INSERT INTO cart_merges (login_id, token_hash, at) VALUES ($1, $2, $3) ON CONFLICT (login_id, token_hash) DO NOTHING`,
		login, hex.EncodeToString(h[:]), clock.Micros(now))
	if err != nil || n == 0 {
		return m, err
	}
	stock, err := onHand(ctx, tx, guest.Lines)
	if err != nil {
		return m, err
	}
	return m, Change(ctx, tx, login, now, func(c *Cart) error {
		for _, l := range guest.Lines {
			c.join(l, stock[l.Variant], &m)
		}
		return nil
	})
}

// join adds a line of the guest's cart.
func (c *Cart) join(l Line, stock int64, m *Merged) {
	i := c.find(l.Variant)
	if i < 0 {
		if len(c.Lines) == MaxLines {
			m.Over = append(m.Over, l)
			return
		}
		c.Lines = append(c.Lines, l)
		m.Joined++
		return
	}
	m.Joined++
	have := c.Lines[i].Quantity
	sum := min(have+l.Quantity, MaxQuantity)
	if limit := max(stock, have, l.Quantity); sum > limit { // what is sold out stays as it was wanted, marked by the cart page
		sum = limit
		m.Limited = append(m.Limited, l.Variant)
	}
	c.Lines[i].Quantity = sum
}

func onHand(ctx context.Context, r db.Reader, lines []Line) (map[string]int64, error) {
	variants := make([]string, len(lines))
	for i, l := range lines {
		variants[i] = l.Variant
	}
	list, err := json.Marshal(variants)
	if err != nil {
		return nil, err
	}
	out := map[string]int64{}
	type row struct {
		variant string
		n       int64
	}
	return out, db.Each(ctx, r, func(rows *db.Rows, v *row) error { return rows.Scan(&v.variant, &v.n) },
		func(v *row) error { out[v.variant] = v.n; return nil },
		`SELECT v.public_id, COALESCE(s.on_hand, 0) FROM variants v LEFT JOIN stock_levels s ON s.variant_id = v.id WHERE v.public_id IN (`+db.InText(r, 1)+`)`, string(list))
}

// Purge forgets merges whose cookie cannot come back any more.
func Purge(ctx context.Context, d *db.DB, now time.Time) error {
	_, err := d.DeleteInTurns(ctx, "cart_merges", "login_id, token_hash", `at < $1`, clock.Micros(now.AddDate(0, 0, -60)))
	return err
}
