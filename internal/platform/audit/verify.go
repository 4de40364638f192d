package audit

import (
	"context"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"aromart/internal/kit/clock"
	"aromart/internal/platform/db"
)

// What may be wrong with a log.
const (
	Changed = "changed" // the row is not the one that was sealed
	Missing = "missing" // there is no row of this number
	Cut     = "cut"     // this row and those after it are gone, though they were sealed or numbered
	Hash    = "hash"    // the row is right, a stored hash is not
	Head    = "head"    // a head is false, unreadable, or was taken away
)

// Report is what Verify found.
type Report struct {
	Sealed   int64 // rows that a head vouches for
	Unsealed int64 // rows recorded since: nothing vouches for them yet
	Heads    int   // heads that were checked, in the database and outside
	Outside  int64 // rows that a head from outside vouches for; later ones could be cut off unseen
	Bad      *Bad  // the first thing that is wrong; nil if all is well
}

// Bad is the first row that is wrong.
type Bad struct {
	Seq  int64 // number of the row
	UpTo int64 // the fault lies in Seq to UpTo, where the hashes were rewritten with the rows; else it is Seq
	What string
	Note string // for a person
}

func (b Bad) String() string {
	if b.UpTo > b.Seq {
		return fmt.Sprintf("rows %d to %d: %s: %s", b.Seq, b.UpTo, b.What, b.Note)
	}
	return fmt.Sprintf("row %d: %s: %s", b.Seq, b.What, b.Note)
}

// Verify computes the whole log anew and compares it with every head: those in
// the database, and those read from outside, such as HeadsFile or a checkpoint.
// publicKey is that of PublicKey.
func Verify(ctx context.Context, d *db.DB, publicKey string, outside ...io.Reader) (Report, error) {
	verifier, err := note.NewVerifier(publicKey)
	if err != nil {
		return Report{}, fmt.Errorf("audit: the public key is not understood: %w", err)
	}
	v := &verification{db: d, verifier: verifier, heads: map[int64][]head{}}
	if err := v.read(ctx, outside); err != nil {
		return Report{}, err
	}
	if err := v.walk(ctx); err != nil {
		return Report{}, err
	}
	v.Unsealed, err = db.One(ctx, d, db.Int, `SELECT count(*) FROM audit_entries WHERE seq IS NULL OR seq > $1`, v.largest)
	v.Sealed = min(v.largest, v.tree.size)
	return v.Report, err
}

type verification struct {
	Report
	db       *db.DB
	verifier note.Verifier
	heads    map[int64][]head // by size
	largest  int64            // size of the largest head
	numbered int64            // rows that were given a number before the walk
	hashes   int64            // stored hashes before the walk
	tree     tree
	good     int64 // rows up to here have the root that was signed
	suspect  *Bad  // first stored hash that differs from the computed one
	lie      *Bad  // first head that cannot be trusted
}

// bad keeps the first fault.
func (v *verification) bad(b Bad) {
	if v.Bad == nil {
		v.Bad = &b
	}
}

// read collects the heads. The order matters while others seal: hashes before
// heads before rows, so that nothing that is read later can be missing.
func (v *verification) read(ctx context.Context, outside []io.Reader) (err error) {
	if v.hashes, err = db.One(ctx, v.db, db.Int, `SELECT count(*) FROM audit_hashes`); err != nil {
		return err
	}
	if v.numbered, err = sequence.Last(ctx, v.db); err != nil {
		return err
	}
	for _, r := range outside {
		heads, faults, err := readHeads(r, v.verifier)
		if err != nil {
			return err
		}
		for _, f := range faults {
			v.lies(Bad{What: Head, Note: "a head from outside: " + f})
		}
		for _, h := range heads {
			v.vouch(h)
			v.Outside = max(v.Outside, h.size)
		}
	}
	type stored struct {
		size, at int64
		note     string
	}
	rows, err := db.All(ctx, v.db, func(rows *db.Rows, s *stored) error { return rows.Scan(&s.size, &s.note, &s.at) },
		`SELECT size, note, at FROM audit_heads ORDER BY size`)
	for _, s := range rows {
		h, err := openHead(s.note, v.verifier)
		if err == nil && (h.size != s.size || clock.Micros(h.at) != s.at) {
			err = fmt.Errorf("its row says %d rows at %d", s.size, s.at)
		}
		if err != nil {
			v.lies(Bad{Seq: s.size, What: Head, Note: "a head in the database: " + err.Error()})
			continue
		}
		v.vouch(h)
	}
	return err
}

