package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"aromart/internal/platform/config"
	"aromart/internal/platform/control"
	"aromart/internal/platform/db"
)

// errand is the place of a command that the serving process may do for the one
// that was started: on the embedded database there is one writer, and that is
// the process that has it open. Such a command opens its files before the
// marketplace, through the console.
type errand struct{ place }

// with opens a marketplace that is there, for one command.
func (e errand) with(ctx context.Context, c *console, f func(*house) error) error {
	if c.house == nil {
		if err := e.there(); err != nil {
			return err
		}
	}
	return e.withNew(ctx, c, f)
}

// withNew opens a marketplace for one command and makes it when it is not there.
func (e errand) withNew(ctx context.Context, c *console, f func(*house) error) error {
	if c.house != nil {
		if _, err := c.house.profile(ctx, e.Market); err != nil {
			return err
		}
		return f(c.house)
	}
	err := e.place.withNew(ctx, f)
	if held, ok := errors.AsType[db.InUse](err); ok {
		return c.handOver(ctx, held)
	}
	return err
}

func (errand) isErrand() {}

// mayBeHandedOver reports whether the command is an errand.
func (c *console) mayBeHandedOver() bool {
	n := c.parsed.Selected()
	if n == nil || n.Target.Kind() != reflect.Struct || !n.Target.CanAddr() {
		return false
	}
	_, ok := n.Target.Addr().Interface().(interface{ isErrand() })
	return ok
}

// named are the files that a command opened by their names.
type named struct {
	texts map[string][]byte
	open  map[string]*os.File
	made  map[string]*newFile
}

// maxText bounds what is read whole: a password, a mapping, a signed head.
const maxText = 1 << 20

// open opens a file for reading.
func (c *console) open(name string) (*os.File, error) {
	if c.call != nil {
		return c.given(name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	if c.named.open == nil {
		c.named.open = map[string]*os.File{}
	}
	c.named.open[name] = f
	return f, nil
}

// read reads a small file.
func (c *console) read(name string) ([]byte, error) {
	if c.call != nil {
		text, ok := c.call.Texts[name]
		if !ok {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		return text, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxText+1))
	if err == nil && len(text) > maxText {
		err = fmt.Errorf("%s is larger than %d KiB", name, maxText>>10)
	}
	if c.named.texts == nil {
		c.named.texts = map[string][]byte{}
	}
	c.named.texts[name] = text
	return text, err
}

// create begins a file that appears under its name when it is kept; "" makes none.
func (c *console) create(name string) (*newFile, error) {
	if name == "" {
		return nil, nil
	}
	if c.call != nil {
		f, err := c.given(name)
		return &newFile{File: f, kept: func() { c.named.made[name] = nil }}, err
	}
	f, err := createFile(name)
	if err != nil {
		return nil, err
	}
	if c.named.made == nil {
		c.named.made = map[string]*newFile{}
	}
	c.named.made[name] = f
	return f, nil
}

func (c *console) given(name string) (*os.File, error) {
	if f := c.call.Open[name]; f != nil {
		return f, nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("it was not handed over")}
}

// pathMapper makes names of files absolute, from the directory in which the command was typed.
func (c *console) pathMapper() kong.MapperFunc {
	return func(ctx *kong.DecodeContext, target reflect.Value) error {
		var name string
		if err := ctx.Scan.PopValueInto("file", &name); err != nil {
			return err
		}
		if name != "" && c.call != nil && !filepath.IsAbs(name) && !strings.HasPrefix(name, "~/") {
			name = filepath.Join(c.call.Dir, name)
		}
		if name != "" {
			name = kong.ExpandPath(name)
		}
		target.SetString(name)
		return nil
	}
}

// handOver lets the process that holds the data directory do the command, and
// gives the files that it completed their names.
func (c *console) handOver(ctx context.Context, held db.InUse) error {
	if c.parsed == nil || !c.mayBeHandedOver() {
		return held
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	r := control.Request{Args: c.args, Dir: dir, Settings: c.found(), Terminal: c.isTTY, Texts: c.named.texts}
	var files []*os.File
	for name, f := range c.named.open {
		r.Files, files = append(r.Files, name), append(files, f)
	}
	for name, f := range c.named.made {
		r.Files, files = append(r.Files, name), append(files, f.File)
	}
	out, flushed, err := fileOf(c.out)
	if err != nil {
		return err
	}
	fail, failFlushed, err := fileOf(c.err)
	if err != nil {
		return err
	}
	reply, err := control.Ask(ctx, held.Dir, r, out, fail, files)
	flushed()
	failFlushed()
	switch {
	case errors.Is(err, control.ErrNobody):
		return held
	case err != nil:
		return err
	case reply.Refused != "":
		return errors.New(reply.Refused)
	}
	for _, name := range reply.Kept {
		if f := c.named.made[name]; f != nil {
			if err := f.keep(); err != nil {
				return fmt.Errorf("%s could not be written: %w", name, err)
			}
		}
	}
	return reported(reply.Code)
}

// found are the settings of the command that stand in the environment or in
// the settings file, without those that say where the marketplace is.
func (c *console) found() map[string]string {
	found := map[string]string{}
	for _, f := range c.parsed.Selected().Flags {
		if f.Name == "data" || f.Name == "database" {
			continue
		}
		if value, _, ok, err := c.settings.Lookup(f.Name); ok && err == nil {
			found[f.Name] = value
		}
	}
	return found
}

// fileOf is the file behind a writer, or a pipe to one that has none, with
// what waits until all is written.
func fileOf(w io.Writer) (*os.File, func(), error) {
	if f, ok := w.(*os.File); ok {
		return f, func() {}, nil
	}
	r, p, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		io.Copy(w, r)
		r.Close()
	}()
	return p, func() { p.Close(); <-done }, nil
}

// takeErrands opens the door for commands, where the data directory is this
// process's alone. A shop that cannot open it serves all the same.
func (h *house) takeErrands(log *slog.Logger, run func(string, func(context.Context) error)) {
	if h.db.Dialect() != db.SQLite {
		return // commands run beside the shop
	}
	door, err := control.Listen(h.dir)
	if err != nil {
		log.Warn("commands need a stopped shop: the socket in the data directory cannot be opened", "error", err)
		return
	}
	run("control", func(ctx context.Context) error {
		return door.Serve(ctx, log, func(ctx context.Context, call *control.Call) control.Reply { return h.doErrand(ctx, log, call) })
	})
}

// doErrand runs a command that was handed over on this process's house. Its
// arguments are not logged: they may name persons.
func (h *house) doErrand(ctx context.Context, log *slog.Logger, call *control.Call) control.Reply {
	begin := time.Now()
	c := &console{out: call.Out, err: call.Err, isTTY: call.Terminal, args: call.Args, settings: config.Given(call.Settings), house: h, call: call}
	c.named.made = map[string]*newFile{}
	reply := control.Reply{Code: c.run(ctx)}
	for name := range c.named.made {
		reply.Kept = append(reply.Kept, name)
	}
	done := ""
	if c.parsed != nil {
		done = c.parsed.Command()
	}
	log.Info("command", "did", done, "code", reply.Code, "took", time.Since(begin).String())
	return reply
}
