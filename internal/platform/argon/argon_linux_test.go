package argon_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"aromart/internal/platform/argon"
)

// The test binary is also the program that helps, and one that is killed
// while it has a helper.
func TestMain(m *testing.M) {
	switch os.Args[0] {
	case "helper":
		if err := argon.Help(os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
	case "starter":
		p := argon.NewHelpers(os.Args[1], "helper")
		p.Key(task)
		fmt.Println(p.Waiting()[0])
		select {}
	default:
		os.Exit(m.Run())
	}
}

// task is small, so that nothing waits for it.
var task = argon.Task{Password: []byte("seven green boats"), Salt: []byte("a salt of sixteen"), Time: 1, Memory: 64}

func helpers(t *testing.T) *argon.Helpers {
	t.Helper()
	p := argon.NewHelpers(self(t), "helper")
	t.Cleanup(p.Close)
	return p
}

func self(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return exe
}

// logged collects what is logged during the test.
func logged(t *testing.T) *bytes.Buffer {
	var log bytes.Buffer
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(old) })
	return &log
}

// ofKernel reads a file of a process from /proc.
func ofKernel(t *testing.T, id int, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(id), name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// state is R or S of a process that runs, T of one that is stopped, Z of one
// that has ended, "" of none.
func state(id int) string {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(id), "stat"))
	if err != nil {
		return ""
	}
	return strings.Fields(string(raw))[2] // the names here have no space
}

// gone reports that a process has ended, even if nobody has looked yet.
func gone(id int) bool { s := state(id); return s == "" || s == "Z" }

// eventually waits for what the kernel does in its own time.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not within a minute: ", what)
		}
	}
}

// one is the only helper that waits.
func one(t *testing.T, p *argon.Helpers) int {
	t.Helper()
	ids := p.Waiting()
	if len(ids) != 1 {
		t.Fatalf("%d helpers wait instead of one", len(ids))
	}
	return ids[0]
}

func TestAHelperComputesWhatIsComputedHere(t *testing.T) {
	log, p := logged(t), helpers(t)
	// A test vector of the reference implementation in C.
	vector := argon.Task{Password: []byte("password"), Salt: []byte("somesalt"), Time: 2, Memory: 256}
	const want = "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"
	if got := hex.EncodeToString(vector.Key()); got != want {
		t.Errorf("here: %s", got)
	}
	for range 3 {
		if got := hex.EncodeToString(p.Key(vector)); got != want {
			t.Errorf("by a helper: %s", got)
		}
	}
	one(t, p) // which has done all three
	if log.Len() > 0 {
		t.Error(log)
	}
}

func TestEachHashHasAHelperOfItsOwn(t *testing.T) {
	p := helpers(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			mine := task
			mine.Time = uint32(1 + i%2)
			if !bytes.Equal(p.Key(mine), mine.Key()) {
				t.Error("the answer to another task")
			}
		})
	}
	all.Wait()
	if n := len(p.Waiting()); n == 0 || n > 8 {
		t.Errorf("%d helpers", n)
	}
}

// TestADeadHelperCostsNoAnswer: neither the hash that meets it nor the next one.
func TestADeadHelperCostsNoAnswer(t *testing.T) {
	log, p := logged(t), helpers(t)
	p.Key(task)
	dead := one(t, p)
	if err := syscall.Kill(dead, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(p.Key(task), task.Key()) {
		t.Error("the hash that met it is wrong")
	}
	if ids := p.Waiting(); len(ids) > 0 || !gone(dead) {
		t.Error("it is kept")
	}
	if !bytes.Equal(p.Key(task), task.Key()) || one(t, p) == dead {
		t.Error("there is no new one")
	}
	if said := log.String(); !strings.Contains(said, "gone") || strings.Contains(said, string(task.Password)) {
		t.Errorf("logged: %s", said)
	}
}

func TestAHelperThatHangsCostsNoAnswer(t *testing.T) {
	logged(t)
	p := helpers(t)
	p.Key(task)
	hangs := one(t, p)
	if err := syscall.Kill(hangs, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the helper stops", func() bool { return state(hangs) == "T" })
	p.LosePatience(time.Millisecond)
	if !bytes.Equal(p.Key(task), task.Key()) {
		t.Error("the hash that met it is wrong")
	}
	if !gone(hangs) {
		t.Error("it is still there")
	}
}

func TestWithoutAHelperTheHashIsComputedHere(t *testing.T) {
	log := logged(t)
	p := argon.NewHelpers(filepath.Join(t.TempDir(), "nothing"), "helper")
	if !bytes.Equal(p.Key(task), task.Key()) || !strings.Contains(log.String(), "no helper can be started") {
		t.Error(log)
	}
}

func TestCloseLeavesNoProcess(t *testing.T) {
	p := helpers(t)
	p.Key(task)
	id := one(t, p)
	p.Close()
	if !gone(id) {
		t.Error("it is still there")
	}
	if !bytes.Equal(p.Key(task), task.Key()) || len(p.Waiting()) > 0 {
		t.Error("what is asked for later is not computed here")
	}
}

// TestAHelperEndsWithItsStarter, even with one that had no time to close anything.
func TestAHelperEndsWithItsStarter(t *testing.T) {
	starter := &exec.Cmd{Path: self(t), Args: []string{"starter", self(t)}}
	out, err := starter.StdoutPipe()
	if err == nil {
		err = starter.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	starter.Process.Kill()
	starter.Wait()
	id, bad := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || bad != nil {
		t.Fatal(err, bad)
	}
	eventually(t, "the helper ends", func() bool { return gone(id) })
}

// TestAHelperIsToldNothingElse: no arguments but its name, no environment, and
// the password leaves no trace where other users of the machine can read.
func TestAHelperIsToldNothingElse(t *testing.T) {
	t.Setenv("AROMART_SMTP_PASSWORD", "of the mail server")
	p := helpers(t)
	p.Key(task)
	id := one(t, p)
	if got := ofKernel(t, id, "cmdline"); got != "helper\x00" {
		t.Errorf("arguments %q", got)
	}
	if got := ofKernel(t, id, "environ"); got != "" {
		t.Errorf("environment %q", got)
	}
}

// TestAHelperStepsBack with all of its threads, and this process does not.
func TestAHelperStepsBack(t *testing.T) {
	p := helpers(t)
	p.Key(task)
	for _, policy := range policies(t, one(t, p)) {
		if policy != unix.SCHED_IDLE {
			t.Errorf("a thread of it has the scheduling policy %d", policy)
		}
	}
	for _, policy := range policies(t, os.Getpid()) {
		if policy == unix.SCHED_IDLE {
			t.Error("a thread here steps back as well")
		}
	}
}

// policies are the scheduling policies of the threads of a process.
func policies(t *testing.T, id int) (all []uint32) {
	t.Helper()
	threads, err := os.ReadDir(filepath.Join("/proc", strconv.Itoa(id), "task"))
	if err != nil || len(threads) == 0 {
		t.Fatal("no threads", err)
	}
	for _, thread := range threads {
		number, err := strconv.Atoi(thread.Name())
		if err != nil {
			t.Fatal(err)
		}
		attr, err := unix.SchedGetAttr(number, 0)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, attr.Policy)
	}
	return all
}
