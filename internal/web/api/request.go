package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aromart/internal/care/privacy"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/mask"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/people/repeat"
	"aromart/internal/platform/db"
	"aromart/internal/web"
)

// DataRequest is a person's use of a right that the privacy policy promises.
type DataRequest struct {
	Number      string     `json:"number" doc:"also of its receipt, which whoever has the number can open"`
	Kind        string     `json:"kind" enum:"access,correction,erasure,objection,question"`
	Status      string     `json:"status" enum:"received,verified,in_progress,partly_done,done,refused,withdrawn"`
	Question    string     `json:"question,omitempty"`
	Masked      bool       `json:"masked,omitempty" doc:"what looked like a password or a card number was struck out of the question"`
	Answer      string     `json:"answer,omitempty"`
	Reason      string     `json:"reason,omitempty" doc:"why it was refused, or served in part only"`
	CanWithdraw bool       `json:"can_withdraw"`
	ReceivedAt  time.Time  `json:"received_at"`
	DueAt       time.Time  `json:"due_at" doc:"when the law wants it answered"`
	RunAt       *time.Time `json:"run_at,omitempty" doc:"when a deletion is carried out"`
	ClosedAt    *time.Time `json:"closed_at,omitempty"`
	Copy        *DataCopy  `json:"copy,omitempty" doc:"of an access request"`
}

// DataCopy is the archive of an access request.
type DataCopy struct {
	Status    string    `json:"status" enum:"pending,ready,expired"`
	Size      int64     `json:"size,omitempty" doc:"bytes"`
	ExpiresAt time.Time `json:"expires_at"`
}

// NewDataRequest is what a person asks for.
type NewDataRequest struct {
	Kind     string `json:"kind" enum:"access,correction,erasure,objection,question" doc:"access and erasure need a fresh proof"`
	Question string `json:"question,omitempty" maxLength:"8000" doc:"needed for correction, objection and question"`
}

type (
	requestsOut struct {
		Body struct {
			Requests   []DataRequest `json:"requests" doc:"the newest first"`
			NextCursor string        `json:"next_cursor,omitempty"`
		}
	}
	requestNew struct {
		OnceKey
		Body NewDataRequest
	}
	requestIn struct {
		Number string `path:"number" maxLength:"40"`
	}
	requestOut struct{ Body DataRequest }
	copyOut    struct {
		ContentType string `header:"Content-Type"`
		Disposition string `header:"Content-Disposition"`
		Body        []byte
	}
)

