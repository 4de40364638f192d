// Package arch holds no code, only the tests that keep the house in order:
// who may import whom, which package owns which table, how large things may
// grow, and which doors lead outside.
package arch

import (
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
)

// order lists the packages of internal from the ground up: a package imports
// only what stands before it. A new package gets its place here, and doc/design.md
// shows the floors.
var order = []string{
	// kit knows nothing of the market.
	"kit/errs", "kit/clock", "kit/money", "kit/i18n", "kit/contact", "kit/mask", "kit/memo",
	// platform is what the market stands on.
	"platform/durable", "platform/config", "platform/telemetry", "platform/control", "platform/argon", "platform/db", "platform/blob", "platform/picture",
	"platform/secrets", "platform/job", "platform/door", "platform/mail", "platform/audit", "platform/backup",
	// what is known before anybody acts: the market, and what was promised.
	"market", "care/policy", "care/consent", "care/risk", "care/notice", "care/disclosure",
	// people act.
	"people/access", "people/auth", "people/account", "people/repeat", "people/notice", "people/seller", "people/staff",
	// goods are sold.
	"goods/catalog", "goods/inventory", "goods/delivery", "goods/search", "goods/search/relevance", "goods/exchange",
	// trade is how.
	"trade/cart", "trade/wishlist", "trade/promotion", "trade/order", "trade/payment", "trade/fulfillment",
	"trade/returns", "trade/ledger", "trade/payout",
	// several domains in one transaction.
	"care/privacy", "trade/checkout", "trade/settlement", "trade/letter", "trade/fsck",
	"care/support", "care/review",
	// the faces.
	"web", "web/ui", "web/visit", "web/customer", "web/rights", "web/storefront", "web/portal", "web/sellerapi", "web/backoffice", "web/api",
	// worlds and checks that see all of it; only cmd imports them.
	"world", "demo", "bench",
}

// forbidden are pairs that the order would allow and a promise or a habit does
// not. A trailing slash means the whole wing.
var forbidden = []struct{ from, to, why string }{
	{"web/portal", "people/account", "a seller sees only what fulfilling his lines needs (P18)"},
	{"web/portal", "care/privacy", "a seller sees only what fulfilling his lines needs (P18)"},
	{"web/portal", "care/risk", "a seller never sees a buyer's risk (P18)"},
	{"web/sellerapi", "people/account", "the seller API has the portal's walls (P18)"},
	{"web/sellerapi", "care/privacy", "the seller API has the portal's walls (P18)"},
	{"web/sellerapi", "care/risk", "the seller API has the portal's walls (P18)"},
	{"web/storefront", "trade/ledger", "buyers have no business with the books (P17)"},
	{"web/storefront", "trade/payout", "buyers have no business with payouts (P17)"},
	{"web/storefront", "care/risk", "no page shows a risk score (P17)"},
	{"web/storefront", "people/staff", "the shop knows no staff (P17)"},
	{"web/customer", "trade/ledger", "buyers have no business with the books (P17)"},
	{"web/customer", "trade/payout", "buyers have no business with payouts (P17)"},
	{"web/customer", "care/risk", "no page shows a risk score (P17)"},
	{"web/customer", "people/staff", "the shop knows no staff (P17)"},
	{"web/rights", "trade/ledger", "buyers have no business with the books (P17)"},
	{"web/rights", "trade/payout", "buyers have no business with payouts (P17)"},
	{"web/rights", "care/risk", "no page shows a risk score (P17)"},
	{"web/rights", "people/staff", "the shop knows no staff (P17)"},
	{"web/api", "trade/ledger", "the API is for customers (P17)"},
	{"web/api", "trade/payout", "the API is for customers (P17)"},
	{"web/api", "care/risk", "no answer shows a risk score (P17)"},
	{"web/api", "people/staff", "the API is for customers (P17)"},
	{"web/portal", "web/storefront", "no face imports another"},
	{"web/portal", "web/customer", "no face imports another"},
	{"web/portal", "web/rights", "no face imports another"},
	{"web/sellerapi", "web/storefront", "no face imports another"},
	{"web/sellerapi", "web/customer", "no face imports another"},
	{"web/sellerapi", "web/rights", "no face imports another"},
	{"web/sellerapi", "web/portal", "no face imports another"},
	{"web/backoffice", "web/storefront", "no face imports another"},
	{"web/backoffice", "web/customer", "no face imports another"},
	{"web/backoffice", "web/rights", "no face imports another"},
	{"web/backoffice", "web/portal", "no face imports another"},
	{"web/backoffice", "web/sellerapi", "no face imports another"},
	{"web/api", "web/storefront", "no face imports another"},
	{"web/api", "web/customer", "no face imports another"},
	{"web/api", "web/rights", "no face imports another"},
	{"web/api", "web/portal", "no face imports another"},
	{"web/api", "web/sellerapi", "no face imports another"},
	{"web/api", "web/backoffice", "no face imports another"},
	{"web/api", "web/ui", "the JSON API has no pages"},
	{"web", "trade/", "what all faces share knows no domain"},
	{"web", "goods/", "what all faces share knows no domain"},
	{"web/ui", "trade/", "templates receive views, not records"},
	{"web/ui", "goods/", "templates receive views, not records"},
	{"web/ui", "platform/db", "templates read no database"},
	{"platform/telemetry", "platform/db", "logs and metrics must work when the database does not"},
	{"platform/mail", "platform/db", "mail sends what it is given"},
	{"platform/door", "platform/db", "the way out reads nothing"},
	{"goods/exchange", "goods/search", "an import writes the catalog; the index follows by itself"},
	{"trade/order", "goods/inventory", "stock is taken by checkout and given back by fulfillment, in one place each"},
	{"demo", "web", "a world is made of domain calls, not of pages"},
	{"demo", "web/", "a world is made of domain calls, not of pages"},
}

