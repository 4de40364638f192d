package privacy

import (
	"context"
	"slices"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/mask"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
	"aromart/internal/platform/job"
	"aromart/internal/trade/order"
)

// The kinds of requests.
const (
	Access     = "access"
	Correction = "correction"
	Erasure    = "erasure"
	Objection  = "objection"
	Question   = "question"
)

// Kinds lists them in the order of a menu.
func Kinds() []string { return []string{Access, Correction, Erasure, Objection, Question} }

// Statuses of a request.
const (
	Received   = "received"
	Verified   = "verified"
	InProgress = "in_progress"
	Done       = "done"
	PartlyDone = "partly_done"
	Refused    = "refused"
	Withdrawn  = "withdrawn"
)

// Statuses lists them in the order of a request's life.
func Statuses() []string {
	return []string{Received, Verified, InProgress, PartlyDone, Done, Refused, Withdrawn}
}

// Reasons are why a request is refused, or served in part only: message ids
// "privacy.reason." and the word. A reason that the law does not know cannot be given.
func Reasons() []string {
	return []string{"identity_not_proven", "open_parcels", "books_by_law", "dispute_open", "rights_of_others", "excessive", "nothing_kept", "works_here"}
}

// MaxQuestion is how many characters a question or an answer may have.
const MaxQuestion = 2000

// CoolOff is how long an erasure waits, so that a person can change his mind.
const CoolOff = 7 * 24 * time.Hour

var (
	persons = []access.Kind{access.Customer, access.GuestOrder}
	staff   = []access.Kind{access.Support, access.Admin, access.Operator}
	timer   = []access.Kind{access.System}
)

func kinds(lists ...[]access.Kind) access.Kinds { return access.Of(slices.Concat(lists...)...) }

// Machine is the life of a request.
var Machine = order.Machine{Object: "privacy_request", Table: "privacy_requests", Steps: []order.Step{
	{From: "", Event: "receive", To: Received, By: kinds(persons, staff)},
	{From: Received, Event: "verify", To: Verified, By: kinds(persons, staff)},
	{From: Received, Event: "refuse", To: Refused, By: kinds(staff)},
	{From: Received, Event: "withdraw", To: Withdrawn, By: kinds(persons, staff)},
	{From: Verified, Event: "start", To: InProgress, By: kinds(staff, timer)},
	{From: Verified, Event: "refuse", To: Refused, By: kinds(staff, timer)},
	{From: Verified, Event: "withdraw", To: Withdrawn, By: kinds(persons, staff)},
	{From: InProgress, Event: "finish", To: Done, By: kinds(staff, timer)},
	{From: InProgress, Event: "finish_partly", To: PartlyDone, By: kinds(staff, timer)},
	{From: InProgress, Event: "refuse", To: Refused, By: kinds(staff)},
	{From: PartlyDone, Event: "finish", To: Done, By: kinds(staff, timer)},
}}

// closed reports statuses after which nothing is owed any more.
func closed(status string) bool {
	return status == Done || status == PartlyDone || status == Refused || status == Withdrawn
}

// Request is a person's use of a right.
type Request struct {
	ID         int64
	Number     string
	Kind       string
	Status     string
	Channel    string // page, api, shell
	Proof      string // "", code, session, call
	Login      int64
	Language   string
	Question   contact.Text
	Answer     contact.Text
	Reason     string // one of Reasons
	Receipt    *Receipt
	ReceivedAt time.Time
	DueAt      time.Time
	ExtendedAt time.Time // zero: not extended
	RunAt      time.Time // when an erasure is carried out; zero: nothing waits
	ClosedAt   time.Time
	Orders     []int64
	Sellers    []int64
	Events     []Event

	// Struck says, of a request that was just made or answered, that its text held
	// what looked like a password or a card number, which was not kept.
	Struck bool
}

// Open reports that an answer is still owed.
func (q *Request) Open() bool { return !closed(q.Status) }

// CanWithdraw reports that the person can still change his mind.
func (q *Request) CanWithdraw() bool { return q.Status == Received || q.Status == Verified }

