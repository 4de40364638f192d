package auth_test

import (
	"strings"
	"testing"
	"time"

	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

func TestPasswordsAreHashedWhole(t *testing.T) {
	long := strings.Repeat("x", auth.MaxPassword)
	for _, p := range []string{"a good pass", "ප්‍රතිදානය හොඳයි", long} {
		h, err := auth.Hash(p)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(h, p) || !strings.HasPrefix(h, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("stored as %s", h)
		}
		if !auth.Verify(h, p) || auth.Verify(h, p+"x") || auth.Verify(h, p[:len(p)-1]) {
			t.Errorf("%.12s…: another password opens it, or its own does not", p)
		}
	}
	for _, p := range []string{"short", long + "x", ""} {
		if _, err := auth.Hash(p); err == nil {
			t.Errorf("%d characters were taken", len(p))
		}
	}
	for _, h := range []string{"", "x", "$argon2id$v=19$m=99999999,t=2,p=1$a$b", "$md5$"} {
		if auth.Verify(h, "a good pass") {
			t.Errorf("%q opened", h)
		}
	}
}

func TestAnAddressHasOneLogin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		add := func(email, role string) error {
			return d.Write(t.Context(), func(tx *db.Tx) error {
				_, err := auth.Add(t.Context(), tx, access.Actor{Kind: access.Operator}, auth.New{Email: contact.NewEmail(email), Name: contact.NewName("Anura"), Role: role, Hash: "h"}, time.Now())
				return err
			})
		}
		if err := add("a@example.com", "support"); err != nil {
			t.Fatal(err)
		}
		if err := add("a@example.com", "admin"); !errs.Is(err, "auth.email_taken") {
			t.Errorf("a second login: %v", err)
		}
		if err := add("b@example.com", "god"); err == nil {
			t.Error("an unknown role was given")
		}
	})
}
