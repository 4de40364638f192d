package auth

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
)

// Roles that a login may be given. Who acts for a seller stands among the
// seller's members, see package seller.
func Roles() []string {
	return []string{"admin", "support", "auditor", "customer"}
}

// Desk is where people prove who they are.
type Desk struct {
	DB   *db.DB
	Site string // the marketplace's name, which is no password

	// MailOnly says that no text message reaches anybody, because no provider is
	// connected: then no code or link is promised to a phone.
	MailOnly bool

	// Provider is the host that carries the mails, as disclosures name it; empty
	// when they stay in the outbox.
	Provider string

	keys keys

	pause   func(ctx context.Context, long time.Duration) error // between guesses
	relying *webauthn.WebAuthn                                  // nil: there are no passkeys here; see UsePasskeys
}

// keys are the sub-keys of this package, one for each purpose.
type keys struct{ proof, code, throttle, seal, offer []byte }

// NewDesk opens a desk. key derives a sub-key for a label; see secrets.Master.Key.
func NewDesk(d *db.DB, site string, key func(label string) []byte) *Desk {
	return &Desk{DB: d, Site: site, keys: keys{key("auth proofs"), key("auth codes"), key("auth throttles"), key("auth second factors"), key("auth offered apps")}, pause: pause}
}

// Origin is where a request came from, as far as it matters to a login.
type Origin struct {
	Device  string // see Device
	Network string // see Network; "" when it is not known
}

// Network is the part of an internet address that one subscriber or a few
// neighbors share, which limits count by.
func Network(a netip.Addr) string {
	bits := 24
	if a.Is6() {
		bits = 48
	}
	p, err := a.WithZone("").Prefix(bits)
	if err != nil || !p.IsValid() {
		return ""
	}
	return p.String()
}

// Login is somebody who may sign in, without the password.
type Login struct {
	ID       int64
	PublicID string
	Address  // either part may be empty
	Name     contact.Name
	Role     string // of a member of a seller: seller_owner or seller_staff
	Seller   int64  // whose member it is, 0 for none
	Rights   access.Rights
	Active   bool
	EmailAt  time.Time // when the e-mail address was proved; zero: not yet
	PhoneAt  time.Time

	hash string
}

// Staff reports that the login works here or for a seller, so that a second factor is compulsory.
func (l *Login) Staff() bool { return l.Role != "customer" }

// words are what this person's password must not consist of.
func (l *Login) words(site string) []string {
	return append(l.Address.words(), site, l.Name.Reveal())
}

const (
	selectLogins = `SELECT l.id, l.public_id, l.email, l.phone, l.name, ` + roleColumns + `, l.status, l.password_hash, COALESCE(l.email_verified_at, 0), COALESCE(l.phone_verified_at, 0)
		FROM logins l` + joinMember

	// The role is read anew with every request: that of a member, while he is one.
	roleColumns = `COALESCE(m.role, l.role), COALESCE(m.seller_id, 0), COALESCE(m.rights, '')`
	joinMember  = ` LEFT JOIN seller_members m ON m.login_id = l.id`
)

func scanLogin(rows *db.Rows, l *Login) error {
	var status, rights string
	var email, phone int64
	err := rows.Scan(&l.ID, &l.PublicID, &l.Email, &l.Phone, &l.Name, &l.Role, &l.Seller, &rights, &status, &l.hash, &email, &phone)
	l.Active, l.Rights = status == "active", access.RightsOf(strings.Fields(rights)...)
	if email > 0 {
		l.EmailAt = clock.FromMicros(email)
	}
	if phone > 0 {
		l.PhoneAt = clock.FromMicros(phone)
	}
	return err
}

// ByID returns a login.
func ByID(ctx context.Context, r db.Reader, id int64) (*Login, error) {
	l, err := db.One(ctx, r, scanLogin, selectLogins+` WHERE id = $1`, id)
	return &l, db.NotFound(err)
}

