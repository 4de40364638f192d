package privacy_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"html"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/care/privacy"
	"aromart/internal/goods/catalog"
	"aromart/internal/kit/errs"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/platform/job"
	"aromart/internal/platform/mail"
	"aromart/internal/platform/secrets"
	"aromart/internal/trade/checkout"
	"aromart/internal/trade/fsck"
	"aromart/internal/trade/letter"
	"aromart/internal/trade/order"
	"aromart/internal/world"
)

var operator = access.Actor{Kind: access.Operator}

// town is the trust world, in which every personal value is a marker, with a
// clock that the test holds.
type town struct {
	testing.TB
	*world.Trusted
	db     *db.DB
	dir    string
	now    time.Time
	keeper *privacy.Keeper
	runner *job.Runner
	links  order.Links
	master secrets.Master
}

func open(t testing.TB, d *db.DB) *town {
	t.Helper()
	m, _ := market.ByCode("lk")
	tw := &town{TB: t, master: secrets.Random(), db: d, dir: d.Dir(), now: time.Date(2026, 1, 6, 6, 0, 0, 0, time.UTC), links: order.NewLinks([]byte("a key of thirty-two bytes, at last"))}
	tw.write(func(tx *db.Tx) error {
		_, err := catalog.SyncCategories(t.Context(), tx, tw.now)
		return err
	})
	desk := checkout.NewDesk(d, m, tw.links, func() (string, string) { return "1-draft", "hash" })
	var err error
	tw.Trusted, err = world.Trust(t.Context(), desk)
	tw.must(err)
	tw.keeper = &privacy.Keeper{DB: d, Market: m, Dir: tw.dir, Clock: func() time.Time { return tw.now }}
	tw.runner = &job.Runner{DB: d, Clock: func() time.Time { return tw.now }}
	sender, err := mail.Open(mail.Options{From: "orders@example.com", Dir: tw.dir})
	tw.must(err)
	texts, err := mail.OpenTexts(tw.dir)
	tw.must(err)
	(&letter.Office{DB: d, Market: m, Links: tw.links, Sender: sender, Texts: texts, BaseURL: "https://shop.example", Name: "Aromart", Operator: "privacy@shop.example"}).Register(tw.runner)
	tw.keeper.Register(tw.runner)
	tw.runner.Handle(checkout.JobExpire, func(context.Context, job.Job) error { return nil })
	tw.dueNow()
	return tw
}

func (tw *town) must(err error) {
	tw.Helper()
	if err != nil {
		tw.Fatal(err)
	}
}

func (tw *town) write(f func(tx *db.Tx) error) {
	tw.Helper()
	tw.must(tw.db.Write(tw.Context(), f))
}

// dueNow lets the jobs that the machine's clock has stamped be due by the clock of the test.
func (tw *town) dueNow() {
	tw.write(func(tx *db.Tx) error {
		_, err := db.Exec(tw.Context(), tx, `UPDATE jobs SET run_at = 0 WHERE status = 'pending' AND kind LIKE 'letter.%'`)
		return err
	})
	tw.work()
}

func (tw *town) work() {
	tw.Helper()
	_, err := tw.runner.RunDue(tw.Context())
	tw.must(err)
	dead, err := job.ListDead(tw.Context(), tw.db, 5)
	tw.must(err)
	stuck, err := db.All(tw.Context(), tw.db, db.String, `SELECT kind || ': ' || last_error FROM jobs WHERE status = 'pending' AND last_error <> ''`)
	tw.must(err)
	if len(dead)+len(stuck) > 0 {
		tw.Fatalf("jobs fail: %+v %v", dead, stuck)
	}
}

func (tw *town) of(who string) (*order.Order, privacy.Subject) {
	tw.Helper()
	for _, o := range tw.Orders {
		if o.Who == who {
			ord, err := order.ByNumber(tw.Context(), tw.db, o.Number)
			tw.must(err)
			return ord, privacy.Guest(ord.ID)
		}
	}
	tw.Fatal("no order of", who)
	return nil, privacy.Subject{}
}