// sqlDrivers may be imported by platform/db alone.
var sqlDrivers = []string{"database/sql", "modernc.org/sqlite", "github.com/jackc/pgx", "github.com/pressly/goose"}

// scanTypes are the packages that may name database/sql for the types of
// nullable columns; they open, read and write through platform/db like all others.
var scanTypes = map[string]string{
	"goods/search": "sql.Null types of optional columns, read a hundred thousand times at start",
	"kit/contact":  "driver.Valuer, so that a personal value binds its text and not its mask",
}

type listed struct {
	ImportPath, Dir string
	GoFiles         []string
	Imports         []string
}

// internal is the name of a package below internal, "" for others.
func (p listed) internal() string {
	name, _ := strings.CutPrefix(p.ImportPath, "aromart/internal/")
	if name == p.ImportPath {
		return ""
	}
	return name
}

// packages asks the go command for all packages of the module, once.
var packages = sync.OnceValues(func() ([]listed, error) {
	c := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,GoFiles,Imports", "aromart/...")
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		return nil, err
	}
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p listed
		if err := dec.Decode(&p); err != nil {
			return nil, err
		}
		if len(p.GoFiles) > 0 {
			all = append(all, p)
		}
	}
	return all, nil
})

func load(t *testing.T) []listed {
	t.Helper()
	all, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 10 {
		t.Fatalf("only %d packages: the list is wrong", len(all))
	}
	return all
}

// forTests reports whether a package only helps tests: dbtest, webtest, ordertest.
func forTests(name string) bool { return strings.HasSuffix(path.Base(name), "test") }

func TestImportGraph(t *testing.T) {
	for _, p := range load(t) {
		name := p.internal()
		if name == "" || forTests(name) {
			continue
		}
		at := slices.Index(order, name)
		if at < 0 {
			t.Errorf("%s has no place in the order: put it into the list of this test", name)
			continue
		}
		for _, imported := range p.Imports {
			to, ours := strings.CutPrefix(imported, "aromart/internal/")
			if !ours {
				continue
			}
			if problem := verdict(name, at, to); problem != "" {
				t.Errorf("%s imports %s: %s", name, to, problem)
			}
		}
	}
}

func verdict(from string, at int, to string) string {
	if forTests(to) {
		return "packages for tests are for tests"
	}
	for _, f := range forbidden {
		if f.from == from && (f.to == to || strings.HasSuffix(f.to, "/") && strings.HasPrefix(to, f.to)) {
			return f.why
		}
	}
	if slices.Index(order, to) >= at {
		return "it stands above or beside, see the order"
	}
	return ""
}

// TestVerdict makes sure that the graph can say no.
func TestVerdict(t *testing.T) {
	for pair, want := range map[[2]string]bool{
		{"kit/money", "kit/errs"}: true, {"kit/errs", "kit/money"}: false, {"goods/catalog", "trade/order"}: false,
		{"web/portal", "people/account"}: false, {"web/api", "web/storefront"}: false, {"web", "trade/order"}: false,
		{"trade/checkout", "trade/order"}: true, {"trade/order", "trade/order/ordertest"}: false, {"web/storefront", "people/seller"}: true,
	} {
		if got := verdict(pair[0], slices.Index(order, pair[0]), pair[1]) == ""; got != want {
			t.Errorf("%s may import %s: %v", pair[0], pair[1], got)
		}
	}
	for _, f := range forbidden {
		if !slices.Contains(order, f.from) || f.why == "" {
			t.Errorf("%s has no place in the order", f.from)
		}
	}
}

func TestOnlyTheDatabasePackageKnowsDrivers(t *testing.T) {
	for _, p := range load(t) {
		if name := p.internal(); name == "platform/db" || name == "platform/db/dbtest" {
			continue
		}
		for _, imported := range p.Imports {
			for _, driver := range sqlDrivers {
				if strings.HasPrefix(imported, "database/sql") && scanTypes[p.internal()] != "" {
					continue
				}
				if imported == driver || strings.HasPrefix(imported, driver+"/") {
					t.Errorf("%s imports %s: SQL goes through platform/db", p.ImportPath, imported)
				}
			}
		}
	}
}
