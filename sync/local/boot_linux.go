package local

import (
	"time"

	"golang.org/x/sys/unix"
)

// bootTime returns when the system was started, or the present time if that is
// unknown.
func bootTime() time.Time {
	var up unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &up); err != nil {
		return time.Now()
	}
	return time.Now().Add(-time.Duration(up.Nano()))
}
