package auth

import (
	"cmp"
	"context"
	"errors"
	"time"

	"aromart/internal/care/disclosure"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
)

// Entered is what somebody gets who has proved himself.
type Entered struct {
	Token string // of the session, for the cookie
	Login Login
	Half  bool // the second factor is still to come
}

// errWrong does not say which of the two was wrong.
var errWrong = errs.Field("password", "auth.wrong")

// SignIn checks a password and begins a session.
func (d *Desk) SignIn(ctx context.Context, a Address, password string, from Origin, now time.Time) (in *Entered, err error) {
	k, err := d.knock(ctx, a, password, from, now)
	if err != nil {
		return nil, err
	}
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		in, err = k.enter(ctx, tx, now)
		return err
	})
	return in, err
}

// knock is somebody whose password was right a moment ago.
type knock struct {
	desk   *Desk
	login  *Login
	at     Address
	from   Origin
	better string // hash in place of a weak one
}

// knock checks a password. Whether the address has a login makes no difference
// to what it does until the password is right.
func (d *Desk) knock(ctx context.Context, a Address, password string, from Origin, now time.Time) (*knock, error) {
	if err := d.reserveGuess(ctx, a, from.Network, now); err != nil {
		return nil, err
	}
	l, err := byAddress(ctx, d.DB, a)
	if err != nil {
		return nil, err
	}
	right, err := Verify(ctx, l.hash, password)
	if err != nil {
		return nil, err
	}
	if !right || !l.Active {
		return nil, errWrong
	}
	k := &knock{desk: d, login: l, at: a, from: from}
	if stale(l.hash) {
		k.better, err = Hash(ctx, password)
	}
	return k, err
}

// enter begins the session. The hash took its time: what the password was
// compared with must still hold, and the row is locked, so that a new password
// either ends this session or refuses it.
func (k *knock) enter(ctx context.Context, tx *db.Tx, now time.Time) (*Entered, error) {
	near, everywhere := k.desk.guessKeys(k.at, k.from.Network)
	if err := forgive(ctx, tx, near, everywhere); err != nil {
		return nil, err
	}
	if err := db.MustChange(ctx, tx, errWrong, `UPDATE logins SET password_hash = $1 WHERE id = $2 AND password_hash = $3 AND status = 'active'`,
		cmp.Or(k.better, k.login.hash), k.login.ID, k.login.hash); err != nil {
		return nil, err
	}
	return enter(ctx, tx, k.login, k.from.Device, now)
}

// enter begins the session of somebody who has proved to be l.
func enter(ctx context.Context, tx *db.Tx, l *Login, device string, now time.Time) (*Entered, error) {
	half, err := needsSecond(ctx, tx, l)
	if err != nil {
		return nil, err
	}
	in := &Entered{Login: *l, Half: half}
	var session int64
	if in.Token, session, err = begin(ctx, tx, l, half, device, now); err != nil || half {
		return in, err
	}
	return in, arrived(ctx, tx, l, session, now)
}

// arrived writes down a finished sign-in and tells the owner when it came from
// a kind of device that he has not used lately, or whenever he wants to be told.
func arrived(ctx context.Context, tx *db.Tx, l *Login, session int64, now time.Time) error {
	by := access.Actor{Kind: access.KindOf(l.Role), ID: l.ID}
	if err := record(ctx, tx, by, "session.sign_in", l.ID, now); err != nil {
		return err
	}
	unknown, err := db.One(ctx, tx, db.Int, `SELECT CASE WHEN EXISTS (SELECT 1 FROM account_settings a WHERE a.login_id = s.login_id AND a.notices = 'always')
			OR (EXISTS (SELECT 1 FROM sessions o WHERE o.login_id = s.login_id AND o.id <> s.id AND o.level = 'full')
				AND NOT EXISTS (SELECT 1 FROM sessions o WHERE o.login_id = s.login_id AND o.id <> s.id AND o.level = 'full' AND o.device = s.device))
		THEN 1 ELSE 0 END FROM sessions s WHERE s.id = $1`, session)
	if err != nil || unknown == 0 {
		return err
	}
	return notify(ctx, tx, l, "sign_in", now)
}

