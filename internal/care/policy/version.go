package policy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"aromart/internal/kit/clock"
	kitcontact "aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/platform/db"
)

// Status is where a version stands.
type Status string

// The statuses of a version.
const (
	Draft      Status = "draft"
	InReview   Status = "in_review"
	Approved   Status = "approved" // with both sign-offs; published once it has a date
	Effective  Status = "effective"
	Superseded Status = "superseded"
)

// Step is a declared transition: no status changes outside of one.
type Step struct {
	From  Status
	Event string
	To    Status
}

// Steps is the life of a version. A text that changes under review, or after
// the signatures but before its date, goes back: nobody has signed what it
// says now.
var Steps = []Step{
	{Draft, "propose", InReview},
	{InReview, "return", Draft},
	{InReview, "approve", Approved},
	{Approved, "return", Draft},
	{Approved, "enter", Effective},
	{Effective, "supersede", Superseded},
}

// Role is in which capacity somebody signs.
type Role string

// The two sign-offs that a version needs.
const (
	Business Role = "business"
	Legal    Role = "legal"
)

// Roles lists them.
func Roles() []Role { return []Role{Business, Legal} }

// SignOff is a signature under the text with the hash, and under no other.
type SignOff struct {
	Role   Role
	Signer kitcontact.Name
	Hash   string
	At     time.Time
}

// Version is a text of the policy that was frozen for review.
type Version struct {
	ID          int64
	Number      int64
	Status      Status
	Hash        string // SHA-256 of the canonical texts and of the names
	Names       Names
	ProposedAt  time.Time
	EffectiveAt time.Time // zero until it is published
	SignOffs    []SignOff // those under the present text, by role
	revision    int64     // grows with every step, so that two commands cannot both take one
	round       int64     // of signatures: how often it was proposed
}

// Label is the number as an order remembers it: "3", or "3-draft" before it was approved.
func (v *Version) Label() string {
	if v.Status == Draft || v.Status == InReview {
		return draftLabel(v.Number)
	}
	return strconv.FormatInt(v.Number, 10)
}

func draftLabel(number int64) string { return strconv.FormatInt(number, 10) + "-draft" }

// Signed reports whether both roles have signed the present text, by two people.
func (v *Version) Signed() bool { return len(v.SignOffs) == len(Roles()) }

// Published reports whether the version has a date.
func (v *Version) Published() bool { return !v.EffectiveAt.IsZero() }

// Body is the canonical text of a version by language.
type Body map[string]string

// Write is what the program says today with the names.
func Write(f Facts) Body {
	out := Body{}
	for _, lang := range i18n.Languages() {
		out[lang] = canonical(Texts(i18n.For(lang), f))
	}
	return out
}

// Hash covers every language and the names, so that neither a translation nor
// a permission can change on its own unnoticed.
func (b Body) Hash(n Names) string {
	h := sha256.New()
	for _, lang := range i18n.Languages() {
		h.Write([]byte(lang + "\n" + b[lang]))
	}
	h.Write([]byte("names\n" + n.encode() + "\n"))
	return hex.EncodeToString(h.Sum(nil))
}

func textHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// All returns every version, the newest first.
func All(ctx context.Context, r db.Reader) ([]Version, error) {
	list, err := db.All(ctx, r, scanVersion, `SELECT id, number, status, hash, names, revision, round, proposed_at, effective_at
		FROM policy_versions ORDER BY number DESC`)
	if err != nil {
		return nil, err
	}
	type signed struct {
		version, round int64
		SignOff
	}
	signoffs, err := db.All(ctx, r, func(rows *db.Rows, s *signed) error {
		var role, name string
		var at int64
		err := rows.Scan(&s.version, &s.round, &role, &name, &s.Hash, &at)
		s.Role, s.Signer, s.At = Role(role), kitcontact.NewName(name), clock.FromMicros(at)
		return err
	}, `SELECT version_id, round, role, signer, hash, signed_at FROM policy_signoffs ORDER BY role, id`)
	if err != nil {
		return nil, err
	}
	for i := range list {
		for _, s := range signoffs {
			if s.version == list[i].ID && s.round == list[i].round && s.Hash == list[i].Hash {
				list[i].SignOffs = append(list[i].SignOffs, s.SignOff)
			}
		}
	}
	return list, nil
}

func scanVersion(rows *db.Rows, v *Version) error {
	var status, names string
	var proposed int64
	var effective *int64
	err := rows.Scan(&v.ID, &v.Number, &status, &v.Hash, &names, &v.revision, &v.round, &proposed, &effective)
	if err != nil {
		return err
	}
	v.Status, v.ProposedAt = Status(status), clock.FromMicros(proposed)
	if effective != nil {
		v.EffectiveAt = clock.FromMicros(*effective)
	}
	v.Names, err = decodeNames(names)
	return err
}

// ByNumber returns one version.
func ByNumber(ctx context.Context, r db.Reader, number int64) (*Version, error) {
	list, err := All(ctx, r)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(v Version) bool { return v.Number == number })
	if i < 0 {
		return nil, errs.New(errs.NotFound, "policy.no_version", "version", number)
	}
	return &list[i], nil
}

// BodyOf reads the text that was frozen.
func BodyOf(ctx context.Context, r db.Reader, version int64) (Body, error) {
	rows, err := db.All(ctx, r, func(rows *db.Rows, v *[2]string) error { return rows.Scan(&v[0], &v[1]) },
		`SELECT language, text FROM policy_texts WHERE version_id = $1`, version)
	out := Body{}
	for _, row := range rows {
		out[row[0]] = row[1]
	}
	return out, err
}

// inForce is the version that holds at a time: of those that are approved and
// have come to their date, the one with the latest date. It asks the clock and
// not the status, so no job has to run on time.
func inForce(list []Version, now time.Time) *Version {
	var found *Version
	for i := range list {
		v := &list[i]
		if v.Status != Approved && v.Status != Effective || !v.Published() || v.EffectiveAt.After(now) {
			continue
		}
		if found == nil || v.EffectiveAt.After(found.EffectiveAt) || v.EffectiveAt.Equal(found.EffectiveAt) && v.Number > found.Number {
			found = v
		}
	}
	return found
}

// nextNumber is the number of the text that is being written: that of a
// version sent back, else a new one.
func nextNumber(list []Version) int64 {
	number := int64(1)
	for i := range list {
		switch v := &list[i]; {
		case v.Status == Draft || v.Status == InReview:
			return v.Number
		case v.Number >= number:
			number = v.Number + 1
		}
	}
	return number
}
