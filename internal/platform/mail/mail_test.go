package mail_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	stdmail "net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aromart/internal/kit/contact"
	"aromart/internal/platform/mail"
)

var date = time.Date(2026, 11, 24, 9, 30, 0, 123456000, time.UTC)

func letter() mail.Message {
	return mail.Message{To: contact.NewEmail("nimal@example.com"), Subject: "ඔබේ ඇණවුම K7QF-3M9A-XT",
		Text: "ආයුබෝවන් නිමල්,\n\nTotal: Rs 4,590\n.\nhttps://example.com/o/abc?x=1\n", HTML: "<p>ආයුබෝවන් <b>නිමල්</b></p>",
		Language: "si", MessageID: mail.ID(7, date, "Shop.Example"), Date: date}
}

func open(t testing.TB, o mail.Options) mail.Sender {
	t.Helper()
	if o.From == "" {
		o.From = "Aromart Lanka <orders@shop.example>"
	}
	s, err := mail.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func allow(string) error { return nil }

// inOutbox sends one mail into a fresh outbox and reads it back.
func inOutbox(t *testing.T, m mail.Message) (*stdmail.Message, []byte) {
	t.Helper()
	dir := t.TempDir()
	if err := open(t, mail.Options{Dir: dir}).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, mail.OutboxName, mail.FileName(m.MessageID)))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := stdmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	return parsed, raw
}

// parts decodes the body.
func parts(t *testing.T, m *stdmail.Message) map[string]string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(kind, "multipart/") {
		b, _ := io.ReadAll(quotedprintable.NewReader(m.Body))
		return map[string]string{kind: string(b)}
	}
	out := map[string]string{}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextPart()
		if err != nil {
			return out
		}
		b, _ := io.ReadAll(p)
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		out[kind] = string(b)
	}
}

func TestAMailReadsBackAsItWasWritten(t *testing.T) {
	want := letter()
	got, raw := inOutbox(t, want)
	subject, _ := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
	from, _ := got.Header.AddressList("From")
	to, _ := got.Header.AddressList("To")
	at, _ := got.Header.Date()
	if subject != want.Subject || len(to) != 1 || to[0].Address != "nimal@example.com" || from[0].String() != `"Aromart Lanka" <orders@shop.example>` ||
		!at.Equal(date.Truncate(time.Second)) || got.Header.Get("Message-Id") != "<"+want.MessageID+">" || got.Header.Get("Auto-Submitted") != "auto-generated" ||
		got.Header.Get("Content-Language") != "si" {
		t.Errorf("headers\n%s", raw)
	}
	body := parts(t, got)
	if strings.ReplaceAll(body["text/plain"], "\r\n", "\n") != want.Text || body["text/html"] != want.HTML {
		t.Errorf("parts %q", body)
	}
	for line := range strings.SplitSeq(string(raw), "\n") {
		if len(line) > 998 || strings.ContainsFunc(line, func(r rune) bool { return r > 126 }) {
			t.Errorf("line of %d bytes, or one that is no ASCII: %.80q", len(line), line)
		}
	}
	if strings.Contains(strings.ToLower(string(raw)), "go-mail") {
		t.Error("the mail names the program that wrote it")
	}
	if _, again := inOutbox(t, want); !bytes.Equal(raw, again) {
		t.Errorf("the same message gives other bytes:\n%s\n%s", raw, again)
	}
	want.HTML = ""
	got, _ = inOutbox(t, want)
	if body := parts(t, got); len(body) != 1 || strings.ReplaceAll(body["text/plain"], "\r\n", "\n") != want.Text {
		t.Errorf("without a page: %q", body)
	}
}

func TestMessageID(t *testing.T) {
	a := mail.ID(7, date, "shop.example")
	if a != "0000000007.hogf3nco5c@shop.example" {
		t.Errorf("ID = %s; a change of form sends mails twice when they are tried again", a)
	}
	if a != mail.ID(7, date, "Shop.Example") || a == mail.ID(8, date, "shop.example") || a == mail.ID(7, date.Add(time.Microsecond), "shop.example") {
		t.Error("ids do not tell jobs apart, or change by themselves")
	}
	for host, want := range map[string]string{"": "localhost", "a b": "localhost", "x>\r\ny": "localhost", "bücher.example": "xn--bcher-kva.example"} {
		_, got, _ := strings.Cut(mail.ID(1, date, host), "@")
		if got != want {
			t.Errorf("host %q gives %q", host, got)
		}
	}
}

