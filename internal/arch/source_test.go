package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// source is a parsed package without its tests.
type source struct {
	name  string // below internal, or the import path
	fset  *token.FileSet
	files map[string]*ast.File // by base name
}

func parseAll(t *testing.T) []source {
	t.Helper()
	var out []source
	for _, p := range load(t) {
		s := source{name: p.internal(), fset: token.NewFileSet(), files: map[string]*ast.File{}}
		if s.name == "" {
			s.name = p.ImportPath
		}
		for _, base := range p.GoFiles {
			f, err := parser.ParseFile(s.fset, filepath.Join(p.Dir, base), nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			s.files[base] = f
		}
		out = append(out, s)
	}
	return out
}

func (s source) position(n ast.Node) string {
	p := s.fset.Position(n.Pos())
	return s.name + "/" + filepath.Base(p.Filename) + ":" + strconv.Itoa(p.Line)
}

// tablesIn reads the tables that a package comment names.
func tablesIn(doc string) []string {
	_, after, found := strings.Cut(strings.Join(strings.Fields(doc), " "), "Tables: ")
	if !found || strings.HasPrefix(after, "none") {
		return nil
	}
	list, _, _ := strings.Cut(after, ".")
	var out []string
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); tableName.MatchString(name) {
			out = append(out, name)
		}
	}
	return out
}

var (
	tableName   = regexp.MustCompile(`^[a-z][a-z_]*$`)
	createTable = regexp.MustCompile(`(?i)CREATE TABLE (?:IF NOT EXISTS )?([a-z_]+)`)
	writes      = regexp.MustCompile(`(?i)\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO)\s+([a-z_]+)`)
)

// owners maps each table of the migrations to the package whose comment names it.
func owners(t *testing.T, all []source) map[string]string {
	t.Helper()
	owner := map[string]string{}
	for _, s := range all {
		for _, f := range s.files {
			if f.Doc == nil {
				continue
			}
			for _, table := range tablesIn(f.Doc.Text()) {
				if other := owner[table]; other != "" && other != s.name {
					t.Errorf("table %s has two owners: %s and %s", table, other, s.name)
				}
				owner[table] = s.name
			}
		}
	}
	return owner
}

// writers may write tables of others, each for the reason that stands here.
var writers = map[string]string{
	"bench": "writes the rows of an order without the domain's code: the limit that placing orders is compared with",
}

// TestTablesHaveOneOwner: a table is written by the package whose comment
// names it and by no other; reading by JOIN is everybody's.
func TestTablesHaveOneOwner(t *testing.T) {
	all := parseAll(t)
	owner := owners(t, all)
	files, err := filepath.Glob("../platform/db/migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal("no migrations", err)
	}
	tables := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range createTable.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(string(text), "ALTER TABLE "+m[1]+" RENAME TO ") {
				continue // made anew under the old name
			}
			tables[m[1]] = true
			if owner[m[1]] == "" {
				t.Errorf("table %s has no owner: name it after \"Tables:\" in the comment of its package", m[1])
			}
		}
	}
	for _, s := range all {
		if forTests(s.name) || writers[s.name] != "" {
			continue
		}
		for _, f := range s.files {
			for node, table := range writesIn(f) {
				if tables[table] && owner[table] != s.name {
					t.Errorf("%s writes table %s, which belongs to %s", s.position(node), table, owner[table])
				}
			}
		}
	}
}

// writesIn finds the tables that SQL texts and db.Insert calls of a file write.
func writesIn(f *ast.File) map[ast.Node]string {
	found := map[ast.Node]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.BasicLit:
			if x.Kind == token.STRING {
				if text, err := strconv.Unquote(x.Value); err == nil {
					for _, m := range writes.FindAllStringSubmatch(text, -1) {
						found[x] = m[1]
					}
				}
			}
		case *ast.CallExpr:
			if selector(x.Fun) == "db.Insert" && len(x.Args) > 2 {
				if lit, ok := x.Args[2].(*ast.BasicLit); ok {
					found[x], _ = strconv.Unquote(lit.Value)
				}
			}
		}
		return true
	})
	return found
}

