package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"aromart/internal/kit/clock"
	"aromart/internal/platform/backup"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/world"
)

// The scripts under testdata run the real program: the test binary under the
// name aromart. The other names are what a script needs beside it.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"aromart": main,
		"buy":     buy,
		"sql":     editByHand,
		"nobody":  asNobody,
		"limited": withSmallFiles,
		"hooked":  withHook,
	})
}

func TestScriptsOnSQLite(t *testing.T) {
	for _, dir := range []string{"testdata/script", "testdata/both"} {
		runScripts(t, dir, nil)
	}
}

func TestScriptsOnPostgres(t *testing.T) {
	if os.Getenv("AROMART_TEST_QUICK") != "" {
		t.Skip("./test --quick does without PostgreSQL")
	}
	runScripts(t, "testdata/both", func() string { return dbtest.PostgresURL(t) })
}

func runScripts(t *testing.T, dir string, postgres func() string) {
	root, err := os.MkdirTemp("", "aromart-script")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	if err := os.Chmod(root, 0o755); err != nil { // nobody walks through it
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: dir, WorkdirRoot: root,
		Setup: func(env *testscript.Env) error {
			env.Setenv("ADDR", freeAddress())
			env.Setenv("OPS", freeAddress())
			env.Setenv("LONG", strings.Repeat("a-long-name/", 12)+"data")
			if postgres != nil {
				env.Setenv("AROMART_DATABASE", postgres())
			}
			return os.Chmod(env.WorkDir, 0o777)
		},
		Condition: func(cond string) (bool, error) {
			if cond == "postgres" {
				return postgres != nil, nil
			}
			return false, fmt.Errorf("no condition %s", cond)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"code": wantCode, "json": wantJSON, "capture": capture, "await": await, "occupy": occupy,
			"awaitfile": awaitFile, "spare": spare(t),
		},
	})
}

func freeAddress() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// wantCode runs a command and compares its exit code: code 2 aromart srve.
func wantCode(ts *testscript.TestScript, _ bool, args []string) {
	want, _ := strconv.Atoi(args[0])
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if text := ts.ReadFile("stderr"); strings.Contains(text, "goroutine ") {
		ts.Fatalf("a panic:\n%s", text)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d\n%s%s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// wantJSON checks that the last output is one JSON value.
func wantJSON(ts *testscript.TestScript, _ bool, _ []string) {
	if text := ts.ReadFile("stdout"); !json.Valid([]byte(text)) || strings.TrimSpace(text) == "null" {
		ts.Fatalf("no JSON: %s", text)
	}
}

// capture puts the last output into a variable.
func capture(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile("stdout")))
}

// await asks for a URL until it answers 200, with a text of that form if one is given.
func await(ts *testscript.TestScript, _ bool, args []string) {
	last, form := "", regexp.MustCompile("")
	if len(args) > 1 {
		form = regexp.MustCompile("(?m)" + args[1])
	}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		res, err := http.Get(args[0])
		if err != nil {
			last = err.Error()
			continue
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if last = res.Status + " " + string(body); res.StatusCode == http.StatusOK && form.Match(body) {
			return
		}
	}
	ts.Fatalf("%s: %s", args[0], last)
}

// awaitFile waits until a file is there.
func awaitFile(ts *testscript.TestScript, _ bool, args []string) {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
	}
	ts.Fatalf("%s does not come", args[0])
}

// spare puts the address of an empty PostgreSQL database into a variable.
func spare(t *testing.T) func(ts *testscript.TestScript, neg bool, args []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		address, drop, err := db.Temporary(t.Context(), ts.Getenv("AROMART_DATABASE"))
		ts.Check(err)
		ts.Defer(func() { drop() })
		ts.Setenv(args[0], address)
	}
}

// occupy listens on an address until the script ends.
func occupy(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", args[0])
	ts.Check(err)
	ts.Defer(func() { l.Close() })
}

