package catalog_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html"

	"aromart/internal/goods/catalog"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/money"
	"aromart/internal/people/access"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

var now = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

func count(t *testing.T, d *db.DB, text string, args ...any) int64 {
	t.Helper()
	n, err := db.One(t.Context(), d, db.Int, text, args...)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func exec(t *testing.T, d *db.DB, text string, args ...any) {
	t.Helper()
	write(t, d, func(ctx context.Context, tx *db.Tx) error { _, err := db.Exec(ctx, tx, text, args...); return err })
}

func write(t *testing.T, d *db.DB, f func(context.Context, *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// stores adds two sellers.
func stores(t *testing.T, d *db.DB) (out []seller.Store) {
	t.Helper()
	write(t, d, func(ctx context.Context, tx *db.Tx) error {
		out = nil
		for i := range 2 {
			s, err := seller.Add(ctx, tx, access.Actor{Kind: access.Operator}, seller.New{Store: seller.Store{Slug: fmt.Sprint("store-", i), Name: "Store", SellerName: "Seller", OpenedAt: now}}, now)
			if err != nil {
				return err
			}
			out = append(out, s)
		}
		return nil
	})
	return out
}

// shirt is a product with everything that a product can have.
func shirt(s seller.Store) *catalog.Product {
	return &catalog.Product{Seller: s.Seller, Store: s.ID, Handle: "shirt", Status: catalog.Live, Language: "en", Title: "Linen Shirt", BodyHTML: "<p>Cool.</p>",
		Brand: "Lanka Linen", Type: "Shirts", Tags: []string{"linen", "summer"}, Options: []string{"Color", "Size"},
		Variants: []catalog.Variant{
			{Options: [3]string{"Blue", "M"}, SKU: "B-M", Barcode: "4790001", Price: 4500_00, CompareAt: 5000_00, WeightG: 250, Picture: 2},
			{Options: [3]string{"Blue", "L"}, SKU: "B-L", Price: 4700_00, WeightG: 260},
			{Options: [3]string{"Red", "M"}, SKU: "B-M", Price: 4500_00, Inactive: true},
		},
		Attributes: []catalog.Attribute{{Name: "material", Text: "linen"}, {Name: "weight", Number: 0.25, IsNum: true, Unit: "kg"}, {Name: "washable", Text: "true"}},
		Pictures: []catalog.Picture{{Blob: "aa", Alt: "Front", Width: 800, Height: 600, Color: "#aabbcc", SHA256: "1", Source: "https://example.com/1"},
			{Blob: "bb", Width: 640, Height: 640, Color: "#000000"}},
		Texts: map[string]catalog.Text{"si": {Title: "ලිනන් කමිසය", BodyHTML: "<p>සිසිල්.</p>"}, "ta": {Title: "லினன் சட்டை"}},
	}
}

// stored is what comes back of a product that was put in: ids are filled in both.
func stored(t *testing.T, d *db.DB, p *catalog.Product) *catalog.Product {
	t.Helper()
	got, err := catalog.ByID(t.Context(), d, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestAProductComesBackAsItWasPutIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := stores(t, d)
		p, plain := shirt(s[0]), shirt(s[1])
		plain.Pictures, plain.Attributes, plain.Texts, plain.Tags, plain.Options = nil, nil, nil, nil, nil
		plain.Variants = []catalog.Variant{{Price: 1}}
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			return catalog.Insert(ctx, tx, []*catalog.Product{p, plain}, now)
		})
		for _, want := range []*catalog.Product{p, plain} {
			if got := stored(t, d, want); !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		}
		if p.Slug != "linen-shirt" || !strings.HasPrefix(plain.Slug, "linen-shirt-") {
			t.Errorf("slugs %q and %q", p.Slug, plain.Slug)
		}
		if title, lang := p.TitleIn("si"); title != "ලිනන් කමිසය" || lang != "si" {
			t.Errorf("title %q in %s", title, lang)
		}
		if body, lang := p.BodyIn("ta"); body != "<p>Cool.</p>" || lang != "en" {
			t.Errorf("a missing translation gives %q in %s", body, lang)
		}
		if n := count(t, d, `SELECT count(*) FROM catalog_changes WHERE kind = 'product'`); n != 2 {
			t.Errorf("%d changes announced", n)
		}
		// Each store sees its own.
		if ids, err := catalog.IDs(t.Context(), d, s[1].ID, 0, 10); err != nil || len(ids) != 1 || ids[0] != plain.ID {
			t.Errorf("products of the second store: %v, %v", ids, err)
		}
		if got, err := catalog.ByHandle(t.Context(), d, s[1].ID, "shirt"); err != nil || got.ID != plain.ID {
			t.Errorf("by handle: %v", err)
		}
	})
}

func TestSavingTheSameChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := stores(t, d)
		p, other := shirt(s[0]), shirt(s[1])
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			return catalog.Insert(ctx, tx, []*catalog.Product{p, other}, now)
		})
		changes := func() int64 { return count(t, d, `SELECT count(*) FROM catalog_changes`) }
		save := func(p *catalog.Product) (changed bool) {
			t.Helper()
			write(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
				changed, err = catalog.Save(ctx, tx, p, now.Add(time.Hour))
				return err
			})
			return changed
		}
		was := changes()
		again := shirt(s[0]) // as an import makes it: without ids
		again.ID = p.ID
		if save(again) || changes() != was || !stored(t, d, p).UpdatedAt.Equal(now) {
			t.Error("the same product counts as changed")
		}
		if again.Variants[1].ID != p.Variants[1].ID || again.PublicID != p.PublicID || again.Slug != p.Slug {
			t.Error("the ids were not filled in")
		}
		for name, change := range map[string]func(*catalog.Product){
			"title":            func(p *catalog.Product) { p.Title = "Linen Shirt II" },
			"tags":             func(p *catalog.Product) { p.Tags = []string{"linen"} },
			"price":            func(p *catalog.Product) { p.Variants[1].Price++ },
			"compare-at price": func(p *catalog.Product) { p.Variants[0].CompareAt = 0 },
			"a variant less":   func(p *catalog.Product) { p.Variants = p.Variants[1:] },
			"a variant more": func(p *catalog.Product) {
				p.Variants = append(p.Variants, catalog.Variant{Options: [3]string{"Red", "L"}, Price: 1})
			},
			"order of variants": func(p *catalog.Product) { p.Variants[0], p.Variants[1] = p.Variants[1], p.Variants[0] },
			"a picture less":    func(p *catalog.Product) { p.Pictures = p.Pictures[1:]; p.Variants[0].Picture = 1 },
			"order of pictures": func(p *catalog.Product) { p.Pictures[0], p.Pictures[1] = p.Pictures[1], p.Pictures[0] },
			"alt":               func(p *catalog.Product) { p.Pictures[1].Alt = "Back" },
			"attribute":         func(p *catalog.Product) { p.Attributes[1].Number = 0.3 },
			"no attributes":     func(p *catalog.Product) { p.Attributes = nil },
			"translation":       func(p *catalog.Product) { p.Texts["ta"] = catalog.Text{Title: "சட்டை"} },
			"status":            func(p *catalog.Product) { p.Status = catalog.Hidden },
		} {
			q := shirt(s[0])
			q.ID = p.ID
			save(q) // back to the beginning
			change(q)
			was := changes()
			if !save(q) || changes() != was+1 {
				t.Errorf("%s: no change was noticed", name)
			}
			if save(q) || changes() != was+1 {
				t.Errorf("%s: the second time changed something again", name)
			}
		}
		if got := stored(t, d, other); !reflect.DeepEqual(got, other) {
			t.Error("the other store's product changed")
		}
	})
}