// byAddress returns the login of an address, or an empty one: to find nobody is
// no error, and costs the same.
func byAddress(ctx context.Context, r db.Reader, a Address) (*Login, error) {
	l, err := db.One(ctx, r, scanLogin, selectLogins+` WHERE (email = $1 AND email <> '') OR (phone = $2 AND phone <> '')`, a.Email, a.Phone)
	if errors.Is(err, db.ErrNoRows) {
		return &Login{}, nil
	}
	return &l, err
}

// ByAddress finds a login for somebody at the machine's shell. Faces never ask this.
func ByAddress(ctx context.Context, r db.Reader, a Address) (*Login, error) {
	l, err := byAddress(ctx, r, a)
	if err == nil && l.ID == 0 {
		err = errs.New(errs.NotFound, "auth.no_login")
	}
	return l, err
}

// New is a login to be added; Hash comes from the function Hash.
type New struct {
	Address
	Name   contact.Name
	Role   string
	Hash   string
	Proved bool // the address is known to be this person's
}

// Add makes a login. An address can have one only.
func Add(ctx context.Context, tx *db.Tx, by access.Actor, n New, now time.Time) (int64, error) {
	if !slices.Contains(Roles(), n.Role) {
		return 0, errs.Field("role", "error.bad_choice")
	}
	var email, phone any
	if n.Proved && !n.Email.IsZero() {
		email = clock.Micros(now)
	}
	if n.Proved && !n.Phone.IsZero() {
		phone = clock.Micros(now)
	}
	id, err := db.One(ctx, tx, db.Int, `INSERT INTO logins (public_id, email, phone, name, role, password_hash, status, email_verified_at, phone_verified_at, password_at, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, 'active', $7, $8, $9, $9) RETURNING id`,
		clock.PublicID(), n.Email, n.Phone, n.Name, n.Role, n.Hash, email, phone, clock.Micros(now))
	if db.IsUnique(err) {
		return 0, errs.Field("email", "auth.email_taken").Because(err)
	}
	if err != nil {
		return 0, err
	}
	return id, record(ctx, tx, by, "login.add", id, now, "role")
}

// SetRole gives a login another role and ends its sessions, so that the limits
// of the new one hold at once.
func SetRole(ctx context.Context, tx *db.Tx, by access.Actor, login int64, role string, now time.Time) error {
	if !slices.Contains(Roles(), role) {
		return errs.Field("role", "error.bad_choice")
	}
	if role != "customer" {
		if err := Employable(ctx, tx, login); err != nil {
			return err
		}
	}
	if _, err := db.One(ctx, tx, db.Int, `SELECT seller_id FROM seller_members WHERE login_id = $1`, login); err == nil {
		return errs.New(errs.Conflict, "seller.member_works_here")
	} else if !errors.Is(err, db.ErrNoRows) {
		return err
	}
	if err := db.MustChange(ctx, tx, errs.New(errs.NotFound, "error.not_found"), `UPDATE logins SET role = $1 WHERE id = $2`, role, login); err != nil {
		return err
	}
	return RoleChanged(ctx, tx, by, login, now)
}

// Hold keeps decisions about a login apart until the transaction ends: whether
// it works here, and whether it is erased.
func Hold(ctx context.Context, tx *db.Tx, login int64) error {
	_, err := db.Exec(ctx, tx, `UPDATE logins SET status = status WHERE id = $1`, login)
	return err
}

// Employable refuses work to a login whose owner has asked for its deletion, and
// holds it. To go is his decision: nobody takes it back for him by giving him
// work, and a store must not get an owner who is gone within a week.
func Employable(ctx context.Context, tx *db.Tx, login int64) error {
	if err := Hold(ctx, tx, login); err != nil {
		return err
	}
	n, err := db.One(ctx, tx, db.Int, `SELECT count(*) FROM privacy_requests WHERE login_id = $1 AND kind = 'erasure' AND (closed_at IS NULL OR run_at IS NOT NULL)`, login)
	if err == nil && n > 0 {
		return errs.New(errs.Conflict, "auth.leaving")
	}
	return err
}

