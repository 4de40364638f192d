package journey

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/world"
)

// The matrix asks every route of the server as everybody there is: twelve
// actors of the trust fixture, and the holder of an order's link who has not
// typed its code. What came out stands in testdata/matrix.txt, to be read by
// whoever reviews a change:
//
//	GET /account  account.view
//	    200 login-name   ALL-SIGNED-IN
//	    401              ALL-NOT-SIGNED-IN
//
// is the answer, what it showed of the asker's own data, and "writes" when the
// database is another afterwards. AROMART_UPDATE=1 writes the file anew.
//
// Three things are no matter of that file, so no update can allow them: an
// answer never holds a marker of somebody else, a refused request and a GET
// leave every row as it was, and no answer is an error of ours.
//
// A new route needs nothing when its path has no new wildcard and an empty
// form will do. Otherwise it gets, in matrix_world_test.go:
//   - the value of its wildcard in paths, taken from customer-1 or guest-1
//     (guest-1 for routes of an order, where both are asked for),
//   - its form in forms, or its JSON body in bodies, such that its owner succeeds,
//
// and its action a rule in people/access.

const goldenMatrix = "testdata/matrix.txt"

// somebody is an actor of the matrix: who he is in the fixture and what he brings.
type somebody struct {
	name   string // as the golden file calls him
	who    string // whose markers he may see
	jar    map[string]string
	bearer string // in the JSON API
}

// may reports that a marker is his own.
func (a *somebody) may(c world.Canary) bool {
	return c.Who == a.who || a.who == strings.Replace(c.Who, "seller-", "owner-", 1)
}

// matrix is the shop of the trust fixture with everybody signed in.
type matrix struct {
	*shop
	trusted *world.Trusted
	actors  []*somebody
	paths   map[string]string // values of wildcards: "{name} pattern", "{name} whose", "{name} action", "{name} resource" or "{name}"; and queries: "?pattern"
	rows    map[string]string // of the fixture, as they stand
	backup  map[string][][]any
	columns map[string]string
}

// request is what one actor sends, with what he typed himself.
func (m *matrix) request(a *somebody, route access.Route, path string) (r *http.Request, typed string) {
	m.Helper()
	key := route.Method + " " + route.Pattern
	body, kind := "", ""
	switch {
	case route.Method == "GET":
	case strings.HasPrefix(route.Pattern, "/api/"):
		body, kind = m.bodyOf(key), "application/json"
		typed = body
	default:
		form := m.formOf(a, key, path)
		body, kind = form.Encode(), "application/x-www-form-urlencoded"
		typed = fmt.Sprint(form)
	}
	r = httptest.NewRequest(route.Method, path, strings.NewReader(body))
	r.Host = strings.TrimPrefix(m.base, "https://")
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Idempotency-Key", "matrix-"+a.name)
	for name, value := range a.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	if a.bearer != "" && strings.HasPrefix(route.Pattern, "/api/") {
		r.Header.Set("Authorization", "Bearer "+a.bearer)
	}
	return r, typed
}

// send asks and judges: the cell of the golden file, and whatever no file may allow.
func (m *matrix) send(a *somebody, route access.Route, path string) (cell string, problems []string) {
	m.Helper()
	r, typed := m.request(a, route, path)
	w := httptest.NewRecorder()
	m.ServeHTTP(w, r)
	cell = fmt.Sprint(w.Code)
	if to := w.Header().Get("Location"); w.Code == http.StatusSeeOther && strings.HasPrefix(strings.TrimPrefix(to, m.base), "/login") {
		cell += " sign in"
	}
	own, foreign := m.shown(a, w, typed)
	for _, f := range own {
		cell += " " + f
	}
	what := fmt.Sprintf("%s %s as %s: %d", route.Method, path, a.name, w.Code)
	for _, f := range foreign {
		problems = append(problems, what+" shows "+f)
	}
	if w.Code >= 500 {
		problems = append(problems, what)
	}
	return cell, problems
}