func (v *verification) lies(b Bad) {
	if v.lie == nil {
		v.lie = &b
	}
}

func (v *verification) vouch(h head) {
	v.heads[h.size] = append(v.heads[h.size], h)
	v.largest = max(v.largest, h.size)
	v.Heads++
}

// walk goes through the rows and stops at the first that is wrong. Faults that
// leave the rows right (a stored hash, a false head) are named when no row is.
func (v *verification) walk(ctx context.Context) error {
	v.compare() // heads of no rows
	for v.Bad == nil {
		more, err := v.batch(ctx)
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	if v.Bad != nil {
		return nil
	}
	if v.suspect != nil {
		v.bad(*v.suspect)
	}
	if v.lie != nil {
		v.bad(*v.lie)
	}
	if want := storedCount(v.largest); v.hashes > want {
		v.bad(Bad{Seq: v.largest + 1, What: Head, Note: "hashes are stored for rows that no head vouches for: a head was taken away"})
	}
	return nil
}

const walkBatch = 1000

// batch checks the next rows, and whether any are missing behind the last one.
func (v *verification) batch(ctx context.Context) (more bool, err error) {
	rows, err := db.All(ctx, v.db, scanRow, selectRows, v.tree.size, walkBatch)
	if err != nil {
		return false, err
	}
	if len(rows) == 0 {
		if last := max(v.largest, v.numbered); last > v.tree.size {
			v.bad(Bad{Seq: v.tree.size + 1, UpTo: last, What: Cut, Note: fmt.Sprintf("the log had %d rows and ends after %d", last, v.tree.size)})
		}
		return false, nil
	}
	first := storedCount(v.tree.size)
	hashes, err := db.All(ctx, v.db, scanStored, `SELECT position, hash FROM audit_hashes WHERE position >= $1 AND position < $2 ORDER BY position`,
		first, storedCount(v.tree.size+int64(len(rows))))
	if err != nil {
		return false, err
	}
	stored := make(map[int64]tlog.Hash, len(hashes))
	for _, h := range hashes {
		stored[h.position] = h.hash
	}
	position := first
	for _, r := range rows {
		if r.seq != v.tree.size+1 {
			v.bad(Bad{Seq: v.tree.size + 1, What: Missing, Note: fmt.Sprintf("the next row is %d", r.seq)})
			return false, nil
		}
		sealed := r.seq <= v.largest
		for level, h := range v.tree.add(r.leaf()) { // of this row, of the two up to it, of the four …
			if was, found := stored[position]; sealed && v.suspect == nil && (!found || was != h) {
				v.suspect = &Bad{Seq: r.seq + 1 - 1<<level, UpTo: r.seq, What: Hash, Note: "the rows are as they were sealed, but a hash stored for them is not"}
			}
			position++
		}
		if v.compare(); v.Bad != nil {
			return false, nil
		}
	}
	return true, nil
}

type storedHash struct {
	position int64
	hash     tlog.Hash
}

func scanStored(rows *db.Rows, s *storedHash) error {
	var b []byte
	if err := rows.Scan(&s.position, &b); err != nil {
		return err
	}
	if len(b) == tlog.HashSize {
		copy(s.hash[:], b)
	}
	return nil
}

// compare holds the tree against the heads of its size. Where the root differs,
// the fault lies behind the last size whose root was right; a stored hash that
// differs there names the row.
func (v *verification) compare() {
	for _, h := range v.heads[v.tree.size] {
		if v.tree.root() == h.root {
			v.good = v.tree.size
			continue
		}
		b := Bad{Seq: v.good + 1, UpTo: v.tree.size, What: Changed, Note: "the row is not the one that was sealed"}
		if v.suspect != nil && v.suspect.UpTo > v.good {
			b.Seq, b.UpTo = max(b.Seq, v.suspect.Seq), v.suspect.UpTo
		}
		v.bad(b)
		return
	}
}
