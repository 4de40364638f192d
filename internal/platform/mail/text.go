package mail

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"aromart/internal/kit/contact"
	"aromart/internal/platform/durable"
)

// TextMessage is a short message to one phone.
type TextMessage struct {
	To    contact.Phone
	Text  string
	ID    string    // the same at a second try
	Until time.Time // when a code or link in it is over, and its file goes; may be left out
}

// TextSender takes short messages over. A provider's own package makes one; it
// needs a policy that names the provider.
type TextSender interface {
	SendText(ctx context.Context, m TextMessage) error
}

// OpenTexts returns the sender that writes each message into a file of the
// outbox, for as long as no provider is chosen.
func OpenTexts(dir string) (TextSender, error) {
	path := filepath.Join(dir, OutboxName)
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the outbox for messages: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("cannot open the outbox for messages: %w", err)
	}
	return &texts{root}, nil
}

// file is the name of a message's file, which says when it goes; see outlived.
func (m TextMessage) file() string {
	if m.Until.IsZero() {
		return m.ID + ".txt"
	}
	return m.ID + untilMark + strconv.FormatInt(m.Until.Unix(), 10) + ".txt"
}

const untilMark = ".until-"

// outlived reports that the file's name says of a time that it is over.
func outlived(name string, now time.Time) bool {
	_, until, found := strings.Cut(strings.TrimSuffix(name, ".txt"), untilMark)
	seconds, err := strconv.ParseInt(until, 10, 64)
	return found && err == nil && !now.Before(time.Unix(seconds, 0))
}

type texts struct{ root *os.Root }

func (t *texts) SendText(ctx context.Context, m TextMessage) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := durable.Write(t.root, m.file(), fmt.Appendf(nil, "To: %s\n\n%s\n", m.To.Reveal(), m.Text)); err != nil {
		return fmt.Errorf("text message %s: %w", m.ID, err)
	}
	return nil
}
