//go:build linux || darwin || freebsd

package local

import (
	"errors"
	"math"
	"os"

	"golang.org/x/sys/unix"
)

// openFlags keep the opening of something that turned into a pipe from waiting
// for its other end.
const openFlags = unix.O_NONBLOCK

// closeFirst says that an open file can be neither renamed nor removed.
const closeFirst = false

// lock takes f for this process as long as it is open, and reports false where
// another one has it. Where there are no locks it is true.
func lock(f *os.File) bool {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	return !errors.Is(err, unix.EWOULDBLOCK)
}

// free returns how many bytes can be written on the disk of pl.
func (pl *place) free() int64 {
	var s unix.Statfs_t
	if unix.Fstatfs(int(pl.dir.Fd()), &s) != nil || s.Blocks == 0 {
		return math.MaxInt64 // not told
	}
	blocks, size := uint64(max(s.Bavail, 0)), uint64(s.Bsize)
	if size > 0 && blocks > math.MaxInt64/size {
		return math.MaxInt64
	}
	return int64(blocks * size)
}

// full reports whether err says that there is no room left.
func full(err error) bool {
	return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT)
}

// notEmpty reports whether err says that a directory is not empty.
func notEmpty(err error) bool {
	return errors.Is(err, unix.ENOTEMPTY) || errors.Is(err, unix.EEXIST)
}

// rmdir removes the directory name if it is empty, and nothing else.
func (pl *place) rmdir(name string) error {
	if err := single(name); err != nil {
		return err
	}
	if err := unix.Unlinkat(int(pl.dir.Fd()), name, unix.AT_REMOVEDIR); err != nil {
		return &os.PathError{Op: "rmdir", Path: pl.path(name), Err: err}
	}
	return nil
}

// syncDir returns when the names in f are safe.
func syncDir(f *os.File) error {
	if err := f.Sync(); err != nil && !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.ENOTSUP) {
		return err
	}
	return nil
}

// renameOver renames x to y, replacing what is there.
func renameOver(from *place, x string, to *place, y string) error {
	if err := single(x, y); err != nil {
		return err
	}
	if err := unix.Renameat(int(from.dir.Fd()), x, int(to.dir.Fd()), y); err != nil {
		return &os.LinkError{Op: "rename", Old: from.path(x), New: to.path(y), Err: err}
	}
	return nil
}

// link gives file x a second name y. The error wraps [errors.ErrUnsupported]
// where the file system has no such thing.
func link(from *place, x string, to *place, y string) error {
	if err := single(x, y); err != nil {
		return err
	}
	err := unix.Linkat(int(from.dir.Fd()), x, int(to.dir.Fd()), y, 0)
	switch err {
	case nil:
		return nil
	case unix.EPERM, unix.ENOSYS, unix.ENOTSUP, unix.EMLINK, unix.EXDEV, unix.EACCES:
		return errors.Join(errors.ErrUnsupported, err)
	}
	return &os.LinkError{Op: "link", Old: from.path(x), New: to.path(y), Err: err}
}
