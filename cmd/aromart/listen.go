package main

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"aromart/internal/platform/mail"
)

// listen says where a running marketplace is reached.
type listen struct {
	Addr         string         `default:"127.0.0.1:8080" help:"Address of the shop. Not only loopback: needs TLS in front, see --trusted-proxy."`
	OpsAddr      string         `placeholder:"ADDR" help:"Address of /metrics, /healthz and /readyz, e.g. 127.0.0.1:9090; never the public one."`
	BaseURL      string         `placeholder:"URL" help:"Public address, e.g. https://market.example; links in mails use nothing else."`
	TrustedProxy []netip.Prefix `placeholder:"CIDR" help:"Proxies whose X-Forwarded-For is believed."`
	Insecure     bool           `help:"Serve plain HTTP beyond loopback. For trials in a closed network only."`
	Drain        time.Duration  `default:"0s" help:"How long to go on serving with /readyz off before stopping, so that a load balancer looks elsewhere."`
	LogLevel     string         `default:"info" enum:"debug,info,warn,error" help:"debug, info, warn or error."`
	PageCacheMB  int64          `default:"32" help:"Memory for finished public pages; 0 switches the cache off."`
	SMTP         string         `placeholder:"URL" help:"smtp://user@host:587 sends mails; without it they are files in the data directory's outbox."`
	SMTPPassword string         `help:"Better: AROMART_SMTP_PASSWORD_FILE." hidden:""`
	From         string         `default:"orders@localhost" help:"Sender of mails."`
	SiteName     string         `default:"aromart" help:"Name of the marketplace."`
	Operator     string         `help:"Legal name of the operator, for footer and policy."`
	HelpPhone    string         `help:"Help line, for the footer."`
	HelpEmail    string         `help:"Help address, for the footer."`
	HelpHours    string         `help:"When the help line answers."`

	PaymentGateway    string `placeholder:"NAME" help:"Provider of online payment. Refused until a policy in force names it (P12)."`
	PaymentGatewayKey string `help:"Better: AROMART_PAYMENT_GATEWAY_KEY_FILE." hidden:""`
	SMSGateway        string `name:"sms-gateway" placeholder:"HOST" help:"Machine that takes text messages. Refused until a policy in force names it (P17)."`
}

func (l listen) facts() operatorFacts { return operatorFacts{l.Operator, l.HelpEmail} }

// check refuses what cannot be served before anything is made or opened.
func (l listen) check() error {
	addr, err := net.ResolveTCPAddr("tcp", l.Addr)
	if err != nil {
		return usage{fmt.Sprintf("--addr %s is not HOST:PORT: %v", l.Addr, err)}
	}
	if l.Drain < 0 || l.PageCacheMB < 0 {
		return usage{"--drain and --page-cache-mb are not below 0"}
	}
	if _, err := net.ResolveTCPAddr("tcp", l.OpsAddr); l.OpsAddr != "" && err != nil {
		return usage{fmt.Sprintf("--ops-addr %s is not HOST:PORT: %v", l.OpsAddr, err)}
	}
	if err := (mail.Options{URL: l.SMTP, From: l.From}).Check(); err != nil {
		return usage{"--smtp or --from: " + err.Error()}
	}
	_, err = l.base(addr)
	return err
}

// open begins to listen and returns the public address.
func (l listen) open() (shop net.Listener, base string, err error) {
	if shop, err = net.Listen("tcp", l.Addr); err != nil {
		return nil, "", fmt.Errorf("cannot listen on %s: %w; choose another with --addr", l.Addr, err)
	}
	if base, err = l.base(shop.Addr().(*net.TCPAddr)); err != nil {
		shop.Close()
	}
	return shop, base, err
}

// base is the public address. Plain HTTP is for loopback; anything else has TLS in front.
func (l listen) base(addr *net.TCPAddr) (string, error) {
	base := strings.TrimSuffix(l.BaseURL, "/")
	if base == "" {
		base = fmt.Sprintf("http://localhost:%d", addr.Port)
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.Path+u.RawQuery+u.Fragment != "" || u.User != nil {
		return "", usage{fmt.Sprintf("--base-url %q is not scheme://host, such as https://market.example", l.BaseURL)}
	}
	if !addr.IP.IsLoopback() && u.Scheme != "https" && !l.Insecure {
		return "", usage{"beyond loopback the shop needs TLS: give --base-url https://… and a proxy that ends TLS (--trusted-proxy), or --insecure for a trial"}
	}
	return base, nil
}

// loopbackNames are the other names of a shop that is reached on this machine only.
func loopbackNames(base *url.URL) []string {
	if base.Scheme == "https" {
		return nil
	}
	switch base.Hostname() {
	case "localhost", "127.0.0.1", "::1":
		return []string{net.JoinHostPort("localhost", base.Port()), net.JoinHostPort("127.0.0.1", base.Port()), net.JoinHostPort("::1", base.Port())}
	}
	return nil
}

// mailHost is who carries the mails, "" when they stay in the outbox.
func (l listen) mailHost() string {
	u, err := url.Parse(l.SMTP)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// smtp is the mail server's address with its password, which comes from a file or the environment.
func (l listen) smtp() string {
	u, err := url.Parse(l.SMTP)
	if l.SMTPPassword == "" || err != nil || u.User == nil {
		return l.SMTP
	}
	u.User = url.UserPassword(u.User.Username(), l.SMTPPassword)
	return u.String()
}
