package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"aromart/internal/goods/catalog"
	"aromart/internal/goods/inventory"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/blob"
	"aromart/internal/platform/db"
)

// maxRows is how many rows one transaction may write, so that orders never wait long behind an import.
const maxRows = 500

// work is an import at work: a file, and where it goes.
type work struct {
	d      *db.DB
	blobs  *blob.Store
	req    Request
	file   *File
	row    *row // nil for a dry run
	pl     *planner
	result *Result
}

func newWork(d *db.DB, blobs *blob.Store, req Request, file *File) *work {
	if req.Language == "" {
		req.Language = "en"
	}
	exponent := req.Options.Exponent
	if exponent == 0 {
		exponent = 2
	}
	w := &work{d: d, blobs: blobs, req: req, file: file}
	w.pl = &planner{store: req.Store, language: req.Language, exponent: max(exponent, 0), stock: req.Stock, report: &Report{},
		kept: map[string]catalog.Picture{}, told: map[string]bool{}}
	w.result = &Result{Format: file.Format, Encoding: file.Encoding, Separator: file.Separator, Columns: file.Columns, Rows: file.Rows, Products: len(file.Products)}
	return w
}

// run works through the products, then writes the reader's own findings.
func (w *work) run(ctx context.Context) error {
	total := len(w.file.Products)
	done := 0
	if w.row != nil {
		done = min(int(w.row.checkpoint), total)
	}
	for done < total {
		end := done + batch(w.file.Products[done:])
		if err := w.batch(ctx, w.file.Products[done:end]); err != nil {
			return err
		}
		done = end
		if w.req.Progress != nil {
			w.req.Progress(done, total)
		}
	}
	if w.row != nil {
		return w.end(ctx)
	}
	w.result.Report.Issues = append(w.file.Report.Issues, w.pl.report.Issues...)
	slices.SortStableFunc(w.result.Report.Issues, func(a, b Issue) int { return a.Row - b.Row })
	w.result.Wrong = len(w.result.Report.Rows())
	return nil
}

// batch is how many of the products fit into one transaction; one always does.
func batch(products []Product) int {
	n, rows := 0, 0
	for n < len(products) {
		p := &products[n]
		rows += 2 + 3*len(p.Variants) + len(p.Attributes) + len(p.Pictures)
		if n > 0 && rows > maxRows {
			break
		}
		n++
	}
	return n
}

// batch plans and applies some products. If the store refuses one of them, they
// are tried one by one, so that only that one is left out.
func (w *work) batch(ctx context.Context, products []Product) error {
	err := w.try(ctx, products)
	e, shown := errors.AsType[*errs.Error](err)
	if !shown || w.row == nil || e.Kind != errs.Invalid && e.Kind != errs.Conflict || e.ID == "exchange.import_running" {
		return err
	}
	if len(products) > 1 {
		for i := range products {
			if err := w.batch(ctx, products[i:i+1]); err != nil {
				return err
			}
		}
		return nil
	}
	w.pl.report.add(products[0].Row, "", products[0].Title, Error, e.ID, arguments(e)...)
	return w.commit(ctx, nil, 1)
}

func (w *work) try(ctx context.Context, products []Product) error {
	found := len(w.pl.report.Issues)
	old, err := stored(ctx, w.d, w.req.Store.ID, products)
	if err != nil {
		return err
	}
	plans := make([]plan, len(products))
	for i := range products {
		p := &products[i]
		if err := w.pl.prepare(ctx, w.blobs, w.req.Pictures, p, old[p.Handle], w.row == nil); err != nil {
			return err
		}
		plans[i] = w.pl.plan(p, old[p.Handle])
	}
	err = w.commit(ctx, plans, len(products))
	if err != nil {
		w.pl.report.Issues = w.pl.report.Issues[:found] // the next try finds them again
		clear(w.pl.told)
	}
	return err
}

// commit applies the plans in one transaction together with what was found and
// the checkpoint. A dry run only counts.
func (w *work) commit(ctx context.Context, plans []plan, size int) error {
	var created, changed, same int64
	for _, pl := range plans {
		switch {
		case pl.wrong:
		case pl.isNew:
			created++
		case len(pl.changes) > 0:
			changed++
		default:
			same++
		}
	}
	if w.row != nil {
		issues := w.pl.report.Issues
		next := *w.row
		next.checkpoint += int64(size)
		next.created, next.changed, next.same = next.created+created, next.changed+changed, next.same+same
		err := w.d.Write(ctx, func(tx *db.Tx) error {
			if err := w.write(ctx, tx, plans); err != nil {
				return err
			}
			if err := w.addIssues(ctx, tx, issues); err != nil {
				return err
			}
			return w.mark(ctx, tx, next, "running", 0)
		})
		if err != nil {
			return err
		}
		*w.row = next
		w.pl.report.Issues = nil
	}
	w.result.New += int(created)
	w.result.Changed += int(changed)
	w.result.Same += int(same)
	for _, pl := range plans {
		if room := maxChanges - len(w.result.Changes); room > 0 {
			w.result.Changes = append(w.result.Changes, pl.changes[:min(len(pl.changes), room)]...)
		}
	}
	return nil
}

// mark moves the checkpoint. If another process has moved it, that one is at
// work and this one stops.
func (w *work) mark(ctx context.Context, tx *db.Tx, next row, status string, wrong int) error {
	return db.MustChange(ctx, tx, errs.New(errs.Conflict, "exchange.import_running"),
		`UPDATE imports SET checkpoint = $1, created = $2, changed = $3, same = $4, status = $5, wrong = $6, updated_at = $7
		WHERE id = $8 AND checkpoint = $9 AND status = 'running'`,
		next.checkpoint, next.created, next.changed, next.same, status, wrong, clock.Micros(clock.System()), next.id, w.row.checkpoint)
}