// shown lists the markers in an answer: the fields of the asker's own, and
// those of others that he has not typed himself. Phone numbers are looked for in whatever way they are written.
func (m *matrix) shown(a *somebody, w *httptest.ResponseRecorder, typed string) (own, foreign []string) {
	text := w.Body.String() + fmt.Sprint(w.Header())
	digits := strings.NewReplacer(" ", "", "\u00a0", "", "-", "", "\u2011", "").Replace(text)
	for _, c := range m.trusted.Canaries {
		found := strings.Contains(text, c.Value)
		if strings.HasSuffix(c.Field, "phone") {
			found = strings.Contains(digits, c.Value[3:])
		}
		switch {
		case !found:
		case a.may(c):
			if !slices.Contains(own, c.Field) {
				own = append(own, c.Field)
			}
		case !strings.Contains(typed, c.Value):
			foreign = append(foreign, c.Value)
		}
	}
	slices.Sort(own)
	return own, foreign
}

// row asks one route as everybody and returns its lines of the golden file.
func (m *matrix) row(route access.Route, about, path string) (text string, problems []string) {
	m.Helper()
	who := map[string][]string{}
	for _, a := range m.actors {
		cell, bad := m.send(a, route, path)
		problems = append(problems, bad...)
		if route.Method != "GET" {
			changed := m.changed()
			if len(changed) > 0 {
				m.restore(changed)
			}
			if changed = slices.DeleteFunc(changed, func(table string) bool { return table == "throttles" }); len(changed) > 0 {
				code, rest, _ := strings.Cut(cell, " ")
				if code >= "400" {
					problems = append(problems, fmt.Sprintf("%s %s as %s is refused with %s and changed %v", route.Method, path, a.name, code, changed))
				}
				cell = strings.TrimSpace(code + " writes " + rest)
			}
		}
		who[cell] = append(who[cell], a.name)
	}
	if route.Method == "GET" {
		if changed := m.changed(); len(changed) > 0 {
			problems = append(problems, fmt.Sprintf("GET %s changed %v", path, changed))
			m.restore(changed)
		}
	}
	return lines(fmt.Sprintf("%s %s  %s%s", route.Method, route.Pattern, route.Action, about), who), problems
}

func lines(head string, who map[string][]string) string {
	var b strings.Builder
	fmt.Fprintln(&b, head)
	for _, cell := range slices.Sorted(maps.Keys(who)) {
		names := " " + strings.Join(who[cell], " ") + " "
		for _, g := range groups {
			names = strings.Replace(names, " "+g.names+" ", " "+g.name+" ", 1)
		}
		fmt.Fprintf(&b, "    %-34s%s\n", cell, strings.TrimRight(names, " "))
	}
	return b.String()
}

// groups are those who mostly get the same, so that a row shows at a glance who does not.
var groups = []struct{ name, names string }{
	{"EVERYBODY", "anonymous guest-1 guest-1-link guest-2 customer-1 customer-2 owner-1 owner-2 staff-1 staff-2 support-1 admin-1 auditor-1"},
	{"ALL-SIGNED-IN", "customer-1 customer-2 owner-1 owner-2 staff-1 staff-2 support-1 admin-1 auditor-1"},
	{"ALL-OTHERS-SIGNED-IN", "customer-2 owner-1 owner-2 staff-1 staff-2 support-1 admin-1 auditor-1"},
	{"ALL-WHO-WORK-HERE", "owner-1 owner-2 staff-1 staff-2 support-1 admin-1 auditor-1"},
	{"ALL-NOT-SIGNED-IN", "anonymous guest-1 guest-1-link guest-2"},
}

// TestTrustCheck02And03Matrix asks for all of it and compares with what was reviewed.
func TestTrustCheck02And03Matrix(t *testing.T) {
	eachMatrix(t, func(t *testing.T, m *matrix) {
		var out strings.Builder
		out.WriteString("# What each actor gets from each route, see matrix_test.go. AROMART_UPDATE=1 writes it anew.\n\n")
		for _, route := range m.Routes() {
			for _, target := range m.targets(route) {
				text, problems := m.row(route, target.about, target.path)
				for _, p := range problems {
					t.Error(p)
				}
				out.WriteString(text + "\n")
			}
		}
		text, problems := m.acts()
		for _, p := range problems {
			t.Error(p)
		}
		out.WriteString(text)
		if t.Failed() {
			return // what must never be is not written down as expected
		}
		if os.Getenv("AROMART_UPDATE") != "" && m.db.Dialect() == db.SQLite {
			m.must(os.WriteFile(goldenMatrix, []byte(out.String()), 0o644))
		}
		want, err := os.ReadFile(goldenMatrix)
		m.must(err)
		compare(t, string(want), out.String())
	})
}