// TestNoTextAddsAHeader puts what a person may type into every part.
func TestNoTextAddsAHeader(t *testing.T) {
	for _, evil := range []string{"a\r\nBcc: evil@example.org", "a\nBcc: evil@example.org", "a\rBcc: evil@example.org", "a\r\n\r\n<script>", "a\x00b",
		"a\u2028Bcc: evil@example.org", "a\x0bBcc: evil@example.org", "\r\n.\r\nMAIL FROM:<evil@example.org>\r\n", strings.Repeat("x", 5000), "=?utf-8?q?=0D=0ABcc:_evil@example.org?=",
		"a\xff\xfe"} {
		m := letter()
		m.Subject, m.Text, m.HTML, m.Language = evil, evil, evil, evil
		got, raw := inOutbox(t, m)
		if len(got.Header["Bcc"])+len(got.Header["Cc"]) > 0 || len(got.Header["To"]) != 1 || len(got.Header) != 9 {
			t.Errorf("%.40q: headers %v\n%s", evil, got.Header, raw)
		}
		subject, _ := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
		if strings.ContainsAny(got.Header.Get("Subject"), "\r\n\x00") || len([]rune(subject)) > 200 {
			t.Errorf("%.40q: subject %q", evil, subject)
		}
		if body := parts(t, got); len(body) != 2 || strings.ContainsRune(body["text/plain"], 0) {
			t.Errorf("%.40q: parts %q", evil, body)
		}
		for _, change := range []func(*mail.Message){
			func(m *mail.Message) { m.MessageID = evil + "@shop.example" },
			func(m *mail.Message) { m.To = contact.NewEmail(evil + "@example.com") },
			func(m *mail.Message) { m.To = contact.NewEmail("a@example.com" + evil) },
		} {
			m := letter()
			change(&m)
			dir := t.TempDir()
			err := open(t, mail.Options{Dir: dir}).Send(t.Context(), m)
			if files, _ := filepath.Glob(dir + "/*/*"); err == nil || len(files) > 0 {
				t.Errorf("%.40q was sent as %v to %q", evil, files, m.To.Reveal())
			} else if strings.Contains(err.Error(), "@example.com"+evil) {
				t.Errorf("the address is in the error: %v", err)
			}
		}
	}
}

// TestNoTextAddsAPart repeats a mail's own boundary inside its text.
func TestNoTextAddsAPart(t *testing.T) {
	m := letter()
	for range 3 {
		got, _ := inOutbox(t, m)
		_, params, _ := mime.ParseMediaType(got.Header.Get("Content-Type"))
		if body := parts(t, got); len(body) != 2 || !strings.Contains(body["text/html"], "නිමල්") {
			t.Fatalf("parts %q", body)
		}
		m.Text = "--" + params["boundary"] + "\nContent-Type: text/html\n\n<script>alert(1)</script>\n--" + params["boundary"] + "--\n"
	}
}

func TestTheOutbox(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := open(t, mail.Options{Dir: dir})
	second := letter()
	second.MessageID = mail.ID(8, date, "shop.example")
	for _, m := range []mail.Message{letter(), second, letter()} { // the first comes twice
		if err := s.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	files, _ := filepath.Glob(dir + "/" + mail.OutboxName + "/*")
	want := []string{mail.FileName(letter().MessageID), mail.FileName(second.MessageID)}
	for i := range files {
		info, _ := os.Stat(files[i])
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v", files[i], info.Mode())
		}
		files[i] = filepath.Base(files[i])
	}
	if info, _ := os.Stat(filepath.Join(dir, mail.OutboxName)); info.Mode().Perm() != 0o700 || !slices.Equal(files, want) {
		t.Errorf("files %v, want %v; directory %v", files, want, info.Mode())
	}
	old := filepath.Join(dir, mail.OutboxName, want[0])
	os.Chtimes(old, time.Time{}, time.Now().Add(-8*24*time.Hour))
	if err := mail.PurgeOutbox(t.Context(), dir, 7*24*time.Hour, time.Now()); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(dir + "/*/*"); len(left) != 1 || filepath.Base(left[0]) != want[1] {
		t.Errorf("after a week: %v", left)
	}
	if err := mail.PurgeOutbox(t.Context(), t.TempDir(), 0, time.Now()); err != nil {
		t.Errorf("without an outbox: %v", err)
	}
}

