//go:build linux || darwin || freebsd

package local

import (
	"errors"
	"math"
	"os"

	"golang.org/x/sys/unix"
)

// openFlags keep an open from blocking if a file was replaced by a pipe.
const openFlags = unix.O_NONBLOCK

// closeFirst says whether a file must be closed before it is renamed or removed.
const closeFirst = false

// lock locks f until it is closed. It reports false if another process holds the
// lock, and true where files cannot be locked.
func lock(f *os.File) bool {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	return !errors.Is(err, unix.EWOULDBLOCK)
}

// free returns how many bytes can be written to the file system of dir.
func (dir *dirHandle) free() int64 {
	var s unix.Statfs_t
	if unix.Fstatfs(int(dir.file.Fd()), &s) != nil || s.Blocks == 0 {
		return math.MaxInt64 // unknown
	}
	blocks, size := uint64(max(s.Bavail, 0)), uint64(s.Bsize)
	if size > 0 && blocks > math.MaxInt64/size {
		return math.MaxInt64
	}
	return int64(blocks * size)
}

// isFull reports whether err says that the disk or the quota is full.
func isFull(err error) bool {
	return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT)
}

// isNotEmpty reports whether err says that a directory is not empty.
func isNotEmpty(err error) bool {
	return errors.Is(err, unix.ENOTEMPTY) || errors.Is(err, unix.EEXIST)
}

// rmdir removes the directory name if it is empty. It never removes a file.
func (dir *dirHandle) rmdir(name string) error {
	if err := checkNames(name); err != nil {
		return err
	}
	if err := unix.Unlinkat(int(dir.file.Fd()), name, unix.AT_REMOVEDIR); err != nil {
		return &os.PathError{Op: "rmdir", Path: dir.path(name), Err: err}
	}
	return nil
}

// syncDir syncs the names in the directory f to disk. File systems that cannot do
// that are no error.
func syncDir(f *os.File) error {
	if err := f.Sync(); err != nil && !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.ENOTSUP) {
		return err
	}
	return nil
}

// renameOver renames x to y and replaces what is there.
func renameOver(from *dirHandle, x string, to *dirHandle, y string) error {
	if err := checkNames(x, y); err != nil {
		return err
	}
	if err := unix.Renameat(int(from.file.Fd()), x, int(to.file.Fd()), y); err != nil {
		return &os.LinkError{Op: "rename", Old: from.path(x), New: to.path(y), Err: err}
	}
	return nil
}

// link makes y a hard link to the file x. The error wraps [errors.ErrUnsupported]
// if the file system has no hard links.
func link(from *dirHandle, x string, to *dirHandle, y string) error {
	if err := checkNames(x, y); err != nil {
		return err
	}
	err := unix.Linkat(int(from.file.Fd()), x, int(to.file.Fd()), y, 0)
	switch err {
	case nil:
		return nil
	case unix.EPERM, unix.ENOSYS, unix.ENOTSUP, unix.EMLINK, unix.EXDEV, unix.EACCES:
		return errors.Join(errors.ErrUnsupported, err)
	}
	return &os.LinkError{Op: "link", Old: from.path(x), New: to.path(y), Err: err}
}

// checkMovable returns nil: on these systems a file that is open can be renamed and removed.
func checkMovable(*dirHandle, string) error { return nil }

// heldAgainstWriting returns false: on these systems a file that is open can be replaced.
func heldAgainstWriting(*dirHandle, string) bool { return false }
