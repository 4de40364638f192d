// Package account keeps what a customer has set up for himself: addresses to
// deliver to, language, city, and which notices he wants.
//
// What always holds: everything is read and changed with its owner in the
// statement, so not yours and not there look alike; exactly one address is
// the preferred one while there are any; the limit holds for changes at once, too; a removed address
// can be brought back for a day. Mails about orders and about the safety of the
// login cannot be switched off.
//
// Personal data: names, phones and addresses. An order copies what it needs and
// never points here. Tables: account_settings, addresses.
package account

import (
	"context"
	"errors"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
)

// When a sign-in is told to its owner.
const (
	NewDevice = "new_device"
	Always    = "always"
)

// Settings are what somebody chose.
type Settings struct {
	Language string // "" for that of the page
	City     string // place id; "" for none
	Notices  string // NewDevice or Always
}

// SettingsOf returns the settings of a login, the usual ones where it chose none.
func SettingsOf(ctx context.Context, r db.Reader, login int64) (Settings, error) {
	s, err := db.One(ctx, r, func(rows *db.Rows, s *Settings) error { return rows.Scan(&s.Language, &s.City, &s.Notices) },
		`SELECT language, city, notices FROM account_settings WHERE login_id = $1`, login)
	if errors.Is(err, db.ErrNoRows) {
		return Settings{Notices: NewDevice}, nil
	}
	return s, err
}

// ChangeSettings reads the settings of the actor, lets change alter them and
// keeps them. Two changes at once wait for each other, so that none is lost.
func ChangeSettings(ctx context.Context, tx *db.Tx, by access.Actor, now time.Time, change func(*Settings) error) error {
	s, err := db.One(ctx, tx, func(rows *db.Rows, s *Settings) error { return rows.Scan(&s.Language, &s.City, &s.Notices) },
		`INSERT INTO account_settings (login_id, language, city, notices) VALUES ($1, '', '', $2)
		ON CONFLICT (login_id) DO UPDATE SET notices = account_settings.notices RETURNING language, city, notices`, by.ID, NewDevice)
	if err != nil {
		return err
	}
	if err := change(&s); err != nil {
		return err
	}
	return SaveSettings(ctx, tx, by, s, now)
}

// SaveSettings keeps the settings.
func SaveSettings(ctx context.Context, tx *db.Tx, by access.Actor, s Settings, now time.Time) error {
	if s.Notices != NewDevice && s.Notices != Always {
		return errs.Field("notices", "error.bad_choice")
	}
	if _, err := db.Exec(ctx, tx, `INSERT INTO account_settings (login_id, language, city, notices) VALUES ($1, $2, $3, $4)
		ON CONFLICT (login_id) DO UPDATE SET language = excluded.language, city = excluded.city, notices = excluded.notices`,
		by.ID, s.Language, s.City, s.Notices); err != nil {
		return err
	}
	return record(ctx, tx, by, "account.settings", "login", by.ID, now, "language", "city", "notices")
}

// MaxAddresses is how many addresses somebody may keep.
const MaxAddresses = 20

// undoFor is how long a removed address can be brought back.
const undoFor = 24 * time.Hour

// Address is a place that somebody has things delivered to.
type Address struct {
	PublicID   string
	Label      contact.Text // "Home", in the person's own words; may be empty
	Name       contact.Name
	Phone      contact.Phone
	Street     contact.Text
	Area       contact.Text
	Place      string // place id of the market
	City       string
	Region     string
	PostalCode contact.Text
	Country    string
	Preferred  bool
	ChangedAt  time.Time // differs after each change. SaveAddress refuses when it is set and no longer true
}

// Title is how a list names the address.
func (a *Address) Title() string {
	if a.Label.IsZero() {
		return a.Name.Reveal()
	}
	return a.Label.Reveal() + ": " + a.Name.Reveal()
}

// Values are the fields of the address by their key in the market's form.
func (a *Address) Values(m *market.Profile) map[string]string {
	v := map[string]string{market.Street: a.Street.Reveal(), market.Landmark: a.Area.Reveal(), market.PostalCode: a.PostalCode.Reveal()}
	for _, f := range m.Address.Fields {
		switch {
		case f.Key == market.CityKey && f.Kind == market.TextField:
			v[f.Key] = a.City
		case f.Key == market.CityKey, f.Key == market.Region:
			v[f.Key] = a.Place
		}
	}
	return v
}

// Lines writes the address for a page.
func (a *Address) Lines() []string {
	return market.Address{Street: a.Street.Reveal(), Landmark: a.Area.Reveal(), City: a.City, District: a.Region, PostalCode: a.PostalCode.Reveal()}.Lines()
}

// Typed is an address as a form received it; Check reads it.
type Typed struct {
	Label, Name, Phone string
	Fields             map[string]string // by market.AddressField key
}

