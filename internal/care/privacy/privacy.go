// Package privacy serves the rights that the policy promises to a person: a
// copy of everything kept about him, corrections, erasure with a receipt, and
// requests that are answered before the law's deadline.
//
// What always holds: what is exported and what is erased follows from the
// column map of package policy, so that a new classified column is part of
// both; a table without a declared path to the person fails a test. Goods
// snapshots, sums, stock and the audit log are untouched by an erasure. The
// register of requests, its receipts and the erasure ledger hold numbers,
// kinds, counts and times, never a value.
//
// Personal data: all of it passes through; kept here are the text of a
// question and its answer, which erasure empties, and archives, which are
// encrypted files that expire.
//
// Tables: privacy_requests, privacy_request_orders, privacy_request_sellers, privacy_request_events, privacy_exports, privacy_proofs.
package privacy

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/market"
	"aromart/internal/platform/db"
	"aromart/internal/trade/order"
)

// Subject is the person that data is about: the guest of one order, a login
// with all its orders, or a trader. Whoever makes one has proved who asks, or
// sits at the machine's shell.
type Subject struct {
	Login   int64 // 0 for a guest
	Orders  []int64
	Sellers []int64 // a trader's own contact
}

// Guest is the subject of one order's link and code.
func Guest(id order.ID) Subject { return Subject{Orders: []int64{int64(id)}} }

// Account is the subject of a login: with all the orders that it has now.
func Account(ctx context.Context, r db.Reader, login int64) (Subject, error) {
	s := Subject{Login: login}
	orders, err := db.All(ctx, r, db.Int, `SELECT id FROM orders WHERE customer_id = $1`, login)
	s.add(orders)
	return s, err
}

// SubjectOf is whom a request is about now. An account may have got further
// orders since the request was made, and they are part of it.
func SubjectOf(ctx context.Context, r db.Reader, q *Request) (Subject, error) {
	s := Subject{Login: q.Login, Orders: slices.Clone(q.Orders), Sellers: slices.Clone(q.Sellers)}
	if q.Login == 0 {
		return s, nil
	}
	now, err := Account(ctx, r, q.Login)
	s.add(now.Orders)
	return s, err
}

// IsZero reports that the subject is nobody.
func (s Subject) IsZero() bool { return s.Login == 0 && len(s.Orders) == 0 && len(s.Sellers) == 0 }

// Key is by what limits count the subject, whichever way it comes.
func (s Subject) Key() string {
	if s.Login != 0 {
		return fmt.Sprint("data of login ", s.Login)
	}
	return fmt.Sprint("data of orders ", s.Orders)
}

// Find returns everything that is kept under an e-mail address or a phone
// number, or under one order's number. It is for the shell and for staff: what
// was typed proves nothing.
func Find(ctx context.Context, r db.Reader, m *market.Profile, typed string) (Subject, error) {
	if number := order.CleanNumber(typed); number != "" {
		id, err := db.One(ctx, r, db.Int, `SELECT id FROM orders WHERE number = $1`, number)
		if err == nil {
			return Guest(order.ID(id)), nil
		}
		if !errors.Is(err, db.ErrNoRows) {
			return Subject{}, err
		}
	}
	var s Subject
	var err error
	if email, e := contact.ParseEmail("subject", typed); e == nil {
		s, err = byContact(ctx, r, "email", email.Reveal())
	} else if phone, e := m.ParsePhone(typed); e == nil {
		s, err = byContact(ctx, r, "phone", phone)
	} else {
		return s, errs.Field("subject", "privacy.subject_bad")
	}
	if err == nil && s.IsZero() {
		err = errs.New(errs.NotFound, "privacy.subject_unknown")
	}
	return s, err
}

func byContact(ctx context.Context, r db.Reader, column, value string) (s Subject, err error) {
	s.Orders, err = db.All(ctx, r, db.Int, `SELECT order_id FROM order_contacts WHERE `+column+` = $1 ORDER BY order_id`, value)
	if err == nil && column == "phone" { // a corrected number is a number of the order too
		var more []int64
		more, err = db.All(ctx, r, db.Int, `SELECT DISTINCT order_id FROM order_corrections WHERE phone = $1`, value)
		s.add(more)
	}
	if err == nil {
		s.Sellers, err = db.All(ctx, r, db.Int, `SELECT id FROM sellers WHERE `+column+` = $1 ORDER BY id`, value)
	}
	if err == nil {
		s.Login, err = db.One(ctx, r, db.Int, `SELECT COALESCE(max(id), 0) FROM logins WHERE `+column+` = $1`, value)
	}
	if err == nil && s.Login != 0 {
		var account Subject
		account, err = Account(ctx, r, s.Login)
		s.add(account.Orders)
	}
	return s, err
}

// add takes further orders up, each once.
func (s *Subject) add(orders []int64) {
	s.Orders = append(s.Orders, orders...)
	slices.Sort(s.Orders)
	s.Orders = slices.Compact(s.Orders)
}

// numberLength is the length of a request's number.
const numberLength = 24

// newNumber is the number of a request and of its receipt: a hundred random
// bits, so that whoever has it may look the request up, and nobody else.
func newNumber() string {
	s := clock.Readable(20)
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:]
}
