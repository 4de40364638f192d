package seller

import (
	"context"
	"errors"
	"strings"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
)

// Member is somebody who acts for a seller.
type Member struct {
	Login  int64
	Seller ID
	Kind   access.Kind   // SellerOwner or SellerStaff
	Rights access.Rights // of staff; an owner has all
	Since  time.Time
}

// Join makes a login act for a seller, or changes what a member of it may do.
// A login acts for one seller at most and not for the marketplace as well, one
// that is to be deleted for nobody, the first member is an owner, and an owner
// becomes staff only while another one stays. The login's sessions end, so that the limits of the new role hold at once.
func Join(ctx context.Context, tx *db.Tx, by access.Actor, m Member, now time.Time) error {
	if m.Kind != access.SellerOwner && m.Kind != access.SellerStaff {
		return errs.Field("role", "error.bad_choice")
	}
	if m.Kind == access.SellerOwner {
		m.Rights = 0
	}
	if err := hold(ctx, tx, m.Seller); err != nil {
		return err
	}
	if err := auth.Employable(ctx, tx, m.Login); err != nil {
		return err
	}
	l, err := auth.ByID(ctx, tx, m.Login)
	if err != nil {
		return err
	}
	if l.Role != access.Customer.String() && l.Seller == 0 {
		return errs.New(errs.Conflict, "seller.member_works_here")
	}
	if l.Seller != 0 && ID(l.Seller) != m.Seller {
		return errs.New(errs.Conflict, "seller.member_elsewhere")
	}
	if m.Kind == access.SellerStaff {
		if err := otherOwner(ctx, tx, m.Seller, m.Login); err != nil {
			return err
		}
	}
	_, err = db.Exec(ctx, tx, `INSERT INTO seller_members (login_id, seller_id, role, rights, joined_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (login_id) DO UPDATE SET role = excluded.role, rights = excluded.rights WHERE seller_members.seller_id = excluded.seller_id`,
		m.Login, int64(m.Seller), m.Kind.String(), strings.Join(m.Rights.Names(), " "), clock.Micros(now))
	if err != nil {
		return err
	}
	return changed(ctx, tx, by, "seller.join", m.Seller, m.Login, now)
}

// Leave ends what a login does for a seller, at once: its next request is that
// of a customer who has to sign in again. The last owner stays, because without
// him nobody could answer for the store.
func Leave(ctx context.Context, tx *db.Tx, by access.Actor, id ID, login int64, now time.Time) error {
	if err := hold(ctx, tx, id); err != nil {
		return err
	}
	role, err := db.One(ctx, tx, db.String, `SELECT role FROM seller_members WHERE login_id = $1 AND seller_id = $2`, login, int64(id))
	if err != nil {
		return db.NotFound(err)
	}
	if role == access.SellerOwner.String() {
		if err := otherOwner(ctx, tx, id, login); err != nil {
			return err
		}
	}
	if err := db.MustChange(ctx, tx, errs.New(errs.NotFound, "error.not_found"), `DELETE FROM seller_members WHERE login_id = $1 AND seller_id = $2`, login, int64(id)); err != nil {
		return err
	}
	return changed(ctx, tx, by, "seller.leave", id, login, now)
}

// hold keeps two changes of the members of a seller apart, so that two owners
// cannot remove each other at the same moment. A closed seller has no members.
func hold(ctx context.Context, tx *db.Tx, id ID) error {
	return db.MustChange(ctx, tx, errs.New(errs.NotFound, "error.not_found"), `UPDATE sellers SET status = status WHERE id = $1 AND status <> 'closed'`, int64(id))
}

func otherOwner(ctx context.Context, r db.Reader, id ID, login int64) error {
	_, err := db.One(ctx, r, db.Int, `SELECT login_id FROM seller_members WHERE seller_id = $1 AND login_id <> $2 AND role = 'seller_owner' LIMIT 1`, int64(id), login)
	if errors.Is(err, db.ErrNoRows) {
		return errs.New(errs.Conflict, "seller.owner_needed")
	}
	return err
}

// NoteOwnerless writes into the audit log that a login which goes is the last
// owner of an open store. Only an erasure that a restored backup knows nothing of
// may do that: nobody else can answer for the store until the operator names
// another owner, and Ownerless tells him so.
func NoteOwnerless(ctx context.Context, tx *db.Tx, by access.Actor, login int64, now time.Time) error {
	owned, err := db.All(ctx, tx, db.Int, `SELECT m.seller_id FROM seller_members m JOIN sellers s ON s.id = m.seller_id AND s.status <> 'closed'
		WHERE m.login_id = $1 AND m.role = 'seller_owner'
		AND NOT EXISTS (SELECT 1 FROM seller_members o WHERE o.seller_id = m.seller_id AND o.login_id <> m.login_id AND o.role = 'seller_owner')`, login)
	for _, id := range owned {
		if err == nil {
			err = audit.Record(ctx, tx, audit.Entry{ActorKind: by.Kind.String(), ActorID: by.ID, Action: "seller.ownerless", ObjectKind: "seller", ObjectID: id, Fields: []string{"members"}, At: now})
		}
	}
	return err
}

// Ownerless are the addresses of open stores that nobody owns: those that have
// lost their owner, and those that never had one because the operator runs them
// from the shell.
func Ownerless(ctx context.Context, r db.Reader) (lost, never []string, err error) {
	type store struct {
		slug string
		had  bool
	}
	list, err := db.All(ctx, r, func(rows *db.Rows, s *store) error { return rows.Scan(&s.slug, &s.had) }, `SELECT t.slug,
			EXISTS (SELECT 1 FROM audit_entries a WHERE a.object_kind = 'seller' AND a.object_id = s.id AND a.action = 'seller.join')
		FROM sellers s JOIN stores t ON t.seller_id = s.id
		WHERE s.status <> 'closed' AND NOT EXISTS (SELECT 1 FROM seller_members m WHERE m.seller_id = s.id AND m.role = 'seller_owner')
		ORDER BY t.slug`)
	for _, s := range list {
		if s.had {
			lost = append(lost, s.slug)
		} else {
			never = append(never, s.slug)
		}
	}
	return lost, never, err
}

func changed(ctx context.Context, tx *db.Tx, by access.Actor, action string, id ID, login int64, now time.Time) error {
	if err := auth.RoleChanged(ctx, tx, by, login, now); err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Entry{ActorKind: by.Kind.String(), ActorID: by.ID, Action: action, ObjectKind: "seller", ObjectID: int64(id), Fields: []string{"members"}, At: now})
}

// Members are those who act for a seller, owners first.
func Members(ctx context.Context, r db.Reader, id ID) ([]Member, error) {
	return db.All(ctx, r, func(rows *db.Rows, m *Member) error {
		var role, rights string
		var since int64
		err := rows.Scan(&m.Login, &m.Seller, &role, &rights, &since)
		m.Kind, m.Rights, m.Since = access.KindOf(role), access.RightsOf(strings.Fields(rights)...), clock.FromMicros(since)
		return err
	}, `SELECT login_id, seller_id, role, rights, joined_at FROM seller_members WHERE seller_id = $1 ORDER BY role, login_id`, int64(id))
}