func (tw *town) ask(who, kind, question string) *privacy.Request {
	tw.Helper()
	o, s := tw.of(who)
	var q *privacy.Request
	tw.write(func(tx *db.Tx) (err error) {
		q, err = privacy.Ask(tw.Context(), tx, tw.keeper.Market, privacy.Asked{Kind: kind, Subject: s, Question: question, Channel: "page", Proof: "code", Language: "en",
			By: access.Actor{Kind: access.GuestOrder, Order: int64(o.ID)}}, tw.now)
		return err
	})
	return q
}

func (tw *town) request(q *privacy.Request) *privacy.Request {
	tw.Helper()
	fresh, err := privacy.ByNumber(tw.Context(), tw.db, q.Number)
	tw.must(err)
	return fresh
}

// marks are the markers of one person; phones hold no letters but occur once.
func (tw *town) marks(who string) (list []string) {
	for _, c := range tw.Canaries {
		if c.Who == who && !strings.HasPrefix(c.Field, "login") { // orders of guests; the account is another subject
			list = append(list, c.Value)
		}
	}
	return list
}

// everywhere is every byte that is kept: all tables, and all files of the data directory.
func (tw *town) everywhere() map[string]string {
	tw.Helper()
	out := map[string]string{}
	columns := map[string][]string{}
	for _, c := range policy.Columns() {
		columns[c.Table] = append(columns[c.Table], "CAST("+c.Column+" AS TEXT)")
	}
	for table, list := range columns {
		rows, err := db.All(tw.Context(), tw.db, db.String, "SELECT concat_ws('|', "+strings.Join(list, ", ")+") FROM "+table)
		if err != nil { // bytea has no cast to text
			continue
		}
		out["table "+table] = strings.Join(rows, "\n")
	}
	if len(out) < 25 {
		tw.Fatalf("only %d tables could be read", len(out))
	}
	tw.must(filepath.WalkDir(tw.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		out["file "+path] = strings.ReplaceAll(string(data), "=\r\n", "")
		return err
	}))
	return out
}

func (tw *town) findings(marks []string) (list []string) {
	for where, text := range tw.everywhere() {
		for _, m := range marks {
			if strings.Contains(text, m) {
				list = append(list, where+" holds "+m)
			}
		}
	}
	slices.Sort(list)
	return list
}

func (tw *town) count(text string, args ...any) int64 {
	tw.Helper()
	n, err := db.One(tw.Context(), tw.db, db.Int, text, args...)
	tw.must(err)
	return n
}

func TestEveryPersonalColumnHasAPath(t *testing.T) {
	covered := privacy.Covered()
	for _, c := range policy.Columns() {
		needs := c.Personal() && c.InExport || c.OnErase != policy.Keep
		if needs && !slices.Contains(covered, c.Table) {
			t.Errorf("%s.%s is exported or erased, and no path in care/privacy leads from its table to a person", c.Table, c.Column)
		}
	}
	for _, table := range covered {
		if !slices.ContainsFunc(policy.Columns(), func(c policy.Column) bool { return c.Table == table }) {
			t.Errorf("the path of %s leads nowhere", table)
		}
	}
}

func unzip(t testing.TB, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(text)
	}
	return out
}