func TestAVariantThatIsGoneStaysForItsOrders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := shirt(stores(t, d)[0])
		write(t, d, func(ctx context.Context, tx *db.Tx) error { return catalog.Insert(ctx, tx, []*catalog.Product{p}, now) })
		gone := p.Variants[0].ID
		p.Variants = p.Variants[1:]
		write(t, d, func(ctx context.Context, tx *db.Tx) error { _, err := catalog.Save(ctx, tx, p, now); return err })
		got := stored(t, d, p)
		if len(got.Variants) != 3 || got.Variants[2].ID != gone || !got.Variants[2].Inactive {
			t.Errorf("variants %+v", got.Variants)
		}
	})
}

func TestOldSlugsRedirect(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := stores(t, d)
		p, other := shirt(s[0]), shirt(s[1])
		other.Title = "Cotton Shirt"
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			return catalog.Insert(ctx, tx, []*catalog.Product{p, other}, now)
		})
		rename := func(p *catalog.Product, title string) {
			t.Helper()
			p.Title = title
			write(t, d, func(ctx context.Context, tx *db.Tx) error {
				if _, err := catalog.Save(ctx, tx, p, now); err != nil {
					return err
				}
				return catalog.Rename(ctx, tx, p, now)
			})
		}
		rename(p, "Silk Shirt")
		rename(p, "Satin Shirt")
		for _, old := range []string{"linen-shirt", "silk-shirt"} {
			if slug, err := catalog.Moved(t.Context(), d, old); err != nil || slug != "satin-shirt" {
				t.Errorf("%s leads to %q, %v", old, slug, err)
			}
		}
		// An address that a product once had goes to nobody else.
		rename(other, "Linen Shirt")
		if !strings.HasPrefix(other.Slug, "linen-shirt-") {
			t.Errorf("another product took the old address: %q", other.Slug)
		}
		second := other.Slug
		rename(other, "Linen shirt.")
		if other.Slug != second {
			t.Errorf("a title with the same address moved the product from %q to %q", second, other.Slug)
		}
		// And back to an address of its own.
		rename(p, "Linen Shirt")
		if p.Slug != "linen-shirt" {
			t.Errorf("the product's own old address was refused: %q", p.Slug)
		}
		if slug, err := catalog.Moved(t.Context(), d, "satin-shirt"); err != nil || slug != "linen-shirt" {
			t.Errorf("satin-shirt leads to %q, %v", slug, err)
		}
		rename(p, "Linen  shirt!")
		if p.Slug != "linen-shirt" {
			t.Errorf("a title with the same address moved the product to %q", p.Slug)
		}
		exec(t, d, `UPDATE products SET status = 'hidden' WHERE id = $1`, int64(p.ID))
		if _, err := catalog.Moved(t.Context(), d, "silk-shirt"); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a hidden product is found by its old address: %v", err)
		}
	})
}

func TestOnlyWhatIsForSaleIsFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := stores(t, d)
		p := shirt(s[0])
		write(t, d, func(ctx context.Context, tx *db.Tx) error { return catalog.Insert(ctx, tx, []*catalog.Product{p}, now) })
		if _, err := catalog.LiveBySlug(t.Context(), d, "linen-shirt"); err != nil {
			t.Fatal(err)
		}
		for _, change := range []string{`UPDATE products SET status = 'draft'`, `UPDATE products SET status = 'hidden'`, `UPDATE products SET status = 'removed'`,
			`UPDATE products SET status = 'live'; `, `UPDATE sellers SET status = 'suspended'`} {
			exec(t, d, change)
			_, err := catalog.LiveBySlug(t.Context(), d, "linen-shirt")
			if live := strings.Contains(change, "live"); live != (err == nil) || !live && errs.KindOf(err) != errs.NotFound {
				t.Errorf("%s: %v", change, err)
			}
		}
	})
}

