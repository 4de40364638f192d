package catalog

import (
	"context"
	"slices"
	"strings"
	"time"

	"aromart/internal/market"
	"aromart/internal/platform/db"
)

// Category is a node of the tree of goods.
type Category struct {
	ID           CategoryID
	Parent       CategoryID // 0 at the top
	Slug         string     // unique in the tree
	Depth        int        // 1 at the top
	Position     int        // order of the menu over the whole tree
	Name         market.Names
	PictureBlob  string
	PictureColor string
}

// CategoryAttribute is a typed fact that the products of a category have.
type CategoryAttribute struct {
	Key   string
	Kind  string // text, choice, number, bool
	Unit  string
	Name  market.Names
	Facet bool // offered as a filter
}

// Tree is the whole tree in memory. It does not change; LoadTree reads a new one.
type Tree struct {
	list     []Category // parents before children, in the order of the menu
	byID     map[CategoryID]int
	bySlug   map[string]int
	children map[CategoryID][]Category
	own      map[CategoryID][]CategoryAttribute
}

// LoadTree reads the tree.
func LoadTree(ctx context.Context, r db.Reader) (*Tree, error) {
	list, err := db.All(ctx, r, scanCategory, `SELECT id, COALESCE(parent_id, 0), slug, depth, position, name_en, name_si, name_ta, picture_blob, picture_color
		FROM categories ORDER BY depth, position, id`)
	if err != nil {
		return nil, err
	}
	t := &Tree{byID: make(map[CategoryID]int, len(list)), bySlug: make(map[string]int, len(list)),
		children: map[CategoryID][]Category{}, own: map[CategoryID][]CategoryAttribute{}}
	for _, c := range list {
		t.children[c.Parent] = append(t.children[c.Parent], c)
	}
	t.list = make([]Category, 0, len(list))
	t.add(0)
	type row struct {
		category CategoryID
		CategoryAttribute
	}
	err = db.Each(ctx, r, func(rows *db.Rows, v *row) error {
		return rows.Scan(&v.category, &v.Key, &v.Kind, &v.Unit, &v.Name.En, &v.Name.Si, &v.Name.Ta, &v.Facet)
	}, func(v *row) error { t.own[v.category] = append(t.own[v.category], v.CategoryAttribute); return nil },
		`SELECT category_id, attribute, kind, unit, name_en, name_si, name_ta, facet FROM category_attributes ORDER BY category_id, position, attribute`)
	return t, err
}

// add numbers a category's children, depth first.
func (t *Tree) add(parent CategoryID) {
	for _, c := range t.children[parent] {
		t.byID[c.ID], t.bySlug[c.Slug] = len(t.list), len(t.list)
		t.list = append(t.list, c)
		t.add(c.ID)
	}
}

func scanCategory(rows *db.Rows, c *Category) error {
	return rows.Scan(&c.ID, &c.Parent, &c.Slug, &c.Depth, &c.Position, &c.Name.En, &c.Name.Si, &c.Name.Ta, &c.PictureBlob, &c.PictureColor)
}

// All returns every category, parents before children, in the order of the
// menu. Callers share what the tree returns and must not change it.
func (t *Tree) All() []Category { return t.list }

// Roots returns the top categories.
func (t *Tree) Roots() []Category { return t.children[0] }

// Children returns the categories directly below one.
func (t *Tree) Children(id CategoryID) []Category { return t.children[id] }

// ByID returns a category.
func (t *Tree) ByID(id CategoryID) (Category, bool) {
	i, known := t.byID[id]
	if !known {
		return Category{}, false
	}
	return t.list[i], true
}

// BySlug returns a category.
func (t *Tree) BySlug(slug string) (Category, bool) {
	i, known := t.bySlug[slug]
	if !known {
		return Category{}, false
	}
	return t.list[i], true
}

// Line returns a category with its ancestors, the top one first: what bread crumbs show.
func (t *Tree) Line(id CategoryID) []Category {
	c, known := t.ByID(id)
	if !known {
		return nil
	}
	return append(t.Line(c.Parent), c)
}

// Path is the address of a category below /c/: the slugs of its line. It is
// empty for a category that does not exist.
func (t *Tree) Path(id CategoryID) string {
	line := t.Line(id)
	slugs := make([]string, len(line))
	for i, c := range line {
		slugs[i] = c.Slug
	}
	return strings.Join(slugs, "/")
}

// Find returns the category that a path names. The last slug decides, because
// slugs are unique: an address stays good when a category moves in the tree.
// Where the path is not that of Path, the face redirects to it.
func (t *Tree) Find(path string) (Category, bool) {
	path = strings.Trim(path, "/")
	return t.BySlug(path[strings.LastIndexByte(path, '/')+1:])
}

