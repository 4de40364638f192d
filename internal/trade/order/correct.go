package order

import (
	"context"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
)

// Correction is what a customer says is right; an empty field stays as it is.
// City, region and country are not among them: the price and the days of the
// delivery were made from them.
type Correction struct {
	Name       contact.Name
	Phone      contact.Phone
	Recipient  contact.Name
	Street     contact.Text
	Area       contact.Text
	PostalCode contact.Text
	Note       contact.Text
}

// IsZero reports that nothing is corrected.
func (c Correction) IsZero() bool { return c == Correction{} }

// Changes leaves of a correction what differs from the present contact.
func (c Correction) Changes(now Contact) Correction {
	drop(&c.Name, now.Name)
	drop(&c.Phone, now.Phone)
	drop(&c.Recipient, now.Recipient)
	drop(&c.Street, now.Street)
	drop(&c.Area, now.Area)
	drop(&c.PostalCode, now.PostalCode)
	drop(&c.Note, now.Note)
	return c
}

func drop[T comparable](field *T, same T) {
	if *field == same {
		var none T
		*field = none
	}
}

// Correct keeps a correction beside the first values, which stay until the
// person is erased.
func Correct(ctx context.Context, tx *db.Tx, id ID, c Correction, by access.Actor, now time.Time) error {
	return db.Insert(ctx, tx, "order_corrections", "order_id, name, phone, recipient, street, area, postal_code, note, actor_kind, actor_id, at", [][]any{{
		int64(id), c.Name.Reveal(), c.Phone.Reveal(), c.Recipient.Reveal(), c.Street.Reveal(), c.Area.Reveal(), c.PostalCode.Reveal(), c.Note.Reveal(),
		by.Kind.String(), by.ID, clock.Micros(now)}})
}

// corrected lays the corrections of an order over its first values, the newest last.
func corrected(ctx context.Context, r db.Reader, id ID, c Contact) (Contact, error) {
	err := db.Each(ctx, r, func(rows *db.Rows, f *Correction) error {
		return rows.Scan(&f.Name, &f.Phone, &f.Recipient, &f.Street, &f.Area, &f.PostalCode, &f.Note)
	}, func(f *Correction) error {
		lay(&c.Name, f.Name)
		lay(&c.Phone, f.Phone)
		lay(&c.Recipient, f.Recipient)
		lay(&c.Street, f.Street)
		lay(&c.Area, f.Area)
		lay(&c.PostalCode, f.PostalCode)
		lay(&c.Note, f.Note)
		return nil
	}, `SELECT name, phone, recipient, street, area, postal_code, note FROM order_corrections WHERE order_id = $1 ORDER BY id`, int64(id))
	return c, err
}

func lay[T comparable](field *T, better T) {
	var none T
	if better != none {
		*field = better
	}
}