// Event is a step of a request, or something that happened to it.
type Event struct {
	Name, From, To string
	By             access.Actor
	Reason         string
	At             time.Time
}

// Asked is a request as it comes in.
type Asked struct {
	Kind     string
	Subject  Subject
	Question string // raw
	Channel  string
	Proof    string // "" leaves it to be verified
	Language string
	By       access.Actor
}

// Ask takes a request down, with the day on which the market's law wants it
// answered. With a proof it is verified at once; a verified erasure is
// scheduled after the time to change one's mind.
func Ask(ctx context.Context, tx *db.Tx, m *market.Profile, a Asked, now time.Time) (*Request, error) {
	if !slices.Contains(Kinds(), a.Kind) {
		return nil, errs.Field("kind", "error.bad_choice")
	}
	if a.Subject.IsZero() {
		return nil, errs.New(errs.NotFound, "error.not_found")
	}
	clean, struck := mask.Secrets(a.Question)
	question, err := contact.ParseText("question", clean, MaxQuestion)
	if err != nil {
		return nil, err
	}
	if question.IsZero() && (a.Kind == Question || a.Kind == Objection || a.Kind == Correction) && a.Channel != "shell" {
		return nil, errs.Field("question", "error.required")
	}
	if a.Kind == Erasure {
		if err := mayErase(ctx, tx, a.Subject); err != nil {
			return nil, err
		}
	}
	q := &Request{Number: newNumber(), Kind: a.Kind, Status: Received, Channel: a.Channel, Login: a.Subject.Login, Language: a.Language,
		Question: question, ReceivedAt: now, DueAt: m.PrivacyDue(now), Orders: a.Subject.Orders, Sellers: a.Subject.Sellers, Struck: struck}
	var login any
	if q.Login != 0 {
		login = q.Login
	}
	q.ID, err = db.One(ctx, tx, db.Int, `INSERT INTO privacy_requests (number, kind, status, channel, proof, login_id, language, question, answer, reason, receipt, received_at, due_at)
		VALUES ($1, $2, $3, $4, '', $5, $6, $7, '', '', '', $8, $9) RETURNING id`,
		q.Number, q.Kind, q.Status, q.Channel, login, q.Language, question.Reveal(), clock.Micros(now), clock.Micros(q.DueAt))
	if db.IsUnique(err) && a.Kind == Erasure { // another one came in at the same moment
		return nil, errAlready.Because(err)
	}
	if err != nil {
		return nil, err
	}
	if err := q.covers(ctx, tx, "privacy_request_orders", "order_id", q.Orders); err != nil {
		return nil, err
	}
	if err := q.covers(ctx, tx, "privacy_request_sellers", "seller_id", q.Sellers); err != nil {
		return nil, err
	}
	if err := q.note(ctx, tx, Event{Name: "receive", To: Received, By: a.By, At: now}); err != nil {
		return nil, err
	}
	if a.Proof != "" {
		return q, Verify(ctx, tx, a.By, q, a.Proof, now)
	}
	return q, nil
}

// covers notes what a request is about.
func (q *Request) covers(ctx context.Context, tx *db.Tx, table, column string, ids []int64) error {
	rows := make([][]any, len(ids))
	for i, id := range ids {
		rows[i] = []any{q.ID, id}
	}
	return db.Insert(ctx, tx, table, "request_id, "+column, rows)
}

var errAlready = errs.New(errs.Conflict, "privacy.already_asked")

