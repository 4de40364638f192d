package control

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func open(t *testing.T, dir string, do func(context.Context, *Call) Reply) (stop func()) {
	t.Helper()
	door, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- door.Serve(ctx, slog.New(slog.NewTextHandler(io.Discard, nil)), do) }()
	stop = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		ended <- nil
	}
	t.Cleanup(stop)
	return stop
}

// scratch is a file that a command could have open.
func scratch(t *testing.T, text string) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	io.WriteString(f, text)
	f.Seek(0, io.SeekStart)
	return f
}

func text(t *testing.T, f *os.File) string {
	t.Helper()
	raw, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestACommandIsHandedOver(t *testing.T) {
	dir := t.TempDir()
	stop := open(t, dir, func(_ context.Context, c *Call) Reply {
		in, err := io.ReadAll(c.Open["shop.csv"])
		fmt.Fprint(c.Out, c.Args, c.Dir, c.Settings["limit"], c.Terminal, string(c.Texts["head"]), string(in), err)
		fmt.Fprint(c.Err, "beside")
		return Reply{Code: 1, Kept: []string{"report"}}
	})
	info, err := os.Stat(filepath.Join(dir, Name))
	if err != nil || info.Mode() != os.ModeSocket|0o600 {
		t.Fatal(info.Mode(), err)
	}
	out, fail, in := scratch(t, ""), scratch(t, ""), scratch(t, "rows")
	reply, err := Ask(t.Context(), dir, Request{Args: []string{"order", "list"}, Dir: "/x", Settings: map[string]string{"limit": "5"}, Terminal: true,
		Texts: map[string][]byte{"head": []byte("h")}, Files: []string{"shop.csv"}}, out, fail, []*os.File{in})
	if err != nil || reply.Code != 1 || len(reply.Kept) != 1 {
		t.Errorf("%+v %v", reply, err)
	}
	if got, want := text(t, out), "[order list]/x5truehrows<nil>"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := text(t, fail); got != "beside" {
		t.Error(got)
	}
	stop()
	if _, err := os.Lstat(filepath.Join(dir, Name)); !errors.Is(err, os.ErrNotExist) {
		t.Error("the socket stays behind", err)
	}
	if _, err := Ask(t.Context(), dir, Request{}, out, fail, nil); !errors.Is(err, ErrNobody) {
		t.Error(err)
	}
}

// Whoever gives up cancels the command, and hears how it ended.
func TestGivingUpCancels(t *testing.T) {
	dir, begun := t.TempDir(), make(chan struct{})
	open(t, dir, func(ctx context.Context, _ *Call) Reply {
		close(begun)
		<-ctx.Done()
		return Reply{Code: 7}
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-begun; cancel() }()
	if reply, err := Ask(ctx, dir, Request{}, scratch(t, ""), scratch(t, ""), nil); err != nil || reply.Code != 7 {
		t.Error(reply, err)
	}
}

// So does the end of the serving process.
func TestStoppingCancels(t *testing.T) {
	dir, begun := t.TempDir(), make(chan struct{})
	stop := open(t, dir, func(ctx context.Context, _ *Call) Reply {
		close(begun)
		<-ctx.Done()
		return Reply{Code: 7}
	})
	go func() { <-begun; stop() }()
	if reply, err := Ask(t.Context(), dir, Request{}, scratch(t, ""), scratch(t, ""), nil); err != nil || reply.Code != 7 {
		t.Error(reply, err)
	}
}

// What a dead process left is replaced, and a path may be longer than the address of a socket.
func TestLeftBehindAndLongNames(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long/", 60))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, Name), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	stop := open(t, dir, func(context.Context, *Call) Reply { return Reply{Code: 3} })
	if reply, err := Ask(t.Context(), dir, Request{}, scratch(t, ""), scratch(t, ""), nil); err != nil || reply.Code != 3 {
		t.Error(reply, err)
	}
	stop()
	if _, err := os.Lstat(filepath.Join(dir, Name)); !errors.Is(err, os.ErrNotExist) {
		t.Error("the socket stays behind", err)
	}
}

// Nothing that is sent there ends the shop.
func TestBadCommandsEndNothing(t *testing.T) {
	dir := t.TempDir()
	open(t, dir, func(_ context.Context, c *Call) Reply {
		if len(c.Args) > 0 {
			panic("planted")
		}
		return Reply{}
	})
	for name, bytes := range map[string][]byte{
		"nothing": nil, "noise": []byte("GET / HTTP/1.1\r\n\r\n"), "huge": binary.BigEndian.AppendUint32(nil, 1<<31), "no files": append(binary.BigEndian.AppendUint32(nil, 2), "{}"...),
	} {
		conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: filepath.Join(dir, Name), Net: "unix"})
		if err != nil {
			t.Fatal(err)
		}
		conn.Write(bytes)
		conn.CloseWrite()
		conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		if answer, err := io.ReadAll(conn); len(answer) > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: %q %v", name, answer, err)
		}
		conn.Close()
	}
	reply, err := Ask(t.Context(), dir, Request{Args: []string{"x"}}, scratch(t, ""), scratch(t, ""), nil)
	if err != nil || !strings.Contains(reply.Refused, "fault of the program") || strings.Contains(reply.Refused, "planted") {
		t.Error(reply, err)
	}
	if _, err := Ask(t.Context(), dir, Request{Args: []string{strings.Repeat("x", maxMessage)}}, scratch(t, ""), scratch(t, ""), nil); err == nil || errors.Is(err, ErrNobody) {
		t.Error(err)
	}
	if _, err := Ask(t.Context(), dir, Request{}, scratch(t, ""), scratch(t, ""), nil); err != nil {
		t.Error(err)
	}
}
