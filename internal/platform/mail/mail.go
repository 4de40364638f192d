// Package mail hands finished mails over: to an SMTP server when one is
// configured, else as .eml files into the outbox directory, where the demo, a
// test or the operator can read them.
//
// What always holds: one mail has one recipient; its Message-ID comes from the
// job that sends it, so that a job that runs twice sends twice the same mail,
// which mailboxes show once; no text that a person typed can add a header or
// an address; over the network the password and the mail travel encrypted. It
// connects to nobody whom the Allow function refuses.
//
// Personal data: the recipient and what the mail says pass through; the outbox
// keeps them until PurgeOutbox.
//
// Tables: none.
package mail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"

	"aromart/internal/kit/contact"
)

// Message is a mail to one person.
type Message struct {
	To        contact.Email
	Subject   string
	Text      string
	HTML      string    // the same as a page; may be left out
	Language  string    // "si"; may be left out
	MessageID string    // see ID
	Date      time.Time // when the job was made, so that a second try is the same mail
}

// Sender takes mails over. An error means that the mail may or may not have been taken.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Options of Open.
type Options struct {
	URL     string                  // smtp://user:password@host:587 or smtps://host:465; empty for the outbox
	From    string                  // "Aromart <orders@example.com>"
	Dir     string                  // data directory; the outbox is made inside it
	Allow   func(host string) error // the door: asked before each connection
	Timeout time.Duration           // of one mail. Defaults to 30 s
}

// Check refuses what Open would not understand, before anything is made.
func (o Options) Check() error {
	_, _, err := o.read()
	return err
}

func (o Options) read() (from *mail.Address, server *url.URL, err error) {
	from, err = mail.ParseAddress(o.From)
	if err != nil || strings.ContainsFunc(o.From, unicode.IsControl) {
		return nil, nil, fmt.Errorf(`the sender of mails is not understood; write it like "Aromart <orders@example.com>"`)
	}
	if o.URL == "" {
		return from, nil, nil
	}
	server, err = url.Parse(o.URL)
	if err != nil || server.Hostname() == "" || server.Scheme != "smtp" && server.Scheme != "smtps" {
		return nil, nil, fmt.Errorf("the mail server is not understood; write it like smtp://user:password@host:587") // without the password in it
	}
	return from, server, nil
}

// Open checks the options and returns the sender they call for. It connects to nobody yet.
func Open(o Options) (Sender, error) {
	from, u, err := o.read()
	if err != nil {
		return nil, err
	}
	if u == nil {
		return openOutbox(o.Dir, from)
	}
	if o.Allow == nil {
		return nil, fmt.Errorf("mail: a server needs a door")
	}
	return newSMTP(u, from, o)
}

// ID makes the Message-ID of the mail that a job sends. The time of the job
// tells apart two databases that count from one.
func ID(job int64, made time.Time, host string) string {
	host = strings.ToLower(host)
	if ascii, err := idna.Lookup.ToASCII(host); err != nil || ascii == "" || !messageID.MatchString("a@"+ascii) {
		host = "localhost"
	} else {
		host = ascii
	}
	return fmt.Sprintf("%010d.%s@%s", job, strconv.FormatInt(made.UnixMicro(), 36), host)
}

var messageID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}@[a-z0-9.-]{1,253}$`)

// compose checks every part and writes the mail down. The same message gives
// the same bytes.
func compose(m Message, from *mail.Address) (*gomail.Msg, error) {
	to, err := recipient(m.To)
	if err != nil {
		return nil, err
	}
	if !messageID.MatchString(m.MessageID) {
		return nil, fmt.Errorf("mail: %q is no Message-ID", m.MessageID)
	}
	if strings.TrimSpace(m.Text) == "" {
		return nil, fmt.Errorf("mail %s: no text", m.MessageID)
	}
	date := m.Date
	if date.IsZero() {
		return nil, fmt.Errorf("mail %s: no date", m.MessageID)
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithBoundary(boundary(m)))
	msg.FromMailAddress(from)
	msg.ToMailAddress(&mail.Address{Address: to})
	msg.Subject(oneLine(m.Subject, 200))
	msg.SetMessageIDWithValue(m.MessageID)
	msg.SetDateWithValue(date.UTC())
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // no out-of-office answers
	if m.Language != "" {
		msg.SetGenHeader("Content-Language", oneLine(m.Language, 16))
	}
	msg.SetBodyString(gomail.TypeTextPlain, plain(m.Text))
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, plain(m.HTML))
	}
	return msg, nil
}

// boundary is the same for the same mail, and nothing that a text in it could contain.
func boundary(m Message) string {
	sum := sha256.Sum256([]byte(m.MessageID + "\x00" + m.Text + "\x00" + m.HTML))
	return "aromart_" + hex.EncodeToString(sum[:16])
}

// recipient reads the address once more: a row may hold what no parser has
// seen, and an address goes into a command of the protocol.
func recipient(e contact.Email) (string, error) {
	checked, err := contact.ParseEmail("to", e.Reveal())
	if err != nil {
		return "", fmt.Errorf("mail: recipient %v: %w", e, err)
	}
	local, domain, _ := strings.Cut(checked.Reveal(), "@")
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return "", fmt.Errorf("mail: recipient %v: the domain cannot be written for mail", e)
	}
	return local + "@" + ascii, nil
}

// oneLine makes a header's value: what could end the line becomes a blank.
func oneLine(s string, limit int) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	}), " ")
	if runes := []rune(s); len(runes) > limit {
		s = string(runes[:limit-1]) + "…"
	}
	return s
}

// plain keeps line breaks and tabs, and no other control character.
func plain(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "\ufffd"))
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}

func write(m Message, from *mail.Address) ([]byte, error) {
	msg, err := compose(m, from)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = msg.WriteTo(&b)
	return b.Bytes(), err
}
