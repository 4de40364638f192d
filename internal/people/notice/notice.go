// Package notice writes to the owners of logins: the codes and links by which
// they prove an address, and what was done to their login.
//
// What always holds: a letter is written when it is sent, from what is kept
// then; only the mailbox or phone learns whether an address has a login; no
// letter asks for a password (P08), and each says so.
//
// Personal data: reads name and address of a login to write to it; what a letter
// gives to a mail provider is recorded as a disclosure. Tables: none.
package notice

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"aromart/internal/care/disclosure"
	"aromart/internal/care/policy"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/market"
	"aromart/internal/people/account"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
	"aromart/internal/platform/job"
	"aromart/internal/platform/mail"
)

// Writer writes and sends.
type Writer struct {
	DB      *db.DB
	Market  *market.Profile
	Desk    *auth.Desk
	Mails   mail.Sender
	Texts   mail.TextSender
	Clock   clock.Clock
	BaseURL string // public address without a trailing slash: links use nothing else
	Name    string // of the marketplace
	Help    string // where to turn with questions; may be empty

	Provider string // host that carries the mails, as disclosures name it; empty when they stay in the outbox
}

// Register makes the writer carry out its jobs.
func (w *Writer) Register(r *job.Runner) {
	r.Handle(auth.JobProof, w.proof)
	r.Handle(auth.JobNotice, w.notice)
}

// links are the pages that take the token of a link.
var links = map[string]string{"reset": "/reset/", "sign_in": "/login/link/", "email_new": "/account/security/email/confirm/", "email_old": "/account/security/email/confirm/", "not_me": "/login/not-me/"}

// proof sends a link or a code to the address that it is about.
func (w *Writer) proof(ctx context.Context, j job.Job) error {
	var names auth.ProofJob
	if err := j.Decode(&names); err != nil {
		return err
	}
	p, err := auth.ProofByID(ctx, w.DB, names.Proof, w.Clock())
	if errs.KindOf(err) == errs.NotFound || err == nil && (!p.Open || p.IsZero()) { // used or over meanwhile, or nobody's address
		return nil
	}
	if err != nil {
		return err
	}
	taken, err := auth.Taken(ctx, w.DB, p)
	if err != nil {
		return err
	}
	tr := i18n.For(p.Language)
	what := p.Purpose
	if taken && (what == "register" || what == "email_new" || what == "phone") {
		what = "taken"
	}
	secret := ""
	switch what {
	case "register", "phone":
		secret = w.Desk.Code(p)
	case "taken":
		secret = w.BaseURL + prefix(p.Language) + "/login"
	default:
		secret = w.link(p)
	}
	owner := p.Login
	if l, err := auth.ByAddress(ctx, w.DB, p.Address); err == nil {
		owner = l.ID
	} else if errs.KindOf(err) != errs.NotFound {
		return err
	}
	return w.send(ctx, j, owner, p, tr, what, secret)
}

func (w *Writer) link(p *auth.Proof) string {
	return w.BaseURL + prefix(p.Language) + links[p.Purpose] + w.Desk.Token(p)
}

func prefix(lang string) string {
	if lang == "" || lang == i18n.Languages()[0] {
		return ""
	}
	return "/" + lang
}

// send writes a mail, or a short message where there is only a phone.
func (w *Writer) send(ctx context.Context, j job.Job, owner int64, p *auth.Proof, tr *i18n.Translator, what, secret string) error {
	if p.Email.IsZero() {
		return w.Texts.SendText(ctx, mail.TextMessage{To: p.Phone, Text: tr.T("notice."+what+".text", "site", w.Name, "secret", secret), ID: w.id(j), Until: p.ExpiresAt})
	}
	var b strings.Builder
	b.WriteString(tr.T("notice."+what, "site", w.Name) + "\n\n" + secret + "\n")
	if tr.Has("notice." + what + ".unasked") {
		b.WriteString("\n" + tr.T("notice."+what+".unasked") + "\n")
	}
	w.closing(&b, tr)
	return w.mail(ctx, j, owner, disclosure.Mailbox, mail.Message{To: p.Email, Language: tr.Lang(), Subject: tr.T("notice."+what+".subject", "site", w.Name), Text: b.String()})
}

