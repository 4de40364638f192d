package auth

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
	"aromart/internal/platform/job"
)

// Prove asks a visitor for the password again, and for the second factor where
// there is one. It opens sensitive changes for ten minutes and gives the session
// a new token.
func (d *Desk) Prove(ctx context.Context, v *Visit, password, code string, now time.Time) (token string, err error) {
	key := d.throttleKey(failedSignIns, "login "+strconv.FormatInt(v.Login.ID, 10))
	if err := d.reserve(ctx, key, failedSignIns, now); err != nil {
		return "", err
	}
	l, err := ByID(ctx, d.DB, v.Login.ID)
	if err != nil {
		return "", err
	}
	right, err := Verify(ctx, l.hash, password)
	if err != nil {
		return "", err
	}
	if !right {
		return "", errs.Field("password", "auth.wrong_password")
	}
	finish := func(tx *db.Tx) error {
		if err := forgive(ctx, tx, key); err != nil {
			return err
		}
		if token, err = renew(ctx, tx, v, now); err != nil {
			return err
		}
		return record(ctx, tx, v.Actor(), "session.prove", v.Login.ID, now)
	}
	has, err := HasSecond(ctx, d.DB, v.Login.ID)
	switch {
	case err != nil:
	case has:
		err = d.checkSecond(ctx, v, code, now, finish)
	default:
		err = d.act(ctx, v, whole, now, func(tx *db.Tx) error {
			if added, err := HasSecond(ctx, tx, v.Login.ID); err != nil || added {
				return cmp.Or(err, error(errCode))
			}
			return finish(tx)
		})
	}
	return token, err
}

// ChangePassword sets a new password, ends the other sessions and tokens, and
// gives this session a new token.
func (d *Desk) ChangePassword(ctx context.Context, v *Visit, password string, now time.Time) (token string, err error) {
	if err := v.NeedFresh(); err != nil {
		return "", err
	}
	if err := CheckPassword("password", password, v.Login.words(d.Site)...); err != nil {
		return "", err
	}
	hash, err := Hash(ctx, password)
	if err != nil {
		return "", err
	}
	err = d.act(ctx, v, fresh, now, func(tx *db.Tx) error {
		if err := SetPassword(ctx, tx, v.Actor(), v.Login.ID, hash, v.Session, now); err != nil {
			return err
		}
		if token, err = renew(ctx, tx, v, now); err != nil {
			return err
		}
		return notify(ctx, tx, &v.Login, "password", now)
	})
	return token, err
}

// changeKey counts how often a login asks for another address of its own. Not
// the address asked for: a stranger could use up what its owner needs.
func (d *Desk) changeKey(v *Visit) string {
	return d.throttleKey(changes, strconv.FormatInt(v.Login.ID, 10))
}

// ChangeEmail asks for another e-mail address: it is taken when the links that
// go to both addresses have been opened, the new one alone where there was none.
// Whether the new address has a login already only its own mailbox learns.
func (d *Desk) ChangeEmail(ctx context.Context, v *Visit, email contact.Email, lang string, now time.Time) error {
	if err := v.NeedFresh(); err != nil {
		return err
	}
	if email == v.Login.Email {
		return errs.Field("email", "auth.same_address")
	}
	return d.act(ctx, v, fresh, now, func(tx *db.Tx) error {
		if _, err := count(ctx, tx, d.changeKey(v), changes, now); err != nil {
			return err
		}
		newProof := &Proof{Purpose: forNewEmail, Login: v.Login.ID, Address: Address{Email: email}, Language: lang}
		if err := issue(ctx, tx, newProof, linkLife, now); err != nil {
			return err
		}
		if err := send(ctx, tx, newProof, now); err != nil {
			return err
		}
		var old any
		if !v.Login.Email.IsZero() {
			oldProof := &Proof{Purpose: forOldEmail, Login: v.Login.ID, Address: Address{Email: v.Login.Email}, Language: lang}
			if err := issue(ctx, tx, oldProof, linkLife, now); err != nil {
				return err
			}
			if err := send(ctx, tx, oldProof, now); err != nil {
				return err
			}
			old = oldProof.ID
		}
		if _, err := db.Exec(ctx, tx, `INSERT INTO email_changes (login_id, email, new_proof, old_proof, created_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (login_id) DO UPDATE SET email = excluded.email, new_proof = excluded.new_proof, old_proof = excluded.old_proof, created_at = excluded.created_at`,
			v.Login.ID, email, newProof.ID, old, clock.Micros(now)); err != nil {
			return err
		}
		return record(ctx, tx, v.Actor(), "login.email_asked", v.Login.ID, now, "email")
	})
}

// ConfirmEmail takes one of the two links. It must be opened by the login that
// asked: in another session it is no link at all. done says that the address is changed.
func (d *Desk) ConfirmEmail(ctx context.Context, v *Visit, token string, now time.Time) (done bool, err error) {
	p, err := d.look(ctx, d.DB, token, forNewEmail, now)
	if errors.Is(err, errLink) {
		p, err = d.look(ctx, d.DB, token, forOldEmail, now)
	}
	if err != nil {
		return false, err
	}
	if p.Login != v.Login.ID {
		return false, errLink
	}
	err = d.act(ctx, v, whole, now, func(tx *db.Tx) error {
		done = false
		if err := use(ctx, tx, p, now); err != nil {
			return err
		}
		var email contact.Email
		_, err := db.One(ctx, tx, func(rows *db.Rows, _ *struct{}) error { return rows.Scan(&email) }, `SELECT c.email FROM email_changes c
			JOIN proofs n ON n.id = c.new_proof AND n.used_at IS NOT NULL LEFT JOIN proofs o ON o.id = c.old_proof
			WHERE c.login_id = $1 AND (c.new_proof = $2 OR c.old_proof = $2) AND (c.old_proof IS NULL OR o.used_at IS NOT NULL)`, v.Login.ID, p.ID)
		if errors.Is(err, db.ErrNoRows) {
			return nil // the other mailbox has still to say yes
		}
		if err != nil {
			return err
		}
		done = true
		return d.takeEmail(ctx, tx, v, email, now)
	})
	if db.IsUnique(err) { // it got a login of its own meanwhile
		err = errLink
	}
	return done && err == nil, err
}

