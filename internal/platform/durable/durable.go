// Package durable writes files that are there whole or not at all, also after
// a power cut: under another name first, then synced, renamed, and the folder
// synced, which is what keeps the new name.
//
// Personal data: passes through; files are readable by their owner only.
//
// Tables: none.
package durable

import (
	"errors"
	"os"
	"path"
	"path/filepath"

	"aromart/internal/kit/clock"
)

// HalfPrefix begins the name of a file that is not complete. A killed process may leave one behind.
const HalfPrefix = ".new-"

// Write writes a file into a folder, or replaces the one of that name as a whole.
func Write(folder *os.Root, name string, data []byte) error {
	dir := path.Dir(name)
	half := path.Join(dir, HalfPrefix+clock.Token(9))
	f, err := folder.OpenFile(half, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = folder.Rename(half, name)
	}
	if err != nil {
		folder.Remove(half)
		return err
	}
	return SyncFolder(folder, dir)
}

// WriteFile is Write for a file that is named by its path.
func WriteFile(name string, data []byte) error {
	folder, err := os.OpenRoot(filepath.Dir(name))
	if err != nil {
		return err
	}
	defer folder.Close()
	return Write(folder, filepath.Base(name), data)
}

// SyncFolder makes the names in a folder below root survive a power cut.
func SyncFolder(root *os.Root, name string) error {
	d, err := root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// SyncDir is SyncFolder for a folder that is named by its path.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