func (w *work) write(ctx context.Context, tx *db.Tx, plans []plan) error {
	var fresh []*catalog.Product
	var freshPlans []plan
	slugs := map[string]bool{}
	for _, pl := range plans {
		switch {
		case pl.target == nil:
		case pl.isNew:
			t := clone(pl.target)
			slug := catalog.Slugify(t.Title)
			if slugs[slug] { // two of one title in one batch do not see each other
				t.Slug = slug + "-" + strings.ToLower(clock.Readable(5))
			}
			slugs[slug] = true
			fresh, freshPlans = append(fresh, t), append(freshPlans, pl)
		default:
			t := clone(pl.target)
			if err := untouched(ctx, tx, t); err != nil {
				return err
			}
			if _, err := catalog.Save(ctx, tx, t, w.req.Options.Now); err != nil {
				return err
			}
			if err := w.levels(ctx, tx, t, pl); err != nil {
				return err
			}
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	if err := catalog.Insert(ctx, tx, fresh, w.req.Options.Now); err != nil {
		return err
	}
	var levels []inventory.Level
	for i, t := range fresh {
		for _, v := range t.Variants {
			levels = append(levels, inventory.Level{Variant: v.ID, Seller: t.Seller, OnHand: freshPlans[i].stock[keyOf(v, t)]})
		}
	}
	return inventory.Open(ctx, tx, w.req.By, levels, inventory.Opening, w.req.Options.Now)
}

// untouched refuses to lay a plan over a product that somebody has changed
// since the plan was made; it is planned again.
func untouched(ctx context.Context, tx *db.Tx, t *catalog.Product) error {
	n, err := db.One(ctx, tx, db.Int, `SELECT count(*) FROM products WHERE id = $1 AND updated_at = $2`, int64(t.ID), clock.Micros(t.UpdatedAt))
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "error.conflict")
	}
	return err
}

// clone lets a transaction that runs twice begin from the same plan.
func clone(p *catalog.Product) *catalog.Product {
	c := *p
	c.Variants, c.Pictures = slices.Clone(p.Variants), slices.Clone(p.Pictures)
	return &c
}

// keyOf is Variant.key of a stored variant.
func keyOf(v catalog.Variant, p *catalog.Product) string {
	return strings.Join(v.Options[:len(p.Options)], "\x1f")
}

// levels sets the stock of a saved product's variants, in the order of their
// ids as buyers do, and opens that of new ones.
func (w *work) levels(ctx context.Context, tx *db.Tx, saved *catalog.Product, pl plan) error {
	variants := slices.Clone(saved.Variants)
	slices.SortFunc(variants, func(a, b catalog.Variant) int { return int(a.ID - b.ID) })
	known := map[catalog.VariantID]bool{}
	for _, v := range pl.target.Variants {
		known[v.ID] = true
	}
	for _, v := range variants {
		level, said := pl.stock[keyOf(v, saved)]
		if !said && known[v.ID] {
			continue
		}
		if !said {
			level = w.req.Stock
		}
		item := inventory.Item{Variant: v.ID, Product: saved.ID, Quantity: level}
		if _, err := inventory.Set(ctx, tx, w.req.By, item, saved.Seller, inventory.Imported, w.req.Options.Now); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) addIssues(ctx context.Context, tx *db.Tx, issues []Issue) error {
	rows := make([][]any, len(issues))
	for n, i := range issues {
		if i.Args == nil {
			i.Args = []any{}
		}
		args, err := json.Marshal(i.Args)
		if err != nil {
			return err
		}
		rows[n] = []any{w.row.id, i.Row, i.Column, i.Value, string(i.Level), i.ID, string(args)}
	}
	return db.Insert(ctx, tx, "import_issues", "import_id, row_number, column_name, value, level, message, args", rows)
}

// end writes what the reader found, in turns that move the checkpoint on, and
// closes the import.
func (w *work) end(ctx context.Context) error {
	issues := w.file.Report.Issues
	for {
		from := max(0, int(w.row.checkpoint)-len(w.file.Products))
		if from >= len(issues) {
			break
		}
		to := min(from+maxRows, len(issues))
		next := *w.row
		next.checkpoint += int64(to - from)
		err := w.d.Write(ctx, func(tx *db.Tx) error {
			if err := w.addIssues(ctx, tx, issues[from:to]); err != nil {
				return err
			}
			return w.mark(ctx, tx, next, "running", 0)
		})
		if err != nil {
			return err
		}
		*w.row = next
	}
	return w.d.Write(ctx, func(tx *db.Tx) error {
		wrong, err := db.One(ctx, tx, db.Int, `SELECT count(DISTINCT row_number) FROM import_issues WHERE import_id = $1 AND level = 'error'`, w.row.id)
		if err != nil {
			return err
		}
		if err := w.mark(ctx, tx, *w.row, "done", int(wrong)); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{ActorKind: w.req.By.Kind.String(), ActorID: w.req.By.ID, Action: "catalog.import",
			ObjectKind: "store", ObjectID: int64(w.req.Store.ID), Fields: []string{"products", "stock"}, At: clock.System()})
	})
}

// finished is the result with the counts of the whole import, also of the part
// before an interruption.
func (w *work) finished(ctx context.Context) (*Result, error) {
	whole, err := Outcome(ctx, w.d, w.req.Store.ID, w.row.id)
	if err != nil {
		return nil, err
	}
	r := w.result
	r.ID, r.New, r.Changed, r.Same, r.Wrong, r.Report = whole.ID, whole.New, whole.Changed, whole.Same, whole.Wrong, whole.Report
	return r, nil
}
