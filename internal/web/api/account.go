package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/people/access"
	"aromart/internal/people/account"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
	"aromart/internal/web"
)

// Account is a login with what its owner chose.
type Account struct {
	ID            string `json:"id"`
	Name          string `json:"name"`
	Email         string `json:"email,omitempty"`
	EmailVerified bool   `json:"email_verified"`
	Phone         string `json:"phone,omitempty" doc:"E.164"`
	PhoneVerified bool   `json:"phone_verified"`
	SecondFactor  bool   `json:"second_factor" doc:"the login asks for a code or a passkey after the password"`
	Language      string `json:"language,omitempty" doc:"of letters; that of the page without it"`
	City          string `json:"city,omitempty" doc:"place id for costs and dates"`
	Notices       string `json:"notices" enum:"new_device,always" doc:"when a sign-in is told by letter. Letters about orders and changes of the login cannot be switched off"`
}

// AccountChange is what of an account can be changed here; what is not sent stays.
type AccountChange struct {
	Name     *string `json:"name,omitempty" maxLength:"200"`
	Language *string `json:"language,omitempty" maxLength:"8"`
	City     *string `json:"city,omitempty" maxLength:"80"`
	Notices  *string `json:"notices,omitempty" enum:"new_device,always"`
}

type (
	accountOut    struct{ Body Account }
	accountChange struct{ Body AccountChange }
)

// owner is whoever asks, as a buyer, whatever else he does here.
func owner(ctx context.Context) (*web.Request, access.Actor) {
	q := web.FromContext(ctx)
	by := q.Actor
	by.Kind = access.Customer
	return q, by
}

// mine is an operation on what belongs to a login; scope is what a program
// needs for it, 0 keeps programs out.
func mine(id, method, path, summary string, action access.Action, resource string, scope access.Scopes, rate access.RateClass) huma.Operation {
	return guard(huma.Operation{OperationID: id, Method: method, Path: Prefix + path, Summary: summary},
		access.Route{Action: action, Resource: resource, Policy: access.SignedIn.WithScope(scope), Rate: rate, Mutates: method != http.MethodGet, Personal: true})
}

func (a *API) accounts(h huma.API) {
	huma.Register(h, mine("getAccount", "GET", "/account", "The login and what its owner chose", "account.view", "account", access.ReadAccount, access.RateOrder), op(a.account))
	huma.Register(h, mine("changeAccount", "PATCH", "/account", "Change name, language, city or notices", "account.prefer", "account", access.ChangeAccount, access.RateCart), op(a.changeAccount))
	a.addresses(h)
	a.wishes(h)
	a.history(h)
	a.requests(h)
}

func (a *API) account(ctx context.Context, _ *struct{}) (*accountOut, error) {
	q := web.FromContext(ctx)
	l, err := auth.ByID(ctx, a.DB, q.Actor.ID)
	if err != nil {
		return nil, err
	}
	chosen, err := account.SettingsOf(ctx, a.DB, l.ID)
	if err != nil {
		return nil, err
	}
	second, err := auth.HasSecond(ctx, a.DB, l.ID)
	return &accountOut{Account{ID: l.PublicID, Name: l.Name.Reveal(), Email: l.Email.Reveal(), EmailVerified: !l.EmailAt.IsZero(), Phone: l.Phone.Reveal(),
		PhoneVerified: !l.PhoneAt.IsZero(), SecondFactor: second, Language: chosen.Language, City: chosen.City, Notices: chosen.Notices}}, err
}

func (a *API) changeAccount(ctx context.Context, in *accountChange) (*accountOut, error) {
	q, b := web.FromContext(ctx), in.Body
	var name contact.Name
	var faults errs.List
	if b.Name != nil {
		var err error
		if name, err = contact.ParseName("name", *b.Name); err != nil {
			faults = append(faults, err.(*errs.Error))
		}
	}
	if b.Language != nil && *b.Language != "" && i18n.Name(*b.Language) == "" {
		faults = append(faults, errs.Field("language", "error.bad_choice"))
	}
	if b.City != nil && *b.City != "" {
		if _, known := a.Market.Place(*b.City); !known {
			faults = append(faults, errs.Field("city", "error.bad_choice"))
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	err := a.DB.Write(ctx, func(tx *db.Tx) error {
		if b.Name != nil {
			if err := auth.Rename(ctx, tx, q.Actor, q.Actor.ID, name, q.Now); err != nil {
				return err
			}
		}
		if b.Language == nil && b.City == nil && b.Notices == nil {
			return nil
		}
		return account.ChangeSettings(ctx, tx, q.Actor, q.Now, func(s *account.Settings) error {
			set(&s.Language, b.Language)
			set(&s.City, b.City)
			set(&s.Notices, b.Notices)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	return a.account(ctx, nil)
}

// set changes a field to what was sent, if something was.
func set[T any](field *T, sent *T) {
	if sent != nil {
		*field = *sent
	}
}
