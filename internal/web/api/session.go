package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
	"aromart/internal/trade/order"
	"aromart/internal/web"
)

// SignIn is what a person signs in with.
type SignIn struct {
	Contact  string `json:"contact" maxLength:"254" doc:"e-mail address or phone number"`
	Password string `json:"password" maxLength:"400"`
}

// SecondFactor is the code that finishes a sign-in.
type SecondFactor struct {
	Code string `json:"code" maxLength:"40" doc:"of the authenticator app, or a recovery code"`
}

// Proof shows again who holds a session.
type Proof struct {
	Password string `json:"password" maxLength:"400"`
	Code     string `json:"code,omitempty" maxLength:"40" doc:"second factor, where the login has one"`
}

// Opened is a session as its holder gets it, once.
type Opened struct {
	Token     string    `json:"token" doc:"secret; send it as Authorization: Bearer TOKEN. It replaces the one that the request came with"`
	Status    string    `json:"status" enum:"active,second_factor,set_up" doc:"second_factor: go on with POST /sessions/second; set_up: the login needs a second factor, which is set up on the pages"`
	ExpiresAt time.Time `json:"expires_at" doc:"at the latest; a session that is not used ends earlier"`
}

// Session is a device that is or was signed in.
type Session struct {
	ID        string    `json:"id"`
	Device    string    `json:"device,omitempty" doc:"kind of program and machine, as it named itself"`
	Status    string    `json:"status" enum:"active,ended"`
	Current   bool      `json:"current" doc:"the one that asks"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
}

type (
	signInIn struct {
		Agent string `header:"User-Agent" doc:"what the list of sessions says of the device is made of it"`
		Body  SignIn
	}
	secondIn    struct{ Body SecondFactor }
	proofIn     struct{ Body Proof }
	openedOut   struct{ Body Opened }
	sessionsOut struct {
		Body struct {
			Sessions []Session `json:"sessions" doc:"of the last ninety days, the newest first"`
		}
	}
)

// ByID names a thing in the path.
type ByID struct {
	ID string `path:"id" maxLength:"40"`
}

func (a *API) sessions(h huma.API) {
	call := func(id, method, path, summary string, action access.Action, p access.Policy, rate access.RateClass) huma.Operation {
		return guard(huma.Operation{OperationID: id, Method: method, Path: Prefix + "/sessions" + path, Summary: summary},
			access.Route{Action: action, Resource: "session", Policy: p, Rate: rate, Mutates: method != http.MethodGet, Personal: true})
	}
	begin := call("signIn", "POST", "", "Sign in", "session.begin", access.Everyone, access.RateLogin)
	begin.DefaultStatus = http.StatusCreated
	huma.Register(h, begin, op(a.signIn))
	second := call("secondFactor", "POST", "/second", "Finish a sign-in in two steps", "session.second", access.Everyone, access.RateLogin)
	second.Security = []map[string][]string{{"session": {}}}
	huma.Register(h, second, op(a.second))
	huma.Register(h, call("proveSession", "POST", "/proof", "Give the password again, which opens sensitive calls for ten minutes", "session.prove", access.SignedIn, access.RateLogin), op(a.prove))
	huma.Register(h, call("listSessions", "GET", "", "Where the login is signed in", "session.list", access.SignedIn, access.RateOrder), op(a.listSessions))
	huma.Register(h, call("endOtherSessions", "DELETE", "", "End every session but this one, and revoke every token", "session.revoke", access.SignedIn, access.RateCart), op(a.endOthers))
	huma.Register(h, call("signOut", "DELETE", "/current", "Sign out", "session.end", access.SignedIn, access.RateCart), op(a.signOut))
	huma.Register(h, call("endSession", "DELETE", "/{id}", "End a session", "session.revoke", access.SignedIn, access.RateCart), op(a.endSession))
}

// signIn does for everybody what the page does: whether an address has a login
// changes neither the answer nor the work.
func (a *API) signIn(ctx context.Context, in *signInIn) (*openedOut, error) {
	q := web.FromContext(ctx)
	address, err := auth.ParseAddress(a.Market, "contact", in.Body.Contact)
	if err != nil {
		return nil, err
	}
	entered, err := a.People.SignIn(ctx, address, in.Body.Password, auth.Origin{Device: auth.Device(in.Agent), Network: auth.Network(q.Addr)}, q.Now)
	if err != nil {
		return nil, err
	}
	if !entered.Half {
		return a.opened(ctx, &entered.Login, entered.Token, q.Now)
	}
	v, err := a.People.Open(ctx, entered.Token, q.Now)
	if err != nil {
		return nil, err
	}
	out := &openedOut{Opened{Token: entered.Token, Status: "second_factor", ExpiresAt: q.Now.Add(auth.HalfLife)}}
	if must, err := a.People.MustSetUp(ctx, v); err != nil || must {
		out.Body.Status = "set_up"
		return out, err
	}
	return out, nil
}

// opened answers with a whole session. Orders that its holder has placed as a
// guest join the account, as on the page.
func (a *API) opened(ctx context.Context, l *auth.Login, token string, now time.Time) (*openedOut, error) {
	var email contact.Email
	var phone contact.Phone
	if !l.EmailAt.IsZero() {
		email = l.Email
	}
	if !l.PhoneAt.IsZero() {
		phone = l.Phone
	}
	err := a.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := order.Claim(ctx, tx, access.Actor{Kind: access.Customer, ID: l.ID}, email, phone, now)
		return err
	})
	return &openedOut{Opened{token, "active", now.Add(l.SessionLife())}}, err
}

func (a *API) second(ctx context.Context, in *secondIn) (*openedOut, error) {
	q := web.FromContext(ctx)
	if q.Visit == nil || !q.Visit.Half {
		return nil, errs.New(errs.SignIn, "error.sign_in")
	}
	token, err := a.People.Second(ctx, q.Visit, in.Body.Code, q.Now)
	if err != nil {
		return nil, err
	}
	l, err := auth.ByID(ctx, a.DB, q.Visit.Login.ID)
	if err != nil {
		return nil, err
	}
	return a.opened(ctx, l, token, q.Now)
}

func (a *API) prove(ctx context.Context, in *proofIn) (*openedOut, error) {
	q := web.FromContext(ctx)
	token, err := a.People.Prove(ctx, q.Visit, in.Body.Password, in.Body.Code, q.Now)
	if err != nil {
		return nil, err
	}
	return &openedOut{Opened{token, "active", q.Visit.Until}}, nil
}

func (a *API) listSessions(ctx context.Context, _ *struct{}) (*sessionsOut, error) {
	q := web.FromContext(ctx)
	list, err := auth.Sessions(ctx, a.DB, q.Actor.ID, q.Now)
	if err != nil {
		return nil, err
	}
	out := &sessionsOut{}
	out.Body.Sessions = []Session{}
	for _, s := range list {
		if s.EndReason == "half" {
			continue
		}
		one := Session{ID: s.PublicID, Device: s.Device, Status: "ended", Current: s.ID == q.Actor.Session, CreatedAt: s.CreatedAt, SeenAt: s.SeenAt}
		if s.Live(q.Visit.Login.Role, q.Now) {
			one.Status = "active"
		}
		out.Body.Sessions = append(out.Body.Sessions, one)
	}
	return out, nil
}

func (a *API) signOut(ctx context.Context, _ *struct{}) (*struct{}, error) {
	q := web.FromContext(ctx)
	return nil, a.People.SignOut(ctx, q.Visit, q.Now)
}

func (a *API) endOthers(ctx context.Context, _ *struct{}) (*struct{}, error) {
	q := web.FromContext(ctx)
	return nil, a.People.RevokeOthers(ctx, q.Visit, q.Now)
}

func (a *API) endSession(ctx context.Context, in *ByID) (*struct{}, error) {
	q := web.FromContext(ctx)
	return nil, a.People.Revoke(ctx, q.Visit, in.ID, q.Now)
}
