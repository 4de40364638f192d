//go:build failpoint

package db

import "sync/atomic"

// BeforeStatement is told of every statement of a transaction before it runs,
// so that a test can break off at each of them. It exists in the failpoint build only.
var BeforeStatement atomic.Pointer[func(text string)]

func beforeStatement(text string) {
	if f := BeforeStatement.Load(); f != nil {
		(*f)(text)
	}
}
