package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"

	"aromart/internal/platform/door"
)

// roots are the certificate authorities of the machine; a test puts its own in their place.
var roots *x509.CertPool

type smtpSender struct {
	from    *mail.Address
	host    string
	options []gomail.Option
}

func newSMTP(u *url.URL, from *mail.Address, o Options) (Sender, error) {
	s := &smtpSender{from: from, host: u.Hostname()}
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	config := &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12, RootCAs: roots}
	port := 587
	if u.Scheme == "smtps" {
		port = 465
	}
	if p := u.Port(); p != "" {
		port, _ = strconv.Atoi(p)
	}
	s.options = []gomail.Option{
		gomail.WithPort(port), gomail.WithTimeout(o.Timeout),
		gomail.WithTLSConfig(config), gomail.WithTLSPolicy(tlsPolicy(u)),
		gomail.WithDialContextFunc(dialer(u, config, o.Allow)),
	}
	if u.Scheme == "smtps" {
		s.options = append(s.options, gomail.WithSSL())
	}
	if name := u.User.Username(); name != "" {
		password, _ := u.User.Password()
		s.options = append(s.options, signIn(u), gomail.WithUsername(name), gomail.WithPassword(password))
	}
	if _, err := gomail.NewClient(s.host, s.options...); err != nil {
		return nil, fmt.Errorf("the mail server is not understood: %w", err)
	}
	return s, nil
}

// signIn chooses how the password is told. Of smtps the library does not know
// that the connection is encrypted, because we have dialed it; the two plain ways
// look for themselves, and refuse where it is not.
func signIn(u *url.URL) gomail.Option {
	if u.Scheme != "smtps" {
		return gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover)
	}
	return gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin)
}

// dialer goes through the one door to the outside. The library leaves the
// encryption of smtps to whoever dials.
func dialer(u *url.URL, config *tls.Config, allow func(host string) error) gomail.DialContextFunc {
	out := door.ToOwn(allow)
	if u.Scheme != "smtps" {
		return out.DialContext
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		plain, err := out.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		safe := tls.Client(plain, config)
		if err := safe.HandshakeContext(ctx); err != nil {
			return nil, errors.Join(err, plain.Close())
		}
		return safe, nil
	}
}

// tlsPolicy demands encryption, but of a server on this machine, whose mails
// pass no wire.
func tlsPolicy(u *url.URL) gomail.TLSPolicy {
	ip := net.ParseIP(u.Hostname())
	if u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		return gomail.TLSOpportunistic
	}
	return gomail.TLSMandatory
}

// Send opens a connection for each mail: they are few, and a connection kept
// open fails when it is needed.
func (s *smtpSender) Send(ctx context.Context, m Message) error {
	msg, err := compose(m, s.from)
	if err != nil {
		return err
	}
	client, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return err
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return refusal{fmt.Errorf("mail %s: %w", m.MessageID, err)}
	}
	return nil
}

// refusal is an error of the server, or of the way to it.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

// Permanent reports that the server refused this recipient for good, so that
// sending the mail again is of no use; package job heeds it.
func (r refusal) Permanent() bool {
	e, ok := errors.AsType[*gomail.SendError](r.error)
	return ok && e.Reason == gomail.ErrSMTPRcptTo && e.ErrorCode() >= 550 && e.ErrorCode() <= 559
}
