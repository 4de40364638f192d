package main

import (
	"errors"
	"os"
	"path/filepath"
)

// newFile is a file that appears under its name when it is complete, so that
// a failure half-way costs nobody the one that was there before. A nil one was
// not asked for.
type newFile struct {
	*os.File
	name string // "" when written in place: a pipe or a device
	kept func() // told when it is complete and somebody else gives it its name; nil
}

// createFile begins a file; it fails at once where nothing can be written.
func createFile(name string) (*newFile, error) {
	if name == "" {
		return nil, nil
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		if info.IsDir() {
			return nil, usage{name + " is a directory; give the name of a file"}
		}
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		return &newFile{File: f}, err
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".part-*")
	if err != nil {
		if e, ok := errors.AsType[*os.PathError](err); ok {
			err = e.Err // of the name that was typed
		}
		return nil, usage{"cannot write " + name + ": " + err.Error()}
	}
	return &newFile{File: f, name: name}, nil
}

// keep finishes the file and gives it its name.
func (f *newFile) keep() error {
	if f == nil {
		return nil
	}
	if f.kept != nil {
		f.kept()
		return nil
	}
	if f.name == "" {
		return f.Close()
	}
	err := errors.Join(f.Chmod(0o666&^os.FileMode(usersMask)), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), f.name)
	}
	return err
}

// discard forgets a file that was not kept.
func (f *newFile) discard() {
	if f == nil || f.name == "" {
		return
	}
	f.Close()
	os.Remove(f.Name())
}