func TestExportHoldsAllOfThePersonAndNobodyElse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tw := open(t, d)
		tw.ask("guest-1", privacy.Question, "CANARY-guest-1-question")
		q := tw.ask("guest-1", privacy.Access, "")
		var e *privacy.Export
		tw.write(func(tx *db.Tx) (err error) {
			fresh, err := privacy.ByNumber(t.Context(), tx, q.Number)
			if err != nil {
				return err
			}
			e, err = privacy.AskExport(t.Context(), tx, fresh, tw.now)
			return err
		})
		tw.work()
		o, s := tw.of("guest-1")
		archive, err := tw.keeper.Open(t.Context(), s, e.PublicID)
		tw.must(err)
		files := unzip(t, archive)
		for name, text := range files {
			text = html.UnescapeString(text)
			for _, mark := range append(tw.marks("guest-1"), "CANARY-guest-1-question", o.Number, "Trust thing 1 of store 1") {
				if !strings.Contains(text, mark) {
					t.Errorf("%s lacks %s", name, mark)
				}
			}
			for _, c := range tw.Canaries {
				if c.Who != "guest-1" && strings.Contains(text, c.Value) {
					t.Errorf("%s holds %s of somebody else", name, c.Value)
				}
			}
		}
		var doc struct {
			Data map[string][]map[string]any
		}
		tw.must(json.Unmarshal([]byte(files["data.json"]), &doc))
		for _, c := range policy.Columns() {
			rows := doc.Data[c.Table]
			if !c.InExport || len(rows) == 0 {
				continue
			}
			if _, ok := rows[0][c.Column]; !ok {
				t.Errorf("data.json lacks %s.%s", c.Table, c.Column)
			}
		}
		if len(doc.Data["disclosures"]) != 2 { // the letters to two sellers
			t.Errorf("disclosures: %v", doc.Data["disclosures"])
		}
		// At rest it is not readable, and nobody else gets it.
		for where, text := range tw.everywhere() {
			if strings.HasSuffix(where, ".sealed") && (strings.Contains(text, "CANARY") || strings.Contains(text, "data.json")) {
				t.Errorf("%s is readable", where)
			}
		}
		_, other := tw.of("guest-2")
		if _, err := tw.keeper.Open(t.Context(), other, e.PublicID); errs.KindOf(err) != errs.NotFound {
			t.Errorf("somebody else opens it: %v", err)
		}
		if list, err := privacy.Of(t.Context(), d, other); err != nil || len(list) != 0 {
			t.Errorf("somebody else sees %d requests, %v", len(list), err)
		}
		if got := tw.request(q); got.Status != privacy.Done || got.ClosedAt.IsZero() {
			t.Errorf("the request is %s", got.Status)
		}
		tw.now = tw.now.Add(privacy.ExportLife)
		tw.must(tw.keeper.Deadlines(t.Context()))
		if _, err := tw.keeper.Open(t.Context(), s, e.PublicID); errs.KindOf(err) != errs.NotFound {
			t.Errorf("expired: %v", err)
		}
		if left, _ := filepath.Glob(filepath.Join(tw.dir, privacy.DirName, "*")); len(left) != 0 || tw.count(`SELECT count(*) FROM privacy_exports WHERE file_key <> ''`) != 0 {
			t.Errorf("left: %v", left)
		}
	})
}

// books is what an erasure must not change.
func (tw *town) books() string {
	tw.Helper()
	var b strings.Builder
	for _, query := range []string{
		`SELECT CAST(sum(total) AS TEXT) || ' ' || CAST(sum(tax_total) AS TEXT) || ' ' || CAST(count(*) AS TEXT) FROM orders`,
		`SELECT CAST(sum(commission) AS TEXT) || ' ' || CAST(sum(line_total) AS TEXT) FROM order_lines`,
		`SELECT string_agg(snapshot, ',') FROM (SELECT snapshot FROM order_lines ORDER BY id) s`,
		`SELECT string_agg(CAST(on_hand AS TEXT), ',') FROM (SELECT on_hand FROM stock_levels ORDER BY variant_id) s`,
		`SELECT CAST(sum(amount) AS TEXT) FROM payments`,
	} {
		s, err := db.One(tw.Context(), tw.db, db.String, query)
		tw.must(err)
		b.WriteString(s + "\n")
	}
	return b.String()
}

func (tw *town) sound() {
	tw.Helper()
	log, err := audit.Open(tw.db, tw.master, tw.dir, func() time.Time { return tw.now })
	tw.must(err)
	_, err = log.Checkpoint(tw.Context())
	tw.must(err)
	res, err := fsck.Run(tw.Context(), tw.db, func(ctx context.Context) error {
		r, err := audit.Verify(ctx, tw.db, audit.PublicKey(tw.master))
		if err == nil && r.Bad != nil {
			tw.Errorf("audit: %v", *r.Bad)
		}
		return err
	})
	tw.must(err)
	for _, b := range res.Breaches {
		tw.Errorf("fsck: %v", b)
	}
}

func TestErasureLeavesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tw := open(t, d)
		const who = "customer-3" // canceled, so nothing of it is open
		o, s := tw.of(who)
		tw.ask(who, privacy.Question, "CANARY-"+who+"-question")
		access := tw.ask(who, privacy.Access, "")
		tw.write(func(tx *db.Tx) error {
			_, err := privacy.AskExport(t.Context(), tx, access, tw.now)
			return err
		})
		tw.write(func(tx *db.Tx) error {
			if _, err := db.Exec(t.Context(), tx, `UPDATE seller_orders SET cancel_reason = $1 WHERE order_id = $2`, "CANARY-"+who+"-reason", int64(o.ID)); err != nil {
				return err
			}
			_, err := db.Exec(t.Context(), tx, `UPDATE order_events SET reason = $1 WHERE order_id = $2`, "CANARY-"+who+"-event", int64(o.ID))
			return err
		})
		tw.work()
		q := tw.ask(who, privacy.Erasure, "")
		tw.work()
		marks := append(tw.marks(who), "CANARY-"+who+"-question", "CANARY-"+who+"-reason", "CANARY-"+who+"-event")
		if before := tw.findings(marks); len(before) < 15 {
			t.Fatalf("the scan finds only %q", before)
		}
		books := tw.books()
		others := len(tw.findings(tw.marks("guest-2")))

		tw.now = tw.now.Add(privacy.CoolOff - time.Second)
		tw.work()
		if got := tw.request(q); got.Status != privacy.Verified {
			t.Fatalf("before its time the request is %s", got.Status)
		}
		tw.now = tw.now.Add(time.Second)
		tw.work()
		done := tw.request(q)
		if done.Status != privacy.Done || done.Receipt == nil || !done.RunAt.IsZero() {
			t.Fatalf("the request is %s, receipt %+v", done.Status, done.Receipt)
		}
		for _, left := range tw.findings(marks) {
			t.Error(left)
		}
		if got := len(tw.findings(tw.marks("guest-2"))); got != others {
			t.Errorf("of somebody else %d places are left of %d", got, others)
		}
		if tw.books() != books {
			t.Error("the books changed")
		}
		tw.sound()
		r := done.Receipt
		if r.Number != q.Number || r.Orders != 1 || r.Files < 2 || len(r.Erased) < 5 || len(r.Kept) == 0 {
			t.Errorf("receipt: %+v", r)
		}
		if n := tw.count(`SELECT count(*) FROM order_contacts WHERE order_id = $1 AND erased_at IS NOT NULL`, int64(o.ID)); n != 1 {
			t.Error("the contact is not marked as erased")
		}
		old := tw.links.Token(o)
		if _, err := tw.links.Open(t.Context(), d, old); errs.KindOf(err) != errs.NotFound {
			t.Errorf("the secret link still opens: %v", err)
		}
		if tw.count(`SELECT count(*) FROM jobs WHERE kind = $1 AND status = 'done'`, privacy.JobSellerErased) != 1 {
			t.Error("the seller was not told")
		}
		if list, err := privacy.Of(t.Context(), d, s); err != nil || len(list) != 3 || !list[0].Question.IsZero() {
			t.Errorf("the register: %d requests, %v", len(list), err)
		}
	})
}