// Registration is what a new customer fills in.
type Registration struct {
	Address
	Name     contact.Name
	Password string
	Language string
	Network  string // see Origin
}

// Register begins a registration and sends a code to the address. The form
// that it returns takes the code. An address that has a login gets a letter that
// says so; the one who asked learns nothing.
//
// The code goes back into the browser in which the password was chosen, so that
// nobody can have a stranger confirm a password that the stranger does not know.
func (d *Desk) Register(ctx context.Context, n Registration, now time.Time) (form string, err error) {
	if err := CheckPassword("password", n.Password, append(n.words(), d.Site, n.Name.Reveal())...); err != nil {
		return "", err
	}
	near, everywhere := d.throttleKey(registrations, n.key()+"\x00"+n.Network), d.throttleKey(manyRegister, n.key())
	if err := d.open(ctx, d.DB, near, now); err != nil {
		return "", err
	}
	known, err := byAddress(ctx, d.DB, n.Address)
	if err != nil {
		return "", err
	}
	hash, err := Hash(ctx, n.Password)
	if err != nil {
		return "", err
	}
	p := &Proof{Purpose: forRegister, Login: known.ID, Address: n.Address, Language: n.Language}
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := count(ctx, tx, near, registrations, now); err != nil {
			return err
		}
		if _, err := count(ctx, tx, everywhere, manyRegister, now); err != nil {
			return err
		}
		if err := issue(ctx, tx, p, codeLife, now); err != nil {
			return err
		}
		if err := db.Insert(ctx, tx, "registrations", "proof_id, name, password_hash", [][]any{{p.ID, n.Name, hash}}); err != nil {
			return err
		}
		return send(ctx, tx, p, now)
	})
	return p.PublicID, err
}

// FinishRegistration makes the login when the code is right, and signs it in.
func (d *Desk) FinishRegistration(ctx context.Context, form, code string, from Origin, now time.Time) (*Entered, error) {
	p, err := d.tryCode(ctx, form, forRegister, code, now)
	if err != nil {
		return nil, err
	}
	if p.Login != 0 { // the address has a login; its code was sent to nobody
		return nil, errCode
	}
	var in *Entered
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		n := New{Address: p.Address, Role: "customer", Proved: true}
		_, err := db.One(ctx, tx, func(rows *db.Rows, _ *struct{}) error { return rows.Scan(&n.Name, &n.Hash) },
			`SELECT name, password_hash FROM registrations WHERE proof_id = $1`, p.ID)
		if errors.Is(err, db.ErrNoRows) {
			return errCode
		}
		if err != nil {
			return err
		}
		if err := use(ctx, tx, p, now); err != nil {
			return errCode
		}
		id, err := Add(ctx, tx, access.Actor{}, n, now)
		if errs.Is(err, "auth.email_taken") {
			return errCode
		}
		if err != nil {
			return err
		}
		if _, err := db.Exec(ctx, tx, `DELETE FROM registrations WHERE proof_id = $1`, p.ID); err != nil {
			return err
		}
		// The mail that brought the code had no owner yet.
		if !p.Email.IsZero() {
			if err := disclosure.Carried(ctx, tx, d.Provider, id, disclosure.Mailbox, "", p.issuedAt(codeLife)); err != nil {
				return err
			}
		}
		l, err := ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		in, err = enter(ctx, tx, l, from.Device, now)
		return err
	})
	return in, err
}

// SendReset and SendSignIn have a link sent to the address, if it has a login.
// Nobody else learns whether it has.
func (d *Desk) SendReset(ctx context.Context, a Address, lang string, now time.Time) error {
	return d.sendLink(ctx, a, forReset, lang, now)
}

// SendSignIn has a link sent that signs in without the password.
func (d *Desk) SendSignIn(ctx context.Context, a Address, lang string, now time.Time) error {
	return d.sendLink(ctx, a, forSignIn, lang, now)
}

