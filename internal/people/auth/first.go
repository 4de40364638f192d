package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
)

// A new marketplace has no login at all. The serving process prints a link by
// which its operator becomes the first administrator. The link is its own end
// with a MAC under the master key, so that nothing of it is stored; it opens
// nothing once there is or was an administrator.

const (
	forFirst  = "first_admin" // also the setting that says when there was one
	firstLife = 30 * time.Minute
)

// FirstLink returns the token of a new link, or "" in a marketplace that has had its first administrator.
func (d *Desk) FirstLink(ctx context.Context, now time.Time) (token string, err error) {
	if err := d.vacant(ctx); err != nil {
		if errs.Is(err, errLink.ID) {
			err = nil
		}
		return "", err
	}
	ends := strconv.FormatInt(now.Add(firstLife).Unix(), 36)
	return ends + "." + d.firstMAC(ends), nil
}

func (d *Desk) firstMAC(ends string) string {
	return base64.RawURLEncoding.EncodeToString(mac(d.keys.proof, forFirst, ends)[:16])
}

// vacant refuses when the marketplace has had its first administrator.
func (d *Desk) vacant(ctx context.Context) error {
	was, err := d.DB.Setting(ctx, forFirst)
	if err != nil {
		return err
	}
	if was != "" {
		return errLink
	}
	return noAdmin(ctx, d.DB)
}

func noAdmin(ctx context.Context, r db.Reader) error {
	n, err := db.One(ctx, r, db.Int, `SELECT count(*) FROM logins WHERE role = 'admin'`)
	if err == nil && n > 0 {
		return errLink
	}
	return err
}

// CheckFirst reports whether the link still serves, for its page.
func (d *Desk) CheckFirst(ctx context.Context, token string, now time.Time) error {
	ends, given, _ := strings.Cut(token, ".")
	if subtle.ConstantTimeCompare([]byte(given), []byte(d.firstMAC(ends))) != 1 {
		return errLink
	}
	if at, err := strconv.ParseInt(ends, 36, 64); err != nil || now.Unix() >= at {
		return errLink
	}
	return d.vacant(ctx)
}

// BecomeFirst makes the first administrator and begins his session, in which he
// sets up the second step that is compulsory for him. The address is not proved.
func (d *Desk) BecomeFirst(ctx context.Context, token string, name contact.Name, email contact.Email, password string, from Origin, now time.Time) (*Entered, error) {
	if err := d.CheckFirst(ctx, token, now); err != nil {
		return nil, err
	}
	n := New{Address: Address{Email: email}, Name: name, Role: access.Admin.String()}
	if err := CheckPassword("password", password, append(n.words(), d.Site, name.Reveal())...); err != nil {
		return nil, err
	}
	var err error
	if n.Hash, err = Hash(ctx, password); err != nil {
		return nil, err
	}
	var in *Entered
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		first, err := db.Once(ctx, tx, forFirst, strconv.FormatInt(clock.Micros(now), 10))
		if err != nil {
			return err
		}
		if !first {
			return errLink
		}
		if err := noAdmin(ctx, tx); err != nil { // the shell may have made one meanwhile
			return err
		}
		id, err := Add(ctx, tx, access.Actor{Kind: access.Operator}, n, now)
		if err != nil {
			return err
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
