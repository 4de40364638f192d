package main

import (
	"fmt"
	"strings"
)

// progress returns a function that draws a bar on a terminal and nothing in a pipe.
func (c *console) progress(what string) func(done, total int) {
	if !c.isTTY {
		return nil
	}
	last := -1
	return func(done, total int) {
		if total == 0 || done*100/total == last {
			return
		}
		last = done * 100 / total
		const width = 30
		filled := done * width / total
		fmt.Fprintf(c.err, "\r[%s%s] %3d %%  %d of %d %s", strings.Repeat("#", filled), strings.Repeat(".", width-filled), last, done, total, what)
	}
}

// progressDone ends the line of a bar.
func (c *console) progressDone() {
	if c.isTTY {
		fmt.Fprintln(c.err)
	}
}