func (d *Desk) sendLink(ctx context.Context, a Address, purpose, lang string, now time.Time) error {
	l, err := byAddress(ctx, d.DB, a)
	if err != nil {
		return err
	}
	p := &Proof{Purpose: purpose, Language: lang}
	if l.ID != 0 && l.Active {
		p.Login, p.Address = l.ID, a
	}
	return d.DB.Write(ctx, func(tx *db.Tx) error {
		may, err := mayWrite(ctx, tx, d.letterKey(purpose, a), now)
		if err != nil || !may {
			return err
		}
		if err := issue(ctx, tx, p, linkLife, now); err != nil {
			return err
		}
		return send(ctx, tx, p, now)
	})
}

// CheckReset reports whether a reset link still serves, for its page.
func (d *Desk) CheckReset(ctx context.Context, token string, now time.Time) error {
	_, err := d.look(ctx, d.DB, token, forReset, now)
	return err
}

// CheckSignIn reports whether a sign-in link still serves.
func (d *Desk) CheckSignIn(ctx context.Context, token string, now time.Time) error {
	_, err := d.look(ctx, d.DB, token, forSignIn, now)
	return err
}

// Reset sets a new password by a link, ends every session and signs nobody in.
// Whoever did it may sign in at once from where he is, and have another letter.
func (d *Desk) Reset(ctx context.Context, token, password string, from Origin, now time.Time) error {
	p, err := d.look(ctx, d.DB, token, forReset, now)
	if err != nil {
		return err
	}
	l, err := ByID(ctx, d.DB, p.Login)
	if err != nil {
		return err
	}
	if err := CheckPassword("password", password, l.words(d.Site)...); err != nil {
		return err
	}
	hash, err := Hash(ctx, password)
	if err != nil {
		return err
	}
	return d.DB.Write(ctx, func(tx *db.Tx) error {
		if err := use(ctx, tx, p, now); err != nil {
			return err
		}
		if err := prove(ctx, tx, l.ID, p.Address, now); err != nil {
			return err
		}
		near, everywhere := d.guessKeys(p.Address, from.Network)
		if err := forgive(ctx, tx, near, everywhere, d.letterKey(forReset, p.Address), d.letterKey(forSignIn, p.Address)); err != nil {
			return err
		}
		if err := SetPassword(ctx, tx, access.Actor{Kind: access.KindOf(l.Role), ID: l.ID}, l.ID, hash, 0, now); err != nil {
			return err
		}
		return notify(ctx, tx, l, "password", now)
	})
}

// EnterByLink signs in by a mailed link; a second factor is asked for all the same.
func (d *Desk) EnterByLink(ctx context.Context, token string, from Origin, now time.Time) (*Entered, error) {
	p, err := d.look(ctx, d.DB, token, forSignIn, now)
	if err != nil {
		return nil, err
	}
	var in *Entered
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		if err := use(ctx, tx, p, now); err != nil {
			return err
		}
		l, err := ByID(ctx, tx, p.Login)
		if err != nil {
			return err
		}
		if !l.Active {
			return errLink
		}
		if err := prove(ctx, tx, l.ID, p.Address, now); err != nil {
			return err
		}
		if err := forgive(ctx, tx, d.letterKey(forSignIn, p.Address)); err != nil {
			return err
		}
		in, err = enter(ctx, tx, l, from.Device, now)
		return err
	})
	return in, err
}

// prove notes that an address that the login has is really its owner's.
func prove(ctx context.Context, tx *db.Tx, login int64, a Address, now time.Time) error {
	_, err := db.Exec(ctx, tx, `UPDATE logins SET
			email_verified_at = CASE WHEN email = $2 AND email <> '' THEN COALESCE(email_verified_at, $4) ELSE email_verified_at END,
			phone_verified_at = CASE WHEN phone = $3 AND phone <> '' THEN COALESCE(phone_verified_at, $4) ELSE phone_verified_at END
		WHERE id = $1`, login, a.Email, a.Phone, clock.Micros(now))
	return err
}

// reach is where letters to this login go: by mail where there is an address.
func (l *Login) reach() Address {
	if !l.Email.IsZero() {
		return Address{Email: l.Email}
	}
	return Address{Phone: l.Phone}
}
