package privacy

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
)

// ByNumber returns a request with its events. The number is long and random:
// whoever has it may see kind, state, dates and receipt. Question and answer
// are for the person and for staff.
func ByNumber(ctx context.Context, r db.Reader, number string) (*Request, error) {
	return read(ctx, r, ` WHERE number = $1`, number)
}

func byID(ctx context.Context, r db.Reader, id int64) (*Request, error) {
	return read(ctx, r, ` WHERE id = $1`, id)
}

// ForLetter returns the request that a letter is about.
func ForLetter(ctx context.Context, r db.Reader, id int64) (*Request, error) { return byID(ctx, r, id) }

func read(ctx context.Context, r db.Reader, where string, arg any) (*Request, error) {
	q, err := db.One(ctx, r, scanRequest, selectRequests+where, arg)
	if err != nil {
		return nil, db.NotFound(err)
	}
	list := []Request{q}
	if err := fill(ctx, r, list); err != nil {
		return nil, err
	}
	return &list[0], nil
}

// Of returns the requests of a subject, the newest first.
func Of(ctx context.Context, r db.Reader, s Subject) ([]Request, error) {
	where, args := s.bind(r, `id IN (`+requestsOf+`)`, 1)
	list, err := db.All(ctx, r, scanRequest, selectRequests+` WHERE `+where+` ORDER BY received_at DESC, id DESC`, args...)
	if err != nil {
		return nil, err
	}
	return list, fill(ctx, r, list)
}

// Waiting is the deletion of an account that can still be withdrawn, nil when there is none.
func Waiting(ctx context.Context, r db.Reader, login int64) (*Request, error) {
	q, err := db.One(ctx, r, scanRequest, selectRequests+` WHERE login_id = $1 AND kind = 'erasure' AND status = 'verified' AND run_at IS NOT NULL`, login)
	if errors.Is(err, db.ErrNoRows) {
		return nil, nil
	}
	return &q, err
}

// List returns requests by their deadline; all of them only when asked.
func List(ctx context.Context, r db.Reader, all bool, limit int) ([]Request, error) {
	w := db.NewWhere()
	if !all {
		w.And("closed_at IS NULL")
	}
	where := w.SQL()
	list, err := db.All(ctx, r, scanRequest, selectRequests+where+` ORDER BY due_at, id LIMIT `+w.Next(limit), w.Args()...)
	if err != nil {
		return nil, err
	}
	return list, fill(ctx, r, list)
}

const selectRequests = `SELECT id, number, kind, status, channel, proof, COALESCE(login_id, 0), language, question, answer, reason, receipt,
	received_at, due_at, COALESCE(extended_at, 0), COALESCE(run_at, 0), COALESCE(closed_at, 0) FROM privacy_requests`

func scanRequest(rows *db.Rows, q *Request) error {
	var receipt string
	var at [5]int64
	err := rows.Scan(&q.ID, &q.Number, &q.Kind, &q.Status, &q.Channel, &q.Proof, &q.Login, &q.Language, &q.Question, &q.Answer, &q.Reason, &receipt,
		&at[0], &at[1], &at[2], &at[3], &at[4])
	for i, to := range []*time.Time{&q.ReceivedAt, &q.DueAt, &q.ExtendedAt, &q.RunAt, &q.ClosedAt} {
		if at[i] != 0 {
			*to = clock.FromMicros(at[i])
		}
	}
	if err == nil && receipt != "" {
		q.Receipt = &Receipt{}
		err = json.Unmarshal([]byte(receipt), q.Receipt)
	}
	return err
}

type requestPart[T any] struct {
	request int64
	part    T
}

// fill reads orders, sellers and events of the requests.
func fill(ctx context.Context, r db.Reader, list []Request) error {
	ids := make([]int64, len(list))
	at := map[int64]*Request{}
	for i := range list {
		ids[i], at[list[i].ID] = list[i].ID, &list[i]
	}
	err := db.Each(ctx, r, func(rows *db.Rows, p *requestPart[int64]) error { return rows.Scan(&p.request, &p.part) },
		func(p *requestPart[int64]) error {
			at[p.request].Orders = append(at[p.request].Orders, p.part)
			return nil
		},
		`SELECT request_id, order_id FROM privacy_request_orders WHERE request_id IN (`+db.In(r, 1)+`) ORDER BY request_id, order_id`, db.IDs(ids))
	err = errors.Join(err, db.Each(ctx, r, func(rows *db.Rows, p *requestPart[int64]) error { return rows.Scan(&p.request, &p.part) },
		func(p *requestPart[int64]) error {
			at[p.request].Sellers = append(at[p.request].Sellers, p.part)
			return nil
		},
		`SELECT request_id, seller_id FROM privacy_request_sellers WHERE request_id IN (`+db.In(r, 1)+`) ORDER BY request_id, seller_id`, db.IDs(ids)))
	return errors.Join(err, db.Each(ctx, r, scanEvent,
		func(p *requestPart[Event]) error {
			at[p.request].Events = append(at[p.request].Events, p.part)
			return nil
		},
		`SELECT request_id, name, from_status, to_status, actor_kind, actor_id, reason, at FROM privacy_request_events
		WHERE request_id IN (`+db.In(r, 1)+`) ORDER BY id`, db.IDs(ids)))
}

func scanEvent(rows *db.Rows, p *requestPart[Event]) error {
	var kind string
	var at int64
	e := &p.part
	err := rows.Scan(&p.request, &e.Name, &e.From, &e.To, &kind, &e.By.ID, &e.Reason, &at)
	e.By.Kind, e.At = access.KindOf(kind), clock.FromMicros(at)
	return err
}

// CleanRequestNumber brings a typed number of a request into the stored form, "" when it is none.
func CleanRequestNumber(typed string) string {
	var b []byte
	for _, r := range strings.ToUpper(typed) {
		switch {
		case r >= '0' && r <= '9' || r >= 'A' && r <= 'Z':
			b = append(b, byte(r))
		case r == '-' || r == ' ':
		default:
			return ""
		}
	}
	if len(b) != 20 {
		return ""
	}
	s := string(b)
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:]
}
