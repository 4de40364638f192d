package privacy

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/market"
	"aromart/internal/platform/db"
	"aromart/internal/platform/mail"
	"aromart/internal/trade/order"
)

// Receipt says what an erasure did and what it had to leave. It names nobody.
type Receipt struct {
	Number string    `json:"number"`
	At     time.Time `json:"at"`
	Orders int       `json:"orders"`
	Erased []Erased  `json:"erased"`
	Files  int       `json:"files"` // mails of the outbox and archives
	Kept   []Kept    `json:"kept"`
	Log    string    `json:"log"` // what the database's own log keeps: message id "privacy.log." + Log
}

// Erased is what happened to one table.
type Erased struct {
	Table   string            `json:"table"`
	Kinds   []policy.Category `json:"kinds"`
	Rows    int64             `json:"rows"`
	Deleted bool              `json:"deleted"` // the rows are gone; else the values were emptied
}

// Kept is a kind of data that stays, with the reason and the day on which it goes.
type Kept struct {
	Kind  policy.Category  `json:"kind"`
	Why   policy.Retention `json:"why"`   // message id "privacy.keep." + Why
	Until time.Time        `json:"until"` // zero: as long as the thing it belongs to
}

func erasable(c policy.Column) bool { return c.Personal() && c.OnErase == policy.Blank }

func deletable(c policy.Column) bool { return c.OnErase == policy.Delete }

// eraseRows carries the column map out: it deletes the rows and empties the
// values of the subject in every table, children first.
func (s Subject) eraseRows(ctx context.Context, tx *db.Tx, now time.Time) ([]Erased, error) {
	out, err := s.apply(ctx, tx, func(policy.Column) bool { return true })
	if err != nil {
		return nil, err
	}
	if s.Login != 0 {
		if err := order.Detach(ctx, tx, s.Login); err != nil {
			return nil, err
		}
	}
	return out, order.Forgotten(ctx, tx, s.Orders, now)
}

// apply does what the map says to the columns that take chooses.
func (s Subject) apply(ctx context.Context, tx *db.Tx, take func(policy.Column) bool) ([]Erased, error) {
	nullable, err := db.Nullable(ctx, tx)
	if err != nil {
		return nil, err
	}
	var out []Erased
	for _, p := range slices.Backward(paths) {
		columns := columnsOf(p.table, func(c policy.Column) bool { return deletable(c) && take(c) })
		remove := len(columns) > 0
		if !remove {
			columns = columnsOf(p.table, func(c policy.Column) bool { return erasable(c) && take(c) })
		}
		if len(columns) == 0 {
			continue
		}
		where, args := s.bind(tx, p.where, 1)
		if p.keep != "" {
			where += " AND NOT (" + p.keep + ")"
		}
		text := "DELETE FROM " + p.table + " WHERE " + where
		if !remove {
			text = "UPDATE " + p.table + " SET " + emptied(columns, nullable) + " WHERE (" + where + ") AND (" + filled(columns, nullable) + ")"
		}
		n, err := db.Exec(ctx, tx, text, args...)
		if err != nil {
			return nil, fmt.Errorf("privacy: erase %s: %w", p.table, err)
		}
		if n > 0 {
			out = append(out, Erased{p.table, categories(columns), n, remove})
		}
	}
	slices.Reverse(out)
	return out, nil
}

// emptied sets every column to nothing; NULL where the schema allows it, so
// that a unique column takes more than one of them.
func emptied(columns []policy.Column, nullable map[string]bool) string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.Column + " = ''"
		if nullable[c.Table+"."+c.Column] {
			out[i] = c.Column + " = NULL"
		}
	}
	return strings.Join(out, ", ")
}

// filled finds rows that still hold something.
func filled(columns []policy.Column, nullable map[string]bool) string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.Column + " <> ''"
		if nullable[c.Table+"."+c.Column] {
			out[i] = c.Column + " IS NOT NULL"
		}
	}
	return strings.Join(out, " OR ")
}

// touched lists the tables that an erasure writes, for the vacuum of PostgreSQL.
func touched() []string {
	var out []string
	for _, p := range paths {
		if len(columnsOf(p.table, func(c policy.Column) bool { return erasable(c) || deletable(c) })) > 0 {
			out = append(out, p.table)
		}
	}
	return out
}

// kept says from the column map what of the subject stays and until when.
func (s Subject) kept(ctx context.Context, r db.Reader, m *market.Profile, now time.Time) ([]Kept, error) {
	newest, err := db.One(ctx, r, db.Int, `SELECT COALESCE(max(placed_at), 0) FROM orders WHERE id IN (`+db.In(r, 1)+`)`, db.IDs(s.Orders))
	if err != nil {
		return nil, err
	}
	var out []Kept
	for _, p := range paths {
		stays := columnsOf(p.table, func(c policy.Column) bool {
			return c.Personal() && (c.OnErase == policy.Keep || p.keep != "") && c.Retention != policy.AuditForever
		})
		if len(stays) == 0 {
			continue
		}
		where, args := s.bind(r, p.where, 1)
		n, err := db.One(ctx, r, db.Int, `SELECT count(*) FROM `+p.table+` WHERE `+where, args...)
		if err != nil {
			return nil, err
		}
		for _, c := range stays {
			k := Kept{Kind: c.Category, Why: c.Retention}
			switch c.Retention {
			case policy.OrderBookDays:
				k.Until = clock.FromMicros(newest).AddDate(0, 0, m.Retention.OrderBooks)
			case policy.PrivacyProofDays:
				k.Until = now.AddDate(0, 0, m.Retention.PrivacyProof)
			}
			if c.Retention == policy.OrderContactDays || n == 0 && c.Retention != policy.PrivacyProofDays || slices.Contains(out, k) {
				continue
			}
			out = append(out, k)
		}
	}
	return out, nil
}

