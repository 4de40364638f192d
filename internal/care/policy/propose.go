package policy

import (
	"context"
	"slices"
	"strings"
	"time"

	"aromart/internal/kit/clock"
	kitcontact "aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
	"aromart/internal/platform/job"
)

// By is who acts on a version, as the audit log names him.
type By struct {
	Kind string
	ID   int64
}

// move takes one declared step and records it.
func (v *Version) move(ctx context.Context, tx *db.Tx, event string, by By, reason string, now time.Time) error {
	i := slices.IndexFunc(Steps, func(s Step) bool { return s.From == v.Status && s.Event == event })
	refused := errs.New(errs.Conflict, "policy.step_refused", "version", v.Number, "status", string(v.Status), "event", event)
	if i < 0 {
		return refused
	}
	if err := db.MustChange(ctx, tx, refused, `UPDATE policy_versions SET status = $1, revision = revision + 1, updated_at = $2
		WHERE id = $3 AND status = $4 AND revision = $5`, string(Steps[i].To), clock.Micros(now), v.ID, string(v.Status), v.revision); err != nil {
		return err
	}
	v.Status = Steps[i].To
	v.revision++
	return v.record(ctx, tx, event, by, reason, now, "status")
}

func (v *Version) record(ctx context.Context, tx *db.Tx, event string, by By, reason string, now time.Time, fields ...string) error {
	return audit.Record(ctx, tx, audit.Entry{ActorKind: by.Kind, ActorID: by.ID, Action: "policy." + event, ObjectKind: "policy_version",
		ObjectID: v.ID, Fields: fields, Reason: reason, At: now})
}

// Propose freezes what the program says today and puts it before the two who
// sign. A proposal of the same text stays as it is; one whose text has changed
// since goes back first and loses its signatures, because a signature holds
// for the hash under which it stands.
func Propose(ctx context.Context, tx *db.Tx, by By, f Facts, now time.Time) (*Version, error) {
	if f.Operator == "" || f.Email == "" {
		return nil, errs.New(errs.Conflict, "policy.facts_missing", "promise", "P24")
	}
	body := Write(f)
	hash := body.Hash(f.Names)
	list, err := All(ctx, tx)
	if err != nil {
		return nil, err
	}
	if v := inForce(list, now); v != nil && v.Hash == hash {
		return nil, errs.New(errs.Conflict, "policy.nothing_new", "version", v.Number)
	}
	var v *Version
	for i := range list {
		switch waits := list[i].waits(now); {
		case waits && list[i].Hash == hash:
			return &list[i], nil
		case waits:
			if err := list[i].sendBack(ctx, tx, by, "text changed", now); err != nil {
				return nil, err
			}
		case list[i].Status != Draft:
			continue
		}
		if v == nil {
			v = &list[i]
		}
	}
	if v == nil {
		v = &Version{Number: nextNumber(list), Status: Draft}
		v.ID, err = db.One(ctx, tx, db.Int, `INSERT INTO policy_versions (number, status, hash, names, revision, round, proposed_at, announced_to, updated_at)
			VALUES ($1, 'draft', $2, $3, 0, 0, $4, 0, $4) RETURNING id`, v.Number, hash, f.Names.encode(), clock.Micros(now))
		if err != nil {
			return nil, err
		}
	}
	v.Hash, v.Names, v.ProposedAt, v.SignOffs = hash, f.Names, now.UTC(), nil
	return v, v.freeze(ctx, tx, by, body, now)
}

// waits reports whether the version is on its way and not in force yet.
func (v *Version) waits(now time.Time) bool {
	return v.Status == InReview || v.Status == Approved && (!v.Published() || v.EffectiveAt.After(now))
}

// freeze writes the text down and opens the review.
func (v *Version) freeze(ctx context.Context, tx *db.Tx, by By, body Body, now time.Time) error {
	if _, err := db.Exec(ctx, tx, `UPDATE policy_versions SET hash = $1, names = $2, proposed_at = $3, round = round + 1
		WHERE id = $4 AND status = 'draft'`, v.Hash, v.Names.encode(), clock.Micros(now), v.ID); err != nil {
		return err
	}
	if _, err := db.Exec(ctx, tx, `DELETE FROM policy_texts WHERE version_id = $1`, v.ID); err != nil {
		return err
	}
	for lang, text := range body {
		if _, err := db.Exec(ctx, tx, `INSERT INTO policy_texts (version_id, language, hash, text) VALUES ($1, $2, $3, $4)`,
			v.ID, lang, textHash(text), text); err != nil {
			return err
		}
	}
	v.round++
	return v.move(ctx, tx, "propose", by, "", now)
}

// Return sends a version back to be written anew.
func Return(ctx context.Context, tx *db.Tx, by By, number int64, reason string, now time.Time) error {
	v, err := ByNumber(ctx, tx, number)
	if err != nil {
		return err
	}
	if v.Status == Approved && !v.waits(now) { // in force; the job that says so is only late
		return errs.New(errs.Conflict, "policy.step_refused", "version", v.Number, "status", string(Effective), "event", "return")
	}
	return v.sendBack(ctx, tx, by, reason, now)
}

// sendBack takes the date from a version and closes the round of signatures.
// Their rows stay as history: the next round begins without any.
func (v *Version) sendBack(ctx context.Context, tx *db.Tx, by By, reason string, now time.Time) error {
	if _, err := db.Exec(ctx, tx, `UPDATE policy_versions SET effective_at = NULL, announced_to = 0 WHERE id = $1 AND status IN ('in_review', 'approved')`, v.ID); err != nil {
		return err
	}
	v.EffectiveAt, v.SignOffs = time.Time{}, nil
	return v.move(ctx, tx, "return", by, reason, now)
}

