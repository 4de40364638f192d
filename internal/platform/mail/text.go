package mail

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"aromart/internal/kit/contact"
	"aromart/internal/platform/durable"
)

// TextMessage is a short message to one phone.
type TextMessage struct {
	To   contact.Phone
	Text string
	ID   string // the same at a second try
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

type texts struct{ root *os.Root }

func (t *texts) SendText(ctx context.Context, m TextMessage) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := durable.Write(t.root, m.ID+".txt", fmt.Appendf(nil, "To: %s\n\n%s\n", m.To.Reveal(), m.Text)); err != nil {
		return fmt.Errorf("text message %s: %w", m.ID, err)
	}
	return nil
}
