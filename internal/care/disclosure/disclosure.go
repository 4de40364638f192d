// Package disclosure records who got which kinds of a person's data: the
// seller of a part, the courier of a parcel, a member of staff who opened it,
// the provider that carries a mail. The person reads the list in his own pages.
//
// What always holds: an entry is written in the transaction of the act that
// gives the data away; it names kinds, a purpose and a recipient, never a
// value, so that an erasure leaves it alone; the same cause is recorded once,
// however often a job is tried.
//
// Personal data: none; ids of orders and names of kinds. Tables: disclosures.
package disclosure

import (
	"context"
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
	Order       int64
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
)

// Record writes the disclosure in the transaction of its act.
func Record(ctx context.Context, tx *db.Tx, d Disclosure) error {
	if len(d.Kinds) == 0 || d.Purpose == "" || d.Act == "" {
		return fmt.Errorf("disclosure: %s of order %d names no kinds or no purpose", d.Act, d.Order)
	}
	kinds := make([]string, len(d.Kinds))
	for i, k := range d.Kinds {
		kinds[i] = string(k)
	}
	var part, cause any
	if d.SellerOrder != 0 {
		part = d.SellerOrder
	}
	if d.Cause != "" {
		cause = d.Cause
	}
	_, err := db.Exec(ctx, tx, `INSERT INTO disclosures (order_id, seller_order_id, recipient, recipient_id, name, act, fields, purpose, reason, cause, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (cause) DO NOTHING`,
		d.Order, part, d.Recipient, d.RecipientID, d.Name, d.Act, strings.Join(kinds, ","), string(d.Purpose), d.Reason, cause, clock.Micros(d.At))
	if err != nil {
		return fmt.Errorf("disclosure: %s: %w", d.Act, err)
	}
	return nil
}

// Of lists up to limit disclosures of some orders, the newest first.
func Of(ctx context.Context, r db.Reader, orders []int64, limit int) ([]Disclosure, error) {
	return db.All(ctx, r, scan, `SELECT order_id, COALESCE(seller_order_id, 0), recipient, recipient_id, name, act, fields, purpose, reason, at
		FROM disclosures WHERE order_id IN (`+db.In(r, 1)+`) ORDER BY at DESC, id DESC LIMIT $2`, db.IDs(orders), limit)
}

func scan(rows *db.Rows, d *Disclosure) error {
	var kinds, purpose string
	var at int64
	err := rows.Scan(&d.Order, &d.SellerOrder, &d.Recipient, &d.RecipientID, &d.Name, &d.Act, &kinds, &purpose, &d.Reason, &at)
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
