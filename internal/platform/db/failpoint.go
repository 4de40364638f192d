//go:build !failpoint

package db

// beforeStatement does nothing in a release.
func beforeStatement(string) {}
