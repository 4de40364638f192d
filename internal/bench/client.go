package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"
)

// conn is a kept-alive connection that writes prepared requests and reads
// answers with as little work as possible, because the client shares the
// machine with the server that it measures.
type conn struct {
	net.Conn
	in *bufio.Reader
}

// answer is what a client looks at.
type answer struct {
	status   int
	header   []byte // the whole head
	body     []byte // only when it was asked for
	length   int
	location string
}

// dial connects from an address of the machine itself, "" for any: as shipped,
// the shop counts orders per address, so clients come from several.
func dial(ctx context.Context, from, to string) (*conn, error) {
	d := net.Dialer{Timeout: 5 * time.Second}
	if from != "" {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(from)}
	}
	c, err := d.DialContext(ctx, "tcp", to)
	if err != nil {
		return nil, err
	}
	return &conn{c, bufio.NewReaderSize(c, 64<<10)}, nil
}

// ask sends a request and reads its answer. keep says whether the head and body are wanted.
func (c *conn) ask(request []byte, keep bool) (a answer, err error) {
	c.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err = c.Write(request); err != nil {
		return a, err
	}
	chunked := false
	for first := true; ; first = false {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return a, err
		}
		if keep {
			a.header = append(a.header, line...)
		}
		switch {
		case first:
			if len(line) < 12 {
				return a, errors.New("no HTTP answer")
			}
			a.status, _ = strconv.Atoi(string(line[9:12]))
			continue
		case len(line) <= 2:
			return a, c.readBody(&a, chunked, keep)
		case line[0] == 'C' && bytes.HasPrefix(line, []byte("Content-Length: ")):
			a.length, _ = strconv.Atoi(string(bytes.TrimSpace(line[16:])))
		case line[0] == 'T' && bytes.HasPrefix(line, []byte("Transfer-Encoding: chunked")):
			chunked = true
		case line[0] == 'L' && bytes.HasPrefix(line, []byte("Location: ")):
			a.location = string(bytes.TrimSpace(line[10:]))
		}
	}
}

func (c *conn) readBody(a *answer, chunked, keep bool) error {
	if !chunked {
		return c.take(a, a.length, keep)
	}
	a.length = 0
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
		if err != nil {
			return err
		}
		if err := c.take(a, int(n), keep); err != nil {
			return err
		}
		a.length += int(n)
		if _, err := c.in.Discard(2); err != nil || n == 0 {
			return err
		}
	}
}

func (c *conn) take(a *answer, n int, keep bool) error {
	if !keep {
		_, err := c.in.Discard(n)
		return err
	}
	from := len(a.body)
	a.body = append(a.body, make([]byte, n)...)
	_, err := io.ReadFull(c.in, a.body[from:])
	return err
}

// get is a request as a browser sends it. A cookie makes the shop render the page anew.
func get(host, path, cookie string) []byte {
	s := "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: aromart-bench\r\nAccept: text/html\r\nAccept-Encoding: gzip\r\n"
	if cookie != "" {
		s += "Cookie: " + cookie + "\r\n"
	}
	return []byte(s + "\r\n")
}

// load is what came of a turn.
type load struct {
	answers       int
	rate          float64
	p50, p95, p99 time.Duration
	cpu           time.Duration // of the server, per answer
	both          time.Duration // of server and clients, per answer
	errors        int
	why           string // the first error
}

// press has so many clients ask for the requests in turn until the time is over.
func press(ctx context.Context, server *process, clients int, turn time.Duration, requests [][]byte) (load, error) {
	ctx, cancel := context.WithTimeout(ctx, turn)
	defer cancel()
	conns := make([]*conn, clients)
	for i := range conns {
		c, err := dial(ctx, "", server.address)
		if err != nil {
			return load{}, err
		}
		defer c.Close()
		conns[i] = c
	}
	times := make([][]time.Duration, clients)
	failed := make([]tally, clients)
	var wg sync.WaitGroup
	before := server.used()
	started := time.Now()
	for i, c := range conns {
		wg.Go(func() {
			times[i] = make([]time.Duration, 0, 100_000)
			for n := i * 7; ctx.Err() == nil; n++ {
				begin := time.Now()
				a, err := c.ask(requests[n%len(requests)], false)
				times[i] = append(times[i], time.Since(begin))
				if err != nil || a.status != 200 {
					failed[i].add(fmt.Sprint(a.status, " ", err))
				}
				if err != nil {
					return // the connection is gone
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(started)
	out := summary(slices.Concat(times...), took)
	out.charge(server.used().since(before))
	for _, f := range failed {
		out.note(f)
	}
	return out, nil
}

// tally counts errors and keeps the first.
type tally struct {
	n   int
	why string
}

func (t *tally) add(why string) {
	if t.n == 0 {
		t.why = why
	}
	t.n++
}

func (l *load) note(t tally) {
	l.errors += t.n
	if l.why == "" {
		l.why = t.why
	}
}

func summary(times []time.Duration, took time.Duration) load {
	if len(times) == 0 {
		return load{errors: 1, why: "no answer"}
	}
	slices.Sort(times)
	at := func(share float64) time.Duration { return times[min(len(times)-1, int(share*float64(len(times))))] }
	return load{answers: len(times), rate: float64(len(times)) / took.Seconds(), p50: at(0.50), p95: at(0.95), p99: at(0.99)}
}

// charge notes what an answer cost.
func (l *load) charge(u usage) {
	if l.answers > 0 {
		l.cpu, l.both = u.server/time.Duration(l.answers), (u.server+u.clients)/time.Duration(l.answers)
	}
}

// median is the middle of the values; it does not keep their order.
func median[T int | float64 | time.Duration](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}
