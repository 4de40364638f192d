package mail

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"aromart/internal/kit/contact"
)

// Target names letters: those to one of the addresses that mention one of the
// texts, such as an order's number; without a text, all that went there.
type Target struct {
	Emails   []contact.Email
	Phones   []contact.Phone
	Mentions []string
}

// Forget deletes the mails and short messages of the data directory's outbox
// that a target names, and returns how many it deleted.
func Forget(ctx context.Context, dir string, targets ...Target) (int, error) {
	folder := filepath.Join(dir, OutboxName)
	files, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) || len(targets) == 0 {
		return 0, nil
	}
	deleted := 0
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return deleted, err
		}
		name := filepath.Join(folder, f.Name())
		data, e := os.ReadFile(name)
		if errors.Is(e, fs.ErrNotExist) { // purged meanwhile
			continue
		}
		if e == nil && slices.ContainsFunc(targets, func(t Target) bool { return t.names(f.Name(), data) }) {
			if e = os.Remove(name); e == nil || errors.Is(e, fs.ErrNotExist) {
				deleted, e = deleted+1, nil
			}
		}
		err = errors.Join(err, e)
	}
	return deleted, err
}

// names looks at a file of the outbox.
func (t Target) names(file string, data []byte) bool {
	if strings.HasSuffix(file, ".txt") {
		to, _, _ := strings.Cut(strings.TrimPrefix(string(data), "To: "), "\n")
		return slices.ContainsFunc(t.Phones, func(p contact.Phone) bool { return p.Reveal() == to }) && says(data, t.Mentions)
	}
	addresses := map[string]bool{}
	for _, e := range t.Emails {
		if a, err := recipient(e); err == nil {
			addresses[strings.ToLower(a)] = true
		}
	}
	return len(addresses) > 0 && goesTo(data, addresses) && says(data, t.Mentions)
}

func goesTo(data []byte, addresses map[string]bool) bool {
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return false
	}
	to, err := m.Header.AddressList("To")
	return err == nil && slices.ContainsFunc(to, func(a *mail.Address) bool { return addresses[strings.ToLower(a.Address)] })
}

// says looks for a text in a mail as it is written for the wire: lines are folded.
func says(data []byte, mentions []string) bool {
	whole := bytes.ReplaceAll(data, []byte("=\r\n"), nil)
	return len(mentions) == 0 || slices.ContainsFunc(mentions, func(m string) bool { return bytes.Contains(whole, []byte(m)) })
}
