package notice_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/i18n"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/people/notice"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/platform/job"
	"aromart/internal/platform/mail"
	"aromart/internal/platform/secrets"
)

// pile collects what is sent.
type pile struct {
	mails []mail.Message
	texts []mail.TextMessage
}

func (p *pile) Send(_ context.Context, m mail.Message) error {
	p.mails = append(p.mails, m)
	return nil
}
func (p *pile) SendText(_ context.Context, m mail.TextMessage) error {
	p.texts = append(p.texts, m)
	return nil
}

const good = "seven green boats"

type room struct {
	*testing.T
	*auth.Desk
	pile
	runner *job.Runner
}

func open(t *testing.T, d *db.DB) *room {
	t.Helper()
	i18n.FailOnMissing(t)
	r := &room{T: t, Desk: auth.NewDesk(d, "aromart", secrets.Random().Key), runner: &job.Runner{DB: d, Clock: clock.System}}
	m, _ := market.ByCode("lk")
	(&notice.Writer{DB: d, Market: m, Desk: r.Desk, Mails: &r.pile, Texts: &r.pile, Clock: clock.System, BaseURL: "https://shop.test", Name: "aromart", Help: "+94 11 200 0000"}).Register(r.runner)
	hash, err := auth.Hash(t.Context(), good)
	r.must(err)
	for _, who := range []auth.Address{{Email: contact.NewEmail("anura@example.com")}, {Phone: contact.NewPhone("+94771234567")}} {
		r.must(d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := auth.Add(t.Context(), tx, access.Actor{}, auth.New{Address: who, Name: contact.NewName("Anura Silva"), Role: "customer", Hash: hash}, clock.System())
			return err
		}))
	}
	return r
}

func (r *room) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// delivered are the letters that wait now.
func (r *room) delivered() pile {
	r.Helper()
	r.pile = pile{}
	for {
		n, err := r.runner.RunDue(r.Context())
		r.must(err)
		if n == 0 {
			return r.pile
		}
	}
}

// TestOnlyTheMailboxLearns: a known address gets its link, an unknown one
// nothing, and who registers a known one is told in its mailbox alone.
func TestOnlyTheMailboxLearns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		known, unknown := auth.Address{Email: contact.NewEmail("anura@example.com")}, auth.Address{Email: contact.NewEmail("nobody@example.com")}
		for i, lang := range i18n.Languages() {
			r.must(r.SendReset(t.Context(), known, lang, clock.System().Add(time.Duration(i-2)*time.Minute))) // a minute apart
			got := r.delivered()
			if len(got.mails) != 1 || got.mails[0].To != known.Email || !strings.Contains(got.mails[0].Text, "https://shop.test") || !strings.Contains(got.mails[0].Text, "/reset/") || got.mails[0].Language != lang {
				t.Errorf("%s: %+v", lang, got.mails)
			}
		}
		r.must(r.SendReset(t.Context(), unknown, "en", clock.System()))
		r.must(r.SendSignIn(t.Context(), unknown, "en", clock.System()))
		if got := r.delivered(); len(got.mails)+len(got.texts) != 0 {
			t.Errorf("an unknown address got %+v", got)
		}
		for _, a := range []auth.Address{known, unknown} {
			form, err := r.Register(t.Context(), auth.Registration{Address: a, Name: contact.NewName("N"), Password: good, Language: "en"}, clock.System())
			r.must(err)
			got := r.delivered()
			if len(got.mails) != 1 || got.mails[0].To != a.Email {
				t.Fatalf("%+v", got)
			}
			code := r.Code(&auth.Proof{PublicID: form, Purpose: "register"})
			if has := strings.Contains(got.mails[0].Text, code); has != (a == unknown) {
				t.Errorf("%s: the letter has the code: %v", a, has)
			}
		}
	})
}

// TestPhonesGetShortMessages: what has no mailbox is written to by phone, which
// the outbox keeps as a file.
func TestPhonesGetShortMessages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		phone := auth.Address{Phone: contact.NewPhone("+94771234567")}
		r.must(r.SendSignIn(t.Context(), phone, "ta", clock.System()))
		got := r.delivered()
		if len(got.texts) != 1 || len(got.mails) != 0 || got.texts[0].To != phone.Phone || !strings.Contains(got.texts[0].Text, "https://shop.test/ta/login/link/") {
			t.Fatalf("%+v", got)
		}
		dir := t.TempDir()
		out, err := mail.OpenTexts(dir)
		r.must(err)
		for range 2 { // a second try replaces the first
			r.must(out.SendText(t.Context(), got.texts[0]))
		}
		files, _ := os.ReadDir(filepath.Join(dir, mail.OutboxName))
		if len(files) != 1 {
			t.Fatalf("%d files", len(files))
		}
		text, err := os.ReadFile(filepath.Join(dir, mail.OutboxName, files[0].Name()))
		if err != nil || !strings.Contains(string(text), "+94771234567") || !strings.Contains(string(text), got.texts[0].Text) {
			t.Errorf("%q, %v", text, err)
		}
		// The message stays as long as what it carries serves.
		for wait, want := range map[time.Duration]int{-time.Second: 1, 0: 0} {
			r.must(out.SendText(t.Context(), got.texts[0]))
			r.must(mail.PurgeOutbox(t.Context(), dir, 7*24*time.Hour, got.texts[0].Until.Truncate(time.Second).Add(wait)))
			if files, _ := os.ReadDir(filepath.Join(dir, mail.OutboxName)); len(files) != want {
				t.Errorf("after %v: %d files", wait, len(files))
			}
		}
	})
}

