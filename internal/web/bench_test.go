package web

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// samplePage is HTML of the size of a product page, with text that repeats as
// little as that of a real one.
func samplePage(size int) []byte {
	var b bytes.Buffer
	b.WriteString("<!doctype html><html lang=en><title>Tea</title><main>")
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, "<li class=\"card\"><a href=\"/p/item-%x\"><img src=\"/media/%x-320.webp\" width=\"320\" height=\"320\" alt=\"\"><span>Item %d</span></a><b class=\"price\">Rs %d,%03d</b> <small>arrives %d to %d December</small>\n",
			i*2654435761, i*40503, i, i%90+1, i*37%1000, i%9+1, i%9+3)
	}
	return b.Bytes()
}

// benchServers are a server of ours, with one page cached and the same page
// always fresh, and the least that net/http needs for the same bytes.
func benchServers(b *testing.B) (ours, minimal http.Handler) {
	page := samplePage(14 << 10)
	s, err := New(Options{BaseURL: "http://shop.test", Log: slog.New(slog.NewJSONHandler(io.Discard, nil))})
	if err != nil {
		b.Fatal(err)
	}
	show := func(w http.ResponseWriter, r *http.Request) error {
		w.Header()["Content-Type"] = htmlType
		_, err := w.Write(page)
		return err
	}
	s.Handle(route("GET", "/p/{slug}"), show, Cached("q"))
	s.Handle(route("GET", "/fresh/{slug}"), show)
	var z bytes.Buffer
	zw, _ := gzip.NewWriterLevel(&z, zipLevel)
	zw.Write(page)
	zw.Close()
	return s, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(z.Bytes())
	})
}

// BenchmarkServe compares whole requests over loopback.
func BenchmarkServe(b *testing.B) {
	ours, minimal := benchServers(b)
	for _, bb := range []struct {
		name, target string
		h            http.Handler
	}{{"minimal", "/p/tea", minimal}, {"cached", "/p/tea", ours}, {"cached-query", "/p/tea?q=x", ours}, {"fresh", "/fresh/tea", ours}} {
		b.Run(bb.name, func(b *testing.B) {
			hs := httptest.NewServer(bb.h)
			defer hs.Close()
			request := []byte("GET " + bb.target + " HTTP/1.1\r\nHost: shop.test\r\nAccept-Encoding: gzip\r\n\r\n")
			warm, _ := http.NewRequest("GET", hs.URL+bb.target, nil)
			warm.Host = "shop.test"
			warm.Header.Set("Accept-Encoding", "gzip")
			if r, err := hs.Client().Do(warm); err != nil || r.StatusCode != 200 {
				b.Fatal(r, err)
			}
			b.SetParallelism(4)
			b.RunParallel(func(pb *testing.PB) {
				c, err := net.Dial("tcp", strings.TrimPrefix(hs.URL, "http://"))
				if err != nil {
					b.Error(err)
					return
				}
				defer c.Close()
				buf := make([]byte, 64<<10)
				length := 0
				for pb.Next() {
					c.Write(request)
					length = readAnswer(b, c, buf, length)
				}
			})
		})
	}
}

// readAnswer reads one answer; every answer on the connection is as long as the first.
func readAnswer(b *testing.B, c net.Conn, buf []byte, length int) int {
	got := 0
	for {
		n, err := c.Read(buf[got:])
		if err != nil {
			b.Error(err)
			return length
		}
		got += n
		if length == 0 {
			if at := bytes.Index(buf[:got], []byte("\r\n\r\n")); at >= 0 {
				head := string(buf[:at])
				if !strings.HasPrefix(head, "HTTP/1.1 200") {
					b.Fatal(head)
				}
				size := 0
				_, after, _ := strings.Cut(head, "Content-Length: ")
				fmt.Sscanf(after, "%d", &size)
				length = at + 4 + size
			}
		}
		if length > 0 && got >= length {
			return length
		}
	}
}

// BenchmarkHandler leaves the network out: what the server itself costs.
func BenchmarkHandler(b *testing.B) {
	ours, minimal := benchServers(b)
	for _, bb := range []struct {
		name, target string
		h            http.Handler
	}{{"minimal", "/p/tea", minimal}, {"cached", "/p/tea", ours}, {"fresh", "/fresh/tea", ours}} {
		b.Run(bb.name, func(b *testing.B) {
			r := httptest.NewRequest("GET", bb.target, nil)
			r.Host = "shop.test"
			r.Header.Set("Accept-Encoding", "gzip")
			w := &sink{header: http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				bb.h.ServeHTTP(w, r)
			}
		})
	}
}

// BenchmarkCompress shows what each level costs and saves.
func BenchmarkCompress(b *testing.B) {
	page := samplePage(14 << 10)
	for _, level := range []int{gzip.HuffmanOnly, 1, 2, 3, 5, 9} {
		b.Run(fmt.Sprint(level), func(b *testing.B) {
			var out bytes.Buffer
			z, _ := gzip.NewWriterLevel(&out, level)
			for b.Loop() {
				out.Reset()
				z.Reset(&out)
				z.Write(page)
				z.Close()
			}
			b.ReportMetric(float64(out.Len()), "bytes")
		})
	}
}
