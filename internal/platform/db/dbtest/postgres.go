package dbtest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"aromart/internal/platform/db"
)

// templateName changes with the migrations, so that a server kept between runs
// never serves yesterday's schema.
var templateName = "tmpl_" + schemaHash()

func schemaHash() string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(db.SchemaText())))[:16]
}

// makeTemplate migrates the template database once per server.
func makeTemplate(ctx context.Context, admin *sql.DB, server string) error {
	const lock = 4711 // any number; only tests use advisory locks
	if _, err := admin.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, lock); err != nil {
		return err
	}
	defer admin.ExecContext(ctx, `SELECT pg_advisory_unlock($1)`, lock)
	var n int
	if err := admin.QueryRowContext(ctx, `SELECT count(*) FROM pg_database WHERE datname = $1 AND datistemplate`, templateName).Scan(&n); err != nil || n == 1 {
		return err
	}
	admin.ExecContext(ctx, `DROP DATABASE IF EXISTS `+templateName)
	if _, err := admin.ExecContext(ctx, `CREATE DATABASE `+templateName); err != nil {
		return err
	}
	d, err := db.Open(ctx, db.Options{URL: withDatabase(server, templateName)})
	if err != nil {
		return err
	}
	if err := errors.Join(db.Migrate(ctx, d), d.Close()); err != nil {
		return err
	}
	_, err = admin.ExecContext(ctx, `ALTER DATABASE `+templateName+` WITH is_template true`)
	return err
}

var server struct {
	sync.Once
	url string
	err error
}

// serverURL is the given server's address, or that of one started for this process.
func serverURL() (string, error) {
	if u := os.Getenv("AROMART_TEST_POSTGRES"); u != "" {
		return u, nil
	}
	server.Do(func() { server.url, server.err = startServer() })
	return server.url, server.err
}

// startServer runs PostgreSQL in a temporary directory. The kernel ends it when this process ends.
func startServer() (string, error) {
	bin, err := binDir()
	if err != nil {
		return "", err
	}
	removeStale()
	dir, err := os.MkdirTemp("", "aromart-pg")
	if err != nil {
		return "", err
	}
	attr, err := unprivileged(dir)
	if err != nil {
		return "", err
	}
	data := filepath.Join(dir, "data")
	init := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
	init.SysProcAttr = attr
	if out, err := init.CombinedOutput(); err != nil {
		return "", fmt.Errorf("initdb: %w: %s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	run := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-p", strconv.Itoa(port), "-k", dir, "-h", "127.0.0.1",
		"-c", "fsync=off", "-c", "max_connections=300", "-c", "shared_buffers=64MB", "-c", "log_min_messages=fatal")
	run.SysProcAttr = &syscall.SysProcAttr{Credential: attr.Credential, Pdeathsig: syscall.SIGQUIT}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // the death signal follows the thread that forked
		started <- run.Start()
		run.Wait()
		os.RemoveAll(dir)
	}()
	if err := <-started; err != nil {
		return "", err
	}
	addr := fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)
	return addr, waitFor(addr)
}

// removeStale deletes the directories of servers whose test process, and so
// they themselves, have ended without time to tidy up.
func removeStale() {
	dirs, _ := filepath.Glob(filepath.Join(os.TempDir(), "aromart-pg*"))
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		if err != nil || time.Since(info.ModTime()) < time.Minute {
			continue // it may be starting
		}
		text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
		line, _, _ := strings.Cut(string(text), "\n")
		pid, _ := strconv.Atoi(line)
		if err != nil || pid == 0 || syscall.Kill(pid, 0) == syscall.ESRCH {
			os.RemoveAll(dir)
		}
	}
}

func waitFor(addr string) error {
	pool, err := sql.Open("pgx", addr)
	if err != nil {
		return err
	}
	defer pool.Close()
	for range 150 {
		if err = pool.Ping(); err == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("the test's PostgreSQL did not start: %w", err)
}

// binDir finds the server's programs where Debian and others put them.
func binDir() (string, error) {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	sort.Strings(dirs)
	if len(dirs) > 0 {
		return dirs[len(dirs)-1], nil
	}
	if p, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(p), nil
	}
	return "", errors.New("PostgreSQL is not installed; ./test installs it, ./test --quick does without")
}

// unprivileged gives the directory to a user without rights when the test runs as root, which PostgreSQL refuses.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return &syscall.SysProcAttr{}, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}
