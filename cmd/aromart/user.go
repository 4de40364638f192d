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
	Add userAddCmd `cmd:"" help:"Add a login. Prints a random first password unless --password-file gives one."`
}

type userAddCmd struct {
	errand
	Email        string `arg:"" help:"E-mail address."`
	Name         string `required:"" help:"Name."`
	Role         string `required:"" enum:"admin,support,auditor" help:"admin, support or auditor."`
	PasswordFile string `type:"path" help:"File whose first line is the password; a password is never an argument."`
	JSON         bool   `help:"Print JSON."`
}

func (u *userAddCmd) Run(ctx context.Context, c *console) error {
	n := auth.New{Role: u.Role}
	var err error
	if n.Email, err = contact.ParseEmail("email", u.Email); err != nil {
		return err
	}
	if n.Name, err = contact.ParseName("name", u.Name); err != nil {
		return err
	}
	password := clock.Readable(16)
	if u.PasswordFile != "" {
		text, err := c.read(u.PasswordFile)
		if err != nil {
			return usage{"cannot read the password: " + err.Error()}
		}
		password, _, _ = strings.Cut(string(text), "\n")
		password = strings.TrimSuffix(password, "\r")
	}
	if n.Hash, err = auth.Hash(password); err != nil {
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
