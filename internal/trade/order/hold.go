package order

import (
	"cmp"
	"context"
	"slices"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/people/access"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
)

// Scope names the parts that an act is about: all of an order, or one of them.
// An empty scope names none.
type Scope struct {
	Order       ID
	SellerOrder SellerOrderID
}

// Held is a part that nobody else can change until the transaction ends.
type Held struct {
	ID        SellerOrderID
	Order     ID
	Seller    seller.ID
	Status    string
	ConfirmBy time.Time
}

// Hold returns the parts of the scope that are the actor's, in the order of
// their ids, and keeps others from changing them: whatever is read of a part
// after Hold is still so when the transaction commits. It locks by an UPDATE
// that changes nothing, which both engines know. A part of somebody else is
// NotFound, like one that does not exist.
func Hold(ctx context.Context, tx *db.Tx, by access.Actor, s Scope) ([]Held, error) {
	w := db.NewWhere()
	if s.Order != 0 || s.SellerOrder == 0 {
		w.And("order_id = ?", int64(s.Order))
	}
	if s.SellerOrder != 0 {
		w.And("id = ?", int64(s.SellerOrder))
	}
	own(w, by)
	held, err := db.All(ctx, tx, scanHeld, `UPDATE seller_orders SET updated_at = updated_at`+w.SQL()+`
		RETURNING id, order_id, seller_id, status, COALESCE(confirm_by, 0)`, w.Args()...)
	if err == nil && len(held) == 0 {
		return nil, db.NotFound(db.ErrNoRows)
	}
	slices.SortFunc(held, func(a, b Held) int { return cmp.Compare(a.ID, b.ID) })
	return held, err
}

// HoldPersons keeps decisions about the persons of some orders apart until the
// transaction ends: of two who ask for the same deletion at once, the second
// sees the first.
func HoldPersons(ctx context.Context, tx *db.Tx, ids []int64) error {
	_, err := db.Exec(ctx, tx, `UPDATE orders SET link_version = link_version WHERE id IN (`+db.In(tx, 1)+`)`, db.IDs(ids))
	return err
}

// own narrows to the parts that are the actor's.
func own(w *db.Where, by access.Actor) {
	switch by.Kind {
	case access.Support, access.Admin, access.Operator, access.System:
	case access.GuestOrder:
		w.And("order_id = ?", by.Order)
	case access.Customer:
		w.And("order_id IN (SELECT id FROM orders WHERE customer_id = ?)", by.ID)
	case access.SellerOwner, access.SellerStaff:
		w.And("seller_id = ?", by.Seller)
		if !by.HasRight(access.RightOrders) {
			w.And("1 = 0")
		}
	default:
		w.And("1 = 0")
	}
}

func scanHeld(rows *db.Rows, h *Held) error {
	var confirm int64
	err := rows.Scan(&h.ID, &h.Order, &h.Seller, &h.Status, &confirm)
	if confirm != 0 {
		h.ConfirmBy = clock.FromMicros(confirm)
	}
	return err
}

// KeepReason notes why a part ended, for its customer and its seller.
func KeepReason(ctx context.Context, tx *db.Tx, part SellerOrderID, reason string) error {
	_, err := db.Exec(ctx, tx, `UPDATE seller_orders SET cancel_reason = $1 WHERE id = $2`, reason, int64(part))
	return err
}

// Knows reports whether the event is a step from this status.
func (m Machine) Knows(status, event string) bool {
	return slices.ContainsFunc(m.Steps, func(s Step) bool { return s.From == status && s.Event == event })
}
