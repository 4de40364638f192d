//go:build failpoint

package inventory

import "time"

// Pause is how long the failpoint build stops between reading and writing.
var Pause = 200 * time.Microsecond

func pause(string) { time.Sleep(Pause) }
