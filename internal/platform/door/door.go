// Package door is the one way out: whatever connection the program opens to
// another machine, for a mail, a payment or a message, is dialed here.
//
// What always holds: nobody is dialed whom the Allow function refuses, asked
// anew for each connection, so also for where a redirect leads; a name that is
// allowed cannot lead to this machine or its own network, unless the door was
// made for the operator's own machines.
//
// Personal data: passes through. Tables: none.
package door

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// Door dials whom it may.
type Door struct {
	allow func(host string) error
	own   bool
}

// New makes a door to machines of others. allow is asked with the host's name,
// without its port.
func New(allow func(host string) error) *Door { return &Door{allow: allow} }

// ToOwn makes a door to machines that the operator names himself, such as his
// mail server, which may stand in his own network.
func ToOwn(allow func(host string) error) *Door { return &Door{allow: allow, own: true} }

// dialTimeout bounds how long a machine may take to answer at all.
const dialTimeout = 10 * time.Second

// DialContext connects, or says why not.
func (d *Door) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("door: %w", err)
	}
	if err := d.allow(host); err != nil {
		return nil, err
	}
	dialer := net.Dialer{Timeout: dialTimeout}
	if !d.own {
		dialer.Control = refuseOwn
	}
	return dialer.DialContext(ctx, network, address)
}

// refuseOwn looks at the address that a name has led to, at the moment of
// connecting, so that no answer of a name server can change it afterwards.
func refuseOwn(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("door: %w", err)
	}
	if ip := at.Addr().Unmap(); !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return fmt.Errorf("door: %s is no machine of somebody else", ip)
	}
	return nil
}

// Client is an HTTP client that leaves through the door. No proxy of the
// environment is used: it would be dialed in the place of the host.
func (d *Door) Client(timeout time.Duration) *http.Client {
	return &http.Client{Timeout: timeout, Transport: &http.Transport{DialContext: d.DialContext, TLSHandshakeTimeout: dialTimeout,
		MaxIdleConns: 8, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true}}
}
