//go:build unix

package db

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// InUse says that another process has the data directory.
type InUse struct{ Dir string }

func (e InUse) Error() string {
	return fmt.Sprintf("the data directory %s is in use by another aromart process; stop it first, or choose another directory with --data", e.Dir)
}

// lockDir keeps a second process off the data directory. The lock ends with the process, however it ends.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the data directory %s cannot be written: %w", dir, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, InUse{dir}
	}
	return f, nil
}