// letters are those of the outbox that went to the person: about one of these
// orders, with a link or code that he asked for, and to his login all of them.
func (s Subject) letters(ctx context.Context, r db.Reader) ([]mail.Target, error) {
	emails := func(query string, args ...any) ([]contact.Email, error) {
		return db.All(ctx, r, func(rows *db.Rows, e *contact.Email) error { return rows.Scan(e) }, query, args...)
	}
	var of mail.Target
	var err error
	if of.Emails, err = emails(`SELECT DISTINCT email FROM order_contacts WHERE email <> '' AND order_id IN (`+db.In(r, 1)+`)`, db.IDs(s.Orders)); err != nil {
		return nil, err
	}
	if of.Mentions, err = db.All(ctx, r, db.String, `SELECT number FROM orders WHERE id IN (`+db.In(r, 1)+`)`, db.IDs(s.Orders)); err != nil {
		return nil, err
	}
	var out []mail.Target
	if len(of.Mentions) > 0 {
		out = append(out, of)
	}
	if s.Login == 0 {
		return out, nil
	}
	var own, typed mail.Target
	if own.Emails, err = emails(`SELECT email FROM logins WHERE id = $1 AND email <> ''`, s.Login); err != nil {
		return nil, err
	}
	if own.Phones, err = db.All(ctx, r, func(rows *db.Rows, p *contact.Phone) error { return rows.Scan(p) }, `SELECT phone FROM logins WHERE id = $1 AND phone <> ''`, s.Login); err != nil {
		return nil, err
	}
	if typed.Emails, err = emails(`SELECT DISTINCT email FROM proofs WHERE login_id = $1 AND email <> ''`, s.Login); err != nil {
		return nil, err
	}
	typed.Mentions, err = db.All(ctx, r, db.String, `SELECT public_id FROM proofs WHERE login_id = $1`, s.Login)
	if len(typed.Mentions) > 0 {
		out = append(out, typed)
	}
	return append(out, own), err
}

// forgetFiles deletes letters of the outbox, and the archives of copies.
func (k *Keeper) forgetFiles(ctx context.Context, letters []mail.Target, archives []string) (int, error) {
	n, err := mail.Forget(ctx, k.Dir, letters...)
	for _, id := range archives {
		if err == nil {
			err = removeArchive(k.Dir, id)
		}
	}
	return n + len(archives), err
}

func (s Subject) archives(ctx context.Context, r db.Reader) ([]string, error) {
	where, args := s.bind(r, "request_id IN ("+requestsOf+")", 1)
	return db.All(ctx, r, db.String, `SELECT public_id FROM privacy_exports WHERE `+where, args...)
}

// erase carries out what start took up and the ledger says: files, rows, and the
// disk. Files go first and once more afterwards, so that neither a crash nor a
// letter that is just being written leaves one behind.
func (k *Keeper) erase(ctx context.Context, q *Request, all, s Subject, whole bool, now time.Time) error {
	letters, err := s.letters(ctx, k.DB)
	if err != nil {
		return err
	}
	archives, err := s.archives(ctx, k.DB)
	if err != nil {
		return err
	}
	files, err := k.forgetFiles(ctx, letters, archives)
	if err != nil {
		return err
	}
	err = k.DB.Write(ctx, func(tx *db.Tx) error {
		fresh, err := byID(ctx, tx, q.ID)
		if err != nil {
			return err
		}
		if err := k.mayGo(ctx, tx, fresh, all); err != nil {
			return err
		}
		receipt, err := k.eraseSubject(ctx, tx, s, now)
		if err != nil {
			return err
		}
		receipt.Number, receipt.Files = q.Number, files
		return k.conclude(ctx, tx, fresh, s, receipt, whole, now)
	})
	if err != nil {
		return err
	}
	if _, err := k.forgetFiles(ctx, letters, archives); err != nil {
		return err
	}
	return k.DB.Scrub(ctx, touched()...)
}

// eraseSubject erases the rows and writes the receipt of it.
func (k *Keeper) eraseSubject(ctx context.Context, tx *db.Tx, s Subject, now time.Time) (r *Receipt, err error) {
	r = &Receipt{At: now, Orders: len(s.Orders), Log: "cut"}
	if tx.Dialect() == db.Postgres {
		r.Log = "archived"
	}
	if r.Kept, err = s.kept(ctx, tx, k.Market, now); err != nil {
		return nil, err
	}
	r.Erased, err = s.eraseRows(ctx, tx, now)
	return r, err
}
