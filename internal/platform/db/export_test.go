package db

import "context"

// ForTools is forTools, for tests.
var ForTools = forTools

// FindTool is the version of what findTool finds.
func FindTool(ctx context.Context, name string, atLeast int) (string, error) {
	t, err := findTool(ctx, name, atLeast)
	return t.version, err
}
