// Package consent keeps the proof of what a person has agreed to: purpose, the
// words that were shown, when and how; and the proof that he took it back.
//
// What always holds: a record is never changed, the last one of a purpose
// counts; nobody can be asked for a purpose that no policy in force names;
// consent to words that have changed since counts no more; taking it back
// needs nothing and always works; a visitor who signals that his data must not
// be shared is asked nothing and shares nothing, whatever he said before.
// Today no purpose needs consent, so Purposes is empty and nothing is asked.
//
// Personal data: the id of a login or an order, which says nothing about a
// person once that is erased.
//
// Tables: consents.
package consent

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
)

// Purpose is what somebody may agree to: a capability that is more than what
// he asked for.
type Purpose = policy.Capability

// needConsent are the capabilities that a policy alone does not open.
var needConsent = []Purpose{policy.Analytics, policy.Advertising}

// Purposes are those that the policy in force names, and so may be asked for.
func Purposes(g *policy.Gate) []Purpose {
	return slices.DeleteFunc(slices.Clone(needConsent), func(p Purpose) bool { return g.Allow(p) != nil })
}

// Subject is whose consent it is: a login, or the guest of one order.
type Subject struct {
	Kind string // "login", "order"
	ID   int64
}

// Record is one act.
type Record struct {
	Subject   Subject
	Purpose   Purpose
	Given     bool // false: withdrawn
	Version   string
	Hash      string // of the policy
	WordsHash string // of the section that was shown
	Language  string
	How       string // "account", "checkout", "operator"
	At        time.Time
}

// Act is what a person does.
type Act struct {
	Subject  Subject
	Purpose  Purpose
	Language string
	How      string
}

// section is where the policy speaks of what is agreed to.
const page, section = "privacy", "outside"

// Give records a consent, to the words that are in force now.
func Give(ctx context.Context, tx *db.Tx, g *policy.Gate, a Act, now time.Time) error {
	if !slices.Contains(Purposes(g), a.Purpose) {
		return errs.New(errs.Forbidden, "consent.not_asked", "promise", "P14")
	}
	return add(ctx, tx, g, a, "given", now)
}

// Withdraw takes a consent back. It asks for nothing, not even that there was one.
func Withdraw(ctx context.Context, tx *db.Tx, g *policy.Gate, a Act, now time.Time) error {
	return add(ctx, tx, g, a, "withdrawn", now)
}

func add(ctx context.Context, tx *db.Tx, g *policy.Gate, a Act, act string, now time.Time) error {
	words, err := wordsHash(g, a.Language)
	if err != nil {
		return err
	}
	shown := g.Shown()
	id, err := db.One(ctx, tx, db.Int, `INSERT INTO consents (subject_kind, subject_id, purpose, act, policy_version, policy_hash, words_hash, language, how, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`, a.Subject.Kind, a.Subject.ID, string(a.Purpose), act, shown.Version, shown.Hash, words,
		a.Language, a.How, clock.Micros(now))
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Entry{ActorKind: a.Subject.Kind, ActorID: a.Subject.ID, Action: "consent." + act, ObjectKind: "consent",
		ObjectID: id, Fields: []string{string(a.Purpose)}, At: now})
}

func wordsHash(g *policy.Gate, lang string) (string, error) {
	words, err := g.Words(lang, page, section)
	sum := sha256.Sum256([]byte(words))
	return hex.EncodeToString(sum[:]), err
}

// Has reports whether the purpose may be carried out for the person: the policy
// in force names it, the last thing he said was yes to the words of today, and
// his browser does not signal (gpc) that nothing may be shared.
func Has(ctx context.Context, r db.Reader, g *policy.Gate, s Subject, p Purpose, gpc bool) (bool, error) {
	if gpc || !slices.Contains(Purposes(g), p) {
		return false, nil
	}
	last, err := db.One(ctx, r, scan, selectRecords+` WHERE subject_kind = $1 AND subject_id = $2 AND purpose = $3 ORDER BY id DESC LIMIT 1`,
		s.Kind, s.ID, string(p))
	if errors.Is(err, db.ErrNoRows) || err == nil && !last.Given {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	words, err := wordsHash(g, last.Language)
	return err == nil && words == last.WordsHash, err
}

// History is everything that a person has said, the newest first.
func History(ctx context.Context, r db.Reader, s Subject) ([]Record, error) {
	return db.All(ctx, r, scan, selectRecords+` WHERE subject_kind = $1 AND subject_id = $2 ORDER BY id DESC`, s.Kind, s.ID)
}

const selectRecords = `SELECT subject_kind, subject_id, purpose, act, policy_version, policy_hash, words_hash, language, how, at FROM consents`

func scan(rows *db.Rows, c *Record) error {
	var purpose, act string
	var at int64
	err := rows.Scan(&c.Subject.Kind, &c.Subject.ID, &purpose, &act, &c.Version, &c.Hash, &c.WordsHash, &c.Language, &c.How, &at)
	c.Purpose, c.Given, c.At = Purpose(purpose), act == "given", clock.FromMicros(at)
	return err
}
