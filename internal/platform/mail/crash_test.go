package mail_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	stdmail "net/mail"

	"aromart/internal/kit/clock"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/platform/job"
	"aromart/internal/platform/mail"
)

const letters = 60

// TestMain lets the test program play the process that is killed.
func TestMain(m *testing.M) {
	if os.Getenv("AROMART_MAIL_WORKER") != "" {
		if err := worker(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// worker sends what is due and kills itself after so many mails, between the
// server's answer and the mark in the database.
func worker() error {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	d, err := db.Open(ctx, db.Options{Dir: os.Getenv("AROMART_MAIL_DIR"), URL: os.Getenv("AROMART_MAIL_DATABASE")})
	if err != nil {
		return err
	}
	s, err := mail.Open(mail.Options{URL: os.Getenv("AROMART_MAIL_URL"), Dir: os.Getenv("AROMART_MAIL_DIR"), From: "orders@shop.example", Allow: allow})
	if err != nil {
		return err
	}
	life, _ := strconv.Atoi(os.Getenv("AROMART_MAIL_WORKER"))
	generation, _ := strconv.Atoi(os.Getenv("AROMART_MAIL_GENERATION"))
	later := time.Duration(generation) * time.Hour // past the leases and pauses of those before
	var sent atomic.Int32
	r := &job.Runner{DB: d, Clock: func() time.Time { return clock.System().Add(later) }, Poll: 5 * time.Millisecond, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	r.Handle("mail", func(ctx context.Context, j job.Job) error {
		m := letter()
		m.MessageID, m.Date = mail.ID(j.ID, j.CreatedAt, "shop.example"), j.CreatedAt
		m.Subject = fmt.Sprint("letter ", j.ID)
		if err := s.Send(ctx, m); err != nil {
			return err
		}
		if int(sent.Add(1)) == life {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
		return nil
	}, job.Limits{Tries: 1000})
	go func() {
		defer stop()
		for {
			n, err := db.One(ctx, d, db.Int, `SELECT count(*) FROM jobs WHERE kind = 'mail' AND status = 'pending'`)
			if err != nil || n == 0 {
				return
			}
			time.Sleep(2 * time.Millisecond)
		}
	}()
	return errors.Join(r.Run(ctx), d.Close())
}

// TestMailsSurviveKills is the bar R14: kills between the hand-over of a mail and
// the mark that it was sent; fifty of them when AROMART_TEST_FULL is set.
func TestMailsSurviveKills(t *testing.T) {
	kills := 5
	if os.Getenv("AROMART_TEST_FULL") != "" {
		kills = 50
	}
	dbtest.Each(t, func(t *testing.T, given *db.DB) {
		dir, url := given.Dir(), ""
		if given.Dialect() == db.Postgres {
			url = dbtest.PostgresURL(t)
		}
		given.Close()
		d, err := db.Open(t.Context(), db.Options{Dir: dir, URL: url})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Write(t.Context(), func(tx *db.Tx) error {
			for range letters {
				if err := job.Enqueue(t.Context(), tx, "mail", nil, time.Time{}); err != nil {
					return err
				}
			}
			return nil
		})
		if err = errors.Join(err, d.Close()); err != nil {
			t.Fatal(err)
		}
		srv := listen(t, nil)
		killed := 0
		for generation := range kills + 1 {
			life := generation%3 + 1
			if generation == kills {
				life = -1 // the last one lives
			}
			if run(t, dir, url, srv.port(), life, generation) {
				killed++
			}
		}
		checkMails(t, srv.taken(), killed, kills)
	})
}

// run starts a worker and reports whether it was killed.
func run(t *testing.T, dir, url, port string, life, generation int) bool {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), "AROMART_MAIL_WORKER="+strconv.Itoa(life), "AROMART_MAIL_GENERATION="+strconv.Itoa(generation),
		"AROMART_MAIL_DIR="+dir, "AROMART_MAIL_DATABASE="+url, "AROMART_MAIL_URL=smtp://127.0.0.1:"+port)
	var out strings.Builder
	c.Stdout, c.Stderr = &out, &out
	err := c.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL {
		return true
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	return false
}

func checkMails(t *testing.T, got []received, killed, kills int) {
	t.Helper()
	byID := map[string]string{}
	bySubject := map[string]bool{}
	for _, r := range got {
		m, err := stdmail.ReadMessage(strings.NewReader(r.data))
		if err != nil {
			t.Fatal(err)
		}
		id := m.Header.Get("Message-Id")
		if before, twice := byID[id]; twice && before != r.data {
			t.Errorf("%s came twice and differs", id)
		}
		byID[id] = r.data
		bySubject[m.Header.Get("Subject")] = true
	}
	if len(byID) != letters || len(bySubject) != letters {
		t.Errorf("%d mails under %d ids arrived, want %d of each", len(bySubject), len(byID), letters)
	}
	if twice := len(got) - len(byID); killed != kills || twice < kills {
		t.Errorf("%d of %d kills, %d duplicates: the kills did not hit between hand-over and mark", killed, kills, twice)
	}
	t.Logf("%d kills, %d mails, %d of them again", killed, len(got), len(got)-len(byID))
}

// TestTheOutboxSurvivesKills does the same with files, where a duplicate leaves no trace.
func TestTheOutboxSurvivesKills(t *testing.T) {
	given := dbtest.SQLite(t)
	dir := given.Dir()
	err := given.Write(t.Context(), func(tx *db.Tx) error {
		for range letters {
			if err := job.Enqueue(t.Context(), tx, "mail", nil, time.Time{}); err != nil {
				return err
			}
		}
		return nil
	})
	if err = errors.Join(err, given.Close()); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AROMART_MAIL_DIR", dir)
	for generation, life := range []int{2, 5, 1, -1} {
		c := exec.CommandContext(t.Context(), os.Args[0])
		c.Env = append(os.Environ(), "AROMART_MAIL_WORKER="+strconv.Itoa(life), "AROMART_MAIL_GENERATION="+strconv.Itoa(generation))
		if err := c.Run(); (err != nil) != (life > 0) {
			t.Fatal(err)
		}
	}
	files, _ := filepath.Glob(filepath.Join(dir, mail.OutboxName, "*.eml"))
	if len(files) != letters {
		t.Errorf("%d files, want %d", len(files), letters)
	}
}