// TestReplayErasesARestoredDatabase: what was erased does not come back with a backup.
func TestReplayErasesARestoredDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tw := open(t, d)
		ledger := filepath.Join(tw.dir, privacy.LedgerFile)
		if n, err := privacy.Replay(t.Context(), d, ledger); n != 0 || err != nil {
			t.Errorf("without a ledger: %d, %v", n, err)
		}
		o, _ := tw.of("customer-3")
		c, err := order.ContactOf(t.Context(), d, o.ID)
		tw.must(err)
		q := tw.ask("customer-3", privacy.Erasure, "")
		tw.now = tw.now.Add(privacy.CoolOff)
		tw.work()
		// The backup from before knows the person and the waiting request.
		tw.write(func(tx *db.Tx) error {
			if _, err := db.Exec(t.Context(), tx, `UPDATE order_contacts SET name = $1, phone = $2, erased_at = NULL WHERE order_id = $3`, c.Name, c.Phone, int64(o.ID)); err != nil {
				return err
			}
			_, err := db.Exec(t.Context(), tx, `UPDATE privacy_requests SET status = 'verified', closed_at = NULL, receipt = '' WHERE number = $1`, q.Number)
			return err
		})
		raw, err := os.ReadFile(ledger)
		tw.must(err)
		if strings.Contains(string(raw), "CANARY") || strings.Contains(string(raw), "055") || strings.Count(string(raw), "\n") != 1 {
			t.Errorf("the ledger: %s", raw)
		}
		tw.must(os.WriteFile(ledger, append([]byte("{\"number\":\"half a li"), append([]byte("\n"), raw...)...), 0o600))
		for i, want := range []int{1, 0} {
			if n, err := privacy.Replay(t.Context(), d, ledger); n != want || err != nil {
				t.Errorf("replay %d: %d, %v", i, n, err)
			}
		}
		if left := tw.findings(tw.marks("customer-3")); len(left) > 0 {
			t.Errorf("left: %q", left)
		}
		if got := tw.request(q); got.Status != privacy.Done {
			t.Errorf("the request is %s", got.Status)
		}
		if len(tw.findings(tw.marks("guest-1"))) == 0 {
			t.Error("somebody else was erased")
		}
	})
}

func TestAnErasureWaitsForParcelsAndCanBeWithdrawn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tw := open(t, d)
		open, withdrawn := tw.ask("customer-4", privacy.Erasure, ""), tw.ask("guest-2", privacy.Erasure, "")
		_, s := tw.of("customer-4")
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := privacy.Ask(t.Context(), tx, tw.keeper.Market, privacy.Asked{Kind: privacy.Erasure, Subject: s, Channel: "page", Language: "en", By: operator}, tw.now)
			return err
		})
		if !errs.Is(err, "privacy.already_asked") {
			t.Errorf("a second erasure: %v", err)
		}
		look, err := tw.keeper.Outlook(t.Context(), d, s)
		if err != nil || len(look.Wait) != 1 || !look.At.Equal(tw.now.Add(privacy.CoolOff)) || !slices.Contains(look.Goes, policy.Phone) || len(look.Kept) == 0 {
			t.Errorf("outlook: %+v, %v", look, err)
		}
		tw.write(func(tx *db.Tx) error {
			q, err := privacy.ByNumber(t.Context(), tx, withdrawn.Number)
			if err != nil {
				return err
			}
			return privacy.Withdraw(t.Context(), tx, access.Actor{Kind: access.GuestOrder}, q, tw.now)
		})
		for range 8 {
			tw.now = tw.now.Add(4 * 24 * time.Hour)
			tw.work()
		}
		if got := tw.request(open); got.Status != privacy.Verified || !got.RunAt.After(tw.now) || !got.CanWithdraw() {
			t.Errorf("with a parcel on its way the request is %s, next at %v", got.Status, got.RunAt)
		}
		if got := tw.request(withdrawn); got.Status != privacy.Withdrawn {
			t.Errorf("the withdrawn one is %s", got.Status)
		}
		for _, who := range []string{"customer-4", "guest-2"} {
			o, _ := tw.of(who)
			if c, err := order.ContactOf(t.Context(), d, o.ID); err != nil || c.Name.IsZero() {
				t.Errorf("%s was erased, %v", who, err)
			}
		}
		// The parcel comes back; a return of nothing is not awaited.
		tw.write(func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `UPDATE fulfillments SET status = 'closed' WHERE order_id IN (`+db.In(tx, 1)+`)`, db.IDs(s.Orders))
			if err == nil {
				_, err = db.Exec(t.Context(), tx, `UPDATE seller_orders SET status = 'undelivered' WHERE order_id IN (`+db.In(tx, 1)+`)`, db.IDs(s.Orders))
			}
			return err
		})
		tw.now = tw.request(open).RunAt
		tw.work()
		if got := tw.request(open); got.Status != privacy.Done {
			t.Errorf("after the parcel came back the request is %s", got.Status)
		}
	})
}
