//go:build !linux && !darwin && !freebsd && !windows

package local

import (
	"errors"
	"math"
	"os"
	"syscall"
	"time"
)

// lock reports true: there are no locks here.
func lock(*os.File) bool { return true }

// free is not told here.
func (pl *place) free() int64 { return math.MaxInt64 }

// full reports whether err says that there is no room left.
func full(err error) bool { return errors.Is(err, syscall.ENOSPC) }

// notEmpty reports whether err says that a directory is not empty.
func notEmpty(err error) bool {
	return errors.Is(err, syscall.ENOTEMPTY) || errors.Is(err, syscall.EEXIST)
}

// booted returns now: when the system was started is not known here, so that no
// half-written file of an earlier process is trusted.
func booted() time.Time { return time.Now() }
