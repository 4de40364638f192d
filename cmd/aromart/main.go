package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/signal"
	"reflect"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"aromart/internal/kit/errs"
	"aromart/internal/platform/config"
	"aromart/internal/platform/control"
	"aromart/internal/platform/db"
)

// cli is every command with its flags. A flag may also come from the
// environment (AROMART_…) or from the file named by --config; see `aromart config`.
type cli struct {
	ConfigFile string           `name:"config" placeholder:"FILE" help:"Settings file: lines of name = value, or JSON."`
	ShowVer    kong.VersionFlag `name:"version" help:"Print the version."`

	Demo       demoCmd       `cmd:"" help:"Start a filled marketplace on http://localhost:8080."`
	Serve      serveCmd      `cmd:"" help:"Run the marketplace."`
	Migrate    migrateCmd    `cmd:"" help:"Bring the database schema forward."`
	Import     importCmd     `cmd:"" help:"Import a store's products from a CSV or JSON file."`
	Export     exportCmd     `cmd:"" help:"Export a store's products to Shopify CSV."`
	Seed       seedCmd       `cmd:"" help:"Make a deterministic world for tests (trust) or benchmarks (load)."`
	Store      storeCmd      `cmd:"" help:"Add and list stores."`
	Order      orderCmd      `cmd:"" help:"List, show, confirm, hand over, deliver and cancel orders."`
	Routes     routesCmd     `cmd:"" help:"List every route with action, roles and rate class."`
	Fsck       fsckCmd       `cmd:"" help:"Check every invariant of the books; exit 1 on any breach."`
	Audit      auditCmd      `cmd:"" help:"Verify the audit log, or write a signed head of it."`
	Policy     policyCmd     `cmd:"" help:"Versions of the privacy policy: propose, sign, publish, compare, verify."`
	Privacy    privacyCmd    `cmd:"" help:"The data map; a person's copy, erasure and requests; retention."`
	Backup     backupCmd     `cmd:"" help:"Write the whole marketplace into one file, while it serves."`
	Restore    restoreCmd    `cmd:"" help:"Make a marketplace of a backup in an empty place, or try whether one can be made."`
	User       userCmd       `cmd:"" help:"Add people, give them another password or role."`
	Config     configCmd     `cmd:"" help:"Print each setting of serve and where it came from; secrets are hidden."`
	Doctor     doctorCmd     `cmd:"" help:"Look for what is wrong and say how to repair it."`
	Completion completionCmd `cmd:"" help:"Print the completion script for bash, zsh or fish."`
	Bench      benchCmd      `cmd:"" help:"Measure speed, memory and relevance."`
	Hash       hashCmd       `cmd:"" hidden:""`
	Version    versionCmd    `cmd:"" help:"Print the version."`
}

// Exit codes: what a script may rely on.
const (
	exitOK    = 0
	exitFound = 1 // a problem was found, or the work failed
	exitUsage = 2 // the command was used wrongly
)

// console is where a command reads from and writes to.
type console struct {
	out, err io.Writer
	isTTY    bool
	parsed   *kong.Context
	settings *config.Source
	args     []string
	named    named
	house    *house        // in the serving process: the one it has open
	call     *control.Call // in the serving process: the command that was handed over
}

// usersMask is what the user's umask takes from a file that he asked for.
var usersMask = 0o022

func main() {
	usersMask = syscall.Umask(0o077) // what the marketplace keeps is its owner's, in a directory of any mode
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl C ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is main without the process, so that a test can call it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	settings, err := config.Load(config.Find(args, os.Environ()), os.Environ())
	if err != nil {
		fmt.Fprintln(stderr, "aromart:", err)
		return exitUsage
	}
	return (&console{out: stdout, err: stderr, isTTY: isTerminal(stderr), settings: settings, args: asTyped(args)}).run(ctx)
}

// run understands the arguments and does what they ask for.
func (c *console) run(ctx context.Context) int {
	var commands cli
	done := -1
	parser, err := kong.New(&commands,
		kong.Name("aromart"),
		kong.Description("A multi-seller marketplace in one program. Start with: aromart demo"),
		kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true, Summary: true}),
		kong.Writers(c.out, c.err), kong.Exit(func(code int) { done = code }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(c, c.settings),
		kong.Resolvers(c.settings), kong.NamedMapper("path", c.pathMapper()), kong.TypeMapper(reflect.TypeFor[netip.Prefix](), kong.MapperFunc(readPrefix)),
		kong.Vars{"version": versionLine()},
	)
	if err != nil {
		fmt.Fprintln(c.err, "aromart:", err)
		return exitUsage
	}
	placeholders(parser.Model.Node)
	if c.call == nil { // a mistyped variable is told once
		for _, hint := range c.settings.Unknown(parser.Model) {
			fmt.Fprintln(c.err, "aromart:", hint)
		}
	}
	c.parsed, err = parser.Parse(c.args)
	if done >= 0 {
		return done
	}
	if err != nil {
		fmt.Fprintf(c.err, "aromart: %s\nTry: %s --help\n", misread(err), commandOf(err))
		return exitUsage
	}
	if c.house != nil && !c.mayBeHandedOver() {
		fmt.Fprintln(c.err, "aromart:", db.InUse{Dir: c.house.dir})
		return exitFound
	}
	return report(c.parsed.Run(), c.err)
}

// errFound is the error of a command that worked and found something wrong: it has been reported already.
var errFound = errors.New("found")

// usage is an error of whoever typed the command.
type usage struct{ sentence string }

func (u usage) Error() string { return u.sentence }

// reported is the exit code of a command that another process did and reported on.
type reported int

func (r reported) Error() string { return fmt.Sprint("exit code ", int(r)) }

func report(err error, stderr io.Writer) int {
	var told reported
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errFound):
		return exitFound
	case errors.As(err, &told):
		return int(told)
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "aromart: stopped")
		return exitFound
	}
	fmt.Fprintln(stderr, "aromart:", sentence(err))
	if _, ok := errors.AsType[usage](err); ok {
		return exitUsage
	}
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Kind == errs.Invalid && e.Field != "" && e.Cause == nil {
		return exitUsage // wrong in itself; with a cause, something else stands against it
	}
	return exitFound
}

// commandOf is the command as far as it was understood.
func commandOf(err error) string {
	e, ok := errors.AsType[*kong.ParseError](err)
	if !ok || e.Context == nil || e.Context.Command() == "" {
		return "aromart"
	}
	words := []string{"aromart"}
	for _, word := range strings.Fields(e.Context.Command()) {
		if !strings.HasPrefix(word, "<") {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// plural writes "1 order", "2 orders".
func plural(n int64, one string) string {
	if n == 1 {
		return "1 " + one
	}
	if s, ok := strings.CutSuffix(one, "y"); ok {
		return fmt.Sprint(n, " ", s, "ies")
	}
	return fmt.Sprint(n, " ", one, "s")
}
