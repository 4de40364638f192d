package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
)

type userCmd struct {
	Add   userAddCmd   `cmd:"" help:"Add a login. Prints a random first password unless --password-file gives one."`
	Reset userResetCmd `cmd:"" name:"reset-password" help:"Give a login another password and end its sessions."`
	Role  userRoleCmd  `cmd:"" help:"Give a login another role and end its sessions."`
}

type userAddCmd struct {
	errand
	Email        string `arg:"" help:"E-mail address."`
	Name         string `required:"" help:"Name."`
	Role         string `required:"" enum:"admin,support,auditor,seller_owner,seller_staff,customer" help:"admin, support, auditor, seller_owner, seller_staff or customer."`
	PasswordFile string `type:"path" help:"File whose first line is the password; a password is never an argument."`
	JSON         bool   `help:"Print JSON."`
}

func (u *userAddCmd) Run(ctx context.Context, c *console) error {
	n := auth.New{Role: u.Role, Proved: true}
	var err error
	if n.Email, err = contact.ParseEmail("email", u.Email); err != nil {
		return err
	}
	if n.Name, err = contact.ParseName("name", u.Name); err != nil {
		return err
	}
	password, err := firstPassword(c, u.PasswordFile, n.Email.Reveal(), n.Name.Reveal())
	if err != nil {
		return err
	}
	if n.Hash, err = auth.Hash(ctx, password); err != nil {
		return err
	}
	return u.withNew(ctx, c, func(h *house) error {
		err := h.db.Write(ctx, func(tx *db.Tx) error {
			_, err := auth.Add(ctx, tx, operator, n, h.clock())
			return err
		})
		if err != nil {
			return err
		}
		if u.PasswordFile != "" {
			password = "" // whoever wrote the file knows it
		}
		if u.JSON {
			out := map[string]string{"email": u.Email, "role": u.Role}
			if password != "" {
				out["first_password"] = password
			}
			return json.NewEncoder(c.out).Encode(out)
		}
		if password != "" {
			fmt.Fprintf(c.out, "first password: %s\n", password)
		}
		return nil
	})
}

// firstPassword reads the file or makes a password. One that somebody chose is
// held to the same rules as on the pages.
func firstPassword(c *console, file string, words ...string) (string, error) {
	if file == "" {
		return clock.Readable(16), nil
	}
	text, err := c.read(file)
	if err != nil {
		return "", usage{"cannot read the password: " + err.Error()}
	}
	password, _, _ := strings.Cut(string(text), "\n")
	password = strings.TrimSuffix(password, "\r")
	return password, auth.CheckPassword("password", password, words...)
}

type userResetCmd struct {
	errand
	Address      string `arg:"" help:"E-mail address or phone number of the login."`
	PasswordFile string `type:"path" help:"File whose first line is the password; without it a random one is printed."`
	SecondFactor bool   `help:"Also take the second factor away, for somebody who has lost it."`
}

func (u *userResetCmd) Run(ctx context.Context, c *console) error {
	return u.with(ctx, c, func(h *house) error {
		l, err := h.login(ctx, u.Address)
		if err != nil {
			return err
		}
		password, err := firstPassword(c, u.PasswordFile, l.Email.Reveal(), l.Name.Reveal())
		if err != nil {
			return err
		}
		hash, err := auth.Hash(ctx, password)
		if err != nil {
			return err
		}
		err = h.db.Write(ctx, func(tx *db.Tx) error {
			if u.SecondFactor {
				if err := auth.ResetSecond(ctx, tx, operator, l.ID, h.clock()); err != nil {
					return err
				}
			}
			return auth.SetPassword(ctx, tx, operator, l.ID, hash, 0, h.clock())
		})
		if err == nil && u.PasswordFile == "" {
			fmt.Fprintf(c.out, "new password: %s\n", password)
		}
		return err
	})
}

type userRoleCmd struct {
	errand
	Address string `arg:"" help:"E-mail address or phone number of the login."`
	Role    string `arg:"" enum:"admin,support,auditor,seller_owner,seller_staff,customer" help:"admin, support, auditor, seller_owner, seller_staff or customer."`
}

func (u *userRoleCmd) Run(ctx context.Context, c *console) error {
	return u.with(ctx, c, func(h *house) error {
		l, err := h.login(ctx, u.Address)
		if err != nil {
			return err
		}
		return h.db.Write(ctx, func(tx *db.Tx) error { return auth.SetRole(ctx, tx, operator, l.ID, u.Role, h.clock()) })
	})
}

func (h *house) login(ctx context.Context, typed string) (*auth.Login, error) {
	a, err := auth.ParseAddress(h.market, "address", typed)
	if err != nil {
		return nil, err
	}
	return auth.ByAddress(ctx, h.db, a)
}