// selector is "pkg.Name" of a selector expression, "" for anything else.
func selector(e ast.Expr) string {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	x, ok := sel.X.(*ast.Ident)
	if !ok {
		return ""
	}
	return x.Name + "." + sel.Sel.Name
}

func TestFindsTablesAndWrites(t *testing.T) {
	if got := tablesIn("Package x.\n\nPersonal data: none. Tables: orders,\norder_lines. More."); !slices.Equal(got, []string{"orders", "order_lines"}) {
		t.Errorf("got %q", got)
	}
	if got := tablesIn("Tables: none (it reads those of goods/catalog)."); got != nil {
		t.Errorf("got %q", got)
	}
	f, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nvar a = `\n UPDATE orders SET x = 1`\nfunc f() { db.Insert(c, t, \"jobs\", \"id\", nil) }", 0)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, table := range writesIn(f) {
		got = append(got, table)
	}
	slices.Sort(got)
	if !slices.Equal(got, []string{"jobs", "orders"}) {
		t.Errorf("got %q", got)
	}
}

// doors are names that lead outside or around a check, and the packages that may use them.
var doors = []struct {
	names []string
	may   []string
	why   string
}{
	{[]string{"net.Dial", "net.DialTimeout", "net.DialTCP", "net.DialUDP", "net.DialIP", "net.DialUnix", "net.Dialer", "net.Resolver", "net.DefaultResolver",
		"net.LookupHost", "net.LookupIP", "net.LookupAddr", "net.LookupMX", "net.LookupTXT", "net.LookupCNAME", "net.LookupSRV",
		"tls.Dial", "tls.DialWithDialer", "tls.Dialer", "http.Get", "http.Post", "http.PostForm", "http.Head", "http.Client", "http.DefaultClient",
		"http.Transport", "http.DefaultTransport", "smtp.Dial", "smtp.SendMail", "smtp.NewClient"},
		[]string{"platform/door", "platform/control", "bench"}, // control speaks to the program beside it only, a bench measures it from outside
		"whatever leaves the process goes through platform/door, which asks the policy (P17)"},
	{[]string{"http.NewServeMux", "http.HandleFunc", "http.Handle", "http.DefaultServeMux"},
		[]string{"web", "platform/telemetry", "bench", "aromart/cmd/aromart"},
		"a route is served only with action, policy and rate class: web.Server.Handle (P23)"},
	{[]string{"http.SetCookie", "http.Cookie"},
		[]string{"web", "web/webtest", "bench", "aromart/cmd/aromart"},
		"cookies go through web.SetCookie and the register (P13)"},
}

func TestDoors(t *testing.T) {
	for _, s := range parseAll(t) {
		for _, f := range s.files {
			ast.Inspect(f, func(n ast.Node) bool {
				e, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				for _, d := range doors {
					if slices.Contains(d.names, selector(e)) && !slices.Contains(d.may, s.name) {
						t.Errorf("%s uses %s: %s", s.position(e), selector(e), d.why)
					}
				}
				return true
			})
		}
	}
}

// TestLosableWritesAreFew keeps the list of those who may write what a crash
// may take back.
func TestLosableWritesAreFew(t *testing.T) {
	may := map[string]bool{"platform/job": false}
	for _, s := range parseAll(t) {
		for _, f := range s.files {
			ast.Inspect(f, func(n ast.Node) bool {
				e, ok := n.(*ast.SelectorExpr)
				if ok && e.Sel.Name == "WriteLosable" {
					if _, listed := may[s.name]; !listed {
						t.Errorf("%s uses WriteLosable: only the marks on jobs may be lost, see its comment", s.position(e))
					}
					may[s.name] = true
				}
				return true
			})
		}
	}
	for name, does := range may {
		if !does {
			t.Errorf("%s does not use it any more: take it off the list", name)
		}
	}
}

// Sizes are a smell alarm: talk about it, split when it helps.
const (
	maxFile     = 600
	maxFunction = 80
	maxPackage  = 4000
)

// large are the exceptions, with the reason why they stay whole.
var large = map[string]string{
	"web/ui":              "the templates of all pages share one look; what is counted are the views they take",
	"goods/exchange":      "four vocabularies of catalogs meet one plan; each reader is a file of its own that nothing else knows",
	"aromart/cmd/aromart": "one file per command, and one place that wires them; nothing imports it",
	"goods/search":        "an index with text, facets, suggestions and typos; its tables are private to the snapshot, so a wall would go through the middle",
}

func TestSizes(t *testing.T) {
	for _, s := range parseAll(t) {
		total := 0
		for base, f := range s.files {
			if ast.IsGenerated(f) {
				continue
			}
			lines := s.fset.File(f.Pos()).LineCount()
			total += lines
			if lines > maxFile && large[s.name+"/"+base] == "" {
				t.Errorf("%s/%s has %d lines", s.name, base, lines)
			}
			for _, d := range f.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok {
					continue
				}
				if n := s.fset.Position(fn.End()).Line - s.fset.Position(fn.Pos()).Line + 1; n > maxFunction && large[s.name+"."+fn.Name.Name] == "" {
					t.Errorf("%s: function %s has %d lines", s.position(fn), fn.Name.Name, n)
				}
			}
		}
		if total > maxPackage && large[s.name] == "" {
			t.Errorf("package %s has %d lines", s.name, total)
		}
	}
}

