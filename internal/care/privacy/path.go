package privacy

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"aromart/internal/care/policy"
	"aromart/internal/platform/db"
)

// path says how the rows of a table are found that are about a subject.
type path struct {
	table string
	where string // {orders}, {login}, {sellers} stand for the ids of the subject
	order string // by what an export is sorted; {orders} when empty
	keep  string // rows that an erasure leaves: why stands beside it; "" for none
	typed bool   // by somebody who did not prove that the address is his: goes with its owner, and is in no copy of his data
}

// ofOrder is the path of a table with an order_id.
func ofOrder(table string) path { return path{table: table, where: "order_id IN ({orders})"} }

// ofLogin is the path of a table with a login_id.
func ofLogin(table string) path { return path{table: table, where: "login_id = {login}"} }

const (
	// A link or code that was sent before there was a login knows the address only.
	proofsOf = `(login_id = {login} OR email <> '' AND email = (SELECT l.email FROM logins l WHERE l.id = {login})
		OR phone <> '' AND phone = (SELECT l.phone FROM logins l WHERE l.id = {login}))`

	// A request of an account belongs to its login alone: the guest of one of its
	// orders must not open a copy that holds addresses and sign-ins. Any other
	// belongs to the subject when all that it covers does: one that was made for a
	// whole family of orders is not shown to the guest of one of them.
	requestsOf = `SELECT r.id FROM privacy_requests r WHERE r.login_id = {login}
		UNION SELECT q.request_id FROM privacy_request_orders q WHERE q.order_id IN ({orders})` + nothingElse + `
		UNION SELECT q.request_id FROM privacy_request_sellers q WHERE q.seller_id IN ({sellers})` + nothingElse

	nothingElse = ` AND NOT EXISTS (SELECT 1 FROM privacy_requests x WHERE x.id = q.request_id AND x.login_id IS NOT NULL)
		AND NOT EXISTS (SELECT 1 FROM privacy_request_orders x WHERE x.request_id = q.request_id AND x.order_id NOT IN ({orders}))
		AND NOT EXISTS (SELECT 1 FROM privacy_request_sellers x WHERE x.request_id = q.request_id AND x.seller_id NOT IN ({sellers}))`
)

// paths lists the tables that hold something about a person, parents first.
// The column map decides which of their columns are exported and what an
// erasure does to each; a test fails when a table of the map is missing here.
var paths = []path{
	{table: "logins", where: "id = {login}"},
	ofLogin("sessions"),
	{table: "proofs", where: proofsOf, order: "id"},
	// That of the owner himself went when he proved it.
	{table: "registrations", where: "proof_id IN (SELECT id FROM proofs WHERE " + proofsOf + ")", typed: true},
	// Somebody else who asked for this address as his new one waits for a proof that goes with its owner.
	{table: "email_changes", where: "(login_id = {login} OR new_proof IN (SELECT id FROM proofs WHERE " + proofsOf + ") OR old_proof IN (SELECT id FROM proofs WHERE " + proofsOf + "))"},
	{table: "throttles", where: "1 = 0"}, // its keys are keyed hashes that nobody can turn back, and end within a day
	ofLogin("second_factors"),
	ofLogin("recovery_codes"),
	ofLogin("passkeys"),
	ofLogin("passkey_challenges"),
	ofLogin("api_tokens"),
	ofLogin("request_keys"),
	ofLogin("login_disclosures"),
	ofLogin("seller_members"),
	ofLogin("account_settings"),
	ofLogin("addresses"),
	ofLogin("carts"),
	ofLogin("cart_lines"),
	ofLogin("cart_merges"),
	ofLogin("wishlist_items"),
	// While the store is open, its customers and the law need the trader's contact.
	{table: "sellers", where: "id IN ({sellers})", keep: "status <> 'closed'"},
	{table: "orders", where: "id IN ({orders})", order: "id"},
	ofOrder("order_contacts"),
	ofOrder("order_corrections"),
	ofOrder("seller_orders"),
	ofOrder("order_lines"),
	ofOrder("order_events"),
	ofOrder("payments"),
	ofOrder("fulfillments"),
	{table: "fulfillment_lines", where: "fulfillment_id IN (SELECT f.id FROM fulfillments f WHERE f.order_id IN ({orders}))", order: "fulfillment_id, order_line_id"},
	ofOrder("idempotency_keys"),
	ofOrder("disclosures"),
	{table: "privacy_requests", where: "id IN (" + requestsOf + ")", order: "id"},
	{table: "privacy_request_orders", where: "request_id IN (" + requestsOf + ")", order: "request_id, order_id"},
	{table: "privacy_request_sellers", where: "request_id IN (" + requestsOf + ")", order: "request_id, seller_id"},
	{table: "privacy_request_events", where: "request_id IN (" + requestsOf + ")", order: "id"},
	{table: "privacy_exports", where: "request_id IN (" + requestsOf + ")", order: "id"},
	ofOrder("privacy_proofs"),
	{table: "consents", where: "(subject_kind = 'login' AND subject_id = {login} OR subject_kind = 'order' AND subject_id IN ({orders}))", order: "id"},
	// Whoever signs a policy does it for the operator, by name and for good: no customer is meant.
	{table: "policy_signoffs", where: "1 = 0"},
}

