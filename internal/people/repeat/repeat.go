// Package repeat gives a request that is sent twice under one Idempotency-Key
// the answer of the first.
//
// What always holds: the key is written in the transaction of what it makes, so
// that there is neither without the other; keys of one login never meet those
// of another; a key with another request is refused.
//
// Personal data: none but whose key it is. A request is kept as a hash.
// Tables: request_keys.
package repeat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
)

// Once runs make for the first request of a login with the key, and returns the
// id of what it made. For the same request again it returns that id only. what
// names the call and request is its body; an empty key is always the first.
func Once(ctx context.Context, tx *db.Tx, login int64, key, what string, request any, now time.Time, make func() (id string, err error)) (id string, err error) {
	if key == "" {
		return make()
	}
	text, err := json.Marshal(request)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(append([]byte(what+"\x00"), text...))
	hash := hex.EncodeToString(sum[:])
	// The row comes first: a second request at the same time waits here for the first.
	n, err := db.Exec(ctx, tx, `INSERT INTO request_keys (login_id, key, request_hash, object, created_at) VALUES ($1, $2, $3, '', $4)
		ON CONFLICT (login_id, key) DO NOTHING`, login, key, hash, clock.Micros(now))
	if err != nil {
		return "", err
	}
	if n == 0 {
		return earlier(ctx, tx, login, key, hash)
	}
	if id, err = make(); err != nil {
		return "", err
	}
	_, err = db.Exec(ctx, tx, `UPDATE request_keys SET object = $1 WHERE login_id = $2 AND key = $3`, id, login, key)
	return id, err
}

// Known reports that the login has used the key, for what is counted before the
// transaction: a repeated request is the one that was counted already.
func Known(ctx context.Context, r db.Reader, login int64, key string) (bool, error) {
	if key == "" {
		return false, nil
	}
	n, err := db.One(ctx, r, db.Int, `SELECT count(*) FROM request_keys WHERE login_id = $1 AND key = $2`, login, key)
	return n > 0, err
}

func earlier(ctx context.Context, tx *db.Tx, login int64, key, hash string) (string, error) {
	type known struct{ hash, object string }
	k, err := db.One(ctx, tx, func(rows *db.Rows, k *known) error { return rows.Scan(&k.hash, &k.object) },
		`SELECT request_hash, object FROM request_keys WHERE login_id = $1 AND key = $2`, login, key)
	if err == nil && k.hash != hash {
		err = errs.Field("idempotency_key", "checkout.key_reused")
	}
	return k.object, err
}

// keep is how long a request may be repeated under its key.
const keep = 48 * time.Hour

// Purge forgets the keys that nobody will repeat any more.
func Purge(ctx context.Context, d *db.DB, now time.Time) error {
	_, err := d.DeleteInTurns(ctx, "request_keys", "login_id, key", `created_at < $1`, clock.Micros(now.Add(-keep)))
	return err
}
