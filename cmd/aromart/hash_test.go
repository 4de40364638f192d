package main

import (
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestPasswordsAreHashedAside: by a process of the same program that is told
// nothing else, whose death costs no sign-in, and which ends with the shop.
func TestPasswordsAreHashedAside(t *testing.T) {
	t.Parallel()
	p := startShop(t, nil)
	const password = "seven green boats"
	signIn := func() {
		t.Helper()
		res, err := http.PostForm("http://"+p.addr+"/login", url.Values{"contact": {"nobody@example.com"}, "password": {password}})
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("sign-in: %s", res.Status)
		}
	}
	helper := func() int {
		t.Helper()
		ids := childrenOf(t, p.cmd.Process.Pid)
		if len(ids) != 1 {
			t.Fatalf("the shop has %d processes instead of one\n%s", len(ids), p.log)
		}
		return ids[0]
	}
	if ids := childrenOf(t, p.cmd.Process.Pid); len(ids) > 0 {
		t.Errorf("%d processes before anybody signs in", len(ids))
	}
	signIn()
	first := helper()
	for file, want := range map[string]string{"cmdline": "aromart\x00hash\x00", "environ": ""} {
		if got, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(first), file)); err != nil || string(got) != want {
			t.Errorf("%s: %q %v", file, got, err)
		}
	}
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	signIn()
	signIn()
	last := helper()
	if last == first {
		t.Error("the dead one is still kept")
	}
	if strings.Contains(p.log.String(), password) {
		t.Errorf("the log has the password: %s", p.log)
	}
	p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-p.ended:
		if err != nil {
			t.Errorf("exit: %v\n%s", err, p.log)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the shop is still there")
	}
	if err := syscall.Kill(last, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the helper is still there: %v", err)
	}
}

// childrenOf are the processes that a process has started.
func childrenOf(t *testing.T, id int) (children []int) {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		t.Skip("this system has no /proc")
	}
	for _, file := range stats {
		raw, _ := os.ReadFile(file) // some have ended since
		_, fields, _ := strings.Cut(string(raw), ") ")
		if f := strings.Fields(fields); len(f) > 1 && f[1] == strconv.Itoa(id) {
			child, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
			if err != nil {
				t.Fatal(err)
			}
			children = append(children, child)
		}
	}
	return children
}
