//go:build !linux && !darwin && !freebsd

package local

import (
	"errors"
	"fmt"
	"os"
)

// openFlags are not needed on these systems.
const openFlags = 0

// closeFirst says whether a file must be closed before it is renamed or removed.
const closeFirst = true

// rmdir removes the directory name if it is empty. It never removes a file.
func (dir *dirHandle) rmdir(name string) error {
	info, err := dir.Lstat(name)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a directory", dir.path(name))
	}
	return dir.Remove(name)
}

// syncDir does nothing: these systems cannot sync a directory.
func syncDir(*os.File) error { return nil }

// renameOver renames x to y and replaces what is there.
func renameOver(from *dirHandle, x string, to *dirHandle, y string) error {
	return from.root.Rename(from.path(x), to.path(y))
}

// link makes y a hard link to the file x. The error wraps [errors.ErrUnsupported]
// if the file system has no hard links.
func link(from *dirHandle, x string, to *dirHandle, y string) error {
	err := from.root.Link(from.path(x), to.path(y))
	if err == nil || errors.Is(err, os.ErrExist) || errors.Is(err, os.ErrNotExist) {
		return err
	}
	return errors.Join(errors.ErrUnsupported, err)
}
