package auth_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
	"aromart/internal/platform/secrets"
)

func (b *bench) first(token, address string) (*auth.Entered, error) {
	return b.BecomeFirst(b.Context(), token, contact.NewName("Chitra Perera"), contact.NewEmail(address), good, auth.Origin{}, b.now)
}

func (b *bench) firstLink() string {
	b.Helper()
	token, err := b.FirstLink(b.Context(), b.now)
	b.must(err)
	return token
}

// TestFirstAdministratorComesOnce: of many who open the link at the same moment
// one becomes administrator, has to set up a second step, and nobody comes after him.
func TestFirstAdministratorComesOnce(t *testing.T) {
	each(t, func(b *bench) {
		token := b.firstLink()
		if again := b.firstLink(); again == "" || token == "" {
			b.Fatal("an empty marketplace offers no link")
		}
		if _, err := b.first(token, "anura@example.com"); !errs.Is(err, "auth.email_taken") {
			b.Errorf("an address that is taken: %v", err)
		}
		var won atomic.Int64
		var wg sync.WaitGroup
		for _, address := range []string{"c@example.com", "d@example.com", "e@example.com", "f@example.com"} {
			wg.Go(func() {
				in, err := b.first(token, address)
				switch {
				case err == nil && in.Half && in.Login.Role == "admin" && in.Login.EmailAt.IsZero():
					won.Add(1)
				case !errs.Is(err, "auth.link_over"):
					b.Errorf("%s: %+v, %v", address, in, err)
				}
			})
		}
		wg.Wait()
		admins, err := db.One(b.Context(), b.db, db.Int, `SELECT count(*) FROM logins WHERE role = 'admin'`)
		b.must(err)
		if won.Load() != 1 || admins != 1 {
			b.Errorf("%d became administrator, %d stand in the database", won.Load(), admins)
		}
		if b.firstLink() != "" || !errs.Is(b.CheckFirst(b.Context(), token, b.now), "auth.link_over") {
			b.Error("the link is offered or serves again")
		}
		b.write(func(tx *db.Tx) error {
			_, err := db.Exec(b.Context(), tx, `UPDATE logins SET role = 'customer' WHERE role = 'admin'`)
			return err
		})
		if b.firstLink() != "" {
			b.Error("a marketplace that has lost its administrator offers a link again")
		}
	})
}

// TestFirstLinkIsNotGuessed: not by another key, another end, nor after half an hour.
func TestFirstLinkIsNotGuessed(t *testing.T) {
	each(t, func(b *bench) {
		token := b.firstLink()
		other, err := auth.NewDesk(b.db, "aromart", secrets.Random().Key).FirstLink(b.Context(), b.now)
		b.must(err)
		for name, bad := range map[string]string{"empty": "", "another key": other, "a later end": "z" + token[1:], "a longer one": token + "A", "only the end": token[:7]} {
			if _, err := b.first(bad, "c@example.com"); !errs.Is(err, "auth.link_over") {
				b.Errorf("%s: %v", name, err)
			}
		}
		b.now = noon.Add(30*time.Minute - time.Second)
		b.must(b.CheckFirst(b.Context(), token, b.now))
		b.now = noon.Add(30 * time.Minute)
		if _, err := b.first(token, "c@example.com"); !errs.Is(err, "auth.link_over") {
			b.Errorf("after half an hour: %v", err)
		}
		b.now = noon
		b.add("c@example.com", "admin") // by the shell
		if _, err := b.first(token, "d@example.com"); !errs.Is(err, "auth.link_over") || b.firstLink() != "" {
			b.Errorf("beside an administrator of the shell: %v", err)
		}
	})
}
