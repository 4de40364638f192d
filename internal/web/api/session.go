package api

import (
	"context"
	"encoding/json"
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

// PasskeyAnswer is what a device signed.
type PasskeyAnswer struct {
	Form       string         `json:"form" maxLength:"40" doc:"of the challenge"`
	Credential map[string]any `json:"credential" doc:"the PublicKeyCredential of WebAuthn, as its toJSON writes it"`
}

// Opened is a session as its holder gets it, once.
type Opened struct {
	Token     string    `json:"token" doc:"secret; send it as Authorization: Bearer TOKEN. It replaces the one that the request came with"`
	Status    string    `json:"status" enum:"active,second_factor,set_up" doc:"second_factor: go on with POST /sessions/second, or with POST /sessions/passkey; set_up: the login needs a second factor, which is set up on the pages"`
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
	secondIn  struct{ Body SecondFactor }
	proofIn   struct{ Body Proof }
	passkeyIn struct {
		Agent string `header:"User-Agent" doc:"as in signIn"`
		Body  PasskeyAnswer
	}
	ceremonyOut struct{ Body auth.Ceremony }
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
	// One pair of calls for all that a passkey does: the token that it comes with says what.
	challenge := call("passkeyChallenge", "POST", "/passkey/challenge", "What a passkey has to sign", "session.begin", access.Everyone, access.RateLogin)
	challenge.Description = "It serves once, for five minutes, and for the token that it was asked with, or for none. Keys belong to the host of the shop."
	passkey := call("passkey", "POST", "/passkey", "Sign in by a passkey; with the token of a session: finish its sign-in, or prove anew who holds it", "session.begin", access.Everyone, access.RateLogin)
	for _, o := range []*huma.Operation{&challenge, &passkey} {
		o.Security = []map[string][]string{{}, {"session": {}}}
	}
	huma.Register(h, challenge, op(a.challenge))
	huma.Register(h, passkey, op(a.passkey))
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
	return a.finished(ctx, q.Visit, token, q.Now)
}

// finished answers to the second step of a sign-in.
func (a *API) finished(ctx context.Context, v *auth.Visit, token string, now time.Time) (*openedOut, error) {
	l, err := auth.ByID(ctx, a.DB, v.Login.ID)
	if err != nil {
		return nil, err
	}
	return a.opened(ctx, l, token, now)
}

func (a *API) challenge(ctx context.Context, _ *struct{}) (*ceremonyOut, error) {
	q := web.FromContext(ctx)
	var c *auth.Ceremony
	var err error
	if q.Visit == nil {
		c, err = a.People.BeginPasskeySignIn(ctx, q.Now)
	} else {
		c, err = a.People.BeginWithPasskey(ctx, q.Visit, q.Now)
	}
	if err != nil {
		return nil, err
	}
	return &ceremonyOut{*c}, nil
}

// passkey does what the pages do with a key: sign in by it alone, finish a
// sign-in that the password began, or show again who holds a session.
func (a *API) passkey(ctx context.Context, in *passkeyIn) (*openedOut, error) {
	q := web.FromContext(ctx)
	answer, err := json.Marshal(in.Body.Credential)
	if err != nil {
		return nil, err
	}
	if q.Visit == nil {
		entered, err := a.People.SignInByPasskey(ctx, in.Body.Form, string(answer), auth.Origin{Device: auth.Device(in.Agent), Network: auth.Network(q.Addr)}, q.Now)
		if err != nil {
			return nil, err
		}
		return a.opened(ctx, &entered.Login, entered.Token, q.Now)
	}
	token, err := a.People.WithPasskey(ctx, q.Visit, in.Body.Form, string(answer), q.Now)
	if err != nil {
		return nil, err
	}
	if q.Visit.Half {
		return a.finished(ctx, q.Visit, token, q.Now)
	}
	return &openedOut{Opened{token, "active", q.Visit.Until}}, nil
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