func TestSMTP(t *testing.T) {
	config := certificate(t)
	for name, tt := range map[string]struct {
		tls    *tls.Config
		scheme string
	}{"STARTTLS": {config, "smtp"}, "TLS from the first byte": {config, "smtps"}, "plain on loopback": {nil, "smtp"}} {
		t.Run(name, func(t *testing.T) {
			srv := listen(t, tt.tls)
			if tt.scheme == "smtps" {
				srv.Listener.Close()
				srv = listenTLS(t, config)
			}
			var asked []string
			user := "user:p%40ss@"
			if tt.tls == nil {
				user = ""
			}
			s := open(t, mail.Options{URL: tt.scheme + "://" + user + "127.0.0.1:" + srv.port(), Allow: func(host string) error { asked = append(asked, host); return nil }})
			if err := s.Send(t.Context(), letter()); err != nil {
				t.Fatal(err)
			}
			got := srv.taken()
			_, want := inOutbox(t, letter())
			if len(got) != 1 || !strings.HasPrefix(got[0].to, "RCPT TO:<nimal@example.com>") || got[0].data != string(want) {
				t.Fatalf("taken %q\nwant %q", got, want)
			}
			if tt.tls != nil && !slices.Equal(srv.secrets, []string{`"\x00user\x00p@ss" encrypted=true`}) {
				t.Errorf("signed in as %q", srv.secrets)
			}
			if !slices.Equal(asked, []string{"127.0.0.1"}) {
				t.Errorf("the door was asked for %v", asked)
			}
		})
	}
}

// listenTLS speaks TLS from the first byte.
func listenTLS(t *testing.T, config *tls.Config) *server {
	plain := listen(t, nil)
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	s := &server{Listener: l}
	plain.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(c)
		}
	}()
	return s
}

func TestTheDoor(t *testing.T) {
	srv := listen(t, nil)
	closed := errors.New("no mail server is allowed")
	s := open(t, mail.Options{URL: "smtp://127.0.0.1:" + srv.port(), Allow: func(string) error { return closed }})
	if err := s.Send(t.Context(), letter()); err == nil || !strings.Contains(err.Error(), closed.Error()) {
		t.Errorf("got %v", err)
	}
	if len(srv.lines)+len(srv.taken()) > 0 {
		t.Error("it connected")
	}
}

// TestNothingIsSentInClear points the sender at a server that claims to know
// no encryption, under a name that is not the machine's own.
func TestNothingIsSentInClear(t *testing.T) {
	srv := listen(t, nil)
	s := open(t, mail.Options{URL: "smtp://user:secret@127.0.0.1.nip.test:" + srv.port(), Allow: allow})
	if err := s.Send(t.Context(), letter()); err == nil {
		t.Error("it was sent")
	}
	certificate(t)
	other := listen(t, certificate(t)) // a certificate that the sender was not told to trust
	mail.Trust(nil)
	s = open(t, mail.Options{URL: "smtp://user:secret@127.0.0.1:" + other.port(), Allow: allow})
	if err := s.Send(t.Context(), letter()); err == nil || len(other.taken())+len(other.secrets) > 0 {
		t.Errorf("a false certificate: %v, %v", err, other.secrets)
	}
}

func permanent(err error) bool {
	var p interface{ Permanent() bool }
	return errors.As(err, &p) && p.Permanent()
}

