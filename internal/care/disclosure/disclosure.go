// Package disclosure records who got which kinds of a person's data: the
// seller of a part, the courier of a parcel, a member of staff who opened it,
// the provider that carries a mail. The person reads the list in his own pages.
//
// What always holds: an entry is about an order or about an account; it is
// written in the transaction of the act that gives the data away; it names
// kinds, a purpose and a recipient, never a value; the same cause is recorded
// once, however often a job is tried. An erasure leaves those of an order, as it
// leaves the order; those of an account go with it.
//
// Personal data: none; ids of orders and logins, names of kinds. Tables: disclosures, login_disclosures.
package disclosure

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/kit/clock"
	"aromart/internal/platform/db"
)

// The kinds of recipients.
const (
	Seller   = "seller"
	Courier  = "courier"
	Support  = "support" // a member of staff, or the operator at the shell
	Provider = "provider"
)

// Disclosure is one act of giving data to somebody.
type Disclosure struct {
	Order       int64 // 0 where it is about an account
	Login       int64 // 0 where it is about an order
	SellerOrder int64 // 0 for the order as a whole
	Recipient   string
	RecipientID int64  // seller or login; 0 where the name says it
	Name        string // of a courier or a provider: a business
	Act         string // order.letter, order.hand_over, order.show: message id "privacy.act." + Act
	Kinds       []policy.Category
	Purpose     policy.Use
	Reason      string // why staff looked: a ticket or words that name nobody
	Cause       string // the same cause is recorded once; "" when the act itself cannot repeat
	At          time.Time
}

// The kinds that go together.
var (
	// Label is what stands on a parcel.
	Label = []policy.Category{policy.Name, policy.Phone, policy.Street, policy.City, policy.Region, policy.PostalCode, policy.Country}
	// Goods is what was bought, without a person.
	Goods = []policy.Category{policy.Purchases}
	// Letter is what a mail to the customer holds.
	Letter = []policy.Category{policy.Name, policy.Email, policy.Purchases}
	// Contact is everything that an order keeps of its person.
	Contact = append([]policy.Category{policy.Email, policy.PrivateText, policy.Purchases}, Label...)
	// Account is everything that an account keeps besides its orders.
	Account = append([]policy.Category{policy.Email, policy.PrivateText, policy.AccountSettings, policy.Device}, Label...)
	// Notice is what a letter to the owner of an account holds.
	Notice = []policy.Category{policy.Name, policy.Email}
	// Mailbox is what a letter holds that brings a code or a link.
	Mailbox = []policy.Category{policy.Email}
)

// Record writes disclosures in the transaction of their act.
func Record(ctx context.Context, tx *db.Tx, list ...Disclosure) error {
	const columns = 11
	var ofOrders []any
	for _, d := range list {
		if len(d.Kinds) == 0 || d.Purpose == "" || d.Act == "" {
			return fmt.Errorf("disclosure: %s of order %d names no kinds or no purpose", d.Act, d.Order)
		}
		if d.Login != 0 {
			if err := d.recordOfLogin(ctx, tx); err != nil {
				return err
			}
			continue
		}
		ofOrders = append(ofOrders, d.Order, optional(d.SellerOrder), d.Recipient, d.RecipientID, d.Name, d.Act, d.kinds(), string(d.Purpose), d.Reason, optional(d.Cause), clock.Micros(d.At))
	}
	if len(ofOrders) == 0 {
		return nil
	}
	if _, err := db.Exec(ctx, tx, `INSERT INTO disclosures (order_id, seller_order_id, recipient, recipient_id, name, act, fields, purpose, reason, cause, at)
		VALUES `+db.Values(len(ofOrders)/columns, columns)+` ON CONFLICT (cause) DO NOTHING`, ofOrders...); err != nil {
		return fmt.Errorf("disclosure: %w", err)
	}
	return nil
}

// recordOfLogin writes what is about an account. One that is gone has nobody left to read it.
func (d *Disclosure) recordOfLogin(ctx context.Context, tx *db.Tx) error {
	if _, err := db.Exec(ctx, tx, `INSERT INTO login_disclosures (login_id, recipient, name, act, fields, purpose, reason, cause, at)
		SELECT id, $2, $3, $4, $5, $6, $7, $8, CAST($9 AS BIGINT) FROM logins WHERE id = $1 ON CONFLICT (cause) DO NOTHING`,
		d.Login, d.Recipient, d.Name, d.Act, d.kinds(), string(d.Purpose), d.Reason, optional(d.Cause), clock.Micros(d.At)); err != nil {
		return fmt.Errorf("disclosure: %s: %w", d.Act, err)
	}
	return nil
}

func (d *Disclosure) kinds() string {
	var b strings.Builder
	for i, k := range d.Kinds {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(string(k))
	}
	return b.String()
}

// optional is NULL for what is not there.
func optional[T comparable](v T) any {
	if v == *new(T) {
		return nil
	}
	return v
}

// Recorded reports whether the disclosure of a cause is there.
func Recorded(ctx context.Context, r db.Reader, cause string) (bool, error) {
	_, err := db.One(ctx, r, db.Int, `SELECT id FROM disclosures WHERE cause = $1`, cause)
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// Carried records that a provider carries a letter to the owner of a login. A
// mail that stays in the outbox has no provider, and one to an address without a
// login no owner.
func Carried(ctx context.Context, tx *db.Tx, provider string, login int64, kinds []policy.Category, cause string, at time.Time) error {
	if provider == "" || login == 0 {
		return nil
	}
	return Record(ctx, tx, Disclosure{Login: login, Recipient: Provider, Name: provider, Act: "mail.letter", Kinds: kinds, Purpose: policy.UseMail, Cause: cause, At: at})
}

// Of lists up to limit disclosures of an account and of some orders, the newest first.
func Of(ctx context.Context, r db.Reader, login int64, orders []int64, limit int) ([]Disclosure, error) {
	return db.All(ctx, r, scan, `SELECT order_id, login_id, part, recipient, recipient_id, name, act, fields, purpose, reason, at FROM (
			SELECT id, order_id, 0 AS login_id, COALESCE(seller_order_id, 0) AS part, recipient, recipient_id, name, act, fields, purpose, reason, at
				FROM disclosures WHERE order_id IN (`+db.In(r, 2)+`)
			UNION ALL SELECT id, 0, login_id, 0, recipient, 0, name, act, fields, purpose, reason, at FROM login_disclosures WHERE login_id = $1) d
		ORDER BY at DESC, id DESC LIMIT $3`, login, db.IDs(orders), limit)
}

func scan(rows *db.Rows, d *Disclosure) error {
	var kinds, purpose string
	var at int64
	err := rows.Scan(&d.Order, &d.Login, &d.SellerOrder, &d.Recipient, &d.RecipientID, &d.Name, &d.Act, &kinds, &purpose, &d.Reason, &at)
	for k := range strings.SplitSeq(kinds, ",") {
		d.Kinds = append(d.Kinds, policy.Category(k))
	}
	d.Purpose, d.At = policy.Use(purpose), clock.FromMicros(at)
	return err
}

// SellersOf lists the parts of some orders whose sellers have received data:
// those who are told of an erasure or a correction.
func SellersOf(ctx context.Context, r db.Reader, orders []int64) ([]int64, error) {
	return db.All(ctx, r, db.Int, `SELECT DISTINCT seller_order_id FROM disclosures
		WHERE recipient = 'seller' AND seller_order_id IS NOT NULL AND order_id IN (`+db.In(r, 1)+`) ORDER BY seller_order_id`, db.IDs(orders))
}