// Sign puts a signature under the version in review; the second one approves
// it. Nobody signs a text that is no longer what the program says.
func Sign(ctx context.Context, tx *db.Tx, by By, role Role, signer kitcontact.Name, f Facts, now time.Time) (*Version, error) {
	if !slices.Contains(Roles(), role) {
		return nil, errs.Field("as", "error.bad_choice")
	}
	v, err := reviewed(ctx, tx)
	if err != nil {
		return nil, err
	}
	if err := v.Unchanged(f); err != nil {
		return nil, err
	}
	for _, s := range v.SignOffs {
		switch {
		case sameSigner(s.Signer, signer):
			return nil, errs.New(errs.Conflict, "policy.signed_before", "role", string(s.Role), "promise", "P24")
		case s.Role == role:
			return nil, errs.New(errs.Conflict, "policy.role_signed", "role", string(role), "promise", "P24")
		}
	}
	_, err = db.Exec(ctx, tx, `INSERT INTO policy_signoffs (version_id, round, hash, role, signer, signer_key, signed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		v.ID, v.round, v.Hash, string(role), signer.Reveal(), signerKey(signer), clock.Micros(now))
	if db.IsUnique(err) { // somebody was faster
		return nil, errs.New(errs.Conflict, "policy.role_signed", "role", string(role), "promise", "P24").Because(err)
	}
	if err != nil {
		return nil, err
	}
	v.SignOffs = append(v.SignOffs, SignOff{Role: role, Signer: signer, Hash: v.Hash, At: now.UTC()})
	if err := v.record(ctx, tx, "sign", by, "as "+string(role), now, "signoff"); err != nil {
		return nil, err
	}
	if v.Signed() {
		return v, v.move(ctx, tx, "approve", by, "", now)
	}
	return v, nil
}

func reviewed(ctx context.Context, r db.Reader) (*Version, error) {
	list, err := All(ctx, r)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(v Version) bool { return v.Status == InReview })
	if i < 0 {
		return nil, errs.New(errs.Conflict, "policy.none_in_review")
	}
	return &list[i], nil
}

// Unchanged refuses a version whose text is not what the program says today.
func (v *Version) Unchanged(f Facts) error {
	if v.presentHash(f) != v.Hash {
		return errs.New(errs.Conflict, "policy.text_changed", "version", v.Number, "promise", "P24")
	}
	return nil
}

// presentHash is the hash of what the program would say today with the names of the version.
func (v *Version) presentHash(f Facts) string {
	f.Names = v.Names.withOwnCookies()
	return Write(f).Hash(f.Names)
}

// signerKey is by what two spellings of one name are known as one person.
func signerKey(n kitcontact.Name) string {
	return strings.ToLower(strings.Join(strings.Fields(n.Reveal()), " "))
}

func sameSigner(a, b kitcontact.Name) bool { return signerKey(a) == signerKey(b) }

// Publish gives the approved version its date, which is not past, and has the
// account holders told. From that date on it is in force.
func Publish(ctx context.Context, tx *db.Tx, by By, f Facts, at, now time.Time) (*Version, error) {
	list, err := All(ctx, tx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(v Version) bool { return v.Status == Approved && !v.Published() })
	if i < 0 {
		return nil, errs.New(errs.Conflict, "policy.none_approved", "promise", "P24")
	}
	v := &list[i]
	if err := v.Unchanged(f); err != nil {
		return nil, err
	}
	if at.Before(now) {
		return nil, errs.Field("at", "policy.date_past")
	}
	if err := db.MustChange(ctx, tx, errs.New(errs.Conflict, "policy.none_approved", "promise", "P24"),
		`UPDATE policy_versions SET effective_at = $1, revision = revision + 1, updated_at = $2 WHERE id = $3 AND revision = $4 AND status = 'approved'`,
		clock.Micros(at), clock.Micros(now), v.ID, v.revision); err != nil {
		return nil, err
	}
	v.EffectiveAt = clock.FromMicros(clock.Micros(at))
	v.revision++
	if err := v.record(ctx, tx, "publish", by, "", now, "effective_at"); err != nil {
		return nil, err
	}
	if err := job.Enqueue(ctx, tx, JobAnnounce, announcement{Version: v.ID}, now); err != nil {
		return nil, err
	}
	if err := Settle(ctx, tx, now); err != nil {
		return nil, err
	}
	return ByNumber(ctx, tx, v.Number)
}

// Settle writes down what the clock has brought: the version whose date has
// come is effective, and the one before it is superseded. Nothing depends on
// when it runs; a version is in force from its date on.
func Settle(ctx context.Context, tx *db.Tx, now time.Time) error {
	list, err := All(ctx, tx)
	if err != nil {
		return err
	}
	due := slices.DeleteFunc(slices.Clone(list), func(v Version) bool {
		return v.Status != Approved || !v.Published() || v.EffectiveAt.After(now)
	})
	slices.SortFunc(due, func(a, b Version) int { return a.EffectiveAt.Compare(b.EffectiveAt) })
	timer := By{Kind: "system"}
	current := slices.IndexFunc(list, func(v Version) bool { return v.Status == Effective })
	var before *Version
	if current >= 0 {
		before = &list[current]
	}
	for i := range due {
		if before != nil {
			if err := before.move(ctx, tx, "supersede", timer, "", now); err != nil {
				return err
			}
		}
		before = &due[i]
		if err := before.move(ctx, tx, "enter", timer, "", now); err != nil {
			return err
		}
	}
	return nil
}
