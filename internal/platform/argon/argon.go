// Package argon computes argon2id. A hash takes a core for tens of milliseconds
// and 19 MB, so the serving process has it computed by helpers: processes of its
// own program that step back for everybody else. However many sign-ins pour in,
// the kernel lets pages go first, and the shop's collector never meets the memory.
//
// What always holds: a password reaches a helper through a pipe, never by
// arguments, environment or log; a helper ends with its pipe, however the process
// that started it ends; a helper that dies or hangs costs time and no answer,
// because the hash is then computed here.
//
// Personal data: passwords pass through. Tables: none.
package argon

import (
	"encoding/gob"
	"errors"
	"io"
	"runtime"
	"runtime/debug"

	"golang.org/x/crypto/argon2"
)

// Version and Size (in bytes) of every hash.
const (
	Version = argon2.Version
	Size    = 32
)

// Task is a hash to compute.
type Task struct {
	Password, Salt []byte
	Time, Memory   uint32 // rounds, KiB
}

// Key computes the hash here.
func (t Task) Key() []byte {
	return argon2.IDKey(t.Password, t.Salt, t.Time, t.Memory, 1, Size)
}

// Help is all that a helper does: it computes the tasks that come in, one after
// the other, until the pipe ends.
func Help(in io.Reader, out io.Writer) error {
	_ = stepBack() // one that may not helps all the same
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1) // but after each answer: so the next hash has the same memory again, and nothing runs beside it
	tasks, keys := gob.NewDecoder(in), gob.NewEncoder(out)
	for {
		var t Task
		err := tasks.Decode(&t)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = keys.Encode(t.Key())
		}
		if err != nil {
			return err
		}
		runtime.GC()
	}
}
