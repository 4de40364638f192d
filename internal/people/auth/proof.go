package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/platform/db"
	"aromart/internal/platform/job"
)

// What a proof is for.
const (
	forRegister = "register"
	forReset    = "reset"
	forSignIn   = "sign_in"
	forNewEmail = "email_new"
	forOldEmail = "email_old"
	forPhone    = "phone"
	forNotMe    = "not_me"
)

// How long proofs serve.
const (
	linkLife  = 30 * time.Minute
	codeLife  = 10 * time.Minute
	notMeLife = 7 * day
	maxTries  = 5
)

// JobProof sends a proof to the address that it is about; its payload is a ProofJob.
// JobNotice tells the owner of a login what was done; its payload is a NoticeJob.
const (
	JobProof  = "account.proof"
	JobNotice = "account.notice"
)

// ProofJob names a proof.
type ProofJob struct {
	Proof int64 `json:"proof"`
}

// NoticeJob names a login and what happened to it; Proof is the link by which
// its owner says that it was not him, and the address to which it goes. 0 is none:
// the notice goes to where the login is reached then.
type NoticeJob struct {
	Login int64  `json:"login"`
	Event string `json:"event"` // sign_in, password, email, phone, second_on, second_off, passkey_on, passkey_off, token, report, locked_second, locked_address
	Proof int64  `json:"proof,omitempty"`
}

// Proof is a link or code that was sent.
type Proof struct {
	ID       int64
	PublicID string
	Purpose  string
	Login    int64 // 0: nobody has this address
	Session  int64
	Address
	Language  string
	ExpiresAt time.Time
	Open      bool // neither used nor over
}

// issuedAt is when a link with this life was made.
func (p *Proof) issuedAt(life time.Duration) time.Time { return p.ExpiresAt.Add(-life) }

// mac binds a proof's id to its purpose under the key. The database has neither
// the link nor the code, so whoever reads it can use none.
func mac(key []byte, purpose, publicID string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(purpose + "\x00" + publicID))
	return m.Sum(nil)
}

// Token is the secret of a link; the letter that carries it makes it again.
func (d *Desk) Token(p *Proof) string {
	return p.PublicID + base64.RawURLEncoding.EncodeToString(mac(d.keys.proof, p.Purpose, p.PublicID)[:16])
}

// Code is the six digits of a proof that is typed.
func (d *Desk) Code(p *Proof) string {
	n := binary.BigEndian.Uint64(mac(d.keys.code, p.Purpose, p.PublicID)) % 1_000_000
	digits := []byte("000000")
	for i := 5; n > 0; i-- {
		digits[i] = byte('0' + n%10)
		n /= 10
	}
	return string(digits)
}

// issue stores a proof and has it sent. to may be empty, when there is nobody
// to send it to: the row and the job are made all the same.
func issue(ctx context.Context, tx *db.Tx, p *Proof, life time.Duration, now time.Time) error {
	p.PublicID = clock.PublicID()
	var login, session any
	if p.Login != 0 {
		login = p.Login
	}
	if p.Session != 0 {
		session = p.Session
	}
	var err error
	p.ID, err = db.One(ctx, tx, db.Int, `INSERT INTO proofs (public_id, purpose, login_id, session_id, email, phone, language, tries, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9) RETURNING id`,
		p.PublicID, p.Purpose, login, session, p.Email, p.Phone, p.Language, clock.Micros(now), clock.Micros(now.Add(life)))
	return err
}

// send has a proof delivered after the commit.
func send(ctx context.Context, tx *db.Tx, p *Proof, now time.Time) error {
	return job.Enqueue(ctx, tx, JobProof, ProofJob{p.ID}, now)
}

const selectProofs = `SELECT id, public_id, purpose, COALESCE(login_id, 0), COALESCE(session_id, 0), email, phone, language, expires_at, used_at IS NULL FROM proofs`

func scanProof(now time.Time) db.Scan[Proof] {
	return func(rows *db.Rows, p *Proof) error {
		var expires int64
		var unused bool
		err := rows.Scan(&p.ID, &p.PublicID, &p.Purpose, &p.Login, &p.Session, &p.Email, &p.Phone, &p.Language, &expires, &unused)
		p.ExpiresAt = clock.FromMicros(expires)
		p.Open = unused && now.Before(p.ExpiresAt)
		return err
	}
}

// ProofByID returns a proof for the letter that carries it.
func ProofByID(ctx context.Context, r db.Reader, id int64, now time.Time) (*Proof, error) {
	p, err := db.One(ctx, r, scanProof(now), selectProofs+` WHERE id = $1`, id)
	return &p, db.NotFound(err)
}

// errLink is the one answer to a link that is wrong, altered, used or over.
var errLink = errs.New(errs.NotFound, "auth.link_over")

// look finds the proof of a link without using it.
func (d *Desk) look(ctx context.Context, r db.Reader, token, purpose string, now time.Time) (*Proof, error) {
	const idLength = 22
	if len(token) != 2*idLength {
		return nil, errLink
	}
	given, err := base64.RawURLEncoding.Strict().DecodeString(token[idLength:])
	if err != nil {
		return nil, errLink
	}
	if subtle.ConstantTimeCompare(given, mac(d.keys.proof, purpose, token[:idLength])[:16]) != 1 {
		return nil, errLink
	}
	p, err := db.One(ctx, r, scanProof(now), selectProofs+` WHERE public_id = $1 AND purpose = $2`, token[:idLength], purpose)
	if errors.Is(err, db.ErrNoRows) || err == nil && (!p.Open || p.Login == 0) {
		return nil, errLink
	}
	return &p, err
}

