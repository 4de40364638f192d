package catalog

import (
	"context"
	"reflect"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/platform/db"
)

// Save brings a stored product to the given state and reports whether anything
// changed; only what differs is written, so saving the same again is free. A
// stored variant that is missing from p.Variants becomes inactive, because
// orders may name it. A new title keeps the slug; Rename moves it.
func Save(ctx context.Context, tx *db.Tx, p *Product, now time.Time) (changed bool, err error) {
	if err := p.check(); err != nil {
		return false, err
	}
	old, err := ByID(ctx, tx, p.ID)
	if err != nil {
		return false, err
	}
	p.PublicID, p.Slug, p.CreatedAt, p.Seller, p.Store = old.PublicID, old.Slug, old.CreatedAt, old.Seller, old.Store
	for _, step := range []func(context.Context, *db.Tx, *Product) (bool, error){p.saveFields, p.savePictures, p.saveVariants, p.saveFacts} {
		c, err := step(ctx, tx, old)
		if err != nil {
			return false, err
		}
		changed = changed || c
	}
	if !changed {
		return false, nil
	}
	p.UpdatedAt = now
	if _, err := db.Exec(ctx, tx, `UPDATE products SET updated_at = $1 WHERE id = $2`, clock.Micros(now), int64(p.ID)); err != nil {
		return false, err
	}
	return true, Changed(ctx, tx, "product", int64(p.ID), now)
}

// Changed notes that an object changed, for the indexes and caches that follow.
func Changed(ctx context.Context, tx *db.Tx, kind string, id int64, now time.Time) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO catalog_changes (kind, object_id, at) VALUES ($1, $2, $3)`, kind, id, clock.Micros(now))
	return err
}

// Sequence numbers the changes, so that followers read them in order.
var Sequence = db.Sequence{Name: "catalog", Table: "catalog_changes"}

// Rename gives a product a new slug from its title; the old one redirects for ever.
func Rename(ctx context.Context, tx *db.Tx, p *Product, now time.Time) error {
	slug, err := freeSlug(ctx, tx, p.Title, p.ID, p.Slug)
	if err != nil || slug == p.Slug {
		return err
	}
	if _, err := db.Exec(ctx, tx, `DELETE FROM product_slugs WHERE slug = $1 AND product_id = $2`, slug, int64(p.ID)); err != nil { // back to an old address
		return err
	}
	if _, err := db.Exec(ctx, tx, `INSERT INTO product_slugs (slug, product_id) VALUES ($1, $2)`, p.Slug, int64(p.ID)); err != nil {
		return err
	}
	if _, err := db.Exec(ctx, tx, `UPDATE products SET slug = $1 WHERE id = $2`, slug, int64(p.ID)); err != nil {
		return err
	}
	p.Slug = slug
	return Changed(ctx, tx, "product", int64(p.ID), now)
}

func (p *Product) saveFields(ctx context.Context, tx *db.Tx, old *Product) (bool, error) {
	was, is := old.row(), p.row()
	is[len(is)-1] = was[len(was)-1] // updated_at alone is no change
	if reflect.DeepEqual(was, is) {
		return false, nil
	}
	o := p.optionNames()
	_, err := db.Exec(ctx, tx, `UPDATE products SET handle = $1, status = $2, language = $3, title = $4, body_html = $5, brand = $6,
		product_type = $7, tags = $8, category_id = $9, option1 = $10, option2 = $11, option3 = $12 WHERE id = $13`,
		p.Handle, p.Status, p.Language, p.Title, p.BodyHTML, p.Brand, p.Type, is[11], is[12], o[0], o[1], o[2], int64(p.ID))
	return true, taken(err)
}

// savePictures matches pictures by their blob, so that a picture that only
// moved keeps its row.
func (p *Product) savePictures(ctx context.Context, tx *db.Tx, old *Product) (changed bool, err error) {
	have := map[string]Picture{}
	for _, pic := range old.Pictures {
		have[pic.Blob] = pic
	}
	for i := range p.Pictures {
		pic := &p.Pictures[i]
		was, ok := have[pic.Blob]
		delete(have, pic.Blob)
		if ok {
			pic.ID = was.ID
			if i < len(old.Pictures) && old.Pictures[i] == *pic {
				continue
			}
			_, err = db.Exec(ctx, tx, `UPDATE pictures SET position = $1, alt = $2, source = $3 WHERE id = $4`, i+1, pic.Alt, pic.Source, pic.ID)
		} else {
			pic.ID, err = db.One(ctx, tx, db.Int, `INSERT INTO pictures (product_id, position, blob, alt, width, height, color, sha256, source)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
				int64(p.ID), i+1, pic.Blob, pic.Alt, pic.Width, pic.Height, pic.Color, pic.SHA256, pic.Source)
		}
		if err != nil {
			return false, err
		}
		changed = true
	}
	for _, gone := range have {
		changed = true
		if _, err := db.Exec(ctx, tx, `UPDATE variants SET picture_id = NULL WHERE picture_id = $1`, gone.ID); err != nil {
			return false, err
		}
		if _, err := db.Exec(ctx, tx, `DELETE FROM pictures WHERE id = $1`, gone.ID); err != nil {
			return false, err
		}
	}
	return changed, nil
}

