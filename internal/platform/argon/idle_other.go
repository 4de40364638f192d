//go:build !linux

package argon

import "syscall"

// stepBack gives this process, which is alone in its group, the lowest priority.
func stepBack() error { return syscall.Setpriority(syscall.PRIO_PGRP, 0, 19) }
