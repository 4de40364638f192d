//go:build !failpoint

package inventory

// pause does nothing in a release; the failpoint build stops here for a
// moment, so that races have time to happen.
func pause(string) {}
