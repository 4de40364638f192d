package config

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

type testCLI struct {
	Config string `help:"Settings file."`
	Serve  struct {
		Addr         string   `default:"127.0.0.1:8080" help:"Where to listen."`
		Database     string   `help:"URL."`
		SMTPPassword string   `name:"smtp-password"`
		PageCacheMB  int      `default:"32" name:"page-cache-mb"`
		TrustedProxy []string `name:"trusted-proxy"`
		Insecure     bool
	} `cmd:""`
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "aromart.conf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func parse(t *testing.T, file string, env []string, args ...string) (*testCLI, *kong.Context, *Source, error) {
	t.Helper()
	s, err := Load(file, env)
	if err != nil {
		return nil, nil, nil, err
	}
	var c testCLI
	p, err := kong.New(&c, kong.Resolvers(s), kong.Writers(io.Discard, io.Discard), kong.Exit(func(int) {}))
	if err != nil {
		return nil, nil, nil, err
	}
	ctx, err := p.Parse(append([]string{"serve"}, args...))
	return &c, ctx, s, err
}

func TestFlagBeforeEnvironmentBeforeFile(t *testing.T) {
	for name, file := range map[string]string{
		"lines": "# shop\naddr = \"file:1\" # here\npage_cache_mb=64\ntrusted-proxy = [\"10.0.0.0/8\", \"::1/128\"]\ninsecure = true\ndatabase = 'postgres://a#b'\n",
		"json":  `{"addr": "file:1", "page-cache-mb": 64, "trusted-proxy": ["10.0.0.0/8", "::1/128"], "insecure": true, "database": "postgres://a#b"}`,
	} {
		path := write(t, file)
		c, _, _, err := parse(t, path, nil)
		if err != nil || c.Serve.Addr != "file:1" || c.Serve.PageCacheMB != 64 || len(c.Serve.TrustedProxy) != 2 || !c.Serve.Insecure || c.Serve.Database != "postgres://a#b" {
			t.Errorf("%s: %+v %v", name, c, err)
		}
		env := []string{"AROMART_ADDR=env:1", "OTHER=x", "AROMART_UNKNOWN=x"}
		if c, _, _, err = parse(t, path, env); err != nil || c.Serve.Addr != "env:1" || c.Serve.PageCacheMB != 64 {
			t.Errorf("%s: %+v %v", name, c, err)
		}
		if c, _, _, err = parse(t, path, env, "--addr", "flag:1"); err != nil || c.Serve.Addr != "flag:1" {
			t.Errorf("%s: %+v %v", name, c, err)
		}
	}
	if c, _, _, err := parse(t, "", nil); err != nil || c.Serve.Addr != "127.0.0.1:8080" {
		t.Errorf("defaults: %+v %v", c, err)
	}
}

func TestSecretsFromFiles(t *testing.T) {
	secret := write(t, "s3cret\n")
	c, _, _, err := parse(t, "", []string{"AROMART_SMTP_PASSWORD_FILE=" + secret})
	if err != nil || c.Serve.SMTPPassword != "s3cret" {
		t.Errorf("%+v %v", c, err)
	}
	if _, _, _, err := parse(t, "", []string{"AROMART_SMTP_PASSWORD_FILE=" + secret, "AROMART_SMTP_PASSWORD=x"}); err == nil || !strings.Contains(err.Error(), "both set") {
		t.Errorf("two sources: %v", err)
	}
	if _, _, _, err := parse(t, "", []string{"AROMART_SMTP_PASSWORD_FILE=/does/not/exist"}); err == nil {
		t.Error("a missing file went unnoticed")
	}
}

func TestMistakesAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"adr = x":               `there is no setting "adr"; did you mean addr?`,
		"nonsense-of-mine = x":  `there is no setting "nonsense-of-mine"`,
		"addr":                  "line 1: not of the form",
		"\naddr = \"x":          "line 2: the value is not closed",
		"addr = \"x\" y":        "something follows",
		"addr = a\naddr = b":    "line 2: addr stands already in line 1",
		"{\"addr\": {\"a\":1}}": "neither a text",
		"{\"addr\": ":           "settings file",
	} {
		if _, _, _, err := parse(t, write(t, text), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := Load("/does/not/exist", nil); err == nil {
		t.Error("a missing settings file went unnoticed")
	}
}

func TestDescribeHidesSecrets(t *testing.T) {
	path := write(t, "page-cache-mb = 64\n")
	env := []string{"AROMART_SMTP_PASSWORD=s3cret", "AROMART_DATABASE=postgres://app:s3cret@db:5432/shop?sslmode=require"}
	_, ctx, s, err := parse(t, path, env)
	if err != nil {
		t.Fatal(err)
	}
	settings, err := s.Describe(ctx.Selected().Flags, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, one := range settings {
		got[one.Name] = one.Value + " from " + one.From
		if strings.Contains(one.Value, "s3cret") {
			t.Errorf("%+v shows a secret", one)
		}
	}
	for name, want := range map[string]string{
		"addr": "127.0.0.1:8080 from default", "page-cache-mb": "64 from " + path + " line 1", "smtp-password": "*** from AROMART_SMTP_PASSWORD",
		"database": "postgres://app:***@db:5432/shop?sslmode=require from AROMART_DATABASE",
	} {
		if got[name] != want {
			t.Errorf("%s: %q, want %q", name, got[name], want)
		}
	}
}

func TestHide(t *testing.T) {
	for value, want := range map[string]string{
		"postgres://u:p@h/d": "postgres://u:***@h/d", "postgres://h/d": "postgres://h/d", "smtp://u@h": "smtp://u@h",
		"postgres://u:p@x@h/d": "postgres://u:***@h/d", "postgres://h/d?password=p": "postgres://***", "plain": "plain",
		"http://h/a@b:c": "http://h/a@b:c",
	} {
		if got := hide(value, false); got != want {
			t.Errorf("%s: %s", value, got)
		}
	}
}

func TestFind(t *testing.T) {
	env := []string{"AROMART_CONFIG=/env"}
	for args, want := range map[string]string{"serve --config /a": "/a", "serve --config=/b --x": "/b", "serve": "/env", "serve -- --config /c": "/env"} {
		if got := Find(strings.Fields(args), env); got != want {
			t.Errorf("%s: %s", args, got)
		}
	}
}

func TestUnknownVariablesAreTold(t *testing.T) {
	var commands testCLI
	app, err := kong.New(&commands, kong.Writers(io.Discard, io.Discard))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Load("", []string{"AROMART_ADR=x", "AROMART_ADDR=x", "AROMART_DATABASE_FILE=x", "AROMART_TEST_QUICK=1", "AROMART_SHARED=x", "AROMART_BENCH_POSTGRES=x", "AROMART_CONFIG=x",
		"AROMART_SOMETHING_ELSE=geheim", "HOME=/"})
	if err != nil {
		t.Fatal(err)
	}
	want := "there is no setting AROMART_ADR, so it is ignored; did you mean AROMART_ADDR?\nthere is no setting AROMART_SOMETHING_ELSE, so it is ignored"
	if got := strings.Join(s.Unknown(app.Model), "\n"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestGivenSettings(t *testing.T) {
	s := Given(map[string]string{"addr": "127.0.0.1:1"})
	if value, _, found, err := s.Lookup("addr"); value != "127.0.0.1:1" || !found || err != nil {
		t.Error(value, found, err)
	}
	if _, _, found, _ := s.Lookup("database"); found {
		t.Error("found what was not given")
	}
}