// inline is what the policy of content refuses to run or draw.
var inline = map[string]*regexp.Regexp{
	"a style attribute":    regexp.MustCompile(`(?i)[\s"']style\s*=\s*["'{]`),
	"a style element":      regexp.MustCompile(`(?i)<style[\s>]`),
	"an inline script":     regexp.MustCompile(`(?i)<script(?:\s+(?:type|defer|async|nonce)[^>\s]*)*\s*>`),
	"an event handler":     regexp.MustCompile(`(?i)\son[a-z]+\s*=\s*["'{]`),
	"a script address":     regexp.MustCompile(`(?i)["']javascript:`),
	"another site's asset": regexp.MustCompile(`(?i)(?:src|srcset|action|poster)\s*=\s*["']https?:`),
}

// dataBlock is no script: browsers neither run it nor ask the policy of content.
const dataBlock = `<script type="application/ld+json">`

func TestTemplatesHoldNothingInline(t *testing.T) {
	seen := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".templ") {
			return err
		}
		seen++
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for i, line := range strings.Split(string(text), "\n") {
			line = strings.ReplaceAll(line, dataBlock, "")
			for what, re := range inline {
				if re.MatchString(line) {
					t.Errorf("%s:%d has %s", path, i+1, what)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen == 0 {
		t.Skip("no templates yet")
	}
}

func TestInlineFinds(t *testing.T) {
	for line, bad := range map[string]bool{
		`<p style="color:red">`: true, `<style>`: true, `<script>alert(1)</script>`: true, `<a onclick="x()">`: true,
		`<a href="javascript:x">`: true, `<img src="https://cdn.example/x.png">`: true, `<script defer>`: true,
		`<link rel="stylesheet" href={ p.CSS }>`: false, `<script src={ p.JS } defer></script>`: false, `<p class="on-sale">`: false,
		`<a href="https://schema.org">`: false,
	} {
		got := false
		for _, re := range inline {
			got = got || re.MatchString(line)
		}
		if got != bad {
			t.Errorf("%s: %v", line, got)
		}
	}
}

// dialingLibraries open connections by themselves; each is given a door by the
// one package that may use it.
var dialingLibraries = map[string]string{
	"github.com/wneessen/go-mail": "platform/mail", // dials through door.ToOwn
	"net/smtp":                    "",
	"golang.org/x/crypto/ssh":     "",
	"net/rpc":                     "",
}

// TestNothingElseDialsOut: a library that connects somewhere is as much a door
// as net.Dial. The database's driver is platform/db's own, see above.
func TestNothingElseDialsOut(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range load(t) {
		for _, imported := range p.Imports {
			if may, dials := dialingLibraries[imported]; dials {
				seen[imported] = true
				if p.internal() != may {
					t.Errorf("%s imports %s, which connects by itself: %q may", p.ImportPath, imported, may)
				}
			}
		}
	}
	if !seen["github.com/wneessen/go-mail"] {
		t.Error("nobody imports the mail library: the list is not looked at")
	}
}
