package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"aromart/internal/platform/db"
	"aromart/internal/world"
)

// process is a program that was started here and is ended here.
type process struct {
	cmd     *exec.Cmd
	address string
	ended   chan error
}

// start runs the program and waits for the line "ready ADDRESS".
func start(ctx context.Context, exe string, args ...string) (*process, error) {
	p := &process{cmd: exec.CommandContext(ctx, exe, args...), ended: make(chan error, 1)}
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	go func() { p.ended <- p.cmd.Wait() }()
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "ready ")
	if err != nil || !ok {
		p.stop()
		return nil, fmt.Errorf("%s %s says %q (%v) and not where it is ready", exe, strings.Join(args, " "), line, err)
	}
	p.address = address
	return p, nil
}

// stop asks the process to end, and insists after a while.
func (p *process) stop() {
	p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(15 * time.Second):
		p.cmd.Process.Kill()
		<-p.ended
	}
}

// usage is the processor time that a server and its clients have taken.
type usage struct{ server, clients time.Duration }

func (u usage) since(before usage) usage {
	return usage{u.server - before.server, u.clients - before.clients}
}

// used reads what the server and this process, which is its clients, have taken
// so far. On a machine that others use too, it is steadier than the clock.
func (p *process) used() (u usage) {
	var self syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &self) == nil {
		u.clients = time.Duration(self.Utime.Nano() + self.Stime.Nano())
	}
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return u
	}
	fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	if len(fields) > 12 { // the fields after the name; utime and stime are the 14th and 15th of all
		user, _ := strconv.ParseInt(fields[11], 10, 64)
		system, _ := strconv.ParseInt(fields[12], 10, 64)
		u.server = time.Duration(user+system) * (time.Second / 100) // Linux counts hundredths for every program
	}
	return u
}

// peak is the most memory that the process has had resident, in MB.
func (p *process) peak() (float64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.SplitSeq(string(raw), "\n") {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(value, "kB")), 64)
			return kb / 1024, err
		}
	}
	return 0, errors.New("the kernel does not tell the peak memory")
}

// shop is one world and, once started, the program that serves it.
type shop struct {
	exe      string
	products int
	dir, url string // url of its PostgreSQL database
	process  *process
	address  string // of the shop
	ops      string

	slugs    []string // of products
	variants []string // public ids
}

func (s *shop) place() []string {
	args := []string{"--data", s.dir}
	if s.url != "" {
		args = append(args, "--database", s.url)
	}
	return args
}

// seed makes the world with the program's own command.
func (s *shop) seed(ctx context.Context) (time.Duration, error) {
	args := append([]string{"seed", "--fixture", "load", "--products", strconv.Itoa(s.products)}, s.place()...)
	begin := time.Now()
	out, err := exec.CommandContext(ctx, s.exe, args...).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("seed: %w: %s", err, out)
	}
	return time.Since(begin), nil
}

// open reads or writes the database of a shop that does not serve.
func (s *shop) open(ctx context.Context, f func(*db.DB) error) error {
	d, err := db.Open(ctx, db.Options{Dir: s.dir, URL: s.url})
	if err != nil {
		return err
	}
	return errors.Join(f(d), d.Close())
}

// look reads which products there are.
func (s *shop) look(ctx context.Context) error {
	return s.open(ctx, func(d *db.DB) (err error) {
		s.variants, s.slugs, err = world.Sample(ctx, d, 500)
		if err == nil && len(s.variants) < 100 {
			err = fmt.Errorf("only %d products can be sold", len(s.variants))
		}
		return err
	})
}

// serve starts the shop and does not wait for it.
func (s *shop) serve(ctx context.Context) error {
	return s.run(ctx, filepath.Join(s.dir, "serve.log"), append([]string{"serve", "--log-level", "warn"}, s.place()...)...)
}

// run starts a command that serves, on addresses of its own.
func (s *shop) run(ctx context.Context, logFile string, args ...string) error {
	var err error
	if s.address, err = freeAddress(); err != nil {
		return err
	}
	if s.ops, err = freeAddress(); err != nil {
		return err
	}
	log, err := os.Create(logFile)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.CommandContext(ctx, s.exe, append(args, "--addr", s.address, "--ops-addr", s.ops)...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	s.process = &process{cmd: cmd, address: s.address, ended: make(chan error, 1)}
	go func() { s.process.ended <- cmd.Wait() }()
	return nil
}

func (s *shop) close() {
	if s.process != nil {
		s.process.stop()
		s.process = nil
	}
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// fetch asks once for a page, on a connection of its own.
func fetch(ctx context.Context, address, path, cookie string) (answer, error) {
	c, err := dial(ctx, "", address)
	if err != nil {
		return answer{}, err
	}
	defer c.Close()
	return c.ask(get(address, path, cookie), true)
}

// makeDatabase makes an empty database on the server, dropping an old one of the name.
func makeDatabase(ctx context.Context, server, name string) (string, error) {
	d, err := db.Open(ctx, db.Options{URL: server})
	if err != nil {
		return "", err
	}
	defer d.Close()
	for _, text := range []string{`DROP DATABASE IF EXISTS ` + name + ` WITH (FORCE)`, `CREATE DATABASE ` + name} {
		if _, err := db.All(ctx, d, db.String, text); err != nil {
			return "", err
		}
	}
	return withName(server, name)
}

// withName is the server's URL with another database.
func withName(server, name string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}
