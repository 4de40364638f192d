// Package audit keeps the record of who did what: one row for every act, in
// the transaction of the act itself, sealed into a Merkle tree whose signed
// heads also lie outside the database.
//
// What always holds: a row names the actor, the act, the object and the fields
// touched, never a value, so that erasing a person never has to touch it. A
// row that was sealed cannot be edited, deleted, swapped or cut off without
// Verify naming it, as long as one later head is kept where the intruder
// cannot write. Rows not yet sealed (about a second of them), and everything
// before the eyes of somebody who holds the signing key and all heads, are the
// limits of that promise.
//
// Personal data: none; ids and names of fields.
//
// Tables: audit_entries, audit_hashes, audit_heads.
package audit

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
)

// MaxReason is how many characters a reason may have.
const MaxReason = 200

// Entry is one act.
type Entry struct {
	ActorKind  string // "admin", "customer", "system"
	ActorID    int64  // 0 where the kind has one member only
	Action     string // "order.cancel"
	ObjectKind string // "seller_order"
	ObjectID   int64
	Fields     []string  // names of the fields touched, never their values
	Reason     string    // a code, a ticket, or words that name nobody
	At         time.Time // the present time where it is zero
}

// Record writes the entry in the transaction of the act, so that neither can
// happen without the other.
func Record(ctx context.Context, tx *db.Tx, e Entry) error {
	if err := e.check(); err != nil {
		return err
	}
	if e.At.IsZero() {
		e.At = clock.System()
	}
	_, err := db.Exec(ctx, tx, `INSERT INTO audit_entries (seq, at, actor_kind, actor_id, action, object_kind, object_id, fields, reason)
		VALUES (NULL, $1, $2, $3, $4, $5, $6, $7, $8)`,
		clock.Micros(e.At), e.ActorKind, e.ActorID, e.Action, e.ObjectKind, e.ObjectID, strings.Join(e.Fields, ","), e.Reason)
	if err != nil {
		return fmt.Errorf("audit: record %s: %w", e.Action, err)
	}
	return nil
}

// check keeps values out: a value that was passed for a name has a blank, a
// capital or an @ sooner or later. The reason is the one part that people
// type, so its faults are theirs to mend.
func (e Entry) check() error {
	for _, name := range append([]string{e.ActorKind, e.Action, e.ObjectKind}, e.Fields...) {
		if !isName(name) {
			return fmt.Errorf("audit: %q of %q is no name of an action, kind or field", name, e.Action)
		}
	}
	switch {
	case utf8.RuneCountInString(e.Reason) > MaxReason:
		return errs.Field("reason", "error.too_long", "n", MaxReason)
	case !utf8.ValidString(e.Reason) || strings.ContainsFunc(e.Reason, unicode.IsControl):
		return errs.Field("reason", "error.bad_text")
	case strings.Contains(e.Reason, "@") || hasPhone(e.Reason):
		return errs.Field("reason", "audit.reason_names_somebody")
	}
	return nil
}

// isName reports names as code has them: "order.cancel", "picture-2".
func isName(s string) bool {
	return s != "" && len(s) <= 80 && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' && r != '.' && r != '-'
	})
}

// hasPhone reports nine digits in a row, blanks and dashes aside: a phone
// number, or an identity card.
func hasPhone(s string) bool {
	n := 0
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			n++
		case r != ' ' && r != '-':
			n = 0
		}
		if n == 9 {
			return true
		}
	}
	return false
}
