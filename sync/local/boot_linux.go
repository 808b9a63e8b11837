package local

import (
	"time"

	"golang.org/x/sys/unix"
)

// booted returns when the system was started, or now where that is not told.
func booted() time.Time {
	var up unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &up); err != nil {
		return time.Now()
	}
	return time.Now().Add(-time.Duration(up.Nano()))
}
