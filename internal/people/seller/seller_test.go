package seller_test

import (
	"fmt"
	"testing"
	"time"

	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

var now = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

func add(t *testing.T, d *db.DB, slug, name string) (s seller.Store, err error) {
	t.Helper()
	err = d.Write(t.Context(), func(tx *db.Tx) (err error) {
		s, err = seller.Add(t.Context(), tx, access.Actor{Kind: access.Operator}, seller.New{
			Store: seller.Store{Slug: slug, Name: name, Tagline: "Clay", About: "Since 1980", City: "kandy/kandy", PackDays: 2, ReturnDays: 14, OpenedAt: now,
				SellerName: "Potter", LegalName: "Potter (Pvt) Ltd", Registration: "PV 1", Commission: 1250},
			Email: contact.NewEmail(slug + "@example.com"), Phone: contact.NewPhone("+94771234567")}, now)
		return err
	})
	return s, err
}

func TestASellerHasOneStore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		want, err := add(t, d, "potter", "Zeta Pots")
		if err != nil {
			t.Fatal(err)
		}
		other, err := add(t, d, "weaver", "Alpha Looms")
		if err != nil {
			t.Fatal(err)
		}
		got, err := seller.BySlug(t.Context(), d, "potter")
		if err != nil || got != want {
			t.Errorf("got %+v, %v; want %+v", got, err, want)
		}
		all, err := seller.All(t.Context(), d)
		if err != nil || len(all) != 2 || all[0] != other {
			t.Errorf("all %+v, %v", all, err)
		}
		if one, err := seller.ByIDs(t.Context(), d, []seller.ID{other.Seller}); err != nil || len(one) != 1 || one[0] != other {
			t.Errorf("by id %+v, %v", one, err)
		}
		email, phone, err := seller.Contact(t.Context(), d, want.Seller)
		if err != nil || email.Reveal() != "potter@example.com" || phone.Reveal() != "+94771234567" {
			t.Errorf("contact %v", err)
		}
		if text := fmt.Sprintf("%v %+v", email, phone); text == "" || text == email.Reveal()+" "+phone.Reveal() {
			t.Errorf("the contact prints itself: %s", text)
		}
		if _, err := add(t, d, "potter", "Another"); !errs.Is(err, "seller.slug_taken") {
			t.Errorf("a slug twice: %v", err)
		}
		if n, _ := db.One(t.Context(), d, db.Int, `SELECT count(*) FROM sellers`); n != 2 {
			t.Errorf("%d sellers: a refused store left its seller", n)
		}
		if n, _ := db.One(t.Context(), d, db.Int, `SELECT count(*) FROM audit_entries WHERE action = 'seller.add'`); n != 2 {
			t.Errorf("%d audit entries", n)
		}
	})
}

func TestASuspendedSellerIsNotFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, err := add(t, d, "potter", "Pots")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := add(t, d, "weaver", "Looms"); err != nil {
			t.Fatal(err)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `UPDATE sellers SET status = 'suspended' WHERE id = $1`, int64(s.Seller))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := seller.BySlug(t.Context(), d, "potter"); errs.KindOf(err) != errs.NotFound {
			t.Errorf("by slug: %v", err)
		}
		if all, _ := seller.All(t.Context(), d); len(all) != 1 || all[0].Slug != "weaver" {
			t.Errorf("all: %+v", all)
		}
		if list, _ := seller.ByIDs(t.Context(), d, []seller.ID{s.Seller}); len(list) != 0 {
			t.Errorf("by id: %+v", list)
		}
		for _, slug := range []string{"", "nobody", "WEAVER", "weaver'--"} {
			if _, err := seller.BySlug(t.Context(), d, slug); errs.KindOf(err) != errs.NotFound {
				t.Errorf("%q: %v", slug, err)
			}
		}
		if _, _, err := seller.Contact(t.Context(), d, 1<<40); errs.KindOf(err) != errs.NotFound {
			t.Errorf("contact of nobody: %v", err)
		}
	})
}