func TestWhatAProductCannotBe(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := stores(t, d)
		for _, tt := range []struct {
			change func(*catalog.Product)
			id     string
		}{
			{func(p *catalog.Product) { p.Title = "" }, "catalog.title_missing"},
			{func(p *catalog.Product) { p.Title = strings.Repeat("ක", catalog.MaxTitle+1) }, "catalog.title_long"},
			{func(p *catalog.Product) { p.BodyHTML = strings.Repeat("x", catalog.MaxBody+1) }, "catalog.body_long"},
			{func(p *catalog.Product) { p.Options = []string{"a", "b", "c", "d"} }, "catalog.options_many"},
			{func(p *catalog.Product) { p.Variants = nil }, "catalog.variants_none"},
			{func(p *catalog.Product) { p.Variants = make([]catalog.Variant, catalog.MaxVariants+1) }, "catalog.variants_many"},
			{func(p *catalog.Product) { p.Pictures = make([]catalog.Picture, catalog.MaxPictures+1) }, "catalog.pictures_many"},
			{func(p *catalog.Product) { p.Variants[0].Price = 0 }, "catalog.price_missing"},
			{func(p *catalog.Product) { p.Variants[0].Price, p.Status = -1, catalog.Draft }, "catalog.price_missing"},
			{func(p *catalog.Product) { p.Variants[0].Price = money.Max + 1 }, "catalog.out_of_range"},
			{func(p *catalog.Product) { p.Variants[0].CompareAt = -1 }, "catalog.out_of_range"},
			{func(p *catalog.Product) { p.Variants[0].WeightG = -1 }, "catalog.out_of_range"},
			{func(p *catalog.Product) { p.Variants[0].WeightG = 1 << 60 }, "catalog.out_of_range"},
			{func(p *catalog.Product) { p.Variants[0].SKU = "a\x00b" }, "error.bad_text"},
			{func(p *catalog.Product) { p.Title = "a\xffb" }, "error.bad_text"},
			{func(p *catalog.Product) { p.Texts["si"] = catalog.Text{Title: "\x00"} }, "error.bad_text"},
			{func(p *catalog.Product) { p.Variants[1].Options = p.Variants[0].Options }, "catalog.taken"},
		} {
			p := shirt(s[0])
			tt.change(p)
			err := d.Write(t.Context(), func(tx *db.Tx) error { return catalog.Insert(t.Context(), tx, []*catalog.Product{p}, now) })
			if !errs.Is(err, tt.id) {
				t.Errorf("%v, want %s", err, tt.id)
			}
		}
		if n := count(t, d, `SELECT count(*) FROM products`) + count(t, d, `SELECT count(*) FROM catalog_changes`); n != 0 {
			t.Errorf("%d rows of refused products", n)
		}
		p, twin := shirt(s[0]), shirt(s[0])
		err := d.Write(t.Context(), func(tx *db.Tx) error { return catalog.Insert(t.Context(), tx, []*catalog.Product{p, twin}, now) })
		if !errs.Is(err, "catalog.taken") {
			t.Errorf("a second product with the handle: %v", err)
		}
	})
}

func TestSlugify(t *testing.T) {
	for _, tt := range []struct{ title, slug string }{
		{"Linen Shirt", "linen-shirt"}, {"  --Café crème!! ", "cafe-creme"}, {"Men's 100% Cotton T-Shirt", "mens-100-cotton-t-shirt"},
		{"සිංහල කමිසය", "සිංහල-කමිසය"}, {"ශ්‍රී ලංකා තේ", "ශ්‍රී-ලංකා-තේ"}, {"தமிழ் சட்டை", "தமிழ்-சட்டை"}, {"கோழி கொத்து", "கோழி-கொத்து"},
		{"£ ! ?", "product"}, {"", "product"}, {"\u200d\u200d", "product"}, {"<script>alert(1)</script>", "script-alert-1-script"},
		{"../../etc/passwd", "etc-passwd"}, {"100%25", "100-25"}, {"Straße ÅÄÖ", "straße-aao"}, {"a\x00b", "a-b"}, {"ﬁne", "fine"},
	} {
		if got := catalog.Slugify(tt.title); got != tt.slug {
			t.Errorf("Slugify(%q) = %q, want %q", tt.title, got, tt.slug)
		}
		if again := catalog.Slugify(tt.slug); again != tt.slug {
			t.Errorf("Slugify(%q) = %q: an address is not its own", tt.slug, again)
		}
	}
	for _, long := range []string{strings.Repeat("long title ", 50), strings.Repeat("ක්‍රි", 100), strings.Repeat("தமிழ் ", 60)} {
		if got := catalog.Slugify(long); len(got) > 80 || !utf8.ValidString(got) || strings.HasSuffix(got, "-") {
			t.Errorf("Slugify of a long title: %q, %d bytes", got, len(got))
		}
	}
}

