package mail

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"time"

	"aromart/internal/platform/durable"
)

// OutboxName is the folder inside the data directory.
const OutboxName = "outbox"

// outbox writes each mail into a file of its own. The name is the Message-ID,
// so that a second try replaces the first and a listing is in the order of the jobs.
type outbox struct {
	from *mail.Address
	root *os.Root
}

func openOutbox(dir string, from *mail.Address) (Sender, error) {
	path := filepath.Join(dir, OutboxName)
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the outbox for mails: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("cannot open the outbox for mails: %w", err)
	}
	return &outbox{from, root}, nil
}

func (o *outbox) Send(ctx context.Context, m Message) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	data, err := write(m, o.from)
	if err != nil {
		return err
	}
	if err := durable.Write(o.root, FileName(m.MessageID), data); err != nil {
		return fmt.Errorf("mail %s: %w", m.MessageID, err)
	}
	return nil
}

// FileName is the name of a mail's file in the outbox.
func FileName(messageID string) string {
	local, _, _ := strings.Cut(messageID, "@")
	return local + ".eml"
}

// PurgeOutbox deletes the mails and short messages of the data directory that
// were written longer ago than they are kept, and short messages whose code is
// over. A directory without an outbox has none.
func PurgeOutbox(ctx context.Context, dir string, keep time.Duration, now time.Time) error {
	files, err := os.ReadDir(filepath.Join(dir, OutboxName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, f := range files {
		info, e := f.Info()
		if e != nil || !info.Mode().IsRegular() || info.ModTime().After(now.Add(-keep)) && !outlived(f.Name(), now) {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		err = errors.Join(err, os.Remove(filepath.Join(dir, OutboxName, f.Name())))
	}
	return err
}
