package local

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/windows"
)

// lock takes f for this process as long as it is open, and reports false where
// another one has it. The byte that is locked lies behind every content, since
// locks keep others from reading here.
func lock(f *os.File) bool {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	at := &windows.Overlapped{OffsetHigh: 0x7fffffff}
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, at)
	return !errors.Is(err, windows.ERROR_LOCK_VIOLATION)
}

// free returns how many bytes can be written on the disk of pl.
func (pl *place) free() int64 {
	name, err := windows.UTF16PtrFromString(filepath.Join(pl.home.Name(), filepath.FromSlash(pl.at)))
	if err != nil {
		return math.MaxInt64
	}
	var n uint64
	if windows.GetDiskFreeSpaceEx(name, &n, nil, nil) != nil {
		return math.MaxInt64
	}
	return int64(min(n, math.MaxInt64))
}

// full reports whether err says that there is no room left.
func full(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL)
}

// notEmpty reports whether err says that a directory is not empty.
func notEmpty(err error) bool { return errors.Is(err, windows.ERROR_DIR_NOT_EMPTY) }

// booted returns when the system was started.
func booted() time.Time { return time.Now().Add(-windows.DurationSinceBoot()) }