// buy places an order for the SKUs and prints its number.
func buy() {
	ctx := context.Background()
	at := errand{place{Data: os.Args[1], Database: os.Getenv("AROMART_DATABASE")}}
	err := at.with(ctx, &console{}, func(h *house) error {
		var variants []string
		for _, sku := range os.Args[2:] {
			v, err := db.One(ctx, h.db, db.String, `SELECT public_id FROM variants WHERE sku = $1`, sku)
			if err != nil {
				return fmt.Errorf("%s: %w", sku, err)
			}
			variants = append(variants, v)
		}
		q, err := world.Basket(ctx, h.desk, 7, variants)
		if err != nil {
			return err
		}
		placed, err := h.desk.Place(ctx, q, clock.System())
		if err == nil {
			fmt.Println(placed.Order.Number)
		}
		return err
	})
	exitWith(err)
}

// editByHand changes the database behind the program's back.
func editByHand() {
	ctx := context.Background()
	d, err := db.Open(ctx, db.Options{Dir: os.Args[1], URL: os.Getenv("AROMART_DATABASE")})
	exitWith(err)
	err = d.Write(ctx, func(tx *db.Tx) error {
		for _, statement := range os.Args[2:] {
			n, err := db.Exec(ctx, tx, statement)
			if err != nil {
				return err
			}
			if n == 0 {
				return fmt.Errorf("nothing changed: %s", statement)
			}
		}
		return nil
	})
	exitWith(errors.Join(err, d.Close()))
}

// asNobody runs the rest as a user without rights, for whom permissions hold.
func asNobody() {
	if os.Getuid() == 0 {
		exitWith(errors.Join(syscall.Setgroups(nil), syscall.Setgid(65534), syscall.Setuid(65534)))
	}
	os.Args = os.Args[1:]
	main()
}

// withHook runs the rest with a step of its own after a restore, which hangs,
// fails, or leaves a file with what it saw of the ledger.
func withHook() {
	afterRestore = func(*house) []backup.Hook {
		return []backup.Hook{{Name: "test", Run: func(ctx context.Context, r backup.Restored) error {
			switch os.Getenv("AFTER_RESTORE") {
			case "hang":
				if err := os.WriteFile("hook-began", nil, 0o600); err != nil {
					return err
				}
				<-ctx.Done()
				return ctx.Err()
			case "fail":
				return errors.New("refused by the test")
			}
			ledger, err := os.ReadFile(r.Ledger)
			if err != nil {
				return err
			}
			return os.WriteFile("hook-done", ledger, 0o600)
		}}}
	}
	main()
}

// withSmallFiles runs the rest where no file can grow beyond a limit of KiB:
// what a full disk looks like to one process.
func withSmallFiles() {
	signal.Ignore(syscall.SIGXFSZ)
	kib, err := strconv.ParseUint(os.Args[1], 10, 32)
	exitWith(err)
	exitWith(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: kib << 10, Max: kib << 10}))
	os.Args = os.Args[2:]
	main()
}

func exitWith(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}

// TestEveryCommandHasHelp: concise, with a first line, and exit code 0.
func TestEveryCommandHasHelp(t *testing.T) {
	var out, fail bytes.Buffer
	if code := run(t.Context(), []string{"--help"}, &out, &fail); code != 0 {
		t.Fatalf("%d: %s", code, &fail)
	}
	seen := 0
	for line := range strings.Lines(out.String()) {
		words := strings.Fields(line)
		if !strings.HasPrefix(line, "  ") || strings.HasPrefix(line, "   ") || len(words) == 0 || strings.HasPrefix(words[0], "-") {
			continue
		}
		name, _, _ := strings.Cut(strings.TrimSpace(line), "  ")
		var help bytes.Buffer
		fail.Reset()
		if code := run(t.Context(), append(strings.Fields(name), "--help"), &help, &fail); code != 0 || !strings.HasPrefix(help.String(), "Usage: aromart "+name) {
			t.Errorf("%s --help: %d %s%s", name, code, &help, &fail)
		}
		if !strings.Contains(help.String(), "Examples:") {
			t.Errorf("%s --help has no example", name)
		}
		seen++
	}
	if seen < 20 {
		t.Errorf("only %d commands seen in:\n%s", seen, &out)
	}
	if _, err := os.Stat(filepath.Join(".", "aromart-data")); err == nil {
		t.Error("help made a data directory")
	}
}
