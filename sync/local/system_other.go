//go:build !linux && !darwin && !freebsd && !windows

package local

import (
	"errors"
	"math"
	"os"
	"syscall"
	"time"
)

// lock reports true: files cannot be locked on these systems.
func lock(*os.File) bool { return true }

// free is unknown on these systems, so it is unlimited.
func (dir *dirHandle) free() int64 { return math.MaxInt64 }

// isFull reports whether err says that the disk is full.
func isFull(err error) bool { return errors.Is(err, syscall.ENOSPC) }

// isNotEmpty reports whether err says that a directory is not empty.
func isNotEmpty(err error) bool {
	return errors.Is(err, syscall.ENOTEMPTY) || errors.Is(err, syscall.EEXIST)
}

// bootTime returns the present time, because it is unknown when the system was
// started. So no temporary file of an earlier process is resumed.
func bootTime() time.Time { return time.Now() }

// checkMovable returns nil: on these systems a file that is open can be renamed and removed.
func checkMovable(*dirHandle, string) error { return nil }

// heldAgainstWriting returns false: on these systems a file that is open can be replaced.
func heldAgainstWriting(*dirHandle, string) bool { return false }
