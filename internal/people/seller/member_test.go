package seller_test

import (
	"sync"
	"testing"
	"time"

	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/platform/secrets"
)

var operator = access.Actor{Kind: access.Operator}

// team is two stores and people who may act for them.
type team struct {
	*testing.T
	db     *db.DB
	desk   *auth.Desk
	stores [2]seller.Store
}

const password = "seven green boats"

func eachTeam(t *testing.T, f func(w *team)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := &team{T: t, db: d, desk: auth.NewDesk(d, "aromart", secrets.Random().Key)}
		for i, slug := range []string{"potter", "weaver"} {
			var err error
			if w.stores[i], err = add(t, d, slug, slug); err != nil {
				t.Fatal(err)
			}
		}
		f(w)
	})
}

func (w *team) login(address, role string) (id int64) {
	w.Helper()
	hash, err := auth.Hash(w.Context(), password)
	if err != nil {
		w.Fatal(err)
	}
	err = w.db.Write(w.Context(), func(tx *db.Tx) error {
		id, err = auth.Add(w.Context(), tx, operator, auth.New{Address: auth.Address{Email: contact.NewEmail(address)}, Name: contact.NewName("Anura"), Role: role, Hash: hash, Proved: true}, now)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return id
}

func (w *team) join(store int, login int64, kind access.Kind, rights access.Rights) error {
	return w.db.Write(w.Context(), func(tx *db.Tx) error {
		return seller.Join(w.Context(), tx, operator, seller.Member{Login: login, Seller: w.stores[store].Seller, Kind: kind, Rights: rights}, now)
	})
}

func (w *team) leave(store int, login int64) error {
	return w.db.Write(w.Context(), func(tx *db.Tx) error {
		return seller.Leave(w.Context(), tx, operator, w.stores[store].Seller, login, now)
	})
}

// kind is what a login is when somebody asks now.
func (w *team) kind(login int64) (access.Kind, seller.ID, access.Rights) {
	w.Helper()
	l, err := auth.ByID(w.Context(), w.db, login)
	if err != nil {
		w.Fatal(err)
	}
	return access.KindOf(l.Role), seller.ID(l.Seller), l.Rights
}

func TestWhoMayActForASeller(t *testing.T) {
	eachTeam(t, func(w *team) {
		owner, staff, admin := w.login("owner@example.com", "customer"), w.login("staff@example.com", "customer"), w.login("admin@example.com", "admin")
		if err := w.join(0, staff, access.SellerStaff, access.RightOrders); !errs.Is(err, "seller.owner_needed") {
			w.Errorf("staff before there is an owner: %v", err)
		}
		if err := w.join(0, owner, access.SellerOwner, 0); err != nil {
			w.Fatal(err)
		}
		if err := w.join(0, staff, access.SellerStaff, access.RightOrders|access.RightMoney); err != nil {
			w.Fatal(err)
		}
		for _, tt := range []struct {
			what string
			err  error
			id   string
		}{
			{"an admin who joins", w.join(0, admin, access.SellerStaff, access.RightOrders), "seller.member_works_here"},
			{"a member of another seller", w.join(1, owner, access.SellerOwner, 0), "seller.member_elsewhere"},
			{"a customer as a kind of member", w.join(0, staff, access.Customer, 0), "error.bad_choice"},
			{"nobody", w.join(0, 1<<40, access.SellerOwner, 0), "error.not_found"},
			{"the last owner who leaves", w.leave(0, owner), "seller.owner_needed"},
			{"the last owner who becomes staff", w.join(0, owner, access.SellerStaff, access.RightOrders), "seller.owner_needed"},
			{"a member who leaves another seller", w.leave(1, staff), "error.not_found"},
			{"a member who becomes an admin", w.db.Write(w.Context(), func(tx *db.Tx) error { return auth.SetRole(w.Context(), tx, operator, staff, "admin", now) }), "seller.member_works_here"},
			{"a role that only members have", w.db.Write(w.Context(), func(tx *db.Tx) error {
				return auth.SetRole(w.Context(), tx, operator, admin, "seller_owner", now)
			}), "error.bad_choice"},
		} {
			if !errs.Is(tt.err, tt.id) {
				w.Errorf("%s: %v, want %s", tt.what, tt.err, tt.id)
			}
		}
		list, err := seller.Members(w.Context(), w.db, w.stores[0].Seller)
		if err != nil || len(list) != 2 || list[0].Login != owner || list[1].Rights != access.RightOrders|access.RightMoney {
			w.Errorf("members %+v, %v", list, err)
		}
		if list, _ := seller.Members(w.Context(), w.db, w.stores[1].Seller); len(list) != 0 {
			w.Errorf("the other seller has %+v", list)
		}
		if k, of, rights := w.kind(staff); k != access.SellerStaff || of != w.stores[0].Seller || rights != access.RightOrders|access.RightMoney {
			w.Errorf("staff is %v of %d with %v", k, of, rights.Names())
		}
		if err := w.leave(0, staff); err != nil {
			w.Fatal(err)
		}
		if k, of, _ := w.kind(staff); k != access.Customer || of != 0 {
			w.Errorf("a former member is %v of %d", k, of)
		}
	})
}

// TestTrustCheck06RightsEndAtTheNextRequest: the actor of a session is read
// from the members anew with each request, also behind a token that was opened before.
func TestTrustCheck06RightsEndAtTheNextRequest(t *testing.T) {
	eachTeam(t, func(w *team) {
		owner, staff := w.login("owner@example.com", "customer"), w.login("staff@example.com", "customer")
		e, err := w.desk.SignIn(w.Context(), auth.Address{Email: contact.NewEmail("staff@example.com")}, password, auth.Origin{Device: "Firefox, Linux"}, now)
		if err != nil {
			w.Fatal(err)
		}
		actor := func() access.Actor {
			w.Helper()
			v, err := w.desk.Open(w.Context(), e.Token, now.Add(time.Second))
			if err != nil {
				w.Fatal(err)
			}
			return v.Actor()
		}
		if a := actor(); a.Kind != access.Customer || a.ID != staff {
			w.Fatalf("signed in as %+v", a)
		}
		for _, err := range []error{w.join(0, owner, access.SellerOwner, 0), w.join(0, staff, access.SellerStaff, access.RightOrders|access.RightMoney)} {
			if err != nil {
				w.Fatal(err)
			}
		}
		if a := actor(); a.ID != 0 || a.Seller != 0 {
			w.Errorf("the session of before the change is %+v: a customer's session must not become a member's", a)
		}
		// The rows alone decide: a session that somehow survived has what stands there now.
		if err := w.db.Write(w.Context(), func(tx *db.Tx) error {
			_, err := db.Exec(w.Context(), tx, `UPDATE sessions SET ended_at = NULL WHERE login_id = $1`, staff)
			return err
		}); err != nil {
			w.Fatal(err)
		}
		if a := actor(); a.Kind != access.SellerStaff || a.Seller != int64(w.stores[0].Seller) || !a.HasRight(access.RightMoney) || a.HasRight(access.RightCatalog) {
			w.Errorf("a member is %+v", a)
		}
		change := func(text string) {
			w.Helper()
			if err := w.db.Write(w.Context(), func(tx *db.Tx) error { _, err := db.Exec(w.Context(), tx, text, staff); return err }); err != nil {
				w.Fatal(err)
			}
		}
		change(`UPDATE seller_members SET rights = 'orders' WHERE login_id = $1`)
		if a := actor(); a.HasRight(access.RightMoney) || !a.HasRight(access.RightOrders) {
			w.Errorf("the right was taken, the next request has %v", a.Rights.Names())
		}
		change(`DELETE FROM seller_members WHERE login_id = $1`)
		if a := actor(); a.Kind != access.Customer || a.Seller != 0 || a.HasRight(access.RightOrders) {
			w.Errorf("a member who was removed is %+v", a)
		}
	})
}

// TestTwoOwnersCannotRemoveEachOther: whoever comes second is the last one.
func TestTwoOwnersCannotRemoveEachOther(t *testing.T) {
	eachTeam(t, func(w *team) {
		a, b := w.login("a@example.com", "customer"), w.login("b@example.com", "customer")
		for range 5 {
			for _, id := range []int64{a, b} {
				if err := w.join(0, id, access.SellerOwner, 0); err != nil {
					w.Fatal(err)
				}
			}
			var wg sync.WaitGroup
			var failed [2]error
			for i, id := range []int64{a, b} {
				wg.Go(func() { failed[i] = w.leave(0, id) })
			}
			wg.Wait()
			if (failed[0] == nil) == (failed[1] == nil) {
				w.Fatalf("%v and %v", failed[0], failed[1])
			}
		}
	})
}
