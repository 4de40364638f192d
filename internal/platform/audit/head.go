package audit

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"aromart/internal/platform/db"
	"aromart/internal/platform/secrets"
)

// HeadsFile is the file in the data directory that keeps the heads outside the database.
const HeadsFile = "audit-heads.log"

// Origin is the first line of each head.
const Origin = "aromart audit"

// head says: the first size rows have this root. Signed, it is a note of five
// lines that can be mailed, printed or posted.
type head struct {
	size int64
	root tlog.Hash
	at   time.Time
	text string // the signed note
}

func (h head) body() string {
	return fmt.Sprintf("%s\n%d\n%s\n%s\n", Origin, h.size, h.root, h.at.UTC().Format(time.RFC3339Nano))
}

// keys derives the signing key. Its name carries the id of the master key, so
// that a head of another installation is recognised as such.
func keys(m secrets.Master) (note.Signer, note.Verifier, error) {
	seed := m.Key("audit signing")
	private := ed25519.NewKeyFromSeed(seed)
	name := "aromart-audit-" + m.ID()
	public, err := note.NewEd25519VerifierKey(name, private.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, nil, err
	}
	_, rest, _ := strings.Cut(public, "+")
	hash, _, _ := strings.Cut(rest, "+")
	const ed25519Kind = 1
	signer, err := note.NewSigner("PRIVATE+KEY+" + name + "+" + hash + "+" + base64.StdEncoding.EncodeToString(append([]byte{ed25519Kind}, seed...)))
	if err != nil {
		return nil, nil, err
	}
	verifier, err := note.NewVerifier(public)
	return signer, verifier, err
}

// PublicKey is what somebody outside needs to verify heads: NAME+HASH+KEY.
func PublicKey(m secrets.Master) string {
	public, err := note.NewEd25519VerifierKey("aromart-audit-"+m.ID(), ed25519.NewKeyFromSeed(m.Key("audit signing")).Public().(ed25519.PublicKey))
	if err != nil {
		panic(err) // only for a name that is no name
	}
	return public
}

func sign(h head, signer note.Signer) (head, error) {
	text, err := note.Sign(&note.Note{Text: h.body()}, signer)
	h.text = string(text)
	return h, err
}

// openHead verifies the signature and reads what was signed.
func openHead(text string, verifier note.Verifier) (head, error) {
	n, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		return head{}, err
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 5 || lines[0] != Origin {
		return head{}, errors.New("no head of an audit log")
	}
	h := head{text: text}
	var failed [3]error
	h.size, failed[0] = strconv.ParseInt(lines[1], 10, 64)
	h.root, failed[1] = tlog.ParseHash(lines[2])
	h.at, failed[2] = time.Parse(time.RFC3339Nano, lines[3])
	if err := errors.Join(failed[:]...); err != nil || h.size < 0 {
		return head{}, fmt.Errorf("no head of an audit log: %w", err)
	}
	return h, nil
}

// lastHead is the newest head in the database; the zero head of an empty log.
func lastHead(ctx context.Context, r db.Reader, verifier note.Verifier) (head, error) {
	text, err := db.One(ctx, r, db.String, `SELECT note FROM audit_heads ORDER BY size DESC LIMIT 1`)
	if errors.Is(err, db.ErrNoRows) {
		return head{}, nil
	}
	if err != nil {
		return head{}, err
	}
	h, err := openHead(text, verifier)
	if err != nil {
		return head{}, fmt.Errorf("audit: the last head: %w", err)
	}
	return h, nil
}

// readHeads reads a file of notes. A note that is not ours is returned as a
// fault: evidence that cannot be read is no evidence of health. Half a note at
// the end is what a power cut leaves; nothing but half a note is a fault.
func readHeads(r io.Reader, verifier note.Verifier) (heads []head, faults []string, err error) {
	var text strings.Builder
	lines := bufio.NewScanner(r)
	for number := 1; lines.Scan(); number++ {
		line := lines.Text()
		if line == "" && text.Len() == 0 {
			continue
		}
		text.WriteString(line + "\n")
		if !strings.HasPrefix(line, "— ") {
			continue
		}
		h, err := openHead(text.String(), verifier)
		if err != nil {
			faults = append(faults, fmt.Sprintf("line %d: %v", number, err))
		} else {
			heads = append(heads, h)
		}
		text.Reset()
	}
	if text.Len() > 0 && len(heads) == 0 {
		faults = append(faults, "the head is not whole")
	}
	return heads, faults, lines.Err()
}

// whole is the length of the complete notes of a file.
func whole(data string) int {
	end, at := 0, 0
	for line := range strings.Lines(data) {
		at += len(line)
		if strings.HasPrefix(line, "— ") && strings.HasSuffix(line, "\n") || line == "\n" && at == end+1 {
			end = at
		}
	}
	return end
}

// outside is the file of heads beside the database.
type outside struct {
	path string
	last head // the newest head that it holds
}

func openOutside(dir string, verifier note.Verifier) (*outside, error) {
	o := &outside{path: filepath.Join(dir, HeadsFile)}
	data, err := os.ReadFile(o.path)
	if errors.Is(err, os.ErrNotExist) {
		return o, nil
	}
	if err != nil {
		return nil, err
	}
	// A power cut may leave half a note. It was never a head; what follows must not be glued to it.
	if n := whole(string(data)); n < len(data) {
		if err := os.Truncate(o.path, int64(n)); err != nil {
			return nil, err
		}
		data = data[:n]
	}
	heads, faults, err := readHeads(strings.NewReader(string(data)), verifier)
	if err == nil && len(faults) > 0 {
		err = errors.New(faults[0])
	}
	if err != nil {
		return nil, fmt.Errorf("audit: %s: %w", o.path, err)
	}
	for _, h := range heads {
		if h.size >= o.last.size {
			o.last = h
		}
	}
	return o, nil
}

// append writes a head down, durably.
func (o *outside) append(h head) error {
	f, err := os.OpenFile(o.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(h.text + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		o.last = h
	}
	return err
}
