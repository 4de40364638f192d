package exchange

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"time"

	"aromart/internal/goods/catalog"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/seller"
	"aromart/internal/platform/blob"
	"aromart/internal/platform/db"
)

// Request is an import that somebody asks for.
type Request struct {
	Store    seller.Store
	By       access.Actor
	FileName string // shown in the list of imports
	File     io.Reader
	Options  Options
	Pictures *Pictures // nil: none; stored pictures stay
	Language string    // of the texts; "" is "en"
	Stock    int64     // of a new variant whose number the file does not say
	DryRun   bool
	Progress func(done, total int) // products; may be nil
}

// Result is what an import did, or would do.
type Result struct {
	ID        int64 // of the import; 0 for a dry run
	Format    Format
	Encoding  string
	Separator string
	Columns   []string
	Rows      int
	Products  int
	New       int
	Changed   int
	Same      int
	Wrong     int // rows with an error
	Changes   []Change
	Report    Report
}

// maxChanges bounds the list of differences; the counts go on.
const maxChanges = 5000

// Import reads a file and brings the store to what it says, in batches that
// each leave a checkpoint. The same file after an interruption goes on where
// it stood. A dry run writes nothing and counts the same.
func Import(ctx context.Context, d *db.DB, blobs *blob.Store, req Request) (*Result, error) {
	data, err := load(req.File)
	if err != nil {
		return nil, err
	}
	if req.Options.Now.IsZero() {
		req.Options.Now = clock.System()
	}
	if req.DryRun {
		file, err := Read(bytes.NewReader(data), req.Options)
		if err != nil {
			return nil, err
		}
		w := newWork(d, blobs, req, file)
		return w.result, w.run(ctx)
	}
	run, err := begin(ctx, d, blobs, req, data)
	if err != nil {
		return nil, err
	}
	return run.work(ctx, d, blobs, req, data)
}

// row is an import as the database keeps it.
type row struct {
	id, store, checkpoint, created, changed, same int64
	blob                                          string
	status                                        string
	format                                        Format
	mapping                                       string
	at                                            int64
}

const selectRow = `SELECT id, store_id, checkpoint, created, changed, same, blob, status, format, mapping, created_at FROM imports`

func scanRow(rows *db.Rows, r *row) error {
	return rows.Scan(&r.id, &r.store, &r.checkpoint, &r.created, &r.changed, &r.same, &r.blob, &r.status, &r.format, &r.mapping, &r.at)
}

// begin finds the running import of this very file, or writes a new one.
func begin(ctx context.Context, d *db.DB, blobs *blob.Store, req Request, data []byte) (*row, error) {
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	if req.Options.Format == "" {
		req.Options.Format = Auto
	}
	mapping := ""
	if req.Options.Mapping != nil {
		raw, err := json.Marshal(req.Options.Mapping)
		if err != nil {
			return nil, err
		}
		mapping = string(raw)
	}
	r, err := db.One(ctx, d, scanRow, selectRow+` WHERE store_id = $1 AND status = 'running' AND sha256 = $2 AND format = $3 AND mapping = $4 ORDER BY id DESC`,
		int64(req.Store.ID), hash, string(req.Options.Format), mapping)
	if err == nil {
		return &r, nil
	}
	if !errors.Is(err, db.ErrNoRows) {
		return nil, err
	}
	r = row{store: int64(req.Store.ID), blob: blob.NewKey(), status: "running", format: req.Options.Format, mapping: mapping, at: clock.Micros(req.Options.Now)}
	if err := blobs.Put(ctx, r.blob, data); err != nil {
		return nil, err
	}
	name, _ := limit(tidy(req.FileName), maxValue)
	err = d.Write(ctx, func(tx *db.Tx) error {
		r.id, err = db.One(ctx, tx, db.Int, `INSERT INTO imports (public_id, store_id, file_name, blob, sha256, format, mapping, status, checkpoint,
			created, changed, same, wrong, last_error, created_at, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 'running', 0, 0, 0, 0, 0, '', $8, $8) RETURNING id`,
			clock.PublicID(), r.store, name, r.blob, hash, string(r.format), r.mapping, r.at)
		return err
	})
	if err != nil {
		return nil, errors.Join(err, blobs.Delete(context.WithoutCancel(ctx), r.blob))
	}
	return &r, nil
}

// work carries a begun import to its end. What cannot be read at all fails it.
func (r *row) work(ctx context.Context, d *db.DB, blobs *blob.Store, req Request, data []byte) (*Result, error) {
	req.Options.Now = clock.FromMicros(r.at) // a sale that ends while the import is cut off must not make it another import
	file, err := Read(bytes.NewReader(data), req.Options)
	if err == nil {
		w := newWork(d, blobs, req, file)
		w.row = r
		if err = w.run(ctx); err == nil {
			return w.finished(ctx)
		}
	}
	e, shown := errors.AsType[*errs.Error](err)
	if !shown || e.Kind == errs.Unavailable || e.Kind == errs.Internal || e.Kind == errs.Conflict || ctx.Err() != nil {
		return nil, err // it may go on later
	}
	now := clock.Micros(clock.System())
	failed := d.Write(context.WithoutCancel(ctx), func(tx *db.Tx) error {
		_, err := db.Exec(ctx, tx, `UPDATE imports SET status = 'failed', last_error = $1, updated_at = $2 WHERE id = $3`, e.ID, now, r.id)
		return err
	})
	return nil, errors.Join(err, failed)
}

