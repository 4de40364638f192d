package visit

import (
	"strconv"

	"aromart/internal/kit/i18n"
)

// Said is what signing in did to the cart and the orders, in the query of the
// page that follows.
type Said struct {
	Joined  int64 `form:"joined" rules:"max=99"`
	Limited int64 `form:"limited" rules:"max=99"`
	Over    int64 `form:"over" rules:"max=99"`
	Claimed int64 `form:"claimed" rules:"max=9999"`
}

func (s Said) query() string {
	out := ""
	for _, p := range []struct {
		name string
		n    int64
	}{{"joined", s.Joined}, {"limited", s.Limited}, {"over", s.Over}, {"claimed", s.Claimed}} {
		if p.n > 0 {
			out += "&" + p.name + "=" + strconv.FormatInt(p.n, 10)
		}
	}
	return out
}

// words says it to the visitor.
func (s Said) words(t *i18n.Translator) string {
	out := ""
	for _, p := range []struct {
		id string
		n  int64
	}{{"account.merged.joined", s.Joined}, {"account.merged.limited", s.Limited}, {"account.merged.over", s.Over}, {"account.merged.claimed", s.Claimed}} {
		if p.n > 0 {
			out += " " + t.T(p.id, "n", p.n)
		}
	}
	if out != "" {
		return out[1:]
	}
	return ""
}

// WithSaid appends what was done to a local path.
func WithSaid(path string, s Said) string {
	q := s.query()
	if q == "" {
		return path
	}
	for _, c := range path {
		if c == '?' {
			return path + q
		}
	}
	return path + "?" + q[1:]
}