func (p *Product) saveVariants(ctx context.Context, tx *db.Tx, old *Product) (changed bool, err error) {
	have := map[[MaxOptions]string]int{}
	for i, v := range old.Variants {
		have[v.Options] = i
	}
	for i := range p.Variants {
		v := &p.Variants[i]
		at, ok := have[v.Options]
		delete(have, v.Options)
		if !ok {
			v.PublicID = clock.PublicID()
			id, err := db.One(ctx, tx, db.Int, `INSERT INTO variants (`+variantColumns+`) VALUES `+db.Values(1, 14)+` RETURNING id`, p.variantRow(i)...)
			if err != nil {
				return false, taken(err)
			}
			v.ID, changed = VariantID(id), true
			continue
		}
		was := old.Variants[at]
		v.ID, v.PublicID = was.ID, was.PublicID
		if at == i && reflect.DeepEqual(old.variantRow(at), p.variantRow(i)) {
			continue
		}
		changed = true
		if _, err := db.Exec(ctx, tx, `UPDATE variants SET position = $1, sku = $2, barcode = $3, price = $4, compare_at = $5, weight_g = $6,
			picture_id = $7, active = $8 WHERE id = $9`, i+1, v.SKU, v.Barcode, int64(v.Price), orNull(int64(v.CompareAt)), v.WeightG,
			orNull(p.pictureID(v)), !v.Inactive, int64(v.ID)); err != nil {
			return false, err
		}
	}
	for _, at := range have {
		if gone := old.Variants[at]; !gone.Inactive {
			changed = true
			if _, err := db.Exec(ctx, tx, `UPDATE variants SET active = $1, position = $2 WHERE id = $3`, false, len(p.Variants)+at+1, int64(gone.ID)); err != nil {
				return false, err
			}
		}
	}
	return changed, nil
}

// saveFacts writes attributes and translations anew when they differ: they have no ids that others keep.
func (p *Product) saveFacts(ctx context.Context, tx *db.Tx, old *Product) (changed bool, err error) {
	if !sameList(old.Attributes, p.Attributes) {
		changed = true
		if _, err := db.Exec(ctx, tx, `DELETE FROM product_attributes WHERE product_id = $1`, int64(p.ID)); err != nil {
			return false, err
		}
		if err := db.Insert(ctx, tx, "product_attributes", attributeColumns, p.attributeRows()); err != nil {
			return false, err
		}
	}
	for lang, t := range p.Texts {
		if old.Texts[lang] == t {
			continue
		}
		changed = true
		if _, err := db.Exec(ctx, tx, `INSERT INTO product_texts (product_id, language, title, body_html) VALUES ($1, $2, $3, $4)
			ON CONFLICT (product_id, language) DO UPDATE SET title = excluded.title, body_html = excluded.body_html`,
			int64(p.ID), lang, t.Title, t.BodyHTML); err != nil {
			return false, err
		}
	}
	return changed, nil
}

func sameList[T comparable](a, b []T) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