// use marks a proof; of two who try, one succeeds.
func use(ctx context.Context, tx *db.Tx, p *Proof, now time.Time) error {
	return db.MustChange(ctx, tx, errLink, `UPDATE proofs SET used_at = $1 WHERE id = $2 AND used_at IS NULL`, clock.Micros(now), p.ID)
}

// endProofs uses up every link and code of a login that still serves: whoever
// could read the mailbox or knew the password before must not come in by them.
// The link by which the owner says that it was not him stays.
func endProofs(ctx context.Context, tx *db.Tx, login int64, now time.Time) error {
	_, err := db.Exec(ctx, tx, `UPDATE proofs SET used_at = $1 WHERE login_id = $2 AND used_at IS NULL AND purpose <> $3`, clock.Micros(now), login, forNotMe)
	return err
}

var errCode = errs.Field("code", "auth.code_wrong")

// tryCode counts a try and returns the proof when the code is right. A proof
// that belongs to nobody, is over, used or tried too often has no right code.
func (d *Desk) tryCode(ctx context.Context, form, purpose, code string, now time.Time) (*Proof, error) {
	var p Proof
	err := d.DB.Write(ctx, func(tx *db.Tx) error {
		var err error
		p, err = db.One(ctx, tx, scanProof(now), `UPDATE proofs SET tries = tries + 1 WHERE public_id = $1 AND purpose = $2 AND tries < $3
			RETURNING id, public_id, purpose, COALESCE(login_id, 0), COALESCE(session_id, 0), email, phone, language, expires_at, used_at IS NULL`, form, purpose, maxTries)
		if errors.Is(err, db.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	want := d.Code(&Proof{PublicID: form, Purpose: purpose})
	if subtle.ConstantTimeCompare([]byte(code), []byte(want)) != 1 || p.ID == 0 || !p.Open {
		return nil, errCode
	}
	return &p, nil
}

// notify tells the owner of a login what was done to it, where letters went
// until now, with a link by which he says that it was not him; see NotMe.
func notify(ctx context.Context, tx *db.Tx, l *Login, event string, now time.Time) error {
	return notifyAt(ctx, tx, l, l.reach(), event, now)
}

func notifyAt(ctx context.Context, tx *db.Tx, l *Login, to Address, event string, now time.Time) error {
	p := &Proof{Purpose: forNotMe, Login: l.ID, Address: to}
	if err := issue(ctx, tx, p, notMeLife, now); err != nil {
		return err
	}
	return job.Enqueue(ctx, tx, JobNotice, NoticeJob{Login: l.ID, Event: event, Proof: p.ID}, now)
}

// tellBoth tells of a changed address. The old one gets the link that takes it
// back, because whoever changed it against the owner's will reads the new one.
func tellBoth(ctx context.Context, tx *db.Tx, l *Login, old Address, event string, now time.Time) error {
	if !old.IsZero() {
		if err := notifyAt(ctx, tx, l, old, event, now); err != nil {
			return err
		}
	}
	if reach := l.reach(); reach != old {
		return notifyAt(ctx, tx, l, reach, event, now)
	}
	return job.Enqueue(ctx, tx, JobNotice, NoticeJob{Login: l.ID, Event: event}, now)
}

// KeepEnded is how many days sessions, links and codes are kept after they are over.
const KeepEnded = 7

// served says which rows have served, and how long after that they go. Parents
// that a row still needs stand after it.
var served = []struct {
	table, key, where string
	after             time.Duration
}{
	{"registrations", "proof_id", `proof_id IN (SELECT id FROM proofs WHERE expires_at < $1 OR used_at < $1)`, day},
	{"email_changes", "login_id", `created_at < $1`, day},
	{"proofs", "id", `COALESCE(used_at, expires_at) < $1 AND NOT EXISTS (SELECT 1 FROM registrations r WHERE r.proof_id = proofs.id)
		AND NOT EXISTS (SELECT 1 FROM email_changes c WHERE c.new_proof = proofs.id OR c.old_proof = proofs.id)`, KeepEnded * day},
	{"sessions", "id", `COALESCE(ended_at, expires_at) < $1`, KeepEnded * day},
	{"throttles", "key", `since < $1 AND until < $1`, day},
	{"passkey_challenges", "id", `expires_at < $1`, 0},
	{"api_tokens", "id", `expires_at < $1`, KeepEnded * day},
}

// Purge deletes what has served: proofs and sessions a week after their end,
// registrations that nobody finished, and counts that are over.
func (d *Desk) Purge(ctx context.Context, now time.Time) error {
	for _, s := range served {
		if _, err := d.DB.DeleteInTurns(ctx, s.table, s.key, s.where, clock.Micros(now.Add(-s.after))); err != nil {
			return err
		}
	}
	return nil
}

// Outlived counts, by table, the rows that a purge at that time would delete.
func Outlived(ctx context.Context, r db.Reader, at time.Time) (map[string]int64, error) {
	out := map[string]int64{}
	for _, s := range served {
		n, err := db.One(ctx, r, db.Int, "SELECT count(*) FROM "+s.table+" WHERE "+s.where, clock.Micros(at.Add(-s.after)))
		if err != nil {
			return nil, err
		}
		out[s.table] = n
	}
	return out, nil
}
