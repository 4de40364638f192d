package policy

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/platform/db"
)

// Check is one promise that the running program looks after by itself. Run
// returns what it saw, in a few words without any person, and an error when
// the promise is broken.
type Check struct {
	Name     string // the words are policy.check.NAME
	Promises []string
	Run      func(context.Context) (saw string, err error)
}

// Result is what a check found the last time.
type Result struct {
	Name     string    `json:"check"`
	Promises []string  `json:"promises"`
	Passed   bool      `json:"passed"`
	Detail   string    `json:"detail"`
	At       time.Time `json:"at"`
}

// checked are the checks of a running program, with the promises that each looks after.
var checked = []struct {
	name     string
	promises []string
}{
	{"version", []string{"P24"}},
	{"columns", []string{"P06", "P07", "P15"}},
	{"capabilities", []string{"P11", "P12", "P14", "P17"}},
	{"cookies", []string{"P13", "P14"}},
	{"headers", []string{"P01", "P14", "P23"}},
	{"passwords", []string{"P08", "P23"}},
	{"audit", []string{"P10", "P16"}},
	{"retention", []string{"P21"}},
	{"requests", []string{"P19", "P20", "P22"}},
}

// CheckNames lists the checks; the words of each are policy.check.NAME.
func CheckNames() (names []string) {
	for _, c := range checked {
		names = append(names, c.name)
	}
	return names
}

// CheckedBy are the promises that a check looks after.
func CheckedBy(name string) []string {
	for _, c := range checked {
		if c.name == name {
			return c.promises
		}
	}
	return nil
}

// Known makes one of these checks.
func Known(name string, run func(context.Context) (string, error)) Check {
	promises := CheckedBy(name)
	if promises == nil {
		panic("policy: no check is called " + name)
	}
	return Check{name, promises, run}
}

// Checks are those that need the database and the gate only.
func Checks(d *db.DB, g *Gate) []Check {
	return []Check{
		Known("columns", func(ctx context.Context) (string, error) {
			live, err := db.Columns(ctx, d)
			if err != nil {
				return "", err
			}
			return fmt.Sprint(len(live), " columns"), CheckColumns(live, Columns())
		}),
		Known("cookies", func(context.Context) (string, error) { return checkCookies(g) }),
		Known("version", func(ctx context.Context) (string, error) { return checkVersion(ctx, d, g) }),
	}
}

// CheckColumns compares the columns that are there with those that are classified (P06).
func CheckColumns(live []string, classified []Column) error {
	var wrong []string
	known := map[string]bool{}
	for _, c := range classified {
		known[c.Table+"."+c.Column] = true
	}
	for _, name := range live {
		if !known[name] {
			wrong = append(wrong, name+" has no class")
		}
		delete(known, name)
	}
	for name := range known {
		wrong = append(wrong, name+" does not exist")
	}
	if len(wrong) == 0 {
		return nil
	}
	slices.Sort(wrong)
	return fmt.Errorf("P06: %s", strings.Join(wrong, ", "))
}

func checkCookies(g *Gate) (string, error) {
	for _, c := range Cookies() {
		if err := g.AllowCookie(c); err != nil {
			return "", fmt.Errorf("P13: the policy does not name %s", c.Name)
		}
	}
	return fmt.Sprint(len(Cookies()), " cookies"), nil
}

// checkVersion recomputes the hashes of the stored texts, so that nobody can
// change what was signed, and looks at who has signed.
func checkVersion(ctx context.Context, d *db.DB, g *Gate) (string, error) {
	list, err := All(ctx, d)
	if err != nil {
		return "", err
	}
	for i := range list {
		v := &list[i]
		body, err := BodyOf(ctx, d, v.ID)
		if err != nil {
			return "", err
		}
		if body.Hash(v.Names) != v.Hash {
			return "", fmt.Errorf("P24: the text of version %d is not the one that was hashed", v.Number)
		}
		if v.Status == Draft || v.Status == InReview {
			continue
		}
		if !v.Signed() || v.SignOffs[0].Role == v.SignOffs[1].Role || sameSigner(v.SignOffs[0].Signer, v.SignOffs[1].Signer) {
			return "", fmt.Errorf("P24: version %d has not the signatures of two people", v.Number)
		}
	}
	shown := g.Shown()
	if !shown.InForce {
		return "draft " + shown.Version, nil
	}
	return "version " + shown.Version + " in force", g.Ready()
}

// RunChecks runs them one after the other. A check that panics has failed.
func RunChecks(ctx context.Context, checks []Check, now time.Time) []Result {
	out := make([]Result, 0, len(checks))
	for _, c := range checks {
		r := Result{Name: c.Name, Promises: c.Promises, At: now.UTC()}
		saw, err := c.try(ctx)
		r.Passed, r.Detail = err == nil, saw
		if err != nil {
			r.Detail = err.Error()
		}
		out = append(out, r)
	}
	return out
}

func (c Check) try(ctx context.Context) (saw string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the check itself failed: %v", p)
		}
	}()
	return c.Run(ctx)
}

// maxDetail keeps a fault of many parts readable.
const maxDetail = 500

// SaveResults remembers the last run, and nothing before it.
func SaveResults(ctx context.Context, tx *db.Tx, list []Result) error {
	for _, r := range list {
		detail := r.Detail
		if len(detail) > maxDetail {
			detail = strings.ToValidUTF8(detail[:maxDetail], "") + "…"
		}
		passed := 0
		if r.Passed {
			passed = 1
		}
		if _, err := db.Exec(ctx, tx, `INSERT INTO policy_checks (name, passed, detail, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (name) DO UPDATE SET passed = $2, detail = $3, at = $4`, r.Name, passed, detail, clock.Micros(r.At)); err != nil {
			return err
		}
	}
	return nil
}

// LastResults reads the last run, by name.
func LastResults(ctx context.Context, r db.Reader) ([]Result, error) {
	return db.All(ctx, r, func(rows *db.Rows, v *Result) error {
		var passed, at int64
		err := rows.Scan(&v.Name, &passed, &v.Detail, &at)
		v.Passed, v.At, v.Promises = passed == 1, clock.FromMicros(at), CheckedBy(v.Name)
		return err
	}, `SELECT name, passed, detail, at FROM policy_checks ORDER BY name`)
}
