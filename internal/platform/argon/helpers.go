package argon

import (
	"encoding/gob"
	"io"
	"log/slog"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// patience is how long a helper may take on a machine that leaves it no time.
// Then the hash is computed here after all: who keeps all cores busy makes
// sign-ins slow and does not shut anybody out.
const patience = 5 * time.Second

// Helpers are started when they are needed, and kept. As many run as hashes are
// asked for at once, which the caller bounds.
type Helpers struct {
	exe      string
	args     []string
	patience time.Duration

	mu     sync.Mutex
	idle   []*helper
	closed bool
}

// NewHelpers is for a program exe that calls Help when it is started with args,
// of which the first is its name.
func NewHelpers(exe string, args ...string) *Helpers {
	return &Helpers{exe: exe, args: args, patience: patience}
}

// Key has the hash computed by a helper, and computes it here when none does.
func (p *Helpers) Key(t Task) []byte {
	h, err := p.take()
	if err != nil {
		slog.Warn("no helper can be started, so hashes are computed beside the pages", "error", err)
	}
	if h == nil {
		return t.Key()
	}
	key, err := h.ask(t, p.patience)
	if err != nil {
		slog.Warn("a helper that computes hashes is gone; the next hash starts another", "error", err)
		h.end()
		return t.Key()
	}
	p.giveBack(h)
	return key
}

// Close ends the helpers, each when it has answered. What is asked for later is
// computed here.
func (p *Helpers) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, h := range p.idle {
		h.end()
	}
	p.idle = nil
}

// take returns a helper that nobody else has, or none after Close.
func (p *Helpers) take() (*helper, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, nil
	}
	if n := len(p.idle); n > 0 {
		h := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return h, nil
	}
	return start(p.exe, p.args)
}

func (p *Helpers) giveBack(h *helper) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		h.end()
		return
	}
	p.idle = append(p.idle, h)
}

// helper is a process and the pipe to it.
type helper struct {
	cmd   *exec.Cmd
	pipe  io.Closer
	tasks *gob.Encoder
	keys  *gob.Decoder
}

// start gives the process nothing of this one: no environment, no error output,
// and a process group of its own, so that Ctrl C does not end it before the
// requests that need it.
func start(exe string, args []string) (*helper, error) {
	cmd := &exec.Cmd{Path: exe, Args: args, Dir: "/", Env: []string{}, SysProcAttr: &syscall.SysProcAttr{Setpgid: true}}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &helper{cmd, in, gob.NewEncoder(in), gob.NewDecoder(out)}, nil
}

// ask waits for the answer, and ends a helper that gives none.
func (h *helper) ask(t Task, patience time.Duration) (key []byte, err error) {
	defer time.AfterFunc(patience, func() { h.cmd.Process.Kill() }).Stop()
	if err := h.tasks.Encode(t); err != nil {
		return nil, err
	}
	err = h.keys.Decode(&key)
	return key, err
}

func (h *helper) end() {
	h.pipe.Close()
	h.cmd.Process.Kill() // one that hangs does not see the pipe's end
	h.cmd.Wait()
}