// Resume carries on an import that was cut off, from its kept upload: what a
// leased job does.
func Resume(ctx context.Context, d *db.DB, blobs *blob.Store, id int64, req Request) (*Result, error) {
	r, err := db.One(ctx, d, scanRow, selectRow+` WHERE id = $1 AND store_id = $2`, id, int64(req.Store.ID))
	if errors.Is(err, db.ErrNoRows) {
		return nil, errs.New(errs.NotFound, "exchange.import_unknown")
	}
	if err != nil {
		return nil, err
	}
	if r.status != "running" {
		return Outcome(ctx, d, req.Store.ID, id)
	}
	data, err := blobs.Get(ctx, r.blob)
	if errs.KindOf(err) == errs.NotFound {
		err = errs.New(errs.Invalid, "exchange.upload_lost").Because(err)
	}
	if err != nil {
		return nil, err
	}
	req.Options.Format, req.Options.Mapping = r.format, nil
	if r.mapping != "" {
		if req.Options.Mapping, err = ReadMapping(bytes.NewReader([]byte(r.mapping))); err != nil {
			return nil, err
		}
	}
	return r.work(ctx, d, blobs, req, data)
}

// Outcome reads what a store's import did: its counts and its report.
func Outcome(ctx context.Context, r db.Reader, store seller.StoreID, id int64) (*Result, error) {
	out, err := db.One(ctx, r, func(rows *db.Rows, res *Result) error {
		return rows.Scan(&res.ID, &res.Format, &res.New, &res.Changed, &res.Same, &res.Wrong)
	}, `SELECT id, format, created, changed, same, wrong FROM imports WHERE id = $1 AND store_id = $2`, id, int64(store))
	if errors.Is(err, db.ErrNoRows) {
		return nil, errs.New(errs.NotFound, "exchange.import_unknown")
	}
	if err != nil {
		return nil, err
	}
	out.Report.Issues, err = db.All(ctx, r, scanIssue, `SELECT row_number, column_name, value, level, message, args FROM import_issues
		WHERE import_id = $1 ORDER BY row_number, id`, id)
	return &out, err
}

func scanIssue(rows *db.Rows, i *Issue) error {
	var args string
	if err := rows.Scan(&i.Row, &i.Column, &i.Value, &i.Level, &i.ID, &args); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader([]byte(args)))
	dec.UseNumber()
	if err := dec.Decode(&i.Args); err != nil {
		return err
	}
	for n, a := range i.Args {
		if number, ok := a.(json.Number); ok {
			i.Args[n], _ = number.Int64()
		}
	}
	return nil
}

// Past is an import in the list of a store.
type Past struct {
	ID                         int64
	PublicID, FileName, Status string
	LastError                  string
	New, Changed, Same, Wrong  int64
	CreatedAt, UpdatedAt       time.Time
}

// List returns the imports of a store, the newest first.
func List(ctx context.Context, r db.Reader, store seller.StoreID, max int) ([]Past, error) {
	return db.All(ctx, r, func(rows *db.Rows, p *Past) error {
		var created, updated int64
		err := rows.Scan(&p.ID, &p.PublicID, &p.FileName, &p.Status, &p.LastError, &p.New, &p.Changed, &p.Same, &p.Wrong, &created, &updated)
		p.CreatedAt, p.UpdatedAt = clock.FromMicros(created), clock.FromMicros(updated)
		return err
	}, `SELECT id, public_id, file_name, status, last_error, created, changed, same, wrong, created_at, updated_at FROM imports
		WHERE store_id = $1 ORDER BY id DESC LIMIT $2`, int64(store), max)
}

// stored reads the products of a batch that the store already has.
func stored(ctx context.Context, r db.Reader, store seller.StoreID, products []Product) (map[string]*catalog.Product, error) {
	handles := make([]string, len(products))
	for i := range products {
		handles[i] = products[i].Handle
	}
	raw, err := json.Marshal(handles)
	if err != nil {
		return nil, err
	}
	have, err := db.All(ctx, r, db.String, `SELECT handle FROM products WHERE store_id = $1 AND handle IN (`+db.InText(r, 2)+`)`, int64(store), string(raw))
	if err != nil {
		return nil, err
	}
	out := make(map[string]*catalog.Product, len(have))
	for _, handle := range have {
		if out[handle], err = catalog.ByHandle(ctx, r, store, handle); err != nil {
			return nil, err
		}
	}
	return out, nil
}