// Check reads a typed address and tells every fault at once, in the order of the form.
func Check(m *market.Profile, t Typed, lang string) (Address, error) {
	var a Address
	var faults errs.List
	note := func(err error) {
		if e, ok := errors.AsType[*errs.Error](err); ok {
			faults = append(faults, e)
		}
	}
	var err error
	if a.Label, err = contact.ParseLine("label", t.Label, 40); err != nil {
		note(err)
	}
	if a.Name, err = contact.ParseName("name", t.Name); err != nil {
		note(err)
	}
	if phone, err := m.ParsePhone(t.Phone); err != nil {
		note(err)
	} else {
		a.Phone = contact.NewPhone(phone)
	}
	place, list := m.CheckAddress(func(key string) string { return t.Fields[key] }, lang)
	faults = append(faults, list...)
	a.Street, a.Area, a.PostalCode = contact.NewText(place.Street), contact.NewText(place.Landmark), contact.NewText(place.PostalCode)
	a.Place, a.City, a.Region, a.Country = place.PlaceID, place.City, place.District, place.Country
	return a, faults.Err()
}

const selectAddresses = `SELECT public_id, label, name, phone, street, area, place, city, region, postal_code, country, preferred, updated_at FROM addresses`

func scanAddress(rows *db.Rows, a *Address) error {
	var changed int64
	err := rows.Scan(&a.PublicID, &a.Label, &a.Name, &a.Phone, &a.Street, &a.Area, &a.Place, &a.City, &a.Region, &a.PostalCode, &a.Country, &a.Preferred, &changed)
	a.ChangedAt = clock.FromMicros(changed)
	return err
}

// Addresses are those of a login, the preferred one first.
func Addresses(ctx context.Context, r db.Reader, login int64) ([]Address, error) {
	return db.All(ctx, r, scanAddress, selectAddresses+` WHERE login_id = $1 AND removed_at IS NULL ORDER BY preferred DESC, id`, login)
}

// CountAddresses is how many addresses a login has.
func CountAddresses(ctx context.Context, r db.Reader, login int64) (int64, error) {
	return db.One(ctx, r, db.Int, `SELECT count(*) FROM addresses WHERE login_id = $1 AND removed_at IS NULL`, login)
}

// AddressOf is one address of the login.
func AddressOf(ctx context.Context, r db.Reader, login int64, publicID string) (*Address, error) {
	a, err := db.One(ctx, r, scanAddress, selectAddresses+` WHERE login_id = $1 AND public_id = $2 AND removed_at IS NULL`, login, publicID)
	return &a, db.NotFound(err)
}

