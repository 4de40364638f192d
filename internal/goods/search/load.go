package search

import (
	"context"
	"database/sql"
	"encoding/json"
	"html"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"aromart/internal/goods/catalog"
	"aromart/internal/goods/inventory"
	"aromart/internal/kit/money"
	"aromart/internal/platform/db"
)

// Load fills the index with every product that is for sale and returns the
// number of the last change it surely holds; Follow goes on from there.
func Load(ctx context.Context, d *db.DB, ix *Index) (seq int64, err error) {
	if seq, err = numberAll(ctx, d); err != nil {
		return 0, err
	}
	r, err := newReader(ctx, d)
	if err != nil {
		return 0, err
	}
	last, err := db.One(ctx, d, db.Int, `SELECT COALESCE(max(id), 0) FROM products`)
	if err != nil {
		return 0, err
	}
	defer lean()()
	fill := ix.Fill(r.categories)
	if err := r.all(ctx, last, fill); err != nil {
		fill.Cancel()
		return 0, err
	}
	fill.Done()
	ix.seq.Store(seq)
	return seq, nil
}

// numberAll gives every committed change its number. A load sees them all, so
// that after a large import without a running shop none has to be applied again.
func numberAll(ctx context.Context, d *db.DB) (last int64, err error) {
	for before := int64(-1); last != before && err == nil; {
		before = last
		last, err = catalog.Sequence.Advance(ctx, d, changesAtOne)
	}
	return last, err
}

// lean keeps the heap close to what is in use while an index is built: most of
// it is flat arrays, which cost the collector little, and a process should not
// need twice the index's memory for having started.
func lean() (restore func()) {
	loads.Lock()
	old := debug.SetGCPercent(30)
	return func() {
		debug.SetGCPercent(old)
		loads.Unlock()
		debug.FreeOSMemory()
	}
}

var loads sync.Mutex // one at a time

// rangeSize is how many product ids are read at a time.
const rangeSize = 1000

