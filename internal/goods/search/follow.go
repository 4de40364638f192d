package search

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"aromart/internal/goods/catalog"
	"aromart/internal/platform/db"
)

// How often a process looks for changes, and how many it takes at a time.
const (
	pollEvery    = 200 * time.Millisecond
	changesAtOne = 5000
)

// Follow fills the index unless it is filled, and then keeps it in step with
// the catalog until ctx ends: it reads the numbered changes in their order. A
// failed read is logged and tried again; the index goes on answering from what
// it holds. When much has changed, the whole is loaded anew beside it. A full
// load is kept in the file, from which the next process fills its index; an
// empty name keeps none.
func Follow(ctx context.Context, d *db.DB, ix *Index, file string) error {
	for !ix.Ready() {
		if err := begin(ctx, d, ix, file); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			slog.ErrorContext(ctx, "the search index could not be loaded", "error", err)
			wait(ctx, time.Second)
		}
	}
	fresh := make(chan *Index, 1)
	loading := false
	pause := pollEvery
	for wait(ctx, pause) {
		began := time.Now()
		more := true
		var err error
		for more && err == nil && ctx.Err() == nil {
			more, err = CatchUp(ctx, d, ix)
		}
		if err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "the search index could not follow the catalog", "error", err)
			continue
		}
		// Under a flood of changes at most a third of a core goes into following it.
		pause = max(pollEvery, min(3*pollEvery, 2*time.Since(began)))
		if !loading && ix.Stale() {
			loading = true
			go reload(ctx, d, fresh, file)
		}
		select {
		case other := <-fresh:
			loading = false
			if other != nil {
				ix.adopt(other)
			}
		default:
		}
	}
	return ctx.Err()
}

// wait reports whether the time passed before ctx ended.
func wait(ctx context.Context, t time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(t):
		return true
	}
}

// begin fills the index from the file when that is not too far behind, else
// from the database. Either way it has caught up when it gets ready.
func begin(ctx context.Context, d *db.DB, ix *Index, file string) error {
	other := New()
	if file != "" {
		err := restore(ctx, d, other, file)
		for more := err == nil; more && err == nil && !other.Stale(); {
			more, err = CatchUp(ctx, d, other)
		}
		if err == nil && !other.Stale() {
			ix.adopt(other)
			return nil
		}
		if err != nil && !errors.Is(err, errUnfit) {
			slog.WarnContext(ctx, "the index file could not be used", "error", err)
		}
	}
	return load(ctx, d, ix, file)
}

// load is Load, and keeps the result in the file.
func load(ctx context.Context, d *db.DB, ix *Index, file string) error {
	seq, err := Load(ctx, d, ix)
	if err != nil || file == "" {
		return err
	}
	// What took seconds to make is kept also when the process is told to stop.
	if err := ix.save(context.WithoutCancel(ctx), d, ix.now.Load(), seq, file); err != nil {
		slog.WarnContext(ctx, "the search index could not be kept in a file; the next start takes longer", "error", err)
	}
	return nil
}

// reload makes another index and brings it up to the present; nil when that failed.
func reload(ctx context.Context, d *db.DB, out chan<- *Index, file string) {
	other := New()
	err := load(ctx, d, other, file)
	for more := true; more && err == nil; {
		more, err = CatchUp(ctx, d, other)
	}
	if err != nil {
		slog.WarnContext(ctx, "the search index could not be loaded anew", "error", err)
		other = nil
	}
	out <- other
}

// adopt takes over the content of another index, which is not used afterwards.
// Changes that only the old content holds come again, because the sequence
// goes back to where the other is.
func (ix *Index) adopt(other *Index) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.docs = other.docs
	ix.seq.Store(other.seq.Load())
	ix.now.Store(other.now.Load())
}

// Seq is the number of the last change that searches see. A page made after
// reading it may be kept until it moves.
func (ix *Index) Seq() int64 { return ix.seq.Load() }

// change is a row of catalog_changes.
type change struct {
	seq    int64
	kind   string
	object int64
}

// CatchUp numbers what has been committed and applies the next changes. It
// reports whether there may be more.
func CatchUp(ctx context.Context, d *db.DB, ix *Index) (more bool, err error) {
	if _, err := catalog.Sequence.Advance(ctx, d, changesAtOne); err != nil {
		return false, err
	}
	list, err := db.All(ctx, d, func(rows *db.Rows, c *change) error { return rows.Scan(&c.seq, &c.kind, &c.object) },
		`SELECT seq, kind, object_id FROM catalog_changes WHERE seq > $1 ORDER BY seq LIMIT $2`, ix.seq.Load(), changesAtOne)
	if err != nil || len(list) == 0 {
		return false, err
	}
	products, stock := map[int64]bool{}, map[int64]bool{}
	for _, c := range list {
		switch c.kind {
		case "product":
			products[c.object] = true
		case "stock":
			stock[c.object] = true
		case "store":
			if err := addProductsOf(ctx, d, c.object, products); err != nil {
				return false, err
			}
		default: // the category tree: every product's words may differ
			return false, reloadNow(ctx, d, ix)
		}
	}
	if err := applyChanges(ctx, d, ix, products, stock); err != nil {
		return false, err
	}
	ix.seq.Store(list[len(list)-1].seq)
	return len(list) == changesAtOne, nil
}

func reloadNow(ctx context.Context, d *db.DB, ix *Index) error {
	other := New()
	if _, err := Load(ctx, d, other); err != nil {
		return err
	}
	ix.adopt(other)
	return nil
}

func addProductsOf(ctx context.Context, d *db.DB, store int64, products map[int64]bool) error {
	ids, err := db.All(ctx, d, db.Int, `SELECT id FROM products WHERE store_id = $1`, store)
	for _, id := range ids {
		products[id] = true
	}
	return err
}

// applyChanges reads the changed products and stocks and shows them together.
func applyChanges(ctx context.Context, d *db.DB, ix *Index, products, stock map[int64]bool) error {
	if len(products) > 0 {
		r, err := newReader(ctx, d)
		if err != nil {
			return err
		}
		ids := slices.Sorted(maps.Keys(products))
		var docs []Doc
		for part := range slices.Chunk(ids, rangeSize) {
			list, err := r.docs(ctx, `IN (`+db.In(d, 1)+`)`, db.IDs(part))
			if err != nil {
				return err
			}
			docs = append(docs, list...)
		}
		for _, doc := range docs {
			delete(products, doc.ID)
			delete(stock, doc.ID)
		}
		ix.Apply(docs, slices.Collect(maps.Keys(products)))
	}
	if len(stock) > 0 {
		list, err := (&reader{db: d}).stock(ctx, slices.Collect(maps.Keys(stock)))
		if err != nil {
			return err
		}
		ix.SetStock(list)
	}
	return nil
}