var attacks = []string{
	`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `<svg/onload=alert(1)>`, `<p onclick="alert(1)">x</p>`, `<a href="javascript:alert(1)">x</a>`,
	`<p style="background:url(https://evil.example/x)">x</p>`, `<iframe srcdoc="<script>alert(1)</script>">`, `<style>@import 'https://evil.example'</style>`,
	`<math><mi//xlink:href="data:x,<script>alert(4)</script>">`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `<scr<script>ipt>alert(1)</scr</script>ipt>`,
	`<!--<img src="--><img src=x onerror=alert(1)//">`, `<table background="javascript:alert(1)"><tr><td>x</td></tr></table>`, `<form action=/x><input name=password>`,
	`<p>a</p><link rel=stylesheet href=//evil.example>`, `<base href="//evil.example">`, `<object data="data:text/html,x">`, "<p>\x00<scr\x00ipt>alert(1)</script>", `<p id="cart" class="button">x</p>`,
	`<template><script>alert(1)</script></template>`, `<xss style=behavior:url(x)>`, `&lt;script&gt;alert(1)&lt;/script&gt;`, `<h2>Big</h2><h1>Bigger</h1>`,
}

func TestNoMarkupButStructureSurvives(t *testing.T) {
	all := attacks
	if file := sharedLines(t, "badinput/xss_patt.txt.gz"); file != nil {
		all = append(all[:len(all):len(all)], file...)
	}
	for _, body := range all {
		got := catalog.Clean(body)
		if again := catalog.Clean(got); again != got {
			t.Errorf("cleaning twice differs: %q, then %q", got, again)
		}
		z := html.NewTokenizer(strings.NewReader(got))
		for tt := z.Next(); tt != html.ErrorToken; tt = z.Next() {
			tok := z.Token()
			if tt == html.CommentToken || len(tok.Attr) > 0 {
				t.Errorf("%q left %q", body, tok)
			}
			if tt != html.TextToken && !strings.Contains(" p br b strong i em u ul ol li h3 h4 blockquote table thead tbody tr th td caption dl dt dd sub sup hr ", " "+tok.Data+" ") {
				t.Errorf("%q left the element %s", body, tok.Data)
			}
		}
		if strings.ContainsAny(catalog.Plain(body), "\x00") || !utf8.ValidString(catalog.Plain(body)) {
			t.Errorf("%q leaves a text that cannot be stored", body)
		}
	}
	if got := catalog.Clean("<h2>Care</h2><ul><li>Wash <b>cold</b></li></ul>"); got != "<h3>Care</h3><ul><li>Wash <b>cold</b></li></ul>" {
		t.Errorf("structure was lost: %q", got)
	}
	if got := catalog.Plain("<p>One</p><p>two &amp; three</p>"); got != "One two & three" {
		t.Errorf("plain text %q", got)
	}
}

// sharedLines reads a list from the data for trials, which is no part of the project.
func sharedLines(t *testing.T, name string) []string {
	dir := os.Getenv("AROMART_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(dir, "data", name))
	if err != nil {
		t.Logf("WITHOUT the list of %s: %v (set AROMART_SHARED); only the %d built-in strings are tried", name, err, len(attacks))
		return nil
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		out = append(out, lines.Text())
	}
	if err := lines.Err(); err != nil || len(out) == 0 {
		t.Fatalf("%d lines of %s, %v", len(out), name, err)
	}
	return out
}
