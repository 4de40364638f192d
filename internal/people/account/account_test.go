package account_test

import (
	"strconv"
	"sync"
	"testing"
	"time"

	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/people/account"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

var noon = time.Date(2026, 11, 24, 6, 30, 0, 0, time.UTC)

// people are two customers; the second must see nothing of the first.
func people(t *testing.T, d *db.DB) (a, b access.Actor) {
	t.Helper()
	write(t, d, func(tx *db.Tx) error {
		for i, who := range []*access.Actor{&a, &b} {
			id, err := auth.Add(t.Context(), tx, access.Actor{}, auth.New{Address: auth.Address{Email: contact.NewEmail("c" + strconv.Itoa(i) + "@example.com")}, Name: contact.NewName("C"), Role: "customer", Hash: "h"}, noon)
			if err != nil {
				return err
			}
			*who = access.Actor{Kind: access.Customer, ID: id}
		}
		return nil
	})
	return a, b
}

func write(t *testing.T, d *db.DB, f func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func typed(label string) account.Typed {
	return account.Typed{Label: label, Name: "Nimal Perera", Phone: "077 123 4567", Fields: map[string]string{"street": "12 Temple Road", "landmark": "bo tree", "city": "colombo/dehiwala"}}
}

func TestAddresses(t *testing.T) {
	m, _ := market.ByCode("lk")
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		a, b := people(t, d)
		home, err := account.Check(m, typed("Home"), "en")
		if err != nil || home.City == "" || home.Values(m)["city"] != "colombo/dehiwala" {
			t.Fatalf("%+v, %v", home, err)
		}
		var ids []string
		write(t, d, func(tx *db.Tx) error {
			ids = nil
			for range 2 {
				id, err := account.AddAddress(t.Context(), tx, a, home, noon)
				if err != nil {
					return err
				}
				ids = append(ids, id)
			}
			return nil
		})
		list := func(who access.Actor) []account.Address {
			l, err := account.Addresses(t.Context(), d, who.ID)
			if err != nil {
				t.Fatal(err)
			}
			return l
		}
		if l := list(a); len(l) != 2 || l[0].PublicID != ids[0] || !l[0].Preferred || l[1].Preferred || l[0].Phone.Reveal() != "+94771234567" || l[0].Lines()[0] != "12 Temple Road" {
			t.Errorf("%+v", l)
		}
		if len(list(b)) != 0 {
			t.Error("somebody else sees them")
		}
		// Trust rows 4, 5 and 13: nothing that names the id of somebody else's address reaches it.
		foreign := home
		foreign.PublicID = ids[0]
		for name, f := range map[string]func(tx *db.Tx) error{
			"change":  func(tx *db.Tx) error { return account.SaveAddress(t.Context(), tx, b, foreign, noon) },
			"prefer":  func(tx *db.Tx) error { return account.Prefer(t.Context(), tx, b, ids[1]) },
			"remove":  func(tx *db.Tx) error { return account.RemoveAddress(t.Context(), tx, b, ids[0], noon) },
			"restore": func(tx *db.Tx) error { return account.RestoreAddress(t.Context(), tx, b, ids[0], noon) },
			"read":    func(tx *db.Tx) error { _, err := account.AddressOf(t.Context(), tx, b.ID, ids[0]); return err },
			"nobody":  func(tx *db.Tx) error { _, err := account.AddressOf(t.Context(), tx, 0, ids[0]); return err },
		} {
			if err := d.Write(t.Context(), f); errs.KindOf(err) != errs.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
		write(t, d, func(tx *db.Tx) error { return account.Prefer(t.Context(), tx, a, ids[1]) })
		if l := list(a); l[0].PublicID != ids[1] || !l[0].Preferred || l[1].Preferred {
			t.Errorf("%+v", l)
		}
		write(t, d, func(tx *db.Tx) error { return account.RemoveAddress(t.Context(), tx, a, ids[1], noon) })
		if l := list(a); len(l) != 1 || !l[0].Preferred {
			t.Errorf("after a removal: %+v", l)
		}
		write(t, d, func(tx *db.Tx) error { return account.RestoreAddress(t.Context(), tx, a, ids[1], noon.Add(time.Hour)) })
		if len(list(a)) != 2 {
			t.Error("it does not come back")
		}
		write(t, d, func(tx *db.Tx) error { return account.RemoveAddress(t.Context(), tx, a, ids[1], noon) })
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			return account.RestoreAddress(t.Context(), tx, a, ids[1], noon.Add(24*time.Hour))
		}); errs.KindOf(err) != errs.NotFound {
			t.Errorf("after a day: %v", err)
		}
		if err := account.Purge(t.Context(), d, noon.Add(25*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if n, err := db.One(t.Context(), d, db.Int, "SELECT count(*) FROM addresses"); n != 1 || err != nil {
			t.Errorf("%d rows, %v", n, err)
		}
	})
}

func TestAllFaultsOfAnAddressAtOnce(t *testing.T) {
	m, _ := market.ByCode("lk")
	_, err := account.Check(m, account.Typed{Label: "a\nb", Phone: "12", Fields: map[string]string{"city": "atlantis"}}, "en")
	list, _ := err.(errs.List)
	var fields []string
	for _, e := range list {
		fields = append(fields, e.Field)
	}
	if len(list) < 5 {
		t.Errorf("faults of %v", fields)
	}
}

// TestAddressesAreFew: the limit holds for new addresses and for those that come
// back, and no two changes at once pass it together or make two preferred ones.
func TestAddressesAreFew(t *testing.T) {
	m, _ := market.ByCode("lk")
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		a, _ := people(t, d)
		home, _ := account.Check(m, typed(""), "en")
		home.Preferred = true
		ids, failed := make([]string, account.MaxAddresses+4), make([]error, account.MaxAddresses+4)
		var all sync.WaitGroup
		for i := range ids {
			all.Go(func() {
				failed[i] = d.Write(t.Context(), func(tx *db.Tx) (err error) {
					ids[i], err = account.AddAddress(t.Context(), tx, a, home, noon)
					return err
				})
			})
		}
		all.Wait()
		var kept []string
		for i, err := range failed {
			switch {
			case err == nil:
				kept = append(kept, ids[i])
			case !errs.Is(err, "account.too_many_addresses"):
				t.Error(err)
			}
		}
		if len(kept) != account.MaxAddresses {
			t.Fatalf("%d addresses of at most %d were taken", len(kept), account.MaxAddresses)
		}
		one := func(when string) {
			t.Helper()
			if n, err := db.One(t.Context(), d, db.Int, "SELECT count(*) FROM addresses WHERE preferred AND removed_at IS NULL"); n != 1 || err != nil {
				t.Errorf("%s: %d preferred addresses, %v", when, n, err)
			}
		}
		one("after adding")
		for _, id := range kept {
			all.Go(func() {
				if err := d.Write(t.Context(), func(tx *db.Tx) error { return account.Prefer(t.Context(), tx, a, id) }); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		one("after preferring")

		write(t, d, func(tx *db.Tx) error { return account.RemoveAddress(t.Context(), tx, a, kept[0], noon) })
		write(t, d, func(tx *db.Tx) error { _, err := account.AddAddress(t.Context(), tx, a, home, noon); return err })
		restore := func(id string) error {
			return d.Write(t.Context(), func(tx *db.Tx) error { return account.RestoreAddress(t.Context(), tx, a, id, noon) })
		}
		if err := restore(kept[0]); !errs.Is(err, "account.too_many_addresses") {
			t.Errorf("one came back over the limit: %v", err)
		}
		if err := restore("nothing"); errs.KindOf(err) != errs.NotFound {
			t.Errorf("an address that never was: %v", err)
		}
		write(t, d, func(tx *db.Tx) error { return account.RemoveAddress(t.Context(), tx, a, kept[1], noon) })
		if err := restore(kept[0]); err != nil {
			t.Errorf("there was room: %v", err)
		}
		one("after coming back")
	})
}

func TestSettings(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		a, b := people(t, d)
		want := account.Settings{Language: "si", City: "jaffna/jaffna", Notices: account.Always}
		for range 2 {
			write(t, d, func(tx *db.Tx) error { return account.SaveSettings(t.Context(), tx, a, want, noon) })
		}
		if got, err := account.SettingsOf(t.Context(), d, a.ID); got != want || err != nil {
			t.Errorf("%+v, %v", got, err)
		}
		if got, err := account.SettingsOf(t.Context(), d, b.ID); got != (account.Settings{Notices: account.NewDevice}) || err != nil {
			t.Errorf("somebody else: %+v, %v", got, err)
		}
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			return account.SaveSettings(t.Context(), tx, a, account.Settings{Notices: "never"}, noon)
		})
		if err == nil {
			t.Error("notices were switched off")
		}
	})
}