// mail hands a mail over, and notes the provider that will carry it. Of one to
// an address that has no login yet, the registration notes it when it is done.
func (w *Writer) mail(ctx context.Context, j job.Job, owner int64, kinds []policy.Category, m mail.Message) error {
	m.MessageID, m.Date = mail.ID(j.ID, j.CreatedAt, w.host()), j.CreatedAt
	if w.Provider != "" {
		if err := w.DB.Write(ctx, func(tx *db.Tx) error {
			return disclosure.Carried(ctx, tx, w.Provider, owner, kinds, m.MessageID, j.CreatedAt)
		}); err != nil {
			return err
		}
	}
	return w.Mails.Send(ctx, m)
}

// notice tells the owner of a login what was done to it. It goes to the mailbox;
// a login that has only a phone, and a phone that was taken off, get a short message.
func (w *Writer) notice(ctx context.Context, j job.Job) error {
	var n auth.NoticeJob
	if err := j.Decode(&n); err != nil {
		return err
	}
	l, err := auth.ByID(ctx, w.DB, n.Login)
	if errs.KindOf(err) == errs.NotFound { // erased since
		return nil
	}
	if err != nil {
		return err
	}
	s, err := account.SettingsOf(ctx, w.DB, l.ID)
	if err != nil {
		return err
	}
	lang := s.Language
	if lang == "" {
		lang = w.Market.Languages[0]
	}
	tr := i18n.For(lang)
	at := tr.Date(j.CreatedAt.In(w.Market.Location), i18n.DateTime)
	out, to, err := w.wayOut(ctx, tr, lang, n)
	if err != nil {
		return err
	}
	if to.IsZero() {
		to = auth.Address{Email: l.Email}
		if l.Email.IsZero() {
			to.Phone = l.Phone
		}
	}
	if to.Email.IsZero() {
		return w.Texts.SendText(ctx, mail.TextMessage{To: to.Phone, Text: tr.T("notice.did."+n.Event, "site", w.Name, "at", at) + " " + out, ID: w.id(j)})
	}
	var b strings.Builder
	b.WriteString(tr.T("letter.hello", "name", l.Name.Reveal()) + "\n\n" + tr.T("notice.did."+n.Event, "site", w.Name, "at", at) + "\n")
	b.WriteString("\n" + out + "\n")
	w.closing(&b, tr)
	return w.mail(ctx, j, l.ID, disclosure.Notice, mail.Message{To: to.Email, Language: tr.Lang(), Subject: tr.T("notice.did."+n.Event+".subject", "site", w.Name), Text: b.String()})
}

// wayOut says what to do when it was somebody else, and where the notice goes
// when that is not simply where the login is reached now.
func (w *Writer) wayOut(ctx context.Context, tr *i18n.Translator, lang string, n auth.NoticeJob) (text string, to auth.Address, err error) {
	if n.Proof == 0 {
		return tr.T("notice.not_you") + "\n" + w.BaseURL + prefix(lang) + "/reset", to, nil
	}
	p, err := auth.ProofByID(ctx, w.DB, n.Proof, w.Clock())
	if err != nil {
		return "", to, err
	}
	if strings.HasPrefix(n.Event, "locked_") {
		return tr.T("notice.locked", "site", w.Name), p.Address, nil
	}
	p.Language = lang
	return tr.T("notice.not_me") + "\n" + w.link(p), p.Address, nil
}

func (w *Writer) closing(b *strings.Builder, tr *i18n.Translator) {
	b.WriteString("\n" + tr.T("letter.safe", "site", w.Name) + "\n")
	if w.Help != "" {
		b.WriteString(tr.T("letter.help", "help", w.Help) + "\n")
	}
	b.WriteString("\n" + w.Name + "\n" + w.BaseURL + "\n")
}

func (w *Writer) host() string {
	if u, err := url.Parse(w.BaseURL); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return "localhost"
}

// id names a short message; the same job gives the same.
func (w *Writer) id(j job.Job) string {
	return fmt.Sprintf("text-%d-%d", j.ID, j.CreatedAt.Truncate(time.Second).Unix())
}