// TestNoticesSayWhatWasDone: every event has its letter, and a sign-in one with
// the link that undoes it.
func TestNoticesSayWhatWasDone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		for _, event := range []string{"password", "email", "phone", "second_on", "second_off", "token", "report"} {
			r.must(d.Write(t.Context(), func(tx *db.Tx) error {
				return job.Enqueue(t.Context(), tx, auth.JobNotice, auth.NoticeJob{Login: 1, Event: event}, clock.System())
			}))
			got := r.delivered()
			if len(got.mails) != 1 || !strings.Contains(got.mails[0].Text, "https://shop.test/reset") || !strings.Contains(got.mails[0].Text, "Anura Silva") {
				t.Errorf("%s: %+v", event, got)
			}
		}
		a := auth.Address{Email: contact.NewEmail("anura@example.com")}
		for _, device := range []string{"Firefox, Linux", "Chrome, Windows"} {
			_, err := r.SignIn(t.Context(), a, good, auth.Origin{Device: device}, clock.System())
			r.must(err)
		}
		got := r.delivered()
		if len(got.mails) != 1 || !strings.Contains(got.mails[0].Text, "https://shop.test/login/not-me/") {
			t.Fatalf("%+v", got)
		}
		_, token, _ := strings.Cut(got.mails[0].Text, "/login/not-me/")
		token, _, _ = strings.Cut(token, "\n")
		if _, err := r.NotMe(t.Context(), token, "en", clock.System().Add(time.Hour)); err != nil {
			t.Error(err)
		}
		link, err := db.One(t.Context(), d, db.Int, "SELECT max(id) FROM proofs WHERE purpose = 'not_me'")
		r.must(err)
		r.delivered()
		for _, event := range []string{"locked_address", "locked_second"} { // nothing in a letter opens a locked login
			r.must(d.Write(t.Context(), func(tx *db.Tx) error {
				return job.Enqueue(t.Context(), tx, auth.JobNotice, auth.NoticeJob{Login: 1, Event: event, Proof: link}, clock.System())
			}))
			got := r.delivered()
			if len(got.mails) != 1 || !strings.Contains(got.mails[0].Text, "Please turn to aromart") || strings.Contains(got.mails[0].Text, "shop.test/") {
				t.Errorf("%s: %+v", event, got)
			}
		}
	})
}

// TestTheOldAddressIsTold: a number that is left gets the link that takes the
// change back, and so does the mailbox.
func TestTheOldAddressIsTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		now := clock.System()
		in, err := r.SignIn(t.Context(), auth.Address{Phone: contact.NewPhone("+94771234567")}, good, auth.Origin{}, now)
		r.must(err)
		v, err := r.Open(t.Context(), in.Token, now)
		r.must(err)
		form, err := r.ChangePhone(t.Context(), v, contact.NewPhone("+94777654321"), "en", now)
		r.must(err)
		r.delivered()
		r.must(r.ConfirmPhone(t.Context(), v, form, r.Code(&auth.Proof{PublicID: form, Purpose: "phone"}), now))
		got := r.delivered()
		if len(got.texts) != 2 || got.texts[0].To.Reveal() != "+94771234567" || !strings.Contains(got.texts[0].Text, "https://shop.test/login/not-me/") || got.texts[1].To.Reveal() != "+94777654321" {
			t.Errorf("%+v", got.texts)
		}
	})
}

// TestTemplatesAskForNoPassword reads every letter in every language (P08): the
// only sentence with the word is the one that says that nobody ever asks for it,
// or one that says where to choose a new one.
func TestTemplatesAskForNoPassword(t *testing.T) {
	for _, lang := range i18n.Languages() {
		tr := i18n.For(lang)
		if !tr.Has("letter.safe") {
			t.Fatal("the warning is gone")
		}
		for _, what := range []string{"register", "taken", "reset", "sign_in", "email_new", "email_old"} {
			text := strings.ToLower(tr.T("notice."+what, "site", "aromart"))
			for _, bad := range []string{"enter your password", "send your password", "reply with", "your password is", "ඔබේ මුරපදය එවන්න", "கடவுச்சொல்லை அனுப்பு"} {
				if strings.Contains(text, bad) {
					t.Errorf("%s %s asks: %s", lang, what, bad)
				}
			}
		}
	}
}
