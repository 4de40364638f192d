package auth_test

import (
	"testing"
	"time"

	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
)

// acts are everything that a session does to its login, asked with what would
// succeed for a session that may.
func (b *bench) acts() map[string]func(v *auth.Visit) error {
	return map[string]func(v *auth.Visit) error{
		"prove": func(v *auth.Visit) error { _, err := b.Prove(b.Context(), v, good, "", b.now); return err },
		"password": func(v *auth.Visit) error {
			_, err := b.ChangePassword(b.Context(), v, "nine yellow kites", b.now)
			return err
		},
		"email": func(v *auth.Visit) error {
			return b.ChangeEmail(b.Context(), v, contact.NewEmail("x@example.com"), "en", b.now)
		},
		"phone": func(v *auth.Visit) error {
			_, err := b.ChangePhone(b.Context(), v, contact.NewPhone("+94771234567"), "en", b.now)
			return err
		},
		"app": func(v *auth.Visit) error {
			setup, err := b.BeginTOTP(b.Context(), v)
			b.must(err)
			_, _, err = b.FinishTOTP(b.Context(), v, b.appCode(setup.Secret), b.now)
			return err
		},
		"app off":  func(v *auth.Visit) error { return b.RemoveSecond(b.Context(), v, b.now) },
		"recovery": func(v *auth.Visit) error { _, err := b.RenewRecovery(b.Context(), v, b.now); return err },
		"passkey": func(v *auth.Visit) error {
			d := b.device()
			c, err := b.BeginPasskey(b.Context(), v, b.now)
			b.must(err)
			_, _, err = b.AddPasskey(b.Context(), v, c.Form, contact.NewText("My phone"), d.make(c), b.now)
			return err
		},
		"passkey off": func(v *auth.Visit) error { return b.RemovePasskey(b.Context(), v, "none", b.now) },
		"token": func(v *auth.Visit) error {
			_, err := b.IssueToken(b.Context(), v, contact.NewText("till"), access.ReadOrders, 30, b.now)
			return err
		},
		"token off": func(v *auth.Visit) error { return b.RevokeToken(b.Context(), v, "none", b.now) },
		"revoke":    func(v *auth.Visit) error { return b.Revoke(b.Context(), v, "none", b.now) },
		"others":    func(v *auth.Visit) error { return b.RevokeOthers(b.Context(), v, b.now) },
		"report":    func(v *auth.Visit) error { return b.Report(b.Context(), v, "sign_in", true, b.now) },
		"rights": func(v *auth.Visit) error {
			return b.db.Write(b.Context(), func(tx *db.Tx) error { return v.HoldFresh(b.Context(), tx, b.now) })
		},
	}
}

// TestNothingIsDoneForASessionThatHasEnded: a request came in while its session
// lived. Whatever ends the session, or gives it another token, before the
// request writes, the request writes nothing.
func TestNothingIsDoneForASessionThatHasEnded(t *testing.T) {
	each(t, func(b *bench) {
		_, other := b.in("bimal@example.com")
		for ending, end := range map[string]func(v *auth.Visit){
			"signed out": func(v *auth.Visit) { b.must(b.SignOut(b.Context(), v, b.now)) },
			"password set": func(v *auth.Visit) {
				b.write(func(tx *db.Tx) error {
					return auth.SetPassword(b.Context(), tx, access.Actor{Kind: access.Operator}, b.a, b.hash, 0, b.now)
				})
			},
			"proved anew": func(v *auth.Visit) { _, err := b.Prove(b.Context(), v, good, "", b.now); b.must(err) },
		} {
			for name, act := range b.acts() {
				v, _ := b.in("anura@example.com")
				end(v)
				before := b.state()
				if err := act(v); errs.KindOf(err) != errs.SignIn {
					b.Errorf("%s, %s: %v", ending, name, err)
				}
				if after := b.state(); after != before {
					b.Errorf("%s, %s wrote: %+v, before %+v", ending, name, after, before)
				}
			}
		}
		if b.visit(other) == nil {
			b.Error("another login's session ended")
		}
	})
}

