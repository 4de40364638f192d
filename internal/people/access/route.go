package access

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Route is one address of the program with everything that guards it.
type Route struct {
	Method   string // GET (serves HEAD too), POST, PUT, PATCH, DELETE
	Pattern  string // path pattern of net/http, without method and host: /p/{slug}
	Action   Action
	Resource string // kind of record that it is about, for example "order"
	Policy   Policy
	Rate     RateClass
	Mutates  bool // changes state; never true for GET
	Personal bool // shows or takes personal data: never stored by any cache
}

// check says what is missing; nothing may be guessed.
func (r Route) check() error {
	switch {
	case !slices.Contains([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, r.Method):
		return fmt.Errorf("method %q is not served", r.Method)
	case !strings.HasPrefix(r.Pattern, "/"):
		return fmt.Errorf("pattern %q does not begin with a slash", r.Pattern)
	case !r.Action.valid():
		return fmt.Errorf("action %q is not noun.verb", r.Action)
	case rules[r.Action] == nil:
		return fmt.Errorf("action %q has no rule in permit.go", r.Action)
	case r.Resource == "":
		return fmt.Errorf("no resource")
	case r.Policy.Kinds == 0:
		return fmt.Errorf("no policy")
	case !slices.Contains(RateClasses(), r.Rate):
		return fmt.Errorf("rate class %q is unknown", r.Rate)
	case r.Mutates && r.Method == "GET":
		return fmt.Errorf("a GET must not change state")
	case !r.Mutates && r.Method != "GET" && r.Method != "POST":
		return fmt.Errorf("%s without Mutates", r.Method)
	}
	return nil
}

// MarshalJSON is the shape of `aromart routes --json`.
func (r Route) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Method   string   `json:"method"`
		Pattern  string   `json:"pattern"`
		Action   Action   `json:"action"`
		Resource string   `json:"resource"`
		Roles    []string `json:"roles"`
		Narrowed bool     `json:"narrowed"`         // a check of rights follows the roles
		Scopes   []string `json:"scopes,omitempty"` // what a program's token needs; without any it gets no further than everybody
		Rate     string   `json:"rate_class"`
		Mutates  bool     `json:"mutates"`
		Personal bool     `json:"personal"`
	}{r.Method, r.Pattern, r.Action, r.Resource, r.Policy.Kinds.Names(), r.Policy.Check != nil, r.Policy.Scope.Names(), string(r.Rate), r.Mutates, r.Personal})
}

// Table is the list of all routes of a server.
type Table struct{ routes []Route }

// Add takes a route up, or says why it is not fit to be served.
func (t *Table) Add(r Route) error {
	if err := r.check(); err != nil {
		return fmt.Errorf("access: route %s %s: %w", r.Method, r.Pattern, err)
	}
	for _, o := range t.routes {
		if o.Method == r.Method && o.Pattern == r.Pattern {
			return fmt.Errorf("access: route %s %s is registered twice", r.Method, r.Pattern)
		}
	}
	t.routes = append(t.routes, r)
	return nil
}

// Routes returns all routes, by pattern and method.
func (t *Table) Routes() []Route {
	out := slices.Clone(t.routes)
	slices.SortFunc(out, func(a, b Route) int {
		if c := strings.Compare(a.Pattern, b.Pattern); c != 0 {
			return c
		}
		return strings.Compare(a.Method, b.Method)
	})
	return out
}