// turn lets the changes of one person's addresses follow each other, so that two
// at once neither pass the limit together nor make two preferred ones.
func turn(ctx context.Context, tx *db.Tx, login int64) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO account_settings (login_id, language, city, notices) VALUES ($1, '', '', $2)
		ON CONFLICT (login_id) DO UPDATE SET notices = account_settings.notices`, login, NewDevice)
	return err
}

// room refuses one address more than somebody may keep, in his turn.
func room(ctx context.Context, tx *db.Tx, login int64) (have int64, err error) {
	if err := turn(ctx, tx, login); err != nil {
		return 0, err
	}
	have, err = CountAddresses(ctx, tx, login)
	if err == nil && have >= MaxAddresses {
		err = errs.New(errs.Conflict, "account.too_many_addresses", "n", MaxAddresses)
	}
	return have, err
}

// AddAddress keeps a new address. The first one is the preferred one.
func AddAddress(ctx context.Context, tx *db.Tx, by access.Actor, a Address, now time.Time) (string, error) {
	have, err := room(ctx, tx, by.ID)
	if err != nil {
		return "", err
	}
	a.PublicID = clock.PublicID()
	wanted := a.Preferred || have == 0
	id, err := db.One(ctx, tx, db.Int, `INSERT INTO addresses (public_id, login_id, label, name, phone, street, area, place, city, region, postal_code, country, preferred, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, false, $13, $13) RETURNING id`,
		a.PublicID, by.ID, a.Label, a.Name, a.Phone, a.Street, a.Area, a.Place, a.City, a.Region, a.PostalCode, a.Country, clock.Micros(now))
	if err != nil {
		return "", err
	}
	if wanted {
		if err := prefer(ctx, tx, by.ID, a.PublicID); err != nil {
			return "", err
		}
	}
	return a.PublicID, record(ctx, tx, by, "address.add", "address", id, now)
}

// ErrStale refuses to change what somebody else has changed meanwhile.
var ErrStale = errs.New(errs.Stale, "account.changed_meanwhile")

// SaveAddress changes an address of the actor.
func SaveAddress(ctx context.Context, tx *db.Tx, by access.Actor, a Address, now time.Time) error {
	if _, err := AddressOf(ctx, tx, by.ID, a.PublicID); err != nil {
		return err
	}
	var seen any
	if !a.ChangedAt.IsZero() {
		seen = clock.Micros(a.ChangedAt)
	}
	id, err := db.One(ctx, tx, db.Int, `UPDATE addresses SET label = $1, name = $2, phone = $3, street = $4, area = $5, place = $6, city = $7, region = $8,
			postal_code = $9, country = $10, updated_at = CASE WHEN updated_at < $11 THEN $11 ELSE updated_at + 1 END
		WHERE login_id = $12 AND public_id = $13 AND removed_at IS NULL AND updated_at = COALESCE($14, updated_at) RETURNING id`,
		a.Label, a.Name, a.Phone, a.Street, a.Area, a.Place, a.City, a.Region, a.PostalCode, a.Country, clock.Micros(now), by.ID, a.PublicID, seen)
	if errors.Is(err, db.ErrNoRows) {
		return ErrStale
	}
	if err != nil {
		return err
	}
	if a.Preferred {
		if err := prefer(ctx, tx, by.ID, a.PublicID); err != nil {
			return err
		}
	}
	return record(ctx, tx, by, "address.change", "address", id, now)
}

// Prefer makes an address of the actor the one that is chosen first.
func Prefer(ctx context.Context, tx *db.Tx, by access.Actor, publicID string) error {
	if _, err := AddressOf(ctx, tx, by.ID, publicID); err != nil {
		return err
	}
	return prefer(ctx, tx, by.ID, publicID)
}

func prefer(ctx context.Context, tx *db.Tx, login int64, publicID string) error {
	if err := turn(ctx, tx, login); err != nil {
		return err
	}
	for _, text := range []string{ // one after the other, because there is never more than one
		`UPDATE addresses SET preferred = false, updated_at = updated_at + 1 WHERE login_id = $1 AND public_id <> $2 AND preferred`,
		`UPDATE addresses SET preferred = true, updated_at = updated_at + 1 WHERE login_id = $1 AND public_id = $2 AND removed_at IS NULL AND NOT preferred`,
	} {
		if _, err := db.Exec(ctx, tx, text, login, publicID); err != nil {
			return err
		}
	}
	return preferSome(ctx, tx, login) // it was removed a moment ago
}

// RemoveAddress takes an address away; RestoreAddress brings it back within a day.
func RemoveAddress(ctx context.Context, tx *db.Tx, by access.Actor, publicID string, now time.Time) error {
	if err := turn(ctx, tx, by.ID); err != nil {
		return err
	}
	id, err := db.One(ctx, tx, db.Int, `UPDATE addresses SET removed_at = $1, preferred = false WHERE login_id = $2 AND public_id = $3 AND removed_at IS NULL RETURNING id`,
		clock.Micros(now), by.ID, publicID)
	if err != nil {
		return db.NotFound(err)
	}
	if err := preferSome(ctx, tx, by.ID); err != nil {
		return err
	}
	return record(ctx, tx, by, "address.remove", "address", id, now)
}

// RestoreAddress undoes RemoveAddress, if there is still room for it.
func RestoreAddress(ctx context.Context, tx *db.Tx, by access.Actor, publicID string, now time.Time) error {
	_, full := room(ctx, tx, by.ID)
	if full != nil && !errs.Is(full, "account.too_many_addresses") {
		return full
	}
	id, err := db.One(ctx, tx, db.Int, `UPDATE addresses SET removed_at = NULL WHERE login_id = $1 AND public_id = $2 AND removed_at > $3 RETURNING id`,
		by.ID, publicID, clock.Micros(now.Add(-undoFor)))
	if err != nil {
		return db.NotFound(err)
	}
	if full != nil { // told only of an address that there is
		return full
	}
	if err := preferSome(ctx, tx, by.ID); err != nil {
		return err
	}
	return record(ctx, tx, by, "address.restore", "address", id, now)
}

// preferSome makes the oldest address the preferred one where none is.
func preferSome(ctx context.Context, tx *db.Tx, login int64) error {
	_, err := db.Exec(ctx, tx, `UPDATE addresses SET preferred = true, updated_at = updated_at + 1 WHERE id = (SELECT min(id) FROM addresses WHERE login_id = $1 AND removed_at IS NULL)
		AND NOT EXISTS (SELECT 1 FROM addresses WHERE login_id = $1 AND preferred)`, login)
	return err
}

// Purge deletes addresses that were removed more than a day ago.
func Purge(ctx context.Context, d *db.DB, now time.Time) error {
	_, err := d.DeleteInTurns(ctx, "addresses", "id", `removed_at < $1`, clock.Micros(now.Add(-undoFor)))
	return err
}

func record(ctx context.Context, tx *db.Tx, by access.Actor, action, kind string, id int64, now time.Time, fields ...string) error {
	return audit.Record(ctx, tx, audit.Entry{ActorKind: by.Kind.String(), ActorID: by.ID, Action: action, ObjectKind: kind, ObjectID: id, Fields: fields, At: now})
}
