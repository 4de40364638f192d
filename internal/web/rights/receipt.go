package rights

import (
	"net/http"
	"time"

	"aromart/internal/care/privacy"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/platform/db"
	"aromart/internal/web"
	"aromart/internal/web/ui"
)

// receipt shows what became of a request to whoever has its long random
// number: kind, state and dates, and after an erasure its receipt. It names nobody.
func (p *Pages) receipt(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	number := privacy.CleanRequestNumber(r.PathValue("receipt"))
	if number == "" {
		return errs.New(errs.NotFound, "error.not_found")
	}
	q, err := privacy.ByNumber(r.Context(), p.DB, number)
	if err != nil {
		return err
	}
	day := func(id string, t time.Time) string { return v.T.T(id, "day", v.T.Date(p.Local(t), i18n.DayMonthYear)) }
	view := &ui.DataReceiptView{Number: q.Number, Lines: []string{
		v.T.T("privacy.receipt.state", "kind", v.T.T("privacy.request."+q.Kind), "state", v.T.T("privacy.status."+q.Status)),
		day("privacy.receipt.received", q.ReceivedAt), day("privacy.receipt.due", q.DueAt)}}
	if !q.RunAt.IsZero() {
		view.Lines = append(view.Lines, day("privacy.receipt.run", q.RunAt))
	}
	if q.Kind == privacy.Erasure && q.Login != 0 && q.CanWithdraw() && !q.RunAt.IsZero() {
		view.Lines = append(view.Lines, v.T.T("privacy.receipt.keep_account"))
		view.Keep = &ui.Link{Href: v.Link("/login?next=" + ui.EscapeQuery(v.Link("/account/data"))), Text: v.T.T("privacy.receipt.sign_in")}
	}
	if q.Reason != "" {
		view.Lines = append(view.Lines, v.T.T("privacy.list.reason", "reason", v.T.T("privacy.reason."+q.Reason)))
	}
	if rec := q.Receipt; rec != nil {
		view.Erased = ui.Table{Caption: v.T.T("privacy.receipt.erased"), Head: []string{v.T.T("privacy.kept.kind"), v.T.T("privacy.receipt.rows")}}
		for _, e := range rec.Erased {
			view.Erased.Rows = append(view.Erased.Rows, []string{words(v, "privacy.kind.", e.Kinds), v.T.Number(e.Rows)})
		}
		view.Stays = p.stays(v, rec.Kept)
		view.Lines = append(view.Lines, v.T.T("privacy.receipt.files", "n", rec.Files), v.T.T("privacy.log."+rec.Log))
	}
	return web.Render(w, r, ui.DataReceipt(p.Private(v, v.T.T("privacy.receipt.title")), view))
}

// keep is the page of the link that the letter about a deletion brings. Opening
// it changes nothing, because mailboxes open links by themselves.
func (p *Pages) keep(w http.ResponseWriter, r *http.Request) error {
	v := p.Visit(r)
	q, err := privacy.Keepable(r.Context(), p.DB, p.Links, r.PathValue("token"))
	if err != nil {
		return err
	}
	w.Header().Set("Referrer-Policy", "no-referrer") // the address is a secret
	view := &ui.AccountView{Heading: v.T.T("privacy.keep_link"), Intro: []string{v.T.T("privacy.delete.scheduled", "day", v.T.Date(p.Local(q.RunAt), i18n.DayMonthYear))},
		Panels: []ui.Panel{{Form: &ui.AccountForm{Action: v.Link("/privacy/keep/" + r.PathValue("token")), Button: v.T.T("privacy.delete.withdraw")}}}}
	return web.Render(w, r, ui.Account(p.Private(v, view.Heading), view))
}

func (p *Pages) keepPost(w http.ResponseWriter, r *http.Request) error {
	if _, err := web.Form[struct{}](r); err != nil {
		return err
	}
	v := p.Visit(r)
	var q *privacy.Request
	err := p.DB.Write(r.Context(), func(tx *db.Tx) (err error) {
		if q, err = privacy.Keepable(r.Context(), tx, p.Links, r.PathValue("token")); err != nil {
			return err
		}
		return privacy.Withdraw(r.Context(), tx, q.Person(), q, v.Now)
	})
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/privacy/receipt/"+q.Number)
}