// compare names the rows that differ, and not the first line alone.
func compare(t *testing.T, want, got string) {
	t.Helper()
	rows := func(text string) map[string]string {
		out := map[string]string{}
		for row := range strings.SplitSeq(text, "\n\n") {
			head, cells, _ := strings.Cut(strings.TrimSpace(row), "\n")
			out[head] = cells
		}
		return out
	}
	before, now := rows(want), rows(got)
	for _, head := range slices.Sorted(maps.Keys(now)) {
		if old, known := before[head]; !known {
			t.Errorf("%s is not in %s: look at what everybody gets, then AROMART_UPDATE=1\n%s", head, goldenMatrix, now[head])
		} else if old != now[head] {
			t.Errorf("%s\n%s\nwas expected to be\n%s", head, now[head], old)
		}
	}
	for _, head := range slices.Sorted(maps.Keys(before)) {
		if _, still := now[head]; !still {
			t.Errorf("%s stands in %s and is served no longer", head, goldenMatrix)
		}
	}
}

// target is what a row asks for.
type target struct{ about, path string }

// targets are the order of customer-1 and that of guest-1 for a route of an
// order, and one for every other.
func (m *matrix) targets(route access.Route) []target {
	if !strings.Contains(route.Pattern, "{number}") {
		return []target{{"", m.fill(route, "customer-1") + m.paths["?"+route.Pattern]}}
	}
	return []target{{"  (order of customer-1)", m.fill(route, "customer-1")}, {"  (order of guest-1)", m.fill(route, "guest-1")}}
}

// fill puts values into the wildcards of a pattern.
func (m *matrix) fill(route access.Route, whose string) string {
	m.Helper()
	return placeholder.ReplaceAllStringFunc(route.Pattern, func(name string) string {
		for _, key := range []string{name + " " + route.Pattern, name + " " + whose, name + " " + string(route.Action), name + " " + route.Resource, name} {
			if v, ok := m.paths[key]; ok {
				return v
			}
		}
		m.Fatalf("%s %s: matrix_world_test.go has no value for %s", route.Method, route.Pattern, name)
		return ""
	})
}

// state reads every row of every table in one statement.
func (m *matrix) state() map[string]string {
	m.Helper()
	parts := []string{}
	for _, table := range slices.Sorted(maps.Keys(m.columns)) {
		parts = append(parts, "SELECT '"+table+"' AS t, concat_ws('|', "+m.columns[table]+") AS r FROM "+table)
	}
	type row struct{ table, text string }
	list, err := db.All(m.Context(), m.db, func(rows *db.Rows, r *row) error { return rows.Scan(&r.table, &r.text) }, strings.Join(parts, " UNION ALL "))
	m.must(err)
	byTable := map[string][]string{}
	for _, r := range list {
		byTable[r.table] = append(byTable[r.table], r.text)
	}
	out := map[string]string{}
	for table, rows := range byTable {
		slices.Sort(rows)
		out[table] = strings.Join(rows, "\n")
	}
	return out
}

// changed lists the tables that are no longer as the fixture left them.
func (m *matrix) changed() (tables []string) {
	m.Helper()
	now := m.state()
	for _, table := range slices.Sorted(maps.Keys(m.columns)) {
		if now[table] != m.rows[table] {
			tables = append(tables, table)
		}
	}
	return tables
}

// restore puts tables back, so that each cell meets the same world.
func (m *matrix) restore(tables []string) {
	m.Helper()
	m.write(func(tx *db.Tx) error {
		pause := "PRAGMA defer_foreign_keys = ON"
		if tx.Dialect() == db.Postgres {
			pause = "SET LOCAL session_replication_role = 'replica'"
		}
		if _, err := db.Exec(m.Context(), tx, pause); err != nil {
			return err
		}
		for _, table := range tables {
			if _, err := db.Exec(m.Context(), tx, "DELETE FROM "+table); err != nil {
				return err
			}
			if err := db.Insert(m.Context(), tx, table, m.columns[table], m.backup[table]); err != nil {
				return fmt.Errorf("restore %s: %w", table, err)
			}
		}
		return nil
	})
}

