package auth

import (
	"context"
	"errors"
	"strings"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
)

// Token is a token for a program, without its secret.
type Token struct {
	PublicID  string
	Name      contact.Text
	Scopes    access.Scopes
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedOn    time.Time // the day of its last use, midnight UTC; zero: never used
}

// MaxTokens is how many tokens of a login may serve at a time.
const MaxTokens = 20

// TokenMark begins every token for a program, which tells it from that of a session or an order.
const TokenMark = "amt_"

// IssueToken makes a token for a program. Its secret is returned once.
func (d *Desk) IssueToken(ctx context.Context, v *Visit, name contact.Text, scopes access.Scopes, days int, now time.Time) (secret string, err error) {
	switch {
	case !v.Fresh:
		return "", errProve
	case name.IsZero():
		return "", errs.Field("name", "error.required").Saying("contact.name_missing")
	case scopes == 0:
		return "", errs.Field("scope", "auth.token_scope")
	case days < 1 || days > 365:
		return "", errs.Field("days", "error.bad_range", "min", 1, "max", 365)
	case v.Login.Staff():
		return "", errs.New(errs.Conflict, "auth.token_staff")
	}
	secret = TokenMark + clock.Token(tokenBytes)
	err = d.act(ctx, v, fresh, now, func(tx *db.Tx) error {
		have, err := Tokens(ctx, tx, v.Login.ID, now)
		if err != nil {
			return err
		}
		if len(have) >= MaxTokens {
			return errs.New(errs.Conflict, "auth.token_many", "n", MaxTokens)
		}
		if err := db.Insert(ctx, tx, "api_tokens", "public_id, login_id, name, scopes, token_hash, created_at, expires_at", [][]any{{clock.PublicID(), v.Login.ID, name,
			strings.Join(scopes.Names(), " "), digest(secret), clock.Micros(now), clock.Micros(now.AddDate(0, 0, days))}}); err != nil {
			return err
		}
		if err := record(ctx, tx, v.Actor(), "login.token", v.Login.ID, now, "scopes"); err != nil {
			return err
		}
		return notify(ctx, tx, &v.Login, "token", now)
	})
	return secret, err
}

// OpenToken returns the actor that a program's token makes, nobody for one that
// is wrong, revoked or over. The day of its use is noted once.
func (d *Desk) OpenToken(ctx context.Context, secret string, now time.Time) (access.Actor, error) {
	if len(secret) != len(TokenMark)+43 || secret[:len(TokenMark)] != TokenMark {
		return access.Actor{}, nil
	}
	a := access.Actor{Limited: true}
	var id, used int64
	_, err := db.One(ctx, d.DB, func(rows *db.Rows, _ *struct{}) error {
		var role, scopes string
		err := rows.Scan(&id, &used, &a.ID, &role, &scopes)
		a.Kind, a.Scopes = access.KindOf(role), access.ScopesOf(strings.Fields(scopes)...)
		return err
	}, `SELECT t.id, COALESCE(t.used_on, 0), l.id, l.role, t.scopes FROM api_tokens t JOIN logins l ON l.id = t.login_id`+joinMember+`
		WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND t.expires_at > $2 AND l.status = 'active' AND l.role = 'customer' AND m.login_id IS NULL`, digest(secret), clock.Micros(now))
	if errors.Is(err, db.ErrNoRows) {
		return access.Actor{}, nil
	}
	today := clock.Micros(now.UTC().Truncate(day))
	if err != nil || used >= today {
		return a, err
	}
	return a, d.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := db.Exec(ctx, tx, `UPDATE api_tokens SET used_on = $1 WHERE id = $2 AND COALESCE(used_on, 0) < $1`, today, id)
		return err
	})
}

// Tokens are the tokens of a login that serve.
func Tokens(ctx context.Context, r db.Reader, login int64, now time.Time) ([]Token, error) {
	return db.All(ctx, r, func(rows *db.Rows, t *Token) error {
		var scopes string
		var created, expires, used int64
		err := rows.Scan(&t.PublicID, &t.Name, &scopes, &created, &expires, &used)
		if used > 0 {
			t.UsedOn = clock.FromMicros(used)
		}
		t.Scopes, t.CreatedAt, t.ExpiresAt = access.ScopesOf(strings.Fields(scopes)...), clock.FromMicros(created), clock.FromMicros(expires)
		return err
	}, `SELECT public_id, name, scopes, created_at, expires_at, COALESCE(used_on, 0) FROM api_tokens WHERE login_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY id`, login, clock.Micros(now))
}

// RevokeToken ends a token of the login.
func (d *Desk) RevokeToken(ctx context.Context, v *Visit, publicID string, now time.Time) error {
	return d.act(ctx, v, whole, now, func(tx *db.Tx) error {
		if err := db.MustChange(ctx, tx, errs.New(errs.NotFound, "error.not_found"),
			`UPDATE api_tokens SET revoked_at = $1 WHERE public_id = $2 AND login_id = $3 AND revoked_at IS NULL`, clock.Micros(now), publicID, v.Login.ID); err != nil {
			return err
		}
		return record(ctx, tx, v.Actor(), "login.token_revoked", v.Login.ID, now)
	})
}