func (d *Desk) takeEmail(ctx context.Context, tx *db.Tx, v *Visit, email contact.Email, now time.Time) error {
	if err := db.MustChange(ctx, tx, errLink, `UPDATE logins SET email = $1, email_verified_at = $2 WHERE id = $3`, email, clock.Micros(now), v.Login.ID); err != nil {
		return err
	}
	if _, err := db.Exec(ctx, tx, `DELETE FROM email_changes WHERE login_id = $1`, v.Login.ID); err != nil {
		return err
	}
	if err := endProofs(ctx, tx, v.Login.ID, now); err != nil {
		return err
	}
	if err := record(ctx, tx, v.Actor(), "login.email", v.Login.ID, now, "email"); err != nil {
		return err
	}
	return tellBoth(ctx, tx, &v.Login, Address{Email: v.Login.Email}, "email", now)
}

// CheckEmail reports whether a link of a change of address serves this visitor.
func (d *Desk) CheckEmail(ctx context.Context, v *Visit, token string, now time.Time) error {
	p, err := d.look(ctx, d.DB, token, forNewEmail, now)
	if errors.Is(err, errLink) {
		p, err = d.look(ctx, d.DB, token, forOldEmail, now)
	}
	if err == nil && p.Login != v.Login.ID {
		err = errLink
	}
	return err
}

// ChangePhone sends a code to another phone number. The form takes it.
func (d *Desk) ChangePhone(ctx context.Context, v *Visit, phone contact.Phone, lang string, now time.Time) (form string, err error) {
	if err := v.NeedFresh(); err != nil {
		return "", err
	}
	if d.MailOnly {
		return "", errs.New(errs.NotFound, "error.not_found")
	}
	p := &Proof{Purpose: forPhone, Login: v.Login.ID, Address: Address{Phone: phone}, Language: lang}
	err = d.act(ctx, v, fresh, now, func(tx *db.Tx) error {
		if _, err := count(ctx, tx, d.changeKey(v), changes, now); err != nil {
			return err
		}
		if err := issue(ctx, tx, p, codeLife, now); err != nil {
			return err
		}
		return send(ctx, tx, p, now)
	})
	return p.PublicID, err
}

// ConfirmPhone takes the code and the number with it.
func (d *Desk) ConfirmPhone(ctx context.Context, v *Visit, form, code string, now time.Time) error {
	p, err := d.tryCode(ctx, form, forPhone, code, now)
	if err != nil {
		return err
	}
	if p.Login != v.Login.ID {
		return errCode
	}
	err = d.act(ctx, v, whole, now, func(tx *db.Tx) error {
		if err := use(ctx, tx, p, now); err != nil {
			return errCode
		}
		if err := db.MustChange(ctx, tx, errCode, `UPDATE logins SET phone = $1, phone_verified_at = $2 WHERE id = $3`, p.Phone, clock.Micros(now), v.Login.ID); err != nil {
			return err
		}
		if err := endProofs(ctx, tx, v.Login.ID, now); err != nil {
			return err
		}
		if err := record(ctx, tx, v.Actor(), "login.phone", v.Login.ID, now, "phone"); err != nil {
			return err
		}
		return tellBoth(ctx, tx, &v.Login, Address{Phone: v.Login.Phone}, "phone", now)
	})
	if db.IsUnique(err) { // it is another login's, which only its owner was told
		err = errCode
	}
	return err
}

// Taken reports that the address of a proof belongs to another login, so that
// its letter says so instead of carrying the proof.
func Taken(ctx context.Context, r db.Reader, p *Proof) (bool, error) {
	l, err := byAddress(ctx, r, p.Address)
	return l != nil && l.ID != 0 && (p.Purpose == forRegister || l.ID != p.Login), err
}

// Suspicions are what somebody can report, as codes.
func Suspicions() []string { return []string{"sign_in", "order", "message", "other"} }

// Report writes down that somebody noticed something suspicious. His other
// devices are signed out when he wants that.
func (d *Desk) Report(ctx context.Context, v *Visit, kind string, signOut bool, now time.Time) error {
	known := false
	for _, k := range Suspicions() {
		known = known || k == kind
	}
	if !known {
		return errs.Field("kind", "error.bad_choice")
	}
	return d.act(ctx, v, whole, now, func(tx *db.Tx) error {
		if signOut {
			if err := endSessions(ctx, tx, v.Login.ID, v.Session, "report", now); err != nil {
				return err
			}
		}
		if err := record(ctx, tx, v.Actor(), "login.report_"+kind, v.Login.ID, now); err != nil {
			return err
		}
		return job.Enqueue(ctx, tx, JobNotice, NoticeJob{Login: v.Login.ID, Event: "report"}, now)
	})
}
