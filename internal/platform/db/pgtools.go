package db

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// dump runs pg_dump within the snapshot.
func (s *Snapshot) dump(ctx context.Context, path string) (made string, err error) {
	number, err := One(ctx, s, String, `SELECT current_setting('server_version_num')`)
	if err != nil {
		return "", err
	}
	n, _ := strconv.Atoi(number)
	tool, err := findTool(ctx, "pg_dump", n/10000)
	if err != nil {
		return "", err
	}
	schema, err := One(ctx, s, String, `SELECT current_schema()`)
	if err != nil {
		return "", err
	}
	// Compression is the archive's; owners and rights are those of the database restored into.
	err = tool.run(ctx, s.db.url, "--format=custom", "--compress=0", "--no-owner", "--no-privileges",
		"--schema="+quoteName(schema), "--snapshot="+s.id, "--file="+path)
	return tool.version, err
}

func (d *DB) loadDump(ctx context.Context, path, made string) error {
	tool, err := findTool(ctx, "pg_restore", majorOf(made))
	if err != nil {
		return err
	}
	schema, err := One(ctx, d, String, `SELECT current_schema()`)
	if err != nil {
		return err
	}
	return tool.run(ctx, d.url, "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", "--schema="+schema, path)
}

// pgTool is one of PostgreSQL's own programs.
type pgTool struct {
	path    string
	version string // "pg_dump (PostgreSQL) 15.18"
}

var versionOf = regexp.MustCompile(`^pg_\w+ \(PostgreSQL\) (\d+)[.\w]*`)

func majorOf(version string) int {
	m := versionOf.FindStringSubmatch(version)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

// findTool looks for the program in the PATH and where Debian keeps one for
// each release. The oldest that is not older than wanted is taken, because a
// newer one may write what an older server does not understand.
func findTool(ctx context.Context, name string, atLeast int) (pgTool, error) {
	places, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if p, err := exec.LookPath(name); err == nil {
		places = append(places, p)
	}
	var found []pgTool
	for _, p := range places {
		out, err := exec.CommandContext(ctx, p, "--version").Output()
		if v := versionOf.FindString(string(out)); err == nil && v != "" {
			found = append(found, pgTool{p, v})
		}
	}
	slices.SortStableFunc(found, func(a, b pgTool) int { return majorOf(a.version) - majorOf(b.version) })
	for _, t := range found {
		if majorOf(t.version) >= atLeast {
			return t, nil
		}
	}
	hint := fmt.Sprintf("install PostgreSQL's client programs of release %d or newer (Debian: postgresql-client-%d) on this machine", atLeast, atLeast)
	if len(found) == 0 {
		return pgTool{}, fmt.Errorf("%s is not installed; %s", name, hint)
	}
	return pgTool{}, fmt.Errorf("%s is too old for PostgreSQL %d; %s", found[len(found)-1].version, atLeast, hint)
}

// run starts the program on a database. The password goes by the environment,
// because everybody on the machine can read arguments.
func (t pgTool) run(ctx context.Context, raw string, args ...string) error {
	address, password, err := forTools(raw)
	if err != nil {
		return err
	}
	var said bytes.Buffer
	c := exec.CommandContext(ctx, t.path, append([]string{"--no-password", "--dbname=" + address}, args...)...)
	c.Env, c.Stderr = append(os.Environ(), "LC_ALL=C"), &said
	if password != "" {
		c.Env = append(c.Env, "PGPASSWORD="+password)
	}
	if err := c.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		text := strings.TrimSpace(said.String())
		if len(text) > 2000 {
			text = text[:2000] + " …"
		}
		return hideURL(fmt.Errorf("%s: %w: %s", filepath.Base(t.path), err, text), raw)
	}
	return nil
}

// forLibpq are the parameters of an address that PostgreSQL's programs know;
// they refuse the others, which are settings of our driver.
var forLibpq = []string{"host", "hostaddr", "port", "user", "dbname", "passfile", "connect_timeout", "options", "application_name",
	"sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "sslsni", "channel_binding", "target_session_attrs", "gssencmode", "krbsrvname", "service",
	"keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "require_auth", "sslnegotiation"}

// forTools splits an address into one without secrets and the password.
func forTools(raw string) (address, password string, err error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", "", errors.New("the database URL is not understood")
	}
	if u.User != nil {
		password, _ = u.User.Password()
		u.User = url.User(u.User.Username())
	}
	q := u.Query()
	if p := q.Get("password"); p != "" {
		password = p
	}
	for name := range q {
		if !slices.Contains(forLibpq, name) {
			q.Del(name)
		}
	}
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20") // libpq takes a plus for a plus
	return u.String(), password, nil
}

// withDatabase is the address of another database on the same server.
func withDatabase(raw, name string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", errors.New("the database URL is not understood")
	}
	u.Path = "/" + name
	q := u.Query()
	q.Del("dbname")
	u.RawQuery = q.Encode()
	return u.String(), nil
}
