package db

import "context"

// liveColumns asks each engine in its own way what is there.
var liveColumns = Text{
	SQL: `SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'goose_%'`,
	PG: `SELECT table_name || '.' || column_name FROM information_schema.columns
		WHERE table_schema = current_schema() AND table_name NOT LIKE 'goose_%'`,
}

// Columns lists every table.column of the schema as it is.
func Columns(ctx context.Context, r Reader) ([]string, error) {
	return All(ctx, r, String, liveColumns.For(r.Dialect()))
}
