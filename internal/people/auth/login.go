package auth

import (
	"context"
	"slices"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
)

// Roles that a login may have.
func Roles() []string {
	return []string{"admin", "support", "auditor", "seller_owner", "seller_staff", "customer"}
}

// New is a login to be added; Hash comes from the function Hash.
type New struct {
	Email contact.Email
	Name  contact.Name
	Role  string
	Hash  string
}

// Add makes a login. An address can have one only.
func Add(ctx context.Context, tx *db.Tx, by access.Actor, n New, now time.Time) (int64, error) {
	if !slices.Contains(Roles(), n.Role) {
		return 0, errs.Field("role", "error.bad_choice")
	}
	id, err := db.One(ctx, tx, db.Int, `INSERT INTO logins (public_id, email, name, role, password_hash, status, created_at)
		VALUES ($1, $2, $3, $4, $5, 'active', $6) RETURNING id`,
		clock.PublicID(), n.Email.Reveal(), n.Name.Reveal(), n.Role, n.Hash, clock.Micros(now))
	if db.IsUnique(err) {
		return 0, errs.Field("email", "auth.email_taken").Because(err)
	}
	if err != nil {
		return 0, err
	}
	return id, audit.Record(ctx, tx, audit.Entry{ActorKind: by.Kind.String(), ActorID: by.ID, Action: "login.add",
		ObjectKind: "login", ObjectID: id, Fields: []string{"role"}, At: now})
}
