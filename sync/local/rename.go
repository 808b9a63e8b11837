package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"ferry/sync"
)

// renameNew renames x to y, where nothing is: what is there is never replaced,
// and the error then wraps [sync.ErrChanged]. Where the system has no such
// rename, a file gets its second name before it loses its first, and for
// directories a look must do.
func renameNew(from *place, x string, to *place, y string) error {
	err := renameFlags(from, x, to, y, noReplace)
	if unsupported(err) {
		err = renameLooking(from, x, to, y)
	}
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is taken: %w", to.path(y), errors.Join(sync.ErrChanged, err))
	}
	if err != nil {
		return fmt.Errorf("renaming %s to %s: %w", from.path(x), to.path(y), err)
	}
	return nil
}

func renameLooking(from *place, x string, to *place, y string) error {
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

// exchange swaps x and y in one step. The error wraps [errors.ErrUnsupported]
// where the system cannot.
func exchange(pl *place, x, y string) error {
	err := renameFlags(pl, x, pl, y, exchanged)
	if unsupported(err) {
		return errors.Join(errors.ErrUnsupported, err)
	}
	return err
}

func unsupported(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL)
}

// sameName reports whether x in from and y in to are one name to a disk that
// does not tell upper from lower case.
func sameName(from *place, x string, to *place, y string) bool {
	if from.at != to.at || x == y || !strings.EqualFold(x, y) {
		return false
	}
	one, err := from.Lstat(x)
	if err != nil {
		return false
	}
	other, err := to.Lstat(y)
	return err == nil && os.SameFile(one, other)
}