// RoleChanged ends the sessions of a login whose role is another from now on.
func RoleChanged(ctx context.Context, tx *db.Tx, by access.Actor, login int64, now time.Time) error {
	if err := endSessions(ctx, tx, login, 0, "role", now); err != nil {
		return err
	}
	return record(ctx, tx, by, "login.role", login, now, "role")
}

// SetPassword stores a new hash and ends every session but the one that is kept.
func SetPassword(ctx context.Context, tx *db.Tx, by access.Actor, login int64, hash string, keep int64, now time.Time) error {
	if err := db.MustChange(ctx, tx, errs.New(errs.NotFound, "error.not_found"),
		`UPDATE logins SET password_hash = $1, password_at = $2 WHERE id = $3`, hash, clock.Micros(now), login); err != nil {
		return err
	}
	if err := endSessions(ctx, tx, login, keep, "password", now); err != nil {
		return err
	}
	if err := endProofs(ctx, tx, login, now); err != nil {
		return err
	}
	return record(ctx, tx, by, "login.password", login, now, "password")
}

// SetEmail gives a login another address that is known to be its owner's. A
// change that waits for its links is over.
func SetEmail(ctx context.Context, tx *db.Tx, by access.Actor, login int64, email contact.Email, now time.Time) error {
	err := db.MustChange(ctx, tx, errs.New(errs.NotFound, "error.not_found"), `UPDATE logins SET email = $1, email_verified_at = $2 WHERE id = $3`, email, clock.Micros(now), login)
	if db.IsUnique(err) {
		return errs.Field("email", "auth.email_taken").Because(err)
	}
	if err != nil {
		return err
	}
	if _, err := db.Exec(ctx, tx, `DELETE FROM email_changes WHERE login_id = $1`, login); err != nil {
		return err
	}
	return record(ctx, tx, by, "login.email", login, now, "email")
}

// Holders returns the active logins after an id, in the order of their ids:
// those who are told of a new policy.
func Holders(ctx context.Context, r db.Reader, after int64, limit int) ([]int64, error) {
	return db.All(ctx, r, db.Int, `SELECT id FROM logins WHERE id > $1 AND status = 'active' ORDER BY id LIMIT $2`, after, limit)
}

// SetActive closes or opens a login. A closed one has no session left.
func SetActive(ctx context.Context, tx *db.Tx, by access.Actor, login int64, active bool, now time.Time) error {
	status := "disabled"
	if active {
		status = "active"
	}
	if err := db.MustChange(ctx, tx, errs.New(errs.NotFound, "error.not_found"), `UPDATE logins SET status = $1 WHERE id = $2`, status, login); err != nil {
		return err
	}
	if err := endSessions(ctx, tx, login, 0, "disabled", now); err != nil {
		return err
	}
	if err := endProofs(ctx, tx, login, now); err != nil {
		return err
	}
	return record(ctx, tx, by, "login."+status, login, now, "status")
}

// Rename corrects the name of a login.
func Rename(ctx context.Context, tx *db.Tx, by access.Actor, login int64, name contact.Name, now time.Time) error {
	if err := db.MustChange(ctx, tx, errs.New(errs.NotFound, "error.not_found"), `UPDATE logins SET name = $1 WHERE id = $2`, name, login); err != nil {
		return err
	}
	return record(ctx, tx, by, "login.rename", login, now, "name")
}

// record is the audit entry of an act on a login.
func record(ctx context.Context, tx *db.Tx, by access.Actor, action string, login int64, now time.Time, fields ...string) error {
	return audit.Record(ctx, tx, audit.Entry{ActorKind: by.Kind.String(), ActorID: by.ID, Action: action, ObjectKind: "login", ObjectID: login, Fields: fields, At: now})
}