// state counts what the acts of a session write.
func (b *bench) state() (n [7]int64) {
	b.Helper()
	for i, text := range []string{"SELECT count(*) FROM sessions WHERE ended_at IS NULL", "SELECT count(*) FROM second_factors", "SELECT count(*) FROM passkeys", "SELECT count(*) FROM recovery_codes",
		"SELECT count(*) FROM api_tokens", "SELECT count(*) FROM proofs", "SELECT count(*) FROM audit_entries"} {
		n[i] = b.count(text)
	}
	return n
}

// TestAFactorAddedMeanwhileIsAskedFor: a proof by the password alone, and half a
// sign-in that sets up the first factor, count for nothing once there is a factor.
func TestAFactorAddedMeanwhileIsAskedFor(t *testing.T) {
	each(t, func(b *bench) {
		b.add("admin@example.com", "admin")
		half := func() *auth.Visit {
			e, err := b.SignIn(b.Context(), email("admin@example.com"), good, auth.Origin{}, b.now)
			b.must(err)
			return b.visit(e.Token)
		}
		late := half()
		setup, err := b.BeginTOTP(b.Context(), late)
		b.must(err)
		b.staff("admin@example.com")
		if _, _, err := b.FinishTOTP(b.Context(), late, b.appCode(setup.Secret), b.now); !errs.Is(err, "auth.prove_first") {
			b.Errorf("half a sign-in adds a second app: %v", err)
		}
		if n := b.count("SELECT count(*) FROM second_factors"); n != 1 {
			b.Errorf("%d apps", n)
		}
	})
}

// TestASignInBesideANewPassword: the old password was found right, and then
// another is set. If that comes first, the sign-in is refused; if the sign-in
// comes first, its session ends. In no order a session of the old password lives.
func TestASignInBesideANewPassword(t *testing.T) {
	each(t, func(b *bench) {
		at, from := email("anura@example.com"), auth.Origin{Device: "Firefox, Linux"}
		change := func() error {
			hash, err := auth.Hash(b.Context(), "eight brown otters")
			b.must(err)
			return b.db.Write(b.Context(), func(tx *db.Tx) error {
				return auth.SetPassword(b.Context(), tx, access.Actor{Kind: access.Operator}, b.a, hash, 0, b.now)
			})
		}
		alive := func() int64 {
			return b.count("SELECT count(*) FROM sessions WHERE login_id = $1 AND ended_at IS NULL", b.a)
		}
		old, err := b.RightPassword(b.Context(), at, good, from, b.now)
		b.must(err)
		b.must(change())
		err = b.db.Write(b.Context(), func(tx *db.Tx) error { return old.Enter(b.Context(), tx, b.now) })
		if !errs.Is(err, "auth.wrong") || alive() != 0 {
			b.Errorf("the new password first: %v, %d sessions", err, alive())
		}
		// The other order: the sign-in has written, and is not committed, when the
		// change begins. Where two can write at once, the change has to wait for it.
		now, err := b.RightPassword(b.Context(), at, "eight brown otters", from, b.now)
		b.must(err)
		changed := make(chan error, 1)
		begun := false
		b.write(func(tx *db.Tx) error {
			if err := now.Enter(b.Context(), tx, b.now); err != nil {
				return err
			}
			if !begun {
				begun = true
				go func() { changed <- change() }()
			}
			if b.db.Dialect() == db.Postgres {
				return b.waits(changed)
			}
			return nil
		})
		b.must(<-changed)
		if alive() != 0 {
			b.Errorf("the sign-in first: %d sessions live", alive())
		}
		if _, token := b.in("bimal@example.com"); b.visit(token) == nil {
			b.Error("the other login")
		}
	})
}

// waits returns when somebody waits for a row that a transaction holds, or has
// not had to.
func (b *bench) waits(done chan error) error {
	for range 5000 {
		n, err := db.One(b.Context(), b.db, db.Int, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
		if err != nil || n > 0 || len(done) > 0 {
			return err
		}
		time.Sleep(2 * time.Millisecond)
	}
	return nil
}