// TestTrustCheck02TheMatrixCanFail: a page that forgets to ask whose order it
// is, and one that writes and then refuses, are both caught.
func TestTrustCheck02TheMatrixCanFail(t *testing.T) {
	eachMatrix(t, func(t *testing.T, m *matrix) {
		m.plant()
		m.catch(t)
	})
}

// plant adds the two faulty routes.
func (m *matrix) plant() {
	m.Handle(access.Route{Method: "GET", Pattern: "/planted/{number}", Action: "order.view", Resource: "order", Policy: access.Everyone, Rate: access.RateOrder, Personal: true},
		func(w http.ResponseWriter, r *http.Request) error {
			row, err := db.One(r.Context(), m.db, db.String, `SELECT c.name || ' ' || c.street FROM order_contacts c JOIN orders o ON o.id = c.order_id WHERE o.number = $1`, r.PathValue("number"))
			if err == nil {
				err = json.NewEncoder(w).Encode(row)
			}
			return err
		})
	m.Handle(access.Route{Method: "POST", Pattern: "/planted", Action: "order.view", Resource: "order", Policy: access.Everyone, Rate: access.RateOrder, Mutates: true},
		func(_ http.ResponseWriter, r *http.Request) error {
			err := m.db.Write(r.Context(), func(tx *db.Tx) error {
				_, err := db.Exec(r.Context(), tx, `UPDATE logins SET name = name || 'x' WHERE role = 'admin'`)
				return err
			})
			if err == nil {
				err = db.NotFound(db.ErrNoRows)
			}
			return err
		})
}

// catch fails when one of the planted routes passes as anybody but those who may see what it shows.
func (m *matrix) catch(t *testing.T) {
	for _, route := range m.Routes() {
		if !strings.HasPrefix(route.Pattern, "/planted") {
			continue
		}
		caught := map[string]bool{}
		for _, target := range m.targets(route) {
			text, problems := m.row(route, target.about, target.path)
			for _, p := range problems {
				_, rest, _ := strings.Cut(p, " as ")
				who, _, _ := strings.Cut(strings.ReplaceAll(rest, ":", " "), " ")
				caught[who] = true
			}
			want, err := os.ReadFile(goldenMatrix)
			m.must(err)
			if head, _, _ := strings.Cut(text, "\n"); strings.Contains(string(want), head) {
				t.Errorf("%s stands in the golden file", head)
			}
		}
		if len(caught) < len(m.actors)-2 {
			t.Errorf("%s %s: only %v were caught", route.Method, route.Pattern, slices.Sorted(maps.Keys(caught)))
		}
	}
	if changed := m.changed(); len(changed) > 0 {
		t.Errorf("%v were not put back", changed)
	}
}

// TestTrustCheck01UnguardedRoutesDoNotStart: the list of routes is what is
// served, and the program does not start with a route that lacks its rule.
func TestTrustCheck01UnguardedRoutesDoNotStart(t *testing.T) {
	s := open(t, sqlite(t))
	for _, route := range s.Routes() {
		path := b0(route.Pattern)
		s.visitor().do(route.Method, path, nil)
		if want := `"route":"` + route.Pattern + `"`; !strings.Contains(s.log.text(), want) {
			t.Errorf("%s %s is in the list and not served", route.Method, route.Pattern)
		}
	}
	served := access.Route{Method: "POST", Pattern: "/backdoor", Action: "order.view", Resource: "order", Policy: access.Everyone, Rate: access.RateOrder, Mutates: true}
	for what, spoil := range map[string]func(*access.Route){"policy": func(r *access.Route) { r.Policy = access.Policy{} }, "action": func(r *access.Route) { r.Action = "" },
		"resource": func(r *access.Route) { r.Resource = "" }, "rate class": func(r *access.Route) { r.Rate = "" }} {
		route := served
		spoil(&route)
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a route without %s was taken", what)
				}
			}()
			s.Handle(route, func(http.ResponseWriter, *http.Request) error { return nil })
		}()
		if p := s.visitor().do("POST", "/backdoor", nil); p.code != http.StatusNotFound {
			t.Errorf("a route without %s answers %d", what, p.code)
		}
	}
}
