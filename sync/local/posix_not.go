//go:build !linux && !darwin && !freebsd

package local

import (
	"errors"
	"fmt"
	"os"
)

// openFlags are not needed here.
const openFlags = 0

// closeFirst says that an open file can be neither renamed nor removed.
const closeFirst = true

// rmdir removes the directory name if it is empty.
func (pl *place) rmdir(name string) error {
	info, err := pl.Lstat(name)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is no directory", pl.path(name))
	}
	return pl.Remove(name)
}

// syncDir does nothing: names are not made safe one by one here.
func syncDir(*os.File) error { return nil }

// renameOver renames x to y, replacing what is there.
func renameOver(from *place, x string, to *place, y string) error {
	return from.home.Rename(from.path(x), to.path(y))
}

// link gives file x a second name y. The error wraps [errors.ErrUnsupported]
// where the file system has no such thing.
func link(from *place, x string, to *place, y string) error {
	err := from.home.Link(from.path(x), to.path(y))
	if err == nil || errors.Is(err, os.ErrExist) || errors.Is(err, os.ErrNotExist) {
		return err
	}
	return errors.Join(errors.ErrUnsupported, err)
}
