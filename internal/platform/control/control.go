// Package control lets a command be done by the process that has the data
// directory open, because the embedded database has one writer: the serving
// process listens on a socket in the directory, and a command that finds the
// directory taken hands itself over.
//
// What always holds: only who may write the socket, which is its owner (mode
// 0600), is heard; a request is bounded; the files of a command are opened by
// the command, with its rights and in its directory, and handed over as
// descriptors, so that the serving process opens no name that it was told and
// the command opens none that the server wishes; a command that goes away is
// canceled; a panic ends the command and not the shop.
//
// Personal data: passes through as arguments and output; nothing of it is logged.
//
// Tables: none.
package control

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

const (
	// Name of the socket in the data directory.
	Name = "control"

	version     = 1
	maxMessage  = 2 << 20
	maxFiles    = 16
	maxAtOnce   = 8
	maxAddress  = 100 // a socket's address holds 104 bytes at least
	helloWithin = 10 * time.Second
	stopWithin  = 5 * time.Second
)

// Request is a command as it was typed, and what it would have seen around it.
type Request struct {
	Version  int               `json:"version"` // set by Ask
	Args     []string          `json:"args"`
	Dir      string            `json:"dir"`      // working directory, for names that are relative
	Settings map[string]string `json:"settings"` // by flag, from the environment and the settings file
	Terminal bool              `json:"terminal"` // bars and colors are wanted
	Texts    map[string][]byte `json:"texts"`    // small files, read already
	Files    []string          `json:"files"`    // names of the open files that come along
}

// Reply is how the command ended.
type Reply struct {
	Code    int      `json:"code"`
	Kept    []string `json:"kept"`    // files that are complete and may get their names
	Refused string   `json:"refused"` // why nothing was done
}

// Call is a request with the files that came along.
type Call struct {
	Request
	Out, Err *os.File
	Open     map[string]*os.File
}

// ErrNobody says that no process takes commands in the directory.
var ErrNobody = errors.New("nobody takes commands here")

// Door is the listening side.
type Door struct {
	listener *net.UnixListener
	forget   func() error
}

// Listen opens the socket of a data directory that this process has locked. So one
// that lies there was left behind, and is replaced.
func Listen(dir string) (*Door, error) {
	name, forget, err := address(dir)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, errors.Join(err, forget())
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: name, Net: "unix"})
	if err != nil {
		return nil, errors.Join(err, forget())
	}
	if err := os.Chmod(name, 0o600); err != nil {
		return nil, errors.Join(err, l.Close(), forget())
	}
	return &Door{l, forget}, nil
}

