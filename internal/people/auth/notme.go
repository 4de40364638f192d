package auth

import (
	"context"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
)

// NotMe takes the word of whoever holds the link of a notice. Every session
// ends, the password opens nothing any more, an address that was changed comes
// back, second factors and passkeys of the last week are gone, and a link for a
// new password is sent to where the notice went: whoever took the login over
// reads the new address, not this one.
func (d *Desk) NotMe(ctx context.Context, token, lang string, now time.Time) error {
	p, err := d.look(ctx, d.DB, token, forNotMe, now)
	if err != nil {
		return err
	}
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		if err := use(ctx, tx, p, now); err != nil {
			return err
		}
		l, err := ByID(ctx, tx, p.Login)
		if err != nil {
			return err
		}
		if err := endSessions(ctx, tx, l.ID, 0, "not_me", now); err != nil {
			return err
		}
		if err := endProofs(ctx, tx, l.ID, now); err != nil {
			return err
		}
		// Links of later notices went to whoever had the login by then; earlier ones
		// went to the owner, who may need them yet.
		if _, err := db.Exec(ctx, tx, `UPDATE proofs SET used_at = $1 WHERE login_id = $2 AND purpose = $3 AND used_at IS NULL AND id > $4`,
			clock.Micros(now), l.ID, forNotMe, p.ID); err != nil {
			return err
		}
		// Somebody knows the password, or could have chosen it: only the new one opens.
		if _, err := db.Exec(ctx, tx, `UPDATE logins SET password_hash = '' WHERE id = $1`, l.ID); err != nil {
			return err
		}
		if err := takeBack(ctx, tx, p, now); err != nil {
			return err
		}
		// A notice may tell of the second thing that was done, so all that a notice
		// could still tell of goes.
		if err := dropFactors(ctx, tx, l.ID, now.Add(-notMeLife)); err != nil {
			return err
		}
		if err := record(ctx, tx, access.Actor{Kind: access.KindOf(l.Role), ID: l.ID}, "login.not_me", l.ID, now); err != nil {
			return err
		}
		reset := &Proof{Purpose: forReset, Login: l.ID, Address: p.Address, Language: lang}
		if reset.Address.IsZero() { // of a notice from before addresses were kept with it
			reset.Address = l.reach()
		}
		if err := issue(ctx, tx, reset, linkLife, now); err != nil {
			return err
		}
		return send(ctx, tx, reset, now)
	})
	if db.IsUnique(err) { // the old address is another login's by now
		err = errLink
	}
	return err
}

// takeBack gives the login the address again to which the notice went, which
// opening its link has proved, and takes off what was proved of the other kind since.
func takeBack(ctx context.Context, tx *db.Tx, p *Proof, now time.Time) error {
	text, old := `UPDATE logins SET email_verified_at = CASE WHEN email = $1 THEN email_verified_at ELSE $2 END, email = $1,
		phone = CASE WHEN phone_verified_at >= $3 THEN '' ELSE phone END WHERE id = $4`, any(p.Email)
	switch {
	case p.Address.IsZero():
		return nil
	case p.Email.IsZero():
		text, old = `UPDATE logins SET phone_verified_at = CASE WHEN phone = $1 THEN phone_verified_at ELSE $2 END, phone = $1,
			email = CASE WHEN email_verified_at >= $3 THEN '' ELSE email END WHERE id = $4`, p.Phone
	}
	if _, err := db.Exec(ctx, tx, text, old, clock.Micros(now), clock.Micros(p.issuedAt(notMeLife)), p.Login); err != nil {
		return err
	}
	_, err := db.Exec(ctx, tx, `DELETE FROM email_changes WHERE login_id = $1`, p.Login)
	return err
}

// dropFactors takes away what was added from a moment on, and the recovery codes
// when no factor is left to recover from.
func dropFactors(ctx context.Context, tx *db.Tx, login int64, from time.Time) error {
	for _, text := range []string{`DELETE FROM second_factors WHERE login_id = $1 AND created_at >= $2`, `DELETE FROM passkeys WHERE login_id = $1 AND created_at >= $2`} {
		if _, err := db.Exec(ctx, tx, text, login, clock.Micros(from)); err != nil {
			return err
		}
	}
	return dropRecovery(ctx, tx, login)
}

// CheckNotMe reports whether the link of a sign-in notice still serves.
func (d *Desk) CheckNotMe(ctx context.Context, token string, now time.Time) error {
	_, err := d.look(ctx, d.DB, token, forNotMe, now)
	return err
}
