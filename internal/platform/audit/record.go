// Package audit is the log that staff may see and outsiders can verify.
//
// What always holds: an entry is written in the transaction of what it
// records; it holds ids and the names of fields, never a personal value, so
// that erasure need not touch it; entries are only appended.
//
// Personal data: none. Tables: audit_entries, audit_hashes, audit_heads.
package audit

import (
	"context"
	"strings"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/platform/db"
)

// Entry is one act.
type Entry struct {
	ActorKind  string
	ActorID    int64
	Action     string // as routes name it: order.place
	ObjectKind string
	ObjectID   int64
	Fields     []string // names of what changed
	Reason     string   // a code or a ticket, no free text of a customer
	At         time.Time
}

// Record appends the entry in the caller's transaction. Its number and hash come after the commit.
func Record(ctx context.Context, tx *db.Tx, e Entry) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO audit_entries (at, actor_kind, actor_id, action, object_kind, object_id, fields, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		clock.Micros(e.At), e.ActorKind, e.ActorID, e.Action, e.ObjectKind, e.ObjectID, strings.Join(e.Fields, ","), e.Reason)
	return err
}
