package web

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"

	"aromart/internal/kit/errs"
)

// response holds the answer back until the handler is done, so that an error
// half way through a page is still an error page and a forbidden cookie never
// leaves. Streamed routes send their body as it comes.
type response struct {
	http.ResponseWriter
	req     *Request
	method  string
	route   *endpoint // nil until the mux found one
	buf     *bytes.Buffer
	err     error
	status  int
	sent    bool // the header is out
	dead    bool // a streamed answer was replaced; the rest is dropped
	zips    bool // the client accepts gzip
	cookied bool // the request carries a cookie
	bytes   int64
	cookies []string // Set-Cookie lines written by SetCookie
	page    *pendingPage
}

var buffers = sync.Pool{New: func() any { return bytes.NewBuffer(make([]byte, 0, 64<<10)) }}

func newResponse(w http.ResponseWriter, r *http.Request, q *Request) *response {
	buf := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	out := &response{ResponseWriter: w, req: q, method: r.Method, buf: buf,
		zips: acceptsGzip(r.Header["Accept-Encoding"]), cookied: len(r.Header["Cookie"]) > 0}
	q.out = out
	return out
}

// release gives the buffer back; a huge one is left to the collector.
func (out *response) release() {
	if out.buf.Cap() <= 1<<20 {
		buffers.Put(out.buf)
	}
	out.buf = nil
}

// begin hands the response to a route.
func (out *response) begin(e *endpoint) { out.route = e }

func (out *response) streams() bool { return out.route != nil && out.route.streamed }

// fail notes the error that the answer will be made of.
func (out *response) fail(err error) { out.err = err }

func (out *response) pattern() string {
	if out.route == nil {
		return "none"
	}
	return out.route.Pattern
}

// WriteHeader sets the status, once.
func (out *response) WriteHeader(status int) {
	if out.status != 0 || out.dead {
		return
	}
	out.status = status
	if out.streams() {
		out.stream()
	}
}

// Write keeps the bytes, or sends them on a streamed route.
func (out *response) Write(p []byte) (int, error) {
	if out.status == 0 {
		out.WriteHeader(http.StatusOK)
	}
	switch {
	case out.dead:
		return len(p), nil
	case out.streams():
		n, err := out.ResponseWriter.Write(p)
		out.bytes += int64(n)
		return n, err
	}
	return out.buf.Write(p)
}

// ReadFrom lets the kernel copy a file of a streamed route.
func (out *response) ReadFrom(src io.Reader) (int64, error) {
	if out.status == 0 {
		out.WriteHeader(http.StatusOK)
	}
	if rf, ok := out.ResponseWriter.(io.ReaderFrom); ok && out.streams() && !out.dead {
		n, err := rf.ReadFrom(src)
		out.bytes += n
		return n, err
	}
	return io.Copy(struct{ io.Writer }{out}, src)
}

// Flush sends what a streamed route has written so far.
func (out *response) Flush() {
	if f, ok := out.ResponseWriter.(http.Flusher); ok && out.streams() && out.sent {
		f.Flush()
	}
}

// stream sends the head of a streamed answer.
func (out *response) stream() {
	s := out.req.server
	if !out.cookiesRegistered() {
		out.dead, out.err = true, errCookie
		s.answer(out, errCookie)
		out.send(s)
		return
	}
	s.setHeaders(out)
	out.sent = true
	out.ResponseWriter.WriteHeader(out.status)
}

// unrouted turns what the mux answered for want of a route into our own answer.
func (out *response) unrouted() error {
	if out.route != nil {
		return nil
	}
	status, h := out.status, out.Header()
	out.clear()
	switch location := h.Get("Location"); {
	case status == http.StatusMethodNotAllowed:
		return &statusError{status, errs.New(errs.Invalid, "error.method")}
	case location != "" && status >= 300 && status < 400:
		return out.req.redirect(out, location, status)
	}
	return errs.New(errs.NotFound, "error.not_found")
}

// clear forgets the answer so far.
func (out *response) clear() {
	out.status, out.page = 0, nil
	out.buf.Reset()
}

// send writes the answer that was held back.
func (out *response) send(s *Server) {
	if out.sent {
		return
	}
	if !out.cookiesRegistered() {
		out.Header().Del("Set-Cookie")
		s.answer(out, errCookie)
	}
	if out.status == 0 {
		out.status = http.StatusOK
	}
	s.setHeaders(out)
	body, done := out.encode()
	defer done()
	h := out.Header()
	if bodyless(out.status) {
		body = nil
	} else {
		h["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	if out.page != nil && out.status == http.StatusOK {
		s.cache.keep(out, body)
	}
	out.sent = true
	out.ResponseWriter.WriteHeader(out.status)
	if out.method == http.MethodHead {
		return
	}
	n, _ := out.ResponseWriter.Write(body) // a client that has gone needs no answer
	out.bytes = int64(n)
}

func bodyless(status int) bool {
	return status == http.StatusNoContent || status == http.StatusNotModified
}

// smallest body that is worth compressing: below, it fits one packet anyway. On a
// slow line half a kilobyte is a tenth of a second.
const smallest = 512

var (
	varyCookie   = []string{"Accept-Encoding, Cookie"}
	varyEncoding = []string{"Accept-Encoding"}
	gzipEncoding = []string{"gzip"}
)

// encode compresses the body where that pays. done gives the memory back.
func (out *response) encode() (body []byte, done func()) {
	h := out.Header()
	body = out.buf.Bytes()
	done = func() {}
	if out.req.api {
		h["Vary"] = varyEncoding
	} else {
		h["Vary"] = varyCookie
	}
	if !out.zips || len(body) < smallest || (out.route != nil && out.route.plain) || h["Content-Encoding"] != nil || !compressible(h.Get("Content-Type")) {
		return body, done
	}
	pool := quickZips
	if out.page != nil {
		pool = tightZips
	}
	z := pool.Get().(*zip)
	z.buf.Reset()
	z.w.Reset(&z.buf)
	z.w.Write(body) // a buffer does not fail
	z.w.Close()
	h["Content-Encoding"] = gzipEncoding
	return z.buf.Bytes(), func() { pool.Put(z) }
}

// zip is a compressor with its memory, which is what makes one expensive.
type zip struct {
	buf bytes.Buffer
	w   *gzip.Writer
}

// zipLevel: 1 is the knee; see BenchmarkCompress. A page that is kept is sent many
// times: it takes twice the time once and is a tenth smaller each time.
const (
	zipLevel  = 1
	keptLevel = 5
)

var quickZips, tightZips = zipPool(zipLevel), zipPool(keptLevel)

func zipPool(level int) *sync.Pool {
	return &sync.Pool{New: func() any {
		z := new(zip)
		z.w, _ = gzip.NewWriterLevel(&z.buf, level)
		return z
	}}
}

func compressible(kind string) bool {
	kind, _, _ = strings.Cut(kind, ";")
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "json") || strings.HasSuffix(kind, "xml")
}

// acceptsGzip reads Accept-Encoding; "gzip;q=0" is the only way to refuse it.
func acceptsGzip(lines []string) bool {
	for _, line := range lines {
		if line == "gzip" {
			return true
		}
		for part := range strings.SplitSeq(line, ",") {
			name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
			if name == "gzip" {
				return strings.Trim(strings.ReplaceAll(q, " ", ""), ".0") != "q="
			}
		}
	}
	return false
}

// logDropped tells about an answer that could not be given as meant.
func (s *Server) logDropped(out *response, what string) {
	s.opt.Log.Error(what, slog.String("request", out.req.ID), slog.String("route", out.pattern()))
}