func TestARefusedRecipientIsHopeless(t *testing.T) {
	srv := listen(t, nil)
	s := open(t, mail.Options{URL: "smtp://127.0.0.1:" + srv.port(), Allow: allow})
	for answer, hopeless := range map[string]bool{"550 5.1.1 no such user": true, "450 4.2.0 greylisted": false, "": false} {
		srv.refuse = answer
		err := s.Send(t.Context(), letter())
		if (err != nil) != (answer != "") || permanent(err) != hopeless {
			t.Errorf("%q: %v, hopeless %v", answer, err, permanent(err))
		}
	}
	srv.Close()
	if err := s.Send(t.Context(), letter()); err == nil || permanent(err) {
		t.Errorf("a server that is down: %v", err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for name, o := range map[string]mail.Options{
		"no sender":      {Dir: t.TempDir()},
		"bad sender":     {From: "Aromart", Dir: t.TempDir()},
		"two lines":      {From: "A <a@b.lk>\r\nBcc: x@y.lk", Dir: t.TempDir()},
		"no door":        {From: "a@b.lk", URL: "smtp://mail.example"},
		"another scheme": {From: "a@b.lk", URL: "https://user:hunter2@mail.example", Allow: allow},
		"no host":        {From: "a@b.lk", URL: "smtp://", Allow: allow},
		"no URL":         {From: "a@b.lk", URL: "smtp://user:hunter2@mail.example:port", Allow: allow},
		"no directory":   {From: "a@b.lk", Dir: "/dev/null/x"},
	} {
		if _, err := mail.Open(o); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, change := range map[string]func(*mail.Message){
		"no text":     func(m *mail.Message) { m.Text = " \n" },
		"no date":     func(m *mail.Message) { m.Date = time.Time{} },
		"no id":       func(m *mail.Message) { m.MessageID = "" },
		"erased":      func(m *mail.Message) { m.To = contact.Email{} },
		"path for id": func(m *mail.Message) { m.MessageID = "../../x@y" },
	} {
		m := letter()
		change(&m)
		if err := open(t, mail.Options{Dir: t.TempDir()}).Send(t.Context(), m); err == nil {
			t.Errorf("%s: it was sent", name)
		}
	}
}

// TestForget: letters and short messages of one person go, those of others stay.
func TestForget(t *testing.T) {
	dir := t.TempDir()
	sender, err := mail.Open(mail.Options{From: "orders@shop.example", Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	texts, err := mail.OpenTexts(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i, to := range []string{"anura@example.com", "anura@example.com", "bimal@example.com"} {
		m := letter()
		m.To, m.MessageID, m.Date = contact.NewEmail(to), mail.ID(int64(i), time.Unix(1e9, 0), "shop.example"), time.Unix(1e9, 0)
		m.Text = fmt.Sprintf("about ORDER-%d", i)
		if err := sender.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	for i, to := range []string{"+94771234567", "+94771234568"} {
		if err := texts.SendText(t.Context(), mail.TextMessage{To: contact.NewPhone(to), Text: "123456 is your code", ID: fmt.Sprint("text-", i)}); err != nil {
			t.Fatal(err)
		}
	}
	left := func() string {
		var out []string
		files, _ := filepath.Glob(filepath.Join(dir, mail.OutboxName, "*"))
		for _, f := range files {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, mark := range []string{"ORDER-0", "ORDER-1", "ORDER-2", "+94771234567", "+94771234568"} {
				if strings.Contains(string(raw), mark) {
					out = append(out, mark)
				}
			}
		}
		return strings.Join(out, " ")
	}
	email, phone := []contact.Email{contact.NewEmail("Anura@example.com")}, []contact.Phone{contact.NewPhone("+94771234567")}
	for _, step := range []struct {
		targets []mail.Target
		n       int
		left    string
	}{
		{nil, 0, "ORDER-0 ORDER-1 ORDER-2 +94771234567 +94771234568"},
		{[]mail.Target{{}}, 0, "ORDER-0 ORDER-1 ORDER-2 +94771234567 +94771234568"},
		{[]mail.Target{{Emails: email, Mentions: []string{"ORDER-1", "ORDER-2"}}}, 1, "ORDER-0 ORDER-2 +94771234567 +94771234568"},
		{[]mail.Target{{Emails: email, Phones: phone}}, 2, "ORDER-2 +94771234568"},
	} {
		if n, err := mail.Forget(t.Context(), dir, step.targets...); n != step.n || err != nil || left() != step.left {
			t.Errorf("%d forgotten, %v; left %s", n, err, left())
		}
	}
	if n, err := mail.Forget(t.Context(), t.TempDir(), mail.Target{Emails: email}); n != 0 || err != nil {
		t.Errorf("without an outbox: %d, %v", n, err)
	}
}
