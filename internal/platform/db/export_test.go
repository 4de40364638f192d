package db

import "context"

// ForTools is forTools, for tests.
var ForTools = forTools

// FindTool is the version of what findTool finds.
func FindTool(ctx context.Context, name string, atLeast int) (string, error) {
	t, err := findTool(ctx, name, atLeast)
	return t.version, err
}

// MigrateTo brings an empty database to an older version of the schema.
func MigrateTo(ctx context.Context, d *DB, version int64) error {
	p, _, err := d.provider()
	if err == nil {
		_, err = p.UpTo(ctx, version)
	}
	return err
}
