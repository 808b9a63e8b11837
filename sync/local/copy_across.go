package local

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// isOtherDevice reports whether err says that two names are on different file systems, so
// that no rename leads from one to the other.
func isOtherDevice(err error) bool { return errors.Is(err, syscall.EXDEV) }

// copyAcross makes y a copy of the file x, with its mode and time, and stores it on disk. It
// is for two file systems, as where a disk is mounted below the root. The error wraps
// [sync.ErrChanged] if x is not what was expected or y exists. Then there is no copy.
func copyAcross(from *dirHandle, x string, to *dirHandle, y string, was manifest.Entry) (err error) {
	src, err := from.OpenFile(x, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return changedIfMissing(err)
	}
	defer src.Close()
	info, err := src.Stat()
	if err != nil {
		return err
	}
	if err := same(was, from.root.entry(statOpen(src, info))); err != nil {
		return err
	}
	dst, err := to.OpenFile(y, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm()&0o600|0o200)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s already exists: %w", to.path(y), errors.Join(sync.ErrChanged, err))
	}
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, dst.Close()); err != nil {
			err = errors.Join(err, to.Remove(y))
		}
	}()
	n, err := io.Copy(dst, src)
	switch {
	case err != nil:
		return fmt.Errorf("copying %s to %s: %w", from.path(x), to.path(y), err)
	case n != info.Size():
		return fmt.Errorf("copying %s: %d bytes of %d came: %w", from.path(x), n, info.Size(), sync.ErrChanged)
	}
	if err := errors.Join(dst.Chmod(info.Mode().Perm()), to.Chtimes(y, time.Time{}, info.ModTime()), dst.Sync()); err != nil {
		return err
	}
	_, _, err = from.expect(x, was)
	return err
}

// moveAcross moves the file x to y on another file system: it is copied, and then
// removed, under the name aside at last.
func moveAcross(from *dirHandle, x, aside string, to *dirHandle, y string, was manifest.Entry) error {
	if err := copyAcross(from, x, to, y, was); err != nil {
		return err
	}
	if err := removeChecked(from, x, aside, was); err != nil {
		return errors.Join(err, to.Remove(y))
	}
	return nil
}

func changedIfMissing(err error) error {
	if isMissing(err) {
		return fmt.Errorf("%w: %w", sync.ErrChanged, err)
	}
	return err
}