// mayErase refuses a second erasure while one is under way that covers the same:
// that of an account covers each of its orders, also those it gets later. It
// refuses that of a login that works here, too. Both are decided for good: the
// login and the orders are held until the transaction ends.
func mayErase(ctx context.Context, tx *db.Tx, s Subject) error {
	if err := isCustomer(ctx, tx, s.Login); err != nil {
		return err
	}
	if err := order.HoldPersons(ctx, tx, s.Orders); err != nil {
		return err
	}
	const waits = `SELECT count(*) FROM privacy_requests q WHERE q.kind = 'erasure' AND (q.closed_at IS NULL OR q.run_at IS NOT NULL) AND `
	var n int64
	var err error
	switch {
	case s.Login != 0:
		n, err = db.One(ctx, tx, db.Int, waits+`q.login_id = $1`, s.Login)
	case len(s.Orders) > 0:
		n, err = db.One(ctx, tx, db.Int, waits+`(q.id IN (SELECT o.request_id FROM privacy_request_orders o WHERE o.order_id IN (`+db.In(tx, 1)+`))
			OR q.login_id IN (SELECT o.customer_id FROM orders o WHERE o.id IN (`+db.In(tx, 1)+`)))`, db.IDs(s.Orders))
	default:
		n, err = db.One(ctx, tx, db.Int, waits+`q.id IN (SELECT o.request_id FROM privacy_request_sellers o WHERE o.seller_id IN (`+db.In(tx, 1)+`))`, db.IDs(s.Sellers))
	}
	if err == nil && n > 0 {
		return errAlready
	}
	return err
}

// isCustomer refuses the erasure of a login that works here, and holds it so that
// it does not begin to. Whoever works here gives that up first: an erasure must
// not leave a store or the marketplace without its owner. Of no login, and of one
// that is gone, there is nothing to refuse.
func isCustomer(ctx context.Context, tx *db.Tx, login int64) error {
	if login == 0 {
		return nil
	}
	if err := auth.Hold(ctx, tx, login); err != nil {
		return err
	}
	n, err := db.One(ctx, tx, db.Int, `SELECT count(*) FROM logins l LEFT JOIN seller_members m ON m.login_id = l.id
		WHERE l.id = $1 AND (l.role <> 'customer' OR m.login_id IS NOT NULL)`, login)
	if err == nil && n > 0 {
		return errs.New(errs.Conflict, "privacy.works_here")
	}
	return err
}

// step takes a declared step, and notes it in the register and the audit log.
func (q *Request) step(ctx context.Context, tx *db.Tx, e Event) error {
	i := slices.IndexFunc(Machine.Steps, func(s order.Step) bool { return s.From == q.Status && s.Event == e.Name })
	refusal := errs.New(errs.Conflict, "privacy.step_unknown", "event", e.Name, "status", q.Status)
	if i < 0 {
		return refusal
	}
	s := Machine.Steps[i]
	if !s.By.Has(e.By.Kind) {
		return errs.New(errs.Forbidden, "error.forbidden")
	}
	var closedAt any
	if closed(s.To) {
		closedAt = clock.Micros(e.At)
	}
	if err := db.MustChange(ctx, tx, refusal, `UPDATE privacy_requests SET status = $1, closed_at = $2 WHERE id = $3 AND status = $4`,
		s.To, closedAt, q.ID, q.Status); err != nil {
		return err
	}
	e.From, e.To = q.Status, s.To
	q.Status = s.To
	if closed(s.To) {
		q.ClosedAt = e.At
	}
	return q.note(ctx, tx, e)
}

func (q *Request) note(ctx context.Context, tx *db.Tx, e Event) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO privacy_request_events (request_id, name, from_status, to_status, actor_kind, actor_id, reason, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, q.ID, e.Name, e.From, e.To, e.By.Kind.String(), e.By.ID, e.Reason, clock.Micros(e.At))
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Entry{ActorKind: e.By.Kind.String(), ActorID: e.By.ID, Action: "privacy." + e.Name, ObjectKind: "privacy_request",
		ObjectID: q.ID, Fields: []string{q.Kind}, Reason: e.Reason, At: e.At})
}

// JobLetter is a letter to the person about a step of a request; its payload is a RequestJob.
const JobLetter = "letter.privacy_request"

// RequestJob names a request, and for a letter what it is about.
type RequestJob struct {
	Request int64  `json:"request"`
	Event   string `json:"event,omitempty"` // scheduled, withdrawn, ready, finish, finish_partly, refuse, extend
}

