package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
)

// page is an answer that the limit writes: the same head and body as the shop's.
type page struct {
	Path   string
	Header map[string][]string
	Body   []byte
}

// ServeLimit is the limit of pages: the least that net/http can do to write
// the bytes of the pages in the file. It prints its address and serves until killed.
func ServeLimit(file string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var list []page
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	pages := make(map[string]*page, len(list))
	for i := range list {
		pages[list[i].Path] = &list[i]
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("ready", l.Addr())
	return http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, ok := pages[r.RequestURI]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		for name, values := range p.Header {
			h[name] = values
		}
		w.Write(p.Body)
	}))
}

// startLimit starts the limit for these pages.
func (r *run) startLimit(ctx context.Context, pages []page) (*process, error) {
	raw, err := json.Marshal(pages)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(r.Dir, "limit.json")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		return nil, err
	}
	return start(ctx, r.Exe, "bench", "--limit", file)
}

// readPage fetches a page from the shop for the limit to write.
func readPage(c *conn, host, path, cookie string) (page, error) {
	a, err := c.ask(get(host, path, cookie), true)
	if err != nil || a.status != http.StatusOK {
		return page{}, fmt.Errorf("%s answered %d (%v) %s", path, a.status, err, a.location)
	}
	_, head, _ := bytes.Cut(a.header, []byte("\n"))
	h, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(head))).ReadMIMEHeader()
	if err != nil {
		return page{}, err
	}
	p := page{Path: path, Header: map[string][]string{}, Body: a.body}
	for name, values := range h {
		switch name {
		case "Date", "Content-Length", "Transfer-Encoding", "Connection": // net/http writes them
		default:
			p.Header[name] = values
		}
	}
	p.Header["Content-Length"] = []string{fmt.Sprint(len(a.body))}
	return p, nil
}
