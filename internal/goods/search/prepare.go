package search

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"aromart/internal/platform/db"
)

// Prepare leaves an index file behind that the next start can use. It is for
// commands that fill a catalog while no shop follows it: without the file, that
// start would read and analyze every text. A file that a start catches up with
// soon is left as it is.
func Prepare(ctx context.Context, d *db.DB, file string) error {
	if _, err := numberAll(ctx, d); err != nil {
		return err
	}
	ready, err := isPrepared(ctx, d, file)
	if err != nil || ready {
		return err
	}
	ix := New()
	seq, err := Load(ctx, d, ix)
	if err != nil {
		return err
	}
	return ix.save(ctx, d, ix.now.Load(), seq, file)
}

// isPrepared reports whether the file is for this catalog and little has changed since.
func isPrepared(ctx context.Context, d *db.DB, file string) (bool, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	r, err := newReader(ctx, d)
	if err != nil {
		return false, err
	}
	made, err := newCodec(f).head(ctx, r)
	if errors.Is(err, errUnfit) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	n, err := db.One(ctx, d, db.Pair, `SELECT (SELECT count(*) FROM (SELECT DISTINCT object_id FROM catalog_changes WHERE seq > $1 AND kind = 'product') x),
		(SELECT count(*) FROM products)`, made.Seq)
	return err == nil && !tooFar(int(n[0]), int(n[1])), err
}
