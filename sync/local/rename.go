package local

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"ferry/sync"
)

// renameNew renames x to y and never replaces anything. If y exists the error
// wraps [sync.ErrChanged]. Where the system has no such rename, a file is linked
// to y before x is removed; for a directory y is looked up before the rename.
func renameNew(from *dirHandle, x string, to *dirHandle, y string) error {
	err := renameWithFlags(from, x, to, y, flagNoReplace)
	if isUnsupported(err) {
		err = renameNewByLooking(from, x, to, y)
	}
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s already exists: %w", to.path(y), errors.Join(sync.ErrChanged, err))
	}
	if err != nil {
		return fmt.Errorf("renaming %s to %s: %w", from.path(x), to.path(y), err)
	}
	return nil
}

// renameNewByLooking is renameNew for systems without a rename that replaces
// nothing. The error wraps [fs.ErrExist] if y exists.
func renameNewByLooking(from *dirHandle, x string, to *dirHandle, y string) error {
	info, err := from.Lstat(x)
	if err != nil {
		return err
	}
	if info.Mode().IsRegular() {
		err := link(from, x, to, y)
		if err == nil {
			return from.Remove(x)
		}
		if !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
	}
	if _, err := to.Lstat(y); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fs.ErrExist, err)
	}
	return renameOver(from, x, to, y)
}

// exchange exchanges x and y in one step. The error wraps
// [errors.ErrUnsupported] if the system cannot do that.
func exchange(dir *dirHandle, x, y string) error {
	err := renameWithFlags(dir, x, dir, y, flagExchange)
	if isUnsupported(err) {
		return errors.Join(errors.ErrUnsupported, err)
	}
	return err
}

func isUnsupported(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL)
}

// sameNameIgnoringCase reports whether x in from and y in to differ in case only
// and are one file, as on a file system that does not tell upper from lower case.
func sameNameIgnoringCase(from *dirHandle, x string, to *dirHandle, y string) bool {
	if from.at != to.at || x == y || !strings.EqualFold(x, y) {
		return false
	}
	one, err := from.isOneFile(x, y)
	return err == nil && one
}
