package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
)

type userCmd struct {
	Add   userAddCmd   `cmd:"" help:"Add a login. Prints a random first password unless --password-file gives one."`
	Reset userResetCmd `cmd:"" name:"reset-password" help:"Give a login another password and end its sessions."`
	Role  userRoleCmd  `cmd:"" help:"Give a login another role and end its sessions."`
}

type userAddCmd struct {
	errand
	Email string `arg:"" help:"E-mail address."`
	Name  string `required:"" help:"Name."`
	Role  string `required:"" enum:"admin,support,auditor,seller_owner,seller_staff,customer" help:"admin, support, auditor, seller_owner, seller_staff or customer."`
	membership
	PasswordFile string `type:"path" help:"File whose first line is the password; a password is never an argument."`
	JSON         bool   `help:"Print JSON."`
}

func (u *userAddCmd) Run(ctx context.Context, c *console) error {
	n := auth.New{Role: u.Role, Proved: true}
	err := u.check(u.Role)
	if err != nil {
		return err
	}
	if u.member(u.Role) {
		n.Role = access.Customer.String() // what he is besides
	}
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
			id, err := auth.Add(ctx, tx, operator, n, h.clock())
			if err != nil || !u.member(u.Role) {
				return err
			}
			return u.join(ctx, tx, u.Role, id, h.clock())
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
	Unlock       bool   `help:"Also open a login that its owner has locked by the link of a letter. Make sure first that it is he."`
	Email        string `placeholder:"ADDRESS" help:"Also give the login this e-mail address, which is known to be its owner's."`
}

func (u *userResetCmd) Run(ctx context.Context, c *console) error {
	var email contact.Email
	if u.Email != "" {
		var err error
		if email, err = contact.ParseEmail("email", u.Email); err != nil {
			return err
		}
	}
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
			if u.Unlock {
				if err := auth.SetActive(ctx, tx, operator, l.ID, true, h.clock()); err != nil {
					return err
				}
			}
			if u.Email != "" {
				if err := auth.SetEmail(ctx, tx, operator, l.ID, email, h.clock()); err != nil {
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

// membership says for which seller an owner or a member of its staff acts.
type membership struct {
	Seller string   `placeholder:"SLUG" help:"Store that a seller_owner or seller_staff acts for."`
	Rights []string `placeholder:"RIGHT,…" help:"What seller_staff may do there: orders, catalog, money. An owner may do all."`
}

// member reports that somebody in this role acts for a seller.
func (m membership) member(role string) bool {
	k := access.KindOf(role)
	return k == access.SellerOwner || k == access.SellerStaff
}

func (m membership) check(role string) error {
	rights := access.RightsOf(m.Rights...)
	switch {
	case m.member(role) != (m.Seller != ""):
		return usage{"--seller names the store of a seller_owner or seller_staff, and of nobody else"}
	case len(m.Rights) != len(rights.Names()):
		return usage{"--rights are orders, catalog, money"}
	case access.KindOf(role) == access.SellerStaff && rights == 0:
		return usage{"seller_staff needs --rights: orders, catalog, money"}
	case access.KindOf(role) != access.SellerStaff && rights != 0:
		return usage{"--rights is for seller_staff"}
	}
	return nil
}

// join makes the login act for the seller.
func (m membership) join(ctx context.Context, tx *db.Tx, role string, login int64, now time.Time) error {
	st, err := seller.BySlug(ctx, tx, m.Seller)
	if errs.KindOf(err) == errs.NotFound {
		return fmt.Errorf("there is no store %s", m.Seller)
	}
	if err != nil {
		return err
	}
	return seller.Join(ctx, tx, operator, seller.Member{Login: login, Seller: st.Seller, Kind: access.KindOf(role), Rights: access.RightsOf(m.Rights...)}, now)
}

type userRoleCmd struct {
	errand
	Address string `arg:"" help:"E-mail address or phone number of the login."`
	Role    string `arg:"" enum:"admin,support,auditor,seller_owner,seller_staff,customer" help:"admin, support, auditor, seller_owner, seller_staff or customer."`
	membership
}

func (u *userRoleCmd) Run(ctx context.Context, c *console) error {
	if err := u.check(u.Role); err != nil {
		return err
	}
	return u.with(ctx, c, func(h *house) error {
		l, err := h.login(ctx, u.Address)
		if err != nil {
			return err
		}
		err = h.db.Write(ctx, func(tx *db.Tx) error {
			switch {
			case u.member(u.Role):
				return u.join(ctx, tx, u.Role, l.ID, h.clock())
			case l.Seller != 0: // acting for a seller ends with any other role
				if err := seller.Leave(ctx, tx, operator, seller.ID(l.Seller), l.ID, h.clock()); err != nil {
					return err
				}
			}
			return auth.SetRole(ctx, tx, operator, l.ID, u.Role, h.clock())
		})
		if err == nil {
			fmt.Fprintf(c.out, "%s is %s now, and has to sign in again\n", l.Address, u.Role) // masked
		}
		return err
	})
}

func (h *house) login(ctx context.Context, typed string) (*auth.Login, error) {
	a, err := auth.ParseAddress(h.market, "address", typed)
	if err != nil {
		return nil, err
	}
	return auth.ByAddress(ctx, h.db, a)
}
