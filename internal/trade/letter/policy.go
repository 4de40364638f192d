package letter

import (
	"context"
	"fmt"
	"strings"

	"aromart/internal/care/policy"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/platform/job"
	"aromart/internal/platform/mail"
)

// Addressee finds where a letter to an account holder goes, when it is sent:
// no address where there is none any more.
type Addressee func(ctx context.Context, login int64) (to contact.Email, name contact.Name, language string, err error)

// PolicyNotice tells an account holder when another privacy policy comes into
// force, and what it changes.
func (o *Office) PolicyNotice(who Addressee) func(context.Context, job.Job) error {
	return func(ctx context.Context, j job.Job) error {
		var n policy.Notice
		if err := j.Decode(&n); err != nil {
			return err
		}
		to, name, lang, err := who(ctx, n.Login)
		if err != nil || to.IsZero() {
			return err
		}
		tr := i18n.For(lang)
		v, changes, err := policy.News(ctx, o.DB, n.Version, tr.Lang())
		if errs.KindOf(err) == errs.NotFound && err != nil {
			return nil
		}
		if err != nil {
			return err
		}
		date := tr.Date(o.local(v.EffectiveAt), i18n.DayMonthYear)
		return o.sendToOwner(ctx, j, n.Login, mail.Message{To: to, Language: tr.Lang(),
			Subject: tr.T("letter.policy.subject", "date", date), Text: o.policyText(v, changes, name, date, tr)})
	}
}

func (o *Office) policyText(v *policy.Version, changes []policy.Change, name contact.Name, date string, tr *i18n.Translator) string {
	var b strings.Builder
	b.WriteString(tr.T("letter.hello", "name", name.Reveal()) + "\n\n")
	b.WriteString(tr.T("letter.policy.intro", "version", v.Number, "site", o.Name, "date", date) + "\n\n")
	for _, c := range changes {
		fmt.Fprintf(&b, "%s\n", c.Title)
		for _, line := range c.Removed {
			fmt.Fprintf(&b, "  - %s\n", line)
		}
		for _, line := range c.Added {
			fmt.Fprintf(&b, "  + %s\n", line)
		}
		b.WriteString("\n")
	}
	if len(changes) == 0 {
		b.WriteString(tr.T("letter.policy.first") + "\n")
	} else {
		b.WriteString(tr.T("letter.policy.read") + "\n")
	}
	b.WriteString(o.page(tr, "/privacy") + "\n\n" + tr.T("letter.policy.rights") + "\n")
	o.closing(&b, tr)
	return b.String()
}
