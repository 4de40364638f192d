package auth

import (
	"context"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/platform/job"
)

// NotMe takes the word of whoever holds the link of a notice. Every session
// ends, the password opens nothing any more, an address that was changed comes
// back, second factors and passkeys of the last week are gone, and a link for a
// new password is sent to where the notice went: whoever took the login over
// reads the new address, not this one.
//
// A link in a mailbox cannot decide everything. When the old address is another
// login's by now, or nothing but the link would be left to get in as somebody
// who works here, the login is locked besides, and a person decides; see ADR 0028.
func (d *Desk) NotMe(ctx context.Context, token, lang string, now time.Time) (locked bool, err error) {
	p, err := d.look(ctx, d.DB, token, forNotMe, now)
	if err != nil {
		return false, err
	}
	write := func(tx *db.Tx) error {
		locked, err = undo(ctx, tx, p, lang, now)
		return err
	}
	if err = d.DB.Write(ctx, write); db.IsUnique(err) { // another login has taken the old address at this moment
		err = d.DB.Write(ctx, write)
	}
	return locked, err
}

func undo(ctx context.Context, tx *db.Tx, p *Proof, lang string, now time.Time) (locked bool, err error) {
	// Somebody knows the password, or could have chosen it: only the new one opens.
	if err := db.MustChange(ctx, tx, errLink, `UPDATE logins SET password_hash = '' WHERE id = $1`, p.Login); err != nil {
		return false, err
	}
	if err := use(ctx, tx, p, now); err != nil {
		return false, err
	}
	l, err := ByID(ctx, tx, p.Login)
	if err != nil {
		return false, err
	}
	if err := endSessions(ctx, tx, l.ID, 0, "not_me", now); err != nil {
		return false, err
	}
	if err := endProofs(ctx, tx, l.ID, now); err != nil {
		return false, err
	}
	// Links of later notices went to whoever had the login by then; earlier ones
	// went to the owner, who may need them yet.
	if _, err := db.Exec(ctx, tx, `UPDATE proofs SET used_at = $1 WHERE login_id = $2 AND purpose = $3 AND used_at IS NULL AND id > $4`,
		clock.Micros(now), l.ID, forNotMe, p.ID); err != nil {
		return false, err
	}
	if _, err := db.Exec(ctx, tx, `DELETE FROM email_changes WHERE login_id = $1`, l.ID); err != nil {
		return false, err
	}
	by := access.Actor{Kind: access.KindOf(l.Role), ID: l.ID}
	if err := record(ctx, tx, by, "login.not_me", l.ID, now); err != nil {
		return false, err
	}
	why, err := takeBack(ctx, tx, l, p, now)
	if err != nil {
		return false, err
	}
	if why != "" {
		return true, lock(ctx, tx, by, p, why, now)
	}
	reset := &Proof{Purpose: forReset, Login: l.ID, Address: p.Address, Language: lang}
	if reset.Address.IsZero() { // of a notice from before addresses were kept with it
		reset.Address = l.reach()
	}
	if err := issue(ctx, tx, reset, linkLife, now); err != nil {
		return false, err
	}
	return false, send(ctx, tx, reset, now)
}

// takeBack undoes what was changed since the notice. What it cannot undo without
// a person is the event of the letter that says so.
func takeBack(ctx context.Context, tx *db.Tx, l *Login, p *Proof, now time.Time) (why string, err error) {
	// A notice may tell of the second thing that was done, so all that a notice
	// could still tell of goes. The only factor of somebody who works here stays:
	// without it the mailbox alone would open the login.
	only, err := onlyFactor(ctx, tx, l, now.Add(-notMeLife))
	if err != nil {
		return "", err
	}
	if only {
		why = "locked_second"
	} else if err := dropFactors(ctx, tx, l.ID, now.Add(-notMeLife)); err != nil {
		return "", err
	}
	taken, err := Taken(ctx, tx, p)
	if err != nil || taken {
		return "locked_address", err
	}
	return why, returnAddress(ctx, tx, p, now)
}

// onlyFactor reports that somebody who works here would be left without a second
// factor, if those that were added from a moment on went.
func onlyFactor(ctx context.Context, r db.Reader, l *Login, from time.Time) (bool, error) {
	n, err := db.One(ctx, r, db.Pair, `SELECT count(*), COALESCE(SUM(CASE WHEN created_at < $2 THEN 1 ELSE 0 END), 0) FROM
		(SELECT created_at FROM second_factors WHERE login_id = $1 UNION ALL SELECT created_at FROM passkeys WHERE login_id = $1) f`, l.ID, clock.Micros(from))
	return l.Staff() && n[0] > 0 && n[1] == 0, err
}

// lock closes the login until somebody at the marketplace has spoken with its
// owner, and tells so where the notice went.
func lock(ctx context.Context, tx *db.Tx, by access.Actor, p *Proof, why string, now time.Time) error {
	if err := SetActive(ctx, tx, by, p.Login, false, now); err != nil {
		return err
	}
	return job.Enqueue(ctx, tx, JobNotice, NoticeJob{Login: p.Login, Event: why, Proof: p.ID}, now)
}

// returnAddress gives the login the address again to which the notice went, which
// opening its link has proved, and takes off what was proved of the other kind since.
func returnAddress(ctx context.Context, tx *db.Tx, p *Proof, now time.Time) error {
	text, old := `UPDATE logins SET email_verified_at = CASE WHEN email = $1 THEN email_verified_at ELSE $2 END, email = $1,
		phone = CASE WHEN phone_verified_at >= $3 THEN '' ELSE phone END WHERE id = $4`, any(p.Email)
	switch {
	case p.Address.IsZero():
		return nil
	case p.Email.IsZero():
		text, old = `UPDATE logins SET phone_verified_at = CASE WHEN phone = $1 THEN phone_verified_at ELSE $2 END, phone = $1,
			email = CASE WHEN email_verified_at >= $3 THEN '' ELSE email END WHERE id = $4`, p.Phone
	}
	_, err := db.Exec(ctx, tx, text, old, clock.Micros(now), clock.Micros(p.issuedAt(notMeLife)), p.Login)
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