func (q *Request) tell(ctx context.Context, tx *db.Tx, event string, now time.Time) error {
	return job.Enqueue(ctx, tx, JobLetter, RequestJob{q.ID, event}, now)
}

// Verify says how it became known that the person asks: by a code, a session or
// a call. An erasure is scheduled after the time to change one's mind.
func Verify(ctx context.Context, tx *db.Tx, by access.Actor, q *Request, proof string, now time.Time) error {
	if err := q.verify(ctx, tx, by, proof, now); err != nil || q.Kind != Erasure {
		return err
	}
	if err := q.schedule(ctx, tx, now.Add(CoolOff), 0); err != nil {
		return err
	}
	return q.tell(ctx, tx, "scheduled", now)
}

func (q *Request) verify(ctx context.Context, tx *db.Tx, by access.Actor, proof string, now time.Time) error {
	if !slices.Contains([]string{"code", "session", "call"}, proof) {
		return errs.Field("proof", "error.bad_choice")
	}
	if err := q.step(ctx, tx, Event{Name: "verify", By: by, Reason: proof, At: now}); err != nil {
		return err
	}
	q.Proof = proof
	_, err := db.Exec(ctx, tx, `UPDATE privacy_requests SET proof = $1 WHERE id = $2`, proof, q.ID)
	return err
}

// schedule says when an erasure is carried out, and plants the job that does
// it: so much later, when whoever schedules it sets about it himself.
func (q *Request) schedule(ctx context.Context, tx *db.Tx, at time.Time, later time.Duration) error {
	q.RunAt = at
	if _, err := db.Exec(ctx, tx, `UPDATE privacy_requests SET run_at = $1 WHERE id = $2`, clock.Micros(at), q.ID); err != nil {
		return err
	}
	return job.Enqueue(ctx, tx, JobErase, RequestJob{Request: q.ID}, at.Add(later))
}

// Start takes a verified request up.
func Start(ctx context.Context, tx *db.Tx, by access.Actor, q *Request, now time.Time) error {
	return q.step(ctx, tx, Event{Name: "start", By: by, At: now})
}

// Finish closes a request with an answer, which may be empty where the act itself answers.
func Finish(ctx context.Context, tx *db.Tx, by access.Actor, q *Request, answer string, now time.Time) error {
	if err := q.answer(ctx, tx, answer); err != nil {
		return err
	}
	if err := q.step(ctx, tx, Event{Name: "finish", By: by, At: now}); err != nil {
		return err
	}
	return q.tell(ctx, tx, "finish", now)
}

// FinishPartly closes a request of which something has to stay undone, with the legal reason.
func FinishPartly(ctx context.Context, tx *db.Tx, by access.Actor, q *Request, reason, answer string, now time.Time) error {
	return q.conclude(ctx, tx, by, "finish_partly", reason, answer, now)
}

// Refuse closes a request with the legal reason why it is not served. An erasure
// that is being carried out is not refused any more: the ledger may say it already.
func Refuse(ctx context.Context, tx *db.Tx, by access.Actor, q *Request, reason, answer string, now time.Time) error {
	if q.Kind == Erasure && q.Status == InProgress && !q.RunAt.IsZero() && !q.RunAt.After(now) {
		return errs.New(errs.Conflict, "privacy.step_unknown", "event", "refuse", "status", q.Status)
	}
	return q.conclude(ctx, tx, by, "refuse", reason, answer, now)
}

func (q *Request) conclude(ctx context.Context, tx *db.Tx, by access.Actor, event, reason, answer string, now time.Time) error {
	if !slices.Contains(Reasons(), reason) {
		return errs.Field("reason", "privacy.reason_unknown")
	}
	if err := q.answer(ctx, tx, answer); err != nil {
		return err
	}
	if err := q.step(ctx, tx, Event{Name: event, By: by, Reason: reason, At: now}); err != nil {
		return err
	}
	q.Reason = reason
	if _, err := db.Exec(ctx, tx, `UPDATE privacy_requests SET reason = $1 WHERE id = $2`, reason, q.ID); err != nil {
		return err
	}
	if event == "refuse" {
		if err := q.unschedule(ctx, tx); err != nil {
			return err
		}
	}
	return q.tell(ctx, tx, event, now)
}