// bind writes the ids of the subject into a condition: its text for this
// engine and its arguments, numbered from the first one on.
func (s Subject) bind(r db.Reader, where string, first int) (text string, args []any) {
	next := func(value any) int {
		args = append(args, value)
		return first + len(args) - 1
	}
	if strings.Contains(where, "{orders}") {
		where = strings.ReplaceAll(where, "{orders}", db.In(r, next(db.IDs(s.Orders))))
	}
	if strings.Contains(where, "{login}") {
		where = strings.ReplaceAll(where, "{login}", fmt.Sprintf("$%d", next(s.Login)))
	}
	if strings.Contains(where, "{sellers}") {
		where = strings.ReplaceAll(where, "{sellers}", db.In(r, next(db.IDs(s.Sellers))))
	}
	return where, args
}

// columnsOf returns the columns of a table that the filter takes, in the order of the map.
func columnsOf(table string, take func(policy.Column) bool) []policy.Column {
	var out []policy.Column
	for _, c := range policy.Columns() {
		if c.Table == table && take(c) {
			out = append(out, c)
		}
	}
	return out
}

func names(columns []policy.Column) string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.Column
	}
	return strings.Join(out, ", ")
}

// Table is what is kept about a subject in one table.
type Table struct {
	Name    string
	Columns []policy.Column
	Rows    [][]any // int64, float64, bool, string, nil
}

// Collect reads everything that is kept about the subject and that a copy of
// his data holds, one statement a table.
func Collect(ctx context.Context, r db.Reader, s Subject) ([]Table, error) {
	var out []Table
	for _, p := range paths {
		t := Table{Name: p.table, Columns: columnsOf(p.table, func(c policy.Column) bool { return c.InExport })}
		if len(t.Columns) == 0 || p.typed {
			continue
		}
		where, args := s.bind(r, p.where, 1)
		sorted := p.order
		if sorted == "" {
			sorted = t.Columns[0].Column
		}
		rows, err := db.All(ctx, r, scanRow, `SELECT `+names(t.Columns)+` FROM `+p.table+` WHERE `+where+` ORDER BY `+sorted, args...)
		if err != nil {
			return nil, fmt.Errorf("privacy: collect %s: %w", p.table, err)
		}
		if len(rows) > 0 {
			t.Rows = rows
			out = append(out, t)
		}
	}
	return out, nil
}

// scanRow reads a row of any shape.
func scanRow(rows *db.Rows, row *[]any) error {
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]any, len(columns))
	to := make([]any, len(columns))
	for i := range values {
		to[i] = &values[i]
	}
	if err := rows.Scan(to...); err != nil {
		return err
	}
	for i, v := range values {
		if raw, ok := v.([]byte); ok {
			values[i] = string(raw)
		}
	}
	*row = values
	return nil
}

// categories lists the kinds of data of some columns, each once.
func categories(columns []policy.Column) []policy.Category {
	var out []policy.Category
	for _, c := range columns {
		if c.Personal() && !slices.Contains(out, c.Category) {
			out = append(out, c.Category)
		}
	}
	return out
}

// Covered lists the tables from which a path leads to a person.
func Covered() []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = p.table
	}
	return out
}