// Below reports whether a category is the other one or lies below it.
func (t *Tree) Below(id, ancestor CategoryID) bool {
	for c, known := t.ByID(id); known; c, known = t.ByID(c.Parent) {
		if c.ID == ancestor {
			return true
		}
	}
	return false
}

// Attributes returns the attributes of a category's products: its own first,
// then those of its ancestors, each key once.
func (t *Tree) Attributes(id CategoryID) []CategoryAttribute {
	var out []CategoryAttribute
	seen := map[string]bool{}
	for c, known := t.ByID(id); known; c, known = t.ByID(c.Parent) {
		for _, a := range t.own[c.ID] {
			if !seen[a.Key] {
				seen[a.Key] = true
				out = append(out, a)
			}
		}
	}
	return out
}

// SyncCategories brings the stored tree to that of the market, and reports
// whether anything changed. A category that the market no longer has stays,
// because products may lie in it. The whole tree is one object to those who
// follow catalog_changes; its id there is 0.
func SyncCategories(ctx context.Context, tx *db.Tx, now time.Time) (changed bool, err error) {
	have, err := LoadTree(ctx, tx)
	if err != nil {
		return false, err
	}
	for _, step := range []func(context.Context, *db.Tx, *Tree) (bool, error){syncNodes, syncAttributes} {
		c, err := step(ctx, tx, have)
		if err != nil {
			return false, err
		}
		changed = changed || c
	}
	if !changed {
		return false, nil
	}
	return true, Changed(ctx, tx, "category", 0, now)
}

func syncNodes(ctx context.Context, tx *db.Tx, have *Tree) (changed bool, err error) {
	var fresh [][]any
	for _, m := range market.Categories() { // parents before children
		want := Category{ID: CategoryID(m.ID), Parent: CategoryID(m.Parent), Slug: m.Slug, Depth: m.Level, Position: m.Position, Name: m.Name}
		was, known := have.ByID(want.ID)
		want.PictureBlob, want.PictureColor = was.PictureBlob, was.PictureColor
		if known && was == want {
			continue
		}
		changed = true
		if !known {
			fresh = append(fresh, []any{m.ID, orNull(m.Parent), m.Slug, m.Level, m.Position, m.Name.En, m.Name.Si, m.Name.Ta, "", ""})
			continue
		}
		if _, err := db.Exec(ctx, tx, `UPDATE categories SET parent_id = $1, slug = $2, depth = $3, position = $4, name_en = $5, name_si = $6, name_ta = $7 WHERE id = $8`,
			orNull(m.Parent), m.Slug, m.Level, m.Position, m.Name.En, m.Name.Si, m.Name.Ta, m.ID); err != nil {
			return false, taken(err)
		}
	}
	return changed, taken(db.Insert(ctx, tx, "categories", "id, parent_id, slug, depth, position, name_en, name_si, name_ta, picture_blob, picture_color", fresh))
}

// syncAttributes writes a category's own attributes anew when they differ.
func syncAttributes(ctx context.Context, tx *db.Tx, have *Tree) (changed bool, err error) {
	var fresh [][]any
	for _, c := range market.Categories() {
		want := ownAttributes(c)
		if sameList(have.own[CategoryID(c.ID)], want) {
			continue
		}
		changed = true
		if len(have.own[CategoryID(c.ID)]) > 0 {
			if _, err := db.Exec(ctx, tx, `DELETE FROM category_attributes WHERE category_id = $1`, c.ID); err != nil {
				return false, err
			}
		}
		for i, a := range want {
			fresh = append(fresh, []any{c.ID, a.Key, a.Kind, a.Unit, a.Name.En, a.Name.Si, a.Name.Ta, a.Facet, i + 1})
		}
	}
	return changed, db.Insert(ctx, tx, "category_attributes", "category_id, attribute, kind, unit, name_en, name_si, name_ta, facet, position", fresh)
}

// ownAttributes are the attributes that a category puts before those of its
// parent: the shortest beginning of its list that the parent's list completes.
func ownAttributes(c market.Category) []CategoryAttribute {
	list, inherited := market.AttributesOf(c.ID), market.AttributesOf(c.Parent)
	n := 0
	for ; n < len(list); n++ {
		rest := slices.DeleteFunc(slices.Clone(inherited), func(a market.Attribute) bool { return hasKey(list[:n], a.Key) })
		if slices.EqualFunc(list[n:], rest, func(a, b market.Attribute) bool { return a.Key == b.Key }) {
			break
		}
	}
	var out []CategoryAttribute
	for _, a := range list[:n] {
		out = append(out, CategoryAttribute{Key: a.Key, Kind: string(a.Kind), Unit: a.Unit, Name: a.Name, Facet: a.Facet})
	}
	return out
}

func hasKey(list []market.Attribute, key string) bool {
	return slices.ContainsFunc(list, func(a market.Attribute) bool { return a.Key == key })
}
