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
)

// roots are the certificate authorities of the machine; a test puts its own in their place.
var roots *x509.CertPool

type smtpSender struct {
	from    *mail.Address
	host    string
	allow   func(host string) error
	options []gomail.Option
}

func newSMTP(u *url.URL, from *mail.Address, o Options) (Sender, error) {
	s := &smtpSender{from: from, host: u.Hostname(), allow: o.Allow}
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
	}
	if u.Scheme == "smtps" {
		s.options = append(s.options, gomail.WithSSL())
	}
	if name := u.User.Username(); name != "" {
		password, _ := u.User.Password()
		s.options = append(s.options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(name), gomail.WithPassword(password))
	}
	if _, err := gomail.NewClient(s.host, s.options...); err != nil {
		return nil, fmt.Errorf("the mail server is not understood: %w", err)
	}
	return s, nil
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
	if err := s.allow(s.host); err != nil {
		return fmt.Errorf("mail %s: %w", m.MessageID, err)
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