// address is the name of the socket, by way of the open directory where it
// would be too long for the system.
func address(dir string) (name string, forget func() error, err error) {
	if name = filepath.Join(dir, Name); len(name) <= maxAddress {
		return name, func() error { return nil }, nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", d.Fd(), Name), d.Close, nil
}

// Serve does commands until ctx ends, a few at once. It cancels the ones that run then, and removes the socket.
func (d *Door) Serve(ctx context.Context, log *slog.Logger, do func(context.Context, *Call) Reply) error {
	stop := context.AfterFunc(ctx, func() { d.listener.Close() })
	defer stop()
	var calls sync.WaitGroup
	room := make(chan struct{}, maxAtOnce)
	for {
		conn, err := d.listener.AcceptUnix()
		if err != nil && ctx.Err() != nil {
			break
		}
		if err != nil { // out of descriptors, for one: commands wait, the shop goes on
			log.Warn("a command was not heard", "error", err)
			time.Sleep(100 * time.Millisecond)
			continue
		}
		calls.Go(func() {
			defer conn.Close()
			room <- struct{}{}
			defer func() { <-room }()
			answer(ctx, log, conn, do)
		})
	}
	ended := make(chan struct{})
	go func() { calls.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(stopWithin): // its output hangs on something that nobody reads
	}
	return d.forget()
}

func answer(ctx context.Context, log *slog.Logger, conn *net.UnixConn, do func(context.Context, *Call) Reply) {
	conn.SetReadDeadline(time.Now().Add(helloWithin))
	call, err := receive(conn)
	if err != nil {
		log.Warn("a command was not understood", "error", err)
		return
	}
	defer call.close()
	conn.SetReadDeadline(time.Time{})
	if call.Version != version {
		send(conn, Reply{Refused: "the serving process is of another version; restart it"}, nil)
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { // the command says nothing more, so whatever ends the reading is its end
		conn.Read(make([]byte, 1))
		cancel()
	}()
	if err := send(conn, perform(ctx, log, call, do), nil); err != nil && ctx.Err() == nil {
		log.Warn("a command did not wait for its end", "error", err)
	}
}

func perform(ctx context.Context, log *slog.Logger, call *Call, do func(context.Context, *Call) Reply) (r Reply) {
	defer func() {
		if fault := recover(); fault != nil {
			log.Error("a command panicked", "error", fmt.Sprint(fault))
			r = Reply{Refused: "the command failed by a fault of the program; the log of the serving process has more"}
		}
	}()
	return do(ctx, call)
}

// Ask hands a command over and waits for its end. out and err are its standard
// files; files are those that r.Files names. A canceled context cancels the command, whose end is still awaited.
func Ask(ctx context.Context, dir string, r Request, out, err *os.File, files []*os.File) (Reply, error) {
	name, forget, problem := address(dir)
	if problem != nil {
		return Reply{}, ErrNobody
	}
	defer forget()
	conn, problem := net.DialUnix("unix", nil, &net.UnixAddr{Name: name, Net: "unix"})
	if problem != nil {
		return Reply{}, ErrNobody
	}
	defer conn.Close()
	r.Version = version
	if problem := send(conn, r, append([]*os.File{out, err}, files...)); problem != nil {
		return Reply{}, fmt.Errorf("the command could not be handed to the serving process: %w", problem)
	}
	stop := context.AfterFunc(ctx, func() { conn.CloseWrite() })
	defer stop()
	var reply Reply
	if problem := readMessage(conn, &reply); problem != nil {
		return Reply{}, fmt.Errorf("the serving process ended before the command did: %w", problem)
	}
	return reply, nil
}

// send writes a message: its length, with which the files travel, and JSON.
func send(conn *net.UnixConn, message any, files []*os.File) error {
	text, err := json.Marshal(message)
	if err != nil {
		return err
	}
	if len(text) > maxMessage || len(files) > maxFiles {
		return errors.New("the command is too long")
	}
	var rights []byte
	if len(files) > 0 {
		fds := make([]int, len(files))
		for i, f := range files {
			fds[i] = int(f.Fd())
		}
		rights = syscall.UnixRights(fds...)
	}
	if _, _, err := conn.WriteMsgUnix(binary.BigEndian.AppendUint32(nil, uint32(len(text))), rights, nil); err != nil {
		return err
	}
	_, err = conn.Write(text)
	return err
}

func readMessage(r io.Reader, message any) error {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	return readText(r, head, message)
}

func readText(r io.Reader, head [4]byte, message any) error {
	n := binary.BigEndian.Uint32(head[:])
	if n > maxMessage {
		return errors.New("the message is too long")
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return err
	}
	return json.Unmarshal(text, message)
}

// receive reads a request and takes up its files.
func receive(conn *net.UnixConn) (call *Call, err error) {
	var head [4]byte
	rights := make([]byte, syscall.CmsgSpace(4*maxFiles))
	n, nr, flags, _, err := conn.ReadMsgUnix(head[:], rights)
	if err != nil {
		return nil, err
	}
	files, err := takeUp(rights[:nr])
	call = &Call{Open: map[string]*os.File{}}
	defer func() {
		if err != nil {
			for _, f := range files {
				f.Close()
			}
		}
	}()
	if err != nil {
		return nil, err
	}
	if n != len(head) || flags&syscall.MSG_CTRUNC != 0 || len(files) < 2 {
		return nil, errors.New("not a command")
	}
	if err := readText(conn, head, &call.Request); err != nil {
		return nil, err
	}
	call.Out, call.Err = files[0], files[1]
	if len(call.Files) != len(files)-2 {
		return nil, errors.New("the files of the command are not complete")
	}
	for i, name := range call.Files {
		call.Open[name] = files[i+2]
	}
	return call, nil
}

func takeUp(rights []byte) ([]*os.File, error) {
	var files []*os.File
	messages, err := syscall.ParseSocketControlMessage(rights)
	if err != nil {
		return nil, err
	}
	for _, m := range messages {
		fds, err := syscall.ParseUnixRights(&m)
		if err != nil {
			return files, err
		}
		for _, fd := range fds {
			syscall.CloseOnExec(fd)
			files = append(files, os.NewFile(uintptr(fd), fmt.Sprintf("/proc/self/fd/%d", fd)))
		}
	}
	return files, nil
}

func (c *Call) close() {
	c.Out.Close()
	c.Err.Close()
	for _, f := range c.Open {
		f.Close()
	}
}