func (q *Request) unschedule(ctx context.Context, tx *db.Tx) error {
	q.RunAt = time.Time{}
	_, err := db.Exec(ctx, tx, `UPDATE privacy_requests SET run_at = NULL WHERE id = $1`, q.ID)
	return err
}

func (q *Request) answer(ctx context.Context, tx *db.Tx, raw string) error {
	clean, struck := mask.Secrets(raw)
	text, err := contact.ParseText("answer", clean, MaxQuestion)
	if err != nil || text.IsZero() {
		return err
	}
	q.Answer, q.Struck = text, struck
	_, err = db.Exec(ctx, tx, `UPDATE privacy_requests SET answer = $1 WHERE id = $2`, text.Reveal(), q.ID)
	return err
}

// Extend moves the deadline as far as the market's law allows, once and before
// it has passed, and tells the person.
func Extend(ctx context.Context, tx *db.Tx, m *market.Profile, by access.Actor, q *Request, now time.Time) error {
	due, allowed := m.PrivacyDueExtended(q.ReceivedAt)
	switch {
	case !allowed:
		return errs.New(errs.Conflict, "privacy.no_extension")
	case !q.Open() || !q.ExtendedAt.IsZero() || now.After(q.DueAt):
		return errs.New(errs.Conflict, "privacy.step_unknown", "event", "extend", "status", q.Status)
	case !kinds(staff).Has(by.Kind):
		return errs.New(errs.Forbidden, "error.forbidden")
	}
	q.DueAt, q.ExtendedAt = due, now
	if _, err := db.Exec(ctx, tx, `UPDATE privacy_requests SET due_at = $1, extended_at = $2 WHERE id = $3`, clock.Micros(due), clock.Micros(now), q.ID); err != nil {
		return err
	}
	if err := q.note(ctx, tx, Event{Name: "extend", From: q.Status, To: q.Status, By: by, At: now}); err != nil {
		return err
	}
	return q.tell(ctx, tx, "extend", now)
}

// Withdraw is the person's change of mind.
func Withdraw(ctx context.Context, tx *db.Tx, by access.Actor, q *Request, now time.Time) error {
	if err := q.step(ctx, tx, Event{Name: "withdraw", By: by, At: now}); err != nil {
		return err
	}
	if err := q.unschedule(ctx, tx); err != nil {
		return err
	}
	return q.tell(ctx, tx, "withdrawn", now)
}

// keepMark is what the letter's link proves: its holder reads the mailbox of the person.
const keepMark = "keep data"

// KeepToken is the secret of the link by which a waiting deletion is withdrawn.
func KeepToken(links order.Links, q *Request) string {
	return q.Number + links.Mark(keepMark, q.Number)
}

// Keepable returns the deletion that a link withdraws. A wrong link, and that of
// a deletion that cannot be withdrawn any more, are NotFound; only the right one says that it has served.
func Keepable(ctx context.Context, r db.Reader, links order.Links, token string) (*Request, error) {
	gone := errs.New(errs.NotFound, "error.not_found")
	n := min(len(token), numberLength)
	if number := token[:n]; CleanRequestNumber(number) != number || !links.Marked(keepMark, number, token[n:]) {
		return nil, gone
	}
	q, err := ByNumber(ctx, r, token[:n])
	if err == nil && (q.Kind != Erasure || q.RunAt.IsZero() || !q.CanWithdraw()) {
		return nil, errs.New(errs.NotFound, "privacy.keep_over")
	}
	return q, err
}

// Person is the actor that a request was made by, or for.
func (q *Request) Person() access.Actor {
	if q.Login != 0 {
		return access.Actor{Kind: access.Customer, ID: q.Login}
	}
	a := access.Actor{Kind: access.GuestOrder}
	if len(q.Orders) > 0 {
		a.Order = q.Orders[0]
	}
	return a
}