// requests are the rights of a person. They are for people only: no scope of a
// token reaches them.
func (a *API) requests(h huma.API) {
	const path = "/account/data-requests"
	huma.Register(h, mine("listDataRequests", "GET", path, "Requests about the own data", "data.list", "privacy_request", 0, access.RateOrder), op(a.listRequests))
	ask := mine("askData", "POST", path, "Ask for a copy, a correction, the deletion, or something else", "data.ask", "privacy_request", 0, access.RateMessage)
	ask.DefaultStatus = http.StatusCreated
	ask.Errors = append(ask.Errors, http.StatusConflict)
	huma.Register(h, ask, op(a.ask))
	huma.Register(h, mine("getDataRequest", "GET", path+"/{number}", "A request", "data.view", "privacy_request", 0, access.RateOrder), op(a.getRequest))
	withdraw := mine("withdrawDataRequest", "POST", path+"/{number}/withdraw", "Take a request back", "data.withdraw", "privacy_request", 0, access.RateMessage)
	withdraw.Errors = append(withdraw.Errors, http.StatusConflict)
	huma.Register(h, withdraw, op(a.withdraw))
	download := mine("getDataCopy", "GET", path+"/{number}/copy", "The copy, a zip with JSON and readable pages; needs a fresh proof", "data.download", "privacy_request", 0, access.RateExport)
	download.Responses = map[string]*huma.Response{"200": {Description: "The archive", Content: map[string]*huma.MediaType{"application/zip": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}}
	huma.Register(h, download, op(a.download))
}

// subject is the person of the login that asks, with what he has asked for.
func (a *API) subject(ctx context.Context, r db.Reader) (s privacy.Subject, list []privacy.Request, err error) {
	if s, err = privacy.Account(ctx, r, web.FromContext(ctx).Actor.ID); err == nil {
		list, err = privacy.Of(ctx, r, s)
	}
	return s, list, err
}

// request finds one of the person's own; another's number is none.
func (a *API) request(ctx context.Context, r db.Reader, number string) (privacy.Subject, *privacy.Request, error) {
	s, list, err := a.subject(ctx, r)
	if err != nil {
		return s, nil, err
	}
	i := slices.IndexFunc(list, func(q privacy.Request) bool { return q.Number == number })
	if i < 0 {
		return s, nil, errs.New(errs.NotFound, "error.not_found")
	}
	return s, &list[i], nil
}

// permitted reports whether the policy lets the actor do it with the whole of an account.
func permitted(by access.Actor, action access.Action, s privacy.Subject) bool {
	_, ok := access.Permit(by, action, access.Resource{Login: s.Login})
	return ok
}

// exports are the archives of the person by their requests.
func exports(ctx context.Context, r db.Reader, s privacy.Subject) (map[int64]privacy.Export, error) {
	list, err := privacy.ExportsOf(ctx, r, s)
	out := map[int64]privacy.Export{}
	for _, e := range list {
		out[e.Request] = e
	}
	return out, err
}

func dataRequest(q *privacy.Request, archives map[int64]privacy.Export) DataRequest {
	moment := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	out := DataRequest{Number: q.Number, Kind: q.Kind, Status: q.Status, Question: q.Question.Reveal(), Answer: q.Answer.Reveal(), Reason: q.Reason,
		CanWithdraw: q.CanWithdraw(), ReceivedAt: q.ReceivedAt, DueAt: q.DueAt, RunAt: moment(q.RunAt), ClosedAt: moment(q.ClosedAt)}
	if e, ok := archives[q.ID]; ok {
		out.Copy = &DataCopy{Status: e.Status, Size: e.Size, ExpiresAt: e.ExpiresAt}
	}
	return out
}

func (a *API) listRequests(ctx context.Context, in *Page) (*requestsOut, error) {
	s, list, err := a.subject(ctx, a.DB)
	if err != nil {
		return nil, err
	}
	archives, err := exports(ctx, a.DB, s)
	if err != nil {
		return nil, err
	}
	if in.Cursor != "" {
		i := slices.IndexFunc(list, func(q privacy.Request) bool { return q.Number == in.Cursor })
		if i < 0 {
			return nil, errs.Field("cursor", "search.bad_cursor")
		}
		list = list[i+1:]
	}
	out := &requestsOut{}
	out.Body.Requests = []DataRequest{}
	if len(list) > in.Limit {
		list = list[:in.Limit]
		out.Body.NextCursor = list[in.Limit-1].Number
	}
	for i := range list {
		out.Body.Requests = append(out.Body.Requests, dataRequest(&list[i], archives))
	}
	return out, nil
}

func (a *API) getRequest(ctx context.Context, in *requestIn) (*requestOut, error) {
	s, q, err := a.request(ctx, a.DB, in.Number)
	if err != nil {
		return nil, err
	}
	archives, err := exports(ctx, a.DB, s)
	return &requestOut{dataRequest(q, archives)}, err
}

// ask takes a request down. Signing in has shown who asks; for what cannot be
// taken back the password was given again within ten minutes.
func (a *API) ask(ctx context.Context, in *requestNew) (*requestOut, error) {
	q, by := owner(ctx)
	sensitive := in.Body.Kind == privacy.Access || in.Body.Kind == privacy.Erasure
	if in.Body.Kind == privacy.Erasure && q.Visit.Login.Staff() {
		return nil, errs.New(errs.Conflict, "privacy.works_here")
	}
	if sensitive {
		if err := q.Visit.NeedFresh(); err != nil { // counts for nothing
			return nil, err
		}
	}
	if err := a.limitAsk(ctx, in); err != nil {
		return nil, err
	}
	question, struck := mask.Secrets(in.Body.Question)
	number := ""
	err := a.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if sensitive {
			if err := q.Visit.HoldFresh(ctx, tx, q.Now); err != nil {
				return err
			}
		}
		number, err = repeat.Once(ctx, tx, by.ID, in.Key, "askData", in.Body, q.Now, func() (string, error) {
			s, _, err := a.subject(ctx, tx)
			if err != nil {
				return "", err
			}
			made, err := privacy.Ask(ctx, tx, a.Market, privacy.Asked{Kind: in.Body.Kind, Subject: s, Question: question, Channel: "api", Proof: "session", Language: q.Lang, By: by}, q.Now)
			if err != nil {
				return "", err
			}
			switch made.Kind {
			case privacy.Access:
				_, err = privacy.AskExport(ctx, tx, made, q.Now)
			case privacy.Erasure: // as on the page: whoever changes his mind signs in again
				err = auth.SignOutEverywhere(ctx, tx, by, by.ID, "erasure", q.Now)
			}
			return made.Number, err
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	out, err := a.getRequest(ctx, &requestIn{number})
	if err == nil {
		out.Body.Masked = struck
	}
	return out, err
}

// limitAsk counts a request, before its transaction, which may run twice. What is
// sent again under its key is the same one.
func (a *API) limitAsk(ctx context.Context, in *requestNew) error {
	q, by := owner(ctx)
	if known, err := repeat.Known(ctx, a.DB, by.ID, in.Key); known || err != nil {
		return err
	}
	s, _, err := a.subject(ctx, a.DB)
	if err != nil {
		return err
	}
	return q.Limit(limitOf(in.Body.Kind), s.Key())
}

// limitOf keeps copies to a few a day and texts to what somebody can read.
func limitOf(kind string) string {
	if kind == privacy.Access {
		return "export"
	}
	return "message"
}

func (a *API) withdraw(ctx context.Context, in *requestIn) (*requestOut, error) {
	q, by := owner(ctx)
	err := a.DB.Write(ctx, func(tx *db.Tx) error {
		_, found, err := a.request(ctx, tx, in.Number)
		if err != nil {
			return err
		}
		return privacy.Withdraw(ctx, tx, by, found, q.Now)
	})
	if err != nil {
		return nil, err
	}
	return a.getRequest(ctx, in)
}

func (a *API) download(ctx context.Context, in *requestIn) (*copyOut, error) {
	if err := web.FromContext(ctx).Visit.NeedFresh(); err != nil {
		return nil, err
	}
	s, q, err := a.request(ctx, a.DB, in.Number)
	if err != nil {
		return nil, err
	}
	if _, by := owner(ctx); !permitted(by, "data.download", s) {
		return nil, errs.New(errs.NotFound, "error.not_found")
	}
	archives, err := exports(ctx, a.DB, s)
	if err != nil {
		return nil, err
	}
	archive, err := a.keeper().Open(ctx, s, archives[q.ID].PublicID)
	return &copyOut{"application/zip", `attachment; filename="data-` + q.Number + `.zip"`, archive}, err
}