// all reads the products by ranges of ids, several at a time.
func (r *reader) all(ctx context.Context, last int64, fill *Fill) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		next  atomic.Int64
		mu    sync.Mutex
		first error
		wg    sync.WaitGroup
	)
	for range min(3, max(2, runtime.NumCPU())) {
		wg.Go(func() {
			for ctx.Err() == nil {
				from := next.Add(rangeSize) - rangeSize
				if from >= last {
					return
				}
				docs, err := r.docs(ctx, `BETWEEN $1 AND $2`, from+1, from+rangeSize)
				mu.Lock()
				if err != nil && first == nil {
					first = err
					cancel()
				}
				for _, d := range docs {
					fill.Add(d)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return first
}

// reader makes Docs of rows. It knows the categories; safe for concurrent use.
type reader struct {
	db         *db.DB
	categories []Category
	facets     map[int64]map[string]bool // category to the attributes that its list filters by, those from above included
}

func newReader(ctx context.Context, d *db.DB) (*reader, error) {
	r := &reader{db: d, facets: map[int64]map[string]bool{}}
	var err error
	r.categories, err = db.All(ctx, d, func(rows *db.Rows, c *Category) error {
		var parent sql.NullInt64
		err := rows.Scan(&c.ID, &parent, &c.Slug, &c.Names[0], &c.Names[1], &c.Names[2])
		c.ParentID = parent.Int64
		return err
	}, `SELECT id, parent_id, slug, name_en, name_si, name_ta FROM categories ORDER BY depth, position, id`)
	if err != nil {
		return nil, err
	}
	type attribute struct {
		category int64
		name     string
	}
	err = db.Each(ctx, d, func(rows *db.Rows, a *attribute) error { return rows.Scan(&a.category, &a.name) }, func(a *attribute) error {
		if r.facets[a.category] == nil {
			r.facets[a.category] = map[string]bool{}
		}
		r.facets[a.category][a.name] = true
		return nil
	}, `SELECT category_id, attribute FROM category_attributes WHERE facet`)
	for _, c := range r.categories { // those above come first
		for name := range r.facets[c.ParentID] {
			if r.facets[c.ID] == nil {
				r.facets[c.ID] = map[string]bool{}
			}
			r.facets[c.ID][name] = true
		}
	}
	return r, err
}

// docs reads the products whose id meets the condition, in four statements.
func (r *reader) docs(ctx context.Context, cond string, args ...any) ([]Doc, error) {
	names := map[int64][maxOptions]string{}
	list, err := db.All(ctx, r.db, func(rows *db.Rows, d *Doc) error { return r.scanProduct(rows, d, names) },
		`SELECT p.id, p.public_id, p.slug, p.title, substr(p.body_html, 1, 3000), p.brand, p.product_type, p.tags, p.language, COALESCE(p.category_id, 0),
			p.option1, p.option2, p.option3, p.created_at, st.id, st.slug, st.name,
			COALESCE(pic.blob, ''), COALESCE(pic.width, 0), COALESCE(pic.height, 0), COALESCE(pic.color, '')
		FROM products p JOIN sellers se ON se.id = p.seller_id JOIN stores st ON st.id = p.store_id
		LEFT JOIN pictures pic ON pic.product_id = p.id AND pic.position = 1
		WHERE p.status = 'live' AND se.status = 'approved' AND p.id `+cond, args...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	byID := make(map[int64]*Doc, len(list))
	for i := range list {
		byID[list[i].ID] = &list[i]
	}
	if err := r.readVariants(ctx, byID, names, cond, args); err != nil {
		return nil, err
	}
	if err := r.readAttributes(ctx, byID, cond, args); err != nil {
		return nil, err
	}
	if err := r.readTitles(ctx, byID, cond, args); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(d Doc) bool { return len(d.Variants) == 0 }), nil
}

func (r *reader) scanProduct(rows *db.Rows, d *Doc, names map[int64][maxOptions]string) error {
	var body, tags string
	var options [maxOptions]string
	err := rows.Scan(&d.ID, &d.PublicID, &d.Slug, &d.Title, &body, &d.Brand, &d.Kind, &tags, &d.Language, &d.CategoryID,
		&options[0], &options[1], &options[2], &d.CreatedAt, &d.StoreID, &d.StoreSlug, &d.StoreName,
		&d.Picture.Key, &d.Picture.Width, &d.Picture.Height, &d.Picture.Color)
	if err != nil {
		return err
	}
	names[d.ID] = options
	d.Text = plain(body)
	if len(tags) > 2 {
		err = json.Unmarshal([]byte(tags), &d.Tags)
	}
	return err
}

// plain takes the tags out of a description that was cleaned when it was saved.
func plain(body string) string {
	var b strings.Builder
	b.Grow(len(body))
	for body != "" {
		open := strings.IndexByte(body, '<')
		if open < 0 {
			b.WriteString(body)
			break
		}
		b.WriteString(body[:open])
		b.WriteByte(' ')
		end := strings.IndexByte(body[open:], '>')
		if end < 0 {
			break
		}
		body = body[open+end+1:]
	}
	return html.UnescapeString(b.String())
}

// selectVariants looks the stock up for each variant: for a join PostgreSQL reads
// the stock of the whole catalog, once for every range of products.
const selectVariants = `SELECT v.product_id, v.id, v.option1, v.option2, v.option3, v.sku, v.barcode, v.price, COALESCE(v.compare_at, 0), v.weight_g,
	COALESCE((SELECT s.on_hand FROM stock_levels s WHERE s.variant_id = v.id), 0)
	FROM variants v WHERE v.active AND v.product_id `

type variantRow struct {
	product        int64
	options        [maxOptions]string
	sku, barcode   string
	price, compare int64
	weight         int64
	id, onHand     int64
}

func (v *variantRow) columns() []any {
	return []any{&v.product, &v.id, &v.options[0], &v.options[1], &v.options[2], &v.sku, &v.barcode, &v.price, &v.compare, &v.weight, &v.onHand}
}

// eachInto calls f for every row, which is read into the same places each time:
// a row and a list of places for each of a million rows is work for the collector.
func (r *reader) eachInto(ctx context.Context, places []any, f func(), text string, args ...any) error {
	type row struct{}
	return db.Each(ctx, r.db, func(rows *db.Rows, _ *row) error { return rows.Scan(places...) }, func(*row) error { f(); return nil }, text, args...)
}

func (r *reader) readVariants(ctx context.Context, byID map[int64]*Doc, names map[int64][maxOptions]string, cond string, args []any) error {
	left := make(map[int64]int64, len(byID))
	options := make([]Option, 0, 3*len(byID)) // of all variants, which hold parts of it
	var v variantRow
	err := r.eachInto(ctx, v.columns(), func() {
		d := byID[v.product]
		if d == nil {
			return
		}
		first := len(options)
		for i, name := range names[v.product] {
			if name != "" && v.options[i] != "" {
				options = append(options, Option{name, v.options[i]})
			}
		}
		if d.Variants == nil {
			d.Variants = make([]Variant, 0, 4)
		}
		d.Variants = append(d.Variants, Variant{ID: v.id, Price: money.Amount(v.price), CompareAt: money.Amount(v.compare), InStock: v.onHand > 0, WeightG: v.weight, Options: options[first:len(options):len(options)]})
		for _, code := range [...]string{v.sku, v.barcode} {
			if code != "" && len(d.Model) < 300 {
				d.Model += code + " "
			}
		}
		left[v.product] += v.onHand
	}, selectVariants+cond, args...)
	for id, d := range byID {
		d.LowStock = low(left[id])
	}
	return err
}

// low is the number left when a page says it, else 0.
func low(left int64) int32 {
	if left > inventory.Low {
		return 0
	}
	return int32(left)
}

func (r *reader) readAttributes(ctx context.Context, byID map[int64]*Doc, cond string, args []any) error {
	var (
		product int64
		number  sql.NullFloat64
		a       Attribute
	)
	return r.eachInto(ctx, []any{&product, &a.Key, &a.Value, &number, &a.Unit}, func() {
		if d := byID[product]; d != nil {
			a.Number, a.IsNum = number.Float64, number.Valid
			a.Plain = !r.facets[d.CategoryID][a.Key]
			if d.Attributes == nil {
				d.Attributes = make([]Attribute, 0, 8)
			}
			d.Attributes = append(d.Attributes, a)
		}
	}, `SELECT product_id, attribute, text, number, unit FROM product_attributes WHERE product_id `+cond, args...)
}

func (r *reader) readTitles(ctx context.Context, byID map[int64]*Doc, cond string, args []any) error {
	type row struct {
		product int64
		title   string
	}
	return db.Each(ctx, r.db, func(rows *db.Rows, t *row) error { return rows.Scan(&t.product, &t.title) }, func(t *row) error {
		if d := byID[t.product]; d != nil {
			d.Titles = append(d.Titles, t.title)
		}
		return nil
	}, `SELECT product_id, title FROM product_texts WHERE product_id `+cond, args...)
}

// stock reads what can be bought of the products.
func (r *reader) stock(ctx context.Context, products []int64) ([]Stock, error) {
	byID := map[int64]*Stock{}
	left := map[int64]int64{}
	var v variantRow
	err := r.eachInto(ctx, v.columns(), func() {
		s := byID[v.product]
		if s == nil {
			s = &Stock{ProductID: v.product}
			byID[v.product] = s
		}
		s.Variants = append(s.Variants, VariantState{v.id, v.onHand > 0})
		left[v.product] += v.onHand
	}, selectVariants+`IN (`+db.In(r.db, 1)+`)`, db.IDs(products))
	list := make([]Stock, 0, len(byID))
	for id, s := range byID {
		s.LowStock = low(left[id])
		list = append(list, *s)
	}
	return list, err
}
