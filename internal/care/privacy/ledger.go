package privacy

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
)

// LedgerFile is the file in the data directory that lists erasures outside the
// database. A restored backup knows nothing of an erasure that came after it;
// Replay carries it out again before anybody is served. An erasure is written
// down after it was taken up for good and before its rows go: whatever moment a
// crash chooses, no row is gone of which the ledger says nothing, and nobody is
// in the ledger who changed his mind.
const LedgerFile = "erasures.log"

// ledgerLine is one erasure: pseudonymous ids and a time.
type ledgerLine struct {
	Number  string    `json:"number"` // of the request and its receipt
	At      time.Time `json:"at"`
	Orders  []string  `json:"orders"` // public ids, which another database cannot share by chance
	Login   string    `json:"login,omitempty"`
	Sellers []int64   `json:"sellers,omitempty"`
}

func ledgerEntry(ctx context.Context, r db.Reader, s Subject, number string, now time.Time) (ledgerLine, error) {
	l := ledgerLine{Number: number, At: now.UTC(), Sellers: s.Sellers}
	var err error
	l.Orders, err = db.All(ctx, r, db.String, `SELECT public_id FROM orders WHERE id IN (`+db.In(r, 1)+`) ORDER BY id`, db.IDs(s.Orders))
	if err == nil && s.Login != 0 {
		l.Login, err = db.One(ctx, r, db.String, `SELECT public_id FROM logins WHERE id = $1`, s.Login)
		if errors.Is(err, db.ErrNoRows) { // a second try
			err = nil
		}
	}
	return l, err
}

// covers reports that a line already says what another one would add: the same
// request, and nobody more.
func (l ledgerLine) covers(other ledgerLine) bool {
	return l.Number == other.Number && (other.Login == "" || l.Login == other.Login) &&
		!slices.ContainsFunc(other.Orders, func(id string) bool { return !slices.Contains(l.Orders, id) }) &&
		!slices.ContainsFunc(other.Sellers, func(id int64) bool { return !slices.Contains(l.Sellers, id) })
}

// ledgerLock keeps two erasures of this process from writing at once.
var ledgerLock sync.Mutex

// appendLedger writes a line down, durably, unless it stands there: an erasure
// that is tried again is still one. Half a line that a power cut left is closed
// first, so that nothing is glued to it.
func appendLedger(dir string, l ledgerLine) error {
	raw, err := json.Marshal(l)
	if err != nil {
		return err
	}
	ledgerLock.Lock()
	defer ledgerLock.Unlock()
	path := filepath.Join(dir, LedgerFile)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("privacy: the ledger of erasures: %w", err)
	}
	defer f.Close()
	written, err := readLedger(f)
	if err != nil {
		return fmt.Errorf("privacy: the ledger of erasures: %w", err)
	}
	if slices.ContainsFunc(written, func(have ledgerLine) bool { return have.covers(l) }) {
		return nil
	}
	if info, err := f.Stat(); err == nil && info.Size() > 0 {
		var last [1]byte
		if _, err := f.ReadAt(last[:], info.Size()-1); err != nil {
			return err
		}
		if last[0] != '\n' {
			raw = append([]byte{'\n'}, raw...)
		}
	}
	if _, err := f.Write(append(raw, '\n')); err != nil {
		return fmt.Errorf("privacy: the ledger of erasures: %w", err)
	}
	if err := f.Sync(); err != nil {
		return err
	}
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// readLedger reads all whole lines. Half a line was never an erasure.
func readLedger(r io.Reader) ([]ledgerLine, error) {
	var out []ledgerLine
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var l ledgerLine
		if json.Unmarshal(lines.Bytes(), &l) == nil && l.Number != "" {
			out = append(out, l)
		}
	}
	return out, lines.Err()
}

// Replay carries out again every erasure of the ledger in a database that was
// restored from a backup, and returns how many of them found something left.
// Doing it twice changes nothing more. A missing file lists no erasure.
func Replay(ctx context.Context, d *db.DB, file string) (n int, err error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	lines, err := readLedger(f)
	if err != nil {
		return 0, fmt.Errorf("privacy: the ledger of erasures: %w", err)
	}
	for _, l := range lines {
		found := false
		err := d.Write(ctx, func(tx *db.Tx) error {
			s, err := l.subject(ctx, tx)
			if err != nil || s.IsZero() {
				return err
			}
			if err := seller.NoteOwnerless(ctx, tx, system, s.Login, l.At); err != nil {
				return err
			}
			erased, err := s.eraseRows(ctx, tx, l.At)
			found = len(erased) > 0
			if err != nil {
				return err
			}
			return replayed(ctx, tx, l)
		})
		if err != nil {
			return n, fmt.Errorf("privacy: replay of %s: %w", l.Number, err)
		}
		if found {
			n++
		}
	}
	if len(lines) == 0 {
		return 0, nil
	}
	return n, d.Scrub(ctx, touched()...) // also when nothing was left: an earlier replay may have ended before this
}

func (l ledgerLine) subject(ctx context.Context, r db.Reader) (s Subject, err error) {
	list, err := json.Marshal(append([]string{}, l.Orders...)) // an empty list where there are none, which PostgreSQL can read
	if err != nil {
		return s, err
	}
	s.Sellers = l.Sellers
	s.Orders, err = db.All(ctx, r, db.Int, `SELECT id FROM orders WHERE public_id IN (`+db.InText(r, 1)+`) ORDER BY id`, string(list))
	if err == nil && l.Login != "" {
		s.Login, err = db.One(ctx, r, db.Int, `SELECT COALESCE(max(id), 0) FROM logins WHERE public_id = $1`, l.Login)
	}
	return s, err
}
