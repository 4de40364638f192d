package argon

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// stepBack has all threads of this process run only while a core has nothing else
// to do. A low priority is not enough: the kernel lets even such a thread finish
// its slice of milliseconds before somebody who has just been woken. Threads to come
// inherit it.
func stepBack() error {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, thread := range threads {
		id, err := strconv.Atoi(thread.Name())
		if err != nil {
			return err
		}
		if err := unix.SchedSetAttr(id, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_IDLE}, 0); err != nil {
			return err
		}
	}
	return nil
}
