package catalog_test

import (
	"context"
	"slices"
	"testing"

	"aromart/internal/goods/catalog"
	"aromart/internal/market"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

// sync is one start of the program.
func sync(t *testing.T, d *db.DB) (changed bool) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *db.Tx) (err error) {
		changed, err = catalog.SyncCategories(t.Context(), tx, now)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func TestTheTreeOfTheMarketIsStoredOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if !sync(t, d) {
			t.Error("the first start stored nothing")
		}
		if sync(t, d) {
			t.Error("the second start changed something")
		}
		if n := count(t, d, `SELECT count(*) FROM catalog_changes`); n != 1 {
			t.Errorf("%d changes announced, want 1", n)
		}
		tree, err := catalog.LoadTree(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		if len(tree.Roots()) < 20 || len(tree.All()) < 250 || len(tree.All()) != len(market.Categories()) {
			t.Errorf("%d top categories, %d in all, %d in the market", len(tree.Roots()), len(tree.All()), len(market.Categories()))
		}
		for _, m := range market.Categories() {
			c, ok := tree.ByID(catalog.CategoryID(m.ID))
			if !ok || c.Slug != m.Slug || c.Name != m.Name || int64(c.Parent) != m.Parent || c.Depth != m.Level {
				t.Errorf("category %d is %+v", m.ID, c)
			}
			var want, got []string
			for _, a := range market.AttributesOf(m.ID) {
				want = append(want, a.Key)
			}
			for _, a := range tree.Attributes(c.ID) {
				got = append(got, a.Key)
			}
			if !slices.Equal(want, got) {
				t.Errorf("%s has the attributes %v, want %v", m.Slug, got, want)
			}
		}
	})
}

func TestAChangedTreeIsMended(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		sync(t, d)
		exec(t, d, `UPDATE categories SET name_en = 'Old name', picture_blob = 'kept' WHERE id = 412`)
		exec(t, d, `UPDATE category_attributes SET unit = 'furlong'`)
		exec(t, d, `INSERT INTO categories (id, parent_id, slug, depth, position, name_en, name_si, name_ta, picture_blob, picture_color) VALUES (999999, 412, 'own', 2, 9999, 'Own', '', '', '', '')`)
		if !sync(t, d) || sync(t, d) {
			t.Error("one more start was needed")
		}
		tree, err := catalog.LoadTree(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		c, _ := tree.ByID(412)
		m, _ := market.CategoryByID(412)
		if c.Name != m.Name || c.PictureBlob != "kept" {
			t.Errorf("got %+v", c)
		}
		if own, ok := tree.BySlug("own"); !ok || own.Name.In("si") != "Own" {
			t.Error("a category that the market does not know is gone")
		}
		if n := count(t, d, `SELECT count(*) FROM category_attributes WHERE unit = 'furlong'`); n != 0 {
			t.Errorf("%d attributes still have the wrong unit", n)
		}
	})
}

func TestPathsOfCategories(t *testing.T) {
	d := dbtest.SQLite(t)
	sync(t, d)
	tree, err := catalog.LoadTree(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ path, canonical string }{
		{"groceries", "groceries"},
		{"groceries/rice-and-grains/rice", "groceries/rice-and-grains/rice"},
		{"/groceries/rice-and-grains/rice/", "groceries/rice-and-grains/rice"},
		{"rice", "groceries/rice-and-grains/rice"},
		{"somewhere/else/rice", "groceries/rice-and-grains/rice"},
		{"", ""}, {"/", ""}, {"nothing", ""}, {"groceries/nothing", ""}, {"../rice/..", ""}, {"RICE", ""},
	} {
		c, ok := tree.Find(tt.path)
		if got := tree.Path(c.ID); got != tt.canonical || ok != (tt.canonical != "") {
			t.Errorf("Find(%q) leads to %q, %v", tt.path, got, ok)
		}
	}
	rice, _ := tree.BySlug("rice")
	if line := tree.Line(rice.ID); len(line) != 3 || line[0].Slug != "groceries" {
		t.Errorf("line %v", line)
	}
	if !tree.Below(rice.ID, 412) || tree.Below(412, rice.ID) || !tree.Below(412, 412) || tree.Below(0, 412) {
		t.Error("Below is wrong")
	}
	if kids := tree.Children(412); len(kids) == 0 || kids[0].Parent != 412 {
		t.Errorf("children %v", kids)
	}
	for i, c := range tree.All() {
		if at := slices.IndexFunc(tree.All(), func(p catalog.Category) bool { return p.ID == c.Parent }); c.Parent != 0 && (at < 0 || at > i) {
			t.Errorf("%s stands before its parent", c.Slug)
		}
	}
}
