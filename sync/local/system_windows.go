package local

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/windows"
)

// lock locks f until it is closed, and reports false if another process holds the
// lock. The locked byte lies beyond the end of any file, because on Windows a lock
// keeps others from reading what it covers.
func lock(f *os.File) bool {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	at := &windows.Overlapped{OffsetHigh: 0x7fffffff}
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, at)
	return !errors.Is(err, windows.ERROR_LOCK_VIOLATION)
}

// free returns how many bytes can be written to the file system of dir.
func (dir *dirHandle) free() int64 {
	name, err := windows.UTF16PtrFromString(filepath.Join(dir.root.Name(), filepath.FromSlash(dir.at)))
	if err != nil {
		return math.MaxInt64
	}
	var n uint64
	if windows.GetDiskFreeSpaceEx(name, &n, nil, nil) != nil {
		return math.MaxInt64
	}
	return int64(min(n, math.MaxInt64))
}

// isFull reports whether err says that the disk is full.
func isFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL)
}

// isNotEmpty reports whether err says that a directory is not empty.
func isNotEmpty(err error) bool { return errors.Is(err, windows.ERROR_DIR_NOT_EMPTY) }

// bootTime returns when the system was started.
func bootTime() time.Time { return time.Now().Add(-windows.DurationSinceBoot()) }
