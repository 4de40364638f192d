package privacy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
	"aromart/internal/platform/job"
	"aromart/internal/trade/order"
)

// JobCode mails the customer of an order a code; its payload is a ProofJob.
const JobCode = "letter.privacy_code"

// ProofJob names a proof.
type ProofJob struct {
	Proof int64 `json:"proof"`
}

// Limits of a proof.
const (
	CodeLife  = 10 * time.Minute
	CodeTries = 5
	ProofLife = 30 * time.Minute // after the code: as long as the cookie of the link lives
)

// Proof is a code on its way, or what became of it.
type Proof struct {
	ID        int64
	PublicID  string
	Order     order.ID
	CreatedAt time.Time
	ExpiresAt time.Time

	tries int64
}

// SendCode mails a new code to the order's address. Earlier codes are void. The
// code itself is kept nowhere: it is an HMAC under the installation's key, made
// again when the letter is written and when the code comes back.
func SendCode(ctx context.Context, tx *db.Tx, o *order.Order, now time.Time) error {
	if _, err := db.Exec(ctx, tx, `DELETE FROM privacy_proofs WHERE order_id = $1 AND secret_hash = ''`, int64(o.ID)); err != nil {
		return err
	}
	id, err := db.One(ctx, tx, db.Int, `INSERT INTO privacy_proofs (public_id, order_id, tries, secret_hash, created_at, expires_at)
		VALUES ($1, $2, 0, '', $3, $4) RETURNING id`, clock.PublicID(), int64(o.ID), clock.Micros(now), clock.Micros(now.Add(CodeLife)))
	if err != nil {
		return err
	}
	return job.Enqueue(ctx, tx, JobCode, ProofJob{id}, now)
}

// ProofByID is a proof for the letter that brings its code.
func ProofByID(ctx context.Context, r db.Reader, id int64) (Proof, error) {
	p, err := db.One(ctx, r, scanProof, selectProofs+` WHERE id = $1`, id)
	return p, db.NotFound(err)
}

// purpose makes the code that of this proof and of no other.
func (p Proof) purpose() string { return "data " + p.PublicID }

// CodeOf is the code of a proof.
func CodeOf(links order.Links, o *order.Order, p Proof) string { return links.Code(o, p.purpose()) }

// Prove takes the code that was mailed and returns a secret for the visitor's
// cookie, which shows for half an hour that he is the customer. Each try
// counts, the right one too; after CodeTries a new code is needed.
func Prove(ctx context.Context, d *db.DB, links order.Links, o *order.Order, code string, now time.Time) (secret string, err error) {
	right, over := false, false
	err = d.Write(ctx, func(tx *db.Tx) error {
		right, over = false, false
		p, err := db.One(ctx, tx, scanProof, selectProofs+` WHERE order_id = $1 AND secret_hash = '' AND expires_at > $2 ORDER BY id DESC LIMIT 1`, int64(o.ID), clock.Micros(now))
		if errors.Is(err, db.ErrNoRows) || err == nil && p.tries >= CodeTries {
			over = true
			return nil
		}
		if err != nil {
			return err
		}
		// The try counts before the code is looked at, so that parallel tries share the limit.
		if err := db.MustChange(ctx, tx, errs.New(errs.Conflict, "error.conflict"), `UPDATE privacy_proofs SET tries = tries + 1 WHERE id = $1 AND tries < $2 AND secret_hash = ''`, p.ID, CodeTries); err != nil {
			return err
		}
		if !links.Typed(o, p.purpose(), code) {
			return nil
		}
		right, secret = true, clock.Token(16)
		_, err = db.Exec(ctx, tx, `UPDATE privacy_proofs SET secret_hash = $1, expires_at = $2 WHERE id = $3`, digest(secret), clock.Micros(now.Add(ProofLife)), p.ID)
		return err
	})
	switch {
	case err != nil:
		return "", err
	case over:
		return "", errs.Field("code", "privacy.code_over")
	case !right:
		return "", errs.Field("code", "privacy.code_wrong")
	}
	return secret, nil
}

// Proven reports whether the secret of a cookie shows that its holder is the customer of the order.
func Proven(ctx context.Context, r db.Reader, o *order.Order, secret string, now time.Time) (bool, error) {
	if secret == "" {
		return false, nil
	}
	n, err := db.One(ctx, r, db.Int, `SELECT count(*) FROM privacy_proofs WHERE order_id = $1 AND secret_hash = $2 AND expires_at > $3`,
		int64(o.ID), digest(secret), clock.Micros(now))
	return n > 0, err
}

func digest(secret string) string {
	sum := sha256.Sum256([]byte("privacy proof\x00" + secret))
	return hex.EncodeToString(sum[:])
}

const selectProofs = `SELECT id, public_id, order_id, tries, created_at, expires_at FROM privacy_proofs`

func scanProof(rows *db.Rows, p *Proof) error {
	var created, expires int64
	err := rows.Scan(&p.ID, &p.PublicID, &p.Order, &p.tries, &created, &expires)
	p.CreatedAt, p.ExpiresAt = clock.FromMicros(created), clock.FromMicros(expires)
	return err
}
